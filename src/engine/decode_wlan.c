// SPDX-License-Identifier: MIT
// IEEE 802.11 data frames, bare or behind the headers that monitoring drivers put before them.
#include "decode_walk.h"

// The first subframe of an aggregate (802.11-2020 9.3.2.2), where it is the only one: a segment a
// packet is all that can be told, and to tell the first of several would hide the others.
static enum tw_reason aggregate(struct tw_walk *w) {
    const uint8_t *p = tw_take(w, 14);
    if (p == NULL)
        return TW_REASON_TRUNCATED_LINK;
    const uint32_t length = tw_be16(p + 12);
    const uint32_t padded = (14 + length + 3) / 4 * 4 - 14;
    if (w->wire - w->at > padded + 4) // more than a frame check sequence
        return TW_REASON_WLAN_AGGREGATE;
    tw_bound(w, length);
    return tw_open_llc(w);
}

// `padded`: the driver filled the header up to a multiple of four.
static enum tw_reason frame(struct tw_walk *w, bool padded) {
    enum { MANAGEMENT, CONTROL, DATA };
    enum { NO_DATA = 0x40, QOS = 0x80, BOTH_DS = 0x03, PROTECTED = 0x40, ORDER = 0x80 };
    const uint8_t *p = tw_look(w, 2);
    if (p == NULL)
        return TW_REASON_TRUNCATED_LINK;
    switch ((p[0] >> 2) & 3) {
    case MANAGEMENT: return TW_REASON_WLAN_MANAGEMENT;
    case DATA: break;
    default: return TW_REASON_WLAN_CONTROL;
    }
    if ((p[0] & NO_DATA) != 0)
        return TW_REASON_WLAN_NO_DATA;
    if ((p[1] & PROTECTED) != 0)
        return TW_REASON_WLAN_PROTECTED;
    const bool qos = (p[0] & QOS) != 0;
    uint32_t header = (p[1] & BOTH_DS) == BOTH_DS ? 30 : 24;
    const uint32_t qos_control = header;
    if (qos)
        header += (p[1] & ORDER) != 0 ? 6 : 2; // with HT control
    if (padded)
        header = (header + 3) / 4 * 4;
    if (tw_take(w, header) == NULL)
        return TW_REASON_TRUNCATED_LINK;
    return qos && (p[qos_control] & 0x80) != 0 ? aggregate(w) : tw_open_llc(w);
}

enum tw_reason tw_open_wlan(struct tw_walk *w) {
    return frame(w, false);
}

// radiotap.org: little-endian; a chain of words says which fields follow, in their order.
enum tw_reason tw_open_radiotap(struct tw_walk *w) {
    enum { HEAD = 8, TIMER = 0x01, FLAGS = 0x02, MORE = 0x80, PADDED = 0x20 };
    const uint8_t *p = tw_look(w, HEAD);
    if (p == NULL)
        return TW_REASON_TRUNCATED_LINK;
    const uint32_t length = tw_le16(p + 2);
    if (length < HEAD || tw_take(w, length) == NULL)
        return TW_REASON_TRUNCATED_LINK;
    uint32_t field = HEAD;
    while ((p[field - 1] & MORE) != 0) {
        if (field + 4 > length)
            return TW_REASON_TRUNCATED_LINK;
        field += 4;
    }
    if ((p[4] & TIMER) != 0)
        field = (field + 7) / 8 * 8 + 8;
    return frame(w, (p[4] & FLAGS) != 0 && field < length && (p[field] & PADDED) != 0);
}

enum tw_reason tw_open_avs(struct tw_walk *w) {
    const uint8_t *p = tw_look(w, 8);
    if (p == NULL || tw_be32(p + 4) < 8 || tw_take(w, tw_be32(p + 4)) == NULL)
        return TW_REASON_TRUNCATED_LINK;
    return tw_open_wlan(w);
}

// Some drivers put AVS headers, known by their first octets, where Prism's were announced.
enum tw_reason tw_open_prism(struct tw_walk *w) {
    enum { PRISM = 144, AVS_MAGIC = 0x80211000 };
    const uint8_t *p = tw_look(w, 4);
    if (p != NULL && (tw_be32(p) & 0xfffff000) == AVS_MAGIC)
        return tw_open_avs(w);
    return tw_take(w, PRISM) == NULL ? TW_REASON_TRUNCATED_LINK : tw_open_wlan(w);
}
