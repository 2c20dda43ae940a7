// SPDX-License-Identifier: MIT
// Recordings of the lab. Files are written under another name and then renamed, so that nothing
// half is ever found under theirs.
#include "recording.h"

#include "stored.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PACKETS_FIRST = 256, OCTETS_FIRST = 64 * 1024, FILES_MAX = RECORDING_TAPS + 1 };

void recording_init(struct recording *recording, size_t limit) {
    *recording = (struct recording){.limit = limit};
}

void recording_fini(struct recording *recording) {
    for (size_t i = 0; i < RECORDING_TAPS; i++) {
        free(recording->taps[i].packets);
        free(recording->taps[i].octets);
    }
    *recording = (struct recording){.limit = 0};
}

static size_t held(const struct recording *recording) {
    size_t octets = 0;
    for (size_t i = 0; i < RECORDING_TAPS; i++) {
        octets += recording->taps[i].size + recording->taps[i].room * sizeof(struct recorded);
    }
    return octets;
}

// Doubles what has `room` units of `unit` octets, until `needed` fit. NULL where there is no room.
static void *grown(const struct recording *recording, void *old, size_t needed, size_t first,
                   size_t unit, size_t *room) {
    size_t more = *room > 0 ? *room : first;
    while (more < needed) {
        more *= 2;
    }
    if (more == *room) {
        return old;
    }
    if ((more - *room) * unit > recording->limit ||
        held(recording) > recording->limit - (more - *room) * unit) {
        return NULL;
    }
    void *moved = realloc(old, more * unit);
    if (moved != NULL) {
        *room = more;
    }
    return moved;
}

void recording_take(struct recording *recording, size_t tap, tw_time time, const uint8_t *octets,
                    size_t length) {
    struct recorded_tap *to = &recording->taps[tap];
    if (recording->lost > 0) {
        recording->lost++; // a gap would shift the numbers of what follows
        return;
    }
    void *packets =
        grown(recording, to->packets, to->count + 1, PACKETS_FIRST, sizeof *to->packets, &to->room);
    to->packets = packets != NULL ? packets : to->packets;
    void *all = grown(recording, to->octets, to->used + length, OCTETS_FIRST, 1, &to->size);
    to->octets = all != NULL ? all : to->octets;
    if (packets == NULL || all == NULL) {
        recording->lost++;
        return;
    }
    memcpy(to->octets + to->used, octets, length);
    to->packets[to->count++] = (struct recorded){time, to->used, (uint32_t)length};
    to->used += length;
}

struct tw_packet recording_packet(uint64_t number, tw_time time, const uint8_t *octets,
                                  size_t length) {
    return (struct tw_packet){.number = number,
                              .time = time,
                              .octets = octets,
                              .captured = (uint32_t)length,
                              .length = (uint32_t)length,
                              .linktype = RECORDING_LINKTYPE};
}

bool recording_packet_at(const struct recording *recording, uint64_t number,
                         struct tw_packet *packet) {
    const struct recorded_tap *tap = &recording->taps[0];
    if (number == 0 || number > tap->count) {
        return false;
    }
    const struct recorded *one = &tap->packets[number - 1];
    *packet = recording_packet(number, one->time, tap->octets + one->at, one->length);
    return true;
}

void recording_feed(const struct recording *recording, struct pump *pump) {
    struct tw_packet packet;
    for (uint64_t number = 1; recording_packet_at(recording, number, &packet); number++) {
        pump_take(pump, &packet);
    }
    pump_flush(pump);
    if (pump->begun) {
        tw_tracker_advance(pump->tracker, pump->last);
    }
}

// Where the directory would be made.
static void parent_of(const char *directory, char parent[STORED_PATH_MAX]) {
    snprintf(parent, STORED_PATH_MAX, "%s", directory);
    size_t length = strlen(parent);
    while (length > 1 && parent[length - 1] == '/') {
        parent[--length] = '\0';
    }
    char *slash = strrchr(parent, '/');
    if (slash == NULL) {
        snprintf(parent, STORED_PATH_MAX, ".");
    } else {
        slash[slash == parent] = '\0';
    }
}

enum tw_status recording_prepare(const char *directory, struct tw_error *error) {
    struct stat status;
    char parent[STORED_PATH_MAX];
    int why = 0;
    if (stat(directory, &status) == 0) {
        why = !S_ISDIR(status.st_mode) ? ENOTDIR : access(directory, W_OK | X_OK) != 0 ? errno : 0;
    } else if (errno != ENOENT) {
        why = errno;
    } else {
        parent_of(directory, parent);
        why = access(parent, W_OK | X_OK) != 0 ? errno : 0;
    }
    return why == 0 ? TW_OK
                    : tw_fail(error, TW_OUTPUT, "--record %s: %s", directory, strerror(why));
}

// --- files

struct files {
    const char *directory;
    struct {
        char temporary[STORED_PATH_MAX], path[STORED_PATH_MAX];
    } file[FILES_MAX];
    size_t count;
};

static enum tw_status add_file(struct files *files, const char *stem, const char *ending,
                               struct tw_error *error) {
    char *temporary = files->file[files->count].temporary, *path = files->file[files->count].path;
    int length = snprintf(temporary, STORED_PATH_MAX, "%s/.%s%s.%ld", files->directory, stem,
                          ending, (long)getpid());
    snprintf(path, STORED_PATH_MAX, "%s/%s%s", files->directory, stem, ending);
    if (length < 0 || length >= STORED_PATH_MAX) {
        return tw_fail(error, TW_OUTPUT, "%s: %s", files->directory, strerror(ENAMETOOLONG));
    }
    files->count++;
    return TW_OK;
}

static enum tw_status write_tap(const struct recorded_tap *tap, const char *path,
                                struct tw_error *error) {
    struct tw_writer *writer;
    enum tw_status status = tw_writer_open(path, RECORDING_LINKTYPE, &writer, error);
    if (status != TW_OK) {
        return status;
    }
    for (size_t i = 0; i < tap->count; i++) {
        const struct recorded *one = &tap->packets[i];
        tw_writer_packet(writer, one->time, tap->octets + one->at, one->length, one->length);
    }
    return tw_writer_close(writer, error);
}

// NAME, or with two taps NAME.client, NAME.server, NAME.tap0.25.
static void tap_stem(const char *name, const struct tw_lab_view *view, size_t tap,
                     char stem[STORED_PATH_MAX]) {
    double place = view->tap[tap];
    if (view->tap_count < 2) {
        snprintf(stem, STORED_PATH_MAX, "%s", name);
    } else if (place <= 0 || place >= 1) {
        snprintf(stem, STORED_PATH_MAX, "%s.%s", name, place <= 0 ? "client" : "server");
    } else {
        snprintf(stem, STORED_PATH_MAX, "%s.tap%g", name, place);
    }
}

static enum tw_status write_all(const struct recording *recording, struct files *files,
                                const char *name, const struct tw_lab_view *view,
                                struct tw_error *error) {
    char stem[STORED_PATH_MAX];
    enum tw_status status = TW_OK;
    for (size_t tap = 0; tap < view->tap_count && status == TW_OK; tap++) {
        tap_stem(name, view, tap, stem);
        status = add_file(files, stem, ".pcap", error);
        if (status == TW_OK) {
            status =
                write_tap(&recording->taps[tap], files->file[files->count - 1].temporary, error);
        }
    }
    if (status == TW_OK) {
        tap_stem(name, view, 0, stem);
        status = add_file(files, stem, ".json", error);
    }
    if (status == TW_OK) {
        status = tw_witness_write(view->witness, files->file[files->count - 1].temporary, error);
    }
    for (size_t i = 0; i < files->count && status == TW_OK; i++) {
        if (rename(files->file[i].temporary, files->file[i].path) != 0) {
            status = tw_fail(error, TW_OUTPUT, "%s: %s", files->file[i].path, strerror(errno));
        }
    }
    return status;
}

enum tw_status recording_write(const struct recording *recording, const char *directory,
                               const char *name, const struct tw_lab_view *view,
                               void (*each)(const char *path), struct tw_error *error) {
    if (recording->lost > 0) {
        return tw_fail(error, TW_MEMORY, "%s: %" PRIu64 " packets did not fit into memory", name,
                       recording->lost);
    }
    if (mkdir(directory, 0777) != 0 && errno != EEXIST) {
        return tw_fail(error, TW_OUTPUT, "--record %s: %s", directory, strerror(errno));
    }
    struct files *files = malloc(sizeof *files);
    if (files == NULL) {
        return tw_fail(error, TW_MEMORY, "%s: out of memory", name);
    }
    files->directory = directory;
    files->count = 0;
    enum tw_status status = write_all(recording, files, name, view, error);
    for (size_t i = 0; i < files->count; i++) {
        if (status == TW_OK) {
            each(files->file[i].path);
        } else {
            unlink(files->file[i].temporary);
        }
    }
    free(files);
    return status;
}
