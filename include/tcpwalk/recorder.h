// SPDX-License-Identifier: MIT
// Recording while watching: capture files that are written as packets come, rotated as tcpdump
// does.
#ifndef TCPWALK_RECORDER_H
#define TCPWALK_RECORDER_H

#include "tcpwalk/source.h"

struct tw_recorder_options {
    const char *path; // "-": standard output. With `seconds` its last part may hold strftime's
                      // conversions
    uint64_t size;    // octets, beyond which the next file begins; 0: no limit
    uint64_t files;   // with `size`: how many there are before the first one is overwritten; with
                      // `seconds` alone: how many there are, then it is over; 0: no limit
    uint64_t seconds; // after which the next file begins, by the packets' clock; 0: no limit
    tw_time begin;    // what `seconds` are counted from; TW_NO_TIME: the first packet
    bool each;        // written behind each packet, else with tw_recorder_tick
    int linktype;     // LINKTYPE_ value; -1: not known
    bool by_packet;   // the first packet's link type is taken, and that one only where none comes
};

// A file holds whole packets whenever it is looked at: what a crash leaves can be read, and is what
// had been recorded up to the last tick that wrote.
struct tw_recorder;

// Opens the first file, unless its name has yet to be told by the first packet's time, and the
// directory in which all others will be (so that both may be done before rights are given up). A
// file that is there is overwritten. TW_OUTPUT, TW_USAGE (`files` without a limit that ends one,
// standard output in parts ...), TW_MEMORY.
enum tw_status tw_recorder_open(const struct tw_recorder_options *options,
                                struct tw_recorder **recorder, struct tw_error *error) TW_CHECKED;
// The directory, open as long as the recorder is there; -1: standard output.
int tw_recorder_directory(const struct tw_recorder *recorder);
// Never fails: what cannot be written waits in half a MiB, and what does not fit there (disk full)
// or cannot be in the file (another link type) is counted as lost, told by tw_recorder_news, and
// tried again by tw_recorder_tick and with the next file.
void tw_recorder_packet(struct tw_recorder *recorder, const struct tw_packet *packet);
// To be called whenever there is nothing else to do, twice a second at least: writes what has
// waited for a fifth of a second. `now` is the clock of the packets.
void tw_recorder_tick(struct tw_recorder *recorder, tw_time now);
// All is recorded that was wanted: the last file's time is up, or who read standard output has
// left. From then on packets are passed over.
bool tw_recorder_over(const struct tw_recorder *recorder) TW_CHECKED;
// Makes the file anew under its name if another one or none is there now, as log rotation wants it
// (SIGHUP). Where it cannot be made, recording goes on in the old one, and that is told.
void tw_recorder_reopen(struct tw_recorder *recorder);
struct tw_recorder_counts {
    uint64_t packets, octets, lost; // written; and packets that could not be
    uint64_t files;                 // that were begun
    const char *path;               // of the last one; lent until the next call
};
void tw_recorder_counts_get(const struct tw_recorder *recorder, struct tw_recorder_counts *counts);
// What last went wrong, or is well again, since it was last asked; NULL: nothing. Lent until the
// next call.
const char *tw_recorder_news(struct tw_recorder *recorder);
// Writes what is left; after that nothing more is recorded, and counts and news are still to be
// had. TW_OUTPUT: not all that was given could be written.
enum tw_status tw_recorder_finish(struct tw_recorder *recorder, struct tw_error *error) TW_CHECKED;
void tw_recorder_free(struct tw_recorder *recorder); // NULL: nothing

#endif
