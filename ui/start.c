// SPDX-License-Identifier: MIT
// The start screen's cursor, its filter, and what is chosen.
#include "app.h"
#include "ui.h"

#include <stdio.h>

void start_act(struct app *app, enum action action) {
    struct start *start = &app->start;
    size_t count = start->hooks->count;
    switch (action) {
    case ACTION_UP: start->cursor -= start->cursor > 0; break;
    case ACTION_DOWN: start->cursor += start->cursor + 1 < count; break;
    case ACTION_OPEN: start->chosen = app->quit = count > 0; break;
    default: break;
    }
}

void start_filter(struct app *app, const char *filter) {
    snprintf(app->start.filter, sizeof app->start.filter, "%s", filter);
}

void start_tick(struct app *app) {
    (void)app;
}
