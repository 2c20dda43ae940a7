// SPDX-License-Identifier: MIT
// What the kernel of this machine says of the connection's ends, beside what the wire shows.
//
//  kernel  C FIN-WAIT-1 * unacked 65483, probe in 0.8 s, no process, RTT 0.1 ms, cwnd 10
//          S ESTABLISHED unread 131072, nginx 88, user www-data
//  C its FIN is queued: the peer's window is closed
//
// Where there are few rows both ends stand on one, with as much of it as there is room for.
#include "views.h"

#include "../ui.h"

#include <stdio.h>
#include <string.h>

enum { NARROW = 60, FULL_HEIGHT = 20, WORDS = KERNEL_WORDS + 6, REASON_TEXT = 200 };

static const char *end_letter(enum tw_end end) {
    return end == TW_CLIENT ? "C " : "S ";
}

static enum role end_role(enum tw_end end) {
    return end == TW_CLIENT ? ROLE_CLIENT : ROLE_SERVER;
}

static int local_ends(const struct app *app) {
    return (kernel_said(app, app->shown, TW_CLIENT) != NULL) +
           (kernel_said(app, app->shown, TW_SERVER) != NULL);
}

int kernel_height(const struct app *app) {
    const int ends = app->kernel.hooks != NULL ? local_ends(app) : 0, full = ends + 1;
    // The diagram is seen whole or not at all.
    const bool diagram = app->part == PART_DIAGRAM || (!app->alone && app->width >= BESIDE_WIDTH);
    const int least = CONNECTION_FRAME + full + TW_DIAGRAM_HEIGHT;
    if (ends == 0)
        return 0;
    return app->height >= (diagram ? least : FULL_HEIGHT) ? full : 1;
}

// What is told of one end behind its state, what matters most first.
struct told {
    struct kernel_word words[WORDS];
    int count;
};

static void add(struct told *told, enum role role, const char *format, ...) TW_PRINTF(3, 4);
static void add(struct told *told, enum role role, const char *format, ...) {
    va_list arguments;
    if (told->count == WORDS)
        return;
    va_start(arguments, format);
    vsnprintf(told->words[told->count].text, WORD_TEXT, format, arguments);
    va_end(arguments);
    told->words[told->count++].role = role;
}

static void tell_owner(const struct ui_process *process, struct told *told) {
    switch (process->owner) {
    case UI_OWNER_KNOWN: add(told, ROLE_TEXT, "%s %d", process->name, (int)process->pid); break;
    case UI_OWNER_HIDDEN: add(told, ROLE_FAINT, "%s", _("no right to see whose")); break;
    case UI_OWNER_NOBODY: add(told, ROLE_FAINT, "%s", _("no process")); break;
    case UI_OWNER_UNKNOWN: break;
    }
    if (process->owner != UI_OWNER_NOBODY && process->user[0] != '\0')
        add(told, ROLE_FAINT, _("user %s"), process->user);
}

static void tell(const struct ui_kernel_said *said, const struct ui_process *last,
                 struct told *told) {
    const struct tw_kernel_socket *socket = &said->socket;
    char time[WORD_TEXT];
    told->count = 0;
    if (!said->told)
        return;
    if (socket->state != TW_CLOSED) {
        told->count = kernel_words(socket, 0, told->words);
        tell_owner(&said->process, told);
    }
    // Who takes connections matters as long as no process has this one.
    if (said->listener.state == TW_LISTEN) {
        struct kernel_word words[KERNEL_WORDS];
        const int count = kernel_words(&said->listener, said->opening, words);
        for (int i = 0; i < count; i++)
            add(told, words[i].role, "%s", words[i].text);
        if (said->server.owner == UI_OWNER_KNOWN)
            tell_owner(&said->server, told);
    }
    // Also where the socket is gone; who listens may be the same one.
    const bool asks = said->listener.state == TW_LISTEN && said->server.owner == UI_OWNER_UNKNOWN;
    if (last != NULL && said->process.owner == UI_OWNER_NOBODY && !asks &&
        last->pid != said->server.pid)
        add(told, ROLE_TEXT, _("was %s %d"), last->name, (int)last->pid);
    if (socket->rtt > 0)
        add(told, ROLE_FAINT, _("RTT %s"), short_time(socket->rtt, true, time));
    if (socket->congestion_window > 0)
        add(told, ROLE_FAINT, _("cwnd %u"), (unsigned)socket->congestion_window);
}

// "C FIN-WAIT-1 *", with as many of the words as have room before `right`; returns the column
// behind them.
static int draw_end(const struct app *app, struct canvas *canvas, struct area area, int x, int y,
                    int right, enum tw_end end) {
    const struct ui_kernel_said *said = kernel_said(app, app->shown, end);
    struct told told;
    x = canvas_text(canvas, area, x, y, end_letter(end), end_role(end));
    if (!said->told)
        return canvas_text(canvas, area, x, y, "-", ROLE_FAINT);
    x = canvas_text(canvas, area, x, y, tw_state_name(kernel_state(said)),
                    state_role(kernel_state(said)));
    if (kernel_differs(&app->ladder.info, end, said)) {
        canvas_put(canvas, area, x + 1, y, glyph(app->ascii, GLYPH_DIFFERS), ROLE_WARNING);
        x += 2;
    }
    tell(said, kernel_owner(app, app->shown, end), &told);
    const char *before = " ";
    for (int i = 0; i < told.count; i++) {
        if (x + (int)strlen(before) + canvas_text_width(told.words[i].text) >= right)
            break;
        x = canvas_text(canvas, area, x, y, before, ROLE_FAINT);
        x = canvas_text(canvas, area, x, y, told.words[i].text, told.words[i].role);
        before = ", ";
    }
    return x;
}

// Why the kernel's word differs, or what is remarkable, as much of it as makes sense in `room`
// columns; "": nothing, or too much. Returns its width.
static int reason_text(const struct app *app, enum tw_end end, int room, char text[REASON_TEXT]) {
    const struct ui_kernel_said *said = kernel_said(app, app->shown, end);
    snprintf(text, REASON_TEXT, "%s", said != NULL ? _(kernel_reason(app, app->shown, end)) : "");
    if (canvas_text_width(text) > room)
        text[strcspn(text, ":")] = '\0';
    if (canvas_text_width(text) > room)
        text[0] = '\0';
    return canvas_text_width(text);
}

static bool differs(const struct app *app, enum tw_end end) {
    const struct ui_kernel_said *said = kernel_said(app, app->shown, end);
    return said != NULL && kernel_differs(&app->ladder.info, end, said);
}

// Of both ends where there is room, first of those that differ.
static void draw_reasons(const struct app *app, struct canvas *canvas, struct area area, int y,
                         int x) {
    for (int pass = 0; pass < 2; pass++)
        for (int i = 0; i < TW_END_COUNT; i++) {
            const enum tw_end end = (enum tw_end)i;
            char text[REASON_TEXT];
            if (differs(app, end) != (pass == 0) ||
                reason_text(app, end, area.width - x - 3, text) == 0)
                continue;
            x = canvas_text(canvas, area, x, y, end_letter(end), end_role(end));
            x = canvas_text(canvas, area, x, y, text, pass == 0 ? ROLE_WHY : ROLE_FAINT) + 2;
        }
}

// On one row: what the reason needs, where the states have room beside it.
static int reserved(const struct app *app, int room) {
    enum { STATE = 18 };
    char text[REASON_TEXT];
    for (int i = 0; i < TW_END_COUNT; i++)
        if (differs(app, (enum tw_end)i)) {
            const int width =
                reason_text(app, (enum tw_end)i, room - local_ends(app) * STATE, text);
            return width > 0 ? width + 4 : 0;
        }
    return 0;
}

void draw_kernel_now(const struct app *app, struct canvas *canvas, struct area area) {
    const int gap = area.width < NARROW ? 1 : 2;
    // At the end of what is captured; what is looked at else has been, and the kernel says what is.
    const bool now = !playback_follows(app);
    int x = canvas_text(canvas, area, 1, 0, now ? _("kernel now") : _("kernel"), ROLE_FAINT) + gap;
    const int begin = x, ends = local_ends(app), keep = reserved(app, area.width - x);
    int row = 0;
    for (int i = 0, left = ends; i < TW_END_COUNT; i++) {
        const enum tw_end end = (enum tw_end)i;
        if (kernel_said(app, app->shown, end) == NULL)
            continue;
        const int right = area.height == 1 ? x + (area.width - keep - x) / left : area.width;
        x = draw_end(app, canvas, area, x, row, right, end) + gap;
        left--;
        if (area.height > 1) {
            x = begin;
            row++;
        }
    }
    draw_reasons(app, canvas, area, area.height - 1, area.height > 1 ? 1 : x);
}
