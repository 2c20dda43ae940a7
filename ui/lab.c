// SPDX-License-Identifier: MIT
// The lab by keys: which socket and which segment a key is about, and what it asks of the lab.
#include "app.h"
#include "ui.h"

#include "views/views.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

enum { PORT = 9734, BACKLOG = 5, RECV_MOST = 1000 }; // of the calls that keys make
enum { PLACES = 50 };                                // that are told apart on a segment's way
static const tw_time soon = 10 * TW_SECOND;          // from then on a clock shows tenths

static const char *end_name(enum tw_end end) {
    return end == TW_CLIENT ? "client" : "server";
}

static void look(struct lab *lab) {
    lab->hooks->view(lab->hooks->context, &lab->view, &lab->now);
}

static void say(struct app *app, const char *message) {
    if (message != NULL)
        snprintf(app->notice, sizeof app->notice, "%s", message);
}

static bool same_address(const struct tw_address *a, const struct tw_address *b) {
    return memcmp(a, b, sizeof *a) == 0;
}

bool lab_same(const struct tw_connection_info *info, const struct tw_tuple *tuple,
              enum tw_end *end) {
    for (int i = 0; i < TW_END_COUNT && tuple->version == info->version; i++) {
        const struct tw_end_info *own = &info->end[i],
                                 *other = &info->end[tw_other((enum tw_end)i)];
        if (own->port == tuple->local_port && other->port == tuple->remote_port &&
            same_address(&own->address, &tuple->local) &&
            same_address(&other->address, &tuple->remote)) {
            *end = (enum tw_end)i;
            return true;
        }
    }
    return false;
}

const struct tw_lab_socket *lab_socket(const struct app *app) {
    const struct lab *lab = &app->lab;
    const struct tw_lab_socket *newest = NULL;
    for (size_t i = 0; i < lab->view.socket_count; i++) {
        const struct tw_lab_socket *socket = &lab->view.sockets[i];
        enum tw_end end;
        if (socket->end != lab->end || socket->listening)
            continue;
        newest = socket;
        if (app->view == VIEW_CONNECTION && socket->tuple.version != 0 &&
            lab_same(&app->ladder.info, &socket->tuple, &end))
            return socket;
    }
    return newest;
}

const struct tw_lab_socket *lab_listener(const struct app *app) {
    const struct tw_lab_view *view = &app->lab.view;
    for (size_t i = view->socket_count; i-- > 0;)
        if (view->sockets[i].end == app->lab.end && view->sockets[i].listening)
            return &view->sockets[i];
    return NULL;
}

const struct tw_kernel_socket *lab_kernel(const struct app *app,
                                          const struct tw_lab_socket *socket) {
    const struct tw_lab_view *view = &app->lab.view;
    const struct tw_tuple *a = &socket->tuple;
    for (size_t i = 0; i < view->kernel_count[socket->end] && a->version != 0; i++) {
        const struct tw_kernel_socket *kernel = &view->kernel[socket->end][i];
        const struct tw_tuple *b = &kernel->tuple;
        if (a->local_port != b->local_port || (kernel->state == TW_LISTEN) != socket->listening)
            continue;
        // A listener's address may be any; nobody else listens on its port.
        if (socket->listening ||
            (a->remote_port == b->remote_port && a->version == b->version &&
             same_address(&a->local, &b->local) && same_address(&a->remote, &b->remote)))
            return kernel;
    }
    return NULL;
}

size_t lab_flight(const struct app *app) {
    const struct tw_lab_view *view = &app->lab.view;
    for (size_t i = 0; i < view->flight_count; i++)
        if (view->flights[i].id >= app->lab.flight)
            return i;
    return 0; // which is their number, where there is none
}

bool lab_flying(const struct app *app) {
    const struct tw_lab_view *view = &app->lab.view;
    for (size_t i = 0; i < view->flight_count; i++)
        if (view->flights[i].lands != TW_NO_TIME)
            return true;
    return false;
}

static uint64_t stir(uint64_t hash, const void *octets, size_t length) {
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ ((const unsigned char *)octets)[i]) * 0x100000001b3; // FNV-1a
    return hash;
}

// Of all that a picture of the lab is made of. A timer counts as it is written, in tenths of a
// second or in seconds.
static uint64_t fingerprint(const struct tw_lab_view *view) {
    uint64_t hash = 0xcbf29ce484222325;
    for (size_t i = 0; i < view->flight_count; i++) {
        const struct tw_flight *flight = &view->flights[i];
        const uint64_t parts[] = {flight->id, (uint64_t)flight->lands,
                                  (uint64_t)(flight->at * PLACES)};
        hash = stir(hash, parts, sizeof parts);
    }
    for (size_t i = 0; i < view->socket_count; i++) {
        const struct tw_lab_socket *socket = &view->sockets[i];
        const uint64_t parts[] = {(uint64_t)socket->fd, socket->listening, socket->pending,
                                  socket->tuple.local_port};
        hash = stir(stir(hash, parts, sizeof parts), socket->name, strlen(socket->name));
    }
    for (int end = 0; end < TW_END_COUNT; end++)
        for (size_t i = 0; i < view->kernel_count[end]; i++) {
            const struct tw_kernel_socket *k = &view->kernel[end][i];
            tw_time shown =
                k->expires < soon ? k->expires / (TW_SECOND / 10) : k->expires / TW_SECOND;
            const uint64_t parts[] = {(uint64_t)end,
                                      k->tuple.local_port,
                                      k->tuple.remote_port,
                                      k->state,
                                      k->receive_queue,
                                      k->send_queue,
                                      k->timer,
                                      k->timer != TW_TIMER_NONE ? (uint64_t)shown : 0,
                                      k->retransmits,
                                      k->inode};
            hash = stir(hash, parts, sizeof parts);
        }
    const struct tw_witness *witness = view->witness;
    for (size_t i = witness != NULL ? witness->call_count : 0, n = 0; i-- > 0 && n < 8; n++)
        hash = stir(hash, &witness->calls[i].returned, sizeof witness->calls[i].returned);
    const uint64_t parts[] = {witness != NULL ? witness->call_count : 0,
                              view->holding[TW_CLIENT],
                              view->holding[TW_SERVER],
                              view->tap_on,
                              (uint64_t)view->delay[TW_CLIENT],
                              (uint64_t)view->delay[TW_SERVER],
                              view->line,
                              view->statement != NULL};
    return stir(hash, parts, sizeof parts);
}

static void open_connection(struct app *app, size_t connection) {
    app->list.cursor = connection;
    playback_open(app, connection);
    playback_act(app, ACTION_LAST);
}

// What is shown seemed to be a connection, and was none: a SYN that was made up.
static bool is_taken_back(const struct app *app) {
    struct tw_connection_info info;
    tw_story_info(tw_story_at(app->story, app->shown), &info);
    return info.end[TW_CLIENT].step_count == 0 && info.end[TW_SERVER].step_count == 0;
}

void lab_tick(struct app *app) {
    struct lab *lab = &app->lab;
    look(lab);
    uint64_t now = fingerprint(&lab->view);
    app->changed = app->changed || now != lab->fingerprint;
    lab->fingerprint = now;
    const char *news = lab->hooks->news(lab->hooks->context);
    app->changed = app->changed || news != NULL;
    say(app, news);
    // The newest connection is shown, unless one looks at another one, or back.
    size_t before = lab->connections;
    lab->connections = tw_story_count(app->story);
    bool follows = app->view == VIEW_CONNECTION && playback_follows(app) &&
                   app->prompt.question == ASK_NOTHING;
    if (lab->connections > before) {
        if (app->view == VIEW_LAB || (follows && (app->shown + 1 == before || lab->connecting)))
            open_connection(app, lab->connections - 1);
        lab->connecting = false;
    } else if (follows && app->shown > 0 && is_taken_back(app)) {
        open_connection(app, app->shown - 1);
    }
}

// True when the call was made and has not failed so far. What failed is said.
static bool call(struct app *app, const struct tw_lab_request *request) {
    struct lab *lab = &app->lab;
    size_t index = lab->view.witness != NULL ? lab->view.witness->call_count : 0;
    const char *message = lab->hooks->call(lab->hooks->context, request);
    say(app, message);
    look(lab);
    const struct tw_witness *witness = lab->view.witness;
    if (message != NULL || witness == NULL || index >= witness->call_count)
        return message == NULL;
    const struct tw_witness_call *made = &witness->calls[index];
    if (made->error != 0)
        snprintf(app->notice, sizeof app->notice, "%s = %s", made->text,
                 made->result != NULL ? made->result : "?");
    lab->connecting |= request->call == TW_CALL_CONNECT && made->error == 0;
    return made->error == 0;
}

// A name that no socket has: "c", "c2", "c3" ...
static void new_name(const struct lab *lab, const char *base, char name[TW_LAB_NAME]) {
    for (size_t number = 1, i = 0; number <= lab->view.socket_count + 1; number++) {
        snprintf(name, TW_LAB_NAME, number == 1 ? "%s" : "%s%zu", base, number);
        for (i = 0; i < lab->view.socket_count; i++)
            if (strcmp(lab->view.sockets[i].name, name) == 0)
                break;
        if (i == lab->view.socket_count)
            return;
    }
}

static bool make_socket(struct app *app, const char *base, char name[TW_LAB_NAME]) {
    new_name(&app->lab, base, name);
    const struct tw_lab_request request = {
        .process = end_name(app->lab.end), .call = TW_CALL_SOCKET, .name = name};
    return call(app, &request);
}

static void listen_there(struct app *app) {
    char name[TW_LAB_NAME];
    if (!make_socket(app, "l", name))
        return;
    struct tw_lab_request request = {
        .process = end_name(app->lab.end), .call = TW_CALL_BIND, .socket = name, .port = PORT};
    bool bound = call(app, &request);
    request.call = TW_CALL_LISTEN;
    request.value = BACKLOG;
    if (bound && call(app, &request))
        return;
    request.call = TW_CALL_CLOSE; // as a program does that ends with the error
    (void)call(app, &request);
}

static void connect_there(struct app *app) {
    char name[TW_LAB_NAME];
    if (!make_socket(app, "c", name))
        return;
    const struct tw_lab_request request = {
        .process = end_name(app->lab.end), .call = TW_CALL_CONNECT, .socket = name, .port = PORT};
    (void)call(app, &request);
}

static void crash_there(struct app *app) {
    const struct tw_lab_request request = {.process = end_name(app->lab.end),
                                           .call = TW_CALL_CRASH};
    (void)call(app, &request);
}

// A call on a socket that is there.
static void call_on(struct app *app, enum action action) {
    static const struct tw_lab_sockopt linger = {"SO_LINGER", SOL_SOCKET, SO_LINGER, 2};
    const struct tw_lab_socket *listener = lab_listener(app), *socket = lab_socket(app);
    if (action == ACTION_ACCEPT || (action == ACTION_CLOSE && socket == NULL))
        socket = listener;
    if (socket == NULL) {
        app_say(app,
                action == ACTION_ACCEPT ? _("%s: no socket that listens: L listens")
                : listener != NULL      ? _("%s: no socket with a connection: A accepts one")
                                        : _("%s: no socket with a connection: C connects one"),
                end_name(app->lab.end));
        return;
    }
    char process[TW_LAB_NAME], name[TW_LAB_NAME], made[TW_LAB_NAME];
    snprintf(process, sizeof process, "%s", socket->process); // the view is lent
    snprintf(name, sizeof name, "%s", socket->name);
    struct tw_lab_request request = {.process = process, .socket = name};
    switch (action) {
    case ACTION_ACCEPT:
        new_name(&app->lab, "t", made);
        request.call = TW_CALL_ACCEPT;
        request.name = made;
        break;
    case ACTION_RECV:
        request.call = TW_CALL_RECV;
        request.length = RECV_MOST;
        break;
    case ACTION_SHUTDOWN:
        request.call = TW_CALL_SHUTDOWN;
        request.value = SHUT_WR;
        break;
    case ACTION_ABORT:
        request.call = TW_CALL_SETSOCKOPT;
        request.sockopt = &linger;
        request.values[0] = 1;
        if (!call(app, &request))
            return;
        request.call = TW_CALL_CLOSE;
        break;
    default: request.call = TW_CALL_CLOSE; break;
    }
    (void)call(app, &request);
}

// A line to be typed over, in the script language.
static void ask(struct app *app, enum action action) {
    const struct lab *lab = &app->lab;
    const struct tw_lab_socket *socket = lab_socket(app);
    if (action == ACTION_SEND && socket == NULL) {
        call_on(app, action); // says why not
        return;
    }
    const char *process = socket != NULL ? socket->process : end_name(lab->end);
    const char *name = socket != NULL ? socket->name : "";
    char line[PROMPT_MAX] = "";
    if (action == ACTION_SEND)
        snprintf(line, sizeof line, "%s: send(%s, \"hello\")", process, name);
    else if (action == ACTION_INJECT)
        snprintf(line, sizeof line, "inject %s %s%sRST seq next", end_name(lab->end), name,
                 name[0] != '\0' ? " " : "");
    prompt_ask(&app->prompt, ASK_LAB, line);
}

// A call whose process is not said is one of the chosen end's.
static const char *complete_line(const struct app *app, const char *line, char whole[PROMPT_MAX]) {
    size_t call = strcspn(line, "(");
    if (line[call] == '\0' || strcspn(line, ":") < call)
        return line;
    int length = snprintf(whole, PROMPT_MAX, "%s: %s", end_name(app->lab.end), line);
    return length > 0 && length < PROMPT_MAX ? whole : line;
}

void lab_type(struct app *app, const char *line) {
    char whole[PROMPT_MAX];
    if (line[strspn(line, " ")] != '\0')
        say(app, app->lab.hooks->type(app->lab.hooks->context, complete_line(app, line, whole)));
    look(&app->lab);
}

static void choose_flight(struct app *app, bool down) {
    const struct tw_lab_view *view = &app->lab.view;
    size_t at = lab_flight(app);
    if (down ? at + 1 < view->flight_count : at > 0)
        at = down ? at + 1 : at - 1;
    if (at < view->flight_count)
        app->lab.flight = view->flights[at].id;
}

static void on_wire(struct app *app, enum ui_lab_act act) {
    struct lab *lab = &app->lab;
    size_t at = lab_flight(app);
    if (at < lab->view.flight_count)
        lab->hooks->wire(lab->hooks->context, act, lab->view.flights[at].id);
    else
        say(app, _("nothing is on the wire"));
}

bool lab_act(struct app *app, enum action action) {
    struct lab *lab = &app->lab;
    look(lab);
    switch (action) {
    case ACTION_FLIGHT_UP:
    case ACTION_FLIGHT_DOWN: choose_flight(app, action == ACTION_FLIGHT_DOWN); break;
    case ACTION_DELIVER: on_wire(app, UI_LAB_DELIVER); break;
    case ACTION_DROP: on_wire(app, UI_LAB_DROP); break;
    case ACTION_DUPLICATE: on_wire(app, UI_LAB_DUPLICATE); break;
    case ACTION_OVERTAKE: on_wire(app, UI_LAB_SWAP); break;
    case ACTION_HOLD:
        lab->hooks->hold(lab->hooks->context, lab->end, !lab->view.holding[lab->end]);
        break;
    case ACTION_AT_CLIENT: lab->end = TW_CLIENT; break;
    case ACTION_AT_SERVER: lab->end = TW_SERVER; break;
    case ACTION_LISTEN: listen_there(app); break;
    case ACTION_CONNECT: connect_there(app); break;
    case ACTION_CRASH: crash_there(app); break;
    case ACTION_ACCEPT:
    case ACTION_RECV:
    case ACTION_SHUTDOWN:
    case ACTION_CLOSE:
    case ACTION_ABORT: call_on(app, action); break;
    case ACTION_SEND:
    case ACTION_INJECT:
    case ACTION_TYPE: ask(app, action); break;
    default: return false;
    }
    look(lab);
    return true;
}
