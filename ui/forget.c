// SPDX-License-Identifier: MIT
// What goes on for ever cannot be kept for ever: the story forgets what is long over, and whoever
// holds connections by their index is told the new one.
#include "app.h"

#include <stdlib.h>

// What is looked at, or was marked, is not forgotten.
static bool is_held(void *context, size_t connection) {
    const struct app *app = context;
    return list_marked(app, connection) ||
           (app->ladder.connection != NULL && connection == app->shown);
}

// All connections are looked at for it, so some of them must be over.
static bool is_worth_it(const struct app *app) {
    enum { SHARE = 64 };
    const size_t count = tw_story_count(app->story), over = tw_story_over(app->story);
    size_t held = 1; // what is looked at
    for (size_t i = list_next_marked(app, 0); i < count; i = list_next_marked(app, i + 1))
        held += tw_story_is_over(tw_story_at(app->story, i));
    return over > held && over - held >= count / SHARE;
}

void app_forget(struct app *app) {
    // A moment of the past is made of all that there was; a file is written of what was marked.
    if (!app->endless || app->moment.set || app->moment.next != NULL || app->save.running ||
        !tw_story_is_full(app->story) || !is_worth_it(app))
        return;
    const size_t count = tw_story_count(app->story);
    uint32_t *to = malloc(count * sizeof *to);
    if (to == NULL)
        return;                // then what is new is not kept, which is told
    moment_fini(&app->moment); // that was looked at before
    app->moment.changes = NULL;
    const size_t row = app->list.cursor;
    const size_t at = row < list_count(app) ? list_connection(app, row) : LIST_NONE;
    if (tw_story_forget(app->story, is_held, app, to) > 0) {
        list_forget(app, to, count, at);
        if (app->ladder.connection != NULL) {
            if (app->folding.connection == app->shown)
                app->folding.connection = to[app->shown];
            app->shown = to[app->shown];
        }
        app->changed = true;
    }
    free(to);
}
