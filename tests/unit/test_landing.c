// SPDX-License-Identifier: MIT
// Proves the landing rule: what a receiver's own segments say about what had reached it, from proof
// by ACK number to a FIN that waits behind missing data. Resets are in test_landing_reset.c.
#include "segments.h"

#define CLIENT_OPEN "SYN-SENT o1, ESTABLISHED p2"
#define SERVER_OPEN "LISTEN p1, SYN-RECEIVED o1, ESTABLISHED p3"

// --- Proof and disproof by numbers --------------------------------------------------------------

TEST(an_acknowledgement_proves_the_fin) {
    see(HANDSHAKE, "100 C FA 1 1", "110 S A 1 2");
    ends(1, CLIENT_OPEN ", FIN-WAIT-1 o4, FIN-WAIT-2 a5", SERVER_OPEN ", CLOSE-WAIT p4");
}

TEST(an_end_moves_when_its_own_segment_is_seen) {
    see("0 C S 0");
    hush();
    see("10 S SA 0 1");
    told("#2\nS CLOSED>LISTEN p1 by 2 at 5\nS LISTEN>SYN-RECEIVED o1 by 2 at 5\n");
    see("30 C A 1 1"); // its ACK of the SYN,ACK is what shows connect()'s return
    told("#3\nC SYN-SENT>ESTABLISHED p2 by 3 at 20\n");
    see("40 C A 1 1"); // and by now its third segment has landed, as far as anybody knows
    told("S SYN-RECEIVED>ESTABLISHED a3 by 0 at 35\n#4\n");
}

TEST(a_fin_that_does_not_cover_the_peers_is_a_simultaneous_close) {
    see(HANDSHAKE, "100 C FA 1 1", "101 S FA 1 1", "115 S A 2 2", "121 C A 2 2");
    ends(1, CLIENT_OPEN ", FIN-WAIT-1 o4, CLOSING p5, TIME-WAIT ?6",
         SERVER_OPEN ", FIN-WAIT-1 o5, CLOSING p4, TIME-WAIT a7");
    assert_int_equal(about(1)->closed_by, TW_CLOSED_BY_BOTH);
}

TEST(a_fin_that_covers_the_peers_is_the_second) {
    see(HANDSHAKE, "100 C FA 1 1", "110 S FA 1 2", "130 C A 2 2");
    ends(1, CLIENT_OPEN ", FIN-WAIT-1 o4, TIME-WAIT p5",
         SERVER_OPEN ", CLOSE-WAIT p4, LAST-ACK o5, CLOSED a6");
}

// After a simultaneous close the FINs that were sent again cover each other.
TEST(a_simultaneous_close_stays_one_when_fins_are_sent_again) {
    see(HANDSHAKE, "100 C FA 1 1", "102 S FA 1 1", "320 C FA 1 2", "325 S FA 1 2");
    ends(1, CLIENT_OPEN ", FIN-WAIT-1 o4, CLOSING p5, TIME-WAIT ??",
         SERVER_OPEN ", FIN-WAIT-1 o5, CLOSING p?, TIME-WAIT ??");
    assert_int_equal(about(1)->end[TW_CLIENT].retransmissions, 1);
}

TEST(within_one_round_trip_silence_says_nothing) {
    see(HANDSHAKE, "100 C FA 1 1", "107 S A 1+10 1"); // left before the FIN could have come
    ends(1, CLIENT_OPEN ", FIN-WAIT-1 o4", SERVER_OPEN ", CLOSE-WAIT a4");
}

TEST(what_was_overtaken_disproves_nothing) {
    see(HANDSHAKE, "100 C FA 1 1", "112 S A 1 2", "300 S A 1+100 1"); // ACK 1 after ACK 2
    ends(1, CLIENT_OPEN ", FIN-WAIT-1 o4, FIN-WAIT-2 ??", SERVER_OPEN ", CLOSE-WAIT p4");
}

TEST(what_was_overtaken_tells_of_then) {
    // The server's FIN left before its ACK of the client's, but passed the tap behind it.
    see(HANDSHAKE, "100 C FA 1 1", "110 S A 2 2", "111 S FA 1 1");
    history(1, TW_SERVER, SERVER_OPEN ", FIN-WAIT-1 o6, CLOSING p4");
}

TEST(an_older_timestamp_disproves_nothing) {
    see("0 C S 0 ts=100/0", "10 S SA 0 1 ts=500/100", "30 C A 1 1 ts=130/500",
        "50 S A 1+10 1 ts=550/130", "70 C A 1 11 ts=170/550", "100 C RA 1 11 ts=200/550",
        "400 S A 1+10 1 ts=540/130"); // late, and older than what came before it
    history(1, TW_SERVER, SERVER_OPEN ", CLOSED a6");
}

// --- Pure acknowledgements ----------------------------------------------------------------------

#define HANDSHAKE_TS "0 C S 0 ts=1000/0", "10 S SA 0 1 ts=5000/1000", "30 C A 1 1 ts=1030/5000"

TEST(a_timestamp_echoed_proves_a_pure_ack) {
    see(HANDSHAKE_TS, "100 C FA 1 1 ts=1100/5000", "110 S A 1 2 ts=5100/1100",
        "400 C A 2 1 ts=1400/5100");
    ends(1, CLIENT_OPEN ", FIN-WAIT-1 o4, FIN-WAIT-2 p5", SERVER_OPEN ", CLOSE-WAIT p4");
}

TEST(a_timestamp_that_is_not_newer_proves_nothing) {
    // The data segment carries the same TSval: the echo may be of that one alone.
    see(HANDSHAKE_TS, "99 S A 1+10 1 ts=5100/1030", "100 C FA 1 1 ts=1100/5000",
        "110 S A 11 2 ts=5100/1100", "111 C A 2 11 ts=1111/5100");
    history(1, TW_CLIENT, CLIENT_OPEN ", FIN-WAIT-1 o5, FIN-WAIT-2 a6");
}

TEST(a_later_segment_that_landed_proves_a_pure_ack) {
    see(HANDSHAKE, "100 C FA 1 1", "110 S A 1 2", "120 S A 1+10 2", "140 C A 2 11");
    history(1, TW_CLIENT, CLIENT_OPEN ", FIN-WAIT-1 o4, FIN-WAIT-2 p5");
}

TEST(what_the_server_says_next_proves_the_third_segment) {
    see(HANDSHAKE, "100 S A 1+10 1");
    ends(1, CLIENT_OPEN, SERVER_OPEN);
}

TEST(a_reset_does_not_prove_the_third_segment) {
    see(HANDSHAKE, "50 S RA 1 1");
    history(1, TW_SERVER, "LISTEN p1, SYN-RECEIVED o1, ESTABLISHED a3, CLOSED o4");
}

TEST(the_syn_ack_again_says_that_its_ack_had_not_come) {
    see(HANDSHAKE);
    wait_until(500);
    hush();
    see("1000 S SA 0 1");
    told("#4\nS takes back ESTABLISHED for\n");
    see("1020 C A 1 1", "1100 S A 1+10 1");
    ends(1, CLIENT_OPEN, "LISTEN p1, SYN-RECEIVED o1, ESTABLISHED p5");
}

TEST(a_syn_ack_again_at_once_says_nothing) {
    see(HANDSHAKE, "31 S SA 0 1"); // the SYN had come twice, or the ACK is still on its way
    history(1, TW_SERVER, "LISTEN p1, SYN-RECEIVED o1, ESTABLISHED a3");
}

TEST(a_full_accept_queue_keeps_the_server_in_syn_received) {
    see(HANDSHAKE, "1030 S SA 0 1", "1050 C A 1 1", "3030 S SA 0 1", "3050 C A 1 1",
        "7030 S SA 0 1");
    ends(1, CLIENT_OPEN, "LISTEN p1, SYN-RECEIVED o1");
}

// --- What the tap did not see -------------------------------------------------------------------

TEST(a_bare_acks_number_reveals_a_fin_lost_before_the_tap) {
    // The client's ACK has SEQ 2: its FIN, octet 1, is out already; the FIN seen later is the same.
    see(HANDSHAKE, "100 S FA 1 1", "120 C A 2 2", "330 C FA 1 2", "340 S A 2 2");
    ends(1, CLIENT_OPEN ", FIN-WAIT-1 o6, CLOSING p4, TIME-WAIT a7",
         SERVER_OPEN ", FIN-WAIT-1 o4, FIN-WAIT-2 p5, TIME-WAIT p6");
}

TEST(a_bare_ack_at_the_fins_own_number_reveals_nothing) {
    see(HANDSHAKE, "100 S FA 1 1", "120 C A 1 2", "330 C FA 1 2", "340 S A 2 2");
    ends(1, CLIENT_OPEN ", CLOSE-WAIT p4, LAST-ACK o6, CLOSED a7",
         SERVER_OPEN ", FIN-WAIT-1 o4, FIN-WAIT-2 p5, TIME-WAIT p6");
}

TEST(a_keepalive_is_no_fin_and_no_hole) {
    see(HANDSHAKE, "100 C FA 1 1", "110 S A 1 2", "5000 C A 1 1", "5010 S A 1 2", "6000 S A 0 2",
        "6020 C A 2 1");
    ends(1, CLIENT_OPEN ", FIN-WAIT-1 o4, FIN-WAIT-2 ?5", SERVER_OPEN ", CLOSE-WAIT p4");
    assert_int_equal(about(1)->end[TW_CLIENT].retransmissions, 0);
    assert_int_equal(about(1)->end[TW_SERVER].retransmissions, 0);
    assert_int_equal(tap.findings[TW_FINDING_KEEPALIVE], 2);
    assert_int_equal(tap.findings[TW_FINDING_GAP], 0);
}

TEST(a_probes_acknowledgement_counts) {
    see(HANDSHAKE, "100 C FA 1 1", "110 S A 0 2", "200 S FA 1 2", "220 C A 2 2");
    ends(1, CLIENT_OPEN ", FIN-WAIT-1 o4, FIN-WAIT-2 p5, TIME-WAIT p6",
         SERVER_OPEN ", CLOSE-WAIT p4, LAST-ACK o6, CLOSED a7");
}

TEST(a_fin_above_missing_data_waits) {
    see(HANDSHAKE, "100 C FA 11 1", "110 S A 1 1"); // octets 1 to 10 were lost
    hush();
    see("320 C A 1+10 1");
    wait_until(400);
    told("#6\nS ESTABLISHED>CLOSE-WAIT a4 by 0 at 325\n");
    see("401 S A 1 12");
    ends(1, CLIENT_OPEN ", FIN-WAIT-1 o4, FIN-WAIT-2 a7", SERVER_OPEN ", CLOSE-WAIT p4");
}

TEST(a_fin_above_data_that_never_came_moves_nobody) {
    see(HANDSHAKE, "100 C FA 11 1", "110 S A 1 1", "120 S A 1 1 sack=11-12");
    ends(1, CLIENT_OPEN ", FIN-WAIT-1 o4", SERVER_OPEN);
    assert_int_equal(tap.findings[TW_FINDING_GAP], 1);
}

// The hole was before the tap only: the receiver's ACK says that it has all of it.
TEST(an_acknowledgement_fills_the_captures_hole) {
    see(HANDSHAKE, "100 C FA 11 1", "110 S A 1 12");
    ends(1, CLIENT_OPEN ", FIN-WAIT-1 o4, FIN-WAIT-2 a5", SERVER_OPEN ", CLOSE-WAIT p4");
}

TEST(held_back_data_makes_the_second_fin_doubtful) {
    // The window was closed when the server's FIN came: close() may have been before that.
    see(HANDSHAKE, "50 C A 1+100 1", "60 S A 1 101 win=0", "100 S FA 1 101 win=0", "120 C A 101 2",
        "500 S A 2 101 win=1000", "520 C FA 101 2");
    history(1, TW_CLIENT, CLIENT_OPEN ", CLOSE-WAIT p6, LAST-ACK a9");
}

// --- Retransmissions ----------------------------------------------------------------------------

TEST(the_copy_that_is_echoed_is_the_one_that_landed) {
    see(HANDSHAKE_TS, "100 C FA 1 1 ts=1100/5000", "320 C FA 1 1 ts=1320/5000",
        "331 S A 1 2 ts=5300/1320");
    history(1, TW_SERVER, SERVER_OPEN ", CLOSE-WAIT p5");
}

TEST(the_first_copy_may_be_the_one_that_landed) {
    see(HANDSHAKE_TS, "100 C FA 1 1 ts=1100/5000", "320 C FA 1 1 ts=1320/5000",
        "321 S A 1 2 ts=5300/1100");
    history(1, TW_SERVER, SERVER_OPEN ", CLOSE-WAIT p4");
}

TEST(a_fin_again_moves_nobody_again) {
    see(HANDSHAKE, "100 C FA 1 1", "310 C FA 1 1", "320 S A 1 2", "700 C FA 1 1", "710 S A 1 2",
        "800 S FA 1 2", "820 C A 2 2", "1000 S FA 1 2", "1020 C A 2 2");
    ends(1, CLIENT_OPEN ", FIN-WAIT-1 o4, FIN-WAIT-2 p8, TIME-WAIT p9",
         SERVER_OPEN ", CLOSE-WAIT p?, LAST-ACK o9, CLOSED a12");
    assert_int_equal(about(1)->end[TW_CLIENT].retransmissions, 2);
    assert_int_equal(about(1)->end[TW_SERVER].retransmissions, 1);
}

TEST(the_fin_again_says_that_its_ack_had_not_come) {
    see(HANDSHAKE, "100 C FA 1 1", "110 S A 1 2");
    wait_until(200);
    hush();
    see("400 C FA 1 1");
    told("#6\nC takes back FIN-WAIT-2 for\n");
    see("405 S A 1 2");
    ends(1, CLIENT_OPEN ", FIN-WAIT-1 o4, FIN-WAIT-2 a7", SERVER_OPEN ", CLOSE-WAIT p4");
}

TEST(what_loss_brings_about_is_not_odd) {
    see("0 C S 0", "10 S SA 0 1", "1000 C S 0", "1010 S SA 0 1",
        "1030 C A 1 1");                                                    // the SYN,ACK lost
    see("2010 S SA 0 1", "2030 C FA 1 1");                                  // and its ACK
    see("4010 S SA 0 1", "4030 C FA 1 1", "4040 S FA 1 2", "4060 C A 2 2"); // with the FIN
    see("4300 S FA 1 2", "4320 C A 2 2", "4800 S FA 1 2", "4820 C A 2 2");  // and the last ACK
    ends(1, "SYN-SENT o1, ESTABLISHED p4, FIN-WAIT-1 o7, TIME-WAIT p?0",
         "LISTEN p?, SYN-RECEIVED o?, CLOSE-WAIT p9, LAST-ACK o10, CLOSED a15");
    assert_int_equal(tap.findings[TW_FINDING_ODD], 0);
}

TEST(a_fin_that_completes_the_handshake_is_not_odd) {
    see("0 C S 0", "10 S SA 0 1", "170 C FA 1 1", "180 S A 1 2"); // the third segment was lost
    ends(1, "SYN-SENT o1, ESTABLISHED p2, FIN-WAIT-1 o3, FIN-WAIT-2 a4",
         "LISTEN p1, SYN-RECEIVED o1, CLOSE-WAIT p3");
    assert_int_equal(tap.findings[TW_FINDING_ODD], 0);
}

TEST(a_late_copy_of_the_syn_is_not_odd) {
    see(HANDSHAKE, "34 C S 0", "40 C PA 1+10 1", "50 S A 1 11");
    ends(1, CLIENT_OPEN, SERVER_OPEN);
    assert_int_equal(tap.findings[TW_FINDING_ODD], 0);
}

TEST(text_after_the_fin_is_ignored) {
    see(HANDSHAKE, "100 C FA 1 1", "105 C PA 2+10 1", "111 S A 1 2", "200 S FA 1 2", "220 C A 2 2");
    ends(1, CLIENT_OPEN ", FIN-WAIT-1 o4, FIN-WAIT-2 p6, TIME-WAIT p7",
         SERVER_OPEN ", CLOSE-WAIT p4, LAST-ACK o7, CLOSED a8");
}

TEST(a_fin_carries_data) {
    see(HANDSHAKE, "100 C FPA 1+500 1", "110 S A 1 502", "120 S FPA 1+300 502", "140 C A 502 302");
    ends(1, CLIENT_OPEN ", FIN-WAIT-1 o4, FIN-WAIT-2 p5, TIME-WAIT p6",
         SERVER_OPEN ", CLOSE-WAIT p4, LAST-ACK o6, CLOSED a7");
    assert_int_equal(about(1)->end[TW_CLIENT].bytes, 500);
    assert_int_equal(about(1)->end[TW_SERVER].bytes, 300);
}

TEST(a_half_close_lasts_as_long_as_it_likes) {
    see(HANDSHAKE, "100 C FA 1 1", "110 S A 1 2", "90000 S A 1+1000 2", "90020 C A 2 1001",
        "7200000 S FA 1001 2", "7200020 C A 2 1002");
    ends(1, CLIENT_OPEN ", FIN-WAIT-1 o4, FIN-WAIT-2 p5, TIME-WAIT p8",
         SERVER_OPEN ", CLOSE-WAIT p4, LAST-ACK o8, CLOSED a9");
    assert_int_equal(about(1)->outcome, TW_OUTCOME_CLOSED);
}

// --- Opening ------------------------------------------------------------------------------------

TEST(a_simultaneous_open_takes_six_segments) {
    see("0 C S 0", "1 S S 0", "10 C SA 0 1", "11 S SA 0 1", "20 C A 1 1", "21 S A 1 1");
    ends(1, "SYN-SENT o1, SYN-RECEIVED p2, ESTABLISHED ?4",
         "SYN-SENT o2, SYN-RECEIVED p1, ESTABLISHED ?3");
}

TEST(a_simultaneous_open_as_figure_7_has_it) {
    see("0 C S 0", "1 S S 0", "10 C SA 0 1", "11 S SA 0 1");
    ends(1, "SYN-SENT o1, SYN-RECEIVED p2, ESTABLISHED a4",
         "SYN-SENT o2, SYN-RECEIVED p1, ESTABLISHED a3");
}

// 3.10.7.3: a SYN in SYN-SENT is answered by SYN,ACK. A bare ACK answers the SYN,ACK, which came
// first by another path; unless it says by D-SACK that the SYN's octet came twice.
TEST(a_bare_ack_says_that_the_syn_ack_came_before_the_syn) {
    see("0 C S 0", "1 S S 0", "10 S SA 0 1", "20 C A 1 1");
    history(1, TW_CLIENT, "SYN-SENT o1, ESTABLISHED p3");
}

TEST(a_d_sack_says_that_the_syn_came_before) {
    see("0 C S 0", "1 S S 0", "10 S SA 0 1", "20 C A 1 1 sack=0-1");
    history(1, TW_CLIENT, "SYN-SENT o1, SYN-RECEIVED p2, ESTABLISHED ?3");
}

TEST(a_fast_open_carries_data_on_its_syn) {
    see("0 C S 0+100", "10 S SA 0 101", "12 S A 1+200 101", "30 C A 101 201");
    ends(1, CLIENT_OPEN, "LISTEN p1, SYN-RECEIVED o1, ESTABLISHED a4");
    assert_int_equal(tap.findings[TW_FINDING_ODD], 0);
}

TEST(a_fast_open_may_have_its_syn_acknowledged_alone) {
    see("0 C S 0+100", "10 S SA 0 1", "30 C A 1+100 1", "40 S A 1 101");
    ends(1, CLIENT_OPEN, SERVER_OPEN);
    assert_int_equal(tap.findings[TW_FINDING_ODD], 0);
}

// A Fast Open socket is the program's own before the third segment comes.
TEST(close_in_syn_received_sends_the_fin_at_once) {
    see("0 C S 0+100", "10 S SA 0 101", "12 S FPA 1+50 101", "30 C A 101 52");
    history(1, TW_SERVER, "LISTEN p1, SYN-RECEIVED o1, FIN-WAIT-1 o3, FIN-WAIT-2 a4");
}

// --- One direction, and bounds ------------------------------------------------------------------

TEST(an_end_that_is_not_seen_is_assumed_throughout) {
    see("0 C S 0", "30 C A 1 1", "60 C A 1+100 1", "100 C FA 101 1", "130 C A 102 2");
    history(1, TW_CLIENT, "SYN-SENT o1, ESTABLISHED ??, FIN-WAIT-1 o4, TIME-WAIT a5");
    const struct tap_over *over = &tap.over[1];
    for (size_t i = 0; i < over->info.end[TW_SERVER].step_count; i++)
        assert_int_equal(over->steps[TW_SERVER][i].basis, TW_ASSUMED);
    assert_int_equal(over->info.end[TW_SERVER].state, TW_CLOSED); // by packet 5, as far as known
}

TEST(one_octet_from_an_unseen_end_is_no_fin) {
    see("0 C S 0", "30 C A 1 1", "60 C A 1+100 1", "90 C A 101 2", "120 C A 101+100 2");
    history(1, TW_CLIENT, "SYN-SENT o1, ESTABLISHED ??");
    assert_int_equal(about(1)->end[TW_SERVER].state, TW_ESTABLISHED);
}

TEST(what_is_kept_of_flights_is_bounded) {
    see(HANDSHAKE, "100 C FA 1 1", "110 S A 1 2");
    struct tw_tracker_counts early, late;
    for (int64_t i = 0; i < 3000; i++) { // data into FIN-WAIT-2, none of it acknowledged
        char line[64];
        snprintf(line, sizeof line, "%" PRId64 " S A %" PRId64 "+10 2", 200 + i, 1 + 10 * i);
        see(line);
        hush();
        if (i == 100)
            tw_tracker_counts_get(tap.tracker, &early);
    }
    tw_tracker_counts_get(tap.tracker, &late);
    assert_true(late.memory <= early.memory + 65536);
    see("3300 S FA 30001 2", "3320 C A 2 30002");
    ends(1, CLIENT_OPEN ", FIN-WAIT-1 o4, FIN-WAIT-2 p5, TIME-WAIT p3006",
         SERVER_OPEN ", CLOSE-WAIT p4, LAST-ACK o3006, CLOSED a3007");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        RUN(an_acknowledgement_proves_the_fin),
        RUN(an_end_moves_when_its_own_segment_is_seen),
        RUN(a_fin_that_does_not_cover_the_peers_is_a_simultaneous_close),
        RUN(a_fin_that_covers_the_peers_is_the_second),
        RUN(a_simultaneous_close_stays_one_when_fins_are_sent_again),
        RUN(within_one_round_trip_silence_says_nothing),
        RUN(what_was_overtaken_disproves_nothing),
        RUN(what_was_overtaken_tells_of_then),
        RUN(an_older_timestamp_disproves_nothing),
        RUN(a_timestamp_echoed_proves_a_pure_ack),
        RUN(a_timestamp_that_is_not_newer_proves_nothing),
        RUN(a_later_segment_that_landed_proves_a_pure_ack),
        RUN(what_the_server_says_next_proves_the_third_segment),
        RUN(a_reset_does_not_prove_the_third_segment),
        RUN(the_syn_ack_again_says_that_its_ack_had_not_come),
        RUN(a_syn_ack_again_at_once_says_nothing),
        RUN(a_full_accept_queue_keeps_the_server_in_syn_received),
        RUN(a_bare_acks_number_reveals_a_fin_lost_before_the_tap),
        RUN(a_bare_ack_at_the_fins_own_number_reveals_nothing),
        RUN(a_keepalive_is_no_fin_and_no_hole),
        RUN(a_probes_acknowledgement_counts),
        RUN(a_fin_above_missing_data_waits),
        RUN(a_fin_above_data_that_never_came_moves_nobody),
        RUN(an_acknowledgement_fills_the_captures_hole),
        RUN(held_back_data_makes_the_second_fin_doubtful),
        RUN(the_copy_that_is_echoed_is_the_one_that_landed),
        RUN(the_first_copy_may_be_the_one_that_landed),
        RUN(a_fin_again_moves_nobody_again),
        RUN(the_fin_again_says_that_its_ack_had_not_come),
        RUN(what_loss_brings_about_is_not_odd),
        RUN(a_fin_that_completes_the_handshake_is_not_odd),
        RUN(a_late_copy_of_the_syn_is_not_odd),
        RUN(text_after_the_fin_is_ignored),
        RUN(a_fin_carries_data),
        RUN(a_half_close_lasts_as_long_as_it_likes),
        RUN(a_simultaneous_open_takes_six_segments),
        RUN(a_simultaneous_open_as_figure_7_has_it),
        RUN(a_bare_ack_says_that_the_syn_ack_came_before_the_syn),
        RUN(a_d_sack_says_that_the_syn_came_before),
        RUN(a_fast_open_carries_data_on_its_syn),
        RUN(a_fast_open_may_have_its_syn_acknowledged_alone),
        RUN(close_in_syn_received_sends_the_fin_at_once),
        RUN(an_end_that_is_not_seen_is_assumed_throughout),
        RUN(one_octet_from_an_unseen_end_is_no_fin),
        RUN(what_is_kept_of_flights_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
