// SPDX-License-Identifier: MIT
// Breakpoints: the states and findings at which playback stops.
#include "app.h"

void breaks_act(struct app *app, enum action action) {
    struct playback *p = &app->playback;
    switch (action) {
    case ACTION_UP: p->break_cursor -= p->break_cursor > 0; break;
    case ACTION_DOWN:
        p->break_cursor += p->break_cursor + 1 < TW_STATE_COUNT + (size_t)TW_FINDING_COUNT;
        break;
    default: break;
    }
}
