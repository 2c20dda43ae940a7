// SPDX-License-Identifier: MIT
// The loop: one thread that waits for a key, a packet, a signal or the next frame.
#include "ui.h"

#include "app.h"
#include "term.h"

#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <time.h>

enum {
    READ_MS = 20,      // how long a key may have to wait for the reading
    FRAME_MS = 34,     // 30 frames a second at most
    PROGRESS_MS = 100, // between two pictures while a file is read
    LIVE_MS = 1000,    // how often a quiet live source's timers are looked at
};

// What happened; handlers only note it, the loop does the work.
static volatile sig_atomic_t ended, resized, stopped, continued;

static void on_signal(int number) {
    switch (number) {
    case SIGWINCH: resized = 1; break;
    case SIGTSTP: stopped = 1; break;
    case SIGCONT: continued = 1; break;
    default: ended = 1; break;
    }
}

static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGWINCH, SIGTSTP, SIGCONT};

// The signals come only while the loop waits; what was there before is kept for the end.
struct signal_state {
    sigset_t mask;
    struct sigaction actions[TW_COUNT(signals)];
};

static void catch_signals(struct signal_state *before) {
    sigset_t ours;
    sigemptyset(&ours);
    struct sigaction action = {.sa_handler = on_signal};
    sigemptyset(&action.sa_mask);
    ended = resized = stopped = continued = 0;
    for (size_t i = 0; i < TW_COUNT(signals); i++)
        sigaddset(&ours, signals[i]);
    sigprocmask(SIG_BLOCK, &ours, &before->mask);
    for (size_t i = 0; i < TW_COUNT(signals); i++)
        sigaction(signals[i], &action, &before->actions[i]);
}

static void release_signals(const struct signal_state *before) {
    for (size_t i = 0; i < TW_COUNT(signals); i++)
        sigaction(signals[i], &before->actions[i], NULL);
    sigprocmask(SIG_SETMASK, &before->mask, NULL);
}

// Ctrl-Z: the terminal is given back, the process stops here, and goes on here.
static void stop_here(void) {
    struct sigaction ordinary = {.sa_handler = SIG_DFL}, ours;
    sigset_t stop;
    sigemptyset(&ordinary.sa_mask);
    sigemptyset(&stop);
    sigaddset(&stop, SIGTSTP);
    term_leave();
    sigaction(SIGTSTP, &ordinary, &ours);
    raise(SIGTSTP);
    sigprocmask(SIG_UNBLOCK, &stop, NULL);
    sigprocmask(SIG_BLOCK, &stop, NULL);
    sigaction(SIGTSTP, &ours, NULL);
    stopped = 0;
    continued = 1;
}

static tw_time now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (tw_time)t.tv_sec * TW_SECOND + t.tv_nsec;
}

struct loop {
    struct app app;
    struct canvas canvas;
    const struct ui_feed *feed;
    int fd;        // of the feed, -1 for a file
    tw_time drawn; // when the last picture was shown
};

static void read_some(struct loop *loop) {
    struct app *app = &loop->app;
    const struct ui_feed *feed = loop->feed;
    uint64_t revision = tw_story_revision(app->story), done = app->done;
    app->loading = feed->more(feed->context, READ_MS);
    if (feed->progress != NULL)
        feed->progress(feed->context, &app->done, &app->total);
    if (feed->dropped != NULL)
        app->dropped = feed->dropped(feed->context);
    const char *fault = app->loading || feed->fault == NULL ? NULL : feed->fault(feed->context);
    if (fault != NULL)
        app_broken(app, fault);
    if (!app->loading || app->done != done || tw_story_revision(app->story) != revision)
        app->changed = true;
}

static bool resize(struct loop *loop) {
    int width, height;
    term_size(&width, &height);
    canvas_fini(&loop->canvas);
    if (!canvas_init(&loop->canvas, width, height))
        return false;
    app_resize(&loop->app, width, height);
    loop->app.anew = true;
    return true;
}

// Milliseconds until something is due; -1: nothing is.
static int patience(const struct loop *loop) {
    const struct app *app = &loop->app;
    bool file = app->loading && loop->fd < 0, moving = app_moving(app);
    int frame = moving ? FRAME_MS : PROGRESS_MS;
    int since = (int)((now() - loop->drawn) / TW_MILLISECOND);
    int left = since >= frame ? 0 : frame - since;
    if (file || app->anew || app_busy(app))
        return 0;
    if (moving || app->changed)
        return left;
    return app->loading ? LIVE_MS : -1;
}

static void show(struct loop *loop, bool at_once) {
    struct app *app = &loop->app;
    tw_time time = now();
    app_tick(app, time);
    int frame = app_moving(app) ? FRAME_MS : PROGRESS_MS;
    if (!app->changed || (!at_once && (time - loop->drawn) / TW_MILLISECOND < frame))
        return;
    term_theme(app->theme);
    app_draw(app, &loop->canvas);
    term_present(&loop->canvas, app->anew);
    app->changed = app->anew = false;
    loop->drawn = time;
}

// Waits for whatever comes first. Returns false when the terminal is gone.
static bool wait_for_something(struct loop *loop, const sigset_t *mask, bool *readable) {
    bool ask = loop->app.loading && loop->fd >= 0;
    struct pollfd files[] = {{.fd = term_fd(), .events = POLLIN},
                             {.fd = ask ? loop->fd : -1, .events = POLLIN}};
    int ms = patience(loop);
    struct timespec limit = {ms / 1000, (long)(ms % 1000) * 1000000};
    int count = ppoll(files, TW_COUNT(files), ms < 0 ? NULL : &limit, mask);
    *readable = loop->app.loading && (loop->fd < 0 || count == 0 || files[1].revents != 0);
    return count < 0 ? errno == EINTR : (files[0].revents & (POLLHUP | POLLERR | POLLNVAL)) == 0;
}

static enum tw_status run(struct loop *loop, const sigset_t *mask, struct tw_error *error) {
    if (!resize(loop))
        return tw_fail(error, TW_MEMORY, "screen: out of memory");
    if (loop->feed != NULL)
        read_some(loop);
    show(loop, true);
    while (!loop->app.quit && !ended) {
        bool readable;
        if (!wait_for_something(loop, mask, &readable))
            break;
        if (stopped)
            stop_here();
        if (continued) {
            term_return();
            resized = 1;
            continued = 0;
        }
        bool at_once = resized != 0;
        if (resized && !resize(loop))
            return tw_fail(error, TW_MEMORY, "screen: out of memory");
        resized = 0;
        loop->app.now = now();
        struct mouse mouse;
        for (uint32_t key; (key = term_key(&mouse)) != KEY_IS_NONE && !loop->app.quit;
             at_once = true)
            if (key == KEY_IS_MOUSE)
                app_mouse(&loop->app, &loop->canvas, &mouse);
            else
                app_key(&loop->app, key);
        if (readable && !loop->app.quit)
            read_some(loop);
        show(loop, at_once);
    }
    return TW_OK;
}

bool ui_theme_known(const char *name) {
    enum theme theme;
    return theme_find(name, &theme);
}

enum tw_status ui_run(const struct ui_options *options, const struct ui_feed *feed,
                      struct tw_error *error) {
    enum theme theme = THEME_DARK;
    if (options->theme != NULL && !theme_find(options->theme, &theme))
        return tw_fail(error, TW_USAGE, "theme '%s': not known", options->theme);
    setlocale(LC_CTYPE, "");
    struct signal_state before;
    catch_signals(&before);
    enum tw_status status = term_open(error);
    if (status == TW_OK) {
        static struct loop loop; // the ladder's steps make it large
        loop = (struct loop){.feed = feed,
                             .fd = feed != NULL && feed->fd != NULL ? feed->fd(feed->context) : -1};
        const struct app_options app_options = {
            .story = options->story,
            .witness = options->witness,
            .lab = options->lab,
            .files = options->files,
            .profile = options->profile,
            .start = options->start,
            .mouse = options->mouse,
            .source_name = options->source_name,
            .filter = options->filter,
            .ascii = options->ascii || strcmp(nl_langinfo(CODESET), "UTF-8") != 0,
            .utc = options->utc,
            .colors = options->color && term_colors(),
            .theme = theme,
            .speed = options->speed,
            .connection = options->connection,
        };
        app_init(&loop.app, &app_options);
        status = run(&loop, &before.mask, error);
        if (options->chosen != NULL)
            *options->chosen = loop.app.start.chosen ? loop.app.start.cursor : UI_NOTHING;
        term_close();
        app_fini(&loop.app);
        canvas_fini(&loop.canvas);
    }
    release_signals(&before);
    return status;
}
