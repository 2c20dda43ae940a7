// SPDX-License-Identifier: MIT
// Lays out the ladder, and folds and unfolds its runs; the playback stays where it is.
#include "app.h"

#include "views/views.h"

#include <math.h>
#include <string.h>

// --- What stays where it is: places, by what happens there.

enum { PLACES = 5 };

struct anchor {
    struct tw_ladder_row row; // the one that happens, or has happened last
    double ahead;             // of its beginning; the place itself where there is no row
    uint32_t segment;         // of the row; within a run the one that has left last,
    uint32_t last;            // and that run's last one
};

// Of a run that is over it is the first one: from there on it is looked at.
static uint32_t segment_of(const struct tw_ladder *ladder, size_t row, double ahead) {
    const struct tw_ladder_row *r = &ladder->rows[row];
    return r->kind == TW_ROW_RUN && ahead < 1
               ? tw_ladder_segment_at(ladder, row, (double)row + ahead)
               : r->segment;
}

static struct anchor anchor_of(const struct tw_ladder *ladder, double place) {
    const size_t behind = place > 0 ? (size_t)ceil(place) : 0;
    if (behind == 0 || ladder->row_count == 0)
        return (struct anchor){.row = {.kind = TW_ROW_SILENCE}, .segment = TW_NO_SEGMENT};
    const size_t row = (behind < ladder->row_count ? behind : ladder->row_count) - 1;
    const double ahead = fmin(place - (double)row, 1);
    struct anchor anchor = {
        .row = ladder->rows[row], .ahead = ahead, .segment = segment_of(ladder, row, ahead)};
    if (anchor.row.kind == TW_ROW_RUN)
        anchor.last = ladder->runs[anchor.row.run].last;
    return anchor;
}

// Within a run that has grown as much as before is less of it.
static bool same(const struct tw_ladder *ladder, const struct tw_ladder_row *a,
                 const struct anchor *anchor) {
    const struct tw_ladder_row *b = &anchor->row;
    if (a->kind == TW_ROW_RUN && anchor->ahead < 1 && ladder->runs[a->run].last != anchor->last)
        return false;
    const bool calls = a->kind == TW_ROW_CALL || a->kind == TW_ROW_RETURN;
    return a->kind == b->kind && a->segment == b->segment && a->step == b->step &&
           (!calls || a->call == b->call);
}

static double place_of(const struct tw_ladder *ladder, const struct anchor *anchor) {
    if (anchor->ahead == 0)
        return 0;
    size_t low = 0, high = ladder->row_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (ladder->rows[middle].time < anchor->row.time)
            low = middle + 1;
        else
            high = middle;
    }
    for (size_t row = low; row < ladder->row_count && ladder->rows[row].time == anchor->row.time;
         row++)
        if (same(ladder, &ladder->rows[row], anchor))
            return (double)row + anchor->ahead;
    // It is folded now, or no longer, or has moved.
    return anchor->segment != TW_NO_SEGMENT ? tw_ladder_left(ladder, anchor->segment)
                                            : fmin((double)low + 1, (double)ladder->row_count);
}

// A segment's index, now that the story keeps less of what stood at a gap.
static uint32_t moved(uint32_t segment, size_t gap, size_t dropped) {
    if (segment == TW_NO_SEGMENT || segment < gap)
        return segment;
    return segment - gap >= dropped ? segment - (uint32_t)dropped : (uint32_t)gap;
}

void ladder_lay(struct app *app) {
    struct folding *folding = &app->folding;
    struct playback *p = &app->playback;
    const struct tw_story_connection *connection = tw_story_at(app->story, app->shown);
    if (folding->connection != app->shown) {
        folding->connection = app->shown;
        folding->except_count = 0;
    }
    double *const places[PLACES] = {&p->place, &p->from, &p->to, &p->opened_at,
                                    &app->measured_from};
    struct anchor anchors[PLACES];
    const bool known = app->ladder.row_count > 0 && app->ladder.connection == connection;
    size_t gap;
    const size_t dropped =
        known ? tw_story_segments_dropped(connection, &gap) - app->ladder.segments_dropped : 0;
    for (int i = 0; i < PLACES && known; i++) {
        anchors[i] = anchor_of(&app->ladder, *places[i]);
        anchors[i].segment = moved(anchors[i].segment, gap, dropped);
        anchors[i].last = moved(anchors[i].last, gap, dropped);
        anchors[i].row.segment = moved(anchors[i].row.segment, gap, dropped);
    }
    for (size_t i = 0; i < folding->except_count && known; i++)
        folding->except[i] = moved(folding->except[i], gap, dropped);
    const struct tw_ladder_options options = {
        .witness = app->witness,
        .fold = !folding->unfolded,
        .except = folding->except,
        .except_count = folding->except_count,
        .absolute = app->absolute,
    };
    if (tw_ladder_build(&app->ladder, connection, &options) != TW_OK) {
        tw_ladder_fini(&app->ladder);
        app->ladder.connection = connection;
        tw_story_info(connection, &app->ladder.info);
    }
    playback_mark_rows(app);
    for (int i = 0; i < PLACES && known; i++)
        *places[i] = place_of(&app->ladder, &anchors[i]);
}

// --- Folding

// The run at the cursor the other way.
static void turn(struct app *app) {
    struct folding *f = &app->folding;
    const uint32_t segment = anchor_of(&app->ladder, app->playback.place).segment;
    const struct tw_ladder_run *run = tw_ladder_run_of(&app->ladder, segment);
    if (segment == TW_NO_SEGMENT || run == NULL) {
        app_say(app, "%s", _("no run of data here"));
        return;
    }
    size_t kept = 0;
    for (size_t i = 0; i < f->except_count; i++)
        if (f->except[i] < run->first || f->except[i] > run->last)
            f->except[kept++] = f->except[i];
    const bool was = kept < f->except_count;
    f->except_count = kept;
    if (!was) {
        if (kept == FOLDING_MAX) {
            memmove(f->except, f->except + 1, (kept - 1) * sizeof *f->except);
            f->except_count--;
        }
        f->except[f->except_count++] = segment; // of a long one what is from there on
    }
    ladder_lay(app);
}

static bool has_folded(const struct tw_ladder *ladder) {
    for (size_t i = 0; i < ladder->run_count; i++)
        if (ladder->runs[i].folded)
            return true;
    return false;
}

void ladder_act(struct app *app, enum action action) {
    struct folding *f = &app->folding;
    if (app->ladder.row_count == 0)
        return;
    switch (action) {
    case ACTION_FOLD: turn(app); break;
    case ACTION_FOLD_ALL:
        f->unfolded = !f->unfolded;
        f->except_count = 0;
        ladder_lay(app);
        if (f->unfolded && has_folded(&app->ladder))
            app_say(app, "%s",
                    _("too many to unfold all: the first ones are; at one of the others "
                      "unfold it alone"));
        break;
    default: break;
    }
}
