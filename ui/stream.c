// SPDX-License-Identifier: MIT
// Keeps the stream of the connection that is shown: its index, brought on in slices, and the page.
#include "stream.h"

#include "app.h"
#include "stream_page.h"
#include "stream_search.h"
#include "views/views.h"

#include <stdlib.h>
#include <string.h>

enum {
    TAKE_SLICE = 1 << 15, // segments a tick,
    MOVE_SLICE = 1 << 18, // or fewer, where they come far out of order,
    COMPARE_SLICE = 256,  // copies a tick,
    COPIES_MOST = 4096,   // and so many may wait
    CHUNK = 2048,
};

void stream_fini(struct stream *stream) {
    for (int end = 0; end < TW_END_COUNT; end++)
        pieces_fini(&stream->pieces[end]);
    for (int i = 0; i < STREAM_PAYLOADS; i++)
        free(stream->payloads[i].octets);
    stream_page_fini(&stream->page);
    *stream = (struct stream){0};
}

int stream_gutter(int width) {
    enum { NARROW = 60, WITH_NUMBERS = 14, WITHOUT = 4 };
    return width < NARROW && width < SEGMENT_WIDTH ? WITHOUT : WITH_NUMBERS;
}

int stream_hex_columns(int width) {
    enum { EACH = 4 }; // two digits and a blank, and once more as text
    int columns = 16;
    while (columns > 4 && EACH * columns + 1 > width)
        columns -= 4;
    return columns;
}

// --- The index

static bool is_compared(const struct stream *stream) {
    for (int end = 0; end < TW_END_COUNT; end++)
        if (stream->pieces[end].compared < stream->pieces[end].copy_count)
            return false;
    return true;
}

// Begins anew where it is another connection, or what numbers count from has become known.
static void begin(struct stream *stream, const struct tw_story_connection *connection,
                  const struct tw_connection_info *info) {
    if (stream->connection != connection) {
        stream->placed = stream->search.found = stream->search.running = false;
        stream->followed = 0;
        stream->scroll = 0;
        stream->go = STREAM_STAY;
    }
    stream->connection = connection;
    stream->taken = 0;
    for (int end = 0; end < TW_END_COUNT; end++)
        pieces_begin(&stream->pieces[end], &info->end[end]);
}

static void take(struct app *app) {
    struct stream *stream = &app->stream;
    const struct tw_story_connection *connection = app->ladder.connection;
    struct tw_connection_info info;
    size_t count, gap;
    const struct tw_story_segment *segments = tw_story_segments(connection, &count);
    const size_t dropped = tw_story_segments_dropped(connection, &gap);
    tw_story_info(connection, &info);
    // Pieces of segments that were dropped stay, but not for ever.
    const size_t pieces_held = stream->pieces[TW_CLIENT].count + stream->pieces[TW_SERVER].count;
    bool anew = stream->connection != connection ||
                (dropped > stream->dropped && pieces_held > 2 * (size_t)TW_STORY_SEGMENTS_MAX);
    for (int end = 0; end < TW_END_COUNT; end++)
        anew = anew || stream->pieces[end].base != info.end[end].initial_seq + 1 ||
               stream->pieces[end].known != info.end[end].initial_known;
    if (anew)
        begin(stream, connection, &info);
    else if (dropped > stream->dropped && stream->taken > gap) // what was taken before stays
        stream->taken = stream->taken - gap > dropped - stream->dropped
                            ? stream->taken - (dropped - stream->dropped)
                            : gap;
    stream->dropped = dropped;
    app->changed = app->changed || stream->taken < count;
    stream->pieces[TW_CLIENT].moved = stream->pieces[TW_SERVER].moved = 0;
    for (int i = 0; i < TAKE_SLICE && stream->taken < count; i++) {
        const struct tw_story_segment *segment = &segments[stream->taken];
        for (int end = 0; end < TW_END_COUNT && dropped > 0 && stream->taken == gap; end++)
            pieces_jump(&stream->pieces[end]);
        struct pieces *pieces = &stream->pieces[segment->sender];
        if (pieces->copy_count - pieces->compared >= COPIES_MOST || pieces->moved >= MOVE_SLICE)
            break;
        pieces_add(pieces, segment, app->files != NULL);
        stream->taken++;
    }
    stream->whole = stream->taken == count;
}

static uint64_t octets_taken(const struct stream *stream) {
    return stream->pieces[TW_CLIENT].total + stream->pieces[TW_SERVER].total;
}

// Looks for other octets in a copy; both are read in chunks, as far as they are there.
static void compare_copy(struct app *app, uint8_t end, struct copy copy) {
    int64_t first = INT64_MAX, last = 0;
    for (uint32_t done = 0; done < copy.length;) {
        uint8_t octets[CHUNK];
        struct stream_place place = {copy.at + done, end};
        size_t want = copy.length - done < CHUNK ? copy.length - done : CHUNK;
        size_t count = stream_octets(app, place, octets, want);
        const struct stream_payload *payload = stream_payload(app, copy.packet);
        size_t from = (size_t)copy.skip + done;
        size_t there = payload->length > from ? payload->length - from : 0;
        for (size_t i = 0; i < count && i < there; i++)
            if (octets[i] != payload->octets[from + i]) {
                last = place.at + (int64_t)i + 1;
                first = last - 1 < first ? last - 1 : first;
            }
        if (count < want || there < want)
            break;
        done += (uint32_t)want;
    }
    if (first < last) {
        pieces_differ(&app->stream.pieces[end], first, last, copy.packet);
        app->changed = true;
    }
}

static void compare(struct app *app) {
    int left = COMPARE_SLICE;
    for (uint8_t end = 0; end < TW_END_COUNT; end++) {
        struct pieces *pieces = &app->stream.pieces[end];
        for (; left > 0 && pieces->compared < pieces->copy_count; left--)
            compare_copy(app, end, pieces->copies[pieces->compared++]);
    }
}

bool stream_busy(const struct app *app) {
    const struct stream *stream = &app->stream;
    return app->view == VIEW_CONNECTION && shown_part(app) == PART_STREAM &&
           (!stream->whole || !is_compared(stream) || stream->search.running);
}

// --- What has been sent by now

static void look_at_cursor(struct app *app) {
    struct stream *stream = &app->stream;
    const struct tw_ladder *ladder = &app->ladder;
    size_t count;
    const struct tw_story_segment *segments = tw_story_segments(ladder->connection, &count);
    int64_t row = cursor_row(app);
    bool all = row + 1 >= (int64_t)ladder->row_count, known[TW_END_COUNT] = {all, all};
    stream->sent[TW_CLIENT] = stream->sent[TW_SERVER] = all ? UINT64_MAX : 0;
    for (; row >= 0 && !(known[TW_CLIENT] && known[TW_SERVER]); row--) {
        const struct tw_ladder_row *r = &ladder->rows[row];
        if ((r->kind != TW_ROW_SEGMENT && r->kind != TW_ROW_RUN) || r->segment >= count)
            continue;
        // Of a run both ends may have sent something by now.
        uint32_t last = tw_ladder_segment_at(ladder, (size_t)row, app->playback.place);
        for (uint32_t i = last + 1; i-- > r->segment && !(known[TW_CLIENT] && known[TW_SERVER]);) {
            if (known[segments[i].sender])
                continue;
            known[segments[i].sender] = true;
            stream->sent[segments[i].sender] = segments[i].packet;
        }
    }
    const struct tw_story_segment *segment = cursor_segment(app);
    stream->current_to = INT64_MIN;
    if (segment == NULL)
        return;
    stream->current.end = segment->sender;
    stream->current.at = pieces_place(&stream->pieces[segment->sender], segment);
    stream->current_to = stream->current.at + segment->length;
    bool new = stream->followed != segment->packet;
    // Where its octets are not in the index yet, it is followed when they are.
    const struct pieces *pieces = &stream->pieces[segment->sender];
    if (segment->length > 0 && piece_find(pieces, stream->current.at) >= pieces->count &&
        !stream->whole)
        return;
    stream->followed = segment->packet;
    if (new && segment->length > 0 && stream_shows(app, segment->sender) &&
        piece_find(pieces, stream->current.at) < pieces->count) {
        stream->show = true;
        stream->shown = stream->current;
    }
}

// --- The page

// The first row is one that there is.
static void stand(struct app *app) {
    struct stream *stream = &app->stream;
    struct stream_piece piece;
    bool any = stream_piece_first(app, &piece);
    if (!any || !stream->placed) {
        stream->placed = any;
        if (any)
            stream->top = stream_piece_place(app, piece);
        return;
    }
    struct stream_place *top = &stream->top;
    struct stream_piece at = {piece_find(&stream->pieces[top->end], top->at), top->end};
    if (!stream_shows(app, top->end)) { // what the other end sent then
        uint64_t due = piece_due(&stream->pieces[at.end], at.index);
        at.end = (uint8_t)tw_other((enum tw_end)at.end);
        at.index = piece_after(&stream->pieces[at.end], due);
        top->end = at.end;
        top->at = piece_gap(&stream->pieces[at.end], at.index);
    }
    if (at.index >= pieces_shown(&stream->pieces[at.end]) && stream_piece_last(app, &at))
        *top = stream_piece_place(app, at);
    int64_t first = piece_gap(&stream->pieces[at.end], 0);
    if (top->at < first)
        top->at = first;
    stream_row_begin(app, top);
}

// Rows that were really moved.
static int move(struct app *app, int rows) {
    int moved = 0;
    struct stream_place *top = &app->stream.top;
    while (moved < rows && stream_row_next(app, top))
        moved++;
    while (-moved < -rows && stream_row_previous(app, top))
        moved--;
    return moved;
}

static bool is_seen(const struct stream_page *page, struct stream_place place) {
    for (int i = 0; i < page->row_count; i++) {
        const struct stream_row *row = &page->rows[i];
        if (row->from.end == place.end && place.at >= row->from.at && place.at < row->to)
            return true;
    }
    return false;
}

// Lays the page out; what would stand below the end is used for rows above.
static void lay(struct app *app) {
    int left = app->stream.page.height - stream_page_lay(app);
    if (left > 0 && app->stream.placed && move(app, -left) != 0)
        (void)stream_page_lay(app);
}

static void go(struct app *app) {
    struct stream *stream = &app->stream;
    struct stream_piece piece;
    if (stream->go == STREAM_FIRST && stream_piece_first(app, &piece))
        stream->top = stream_piece_place(app, piece);
    if (stream->go == STREAM_LAST && stream_piece_last(app, &piece)) {
        stream->top = (struct stream_place){piece_end(&stream->pieces[piece.end], piece.index) - 1,
                                            piece.end};
        stream_row_begin(app, &stream->top);
    }
    if (stream->scroll != 0)
        (void)move(app, stream->scroll);
    stream->go = STREAM_STAY;
    stream->scroll = 0;
}

void stream_tick(struct app *app) {
    struct stream *stream = &app->stream;
    enum { ABOVE = 3 }; // a third of the page stands above what is gone to
    if (shown_part(app) != PART_STREAM || app->ladder.connection == NULL)
        return;
    struct area area = part_area(app);
    struct stream_page *page = &stream->page;
    page->width = area.width - stream_gutter(area.width);
    page->height = area.height > 1 ? area.height - 1 : 1;
    uint64_t before = octets_taken(stream);
    take(app);
    // Who looks at the end of what goes on stays there.
    if (page->last && playback_follows(app) && octets_taken(stream) != before &&
        stream->scroll == 0 && stream->go == STREAM_STAY)
        stream->go = STREAM_LAST;
    compare(app);
    look_at_cursor(app);
    stand(app);
    if (stream->placed)
        go(app);
    if (stream->placed || stream->whole) // without any octet, there is none to be found
        stream_search_tick(app);
    lay(app);
    if (stream->placed && stream->show && !is_seen(page, stream->shown)) {
        stream->top = stream->shown;
        stream_row_begin(app, &stream->top);
        (void)move(app, -(page->height / ABOVE));
        lay(app);
    }
    stream->show = false;
}

// --- Keys

void stream_wheel(struct app *app, int rows) {
    app->stream.scroll += rows;
    app->changed = true;
}

void stream_click(struct app *app, uint32_t row) {
    const struct stream_page *page = &app->stream.page;
    if (row >= (uint32_t)page->row_count || app->stream.connection != app->ladder.connection)
        return;
    struct stream_place from = page->rows[row].from;
    const struct pieces *pieces = &app->stream.pieces[from.end];
    size_t index = piece_find(pieces, from.at);
    if (index < pieces->count)
        playback_to_packet(app, pieces->piece[index].packet);
    app->changed = true;
}

void stream_act(struct app *app, enum action action) {
    struct stream *stream = &app->stream;
    int page = stream->page.height > 1 ? stream->page.height - 1 : 1;
    switch (action) {
    case ACTION_STREAM_UP: stream_wheel(app, -1); break;
    case ACTION_STREAM_DOWN: stream_wheel(app, 1); break;
    case ACTION_STREAM_PAGE_UP: stream_wheel(app, -page); break;
    case ACTION_STREAM_PAGE_DOWN: stream_wheel(app, page); break;
    case ACTION_STREAM_SIDE:
        stream->side = (enum stream_side)((stream->side + 1) % STREAM_SIDE_COUNT);
        break;
    case ACTION_STREAM_HEX: stream->hex = !stream->hex; break;
    case ACTION_FIRST:
    case ACTION_LAST:
        stream->go = action == ACTION_FIRST ? STREAM_FIRST : STREAM_LAST;
        stream->scroll = 0;
        break;
    case ACTION_FIND_NEXT:
    case ACTION_FIND_PREVIOUS: stream_search_again(app, action == ACTION_FIND_PREVIOUS); break;
    default: break;
    }
}
