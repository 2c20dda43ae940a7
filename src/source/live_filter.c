// SPDX-License-Identifier: MIT
// The default filter. What the kernel can tell to be no TCP, however deep, stays in the kernel;
// what it cannot look into (BPF has no loops) passes, as a segment that is missed is worse than a
// packet that is decoded for nothing.
//
// tests/unit/test_live_filter.c holds it to all that the decoder opens.
#include "live_filter.h"

#include "tcpwalk/source.h"

#include <pcap/pcap.h>

// The ports by which the decoder knows tunnels over UDP (src/engine/decode_tunnel.c): L2TP, GTP-U,
// Teredo, VXLAN, VXLAN-GPE, Geneve, MPLS, VXLAN as Linux first had it, TZSP.
#define PORTS "(1701 or 2152 or 3544 or 4789 or 4790 or 6081 or 6635 or 8472 or 37008)"
// The same behind an IPv6 fragment header, where libpcap does not look for ports.
#define PORT_IS(octets)                                                                            \
    "ip6[" octets ":2] = 1701 or ip6[" octets ":2] = 2152 or ip6[" octets ":2] = 3544 or "         \
    "ip6[" octets ":2] = 4789 or ip6[" octets ":2] = 4790 or ip6[" octets ":2] = 6081 or "         \
    "ip6[" octets ":2] = 6635 or ip6[" octets ":2] = 8472 or ip6[" octets ":2] = 37008"

// IP that is, holds or quotes TCP.
#define IP                                                                                         \
    /* TCP itself: IPv4 with all its fragments, IPv6 without extension headers, or a fragment */   \
    "tcp"                                                                                          \
    /* IP in IP (4, 41), GRE (47), an authentication header (51), EtherIP (97), MPLS (137) */      \
    " or ip proto 4 or ip proto 41 or ip proto 47 or ip proto 51 or ip proto 97 or ip proto 137"   \
    " or ip6 proto 4 or ip6 proto 41 or ip6 proto 47 or ip6 proto 51 or ip6 proto 97"              \
    " or ip6 proto 137"                                                                            \
    /* tunnels over UDP; libpcap takes no port from a later fragment */                            \
    " or udp port " PORTS /* an error that quotes TCP: unreachable, time exceeded, parameter */    \
    " or ((icmp[0] = 3 or icmp[0] = 11 or icmp[0] = 12) and icmp[17] = 6)"                         \
    /* the same of ICMPv6: unreachable, too big, time exceeded, parameter */                       \
    " or (ip6[6] = 58 and ip6[40] >= 1 and ip6[40] <= 4 and ip6[54] = 6)"                          \
    /* extension headers that something else may follow: hop-by-hop (but not multicast listener */ \
    /* reports, which all have it), routing, destination options, mobility, HIP, shim6 */          \
    " or (ip6[6] = 0 and ip6[40] != 58) or ip6[6] = 43 or ip6[6] = 60 or ip6[6] = 135"             \
    " or ip6[6] = 139 or ip6[6] = 140"                                                             \
    /* fragments, but not of UDP or ICMPv6; of a tunnel over UDP the first one has the ports */    \
    " or (ip6[6] = 44 and ip6[40] != 17 and ip6[40] != 58)"                                        \
    " or (ip6[6] = 44 and ip6[40] = 17 and ip6[42:2] & 0xfff8 = 0 and"                             \
    " (" PORT_IS("48") " or " PORT_IS("50") "))"

// What an EtherType announces, and cannot be looked into at fixed places.
#define WHOLE                                                                                                                                                                            \
    /* MPLS, unicast and upstream-assigned: any number of labels, pseudowires below them */                                                                                              \
    " or ether proto 0x8847 or ether proto 0x8848" /* PPPoE sessions and PPP itself, whose                                                                                               \
                                                      protocol field has one octet or two */                                                                                             \
    " or ether proto 0x8864 or ether proto 0x880b" /* TRILL, bridged Ethernet, network service                                                                                           \
                                                      headers, large LLC frames */                                                                                                       \
    " or ether proto 0x22f3 or ether proto 0x6558 or ether proto 0x894f or ether proto 0x8870" /* tags: provider backbone, HSR, Cisco metadata, VN, bridge port extension, redundancy */ \
    " or ether proto 0x88e7 or ether proto 0x892f or ether proto 0x8909 or ether proto 0x8926"                                                                                           \
    " or ether proto 0x893f or ether proto 0xf1c1" /* a VLAN tag that libpcap's `vlan` does not                                                                                          \
                                                      know */                                                                                                                            \
    " or ether proto 0x9200" /* 802.2: IP by its SAP, by NLPID and by SNAP */                                                                                                            \
    " or ether proto 0x06 or ether proto 0xfe or ether proto 0xaa"

#define TAGGED " or ether proto 0x8100 or ether proto 0x88a8 or ether proto 0x9100"

// Two VLAN tags are looked behind, a third one passes. Each `vlan` moves what comes after it. Live
// the kernel has taken the first tag off already, and libpcap knows.
const char TW_LIVE_FILTER[] =
    IP WHOLE " or (vlan and (" IP WHOLE " or (vlan and (" IP WHOLE TAGGED "))))";

// Without `vlan`, which libpcap refuses for all but Ethernet and 802.11. What is tagged twice
// passes whole; the kernel takes off a single tag. 802.11 frames of a monitoring interface among
// "any" are not looked into.
static const char untagged[] = IP WHOLE TAGGED;
// 802.11: libpcap finds nothing behind headers of four addresses, in aggregates, or where the
// driver pads, and the program would be too long for the kernel. Data that is not encrypted passes.
static const char wlan[] = "type data and wlan[1] & 0x40 = 0";
// Where libpcap's idea of the headers is not the decoder's (PPP, frame relay), or where it filters
// nothing (NFLOG, switch tags): everything.
static const char all[] = "";

const char *tw_live_filter_for(int dlt) {
    switch (dlt) {
    case DLT_EN10MB: return TW_LIVE_FILTER;
    case DLT_LINUX_SLL:
    case DLT_LINUX_SLL2:
    case DLT_RAW:
    case DLT_IPV4:
    case DLT_IPV6:
    case DLT_NULL:
    case DLT_LOOP: return untagged;
    case DLT_IEEE802_11:
    case DLT_IEEE802_11_RADIO:
    case DLT_IEEE802_11_RADIO_AVS:
    case DLT_PRISM_HEADER: return wlan;
    default: return all;
    }
}
