// SPDX-License-Identifier: MIT
// The start screen: what there is to open.
//
//  tcpwalk  what there is to open                              filter: close   12 rows
//  [Captures 41]  Lessons 41  Lab 42  Interfaces 3  Recent 2
//  Captures ------------------------------------------------------------------------
//    three-way-handshake      Three-way handshake
//  > four-way-close           Four-way close
//  Interfaces ----------------------------------------------------------------------
//    eth0                     running  192.0.2.7       ..:-=-:.  12 packets/s  3.4 KiB/s
//  -------------------------------------------------------------------- 7 packets --
//  FIN-WAIT-1, FIN-WAIT-2 and TIME-WAIT against CLOSE-WAIT and LAST-ACK, and why it
//  takes four segments
//  client  SYN-SENT > ESTABLISHED > FIN-WAIT-1 > FIN-WAIT-2 > TIME-WAIT
//  server  LISTEN > SYN-RECEIVED > ESTABLISHED > CLOSE-WAIT > LAST-ACK > CLOSED
//  Tab next group  Enter open  f filter  / search  ? help  q quit
#include "views.h"

#include "../format.h"

#include <stdio.h>
#include <string.h>

static const char *const group_names[] = {
    [UI_START_CAPTURES] = N_("Captures"), [UI_START_LESSONS] = N_("Lessons"),
    [UI_START_LAB] = N_("Lab"),           [UI_START_INTERFACES] = N_("Interfaces"),
    [UI_START_RECENT] = N_("Recent"),
};
_Static_assert(TW_COUNT(group_names) == UI_START_GROUP_COUNT, "every group has its name");

enum { NAME_WIDTH = 24, GROUP_TEXT = 80 };

static const struct ui_start_item *current(const struct app *app) {
    const struct start *start = &app->start;
    return start->cursor != UI_NOTHING ? &start->hooks->items[start->cursor] : NULL;
}

// As much of a text as there is room for, from its beginning.
static void draw_cut(const struct app *app, struct canvas *canvas, struct area area, int x, int y,
                     int room, const char *text, enum role role) {
    if (room <= 0)
        return;
    struct area part = {area.x + x, area.y + y, room, 1};
    bool whole = canvas_text_width(text) <= room;
    if (!whole)
        part.width--;
    canvas_text(canvas, part, 0, 0, text, role);
    if (!whole)
        canvas_put(canvas, area, x + room - 1, y, glyph(app->ascii, GLYPH_ELLIPSIS), role);
}

// --- Above the list

static void draw_title(const struct app *app, struct canvas *canvas, struct area area) {
    const struct start *start = &app->start;
    int x = canvas_text(canvas, area, 1, 0, "tcpwalk", ROLE_TITLE) + 2, right = area.width - 1;
    if (start->filter[0] != '\0') {
        char text[UI_START_FILTER + GROUP_TEXT];
        size_t count = 0;
        for (int group = 0; group < UI_START_GROUP_COUNT; group++)
            count += start_group_count(start, (enum ui_start_group)group);
        snprintf(text, sizeof text, n_("filter: %s   %zu row", "filter: %s   %zu rows", count),
                 start->filter, count);
        int width = canvas_text_width(text), room = area.width - 1 - x;
        right -= width < room ? width : room;
        draw_cut(app, canvas, area, right, 0, room, text, ROLE_CHOSEN);
    }
    draw_cut(app, canvas, area, x, 0, right - 2 - x, _("what there is to open"), ROLE_TEXT);
}

// The words of a tab: "[Captures 41]", "Captures".
static void tab_text(const struct app *app, enum ui_start_group group, bool counts,
                     char text[GROUP_TEXT]) {
    const struct ui_start_item *item = current(app);
    bool here = item != NULL && item->group == group;
    char count[FORMAT_TEXT] = "";
    if (counts)
        snprintf(count, sizeof count, " %zu", start_group_count(&app->start, group));
    snprintf(text, GROUP_TEXT, "%s%s%s%s", here ? "[" : "", _(group_names[group]), count,
             here ? "]" : "");
}

static bool has_rows(const struct app *app, enum ui_start_group group) {
    for (size_t i = 0; i < app->start.row_count; i++)
        if (app->start.rows[i].group == group)
            return true;
    return false;
}

// The groups in one row; where that is too narrow, without how many items there are in each.
static void draw_tabs(const struct app *app, struct canvas *canvas, struct area area, int y) {
    char text[GROUP_TEXT];
    int width = 1;
    for (int group = 0; group < UI_START_GROUP_COUNT; group++)
        if (has_rows(app, (enum ui_start_group)group)) {
            tab_text(app, (enum ui_start_group)group, true, text);
            width += canvas_text_width(text) + 2;
        }
    bool wide = width - 2 <= area.width;
    for (int group = 0, x = wide; group < UI_START_GROUP_COUNT; group++) {
        if (!has_rows(app, (enum ui_start_group)group))
            continue;
        tab_text(app, (enum ui_start_group)group, wide, text);
        int to = canvas_text(canvas, area, x, y, text, text[0] == '[' ? ROLE_CHOSEN : ROLE_HEADING);
        canvas_target(canvas, area, x, y, to - x, TARGET_ROW, START_GROUP + (uint32_t)group);
        x = to + (wide ? 2 : 1);
    }
}

// --- The list

static void draw_heading(const struct app *app, struct canvas *canvas, struct area area, int y,
                         const struct start_row *row) {
    draw_rule(app, canvas, area, y);
    canvas_put(canvas, area, 0, y, ' ', ROLE_RULE);
    int x = canvas_text(canvas, area, 1, y, _(group_names[row->group]), ROLE_HEADING);
    canvas_put(canvas, area, x, y, ' ', ROLE_RULE);
}

static int draw_levels(const struct app *app, struct canvas *canvas, struct area area, int x, int y,
                       const struct ui_activity *activity, enum role role) {
    for (int i = 0; i < UI_START_LEVELS; i++)
        canvas_put(canvas, area, x++, y, glyph_level(app->ascii, activity->levels[i]), role);
    return x;
}

// "12 packets/s  3.4 KiB/s", the second in at least `width` columns; "" while there is no traffic.
static const char *rate_text(const struct ui_activity *activity, int width, char text[GROUP_TEXT]) {
    char count[FORMAT_TEXT], octets[FORMAT_TEXT];
    uint64_t packets = (uint64_t)(activity->packets + 0.5);
    format_count(packets, count);
    format_octets((uint64_t)(activity->octets + 0.5), octets);
    text[0] = '\0';
    if (activity->packets > 0 || activity->octets > 0)
        snprintf(text, GROUP_TEXT, n_("%s packet/s  %*s/s", "%s packets/s  %*s/s", packets), count,
                 width, octets);
    return text;
}

// At the right end of a row; what matters less is left out. Returns where it begins.
static int draw_activity(const struct app *app, struct canvas *canvas, struct area area, int from,
                         int y, const struct ui_activity *activity, enum role role) {
    enum { FULL = 28, BRIEF = 13, OCTETS = 10, TITLE = 24, TITLE_LEAST = 8 };
    int room = area.width - 1 - from - UI_START_LEVELS - 2;
    int width = room >= FULL + TITLE ? FULL : room >= BRIEF + TITLE_LEAST ? BRIEF : 0;
    char text[GROUP_TEXT], octets[FORMAT_TEXT];
    int x = area.width - 1 - width - UI_START_LEVELS;
    draw_levels(app, canvas, area, x, y, activity, role);
    rate_text(activity, OCTETS, text);
    if (width == BRIEF && text[0] != '\0')
        snprintf(text, sizeof text, _("%s/s"),
                 format_octets((uint64_t)(activity->octets + 0.5), octets));
    if (width > 0)
        canvas_text_right(canvas, area, area.width - 2, y, text, role);
    return x;
}

static void draw_item(const struct app *app, struct canvas *canvas, struct area area, int y,
                      size_t index) {
    const struct ui_start_item *item = &app->start.hooks->items[index];
    bool here = index == app->start.cursor;
    int fifth = area.width * 2 / 5, name = fifth < NAME_WIDTH ? fifth : NAME_WIDTH;
    int x = 3 + name, end = area.width - 1;
    if (here)
        canvas_put(canvas, area, 0, y, glyph(app->ascii, GLYPH_CURSOR), ROLE_TEXT);
    canvas_text_elided(canvas, area, 2, y, name, item->name, glyph(app->ascii, GLYPH_ELLIPSIS),
                       ROLE_TEXT);
    if (item->activity != NULL)
        end = draw_activity(app, canvas, area, x, y, item->activity,
                            here ? ROLE_TEXT : ROLE_SEGMENT_DATA) -
              1;
    draw_cut(app, canvas, area, x, y, end - x, item->title, here ? ROLE_TEXT : ROLE_FAINT);
    canvas_target(canvas, area, 0, y, area.width, TARGET_ROW, (uint32_t)index);
    if (here)
        canvas_highlight(canvas, area, y);
}

static void draw_list(const struct app *app, struct canvas *canvas, struct area area) {
    const struct start *start = &app->start;
    for (int y = 0; y < area.height && start->top + (size_t)y < start->row_count; y++) {
        const struct start_row *row = &start->rows[start->top + (size_t)y];
        switch (row->kind) {
        case START_HEADING: draw_heading(app, canvas, area, y, row); break;
        case START_ITEM: draw_item(app, canvas, area, y, row->item); break;
        case START_EMPTY:
            draw_cut(app, canvas, area, 2, y, area.width - 3,
                     _(start->hooks->why_empty[row->group]), ROLE_FAINT);
            break;
        }
    }
    if (start->row_count == 0)
        canvas_text(canvas, area, 2, 1,
                    start->filter[0] != '\0' ? _("nothing here has these words")
                                             : _("nothing to open"),
                    ROLE_FAINT);
}

// --- What is told of the item under the cursor

static const char *const end_names[] = {[TW_CLIENT] = N_("client"), [TW_SERVER] = N_("server")};
static const enum role end_roles[] = {[TW_CLIENT] = ROLE_CLIENT, [TW_SERVER] = ROLE_SERVER};

// Takes one state off the joined ones; false behind the last one.
static bool next_state(const char **joined, char name[GROUP_TEXT], enum role *role) {
    size_t length = strcspn(*joined, ">");
    enum tw_state state;
    if (length == 0)
        return false;
    snprintf(name, GROUP_TEXT, "%.*s", (int)length, *joined);
    *joined += length + ((*joined)[length] == '>');
    *role = tw_state_parse(name, &state) ? state_role(state) : ROLE_TEXT;
    return true;
}

static bool passes_states(const struct ui_start_item *item, enum tw_end end) {
    return item->states[end] != NULL && item->states[end][0] != '\0';
}

// "client  SYN-SENT > ESTABLISHED" in one row, without the blanks where that is too long.
static void draw_path(const struct app *app, struct canvas *canvas, struct area area, int y,
                      const struct ui_start_item *item, enum tw_end end) {
    int x = canvas_text(canvas, area, 0, y, _(end_names[end]), end_roles[end]) + 2, blanks = 0;
    const char *rest = item->states[end];
    char name[GROUP_TEXT];
    enum role role;
    for (const char *at = rest; (at = strchr(at, '>')) != NULL; at++)
        blanks += 2;
    const char *between = x + (int)strlen(rest) + blanks <= area.width ? " > " : ">";
    for (bool first = true; next_state(&rest, name, &role); first = false) {
        int width = (int)strlen(name) + (first ? 0 : (int)strlen(between));
        if (x + width + (*rest != '\0') > area.width) {
            canvas_put(canvas, area, x, y, glyph(app->ascii, GLYPH_ELLIPSIS), ROLE_FAINT);
            return;
        }
        if (!first)
            x = canvas_text(canvas, area, x, y, between, ROLE_FAINT);
        x = canvas_text(canvas, area, x, y, name, role);
    }
}

// The rule between list and item, with how much there is in that.
static void draw_counts(const struct app *app, struct canvas *canvas, struct area area, int y) {
    const struct ui_start_item *item = current(app);
    draw_rule(app, canvas, area, y);
    if (item == NULL || item->counts == NULL || item->counts[0] == '\0')
        return;
    int width = canvas_text_width(item->counts), x = area.width - 3 - width;
    if (x < 1)
        return;
    canvas_put(canvas, area, x - 1, y, ' ', ROLE_RULE);
    x = canvas_text(canvas, area, x, y, item->counts, ROLE_FAINT);
    canvas_put(canvas, area, x, y, ' ', ROLE_RULE);
}

static void draw_below(const struct app *app, struct canvas *canvas, struct area area) {
    const struct ui_start_item *item = current(app);
    if (item == NULL)
        return;
    enum { WITH_STATES = 4 }; // rows: where there are fewer, the sentence has them
    int rows = area.height;
    for (enum tw_end end = TW_END_COUNT; area.height >= WITH_STATES && end-- > TW_CLIENT;)
        if (passes_states(item, end))
            draw_path(app, canvas, area, --rows, item, end);
    if (item->activity != NULL) {
        char rate[GROUP_TEXT];
        canvas_text(canvas, area, 0, --rows, rate_text(item->activity, 0, rate), ROLE_TEXT);
    }
    struct area text = {area.x, area.y, area.width, rows};
    if (item->detail[0] != '\0')
        draw_wrapped(app, canvas, text, item->detail, ROLE_WHY);
}

// Both ends' states below each other, in two columns. Returns the row behind them.
static int draw_paths(const struct app *app, struct canvas *canvas, struct area area, int y,
                      const struct ui_start_item *item) {
    int last = y;
    for (enum tw_end end = TW_CLIENT; end < TW_END_COUNT; end++) {
        if (!passes_states(item, end))
            continue;
        struct area column = {area.x + (int)end * area.width / 2, area.y, area.width / 2 - 1,
                              area.height};
        const char *rest = item->states[end];
        char name[GROUP_TEXT];
        enum role role;
        int row = y;
        canvas_text(canvas, column, 0, row++, _(end_names[end]), end_roles[end]);
        while (next_state(&rest, name, &role)) {
            if (row == area.height - 1 && *rest != '\0') {
                canvas_put(canvas, column, 0, row++, glyph(app->ascii, GLYPH_ELLIPSIS), ROLE_FAINT);
                break;
            }
            canvas_text(canvas, column, 0, row++, name, role);
        }
        last = row > last ? row : last;
    }
    return last;
}

static void draw_beside(const struct app *app, struct canvas *canvas, struct area area) {
    const struct ui_start_item *item = current(app);
    const char *last = "";
    int y = 0;
    if (item == NULL)
        return;
    const char *const parts[] = {item->name, item->title, item->detail, item->counts};
    static const enum role roles[] = {ROLE_TITLE, ROLE_TEXT, ROLE_WHY, ROLE_FAINT};
    for (size_t i = 0; i < TW_COUNT(parts); i++) {
        if (parts[i] == NULL || parts[i][0] == '\0' || strcmp(parts[i], last) == 0)
            continue; // a lesson's title is what it teaches
        last = parts[i];
        y += i > 1; // a blank row
        struct area rest = {area.x, area.y + y, area.width, area.height - y};
        y += draw_wrapped(app, canvas, rest, parts[i], roles[i]);
    }
    if (item->activity != NULL) {
        char text[GROUP_TEXT];
        int x = draw_levels(app, canvas, area, 0, ++y, item->activity, ROLE_SEGMENT_DATA);
        canvas_text(canvas, area, x + 2, y++, rate_text(item->activity, 0, text), ROLE_TEXT);
    }
    draw_paths(app, canvas, area, y + 1, item);
}

void view_start(const struct app *app, struct canvas *canvas) {
    struct area area = canvas_area(canvas);
    int page = start_page(app), below = start_below(app), last = area.height - 1;
    struct area list = {0, START_HEAD, area.width, page};
    draw_title(app, canvas, area);
    draw_tabs(app, canvas, area, 1);
    if (below == 0) {
        int share = area.width * 2 / 5, width = share < 70 ? share : 70;
        struct area panel = {area.width - width, START_HEAD, width - 1, page};
        list.width = panel.x - 2;
        for (int y = 0; y < page; y++)
            canvas_put(canvas, area, list.width, START_HEAD + y, glyph(app->ascii, GLYPH_LIFELINE),
                       ROLE_RULE);
        draw_beside(app, canvas, panel);
    } else {
        if (START_HEAD + page + below < last)
            draw_counts(app, canvas, area, START_HEAD + page);
        draw_below(app, canvas, (struct area){1, last - below, area.width - 2, below});
    }
    draw_list(app, canvas, list);
    draw_keys(app, canvas, area, last);
}
