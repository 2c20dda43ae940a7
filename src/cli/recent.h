// SPDX-License-Identifier: MIT
// The capture files that were opened on the screen before, in $XDG_STATE_HOME/tcpwalk/recent.
#ifndef TCPWALK_CLI_RECENT_H
#define TCPWALK_CLI_RECENT_H

#include <stddef.h>

enum { RECENT_MAX = 20 };

// Absolute paths, the newest first.
struct recent {
    size_t count;
    char *paths[RECENT_MAX];
};

// What cannot be read is as if it were not there: none, or fewer.
void recent_read(struct recent *recent);
void recent_fini(struct recent *recent);
// The file was opened. Only regular files are kept; what cannot be written is not.
void recent_add(const char *file);

// A path on one line: control characters and the backslash as \xNN. Returns `text`, cut to fit.
char *recent_escape(const char *path, char *text, size_t room);

#endif
