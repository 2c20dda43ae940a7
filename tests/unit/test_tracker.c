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
