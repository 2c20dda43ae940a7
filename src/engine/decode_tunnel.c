// SPDX-License-Identifier: MIT
// Tunnels inside IP: GRE and ERSPAN, and those over UDP that are known by their port.
#include "decode_walk.h"

// RFC 1701's source routes: entries of family, offset and length, up to an empty one.
static bool pass_routes(struct tw_walk *w) {
    const uint8_t *p;
    while ((p = tw_take(w, 4)) != NULL) {
        if (tw_be16(p) == 0 && p[3] == 0)
            return true;
        if (tw_take(w, p[3]) == NULL)
            return false;
    }
    return false;
}

static enum tw_reason pass_then_ethernet(struct tw_walk *w, uint32_t count) {
    return tw_take(w, count) == NULL ? TW_REASON_TRUNCATED_TUNNEL : tw_open_ethernet(w);
}

// Type III has 12 octets and, if its last bit says so, 8 more; its frame type may say IP.
static enum tw_reason erspan3(struct tw_walk *w) {
    const uint8_t *p = tw_take(w, 12);
    if (p == NULL || ((p[11] & 1) != 0 && tw_take(w, 8) == NULL))
        return TW_REASON_TRUNCATED_TUNNEL;
    return ((p[10] >> 2) & 0x1f) == 2 ? tw_open_raw(w) : tw_open_ethernet(w);
}

// RFC 2784 and 2890, RFC 1701's routing, RFC 2637's version 1 with PPP inside.
enum tw_reason tw_open_gre(struct tw_walk *w) {
    enum { CHECKSUM = 0x80, ROUTING = 0x40, KEY = 0x20, SEQUENCE = 0x10, ACKNOWLEDGMENT = 0x80 };
    enum { WCCP = 0x883e, ERSPAN = 0x88be, ERSPAN_3 = 0x22eb };
    const uint8_t *p = tw_take(w, 4), *q;
    if (p == NULL)
        return TW_REASON_TRUNCATED_TUNNEL;
    const unsigned version = p[1] & 7;
    const uint16_t type = tw_be16(p + 2);
    uint32_t more = 0;
    if (version > 1)
        return TW_REASON_TUNNEL_OTHER;
    if ((p[0] & (CHECKSUM | ROUTING)) != 0)
        more += 4;
    if ((p[0] & KEY) != 0)
        more += 4;
    if ((p[0] & SEQUENCE) != 0)
        more += 4;
    if (version == 1 && (p[1] & ACKNOWLEDGMENT) != 0)
        more += 4;
    if (tw_take(w, more) == NULL || ((p[0] & ROUTING) != 0 && !pass_routes(w)))
        return TW_REASON_TRUNCATED_TUNNEL;
    tw_tunnel(w);
    if (version == 1) // without a sequence number it is an acknowledgement alone
        return (p[0] & SEQUENCE) != 0 ? tw_open_ppp(w) : TW_REASON_TUNNEL_OTHER;
    switch (type) {
    case ERSPAN: // without a sequence number it is type I, which has no header
        return pass_then_ethernet(w, (p[0] & SEQUENCE) != 0 ? 8 : 0);
    case ERSPAN_3: return erspan3(w);
    case WCCP: // version 2 puts a word before the packet, which cannot begin like IPv4
        if ((q = tw_look(w, 1)) != NULL && q[0] >> 4 != 4 && tw_take(w, 4) == NULL)
            return TW_REASON_TRUNCATED_TUNNEL;
        return tw_open_raw(w);
    default: return tw_open_ethertype(w, type);
    }
}

// The tunnels over UDP. A port is a hint, no more: what does not look like the protocol is UDP.

// RFC 7348 5, and its generic extension's next protocol (draft-ietf-nvo3-vxlan-gpe).
static enum tw_reason vxlan(struct tw_walk *w) {
    enum { HAS_NETWORK = 0x08, HAS_PROTOCOL = 0x04, VERSION = 0x30 };
    const uint8_t *p = tw_take(w, 8);
    if (p == NULL || (p[0] & HAS_NETWORK) == 0 || (p[0] & VERSION) != 0 || p[7] != 0)
        return TW_REASON_UDP;
    tw_tunnel(w);
    return tw_open_nsh_protocol(w, (p[0] & HAS_PROTOCOL) != 0 ? p[3] : 3);
}

// RFC 8926 3.4.
static enum tw_reason geneve(struct tw_walk *w) {
    const uint8_t *p = tw_take(w, 8);
    if (p == NULL || p[0] >> 6 != 0 || (p[1] & 0x3f) != 0 || p[7] != 0 ||
        tw_take(w, (p[0] & 0x3fU) * 4) == NULL)
        return TW_REASON_UDP;
    tw_tunnel(w);
    return tw_open_ethertype(w, tw_be16(p + 2));
}

// RFC 4380 5.1.1: authentication and origin indications may come before the IPv6 packet, which
// fills the rest.
static enum tw_reason teredo(struct tw_walk *w) {
    const uint8_t *p = tw_look(w, 4);
    if (p != NULL && tw_be16(p) == 1) {
        if (tw_take(w, 13U + p[2] + p[3]) == NULL)
            return TW_REASON_UDP;
        p = tw_look(w, 4);
    }
    if (p != NULL && tw_be16(p) == 0 && tw_take(w, 8) == NULL)
        return TW_REASON_UDP;
    p = tw_look(w, 40);
    if (p == NULL || p[0] >> 4 != 6 || tw_be16(p + 4) + 40U > w->wire - w->at)
        return TW_REASON_UDP;
    tw_tunnel(w);
    return tw_open_ipv6(w);
}

// 3GPP TS 29.281 5: version 1, and of its messages the one that carries a packet.
static enum tw_reason gtp(struct tw_walk *w) {
    enum { VERSION_1 = 0x30, VERSION_BITS = 0xf0, EXTENSION = 0x04, OPTIONAL = 0x07, G_PDU = 255 };
    const uint8_t *p = tw_take(w, 8);
    if (p == NULL || (p[0] & VERSION_BITS) != VERSION_1 || p[1] != G_PDU)
        return TW_REASON_UDP;
    if ((p[0] & OPTIONAL) != 0) {
        const uint8_t *q = tw_take(w, 4);
        if (q == NULL)
            return TW_REASON_UDP;
        uint8_t next = (p[0] & EXTENSION) != 0 ? q[3] : 0;
        while (next != 0) {
            q = tw_look(w, 1);
            if (q == NULL || q[0] == 0 || tw_take(w, q[0] * 4U) == NULL)
                return TW_REASON_UDP;
            next = q[q[0] * 4U - 1];
        }
    }
    const uint8_t *inner = tw_look(w, 1);
    if (inner == NULL || (inner[0] >> 4 != 4 && inner[0] >> 4 != 6))
        return TW_REASON_UDP;
    tw_tunnel(w);
    return tw_open_raw(w);
}

// RFC 2661 3.1: data messages of version 2.
static enum tw_reason l2tp(struct tw_walk *w) {
    enum { CONTROL = 0x80, LENGTH = 0x40, SEQUENCE = 0x08, OFFSET = 0x02, RESERVED = 0x34 };
    const uint8_t *p = tw_take(w, 2);
    if (p == NULL || (p[0] & (CONTROL | RESERVED)) != 0 || p[1] != 2)
        return TW_REASON_UDP;
    const uint32_t more = 4 + ((p[0] & LENGTH) != 0 ? 2U : 0U) + ((p[0] & SEQUENCE) != 0 ? 4U : 0U);
    if (tw_take(w, more) == NULL)
        return TW_REASON_UDP;
    if ((p[0] & OFFSET) != 0) {
        const uint8_t *q = tw_take(w, 2);
        if (q == NULL || tw_take(w, tw_be16(q)) == NULL)
            return TW_REASON_UDP;
    }
    tw_tunnel(w);
    return tw_open_ppp(w);
}

// TZSP, which MikroTik's sniffer sends: tagged fields, then the frame that it saw.
static enum tw_reason tzsp(struct tw_walk *w) {
    enum { VERSION = 1, RECEIVED = 0, PADDING = 0, END = 1, ETHERNET = 1, WLAN = 18 };
    const uint8_t *p = tw_take(w, 4), *tag;
    if (p == NULL || p[0] != VERSION || p[1] != RECEIVED)
        return TW_REASON_UDP;
    while ((tag = tw_take(w, 1)) != NULL && tag[0] != END) {
        if (tag[0] != PADDING && ((tag = tw_take(w, 1)) == NULL || tw_take(w, tag[0]) == NULL))
            return TW_REASON_UDP;
    }
    if (tag == NULL)
        return TW_REASON_UDP;
    tw_tunnel(w);
    switch (tw_be16(p + 2)) {
    case ETHERNET: return tw_open_ethernet(w);
    case WLAN: return tw_open_wlan(w);
    default: return TW_REASON_TUNNEL_OTHER;
    }
}

// RFC 7510.
static enum tw_reason mpls(struct tw_walk *w) {
    if (tw_look(w, 5) == NULL)
        return TW_REASON_UDP;
    tw_tunnel(w);
    return tw_open_mpls(w);
}

static tw_opener *by_port(uint16_t port) {
    switch (port) {
    case 1701: return l2tp;
    case 2152: return gtp;
    case 3544: return teredo;
    case 4789:
    case 4790:
    case 8472: return vxlan; // Linux's, before the number was given
    case 6081: return geneve;
    case 6635: return mpls;
    case 37008: return tzsp;
    default: return NULL;
    }
}

enum tw_reason tw_open_udp(struct tw_walk *w) {
    const uint8_t *p = tw_take(w, 8);
    if (p == NULL)
        return TW_REASON_UDP;
    tw_opener *open = by_port(tw_be16(p + 2));
    if (open == NULL)
        open = by_port(tw_be16(p));
    return open == NULL ? TW_REASON_UDP : open(w);
}
