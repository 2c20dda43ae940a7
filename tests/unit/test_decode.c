// SPDX-License-Identifier: MIT
// Proves that the decoder finds the TCP segment in every encapsulation that it knows, names what
// holds none, and reads nothing beyond the captured octets, wherever they were cut.
// `test_decode --seeds FOLDER` writes the packets below as seeds for fuzz_decode.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "decode_packets.h"

// Memory whose end lies against a page that may not be touched.
static uint8_t *guarded_end;

static int guard(void **state) {
    (void)state;
    const size_t page = (size_t)sysconf(_SC_PAGESIZE);
    uint8_t *pages =
        mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED || mprotect(pages + page, page, PROT_NONE) != 0)
        return -1;
    guarded_end = pages + page;
    return 0;
}

// Everything that a caller may read must be equal; what is not valid must not be looked at.
static void same_segments(const struct tw_segment *a, const struct tw_segment *b) {
    assert_memory_equal(&a->source, &b->source, sizeof a->source);
    assert_memory_equal(&a->destination, &b->destination, sizeof a->destination);
    assert_int_equal(a->source_port, b->source_port);
    assert_int_equal(a->destination_port, b->destination_port);
    assert_int_equal(a->version, b->version);
    assert_int_equal(a->ttl, b->ttl);
    assert_int_equal(a->ip_id, b->ip_id);
    assert_int_equal(a->seq, b->seq);
    assert_int_equal(a->ack, b->ack);
    assert_int_equal(a->length, b->length);
    assert_int_equal(a->flags, b->flags);
    assert_int_equal(a->window, b->window);
    assert_int_equal(a->options, b->options);
    assert_int_equal(a->notes, b->notes);
    assert_int_equal(a->mss, b->mss);
    assert_int_equal(a->tsval, b->tsval);
    assert_int_equal(a->tsecr, b->tsecr);
    assert_int_equal(a->scale, b->scale);
    assert_int_equal(a->sack_count, b->sack_count);
    assert_int_equal(a->fast_open, b->fast_open);
    assert_int_equal(a->mptcp, b->mptcp);
    assert_int_equal(a->vlan[0], b->vlan[0]);
    assert_int_equal(a->vlan[1], b->vlan[1]);
    assert_int_equal(a->header_offset, b->header_offset);
    assert_int_equal(a->header_length, b->header_length);
    assert_int_equal(a->unknown_count, b->unknown_count);
    assert_memory_equal(a->unknown, b->unknown, a->unknown_count);
    assert_memory_equal(a->sack, b->sack, a->sack_count * sizeof *a->sack);
}

// Decodes against the guard page, twice, into memory with different rubbish in it.
static enum tw_decoded decode(int linktype, const uint8_t *octets, uint32_t captured,
                              uint32_t length, bool check, struct tw_segment *segment,
                              enum tw_reason *reason) {
    const struct tw_decoder decoder = {.check_checksums = check};
    struct tw_segment second;
    enum tw_reason again;
    memset(segment, 0x55, sizeof *segment);
    memset(&second, 0xaa, sizeof second);
    uint8_t *at = guarded_end - captured;
    memcpy(at, octets, captured);
    *reason = TW_REASON_COUNT;
    const enum tw_decoded decoded =
        tw_decode(&decoder, linktype, at, captured, length, segment, reason);
    assert_int_equal(tw_decode(&decoder, linktype, at, captured, length, &second, &again), decoded);
    assert_int_equal(again, *reason);
    assert_true(*reason < TW_REASON_COUNT);
    assert_int_equal(*reason == TW_REASON_NONE, decoded == TW_DECODED);
    if (decoded == TW_DECODED) {
        same_segments(segment, &second);
        assert_true(segment->header_offset + 14 <= captured);
    }
    return decoded;
}

static void must_decode(const struct packet *packet, const uint8_t *octets, uint32_t captured,
                        uint32_t length, struct tw_segment *s) {
    enum tw_reason reason;
    if (decode(packet->linktype, octets, captured, length, false, s, &reason) != TW_DECODED)
        fail_msg("%s, %u of %u octets: %s", packet->name, captured, length, tw_reason_text(reason));
}

static void each_encapsulation_reaches_the_segment(void **state) {
    (void)state;
    for (size_t i = 0; i < TW_COUNT(packets); i++) {
        const struct packet *packet = &packets[i];
        uint8_t octets[ROOM] = {0};
        const uint32_t count = build(packet->hex, octets);
        // With and without a frame's trailing check sequence or padding, which is not data.
        for (uint32_t padding = 0; padding <= 4; padding += 4) {
            struct tw_segment s;
            must_decode(packet, octets, count + padding, count + padding, &s);
            char text[TW_ADDRESS_TEXT];
            assert_string_equal(tw_address_text(s.version, &s.source, s.source_port, text),
                                packet->version == 4 ? "10.0.0.1:12345" : "[2001:db8::1]:12345");
            assert_string_equal(
                tw_address_text(s.version, &s.destination, s.destination_port, text),
                packet->version == 4 ? "10.0.0.2:80" : "[2001:db8::2]:80");
            assert_int_equal(s.version, packet->version);
            assert_int_equal(s.ttl, 0x40);
            assert_int_equal(s.ip_id, packet->version == 4 ? 0x1234 : 0);
            assert_int_equal(s.seq, 0x01020304);
            assert_int_equal(s.ack, 0x05060708);
            assert_int_equal(s.length, PAYLOAD);
            assert_int_equal(s.flags, TW_PSH | TW_ACK);
            assert_int_equal(s.window, 0x0400);
            assert_int_equal(s.options, TW_OPT_TIMESTAMPS);
            assert_int_equal(s.tsval, 0x0a0b0c0d);
            assert_int_equal(s.tsecr, 7);
            assert_int_equal(s.header_offset, count - PAYLOAD - HEADER);
            assert_int_equal(s.header_length, HEADER);
            if (s.notes != packet->notes)
                fail_msg("%s: notes %x", packet->name, s.notes);
            assert_int_equal(s.vlan[0], packet->outer_tag != 0 ? packet->outer_tag : TAG_NONE);
            assert_int_equal(s.vlan[1], packet->inner_tag != 0 ? packet->inner_tag : TAG_NONE);
        }
    }
}

static void each_cut_is_named(void **state) {
    (void)state;
    for (size_t i = 0; i < TW_COUNT(packets); i++) {
        const struct packet *packet = &packets[i];
        uint8_t octets[ROOM];
        const uint32_t count = build(packet->hex, octets);
        const uint32_t tcp = count - PAYLOAD - HEADER;
        for (uint32_t cut = 0; cut < count; cut++) {
            struct tw_segment s;
            enum tw_reason reason;
            decode(packet->linktype, octets, cut, cut, false, &s, &reason); // the record lies
            if (cut < tcp + 14) {
                if (decode(packet->linktype, octets, cut, count, false, &s, &reason) == TW_DECODED)
                    fail_msg("%s: a segment from %u octets", packet->name, cut);
                if (cut >= tcp)
                    assert_int_equal(reason, TW_REASON_TRUNCATED_TCP);
                continue;
            }
            must_decode(packet, octets, cut, count, &s);
            const bool whole_header = cut >= tcp + HEADER;
            assert_int_equal(s.length, PAYLOAD); // from the IP header
            assert_int_equal(s.notes,
                             packet->notes | TW_NOTE_CUT | (whole_header ? 0 : TW_NOTE_HEADER_CUT));
            assert_int_equal(s.window, cut < tcp + 20 ? 0 : 0x0400);
            assert_int_equal(s.options, whole_header ? TW_OPT_TIMESTAMPS : 0);
        }
    }
}

static void each_octet_may_lie(void **state) {
    (void)state;
    static const uint8_t lies[] = {0x00, 0x01, 0x7f, 0x80, 0xff};
    for (size_t i = 0; i < TW_COUNT(packets); i++) {
        uint8_t octets[ROOM];
        const uint32_t count = build(packets[i].hex, octets);
        for (uint32_t at = 0; at < count; at++) {
            const uint8_t truth = octets[at];
            for (unsigned lie = 0; lie < TW_COUNT(lies) + 8; lie++) { // then each bit alone
                struct tw_segment s;
                enum tw_reason reason;
                const unsigned flipped = truth ^ 1U << (lie % 8);
                octets[at] = lie < 8 ? (uint8_t)flipped : lies[lie - 8];
                decode(packets[i].linktype, octets, count, count, true, &s, &reason);
            }
            octets[at] = truth;
        }
    }
}

static void what_is_no_segment_is_named(void **state) {
    (void)state;
    for (size_t i = 0; i < TW_COUNT(others); i++) {
        uint8_t octets[ROOM];
        struct tw_segment s;
        enum tw_reason reason;
        const uint32_t count = build(others[i].hex, octets);
        decode(others[i].linktype, octets, count, count, false, &s, &reason);
        if (reason != others[i].reason)
            fail_msg("%s: %s", others[i].name, tw_reason_text(reason));
    }
}

static void too_many_tunnels_are_left_closed(void **state) {
    (void)state;
    for (unsigned levels = 1; levels <= 24; levels++) {
        uint8_t octets[ROOM] = {0}, inner[ROOM];
        uint32_t count = 0;
        uint8_t outer[ROOM];
        const uint32_t outer_count = build(OUTER4("04"), outer);
        const uint32_t inner_count = build(IN4, inner);
        for (unsigned i = 0; i + 1 < levels && count + outer_count + inner_count <= ROOM; i++) {
            memcpy(octets + count, outer, outer_count);
            octets[count + 3] = 0; // total length 0: to the end
            count += outer_count;
        }
        if (count + inner_count > ROOM)
            break;
        memcpy(octets + count, inner, inner_count);
        count += inner_count;
        struct tw_segment s;
        enum tw_reason reason;
        decode(101, octets, count, count, false, &s, &reason);
        assert_int_equal(reason, levels <= 16 ? TW_REASON_NONE : TW_REASON_TUNNEL_TOO_DEEP);
    }
}

static void lengths_come_from_ip(void **state) {
    (void)state;
    uint8_t octets[ROOM];
    struct tw_segment s;
    enum tw_reason reason;
    uint32_t count = build(IN4, octets);

    octets[2] = octets[3] = 0; // segmentation offload: the wire length it is
    assert_int_equal(decode(101, octets, count, 2000, false, &s, &reason), TW_DECODED);
    assert_int_equal(s.length, 2000 - 20 - HEADER);
    assert_int_equal(s.notes, TW_NOTE_LENGTH_ZERO | TW_NOTE_CUT);

    octets[2] = 0xff, octets[3] = 0xff; // says more than passed: it is believed
    assert_int_equal(decode(101, octets, count, count, false, &s, &reason), TW_DECODED);
    assert_int_equal(s.length, 65535 - 20 - HEADER);
    assert_int_equal(s.notes, TW_NOTE_CUT);

    octets[2] = 0, octets[3] = 20 + HEADER; // says less than passed: the rest is padding
    assert_int_equal(decode(101, octets, count, count, false, &s, &reason), TW_DECODED);
    assert_int_equal(s.length, 0);
    assert_int_equal(s.notes, 0);

    count = build(IN6, octets);
    octets[4] = octets[5] = 0;
    assert_int_equal(decode(101, octets, count, 100000, false, &s, &reason), TW_DECODED);
    assert_int_equal(s.length, 100000 - 40 - HEADER);
    assert_int_equal(s.notes, TW_NOTE_LENGTH_ZERO | TW_NOTE_CUT);

    count = build(IN4, octets); // a record that says less than it holds
    assert_int_equal(decode(101, octets, count, 1, false, &s, &reason), TW_DECODED);
    assert_int_equal(s.length, PAYLOAD);
    assert_int_equal(s.notes, 0);
}

static void routing_headers_name_the_destination(void **state) {
    (void)state;
#define FAR "20010db80000000000000000000000ff "
    static const struct {
        const char *hex, *destination;
    } cases[] = {
        {OUTER6("2b") "0604 00 01 00000000" A6 FAR TCP, "[2001:db8::ff]:80"},
        {OUTER6("2b") "0602 02 01 00000000" FAR TCP, "[2001:db8::ff]:80"},
        {OUTER6("2b") "0604 04 01 01000000" FAR A6 TCP, "[2001:db8::ff]:80"},
        {OUTER6("2b") "0604 04 00 01000000" FAR A6 TCP, "[2001:db8::2]:80"}, // used up
        {OUTER6("2b") "0600 04 01 00000000" TCP, "[2001:db8::2]:80"},        // empty
        {OUTER6("2b") "0602 03 01 00000000" FAR TCP, "[2001:db8::2]:80"},    // another type
    };
    for (size_t i = 0; i < TW_COUNT(cases); i++) {
        uint8_t octets[ROOM];
        char text[TW_ADDRESS_TEXT];
        struct tw_segment s;
        enum tw_reason reason;
        const uint32_t count = build(cases[i].hex, octets);
        assert_int_equal(decode(101, octets, count, count, true, &s, &reason) == TW_MALFORMED, 0);
        decode(101, octets, count, count, false, &s, &reason);
        assert_string_equal(tw_address_text(6, &s.destination, s.destination_port, text),
                            cases[i].destination);
    }
}

static void a_fragment_may_hold_part_of_the_header(void **state) {
    (void)state;
    uint8_t octets[ROOM];
    struct tw_segment s;
    enum tw_reason reason;
    const uint32_t count =
        build("45 00 TTTT 1234 2000 40 06 0000 0a000001 0a000002" FIXED("8") "020405b4", octets);
    assert_int_equal(decode(101, octets, count, count, false, &s, &reason), TW_DECODED);
    assert_int_equal(s.notes, TW_NOTE_FIRST_FRAGMENT | TW_NOTE_HEADER_CUT);
    assert_int_equal(s.length, 0);
    assert_int_equal(s.mss, 1460);
}

static void control_bits_are_nine(void **state) {
    (void)state;
    uint8_t octets[ROOM];
    char text[TW_FLAGS_TEXT];
    struct tw_segment s;
    enum tw_reason reason;
    const uint32_t count =
        build(HEAD4("06") "3039 0050 01020304 05060708 5fff 0400 0000 0000", octets);
    assert_int_equal(decode(101, octets, count, count, false, &s, &reason), TW_DECODED);
    assert_int_equal(s.flags, 0x1ff);
    assert_string_equal(tw_flags_text(s.flags, text), "SYN,FIN,RST,PSH,ACK,URG,ECE,CWR,AE");
    assert_string_equal(tw_flags_text(0, text), "none");
    assert_string_equal(tw_flags_text(TW_SYN | TW_ACK, text), "SYN,ACK");
    assert_string_equal(tw_flags_text(TW_AE, text), "AE");
}

// Options of `words` 32-bit words, decoded.
static struct tw_segment with_options(const char *hex) {
    uint8_t octets[ROOM], extra[ROOM];
    struct tw_segment s;
    enum tw_reason reason;
    uint32_t count = build(HEAD4("06") FIXED("5"), octets);
    const uint32_t size = build(hex, extra);
    assert_true(size % 4 == 0 && size <= 40);
    memcpy(octets + count, extra, size);
    count += size;
    octets[3] = (uint8_t)count;
    octets[32] = (uint8_t)((20 + size) / 4 << 4);
    assert_int_equal(decode(101, octets, count, count, false, &s, &reason), TW_DECODED);
    assert_int_equal(s.length, 0);
    assert_int_equal(s.header_length, 20 + size);
    return s;
}

static void options_are_read(void **state) {
    (void)state;
    struct tw_segment s = with_options("020405b4 0402 080a 00000001 00000002 01 030307");
    assert_int_equal(s.options,
                     TW_OPT_MSS | TW_OPT_SACK_PERMITTED | TW_OPT_TIMESTAMPS | TW_OPT_SCALE);
    assert_int_equal(s.mss, 1460);
    assert_int_equal(s.scale, 7);
    assert_int_equal(s.tsval, 1);
    assert_int_equal(s.tsecr, 2);
    assert_int_equal(s.notes, 0);

    s = with_options("0101 0522 00000001 00000002 00000003 00000004 00000005 00000006 00000007 "
                     "00000008 01010101");
    assert_int_equal(s.options, TW_OPT_SACK);
    assert_int_equal(s.sack_count, TW_SACK_MAX);
    assert_int_equal(s.sack[0].left, 1);
    assert_int_equal(s.sack[3].right, 8);
    assert_int_equal(s.notes, 0);

    s = with_options("0101 050a 00000001 00000002");
    assert_int_equal(s.sack_count, 1);

    s = with_options("2202 0101"); // a cookie is asked for
    assert_int_equal(s.options, TW_OPT_FAST_OPEN);
    assert_int_equal(s.fast_open, 0);
    s = with_options("220a 0102030405060708 0101");
    assert_int_equal(s.fast_open, 8);
    s = with_options("fe0c f989 0102030405060708"); // the experiment
    assert_int_equal(s.options, TW_OPT_FAST_OPEN);
    assert_int_equal(s.fast_open, 8);
    s = with_options("fe04 e2d4"); // another experiment
    assert_int_equal(s.options, TW_OPT_UNKNOWN);
    assert_int_equal(s.unknown[0], 254);

    s = with_options("1e0c 0081 0000000000000000"); // MP_CAPABLE
    assert_int_equal(s.options, TW_OPT_MPTCP);
    assert_int_equal(s.mptcp, 0);
    s = with_options("1e04 8001"); // MP_FASTCLOSE is 7, MP_TCPRST 8
    assert_int_equal(s.mptcp, 8);

    s = with_options("1312 00000000000000000000000000000000 ac02 0101ac02"); // MD5, AccECN
    assert_int_equal(s.options, TW_OPT_UNKNOWN);
    assert_int_equal(s.unknown_count, 3);
    assert_int_equal(s.unknown[0], 19);
    assert_int_equal(s.unknown[2], 172);

    s = with_options("c002c102 c202c302 c402c502 c602c702 c802c902"); // more than are kept
    assert_int_equal(s.unknown_count, TW_UNKNOWN_OPTIONS_MAX);
    assert_int_equal(s.unknown[7], 0xc7);

    s = with_options("00020405"); // what stands behind the end is padding
    assert_int_equal(s.options, 0);
    assert_int_equal(s.notes, 0);
}

static void malformed_options_are_noted(void **state) {
    (void)state;
    static const struct {
        const char *hex;
        uint8_t options;
    } cases[] = {
        {"020405b4 0300 0101", TW_OPT_MSS},    // length 0
        {"020405b4 0301 0101", TW_OPT_MSS},    // length 1
        {"020405b4 01010108", TW_OPT_MSS},     // no room for a length
        {"020405b4 080a 0000", TW_OPT_MSS},    // beyond the header
        {"0203 05 01 01030307", TW_OPT_SCALE}, // MSS of 3: passed over
        {"03040701 020405b4", TW_OPT_MSS},     // window scale of 4
        {"04040000 020405b4", TW_OPT_MSS},     // SACK permitted of 4
        {"0502 0101 020405b4", TW_OPT_MSS},    // SACK without blocks
        {"0509 00000000000000 010101", 0},     // SACK with part of a block
        {"0809 00000000000000 010101", 0},     // timestamps of 9
        {"1e02 0101", 0},                      // MPTCP without a subtype
    };
    for (size_t i = 0; i < TW_COUNT(cases); i++) {
        const struct tw_segment s = with_options(cases[i].hex);
        assert_int_equal(s.notes, TW_NOTE_OPTIONS_MALFORMED);
        assert_int_equal(s.options, cases[i].options);
    }
}

static void checksums_are_judged_when_asked(void **state) {
    (void)state;
    static const struct {
        const char *hex;
        uint32_t tcp;
        uint16_t sum; // over pseudo-header, header and data
    } cases[] = {{IN4, 20, 0xc41f}, {IN6, 40, 0x7cad}};
    for (size_t i = 0; i < TW_COUNT(cases); i++) {
        uint8_t octets[ROOM] = {0};
        struct tw_segment s;
        enum tw_reason reason;
        const uint32_t count = build(cases[i].hex, octets);
        assert_int_equal(decode(101, octets, count, count, false, &s, &reason), TW_DECODED);
        assert_int_equal(decode(101, octets, count, count, true, &s, &reason), TW_IGNORED);
        assert_int_equal(reason, TW_REASON_BAD_CHECKSUM);
        assert_int_equal(decode(101, octets, count - 1, count, true, &s, &reason), TW_DECODED);
        octets[cases[i].tcp + 16] = (uint8_t)(cases[i].sum >> 8);
        octets[cases[i].tcp + 17] = (uint8_t)cases[i].sum;
        assert_int_equal(decode(101, octets, count, count, true, &s, &reason), TW_DECODED);
        assert_int_equal(decode(101, octets, count + 4, count + 4, true, &s, &reason), TW_DECODED);
        assert_int_equal(s.notes, 0);
    }
    // A fragment is not whole.
    uint8_t octets[ROOM];
    struct tw_segment s;
    enum tw_reason reason;
    const uint32_t count = build("45 00 TTTT 1234 2000 40 06 0000 0a000001 0a000002" TCP, octets);
    assert_int_equal(decode(101, octets, count, count, true, &s, &reason), TW_DECODED);
}

static void addresses_are_written_as_rfc_5952_says(void **state) {
    (void)state;
    static const struct {
        uint16_t groups[8];
        const char *text;
    } cases[] = {
        {{0, 0, 0, 0, 0, 0, 0, 0}, "[::]:65535"},
        {{0, 0, 0, 0, 0, 0, 0, 1}, "[::1]:65535"},
        {{1, 0, 0, 0, 0, 0, 0, 0}, "[1::]:65535"},
        {{0x2001, 0xdb8, 0, 0, 0, 0, 2, 1}, "[2001:db8::2:1]:65535"},
        {{0x2001, 0xdb8, 0, 1, 1, 1, 1, 1}, "[2001:db8:0:1:1:1:1:1]:65535"},
        {{0x2001, 0, 0, 1, 0, 0, 0, 1}, "[2001:0:0:1::1]:65535"},
        {{0x2001, 0xdb8, 0, 0, 1, 0, 0, 1}, "[2001:db8::1:0:0:1]:65535"},
        {{0, 0, 0, 0, 0, 0xffff, 0xc000, 0x0201}, "[::ffff:192.0.2.1]:65535"},
        {{0, 0, 0, 0, 0, 0, 0xc000, 0x0201}, "[::c000:201]:65535"},
        {{0xfe80, 0, 0, 0, 0xa, 0xb0, 0xc00, 0xd000}, "[fe80::a:b0:c00:d000]:65535"},
        {{0xffff, 0xffff, 0xffff, 0xffff, 0xffff, 0xffff, 0xffff, 0xffff},
         "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535"},
    };
    char text[TW_ADDRESS_TEXT];
    for (size_t i = 0; i < TW_COUNT(cases); i++) {
        struct tw_address address;
        for (size_t g = 0; g < 8; g++) {
            address.octets[2 * g] = (uint8_t)(cases[i].groups[g] >> 8);
            address.octets[2 * g + 1] = (uint8_t)cases[i].groups[g];
        }
        assert_string_equal(tw_address_text(6, &address, 65535, text), cases[i].text);
    }
    const struct tw_address address = {.octets = {255, 10, 0, 199}};
    assert_string_equal(tw_address_text(4, &address, 0, text), "255.10.0.199:0");
}

static void names_are_there(void **state) {
    (void)state;
    for (int i = 0; i < TW_REASON_COUNT; i++)
        assert_non_null(tw_reason_text((enum tw_reason)i));
    assert_string_equal(tw_linktype_name(1), "EN10MB");
    assert_string_equal(tw_linktype_name(276), "LINUX_SLL2");
    assert_null(tw_linktype_name(2));
    assert_null(tw_linktype_name(-1));
    assert_null(tw_linktype_name(100000));
}

// Two octets of link type, two of how (none), then the packet: what fuzz_decode reads.
static int write_seeds(const char *folder) {
    for (size_t i = 0; i < TW_COUNT(packets); i++) {
        char path[256], name[64];
        snprintf(name, sizeof name, "%s", packets[i].name);
        for (char *c = name; *c != '\0'; c++)
            *c = *c == ' ' ? '-' : *c;
        snprintf(path, sizeof path, "%s/%s", folder, name);
        uint8_t octets[4 + ROOM] = {(uint8_t)packets[i].linktype,
                                    (uint8_t)(packets[i].linktype >> 8)};
        const uint32_t count = 4 + build(packets[i].hex, octets + 4);
        FILE *file = fopen(path, "wb");
        if (file == NULL || fwrite(octets, 1, count, file) != count || fclose(file) != 0) {
            perror(path);
            return 1;
        }
    }
    return 0;
}

int main(int argc, char **argv) {
    if (argc == 3 && strcmp(argv[1], "--seeds") == 0)
        return write_seeds(argv[2]);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_encapsulation_reaches_the_segment),
        cmocka_unit_test(each_cut_is_named),
        cmocka_unit_test(each_octet_may_lie),
        cmocka_unit_test(what_is_no_segment_is_named),
        cmocka_unit_test(too_many_tunnels_are_left_closed),
        cmocka_unit_test(lengths_come_from_ip),
        cmocka_unit_test(routing_headers_name_the_destination),
        cmocka_unit_test(a_fragment_may_hold_part_of_the_header),
        cmocka_unit_test(control_bits_are_nine),
        cmocka_unit_test(options_are_read),
        cmocka_unit_test(malformed_options_are_noted),
        cmocka_unit_test(checksums_are_judged_when_asked),
        cmocka_unit_test(addresses_are_written_as_rfc_5952_says),
        cmocka_unit_test(names_are_there),
    };
    return cmocka_run_group_tests(tests, guard, NULL);
}
