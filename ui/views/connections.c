// SPDX-License-Identifier: MIT
// The list of connections: one row each.
//
//  tcpwalk  web.pcap   tcp port 443                                 reading 43 %
//  1 204 connections   31 877 segments   1.9 MiB kept
//    # client           state        server            state         outcome
//    1 10.0.0.5:51514   TIME-WAIT    93.184.216.34:443 CLOSED        closed by client
//  > 2 10.0.0.5:51520   ESTABLISHED  93.184.216.34:443 ESTABLISHED   open
//    3 10.0.0.9:40022   SYN-SENT     10.0.0.1:22                     no answer, 5 SYNs
//
//  2  open   12.3 s   17 segments   4.1 KiB   began 12:00:01.123456
//  SYN-SENT 1  ESTABLISHED 2  TIME-WAIT 1  CLOSED 1
//  Enter open  / filter  s sort  ? help  q quit
#include "views.h"

#include "../format.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum column {
    COLUMN_NUMBER,
    COLUMN_CLIENT,
    COLUMN_CLIENT_STATE,
    COLUMN_SERVER,
    COLUMN_SERVER_STATE,
    COLUMN_OUTCOME,
    COLUMN_DURATION,
    COLUMN_SEGMENTS,
    COLUMN_OCTETS,
    COLUMN_OPENED,
    COLUMN_COUNT
};

enum { STATE_WIDTH = 12, ADDRESS_LEAST = 8, OUTCOME_LEAST = 8, GAP = 1 };

static const struct {
    const char *heading;
    bool right;
    enum sort sort;
} columns[] = {
    [COLUMN_NUMBER] = {"#", true, SORT_NUMBER},
    [COLUMN_CLIENT] = {"client", false, SORT_COUNT},
    [COLUMN_CLIENT_STATE] = {"state", false, SORT_CLIENT_STATE},
    [COLUMN_SERVER] = {"server", false, SORT_COUNT},
    [COLUMN_SERVER_STATE] = {"state", false, SORT_SERVER_STATE},
    [COLUMN_OUTCOME] = {"outcome", false, SORT_OUTCOME},
    [COLUMN_DURATION] = {"duration", true, SORT_DURATION},
    [COLUMN_SEGMENTS] = {"segments", true, SORT_SEGMENTS},
    [COLUMN_OCTETS] = {"octets", true, SORT_OCTETS},
    [COLUMN_OPENED] = {"began", true, SORT_COUNT},
};
_Static_assert(TW_COUNT(columns) == COLUMN_COUNT, "every column has its heading");

// Widths of the columns, 0 for those that are left out. First come addresses and states, then
// what happened, then the rest as far as there is room.
static void fit(const struct app *app, int width, int widths[COLUMN_COUNT]) {
    static const int extra[][2] = {
        {COLUMN_DURATION, 11}, {COLUMN_SEGMENTS, 9}, {COLUMN_OCTETS, 10}, {COLUMN_OPENED, 15}};
    char digits[FORMAT_TEXT];
    snprintf(digits, sizeof digits, "%zu", tw_story_count(app->story));
    int number = (int)strlen(digits) < 3 ? 3 : (int)strlen(digits);
    memset(widths, 0, COLUMN_COUNT * sizeof *widths);
    widths[COLUMN_NUMBER] = number;
    widths[COLUMN_CLIENT_STATE] = widths[COLUMN_SERVER_STATE] = STATE_WIDTH;
    int room = width - 1 - number - 2 * (STATE_WIDTH + GAP) - 1;
    int wish = app->list.address_width > ADDRESS_LEAST ? app->list.address_width : ADDRESS_LEAST;
    if (room < 2 * (ADDRESS_LEAST + GAP)) { // one address only: the port tells them apart
        widths[COLUMN_CLIENT] = room - GAP;
        return;
    }
    int address = (room - 2 * GAP) / 2;
    if (2 * (wish + GAP) + OUTCOME_LEAST + GAP > room && wish <= address)
        address = wish; // all of the addresses, and nothing more
    else if (address > wish)
        address = wish;
    widths[COLUMN_CLIENT] = widths[COLUMN_SERVER] = address;
    room -= 2 * (address + GAP);
    if (room < OUTCOME_LEAST + GAP)
        return;
    int outcome = room - GAP < OUTCOME_WIDTH ? room - GAP : OUTCOME_WIDTH;
    widths[COLUMN_OUTCOME] = outcome;
    room -= outcome + GAP;
    for (size_t i = 0; i < TW_COUNT(extra) && room >= extra[i][1] + GAP; i++) {
        widths[extra[i][0]] = extra[i][1];
        room -= extra[i][1] + GAP;
    }
}

static void draw_cell(const struct app *app, struct canvas *canvas, struct area area, int x, int y,
                      int width, bool right, const char *text, enum role role) {
    int own = canvas_text_width(text);
    if (right && own <= width)
        canvas_text(canvas, area, x + width - own, y, text, role);
    else
        canvas_text_elided(canvas, area, x, y, width, text, glyph(app->ascii, GLYPH_ELLIPSIS),
                           role);
}

static void draw_headings(const struct app *app, struct canvas *canvas, struct area area, int y,
                          const int widths[COLUMN_COUNT]) {
    int x = 1;
    for (int i = 0; i < COLUMN_COUNT; i++) {
        if (widths[i] == 0)
            continue;
        char text[FORMAT_TEXT];
        bool by = columns[i].sort == app->list.sort;
        snprintf(text, sizeof text, "%s%s", columns[i].heading,
                 !by                  ? ""
                 : app->list.reverse  ? "-"
                 : i == COLUMN_NUMBER ? ""
                                      : "+");
        draw_cell(app, canvas, area, x, y, widths[i], columns[i].right, text, ROLE_HEADING);
        x += widths[i] + GAP;
    }
}

static const char *cell_text(const struct app *app, const struct tw_connection_info *info,
                             int column, int width, char text[TW_ADDRESS_TEXT]) {
    const struct tw_end_info *c = &info->end[TW_CLIENT], *s = &info->end[TW_SERVER];
    switch (column) {
    case COLUMN_NUMBER: snprintf(text, TW_ADDRESS_TEXT, "%" PRIu64, info->number); break;
    case COLUMN_CLIENT: tw_address_text(info->version, &c->address, c->port, text); break;
    case COLUMN_CLIENT_STATE: return c->step_count > 0 ? tw_state_name(c->state) : "";
    case COLUMN_SERVER: tw_address_text(info->version, &s->address, s->port, text); break;
    case COLUMN_SERVER_STATE: return s->step_count > 0 ? tw_state_name(s->state) : "";
    case COLUMN_OUTCOME: return format_outcome(info, width < OUTCOME_WIDTH, text);
    case COLUMN_DURATION: return format_duration(info->last - info->opened, text);
    case COLUMN_SEGMENTS: return format_count(c->packets + s->packets, text);
    case COLUMN_OCTETS: return format_octets(c->bytes + s->bytes, text);
    default: return format_clock(info->opened, app->utc, text);
    }
    return text;
}
_Static_assert((int)FORMAT_TEXT <= (int)TW_ADDRESS_TEXT, "a cell's text holds either");

static enum role cell_role(const struct tw_connection_info *info, int column) {
    switch (column) {
    case COLUMN_CLIENT_STATE: return state_role(info->end[TW_CLIENT].state);
    case COLUMN_SERVER_STATE: return state_role(info->end[TW_SERVER].state);
    case COLUMN_OUTCOME:
        return info->outcome == TW_OUTCOME_CLOSED || info->outcome == TW_OUTCOME_OPEN
                   ? ROLE_TEXT
                   : ROLE_WARNING;
    case COLUMN_CLIENT:
    case COLUMN_SERVER: return ROLE_TEXT;
    default: return ROLE_FAINT;
    }
}

static void draw_row(const struct app *app, struct canvas *canvas, struct area area, int y,
                     const int widths[COLUMN_COUNT], size_t row) {
    struct tw_connection_info info;
    tw_story_info(tw_story_at(app->story, list_connection(app, row)), &info);
    bool here = row == app->list.cursor;
    if (here)
        canvas_put(canvas, area, 0, y, glyph(app->ascii, GLYPH_CURSOR), ROLE_TEXT);
    int x = 1;
    for (int i = 0; i < COLUMN_COUNT; i++) {
        if (widths[i] == 0)
            continue;
        char text[TW_ADDRESS_TEXT];
        draw_cell(app, canvas, area, x, y, widths[i], columns[i].right,
                  cell_text(app, &info, i, widths[i], text),
                  here ? ROLE_TEXT : cell_role(&info, i));
        x += widths[i] + GAP;
    }
    if (here)
        canvas_highlight(canvas, area, y);
}

static void draw_title(const struct app *app, struct canvas *canvas, struct area area) {
    char right[FORMAT_TEXT + 16] = "";
    if (app->loading && app->total > 0) {
        uint64_t done = app->done < app->total ? app->done : app->total;
        snprintf(right, sizeof right, "reading %u %%",
                 (unsigned)((double)done * 100 / (double)app->total));
    } else if (app->loading) {
        char octets[FORMAT_TEXT];
        snprintf(right, sizeof right, "reading, %s", format_octets(app->done, octets));
    }
    int width = (int)strlen(right), x = canvas_text(canvas, area, 1, 0, "tcpwalk", ROLE_TITLE) + 2;
    int room = area.width - x - width - 2;
    canvas_text_elided(canvas, area, x, 0, room, app->source_name,
                       glyph(app->ascii, GLYPH_ELLIPSIS), ROLE_TEXT);
    int name = canvas_text_width(app->source_name);
    if (app->filter != NULL && app->filter[0] != '\0' && name + 3 < room)
        canvas_text_elided(canvas, area, x + name + 3, 0, room - name - 3, app->filter,
                           glyph(app->ascii, GLYPH_ELLIPSIS), ROLE_FAINT);
    canvas_text_right(canvas, area, area.width - 2, 0, right, ROLE_WARNING);
}

// How much there is, and what had to be left out.
static void draw_summary(const struct app *app, struct canvas *canvas, struct area area, int y) {
    char text[4 * FORMAT_TEXT + 80], count[FORMAT_TEXT], segments[FORMAT_TEXT], octets[FORMAT_TEXT];
    size_t all = tw_story_count(app->story);
    format_count(all, count);
    format_count(tw_story_told(app->story), segments);
    format_octets(tw_story_memory(app->story), octets);
    snprintf(text, sizeof text, "%s connection%s   %s segments   %s kept", count,
             all == 1 ? "" : "s", segments, octets);
    int x = canvas_text(canvas, area, 1, y, text, ROLE_FAINT);
    uint64_t dropped = tw_story_dropped(app->story),
             lost = tw_story_connections_dropped(app->story);
    if (dropped + lost > 0) {
        snprintf(text, sizeof text, "full: %s %s not kept",
                 format_count(lost > 0 ? lost : dropped, count),
                 lost > 0 ? "connections" : "segments");
        canvas_text(canvas, area, x + 3, y, text, ROLE_WARNING);
    }
    if (app->list.typing || app->list.search[0] != '\0') {
        snprintf(text, sizeof text, "/%s%s", app->list.search, app->list.typing ? "_" : "");
        char rows[FORMAT_TEXT + 8];
        snprintf(rows, sizeof rows, "%s rows", format_count(list_count(app), count));
        struct area line = {area.x, area.y + y, area.width, 1};
        canvas_fill(canvas, line, ' ', ROLE_TEXT);
        canvas_text(canvas, area, 1, y, text, ROLE_CHOSEN);
        canvas_text_right(canvas, area, area.width - 2, y, rows, ROLE_FAINT);
    }
}

// The connection under the cursor, with what its row has no room for.
static void draw_detail(const struct app *app, struct canvas *canvas, struct area area, int y) {
    if (list_count(app) == 0)
        return;
    struct tw_connection_info info;
    tw_story_info(tw_story_at(app->story, list_connection(app, app->list.cursor)), &info);
    char text[5 * FORMAT_TEXT], outcome[FORMAT_TEXT], duration[FORMAT_TEXT], segments[FORMAT_TEXT],
        octets[FORMAT_TEXT], clock[FORMAT_TEXT];
    const struct tw_end_info *c = &info.end[TW_CLIENT], *s = &info.end[TW_SERVER];
    snprintf(text, sizeof text, "%s   %s   %s segments   %s   began %s%s",
             format_outcome(&info, false, outcome),
             format_duration(info.last - info.opened, duration),
             format_count(c->packets + s->packets, segments),
             format_octets(c->bytes + s->bytes, octets), format_clock(info.opened, app->utc, clock),
             info.midstream ? "   capture began inside" : "");
    canvas_text(canvas, area, 1, y, text, ROLE_TEXT);
}

static void draw_census(const struct app *app, struct canvas *canvas, struct area area, int y) {
    uint64_t counts[TW_STATE_COUNT];
    tw_story_census(app->story, counts);
    int x = 1;
    for (unsigned i = 0; i < TW_STATE_COUNT; i++) {
        char count[FORMAT_TEXT];
        const char *name = tw_state_name((enum tw_state)i);
        format_count(counts[i], count);
        if (counts[i] == 0)
            continue;
        if (x + (int)strlen(name) + 1 + (int)strlen(count) > area.width) {
            canvas_put(canvas, area, area.width - 1, y, glyph(app->ascii, GLYPH_ELLIPSIS),
                       ROLE_FAINT);
            return;
        }
        x = canvas_text(canvas, area, x, y, name, state_role((enum tw_state)i)) + 1;
        x = canvas_text(canvas, area, x, y, count, ROLE_TITLE) + 2;
    }
}

void view_connections(const struct app *app, struct canvas *canvas) {
    struct area area = canvas_area(canvas);
    int widths[COLUMN_COUNT], last = area.height - 1;
    fit(app, area.width, widths);
    draw_title(app, canvas, area);
    draw_summary(app, canvas, area, 1);
    draw_headings(app, canvas, area, 2, widths);
    size_t count = list_count(app), page = (size_t)list_page(app);
    for (size_t i = 0; i < page && app->list.top + i < count; i++)
        draw_row(app, canvas, area, 3 + (int)i, widths, app->list.top + i);
    if (count == 0)
        canvas_text(canvas, area, 1, 4,
                    app->list.search[0] != '\0' ? "no connection has this text"
                    : app->loading              ? "no TCP segment yet"
                                                : "no TCP segment in this capture",
                    ROLE_FAINT);
    draw_detail(app, canvas, area, last - 2);
    draw_census(app, canvas, area, last - 1);
    draw_keys(app, canvas, area, last);
}
