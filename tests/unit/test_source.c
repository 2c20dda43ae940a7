// SPDX-License-Identifier: MIT
// Proves that captures of every format, byte order and packing are read packet by packet, merged,
// filtered and counted, and that whatever is wrong inside a file is said after its good packets.
#include "source_captures.h"

#include <unistd.h>

#ifdef TW_HAVE_ZLIB
#include <zlib.h>
#endif
#ifdef TW_HAVE_LZMA
#include <lzma.h>
#endif
#ifdef TW_HAVE_ZSTD
#include <zstd.h>
#endif

// --- pcap ----------------------------------------------------------------------------------------

static void pcap_variants(void **state) {
    (void)state;
    static const uint32_t magics[] = {MICRO, NANO, LONG};
    for (size_t i = 0; i < 2 * TW_COUNT(magics); i++) {
        const uint32_t magic = magics[i / 2];
        struct octets *capture = fresh(i % 2 != 0);
        pcap_header(capture, magic, 2, 4, ETHERNET | 0xf4000000); // with the length of an FCS
        for (uint8_t mark = 1; mark <= 2; mark++) {
            put32(capture, mark == 1 ? 1 : 4000000000); // beyond 2038
            put32(capture, 500);
            put32(capture, 20);
            put32(capture, mark == 1 ? 1500 : 0); // 0 cannot be: it was captured
            put_number(capture, 0, magic == LONG ? 8 : 0);
            put(capture, frame(IPV4, mark, 20), 20);
        }
        read_capture(capture);
        assert_int_equal(seen.got, TW_GOT_END);
        assert_marks("12");
        assert_int_equal(seen.packets[0].time, TW_SECOND + (magic == NANO ? 500 : 500000));
        assert_int_equal(seen.packets[1].time / TW_SECOND, 4000000000);
        assert_int_equal(seen.packets[0].number, 1);
        assert_int_equal(seen.packets[1].number, 2);
        assert_int_equal(seen.packets[0].captured, 20);
        assert_int_equal(seen.packets[0].length, 1500);
        assert_int_equal(seen.packets[1].length, 20);
        assert_int_equal(seen.packets[0].linktype, ETHERNET);
        assert_int_equal(seen.linktype, ETHERNET);
        assert_int_equal(seen.counts.packets, 2);
        assert_int_equal(seen.counts.octets, capture->count);
        assert_int_equal(seen.counts.size, capture->count);
    }
}

static void pcap_versions(void **state) {
    (void)state;
    static const struct {
        unsigned major, minor;
        bool swapped, known;
    } rows[] = {{2, 4, false, true},  {2, 3, true, true},   {2, 3, false, true}, {2, 2, true, true},
                {543, 0, true, true}, {2, 5, false, false}, {1, 4, false, false}};
    for (size_t i = 0; i < TW_COUNT(rows); i++) {
        struct octets *capture = fresh(false);
        pcap_header(capture, MICRO, rows[i].major, rows[i].minor, RAW);
        put_number(capture, 0, 8);
        put32(capture, rows[i].swapped ? 90 : 20);
        put32(capture, rows[i].swapped ? 20 : 90);
        put(capture, frame(IPV4, 1, 20), 20);
        read_capture(capture);
        if (!rows[i].known) {
            assert_refused(TW_OPEN, "which is not known");
            continue;
        }
        assert_marks("1");
        assert_int_equal(seen.packets[0].captured, 20);
        assert_int_equal(seen.packets[0].length, 90);
        assert_int_equal(seen.packets[0].linktype, RAW);
    }
}

static void lying_pcap_length(void **state) {
    (void)state;
    static const uint32_t lies[] = {262145, 0x80000000, UINT32_MAX};
    for (size_t i = 0; i < TW_COUNT(lies); i++) {
        struct octets *capture = fresh(false);
        three_packets(capture);
        put_number(capture, 0, 8);
        put32(capture, lies[i]);
        put32(capture, lies[i]);
        read_capture(capture);
        assert_fault("123", "packet 4 claims");
        assert_said("; 3 packets were good");
    }
}

// --- pcapng --------------------------------------------------------------------------------------

static void pcapng_several_link_types(void **state) {
    (void)state;
    struct octets *capture = fresh(false);
    section(capture, false);
    interface(capture, ETHERNET, 0, -1, 0);
    packet(capture, ENHANCED, 0, 1000000, IPV4, 1, 21);
    interface(capture, RAW, 40, 9, 0);
    block(capture, NAMES, &(struct octets){.count = 32});
    packet(capture, ENHANCED, 1, 2000000000, IPV4, 2, 22);
    packet(capture, SIMPLE, 0, 0, IPV4, 3, 23); // has no time
    packet(capture, OBSOLETE, 1, 3000000001, IPV4, 4, 24);
    statistics(capture, 0, 5, 6);
    statistics(capture, 0, 6, 7);
    statistics(capture, 1, 1, 0);
    statistics(capture, 9, 1, 0); // is not there
    section(capture, true);
    interface(capture, WLAN, 0, -1, 0);
    packet(capture, ENHANCED, 0, 4000000, IPV4, 5, 25);
    statistics(capture, 0, 100, 0);
    read_capture(capture);
    assert_int_equal(seen.got, TW_GOT_END);
    assert_marks("12345");
    static const struct {
        int linktype;
        uint32_t interface;
        tw_time time;
    } rows[] = {{ETHERNET, 0, TW_SECOND},
                {RAW, 1, 2 * TW_SECOND},
                {ETHERNET, 0, 2 * TW_SECOND},
                {RAW, 1, 3 * TW_SECOND + 1},
                {WLAN, 2, 4 * TW_SECOND}};
    for (size_t i = 0; i < TW_COUNT(rows); i++) {
        assert_int_equal(seen.packets[i].linktype, rows[i].linktype);
        assert_int_equal(seen.packets[i].interface, rows[i].interface);
        assert_int_equal(seen.packets[i].time, rows[i].time);
        assert_int_equal(seen.packets[i].captured, 21 + i);
    }
    assert_int_equal(seen.linktype, ETHERNET);
    assert_int_equal(seen.counts.dropped, 6 + 7 + 1 + 100);
    assert_int_equal(seen.counts.backward, 0);
}

static void pcapng_clocks(void **state) {
    (void)state;
    static const struct {
        int resolution;
        int64_t offset;
        uint64_t ticks;
        tw_time time;
    } rows[] = {
        {-1, 0, 1700000000123456, 1700000000123456000},
        {0, 0, 17, 17 * TW_SECOND},
        {3, 0, 1234, 1234 * TW_MILLISECOND},
        {12, 0, 5000000001999, 5 * TW_SECOND + 1},
        {19, 0, 15000000000000000000U, TW_SECOND + TW_SECOND / 2},
        {0x80 | 10, 0, 3 * 1024 + 512, 3 * TW_SECOND + TW_SECOND / 2},
        {0x80 | 34, 0, (UINT64_C(1) << 34) + 1, TW_SECOND},
        {0x80 | 60, 0, (UINT64_C(5) << 60) + (UINT64_C(1) << 58), 5 * TW_SECOND + TW_SECOND / 4},
        {6, 1000, 1, 1000 * TW_SECOND + 1000},
        {6, -1000, 1, -1000 * TW_SECOND + 1000},
        {0, 0, UINT64_MAX, (tw_time)UINT32_MAX * TW_SECOND},
        {0, INT64_MAX, UINT64_MAX, (tw_time)UINT32_MAX * TW_SECOND},
        {6, INT64_MIN, 0, -(tw_time)UINT32_MAX * TW_SECOND},
    };
    for (size_t i = 0; i < 2 * TW_COUNT(rows); i++) {
        struct octets *capture = fresh(false);
        section(capture, i % 2 != 0);
        interface(capture, ETHERNET, 0, rows[i / 2].resolution, rows[i / 2].offset);
        packet(capture, ENHANCED, 0, rows[i / 2].ticks, IPV4, 1, 20);
        read_capture(capture);
        assert_marks("1");
        assert_true(seen.packets[0].time == rows[i / 2].time);
    }
}

static void pcapng_snaplen_of_simple_packets(void **state) {
    (void)state;
    struct octets *capture = fresh(true);
    section(capture, true);
    interface(capture, ETHERNET, 20, -1, 0);
    packet(capture, SIMPLE, 0, 0, IPV4, 9, 40);
    read_capture(capture);
    assert_int_equal(seen.count, 1);
    assert_int_equal(seen.packets[0].captured, 20);
    assert_int_equal(seen.packets[0].length, 40);
}

// Each lie stands in a file after one good packet; `at` counts from the end of the good part.
static void lying_pcapng(void **state) {
    (void)state;
    static const struct {
        size_t at;
        uint32_t value;
        const char *said;
    } rows[] = {
        {4, 0, "impossible length of 0"},
        {4, 8, "impossible length of 8"},
        {4, 53, "impossible length of 53"},
        {4, 0xfffffffc, "impossible length"},
        {4, 12, "two lengths differ"},
        {4, 1 << 20, "cut in the middle of packet 2"},
        {48, 56, "two lengths differ, 52 and 56"},
        {8, 1, "packet 2 is of interface 1, which is not described"},
        {20, 21, "packet 2 is longer than its block"},
        {20, UINT32_MAX, "packet 2 is longer than its block"},
    };
    for (size_t i = 0; i < TW_COUNT(rows); i++) {
        struct octets *capture = fresh(false);
        section(capture, false);
        interface(capture, ETHERNET, 0, -1, 0);
        packet(capture, ENHANCED, 0, 1, IPV4, 1, 20);
        const size_t end = capture->count;
        packet(capture, ENHANCED, 0, 2, IPV4, 2, 20);
        struct octets lie = {0};
        put32(&lie, rows[i].value);
        memcpy(capture->at + end + rows[i].at, lie.at, 4);
        read_capture(capture);
        assert_fault("1", rows[i].said);
        assert_said("; 1 packet was good");
    }
}

static void pcapng_clock_too_fine(void **state) {
    (void)state;
    static const int resolutions[] = {20, 127, 0x80 | 64};
    for (size_t i = 0; i < TW_COUNT(resolutions); i++) {
        struct octets *capture = fresh(false);
        section(capture, false);
        interface(capture, ETHERNET, 0, resolutions[i], 0);
        read_capture(capture);
        assert_fault("", "finer than 64 bits");
    }
}

// --- Cut anywhere --------------------------------------------------------------------------------

static void cut_everywhere(void **state) {
    (void)state;
    for (int pcapng = 0; pcapng <= 1; pcapng++) {
        struct octets *capture = fresh(false);
        size_t ends[4];
        if (pcapng) {
            section(capture, false);
            ends[0] = capture->count; // from here on the file is open
            interface(capture, ETHERNET, 0, -1, 0);
            for (uint8_t i = 1; i <= 3; i++) {
                packet(capture, ENHANCED, 0, i, IPV4, i, 20U + i);
                ends[i] = capture->count;
            }
        } else {
            three_packets(capture);
            const size_t at[] = {24, 24 + 76, 24 + 76 + 77, 24 + 76 + 77 + 78};
            memcpy(ends, at, sizeof ends);
        }
        assert_int_equal(ends[3], capture->count);
        for (size_t length = 0; length <= capture->count; length++) {
            read_octets(capture->at, length);
            if (length < ends[0]) {
                assert_refused(TW_OPEN, length == 0  ? "one: empty file"
                                        : length < 4 ? "one: not a capture file (only"
                                                     : "one: cut in the file header");
                continue;
            }
            size_t good = 0;
            bool boundary = length == ends[0] || (pcapng && length == ends[0] + 20);
            for (size_t i = 1; i <= 3; i++) {
                good += length >= ends[i];
                boundary = boundary || length == ends[i];
            }
            assert_int_equal(seen.count, good);
            assert_int_equal(seen.got, boundary ? TW_GOT_END : TW_GOT_FAULT);
            if (!boundary) {
                assert_said("one: cut in the middle of");
            }
        }
    }
}

// --- Compressed ----------------------------------------------------------------------------------

enum { MAGIC_MAX = 6 };
enum packing { GZIP, XZ, ZSTD, PACKING_COUNT };
static const char *const libraries[PACKING_COUNT] = {"zlib", "liblzma", "libzstd"};

// How much is written to `to`; 0 where the library is not there.
static size_t pack(enum packing packing, const uint8_t *from, size_t count, uint8_t *to) {
    size_t length = 0;
    (void)from, (void)count, (void)to;
    if (packing == GZIP) {
#ifdef TW_HAVE_ZLIB
        z_stream stream = {0};
        assert_int_equal(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, 0), Z_OK);
        stream.next_in = (z_const Bytef *)from;
        stream.avail_in = (uInt)count;
        stream.next_out = to;
        stream.avail_out = ROOM;
        assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
        length = stream.total_out;
        deflateEnd(&stream);
#endif
    } else if (packing == XZ) {
#ifdef TW_HAVE_LZMA
        assert_int_equal(
            lzma_easy_buffer_encode(6, LZMA_CHECK_CRC64, NULL, from, count, to, &length, ROOM),
            LZMA_OK);
#endif
    } else {
#ifdef TW_HAVE_ZSTD
        length = ZSTD_compress(to, ROOM, from, count, 3);
        assert_false(ZSTD_isError(length));
#endif
    }
    return length;
}

static bool missing(enum packing packing) {
    uint8_t octets[] = {0}, packed[64];
    if (pack(packing, octets, 1, packed) != 0) {
        return false;
    }
    print_message("%s is not in this build: not tested\n", libraries[packing]);
    return true;
}

static void packed_whole_and_cut(void **state) {
    (void)state;
    static uint8_t packed[ROOM];
    for (enum packing packing = 0; packing < PACKING_COUNT; packing++) {
        struct octets *capture = fresh(false);
        three_packets(capture);
        if (missing(packing)) {
            continue;
        }
        const size_t count = pack(packing, capture->at, capture->count, packed);
        read_octets(packed, count);
        assert_int_equal(seen.got, TW_GOT_END);
        assert_marks("123");
        assert_int_equal(seen.counts.octets, count);
        size_t most = 0;
        for (size_t length = MAGIC_MAX; length < count; length++) {
            read_octets(packed, length);
            if (seen.status == TW_OK) {
                assert_int_equal(seen.got, TW_GOT_FAULT);
                assert_said("the compressed data is cut");
                assert_true(seen.count >= most);
                most = seen.count;
            }
        }
        // Damaged in its middle, and in its last octets (the check): never quietly whole.
        for (size_t at = count / 2; at < count; at++) {
            packed[at] ^= 0x55;
            read_octets(packed, count);
            assert_true(seen.status == TW_OPEN || seen.got == TW_GOT_FAULT || packing == ZSTD);
            packed[at] ^= 0x55;
        }
    }
}

// Packets as large as they come (262144 octets), many times what is read at once.
static void large_packets(void **state) {
    (void)state;
    static uint8_t packed[ROOM], octets[262144];
    struct octets *capture = fresh(true);
    pcap_header(capture, MICRO, 2, 4, ETHERNET);
    for (uint8_t mark = 1; mark <= 3; mark++) {
        put_number(capture, mark, 8);
        put32(capture, sizeof octets);
        put32(capture, sizeof octets);
        octets[sizeof octets - 1] = mark;
        put(capture, octets, sizeof octets);
    }
    read_capture(capture);
    assert_int_equal(seen.got, TW_GOT_END);
    assert_marks("123");
    for (enum packing packing = 0; packing < PACKING_COUNT; packing++) {
        if (!missing(packing)) {
            read_octets(packed, pack(packing, capture->at, capture->count, packed));
            assert_int_equal(seen.got, TW_GOT_END);
            assert_marks("123");
        }
    }
}

// Two members, the border in the middle of a packet; then damage behind the good packets.
static void packed_in_members(void **state) {
    (void)state;
    static uint8_t packed[ROOM];
    for (enum packing packing = 0; packing < PACKING_COUNT; packing++) {
        struct octets *capture = fresh(false);
        three_packets(capture);
        if (missing(packing)) {
            continue;
        }
        const size_t border = 130;
        size_t count = pack(packing, capture->at, border, packed);
        count += pack(packing, capture->at + border, capture->count - border, packed + count);
        read_octets(packed, count);
        assert_int_equal(seen.got, TW_GOT_END);
        assert_marks("123");
        memcpy(packed + count, "garbage!", 8);
        read_octets(packed, count + 8);
        assert_fault("123", "one: the compressed data is ");
        assert_said("; 3 packets were good");
    }
    if (!missing(GZIP)) {
        struct octets *capture = fresh(false);
        three_packets(capture);
        const size_t count = pack(GZIP, capture->at, capture->count, packed);
        memset(packed + count, 0, 512); // as from a tape
        read_octets(packed, count + 512);
        assert_int_equal(seen.got, TW_GOT_END);
        assert_marks("123");
    }
}

static void packed_otherwise(void **state) {
    (void)state;
    read_octets("BZh91AY&SY", 10);
    assert_refused(TW_OPEN, "compressed with bzip2, which is not read here");
    static const char *const magics[PACKING_COUNT] = {"\x1f\x8b\x08\0\0\0", "\xfd\x37zXZ\0",
                                                      "\x28\xb5\x2f\xfd\0\0"};
    for (enum packing packing = 0; packing < PACKING_COUNT; packing++) {
        read_octets(magics[packing], 6);
        char lacks[64];
        snprintf(lacks, sizeof lacks, "this build lacks %s", libraries[packing]);
        assert_refused(TW_OPEN, missing(packing) ? lacks : "the compressed data is cut");
    }
}

// --- Several files -------------------------------------------------------------------------------

static const char *times(const char *name, const uint32_t *seconds, size_t count, uint8_t mark) {
    struct octets *capture = fresh(false);
    pcap_header(capture, MICRO, 2, 4, ETHERNET);
    for (size_t i = 0; i < count; i++) {
        pcap_packet(capture, seconds[i], 0, IPV4, mark, 20);
    }
    return file(name, capture->at, capture->count);
}

static void merged(void **state) {
    (void)state;
    const uint32_t a[] = {1, 4, 4, 9}, b[] = {2, 4, 3, 8}, c[] = {1, 4, 10};
    const char *names[] = {times("a", a, 4, 1), times("b", b, 4, 2), times("c", c, 3, 3)};
    read_files(names, 3, NULL);
    assert_int_equal(seen.got, TW_GOT_END);
    // b's clock steps back from 4 to 3: its packets stay in its own order.
    assert_marks("13211223213");
    for (size_t i = 0; i < seen.count; i++) {
        assert_int_equal(seen.packets[i].number, i + 1);
        assert_int_equal(seen.packets[i].interface, seen.marks[i] - 1);
    }
    assert_int_equal(seen.counts.backward, 1);
    assert_int_equal(seen.counts.packets, 11);
}

static void merged_with_a_fault(void **state) {
    (void)state;
    const uint32_t a[] = {1, 3, 5, 7}, b[] = {2, 4, 6};
    const char *names[] = {times("a", a, 4, 1), times("b", b, 3, 2), path("missing")};
    assert_int_equal(truncate(names[1], 24 + 36 + 36 + 5), 0);
    read_files(names, 2, NULL);
    assert_fault("121211", "/b: cut in the middle of packet 3; 2 packets were good");
    assert_int_equal(truncate(names[0], 24 + 36 + 1), 0);
    read_files(names, 2, NULL);
    assert_fault("122", "/a: cut in the middle of packet 2; 1 packet was good; 1 more");
    read_files(names, 3, NULL);
    assert_refused(TW_OPEN, "/missing: no such file");
}

static void many_files(void **state) {
    (void)state;
    enum { FILES = 9 };
    const char *names[FILES];
    for (uint32_t i = 0; i < FILES; i++) {
        const uint32_t seconds[] = {(i * 5) % FILES, (i * 5) % FILES + FILES};
        const char name[] = {(char)('a' + i), '\0'};
        names[i] = times(name, seconds, 2, 1);
    }
    read_files(names, FILES, NULL);
    assert_int_equal(seen.count, 2 * FILES);
    for (size_t i = 0; i < seen.count; i++) {
        assert_int_equal(seen.packets[i].time, (tw_time)i * TW_SECOND);
    }
}

// --- Filter, count, stop -------------------------------------------------------------------------

static void filtered_and_counted(void **state) {
    (void)state;
    struct octets *capture = fresh(false);
    three_packets(capture);
    const char *name = file("filtered", capture->at, capture->count);
    read_files(&name, 1, &(struct tw_source_options){.filter = "ip"});
    assert_int_equal(seen.got, TW_GOT_END);
    assert_marks("13");
    assert_int_equal(seen.packets[1].number, 3); // counted before the filter
    assert_int_equal(seen.counts.packets, 3);
    read_files(&name, 1, &(struct tw_source_options){.filter = "ip", .count = 1});
    assert_marks("1");
    read_files(&name, 1, &(struct tw_source_options){.count = 2});
    assert_marks("12");
    read_files(&name, 1, &(struct tw_source_options){.filter = ""});
    assert_marks("123");
    read_files(&name, 1, &(struct tw_source_options){.filter = "tpc port 80"});
    assert_refused(TW_USAGE, "filter \"tpc port 80\": ");
    // The count is reached before the cut.
    assert_int_equal(truncate(name, (off_t)capture->count - 1), 0);
    read_files(&name, 1, &(struct tw_source_options){.count = 2});
    assert_int_equal(seen.got, TW_GOT_END);
}

// Compiled for each link type: "ip" looks at another place of each, "ether" at none of RAW.
static void filtered_by_link_type(void **state) {
    (void)state;
    static const uint8_t ipv4[20] = {0x45, [19] = 2};
    static struct octets body;
    struct octets *capture = fresh(false);
    section(capture, false);
    interface(capture, ETHERNET, 0, -1, 0);
    interface(capture, RAW, 0, -1, 0);
    packet(capture, ENHANCED, 0, 1, IPV4, 1, 20);
    body = (struct octets){0};
    put32(&body, 1);
    put_number(&body, 2, 8);
    put32(&body, sizeof ipv4);
    put32(&body, sizeof ipv4);
    put(&body, ipv4, sizeof ipv4);
    block(capture, ENHANCED, &body);
    packet(capture, ENHANCED, 1, 3, ARP, 3, 20); // begins with zeros: not IP
    packet(capture, ENHANCED, 0, 4, ARP, 4, 20);
    const char *name = file("links", capture->at, capture->count);
    read_files(&name, 1, &(struct tw_source_options){.filter = "ip"});
    assert_marks("12");
    read_files(&name, 1, &(struct tw_source_options){.filter = "ether proto 0x806"});
    assert_int_equal(seen.status, TW_OK);
    assert_marks("4");
    read_files(&name, 1, &(struct tw_source_options){.filter = "wlan type mgt"});
    assert_refused(TW_USAGE, "wlan type mgt");
}

static void features(void **state) {
    (void)state;
    assert_int_equal(strncmp(tw_source_features(), "libpcap", 7), 0);
    for (enum packing packing = 0; packing < PACKING_COUNT; packing++) {
        assert_true((strstr(tw_source_features(), libraries[packing]) == NULL) == missing(packing));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pcap_variants),
        cmocka_unit_test(pcap_versions),
        cmocka_unit_test(lying_pcap_length),
        cmocka_unit_test(pcapng_several_link_types),
        cmocka_unit_test(pcapng_clocks),
        cmocka_unit_test(pcapng_snaplen_of_simple_packets),
        cmocka_unit_test(lying_pcapng),
        cmocka_unit_test(pcapng_clock_too_fine),
        cmocka_unit_test(cut_everywhere),
        cmocka_unit_test(packed_whole_and_cut),
        cmocka_unit_test(large_packets),
        cmocka_unit_test(packed_in_members),
        cmocka_unit_test(packed_otherwise),
        cmocka_unit_test(merged),
        cmocka_unit_test(merged_with_a_fault),
        cmocka_unit_test(many_files),
        cmocka_unit_test(filtered_and_counted),
        cmocka_unit_test(filtered_by_link_type),
        cmocka_unit_test(features),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
