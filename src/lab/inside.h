// SPDX-License-Identifier: MIT
// What the lab is made of, for the files of this room.
#ifndef TCPWALK_LAB_INSIDE_H
#define TCPWALK_LAB_INSIDE_H

#include "calls.h"
#include "stack.h"
#include "watch.h"
#include "wire.h"

struct tw_lab {
    struct tw_lab_options options; // its name is the witness's
    struct stack stacks[TW_END_COUNT];
    struct watch watch[TW_END_COUNT];
    struct calls calls;
    struct wire *wire;
    struct tw_witness *witness;
    uint64_t *captured; // beside the witness's flights: which flight the packet is
    size_t captured_room;
    double taps[WIRE_TAPS];
    size_t tap_count;
    bool tap_on;
    uint64_t packets[WIRE_TAPS];
    int epoll, timer;
    bool happened;         // since it was last asked
    enum tw_status failed; // inside a callback of the wire
    struct tw_error why;
};

#endif
