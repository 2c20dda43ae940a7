// SPDX-License-Identifier: MIT
// What the start screen offers, and how each of it is opened: as the command line would have done
// with the same options.
#include "start.h"

#include "apart.h"
#include "commands.h"
#include "longest.h"
#include "recent.h"
#include "screen.h"
#include "stored.h"
#include "tcpwalk/source.h"
#include "traffic.h"
#include "ui/format.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

enum { ITEMS_MOST = 10000, GREETING_ROOM = 512, LINE_ROOM = 256 };

// The texts of one item; all but the last are of struct ui_start_item.
enum text {
    TEXT_NAME,
    TEXT_TITLE,
    TEXT_DETAIL,
    TEXT_CLIENT,
    TEXT_SERVER,
    TEXT_COUNTS,
    TEXT_OPENS, // the name by which it is opened
    TEXT_COUNT
};

// An interface whose traffic is looked at.
struct watched {
    size_t item;
    bool loopback;
    struct traffic traffic;
};

struct offer {
    struct ui_start ui;
    struct ui_start_item *items;
    char **texts;       // of the items: one block each
    const char **opens; // likewise
    size_t room;
    struct watched *watched;
    size_t watched_count, watched_room;
    tw_time now;  // while traffic is looked at,
    bool changed; // whether there is anything new
    struct tw_error no_interfaces;
    const struct settings *settings;
};

// --- The items

static bool grow(struct offer *offer) {
    size_t room = offer->room == 0 ? 64 : offer->room * 2;
    void *items = realloc(offer->items, room * sizeof *offer->items);
    offer->items = items != NULL ? items : offer->items;
    void *texts = realloc(offer->texts, room * sizeof *offer->texts);
    offer->texts = texts != NULL ? texts : offer->texts;
    void *opens = realloc(offer->opens, room * sizeof *offer->opens);
    offer->opens = opens != NULL ? opens : offer->opens;
    bool good = items != NULL && texts != NULL && opens != NULL;
    offer->room = good ? room : offer->room;
    return good;
}

// Where there is no memory, there is an item less.
static bool add(struct offer *offer, enum ui_start_group group,
                const char *const texts[TEXT_COUNT]) {
    const char *kept[TEXT_COUNT];
    size_t length = 0, at = offer->ui.count;
    if (at == ITEMS_MOST || (at == offer->room && !grow(offer))) {
        return false;
    }
    for (size_t i = 0; i < TEXT_COUNT; i++) {
        length += texts[i] != NULL ? strlen(texts[i]) + 1 : 1;
    }
    char *block = malloc(length), *to = block;
    if (block == NULL) {
        return false;
    }
    for (size_t i = 0; i < TEXT_COUNT; i++) {
        kept[i] = to;
        to = stpcpy(to, texts[i] != NULL ? texts[i] : "") + 1;
    }
    offer->texts[at] = block;
    offer->opens[at] = kept[TEXT_OPENS];
    offer->items[at] = (struct ui_start_item){
        .group = group,
        .name = kept[TEXT_NAME],
        .title = kept[TEXT_TITLE],
        .detail = kept[TEXT_DETAIL],
        .states = {[TW_CLIENT] = kept[TEXT_CLIENT], [TW_SERVER] = kept[TEXT_SERVER]},
        .counts = kept[TEXT_COUNTS],
    };
    offer->ui.count++;
    return true;
}

static void add_stored(struct offer *offer, enum ui_start_group group, const struct stored *stored,
                       const char *title) {
    char text[STORED_COUNTS];
    const char *texts[] = {
        [TEXT_NAME] = stored->name,         [TEXT_TITLE] = title,
        [TEXT_DETAIL] = _(stored->teaches), [TEXT_CLIENT] = stored->client,
        [TEXT_SERVER] = stored->server,     [TEXT_COUNTS] = stored_counts(stored, text),
        [TEXT_OPENS] = stored->name,
    };
    if (stored->teaches[0] == '\0') {
        texts[TEXT_DETAIL] = stored->path;
    }
    (void)add(offer, group, texts);
}

static void capture(void *context, const struct stored *stored) {
    add_stored(context, UI_START_CAPTURES, stored, _(stored->title));
}

// The scenario that a capture was made by: of the same name, or NAME of NAME.client.
static bool has_scenario(const char *name) {
    char path[STORED_PATH_MAX], stem[STORED_PATH_MAX];
    snprintf(stem, sizeof stem, "%s", name);
    char *dot = strrchr(stem, '.');
    if (dot != NULL) {
        *dot = '\0';
    }
    return stored_find(STORED_SCENARIO, name, path) || stored_find(STORED_SCENARIO, stem, path);
}

static void lesson(void *context, const struct stored *stored) {
    if (stored->teaches[0] != '\0' && has_scenario(stored->name)) {
        add_stored(context, UI_START_LESSONS, stored, _(stored->teaches));
    }
}

static void scenario(void *context, const struct stored *stored) {
    add_stored(context, UI_START_LAB, stored, _(stored->title));
}

static void add_lab(struct offer *offer) {
#ifdef __linux__
    const char *const texts[TEXT_COUNT] = {
        [TEXT_NAME] = _("free play"),
        [TEXT_TITLE] = _("two real TCP stacks, and the wire between them"),
        [TEXT_DETAIL] = _("Nothing happens by itself: listen, connect, send and close by keys; "
                          "deliver, hold and drop what is on the wire."),
    };
    (void)add(offer, UI_START_LAB, texts);
    stored_each(STORED_SCENARIO, scenario, offer);
#else
    (void)scenario;
    offer->ui.why_empty[UI_START_LAB] = N_("the lab needs Linux");
#endif
}

static void interface(void *context, const struct tw_interface *one) {
    struct offer *offer = context;
    char title[LINE_ROOM];
    const char *state = one->running ? _("running") : one->up ? _("up") : _("down");
    snprintf(title, sizeof title, "%s  %s", state, one->addresses != NULL ? one->addresses : "");
    const char *detail = one->description != NULL && one->description[0] != '\0'
                             ? one->description
                             : _("the connections that pass here from now on");
    const char *const texts[TEXT_COUNT] = {[TEXT_NAME] = one->name,
                                           [TEXT_TITLE] = title,
                                           [TEXT_DETAIL] = detail,
                                           [TEXT_OPENS] = one->name};
    if (offer->watched_count == offer->watched_room) {
        size_t room = offer->watched_room == 0 ? 16 : offer->watched_room * 2;
        struct watched *watched = realloc(offer->watched, room * sizeof *watched);
        if (watched == NULL) {
            return;
        }
        offer->watched = watched;
        offer->watched_room = room;
    }
    if (add(offer, UI_START_INTERFACES, texts)) {
        offer->watched[offer->watched_count++] =
            (struct watched){.item = offer->ui.count - 1, .loopback = one->loopback};
    }
}

static void add_recent(struct offer *offer, const char *path) {
    char name[STORED_PATH_MAX], title[LINE_ROOM], whole[STORED_PATH_MAX], size[FORMAT_TEXT];
    const char *slash = strrchr(path, '/');
    struct stat status;
    recent_escape(slash != NULL ? slash + 1 : path, name, sizeof name);
    recent_escape(path, whole, sizeof whole);
    snprintf(title, sizeof title, "%s", _("no longer there"));
    if (stat(path, &status) == 0) {
        char date[LINE_ROOM / 2] = "";
        struct tm tm;
        const struct tm *known = offer->settings->report.utc ? gmtime_r(&status.st_mtime, &tm)
                                                             : localtime_r(&status.st_mtime, &tm);
        if (known != NULL) {
            (void)strftime(date, sizeof date, "%Y-%m-%d %H:%M", known);
        }
        snprintf(title, sizeof title, "%10s  %s", format_octets((uint64_t)status.st_size, size),
                 date);
    }
    const char *const texts[TEXT_COUNT] = {
        [TEXT_NAME] = name, [TEXT_TITLE] = title, [TEXT_DETAIL] = whole, [TEXT_OPENS] = path};
    (void)add(offer, UI_START_RECENT, texts);
}

// --- What happens on the interfaces

static void count(void *context, const struct tw_interface_traffic *one) {
    struct offer *offer = context;
    for (size_t i = 0; i < offer->watched_count; i++) {
        struct watched *watched = &offer->watched[i];
        if (strcmp(offer->opens[watched->item], one->name) == 0) {
            uint64_t back = !watched->loopback; // there what is received is what was sent
            offer->changed |=
                traffic_take(&watched->traffic, one->received_packets + back * one->sent_packets,
                             one->received_octets + back * one->sent_octets, offer->now);
            return;
        }
    }
}

static bool refresh(void *context) {
    struct offer *offer = context;
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    offer->now = (tw_time)time.tv_sec * TW_SECOND + time.tv_nsec;
    offer->changed = false;
    tw_interfaces_traffic(count, offer);
    return offer->changed;
}

// --- All of it

static size_t retell(void *context, size_t item);

static void offer_fini(struct offer *offer) {
    for (size_t i = 0; i < offer->ui.count; i++) {
        free(offer->texts[i]);
    }
    free(offer->items);
    free(offer->texts);
    free(offer->opens);
    free(offer->watched);
}

static void offer_init(struct offer *offer, const struct settings *settings) {
    static const char none[] = N_("nothing is stored where $TCPWALK_CAPTURES or the program says");
    struct recent recent;
    *offer = (struct offer){.settings = settings};
    offer->ui = (struct ui_start){
        .context = offer,
        .refresh = refresh,
        .retell = retell,
        .why_empty = {[UI_START_CAPTURES] = none,
                      [UI_START_LESSONS] = none,
                      [UI_START_INTERFACES] = N_("no interface is to be seen"),
                      [UI_START_RECENT] = N_("no recent files yet")},
    };
    stored_each(STORED_CAPTURE, capture, offer);
    stored_each(STORED_CAPTURE, lesson, offer);
    add_lab(offer);
    if (tw_interfaces(interface, offer, &offer->no_interfaces) != TW_OK) {
        offer->ui.why_empty[UI_START_INTERFACES] = offer->no_interfaces.text;
    }
    recent_read(&recent);
    for (size_t i = 0; i < recent.count; i++) {
        add_recent(offer, recent.paths[i]);
    }
    recent_fini(&recent);
    for (size_t i = 0; i < offer->watched_count; i++) {
        offer->items[offer->watched[i].item].activity = &offer->watched[i].traffic.activity;
    }
    offer->ui.items = offer->items;
}

// The same item where it is now; the same place where it is gone.
static size_t find_again(const struct offer *offer, enum ui_start_group group, const char *opens,
                         size_t otherwise) {
    for (size_t i = 0; i < offer->ui.count; i++) {
        if (offer->items[i].group == group && strcmp(offer->opens[i], opens) == 0) {
            return i;
        }
    }
    return otherwise;
}

// Makes all items anew, and says where that one is now.
static size_t retell(void *context, size_t item) {
    struct offer *offer = context;
    struct offer was = *offer;
    offer_init(offer, was.settings);
    offer->ui.place = was.ui.place;
    if (item < was.ui.count) {
        item = find_again(offer, was.items[item].group, was.opens[item], item);
    }
    offer_fini(&was);
    return item;
}

// --- Opening

// The capture's longest connection at once, with what it teaches.
static enum tw_status open_lesson(const struct settings *settings, struct tw_error *error) {
    struct settings lesson = *settings;
    struct longest longest;
    enum tw_status status = longest_read(settings->sources[0], &longest, error);
    lesson.report.connection = longest.number;
    return status == TW_OK ? cmd_screen(&lesson, error) : status;
}

static void open_item(const struct offer *offer, size_t index, const struct settings *settings,
                      struct apart *how) {
    const struct ui_start_item *item = &offer->items[index];
    const char *opens = offer->opens[index];
    struct settings copy = *settings;
    char greeting[GREETING_ROOM];
    enum tw_status (*command)(const struct settings *, struct tw_error *) = cmd_screen;
    switch (item->group) {
    case UI_START_LESSONS:
        command = open_lesson;
        snprintf(greeting, sizeof greeting, _("%s: %s"), item->name, item->detail);
        copy.greeting = greeting;
        copy.sources[copy.source_count++] = opens;
        break;
    case UI_START_LAB:
        command = cmd_lab;
        copy.command = COMMAND_LAB;
        copy.scenario = opens[0] != '\0' ? opens : NULL;
        break;
    case UI_START_INTERFACES:
        copy.interfaces[0] = opens;
        copy.interface_count = 1;
        break;
    default: copy.sources[copy.source_count++] = opens; break;
    }
    apart_run(command, &copy, how);
}

// Shows and opens until the user leaves.
static enum tw_status go_round(struct offer *offer, struct settings *settings, struct apart *how,
                               struct tw_error *error) {
    for (;;) {
        size_t chosen = UI_NOTHING;
        struct ui_options options = screen_options(settings);
        options.start = &offer->ui;
        options.chosen = &chosen;
        offer->ui.notice = how->status != TW_OK ? how->error.text : NULL;
        enum tw_status status = ui_run(&options, NULL, error);
        if (status != TW_OK || ui_ended() || chosen == UI_NOTHING) {
            return status;
        }
        settings->theme = NULL; // the configuration has it from now on
        open_item(offer, chosen, settings, how);
        if (how->ended) {
            return TW_OK;
        }
        if (how->told) {
            settings->config = how->config;
            how->told = tw_language_set(how->language);
        }
        // What is there may have changed since: recent files, interfaces.
        offer->ui.place.cursor = retell(offer, offer->ui.place.cursor);
    }
}

static enum tw_status hold(struct offer *offer, const struct settings *settings,
                           struct tw_error *error) {
    struct settings own = *settings;
    struct apart how = {.status = TW_OK}; // with the last one that was opened
    own.kept = &own.config;
    enum tw_status status = ui_hold(error);
    if (status == TW_OK) {
        status = go_round(offer, &own, &how, error);
        ui_release();
    }
    return status;
}

static enum tw_status picture(struct offer *offer, const struct settings *settings,
                              struct tw_error *error) {
    struct ui_options options = screen_options(settings);
    options.start = &offer->ui;
    return screen_picture(settings, &options, NULL, error);
}

enum tw_status start_screen(const struct settings *settings, struct tw_error *error) {
    struct offer offer;
    offer_init(&offer, settings); // before the terminal is cleared for it
    enum tw_status status = settings->screenshot != NULL ? picture(&offer, settings, error)
                                                         : hold(&offer, settings, error);
    offer_fini(&offer);
    return status;
}
