// SPDX-License-Identifier: MIT
// One connection as its readers see it: both ends, their histories, outcome and counters.
#ifndef TCPWALK_CONNECTION_H
#define TCPWALK_CONNECTION_H

#include "tcpwalk/segment.h"
#include "tcpwalk/state.h"

// Opaque: owned by the tracker, lent to observers during a call.
struct tw_connection;

enum tw_end { TW_CLIENT, TW_SERVER, TW_END_COUNT };
static inline enum tw_end tw_other(enum tw_end end) {
    return end == TW_CLIENT ? TW_SERVER : TW_CLIENT;
}

// One entry of a history: the state entered, by which event, how sure, caused by which packet.
struct tw_step {
    uint64_t packet; // sent or landed; 0 for a timer
    enum tw_state state;
    enum tw_event event;
    enum tw_basis basis;
};

#define TW_OUTCOME_LIST(X)                                                                         \
    X(OPEN, "open")                                                                                \
    X(CLOSED, "closed")                                                                            \
    X(RESET, "reset")                                                                              \
    X(REFUSED, "refused")                                                                          \
    X(NO_ANSWER, "no-answer")                                                                      \
    X(ABORTED_OPEN, "aborted-open")                                                                \
    X(UNKNOWN, "unknown")

enum tw_outcome {
#define X(id, name) TW_OUTCOME_##id,
    TW_OUTCOME_LIST(X)
#undef X
        TW_OUTCOME_COUNT
};

enum tw_closer { TW_CLOSED_BY_NOBODY, TW_CLOSED_BY_CLIENT, TW_CLOSED_BY_SERVER, TW_CLOSED_BY_BOTH };

struct tw_end_info {
    struct tw_address address;
    uint16_t port;
    enum tw_state state;  // the last of its history; CLOSED where the history is empty
    size_t step_count;    // of its history; 0: nothing is known of this end
    size_t steps_dropped; // beyond what a history may hold (from the middle; last ones are kept)
    uint64_t packets, bytes, retransmissions, resets;
    uint32_t initial_seq; // ISS, or the first SEQ seen minus 1: what relative numbers are based on
    bool initial_known;   // ISS was seen
    uint8_t scale;        // window scale shift in force for this end's windows
    bool scale_known;
};

struct tw_connection_info {
    uint64_t number; // from 1, in order of first sight
    uint8_t version; // 4 or 6
    bool self;       // self-connect: one socket, one history at both ends
    bool midstream, evicted;
    bool lost; // the capture has lost packets of it: what they did is not known
    struct tw_end_info end[TW_END_COUNT];
    tw_time opened, last, closed;         // closed: TW_NO_TIME while it is not over
    tw_time syn_to_synack, synack_to_ack; // TW_NO_TIME where not known
    enum tw_outcome outcome;
    enum tw_closer closed_by;
    const char *zeek; // conn_state
    const char *conntrack;
    unsigned wireshark_completeness;
};

uint64_t tw_connection_number(const struct tw_connection *connection);
void tw_connection_read(const struct tw_connection *connection, struct tw_connection_info *info);
// Copies at most `room` steps of one end's history, oldest first; returns how many there are.
size_t tw_connection_history(const struct tw_connection *connection, enum tw_end end,
                             struct tw_step *steps, size_t room);
const char *tw_outcome_name(enum tw_outcome outcome);
const char *tw_closer_name(enum tw_closer closer); // NULL for nobody

enum { TW_HISTORY_MAX = 64 };

#endif
