// SPDX-License-Identifier: MIT
// The pump: source -> decode -> batches of segments -> tracker, counting what became of each
// packet.
#ifndef TCPWALK_CLI_PUMP_H
#define TCPWALK_CLI_PUMP_H

#include "seconds.h"
#include "tcpwalk/recorder.h"
#include "tcpwalk/report.h"
#include "tcpwalk/source.h"

enum { PUMP_BATCH = 32 };

enum pump_state {
    PUMP_MORE, // the budget is used up
    PUMP_WAIT, // nothing there now; poll tw_source_fd
    PUMP_END,
    PUMP_FAULT, // the input broke off
};

struct pump {
    struct tw_source *source; // lent, as all that is pointed to; NULL where pump_run is not used
    struct tw_tracker *tracker;
    struct tw_report *report;     // told of malformed packets and of the first one's time; or NULL
    struct tw_recorder *recorder; // of all packets that pump_run takes, or NULL
    struct seconds *seconds;      // of all packets, or NULL
    struct tw_decoder decoder;
    struct tw_report_counts counts; // all but received, dropped (of either) and clock_back
    uint64_t lost;                  // segments for which there was no memory
    tw_time last;                   // the newest time seen; less where the clock was set back
    bool begun;
    size_t pending;
    struct tw_segment batch[PUMP_BATCH];
};

// Takes one packet; what is decoded of it is fed with its batch, or by pump_flush.
void pump_take(struct pump *pump, const struct tw_packet *packet);
void pump_flush(struct pump *pump);
// Reads and feeds for about `budget_ms`, or until it must wait. What was decoded has then been fed.
enum pump_state pump_run(struct pump *pump, int budget_ms, struct tw_error *error) TW_CHECKED;
int64_t clock_ms(void); // that only goes forward

#endif
