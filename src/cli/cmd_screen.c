// SPDX-License-Identifier: MIT
// tcpwalk FILE at a terminal: the screen, fed while it runs.
#include "commands.h"
#include "files.h"
#include "kernel_word.h"
#include "reading.h"
#include "recent.h"
#include "screen.h"
#include "start.h"
#include "stored.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_MS = 50 };

// The screen's side of the pump: it is asked for more when the screen has nothing better to do.
struct feed {
    struct reading reading;
    struct kernel_word *kernel; // or NULL
    bool ended, finished;       // the input, and what it left open
};

static bool more(void *context, int budget_ms) {
    enum { AT_ONCE = 256 }; // connections between two looks at the clock
    struct feed *feed = context;
    const int64_t until = clock_ms() + budget_ms;
    if (!feed->ended) {
        switch (pump_run(&feed->reading.pump, budget_ms, &feed->reading.fault)) {
        case PUMP_MORE:
        case PUMP_WAIT: return true;
        case PUMP_FAULT: feed->reading.broken = true; break;
        case PUMP_END: break;
        }
        feed->ended = true;
        return true;
    }
    do {
        if (feed->finished || !tw_tracker_finish_some(feed->reading.pump.tracker, AT_ONCE)) {
            feed->finished = true;
            return false;
        }
    } while (clock_ms() < until);
    return true;
}

static int descriptor(void *context) {
    const struct feed *feed = context;
    return tw_source_fd(feed->reading.pump.source);
}

static void progress(void *context, uint64_t *done, uint64_t *total) {
    const struct feed *feed = context;
    struct tw_source_counts counts;
    tw_source_counts_get(feed->reading.pump.source, &counts);
    *done = counts.octets;
    *total = counts.size;
}

static uint64_t dropped(void *context) {
    const struct feed *feed = context;
    struct tw_source_counts counts;
    tw_source_counts_get(feed->reading.pump.source, &counts);
    return counts.dropped;
}

static const char *fault(void *context) {
    const struct feed *feed = context;
    return feed->reading.broken ? feed->reading.fault.text : NULL;
}

static void name(void *context, const struct stored *stored) {
    (void)context;
    printf("  %-24s %s\n", stored->name, _(stored->title));
}

// What there is to choose from, where the terminal has no room for the start screen's manners.
static enum tw_status choices(void) {
    puts(_("tcpwalk shows TCP connections walking through their states.\n\n"
           "Stored captures (tcpwalk NAME):"));
    stored_each(STORED_CAPTURE, name, NULL);
    puts(_("\nOn two real stacks: tcpwalk lab NAME                (without a name: free play)\n"
           "A capture file:     tcpwalk FILE [FILTER]\n"
           "Standard input:     tcpwalk - [FILTER]\n"
           "An interface:       tcpwalk -i IFACE [FILTER]      (tcpwalk interfaces lists them)\n"
           "As text or JSON:    tcpwalk trace FILE, tcpwalk list --json FILE\n"
           "All options:        tcpwalk --help"));
    return TW_OK;
}

struct ui_options screen_options(const struct settings *settings) {
    const struct config *config = &settings->config;
    const char *no_color = getenv("NO_COLOR");
    return (struct ui_options){
        .filter = settings->filter,
        .theme = settings->theme != NULL ? settings->theme : theme_name(config->theme),
        .profile = settings->profile,
        .speed = settings->speed > 0 ? settings->speed : config->speed,
        .connection = settings->report.connection,
        .greeting = settings->greeting,
        .ascii = settings->ascii || config->ascii,
        .color = !settings->no_color && (no_color == NULL || no_color[0] == '\0'),
        .utc = settings->report.utc || config->utc,
        .mouse = config->mouse,
        .config = config,
        .kept = settings->kept,
    };
}

// "-" is standard output.
enum tw_status screen_picture(const struct settings *settings, const struct ui_options *options,
                              const struct ui_feed *feed, struct tw_error *error) {
    enum { WIDTH = 80, HEIGHT = 24 };
    char *picture = NULL;
    size_t length = 0;
    enum tw_status status = ui_screenshot(
        options, feed, settings->width > 0 ? settings->width : WIDTH,
        settings->height > 0 ? settings->height : HEIGHT, settings->keys, &picture, &length, error);
    if (status != TW_OK) {
        return status;
    }
    const bool standard = strcmp(settings->screenshot, "-") == 0;
    FILE *file = standard ? stdout : fopen(settings->screenshot, "we");
    bool written = file != NULL && fwrite(picture, 1, length, file) == length;
    written = written && (standard ? fflush(file) : fclose(file)) == 0;
    free(picture);
    return written ? TW_OK
                   : tw_fail(error, TW_OUTPUT, "%s: %s", settings->screenshot, strerror(errno));
}

static enum tw_status run(struct feed *feed, const struct settings *settings,
                          struct tw_story *story, struct tw_error *error) {
    bool several = settings->source_count > 1;
    char title[256];
    snprintf(title, sizeof title, several ? _("%s and %zu more") : "%s", settings_source(settings),
             settings->source_count - 1);
    struct ui_options options = screen_options(settings);
    struct files files = {.source = feed->reading.pump.source, .directory = settings->save_dir};
    const struct ui_files hooks = files_hooks(&files);
    options.files = &hooks;
    options.story = story;
    options.witness = feed->reading.witness;
    options.source_name = title;
    options.live = tw_source_is_live(feed->reading.pump.source);
    const struct ui_kernel kernel = kernel_word_hooks(feed->kernel);
    options.kernel = feed->kernel != NULL ? &kernel : NULL;
    const struct ui_feed ui_feed = {.context = feed,
                                    .more = more,
                                    .fd = descriptor,
                                    .progress = progress,
                                    .dropped = dropped,
                                    .fault = fault};
    enum tw_status status = settings->screenshot != NULL
                                ? screen_picture(settings, &options, &ui_feed, error)
                                : ui_run(&options, &ui_feed, error);
    files_fini(&files);
    if (status == TW_OK && feed->reading.broken) {
        *error = feed->reading.fault;
        status = TW_BROKEN;
    }
    return status;
}

// The start screen offers them again; what is stored it has anyway.
static void remember(const struct settings *settings) {
    for (size_t i = settings->source_count; i-- > 0;) {
        if (strcmp(settings->sources[i], "-") != 0) {
            recent_add(settings->sources[i]);
        }
    }
}

static enum tw_status show(const struct settings *settings, struct tw_story *story,
                           struct tw_error *error) {
    struct tw_observer observer = tw_story_observer(story);
    struct feed feed = {0};
    // What grows: the story, the tracker's connections until they are over, which are less by far,
    // and, of what is no file, the packets that cannot be read again.
    enum { TRACKER_SHARE = 20 };
    const size_t left = memory_left(settings), keep = left / 8;
    enum tw_status status =
        reading_open(&feed.reading, settings, &observer, TRACKER_SHARE, keep, error);
    if (status != TW_OK) {
        return status;
    }
    reading_find_witness(&feed.reading);
    const bool keeps = tw_source_keeps(feed.reading.pump.source);
    tw_story_limit(story, left / 4 * 3 - (keeps ? keep : 0));
    // The beginning is read before the screen opens: it may be no capture for us at all.
    if (!tw_source_is_live(feed.reading.pump.source)) {
        (void)more(&feed, FIRST_MS);
        status = reading_check_link(&feed.reading, error);
    }
    struct tw_error untold; // without the kernel's word the screen shows what the wire does
    if (status == TW_OK && tw_source_is_live(feed.reading.pump.source) &&
        kernel_word_new(NULL, &feed.kernel, &untold) != TW_OK) {
        feed.kernel = NULL;
    }
    if (status == TW_OK) {
        remember(settings);
        status = run(&feed, settings, story, error);
    }
    kernel_word_free(feed.kernel);
    reading_close(&feed.reading);
    return status;
}

enum tw_status cmd_screen(const struct settings *settings, struct tw_error *error) {
    if (settings->interface_count == 0 && settings->source_count == 0) {
        enum tw_status status = start_screen(settings, error);
        return status == TW_OPEN ? choices() : status;
    }
    struct tw_story *story = tw_story_new();
    if (story == NULL) {
        return tw_fail(error, TW_MEMORY, "story: out of memory");
    }
    enum tw_status status = show(settings, story, error);
    tw_story_free(story);
    return status;
}
