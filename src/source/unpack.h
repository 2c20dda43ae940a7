// SPDX-License-Identifier: MIT
// Compressed input: recognised by its first octets, unpacked piece by piece.
#ifndef TCPWALK_SOURCE_UNPACK_H
#define TCPWALK_SOURCE_UNPACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TW_PACKING_MAGIC_MAX = 6 };

// A way to compress that is known by its magic, whether this build can read it or not.
struct tw_packing;

// What goes into a step and what comes out of it; a step moves the pointers on.
struct tw_unpack {
    const uint8_t *in;
    size_t in_left;
    bool in_ends; // nothing will follow these
    uint8_t *out;
    size_t out_left;
};

struct tw_unpacker {
    // Unpacks what it can. NULL, or why the data cannot be unpacked. *whole tells whether the
    // input may end here: between two gzip members, zstd frames or xz streams.
    const char *(*step)(struct tw_unpacker *unpacker, struct tw_unpack *unpack, bool *whole);
    void (*free)(struct tw_unpacker *unpacker);
};

// NULL where the octets do not begin something compressed.
const struct tw_packing *tw_packing_detect(const uint8_t *octets, size_t count);
// NULL with *why where it cannot be unpacked: the library is not in this build, or no memory.
struct tw_unpacker *tw_unpacker_new(const struct tw_packing *packing, const char **why);
// The libraries of this build, "zlib, liblzma, libzstd"; NULL where it has none.
const char *tw_unpack_libraries(void);

#endif
