// SPDX-License-Identifier: MIT
// Packets kept in memory, the newest in a bounded number of octets, for sources that cannot be read
// again and do not wait: packets are put in as they come, and given in their turn.
#ifndef TCPWALK_SOURCE_RING_H
#define TCPWALK_SOURCE_RING_H

#include "tcpwalk/source.h"

struct tw_ring {
    size_t limit; // octets; 0: nothing is kept
    size_t octets;
    struct tw_chunk *oldest, *newest;
    uint64_t lost; // packets that were kept once, or did not fit
    // The first packet that was not given yet; NULL: all were.
    struct tw_chunk *next;
    size_t next_at;
    size_t ahead; // octets of those that were not given
    // Where a packet was found last: the next one is mostly behind it.
    struct tw_chunk *found;
    size_t found_at;
};

// Keeps a packet. Numbers only grow. False: it does not fit, as long as what was not given yet
// takes half of the room; with nothing of that, never.
bool tw_ring_keep(struct tw_ring *ring, const struct tw_packet *packet) TW_CHECKED;
// The packet that is given next; false: all were.
bool tw_ring_peek(const struct tw_ring *ring, struct tw_packet *packet) TW_CHECKED;
// The next packet in its turn, lent until another one is kept; false: all were given.
bool tw_ring_give(struct tw_ring *ring, struct tw_packet *packet) TW_CHECKED;
// The packet of that number, lent until another one is kept; false: it is not there.
bool tw_ring_find(struct tw_ring *ring, uint64_t number, struct tw_packet *packet) TW_CHECKED;
uint64_t tw_ring_oldest(const struct tw_ring *ring); // its number; 1: there is none
void tw_ring_fini(struct tw_ring *ring);

#endif
