// SPDX-License-Identifier: MIT
// The start screen: what there is to open.
#ifndef UI_START_H
#define UI_START_H

#include "actions.h"

struct app;
struct ui_start; // of ui.h

struct start {
    const struct ui_start *hooks; // NULL: there is none
    size_t cursor, top;           // of the items; rows
    char filter[64];
    bool chosen; // the item at the cursor is to be opened
};

void start_act(struct app *app, enum action action);
void start_filter(struct app *app, const char *filter);
void start_tick(struct app *app);

#endif
