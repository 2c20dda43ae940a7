// SPDX-License-Identifier: MIT
// Proves the playback of one connection: where it stands at named clock values, that the number of
// frames does not matter, loops, breakpoints, the time line, and what the why lines say of time.
#include "keys.h"
#include "screen_scene.h"

#include "ui/views/views.h"

#include <math.h>

enum { BY_CLIENT, BOTH, REFUSED, NO_ANSWER, OPEN, RESET, LONG_AGO, LATER, THREE, SCENES };

static int open_scene(void **state) {
    (void)state;
    scene_open(&scene);
    scene_mixed(&scene);
    // Closed, then a minute of silence, then what ends TIME-WAIT.
    scene_close_by_client(&scene, 6, 6000000);
    scene_handshake(&scene, 7, 100000000);
    // Three segments to close: the server's FIN acknowledges the client's, past FIN-WAIT-2.
    scene_handshake(&scene, 8, 100100000);
    scene_send(&scene, 8, 100150000, TW_CLIENT, TW_FIN | TW_ACK, 1, 1, 0);
    scene_send(&scene, 8, 100170000, TW_SERVER, TW_FIN | TW_ACK, 1, 2, 0);
    scene_send(&scene, 8, 100172000, TW_CLIENT, TW_ACK, 2, 2, 0);
    tw_tracker_finish(scene.tracker);
    show_scene();
    return 0;
}

static void wait_ms(int64_t ms) {
    app_tick(&app, app.now + ms * TW_MILLISECOND);
}

static double rows(const struct app *a) {
    return (double)a->ladder.row_count;
}

// The way from time to place and back is one of fractions.
static bool near(tw_time a, tw_time b) {
    return a - b <= 2 && b - a <= 2;
}

// --- the clock

static void even_time(void **state) {
    (void)state;
    press("Enter Space");
    assert_true(app_moving(&app));
    wait_ms(450);
    assert_true(app.playback.place == 0.5);
    wait_ms(1350);
    assert_true(app.playback.place == 2);
    press("+"); // x2: from here on
    wait_ms(450);
    assert_true(app.playback.place == 3);
    press("- -");
    wait_ms(900);
    assert_true(app.playback.place == 3.5);
    press("Space");
    wait_ms(900);
    assert_true(app.playback.place == 3.5);
    assert_false(app_moving(&app));
    press("Space G");
    assert_false(app.playback.playing);
    press("Space"); // at the end: from the beginning
    assert_true(app.playback.place == 0 && app.playback.playing);
    wait_ms(3600 * 1000);
    assert_true(app.playback.place == rows(&app) && !app.playback.playing);
    assert_false(app_moving(&app));
}

// A key that is pressed between two frames finds the picture where the clock has it.
static void keys_between_frames(void **state) {
    (void)state;
    press("Enter Space");
    app.now += 450 * TW_MILLISECOND;
    press("+");
    assert_true(app.playback.place == 0.5);
    app.now += 450 * TW_MILLISECOND;
    press("Space");
    assert_true(app.playback.place == 1.5);
    press("g n"); // a step is on its way, and arrives
    wait_ms(100);
    press("-");
    assert_true(app.playback.place == floor(app.playback.place) && app.playback.place > 0);
}

static void real_time(void **state) {
    (void)state;
    press("Enter e Space");
    const struct tw_ladder *ladder = &app.ladder;
    tw_time span = ladder->end - ladder->begin; // 104 ms
    for (int64_t ms = 0; ms < span / TW_MILLISECOND; ms++) {
        tw_time shown = tw_ladder_time(ladder, app.playback.place);
        assert_true(near(shown - ladder->begin, ms * TW_MILLISECOND));
        wait_ms(1);
    }
    press("g - - Space"); // x1/4
    app_tick(&app, app.now + 4 * span - 4 * TW_MILLISECOND);
    assert_true(near(tw_ladder_time(ladder, app.playback.place), ladder->end - TW_MILLISECOND));
    assert_true(app.playback.playing);
    wait_ms(4 + 4); // the last row takes a millisecond, too
    assert_true(app.playback.place == rows(&app) && !app.playback.playing);
}

static void speed_has_its_bounds(void **state) {
    (void)state;
    press("Enter");
    for (int i = 0; i < 30; i++)
        press("+");
    assert_true(app.playback.speed == 1024);
    for (int i = 0; i < 60; i++)
        press("-");
    assert_true(app.playback.speed == 1.0 / 1024);
    static const struct {
        double speed;
        const char *text;
    } texts[] = {{1, "now, even time"},
                 {2, "now, even time, x2"},
                 {1000, "now, even time, x1000"},
                 {1.5, "now, even time, x1.5"},
                 {0.25, "now, even time, x1/4"},
                 {0.3, "now, even time, x0.3"},
                 {0.001, "now, even time, x1/1000"}};
    for (size_t i = 0; i < TW_COUNT(texts); i++) {
        char text[STATUS_TEXT];
        app.playback.speed = texts[i].speed;
        assert_string_equal(playback_status(&app, "now", true, text), texts[i].text);
    }
    char text[STATUS_TEXT];
    app.playback.loop = true;
    assert_string_equal(playback_status(&app, "=", false, text), "= x1/1000 loop");
}

// Two screens that show the same: one is drawn at every opportunity, the other once.
static void frames_do_not_matter(void **state) {
    (void)state;
    static const char *const ways[] = {
        "Enter Space",       "Enter e Space",       "Enter O Space",     "Enter e O Space",
        "Enter + + O Space", "Enter e - - - Space", "Enter n n Space O", "Down Enter e O + Space"};
    static const int64_t times[] = {1, 40, 700, 5003, 11777, 60000, 3600017};
    static struct app once;
    for (size_t i = 0; i < TW_COUNT(ways) * TW_COUNT(times); i++) {
        int64_t ms = times[i % TW_COUNT(times)], step = ms < 100000 ? 33 : 1234;
        app_fini(&app);
        show_scene();
        press(ways[i / TW_COUNT(times)]);
        app_fini(&once);
        once = app; // the lists are empty yet, the ladder is built anew
        once.ladder = (struct tw_ladder){0};
        once.list = (struct list){0};
        assert_int_equal(
            tw_ladder_build(&once.ladder, app.ladder.connection, &(struct tw_ladder_options){0}),
            TW_OK);
        for (int64_t at = 0; at < ms; at += step)
            wait_ms(at + step < ms ? step : ms - at);
        app_tick(&once, once.now + ms * TW_MILLISECOND);
        assert_true(once.playback.place == app.playback.place);
        assert_int_equal(once.playback.playing, app.playback.playing);
    }
    app_fini(&once);
}

static void a_loop_begins_anew(void **state) {
    (void)state;
    press("Enter O Space");
    int64_t whole = (int64_t)rows(&app) * 900;
    wait_ms(whole - 450);
    assert_true(app.playback.place == rows(&app) - 0.5);
    wait_ms(450 + 999); // it stands at the end for a second
    assert_true(app.playback.place == rows(&app) && app.playback.playing);
    assert_true(app_moving(&app));
    wait_ms(1 + 900);
    assert_true(app.playback.place == 1);
    wait_ms(10 * (whole + 1000));
    assert_true(app.playback.place == 1);
    press("O"); // no more
    wait_ms(whole);
    assert_true(app.playback.place == rows(&app) && !app.playback.playing);
}

static void nothing_moves_nothing_is_drawn(void **state) {
    (void)state;
    press("Enter O Space");
    wait_ms((int64_t)rows(&app) * 900 + 100);
    app.changed = false;
    wait_ms(100); // the end of a loop
    assert_false(app.changed);
    press("Space");
    wait_ms(100);
    app.changed = false;
    wait_ms(100);
    assert_false(app.changed || app_moving(&app));
}

static void steps(void **state) {
    (void)state;
    press("Enter");
    for (double at = 0; at < rows(&app); at = app.playback.place) {
        press("n");
        wait_ms(350);
        assert_true(app.playback.place > at);
    }
    while (app.playback.place > 0) {
        double at = app.playback.place;
        press("p");
        assert_true(app.playback.place < at);
    }
}

// --- breakpoints

// Where playing from the beginning stops, one place after the other.
static size_t stops(int64_t frame, double places[64]) {
    size_t count = 0;
    press("g");
    do {
        press("Space");
        for (int i = 0; i < 1000000 && app.playback.playing; i++)
            wait_ms(frame);
        assert_false(app.playback.playing);
        places[count++] = app.playback.place;
    } while (app.playback.place < rows(&app) && count < 64);
    return count;
}

static void check_stops(const bool *expected) {
    static const int64_t frames[] = {33, 400, 5000, 1000000};
    for (size_t f = 0; f < TW_COUNT(frames); f++) {
        double places[64];
        size_t count = stops(frames[f], places), at = 0;
        for (size_t row = 0; row < app.ladder.row_count; row++)
            if (expected[row] || row + 1 == app.ladder.row_count) {
                assert_true(at < count);
                assert_true(places[at++] == (double)row + 1);
            }
        assert_int_equal(at, count);
    }
}

static void each_state_stops_it(void **state) {
    (void)state;
    size_t passed = 0;
    for (int scene_at = 0; scene_at < SCENES; scene_at++) {
        playback_open(&app, (size_t)scene_at);
        for (int even = 0; even < 2; even++)
            for (unsigned s = 0; s < TW_STATE_COUNT; s++) {
                bool expected[64] = {false};
                app.playback.even = even == 1;
                app.playback.break_state[s] = true;
                for (size_t i = 0; i < app.ladder.step_count; i++) {
                    const struct tw_ladder_step *step = &app.ladder.steps[i];
                    passed += step->passes && step->through == (enum tw_state)s;
                    if (step->place >= 0 && (step->to == (enum tw_state)s ||
                                             (step->passes && step->through == (enum tw_state)s)))
                        expected[(size_t)step->place] = true;
                }
                check_stops(expected);
                app.playback.break_state[s] = false;
            }
    }
    assert_true(passed > 0); // by way of a state is into it, too
}

static void each_finding_stops_it(void **state) {
    (void)state;
    size_t found = 0;
    for (size_t scene_at = 0; scene_at < tw_story_count(scene.story); scene_at++) {
        playback_open(&app, scene_at);
        size_t count;
        const struct tw_story_segment *segments = tw_story_segments(app.ladder.connection, &count);
        for (unsigned f = 0; f < TW_FINDING_COUNT; f++) {
            bool expected[64] = {false};
            app.playback.break_finding[f] = true;
            for (size_t row = 0; row < app.ladder.row_count; row++)
                if (app.ladder.rows[row].kind == TW_ROW_SEGMENT &&
                    (segments[app.ladder.rows[row].segment].findings & 1U << f) != 0) {
                    expected[row] = true;
                    found++;
                }
            check_stops(expected);
            app.playback.break_finding[f] = false;
        }
    }
    assert_true(found >= 4); // SYNs that were sent again
}

static void a_row_is_played_to_its_end(void **state) {
    (void)state;
    press("Enter");
    app.playback.break_state[TW_SYN_SENT] = true;
    size_t row = 0;
    while (app.ladder.rows[row].step == TW_NONE)
        row++;
    press("Space");
    wait_ms((int64_t)row * 900 + 899);
    assert_true(app.playback.playing && app.playback.place < (double)row + 1);
    wait_ms(1);
    assert_true(!app.playback.playing && app.playback.place == (double)row + 1);
}

static void a_stop_is_told(void **state) {
    (void)state;
    app.playback.break_state[TW_CLOSING] = app.playback.break_state[TW_TIME_WAIT] = true;
    app.playback.break_finding[TW_FINDING_RETRANSMISSION] = true;
    app.playback.break_finding[TW_FINDING_ZERO_WINDOW] = true;
    press("Down Enter Space");
    wait_ms(60000);
    assert_string_equal(app.notice, "stopped: server CLOSING");
    expect_screen(&app, "timeline-stopped-80x24");
    press("Space");
    wait_ms(60000);
    assert_string_equal(app.notice, "stopped: client CLOSING");
    press("N N Space");
    wait_ms(60000);
    assert_string_equal(app.notice, "stopped: packet 20, retransmission");
}

static void a_loop_stops_too(void **state) {
    (void)state;
    press("Enter");
    app.playback.break_state[TW_FIN_WAIT_2] = true;
    press("O Space");
    wait_ms(3600 * 1000);
    assert_false(app.playback.playing);
    double place = app.playback.place;
    press("Space"); // around once, in one leap
    wait_ms(3600 * 1000);
    assert_false(app.playback.playing);
    assert_true(app.playback.place == place);
    assert_string_equal(app.notice, "stopped: client FIN-WAIT-2");
}

static void a_page_stops_too(void **state) {
    (void)state;
    press("Enter");
    app.playback.break_state[TW_ESTABLISHED] = true;
    press("}");
    double client = app.playback.place;
    assert_string_equal(app.notice, "stopped: client ESTABLISHED");
    press("}");
    assert_true(app.playback.place > client);
    assert_string_equal(app.notice, "stopped: server ESTABLISHED");
    press("}");
    assert_string_equal(app.notice, "");
    press("{ {");
    assert_true(app.playback.place == 0);
}

static void breakpoints_are_chosen(void **state) {
    (void)state;
    press("Enter b Down Down Space Down Enter x x G x");
    assert_true(app.playback.break_state[TW_SYN_SENT]);
    assert_true(app.playback.break_state[TW_SYN_RECEIVED]);
    assert_true(app.playback.break_finding[TW_FINDING_COUNT - 1]);
    expect_screen(&app, "breaks-80x24");
    app.ascii = true;
    app_resize(&app, 40, 12);
    expect_screen(&app, "breaks-ascii-40x12");
    press("g Down");
    expect_screen(&app, "breaks-top-ascii-40x12");
    struct canvas canvas;
    screen_draw(&app, &canvas);
    app_mouse(&app, &canvas, &(struct mouse){.kind = MOUSE_PRESS, .x = 9, .y = 2});
    assert_true(app.playback.break_state[TW_CLOSED]);
    assert_int_equal(app.playback.break_cursor, 0);
    canvas_fini(&canvas);
    struct config config;
    config_init(&config);
    app_keep(&app, &config);
    press("c");
    for (size_t i = 0; i < BREAK_COUNT; i++)
        assert_false(*breaks_at(&app.playback, i));
    // The next screen has them again.
    assert_true(config.break_state[TW_SYN_SENT] && !config.break_state[TW_LISTEN]);
    assert_true(config.break_finding[TW_FINDING_COUNT - 1]);
    press("q");
    assert_int_equal(app.view, VIEW_CONNECTION);
    press("q b b"); // from the list, and back
    assert_int_equal(app.view, VIEW_CONNECTIONS);
}

// --- the time line

static void tenths(void **state) {
    (void)state;
    press("Enter e");
    const struct tw_ladder *ladder = &app.ladder;
    for (int i = 0; i < 10; i++) {
        app_key(&app, (uint32_t)('0' + i));
        assert_true(near(tw_ladder_time(ladder, app.playback.place) - ladder->begin,
                         (ladder->end - ladder->begin) / 10 * i));
    }
    press("e 5");
    assert_true(app.playback.place == (double)((ladder->row_count + 1) / 2));
    press("0");
    assert_true(app.playback.place == 0);
    playback_seek(&app, 1);
    assert_true(app.playback.place == rows(&app));
    assert_true(action_bind(ACTION_SEEK, "z x"));
    press("x"); // the second of the keys
    assert_true(action_bind(ACTION_SEEK, NULL));
    assert_true(app.playback.place == (double)((ladder->row_count + 5) / 10));
    press("Space 0");
    assert_true(app.playback.playing); // it goes on from there
}

// A click goes to where one clicked: the cursor is drawn there.
static void clicks(void **state) {
    (void)state;
    struct canvas canvas;
    assert_true(canvas_init(&canvas, 80, 24));
    for (int even = 0; even < 2; even++) {
        playback_open(&app, NO_ANSWER);
        app.playback.even = even == 1;
        int clicked = 0;
        for (int x = 0; x < 80; x++) {
            app_draw(&app, &canvas);
            int y = 0;
            while (y < 24 && canvas.cells[y * 80 + x].target >> TARGET_SHIFT != TARGET_TIME)
                y++;
            if (y == 24)
                continue;
            app_mouse(&app, &canvas, &(struct mouse){.kind = MOUSE_PRESS, .x = x, .y = y});
            app_draw(&app, &canvas);
            int cursor = 0;
            while (canvas.cells[y * 80 + cursor].rune != glyph(false, GLYPH_LINE_CURSOR))
                cursor++;
            // A row takes several columns in even time.
            assert_in_range(cursor, x > 3 ? x - 3 : 0, x + 3);
            if (even == 0)
                assert_int_equal(cursor, x);
            clicked++;
        }
        assert_true(clicked > 30);
    }
    canvas_fini(&canvas);
}

static void time_lines(void **state) {
    (void)state;
    press("Enter G");
    expect_screen(&app, "timeline-80x24");
    press("e + O 6");
    expect_screen(&app, "timeline-real-80x24");
    playback_open(&app, NO_ANSWER);
    press("5");
    expect_screen(&app, "timeline-silence-80x24");
    app.ascii = true;
    expect_screen(&app, "timeline-silence-ascii-80x24");
    app_resize(&app, 40, 12);
    expect_screen(&app, "timeline-silence-ascii-40x12");
    app_resize(&app, 60, 15);
    playback_open(&app, RESET);
    press("G");
    expect_screen(&app, "timeline-reset-ascii-60x15");
    app_resize(&app, 160, 45);
    app.ascii = false;
    playback_open(&app, BOTH);
    press("7");
    expect_screen(&app, "timeline-160x45");
}

static void nothing_to_draw(void **state) {
    (void)state;
    press("Enter");
    struct tw_ladder empty = {.connection = app.ladder.connection, .info = app.ladder.info};
    tw_ladder_fini(&app.ladder);
    app.ladder = empty; // as where there was no memory for it
    press("Space O n p ] [ } { G g 5 m +");
    expect_screen(&app, "timeline-empty-80x24");
}

// --- what the why lines say of time

static void measures(void **state) {
    (void)state;
    press("Enter n");
    wait_ms(1000);
    press("m ] ] ]");
    expect_screen(&app, "timeline-measured-80x24");
    press("G");
    app_resize(&app, 40, 12);
    expect_screen(&app, "timeline-measured-40x12");
}

static bool seen(const char *text) {
    return screen_has(&app, text);
}

// The why lines and the diagram say the same, wherever one stands.
static void one_countdown(void **state) {
    (void)state;
    unsigned places = 0;
    app_resize(&app, 160, 45);
    playback_open(&app, LONG_AGO);
    for (double place = 0; place <= rows(&app); place += 0.25) {
        tw_time left;
        char time[WORD_TEXT], text[WORD_TEXT + 32];
        playback_to_place(&app, place);
        if (!playback_time_wait(&app, TW_CLIENT, &left) || left == 0)
            continue;
        snprintf(text, sizeof text, "TIME-WAIT over in %s", short_time(left, false, time));
        assert_true(seen(text));
        snprintf(text, sizeof text, " %s of 60 s", time);
        assert_true(seen(text));
        places++;
    }
    assert_true(places > 2);
}

static void time_wait_is_counted_down(void **state) {
    (void)state;
    playback_open(&app, LONG_AGO);
    const struct tw_ladder *ladder = &app.ladder;
    // The history has its end, a minute behind the last segment.
    const struct tw_ladder_step *last = &ladder->steps[ladder->step_count - 1];
    assert_int_equal(last->event, TW_EV_TIMEOUT_2MSL);
    playback_to_place(&app, last->place);
    assert_true(seen("TIME-WAIT over in 60 s, linux: 60 s"));
    app.profile = tw_profile_find("rfc");
    assert_true(seen("TIME-WAIT over in 60 s, rfc: 240 s")); // as it was, not as it might be
    app.profile = tw_profile_find("linux");
    press("e");
    playback_to_place(&app, last->place - 0.25); // within the silence
    assert_true(seen("TIME-WAIT over in 15 s"));
    assert_true(seen("silence, 15 s left"));
    press("G");
    assert_true(app.playback.place > last->place);
    // Where the capture ends before: as the stack's timer would.
    playback_open(&app, OPEN);
    playback_to_place(&app, rows(&app));
    scene_close(&scene);
    scene_open(&scene);
    scene_simultaneous_close(&scene, 0, 0);
    tw_tracker_finish(scene.tracker);
    app_fini(&app);
    show_scene();
    press("Enter G");
    assert_true(seen("TIME-WAIT over in 60 s, linux: 60 s"));
    app.profile = tw_profile_find("rfc");
    assert_non_null(app.profile);
    assert_true(seen("rfc: 240 s"));
}

// Where the capture ends in TIME-WAIT, playing goes on with its timer: by the clock, however many
// frames are drawn, and from where it was paused.
static void time_wait_goes_on_behind_the_end(void **state) {
    (void)state;
    playback_open(&app, OPEN);
    scene_close(&scene);
    scene_open(&scene);
    scene_simultaneous_close(&scene, 0, 0);
    tw_tracker_finish(scene.tracker);
    app_fini(&app);
    show_scene();
    app.playback.even = false;
    press("Enter G");
    assert_true(seen("TIME-WAIT over in 60 s"));
    press("Left Space");
    const tw_time rest = TW_SECOND, start = app.now;
    app_tick(&app, start + rest);
    assert_true(app.playback.place == rows(&app) && app_moving(&app));
    for (int s = 1; s <= 15; s++)
        app_tick(&app, start + s * TW_SECOND);
    assert_true(seen("TIME-WAIT over in 45 s"));
    press("Space");
    app_tick(&app, start + 40 * TW_SECOND);
    assert_true(seen("TIME-WAIT over in 45 s") && !app_moving(&app));
    press("Space + +"); // four times as fast
    app_tick(&app, app.now + 10 * TW_SECOND);
    assert_true(seen("TIME-WAIT over in 5.0 s"));
    app_tick(&app, app.now + 2 * TW_SECOND);
    assert_false(app_moving(&app));
    assert_false(seen("TIME-WAIT over in"));
    press("Left Right"); // a step back takes it back
    app_tick(&app, app.now + TW_SECOND);
    assert_true(seen("TIME-WAIT over in 60 s"));
}

static void any_size_draws(void **state) {
    (void)state;
    playback_open(&app, LONG_AGO);
    press("n m G p 7 O + +");
    for (int view = 0; view < 3; view++) {
        app.view = view == 2 ? VIEW_BREAKS : VIEW_CONNECTION;
        app.playback.even = view == 1;
        app.ascii = view == 1;
        for (int width = 1; width <= 300; width += width < 90 ? 1 : 30)
            for (int height = 1; height <= 60; height += height < 26 ? 1 : 5) {
                app_resize(&app, width, height);
                draw_whole(&app);
            }
    }
}

// The time is written as it suits the whole.
static void long_connections(void **state) {
    (void)state;
    static const struct {
        int64_t us;
        const char *end, *half;
    } cases[] = {
        {99000000, "99.000 s of 99.000 s", "49.500 s of 99.000 s"},
        {754300000, "12:34.3 of 12:34.3", "6:17.1 of 12:34.3"},
        {7384000000, "2:03:04 of 2:03:04", "1:01:32 of 2:03:04"},
        {360000000000, "100:00:00 of 100:00:00", "50:00:00 of 100:00:00"},
    };
    for (size_t i = 0; i < TW_COUNT(cases); i++) {
        new_scene();
        scene_send(&scene, 0, 0, TW_CLIENT, TW_ACK, 1, 1, 0);
        scene_send(&scene, 0, cases[i].us, TW_CLIENT, TW_ACK, 1, 1, 0);
        tw_tracker_finish(scene.tracker);
        show_scene();
        app_resize(&app, 120, 24);
        press("Enter e G");
        assert_true(seen(cases[i].end));
        press("5");
        assert_true(seen(cases[i].half));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        on_scene(even_time),
        on_scene(keys_between_frames),
        on_scene(real_time),
        on_scene(speed_has_its_bounds),
        on_scene(frames_do_not_matter),
        on_scene(a_loop_begins_anew),
        on_scene(nothing_moves_nothing_is_drawn),
        on_scene(steps),
        on_scene(each_state_stops_it),
        on_scene(each_finding_stops_it),
        on_scene(a_row_is_played_to_its_end),
        on_scene(a_stop_is_told),
        on_scene(a_loop_stops_too),
        on_scene(a_page_stops_too),
        on_scene(breakpoints_are_chosen),
        on_scene(tenths),
        on_scene(clicks),
        on_scene(time_lines),
        on_scene(nothing_to_draw),
        on_scene(measures),
        on_scene(one_countdown),
        on_scene(time_wait_is_counted_down),
        on_scene(time_wait_goes_on_behind_the_end),
        on_scene(any_size_draws),
        on_scene(long_connections),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
