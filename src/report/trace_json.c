// SPDX-License-Identifier: MIT
// The trace as JSON lines: one object an event.
#include "parts.h"

#include "tcpwalk/errnos.h"

static void json_head(struct out *out, const char *event, uint64_t packet, tw_time time) {
    OUT_LITERAL(out, "{\"event\":\"");
    out_text(out, event);
    OUT_LITERAL(out, "\",\"packet\":");
    if (packet == 0) {
        OUT_LITERAL(out, "null");
    } else {
        out_number(out, packet);
    }
    OUT_LITERAL(out, ",\"ts\":\"");
    out_utc(out, time);
    out_char(out, '"');
}

static void json_connection(struct out *out, const struct tw_connection_info *info) {
    OUT_LITERAL(out, ",\"connection\":");
    out_number(out, info->number);
}

static void json_endpoint(struct tw_report *report, const struct tw_connection_info *info,
                          enum tw_end end) {
    OUT_LITERAL(&report->out, ",\"endpoint\":\"");
    out_text(&report->out, end_names[end]);
    OUT_LITERAL(&report->out, "\",\"address\":\"");
    out_text(&report->out, address_of(report, info, end));
    out_char(&report->out, '"');
}

static void json_name(struct out *out, const char *key, const char *value) {
    OUT_LITERAL(out, ",\"");
    out_text(out, key);
    OUT_LITERAL(out, "\":");
    if (value == NULL) {
        OUT_LITERAL(out, "null");
    } else {
        out_json(out, value);
    }
}

static void json_value(struct out *out, const char *key, uint64_t value) {
    OUT_LITERAL(out, ",\"");
    out_text(out, key);
    OUT_LITERAL(out, "\":");
    out_number(out, value);
}

static void segment(struct tw_report *report, const struct tw_connection_info *info,
                    enum tw_end sender, const struct tw_segment *seen) {
    struct out *out = &report->out;
    char flags[TW_FLAGS_TEXT];
    struct shown shown = shown_numbers(report, info, sender, seen);
    json_head(out, "segment", seen->packet, seen->time);
    json_connection(out, info);
    json_name(out, "sender", end_names[sender]);
    json_name(out, "flags", tw_flags_text(seen->flags, flags));
    json_value(out, "seq", shown.seq);
    json_value(out, "ack", shown.ack);
    json_value(out, "length", seen->length);
    json_value(out, "window", shown.window);
    json_value(out, "raw_window", seen->window);
    json_value(out, "raw_seq", seen->seq);
    json_value(out, "raw_ack", seen->ack);
    json_options(report, info, sender, seen);
    OUT_LITERAL(out, "}\n");
}

static void transition(struct tw_report *report, const struct tw_connection_info *info,
                       const struct tw_transition *step) {
    struct out *out = &report->out;
    json_head(out, "transition", step->packet, step->time);
    json_connection(out, info);
    json_endpoint(report, info, step->end);
    json_name(out, "from", tw_state_name(step->from));
    json_name(out, "to", tw_state_name(step->to));
    if (step->passes) {
        json_name(out, "through", tw_state_name(step->through));
    }
    json_name(out, "basis", tw_basis_name(step->basis));
    if (step->decided_by == 0) {
        json_name(out, "decided_by", NULL);
    } else {
        json_value(out, "decided_by", step->decided_by);
    }
    json_name(out, "rule", tw_event_name(step->event));
    json_name(out, "why", step->cell->why);
    json_name(out, "section", step->cell->section);
    json_name(out, "call", step->cell->call);
    OUT_LITERAL(out, "}\n");
}

static void proof(struct tw_report *report, const struct tw_connection_info *info, enum tw_end end,
                  uint64_t packet, tw_time time, uint64_t proves) {
    json_head(&report->out, "proof", packet, time);
    json_connection(&report->out, info);
    json_endpoint(report, info, end);
    json_value(&report->out, "proves", proves);
    OUT_LITERAL(&report->out, "}\n");
}

static void json_states(struct out *out, const char *key, const enum tw_state *states,
                        size_t count) {
    OUT_LITERAL(out, ",\"");
    out_text(out, key);
    OUT_LITERAL(out, "\":[");
    for (size_t i = 0; i < count; i++) {
        out_text(out, i > 0 ? "," : "");
        out_json(out, tw_state_name(states[i]));
    }
    out_char(out, ']');
}

static void correction(struct tw_report *report, const struct tw_connection_info *info,
                       const struct tw_correction *change) {
    json_head(&report->out, "correction", change->packet, change->time);
    json_connection(&report->out, info);
    json_endpoint(report, info, change->end);
    json_states(&report->out, "was", change->was, change->was_count);
    json_states(&report->out, "now", change->now, change->now_count);
    json_name(&report->out, "why", change->why);
    OUT_LITERAL(&report->out, "}\n");
}

static void finding(struct tw_report *report, const struct tw_connection_info *info,
                    const struct tw_finding *found) {
    struct out *out = &report->out;
    json_head(out, "finding", found->packet, found->time);
    json_connection(out, info);
    json_name(out, "kind", tw_finding_name(found->kind));
    json_name(out, "sender", end_names[found->end]);
    json_name(out, "text", tw_finding_text(found->kind));
    if (found->kind == TW_FINDING_ODD) {
        json_name(out, "state", tw_state_name(found->state));
        json_name(out, "rule", tw_event_name(found->event));
    }
    OUT_LITERAL(out, "}\n");
}

static void over(struct tw_report *report, const struct tw_connection *connection,
                 const struct tw_connection_info *info) {
    write_connection(report, &report->out, connection, info);
}

static void malformed(struct tw_report *report, uint64_t packet, tw_time time,
                      enum tw_reason reason) {
    json_head(&report->out, "malformed", packet, time);
    json_name(&report->out, "reason", tw_reason_text(reason));
    OUT_LITERAL(&report->out, "}\n");
}

static void call(struct tw_report *report, const struct placed_call *placed) {
    struct out *out = &report->out;
    const struct tw_witness_call *made = placed->call;
    const char *name = tw_errno_name(made->error);
    json_head(out, "call", made->begun_after, made->begun);
    if (placed->connection == 0) {
        json_name(out, "connection", NULL);
    } else {
        json_value(out, "connection", placed->connection);
    }
    json_name(out, "endpoint", end_names[placed->end]);
    json_name(out, "process", made->process);
    json_name(out, "call", made->text);
    json_name(out, "result", made->result);
    if (made->error != 0 && name == NULL) {
        json_value(out, "errno", (uint64_t)made->error);
    } else {
        json_name(out, "errno", name);
    }
    if (made->returned == TW_NO_TIME) {
        OUT_LITERAL(out, ",\"returned\":null,\"blocked\":null}\n");
        return;
    }
    OUT_LITERAL(out, ",\"returned\":\"");
    out_utc(out, made->returned);
    OUT_LITERAL(out, "\",\"blocked\":");
    out_seconds(out, tw_witness_blocked(made));
    OUT_LITERAL(out, "}\n");
}

const struct trace_format trace_json = {
    .segment = segment,
    .transition = transition,
    .proof = proof,
    .correction = correction,
    .finding = finding,
    .over = over,
    .malformed = malformed,
    .call = call,
};
