// SPDX-License-Identifier: MIT
// For the tests of sources: captures put together octet by octet, pcap and pcapng in either byte
// order, and what reading them gave.
#ifndef TCPWALK_TEST_SOURCE_CAPTURES_H
#define TCPWALK_TEST_SOURCE_CAPTURES_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tcpwalk/source.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ETHERNET = 1, RAW = 101, WLAN = 105, ROOM = 1 << 20 };
enum { MICRO = 0xa1b2c3d4, NANO = 0xa1b23c4d, LONG = 0xa1b2cd34 };
enum { IPV4 = 0x0800, ARP = 0x0806 };
enum { OBSOLETE = 2, SIMPLE = 3, NAMES = 4, STATISTICS = 5, ENHANCED = 6 };

struct octets {
    uint8_t at[ROOM];
    size_t count;
    bool big;
};

static inline void put(struct octets *to, const void *from, size_t count) {
    assert_true(count <= ROOM - to->count);
    if (count > 0) {
        memcpy(to->at + to->count, from, count);
    }
    to->count += count;
}

static inline void put_number(struct octets *to, uint64_t value, size_t width) {
    uint8_t octets[8];
    for (size_t i = 0; i < width; i++) {
        octets[to->big ? width - 1 - i : i] = (uint8_t)(value >> 8 * i);
    }
    put(to, octets, width);
}

static inline void put16(struct octets *to, unsigned value) {
    put_number(to, value, 2);
}

static inline void put32(struct octets *to, uint32_t value) {
    put_number(to, value, 4);
}

// An Ethernet frame of `length` octets whose last octet is `mark`.
static inline const uint8_t *frame(unsigned ethertype, uint8_t mark, size_t length) {
    static uint8_t octets[256];
    memset(octets, 0, sizeof octets);
    octets[12] = (uint8_t)(ethertype >> 8);
    octets[13] = (uint8_t)ethertype;
    octets[length - 1] = mark;
    return octets;
}

static inline void pcap_header(struct octets *to, uint32_t magic, unsigned major, unsigned minor,
                               uint32_t linktype) {
    put32(to, magic);
    put16(to, major);
    put16(to, minor);
    put_number(to, 0, 8);
    put32(to, 65535);
    put32(to, linktype);
}

static inline void pcap_packet(struct octets *to, uint32_t seconds, uint32_t fraction,
                               unsigned ethertype, uint8_t mark, uint32_t length) {
    put32(to, seconds);
    put32(to, fraction);
    put32(to, length);
    put32(to, length + 100); // on the wire
    put(to, frame(ethertype, mark, length), length);
}

// Ethernet, microseconds, three packets of 60, 61 and 62 octets at 1, 2 and 3 s; the second is ARP.
static inline void three_packets(struct octets *to) {
    pcap_header(to, MICRO, 2, 4, ETHERNET);
    pcap_packet(to, 1, 0, IPV4, 1, 60);
    pcap_packet(to, 2, 0, ARP, 2, 61);
    pcap_packet(to, 3, 0, IPV4, 3, 62);
}

static inline void block(struct octets *to, uint32_t type, const struct octets *body) {
    const uint32_t padded = (uint32_t)(body->count + 3) & ~3U;
    put32(to, type);
    put32(to, padded + 12);
    put(to, body->at, body->count);
    put_number(to, 0, padded - body->count);
    put32(to, padded + 12);
}

static inline void section(struct octets *to, bool big) {
    static struct octets body;
    to->big = big;
    body = (struct octets){.big = big};
    put32(&body, 0x1a2b3c4d);
    put16(&body, 1);
    put16(&body, 0);
    put_number(&body, UINT64_MAX, 8);
    block(to, 0x0a0d0d0a, &body);
}

static inline void interface(struct octets *to, unsigned linktype, uint32_t snaplen, int resolution,
                             int64_t offset) {
    static struct octets body;
    body = (struct octets){.big = to->big};
    put16(&body, linktype);
    put16(&body, 0);
    put32(&body, snaplen);
    if (resolution >= 0) {
        put16(&body, 9);
        put16(&body, 1);
        body.at[body.count] = (uint8_t)resolution;
        body.count += 4;
    }
    if (offset != 0) {
        put16(&body, 14);
        put16(&body, 8);
        put_number(&body, (uint64_t)offset, 8);
    }
    block(to, 1, &body);
}

static inline void packet(struct octets *to, uint32_t type, uint32_t id, uint64_t ticks,
                          unsigned ethertype, uint8_t mark, uint32_t length) {
    static struct octets body;
    body = (struct octets){.big = to->big};
    if (type == ENHANCED) {
        put32(&body, id);
    } else if (type == OBSOLETE) {
        put16(&body, id);
        put16(&body, 7); // dropped
    }
    if (type != SIMPLE) {
        put32(&body, (uint32_t)(ticks >> 32));
        put32(&body, (uint32_t)ticks);
        put32(&body, length);
    }
    put32(&body, length);
    put(&body, frame(ethertype, mark, length), length);
    block(to, type, &body);
}

static inline void statistics(struct octets *to, uint32_t id, uint64_t ifdrop, uint64_t osdrop) {
    static struct octets body;
    body = (struct octets){.big = to->big};
    put32(&body, id);
    put_number(&body, 0, 8);
    put16(&body, 5);
    put16(&body, 8);
    put_number(&body, ifdrop, 8);
    put16(&body, 7);
    put16(&body, 8);
    put_number(&body, osdrop, 8);
    block(to, STATISTICS, &body);
}

static inline struct octets *fresh(bool big) {
    static struct octets octets;
    octets = (struct octets){.big = big};
    return &octets;
}

// Files in a folder of the test's own.

static char folder[] = "/tmp/test_source_XXXXXX";

static inline int make_folder(void **state) {
    (void)state;
    return mkdtemp(folder) != NULL ? 0 : -1;
}

static inline int remove_folder(void **state) {
    (void)state;
    DIR *all = opendir(folder);
    if (all == NULL) {
        return -1;
    }
    for (struct dirent *one; (one = readdir(all)) != NULL;) {
        (void)unlinkat(dirfd(all), one->d_name, 0);
    }
    closedir(all);
    return rmdir(folder);
}

static inline const char *path(const char *name) {
    static char paths[16][64];
    static size_t next;
    char *text = paths[next++ % TW_COUNT(paths)];
    snprintf(text, sizeof paths[0], "%s/%s", folder, name);
    return text;
}

static inline const char *file(const char *name, const void *octets, size_t count) {
    const char *at = path(name);
    FILE *out = fopen(at, "wb");
    assert_non_null(out);
    assert_int_equal(fwrite(octets, 1, count, out), count);
    assert_int_equal(fclose(out), 0);
    return at;
}

// What a source said.
enum { SEEN_MAX = 32 };
static struct seen {
    enum tw_status status; // of opening
    enum tw_got got;       // the last one
    struct tw_error error;
    size_t count; // of packets; the first are kept
    struct tw_packet packets[SEEN_MAX];
    uint8_t marks[SEEN_MAX]; // last octets
    struct tw_source_counts counts;
    int linktype;
} seen;

static inline void take(struct tw_source *source) {
    struct tw_packet one;
    while ((seen.got = tw_source_next(source, &one, &seen.error)) == TW_GOT_PACKET) {
        if (seen.count < SEEN_MAX) {
            seen.packets[seen.count] = one;
            seen.marks[seen.count] = one.captured > 0 ? one.octets[one.captured - 1] : 0;
        }
        seen.count++;
    }
    tw_source_counts_get(source, &seen.counts);
    seen.linktype = tw_source_linktype(source);
}

static inline void read_files(const char *const *names, size_t count,
                              const struct tw_source_options *options) {
    struct tw_source *source;
    seen = (struct seen){0};
    seen.status = tw_source_open_files(names, count, options, &source, &seen.error);
    if (seen.status != TW_OK) {
        assert_null(source);
        return;
    }
    take(source);
    struct tw_packet none;
    assert_int_equal(tw_source_next(source, &none, NULL),
                     seen.got == TW_GOT_NOTHING ? TW_GOT_NOTHING : TW_GOT_END);
    tw_source_free(source);
}

static inline void read_octets(const void *octets, size_t count) {
    const char *name = file("one", octets, count);
    read_files(&name, 1, NULL);
}

static inline void read_capture(const struct octets *octets) {
    read_octets(octets->at, octets->count);
}

static inline void assert_marks(const char *marks) {
    assert_int_equal(seen.count, strlen(marks));
    for (size_t i = 0; i < seen.count; i++) {
        assert_int_equal(seen.marks[i], marks[i] - '0');
    }
}

static inline void assert_said(const char *text) {
    if (strstr(seen.error.text, text) == NULL) {
        fail_msg("\"%s\" is not in \"%s\"", text, seen.error.text);
    }
}

static inline void assert_fault(const char *marks, const char *text) {
    assert_int_equal(seen.status, TW_OK);
    assert_int_equal(seen.got, TW_GOT_FAULT);
    assert_marks(marks);
    assert_said(text);
}

static inline void assert_refused(enum tw_status status, const char *text) {
    assert_int_equal(seen.status, status);
    assert_said(text);
}

#endif
