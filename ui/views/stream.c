// SPDX-License-Identifier: MIT
// The stream of octets, escaped; every row says whose it is, and from which number on.
//
//  both: client 37 octets, server 146 octets                                   text
//    C         1  GET / HTTP/1.1\r\n
//    C        17  Host: example.org\r\n
//  > S         1  HTTP/1.1 200 OK\r\n
//    s        18  [123 octets were not captured]
#include "views.h"

#include "../format.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { TEXT = 160, MARK = 0, SECOND_MARK = 1, LETTER = 2, NUMBER_END = 12, WITH_NUMBERS = 14 };

// What is shown, and what has to be said of it on the right.
static void draw_head(const struct app *app, struct canvas *canvas, struct area area) {
    const struct stream *s = &app->stream;
    char client[FORMAT_TEXT], server[FORMAT_TEXT], text[TEXT], told[TEXT] = "", number[FORMAT_TEXT];
    format_count(s->pieces[TW_CLIENT].total, client);
    format_count(s->pieces[TW_SERVER].total, server);
    uint64_t differ = s->pieces[TW_CLIENT].difference_count + s->pieces[TW_SERVER].difference_count;
    enum role role = ROLE_WARNING;
    switch (s->side) {
    case STREAM_CLIENT: snprintf(text, sizeof text, _("client only: %s octets"), client); break;
    case STREAM_SERVER: snprintf(text, sizeof text, _("server only: %s octets"), server); break;
    default:
        snprintf(text, sizeof text, _("both: client %s octets, server %s octets"), client, server);
        break;
    }
    if (s->search.running || !s->whole) {
        snprintf(told, sizeof told, "%s", s->whole ? _("searching") : _("putting in order"));
        role = ROLE_FAINT;
    } else if (s->page.differs != 0) {
        snprintf(told, sizeof told, _("packet %llu has other octets here"),
                 (unsigned long long)s->page.differs);
    } else if (s->pieces[TW_CLIENT].starved || s->pieces[TW_SERVER].starved) {
        snprintf(told, sizeof told, "%s", _("out of memory: octets are missing"));
    } else if (app->ladder.segments_dropped > 0) {
        snprintf(told, sizeof told, _("%s segments were not kept"),
                 format_count(app->ladder.segments_dropped, number));
    } else if (differ > 0) {
        snprintf(told, sizeof told,
                 n_("%s copy has other octets", "%s copies have other octets", differ),
                 format_count(differ, number));
    }
    const char *mode = s->hex ? _("hex") : _("text");
    int right = area.width - 1 - canvas_text_width(mode);
    canvas_text(canvas, area, right, 0, mode, ROLE_FAINT);
    canvas_target(canvas, area, right, 0, canvas_text_width(mode), TARGET_ACTION,
                  ACTION_STREAM_HEX);
    struct area left = {area.x, area.y, right - 1, 1};
    int x = canvas_text(canvas, left, 1, 0, text, ROLE_HEADING);
    canvas_target(canvas, left, 1, 0, x - 1, TARGET_ACTION, ACTION_STREAM_SIDE);
    if (told[0] == '\0')
        return;
    // Where both have no room, what is to be told counts more.
    int at = right - 2 - canvas_text_width(told);
    if (at < x + 2) {
        canvas_fill(canvas, left, ' ', ROLE_TEXT);
        at = 1;
    }
    canvas_text(canvas, left, at, 0, told, role);
}

static enum role end_role(uint8_t end) {
    return end == TW_CLIENT ? ROLE_CLIENT : ROLE_SERVER;
}

static enum role look_role(uint8_t looks, uint8_t end) {
    return looks & LOOK_FOUND     ? ROLE_CHOSEN
           : looks & LOOK_LATER   ? ROLE_FAINT
           : looks & LOOK_DIFFERS ? ROLE_WARNING
           : looks & LOOK_CURRENT ? ROLE_FLYING
                                  : end_role(end);
}

// Marks, whose octets these are (small letters: it has not sent them yet), and their number.
static void draw_gutter(const struct app *app, struct canvas *canvas, struct area area, int y,
                        const struct stream_row *row, bool later) {
    const struct pieces *pieces = &app->stream.pieces[row->from.end];
    enum role role = later ? ROLE_FAINT : end_role(row->from.end);
    char letter = row->from.end == TW_CLIENT ? 'C' : 'S';
    if (row->looks & LOOK_CURRENT)
        canvas_put(canvas, area, MARK, y, glyph(app->ascii, GLYPH_CURSOR), ROLE_KEY);
    if (row->looks & LOOK_FOUND)
        canvas_put(canvas, area, SECOND_MARK, y, '/', ROLE_KEY);
    else if (row->looks & LOOK_DIFFERS)
        canvas_put(canvas, area, SECOND_MARK, y, glyph(app->ascii, GLYPH_DIFFERS), ROLE_WARNING);
    canvas_put(canvas, area, LETTER, y, (uint32_t)(later ? letter + ('a' - 'A') : letter), role);
    if (stream_gutter(area.width) < WITH_NUMBERS)
        return;
    char number[FORMAT_TEXT];
    int64_t relative = row->from.at + 1; // the first octet is number 1
    if (app->absolute)
        snprintf(number, sizeof number, "%" PRIu32, pieces->base + (uint32_t)row->from.at);
    else
        snprintf(number, sizeof number, "%" PRId64, relative);
    canvas_text_right(canvas, area, NUMBER_END, y, number, ROLE_FAINT);
}

static void draw_missing(const struct app *app, struct canvas *canvas, struct area area, int x,
                         int y, const struct stream_row *row) {
    uint64_t count = (uint64_t)(row->to - row->from.at);
    char text[TEXT + HEADER_WHY], number[FORMAT_TEXT];
    format_count(count, number);
    switch (row->kind) {
    case STREAM_CUT:
        snprintf(text, sizeof text,
                 n_("[%s octet of a packet was not captured]",
                    "[%s octets of a packet were not captured]", count),
                 number);
        break;
    case STREAM_GONE:
        snprintf(text, sizeof text, n_("[%s octet: %s]", "[%s octets: %s]", count), number,
                 app->stream.page.why);
        break;
    default:
        snprintf(text, sizeof text,
                 n_("[%s octet was not captured]", "[%s octets were not captured]", count), number);
        break;
    }
    canvas_text_elided(canvas, area, x, y, area.width - x, text, glyph(app->ascii, GLYPH_ELLIPSIS),
                       row->looks & LOOK_LATER ? ROLE_FAINT : ROLE_WARNING);
}

static void draw_text(const struct app *app, struct canvas *canvas, struct area area, int x, int y,
                      const struct stream_row *row) {
    const struct stream_cell *cells = &app->stream.page.cells[row->cell];
    for (int i = 0; i < row->cells; i++) {
        enum role role = look_role(cells[i].looks, row->from.end);
        bool quiet = role == end_role(row->from.end) && (cells[i].looks & LOOK_ESCAPED) != 0;
        canvas_put(canvas, area, x, y, cells[i].rune, quiet ? ROLE_PROOF : role);
        x += canvas_rune_width(cells[i].rune);
    }
}

// Each octet under those of the rows above that have the same place in their row.
static void draw_hex(const struct app *app, struct canvas *canvas, struct area area, int x, int y,
                     const struct stream_row *row) {
    enum { EACH = 3 };
    const struct stream_cell *cells = &app->stream.page.cells[row->cell];
    int columns = stream_hex_columns(app->stream.page.width);
    int first = (int)((row->from.at % columns + columns) % columns);
    for (int i = 0; i < row->cells; i++) {
        char text[8];
        uint32_t octet = cells[i].rune;
        bool shown = octet >= ' ' && octet < 0x7f;
        enum role role = look_role(cells[i].looks, row->from.end);
        snprintf(text, sizeof text, "%02x", (unsigned)(octet & 0xff));
        canvas_text(canvas, area, x + EACH * (first + i), y, text, role);
        canvas_put(canvas, area, x + EACH * columns + 1 + first + i, y, shown ? octet : '.',
                   shown ? role : ROLE_FAINT);
    }
}

void draw_stream(const struct app *app, struct canvas *canvas, struct area area) {
    const struct stream_page *page = &app->stream.page;
    int gutter = stream_gutter(area.width);
    if (app->stream.connection != app->ladder.connection)
        return; // the next tick brings it
    draw_head(app, canvas, area);
    if (!app->stream.placed) {
        if (app->stream.whole)
            canvas_text_wrapped(canvas, area, 1, 1, area.width - 2, area.height - 1,
                                app->ladder.segments_dropped > 0
                                    ? _("The segments were not kept: the memory limit was reached.")
                                    : _("No octets were sent."),
                                ROLE_FAINT);
        return;
    }
    for (int i = 0; i < page->row_count; i++) {
        const struct stream_row *row = &page->rows[i];
        uint8_t looks = row->cells > 0 ? page->cells[row->cell].looks : row->looks;
        canvas_target(canvas, area, 0, i + 1, area.width, TARGET_ROW, (uint32_t)i);
        draw_gutter(app, canvas, area, i + 1, row, (looks & LOOK_LATER) != 0);
        if (row->kind != STREAM_OCTETS)
            draw_missing(app, canvas, area, gutter, i + 1, row);
        else if (page->hex)
            draw_hex(app, canvas, area, gutter, i + 1, row);
        else
            draw_text(app, canvas, area, gutter, i + 1, row);
    }
}
