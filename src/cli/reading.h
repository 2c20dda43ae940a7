// SPDX-License-Identifier: MIT
// A reading of the input: the source opened as the settings say, the tracker behind it, the pump
// between them; and what lies beside a recording of the lab.
#ifndef TCPWALK_CLI_READING_H
#define TCPWALK_CLI_READING_H

#include "options.h"
#include "pump.h"

struct reading {
    const struct settings *settings;
    struct pump pump;
    struct tw_recorder *recorder; // of -w, or NULL
    struct tw_witness *witness;   // beside the file, or NULL
    struct tw_error fault;        // how the input broke off
    bool broken;
};

// TW_USAGE when nothing is named that could be read.
enum tw_status reading_check_source(const struct settings *settings,
                                    struct tw_error *error) TW_CHECKED;
// Without a source: makes only the tracker, which tells `observer`; packets are given to the pump.
// `share` is the part of the memory limit, in percent, that the tracker may have.
enum tw_status reading_begin(struct reading *reading, const struct settings *settings,
                             const struct tw_observer *observer, unsigned share,
                             struct tw_error *error) TW_CHECKED;
// The same, and opens the source, and what is recorded of it. Where its packets are going to be had
// again, `keep` octets are for those that must be kept for that; else it is 0.
enum tw_status reading_open(struct reading *reading, const struct settings *settings,
                            const struct tw_observer *observer, unsigned share, size_t keep,
                            struct tw_error *error) TW_CHECKED;
// TW_OPEN when all packets read so far, or none, are of a link type that is not known. A capture
// with several interfaces may have some that are, so this says little before something was read.
enum tw_status reading_check_link(const struct reading *reading, struct tw_error *error) TW_CHECKED;
// Ends the recording, where there is one: what has waited is written. TW_OUTPUT: not all could be.
enum tw_status reading_recorded(struct reading *reading, struct tw_error *error) TW_CHECKED;
// A line on standard error, where there is a recording: how much, and where.
void reading_tell_recorded(const struct reading *reading);
// The directory of -w's files, open as long as the reading is; -1: there is none.
int reading_recordings(const struct reading *reading);
void reading_close(struct reading *reading);
// Octets of the memory limit that are left for what grows; 0 where there is no limit.
size_t memory_left(const struct settings *settings);
// What stands in STEM.json beside the only file is read, for `reading->witness`; a line on standard
// error where it is broken.
void reading_find_witness(struct reading *reading);
// The end of the input: the tracker's, the recording's and the report's; then remarks on standard
// error. `tells_empty`: also that nothing matched.
enum tw_status reading_finish(struct reading *reading, struct tw_report *report, bool tells_empty,
                              struct tw_error *error) TW_CHECKED;
// Reads all into a report of `kind` and writes it to standard output. `selected`, of kind SELECT,
// says which connections a trace tells; it may be NULL. Where `keep` is not NULL the report is lent
// to the caller, who frees it.
enum tw_status reading_report(const struct settings *settings, enum tw_report_kind kind,
                              const struct tw_report *selected, struct tw_report **keep,
                              struct tw_error *error) TW_CHECKED;

#endif
