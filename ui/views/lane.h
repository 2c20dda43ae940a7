// SPDX-License-Identifier: MIT
// The lane: the cells between the two lifelines, in which the ladder's lines find their way.
#ifndef UI_VIEWS_LANE_H
#define UI_VIEWS_LANE_H

#include "views.h"

enum {
    LANE_WIDTH = 128, // beyond there are no lines,
    LANE_ROWS = 256,  // nor below;
    LANE_WIDE = 32,   // from there on there is room around the labels
    LEAST_STEP = 4,   // columns a row; a line that makes fewer is drawn as marks
    LANE_STEPS = LANE_WIDTH / LEAST_STEP,
};

// A cell: the sides that a line joins (JOIN_...), and
enum {
    CELL_SIDES = 15,
    CELL_LEFTWARD = 16, // the line goes to the left
    CELL_LEVEL = 32,    // it does not go down
    CELL_TEXT = 64,     // a label or a head, or the room around it
    CELL_STEEP = 128,   // a mark of a steep line
};

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
    bool injected; // it left at the tap
};

static inline bool is_found(const struct tw_story_segment *segment, enum tw_finding_kind finding) {
    return (segment->findings >> finding & 1) != 0;
}

void lane_init(struct lane *lane, const struct app *app, struct canvas *canvas, struct area area,
               int64_t top);
bool lane_see(const struct app *app, const struct tw_story_segment *segments, size_t row,
              struct seen *seen);
// What stands in the way of lines: text from column `x` on, `gap` cells left free around it.
void lane_block(struct lane *lane, int x, int y, int width, int gap);
// The same, from a lifeline on; lines go around it where they can.
void lane_block_end(struct lane *lane, enum tw_end end, int y, int width);
bool lane_is_free(const struct lane *lane, int x, int y);
bool lane_is_open(const struct lane *lane, int x, int y); // no text is there
bool lane_has(const struct lane *lane, int x, int y);
int lane_y(const struct lane *lane, size_t row); // -1: it is not seen
// Columns are counted from the sender's side.
int lane_column(const struct lane *lane, const struct tw_ladder_line *line, int from_sender);
enum tw_end lane_sender(const struct tw_ladder_line *line);
enum role lane_role(const struct seen *seen);
bool lane_is_steep(const struct lane *lane, const struct tw_ladder_line *line);
// From the sender's side: where it begins, where it is, and where a lost one's cross is: behind the
// tap, if known.
int lane_start_at(const struct lane *lane, const struct seen *seen);
int lane_tip_at(const struct lane *lane, const struct seen *seen);
int lane_lost_at(const struct lane *lane, const struct tw_ladder_line *line);
// On the row where it leaves the segment's label, on the row where it lands its head.
void lane_label(struct lane *lane, const struct seen *seen);
void lane_head(struct lane *lane, const struct seen *seen);
// All lines that are seen: between labels and heads, in cells that are free.
void lane_lines(struct lane *lane, const struct tw_story_segment *segments);
// A folded run, and where the capture was made.
void lane_run(struct lane *lane, size_t row, int y);
void lane_tap(struct lane *lane);
int lane_tap_at(const struct lane *lane); // its column; -1: not known

#endif
