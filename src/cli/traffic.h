// SPDX-License-Identifier: MIT
// How much goes through an interface, made of what has been counted there from time to time.
#ifndef TCPWALK_CLI_TRAFFIC_H
#define TCPWALK_CLI_TRAFFIC_H

#include "ui/ui.h"

struct traffic {
    bool counted; // and what was counted last, and when:
    uint64_t packets, octets;
    tw_time at;
    struct ui_activity activity;
};

// Takes what is counted `now`. Returns whether the activity has changed; it does not for long where
// nothing goes through.
bool traffic_take(struct traffic *traffic, uint64_t packets, uint64_t octets, tw_time now);

#endif
