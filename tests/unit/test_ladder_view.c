// SPDX-License-Identifier: MIT
// Proves what the ladder shows: sloped lines and where they cross, segments on their way at named
// clock values, folded and unfolded runs, what is measured, what is odd; then, whatever is sent,
// that labels are whole, heads are where segments land, and nothing is drawn outside.
#include "noise.h"
#include "screen_scene.h"

#include "ui/views/views.h"

static void show(void) {
    const struct app_options options = {
        .story = scene.story, .source_name = "scene.pcap", .utc = true, .connection = 1};
    show_whole(&options);
    assert_int_equal(app.view, VIEW_CONNECTION);
}

static void press(const char *keys) {
    for (uint32_t key; (key = key_next(&keys)) != KEY_IS_NONE;)
        app_key(&app, key);
    app_tick(&app, app.now + TW_SECOND);
}

// --- sloped lines

static void fins_cross(void **state) {
    (void)state;
    scene_simultaneous_close(&scene, 0, 0);
    tw_tracker_finish(scene.tracker);
    show();
    // In even time a row takes 0.9 s: the FINs leave at places 6 and 7, and meet at 7.6.
    static const struct {
        int ms;
        const char *name;
    } clocks[] = {{270, "ladder-before-crossing-80x24"},
                  {1440, "ladder-crossing-80x24"},
                  {2250, "ladder-after-crossing-80x24"}};
    for (size_t i = 0; i < TW_COUNT(clocks); i++) {
        playback_to_place(&app, 6);
        app_act(&app, ACTION_PLAY);
        app_tick(&app, app.now + clocks[i].ms * TW_MILLISECOND);
        assert_true(app_moving(&app));
        expect_screen(&app, clocks[i].name);
    }
    assert_true(app.playback.place == 8.5);
    press("G");
    expect_screen(&app, "ladder-crossed-80x24");
    app.ascii = true;
    expect_screen(&app, "ladder-crossed-ascii-80x24");
    app.ascii = false;
    app_resize(&app, 60, 15);
    expect_screen(&app, "ladder-crossed-60x15");
    app_resize(&app, 40, 12);
    expect_screen(&app, "ladder-crossed-40x12");
}

// Ten in flight at once, unfolded.
static void many_lines(void **state) {
    (void)state;
    scene_handshake(&scene, 0, 0);
    for (int i = 0; i < 10; i++)
        scene_send(&scene, 0, 50000 + i * 1000, TW_CLIENT, TW_ACK, 1 + (uint32_t)i * 1400, 1, 1400);
    for (int i = 0; i < 5; i++)
        scene_send(&scene, 0, 71000 + i * 2000, TW_SERVER, TW_ACK, 1, 1 + (uint32_t)i * 2800, 0);
    tw_tracker_finish(scene.tracker);
    show();
    press("Z G");
    app_resize(&app, 80, 40);
    expect_screen(&app, "ladder-many-80x40");
    app.ascii = true;
    expect_screen(&app, "ladder-many-ascii-80x40");
}

// --- what is odd

static void odd_segments(void) {
    scene_handshake(&scene, 0, 0);
    scene_send(&scene, 0, 100000, TW_CLIENT, TW_PSH | TW_ACK, 1, 1, 100);
    scene_send(&scene, 0, 100001, TW_CLIENT, TW_PSH | TW_ACK, 1, 1, 100); // captured twice
    scene_send(&scene, 0, 400000, TW_CLIENT, TW_PSH | TW_ACK, 1, 1, 100); // sent again
    scene_send(&scene, 0, 421000, TW_SERVER, TW_ACK, 1, 101, 0);
    scene_send(&scene, 0, 500000, TW_CLIENT, TW_ACK, 1501, 1, 1400); // behind a gap
    scene_send(&scene, 0, 500100, TW_CLIENT, TW_ACK, 101, 1, 1400);  // which comes late
    scene_send(&scene, 0, 4000000, TW_SERVER, TW_RST | TW_ACK, 1, 101, 0);
}

static void odd_segments_look_odd(void **state) {
    (void)state;
    odd_segments();
    tw_tracker_finish(scene.tracker);
    show();
    press("G");
    expect_screen(&app, "ladder-odd-80x24");
    app.ascii = true;
    expect_screen(&app, "ladder-odd-ascii-80x24");
    app.ascii = false;
    app_resize(&app, 100, 30); // alone, with the packets' numbers
    expect_screen(&app, "ladder-odd-100x30");
}

// A window that closes: said wherever there is room for anything.
static void a_closed_window_is_said(void **state) {
    (void)state;
    scene_handshake(&scene, 0, 0);
    struct tw_segment s = {
        .time = scene_begin + TW_SECOND / 10,
        .packet = ++scene.packet,
        .version = 4,
        .source = {{93, 184, 216, 34}},
        .destination = {{10, 0, 0, 5}},
        .source_port = 443,
        .destination_port = 51514,
        .seq = SERVER_ISN + 1,
        .ack = CLIENT_ISN + 1,
        .flags = TW_ACK,
        .vlan = {0xffff, 0xffff},
    };
    assert_int_equal(tw_tracker_feed(scene.tracker, &s, 1), TW_OK);
    show();
    press("G");
    assert_true(screen_has(&app, "ACK seq 1 ack 1 win 0 (full)"));
    app_resize(&app, 50, 20);
    assert_true(screen_has(&app, "win 0"));
}

// What was lost ends behind the tap, what was injected begins there.
static void lost_and_injected(void **state) {
    (void)state;
    struct tw_witness *witness = tw_witness_new("by hand");
    assert_non_null(witness);
    scene_handshake(&scene, 0, 0);
    scene_send(&scene, 0, 50000, TW_CLIENT, TW_PSH | TW_ACK, 1, 1, 100); // lost
    scene_send(&scene, 0, 60000, TW_SERVER, TW_PSH | TW_ACK, 1, 1, 100); // lost
    scene_send(&scene, 0, 70000, TW_CLIENT, TW_RST, 500, 0, 0);          // injected
    scene_send(&scene, 0, 80000, TW_SERVER, TW_ACK, 1, 1, 0);            // injected
    static const int64_t at[] = {0, 20000, 22000, 50000, 60000, 70000, 80000};
    for (size_t i = 0; i < TW_COUNT(at); i++) {
        const tw_time tap = scene_begin + at[i] * 1000;
        assert_int_equal(
            tw_witness_flight_add(witness, i < 5 ? tap - TW_MILLISECOND : TW_NO_TIME,
                                  i == 3 || i == 4 ? TW_NO_TIME : tap + TW_MILLISECOND),
            TW_OK);
    }
    witness->tap = 0.5;
    const struct app_options options = {
        .story = scene.story, .witness = witness, .utc = true, .connection = 1};
    show_whole(&options);
    press("G");
    expect_screen(&app, "ladder-lost-80x24");
    app.ascii = true;
    expect_screen(&app, "ladder-lost-ascii-80x24");
    for (int width = 40; width < 120; width++) // whole at any width
        for (double place = 0; place <= (double)app.ladder.row_count; place += 0.25) {
            app_resize(&app, width, 20);
            playback_to_place(&app, place);
            draw_whole(&app);
        }
    tw_witness_free(witness);
}

// --- runs

static void send_bulk(int count) {
    scene_handshake(&scene, 0, 0);
    uint32_t seq = 1;
    for (int i = 0; i < count; i++, seq += 1400) {
        scene_send(&scene, 0, 100000 + i * 1000, TW_CLIENT, TW_ACK, seq, 1, 1400);
        if (i % 2 == 1)
            scene_send(&scene, 0, 100500 + i * 1000, TW_SERVER, TW_ACK, 1, seq - 1400, 0);
    }
    scene_send(&scene, 0, 200000, TW_CLIENT, TW_FIN | TW_ACK, seq, 1, 0);
    tw_tracker_finish(scene.tracker);
}

static size_t run_row(void) {
    for (size_t i = 0; i < app.ladder.row_count; i++)
        if (app.ladder.rows[i].kind == TW_ROW_RUN)
            return i;
    return app.ladder.row_count;
}

static void runs_fold_and_unfold(void **state) {
    (void)state;
    send_bulk(12);
    show();
    const size_t row = run_row();
    assert_int_equal(row, 6);
    playback_to_place(&app, (double)row + 1);
    expect_screen(&app, "ladder-folded-80x24");
    assert_true(screen_has(&app, "12 seg., 16.4 KiB, seq 1-16800"));
    app_resize(&app, 100, 24);
    assert_true(screen_has(&app, "12 segments, 16.4 KiB, seq 1-16800, 6 ACKs"));
    app_resize(&app, 120, 40);
    expect_screen(&app, "ladder-folded-120x40");
    app_resize(&app, 40, 12);
    app.ascii = true;
    expect_screen(&app, "ladder-folded-ascii-40x12");
    app.ascii = false;
    app_resize(&app, 80, 24);
    playback_to_place(&app, (double)row);
    app_act(&app, ACTION_PLAY);
    app_tick(&app, app.now + 450 * TW_MILLISECOND);
    assert_true(app.playback.place == (double)row + 0.5);
    expect_screen(&app, "ladder-run-under-way-80x24");
    playback_to_place(&app, (double)row + 1);
    press("z");
    assert_int_equal(run_row(), app.ladder.row_count);
    expect_screen(&app, "ladder-unfolded-80x24");
    // The cursor stays at its segment, and one within the run folds all of it.
    assert_int_equal(app.ladder.rows[cursor_row(&app)].segment, 3);
    press("n n n n z");
    assert_int_equal(run_row(), 6);
    assert_int_equal(cursor_row(&app), 6);
    press("Z");
    assert_int_equal(run_row(), app.ladder.row_count);
    press("z"); // one of all the others the other way
    assert_int_equal(run_row(), 6);
    press("Z");
    assert_int_equal(run_row(), 6);
    press("G Z"); // a change of state behind the run
    assert_true(app.playback.place == (double)app.ladder.row_count);
    press("m p Z");
    assert_true(app.measured_from == (double)app.ladder.row_count);
    assert_true(app.playback.place == (double)app.ladder.row_count - 1);
    press("m g n z");
    assert_string_equal(app.notice, "no run of data here");
    press("# 9 Enter"); // a packet within the run
    assert_int_equal(cursor_row(&app), 6);
    press("z"); // and it stays there
    assert_int_equal(app.ladder.rows[cursor_row(&app)].segment, 8);
    press("z");
    assert_int_equal(cursor_row(&app), 6);
    assert_int_equal(tw_ladder_segment_at(&app.ladder, 6, app.playback.place), 8);
}

// Folding hides no breakpoint: playback stops within the run.
static void a_run_is_stopped_within(void **state) {
    (void)state;
    scene_handshake(&scene, 0, 0);
    for (int i = 0; i < 8; i++) {
        scene_send(&scene, 0, 100000 + i * 1000, TW_CLIENT, TW_ACK, 1 + (uint32_t)i * 10, 1, 10);
        if (i == 2 || i == 5)
            scene_send(&scene, 0, 100100 + i * 1000, TW_CLIENT, TW_ACK, 1 + (uint32_t)i * 10, 1,
                       10);
    }
    show();
    const size_t row = run_row();
    assert_true(row < app.ladder.row_count);
    app.playback.break_finding[TW_FINDING_DUPLICATE] = true;
    press("g");
    app_act(&app, ACTION_PLAY);
    app_tick(&app, app.now + 600 * TW_SECOND);
    assert_string_equal(app.notice, "stopped: packet 7, duplicate");
    assert_int_equal(tw_ladder_segment_at(&app.ladder, row, app.playback.place), 6);
    app_act(&app, ACTION_PLAY);
    app_tick(&app, app.now + 600 * TW_SECOND);
    assert_string_equal(app.notice, "stopped: packet 11, duplicate");
    app_act(&app, ACTION_PLAY);
    app_tick(&app, app.now + 600 * TW_SECOND);
    assert_true(app.playback.place == (double)app.ladder.row_count);
}

static uint32_t send_data(int64_t us, uint32_t seq, unsigned count) {
    for (unsigned i = 0; i < count; i++, seq += 10)
        scene_send(&scene, 0, us + i * 1000, TW_CLIENT, TW_ACK, seq, 1, 10);
    return seq;
}

// Where segments were dropped nothing says that there was silence; what follows stands behind.
static void what_was_dropped_is_no_silence(void **state) {
    (void)state;
    tw_story_limit(scene.story, 100000);
    scene_handshake(&scene, 0, 0);
    uint32_t seq = send_data(100000, 1, 20000);
    scene_send(&scene, 0, 20500000, TW_CLIENT, TW_FIN | TW_ACK, seq, 1, 0);
    scene_send(&scene, 0, 23000000, TW_CLIENT, TW_FIN | TW_ACK, seq, 1, 0);
    show();
    press("G");
    const size_t at = app.ladder.dropped_at;
    assert_int_equal(app.ladder.rows[at].kind, TW_ROW_SILENCE);
    assert_int_equal(app.ladder.rows[at - 1].kind, TW_ROW_RUN);
    assert_int_equal(app.ladder.rows[at + 1].kind, TW_ROW_RUN);
    for (size_t i = 1; i < app.ladder.row_count; i++)
        assert_true(app.ladder.rows[i].time >= app.ladder.rows[i - 1].time);
    expect_screen(&app, "ladder-dropped-80x24");
    playback_to_place(&app, (double)at + 1);
    app_tick(&app, app.now + TW_SECOND);
    expect_screen(&app, "ladder-dropped-there-80x24");
}

// What the cursor stands on and what is unfolded stay so while others are dropped.
static void the_cursor_stays_while_segments_are_dropped(void **state) {
    (void)state;
    enum { NEWER = 150 }; // after the last time, so that they are kept the next time
    char number[16];
    size_t gap, dropped = 0;
    tw_story_limit(scene.story, 100000);
    scene_handshake(&scene, 0, 0);
    const struct tw_story_connection *connection = tw_story_at(scene.story, 0);
    uint32_t seq = 1;
    for (; dropped < 1000; seq = send_data(100000 + seq * 100, seq, 1))
        dropped = tw_story_segments_dropped(connection, &gap);
    seq = send_data(100000 + seq * 100, seq, NEWER);
    show();
    app.loading = true;
    const uint64_t packet = scene.packet - NEWER / 2;
    snprintf(number, sizeof number, "%u", (unsigned)packet);
    press("#");
    for (const char *digit = number; *digit != '\0'; digit++)
        app_key(&app, (uint32_t)*digit);
    press("Enter z"); // unfolded from there on
    assert_int_equal(cursor_segment(&app)->packet, packet);
    dropped = app.ladder.segments_dropped;
    while (app.ladder.segments_dropped == dropped) {
        seq = send_data(100000 + seq * 100, seq, 1);
        app_tick(&app, app.now + TW_SECOND);
        assert_int_equal(cursor_segment(&app)->packet, packet);
        assert_int_equal(app.ladder.rows[cursor_row(&app)].kind, TW_ROW_SEGMENT);
    }
}

// Of days and more no digits are cut off.
static void days_are_told_whole(void **state) {
    (void)state;
    const int64_t day = (int64_t)24 * 3600 * 1000000;
    scene_handshake(&scene, 0, 0);
    scene_send(&scene, 0, 5 * day, TW_CLIENT, TW_ACK, 1, 1, 10);
    show();
    press("G");
    assert_true(screen_has(&app, "    5 d 00 h "));
}

// As much as has been told of a run stays told when it grows.
static void a_run_grows_behind_the_cursor(void **state) {
    (void)state;
    scene_handshake(&scene, 0, 0);
    for (int i = 0; i < 8; i++)
        scene_send(&scene, 0, 100000 + i * 1000, TW_CLIENT, TW_ACK, 1 + (uint32_t)i * 10, 1, 10);
    show();
    app.loading = true;
    press("# 6 Enter");
    const size_t row = run_row();
    assert_int_equal(tw_ladder_run_told(&app.ladder, row, app.playback.place), 3);
    for (int i = 8; i < 16; i++)
        scene_send(&scene, 0, 100000 + i * 1000, TW_CLIENT, TW_ACK, 1 + (uint32_t)i * 10, 1, 10);
    app_tick(&app, app.now + 10 * TW_SECOND);
    assert_int_equal(run_row(), row);
    assert_int_equal(tw_ladder_run_told(&app.ladder, row, app.playback.place), 3);
    press("G"); // a run that is over has taken its time
    assert_true(app.playback.place == (double)row + 1);
    assert_true(playback_time(&app, app.playback.place) == app.ladder.end);
    assert_true(screen_has(&app, "115.0 ms of 115.0 ms"));
}

// What comes makes a run of the rows at the end: the cursor is on it, if it was on one of them.
static void the_cursor_stays_while_runs_grow(void **state) {
    (void)state;
    scene_handshake(&scene, 0, 0);
    for (int i = 0; i < 3; i++)
        scene_send(&scene, 0, 100000 + i * 1000, TW_CLIENT, TW_ACK, 1 + (uint32_t)i * 10, 1, 10);
    show();
    app.loading = true;
    press("# 5 Enter");
    const size_t row = (size_t)cursor_row(&app);
    assert_int_equal(app.ladder.rows[row].segment, 4);
    assert_int_equal(run_row(), app.ladder.row_count);
    app_act(&app, ACTION_SELECT);
    for (int i = 3; i < 8; i++)
        scene_send(&scene, 0, 100000 + i * 1000, TW_CLIENT, TW_ACK, 1 + (uint32_t)i * 10, 1, 10);
    app_tick(&app, app.now + 10 * TW_SECOND);
    assert_true(run_row() < app.ladder.row_count);
    assert_int_equal(cursor_row(&app), run_row());
    assert_true(app.measured_from == app.playback.place);
    press("[");
    const double place = app.playback.place;
    scene_send(&scene, 0, 200000, TW_CLIENT, TW_ACK, 81, 1, 10);
    app_tick(&app, app.now + 10 * TW_SECOND);
    assert_true(app.playback.place == place);
}

// --- numbers and times

static void measuring(void **state) {
    (void)state;
    scene_close_by_client(&scene, 0, 0);
    tw_tracker_finish(scene.tracker);
    show();
    press("n m n n n n n n n n");
    expect_screen(&app, "ladder-measuring-80x24"); // from the SYN to the answer
    app_resize(&app, 40, 12);
    expect_screen(&app, "ladder-measuring-40x12");
    app_resize(&app, 80, 24);
    press("g");
    expect_screen(&app, "ladder-measuring-back-80x24");
    press("m a G");
    expect_screen(&app, "ladder-absolute-80x24");
}

static void a_click_goes_to_a_row(void **state) {
    (void)state;
    scene_close_by_client(&scene, 0, 0);
    show();
    struct canvas canvas;
    screen_draw(&app, &canvas);
    for (uint32_t y = 0; y < 5; y++) { // line 0 stands below the two rows of the head
        const uint32_t target = canvas.cells[(y + 2) * 80 + 40].target;
        assert_int_equal(target >> TARGET_SHIFT, TARGET_PLACE);
        assert_int_equal(target & ((1U << TARGET_SHIFT) - 1), y);
    }
    canvas_fini(&canvas);
}

// --- whatever is sent

static void send_noise(void) {
    static const unsigned flags[] = {TW_ACK, TW_ACK, TW_PSH | TW_ACK, TW_PSH | TW_ACK,
                                     TW_ACK, TW_SYN, TW_FIN | TW_ACK, TW_RST};
    scene_handshake(&scene, 0, 0);
    int64_t us = 30000;
    for (int i = 0; i < 40; i++) {
        us += random_below(3) == 0 ? random_below(30000) : random_below(900);
        scene_send(&scene, 0, us, random_below(2) == 0 ? TW_SERVER : TW_CLIENT,
                   flags[random_below(8)], random_below(9) * 100, random_below(9) * 100,
                   random_below(2) * 100);
    }
}

static uint32_t rune_at(const struct canvas *canvas, int x, int y) {
    return canvas->cells[y * canvas->width + x].rune;
}

// The text of a row, '?' for what is not ASCII.
static const char *row_text(const struct canvas *canvas, int y, char text[CANVAS_MAX + 1]) {
    for (int x = 0; x < canvas->width; x++) {
        const uint32_t rune = rune_at(canvas, x, y);
        text[x] = rune >= ' ' && rune < 127 ? (char)rune : '?';
    }
    text[canvas->width] = '\0';
    return text;
}

// The line of the ladder's row by what a click on it means.
static int row_y(const struct canvas *canvas, struct area area, size_t row) {
    for (int y = area.y; y < area.y + area.height; y++)
        if (canvas->cells[y * canvas->width + area.x].target ==
            ((uint32_t)TARGET_PLACE << TARGET_SHIFT | (uint32_t)(row + 1)))
            return y;
    return -1;
}

static void check_rows(const struct canvas *canvas, struct area area) {
    size_t count;
    const struct tw_story_segment *segments = tw_story_segments(app.ladder.connection, &count);
    char text[CANVAS_MAX + 1], flags[TW_FLAGS_TEXT];
    for (size_t row = 0; row < app.ladder.row_count; row++) {
        struct tw_ladder_line line;
        const int y = row_y(canvas, area, row);
        if (y < 0 || !tw_ladder_line(&app.ladder, row, &line))
            continue;
        const double flown = tw_ladder_flown(&app.ladder, line.from, app.playback.place);
        if (flown > 0 && flown < 1)
            continue;
        tw_flags_text(segments[app.ladder.rows[row].segment].flags, flags);
        row_text(canvas, y, text);
        if (row == line.from && strstr(text, flags) == NULL)
            fail_msg("no %s on %s", flags, text);
        if (row == line.to && strchr(text, line.right ? '>' : '<') == NULL)
            fail_msg("no head on %s", text);
    }
}

static void anything_is_drawn_whole(void **state) {
    (void)state;
    for (int round = 0; round < 60; round++) {
        if (round > 0) {
            new_scene();
        }
        send_noise();
        show();
        app.ascii = true;
        for (int i = 0; i < 25; i++) {
            struct canvas canvas;
            struct area area = {3, 2, 40 + (int)random_below(90), 3 + (int)random_below(50)};
            if (random_below(4) == 0)
                app_act(&app, ACTION_FOLD_ALL);
            playback_to_place(&app, (double)random_below((uint32_t)app.ladder.row_count * 10) / 10);
            assert_true(canvas_init(&canvas, area.width + 6, area.height + 4));
            canvas_fill(&canvas, canvas_area(&canvas), '@', ROLE_TEXT);
            canvas_fill(&canvas, area, ' ', ROLE_TEXT);
            draw_ladder(&app, &canvas, area);
            for (int y = 0; y < canvas.height; y++)
                for (int x = 0; x < canvas.width; x++)
                    if (x < area.x || x >= area.x + area.width || y < area.y ||
                        y >= area.y + area.height)
                        assert_int_equal(rune_at(&canvas, x, y), '@');
            check_whole(&canvas);
            check_rows(&canvas, area);
            canvas_fini(&canvas);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        on_empty_scene(fins_cross),
        on_empty_scene(many_lines),
        on_empty_scene(a_closed_window_is_said),
        on_empty_scene(lost_and_injected),
        on_empty_scene(odd_segments_look_odd),
        on_empty_scene(runs_fold_and_unfold),
        on_empty_scene(a_run_is_stopped_within),
        on_empty_scene(a_run_grows_behind_the_cursor),
        on_empty_scene(what_was_dropped_is_no_silence),
        on_empty_scene(the_cursor_stays_while_segments_are_dropped),
        on_empty_scene(days_are_told_whole),
        on_empty_scene(the_cursor_stays_while_runs_grow),
        on_empty_scene(measuring),
        on_empty_scene(a_click_goes_to_a_row),
        on_empty_scene(anything_is_drawn_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
