// SPDX-License-Identifier: MIT
// The state that is looked at on the diagram: its names, the time this connection spent in it, what
// it means and what leads out of it.
//
//  -- FIN-WAIT-1  Linux FIN_WAIT1, BSD FIN_WAIT_1 ------ client 29.5 ms, server never --
//  we have closed; waiting for the acknowledgement of our FIN, or the peer's FIN
//  -> FIN-WAIT-2  rcv ACK of FIN: our FIN is acknowledged: this direction is closed, ...
//  -> CLOSING  rcv FIN / snd ACK: the peer's FIN crosses ours: both close at once
//  -> CLOSED  rcv RST, abort / snd RST, given up
#include "views.h"

#include "../format.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

enum { NAMES_TEXT = 160, EXIT_TEXT = 400, STAY_TEXT = 100, LEFT_OVER = 4 };

// What leads out of a state: to where it goes on, then to CLOSED; what is in the figure first.
struct way_out {
    enum tw_event event;
    const struct tw_cell *cell;
    bool drawn;
};

static size_t ways_out(const struct app *app, struct way_out ways[TW_EVENT_COUNT]) {
    struct tw_diagram diagram;
    struct area area = part_area(app);
    tw_diagram_layout(&diagram, area.width, area.height);
    enum tw_state state = app->walk.state;
    size_t count = 0;
    for (int rank = 0; rank < 4; rank++)
        for (unsigned i = 0; i < TW_EVENT_COUNT; i++) {
            enum tw_event event = (enum tw_event)i;
            const struct tw_cell *cell = tw_state_cell(state, event);
            bool drawn = tw_diagram_edge(&diagram, state, cell->next, event) != NULL;
            bool closes = cell->next == TW_CLOSED;
            if (cell->kind == TW_GO && rank == 2 * closes + !drawn)
                ways[count++] = (struct way_out){event, cell, drawn};
        }
    return count;
}

// One end's part of the sentence: "29.5 ms", "at least 1.2 s so far", "never".
static const char *stay_text(const struct app *app, enum tw_end end, char text[STAY_TEXT]) {
    struct stay stay = walk_stay(app, end, app->walk.state);
    if (app->walk.state == TW_CLOSED && !app->walk.over)
        return _("before");
    if (stay.visits == 0)
        return stay.passed ? _("passed through") : _("never");
    char time[FORMAT_TEXT];
    format_duration(stay.time, time);
    snprintf(text, STAY_TEXT,
             stay.before && stay.still ? _("at least %s so far")
             : stay.before             ? _("at least %s")
             : stay.still              ? _("%s so far")
                                       : "%s",
             time);
    size_t length = strlen(text);
    if (stay.assumed && length + 1 < STAY_TEXT) {
        text[length] = (char)glyph(true, GLYPH_ASSUMED);
        text[length + 1] = '\0';
    }
    return text;
}

// Names on the rule, the times too if there is room; returns the next row.
static int draw_head(const struct app *app, struct canvas *canvas, struct area area) {
    enum tw_state state = app->walk.state;
    char names[NAMES_TEXT], times[2 * STAY_TEXT], client[STAY_TEXT], server[STAY_TEXT];
    const char *name = tw_state_name(state);
    const char *in_linux = tw_state_linux(state), *in_bsd = tw_state_bsd(state);
    int room = area.width - LEFT_OVER - 4 - canvas_text_width(name);
    if (strcmp(in_linux, in_bsd) == 0)
        snprintf(names, sizeof names, _("Linux and BSD %s"), in_linux);
    else
        snprintf(names, sizeof names, _("Linux %s, BSD %s"), in_linux, in_bsd);
    if (canvas_text_width(names) > room)
        snprintf(names, sizeof names, _("Linux %s"), in_linux);
    snprintf(times, sizeof times, _("client %s, server %s"), stay_text(app, TW_CLIENT, client),
             stay_text(app, TW_SERVER, server));
    int width = canvas_text_width(name) + 2 + canvas_text_width(names);
    int at = area.width - LEFT_OVER - canvas_text_width(times);
    canvas_put(canvas, area, 2, 0, ' ', ROLE_TEXT);
    int x = canvas_text(canvas, area, 3, 0, name, state_role(state));
    x = canvas_text(canvas, area, x, 0, "  ", ROLE_TEXT);
    x = canvas_text(canvas, area, x, 0, names, ROLE_FAINT);
    canvas_put(canvas, area, x, 0, ' ', ROLE_TEXT);
    bool beside = LEFT_OVER + width < at;
    if (beside) {
        canvas_put(canvas, area, at, 0, ' ', ROLE_TEXT);
        canvas_put(canvas, area, area.width - LEFT_OVER + 1, 0, ' ', ROLE_TEXT);
    }
    canvas_text(canvas, area, beside ? at + 1 : 1, beside ? 0 : 1, times, ROLE_PROOF);
    return beside ? 1 : 2;
}

// How many of the ways are told together with the first of them.
static size_t group(const struct way_out *ways, size_t count) {
    size_t same = 1;
    while (same < count && ways[same].cell->next == ways[0].cell->next &&
           ways[same].drawn == ways[0].drawn)
        same++;
    return same;
}

// "rcv RST, given up", with the reason if it is asked for.
static void events_text(const struct way_out *ways, size_t count, bool why, char text[EXIT_TEXT]) {
    size_t length = 0;
    for (size_t i = 0; i < count && length < EXIT_TEXT; i++)
        length += (size_t)snprintf(text + length, EXIT_TEXT - length, "%s%s", i > 0 ? ", " : "",
                                   _(tw_event_label(ways[i].event)));
    if (why && length < EXIT_TEXT)
        snprintf(text + length, EXIT_TEXT - length, ": %s", _(ways[0].cell->why));
}

// "-> CLOSED  rcv RST: ...", the text wrapped beside the state, from row `y` on; returns the rows
// that it takes.
static int draw_way(const struct app *app, struct canvas *canvas, struct area area, int y, int rows,
                    enum tw_state to, const char *text) {
    int x = canvas_text(canvas, area, 1, y, app->ascii ? "-> " : "\u2192 ", ROLE_FAINT);
    x = canvas_text(canvas, area, x, y, tw_state_name(to), state_role(to)) + 2;
    return canvas_text_wrapped(canvas, area, x, y, area.width - 1 - x, rows, text, ROLE_WHY);
}

static int rows_of(const struct app *app, struct canvas *canvas, struct area area, enum tw_state to,
                   const char *text) {
    struct area nowhere = {area.x, area.y, area.width, 0};
    return draw_way(app, canvas, nowhere, 0, INT_MAX, to, text);
}

// Each way with its reason if there is room; else those to the same state together, with a reason
// where one is left room for; else all together.
static void draw_exits(const struct app *app, struct canvas *canvas, struct area area, int y) {
    struct way_out ways[TW_EVENT_COUNT];
    size_t count = ways_out(app, ways);
    char text[EXIT_TEXT], all[TW_EVENT_COUNT * 64] = "";
    int each = 0, groups = 0, room = area.height - y;
    for (size_t i = 0; i < count; i++) {
        events_text(&ways[i], 1, true, text);
        each += rows_of(app, canvas, area, ways[i].cell->next, text);
    }
    for (size_t i = 0; i < count; i += group(&ways[i], count - i)) {
        events_text(&ways[i], group(&ways[i], count - i), false, text);
        size_t length = strlen(all);
        snprintf(all + length, sizeof all - length, "%s%s %s: %s", i > 0 ? "; " : "",
                 app->ascii ? "->" : "\u2192", tw_state_name(ways[i].cell->next), text);
        groups++;
    }
    if (each > room && groups > room) {
        canvas_text_wrapped(canvas, area, 1, y, area.width - 2, room, all, ROLE_WHY);
        return;
    }
    for (size_t i = 0; i < count; groups--) {
        size_t together = each <= room ? 1 : group(&ways[i], count - i);
        enum tw_state to = ways[i].cell->next;
        int spare = each <= room ? INT_MAX : area.height - y - (groups - 1);
        events_text(&ways[i], together, together == 1, text);
        if (rows_of(app, canvas, area, to, text) > spare) // not half a reason
            events_text(&ways[i], together, false, text);
        y += draw_way(app, canvas, area, y, area.height - y, to, text);
        i += together;
    }
}

// As many rows as the diagram leaves: the figure, or the list with a row for its foot.
int walk_height(const struct app *app) {
    int least = WHY_HEIGHT + (app->witness != NULL);
    int most = app->height - (CONNECTION_FRAME - WHY_HEIGHT);
    int room = most - TW_DIAGRAM_HEIGHT;
    if (room < least)
        room = most - TW_DIAGRAM_LIST_HEIGHT - (app->height > LEAST_HEIGHT);
    if (app->lab.hooks != NULL || room < least)
        return least;
    return room < WALK_HEIGHT ? room : WALK_HEIGHT;
}

void draw_walk(const struct app *app, struct canvas *canvas, struct area area) {
    int y = draw_head(app, canvas, area);
    y += canvas_text_wrapped(canvas, area, 1, y, area.width - 2, area.height - y,
                             _(tw_state_meaning(app->walk.state)), ROLE_TEXT);
    draw_exits(app, canvas, area, y);
}
