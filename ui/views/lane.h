// SPDX-License-Identifier: MIT
// The lane: the cells between the two lifelines, in which the ladder's lines find their way.
#ifndef UI_VIEWS_LANE_H
#define UI_VIEWS_LANE_H

#include "views.h"

enum { LANE_WIDTH = 128, LANE_ROWS = 256 }; // beyond there are no lines

struct lane {
    const struct app *app;
    struct canvas *canvas;
    struct area area; // on the canvas
    int64_t top;      // the ladder's row at y 0; -1: the line before the first one
    uint8_t cells[LANE_ROWS][LANE_WIDTH];
    // Columns from each end's side that its labels, and its lines behind them, take up.
    int labels[LANE_ROWS][TW_END_COUNT], lines[LANE_ROWS][TW_END_COUNT];
};

// How a segment is seen.
struct seen {
    const struct tw_story_segment *segment;
    struct tw_ladder_line line;
    double flown;
    bool past, flying, lost;
};

void lane_init(struct lane *lane, const struct app *app, struct canvas *canvas, struct area area,
               int64_t top);
bool lane_see(const struct app *app, const struct tw_story_segment *segments, size_t row,
              struct seen *seen);
// What stands in the way of lines: text from column `x` on, `gap` cells left free around it.
void lane_block(struct lane *lane, int x, int y, int width, int gap);
// The same, from a lifeline on; lines go around it where they can.
void lane_block_end(struct lane *lane, enum tw_end end, int y, int width);
bool lane_is_free(const struct lane *lane, int x, int y);
// On the row where it leaves the segment's label, on the row where it lands its head.
void lane_label(struct lane *lane, const struct seen *seen);
void lane_head(struct lane *lane, const struct seen *seen);
// All lines that are seen: between labels and heads, in cells that are free.
void lane_lines(struct lane *lane, const struct tw_story_segment *segments);
void lane_run(struct lane *lane, size_t row, int y);
void lane_tap(struct lane *lane);

#endif
