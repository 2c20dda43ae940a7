// SPDX-License-Identifier: MIT
// The wire between the two stacks: segments on their way, as a pure function of what is put in and
// of the clock that is told. It knows no sockets and no files.
#ifndef TCPWALK_LAB_WIRE_H
#define TCPWALK_LAB_WIRE_H

#include "tcpwalk/lab.h"

enum { WIRE_TAPS = 2, WIRE_FLIGHTS_MAX = 65536 };

// What the wire tells. `landed`: it is put into the stack of the other end; what that sends in
// answer is put into the wire behind the call. `lost`: it was dropped, or nobody has its address.
// Of what is called while it tells, only wire_put may be called. `time` never goes back.
struct wire_events {
    void *context;
    void (*seen)(void *context, size_t tap, tw_time time, const struct tw_flight *flight);
    void (*landed)(void *context, tw_time time, const struct tw_flight *flight);
    void (*lost)(void *context, tw_time time, const struct tw_flight *flight);
};

struct wire;

struct wire *wire_new(const struct wire_events *events) TW_CHECKED; // NULL when out of memory
void wire_free(struct wire *wire);
// Of what leaves from now on. With TW_NO_TIME it stays at 0, where a tap at its sender's end sees
// it, until it is moved or delivered. What leaves later does not overtake, even if it is faster.
void wire_delay(struct wire *wire, enum tw_end from, tw_time delay);
tw_time wire_delay_get(const struct wire *wire, enum tw_end from);
// At most WIRE_TAPS. What is beyond a tap's new place was not seen there; none is seen twice.
void wire_taps(struct wire *wire, const double *places, size_t count);
void wire_tap_on(struct wire *wire, bool on);
// Rules: what matches one of its end does not land. `hold` false takes one away, with TW_KIND_ANY
// all of them; what is held no longer goes on in order of leaving.
void wire_hold(struct wire *wire, enum tw_end from, enum tw_kind kind, bool hold);
bool wire_holding(const struct wire *wire, enum tw_end from); // everything from there
// What is to be dropped is lost where it would have landed, behind all taps but one at the
// receiver's end; at once if it is held by then. What leaves doomed is not held.
void wire_doom(struct wire *wire, enum tw_end from, enum tw_kind kind, enum tw_lab_fate fate,
               bool every);

// A stack sent an IP packet. What is no TCP over IPv4 or IPv6 is not carried. Copied. TW_MEMORY,
// also when more than WIRE_FLIGHTS_MAX are on their way.
enum tw_status wire_put(struct wire *wire, enum tw_end from, tw_time now, const uint8_t *octets,
                        size_t length) TW_CHECKED;
// Builds a segment of one's own and puts it on its way. TW_USAGE when a number needs a connection
// that the wire has not seen. It leaves no trace in what the wire has seen of a stack.
enum tw_status wire_inject(struct wire *wire, const struct tw_lab_injection *injection, tw_time now,
                           struct tw_error *error) TW_CHECKED;
// Moves all that is due by `now`, in the order in which it is due.
void wire_turn(struct wire *wire, tw_time now);
// When something is due next; INT64_MAX: nothing.
tw_time wire_due(const struct wire *wire);

// In order of leaving, but for what has changed places and for copies, which are behind the first.
// Lent until something is done to the wire.
const struct tw_flight *wire_flights(const struct wire *wire, size_t *count);
// By hand; false where there is no such flight. Whatever holds or dooms it, it lands.
bool wire_deliver(struct wire *wire, uint64_t id, tw_time now);
bool wire_drop(struct wire *wire, uint64_t id, tw_time now);
bool wire_duplicate(struct wire *wire, uint64_t id, tw_time now);
// With the next one from the same end, even if that has not left yet: it lands behind that.
bool wire_swap(struct wire *wire, uint64_t id, tw_time now);
// There it stays, though what holds is released, until it is moved further, delivered or dropped.
// It never goes back.
bool wire_move(struct wire *wire, uint64_t id, double at, tw_time now);

#endif
