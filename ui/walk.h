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
    bool over; // CLOSED: where a connection ends, not where it begins
};

void walk_act(struct app *app, enum action action);
void walk_to(struct app *app, enum tw_state state, bool over);

#endif
