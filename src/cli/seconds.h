// SPDX-License-Identifier: MIT
// Where in the input each of the last seconds began, in which anything came: one place a second,
// for an hour, so that what was seen last is found without looking at all that was kept.
#ifndef TCPWALK_CLI_SECONDS_H
#define TCPWALK_CLI_SECONDS_H

#include "tcpwalk/base.h"

enum { SECONDS_MAX = 3600 };

struct second {
    tw_time begin;
    uint64_t number; // of its first packet
    uint64_t before; // packets before that one which passed the filter
};

struct seconds {
    struct second at[SECONDS_MAX]; // of `count` the newest is before `next`
    size_t next, count;
    tw_time newest; // of all packets, and
    uint64_t last;  // the number of the last one
};

// Notes a packet. What comes after the clock was set back belongs to the second before that.
void seconds_note(struct seconds *seconds, tw_time time, uint64_t number, uint64_t before);
// The oldest second in which there may be a packet that is not before `since`; NULL: none.
const struct second *seconds_find(const struct seconds *seconds, tw_time since) TW_CHECKED;

#endif
