// SPDX-License-Identifier: MIT
// Proves the moment of the list: how it is played, stepped through and stopped, while more is read
// too; how list and connection stand at the same moment, and what else the list can do at one.
#include "keys.h"
#include "screen_scene.h"

#include "ui/changes.h"
#include "ui/columns.h"
#include "ui/views/views.h"

// --- played and stepped through

static void stepping(void **state) {
    (void)state;
    static tw_time times[200];
    size_t count = 0;
    for (tw_time last = -1; last != app.moment.time; count++) {
        last = count > 0 ? app.moment.time : -1;
        press(">");
        assert_true(app.moment.set && !app.moment.playing);
        if (app.moment.time == last)
            break;
        assert_true(app.moment.time > last && app.notice[0] != '\0');
        times[count] = app.moment.time;
    }
    assert_in_range(count, 20, 199);
    press("<");
    for (size_t i = count - 1; i-- > 0;) {
        assert_true(app.moment.time == times[i]);
        press("<");
    }
    assert_true(app.moment.time == times[0]);
    press("Esc");
    assert_false(app.moment.set);
    press("<"); // from the end
    assert_true(app.moment.time == times[count - 1]);
}

// Where a loop begins anew there are fewer rows: the cursor stays on one of them, in that tick.
static void a_loop_takes_the_cursor_along(void **state) {
    (void)state;
    press("e O p");
    const size_t all = tw_story_count(app.story);
    for (int i = 0; i < 1000 && list_count(&app) < all; i++)
        app_tick(&app, app.now + 100 * TW_MILLISECOND);
    assert_int_equal(list_count(&app), all);
    press("G");
    assert_int_equal(app.list.cursor, all - 1);
    for (int i = 0; i < 2000 && list_count(&app) == all; i++)
        app_tick(&app, app.now + 100 * TW_MILLISECOND);
    assert_true(list_count(&app) < all);
    assert_true(app.list.cursor < list_count(&app));
}

static void playing(void **state) {
    (void)state;
    press("p");
    const struct changes *changes = app.moment.changes;
    tw_time first = changes_begin(changes);
    assert_true(app.moment.time == first && app_moving(&app));
    assert_int_equal(list_count(&app), 1);
    size_t before = changes_by(changes, first);
    for (size_t i = 0; i < 10; i++) {
        app_tick(&app, app.now + 900 * TW_MILLISECOND);
        assert_true(app.moment.time == changes_time(changes, before + i));
    }
    expect_screen(&app, "moment-80x24");
    press("p");
    tw_time paused = app.moment.time;
    app_tick(&app, app.now + TW_SECOND);
    assert_true(app.moment.time == paused && !app_moving(&app));
    press("p");
    assert_true(app_moving(&app));
    press("Space"); // pauses here, too, and marks only where nothing plays
    assert_true(!app_moving(&app) && list_marked_count(&app) == 0);
    press("e + p");
    app_tick(&app, app.now + 100 * TW_MILLISECOND);
    assert_true(app.moment.time == paused + 200 * TW_MILLISECOND);
    app_resize(&app, 40, 12);
    expect_screen(&app, "moment-40x12");
    char text[MOMENT_TEXT];
    app.playback.speed = 1.0 / 1024;
    app.playback.loop = true;
    assert_string_equal(moment_text(&app, 60, text),
                        "22:13:20.400000  playing, real time, x1/1024, loop");
    assert_string_equal(moment_text(&app, 39, text), "22:13:20.400000  playing x1/1024 loop");
    assert_string_equal(moment_text(&app, 30, text), "22:13:20.400000");
    app.playback.speed = 2;
    app.playback.loop = false;
    app_tick(&app, app.now + 3600 * TW_SECOND);
    assert_true(app.moment.time == changes_end(changes) && !app.moment.playing);
    assert_int_equal(list_count(&app), 6);
    uint64_t told[TW_STATE_COUNT], census[TW_STATE_COUNT];
    tw_story_census(scene.story, told);
    moment_census(&app, census);
    assert_memory_equal(told, census, sizeof told);
    press("p"); // at the end: from the beginning
    assert_true(app.moment.time == first && app.moment.playing);
    press("Esc");
    assert_int_equal(list_count(&app), 6);
    assert_false(app_moving(&app));
}

// The moment is a function of the clock, with loops too.
static void frames_do_not_matter(void **state) {
    (void)state;
    static const char *const ways[] = {"p", "e p", "O p", "e O p", "+ O p", "e - - p", "> > p"};
    static const int64_t times[] = {1, 40, 700, 5003, 63777, 3600017};
    for (size_t i = 0; i < TW_COUNT(ways) * TW_COUNT(times); i++) {
        int64_t ms = times[i % TW_COUNT(times)], step = ms < 100000 ? 33 : 1234;
        tw_time reached[2];
        for (int once = 0; once < 2; once++) {
            app_fini(&app);
            show_scene();
            press(ways[i / TW_COUNT(times)]);
            if (once == 1)
                app_tick(&app, app.now + ms * TW_MILLISECOND);
            for (int64_t at = 0; once == 0 && at < ms; at += step)
                app_tick(&app, app.now + (at + step < ms ? step : ms - at) * TW_MILLISECOND);
            reached[once] = app.moment.time;
        }
        assert_true(reached[0] == reached[1]);
    }
}

static void it_stops_at_states(void **state) {
    (void)state;
    static const int64_t frames[] = {33, 4000, 10000000};
    for (size_t f = 0; f < TW_COUNT(frames); f++)
        for (unsigned s = 0; s < TW_STATE_COUNT; s++) {
            app_fini(&app);
            show_scene();
            app.playback.break_state[s] = true;
            press("p");
            size_t at = changes_by(app.moment.changes, app.moment.time);
            for (size_t stop = 0; stop < 100; stop++) {
                for (int i = 0; i < 100000 && app.moment.playing; i++)
                    app_tick(&app, app.now + frames[f] * TW_MILLISECOND);
                const struct changes *changes = app.moment.changes;
                while (at < changes_count(changes) &&
                       changes_at(changes, at).to != (enum tw_state)s)
                    at++;
                if (at == changes_count(changes))
                    break;
                assert_true(app.moment.time == changes_time(changes, at));
                assert_non_null(strstr(app.notice, tw_state_name((enum tw_state)s)));
                assert_non_null(strstr(app.notice, "stopped: connection "));
                assert_int_equal(list_connection(&app, app.list.cursor),
                                 changes_at(changes, at).connection);
                at = changes_by(changes, app.moment.time); // several at once stop it once
                if (app.moment.time == changes_end(changes))
                    break;
                press("p");
            }
            assert_true(app.moment.time == changes_end(app.moment.changes));
        }
}

// Before its first event there is no connection: the list shows it as it begins.
static void back_to_its_beginning(void **state) {
    (void)state;
    press("> < e p");
    app_tick(&app, app.now + 4 * TW_SECOND);
    press("p");
    list_go(&app, 1);
    press("Enter g q");
    assert_int_equal(list_connection(&app, app.list.cursor), 1);
    assert_int_equal(list_count(&app), 2);
    assert_true(app.moment.time == changes_begun_at(app.moment.changes, 1));
}

static void within_a_silence(void **state) {
    (void)state;
    new_scene();
    scene_close_by_client(&scene, 0, 0); // a minute of TIME-WAIT
    scene_handshake(&scene, 1, 100000000);
    tw_tracker_finish(scene.tracker);
    show_scene();
    press("e p");
    app_tick(&app, app.now + 30 * TW_SECOND);
    tw_time time = app.moment.time;
    press("Enter"); // what plays waits
    app_tick(&app, app.now + TW_SECOND);
    assert_true(playback_time(&app, app.playback.place) - time <= 1 &&
                time - playback_time(&app, app.playback.place) <= 1);
    press("q");
    app_tick(&app, app.now + TW_SECOND);
    assert_true(app.moment.time == time);
    press("p");
    app.now += 100 * TW_MILLISECOND; // a key between two frames
    press("p");
    assert_true(app.moment.time == time + 100 * TW_MILLISECOND);
}

// --- while more is read

static void the_story_grows(void **state) {
    (void)state;
    new_scene();
    scene_close_by_client(&scene, 0, 0);
    show_scene();
    app.loading = true;
    app_tick(&app, TW_SECOND);
    press("p");
    app_tick(&app, 100 * TW_SECOND);
    assert_true(app.moment.playing); // it waits for more
    assert_false(app_moving(&app));
    assert_int_equal(list_count(&app), 1);
    scene_simultaneous_close(&scene, 1, 200000);
    app_tick(&app, 101 * TW_SECOND);
    scene_handshake(&scene, 2, 400000);
    app_tick(&app, 101 * TW_SECOND + TW_MILLISECOND); // not at once again
    assert_true(changes_revision(app.moment.changes) < tw_story_revision(scene.story));
    app_tick(&app, 102 * TW_SECOND);
    assert_int_equal(list_count(&app), 2);
    app_tick(&app, 103 * TW_SECOND + TW_MILLISECOND);
    assert_true(changes_revision(app.moment.changes) == tw_story_revision(scene.story));
    app.loading = false;
    app_tick(&app, 112 * TW_SECOND);
    app_tick(&app, 132 * TW_SECOND);
    assert_int_equal(list_count(&app), 3);
    assert_false(app.moment.playing);
}

static void much_is_looked_at_in_slices(void **state) {
    (void)state;
    new_scene();
    for (unsigned i = 0; i < 3000; i++)
        scene_close_by_client(&scene, i, (int64_t)i * 2000);
    show_scene();
    press("p");
    assert_true(app_busy(&app) && !app.moment.set);
    assert_non_null(strstr(app.notice, "looking at all state changes: "));
    press("Esc"); // not that long
    assert_false(app_busy(&app) && app.moment.next != NULL);
    press("p");
    int ticks = 0;
    for (; !app.moment.set; ticks++) {
        assert_in_range(ticks, 0, 1000);
        app_tick(&app, app.now + TW_MILLISECOND);
    }
    assert_in_range(ticks, 4, 100);
    assert_string_equal(app.notice, "");
    assert_true(app.moment.playing);
    // Even time for so many: the whole takes no more than a minute.
    app_tick(&app, app.now + 61 * TW_SECOND);
    assert_true(app.moment.time == changes_end(app.moment.changes));
}

// --- with what else the list can do

// The cursor goes to what a step changes in any order, and where only some are shown.
static void steps_in_any_order(void **state) {
    (void)state;
    static const char *const keys[] = {"s s s s s s s", "s s s s s s s r", "r"};
    for (size_t i = 0; i < TW_COUNT(keys); i++) {
        app_fini(&app);
        show_scene();
        press(keys[i]);
        rest();
        press("f");
        type("-outcome:refused");
        press("Enter");
        rest();
        unsigned shown = 0;
        do {
            rest();
            press("<");
            const struct changes *changes = app.moment.changes;
            size_t at = changes_by(changes, app.moment.time) - 1,
                   changed = changes_at(changes, at).connection;
            for (size_t row = 0; row < list_count(&app); row++)
                if (list_connection(&app, row) == changed) {
                    assert_int_equal(app.list.cursor, row);
                    shown++;
                }
        } while (app.moment.time > changes_begin(app.moment.changes));
        assert_true(shown > 10);
    }
}

// A state that is passed through is stopped at, as in the connection's own ladder; and what an end
// has been in is asked of the moment, too.
static void through_a_state(void **state) {
    (void)state;
    new_scene();
    scene_send(&scene, 0, 0, TW_CLIENT, TW_SYN, 0, 0, 0);
    scene_send(&scene, 0, 10000, TW_SERVER, TW_SYN | TW_ACK, 0, 1, 0);
    scene_send(&scene, 0, 20000, TW_CLIENT, TW_FIN | TW_ACK, 1, 1, 0);
    scene_send(&scene, 0, 30000, TW_SERVER, TW_ACK, 1, 2, 0);
    tw_tracker_finish(scene.tracker);
    show_scene();
    press("Enter G");
    const struct tw_ladder_step *passing = NULL;
    for (size_t i = 0; i < app.ladder.step_count; i++)
        if (app.ladder.steps[i].passes)
            passing = &app.ladder.steps[i];
    assert_non_null(passing);
    const enum tw_state through = passing->through;
    press("q f");
    type("was:");
    type(tw_state_name(through));
    press("Enter");
    rest();
    assert_int_equal(list_count(&app), 1);
    app.playback.break_state[through] = true;
    press("p");
    assert_true(app.moment.playing);
    rest();
    assert_int_equal(list_count(&app), 0); // not yet
    app_tick(&app, app.now + 100 * TW_SECOND);
    assert_false(app.moment.playing);
    assert_non_null(strstr(app.notice, tw_state_name(through)));
    assert_non_null(strstr(app.notice, "stopped: connection 1, "));
    rest();
    app_tick(&app, app.now + TW_SECOND);
    rest();
    assert_int_equal(list_count(&app), 1);
}

static const char *cell(size_t connection, enum column column) {
    static char text[COLUMN_TEXT];
    struct column_row row = {.connection = connection, .whole = list_whole(&app, connection)};
    list_info(&app, connection, &row.info);
    return column_text(&app, &row, column, 40, text);
}

// What has not come yet is not told: counters, round trip, history.
static void nothing_of_the_future(void **state) {
    (void)state;
    static const enum column counters[] = {COLUMN_SEGMENTS, COLUMN_OCTETS, COLUMN_LETTERS,
                                           COLUMN_RTT};
    char all[TW_COUNT(counters)][COLUMN_TEXT];
    for (size_t i = 0; i < TW_COUNT(counters); i++) {
        snprintf(all[i], COLUMN_TEXT, "%s", cell(0, counters[i]));
        assert_string_not_equal(all[i], "");
    }
    press(">");
    for (size_t i = 0; i < TW_COUNT(counters); i++)
        assert_string_equal(cell(0, counters[i]), "");
    assert_int_equal(sort_key_of(&app, 0, SORT_OCTETS).high, 0);
    // The handshake is over before the connection is.
    while (strcmp(cell(0, COLUMN_CLIENT_STATE), "FIN-WAIT-1") != 0)
        press(">");
    assert_string_equal(cell(0, COLUMN_RTT), all[3]);
    assert_string_equal(cell(0, COLUMN_SEGMENTS), "");
    app.moment.time = changes_end(app.moment.changes);
    for (size_t i = 0; i < TW_COUNT(counters); i++)
        assert_string_equal(cell(0, counters[i]), all[i]);
}

// Only what is shown at the moment is marked.
static void marks_what_has_begun(void **state) {
    (void)state;
    press("> >");
    assert_int_equal(list_count(&app), 1);
    press("*");
    assert_int_equal(list_marked_count(&app), 1);
    press("* f");
    type("port:443");
    press("Enter *");
    rest();
    assert_int_equal(list_marked_count(&app), 1);
    assert_true(list_marked(&app, 0));
}

// While the list waits until it looks again at what a moment has changed, it does not spin.
static void waits_without_work(void **state) {
    (void)state;
    press("f");
    type("state:established");
    press("Enter");
    rest();
    press("p");
    app_tick(&app, app.now + 2 * TW_SECOND);
    rest();
    app.list.renewed = app.now;
    app.list.pause = TW_SECOND;
    app_tick(&app, app.now + 900 * TW_MILLISECOND);
    assert_true(app_moving(&app));
    const tw_time looked = app.list.moment;
    assert_true(looked != app.moment.time);
    assert_false(app_busy(&app));
    app_tick(&app, app.now + TW_SECOND);
    assert_true(app.list.moment > looked);
    // Once nothing moves any more it does look again.
    app_tick(&app, app.now + 1000 * TW_SECOND);
    app.list.moment = 0;
    app.list.renewed = app.now;
    app.list.pause = TW_SECOND;
    assert_false(app_moving(&app));
    assert_true(app_busy(&app));
}

// The ends that have stayed for long are still told when the moment is left.
static void a_moment_hides_no_warning(void **state) {
    (void)state;
    new_scene();
    scene_handshake(&scene, 0, 0);
    scene_send(&scene, 0, 100000, TW_CLIENT, TW_FIN | TW_ACK, 1, 1, 0);
    scene_send(&scene, 0, 121000, TW_SERVER, TW_ACK, 1, 2, 0);
    show_scene();
    app.loading = true;
    press(">");
    scene_handshake(&scene, 1, 1000000000);
    app.loading = false;
    app_tick(&app, app.now + 10 * TW_SECOND);
    rest();
    assert_true(app.moment.set);
    press("Esc");
    rest();
    assert_false(app.moment.set);
    assert_int_equal(app.list.longs[TW_CLOSE_WAIT], 1);
    assert_int_equal(app.list.longs[TW_FIN_WAIT_2], 1);
}

// Back from a connection the moment is another one: the cursor is on a row that there is, at once.
static void back_to_fewer_rows(void **state) {
    (void)state;
    press("<"); // the last change: all have begun
    for (tw_time now = TW_SECOND; app_busy(&app) || !app.moment.set; now += TW_SECOND)
        app_tick(&app, now);
    press("r f 1 0 . Enter"); // the last one is the first row, and each has a row of its own
    app_tick(&app, app.now + TW_SECOND);
    app_act(&app, ACTION_LAST);
    const size_t before = list_count(&app);
    assert_true(before > 1 && app.list.cursor == before - 1);
    app_act(&app, ACTION_OPEN);
    app_tick(&app, app.now + TW_SECOND);
    assert_int_equal(app.view, VIEW_CONNECTION);
    app_act(&app, ACTION_FIRST);
    app_act(&app, ACTION_BACK);
    assert_true(list_count(&app) < before);
    assert_true(app.list.cursor < list_count(&app));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        on_mixed_scene(back_to_fewer_rows),
        on_mixed_scene(stepping),
        on_mixed_scene(playing),
        on_mixed_scene(a_loop_takes_the_cursor_along),
        on_mixed_scene(frames_do_not_matter),
        on_mixed_scene(it_stops_at_states),
        on_mixed_scene(back_to_its_beginning),
        on_mixed_scene(within_a_silence),
        on_mixed_scene(the_story_grows),
        on_mixed_scene(much_is_looked_at_in_slices),
        on_mixed_scene(steps_in_any_order),
        on_mixed_scene(through_a_state),
        on_mixed_scene(nothing_of_the_future),
        on_mixed_scene(marks_what_has_begun),
        on_mixed_scene(waits_without_work),
        on_mixed_scene(a_moment_hides_no_warning),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
