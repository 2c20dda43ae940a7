// SPDX-License-Identifier: MIT
// Where playback stops: states and findings.
//
//  breakpoints  2 chosen                            playback stops right behind them
//
//  [ ] CLOSED             no connection at all
//  [x] CLOSING            both have closed at once; waiting for the acknowledgement
//  > [x] retransmission   sent again
//
//  Space switch  c none  ? help  q back
#include "views.h"

#include <stdio.h>

enum { HEAD = 2, KEYS = 2, NAME_AT = 6, TEXT_AT = 26, NARROW = 60 };

int breaks_page(const struct app *app) {
    int rows = app->height - HEAD - KEYS;
    return rows > 1 ? rows : 1;
}

static void draw_row(const struct app *app, struct canvas *canvas, struct area area, int y,
                     size_t row) {
    const struct playback *p = &app->playback;
    bool state = row < TW_STATE_COUNT, here = row == p->break_cursor;
    unsigned finding = (unsigned)(row - TW_STATE_COUNT);
    bool chosen = state ? p->break_state[row] : p->break_finding[finding];
    const char *name =
        state ? tw_state_name((enum tw_state)row) : tw_finding_name((enum tw_finding_kind)finding);
    const char *text = state ? tw_state_meaning((enum tw_state)row)
                             : tw_finding_text((enum tw_finding_kind)finding);
    if (here)
        canvas_put(canvas, area, 0, y, glyph(app->ascii, GLYPH_CURSOR), ROLE_TEXT);
    canvas_text(canvas, area, 2, y, chosen ? "[x]" : "[ ]", chosen ? ROLE_CHOSEN : ROLE_FAINT);
    canvas_text(canvas, area, NAME_AT, y, name,
                here    ? ROLE_TEXT
                : state ? state_role((enum tw_state)row)
                        : ROLE_WARNING);
    if (area.width > NARROW) {
        struct area rest = {area.x, area.y, area.width - 1, area.height};
        canvas_text(canvas, rest, TEXT_AT, y, _(text), here ? ROLE_TEXT : ROLE_FAINT);
        if (TEXT_AT + canvas_text_width(_(text)) > rest.width)
            canvas_put(canvas, rest, rest.width - 1, y, glyph(app->ascii, GLYPH_ELLIPSIS),
                       ROLE_FAINT);
    }
    if (here)
        canvas_highlight(canvas, area, y);
    canvas_target(canvas, area, 0, y, area.width, TARGET_ROW, (uint32_t)row);
}

void view_breaks(const struct app *app, struct canvas *canvas) {
    struct area area = canvas_area(canvas);
    const struct playback *p = &app->playback;
    char text[80];
    unsigned long chosen = 0;
    for (unsigned i = 0; i < TW_STATE_COUNT; i++)
        chosen += p->break_state[i];
    for (unsigned i = 0; i < TW_FINDING_COUNT; i++)
        chosen += p->break_finding[i];
    int x = canvas_text(canvas, area, 1, 0, _("breakpoints"), ROLE_TITLE) + 2;
    snprintf(text, sizeof text, n_("%lu chosen", "%lu chosen", chosen), chosen);
    x = canvas_text(canvas, area, x, 0, text, ROLE_TEXT) + 2;
    const char *hint = _("playback stops right behind them");
    if (x + canvas_text_width(hint) < area.width - 1)
        canvas_text_right(canvas, area, area.width - 2, 0, hint, ROLE_FAINT);
    size_t page = (size_t)breaks_page(app), top = breaks_top(app);
    for (size_t i = 0; i < page && top + i < BREAK_COUNT; i++)
        draw_row(app, canvas, area, HEAD + (int)i, top + i);
    draw_keys(app, canvas, area, area.height - 1);
}
