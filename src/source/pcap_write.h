// SPDX-License-Identifier: MIT
// The octets of pcap with nanoseconds (draft-ietf-opsawg-pcap), little-endian on every machine, so
// that the same packets give the same octets.
#ifndef TCPWALK_SOURCE_PCAP_WRITE_H
#define TCPWALK_SOURCE_PCAP_WRITE_H

#include "tcpwalk/base.h"

enum { TW_PCAP_FILE_HEADER = 24, TW_PCAP_PACKET_HEADER = 16, TW_PCAP_SNAPLEN = 262144 };

static inline void tw_pcap_put16(uint8_t *to, unsigned value) {
    to[0] = (uint8_t)value;
    to[1] = (uint8_t)(value >> 8);
}

static inline void tw_pcap_put32(uint8_t *to, uint32_t value) {
    tw_pcap_put16(to, value & 0xffff);
    tw_pcap_put16(to + 2, value >> 16);
}

static inline void tw_pcap_put_file(uint8_t to[TW_PCAP_FILE_HEADER], int linktype) {
    enum { MAJOR = 2, MINOR = 4 };
    tw_pcap_put32(to, UINT32_C(0xa1b23c4d));
    tw_pcap_put16(to + 4, MAJOR);
    tw_pcap_put16(to + 6, MINOR);
    tw_pcap_put32(to + 8, 0); // the time zone and its accuracy
    tw_pcap_put32(to + 12, 0);
    tw_pcap_put32(to + 16, TW_PCAP_SNAPLEN);
    tw_pcap_put32(to + 20, (uint32_t)linktype);
}

// Whether the format can tell a time: its seconds have 32 bits.
static inline bool tw_pcap_has_time(tw_time time) {
    return time >= 0 && time / TW_SECOND <= UINT32_MAX;
}

static inline void tw_pcap_put_packet(uint8_t to[TW_PCAP_PACKET_HEADER], tw_time time,
                                      uint32_t captured, uint32_t length) {
    tw_pcap_put32(to, (uint32_t)(time / TW_SECOND));
    tw_pcap_put32(to + 4, (uint32_t)(time % TW_SECOND));
    tw_pcap_put32(to + 8, captured);
    tw_pcap_put32(to + 12, length);
}

#endif
