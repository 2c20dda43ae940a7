// SPDX-License-Identifier: MIT
// One TCP segment as decoded: a value without pointers. All numbers are in host byte order.
#ifndef TCPWALK_SEGMENT_H
#define TCPWALK_SEGMENT_H

#include "tcpwalk/base.h"

// Control bits as in RFC 9293 section 3.1; AE is RFC 9768's bit beside CWR.
enum tw_flag {
    TW_FIN = 0x001,
    TW_SYN = 0x002,
    TW_RST = 0x004,
    TW_PSH = 0x008,
    TW_ACK = 0x010,
    TW_URG = 0x020,
    TW_ECE = 0x040,
    TW_CWR = 0x080,
    TW_AE = 0x100,
};

// An IPv4 address stands in the first four octets (network order), the rest is zero.
struct tw_address {
    uint8_t octets[16];
};

// Both addresses and ports as one end sees them; `version` 0: none. A listener's remote port is 0.
struct tw_tuple {
    struct tw_address local, remote;
    uint16_t local_port, remote_port;
    uint8_t version; // 4 or 6
};

// Which TCP options were present (RFC 9293 3.2, 7323, 2018, 7413, 8684).
enum tw_option {
    TW_OPT_MSS = 0x01,
    TW_OPT_SCALE = 0x02,
    TW_OPT_SACK_PERMITTED = 0x04,
    TW_OPT_SACK = 0x08,
    TW_OPT_TIMESTAMPS = 0x10,
    TW_OPT_FAST_OPEN = 0x20,
    TW_OPT_MPTCP = 0x40,
    TW_OPT_UNKNOWN = 0x80,
};

// What was noticed about the packet that does not stop it from being a segment.
enum tw_note {
    TW_NOTE_OPTIONS_MALFORMED = 0x01, // an option's length lies; those before it count
    TW_NOTE_FIRST_FRAGMENT = 0x02,    // IP fragment with offset 0 and more to come
    TW_NOTE_CUT = 0x04,               // snaplen cut the payload (lengths come from IP)
    TW_NOTE_HEADER_CUT = 0x08,        // snaplen cut the options
    TW_NOTE_TUNNEL = 0x10,            // found inside a tunnel
    TW_NOTE_CHECKSUM_BAD = 0x20,      // only when asked for, and the packet is whole
    TW_NOTE_LENGTH_ZERO = 0x40,       // IP total length 0 (offload): taken from the wire length
};

enum { TW_SACK_MAX = 4, TW_UNKNOWN_OPTIONS_MAX = 8 };

struct tw_segment {
    tw_time time;
    uint64_t packet; // counted from 1 over all packets of the input
    struct tw_address source, destination;
    uint16_t source_port, destination_port;
    uint8_t version; // 4 or 6
    uint8_t ttl;     // or IPv6 hop limit
    uint16_t ip_id;  // 0 for IPv6
    uint32_t seq, ack;
    uint32_t length; // payload octets, from the IP header
    uint16_t flags;  // enum tw_flag
    uint16_t window; // as sent, unscaled
    uint8_t options; // enum tw_option
    uint8_t notes;   // enum tw_note
    uint16_t mss;
    uint32_t tsval, tsecr;
    uint8_t scale;      // shift count, as sent
    uint8_t sack_count; // blocks in `sack`
    uint8_t fast_open;  // cookie octets
    uint8_t mptcp;      // subtype
    uint16_t vlan[2];   // outer and inner tag's VLAN id, 0xffff where there is none
    uint32_t interface; // of the capture
    // Where the TCP header begins in the captured octets, and how long it claims to be.
    uint32_t header_offset;
    uint8_t header_length;
    uint8_t unknown_count;
    // Valid only up to the counts above.
    uint8_t unknown[TW_UNKNOWN_OPTIONS_MAX]; // option kinds
    struct {
        uint32_t left, right;
    } sack[TW_SACK_MAX];
};

// The sequence number after the segment: SEG.SEQ + SEG.LEN, SYN and FIN counted (RFC 9293 3.4).
static inline uint32_t tw_segment_end(const struct tw_segment *s) {
    return s->seq + s->length + ((s->flags & TW_SYN) ? 1U : 0U) + ((s->flags & TW_FIN) ? 1U : 0U);
}

// Where there is no tuple (version 0) nothing is equal.
bool tw_tuple_equal(const struct tw_tuple *a, const struct tw_tuple *b);

enum { TW_FLAGS_TEXT = 48, TW_ADDRESS_TEXT = 64 };

// "SYN,ACK" in the order SYN,FIN,RST,PSH,ACK,URG,ECE,CWR,AE; "none" without any. Returns `text`.
const char *tw_flags_text(uint16_t flags, char text[TW_FLAGS_TEXT]);
// "10.0.0.1:80" or "[::1]:80" (RFC 5952). Returns `text`.
const char *tw_address_text(uint8_t version, const struct tw_address *address, uint16_t port,
                            char text[TW_ADDRESS_TEXT]);

#endif
