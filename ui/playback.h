// SPDX-License-Identifier: MIT
// The playback: where the picture stands, as a function of the clock, in one connection's ladder
// or, for the list, in the whole capture.
#ifndef UI_PLAYBACK_H
#define UI_PLAYBACK_H

#include "tcpwalk/picture.h"

#include "actions.h"

struct app;

// The position in one connection's ladder.
struct playback {
    double place; // as of the last tick
    bool playing, even, loop;
    double speed;
    bool gliding; // a step on its way
    double from, to;
    tw_time since; // when playing or gliding began, at `from`
    // Where it stops.
    bool break_state[TW_STATE_COUNT], break_finding[TW_FINDING_COUNT];
    size_t break_cursor; // row of their view
};

// The moment that the list shows, of the capture's clock.
struct moment {
    bool set; // else it shows how all ended, or is now
    tw_time time;
    bool playing;
    tw_time from, since; // playing began at `from`, `since` by the screen's clock
};

bool playback_follows(const struct app *app); // it is at the end, where more may come
void playback_open(struct app *app, size_t connection);
void playback_act(struct app *app, enum action action);
void playback_seek(struct app *app, double fraction); // of the time line
void playback_to_place(struct app *app, double place);
void playback_to_packet(struct app *app, uint64_t packet); // or to the first one behind it
void playback_tick(struct app *app);
bool playback_moving(const struct app *app);

// The list's moment: actions of the list that have to do with it; false: it is none of them.
bool moment_act(struct app *app, enum action action);
void moment_tick(struct app *app);
bool moment_moving(const struct app *app);

// Breakpoints: their view's rows are the states, then the findings.
void breaks_act(struct app *app, enum action action);

#endif
