// SPDX-License-Identifier: MIT
// The ladder's lines: a segment's label stands beside its sender, its head where it lands, and
// between them its line goes down through cells that nothing else needs.
//
//     |-- FIN,ACK seq 1 ack 1 ---.         |
//     |              .-- FIN,ACK '-. ------|   while it flies: |........> FIN,ACK
//     |<-------------'             '------>|   lost: |-- SYN ---x
#include "lane.h"

#include "../format.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

// A cell: the sides that a line joins (JOIN_...), and
enum {
    SIDES = 15,
    LEFTWARD = 16, // the line goes to the left
    LEVEL = 32,    // it does not go down
    TEXT = 64,     // a label or a head, or the room around it
    STEEP = 128,   // a mark of a steep line
};
enum {
    WIDE = 32,      // a lane from there on has room around its labels
    LEAST_STEP = 4, // columns a row; a line that makes fewer is drawn as marks
    NEAR = 48,      // rows from its ends in which a long line is seen
    STEPS = LANE_WIDTH / LEAST_STEP,
    BESIDE = 4, // columns that a line leaves for the one beside it, at least
};

void lane_init(struct lane *lane, const struct app *app, struct canvas *canvas, struct area area,
               int64_t top) {
    memset(lane, 0, sizeof *lane);
    lane->app = app;
    lane->canvas = canvas;
    lane->area = area;
    lane->top = top;
}

static bool is_inside(const struct lane *lane, int x, int y) {
    return x >= 0 && x < lane->area.width && x < LANE_WIDTH && y >= 0 && y < lane->area.height &&
           y < LANE_ROWS;
}

void lane_block_end(struct lane *lane, enum tw_end end, int y, int width) {
    lane_block(lane, end == TW_CLIENT ? 0 : lane->area.width - width, y, width, 0);
    if (y < LANE_ROWS)
        lane->labels[y][end] = width;
}

bool lane_is_free(const struct lane *lane, int x, int y) {
    return is_inside(lane, x, y) && lane->cells[y][x] == 0;
}

// No text is there.
static bool is_open(const struct lane *lane, int x, int y) {
    return is_inside(lane, x, y) && (lane->cells[y][x] & TEXT) == 0;
}

void lane_block(struct lane *lane, int x, int y, int width, int gap) {
    for (int at = x - gap; at < x + width + gap; at++)
        if (is_inside(lane, at, y))
            lane->cells[y][at] = TEXT;
}

static int row_y(const struct lane *lane, size_t row) {
    int64_t y = (int64_t)row - lane->top;
    return y < 0 || y >= lane->area.height ? -1 : (int)y;
}

// Columns are counted from the sender's side.
static int column(const struct lane *lane, const struct tw_ladder_line *line, int from_sender) {
    return line->right ? from_sender : lane->area.width - 1 - from_sender;
}

static enum tw_end sender_of(const struct tw_ladder_line *line) {
    return line->right ? TW_CLIENT : TW_SERVER;
}

// How far the segment has come on the wire of the lab.
static double on_the_wire(const struct app *app, const struct tw_story_segment *segment) {
    static const double almost = 0.99; // it has not landed
    const struct tw_lab_view *view = &app->lab.view;
    tw_time left = app->witness->flights[segment->packet - 1].left;
    for (size_t i = 0; app->lab.hooks != NULL && i < view->flight_count; i++) {
        const struct tw_flight *flight = &view->flights[i];
        const struct tw_segment *s = &flight->segment;
        if (left == (flight->injected ? TW_NO_TIME : flight->left) && s->seq == segment->seq &&
            s->ack == segment->ack && s->flags == segment->flags)
            return flight->at < almost ? flight->at : almost;
    }
    return almost;
}

bool lane_see(const struct app *app, const struct tw_story_segment *segments, size_t row,
              struct seen *seen) {
    const struct tw_ladder *ladder = &app->ladder;
    *seen = (struct seen){.flown = 0};
    if (!tw_ladder_line(ladder, row, &seen->line))
        return false;
    const struct tw_ladder_row *from = &ladder->rows[seen->line.from];
    seen->segment = &segments[from->segment];
    seen->flown = tw_ladder_flown(ladder, seen->line.from, app->playback.place);
    seen->past = app->playback.place > (double)seen->line.from;
    seen->lost = from->lost;
    if (from->lost) { // when the ladder was laid out; the lab may have gone on
        const struct tw_witness_flight *flight = &app->witness->flights[seen->segment->packet - 1];
        seen->lost = flight->landed == TW_NO_TIME && !flight->flying;
        if (flight->flying)
            seen->flown = on_the_wire(app, seen->segment);
    }
    seen->flying = seen->past && seen->flown < 1;
    return true;
}

static enum role role_of(const struct seen *seen) {
    return !seen->past ? ROLE_FAINT : seen->flying ? ROLE_FLYING : segment_role(seen->segment);
}

static bool is_found(const struct tw_story_segment *segment, enum tw_finding_kind finding) {
    return (segment->findings >> finding & 1) != 0;
}

static enum glyph shaft_of(const struct tw_story_segment *segment) {
    return is_found(segment, TW_FINDING_DUPLICATE)        ? GLYPH_SHAFT_COPY
           : is_found(segment, TW_FINDING_RETRANSMISSION) ? GLYPH_SHAFT_AGAIN
           : is_found(segment, TW_FINDING_OUT_OF_ORDER)   ? GLYPH_SHAFT_LATE
                                                          : GLYPH_SHAFT;
}

// --- Labels and heads

static const char *word_of(const struct tw_story_segment *segment) {
    static const char *const words[] = {
        [TW_FINDING_RETRANSMISSION] = N_("again"),
        [TW_FINDING_DUPLICATE] = N_("captured twice"),
        [TW_FINDING_OUT_OF_ORDER] = N_("late"),
        [TW_FINDING_GAP] = N_("gap"),
        [TW_FINDING_ACKED_UNSEEN] = N_("unseen"),
        [TW_FINDING_RST_REFUSED] = N_("refused"),
        [TW_FINDING_CHALLENGE] = N_("challenged"),
        [TW_FINDING_KEEPALIVE] = N_("keepalive"),
        [TW_FINDING_WINDOW_PROBE] = N_("probe"),
        [TW_FINDING_ZERO_WINDOW] = N_("full"),
        [TW_FINDING_ODD] = N_("odd"),
        [TW_FINDING_CLOCK_BACK] = N_("clock back"),
        [TW_FINDING_OPTIONS] = N_("bad options"),
    };
    _Static_assert(TW_COUNT(words) == TW_FINDING_COUNT, "every finding has its word");
    static const enum tw_finding_kind first[] = {TW_FINDING_DUPLICATE, TW_FINDING_KEEPALIVE,
                                                 TW_FINDING_WINDOW_PROBE};
    for (size_t i = 0; i < TW_COUNT(first); i++) // they say more than what comes with them
        if (is_found(segment, first[i]))
            return _(words[first[i]]);
    for (unsigned i = 0; i < TW_FINDING_COUNT; i++)
        if (is_found(segment, (enum tw_finding_kind)i))
            return _(words[i]);
    return NULL;
}

enum { LABEL_TEXT = SEGMENT_TEXT + 64 };

// The segment and, where there is room for both, what was found about it.
static int label_text(const struct lane *lane, const struct seen *seen, int room,
                      char text[LABEL_TEXT]) {
    char what[SEGMENT_TEXT];
    const char *word = word_of(seen->segment);
    const int more = word != NULL ? canvas_text_width(word) + 3 : 0;
    const struct tw_ladder *ladder = &lane->app->ladder;
    segment_text(ladder, seen->segment, room, text);
    const bool numbered = strstr(text, " seq ") != NULL; // which says more than the word
    segment_text(ladder, seen->segment, room - more, what);
    if (word != NULL && canvas_text_width(what) + more <= room &&
        (!numbered || strstr(what, " seq ") != NULL))
        snprintf(text, LABEL_TEXT, "%s (%s)", what, word);
    return canvas_text_width(text);
}

// The column of the cross of a lost segment, from its sender: behind the tap, where that is known.
static int lost_at(const struct lane *lane, const struct tw_ladder_line *line) {
    const double tap = lane->app->ladder.tap;
    const int last = lane->area.width - 1, gap = lane->area.width < WIDE ? 2 : 4;
    if (tap < 0)
        return last - gap;
    const double from_sender = line->right ? tap : 1 - tap;
    const int at = (int)((from_sender + 1) / 2 * (double)last);
    return at < last - gap ? at : last - gap;
}

static int tip_of(const struct lane *lane, const struct seen *seen) {
    return (int)(seen->flown * (double)(lane->area.width - 1));
}

static bool is_steep(const struct lane *lane, const struct tw_ladder_line *line) {
    const size_t rows = line->to - line->from + 1;
    return rows * LEAST_STEP > (size_t)lane->area.width || rows > STEPS;
}

// Whether another one meets it near to where it leaves: what the other end sends meanwhile, or what
// lands here.
static bool meets_another(const struct lane *lane, const struct tw_ladder_line *line) {
    enum { SHORT = 4 }; // rows; a longer one has more room
    const struct tw_ladder *ladder = &lane->app->ladder;
    struct tw_ladder_line other;
    if (line->to - line->from > SHORT)
        return false;
    for (size_t row = line->from + 1; row <= line->to; row++)
        if (tw_ladder_line(ladder, row, &other) && other.right != line->right)
            return true;
    return false;
}

// How many of the same end's are on their way when it leaves: they step down beyond it.
static int followed(const struct lane *lane, const struct tw_ladder_line *line) {
    enum { MOST = 2, BACK = 6 };
    const struct tw_ladder *ladder = &lane->app->ladder;
    struct tw_ladder_line other;
    int count = 0;
    for (size_t row = line->from; row > 0 && line->from - row < BACK && count < MOST; row--)
        if (ladder->rows[row - 1].kind == TW_ROW_SEGMENT &&
            tw_ladder_line(ladder, row - 1, &other) && other.right == line->right &&
            other.to > line->from)
            count++;
    return count;
}

void lane_label(struct lane *lane, const struct seen *seen) {
    const struct tw_ladder_line *line = &seen->line;
    const int y = row_y(lane, line->from), width = lane->area.width;
    const bool wide = width >= WIDE, level = line->to == line->from;
    const bool meets = wide && meets_another(lane, line); // then it is seen where
    const int shaft = meets ? 2 : wide ? 3 : 1;
    // A line that goes down needs a few columns to do so, and a lost one a cross.
    const int end = seen->lost && !seen->flying ? width - 1 - lost_at(lane, line) : 0;
    int room = width - 2 * shaft;
    if (wide && !level)
        room -= 3 + (is_steep(lane, line) ? 0 : LEAST_STEP * followed(lane, line));
    if (meets)
        room = width / 2 - shaft - 1;
    char text[LABEL_TEXT];
    if (y < 0)
        return;
    if (end > 0 && label_text(lane, seen, room - end, text) > room - end)
        return;
    int length = label_text(lane, seen, room - end, text), at = shaft;
    const int tip = tip_of(lane, seen);
    if (seen->flying && tip < at + length + 1) { // it goes with the tip, where there is more room
        const int before = width - tip - 3, behind = tip - 1;
        length = label_text(lane, seen, before > behind ? before : behind, text);
        at = before > behind ? tip + 2 : tip - 1 - length;
        if (length > (before > behind ? before : behind))
            return;
    }
    const int x = line->right ? at : width - at - length;
    canvas_text(lane->canvas, lane->area, x, y, text, role_of(seen));
    lane_block(lane, x, y, length, wide || seen->flying ? 1 : 0);
    if (y < LANE_ROWS)
        lane->labels[y][sender_of(line)] = at + length + (wide ? 1 : 0);
}

void lane_head(struct lane *lane, const struct seen *seen) {
    const struct tw_ladder_line *line = &seen->line;
    const int y = row_y(lane, line->to);
    if (y < 0 || seen->flying)
        return;
    const int x = column(lane, line, seen->lost ? lost_at(lane, line) : lane->area.width - 1);
    const enum glyph head = seen->lost    ? GLYPH_LOST
                            : line->right ? GLYPH_HEAD_RIGHT
                                          : GLYPH_HEAD_LEFT;
    canvas_put(lane->canvas, lane->area, x, y, glyph(lane->app->ascii, head),
               seen->lost && seen->past ? ROLE_WARNING : role_of(seen));
    lane_block(lane, x, y, 1, 0);
}

// --- Lines

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
    if (!is_inside(pen->lane, x, y))
        return;
    uint8_t *cell = &pen->lane->cells[y][x];
    if (*cell & TEXT)
        return;
    const bool plain = sides == (JOIN_LEFT | JOIN_RIGHT);
    if (*cell == 0 || *cell & STEEP) {
        *cell = (uint8_t)(pen->kind | sides);
        put_joint(pen, x, y, sides);
        return;
    }
    const bool crosses = ((*cell ^ pen->kind) & (LEFTWARD | LEVEL)) != 0;
    const bool stands = (*cell & SIDES) == (JOIN_UP | JOIN_DOWN);
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
    if (!plain && (*cell & SIDES) == (JOIN_LEFT | JOIN_RIGHT)) {
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
        put_cell(pen, column(pen->lane, line, at), y, sides);
    }
    if (pen->cross_to >= 0 && !pen->seen->flying) {
        const int x = (pen->cross_from + pen->cross_to) / 2;
        canvas_put(pen->lane->canvas, pen->lane->area, x, y,
                   glyph(pen->lane->app->ascii, GLYPH_CROSSING), pen->role);
    }
}

// Where a label is in its way the tip is seen beside it.
static void put_tip(struct pen *pen, int at, int y) {
    const struct tw_ladder_line *line = &pen->seen->line;
    const int x = column(pen->lane, line, at), width = pen->lane->area.width;
    int beside = 0;
    while (beside < width && !is_open(pen->lane, x - beside, y) &&
           !is_open(pen->lane, x + beside, y))
        beside++;
    if (beside == width)
        return;
    canvas_put(pen->lane->canvas, pen->lane->area,
               is_open(pen->lane, x - beside, y) ? x - beside : x + beside, y,
               glyph(pen->lane->app->ascii, line->right ? GLYPH_HEAD_RIGHT : GLYPH_HEAD_LEFT),
               ROLE_FLYING);
}

// The columns of its steps: as the line is, but beside the labels on the rows that it passes.
static void find_steps(const struct lane *lane, const struct tw_ladder_line *line,
                       int steps[STEPS]) {
    const int width = lane->area.width, most = width - 3;
    const enum tw_end near = sender_of(line), far = tw_other(near);
    int least = 0;
    for (size_t j = 0; j < line->to - line->from; j++) {
        const int y = row_y(lane, line->from + j), below = row_y(lane, line->from + j + 1);
        int at = column(lane, line, tw_ladder_bend(line, j, width)), end = most;
        if (at < least)
            at = least;
        if (j == 0 && y >= 0 && y < LANE_ROWS && at < lane->labels[y][near])
            at = lane->labels[y][near];
        if (below >= 0 && below < LANE_ROWS && at < lane->lines[below][near] + 2)
            at = lane->lines[below][near] + 2;
        if (below >= 0 && below < LANE_ROWS && at < lane->labels[below][near])
            at = lane->labels[below][near];
        at = column(lane, line, tw_ladder_bend_from(line, column(lane, line, at)));
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
    const int last = lane->area.width - 1, tip = tip_of(lane, seen);
    const int end = seen->lost && !seen->flying ? lost_at(lane, line) : last;
    const size_t rows = line->to - line->from + 1;
    const enum tw_end near = sender_of(line);
    int steps[STEPS], a = 0;
    find_steps(lane, line, steps);
    for (size_t j = 0; j < rows; j++) {
        const int y = row_y(lane, line->from + j), b = j + 1 < rows ? steps[j] : end;
        const bool here = seen->flying && tip <= b;
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
    const int shaft = lane->area.width >= WIDE ? 2 : 1;
    for (size_t j = first; j < rows && j <= tip; j++) {
        const int y = row_y(lane, line->from + j);
        if (y < 0)
            break;
        const int at = (int)(((double)j + 0.5) / (double)rows * (double)(lane->area.width - 1));
        const int x = column(lane, line, at);
        if (j == tip) {
            put_tip(pen, at, y);
        } else if (j == 0) {
            put_run(pen, y, 0, shaft - 1, false, false);
        } else if ((j < NEAR || rows - j <= NEAR) && lane_is_free(lane, x, y)) {
            lane->cells[y][x] = (uint8_t)(pen->kind | STEEP);
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
    struct pen pen = {.lane = lane,
                      .seen = seen,
                      .role = role_of(seen),
                      .shaft = shaft_of(seen->segment),
                      .kind =
                          (uint8_t)((seen->line.right ? 0 : LEFTWARD) | (rows == 1 ? LEVEL : 0))};
    if (is_steep(lane, &seen->line))
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

// --- Runs of data, and the tap

static void number(uint32_t value, char text[FORMAT_TEXT]) {
    snprintf(text, FORMAT_TEXT, "%" PRIu32, value);
}

// In at most `room` columns what a run holds.
static int run_text(const struct lane *lane, const struct tw_ladder_run *run, int room,
                    char text[LABEL_TEXT]) {
    const struct tw_ladder *ladder = &lane->app->ladder;
    const struct tw_story_segment first = {
        .seq = run->begin, .ack = run->begin, .sender = run->sender};
    const struct tw_story_segment last = {
        .seq = run->end - 1, .ack = run->end, .sender = run->sender};
    char count[FORMAT_TEXT], acks[FORMAT_TEXT], copies[FORMAT_TEXT], octets[FORMAT_TEXT],
        from[FORMAT_TEXT], to[FORMAT_TEXT];
    format_count(run->data, count);
    format_count(run->acks, acks);
    format_count(run->copies, copies);
    format_octets(run->octets, octets);
    const bool data = run->data > 0;
    number(data ? tw_ladder_seq(ladder, &first) : tw_ladder_ack(ladder, &first), from);
    number(data ? tw_ladder_seq(ladder, &last) : tw_ladder_ack(ladder, &last), to);
    for (int form = run->both ? 3 : 0; form < 5; form++) {
        if (data && form == 0 && run->copies > 0)
            snprintf(text, LABEL_TEXT, _("%s segments, %s, seq %s-%s, ACKs: %s, copies: %s"), count,
                     octets, from, to, acks, copies);
        else if (!data && form == 0)
            snprintf(text, LABEL_TEXT, n_("%s ACK, ack %s-%s", "%s ACKs, ack %s-%s", run->acks),
                     acks, from, to);
        else if (!data)
            snprintf(text, LABEL_TEXT, n_("%s ACK", "%s ACKs", run->acks), acks);
        else if (form == 0 && run->acks > 0)
            snprintf(text, LABEL_TEXT,
                     n_("%s segments, %s, seq %s-%s, %s ACK", "%s segments, %s, seq %s-%s, %s ACKs",
                        run->acks),
                     count, octets, from, to, acks);
        else if (form <= 1)
            snprintf(text, LABEL_TEXT,
                     n_("%s segment, %s, seq %s-%s", "%s segments, %s, seq %s-%s", run->data),
                     count, octets, from, to);
        else if (form == 2)
            snprintf(text, LABEL_TEXT, _("%s seg., %s, seq %s-%s"), count, octets, from, to);
        else if (form == 3)
            snprintf(text, LABEL_TEXT, n_("%s segment, %s", "%s segments, %s", run->data), count,
                     octets);
        else
            snprintf(text, LABEL_TEXT, n_("%s segment", "%s segments", run->data), count);
        if (canvas_text_width(text) <= room)
            return canvas_text_width(text);
    }
    snprintf(text, LABEL_TEXT, "%s", data ? count : acks);
    return canvas_text_width(text);
}

void lane_run(struct lane *lane, size_t row, int y) {
    const struct app *app = lane->app;
    const struct tw_ladder_run *run = &app->ladder.runs[app->ladder.rows[row].run];
    const double flown = tw_ladder_flown(&app->ladder, row, app->playback.place);
    const bool past = flown > 0, flying = past && flown < 1;
    const struct tw_ladder_line line = {row, row, run->sender == TW_CLIENT};
    const int width = lane->area.width, shaft = width >= WIDE ? 2 : 1, room = width - 2 * shaft;
    const enum role role = !past ? ROLE_FAINT : run->data > 0 ? ROLE_SEGMENT_DATA : ROLE_SEGMENT;
    const int tip = flying ? (int)(flown * (double)(width - 1)) : width - 1;
    char text[LABEL_TEXT], told[FORMAT_TEXT], all[FORMAT_TEXT];
    int length = run_text(lane, run, room, text);
    if (flying) { // how far it is
        format_count(tw_ladder_run_told(&app->ladder, row, app->playback.place), told);
        format_count((uint64_t)run->last - run->first + 1, all);
        snprintf(text, sizeof text, _("%s of %s segments"), told, all);
        if (canvas_text_width(text) > room)
            snprintf(text, sizeof text, "%s/%s", told, all);
        length = canvas_text_width(text);
    }
    for (int at = 0; at <= tip; at++)
        canvas_put(lane->canvas, lane->area, column(lane, &line, at), y,
                   glyph(app->ascii, at < tip     ? GLYPH_SHAFT_RUN
                                     : line.right ? GLYPH_HEAD_RIGHT
                                                  : GLYPH_HEAD_LEFT),
                   flying && at == tip ? ROLE_FLYING : role);
    if (run->both)
        canvas_put(lane->canvas, lane->area, column(lane, &line, 0), y,
                   glyph(app->ascii, line.right ? GLYPH_HEAD_LEFT : GLYPH_HEAD_RIGHT), role);
    lane_block(lane, 0, y, width, 0);
    if (length > room)
        return;
    const int x = line.right ? shaft : width - shaft - length;
    for (int gap = -1; shaft > 1 && gap <= 1; gap += 2)
        canvas_put(lane->canvas, lane->area, gap < 0 ? x - 1 : x + length, y, ' ', role);
    canvas_text(lane->canvas, lane->area, x, y, text, role);
}

void lane_tap(struct lane *lane) {
    const double tap = lane->app->ladder.tap;
    const int width = lane->area.width;
    const char *name = _("tap");
    const int length = canvas_text_width(name);
    if (tap < 0 || width < WIDE)
        return;
    int x = 1 + (int)(tap * (double)(width - 3) + 0.5), from = 0;
    int left = x - length / 2;
    left = left < 1 ? 1 : left > width - 1 - length ? width - 1 - length : left;
    for (int y = 0; y < 3 && from == 0; y++) { // its name stands where nothing else is
        bool empty = true;
        for (int at = left - 1; at <= left + length; at++)
            empty = empty && lane_is_free(lane, at, y);
        if (!empty)
            continue;
        canvas_text(lane->canvas, lane->area, left, y, name, ROLE_FAINT);
        lane_block(lane, left, y, length, 0);
        from = y + 1;
    }
    for (int y = from; y < lane->area.height; y++)
        if (lane_is_free(lane, x, y))
            canvas_put(lane->canvas, lane->area, x, y, glyph(lane->app->ascii, GLYPH_TAP),
                       ROLE_FAINT);
}
