// SPDX-License-Identifier: MIT
// The link types of the pcap format (tcpdump.org/linktypes.html): what each begins with.
#include "decode_walk.h"

// Address families differ between systems for IPv6: Linux, NetBSD and OpenBSD, FreeBSD, macOS.
enum {
    FAMILY_IPV4 = 2,
    FAMILY_LINUX = 10,
    FAMILY_NETBSD = 24,
    FAMILY_FREEBSD = 28,
    FAMILY_DARWIN = 30
};

static enum tw_reason family(struct tw_walk *w, uint32_t number) {
    switch (number) {
    case FAMILY_IPV4: return tw_open_ipv4(w);
    case FAMILY_LINUX:
    case FAMILY_NETBSD:
    case FAMILY_FREEBSD:
    case FAMILY_DARWIN: return tw_open_ipv6(w);
    default: return TW_REASON_OTHER_FAMILY;
    }
}

// A family in the byte order of whoever captured: families are small.
static enum tw_reason null(struct tw_walk *w) {
    const uint8_t *p = tw_take(w, 4);
    if (p == NULL)
        return TW_REASON_TRUNCATED_LINK;
    const uint32_t big = tw_be32(p);
    return family(w, big <= UINT8_MAX ? big : tw_le32(p));
}

static enum tw_reason pflog(struct tw_walk *w) {
    const uint8_t *p = tw_look(w, 2);
    if (p == NULL || tw_take(w, (p[0] + 3U) / 4 * 4) == NULL)
        return TW_REASON_TRUNCATED_LINK;
    return family(w, p[1]);
}

// Linux netfilter's log: family, version, resource, then fields in the host's byte order.
static enum tw_reason nflog(struct tw_walk *w) {
    enum { HEAD = 4, PAYLOAD = 9, VERSION = 0 };
    const uint8_t *head = tw_take(w, 4), *p;
    if (head == NULL)
        return TW_REASON_TRUNCATED_LINK;
    if (head[1] != VERSION)
        return TW_REASON_OTHER_FAMILY;
    while ((p = tw_take(w, HEAD)) != NULL) {
        uint32_t length = tw_le16(p), type = tw_le16(p + 2);
        if (type > UINT8_MAX) // types are small
            length = tw_be16(p), type = tw_be16(p + 2);
        if (length < HEAD)
            return TW_REASON_TRUNCATED_LINK;
        if ((type & 0x7fff) == PAYLOAD) {
            tw_bound(w, length - HEAD);
            return family(w, head[0]);
        }
        if (tw_take(w, (length + 3) / 4 * 4 - HEAD) == NULL)
            return TW_REASON_TRUNCATED_LINK;
    }
    return tw_left(w) == 0 ? TW_REASON_OTHER_FAMILY : TW_REASON_TRUNCATED_LINK;
}

// What Linux's "any" and tunnels give: the device's ARPHRD_ type says what the protocol means.
static enum tw_reason cooked(struct tw_walk *w, uint16_t device, uint16_t protocol) {
    enum { WLAN = 801, PRISM = 802, RADIOTAP = 803, NETLINK = 824 };
    enum { PROTOCOL_LLC = 4, LEAST_ETHERTYPE = 0x600 };
    switch (device) {
    case WLAN: return tw_open_wlan(w);
    case PRISM: return tw_open_prism(w);
    case RADIOTAP: return tw_open_radiotap(w);
    case NETLINK: return TW_REASON_OTHER_FAMILY;
    default: break;
    }
    if (protocol == PROTOCOL_LLC)
        return tw_open_llc(w);
    if (protocol < LEAST_ETHERTYPE) // CAN, infrared and other things with a number of Linux's
        return TW_REASON_OTHER_ETHERTYPE;
    return tw_open_ethertype(w, protocol);
}

static enum tw_reason sll(struct tw_walk *w) {
    const uint8_t *p = tw_take(w, 16);
    return p == NULL ? TW_REASON_TRUNCATED_LINK : cooked(w, tw_be16(p + 2), tw_be16(p + 14));
}

static enum tw_reason sll2(struct tw_walk *w) {
    const uint8_t *p = tw_take(w, 20);
    return p == NULL ? TW_REASON_TRUNCATED_LINK : cooked(w, tw_be16(p + 8), tw_be16(p));
}

// Q.922 address of two to four octets; then RFC 2427's control and NLPID, or Cisco's EtherType.
static enum tw_reason frame_relay(struct tw_walk *w) {
    enum { LAST = 0x01, UNNUMBERED = 0x03, ADDRESS_MOST = 4 };
    const uint8_t *p;
    int octets = 0;
    do {
        p = tw_take(w, 1);
        if (p == NULL)
            return TW_REASON_TRUNCATED_LINK;
    } while ((p[0] & LAST) == 0 && ++octets < ADDRESS_MOST);
    if ((p = tw_look(w, 1)) == NULL)
        return TW_REASON_TRUNCATED_LINK;
    if (p[0] != UNNUMBERED)
        return tw_open_type(w);
    w->at++;
    return tw_open_nlpid(w);
}

// Token ring: a source route follows the addresses where the source's first bit says so.
static enum tw_reason token_ring(struct tw_walk *w) {
    enum { HEAD = 14, SOURCE = 8, FRAME_TYPE = 0xc0, LLC_FRAME = 0x40, ROUTED = 0x80 };
    const uint8_t *p = tw_take(w, HEAD), *route;
    if (p == NULL)
        return TW_REASON_TRUNCATED_LINK;
    if ((p[1] & FRAME_TYPE) != LLC_FRAME)
        return TW_REASON_LLC;
    if ((p[SOURCE] & ROUTED) != 0 &&
        ((route = tw_look(w, 1)) == NULL || tw_take(w, route[0] & 0x1f) == NULL))
        return TW_REASON_TRUNCATED_LINK;
    return tw_open_llc(w);
}

static enum tw_reason fddi(struct tw_walk *w) {
    enum { HEAD = 13, FRAME_TYPE = 0x30, LLC_FRAME = 0x10 };
    const uint8_t *p = tw_take(w, HEAD);
    if (p == NULL)
        return TW_REASON_TRUNCATED_LINK;
    return (p[0] & FRAME_TYPE) == LLC_FRAME ? tw_open_llc(w) : TW_REASON_LLC;
}

// RFC 1201: a split flag and a sequence number before the packet, in its first fragment only; an
// exception frame has four octets of padding before them. RFC 1051: none of that.
static enum tw_reason arcnet(struct tw_walk *w) {
    enum { IP_1201 = 0xd4, IP_1051 = 0xf0, IPV6_1201 = 0xc4, ARP_1201 = 0xd5, ARP_1051 = 0xf1 };
    const uint8_t *p = tw_take(w, 1);
    if (p == NULL)
        return TW_REASON_TRUNCATED_LINK;
    const uint8_t type = p[0];
    if (type == IP_1051)
        return tw_open_ipv4(w);
    if (type == ARP_1051 || type == ARP_1201)
        return TW_REASON_ARP;
    if (type != IP_1201 && type != IPV6_1201)
        return TW_REASON_OTHER_ETHERTYPE;
    if ((p = tw_take(w, 3)) != NULL && p[0] == 0xff)
        p = tw_take(w, 1) != NULL ? tw_take(w, 3) : NULL;
    if (p == NULL)
        return TW_REASON_TRUNCATED_LINK;
    if ((p[0] & 1) == 0 && p[0] != 0)
        return TW_REASON_LATER_FRAGMENT;
    return type == IP_1201 ? tw_open_ipv4(w) : tw_open_ipv6(w);
}

// A cable modem's frame: frame control, length, an extended header, its check sequence, Ethernet.
static enum tw_reason docsis(struct tw_walk *w) {
    enum { FRAME_TYPE = 0xc0, EXTENDED = 0x01 };
    const uint8_t *p = tw_take(w, 6);
    if (p == NULL || ((p[0] & EXTENDED) != 0 && tw_take(w, p[1]) == NULL))
        return TW_REASON_TRUNCATED_LINK;
    return (p[0] & FRAME_TYPE) == 0 ? tw_open_ethernet(w) : TW_REASON_OTHER_ETHERTYPE;
}

// Juniper's header before a frame of another link type.
static enum tw_reason juniper(struct tw_walk *w, tw_opener *open) {
    enum { MAGIC = 0x4d4743, NO_LINK = 0x02, EXTENDED = 0x80 };
    const uint8_t *p = tw_take(w, 4), *q;
    if (p == NULL)
        return TW_REASON_TRUNCATED_LINK;
    if (tw_be32(p) >> 8 != MAGIC)
        return TW_REASON_OTHER_FAMILY;
    if ((p[3] & EXTENDED) != 0 && ((q = tw_take(w, 2)) == NULL || tw_take(w, tw_be16(q)) == NULL))
        return TW_REASON_TRUNCATED_LINK;
    if ((p[3] & NO_LINK) == 0)
        return open(w);
    if ((q = tw_take(w, 4)) == NULL) // an address family instead of the frame's header
        return TW_REASON_TRUNCATED_LINK;
    return family(w, tw_le32(q));
}

static enum tw_reason juniper_ethernet(struct tw_walk *w) {
    return juniper(w, tw_open_ethernet);
}
static enum tw_reason juniper_ppp(struct tw_walk *w) {
    return juniper(w, tw_open_ppp);
}
static enum tw_reason juniper_chdlc(struct tw_walk *w) {
    return juniper(w, tw_open_chdlc);
}
static enum tw_reason juniper_frame_relay(struct tw_walk *w) {
    return juniper(w, frame_relay);
}

// Headers that say the link type of what follows.
static enum tw_reason wrapped(struct tw_walk *w, uint32_t header, uint32_t least,
                              uint32_t linktype) {
    if (header < least || tw_take(w, header) == NULL)
        return TW_REASON_TRUNCATED_LINK;
    return tw_enter(w) ? tw_open_link(w, linktype) : TW_REASON_TUNNEL_TOO_DEEP;
}

static enum tw_reason ppi(struct tw_walk *w) {
    const uint8_t *p = tw_look(w, 8);
    return p == NULL ? TW_REASON_TRUNCATED_LINK : wrapped(w, tw_le16(p + 2), 8, tw_le32(p + 4));
}

static enum tw_reason pktap(struct tw_walk *w) {
    const uint8_t *p = tw_look(w, 12);
    return p == NULL ? TW_REASON_TRUNCATED_LINK : wrapped(w, tw_le32(p), 12, tw_le32(p + 8));
}

// What each link type has before something that has an opener, and that opener.
struct link {
    const char *name;
    tw_opener *open;
    uint8_t skip;
};

static const struct link links[] = {
    [0] = {"NULL", null, 0},
    [1] = {"EN10MB", tw_open_type, 12},
    [6] = {"IEEE802", token_ring, 0},
    [7] = {"ARCNET", arcnet, 2},
    [8] = {"SLIP", tw_open_raw, 16},
    [9] = {"PPP", tw_open_ppp, 0},
    [10] = {"FDDI", fddi, 0},
    [11] = {"ATM_RFC1483", tw_open_llc, 0}, // DLT_
    [12] = {"RAW", tw_open_raw, 0},         // DLT_
    [14] = {"RAW", tw_open_raw, 0},         // DLT_ of OpenBSD
    [50] = {"PPP_SERIAL", tw_open_ppp, 0},
    [51] = {"PPP_ETHER", tw_open_pppoe, 0},
    [100] = {"ATM_RFC1483", tw_open_llc, 0},
    [101] = {"RAW", tw_open_raw, 0},
    [104] = {"C_HDLC", tw_open_ppp, 0}, // tells PPP apart by the address
    [105] = {"IEEE802_11", tw_open_wlan, 0},
    [107] = {"FRELAY", frame_relay, 0},
    [108] = {"LOOP", null, 0},
    [109] = {"ENC", tw_open_raw, 12},
    [113] = {"LINUX_SLL", sll, 0},
    [117] = {"PFLOG", pflog, 0},
    [119] = {"PRISM_HEADER", tw_open_prism, 0},
    [122] = {"IP_OVER_FC", tw_open_llc, 16},
    [123] = {"SUNATM", tw_open_llc, 4},
    [127] = {"IEEE802_11_RADIO", tw_open_radiotap, 0},
    [129] = {"ARCNET_LINUX", arcnet, 4},
    [138] = {"APPLE_IP_OVER_IEEE1394", tw_open_type, 16},
    [143] = {"DOCSIS", docsis, 0},
    [163] = {"IEEE802_11_RADIO_AVS", tw_open_avs, 0},
    [166] = {"PPP_PPPD", tw_open_ppp, 2}, // a direction in place of the address, and the control
    [178] = {"JUNIPER_ETHER", juniper_ethernet, 0},
    [179] = {"JUNIPER_PPP", juniper_ppp, 0},
    [180] = {"JUNIPER_FRELAY", juniper_frame_relay, 0},
    [181] = {"JUNIPER_CHDLC", juniper_chdlc, 0},
    [192] = {"PPI", ppi, 0},
    [204] = {"PPP_WITH_DIR", tw_open_ppp, 1},
    [205] = {"C_HDLC_WITH_DIR", tw_open_chdlc, 1},
    [206] = {"FRELAY_WITH_DIR", frame_relay, 1},
    [219] = {"MPLS", tw_open_mpls, 0},
    [226] = {"IPNET", tw_open_raw, 24},
    [228] = {"IPV4", tw_open_ipv4, 0},
    [229] = {"IPV6", tw_open_ipv6, 0},
    [239] = {"NFLOG", nflog, 0},
    [240] = {"NETANALYZER", tw_open_type, 4 + 12},
    [241] = {"NETANALYZER_TRANSPARENT", tw_open_type, 4 + 8 + 12},
    [258] = {"PKTAP", pktap, 0},
    [274] = {"ETHERNET_MPACKET", tw_open_type, 8 + 12},
    [276] = {"LINUX_SLL2", sll2, 0},
    [281] = {"DSA_TAG_BRCM", tw_open_type, 12 + 4},
    [282] = {"DSA_TAG_BRCM_PREPEND", tw_open_type, 4 + 12},
    [284] = {"DSA_TAG_DSA", tw_open_type, 12 + 4},
    [285] = {"DSA_TAG_EDSA", tw_open_type, 12 + 8},
};

const char *tw_linktype_name(int linktype) {
    return (unsigned)linktype < TW_COUNT(links) ? links[linktype].name : NULL;
}

enum tw_reason tw_open_link(struct tw_walk *w, uint32_t linktype) {
    if (linktype >= TW_COUNT(links) || links[linktype].name == NULL)
        return TW_REASON_LINK_TYPE;
    const struct link *link = &links[linktype];
    return tw_take(w, link->skip) == NULL ? TW_REASON_TRUNCATED_LINK : link->open(w);
}
