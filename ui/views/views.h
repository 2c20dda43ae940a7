// SPDX-License-Identifier: MIT
// The views: each draws the application's state on a canvas and changes nothing.
#ifndef UI_VIEWS_VIEWS_H
#define UI_VIEWS_VIEWS_H

#include "../app.h"
#include "../glyphs.h"

enum {
    LEAST_WIDTH = 40, // below that one line says so
    LEAST_HEIGHT = 12,
    CONNECTIONS_FRAME = 6, // rows around the list
    CONNECTION_FRAME = 7,  // rows around the parts of one
    HELP_FRAME = 3,
    BESIDE_WIDTH = 118, // from there on ladder and diagram stand side by side,
    LABELS_WIDTH = 160, // from there on with labels at the diagram's lines;
    LADDER_WIDTH = 100, // the ladder needs no more
};

void view_connections(const struct app *app, struct canvas *canvas);
void view_connection(const struct app *app, struct canvas *canvas);
void view_help(const struct app *app, struct canvas *canvas);
int help_height(void); // rows of the help's text

// Parts of the connection's view.
void draw_ladder(const struct app *app, struct canvas *canvas, struct area area);
void draw_diagram(const struct app *app, struct canvas *canvas, struct area area);
void draw_why(const struct app *app, struct canvas *canvas, struct area area);
// The row that has happened last at the present place; -1: none yet.
int64_t cursor_row(const struct app *app);

// What several views share.
enum role state_role(enum tw_state state);
void draw_rule(const struct app *app, struct canvas *canvas, struct area area, int y);
// The bottom line, from the action table.
void draw_keys(const struct app *app, struct canvas *canvas, struct area area, int y);
// "SYN,ACK seq 0 ack 1 win 65535" in at most `room` columns; what matters least is left out. The
// flags are always there.
enum { SEGMENT_TEXT = 128 };
const char *segment_text(const struct tw_ladder *ladder, const struct tw_story_segment *segment,
                         int room, char text[SEGMENT_TEXT]);
enum role segment_role(const struct tw_story_segment *segment);

#endif
