// SPDX-License-Identifier: MIT
// The screen's entry point: what the command line gives it and how it gets its packets.
#ifndef UI_UI_H
#define UI_UI_H

#include "tcpwalk/lab.h"
#include "tcpwalk/story.h"

// Where the story's segments come from. The screen calls `more` when it has nothing better to do,
// so that a key is never waited for. `more` alone must be given.
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

// A lab that runs behind the story, as the screen needs it: what it looks at and what its keys do.
// All must be given. A message says why something was not done, and is lent until the next call;
// NULL: it was done. `more` of the feed turns the lab (and the scenario), and returns true for as
// long as the lab is there, also when a scenario is over: then it is free play.
enum ui_lab_act { UI_LAB_DELIVER, UI_LAB_DROP, UI_LAB_DUPLICATE, UI_LAB_SWAP, UI_LAB_ACT_COUNT };
struct ui_lab {
    void *context;
    // The lab as it is now (tw_lab_view_get), and the clock of its times (tw_lab_now). What the
    // view lends must stay until another of these, or `more`, is called.
    void (*view)(void *context, struct tw_lab_view *view, tw_time *now);
    // Begins a call (tw_lab_call) and does not wait for it.
    const char *(*call)(void *context, const struct tw_lab_request *request);
    // A flight that is no longer there is no error.
    void (*wire)(void *context, enum ui_lab_act act, uint64_t flight);
    // Everything from that end is held (TW_KIND_ANY) or, with false, goes on, what is held too.
    void (*hold)(void *context, enum tw_end from, bool hold);
    // One statement of the script language, as typed: `client: send(c, 100)`, `delay 100ms`,
    // `inject client c RST seq next`. A call is begun and not waited for.
    const char *(*type)(void *context, const char *line);
    // What became of the scenario, told once: that it is over, or has failed and why. NULL:
    // nothing.
    const char *(*news)(void *context);
};

struct ui_options {
    struct tw_story *story;
    const struct tw_witness *witness; // what the stacks said themselves, or NULL
    const struct ui_lab *lab;         // that runs behind the story, or NULL
    const char *source_name;          // as the user named it; control characters are shown as '?'
    const char *filter;               // the capture filter, or NULL
    const char *theme;                // a name of ui/theme.h, or NULL: dark
    double speed;                     // of the playback; 0: 1
    uint64_t connection;              // number of one to open at once; 0: none
    bool ascii;                       // no other glyphs, whatever the locale says
    bool color;                       // false: the theme is mono
    bool utc;                         // times of day in UTC, not local
};

// Whether there is such a theme; for the command line's check.
bool ui_theme_known(const char *name) TW_CHECKED;

// Shows the story until the user leaves. The terminal is left as it was found. TW_OK, also after
// SIGINT, SIGTERM and SIGHUP; TW_OPEN when there is no terminal; TW_MEMORY. Where standard input
// is no terminal (it is the capture), keys come from /dev/tty.
enum tw_status ui_run(const struct ui_options *options, const struct ui_feed *feed,
                      struct tw_error *error) TW_CHECKED;

#endif
