// SPDX-License-Identifier: MIT
// The lab on the screen: turned while the screen waits, worked by its keys.
#include "files.h"
#include "lab_run.h"
#include "reading.h"
#include "rights.h"
#include "screen.h"

#include <string.h>
#include <unistd.h>

enum { TITLE_OCTETS = 160, LINE_MAX_OCTETS = 1000 };

struct screen {
    struct lab_run *run;
    struct reading reading;
    struct seconds seconds; // of the packets
    bool over;              // the scenario's end, whichever it was
    bool has_failed;
    struct tw_error failed;  // how
    struct tw_script *typed; // what was typed last, and is not done yet
    struct tw_scenario *typing;
    struct tw_error message; // of the last key
    const char *news;        // not told yet, or NULL
    char greeting[LINE_MAX_OCTETS], farewell[LINE_MAX_OCTETS];
};

static void forget_typed(struct screen *screen) {
    tw_scenario_free(screen->typing);
    tw_script_free(screen->typed);
    screen->typing = NULL;
    screen->typed = NULL;
}

// "typed:1:9: why" is "why": there is one line, and the message says which word it is about.
static const char *typed_wrongly(struct screen *screen) {
    static const char place[] = "typed:1:";
    const struct tw_error was = screen->message;
    if (strncmp(was.text, place, strlen(place)) == 0) {
        const char *why = strchr(was.text + strlen(place), ' ');
        (void)tw_fail(&screen->message, TW_USAGE, "%s", why != NULL ? why + 1 : was.text);
    }
    return screen->message.text;
}

// --- the feed

static bool more(void *context, int budget_ms) {
    struct screen *screen = context;
    struct lab_run *run = screen->run;
    struct reading *reading = &screen->reading;
    tw_time now = tw_lab_now(); // all that is before has been seen when the lab was turned
    (void)budget_ms;            // a turn never waits
    reading->broken = tw_lab_turn(run->lab, &reading->fault) != TW_OK;
    if (run->scenario != NULL && !screen->over) {
        enum tw_scenario_state state = tw_scenario_turn(run->scenario, &screen->failed);
        screen->over = state != TW_SCENARIO_RUNS;
        if (state == TW_SCENARIO_DONE) {
            screen->news = screen->farewell;
        } else if (state == TW_SCENARIO_FAILED) {
            screen->has_failed = true;
            screen->news = screen->failed.text;
        }
    }
    if (screen->typing != NULL) {
        enum tw_scenario_state state = tw_scenario_turn(screen->typing, &screen->message);
        if (state == TW_SCENARIO_FAILED) {
            screen->news = typed_wrongly(screen);
        }
        if (state != TW_SCENARIO_RUNS) {
            forget_typed(screen);
        }
    }
    pump_flush(&reading->pump);
    tw_tracker_advance(reading->pump.tracker, now);
    if (reading->broken) {
        tw_tracker_finish(reading->pump.tracker);
    }
    return !reading->broken;
}

static int descriptor(void *context) {
    const struct screen *screen = context;
    return tw_lab_fd(screen->run->lab);
}

static const char *fault(void *context) {
    const struct screen *screen = context;
    return screen->reading.broken ? screen->reading.fault.text : NULL;
}

// --- what its keys do

static void view(void *context, struct tw_lab_view *to, tw_time *now) {
    const struct screen *screen = context;
    const struct lab_run *run = screen->run;
    tw_lab_view_get(run->lab, to);
    if (run->scenario != NULL && !screen->over) {
        to->statement = tw_scenario_statement(run->scenario, &to->line);
    }
    *now = tw_lab_now();
}

static const char *call(void *context, const struct tw_lab_request *request) {
    struct screen *screen = context;
    size_t index;
    return tw_lab_call(screen->run->lab, request, &index, &screen->message) == TW_OK
               ? NULL
               : screen->message.text;
}

static void wire(void *context, enum ui_lab_act act, uint64_t flight) {
    static bool (*const acts[UI_LAB_ACT_COUNT])(struct tw_lab * lab, uint64_t id) = {
        [UI_LAB_DELIVER] = tw_lab_deliver,
        [UI_LAB_DROP] = tw_lab_drop,
        [UI_LAB_DUPLICATE] = tw_lab_duplicate,
        [UI_LAB_SWAP] = tw_lab_swap,
    };
    const struct screen *screen = context;
    (void)acts[act](screen->run->lab, flight);
}

static void hold(void *context, enum tw_end from, bool on) {
    const struct screen *screen = context;
    tw_lab_hold(screen->run->lab, from, TW_KIND_ANY, on);
}

static const char *type(void *context, const char *line) {
    struct screen *screen = context;
    forget_typed(screen);
    if (tw_script_parse_line(screen->run->lab, "typed", line, &screen->typed, &screen->message) !=
        TW_OK) {
        screen->typed = NULL;
        return typed_wrongly(screen);
    }
    screen->typing = tw_scenario_new(screen->run->lab, screen->typed);
    if (screen->typing == NULL) {
        return _("out of memory");
    }
    switch (tw_scenario_turn(screen->typing, &screen->message)) {
    case TW_SCENARIO_FAILED: forget_typed(screen); return typed_wrongly(screen);
    case TW_SCENARIO_DONE: forget_typed(screen); break;
    case TW_SCENARIO_RUNS: break;
    }
    return NULL;
}

static const char *news(void *context) {
    struct screen *screen = context;
    const char *text = screen->news;
    screen->news = NULL;
    return text;
}

// --- all of it

static enum tw_status show(struct screen *screen, struct tw_story *story, struct tw_error *error) {
    struct lab_run *run = screen->run;
    struct ui_options options = screen_options(run->settings);
    struct tw_lab_view now;
    char title[TITLE_OCTETS];
    const char *what = run->script != NULL ? tw_script_title(run->script) : "";
    snprintf(title, sizeof title, run->script != NULL ? _("lab: %s") : _("lab"), run->name);
    if (what[0] != '\0') {
        what = _(what);
        const char *teaches = _(tw_script_teaches(run->script));
        snprintf(screen->greeting, sizeof screen->greeting, _("%s: %s"), what, teaches);
        snprintf(screen->farewell, sizeof screen->farewell, _("over, free play - %s: %s"), what,
                 teaches);
        screen->news = screen->greeting;
    } else {
        snprintf(screen->farewell, sizeof screen->farewell, "%s",
                 _("the scenario is over: free play"));
    }
    tw_lab_view_get(run->lab, &now);
    const struct ui_lab lab = {.context = screen,
                               .view = view,
                               .call = call,
                               .wire = wire,
                               .hold = hold,
                               .type = type,
                               .news = news};
    const struct ui_feed feed = {.context = screen, .more = more, .fd = descriptor, .fault = fault};
    int place;
    if (rights_directory(run->settings, &place, error) != TW_OK) {
        return TW_OUTPUT;
    }
    struct files files = {
        .recording = &run->recording, .seconds = &screen->seconds, .place = place};
    const struct ui_files hooks = files_hooks(&files);
    options.files = &hooks;
    options.story = story;
    options.witness = now.witness;
    options.lab = &lab;
    options.source_name = title;
    enum tw_status status = ui_run(&options, &feed, error);
    files_fini(&files);
    close(place);
    if (status == TW_OK && screen->reading.broken) {
        status = tw_fail(error, TW_BROKEN, "%s", screen->reading.fault.text);
    }
    if (status == TW_OK && screen->has_failed) {
        status = tw_fail(error, TW_UNMET, "%s", screen->failed.text);
    }
    return status;
}

enum tw_status lab_screen(struct lab_run *run, struct tw_error *error) {
    struct screen screen = {.run = run};
    struct tw_story *story = tw_story_new();
    if (story == NULL) {
        return tw_fail(error, TW_MEMORY, "story: out of memory");
    }
    tw_story_limit(story, memory_left(run->settings) / 4);
    const struct tw_observer observer = tw_story_observer(story);
    enum tw_status status = reading_begin(&screen.reading, run->settings, &observer, 25, error);
    if (status == TW_OK) {
        run->pump = &screen.reading.pump;
        run->pump->seconds = &screen.seconds;
        status = show(&screen, story, error);
        run->pump = NULL;
    }
    forget_typed(&screen);
    reading_close(&screen.reading);
    tw_story_free(story);
    return status;
}
