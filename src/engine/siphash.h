// SPDX-License-Identifier: MIT
// SipHash-1-3 of a connection's key (Aumasson and Bernstein 2012; one round a word, three at the
// end, as the Linux kernel's HalfSipHash users and Rust's maps chose): nobody on the wire can
// choose collisions.
#ifndef TW_ENGINE_SIPHASH_H
#define TW_ENGINE_SIPHASH_H

#include <stddef.h>
#include <stdint.h>

static inline uint64_t sip_rotate(uint64_t x, int bits) {
    return x << bits | x >> (64 - bits);
}

static inline void sip_round(uint64_t v[4]) {
    v[0] += v[1], v[1] = sip_rotate(v[1], 13) ^ v[0], v[0] = sip_rotate(v[0], 32);
    v[2] += v[3], v[3] = sip_rotate(v[3], 16) ^ v[2];
    v[0] += v[3], v[3] = sip_rotate(v[3], 21) ^ v[0];
    v[2] += v[1], v[1] = sip_rotate(v[1], 17) ^ v[2], v[2] = sip_rotate(v[2], 32);
}

// Of whole 64-bit words; the count takes the place of the octet length.
static inline uint64_t siphash(const uint64_t key[2], const uint64_t *words, size_t count) {
    uint64_t v[4] = {key[0] ^ 0x736f6d6570736575, key[1] ^ 0x646f72616e646f6d,
                     key[0] ^ 0x6c7967656e657261, key[1] ^ 0x7465646279746573};
    for (size_t i = 0; i <= count; i++) {
        uint64_t word = i < count ? words[i] : (uint64_t)count << 56;
        v[3] ^= word;
        sip_round(v);
        v[0] ^= word;
    }
    v[2] ^= 0xff;
    sip_round(v);
    sip_round(v);
    sip_round(v);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}

#endif
