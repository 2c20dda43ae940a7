// SPDX-License-Identifier: MIT
// The lines above the rows: what is read, through which filter, what goes on; how much there is,
// and what is missing of it.
//
//  tcpwalk  eth0   tcp port 443                                        reading, 1.2 MiB
//  12 connections   3 481 packets   0 dropped   3 104 cut   120 ignored   88.0 KiB kept
#include "views.h"

#include "../columns.h"
#include "../format.h"

#include <stdio.h>
#include <string.h>

// What goes on, at the right end of the title. Returns the column before it.
static int draw_work(struct canvas *canvas, struct area area, int x, const char *text,
                     enum role role) {
    int width = canvas_text_width(text);
    if (width == 0 || width + 2 > x - (int)strlen("tcpwalk  "))
        return x;
    canvas_text_right(canvas, area, x, 0, text, role);
    return x - width - 2;
}

static const char *reading_text(const struct app *app, char text[PART_TEXT]) {
    char octets[FORMAT_TEXT];
    if (app->lab.hooks != NULL)
        snprintf(text, PART_TEXT, "%s", _("the lab runs"));
    else if (app->loading && app->total > 0)
        snprintf(text, PART_TEXT, _("reading %d %%"),
                 (int)((double)(app->done < app->total ? app->done : app->total) * 100 /
                       (double)app->total));
    else if (app->loading && app->epoch != TW_NO_TIME)
        snprintf(text, PART_TEXT, "%s",
                 app->absent[0] == '\0'                             ? _("watching")
                 : canvas_text_width(app->absent) <= app->width / 2 ? app->absent
                                                                    : _("interfaces are missing"));
    else if (app->loading)
        snprintf(text, PART_TEXT, _("reading, %s"), format_octets(app->done, octets));
    else
        snprintf(text, PART_TEXT, "%s",
                 !app->broken             ? ""
                 : app->absent[0] != '\0' ? app->absent
                                          : _("input broke off"));
    return text;
}

void draw_source(const struct app *app, struct canvas *canvas, struct area area) {
    char text[PART_TEXT];
    int progress, right = area.width - 2;
    const char *work = list_work(app, &progress);
    if (app->moment.set) {
        char moment[MOMENT_TEXT];
        right = draw_work(canvas, area, right, moment_text(app, right - 1, moment), ROLE_WARNING);
    }
    right = draw_work(canvas, area, right, reading_text(app, text), ROLE_WARNING);
    if (work != NULL) {
        snprintf(text, sizeof text, _(work), progress);
        right = draw_work(canvas, area, right, text, ROLE_WARNING);
    }
    for (int i = 0; i < COLUMN_COUNT && app->list.sort != SORT_NUMBER; i++)
        if (column_info((enum column)i)->sort == app->list.sort) {
            snprintf(text, sizeof text, _("by %s"), _(column_info((enum column)i)->name));
            right = draw_work(canvas, area, right, text, ROLE_FAINT);
        }
    if (app->list.follow)
        right = draw_work(canvas, area, right, _("follows the newest"), ROLE_CHOSEN);
    int x = canvas_text(canvas, area, 1, 0, "tcpwalk", ROLE_TITLE) + 2;
    int room = right - x + 1, name = canvas_text_width(app->source_name);
    canvas_text_elided(canvas, area, x, 0, room, app->source_name,
                       glyph(app->ascii, GLYPH_ELLIPSIS), ROLE_TEXT);
    if (app->filter[0] != '\0' && name + PART_GAP < room)
        canvas_text_elided(canvas, area, x + name + PART_GAP, 0, room - name - PART_GAP,
                           app->filter, glyph(app->ascii, GLYPH_ELLIPSIS), ROLE_FAINT);
}

// --- How much

// What is said, and how: where there is no room for whole numbers, three digits tell as much.
struct sayings {
    struct phrase at[PARTS_MAX];
    size_t count;
    bool brief;
};

static void say(struct sayings *all, enum role role, int rank, const char *format, uint64_t count) {
    char number[FORMAT_TEXT];
    struct phrase *part = &all->at[all->count++];
    part->role = role;
    part->rank = rank;
    snprintf(part->text, PART_TEXT, format,
             all->brief ? format_brief(count, number) : format_count(count, number));
}

// What was to be kept in memory, and could not be.
static void say_full(const struct app *app, struct sayings *all) {
    const uint64_t connections = tw_story_connections_dropped(app->story),
                   segments = tw_story_dropped(app->story),
                   forgotten = tw_story_forgotten(app->story);
    if (connections > 0)
        say(all, ROLE_WARNING, 0,
            n_("full: %s connection not kept", "full: %s connections not kept", connections),
            connections);
    else if (segments > 0)
        say(all, ROLE_WARNING, 0,
            n_("full: %s segment not kept", "full: %s segments not kept", segments), segments);
    if (connections > 0 || segments > 0)
        say(all, ROLE_FAINT, app->epoch != TW_NO_TIME ? 6 : 1, _("--limit-memory keeps more"), 0);
    if (app->counts.evicted > 0)
        say(all, ROLE_WARNING, 1, _("%s evicted"), app->counts.evicted);
    if (forgotten > 0)
        say(all, ROLE_FAINT, 8, _("%s over and forgotten"), forgotten);
}

// What became of the packets of a live source.
static void say_packets(const struct app *app, struct sayings *all) {
    const struct ui_counts *counts = &app->counts;
    say(all, ROLE_FAINT, 2, _("%s received"), counts->received);
    say(all, counts->dropped > 0 ? ROLE_WARNING : ROLE_FAINT, 0, _("%s dropped"), counts->dropped);
    if (counts->dropped_interface > 0)
        say(all, ROLE_WARNING, 4, _("%s by the interface"), counts->dropped_interface);
    say(all, ROLE_FAINT, 3, _("%s cut"), counts->cut);
    say(all, ROLE_FAINT, 4, _("%s decoded"), counts->decoded);
    say(all, ROLE_FAINT, 3, _("%s ignored"), counts->ignored + counts->malformed);
    if (counts->records)
        say(all, ROLE_FAINT, 5, _("%s recorded"), counts->recorded);
    if (counts->not_recorded > 0)
        say(all, ROLE_WARNING, 0, _("%s not recorded"), counts->not_recorded);
}

static void say_all(const struct app *app, struct sayings *all) {
    char number[FORMAT_TEXT];
    const bool live = app->epoch != TW_NO_TIME;
    const uint64_t connections = tw_story_count(app->story), told = tw_story_told(app->story);
    all->count = 0;
    say(all, ROLE_FAINT, live ? 6 : 3, n_("%s connection", "%s connections", connections),
        connections);
    if (live)
        say_packets(app, all);
    else
        say(all, ROLE_FAINT, 4, n_("%s segment", "%s segments", told), told);
    say(all, ROLE_FAINT, 7, "%s", 0);
    snprintf(all->at[all->count - 1].text, PART_TEXT, _("%s kept"),
             format_octets(tw_story_memory(app->story), number));
    say_full(app, all);
    if (!live && app->counts.dropped > 0)
        say(all, ROLE_WARNING, 0,
            n_("%s packet not captured", "%s packets not captured", app->counts.dropped),
            app->counts.dropped);
}

// How much there is, and what had to be left out. The counters of a capture are to be seen whatever
// else has room.
void draw_source_counts(const struct app *app, struct canvas *canvas, struct area area) {
    enum { COUNTERS = 6, SMALL_GAP = 2 };
    struct sayings all = {.brief = false};
    say_all(app, &all);
    int gap = PART_GAP, width = 0;
    for (size_t i = 0; i < all.count; i++)
        width += all.at[i].rank <= COUNTERS ? canvas_text_width(all.at[i].text) + gap : 0;
    if (width > area.width - 2 + gap) {
        all.brief = true;
        gap = SMALL_GAP;
        say_all(app, &all);
    }
    draw_parts(canvas, area, 0, gap, all.at, all.count);
}
