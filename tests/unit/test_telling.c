// SPDX-License-Identifier: MIT
// Proves what an observer is told, when, and in which order: a sender's step after its segment, a
// receiver's when it is due, proven or the input ends; what is taken back, and what takes its
// place; and that what becomes of a connection does not depend on who listens.
#include "segments.h"

TEST(a_senders_step_comes_after_its_segment) {
    see("0 C S 0");
    told("#1\nC CLOSED>SYN-SENT o1 by 1 at 0\n");
}

TEST(a_landing_is_told_when_it_is_due) {
    see(HANDSHAKE, "50 S A 1+10 1");
    hush();
    see("100 C FA 1 11");
    told("#5\nC ESTABLISHED>FIN-WAIT-1 o5 by 5 at 100\n");
    wait_until(104);
    told("");
    wait_until(105); // half of the server's round trip of 10 ms
    told("S ESTABLISHED>CLOSE-WAIT a5 by 0 at 105\n");
    see("120 S A 11 2"); // and when its proof comes, that is told
    told("#6\nS proves 5\n");
}

TEST(a_landing_is_told_early_where_it_is_proven_early) {
    see(HANDSHAKE, "50 S A 1+10 1");
    hush();
    see("100 C FA 1 11", "101 S A 11 2"); // the path is faster than the handshake was
    told("#5\nC ESTABLISHED>FIN-WAIT-1 o5 by 5 at 100\n"
         "#6\nS ESTABLISHED>CLOSE-WAIT p5 by 6 at 101\n");
}

TEST(a_proof_stands_before_the_step_that_follows_from_it) {
    see(HANDSHAKE, "50 S A 1+10 1");
    hush();
    see("100 C FA 1 11");
    wait_until(110);
    hush();
    see("120 S FA 11 2");
    told("#6\nS proves 5\nS CLOSE-WAIT>LAST-ACK o6 by 6 at 120\n");
}

TEST(without_flight_times_a_landing_waits_for_its_proof) {
    see("0 C PA 1+10 1", "10 S A 1 11");
    hush();
    see("100 C FA 11 1");
    wait_until(5000);
    told("#3\nC ESTABLISHED>FIN-WAIT-1 o3 by 3 at 100\n");
    see("5001 S A 1 12");
    told("#4\nS ESTABLISHED>CLOSE-WAIT p3 by 4 at 100\n");
}

TEST(the_end_of_input_tells_what_is_on_its_way) {
    see(HANDSHAKE, "50 S A 1+10 1", "100 C FA 1 11");
    hush();
    end_of_input();
    told("S ESTABLISHED>CLOSE-WAIT a5 by 0 at 105\nover 1\n");
}

// The example of the design: CLOSE-WAIT was assumed, FIN-WAIT-1 was true.
TEST(what_is_disproved_is_taken_back_and_replaced) {
    see(HANDSHAKE, "50 S A 1+10 1", "100 C FA 1 11");
    wait_until(107);
    hush();
    see("109 S FA 11 1");
    told("#6\nS takes back CLOSE-WAIT for FIN-WAIT-1\nS FIN-WAIT-1>CLOSING a5 by 0 at 109\n");
}

static char why[256];
static void hear_why(void *context, const struct tw_connection *c, const struct tw_correction *k) {
    (void)context;
    (void)c;
    snprintf(why, sizeof why, "%s", k->why);
}

// Feeds the lines to a tracker that hears corrections only; `why` is the last one's.
static const char *last_why(const char *const *lines) {
    struct tw_tracker *tracker =
        tw_tracker_new(&tap.options, &(struct tw_observer){.correction = hear_why});
    assert_non_null(tracker);
    why[0] = '\0';
    for (; *lines != NULL; lines++) {
        struct tw_segment s = tap_parse(*lines);
        assert_int_equal(tw_tracker_feed(tracker, &s, 1), TW_OK);
    }
    tw_tracker_free(tracker);
    return why;
}
#define WHY(...) last_why((const char *const[]){__VA_ARGS__, NULL})

TEST(a_correction_says_why) {
    assert_non_null(strstr(WHY(HANDSHAKE, "50 S A 1+10 1", "100 C FA 1 11", "108 S FA 11 1"),
                           "had not received the FIN"));
    assert_non_null(strstr(WHY(HANDSHAKE, "50 S A 1+10 1", "100 C RA 1 11", "400 S A 11+10 1"),
                           "RST had not reached it"));
    assert_non_null(strstr(WHY(HANDSHAKE, "1000 S SA 0 1"), "had not received the segment"));
}

TEST(what_was_taken_back_may_come_again) {
    see(HANDSHAKE, "50 S A 1+10 1", "100 C RA 1 11");
    wait_until(150);
    hush();
    see("400 S PA 11+10 1", "420 C R 1");
    wait_until(500);
    told("#6\nS takes back CLOSED for\n#7\nS ESTABLISHED>CLOSED a7 by 0 at 425\n");
}

TEST(through_a_state_is_one_step) {
    see(HANDSHAKE, "50 S A 1+10 1", "100 C FA 1 11", "110 S FA 11 2");
    hush();
    see("130 C A 2 12");
    told("C FIN-WAIT-1>(FIN-WAIT-2)>TIME-WAIT a6 by 0 at 120\n#7\nC proves 6\n");
}

TEST(a_fin_first_to_acknowledge_the_syn_ack_is_one_step) {
    see("0 C S 0", "10 S SA 0 1", "30 C FA 1 1");
    hush();
    see("40 S A 1 2");
    told("S SYN-RECEIVED>(ESTABLISHED)>CLOSE-WAIT a3 by 0 at 35\n#4\nS proves 3\n");
    history(1, TW_SERVER, "LISTEN p1, SYN-RECEIVED o1, CLOSE-WAIT p3");
}

TEST(connections_are_told_apart) {
    see("0 C S 0");
    tap.port[TW_CLIENT]++;
    see("1 C S 0");
    tap.port[TW_CLIENT]--;
    hush();
    see("10 S SA 0 1");
    told("#3\nS CLOSED>LISTEN p1 by 3 at 5\nS LISTEN>SYN-RECEIVED o1 by 3 at 5\n");
    ends(2, "SYN-SENT o2", "");
}

TEST(landings_are_told_in_the_order_of_their_times) {
    static const int64_t round_trip[] = {90, 20, 60, 40, 80, 10, 70, 30, 50};
    for (size_t i = 0; i < TW_COUNT(round_trip); i++) {
        char answer[32];
        snprintf(answer, sizeof answer, "%" PRId64 " S SA 0 1", round_trip[i]);
        tap.port[TW_CLIENT] = (uint16_t)(40000 + i);
        see("0 C S 0", answer, "100 C A 1 1", "110 S A 1+10 1");
    }
    for (size_t i = 0; i < TW_COUNT(round_trip); i++) {
        tap.port[TW_CLIENT] = (uint16_t)(40000 + i);
        see("1000 C FA 1 11");
    }
    hush();
    wait_until(1100);
    int64_t last = 0;
    unsigned landings = 0;
    for (const char *at = tap.told; (at = strstr(at, " at ")) != NULL; at++, landings++) {
        int64_t time = strtoll(at + 4, NULL, 10);
        assert_true(time >= last && time >= 1005 && time <= 1045);
        last = time;
    }
    assert_int_equal(landings, TW_COUNT(round_trip));
}

TEST(midstream_both_ends_are_told_at_once) {
    see("0 C FA 1 1");
    told("#1\nC CLOSED>ESTABLISHED a1 by 0 at 0\nC ESTABLISHED>FIN-WAIT-1 o1 by 1 at 0\n"
         "S CLOSED>ESTABLISHED a1 by 0 at 0\n");
}

// --- Who listens --------------------------------------------------------------------------------

static const char *const lives[] = {HANDSHAKE,
                                    "50 S A 1+10 1",
                                    "100 C FA 1 11",
                                    "109 S FA 11 1",
                                    "120 S A 12 2",
                                    "140 C A 2 12",
                                    "5000 C S 90000",
                                    "5010 S SA 900 90001",
                                    "5030 C A 90001 901",
                                    "5100 S RA 901 90001",
                                    "5400 C A 90001+10 901",
                                    NULL};

static void keep_histories(void *context, const struct tw_connection *c) {
    (void)context;
    struct tw_connection_info info;
    tw_connection_read(c, &info);
    for (unsigned end = 0; end < TW_END_COUNT; end++) {
        struct tw_step steps[TW_HISTORY_MAX];
        size_t count = tw_connection_history(c, (enum tw_end)end, steps, TW_HISTORY_MAX);
        for (size_t i = 0; i < count; i++)
            tap_note("%" PRIu64 ".%u %s %c%" PRIu64 "\n", info.number, end,
                     tw_state_name(steps[i].state), tw_basis_name(steps[i].basis)[0],
                     steps[i].packet);
    }
}

// Feeds `lives` to a tracker with this observer, so many at a time.
static void live(const struct tw_observer *observer, size_t batch) {
    struct tw_segment segments[32];
    size_t count = 0;
    tap.packet = 0;
    for (; lives[count] != NULL; count++)
        segments[count] = tap_parse(lives[count]);
    struct tw_tracker *tracker = tw_tracker_new(&tap.options, observer);
    assert_non_null(tracker);
    for (size_t i = 0; i < count; i += batch)
        assert_int_equal(
            tw_tracker_feed(tracker, &segments[i], count - i < batch ? count - i : batch), TW_OK);
    tw_tracker_finish(tracker);
    tw_tracker_free(tracker);
}

static void hear(void *context, const struct tw_connection *c, const struct tw_transition *t) {
    (void)c;
    (void)t;
    ++*(unsigned *)context;
}

TEST(histories_do_not_depend_on_who_listens) {
    char alone[TAP_TEXT];
    unsigned heard = 0;
    const struct tw_observer silent = {.over = keep_histories};
    const struct tw_observer listening = {
        .context = &heard, .over = keep_histories, .transition = hear};
    live(&silent, 1);
    memcpy(alone, tap.told, sizeof alone);
    assert_true(tap.told_length > 0);
    for (size_t batch = 1; batch < 32; batch++) {
        hush();
        live(&silent, batch);
        assert_string_equal(tap.told, alone);
        hush();
        live(&listening, batch);
        assert_string_equal(tap.told, alone);
    }
    assert_true(heard > 0);
}

TEST(nobody_needs_to_listen) {
    live(NULL, 7);
    live(&(struct tw_observer){0}, 7);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        RUN(a_senders_step_comes_after_its_segment),
        RUN(a_landing_is_told_when_it_is_due),
        RUN(a_landing_is_told_early_where_it_is_proven_early),
        RUN(a_proof_stands_before_the_step_that_follows_from_it),
        RUN(without_flight_times_a_landing_waits_for_its_proof),
        RUN(the_end_of_input_tells_what_is_on_its_way),
        RUN(what_is_disproved_is_taken_back_and_replaced),
        RUN(a_correction_says_why),
        RUN(what_was_taken_back_may_come_again),
        RUN(through_a_state_is_one_step),
        RUN(a_fin_first_to_acknowledge_the_syn_ack_is_one_step),
        RUN(connections_are_told_apart),
        RUN(landings_are_told_in_the_order_of_their_times),
        RUN(midstream_both_ends_are_told_at_once),
        RUN(histories_do_not_depend_on_who_listens),
        RUN(nobody_needs_to_listen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
