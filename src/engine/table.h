// SPDX-License-Identifier: MIT
// The flow table: from a keyed hash to connections. Linear hashing over buckets of one cache line:
// it grows by splitting one bucket at a time, so no insertion ever copies the table.
#ifndef TW_ENGINE_TABLE_H
#define TW_ENGINE_TABLE_H

#include "tcpwalk/base.h"

enum { BUCKET_SLOTS = 10, NO_ID = UINT32_MAX };

struct bucket {
    uint16_t tag[BUCKET_SLOTS]; // the hash's upper half; valid where id is not NO_ID
    uint32_t id[BUCKET_SLOTS];
    uint32_t overflow; // index of a further bucket, or NO_ID
};
_Static_assert(sizeof(struct bucket) == 64, "a bucket is one cache line");

struct buckets { // grows in chunks that never move
    struct bucket **chunks;
    uint32_t count, chunk_count;
};

struct table {
    struct buckets main, spill;
    uint32_t spill_free; // first of the free spill buckets, chained by `overflow`
    uint32_t level;      // there are 2^level buckets, and the first `split` are split already
    uint32_t split;
    uint32_t used;
    uint32_t (*hash_of)(const void *context, uint32_t id);
    const void *context;
};

bool table_init(struct table *t, uint32_t (*hash_of)(const void *context, uint32_t id),
                const void *context) TW_CHECKED;
void table_fini(struct table *t);
bool table_insert(struct table *t, uint32_t hash, uint32_t id) TW_CHECKED;
void table_remove(struct table *t, uint32_t hash, uint32_t id);
size_t table_memory(const struct table *t);

// The bucket of a hash, to be fetched before it is needed.
const struct bucket *table_bucket(const struct table *t, uint32_t hash);
// Gives the ids whose tag fits, one after the other: start with *cursor = {first bucket, 0}.
struct table_cursor {
    const struct bucket *bucket;
    unsigned slot;
};
uint32_t table_next(const struct table *t, uint32_t hash, struct table_cursor *cursor);

#endif
