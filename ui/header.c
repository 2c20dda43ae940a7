// SPDX-License-Identifier: MIT
// Takes the packet of the segment at the cursor apart.
#include "header.h"

#include "tcpwalk/decode.h"

#include "app.h"
#include "ui.h"
#include "views/views.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

// --- Which, and its octets

const struct tw_story_segment *cursor_segment(const struct app *app) {
    const struct tw_ladder *ladder = &app->ladder;
    if (ladder->connection == NULL)
        return NULL;
    size_t count;
    const struct tw_story_segment *segments = tw_story_segments(ladder->connection, &count);
    // A timer, a call or a silence has none of its own: what came before it stays in view.
    for (int64_t row = cursor_row(app); row >= 0; row--) {
        if ((size_t)row >= ladder->row_count || ladder->rows[row].segment >= count)
            continue;
        return &segments[tw_ladder_segment_at(ladder, (size_t)row, app->playback.place)];
    }
    return NULL;
}

static uint16_t be16(const uint8_t *p) {
    return (uint16_t)(p[0] << 8 | p[1]);
}

static uint32_t be32(const uint8_t *p) {
    return (uint32_t)be16(p) << 16 | be16(p + 2);
}

// What a stack leaves in the field for the card to go on from: the sum of addresses, protocol and
// length (RFC 9293 3.1), not complemented.
static uint16_t pseudo_sum(const struct tw_segment *s) {
    const uint32_t length = s->header_length + s->length;
    uint64_t sum = 6 + (length >> 16) + (length & 0xffff);
    for (int i = 0; i < (s->version == 4 ? 4 : 16); i += 2)
        sum += (uint64_t)be16(s->source.octets + i) + be16(s->destination.octets + i);
    while (sum > 0xffff)
        sum = (sum >> 16) + (sum & 0xffff);
    return (uint16_t)sum;
}

static enum header_checksum judge(const struct header *header, enum tw_decoded checked) {
    const struct tw_segment *s = &header->segment;
    if ((s->notes & (TW_NOTE_CUT | TW_NOTE_HEADER_CUT)) != 0)
        return CHECKSUM_CUT;
    if ((s->notes & TW_NOTE_FIRST_FRAGMENT) != 0)
        return CHECKSUM_PIECES;
    if ((s->notes & TW_NOTE_LENGTH_ZERO) != 0)
        return CHECKSUM_LENGTH;
    if (checked == TW_DECODED)
        return CHECKSUM_RIGHT;
    return be16(header->octets + 16) == pseudo_sum(s) ? CHECKSUM_BEGUN : CHECKSUM_OTHER;
}

void header_read(struct header *header, int linktype, const uint8_t *octets, uint32_t captured,
                 uint32_t length) {
    enum tw_reason reason;
    struct tw_segment checked;
    const struct tw_decoder plain = {0}, strict = {.check_checksums = true};
    header->linktype = linktype;
    header->there = tw_decode(&plain, linktype, octets, captured, length, &header->segment,
                              &reason) == TW_DECODED;
    if (!header->there) {
        snprintf(header->why, sizeof header->why, _("its octets are no segment: %s"),
                 tw_reason_text(reason));
        return;
    }
    const struct tw_segment *s = &header->segment;
    header->whole = s->header_length + s->length;
    header->captured = captured - s->header_offset;
    if (header->captured > header->whole)
        header->captured = header->whole;
    header->kept = header->captured < HEADER_OCTETS ? header->captured : HEADER_OCTETS;
    memset(header->octets, 0, HEADER_FIXED);
    memcpy(header->octets, octets + s->header_offset, header->kept);
    header->checksum =
        judge(header, tw_decode(&strict, linktype, octets, captured, length, &checked, &reason));
}

void header_tick(struct app *app) {
    const struct tw_story_segment *segment = cursor_segment(app);
    struct header *header = &app->header;
    if (segment == NULL || shown_part(app) != PART_SEGMENT || header->packet == segment->packet)
        return;
    const char *why = _("the packets were not kept");
    const struct tw_packet *packet =
        app->files != NULL ? app->files->packet(app->files->context, segment->packet, &why) : NULL;
    header->packet = segment->packet;
    header->there = false;
    app->changed = true;
    if (packet == NULL)
        snprintf(header->why, sizeof header->why, "%s", why);
    else
        header_read(header, packet->linktype, packet->octets, packet->captured, packet->length);
}

const struct header *header_of(const struct app *app, const struct tw_story_segment *segment) {
    return app->header.packet == segment->packet ? &app->header : NULL;
}

// --- Options

// Kinds that have a name of their own here (IANA "TCP Parameters"); `length` 0: it varies.
enum {
    END = 0,
    NOP = 1,
    MSS = 2,
    SCALE = 3,
    SACK_PERMITTED = 4,
    SACK = 5,
    TIMESTAMPS = 8,
    MD5 = 19,
    USER_TIMEOUT = 28,
    AUTHENTICATION = 29,
    MPTCP = 30,
    FAST_OPEN = 34,
    ACCURATE_ECN_0 = 172,
    ACCURATE_ECN_1 = 174,
    EXPERIMENT = 254,
    FAST_OPEN_EXID = 0xf989, // RFC 7413 appendix A
    SCALE_MOST = 14,         // RFC 7323 2.3
};

static const char *kind_name(uint8_t kind, unsigned *length) {
    *length = 0;
    switch (kind) {
    case MSS: *length = 4; return "MSS";
    case SCALE: *length = 3; return "window scale";
    case SACK_PERMITTED: *length = 2; return "SACK permitted";
    case SACK: return "SACK";
    case TIMESTAMPS: *length = 10; return "timestamps";
    case MD5: *length = 18; return "MD5";
    case USER_TIMEOUT: *length = 4; return "user timeout";
    case AUTHENTICATION: return "TCP-AO";
    case MPTCP: return "MPTCP";
    case FAST_OPEN: return "Fast Open";
    case ACCURATE_ECN_0:
    case ACCURATE_ECN_1: return "AccECN";
    default: return NULL;
    }
}

// Octets as "0a 0b", cut to the room there is.
static const char *hex_text(const uint8_t *p, unsigned count, char text[OPTION_TEXT]) {
    enum { MOST = 40 };
    size_t at = 0;
    text[0] = '\0';
    for (unsigned i = 0; i < count && i < MOST; i++)
        at += (size_t)snprintf(text + at, OPTION_TEXT - at, i == 0 ? "%02x" : " %02x", p[i]);
    return text;
}

static const char *mptcp_name(uint8_t subtype) {
    static const char *const names[] = {"MP_CAPABLE", "MP_JOIN",      "DSS",
                                        "ADD_ADDR",   "REMOVE_ADDR",  "MP_PRIO",
                                        "MP_FAIL",    "MP_FASTCLOSE", "MP_TCPRST"};
    return subtype < TW_COUNT(names) ? names[subtype] : "?";
}

// A first block that was acknowledged already, or lies in the second, tells of octets that came
// twice (RFC 2883 section 4).
static bool is_duplicate_sack(const uint8_t *p, unsigned blocks, uint32_t ack) {
    uint32_t left = be32(p), right = be32(p + 4);
    if (tw_seq_le(right, ack))
        return true;
    return blocks > 1 && tw_seq_le(be32(p + 8), left) && tw_seq_le(right, be32(p + 12));
}

static void sack_text(const uint8_t *p, unsigned length, uint32_t ack, uint32_t base,
                      struct header_option *option) {
    unsigned blocks = (length - 2) / 8;
    p += 2;
    int at = snprintf(option->text, OPTION_TEXT, "%s",
                      is_duplicate_sack(p, blocks, ack) ? "D-SACK" : "SACK");
    for (; blocks > 0; blocks--, p += 8)
        at += snprintf(option->text + at, OPTION_TEXT - (size_t)at, " %" PRIu32 "-%" PRIu32,
                       be32(p) - base, be32(p + 4) - base);
}

static void cookie_text(const uint8_t *p, unsigned length, struct header_option *option) {
    char hex[OPTION_TEXT];
    if (length == 0)
        snprintf(option->text, OPTION_TEXT, "%s", _("Fast Open: asks for a cookie"));
    else
        snprintf(option->text, OPTION_TEXT, _("Fast Open cookie %.110s"), hex_text(p, length, hex));
}

static void plain_text(const uint8_t *p, unsigned length, struct header_option *option) {
    char hex[OPTION_TEXT];
    unsigned own;
    const char *name = kind_name(option->kind, &own);
    hex_text(p + 2, length - 2, hex);
    if (name != NULL)
        snprintf(option->text, OPTION_TEXT, "%s %.120s", name, hex);
    else
        snprintf(option->text, OPTION_TEXT, _("kind %u: %.120s"), option->kind, hex);
}

// A whole option with a length that may be its own.
static void option_text(const uint8_t *p, unsigned length, uint32_t ack, uint32_t base,
                        struct header_option *option) {
    char *text = option->text;
    unsigned own;
    const char *name = kind_name(p[0], &own);
    bool fits = own == 0 || own == length;
    if (p[0] == SACK)
        fits = length > 2 && (length - 2) % 8 == 0;
    if (p[0] == MPTCP)
        fits = length > 2;
    if (!fits) {
        option->malformed = true;
        snprintf(text, OPTION_TEXT, _("%s: malformed, %u octets long"), name, length);
        return;
    }
    switch (p[0]) {
    case MSS: snprintf(text, OPTION_TEXT, "MSS %u", be16(p + 2)); break;
    case SCALE:
        snprintf(text, OPTION_TEXT,
                 p[2] > SCALE_MOST ? _("window scale %u: taken as 14, times %u")
                                   : _("window scale %u: times %u"),
                 p[2], 1U << (p[2] > SCALE_MOST ? SCALE_MOST : p[2]));
        break;
    case SACK_PERMITTED: snprintf(text, OPTION_TEXT, "%s", name); break;
    case SACK: sack_text(p, length, ack, base, option); break;
    case TIMESTAMPS:
        snprintf(text, OPTION_TEXT, _("timestamps %u, echo %u"), be32(p + 2), be32(p + 6));
        break;
    case USER_TIMEOUT: // RFC 5482 2: the first bit says minutes
        snprintf(text, OPTION_TEXT,
                 be16(p + 2) & 0x8000 ? _("user timeout %u min") : _("user timeout %u s"),
                 be16(p + 2) & 0x7fffU);
        break;
    case MPTCP: snprintf(text, OPTION_TEXT, "MPTCP %s", mptcp_name(p[2] >> 4)); break;
    case FAST_OPEN: cookie_text(p + 2, length - 2, option); break;
    case EXPERIMENT:
        if (length >= 4 && be16(p + 2) == FAST_OPEN_EXID)
            cookie_text(p + 4, length - 4, option);
        else
            plain_text(p, length, option);
        break;
    default: plain_text(p, length, option); break;
    }
}

// One option of at most `left` octets, which the header has whole unless it was `cut`; returns its
// length.
static unsigned read_option(const uint8_t *p, unsigned left, bool cut, uint32_t ack, uint32_t base,
                            struct header_option *option) {
    option->kind = p[0];
    option->malformed = false;
    if (p[0] == END) {
        snprintf(option->text, OPTION_TEXT, "%s", _("end"));
        return left;
    }
    if (p[0] == NOP) {
        snprintf(option->text, OPTION_TEXT, "NOP");
        return 1;
    }
    if (left >= 2 && p[1] >= 2 && p[1] <= left) {
        option_text(p, p[1], ack, base, option);
        return p[1];
    }
    bool lies = left >= 2 && p[1] < 2;
    option->malformed = lies || !cut;
    if (lies)
        snprintf(option->text, OPTION_TEXT, _("kind %u: malformed, %u octets long"), p[0], p[1]);
    else if (cut)
        snprintf(option->text, OPTION_TEXT, _("kind %u: not captured whole"), p[0]);
    else
        snprintf(option->text, OPTION_TEXT, _("kind %u: malformed, leaves the header"), p[0]);
    return left;
}

size_t header_options(const struct header *header, uint32_t base,
                      struct header_option options[OPTIONS_MAX]) {
    unsigned at = HEADER_FIXED, end = header->segment.header_length;
    bool cut = end > header->captured;
    size_t count = 0;
    if (cut)
        end = header->captured;
    while (at < end && count < OPTIONS_MAX) {
        struct header_option *option = &options[count++];
        option->at = (uint8_t)at;
        unsigned length =
            read_option(header->octets + at, end - at, cut, header->segment.ack, base, option);
        option->length = (uint8_t)length;
        at += length;
    }
    return count;
}
