// SPDX-License-Identifier: MIT
// Giving up what is not needed any more: rights, files, system calls; and the one helper that stays
// outside, which knows whose a socket is.
#ifndef TCPWALK_GUARD_H
#define TCPWALK_GUARD_H

#include "tcpwalk/base.h"

struct tw_guard_options {
    const char
        *user; // whom to become; NULL: who called sudo, else nobody. Only root becomes anyone
    int directories[2]; // open; files may be made beneath them, and nowhere else; -1: none
    const int *sockets; // open, to receive from: nothing can be sent through them any more
    size_t socket_count;
    bool refilters; // they may be given another filter
};

// Who would be become, for messages: a user's name; NULL: nobody else than we are, as we are not
// root. TW_PERMISSION: the user is not known, or not to be become. Lent until the next call.
enum tw_status tw_guard_user(const char *user, const char **name,
                             struct tw_error *error) TW_CHECKED;
// For a while files are opened and made as that user, until tw_guard_back: what that user may not
// do is not done for it. Where it is nobody because nobody was named, or nobody else is become,
// nothing changes. TW_PERMISSION.
enum tw_status tw_guard_as(const char *user, struct tw_error *error) TW_CHECKED;
void tw_guard_back(void);

// Whether that user may make files in `directory`.
bool tw_guard_may_make(const char *user, int directory) TW_CHECKED;

// Gives up everything for good: groups, user and group, all capabilities, no_new_privs; then on
// Linux opening files outside `directories` (Landlock, where the kernel has it) and all system
// calls that a running tcpwalk has no business with (seccomp). What is open stays open.
// TW_PERMISSION: the user is not known or cannot be become; TW_OPEN: the system refused something
// that it has. A kernel without Landlock or seccomp is no error. The process makes no other ones
// afterwards.
enum tw_status tw_guard_drop(const struct tw_guard_options *options,
                             struct tw_error *error) TW_CHECKED;
// What is in force, in one line: "user nobody, no capabilities, Landlock 4, seccomp"; before
// anything is given up, what there is: "Landlock 4, seccomp (libseccomp 2.5.4)". Lent until the
// next call.
const char *tw_guard_told(void);

// --- Whose a socket is

enum { TW_PROCESS_NAME = 16 };
struct tw_process {
    uint32_t inode;             // of the socket
    int32_t pid;                // 0: nobody's, or there is no right to see whose
    char name[TW_PROCESS_NAME]; // /proc/PID/comm: any octets but NUL, which ends it
};

// A process that is forked before rights are given up and answers nothing but this (Linux).
struct tw_namer;
// TW_UNMET where the system has no /proc to ask; TW_MEMORY.
enum tw_status tw_namer_start(struct tw_namer **namer, struct tw_error *error) TW_CHECKED;
void tw_namer_stop(struct tw_namer *namer); // NULL: nothing
// Asks for some sockets, in order; never waits. Returns how many were taken: fewer when it has too
// much to do, or is gone; ask for the others later. Each that was taken is answered once.
size_t tw_namer_ask(struct tw_namer *namer, const uint32_t *inodes, size_t count) TW_CHECKED;
// The next answer that has come, never waits; false: none.
bool tw_namer_answer(struct tw_namer *namer, struct tw_process *process) TW_CHECKED;
int tw_namer_fd(const struct tw_namer *namer); // readable when there is one; -1: it is gone

#endif
