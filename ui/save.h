// SPDX-License-Identifier: MIT
// Saving: connections as a capture, in slices, so that keys are answered meanwhile; the picture as
// a file; the screen as text to the clipboard.
#ifndef UI_SAVE_H
#define UI_SAVE_H

#include "canvas.h"

struct app;

struct save {
    bool running;
    uint64_t *packets; // to be saved, in order
    size_t count, next;
};

void save_fini(struct save *save);
// Asks for a file's name: for the marked connections or the one that is shown.
void save_ask(struct app *app);
void save_begin(struct app *app, const char *path);
void save_stop(struct app *app); // by Esc
void save_tick(struct app *app);
void save_picture(struct app *app); // with a name of its own; told as a notice

#endif
