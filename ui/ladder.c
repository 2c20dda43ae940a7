// SPDX-License-Identifier: MIT
// Lays out the ladder, and folds and unfolds its runs; the playback stays where it is.
#include "app.h"

#include "views/views.h"

#include <math.h>
#include <string.h>

// --- What stays where it is: places relative to rows of segments.

enum { PLACES = 4 };

struct anchor {
    uint32_t segment; // of the last row with one, or TW_NO_SEGMENT
    double ahead;     // rows behind it
};

static struct anchor anchor_of(const struct tw_ladder *ladder, double place) {
    for (int64_t row = (int64_t)ceil(place) - 1; row >= 0; row--) {
        const struct tw_ladder_row *at = &ladder->rows[row];
        if ((size_t)row < ladder->row_count &&
            (at->kind == TW_ROW_SEGMENT || at->kind == TW_ROW_RUN))
            return (struct anchor){at->segment, place - (double)row};
    }
    return (struct anchor){TW_NO_SEGMENT, place};
}

static double place_of(const struct tw_ladder *ladder, const struct anchor *anchor) {
    const size_t row = tw_ladder_row_of(ladder, anchor->segment);
    const double at = anchor->segment == TW_NO_SEGMENT ? 0 : (double)row;
    return fmin(at + anchor->ahead, (double)ladder->row_count);
}

void ladder_lay(struct app *app) {
    struct folding *folding = &app->folding;
    struct playback *p = &app->playback;
    const struct tw_story_connection *connection = tw_story_at(app->story, app->shown);
    if (folding->connection != app->shown) {
        folding->connection = app->shown;
        folding->except_count = 0;
    }
    double *const places[PLACES] = {&p->place, &p->from, &p->to, &app->measured_from};
    struct anchor anchors[PLACES];
    const bool same = app->ladder.row_count > 0 && app->ladder.connection == connection;
    for (int i = 0; i < PLACES && same; i++)
        anchors[i] = anchor_of(&app->ladder, fmin(*places[i], (double)app->ladder.row_count));
    const struct tw_ladder_options options = {
        .witness = app->witness,
        .fold = !folding->unfolded,
        .except = folding->except,
        .except_count = folding->except_count,
        .absolute = app->absolute,
    };
    if (tw_ladder_build(&app->ladder, connection, &options) != TW_OK)
        tw_ladder_fini(&app->ladder);
    for (int i = 0; i < PLACES && same; i++)
        *places[i] = place_of(&app->ladder, &anchors[i]);
}

// --- Folding

// The run at the cursor the other way.
static void turn(struct app *app) {
    struct folding *f = &app->folding;
    const int64_t row = cursor_row(app);
    const uint32_t segment = row >= 0 && (size_t)row < app->ladder.row_count
                                 ? app->ladder.rows[row].segment
                                 : TW_NO_SEGMENT;
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
        f->except[f->except_count++] = run->first;
    }
    ladder_lay(app);
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
        break;
    default: break;
    }
}
