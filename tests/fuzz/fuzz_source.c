// SPDX-License-Identifier: MIT
// libFuzzer: any octets as a capture file: pcap, pcapng, plain or compressed. Proves that the
// reader ends, counts packets from 1, lends only octets that are there, and says what is wrong in
// one line; that each packet is the same when it is had again, in any order, while the rest is
// being read; and that a file which was cut meanwhile gives an explanation or the same packets.
#include "tcpwalk/source.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PACKETS_MAX = 10000, KEEP = 64 * 1024 };

static void must(bool holds) {
    if (!holds)
        abort();
}

static void must_explain(const struct tw_error *error) {
    const size_t length = strnlen(error->text, sizeof error->text);
    must(length > 0 && length < sizeof error->text && memchr(error->text, '\n', length) == NULL);
}

// What was read the first time, as a number (FNV-1a).
static uint64_t print_of(const struct tw_packet *packet) {
    uint64_t print = UINT64_C(0xcbf29ce484222325);
    const uint64_t words[] = {(uint64_t)packet->time, packet->captured, packet->length,
                              (uint64_t)packet->linktype, packet->interface};
    for (size_t i = 0; i < TW_COUNT(words); i++)
        print = (print ^ words[i]) * UINT64_C(0x100000001b3);
    for (uint32_t i = 0; i < packet->captured; i++)
        print = (print ^ packet->octets[i]) * UINT64_C(0x100000001b3);
    return print;
}

static uint64_t prints[PACKETS_MAX];

static size_t random_below(size_t bound) {
    static uint64_t state;
    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (size_t)(state >> 33) % bound;
}

// One of those that were read, mostly one of the next. A file that was cut may not have it.
static void have_again(struct tw_source *source, size_t count, bool cut) {
    static size_t at;
    struct tw_packet packet;
    struct tw_error error = {0};
    at = random_below(4) == 0 ? random_below(count) : (at + 1) % count;
    const enum tw_status status = tw_source_again(source, at + 1, &packet, &error);
    if (status == TW_OK) {
        must(packet.number == at + 1 && print_of(&packet) == prints[at]);
    } else {
        must_explain(&error);
        must(cut || status == TW_UNMET);
    }
}

static void read_all(struct tw_source *source, FILE *file, size_t size) {
    enum { AGAIN = 200 };
    struct tw_error error = {0};
    struct tw_packet packet;
    enum tw_got got;
    uint64_t count = 0;
    while ((got = tw_source_next(source, &packet, &error)) == TW_GOT_PACKET) {
        must(packet.number == ++count && packet.captured <= packet.length);
        prints[count - 1] = print_of(&packet);
        have_again(source, count, false);
    }
    must(got == TW_GOT_END || got == TW_GOT_FAULT);
    if (got == TW_GOT_FAULT)
        must_explain(&error);
    struct tw_source_counts counts;
    tw_source_counts_get(source, &counts);
    must(counts.packets == count);
    for (size_t i = 0; i < AGAIN && count > 0; i++) {
        if (i == AGAIN / 2)
            must(ftruncate(fileno(file), (off_t)random_below(size)) == 0);
        have_again(source, count, i >= AGAIN / 2);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static FILE *file;
    if (file == NULL && (file = tmpfile()) == NULL)
        abort();
    rewind(file);
    must(fwrite(data, 1, size, file) == size && fflush(file) == 0);
    must(ftruncate(fileno(file), (off_t)size) == 0);
    rewind(file);
    char name[32];
    snprintf(name, sizeof name, "/dev/fd/%d", fileno(file));
    const char *const names[] = {name};
    const struct tw_source_options options = {.count = PACKETS_MAX, .again = true, .keep = KEEP};
    struct tw_source *source;
    struct tw_error error = {0};
    if (tw_source_open_files(names, 1, &options, &source, &error) == TW_OK) {
        read_all(source, file, size);
        tw_source_free(source);
    } else {
        must(source == NULL);
        must_explain(&error);
    }
    return 0;
}
