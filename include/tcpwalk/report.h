// SPDX-License-Identifier: MIT
// Reports: what the tracker tells, written as text, JSON lines or CSV to a file descriptor.
#ifndef TCPWALK_REPORT_H
#define TCPWALK_REPORT_H

#include "tcpwalk/decode.h"
#include "tcpwalk/tracker.h"
#include "tcpwalk/witness.h"

enum tw_report_kind {
    TW_REPORT_TRACE,   // every segment, state change, correction and finding
    TW_REPORT_LIST,    // one line per connection, when it is over
    TW_REPORT_SUMMARY, // counts alone, at the end
    TW_REPORT_SELECT,  // nothing: remembers which connections matched, for tw_report_only
    TW_REPORT_KIND_COUNT
};

enum tw_format { TW_FORMAT_TEXT, TW_FORMAT_JSON, TW_FORMAT_CSV, TW_FORMAT_COUNT };

// How text shows time: tcpdump's default, -t, -tt, -ttt, -tttt, -ttttt.
enum tw_stamp {
    TW_STAMP_CLOCK,
    TW_STAMP_NONE,
    TW_STAMP_EPOCH,
    TW_STAMP_DELTA,
    TW_STAMP_DATE,
    TW_STAMP_ELAPSED,
    TW_STAMP_COUNT
};

#define TW_SORT_LIST(X)                                                                            \
    X(NONE, "none")                                                                                \
    X(NUMBER, "number")                                                                            \
    X(OPENED, "opened")                                                                            \
    X(DURATION, "duration")                                                                        \
    X(PACKETS, "packets")                                                                          \
    X(BYTES, "bytes")                                                                              \
    X(CLIENT, "client")                                                                            \
    X(SERVER, "server")                                                                            \
    X(STATE, "state")                                                                              \
    X(OUTCOME, "outcome")

enum tw_sort {
#define X(id, name) TW_SORT_##id,
    TW_SORT_LIST(X)
#undef X
        TW_SORT_COUNT
};

// A point in time: absolute, or counted from the input's first packet.
struct tw_moment {
    bool set, relative;
    tw_time time;
};

struct tw_report_options {
    enum tw_format format;
    enum tw_stamp stamp;
    bool utc;                     // text shows UTC, not local time (JSON and CSV always do)
    bool absolute;                // SEQ and ACK as on the wire
    int detail;                   // -1 less, 0, 1 more
    uint64_t connection;          // only this one; 0: all
    struct tw_moment from, until; // only what lies between, both included
    bool has_state;
    enum tw_state state; // only connections that are or were in it (not for trace)
    enum tw_sort sort;
};

// What the reader of the input counted.
struct tw_report_counts {
    uint64_t packets, decoded, ignored, malformed;
    uint64_t cut;      // of which snaplen took a part of TCP's header, or all of it
    uint64_t received; // by the kernel, or for the file: also those that were then dropped
    uint64_t dropped, dropped_interface; // the latter are among the former
    uint64_t clock_back;                 // times that the input's clock stepped back
    uint64_t reasons[TW_REASON_COUNT];
    bool records; // packets are recorded: so many were, and so many could not be
    uint64_t recorded, not_recorded;
};

struct tw_report;

// Writes to `fd`, which stays the caller's. NULL when out of memory.
struct tw_report *tw_report_new(enum tw_report_kind kind, const struct tw_report_options *options,
                                int fd) TW_CHECKED;
void tw_report_free(struct tw_report *report);
// For tw_tracker_new. The report must outlive the tracker.
struct tw_observer tw_report_observer(struct tw_report *report);
// The time of the input's first packet: what relative times are counted from.
void tw_report_origin(struct tw_report *report, tw_time first);
// A packet that does not parse; a trace tells it.
void tw_report_malformed(struct tw_report *report, uint64_t packet, tw_time time,
                         enum tw_reason reason);
// What the stacks of a lab said: a connection is then told with `kernel` beside its states, a trace
// tells the socket calls where they were made. Lent; it may still grow until the tracker's finish.
void tw_report_witness(struct tw_report *report, const struct tw_witness *witness);
// Octets that sorting may hold, instead of the default of 2 GiB.
void tw_report_sort_limit(struct tw_report *report, size_t octets);
// A trace then tells only connections that `selected`, of kind SELECT, has remembered. Lent.
void tw_report_only(struct tw_report *report, const struct tw_report *selected);
// After the tracker's finish: what comes last, and all that is still buffered is written.
void tw_report_finish(struct tw_report *report, const struct tw_report_counts *counts);
void tw_report_flush(struct tw_report *report);
// errno of the first write that failed, ENOMEM where sorting could not hold a line; else 0.
int tw_report_error(const struct tw_report *report);
// Connections that matched: told at their end, or remembered.
uint64_t tw_report_matched(const struct tw_report *report);
// How many times sorting had to write what it held: more than 1 says that the order is in parts.
unsigned tw_report_sorted_parts(const struct tw_report *report);

const char *tw_sort_name(enum tw_sort sort);
// Whether a packet with that reason is malformed, rather than whole and not for us.
bool tw_reason_malformed(enum tw_reason reason);

#endif
