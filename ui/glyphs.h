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
    GLYPH_ESTIMATE, // a time that is not the capture's own
    GLYPH_DIFFERS,  // the kernel says otherwise
    GLYPH_PLAYING,
    GLYPH_PAUSED,
    GLYPH_SEPARATOR,
    GLYPH_MARK,  // a row that is marked
    GLYPH_FOUND, // something was found about it
    // The time line: what is over, and state changes in it and in what is to come.
    GLYPH_PAST,
    GLYPH_PAST_CLIENT,
    GLYPH_PAST_SERVER,
    GLYPH_PAST_BOTH,
    GLYPH_LINE_CLIENT,
    GLYPH_LINE_SERVER,
    GLYPH_LINE_BOTH,
    GLYPH_LINE_CURSOR,
    GLYPH_COUNT
};

uint32_t glyph(bool ascii, enum glyph glyph);

// A bar in one cell, from 0 (nothing) to LEVEL_MOST.
enum { LEVEL_MOST = 8 };
uint32_t glyph_level(bool ascii, unsigned level);

// The line character that joins the sides of a cell given by these bits. What lies behind, and what
// happens, look different without colour.
enum { JOIN_UP = 1, JOIN_DOWN = 2, JOIN_LEFT = 4, JOIN_RIGHT = 8, GLYPH_JOINTS = 16 };
enum line { LINE_THIN, LINE_HEAVY, LINE_DOUBLE, LINE_COUNT };
uint32_t glyph_joint(bool ascii, unsigned sides);
uint32_t glyph_line(bool ascii, unsigned sides, enum line line); // of at most two sides
uint32_t glyph_head(bool ascii, unsigned side, enum line line);  // its arrow's head, to that side

#endif
