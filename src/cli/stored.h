// SPDX-License-Identifier: MIT
// The stored captures: where they are, what they are called, what they teach.
#ifndef TCPWALK_CLI_STORED_H
#define TCPWALK_CLI_STORED_H

#include "words.h"

enum { STORED_PATH_MAX = 4096 };

// The path of the stored capture called `name`; false if there is none.
bool stored_find(const char *name, char path[STORED_PATH_MAX]) TW_CHECKED;
// One stored capture; `title` and `teaches` are empty where the catalogue does not have it.
struct stored {
    const char *name, *title, *teaches, *path;
};
// Tells all of them, in the catalogue's order and then the rest by name; each name once, from the
// first place that has it.
void stored_each(void (*each)(void *context, const struct stored *stored), void *context);
void stored_nearest(struct nearest *nearest);

#endif
