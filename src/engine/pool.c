// SPDX-License-Identifier: MIT
// Where connection records live: chunks that never move, and small numbers instead of pointers.
#include "pool.h"

#include <stdlib.h>
#include <string.h>

#include "table.h"

void pool_init(struct pool *p, size_t record_size, uint32_t kind) {
    *p = (struct pool){.record_size = record_size, .kind = kind, .free = NO_ID};
}

void pool_fini(struct pool *p) {
    for (uint32_t i = 0; i < p->chunk_count; i++)
        free(p->chunks[i]);
    free(p->chunks);
}

size_t pool_memory(const struct pool *p) {
    return (size_t)p->chunk_count * POOL_CHUNK * p->record_size;
}

struct tw_connection *pool_take(struct pool *p) {
    uint32_t index = p->free;
    if (index != NO_ID) {
        p->free = pool_at(p, index)->newer;
    } else {
        if (p->count == p->chunk_count * POOL_CHUNK) {
            uint8_t **chunks = realloc(p->chunks, (p->chunk_count + 1) * sizeof *chunks);
            if (chunks == NULL)
                return NULL;
            p->chunks = chunks;
            uint8_t *chunk = malloc(POOL_CHUNK * p->record_size);
            if (chunk == NULL)
                return NULL;
            p->chunks[p->chunk_count++] = chunk;
        }
        index = p->count++;
    }
    struct tw_connection *c = pool_at(p, index);
    memset(c, 0, p->record_size);
    c->id = index | p->kind;
    return c;
}

void pool_give(struct pool *p, struct tw_connection *c) {
    uint32_t index = c->id & ~POOL_SECOND_KIND;
    memset(c, 0, p->record_size);
    c->newer = p->free;
    p->free = index;
}
