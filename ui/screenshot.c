// SPDX-License-Identifier: MIT
// The screen without a terminal: some keys, then the picture.
#include "app.h"
#include "svg.h"
#include "ui.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

static const tw_time a_key = TW_SECOND; // so long every key is given, until what it began is over

// Presses one word: a key, or "@0.2": so many seconds later, instead of the second that each key is
// given. False: it is neither.
static bool press(struct app *app, const char **keys) {
    *keys += strspn(*keys, " ");
    if (**keys == '@') {
        char *end;
        double seconds = strtod(*keys + 1, &end);
        if (end == *keys + 1 || !(seconds >= 0 && seconds < 1e6))
            return false;
        *keys = end;
        app_tick(app, app->now + (tw_time)(seconds * (double)TW_SECOND));
        return true;
    }
    const uint32_t key = key_next(keys);
    if (key == KEY_IS_NONE)
        return false;
    app_key(app, key);
    app_tick(app, app->now);
    *keys += strspn(*keys, " ");
    if (**keys != '@')
        app_tick(app, app->now + a_key);
    return true;
}

static enum tw_status show(struct app *app, const char *keys, char **picture, size_t *length,
                           struct tw_error *error) {
    while (keys[strspn(keys, " ")] != '\0') {
        const char *word = keys + strspn(keys, " ");
        if (!press(app, &keys))
            return tw_fail(error, TW_USAGE, "--keys: '%.*s' is no key", (int)strcspn(word, " "),
                           word);
        while (app_busy(app))
            app_tick(app, app->now);
    }
    struct canvas canvas;
    if (!canvas_init(&canvas, app->width, app->height))
        return tw_fail(error, TW_MEMORY, "screen: out of memory");
    app_draw(app, &canvas);
    *picture = svg_of(&canvas, app->theme, length);
    canvas_fini(&canvas);
    return *picture != NULL ? TW_OK : tw_fail(error, TW_MEMORY, "screen: out of memory");
}

// A pipe is waited for, a little each time, as something may have been read of it already.
static void read_all(struct app *app, const struct ui_feed *feed) {
    enum { READ_MS = 10, WAIT_MS = 20 };
    while (feed != NULL && feed->more(feed->context, READ_MS)) {
        app_forget(app);
        struct pollfd file = {.fd = feed->fd != NULL ? feed->fd(feed->context) : -1,
                              .events = POLLIN};
        if (file.fd >= 0)
            (void)poll(&file, 1, WAIT_MS);
    }
    if (feed != NULL && feed->counts != NULL)
        feed->counts(feed->context, &app->counts);
}

enum tw_status ui_screenshot(const struct ui_options *options, const struct ui_feed *feed,
                             int width, int height, const char *keys, char **picture,
                             size_t *length, struct tw_error *error) {
    enum theme theme = THEME_DARK;
    if (options->theme != NULL && !theme_find(options->theme, &theme))
        return tw_fail(error, TW_USAGE, "theme '%s': not known", options->theme);
    static struct app app; // the ladder's steps make it large
    struct app_options app_options;
    app_options_of(options, theme, &app_options);
    app_init(&app, &app_options);
    app_resize(&app, width, height);
    read_all(&app, feed);
    app.loading = false;
    do
        app_tick(&app, app.now + a_key);
    while (app_busy(&app));
    enum tw_status status = show(&app, keys != NULL ? keys : "", picture, length, error);
    app_fini(&app);
    return status;
}
