// SPDX-License-Identifier: MIT
// A slice of time for work that must not hold up the keys: it is bounded by the clock, and the
// clock is asked now and then only. Small work is always done at once.
#ifndef UI_SLICE_H
#define UI_SLICE_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

struct slice {
    int64_t end; // in nanoseconds
    int left;    // steps until the clock is asked
};

enum { SLICE_MS = 3, SLICE_FREE = 1024, SLICE_STEPS = 64 };

static inline int64_t slice_clock(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static inline struct slice slice_begin(void) {
    return (struct slice){slice_clock() + SLICE_MS * (int64_t)1000000, SLICE_FREE};
}

// After so many steps of some 100 ns to 1 us each: true once the time is used up.
static inline bool slice_over(struct slice *slice, int steps) {
    if (slice->left < 0)
        return true;
    slice->left -= steps;
    if (slice->left >= 0)
        return false;
    if (slice_clock() >= slice->end)
        return true;
    slice->left = SLICE_STEPS;
    return false;
}

#endif
