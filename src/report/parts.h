// SPDX-License-Identifier: MIT
// What the parts of the report room share: the report itself, and the writers of one thing each.
#ifndef TCPWALK_REPORT_PARTS_H
#define TCPWALK_REPORT_PARTS_H

#include "out.h"
#include "tcpwalk/report.h"

// Connection numbers, one bit each.
struct numbers {
    uint64_t *words;
    size_t count; // of words
};

// Formatted lines, held until they can be sorted.
struct rows {
    struct out text;
    struct row *row;
    size_t count, room, limit;
    unsigned parts;
};

// A socket call of a witness, and where it belongs.
struct placed_call {
    const struct tw_witness_call *call;
    uint64_t connection; // 0: none, or not known yet
    enum tw_end end;     // of the connection, else of the lab
    bool returns_later;  // its return is told for itself
};

// The writers of a trace in one format: each writes one event, which is asked for.
struct trace_format {
    void (*segment)(struct tw_report *report, const struct tw_connection_info *info,
                    enum tw_end sender, const struct tw_segment *segment);
    void (*transition)(struct tw_report *report, const struct tw_connection_info *info,
                       const struct tw_transition *step);
    void (*proof)(struct tw_report *report, const struct tw_connection_info *info, enum tw_end end,
                  uint64_t packet, tw_time time, uint64_t proves);
    void (*correction)(struct tw_report *report, const struct tw_connection_info *info,
                       const struct tw_correction *change);
    void (*finding)(struct tw_report *report, const struct tw_connection_info *info,
                    const struct tw_finding *found);
    void (*over)(struct tw_report *report, const struct tw_connection *connection,
                 const struct tw_connection_info *info);
    void (*malformed)(struct tw_report *report, uint64_t packet, tw_time time,
                      enum tw_reason reason);
    void (*call)(struct tw_report *report, const struct placed_call *placed);
    void (*returned)(struct tw_report *report, const struct placed_call *placed); // or NULL
};
extern const struct trace_format trace_json, trace_text;

struct tw_report {
    struct tw_report_options options;
    enum tw_report_kind kind;
    const struct trace_format *trace;
    struct out out;
    struct rows rows;
    struct numbers selected;
    const struct numbers *only;
    const struct tw_witness *witness;
    struct calls *calls; // of a trace with a witness
    uint64_t matched, evicted;
    int error;        // beside the output's own
    tw_time previous; // of the line before, for -ttt
    tw_time origin;   // of the first packet
    int64_t local_second;
    char local_date[20]; // "2026-01-31 23:59:59" of that second
    uint64_t states[TW_STATE_COUNT], outcomes[TW_OUTCOME_COUNT];
    // The last connection's texts, so that a run of segments formats them once.
    uint64_t named;
    char address[TW_END_COUNT][TW_ADDRESS_TEXT];
};

// "client", "server"
extern const char *const end_names[TW_END_COUNT];

// Whether the connection is one of those asked for by number.
bool selects(const struct tw_report *report, uint64_t connection);
// Whether an event of the connection at that time is asked for.
bool shows(const struct tw_report *report, uint64_t connection, tw_time time);
// Whether the whole connection is.
bool matches(const struct tw_report *report, const struct tw_connection *connection,
             const struct tw_connection_info *info);
bool numbers_add(struct numbers *numbers, uint64_t number) TW_CHECKED;
bool numbers_have(const struct numbers *numbers, uint64_t number);

// The numbers of a segment as they are shown.
struct shown {
    uint32_t seq, ack, window;
};
struct shown shown_numbers(const struct tw_report *report, const struct tw_connection_info *info,
                           enum tw_end sender, const struct tw_segment *segment);
// A number of the sender's peer, as `ack` is shown.
uint32_t shown_ack(const struct tw_report *report, const struct tw_connection_info *info,
                   enum tw_end sender, uint32_t ack);
const char *address_of(struct tw_report *report, const struct tw_connection_info *info,
                       enum tw_end end);

// One connection, with its newline, in any format.
void write_connection(struct tw_report *report, struct out *out,
                      const struct tw_connection *connection,
                      const struct tw_connection_info *info);
void write_csv_header(struct out *out);
void write_outcome(struct out *out, const struct tw_connection_info *info);
void write_summary(struct tw_report *report, const struct tw_report_counts *counts);
void write_stamp(struct tw_report *report, tw_time time);

// A segment's options and notes, where it has any: as JSON members, each behind a comma; as the
// end of a line of text.
void json_options(struct tw_report *report, const struct tw_connection_info *info,
                  enum tw_end sender, const struct tw_segment *segment);
void text_options(struct tw_report *report, const struct tw_connection_info *info,
                  enum tw_end sender, const struct tw_segment *segment);

// The witness's socket calls in a trace. A segment's connection is seen before it is told.
bool calls_init(struct tw_report *report) TW_CHECKED;
void calls_fini(struct tw_report *report);
void calls_see(struct tw_report *report, const struct tw_connection_info *info);
// Tells what began or returned before that packet was captured and is not told yet.
void calls_tell(struct tw_report *report, uint64_t packet);
// The same, up to the packet behind the one that was told last.
void calls_tell_rest(struct tw_report *report);

// Sets the observer's members that a trace needs.
void trace_observer(struct tw_observer *observer);

bool rows_init(struct rows *rows) TW_CHECKED;
void rows_fini(struct rows *rows);
// Formats and holds one connection's line. 0, or ENOMEM.
int rows_add(struct tw_report *report, const struct tw_connection *connection,
             const struct tw_connection_info *info) TW_CHECKED;
void rows_write(struct tw_report *report);

#endif
