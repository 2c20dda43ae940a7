// SPDX-License-Identifier: MIT
// The TCP options of a segment, and what was noticed about its packet: in JSON and in text.
#include "parts.h"

// RFC 8684 section 3, figure 3.
static const char *const mptcp_names[16] = {
    [0] = "mp_capable",  [1] = "mp_join",          [2] = "dss",     [3] = "add_addr",
    [4] = "remove_addr", [5] = "mp_prio",          [6] = "mp_fail", [7] = "mp_fastclose",
    [8] = "mp_tcprst",   [15] = "mp_experimental",
};

static const char *mptcp_name(uint8_t subtype) {
    const char *name = subtype < TW_COUNT(mptcp_names) ? mptcp_names[subtype] : NULL;
    return name != NULL ? name : "reserved";
}

static const struct {
    enum tw_note note;
    const char *name;
} notes[] = {
    {TW_NOTE_OPTIONS_MALFORMED, "malformed-options"},
    {TW_NOTE_FIRST_FRAGMENT, "first-fragment"},
    {TW_NOTE_CUT, "cut"},
    {TW_NOTE_HEADER_CUT, "header-cut"},
    {TW_NOTE_TUNNEL, "tunnel"},
    {TW_NOTE_CHECKSUM_BAD, "bad-checksum"},
    {TW_NOTE_LENGTH_ZERO, "length-zero"},
};

// "before a, b after", or nothing without any note.
static void write_notes(struct out *out, uint8_t set, const char *before, const char *between,
                        const char *after) {
    const char *next = before;
    for (size_t i = 0; i < TW_COUNT(notes); i++) {
        if (set & notes[i].note) {
            out_text(out, next);
            out_text(out, notes[i].name);
            next = between;
        }
    }
    out_text(out, next == before ? "" : after);
}

// Two numbers, and what stands around them.
static void two(struct out *out, const char *before, uint64_t first, const char *between,
                uint64_t second, const char *after) {
    out_text(out, before);
    out_number(out, first);
    out_text(out, between);
    out_number(out, second);
    out_text(out, after);
}

// SACK blocks are numbers of the octets that the sender has received, so of its peer's.
static void sack(struct tw_report *report, const struct tw_connection_info *info,
                 enum tw_end sender, const struct tw_segment *segment,
                 const char *const around[4]) {
    for (size_t i = 0; i < segment->sack_count; i++) {
        two(&report->out, around[i > 0], shown_ack(report, info, sender, segment->sack[i].left),
            around[2], shown_ack(report, info, sender, segment->sack[i].right), around[3]);
    }
}

// `key`, behind a comma if it is not the first.
static void member(struct out *out, bool *first, const char *key) {
    out_text(out, *first ? "" : ",");
    out_text(out, key);
    *first = false;
}

static void json_each(struct tw_report *report, const struct tw_connection_info *info,
                      enum tw_end sender, const struct tw_segment *s) {
    static const char *const around[4] = {"[", ",[", ",", "]"};
    struct out *out = &report->out;
    bool first = true;
    if (s->options & TW_OPT_MSS) {
        member(out, &first, "\"mss\":");
        out_number(out, s->mss);
    }
    if (s->options & TW_OPT_SCALE) {
        member(out, &first, "\"scale\":");
        out_number(out, s->scale);
    }
    if (s->options & TW_OPT_SACK_PERMITTED) {
        member(out, &first, "\"sack_permitted\":true");
    }
    if (s->options & TW_OPT_SACK) {
        member(out, &first, "\"sack\":[");
        sack(report, info, sender, s, around);
        out_char(out, ']');
    }
    if (s->options & TW_OPT_TIMESTAMPS) {
        member(out, &first, "\"timestamps\":");
        two(out, "[", s->tsval, ",", s->tsecr, "]");
    }
    if (s->options & TW_OPT_FAST_OPEN) {
        member(out, &first, "\"fast_open\":");
        out_number(out, s->fast_open);
    }
    if (s->options & TW_OPT_MPTCP) {
        member(out, &first, "\"mptcp\":");
        out_json(out, mptcp_name(s->mptcp));
    }
    if (s->options & TW_OPT_UNKNOWN) {
        member(out, &first, "\"unknown\":[");
        for (size_t i = 0; i < s->unknown_count; i++) {
            out_text(out, i > 0 ? "," : "");
            out_number(out, s->unknown[i]);
        }
        out_char(out, ']');
    }
}

void json_options(struct tw_report *report, const struct tw_connection_info *info,
                  enum tw_end sender, const struct tw_segment *segment) {
    struct out *out = &report->out;
    if (segment->options != 0) {
        OUT_LITERAL(out, ",\"options\":{");
        json_each(report, info, sender, segment);
        out_char(out, '}');
    }
    write_notes(out, segment->notes, ",\"notes\":[\"", "\",\"", "\"]");
}

// tcpdump's words, in a fixed order.
static void text_each(struct tw_report *report, const struct tw_connection_info *info,
                      enum tw_end sender, const struct tw_segment *s) {
    static const char *const around[4] = {"{", "{", ":", "}"};
    struct out *out = &report->out;
    bool first = true;
    if (s->options & TW_OPT_MSS) {
        member(out, &first, "mss ");
        out_number(out, s->mss);
    }
    if (s->options & TW_OPT_SACK_PERMITTED) {
        member(out, &first, "sackOK");
    }
    if (s->options & TW_OPT_SACK) {
        member(out, &first, "sack ");
        out_number(out, s->sack_count);
        out_char(out, ' ');
        sack(report, info, sender, s, around);
    }
    if (s->options & TW_OPT_TIMESTAMPS) {
        member(out, &first, "TS");
        two(out, " val ", s->tsval, " ecr ", s->tsecr, "");
    }
    if (s->options & TW_OPT_SCALE) {
        member(out, &first, "wscale ");
        out_number(out, s->scale);
    }
    if (s->options & TW_OPT_FAST_OPEN) {
        member(out, &first, s->fast_open > 0 ? "tfo cookie of " : "tfo cookiereq");
        if (s->fast_open > 0) {
            out_number(out, s->fast_open);
        }
    }
    if (s->options & TW_OPT_MPTCP) {
        member(out, &first, "mptcp ");
        out_text(out, mptcp_name(s->mptcp));
    }
    for (size_t i = 0; i < (s->options & TW_OPT_UNKNOWN ? s->unknown_count : 0U); i++) {
        member(out, &first, "unknown-");
        out_number(out, s->unknown[i]);
    }
}

void text_options(struct tw_report *report, const struct tw_connection_info *info,
                  enum tw_end sender, const struct tw_segment *segment) {
    struct out *out = &report->out;
    if (segment->options != 0) {
        OUT_LITERAL(out, " options [");
        text_each(report, info, sender, segment);
        out_char(out, ']');
    }
    write_notes(out, segment->notes, " (", ", ", ")");
}
