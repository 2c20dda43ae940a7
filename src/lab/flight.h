// SPDX-License-Identifier: MIT
// One segment on its way: where it is at what time. It knows nothing of the others.
#ifndef TCPWALK_LAB_FLIGHT_H
#define TCPWALK_LAB_FLIGHT_H

#include "tcpwalk/lab.h"

#include <float.h>

// How far it comes by itself, and a time for what will not happen.
#define FLIGHT_END   (1 - DBL_EPSILON)
#define FLIGHT_NEVER INT64_MAX

struct flight {
    struct tw_flight shown;
    double start; // it moves from here, at `since`, to be at its end at `due`
    tw_time since, due;
    uint64_t after; // lands behind that one; 0: none
    bool waits;     // lands behind the next one to leave
    bool still;     // moves only by hand
    bool released;  // since the time was last told
    uint8_t struck; // fates that it has met: bits
    uint8_t passed; // taps: bits
};

static inline tw_time flight_later(tw_time a, tw_time b) {
    return a < b ? b : a;
}

// Like `model`, with octets of its own. NULL when out of memory.
struct flight *flight_new(const struct flight *model, const uint8_t *octets) TW_CHECKED;
void flight_free(struct flight *flight);
bool flight_doomed(const struct flight *flight);
double flight_at(const struct flight *flight, tw_time now);
// When it comes by a place on its path by itself.
tw_time flight_passes(const struct flight *flight, double place);
// From now on it moves so as to land then.
void flight_retime(struct flight *flight, tw_time lands, tw_time now);

#endif
