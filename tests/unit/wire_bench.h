// SPDX-License-Identifier: MIT
// A wire on a bench: segments put in by one call, and what the wire told as one line of text,
// "MS seenTAP ID", "MS landed ID" and "MS lost ID" with "; " between.
#ifndef TESTS_UNIT_WIRE_BENCH_H
#define TESTS_UNIT_WIRE_BENCH_H

#include "src/lab/wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "src/lab/addresses.h"
#include "src/lab/forge.h"

enum { TOLD = 4096 };

static struct bench {
    struct wire *wire;
    char told[TOLD];
    size_t length;
    uint8_t version;
    enum tw_kind kind;       // of what put() puts in
    bool answers;            // what lands at the server is answered
    uint8_t last[STACK_MTU]; // the packet that was told of last
    size_t last_length;
    struct tw_segment segment;
    bool injected;
} bench;

static inline void tell(tw_time time, const char *what, const struct tw_flight *flight) {
    const size_t room = sizeof bench.told - bench.length;
    const int written =
        snprintf(bench.told + bench.length, room, "%s%g %s %u", bench.length > 0 ? "; " : "",
                 (double)time / (double)TW_MILLISECOND, what, (unsigned)flight->id);
    assert_true(written > 0 && (size_t)written < room);
    bench.length += (size_t)written;
    assert_true(flight->length <= sizeof bench.last);
    memcpy(bench.last, flight->octets, flight->length);
    bench.last_length = flight->length;
    bench.segment = flight->segment;
    bench.injected = flight->injected;
}

static inline struct tw_segment segment_of(enum tw_end from, enum tw_kind kind) {
    static const uint16_t flags[TW_KIND_COUNT] = {[TW_KIND_ANY] = TW_ACK,
                                                  [TW_KIND_SYN] = TW_SYN,
                                                  [TW_KIND_SYN_ACK] = TW_SYN | TW_ACK,
                                                  [TW_KIND_ACK] = TW_ACK,
                                                  [TW_KIND_DATA] = TW_PSH | TW_ACK,
                                                  [TW_KIND_FIN] = TW_FIN | TW_ACK,
                                                  [TW_KIND_RST] = TW_RST};
    return (struct tw_segment){.version = bench.version,
                               .source = lab_address(from, bench.version),
                               .destination = lab_address(tw_other(from), bench.version),
                               .source_port = from == TW_CLIENT ? 40000 : 80,
                               .destination_port = from == TW_CLIENT ? 80 : 40000,
                               .flags = flags[kind],
                               .length = kind == TW_KIND_DATA ? 10 : 0};
}

static inline void put_segment(enum tw_end from, tw_time ms, const struct tw_segment *segment) {
    uint8_t octets[STACK_MTU];
    const size_t length = forge_packet(segment, octets);
    assert_true(length > 0);
    assert_int_equal(wire_put(bench.wire, from, ms * TW_MILLISECOND, octets, length), TW_OK);
}

static inline void put_kind(enum tw_end from, tw_time ms, enum tw_kind kind) {
    const struct tw_segment segment = segment_of(from, kind);
    put_segment(from, ms, &segment);
}

static inline void put(enum tw_end from, tw_time ms) {
    put_kind(from, ms, TW_KIND_DATA);
}

static inline void told_seen(void *context, size_t tap, tw_time time,
                             const struct tw_flight *flight) {
    (void)context;
    tell(time, tap == 0 ? "seen0" : "seen1", flight);
}

static inline void told_landed(void *context, tw_time time, const struct tw_flight *flight) {
    (void)context;
    tell(time, "landed", flight);
    if (bench.answers && flight->from == TW_CLIENT) {
        for (int i = 0; i < 100; i++) // so many that the row has to grow meanwhile
            put(TW_SERVER, time / TW_MILLISECOND);
        assert_int_equal(flight->length, bench.last_length); // it is still there
        assert_memory_equal(flight->octets, bench.last, flight->length);
    }
}

static inline void told_lost(void *context, tw_time time, const struct tw_flight *flight) {
    (void)context;
    tell(time, "lost", flight);
}

static inline int setup(void **state) {
    (void)state;
    const struct wire_events events = {NULL, told_seen, told_landed, told_lost};
    memset(&bench, 0, sizeof bench);
    bench.version = 4;
    bench.wire = wire_new(&events);
    if (bench.wire == NULL)
        return -1;
    wire_delay(bench.wire, TW_CLIENT, 10 * TW_MILLISECOND);
    wire_delay(bench.wire, TW_SERVER, 10 * TW_MILLISECOND);
    return 0;
}

static inline int teardown(void **state) {
    (void)state;
    wire_free(bench.wire);
    return 0;
}

// What was told since the last look.
#define expect(text)                                                                               \
    do {                                                                                           \
        assert_string_equal(bench.told, text);                                                     \
        bench.told[bench.length = 0] = '\0';                                                       \
    } while (0)

static inline void turn(tw_time ms) {
    wire_turn(bench.wire, ms * TW_MILLISECOND);
}

static inline void taps(double first, double second) {
    const double places[WIRE_TAPS] = {first, second};
    wire_taps(bench.wire, places, second < 0 ? 1 : 2);
}

static inline const struct tw_flight *flight(uint64_t id) {
    size_t count;
    const struct tw_flight *flights = wire_flights(bench.wire, &count);
    for (size_t i = 0; i < count; i++) {
        if (flights[i].id == id)
            return &flights[i];
    }
    return NULL;
}

static inline size_t flying(void) {
    size_t count;
    (void)wire_flights(bench.wire, &count);
    return count;
}

static inline bool by_hand(bool (*what)(struct wire *, uint64_t, tw_time), uint64_t id,
                           tw_time ms) {
    return what(bench.wire, id, ms * TW_MILLISECOND);
}

static inline bool move(uint64_t id, double at, tw_time ms) {
    return wire_move(bench.wire, id, at, ms * TW_MILLISECOND);
}

static inline void hold(enum tw_end from, enum tw_kind kind, bool on) {
    wire_hold(bench.wire, from, kind, on);
}

static inline void doom(enum tw_end from, enum tw_kind kind, enum tw_lab_fate fate, bool every) {
    wire_doom(bench.wire, from, kind, fate, every);
}

#define TEST(name) static void name(void **unused_state __attribute__((unused)))
#define RUN(name)  cmocka_unit_test_setup_teardown(name, setup, teardown)

#endif
