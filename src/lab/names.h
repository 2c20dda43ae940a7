// SPDX-License-Identifier: MIT
// The processes and sockets that a script has made by a given statement, so that one that cannot be
// there is told before anything runs. What the calls will give is not known: they are taken to
// succeed.
#ifndef TCPWALK_LAB_NAMES_H
#define TCPWALK_LAB_NAMES_H

#include "scan.h"

#include "tcpwalk/lab.h"

struct named_socket {
    const char *name;
    size_t length;
    enum tw_end end;       // its name is not used at the other one
    unsigned made, closed; // the lines where this was done last; 0: not yet
    bool begun;            // a call on it is not awaited yet
    enum tw_call call;     // which
};

struct names {
    struct {
        const char *name; // NULL: it has ended
        enum tw_end end;
    } processes[TW_LAB_PROCESSES];
    struct named_socket sockets[TW_LAB_SOCKETS]; // one a name
    struct {
        uint16_t process, socket;
    } open[TW_LAB_SOCKETS]; // descriptors, in order of their making
    size_t process_count, socket_count, open_count;
};

void names_init(struct names *names);
// What a lab has open already; `room` is for two names a socket, and is lent.
void names_know(struct names *names, const struct tw_lab_view *view, char (*room)[TW_LAB_NAME]);
bool names_process(const struct names *names, struct scan *scan, struct word word,
                   size_t *process) TW_CHECKED;
bool names_is_process(const struct names *names, struct word word); // no message
// A socket that was made before, open or not.
bool names_socket(struct names *names, struct scan *scan, struct named_socket **socket) TW_CHECKED;
// A socket that the process has open.
bool names_open(struct names *names, struct scan *scan, size_t process,
                struct named_socket **socket) TW_CHECKED;
// The process makes it; `at` is where the script says so.
bool names_make(struct names *names, struct scan *scan, size_t process, const char *name,
                const char *at) TW_CHECKED;
void names_close(struct names *names, size_t process, const struct named_socket *socket,
                 unsigned line);
bool names_fork(struct names *names, struct scan *scan, size_t parent, const char *name,
                const char *at) TW_CHECKED;
void names_exit(struct names *names, size_t process, unsigned line);
// An end forgets all of its sockets.
void names_crash(struct names *names, enum tw_end end, unsigned line);

#endif
