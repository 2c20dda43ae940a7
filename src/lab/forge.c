// SPDX-License-Identifier: MIT
// Segments of one's own.
#include "forge.h"

#include <inttypes.h>
#include <string.h>

// --- What was seen

static struct tw_tuple turned(const struct tw_tuple *t) {
    return (struct tw_tuple){.local = t->remote,
                             .remote = t->local,
                             .local_port = t->remote_port,
                             .remote_port = t->local_port,
                             .version = t->version};
}

// `tuple` as `end` sees it.
static const struct forge_known *recall(const struct forge_memory *memory, enum tw_end end,
                                        const struct tw_tuple *tuple) {
    const struct tw_tuple key = end == TW_CLIENT ? *tuple : turned(tuple);
    for (size_t i = 0; i < memory->count; i++) {
        if (tw_tuple_equal(&memory->known[i].tuple, &key))
            return &memory->known[i];
    }
    return NULL;
}

static struct forge_known *learn(struct forge_memory *memory, enum tw_end end,
                                 const struct tw_tuple *tuple) {
    const struct forge_known *old = recall(memory, end, tuple);
    if (old != NULL)
        return &memory->known[old - memory->known];
    struct forge_known *k;
    if (memory->count < FORGE_TUPLES) {
        k = &memory->known[memory->count++];
    } else {
        k = &memory->known[memory->oldest];
        memory->oldest = (memory->oldest + 1) % FORGE_TUPLES;
    }
    *k = (struct forge_known){.tuple = end == TW_CLIENT ? *tuple : turned(tuple)};
    return k;
}

void forge_remember(struct forge_memory *memory, enum tw_end from, const struct tw_segment *s,
                    bool injected) {
    if ((s->flags & TW_RST) != 0)
        return; // its numbers may be the other end's (RFC 9293 3.5.2)
    const struct tw_tuple tuple = {.local = s->source,
                                   .remote = s->destination,
                                   .local_port = s->source_port,
                                   .remote_port = s->destination_port,
                                   .version = s->version};
    struct forge_known *k = learn(memory, from, &tuple);
    struct forge_side *own = &k->side[from];
    if (injected && own->genuine)
        return;
    const bool syn = (s->flags & TW_SYN) != 0;
    if (own->seen && syn && s->seq != own->initial) { // the ports are used again
        *own = (struct forge_side){0};
        if ((s->flags & TW_ACK) == 0)
            k->side[tw_other(from)] = (struct forge_side){0};
    }
    if (!own->seen) {
        own->initial = syn ? s->seq : s->seq - 1;
        own->next = s->seq;
    }
    own->seen = true;
    own->genuine = !injected;
    own->next = tw_seq_max(own->next, tw_segment_end(s));
    own->window = s->window;
    own->timestamps = (s->options & TW_OPT_TIMESTAMPS) != 0;
    if (own->timestamps)
        own->tsval = s->tsval;
}

// --- Numbers

static enum tw_status number(const struct tw_lab_number *n, const struct forge_side *side,
                             const char *name, uint32_t *value, struct tw_error *error) {
    if (n->given && n->next && !side->seen)
        return tw_fail(error, TW_USAGE, "inject: %s next: no segment was seen of that end", name);
    if (n->given && (n->value > UINT32_MAX || n->value < -(int64_t)UINT32_MAX))
        return tw_fail(error, TW_USAGE, "inject: %s %lld: it has 32 bits", name,
                       (long long)n->value);
    *value = n->given && !n->next ? side->initial : side->next; // both 0 where it was not seen
    if (n->given)
        *value += (uint32_t)n->value;
    return TW_OK;
}

enum tw_status forge_injection(const struct forge_memory *memory,
                               const struct tw_lab_injection *injection, struct tw_segment *segment,
                               struct tw_error *error) {
    static const struct forge_known unknown;
    const struct tw_tuple *tuple = &injection->tuple;
    const struct tw_lab_number *window = &injection->window;
    if (tuple->version != 4 && tuple->version != 6)
        return tw_fail(error, TW_USAGE, "inject: neither IPv4 nor IPv6");
    if (window->given && (window->next || window->value < 0 || window->value > UINT16_MAX))
        return tw_fail(error, TW_USAGE, "inject: window %lld: it goes from 0 to 65535",
                       (long long)window->value);
    const struct forge_known *k = recall(memory, injection->from, tuple);
    if (k == NULL)
        k = &unknown;
    const struct forge_side *own = &k->side[injection->from];
    const struct forge_side *other = &k->side[tw_other(injection->from)];
    *segment = (struct tw_segment){.source = tuple->local,
                                   .destination = tuple->remote,
                                   .source_port = tuple->local_port,
                                   .destination_port = tuple->remote_port,
                                   .version = tuple->version,
                                   .length = injection->length,
                                   .flags = injection->flags,
                                   .window = window->given  ? (uint16_t)window->value
                                             : own->genuine ? own->window
                                                            : UINT16_MAX};
    enum tw_status status = number(&injection->seq, own, "seq", &segment->seq, error);
    if (status != TW_OK)
        return status;
    if (injection->ack.given || (injection->flags & TW_ACK) != 0) {
        status = number(&injection->ack, other, "ack", &segment->ack, error);
        if (status != TW_OK)
            return status;
    }
    // RFC 7323 3.2: once both SYNs had them, a segment without is dropped.
    if (own->timestamps && other->timestamps) {
        segment->options = TW_OPT_TIMESTAMPS;
        segment->tsval = own->tsval;
        segment->tsecr = other->tsval;
    }
    return TW_OK;
}

// --- Octets

enum {
    IPV4_HEADER = 20,
    IPV6_HEADER = 40,
    TCP_HEADER = 20,
    TCP_CHECKSUM_AT = 16,
    TIMESTAMPS = 12, // NOP, NOP, the option (RFC 7323 appendix A)
    HOPS = 64,
    PROTOCOL_TCP = 6,
    ALL_FLAGS = 0x1ff,
};

static uint8_t *put16(uint8_t *p, uint32_t value) {
    p[0] = (uint8_t)(value >> 8);
    p[1] = (uint8_t)value;
    return p + 2;
}

static uint8_t *put32(uint8_t *p, uint32_t value) {
    return put16(put16(p, value >> 16), value & 0xffff);
}

// RFC 1071.
static uint32_t sum(uint32_t total, const uint8_t *p, size_t count) {
    for (size_t i = 0; i < count; i++)
        total += i % 2 == 0 ? (uint32_t)p[i] << 8 : p[i];
    return total;
}

static uint16_t folded(uint32_t total) {
    while (total > 0xffff)
        total = (total >> 16) + (total & 0xffff);
    return (uint16_t)~total;
}

size_t forge_packet(const struct tw_segment *s, uint8_t octets[STACK_MTU]) {
    const bool timestamps = (s->options & TW_OPT_TIMESTAMPS) != 0;
    const size_t header = TCP_HEADER + (timestamps ? TIMESTAMPS : 0);
    const size_t ip = s->version == 4 ? IPV4_HEADER : IPV6_HEADER;
    if (s->length > STACK_MTU - ip - header)
        return 0;
    const size_t tcp = header + s->length;
    const size_t address = s->version == 4 ? 4 : 16;
    memset(octets, 0, ip + header);

    uint8_t *p = octets;
    if (s->version == 4) { // RFC 791 3.1
        put16(p, 0x4500);
        put16(p + 2, (uint32_t)(ip + tcp));
        put16(p + 6, 0x4000); // do not fragment
        p[8] = HOPS;
        p[9] = PROTOCOL_TCP;
    } else { // RFC 8200 3
        p[0] = 0x60;
        put16(p + 4, (uint32_t)tcp);
        p[6] = PROTOCOL_TCP;
        p[7] = HOPS;
    }
    uint8_t *addresses = octets + ip - 2 * address;
    memcpy(addresses, s->source.octets, address);
    memcpy(addresses + address, s->destination.octets, address);
    if (s->version == 4)
        put16(octets + 10, folded(sum(0, octets, ip)));

    p = octets + ip; // RFC 9293 3.1
    p = put16(p, s->source_port);
    p = put16(p, s->destination_port);
    p = put32(p, s->seq);
    p = put32(p, s->ack);
    p = put16(p, (uint32_t)(header / 4) << 12 | (s->flags & ALL_FLAGS));
    p = put16(p, s->window);
    p = put32(p, 0); // checksum and urgent pointer
    if (timestamps) {
        p = put32(p, 0x0101080a);
        p = put32(p, s->tsval);
        p = put32(p, s->tsecr);
    }
    memset(p, 'x', s->length);
    const uint32_t pseudo = sum(PROTOCOL_TCP + (uint32_t)tcp, addresses, 2 * address);
    put16(octets + ip + TCP_CHECKSUM_AT, folded(sum(pseudo, octets + ip, tcp)));
    return ip + tcp;
}
