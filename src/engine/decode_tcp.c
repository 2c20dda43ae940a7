// SPDX-License-Identifier: MIT
// The TCP header and its options (RFC 9293 section 3.1) into a segment.
#include "decode_walk.h"

#include <string.h>

enum {
    FIXED = 20,         // header without options
    THROUGH_FLAGS = 14, // what a capture must hold for the header to be of use
    PROTOCOL_TCP = 6,
};

// Option kinds (IANA "TCP Parameters") and their lengths.
enum {
    KIND_END = 0,
    KIND_NOP = 1,
    KIND_MSS = 2,            // RFC 9293 3.2
    KIND_SCALE = 3,          // RFC 7323 2.2
    KIND_SACK_PERMITTED = 4, // RFC 2018 2
    KIND_SACK = 5,           // RFC 2018 3
    KIND_TIMESTAMPS = 8,     // RFC 7323 3.2
    KIND_MPTCP = 30,         // RFC 8684 3
    KIND_FAST_OPEN = 34,     // RFC 7413 4.1.1
    KIND_EXPERIMENT_2 = 254, // RFC 6994
    FAST_OPEN_EXID = 0xf989, // RFC 7413 appendix A, as an experiment
    MSS_LENGTH = 4,
    SCALE_LENGTH = 3,
    SACK_PERMITTED_LENGTH = 2,
    SACK_BLOCK = 8,
    TIMESTAMPS_LENGTH = 10,
    MPTCP_LENGTH_LEAST = 3,
    ALIGNED_TIMESTAMPS = 12, // NOP, NOP, timestamps: RFC 7323 appendix A
    ALIGNED_TIMESTAMPS_HEAD = 0x0101080a,
};

// The sum of 16-bit words (RFC 1071), not yet folded; `odd` octets are padded with a zero.
static uint64_t sum(const uint8_t *p, uint32_t count) {
    uint64_t total = 0;
    for (; count > 1; count -= 2, p += 2)
        total += tw_be16(p);
    return count > 0 ? total + (uint64_t)(p[0] << 8) : total;
}

// RFC 9293 3.1: over the pseudo-header (RFC 8200 8.1 for IPv6), the header and the data.
static bool checksum_good(const struct tw_walk *w) {
    const uint32_t source = w->ip + (w->version == 4 ? 12 : 8);
    const uint32_t size = w->version == 4 ? 4 : 16;
    const uint32_t count = w->end - w->at;
    uint64_t total = sum(w->octets + source, size) + sum(w->octets + w->destination, size) +
                     PROTOCOL_TCP + (count >> 16) + (count & 0xffff) +
                     sum(w->octets + w->at, count);
    while (total > 0xffff)
        total = (total >> 16) + (total & 0xffff);
    return total == 0xffff;
}

static void keep_unknown(struct tw_segment *s, uint8_t kind) {
    s->options |= TW_OPT_UNKNOWN;
    if (s->unknown_count < TW_UNKNOWN_OPTIONS_MAX)
        s->unknown[s->unknown_count++] = kind;
}

// One whole option of `length` octets. False where its kind does not have that length.
static bool option(struct tw_segment *s, const uint8_t *p, uint32_t length) {
    switch (p[0]) {
    case KIND_MSS:
        if (length != MSS_LENGTH)
            return false;
        s->options |= TW_OPT_MSS;
        s->mss = tw_be16(p + 2);
        return true;
    case KIND_SCALE:
        if (length != SCALE_LENGTH)
            return false;
        s->options |= TW_OPT_SCALE;
        s->scale = p[2];
        return true;
    case KIND_SACK_PERMITTED:
        if (length != SACK_PERMITTED_LENGTH)
            return false;
        s->options |= TW_OPT_SACK_PERMITTED;
        return true;
    case KIND_SACK: {
        const uint32_t count = (length - 2) / SACK_BLOCK;
        if (count == 0 || count > TW_SACK_MAX || (length - 2) % SACK_BLOCK != 0)
            return false;
        s->options |= TW_OPT_SACK;
        s->sack_count = (uint8_t)count;
        p += 2;
        for (uint32_t i = 0; i < count; i++, p += SACK_BLOCK) {
            s->sack[i].left = tw_be32(p);
            s->sack[i].right = tw_be32(p + 4);
        }
        return true;
    }
    case KIND_TIMESTAMPS:
        if (length != TIMESTAMPS_LENGTH)
            return false;
        s->options |= TW_OPT_TIMESTAMPS;
        s->tsval = tw_be32(p + 2);
        s->tsecr = tw_be32(p + 6);
        return true;
    case KIND_MPTCP:
        if (length < MPTCP_LENGTH_LEAST)
            return false;
        s->options |= TW_OPT_MPTCP;
        s->mptcp = p[2] >> 4;
        return true;
    case KIND_FAST_OPEN:
        s->options |= TW_OPT_FAST_OPEN;
        s->fast_open = (uint8_t)(length - 2);
        return true;
    case KIND_EXPERIMENT_2:
        if (length >= 4 && tw_be16(p + 2) == FAST_OPEN_EXID) {
            s->options |= TW_OPT_FAST_OPEN;
            s->fast_open = (uint8_t)(length - 4);
            return true;
        }
        break;
    default: break;
    }
    keep_unknown(s, p[0]);
    return true;
}

// `count` octets of options, `whole` unless the capture cut them. A kind with a length that is not
// its own is passed over, as stacks do; one that leaves the header ends the options.
static uint8_t options(struct tw_segment *s, const uint8_t *p, uint32_t count, bool whole) {
    uint8_t notes = whole ? 0 : TW_NOTE_HEADER_CUT;
    const uint8_t beyond = whole ? TW_NOTE_OPTIONS_MALFORMED : 0;
    while (count > 0 && p[0] != KIND_END) {
        if (p[0] == KIND_NOP) {
            p++, count--;
            continue;
        }
        if (count < 2)
            return notes | beyond;
        const uint32_t length = p[1];
        if (length < 2)
            return notes | TW_NOTE_OPTIONS_MALFORMED;
        if (length > count)
            return notes | beyond;
        if (!option(s, p, length))
            notes |= TW_NOTE_OPTIONS_MALFORMED;
        p += length, count -= length;
    }
    return notes;
}

static void addresses(const struct tw_walk *w, struct tw_segment *s, const uint8_t *ip) {
    s->version = w->version;
    if (TW_LIKELY(w->version == 4)) {
        memset(&s->source, 0, sizeof s->source);
        memset(&s->destination, 0, sizeof s->destination);
        memcpy(s->source.octets, ip + 12, 4);
        memcpy(s->destination.octets, ip + 16, 4);
        s->ttl = ip[8];
        s->ip_id = tw_be16(ip + 4);
    } else {
        memcpy(s->source.octets, ip + 8, 16);
        memcpy(s->destination.octets, w->octets + w->destination, 16);
        s->ttl = ip[7];
        s->ip_id = 0;
    }
}

enum tw_reason tw_open_tcp(struct tw_walk *w) {
    const uint8_t *p = tw_look(w, THROUGH_FLAGS);
    const uint32_t left = tw_left(w), room = w->wire - w->at;
    const bool fragment = (w->notes & TW_NOTE_FIRST_FRAGMENT) != 0;
    if (TW_UNLIKELY(room < FIXED))
        return fragment ? TW_REASON_TRUNCATED_TCP : TW_REASON_TCP_BEYOND_IP;
    if (TW_UNLIKELY(p == NULL))
        return TW_REASON_TRUNCATED_TCP;
    const uint32_t header = (uint32_t)(p[12] >> 4) * 4;
    if (TW_UNLIKELY(header < FIXED))
        return TW_REASON_BAD_TCP_OFFSET;
    if (TW_UNLIKELY(header > room && !fragment))
        return TW_REASON_TCP_BEYOND_IP;

    struct tw_segment *s = w->segment;
    uint8_t notes = w->notes;
    addresses(w, s, w->octets + w->ip);
    s->source_port = tw_be16(p);
    s->destination_port = tw_be16(p + 2);
    s->seq = tw_be32(p + 4);
    s->ack = tw_be32(p + 8);
    s->flags = tw_be16(p + 12) & 0x1ff;
    s->window = 0;
    s->length = header < room ? room - header : 0;
    s->options = 0;
    s->mss = 0;
    s->tsval = s->tsecr = 0;
    s->scale = s->sack_count = s->fast_open = s->mptcp = s->unknown_count = 0;
    s->header_offset = w->at;
    s->header_length = (uint8_t)header;
    if (TW_LIKELY(left >= FIXED)) {
        s->window = tw_be16(p + 14);
        p += FIXED;
        if (TW_LIKELY(header == FIXED + ALIGNED_TIMESTAMPS && left >= header &&
                      tw_be32(p) == ALIGNED_TIMESTAMPS_HEAD)) {
            s->options = TW_OPT_TIMESTAMPS;
            s->tsval = tw_be32(p + 4);
            s->tsecr = tw_be32(p + 8);
        } else if (header > FIXED) {
            const bool whole = left >= header;
            notes |= options(s, p, (whole ? header : left) - FIXED, whole);
        }
    } else {
        notes |= TW_NOTE_HEADER_CUT;
    }
    if (w->end < w->wire)
        notes |= TW_NOTE_CUT;
    s->notes = notes;
    // Only a whole packet whose length is known can be judged.
    if (TW_UNLIKELY(w->check_checksums) &&
        (notes & (TW_NOTE_CUT | TW_NOTE_FIRST_FRAGMENT | TW_NOTE_LENGTH_ZERO)) == 0 &&
        !checksum_good(w)) {
        s->notes |= TW_NOTE_CHECKSUM_BAD;
        return TW_REASON_BAD_CHECKSUM;
    }
    return TW_REASON_NONE;
}
