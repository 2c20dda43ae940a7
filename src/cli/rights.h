// SPDX-License-Identifier: MIT
// What a live capture needs is opened; then the rights that it took are given up.
#ifndef TCPWALK_CLI_RIGHTS_H
#define TCPWALK_CLI_RIGHTS_H

#include "options.h"
#include "tcpwalk/guard.h"
#include "tcpwalk/source.h"

struct rights {
    int directory;          // in which files may be made; -1: not open
    const char *user;       // whose rights are left, where they are another's; for messages
    struct tw_namer *namer; // or NULL
};

// The directory for files: --save-dir, else where -w points, else the current one. TW_OUTPUT.
enum tw_status rights_directory(const struct settings *settings, int *directory,
                                struct tw_error *error) TW_CHECKED;
// Before anything is opened: that the user who is to go on is known, and may do what is asked for.
// TW_PERMISSION, TW_OUTPUT.
enum tw_status rights_check(const struct settings *settings, struct tw_error *error) TW_CHECKED;
// Starts the namer, before an interface is opened, so that it has no part in the packets. Without
// it everything is there but the names. rights_fini in any case.
void rights_start_namer(struct rights *rights);
// To be called when the interfaces, -w's file and the terminal are open. Gives up everything but
// making files in the directory, and in the open one of the recordings (-1: none), and, where the
// source `refilters`, setting another filter. TW_PERMISSION, TW_OUTPUT, TW_OPEN; rights_fini also
// then.
enum tw_status rights_drop(struct rights *rights, const struct settings *settings,
                           const struct tw_source *source, bool refilters, int recordings,
                           struct tw_error *error) TW_CHECKED;
void rights_fini(struct rights *rights);

#endif
