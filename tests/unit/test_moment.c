// SPDX-License-Identifier: MIT
// Proves the moment of the whole capture: at random times of random scenes every end's state, the
// census and what is visible are those of a model that lays every ladder out; then how it is
// played, stepped through, stopped, and how list and ladder stand at the same moment.
#include "keys.h"
#include "screen_scene.h"

#include "ui/changes.h"
#include "ui/columns.h"
#include "ui/views/views.h"

// --- random scenes: connections of all kinds, one in the other

enum { EVENTS = 4000 };
struct event {
    int64_t us;
    unsigned which, flags;
    enum tw_end sender;
    uint32_t seq, ack, length;
    unsigned order;
};
static struct event events[EVENTS];
static size_t event_count;
static uint32_t noise;

static unsigned random_below(unsigned most) {
    noise = noise * 1664525 + 1013904223;
    return (noise >> 8) % most;
}

static int64_t send_at(int64_t us, unsigned which, enum tw_end sender, unsigned flags, uint32_t seq,
                       uint32_t ack, uint32_t length) {
    us += random_below(40000);
    if (event_count < EVENTS && random_below(20) > 0) // some are missed
        events[event_count] =
            (struct event){us, which, flags, sender, seq, ack, length, (unsigned)event_count};
    else
        return us;
    event_count++;
    return us;
}

static void random_connection(unsigned which, int64_t us) {
    enum tw_end first = random_below(2) ? TW_CLIENT : TW_SERVER, other = tw_other(first);
    us = send_at(us, which, TW_CLIENT, TW_SYN, 0, 0, 0);
    while (random_below(8) == 0)
        us = send_at(us + 1000000, which, TW_CLIENT, TW_SYN, 0, 0, 0);
    if (random_below(10) == 0)
        return;
    us = send_at(us, which, TW_SERVER, TW_SYN | TW_ACK, 0, 1, 0);
    us = send_at(us, which, TW_CLIENT, TW_ACK, 1, 1, 0);
    if (random_below(10) == 0)
        return;
    if (random_below(8) == 0) {
        send_at(us, which, first, TW_RST | TW_ACK, 1, 1, 0);
        return;
    }
    if (random_below(6) == 0)
        us += 70000000; // longer than TIME-WAIT lasts
    us = send_at(us, which, first, TW_FIN | TW_ACK, 1, 1, 0);
    if (random_below(5) == 0)
        us = send_at(us, which, other, TW_FIN | TW_ACK, 1, 1, 0);
    us = send_at(us, which, other, TW_ACK, 1 + random_below(2), 2, 0);
    us = send_at(us, which, other, TW_FIN | TW_ACK, 1, 2, 0);
    send_at(us, which, first, TW_ACK, 2, 2, 0);
}

static int by_time(const void *a, const void *b) {
    const struct event *x = a, *y = b;
    if (x->us != y->us)
        return x->us < y->us ? -1 : 1;
    return (x->order > y->order) - (x->order < y->order);
}

static void random_scene(uint32_t seed, bool finished) {
    noise = seed;
    event_count = 0;
    scene_open(&scene);
    unsigned connections = 1 + random_below(120);
    int64_t span = random_below(2) ? 100000 : 30000000;
    for (unsigned i = 0; i < connections; i++)
        random_connection(i % 97, random_below((unsigned)span));
    qsort(events, event_count, sizeof *events, by_time);
    for (size_t i = 0; i < event_count; i++) {
        const struct event *e = &events[i];
        int64_t us = random_below(50) == 0 ? e->us - 20000 : e->us; // the clock steps back
        scene_send(&scene, e->which, us, e->sender, e->flags, e->seq, e->ack, e->length);
    }
    if (finished)
        tw_tracker_finish(scene.tracker);
}

// --- the model

struct model {
    tw_time *begun;
    struct tw_ladder *ladders;
    size_t count;
    tw_time begin, end;
};

static void model_init(struct model *m) {
    m->count = tw_story_count(scene.story);
    m->begun = calloc(m->count + 1, sizeof *m->begun);
    m->ladders = calloc(m->count + 1, sizeof *m->ladders);
    assert_non_null(m->begun);
    assert_non_null(m->ladders);
    for (size_t i = 0; i < m->count; i++) {
        struct tw_ladder *l = &m->ladders[i];
        assert_int_equal(
            tw_ladder_build(l, tw_story_at(scene.story, i), &(struct tw_ladder_options){0}), TW_OK);
        m->begun[i] = l->info.opened;
        if (i > 0 && m->begun[i - 1] > m->begun[i])
            m->begun[i] = m->begun[i - 1];
        if (i == 0)
            m->begin = m->end = m->begun[0];
        tw_time last = l->end > l->info.last ? l->end : l->info.last;
        m->end = last > m->end ? last : m->end;
    }
}

static void model_fini(struct model *m) {
    for (size_t i = 0; i < m->count; i++)
        tw_ladder_fini(&m->ladders[i]);
    free(m->ladders);
    free(m->begun);
}

// The state behind all rows up to a time.
static const struct tw_ladder_step *state_in(const struct model *m, size_t connection,
                                             enum tw_end end, tw_time time) {
    const struct tw_ladder *l = &m->ladders[connection];
    size_t rows = 0;
    while (rows < l->row_count && l->rows[rows].time <= time)
        rows++;
    return m->begun[connection] <= time ? tw_ladder_state(l, end, (double)rows) : NULL;
}

static void check_moment(const struct changes *changes, const struct model *m, tw_time time) {
    uint64_t counts[TW_STATE_COUNT] = {0}, census[TW_STATE_COUNT];
    size_t visible = 0;
    for (size_t i = 0; i < m->count; i++) {
        visible += m->begun[i] <= time;
        for (int end = 0; end < TW_END_COUNT; end++) {
            const struct tw_ladder_step *step = state_in(m, i, (enum tw_end)end, time);
            bool known;
            enum tw_state state = changes_state(changes, i, (enum tw_end)end, time, &known);
            assert_int_equal(known, step != NULL);
            if (step != NULL) {
                assert_int_equal(state, step->to);
                counts[step->to]++;
            }
            uint32_t been = 0;
            for (const struct tw_ladder_step *s = m->ladders[i].steps; step != NULL && s <= step;
                 s++)
                if (s->end == (enum tw_end)end)
                    been |= 1U << s->to | (s->passes ? 1U << s->through : 0);
            assert_int_equal(changes_been(changes, i, (enum tw_end)end, time), been);
        }
    }
    assert_int_equal(changes_begun(changes, time), visible);
    changes_census(changes, changes_by(changes, time), census);
    for (unsigned i = 0; i < TW_STATE_COUNT; i++)
        assert_int_equal(census[i], counts[i]);
}

static struct changes *look(size_t work) {
    struct changes *changes = changes_new(scene.story, NULL, 1 << 20);
    assert_non_null(changes);
    enum changes_status status;
    while ((status = changes_look(changes, work)) == CHANGES_MORE)
        assert_in_range(changes_progress(changes), 0, 100);
    assert_int_equal(status, CHANGES_ALL);
    return changes;
}

static void agrees_with_the_model(void **state) {
    (void)state;
    size_t seen = 0;
    for (uint32_t seed = 1; seed <= 60; seed++) {
        random_scene(seed, seed % 2 == 0);
        struct model model;
        model_init(&model);
        struct changes *changes = look(1 + seed % 7 * 50);
        size_t count = changes_count(changes);
        seen += count;
        for (int i = 0; i < 40; i++) {
            tw_time span = model.end - model.begin + 2;
            tw_time any = model.begin - 1 + (tw_time)random_below(1 << 20) * (span >> 10) / 1024;
            check_moment(changes, &model, any);
            if (count > 0) // exactly at a change, and just before it
                any = changes_time(changes, random_below((unsigned)count));
            check_moment(changes, &model, any);
            check_moment(changes, &model, any - 1);
        }
        check_moment(changes, &model, changes_begin(changes));
        check_moment(changes, &model, changes_end(changes));
        assert_true(changes_end(changes) >= model.end);
        uint64_t told[TW_STATE_COUNT], census[TW_STATE_COUNT];
        tw_story_census(scene.story, told);
        changes_census(changes, count, census);
        assert_memory_equal(told, census, sizeof told);
        changes_free(changes);
        model_fini(&model);
        scene_close(&scene);
    }
    assert_true(seen > 10000); // several censuses were kept on the way
}

static void slices_are_the_whole(void **state) {
    (void)state;
    random_scene(77, true);
    struct changes *whole = look(SIZE_MAX);
    assert_true(changes_count(whole) > 200);
    for (size_t work = 1; work < 300; work += 37) {
        struct changes *sliced = look(work);
        assert_int_equal(changes_count(sliced), changes_count(whole));
        for (size_t i = 0; i < changes_count(whole); i++) {
            struct change a = changes_at(whole, i), b = changes_at(sliced, i);
            assert_true(a.time == b.time && a.connection == b.connection && a.end == b.end &&
                        a.to == b.to);
            assert_true(i == 0 || changes_time(whole, i - 1) <= a.time);
        }
        changes_free(sliced);
    }
    changes_free(whole);
    scene_close(&scene);
}

// As many as stand between two kept censuses.
static void a_round_number_of_changes(void **state) {
    (void)state;
    size_t count = 0;
    scene_open(&scene);
    for (unsigned i = 0; count < 1024; i++) {
        scene_send(&scene, i, (int64_t)i * 10, TW_CLIENT, TW_SYN, 0, 0, 0);
        struct changes *changes = look(SIZE_MAX);
        count = changes_count(changes);
        uint64_t told[TW_STATE_COUNT], census[TW_STATE_COUNT];
        tw_story_census(scene.story, told);
        changes_census(changes, count, census);
        assert_memory_equal(told, census, sizeof told);
        changes_free(changes);
    }
    assert_int_equal(count, 1024);
    scene_close(&scene);
}

static void nothing_was_captured(void **state) {
    (void)state;
    scene_open(&scene);
    struct changes *changes = look(1);
    assert_int_equal(changes_count(changes), 0);
    assert_int_equal(changes_begun(changes, 0), 0);
    changes_free(changes);
    show_scene();
    press("p > < O e + Esc");
    app_tick(&app, TW_SECOND);
    assert_false(app.moment.set || app_moving(&app) || app_busy(&app));
    close_scene(NULL);
}

// --- the list

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

// A connection is opened at the moment of the list, and the list comes along.
static void one_moment_everywhere(void **state) {
    (void)state;
    app_fini(&app);
    scene_close(&scene);
    random_scene(5, true);
    struct model model;
    model_init(&model);
    show_scene();
    press(">");
    for (int i = 0; i < 300; i++) {
        press(random_below(4) == 0 ? "<" : "> > >");
        tw_time time = app.moment.time;
        size_t visible = list_count(&app), row = random_below((unsigned)visible);
        list_go(&app, row);
        press("Enter");
        for (int end = 0; end < TW_END_COUNT; end++) {
            const struct tw_ladder_step *here =
                tw_ladder_state(&app.ladder, (enum tw_end)end, app.playback.place);
            const struct tw_ladder_step *there = state_in(&model, row, (enum tw_end)end, time);
            assert_int_equal(here != NULL, there != NULL);
            assert_true(here == NULL || here->to == there->to);
        }
        if (random_below(2) == 0) {
            press("q");
            assert_true(app.moment.time == time);
            continue;
        }
        press(random_below(2) ? "]" : "[");
        bool moved = app.playback.place != app.playback.opened_at;
        tw_time now = playback_time(&app, app.playback.place);
        press("q");
        assert_true(app.moment.time == (!moved                   ? time
                                        : now < model.begun[row] ? model.begun[row]
                                                                 : now));
        assert_true(list_count(&app) > row);
    }
    model_fini(&model);
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

static void memory_is_bounded(void **state) {
    (void)state;
    app.moment.next = changes_new(scene.story, NULL, 18 * 20);
    press("p");
    assert_string_equal(app.notice,
                        "too many state changes for the memory: the list cannot play along");
    assert_false(app.moment.set || app_busy(&app) || app_moving(&app));
    struct changes *changes = look(SIZE_MAX);
    size_t count = changes_count(changes);
    changes_free(changes);
    for (size_t i = 0; i < 2; i++) { // exactly as many as there are, and one less
        changes = changes_new(scene.story, NULL, 18 * count - i);
        assert_non_null(changes);
        assert_int_equal(changes_look(changes, SIZE_MAX), i == 0 ? CHANGES_ALL : CHANGES_TOO_MANY);
        changes_free(changes);
    }
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
        cmocka_unit_test(agrees_with_the_model),
        cmocka_unit_test(slices_are_the_whole),
        cmocka_unit_test(a_round_number_of_changes),
        cmocka_unit_test(nothing_was_captured),
        on_mixed_scene(stepping),
        on_mixed_scene(playing),
        on_mixed_scene(a_loop_takes_the_cursor_along),
        on_mixed_scene(frames_do_not_matter),
        on_mixed_scene(it_stops_at_states),
        on_mixed_scene(one_moment_everywhere),
        on_mixed_scene(back_to_its_beginning),
        on_mixed_scene(within_a_silence),
        on_mixed_scene(the_story_grows),
        on_mixed_scene(memory_is_bounded),
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
