// SPDX-License-Identifier: MIT
// The characters that pictures are made of, once in Unicode and once in ASCII.
#ifndef UI_GLYPHS_H
#define UI_GLYPHS_H

#include <stdbool.h>
#include <stdint.h>

enum glyph {
    GLYPH_RULE,
    GLYPH_LIFELINE,
    GLYPH_BLOCKED,     // the lifeline while a call is blocked
    GLYPH_SHAFT,       // of an arrow
    GLYPH_SHAFT_AGAIN, // of one sent again
    GLYPH_SHAFT_LATE,  // of one that others have overtaken
    GLYPH_SHAFT_COPY,  // of one that was captured twice
    GLYPH_SHAFT_RUN,   // of many, folded
    GLYPH_DOWN_RIGHT,  // a steep line
    GLYPH_DOWN_LEFT,
    GLYPH_CROSSING, // of two lines
    GLYPH_TAP,      // where the capture was made
    GLYPH_TRAIL,    // behind a flying segment, and silence
    GLYPH_HEAD_RIGHT,
    GLYPH_HEAD_LEFT,
    GLYPH_LOST, // in place of a head
    GLYPH_HEAD_UP,
    GLYPH_HEAD_DOWN,
    GLYPH_TOKEN_RIGHT, // points from a token at its state
    GLYPH_TOKEN_LEFT,
    GLYPH_CURSOR,
    GLYPH_ELLIPSIS,
    GLYPH_CORRECTED,
    GLYPH_ASSUMED,
    GLYPH_DIFFERS, // the kernel says otherwise
    GLYPH_PLAYING,
    GLYPH_PAUSED,
    GLYPH_SEPARATOR,
    GLYPH_MARK,  // a row that is marked
    GLYPH_FOUND, // something was found about it
    GLYPH_COUNT
};

uint32_t glyph(bool ascii, enum glyph glyph);

// The line character that joins the sides of a cell given by these bits.
enum { JOIN_UP = 1, JOIN_DOWN = 2, JOIN_LEFT = 4, JOIN_RIGHT = 8 };
uint32_t glyph_joint(bool ascii, unsigned sides);

#endif
