// SPDX-License-Identifier: MIT
// One connection: what each of its segments changes in the numbers and histories of both ends.
#ifndef TW_ENGINE_CONNECTION_H
#define TW_ENGINE_CONNECTION_H

#include "endpoint.h"
#include "tcpwalk/tracker.h"

// What is known of a segment before its walk, and what the walk has found.
struct connection_effect {
    bool duplicate;          // the same segment captured twice: it counts, and says nothing new
    bool wanted;             // whether anyone asks for findings; some cost a walk
    uint32_t findings;       // bit set of enum tw_finding_kind
    enum tw_state odd_state; // for ODD: where, and what happened
    enum tw_event odd_event;
    tw_time *times[TW_END_COUNT]; // for endpoint_fold, or NULL
};

// Begins a connection with its first segment, sent by end `sender`. The record is zeroed but for
// its key.
bool connection_begin(struct store *store, struct tw_connection *c, enum tw_end sender,
                      const struct tw_segment *first) TW_CHECKED;
// Walks one segment through both ends. Returns false when out of memory.
bool connection_segment(struct store *store, struct tw_connection *c, enum tw_end sender,
                        const struct tw_segment *s, struct connection_effect *effect) TW_CHECKED;
// Data or an acknowledgement in the middle of an open connection: it changes numbers, and moves
// nobody.
bool connection_is_plain(const struct tw_connection *c, enum tw_end sender,
                         const struct tw_segment *s);
// Both ends CLOSED, in TIME-WAIT, or back in LISTEN (--profile rfc).
bool connection_is_finished(const struct tw_connection *c);
static inline bool connection_in_time_wait(const struct tw_connection *c) {
    return endpoint_state(&c->end[TW_CLIENT]) == TW_TIME_WAIT ||
           endpoint_state(&c->end[TW_SERVER]) == TW_TIME_WAIT;
}
// Gives back to the store what the record holds of it.
void connection_fini(struct store *store, struct tw_connection *c);

// dialects.c: the same connection in other tools' words.
const char *dialect_zeek(const struct tw_connection *c);
const char *dialect_conntrack(const struct tw_connection *c);

#endif
