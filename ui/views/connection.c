// SPDX-License-Identifier: MIT
// One connection: ladder, state diagram and why lines, all at the same moment.
//
//  connection 1  closed by both                  [Ladder] Diagram  paused, even time
//  C 10.0.0.5:51514 ESTABLISHED                         SYN-RECEIVED 93.184.216.34:443 S
//  ladder                                                        | diagram, where
//                                                                | there is room
//  -- packet 3 ------------------------------------------------------------------
//  why
//  Right step  Space play  Tab part  ? help  q back
#include "views.h"

#include "../format.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { HEAD = 2, WHY = 4, KEYS = 1, NARROW = 60 };
_Static_assert(HEAD + WHY + KEYS == CONNECTION_FRAME, "the frame is all that is around the parts");

// The parts as tabs, ending before `right`; returns where they begin.
static int draw_tabs(const struct app *app, struct canvas *canvas, struct area area, int right) {
    static const char *const names[] = {[PART_LADDER] = " Ladder ", [PART_DIAGRAM] = " Diagram "};
    for (int i = PART_DIAGRAM; i >= PART_LADDER; i--) {
        bool chosen = app->part == (enum part)i;
        int width = (int)strlen(names[i]);
        right -= width;
        canvas_text(canvas, area, right, 0, names[i], chosen ? ROLE_CHOSEN : ROLE_HEADING);
        if (chosen) { // told by its shape, too
            canvas_put(canvas, area, right, 0, '[', ROLE_CHOSEN);
            canvas_put(canvas, area, right + width - 1, 0, ']', ROLE_CHOSEN);
        }
    }
    return right;
}

static void draw_title(const struct app *app, struct canvas *canvas, struct area area,
                       bool beside) {
    const struct tw_connection_info *info = &app->ladder.info;
    const struct playback *p = &app->playback;
    bool narrow = area.width < NARROW;
    char text[80], speed[32] = "", outcome[FORMAT_TEXT];
    if (p->speed > 1)
        snprintf(speed, sizeof speed, " x%.0f", p->speed);
    else if (p->speed < 1)
        snprintf(speed, sizeof speed, " x1/%.0f", 1 / p->speed);
    snprintf(text, sizeof text, "%s%s%s",
             p->playing              ? "playing"
             : playback_follows(app) ? "following"
                                     : "paused",
             narrow    ? ""
             : p->even ? ", even time"
                       : ", real time",
             speed);
    canvas_text_right(canvas, area, area.width - 2, 0, text,
                      p->playing ? ROLE_WARNING : ROLE_FAINT);
    int right = area.width - 3 - (int)strlen(text);
    if (!beside)
        right = draw_tabs(app, canvas, area, right);
    snprintf(text, sizeof text, narrow ? "#%" PRIu64 : "connection %" PRIu64, info->number);
    struct area left = {area.x, area.y, right - 1, area.height};
    int x = canvas_text(canvas, left, 1, 0, text, ROLE_TITLE);
    format_outcome(info, false, outcome);
    if (x + 2 + (int)strlen(outcome) > left.width)
        format_outcome(info, true, outcome);
    if (x + 2 + (int)strlen(outcome) <= left.width)
        canvas_text(canvas, left, x + 2, 0, outcome, ROLE_TEXT);
}

// Each end's address and the state it is in at this moment.
static void draw_ends(const struct app *app, struct canvas *canvas, struct area area) {
    const struct tw_connection_info *info = &app->ladder.info;
    uint32_t ellipsis = glyph(app->ascii, GLYPH_ELLIPSIS);
    int half = area.width / 2;
    for (int end = 0; end < TW_END_COUNT; end++) {
        const struct tw_ladder_step *step =
            tw_ladder_state(&app->ladder, (enum tw_end)end, app->playback.place);
        enum tw_state state = step != NULL ? step->to : TW_CLOSED;
        bool known = info->end[end].step_count > 0; // at any time
        const char *name = known ? tw_state_name(state) : "unknown";
        char address[TW_ADDRESS_TEXT];
        tw_address_text(info->version, &info->end[end].address, info->end[end].port, address);
        int room = half - 6 - (int)strlen(name), width = (int)strlen(address);
        if (width > room)
            width = room;
        if (end == TW_CLIENT) {
            canvas_text(canvas, area, 1, 1, "C", ROLE_CLIENT);
            canvas_text_elided(canvas, area, 3, 1, room, address, ellipsis, ROLE_CLIENT);
            canvas_text(canvas, area, 3 + width + 2, 1, name, state_role(state));
        } else {
            int at = area.width - 2;
            canvas_text(canvas, area, at, 1, "S", ROLE_SERVER);
            canvas_text_elided(canvas, area, at - 1 - width, 1, room, address, ellipsis,
                               ROLE_SERVER);
            canvas_text(canvas, area, at - 1 - width - 2 - (int)strlen(name), 1, name,
                        state_role(state));
        }
    }
}

void view_connection(const struct app *app, struct canvas *canvas) {
    struct area area = canvas_area(canvas);
    bool beside = area.width >= BESIDE_WIDTH;
    int height = area.height - HEAD - WHY - KEYS;
    draw_title(app, canvas, area, beside);
    draw_ends(app, canvas, area);
    struct area body = {0, HEAD, area.width, height};
    if (beside) {
        int right = area.width >= LABELS_WIDTH ? TW_DIAGRAM_LABELS : TW_DIAGRAM_WIDTH;
        if (area.width - right - 1 > LADDER_WIDTH)
            right = area.width - LADDER_WIDTH - 1;
        struct area ladder = {0, HEAD, area.width - right - 1, height};
        struct area diagram = {ladder.width + 1, HEAD, right, height};
        for (int y = 0; y < height; y++)
            canvas_put(canvas, body, ladder.width, y, glyph(app->ascii, GLYPH_LIFELINE), ROLE_RULE);
        draw_ladder(app, canvas, ladder);
        draw_diagram(app, canvas, diagram);
    } else if (app->part == PART_LADDER) {
        draw_ladder(app, canvas, body);
    } else {
        draw_diagram(app, canvas, body);
    }
    draw_why(app, canvas, (struct area){0, HEAD + height, area.width, WHY});
    draw_keys(app, canvas, area, area.height - 1);
    if (app->playback.asking) {
        char text[40];
        canvas_fill(canvas, (struct area){0, area.height - 1, area.width, 1}, ' ', ROLE_TEXT);
        snprintf(text, sizeof text, "packet %" PRIu64 "_  Enter, Esc", app->playback.asked);
        canvas_text(canvas, area, 1, area.height - 1, text, ROLE_CHOSEN);
    }
}
