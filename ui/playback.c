// SPDX-License-Identifier: MIT
// Where the picture of one connection stands: a function of the clock, never of frames drawn.
#include "app.h"

#include "views/views.h"

#include <math.h>

static const double seconds_a_row = 0.9;           // in even time
static const tw_time glide = 350 * TW_MILLISECOND; // a step takes that long
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

// Lays the ladder out anew when the story has grown.
static void refresh(struct app *app, bool at_once) {
    const struct tw_story_connection *connection = tw_story_at(app->story, app->shown);
    size_t segments, changes;
    (void)tw_story_segments(connection, &segments);
    (void)tw_story_changes(connection, &changes);
    bool over = !app->loading, follows = playback_follows(app);
    tw_time pause = least_pause + (tw_time)app->ladder.row_count * pause_a_row;
    // Segments that are no longer kept are not to be drawn.
    at_once = at_once || segments < app->ladder_segments;
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

static double place_at(const struct app *app, tw_time now) {
    const struct playback *p = &app->playback;
    tw_time elapsed = now - p->since;
    double seconds = (double)elapsed / (double)TW_SECOND * p->speed;
    if (p->gliding)
        return elapsed >= glide ? p->to
                                : p->from + (p->to - p->from) * (double)elapsed / (double)glide;
    if (!p->playing)
        return p->place;
    if (p->even)
        return p->from + seconds / seconds_a_row;
    double ahead = seconds * (double)TW_SECOND;
    tw_time from = tw_ladder_time(&app->ladder, p->from);
    if (ahead > (double)(app->ladder.end - from) + 1e9)
        return last_place(app);
    return fmax(p->from, tw_ladder_place(&app->ladder, from + (tw_time)ahead));
}

void playback_tick(struct app *app) {
    struct playback *p = &app->playback;
    refresh(app, false);
    if (!p->playing && !p->gliding)
        return;
    double place = place_at(app, app->now);
    app->changed = true;
    if (p->gliding && place >= p->to) {
        stand(app, p->to);
    } else if (!p->gliding && place >= last_place(app)) {
        stand(app, last_place(app));
        p->playing = app->loading; // more may come
    } else {
        p->place = place;
    }
}

void playback_open(struct app *app, size_t connection) {
    app->shown = connection;
    app->view = VIEW_CONNECTION;
    app->playback.playing = false;
    app->measuring = false;
    refresh(app, true);
    stand(app, 0);
}

void playback_to_place(struct app *app, double place) {
    app->playback.playing = false;
    stand(app, place);
}

void playback_seek(struct app *app, double fraction) {
    const struct tw_ladder *ladder = &app->ladder;
    double ahead = fraction * (double)(ladder->end - ladder->begin);
    playback_to_place(app, tw_ladder_place(ladder, ladder->begin + (tw_time)ahead));
}

bool playback_moving(const struct app *app) {
    const struct playback *p = &app->playback;
    return app->view == VIEW_CONNECTION &&
           (p->gliding || (p->playing && p->place < last_place(app)));
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
    if (app->ladder.rows[(size_t)row].kind == TW_ROW_SEGMENT) {
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
    stand(app, (double)tw_ladder_row_of(ladder, (uint32_t)low) + 1);
}

static void move(struct app *app, int by) {
    size_t count = tw_story_count(app->story);
    size_t rows = list_count(app), row = app->list.cursor;
    if (by < 0 ? row == 0 : row + 1 >= rows || count == 0)
        return;
    app->list.cursor = by < 0 ? row - 1 : row + 1;
    playback_open(app, list_connection(app, app->list.cursor));
}

void playback_act(struct app *app, enum action action) {
    struct playback *p = &app->playback;
    double place = p->gliding ? p->to : p->place;
    int around = CONNECTION_FRAME - WHY_HEIGHT + why_height(app) + 1;
    double page = app->height > around ? app->height - around : 1;
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
        stand(app, floor(place) + (action == ACTION_PAGE_ON ? page : -page));
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
        stand(app, p->playing && place >= last_place(app) ? 0 : place);
        break;
    case ACTION_FASTER:
    case ACTION_SLOWER:
        stand(app, p->place);
        p->speed = fmin(fastest, fmax(slowest, p->speed * (action == ACTION_FASTER ? 2 : 0.5)));
        break;
    case ACTION_EVEN:
        stand(app, p->place);
        p->even = !p->even;
        break;
    case ACTION_LOOP: p->loop = !p->loop; break;
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
