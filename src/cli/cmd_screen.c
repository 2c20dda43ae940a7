// SPDX-License-Identifier: MIT
// tcpwalk FILE at a terminal: the screen, fed while it runs.
#include "commands.h"
#include "files.h"
#include "kernel_word.h"
#include "reading.h"
#include "recent.h"
#include "rights.h"
#include "screen.h"
#include "start.h"
#include "stored.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_MS = 50 };

// The screen's side of the pump: it is asked for more when the screen has nothing better to do.
struct feed {
    struct reading reading;
    struct seconds seconds; // of the packets
    bool ended, finished;   // the input, and what it left open
    enum tw_status recorded;
    struct tw_error unrecorded; // why not all was, at the end
    const char *news;           // not told yet, or NULL
    struct tw_error filter_error;
    struct kernel_word *kernel; // or NULL
    struct rights rights;       // that are left
};

// The recording's end is told at once, also where the screen goes on.
static void end_recording(struct feed *feed) {
    // Also of what was read ahead, and of what the kernel is about to hand over.
    enum pump_state state = PUMP_MORE;
    if (!feed->ended && feed->reading.recorder != NULL) {
        tw_source_stop(feed->reading.pump.source);
        while (state == PUMP_MORE || state == PUMP_WAIT) {
            state = pump_run(&feed->reading.pump, INT_MAX, &feed->reading.fault);
            (void)poll(NULL, 0, state == PUMP_WAIT ? 1 : 0);
        }
    }
    if (feed->recorded == TW_OK) {
        feed->recorded = reading_recorded(&feed->reading, &feed->unrecorded);
        feed->news = feed->recorded != TW_OK ? feed->unrecorded.text : NULL;
    }
}

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
        end_recording(feed);
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

static void counts(void *context, struct ui_counts *to) {
    const struct feed *feed = context;
    const struct tw_report_counts *pump = &feed->reading.pump.counts;
    struct tw_source_counts source;
    struct tw_recorder_counts recorded = {0};
    tw_source_counts_get(feed->reading.pump.source, &source);
    if (feed->reading.recorder != NULL) {
        tw_recorder_counts_get(feed->reading.recorder, &recorded);
    }
    *to = (struct ui_counts){
        .received = source.received,
        .dropped = source.dropped,
        .dropped_interface = source.dropped_interface,
        .cut = pump->cut,
        .decoded = pump->decoded,
        .ignored = pump->ignored,
        .malformed = pump->malformed,
        .evicted = tw_tracker_evicted(feed->reading.pump.tracker),
        .records = feed->reading.recorder != NULL,
        .recorded = recorded.packets,
        .not_recorded = recorded.lost,
    };
}

static const char *refilter(void *context, const char *filter) {
    struct feed *feed = context;
    return tw_source_refilter(feed->reading.pump.source, filter, &feed->filter_error) == TW_OK
               ? NULL
               : feed->filter_error.text;
}

static const char *news(void *context) {
    struct feed *feed = context;
    const char *told = feed->news;
    feed->news = NULL;
    if (told == NULL && feed->reading.recorder != NULL) {
        told = tw_recorder_news(feed->reading.recorder);
    }
    return told != NULL ? told : tw_source_news(feed->reading.pump.source);
}

static bool reopen(void *context) {
    struct feed *feed = context;
    if (feed->reading.recorder != NULL) {
        tw_recorder_reopen(feed->reading.recorder);
    }
    return feed->reading.recorder != NULL && !feed->ended;
}

static void absent(void *context, char *text, size_t room) {
    const struct feed *feed = context;
    tw_source_absent(feed->reading.pump.source, text, room);
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

// All interfaces; of several files the first one's name and how many more there are.
static void name_source(const struct settings *settings, char *text, size_t room) {
    const bool several = settings->source_count > 1;
    if (settings->interface_count > 0) {
        settings_interfaces(settings, text, room);
        return;
    }
    snprintf(text, room, several ? _("%s and %zu more") : "%s", settings_source(settings),
             settings->source_count - 1);
}

static enum tw_status run(struct feed *feed, const struct settings *settings,
                          struct tw_story *story, struct tw_error *error) {
    char title[256];
    name_source(settings, title, sizeof title);
    struct ui_options options = screen_options(settings);
    char greeting[STORED_PATH_MAX + 64];
    if (feed->reading.recorder != NULL && options.greeting == NULL) {
        snprintf(greeting, sizeof greeting, _("recording to %s"), settings->write.path);
        options.greeting = greeting;
    }
    struct files files = {.source = feed->reading.pump.source,
                          .seconds = &feed->seconds,
                          .place = feed->rights.directory,
                          .user = feed->rights.user};
    const struct ui_files hooks = files_hooks(&files);
    options.files = &hooks;
    options.story = story;
    options.witness = feed->reading.witness;
    options.source_name = title;
    options.live = tw_source_is_live(feed->reading.pump.source);
    options.endless = tw_source_waits(feed->reading.pump.source);
    const struct ui_kernel kernel = kernel_word_hooks(feed->kernel);
    options.kernel = feed->kernel != NULL ? &kernel : NULL;
    const struct ui_feed ui_feed = {.context = feed,
                                    .more = more,
                                    .fd = descriptor,
                                    .progress = progress,
                                    .counts = counts,
                                    .news = news,
                                    .absent = absent,
                                    .reopen = reopen,
                                    .refilter = options.live ? refilter : NULL,
                                    .fault = fault};
    enum tw_status status = settings->screenshot != NULL
                                ? screen_picture(settings, &options, &ui_feed, error)
                                : ui_run(&options, &ui_feed, error);
    files_fini(&files);
    if (status == TW_OK && feed->reading.broken) {
        *error = feed->reading.fault;
        status = TW_BROKEN;
    }
    end_recording(feed);
    if (status == TW_OK && feed->recorded != TW_OK) {
        *error = feed->unrecorded;
        status = feed->recorded;
    }
    return status;
}

// Whose sockets are is known to who was started before the rights were given up.
static size_t ask(void *context, const uint32_t *inodes, size_t count) {
    const struct rights *rights = context;
    return rights->namer != NULL ? tw_namer_ask(rights->namer, inodes, count) : 0;
}

static bool answer(void *context, struct tw_process *process) {
    const struct rights *rights = context;
    return rights->namer != NULL && tw_namer_answer(rights->namer, process);
}

// Live: gives up the rights that attaching took, when the terminal, too, is open.
static enum tw_status give_up(struct feed *feed, const struct settings *settings,
                              struct tw_story *story, struct tw_error *error) {
    const bool holds = !ui_holds();
    enum tw_status status = holds ? ui_hold(error) : TW_OK;
    if (status != TW_OK) {
        return status;
    }
    // Without the kernel's word the screen shows what the wire does.
    const struct kernel_names names = {.context = &feed->rights, .ask = ask, .answer = answer};
    struct tw_error untold;
    if (kernel_word_new(&names, &feed->kernel, &untold) != TW_OK) {
        feed->kernel = NULL;
    }
    status = rights_drop(&feed->rights, settings, feed->reading.pump.source, true,
                         reading_recordings(&feed->reading), error);
    if (status == TW_OK) {
        status = run(feed, settings, story, error);
    }
    if (holds) {
        ui_release();
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
    struct feed feed = {.rights.directory = -1};
    // What grows: the story, the tracker's connections until they are over, which are less by far,
    // and, of what is no file, the packets that cannot be read again.
    enum { TRACKER_SHARE = 20 };
    const size_t left = memory_left(settings), keep = left / 8;
    if (settings->interface_count > 0) {
        rights_start_namer(&feed.rights);
    }
    enum tw_status status =
        reading_open(&feed.reading, settings, &observer, TRACKER_SHARE, keep, error);
    if (status != TW_OK) {
        rights_fini(&feed.rights);
        return status;
    }
    feed.reading.pump.seconds = &feed.seconds;
    reading_find_witness(&feed.reading);
    const bool keeps = tw_source_keeps(feed.reading.pump.source);
    tw_story_limit(story, left / 4 * 3 - (keeps ? keep : 0));
    // The beginning is read before the screen opens: it may be no capture for us at all.
    if (tw_source_is_live(feed.reading.pump.source)) {
        status = give_up(&feed, settings, story, error);
    } else {
        (void)more(&feed, FIRST_MS);
        status = reading_check_link(&feed.reading, error);
        if (status == TW_OK) {
            status = rights_directory(settings, &feed.rights.directory, error);
        }
        if (status == TW_OK) {
            remember(settings);
            status = run(&feed, settings, story, error);
        }
    }
    if (status == TW_OK &&
        settings->kept == NULL) { // else there is another screen, without a place for a line
        reading_tell_recorded(&feed.reading);
    }
    kernel_word_free(feed.kernel);
    rights_fini(&feed.rights);
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
