// SPDX-License-Identifier: MIT
// The moment that the list and its census show, when the whole capture is played: what the clock
// and the keys do to it, and what was at that moment.
#include "app.h"

#include "changes.h"
#include "format.h"
#include "list_rows.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

// In even time, at speed 1: each change takes as long as a row of a ladder does, and all of them
// together no longer than this.
static const tw_time change_takes = 900 * TW_MILLISECOND, all_take = 60 * TW_SECOND;
static const tw_time hold = TW_SECOND; // how long a loop stands at the end
// While the story grows, the changes are looked at anew as often as this; and no more than a part
// of the time is spent on it.
static const tw_time renewed = 2 * TW_SECOND, renewing_share = 8;
// What the changes may take: half as much as the story, or this.
enum { LEAST_OCTETS = 16 << 20 };
enum { SLICE = 16384 }; // segments and changes that are looked at in a tick

void moment_fini(struct moment *moment) {
    changes_free(moment->changes);
    changes_free(moment->next);
}

bool moment_busy(const struct app *app) {
    return app->moment.next != NULL;
}

// --- what was

size_t moment_visible(const struct app *app) {
    return changes_begun(app->moment.changes, app->moment.time);
}

enum tw_state moment_state(const struct app *app, size_t connection, enum tw_end end, bool *known) {
    return changes_state(app->moment.changes, connection, end, app->moment.time, known);
}

void moment_been(const struct app *app, size_t connection, uint32_t been[TW_END_COUNT]) {
    for (int end = 0; end < TW_END_COUNT; end++)
        been[end] =
            changes_been(app->moment.changes, connection, (enum tw_end)end, app->moment.time);
}

void moment_info(const struct app *app, size_t connection, struct tw_connection_info *info) {
    if (!app->moment.set)
        return;
    tw_time time = app->moment.time, over = info->closed != TW_NO_TIME ? info->closed : info->last;
    for (int end = 0; end < TW_END_COUNT; end++) {
        bool known;
        info->end[end].state = moment_state(app, connection, (enum tw_end)end, &known);
        info->end[end].step_count = known;
    }
    if (time < over) { // what came of it was not yet to be seen
        info->outcome = TW_OUTCOME_OPEN;
        info->closed_by = TW_CLOSED_BY_NOBODY;
    }
    const tw_time rtt = list_rtt(info);
    if (rtt >= 0 && time < info->opened + rtt)
        info->synack_to_ack = TW_NO_TIME; // the handshake was not over
    if (time < info->last)
        info->last = time;
}

void moment_census(const struct app *app, uint64_t counts[TW_STATE_COUNT]) {
    changes_census(app->moment.changes, changes_by(app->moment.changes, app->moment.time), counts);
}

static const char *moment_status(const struct app *app, bool detail, char text[STATUS_TEXT]) {
    return playback_status(app, app->moment.playing ? _("playing") : _("paused"), detail, text);
}

const char *moment_text(const struct app *app, int room, char text[MOMENT_TEXT]) {
    char clock[FORMAT_TEXT], status[STATUS_TEXT];
    format_clock(app->moment.time, app->utc, clock);
    for (int detail = 1; detail >= 0; detail--) {
        snprintf(text, MOMENT_TEXT, "%s  %s", clock, moment_status(app, detail == 1, status));
        if (canvas_text_width(text) <= room)
            return text;
    }
    snprintf(text, MOMENT_TEXT, "%s", clock);
    return text;
}

// --- a connection's ladder and the list stand at the same moment

double moment_place(const struct app *app) {
    const struct tw_ladder *ladder = &app->ladder;
    if (!app->moment.set || ladder->row_count == 0)
        return 0;
    size_t low = 0, high = ladder->row_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (ladder->rows[middle].time <= app->moment.time)
            low = middle + 1;
        else
            high = middle;
    }
    bool silence = low > 0 && ladder->rows[low - 1].kind == TW_ROW_SILENCE;
    return silence ? tw_ladder_place(ladder, app->moment.time) : (double)low;
}

static void go(struct app *app, tw_time time) {
    struct moment *m = &app->moment;
    tw_time begin = changes_begin(m->changes), end = changes_end(m->changes);
    m->set = true;
    m->time = time < begin ? begin : time > end ? end : time;
    m->from = m->time;
    m->since = app->now;
    app->changed = true;
}

void moment_follow(struct app *app) {
    if (!app->moment.set || app->playback.place == app->playback.opened_at)
        return;
    tw_time time = playback_time(app, app->playback.place);
    tw_time begun = changes_begun_at(app->moment.changes, app->shown);
    go(app, time < begun ? begun : time); // so that its row is there
}

// --- playing

static tw_time each_takes(const struct app *app) {
    size_t count = changes_count(app->moment.changes);
    tw_time fair = count > 0 ? all_take / (tw_time)count : all_take;
    return fair < change_takes ? fair + 1 : change_takes;
}

// How long playing from `time` to the end takes, by the screen's clock.
static tw_time rest(const struct app *app, tw_time time) {
    const struct changes *changes = app->moment.changes;
    size_t left = changes_count(changes) - changes_by(changes, time);
    double ns = app->playback.even ? (double)left * (double)each_takes(app)
                                   : (double)(changes_end(changes) - time);
    ns = ceil(ns / app->playback.speed);
    return ns > (double)(INT64_MAX / 4) ? INT64_MAX / 4 : (tw_time)ns;
}

static tw_time time_at(const struct app *app, tw_time now) {
    const struct moment *m = &app->moment;
    tw_time elapsed = now - m->since;
    if (elapsed >= rest(app, m->from))
        return changes_end(m->changes);
    double ahead = (double)elapsed * app->playback.speed;
    if (!app->playback.even)
        return m->from + (tw_time)ahead;
    size_t more = (size_t)(ahead / (double)each_takes(app));
    return more == 0 ? m->from
                     : changes_time(m->changes, changes_by(m->changes, m->from) + more - 1);
}

static void show_row(struct app *app, size_t connection) {
    size_t row = list_rows_of(app, connection);
    if (row < list_count(app))
        list_go(app, row);
}

static void tell(struct app *app, const struct change *change, bool stopped) {
    const bool *breaks = app->playback.break_state;
    const bool through = stopped && change->passes && breaks[change->through];
    const char *state = tw_state_name(through ? change->through : change->to);
    bool client = change->end == TW_CLIENT;
    struct tw_connection_info info;
    tw_story_info(tw_story_at(app->story, change->connection), &info);
    const unsigned long long number = info.number;
    if (stopped && client)
        app_say(app, _("stopped: connection %llu, client %s"), number, state);
    else if (stopped)
        app_say(app, _("stopped: connection %llu, server %s"), number, state);
    else if (client)
        app_say(app, _("connection %llu, client %s"), number, state);
    else
        app_say(app, _("connection %llu, server %s"), number, state);
    show_row(app, change->connection);
}

// Stops at the first change into a state with a breakpoint behind `from`, up to `to`.
static bool stop_between(struct app *app, tw_time from, tw_time to) {
    const struct moment *m = &app->moment;
    size_t end = changes_by(m->changes, to), begin = changes_by(m->changes, from);
    size_t at = changes_find(m->changes, begin, end, app->playback.break_state);
    if (at >= end)
        return false;
    const struct change change = changes_at(m->changes, at);
    app->moment.playing = false;
    go(app, change.time);
    tell(app, &change, true);
    return true;
}

// A loop that is over begins anew, by the clock. False: it was stopped.
static bool wrap(struct app *app) {
    struct moment *m = &app->moment;
    tw_time begin = changes_begin(m->changes), end = changes_end(m->changes);
    tw_time takes = rest(app, m->from) + hold;
    if (app->now - m->since < takes)
        return true;
    if (stop_between(app, m->time, end))
        return false;
    m->from = m->time = begin;
    m->since += takes;
    takes = rest(app, begin) + hold;
    if (app->now - m->since >= takes) {
        if (stop_between(app, begin, end))
            return false;
        m->since += (app->now - m->since) / takes * takes;
    }
    return true;
}

static void play(struct app *app) {
    struct moment *m = &app->moment;
    if (app->playback.loop && !wrap(app))
        return;
    tw_time time = time_at(app, app->now);
    if (stop_between(app, m->time, time))
        return;
    app->changed = app->changed || time != m->time;
    m->time = time;
    if (time >= changes_end(m->changes) && !app->playback.loop) {
        go(app, time);
        m->playing = app->loading; // more may come
    }
}

bool moment_moving(const struct app *app) {
    const struct moment *m = &app->moment;
    return app->view == VIEW_CONNECTIONS && app->moment.set && m->playing &&
           (app->playback.loop || m->time < changes_end(m->changes));
}

// --- looking at all changes, a slice at a time

static void renew(struct app *app) {
    struct moment *m = &app->moment;
    size_t octets = tw_story_memory(app->story) / 2;
    m->next = changes_new(app->story, app->witness, octets > LEAST_OCTETS ? octets : LEAST_OCTETS);
    m->renewed = app->now;
    m->told = -1;
    if (m->next == NULL) {
        m->wanted = ACTION_NONE;
        m->set = m->playing = false;
        app_say(app, "%s", _("out of memory: the list cannot play along"));
    }
}

static void look(struct app *app) {
    struct moment *m = &app->moment;
    switch (changes_look(m->next, SLICE)) {
    case CHANGES_MORE: {
        int done = changes_progress(m->next);
        if (m->changes == NULL && done != m->told)
            app_say(app, _("looking at all state changes: %d %%"), done);
        m->told = done;
        return;
    }
    case CHANGES_ALL:
        if (m->changes == NULL && m->told >= 0)
            app->notice[0] = '\0'; // how far it was
        changes_free(m->changes);
        m->changes = m->next;
        m->next = NULL;
        m->looked = app->now - m->renewed;
        m->renewed = app->now;
        if (m->set && m->playing) // the changes before it may be others now
            go(app, m->time);
        app->changed = true;
        return;
    case CHANGES_TOO_MANY:
        changes_free(m->next);
        m->next = NULL;
        m->wanted = ACTION_NONE;
        m->set = m->playing = false;
        app_say(app, "%s", _("too many state changes for the memory: the list cannot play along"));
        return;
    }
}

static void act(struct app *app, enum action action) {
    struct moment *m = &app->moment;
    const struct changes *changes = m->changes;
    tw_time begin = changes_begin(changes), end = changes_end(changes);
    if (action == ACTION_PLAY_ALL) {
        m->playing = !m->set || !m->playing;
        go(app, !m->set || (m->playing && m->time >= end) ? begin : m->time);
        return;
    }
    m->playing = false;
    size_t count = changes_count(changes), at;
    if (action == ACTION_STEP_ALL)
        at = m->set ? changes_by(changes, m->time) : 0;
    else // what was before the moment; at the end of all that is the last one
        at = m->set ? changes_by(changes, m->time - 1) : count;
    at -= action == ACTION_STEP_ALL_BACK && at > 0;
    if (at >= count)
        return;
    go(app, changes_time(changes, at));
    const struct change change = changes_at(changes, changes_by(changes, m->time) - 1);
    tell(app, &change, false);
}

bool moment_act(struct app *app, enum action action) {
    struct moment *m = &app->moment;
    char text[STATUS_TEXT];
    if (m->playing && app->moment.set)
        play(app); // to where it is now, not with the last frame
    if (action == ACTION_MARK && m->set && m->playing)
        action = ACTION_PLAY_ALL; // the key that pauses everywhere else
    switch (action) {
    case ACTION_PLAY_ALL:
    case ACTION_STEP_ALL:
    case ACTION_STEP_ALL_BACK:
        if (tw_story_count(app->story) == 0)
            return true;
        m->wanted = action;
        if (m->changes == NULL && m->next == NULL)
            renew(app);
        moment_tick(app);
        return true;
    case ACTION_ALL_ROWS:
        m->wanted = ACTION_NONE;
        if (!m->set && m->next == NULL)
            return false;
        changes_free(m->next);
        m->next = NULL;
        m->set = m->playing = false;
        app->notice[0] = '\0';
        return true;
    case ACTION_FASTER:
    case ACTION_SLOWER:
    case ACTION_EVEN:
    case ACTION_LOOP:
        if (app->moment.set)
            go(app, m->time);
        playback_act(app, action);
        if (!app->moment.set)
            app_say(app, "%s", moment_status(app, true, text));
        return true;
    default: return false;
    }
}

void moment_tick(struct app *app) {
    struct moment *m = &app->moment;
    bool stale =
        m->changes == NULL || changes_revision(m->changes) != tw_story_revision(app->story);
    tw_time pause = renewed > m->looked * renewing_share ? renewed : m->looked * renewing_share;
    bool asked = m->wanted != ACTION_NONE, due = app->now - m->renewed >= pause || !app->loading;
    if (m->next == NULL && stale && (asked || m->set) && (m->changes == NULL || due))
        renew(app);
    if (m->next != NULL)
        look(app);
    if (m->wanted != ACTION_NONE && m->changes != NULL) {
        enum action action = m->wanted;
        m->wanted = ACTION_NONE;
        act(app, action);
    }
    if (m->playing && app->moment.set && app->view == VIEW_CONNECTIONS)
        play(app);
}
