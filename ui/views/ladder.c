// SPDX-License-Identifier: MIT
// The ladder: two lifelines, the segments between them, the states beside them.
//
//                                 |       tap                       | LISTEN
//     -0.000 041                  + connect(c, 10.9.0.2:443)        |
//      0.000 000        SYN-SENT  :-- SYN seq 0 win 64240 --.       |
//     ~0.011 203                  :        :                '------>| SYN-RECEIVED
//   > ~0.011 310                  :     .-- SYN,ACK seq 0 ack 1 ----|
//      0.022 871     ESTABLISHED  :<----'  :                        |
//      0.022 903                  + connect = 0 after 22.9 ms       |
//      0.022 950                  |## 12 segments, 16.4 KiB #######>|
#include "lane.h"

#include "../format.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum {
    NARROW = 70, // below there is no time, and less room for marks
    WIDE = 90,   // from there on the packets' numbers are there
    TIME_WIDTH = 12,
    PACKET_WIDTH = 9,
    STATE_WIDTH = 14,
    CALL_TEXT = 256,
};

// Columns of the parts.
struct columns {
    int packet, time;                // their last ones; 0: they are not there
    int client, left, right, server; // states end and begin here; the lifelines
};

static struct columns columns_of(int width) {
    bool narrow = width < NARROW;
    int state = narrow ? STATE_WIDTH - 1 : STATE_WIDTH;
    struct columns c = {.packet = width >= WIDE ? PACKET_WIDTH - 1 : 0};
    c.time = narrow ? 0 : c.packet + TIME_WIDTH;
    c.left = (narrow ? 0 : c.time + 1) + state + 1;
    c.right = width - state - 1;
    c.client = narrow ? c.left - 1 : c.left - 2;
    c.server = narrow ? c.right + 1 : c.right + 2;
    return c;
}

int64_t cursor_row(const struct app *app) {
    return (int64_t)ceil(app->playback.place) - 1;
}

// "TIME-WAIT?": the state beside its lifeline, with marks for what is assumed or corrected.
static void draw_state(const struct app *app, struct canvas *canvas, struct area area,
                       const struct columns *c, int y, const struct tw_ladder_step *step,
                       bool past) {
    char marks[3] = "";
    size_t count = 0;
    if (step->basis == TW_ASSUMED)
        marks[count++] = (char)glyph(app->ascii, GLYPH_ASSUMED);
    if (step->correction != NULL)
        marks[count++] = (char)glyph(app->ascii, GLYPH_CORRECTED);
    marks[count] = '\0';
    const char *name = tw_state_name(step->to);
    enum role role = past ? state_role(step->to) : ROLE_FAINT;
    int x = step->end == TW_CLIENT ? c->client + 1 - (int)(strlen(name) + count) : c->server;
    x = canvas_text(canvas, area, x, y, name, role);
    canvas_text(canvas, area, x, y, marks, past ? ROLE_WARNING : ROLE_FAINT);
}

// "connect = 0 after 20.1 ms" in at most `room` columns, if it can be said so short. A call that
// returns at once is told with its result, one that blocks without.
static void call_text(const struct tw_witness_call *call, const struct tw_ladder_row *row, int room,
                      char text[CALL_TEXT]) {
    char duration[FORMAT_TEXT];
    bool returns = row->kind == TW_ROW_RETURN;
    const char *result = row->blocks || call->result == NULL ? "" : call->result;
    const char *is = result[0] != '\0' ? " = " : "";
    int name = (int)strcspn(call->text, "(");
    int number = result[0] == '-' ? 0 : (int)strcspn(result, " ");
    const char *error = strchr(result, ' ');
    if (returns) {
        format_duration(tw_witness_blocked(call), duration);
        snprintf(text, CALL_TEXT, "%.*s = %s after %s", name, call->text, result, duration);
        if (canvas_text_width(text) > room)
            snprintf(text, CALL_TEXT, "%.*s = %s", name, call->text, result);
    } else {
        snprintf(text, CALL_TEXT, "%s%s%s", call->text, is, result);
        if (canvas_text_width(text) > room)
            snprintf(text, CALL_TEXT, "%.*s()%s%s", name, call->text, is, result);
    }
    if (canvas_text_width(text) > room && number > 0)
        snprintf(text, CALL_TEXT, "%.*s = %.*s", name, call->text, number, result);
    else if (canvas_text_width(text) > room && error != NULL)
        snprintf(text, CALL_TEXT, "%s", error + 1);
}

// A call, or its return, beside the lifeline of its end; its text grows into the free row.
static void draw_call(struct lane *lane, struct area area, const struct columns *c, int y,
                      const struct tw_ladder_row *row, bool past) {
    const struct app *app = lane->app;
    struct canvas *canvas = lane->canvas;
    bool client = row->end == TW_CLIENT;
    const struct tw_witness_call *call = &app->witness->calls[row->call];
    int gap = area.width < NARROW ? 0 : 1, room = c->right - c->left - 1 - 2 * gap;
    char text[CALL_TEXT];
    call_text(call, row, room, text);
    int width = canvas_text_width(text);
    if (width > room)
        width = room;
    enum role role = !past                              ? ROLE_FAINT
                     : call->error != 0 && !row->blocks ? ROLE_WARNING
                                                        : ROLE_WHY;
    unsigned side = client ? JOIN_RIGHT : JOIN_LEFT;
    canvas_put(canvas, area, client ? c->left : c->right, y,
               glyph_joint(app->ascii, JOIN_UP | JOIN_DOWN | side),
               past ? ROLE_KEY : ROLE_LIFELINE);
    const int at = client ? gap : room + gap - width;
    canvas_text_elided(canvas, lane->area, at, y, room, text, glyph(app->ascii, GLYPH_ELLIPSIS),
                       role);
    lane_block_end(lane, (enum tw_end)row->end, y, gap + width + 1);
}

// Between the dots lines go down.
static void draw_silence(struct lane *lane, int y, size_t row) {
    const struct tw_ladder_row *rows = lane->app->ladder.rows;
    const struct tw_ladder *ladder = &lane->app->ladder;
    char text[FORMAT_TEXT + 64], word[FORMAT_TEXT];
    // A silence is never the last row.
    if (row == ladder->dropped_at)
        dropped_text(ladder, text, sizeof text);
    else
        snprintf(text, sizeof text, _("%s of silence"),
                 format_duration(rows[row + 1].time - rows[row].time, word));
    // Where it has no room, how long it was.
    const bool fits = canvas_text_width(text) <= lane->area.width || row == ladder->dropped_at;
    const char *shown = fits ? text : word;
    const int width = canvas_text_width(shown), at = (lane->area.width - width) / 2;
    canvas_text(lane->canvas, lane->area, at, y, shown,
                row == ladder->dropped_at ? ROLE_WARNING : ROLE_FAINT);
    lane_block(lane, at, y, width, 1);
}

static void draw_dots(struct lane *lane, int y) {
    for (int x = 1; x < lane->area.width - 1; x += 2)
        if (lane_is_free(lane, x, y)) {
            canvas_put(lane->canvas, lane->area, x, y, glyph(lane->app->ascii, GLYPH_TRAIL),
                       ROLE_FAINT);
            lane_block(lane, x, y, 1, 0);
        }
}

// What stands beside the lifelines before anything has happened.
static void draw_beginning(const struct app *app, struct canvas *canvas, struct area area,
                           const struct columns *c, int y) {
    for (int end = 0; end < TW_END_COUNT; end++) {
        const struct tw_ladder_step *step = tw_ladder_state(&app->ladder, (enum tw_end)end, 0);
        if (step != NULL)
            draw_state(app, canvas, area, c, y, step, true);
    }
}

static void draw_lifelines(const struct app *app, struct canvas *canvas, struct area area,
                           const struct columns *c, int y, unsigned blocked) {
    for (unsigned end = 0; end < TW_END_COUNT; end++)
        canvas_put(canvas, area, end == TW_CLIENT ? c->left : c->right, y,
                   glyph(app->ascii, blocked & 1U << end ? GLYPH_BLOCKED : GLYPH_LIFELINE),
                   ROLE_LIFELINE);
}

// A row's time by the clock of the ends. When a segment left is an estimate, too, where that is not
// what the capture says, as far from its first segment; nothing is where a witness knows. `row` -1:
// the beginning. False: it is not known.
static bool time_of(const struct app *app, const struct tw_story_segment *segments, int64_t row,
                    tw_time *time, bool *estimated) {
    const struct tw_ladder *ladder = &app->ladder;
    const struct tw_ladder_row *at = &ladder->rows[row < 0 ? 0 : row];
    const bool sent = at->kind == TW_ROW_SEGMENT || at->kind == TW_ROW_RUN;
    const bool captured =
        sent && at->time - ladder->zero == segments[at->segment].time - segments[0].time;
    *time = at->time;
    *estimated = !captured && !at->known && at->segment != TW_NO_SEGMENT;
    return at->step == TW_NONE || ladder->steps[at->step].timed;
}

static void draw_time(const struct app *app, struct canvas *canvas, struct area area,
                      const struct columns *c, int y, size_t index,
                      const struct tw_story_segment *segments) {
    const struct tw_ladder_row *row = &app->ladder.rows[index];
    const bool past = app->playback.place > (double)index;
    const bool sent = row->kind == TW_ROW_SEGMENT || row->kind == TW_ROW_RUN;
    const bool landed = row->kind == TW_ROW_CHANGE || row->kind == TW_ROW_LANDING;
    const enum role role = past && !landed ? ROLE_TEXT : ROLE_FAINT;
    char text[FORMAT_TEXT + 1];
    tw_time time;
    bool estimated;
    if (c->time == 0)
        return;
    const bool known = time_of(app, segments, (int64_t)index, &time, &estimated);
    time -= app->ladder.zero;
    format_seconds(time, text);
    if (canvas_text_width(text) > TIME_WIDTH) { // days: none of its digits is left out
        text[0] = '-';
        format_duration(time < 0 ? -time : time, text + (time < 0));
    }
    canvas_text_right(canvas, area, c->time, y, known ? text : "?", role);
    if (estimated)
        canvas_put(canvas, area, c->time - canvas_text_width(text), y, '~', role);
    if (!sent)
        return;
    const struct tw_story_segment *segment = &segments[row->segment];
    const bool copies = row->kind == TW_ROW_RUN && app->ladder.runs[row->run].copies > 0;
    if (segment->findings != 0 || copies)
        canvas_put(canvas, area, c->time + 1, y, glyph(app->ascii, GLYPH_FOUND),
                   past ? ROLE_WARNING : ROLE_FAINT);
    if (c->packet > 0) {
        snprintf(text, sizeof text, "%" PRIu64, segment->packet);
        canvas_text_right(canvas, area, c->packet, y, text, ROLE_FAINT);
    }
}

// From the row that is measured from to the cursor's, with the time between them.
static void draw_measure(const struct app *app, struct canvas *canvas, struct area area,
                         const struct columns *c, int64_t top,
                         const struct tw_story_segment *segments) {
    const int64_t from = (int64_t)ceil(app->measured_from) - 1, to = cursor_row(app);
    tw_time begin, end;
    bool estimated[2];
    if (!app->measuring || app->ladder.row_count == 0)
        return;
    const int64_t first = from < to ? from : to, last = from < to ? to : from;
    for (int y = 0; y < area.height; y++) {
        const int64_t row = top + y;
        if (row >= first && row <= last && row != to)
            canvas_put(canvas, area, 0, y,
                       glyph(app->ascii, row == from ? GLYPH_MARK : GLYPH_LIFELINE), ROLE_KEY);
    }
    if (to < top || to - top >= area.height ||
        !time_of(app, segments, from, &begin, &estimated[0]) ||
        !time_of(app, segments, to, &end, &estimated[1]))
        return;
    const int y = (int)(to - top), step = to >= 0 ? app->ladder.rows[to].step : TW_NONE;
    const bool about = estimated[0] || estimated[1];
    char text[FORMAT_TEXT + 4], time[FORMAT_TEXT];
    if (c->time > 0) {
        format_seconds(end - begin, time);
        snprintf(text, sizeof text, "%s%s%s", about ? "~" : "", end >= begin ? "+" : "", time);
        for (int x = c->packet + 1; x <= c->time; x++)
            canvas_put(canvas, area, x, y, ' ', ROLE_TEXT);
        canvas_text_right(canvas, area, c->time, y, text, ROLE_KEY);
        return;
    }
    format_duration(end >= begin ? end - begin : begin - end, time);
    snprintf(text, sizeof text, "%s%s%s", about ? "~" : "", end >= begin ? "+" : "-", time);
    const bool taken = step != TW_NONE && app->ladder.steps[step].end == TW_CLIENT;
    canvas_text(canvas, area, taken ? c->server : 1, y, text, ROLE_KEY);
}

static void draw_row(struct lane *lane, struct area area, const struct columns *c, int y,
                     size_t index, const struct tw_story_segment *segments) {
    const struct app *app = lane->app;
    const struct tw_ladder *ladder = &app->ladder;
    const struct tw_ladder_row *row = &ladder->rows[index];
    const bool past = app->playback.place > (double)index;
    struct seen seen;
    if (row->kind == TW_ROW_SILENCE) {
        draw_silence(lane, y, index);
        return;
    }
    draw_time(app, lane->canvas, area, c, y, index, segments);
    if (row->kind == TW_ROW_CALL || row->kind == TW_ROW_RETURN)
        draw_call(lane, area, c, y, row, past);
    else if (row->kind == TW_ROW_RUN)
        lane_run(lane, index, y);
    else if (lane_see(app, segments, index, &seen)) {
        if (index == seen.line.to)
            lane_head(lane, &seen);
        if (index == seen.line.from)
            lane_label(lane, &seen);
    }
    if (row->step != TW_NONE)
        draw_state(app, lane->canvas, area, c, y, &ladder->steps[row->step], past);
}

// What the story could not keep is said first.
static void draw_dropped(const struct app *app, struct canvas *canvas, struct area area) {
    const struct tw_ladder *ladder = &app->ladder;
    const struct tw_end_info *end = ladder->info.end;
    char text[2 * FORMAT_TEXT + 160], gone[FORMAT_TEXT], all[FORMAT_TEXT];
    snprintf(text, sizeof text, _("%s of %s segments were not kept: arrows are missing"),
             format_count(ladder->segments_dropped, gone),
             format_count(end[TW_CLIENT].packets + end[TW_SERVER].packets, all));
    if (canvas_text_width(text) + 1 > area.width)
        dropped_text(ladder, text, sizeof text);
    canvas_text(canvas, area, 1, 0, text, ROLE_WARNING);
}

void draw_ladder(const struct app *app, struct canvas *canvas, struct area area) {
    const struct tw_ladder *ladder = &app->ladder;
    if (ladder->segments_dropped > 0) {
        draw_dropped(app, canvas, area);
        area.y++;
        area.height--;
    }
    const struct columns c = columns_of(area.width);
    size_t count;
    const struct tw_story_segment *segments = tw_story_segments(ladder->connection, &count);
    // Line 0 is the beginning, row r is line r + 1. The cursor stays in the lower third.
    int64_t lines = (int64_t)ladder->row_count + 1, height = area.height;
    const bool more = ladder->segments_dropped > 0 && ladder->dropped_at == ladder->row_count;
    int64_t all = lines + more;
    int64_t cursor = cursor_row(app) + 1, top = cursor - height * 2 / 3;
    if (top > all - height)
        top = all - height;
    if (top < 0)
        top = 0;
    struct lane lane;
    lane_init(&lane, app, canvas,
              (struct area){area.x + c.left + 1, area.y, c.right - c.left - 1, area.height},
              top - 1);
    for (int y = 0; y < area.height; y++) {
        int64_t line = top + y;
        bool is_row = line > 0 && line < lines;
        draw_lifelines(app, canvas, area, &c, y, is_row ? ladder->rows[line - 1].blocked : 0);
        if (line == 0)
            draw_beginning(app, canvas, area, &c, y);
        else if (is_row)
            draw_row(&lane, area, &c, y, (size_t)line - 1, segments);
        else if (line == lines && more) {
            const char *text = _("and more, not shown");
            canvas_text(canvas, area, c.left + 2, y, text, ROLE_WARNING);
            lane_block(&lane, 1, y, canvas_text_width(text), 1);
        }
        if (line == cursor)
            canvas_put(canvas, area, 0, y, glyph(app->ascii, GLYPH_CURSOR), ROLE_KEY);
        if (line < lines)
            canvas_target(canvas, area, 0, y, area.width, TARGET_PLACE, (uint32_t)line);
    }
    lane_lines(&lane, segments);
    for (int y = 0; y < area.height; y++) {
        int64_t row = top - 1 + y;
        if (row >= 0 && row + 1 < lines && ladder->rows[row].kind == TW_ROW_SILENCE)
            draw_dots(&lane, y);
    }
    lane_tap(&lane);
    draw_measure(app, canvas, area, &c, top - 1, segments);
}
