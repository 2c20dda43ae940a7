// SPDX-License-Identifier: MIT
// Noise that is the same in every run; a test that needs its own begins with a seed of its own.
#ifndef TESTS_UNIT_NOISE_H
#define TESTS_UNIT_NOISE_H

#include <stdint.h>

static uint32_t noise = 1;

static inline void noise_next(void) {
    noise = noise * 1664525 + 1013904223;
}

static inline uint32_t random_below(uint32_t below) {
    noise_next();
    return (noise >> 8) % below;
}

#endif
