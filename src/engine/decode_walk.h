// SPDX-License-Identifier: MIT
// The walk down a packet's headers, private to the decoder: a bounds-checked cursor over the
// captured octets, and one opener a protocol, each of which hands on to the next.
#ifndef TCPWALK_DECODE_WALK_H
#define TCPWALK_DECODE_WALK_H

#include "tcpwalk/decode.h"

// Headers in one packet that may hold their own kind: Ethernet, LLC, PPP, MPLS, NSH, IP. Eight
// tunnels of Ethernet and IP; beyond that somebody plays with us.
enum { TW_LAYERS_MAX = 16 };

struct tw_walk {
    const uint8_t *octets; // the packet
    uint32_t at;           // the next octet, at most `end`
    uint32_t end;          // of this layer's captured octets
    uint32_t wire;         // of this layer as sent: `end`, or beyond where the capture cut it
    uint32_t ip;           // the innermost IP header
    uint32_t destination;  // its (final) destination address
    uint8_t version;       // its version
    uint8_t notes;         // enum tw_note
    uint8_t layers, tags;
    bool check_checksums;
    struct tw_segment *segment;
};

static inline uint16_t tw_be16(const uint8_t *p) {
    return (uint16_t)(p[0] << 8 | p[1]);
}
static inline uint32_t tw_be32(const uint8_t *p) {
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}
static inline uint16_t tw_le16(const uint8_t *p) {
    return (uint16_t)(p[1] << 8 | p[0]);
}
static inline uint32_t tw_le32(const uint8_t *p) {
    return (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}

static inline uint32_t tw_left(const struct tw_walk *w) {
    return w->end - w->at;
}

// The next `count` octets without passing them, or NULL where there are not so many.
static inline const uint8_t *tw_look(const struct tw_walk *w, uint32_t count) {
    return count > tw_left(w) ? NULL : w->octets + w->at;
}

// The next `count` octets, passed; NULL (and nothing passed) where there are not so many.
static inline const uint8_t *tw_take(struct tw_walk *w, uint32_t count) {
    const uint8_t *p = tw_look(w, count);
    if (p != NULL)
        w->at += count;
    return p;
}

// What follows is said to be `length` octets long: padding behind it is not ours.
static inline void tw_bound(struct tw_walk *w, uint32_t length) {
    if (length < w->wire - w->at)
        w->wire = w->at + length;
    if (w->end > w->wire)
        w->end = w->wire;
}

// Counts one more header that may hold its own kind. False where there are too many.
static inline bool tw_enter(struct tw_walk *w) {
    return w->layers++ < TW_LAYERS_MAX;
}

// From here on a packet inside a packet: the outer one's lengths say nothing of it.
static inline void tw_tunnel(struct tw_walk *w) {
    w->notes = (uint8_t)((w->notes & TW_NOTE_FIRST_FRAGMENT) | TW_NOTE_TUNNEL);
}

typedef enum tw_reason tw_opener(struct tw_walk *w);

// Openers. Each begins at the first octet of its header and says why there is no segment, or
// TW_REASON_NONE when the segment is filled.
enum tw_reason tw_open_link(struct tw_walk *w, uint32_t linktype);
tw_opener tw_open_icmp;
tw_opener tw_open_icmpv6;
tw_opener tw_open_ethernet;
tw_opener tw_open_type; // EtherType (or 802.3 length), then what it names
enum tw_reason tw_open_ethertype(struct tw_walk *w, uint16_t type);
tw_opener tw_open_llc;
tw_opener tw_open_snap;
tw_opener tw_open_nlpid;
tw_opener tw_open_mpls;
tw_opener tw_open_nsh;
tw_opener tw_open_chdlc;
tw_opener tw_open_ppp;
tw_opener tw_open_pppoe;
tw_opener tw_open_wlan;
tw_opener tw_open_radiotap;
tw_opener tw_open_prism;
tw_opener tw_open_avs;
tw_opener tw_open_raw; // IPv4 or IPv6, whichever it says it is
tw_opener tw_open_ipv4;
tw_opener tw_open_ipv6;
tw_opener tw_open_gre;
tw_opener tw_open_udp;
tw_opener tw_open_tcp;

// Next-protocol numbers that NSH and VXLAN-GPE share (RFC 8300 section 2.2).
enum tw_reason tw_open_nsh_protocol(struct tw_walk *w, uint8_t protocol);

#endif
