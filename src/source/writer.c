// SPDX-License-Identifier: MIT
// Writes capture files: pcap with nanoseconds (draft-ietf-opsawg-pcap), little-endian on every
// machine, so that the same packets give the same octets.
#include "tcpwalk/source.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FILE_HEADER = 24, PACKET_HEADER = 16, VERSION_MAJOR = 2, VERSION_MINOR = 4 };
enum { SNAPLEN = 262144 };
#define NANOSECOND_MAGIC UINT32_C(0xa1b23c4d)

struct tw_writer {
    FILE *file;
    char *path;
    int error; // errno of what failed first
};

static void put16(uint8_t *to, unsigned value) {
    to[0] = (uint8_t)value;
    to[1] = (uint8_t)(value >> 8);
}

static void put32(uint8_t *to, uint32_t value) {
    put16(to, value & 0xffff);
    put16(to + 2, value >> 16);
}

static void write_octets(struct tw_writer *writer, const uint8_t *octets, size_t length) {
    if (writer->error == 0 && fwrite(octets, 1, length, writer->file) != length) {
        writer->error = errno != 0 ? errno : EIO;
    }
}

static void writer_free(struct tw_writer *writer) {
    free(writer->path);
    free(writer);
}

// Takes over `file`, which is NULL where errno says why.
static enum tw_status begin(FILE *file, const char *path, int linktype, struct tw_writer **writer,
                            struct tw_error *error) {
    const int why = errno;
    struct tw_writer *made = file != NULL ? calloc(1, sizeof *made) : NULL;
    *writer = NULL;
    if (file == NULL) {
        return tw_fail(error, TW_OUTPUT, "%s: %s", path, strerror(why));
    }
    if (made == NULL || (made->path = strdup(path)) == NULL) {
        free(made);
        fclose(file);
        return tw_fail(error, TW_MEMORY, "%s: out of memory", path);
    }
    made->file = file;
    uint8_t header[FILE_HEADER] = {0}; // the time zone and its accuracy stay 0
    put32(header, NANOSECOND_MAGIC);
    put16(header + 4, VERSION_MAJOR);
    put16(header + 6, VERSION_MINOR);
    put32(header + 16, SNAPLEN);
    put32(header + 20, (uint32_t)linktype);
    write_octets(made, header, sizeof header);
    *writer = made;
    return TW_OK;
}

enum tw_status tw_writer_open(const char *path, int linktype, struct tw_writer **writer,
                              struct tw_error *error) {
    return begin(fopen(path, "we"), path, linktype, writer, error);
}

enum tw_status tw_writer_take(int file, const char *name, int linktype, struct tw_writer **writer,
                              struct tw_error *error) {
    FILE *taken = fdopen(file, "w");
    if (taken == NULL) {
        const int why = errno;
        close(file);
        errno = why;
    }
    return begin(taken, name, linktype, writer, error);
}

void tw_writer_packet(struct tw_writer *writer, tw_time time, const uint8_t *octets,
                      uint32_t captured, uint32_t length) {
    uint8_t header[PACKET_HEADER];
    if (captured > SNAPLEN) {
        captured = SNAPLEN;
    }
    if (time < 0 || time / TW_SECOND > UINT32_MAX) { // the format's seconds have 32 bits
        writer->error = writer->error != 0 ? writer->error : EOVERFLOW;
        return;
    }
    put32(header, (uint32_t)(time / TW_SECOND));
    put32(header + 4, (uint32_t)(time % TW_SECOND));
    put32(header + 8, captured);
    put32(header + 12, length);
    write_octets(writer, header, sizeof header);
    write_octets(writer, octets, captured);
}

bool tw_writer_failed(const struct tw_writer *writer) {
    return writer->error != 0;
}

enum tw_status tw_writer_close(struct tw_writer *writer, struct tw_error *error) {
    enum tw_status status = TW_OK;
    if (fclose(writer->file) != 0 && writer->error == 0) {
        writer->error = errno;
    }
    if (writer->error != 0) {
        status = tw_fail(error, TW_OUTPUT, "%s: %s", writer->path, strerror(writer->error));
    }
    writer_free(writer);
    return status;
}
