// SPDX-License-Identifier: MIT
// The moment that the list and its census show, when the whole capture is played.
#include "app.h"

bool moment_act(struct app *app, enum action action) {
    (void)app;
    return action == ACTION_PLAY_ALL || action == ACTION_STEP_ALL || action == ACTION_STEP_ALL_BACK;
}

void moment_tick(struct app *app) {
    (void)app;
}

bool moment_moving(const struct app *app) {
    return app->view == VIEW_CONNECTIONS && app->moment.playing;
}
