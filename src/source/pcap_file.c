// SPDX-License-Identifier: MIT
// The pcap format (draft-ietf-opsawg-pcap), accepted and refused as libpcap does.
#include "reader.h"

enum {
    FILE_HEADER = 24,
    PACKET_HEADER = 16,
    LONG_PACKET_HEADER = 24, // A. Kuznetzov's: with interface index, protocol and packet type
    MICROSECOND = 1000,
};

static enum tw_got pcap_next(struct tw_reader *reader) {
    const struct tw_pcap *pcap = &reader->pcap;
    struct tw_input *input = &reader->input;
    enum tw_supply supply = tw_input_need(input, pcap->header);
    if (TW_UNLIKELY(supply != TW_SUPPLY_READY)) {
        return tw_reader_short(reader, supply, NULL);
    }
    const uint8_t *header = tw_input_octets(input);
    const bool big = reader->big;
    uint32_t captured = tw_get32(header + 8, big), length = tw_get32(header + 12, big);
    if (TW_UNLIKELY(pcap->lengths != TW_LENGTHS_IN_ORDER) &&
        (pcap->lengths == TW_LENGTHS_SWAPPED || captured > length)) {
        const uint32_t swapped = captured;
        captured = length;
        length = swapped;
    }
    if (TW_UNLIKELY(captured > pcap->limit)) {
        return tw_reader_fault(reader, "packet %llu claims %u captured octets of at most %u",
                               (unsigned long long)reader->packets + 1, captured, pcap->limit);
    }
    supply = tw_input_need(input, pcap->header + captured);
    if (TW_UNLIKELY(supply != TW_SUPPLY_READY)) {
        return tw_reader_short(reader, supply, NULL);
    }
    header = tw_input_octets(input);
    input->start += pcap->header + captured;
    reader->packets++;
    struct tw_packet *packet = &reader->packet;
    packet->time =
        tw_get32(header, big) * TW_SECOND + (tw_time)tw_get32(header + 4, big) * pcap->unit;
    packet->octets = header + pcap->header;
    packet->captured = captured;
    packet->length = length;
    return TW_GOT_PACKET;
}

enum tw_got tw_pcap_begin(struct tw_reader *reader) {
    const enum tw_supply supply = tw_input_need(&reader->input, FILE_HEADER);
    if (supply != TW_SUPPLY_READY) {
        return tw_reader_short(reader, supply, "the file header");
    }
    const uint8_t *header = tw_input_octets(&reader->input);
    const bool big = reader->big;
    const uint32_t magic = tw_get32(header, big);
    const unsigned major = tw_get16(header + 4, big), minor = tw_get16(header + 6, big);
    // 543.0 is DG/UX's tcpdump; it swapped the lengths, as did all before 2.3, which had both ways.
    if (!(major == 2 && minor <= 4) && !(major == 543 && minor == 0)) {
        return tw_reader_fault(reader, "pcap of version %u.%u, which is not known", major, minor);
    }
    struct tw_pcap *pcap = &reader->pcap;
    pcap->lengths = major == 2 && minor == 4   ? TW_LENGTHS_IN_ORDER
                    : major == 2 && minor == 3 ? TW_LENGTHS_MAYBE_SWAPPED
                                               : TW_LENGTHS_SWAPPED;
    pcap->header = magic == 0xa1b2cd34 ? LONG_PACKET_HEADER : PACKET_HEADER;
    reader->head = pcap->header;
    pcap->unit = magic == 0xa1b23c4d ? 1 : MICROSECOND;
    // The upper bits say how long the frame check sequence is.
    reader->linktype = (int)(tw_get32(header + 20, big) & 0x03ffffff);
    pcap->limit = tw_reader_limit(reader->linktype);
    reader->packet.linktype = reader->linktype;
    reader->packet.interface = (*reader->interfaces)++;
    reader->input.start += FILE_HEADER;
    reader->next = pcap_next;
    return TW_GOT_PACKET;
}
