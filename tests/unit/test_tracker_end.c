// SPDX-License-Identifier: MIT
// Proves how connections end: timers on the packet clock, ports used again, what comes afterwards,
// the order of what is told, eviction, and a flood.
#include "segments.h"

#define CLIENT_OPEN "SYN-SENT o1, ESTABLISHED p2"
#define SERVER_OPEN "LISTEN p1, SYN-RECEIVED o1, ESTABLISHED p3"
// Packets 4 to 6; the client waits.
#define CLOSE        "100 C FA 1 1", "110 S FA 1 2", "130 C A 2 2"
#define CLIENT_WAITS CLIENT_OPEN ", FIN-WAIT-1 o4, TIME-WAIT p5"
#define SERVER_GONE  SERVER_OPEN ", CLOSE-WAIT p4, LAST-ACK o5, CLOSED a6"

static struct tw_tracker_counts counts(void) {
    struct tw_tracker_counts now;
    tw_tracker_counts_get(tap.tracker, &now);
    return now;
}

// --- TIME-WAIT ----------------------------------------------------------------------------------

TEST(time_wait_stands_where_the_capture_stops) {
    see(HANDSHAKE, CLOSE);
    ends(1, CLIENT_WAITS, SERVER_GONE);
    assert_true(about(1)->closed == TW_NO_TIME);
}

TEST(time_wait_runs_out_on_the_clock) {
    see(HANDSHAKE, CLOSE);
    wait_until(60129);
    assert_int_equal(counts().alive, 1);
    hush();
    wait_until(60500);
    told("C TIME-WAIT>CLOSED t0 by 0 at 60130\nover 1\n"); // when it ran out, not when it was seen
    ends(1, CLIENT_WAITS ", CLOSED t", SERVER_GONE);
    assert_true(about(1)->closed == tap_begin + 60130 * TW_MILLISECOND);
}

TEST(time_wait_is_the_profiles) {
    static const struct {
        const char *name;
        int64_t seconds;
    } profiles[] = {{"linux", 60}, {"rfc", 240}, {"freebsd", 60}, {"macos", 30}};
    for (size_t i = 0; i < TW_COUNT(profiles); i++) {
        tap_close(NULL);
        tap_open(NULL);
        tap.options.profile = tw_profile_find(profiles[i].name);
        see(HANDSHAKE, CLOSE);
        wait_until(130 + profiles[i].seconds * 1000 - 1);
        assert_int_equal(counts().alive, 1);
        wait_until(130 + profiles[i].seconds * 1000);
        assert_int_equal(counts().alive, 0);
    }
}

TEST(other_packets_move_the_clock) {
    see(HANDSHAKE, CLOSE);
    tap.port[TW_CLIENT]++;
    see("70000 C S 0");
    assert_int_equal(counts().alive, 1);
    assert_int_equal(tap.over_order[0], 1);
}

TEST(a_fin_again_restarts_the_waiting) {
    see(HANDSHAKE, CLOSE, "50000 S FA 1 2", "50020 C A 2 2");
    wait_until(60200);
    assert_int_equal(counts().alive, 1);
    wait_until(110020);
    assert_int_equal(counts().alive, 0);
    history(1, TW_CLIENT, CLIENT_WAITS ", CLOSED t");
}

TEST(both_ends_wait_after_a_simultaneous_close) {
    see(HANDSHAKE, "100 C FA 1 1", "101 S FA 1 1", "115 S A 2 2", "121 C A 2 2");
    wait_until(60122);
    ends(1, CLIENT_OPEN ", FIN-WAIT-1 o4, CLOSING p5, TIME-WAIT a6, CLOSED t",
         SERVER_OPEN ", FIN-WAIT-1 o5, CLOSING p4, TIME-WAIT a7, CLOSED t");
}

TEST(what_comes_after_the_end_is_no_new_connection) {
    see(HANDSHAKE, "100 C RA 1 1", "200 C RA 1 1", "300 C R 1", "400 S FA 1 1", "420 C R 1");
    assert_int_equal(counts().connections, 1);
    assert_int_equal(about(1)->end[TW_CLIENT].packets + about(1)->end[TW_SERVER].packets, 8);
}

TEST(a_late_fin_is_no_new_connection) {
    see(HANDSHAKE, CLOSE, "30000 S FA 1 2", "30020 C A 2 2");
    assert_int_equal(counts().connections, 1);
}

TEST(an_end_that_is_open_is_kept_for_ever) {
    see(HANDSHAKE, "100 C PA 1+10 1", "110 S A 1 11");
    wait_until(365LL * 24 * 3600 * 1000);
    assert_int_equal(counts().alive, 1);
}

// --- Ports used again ---------------------------------------------------------------------------

TEST(a_newer_syn_takes_the_place_of_time_wait) {
    see(HANDSHAKE, "100 S FA 1 1", "120 C FA 1 2", "130 S A 2 2"); // the server waits
    see("5000 C S 100000", "5010 S SA 65539 100001", "5030 C A 100001 65540");
    ends(1, CLIENT_OPEN ", CLOSE-WAIT p4, LAST-ACK o5, CLOSED a6",
         SERVER_OPEN ", FIN-WAIT-1 o4, TIME-WAIT p5, CLOSED ?7");
    ends(2, "SYN-SENT o7, ESTABLISHED p8", "LISTEN p7, SYN-RECEIVED o7, ESTABLISHED a9");
    assert_int_equal(tap.over_order[0], 1);
    assert_int_equal(tap.over_order[1], 2);
}

TEST(a_newer_timestamp_takes_the_place_of_time_wait) { // RFC 6191, though the ISN is lower
    see("0 C S 0 ts=100/0", "10 S SA 0 1 ts=900/100", "30 C A 1 1 ts=130/900",
        "100 S FA 1 1 ts=990/130", "120 C FA 1 2 ts=220/990", "130 S A 2 2 ts=1020/220");
    see("5000 C S -500 ts=5100/0", "5010 S SA 65539 -499 ts=5900/5100");
    history(1, TW_SERVER, SERVER_OPEN ", FIN-WAIT-1 o4, TIME-WAIT p5, CLOSED ?7");
    history(2, TW_SERVER, "LISTEN p7, SYN-RECEIVED o7");
}

TEST(a_lower_isn_without_timestamps_is_refused) { // 3.10.7.4: by ACK; the old one lives on
    see(HANDSHAKE, "100 S FA 1 1", "120 C FA 1 2", "130 S A 2 2");
    see("5000 C S -900", "5010 S A 2 2", "5030 C R 2", "6000 C S -900", "6010 S SA 70000 -899");
    history(1, TW_SERVER, SERVER_OPEN ", FIN-WAIT-1 o4, TIME-WAIT p5, CLOSED a9");
    history(2, TW_SERVER, "LISTEN p10, SYN-RECEIVED o10");
}

TEST(an_older_timestamp_is_refused) { // by ACK; the client resets, and its next SYN opens
    see("0 C S 0 ts=9100/0", "10 S SA 0 1 ts=900/9100", "30 C A 1 1 ts=9130/900",
        "100 S FA 1 1 ts=990/9130", "120 C FA 1 2 ts=9220/990", "130 S A 2 2 ts=1020/9220");
    see("5000 C S 70000 ts=100/0", "5010 S A 2 2 ts=5900/9220", "5030 C R 2",
        "6000 C S 70000 ts=1100/0", "6010 S SA 900000 70001 ts=6900/1100",
        "6030 C A 70001 900001 ts=1130/6900");
    history(1, TW_SERVER, SERVER_OPEN ", FIN-WAIT-1 o4, TIME-WAIT p5, CLOSED a9");
    ends(2, "SYN-SENT o7, ESTABLISHED p11", "LISTEN p10, SYN-RECEIVED o10, ESTABLISHED a12");
}

TEST(the_waiting_end_may_open_again_itself) {
    see(HANDSHAKE, CLOSE, "5000 C S 100000", "5010 S SA 70000 100001", "5030 C A 100001 70001");
    ends(1, CLIENT_WAITS ", CLOSED ?7", SERVER_GONE);
    ends(2, "SYN-SENT o7, ESTABLISHED p8", "LISTEN p7, SYN-RECEIVED o7, ESTABLISHED a9");
}

TEST(a_new_syn_on_a_dead_connection_is_a_new_one) {
    see(HANDSHAKE, "100 C RA 1 1", "5000 C S 77777", "5010 S SA 88888 77778");
    assert_int_equal(counts().connections, 2);
    ends(1, CLIENT_OPEN ", CLOSED o4", "LISTEN p1, SYN-RECEIVED o1, ESTABLISHED a3, CLOSED a4");
}

TEST(a_syn_again_is_the_same) {
    see("0 C S 0", "1000 C S 0", "1010 S SA 0 1", "1030 C A 1 1");
    assert_int_equal(counts().connections, 1);
}

TEST(the_other_end_may_open_the_next_one) {
    see(HANDSHAKE, CLOSE, "90000 S S 5000", "90020 C SA 6000 5001", "90030 S A 5001 6001");
    assert_int_equal(counts().connections, 2);
    assert_int_equal(about(2)->end[TW_CLIENT].port, 80); // who sent the SYN
    ends(2, "SYN-SENT o7, ESTABLISHED p8", "LISTEN p7, SYN-RECEIVED o7, ESTABLISHED a9");
}

TEST(many_on_the_same_ports_are_told_in_order) {
    for (unsigned i = 0; i < 20; i++) {
        see("0 C S 0", "0 S SA 0 1", "0 C RA 1 1");
        tap.isn[TW_CLIENT] += 100000;
        tap.isn[TW_SERVER] += 100000;
    }
    end_of_input();
    assert_int_equal(tap.overs, 20);
    for (unsigned i = 0; i < 20; i++)
        assert_int_equal(tap.over_order[i], i + 1);
}

// A record that was freed is used again; the order is that of first sight all the same.
static void used_again(void) {
    for (unsigned i = 0; i < 6; i++) {
        tap.port[TW_CLIENT] = (uint16_t)(40000 + i);
        if (i % 2 == 0)
            see("0 C S 0", "10 S RA 0 1");
        else
            see("0 C S 0", "10 S SA 0 1");
    }
    wait_until(100000); // 1, 3 and 5 are over
    assert_int_equal(tap.overs, 3);
    for (unsigned i = 6; i < 10; i++) {
        tap.port[TW_CLIENT] = (uint16_t)(40000 + i);
        see("100000 C S 0");
    }
}

static void expect_order(void) {
    static const uint64_t order[] = {1, 3, 5, 2, 4, 6, 7, 8, 9, 10};
    assert_int_equal(tap.overs, TW_COUNT(order));
    for (size_t i = 0; i < TW_COUNT(order); i++)
        assert_int_equal(tap.over_order[i], order[i]);
}

TEST(what_is_left_at_the_end_is_told_in_order) {
    used_again();
    end_of_input();
    expect_order();
}

TEST(the_end_may_come_in_parts) {
    used_again();
    size_t before = tap.overs, parts = 0;
    bool more = true;
    for (; more; parts++, before = tap.overs) {
        more = tw_tracker_finish_some(tap.tracker, 2);
        assert_in_range(tap.overs, before, before + 2);
    }
    assert_true(parts >= 4); // seven are left
    expect_order();
    end_of_input(); // nothing is left for that
    expect_order();
}

// --- A long history -----------------------------------------------------------------------------

// An opener that is turned away, gives up, and sends the same SYN again, a hundred times.
TEST(a_history_keeps_its_first_and_last_steps) {
    see("0 C S 0");
    for (unsigned i = 0; i < 100; i++) {
        char refused[32], given_up[32], again[32];
        snprintf(refused, sizeof refused, "%u0010 S RA 0 1", i);
        snprintf(given_up, sizeof given_up, "%u5000 C R 1", i);
        snprintf(again, sizeof again, "%u9000 C S 0", i);
        hush();
        see(refused, given_up, again);
        assert_null(strstr(tap.told, "takes back")); // nothing says otherwise
    }
    see("1000000 S SA 0 1", "1000020 C A 1 1");
    const struct tw_connection_info *info = about(1);
    assert_int_equal(info->end[TW_CLIENT].step_count, TW_HISTORY_MAX);
    assert_int_equal(info->end[TW_CLIENT].steps_dropped, 1 + 2 * 100 + 1 - TW_HISTORY_MAX);
    assert_int_equal(tap.over[1].steps[TW_CLIENT][0].packet, 1);
    assert_int_equal(info->end[TW_CLIENT].state, TW_ESTABLISHED);
}

// --- Memory -------------------------------------------------------------------------------------

// Segments of many connections, straight into the tracker.
static void flood(uint32_t first, uint32_t count, uint16_t flags) {
    enum { BATCH = 256 };
    struct tw_segment batch[BATCH];
    for (uint32_t i = 0; i < count;) {
        size_t filled = 0;
        for (; filled < BATCH && i < count; filled++, i++) {
            uint32_t n = first + i;
            batch[filled] = (struct tw_segment){
                .time = tap.watch.latest,
                .packet = ++tap.packet,
                .version = 4,
                .source = {{172, (uint8_t)(n >> 24), (uint8_t)(n >> 16), (uint8_t)(n >> 8)}},
                .destination = {{10, 0, 0, 2}},
                .source_port = (uint16_t)(1024 + (n & 0xff)),
                .destination_port = 80,
                .seq = n * 2654435761U,
                .flags = flags,
                .window = 1000,
                .vlan = {0xffff, 0xffff},
            };
        }
        assert_int_equal(tw_tracker_feed(tap.tracker, batch, filled), TW_OK);
    }
}

// A tracker that is counted, not watched: a flood is too much to remember.
static struct { uint64_t overs, evicted, closed_evicted, last_number, first_open_evicted; } seen;
static void count_over(void *context, const struct tw_connection *c) {
    (void)context;
    struct tw_connection_info info;
    tw_connection_read(c, &info);
    seen.overs++;
    seen.evicted += info.evicted;
    seen.closed_evicted += info.evicted && info.outcome == TW_OUTCOME_CLOSED;
    if (info.evicted && info.end[TW_CLIENT].state == TW_ESTABLISHED && seen.first_open_evicted == 0)
        seen.first_open_evicted = info.number;
    seen.last_number = info.number;
}

static void tap_count_only(size_t memory_limit) {
    memset(&seen, 0, sizeof seen);
    tap.options.memory_limit = memory_limit;
    tap.watch = (struct watch){.fault = tap_fault, .latest = tap_begin};
    tap.finished = true; // tap_close need not
    const struct tw_observer observer = {.over = count_over};
    tap.tracker = tw_tracker_new(&tap.options, &observer);
    assert_non_null(tap.tracker);
}

static void see_uncounted(const char *line) {
    struct tw_segment s = tap_parse(line);
    assert_int_equal(tw_tracker_feed(tap.tracker, &s, 1), TW_OK);
}

static void finish_counted(void) {
    tw_tracker_finish(tap.tracker);
    struct tw_tracker_counts now = counts();
    assert_int_equal(now.alive, 0);
    assert_int_equal(now.connections, seen.overs);
    assert_int_equal(now.evicted, seen.evicted);
}

TEST(a_flood_of_syns_stays_within_the_limit) {
    enum { SYNS = 300000 };
    const size_t limit = 8 << 20;
    tap_count_only(limit);
    see_uncounted("0 C S 0");
    see_uncounted("10 S SA 0 1");
    see_uncounted("30 C A 1 1");
    for (uint32_t i = 0; i < 10; i++) {
        flood(i * SYNS / 10, SYNS / 10, TW_SYN);
        assert_true(counts().memory <= limit + limit / 4);
    }
    // The one that is open has been kept, and another can begin at once.
    see_uncounted("40 C PA 1+10 1");
    tap.port[TW_CLIENT]++;
    see_uncounted("50 C S 0");
    see_uncounted("60 S SA 0 1");
    see_uncounted("80 C A 1 1");
    see_uncounted("90 S PA 1+10 1");
    struct tw_tracker_counts now = counts();
    assert_int_equal(now.connections, SYNS + 2);
    assert_int_equal(now.segments, SYNS + 8);
    assert_int_equal(now.states[TW_ESTABLISHED], 4);
    assert_int_equal(now.outcomes[TW_OUTCOME_OPEN], 2);
    assert_int_equal(now.outcomes[TW_OUTCOME_NO_ANSWER], SYNS);
    assert_true(now.evicted > 0 && now.evicted == seen.evicted);
    finish_counted();
    assert_int_equal(seen.first_open_evicted, 0);
}

// What is opened and closed while the flood goes on is seen to its end.
TEST(a_connection_is_followed_through_a_flood) {
    enum { SYNS = 100000, PARTS = 10 };
    static const char *const lines[PARTS] = {
        "0 C S 0",      "10 S SA 0 1", "30 C A 1 1",   "40 C PA 1+10 1", "50 S A 1 11",
        "60 C FA 11 1", "70 S A 1 12", "80 S FA 1 12", "100 C A 12 2",   "110 C A 12 2"};
    enum { FEW = 5000, ANSWERED = 2 }; // a SYN is kept as long as there is room for younger ones
    uint32_t sent = SYNS;
    tap_count_only(4 << 20);
    flood(0, SYNS, TW_SYN);
    for (uint32_t i = 0; i < PARTS; i++) {
        const uint32_t more = i < ANSWERED ? FEW : SYNS;
        see_uncounted(lines[i]);
        flood(sent, more,
              i % 2 == 0 ? TW_SYN : TW_SYN | TW_ACK); // answered ones are half-open, too
        sent += more;
    }
    tap.watch.latest += 30 * TW_SECOND;
    flood(sent, SYNS, TW_SYN);
    sent += SYNS;
    assert_true(seen.evicted > 0);
    assert_int_equal(seen.closed_evicted, 0); // its TIME-WAIT is not over
    struct tw_tracker_counts now = counts();
    assert_int_equal(now.connections, sent + 1); // and no second one of it
    assert_int_equal(now.outcomes[TW_OUTCOME_CLOSED], 1);
    assert_int_equal(now.states[TW_TIME_WAIT], 1);
    finish_counted();
}

TEST(closed_connections_are_evicted_first) {
    tap_count_only(4 << 20);
    flood(0, 2000, TW_SYN);       // half-open, and the oldest
    flood(100000, 2000, TW_RST);  // nothing left of them
    flood(200000, 2000, TW_ACK);  // open
    flood(300000, 30000, TW_RST); // far more than there is room for
    struct tw_tracker_counts now = counts();
    assert_true(now.evicted > 0);
    assert_int_equal(now.states[TW_SYN_SENT], 2000);
    assert_int_equal(now.states[TW_ESTABLISHED], 4000);
    assert_int_equal(seen.evicted, now.evicted);
    assert_int_equal(seen.first_open_evicted, 0);
    finish_counted();
}

TEST(the_oldest_half_open_goes_before_the_open_ones) {
    tap_count_only(4 << 20);
    flood(100000, 4000, TW_ACK);
    flood(0, 30000, TW_SYN);
    assert_true(seen.evicted > 0);
    assert_int_equal(seen.first_open_evicted, 0);
    // In order of age: the last that went is the number just behind the survivors.
    assert_int_equal(seen.last_number, 4000 + seen.evicted);
    finish_counted();
}

TEST(open_connections_go_last_and_say_so) {
    tap_count_only(2 << 20);
    flood(0, 30000, TW_ACK);
    struct tw_tracker_counts now = counts();
    assert_true(now.evicted > 0 && seen.first_open_evicted > 0);
    assert_true(now.memory <= (2 << 20) + (2 << 18));
    finish_counted();
}

TEST(nothing_is_evicted_without_a_limit) {
    tap_count_only(0);
    flood(0, 20000, TW_SYN);
    assert_int_equal(counts().evicted, 0);
    assert_int_equal(counts().alive, 20000);
    finish_counted();
}

TEST(the_key_of_the_hash_changes_nothing_that_is_said) {
    char first[TAP_TEXT] = "";
    for (uint64_t key = 1; key <= 4; key++) {
        tap_close(NULL);
        tap_open(NULL);
        tap.options.hash_key[0] = key * 0x9e3779b97f4a7c15U;
        tap.options.hash_key[1] = ~key;
        for (unsigned i = 0; i < 20; i++) {
            tap.port[TW_CLIENT] = (uint16_t)(40000 + i * 7);
            see("0 C S 0", "0 S SA 0 1", "0 C A 1 1");
        }
        end_of_input();
        if (key == 1)
            memcpy(first, tap.told, sizeof first);
        assert_string_equal(first, tap.told);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        RUN(time_wait_stands_where_the_capture_stops),
        RUN(time_wait_runs_out_on_the_clock),
        RUN(time_wait_is_the_profiles),
        RUN(other_packets_move_the_clock),
        RUN(a_fin_again_restarts_the_waiting),
        RUN(both_ends_wait_after_a_simultaneous_close),
        RUN(what_comes_after_the_end_is_no_new_connection),
        RUN(a_late_fin_is_no_new_connection),
        RUN(an_end_that_is_open_is_kept_for_ever),
        RUN(a_newer_syn_takes_the_place_of_time_wait),
        RUN(a_newer_timestamp_takes_the_place_of_time_wait),
        RUN(a_lower_isn_without_timestamps_is_refused),
        RUN(an_older_timestamp_is_refused),
        RUN(the_waiting_end_may_open_again_itself),
        RUN(a_new_syn_on_a_dead_connection_is_a_new_one),
        RUN(a_syn_again_is_the_same),
        RUN(the_other_end_may_open_the_next_one),
        RUN(many_on_the_same_ports_are_told_in_order),
        RUN(what_is_left_at_the_end_is_told_in_order),
        RUN(the_end_may_come_in_parts),
        RUN(a_history_keeps_its_first_and_last_steps),
        RUN(a_flood_of_syns_stays_within_the_limit),
        RUN(a_connection_is_followed_through_a_flood),
        RUN(closed_connections_are_evicted_first),
        RUN(the_oldest_half_open_goes_before_the_open_ones),
        RUN(open_connections_go_last_and_say_so),
        RUN(nothing_is_evicted_without_a_limit),
        RUN(the_key_of_the_hash_changes_nothing_that_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
