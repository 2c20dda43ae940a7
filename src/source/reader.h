// SPDX-License-Identifier: MIT
// One capture file read packet by packet: an input, and the format that its magic tells.
#ifndef TCPWALK_SOURCE_READER_H
#define TCPWALK_SOURCE_READER_H

#include "input.h"
#include "tcpwalk/source.h"

enum { TW_MAGIC_LENGTH = 4, TW_WHY_MAX = 160 };

// How a pcap file wrote the two lengths of a packet, by its version.
enum tw_lengths { TW_LENGTHS_IN_ORDER, TW_LENGTHS_MAYBE_SWAPPED, TW_LENGTHS_SWAPPED };

struct tw_pcap {
    uint32_t header; // octets before each packet
    uint32_t unit;   // nanoseconds of one unit of the fraction
    uint32_t limit;  // of captured octets
    enum tw_lengths lengths;
};

// An interface description block of the current section.
struct tw_pcapng_interface {
    int linktype;
    uint32_t number;     // over all files
    uint32_t snaplen;    // 0: none
    uint64_t per_second; // ticks; 10 or 2 to the power of `exponent`
    unsigned exponent;
    bool binary;
    int64_t offset;   // seconds
    uint64_t dropped; // as its last statistics block says
};

struct tw_pcapng {
    struct tw_pcapng_interface *interfaces;
    size_t count, room;
    uint32_t block_limit;
    uint32_t changes; // of the interfaces, since the file's beginning
};

struct tw_reader {
    struct tw_input input;
    enum tw_got (*next)(struct tw_reader *reader); // NULL until the magic was read
    struct tw_packet packet;                       // the last one; without its number
    uint64_t packets;                              // read so far
    uint64_t backward;                             // times that the clock stepped back
    uint64_t dropped;                              // as the file says
    uint32_t *interfaces; // how many the source has met; the next one's number
    int linktype;         // the first one, -1 where it is not known yet
    bool big;             // big-endian
    bool over;            // ended, or broken off
    uint32_t head;        // octets that stand before the last packet's own
    struct tw_pcap pcap;
    struct tw_pcapng pcapng;
    char why[TW_WHY_MAX]; // of a fault, without the file's name
};

// Reads magic and header, for pcapng also what comes before the first packet. PACKET: begun. To be
// repeated after NOTHING.
enum tw_got tw_reader_begin(struct tw_reader *reader) TW_CHECKED;
// Reads the next packet into `packet`.
TW_CHECKED static inline enum tw_got tw_reader_next(struct tw_reader *reader) {
    struct tw_packet *packet = &reader->packet;
    const tw_time last = packet->time;
    const enum tw_got got = reader->next(reader);
    if (got == TW_GOT_PACKET) {
        reader->backward += reader->packets > 1 && packet->time < last;
        packet->length = packet->length < packet->captured ? packet->captured : packet->length;
    }
    return got;
}
// Where the last packet stands in a plain file, as long as its octets are lent.
static inline uint64_t tw_reader_place(const struct tw_reader *reader) {
    const uint8_t *octets = reader->packet.octets;
    return tw_input_place(&reader->input) - (uint64_t)(tw_input_octets(&reader->input) - octets) -
           reader->head;
}
void tw_reader_fini(struct tw_reader *reader);

// The formats: begin once the magic is in the window, then `next`.
enum tw_got tw_pcap_begin(struct tw_reader *reader) TW_CHECKED;
enum tw_got tw_pcapng_begin(struct tw_reader *reader) TW_CHECKED;

// What the formats share. Says why, and gives TW_GOT_FAULT.
enum tw_got tw_reader_fault(struct tw_reader *reader, const char *format, ...) TW_PRINTF(2, 3);
// What it means that the input did not supply a whole `what`.
enum tw_got tw_reader_short(struct tw_reader *reader, enum tw_supply supply, const char *what);
// The most octets that a packet of a link type may have captured (libpcap's limits).
uint32_t tw_reader_limit(int linktype);

static inline uint16_t tw_get16(const uint8_t *p, bool big) {
    return (uint16_t)(big ? p[0] << 8 | p[1] : p[1] << 8 | p[0]);
}
static inline uint32_t tw_get32(const uint8_t *p, bool big) {
    return big ? (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3]
               : (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}

#endif
