// SPDX-License-Identifier: MIT
// libFuzzer: any octets as a packet of any link type that is known. Proves that the decoder keeps
// to the captured octets, fills what it says it fills, and names what it does not decode.
// Input: two octets of link type (little-endian), one of options, one of octets cut off by the
// snaplen (times 16), then the packet. Seeds: `test_decode --seeds tests/fuzz/corpus/decode`.
#include "tcpwalk/decode.h"

#include <stdlib.h>
#include <string.h>

enum { HEAD = 4, LINKTYPES = 512, CHECKSUMS = 1 };

static int linktype_of(const uint8_t *p) {
    int known[LINKTYPES], count = 0;
    const int wanted = p[0] | p[1] << 8;
    if (tw_linktype_name(wanted) != NULL)
        return wanted;
    for (int i = 0; i < LINKTYPES; i++) {
        if (tw_linktype_name(i) != NULL)
            known[count++] = i;
    }
    return known[wanted % count];
}

static void must(bool holds) {
    if (!holds)
        abort();
}

// Reads every octet that is said to be valid, so that none may be left over from before.
static void same(const struct tw_segment *a, const struct tw_segment *b) {
    must(memcmp(&a->source, &b->source, sizeof a->source) == 0);
    must(memcmp(&a->destination, &b->destination, sizeof a->destination) == 0);
    must(a->source_port == b->source_port && a->destination_port == b->destination_port);
    must(a->version == b->version && a->ttl == b->ttl && a->ip_id == b->ip_id);
    must(a->seq == b->seq && a->ack == b->ack && a->length == b->length);
    must(a->flags == b->flags && a->window == b->window);
    must(a->options == b->options && a->notes == b->notes && a->mss == b->mss);
    must(a->tsval == b->tsval && a->tsecr == b->tsecr && a->scale == b->scale);
    must(a->sack_count == b->sack_count && a->sack_count <= TW_SACK_MAX);
    must(a->fast_open == b->fast_open && a->mptcp == b->mptcp);
    must(a->vlan[0] == b->vlan[0] && a->vlan[1] == b->vlan[1]);
    must(a->header_offset == b->header_offset && a->header_length == b->header_length);
    must(a->unknown_count == b->unknown_count && a->unknown_count <= TW_UNKNOWN_OPTIONS_MAX);
    must(memcmp(a->unknown, b->unknown, a->unknown_count) == 0);
    must(memcmp(a->sack, b->sack, a->sack_count * sizeof *a->sack) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < HEAD)
        return 0;
    const struct tw_decoder decoder = {.check_checksums = (data[2] & CHECKSUMS) != 0};
    const int linktype = linktype_of(data);
    const uint32_t captured = (uint32_t)(size - HEAD), length = captured + data[3] * 16U;
    // A copy of exactly that size, so that one octet too far is found.
    uint8_t *octets = malloc(captured > 0 ? captured : 1);
    if (octets == NULL)
        return 0;
    memcpy(octets, data + HEAD, captured);
    struct tw_segment first, second;
    enum tw_reason reason = TW_REASON_COUNT, again = TW_REASON_COUNT;
    memset(&first, 0x55, sizeof first);
    memset(&second, 0xaa, sizeof second);
    const enum tw_decoded decoded =
        tw_decode(&decoder, linktype, octets, captured, length, &first, &reason);
    must(decoded == tw_decode(&decoder, linktype, octets, captured, length, &second, &again));
    must(reason == again && reason < TW_REASON_COUNT && tw_reason_text(reason) != NULL);
    must((decoded == TW_DECODED) == (reason == TW_REASON_NONE));
    if (decoded == TW_DECODED) {
        char text[TW_ADDRESS_TEXT], flags[TW_FLAGS_TEXT];
        same(&first, &second);
        must(first.version == 4 || first.version == 6);
        must(first.header_length >= 20 && first.header_length <= 60);
        must(captured >= 14 && first.header_offset <= captured - 14);
        must(strlen(tw_address_text(first.version, &first.source, first.source_port, text)) > 0);
        must(strlen(tw_flags_text(first.flags, flags)) > 0);
    }
    free(octets);
    return 0;
}
