// SPDX-License-Identifier: MIT
// Looks for octets in what either end sent: piece after piece in the order in which they are shown,
// each with what goes on behind it, so that a match may lie across packets.
#include "stream_search.h"

#include "app.h"
#include "stream_page.h"

#include <string.h>

enum { PIECES_SLICE = 1024, OCTETS_SLICE = 1 << 18, CHUNK = 4096 };

static int hex_digit(char c) {
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

// The octets that a text means: itself, with \xNN and the escapes that the stream is shown with.
static size_t octets_of(const char *text, uint8_t octets[PROMPT_MAX]) {
    static const char named[] = "n\nr\rt\t\\\\";
    size_t count = 0;
    for (; *text != '\0' && count < PROMPT_MAX; text++) {
        octets[count++] = (uint8_t)*text;
        if (text[0] != '\\')
            continue;
        if (text[1] == 'x' && hex_digit(text[2]) >= 0 && hex_digit(text[3]) >= 0) {
            octets[count - 1] = (uint8_t)(hex_digit(text[2]) << 4 | hex_digit(text[3]));
            text += 3;
            continue;
        }
        for (size_t i = 0; i + 1 < sizeof named; i += 2)
            if (text[1] == named[i]) {
                octets[count - 1] = (uint8_t)named[i + 1];
                text++;
                break;
            }
    }
    return count;
}

static uint8_t folded(uint8_t octet) {
    return octet >= 'A' && octet <= 'Z' ? (uint8_t)(octet + ('a' - 'A')) : octet;
}

static bool is_match(const struct stream_search *search, const uint8_t *octets) {
    for (size_t i = 0; i < search->length; i++)
        if (folded(octets[i]) != folded(search->octets[i]))
            return false;
    return true;
}

// The first match, or the last one, that begins in [from, to) of what an end sent.
static bool find(struct app *app, uint8_t end, int64_t from, int64_t to, int64_t *match) {
    const struct stream_search *search = &app->stream.search;
    bool found = false;
    while (from < to) {
        uint8_t octets[CHUNK + PROMPT_MAX];
        int64_t part = to - from < CHUNK ? to - from : CHUNK;
        struct stream_place place = {from, end};
        size_t got = stream_octets(app, place, octets, (size_t)part + search->length - 1);
        for (size_t i = 0; i + search->length <= got && (int64_t)i < part; i++)
            if (is_match(search, octets + i)) {
                *match = from + (int64_t)i;
                found = true;
                if (!search->back)
                    return true;
            }
        if (got < (size_t)part)
            break; // the rest of the piece is not there
        from += part;
    }
    return found;
}

// From a place on, which is itself looked at only if `with`.
static void begin(struct app *app, struct stream_place from, bool back, bool with) {
    struct stream *stream = &app->stream;
    struct stream_search *search = &stream->search;
    search->at = from;
    search->entire = false;
    search->beyond = !with;
    search->back = back;
    search->running = search->length > 0;
    search->failed = false;
    search->left = 0;
    for (uint8_t end = 0; end < TW_END_COUNT; end++)
        search->left += stream_shows(app, end) ? pieces_shown(&stream->pieces[end]) : 0;
    // Its own piece is looked at twice: on one side of the place, and at last on the other.
    search->left += search->left > 0;
}

void stream_search(struct app *app, const char *text, bool answered) {
    struct stream *stream = &app->stream;
    struct stream_search *search = &stream->search;
    uint8_t octets[PROMPT_MAX];
    size_t length = octets_of(text, octets);
    bool same = length == search->length && memcmp(octets, search->octets, length) == 0;
    if (search->answered || (search->length == 0 && !search->found))
        search->origin = stream->top;
    search->answered = answered;
    app->changed = true;
    if (same && search->length > 0 && (search->found || search->running))
        return;
    if (same && search->failed) {
        app_say(app, "%s", _("not found"));
        return;
    }
    memcpy(search->octets, octets, length);
    search->length = length;
    search->found = search->running = false;
    if (length > 0) {
        begin(app, search->origin, false, true);
    } else {
        stream->show = true;
        stream->shown = search->origin;
    }
}

void stream_search_again(struct app *app, bool back) {
    struct stream *stream = &app->stream;
    struct stream_search *search = &stream->search;
    if (search->length == 0)
        app_say(app, "%s", _("nothing has been searched for yet"));
    else if (search->found)
        begin(app, search->match, back, false);
    else
        begin(app, stream->top, back, true);
}

// The next piece in the direction of the search, round at the end.
static struct stream_piece onwards(struct app *app, struct stream_piece piece) {
    bool back = app->stream.search.back;
    bool more = back ? stream_piece_previous(app, &piece) : stream_piece_next(app, &piece);
    if (!more && !(back ? stream_piece_last(app, &piece) : stream_piece_first(app, &piece)))
        app->stream.search.left = 0;
    else if (!more)
        app_say(app, "%s",
                back ? _("searching on from the end") : _("searching on from the begin"));
    return piece;
}

static void look(struct app *app, uint64_t *octets) {
    struct stream *stream = &app->stream;
    struct stream_search *search = &stream->search;
    const struct pieces *pieces = &stream->pieces[search->at.end];
    struct stream_piece piece = {piece_find(pieces, search->at.at), search->at.end};
    int64_t from = piece_at(pieces, piece.index), to = piece_end(pieces, piece.index), match;
    int64_t at = search->at.at + (search->beyond && !search->back);
    if (!search->entire && search->back)
        to = at < to ? at : to;
    else if (!search->entire)
        from = at > from ? at : from;
    *octets += to > from ? (uint64_t)(to - from) : 0;
    search->left--;
    if (find(app, piece.end, from, to, &match)) {
        search->running = false;
        search->found = stream->show = app->changed = true;
        search->match = stream->shown = (struct stream_place){match, piece.end};
        return;
    }
    piece = onwards(app, piece);
    search->entire = true;
    search->at =
        (struct stream_place){piece_at(&stream->pieces[piece.end], piece.index), piece.end};
}

void stream_search_tick(struct app *app) {
    struct stream_search *search = &app->stream.search;
    uint64_t octets = 0;
    for (int i = 0; search->running && i < PIECES_SLICE && octets < OCTETS_SLICE; i++) {
        if (search->left > 0) {
            look(app, &octets);
            continue;
        }
        search->running = false;
        search->failed = true;
        app_say(app, "%s", _("not found"));
    }
}
