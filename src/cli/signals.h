// SPDX-License-Identifier: MIT
// What signals ask of a command that reads without a screen: SIGINT and SIGTERM to end, SIGHUP to
// make the recording's file anew, SIGUSR1 to tell the counters.
#ifndef TCPWALK_CLI_SIGNALS_H
#define TCPWALK_CLI_SIGNALS_H

#include "tcpwalk/source.h"

// To be called before rights are given up: looks which terminal there is, whose end is a SIGHUP,
// too, and means what it always does.
void signals_begin(void);
// From now on SIGINT and SIGTERM end the source's packets.
void signals_stop(struct tw_source *source);
void signals_end(void); // as it was before
// Waits until the descriptor (-1: none) is readable, a signal comes, or the time is up. None is
// missed that came before.
void signals_wait(int descriptor, int milliseconds);
// What has been asked for since the last call.
struct signals_asked {
    bool reopen, tell;
    bool leave; // the terminal is gone
};
struct signals_asked signals_asked(void);

#endif
