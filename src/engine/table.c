// SPDX-License-Identifier: MIT
// The flow table: linear hashing (Litwin 1980) over buckets of one cache line.
#include "table.h"

#include <stdlib.h>
#include <string.h>

enum { CHUNK = 1024, FIRST_LEVEL = 6, FILL_PERCENT = 80 };

static struct bucket *at(const struct buckets *b, uint32_t index) {
    return &b->chunks[index / CHUNK][index % CHUNK];
}

static bool add_bucket(struct buckets *b) {
    if (b->count == b->chunk_count * CHUNK) {
        struct bucket **chunks = realloc(b->chunks, (b->chunk_count + 1) * sizeof *chunks);
        if (chunks == NULL)
            return false;
        b->chunks = chunks;
        struct bucket *chunk = aligned_alloc(sizeof(struct bucket), CHUNK * sizeof *chunk);
        if (chunk == NULL)
            return false;
        b->chunks[b->chunk_count++] = chunk;
    }
    memset(at(b, b->count++), 0xff, sizeof(struct bucket)); // every id NO_ID
    return true;
}

static void free_buckets(struct buckets *b) {
    for (uint32_t i = 0; i < b->chunk_count; i++)
        free(b->chunks[i]);
    free(b->chunks);
}

bool table_init(struct table *t, uint32_t (*hash_of)(const void *context, uint32_t id),
                const void *context) {
    *t = (struct table){
        .level = FIRST_LEVEL, .spill_free = NO_ID, .hash_of = hash_of, .context = context};
    for (uint32_t i = 0; i < 1U << FIRST_LEVEL; i++)
        if (!add_bucket(&t->main)) {
            table_fini(t);
            return false;
        }
    return true;
}

void table_fini(struct table *t) {
    free_buckets(&t->main);
    free_buckets(&t->spill);
}

size_t table_memory(const struct table *t) {
    return (size_t)(t->main.chunk_count + t->spill.chunk_count) * CHUNK * sizeof(struct bucket);
}

static uint32_t index_of(const struct table *t, uint32_t hash) {
    uint32_t index = hash & ((1U << t->level) - 1);
    return index < t->split ? hash & ((2U << t->level) - 1) : index;
}

static uint16_t tag_of(uint32_t hash) {
    return (uint16_t)(hash >> 16);
}

const struct bucket *table_bucket(const struct table *t, uint32_t hash) {
    return at(&t->main, index_of(t, hash));
}

uint32_t table_next(const struct table *t, uint32_t hash, struct table_cursor *cursor) {
    uint16_t tag = tag_of(hash);
    for (;;) {
        const struct bucket *b = cursor->bucket;
        for (unsigned i = cursor->slot; i < BUCKET_SLOTS; i++)
            if (b->tag[i] == tag && b->id[i] != NO_ID) {
                cursor->slot = i + 1;
                return b->id[i];
            }
        if (b->overflow == NO_ID)
            return NO_ID;
        cursor->bucket = at(&t->spill, b->overflow);
        cursor->slot = 0;
    }
}

static bool put(struct table *t, struct bucket *b, uint32_t hash, uint32_t id) {
    for (;;) {
        for (unsigned i = 0; i < BUCKET_SLOTS; i++)
            if (b->id[i] == NO_ID) {
                b->id[i] = id;
                b->tag[i] = tag_of(hash);
                return true;
            }
        if (b->overflow == NO_ID) {
            uint32_t fresh = t->spill_free;
            if (fresh != NO_ID) {
                t->spill_free = at(&t->spill, fresh)->overflow;
                at(&t->spill, fresh)->overflow = NO_ID;
            } else {
                if (!add_bucket(&t->spill))
                    return false;
                fresh = t->spill.count - 1;
            }
            b->overflow = fresh;
        }
        b = at(&t->spill, b->overflow);
    }
}

// Moves to a new bucket, behind all others, what belongs there of the next one in turn.
static bool split_one(struct table *t) {
    if (!add_bucket(&t->main))
        return false;
    struct bucket *from = at(&t->main, t->split), *to = at(&t->main, t->main.count - 1);
    struct bucket old = *from;
    uint32_t high = 1U << t->level;
    memset(from, 0xff, sizeof *from);
    if (++t->split == high) {
        t->level++;
        t->split = 0;
    }
    bool done = true;
    for (struct bucket b = old;;) {
        for (unsigned i = 0; i < BUCKET_SLOTS; i++)
            if (b.id[i] != NO_ID) {
                uint32_t hash = t->hash_of(t->context, b.id[i]);
                done = put(t, hash & high ? to : from, hash, b.id[i]) && done;
            }
        if (b.overflow == NO_ID)
            return done;
        uint32_t spilled = b.overflow;
        b = *at(&t->spill, spilled);
        memset(at(&t->spill, spilled), 0xff, sizeof b);
        at(&t->spill, spilled)->overflow = t->spill_free;
        t->spill_free = spilled;
    }
}

bool table_insert(struct table *t, uint32_t hash, uint32_t id) {
    if ((uint64_t)t->used * 100 > (uint64_t)t->main.count * BUCKET_SLOTS * FILL_PERCENT &&
        !split_one(t))
        return false;
    if (!put(t, at(&t->main, index_of(t, hash)), hash, id))
        return false;
    t->used++;
    return true;
}

void table_remove(struct table *t, uint32_t hash, uint32_t id) {
    struct bucket *b = at(&t->main, index_of(t, hash));
    for (;;) {
        for (unsigned i = 0; i < BUCKET_SLOTS; i++)
            if (b->id[i] == id) {
                b->id[i] = NO_ID;
                t->used--;
                return;
            }
        if (b->overflow == NO_ID)
            return;
        b = at(&t->spill, b->overflow);
    }
}
