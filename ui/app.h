// SPDX-License-Identifier: MIT
// The application's state: actions and the clock change it, drawing only reads it.
#ifndef UI_APP_H
#define UI_APP_H

#include "tcpwalk/lab.h"
#include "tcpwalk/picture.h"

#include "actions.h"
#include "canvas.h"
#include "theme.h"

enum view { VIEW_CONNECTIONS, VIEW_CONNECTION, VIEW_HELP, VIEW_LAB };

// By what the list is sorted; the key for it goes through them in this order.
enum sort {
    SORT_NUMBER,
    SORT_CLIENT_STATE,
    SORT_SERVER_STATE,
    SORT_OUTCOME,
    SORT_DURATION,
    SORT_SEGMENTS,
    SORT_OCTETS,
    SORT_COUNT
};

enum { SEARCH_MAX = 64, NOTICE_MAX = 200 };

// The list of connections: which rows there are, in which order, and where the cursor is.
struct list {
    size_t cursor, top; // rows
    char search[SEARCH_MAX];
    bool typing; // the search is being typed
    enum sort sort;
    bool reverse;
    uint32_t *rows; // connections in order, where it is not just their own
    size_t row_count, row_room;
    size_t scanned;                  // connections that have been looked at
    size_t sorted;                   // rows that are in order
    tw_time sorted_at;               // when that was
    int address_width[TW_END_COUNT]; // of the widest address so far
};

// The position in one connection's ladder, as a function of the clock.
struct playback {
    double place; // as of the last tick
    bool playing, even;
    double speed;
    bool gliding; // a step on its way
    double from, to;
    tw_time since; // when playing or gliding began, at `from`
    bool asking;   // for the number of a packet to go to
    uint64_t asked;
};

enum part { PART_LADDER, PART_DIAGRAM, PART_LAB };

struct ui_lab; // of ui.h
enum { LINE_MAX_OCTETS = 256 };

// The lab behind the story: how it looked last, and what is chosen and typed in it.
struct lab {
    const struct ui_lab *hooks; // NULL: there is none
    struct tw_lab_view view;    // lent until something is done to the lab
    tw_time now;                // by the clock of the lab
    uint64_t fingerprint;       // of what is seen of it: where it is the same, so is the picture
    enum tw_end end;            // whose calls the keys make
    bool connecting;            // a key has called connect(): what comes of it is to be shown
    uint64_t flight;            // the chosen one, or the first behind it
    size_t connections;         // that the story had
    bool typing;
    char line[LINE_MAX_OCTETS], last[LINE_MAX_OCTETS]; // what is typed, and was
};

struct app {
    const struct tw_story *story;
    const struct tw_witness *witness; // or NULL
    const char *source_name, *filter;
    bool ascii, utc, colors;
    enum theme theme;
    int width, height;
    tw_time now; // a clock that only goes forward
    bool loading;
    bool broken;             // the input broke off
    char notice[NOTICE_MAX]; // instead of the bottom line, until the next key
    uint64_t wanted;         // number of the connection to open as soon as it is there; 0: none
    uint64_t done, total;    // octets of the input
    enum view view, behind_help;
    bool changed; // since it was drawn
    bool anew;    // the terminal is to be drawn anew
    bool quit;
    struct list list;
    size_t shown; // connection of VIEW_CONNECTION
    struct tw_ladder ladder;
    size_t ladder_segments, ladder_changes; // of the story, when the ladder was built
    uint64_t ladder_witnessed;              // of the witness, likewise
    bool ladder_over;
    tw_time ladder_built;
    struct playback playback;
    enum part part;
    struct lab lab;
    int help_top;
};

struct app_options {
    const struct tw_story *story;
    const struct tw_witness *witness; // or NULL
    const struct ui_lab *lab;         // or NULL
    const char *source_name, *filter;
    bool ascii, utc;
    bool colors; // else the theme is mono, and stays so
    enum theme theme;
    double speed;        // 0: 1
    uint64_t connection; // to open at once; 0: none
};

void app_init(struct app *app, const struct app_options *options);
void app_fini(struct app *app);
void app_resize(struct app *app, int width, int height);
// What the clock and the story bring: to be called before drawing.
void app_tick(struct app *app, tw_time now);
void app_key(struct app *app, uint32_t key);
void app_act(struct app *app, enum action action);
// The input broke off: told at once, and as long as it is shown.
void app_broken(struct app *app, const char *message);
// Something moves: there is to be another tick with the next frame.
bool app_moving(const struct app *app);
void app_draw(const struct app *app, struct canvas *canvas);
unsigned app_context(const struct app *app); // of enum context

// Rows of the list, and the connection on one of them.
size_t list_count(const struct app *app);
size_t list_connection(const struct app *app, size_t row);
void list_act(struct app *app, enum action action);
void list_key(struct app *app, uint32_t key); // while the search is typed
void list_tick(struct app *app);
// More connections wait to be looked at.
bool list_busy(const struct app *app);
int list_page(const struct app *app); // rows that are visible

// The lab: only where there is one.
bool lab_act(struct app *app, enum action action); // false: it is none of its actions
void lab_key(struct app *app, uint32_t key);       // while a line is typed
void lab_tick(struct app *app);
bool lab_flying(const struct app *app); // a segment moves on the wire
// What the keys are about: the socket of the connection that is shown, or the newest one; a
// listener; a flight, by its index. NULL, or the number of flights: there is none.
const struct tw_lab_socket *lab_socket(const struct app *app);
const struct tw_lab_socket *lab_listener(const struct app *app);
size_t lab_flight(const struct app *app);
// What the kernel says of a process's socket; NULL: nothing.
const struct tw_kernel_socket *lab_kernel(const struct app *app,
                                          const struct tw_lab_socket *socket);
// Whether the tuple is that of the connection, and as which end sees it.
bool lab_same(const struct tw_connection_info *info, const struct tw_tuple *tuple,
              enum tw_end *end);

// The playback of the connection that is shown. At its end it follows what is still read.
bool playback_follows(const struct app *app);
void playback_open(struct app *app, size_t connection);
void playback_act(struct app *app, enum action action);
void playback_key(struct app *app, uint32_t key); // while a packet's number is typed
void playback_tick(struct app *app);

#endif
