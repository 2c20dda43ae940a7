// SPDX-License-Identifier: MIT
// What the lab's taps captured: kept in memory, fed to a tracker, written as files.
#ifndef TCPWALK_CLI_RECORDING_H
#define TCPWALK_CLI_RECORDING_H

#include "pump.h"
#include "tcpwalk/lab.h"

enum { RECORDING_TAPS = 2, RECORDING_LINKTYPE = 101 }; // LINKTYPE_RAW

struct recorded {
    tw_time time;
    size_t at; // in the octets
    uint32_t length;
};

struct recording {
    struct recorded_tap {
        struct recorded *packets;
        uint8_t *octets;
        size_t count, room, used, size;
    } taps[RECORDING_TAPS];
    size_t limit;  // octets that it may hold
    uint64_t lost; // packets since there was no room
};

void recording_init(struct recording *recording, size_t limit);
void recording_fini(struct recording *recording);
void recording_take(struct recording *recording, size_t tap, tw_time time, const uint8_t *octets,
                    size_t length);
// A packet of the first tap, by its number, lent until more is taken. False: it did not fit.
bool recording_packet_at(const struct recording *recording, uint64_t number,
                         struct tw_packet *packet) TW_CHECKED;
// Gives the pump what the first tap captured.
void recording_feed(const struct recording *recording, struct pump *pump);
// One packet as the pump takes it.
struct tw_packet recording_packet(uint64_t number, tw_time time, const uint8_t *octets,
                                  size_t length);

// That there is such a directory, or one can be made, to write to. Nothing is made yet. TW_OUTPUT.
enum tw_status recording_prepare(const char *directory, struct tw_error *error) TW_CHECKED;
// Writes NAME.pcap, of two taps NAME.PLACE.pcap each, and beside the first tap's the witness as
// .json: all of them or none. `each` is told their paths. TW_OUTPUT, TW_MEMORY.
enum tw_status recording_write(const struct recording *recording, const char *directory,
                               const char *name, const struct tw_lab_view *view,
                               void (*each)(const char *path), struct tw_error *error) TW_CHECKED;

#endif
