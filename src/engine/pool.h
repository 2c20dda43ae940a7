// SPDX-License-Identifier: MIT
// Where connection records live: chunks that never move, and small numbers instead of pointers.
#ifndef TW_ENGINE_POOL_H
#define TW_ENGINE_POOL_H

#include "record.h"

struct pool {
    size_t record_size;
    uint32_t kind; // the top bit of its ids
    uint8_t **chunks;
    uint32_t count, chunk_count;
    uint32_t free; // first free record, chained by `newer`
};

// Ids of the second kind have the top bit set, so that two pools share one space of numbers.
enum { POOL_CHUNK = 512 };
#define POOL_SECOND_KIND 0x80000000U

void pool_init(struct pool *p, size_t record_size, uint32_t kind);
void pool_fini(struct pool *p);
// A zeroed record with its id, or NULL when out of memory.
struct tw_connection *pool_take(struct pool *p) TW_CHECKED;
// What the record holds of the store has been given back by its owner.
void pool_give(struct pool *p, struct tw_connection *c);
size_t pool_memory(const struct pool *p);

// A record can be taken without more memory.
static inline bool pool_has_room(const struct pool *p) {
    return p->free != UINT32_MAX || p->count < p->chunk_count * POOL_CHUNK;
}

static inline struct tw_connection *pool_at(const struct pool *p, uint32_t id) {
    uint32_t index = id & ~POOL_SECOND_KIND;
    return (struct tw_connection *)(void *)(p->chunks[index / POOL_CHUNK] +
                                            (index % POOL_CHUNK) * p->record_size);
}

#endif
