// SPDX-License-Identifier: MIT
// One connection as a JSON object, a CSV row or a line of text.
#include "parts.h"

// One end and its history, read once for all that is written of it.
struct side {
    const struct tw_end_info *info;
    const char *address;
    struct tw_step steps[TW_HISTORY_MAX];
    size_t count;
    bool witnessed; // the kernel said:
    enum tw_state kernel[TW_HISTORY_MAX];
    size_t kernel_count;
};

static void side_read(struct side *side, struct tw_report *report,
                      const struct tw_connection *connection, const struct tw_connection_info *info,
                      enum tw_end end) {
    side->info = &info->end[end];
    side->address = address_of(report, info, end);
    side->count = tw_connection_history(connection, end, side->steps, TW_HISTORY_MAX);
    if (side->count > TW_HISTORY_MAX) {
        side->count = TW_HISTORY_MAX;
    }
    side->kernel_count = 0;
    side->witnessed =
        report->witness != NULL && tw_witness_word(report->witness, info, end, side->kernel,
                                                   TW_HISTORY_MAX, &side->kernel_count);
    if (side->kernel_count > TW_HISTORY_MAX) {
        side->kernel_count = TW_HISTORY_MAX;
    }
}

// A state's or basis's name: printable ASCII without quotes, so it needs no escaping.
static void quoted(struct out *out, const char *name) {
    out_char(out, '"');
    out_text(out, name);
    out_char(out, '"');
}

static void json_kernel(struct out *out, const struct side *side) {
    OUT_LITERAL(out, ",\"kernel\":[");
    for (size_t i = 0; i < side->kernel_count; i++) {
        if (i > 0) {
            out_char(out, ',');
        }
        quoted(out, tw_state_name(side->kernel[i]));
    }
    out_char(out, ']');
}

static void json_side(struct out *out, const struct side *side) {
    OUT_LITERAL(out, "{\"address\":");
    quoted(out, side->address);
    OUT_LITERAL(out, ",\"state\":");
    quoted(out, tw_state_name(side->info->state));
    OUT_LITERAL(out, ",\"states\":[");
    for (size_t i = 0; i < side->count; i++) {
        if (i > 0) {
            out_char(out, ',');
        }
        quoted(out, tw_state_name(side->steps[i].state));
    }
    out_char(out, ']');
    if (side->witnessed) {
        json_kernel(out, side);
    }
    OUT_LITERAL(out, ",\"entered\":[");
    for (size_t i = 0; i < side->count; i++) {
        if (i > 0) {
            out_char(out, ',');
        }
        if (side->steps[i].packet == 0) {
            OUT_LITERAL(out, "null");
        } else {
            out_number(out, side->steps[i].packet);
        }
    }
    OUT_LITERAL(out, "],\"basis\":[");
    for (size_t i = 0; i < side->count; i++) {
        if (i > 0) {
            out_char(out, ',');
        }
        quoted(out, tw_basis_name(side->steps[i].basis));
    }
    if (side->info->steps_dropped > 0) {
        OUT_LITERAL(out, "],\"states_dropped\":");
        out_number(out, side->info->steps_dropped);
        OUT_LITERAL(out, ",\"packets\":");
    } else {
        OUT_LITERAL(out, "],\"packets\":");
    }
    out_number(out, side->info->packets);
    OUT_LITERAL(out, ",\"bytes\":");
    out_number(out, side->info->bytes);
    OUT_LITERAL(out, ",\"retransmissions\":");
    out_number(out, side->info->retransmissions);
    OUT_LITERAL(out, ",\"resets\":");
    out_number(out, side->info->resets);
    out_char(out, '}');
}

static void seconds_or_null(struct out *out, tw_time time) {
    if (time == TW_NO_TIME) {
        OUT_LITERAL(out, "null");
    } else {
        out_seconds(out, time);
    }
}

static void truth(struct out *out, bool value) {
    out_text(out, value ? "true" : "false");
}

static void write_json(struct tw_report *report, struct out *out,
                       const struct tw_connection *connection,
                       const struct tw_connection_info *info) {
    OUT_LITERAL(out, "{\"event\":\"connection\",\"connection\":");
    out_number(out, info->number);
    OUT_LITERAL(out, ",\"opened\":\"");
    out_utc(out, info->opened);
    if (info->closed == TW_NO_TIME) {
        OUT_LITERAL(out, "\",\"closed\":null,\"duration\":");
    } else {
        OUT_LITERAL(out, "\",\"closed\":\"");
        out_utc(out, info->closed);
        OUT_LITERAL(out, "\",\"duration\":");
    }
    out_seconds(out, info->last - info->opened);
    for (enum tw_end end = TW_CLIENT; end < TW_END_COUNT; end++) {
        struct side side;
        out_char(out, ',');
        quoted(out, end_names[end]);
        out_char(out, ':');
        side_read(&side, report, connection, info, end);
        json_side(out, &side);
    }
    OUT_LITERAL(out, ",\"outcome\":");
    quoted(out, tw_outcome_name(info->outcome));
    OUT_LITERAL(out, ",\"closed_by\":");
    const char *closer = tw_closer_name(info->closed_by);
    if (closer == NULL) {
        OUT_LITERAL(out, "null");
    } else {
        quoted(out, closer);
    }
    OUT_LITERAL(out, ",\"handshake\":{\"syn_to_synack\":");
    seconds_or_null(out, info->syn_to_synack);
    OUT_LITERAL(out, ",\"synack_to_ack\":");
    seconds_or_null(out, info->synack_to_ack);
    OUT_LITERAL(out, "},\"midstream\":");
    truth(out, info->midstream);
    OUT_LITERAL(out, ",\"evicted\":");
    truth(out, info->evicted);
    if (info->lost) {
        OUT_LITERAL(out, ",\"lost\":true");
    }
    if (info->self) {
        OUT_LITERAL(out, ",\"self\":true");
    }
    OUT_LITERAL(out, ",\"dialects\":{\"zeek\":");
    quoted(out, info->zeek);
    OUT_LITERAL(out, ",\"wireshark_completeness\":");
    out_number(out, info->wireshark_completeness);
    OUT_LITERAL(out, ",\"conntrack\":");
    quoted(out, info->conntrack);
    OUT_LITERAL(out, "}}\n");
}

static void history(struct out *out, const struct side *side) {
    for (size_t i = 0; i < side->count; i++) {
        if (i > 0) {
            out_char(out, '>');
        }
        out_text(out, tw_state_name(side->steps[i].state));
    }
}

// The same, as the kernel reported it.
static void kernel_history(struct out *out, const struct side *side) {
    for (size_t i = 0; i < side->kernel_count; i++) {
        out_text(out, i > 0 ? ">" : "");
        out_text(out, tw_state_name(side->kernel[i]));
    }
}

static bool kernel_agrees(const struct side *side) {
    bool agrees = side->kernel_count == side->count;
    for (size_t i = 0; i < side->count && agrees; i++) {
        agrees = side->steps[i].state == side->kernel[i];
    }
    return agrees;
}

// Both histories, each with the kernel's below it where that is another.
static void text_sides(struct tw_report *report, struct out *out,
                       const struct tw_connection *connection,
                       const struct tw_connection_info *info) {
    enum { INDENT = 7, WORD_WIDTH = 7 };
    bool compared = false, agree = true;
    for (enum tw_end end = TW_CLIENT; end < TW_END_COUNT; end++) {
        struct side side;
        side_read(&side, report, connection, info, end);
        out_spaces(out, INDENT);
        out_text_left(out, end_names[end], WORD_WIDTH);
        history(out, &side);
        out_char(out, '\n');
        if (!side.witnessed) {
            continue;
        }
        compared = true;
        if (!kernel_agrees(&side)) {
            agree = false;
            out_spaces(out, INDENT);
            out_text_left(out, "kernel", WORD_WIDTH);
            kernel_history(out, &side);
            out_char(out, '\n');
        }
    }
    if (compared && agree) {
        out_spaces(out, INDENT);
        OUT_LITERAL(out, "kernel agrees\n");
    }
}

void write_csv_header(struct out *out) {
    OUT_LITERAL(out, "connection,opened,duration,client,client_state,server,server_state,outcome,"
                     "closed_by,client_packets,server_packets,client_bytes,server_bytes,"
                     "client_states,server_states\n");
}

static void write_csv(struct tw_report *report, struct out *out,
                      const struct tw_connection *connection,
                      const struct tw_connection_info *info) {
    const struct tw_end_info *client = &info->end[TW_CLIENT], *server = &info->end[TW_SERVER];
    const char *closer = tw_closer_name(info->closed_by);
    struct side side;
    out_number(out, info->number);
    out_char(out, ',');
    out_utc(out, info->opened);
    out_char(out, ',');
    out_seconds(out, info->last - info->opened);
    for (enum tw_end end = TW_CLIENT; end < TW_END_COUNT; end++) {
        out_char(out, ',');
        out_text(out, address_of(report, info, end));
        out_char(out, ',');
        out_text(out, tw_state_name(info->end[end].state));
    }
    out_char(out, ',');
    out_text(out, tw_outcome_name(info->outcome));
    out_char(out, ',');
    out_text(out, closer == NULL ? "" : closer);
    const uint64_t counters[] = {client->packets, server->packets, client->bytes, server->bytes};
    for (size_t i = 0; i < TW_COUNT(counters); i++) {
        out_char(out, ',');
        out_number(out, counters[i]);
    }
    for (enum tw_end end = TW_CLIENT; end < TW_END_COUNT; end++) {
        out_char(out, ',');
        side_read(&side, report, connection, info, end);
        history(out, &side);
    }
    out_char(out, '\n');
}

void write_outcome(struct out *out, const struct tw_connection_info *info) {
    const char *closer = tw_closer_name(info->closed_by);
    out_text(out, tw_outcome_name(info->outcome));
    // What is still open may have seen a FIN, but nobody has opened it.
    if (closer != NULL && info->outcome != TW_OUTCOME_OPEN && info->outcome != TW_OUTCOME_UNKNOWN) {
        OUT_LITERAL(out, " by ");
        out_text(out, closer);
    }
}

// `text`, a space, and more up to the octet `end` of the buffer.
static void text_to(struct out *out, const char *text, size_t end) {
    out_text_left(out, text, end > out->used ? end - out->used : 0);
}

// 100 columns for IPv4: 6 number, twice 21 address and 12 state, 5 packets, 17 "refused by server".
// What is longer than its column takes from the free space beside it (where a state is long, the
// outcome is not), so that nothing is cut and the line is not longer.
static void write_text(struct tw_report *report, struct out *out,
                       const struct tw_connection *connection,
                       const struct tw_connection_info *info) {
    enum { NUMBER_END = 6, PACKETS_END = 82 };
    static const struct {
        size_t address_end, state_end;
    } column[TW_END_COUNT] = {[TW_CLIENT] = {29, 42}, [TW_SERVER] = {64, 0}};
    (void)out_reserve(out, OUT_RESERVE_MAX); // the whole line, so that columns can be counted
    const size_t begin = out->used;
    out_number_right(out, info->number, NUMBER_END);
    out_char(out, ' ');
    for (enum tw_end end = TW_CLIENT; end < TW_END_COUNT; end++) {
        bool known = info->end[end].step_count > 0;
        text_to(out, address_of(report, info, end), begin + column[end].address_end);
        text_to(out, known ? tw_state_name(info->end[end].state) : "-",
                begin + column[end].state_end);
    }
    const size_t used = out->used - begin;
    out_number_right(out, info->end[TW_CLIENT].packets + info->end[TW_SERVER].packets,
                     used < PACKETS_END ? PACKETS_END - used : 0);
    out_char(out, ' ');
    write_outcome(out, info);
    out_char(out, '\n');
    if (report->options.detail > 0) {
        text_sides(report, out, connection, info);
    }
}

void write_connection(struct tw_report *report, struct out *out,
                      const struct tw_connection *connection,
                      const struct tw_connection_info *info) {
    switch (report->options.format) {
    case TW_FORMAT_JSON: write_json(report, out, connection, info); break;
    case TW_FORMAT_CSV: write_csv(report, out, connection, info); break;
    default: write_text(report, out, connection, info);
    }
}
