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
    bool shared;      // fd is another input's, whose place in the file is left alone
    uint64_t limit;   // of a shared one: where it ends
    uint64_t base;    // place in the file at which we began
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
    uint64_t octets; // read of fd; of a shared one, up to here
    uint64_t size;   // of a file, else 0
    tw_time changed; // when it was, as it said at the beginning
};

// Opens `name`, "-" being standard input, without reading of it. TW_OPEN, TW_PERMISSION, TW_MEMORY.
enum tw_status tw_input_init(struct tw_input *input, const char *name, bool nonblocking,
                             const atomic_bool *stop, struct tw_error *error) TW_CHECKED;
// The same file again, which must be a plain one, from another place. False: out of memory.
bool tw_input_share(struct tw_input *input, const struct tw_input *of) TW_CHECKED;
// Lets a shared input end there: what the first one has not read is not there for it.
static inline void tw_input_limit(struct tw_input *input, uint64_t limit) {
    input->limit = limit;
}
// Whether a file was cut or written over since it was opened. One that has grown was not.
bool tw_input_changed(const struct tw_input *input) TW_CHECKED;
// Goes on at another place, counted as tw_input_place does.
void tw_input_seek(struct tw_input *input, uint64_t place);
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
// Where the window stands in a plain file, from where it was begun.
static inline uint64_t tw_input_place(const struct tw_input *input) {
    return input->octets - (input->end - input->start);
}
static inline size_t tw_input_left(const struct tw_input *input) {
    return input->end - input->start;
}

#endif
