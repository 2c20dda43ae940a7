// SPDX-License-Identifier: MIT
// Which format an input is of, and what the formats share.
#include "reader.h"

#include <stdio.h>
#include <stdlib.h>

enum tw_got tw_reader_fault(struct tw_reader *reader, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(reader->why, sizeof reader->why, format, arguments);
    va_end(arguments);
    return TW_GOT_FAULT;
}

enum tw_got tw_reader_short(struct tw_reader *reader, enum tw_supply supply, const char *what) {
    if (supply == TW_SUPPLY_LATER) {
        return TW_GOT_NOTHING;
    }
    if (supply == TW_SUPPLY_FAULT) {
        return tw_reader_fault(reader, "%s", reader->input.why);
    }
    if (tw_input_left(&reader->input) == 0) {
        return TW_GOT_END;
    }
    return what != NULL ? tw_reader_fault(reader, "cut in %s", what)
                        : tw_reader_fault(reader, "cut in the middle of packet %llu",
                                          (unsigned long long)reader->packets + 1);
}

uint32_t tw_reader_limit(int linktype) {
    enum { DBUS = 231, USB_LINUX_MMAPPED = 220, EBHSCR = 279 };
    switch (linktype) {
    case DBUS:
    case USB_LINUX_MMAPPED: return UINT32_C(128) << 20;
    case EBHSCR: return UINT32_C(8) << 20;
    default: return 262144;
    }
}

static enum tw_got begin_format(struct tw_reader *reader) {
    const uint8_t *magic = tw_input_octets(&reader->input);
    switch (tw_get32(magic, true)) {
    case 0x0a0d0d0a: return tw_pcapng_begin(reader);
    case 0xa1b2c3d4: // microseconds
    case 0xa1b23c4d: // nanoseconds
    case 0xa1b2cd34: // A. Kuznetzov's, with longer packet headers
        reader->big = true;
        return tw_pcap_begin(reader);
    case 0xd4c3b2a1:
    case 0x4d3cb2a1:
    case 0x34cdb2a1: reader->big = false; return tw_pcap_begin(reader);
    default:
        return tw_reader_fault(reader, "not a capture file (magic %02x %02x %02x %02x)", magic[0],
                               magic[1], magic[2], magic[3]);
    }
}

enum tw_got tw_reader_begin(struct tw_reader *reader) {
    struct tw_input *input = &reader->input;
    enum tw_supply supply = tw_input_begin(input);
    if (supply == TW_SUPPLY_READY) {
        supply = tw_input_need(input, TW_MAGIC_LENGTH);
    }
    if (supply == TW_SUPPLY_READY) {
        return begin_format(reader);
    }
    if (supply != TW_SUPPLY_END) {
        return tw_reader_short(reader, supply, NULL);
    }
    const size_t left = tw_input_left(input);
    return left == 0 ? tw_reader_fault(reader, input->regular ? "empty file" : "empty input")
                     : tw_reader_fault(reader, "not a capture file (only %zu octets)", left);
}

void tw_reader_fini(struct tw_reader *reader) {
    free(reader->pcapng.interfaces);
    tw_input_fini(&reader->input);
}
