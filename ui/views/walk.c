// SPDX-License-Identifier: MIT
// The state that is looked at on the diagram: its names, the time this connection spent in it, what
// it means and what leads out of it.
//
//  -- FIN-WAIT-1, Linux FIN_WAIT1, BSD FIN_WAIT_1 ------ client 29.5 ms, server never --
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

// What leads out of a state, to where it goes on first, to CLOSED last.
struct way_out {
    enum tw_event event;
    const struct tw_cell *cell;
};

static size_t ways_out(enum tw_state state, struct way_out ways[TW_EVENT_COUNT]) {
    size_t count = 0;
    for (int closing = 0; closing < 2; closing++)
        for (unsigned event = 0; event < TW_EVENT_COUNT; event++) {
            const struct tw_cell *cell = tw_state_cell(state, (enum tw_event)event);
            if (cell->kind == TW_GO && (cell->next == TW_CLOSED) == (closing != 0))
                ways[count++] = (struct way_out){(enum tw_event)event, cell};
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
    snprintf(names, sizeof names, _(", Linux %s, BSD %s"), tw_state_linux(state),
             tw_state_bsd(state));
    snprintf(times, sizeof times, _("client %s, server %s"), stay_text(app, TW_CLIENT, client),
             stay_text(app, TW_SERVER, server));
    const char *name = tw_state_name(state);
    int width = canvas_text_width(names) + canvas_text_width(name);
    int at = area.width - LEFT_OVER - canvas_text_width(times);
    canvas_put(canvas, area, 2, 0, ' ', ROLE_TEXT);
    int x = canvas_text(canvas, area, 3, 0, name, state_role(state));
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

// How many of the ways lead to the same state as the first of them.
static size_t group(const struct way_out *ways, size_t count) {
    size_t same = 1;
    while (same < count && ways[same].cell->next == ways[0].cell->next)
        same++;
    return same;
}

// "-> CLOSED  rcv RST, given up", with why if it is asked for.
static void exit_text(const struct app *app, const struct way_out *ways, size_t count, bool why,
                      char text[EXIT_TEXT]) {
    size_t length = (size_t)snprintf(text, EXIT_TEXT, "%s %s  ", app->ascii ? "->" : "\u2192",
                                     tw_state_name(ways[0].cell->next));
    for (size_t i = 0; i < count && length < EXIT_TEXT; i++)
        length += (size_t)snprintf(text + length, EXIT_TEXT - length, "%s%s", i > 0 ? ", " : "",
                                   tw_event_label(ways[i].event));
    if (why && length < EXIT_TEXT)
        snprintf(text + length, EXIT_TEXT - length, ": %s", _(ways[0].cell->why));
}

static int rows_of(struct canvas *canvas, struct area area, const char *text) {
    struct area nowhere = {area.x, area.y, area.width, 0};
    return canvas_text_wrapped(canvas, nowhere, 1, 0, area.width - 2, INT_MAX, text, ROLE_WHY);
}

// Each way with its reason if there is room; else those to the same state together, with a reason
// where one is left room for; else all together.
static void draw_exits(const struct app *app, struct canvas *canvas, struct area area, int y) {
    struct way_out ways[TW_EVENT_COUNT];
    size_t count = ways_out(app->walk.state, ways);
    char text[EXIT_TEXT], all[TW_EVENT_COUNT * 64] = "";
    int each = 0, groups = 0;
    for (size_t i = 0; i < count; i++) {
        exit_text(app, &ways[i], 1, true, text);
        each += rows_of(canvas, area, text);
    }
    for (size_t i = 0; i < count; i += group(&ways[i], count - i)) {
        exit_text(app, &ways[i], group(&ways[i], count - i), false, text);
        size_t length = strlen(all);
        snprintf(all + length, sizeof all - length, "%s%s", i > 0 ? "  " : "", text);
        groups++;
    }
    int room = area.height - y;
    if (each > room && groups > room) {
        canvas_text_wrapped(canvas, area, 1, y, area.width - 2, room, all, ROLE_WHY);
        return;
    }
    for (size_t i = 0; i < count;) {
        size_t together = each <= room ? 1 : group(&ways[i], count - i);
        exit_text(app, &ways[i], together, together == 1, text);
        int spare = each <= room ? INT_MAX : area.height - y - (groups - 1);
        if (rows_of(canvas, area, text) > spare) // not half a reason
            exit_text(app, &ways[i], together, false, text);
        y += canvas_text_wrapped(canvas, area, 1, y, area.width - 2, area.height - y, text,
                                 ROLE_WHY);
        i += together;
        groups--;
    }
}

int walk_height(const struct app *app) {
    int least = WHY_HEIGHT + (app->witness != NULL);
    int room = app->height - (CONNECTION_FRAME - WHY_HEIGHT) - TW_DIAGRAM_HEIGHT;
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
