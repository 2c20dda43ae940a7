// SPDX-License-Identifier: MIT
// Where the picture of one connection stands: a function of the clock, never of frames drawn.
#include "app.h"

#include "list_rows.h"
#include "views/views.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static const tw_time row_takes = 900 * TW_MILLISECOND; // in even time, at speed 1
static const tw_time last_takes = TW_MILLISECOND;      // of the capture's time, the last row
static const tw_time hold = TW_SECOND;                 // how long a loop stands at the end
static const tw_time glide = 350 * TW_MILLISECOND;     // a step takes that long
// Between two layouts of a growing ladder; and per row, as a long one takes long.
static const tw_time least_pause = 250 * TW_MILLISECOND, pause_a_row = 2000;
static const double slowest = 1.0 / 1024, fastest = 1024;

static double last_place(const struct app *app) {
    return (double)app->ladder.row_count;
}

// Ends what moves and stands at `place`.
static void stand(struct app *app, double place) {
    struct playback *p = &app->playback;
    p->place = place < 0 ? 0 : place > last_place(app) ? last_place(app) : place;
    p->gliding = false;
    p->from = p->place;
    p->since = app->now;
    p->waited = p->waited_from = p->place < last_place(app) ? 0 : p->waited;
}

bool playback_follows(const struct app *app) {
    const struct playback *p = &app->playback;
    return app->loading && !p->playing && !p->gliding && app->ladder.row_count > 0 &&
           p->place >= last_place(app);
}

// Grows with whatever a lab's witness is told; one of a file does not grow.
static uint64_t witness_revision(const struct app *app) {
    const struct tw_witness *witness = app->loading ? app->witness : NULL;
    if (witness == NULL)
        return 0;
    uint64_t told = witness->call_count + witness->flight_count;
    for (size_t i = 0; i < witness->call_count; i++)
        told += witness->calls[i].returned != TW_NO_TIME;
    for (size_t i = 0; i < witness->flight_count; i++)
        told += !witness->flights[i].flying;
    for (size_t i = 0; i < witness->history_count; i++)
        told += witness->histories[i].count;
    return told;
}

// Marks a row's part of the time line. It has happened at the place behind it.
static void mark(struct app *app, size_t row, unsigned bits) {
    struct playback *p = &app->playback;
    const struct tw_ladder *ladder = &app->ladder;
    tw_time span = ladder->end - ladder->begin;
    double by_rows = (double)(row + 1) / (double)ladder->row_count;
    double by_time =
        span > 0 ? (double)(ladder->rows[row].time - ladder->begin) / (double)span : by_rows;
    p->marks[true][(size_t)(by_rows * (TIMELINE_PARTS - 1) + 0.5)] |= (uint8_t)bits;
    p->marks[false][(size_t)(by_time * (TIMELINE_PARTS - 1) + 0.5)] |= (uint8_t)bits;
}

void playback_mark_rows(struct app *app) {
    enum {
        LOST = 1 << TW_FINDING_RETRANSMISSION | 1 << TW_FINDING_GAP | 1 << TW_FINDING_ACKED_UNSEEN
    };
    const struct tw_ladder *ladder = &app->ladder;
    memset(app->playback.marks, 0, sizeof app->playback.marks);
    size_t count = 0;
    const struct tw_story_segment *segments =
        ladder->row_count > 0 ? tw_story_segments(ladder->connection, &count) : NULL;
    for (size_t i = 0; i < ladder->row_count; i++) {
        const struct tw_ladder_row *row = &ladder->rows[i];
        if (row->kind != TW_ROW_SEGMENT || row->segment >= count)
            continue;
        const struct tw_story_segment *segment = &segments[row->segment];
        unsigned bits = (segment->flags & TW_RST) != 0 ? MARK_RST : 0;
        bool held = row->lost && app->witness->flights[segment->packet - 1].flying;
        if ((row->lost && !held) || (segment->findings & LOST) != 0)
            bits |= MARK_LOST;
        if (bits != 0)
            mark(app, i, bits);
    }
}

// Lays the ladder out anew when the story has grown.
static void refresh(struct app *app, bool at_once) {
    const struct tw_story_connection *connection = tw_story_at(app->story, app->shown);
    size_t segments, changes;
    (void)tw_story_segments(connection, &segments);
    (void)tw_story_changes(connection, &changes);
    bool over = !app->loading, follows = playback_follows(app);
    tw_time pause = least_pause + (tw_time)app->ladder.row_count * pause_a_row;
    // Segments that are no longer kept are not to be drawn.
    size_t gap;
    at_once =
        at_once || tw_story_segments_dropped(connection, &gap) != app->ladder.segments_dropped;
    if (!at_once && app->loading && app->now - app->ladder_built < pause)
        return;
    uint64_t witnessed = witness_revision(app);
    bool grown = segments != app->ladder_segments || changes != app->ladder_changes ||
                 witnessed != app->ladder_witnessed || over != app->ladder_over;
    if (!at_once && !grown)
        return;
    ladder_lay(app);
    app->ladder_segments = segments;
    app->ladder_changes = changes;
    app->ladder_witnessed = witnessed;
    app->ladder_over = over;
    app->ladder_built = app->now;
    app->changed = true;
    double last = last_place(app);
    if (follows || app->playback.place > last)
        stand(app, last);
}

// How long playing from `place` to the end takes, by the screen's clock.
static tw_time rest(const struct app *app, double place) {
    const struct playback *p = &app->playback;
    if (app->ladder.row_count == 0)
        return 0;
    double ns = p->even
                    ? (last_place(app) - place) * (double)row_takes
                    : (double)(app->ladder.end + last_takes - tw_ladder_time(&app->ladder, place));
    ns = ceil(ns / p->speed);
    return ns > (double)(INT64_MAX / 4) ? INT64_MAX / 4 : (tw_time)ns;
}

static double place_at(const struct app *app, tw_time now) {
    const struct playback *p = &app->playback;
    tw_time elapsed = now - p->since;
    if (p->gliding)
        return elapsed >= glide ? p->to
                                : p->from + (p->to - p->from) * (double)elapsed / (double)glide;
    if (!p->playing)
        return p->place;
    if (elapsed >= rest(app, p->from))
        return last_place(app);
    double ahead = (double)elapsed * p->speed;
    double place =
        p->even
            ? p->from + ahead / (double)row_takes
            : tw_ladder_place(&app->ladder, tw_ladder_time(&app->ladder, p->from) + (tw_time)ahead);
    return fmin(last_place(app), fmax(p->from, place));
}

// --- breakpoints

// Says that playback stops at a segment, if it does.
static bool stops_at(struct app *app, uint32_t index) {
    const struct playback *p = &app->playback;
    size_t count;
    const struct tw_story_segment *segments = tw_story_segments(app->ladder.connection, &count);
    if (index >= count)
        return false;
    const struct tw_story_segment *segment = &segments[index];
    for (unsigned i = 0; i < TW_FINDING_COUNT; i++)
        if ((segment->findings & 1U << i) != 0 && p->break_finding[i]) {
            app_say(app, _("stopped: packet %llu, %s"), (unsigned long long)segment->packet,
                    tw_finding_name((enum tw_finding_kind)i));
            return true;
        }
    return false;
}

// Says that playback stops behind a row, if it does.
static bool stops_behind(struct app *app, size_t row) {
    const struct playback *p = &app->playback;
    const struct tw_ladder_row *r = &app->ladder.rows[row];
    if (r->step != TW_NONE) {
        const struct tw_ladder_step *step = &app->ladder.steps[r->step];
        bool through = step->passes && p->break_state[step->through];
        if (through || p->break_state[step->to]) {
            app_say(app, step->end == TW_CLIENT ? _("stopped: client %s") : _("stopped: server %s"),
                    tw_state_name(through ? step->through : step->to));
            return true;
        }
    }
    return r->kind == TW_ROW_SEGMENT && stops_at(app, r->segment);
}

// Within a run that is folded: where the first segment with a breakpoint has left between two
// places; all that is found there is that it was captured twice.
static bool stop_within(struct app *app, size_t row, double from, double to) {
    const struct tw_ladder *ladder = &app->ladder;
    const struct tw_ladder_row *r = &ladder->rows[row];
    if (r->kind != TW_ROW_RUN || ladder->runs[r->run].copies == 0)
        return false;
    const uint32_t end = r->segment + tw_ladder_run_told(ladder, row, to);
    for (uint32_t i = r->segment + tw_ladder_run_told(ladder, row, from); i < end; i++)
        if (stops_at(app, i)) {
            app->playback.playing = false;
            stand(app, tw_ladder_left(ladder, i));
            return true;
        }
    return false;
}

// Stops behind the first row with a breakpoint that is over between two places, if there is one. A
// row is over at the place behind it: who stands there has been stopped by it already.
static bool stop_between(struct app *app, double from, double to) {
    for (size_t row = (size_t)from; (double)row < to && row < app->ladder.row_count; row++) {
        if (stop_within(app, row, from, to))
            return true;
        if ((double)row + 1 <= to && stops_behind(app, row)) {
            app->playback.playing = false;
            stand(app, (double)row + 1);
            return true;
        }
    }
    return false;
}

// A loop that is over begins anew, by the clock: however many frames were drawn, or none. False:
// it was stopped.
static bool wrap(struct app *app) {
    struct playback *p = &app->playback;
    tw_time takes = rest(app, p->from) + hold;
    if (app->now - p->since < takes)
        return true;
    if (stop_between(app, p->place, last_place(app)))
        return false;
    p->from = p->place = 0;
    p->since += takes;
    takes = rest(app, 0) + hold;
    if (app->now - p->since >= takes) {
        if (stop_between(app, 0, last_place(app)))
            return false;
        p->since += (app->now - p->since) / takes * takes;
    }
    return true;
}

// How long TIME-WAIT lasts on behind the last row of a capture.
static tw_time wait_behind(const struct app *app) {
    tw_time most = 0;
    for (int end = 0; end < TW_END_COUNT && !app->loading; end++) {
        tw_time left;
        if (playback_time_wait(app, (enum tw_end)end, &left) && left + app->playback.waited > most)
            most = left + app->playback.waited;
    }
    return most;
}

// Plays TIME-WAIT's timer behind the last row, in even time as long as some rows, so that a room
// sees it run; false: it is over.
static bool wait_on(struct app *app) {
    enum { ROWS = 6 };
    struct playback *p = &app->playback;
    const tw_time all = wait_behind(app);
    double ahead = (double)(app->now - p->since);
    if (p->waited_from == 0)
        ahead = fmax(0, ahead - (double)rest(app, p->from));
    ahead *= p->even ? p->speed * (double)all / (ROWS * (double)row_takes) : p->speed;
    p->waited = (tw_time)fmin((double)all, (double)p->waited_from + ahead);
    app->changed = true;
    return p->waited < all;
}

void playback_tick(struct app *app) {
    struct playback *p = &app->playback;
    refresh(app, false);
    if (!p->playing && !p->gliding)
        return;
    if (p->playing && !p->gliding && p->loop && app->ladder.row_count > 0 && !wrap(app))
        return;
    double place = place_at(app, app->now);
    if (p->gliding) {
        app->changed = true;
        p->place = place;
        if (place >= p->to)
            stand(app, p->to);
        return;
    }
    if (stop_between(app, p->place, place))
        return;
    app->changed = app->changed || place != p->place;
    p->place = place;
    if (place >= last_place(app) && !p->loop && !wait_on(app)) {
        stand(app, place);
        p->playing = app->loading; // more may come
    }
}

void playback_open(struct app *app, size_t connection) {
    app->shown = connection;
    app->view = VIEW_CONNECTION;
    app->playback.playing = false;
    app->measuring = false;
    app->moment.playing = false; // it waits where the connection is looked at
    refresh(app, true);
    // What is watched is looked at where it is now, and followed from there.
    const bool now = app->endless && app->loading && !app->moment.set;
    stand(app, now ? last_place(app) : moment_place(app));
    app->playback.opened_at = app->playback.place;
}

void playback_to_place(struct app *app, double place) {
    app->playback.playing = false;
    stand(app, place);
}

tw_time playback_time(const struct app *app, double place) {
    const struct tw_ladder *ladder = &app->ladder;
    size_t row = place > 0 ? (size_t)place : 0;
    bool behind = row > 0 && row <= ladder->row_count && (double)row == place;
    if (!behind)
        return tw_ladder_time(ladder, place);
    const struct tw_ladder_row *before = &ladder->rows[row - 1];
    if (before->kind != TW_ROW_RUN)
        return before->time;
    const tw_time over = ladder->runs[before->run].over;
    return row < ladder->row_count && ladder->rows[row].time < over ? ladder->rows[row].time : over;
}

bool playback_time_wait(const struct app *app, enum tw_end end, tw_time *left) {
    const struct tw_ladder *ladder = &app->ladder;
    const double place = app->playback.place;
    const struct tw_ladder_step *here = tw_ladder_state(ladder, end, place);
    if (here == NULL || here->to != TW_TIME_WAIT)
        return false;
    const tw_time clock = place >= last_place(app) ? app_clock(app) : TW_NO_TIME;
    const tw_time now =
        clock != TW_NO_TIME ? clock : playback_time(app, place) + app->playback.waited;
    size_t row = place < last_place(app) ? (size_t)place : ladder->row_count;
    // The last segment before here, single or in a run, began the wait anew.
    while (row > 0 && ladder->rows[row - 1].kind != TW_ROW_SEGMENT &&
           ladder->rows[row - 1].kind != TW_ROW_RUN && (double)(row - 1) > here->place)
        row--;
    tw_time ends = playback_time(app, (double)row) + app->profile->time_wait;
    for (const struct tw_ladder_step *s = here + 1; s < ladder->steps + ladder->step_count; s++)
        if (s->end == end && s->event == TW_EV_TIMEOUT_2MSL && s->place >= 0) {
            ends = ladder->rows[(size_t)s->place].time;
            break;
        }
    *left = ends > now ? ends - now : 0;
    return true;
}

// Without any time between its rows, a ladder is laid out by these.
static bool is_even(const struct app *app) {
    return app->playback.even || app->ladder.end <= app->ladder.begin;
}

double playback_fraction(const struct app *app, double place) {
    const struct tw_ladder *ladder = &app->ladder;
    if (ladder->row_count == 0)
        return 0;
    double fraction = is_even(app) ? place / last_place(app)
                                   : (double)(playback_time(app, place) - ladder->begin) /
                                         (double)(ladder->end - ladder->begin);
    return fmin(1, fmax(0, fraction));
}

void playback_seek(struct app *app, double fraction) {
    const struct tw_ladder *ladder = &app->ladder;
    tw_time ahead = (tw_time)(fraction * (double)(ladder->end - ladder->begin));
    double place = fraction >= 1  ? last_place(app)
                   : is_even(app) ? round(fraction * last_place(app))
                                  : tw_ladder_place(ladder, ladder->begin + ahead);
    bool playing = app->playback.playing;
    stand(app, place);
    app->playback.playing = playing && app->playback.place < last_place(app);
}

const char *playback_status(const struct app *app, const char *word, bool detail,
                            char text[STATUS_TEXT]) {
    const struct playback *p = &app->playback;
    char speed[32] = "";
    double slower = 1 / p->speed;
    if (p->speed < 1 && fabs(slower - round(slower)) < 1e-9)
        snprintf(speed, sizeof speed, "x1/%.0f", slower);
    else if (p->speed != 1)
        snprintf(speed, sizeof speed, "x%.4g", p->speed);
    const char *const items[] = {word,
                                 !detail   ? ""
                                 : p->even ? _("even time")
                                           : _("real time"),
                                 speed, p->loop ? _("loop") : ""};
    text[0] = '\0';
    size_t length = 0;
    for (size_t i = 0; i < TW_COUNT(items) && length < STATUS_TEXT; i++)
        if (items[i][0] != '\0')
            length += (size_t)snprintf(text + length, STATUS_TEXT - length, "%s%s",
                                       length > 0 ? detail ? ", " : " " : "", items[i]);
    return text;
}

bool playback_moving(const struct app *app) {
    const struct playback *p = &app->playback;
    return app->view == VIEW_CONNECTION &&
           (p->gliding || (p->playing && app->ladder.row_count > 0 &&
                           (p->loop || p->place < last_place(app) || !app->loading)));
}

static bool is_silence(const struct app *app, double place) {
    return place >= 0 && place < last_place(app) &&
           app->ladder.rows[(size_t)place].kind == TW_ROW_SILENCE;
}

static void step(struct app *app) {
    struct playback *p = &app->playback;
    stand(app, p->gliding ? p->to : p->place);
    p->playing = false;
    double row = floor(p->place);
    while (is_silence(app, row))
        row++;
    if (row >= last_place(app))
        return;
    uint8_t kind = app->ladder.rows[(size_t)row].kind;
    if (kind != TW_ROW_CALL && kind != TW_ROW_RETURN) { // something may be in flight
        p->gliding = true;
        p->from = fmax(row, p->place);
        p->place = p->from;
        p->to = row + 1;
    } else {
        stand(app, row + 1);
    }
}

static void step_back(struct app *app) {
    struct playback *p = &app->playback;
    double row = ceil(p->gliding ? p->to : p->place) - 1;
    p->playing = false;
    while (is_silence(app, row - 1))
        row--;
    stand(app, row);
}

// To where the next state change has happened, or back to where the previous one has.
static void to_state(struct app *app, int by) {
    const struct playback *p = &app->playback;
    double place = p->gliding ? p->to : p->place;
    double row = by > 0 ? floor(place) : ceil(place) - 2;
    while (row >= 0 && row < last_place(app) && app->ladder.rows[(size_t)row].step == TW_NONE)
        row += by;
    stand(app, row + 1);
}

void playback_to_packet(struct app *app, uint64_t packet) {
    const struct tw_ladder *ladder = &app->ladder;
    size_t count, low = 0;
    const struct tw_story_segment *segments = tw_story_segments(ladder->connection, &count);
    size_t high = count < ladder->segment_count ? count : ladder->segment_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (segments[middle].packet < packet)
            low = middle + 1;
        else
            high = middle;
    }
    stand(app, tw_ladder_left(ladder, (uint32_t)low));
    const unsigned long long wanted = packet;
    if (low == count && count > 0)
        app_say(app, _("packet %llu: behind this connection's last one, %llu"), wanted,
                (unsigned long long)segments[count - 1].packet);
    else if (low < count && segments[low].packet != packet)
        app_say(app, _("packet %llu is not of this connection; the next one that is: %llu"), wanted,
                (unsigned long long)segments[low].packet);
}

// To the connection on the next or the previous row, from where this one stands now.
static void move(struct app *app, int by) {
    const size_t rows = list_count(app), here = list_rows_of(app, app->shown);
    const size_t row = here < rows ? here : app->list.cursor;
    if (by < 0 ? row == 0 : row + 1 >= rows)
        return;
    list_go(app, by < 0 ? row - 1 : row + 1);
    playback_open(app, list_connection(app, app->list.cursor));
}

void playback_act(struct app *app, enum action action) {
    struct playback *p = &app->playback;
    if (p->playing || p->gliding)
        playback_tick(app); // to where it is now, not with the last frame
    double place = p->gliding ? p->to : p->place;
    int around = CONNECTION_FRAME - WHY_HEIGHT + why_height(app) + 1;
    double page = app->height > around ? app->height - around : 1;
    bool over;
    switch (action) {
    case ACTION_STEP: step(app); break;
    case ACTION_STEP_BACK: step_back(app); break;
    case ACTION_NEXT_STATE:
    case ACTION_PREVIOUS_STATE:
        p->playing = false;
        to_state(app, action == ACTION_NEXT_STATE ? 1 : -1);
        break;
    case ACTION_PAGE_ON:
    case ACTION_PAGE_BACK:
        p->playing = false;
        page = floor(place) + (action == ACTION_PAGE_ON ? page : -page);
        if (!stop_between(app, place, page))
            stand(app, page);
        break;
    case ACTION_PACKET:
        p->playing = false;
        prompt_ask(&app->prompt, ASK_PACKET, "");
        stand(app, place);
        break;
    case ACTION_FIRST:
    case ACTION_LAST:
        p->playing = false;
        stand(app, action == ACTION_FIRST ? 0 : last_place(app));
        break;
    case ACTION_PLAY:
        p->playing = !p->playing;
        over = place >= last_place(app) && p->waited >= wait_behind(app);
        stand(app, p->playing && over ? 0 : place);
        break;
    case ACTION_FASTER:
    case ACTION_SLOWER:
        stand(app, place);
        p->speed = fmin(fastest, fmax(slowest, p->speed * (action == ACTION_FASTER ? 2 : 0.5)));
        break;
    case ACTION_EVEN:
        stand(app, place);
        p->even = !p->even;
        break;
    case ACTION_LOOP:
        stand(app, place);
        p->loop = !p->loop;
        break;
    case ACTION_SELECT:
        app->measuring = !app->measuring;
        app->measured_from = place;
        break;
    case ACTION_ABSOLUTE: app->ladder.absolute = app->absolute = !app->absolute; break;
    case ACTION_NEXT_CONNECTION: move(app, 1); break;
    case ACTION_PREVIOUS_CONNECTION: move(app, -1); break;
    default: ladder_act(app, action); break;
    }
}
