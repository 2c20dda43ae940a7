// SPDX-License-Identifier: MIT
// The counts of a whole input: packets by what became of them, connections by state and outcome.
#include "parts.h"

struct count {
    const char *name;
    uint64_t value;
};

static void json_counts(struct out *out, const struct count *counts, size_t count) {
    bool first = true;
    for (size_t i = 0; i < count; i++) {
        if (counts[i].name != NULL) {
            out_text(out, first ? "" : ",");
            out_json(out, counts[i].name);
            out_char(out, ':');
            out_number(out, counts[i].value);
            first = false;
        }
    }
}

// "name 12, other 3", the zeros left out.
static void text_counts(struct out *out, const struct count *counts, size_t count) {
    const char *comma = "   ";
    for (size_t i = 0; i < count; i++) {
        if (counts[i].name != NULL && counts[i].value > 0) {
            out_text(out, comma);
            out_text(out, counts[i].name);
            out_char(out, ' ');
            out_number(out, counts[i].value);
            comma = ", ";
        }
    }
}

static void text_row(struct out *out, const struct count *total, const struct count *parts,
                     size_t count) {
    const size_t name_width = 12, both_width = 24, length = strlen(total->name);
    out_text_left(out, total->name, name_width); // a longer one takes from the number's columns
    out_number_right(out, total->value,
                     both_width - (length < name_width ? name_width : length + 1));
    text_counts(out, parts, count);
    out_char(out, '\n');
}

static void text_table(struct out *out, const char *title, const struct count *counts,
                       size_t count) {
    out_text(out, title);
    for (size_t i = 0; i < count; i++) {
        OUT_LITERAL(out, "  ");
        out_text_left(out, counts[i].name, 14);
        out_number_right(out, counts[i].value, 8);
        out_char(out, '\n');
    }
}

bool tw_reason_malformed(enum tw_reason reason) {
    return tw_reason_outcome(reason) == TW_MALFORMED;
}

void write_summary(struct tw_report *report, const struct tw_report_counts *counts) {
    struct out *out = &report->out;
    struct count states[TW_STATE_COUNT], outcomes[TW_OUTCOME_COUNT];
    struct count ignored[TW_REASON_COUNT] = {0}, malformed[TW_REASON_COUNT] = {0};
    struct count reasons[TW_REASON_COUNT] = {0};
    for (enum tw_state i = 0; i < TW_STATE_COUNT; i++) {
        states[i] = (struct count){tw_state_name(i), report->states[i]};
    }
    for (enum tw_outcome i = 0; i < TW_OUTCOME_COUNT; i++) {
        outcomes[i] = (struct count){tw_outcome_name(i), report->outcomes[i]};
    }
    for (enum tw_reason i = TW_REASON_NONE + 1; i < TW_REASON_COUNT; i++) {
        struct count reason = {tw_reason_text(i), counts->reasons[i]};
        *(tw_reason_malformed(i) ? &malformed[i] : &ignored[i]) = reason;
        if (reason.value > 0) {
            reasons[i] = reason;
        }
    }
    const struct count totals[] = {
        {"packets", counts->packets}, {"decoded", counts->decoded},
        {"ignored", counts->ignored}, {"malformed", counts->malformed},
        {"dropped", counts->dropped}, {"connections", report->matched},
        {"evicted", report->evicted},
    };
    const struct count cut = {"cut", counts->cut}, received = {"received", counts->received};
    const struct count loss[] = {received, {"dropped_interface", counts->dropped_interface}, cut};
    const struct count interface = {"interface", counts->dropped_interface};
    enum { IGNORED = 2, MALFORMED = 3, DROPPED = 4 };
    const struct count clock_back = {"clock steps back", counts->clock_back};
    const struct count recorded[] = {{"recorded", counts->recorded},
                                     {"not_recorded", counts->not_recorded}};
    if (report->options.format == TW_FORMAT_JSON) {
        OUT_LITERAL(out, "{\"event\":\"summary\",");
        json_counts(out, totals, TW_COUNT(totals));
        OUT_LITERAL(out, ",\"states\":{");
        json_counts(out, states, TW_COUNT(states));
        OUT_LITERAL(out, "},\"outcomes\":{");
        json_counts(out, outcomes, TW_COUNT(outcomes));
        OUT_LITERAL(out, "},\"reasons\":{");
        json_counts(out, reasons, TW_COUNT(reasons));
        OUT_LITERAL(out, "},\"clock_back\":");
        out_number(out, clock_back.value);
        out_char(out, ',');
        json_counts(out, loss, TW_COUNT(loss));
        if (counts->records) {
            out_char(out, ',');
            json_counts(out, recorded, TW_COUNT(recorded));
        }
        OUT_LITERAL(out, "}\n");
        return;
    }
    for (size_t i = 0; i < TW_COUNT(totals); i++) {
        if (i == DROPPED) {
            text_row(out, &cut, NULL, 0);
            text_row(out, &received, NULL, 0);
        }
        const struct count *parts = i == IGNORED     ? ignored
                                    : i == MALFORMED ? malformed
                                                     : &interface;
        text_row(out, &totals[i], parts,
                 i == IGNORED || i == MALFORMED ? TW_REASON_COUNT : i == DROPPED);
    }
    text_row(out, &clock_back, NULL, 0);
    for (size_t i = 0; counts->records && i < TW_COUNT(recorded); i++) {
        const struct count row = {i == 0 ? "recorded" : "not recorded", recorded[i].value};
        text_row(out, &row, NULL, 0);
    }
    text_table(out, "states\n", states, TW_COUNT(states));
    text_table(out, "outcomes\n", outcomes, TW_COUNT(outcomes));
}
