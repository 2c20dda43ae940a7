// SPDX-License-Identifier: MIT
// The playback: where the picture stands, as a function of the clock, in one connection's ladder
// or, for the list, in the whole capture.
#ifndef UI_PLAYBACK_H
#define UI_PLAYBACK_H

#include "tcpwalk/picture.h"

#include "actions.h"

struct app;

enum { TIMELINE_PARTS = 2048 };
enum mark { MARK_LOST = 1, MARK_RST = 2 };

// The position in one connection's ladder.
struct playback {
    double place; // as of the last tick
    bool playing, even, loop;
    double speed;
    bool gliding; // a step on its way
    double from, to;
    tw_time since; // when playing or gliding began, at `from`
    // Of TIME-WAIT, behind the last row of a capture that ends before it does: how long has been
    // played, and had been when playing began.
    tw_time waited, waited_from;
    double opened_at; // the place at which the connection was opened
    // What the time line marks, by parts of it in even and in real time: bits of enum mark.
    uint8_t marks[2][TIMELINE_PARTS];
    // Where it stops.
    bool break_state[TW_STATE_COUNT], break_finding[TW_FINDING_COUNT];
    size_t break_cursor, break_top; // rows of their view
};

struct changes; // of changes.h

// The moment that the list shows, of the capture's clock.
struct moment {
    bool set; // else it shows how all ended, or is now; then `changes` are known
    tw_time time;
    bool playing;
    tw_time from, since;            // playing began at `from`, `since` by the screen's clock
    struct changes *changes, *next; // all of them, or NULL; those that are being looked at
    enum action wanted;             // as soon as all have been looked at
    tw_time renewed, looked;        // when they were looked at last, and how long that took
    int told;                       // percent
};

bool playback_follows(const struct app *app); // it is at the end, where more may come
void playback_open(struct app *app, size_t connection);
void playback_act(struct app *app, enum action action);
// Looks for what the time line marks: once for a ladder, not with each frame.
void playback_mark_rows(struct app *app);
// The time line: by time, or by rows in even time. What has happened at a place, has by then.
tw_time playback_time(const struct app *app, double place);
// How long an end still stays in TIME-WAIT: until its history has it over, else until the profile's
// timer runs out, begun with the last segment so far. False: it is not there. Playing goes on with
// that timer where the capture ends before.
bool playback_time_wait(const struct app *app, enum tw_end end, tw_time *left) TW_CHECKED;
double playback_fraction(const struct app *app, double place);
void playback_seek(struct app *app, double fraction);
// "paused, even time, x2, loop"; without `detail` in short. Returns `text`.
enum { STATUS_TEXT = 96 };
const char *playback_status(const struct app *app, const char *word, bool detail,
                            char text[STATUS_TEXT]);
void playback_to_place(struct app *app, double place);
void playback_to_packet(struct app *app, uint64_t packet); // or to the first one behind it
void playback_tick(struct app *app);
bool playback_moving(const struct app *app);

void moment_fini(struct moment *moment);
// Actions of the list that have to do with its moment; false: it is none of them.
bool moment_act(struct app *app, enum action action);
void moment_tick(struct app *app);
bool moment_moving(const struct app *app);
bool moment_busy(const struct app *app); // more changes wait to be looked at
// What was then, where a moment is set:
size_t moment_visible(const struct app *app); // connections that have begun: the first ones
// An end's state; not `known` where it had none yet.
enum tw_state moment_state(const struct app *app, size_t connection, enum tw_end end, bool *known);
// The states that its ends had been in, a bit each.
void moment_been(const struct app *app, size_t connection, uint32_t been[TW_END_COUNT]);
// What is told of a connection, as far as it had come by then: states, outcome, round trip, last
// activity. Nothing is changed where no moment is set. Counters are those of the whole: see
// list_whole.
void moment_info(const struct app *app, size_t connection, struct tw_connection_info *info);
void moment_census(const struct app *app, uint64_t counts[TW_STATE_COUNT]);
// "12:00:01.123456  paused, even time, x2, loop", or less of it in `room` columns. Returns `text`.
enum { MOMENT_TEXT = 160 };
const char *moment_text(const struct app *app, int room, char text[MOMENT_TEXT]);
// The place in the ladder at that moment, 0 where there is none; and back: the list comes along to
// where one has moved in the ladder.
double moment_place(const struct app *app);
void moment_follow(struct app *app);

// Breakpoints: their view's rows are the states, then the findings.
enum { BREAK_COUNT = TW_STATE_COUNT + TW_FINDING_COUNT };
bool *breaks_at(struct playback *playback, size_t row);
size_t breaks_top(const struct app *app); // the row that is seen first
void breaks_act(struct app *app, enum action action);
void breaks_click(struct app *app, size_t row);

#endif
