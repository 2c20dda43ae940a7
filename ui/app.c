// SPDX-License-Identifier: MIT
// Takes keys as actions and the clock as ticks, and keeps what the views draw.
#include "app.h"

#include "list_rows.h"
#include "ui.h"
#include "views/views.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void app_options_of(const struct ui_options *options, enum theme theme, struct app_options *to) {
    *to = (struct app_options){
        .story = options->story,
        .witness = options->witness,
        .lab = options->lab,
        .kernel = options->kernel,
        .files = options->files,
        .start = options->start,
        .source_name = options->source_name,
        .filter = options->filter,
        .ascii = options->ascii,
        .english = options->ascii,
        .utc = options->utc,
        .colors = options->color,
        .mouse = options->mouse,
        .theme = theme,
        .profile = options->profile,
        .endless = options->endless,
        .live = options->live,
        .speed = options->speed,
        .connection = options->connection,
        .greeting = options->greeting,
        .config = options->config,
    };
}

void app_init(struct app *app, const struct app_options *options) {
    *app = (struct app){
        .story = options->story,
        .witness = options->witness,
        .files = options->files,
        .profile = options->profile != NULL ? options->profile : tw_profile_at(0),
        .source_name = options->source_name != NULL ? options->source_name : "",
        .feed = options->feed,
        .epoch = options->live ? options->epoch : TW_NO_TIME,
        .endless = options->endless,
        .ascii = options->ascii,
        .english = options->english,
        .utc = options->utc,
        .colors = options->colors,
        .mouse = options->mouse,
        .theme = options->colors ? options->theme : THEME_MONO,
        .width = 80,
        .height = 24,
        .loading = options->start == NULL,
        .changed = true,
        .wanted = options->connection,
        .view = options->start != NULL ? VIEW_START
                : options->lab != NULL ? VIEW_LAB
                                       : VIEW_CONNECTIONS,
        .lab = {.hooks = options->lab},
        .kernel = {.hooks = options->kernel},
        .playback = {.speed = options->speed > 0 ? options->speed : 1, .even = true},
    };
    if (options->filter != NULL)
        snprintf(app->filter, sizeof app->filter, "%s", options->filter);
    start_init(app, options->start);
    if (options->greeting != NULL)
        app_say(app, "%s", options->greeting);
    if (options->config != NULL) {
        struct playback *playback = &app->playback;
        playback->even = options->config->even;
        memcpy(playback->break_state, options->config->break_state, sizeof playback->break_state);
        memcpy(playback->break_finding, options->config->break_finding,
               sizeof playback->break_finding);
    }
    if (options->start != NULL && options->start->notice != NULL)
        app_say(app, "%s", options->start->notice);
}

void app_keep(const struct app *app, struct config *config) {
    const struct playback *playback = &app->playback;
    config->theme = app->theme;
    config->mouse = app->mouse;
    config->even = playback->even;
    memcpy(config->break_state, playback->break_state, sizeof config->break_state);
    memcpy(config->break_finding, playback->break_finding, sizeof config->break_finding);
}

void app_fini(struct app *app) {
    start_fini(&app->start);
    list_fini(&app->list);
    moment_fini(&app->moment);
    stream_fini(&app->stream);
    save_fini(&app->save);
    kernel_fini(&app->kernel);
    tw_ladder_fini(&app->ladder);
}

void app_say(struct app *app, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(app->notice, sizeof app->notice, format, arguments);
    va_end(arguments);
    app->changed = true;
}

void app_resize(struct app *app, int width, int height) {
    app->width = width;
    app->height = height;
    app->changed = true;
    if (app->story != NULL)
        list_act(app, ACTION_NONE); // the cursor stays on the screen
    else if (app->start.hooks != NULL)
        start_act(app, ACTION_NONE);
}

unsigned app_context(const struct app *app) {
    static const unsigned contexts[] = {
        [VIEW_START] = IN_START,
        [VIEW_CONNECTIONS] = IN_CONNECTIONS,
        [VIEW_CONNECTION] = IN_CONNECTION,
        [VIEW_HELP] = IN_HELP,
        [VIEW_LAB] = IN_LAB,
        [VIEW_BREAKS] = IN_BREAKS,
    };
    unsigned context = contexts[app->view];
    if (app->view != VIEW_CONNECTION)
        return context;
    if (walk_seen(app))
        return context | IN_WALK;
    if (shown_part(app) == PART_STREAM)
        context |= IN_STREAM;
    return context | (app->lab.hooks != NULL ? IN_LAB : 0U);
}

tw_time app_clock(const struct app *app) {
    if (!app->loading)
        return TW_NO_TIME;
    return app->lab.hooks != NULL     ? app->lab.now
           : app->epoch != TW_NO_TIME ? app->now + app->epoch
                                      : TW_NO_TIME;
}

// Opens what is wanted as soon as it is there. Connections come in order of their numbers, but for
// some there may have been no room.
static void open_wanted(struct app *app) {
    struct tw_connection_info info = {.number = 0};
    const size_t count = tw_story_count(app->story);
    size_t low = 0, high = count;
    if (count > 0)
        tw_story_info(tw_story_at(app->story, count - 1), &info);
    if (info.number < app->wanted && app->loading)
        return;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        tw_story_info(tw_story_at(app->story, middle), &info);
        if (info.number < app->wanted)
            low = middle + 1;
        else
            high = middle;
    }
    if (low < count)
        tw_story_info(tw_story_at(app->story, low), &info);
    if (low < count && info.number == app->wanted) {
        list_go(app, list_rows_of(app, low));
        playback_open(app, low);
    } else {
        app_say(app, _("there is no connection %llu"), (unsigned long long)app->wanted);
    }
    app->wanted = 0;
}

void app_tick(struct app *app, tw_time now) {
    app->now = now;
    if (app->start.hooks != NULL) {
        start_tick(app);
        return;
    }
    app_forget(app);
    moment_tick(app); // before the list, which has the rows of that moment
    list_tick(app);
    save_tick(app);
    if (app->wanted > 0)
        open_wanted(app);
    if (app->lab.hooks != NULL)
        lab_tick(app);
    if (app->view == VIEW_CONNECTION) {
        playback_tick(app);
        walk_tick(app);
        header_tick(app);
        stream_tick(app);
    }
    kernel_tick(app);
}

bool app_moving(const struct app *app) {
    return ((app_context(app) & IN_LAB) != 0 && lab_flying(app)) || playback_moving(app) ||
           moment_moving(app);
}

bool app_busy(const struct app *app) {
    return app->story != NULL &&
           (list_busy(app) || moment_busy(app) || stream_busy(app) || app->save.running);
}

void app_broken(struct app *app, const char *message) {
    app->broken = true;
    app_say(app, "%s", message);
}

static void go_to_packet(struct app *app, const char *text) {
    const bool number = text[0] != '\0' && text[strspn(text, "0123456789")] == '\0';
    if (number)
        playback_to_packet(app, strtoull(text, NULL, 10));
    else if (text[0] != '\0')
        app_say(app, _("%s: no number of a packet"), text);
}

// A filter with which the source cannot go on is asked for again, with what is wrong with it.
static void refilter(struct app *app, const char *line, enum prompt_result result) {
    if (result != PROMPT_ANSWERED)
        return;
    const char *why = app->feed->refilter(app->feed->context, line);
    if (why != NULL) {
        app_say(app, "%s", why);
        char again[PROMPT_MAX];
        snprintf(again, sizeof again, "%s", line);
        prompt_ask(&app->prompt, ASK_CAPTURE, again);
        return;
    }
    snprintf(app->filter, sizeof app->filter, "%s", line);
    app_say(app, "%s",
            line[0] != '\0' ? _("from now on only what passes the filter is captured")
                            : _("from now on all TCP is captured"));
}

// What was typed is what was asked for. What narrows the list does so while it is typed.
static void answer(struct app *app, enum question question, enum prompt_result result) {
    const char *line = result == PROMPT_LEFT ? "" : app->prompt.line;
    bool answered = result == PROMPT_ANSWERED;
    switch (question) {
    case ASK_FILTER:
        if (app->start.hooks != NULL)
            start_filter(app, line);
        else
            list_filter(app, line);
        break;
    case ASK_SEARCH:
        if (app->start.hooks != NULL)
            start_search(app, line);
        else if (app->view == VIEW_CONNECTION)
            stream_search(app, line, answered);
        else if (app->view == VIEW_CONNECTIONS)
            list_search(app, line, answered);
        break;
    case ASK_PACKET:
        if (answered)
            go_to_packet(app, line);
        break;
    case ASK_CAPTURE: refilter(app, line, result); break;
    case ASK_LAB:
        if (answered)
            lab_type(app, line);
        break;
    case ASK_SAVE:
        if (answered && line[0] != '\0')
            save_begin(app, line);
        break;
    case ASK_RECENT:
        if (answered)
            save_recent(app, line);
        break;
    default: break;
    }
}

// Each of the keys that seek means a tenth of the time line, in their order.
static void seek(struct app *app, uint32_t key) {
    const char *keys = action_info(ACTION_SEEK)->keys;
    int tenth = 0;
    for (uint32_t k; (k = key_next(&keys)) != key && k != KEY_IS_NONE;)
        tenth++;
    app->changed = true;
    playback_seek(app, (double)tenth / 10);
}

// What is pasted is something to be typed, and never done.
static void paste(struct app *app, uint32_t key) {
    if (app->prompt.question != ASK_NOTHING && key != KEY_IS_ERASE)
        app_key(app, key);
    else if (app->prompt.question == ASK_NOTHING)
        app_say(app, "%s", _("what was pasted is passed over: nothing is asked here"));
}

void app_key(struct app *app, uint32_t key) {
    if ((key & KEY_PASTED) != 0) {
        paste(app, key & ~(uint32_t)KEY_PASTED);
        return;
    }
    if ((key & KEY_WITH_ALT) != 0 && action_of_key(IN_ALL, key) == ACTION_NONE) {
        app_key(app, KEY_IS_ESC); // two keys, then, typed fast
        app_key(app, key & ~(uint32_t)KEY_WITH_ALT);
        return;
    }
    app->changed = app->changed || app->notice[0] != '\0';
    app->notice[0] = '\0';
    app->wanted = 0; // whoever presses keys goes their own way
    if (app->prompt.question != ASK_NOTHING) {
        enum question question = app->prompt.question;
        enum prompt_result result = prompt_key(&app->prompt, key);
        app->changed = true;
        if (result != PROMPT_SAME)
            answer(app, question, result);
        return;
    }
    if (app->save.running && key == KEY_IS_ESC) {
        save_stop(app);
        return;
    }
    enum action action = action_of_key(app_context(app), key);
    if (action == ACTION_SEEK)
        seek(app, key);
    else
        app_act(app, action);
}

static void help_act(struct app *app, enum action action) {
    int page = help_page(app), last = help_height(app) - page;
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
    if (app->view == VIEW_HELP || app->view == VIEW_BREAKS) {
        app->view = app->view == VIEW_HELP ? app->under_help : app->behind;
        if (app->view == VIEW_CONNECTION)
            playback_tick(app); // it stood still
        return;
    }
    if (app->view == VIEW_CONNECTION)
        moment_follow(app);
    app->view = VIEW_CONNECTIONS;
    app->playback.playing = app->measuring = app->walk.on = false;
    list_tick(app); // the moment may be another one, with other rows
}

// A view that lies over another one, and goes away again.
static void lay_over(struct app *app, enum view view) {
    if (app->view == view) {
        back(app);
        return;
    }
    if (view == VIEW_HELP)
        app->under_help = app->view;
    else
        app->behind = app->view == VIEW_HELP ? app->under_help : app->view;
    app->view = view;
    app->help_top = 0;
}

static void next_language(struct app *app) {
    size_t at = 0;
    if (app->english) {
        app_say(app, "%s", _("only English: no other characters than ASCII can be shown"));
        return;
    }
    while (tw_language_at(at) != NULL && strcmp(tw_language_at(at), tw_language()) != 0)
        at++;
    const char *next = tw_language_at(at + 1);
    if (!tw_language_set(next != NULL ? next : tw_language_at(0)))
        return;
    app->anew = true;
    if (app->start.hooks != NULL)
        start_retell(app);
}

static void next_part(struct app *app, int by) {
    int at = (int)shown_part(app);
    do
        at = (at + by + PART_COUNT) % PART_COUNT;
    while (!has_part(app, (enum part)at));
    app->part = (enum part)at;
}

void app_act(struct app *app, enum action action) {
    if (action == ACTION_NONE)
        return;
    app->changed = true;
    if ((action_info(action)->contexts & app_context(app)) == 0)
        return;
    switch (action) {
    case ACTION_BACK: back(app); return;
    case ACTION_QUIT: app->quit = true; return;
    case ACTION_HELP: lay_over(app, VIEW_HELP); return;
    case ACTION_BREAKS: lay_over(app, VIEW_BREAKS); return;
    case ACTION_THEME:
        if (app->colors)
            app->theme = (enum theme)((app->theme + 1) % THEME_COUNT);
        app_say(app, app->colors ? _("theme: %s") : _("theme: %s, as there are no colours"),
                theme_name(app->theme));
        app->anew = true;
        return;
    case ACTION_LANGUAGE: next_language(app); return;
    case ACTION_MOUSE:
        app->mouse = !app->mouse;
        app_say(app, "%s",
                app->mouse ? _("mouse: on") : _("mouse: off, the terminal selects text"));
        return;
    case ACTION_COPY: app->copy = true; return;
    case ACTION_PICTURE: save_picture(app); return;
    case ACTION_SAVE: save_ask(app); return;
    case ACTION_SAVE_RECENT: save_ask_recent(app); return;
    case ACTION_REDRAW: app->anew = true; return;
    case ACTION_PART: next_part(app, 1); return;
    case ACTION_PART_BACK: next_part(app, -1); return;
    case ACTION_ALONE:
        if (!app->alone && has_part(app, PART_LADDER)) {
            app_say(app, "%s", _("there is no room for the ladder beside another part"));
            return;
        }
        app->part = shown_part(app);
        app->alone = !app->alone;
        return;
    case ACTION_FILTER:
        prompt_ask(&app->prompt, ASK_FILTER,
                   app->view == VIEW_START ? app->start.filter : app->list.filter);
        return;
    case ACTION_CAPTURE_FILTER:
        if (app->feed != NULL && app->feed->refilter != NULL && app->loading)
            prompt_ask(&app->prompt, ASK_CAPTURE, app->filter);
        else
            app_say(app, "%s", _("only what is captured now can get another capture filter"));
        return;
    case ACTION_SEARCH: prompt_ask(&app->prompt, ASK_SEARCH, ""); return;
    default: break;
    }
    if ((app_context(app) & IN_WALK) != 0 && (action_info(action)->contexts & IN_WALK) != 0 &&
        action != ACTION_FIRST && action != ACTION_LAST) {
        walk_act(app, action);
        return;
    }
    if ((app_context(app) & IN_LAB) != 0 && lab_act(app, action))
        return;
    switch (app->view) {
    case VIEW_START: start_act(app, action); break;
    case VIEW_CONNECTIONS:
        if (!moment_act(app, action))
            list_act(app, action);
        break;
    case VIEW_CONNECTION:
        if (action == ACTION_WALK)
            walk_act(app, action);
        else if ((app_context(app) & IN_STREAM & action_info(action)->contexts) != 0)
            stream_act(app, action);
        else
            playback_act(app, action);
        break;
    case VIEW_HELP: help_act(app, action); break;
    case VIEW_BREAKS: breaks_act(app, action); break;
    case VIEW_LAB: break;
    }
}

void app_draw(const struct app *app, struct canvas *canvas) {
    canvas_clear(canvas);
    if (canvas->width < LEAST_WIDTH || canvas->height < LEAST_HEIGHT) {
        canvas_text(canvas, canvas_area(canvas), 0, 0, _("tcpwalk needs 40x12"), ROLE_TEXT);
        return;
    }
    switch (app->view) {
    case VIEW_START: view_start(app, canvas); break;
    case VIEW_CONNECTIONS: view_connections(app, canvas); break;
    case VIEW_CONNECTION: view_connection(app, canvas); break;
    case VIEW_HELP: view_help(app, canvas); break;
    case VIEW_LAB: view_lab(app, canvas); break;
    case VIEW_BREAKS: view_breaks(app, canvas); break;
    }
    if (app->prompt.question != ASK_NOTHING)
        draw_prompt(app, canvas);
    else
        draw_notice(app, canvas);
}
