// SPDX-License-Identifier: MIT
// Proves that a click means what the view has put there, that the wheel goes where one looks, and
// that no action, key or click in any view does harm.
#include "keys.h"
#include "screen_scene.h"

#include "ui/ui.h"
#include "ui/views/views.h"

enum { WIDTH = 80, HEIGHT = 24 };

static struct canvas canvas;

static int open_scene(void **state) {
    (void)state;
    scene_open(&scene);
    scene_mixed(&scene);
    tw_tracker_finish(scene.tracker);
    const struct app_options options = {
        .story = scene.story, .source_name = "mixed.pcap", .utc = true, .mouse = true};
    show_whole(&options);
    return canvas_init(&canvas, WIDTH, HEIGHT) ? 0 : 1;
}

static int close_canvas(void **state) {
    canvas_fini(&canvas);
    return close_scene(state);
}

static void mouse_at(enum mouse_kind kind, int x, int y) {
    const struct mouse mouse = {kind, x, y};
    app_mouse(&app, &canvas, &mouse);
}

// A target of one cell, as a view puts it.
static void click_on(enum target_kind kind, uint32_t value, bool twice) {
    canvas_clear(&canvas);
    canvas_target(&canvas, canvas_area(&canvas), 5, 5, 1, kind, value);
    mouse_at(MOUSE_PRESS, 4, 5); // beside it
    mouse_at(MOUSE_PRESS, 5, 5);
    if (twice)
        mouse_at(MOUSE_DOUBLE, 5, 5);
}

static void click_on_action(enum action action) {
    app_draw(&app, &canvas);
    for (int x = 0; x < WIDTH; x++)
        if (canvas.cells[(HEIGHT - 1) * WIDTH + x].target ==
            ((uint32_t)TARGET_ACTION << TARGET_SHIFT | (uint32_t)action)) {
            mouse_at(MOUSE_PRESS, x, HEIGHT - 1);
            return;
        }
    fail_msg("%s is not in the bottom line", action_info(action)->name);
}

static void the_bottom_line_is_clicked(void **state) {
    (void)state;
    click_on_action(ACTION_OPEN);
    assert_int_equal(app.view, VIEW_CONNECTION);
    click_on_action(ACTION_STEP);
    app_tick(&app, app.now + TW_SECOND);
    assert_true(app.playback.place > 0);
    click_on_action(ACTION_HELP);
    assert_int_equal(app.view, VIEW_HELP);
    click_on_action(ACTION_BACK);
    assert_int_equal(app.view, VIEW_CONNECTION);
    click_on_action(ACTION_BACK);
    click_on_action(ACTION_QUIT);
    assert_true(app.quit);
}

static void rows_are_chosen_and_opened(void **state) {
    (void)state;
    click_on(TARGET_ROW, 3, false);
    assert_int_equal(app.list.cursor, 3);
    assert_int_equal(app.view, VIEW_CONNECTIONS);
    click_on(TARGET_ROW, 1000, false); // drawn before the list became shorter
    assert_int_equal(app.list.cursor, 3);
    click_on(TARGET_SORT, SORT_SEGMENTS, false);
    assert_int_equal(app.list.sort, SORT_SEGMENTS);
    assert_false(app.list.reverse);
    click_on(TARGET_SORT, SORT_SEGMENTS, false);
    assert_true(app.list.reverse);
    click_on(TARGET_SORT, SORT_NUMBER, false);
    click_on(TARGET_ROW, 1, true);
    assert_int_equal(app.view, VIEW_CONNECTION);
    // What belongs to the list means nothing here.
    click_on(TARGET_ROW, 3, true);
    click_on(TARGET_SORT, SORT_OCTETS, false);
    assert_int_equal(app.list.sort, SORT_NUMBER);
}

static void a_connection_is_clicked(void **state) {
    (void)state;
    click_on(TARGET_PLACE, 3, false); // means nothing here
    click_on(TARGET_TIME, 3, false);
    click_on(TARGET_STATE, TW_CLOSING, false);
    click_on(TARGET_PART, PART_DIAGRAM, false);
    assert_true(app.view == VIEW_CONNECTIONS && !app.walk.on && app.part == PART_LADDER);
    press("Enter");
    click_on(TARGET_PLACE, 3, false);
    assert_true(app.playback.place == 3);
    click_on(TARGET_TIME, TARGET_WHOLE, false);
    assert_true(app.playback.place > 3);
    click_on(TARGET_TIME, 0, false);
    assert_true(app.playback.place < 3);
    click_on(TARGET_PART, PART_DIAGRAM, false);
    assert_int_equal(app.part, PART_DIAGRAM);
    click_on(TARGET_PART, PART_LAB, false); // there is none
    assert_int_equal(app.part, PART_DIAGRAM);
    click_on(TARGET_STATE, TW_CLOSED | TARGET_OVER, false);
    assert_true(app.walk.on && app.walk.over && app.walk.state == TW_CLOSED);
    click_on(TARGET_STATE, TW_CLOSING, false);
    assert_true(app.walk.on && !app.walk.over && app.walk.state == TW_CLOSING);
}

static void the_wheel_turns(void **state) {
    (void)state;
    press("?");
    mouse_at(MOUSE_WHEEL_DOWN, 5, 5);
    assert_int_equal(app.help_top, 3);
    mouse_at(MOUSE_WHEEL_UP, 5, 5);
    assert_int_equal(app.help_top, 0);
    press("q Enter");
    for (int i = 0; i < 3; i++) {
        mouse_at(MOUSE_WHEEL_DOWN, 5, 5);
        app_tick(&app, app.now + TW_SECOND);
    }
    assert_true(app.playback.place == 3);
    mouse_at(MOUSE_WHEEL_UP, 5, 5);
    app_tick(&app, app.now + TW_SECOND);
    assert_true(app.playback.place == 2);
    press("?");
    mouse_at(MOUSE_WHEEL_DOWN, 5, 5);
    assert_int_equal(app.help_top, 3);
}

static void what_is_asked_comes_first(void **state) {
    (void)state;
    press("f x");
    click_on(TARGET_ROW, 3, true);
    click_on(TARGET_ACTION, ACTION_QUIT, false);
    mouse_at(MOUSE_WHEEL_DOWN, 1, 1);
    assert_true(app.prompt.question == ASK_FILTER && !app.quit);
    assert_true(app.list.cursor == 0 && app.view == VIEW_CONNECTIONS);
    press("Esc");
    // A notice goes with the next click, as with the next key.
    press("M");
    assert_false(app.mouse);
    assert_int_not_equal(app.notice[0], '\0');
    mouse_at(MOUSE_PRESS, 0, 10);
    assert_int_equal(app.notice[0], '\0');
    press("y");
    assert_true(app.copy);
}

// Breakpoints and the start screen: rows that are switched and chosen.
static void rows_of_other_views(void **state) {
    (void)state;
    press("b");
    assert_int_equal(app.view, VIEW_BREAKS);
    click_on(TARGET_ROW, 4, false);
    assert_int_equal(app.playback.break_cursor, 4);
    static const struct ui_start_item items[] = {
        {.group = UI_START_CAPTURES, .name = "one", .title = "first", .detail = ""},
        {.group = UI_START_CAPTURES, .name = "two", .title = "second", .detail = ""},
    };
    struct ui_start start = {.items = items, .count = TW_COUNT(items)};
    static struct app other;
    const struct app_options options = {.start = &start, .mouse = true};
    const struct mouse press_at = {MOUSE_PRESS, 5, 5}, again = {MOUSE_DOUBLE, 5, 5};
    app_init(&other, &options);
    canvas_target(&canvas, canvas_area(&canvas), 5, 5, 1, TARGET_ROW, 1);
    app_mouse(&other, &canvas, &press_at);
    assert_int_equal(other.start.cursor, 1);
    assert_false(other.quit);
    app_mouse(&other, &canvas, &again);
    assert_true(other.quit && other.start.chosen);
    for (unsigned action = ACTION_NONE + 1; action < ACTION_COUNT; action++) {
        app_act(&other, (enum action)action);
        app_tick(&other, (tw_time)action * TW_SECOND);
        app_draw(&other, &canvas);
        check_whole(&canvas);
        app_key(&other, KEY_IS_ESC);
        other.view = VIEW_START;
    }
    assert_true(tw_language_set("en")); // one of them has changed it
    app_fini(&other);
}

// Alt and a key that it does not change are two keys; a key of SEEK goes to its own tenth.
static void keys_that_are_not_plain(void **state) {
    (void)state;
    press("Enter ?");
    app_key(&app, 'q' | KEY_WITH_ALT); // Esc, q
    assert_int_equal(app.view, VIEW_CONNECTIONS);
    press("Enter G");
    double end = app.playback.place;
    press("5");
    double middle = app.playback.place;
    assert_true(middle > 0 && middle < end);
    assert_true(action_bind(ACTION_SEEK, "F5 F6 F7 F8 F9 F10"));
    press("G F10");
    assert_true(app.playback.place == middle);
    press("G 5");
    assert_true(app.playback.place == end);
    assert_true(action_bind(ACTION_SEEK, NULL));
    assert_true(action_bind(ACTION_HELP, "Alt-h"));
    app_key(&app, 'h' | KEY_WITH_ALT);
    assert_int_equal(app.view, VIEW_HELP);
    assert_true(action_bind(ACTION_HELP, NULL));
}

// What a question or a long notice covers is not there to be clicked.
static void what_is_covered_leads_nowhere(void **state) {
    (void)state;
    struct canvas shown;
    assert_true(canvas_init(&shown, app.width, app.height));
    for (int i = 0; i < 2; i++) {
        press(i == 0 ? "f" : "Esc");
        if (i == 1)
            app_say(&app, "%0300d", 0);
        app_draw(&app, &shown);
        const struct cell *last = shown.cells + (shown.height - 1) * shown.width;
        for (int x = 0; x < shown.width; x++)
            assert_int_equal(last[x].target, 0);
    }
    canvas_fini(&shown);
}

// What is pasted is typed where something is asked, and does nothing elsewhere.
static void pasted_text_is_no_keys(void **state) {
    (void)state;
    app_key(&app, 'q' | KEY_PASTED);
    app_key(&app, 'f' | KEY_PASTED);
    assert_true(!app.quit && app.prompt.question == ASK_NOTHING);
    assert_non_null(strstr(app.notice, "pasted"));
    press("f");
    assert_int_equal(app.notice[0], '\0');
    app_key(&app, 'q' | KEY_PASTED);
    app_key(&app, 0x4e2d | KEY_PASTED);
    assert_string_equal(app.prompt.line, "q\xe4\xb8\xad");
    app_key(&app, KEY_IS_ERASE | KEY_PASTED);
    assert_string_equal(app.list.filter, "q\xe4\xb8\xad");
}

static void the_help_begins_where_one_is(void **state) {
    (void)state;
    press("Enter ?");
    expect_screen(&app, "help-connection-80x24");
    app_resize(&app, 40, 12);
    expect_screen(&app, "help-connection-40x12");
    press("G");
    expect_screen(&app, "help-end-40x12");
    app.ascii = true;
    app_resize(&app, 120, 40);
    press("g G");
    expect_screen(&app, "help-end-ascii-120x40");
    app.ascii = false;
    app_resize(&app, 160, 45);
    press("g");
    expect_screen(&app, "help-connection-160x45");
    app_resize(&app, 80, 24);
    assert_true(tw_language_set("zh"));
    press("g");
    expect_screen(&app, "help-zh-80x24");
    assert_true(tw_language_set("en"));
}

// At every size that is drawn, help and the way out stand in the bottom line.
static void the_way_out_is_always_seen(void **state) {
    (void)state;
    static const char *const ways[] = {"", "Enter", "?", "? q b", "q Enter v"};
    for (size_t i = 0; i < TW_COUNT(ways); i++) {
        press(ways[i]);
        for (int width = LEAST_WIDTH; width <= 120; width++) {
            struct canvas wide;
            bool help = false, out = false;
            assert_true(canvas_init(&wide, width, LEAST_HEIGHT));
            app_resize(&app, width, LEAST_HEIGHT);
            app_draw(&app, &wide);
            for (int x = 0; x < width; x++) {
                uint32_t target = wide.cells[(LEAST_HEIGHT - 1) * width + x].target;
                uint32_t value = target & ((1U << TARGET_SHIFT) - 1);
                bool action = target >> TARGET_SHIFT == TARGET_ACTION;
                help = help || (action && value == ACTION_HELP);
                out = out || (action && (value == ACTION_BACK || value == ACTION_QUIT ||
                                         value == ACTION_WALK_END));
            }
            canvas_fini(&wide);
            assert_true(help && out);
        }
    }
}

static void every_action_in_every_view(void **state) {
    (void)state;
    static const enum view views[] = {VIEW_CONNECTIONS, VIEW_CONNECTION, VIEW_HELP, VIEW_BREAKS};
    static const int sizes[][2] = {{80, 24}, {40, 12}, {160, 45}, {1, 1}};
    for (size_t s = 0; s < TW_COUNT(sizes); s++)
        for (size_t v = 0; v < TW_COUNT(views); v++)
            for (unsigned part = 0; part < PART_COUNT; part++)
                for (unsigned action = ACTION_NONE + 1; action < ACTION_COUNT; action++) {
                    app_resize(&app, sizes[s][0], sizes[s][1]);
                    if (app.prompt.question != ASK_NOTHING)
                        app_key(&app, KEY_IS_ESC);
                    app.walk.on = false;
                    app.behind = VIEW_CONNECTIONS;
                    if (views[v] != VIEW_CONNECTIONS)
                        playback_open(&app, part % 2);
                    app.view = views[v];
                    app.part = (enum part)part;
                    app_act(&app, (enum action)action);
                    app_tick(&app, app.now + TW_MILLISECOND);
                    app.quit = false;
                    draw_whole(&app);
                }
}

static void clicks_anywhere_do_no_harm(void **state) {
    (void)state;
    noise = 3;
    for (int i = 0; i < 4000; i++) {
        noise_next();
        if (app.width != canvas.width || i % 50 == 0) {
            canvas_fini(&canvas);
            app_resize(&app, 40 + (int)(noise >> 9) % 150, 12 + (int)(noise >> 17) % 40);
            assert_true(canvas_init(&canvas, app.width, app.height));
        }
        app_draw(&app, &canvas);
        mouse_at((enum mouse_kind)((noise >> 8) % 4), (int)(noise >> 10) % (app.width + 2) - 1,
                 i % 3 == 0 ? app.height - 1 : (int)(noise >> 18) % (app.height + 2) - 1);
        if (app.prompt.question != ASK_NOTHING && i % 5 == 0)
            app_key(&app, KEY_IS_ENTER);
        app_tick(&app, app.now + (tw_time)(noise >> 4) % TW_SECOND);
        app.quit = false;
    }
}

int main(void) {
#define on_canvas(test) cmocka_unit_test_setup_teardown(test, open_scene, close_canvas)
    const struct CMUnitTest tests[] = {
        on_canvas(the_bottom_line_is_clicked),    on_canvas(rows_are_chosen_and_opened),
        on_canvas(a_connection_is_clicked),       on_canvas(the_wheel_turns),
        on_canvas(what_is_asked_comes_first),     on_canvas(rows_of_other_views),
        on_canvas(what_is_covered_leads_nowhere), on_canvas(rows_of_other_views),
        on_canvas(keys_that_are_not_plain),       on_canvas(pasted_text_is_no_keys),
        on_canvas(the_help_begins_where_one_is),  on_canvas(the_way_out_is_always_seen),
        on_canvas(every_action_in_every_view),    on_canvas(clicks_anywhere_do_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
