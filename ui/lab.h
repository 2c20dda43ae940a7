// SPDX-License-Identifier: MIT
// The lab behind the story: how it looked last, what is chosen in it, what its keys do.
#ifndef UI_LAB_H
#define UI_LAB_H

#include "tcpwalk/lab.h"

#include "actions.h"

struct app;
struct ui_lab; // of ui.h

struct lab {
    const struct ui_lab *hooks; // NULL: there is none
    struct tw_lab_view view;    // lent until something is done to the lab
    tw_time now;                // by the clock of the lab
    uint64_t fingerprint;       // of what is seen of it: where it is the same, so is the picture
    enum tw_end end;            // whose calls the keys make
    bool connecting;            // a key has called connect(): what comes of it is to be shown
    uint64_t flight;            // the chosen one, or the first behind it
    size_t connections;         // that the story had
};

bool lab_act(struct app *app, enum action action); // false: it is none of its actions
void lab_type(struct app *app, const char *line);  // a line was typed
void lab_tick(struct app *app);
bool lab_flying(const struct app *app); // a segment moves on the wire
// What the keys are about: the socket of the connection that is shown, or the newest one; a
// listener; a flight, by its index. NULL, or the number of flights: there is none.
const struct tw_lab_socket *lab_socket(const struct app *app);
const struct tw_lab_socket *lab_listener(const struct app *app);
size_t lab_flight(const struct app *app);
// What the kernel says of a process's socket; NULL: nothing.
const struct tw_kernel_socket *lab_kernel(const struct app *app,
                                          const struct tw_lab_socket *socket);
// Whether the tuple is that of the connection, and as which end sees it.
bool lab_same(const struct tw_connection_info *info, const struct tw_tuple *tuple,
              enum tw_end *end);

#endif
