// SPDX-License-Identifier: MIT
// What stands in the lane before lines do: labels beside their senders, heads where segments land,
// folded runs; and where the capture was made.
//
//     |-- FIN,ACK seq 1 ack 1         tap  |
//     |                                :   |
//     |                                   >|   while it flies: |........> FIN,ACK
//     |## 12 segments, 16.4 KiB ##########>|   lost: |-- SYN ---x
#include "lane.h"

#include "../format.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { MEETING = 20 }; // columns, for two labels and what crosses between them

void lane_init(struct lane *lane, const struct app *app, struct canvas *canvas, struct area area,
               int64_t top) {
    memset(lane, 0, sizeof *lane);
    lane->app = app;
    lane->canvas = canvas;
    lane->area = area;
    lane->top = top;
}

bool lane_has(const struct lane *lane, int x, int y) {
    return x >= 0 && x < lane->area.width && x < LANE_WIDTH && y >= 0 && y < lane->area.height &&
           y < LANE_ROWS;
}

void lane_block_end(struct lane *lane, enum tw_end end, int y, int width) {
    lane_block(lane, end == TW_CLIENT ? 0 : lane->area.width - width, y, width, 0);
    if (y < LANE_ROWS)
        lane->labels[y][end] = width;
}

bool lane_is_free(const struct lane *lane, int x, int y) {
    return lane_has(lane, x, y) && lane->cells[y][x] == 0;
}

// No text is there.
bool lane_is_open(const struct lane *lane, int x, int y) {
    return lane_has(lane, x, y) && (lane->cells[y][x] & CELL_TEXT) == 0;
}

void lane_block(struct lane *lane, int x, int y, int width, int gap) {
    for (int at = x - gap; at < x + width + gap; at++)
        if (lane_has(lane, at, y))
            lane->cells[y][at] = CELL_TEXT;
}

int lane_y(const struct lane *lane, size_t row) {
    int64_t y = (int64_t)row - lane->top;
    return y < 0 || y >= lane->area.height ? -1 : (int)y;
}

// Columns are counted from the sender's side.
int lane_column(const struct lane *lane, const struct tw_ladder_line *line, int from_sender) {
    return line->right ? from_sender : lane->area.width - 1 - from_sender;
}

enum tw_end lane_sender(const struct tw_ladder_line *line) {
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
    const struct tw_witness *witness = app->witness;
    const uint64_t packet = seen->segment->packet;
    seen->injected = witness != NULL && packet > 0 && packet <= witness->flight_count &&
                     witness->flights[packet - 1].left == TW_NO_TIME;
    return true;
}

enum role lane_role(const struct seen *seen) {
    return !seen->past ? ROLE_FAINT : seen->flying ? ROLE_FLYING : segment_role(seen->segment);
}

// --- Labels and heads

static const char *word_of(const struct tw_story_segment *segment) {
    static const char *const words[] = {
        [TW_FINDING_RETRANSMISSION] = N_("again"),  [TW_FINDING_DUPLICATE] = N_("captured twice"),
        [TW_FINDING_OUT_OF_ORDER] = N_("late"),     [TW_FINDING_GAP] = N_("gap"),
        [TW_FINDING_ACKED_UNSEEN] = N_("unseen"),   [TW_FINDING_CAPTURE_LOSS] = N_("capture lost"),
        [TW_FINDING_RST_REFUSED] = N_("refused"),   [TW_FINDING_CHALLENGE] = N_("challenged"),
        [TW_FINDING_KEEPALIVE] = N_("keepalive"),   [TW_FINDING_WINDOW_PROBE] = N_("probe"),
        [TW_FINDING_ZERO_WINDOW] = N_("full"),      [TW_FINDING_ODD] = N_("odd"),
        [TW_FINDING_CLOCK_BACK] = N_("clock back"), [TW_FINDING_OPTIONS] = N_("bad options"),
    };
    _Static_assert(TW_COUNT(words) == TW_FINDING_COUNT, "every finding has its word");
    static const enum tw_finding_kind first[] = {TW_FINDING_DUPLICATE, TW_FINDING_CAPTURE_LOSS,
                                                 TW_FINDING_KEEPALIVE, TW_FINDING_WINDOW_PROBE};
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
int lane_lost_at(const struct lane *lane, const struct tw_ladder_line *line) {
    const double tap = lane->app->ladder.tap;
    const int last = lane->area.width - 1, gap = lane->area.width < LANE_WIDE ? 2 : 4;
    if (tap < 0)
        return last - gap;
    const double from_sender = line->right ? tap : 1 - tap;
    const int at = (int)((from_sender + 1) / 2 * (double)last);
    return at < last - gap ? at : last - gap;
}

int lane_tap_at(const struct lane *lane) {
    const double tap = lane->app->ladder.tap;
    return tap < 0 ? -1 : 1 + (int)(tap * (double)(lane->area.width - 3) + 0.5);
}

int lane_start_at(const struct lane *lane, const struct seen *seen) {
    const int tap = seen->injected ? lane_tap_at(lane) : -1;
    return tap < 0 ? 0 : lane_column(lane, &seen->line, tap);
}

int lane_tip_at(const struct lane *lane, const struct seen *seen) {
    const int start = lane_start_at(lane, seen);
    return start + (int)(seen->flown * (double)(lane->area.width - 1 - start));
}

bool lane_is_steep(const struct lane *lane, const struct tw_ladder_line *line) {
    const size_t rows = line->to - line->from + 1;
    return rows * LEAST_STEP > (size_t)lane->area.width || rows > LANE_STEPS;
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
    const int y = lane_y(lane, line->from), width = lane->area.width;
    const bool wide = width >= LANE_WIDE, level = line->to == line->from;
    const bool meets = width >= MEETING && meets_another(lane, line); // then it is seen where
    const int shaft = !wide ? 1 : meets ? 2 : 3;
    const int start = lane_start_at(lane, seen), tip = lane_tip_at(lane, seen);
    const int cross = seen->lost && !seen->flying ? width - 1 - lane_lost_at(lane, line) : 0;
    const int most = width - 2 * shaft - start - cross;
    // A line that goes down needs a few columns to do so.
    int room = most;
    if (meets)
        room = width / 2 - shaft - 1 - start;
    else if (wide && !level)
        room -= 3 + (lane_is_steep(lane, line) ? 0 : LEAST_STEP * followed(lane, line));
    char text[LABEL_TEXT];
    if (y < 0 || most <= 0)
        return;
    int length = label_text(lane, seen, room, text), at = start + shaft;
    if (length > room)
        length = label_text(lane, seen, most, text);
    if (y < LANE_ROWS) // also while it flies, so that lines do not move with it
        lane->labels[y][lane_sender(line)] = at + (length < most ? length : most) + (wide ? 1 : 0);
    const double rows = lane_is_steep(lane, line) ? (double)(line->to - line->from + 1) : 0;
    if (seen->flying && tip < at + length + 1 && seen->flown * rows < 1) {
        // It goes with the tip, where there is more room.
        const int before = width - tip - 3, behind = tip - 1 - start;
        const int beside = before > behind ? before : behind;
        if (length > beside)
            length = label_text(lane, seen, beside, text);
        if (length > beside)
            return;
        at = before > behind ? tip + 2 : tip - 1 - length;
    } else if (length > most) {
        length = most;
    }
    const int x = line->right ? at : width - at - length;
    canvas_text_elided(lane->canvas, lane->area, x, y, length, text,
                       glyph(lane->app->ascii, GLYPH_ELLIPSIS), lane_role(seen));
    lane_block(lane, x, y, length, wide || seen->flying ? 1 : 0);
}

void lane_head(struct lane *lane, const struct seen *seen) {
    const struct tw_ladder_line *line = &seen->line;
    const int y = lane_y(lane, line->to);
    if (y < 0 || seen->flying)
        return;
    const int x =
        lane_column(lane, line, seen->lost ? lane_lost_at(lane, line) : lane->area.width - 1);
    const enum glyph head = seen->lost    ? GLYPH_LOST
                            : line->right ? GLYPH_HEAD_RIGHT
                                          : GLYPH_HEAD_LEFT;
    canvas_put(lane->canvas, lane->area, x, y, glyph(lane->app->ascii, head),
               seen->lost && seen->past ? ROLE_WARNING : lane_role(seen));
    lane_block(lane, x, y, 1, 0);
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
    const int width = lane->area.width, shaft = width >= LANE_WIDE ? 2 : 1,
              room = width - 2 * shaft;
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
        canvas_put(lane->canvas, lane->area, lane_column(lane, &line, at), y,
                   glyph(app->ascii, at < tip     ? GLYPH_SHAFT_RUN
                                     : line.right ? GLYPH_HEAD_RIGHT
                                                  : GLYPH_HEAD_LEFT),
                   flying && at == tip ? ROLE_FLYING : role);
    if (run->both)
        canvas_put(lane->canvas, lane->area, lane_column(lane, &line, 0), y,
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
    const int width = lane->area.width;
    const char *name = _("tap");
    const int length = canvas_text_width(name);
    if (lane->app->ladder.tap < 0 || width < LANE_WIDE)
        return;
    int x = lane_tap_at(lane), from = 0;
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
