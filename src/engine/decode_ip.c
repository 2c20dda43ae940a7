// SPDX-License-Identifier: MIT
// IPv4 (RFC 791) and IPv6 with its extension headers (RFC 8200). Lengths come from here.
#include "decode_walk.h"

enum { IPV4_LEAST = 20, IPV6_FIXED = 40 };

// Protocol numbers (IANA "Protocol Numbers").
enum {
    HOP_BY_HOP = 0,
    ICMP = 1,
    IGMP = 2,
    IPV4 = 4,
    TCP = 6,
    UDP = 17,
    IPV6 = 41,
    ROUTING = 43,
    FRAGMENT = 44,
    GRE = 47,
    ESP = 50,
    AUTHENTICATION = 51,
    ICMPV6 = 58,
    DESTINATION_OPTIONS = 60,
    ETHERIP = 97,
    L2TPV3 = 115,
    SCTP = 132,
    MOBILITY = 135,
    MPLS = 137,
    HIP = 139,
    SHIM6 = 140,
};

// RFC 3378: version 3 and twelve bits of nothing, then an Ethernet frame.
static enum tw_reason etherip(struct tw_walk *w) {
    const uint8_t *p = tw_take(w, 2);
    if (p == NULL)
        return TW_REASON_TRUNCATED_TUNNEL;
    if (p[0] >> 4 != 3)
        return TW_REASON_TUNNEL_OTHER;
    tw_tunnel(w);
    return tw_open_ethernet(w);
}

static enum tw_reason protocol(struct tw_walk *w, uint8_t number) {
    for (;;) {
        switch (number) {
        case TCP: return tw_open_tcp(w);
        case UDP: return tw_open_udp(w);
        case GRE: return tw_open_gre(w);
        case IPV4: tw_tunnel(w); return tw_open_ipv4(w);
        case IPV6: tw_tunnel(w); return tw_open_ipv6(w);
        case MPLS: tw_tunnel(w); return tw_open_mpls(w);
        case ETHERIP: return etherip(w);
        case AUTHENTICATION: { // RFC 4302 2: behind it the payload lies open
            const uint8_t *p = tw_look(w, 2);
            if (p == NULL || tw_take(w, (p[1] + 2U) * 4) == NULL)
                return TW_REASON_TRUNCATED_EXTENSION;
            number = p[0];
            break;
        }
        case ICMP: return tw_open_icmp(w);
        case ICMPV6: return tw_open_icmpv6(w);
        case IGMP: return TW_REASON_IGMP;
        case SCTP: return TW_REASON_SCTP;
        case ESP: return TW_REASON_ESP;
        case L2TPV3: return TW_REASON_TUNNEL_OTHER;
        default: return TW_REASON_OTHER_IP_PROTOCOL;
        }
    }
}

enum tw_reason tw_open_ipv4(struct tw_walk *w) {
    const uint32_t start = w->at;
    const uint8_t *p = tw_look(w, IPV4_LEAST);
    if (TW_UNLIKELY(p == NULL))
        return TW_REASON_TRUNCATED_IP;
    if (TW_UNLIKELY(p[0] >> 4 != 4))
        return TW_REASON_BAD_IP_VERSION;
    if (TW_UNLIKELY(!tw_enter(w)))
        return TW_REASON_TUNNEL_TOO_DEEP;
    const uint32_t header = (p[0] & 0x0fU) * 4;
    if (TW_UNLIKELY(header < IPV4_LEAST))
        return TW_REASON_BAD_IP_HEADER_LENGTH;
    if (TW_UNLIKELY(tw_take(w, header) == NULL))
        return TW_REASON_TRUNCATED_IP;
    uint32_t total = tw_be16(p + 2);
    if (TW_UNLIKELY(total == 0)) { // captured before segmentation offload filled it in
        total = w->wire - start;
        w->notes |= TW_NOTE_LENGTH_ZERO;
    }
    if (TW_UNLIKELY(total < header))
        return TW_REASON_BAD_IP_TOTAL_LENGTH;
    // The header is believed even where it says more than passed: the rest was cut or is a lie,
    // but the sender's sequence numbers will go by it.
    w->wire = start + total;
    if (w->end > w->wire)
        w->end = w->wire;
    const uint16_t fragment = tw_be16(p + 6);
    if (TW_UNLIKELY((fragment & 0x1fff) != 0))
        return TW_REASON_LATER_FRAGMENT;
    if (TW_UNLIKELY((fragment & 0x2000) != 0))
        w->notes |= TW_NOTE_FIRST_FRAGMENT;
    w->ip = start;
    w->destination = start + 16;
    w->version = 4;
    if (TW_LIKELY(p[9] == TCP))
        return tw_open_tcp(w);
    return protocol(w, p[9]);
}

// A routing header that is not yet used up names the final destination, which is the one in TCP's
// pseudo-header (RFC 8200 8.1): last of the addresses of type 0 (RFC 2460 4.4) and 2 (RFC 6275
// 6.4), first of type 4's list, which is written backwards (RFC 8754 2).
static void routing(struct tw_walk *w, uint32_t header, uint32_t length) {
    const uint8_t *p = w->octets + header;
    const uint32_t addresses = (length - 8) / 16;
    if (p[3] == 0 || addresses == 0)
        return;
    if (p[2] == 0 || p[2] == 2)
        w->destination = header + 8 + (addresses - 1) * 16;
    else if (p[2] == 4)
        w->destination = header + 8;
}

enum tw_reason tw_open_ipv6(struct tw_walk *w) {
    const uint32_t start = w->at;
    const uint8_t *p = tw_take(w, IPV6_FIXED);
    if (p == NULL)
        return TW_REASON_TRUNCATED_IP;
    if (p[0] >> 4 != 6)
        return TW_REASON_BAD_IP_VERSION;
    if (!tw_enter(w))
        return TW_REASON_TUNNEL_TOO_DEEP;
    uint32_t payload = tw_be16(p + 4);
    if (payload == 0) { // a jumbogram (RFC 2675) or offload
        payload = w->wire - w->at;
        w->notes |= TW_NOTE_LENGTH_ZERO;
    }
    w->wire = w->at + payload;
    if (w->end > w->wire)
        w->end = w->wire;
    w->ip = start;
    w->destination = start + 24;
    w->version = 6;
    uint8_t next = p[6];
    for (;;) {
        const uint32_t header = w->at;
        uint32_t length = 8;
        switch (next) {
        case HOP_BY_HOP:
        case ROUTING:
        case DESTINATION_OPTIONS:
        case MOBILITY:
        case HIP:
        case SHIM6:
            if ((p = tw_look(w, 2)) == NULL)
                return TW_REASON_TRUNCATED_EXTENSION;
            length = (p[1] + 1U) * 8;
            break;
        case AUTHENTICATION:
            if ((p = tw_look(w, 2)) == NULL)
                return TW_REASON_TRUNCATED_EXTENSION;
            length = (p[1] + 2U) * 4;
            break;
        case FRAGMENT: break;
        default: return protocol(w, next);
        }
        if ((p = tw_take(w, length)) == NULL)
            return TW_REASON_TRUNCATED_EXTENSION;
        if (next == ROUTING)
            routing(w, header, length);
        if (next == FRAGMENT) {
            const uint16_t fragment = tw_be16(p + 2);
            if ((fragment & 0xfff8) != 0)
                return TW_REASON_LATER_FRAGMENT;
            if ((fragment & 1) != 0)
                w->notes |= TW_NOTE_FIRST_FRAGMENT;
        }
        next = p[0];
    }
}

enum tw_reason tw_open_raw(struct tw_walk *w) {
    const uint8_t *p = tw_look(w, 1);
    if (p == NULL)
        return TW_REASON_TRUNCATED_IP;
    switch (p[0] >> 4) {
    case 4: return tw_open_ipv4(w);
    case 6: return tw_open_ipv6(w);
    default: return TW_REASON_BAD_IP_VERSION;
    }
}
