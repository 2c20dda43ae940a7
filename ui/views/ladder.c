// SPDX-License-Identifier: MIT
// The ladder: two lifelines, the segments between them, the states beside them.
//
//                                 |                                 | LISTEN
//     -0.000 041                  + connect(c, 10.9.0.2:443)        |
//      0.000 000        SYN-SENT  :-- SYN seq 0 win 64240 --------->|
//      0.011 203                  :                                 | SYN-RECEIVED
//   >  0.011 310                  :<-- SYN,ACK seq 0 ack 1 ---------|
//      0.022 871     ESTABLISHED  :                                 |
//      0.022 903                  + connect = 0 after 22.9 ms       |
#include "views.h"

#include "../format.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { TIME_AT = 1, TIME_WIDTH = 12, STATE_WIDTH = 14, NARROW = 70, CALL_TEXT = 256 };

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
                       double flown, bool past, bool lost) {
    bool right = segment->sender == TW_CLIENT, flying = past && flown < 1;
    int first = c->left + 1, last = c->right - 1, room = last - first + 1;
    if (lost && !flying) { // it does not get there
        int gap = room < 32 ? 2 : 4;
        first += right ? 0 : gap;
        room -= gap;
    }
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
    uint32_t head = glyph(app->ascii, lost && !flying ? GLYPH_LOST
                                      : right         ? GLYPH_HEAD_RIGHT
                                                      : GLYPH_HEAD_LEFT);
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
static void draw_call(const struct app *app, struct canvas *canvas, struct area area,
                      const struct columns *c, int y, const struct tw_ladder_row *row, bool past) {
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
    canvas_text_elided(canvas, area, client ? c->left + 1 + gap : c->right - gap - width, y, room,
                       text, glyph(app->ascii, GLYPH_ELLIPSIS), role);
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

static void draw_lifelines(const struct app *app, struct canvas *canvas, struct area area,
                           const struct columns *c, int y, unsigned blocked) {
    for (unsigned end = 0; end < TW_END_COUNT; end++)
        canvas_put(canvas, area, end == TW_CLIENT ? c->left : c->right, y,
                   glyph(app->ascii, blocked & 1U << end ? GLYPH_BLOCKED : GLYPH_LIFELINE),
                   ROLE_LIFELINE);
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
        // A segment's time is the capture's and when it landed is estimated, if no witness knows.
        bool sent = row->kind == TW_ROW_SEGMENT;
        enum role role = past && row->kind != TW_ROW_CHANGE ? ROLE_TEXT : ROLE_FAINT;
        bool timed = row->step == TW_NONE || ladder->steps[row->step].timed;
        tw_time time = sent && !row->known ? segments[row->segment].time : row->time;
        format_seconds(time - ladder->zero, text);
        canvas_text_right(canvas, area, TIME_AT + TIME_WIDTH - 1, y, timed ? text : "?", role);
        if (!sent && !row->known && row->segment != TW_NO_SEGMENT)
            canvas_put(canvas, area, TIME_AT + TIME_WIDTH - 1 - (int)strlen(text), y, '~', role);
    }
    if (row->kind == TW_ROW_SEGMENT) {
        const struct tw_story_segment *segment = &segments[row->segment];
        double flown = tw_ladder_flown(ladder, index, app->playback.place);
        bool lost = row->lost;
        if (lost) { // when the ladder was laid out; the lab may have gone on
            const struct tw_witness_flight *flight = &app->witness->flights[segment->packet - 1];
            lost = flight->landed == TW_NO_TIME && !flight->flying;
            if (flight->flying)
                flown = on_the_wire(app, segment);
        }
        draw_arrow(app, canvas, area, c, y, segment, flown, past, lost);
    } else if (row->kind == TW_ROW_CALL || row->kind == TW_ROW_RETURN) {
        draw_call(app, canvas, area, c, y, row, past);
    }
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
        bool is_row = line > 0 && line < lines;
        draw_lifelines(app, canvas, area, &c, y, is_row ? ladder->rows[line - 1].blocked : 0);
        if (line == 0)
            draw_beginning(app, canvas, area, &c, y);
        else if (is_row)
            draw_row(app, canvas, area, &c, y, (size_t)line - 1, segments);
        else if (line == lines && ladder->segments_left_out > 0)
            canvas_text(canvas, area, c.left + 2, y, "and more, not shown", ROLE_WARNING);
        if (line == cursor)
            canvas_put(canvas, area, 0, y, glyph(app->ascii, GLYPH_CURSOR), ROLE_KEY);
    }
}
