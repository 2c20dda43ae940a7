// SPDX-License-Identifier: MIT
// From captured octets to a segment. Pure: no memory is allocated, nothing is kept, nothing is
// read beyond the captured octets, whatever they say.
#ifndef TCPWALK_DECODE_H
#define TCPWALK_DECODE_H

#include "tcpwalk/segment.h"

enum tw_decoded {
    TW_DECODED,   // *segment is filled
    TW_IGNORED,   // whole, but no TCP segment for us; *reason says what it is
    TW_MALFORMED, // does not parse; *reason says where
    // An ICMP error says that a segment could not be delivered: *segment holds the addresses, ports
    // and SEQ that it quotes, and nothing else. Not a segment; counted among the ignored.
    TW_UNREACHABLE,
};

// Why a packet gave no segment: name for the user, and which of the two it is.
#define TW_REASON_LIST(X)                                                                          \
    X(NONE, "none", DECODED)                                                                       \
    X(ARP, "arp", IGNORED)                                                                         \
    X(UDP, "udp", IGNORED)                                                                         \
    X(ICMP, "icmp", IGNORED)                                                                       \
    X(ICMPV6, "icmpv6", IGNORED)                                                                   \
    X(UNREACHABLE, "icmp-unreachable", UNREACHABLE)                                                \
    X(IGMP, "igmp", IGNORED)                                                                       \
    X(SCTP, "sctp", IGNORED)                                                                       \
    X(ESP, "esp", IGNORED)                                                                         \
    X(OTHER_IP_PROTOCOL, "other-ip-protocol", IGNORED)                                             \
    X(LATER_FRAGMENT, "later-fragment", IGNORED)                                                   \
    X(OTHER_ETHERTYPE, "other-ethertype", IGNORED)                                                 \
    X(OTHER_FAMILY, "other-address-family", IGNORED)                                               \
    X(MACSEC, "macsec", IGNORED)                                                                   \
    X(LLC, "llc", IGNORED)                                                                         \
    X(WLAN_MANAGEMENT, "802.11-management", IGNORED)                                               \
    X(WLAN_CONTROL, "802.11-control", IGNORED)                                                     \
    X(WLAN_PROTECTED, "802.11-protected", IGNORED)                                                 \
    X(WLAN_NO_DATA, "802.11-no-data", IGNORED)                                                     \
    X(WLAN_AGGREGATE, "802.11-a-msdu", IGNORED)                                                    \
    X(PPP_CONTROL, "ppp-control", IGNORED)                                                         \
    X(PPP_COMPRESSED, "ppp-compressed", IGNORED)                                                   \
    X(PPP_OTHER, "other-ppp-protocol", IGNORED)                                                    \
    X(PPPOE_DISCOVERY, "pppoe-discovery", IGNORED)                                                 \
    X(TUNNEL_OTHER, "tunnel-other", IGNORED)                                                       \
    X(TUNNEL_TOO_DEEP, "tunnel-too-deep", IGNORED)                                                 \
    X(LINK_TYPE, "unknown-link-type", IGNORED)                                                     \
    X(TRUNCATED_LINK, "truncated-link-header", MALFORMED)                                          \
    X(TRUNCATED_IP, "truncated-ip-header", MALFORMED)                                              \
    X(BAD_IP_VERSION, "bad-ip-version", MALFORMED)                                                 \
    X(BAD_IP_HEADER_LENGTH, "bad-ip-header-length", MALFORMED)                                     \
    X(BAD_IP_TOTAL_LENGTH, "bad-ip-total-length", MALFORMED)                                       \
    X(TRUNCATED_EXTENSION, "truncated-ipv6-extension", MALFORMED)                                  \
    X(TRUNCATED_TUNNEL, "truncated-tunnel-header", MALFORMED)                                      \
    X(TRUNCATED_TCP, "truncated-tcp-header", MALFORMED)                                            \
    X(BAD_TCP_OFFSET, "bad-tcp-data-offset", MALFORMED)                                            \
    X(TCP_BEYOND_IP, "tcp-header-beyond-ip-length", MALFORMED)                                     \
    X(BAD_CHECKSUM, "bad-checksum", IGNORED)

enum tw_reason {
#define X(name, text, outcome) TW_REASON_##name,
    TW_REASON_LIST(X)
#undef X
        TW_REASON_COUNT
};

const char *tw_reason_text(enum tw_reason reason);
enum tw_decoded tw_reason_outcome(enum tw_reason reason);

struct tw_decoder {
    bool check_checksums; // drop segments whose TCP checksum is wrong, as BAD_CHECKSUM
};

// Decodes one packet of `linktype` (a LINKTYPE_ value of the pcap format; the DLT_ numbers of RAW
// and ATM_RFC1483 do as well): `captured` octets at
// `octets`, `length` on the wire. Fills `segment` but for time, packet and interface, which are
// the caller's. *reason is always set.
enum tw_decoded tw_decode(const struct tw_decoder *decoder, int linktype, const uint8_t *octets,
                          uint32_t captured, uint32_t length, struct tw_segment *segment,
                          enum tw_reason *reason);

// Whether tw_decode knows the link type at all; its name ("EN10MB"), or NULL if not known.
const char *tw_linktype_name(int linktype);

#endif
