// SPDX-License-Identifier: MIT
// A command in a process of its own, which has the terminal until it ends.
#ifndef TCPWALK_CLI_APART_H
#define TCPWALK_CLI_APART_H

#include "options.h"

enum { APART_NAME = 32 };

// How it went.
struct apart {
    enum tw_status status;
    bool ended; // by a signal: the parent is to end as well
    struct tw_error error;
    bool told; // it has not crashed, and what follows is as the user has chosen it meanwhile
    struct config config;
    char language[APART_NAME];
};

// Runs `command` and waits for it. While the screen is held (ui_hold); a stop is a stop of both,
// and what ends the parent ends the child. TW_MEMORY in `how` where there could be no process.
void apart_run(enum tw_status (*command)(const struct settings *settings, struct tw_error *error),
               const struct settings *settings, struct apart *how);

#endif
