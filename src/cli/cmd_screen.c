// SPDX-License-Identifier: MIT
// tcpwalk FILE at a terminal: the screen, fed while it runs.
#include "commands.h"
#include "reading.h"
#include "screen.h"
#include "stored.h"

#include <stdlib.h>

enum { FIRST_MS = 50 };

// The screen's side of the pump: it is asked for more when the screen has nothing better to do.
struct feed {
    struct reading reading;
    bool ended;
};

static bool more(void *context, int budget_ms) {
    struct feed *feed = context;
    if (feed->ended) {
        return false;
    }
    switch (pump_run(&feed->reading.pump, budget_ms, &feed->reading.fault)) {
    case PUMP_MORE:
    case PUMP_WAIT: return true;
    case PUMP_FAULT: feed->reading.broken = true; break;
    case PUMP_END: break;
    }
    tw_tracker_finish(feed->reading.pump.tracker);
    feed->ended = true;
    return false;
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
    printf("  %-24s %s\n", stored->name, stored->title);
}

// Without a source there is nothing to draw yet: what there is to choose from.
static enum tw_status choices(void) {
    puts("tcpwalk shows TCP connections walking through their states.\n\n"
         "Stored captures (tcpwalk NAME):");
    stored_each(STORED_CAPTURE, name, NULL);
    puts("\nOn two real stacks: tcpwalk lab NAME                (without a name: free play)\n"
         "A capture file:     tcpwalk FILE [FILTER]\n"
         "Standard input:     tcpwalk - [FILTER]\n"
         "An interface:       tcpwalk -i IFACE [FILTER]      (tcpwalk interfaces lists them)\n"
         "As text or JSON:    tcpwalk trace FILE, tcpwalk list --json FILE\n"
         "All options:        tcpwalk --help");
    return TW_OK;
}

struct ui_options screen_options(const struct settings *settings) {
    const char *no_color = getenv("NO_COLOR");
    return (struct ui_options){
        .profile = settings->profile,
        .filter = settings->filter,
        .theme = settings->theme,
        .speed = settings->speed,
        .connection = settings->report.connection,
        .ascii = settings->ascii,
        .color = !settings->no_color && (no_color == NULL || no_color[0] == '\0'),
        .utc = settings->report.utc,
    };
}

static enum tw_status run(struct feed *feed, const struct settings *settings,
                          struct tw_story *story, struct tw_error *error) {
    bool several = settings->source_count > 1;
    char title[256];
    snprintf(title, sizeof title, several ? "%s and %zu more" : "%s", settings_source(settings),
             settings->source_count - 1);
    struct ui_options options = screen_options(settings);
    options.story = story;
    options.witness = feed->reading.witness;
    options.source_name = title;
    const struct ui_feed ui_feed = {.context = feed,
                                    .more = more,
                                    .fd = descriptor,
                                    .progress = progress,
                                    .dropped = dropped,
                                    .fault = fault};
    enum tw_status status = ui_run(&options, &ui_feed, error);
    if (status == TW_OK && feed->reading.broken) {
        *error = feed->reading.fault;
        status = TW_BROKEN;
    }
    return status;
}

static enum tw_status show(const struct settings *settings, struct tw_story *story,
                           struct tw_error *error) {
    struct tw_observer observer = tw_story_observer(story);
    struct feed feed = {0};
    enum tw_status status = reading_open(&feed.reading, settings, &observer, 50, error);
    if (status != TW_OK) {
        return status;
    }
    reading_find_witness(&feed.reading);
    // The story keeps segments, the tracker connections: half of the memory limit each.
    tw_story_limit(story, memory_left(settings) / 2);
    // The beginning is read before the screen opens: it may be no capture for us at all.
    if (!tw_source_is_live(feed.reading.pump.source)) {
        (void)more(&feed, FIRST_MS);
        status = reading_check_link(&feed.reading, error);
    }
    if (status == TW_OK) {
        status = run(&feed, settings, story, error);
    }
    reading_close(&feed.reading);
    return status;
}

enum tw_status cmd_screen(const struct settings *settings, struct tw_error *error) {
    if (settings->interface == NULL && settings->source_count == 0) {
        return choices();
    }
    struct tw_story *story = tw_story_new();
    if (story == NULL) {
        return tw_fail(error, TW_MEMORY, "story: out of memory");
    }
    enum tw_status status = show(settings, story, error);
    tw_story_free(story);
    return status;
}
