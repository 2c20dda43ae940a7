// SPDX-License-Identifier: MIT
// Recording while watching: capture files that are written as packets come, rotated as tcpdump
// does.
#ifndef TCPWALK_RECORDER_H
#define TCPWALK_RECORDER_H

#include "tcpwalk/source.h"

struct tw_recorder_options {
    const char *path; // "-": standard output. With `seconds` it may hold strftime's conversions
    uint64_t size;    // octets, after which the next file begins; 0: no limit
    uint64_t files;   // how many there are before the first one is overwritten; 0: no limit
    uint64_t seconds; // after which the next file begins, by the packets' clock; 0: no limit
    bool each;        // flushed behind each packet, else once a second
};

struct tw_recorder;

// Opens the first file, and the directory in which all others will be (so that both may be done
// before rights are given up). TW_OUTPUT, TW_PERMISSION, TW_USAGE (-W without -C or -G ...),
// TW_MEMORY.
enum tw_status tw_recorder_open(const struct tw_recorder_options *options, int linktype,
                                struct tw_recorder **recorder, struct tw_error *error) TW_CHECKED;
// The directory, open as long as the recorder is; -1: standard output.
int tw_recorder_directory(const struct tw_recorder *recorder);
// Never fails: what cannot be written (disk full, another link type) is counted and told by
// tw_recorder_news, and tried again with the next file or when there is room again.
void tw_recorder_packet(struct tw_recorder *recorder, const struct tw_packet *packet);
// To be called at least once a second: flushes. `now` is the clock of the packets.
void tw_recorder_tick(struct tw_recorder *recorder, tw_time now);
// Closes the file and opens it anew under its name, as log rotation wants it (SIGHUP).
void tw_recorder_reopen(struct tw_recorder *recorder);
struct tw_recorder_counts {
    uint64_t packets, octets, lost; // written; and those that could not be
    const char *path;               // of the file now; lent until the next call
};
void tw_recorder_counts_get(const struct tw_recorder *recorder, struct tw_recorder_counts *counts);
// What went wrong, or is well again, since it was last asked; NULL: nothing. Lent until the next
// call.
const char *tw_recorder_news(struct tw_recorder *recorder);
// TW_OUTPUT: not all that was given could be written.
enum tw_status tw_recorder_close(struct tw_recorder *recorder, struct tw_error *error) TW_CHECKED;

#endif
