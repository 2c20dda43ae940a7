// SPDX-License-Identifier: MIT
// Proves that the story keeps what the tracker tells, says the same of a connection alive and
// over, finds every connection among many, and stays within its limit.
#include "scene.h"

static struct scene scene;

static int open_scene(void **state) {
    (void)state;
    scene_open(&scene);
    return 0;
}

static int close_scene(void **state) {
    (void)state;
    scene_close(&scene);
    return 0;
}

static void keeps_segments_and_changes(void **state) {
    (void)state;
    scene_close_by_client(&scene, 0, 0);
    tw_tracker_finish(scene.tracker);
    assert_int_equal(tw_story_count(scene.story), 1);
    assert_int_equal(tw_story_told(scene.story), 9);
    const struct tw_story_connection *c = tw_story_at(scene.story, 0);
    size_t count;
    const struct tw_story_segment *segments = tw_story_segments(c, &count);
    assert_int_equal(count, 9);
    assert_int_equal(segments[0].flags, TW_SYN);
    assert_int_equal(segments[1].sender, TW_SERVER);
    assert_int_equal(segments[4].length, 1400);
    assert_int_equal(segments[8].packet, 9);
    const struct tw_story_change *changes = tw_story_changes(c, &count);
    assert_true(count >= 10);
    for (size_t i = 0; i < count; i++)
        if (!changes[i].corrects)
            assert_ptr_equal(changes[i].cell,
                             tw_state_cell((enum tw_state)(changes[i].passes ? changes[i].through
                                                                             : changes[i].from),
                                           (enum tw_event)changes[i].event));
}

// What a story says of a connection must not depend on whether the tracker still holds it.
static void same_alive_and_over(void **state) {
    (void)state;
    scene_simultaneous_close(&scene, 0, 0);
    const struct tw_story_connection *c = tw_story_at(scene.story, 0);
    struct tw_connection_info alive, over;
    struct tw_step before[TW_HISTORY_MAX], after[TW_HISTORY_MAX];
    tw_story_info(c, &alive);
    size_t count = tw_story_history(c, TW_CLIENT, before, TW_HISTORY_MAX);
    tw_tracker_finish(scene.tracker);
    tw_story_info(c, &over);
    assert_int_equal(tw_story_history(c, TW_CLIENT, after, TW_HISTORY_MAX), count);
    assert_int_equal(alive.number, over.number);
    assert_int_equal(alive.end[TW_SERVER].packets, over.end[TW_SERVER].packets);
    assert_int_equal(over.closed_by, TW_CLOSED_BY_BOTH);
    static const enum tw_state expected[] = {TW_SYN_SENT, TW_ESTABLISHED, TW_FIN_WAIT_1, TW_CLOSING,
                                             TW_TIME_WAIT};
    assert_int_equal(count, TW_COUNT(expected));
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(after[i].state, expected[i]);
        assert_int_equal(after[i].state, before[i].state);
        assert_int_equal(after[i].packet, before[i].packet);
        assert_int_equal(after[i].event, before[i].event);
    }
    // Fewer than asked for are copied, all are counted.
    assert_int_equal(tw_story_history(c, TW_CLIENT, after, 1), count);
}

static void counts_states(void **state) {
    (void)state;
    scene_mixed(&scene);
    tw_tracker_finish(scene.tracker);
    uint64_t counts[TW_STATE_COUNT], expected[TW_STATE_COUNT] = {0};
    tw_story_census(scene.story, counts);
    for (size_t i = 0; i < tw_story_count(scene.story); i++) {
        struct tw_connection_info info;
        tw_story_info(tw_story_at(scene.story, i), &info);
        for (int end = 0; end < TW_END_COUNT; end++)
            if (info.end[end].step_count > 0)
                expected[info.end[end].state]++;
    }
    assert_memory_equal(counts, expected, sizeof counts);
    assert_int_equal(counts[TW_SYN_SENT], 1);
}

// Connections come and go, so that slots are taken, freed and moved.
static void finds_every_connection(void **state) {
    (void)state;
    enum { MANY = 20000 };
    for (unsigned i = 0; i < MANY; i++) {
        scene_handshake(&scene, i, (int64_t)i * 10000);
        if (i % 3 == 0) // over at once, freed soon
            scene_send(&scene, i, (int64_t)i * 10000 + 23000, TW_CLIENT, TW_RST | TW_ACK, 1, 1, 0);
    }
    assert_int_equal(tw_story_count(scene.story), MANY);
    tw_tracker_finish(scene.tracker);
    for (unsigned i = 0; i < MANY; i++) {
        const struct tw_story_connection *c = tw_story_at(scene.story, i);
        struct tw_connection_info info;
        size_t count;
        (void)tw_story_segments(c, &count);
        tw_story_info(c, &info);
        assert_int_equal(count, i % 3 == 0 ? 4 : 3);
        assert_int_equal(info.number, i + 1);
        assert_int_equal(info.end[TW_CLIENT].port, 51514 + i % 10000);
        assert_int_equal(info.outcome, i % 3 == 0 ? TW_OUTCOME_RESET : TW_OUTCOME_OPEN);
    }
}

static void stays_within_its_limit(void **state) {
    (void)state;
    const size_t limit = 200000;
    tw_story_limit(scene.story, limit);
    for (unsigned i = 0; i < 2000; i++)
        scene_close_by_client(&scene, i, (int64_t)i * 100000);
    assert_true(tw_story_dropped(scene.story) > 0);
    assert_true(tw_story_connections_dropped(scene.story) > 0);
    assert_int_equal(tw_story_count(scene.story) + tw_story_connections_dropped(scene.story), 2000);
    assert_int_equal(tw_story_told(scene.story), 2000 * 9);
    tw_tracker_finish(scene.tracker);
    // The way from the tracker's connections to ours is kept for all that are alive.
    assert_true(tw_story_memory(scene.story) < limit + 4096 * 16 * 2);
}

// The census reads what the rows read, also between the passing and the landing of a segment.
static void census_is_that_of_the_rows(void **state) {
    (void)state;
    scene_send(&scene, 2, 400000, TW_CLIENT, TW_SYN, 0, 0, 0);
    scene_send(&scene, 2, 420000, TW_SERVER, TW_RST | TW_ACK, (uint32_t)-SERVER_ISN, 1, 0);
    struct tw_connection_info info;
    uint64_t counts[TW_STATE_COUNT];
    tw_story_info(tw_story_at(scene.story, 0), &info);
    for (int twice = 0; twice < 2; twice++) {
        tw_story_census(scene.story, counts);
        uint64_t expected[TW_STATE_COUNT] = {0};
        for (int end = 0; end < TW_END_COUNT; end++)
            expected[info.end[end].state] += info.end[end].step_count > 0;
        assert_memory_equal(counts, expected, sizeof counts);
    }
}

// Connections that are over lose their segments first, the oldest before the others; their state
// changes stay.
static void forgets_the_oldest_segments(void **state) {
    (void)state;
    enum { MANY = 80 };
    tw_story_limit(scene.story, 170000);
    for (unsigned i = 0; i < MANY; i++)
        scene_long(&scene, i, (int64_t)i * 100000000);
    assert_int_equal(tw_story_count(scene.story), MANY);
    assert_true(tw_story_memory(scene.story) <= 170000);
    uint64_t dropped = 0;
    for (unsigned i = 0; i < MANY; i++) {
        const struct tw_story_connection *c = tw_story_at(scene.story, i);
        size_t segments, changes;
        (void)tw_story_segments(c, &segments);
        (void)tw_story_changes(c, &changes);
        size_t gap;
        const size_t gone = tw_story_segments_dropped(c, &gap);
        assert_int_equal(segments + gone, 29);
        assert_true(changes >= 8);
        dropped += gone;
        if (i == 0 || i == MANY - 1)
            assert_int_equal(segments, i == 0 ? 0 : 29);
    }
    assert_int_equal(dropped, tw_story_dropped(scene.story));
}

// Sends `count` segments of data from `seq` on, one each 10 us; returns the next number.
static uint32_t send_data(unsigned which, int64_t us, uint32_t seq, unsigned count) {
    for (unsigned i = 0; i < count; i++, seq += 10)
        scene_send(&scene, which, us + (int64_t)i * 10, TW_CLIENT, TW_PSH | TW_ACK, seq, 1, 10);
    return seq;
}

// What is kept of a connection: it begins with its first segments, ends with its last ones, is in
// order on both sides of the gap, and says how many stood there.
static size_t expect_both_ends(const struct tw_story_connection *c, uint64_t first, uint64_t last) {
    enum { NEAR = 50 }; // segments that follow one another at both ends
    size_t count, gap;
    const struct tw_story_segment *s = tw_story_segments(c, &count);
    const size_t dropped = tw_story_segments_dropped(c, &gap);
    assert_int_equal(s[0].packet, first);
    assert_int_equal(s[count - 1].packet, last);
    assert_in_range(gap, NEAR, count - NEAR);
    for (size_t i = 1; i < count; i++)
        assert_int_equal(s[i].packet - s[i - 1].packet, i == gap ? dropped + 1 : 1);
    return dropped;
}

// Of a connection that has no room for all its segments those in the middle go.
static void keeps_how_one_began_and_what_was_last(void **state) {
    (void)state;
    enum { DATA = 20000 };
    const size_t limit = 200000;
    tw_story_limit(scene.story, limit);
    scene_handshake(&scene, 0, 0);
    uint32_t seq = send_data(0, 100000, 1, DATA);
    scene_send(&scene, 0, 9000000, TW_CLIENT, TW_FIN | TW_ACK, seq, 1, 0);
    scene_send(&scene, 0, 9000020, TW_SERVER, TW_RST | TW_ACK, 1, seq, 0);
    const struct tw_story_connection *c = tw_story_at(scene.story, 0);
    const size_t dropped = expect_both_ends(c, 1, 3 + DATA + 2);
    assert_int_equal(dropped, tw_story_dropped(scene.story));
    assert_true(tw_story_memory(scene.story) <= limit);
    tw_tracker_finish(scene.tracker);
    assert_int_equal(expect_both_ends(c, 1, 3 + DATA + 2), dropped);
}

// The most of one connection is no lack of room.
static void keeps_so_many_of_one(void **state) {
    (void)state;
    enum { DATA = TW_STORY_SEGMENTS_MAX + TW_STORY_SEGMENTS_MAX / 2 };
    scene_handshake(&scene, 0, 0);
    (void)send_data(0, 100000, 1, DATA);
    const struct tw_story_connection *c = tw_story_at(scene.story, 0);
    size_t count;
    (void)tw_story_segments(c, &count);
    assert_in_range(count, TW_STORY_SEGMENTS_MAX / 4 * 3, TW_STORY_SEGMENTS_MAX);
    assert_int_equal(count + expect_both_ends(c, 1, 3 + DATA), 3 + DATA);
    assert_int_equal(tw_story_dropped(scene.story), 0);
}

// One that goes on for long does not take the room of all that come after it.
static void large_ones_give_way(void **state) {
    (void)state;
    enum { DATA = 20000, MANY = 100, SHORT = 20 };
    const size_t limit = 400000;
    tw_story_limit(scene.story, limit);
    scene_handshake(&scene, 0, 0);
    uint32_t seq = send_data(0, 100000, 1, DATA);
    for (unsigned i = 1; i <= MANY; i++) {
        scene_handshake(&scene, i, 1000000 + i * 10000);
        (void)send_data(i, 1100000 + i * 10000, 1, SHORT);
        assert_true(tw_story_memory(scene.story) <= limit);
    }
    (void)send_data(0, 3000000, seq, 1000);
    for (unsigned i = 1; i <= MANY; i++) {
        size_t count;
        (void)tw_story_segments(tw_story_at(scene.story, i), &count);
        assert_int_equal(count, 3 + SHORT);
    }
    size_t count, gap;
    const struct tw_story_connection *c = tw_story_at(scene.story, 0);
    const struct tw_story_segment *s = tw_story_segments(c, &count);
    const size_t dropped = tw_story_segments_dropped(c, &gap);
    assert_int_equal(count + dropped, 3 + DATA + 1000);
    assert_int_equal(dropped, tw_story_dropped(scene.story));
    assert_true(gap >= 100 && s[gap - 1].packet == gap && s[gap].packet > DATA);
}

static bool keep_multiples(void *context, size_t index) {
    return index % *(const size_t *)context == 0;
}

// What is over is forgotten from the oldest on, but for what is to be kept; what is left stays what
// it was, at its new place, and what goes on is found again.
static void forgets_the_oldest(void **state) {
    (void)state;
    enum { MANY = 3000, ALIVE = 7 };
    static uint32_t to[MANY];
    static struct tw_connection_info before[MANY];
    const struct tw_story_connection *records[MANY];
    size_t each = 100;
    tw_story_limit(scene.story, 1000000);
    for (unsigned i = 0; i < ALIVE; i++)
        scene_handshake(&scene, i, (int64_t)i * 1000);
    for (unsigned i = ALIVE; !tw_story_is_full(scene.story); i++) {
        assert_int_equal(tw_story_forget(scene.story, keep_multiples, &each, to), 0);
        scene_handshake(&scene, i, 1000000 + (int64_t)i * 100000);
        scene_send(&scene, i, 1050000 + (int64_t)i * 100000, TW_CLIENT, TW_RST | TW_ACK, 1, 1, 0);
    }
    const size_t count = tw_story_count(scene.story), memory = tw_story_memory(scene.story);
    assert_in_range(count, 500, MANY);
    for (size_t i = 0; i < count; i++) {
        records[i] = tw_story_at(scene.story, i);
        tw_story_info(records[i], &before[i]);
    }
    const size_t gone = tw_story_forget(scene.story, keep_multiples, &each, to);
    assert_in_range(gone, 10, count - 10);
    assert_int_equal(tw_story_count(scene.story), count - gone);
    assert_int_equal(tw_story_forgotten(scene.story), gone);
    assert_false(tw_story_is_full(scene.story));
    assert_true(tw_story_memory(scene.story) < memory);
    size_t next = 0;
    for (size_t i = 0; i < count; i++) {
        // The last few are alive, too, as they are over with the next segment only.
        const bool kept = i < ALIVE || i % each == 0;
        if (to[i] == TW_STORY_FORGOTTEN) {
            assert_false(kept);
            continue;
        }
        assert_int_equal(to[i], next);
        assert_ptr_equal(tw_story_at(scene.story, next), records[i]);
        struct tw_connection_info info;
        tw_story_info(records[i], &info);
        assert_int_equal(info.number, before[i].number);
        next++;
    }
    assert_int_equal(next, count - gone);
    for (unsigned i = 0; i < ALIVE; i++) {
        size_t segments;
        scene_send(&scene, i, 900000000, TW_CLIENT, TW_FIN | TW_ACK, 1, 1, 0);
        (void)tw_story_segments(tw_story_at(scene.story, i), &segments);
        assert_int_equal(segments, 4);
    }
    uint64_t counts[TW_STATE_COUNT], ends = 0, known = 0;
    tw_story_census(scene.story, counts);
    for (unsigned i = 0; i < TW_STATE_COUNT; i++)
        ends += counts[i];
    for (size_t i = 0; i < tw_story_count(scene.story); i++) {
        struct tw_connection_info info;
        tw_story_info(tw_story_at(scene.story, i), &info);
        for (int end = 0; end < TW_END_COUNT; end++)
            known += info.end[end].step_count > 0;
    }
    assert_int_equal(ends, known);
}

static bool keep_none(void *context, size_t index) {
    (void)context;
    (void)index;
    return false;
}

// For ever: whatever comes and goes, the memory stays, and nothing new is turned away.
static void goes_on_for_ever(void **state) {
    (void)state;
    enum { LONG = 60000, ROOM = 4096 };
    static uint32_t to[ROOM];
    const size_t limit = 1000000;
    tw_story_limit(scene.story, limit);
    for (unsigned i = 0; i < LONG; i++) {
        scene_close_by_client(&scene, i, (int64_t)i * 1000000);
        assert_in_range(tw_story_count(scene.story), 1, ROOM);
        (void)tw_story_forget(scene.story, keep_none, NULL, to);
    }
    assert_int_equal(tw_story_connections_dropped(scene.story), 0);
    assert_int_equal(tw_story_forgotten(scene.story) + tw_story_count(scene.story), LONG);
    assert_true(tw_story_memory(scene.story) <= limit);
}

// As long as one that is over has segments, none that is alive loses any.
static void what_is_over_gives_way_first(void **state) {
    (void)state;
    enum { ALIVE = 400, DATA = 5000, MANY = 5000 };
    tw_story_limit(scene.story, 2000000);
    scene_handshake(&scene, 0, 0);
    (void)send_data(0, 100000, 1, DATA);
    for (unsigned i = 1; i < ALIVE; i++)
        scene_handshake(&scene, i, 1000000 + i * 1000);
    size_t gap;
    const struct tw_story_connection *large = tw_story_at(scene.story, 0);
    for (unsigned i = ALIVE; i < MANY; i++) {
        const int64_t us = 2000000 + (int64_t)i * 100000;
        scene_handshake(&scene, i, us);
        scene_send(&scene, i, us + 50000, TW_CLIENT, TW_RST | TW_ACK, 1, 1, 0);
        if (tw_story_connections_dropped(scene.story) > 0)
            break;
        assert_int_equal(tw_story_segments_dropped(large, &gap), 0);
    }
    assert_true(tw_story_dropped(scene.story) > 0);
}

static void finding_marks_its_segment(void **state) {
    (void)state;
    scene_handshake(&scene, 0, 0);
    scene_send(&scene, 0, 30000, TW_CLIENT, TW_PSH | TW_ACK, 1, 1, 100);
    scene_send(&scene, 0, 530000, TW_CLIENT, TW_PSH | TW_ACK, 1, 1, 100);
    size_t count;
    const struct tw_story_segment *s = tw_story_segments(tw_story_at(scene.story, 0), &count);
    assert_int_equal(count, 5);
    assert_int_equal(s[3].findings, 0);
    assert_int_equal(s[4].findings, 1U << TW_FINDING_RETRANSMISSION);
}

// The newest segment's time; what was captured a little late does not move it, a clock that was set
// back does.
static void keeps_the_clock(void **state) {
    (void)state;
    assert_int_equal(tw_story_now(scene.story), TW_NO_TIME);
    static const struct {
        int64_t us, now;
    } steps[] = {{60000000, 60000000}, {61000000, 61000000}, {52000000, 61000000},
                 {61000001, 61000001}, {1000000, 1000000},   {2000000, 2000000}};
    for (unsigned i = 0; i < TW_COUNT(steps); i++) {
        scene_send(&scene, i, steps[i].us, TW_CLIENT, TW_SYN, 0, 0, 0);
        assert_int_equal(tw_story_now(scene.story), scene_begin + steps[i].now * 1000);
    }
}

static tw_time since(enum tw_end end) {
    const struct tw_story_connection *c = tw_story_at(scene.story, 0);
    struct tw_connection_info info;
    tw_story_info(c, &info);
    tw_time time = tw_story_since(c, &info, end);
    return time == TW_NO_TIME ? -1 : (time - scene_begin) / TW_MILLISECOND;
}

// Since when an end is in its state, whatever was sent in it; also where its history is ahead of
// what was told.
static void keeps_when_states_were_entered(void **state) {
    (void)state;
    scene_send(&scene, 0, 0, TW_CLIENT, TW_SYN, 0, 0, 0);
    scene_send(&scene, 0, 1000000, TW_CLIENT, TW_SYN, 0, 0, 0);
    assert_int_equal(since(TW_CLIENT), 0);
    scene_send(&scene, 0, 2000000, TW_SERVER, TW_SYN | TW_ACK, 0, 1, 0);
    scene_send(&scene, 0, 2002000, TW_CLIENT, TW_ACK, 1, 1, 0);
    scene_send(&scene, 0, 9000000, TW_CLIENT, TW_FIN | TW_ACK, 1, 1, 0);
    scene_send(&scene, 0, 9020000, TW_SERVER, TW_ACK, 1, 2, 0);
    assert_int_equal(since(TW_CLIENT), 9020); // by what its history says
    scene_send(&scene, 0, 90000000, TW_SERVER, TW_PSH | TW_ACK, 1, 2, 10);
    scene_send(&scene, 0, 91000000, TW_CLIENT, TW_ACK, 2, 11, 0);
    assert_in_range(since(TW_CLIENT), 9020, 9030); // FIN-WAIT-2
    assert_in_range(since(TW_SERVER), 9000, 9020); // CLOSE-WAIT
    tw_tracker_finish(scene.tracker);
    assert_in_range(since(TW_SERVER), 9000, 9020);
}

int main(void) {
#define on_scene(test) cmocka_unit_test_setup_teardown(test, open_scene, close_scene)
    const struct CMUnitTest tests[] = {
        on_scene(keeps_segments_and_changes),
        on_scene(same_alive_and_over),
        on_scene(counts_states),
        on_scene(finds_every_connection),
        on_scene(stays_within_its_limit),
        on_scene(census_is_that_of_the_rows),
        on_scene(forgets_the_oldest_segments),
        on_scene(keeps_how_one_began_and_what_was_last),
        on_scene(keeps_so_many_of_one),
        on_scene(large_ones_give_way),
        on_scene(forgets_the_oldest),
        on_scene(goes_on_for_ever),
        on_scene(what_is_over_gives_way_first),
        on_scene(finding_marks_its_segment),
        on_scene(keeps_the_clock),
        on_scene(keeps_when_states_were_entered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
