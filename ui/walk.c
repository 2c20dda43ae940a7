// SPDX-License-Identifier: MIT
// Walks over the state diagram by keys.
#include "app.h"

void walk_act(struct app *app, enum action action) {
    if (action == ACTION_WALK && !app->walk.on)
        app->walk.on = true;
    else if (action == ACTION_WALK_END)
        app->walk.on = false;
}

void walk_to(struct app *app, enum tw_state state, bool over) {
    app->walk.state = state;
    app->walk.over = over;
}
