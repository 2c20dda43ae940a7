// SPDX-License-Identifier: MIT
// Proves that the pump tells where packets are missing before what came behind them, counts what
// snaplen took of headers and nothing else, and follows a clock that was set back.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "decode_packets.h"

#include "cli/pump.h"

enum { ETHERNET = 1 };

static struct pump pump;

static int begin(void **state) {
    (void)state;
    static const struct tw_observer nobody;
    pump = (struct pump){.tracker = tw_tracker_new(&(struct tw_tracker_options){0}, &nobody)};
    return pump.tracker != NULL ? 0 : -1;
}

static int end(void **state) {
    (void)state;
    tw_tracker_free(pump.tracker);
    return 0;
}

// The segment of decode_packets.h, of which `captured` octets are there; 0: all.
static void take(tw_time time, uint64_t gap, uint32_t captured) {
    static uint8_t octets[ROOM];
    const uint32_t length = build(ETHER("0800") IN4, octets);
    const struct tw_packet packet = {
        .number = pump.counts.packets + 1,
        .time = time,
        .octets = octets,
        .captured = captured > 0 ? captured : length,
        .length = length,
        .linktype = ETHERNET,
        .gap = gap,
    };
    pump_take(&pump, &packet);
}

static void gaps(void **state) {
    (void)state;
    take(1 * TW_SECOND, 0, 0);
    take(2 * TW_SECOND, 0, 0);
    assert_int_equal(pump.pending, 2);
    // What came before it has been fed, what comes with it has not.
    take(3 * TW_SECOND, 7, 0);
    assert_int_equal(pump.pending, 1);
    take(4 * TW_SECOND, 0, 0);
    assert_int_equal(pump.pending, 2);
    take(5 * TW_SECOND, 3, 0);
    assert_int_equal(pump.pending, 1);
    pump_flush(&pump);
    assert_int_equal(pump.lost, 0);
    struct tw_tracker_counts counts;
    tw_tracker_counts_get(pump.tracker, &counts);
    assert_int_equal(counts.segments, 5);
    assert_int_equal(counts.connections, 1); // each is the one that was taken
}

static void headers_cut(void **state) {
    (void)state;
    enum { IP = 14, TCP_AT = 14 + 20, OPTIONS = TCP_AT + 20, DATA = TCP_AT + HEADER };
    static const struct {
        uint32_t captured;
        bool cut;
    } cases[] = {
        {0, false},        // whole
        {DATA + 1, false}, // data only
        {DATA, false},       {DATA - 1, true},
        {OPTIONS, true},     {TCP_AT + 14, true}, // still decoded
        {TCP_AT + 13, true},                      // not any more
        {IP + 3, true},
    };
    for (size_t i = 0; i < TW_COUNT(cases); i++) {
        const uint64_t before = pump.counts.cut;
        take((tw_time)i * TW_SECOND, 0, cases[i].captured);
        assert_int_equal(pump.counts.cut - before, cases[i].cut);
    }
    assert_int_equal(pump.counts.malformed, 2);
    // What does not parse and is whole was not cut.
    static const uint8_t octets[] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x08, 0x00, 0x45};
    const struct tw_packet packet = {
        .octets = octets, .captured = sizeof octets, .length = sizeof octets, .linktype = ETHERNET};
    const uint64_t before = pump.counts.cut;
    pump_take(&pump, &packet);
    assert_int_equal(pump.counts.malformed, 3);
    assert_int_equal(pump.counts.cut, before);
}

static void clock_set_back(void **state) {
    (void)state;
    take(1000 * TW_SECOND, 0, 0);
    take(999 * TW_SECOND, 0, 0); // packets in disorder
    assert_int_equal(pump.last, 1000 * TW_SECOND);
    take(100 * TW_SECOND, 0, 0);
    assert_int_equal(pump.last, 100 * TW_SECOND);
    take(101 * TW_SECOND, 0, 0);
    assert_int_equal(pump.last, 101 * TW_SECOND);
}

int main(void) {
    (void)packets; // the decoder's own test reads these
    (void)others;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(gaps, begin, end),
        cmocka_unit_test_setup_teardown(headers_cut, begin, end),
        cmocka_unit_test_setup_teardown(clock_set_back, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
