// SPDX-License-Identifier: MIT
// Search in the stream, a slice a tick.
#ifndef UI_STREAM_SEARCH_H
#define UI_STREAM_SEARCH_H

#include "stream.h"

// To the next match, or the previous one.
void stream_search_again(struct app *app, bool back);
void stream_search_tick(struct app *app);

#endif
