// SPDX-License-Identifier: MIT
// Saves connections and pictures, a slice a tick.
#include "app.h"

#include <stdlib.h>

void save_fini(struct save *save) {
    free(save->packets);
}

void save_ask(struct app *app) {
    prompt_ask(&app->prompt, ASK_SAVE, "saved.pcap");
}

void save_begin(struct app *app, const char *path) {
    (void)app;
    (void)path;
}

void save_stop(struct app *app) {
    app->save.running = false;
}

void save_tick(struct app *app) {
    (void)app;
}

void save_picture(struct app *app) {
    (void)app;
}
