// SPDX-License-Identifier: MIT
// How the ladder of one connection is laid out: which runs of data are folded.
#ifndef UI_LADDER_H
#define UI_LADDER_H

#include "tcpwalk/picture.h"

#include "actions.h"

struct app;

enum { FOLDING_MAX = 64 }; // runs that are other than the rest; the oldest is forgotten

struct folding {
    size_t connection;            // of the story; another one begins anew
    bool unfolded;                // all runs
    uint32_t except[FOLDING_MAX]; // segments: the runs that they belong to are the other way
    size_t except_count;
};

// Lays out the ladder of the connection that is shown; the playback stays at the same segment. Out
// of memory leaves an empty one, which draws as such.
void ladder_lay(struct app *app);
void ladder_act(struct app *app, enum action action);

#endif
