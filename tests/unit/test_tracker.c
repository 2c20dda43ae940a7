// SPDX-License-Identifier: MIT
// Proves whose segment is whose, where a connection begins, what its first states are, what became
// of it, and that sequence numbers may wrap anywhere. Its end, timers and memory:
// test_tracker_end.c.
#include "segments.h"

#define SERVER_OPEN "LISTEN p1, SYN-RECEIVED o1, ESTABLISHED p3"
#define WHOLE_LIFE                                                                                 \
    HANDSHAKE, "40 C PA 1+100 1", "50 S PA 1+100 101", "70 C A 101 101", "100 C FA 101 101",       \
        "110 S A 101 102", "120 S FA 101 102", "140 C A 102 102"

static void whole_life(uint64_t number) {
    ends(number, "SYN-SENT o1, ESTABLISHED p2, FIN-WAIT-1 o7, FIN-WAIT-2 p8, TIME-WAIT p9",
         "LISTEN p1, SYN-RECEIVED o1, ESTABLISHED p3, CLOSE-WAIT p7, LAST-ACK o9, CLOSED a10");
    assert_int_equal(tap.findings[TW_FINDING_ODD], 0);
}

static uint64_t connections(void) {
    struct tw_tracker_counts counts;
    tw_tracker_counts_get(tap.tracker, &counts);
    return counts.connections;
}

// --- Identity -----------------------------------------------------------------------------------

TEST(both_directions_are_one_connection) {
    see(WHOLE_LIFE);
    whole_life(1);
    assert_int_equal(connections(), 1);
    const struct tw_connection_info *info = about(1);
    assert_int_equal(info->version, 4);
    assert_int_equal(info->end[TW_CLIENT].port, 40000);
    assert_int_equal(info->end[TW_SERVER].port, 80);
    assert_int_equal(info->end[TW_SERVER].address.octets[3], 2);
    assert_int_equal(info->end[TW_CLIENT].packets, 6);
    assert_int_equal(info->end[TW_SERVER].packets, 4);
    assert_int_equal(info->end[TW_CLIENT].bytes, 100);
    assert_int_equal(info->end[TW_CLIENT].initial_seq, tap.isn[TW_CLIENT]);
    assert_true(info->end[TW_CLIENT].initial_known);
    assert_true(info->opened == tap_begin && info->last == tap_begin + 140 * TW_MILLISECOND);
    assert_true(info->syn_to_synack == 10 * TW_MILLISECOND);
    assert_true(info->synack_to_ack == 20 * TW_MILLISECOND);
}

// Copies that the tap made (`any`, SPAN) are no SYN that was sent again, after which nobody knows
// which of them was answered.
TEST(handshake_seen_twice) {
    see("0 C S 0 id=1", "1 C S 0 id=1", "10 S SA 0 1 id=2", "11 S SA 0 1 id=2", "30 C A 1 1 id=3",
        "31 C A 1 1 id=3");
    const struct tw_connection_info *info = about(1);
    assert_int_equal(tap.findings[TW_FINDING_DUPLICATE], 3);
    assert_true(info->syn_to_synack == 10 * TW_MILLISECOND);
    assert_true(info->synack_to_ack == 20 * TW_MILLISECOND);
}

TEST(the_client_may_have_the_higher_address_and_port) {
    tap.address[TW_CLIENT] = 200;
    tap.port[TW_CLIENT] = 80;
    tap.port[TW_SERVER] = 40000;
    see(WHOLE_LIFE);
    whole_life(1);
    assert_int_equal(about(1)->end[TW_CLIENT].port, 80); // who sent the SYN, never the port
}

TEST(ipv6_is_the_same) {
    tap.version = 6;
    see(WHOLE_LIFE);
    whole_life(1);
    assert_int_equal(about(1)->version, 6);
    assert_int_equal(about(1)->end[TW_SERVER].address.octets[15], 2);
}

TEST(ports_the_other_way_round_are_another_connection) {
    see("0 C S 0");
    tap.port[TW_CLIENT] = 80;
    tap.port[TW_SERVER] = 40000;
    see("1 C S 0", "11 S SA 0 1");
    ends(1, "SYN-SENT o1", "");
    ends(2, "SYN-SENT o2, ESTABLISHED a3", "LISTEN p2, SYN-RECEIVED o2");
}

TEST(ipv4_and_ipv6_are_never_one) {
    see("0 C S 0");
    tap.version = 6;
    see("1 C S 0");
    assert_int_equal(connections(), 2);
}

TEST(vlan_tags_are_no_key) {
    see("0 C S 0 vlan=10", "10 S SA 0 1 vlan=20", "30 C A 1 1 vlan=10");
    assert_int_equal(connections(), 1);
}

TEST(vlan_tags_are_a_key_where_asked_for) {
    tap.options.key_vlan = true;
    see("0 C S 0 vlan=10", "1 C S 0 vlan=20", "10 S SA 0 1 vlan=10", "30 C A 1 1 vlan=10");
    assert_int_equal(connections(), 2);
    ends(1, "SYN-SENT o1, ESTABLISHED p3", "LISTEN p1, SYN-RECEIVED o1, ESTABLISHED a4");
    ends(2, "SYN-SENT o2", "");
}

TEST(a_socket_connected_to_itself_has_one_history) {
    tap.address[TW_SERVER] = tap.address[TW_CLIENT];
    tap.port[TW_SERVER] = tap.port[TW_CLIENT];
    tap.isn[TW_SERVER] = tap.isn[TW_CLIENT];
    see("0 C S 0", "0 C SA 0 1", "0 C A 1 1", "10 C FA 1 1", "11 C A 2 2");
    const struct tw_connection_info *info = about(1);
    assert_true(info->self);
    history(1, TW_CLIENT,
            "SYN-SENT o1, SYN-RECEIVED ?1, ESTABLISHED ??, FIN-WAIT-1 o4, CLOSING ?4, "
            "TIME-WAIT ??");
    history(1, TW_SERVER,
            "SYN-SENT o1, SYN-RECEIVED ?1, ESTABLISHED ??, FIN-WAIT-1 o4, CLOSING ?4, "
            "TIME-WAIT ??");
    assert_int_equal(info->end[TW_CLIENT].packets + info->end[TW_SERVER].packets, 5);
}

// Each phase of the life crosses 2^32 at one of these ISNs, or 2^31, at either end.
TEST(sequence_numbers_may_wrap_anywhere) {
    for (uint32_t back = 0; back < 104; back++)
        for (unsigned turn = 0; turn < 2 * TW_END_COUNT; turn++) {
            tap_close(NULL);
            tap_open(NULL);
            tap.isn[turn % 2] = UINT32_MAX - back;
            tap.isn[1 - turn % 2] = turn < 2 ? INT32_MAX - back : 5;
            see(WHOLE_LIFE);
            whole_life(1);
            assert_int_equal(about(1)->end[TW_CLIENT].retransmissions, 0);
            assert_int_equal(about(1)->end[TW_SERVER].bytes, 100);
            assert_int_equal(tap.findings[TW_FINDING_GAP], 0);
            assert_int_equal(tap.findings[TW_FINDING_ACKED_UNSEEN], 0);
        }
}

// --- First states -------------------------------------------------------------------------------

TEST(a_syn_alone) {
    see("0 C S 0", "1000 C S 0", "3000 C S 0");
    ends(1, "SYN-SENT o1", "");
    assert_int_equal(about(1)->outcome, TW_OUTCOME_NO_ANSWER);
    assert_int_equal(about(1)->end[TW_CLIENT].retransmissions, 2);
}

TEST(a_syn_that_is_refused) {
    see("0 C S 0", "10 S RA 0 1");
    ends(1, "SYN-SENT o1, CLOSED a2", "CLOSED o2");
}

TEST(a_syn_ack_first) {
    see("0 S SA 0 1");
    ends(1, "SYN-SENT a1, ESTABLISHED a1", "LISTEN p1, SYN-RECEIVED o1");
    assert_int_equal(about(1)->end[TW_SERVER].port, 80); // the SYN,ACK is the server's
    assert_int_equal(about(1)->end[TW_CLIENT].initial_seq, tap.isn[TW_CLIENT]);
}

TEST(data_first) {
    see("0 S PA 501+10 301", "10 C A 301 511");
    ends(1, "ESTABLISHED a1", "ESTABLISHED a1");
    assert_true(about(1)->midstream);
    assert_int_equal(about(1)->end[TW_CLIENT].port, 80); // who spoke first
    assert_false(about(1)->end[TW_CLIENT].initial_known);
}

TEST(one_end_of_an_open_connection) {
    see("0 C PA 1+10 1", "10 C PA 11+10 1");
    ends(1, "ESTABLISHED a1", "ESTABLISHED a1"); // the silent one too
}

TEST(a_fin_first) {
    see("0 C FA 1 1");
    wait_until(1000);
    ends(1, "ESTABLISHED a1, FIN-WAIT-1 o1", "ESTABLISHED a1, CLOSE-WAIT a1");
    assert_int_equal(about(1)->outcome, TW_OUTCOME_OPEN);
}

TEST(the_second_fin_first_is_shown_by_the_numbers) {
    // The capture begins between the FINs: the server's ACK number never grows by a FIN of its
    // peer.
    see("0 S FA 1 2", "10 C A 2 2");
    ends(1, "ESTABLISHED a1, FIN-WAIT-1 o1, FIN-WAIT-2 a2", "ESTABLISHED a1, CLOSE-WAIT p1");
}

TEST(a_lone_reset) {
    see("0 C R 1", "10 C R 1");
    ends(1, "CLOSED o1", "");
}

TEST(a_lone_reset_with_ack) {
    see("0 C RA 1 1");
    ends(1, "CLOSED o1", "");
}

TEST(a_simultaneous_opens_client_is_the_first_seen) {
    see("0 S S 0", "1 C S 0");
    ends(1, "SYN-SENT o1, SYN-RECEIVED a2", "SYN-SENT o2, SYN-RECEIVED a1");
    assert_int_equal(about(1)->end[TW_CLIENT].port, 80);
}

TEST(the_same_syn_after_a_reset_is_the_same_connection) {
    see("0 C S 0", "10 S RA 0 1", "1000 C S 0", "1010 S SA 0 1", "1030 C A 1 1");
    assert_int_equal(connections(), 1);
    ends(1, "SYN-SENT o1, ESTABLISHED p4", // still there: it had not got the RST
         "CLOSED o2, LISTEN p3, SYN-RECEIVED o3, ESTABLISHED a5");
}

// --- SYNs that are not their end's own -----------------------------------------------------------

#define TIMED_OPENING                                                                              \
    "0 C S 0 ts=1000/0", "10 S SA 0 1 ts=7000/1000", "30 C A 1 1 ts=1030/7000",                    \
        "40 C PA 1+5 1 ts=1040/7000", "50 S A 1 6 ts=7040/1040"

static void was_no_syn_of_the_clients(void) {
    ends(1, "SYN-SENT o1, ESTABLISHED p2", SERVER_OPEN);
    ends(2, "", "");
    assert_int_equal(about(1)->outcome, TW_OUTCOME_OPEN);
    assert_int_equal(about(2)->outcome, TW_OUTCOME_NO_ANSWER);
    assert_int_equal(connections(), 2);
    assert_int_equal(tap.over_order[0], 1);
    assert_int_equal(tap.over_order[1], 2);
}

// What the lab's `challenge-ack` shows: a SYN and two RSTs from elsewhere into an open connection.
TEST(a_syn_after_which_its_end_goes_on_was_not_its_own) {
    see(TIMED_OPENING, "60 C S 1006", "70 S A 1 6 ts=7060/1040", "90 C R 16", "120 C R -1000");
    hush();
    see("150 C PA 6+11 1 ts=1150/7060", "160 S A 1 17 ts=7150/1150");
    told("#10\nC takes back CLOSED for\nC takes back SYN-SENT for\n#11\n");
    was_no_syn_of_the_clients();
}

TEST(a_timestamp_above_that_of_the_syn_shows_it) {
    see(TIMED_OPENING, "60 C S 1006 ts=1040/7040", "62 C PA 6+11 1 ts=1062/7040");
    was_no_syn_of_the_clients();
}

TEST(an_acknowledgement_of_what_came_after_the_syn_shows_it) {
    see(HANDSHAKE, "60 C S 1006", "70 S A 1 1", "71 S PA 1+10 1", "91 C A 1 11");
    was_no_syn_of_the_clients();
}

TEST(a_segment_long_after_the_syn_shows_it) {
    see(HANDSHAKE, "60 C S 1006", "70 S A 1 1", "300 C PA 1+10 1");
    was_no_syn_of_the_clients();
}

TEST(ipv6_knows_strange_syns_too) {
    tap.version = 6;
    see(HANDSHAKE, "60 C S 1006", "70 S A 1 1", "300 C PA 1+10 1");
    was_no_syn_of_the_clients();
}

TEST(a_strange_syn_may_claim_to_be_the_servers) {
    see(HANDSHAKE, "60 S S 1006", "80 C A 1 1", "300 S PA 1+10 1", "320 C A 1 11");
    was_no_syn_of_the_clients();
}

// The connection lives on as if nothing had been.
TEST(after_a_strange_syn_the_connection_ends_as_others_do) {
    see(HANDSHAKE, "60 C S 1006", "70 S A 1 1", "300 C PA 1+10 1", "310 S A 1 11", "400 C FA 11 1",
        "410 S FA 1 12", "430 C A 12 2");
    wait_until(1000);
    hush();
    wait_until(100000);
    told("C TIME-WAIT>CLOSED t0 by 0 at 60430\nover 1\nover 2\n");
    assert_int_equal(about(1)->outcome, TW_OUTCOME_CLOSED);
    ends(2, "", "");
}

TEST(several_strange_syns_are_over_in_their_order) {
    see(HANDSHAKE, "60 C S 1006", "300 C PA 1+10 1", "310 C S 2006", "600 C PA 11+10 1",
        "610 C S 3006", "900 C PA 21+10 1");
    history(1, TW_CLIENT, "SYN-SENT o1, ESTABLISHED p2");
    for (uint64_t i = 0; i < 4; i++)
        assert_int_equal(tap.over_order[i], i + 1);
    for (uint64_t i = 2; i <= 4; i++)
        ends(i, "", "");
}

// No end can be made to hold more and more of them: beyond some the SYN is believed as before.
TEST(strange_syns_are_bounded) {
    see(HANDSHAKE);
    for (unsigned i = 0; i < 60; i++) {
        char syn[32], data[32];
        snprintf(syn, sizeof syn, "%u C S %u", 1000 + i * 1000, 100000 + i * 1000);
        snprintf(data, sizeof data, "%u C PA %u+10 1", 1500 + i * 1000, 1 + i * 10);
        see(syn, data);
    }
    assert_int_equal(connections(), 61);
    assert_int_equal(about(17)->end[TW_CLIENT].step_count, 0);
    assert_true(about(18)->end[TW_CLIENT].step_count > 0);
}

TEST(a_new_client_may_come_after_a_strange_syn) {
    see(HANDSHAKE, "60 C S 1006", "70 S A 1 1", "300 C PA 1+10 1", "310 S A 1 11",
        "90000 C S 70000", "90010 S A 1 11", "90030 C R 11", "91000 C S 70000",
        "91010 S SA 900000 70001", "91030 C A 70001 900001");
    ends(1, "SYN-SENT o1, ESTABLISHED p2, CLOSED o10", SERVER_OPEN ", CLOSED a10");
    ends(2, "", "");
    ends(3, "SYN-SENT o8, ESTABLISHED p12", "LISTEN p11, SYN-RECEIVED o11, ESTABLISHED a13");
}

// The client has closed without a trace and opens again; what the SYN has overtaken is no sign of
// life, nor is what is no part of the old connection.
TEST(what_a_syn_has_overtaken_does_not_take_it_back) {
    see(TIMED_OPENING, "60 C S 90000 ts=1055/0", "75 C PA 6+11 1 ts=1045/7040",
        "76 C PA 6+11 1 ts=1045/7040");
    ends(2, "SYN-SENT o6", "");
}

TEST(without_timestamps_what_a_syn_may_have_overtaken_does_not_take_it_back) {
    see(HANDSHAKE, "60 C S 90000", "75 C PA 1+11 1", "80 C A 12 1");
    ends(2, "SYN-SENT o4", "");
}

TEST(a_segment_of_neither_connection_does_not_take_it_back) {
    see(HANDSHAKE, "60 C S 90000", "600 C PA 700000000+11 1", "700 C A 1 600000000");
    ends(2, "SYN-SENT o4", "");
}

// --- Outcomes -----------------------------------------------------------------------------------

static void outcome(uint64_t number, enum tw_outcome outcome, const char *closer) {
    const struct tw_connection_info *info = about(number);
    assert_string_equal(tw_outcome_name(info->outcome), tw_outcome_name(outcome));
    const char *found = tw_closer_name(info->closed_by);
    assert_string_equal(found != NULL ? found : "nobody", closer);
}

TEST(closed_by_the_client) {
    see(WHOLE_LIFE);
    outcome(1, TW_OUTCOME_CLOSED, "client");
    assert_string_equal(about(1)->zeek, "SF");
    assert_string_equal(about(1)->conntrack, "TIME_WAIT");
    assert_int_equal(about(1)->wireshark_completeness, 31);
}

TEST(closed_by_the_server) {
    see(HANDSHAKE, "100 S FA 1 1", "120 C FA 1 2", "130 S A 2 2");
    outcome(1, TW_OUTCOME_CLOSED, "server");
    assert_int_equal(about(1)->wireshark_completeness, 1 + 2 + 4 + 16);
}

TEST(closed_by_both) {
    see(HANDSHAKE, "100 C FA 1 1", "101 S FA 1 1", "115 S A 2 2", "121 C A 2 2");
    outcome(1, TW_OUTCOME_CLOSED, "both");
}

TEST(half_closed_is_open) {
    see(HANDSHAKE, "100 C FA 1 1", "110 S A 1 2");
    outcome(1, TW_OUTCOME_OPEN, "client");
    assert_string_equal(about(1)->zeek, "S2");
}

TEST(open_at_the_end_of_input) {
    see(HANDSHAKE, "40 C PA 1+10 1");
    outcome(1, TW_OUTCOME_OPEN, "nobody");
    assert_string_equal(about(1)->zeek, "S1");
    assert_string_equal(about(1)->conntrack, "ESTABLISHED");
    assert_int_equal(about(1)->wireshark_completeness, 1 + 2 + 4 + 8);
}

TEST(reset_by_the_server) {
    see(HANDSHAKE, "40 C PA 1+10 1", "50 S RA 1 11");
    outcome(1, TW_OUTCOME_RESET, "server");
    assert_string_equal(about(1)->zeek, "RSTR");
    assert_string_equal(about(1)->conntrack, "CLOSE");
    assert_int_equal(about(1)->wireshark_completeness, 1 + 2 + 4 + 8 + 32);
}

TEST(reset_by_the_client) {
    see(HANDSHAKE, "40 S PA 1+10 1", "60 C RA 1 11");
    outcome(1, TW_OUTCOME_RESET, "client");
    assert_string_equal(about(1)->zeek, "RSTO");
}

TEST(a_reset_after_both_fins_is_a_reset_where_an_end_was_waiting) {
    see(HANDSHAKE, "100 C FA 1 1", "110 S FA 1 2", "115 S RA 2 2");
    outcome(1, TW_OUTCOME_RESET, "server");
}

TEST(refused) {
    see("0 C S 0", "10 S RA 0 1");
    outcome(1, TW_OUTCOME_REFUSED, "server");
    assert_string_equal(about(1)->zeek, "REJ");
    assert_int_equal(about(1)->wireshark_completeness, 1 + 32);
}

TEST(no_answer) {
    see("0 C S 0", "1000 C S 0");
    outcome(1, TW_OUTCOME_NO_ANSWER, "nobody");
    assert_string_equal(about(1)->zeek, "S0");
    assert_string_equal(about(1)->conntrack, "SYN_SENT");
    assert_int_equal(about(1)->wireshark_completeness, 1);
}

TEST(aborted_before_it_was_open) {
    see("0 C S 0", "10 S SA 0 1", "30 C R 1");
    outcome(1, TW_OUTCOME_ABORTED_OPEN, "nobody");
    assert_int_equal(about(1)->wireshark_completeness, 1 + 2 + 32);
}

TEST(unknown) {
    see("0 C PA 1+10 1", "10 S A 1 11");
    outcome(1, TW_OUTCOME_UNKNOWN, "nobody");
    assert_string_equal(about(1)->zeek, "OTH");
    assert_int_equal(about(1)->wireshark_completeness, 4 + 8);
}

TEST(half_open_at_the_end_of_input) {
    see("0 C S 0", "10 S SA 0 1");
    outcome(1, TW_OUTCOME_OPEN, "nobody");
    assert_string_equal(about(1)->conntrack, "SYN_RECV");
    assert_int_equal(about(1)->wireshark_completeness, 1 + 2);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        RUN(both_directions_are_one_connection),
        RUN(handshake_seen_twice),
        RUN(the_client_may_have_the_higher_address_and_port),
        RUN(ipv6_is_the_same),
        RUN(ports_the_other_way_round_are_another_connection),
        RUN(ipv4_and_ipv6_are_never_one),
        RUN(vlan_tags_are_no_key),
        RUN(vlan_tags_are_a_key_where_asked_for),
        RUN(a_socket_connected_to_itself_has_one_history),
        RUN(sequence_numbers_may_wrap_anywhere),
        RUN(a_syn_alone),
        RUN(a_syn_that_is_refused),
        RUN(a_syn_ack_first),
        RUN(data_first),
        RUN(one_end_of_an_open_connection),
        RUN(a_fin_first),
        RUN(the_second_fin_first_is_shown_by_the_numbers),
        RUN(a_lone_reset),
        RUN(a_lone_reset_with_ack),
        RUN(a_simultaneous_opens_client_is_the_first_seen),
        RUN(the_same_syn_after_a_reset_is_the_same_connection),
        RUN(a_syn_after_which_its_end_goes_on_was_not_its_own),
        RUN(a_timestamp_above_that_of_the_syn_shows_it),
        RUN(an_acknowledgement_of_what_came_after_the_syn_shows_it),
        RUN(a_segment_long_after_the_syn_shows_it),
        RUN(ipv6_knows_strange_syns_too),
        RUN(a_strange_syn_may_claim_to_be_the_servers),
        RUN(after_a_strange_syn_the_connection_ends_as_others_do),
        RUN(several_strange_syns_are_over_in_their_order),
        RUN(strange_syns_are_bounded),
        RUN(a_new_client_may_come_after_a_strange_syn),
        RUN(what_a_syn_has_overtaken_does_not_take_it_back),
        RUN(without_timestamps_what_a_syn_may_have_overtaken_does_not_take_it_back),
        RUN(a_segment_of_neither_connection_does_not_take_it_back),
        RUN(closed_by_the_client),
        RUN(closed_by_the_server),
        RUN(closed_by_both),
        RUN(half_closed_is_open),
        RUN(open_at_the_end_of_input),
        RUN(reset_by_the_server),
        RUN(reset_by_the_client),
        RUN(a_reset_after_both_fins_is_a_reset_where_an_end_was_waiting),
        RUN(refused),
        RUN(no_answer),
        RUN(aborted_before_it_was_open),
        RUN(unknown),
        RUN(half_open_at_the_end_of_input),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
