// SPDX-License-Identifier: MIT
// The octets of one file, pipe or standard input, unpacked where they are compressed: a window
// onto them through which the readers look without copying.
#ifndef TCPWALK_SOURCE_INPUT_H
#define TCPWALK_SOURCE_INPUT_H

#include "tcpwalk/base.h"
#include "unpack.h"

#include <stdatomic.h>

enum tw_supply {
    TW_SUPPLY_READY, // what was asked for is in the window
    TW_SUPPLY_LATER, // a pipe does not have it yet, and we may not wait
    TW_SUPPLY_END,   // the input ends before it; what there is is in the window
    TW_SUPPLY_FAULT, // the input broke off before it; `why` says how
};

struct tw_input {
    char *name; // for messages
    int fd;
    bool regular;     // a file: reading never waits
    bool nonblocking; // do not wait
    const atomic_bool *stop;

    uint8_t *window; // octets start to end are there to be read, of `room`
    size_t start, end, room;

    bool detected; // plain or compressed, that is
    struct tw_unpacker *unpacker;
    uint8_t *packed;
    size_t packed_start, packed_end, packed_room;

    bool fd_ended;
    enum tw_supply state; // READY until the window's last octets have been supplied
    const char *why;
    uint64_t octets; // read of fd
    uint64_t size;   // of a file, else 0
};

// Opens `name`, "-" being standard input, without reading of it. TW_OPEN, TW_PERMISSION, TW_MEMORY.
enum tw_status tw_input_init(struct tw_input *input, const char *name, bool nonblocking,
                             const atomic_bool *stop, struct tw_error *error) TW_CHECKED;
// Finds out whether the input is compressed. To be repeated until it does not say LATER.
enum tw_supply tw_input_begin(struct tw_input *input) TW_CHECKED;
// The slow half of tw_input_need.
enum tw_supply tw_input_fill(struct tw_input *input, size_t octets) TW_CHECKED;
void tw_input_fini(struct tw_input *input);

// Waits for something to read of fd, but not long, as meanwhile we may be stopped; not at all where
// nonblocking. Whether there is something.
bool tw_input_wait(int fd, bool nonblocking);

// Says that the input `name` broke off, why, and after how many good packets.
void tw_input_broke_off(struct tw_error *error, const char *name, const char *why,
                        uint64_t packets);

// Brings `octets` octets into the window. The window may move: what was lent before is lost.
TW_CHECKED static inline enum tw_supply tw_input_need(struct tw_input *input, size_t octets) {
    return TW_LIKELY(input->end - input->start >= octets) ? TW_SUPPLY_READY
                                                          : tw_input_fill(input, octets);
}
static inline const uint8_t *tw_input_octets(const struct tw_input *input) {
    return input->window + input->start;
}
static inline size_t tw_input_left(const struct tw_input *input) {
    return input->end - input->start;
}

#endif
