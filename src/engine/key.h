// SPDX-License-Identifier: MIT
// What makes a segment belong to a connection: both addresses and ports, the same in both
// directions.
#ifndef TW_ENGINE_KEY_H
#define TW_ENGINE_KEY_H

#include "record.h"

struct key {
    uint32_t hash;
    uint16_t vlan;
    bool self;
};

static inline size_t key_address_length(const struct tw_segment *s) {
    return s->version == 4 ? 4 : 16;
}
// `with_vlan`: the outer VLAN tag is part of the key. `hash_key` is random.
struct key key_of(const struct tw_segment *s, bool with_vlan, const uint64_t hash_key[2]);
// Which end of the connection sent the segment, or TW_END_COUNT where it is another's.
enum tw_end key_sender(const struct tw_connection *c, const struct key *key,
                       const struct tw_segment *s);

#endif
