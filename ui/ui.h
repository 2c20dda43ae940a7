// SPDX-License-Identifier: MIT
// The screen's entry point: what the command line gives it and how it gets its packets.
#ifndef UI_UI_H
#define UI_UI_H

#include "tcpwalk/story.h"

// Where the story's segments come from. The screen calls `more` when it has nothing better to do,
// so that a key is never waited for. Any of `fd`, `progress` and `fault` may be NULL.
struct ui_feed {
    void *context;
    // Reads and feeds the tracker (hence the story) for at most `budget_ms`; returns false at the
    // end of the input, after which it is not called again.
    bool (*more)(void *context, int budget_ms);
    int (*fd)(void *context); // readable when `more` has something to do; -1: always (a file)
    // Octets read, and of how many; a total of 0 is not known.
    void (*progress)(void *context, uint64_t *done, uint64_t *total);
    const char *(*fault)(void *context); // how the input broke off, or NULL; asked at its end
};

struct ui_options {
    struct tw_story *story;
    const char *source_name; // as the user named it; control characters are shown as '?'
    const char *filter;      // the capture filter, or NULL
    const char *theme;       // a name of ui/theme.h, or NULL: dark
    double speed;            // of the playback; 0: 1
    uint64_t connection;     // number of one to open at once; 0: none
    bool ascii;              // no other glyphs, whatever the locale says
    bool color;              // false: the theme is mono
    bool utc;                // times of day in UTC, not local
};

// Whether there is such a theme; for the command line's check.
bool ui_theme_known(const char *name) TW_CHECKED;

// Shows the story until the user leaves. The terminal is left as it was found. TW_OK, also after
// SIGINT, SIGTERM and SIGHUP; TW_OPEN when there is no terminal; TW_MEMORY. Where standard input
// is no terminal (it is the capture), keys come from /dev/tty.
enum tw_status ui_run(const struct ui_options *options, const struct ui_feed *feed,
                      struct tw_error *error) TW_CHECKED;

#endif
