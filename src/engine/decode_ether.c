// SPDX-License-Identifier: MIT
// Ethernet and what names its payload by EtherType: tags, LLC and SNAP, MPLS, NSH, PPP and PPPoE.
#include "decode_walk.h"

enum {
    LENGTH_MOST = 1500, // an EtherType up to here is an 802.3 length
    ADDRESSES = 12,     // both MAC addresses
};

enum {
    TYPE_IPV4 = 0x0800,
    TYPE_ARP = 0x0806,
    TYPE_TRILL = 0x22f3, // RFC 6325
    TYPE_ETHERNET = 0x6558,
    TYPE_CISCO_QINQ = 0x9100,
    TYPE_CISCO_QINQ_2 = 0x9200,
    TYPE_VLAN = 0x8100,
    TYPE_IPV6 = 0x86dd,
    TYPE_MPLS = 0x8847,
    TYPE_MPLS_UPSTREAM = 0x8848,
    TYPE_PPPOE_DISCOVERY = 0x8863,
    TYPE_PPPOE_SESSION = 0x8864,
    TYPE_JUMBO_LLC = 0x8870,
    TYPE_PPP = 0x880b,
    TYPE_SERVICE_VLAN = 0x88a8,
    TYPE_MACSEC = 0x88e5,
    TYPE_BACKBONE = 0x88e7, // 802.1ah I-TAG
    TYPE_HSR = 0x892f,
    TYPE_CISCO_METADATA = 0x8909,
    TYPE_VN_TAG = 0x8926,
    TYPE_E_TAG = 0x893f, // 802.1BR
    TYPE_NSH = 0x894f,
    TYPE_REDUNDANCY = 0xf1c1, // 802.1CB R-TAG
};

// The first two tags of a packet are kept: the outer and the inner one.
static void keep_tag(struct tw_walk *w, uint16_t control) {
    if (w->tags < TW_COUNT(w->segment->vlan))
        w->segment->vlan[w->tags++] = control & 0x0fff;
}

// RFC 6325 3: after the EtherType 6 octets and options, then an Ethernet frame.
static enum tw_reason trill(struct tw_walk *w) {
    const uint8_t *p = tw_take(w, 6);
    if (p == NULL || tw_take(w, ((tw_be16(p) >> 6) & 0x1fU) * 4) == NULL)
        return TW_REASON_TRUNCATED_LINK;
    return tw_open_ethernet(w);
}

enum tw_reason tw_open_ethertype(struct tw_walk *w, uint16_t type) {
    for (;;) {
        uint32_t skip = 0; // octets between this type and the next one
        if (TW_LIKELY(type == TYPE_IPV4))
            return tw_open_ipv4(w);
        if (type <= LENGTH_MOST) {
            tw_bound(w, type);
            return tw_open_llc(w);
        }
        switch (type) {
        case TYPE_IPV6: return tw_open_ipv6(w);
        case TYPE_ARP: return TW_REASON_ARP;
        case TYPE_VLAN:
        case TYPE_SERVICE_VLAN:
        case TYPE_CISCO_QINQ:
        case TYPE_CISCO_QINQ_2: {
            const uint8_t *p = tw_look(w, 2);
            if (p == NULL)
                return TW_REASON_TRUNCATED_LINK;
            keep_tag(w, tw_be16(p));
            skip = 2;
            break;
        }
        case TYPE_VN_TAG:
        case TYPE_HSR:
        case TYPE_REDUNDANCY: skip = 4; break;
        case TYPE_CISCO_METADATA:
        case TYPE_E_TAG: skip = 6; break;
        case TYPE_BACKBONE: skip = 4 + ADDRESSES; break;
        case TYPE_TRILL: return trill(w);
        case TYPE_ETHERNET: return tw_open_ethernet(w);
        case TYPE_JUMBO_LLC: return tw_open_llc(w);
        case TYPE_MPLS:
        case TYPE_MPLS_UPSTREAM: return tw_open_mpls(w);
        case TYPE_NSH: return tw_open_nsh(w);
        case TYPE_PPPOE_DISCOVERY: return TW_REASON_PPPOE_DISCOVERY;
        case TYPE_PPPOE_SESSION: return tw_open_pppoe(w);
        case TYPE_PPP: return tw_open_ppp(w);
        case TYPE_MACSEC: return TW_REASON_MACSEC;
        default: return TW_REASON_OTHER_ETHERTYPE;
        }
        const uint8_t *p = tw_take(w, skip + 2);
        if (p == NULL)
            return TW_REASON_TRUNCATED_LINK;
        type = tw_be16(p + skip);
    }
}

enum tw_reason tw_open_type(struct tw_walk *w) {
    const uint8_t *p = tw_take(w, 2);
    return p == NULL ? TW_REASON_TRUNCATED_LINK : tw_open_ethertype(w, tw_be16(p));
}

enum tw_reason tw_open_ethernet(struct tw_walk *w) {
    if (!tw_enter(w))
        return TW_REASON_TUNNEL_TOO_DEEP;
    return tw_take(w, ADDRESSES) == NULL ? TW_REASON_TRUNCATED_LINK : tw_open_type(w);
}

enum tw_reason tw_open_snap(struct tw_walk *w) {
    enum { OUI_ETHERTYPE = 0x000000, OUI_BRIDGED = 0x0000f8 }; // RFC 1042; 802.1H
    const uint8_t *p = tw_take(w, 5);
    if (p == NULL)
        return TW_REASON_TRUNCATED_LINK;
    const uint32_t oui = tw_be32(p) >> 8;
    if (oui != OUI_ETHERTYPE && oui != OUI_BRIDGED)
        return TW_REASON_LLC;
    return tw_open_ethertype(w, tw_be16(p + 3));
}

// Network layer protocol identifiers: frame relay (RFC 2427) and LLC's routed form (RFC 2684 5.1).
enum tw_reason tw_open_nlpid(struct tw_walk *w) {
    const uint8_t *p = tw_take(w, 1);
    if (p != NULL && p[0] == 0x00) // padding
        p = tw_take(w, 1);
    if (p == NULL)
        return TW_REASON_TRUNCATED_LINK;
    switch (p[0]) {
    case 0xcc: return tw_open_ipv4(w);
    case 0x8e: return tw_open_ipv6(w);
    case 0x80: return tw_open_snap(w);
    case 0xcf: return tw_open_ppp(w);
    default: return TW_REASON_OTHER_ETHERTYPE;
    }
}

enum tw_reason tw_open_llc(struct tw_walk *w) {
    enum { SAP_IP = 0x06, SAP_SNAP = 0xaa, SAP_OSI = 0xfe, UNNUMBERED = 0x03 };
    const uint8_t *p = tw_take(w, 3);
    if (p == NULL)
        return TW_REASON_TRUNCATED_LINK;
    if (!tw_enter(w))
        return TW_REASON_TUNNEL_TOO_DEEP;
    if (p[0] != p[1] || p[2] != UNNUMBERED)
        return TW_REASON_LLC;
    switch (p[0]) {
    case SAP_SNAP: return tw_open_snap(w);
    case SAP_IP: return tw_open_ipv4(w);
    case SAP_OSI: return tw_open_nlpid(w);
    default: return TW_REASON_LLC;
    }
}

// RFC 3032: labels up to the bottom of the stack; nothing names what is below it, so its first
// four bits must (RFC 4928): IPv4, IPv6, a pseudowire's control word (RFC 4385), or a bare frame.
enum tw_reason tw_open_mpls(struct tw_walk *w) {
    const uint8_t *p;
    if (!tw_enter(w))
        return TW_REASON_TUNNEL_TOO_DEEP;
    do {
        p = tw_take(w, 4);
        if (p == NULL)
            return TW_REASON_TRUNCATED_LINK;
    } while ((p[2] & 1) == 0);
    if ((p = tw_look(w, 1)) == NULL)
        return TW_REASON_TRUNCATED_LINK;
    switch (p[0] >> 4) {
    case 4: return tw_open_ipv4(w);
    case 6: return tw_open_ipv6(w);
    case 1: return TW_REASON_OTHER_ETHERTYPE; // an associated channel
    case 0: return tw_take(w, 4) == NULL ? TW_REASON_TRUNCATED_LINK : tw_open_ethernet(w);
    default: return tw_open_ethernet(w);
    }
}

enum tw_reason tw_open_nsh_protocol(struct tw_walk *w, uint8_t protocol) {
    switch (protocol) {
    case 1: return tw_open_ipv4(w);
    case 2: return tw_open_ipv6(w);
    case 3: return tw_open_ethernet(w);
    case 4: return tw_open_nsh(w);
    case 5: return tw_open_mpls(w);
    default: return TW_REASON_TUNNEL_OTHER;
    }
}

// RFC 8300 2.2: its length, in words, is in the first of them.
enum tw_reason tw_open_nsh(struct tw_walk *w) {
    const uint8_t *p = tw_look(w, 4);
    if (p == NULL || tw_take(w, (p[1] & 0x3fU) * 4) == NULL)
        return TW_REASON_TRUNCATED_TUNNEL;
    if (!tw_enter(w))
        return TW_REASON_TUNNEL_TOO_DEEP;
    tw_tunnel(w);
    return tw_open_nsh_protocol(w, p[3]);
}

// Cisco's HDLC: address, control, EtherType.
enum tw_reason tw_open_chdlc(struct tw_walk *w) {
    return tw_take(w, 2) == NULL ? TW_REASON_TRUNCATED_LINK : tw_open_type(w);
}

// RFC 1661 and 1662: address and control may be left out, so may the protocol's upper octet.
enum tw_reason tw_open_ppp(struct tw_walk *w) {
    const uint8_t *p = tw_look(w, 2);
    if (!tw_enter(w))
        return TW_REASON_TUNNEL_TOO_DEEP;
    if (p != NULL && p[0] == 0xff && p[1] == 0x03)
        w->at += 2;
    else if (p != NULL && (p[0] == 0x0f || p[0] == 0x8f) && p[1] == 0x00)
        return tw_open_chdlc(w);
    if ((p = tw_take(w, 1)) == NULL)
        return TW_REASON_TRUNCATED_LINK;
    uint16_t protocol = p[0];
    if ((protocol & 1) == 0) {
        if ((p = tw_take(w, 1)) == NULL)
            return TW_REASON_TRUNCATED_LINK;
        protocol = (uint16_t)(protocol << 8 | p[0]);
    }
    switch (protocol) {
    case 0x0021: return tw_open_ipv4(w);
    case 0x0057: return tw_open_ipv6(w);
    case 0x0281:
    case 0x0283: return tw_open_mpls(w);
    case 0x002d:                                  // Van Jacobson, compressed (RFC 1144) ...
    case 0x002f:                                  // ... and uncompressed
    case 0x00fb:                                  // CCP within a bundle
    case 0x00fd: return TW_REASON_PPP_COMPRESSED; // CCP, MPPE
    case 0x003d:                                  // multilink (RFC 1990 3): whole ones only
        if ((p = tw_take(w, 4)) == NULL)
            return TW_REASON_TRUNCATED_LINK;
        return (p[0] & 0xc0) == 0xc0 ? tw_open_ppp(w) : TW_REASON_PPP_OTHER;
    default: return protocol >= 0x8000 ? TW_REASON_PPP_CONTROL : TW_REASON_PPP_OTHER;
    }
}

// RFC 2516 4: version and type 1, code 0 for a session's data.
enum tw_reason tw_open_pppoe(struct tw_walk *w) {
    const uint8_t *p = tw_take(w, 6);
    if (p == NULL)
        return TW_REASON_TRUNCATED_LINK;
    if (p[1] != 0)
        return TW_REASON_PPPOE_DISCOVERY;
    tw_bound(w, tw_be16(p + 4));
    return tw_open_ppp(w);
}
