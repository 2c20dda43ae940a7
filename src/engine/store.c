// SPDX-License-Identifier: MIT
// Small blocks for flights and outgrown histories.
#include "store.h"

#include <stdlib.h>

enum { CHUNK = 64 * 1024 };

static int refill(struct store *s, unsigned size_class) {
    size_t size = (size_t)STORE_UNIT << size_class;
    char *chunk = malloc(CHUNK);
    if (chunk == NULL)
        return 0;
    s->memory += CHUNK;
    ((struct store_block *)(void *)chunk)->next = s->chunks;
    s->chunks = (struct store_block *)(void *)chunk;
    for (size_t at = size; at + size <= CHUNK; at += size) // the first holds the chunk's link
        store_give(s, chunk + at, size_class);
    return 1;
}

void *store_take(struct store *s, unsigned size_class) {
    if (s->free[size_class] == NULL && !refill(s, size_class))
        return NULL;
    struct store_block *block = s->free[size_class];
    s->free[size_class] = block->next;
    return block;
}

void store_give(struct store *s, void *block, unsigned size_class) {
    struct store_block *b = block;
    b->next = s->free[size_class];
    s->free[size_class] = b;
}

void store_fini(struct store *s) {
    while (s->chunks != NULL) {
        struct store_block *next = s->chunks->next;
        free(s->chunks);
        s->chunks = next;
    }
}
