// SPDX-License-Identifier: MIT
// Breakpoints: the states and findings at which playback stops.
#include "app.h"

#include "views/views.h"

#include <string.h>

bool *breaks_at(struct playback *playback, size_t row) {
    return row < TW_STATE_COUNT ? &playback->break_state[row]
                                : &playback->break_finding[row - TW_STATE_COUNT];
}

static void clear(struct playback *playback) {
    memset(playback->break_state, 0, sizeof playback->break_state);
    memset(playback->break_finding, 0, sizeof playback->break_finding);
}

void breaks_act(struct app *app, enum action action) {
    struct playback *p = &app->playback;
    size_t page = (size_t)breaks_page(app), last = BREAK_COUNT - 1;
    bool *here = breaks_at(p, p->break_cursor);
    switch (action) {
    case ACTION_UP: p->break_cursor -= p->break_cursor > 0; break;
    case ACTION_DOWN: p->break_cursor++; break;
    case ACTION_PAGE_UP: p->break_cursor -= p->break_cursor < page ? p->break_cursor : page; break;
    case ACTION_PAGE_DOWN: p->break_cursor += page; break;
    case ACTION_FIRST: p->break_cursor = 0; break;
    case ACTION_LAST: p->break_cursor = last; break;
    case ACTION_TOGGLE: *here = !*here; break;
    case ACTION_CLEAR: clear(p); break;
    default: break;
    }
    if (p->break_cursor > last)
        p->break_cursor = last;
    p->break_top = breaks_top(app);
}

size_t breaks_top(const struct app *app) {
    const struct playback *p = &app->playback;
    size_t page = (size_t)breaks_page(app), most = page < BREAK_COUNT ? BREAK_COUNT - page : 0;
    size_t top = p->break_top < most ? p->break_top : most;
    if (p->break_cursor < top)
        return p->break_cursor;
    return p->break_cursor >= top + page ? p->break_cursor - page + 1 : top;
}

void breaks_click(struct app *app, size_t row) {
    if (row >= BREAK_COUNT)
        return;
    app->playback.break_cursor = row;
    breaks_act(app, ACTION_TOGGLE);
}
