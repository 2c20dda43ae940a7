// SPDX-License-Identifier: MIT
// Several capture files as one: the earliest packet of all comes first.
#ifndef TCPWALK_SOURCE_MERGE_H
#define TCPWALK_SOURCE_MERGE_H

#include "reader.h"

struct tw_merge {
    struct tw_reader *readers; // those from reader_count on are not initialised
    size_t reader_count;
    uint32_t interfaces; // how many all of them have met
    // A heap of the readers that hold a packet, the earliest on top; of equal times the first file.
    struct tw_reader **heap;
    size_t heap_count;
    size_t asked;          // so many readers have been asked for their first packet
    bool lent;             // the top's packet is with the caller
    size_t faults;         // readers that broke off
    struct tw_error first; // what the first of them said
};

// Room for `count` readers; false where there is no memory.
bool tw_merge_init(struct tw_merge *merge, size_t count) TW_CHECKED;
// The next packet, without its number.
enum tw_got tw_merge_next(struct tw_merge *merge, struct tw_packet *packet) TW_CHECKED;
// A reader that holds a packet takes part.
void tw_merge_hold(struct tw_merge *merge, struct tw_reader *reader);
void tw_merge_fini(struct tw_merge *merge);

#endif
