// SPDX-License-Identifier: MIT
// The connection of a capture that passes most states: of it the catalogue and the lessons tell.
#ifndef TCPWALK_CLI_LONGEST_H
#define TCPWALK_CLI_LONGEST_H

#include "tcpwalk/connection.h"

enum { LONGEST_TEXT = 1024 };

struct longest {
    uint64_t packets, connections;           // in the whole capture
    uint64_t number;                         // of the connection; 0: there is none
    size_t count;                            // of both ends' states together
    char states[TW_END_COUNT][LONGEST_TEXT]; // joined by '>'
};

// Reads the whole capture. `name` may be that of a stored one.
enum tw_status longest_read(const char *name, struct longest *longest,
                            struct tw_error *error) TW_CHECKED;

#endif
