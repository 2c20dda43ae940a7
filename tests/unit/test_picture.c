// SPDX-License-Identifier: MIT
// Proves that a ladder puts segments and states in the order of the ends' own clocks, and that
// the state diagram is the state table's: every line is a cell of it, and nothing overlaps.
#include "ladders.h"
#include "noise.h"
#include "scene.h"

static void build_folded(struct tw_ladder *ladder, const struct scene *scene, size_t connection,
                         const uint32_t *except, size_t count) {
    const struct tw_ladder_options options = {
        .fold = true, .except = except, .except_count = count};
    *ladder = (struct tw_ladder){0};
    assert_int_equal(tw_ladder_build(ladder, tw_story_at(scene->story, connection), &options),
                     TW_OK);
    check_ladder(ladder);
}

static void build(struct tw_ladder *ladder, const struct scene *scene, size_t connection) {
    const struct tw_ladder_options options = {.fold = false};
    *ladder = (struct tw_ladder){0};
    assert_int_equal(tw_ladder_build(ladder, tw_story_at(scene->story, connection), &options),
                     TW_OK);
    check_ladder(ladder);
}

// "C:SYN-SENT" for a segment of the client with its new state, "s:CLOSING" for a landing, "s" for
// one that changes nothing, "C5+2" for a run of five segments of data and two acknowledgements.
static void tell(const struct tw_ladder *ladder, char *text, size_t room) {
    size_t count, at = 0;
    const struct tw_story_segment *segments = tw_story_segments(ladder->connection, &count);
    text[0] = '\0';
    for (size_t i = 0; i < ladder->row_count && at < room; i++) {
        const struct tw_ladder_row *row = &ladder->rows[i];
        const char *state = row->step != TW_NONE ? tw_state_name(ladder->steps[row->step].to) : "";
        if (row->kind == TW_ROW_SILENCE)
            at += (size_t)snprintf(text + at, room - at, "... ");
        else if (row->kind == TW_ROW_LANDING)
            at += (size_t)snprintf(text + at, room - at, "%s ",
                                   segments[row->segment].sender == TW_CLIENT ? "s" : "c");
        else if (row->kind == TW_ROW_RUN)
            at += (size_t)snprintf(text + at, room - at, "%s%u+%u ",
                                   ladder->runs[row->run].sender == TW_CLIENT ? "C" : "S",
                                   ladder->runs[row->run].data, ladder->runs[row->run].acks);
        else if (row->kind == TW_ROW_SEGMENT)
            at += (size_t)snprintf(text + at, room - at, "%s:%s ",
                                   segments[row->segment].sender == TW_CLIENT ? "C" : "S", state);
        else
            at += (size_t)snprintf(text + at, room - at, "%s:%s ",
                                   ladder->steps[row->step].end == TW_CLIENT ? "c" : "s", state);
    }
}

static void states_change_when_segments_land(void **state) {
    (void)state;
    struct scene scene;
    struct tw_ladder ladder;
    char text[1000];
    scene_open(&scene);
    scene_close_by_client(&scene, 0, 0);
    scene_simultaneous_close(&scene, 1, 200000);
    tw_tracker_finish(scene.tracker);
    build(&ladder, &scene, 0);
    tell(&ladder, text, sizeof text);
    assert_string_equal(text, "C:SYN-SENT s:SYN-RECEIVED S: c:ESTABLISHED C: C: s:ESTABLISHED "
                              "s S: C:FIN-WAIT-1 s:CLOSE-WAIT S: S:LAST-ACK c:FIN-WAIT-2 "
                              "c:TIME-WAIT C: s:CLOSED ");
    assert_int_equal(tw_ladder_state(&ladder, TW_SERVER, 0)->to, TW_LISTEN);
    assert_null(tw_ladder_state(&ladder, TW_CLIENT, 0));
    assert_int_equal(tw_ladder_state(&ladder, TW_CLIENT, 0.5)->to, TW_SYN_SENT);
    tw_ladder_fini(&ladder);
    // The FINs cross: both leave before either lands, though the tap saw them one by one.
    build(&ladder, &scene, 1);
    tell(&ladder, text, sizeof text);
    assert_string_equal(text, "C:SYN-SENT s:SYN-RECEIVED S: c:ESTABLISHED C: s:ESTABLISHED "
                              "C:FIN-WAIT-1 S:FIN-WAIT-1 s:CLOSING S: c:CLOSING C: "
                              "c:TIME-WAIT s:TIME-WAIT ");
    tw_ladder_fini(&ladder);
    scene_close(&scene);
}

static void numbers_are_relative(void **state) {
    (void)state;
    struct scene scene;
    struct tw_ladder ladder;
    scene_open(&scene);
    scene_close_by_client(&scene, 0, 0);
    build(&ladder, &scene, 0);
    size_t count;
    const struct tw_story_segment *s = tw_story_segments(ladder.connection, &count);
    assert_int_equal(tw_ladder_seq(&ladder, &s[0]), 0);
    assert_int_equal(tw_ladder_seq(&ladder, &s[4]), 1);
    assert_int_equal(tw_ladder_ack(&ladder, &s[4]), 101);
    tw_ladder_fini(&ladder);
    scene_close(&scene);
}

static void silence_is_folded(void **state) {
    (void)state;
    struct scene scene;
    struct tw_ladder ladder;
    char text[1000];
    scene_open(&scene);
    for (int i = 0; i < 3; i++)
        scene_send(&scene, 0, (int64_t)i * 3000000, TW_CLIENT, TW_SYN, 0, 0, 0);
    build(&ladder, &scene, 0);
    tell(&ladder, text, sizeof text);
    assert_string_equal(text, "C:SYN-SENT ... C: ... C: ");
    tw_ladder_fini(&ladder);
    scene_close(&scene);
}

// --- lines

static void check_line(const struct tw_ladder *ladder, size_t from, size_t to, bool right) {
    struct tw_ladder_line line;
    assert_true(tw_ladder_line(ladder, from, &line));
    assert_int_equal(line.from, from);
    assert_int_equal(line.to, to);
    assert_int_equal(line.right, right);
    assert_true(tw_ladder_line(ladder, to, &line));
    assert_int_equal(line.from, from);
}

static void lines_end_where_segments_land(void **state) {
    (void)state;
    struct scene scene;
    struct tw_ladder ladder;
    struct tw_ladder_line line;
    scene_open(&scene);
    scene_close_by_client(&scene, 0, 0);
    scene_simultaneous_close(&scene, 1, 200000);
    build(&ladder, &scene, 0);
    check_line(&ladder, 0, 1, true);  // SYN, SYN-RECEIVED
    check_line(&ladder, 2, 3, false); // SYN,ACK, ESTABLISHED
    check_line(&ladder, 4, 6, true);  // ACK, past the data that is sent behind it
    check_line(&ladder, 5, 7, true);  // the data, which changes no state
    check_line(&ladder, 8, 8, false); // the answer: nothing else happens meanwhile
    assert_int_equal(ladder.rows[7].kind, TW_ROW_LANDING);
    assert_true(tw_ladder_flown(&ladder, 5, 6) == 0.5 && tw_ladder_flown(&ladder, 5, 7) == 1);
    assert_true(ladder.tap > 0.09 && ladder.tap < 0.1); // 1 ms of 11
    tw_ladder_fini(&ladder);
    build(&ladder, &scene, 1); // the FINs cross, as both rows are passed by the other's line
    check_line(&ladder, 6, 8, true);
    check_line(&ladder, 7, 10, false);
    assert_false(tw_ladder_line(&ladder, 5, &line) && line.from == 5);
    tw_ladder_fini(&ladder);
    scene_close(&scene);
}

// Where nothing is known of the flights, segments leave and land at once.
static void lines_are_level_where_nothing_is_known(void **state) {
    (void)state;
    struct scene scene;
    struct tw_ladder ladder;
    struct tw_ladder_line line;
    scene_open(&scene);
    for (int i = 0; i < 20; i++)
        scene_send(&scene, 0, i / 2, i % 3 == 0 ? TW_SERVER : TW_CLIENT, TW_ACK, 1, 1, 0);
    build(&ladder, &scene, 0);
    assert_true(ladder.tap < 0);
    for (size_t i = 0; i < ladder.row_count; i++)
        if (ladder.rows[i].kind == TW_ROW_SEGMENT) {
            assert_true(tw_ladder_line(&ladder, i, &line));
            assert_int_equal(line.from, line.to);
        }
    tw_ladder_fini(&ladder);
    scene_close(&scene);
}

// --- runs

enum { BLOCK = 1000 };

// `count` segments of data, each second one acknowledged; returns the octet behind them.
static uint32_t send_data(struct scene *scene, int64_t us, int count, uint32_t seq) {
    for (int i = 0; i < count; i++, seq += BLOCK) {
        scene_send(scene, 0, us + i * 1000, TW_CLIENT, TW_ACK, seq, 1, BLOCK);
        if (i % 2 == 1)
            scene_send(scene, 0, us + i * 1000 + 500, TW_SERVER, TW_ACK, 1, seq, 0);
    }
    return seq;
}

static void data_is_folded(void **state) {
    (void)state;
    struct scene scene;
    struct tw_ladder ladder;
    char text[1000];
    scene_open(&scene);
    scene_handshake(&scene, 0, 0);
    uint32_t seq = 1;
    for (int i = 0; i < 8; i++, seq += BLOCK) {
        scene_send(&scene, 0, 100000 + i * 100, TW_CLIENT, TW_ACK, seq, 1, BLOCK);
        if (i % 2 == 1)
            scene_send(&scene, 0, 100050 + i * 100, TW_SERVER, TW_ACK, 1, seq, 0);
    }
    scene_send(&scene, 0, 200000, TW_CLIENT, TW_FIN | TW_ACK, seq, 1, 0);
    tw_tracker_finish(scene.tracker);
    build_folded(&ladder, &scene, 0, NULL, 0);
    tell(&ladder, text, sizeof text);
    assert_string_equal(text, "C:SYN-SENT s:SYN-RECEIVED S: c:ESTABLISHED C: s:ESTABLISHED C8+4 "
                              "C:FIN-WAIT-1 s:CLOSE-WAIT ");
    const struct tw_ladder_run *run = &ladder.runs[0];
    assert_int_equal(run->octets, 8 * BLOCK);
    assert_int_equal(run->begin - CLIENT_ISN, 1);
    assert_int_equal(run->end - CLIENT_ISN, 1 + 8 * BLOCK);
    assert_int_equal(tw_ladder_run_told(&ladder, 6, 6), 0);
    assert_int_equal(tw_ladder_run_told(&ladder, 6, 6.5), 6);
    assert_int_equal(tw_ladder_run_told(&ladder, 6, 7), 12);
    const size_t folded = ladder.row_count;
    tw_ladder_fini(&ladder);
    const uint32_t one = 7; // in its middle
    build_folded(&ladder, &scene, 0, &one, 1);
    assert_true(ladder.row_count >= folded + 11);
    assert_false(tw_ladder_run_of(&ladder, one)->folded);
    assert_null(tw_ladder_run_of(&ladder, 2));
    tw_ladder_fini(&ladder);
    scene_close(&scene);
}

// What is odd has a row of its own, and what is before and behind it is folded.
static void runs_end_where_something_is_odd(void **state) {
    (void)state;
    static const unsigned odd[] = {TW_ACK | TW_URG, TW_RST | TW_ACK, TW_ACK, TW_FIN | TW_ACK};
    for (size_t i = 0; i < TW_COUNT(odd); i++) {
        struct scene scene;
        struct tw_ladder ladder;
        scene_open(&scene);
        scene_handshake(&scene, 0, 0);
        uint32_t seq = send_data(&scene, 100000, 6, 1);
        // An octet of the data before comes again, or it is the flag that is odd.
        const bool again = odd[i] == TW_ACK;
        scene_send(&scene, 0, 130000, TW_CLIENT, odd[i], again ? 1 : seq, 1, again ? BLOCK : 0);
        send_data(&scene, 140000, 6, seq);
        build_folded(&ladder, &scene, 0, NULL, 0);
        const uint32_t at = 3 + 6 + 3; // behind handshake, data, acknowledgements
        const size_t row = tw_ladder_row_of(&ladder, at);
        assert_int_equal(ladder.rows[row].kind, TW_ROW_SEGMENT);
        assert_int_equal(ladder.rows[tw_ladder_row_of(&ladder, at - 1)].kind, TW_ROW_RUN);
        tw_ladder_fini(&ladder);
        scene_close(&scene);
    }
}

// What was captured twice is no other data.
static void copies_are_folded(void **state) {
    (void)state;
    struct scene scene;
    struct tw_ladder ladder;
    scene_open(&scene);
    scene_handshake(&scene, 0, 0);
    uint32_t seq = 1;
    for (int i = 0; i < 5; i++, seq += BLOCK)
        for (int copy = 0; copy < 2; copy++)
            scene_send(&scene, 0, 100000 + i * 1000 + copy, TW_CLIENT, TW_ACK, seq, 1, BLOCK);
    build_folded(&ladder, &scene, 0, NULL, 0);
    assert_int_equal(ladder.run_count, 1);
    assert_int_equal(ladder.runs[0].copies, 5);
    assert_int_equal(ladder.runs[0].octets, 5 * BLOCK);
    tw_ladder_fini(&ladder);
    scene_close(&scene);
}

static void long_pauses_part_runs(void **state) {
    (void)state;
    struct scene scene;
    struct tw_ladder ladder;
    char text[1000];
    scene_open(&scene);
    scene_handshake(&scene, 0, 0);
    uint32_t seq = send_data(&scene, 100000, 6, 1);
    send_data(&scene, 5000000, 6, seq);
    build_folded(&ladder, &scene, 0, NULL, 0);
    tell(&ladder, text, sizeof text);
    assert_non_null(strstr(text, "C6+3 ... C6+3 "));
    assert_true(tw_ladder_time(&ladder, (double)ladder.row_count) == ladder.end);
    tw_ladder_fini(&ladder);
    scene_close(&scene);
}

// A run that is too long to be unfolded is unfolded from where one asks.
static void only_so_much_is_unfolded(void **state) {
    (void)state;
    enum { COUNT = 100000 };
    struct scene scene;
    struct tw_ladder ladder = {0};
    scene_open(&scene);
    scene_handshake(&scene, 0, 0);
    for (uint32_t i = 0; i < COUNT; i++)
        scene_send(&scene, 0, 100000 + i, TW_CLIENT, TW_ACK, 1 + i, 1, 1);
    const struct tw_story_connection *connection = tw_story_at(scene.story, 0);
    struct tw_ladder_options options = {.fold = true};
    assert_int_equal(tw_ladder_build(&ladder, connection, &options), TW_OK);
    assert_true(ladder.row_count < 10);
    check_segments(&ladder);
    const uint32_t one = 50000;
    options.except = &one;
    options.except_count = 1;
    assert_int_equal(tw_ladder_build(&ladder, connection, &options), TW_OK);
    check_segments(&ladder);
    assert_int_equal(ladder.run_count, 2);
    assert_int_equal(ladder.runs[0].last, one - 1);
    assert_int_equal(ladder.rows[tw_ladder_row_of(&ladder, COUNT)].kind, TW_ROW_SEGMENT);
    options = (struct tw_ladder_options){.fold = false};
    assert_int_equal(tw_ladder_build(&ladder, connection, &options), TW_OK);
    check_segments(&ladder);
    assert_int_equal(ladder.run_count, 2);
    assert_int_equal(ladder.rows[tw_ladder_row_of(&ladder, COUNT)].kind, TW_ROW_RUN);
    tw_ladder_fini(&ladder);
    scene_close(&scene);
}

// Where question and answer would make too many rows, both are folded together.
static void long_dialogues_are_folded(void **state) {
    (void)state;
    enum { COUNT = 70000 };
    struct scene scene;
    struct tw_ladder ladder = {0};
    scene_open(&scene);
    scene_handshake(&scene, 0, 0);
    for (uint32_t i = 0; i < COUNT; i++) {
        scene_send(&scene, 0, 100000 + i * 30000LL, TW_CLIENT, TW_ACK, 1 + i, 1 + i, 1);
        scene_send(&scene, 0, 120000 + i * 30000LL, TW_SERVER, TW_ACK, 1 + i, 2 + i, 1);
        if (i != 1000 && i != COUNT - 1)
            continue;
        const struct tw_ladder_options options = {.fold = true};
        assert_int_equal(tw_ladder_build(&ladder, tw_story_at(scene.story, 0), &options), TW_OK);
        check_segments(&ladder);
        assert_int_equal(ladder.run_count, i == 1000 ? 0 : 1);
    }
    assert_true(ladder.runs[0].both);
    assert_int_equal(ladder.runs[0].octets, 2 * COUNT);
    tw_ladder_fini(&ladder);
    scene_close(&scene);
}

static void numbers_can_be_absolute(void **state) {
    (void)state;
    struct scene scene;
    struct tw_ladder ladder = {0};
    scene_open(&scene);
    scene_close_by_client(&scene, 0, 0);
    const struct tw_ladder_options options = {.absolute = true};
    assert_int_equal(tw_ladder_build(&ladder, tw_story_at(scene.story, 0), &options), TW_OK);
    size_t count;
    const struct tw_story_segment *s = tw_story_segments(ladder.connection, &count);
    assert_int_equal(tw_ladder_seq(&ladder, &s[4]), SERVER_ISN + 1);
    assert_int_equal(tw_ladder_ack(&ladder, &s[4]), CLIENT_ISN + 101);
    tw_ladder_fini(&ladder);
    scene_close(&scene);
}

// Deterministic noise: segments that fit nothing must still give an ordered ladder.
static void any_segments_give_a_ladder(void **state) {
    (void)state;
    noise = 1;
    for (int round = 0; round < 300; round++) {
        struct scene scene;
        scene_open(&scene);
        int64_t us = 0;
        for (int i = 0; i < 40; i++) {
            noise_next();
            static const unsigned flags[] = {TW_SYN,          TW_SYN | TW_ACK, TW_ACK,
                                             TW_FIN | TW_ACK, TW_RST,          TW_RST | TW_ACK,
                                             TW_PSH | TW_ACK, TW_ACK};
            us += (noise >> 8) % 40000;
            scene_send(&scene, 0, us, (noise >> 3) & 1 ? TW_SERVER : TW_CLIENT,
                       flags[(noise >> 24) & 7], (noise >> 16) % 4, (noise >> 20) % 4,
                       (noise >> 28) % 3);
        }
        for (int finished = 0; finished < 2; finished++) {
            for (size_t i = 0; i < tw_story_count(scene.story); i++) {
                struct tw_ladder ladder;
                build(&ladder, &scene, i);
                tw_ladder_fini(&ladder);
                build_folded(&ladder, &scene, i, NULL, 0);
                tw_ladder_fini(&ladder);
            }
            if (!finished)
                tw_tracker_finish(scene.tracker);
        }
        scene_close(&scene);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(states_change_when_segments_land),
        cmocka_unit_test(numbers_are_relative),
        cmocka_unit_test(silence_is_folded),
        cmocka_unit_test(lines_end_where_segments_land),
        cmocka_unit_test(lines_are_level_where_nothing_is_known),
        cmocka_unit_test(data_is_folded),
        cmocka_unit_test(runs_end_where_something_is_odd),
        cmocka_unit_test(copies_are_folded),
        cmocka_unit_test(long_pauses_part_runs),
        cmocka_unit_test(only_so_much_is_unfolded),
        cmocka_unit_test(long_dialogues_are_folded),
        cmocka_unit_test(numbers_can_be_absolute),
        cmocka_unit_test(any_segments_give_a_ladder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
