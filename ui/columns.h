// SPDX-License-Identifier: MIT
// The columns of the list of connections: what stands in them, and which ones have room.
#ifndef UI_COLUMNS_H
#define UI_COLUMNS_H

#include "sorting.h"
#include "theme.h"

struct app;

enum column {
    COLUMN_NUMBER,
    COLUMN_CLIENT,
    COLUMN_CLIENT_STATE,
    COLUMN_SERVER,
    COLUMN_SERVER_STATE,
    COLUMN_OUTCOME,
    COLUMN_DURATION,
    COLUMN_SEGMENTS,
    COLUMN_OCTETS,
    COLUMN_RTT,
    COLUMN_LETTERS,
    COLUMN_WAITS,
    COLUMN_OPENED,
    COLUMN_PROCESS, // these two only where the kernel can be asked
    COLUMN_KERNEL,
    COLUMN_COUNT
};

enum { COLUMN_TEXT = 64, COLUMN_GAP = 1 };

struct column_info {
    const char *heading; // in English
    const char *name;    // by itself, likewise
    bool right;          // its text stands at the right
    enum sort sort;      // by it; SORT_COUNT: by none
};

// One row's connection, as far as its cells need it.
struct column_row {
    size_t connection;
    struct tw_connection_info info;
    bool whole; // its counters are those of what is shown
};

struct columns {
    int widths[COLUMN_COUNT]; // 0: out of sight
    bool left, right;         // there are more on that side
};

const struct column_info *column_info(enum column column);
// Whether there is anything to tell in it.
bool columns_have(const struct app *app, enum column column);
struct columns columns_fit(const struct app *app, int width);
// How far they can be scrolled until the last one is seen.
int columns_last_scroll(const struct app *app);
// Returns `text`.
const char *column_text(const struct app *app, const struct column_row *row, enum column column,
                        int width, char text[COLUMN_TEXT]);
enum role column_role(const struct column_row *row, enum column column);

#endif
