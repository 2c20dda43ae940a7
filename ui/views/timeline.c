// SPDX-License-Identifier: MIT
// The time line: the whole connection in one row, by time as it was, or by rows in even time.
//
//  =='=,:====x==V--'---....R----,--   0.110 s of 1.204 s   paused, even time, x2
//
// Marks point up at what the client does and down at what the server does; both at once: a cross.
// R: a RST, x: lost, or sent again, *: corrected, m: what is measured from, dots: silence.
#include "views.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { BAR_LEAST = 12, GAP = 2 };

// A column of the bar. What is said by a letter is more than what is said by a line.
struct column {
    bool client, server; // state changes
    bool corrected, silence;
    unsigned marks;
};

// A step is where it leads to as soon as it is made: only the picture glides.
static double place_of(const struct app *app) {
    return app->playback.gliding ? app->playback.to : app->playback.place;
}

static int column_of(double fraction, int width) {
    return (int)(fraction * (width - 1) + 0.5);
}

static void put_steps(const struct app *app, struct column *columns, int width) {
    const struct tw_ladder *ladder = &app->ladder;
    for (size_t i = 0; i < ladder->step_count; i++) {
        const struct tw_ladder_step *step = &ladder->steps[i];
        if (step->place < 0)
            continue; // it stood there before
        struct column *c = &columns[column_of(playback_fraction(app, step->place + 1), width)];
        if (step->end == TW_CLIENT)
            c->client = true;
        else
            c->server = true;
        c->corrected = c->corrected || step->correction != NULL;
    }
}

// In real time the columns between two rows are silent, if those are far enough from each other.
static void put_silences(const struct app *app, struct column *columns, int width) {
    const struct tw_ladder *ladder = &app->ladder;
    for (int x = 0; x < width; x++) {
        double fraction = (double)x / (width - 1);
        double ahead = fraction * (double)(ladder->end - ladder->begin);
        double place = app->playback.even ? ceil(fraction * (double)ladder->row_count) - 1
                                          : tw_ladder_place(ladder, ladder->begin + (tw_time)ahead);
        size_t row = place > 0 ? (size_t)place : 0;
        columns[x].silence = row < ladder->row_count && row != ladder->dropped_at &&
                             ladder->rows[row].kind == TW_ROW_SILENCE;
    }
}

static void draw_column(const struct app *app, struct canvas *canvas, struct area area, int x,
                        const struct column *c, bool past) {
    static const enum glyph lines[2][4] = {
        {GLYPH_RULE, GLYPH_LINE_CLIENT, GLYPH_LINE_SERVER, GLYPH_LINE_BOTH},
        {GLYPH_PAST, GLYPH_PAST_CLIENT, GLYPH_PAST_SERVER, GLYPH_PAST_BOTH}};
    bool change = c->client || c->server;
    if ((c->marks & MARK_RST) != 0)
        canvas_put(canvas, area, x, 0, 'R', ROLE_SEGMENT_RST);
    else if (c->corrected)
        canvas_put(canvas, area, x, 0, glyph(app->ascii, GLYPH_CORRECTED), ROLE_WARNING);
    else if ((c->marks & MARK_LOST) != 0)
        canvas_put(canvas, area, x, 0, glyph(app->ascii, GLYPH_LOST), ROLE_WARNING);
    else if (c->silence && !change)
        canvas_put(canvas, area, x, 0, glyph(app->ascii, GLYPH_TRAIL),
                   past ? ROLE_TEXT : ROLE_FAINT);
    else
        canvas_put(canvas, area, x, 0,
                   glyph(app->ascii, lines[past][(c->server ? 2 : 0) + (c->client ? 1 : 0)]),
                   c->client && c->server ? ROLE_TEXT
                   : c->client            ? ROLE_CLIENT
                   : c->server            ? ROLE_SERVER
                   : past                 ? ROLE_TEXT
                                          : ROLE_FAINT);
}

static void draw_bar(const struct app *app, struct canvas *canvas, struct area bar) {
    const uint8_t *marks = app->playback.marks[app->playback.even];
    struct column columns[CANVAS_MAX] = {{0}};
    int width = bar.width < CANVAS_MAX ? bar.width : CANVAS_MAX;
    put_steps(app, columns, width);
    put_silences(app, columns, width);
    for (int i = 0; i < TIMELINE_PARTS; i++)
        columns[column_of((double)i / (TIMELINE_PARTS - 1), width)].marks |= marks[i];
    int cursor = column_of(playback_fraction(app, place_of(app)), width);
    for (int x = 0; x < width; x++) {
        draw_column(app, canvas, bar, x, &columns[x], x < cursor);
        double parts = ceil((double)x / (width - 1) * TARGET_WHOLE);
        canvas_target(canvas, bar, x, 0, 1, TARGET_TIME, (uint32_t)parts);
    }
    if (app->measuring)
        canvas_put(canvas, bar, column_of(playback_fraction(app, app->measured_from), width), 0,
                   'm', ROLE_CHOSEN);
    canvas_put(canvas, bar, cursor, 0, glyph(app->ascii, GLYPH_LINE_CURSOR), ROLE_CHOSEN);
}

// A time in the form that suits the whole: "0.110 s", "1:02.3", "1:02:03".
static const char *clock_text(tw_time time, tw_time whole, char text[WORD_TEXT]) {
    const tw_time minute = 60 * TW_SECOND, hour = 60 * minute;
    double past = (double)time;
    int tenths = (int)fmod(past / (double)TW_SECOND * 10, 600);
    int minutes = (int)fmod(past / (double)minute, 60);
    if (whole < TW_SECOND)
        snprintf(text, WORD_TEXT, "%.1f ms", past / (double)TW_MILLISECOND);
    else if (whole < 100 * TW_SECOND)
        snprintf(text, WORD_TEXT, "%.3f s", past / (double)TW_SECOND);
    else if (whole < hour)
        snprintf(text, WORD_TEXT, "%d:%02d.%d", minutes, tenths / 10, tenths % 10);
    else
        snprintf(text, WORD_TEXT, "%.0f:%02d:%02d", floor(past / (double)hour), minutes,
                 tenths / 10);
    return text;
}

static const char *word(const struct app *app) {
    return app->playback.playing   ? _("playing")
           : playback_follows(app) ? _("following")
                                   : _("paused");
}

// The widest of the words, so that the bar keeps its length when one presses play.
static int word_room(void) {
    const char *const words[] = {_("playing"), _("following"), _("paused")};
    int room = 0;
    for (size_t i = 0; i < TW_COUNT(words); i++)
        if (canvas_text_width(words[i]) > room)
            room = canvas_text_width(words[i]);
    return room;
}

// What stands behind the bar, in `level` words: the lower, the more.
enum { LEVELS = 4 };

static int draw_state(const struct app *app, struct canvas *canvas, struct area area, int level,
                      bool draws) {
    const struct tw_ladder *ladder = &app->ladder;
    tw_time whole = ladder->end - ladder->begin;
    tw_time passed = playback_time(app, place_of(app)) - ladder->begin;
    char time[WORD_TEXT], end[WORD_TEXT], text[2 * WORD_TEXT + 16], status[STATUS_TEXT];
    bool playing = app->playback.playing;
    const char *sign = !playing ? "=" : app->ascii ? ">" : "\u25b6";
    clock_text(passed > whole ? whole : passed, whole, time);
    clock_text(whole, whole, end);
    int times = canvas_text_width(end), states;
    if (level == 0) {
        snprintf(text, sizeof text, _("%s of %s"), end, end);
        times = canvas_text_width(text);
        snprintf(text, sizeof text, _("%s of %s"), time, end);
    } else {
        snprintf(text, sizeof text, "%s", time);
    }
    const char *shown = level < 3 ? word(app) : sign;
    playback_status(app, shown, level < 2, status);
    states = canvas_text_width(status) - canvas_text_width(shown) + (level < 3 ? word_room() : 1);
    if (draws) {
        struct area row = {area.x, area.y, area.width - 1, 1};
        int at = row.width - states;
        canvas_text_right(canvas, row, at - GAP - 1, 0, text, ROLE_TEXT);
        canvas_text(canvas, row, at, 0, status, playing ? ROLE_WARNING : ROLE_FAINT);
    }
    return times + GAP + states;
}

void draw_timeline(const struct app *app, struct canvas *canvas, struct area area) {
    if (area.height < 1)
        return;
    int level = 0, state;
    for (; (state = draw_state(app, canvas, area, level, false)), level + 1 < LEVELS; level++)
        if (area.width - state - GAP - 2 >= area.width * 2 / 5)
            break;
    int bar = area.width - 2 - state - GAP;
    draw_state(app, canvas, area, level, true);
    if (bar >= BAR_LEAST)
        draw_bar(app, canvas, (struct area){area.x + 1, area.y, bar, 1});
}
