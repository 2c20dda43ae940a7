// SPDX-License-Identifier: MIT
// The loop: one thread that waits for a key, a packet, a signal or the next frame.
#include "ui.h"

#include "app.h"
#include "glyphs.h"
#include "term.h"

#include <errno.h>
#include <langinfo.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <wchar.h>

enum {
    READ_MS = 10,      // how long a key may have to wait for the reading
    FRAME_MS = 34,     // 30 frames a second at most
    PROGRESS_MS = 100, // between two pictures while a file is read
    LIVE_MS = 500,     // how often a quiet live source's timers, and what waits to be recorded, are
                       // looked at
};

// What happened; handlers only note it, the loop does the work.
static volatile sig_atomic_t ended, hung_up, resized, stopped, continued;

static void on_signal(int number) {
    switch (number) {
    case SIGHUP: hung_up = 1; break;
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

static struct signal_state before_held; // before ui_hold
static bool held;                       // since then; the terminal is ours
static bool gone; // the last screen was ended by a signal, or its terminal went away

static void catch_signals(struct signal_state *before) {
    sigset_t ours;
    sigemptyset(&ours);
    struct sigaction action = {.sa_handler = on_signal};
    sigemptyset(&action.sa_mask);
    ended = hung_up = resized = stopped = continued = 0;
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

static tw_time clock_time(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return (tw_time)t.tv_sec * TW_SECOND + t.tv_nsec;
}

static tw_time now(void) {
    return clock_time(CLOCK_MONOTONIC);
}

struct loop {
    struct app app;
    struct canvas canvas;
    const struct ui_feed *feed;
    int fd;        // of the feed now; -1: there is something to read
    tw_time drawn; // when the last picture was shown
};

static void read_some(struct loop *loop) {
    struct app *app = &loop->app;
    const struct ui_feed *feed = loop->feed;
    uint64_t revision = tw_story_revision(app->story), done = app->done;
    app->loading = feed->more(feed->context, READ_MS);
    if (feed->progress != NULL)
        feed->progress(feed->context, &app->done, &app->total);
    if (feed->counts != NULL)
        feed->counts(feed->context, &app->counts);
    const char *news = feed->news != NULL ? feed->news(feed->context) : NULL;
    if (news != NULL)
        app_say(app, "%s", news);
    char absent[sizeof app->absent] = "";
    if (feed->absent != NULL)
        feed->absent(feed->context, absent, sizeof absent);
    app->changed = app->changed || strcmp(absent, app->absent) != 0;
    memcpy(app->absent, absent, sizeof absent);
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
    bool more = app->loading && loop->fd < 0, moving = app_moving(app);
    int frame = moving ? FRAME_MS : PROGRESS_MS;
    int since = (int)((now() - loop->drawn) / TW_MILLISECOND);
    int left = since >= frame ? 0 : frame - since;
    if (more || app->anew || app_busy(app))
        return 0;
    if (moving || app->changed)
        return left;
    if (start_due(app) != TW_NO_TIME) {
        tw_time ahead = start_due(app) - now();
        return ahead > 0 ? (int)(ahead / TW_MILLISECOND) + 1 : 0;
    }
    if (kernel_waits(app))
        return left > 0 ? left : PROGRESS_MS;
    return app->loading ? LIVE_MS : -1;
}

// What has just been drawn goes to the clipboard. Whether it arrives, no terminal tells.
static void copy(struct loop *loop) {
    size_t length, sent = 0;
    char *text = canvas_as_text(&loop->canvas, &length);
    loop->app.copy = false;
    if (text != NULL)
        sent = term_copy(text, length);
    free(text);
    if (text == NULL || (sent == 0 && length > 0))
        app_say(&loop->app, "%s", _("not copied: out of memory"));
    else if (sent < length)
        app_say(&loop->app, _("the first %zu of %zu octets sent to the terminal's clipboard"), sent,
                length);
    else if (getenv("TMUX") != NULL)
        app_say(&loop->app, "%s", _("sent to tmux, which takes it with set-clipboard on"));
    else
        app_say(&loop->app, "%s", _("sent to the terminal's clipboard; it may refuse"));
}

static void show(struct loop *loop, bool at_once) {
    struct app *app = &loop->app;
    tw_time time = now();
    app_tick(app, time);
    bool moving = app_moving(app);
    int frame = moving ? FRAME_MS : PROGRESS_MS;
    if (!at_once && (time - loop->drawn) / TW_MILLISECOND < frame)
        return;
    if (!term_mouse(app->mouse)) {
        app->mouse = false;
        app_say(app, "%s", _("this terminal has no mouse"));
    }
    if (!app->changed) {
        if (moving) // this frame is as the last one was; the next one has its time
            loop->drawn = time;
        return;
    }
    term_theme(app->theme);
    app_draw(app, &loop->canvas);
    if (app->copy) {
        copy(loop);
        app_draw(app, &loop->canvas);
    }
    term_present(&loop->canvas, app->anew);
    app->changed = app->anew = false;
    loop->drawn = time;
}

// Waits for whatever comes first. Returns false when the terminal is gone.
static bool wait_for_something(struct loop *loop, const sigset_t *mask, bool *readable) {
    const struct ui_feed *feed = loop->feed;
    loop->fd = feed != NULL && feed->fd != NULL ? feed->fd(feed->context) : -1;
    bool ask = loop->app.loading && loop->fd >= 0;
    struct pollfd files[] = {{.fd = term_fd(), .events = POLLIN},
                             {.fd = ask ? loop->fd : -1, .events = POLLIN}};
    int ms = patience(loop);
    struct timespec limit = {ms / 1000, (long)(ms % 1000) * 1000000};
    int count = ppoll(files, TW_COUNT(files), ms < 0 ? NULL : &limit, mask);
    *readable = loop->app.loading && (loop->fd < 0 || count == 0 || files[1].revents != 0);
    return count < 0 ? errno == EINTR : (files[0].revents & (POLLHUP | POLLERR | POLLNVAL)) == 0;
}

// What the next click means is what this one leads to, also when both have come already.
static void click(struct loop *loop, const struct mouse *mouse) {
    app_mouse(&loop->app, &loop->canvas, mouse);
    if (mouse->kind == MOUSE_PRESS)
        app_draw(&loop->app, &loop->canvas);
}

// The terminal is there, so it was log rotation that sent this, if there is a log; else it ends us.
static void hang_up(const struct loop *loop) {
    const struct ui_feed *feed = loop->feed;
    hung_up = 0;
    if (feed == NULL || feed->reopen == NULL || !feed->reopen(feed->context))
        ended = 1;
}

static enum tw_status run(struct loop *loop, const sigset_t *mask, struct tw_error *error) {
    if (!resize(loop))
        return tw_fail(error, TW_MEMORY, "screen: out of memory");
    if (loop->feed != NULL)
        read_some(loop);
    show(loop, true);
    while (!loop->app.quit && !ended) {
        bool readable;
        if (!wait_for_something(loop, mask, &readable)) {
            gone = true;
            break;
        }
        if (hung_up)
            hang_up(loop);
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
                click(loop, &mouse);
            else
                app_key(&loop->app, key);
        if (at_once && !loop->app.quit)
            show(loop, true); // an answer does not wait for what is read
        if (readable && !loop->app.quit)
            read_some(loop);
        show(loop, false);
    }
    gone = gone || ended;
    return TW_OK;
}

static bool is_utf8(void) {
    return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

// Whether the locale has the glyphs, each one column wide; some of East Asia have lines of two.
static bool has_glyphs(void) {
    if (!is_utf8())
        return false;
    for (unsigned i = 0; i < GLYPH_COUNT; i++)
        if (wcwidth((wchar_t)glyph(false, (enum glyph)i)) != 1)
            return false;
    for (unsigned sides = 0; sides < GLYPH_JOINTS; sides++)
        if (wcwidth((wchar_t)glyph_joint(false, sides)) != 1)
            return false;
    return true;
}

bool ui_theme_known(const char *name) {
    enum theme theme;
    return theme_find(name, &theme);
}

bool ui_ended(void) {
    return gone;
}

enum tw_status ui_hold(struct tw_error *error) {
    catch_signals(&before_held);
    enum tw_status status = term_open(error);
    held = status == TW_OK;
    if (!held)
        release_signals(&before_held);
    return status;
}

void ui_release(void) {
    term_close();
    release_signals(&before_held);
    held = false;
}

bool ui_holds(void) {
    return held;
}

void ui_lost(void) {
    term_leave();
}

enum tw_status ui_run(const struct ui_options *options, const struct ui_feed *feed,
                      struct tw_error *error) {
    enum theme theme = THEME_DARK;
    if (options->theme != NULL && !theme_find(options->theme, &theme))
        return tw_fail(error, TW_USAGE, "theme '%s': not known", options->theme);
    struct signal_state before = before_held;
    enum tw_status status = TW_OK;
    gone = false;
    if (held) {
        term_return();
    } else {
        catch_signals(&before);
        status = term_open(error);
    }
    if (status == TW_OK) {
        static struct loop loop; // the ladder's steps make it large
        loop = (struct loop){.feed = feed};
        struct app_options app_options;
        app_options_of(options, theme, &app_options);
        app_options.ascii = options->ascii || !has_glyphs();
        app_options.english = options->ascii || !is_utf8();
        app_options.colors = options->color && term_colors();
        app_options.feed = feed;
        app_options.epoch = clock_time(CLOCK_REALTIME) - now();
        app_options.mouse = options->mouse && term_mouse(true);
        app_init(&loop.app, &app_options);
        status = run(&loop, &before.mask, error);
        if (options->start != NULL) {
            const struct start *start = &loop.app.start;
            struct ui_start *to = options->start;
            *options->chosen = start->chosen ? start->cursor : UI_NOTHING;
            to->place.cursor = start->cursor;
            to->place.top = start->top;
            snprintf(to->place.filter, sizeof to->place.filter, "%s", start->filter);
        }
        if (options->kept != NULL)
            app_keep(&loop.app, options->kept);
        if (!held)
            term_close();
        app_fini(&loop.app);
        canvas_fini(&loop.canvas);
    }
    if (!held)
        release_signals(&before);
    return status;
}
