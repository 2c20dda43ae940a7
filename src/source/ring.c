// SPDX-License-Identifier: MIT
// Packets one behind the other in chunks, so that none needs memory of its own. The oldest chunk is
// dropped whole.
#include "ring.h"

#include <stdlib.h>
#include <string.h>

enum { CHUNK_LEAST = 1024, CHUNK_MOST = 256 * 1024, CHUNKS_LEAST = 16 };

struct tw_chunk {
    struct tw_chunk *next;
    uint64_t first; // the number of its first packet
    size_t used, room;
    struct kept {
        uint64_t number, gap;
        tw_time time;
        uint32_t captured, length, interface;
        int linktype;
    } packets[]; // the first; the octets follow, then the next
};

static size_t size_of(uint32_t captured) {
    const size_t unit = sizeof(struct kept), octets = captured;
    return unit + (octets + unit - 1) / unit * unit; // so that all are aligned
}

static struct kept *kept_at(struct tw_chunk *chunk, size_t at) {
    return (struct kept *)((uint8_t *)chunk->packets + at);
}

static void drop_oldest(struct tw_ring *ring) {
    struct tw_chunk *chunk = ring->oldest;
    for (size_t at = 0; at < chunk->used; at += size_of(kept_at(chunk, at)->captured)) {
        ring->lost++;
    }
    ring->octets -= sizeof *chunk + chunk->room;
    ring->oldest = chunk->next;
    ring->newest = ring->oldest == NULL ? NULL : ring->newest;
    ring->found = ring->found == chunk ? NULL : ring->found;
    free(chunk);
}

// A new chunk of at least so much room, for which old ones go; NULL where it cannot be had.
static struct tw_chunk *add_chunk(struct tw_ring *ring, size_t least) {
    size_t room = ring->limit / CHUNKS_LEAST;
    room = room < CHUNK_LEAST ? CHUNK_LEAST : room > CHUNK_MOST ? CHUNK_MOST : room;
    room = room < least ? least : room;
    const size_t octets = sizeof(struct tw_chunk) + room;
    if (octets > ring->limit) {
        return NULL;
    }
    while (ring->octets > ring->limit - octets) {
        if (ring->oldest == ring->next) {
            return NULL;
        }
        drop_oldest(ring);
    }
    struct tw_chunk *chunk = malloc(octets);
    if (chunk == NULL) {
        return NULL;
    }
    *chunk = (struct tw_chunk){.room = room};
    if (ring->newest != NULL) {
        ring->newest->next = chunk;
    } else {
        ring->oldest = chunk;
    }
    ring->newest = chunk;
    ring->octets += octets;
    return chunk;
}

bool tw_ring_keep(struct tw_ring *ring, const struct tw_packet *packet) {
    const size_t size = size_of(packet->captured);
    struct tw_chunk *chunk = ring->newest;
    if (ring->ahead > ring->limit / 2) {
        return false;
    }
    if (chunk == NULL || size > chunk->room - chunk->used) {
        chunk = add_chunk(ring, size);
        if (chunk == NULL) {
            return false;
        }
        chunk->first = packet->number;
    }
    struct kept *kept = kept_at(chunk, chunk->used);
    *kept = (struct kept){.number = packet->number,
                          .gap = packet->gap,
                          .time = packet->time,
                          .captured = packet->captured,
                          .length = packet->length,
                          .interface = packet->interface,
                          .linktype = packet->linktype};
    memcpy(kept + 1, packet->octets, packet->captured);
    if (ring->next == NULL) {
        ring->next = chunk;
        ring->next_at = chunk->used;
    }
    chunk->used += size;
    ring->ahead += size;
    return true;
}

static void lend(const struct kept *kept, struct tw_packet *packet) {
    *packet = (struct tw_packet){.number = kept->number,
                                 .gap = kept->gap,
                                 .time = kept->time,
                                 .octets = (const uint8_t *)(kept + 1),
                                 .captured = kept->captured,
                                 .length = kept->length,
                                 .linktype = kept->linktype,
                                 .interface = kept->interface};
}

bool tw_ring_peek(const struct tw_ring *ring, struct tw_packet *packet) {
    if (ring->next == NULL) {
        return false;
    }
    lend(kept_at(ring->next, ring->next_at), packet);
    return true;
}

bool tw_ring_give(struct tw_ring *ring, struct tw_packet *packet) {
    if (!tw_ring_peek(ring, packet)) {
        return false;
    }
    const size_t size = size_of(packet->captured);
    ring->ahead -= size;
    ring->next_at += size;
    if (ring->next_at == ring->next->used) {
        ring->next = ring->next->next;
        ring->next_at = 0;
    }
    return true;
}

bool tw_ring_find(struct tw_ring *ring, uint64_t number, struct tw_packet *packet) {
    struct tw_chunk *chunk = ring->found;
    size_t at = ring->found_at;
    if (chunk == NULL || kept_at(chunk, at)->number > number) {
        chunk = ring->oldest;
        at = 0;
    }
    while (chunk != NULL && chunk->next != NULL && chunk->next->first <= number) {
        chunk = chunk->next;
        at = 0;
    }
    while (chunk != NULL && at < chunk->used && kept_at(chunk, at)->number < number) {
        at += size_of(kept_at(chunk, at)->captured);
    }
    if (chunk == NULL || at == chunk->used || kept_at(chunk, at)->number != number) {
        return false;
    }
    ring->found = chunk;
    ring->found_at = at;
    lend(kept_at(chunk, at), packet);
    return true;
}

uint64_t tw_ring_oldest(const struct tw_ring *ring) {
    return ring->oldest != NULL ? ring->oldest->first : 1;
}

void tw_ring_fini(struct tw_ring *ring) {
    while (ring->oldest != NULL) {
        drop_oldest(ring);
    }
}
