// SPDX-License-Identifier: MIT
// Proves what the wire does by itself with segments on their way: when taps see them and when they
// land, what holds, drops, duplicates and swaps do, what is carried and how much.
#include "wire_bench.h"

// --- Time and taps ------------------------------------------------------------------------------

TEST(a_segment_passes_the_taps_on_its_path_and_lands) {
    taps(0.2, 0.7);
    put(TW_CLIENT, 0);
    put(TW_SERVER, 20);
    assert_int_equal(wire_due(bench.wire), 2 * TW_MILLISECOND);
    turn(100);
    expect("2 seen0 1; 7 seen1 1; 10 landed 1; 23 seen1 2; 28 seen0 2; 30 landed 2");
    assert_int_equal(wire_due(bench.wire), INT64_MAX);
}

TEST(a_tap_at_an_end_sees_at_once_or_just_before_landing) {
    taps(0, 1);
    put(TW_CLIENT, 0);
    expect("0 seen0 1");
    put(TW_SERVER, 1);
    expect("1 seen1 2");
    turn(9);
    expect("");
    turn(11);
    expect("10 seen1 1; 10 landed 1; 11 seen0 2; 11 landed 2");
}

TEST(a_tap_that_is_off_tells_nothing) {
    taps(0.5, -1);
    wire_tap_on(bench.wire, false);
    put(TW_CLIENT, 0);
    turn(6);
    wire_tap_on(bench.wire, true);
    put(TW_CLIENT, 6);
    turn(100);
    expect("10 landed 1; 11 seen0 2; 16 landed 2");
}

TEST(without_delay_a_copy_is_seen_too) {
    wire_delay(bench.wire, TW_CLIENT, 0);
    taps(0, 0.5);
    doom(TW_CLIENT, TW_KIND_ANY, TW_FATE_DUPLICATE, false);
    put(TW_CLIENT, 3);
    turn(3);
    expect("3 seen0 1; 3 seen1 1; 3 landed 1; 3 seen1 2; 3 landed 2");
}

TEST(what_is_due_at_the_same_time_goes_by_id) {
    taps(0.5, -1);
    put(TW_SERVER, 0);
    put(TW_CLIENT, 0);
    put(TW_CLIENT, 0);
    turn(10);
    expect("5 seen0 1; 5 seen0 2; 5 seen0 3; 10 landed 1; 10 landed 2; 10 landed 3");
}

TEST(time_never_goes_back) {
    taps(0, -1);
    put(TW_CLIENT, 0);
    put(TW_CLIENT, 15);
    turn(20);
    expect("0 seen0 1; 15 seen0 2; 15 landed 1");
    put(TW_CLIENT, 12); // a clock that was set back
    assert_int_equal(flight(3)->left, 15 * TW_MILLISECOND);
    turn(30);
    expect("15 seen0 3; 25 landed 2; 25 landed 3");
}

TEST(what_leaves_later_does_not_overtake) {
    taps(0.5, -1);
    put(TW_CLIENT, 0);
    wire_delay(bench.wire, TW_CLIENT, TW_MILLISECOND);
    assert_int_equal(wire_delay_get(bench.wire, TW_CLIENT), TW_MILLISECOND);
    put(TW_CLIENT, 2);
    assert_int_equal(flight(2)->lands, 10 * TW_MILLISECOND);
    put(TW_SERVER, 2);
    turn(20);
    expect("5 seen0 1; 6 seen0 2; 7 seen0 3; 10 landed 1; 10 landed 2; 12 landed 3");
    put(TW_CLIENT, 20);
    turn(30);
    expect("20.5 seen0 4; 21 landed 4");
}

TEST(a_flight_knows_how_far_it_is) {
    put(TW_CLIENT, 0);
    turn(4);
    const struct tw_flight *f = flight(1);
    assert_true(f->at > 0.399 && f->at < 0.401);
    assert_int_equal(f->left, 0);
    assert_int_equal(f->from, TW_CLIENT);
    assert_false(f->copy || f->injected);
    turn(2);
    assert_true(flight(1)->at > 0.399);
}

TEST(a_tap_that_is_moved_sees_only_what_comes_by) {
    taps(0.3, -1);
    put(TW_CLIENT, 0);
    turn(5);
    expect("3 seen0 1");
    taps(0.8, 0.4);
    turn(20);
    expect("10 landed 1");
    taps(0.8, 0.4);
    put(TW_CLIENT, 20);
    turn(25);
    taps(0.8, 0.6);
    turn(40);
    expect("24 seen1 2; 28 seen0 2; 30 landed 2");
}

TEST(a_new_tap_sees_only_what_comes_by) {
    put(TW_CLIENT, 0);
    turn(5);
    taps(0, 0.7);
    turn(20);
    expect("7 seen1 1; 10 landed 1");
}

TEST(two_taps_may_be_at_one_place) {
    taps(0.5, 0.5);
    put(TW_CLIENT, 0);
    turn(20);
    expect("5 seen0 1; 5 seen1 1; 10 landed 1");
}

// --- Holds --------------------------------------------------------------------------------------

TEST(what_is_held_stops_just_before_it_lands) {
    taps(0.5, 1);
    hold(TW_CLIENT, TW_KIND_ANY, true);
    assert_true(wire_holding(bench.wire, TW_CLIENT));
    assert_false(wire_holding(bench.wire, TW_SERVER));
    put(TW_CLIENT, 0);
    put(TW_CLIENT, 1);
    put(TW_SERVER, 1);
    turn(20);
    expect("1 seen1 3; 5 seen0 1; 6 seen0 2; 6 seen0 3; 11 landed 3");
    assert_int_equal(flight(1)->lands, TW_NO_TIME);
    assert_true(flight(1)->at < 1 && flight(1)->at > 0.999);
    assert_int_equal(wire_due(bench.wire), INT64_MAX);
    hold(TW_CLIENT, TW_KIND_ANY, false);
    assert_int_equal(wire_due(bench.wire), 20 * TW_MILLISECOND);
    turn(30);
    expect("30 seen1 1; 30 landed 1; 30 seen1 2; 30 landed 2");
}

TEST(a_hold_takes_what_is_on_its_way) {
    put_kind(TW_CLIENT, 0, TW_KIND_SYN);
    put_kind(TW_CLIENT, 0, TW_KIND_ACK);
    hold(TW_CLIENT, TW_KIND_SYN, true);
    assert_false(wire_holding(bench.wire, TW_CLIENT));
    turn(20);
    expect("10 landed 2");
    put_kind(TW_CLIENT, 20, TW_KIND_SYN);
    turn(40);
    expect("");
    hold(TW_CLIENT, TW_KIND_ANY, false);
    turn(41);
    expect("41 landed 1; 41 landed 3");
}

TEST(one_rule_of_several_is_released) {
    hold(TW_CLIENT, TW_KIND_ANY, true);
    hold(TW_CLIENT, TW_KIND_FIN, true);
    put_kind(TW_CLIENT, 0, TW_KIND_FIN);
    hold(TW_CLIENT, TW_KIND_FIN, false);
    turn(20);
    expect("");
    hold(TW_CLIENT, TW_KIND_FIN, true);
    hold(TW_CLIENT, TW_KIND_ANY, false); // all of them
    turn(21);
    expect("21 landed 1");
}

TEST(what_is_released_early_lands_when_it_is_due) {
    hold(TW_CLIENT, TW_KIND_ANY, true);
    put(TW_CLIENT, 0);
    turn(5);
    hold(TW_CLIENT, TW_KIND_ANY, false);
    assert_int_equal(wire_due(bench.wire), 10 * TW_MILLISECOND);
    turn(8);
    turn(20);
    expect("10 landed 1");
}

TEST(what_is_released_lands_in_order_of_leaving) {
    wire_delay(bench.wire, TW_CLIENT, 30 * TW_MILLISECOND);
    hold(TW_CLIENT, TW_KIND_DATA, true);
    put(TW_CLIENT, 0);
    wire_delay(bench.wire, TW_CLIENT, TW_MILLISECOND);
    put(TW_CLIENT, 1);
    hold(TW_CLIENT, TW_KIND_DATA, false);
    put_kind(TW_CLIENT, 2, TW_KIND_ACK);
    turn(40);
    expect("30 landed 1; 30 landed 2; 30 landed 3");
}

TEST(what_leaves_after_a_release_does_not_overtake) {
    hold(TW_CLIENT, TW_KIND_ANY, true);
    put(TW_CLIENT, 0);
    turn(20);
    hold(TW_CLIENT, TW_KIND_ANY, false);
    wire_delay(bench.wire, TW_CLIENT, 0);
    put(TW_CLIENT, 25); // the wire hears only now how late it is
    turn(30);
    expect("25 landed 1; 25 landed 2");
}

// --- Fates --------------------------------------------------------------------------------------

TEST(a_drop_is_lost_behind_the_tap_when_it_would_have_landed) {
    taps(0.5, 1);
    put_kind(TW_CLIENT, 0, TW_KIND_SYN);
    put_kind(TW_CLIENT, 1, TW_KIND_SYN);
    doom(TW_CLIENT, TW_KIND_SYN, TW_FATE_DROP, false);
    turn(20);
    expect("5 seen0 1; 6 seen0 2; 10 lost 1; 11 seen1 2; 11 landed 2");
}

TEST(a_drop_is_remembered_for_the_next_that_matches) {
    taps(0, -1);
    doom(TW_CLIENT, TW_KIND_FIN, TW_FATE_DROP, false);
    put(TW_CLIENT, 0);
    put_kind(TW_SERVER, 0, TW_KIND_FIN);
    put_kind(TW_CLIENT, 1, TW_KIND_FIN);
    put_kind(TW_CLIENT, 2, TW_KIND_FIN);
    turn(20);
    expect("0 seen0 1; 1 seen0 3; 2 seen0 4; 10 landed 1; 10 seen0 2; 10 landed 2; 11 lost 3; "
           "12 landed 4");
}

TEST(every_one_is_dropped_those_on_their_way_too) {
    put(TW_CLIENT, 0);
    put(TW_CLIENT, 1);
    doom(TW_CLIENT, TW_KIND_DATA, TW_FATE_DROP, true);
    put(TW_CLIENT, 2);
    put_kind(TW_CLIENT, 3, TW_KIND_ACK);
    turn(20);
    expect("10 lost 1; 11 lost 2; 12 lost 3; 13 landed 4");
}

TEST(two_drops_are_of_two_segments) {
    put(TW_CLIENT, 0);
    doom(TW_CLIENT, TW_KIND_DATA, TW_FATE_DROP, false);
    doom(TW_CLIENT, TW_KIND_DATA, TW_FATE_DROP, false);
    put(TW_CLIENT, 1);
    put(TW_CLIENT, 2);
    turn(20);
    expect("10 lost 1; 11 lost 2; 12 landed 3");
}

TEST(a_held_one_is_dropped_at_once_the_oldest_first) {
    taps(0.5, 0.9);
    hold(TW_CLIENT, TW_KIND_ANY, true);
    put(TW_CLIENT, 0);
    put(TW_CLIENT, 0);
    turn(6);
    doom(TW_CLIENT, TW_KIND_DATA, TW_FATE_DROP, false);
    expect("5 seen0 1; 5 seen0 2; 6 lost 1");
    doom(TW_CLIENT, TW_KIND_DATA, TW_FATE_DROP, true);
    expect("6 lost 2");
    put(TW_CLIENT, 10); // it is no use to hold this one
    turn(30);
    expect("15 seen0 3; 19 seen1 3; 20 lost 3");
}

TEST(a_drop_of_what_does_not_move_is_at_once) {
    taps(0, 0.5);
    wire_delay(bench.wire, TW_CLIENT, TW_NO_TIME);
    doom(TW_CLIENT, TW_KIND_ANY, TW_FATE_DROP, false);
    put(TW_CLIENT, 1);
    expect("1 seen0 1; 1 lost 1");
}

TEST(what_is_delivered_by_hand_lands_though_it_was_to_be_dropped) {
    put(TW_CLIENT, 0);
    doom(TW_CLIENT, TW_KIND_ANY, TW_FATE_DROP, false);
    assert_true(by_hand(wire_deliver, 1, 1));
    expect("1 landed 1");
}

TEST(the_narrowest_rule_is_used_up_first) {
    doom(TW_CLIENT, TW_KIND_ANY, TW_FATE_DROP, false);
    doom(TW_CLIENT, TW_KIND_FIN, TW_FATE_DROP, false);
    put_kind(TW_CLIENT, 0, TW_KIND_FIN);
    put_kind(TW_CLIENT, 1, TW_KIND_ACK);
    put_kind(TW_CLIENT, 2, TW_KIND_ACK);
    turn(20);
    expect("10 lost 1; 11 lost 2; 12 landed 3");
}

TEST(what_is_dropped_does_not_change_places) {
    doom(TW_CLIENT, TW_KIND_ANY, TW_FATE_SWAP, false);
    doom(TW_CLIENT, TW_KIND_ANY, TW_FATE_DROP, false);
    put(TW_CLIENT, 0);
    put(TW_CLIENT, 1);
    put(TW_CLIENT, 2);
    turn(20);
    expect("10 lost 1; 12 landed 3; 12 landed 2");
}

TEST(the_next_is_duplicated_or_every_one) {
    doom(TW_CLIENT, TW_KIND_DATA, TW_FATE_DUPLICATE, false);
    put(TW_CLIENT, 0);
    put(TW_CLIENT, 0);
    turn(10);
    expect("10 landed 1; 10 landed 2; 10 landed 3");
    put(TW_CLIENT, 20);
    doom(TW_CLIENT, TW_KIND_DATA, TW_FATE_DUPLICATE, true);
    put(TW_CLIENT, 21);
    turn(40);
    expect("30 landed 4; 30 landed 5; 31 landed 6; 31 landed 7");
}

TEST(a_segment_is_duplicated_and_one_of_both_dropped) {
    doom(TW_CLIENT, TW_KIND_DATA, TW_FATE_DUPLICATE, false);
    doom(TW_CLIENT, TW_KIND_DATA, TW_FATE_DROP, false);
    put(TW_CLIENT, 0);
    turn(10);
    expect("10 lost 1; 10 landed 2");
    doom(TW_CLIENT, TW_KIND_DATA, TW_FATE_DUPLICATE, false);
    doom(TW_CLIENT, TW_KIND_DATA, TW_FATE_DROP, true); // copies too
    put(TW_CLIENT, 20);
    wire_delay(bench.wire, TW_CLIENT, TW_NO_TIME);
    turn(30);
    expect("30 lost 3; 30 lost 4");
}

TEST(the_next_changes_places_with_the_one_behind_it) {
    doom(TW_CLIENT, TW_KIND_DATA, TW_FATE_SWAP, false);
    put_kind(TW_CLIENT, 0, TW_KIND_ACK);
    put(TW_CLIENT, 1);
    put(TW_CLIENT, 2);
    put(TW_CLIENT, 3);
    turn(20);
    expect("10 landed 1; 12 landed 3; 12 landed 2; 13 landed 4");
}

TEST(every_two_change_places) {
    put(TW_CLIENT, 0);
    put(TW_CLIENT, 0);
    put(TW_CLIENT, 0);
    doom(TW_CLIENT, TW_KIND_DATA, TW_FATE_SWAP, true);
    put(TW_CLIENT, 0);
    put(TW_CLIENT, 0);
    put(TW_CLIENT, 0);
    turn(20);
    expect("10 landed 2; 10 landed 1; 10 landed 4; 10 landed 3; 10 landed 6; 10 landed 5");
}

TEST(nobody_has_that_address) {
    struct tw_segment segment = segment_of(TW_CLIENT, TW_KIND_SYN);
    segment.destination.octets[3] = 77;
    taps(1, -1);
    put_segment(TW_CLIENT, 0, &segment);
    turn(20);
    expect("10 seen0 1; 10 lost 1");
    segment.destination = lab_address(TW_CLIENT, 4); // its own: it did not come back
    put_segment(TW_CLIENT, 20, &segment);
    assert_true(by_hand(wire_deliver, 2, 21));
    expect("21 seen0 2; 21 lost 2");
}

// --- What is carried ----------------------------------------------------------------------------

TEST(only_tcp_is_carried) {
    const struct tw_segment segment = segment_of(TW_CLIENT, TW_KIND_SYN);
    uint8_t octets[STACK_MTU + 20], outer[20];
    const size_t length = forge_packet(&segment, octets);
    for (size_t cut = 0; cut < length; cut++)
        assert_int_equal(wire_put(bench.wire, TW_CLIENT, 0, octets, cut), TW_OK);
    octets[9] = 17; // UDP
    assert_int_equal(wire_put(bench.wire, TW_CLIENT, 0, octets, length), TW_OK);
    octets[9] = 6;
    octets[6] = 0x20; // a fragment
    assert_int_equal(wire_put(bench.wire, TW_CLIENT, 0, octets, length), TW_OK);
    octets[6] = 0x40;
    memcpy(outer, octets, sizeof outer);
    outer[9] = 4; // IP in IP
    outer[3] = (uint8_t)(length + sizeof outer);
    memmove(octets + sizeof outer, octets, length);
    memcpy(octets, outer, sizeof outer);
    assert_int_equal(wire_put(bench.wire, TW_CLIENT, 0, octets, length + sizeof outer), TW_OK);
    assert_int_equal(flying(), 0);
    turn(20);
    expect("");
}

TEST(ipv6_is_carried_like_ipv4) {
    bench.version = 6;
    taps(0.5, -1);
    put_kind(TW_CLIENT, 0, TW_KIND_SYN);
    put_kind(TW_SERVER, 0, TW_KIND_SYN_ACK);
    turn(20);
    expect("5 seen0 1; 5 seen0 2; 10 landed 1; 10 landed 2");
    assert_int_equal(bench.segment.version, 6);
    assert_int_equal(bench.segment.flags, TW_SYN | TW_ACK);
}

TEST(what_a_landing_sends_is_put_in_meanwhile) {
    bench.answers = true;
    taps(0, -1);
    put(TW_CLIENT, 0);
    put(TW_CLIENT, 1);
    turn(15);
    expect("0 seen0 1; 1 seen0 2; 10 landed 1; 11 landed 2");
    assert_int_equal(flying(), 200);
    assert_int_equal(flight(3)->left, 10 * TW_MILLISECOND);
    turn(20);
    assert_int_equal(flying(), 100);
    bench.told[bench.length = 0] = '\0';
    put(TW_CLIENT, 21);
    assert_true(by_hand(wire_deliver, 203, 21));
    assert_int_equal(flying(), 200);
}

TEST(the_number_of_flights_is_bounded) {
    const struct tw_segment segment = segment_of(TW_CLIENT, TW_KIND_ACK);
    uint8_t octets[STACK_MTU];
    const size_t length = forge_packet(&segment, octets);
    hold(TW_CLIENT, TW_KIND_ANY, true);
    for (unsigned i = 0; i < WIRE_FLIGHTS_MAX; i++)
        assert_int_equal(wire_put(bench.wire, TW_CLIENT, 0, octets, length), TW_OK);
    assert_int_equal(wire_put(bench.wire, TW_CLIENT, 0, octets, length), TW_MEMORY);
    assert_false(by_hand(wire_duplicate, 1, 1));
    const struct tw_lab_injection injection = {
        .from = TW_CLIENT, .tuple = {.version = 4}, .flags = TW_SYN};
    struct tw_error error;
    assert_int_equal(wire_inject(bench.wire, &injection, 0, &error), TW_MEMORY);
    assert_int_equal(flying(), WIRE_FLIGHTS_MAX);
    assert_true(by_hand(wire_drop, 1, 1));
    assert_int_equal(wire_put(bench.wire, TW_CLIENT, 1, octets, length), TW_OK);
}

TEST(kinds_are_told_by_flags_and_data) {
    static const struct {
        uint16_t flags;
        uint32_t length;
        const char *kinds;
    } cases[] = {
        {TW_SYN, 0, "any SYN"},
        {TW_SYN, 5, "any SYN"}, // Fast Open
        {TW_SYN | TW_ACK, 0, "any SYN,ACK"},
        {TW_ACK, 0, "any ACK"},
        {TW_ACK | TW_PSH, 5, "any DATA"},
        {TW_ACK | TW_FIN, 0, "any FIN"},
        {TW_ACK | TW_FIN, 5, "any DATA FIN"},
        {TW_RST, 0, "any RST"},
        {TW_RST | TW_ACK, 0, "any RST"},
        {0, 0, "any"},
    };
    for (size_t i = 0; i < TW_COUNT(cases); i++) {
        const struct tw_segment segment = {.flags = cases[i].flags, .length = cases[i].length};
        char kinds[64] = "";
        size_t length = 0;
        for (enum tw_kind kind = 0; kind < TW_KIND_COUNT; kind++) {
            if (tw_kind_matches(kind, &segment))
                length += (size_t)snprintf(kinds + length, sizeof kinds - length, "%s%s",
                                           length > 0 ? " " : "", tw_kind_name(kind));
        }
        assert_string_equal(kinds, cases[i].kinds);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        RUN(a_segment_passes_the_taps_on_its_path_and_lands),
        RUN(a_tap_at_an_end_sees_at_once_or_just_before_landing),
        RUN(a_tap_that_is_off_tells_nothing),
        RUN(without_delay_a_copy_is_seen_too),
        RUN(what_is_due_at_the_same_time_goes_by_id),
        RUN(time_never_goes_back),
        RUN(what_leaves_later_does_not_overtake),
        RUN(a_flight_knows_how_far_it_is),
        RUN(a_tap_that_is_moved_sees_only_what_comes_by),
        RUN(a_new_tap_sees_only_what_comes_by),
        RUN(two_taps_may_be_at_one_place),
        RUN(what_is_held_stops_just_before_it_lands),
        RUN(a_hold_takes_what_is_on_its_way),
        RUN(one_rule_of_several_is_released),
        RUN(what_is_released_early_lands_when_it_is_due),
        RUN(what_is_released_lands_in_order_of_leaving),
        RUN(what_leaves_after_a_release_does_not_overtake),
        RUN(a_drop_is_lost_behind_the_tap_when_it_would_have_landed),
        RUN(a_drop_is_remembered_for_the_next_that_matches),
        RUN(every_one_is_dropped_those_on_their_way_too),
        RUN(two_drops_are_of_two_segments),
        RUN(a_held_one_is_dropped_at_once_the_oldest_first),
        RUN(a_drop_of_what_does_not_move_is_at_once),
        RUN(what_is_delivered_by_hand_lands_though_it_was_to_be_dropped),
        RUN(the_narrowest_rule_is_used_up_first),
        RUN(what_is_dropped_does_not_change_places),
        RUN(the_next_is_duplicated_or_every_one),
        RUN(a_segment_is_duplicated_and_one_of_both_dropped),
        RUN(the_next_changes_places_with_the_one_behind_it),
        RUN(every_two_change_places),
        RUN(nobody_has_that_address),
        RUN(only_tcp_is_carried),
        RUN(ipv6_is_carried_like_ipv4),
        RUN(what_a_landing_sends_is_put_in_meanwhile),
        RUN(the_number_of_flights_is_bounded),
        RUN(kinds_are_told_by_flags_and_data),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
