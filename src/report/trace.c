// SPDX-License-Identifier: MIT
// A trace: of what the tracker tells, what is asked for goes to the writers of the trace's format.
#include "parts.h"

// Whether an event at that time is asked for; *info is then filled.
static bool asked(const struct tw_report *report, const struct tw_connection *connection,
                  tw_time time, struct tw_connection_info *info) {
    tw_connection_read(connection, info);
    return shows(report, info->number, time);
}

static void segment(void *context, const struct tw_connection *connection, enum tw_end sender,
                    const struct tw_segment *seen) {
    struct tw_report *report = context;
    struct tw_connection_info info;
    const bool shown = asked(report, connection, seen->time, &info);
    calls_see(report, &info);
    calls_tell(report, seen->packet);
    if (shown) {
        report->trace->segment(report, &info, sender, seen);
    }
}

static void transition(void *context, const struct tw_connection *connection,
                       const struct tw_transition *step) {
    struct tw_report *report = context;
    struct tw_connection_info info;
    if (asked(report, connection, step->time, &info)) {
        report->trace->transition(report, &info, step);
    }
}

static void proof(void *context, const struct tw_connection *connection, enum tw_end end,
                  uint64_t packet, tw_time time, uint64_t proves) {
    struct tw_report *report = context;
    struct tw_connection_info info;
    if (asked(report, connection, time, &info)) {
        report->trace->proof(report, &info, end, packet, time, proves);
    }
}

static void correction(void *context, const struct tw_connection *connection,
                       const struct tw_correction *change) {
    struct tw_report *report = context;
    struct tw_connection_info info;
    if (asked(report, connection, change->time, &info)) {
        report->trace->correction(report, &info, change);
    }
}

static void finding(void *context, const struct tw_connection *connection,
                    const struct tw_finding *found) {
    struct tw_report *report = context;
    struct tw_connection_info info;
    if (asked(report, connection, found->time, &info)) {
        report->trace->finding(report, &info, found);
    }
}

void trace_observer(struct tw_observer *observer) {
    observer->segment = segment;
    observer->transition = transition;
    observer->proof = proof;
    observer->correction = correction;
    observer->finding = finding;
}
