// SPDX-License-Identifier: MIT
// Lays the rows of the stream out. A row never needs more than what is near it: lines end at a line
// feed, where the other end takes its turn, where octets are missing, and every LINE_MAX octets, so
// that rows are found in either direction without reading the stream from its begin.
#include "stream_page.h"

#include "tcpwalk/decode.h"

#include "app.h"
#include "ui.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    LINE_MAX = 4096, // a power of two
    RUNE_MAX = 4,    // octets of UTF-8
};

static const struct pieces *pieces_of(const struct app *app, uint8_t end) {
    return &app->stream.pieces[end];
}

// --- Payloads

static void read_payload(struct app *app, struct stream_payload *payload) {
    struct tw_segment segment;
    enum tw_reason reason;
    const struct tw_decoder decoder = {0};
    const char *why = _("the packets were not kept");
    const struct tw_packet *packet =
        app->files != NULL ? app->files->packet(app->files->context, payload->packet, &why) : NULL;
    if (packet != NULL && tw_decode(&decoder, packet->linktype, packet->octets, packet->captured,
                                    packet->length, &segment, &reason) != TW_DECODED) {
        why = tw_reason_text(reason);
        packet = NULL;
    }
    if (packet == NULL) {
        snprintf(app->stream.page.why, sizeof app->stream.page.why, "%s", why);
        return;
    }
    uint32_t from = segment.header_offset + segment.header_length;
    if (from < packet->captured)
        payload->length = packet->captured - from;
    if (payload->length > segment.length)
        payload->length = segment.length;
    payload->octets = malloc(payload->length + 1U);
    if (payload->octets == NULL)
        payload->length = 0;
    else
        memcpy(payload->octets, packet->octets + (payload->length > 0 ? from : 0), payload->length);
}

const struct stream_payload *stream_payload(struct app *app, uint64_t packet) {
    struct stream *stream = &app->stream;
    struct stream_payload *oldest = &stream->payloads[0];
    for (int i = 0; i < STREAM_PAYLOADS; i++) {
        struct stream_payload *payload = &stream->payloads[i];
        if (payload->packet == packet && payload->used > 0) {
            payload->used = ++stream->fetches;
            return payload;
        }
        if (payload->used < oldest->used)
            oldest = payload;
    }
    free(oldest->octets);
    *oldest = (struct stream_payload){.packet = packet, .used = ++stream->fetches};
    read_payload(app, oldest);
    return oldest;
}

// Octets of a piece that are there.
static uint32_t available(struct app *app, uint8_t end, size_t index) {
    const struct pieces *p = pieces_of(app, end);
    if (index >= p->count)
        return 0;
    const struct piece *piece = &p->piece[index];
    const struct stream_payload *payload = stream_payload(app, piece->packet);
    uint32_t left = payload->length > piece->skip ? payload->length - piece->skip : 0;
    return left < piece->length ? left : piece->length;
}

// --- What follows what

bool stream_shows(const struct app *app, uint8_t end) {
    return app->stream.side == STREAM_BOTH ||
           end == (app->stream.side == STREAM_CLIENT ? TW_CLIENT : TW_SERVER);
}

static uint64_t due_of(const struct app *app, struct stream_piece piece) {
    return piece_due(pieces_of(app, piece.end), piece.index);
}

bool stream_piece_first(const struct app *app, struct stream_piece *piece) {
    bool found = false;
    for (uint8_t end = 0; end < TW_END_COUNT; end++) {
        struct stream_piece first = {0, end};
        if (!stream_shows(app, end) || pieces_shown(pieces_of(app, end)) == 0)
            continue;
        if (!found || due_of(app, first) < due_of(app, *piece))
            *piece = first;
        found = true;
    }
    return found;
}

bool stream_piece_last(const struct app *app, struct stream_piece *piece) {
    bool found = false;
    for (uint8_t end = 0; end < TW_END_COUNT; end++) {
        size_t count = pieces_shown(pieces_of(app, end));
        struct stream_piece last = {count - 1, end};
        if (!stream_shows(app, end) || count == 0)
            continue;
        if (!found || due_of(app, last) > due_of(app, *piece))
            *piece = last;
        found = true;
    }
    return found;
}

// The one of the other end that comes next after this one.
static bool other_next(const struct app *app, struct stream_piece piece,
                       struct stream_piece *other) {
    other->end = (uint8_t)tw_other((enum tw_end)piece.end);
    const struct pieces *p = pieces_of(app, other->end);
    other->index = piece_after(p, due_of(app, piece));
    return app->stream.side == STREAM_BOTH && other->index < pieces_shown(p);
}

bool stream_piece_next(const struct app *app, struct stream_piece *piece) {
    struct stream_piece same = {piece->index + 1, piece->end}, other;
    bool has_same = same.index < pieces_shown(pieces_of(app, same.end));
    bool has_other = other_next(app, *piece, &other);
    if (has_other && (!has_same || due_of(app, other) < due_of(app, same)))
        *piece = other;
    else if (has_same)
        *piece = same;
    return has_same || has_other;
}

bool stream_piece_previous(const struct app *app, struct stream_piece *piece) {
    struct stream_piece other = {0, (uint8_t)tw_other((enum tw_end)piece->end)};
    bool has_same = piece->index > 0, has_other = false;
    if (app->stream.side == STREAM_BOTH && due_of(app, *piece) > 0) {
        size_t after = piece_after(pieces_of(app, other.end), due_of(app, *piece) - 1);
        has_other = after > 0;
        other.index = after - 1;
    }
    struct stream_piece same = {piece->index - 1, piece->end};
    if (has_other && (!has_same || due_of(app, other) > due_of(app, same)))
        *piece = other;
    else if (has_same)
        *piece = same;
    return has_same || has_other;
}

struct stream_place stream_piece_place(const struct app *app, struct stream_piece piece) {
    return (struct stream_place){piece_gap(pieces_of(app, piece.end), piece.index), piece.end};
}

// The next piece goes on where this one ends, and nobody speaks between them.
static bool goes_on(const struct app *app, struct stream_piece piece) {
    const struct pieces *p = pieces_of(app, piece.end);
    struct stream_piece next = {piece.index + 1, piece.end}, other;
    if (next.index >= p->count || piece_at(p, next.index) != piece_end(p, piece.index))
        return false;
    return due_of(app, next) == due_of(app, piece) || !other_next(app, piece, &other) ||
           due_of(app, other) > due_of(app, next);
}

size_t stream_octets(struct app *app, struct stream_place place, uint8_t *octets, size_t count) {
    const struct pieces *p = pieces_of(app, place.end);
    size_t index = piece_find(p, place.at), got = 0;
    while (got < count && index < p->count && piece_at(p, index) <= place.at) {
        const struct piece *piece = &p->piece[index];
        uint32_t from = (uint32_t)(place.at - piece->at), there = available(app, place.end, index);
        if (from >= there)
            break;
        size_t part = there - from < count - got ? there - from : count - got;
        memcpy(octets + got, stream_payload(app, piece->packet)->octets + piece->skip + from, part);
        got += part;
        place.at += (int64_t)part;
        if (there < piece->length)
            break;
        index++;
    }
    return got;
}

// --- Reading octets that go on

// One octet and what it is part of. `there` ends the octets of its piece that are there.
struct reader {
    struct stream_piece piece;
    int64_t at, there;
};

static struct reader read_at(struct app *app, struct stream_place place) {
    const struct pieces *p = pieces_of(app, place.end);
    struct reader w = {.piece = {piece_find(p, place.at), place.end}, .at = place.at};
    w.there = w.piece.index < p->count && piece_at(p, w.piece.index) <= w.at
                  ? piece_at(p, w.piece.index) + available(app, place.end, w.piece.index)
                  : w.at;
    return w;
}

static int read_octet(struct app *app, const struct reader *w) {
    if (w->at >= w->there)
        return -1;
    const struct piece *piece = &pieces_of(app, w->piece.end)->piece[w->piece.index];
    return stream_payload(app, piece->packet)->octets[piece->skip + (uint32_t)(w->at - piece->at)];
}

// On by one octet; false: they do not go on, *w is where the next row begins, if `more`.
static bool read_on(struct app *app, struct reader *w, bool *more) {
    const struct pieces *p = pieces_of(app, w->piece.end);
    *more = true;
    if (++w->at < w->there)
        return true;
    if (w->at < piece_end(p, w->piece.index))
        return false; // the rest of the piece is not there
    bool on = goes_on(app, w->piece);
    if (on) {
        w->piece.index++;
        w->there = w->at + available(app, w->piece.end, w->piece.index);
        return w->at < w->there;
    }
    *more = stream_piece_next(app, &w->piece);
    w->at = stream_piece_place(app, w->piece).at;
    return false;
}

// Back by one octet; false: those before are none that go on here, and nothing has changed.
static bool read_back(struct app *app, struct reader *w) {
    const struct pieces *p = pieces_of(app, w->piece.end);
    if (w->piece.index >= p->count)
        return false;
    if (w->at > piece_at(p, w->piece.index)) {
        w->at--;
        return true;
    }
    struct stream_piece before = {w->piece.index - 1, w->piece.end};
    if (w->piece.index == 0 || !goes_on(app, before) ||
        available(app, before.end, before.index) < p->piece[before.index].length)
        return false;
    w->piece = before;
    w->there = w->at--;
    return true;
}

static bool continues_rune(int octet) {
    return octet >= 0 && (octet & 0xc0) == 0x80;
}

// A line is ended here for its length: behind LINE_MAX octets, but not within a character.
static bool is_line_limit(struct app *app, struct reader w) {
    int64_t beyond = w.at & (LINE_MAX - 1);
    if (beyond >= RUNE_MAX || (beyond < RUNE_MAX - 1 && continues_rune(read_octet(app, &w))))
        return false;
    for (; beyond > 0; beyond--)
        if (!read_back(app, &w) || !continues_rune(read_octet(app, &w)))
            return false;
    return true;
}

// --- One row

// What does not show itself as it is: would not be seen, or would act on others.
static bool is_plain(uint32_t rune) {
    static const struct {
        uint32_t first, last;
    } unseen[] = {
        {0x00, 0xa0},     {0xad, 0xad},       {0x61c, 0x61c},     {0x115f, 0x1160},
        {0x17b4, 0x17b5}, {0x180b, 0x180f},   {0x2000, 0x200f},   {0x2028, 0x202f},
        {0x205f, 0x206f}, {0x3000, 0x3000},   {0x3164, 0x3164},   {0xd800, 0xf8ff},
        {0xfdd0, 0xfdef}, {0xfe00, 0xfe0f},   {0xfeff, 0xfeff},   {0xffa0, 0xffa0},
        {0xfff0, 0xffff}, {0x1fffe, 0x1ffff}, {0x2fffe, 0x2ffff}, {0x3fffe, 0x10ffff},
    };
    for (size_t i = 0; i < TW_COUNT(unseen); i++)
        if (rune <= unseen[i].last)
            return rune < unseen[i].first;
    return false;
}

// How one character, or one octet that is none, is written.
struct token {
    uint32_t runes[RUNE_MAX];
    int count, width; // runes, columns
    int octets;
    bool escaped, newline;
};

static struct token escape(uint8_t octet) {
    static const char named[] = "\nn\rr\tt\\\\";
    struct token token = {.octets = 1, .escaped = true, .newline = octet == '\n'};
    char text[8];
    snprintf(text, sizeof text, "\\x%02x", octet);
    for (size_t i = 0; i + 1 < sizeof named; i += 2)
        if (octet == (uint8_t)named[i])
            snprintf(text, sizeof text, "\\%c", named[i + 1]);
    for (; text[token.count] != '\0'; token.count++)
        token.runes[token.count] = (uint8_t)text[token.count];
    token.width = token.count;
    return token;
}

// The character at *w, where the octets that go on there are one.
static struct token token_at(struct app *app, struct reader w) {
    char text[RUNE_MAX + 1] = {(char)read_octet(app, &w)};
    uint8_t first = (uint8_t)text[0];
    bool more = true;
    if (first >= ' ' && first < 0x7f && first != '\\')
        return (struct token){.runes = {first}, .count = 1, .width = 1, .octets = 1};
    if (first < 0xc2 || app->ascii)
        return escape(first);
    for (int i = 1; i < RUNE_MAX && read_on(app, &w, &more); i++) {
        int octet = read_octet(app, &w);
        if (!continues_rune(octet))
            break;
        text[i] = (char)octet;
    }
    const char *end = text;
    uint32_t rune = canvas_rune_next(&end);
    int width = canvas_rune_width(rune);
    if (rune < 0x80 || width == 0 || !is_plain(rune))
        return escape(first);
    return (struct token){.runes = {rune}, .count = 1, .width = width, .octets = (int)(end - text)};
}

// What is to be seen of the octets at *w.
static uint8_t looks_at(const struct app *app, const struct reader *w) {
    const struct stream *s = &app->stream;
    const struct pieces *p = pieces_of(app, w->piece.end);
    const struct stream_search *search = &s->search;
    uint8_t looks = 0;
    if (p->piece[w->piece.index].packet > s->sent[w->piece.end])
        looks |= LOOK_LATER;
    if (s->current.end == w->piece.end && w->at >= s->current.at && w->at < s->current_to)
        looks |= LOOK_CURRENT;
    if (search->found && search->match.end == w->piece.end && w->at >= search->match.at &&
        w->at < search->match.at + (int64_t)search->length)
        looks |= LOOK_FOUND;
    if (p->difference_count > 0 && pieces_difference(p, w->at) != NULL)
        looks |= LOOK_DIFFERS;
    return looks;
}

static void add_cell(struct stream_page *page, struct stream_row *row, uint32_t rune,
                     uint8_t looks) {
    if (page->cell_count == page->cell_room) {
        size_t room = page->cell_room == 0 ? 1024 : page->cell_room * 2;
        struct stream_cell *cells = realloc(page->cells, room * sizeof *cells);
        if (cells == NULL)
            return; // a cell less is seen
        page->cells = cells;
        page->cell_room = room;
    }
    page->cells[page->cell_count++] = (struct stream_cell){rune, looks};
    row->cells++;
    row->looks |= looks;
}

// The rest of what is missing at the place.
static bool lay_missing(struct app *app, struct stream_place *place, struct stream_row *row) {
    const struct pieces *p = pieces_of(app, place->end);
    struct stream_piece piece = {piece_find(p, place->at), place->end};
    int64_t begin = piece_at(p, piece.index);
    if (place->at < begin) {
        row->kind = STREAM_GAP;
        row->to = begin;
        row->looks = piece_due(p, piece.index) > app->stream.sent[place->end] ? LOOK_LATER : 0;
    } else {
        struct reader w = {.piece = piece, .at = place->at};
        uint64_t packet = p->piece[piece.index].packet;
        row->kind = stream_payload(app, packet)->octets == NULL ? STREAM_GONE : STREAM_CUT;
        row->to = piece_end(p, piece.index);
        row->looks = looks_at(app, &w);
    }
    if (row->kind == STREAM_GAP && piece.index < p->count) {
        place->at = begin;
        return true;
    }
    if (!stream_piece_next(app, &piece))
        return false;
    *place = stream_piece_place(app, piece);
    return true;
}

static bool lay_hex(struct app *app, struct reader *w, struct stream_page *page,
                    struct stream_row *row) {
    int columns = stream_hex_columns(page->width);
    bool more;
    for (;;) {
        if (row != NULL)
            add_cell(page, row, (uint32_t)read_octet(app, w), looks_at(app, w));
        int64_t at = w->at + 1;
        bool on = read_on(app, w, &more);
        if (row != NULL)
            row->to = at;
        if (!on || at % columns == 0)
            return more;
    }
}

static bool lay_text(struct app *app, struct reader *w, struct stream_page *page,
                     struct stream_row *row) {
    bool more = true;
    for (int column = 0;;) {
        struct token token = token_at(app, *w);
        if (column > 0 && column + token.width > page->width)
            return true;
        column += token.width;
        if (row != NULL) {
            uint8_t looks = (uint8_t)(looks_at(app, w) | (token.escaped ? LOOK_ESCAPED : 0));
            for (int i = 0; i < token.count; i++)
                add_cell(page, row, token.runes[i], looks);
            row->to = w->at + token.octets;
        }
        bool on = true;
        for (int i = 0; i < token.octets && on; i++)
            on = read_on(app, w, &more);
        if (!on || token.newline || is_line_limit(app, *w))
            return more;
    }
}

// Lays the row at *place out, or only looks where it ends (`row` is NULL); *place is then where the
// next one begins; false: there is none.
static bool lay_row(struct app *app, struct stream_place *place, struct stream_row *row) {
    struct stream_page *page = &app->stream.page;
    struct stream_row unseen;
    struct reader w = read_at(app, *place);
    if (w.at >= w.there) {
        if (row != NULL)
            row->from = *place;
        return lay_missing(app, place, row != NULL ? row : &unseen);
    }
    if (row != NULL)
        *row = (struct stream_row){.from = *place, .cell = page->cell_count};
    bool more = app->stream.hex ? lay_hex(app, &w, page, row) : lay_text(app, &w, page, row);
    *place = (struct stream_place){w.at, w.piece.end};
    return more;
}

// --- Rows

// Where the line of the octet begins; in hexadecimal, the row.
static struct stream_place line_begin(struct app *app, struct stream_place place) {
    struct reader w = read_at(app, place);
    int columns = stream_hex_columns(app->stream.page.width);
    while (app->stream.hex ? w.at % columns != 0 : !is_line_limit(app, w)) {
        struct reader before = w;
        if (!read_back(app, &before) || (!app->stream.hex && read_octet(app, &before) == '\n'))
            break;
        w = before;
    }
    return (struct stream_place){w.at, w.piece.end};
}

static bool is_missing(struct app *app, struct stream_place place) {
    struct reader w = read_at(app, place);
    return w.at >= w.there;
}

// Where what is missing at the place begins.
static struct stream_place missing_begin(struct app *app, struct stream_place place) {
    const struct pieces *p = pieces_of(app, place.end);
    size_t index = piece_find(p, place.at);
    if (place.at < piece_at(p, index) || index >= p->count)
        place.at = piece_gap(p, index);
    else
        place.at = piece_at(p, index) + available(app, place.end, index);
    return place;
}

void stream_row_begin(struct app *app, struct stream_place *place) {
    if (is_missing(app, *place)) {
        *place = missing_begin(app, *place);
        return;
    }
    struct stream_place at = line_begin(app, *place), next = at;
    while (lay_row(app, &next, NULL) && next.end == place->end && next.at <= place->at &&
           next.at > at.at)
        at = next;
    *place = at;
}

bool stream_row_next(struct app *app, struct stream_place *place) {
    struct stream_place next = *place;
    if (!lay_row(app, &next, NULL))
        return false;
    *place = next;
    return true;
}

bool stream_row_previous(struct app *app, struct stream_place *place) {
    struct reader w = read_at(app, *place);
    const struct pieces *p = pieces_of(app, place->end);
    bool in_gap = w.at < piece_at(p, w.piece.index) || w.piece.index >= p->count;
    if (!in_gap && read_back(app, &w)) {
        *place = (struct stream_place){w.at, w.piece.end};
    } else if (!in_gap && piece_gap(p, w.piece.index) < w.at) {
        place->at = w.at - 1; // in the gap before it
    } else {
        if (!stream_piece_previous(app, &w.piece))
            return false;
        p = pieces_of(app, w.piece.end);
        *place = (struct stream_place){piece_end(p, w.piece.index) - 1, w.piece.end};
    }
    stream_row_begin(app, place);
    return true;
}

int stream_page_lay(struct app *app) {
    struct stream_page *page = &app->stream.page;
    struct stream_place place = app->stream.top;
    page->row_count = 0;
    page->cell_count = 0;
    page->hex = app->stream.hex;
    page->differs = 0;
    if (page->row_room < page->height) {
        struct stream_row *rows = realloc(page->rows, (size_t)page->height * sizeof *rows);
        if (rows == NULL)
            return 0;
        page->rows = rows;
        page->row_room = page->height;
    }
    bool more = app->stream.placed;
    while (more && page->row_count < page->height) {
        struct stream_row *row = &page->rows[page->row_count++];
        *row = (struct stream_row){0};
        more = lay_row(app, &place, row);
        if ((row->looks & LOOK_DIFFERS) != 0 && page->differs == 0)
            for (int64_t at = row->from.at; at < row->to && page->differs == 0; at++) {
                const struct difference *d = pieces_difference(pieces_of(app, row->from.end), at);
                page->differs = d != NULL ? d->packet : 0;
            }
    }
    page->last = !more;
    return page->row_count;
}

void stream_page_fini(struct stream_page *page) {
    free(page->rows);
    free(page->cells);
    *page = (struct stream_page){0};
}
