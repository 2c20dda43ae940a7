// SPDX-License-Identifier: MIT
// The pcapng format (draft-ietf-opsawg-pcapng): any number of sections, interfaces and link types,
// of which libpcap reads but one.
#include "reader.h"

#include <stdlib.h>

enum {
    BLOCK_HEADER = 8, // type and total length
    BLOCK_TRAILER = 4,
    BLOCK_LIMIT = 16 << 20, // beyond what the link type allows a packet
    INTERFACES_MAX = 65536,
    NANOSECOND_DIGITS = 9,
};

enum type {
    DESCRIPTION = 1,
    OBSOLETE_PACKET = 2,
    SIMPLE_PACKET = 3,
    STATISTICS = 5,
    ENHANCED_PACKET = 6,
    SECTION = 0x0a0d0d0a,
};

enum option_code {
    END_OF_OPTIONS = 0,
    STATISTICS_IFDROP = 5,
    STATISTICS_OSDROP = 7,
    DESCRIPTION_TSRESOL = 9,
    DESCRIPTION_TSOFFSET = 14,
};

// A block as it stands in the window.
struct block {
    uint32_t type, total;
    const uint8_t *body; // without header and trailer
    uint32_t length;     // of the body
};

struct option {
    unsigned code, length;
    const uint8_t *value;
};

static bool is_packet(uint32_t type) {
    return type == ENHANCED_PACKET || type == SIMPLE_PACKET || type == OBSOLETE_PACKET;
}

static uint64_t get64(const uint8_t *p, bool big) {
    const uint64_t first = tw_get32(p, big), second = tw_get32(p + 4, big);
    return big ? first << 32 | second : second << 32 | first;
}

// Brings the next block into the window, whole, without stepping over it: as long as it is not
// stepped over, it can be asked for again. PACKET: *block is filled.
static enum tw_got block_get(struct tw_reader *reader, struct block *block) {
    enum { ORDER_MARK_END = 12 };
    struct tw_input *input = &reader->input;
    const char *what = reader->next == NULL ? "the file header" : "the middle of a block";
    enum tw_supply supply = tw_input_need(input, BLOCK_HEADER);
    if (TW_UNLIKELY(supply != TW_SUPPLY_READY)) {
        return tw_reader_short(reader, supply, what);
    }
    block->type = tw_get32(tw_input_octets(input), reader->big);
    what = is_packet(block->type) ? NULL : what; // a packet is named by its number
    if (TW_UNLIKELY(block->type == SECTION)) {   // reads the same in either byte order
        supply = tw_input_need(input, ORDER_MARK_END);
        if (supply != TW_SUPPLY_READY) {
            return tw_reader_short(reader, supply, what);
        }
        const uint32_t mark = tw_get32(tw_input_octets(input) + BLOCK_HEADER, true);
        if (mark != 0x1a2b3c4d && mark != 0x4d3c2b1a) {
            return tw_reader_fault(reader, "not a capture file (pcapng without byte order)");
        }
        reader->big = mark == 0x1a2b3c4d;
    }
    block->total = tw_get32(tw_input_octets(input) + 4, reader->big);
    if (TW_UNLIKELY(block->total < BLOCK_HEADER + BLOCK_TRAILER || block->total % 4 != 0 ||
                    block->total > reader->pcapng.block_limit)) {
        return tw_reader_fault(reader, "a block claims an impossible length of %u octets",
                               block->total);
    }
    supply = tw_input_need(input, block->total);
    if (TW_UNLIKELY(supply != TW_SUPPLY_READY)) {
        return tw_reader_short(reader, supply, what);
    }
    block->body = tw_input_octets(input) + BLOCK_HEADER;
    block->length = block->total - BLOCK_HEADER - BLOCK_TRAILER;
    const uint32_t again = tw_get32(block->body + block->length, reader->big);
    if (TW_UNLIKELY(again != block->total)) {
        return tw_reader_fault(reader, "a block's two lengths differ, %u and %u", block->total,
                               again);
    }
    return TW_GOT_PACKET;
}

// Walks the options between *at and `end`; false at their end, and where one's length lies.
static bool option_next(const uint8_t **at, const uint8_t *end, bool big, struct option *option) {
    enum { OPTION_HEADER = 4 };
    if (end - *at < OPTION_HEADER) {
        return false;
    }
    option->code = tw_get16(*at, big);
    option->length = tw_get16(*at + 2, big);
    option->value = *at + OPTION_HEADER;
    const ptrdiff_t padded = (ptrdiff_t)((option->length + 3U) & ~3U);
    if (option->code == END_OF_OPTIONS || padded > end - option->value) {
        return false;
    }
    *at = option->value + padded;
    return true;
}

static enum tw_got fault_short(struct tw_reader *reader, const char *name) {
    return tw_reader_fault(reader, "%s block is too short", name);
}

static enum tw_got section(struct tw_reader *reader, const struct block *block) {
    enum { FIXED = 16 }; // byte order, version, length of the section
    if (block->length < FIXED) {
        return fault_short(reader, "a section header");
    }
    const unsigned major = tw_get16(block->body + 4, reader->big);
    const unsigned minor = tw_get16(block->body + 6, reader->big);
    if (major != 1) {
        return tw_reader_fault(reader, "pcapng of version %u.%u, which is not known", major, minor);
    }
    reader->pcapng.count = 0;
    reader->pcapng.changes++;
    reader->pcapng.block_limit = BLOCK_LIMIT;
    return TW_GOT_PACKET;
}

// The clock's resolution: a power of 10, or of 2 where the upper bit is set.
static bool resolution(struct tw_pcapng_interface *interface, uint8_t octet) {
    enum { DECIMAL_MAX = 19, BINARY_MAX = 63 }; // what 64 bits hold
    interface->binary = (octet & 0x80) != 0;
    interface->exponent = octet & 0x7f;
    if (interface->exponent > (interface->binary ? BINARY_MAX : DECIMAL_MAX)) {
        return false;
    }
    interface->per_second = 1;
    for (unsigned i = 0; i < interface->exponent; i++) {
        interface->per_second *= interface->binary ? 2 : 10;
    }
    return true;
}

static enum tw_got description(struct tw_reader *reader, const struct block *block) {
    enum { FIXED = 8, MICROSECONDS = 6, ROOM_FIRST = 4 };
    struct tw_pcapng *pcapng = &reader->pcapng;
    if (block->length < FIXED) {
        return fault_short(reader, "an interface description");
    }
    if (pcapng->count == INTERFACES_MAX) {
        return tw_reader_fault(reader, "more than %d interfaces", INTERFACES_MAX);
    }
    if (pcapng->count == pcapng->room) {
        const size_t room = pcapng->room == 0 ? ROOM_FIRST : 2 * pcapng->room;
        struct tw_pcapng_interface *more = realloc(pcapng->interfaces, room * sizeof *more);
        if (more == NULL) {
            return tw_reader_fault(reader, "out of memory");
        }
        pcapng->interfaces = more;
        pcapng->room = room;
    }
    struct tw_pcapng_interface *interface = &pcapng->interfaces[pcapng->count];
    *interface = (struct tw_pcapng_interface){
        .linktype = tw_get16(block->body, reader->big),
        .snaplen = tw_get32(block->body + 4, reader->big),
    };
    bool known = resolution(interface, MICROSECONDS);
    const uint8_t *at = block->body + FIXED, *end = block->body + block->length;
    for (struct option option; option_next(&at, end, reader->big, &option);) {
        if (option.code == DESCRIPTION_TSRESOL && option.length == 1) {
            known = resolution(interface, *option.value);
        } else if (option.code == DESCRIPTION_TSOFFSET && option.length == 8) {
            interface->offset = (int64_t)get64(option.value, reader->big);
        }
    }
    if (!known) {
        return tw_reader_fault(reader, "an interface's clock is finer than 64 bits hold");
    }
    const uint32_t limit = BLOCK_LIMIT + tw_reader_limit(interface->linktype);
    if (limit > pcapng->block_limit) {
        pcapng->block_limit = limit;
    }
    interface->number = (*reader->interfaces)++;
    pcapng->count++;
    pcapng->changes++;
    if (reader->linktype < 0) {
        reader->linktype = interface->linktype;
    }
    return TW_GOT_PACKET;
}

// The counts of a statistics block are since the beginning, so the last one holds.
static void statistics(struct tw_reader *reader, const struct block *block) {
    enum { FIXED = 12 };
    if (block->length < FIXED || tw_get32(block->body, reader->big) >= reader->pcapng.count) {
        return;
    }
    uint64_t dropped = 0;
    const uint8_t *at = block->body + FIXED, *end = block->body + block->length;
    for (struct option option; option_next(&at, end, reader->big, &option);) {
        if ((option.code == STATISTICS_IFDROP || option.code == STATISTICS_OSDROP) &&
            option.length == 8) {
            dropped += get64(option.value, reader->big);
        }
    }
    struct tw_pcapng_interface *interface =
        &reader->pcapng.interfaces[tw_get32(block->body, reader->big)];
    reader->dropped += dropped - interface->dropped;
    interface->dropped = dropped;
}

// Ticks of an interface's clock as nanoseconds, those beyond pcap's own years at their bounds, so
// that a difference of two times never overflows.
static tw_time time_of(const struct tw_pcapng_interface *interface, uint64_t ticks) {
    enum { BITS = 34 }; // 10^9 times less than 2^34 fits into 64 bits
    const int64_t far = UINT32_MAX;
    uint64_t whole = ticks / interface->per_second, part = ticks % interface->per_second;
    if (!interface->binary) {
        unsigned digits = interface->exponent;
        for (; digits < NANOSECOND_DIGITS; digits++) {
            part *= 10;
        }
        for (; digits > NANOSECOND_DIGITS; digits--) {
            part /= 10;
        }
    } else if (interface->exponent <= BITS) {
        part = part * (uint64_t)TW_SECOND >> interface->exponent;
    } else {
        part = (part >> (interface->exponent - BITS)) * (uint64_t)TW_SECOND >> BITS;
    }
    int64_t seconds = whole > INT64_MAX ? INT64_MAX : (int64_t)whole;
    if (__builtin_add_overflow(seconds, interface->offset, &seconds)) {
        seconds = interface->offset < 0 ? INT64_MIN : INT64_MAX;
    }
    seconds = seconds > far ? far : seconds < -far ? -far : seconds;
    return seconds * TW_SECOND + (tw_time)part;
}

// Enhanced, obsolete and simple packet blocks. The obsolete one has a count of drops in the upper
// half of the interface's field; the simple one has no time, so the time stands still.
static enum tw_got packet(struct tw_reader *reader, const struct block *block) {
    enum { FIXED = 20, SIMPLE_FIXED = 4 };
    const struct tw_pcapng *pcapng = &reader->pcapng;
    const unsigned long long number = reader->packets + 1;
    const bool simple = block->type == SIMPLE_PACKET, big = reader->big;
    const uint32_t fixed = simple ? SIMPLE_FIXED : FIXED;
    if (block->length < fixed) {
        return fault_short(reader, "a packet");
    }
    const uint32_t id = simple                           ? 0
                        : block->type == ENHANCED_PACKET ? tw_get32(block->body, big)
                                                         : tw_get16(block->body, big);
    if (id >= pcapng->count) {
        return tw_reader_fault(reader, "packet %llu is of interface %u, which is not described",
                               number, id);
    }
    const struct tw_pcapng_interface *interface = &pcapng->interfaces[id];
    struct tw_packet *out = &reader->packet;
    uint32_t captured;
    if (simple) {
        out->length = captured = tw_get32(block->body, big);
        if (interface->snaplen != 0 && captured > interface->snaplen) {
            captured = interface->snaplen;
        }
    } else {
        captured = tw_get32(block->body + 12, big);
        out->length = tw_get32(block->body + 16, big);
        out->time = time_of(interface, (uint64_t)tw_get32(block->body + 4, big) << 32 |
                                           tw_get32(block->body + 8, big));
    }
    if (captured > block->length - fixed) {
        return tw_reader_fault(reader, "packet %llu is longer than its block", number);
    }
    out->octets = block->body + fixed;
    out->captured = captured;
    out->linktype = interface->linktype;
    out->interface = interface->number;
    reader->head = BLOCK_HEADER + fixed;
    reader->packets++;
    return TW_GOT_PACKET;
}

// Takes in a block that is no packet, and steps over it.
static enum tw_got other_block(struct tw_reader *reader, const struct block *block) {
    enum tw_got got = TW_GOT_PACKET;
    switch (block->type) {
    case SECTION: got = section(reader, block); break;
    case DESCRIPTION: got = description(reader, block); break;
    case STATISTICS: statistics(reader, block); break;
    default: break; // names, comments, secrets, what others may define
    }
    if (got == TW_GOT_PACKET) {
        reader->input.start += block->total;
    }
    return got;
}

static enum tw_got pcapng_next(struct tw_reader *reader) {
    struct block block;
    enum tw_got got;
    while ((got = block_get(reader, &block)) == TW_GOT_PACKET) {
        if (TW_LIKELY(is_packet(block.type))) {
            got = packet(reader, &block);
            reader->input.start += got == TW_GOT_PACKET ? block.total : 0;
            return got;
        }
        got = other_block(reader, &block);
        if (got != TW_GOT_PACKET) {
            return got;
        }
    }
    return got;
}

enum tw_got tw_pcapng_begin(struct tw_reader *reader) {
    struct block block;
    reader->pcapng.block_limit = BLOCK_LIMIT;
    enum tw_got got = block_get(reader, &block);
    if (got == TW_GOT_PACKET) {
        got = other_block(reader, &block);
    }
    if (got != TW_GOT_PACKET) {
        return got;
    }
    reader->next = pcapng_next;
    // On to the first interface, whose link type the filter and the caller want to know. What does
    // not go well here will be met again by pcapng_next.
    while (reader->linktype < 0 && block_get(reader, &block) == TW_GOT_PACKET &&
           !is_packet(block.type) && other_block(reader, &block) == TW_GOT_PACKET) {
    }
    return TW_GOT_PACKET;
}
