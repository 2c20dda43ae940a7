// SPDX-License-Identifier: MIT
// The socket calls of a random program. Each connection of a client has a process of its own, so
// that a connect() that blocks can be given up.
#include "calls.h"

#include <string.h>
#include <sys/socket.h>

// Whether the ladder has the call: not what every program does to begin with.
static bool is_told(const struct tw_lab_request *request) {
    switch (request->call) {
    case TW_CALL_CONNECT:
    case TW_CALL_SEND:
    case TW_CALL_RECV:
    case TW_CALL_SHUTDOWN:
    case TW_CALL_CLOSE:
    case TW_CALL_CRASH: return true;
    case TW_CALL_SETSOCKOPT: return request->sockopt->option == SO_LINGER;
    default: return false;
    }
}

static void note_call(struct run *run, const struct tw_witness_call *made) {
    struct program *p = run->program;
    if (p->call_count == CALLS_MAX) {
        run_fail(run, TW_MEMORY, "more than %d calls", CALLS_MAX);
        return;
    }
    struct call *call = &p->calls[p->call_count];
    *call = (struct call){
        .end = made->end, .time = made->begun, .ports = find_ports(p, made->end, &made->tuple)};
    snprintf(call->text, sizeof call->text, "%s = %s", made->text,
             made->result != NULL ? made->result : "...");
    snprintf(run->label, sizeof run->label, "%s %.70s", made->end == TW_CLIENT ? "A" : "B",
             made->text);
    note_event(run, EVENT_CALL, p->call_count++);
}

// Makes a call and notes it with its result. False where it failed; *call is its index.
static bool do_call(struct player *player, const struct handle *at, struct tw_lab_request request,
                    size_t *call) {
    struct run *run = &player->run;
    request.process = at->process;
    if (run->status == TW_OK) {
        run->status = tw_lab_call(run->lab, &request, call, &run->error);
    }
    if (run->status != TW_OK) {
        return false;
    }
    struct tw_lab_view view;
    tw_lab_view_get(run->lab, &view);
    const struct tw_witness_call *made = &view.witness->calls[*call];
    if (is_told(&request)) {
        note_call(run, made);
    }
    bool failed = made->returned != TW_NO_TIME && made->error != 0;
    absorb(run);
    return !failed;
}

static bool simple_call(struct player *player, const struct handle *at,
                        struct tw_lab_request request) {
    size_t call;
    request.socket = at->name;
    return do_call(player, at, request, &call);
}

static const struct tw_lab_sockopt *sockopt(const char *name) {
    const struct tw_lab_sockopt *found = NULL;
    for (size_t i = 0; i < tw_lab_sockopt_count() && found == NULL; i++) {
        const struct tw_lab_sockopt *option = tw_lab_sockopt_at(i);
        found = strcmp(option->name, name) == 0 ? option : NULL;
    }
    return found;
}

static bool set(struct player *player, const struct handle *at, const char *name, int value,
                int second) {
    const struct tw_lab_sockopt *option = sockopt(name);
    if (option == NULL) {
        return run_fail(&player->run, TW_USAGE, "the lab does not know %s", name);
    }
    return simple_call(player, at,
                       (struct tw_lab_request){.call = TW_CALL_SETSOCKOPT,
                                               .sockopt = option,
                                               .values = {value, second}});
}

static void new_name(struct player *player, char letter, char name[TW_LAB_NAME]) {
    snprintf(name, TW_LAB_NAME, "%c%u", letter, ++player->names);
}

static struct handle new_handle(struct player *player, const char *process, char letter) {
    struct handle handle;
    snprintf(handle.process, sizeof handle.process, "%s", process);
    new_name(player, letter, handle.name);
    return handle;
}

// A process like `parent`, which has the same sockets.
static void fork_process(struct player *player, const char *parent, char child[TW_LAB_NAME]) {
    struct handle at = {.name = ""};
    size_t call;
    snprintf(at.process, sizeof at.process, "%s", parent);
    new_name(player, 'p', child);
    (void)do_call(player, &at, (struct tw_lab_request){.call = TW_CALL_FORK, .name = child}, &call);
}

static void exit_process(struct player *player, const char *process) {
    struct handle at = {.name = ""};
    size_t call;
    snprintf(at.process, sizeof at.process, "%s", process);
    (void)do_call(player, &at, (struct tw_lab_request){.call = TW_CALL_EXIT}, &call);
}

static void open_socket(struct player *player, const struct handle *at) {
    size_t call;
    (void)do_call(player, at, (struct tw_lab_request){.call = TW_CALL_SOCKET, .name = at->name},
                  &call);
    (void)set(player, at, "SO_REUSEADDR", 1, 0);
}

static void begin_accept(struct player *player) {
    const struct handle listener = {"server", "listener"};
    char name[TW_LAB_NAME];
    new_name(player, 'b', name);
    (void)do_call(
        player, &listener,
        (struct tw_lab_request){.call = TW_CALL_ACCEPT, .socket = listener.name, .name = name},
        &player->accepting);
}

void begin_listen(struct player *player) {
    const struct handle listener = {"server", "listener"};
    open_socket(player, &listener);
    (void)simple_call(
        player, &listener,
        (struct tw_lab_request){.call = TW_CALL_BIND, .port = player->run.program->server_port});
    (void)simple_call(player, &listener,
                      (struct tw_lab_request){.call = TW_CALL_LISTEN, .value = 16});
    begin_accept(player);
}

static const struct tw_lab_socket *socket_of(const struct tw_lab_view *view,
                                             const struct handle *at) {
    for (size_t i = 0; i < view->socket_count; i++) {
        if (strcmp(view->sockets[i].name, at->name) == 0 &&
            strcmp(view->sockets[i].process, at->process) == 0) {
            return &view->sockets[i];
        }
    }
    return NULL;
}

// Connections that came out of accept() belong to the program.
void take_accepted(struct player *player) {
    struct run *run = &player->run;
    struct tw_lab_view view;
    while (player->accepting != TW_LAB_NO_CALL && run->status == TW_OK) {
        tw_lab_view_get(run->lab, &view);
        const struct tw_witness_call *call = &view.witness->calls[player->accepting];
        if (call->returned == TW_NO_TIME || call->result == NULL) {
            return;
        }
        struct handle accepted = {.process = "server"};
        snprintf(accepted.name, sizeof accepted.name, "%s", call->result);
        const struct tw_lab_socket *socket = socket_of(&view, &accepted);
        for (size_t i = player->connection_count; socket != NULL && i-- > 0;) {
            struct connection *c = &player->connections[i];
            if (run->program->client_ports[c->ports] == socket->tuple.remote_port) {
                c->ends[TW_SERVER] = accepted; // an older one there stays open, and is forgotten
                break;
            }
        }
        begin_accept(player);
    }
}

bool begin_connect(struct player *player, struct connection *connection, enum tw_end end) {
    struct program *p = player->run.program;
    struct handle *at = &connection->ends[end];
    char process[TW_LAB_NAME];
    fork_process(player, end == TW_CLIENT ? "client" : "server", process);
    *at = new_handle(player, process, end == TW_CLIENT ? 'a' : 'b');
    uint16_t ports[] = {p->client_ports[connection->ports], p->server_port};
    open_socket(player, at);
    if (simple_call(player, at,
                    (struct tw_lab_request){.call = TW_CALL_BIND, .port = ports[end]}) &&
        simple_call(
            player, at,
            (struct tw_lab_request){.call = TW_CALL_CONNECT, .port = ports[tw_other(end)]})) {
        return true;
    }
    exit_process(player, at->process);
    at->name[0] = '\0';
    return false;
}

// A blocked call keeps its socket. Its process dies, and a child of it goes on with the socket.
static void take_over(struct player *player, struct handle *at) {
    char child[TW_LAB_NAME];
    fork_process(player, at->process, child);
    exit_process(player, at->process);
    memcpy(at->process, child, sizeof at->process);
}

// What the kernel has for the program to read, and what it has not sent yet.
static void queues_of(const struct tw_lab_view *view, const struct tw_lab_socket *socket,
                      uint32_t *receive, uint32_t *send) {
    *receive = *send = 0;
    for (size_t i = 0; i < view->kernel_count[socket->end]; i++) {
        const struct tw_kernel_socket *k = &view->kernel[socket->end][i];
        if (k->state != TW_LISTEN && k->tuple.local_port == socket->tuple.local_port &&
            k->tuple.remote_port == socket->tuple.remote_port) {
            *receive = k->receive_queue;
            *send = k->send_queue;
        }
    }
}

static enum tw_call choose_call(struct run *run, bool *aborts) {
    static const struct {
        enum tw_call call;
        unsigned weight;
        bool aborts, hard_only;
    } choices[] = {{TW_CALL_SEND, 30, false, false},    {TW_CALL_RECV, 20, false, false},
                   {TW_CALL_SHUTDOWN, 9, false, false}, {TW_CALL_CLOSE, 20, false, false},
                   {TW_CALL_CLOSE, 4, true, false},     {TW_CALL_CRASH, 3, false, true}};
    unsigned sum = run->program->mode == MODE_HARD ? 86 : 83;
    size_t rest = below(run, sum), i = 0;
    while (rest >= choices[i].weight) {
        rest -= choices[i++].weight;
    }
    *aborts = choices[i].aborts;
    return choices[i].call;
}

// send() and recv() are made where they do not block.
static void transfer(struct player *player, const struct handle *at, enum tw_call call) {
    enum { MUCH = 40000 };
    static const size_t lengths[] = {1, 10, 500, 1400, 4000};
    size_t length = lengths[below(&player->run, TW_COUNT(lengths))];
    uint32_t readable, unsent;
    struct tw_lab_view view;
    tw_lab_view_get(player->run.lab, &view);
    const struct tw_lab_socket *socket = socket_of(&view, at);
    if (socket == NULL || socket->pending != TW_LAB_NO_CALL) {
        return;
    }
    queues_of(&view, socket, &readable, &unsent);
    if (call == TW_CALL_SEND && unsent < MUCH) {
        (void)simple_call(player, at, (struct tw_lab_request){.call = call, .length = length});
    } else if (call == TW_CALL_RECV && readable > 0) {
        (void)simple_call(player, at, (struct tw_lab_request){.call = call, .length = 65536});
    }
}

void random_call(struct player *player, struct connection *connection, enum tw_end end) {
    struct run *run = &player->run;
    struct handle *at = &connection->ends[end];
    bool aborts;
    enum tw_call call = choose_call(run, &aborts);
    struct tw_lab_view view;
    tw_lab_view_get(run->lab, &view);
    const struct tw_lab_socket *socket = socket_of(&view, at);
    if (socket == NULL) {
        run_fail(run, TW_UNMET, "%s has no socket %s", at->process, at->name);
        return;
    }
    if (call == TW_CALL_SEND || call == TW_CALL_RECV) {
        transfer(player, at, call);
        return;
    }
    if (socket->pending != TW_LAB_NO_CALL && call != TW_CALL_CRASH) {
        if (strcmp(at->process, "server") == 0) {
            return; // the listener's process goes on
        }
        take_over(player, at);
    }
    if (call == TW_CALL_SHUTDOWN) {
        (void)simple_call(player, at, (struct tw_lab_request){.call = call, .value = SHUT_WR});
        return;
    }
    if (aborts) {
        (void)set(player, at, "SO_LINGER", 1, 0);
    }
    if (!simple_call(player, at, (struct tw_lab_request){.call = call}) && call == TW_CALL_CRASH) {
        (void)simple_call(player, at, (struct tw_lab_request){.call = TW_CALL_CLOSE});
    }
    at->name[0] = '\0';
}
