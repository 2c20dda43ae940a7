// SPDX-License-Identifier: MIT
// A heap of connections by their numbers.
#include "ending.h"

#include <stdlib.h>

static struct tw_connection *at(const struct pool pool[2], uint32_t id) {
    return pool_at(&pool[(id & POOL_SECOND_KIND) != 0], id);
}

static void push(struct ending *e, const struct pool pool[2], const struct tw_connection *c) {
    size_t i = e->count++;
    for (size_t up; i > 0 && at(pool, e->heap[up = (i - 1) / 2])->number > c->number; i = up)
        e->heap[i] = e->heap[up];
    e->heap[i] = c->id;
}

bool ending_gather(struct ending *e, const struct pool pool[2], size_t alive, size_t records) {
    if (e->heap == NULL && (e->heap = malloc((alive + 1) * sizeof *e->heap)) == NULL)
        return false;
    for (; e->kind < 2; e->kind++, e->looked = 0)
        for (; e->looked < pool[e->kind].count; e->looked++) {
            if (records-- == 0)
                return false;
            const struct tw_connection *c = pool_at(&pool[e->kind], e->looked);
            if (c->number != 0 && c->in_table)
                push(e, pool, c);
        }
    return true;
}

struct tw_connection *ending_next(struct ending *e, const struct pool pool[2]) {
    if (e->count == 0) {
        ending_fini(e);
        return NULL;
    }
    const uint32_t first = e->heap[0], last = e->heap[--e->count];
    size_t i = 0;
    for (size_t child; (child = 2 * i + 1) < e->count; i = child) {
        if (child + 1 < e->count &&
            at(pool, e->heap[child + 1])->number < at(pool, e->heap[child])->number)
            child++;
        if (at(pool, e->heap[child])->number >= at(pool, last)->number)
            break;
        e->heap[i] = e->heap[child];
    }
    e->heap[i] = last;
    return at(pool, first);
}

void ending_fini(struct ending *e) {
    free(e->heap);
    *e = (struct ending){.heap = NULL};
}
