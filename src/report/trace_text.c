// SPDX-License-Identifier: MIT
// The trace as text: a line a segment, and below it, indented, what it moved.
//
//   17:33:20.000000     1 #1    10.9.0.1:31358 > 10.9.0.2:6269  SYN seq 0 length 0 window 64240
//          #1    SYN-SENT                     observed, packet 1: ...
//          #1                  LISTEN         proven by 2, packet 1: ...
#include "parts.h"

#include <time.h>

enum { INDENT = 8, NUMBER_WIDTH = 6, STATE_WIDTH = 15 };

static void local_time(struct tw_report *report, tw_time time, bool with_date) {
    int64_t second = time / TW_SECOND - (time % TW_SECOND < 0 ? 1 : 0);
    if (second != report->local_second) {
        time_t clock = (time_t)second;
        struct tm parts = {0};
        bool known = (report->options.utc ? gmtime_r : localtime_r)(&clock, &parts) != NULL;
        if (!known || strftime(report->local_date, sizeof report->local_date, "%Y-%m-%d %H:%M:%S",
                               &parts) == 0) {
            memcpy(report->local_date, "0000-00-00 00:00:00", sizeof report->local_date);
        }
        report->local_second = second;
    }
    out_text(&report->out, report->local_date + (with_date ? 0 : 11));
    char point[16];
    struct out *out = &report->out;
    uint64_t micro = (uint64_t)(time - second * TW_SECOND) / 1000;
    point[0] = '.';
    for (size_t i = 6; i > 0; i--) {
        point[i] = (char)('0' + micro % 10);
        micro /= 10;
    }
    out_octets(out, point, 7);
}

void write_stamp(struct tw_report *report, tw_time time) {
    struct out *out = &report->out;
    tw_time from = 0;
    switch (report->options.stamp) {
    case TW_STAMP_NONE: return;
    case TW_STAMP_CLOCK: local_time(report, time, false); break;
    case TW_STAMP_DATE: local_time(report, time, true); break;
    case TW_STAMP_DELTA: from = report->previous == TW_NO_TIME ? time : report->previous; break;
    case TW_STAMP_ELAPSED: from = report->origin == TW_NO_TIME ? time : report->origin; break;
    default: break;
    }
    if (report->options.stamp != TW_STAMP_CLOCK && report->options.stamp != TW_STAMP_DATE) {
        out_seconds_fixed(out, time - from, 6);
    }
    report->previous = time;
    out_char(out, ' ');
}

static void line_number(struct out *out, uint64_t number) {
    size_t begin = out->used;
    out_char(out, '#');
    out_number(out, number);
    size_t length = out->used - begin;
    out_spaces(out, length < NUMBER_WIDTH ? NUMBER_WIDTH - length : 1);
}

static void segment(struct tw_report *report, const struct tw_connection_info *info,
                    enum tw_end sender, const struct tw_segment *seen) {
    struct out *out = &report->out;
    char flags[TW_FLAGS_TEXT];
    struct shown shown = shown_numbers(report, info, sender, seen);
    (void)out_reserve(out, OUT_RESERVE_MAX); // the whole line, so that columns can be counted
    write_stamp(report, seen->time);
    out_number_right(out, seen->packet, INDENT - 2);
    out_char(out, ' ');
    line_number(out, info->number);
    out_text(out, address_of(report, info, sender));
    OUT_LITERAL(out, " > ");
    out_text(out, address_of(report, info, tw_other(sender)));
    OUT_LITERAL(out, "  ");
    out_text(out, tw_flags_text(seen->flags, flags));
    OUT_LITERAL(out, "  seq ");
    out_number(out, shown.seq);
    if (seen->flags & TW_ACK) {
        OUT_LITERAL(out, " ack ");
        out_number(out, shown.ack);
    }
    OUT_LITERAL(out, " length ");
    out_number(out, seen->length);
    OUT_LITERAL(out, " window ");
    out_number(out, shown.window);
    if (report->options.detail > 0) {
        text_options(report, info, sender, seen);
    }
    out_char(out, '\n');
}

// The beginning of an indented line.
static void indented(struct out *out, const struct tw_connection_info *info) {
    (void)out_reserve(out, OUT_RESERVE_MAX);
    out_spaces(out, INDENT);
    line_number(out, info->number);
}

// Two columns, of which one is filled.
static void in_column(struct out *out, enum tw_end end, const char *text) {
    out_spaces(out, end == TW_SERVER ? STATE_WIDTH : 0);
    out_text_left(out, text, STATE_WIDTH);
    out_spaces(out, end == TW_CLIENT ? STATE_WIDTH : 0);
}

static void transition(struct tw_report *report, const struct tw_connection_info *info,
                       const struct tw_transition *step) {
    struct out *out = &report->out;
    indented(out, info);
    in_column(out, step->end, tw_state_name(step->to));
    out_text(out, tw_basis_name(step->basis));
    if (step->decided_by != 0 && step->decided_by != step->packet) {
        OUT_LITERAL(out, " by ");
        out_number(out, step->decided_by);
    }
    if (step->packet != 0) {
        OUT_LITERAL(out, ", packet ");
        out_number(out, step->packet);
    }
    if (report->options.detail >= 0) {
        if (step->passes) {
            OUT_LITERAL(out, ", through ");
            out_text(out, tw_state_name(step->through));
        }
        if (step->cell->why != NULL) {
            OUT_LITERAL(out, ": ");
            out_text(out, _(step->cell->why));
        }
        if (step->cell->call != NULL && report->options.detail > 0) {
            OUT_LITERAL(out, ", ");
            out_text(out, step->cell->call);
        }
        if (step->cell->section != NULL && report->options.detail > 0) {
            OUT_LITERAL(out, " (");
            out_text(out, step->cell->section);
            out_char(out, ')');
        }
    }
    out_char(out, '\n');
}

static void proof(struct tw_report *report, const struct tw_connection_info *info, enum tw_end end,
                  uint64_t packet, tw_time time, uint64_t proves) {
    (void)time;
    if (report->options.detail <= 0) {
        return;
    }
    indented(&report->out, info);
    in_column(&report->out, end, "");
    OUT_LITERAL(&report->out, "packet ");
    out_number(&report->out, packet);
    OUT_LITERAL(&report->out, " proves that packet ");
    out_number(&report->out, proves);
    OUT_LITERAL(&report->out, " had arrived\n");
}

static void correction(struct tw_report *report, const struct tw_connection_info *info,
                       const struct tw_correction *change) {
    struct out *out = &report->out;
    // A line for each state that takes the place, so that the column reads as it should have.
    for (size_t i = 0; i < change->now_count || i == 0; i++) {
        indented(out, info);
        in_column(out, change->end, change->now_count > 0 ? tw_state_name(change->now[i]) : "");
        if (i > 0) {
            OUT_LITERAL(out, "and then\n");
            continue;
        }
        OUT_LITERAL(out, "not");
        for (size_t j = 0; j < change->was_count; j++) {
            out_text(out, j > 0 ? ", " : " ");
            out_text(out, tw_state_name(change->was[j]));
        }
        OUT_LITERAL(out, ", packet ");
        out_number(out, change->packet);
        if (change->why != NULL && report->options.detail >= 0) {
            OUT_LITERAL(out, ": ");
            out_text(out, _(change->why));
        }
        out_char(out, '\n');
    }
}

static void finding(struct tw_report *report, const struct tw_connection_info *info,
                    const struct tw_finding *found) {
    struct out *out = &report->out;
    if (report->options.detail < 0) {
        return;
    }
    indented(out, info);
    in_column(out, found->end, "");
    out_text(out, tw_finding_name(found->kind));
    OUT_LITERAL(out, ": ");
    out_text(out, _(tw_finding_text(found->kind)));
    if (found->kind == TW_FINDING_ODD) {
        OUT_LITERAL(out, ": ");
        out_text(out, tw_event_name(found->event));
        OUT_LITERAL(out, " in ");
        out_text(out, tw_state_name(found->state));
    }
    out_char(out, '\n');
}

static void over(struct tw_report *report, const struct tw_connection *connection,
                 const struct tw_connection_info *info) {
    struct out *out = &report->out;
    (void)connection;
    indented(out, info);
    for (enum tw_end end = TW_CLIENT; end < TW_END_COUNT; end++) {
        bool known = info->end[end].step_count > 0;
        out_text_left(out, known ? tw_state_name(info->end[end].state) : "-", STATE_WIDTH);
    }
    OUT_LITERAL(out, "end: ");
    write_outcome(out, info);
    out_char(out, '\n');
}

static void malformed(struct tw_report *report, uint64_t packet, tw_time time,
                      enum tw_reason reason) {
    struct out *out = &report->out;
    write_stamp(report, time);
    out_number_right(out, packet, INDENT - 2);
    OUT_LITERAL(out, " malformed: ");
    out_text(out, tw_reason_text(reason));
    out_char(out, '\n');
}

// The beginning of a call's line: it stands in the column of its end's states.
static void called(struct out *out, const struct placed_call *placed) {
    (void)out_reserve(out, OUT_RESERVE_MAX);
    out_spaces(out, INDENT);
    if (placed->connection != 0) {
        line_number(out, placed->connection);
    } else {
        out_spaces(out, NUMBER_WIDTH);
    }
    out_spaces(out, placed->end == TW_SERVER ? STATE_WIDTH : 0);
    out_text(out, placed->call->process);
    OUT_LITERAL(out, ": ");
}

static void call(struct tw_report *report, const struct placed_call *placed) {
    struct out *out = &report->out;
    if (report->options.detail < 0) {
        return;
    }
    called(out, placed);
    out_text(out, placed->call->text);
    if (!placed->returns_later) {
        OUT_LITERAL(out, " = ");
        out_text(out, placed->call->result);
    }
    out_char(out, '\n');
}

// "connect(c) = 0, blocked 20.3 ms": which call it is, the rest of its arguments was told.
static void returned(struct tw_report *report, const struct placed_call *placed) {
    struct out *out = &report->out;
    const tw_time blocked = tw_witness_blocked(placed->call);
    if (report->options.detail < 0) {
        return;
    }
    called(out, placed);
    out_octets(out, placed->call->text, strcspn(placed->call->text, ",)"));
    OUT_LITERAL(out, ") = ");
    out_text(out, placed->call->result);
    OUT_LITERAL(out, ", blocked ");
    if (blocked < TW_SECOND) {
        out_seconds_fixed(out, blocked * 1000, 1);
        OUT_LITERAL(out, " ms\n");
    } else {
        out_seconds_fixed(out, blocked, 3);
        OUT_LITERAL(out, " s\n");
    }
}

const struct trace_format trace_text = {
    .segment = segment,
    .transition = transition,
    .proof = proof,
    .correction = correction,
    .finding = finding,
    .over = over,
    .malformed = malformed,
    .call = call,
    .returned = returned,
};
