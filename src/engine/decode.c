// SPDX-License-Identifier: MIT
// From captured octets to a segment: the entrance, and the names of what gave none.
#include "decode_walk.h"

// More than any link carries; keeps every sum of lengths far from 2^32.
enum { PACKET_MAX = 1 << 24 };

static const char *const texts[] = {
#define X(name, text, outcome) [TW_REASON_##name] = text,
    TW_REASON_LIST(X)
#undef X
};
_Static_assert(TW_COUNT(texts) == TW_REASON_COUNT, "a text for every reason");

static const uint8_t outcomes[] = {
#define X(name, text, outcome) [TW_REASON_##name] = TW_##outcome,
    TW_REASON_LIST(X)
#undef X
};
_Static_assert(TW_COUNT(outcomes) == TW_REASON_COUNT, "an outcome for every reason");

const char *tw_reason_text(enum tw_reason reason) {
    return (unsigned)reason < TW_REASON_COUNT ? texts[reason] : texts[TW_REASON_NONE];
}

enum tw_decoded tw_reason_outcome(enum tw_reason reason) {
    return (enum tw_decoded)outcomes[reason];
}

enum tw_decoded tw_decode(const struct tw_decoder *decoder, int linktype, const uint8_t *octets,
                          uint32_t captured, uint32_t length, struct tw_segment *segment,
                          enum tw_reason *reason) {
    struct tw_walk w;
    w.octets = octets;
    w.at = 0;
    w.end = captured < PACKET_MAX ? captured : PACKET_MAX;
    w.wire = length < PACKET_MAX ? length : PACKET_MAX;
    if (w.wire < w.end) // a record that says less than it holds
        w.wire = w.end;
    w.ip = w.destination = 0;
    w.version = w.notes = w.layers = w.tags = 0;
    w.check_checksums = decoder->check_checksums;
    w.segment = segment;
    segment->vlan[0] = segment->vlan[1] = UINT16_MAX;
    *reason = tw_open_link(&w, (uint32_t)linktype);
    return (enum tw_decoded)outcomes[*reason];
}
