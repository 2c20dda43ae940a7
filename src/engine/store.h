// SPDX-License-Identifier: MIT
// Small blocks for flights and outgrown histories: 32 octets and its doubles, without headers,
// used again from lists of free ones. Most connections borrow one block for a few segments only.
#ifndef TW_ENGINE_STORE_H
#define TW_ENGINE_STORE_H

#include <stddef.h>

enum { STORE_UNIT = 32, STORE_CLASSES = 6 };

struct store_block {
    struct store_block *next;
};
struct store {
    struct store_block *free[STORE_CLASSES]; // of STORE_UNIT << class octets
    struct store_block *chunks;
    size_t memory;
};

// A block of STORE_UNIT << size_class octets, not zeroed, or NULL when out of memory.
void *store_take(struct store *s, unsigned size_class);
void store_give(struct store *s, void *block, unsigned size_class);
void store_fini(struct store *s); // all blocks are gone with it

#endif
