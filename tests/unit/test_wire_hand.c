// SPDX-License-Identifier: MIT
// Proves what is done by hand to segments on the wire, and what holds whatever is done to it.
#include "wire_bench.h"

// --- By hand ------------------------------------------------------------------------------------

TEST(what_is_delivered_overtakes_and_passes_the_taps_first) {
    taps(0.4, 1);
    hold(TW_CLIENT, TW_KIND_ANY, true);
    put(TW_CLIENT, 0);
    put(TW_CLIENT, 2);
    assert_true(by_hand(wire_deliver, 2, 3));
    expect("3 seen0 2; 3 seen1 2; 3 landed 2");
    assert_false(by_hand(wire_deliver, 2, 3));
    assert_true(by_hand(wire_deliver, 1, 6)); // it came by the tap at 4
    expect("4 seen0 1; 6 seen1 1; 6 landed 1");
    assert_int_equal(flying(), 0);
}

TEST(what_is_dropped_is_gone) {
    taps(0.4, 0.8);
    put(TW_CLIENT, 0);
    assert_true(by_hand(wire_drop, 1, 5));
    expect("4 seen0 1; 5 lost 1");
    assert_false(by_hand(wire_drop, 1, 5) || by_hand(wire_duplicate, 1, 5) ||
                 by_hand(wire_swap, 1, 5) || move(1, 0.5, 5));
    turn(20);
    expect("");
}

TEST(a_copy_comes_right_behind_the_first) {
    taps(0.2, 0.5);
    put(TW_CLIENT, 0);
    put(TW_CLIENT, 0);
    turn(3);
    expect("2 seen0 1; 2 seen0 2");
    assert_true(by_hand(wire_duplicate, 1, 3));
    const struct tw_flight *c = flight(3), *f = flight(1);
    assert_true(c->copy && !f->copy);
    assert_int_equal(c->lands, f->lands);
    assert_ptr_not_equal(c->octets, f->octets);
    assert_int_equal(c->length, f->length);
    assert_memory_equal(c->octets, f->octets, c->length);
    turn(20);
    expect("5 seen1 1; 5 seen1 3; 5 seen1 2; 10 landed 1; 10 landed 3; 10 landed 2");
}

TEST(a_copy_of_what_is_held_is_held) {
    hold(TW_CLIENT, TW_KIND_ANY, true);
    put(TW_CLIENT, 0);
    put(TW_CLIENT, 0);
    assert_true(by_hand(wire_duplicate, 1, 1));
    turn(20);
    expect("");
    assert_int_equal(flight(3)->lands, TW_NO_TIME);
    hold(TW_CLIENT, TW_KIND_ANY, false);
    turn(20);
    expect("20 landed 1; 20 landed 3; 20 landed 2");
}

TEST(two_on_their_way_change_places) {
    taps(0.5, -1);
    put(TW_CLIENT, 0);
    put(TW_SERVER, 1);
    put(TW_CLIENT, 6);
    turn(6);
    assert_true(by_hand(wire_swap, 1, 6));
    assert_int_equal(flight(1)->lands, 16 * TW_MILLISECOND);
    assert_int_equal(flight(3)->lands, 10 * TW_MILLISECOND);
    turn(20);
    expect("5 seen0 1; 6 seen0 2; 8 seen0 3; 10 landed 3; 11 landed 2; 16 landed 1");
}

TEST(changing_places_twice_changes_nothing) {
    put(TW_CLIENT, 0);
    put(TW_CLIENT, 0);
    put(TW_CLIENT, 0);
    assert_true(by_hand(wire_swap, 1, 0)); // 2 1 3
    assert_true(by_hand(wire_swap, 2, 0)); // 1 2 3
    turn(20);
    expect("10 landed 1; 10 landed 2; 10 landed 3");
    put(TW_CLIENT, 20);
    put(TW_CLIENT, 20);
    put(TW_CLIENT, 20);
    assert_true(by_hand(wire_swap, 4, 20)); // 5 4 6
    assert_true(by_hand(wire_swap, 4, 20)); // 5 6 4
    turn(40);
    expect("30 landed 5; 30 landed 6; 30 landed 4");
    hold(TW_CLIENT, TW_KIND_ANY, true);
    put(TW_CLIENT, 40);
    put(TW_CLIENT, 40);
    assert_true(by_hand(wire_swap, 7, 40));
    assert_true(by_hand(wire_swap, 8, 40));
    hold(TW_CLIENT, TW_KIND_ANY, false);
    turn(50);
    expect("50 landed 7; 50 landed 8");
}

TEST(a_change_of_places_waits_for_the_next_one) {
    put(TW_CLIENT, 0);
    assert_true(by_hand(wire_swap, 1, 0));
    assert_int_equal(flight(1)->lands, TW_NO_TIME);
    turn(100);
    expect("");
    put(TW_SERVER, 100); // that is from the other end
    put(TW_CLIENT, 100);
    put(TW_CLIENT, 100);
    turn(200);
    expect("110 landed 2; 110 landed 3; 110 landed 1; 110 landed 4");
}

TEST(held_ones_that_change_places_are_released_in_that_order) {
    hold(TW_CLIENT, TW_KIND_ANY, true);
    put(TW_CLIENT, 0);
    put(TW_CLIENT, 1);
    assert_true(by_hand(wire_swap, 1, 2));
    turn(20);
    hold(TW_CLIENT, TW_KIND_ANY, false);
    turn(21);
    expect("21 landed 2; 21 landed 1");
}

TEST(it_does_not_land_before_a_held_one_that_it_changed_places_with) {
    hold(TW_CLIENT, TW_KIND_FIN, true);
    put(TW_CLIENT, 0);
    put_kind(TW_CLIENT, 1, TW_KIND_FIN);
    assert_true(by_hand(wire_swap, 1, 2));
    turn(20);
    expect("");
    assert_true(by_hand(wire_deliver, 2, 21));
    turn(22);
    expect("21 landed 2; 21 landed 1");
    // Nor if the hold comes afterwards; when the other one is dropped it is free.
    hold(TW_CLIENT, TW_KIND_FIN, false);
    put(TW_CLIENT, 30);
    put_kind(TW_CLIENT, 31, TW_KIND_FIN);
    assert_true(by_hand(wire_swap, 3, 32));
    hold(TW_CLIENT, TW_KIND_FIN, true);
    turn(60);
    expect("");
    assert_true(by_hand(wire_drop, 4, 61));
    turn(62);
    expect("61 lost 4; 61 landed 3");
}

TEST(a_copy_of_one_that_waits_waits_too) {
    put(TW_CLIENT, 0);
    assert_true(by_hand(wire_swap, 1, 0));
    assert_true(by_hand(wire_duplicate, 1, 1));
    turn(50);
    expect("");
    put(TW_CLIENT, 50);
    turn(70);
    expect("60 landed 3; 60 landed 1; 60 landed 2");
}

TEST(what_is_moved_stays_where_it_is_put) {
    taps(0.3, 1);
    put(TW_CLIENT, 0);
    assert_true(move(1, 0.5, 1));
    expect("1 seen0 1");
    assert_int_equal(flight(1)->lands, TW_NO_TIME);
    turn(50);
    assert_true(move(1, 0.2, 51)); // it never goes back
    assert_true(flight(1)->at > 0.499 && flight(1)->at < 0.501);
    hold(TW_CLIENT, TW_KIND_ANY, false);
    turn(52);
    assert_int_equal(wire_due(bench.wire), INT64_MAX);
    expect("");
    put(TW_CLIENT, 52); // and is overtaken
    turn(70);
    expect("55 seen0 2; 62 seen1 2; 62 landed 2");
    assert_true(move(1, 1, 71));
    expect("71 seen1 1; 71 landed 1");
}

TEST(what_is_moved_keeps_nothing_behind_it) {
    put(TW_CLIENT, 0);
    assert_true(move(1, 0.5, 1));
    wire_delay(bench.wire, TW_CLIENT, TW_MILLISECOND);
    put(TW_CLIENT, 2);
    assert_int_equal(flight(2)->lands, 3 * TW_MILLISECOND);
}

TEST(a_move_is_from_where_it_has_come_by_itself) {
    put(TW_CLIENT, 0);
    assert_true(move(1, 0.1, 6));
    assert_true(flight(1)->at > 0.599 && flight(1)->at < 0.601);
}

TEST(without_a_time_nothing_moves_by_itself) {
    taps(0, 0.5);
    wire_delay(bench.wire, TW_CLIENT, TW_NO_TIME);
    assert_int_equal(wire_delay_get(bench.wire, TW_CLIENT), TW_NO_TIME);
    put(TW_CLIENT, 0);
    put(TW_CLIENT, 1);
    put(TW_CLIENT, 2);
    expect("0 seen0 1; 1 seen0 2; 2 seen0 3");
    turn(1000);
    assert_int_equal(wire_due(bench.wire), INT64_MAX);
    expect("");
    assert_true(move(2, 0.7, 1001));
    assert_true(by_hand(wire_deliver, 3, 1002));
    assert_true(move(2, 1.5, 1003));
    expect("1001 seen1 2; 1002 seen1 3; 1002 landed 3; 1003 landed 2");
    wire_delay(bench.wire, TW_CLIENT, TW_MILLISECOND);
    turn(2000); // not even now
    assert_int_equal(flying(), 1);
}

// --- Random commands ----------------------------------------------------------------------------

enum { RANDOM_RUNS = 300, RANDOM_STEPS = 300, RANDOM_FLIGHTS = 4096 };

static struct random_log {
    struct wire *wire;
    uint32_t seed;
    tw_time told;
    uint64_t highest; // id
    struct {
        bool over, seen[WIRE_TAPS];
        double at; // the last tap's place on its path
    } flight[RANDOM_FLIGHTS];
    double places[WIRE_TAPS];
    size_t overs;
    bool moved; // a tap, so that places on a path cannot be compared
} random_log;

static uint32_t rnd(uint32_t below) { // xorshift32 (Marsaglia 2003)
    random_log.seed ^= random_log.seed << 13;
    random_log.seed ^= random_log.seed >> 17;
    random_log.seed ^= random_log.seed << 5;
    return random_log.seed % below;
}

static void random_time(tw_time time, const struct tw_flight *f) {
    assert_true(time >= random_log.told && time >= f->left);
    assert_true(f->id > 0 && f->id < RANDOM_FLIGHTS);
    random_log.told = time;
}

static void random_seen(void *context, size_t tap, tw_time time, const struct tw_flight *f) {
    (void)context;
    random_time(time, f);
    assert_false(random_log.flight[f->id].over);
    assert_false(random_log.flight[f->id].seen[tap]);
    random_log.flight[f->id].seen[tap] = true;
    const double at = f->from == TW_CLIENT ? random_log.places[tap] : 1 - random_log.places[tap];
    assert_true(random_log.moved || at >= random_log.flight[f->id].at);
    random_log.flight[f->id].at = at;
}

static void random_over(tw_time time, const struct tw_flight *f) {
    random_time(time, f);
    assert_false(random_log.flight[f->id].over);
    random_log.flight[f->id].over = true;
    random_log.overs++;
}

static void random_put(enum tw_end from, tw_time now) {
    const struct tw_segment segment = segment_of(from, (enum tw_kind)rnd(TW_KIND_COUNT));
    uint8_t octets[STACK_MTU];
    const size_t length = forge_packet(&segment, octets);
    assert_int_equal(wire_put(random_log.wire, from, now, octets, length), TW_OK);
}

static void random_landed(void *context, tw_time time, const struct tw_flight *f) {
    (void)context;
    random_over(time, f);
    if (rnd(4) == 0)
        random_put(tw_other(f->from), time);
}

static void random_lost(void *context, tw_time time, const struct tw_flight *f) {
    (void)context;
    random_over(time, f);
}

static void random_taps(void) {
    for (size_t i = 0; i < WIRE_TAPS; i++)
        random_log.places[i] = rnd(5) / 4.0;
    wire_taps(random_log.wire, random_log.places, WIRE_TAPS);
}

static void random_command(tw_time now) {
    struct wire *w = random_log.wire;
    size_t count;
    const struct tw_flight *flights = wire_flights(w, &count);
    const uint64_t id = count > 0 ? flights[rnd((uint32_t)count)].id : 1;
    const enum tw_end end = (enum tw_end)rnd(TW_END_COUNT);
    const enum tw_kind kind = (enum tw_kind)rnd(TW_KIND_COUNT);
    switch (rnd(20)) {
    case 0: assert_int_equal(wire_deliver(w, id, now), count > 0); break;
    case 1: assert_int_equal(wire_drop(w, id, now), count > 0); break;
    case 2: assert_int_equal(wire_duplicate(w, id, now), count > 0); break;
    case 3: assert_int_equal(wire_swap(w, id, now), count > 0); break;
    case 4: assert_int_equal(wire_move(w, id, rnd(8) / 6.0, now), count > 0); break;
    case 5: wire_hold(w, end, kind, rnd(3) == 0); break;
    case 6: wire_doom(w, end, kind, (enum tw_lab_fate)rnd(TW_FATE_COUNT), rnd(40) == 0); break;
    case 7: wire_delay(w, end, rnd(9) == 0 ? TW_NO_TIME : (tw_time)rnd(40)); break;
    case 8: wire_tap_on(w, rnd(4) != 0); break;
    case 9:
        if (random_log.moved)
            random_taps();
        break;
    case 10:
    case 11:
    case 12:
    case 13:
    case 14: wire_turn(w, now); break;
    default: random_put(end, now); break;
    }
}

static void random_check(void) {
    size_t count, open = 0;
    const struct tw_flight *flights = wire_flights(random_log.wire, &count);
    for (size_t i = 0; i < count; i++) {
        const struct tw_flight *f = &flights[i];
        assert_true(f->id > 0 && f->id < RANDOM_FLIGHTS);
        assert_false(random_log.flight[f->id].over);
        assert_true(f->at >= 0 && f->at < 1);
        assert_true(f->octets != NULL && f->length > 0);
        if (f->id > random_log.highest)
            random_log.highest = f->id;
        open++;
    }
    assert_true(open + random_log.overs >= random_log.highest);
}

TEST(each_flight_ends_once_whatever_is_done) {
    const struct wire_events events = {NULL, random_seen, random_landed, random_lost};
    for (uint32_t run = 0; run < RANDOM_RUNS; run++) {
        memset(&random_log, 0, sizeof random_log);
        random_log.seed = run + 1;
        random_log.moved = run % 3 == 0;
        bench.version = run % 2 == 0 ? 4 : 6;
        random_log.wire = wire_new(&events);
        assert_non_null(random_log.wire);
        random_taps();
        tw_time now = 0;
        for (unsigned step = 0; step < RANDOM_STEPS; step++) {
            random_command(now);
            random_check();
            now += rnd(10);
        }
        // What nothing holds lands; the rest can be delivered.
        struct wire *w = random_log.wire;
        wire_hold(w, TW_CLIENT, TW_KIND_ANY, false);
        wire_hold(w, TW_SERVER, TW_KIND_ANY, false);
        for (size_t count = 1; count > 0;) {
            now += TW_SECOND;
            wire_turn(w, now);
            assert_true(wire_due(w) > now);
            const struct tw_flight *flights = wire_flights(w, &count);
            if (count > 0) {
                assert_true(flights[0].lands == TW_NO_TIME || flights[0].lands > now);
                assert_true(wire_drop(w, flights[0].id, now));
            }
        }
        uint64_t last = 0;
        for (uint64_t id = 1; id < RANDOM_FLIGHTS; id++) {
            if (random_log.flight[id].over)
                last = id;
        }
        assert_int_equal(random_log.overs, last); // all of them, from 1 on
        wire_free(w);
    }
}

static struct order_log {
    uint64_t landed[TW_END_COUNT], seen[TW_END_COUNT];
    unsigned overs;
} order_log;

static void order_seen(void *context, size_t tap, tw_time time, const struct tw_flight *f) {
    (void)context, (void)tap, (void)time;
    assert_true(f->id > order_log.seen[f->from]);
    order_log.seen[f->from] = f->id;
}

static void order_landed(void *context, tw_time time, const struct tw_flight *f) {
    (void)context, (void)time;
    assert_true(f->id > order_log.landed[f->from]);
    order_log.landed[f->from] = f->id;
    order_log.overs++;
}

TEST(nothing_changes_places_unless_it_is_told_to) {
    const struct wire_events events = {NULL, order_seen, order_landed, order_landed};
    for (uint32_t run = 0; run < RANDOM_RUNS; run++) {
        memset(&order_log, 0, sizeof order_log);
        random_log.seed = run + 1;
        random_log.wire = wire_new(&events);
        assert_non_null(random_log.wire);
        const double place = rnd(9) / 8.0;
        wire_taps(random_log.wire, &place, 1);
        unsigned puts = 0;
        tw_time now = 0;
        for (unsigned step = 0; step < RANDOM_STEPS; step++, now += rnd(10)) {
            const enum tw_end end = (enum tw_end)rnd(TW_END_COUNT);
            switch (rnd(8)) {
            case 0: wire_delay(random_log.wire, end, rnd(80)); break;
            case 1: wire_hold(random_log.wire, end, TW_KIND_ANY, rnd(2) == 0); break;
            case 2:
            case 3: wire_turn(random_log.wire, now); break;
            default:
                random_put(end, now);
                puts++;
                break;
            }
        }
        wire_hold(random_log.wire, TW_CLIENT, TW_KIND_ANY, false);
        wire_hold(random_log.wire, TW_SERVER, TW_KIND_ANY, false);
        wire_turn(random_log.wire, now + TW_SECOND);
        assert_int_equal(order_log.overs, puts);
        wire_free(random_log.wire);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        RUN(what_is_delivered_overtakes_and_passes_the_taps_first),
        RUN(what_is_dropped_is_gone),
        RUN(a_copy_comes_right_behind_the_first),
        RUN(a_copy_of_what_is_held_is_held),
        RUN(two_on_their_way_change_places),
        RUN(changing_places_twice_changes_nothing),
        RUN(a_change_of_places_waits_for_the_next_one),
        RUN(held_ones_that_change_places_are_released_in_that_order),
        RUN(it_does_not_land_before_a_held_one_that_it_changed_places_with),
        RUN(a_copy_of_one_that_waits_waits_too),
        RUN(what_is_moved_stays_where_it_is_put),
        RUN(what_is_moved_keeps_nothing_behind_it),
        RUN(a_move_is_from_where_it_has_come_by_itself),
        RUN(without_a_time_nothing_moves_by_itself),
        RUN(each_flight_ends_once_whatever_is_done),
        RUN(nothing_changes_places_unless_it_is_told_to),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
