// SPDX-License-Identifier: MIT
// Writes capture files: pcap with nanoseconds.
#include "pcap_write.h"
#include "tcpwalk/source.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct tw_writer {
    FILE *file;
    char *path;
    int error; // errno of what failed first
};

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
    uint8_t header[TW_PCAP_FILE_HEADER];
    tw_pcap_put_file(header, linktype);
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
    uint8_t header[TW_PCAP_PACKET_HEADER];
    if (captured > TW_PCAP_SNAPLEN) {
        captured = TW_PCAP_SNAPLEN;
    }
    if (!tw_pcap_has_time(time)) {
        writer->error = writer->error != 0 ? writer->error : EOVERFLOW;
        return;
    }
    tw_pcap_put_packet(header, time, captured, length);
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
