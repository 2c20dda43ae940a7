// SPDX-License-Identifier: MIT
// Proves that no keys, clicks and sizes, in whatever order, lead to a picture that is not whole:
// the stored captures, all as one input, with their packets. The same keys each time; with
// TW_KEYS_SECONDS=60 in the environment so many seconds of them.
#include "noise.h"
#include "screens.h"

#include "tcpwalk/decode.h"
#include "tcpwalk/source.h"
#include "ui/ui.h"
#include "ui/views/views.h"

#include <glob.h>
#include <time.h>

enum { KEYS = 20000, MOST_FILES = 64, BATCH_MS = 10 };

static struct {
    struct tw_source *source;
    struct tw_tracker *tracker;
    struct tw_story *story;
    struct tw_error error;
    size_t saved;
} input;

static const struct tw_packet *packet(void *context, uint64_t number, const char **why) {
    static struct tw_packet found;
    (void)context;
    if (tw_source_again(input.source, number, &found, &input.error) == TW_OK)
        return &found;
    *why = input.error.text;
    return NULL;
}

static const char *begin_file(void *context, const char *path) {
    (void)context;
    return path[0] == 'x' ? "no such place" : NULL;
}

static enum ui_saved put_packet(void *context, uint64_t number, tw_time since, const char **why) {
    (void)since;
    input.saved++;
    return packet(context, number, why) != NULL ? UI_SAVED : UI_SKIPPED;
}

static const char *end_file(void *context, bool keep) {
    (void)context;
    return keep && input.saved % 3 == 0 ? "no room" : NULL;
}

static bool recent(void *context, tw_time now, tw_time span, struct ui_recent *to) {
    struct tw_source_counts counts;
    (void)context;
    (void)now;
    tw_source_counts_get(input.source, &counts);
    *to = (struct ui_recent){.first = 1, .last = counts.packets};
    return span > TW_SECOND && counts.packets > 0;
}

static const char *write_file(void *context, const char **name, const char *octets, size_t length) {
    (void)context;
    (void)name;
    assert_true(length > 0 && octets[length - 1] == '\n');
    return NULL;
}

static const struct ui_files files = {.packet = packet,
                                      .save_begin = begin_file,
                                      .save_packet = put_packet,
                                      .save_end = end_file,
                                      .recent = recent,
                                      .write = write_file};

static void read_all(void) {
    struct tw_decoder decoder = {.check_checksums = false};
    struct tw_packet got;
    while (tw_source_next(input.source, &got, &input.error) == TW_GOT_PACKET) {
        struct tw_segment segment;
        enum tw_reason reason;
        if (tw_decode(&decoder, got.linktype, got.octets, got.captured, got.length, &segment,
                      &reason) != TW_DECODED)
            continue;
        segment.time = got.time;
        segment.packet = got.number;
        segment.interface = got.interface;
        assert_int_equal(tw_tracker_feed(input.tracker, &segment, 1), TW_OK);
    }
    tw_tracker_finish(input.tracker);
}

static int open_all(void **state) {
    (void)state;
    char pattern[1024];
    const char *slash = strrchr(__FILE__, '/');
    snprintf(pattern, sizeof pattern, "%.*s/../../captures/*.pcap",
             slash == NULL ? 1 : (int)(slash - __FILE__), slash == NULL ? "." : __FILE__);
    glob_t found;
    if (glob(pattern, 0, NULL, &found) != 0 || found.gl_pathc > MOST_FILES)
        return 1;
    const struct tw_source_options options = {.again = true};
    enum tw_status status = tw_source_open_files(
        (const char *const *)found.gl_pathv, found.gl_pathc, &options, &input.source, &input.error);
    globfree(&found);
    input.story = tw_story_new();
    if (status != TW_OK || input.story == NULL)
        return 1;
    const struct tw_observer observer = tw_story_observer(input.story);
    const struct tw_tracker_options tracking = {.hash_key = {3, 4}};
    input.tracker = tw_tracker_new(&tracking, &observer);
    if (input.tracker == NULL)
        return 1;
    read_all();
    return 0;
}

static int close_all(void **state) {
    (void)state;
    tw_story_free(input.story);
    tw_tracker_free(input.tracker);
    tw_source_free(input.source);
    return tw_language_set("en") ? 0 : 1;
}

// A key of some action, mostly one that means something here; or any other.
static uint32_t random_key(void) {
    const unsigned context = app_context(&app);
    if (app.prompt.question != ASK_NOTHING) {
        static const uint32_t typed[] = {KEY_IS_ENTER, KEY_IS_ESC, KEY_IS_ERASE, 0x15, KEY_IS_UP,
                                         's',          't',        'a',          'e',  ':',
                                         '4',          '3',        '-',          '|',  0x4e2d};
        return typed[random_below(TW_COUNT(typed))];
    }
    for (int tries = 0; tries < 20; tries++) {
        const enum action action = (enum action)(1 + random_below(ACTION_COUNT - 1));
        if ((action_info(action)->contexts & context) == 0 || action == ACTION_QUIT)
            continue;
        const char *keys = action_info(action)->keys;
        uint32_t key = key_next(&keys), other;
        while ((other = key_next(&keys)) != KEY_IS_NONE && random_below(2) == 0)
            key = other;
        return key;
    }
    return random_below(0x3000);
}

static void look(void) {
    struct canvas canvas;
    screen_draw(&app, &canvas);
    check_whole(&canvas);
    if (random_below(4) == 0) {
        const struct mouse mouse = {(enum mouse_kind)random_below(4),
                                    (int)random_below((uint32_t)app.width + 2) - 1,
                                    (int)random_below((uint32_t)app.height + 2) - 1};
        app_mouse(&app, &canvas, &mouse);
    }
    canvas_fini(&canvas);
}

static void one_key(void) {
    if (random_below(40) == 0)
        app_resize(&app, 1 + (int)random_below(200), 1 + (int)random_below(60));
    if (random_below(200) == 0)
        app_resize(&app, 80, 24);
    app_key(&app, random_key());
    app_tick(&app, app.now + (tw_time)random_below(400) * TW_MILLISECOND);
    app.quit = app.copy = false;
    if (random_below(3) == 0)
        look();
}

static void any_keys(void **state) {
    (void)state;
    const char *seconds = getenv("TW_KEYS_SECONDS");
    const time_t until = seconds != NULL ? time(NULL) + atol(seconds) : 0;
    const struct app_options options = {.story = input.story,
                                        .files = &files,
                                        .source_name = "all of them",
                                        .colors = true,
                                        .mouse = true,
                                        .utc = true};
    app_init(&app, &options);
    app.loading = false;
    app_resize(&app, 80, 24);
    unsigned long keys = 0;
    noise = 11;
    for (; seconds != NULL ? time(NULL) < until : keys < KEYS; keys++)
        one_key();
    print_message("%lu keys\n", keys);
    app_fini(&app);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(any_keys, open_all, close_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
