// SPDX-License-Identifier: MIT
// The canvas: a rectangle of cells that views draw on. No terminal is known here; everything that
// is drawn outside is clipped, and nothing but printable characters gets in.
#ifndef UI_CANVAS_H
#define UI_CANVAS_H

#include "tcpwalk/base.h"

#include "theme.h"

struct cell {
    uint32_t rune;    // code point; 0: the right half of the wide character before it
    uint8_t role;     // enum role
    bool highlighted; // on the row of the cursor
    uint32_t target;  // what a click here means (canvas_target); 0: nothing
};

// What stands under the mouse. Views say it when they draw, so that what is seen is what is meant.
enum target_kind {
    TARGET_NONE,
    TARGET_ACTION, // value: enum action
    TARGET_ROW,    // of the view's list
    TARGET_SORT,   // of the connections: enum sort
    TARGET_PLACE,  // of the ladder: the place behind a row
    TARGET_TIME,   // of the time line: in TARGET_WHOLE parts of it
    TARGET_STATE,  // of the diagram: enum tw_state, and TARGET_OVER
    TARGET_PART,   // enum part
    TARGET_CENSUS, // of the connections: enum tw_state
};
enum { TARGET_SHIFT = 28, TARGET_WHOLE = 10000, TARGET_OVER = 64 };

struct canvas {
    int width, height;
    struct cell *cells; // height rows of width
};

// A part of the canvas, in its coordinates. Drawing is relative to it and stays inside.
struct area {
    int x, y, width, height;
};

enum { CANVAS_MAX = 1000 }; // columns, and rows: more are not drawn

bool canvas_init(struct canvas *canvas, int width, int height) TW_CHECKED;
void canvas_fini(struct canvas *canvas);
struct area canvas_area(const struct canvas *canvas);
void canvas_clear(struct canvas *canvas);

// One code point at (x, y) of the area.
void canvas_put(struct canvas *canvas, struct area area, int x, int y, uint32_t rune,
                enum role role);
// Text in UTF-8; returns the column behind it. What does not fit is cut, never half a character.
// What is no UTF-8 and what is never drawn (canvas_rune_width) is drawn as '?', combining
// characters are left out.
int canvas_text(struct canvas *canvas, struct area area, int x, int y, const char *text,
                enum role role);
// The same with its last column at `x`.
void canvas_text_right(struct canvas *canvas, struct area area, int x, int y, const char *text,
                       enum role role);
// The text in at most `room` columns; "[2001:db8::1]:443" loses its middle, shown as `ellipsis`.
void canvas_text_elided(struct canvas *canvas, struct area area, int x, int y, int room,
                        const char *text, uint32_t ellipsis, enum role role);
// Words broken over at most `rows` rows of `width` columns; returns the rows used.
int canvas_text_wrapped(struct canvas *canvas, struct area area, int x, int y, int width, int rows,
                        const char *text, enum role role);
// A click into `width` cells of row `y` from `x` on means this.
void canvas_target(struct canvas *canvas, struct area area, int x, int y, int width,
                   enum target_kind kind, uint32_t value);
// Fills all of it; what was there leads nowhere any more when it is clicked.
void canvas_fill(struct canvas *canvas, struct area area, uint32_t rune, enum role role);
void canvas_highlight(struct canvas *canvas, struct area area, int y);

// Columns of one code point: 0 for one that combines, -1 for one that is never drawn (controls and
// what turns the writing around, private use, what Unicode has not assigned).
int canvas_rune_width(uint32_t rune);
int canvas_text_width(const char *text); // as canvas_text draws it
// Takes one code point off a UTF-8 text; 0 at its end, '?' for what is not one or is never drawn.
uint32_t canvas_rune_next(const char **text);
// One code point in UTF-8; returns `text`.
enum { CANVAS_RUNE_OCTETS = 4 };
char *canvas_rune_text(uint32_t rune, char text[CANVAS_RUNE_OCTETS + 1]);
// What is seen, as UTF-8, blanks at the ends of rows cut off; *length is without the octet 0 behind
// it. To be freed; NULL: there is no memory.
char *canvas_as_text(const struct canvas *canvas, size_t *length);

#endif
