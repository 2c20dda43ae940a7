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

enum { STATE_WIDTH = 12, ADDRESS_LEAST = 8, GAP = 1 };

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

static int smaller(int a, int b) {
    return a < b ? a : b;
}

// Widths of the two addresses in `room`: as much as they need, or fair shares.
static void fit_addresses(const struct app *app, int room, int widths[COLUMN_COUNT]) {
    const int *wish = app->list.address_width;
    int client = wish[TW_CLIENT] > ADDRESS_LEAST ? wish[TW_CLIENT] : ADDRESS_LEAST;
    int server = wish[TW_SERVER] > ADDRESS_LEAST ? wish[TW_SERVER] : ADDRESS_LEAST;
    if (client + server > room) {
        int half = room / 2;
        if (client < half)
            server = room - client;
        else if (server < half)
            client = room - server;
        else
            client = half, server = room - half;
    }
    widths[COLUMN_CLIENT] = client;
    widths[COLUMN_SERVER] = server;
}

// Widths of the columns, 0 for those that are left out. States and what happened stand whole;
// addresses are shortened for that, then the number goes. The rest comes where there is room.
static void fit(const struct app *app, int width, int widths[COLUMN_COUNT]) {
    static const int extra[][2] = {
        {COLUMN_DURATION, 11}, {COLUMN_SEGMENTS, 9}, {COLUMN_OCTETS, 10}, {COLUMN_OPENED, 15}};
    enum { ADDRESSES_LEAST = 2 * (ADDRESS_LEAST + GAP), OUTCOME = OUTCOME_BRIEF + GAP };
    char digits[FORMAT_TEXT];
    struct tw_connection_info last = {0};
    if (tw_story_count(app->story) > 0)
        tw_story_info(tw_story_at(app->story, tw_story_count(app->story) - 1), &last);
    snprintf(digits, sizeof digits, "%" PRIu64, last.number);
    int number = (int)strlen(digits) < 3 ? 3 : (int)strlen(digits);
    memset(widths, 0, COLUMN_COUNT * sizeof *widths);
    widths[COLUMN_CLIENT_STATE] = widths[COLUMN_SERVER_STATE] = STATE_WIDTH;
    int room = width - 1 - 2 * (STATE_WIDTH + GAP);
    if (room >= number + GAP + ADDRESSES_LEAST + OUTCOME || room < ADDRESSES_LEAST + OUTCOME) {
        widths[COLUMN_NUMBER] = number;
        room -= number + GAP;
    }
    if (room < ADDRESSES_LEAST) { // one address only: the port tells them apart
        widths[COLUMN_CLIENT] = room - GAP;
        return;
    }
    bool outcome = room >= ADDRESSES_LEAST + OUTCOME;
    fit_addresses(app, room - 2 * GAP - (outcome ? OUTCOME : 0), widths);
    room -= widths[COLUMN_CLIENT] + widths[COLUMN_SERVER] + 2 * GAP;
    if (!outcome)
        return;
    widths[COLUMN_OUTCOME] = smaller(room - GAP, OUTCOME_WIDTH);
    room -= widths[COLUMN_OUTCOME] + GAP;
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

// What is told of the connection on a row, at the list's moment.
static void row_info(const struct app *app, size_t row, struct tw_connection_info *info) {
    size_t connection = list_connection(app, row);
    tw_story_info(tw_story_at(app->story, connection), info);
    moment_info(app, connection, info);
}

static void draw_row(const struct app *app, struct canvas *canvas, struct area area, int y,
                     const int widths[COLUMN_COUNT], size_t row) {
    struct tw_connection_info info;
    row_info(app, row, &info);
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
    char right[MOMENT_TEXT] = "";
    if (app->moment.set) {
        moment_text(app, area.width - 3, right);
    } else if (app->lab.hooks != NULL) {
        snprintf(right, sizeof right, "the lab runs");
    } else if (app->loading && app->total > 0) {
        uint64_t done = app->done < app->total ? app->done : app->total;
        snprintf(right, sizeof right, "reading %u %%",
                 (unsigned)((double)done * 100 / (double)app->total));
    } else if (app->loading) {
        char octets[FORMAT_TEXT];
        snprintf(right, sizeof right, "reading, %s", format_octets(app->done, octets));
    } else if (app->broken)
        snprintf(right, sizeof right, "input broke off");
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
    char text[4 * FORMAT_TEXT + 80], count[FORMAT_TEXT], segments[FORMAT_TEXT], octets[FORMAT_TEXT],
        gone[FORMAT_TEXT];
    size_t all = tw_story_count(app->story);
    uint64_t lost = tw_story_connections_dropped(app->story),
             dropped = lost > 0 ? lost : tw_story_dropped(app->story);
    const char *what = lost > 0 ? "connections" : "segments", *s = all == 1 ? "" : "s";
    format_count(all, count);
    format_count(tw_story_told(app->story), segments);
    format_octets(tw_story_memory(app->story), octets);
    format_count(dropped, gone);
    if (dropped > 0)
        snprintf(text, sizeof text, "%s connection%s   %s segments   %s, full: %s %s not kept",
                 count, s, segments, octets, gone, what);
    else
        snprintf(text, sizeof text, "%s connection%s   %s segments   %s kept", count, s, segments,
                 octets);
    // What matters less is left out.
    if ((int)strlen(text) + 1 >= area.width && dropped > 0)
        snprintf(text, sizeof text, "%s connection%s   full: %s %s not kept", count, s, gone, what);
    if ((int)strlen(text) + 1 >= area.width && dropped > 0)
        snprintf(text, sizeof text, "full: %s %s not kept", gone, what);
    else if ((int)strlen(text) + 1 >= area.width)
        snprintf(text, sizeof text, "%s connection%s   %s segments", count, s, segments);
    canvas_text(canvas, area, 1, y, text, dropped > 0 ? ROLE_WARNING : ROLE_FAINT);
    if (app->list.filter[0] != '\0') {
        snprintf(text, sizeof text, "%s%.80s", _("filter: "), app->list.filter);
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
    row_info(app, app->list.cursor, &info);
    const struct tw_end_info *c = &info.end[TW_CLIENT], *s = &info.end[TW_SERVER];
    char outcome[FORMAT_TEXT], duration[FORMAT_TEXT], segments[FORMAT_TEXT + 16],
        octets[FORMAT_TEXT], clock[FORMAT_TEXT], began[FORMAT_TEXT + 16];
    format_outcome(&info, false, outcome);
    format_duration(info.last - info.opened, duration);
    size_t length = strlen(format_count(c->packets + s->packets, segments));
    snprintf(segments + length, sizeof segments - length, " segment%s",
             c->packets + s->packets == 1 ? "" : "s");
    format_octets(c->bytes + s->bytes, octets);
    snprintf(began, sizeof began, "began %s", format_clock(info.opened, app->utc, clock));
    const char *const parts[] = {outcome, duration, segments,
                                 octets,  began,    info.midstream ? "capture began inside" : ""};
    int x = 1;
    for (size_t i = 0; i < TW_COUNT(parts) && x + (int)strlen(parts[i]) < area.width; i++)
        x = canvas_text(canvas, area, x, y, parts[i], ROLE_TEXT) + 3;
}

static void draw_census(const struct app *app, struct canvas *canvas, struct area area, int y) {
    uint64_t counts[TW_STATE_COUNT];
    if (app->moment.set)
        moment_census(app, counts);
    else
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
                    app->list.filter[0] != '\0' ? "no connection has this text"
                    : app->loading              ? "no TCP segment yet"
                                                : "no TCP segment in this capture",
                    ROLE_FAINT);
    draw_detail(app, canvas, area, last - 2);
    draw_census(app, canvas, area, last - 1);
    draw_keys(app, canvas, area, last);
}
