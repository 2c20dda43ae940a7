// SPDX-License-Identifier: MIT
// A program with its sockets: for program.c, which decides, and calls.c, which calls.
#ifndef TESTS_TRUTH_CALLS_H
#define TESTS_TRUTH_CALLS_H

#include "run.h"

// Where a socket is: the process that has it, and its name. A socket that was closed has no name.
struct handle {
    char process[TW_LAB_NAME], name[TW_LAB_NAME];
};

struct connection {
    size_t ports;
    struct handle ends[TW_END_COUNT];
};

struct player {
    struct run run;
    struct connection connections[CONNECTIONS_MAX];
    size_t connection_count;
    size_t accepting; // the call, or TW_LAB_NO_CALL
    unsigned names;   // given so far
};

// The server listens, and accepts all the time.
void begin_listen(struct player *player);
// Connections that came out of accept() belong to the program.
void take_accepted(struct player *player);
// A process of its own with a socket, bound and connecting. False where connect() fails at once.
bool begin_connect(struct player *player, struct connection *connection, enum tw_end end);
// One of an open socket's calls.
void random_call(struct player *player, struct connection *connection, enum tw_end end);

#endif
