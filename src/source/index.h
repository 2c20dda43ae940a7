// SPDX-License-Identifier: MIT
// Where in plain files every so manieth packet stands, so that any can be read again. Bounded: the
// more packets there are, the further apart those are that are noted.
#ifndef TCPWALK_SOURCE_INDEX_H
#define TCPWALK_SOURCE_INDEX_H

#include "merge.h"

// Where one file stood when a packet was given: at the packet that it held.
struct tw_place {
    uint64_t offset; // TW_PLACE_OVER: the file was over
    tw_time time;    // of that packet
    uint32_t table;  // of pcapng's interfaces there
    uint32_t interfaces;
};
#define TW_PLACE_OVER UINT64_MAX

// The interfaces of a pcapng section, as far as they are described at a place.
struct tw_table {
    struct tw_pcapng pcapng;
    bool big;
};

struct tw_index {
    uint64_t due;      // the packet whose place is to be noted next; 0: none is
    uint64_t interval; // from one that is noted to the next; the first is packet 1
    uint64_t end;      // packets from this one on cannot be found
    size_t count;      // of packets noted, with `width` places each
    size_t room, width;
    struct tw_place *places;
    struct tw_table *tables;
    size_t table_count, table_room, interfaces; // of all tables
};

// To be told of `width` files that are read from their beginning.
void tw_index_init(struct tw_index *index, size_t width);
// Notes where the files stand; the packet that is due has just been given.
void tw_index_note(struct tw_index *index, const struct tw_merge *merge);
// The places noted last up to that packet, one a file, and the number of their packet; NULL where
// there are none.
const struct tw_place *tw_index_find(const struct tw_index *index, uint64_t number,
                                     uint64_t *noted) TW_CHECKED;
void tw_index_fini(struct tw_index *index);

#endif
