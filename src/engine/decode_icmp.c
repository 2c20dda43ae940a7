// SPDX-License-Identifier: MIT
// ICMP: of all its messages only "destination unreachable" matters, as it may quote the SYN of a
// connection that is being opened (RFC 792, RFC 4443 3.1; RFC 9293 3.9.2.2).
#include <string.h>

#include "decode_walk.h"

enum {
    TCP = 6,
    HEADER = 8,        // of an ICMP message, before what it quotes
    QUOTED_TCP = 8,    // octets that are quoted at least: ports and SEQ
    UNREACHABLE = 3,   // ICMP type
    TOO_BIG = 4,       // its code that is no error of delivery
    UNREACHABLE_6 = 1, // ICMPv6 type
};

static enum tw_reason quote(struct tw_walk *w, uint8_t version, const uint8_t *addresses,
                            enum tw_reason otherwise) {
    const uint8_t *p = tw_look(w, QUOTED_TCP);
    if (p == NULL)
        return otherwise;
    struct tw_segment *s = w->segment;
    const size_t length = version == 4 ? 4 : 16;
    *s = (struct tw_segment){
        .version = version,
        .source_port = tw_be16(p),
        .destination_port = tw_be16(p + 2),
        .seq = tw_be32(p + 4),
        .vlan = {s->vlan[0], s->vlan[1]},
    };
    memcpy(s->source.octets, addresses, length);
    memcpy(s->destination.octets, addresses + length, length);
    return TW_REASON_UNREACHABLE;
}

enum tw_reason tw_open_icmp(struct tw_walk *w) {
    const uint8_t *p = tw_take(w, HEADER), *ip = p == NULL ? NULL : tw_look(w, 20);
    if (ip == NULL || p[0] != UNREACHABLE || p[1] == TOO_BIG || ip[0] >> 4 != 4 || ip[9] != TCP ||
        (tw_be16(ip + 6) & 0x1fff) != 0 || tw_take(w, (ip[0] & 0x0fU) * 4) == NULL)
        return TW_REASON_ICMP;
    return quote(w, 4, ip + 12, TW_REASON_ICMP);
}

enum tw_reason tw_open_icmpv6(struct tw_walk *w) {
    const uint8_t *p = tw_take(w, HEADER), *ip = p == NULL ? NULL : tw_take(w, 40);
    if (ip == NULL || p[0] != UNREACHABLE_6 || ip[0] >> 4 != 6 || ip[6] != TCP)
        return TW_REASON_ICMPV6;
    return quote(w, 6, ip + 8, TW_REASON_ICMPV6);
}
