// SPDX-License-Identifier: MIT
// The list of connections: one row each.
//
//  tcpwalk  web.pcap   tcp port 443                                 reading 43 %
//  1 204 connections   31 877 segments   1.9 MiB kept                    1 marked
//   #^ client           state        server            state        outcome     >
//    1 10.0.0.5:51514   TIME-WAIT    93.184.216.34:443 CLOSED       closed by C
//  >*2 10.0.0.5:51520   ESTABLISHED  93.184.216.34:443 ESTABLISHED  open
//    3 10.0.0.9:40022   FIN-WAIT-2   10.0.0.1:22       CLOSE-WAIT!  open
//
//  open   12.3 s   17 segments   4.1 KiB   RTT 21.9 ms   ShADad   began 12:00:01.12
//  ESTABLISHED 2  FIN-WAIT-2 1  CLOSE-WAIT 1!  TIME-WAIT 1  CLOSED 1
//  Enter open  f filter  / search  s sort  Space mark  ? help  q quit
#include "views.h"

#include "../columns.h"
#include "../format.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
    FRAME = 5,          // rows around the list, without the census
    CENSUS_WIDTH = 160, // from there on it takes one row,
    CENSUS_HEIGHT = 16, // from there on it may take two
};

static int census_rows(const struct app *app) {
    return app->width < CENSUS_WIDTH && app->height >= CENSUS_HEIGHT ? 2 : 1;
}

int connections_frame(const struct app *app) {
    return FRAME + census_rows(app);
}

// --- Above the rows

// What is shown only, or what is wrong with that.
static void draw_query(const struct app *app, struct canvas *canvas, struct area area,
                       const char *filter, const char *fault) {
    char text[SEARCH_MAX + PART_TEXT];
    snprintf(text, sizeof text, fault[0] != '\0' ? "%s" : _("filter: %s"),
             fault[0] != '\0' ? fault : filter);
    canvas_text_elided(canvas, area, 1, 0, area.width - 2, text, glyph(app->ascii, GLYPH_ELLIPSIS),
                       fault[0] != '\0' ? ROLE_WARNING : ROLE_CHOSEN);
}

// What can be asked for, while nothing is typed yet.
static void draw_examples(struct canvas *canvas, struct area area) {
    static const struct phrase examples[] = {
        {"10.0.0.5", ROLE_FAINT, 1},      {"port:443", ROLE_FAINT, 2},
        {"state:closing", ROLE_FAINT, 0}, {"was:time-wait", ROLE_FAINT, 5},
        {"outcome:reset", ROLE_FAINT, 3}, {"-port:22", ROLE_FAINT, 4},
        {"refused|reset", ROLE_FAINT, 6}, {"client:10.0.0.0/8", ROLE_FAINT, 7},
    };
    draw_parts(canvas, area, 0, PART_GAP, examples, TW_COUNT(examples));
}

static void draw_summary(const struct app *app, struct canvas *canvas, struct area area, int y) {
    const struct list *list = &app->list;
    const struct list_searching *s = &list->searching;
    struct area line = {area.x, area.y + y, area.width, 1};
    char text[PART_TEXT], rows[FORMAT_TEXT], all[FORMAT_TEXT];
    if (list->filter[0] != '\0' && list->fault[0] == '\0') {
        size_t count = tw_story_count(app->story);
        snprintf(text, sizeof text, n_("%s of %s connection", "%s of %s connections", count),
                 format_count(list_count(app), rows), format_count(count, all));
        int width = canvas_text_width(text);
        canvas_text_right(canvas, line, line.width - 2, 0, text, ROLE_FAINT);
        line.width -= width + 2;
        const uint64_t lacks = tw_story_connections_dropped(app->story);
        if (lacks > 0) {
            snprintf(text, sizeof text, _("%s not kept"), format_count(lacks, rows));
            width = canvas_text_width(text);
            canvas_text_right(canvas, line, line.width - 2, 0, text, ROLE_WARNING);
            line.width -= width + 2;
        }
    }
    if (list_marked_count(app) > 0) {
        snprintf(text, sizeof text, _("%s marked"), format_count(list_marked_count(app), rows));
        int width = canvas_text_width(text);
        canvas_text_right(canvas, line, line.width - 2, 0, text, ROLE_KEY);
        line.width -= width + 2;
    }
    if ((app->prompt.question == ASK_FILTER || app->prompt.question == ASK_SEARCH) &&
        app->prompt.line[0] == '\0')
        draw_examples(canvas, line);
    else if (s->asked && (s->missed || list->search_fault[0] != '\0'))
        draw_query(app, canvas, line, "", s->missed ? _("no row has it") : list->search_fault);
    else if (list->filter[0] != '\0')
        draw_query(app, canvas, line, list->filter, list->fault);
    else
        draw_source_counts(app, canvas, line);
}

// --- The rows

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
                          const struct columns *fitted) {
    int x = 1;
    for (int i = 0; i < COLUMN_COUNT; i++) {
        const struct column_info *column = column_info((enum column)i);
        const char *heading = _(column->heading);
        const bool by = column->sort == app->list.sort;
        const int width = fitted->widths[i], own = canvas_text_width(heading) + by;
        if (width == 0)
            continue;
        int at = column->right && own < width ? x + width - own : x;
        draw_cell(app, canvas, area, at, y, by ? width - 1 : width, false, heading, ROLE_HEADING);
        if (by)
            canvas_put(canvas, area, own <= width ? at + own - 1 : x + width - 1, y,
                       glyph(app->ascii, app->list.reverse ? GLYPH_HEAD_DOWN : GLYPH_HEAD_UP),
                       ROLE_KEY);
        canvas_target(canvas, area, x, y, width, TARGET_SORT, column->sort);
        x += width + COLUMN_GAP;
    }
    if (fitted->left) {
        canvas_put(canvas, area, 0, y, glyph(app->ascii, GLYPH_HEAD_LEFT), ROLE_KEY);
        canvas_target(canvas, area, 0, y, 1, TARGET_ACTION, ACTION_COLUMNS_LEFT);
    }
    if (fitted->right) {
        canvas_put(canvas, area, area.width - 1, y, glyph(app->ascii, GLYPH_HEAD_RIGHT), ROLE_KEY);
        canvas_target(canvas, area, area.width - 1, y, 1, TARGET_ACTION, ACTION_COLUMNS_RIGHT);
    }
}

// An end that stays for long in its state has a sign behind it.
static void draw_long(const struct app *app, struct canvas *canvas, struct area area, int x, int y,
                      const struct column_row *row, enum column column, const char *text) {
    enum tw_end end = column == COLUMN_CLIENT_STATE ? TW_CLIENT : TW_SERVER;
    if (column != COLUMN_CLIENT_STATE && column != COLUMN_SERVER_STATE)
        return;
    if (list_long(app, &row->info, row->connection, end) > 0)
        canvas_put(canvas, area, x + canvas_text_width(text), y, '!', ROLE_WARNING);
}

static void read_row(const struct app *app, size_t at, struct column_row *row) {
    row->connection = list_connection(app, at);
    list_info(app, row->connection, &row->info);
    row->whole = list_whole(app, row->connection);
}

static void draw_row(const struct app *app, struct canvas *canvas, struct area area, int y,
                     const struct columns *fitted, size_t at) {
    struct column_row row;
    read_row(app, at, &row);
    const bool here = at == app->list.cursor;
    // Rows of what was asked for before, until the first page of what is asked for now is there.
    const bool old = app->list.filtering.on && !app->list.filtering.shown;
    int x = 1;
    for (int i = 0; i < COLUMN_COUNT; i++) {
        const int width = fitted->widths[i];
        char buffer[COLUMN_TEXT];
        if (width == 0)
            continue;
        const char *text = column_text(app, &row, (enum column)i, width, buffer);
        draw_cell(app, canvas, area, x, y, width, column_info((enum column)i)->right, text,
                  old    ? ROLE_FAINT
                  : here ? ROLE_TEXT
                         : column_role(&row, (enum column)i));
        draw_long(app, canvas, area, x, y, &row, (enum column)i, text);
        x += width + COLUMN_GAP;
    }
    if (list_marked(app, row.connection))
        canvas_put(canvas, area, 1, y, glyph(app->ascii, GLYPH_MARK), ROLE_KEY);
    if (here) {
        canvas_put(canvas, area, 0, y, glyph(app->ascii, GLYPH_CURSOR), ROLE_TEXT);
        canvas_highlight(canvas, area, y);
    }
    canvas_target(canvas, area, 0, y, area.width, TARGET_ROW, (uint32_t)at);
}

// What there is to do where there are no rows.
static void draw_empty(const struct app *app, struct canvas *canvas, struct area area, int y) {
    char text[SEARCH_MAX + PART_TEXT];
    if (app->list.query.count > 0 && app->list.filtering.on)
        snprintf(text, sizeof text, "%s", _("Looking for connections that match."));
    else if (app->list.query.count > 0)
        snprintf(text, sizeof text, "%s", _("No connection matches. Esc shows them all again."));
    else if (app->loading)
        snprintf(text, sizeof text, "%s", _("No TCP segment has come yet."));
    else if (app->filter[0] != '\0')
        snprintf(text, sizeof text, _("No TCP segment passes the filter '%.80s'."), app->filter);
    else
        snprintf(text, sizeof text, "%s", _("There is no TCP segment in this capture."));
    canvas_text_wrapped(canvas, area, 1, y, area.width - 2, 3, text, ROLE_FAINT);
}

// --- Below the rows

static void say_long(const struct app *app, const struct column_row *row, enum tw_end end,
                     struct phrase *part) {
    char time[FORMAT_TEXT];
    tw_time stayed = list_long(app, &row->info, row->connection, end);
    if (stayed > 0)
        snprintf(part->text, PART_TEXT,
                 end == TW_CLIENT ? _("client in %s for %s") : _("server in %s for %s"),
                 tw_state_name(row->info.end[end].state), format_wait(stayed, time));
}

// The connection under the cursor, with what its row has no room for.
static void draw_detail(const struct app *app, struct canvas *canvas, struct area area, int y,
                        const struct columns *fitted) {
    // As they stand side by side; those of low rank first where there is no room for all.
    enum {
        OUTCOME,
        CLIENT,
        SERVER,
        CLIENT_LONG,
        SERVER_LONG,
        MIDSTREAM,
        DURATION,
        SEGMENTS,
        OCTETS,
        RTT,
        LETTERS,
        OPENED,
        PROCESS,
        KERNEL,
        COUNT
    };
    struct phrase parts[COUNT] = {
        [OUTCOME] = {.role = ROLE_TEXT, .rank = 0},
        [CLIENT] = {.role = ROLE_CLIENT, .rank = 2},
        [SERVER] = {.role = ROLE_SERVER, .rank = 3},
        [CLIENT_LONG] = {.role = ROLE_WARNING, .rank = 1},
        [SERVER_LONG] = {.role = ROLE_WARNING, .rank = 1},
        [MIDSTREAM] = {.role = ROLE_TEXT, .rank = 9},
        [DURATION] = {.role = ROLE_TEXT, .rank = 4},
        [SEGMENTS] = {.role = ROLE_TEXT, .rank = 5},
        [OCTETS] = {.role = ROLE_TEXT, .rank = 6},
        [RTT] = {.role = ROLE_TEXT, .rank = 7},
        [LETTERS] = {.role = ROLE_TEXT, .rank = 8},
        [OPENED] = {.role = ROLE_TEXT, .rank = 10},
        [PROCESS] = {.role = ROLE_TEXT, .rank = 3},
        [KERNEL] = {.role = ROLE_WARNING, .rank = 1},
    };
    _Static_assert((int)COUNT <= (int)PARTS_MAX, "all have room");
    static const struct {
        enum column column;
        int part;
    } hidden[] = {{COLUMN_CLIENT, CLIENT},
                  {COLUMN_SERVER, SERVER},
                  {COLUMN_OUTCOME, OUTCOME},
                  {COLUMN_DURATION, DURATION},
                  {COLUMN_OCTETS, OCTETS}};
    if (list_count(app) == 0)
        return;
    struct column_row row;
    char text[COLUMN_TEXT], word[FORMAT_TEXT];
    read_row(app, app->list.cursor, &row);
    for (size_t i = 0; i < TW_COUNT(hidden); i++) {
        const char *whole = column_text(app, &row, hidden[i].column, area.width, text);
        if (canvas_text_width(whole) > fitted->widths[hidden[i].column])
            snprintf(parts[hidden[i].part].text, PART_TEXT, "%s", whole);
    }
    say_long(app, &row, TW_CLIENT, &parts[CLIENT_LONG]);
    say_long(app, &row, TW_SERVER, &parts[SERVER_LONG]);
    const uint64_t segments = row.info.end[TW_CLIENT].packets + row.info.end[TW_SERVER].packets;
    if (fitted->widths[COLUMN_SEGMENTS] == 0 && row.whole)
        snprintf(parts[SEGMENTS].text, PART_TEXT, n_("%s segment", "%s segments", segments),
                 format_count(segments, word));
    if (fitted->widths[COLUMN_RTT] == 0 && list_rtt(&row.info) >= 0)
        snprintf(parts[RTT].text, PART_TEXT, _("RTT %s"),
                 format_duration(list_rtt(&row.info), word));
    if (fitted->widths[COLUMN_LETTERS] == 0 && row.whole)
        snprintf(parts[LETTERS].text, PART_TEXT, _("history %s"),
                 column_text(app, &row, COLUMN_LETTERS, area.width, text));
    if (fitted->widths[COLUMN_OPENED] == 0)
        snprintf(parts[OPENED].text, PART_TEXT, _("began %s"),
                 format_clock(row.info.opened, app->utc, word));
    if (columns_have(app, COLUMN_PROCESS) && fitted->widths[COLUMN_PROCESS] == 0)
        column_text(app, &row, COLUMN_PROCESS, area.width, parts[PROCESS].text);
    const char *kernel = column_text(app, &row, COLUMN_KERNEL, area.width, text);
    if (fitted->widths[COLUMN_KERNEL] < canvas_text_width(kernel))
        snprintf(parts[KERNEL].text, PART_TEXT, _("kernel %s"), kernel);
    if (row.info.midstream)
        snprintf(parts[MIDSTREAM].text, PART_TEXT, "%s", _("began before the capture"));
    draw_parts(canvas, area, y, PART_GAP, parts, COUNT);
}

static bool is_warned(const struct app *app, unsigned state, const uint64_t *counts) {
    return counts[state] > 0 && app->list.longs[state] > 0 && !app->moment.set;
}

// Draws one state's count, or says only where it would end.
static int draw_count(const struct app *app, struct canvas *canvas, struct area area, int x, int y,
                      enum tw_state state, const uint64_t *counts, bool draw) {
    char number[FORMAT_TEXT];
    const char *name = tw_state_name(state);
    const uint64_t count = counts[state];
    const bool warn = is_warned(app, state, counts);
    int begin = x,
        end = x + (int)strlen(name) + 1 + (int)strlen(format_count(count, number)) + warn;
    if (!draw)
        return end;
    x = canvas_text(canvas, area, x, y, name, count > 0 ? state_role(state) : ROLE_FAINT) + 1;
    x = canvas_text(canvas, area, x, y, number, count > 0 ? ROLE_TITLE : ROLE_FAINT);
    if (warn)
        canvas_put(canvas, area, x, y, '!', ROLE_WARNING);
    canvas_target(canvas, area, begin, y, end - begin, TARGET_CENSUS, state);
    return end;
}

// Some of the eleven, one behind the other from (x, y) on; false: there is no room for them.
enum which { ALL, COUNTED, WARNED, OTHERS };
static bool draw_some(const struct app *app, struct canvas *canvas, struct area area, int at[2],
                      const uint64_t counts[TW_STATE_COUNT], enum which which, bool draw) {
    for (unsigned i = 0; i < TW_STATE_COUNT; i++) {
        const bool warned = is_warned(app, i, counts);
        if (which != ALL &&
            (counts[i] == 0 || (which == WARNED && !warned) || (which == OTHERS && warned)))
            continue;
        int end = draw_count(app, canvas, area, at[0], at[1], (enum tw_state)i, counts, false);
        if (end > area.width && at[0] > 1) {
            at[0] = 1;
            at[1]++;
        }
        if (at[1] == area.height)
            return false;
        at[0] = draw_count(app, canvas, area, at[0], at[1], (enum tw_state)i, counts, draw) + 2;
    }
    return true;
}

// All of them in their order; where there is no room those that an end is in; where there is none
// for them either, first those that are waited in.
static void draw_census(const struct app *app, struct canvas *canvas, struct area area) {
    uint64_t counts[TW_STATE_COUNT];
    list_census(app, counts);
    for (enum which which = ALL; which <= COUNTED; which++)
        if (draw_some(app, canvas, area, (int[]){1, 0}, counts, which, false)) {
            (void)draw_some(app, canvas, area, (int[]){1, 0}, counts, which, true);
            return;
        }
    int at[] = {1, 0};
    if (draw_some(app, canvas, area, at, counts, WARNED, true))
        (void)draw_some(app, canvas, area, at, counts, OTHERS, true);
    canvas_put(canvas, area, area.width - 1, area.height - 1, glyph(app->ascii, GLYPH_ELLIPSIS),
               ROLE_FAINT);
}

void view_connections(const struct app *app, struct canvas *canvas) {
    struct area area = canvas_area(canvas);
    const int keys = area.height - 1, census = census_rows(app);
    const struct columns fitted = columns_fit(app, area.width);
    draw_source(app, canvas, area);
    draw_summary(app, canvas, area, 1);
    draw_headings(app, canvas, area, 2, &fitted);
    size_t count = list_count(app), page = (size_t)list_page(app);
    for (size_t i = 0; i < page && app->list.top + i < count; i++)
        draw_row(app, canvas, area, 3 + (int)i, &fitted, app->list.top + i);
    if (count == 0)
        draw_empty(app, canvas, area, 4);
    draw_detail(app, canvas, area, keys - census - 1, &fitted);
    draw_census(app, canvas, (struct area){area.x, area.y + keys - census, area.width, census});
    draw_keys(app, canvas, area, keys);
}
