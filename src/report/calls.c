// SPDX-License-Identifier: MIT
// Which of a witness's socket calls a trace tells when, and of which connection they are. A call
// stands where it began, between the packets that were captured before and after; where the format
// wants it, the return of one that blocked has a line of its own.
#include "parts.h"

#include <stdlib.h>

// Connections that a call may still belong to, and calls that are blocked at once. Beyond that a
// call is told without its connection, or with its result where it began.
enum { KNOWN_MAX = 1024, BLOCKED_MAX = 1024 };

// A call that took longer is told to have blocked, even where no packet came in between.
#define AT_ONCE TW_MILLISECOND

struct calls {
    size_t next; // of the witness's calls, the first that is not told
    size_t blocked[BLOCKED_MAX], blocked_count;
    uint64_t newest;                            // connection
    uint64_t packet;                            // the last one told
    bool held;                                  // no connection that is asked for has been seen yet
    struct tw_connection_info known[KNOWN_MAX]; // by number modulo KNOWN_MAX
};

bool calls_init(struct tw_report *report) {
    report->calls = calloc(1, sizeof *report->calls);
    if (report->calls != NULL) {
        report->calls->held = true;
    }
    return report->calls != NULL;
}

void calls_fini(struct tw_report *report) {
    free(report->calls);
}

void calls_see(struct tw_report *report, const struct tw_connection_info *info) {
    struct calls *calls = report->calls;
    if (calls == NULL) {
        return;
    }
    calls->known[info->number % KNOWN_MAX] = *info;
    calls->newest = info->number > calls->newest ? info->number : calls->newest;
    calls->held = calls->held && !selects(report, info->number);
}

// Finds the call's connection; whether it is asked for.
static bool place(const struct tw_report *report, tw_time time, struct placed_call *placed) {
    const struct calls *calls = report->calls;
    bool asked = shows(report, 0, time);
    for (uint64_t i = 0; i < KNOWN_MAX && i < calls->newest; i++) {
        const struct tw_connection_info *info = &calls->known[(calls->newest - i) % KNOWN_MAX];
        enum tw_end end;
        bool listener;
        if (info->number != calls->newest - i ||
            !tw_witness_call_at(report->witness, placed->call, info, &end, &listener)) {
            continue;
        }
        placed->end = end;
        if (!listener) {
            placed->connection = info->number;
            return shows(report, info->number, time);
        }
        asked = asked || shows(report, info->number, time); // it may be of others too
    }
    return asked;
}

static bool returns_later(const struct tw_report *report, const struct tw_witness_call *call) {
    return call->returned == TW_NO_TIME ||
           (report->trace->returned != NULL && report->calls->blocked_count < BLOCKED_MAX &&
            (call->returned_after > call->begun_after || tw_witness_blocked(call) > AT_ONCE));
}

static void tell_begin(struct tw_report *report) {
    struct calls *calls = report->calls;
    const size_t index = calls->next++;
    const struct tw_witness_call *call = &report->witness->calls[index];
    struct placed_call placed = {
        .call = call, .end = call->end, .returns_later = returns_later(report, call)};
    if (placed.returns_later && report->trace->returned != NULL &&
        calls->blocked_count < BLOCKED_MAX) {
        calls->blocked[calls->blocked_count++] = index;
    }
    if (place(report, call->begun, &placed)) {
        report->trace->call(report, &placed);
    }
}

static void tell_return(struct tw_report *report, size_t which) {
    struct calls *calls = report->calls;
    const struct tw_witness_call *call = &report->witness->calls[calls->blocked[which]];
    struct placed_call placed = {.call = call, .end = call->end};
    calls->blocked[which] = calls->blocked[--calls->blocked_count];
    if (place(report, call->returned, &placed)) {
        report->trace->returned(report, &placed);
    }
}

// The place among the blocked ones of what returned first before that packet, or their count.
static size_t first_return(const struct tw_report *report, uint64_t packet) {
    const struct calls *calls = report->calls;
    const struct tw_witness_call *first = NULL;
    size_t which = calls->blocked_count;
    for (size_t i = 0; i < calls->blocked_count; i++) {
        const struct tw_witness_call *call = &report->witness->calls[calls->blocked[i]];
        if (call->returned != TW_NO_TIME && call->returned_after < packet &&
            (first == NULL || call->returned_after < first->returned_after ||
             (call->returned_after == first->returned_after && call->returned < first->returned))) {
            first = call;
            which = i;
        }
    }
    return which;
}

// All that began or returned before that packet was captured, in order.
static void tell(struct tw_report *report, uint64_t packet) {
    struct calls *calls = report->calls;
    const struct tw_witness *witness = report->witness;
    while (!calls->held) {
        const size_t which = first_return(report, packet);
        const bool returns = which < calls->blocked_count;
        const struct tw_witness_call *begins =
            calls->next < witness->call_count ? &witness->calls[calls->next] : NULL;
        if (begins != NULL && begins->begun_after >= packet) {
            begins = NULL;
        }
        if (begins == NULL && !returns) {
            break;
        }
        const struct tw_witness_call *ended =
            returns ? &witness->calls[calls->blocked[which]] : NULL;
        if (ended == NULL || (begins != NULL && (begins->begun_after < ended->returned_after ||
                                                 (begins->begun_after == ended->returned_after &&
                                                  begins->begun <= ended->returned)))) {
            tell_begin(report);
        } else {
            tell_return(report, which);
        }
    }
}

void calls_tell(struct tw_report *report, uint64_t packet) {
    if (report->calls != NULL) {
        tell(report, packet);
        report->calls->packet = packet;
    }
}

void calls_tell_rest(struct tw_report *report) {
    if (report->calls != NULL) {
        tell(report, report->calls->packet + 1);
    }
}
