// SPDX-License-Identifier: MIT
// The stream: the octets that the two ends sent each other, in order, as text or in hexadecimal.
#ifndef UI_STREAM_H
#define UI_STREAM_H

#include "tcpwalk/story.h"

#include "actions.h"

struct app;

enum stream_side { STREAM_BOTH, STREAM_CLIENT, STREAM_SERVER, STREAM_SIDE_COUNT };

struct stream {
    enum stream_side side;
    bool hex;
    size_t top; // row
};

void stream_fini(struct stream *stream);
void stream_act(struct app *app, enum action action);
void stream_search(struct app *app, const char *text, bool back);
void stream_tick(struct app *app);

#endif
