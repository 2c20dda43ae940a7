// SPDX-License-Identifier: MIT
// What is left at the end of the input, in the order of its numbers, and by slices: a heap
// (Williams 1964), so that no call sorts the whole.
#ifndef TW_ENGINE_ENDING_H
#define TW_ENGINE_ENDING_H

#include "pool.h"

struct ending {
    uint32_t *heap; // their ids
    size_t count;
    uint32_t kind, looked; // the pool, and the record, where they are still to be gathered
};

// Gathers those of both pools that are in the table, `alive` at most, by looking at so many
// records; false: some are still to be looked at, or, with `heap` NULL, there is no memory.
bool ending_gather(struct ending *e, const struct pool pool[2], size_t alive,
                   size_t records) TW_CHECKED;
// The next one in order; NULL: there is none left, and the ending is over.
struct tw_connection *ending_next(struct ending *e, const struct pool pool[2]) TW_CHECKED;
void ending_fini(struct ending *e);

#endif
