// SPDX-License-Identifier: MIT
// The help: the action table, beginning with what can be done where one came from, and what the
// marks mean. Where it is narrow, the words stand below keys that take more room than they have.
//
//  tcpwalk  help                                  1-21 of 121, Down and Up scroll
//  One connection
//    Space           play, pause
//    PgDn ^F         one page on
//  Everywhere
//    ? F1            this help, and back
//
//  ? help  q back
#include "views.h"

#include <stdio.h>
#include <string.h>

enum {
    KEYS_AT = 3,
    TEXT_AT = 27,
    NARROW_TEXT_AT = 12,
    MARKS_TEXT_AT = 7,
    WIDE = 60,
    MOST = 64,
    RANGE_TEXT = 128
};

// In this order, but for the one that comes first.
static const char *const groups[] = {"Everywhere",     "Moving",     "Connections",
                                     "One connection", "The stream", "The state diagram",
                                     "Breakpoints",    "The lab"};

// What the marks mean, with the glyph that is drawn; GLYPH_COUNT: words alone.
static const struct {
    enum glyph mark;
    const char *text;
} legend[] = {
    {GLYPH_COUNT, N_("Ladder and diagram stand at the same moment. Arrows are segments, their "
                     "numbers are relative. The state is where each end is by RFC 9293, not what "
                     "its kernel reports.")},
    {GLYPH_TOKEN_RIGHT, N_("behind C points at the client's state; before S, at the server's")},
    {GLYPH_ASSUMED, N_("assumed: nothing on the wire says so, and nothing says otherwise")},
    {GLYPH_CORRECTED, N_("corrected: assumed differently first, then taken back")},
    {GLYPH_ESTIMATE, N_("an estimate: when a segment left or landed, by half the handshake's round "
                        "trip; when it was captured is told below the ladder")},
    {GLYPH_SHAFT_AGAIN, N_("an arrow of these: the segment was sent again,")},
    {GLYPH_SHAFT_LATE, N_("of these: later ones have overtaken it,")},
    {GLYPH_SHAFT_COPY, N_("of these: it was captured twice,")},
    {GLYPH_SHAFT_RUN, N_("of these: a run of data, folded")},
    {GLYPH_FOUND,
     N_("behind a time: something was found, which the lines below say; behind a state in "
        "the list: it lasts long")},
    {GLYPH_LOST, N_("at an arrow's head: the segment was lost")},
    {GLYPH_TRAIL, N_("behind a segment in flight; and where nothing happened for long")},
    {GLYPH_BLOCKED, N_("an end's line while its call is blocked")},
    {GLYPH_DIFFERS, N_("the kernel says otherwise")},
    {GLYPH_COUNT,
     N_("In the state diagram the way so far is heavy (= #), what happened last double "
        "(*); a cross stands where an end left by force, which is no line of the RFC.")},
    {GLYPH_LINE_CLIENT, N_("in the time line: the client's state changes;")},
    {GLYPH_LINE_SERVER, N_("the server's does; R: a reset; a cross as above: lost, or sent again")},
    {GLYPH_MARK, N_("a connection that is marked")},
    {GLYPH_ELLIPSIS, N_("there was no room for what is missing here")},
    {GLYPH_COUNT, N_("observed: the end's own segment shows it. proven: a later one does. timer: a "
                     "timer of the stack ran out on the capture's clock.")},
    {GLYPH_COUNT, N_("full: at the memory limit the arrows of connections that are over are "
                     "dropped, the oldest first; then those in the middle of long ones. States "
                     "and counters are kept.")},
    {GLYPH_COUNT, N_("following: at the end, while more is read, the ladder stays at the end.")},
};

// The help as it is written from top to bottom: onto the canvas, or, where that is NULL, only to
// see how many rows it takes.
struct page {
    const struct app *app;
    struct canvas *canvas;
    struct area area; // of the text
    int y;            // the next row, from the top of the area
};

static int wrapped(const struct page *page, int x, int y, const char *text) {
    static struct canvas none;
    struct canvas *canvas = page->canvas != NULL ? page->canvas : &none;
    return canvas_text_wrapped(canvas, page->canvas != NULL ? page->area : (struct area){0}, x, y,
                               page->area.width - x - 1, MOST, text, ROLE_TEXT);
}

static void put_heading(struct page *page, const char *text) {
    if (page->canvas != NULL)
        canvas_text(page->canvas, page->area, 1, page->y, text, ROLE_TITLE);
    page->y++;
}

static void put_action(struct page *page, enum action action) {
    const struct action_info *info = action_info(action);
    const int text_at = page->area.width < WIDE ? NARROW_TEXT_AT : TEXT_AT;
    const bool fits = KEYS_AT + canvas_text_width(info->keys) < text_at;
    if (page->canvas != NULL)
        canvas_text(page->canvas, page->area, KEYS_AT, page->y, info->keys, ROLE_KEY);
    page->y += fits ? 0 : 1;
    page->y += wrapped(page, text_at, page->y, _(info->help));
}

static void put_group(struct page *page, const char *group) {
    put_heading(page, _(group));
    for (unsigned i = ACTION_NONE + 1; i < ACTION_COUNT; i++)
        if (strcmp(action_info((enum action)i)->group, group) == 0)
            put_action(page, (enum action)i);
}

static void put_legend(struct page *page) {
    put_heading(page, _("What the marks mean"));
    for (size_t i = 0; i < TW_COUNT(legend); i++) {
        const bool mark = legend[i].mark != GLYPH_COUNT;
        if (mark && page->canvas != NULL)
            canvas_put(page->canvas, page->area, KEYS_AT, page->y,
                       glyph(page->app->ascii, legend[i].mark), ROLE_KEY);
        page->y += wrapped(page, mark ? MARKS_TEXT_AT : KEYS_AT, page->y, _(legend[i].text));
    }
}

// What is wanted first is what can be done where one came from.
static const char *first_group(const struct app *app) {
    switch (app->under_help) {
    case VIEW_CONNECTION:
        return app->walk.on                     ? "The state diagram"
               : app->lab.hooks != NULL         ? "The lab"
               : shown_part(app) == PART_STREAM ? "The stream"
                                                : "One connection";
    case VIEW_LAB: return "The lab";
    case VIEW_BREAKS: return "Breakpoints";
    case VIEW_START: return "Moving";
    default: return "Connections";
    }
}

static void put_all(struct page *page) {
    const char *first = first_group(page->app);
    put_group(page, first);
    for (size_t g = 0; g < TW_COUNT(groups); g++)
        if (strcmp(groups[g], first) != 0)
            put_group(page, groups[g]);
    put_legend(page);
}

// Side by side where there is room.
static int columns(const struct app *app) {
    enum { COLUMN_LEAST = 75 };
    return app->width < 2 * COLUMN_LEAST ? 1 : app->width / COLUMN_LEAST;
}

int help_height(const struct app *app) {
    struct page page = {.app = app, .area = {.width = app->width / columns(app)}};
    put_all(&page);
    return page.y;
}

int help_page(const struct app *app) {
    return (app->height - HELP_FRAME) * columns(app);
}

// Which rows are seen, and by which keys others are.
static const char *range_text(const struct app *app, char text[RANGE_TEXT]) {
    const int page = help_page(app), height = help_height(app);
    const int from = app->help_top + 1,
              to = app->help_top + page < height ? app->help_top + page : height;
    const char *down_keys = action_info(ACTION_DOWN)->keys, *up_keys = action_info(ACTION_UP)->keys;
    const uint32_t down = key_next(&down_keys), up = key_next(&up_keys);
    char down_text[KEY_TEXT], up_text[KEY_TEXT];
    if (page >= height || app->width < WIDE || down == KEY_IS_NONE || up == KEY_IS_NONE)
        snprintf(text, RANGE_TEXT, _("%d-%d of %d"), from, to, height);
    else
        snprintf(text, RANGE_TEXT, _("%d-%d of %d, %s and %s scroll"), from, to, height,
                 key_text(down, down_text), key_text(up, up_text));
    return text;
}

void view_help(const struct app *app, struct canvas *canvas) {
    struct area area = canvas_area(canvas);
    const int each = help_page(app) / columns(app);
    canvas_text(canvas, area, canvas_text(canvas, area, 1, 0, "tcpwalk", ROLE_TITLE) + 2, 0,
                _("help"), ROLE_TEXT);
    char range[RANGE_TEXT];
    canvas_text_right(canvas, area, area.width - 2, 0, range_text(app, range), ROLE_FAINT);
    for (int i = 0, width = area.width / columns(app); i < columns(app); i++) {
        struct page page = {app, canvas, {i * width, 1, width, each}, -app->help_top - i * each};
        put_all(&page);
    }
    draw_keys(app, canvas, area, area.height - 1);
}
