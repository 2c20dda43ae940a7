// SPDX-License-Identifier: MIT
// Segments of one's own: what the wire has seen of each connection, and an IP packet made of
// numbers that are relative to that.
#ifndef TCPWALK_LAB_FORGE_H
#define TCPWALK_LAB_FORGE_H

#include "stack.h"
#include "tcpwalk/lab.h"

enum { FORGE_TUPLES = 4096 };

// What was seen from one end of a connection.
struct forge_side {
    bool seen;
    bool genuine;    // by its stack; else what was seen was injected
    bool timestamps; // the last one carried them
    uint16_t window; // as sent last
    uint32_t initial, next, tsval;
};

// Of as many tuples; the one that was seen first goes first.
struct forge_memory {
    size_t count, oldest;
    struct forge_known {
        struct tw_tuple tuple; // as the client sees it
        struct forge_side side[TW_END_COUNT];
    } known[FORGE_TUPLES];
};

// A segment has left. What is injected counts only until that end's stack itself speaks, as it
// moves nothing there.
void forge_remember(struct forge_memory *memory, enum tw_end from, const struct tw_segment *segment,
                    bool injected);
// TW_USAGE when `next` is asked for and that end was not seen, or a number is out of its range.
enum tw_status forge_injection(const struct forge_memory *memory,
                               const struct tw_lab_injection *injection, struct tw_segment *segment,
                               struct tw_error *error) TW_CHECKED;
// The packet of a segment: addresses, ports, numbers, flags, window, timestamps if its options say
// so, and `length` times 'x'. Its length; 0: larger than the MTU.
size_t forge_packet(const struct tw_segment *segment, uint8_t octets[STACK_MTU]) TW_CHECKED;

#endif
