// SPDX-License-Identifier: MIT
// The stored captures and scenario scripts: where they are, what they are called, what they teach.
#ifndef TCPWALK_CLI_STORED_H
#define TCPWALK_CLI_STORED_H

#include "words.h"

enum { STORED_PATH_MAX = 4096 };

enum stored_kind { STORED_CAPTURE, STORED_SCENARIO, STORED_KIND_COUNT };

// The path of what is stored by that name; false if there is none.
bool stored_find(enum stored_kind kind, const char *name, char path[STORED_PATH_MAX]) TW_CHECKED;

// The catalogue's columns, a line a capture, separated by tabs. The states are those of the
// connection that passes most, joined by '>'.
#define STORED_COLUMN_LIST(X)                                                                      \
    X(name, "name")                                                                                \
    X(title, "title")                                                                              \
    X(teaches, "what it teaches")                                                                  \
    X(packets, "packets")                                                                          \
    X(client, "client states")                                                                     \
    X(server, "server states")                                                                     \
    X(connections, "connections")

// What is stored by one name. All but the name is "" where the catalogue does not have it.
struct stored {
#define X(id, text) const char *id;
    STORED_COLUMN_LIST(X)
#undef X
    const char *path;
};
// Tells all of them, in the catalogue's order and then the rest by name; each name once, from the
// first place that has it.
void stored_each(enum stored_kind kind, void (*each)(void *context, const struct stored *stored),
                 void *context);
// "7 packets", "40 packets in 12 connections; the states of the longest:"; "" where the catalogue
// does not say it. Returns `text`.
enum { STORED_COUNTS = 256 };
const char *stored_counts(const struct stored *stored, char text[STORED_COUNTS]);
void stored_nearest(enum stored_kind kind, struct nearest *nearest);

#endif
