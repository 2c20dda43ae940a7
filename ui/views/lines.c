// SPDX-License-Identifier: MIT
// The ladder's lines: from a label to where its segment lands they go down through the cells that
// nothing else needs, around the labels of other rows, and cross each other where they meet.
//
//     |-- FIN,ACK seq 1 ---.               |
//     |                    | .- FIN,ACK ---|
//     |           .--------'X'------------>|
//     |<----------'                        |
#include "lane.h"

#include <string.h>

enum {
    NEAR = 48,  // rows from its ends in which a long line is seen
    BESIDE = 4, // columns that a line leaves for the one beside it, at least
};

static enum glyph shaft_of(const struct tw_story_segment *segment) {
    return is_found(segment, TW_FINDING_DUPLICATE)        ? GLYPH_SHAFT_COPY
           : is_found(segment, TW_FINDING_RETRANSMISSION) ? GLYPH_SHAFT_AGAIN
           : is_found(segment, TW_FINDING_OUT_OF_ORDER)   ? GLYPH_SHAFT_LATE
                                                          : GLYPH_SHAFT;
}

// A line while it is drawn.
struct pen {
    struct lane *lane;
    const struct seen *seen;
    enum role role;
    enum glyph shaft;
    uint8_t kind;             // of its cells
    int cross_from, cross_to; // of the row: where it has met another line
};

static uint32_t joint(bool ascii, unsigned sides) {
    const unsigned across = sides & (JOIN_LEFT | JOIN_RIGHT);
    const bool corner = across == JOIN_LEFT || across == JOIN_RIGHT;
    if (ascii && corner && (sides & JOIN_DOWN) != 0)
        return '.';
    if (ascii && corner && (sides & JOIN_UP) != 0)
        return '\'';
    return glyph_joint(ascii, sides);
}

static void put_joint(struct pen *pen, int x, int y, unsigned sides) {
    const bool ascii = pen->lane->app->ascii, plain = sides == (JOIN_LEFT | JOIN_RIGHT);
    const uint32_t rune = pen->seen->flying ? glyph(ascii, GLYPH_TRAIL)
                          : plain           ? glyph(ascii, pen->shaft)
                                            : joint(ascii, sides);
    canvas_put(pen->lane->canvas, pen->lane->area, x, y, rune,
               pen->seen->flying ? ROLE_FAINT : pen->role);
}

static void put_cell(struct pen *pen, int x, int y, unsigned sides) {
    if (!lane_has(pen->lane, x, y))
        return;
    uint8_t *cell = &pen->lane->cells[y][x];
    if (*cell & CELL_TEXT)
        return;
    const bool plain = sides == (JOIN_LEFT | JOIN_RIGHT);
    if (*cell == 0 || *cell & CELL_STEEP) {
        *cell = (uint8_t)(pen->kind | sides);
        put_joint(pen, x, y, sides);
        return;
    }
    const bool crosses = ((*cell ^ pen->kind) & (CELL_LEFTWARD | CELL_LEVEL)) != 0;
    const bool stands = (*cell & CELL_SIDES) == (JOIN_UP | JOIN_DOWN);
    if (!crosses && !stands)
        return;
    if (stands || sides == (JOIN_UP | JOIN_DOWN)) {
        canvas_put(pen->lane->canvas, pen->lane->area, x, y,
                   glyph_joint(pen->lane->app->ascii, *cell | sides), pen->role);
        *cell = (uint8_t)(*cell | sides);
        return;
    }
    if (pen->cross_to < 0)
        pen->cross_from = x;
    pen->cross_to = x;
    if (!plain && (*cell & CELL_SIDES) == (JOIN_LEFT | JOIN_RIGHT)) {
        *cell = (uint8_t)(pen->kind | sides);
        put_joint(pen, x, y, sides);
    }
}

// From column `a` to column `b`, from the sender's side; `up`, `down`: it comes from the row above,
// goes on in the row below.
static void put_run(struct pen *pen, int y, int a, int b, bool up, bool down) {
    const struct tw_ladder_line *line = &pen->seen->line;
    const unsigned back = line->right ? JOIN_LEFT : JOIN_RIGHT;
    const unsigned ahead = line->right ? JOIN_RIGHT : JOIN_LEFT;
    pen->cross_from = pen->cross_to = -1;
    for (int at = a; at <= b; at++) {
        unsigned sides = (at > a || !up ? back : JOIN_UP) | (at < b || !down ? ahead : JOIN_DOWN);
        put_cell(pen, lane_column(pen->lane, line, at), y, sides);
    }
    if (pen->cross_to >= 0 && !pen->seen->flying) {
        const int x = (pen->cross_from + pen->cross_to) / 2;
        canvas_put(pen->lane->canvas, pen->lane->area, x, y,
                   glyph(pen->lane->app->ascii, GLYPH_CROSSING), pen->role);
    }
}

// A segment that was injected begins with a mark.
static void put_start(struct pen *pen, int at, int y) {
    const int x = lane_column(pen->lane, &pen->seen->line, at);
    canvas_put(pen->lane->canvas, pen->lane->area, x, y, glyph(pen->lane->app->ascii, GLYPH_MARK),
               pen->role);
    lane_block(pen->lane, x, y, 1, 0);
}

// Where a label is in its way the tip is seen beside it.
static void put_tip(struct pen *pen, int at, int y) {
    const struct tw_ladder_line *line = &pen->seen->line;
    const int x = lane_column(pen->lane, line, at), width = pen->lane->area.width;
    int beside = 0;
    while (beside < width && !lane_is_open(pen->lane, x - beside, y) &&
           !lane_is_open(pen->lane, x + beside, y))
        beside++;
    if (beside == width)
        return;
    canvas_put(pen->lane->canvas, pen->lane->area,
               lane_is_open(pen->lane, x - beside, y) ? x - beside : x + beside, y,
               glyph(pen->lane->app->ascii, line->right ? GLYPH_HEAD_RIGHT : GLYPH_HEAD_LEFT),
               ROLE_FLYING);
}

// The columns of its steps: as the line is, but beside the labels on the rows that it passes.
static void find_steps(const struct lane *lane, const struct tw_ladder_line *line,
                       int steps[LANE_STEPS]) {
    const int width = lane->area.width, most = width - 3;
    const enum tw_end near = lane_sender(line), far = tw_other(near);
    int least = 0;
    for (size_t j = 0; j < line->to - line->from; j++) {
        const int y = lane_y(lane, line->from + j), below = lane_y(lane, line->from + j + 1);
        int at = lane_column(lane, line, tw_ladder_bend(line, j, width)), end = most;
        if (at < least)
            at = least;
        if (j == 0 && y >= 0 && y < LANE_ROWS && at < lane->labels[y][near])
            at = lane->labels[y][near];
        if (below >= 0 && below < LANE_ROWS && at < lane->lines[below][near] + 2)
            at = lane->lines[below][near] + 2;
        if (below >= 0 && below < LANE_ROWS && at < lane->labels[below][near])
            at = lane->labels[below][near];
        at = lane_column(lane, line, tw_ladder_bend_from(line, lane_column(lane, line, at)));
        if (y >= 0 && y < LANE_ROWS && lane->labels[y][far] > 0)
            end = width - 1 - lane->labels[y][far];
        while (at > end && at - 4 >= least)
            at -= 4;
        at = at > most ? most : at;
        steps[j] = least = at > least ? at : least;
    }
}

static void draw_steps(struct pen *pen) {
    struct lane *lane = pen->lane;
    const struct seen *seen = pen->seen;
    const struct tw_ladder_line *line = &seen->line;
    const int last = lane->area.width - 1, tip = lane_tip_at(lane, seen);
    const int end = seen->lost && !seen->flying ? lane_lost_at(lane, line) : last;
    const size_t rows = line->to - line->from + 1;
    const enum tw_end near = lane_sender(line);
    int steps[LANE_STEPS], a = lane_start_at(lane, seen);
    find_steps(lane, line, steps);
    for (size_t j = 0; j < rows; j++) {
        const int y = lane_y(lane, line->from + j), b = j + 1 < rows ? steps[j] : end;
        const bool here = seen->flying && tip <= b;
        if (y >= 0 && j == 0 && seen->injected)
            put_start(pen, a, y);
        if (y >= 0)
            put_run(pen, y, a, here ? tip : b, j > 0, !here && j + 1 < rows);
        if (here && y >= 0)
            put_tip(pen, tip, y);
        if (here)
            return;
        if (y >= 0 && y < LANE_ROWS && b + BESIDE < last && lane->lines[y][near] < b)
            lane->lines[y][near] = b;
        a = b;
    }
}

// A line that goes down steeply: a mark on each row, near its ends.
static void draw_marks(struct pen *pen) {
    struct lane *lane = pen->lane;
    const struct seen *seen = pen->seen;
    const struct tw_ladder_line *line = &seen->line;
    const size_t rows = line->to - line->from + 1;
    const size_t tip = seen->flying ? (size_t)(seen->flown * (double)rows) : rows;
    const size_t first =
        (int64_t)line->from < lane->top ? (size_t)(lane->top - (int64_t)line->from) : 0;
    const int shaft = lane->area.width >= LANE_WIDE ? 2 : 1;
    for (size_t j = first; j < rows && j <= tip; j++) {
        const int y = lane_y(lane, line->from + j);
        if (y < 0)
            break;
        const int at = (int)(((double)j + 0.5) / (double)rows * (double)(lane->area.width - 1));
        const int x = lane_column(lane, line, at);
        if (j == tip) {
            put_tip(pen, at, y);
        } else if (j == 0) {
            put_run(pen, y, 0, shaft - 1, false, false);
        } else if ((j < NEAR || rows - j <= NEAR) && lane_is_free(lane, x, y)) {
            lane->cells[y][x] = (uint8_t)(pen->kind | CELL_STEEP);
            canvas_put(lane->canvas, lane->area, x, y,
                       glyph(lane->app->ascii, seen->flying  ? GLYPH_TRAIL
                                               : line->right ? GLYPH_DOWN_RIGHT
                                                             : GLYPH_DOWN_LEFT),
                       seen->flying ? ROLE_FAINT : pen->role);
        }
    }
}

static void draw_line(struct lane *lane, const struct seen *seen) {
    const size_t rows = seen->line.to - seen->line.from + 1;
    struct pen pen = {
        .lane = lane,
        .seen = seen,
        .role = lane_role(seen),
        .shaft = shaft_of(seen->segment),
        .kind = (uint8_t)((seen->line.right ? 0 : CELL_LEFTWARD) | (rows == 1 ? CELL_LEVEL : 0))};
    if (lane_is_steep(lane, &seen->line))
        draw_marks(&pen);
    else
        draw_steps(&pen);
}

// The latest first, so that those before it keep clear of it; then those that come from far above.
void lane_lines(struct lane *lane, const struct tw_story_segment *segments) {
    const struct tw_ladder *ladder = &lane->app->ladder;
    const int64_t count = (int64_t)ladder->row_count, bottom = lane->top + lane->area.height;
    const int64_t above = lane->top - NEAR > 0 ? lane->top - NEAR : 0;
    struct seen seen;
    for (int64_t row = (bottom < count ? bottom : count) - 1; row >= above; row--)
        if (ladder->rows[row].kind == TW_ROW_SEGMENT &&
            lane_see(lane->app, segments, (size_t)row, &seen) && (int64_t)seen.line.to >= lane->top)
            draw_line(lane, &seen);
    for (int64_t row = lane->top > 0 ? lane->top : 0; row < count && row < bottom + NEAR; row++)
        if (ladder->rows[row].kind != TW_ROW_SEGMENT &&
            lane_see(lane->app, segments, (size_t)row, &seen) && (int64_t)seen.line.from < above)
            draw_line(lane, &seen);
}
