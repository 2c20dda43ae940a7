// SPDX-License-Identifier: MIT
// Proves what the screen shows, without a terminal: hand-made segments, some actions, a clock
// value, and the expected text in tests/screens/NAME.txt. TW_ACCEPT=1 in the environment writes
// these files anew. Then: any size and any keys draw something whole.
#include "keys.h"
#include "screen_scene.h"

#include "ui/views/views.h"

static int open_scene(void **state) {
    (void)state;
    scene_open(&scene);
    scene_mixed(&scene);
    tw_tracker_finish(scene.tracker);
    const struct app_options options = {
        .story = scene.story, .source_name = "mixed.pcap", .filter = "tcp port 443", .utc = true};
    show_whole(&options);
    return 0;
}

// Opens the connection on row `row`, and takes `steps` steps; each is over when the next begins.
static void open_at(int row, int steps) {
    for (int i = 0; i < row; i++)
        press("Down");
    press("Enter");
    for (int i = 0; i < steps; i++)
        press("n");
    app_tick(&app, app.now + TW_SECOND);
}

static void list_of_connections(void **state) {
    (void)state;
    expect_screen(&app, "connections-80x24");
    app_resize(&app, 120, 40);
    press("Down Down Down");
    expect_screen(&app, "connections-120x40");
    app_resize(&app, 40, 12);
    expect_screen(&app, "connections-40x12");
    app_resize(&app, 39, 12);
    expect_screen(&app, "too-small");
}

static void list_while_reading(void **state) {
    (void)state;
    app.loading = true;
    app.done = 43;
    app.total = 100;
    app.ascii = true;
    press("f t i m e");
    expect_screen(&app, "search-80x24");
    press("Esc");
    assert_int_equal(list_count(&app), 6);
    press("s s s s s s"); // by duration
    assert_int_equal(list_connection(&app, 5), 3);
    press("r");
    assert_int_equal(list_connection(&app, 0), 3);
}

static void handshake_in_flight(void **state) {
    (void)state;
    open_at(0, 2);
    press("n"); // the SYN,ACK leaves: half way after half the time of a step
    app_tick(&app, app.now + 175 * TW_MILLISECOND);
    assert_true(app_moving(&app));
    expect_screen(&app, "handshake-80x24");
    app_tick(&app, app.now + TW_SECOND);
    assert_false(app_moving(&app));
    assert_true(app.playback.place == 3);
}

static void at_closing(void **state) {
    (void)state;
    open_at(1, 9);
    expect_screen(&app, "closing-80x24");
    press("Tab");
    expect_screen(&app, "closing-diagram-80x24");
    app.ascii = true;
    expect_screen(&app, "closing-diagram-ascii-80x24");
    press("S-Tab");
    expect_screen(&app, "closing-ascii-80x24");
    app.ascii = false;
    app_resize(&app, 120, 40);
    expect_screen(&app, "closing-120x40");
    app_resize(&app, 170, 30);
    expect_screen(&app, "closing-170x30");
    app_resize(&app, 40, 12);
    expect_screen(&app, "closing-40x12");
    press("Tab");
    expect_screen(&app, "closing-states-40x12");
}

static enum tw_state state_of(enum tw_end end) {
    return tw_ladder_state(&app.ladder, end, app.playback.place)->to;
}

static void keys_that_go_far(void **state) {
    (void)state;
    press("Enter ] ]");
    assert_int_equal(state_of(TW_CLIENT), TW_SYN_SENT);
    assert_int_equal(state_of(TW_SERVER), TW_SYN_RECEIVED);
    press("] ]");
    assert_int_equal(state_of(TW_SERVER), TW_ESTABLISHED);
    press("[ [ [");
    assert_int_equal(state_of(TW_SERVER), TW_LISTEN);
    press("# 5 Enter");
    size_t row = (size_t)app.playback.place - 1;
    assert_int_equal(app.ladder.rows[row].kind, TW_ROW_SEGMENT);
    assert_int_equal(app.ladder.rows[row].segment, 4);
    double place = app.playback.place;
    press("# 7 x Enter"); // no number leads nowhere, and says so
    assert_true(app.playback.place == place);
    assert_string_equal(app.notice, "7x: no number of a packet");
    press("# Enter");
    assert_true(app.playback.place == place);
    assert_string_equal(app.notice, "");
    press("# 7 Esc");
    assert_true(app.playback.place == place);
    app_resize(&app, 80, 13);
    press("g }");
    assert_true(app.playback.place == 4);
    press("} {");
    assert_true(app.playback.place == 4);
    press("N");
    assert_int_equal(app.shown, 1);
    press("P");
    assert_int_equal(app.shown, 0);
}

static void notices_stay_until_a_key(void **state) {
    (void)state;
    app_broken(&app, "mixed.pcap: cut in the middle of packet 32; 31 packets were good");
    expect_screen(&app, "broken-80x24");
    press("Down");
    assert_int_equal(app.notice[0], '\0');
    press("T");
    assert_string_equal(app.notice, "theme: mono, as there are no colours");
}

// What was not kept is said, states keep their times and their order.
static void memory_runs_short(void **state) {
    (void)state;
    tw_story_limit(scene.story, 160000);
    for (unsigned i = 0; i < 80; i++)
        scene_long(&scene, i, (int64_t)i * 100000000);
    tw_tracker_finish(scene.tracker);
    const struct app_options options = {.story = scene.story, .connection = 1};
    app_init(&app, &options);
    app.loading = false;
    app_tick(&app, TW_SECOND);
    assert_int_equal(app.view, VIEW_CONNECTION);
    assert_int_equal(app.ladder.segments_dropped, 29);
    expect_screen(&app, "full-80x24");
    app_act(&app, ACTION_BACK);
    expect_screen(&app, "full-connections-80x24");
    app_resize(&app, 40, 12);
    expect_screen(&app, "full-connections-40x12");
}

// What is found is told of those that were kept; that some were not is said beside it.
static void what_is_found_is_of_those_kept(void **state) {
    (void)state;
    enum { ALL = 500 };
    tw_story_limit(scene.story, 200000);
    for (unsigned i = 0; i < ALL; i++)
        scene_close_by_client(&scene, i, (int64_t)i * 100000);
    assert_in_range(tw_story_connections_dropped(scene.story), 1, ALL - 1);
    const struct app_options options = {.story = scene.story};
    app_init(&app, &options);
    app.loading = false;
    press("f 5 1 5 1 5 Enter");
    app_tick(&app, TW_SECOND);
    expect_screen(&app, "full-filter-80x24");
}

// What happened is whole at 80 columns, whatever the addresses are.
static void long_addresses(void **state) {
    (void)state;
    for (unsigned i = 0; i < 2; i++)
        for (unsigned back = 0; back < 2; back++) {
            struct tw_segment s = {
                .time = scene_begin + (tw_time)(i * 2 + back) * TW_MILLISECOND,
                .packet = i * 2 + back + 1,
                .version = i == 0 ? 4 : 6,
                .ack = back ? CLIENT_ISN + 1 : 0,
                .seq = back ? 0 : CLIENT_ISN,
                .flags = back ? TW_RST | TW_ACK : TW_SYN,
                .vlan = {0xffff, 0xffff},
            };
            const struct tw_address ends[2][2] = {
                {{{192, 168, 100, 101}}, {{203, 0, 113, 254}}},
                {{{0x20, 1, 0xd, 0xb8, 0x12, 0x34, 0x56, 0x78, 1, 2, 3, 4, 5, 6, 7, 8}},
                 {{0x20, 1, 0xd, 0xb8, 0x98, 0x76, 0x54, 0x32, 8, 7, 6, 5, 4, 3, 2, 1}}}};
            s.source = ends[i][back];
            s.destination = ends[i][!back];
            s.source_port = back ? 30443 : 51514;
            s.destination_port = back ? 51514 : 30443;
            assert_int_equal(tw_tracker_feed(scene.tracker, &s, 1), TW_OK);
        }
    const struct app_options options = {.story = scene.story};
    app_init(&app, &options);
    app.loading = false;
    app_tick(&app, TW_SECOND);
    expect_screen(&app, "addresses-80x24"); // the census says what the rows say
    app_resize(&app, 60, 14);
    expect_screen(&app, "addresses-60x14");
}

static void help(void **state) {
    (void)state;
    press("?");
    expect_screen(&app, "help-80x24");
    press("G");
    expect_screen(&app, "help-end-80x24");
    press("?");
    assert_int_equal(app.view, VIEW_CONNECTIONS);
}

// The same clock value gives the same picture, however many frames were drawn before it.
static void position_is_a_function_of_the_clock(void **state) {
    (void)state;
    open_at(0, 0);
    press("Space");
    tw_time begin = app.now;
    app_tick(&app, begin + 5 * TW_SECOND);
    double at_once = app.playback.place;
    press("g Space");
    begin = app.now;
    for (int frame = 1; frame <= 150; frame++)
        app_tick(&app, begin + frame * TW_SECOND / 30);
    assert_true(app.playback.place > at_once - 1e-6 && app.playback.place < at_once + 1e-6);
    // In real time the whole of it takes as long as it took; TIME-WAIT goes on, and then it stands.
    press("g e Space");
    begin = app.now;
    app_tick(&app, begin + 30 * TW_MILLISECOND);
    double some = app.playback.place;
    assert_true(some > 4 && some < 7);
    app_tick(&app, begin + 10 * TW_SECOND);
    assert_true(app.playback.place == (double)app.ladder.row_count);
    assert_true(app_moving(&app));
    app_tick(&app, begin + 70 * TW_SECOND);
    assert_true(app.playback.place == (double)app.ladder.row_count);
    assert_false(app_moving(&app));
    press("p");
    assert_true(app.playback.place == (double)app.ladder.row_count - 1);
}

static void leaving(void **state) {
    (void)state;
    press("Enter q");
    assert_int_equal(app.view, VIEW_CONNECTIONS);
    press("Enter ? Esc Esc Esc");
    assert_int_equal(app.view, VIEW_CONNECTIONS);
    assert_false(app.quit);
    press("q");
    assert_true(app.quit);
}

static void any_size_draws(void **state) {
    (void)state;
    open_at(1, 9);
    for (int view = VIEW_CONNECTIONS; view <= VIEW_HELP; view++)
        for (int part = PART_LADDER; part <= PART_DIAGRAM; part++)
            for (int width = 1; width <= 200; width += width < 45 || width > 115 ? 1 : 7)
                for (int height = 1; height <= 60; height += height < 26 ? 1 : 5) {
                    app.view = (enum view)view;
                    app.part = (enum part)part;
                    app_resize(&app, width, height);
                    draw_whole(&app);
                }
}

static void any_keys_draw(void **state) {
    (void)state;
    noise = 7;
    for (int i = 0; i < 20000; i++) {
        random_action(7);
        if (i % 4 == 0)
            draw_whole(&app);
    }
}

static void nothing_at_all(void **state) {
    (void)state;
    const struct app_options options = {.story = scene.story};
    app_init(&app, &options);
    for (unsigned action = 1; action < ACTION_COUNT; action++) {
        app_act(&app, (enum action)action);
        app_tick(&app, (tw_time)action * TW_SECOND);
        app.view = VIEW_CONNECTIONS;
        draw_whole(&app);
    }
}

// The story goes on while it is watched: at the end the place follows it, elsewhere it stays.
static void a_growing_story_is_followed(void **state) {
    (void)state;
    scene_handshake(&scene, 0, 0);
    const struct app_options options = {.story = scene.story};
    app_init(&app, &options);
    app_tick(&app, TW_SECOND);
    app_act(&app, ACTION_OPEN);
    app_act(&app, ACTION_FOLD_ALL); // each segment on a row of its own
    app_act(&app, ACTION_LAST);
    size_t rows = app.ladder.row_count;
    for (int i = 0; i < 50; i++) {
        scene_send(&scene, 0, 30000 + i * 1000, TW_CLIENT, TW_PSH | TW_ACK, 1 + (uint32_t)i * 10, 1,
                   10);
        app_tick(&app, 2 * TW_SECOND + i * TW_SECOND);
    }
    assert_true(app.ladder.row_count >= rows + 50);
    assert_true(app.playback.place == (double)app.ladder.row_count);
    app_act(&app, ACTION_FIRST);
    app_act(&app, ACTION_STEP);
    app_tick(&app, 90 * TW_SECOND);
    scene_send(&scene, 0, 90000, TW_SERVER, TW_ACK, 1, 501, 0);
    app_tick(&app, 100 * TW_SECOND);
    assert_true(app.playback.place == 1);
    app.loading = false;
    tw_tracker_finish(scene.tracker);
    app_tick(&app, 160 * TW_SECOND);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        on_scene(list_of_connections),
        on_scene(list_while_reading),
        on_scene(handshake_in_flight),
        on_scene(at_closing),
        on_scene(keys_that_go_far),
        on_scene(notices_stay_until_a_key),
        on_empty_scene(memory_runs_short),
        on_empty_scene(what_is_found_is_of_those_kept),
        on_empty_scene(long_addresses),
        on_scene(help),
        on_scene(position_is_a_function_of_the_clock),
        on_scene(leaving),
        on_scene(any_size_draws),
        on_scene(any_keys_draw),
        on_empty_scene(nothing_at_all),
        on_empty_scene(a_growing_story_is_followed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
