// SPDX-License-Identifier: MIT
// Proves the changes of the whole capture: at random times of random scenes every end's state, the
// census and what is visible are those of a model that lays every ladder out, and so is what is
// opened from the list; that slices come to the whole, and that their memory is bounded.
#include "keys.h"
#include "screen_scene.h"

#include "ui/changes.h"
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

// --- on the screen

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

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_the_model),     cmocka_unit_test(slices_are_the_whole),
        cmocka_unit_test(a_round_number_of_changes), cmocka_unit_test(nothing_was_captured),
        on_mixed_scene(one_moment_everywhere),       on_mixed_scene(memory_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
