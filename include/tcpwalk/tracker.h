// SPDX-License-Identifier: MIT
// The tracker: segments in, connections walking through their states out. It owns no clock, no
// files and prints nothing; time comes in with the segments and through tw_tracker_advance.
#ifndef TCPWALK_TRACKER_H
#define TCPWALK_TRACKER_H

#include "tcpwalk/connection.h"

// A state change of one end.
struct tw_transition {
    enum tw_end end;
    enum tw_state from, to;
    bool passes;           // FIN-WAIT-2 or ESTABLISHED was entered and left by the same segment:
    enum tw_state through; // that state
    enum tw_event event;   // with `from` (or `through`) the cell of the table
    enum tw_basis basis;
    uint64_t packet;     // that caused it; 0 for a timer
    uint64_t decided_by; // that decided it; 0 where nothing did (assumed)
    tw_time time;        // when it happened at that end: of sending, of landing
    const struct tw_cell *cell;
};

// Assumed steps taken back: the end's history was `was` behind `kept` steps, and is `now`.
struct tw_correction {
    enum tw_end end;
    size_t was_count, now_count;
    const enum tw_state *was, *now;
    uint64_t packet; // that showed it
    tw_time time;
    const char *why;
};

#define TW_FINDING_LIST(X)                                                                         \
    X(RETRANSMISSION, "retransmission", N_("sent again"))                                          \
    X(DUPLICATE, "duplicate", N_("the same segment captured twice"))                               \
    X(OUT_OF_ORDER, "out-of-order", N_("arrived after segments that were sent later"))             \
    X(GAP, "gap", N_("octets before this segment were not captured"))                              \
    X(ACKED_UNSEEN, "acked-unseen", N_("acknowledges octets that were not captured"))              \
    X(CAPTURE_LOSS, "capture-loss",                                                                \
      N_("the capture has lost packets here: what they did is not known"))                         \
    X(RST_REFUSED, "rst-refused", N_("a RST that its receiver does not accept"))                   \
    X(CHALLENGE, "challenge",                                                                      \
      N_("a SYN or RST into a live connection, answered by a challenge ACK"))                      \
    X(KEEPALIVE, "keepalive", N_("a keepalive probe, one octet below what is expected"))           \
    X(WINDOW_PROBE, "window-probe", N_("a probe of a window that is closed"))                      \
    X(ZERO_WINDOW, "zero-window", N_("the receiver has no room"))                                  \
    X(ODD, "odd", N_("nothing in the table fits"))                                                 \
    X(CLOCK_BACK, "clock-back", N_("the capture's clock stepped back"))                            \
    X(OPTIONS, "malformed-options", N_("TCP options do not parse"))

enum tw_finding_kind {
#define X(id, name, text) TW_FINDING_##id,
    TW_FINDING_LIST(X)
#undef X
        TW_FINDING_COUNT
};

struct tw_finding {
    enum tw_finding_kind kind;
    enum tw_end end; // the sender
    uint64_t packet;
    tw_time time;
    enum tw_state state; // for ODD: where, and what happened
    enum tw_event event;
};
const char *tw_finding_name(enum tw_finding_kind kind);
const char *tw_finding_text(enum tw_finding_kind kind);

// What a reader of the tracker is told, in order. Any member may be NULL. A sender's transition
// comes after its segment; a receiver's when its landing time has passed, its proof came, or the
// input ended. `over` comes once per connection, last; the connection is freed after it.
struct tw_observer {
    void *context;
    void (*segment)(void *context, const struct tw_connection *connection, enum tw_end sender,
                    const struct tw_segment *segment);
    void (*transition)(void *context, const struct tw_connection *connection,
                       const struct tw_transition *transition);
    // `proves` had landed when `packet` was sent by `end`.
    void (*proof)(void *context, const struct tw_connection *connection, enum tw_end end,
                  uint64_t packet, tw_time time, uint64_t proves);
    void (*correction)(void *context, const struct tw_connection *connection,
                       const struct tw_correction *correction);
    void (*finding)(void *context, const struct tw_connection *connection,
                    const struct tw_finding *finding);
    void (*over)(void *context, const struct tw_connection *connection);
};

struct tw_tracker_options {
    const struct tw_profile *profile; // NULL: linux
    size_t memory_limit;              // octets for connections; 0: none
    bool key_vlan;                    // VLAN tags are part of a connection's key
    uint64_t hash_key[2];             // random, from the caller
};

struct tw_tracker_counts {
    uint64_t segments, connections, alive, evicted;
    uint64_t states[TW_STATE_COUNT];     // ends whose state is known, by their last state
    uint64_t outcomes[TW_OUTCOME_COUNT]; // connections, by what has come of them
    size_t memory;                       // octets held
};

struct tw_tracker;

// NULL when out of memory. `observer` is copied and may be NULL.
struct tw_tracker *tw_tracker_new(const struct tw_tracker_options *options,
                                  const struct tw_observer *observer) TW_CHECKED;
// Feeds segments in capture order. TW_OK, or TW_MEMORY (the segment is lost, the tracker stays
// usable).
enum tw_status tw_tracker_feed(struct tw_tracker *tracker, const struct tw_segment *segments,
                               size_t count) TW_CHECKED;
// An ICMP error quotes a segment (TW_UNREACHABLE): its sender, if in SYN-SENT, gives up (RFC 9293
// 3.9.2.2); any other state ignores it.
void tw_tracker_unreachable(struct tw_tracker *tracker, const struct tw_segment *quoted);
// The capture has lost packets between the segments that were fed and those that come. A gap that
// the next segment of a connection shows is put down to that.
void tw_tracker_lost(struct tw_tracker *tracker);
// Moves the clock: landings that are due are told, timers run out, what is over is told and freed.
void tw_tracker_advance(struct tw_tracker *tracker, tw_time now);
// End of input: the clock stays, what is assumed stands, all connections are told as over.
void tw_tracker_finish(struct tw_tracker *tracker);
// The same in parts: tells at most `count` connections as over, and whether there are more. Nothing
// may be fed from the first of these calls on.
bool tw_tracker_finish_some(struct tw_tracker *tracker, size_t count) TW_CHECKED;
// Counts those over and those alive; for the latter it looks at each: O(connections).
void tw_tracker_counts_get(const struct tw_tracker *tracker, struct tw_tracker_counts *counts);
uint64_t tw_tracker_evicted(const struct tw_tracker *tracker); // the same of counts, at once
void tw_tracker_free(struct tw_tracker *tracker);

#endif
