// SPDX-License-Identifier: MIT
// Reading the stream and laying its rows out: what follows what, and where rows begin.
#ifndef UI_STREAM_PAGE_H
#define UI_STREAM_PAGE_H

#include "stream.h"

// A piece of one end, in the order in which they are shown.
struct stream_piece {
    size_t index;
    uint8_t end;
};

// The payload of a packet, lent until the next call; its octets are NULL where it is not there.
const struct stream_payload *stream_payload(struct app *app, uint64_t packet);
// Whether what an end sent is shown.
bool stream_shows(const struct app *app, uint8_t end);
// The first and last piece of the sides that are shown, and the ones around a piece; false: none.
bool stream_piece_first(const struct app *app, struct stream_piece *piece);
bool stream_piece_last(const struct app *app, struct stream_piece *piece);
bool stream_piece_next(const struct app *app, struct stream_piece *piece);
bool stream_piece_previous(const struct app *app, struct stream_piece *piece);
// Where a piece begins, with the gap before it.
struct stream_place stream_piece_place(const struct app *app, struct stream_piece piece);
// The octets [at, ...) of what an end sent, as far as they are there one after the other; returns
// how many of `count` there are.
size_t stream_octets(struct app *app, struct stream_place place, uint8_t *octets, size_t count);

// The row that holds the place: to its begin; to the begin of the next or previous one; false:
// there is none.
void stream_row_begin(struct app *app, struct stream_place *place);
bool stream_row_next(struct app *app, struct stream_place *place);
bool stream_row_previous(struct app *app, struct stream_place *place);
// Lays the page out from its first row; returns how many rows it has.
int stream_page_lay(struct app *app);
void stream_page_fini(struct stream_page *page);

#endif
