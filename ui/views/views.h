// SPDX-License-Identifier: MIT
// The views: each draws the application's state on a canvas and changes nothing.
#ifndef UI_VIEWS_VIEWS_H
#define UI_VIEWS_VIEWS_H

#include "../app.h"
#include "../glyphs.h"

enum {
    LEAST_WIDTH = UI_LEAST_WIDTH,
    LEAST_HEIGHT = UI_LEAST_HEIGHT,
    CONNECTION_FRAME = 8, // rows around the parts of one
    WHY_HEIGHT = 4,       // of them for the why lines, without the kernels' word
    HELP_FRAME = 3,
    BESIDE_WIDTH = 118, // from there on ladder and diagram stand side by side,
    LABELS_WIDTH = 160, // from there on with labels at the diagram's lines;
    LADDER_WIDTH = 100, // the ladder needs no more,
    LADDER_LEAST = 52,  // nor less;
    WALK_HEIGHT = 10,   // rows for a state with all that leads out of it, where there is room;
    SEGMENT_WIDTH = 67, // a TCP header as it is drawn, four octets a row
    LAB_WIDTH = 72,     // from there on the lab stands below ladder and diagram,
    LAB_HEIGHT = 21,    // from there on, too; else it is a part of its own
};

void view_start(const struct app *app, struct canvas *canvas);
void view_breaks(const struct app *app, struct canvas *canvas);
void view_connections(const struct app *app, struct canvas *canvas);
int connections_frame(const struct app *app); // rows around the list
void view_connection(const struct app *app, struct canvas *canvas);
void view_help(const struct app *app, struct canvas *canvas);
void view_lab(const struct app *app, struct canvas *canvas); // while there is no connection
int help_height(const struct app *app);                      // rows of the help's text
int help_page(const struct app *app);                        // how many of them are seen
int breaks_page(const struct app *app);                      // rows of the breakpoints

// Parts of the connection's view.
void draw_ladder(const struct app *app, struct canvas *canvas, struct area area);
void draw_diagram(const struct app *app, struct canvas *canvas, struct area area);
void draw_segment(const struct app *app, struct canvas *canvas, struct area area);
// The octets of a segment, in all rows of the area; those of its header are left out where there is
// no room for them and they are seen `elsewhere`.
void draw_dump(const struct header *header, bool elsewhere, struct canvas *canvas,
               struct area area);
void draw_stream(const struct app *app, struct canvas *canvas, struct area area);
void draw_timeline(const struct app *app, struct canvas *canvas, struct area area); // one row
void draw_why(const struct app *app, struct canvas *canvas, struct area area);
int why_height(const struct app *app); // rows that it takes
// What the kernel of this machine says of the connection now: one row, or one for each of its ends
// that is of this machine, and one for why it is not what the wire shows.
void draw_kernel_now(const struct app *app, struct canvas *canvas, struct area area);
int kernel_height(const struct app *app); // 0: no end is, or nobody can be asked
// In place of the why lines: the state that is looked at on the diagram.
void draw_walk(const struct app *app, struct canvas *canvas, struct area area);
int walk_height(const struct app *app);
// The lab, with a rule above it.
void draw_lab(const struct app *app, struct canvas *canvas, struct area area);
bool lab_fits_below(const struct app *app);
// The part that is seen, beside the ladder or alone; which parts there are at this size.
enum part shown_part(const struct app *app);
struct area part_area(const struct app *app); // where it is drawn
bool has_part(const struct app *app, enum part part);
// What is typed, in place of the bottom line; its end is always seen.
void draw_prompt(const struct app *app, struct canvas *canvas);
// A notice that the bottom line has no room for, over as many rows as it takes.
void draw_notice(const struct app *app, struct canvas *canvas);
// Words over at most `rows` rows, with an ellipsis where that was not all of them; `text` is not
// empty. Returns the rows used.
int draw_wrapped(const struct app *app, struct canvas *canvas, struct area area, const char *text,
                 enum role role);
// The row that has happened last at the present place; -1: none yet.
int64_t cursor_row(const struct app *app);

// What several views share.
enum role state_role(enum tw_state state);
void draw_rule(const struct app *app, struct canvas *canvas, struct area area, int y);
// Words side by side in one row: those that matter most are there where there is no room for all.
enum { PART_TEXT = 160, PARTS_MAX = 16, PART_GAP = 3 };
struct phrase {
    char text[PART_TEXT];
    enum role role;
    int rank; // below PARTS_MAX; the least matters most
};
void draw_parts(struct canvas *canvas, struct area area, int y, int gap, const struct phrase *parts,
                size_t count);
// Above the list: what is read; how much of it there is, and what is missing.
void draw_source(const struct app *app, struct canvas *canvas, struct area area);
void draw_source_counts(const struct app *app, struct canvas *canvas, struct area area);
// The bottom line, from the action table.
void draw_keys(const struct app *app, struct canvas *canvas, struct area area, int y);
// "SYN,ACK seq 0 ack 1 win 65535" in at most `room` columns; what matters least is left out. The
// flags are always there.
enum { SEGMENT_TEXT = 128 };
const char *segment_text(const struct tw_ladder *ladder, const struct tw_story_segment *segment,
                         int room, char text[SEGMENT_TEXT]);
// "12 segments were not kept"
void dropped_text(const struct tw_ladder *ladder, char *text, size_t room);
enum role segment_role(const struct tw_story_segment *segment);
// "0.6 s", "59 s", "12 min": a time to come, in few letters. A delay under a second in "400 ms".
enum { WORD_TEXT = 64 };
const char *short_time(tw_time time, bool delay, char text[WORD_TEXT]);
// What a kernel says of a socket beside its state: queues, timer, how often it has sent again; of a
// listener also how many connections are `opening`. Returns how many words that are.
enum { KERNEL_WORDS = 4 };
struct kernel_word {
    char text[WORD_TEXT];
    enum role role;
};
int kernel_words(const struct tw_kernel_socket *socket, size_t opening,
                 struct kernel_word words[KERNEL_WORDS]);

#endif
