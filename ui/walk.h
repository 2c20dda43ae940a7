// SPDX-License-Identifier: MIT
// Walking over the state diagram: which state is looked at.
#ifndef UI_WALK_H
#define UI_WALK_H

#include "tcpwalk/state.h"

#include "actions.h"

struct app;

struct walk {
    bool on;
    enum tw_state state;
    bool over;        // CLOSED: where a connection ends, not where it begins
    unsigned came_by; // enum part that was shown before, and is again afterwards
    tw_time second;   // that was counted last
};

// It is on, and the diagram is there to be seen.
bool walk_seen(const struct app *app);
void walk_act(struct app *app, enum action action);
void walk_to(struct app *app, enum tw_state state, bool over);

// Where TIME-WAIT is counted down as it runs, the picture changes every second.
void walk_tick(struct app *app);

// How long an end was in a state, over all its visits in the final history.
struct stay {
    unsigned visits;
    tw_time time;
    bool before;  // it was in it before the capture began: it is no less than that
    bool still;   // it is in it at the end of what is known
    bool assumed; // that it entered or left it
    bool passed;  // it went through it, by one segment
};
struct stay walk_stay(const struct app *app, enum tw_end end, enum tw_state state);

#endif
