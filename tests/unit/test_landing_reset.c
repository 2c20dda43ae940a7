// SPDX-License-Identifier: MIT
// Proves the landing rule for resets: who sent one, whom it reached, and what it says about the
// segments before it.
#include "segments.h"

#define CLIENT_OPEN "SYN-SENT o1, ESTABLISHED p2"
#define SERVER_OPEN "LISTEN p1, SYN-RECEIVED o1, ESTABLISHED p3"

// --- Does it land? ------------------------------------------------------------------------------

TEST(a_reset_closes_both_ends) {
    see(HANDSHAKE, "100 C RA 1 1");
    ends(1, CLIENT_OPEN ", CLOSED o4", "LISTEN p1, SYN-RECEIVED o1, ESTABLISHED a3, CLOSED a4");
    assert_int_equal(about(1)->outcome, TW_OUTCOME_RESET);
    assert_int_equal(about(1)->closed_by, TW_CLOSED_BY_CLIENT);
}

TEST(what_left_before_the_reset_came_says_nothing_against_it) {
    see(HANDSHAKE, "50 S A 1+10 1", "100 C RA 1 11", "108 S A 11+100 1");
    history(1, TW_SERVER, SERVER_OPEN ", CLOSED a5");
}

TEST(an_end_that_goes_on_was_not_reached_by_the_reset) {
    see(HANDSHAKE, "50 S A 1+10 1", "100 C RA 1 11");
    wait_until(200);
    hush();
    see("400 S A 11+100 1");
    told("#6\nS takes back CLOSED for\n");
    see("420 C R 1"); // the answer to data that meets no connection
    wait_until(500);
    told("#7\nS ESTABLISHED>CLOSED a7 by 0 at 425\n");
    ends(1, CLIENT_OPEN ", CLOSED o5", SERVER_OPEN ", CLOSED a7");
}

TEST(an_end_that_goes_on_after_its_reset_did_not_send_it) {
    see(HANDSHAKE, "100 S RA 1 1 ttl=250 id=7", "2000 S A 1+100 1", "2020 C A 1 101",
        "2100 S A 101+100 1", "2120 C A 1 201");
    ends(1, CLIENT_OPEN, SERVER_OPEN);
    assert_int_equal(about(1)->outcome, TW_OUTCOME_OPEN);
    assert_int_equal(about(1)->closed_by, TW_CLOSED_BY_NOBODY);
    assert_int_equal(about(1)->end[TW_SERVER].resets, 1);
}

// Data above the RST's own number cannot have left before it.
TEST(an_end_that_goes_on_soon_after_its_reset_did_not_send_it_either) {
    see(HANDSHAKE, "100 S RA 1 1 ttl=250 id=7", "300 S A 1+100 1", "320 C A 1 101",
        "400 S A 101+100 1", "420 C A 1 201");
    ends(1, CLIENT_OPEN, SERVER_OPEN);
}

// What it acknowledges was sent after the RST had passed: no doubt is left, and none is waited for.
TEST(an_end_that_acknowledges_what_came_after_its_reset_did_not_send_it) {
    see(HANDSHAKE, "100 C R 11", "130 S PA 1+10 1");
    hush();
    see("150 C A 1 11");
    told("#6\nC takes back CLOSED for\n");
    ends(1, CLIENT_OPEN, SERVER_OPEN);
    assert_int_equal(about(1)->outcome, TW_OUTCOME_OPEN);
    assert_int_equal(about(1)->closed_by, TW_CLOSED_BY_NOBODY);
    assert_int_equal(about(1)->end[TW_CLIENT].resets, 1);
}

TEST(what_it_acknowledges_may_have_come_before_its_reset) {
    see(HANDSHAKE, "95 S PA 1+10 1", "100 C R 1", "103 C A 1 11");
    history(1, TW_CLIENT, CLIENT_OPEN ", CLOSED o5");
}

#define TIMED_OPENING                                                                              \
    "0 C S 0 ts=1000/0", "10 S SA 0 1 ts=7000/1000", "30 C A 1 1 ts=1030/7000",                    \
        "40 C PA 1+5 1 ts=1040/7000", "50 S A 1 6 ts=7040/1040"

// A RST above all that its end has sent, and its end goes on below it; by the end's timestamps the
// data cannot have been overtaken by the RST. The server refuses the RST, which is told at once.
TEST(an_end_whose_clock_goes_on_did_not_send_the_reset) {
    see(TIMED_OPENING, "100 C R 16");
    hush();
    see("160 C PA 6+11 1 ts=1160/7040");
    told("#7\nC takes back CLOSED for\n");
    see("170 S A 1 17 ts=7160/1160");
    ends(1, CLIENT_OPEN, SERVER_OPEN);
    assert_int_equal(about(1)->outcome, TW_OUTCOME_OPEN);
}

TEST(a_timestamp_above_that_of_its_reset_shows_the_same) {
    see(TIMED_OPENING, "100 C R 16 ts=1040/7040", "101 C R -900 ts=1040/7040",
        "104 C A 6 1 ts=1104/7040");
    ends(1, CLIENT_OPEN, SERVER_OPEN);
    assert_int_equal(about(1)->end[TW_CLIENT].resets, 2);
}

// Data, a bare acknowledgement and a FIN, all sent before the RST, which has overtaken them.
TEST(what_a_reset_has_overtaken_does_not_take_it_back) {
    see(TIMED_OPENING, "100 C R 6", "120 C PA 6+11 1 ts=1085/7040", "130 C A 17 1 ts=1086/7040",
        "140 C FA 17 1 ts=1088/7040");
    ends(1, CLIENT_OPEN ", FIN-WAIT-1 o9, CLOSED o6", SERVER_OPEN ", CLOSED a6");
    assert_int_equal(about(1)->outcome, TW_OUTCOME_RESET);
}

TEST(what_an_abort_has_overtaken_does_not_take_it_back) {
    see(TIMED_OPENING, "100 C RA 17 1 ts=1090/7040", "140 C PA 6+11 1 ts=1089/7040");
    history(1, TW_CLIENT, CLIENT_OPEN ", CLOSED o6");
}

TEST(without_timestamps_what_a_reset_may_have_overtaken_does_not_take_it_back) {
    see(HANDSHAKE, "40 C PA 1+5 1", "50 S A 1 6", "100 C R 17", "120 C PA 6+11 1");
    history(1, TW_CLIENT, CLIENT_OPEN ", CLOSED o6");
}

// Somebody resets both ends; only the server believes it.
TEST(the_other_end_may_have_believed_the_reset) {
    see(HANDSHAKE, "100 C R 1", "400 C PA 1+10 1", "410 S R 1");
    ends(1, CLIENT_OPEN ", CLOSED a6", "LISTEN p1, SYN-RECEIVED o1, ESTABLISHED ?3, CLOSED ??");
    assert_int_equal(about(1)->outcome, TW_OUTCOME_RESET);
}

// A bare RST refuses what it answers: but here nobody answered.
TEST(what_a_strange_reset_refused_was_not_refused) {
    see(HANDSHAKE, "40 C FA 1 1", "50 S A 1 2", "51 C R 2", "400 S PA 1+10 2", "420 C A 2 11");
    history(1, TW_CLIENT, CLIENT_OPEN ", FIN-WAIT-1 o4, FIN-WAIT-2 ?5");
}

// A RST with the acknowledgement of nothing ever sent: it says nothing about what has come.
TEST(a_strange_resets_acknowledgement_is_not_believed) {
    see(HANDSHAKE, "100 C RA 1 1000000000", "400 S PA 1+10 1", "420 C PA 1+10 11", "430 S A 11 11");
    ends(1, CLIENT_OPEN, SERVER_OPEN);
    assert_int_equal(tap.findings[TW_FINDING_ACKED_UNSEEN], 0);
    assert_int_equal(about(1)->end[TW_SERVER].retransmissions, 0);
}

// --- The receiver's window test (RFC 5961 3.2) --------------------------------------------------

TEST(a_reset_inside_the_window_is_challenged) {
    see(HANDSHAKE, "50 S A 1+10 1", "100 C R 500", "110 S A 11 1", "200 S A 11+10 1");
    history(1, TW_SERVER, SERVER_OPEN);
    assert_int_equal(tap.findings[TW_FINDING_RST_REFUSED], 1);
}

TEST(a_reset_below_the_window_is_dropped) {
    see(HANDSHAKE, "40 C A 1+100 1", "50 S A 1+10 101", "100 C R 1");
    history(1, TW_SERVER, SERVER_OPEN);
    assert_int_equal(tap.findings[TW_FINDING_RST_REFUSED], 1);
}

TEST(one_below_is_refused_in_established) {
    see(HANDSHAKE, "40 C A 1+100 1", "50 S A 1+10 101", "100 C R 100");
    history(1, TW_SERVER, SERVER_OPEN);
}

// Linux takes RCV.NXT-1, the FIN's own number, in the states behind the peer's FIN.
TEST(one_below_is_taken_in_close_wait) {
    see(HANDSHAKE, "100 C FA 1 1", "110 S A 1 2", "200 C R 1");
    history(1, TW_SERVER, SERVER_OPEN ", CLOSE-WAIT p4, CLOSED a6");
}

TEST(one_below_is_taken_in_last_ack) {
    see(HANDSHAKE, "100 C FA 1 1", "110 S FA 1 2", "200 C R 1");
    history(1, TW_SERVER, SERVER_OPEN ", CLOSE-WAIT p4, LAST-ACK o5, CLOSED a6");
}

TEST(one_below_is_taken_in_closing) {
    see(HANDSHAKE, "100 C FA 1 1", "101 S FA 1 1", "111 S A 2 2", "200 C R 1");
    history(1, TW_SERVER, SERVER_OPEN ", FIN-WAIT-1 o5, CLOSING p4, CLOSED a7");
}

TEST(one_below_is_refused_in_fin_wait_2) {
    see(HANDSHAKE, "40 C A 1+100 1", "50 S FA 1 101", "70 C A 101 2", "80 S A 2 101",
        "100 C R 100");
    history(1, TW_SERVER, SERVER_OPEN ", FIN-WAIT-1 o5, FIN-WAIT-2 ?6");
}

TEST(the_right_edge_of_its_sack_block_is_taken) {
    see(HANDSHAKE, "100 C A 11+10 1", "110 S A 1 1 sack=11-21", "130 C R 21");
    history(1, TW_SERVER, SERVER_OPEN ", CLOSED a6");
}

TEST(a_reset_takes_its_number_from_data_still_on_its_way) {
    see(HANDSHAKE, "50 S A 1+10 1", "100 C A 1+100 1", "101 C A 101+100 1", "102 C R 201");
    history(1, TW_SERVER, SERVER_OPEN ", CLOSED a7");
}

TEST(a_reset_ends_time_wait_early) {
    see(HANDSHAKE, "100 C FA 1 1", "110 S FA 1 2", "130 C A 2 2", "200 S R 2");
    ends(1, CLIENT_OPEN ", FIN-WAIT-1 o4, TIME-WAIT p5, CLOSED a7",
         SERVER_OPEN ", CLOSE-WAIT p4, LAST-ACK o5, CLOSED ??");
}

// --- Bare resets: what they answer --------------------------------------------------------------

// The RST carries ACK number 2: it answers packet 7, so the FIN, packet 6, had come before.
TEST(what_preceded_the_answered_segment_had_landed) {
    see(HANDSHAKE, "60 S A 1+100 1", "70 C FA 1 1", "72 S FA 101 1", "90 S A 102 2", "110 C R 2");
    ends(1, CLIENT_OPEN ", FIN-WAIT-1 o5, CLOSING p6, CLOSED o8",
         SERVER_OPEN ", FIN-WAIT-1 o6, CLOSING p5, CLOSED a8");
}

TEST(an_aborts_ack_number_proves_what_had_come) {
    see(HANDSHAKE, "100 C FA 1 1", "110 S RA 1 2");
    ends(1, CLIENT_OPEN ", FIN-WAIT-1 o4, CLOSED a5", SERVER_OPEN ", CLOSE-WAIT p4, CLOSED o5");
}

TEST(an_aborts_ack_number_proves_what_had_not) {
    see(HANDSHAKE, "40 C PA 1+10 1", "50 S A 1 11", "100 C FA 11 1", "101 S RA 1 11");
    history(1, TW_SERVER, SERVER_OPEN ", CLOSED o7");
}

TEST(data_after_close_is_answered_by_a_reset) {
    see(HANDSHAKE, "100 C FA 1 1", "110 S A 1 2", "200 S A 1+100 2", "220 C R 2");
    ends(1, CLIENT_OPEN ", FIN-WAIT-1 o4, FIN-WAIT-2 ?5, CLOSED o7",
         SERVER_OPEN ", CLOSE-WAIT p4, CLOSED a7");
    assert_int_equal(about(1)->closed_by, TW_CLOSED_BY_CLIENT);
}

// The RST passed twice. A pure ACK is answered by none where there is a connection, so it cannot be
// what the second one answers: it had come, before the data.
TEST(a_copy_of_the_answer_does_not_refuse_the_ack_before_the_data) {
    see(HANDSHAKE, "100 C FA 1 1", "110 S A 1 2", "117 S PA 1+100 2", "137 C R 2", "141 C R 2");
    history(1, TW_CLIENT, CLIENT_OPEN ", FIN-WAIT-1 o4, FIN-WAIT-2 ?5, CLOSED o7");
}

// Behind the data it may have met nobody.
TEST(an_ack_behind_the_data_may_be_answered_too) {
    see(HANDSHAKE, "100 C FA 1 1", "117 S PA 1+100 2", "118 S A 101 2", "137 C R 2", "138 C R 2");
    history(1, TW_CLIENT, CLIENT_OPEN ", FIN-WAIT-1 o4, CLOSED o7");
}

TEST(behind_an_abort_an_ack_is_answered_like_any_other) {
    see(HANDSHAKE, "100 C FA 1 1", "112 S A 1 2", "113 S PA 1+100 2", "114 C RA 2 1", "134 C R 2",
        "135 C R 2");
    history(1, TW_CLIENT, CLIENT_OPEN ", FIN-WAIT-1 o4, CLOSED o7");
}

TEST(data_into_a_closed_end_is_answered_by_a_reset) {
    // The server aborts; what the client had sent meanwhile draws another RST.
    see(HANDSHAKE, "100 C A 1+100 1", "110 S RA 1 101", "112 C A 101+100 1", "122 S R 1");
    ends(1, CLIENT_OPEN ", CLOSED a5", SERVER_OPEN ", CLOSED o5");
    assert_int_equal(about(1)->end[TW_SERVER].resets, 2);
    assert_int_equal(about(1)->closed_by, TW_CLOSED_BY_SERVER);
}

// --- Opening and refusing -----------------------------------------------------------------------

TEST(a_closed_port_refuses) {
    see("0 C S 0", "10 S RA 0 1");
    ends(1, "SYN-SENT o1, CLOSED a2", "CLOSED o2");
    assert_int_equal(about(1)->outcome, TW_OUTCOME_REFUSED);
    assert_int_equal(about(1)->closed_by, TW_CLOSED_BY_SERVER);
}

TEST(a_reset_that_does_not_acknowledge_the_syn_is_dropped) {
    see("0 C S 0", "10 S RA 0 77", "1000 C S 0", "1010 S SA 0 1", "1030 C A 1 1");
    history(1, TW_CLIENT, "SYN-SENT o1, ESTABLISHED p4");
}

TEST(an_opener_that_had_given_up_was_never_established) {
    see("0 C S 0", "10 S SA 0 1", "30 C R 1");
    ends(1, "SYN-SENT o1, CLOSED o3", "LISTEN p1, SYN-RECEIVED o1, CLOSED a3");
    assert_int_equal(about(1)->outcome, TW_OUTCOME_ABORTED_OPEN);
}

TEST(an_opener_that_acknowledges_in_its_reset_was_established) {
    see("0 C S 0", "10 S SA 0 1", "30 C RA 1 1");
    ends(1, "SYN-SENT o1, ESTABLISHED p2, CLOSED o3", "LISTEN p1, SYN-RECEIVED o1, CLOSED a3");
    assert_int_equal(about(1)->outcome, TW_OUTCOME_RESET);
}

// 3.5.2 group 2: the answer to an acknowledgement of something never sent moves nobody.
TEST(a_bad_acknowledgement_in_syn_sent_is_answered_and_moves_nobody) {
    see("0 C S 0", "10 S A 700 400", "30 C R 400", "1000 C S 0", "1010 S SA 0 1", "1030 C A 1 1");
    history(1, TW_CLIENT, "SYN-SENT o1, ESTABLISHED p5");
}

TEST(a_bad_acknowledgement_in_syn_received_is_answered_and_moves_nobody) {
    see("0 C S 0", "10 S SA 0 1", "20 C A 1 700", "30 S R 700", "40 C A 1 1", "60 S A 1+10 1");
    history(1, TW_SERVER, "LISTEN p1, SYN-RECEIVED o1, ESTABLISHED p5");
}

TEST(a_full_queue_may_reset_what_the_client_holds_for_open) {
    // tcp_abort_on_overflow: the third segment is answered by a RST.
    see(HANDSHAKE, "40 S R 1");
    history(1, TW_CLIENT, CLIENT_OPEN ", CLOSED a4");
    assert_int_equal(about(1)->end[TW_SERVER].state, TW_CLOSED);
}

TEST(a_reset_in_syn_received_leaves_the_listener_alone) {
    see("0 C S 0", "10 S SA 0 1", "30 C R 1");
    const struct tap_over *over = (about(1), &tap.over[1]);
    assert_int_equal(over->info.end[TW_SERVER].state, TW_CLOSED);
    const struct tw_cell *cell = tw_state_cell(TW_SYN_RECEIVED, TW_EV_RCV_RST);
    assert_non_null(strstr(cell->why, "listener stays in LISTEN"));
}

TEST(by_the_rfc_a_passive_end_returns_to_listen) {
    tap.options.profile = tw_profile_find("rfc");
    see("0 C S 0", "10 S SA 0 1", "30 C R 1");
    history(1, TW_SERVER, "LISTEN p1, SYN-RECEIVED o1, LISTEN a3");
}

TEST(by_the_rfc_an_active_end_goes_to_closed) {
    tap.options.profile = tw_profile_find("rfc");
    see("0 C S 0", "1 S S 0", "10 S SA 0 1", "11 C RA 1 1");
    history(1, TW_SERVER, "SYN-SENT o2, SYN-RECEIVED p1, CLOSED a4");
}

// --- Half-open (3.5.1) --------------------------------------------------------------------------

// The client lost its state and opens again on the same ports: the server answers with a challenge
// ACK (RFC 5961 4.2), the client resets the old connection, and the next SYN opens a new one.
TEST(a_client_that_lost_its_state_resets_the_old_connection) {
    see(HANDSHAKE, "40 C A 1+10 1", "50 S A 1+10 11", "70 C A 11 11", "60000 C S 5000",
        "60010 S A 11 11", "60030 C R 11", "61000 C S 5000", "61010 S SA 900000 5001",
        "61030 C A 5001 900001");
    ends(1, CLIENT_OPEN ", CLOSED o9", SERVER_OPEN ", CLOSED a9");
    ends(2, "SYN-SENT o7, ESTABLISHED p11", "LISTEN p10, SYN-RECEIVED o10, ESTABLISHED a12");
    assert_int_equal(tap.over_order[0], 1);
    assert_int_equal(tap.over_order[1], 2);
}

TEST(a_server_that_lost_its_state_resets_what_comes) {
    see(HANDSHAKE, "90000 C A 1+10 1", "90010 S R 1");
    ends(1, CLIENT_OPEN ", CLOSED a5", "LISTEN p1, SYN-RECEIVED o1, ESTABLISHED a3, CLOSED o5");
    assert_int_equal(about(1)->outcome, TW_OUTCOME_RESET);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        RUN(a_reset_closes_both_ends),
        RUN(what_left_before_the_reset_came_says_nothing_against_it),
        RUN(an_end_that_goes_on_was_not_reached_by_the_reset),
        RUN(an_end_that_goes_on_after_its_reset_did_not_send_it),
        RUN(an_end_that_goes_on_soon_after_its_reset_did_not_send_it_either),
        RUN(an_end_that_acknowledges_what_came_after_its_reset_did_not_send_it),
        RUN(what_it_acknowledges_may_have_come_before_its_reset),
        RUN(an_end_whose_clock_goes_on_did_not_send_the_reset),
        RUN(a_timestamp_above_that_of_its_reset_shows_the_same),
        RUN(what_a_reset_has_overtaken_does_not_take_it_back),
        RUN(what_an_abort_has_overtaken_does_not_take_it_back),
        RUN(without_timestamps_what_a_reset_may_have_overtaken_does_not_take_it_back),
        RUN(the_other_end_may_have_believed_the_reset),
        RUN(what_a_strange_reset_refused_was_not_refused),
        RUN(a_strange_resets_acknowledgement_is_not_believed),
        RUN(a_reset_inside_the_window_is_challenged),
        RUN(a_reset_below_the_window_is_dropped),
        RUN(one_below_is_refused_in_established),
        RUN(one_below_is_taken_in_close_wait),
        RUN(one_below_is_taken_in_last_ack),
        RUN(one_below_is_taken_in_closing),
        RUN(one_below_is_refused_in_fin_wait_2),
        RUN(the_right_edge_of_its_sack_block_is_taken),
        RUN(a_reset_takes_its_number_from_data_still_on_its_way),
        RUN(a_reset_ends_time_wait_early),
        RUN(what_preceded_the_answered_segment_had_landed),
        RUN(an_aborts_ack_number_proves_what_had_come),
        RUN(an_aborts_ack_number_proves_what_had_not),
        RUN(data_after_close_is_answered_by_a_reset),
        RUN(a_copy_of_the_answer_does_not_refuse_the_ack_before_the_data),
        RUN(an_ack_behind_the_data_may_be_answered_too),
        RUN(behind_an_abort_an_ack_is_answered_like_any_other),
        RUN(data_into_a_closed_end_is_answered_by_a_reset),
        RUN(a_closed_port_refuses),
        RUN(a_reset_that_does_not_acknowledge_the_syn_is_dropped),
        RUN(an_opener_that_had_given_up_was_never_established),
        RUN(an_opener_that_acknowledges_in_its_reset_was_established),
        RUN(a_bad_acknowledgement_in_syn_sent_is_answered_and_moves_nobody),
        RUN(a_bad_acknowledgement_in_syn_received_is_answered_and_moves_nobody),
        RUN(a_full_queue_may_reset_what_the_client_holds_for_open),
        RUN(a_reset_in_syn_received_leaves_the_listener_alone),
        RUN(by_the_rfc_a_passive_end_returns_to_listen),
        RUN(by_the_rfc_an_active_end_goes_to_closed),
        RUN(a_client_that_lost_its_state_resets_the_old_connection),
        RUN(a_server_that_lost_its_state_resets_what_comes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
