// SPDX-License-Identifier: MIT
// Takes keys as actions and the clock as ticks, and keeps what the views draw.
#include "app.h"

#include "views/views.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void app_init(struct app *app, const struct app_options *options) {
    *app = (struct app){
        .story = options->story,
        .witness = options->witness,
        .source_name = options->source_name != NULL ? options->source_name : "",
        .filter = options->filter,
        .ascii = options->ascii,
        .utc = options->utc,
        .colors = options->colors,
        .theme = options->colors ? options->theme : THEME_MONO,
        .width = 80,
        .height = 24,
        .loading = true,
        .changed = true,
        .wanted = options->connection,
        .view = options->lab != NULL ? VIEW_LAB : VIEW_CONNECTIONS,
        .lab = {.hooks = options->lab},
        .playback = {.speed = options->speed > 0 ? options->speed : 1, .even = true},
    };
}

void app_fini(struct app *app) {
    free(app->list.rows);
    tw_ladder_fini(&app->ladder);
}

void app_resize(struct app *app, int width, int height) {
    app->width = width;
    app->height = height;
    app->changed = true;
    list_act(app, ACTION_NONE); // the cursor stays on the screen
}

unsigned app_context(const struct app *app) {
    static const unsigned contexts[] = {
        [VIEW_CONNECTIONS] = IN_CONNECTIONS,
        [VIEW_CONNECTION] = IN_CONNECTION,
        [VIEW_HELP] = IN_HELP,
        [VIEW_LAB] = IN_LAB,
    };
    bool lab = app->lab.hooks != NULL && app->view == VIEW_CONNECTION;
    return contexts[app->view] | (lab ? IN_LAB : 0U);
}

void app_tick(struct app *app, tw_time now) {
    app->now = now;
    list_tick(app);
    if (app->wanted > 0 && tw_story_count(app->story) >= app->wanted) {
        app->list.cursor = (size_t)app->wanted - 1; // connections come in order of their numbers
        playback_open(app, app->list.cursor);
        app->wanted = 0;
    }
    if (app->lab.hooks != NULL)
        lab_tick(app);
    if (app->view == VIEW_CONNECTION)
        playback_tick(app);
}

bool app_moving(const struct app *app) {
    const struct playback *p = &app->playback;
    return ((app_context(app) & IN_LAB) != 0 && lab_flying(app)) ||
           (app->view == VIEW_CONNECTION &&
            (p->gliding || (p->playing && p->place < (double)app->ladder.row_count)));
}

void app_broken(struct app *app, const char *message) {
    app->broken = app->changed = true;
    snprintf(app->notice, sizeof app->notice, "%s", message);
}

void app_key(struct app *app, uint32_t key) {
    app->changed = app->changed || app->notice[0] != '\0';
    app->notice[0] = '\0';
    app->wanted = 0; // whoever presses keys goes their own way
    if ((app_context(app) & IN_LAB) != 0 && app->lab.typing)
        lab_key(app, key);
    else if (app->view == VIEW_CONNECTION && app->playback.asking)
        playback_key(app, key);
    else if (app->view == VIEW_CONNECTIONS && app->list.typing)
        list_key(app, key);
    else
        app_act(app, action_of_key(app_context(app), key));
}

static void help_act(struct app *app, enum action action) {
    int last = help_height() - (app->height - HELP_FRAME), page = app->height - HELP_FRAME;
    switch (action) {
    case ACTION_UP: app->help_top--; break;
    case ACTION_DOWN: app->help_top++; break;
    case ACTION_PAGE_UP: app->help_top -= page; break;
    case ACTION_PAGE_DOWN: app->help_top += page; break;
    case ACTION_FIRST: app->help_top = 0; break;
    case ACTION_LAST: app->help_top = last; break;
    default: break;
    }
    if (app->help_top > last)
        app->help_top = last;
    if (app->help_top < 0)
        app->help_top = 0;
}

static void back(struct app *app) {
    if (app->view == VIEW_HELP) {
        app->view = app->behind_help;
        return;
    }
    app->view = VIEW_CONNECTIONS;
    app->playback.playing = app->playback.asking = false;
    app->lab.typing = false;
}

void app_act(struct app *app, enum action action) {
    if (action == ACTION_NONE)
        return;
    app->changed = true;
    switch (action) {
    case ACTION_BACK: back(app); return;
    case ACTION_QUIT: app->quit = true; return;
    case ACTION_HELP:
        if (app->view == VIEW_HELP) {
            back(app);
        } else {
            app->behind_help = app->view;
            app->view = VIEW_HELP;
            app->help_top = 0;
        }
        return;
    case ACTION_THEME:
        if (app->colors)
            app->theme = (enum theme)((app->theme + 1) % THEME_COUNT);
        snprintf(app->notice, sizeof app->notice, "theme: %s%s", theme_name(app->theme),
                 app->colors ? "" : ", as there are no colours");
        app->anew = true;
        return;
    case ACTION_REDRAW: app->anew = true; return;
    default: break;
    }
    if ((action_info(action)->contexts & app_context(app)) == 0)
        return;
    if ((app_context(app) & IN_LAB) != 0 && lab_act(app, action))
        return;
    switch (app->view) {
    case VIEW_CONNECTIONS: list_act(app, action); break;
    case VIEW_CONNECTION: playback_act(app, action); break;
    case VIEW_HELP: help_act(app, action); break;
    case VIEW_LAB: break;
    }
}

void app_draw(const struct app *app, struct canvas *canvas) {
    canvas_clear(canvas);
    if (canvas->width < LEAST_WIDTH || canvas->height < LEAST_HEIGHT) {
        canvas_text(canvas, canvas_area(canvas), 0, 0, "tcpwalk needs 40x12", ROLE_TEXT);
        return;
    }
    switch (app->view) {
    case VIEW_CONNECTIONS: view_connections(app, canvas); break;
    case VIEW_CONNECTION: view_connection(app, canvas); break;
    case VIEW_HELP: view_help(app, canvas); break;
    case VIEW_LAB: view_lab(app, canvas); break;
    }
}
