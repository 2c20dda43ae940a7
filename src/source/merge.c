// SPDX-License-Identifier: MIT
// Merges by a heap.
#include "merge.h"

#include <stdlib.h>

bool tw_merge_init(struct tw_merge *merge, size_t count) {
    merge->readers = calloc(count, sizeof *merge->readers);
    merge->heap = calloc(count, sizeof(struct tw_reader *));
    return merge->readers != NULL && merge->heap != NULL;
}

void tw_merge_fini(struct tw_merge *merge) {
    for (size_t i = 0; i < merge->reader_count; i++) {
        tw_reader_fini(&merge->readers[i]);
    }
    free(merge->readers);
    free(merge->heap);
}

static bool earlier(const struct tw_reader *a, const struct tw_reader *b) {
    return a->packet.time < b->packet.time || (a->packet.time == b->packet.time && a < b);
}

void tw_merge_hold(struct tw_merge *merge, struct tw_reader *reader) {
    size_t at = merge->heap_count++;
    for (size_t parent; at > 0; at = parent) {
        parent = (at - 1) / 2;
        if (!earlier(reader, merge->heap[parent])) {
            break;
        }
        merge->heap[at] = merge->heap[parent];
    }
    merge->heap[at] = reader;
}

// Brings the top to its place.
static void heap_sift(struct tw_merge *merge) {
    struct tw_reader **heap = merge->heap, *reader = heap[0];
    size_t at = 0;
    for (size_t child; (child = 2 * at + 1) < merge->heap_count; at = child) {
        child += child + 1 < merge->heap_count && earlier(heap[child + 1], heap[child]);
        if (!earlier(heap[child], reader)) {
            break;
        }
        heap[at] = heap[child];
    }
    heap[at] = reader;
}

// The next packet of one reader. A fault is kept for the end; the other files go on.
static enum tw_got advance(struct tw_merge *merge, struct tw_reader *reader) {
    enum tw_got got = reader->next == NULL ? tw_reader_begin(reader) : TW_GOT_PACKET;
    if (TW_LIKELY(got == TW_GOT_PACKET)) {
        got = tw_reader_next(reader);
    }
    if (TW_UNLIKELY(got == TW_GOT_END || got == TW_GOT_FAULT)) {
        reader->over = true;
        if (got == TW_GOT_FAULT && merge->faults++ == 0) {
            tw_input_broke_off(&merge->first, reader->input.name, reader->why, reader->packets);
        }
    }
    return got;
}

enum tw_got tw_merge_next(struct tw_merge *merge, struct tw_packet *packet) {
    for (; merge->asked < merge->reader_count; merge->asked++) {
        struct tw_reader *reader = &merge->readers[merge->asked];
        const enum tw_got got = advance(merge, reader);
        if (got == TW_GOT_NOTHING) {
            return got;
        }
        if (got == TW_GOT_PACKET) {
            tw_merge_hold(merge, reader);
        }
    }
    if (merge->lent) {
        const enum tw_got got = advance(merge, merge->heap[0]);
        if (got == TW_GOT_NOTHING) {
            return got;
        }
        if (got != TW_GOT_PACKET) {
            merge->heap[0] = merge->heap[--merge->heap_count];
        }
        merge->lent = false;
        if (merge->heap_count > 1) {
            heap_sift(merge);
        }
    }
    if (merge->heap_count == 0) {
        return merge->faults > 0 ? TW_GOT_FAULT : TW_GOT_END;
    }
    *packet = merge->heap[0]->packet;
    merge->lent = true;
    return TW_GOT_PACKET;
}
