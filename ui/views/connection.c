// SPDX-License-Identifier: MIT
// One connection: ladder, state diagram and why lines, all at the same moment; the lab below them.
//
//  connection 1  closed by both                  [Ladder] Diagram  paused, even time
//  C 10.0.0.5:51514 ESTABLISHED                         SYN-RECEIVED 93.184.216.34:443 S
//  ladder                                                        | diagram, where
//                                                                | there is room
//  -- packet 3 ------------------------------------------------------------------
//  why
//  -- the lab, where there is one -----------------------------------------------
//  Right step  Space play  Tab part  ? help  q back
#include "views.h"

#include "../format.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { HEAD = 2, KEYS = 1, NARROW = 60 };
_Static_assert(HEAD + WHY_HEIGHT + KEYS == CONNECTION_FRAME,
               "the frame is all that is around the parts");

// The lab is a tab where it has no place of its own.
static int last_tab(const struct app *app) {
    return app->lab.hooks != NULL && !lab_fits_below(app) ? PART_LAB : PART_DIAGRAM;
}

static enum part shown_part(const struct app *app) {
    return (int)app->part <= last_tab(app) ? app->part : PART_LADDER;
}

// The parts as tabs, ending before `right`; returns where they begin.
static int draw_tabs(const struct app *app, struct canvas *canvas, struct area area, int right) {
    static const char *const names[] = {
        [PART_LADDER] = " Ladder ", [PART_DIAGRAM] = " Diagram ", [PART_LAB] = " Lab "};
    for (int i = last_tab(app); i >= PART_LADDER; i--) {
        bool chosen = shown_part(app) == (enum part)i;
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

// Rows of the lab below the parts. It gives way to a diagram that stands alone and needs them.
static int lab_rows(const struct app *app, int height, bool beside) {
    enum { MOST = 14 };
    int rows = height / 2 + 1 < MOST ? height / 2 + 1 : MOST;
    bool diagram = !beside && shown_part(app) == PART_DIAGRAM;
    bool gives_way = diagram && height - rows < TW_DIAGRAM_HEIGHT;
    return app->lab.hooks != NULL && lab_fits_below(app) && !gives_way ? rows : 0;
}

static void draw_parts(const struct app *app, struct canvas *canvas, struct area body,
                       bool beside) {
    if (beside) {
        int right = body.width >= LABELS_WIDTH ? TW_DIAGRAM_LABELS : TW_DIAGRAM_WIDTH;
        if (body.width - right - 1 > LADDER_WIDTH)
            right = body.width - LADDER_WIDTH - 1;
        struct area ladder = {body.x, body.y, body.width - right - 1, body.height};
        struct area diagram = {body.x + ladder.width + 1, body.y, right, body.height};
        for (int y = 0; y < body.height; y++)
            canvas_put(canvas, body, ladder.width, y, glyph(app->ascii, GLYPH_LIFELINE), ROLE_RULE);
        draw_ladder(app, canvas, ladder);
        draw_diagram(app, canvas, diagram);
    } else if (shown_part(app) == PART_LADDER) {
        draw_ladder(app, canvas, body);
    } else {
        draw_diagram(app, canvas, body);
    }
}

void view_connection(const struct app *app, struct canvas *canvas) {
    struct area area = canvas_area(canvas);
    int height = area.height - HEAD - KEYS;
    int why = why_height(app);
    int left = height - why - lab_rows(app, height - why, true);
    bool room = app->lab.hooks == NULL || (lab_fits_below(app) && left >= TW_DIAGRAM_HEIGHT);
    bool beside = area.width >= BESIDE_WIDTH && room;
    int lab = lab_rows(app, height - why, beside);
    struct area body = {0, HEAD, area.width, height - why - lab};
    draw_title(app, canvas, area, beside);
    draw_ends(app, canvas, area);
    if (!beside && shown_part(app) == PART_LAB) {
        draw_lab(app, canvas, (struct area){0, HEAD, area.width, height});
    } else {
        draw_parts(app, canvas, body, beside);
        draw_why(app, canvas, (struct area){0, HEAD + body.height, area.width, why});
        if (lab > 0)
            draw_lab(app, canvas, (struct area){0, area.height - KEYS - lab, area.width, lab});
    }
    draw_keys(app, canvas, area, area.height - 1);
    if (app->playback.asking) {
        char number[24];
        snprintf(number, sizeof number, "%" PRIu64, app->playback.asked);
        draw_prompt(canvas, area, "packet ", number, "_  Enter, Esc");
    }
    if (app->lab.typing)
        draw_prompt(canvas, area, ": ", app->lab.line, "_");
}
