// SPDX-License-Identifier: MIT
// Saving: connections as a capture, in slices, so that keys are answered meanwhile; the picture as
// a file.
#ifndef UI_SAVE_H
#define UI_SAVE_H

#include "prompt.h"
#include "ui.h"

struct app;

// Packets of one connection, in order, of which those before `at` have been written.
struct save_run {
    size_t at, end; // in save.packets
};

enum save_phase { SAVE_GATHERS, SAVE_WRITES };

struct save {
    bool running;
    enum save_phase phase;
    char name[PROMPT_MAX]; // of the file
    bool recent;           // what was captured last; else
    bool marked;           // the marked connections, else only `connection`
    size_t connection;     // that is gathered next; SIZE_MAX: all have been
    uint64_t *packets;     // numbers, connection after connection
    size_t count, room;
    struct save_run *runs; // while they are written a heap, the lowest number on top
    size_t run_count, run_room;
    struct ui_recent range; // of what was captured last
    uint64_t last;          // the number that was gathered last
    uint64_t done;          // so many have been looked at,
    uint64_t written;
    uint64_t dropped;     // so many were not kept any more when it began,
    uint64_t skipped;     // so many were not to be had
    char why[PROMPT_MAX]; // the last of them
};

void save_fini(struct save *save);
// Asks for a file's name: for the marked connections or the one that is shown.
void save_ask(struct app *app);
// Asks for how many seconds, then for a file's name: what was captured in them.
void save_ask_recent(struct app *app);
void save_recent(struct app *app, const char *seconds); // was answered
void save_begin(struct app *app, const char *path);
void save_stop(struct app *app); // by Esc
void save_tick(struct app *app);
void save_picture(struct app *app); // with a name of its own; told as a notice

#endif
