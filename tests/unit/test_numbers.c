// SPDX-License-Identifier: MIT
// Proves what is made of the segments' numbers, and of what is wrong with the capture or with a
// sender: holes and overtaking, copies, clocks, and flags and numbers that no stack would send.
#include "segments.h"

#define CLIENT_OPEN "SYN-SENT o1, ESTABLISHED p2"
#define SERVER_OPEN "LISTEN p1, SYN-RECEIVED o1, ESTABLISHED p3"

static unsigned found(enum tw_finding_kind kind) {
    return tap.findings[kind];
}

// --- Holes --------------------------------------------------------------------------------------

TEST(overtaken_data_is_no_retransmission) {
    see(HANDSHAKE, "40 C PA 101+100 1", "41 C PA 1+100 1", "50 S A 1 201", "60 C PA 201+10 1");
    assert_int_equal(found(TW_FINDING_GAP), 1);
    assert_int_equal(found(TW_FINDING_OUT_OF_ORDER), 1);
    assert_int_equal(found(TW_FINDING_RETRANSMISSION), 0);
    assert_int_equal(found(TW_FINDING_ACKED_UNSEEN), 0);
    assert_int_equal(about(1)->end[TW_CLIENT].retransmissions, 0);
    assert_int_equal(about(1)->end[TW_CLIENT].bytes, 210);
}

TEST(data_sent_again_is_a_retransmission) {
    see(HANDSHAKE, "40 C PA 1+100 1", "240 C PA 1+100 1", "250 S A 1 101", "440 C PA 1+100 1");
    assert_int_equal(about(1)->end[TW_CLIENT].retransmissions, 2);
    assert_int_equal(found(TW_FINDING_RETRANSMISSION), 2);
    assert_int_equal(found(TW_FINDING_GAP), 0);
}

TEST(a_fin_waits_for_the_last_of_several_holes) {
    see(HANDSHAKE, "40 C PA 101+100 1", "41 C PA 301+100 1", "42 C FA 401 1", "43 C PA 1+100 1");
    wait_until(300);
    see("310 C PA 201+100 1");
    assert_null(strstr(tap.told, "CLOSE-WAIT"));
    see("320 S A 1 402");
    history(1, TW_SERVER, SERVER_OPEN ", CLOSE-WAIT p6");
}

// --- The capture itself -------------------------------------------------------------------------

TEST(a_clock_that_steps_back_is_found_and_harms_nobody) {
    see(HANDSHAKE, "5000 C PA 1+100 1", "1010 S PA 1+100 101", "1030 C A 101 101",
        "1100 C FA 101 101", "1110 S A 101 102", "1120 S FA 101 102", "1140 C A 102 102");
    ends(1, "SYN-SENT o1, ESTABLISHED p2, FIN-WAIT-1 o7, FIN-WAIT-2 p8, TIME-WAIT p9",
         SERVER_OPEN ", CLOSE-WAIT p7, LAST-ACK o9, CLOSED a10");
    assert_int_equal(tap.findings[TW_FINDING_CLOCK_BACK], 6); // each segment before the latest
}

// What is missing is put down to the capture only where that has lost something.
TEST(what_is_missing_may_be_lost_by_the_capture) {
    see(HANDSHAKE, "40 C PA 101+100 1");
    assert_int_equal(found(TW_FINDING_GAP), 1);
    assert_int_equal(found(TW_FINDING_CAPTURE_LOSS), 0);
    tw_tracker_lost(tap.tracker);
    see("50 S A 1 1", "60 C PA 401+100 1");
    assert_int_equal(found(TW_FINDING_CAPTURE_LOSS), 1);
    see("2060 C PA 701+100 1"); // long after it, and after other segments
    assert_int_equal(found(TW_FINDING_CAPTURE_LOSS), 1);
    tw_tracker_lost(tap.tracker);
    see("9060 C PA 901+100 1"); // the first one since
    assert_int_equal(found(TW_FINDING_GAP), 4);
    assert_int_equal(found(TW_FINDING_CAPTURE_LOSS), 2);
    assert_true(about(1)->lost);
}

TEST(a_packet_captured_twice_is_no_retransmission) {
    see("0 C S 0 id=7", "0 C S 0 id=7", "10 S SA 0 1 id=8", "10 S SA 0 1 id=8", "30 C A 1 1 id=9",
        "30 C A 1 1 id=9", "40 C PA 1+10 1 id=10", "41 C PA 1+10 1 id=10");
    assert_int_equal(about(1)->end[TW_CLIENT].retransmissions, 0);
    assert_int_equal(about(1)->end[TW_SERVER].retransmissions, 0);
    assert_int_equal(tap.findings[TW_FINDING_DUPLICATE], 4);
    assert_int_equal(about(1)->end[TW_CLIENT].packets, 6); // but it counts
    ends(1, "SYN-SENT o1, ESTABLISHED p3", "LISTEN p1, SYN-RECEIVED o1, ESTABLISHED ?5");
}

TEST(octets_that_were_not_captured_are_found) {
    see(HANDSHAKE, "40 C PA 101+10 1", "50 S A 1 111", "60 S A 1 300");
    assert_int_equal(tap.findings[TW_FINDING_GAP], 1);
    assert_int_equal(tap.findings[TW_FINDING_ACKED_UNSEEN], 1);
}

TEST(options_that_do_not_parse_are_found_and_the_segment_counts) {
    see("0 C S 0", "10 S SA 0 1 bad=1", "30 C A 1 1");
    assert_int_equal(found(TW_FINDING_OPTIONS), 1);
    ends(1, CLIENT_OPEN, "LISTEN p1, SYN-RECEIVED o1, ESTABLISHED a3");
}

TEST(a_window_is_scaled_where_both_ends_offered_it) {
    see("0 C S 0 scale=7", "10 S SA 0 1 scale=20", "30 C A 1 1");
    assert_true(about(1)->end[TW_CLIENT].scale_known && about(1)->end[TW_SERVER].scale_known);
    assert_int_equal(about(1)->end[TW_CLIENT].scale, 7);
    assert_int_equal(about(1)->end[TW_SERVER].scale, 14); // RFC 7323 2.3: no more than 14
}

TEST(a_window_is_not_scaled_where_one_end_did_not_offer_it) {
    see("0 C S 0 scale=7", "10 S SA 0 1", "30 C A 1 1");
    assert_true(about(1)->end[TW_CLIENT].scale_known);
    assert_int_equal(about(1)->end[TW_CLIENT].scale, 0);
}

TEST(midstream_no_scale_is_known) {
    see("0 C PA 1+10 1", "10 S A 1 11");
    assert_false(about(1)->end[TW_CLIENT].scale_known);
}

TEST(a_closed_window_is_found) {
    see(HANDSHAKE, "40 C PA 1+10 1", "50 S A 1 11 win=0");
    assert_int_equal(found(TW_FINDING_ZERO_WINDOW), 1);
}

// Linux probes a closed window one octet below SND.NXT, as it does for keepalive.
TEST(a_probe_of_a_closed_window_is_no_keepalive) {
    see(HANDSHAKE, "40 C PA 1+10 1", "50 S A 1 11 win=0", "250 C A 10 1", "260 S A 1 11 win=0",
        "660 C A 10 1", "670 S A 1 11", "5000 C A 10 1", "5010 S A 1 11");
    assert_int_equal(found(TW_FINDING_WINDOW_PROBE), 2);
    assert_int_equal(found(TW_FINDING_KEEPALIVE), 1); // the window had been opened again
    assert_int_equal(found(TW_FINDING_RETRANSMISSION), 0);
}

TEST(an_overtaken_window_update_does_not_close_it_again) {
    see(HANDSHAKE, "40 C PA 1+10 1", "50 S A 1 11", "51 S A 1 1 win=0", "5000 C A 10 1");
    assert_int_equal(found(TW_FINDING_WINDOW_PROBE), 0);
    assert_int_equal(found(TW_FINDING_KEEPALIVE), 1);
}

TEST(it_is_the_peers_window_that_is_probed) {
    see(HANDSHAKE, "40 C PA 1+10 1", "50 S A 1 11", "60 C A 11 1 win=0", "5000 C A 10 1 win=0");
    assert_int_equal(found(TW_FINDING_WINDOW_PROBE), 0);
    assert_int_equal(found(TW_FINDING_KEEPALIVE), 1);
}

// --- What no stack would send -------------------------------------------------------------------

TEST(a_fin_beside_a_syn_is_not_processed) {
    see("0 C SF 0", "10 S SA 0 1", "30 C A 1 1", "50 S PA 1+10 1");
    ends(1, CLIENT_OPEN, SERVER_OPEN);
    assert_int_equal(about(1)->wireshark_completeness, 1 + 2 + 4 + 8 + 16); // it was there
}

TEST(a_syn_beside_a_reset_is_not_processed) {
    see(HANDSHAKE, "50 S PA 1+10 1", "100 C SR 1");
    ends(1, CLIENT_OPEN ", CLOSED o5", SERVER_OPEN ", CLOSED a5");
}

TEST(a_segment_without_flags_moves_nobody) {
    see(HANDSHAKE, "50 S PA 1+10 1", "100 C - 1", "110 S - 11+10");
    ends(1, CLIENT_OPEN, SERVER_OPEN);
}

TEST(a_fin_outside_of_any_window_moves_nobody) {
    see(HANDSHAKE, "50 S PA 1+10 1", "100 C FA 2000000000 11", "120 S PA 11+10 1");
    history(1, TW_SERVER, SERVER_OPEN);
    assert_int_equal(about(1)->outcome, TW_OUTCOME_OPEN);
}

TEST(a_fin_below_what_was_acknowledged_moves_nobody) {
    see(HANDSHAKE, "50 C PA 1+100 1", "60 S A 1 101", "100 C FA 50 1", "120 C PA 101+10 1");
    ends(1, CLIENT_OPEN, SERVER_OPEN);
}

TEST(an_acknowledgement_of_what_was_never_sent_proves_nothing) {
    see(HANDSHAKE, "50 S PA 1+10 1", "100 C FA 1 11", "101 S A 11 1000000", "300 S PA 11+10 1");
    history(1, TW_SERVER, SERVER_OPEN); // it speaks as if the FIN had never come
    assert_int_equal(found(TW_FINDING_ODD), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        RUN(overtaken_data_is_no_retransmission),
        RUN(data_sent_again_is_a_retransmission),
        RUN(a_fin_waits_for_the_last_of_several_holes),
        RUN(a_clock_that_steps_back_is_found_and_harms_nobody),
        RUN(what_is_missing_may_be_lost_by_the_capture),
        RUN(a_packet_captured_twice_is_no_retransmission),
        RUN(octets_that_were_not_captured_are_found),
        RUN(options_that_do_not_parse_are_found_and_the_segment_counts),
        RUN(a_window_is_scaled_where_both_ends_offered_it),
        RUN(a_window_is_not_scaled_where_one_end_did_not_offer_it),
        RUN(midstream_no_scale_is_known),
        RUN(a_closed_window_is_found),
        RUN(a_probe_of_a_closed_window_is_no_keepalive),
        RUN(an_overtaken_window_update_does_not_close_it_again),
        RUN(it_is_the_peers_window_that_is_probed),
        RUN(a_fin_beside_a_syn_is_not_processed),
        RUN(a_syn_beside_a_reset_is_not_processed),
        RUN(a_segment_without_flags_moves_nobody),
        RUN(a_fin_outside_of_any_window_moves_nobody),
        RUN(a_fin_below_what_was_acknowledged_moves_nobody),
        RUN(an_acknowledgement_of_what_was_never_sent_proves_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
