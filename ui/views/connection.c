// SPDX-License-Identifier: MIT
// One connection: ladder, state diagram and why lines, all at the same moment; the lab below them.
//
//  connection 1  closed by both                       [Ladder] Diagram  Segment  Stream
//  C 10.0.0.5:51514 ESTABLISHED                         SYN-RECEIVED 93.184.216.34:443 S
//  ladder                                                        | diagram, where
//                                                                | there is room
//  ====+==+=======V----------+-------  0.110 s of 1.204 s  paused, even time   the time line
//  -- packet 3 ------------------------------------------------------------------
//  why
//  -- the lab, where there is one -----------------------------------------------
//  Right step  Space play  Tab part  ? help  q back
#include "views.h"

#include "../format.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { HEAD = 2, TIMELINE = 1, KEYS = 1, NARROW = 60 };
_Static_assert(HEAD + TIMELINE + WHY_HEIGHT + KEYS == CONNECTION_FRAME,
               "the frame is all that is around the parts");

// The ladder and another part stand side by side.
static bool is_beside(const struct app *app);

bool has_part(const struct app *app, enum part part) {
    switch (part) {
    case PART_LADDER: return !is_beside(app);
    case PART_LAB: return app->lab.hooks != NULL && !lab_fits_below(app);
    default: return true;
    }
}

enum part shown_part(const struct app *app) {
    if (has_part(app, app->part))
        return app->part;
    return is_beside(app) ? PART_DIAGRAM : PART_LADDER;
}

// The parts as tabs, ending before `right`; returns where they begin.
static int draw_tabs(const struct app *app, struct canvas *canvas, struct area area, int right) {
    static const char *const names[] = {
        [PART_LADDER] = N_("Ladder"),   [PART_DIAGRAM] = N_("Diagram"),
        [PART_SEGMENT] = N_("Segment"), [PART_STREAM] = N_("Stream"),
        [PART_LAB] = N_("Lab"),
    };
    _Static_assert(TW_COUNT(names) == PART_COUNT, "every part has its name");
    for (int i = PART_COUNT - 1; i >= PART_LADDER; i--) {
        if (!has_part(app, (enum part)i))
            continue;
        bool chosen = shown_part(app) == (enum part)i;
        if (!chosen && area.width < NARROW)
            continue;
        char text[64];
        snprintf(text, sizeof text, chosen ? "[%s]" : " %s ",
                 _(names[i])); // its shape says it, too
        int width = canvas_text_width(text);
        right -= width;
        canvas_text(canvas, area, right, 0, text, chosen ? ROLE_CHOSEN : ROLE_HEADING);
        canvas_target(canvas, area, right, 0, width, TARGET_PART, (uint32_t)i);
    }
    return right;
}

static void draw_title(const struct app *app, struct canvas *canvas, struct area area) {
    const struct tw_connection_info *info = &app->ladder.info;
    bool narrow = area.width < NARROW;
    char text[160], outcome[FORMAT_TEXT], number[FORMAT_TEXT], lost[64];
    int right = draw_tabs(app, canvas, area, area.width - 1);
    // Live, what was not seen matters more than how it ended; else it comes last.
    const bool live = app->epoch != TW_NO_TIME, dropped = live && app->counts.dropped > 0;
    snprintf(lost, sizeof lost, _("%s dropped"), format_brief(app->counts.dropped, number));
    const int width = canvas_text_width(lost) + 2;
    snprintf(text, sizeof text, narrow ? "#%llu" : _("connection %llu"),
             (unsigned long long)info->number);
    struct area left = {area.x, area.y, right - 1, area.height};
    if (1 + canvas_text_width(text) + (dropped ? width : 0) > left.width)
        snprintf(text, sizeof text, "#%" PRIu64, info->number);
    int x = canvas_text(canvas, left, 1, 0, text, ROLE_TITLE);
    if (dropped)
        x = canvas_text(canvas, left, x + 2, 0, lost, ROLE_WARNING);
    format_outcome(info, false, outcome);
    if (x + 2 + canvas_text_width(outcome) > left.width)
        format_outcome(info, true, outcome);
    if (x + 2 + canvas_text_width(outcome) <= left.width)
        x = canvas_text(canvas, left, x + 2, 0, outcome, ROLE_TEXT);
    if (live && !dropped && x + width <= left.width)
        canvas_text(canvas, left, x + 2, 0, lost, ROLE_FAINT);
}

// Each end's address and the state it is in at this moment.
static void draw_ends(const struct app *app, struct canvas *canvas, struct area area) {
    const struct tw_connection_info *info = &app->ladder.info;
    uint32_t ellipsis = glyph(app->ascii, GLYPH_ELLIPSIS);
    bool narrow = area.width < NARROW; // the port tells more than a few letters of an address
    int half = area.width / 2, gap = narrow ? 1 : 2;
    for (int end = 0; end < TW_END_COUNT; end++) {
        const struct tw_ladder_step *step =
            tw_ladder_state(&app->ladder, (enum tw_end)end, app->playback.place);
        enum tw_state state = step != NULL ? step->to : TW_CLOSED;
        bool known = info->end[end].step_count > 0; // at any time
        const char *name = known ? tw_state_name(state) : _("unknown");
        char address[TW_ADDRESS_TEXT];
        tw_address_text(info->version, &info->end[end].address, info->end[end].port, address);
        int name_width = canvas_text_width(name), width = canvas_text_width(address);
        int room = half - 4 - gap - name_width;
        if (width > room && narrow) {
            snprintf(address, sizeof address, "%u", info->end[end].port);
            width = canvas_text_width(address);
        }
        if (width > room)
            width = room;
        if (end == TW_CLIENT) {
            canvas_text(canvas, area, 1, 1, "C", ROLE_CLIENT);
            canvas_text_elided(canvas, area, 3, 1, room, address, ellipsis, ROLE_CLIENT);
            canvas_text(canvas, area, 3 + width + gap, 1, name, state_role(state));
        } else {
            int at = area.width - 2;
            canvas_text(canvas, area, at, 1, "S", ROLE_SERVER);
            canvas_text_elided(canvas, area, at - 1 - width, 1, room, address, ellipsis,
                               ROLE_SERVER);
            canvas_text(canvas, area, at - 1 - width - gap - name_width, 1, name,
                        state_role(state));
        }
    }
}

// Rows of the lab below the parts. It gives way to a diagram that stands alone and needs them.
static int lab_rows(const struct app *app, int height, bool beside) {
    enum { MOST = 14 };
    int rows = height / 2 + 1 < MOST ? height / 2 + 1 : MOST;
    bool diagram = !beside && app->part == PART_DIAGRAM;
    bool gives_way = diagram && height - rows < TW_DIAGRAM_HEIGHT;
    return app->lab.hooks != NULL && lab_fits_below(app) && !gives_way ? rows : 0;
}

static void draw_part(const struct app *app, struct canvas *canvas, struct area area) {
    switch (shown_part(app)) {
    case PART_DIAGRAM: draw_diagram(app, canvas, area); break;
    case PART_SEGMENT: draw_segment(app, canvas, area); break;
    case PART_STREAM: draw_stream(app, canvas, area); break;
    default: draw_ladder(app, canvas, area); break;
    }
}

// Columns of the part beside the ladder, which needs LADDER_LEAST and no more than LADDER_WIDTH.
static int beside_width(const struct app *app, int width) {
    int right = width >= LABELS_WIDTH ? TW_DIAGRAM_LABELS : TW_DIAGRAM_WIDTH;
    if (shown_part(app) != PART_DIAGRAM)
        right = SEGMENT_WIDTH < width - LADDER_LEAST - 1 ? SEGMENT_WIDTH : width - LADDER_LEAST - 1;
    return width - right - 1 > LADDER_WIDTH ? width - LADDER_WIDTH - 1 : right;
}

// All that is between the ends and the time line, and how many rows the lab has below.
static struct area parts_area(const struct app *app, int *lab) {
    int height = app->height - HEAD - TIMELINE - KEYS - why_height(app);
    *lab = lab_rows(app, height, is_beside(app));
    return (struct area){0, HEAD, app->width, height - *lab};
}

struct area part_area(const struct app *app) {
    int lab;
    struct area body = parts_area(app, &lab);
    int width = is_beside(app) ? beside_width(app, body.width) : body.width;
    return (struct area){body.width - width, body.y, width, body.height};
}

static void draw_both_parts(const struct app *app, struct canvas *canvas, struct area body) {
    struct area part = part_area(app);
    if (is_beside(app)) {
        struct area ladder = {body.x, body.y, body.width - part.width - 1, body.height};
        for (int y = 0; y < body.height; y++)
            canvas_put(canvas, body, ladder.width, y, glyph(app->ascii, GLYPH_LIFELINE), ROLE_RULE);
        draw_ladder(app, canvas, ladder);
    }
    draw_part(app, canvas, part);
}

static bool is_beside(const struct app *app) {
    int height = app->height - HEAD - TIMELINE - KEYS - why_height(app);
    bool room = app->lab.hooks == NULL ||
                (lab_fits_below(app) && height - lab_rows(app, height, true) >= TW_DIAGRAM_HEIGHT);
    return !app->alone && app->width >= BESIDE_WIDTH && room;
}

void view_connection(const struct app *app, struct canvas *canvas) {
    struct area area = canvas_area(canvas);
    int height = area.height - HEAD - TIMELINE - KEYS, why = why_height(app), lab;
    struct area body = parts_area(app, &lab);
    draw_title(app, canvas, area);
    draw_ends(app, canvas, area);
    if (shown_part(app) == PART_LAB) {
        draw_lab(app, canvas, (struct area){0, HEAD, area.width, height + TIMELINE});
    } else {
        draw_both_parts(app, canvas, body);
        draw_timeline(app, canvas, (struct area){0, HEAD + body.height, area.width, TIMELINE});
        draw_why(app, canvas, (struct area){0, HEAD + body.height + TIMELINE, area.width, why});
        if (lab > 0)
            draw_lab(app, canvas, (struct area){0, area.height - KEYS - lab, area.width, lab});
    }
    draw_keys(app, canvas, area, area.height - 1);
}
