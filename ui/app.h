// SPDX-License-Identifier: MIT
// The application's state: actions and the clock change it, drawing only reads it. Each part has a
// header and a file of its own; here is what holds them together.
#ifndef UI_APP_H
#define UI_APP_H

#include "tcpwalk/picture.h"

#include "actions.h"
#include "canvas.h"
#include "config.h"
#include "header.h"
#include "kernel.h"
#include "lab.h"
#include "ladder.h"
#include "list.h"
#include "playback.h"
#include "prompt.h"
#include "save.h"
#include "start.h"
#include "stream.h"
#include "theme.h"
#include "walk.h"

enum view { VIEW_START, VIEW_CONNECTIONS, VIEW_CONNECTION, VIEW_HELP, VIEW_LAB, VIEW_BREAKS };

enum { NOTICE_MAX = 512 };

// The parts of a connection's view. Where there is room the ladder stands beside another one.
enum part { PART_LADDER, PART_DIAGRAM, PART_SEGMENT, PART_STREAM, PART_LAB, PART_COUNT };

struct app {
    struct tw_story *story;
    const struct tw_witness *witness; // or NULL
    const struct ui_files *files;     // the input's packets, what is saved; or NULL
    const struct tw_profile *profile; // whose timers run out
    const char *source_name;
    const struct ui_feed *feed; // or NULL
    char filter[PROMPT_MAX];    // of the capture
    char absent[128];           // what of the source is not there now
    bool ascii, utc, colors, mouse;
    bool english; // no other language can be shown
    enum theme theme;
    int width, height;
    tw_time now;   // a clock that only goes forward
    tw_time epoch; // live: what the capture's clock is ahead of that; else TW_NO_TIME
    bool loading;
    bool endless;            // the source may go on for ever: what is opened is followed, what is
                             // long over makes room for what is new
    bool broken;             // the input broke off
    char notice[NOTICE_MAX]; // instead of the bottom line, until the next key
    uint64_t wanted;         // number of the connection to open as soon as it is there; 0: none
    uint64_t done, total;    // octets of the input
    struct ui_counts counts;
    enum view view, behind, under_help; // `behind`: under the breakpoints
    bool changed;                       // since it was drawn
    bool anew;                          // the terminal is to be drawn anew
    bool quit;
    bool copy; // the picture is to go to the clipboard, as text
    struct prompt prompt;
    struct start start;
    struct list list;
    struct moment moment;
    size_t shown; // connection of VIEW_CONNECTION
    struct tw_ladder ladder;
    struct folding folding;
    size_t ladder_segments, ladder_changes; // of the story, when the ladder was built
    uint64_t ladder_witnessed;              // of the witness, likewise
    bool ladder_over;
    tw_time ladder_built;
    struct playback playback;
    bool measuring; // from `measured_from`, the place of a row
    double measured_from;
    bool absolute; // sequence numbers as on the wire
    enum part part;
    bool alone; // the part, also where there is room for the ladder beside it
    struct walk walk;
    struct header header; // of the segment at the cursor
    struct stream stream;
    struct save save;
    struct lab lab;
    struct kernel kernel;
    int help_top;
};

struct app_options {
    struct tw_story *story;
    const struct tw_witness *witness; // or NULL
    const struct ui_lab *lab;         // or NULL
    const struct ui_kernel *kernel;   // or NULL
    const struct ui_files *files;     // or NULL
    const struct ui_start *start;     // or NULL; then there is no story
    const struct tw_profile *profile; // NULL: linux
    const char *source_name, *filter;
    const struct ui_feed *feed; // or NULL
    bool ascii, utc;
    bool english; // no other language can be shown
    bool colors;  // else the theme is mono, and stays so
    bool mouse;
    enum theme theme;
    bool endless;                // the source may go on for ever
    bool live;                   // the packets come as they are captured:
    tw_time epoch;               // what their clock is ahead of that of the ticks
    double speed;                // 0: 1
    uint64_t connection;         // to open at once; 0: none
    const char *greeting;        // told at once, or NULL
    const struct config *config; // where playback stops, even time; NULL: the defaults
};

struct ui_options;
// Of what the command line gives. The terminal may have fewer colours and characters.
void app_options_of(const struct ui_options *options, enum theme theme, struct app_options *to);
void app_init(struct app *app, const struct app_options *options);
// Into the configuration of the next screen: what the user has chosen on this one.
void app_keep(const struct app *app, struct config *config);
void app_fini(struct app *app);
void app_resize(struct app *app, int width, int height);
// What the clock and the story bring: to be called before drawing.
void app_tick(struct app *app, tw_time now);
void app_key(struct app *app, uint32_t key);
void app_act(struct app *app, enum action action);
// The mouse at a cell of the picture that was drawn last: what a view has put there is meant.
void app_mouse(struct app *app, const struct canvas *canvas, const struct mouse *mouse);
// A message instead of the bottom line, until the next key.
void app_say(struct app *app, const char *format, ...) TW_PRINTF(2, 3);
// The input broke off: told at once, and as long as it is shown.
void app_broken(struct app *app, const char *message);
// Makes room in the story, where that is to go on for ever. To be called before the ticks of those
// that hold connections by their index.
void app_forget(struct app *app);
// Something moves: there is to be another tick with the next frame.
bool app_moving(const struct app *app);
// There is work left for another tick at once, though nothing moves.
bool app_busy(const struct app *app);
void app_draw(const struct app *app, struct canvas *canvas);
unsigned app_context(const struct app *app); // of enum context
// What time it is by the clock of what goes on; TW_NO_TIME: nothing does, it is all in a file.
tw_time app_clock(const struct app *app);

#endif
