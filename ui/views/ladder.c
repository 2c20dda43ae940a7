// SPDX-License-Identifier: MIT
// The ladder: two lifelines, the segments between them, the states beside them.
//
//                                 |                                 | LISTEN
//      0.000 000        SYN-SENT  |-- SYN seq 0 win 64240 --------->|
//      0.011 203                  |                                 | SYN-RECEIVED
//   >  0.011 310                  |<-- SYN,ACK seq 0 ack 1 ---------|
//      0.022 871     ESTABLISHED  |                                 |
#include "views.h"

#include "../format.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { TIME_AT = 1, TIME_WIDTH = 12, STATE_WIDTH = 14, NARROW = 70 };

// Columns of the parts.
struct columns {
    int client, left, right, server; // states end and begin here; the lifelines
};

static struct columns columns_of(int width) {
    bool narrow = width < NARROW; // then there is no time, and less room for marks
    int state = narrow ? STATE_WIDTH - 1 : STATE_WIDTH;
    struct columns c;
    c.left = (narrow ? 0 : TIME_AT + TIME_WIDTH) + state + 1;
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

// An arrow from one lifeline to the other, or as far of it as the segment has flown.
static void draw_arrow(const struct app *app, struct canvas *canvas, struct area area,
                       const struct columns *c, int y, const struct tw_story_segment *segment,
                       double flown, bool past) {
    bool right = segment->sender == TW_CLIENT, flying = past && flown < 1;
    int first = c->left + 1, last = c->right - 1, room = last - first + 1;
    int shaft_room = room < 32 ? 2 : 6; // before the label and behind it
    // Columns behind the head. The label rests in the middle; it flies behind the head, or before
    // it while there is more room.
    int tip = flying ? (int)(flown * (double)(room - 1)) : room - 1, behind = tip - 1,
        before = room - tip - 2;
    bool leads = flying && before > behind;
    char text[SEGMENT_TEXT];
    segment_text(&app->ladder, segment,
                 !flying ? room - shaft_room
                 : leads ? before
                         : behind,
                 text);
    int width = (int)strlen(text);
    enum role role = !past ? ROLE_FAINT : flying ? ROLE_FLYING : segment_role(segment);
    bool again = segment_role(segment) == ROLE_SEGMENT_AGAIN;
    uint32_t shaft = glyph(app->ascii, flying  ? GLYPH_TRAIL
                                       : again ? GLYPH_SHAFT_AGAIN
                                               : GLYPH_SHAFT);
    uint32_t head = glyph(app->ascii, right ? GLYPH_HEAD_RIGHT : GLYPH_HEAD_LEFT);
    struct area body = {area.x + first, area.y, room, area.height};
    for (int i = 0; i < tip; i++)
        canvas_put(canvas, body, right ? i : room - 1 - i, y, shaft, flying ? ROLE_FAINT : role);
    canvas_put(canvas, body, right ? tip : room - 1 - tip, y, head, role);
    if (flying && width > (leads ? before : behind))
        return;
    int from = !flying ? shaft_room / 2 : leads ? tip + 2 : tip - 1 - width; // as it flies
    int at = right ? from : flying ? room - from - width : from + 1;
    struct area label = body;
    if (at > 1)
        canvas_put(canvas, label, at - 1, y, ' ', role);
    canvas_text(canvas, label, at, y, text, role);
    if (at + width < room - 1)
        canvas_put(canvas, label, at + width, y, ' ', role);
}

static void draw_silence(const struct app *app, struct canvas *canvas, struct area area,
                         const struct columns *c, int y, size_t row) {
    char text[FORMAT_TEXT + 16], duration[FORMAT_TEXT];
    // A silence is never the last row.
    tw_time length = app->ladder.rows[row + 1].time - app->ladder.rows[row].time;
    snprintf(text, sizeof text, " %s of silence ", format_duration(length, duration));
    int middle = (c->left + c->right) / 2 - (int)strlen(text) / 2;
    for (int x = c->left + 2; x < c->right - 1; x += 2)
        canvas_put(canvas, area, x, y, glyph(app->ascii, GLYPH_TRAIL), ROLE_FAINT);
    canvas_text(canvas, area, middle, y, text, ROLE_FAINT);
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

static void draw_row(const struct app *app, struct canvas *canvas, struct area area,
                     const struct columns *c, int y, size_t index,
                     const struct tw_story_segment *segments) {
    const struct tw_ladder *ladder = &app->ladder;
    const struct tw_ladder_row *row = &ladder->rows[index];
    bool past = app->playback.place > (double)index;
    if (row->kind == TW_ROW_SILENCE) {
        draw_silence(app, canvas, area, c, y, index);
        return;
    }
    if (area.width >= NARROW) {
        char text[FORMAT_TEXT];
        // A segment's time is the capture's; when it landed is estimated.
        tw_time zero = segments != NULL ? segments[0].time : ladder->begin;
        bool sent = row->kind == TW_ROW_SEGMENT;
        enum role role = past && sent ? ROLE_TEXT : ROLE_FAINT;
        bool timed = row->step == TW_NONE || ladder->steps[row->step].timed;
        format_seconds((sent ? segments[row->segment].time : row->time) - zero, text);
        canvas_text_right(canvas, area, TIME_AT + TIME_WIDTH - 1, y, timed ? text : "?", role);
        if (!sent && row->segment != TW_NO_SEGMENT)
            canvas_put(canvas, area, TIME_AT + TIME_WIDTH - 1 - (int)strlen(text), y, '~', role);
    }
    if (row->kind == TW_ROW_SEGMENT)
        draw_arrow(app, canvas, area, c, y, &segments[row->segment],
                   tw_ladder_flown(ladder, index, app->playback.place), past);
    if (row->step != TW_NONE)
        draw_state(app, canvas, area, c, y, &ladder->steps[row->step], past);
}

// What the story could not keep is said first.
static void draw_dropped(const struct app *app, struct canvas *canvas, struct area area) {
    const struct tw_ladder *ladder = &app->ladder;
    const struct tw_end_info *end = ladder->info.end;
    char text[2 * FORMAT_TEXT + 80], gone[FORMAT_TEXT], all[FORMAT_TEXT];
    snprintf(text, sizeof text,
             "%s of %s segments were not kept (memory limit): arrows are missing",
             format_count(ladder->segments_dropped, gone),
             format_count(end[TW_CLIENT].packets + end[TW_SERVER].packets, all));
    if ((int)strlen(text) + 1 > area.width)
        snprintf(text, sizeof text, "%s segments were not kept", gone);
    canvas_text(canvas, area, 1, 0, text, ROLE_WARNING);
}

void draw_ladder(const struct app *app, struct canvas *canvas, struct area area) {
    const struct tw_ladder *ladder = &app->ladder;
    if (ladder->segments_dropped > 0) {
        draw_dropped(app, canvas, area);
        area.y++;
        area.height--;
    }
    struct columns c = columns_of(area.width);
    size_t count;
    const struct tw_story_segment *segments = tw_story_segments(ladder->connection, &count);
    // Line 0 is the beginning, row r is line r + 1. The cursor stays in the lower third.
    int64_t lines = (int64_t)ladder->row_count + 1, height = area.height;
    int64_t all = lines + (ladder->segments_left_out > 0);
    int64_t cursor = cursor_row(app) + 1, top = cursor - height * 2 / 3;
    if (top > all - height)
        top = all - height;
    if (top < 0)
        top = 0;
    for (int y = 0; y < area.height; y++) {
        int64_t line = top + y;
        canvas_put(canvas, area, c.left, y, glyph(app->ascii, GLYPH_LIFELINE), ROLE_LIFELINE);
        canvas_put(canvas, area, c.right, y, glyph(app->ascii, GLYPH_LIFELINE), ROLE_LIFELINE);
        if (line == 0)
            draw_beginning(app, canvas, area, &c, y);
        else if (line < lines)
            draw_row(app, canvas, area, &c, y, (size_t)line - 1, segments);
        else if (line == lines && ladder->segments_left_out > 0)
            canvas_text(canvas, area, c.left + 2, y, "and more, not shown", ROLE_WARNING);
        if (line == cursor)
            canvas_put(canvas, area, 0, y, glyph(app->ascii, GLYPH_CURSOR), ROLE_KEY);
    }
}
