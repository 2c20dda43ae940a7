// SPDX-License-Identifier: MIT
// libFuzzer: any octets as a capture file: pcap, pcapng, plain or compressed. Proves that the
// reader ends, counts packets from 1, lends only octets that are there, and says what is wrong in
// one line.
#include "tcpwalk/source.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PACKETS_MAX = 10000 };

static void must(bool holds) {
    if (!holds)
        abort();
}

static void must_explain(const struct tw_error *error) {
    const size_t length = strnlen(error->text, sizeof error->text);
    must(length > 0 && length < sizeof error->text && memchr(error->text, '\n', length) == NULL);
}

static volatile uint8_t looked_at; // every lent octet

static void read_all(struct tw_source *source) {
    struct tw_error error = {0};
    struct tw_packet packet;
    enum tw_got got;
    uint64_t count = 0;
    while ((got = tw_source_next(source, &packet, &error)) == TW_GOT_PACKET) {
        must(packet.number == ++count && packet.captured <= packet.length);
        for (uint32_t i = 0; i < packet.captured; i++)
            looked_at = packet.octets[i];
    }
    must(got == TW_GOT_END || got == TW_GOT_FAULT);
    if (got == TW_GOT_FAULT)
        must_explain(&error);
    struct tw_source_counts counts;
    tw_source_counts_get(source, &counts);
    must(counts.packets == count);
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
    const struct tw_source_options options = {.count = PACKETS_MAX};
    struct tw_source *source;
    struct tw_error error = {0};
    if (tw_source_open_files(names, 1, &options, &source, &error) == TW_OK) {
        read_all(source);
        tw_source_free(source);
    } else {
        must(source == NULL);
        must_explain(&error);
    }
    return 0;
}
