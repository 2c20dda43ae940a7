// SPDX-License-Identifier: MIT
// Proves what the list shows of a live source: what became of the packets, losses at any width, and
// its filter, which is changed where it stands, with what is wrong with it.
#include "keys.h"
#include "screen_scene.h"

#include "ui/ui.h"

static char asked[PROMPT_MAX];
static const char *refuses;

static const char *refilter(void *context, const char *filter) {
    (void)context;
    snprintf(asked, sizeof asked, "%s", filter);
    return refuses;
}

static const struct ui_feed feed = {.refilter = refilter};

static int open_scene(void **state) {
    (void)state;
    scene_open(&scene);
    scene_close_by_client(&scene, 0, 0);
    scene_simultaneous_close(&scene, 1, 200000);
    refuses = NULL;
    const struct app_options options = {.story = scene.story,
                                        .source_name = "eth0",
                                        .filter = "tcp port 443",
                                        .feed = &feed,
                                        .live = true,
                                        .epoch = scene_begin,
                                        .utc = true};
    app_init(&app, &options);
    app.counts =
        (struct ui_counts){.received = 12345, .decoded = 12000, .ignored = 340, .cut = 900};
    app_resize(&app, 80, 24);
    app_tick(&app, TW_SECOND);
    return 0;
}

static void enter(const char *text) {
    type(text);
    press("Enter");
    app_tick(&app, app.now + TW_SECOND);
}

static void what_became_of_the_packets(void **state) {
    (void)state;
    expect_screen(&app, "live-80x24");
    app.counts.dropped = 17;
    app.counts.dropped_interface = 2;
    app.counts.records = true;
    app.counts.recorded = 12000;
    app_resize(&app, 120, 24);
    expect_screen(&app, "live-dropped-120x24");
}

// However narrow it is; at 80 columns all the counters, whatever they are.
static void losses_are_always_told(void **state) {
    (void)state;
    app.counts = (struct ui_counts){.received = 8668332,
                                    .decoded = 7000000,
                                    .ignored = 433666,
                                    .cut = 900000,
                                    .dropped = 1234567};
    for (int width = 80; width <= 200; width++) {
        app_resize(&app, width, 24);
        static const char *const all[] = {"received", "dropped", "cut", "decoded", "ignored"};
        for (size_t i = 0; i < TW_COUNT(all); i++)
            assert_true(screen_has(&app, all[i]));
    }
    app_resize(&app, 80, 24);
    assert_true(screen_has(&app, "8.67M received  1.23M dropped  900k cut  7.00M decoded"));
    app.counts.not_recorded = 12;
    for (int width = 40; width <= 200; width++) {
        app_resize(&app, width, 12);
        assert_true(screen_has(&app, "1 234 567 dropped") || screen_has(&app, "1.23M dropped"));
        assert_true(screen_has(&app, "12 not recorded"));
    }
}

// Also where one connection is looked at.
static void losses_are_told_beside_a_connection(void **state) {
    (void)state;
    app_key(&app, KEY_IS_ENTER);
    assert_int_equal(app.view, VIEW_CONNECTION);
    assert_true(screen_has(&app, "closed by client  0 dropped"));
    app.counts.dropped = 1234567;
    for (int width = 60; width <= 200; width++) {
        app_resize(&app, width, 24);
        assert_true(screen_has(&app, "1.23M dropped"));
    }
}

static void another_filter(void **state) {
    (void)state;
    app_act(&app, ACTION_CAPTURE_FILTER);
    assert_string_equal(app.prompt.line, "tcp port 443");
    enter(" or port 80");
    assert_string_equal(asked, "tcp port 443 or port 80");
    assert_string_equal(app.filter, asked);
    assert_true(screen_has(&app, "eth0   tcp port 443 or port 80"));
    app_act(&app, ACTION_CAPTURE_FILTER);
    app_key(&app, KEY_IS_ESC);
    assert_string_equal(app.filter, "tcp port 443 or port 80");
}

static void what_is_over_gets_no_filter(void **state) {
    (void)state;
    app.loading = false;
    app_act(&app, ACTION_CAPTURE_FILTER);
    assert_int_equal(app.prompt.question, ASK_NOTHING);
    assert_true(screen_has(&app, "only what is captured now can get another capture filter"));
}

static void what_is_not_there_is_told_on(void **state) {
    (void)state;
    snprintf(app.absent, sizeof app.absent, "eth0 is down");
    app_key(&app, KEY_IS_DOWN);
    assert_true(screen_has(&app, "eth0 is down"));
    assert_false(screen_has(&app, "watching"));
}

// What is wrong is told above the line, which can be mended.
static void a_wrong_filter(void **state) {
    (void)state;
    refuses = "filter \"tcp port 443 x\": syntax error";
    app_act(&app, ACTION_CAPTURE_FILTER);
    enter(" x");
    expect_screen(&app, "live-filter-wrong-80x24");
    assert_string_equal(app.filter, "tcp port 443");
    refuses = NULL;
    app_key(&app, KEY_IS_ERASE);
    enter("1");
    assert_string_equal(app.filter, "tcp port 443 1");
    assert_false(screen_has(&app, "syntax error"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        on_scene(what_became_of_the_packets),
        on_scene(losses_are_always_told),
        on_scene(losses_are_told_beside_a_connection),
        on_scene(another_filter),
        on_scene(what_is_over_gets_no_filter),
        on_scene(what_is_not_there_is_told_on),
        on_scene(a_wrong_filter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
