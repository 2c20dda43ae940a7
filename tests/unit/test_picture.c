// SPDX-License-Identifier: MIT
// Proves that a ladder puts segments and states in the order of the ends' own clocks, and that
// the state diagram is the state table's: every line is a cell of it, and nothing overlaps.
#include "ladders.h"
#include "scene.h"

static void build(struct tw_ladder *ladder, const struct scene *scene, size_t connection) {
    *ladder = (struct tw_ladder){0};
    assert_int_equal(tw_ladder_build(ladder, tw_story_at(scene->story, connection), NULL), TW_OK);
    check_ladder(ladder);
}

// "C:SYN-SENT" for a segment of the client with its new state, "s:CLOSING" for a landing.
static void tell(const struct tw_ladder *ladder, char *text, size_t room) {
    size_t count, at = 0;
    const struct tw_story_segment *segments = tw_story_segments(ladder->connection, &count);
    text[0] = '\0';
    for (size_t i = 0; i < ladder->row_count && at < room; i++) {
        const struct tw_ladder_row *row = &ladder->rows[i];
        const char *state = row->step != TW_NONE ? tw_state_name(ladder->steps[row->step].to) : "";
        if (row->kind == TW_ROW_SILENCE)
            at += (size_t)snprintf(text + at, room - at, "... ");
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
                              "S: C:FIN-WAIT-1 s:CLOSE-WAIT S: S:LAST-ACK c:FIN-WAIT-2 "
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

// Deterministic noise: segments that fit nothing must still give an ordered ladder.
static void any_segments_give_a_ladder(void **state) {
    (void)state;
    uint32_t noise = 1;
    for (int round = 0; round < 300; round++) {
        struct scene scene;
        scene_open(&scene);
        int64_t us = 0;
        for (int i = 0; i < 40; i++) {
            noise = noise * 1664525 + 1013904223;
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
        cmocka_unit_test(any_segments_give_a_ladder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
