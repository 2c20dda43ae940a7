// SPDX-License-Identifier: MIT
// Proves that the default filter of a live source lets pass whatever the decoder finds a segment,
// or an error that quotes one, in, for every link type that can be captured live; and that what
// plainly is something else stays outside.
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "decode_packets.h"

#include "source/filter.h"
#include "source/live_filter.h"

enum { INSTRUCTIONS_MAX = 4096 }; // of a program in the kernel

static struct tw_filter filter;

// The filter that a live source would take for this link type.
static void choose(int linktype) {
    struct tw_error error;
    tw_filter_fini(&filter);
    const char *expression = tw_live_filter_for(tw_dlt_of_linktype(linktype));
    assert_int_equal(tw_filter_init(&filter, expression, &error), TW_OK);
    if (*expression != '\0') {
        assert_int_equal(tw_filter_compile(&filter, linktype, &error), TW_OK);
        assert_true(filter.programs[filter.current].code.bf_len <= INSTRUCTIONS_MAX);
    }
}

// Those packets of the list that no interface of this machine gives: octets in foreign order, and
// monitoring interfaces among "any".
static bool never_live(const char *name) {
    static const char *const names[] = {"null big", "null netbsd", "null freebsd", "null macos",
                                        "cooked wlan"};
    for (size_t i = 0; i < TW_COUNT(names); i++) {
        if (strcmp(name, names[i]) == 0)
            return true;
    }
    return false;
}

static bool passes(int linktype, const uint8_t *octets, uint32_t count) {
    const struct tw_packet packet = {
        .octets = octets, .captured = count, .length = count, .linktype = linktype};
    return tw_filter_passes(&filter, &packet);
}

static bool is_for_us(int linktype, const uint8_t *octets, uint32_t captured, uint32_t length,
                      enum tw_reason *reason) {
    struct tw_segment segment = {0};
    const enum tw_decoded decoded =
        tw_decode(&(struct tw_decoder){0}, linktype, octets, captured, length, &segment, reason);
    return decoded == TW_DECODED || decoded == TW_UNREACHABLE;
}

static unsigned missed;
static void must_pass(const char *name, int linktype, const uint8_t *octets, uint32_t count) {
    choose(linktype);
    if (!passes(linktype, octets, count)) {
        print_error("%s (link type %d) does not pass\n", name, linktype);
        missed++;
    }
}

// Each packet as it is, and, where it is IP, below each way to carry IP that BPF has to look
// behind.
static void encapsulations_pass(void **state) {
    (void)state;
    static const struct {
        const char *name, *hex;
        int linktype;
    } below[] = {
        {"ethernet", "020000000002 020000000001 ", 1},
        {"vlan", "020000000002 020000000001 8100 0064", 1},
        {"two tags", "020000000002 020000000001 88a8 0064 8100 0065", 1},
        {"three tags", "020000000002 020000000001 8100 0064 8100 0065 8100 0066", 1},
        {"cooked", "0000 0001 0006 0200000000010000", 113},
        {"802.11", WLAN "aaaa03 000000", 105},
        {"radiotap", "0000 0900 02000000 10" WLAN "aaaa03 000000", 127},
    };
    missed = 0;
    for (size_t i = 0; i < TW_COUNT(packets); i++) {
        uint8_t octets[ROOM], whole[2 * ROOM];
        const uint32_t count = build(packets[i].hex, octets);
        if (!never_live(packets[i].name))
            must_pass(packets[i].name, packets[i].linktype, octets, count);
        for (size_t j = 0; packets[i].linktype == 101 && j < TW_COUNT(below); j++) {
            uint32_t head = build(below[j].hex, whole);
            whole[head++] = octets[0] >> 4 == 4 ? 0x08 : 0x86;
            whole[head++] = octets[0] >> 4 == 4 ? 0x00 : 0xdd;
            memcpy(whole + head, octets, count);
            enum tw_reason reason;
            assert_true(is_for_us(below[j].linktype, whole, head + count, head + count, &reason));
            char name[128];
            snprintf(name, sizeof name, "%s in %s", packets[i].name, below[j].name);
            must_pass(name, below[j].linktype, whole, head + count);
        }
    }
    assert_int_equal(missed, 0);
}

// What holds no segment by itself, and may belong to one.
static void fragments_and_errors_pass(void **state) {
    (void)state;
    static const struct {
        const char *name, *hex;
    } wanted[] = {
        {"later fragment", "45 00 TTTT 1234 00b9 40 06 0000 0a000001 0a000002 6162636465666768"},
        {"later fragment, IPv6", OUTER6("2c") "0600 0568 00000001 6162636465666768"},
        {"unreachable", HEAD4("01") "0301 0000 00000000" HEAD4("06") "3039 0050 01020304"},
        {"time exceeded", HEAD4("01") "0b00 0000 00000000" HEAD4("06") "3039 0050 01020304"},
        {"unreachable, IPv6", OUTER6("3a") "0100 0000 00000000" OUTER6("06") "3039 0050 01020304"},
        {"too big, IPv6", OUTER6("3a") "0200 0000 00000500" OUTER6("06") "3039 0050 01020304"},
        {"tunnel's first fragment", OUTER6("2c") "1100 0001 00000001 c001 12b5 0010 0000 0800"},
    };
    missed = 0;
    for (size_t i = 0; i < TW_COUNT(wanted); i++) {
        uint8_t octets[ROOM];
        const uint32_t count = build(wanted[i].hex, octets);
        must_pass(wanted[i].name, 101, octets, count);
    }
    assert_int_equal(missed, 0);
}

static void others_stay_outside(void **state) {
    (void)state;
    static const struct {
        const char *name, *type, *hex;
    } unwanted[] = {
        {"dns", "0800", HEAD4("11") "3039 0035 UUUU 0000 0102030405060708"},
        {"quic", "0800", HEAD4("11") "01bb d431 UUUU 0000 c000000001"},
        {"dns, IPv6", "86dd", OUTER6("11") "3039 0035 UUUU 0000 0102030405060708"},
        {"UDP's later fragment", "0800",
         "45 00 TTTT 1234 00b9 40 11 0000 0a000001 0a000002 12b512b512b512b5"},
        {"UDP's fragment, IPv6", "86dd", OUTER6("2c") "1100 0001 00000001 c001 0035 0010 0000"},
        {"its later fragment, IPv6", "86dd", OUTER6("2c") "1100 0568 00000001 12b5 12b5 0010 0000"},
        {"echo", "0800", HEAD4("01") "0800 0000 00010001 6162636465666768696a6b6c6d6e6f70"},
        {"unreachable UDP", "0800", HEAD4("01") "0303 0000 00000000" HEAD4("11") "3039 0035"},
        {"neighbour", "86dd", OUTER6("3a") "8700 0000 00000000" A6 "0101 020000000001"},
        {"listener report", "86dd", OUTER6("00") "3a00 05020000 0100 8f00 0000 00000001"},
        {"igmp", "0800", HEAD4("02") "1600 0000 e0000001"},
        {"sctp", "0800", HEAD4("84") "3039 0050 00000000 00000000"},
        {"arp", "0806", "0001 0800 0604 0001 020000000001 0a000001 000000000000 0a000002"},
        {"lldp", "88cc", "0207 0402 0000 0000"},
        {"macsec", "88e5", "0001"},
    };
    static const struct {
        const char *name, *hex;
        int linktype;
    } below[] = {
        {"ethernet", "020000000002 020000000001", 1},
        {"vlan", "020000000002 020000000001 8100 0064", 1},
        {"two tags", "020000000002 020000000001 88a8 0064 8100 0065", 1},
        {"cooked", "0000 0001 0006 0200000000010000", 113},
        {"raw", "", 101},
        {"802.11, encrypted", "0841 0000" ZERO16 "0000 0000", 105},
        {"802.11 management", "8000 0000" ZERO16 "0000 0000", 105},
    };
    unsigned passed = 0;
    for (size_t i = 0; i < TW_COUNT(unwanted); i++) {
        for (size_t j = 0; j < TW_COUNT(below); j++) {
            const bool raw = below[j].linktype == 101;
            if (raw && unwanted[i].type[0] == '0' && strcmp(unwanted[i].type, "0800") != 0)
                continue; // it carries IP alone
            uint8_t octets[2 * ROOM];
            uint32_t count = build(below[j].hex, octets);
            count += build(raw ? "" : unwanted[i].type, octets + count);
            count += build(unwanted[i].hex, octets + count);
            enum tw_reason reason;
            assert_false(is_for_us(below[j].linktype, octets, count, count, &reason));
            choose(below[j].linktype);
            if (passes(below[j].linktype, octets, count)) {
                print_error("%s in %s passes\n", unwanted[i].name, below[j].name);
                passed++;
            }
        }
    }
    assert_int_equal(passed, 0);
}

// Every packet of a capture: what decodes passes; with UDP or ARP right below Ethernet it does not.
static uint64_t capture(const char *path) {
    struct tw_source *source;
    struct tw_error error;
    struct tw_packet packet;
    uint64_t wanted = 0;
    assert_int_equal(
        tw_source_open_files(&path, 1, &(struct tw_source_options){0}, &source, &error), TW_OK);
    int chosen = -1;
    while (tw_source_next(source, &packet, &error) == TW_GOT_PACKET) {
        enum tw_reason reason;
        const bool ours =
            is_for_us(packet.linktype, packet.octets, packet.captured, packet.length, &reason);
        if (packet.linktype != chosen) {
            choose(chosen = packet.linktype);
        }
        const bool passed = tw_filter_passes(&filter, &packet);
        if (ours && !passed)
            fail_msg("%s: packet %llu does not pass", path, (unsigned long long)packet.number);
        if ((reason == TW_REASON_UDP || reason == TW_REASON_ARP) && packet.linktype == 1 && passed)
            fail_msg("%s: packet %llu passes", path, (unsigned long long)packet.number);
        wanted += ours;
    }
    tw_source_free(source);
    return wanted;
}

static void captures_pass(void **state) {
    (void)state;
    static const char *const folders[] = {"captures", "tests/golden/captures"};
    uint64_t wanted = capture("tests/golden/corners.pcap") + capture("tests/golden/options.pcap") +
                      capture("tests/golden/malformed.pcap");
    for (size_t i = 0; i < TW_COUNT(folders); i++) {
        DIR *folder = opendir(folders[i]);
        assert_non_null(folder);
        for (struct dirent *one; (one = readdir(folder)) != NULL;) {
            char path[512];
            const char *dot = strrchr(one->d_name, '.');
            if (dot != NULL && strcmp(dot, ".pcap") == 0) {
                snprintf(path, sizeof path, "%s/%s", folders[i], one->d_name);
                wanted += capture(path);
            }
        }
        closedir(folder);
    }
    assert_true(wanted > 100);
}

// To the root of the tree, where the captures are.
static int init(void **state) {
    (void)state;
    char root[1024];
    const char *slash = strrchr(__FILE__, '/');
    snprintf(root, sizeof root, "%.*s/../..", slash == NULL ? 1 : (int)(slash - __FILE__),
             slash == NULL ? "." : __FILE__);
    return chdir(root);
}

static int fini(void **state) {
    (void)state;
    tw_filter_fini(&filter);
    filter = (struct tw_filter){0};
    return 0;
}

int main(void) {
    (void)others; // the decoder's own test reads these
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(encapsulations_pass),
        cmocka_unit_test(fragments_and_errors_pass),
        cmocka_unit_test(others_stay_outside),
        cmocka_unit_test(captures_pass),
    };
    return cmocka_run_group_tests(tests, init, fini);
}
