// SPDX-License-Identifier: MIT
// Puts the octets of a connection in order, in slices, as far as they are there.
#include "app.h"

void stream_fini(struct stream *stream) {
    (void)stream;
}

void stream_act(struct app *app, enum action action) {
    struct stream *stream = &app->stream;
    switch (action) {
    case ACTION_STREAM_UP: stream->top -= stream->top > 0; break;
    case ACTION_STREAM_DOWN: stream->top++; break;
    case ACTION_STREAM_SIDE:
        stream->side = (enum stream_side)((stream->side + 1) % STREAM_SIDE_COUNT);
        break;
    case ACTION_STREAM_HEX: stream->hex = !stream->hex; break;
    default: break;
    }
}

void stream_search(struct app *app, const char *text, bool back) {
    (void)app;
    (void)text;
    (void)back;
}

void stream_tick(struct app *app) {
    (void)app;
}
