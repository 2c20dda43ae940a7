// SPDX-License-Identifier: MIT
// Giving up what is not needed any more: rights, files, system calls; and the one helper that stays
// outside, which knows whose a socket is.
#ifndef TCPWALK_GUARD_H
#define TCPWALK_GUARD_H

#include "tcpwalk/base.h"

struct tw_guard_options {
    const char
        *user;     // whom to become; NULL: who called sudo, else nobody. Only root becomes anyone
    int directory; // open; files may be made beneath it, and nowhere else; -1: nowhere
    bool alone;    // the process makes no other ones, and draws on no terminal of its own
};

// Gives up everything for good: groups, user and group (setgroups, setresgid, setresuid), all
// capabilities, no_new_privs; then on Linux opening files outside `directory` (Landlock, where the
// kernel has it) and all system calls that a running tcpwalk has no business with (seccomp). What
// is open stays open. TW_PERMISSION: the user is not known or cannot be become; TW_OPEN: the system
// refused something that it has. A kernel without Landlock or seccomp is no error.
enum tw_status tw_guard_drop(const struct tw_guard_options *options,
                             struct tw_error *error) TW_CHECKED;
// What is in force, in one line for --version and the manual's reader: "user nobody, no
// capabilities, landlock 4, seccomp". Lent until the next call.
const char *tw_guard_told(void);

// --- Whose a socket is

enum { TW_PROCESS_NAME = 16 };
struct tw_process {
    uint32_t inode;             // of the socket
    int32_t pid;                // 0: nobody's, or there is no right to see whose
    char name[TW_PROCESS_NAME]; // /proc/PID/comm: any octets but NUL
};

// A process that is forked before rights are given up and answers nothing but this (Linux).
struct tw_namer;
enum tw_status tw_namer_start(struct tw_namer **namer, struct tw_error *error) TW_CHECKED;
void tw_namer_stop(struct tw_namer *namer); // NULL: nothing
// Asks for some sockets; never waits. False: it has too much to do, or is gone; ask again later.
bool tw_namer_ask(struct tw_namer *namer, const uint32_t *inodes, size_t count) TW_CHECKED;
// The next answer that has come, never waits; false: none.
bool tw_namer_answer(struct tw_namer *namer, struct tw_process *process) TW_CHECKED;
int tw_namer_fd(const struct tw_namer *namer); // readable when there is one

#endif
