// SPDX-License-Identifier: MIT
// Saves connections, what was captured last, and pictures. First the numbers of the connections'
// packets are gathered, then they are merged, as each connection has them in order; both a slice a
// tick. What was captured last is a range of numbers.
#include "app.h"

#include "svg.h"
#include "ui.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Of a tick. A packet that lies anywhere in many files takes some 20 microseconds.
enum { GATHER_STEP = 16384, CONNECTION_STEP = 4096, WRITE_STEP = 256 };

enum { STEM_ROOM = 64 }; // of a name that is offered

// What was captured last is asked for in these.
enum { RECENT_USUAL = 60, RECENT_MOST = 3600 };

static void forget(struct save *save) {
    free(save->packets);
    free(save->runs);
    save->packets = NULL;
    save->runs = NULL;
    save->count = save->room = save->run_count = save->run_room = 0;
    save->running = false;
}

void save_fini(struct save *save) {
    forget(save);
}

// --- the name

// "handshake" of "captures/handshake.pcap.gz": what a file's name may begin with.
static void stem_of(const char *source, char stem[STEM_ROOM]) {
    const char *slash = strrchr(source, '/'), *from = slash != NULL ? slash + 1 : source;
    from += strspn(from, "."); // a hidden file is not meant
    const char *end = strstr(from, ".pcap");
    if (end == NULL || end == from)
        end = strrchr(from, '.');
    if (end == NULL || end == from)
        end = from + strlen(from);
    size_t length = 0;
    for (; from < end && length < STEM_ROOM - 1; from++) {
        const bool plain = isalnum((unsigned char)*from) || strchr("._+", *from) != NULL;
        if (plain)
            stem[length++] = *from;
        else if (length > 0 && stem[length - 1] != '-')
            stem[length++] = '-';
    }
    while (length > 0 && stem[length - 1] == '-')
        length--;
    stem[length] = '\0';
    if (length == 0)
        snprintf(stem, STEM_ROOM, "tcpwalk");
}

// The connection that is shown, or on which the cursor is; SIZE_MAX: there is none.
static size_t present(const struct app *app) {
    if (app->view == VIEW_CONNECTION)
        return app->shown;
    return app->list.cursor < list_count(app) ? list_connection(app, app->list.cursor) : SIZE_MAX;
}

static bool of_marked(const struct app *app) {
    return app->view != VIEW_CONNECTION && list_marked_count(app) > 0;
}

// Whether something can be saved now; else it is told why not.
static bool ready(struct app *app, bool anything) {
    if (app->files == NULL || !anything)
        app_say(app, "%s", _("there is nothing to save"));
    else if (app->save.running)
        app_say(app, "%s", _("something is being saved; Esc stops it"));
    return app->files != NULL && anything && !app->save.running;
}

void save_ask(struct app *app) {
    char stem[STEM_ROOM], name[PROMPT_MAX];
    if (!ready(app, of_marked(app) || present(app) != SIZE_MAX))
        return;
    // Settled now: by the time of the answer the list may be in another order.
    app->save.recent = false;
    app->save.marked = of_marked(app);
    app->save.connection = present(app);
    stem_of(app->source_name, stem);
    if (app->save.marked) {
        snprintf(name, sizeof name, "%s-marked.pcap", stem);
    } else {
        struct tw_connection_info info;
        tw_story_info(tw_story_at(app->story, app->save.connection), &info);
        snprintf(name, sizeof name, "%s-connection-%" PRIu64 ".pcap", stem, info.number);
    }
    prompt_ask(&app->prompt, ASK_SAVE, name);
}

void save_ask_recent(struct app *app) {
    char usual[PROMPT_MAX];
    const char *last = app->prompt.last[ASK_RECENT];
    if (!ready(app, true))
        return;
    snprintf(usual, sizeof usual, "%d", RECENT_USUAL);
    prompt_ask(&app->prompt, ASK_RECENT, last[0] != '\0' ? last : usual);
}

void save_recent(struct app *app, const char *seconds) {
    char stem[STEM_ROOM], name[PROMPT_MAX];
    char *end;
    const unsigned long span = strtoul(seconds, &end, 10);
    if (!isdigit((unsigned char)seconds[0]) || *end != '\0' || span < 1 || span > RECENT_MOST) {
        app_say(app, _("%s: not a number from 1 to %d"), seconds, RECENT_MOST);
        prompt_ask(&app->prompt, ASK_RECENT, seconds);
        return;
    }
    // Settled now: what comes while the name is typed is not meant.
    if (!app->files->recent(app->files->context, app_clock(app), (tw_time)span * TW_SECOND,
                            &app->save.range)) {
        app_say(app,
                n_("nothing was captured in the last %lu second",
                   "nothing was captured in the last %lu seconds", span),
                span);
        return;
    }
    app->save.recent = true;
    stem_of(app->source_name, stem);
    snprintf(name, sizeof name, "%s-last-%lus.pcap", stem, span);
    prompt_ask(&app->prompt, ASK_SAVE, name);
}

void save_begin(struct app *app, const char *path) {
    struct save *save = &app->save;
    forget(save);
    *save = (struct save){.recent = save->recent,
                          .range = save->range,
                          .marked = save->marked,
                          .connection = save->connection};
    if (save->recent) {
        save->phase = SAVE_WRITES;
        save->dropped = save->range.missing;
        save->count = save->range.last - save->range.first + 1;
    }
    snprintf(save->name, sizeof save->name, "%s", path);
    const char *why = app->files->save_begin(app->files->context, save->name);
    if (why == NULL) {
        save->running = true;
        if (!save->recent && save->marked)
            save->connection = list_next_marked(app, 0);
    } else {
        app_say(app, "%s", why);
        prompt_ask(&app->prompt, ASK_SAVE, save->name);
    }
}

// Ends without a file.
static void give_up(struct app *app, const char *why) {
    (void)app->files->save_end(app->files->context, false);
    forget(&app->save);
    app_say(app, _("nothing is saved: %s"), why);
}

void save_stop(struct app *app) {
    give_up(app, _("stopped"));
}

// --- gathering

static bool grow(void **array, size_t *room, size_t needed, size_t size) {
    enum { ROOM_FIRST = 64 };
    if (needed <= *room)
        return true;
    size_t more = *room > 0 ? *room : ROOM_FIRST;
    while (more < needed)
        more *= 2;
    void *moved = realloc(*array, more * size);
    if (moved == NULL)
        return false;
    *array = moved;
    *room = more;
    return true;
}

// The first segment whose packet is behind `packet`.
static size_t behind(const struct tw_story_segment *segments, size_t count, uint64_t packet) {
    size_t low = 0, high = count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (segments[middle].packet > packet)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

// Some more of the present connection's packets; -1: no memory, else so many. With the last ones
// the connection is done. The story may have dropped some of them since the last slice.
static int64_t gather_some(struct app *app) {
    struct save *save = &app->save;
    const struct tw_story_connection *connection = tw_story_at(app->story, save->connection);
    size_t total, gap;
    const struct tw_story_segment *segments = tw_story_segments(connection, &total);
    size_t from = save->last > 0 ? behind(segments, total, save->last) : 0;
    const size_t left = total - from, some = left < GATHER_STEP ? left : GATHER_STEP;
    void *packets = save->packets, *runs = save->runs;
    bool grown = grow(&packets, &save->room, save->count + some, sizeof *save->packets);
    save->packets = packets;
    grown = grown && grow(&runs, &save->run_room, save->run_count + 1, sizeof *save->runs);
    save->runs = runs;
    if (!grown)
        return -1;
    if (save->last == 0)
        save->runs[save->run_count] = (struct save_run){save->count, save->count};
    for (size_t i = 0; i < some; i++)
        save->packets[save->count++] = segments[from + i].packet;
    save->runs[save->run_count].end = save->count;
    save->last = some > 0 ? save->packets[save->count - 1] : save->last;
    if (some == left) {
        save->dropped += total + tw_story_segments_dropped(connection, &gap) -
                         (save->count - save->runs[save->run_count].at);
        save->run_count += save->runs[save->run_count].at < save->count;
        save->last = 0;
        save->connection = save->marked ? list_next_marked(app, save->connection + 1) : SIZE_MAX;
    }
    return (int64_t)some;
}

// --- merging

static bool earlier(const struct save *save, size_t a, size_t b) {
    return save->packets[save->runs[a].at] < save->packets[save->runs[b].at];
}

static void sift(struct save *save, size_t at) {
    for (size_t child; (child = 2 * at + 1) < save->run_count; at = child) {
        child += child + 1 < save->run_count && earlier(save, child + 1, child);
        if (!earlier(save, child, at))
            return;
        const struct save_run run = save->runs[at];
        save->runs[at] = save->runs[child];
        save->runs[child] = run;
    }
}

static void gather(struct app *app) {
    struct save *save = &app->save;
    int64_t gathered = 0;
    for (int i = 0; i < CONNECTION_STEP && gathered < GATHER_STEP; i++) {
        if (save->connection == SIZE_MAX) {
            for (size_t run = save->run_count / 2; run-- > 0;)
                sift(save, run);
            save->phase = SAVE_WRITES;
            return;
        }
        const int64_t some = gather_some(app);
        if (some < 0) {
            give_up(app, _("out of memory"));
            return;
        }
        gathered += some;
    }
}

// The lowest number that is left, if there is one.
static bool take(struct save *save, uint64_t *number) {
    if (save->recent) {
        *number = save->range.first;
        return save->range.first++ <= save->range.last;
    }
    if (save->run_count == 0)
        return false;
    struct save_run *top = &save->runs[0];
    *number = save->packets[top->at++];
    if (top->at == top->end)
        *top = save->runs[--save->run_count];
    sift(save, 0);
    return true;
}

// --- the end

// Of the packets that are missing, the last one.
static const char *why_missing(const struct save *save) {
    return save->skipped > 0   ? save->why
           : !save->recent     ? _("the segments were not kept")
           : save->dropped > 0 ? _("the memory for packets is full")
                               : _("nothing was captured then");
}

static void tell(struct app *app) {
    const struct save *save = &app->save;
    const unsigned long long written = save->written, missing = save->dropped + save->skipped;
    if (missing == 0) {
        app_say(app, n_("%llu packet saved to %s", "%llu packets saved to %s", written), written,
                save->name);
        return;
    }
    app_say(app,
            n_("%llu packet saved to %s; %llu missing: %s",
               "%llu packets saved to %s; %llu missing: %s", written),
            written, save->name, missing, why_missing(save));
}

static void finish(struct app *app) {
    struct save *save = &app->save;
    if (save->written == 0) {
        give_up(app, why_missing(save));
        return;
    }
    const char *why = app->files->save_end(app->files->context, true);
    if (why != NULL)
        app_say(app, _("nothing is saved: %s"), why);
    else
        tell(app);
    forget(save);
}

static void write_some(struct app *app) {
    struct save *save = &app->save;
    const tw_time since = save->recent ? save->range.since : TW_NO_TIME;
    for (int i = 0; i < WRITE_STEP; i++) {
        uint64_t number;
        const char *why = NULL;
        if (!take(save, &number)) {
            finish(app);
            return;
        }
        save->done++;
        switch (app->files->save_packet(app->files->context, number, since, &why)) {
        case UI_SAVED: save->written++; break;
        case UI_LEFT_OUT: break;
        case UI_SKIPPED:
            save->skipped++;
            snprintf(save->why, sizeof save->why, "%s", why);
            break;
        case UI_FAILED: give_up(app, why); return;
        }
    }
    app_say(app, _("saving %s: %d %%; Esc stops"), save->name,
            (int)(save->done * 100 / save->count));
}

void save_tick(struct app *app) {
    if (!app->save.running)
        return;
    if (app->save.phase == SAVE_GATHERS)
        gather(app);
    else
        write_some(app);
}

// --- pictures

void save_picture(struct app *app) {
    struct canvas canvas;
    const char *name = "tcpwalk.svg", *why = _("out of memory");
    size_t length;
    if (app->files == NULL) {
        app_say(app, "%s", _("there is no place for pictures"));
        return;
    }
    if (canvas_init(&canvas, app->width, app->height)) {
        app_draw(app, &canvas);
        char *picture = svg_of(&canvas, app->theme, &length);
        if (picture != NULL)
            why = app->files->write(app->files->context, &name, picture, length);
        free(picture);
        canvas_fini(&canvas);
    }
    if (why != NULL)
        app_say(app, _("no picture: %s"), why);
    else
        app_say(app, _("picture saved to %s"), name);
}
