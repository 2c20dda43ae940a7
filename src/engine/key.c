// SPDX-License-Identifier: MIT
// What makes a segment belong to a connection.
#include "key.h"

#include <string.h>

#include "siphash.h"

// The same in both directions: the lower end first.
struct key key_of(const struct tw_segment *s, bool with_vlan, const uint64_t hash_key[2]) {
    int order = memcmp(s->source.octets, s->destination.octets, key_address_length(s));
    if (order == 0)
        order = (int)s->source_port - (int)s->destination_port;
    const struct tw_address *low = order <= 0 ? &s->source : &s->destination;
    const struct tw_address *high = order <= 0 ? &s->destination : &s->source;
    uint16_t low_port = order <= 0 ? s->source_port : s->destination_port;
    uint16_t high_port = order <= 0 ? s->destination_port : s->source_port;
    struct key key = {.vlan = with_vlan ? (s->vlan[0] & 0xfffU) : NO_VLAN, .self = order == 0};
    uint64_t words[5];
    words[0] =
        (uint64_t)low_port << 48 | (uint64_t)high_port << 32 | (uint64_t)key.vlan << 8 | s->version;
    size_t count = 2;
    if (s->version == 4) {
        memcpy(&words[1], low->octets, 4);
        memcpy((uint8_t *)&words[1] + 4, high->octets, 4);
    } else {
        memcpy(&words[1], low->octets, 16);
        memcpy(&words[3], high->octets, 16);
        count = 5;
    }
    key.hash = (uint32_t)siphash(hash_key, words, count);
    return key;
}

static inline bool same_addresses(const uint8_t *first, const struct tw_address *a,
                                  const struct tw_address *b, bool ipv6) {
    if (ipv6)
        return memcmp(first, a->octets, 16) == 0 && memcmp(first + 16, b->octets, 16) == 0;
    uint32_t x[2], y[2]; // two words are compared faster than two strings
    memcpy(x, first, sizeof x);
    memcpy(&y[0], a->octets, 4);
    memcpy(&y[1], b->octets, 4);
    return x[0] == y[0] && x[1] == y[1];
}

enum tw_end key_sender(const struct tw_connection *c, const struct key *key,
                       const struct tw_segment *s) {
    bool ipv6 = s->version != 4;
    if (c->ipv6 != ipv6 || c->vlan != key->vlan)
        return TW_END_COUNT;
    if (c->port[TW_CLIENT] == s->source_port && c->port[TW_SERVER] == s->destination_port &&
        same_addresses(c->address, &s->source, &s->destination, ipv6))
        return TW_CLIENT;
    if (c->port[TW_SERVER] == s->source_port && c->port[TW_CLIENT] == s->destination_port &&
        same_addresses(c->address, &s->destination, &s->source, ipv6))
        return TW_SERVER;
    return TW_END_COUNT;
}
