// SPDX-License-Identifier: MIT
// The screen's entry point: what the command line gives it and how it gets its packets.
#ifndef UI_UI_H
#define UI_UI_H

#include "tcpwalk/lab.h"
#include "tcpwalk/source.h"
#include "tcpwalk/story.h"

#include "config.h"

// What became of the packets so far.
struct ui_counts {
    uint64_t received;          // packets, by the kernel for us; of a file all
    uint64_t dropped;           // of these, that could not be captured,
    uint64_t dropped_interface; // and by the interface
    uint64_t cut, decoded, ignored, malformed;
    uint64_t evicted; // connections, given up at the memory limit before they were over
    bool records;     // into a file:
    uint64_t recorded, not_recorded;
};

// Where the story's segments come from. The screen calls `more` when it has nothing better to do,
// so that a key is never waited for. `more` alone must be given.
struct ui_feed {
    void *context;
    // Reads and feeds the tracker (hence the story) for at most `budget_ms`; returns false at the
    // end of the input, after which it is not called again.
    bool (*more)(void *context, int budget_ms);
    int (*fd)(void *context); // readable when `more` has something to do; -1: it has now
    // Octets read, and of how many; a total of 0 is not known.
    void (*progress)(void *context, uint64_t *done, uint64_t *total);
    void (*counts)(void *context, struct ui_counts *counts); // may be NULL, as what follows
    // What happened to the source, to be told ("eth0: went down"), lent until the next call; NULL:
    // nothing.
    const char *(*news)(void *context);
    // What of the source is not there now ("eth0 is down"), "": all is. Written into `text`.
    void (*absent)(void *context, char *text, size_t room);
    // Another capture filter from now on, "" for the default. What is wrong with it, lent until the
    // next call, or NULL.
    const char *(*refilter)(void *context, const char *filter);
    bool (*reopen)(void *context); // SIGHUP: makes a recording's file anew; false: there is none
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

// Whose a socket is; HIDDEN: there is no right to see that.
enum ui_owner { UI_OWNER_NOBODY, UI_OWNER_UNKNOWN, UI_OWNER_HIDDEN, UI_OWNER_KNOWN };
enum { UI_PROCESS = 16, UI_USER = 32 };
struct ui_process {
    enum ui_owner owner;
    int32_t pid;
    char name[UI_PROCESS], user[UI_USER]; // any octets but NUL
};
// What the kernel says of one end of a connection, where that is a socket of this machine.
struct ui_kernel_said {
    bool local; // it is; nothing else is told where it is not
    bool told;  // the kernel has answered: `socket` is what it has, CLOSED: none
    struct tw_kernel_socket socket;
    struct tw_kernel_socket listener; // that takes connections there; CLOSED: not known
    size_t opening;                   // request sockets of that port
    struct ui_process process;        // whose the socket is,
    struct ui_process server;         // and the listener
};
// The kernel's own word beside a live source. Neither waits.
struct ui_kernel {
    void *context;
    // Asks about one end's socket, now.
    void (*ask)(void *context, const struct tw_tuple *tuple, struct ui_kernel_said *said);
    // Goes on with what asking for one socket does not tell; to be called now and then while
    // something of it is seen.
    void (*turn)(void *context);
};

enum ui_saved {
    UI_SAVED,
    UI_LEFT_OUT, // this packet is not meant
    UI_SKIPPED,  // this packet cannot be; *why says why not
    UI_FAILED,   // nothing more can be; *why says why, and the file has been given up
};

// What was captured last. Not every number in between has a packet that is meant.
struct ui_recent {
    uint64_t first, last; // numbers of packets
    tw_time since;        // those that are older are not meant
    uint64_t missing;     // so many are not kept any more
};

// The packets of the input, again, and the files that the screen writes. All must be given. Where a
// message is returned it is lent until the next call; NULL: all is well.
struct ui_files {
    void *context;
    // A packet by its number, lent until the next call; NULL: its octets are not to be had, and
    // *why says why not ("kept only where there was room").
    const struct tw_packet *(*packet)(void *context, uint64_t number, const char **why);
    // A capture file: begun, packet after packet, then given its name, or given up. Nothing that
    // was there is overwritten. `path` is taken from the directory for saved files.
    const char *(*save_begin)(void *context, const char *path);
    // `since` TW_NO_TIME: whatever it is; else it is left out if it is older, or if the capture
    // filter had left it out.
    enum ui_saved (*save_packet)(void *context, uint64_t number, tw_time since, const char **why);
    const char *(*save_end)(void *context, bool keep);
    // What was captured within `span` before `now` (TW_NO_TIME: the newest packet), from the
    // beginning of a second on; false: nothing.
    bool (*recent)(void *context, tw_time now, tw_time span, struct ui_recent *recent);
    // A whole file, also while a capture is being saved; a name that is taken gets a number
    // ("tcpwalk-2.svg"), *name is what it became.
    const char *(*write)(void *context, const char **name, const char *octets, size_t length);
};

// What the start screen offers. `items` are lent until `refresh` or `retell` is called; the first
// looks again at what changes (the interfaces' traffic), and says whether anything has.
enum ui_start_group {
    UI_START_CAPTURES,
    UI_START_LESSONS,
    UI_START_LAB,
    UI_START_INTERFACES,
    UI_START_RECENT,
    UI_START_GROUP_COUNT
};
// Traffic, smoothed; `levels` are those of the last seconds, the newest last, from 0 (none).
enum { UI_START_LEVELS = 8, UI_START_FILTER = 64 };
struct ui_activity {
    double packets, octets; // a second
    uint8_t levels[UI_START_LEVELS];
};
struct ui_start_item {
    enum ui_start_group group;
    const char *name;                   // what is opened by it
    const char *title;                  // a few words beside it
    const char *detail;                 // a sentence about it, or ""
    const char *states[TW_END_COUNT];   // that are passed, joined by '>', or NULL
    const char *counts;                 // how much there is in it, or NULL
    const struct ui_activity *activity; // of an interface, or NULL
};
struct ui_start {
    void *context;
    const struct ui_start_item *items;
    size_t count;
    // Why a group has no items, instead of them; NULL: then nothing is shown of it.
    const char *why_empty[UI_START_GROUP_COUNT];
    bool (*refresh)(void *context);
    // Tells everything again, as the language is another one, and where `item` is now; or NULL.
    size_t (*retell)(void *context, size_t item);
    const char *notice; // to be told at once, or NULL: why the last one could not be opened
    // Where the user is: from there it begins, and there it is afterwards.
    struct {
        size_t cursor, top; // an item; a row
        char filter[UI_START_FILTER];
    } place;
};
#define UI_NOTHING SIZE_MAX // no item

struct ui_options {
    struct tw_story *story;           // NULL: the start screen
    const struct ui_files *files;     // or NULL
    struct ui_start *start;           // of the start screen, else NULL
    size_t *chosen;                   // what was chosen there, or UI_NOTHING
    const struct tw_witness *witness; // what the stacks said themselves, or NULL
    const struct ui_lab *lab;         // that runs behind the story, or NULL
    const struct ui_kernel *kernel;   // of this machine, where the source is live, or NULL
    const char *source_name;          // as the user named it; control characters are shown as '?'
    const char *filter;               // the capture filter, or NULL
    const struct tw_profile *profile; // whose timers run out; NULL: linux
    const char *theme;                // a name of ui/theme.h, or NULL: dark
    bool live;                        // the packets come as they are captured
    bool endless;                     // the source may go on for ever: what is opened is followed,
                                      // what is long over makes room for what is new
    double speed;                     // of the playback; 0: 1
    uint64_t connection;              // number of one to open at once; 0: none
    const char *greeting;             // told at once, until the first key; or NULL
    bool ascii;                       // no other glyphs, whatever the locale says
    bool color;                       // false: the theme is mono
    bool utc;                         // times of day in UTC, not local
    bool mouse;                       // it is taken from the terminal
    const struct config *config;      // where playback stops, even time; NULL: the defaults
    struct config *kept;              // is given what the user has chosen meanwhile; or NULL
};

// Below that the screen says only so.
enum { UI_LEAST_WIDTH = 40, UI_LEAST_HEIGHT = 12 };

// Whether there is such a theme; for the command line's check.
bool ui_theme_known(const char *name) TW_CHECKED;

// Shows the story until the user leaves. The terminal is left as it was found. TW_OK, also after
// SIGINT, SIGTERM and SIGHUP; TW_OPEN when there is no terminal; TW_MEMORY. Where standard input
// is no terminal (it is the capture), keys come from /dev/tty.
enum tw_status ui_run(const struct ui_options *options, const struct ui_feed *feed,
                      struct tw_error *error) TW_CHECKED;
// Whether a signal, or the terminal's going away, ended the last screen: there is to be no other.
bool ui_ended(void);

// Takes the terminal for several screens, one after the other, so that what was on it before is not
// seen in between. Until it is released signals are noted only, and looked at by ui_run; a child
// process has the terminal, too, as long as this one leaves it alone. TW_OPEN.
enum tw_status ui_hold(struct tw_error *error) TW_CHECKED;
void ui_release(void);
bool ui_holds(void);
// A child has crashed and given the terminal back: the next screen takes it again.
void ui_lost(void);

// The picture of what the screen would show when all of the feed was read (NULL: none) and these
// keys were pressed, as an SVG, to be freed. Keys are written as the help does; each is given a
// second, or as long as "@SECONDS" behind it says. TW_USAGE: a key is not known; TW_MEMORY.
enum tw_status ui_screenshot(const struct ui_options *options, const struct ui_feed *feed,
                             int width, int height, const char *keys, char **picture,
                             size_t *length, struct tw_error *error) TW_CHECKED;

#endif
