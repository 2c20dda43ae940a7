// SPDX-License-Identifier: MIT
// The report itself: which connections and events are asked for, and who writes them.
#include "parts.h"

#include <errno.h>
#include <stdlib.h>

const char *const end_names[TW_END_COUNT] = {[TW_CLIENT] = "client", [TW_SERVER] = "server"};

static const char *const sort_names[TW_SORT_COUNT] = {
#define X(id, name) [TW_SORT_##id] = name,
    TW_SORT_LIST(X)
#undef X
};
_Static_assert(TW_COUNT(sort_names) == TW_SORT_COUNT, "each key has a name");

const char *tw_sort_name(enum tw_sort sort) {
    return sort_names[sort];
}

struct tw_report *tw_report_new(enum tw_report_kind kind, const struct tw_report_options *options,
                                int fd) {
    struct tw_report *report = calloc(1, sizeof *report);
    if (report == NULL) {
        return NULL;
    }
    report->kind = kind;
    report->options = *options;
    report->trace = options->format == TW_FORMAT_JSON ? &trace_json : &trace_text;
    report->origin = report->previous = TW_NO_TIME;
    report->local_second = INT64_MIN;
    if (!out_init(&report->out, fd) ||
        (options->sort != TW_SORT_NONE && !rows_init(&report->rows))) {
        tw_report_free(report);
        return NULL;
    }
    if (kind == TW_REPORT_LIST && options->format == TW_FORMAT_CSV) {
        write_csv_header(&report->out);
    }
    return report;
}

void tw_report_free(struct tw_report *report) {
    if (report != NULL) {
        rows_fini(&report->rows);
        calls_fini(report);
        free(report->selected.words);
        out_fini(&report->out);
        free(report);
    }
}

static void list(struct tw_report *report, const struct tw_connection *connection,
                 const struct tw_connection_info *info) {
    if (report->options.sort == TW_SORT_NONE) {
        write_connection(report, &report->out, connection, info);
        return;
    }
    int error = rows_add(report, connection, info);
    if (report->error == 0) {
        report->error = error;
    }
}

// A self-connect is one socket, so one end.
static void count(struct tw_report *report, const struct tw_connection_info *info) {
    report->evicted += info->evicted ? 1 : 0;
    report->outcomes[info->outcome]++;
    for (size_t end = 0; end < (info->self ? 1 : TW_END_COUNT); end++) {
        if (info->end[end].step_count > 0) {
            report->states[info->end[end].state]++;
        }
    }
}

static void over(void *context, const struct tw_connection *connection) {
    struct tw_report *report = context;
    struct tw_connection_info info;
    tw_connection_read(connection, &info);
    if (!matches(report, connection, &info)) {
        return;
    }
    report->matched++;
    switch (report->kind) {
    case TW_REPORT_LIST: list(report, connection, &info); break;
    case TW_REPORT_SUMMARY: count(report, &info); break;
    case TW_REPORT_SELECT:
        if (!numbers_add(&report->selected, info.number)) {
            report->error = ENOMEM;
        }
        break;
    default: calls_tell_rest(report); report->trace->over(report, connection, &info);
    }
}

struct tw_observer tw_report_observer(struct tw_report *report) {
    struct tw_observer observer = {.context = report, .over = over};
    if (report->kind == TW_REPORT_TRACE) {
        trace_observer(&observer);
    }
    return observer;
}

static void resolve(struct tw_moment *moment, tw_time first) {
    if (moment->set && moment->relative) {
        moment->time += first;
        moment->relative = false;
    }
}

void tw_report_origin(struct tw_report *report, tw_time first) {
    report->origin = first;
    resolve(&report->options.from, first);
    resolve(&report->options.until, first);
}

void tw_report_sort_limit(struct tw_report *report, size_t octets) {
    report->rows.limit = octets;
}

void tw_report_only(struct tw_report *report, const struct tw_report *selected) {
    report->only = &selected->selected;
}

void tw_report_malformed(struct tw_report *report, uint64_t packet, tw_time time,
                         enum tw_reason reason) {
    // It belongs to no connection: told only where nobody asked for particular ones.
    if (report->kind != TW_REPORT_TRACE || report->options.connection != 0 ||
        report->only != NULL || !shows(report, 0, time)) {
        return;
    }
    calls_tell(report, packet);
    report->trace->malformed(report, packet, time, reason);
}

void tw_report_witness(struct tw_report *report, const struct tw_witness *witness) {
    report->witness = witness;
    if (witness != NULL && report->kind == TW_REPORT_TRACE && report->calls == NULL &&
        !calls_init(report)) {
        report->error = ENOMEM;
    }
}

void tw_report_finish(struct tw_report *report, const struct tw_report_counts *counts) {
    calls_tell(report, UINT64_MAX);
    if (report->kind == TW_REPORT_SUMMARY) {
        write_summary(report, counts);
    }
    if (report->options.sort != TW_SORT_NONE) {
        rows_write(report);
    }
    out_flush(&report->out);
}

void tw_report_flush(struct tw_report *report) {
    out_flush(&report->out);
}

int tw_report_error(const struct tw_report *report) {
    return report->out.error != 0 ? report->out.error : report->error;
}

uint64_t tw_report_matched(const struct tw_report *report) {
    return report->matched;
}

unsigned tw_report_sorted_parts(const struct tw_report *report) {
    return report->rows.parts;
}
