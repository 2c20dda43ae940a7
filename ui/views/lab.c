// SPDX-License-Identifier: MIT
// The lab: both ends' sockets as their kernels tell, what is on the wire between them, and the
// calls that can be made now. Where it is narrow the three stand one below the other.
//
//  -- line 12  server: t = accept(s) ---------------------------------------------
//  [client] delay 400 ms |on the wire: 1                  |s server  holds all
//  >c SYN-SENT           |>SYN,ACK seq 0 ack 1   .<..  held| l LISTEN  :9734
//     retransmit in 0.6 s|                                |   accept queue 0 of 5
//   connect(c, 10~) ...  | held: the kernels' timers run on| listen(l, 5) = 0
//  client c: S send  R recv  W shutdown  X close  K abort  L listen  C connect
#include "views.h"

#include "../format.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { TEXT = 96, CONNECTIONS_LOOKED_AT = 64, CURSOR_AT = 1 };

bool lab_fits_below(const struct app *app) {
    return app->width >= LAB_WIDTH && app->height >= LAB_HEIGHT;
}

static const char *end_name(enum tw_end end) {
    return end == TW_CLIENT ? "client" : "server";
}

static enum role end_role(enum tw_end end) {
    return end == TW_CLIENT ? ROLE_CLIENT : ROLE_SERVER;
}

// --- The sockets of one end, in rows; what belongs to one socket is indented below it.

struct column {
    struct canvas *canvas;
    struct area area;
    int x, y;
    int socket_y;  // where the last socket begins
    size_t hidden; // sockets for which there is no room
};

static bool new_row(struct column *column, int x) {
    if (column->y + 1 >= column->area.height)
        return false;
    column->y++;
    column->x = x;
    return true;
}

// One more word about a socket: on its row or below it.
static void put_word(struct column *column, const char *text, enum role role) {
    enum { INDENT = 3 };
    int width = canvas_text_width(text);
    bool fits = column->x + width <= column->area.width;
    if (!fits && (column->x <= INDENT || !new_row(column, INDENT)))
        return;
    column->x = canvas_text(column->canvas, column->area, column->x, column->y, text, role) + 2;
}

static bool waits_for_ack(const struct tw_kernel_socket *kernel) {
    return kernel->state == TW_SYN_RECEIVED && kernel->inode == 0;
}

static void put_kernel(const struct app *app, struct column *column, enum tw_end end,
                       const struct tw_kernel_socket *kernel) {
    const struct tw_lab_view *view = &app->lab.view;
    size_t opening = 0;
    for (size_t i = 0; i < view->kernel_count[end]; i++)
        opening += waits_for_ack(&view->kernel[end][i]) &&
                   view->kernel[end][i].tuple.local_port == kernel->tuple.local_port;
    struct kernel_word words[KERNEL_WORDS];
    int count = kernel_words(kernel, opening, words);
    for (int i = 0; i < count; i++)
        put_word(column, words[i].text, words[i].role);
}

// Begins a socket's row: its name and its state.
static bool put_socket(struct column *column, const char *name, enum tw_state state, bool chosen,
                       uint32_t cursor) {
    if (!new_row(column, 1)) {
        column->hidden++;
        return false;
    }
    column->socket_y = column->y;
    if (chosen)
        canvas_put(column->canvas, column->area, 0, column->y, cursor, ROLE_KEY);
    column->x = canvas_text(column->canvas, column->area, 1, column->y, name, ROLE_TEXT) + 1;
    put_word(column, tw_state_name(state), state_role(state));
    return true;
}

static void put_process_socket(const struct app *app, struct column *column,
                               const struct tw_lab_socket *socket, bool chosen) {
    const struct tw_kernel_socket *kernel = lab_kernel(app, socket);
    const struct tw_witness *witness = app->lab.view.witness;
    char text[2 * TW_LAB_NAME + 4];
    bool own = strcmp(socket->process, end_name(socket->end)) == 0;
    snprintf(text, sizeof text, "%s%s%s", own ? "" : socket->process, own ? "" : " ", socket->name);
    enum tw_state state = kernel != NULL      ? kernel->state
                          : socket->listening ? TW_LISTEN
                                              : TW_CLOSED;
    if (!put_socket(column, text, state, chosen, glyph(app->ascii, GLYPH_CURSOR)))
        return;
    snprintf(text, sizeof text, ":%u", socket->tuple.local_port);
    if (socket->tuple.version != 0 && (socket->listening || kernel == NULL))
        put_word(column, text, ROLE_FAINT);
    if (kernel != NULL)
        put_kernel(app, column, socket->end, kernel);
    if (socket->pending != TW_LAB_NO_CALL && witness != NULL &&
        socket->pending < witness->call_count) {
        char blocked[TEXT];
        const char *call = witness->calls[socket->pending].text;
        const char *made = strstr(call, " = "); // "t = accept(s)"
        call = made != NULL ? made + 3 : call;
        snprintf(blocked, sizeof blocked, _("blocked: %.*s()"), (int)strcspn(call, "("), call);
        put_word(column, blocked, ROLE_WARNING);
    }
}

static bool has_process(const struct app *app, enum tw_end end,
                        const struct tw_kernel_socket *kernel) {
    const struct tw_lab_view *view = &app->lab.view;
    for (size_t i = 0; i < view->socket_count; i++)
        if (view->sockets[i].end == end && lab_kernel(app, &view->sockets[i]) == kernel)
            return true;
    return false;
}

// Listeners first, then the socket that the keys are about, the others, and what no process has.
static void draw_sockets(const struct app *app, struct column *column, enum tw_end end) {
    enum { LISTENERS, CHOSEN, OTHERS, PASSES };
    const struct tw_lab_view *view = &app->lab.view;
    const struct tw_lab_socket *mine = app->lab.end == end ? lab_socket(app) : NULL;
    for (int pass = LISTENERS; pass < PASSES; pass++)
        for (size_t i = 0; i < view->socket_count; i++) {
            const struct tw_lab_socket *socket = &view->sockets[i];
            int its = socket->listening ? LISTENERS : socket == mine ? CHOSEN : OTHERS;
            if (socket->end == end && pass == its)
                put_process_socket(app, column, socket, socket == mine);
        }
    for (size_t i = 0; i < view->kernel_count[end]; i++) {
        const struct tw_kernel_socket *kernel = &view->kernel[end][i];
        if (!has_process(app, end, kernel) && put_socket(column, "-", kernel->state, false, ' '))
            put_kernel(app, column, end, kernel);
    }
}

// The heading: the end, or the key that chooses it, and how long what it sends takes.
static void draw_end_heading(const struct app *app, struct canvas *canvas, struct area area,
                             enum tw_end end) {
    const struct lab *lab = &app->lab;
    bool chosen = lab->end == end, held = lab->view.holding[end];
    const char *key = action_info(end == TW_CLIENT ? ACTION_AT_CLIENT : ACTION_AT_SERVER)->keys;
    char text[TEXT], time[TEXT];
    snprintf(text, sizeof text, chosen ? "[%s]" : "  %s", end_name(end));
    int x = canvas_text(canvas, area, 0, 0, text, chosen ? ROLE_CHOSEN : end_role(end));
    if (!chosen)
        canvas_text(canvas, area, 0, 0, key, ROLE_KEY);
    snprintf(text, sizeof text, held ? _("holds all") : _("delay %s"),
             short_time(lab->view.delay[end], true, time));
    canvas_text(canvas, area, x + 1, 0, text, held ? ROLE_WARNING : ROLE_FAINT);
}

// The last call of an end, with its result.
static void draw_last_call(const struct app *app, struct canvas *canvas, struct area area, int y,
                           enum tw_end end) {
    const struct tw_witness *witness = app->lab.view.witness;
    for (size_t i = witness != NULL ? witness->call_count : 0; i-- > 0;) {
        const struct tw_witness_call *call = &witness->calls[i];
        if (call->end != end)
            continue;
        char text[400];
        snprintf(text, sizeof text, "%s%s%s", call->text, call->result != NULL ? " = " : " ...",
                 call->result != NULL ? call->result : "");
        canvas_text_elided(canvas, area, 1, y, area.width - 1, text,
                           glyph(app->ascii, GLYPH_ELLIPSIS),
                           call->error != 0 ? ROLE_WARNING : ROLE_PROOF);
        return;
    }
}

// How many sockets there was no room for: below the others, or, in few rows, beside the heading.
static void draw_hidden(const struct column *column, bool below) {
    char text[TEXT];
    int last = column->area.height - 1;
    struct area row = {column->area.x, column->area.y + last, column->area.width, 1};
    bool covers = below && column->socket_y == last;
    snprintf(text, sizeof text, _("and %zu more"), column->hidden + (covers ? 1U : 0U));
    if (below) {
        canvas_fill(column->canvas, row, ' ', ROLE_TEXT);
        canvas_text(column->canvas, row, 1, 0, text, ROLE_WARNING);
    } else {
        canvas_text_right(column->canvas, column->area, row.width - 1, 0, text, ROLE_WARNING);
    }
}

static void draw_end(const struct app *app, struct canvas *canvas, struct area area,
                     enum tw_end end, bool last_call) {
    draw_end_heading(app, canvas, area, end);
    struct column column = {.canvas = canvas, .area = area};
    column.area.height -= last_call;
    draw_sockets(app, &column, end);
    if (column.hidden > 0)
        draw_hidden(&column, last_call);
    if (last_call)
        draw_last_call(app, canvas, area, area.height - 1, end);
}

// --- The wire

// The connection of a segment on its way, as far as the story has it: the one that is shown, or
// one of the newest.
static bool find_connection(const struct app *app, const struct tw_segment *s,
                            struct tw_connection_info *info, enum tw_end *sender) {
    const struct tw_tuple tuple = {.local = s->source,
                                   .remote = s->destination,
                                   .local_port = s->source_port,
                                   .remote_port = s->destination_port,
                                   .version = s->version};
    if (app->view == VIEW_CONNECTION && lab_same(&app->ladder.info, &tuple, sender)) {
        *info = app->ladder.info;
        return true;
    }
    size_t count = tw_story_count(app->story);
    for (size_t i = 0; i < count && i < CONNECTIONS_LOOKED_AT; i++) {
        tw_story_info(tw_story_at(app->story, count - 1 - i), info);
        if (lab_same(info, &tuple, sender))
            return true;
    }
    return false;
}

// As the ladder says it. Numbers are left out while nothing of that end has been captured.
static enum role flight_text(const struct app *app, const struct tw_flight *flight, int room,
                             char text[SEGMENT_TEXT]) {
    const struct tw_segment *s = &flight->segment;
    struct tw_ladder ladder = {.connection = NULL, .absolute = app->absolute};
    enum tw_end sender = flight->from;
    bool found = find_connection(app, s, &ladder.info, &sender);
    struct tw_end_info *end = &ladder.info.end[sender], *other = &ladder.info.end[tw_other(sender)];
    bool numbers = (s->flags & TW_SYN) != 0 || (found && end->packets > 0);
    if (s->flags & TW_SYN)
        end->initial_seq = s->seq;
    if ((s->flags & TW_ACK) && other->packets == 0)
        numbers = false;
    const struct tw_story_segment segment = {.seq = s->seq,
                                             .ack = s->ack,
                                             .length = s->length,
                                             .window = s->window,
                                             .flags = s->flags,
                                             .sender = (uint8_t)sender};
    char prefix[32] = "";
    if (found && app->view == VIEW_CONNECTION && ladder.info.number != app->ladder.info.number)
        snprintf(prefix, sizeof prefix, "#%" PRIu64 " ", ladder.info.number);
    const char *mark = flight->injected ? _("forged") : flight->copy ? _("copy") : "";
    char what[SEGMENT_TEXT];
    int others = canvas_text_width(prefix) + (mark[0] != '\0' ? canvas_text_width(mark) + 1 : 0);
    segment_text(&ladder, &segment, numbers ? room - others : 0, what);
    snprintf(text, SEGMENT_TEXT, "%s%.60s%s%s", prefix, what, mark[0] != '\0' ? " " : "", mark);
    return segment_role(&segment);
}

static void draw_flight(const struct app *app, struct canvas *canvas, struct area area, int y,
                        const struct tw_flight *flight, bool chosen) {
    enum { NOTE = 6, TRACK_LEAST = 5, TRACK_MOST = 16 };
    int track = area.width / 6 < TRACK_LEAST ? TRACK_LEAST : area.width / 6;
    if (track > TRACK_MOST)
        track = TRACK_MOST;
    bool held = flight->lands == TW_NO_TIME, right = flight->from == TW_CLIENT;
    char text[SEGMENT_TEXT], note[TEXT];
    int at = area.width - NOTE - track;
    enum role role = flight_text(app, flight, at - CURSOR_AT - 1, text);
    if (chosen)
        canvas_put(canvas, area, 0, y, glyph(app->ascii, GLYPH_CURSOR), ROLE_KEY);
    canvas_text_elided(canvas, area, CURSOR_AT, y, at - CURSOR_AT - 1, text,
                       glyph(app->ascii, GLYPH_ELLIPSIS), role);
    int tip = (int)(flight->at * (double)(track - 1) + 0.5);
    for (int i = 0; i < tip; i++)
        canvas_put(canvas, area, at + (right ? i : track - 1 - i), y,
                   glyph(app->ascii, GLYPH_TRAIL), ROLE_FAINT);
    canvas_put(canvas, area, at + (right ? tip : track - 1 - tip), y,
               glyph(app->ascii, right ? GLYPH_HEAD_RIGHT : GLYPH_HEAD_LEFT),
               held ? ROLE_WARNING : ROLE_FLYING);
    canvas_text_right(canvas, area, area.width - 1, y,
                      held ? _("held") : short_time(flight->lands - app->lab.now, false, note),
                      held ? ROLE_WARNING : ROLE_TEXT);
}

static bool holds_any(const struct tw_lab_view *view) {
    for (size_t i = 0; i < view->flight_count; i++)
        if (view->flights[i].lands == TW_NO_TIME)
            return true;
    return false;
}

static void draw_wire(const struct app *app, struct canvas *canvas, struct area area,
                      bool heading) {
    const struct tw_lab_view *view = &app->lab.view;
    char text[TEXT];
    if (heading) {
        snprintf(text, sizeof text,
                 view->flight_count > 0 ? _("on the wire: %zu") : _("on the wire"),
                 view->flight_count);
        canvas_text(canvas, area, CURSOR_AT, 0, text, ROLE_HEADING);
        if (!view->tap_on)
            canvas_text_right(canvas, area, area.width - 1, 0, _("tap off"), ROLE_WARNING);
        area.y++;
        area.height--;
    }
    if (holds_any(view)) {
        area.height--;
        canvas_text(canvas, (struct area){area.x, area.y + area.height, area.width, 1}, CURSOR_AT,
                    0, _("held: the kernels' timers run on"), ROLE_WARNING);
    }
    size_t chosen = lab_flight(app), rows = area.height > 0 ? (size_t)area.height : 0;
    size_t top = chosen >= rows ? chosen - rows + 1 : 0;
    for (size_t i = 0; i < rows && top + i < view->flight_count; i++)
        draw_flight(app, canvas, area, (int)i, &view->flights[top + i], top + i == chosen);
    if (view->flight_count == 0)
        canvas_text(canvas, area, CURSOR_AT, 0, _("nothing"), ROLE_FAINT);
}

// --- The calls

// Whether a call makes sense now at the chosen end. The keys work in any case: then the kernel
// says why not.
static bool makes_sense(const struct app *app, enum action action) {
    const struct tw_lab_socket *socket = lab_socket(app), *listener = lab_listener(app);
    const struct tw_kernel_socket *kernel = socket != NULL ? lab_kernel(app, socket) : NULL;
    enum tw_state state = kernel != NULL ? kernel->state : TW_CLOSED;
    bool idle = socket != NULL && socket->pending == TW_LAB_NO_CALL;
    switch (action) {
    case ACTION_LISTEN: return listener == NULL;
    case ACTION_ACCEPT: return listener != NULL && listener->pending == TW_LAB_NO_CALL;
    case ACTION_SEND:
    case ACTION_SHUTDOWN: return idle && (state == TW_ESTABLISHED || state == TW_CLOSE_WAIT);
    case ACTION_RECV: return idle && state >= TW_ESTABLISHED;
    case ACTION_CLOSE:
    case ACTION_ABORT: return idle;
    default: return true;
    }
}

static void draw_calls(const struct app *app, struct canvas *canvas, struct area area, int y) {
    static const struct {
        enum action action;
        const char *word;
    } calls[] = {
        {ACTION_ACCEPT, "accept"},     {ACTION_SEND, "send"},       {ACTION_RECV, "recv"},
        {ACTION_SHUTDOWN, "shutdown"}, {ACTION_CLOSE, "close"},     {ACTION_ABORT, "abort"},
        {ACTION_LISTEN, "listen"},     {ACTION_CONNECT, "connect"},
    };
    const struct tw_lab_socket *socket = lab_socket(app);
    enum tw_end end = app->lab.end;
    int x = canvas_text(canvas, area, 1, y, end_name(end), end_role(end));
    if (socket != NULL)
        x = canvas_text(canvas, area, x + 1, y, socket->name, end_role(end));
    x = canvas_text(canvas, area, x, y, ":", end_role(end)) + 1;
    for (size_t i = 0; i < TW_COUNT(calls); i++) {
        char key[2] = {action_info(calls[i].action)->keys[0], '\0'};
        if (!makes_sense(app, calls[i].action) || x + 2 + (int)strlen(calls[i].word) > area.width)
            continue;
        x = canvas_text(canvas, area, x, y, key, ROLE_KEY) + 1;
        x = canvas_text(canvas, area, x, y, calls[i].word, ROLE_TEXT) + 2;
    }
}

// --- All of it

// What the scenario is at, on the rule above.
static void draw_statement(const struct app *app, struct canvas *canvas, struct area area) {
    const struct tw_lab_view *view = &app->lab.view;
    draw_rule(app, canvas, area, 0);
    char text[400];
    if (view->statement != NULL)
        snprintf(text, sizeof text, _(" line %u  %s "), view->line, view->statement);
    else
        snprintf(text, sizeof text, "%s", _(" the lab "));
    canvas_text_elided(canvas, area, 2, 0, area.width - 4, text, glyph(app->ascii, GLYPH_ELLIPSIS),
                       view->statement != NULL ? ROLE_WHY : ROLE_HEADING);
}

void draw_lab(const struct app *app, struct canvas *canvas, struct area area) {
    enum { FRAME = 2 }; // the rule and the calls
    draw_statement(app, canvas, area);
    int height = area.height - FRAME;
    if (area.width >= LAB_WIDTH) {
        int side = area.width / 4 + 2;
        struct area client = {area.x, area.y + 1, side, height};
        struct area wire = {area.x + side + 1, client.y, area.width - 2 * side - 2, height};
        struct area server = {area.x + area.width - side, client.y, side, height};
        for (int y = 0; y < height; y++) {
            canvas_put(canvas, area, side, y + 1, glyph(app->ascii, GLYPH_LIFELINE), ROLE_RULE);
            canvas_put(canvas, area, area.width - side - 1, y + 1,
                       glyph(app->ascii, GLYPH_LIFELINE), ROLE_RULE);
        }
        draw_end(app, canvas, client, TW_CLIENT, true);
        draw_wire(app, canvas, wire, true);
        draw_end(app, canvas, server, TW_SERVER, true);
    } else {
        int rows = height / 3;
        struct area client = {area.x, area.y + 1, area.width, rows};
        struct area wire = {area.x, client.y + rows, area.width, height - 2 * rows};
        struct area server = {area.x, wire.y + wire.height, area.width, rows};
        draw_end(app, canvas, client, TW_CLIENT, false);
        draw_wire(app, canvas, wire, false);
        draw_end(app, canvas, server, TW_SERVER, false);
    }
    draw_calls(app, canvas, area, area.height - 1);
}

// Before there is a connection: how to begin.
void view_lab(const struct app *app, struct canvas *canvas) {
    enum { TITLE = 1, HINT = 3, KEYS = 1 };
    static const char free_play[] =
        N_("s L: the server listens, c C: the client connects. Then s A "
           "accepts it. Type calls with :, ? tells all keys.");
    static const char scenario[] = N_("The scenario runs. Its first connection is opened here.");
    struct area area = canvas_area(canvas);
    int x = canvas_text(canvas, area, 1, 0, "tcpwalk", ROLE_TITLE) + 2;
    canvas_text_elided(canvas, area, x, 0, area.width - x - 1, app->source_name,
                       glyph(app->ascii, GLYPH_ELLIPSIS), ROLE_TEXT);
    canvas_text_wrapped(canvas, area, 1, TITLE, area.width - 2, HINT,
                        _(app->lab.view.statement != NULL ? scenario : free_play), ROLE_WHY);
    int height = area.height - TITLE - HINT - KEYS;
    draw_lab(app, canvas, (struct area){0, TITLE + HINT, area.width, height});
    draw_keys(app, canvas, area, area.height - 1);
}
