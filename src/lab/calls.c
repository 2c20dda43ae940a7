// SPDX-License-Identifier: MIT
// Socket calls: begun, tried again while they block, and written down with what came of them.
#include "programs.h"

#include "tcpwalk/errnos.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { OCTETS_MAX = 16 << 20, STACK_PACKET_MAX = 65536 };

// How an attempt ended.
struct outcome {
    bool blocks;
    bool accepted;          // the newest socket is what accept() gave
    int error;              // errno, or 0
    char result[CALL_TEXT]; // where it is not an error
};

static struct outcome blocks(void) {
    return (struct outcome){.blocks = true};
}

static struct outcome failed(int error) {
    return (struct outcome){.error = error};
}

static struct outcome value(long long number) {
    struct outcome outcome = {0};
    snprintf(outcome.result, sizeof outcome.result, "%lld", number);
    return outcome;
}

static struct outcome named(const char *name) {
    struct outcome outcome = {0};
    snprintf(outcome.result, sizeof outcome.result, "%s", name);
    return outcome;
}

static struct outcome checked(int result) {
    return result < 0 ? failed(errno) : value(result);
}

// --- what can block

// connect() again says what became of it, and ends it as a blocking one would have ended
// (net/ipv4/af_inet.c, __inet_stream_connect): after a failure the socket can be used anew.
static struct outcome try_connect(const struct tw_lab_socket *socket) {
    struct sockaddr_storage storage;
    socklen_t length = to_sockaddr(&socket->tuple, &storage);
    if (connect(socket->fd, (struct sockaddr *)&storage, length) == 0 || errno == EISCONN) {
        return value(0);
    }
    return errno == EALREADY ? blocks() : failed(errno);
}

static struct outcome try_accept(struct calls *calls, size_t socket) {
    int fd = accept4(calls->sockets[socket].fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) {
        return errno == EAGAIN ? blocks() : failed(errno);
    }
    const struct tw_lab_socket listener = calls->sockets[socket];
    char name[TW_LAB_NAME];
    copy_name(name, calls->pending[socket].name);
    uint32_t number = ++calls->socket_number;
    const struct process *process = find_process(calls, listener.process);
    size_t made = add_socket(calls, process, name, fd, number);
    if (made == NO_SOCKET) {
        return failed(errno);
    }
    if (!remember(calls, name, listener.end, number)) {
        return failed(ENOMEM);
    }
    calls->sockets[made].version = listener.version;
    ask_addresses(calls, made, NULL);
    struct outcome outcome = named(name);
    outcome.accepted = true;
    return outcome;
}

static struct outcome try_send(struct calls *calls, size_t socket) {
    struct pending *p = &calls->pending[socket];
    int fd = calls->sockets[socket].fd;
    if (p->connecting) {
        struct outcome connected = try_connect(&calls->sockets[socket]);
        if (connected.blocks || connected.error != 0) {
            return connected;
        }
        p->connecting = false;
    }
    do {
        ssize_t sent = send(fd, p->octets + p->done, p->length - p->done, p->flags | MSG_NOSIGNAL);
        if (sent < 0 && errno == EAGAIN) {
            return blocks();
        }
        if (sent < 0) { // what was sent before counts, as with a blocking socket
            return p->done > 0 ? value((long long)p->done) : failed(errno);
        }
        p->done += (size_t)sent;
    } while (p->done < p->length);
    return value((long long)p->done);
}

static struct outcome try_recv(struct calls *calls, size_t socket) {
    struct pending *p = &calls->pending[socket];
    ssize_t got = recv(calls->sockets[socket].fd, p->octets, p->length, p->flags);
    if (got < 0) { // urgent data is not waited for (net/ipv4/tcp.c, tcp_recv_urg)
        bool waits = errno == EAGAIN && (p->flags & MSG_OOB) == 0;
        return waits ? blocks() : failed(errno);
    }
    struct received *r = &calls->received[calls->received_count++ % RECEIVED_KEPT];
    free(r->octets);
    *r = (struct received){p->octets, (size_t)got, p->index};
    p->octets = NULL;
    struct outcome outcome = value(got);
    if (got > 0) {
        char quoted[CALL_TEXT / 2];
        call_quote(r->octets, (size_t)got, quoted, sizeof quoted);
        snprintf(outcome.result, sizeof outcome.result, "%zd %s", got, quoted);
    }
    return outcome;
}

// A lingering close() returns when the FIN is acknowledged, or too late (sk_stream_wait_close).
static struct outcome try_close(struct calls *calls, size_t socket,
                                const struct tw_lab_view *view) {
    const struct tw_lab_socket *s = &calls->sockets[socket];
    for (size_t i = 0; view != NULL && i < view->kernel_count[s->end]; i++) {
        const struct tw_kernel_socket *k = &view->kernel[s->end][i];
        bool waits = k->state == TW_FIN_WAIT_1 || k->state == TW_CLOSING || k->state == TW_LAST_ACK;
        if (waits && k->tuple.local_port == s->tuple.local_port &&
            k->tuple.remote_port == s->tuple.remote_port &&
            tw_lab_now() < calls->pending[socket].lingers) {
            return blocks();
        }
    }
    return view != NULL ? value(0) : blocks();
}

static struct outcome attempt(struct calls *calls, size_t socket, const struct tw_lab_view *view) {
    switch (calls->pending[socket].call) {
    case TW_CALL_CONNECT: return try_connect(&calls->sockets[socket]);
    case TW_CALL_ACCEPT: return try_accept(calls, socket);
    case TW_CALL_SEND: return try_send(calls, socket);
    case TW_CALL_RECV: return try_recv(calls, socket);
    default: return try_close(calls, socket, view);
    }
}

// --- each call

static struct outcome do_socket(struct calls *calls, const struct process *process,
                                const struct tw_lab_request *r, uint32_t number) {
    int fd = stack_socket(&calls->stacks[process->end], calls->version);
    if (fd < 0 || add_socket(calls, process, r->name, fd, number) == NO_SOCKET) {
        return failed(errno);
    }
    return remember(calls, r->name, process->end, number) ? named(r->name) : failed(ENOMEM);
}

static struct outcome do_setsockopt(int fd, const struct tw_lab_request *r) {
    if (r->sockopt->level == SOL_SOCKET && r->sockopt->option == SO_LINGER) {
        const struct linger linger = {.l_onoff = r->values[0], .l_linger = r->values[1]};
        return checked(setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger));
    }
    return checked(
        setsockopt(fd, r->sockopt->level, r->sockopt->option, &r->values[0], sizeof r->values[0]));
}

static struct outcome do_bind(struct calls *calls, size_t socket, const struct tw_tuple *own) {
    struct sockaddr_storage storage;
    socklen_t length = to_sockaddr(own, &storage);
    struct outcome outcome =
        checked(bind(calls->sockets[socket].fd, (struct sockaddr *)&storage, length));
    ask_addresses(calls, socket, NULL);
    return outcome;
}

static struct outcome do_listen(struct tw_lab_socket *socket, int backlog) {
    struct outcome outcome = checked(listen(socket->fd, backlog));
    socket->listening |= outcome.error == 0;
    return outcome;
}

static struct outcome do_connect(struct calls *calls, size_t socket, const struct tw_tuple *to) {
    struct sockaddr_storage storage;
    socklen_t length = to_sockaddr(to, &storage);
    int result = connect(calls->sockets[socket].fd, (struct sockaddr *)&storage, length);
    int error = errno;
    if (result == 0 || error == EINPROGRESS) {
        ask_addresses(calls, socket, to);
    }
    return result == 0 ? value(0) : error == EINPROGRESS ? blocks() : failed(error);
}

static struct outcome do_send(struct calls *calls, size_t socket, const struct tw_lab_request *r,
                              const struct tw_tuple *to) {
    struct pending *p = &calls->pending[socket];
    p->octets = malloc(r->length > 0 ? r->length : 1);
    if (p->octets == NULL) {
        return failed(ENOMEM);
    }
    if (r->octets != NULL) {
        memcpy(p->octets, r->octets, r->length);
    } else {
        memset(p->octets, 'x', r->length);
    }
    p->length = r->length;
    p->flags = r->flags & ~MSG_FASTOPEN;
    if ((r->flags & MSG_FASTOPEN) == 0) {
        return try_send(calls, socket);
    }
    struct sockaddr_storage storage;
    socklen_t length = to_sockaddr(to, &storage);
    ssize_t sent = sendto(calls->sockets[socket].fd, p->octets, p->length, r->flags | MSG_NOSIGNAL,
                          (struct sockaddr *)&storage, length);
    if (sent < 0 && errno != EINPROGRESS) {
        return failed(errno);
    }
    ask_addresses(calls, socket, to);
    p->connecting = sent < 0; // without a cookie the data waits for the handshake
    p->done = sent > 0 ? (size_t)sent : 0;
    return p->done == p->length ? value((long long)p->done) : blocks();
}

static struct outcome do_recv(struct calls *calls, size_t socket, const struct tw_lab_request *r) {
    struct pending *p = &calls->pending[socket];
    p->octets = malloc(r->length > 0 ? r->length : 1);
    if (p->octets == NULL) {
        return failed(ENOMEM);
    }
    p->length = r->length;
    p->flags = r->flags;
    return try_recv(calls, socket);
}

static struct outcome do_close(struct calls *calls, size_t socket) {
    int fd = calls->sockets[socket].fd;
    struct linger linger = {0};
    socklen_t length = sizeof linger;
    bool lingers = !shared(calls, socket) &&
                   getsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, &length) == 0 &&
                   linger.l_onoff != 0 && linger.l_linger > 0;
    if (!lingers) {
        return checked(forget_socket(calls, socket));
    }
    // The wire must go on meanwhile, so the kernel does not get to wait: the call does, here.
    calls->pending[socket].lingers = tw_lab_now() + linger.l_linger * TW_SECOND;
    linger.l_onoff = 0;
    (void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
    calls->sockets[socket].fd = -1;
    return close(fd) == 0 ? blocks() : failed(errno);
}

static struct outcome do_fork(struct calls *calls, const struct process *parent,
                              const struct tw_lab_request *r) {
    if (calls->process_count == TW_LAB_PROCESSES) {
        return failed(EAGAIN);
    }
    struct process *child = &calls->processes[calls->process_count++];
    *child = (struct process){.end = parent->end};
    copy_name(child->name, r->name);
    for (size_t i = 0, count = calls->socket_count; i < count; i++) {
        const struct tw_lab_socket s = calls->sockets[i];
        if (s.fd < 0 || strcmp(s.process, parent->name) != 0) {
            continue;
        }
        int fd = dup(s.fd);
        size_t made =
            fd < 0 ? NO_SOCKET : add_socket(calls, child, s.name, fd, calls->pending[i].socket);
        if (made == NO_SOCKET) {
            return failed(errno);
        }
        calls->sockets[made].tuple = s.tuple;
        calls->sockets[made].version = s.version;
        calls->sockets[made].listening = s.listening;
    }
    return named(child->name);
}

static struct outcome do_exit(struct calls *calls, struct process *process) {
    for (size_t i = calls->socket_count; i-- > 0;) {
        if (strcmp(calls->sockets[i].process, process->name) == 0) {
            (void)forget_socket(calls, i);
        }
    }
    if (process - calls->processes >= TW_END_COUNT) { // the first of each end can go on
        size_t index = (size_t)(process - calls->processes);
        calls->process_count--;
        memmove(process, process + 1, (calls->process_count - index) * sizeof *process);
    }
    return value(0);
}

// A socket under repair is closed without a word (net/ipv4/tcp.c, __tcp_close).
static struct outcome forget_silently(struct calls *calls, size_t socket) {
    const int on = 1;
    int fd = calls->sockets[socket].fd;
    if (calls->sockets[socket].listening) {
        for (int child; (child = accept4(fd, NULL, NULL, SOCK_CLOEXEC)) >= 0; close(child)) {
            (void)setsockopt(child, IPPROTO_TCP, TCP_REPAIR, &on, sizeof on);
        }
    } else if (fd >= 0 && setsockopt(fd, IPPROTO_TCP, TCP_REPAIR, &on, sizeof on) != 0) {
        return failed(errno);
    }
    return checked(forget_socket(calls, socket));
}

// What the stack has sent meanwhile (the RSTs of what is destroyed) never reaches the wire.
static void discard(const struct stack *stack) {
    uint8_t octets[STACK_PACKET_MAX];
    while (stack_take(stack, octets, sizeof octets) > 0) {
    }
}

static void destroy(void *context, const struct tw_kernel_socket *socket) {
    const struct stack *stack = context;
    (void)tw_kernel_destroy(stack->kernel, socket);
}

// One socket with all its descriptors; or, as if the host had lost its power, all that an end has:
// what no process holds (orphans, TIME-WAIT, request sockets) is destroyed by sock_diag.
static struct outcome do_crash(struct calls *calls, enum tw_end end, size_t socket) {
    uint32_t number = socket != NO_SOCKET ? calls->pending[socket].socket : 0;
    struct outcome outcome = value(0);
    for (size_t i = calls->socket_count; i-- > 0 && outcome.error == 0;) {
        if (number != 0 ? calls->pending[i].socket == number : calls->sockets[i].end == end) {
            outcome = forget_silently(calls, i);
        }
    }
    if (number == 0) {
        struct tw_error unused;
        if (tw_kernel_sockets(calls->stacks[end].kernel, 0, ~0U, destroy,
                              (void *)&calls->stacks[end], &unused) != TW_OK) {
            outcome = failed(EIO);
        }
        discard(&calls->stacks[end]);
    }
    return outcome;
}

static struct outcome make(struct calls *calls, struct process *process, size_t socket,
                           const struct tw_lab_request *r, const struct tw_tuple *address,
                           uint32_t number) {
    int fd = socket != NO_SOCKET ? calls->sockets[socket].fd : -1;
    switch (r->call) {
    case TW_CALL_SOCKET: return do_socket(calls, process, r, number);
    case TW_CALL_SETSOCKOPT: return do_setsockopt(fd, r);
    case TW_CALL_BIND: return do_bind(calls, socket, address);
    case TW_CALL_LISTEN: return do_listen(&calls->sockets[socket], r->value);
    case TW_CALL_CONNECT: return do_connect(calls, socket, address);
    case TW_CALL_ACCEPT:
        copy_name(calls->pending[socket].name, r->name);
        return try_accept(calls, socket);
    case TW_CALL_SEND: return do_send(calls, socket, r, address);
    case TW_CALL_RECV: return do_recv(calls, socket, r);
    case TW_CALL_SHUTDOWN: return checked(shutdown(fd, r->value));
    case TW_CALL_CLOSE: return do_close(calls, socket);
    case TW_CALL_FORK: return do_fork(calls, process, r);
    case TW_CALL_EXIT: return do_exit(calls, process);
    default: return do_crash(calls, process->end, socket);
    }
}

// --- begin, go on, return

// Whose addresses a call that returned tells: accept()'s are those of the new connection.
static const struct tw_tuple *tuple_of(const struct calls *calls, size_t socket,
                                       const struct outcome *outcome) {
    return &calls->sockets[outcome->accepted ? calls->socket_count - 1 : socket].tuple;
}

static enum tw_status write_down(struct calls *calls, size_t index, const struct outcome *outcome,
                                 const struct tw_tuple *tuple) {
    char text[CALL_TEXT];
    const char *result = outcome->result;
    if (outcome->error != 0) {
        const char *name = tw_errno_name(outcome->error);
        if (name != NULL) {
            snprintf(text, sizeof text, "-1 %s", name);
        } else {
            snprintf(text, sizeof text, "-1 errno %d", outcome->error);
        }
        result = text;
    }
    return tw_witness_return(calls->witness, index, result, outcome->error, tw_lab_now(),
                             *calls->packets, tuple);
}

static void wait_for(struct calls *calls, size_t socket, enum tw_call call, size_t index) {
    struct pending *p = &calls->pending[socket];
    p->call = call;
    p->index = index;
    calls->sockets[socket].pending = index;
    bool writes = call == TW_CALL_CONNECT || call == TW_CALL_SEND;
    struct epoll_event event = {.events = writes ? EPOLLOUT : EPOLLIN};
    if (calls->sockets[socket].fd >= 0) {
        (void)epoll_ctl(calls->epoll, EPOLL_CTL_ADD, calls->sockets[socket].fd, &event);
    }
}

static enum tw_status check(struct calls *calls, const struct tw_lab_request *r,
                            const struct process *process, size_t *socket, struct tw_error *error) {
    *socket = NO_SOCKET;
    if (process == NULL) {
        return tw_fail(error, TW_USAGE, "lab: there is no process '%s'", r->process);
    }
    if (r->length > OCTETS_MAX) {
        return tw_fail(error, TW_USAGE, "lab: %zu octets: %d at most", r->length, OCTETS_MAX);
    }
    if (r->call == TW_CALL_FORK && find_process(calls, r->name) != NULL) {
        return tw_fail(error, TW_USAGE, "lab: there is a process '%s' already", r->name);
    }
    if (r->socket == NULL) {
        return TW_OK;
    }
    *socket = find_socket(calls, process->name, r->socket);
    if (*socket == NO_SOCKET) {
        return tw_fail(error, TW_USAGE, "lab: %s has no socket '%s' open", process->name,
                       r->socket);
    }
    if (calls->sockets[*socket].pending != TW_LAB_NO_CALL && r->call != TW_CALL_CRASH) {
        return tw_fail(error, TW_USAGE, "lab: %s is blocked in %s", r->socket,
                       calls->witness->calls[calls->sockets[*socket].pending].text);
    }
    return TW_OK;
}

enum tw_status lab_calls_begin(struct calls *calls, const struct tw_lab_request *request,
                               size_t *index, struct tw_error *error) {
    struct process *process = find_process(calls, request->process);
    size_t socket;
    enum tw_status status = check(calls, request, process, &socket, error);
    if (status != TW_OK) {
        return status;
    }
    char text[CALL_TEXT];
    struct tw_tuple address = {0};
    int version = socket != NO_SOCKET ? calls->sockets[socket].version : calls->version;
    if (request->call == TW_CALL_BIND) {
        address = target(calls, request, process->end, version);
    } else if (request->call == TW_CALL_CONNECT || (request->flags & MSG_FASTOPEN) != 0) {
        address = target(calls, request, tw_other(process->end), version);
    }
    call_text(request, &address, text, sizeof text);
    uint32_t number = request->call == TW_CALL_SOCKET ? ++calls->socket_number
                      : socket != NO_SOCKET           ? calls->pending[socket].socket
                                                      : 0;
    struct tw_witness_call call = {.socket = number,
                                   .end = process->end,
                                   .process = process->name,
                                   .text = text,
                                   .begun = tw_lab_now(),
                                   .begun_after = *calls->packets};
    if (socket != NO_SOCKET) {
        call.tuple = calls->sockets[socket].tuple;
        calls->pending[socket].done = 0;
        calls->pending[socket].connecting = false;
    }
    status = tw_witness_begin(calls->witness, &call, index);
    if (status != TW_OK) {
        return tw_fail(error, status, "lab: no room for another call");
    }
    if (socket != NO_SOCKET) {
        calls->pending[socket].index = *index; // recv() notes whose octets they are
    }
    size_t before = calls->socket_count;
    struct outcome outcome = make(calls, process, socket, request, &address, number);
    bool gone = calls->socket_count < before;
    if (outcome.blocks) {
        wait_for(calls, socket, request->call, *index);
        return TW_OK;
    }
    const struct tw_tuple *tuple = NULL;
    if (socket != NO_SOCKET && !gone) {
        unblock(calls, socket);
        tuple = tuple_of(calls, socket, &outcome);
    }
    status = write_down(calls, *index, &outcome, tuple);
    return status == TW_OK ? status : tw_fail(error, status, "lab: out of memory");
}

// The socket whose call was begun first, of those from `index` on in the witness.
static size_t longest_blocked(const struct calls *calls, size_t index) {
    size_t found = NO_SOCKET;
    for (size_t i = 0; i < calls->socket_count; i++) {
        size_t pending = calls->sockets[i].pending;
        if (pending != TW_LAB_NO_CALL && pending >= index &&
            (found == NO_SOCKET || pending < calls->sockets[found].pending)) {
            found = i;
        }
    }
    return found;
}

enum tw_status lab_calls_turn(struct calls *calls, const struct tw_lab_view *kernel,
                              bool *returned) {
    // Who has waited longest is served first, as the kernel does.
    for (size_t i = longest_blocked(calls, 0); i != NO_SOCKET;) {
        size_t index = calls->sockets[i].pending;
        struct outcome outcome = attempt(calls, i, kernel);
        if (!outcome.blocks) {
            *returned = true;
            bool closes = calls->pending[i].call == TW_CALL_CLOSE;
            unblock(calls, i);
            if (calls->sockets[i].fd >= 0 && outcome.error == 0) {
                ask_addresses(calls, i, NULL);
            }
            enum tw_status status =
                write_down(calls, index, &outcome, tuple_of(calls, i, &outcome));
            if (closes) {
                (void)forget_socket(calls, i);
            }
            if (status != TW_OK) {
                return status;
            }
        }
        i = longest_blocked(calls, index + 1);
    }
    return TW_OK;
}

void lab_calls_init(struct calls *calls, const struct stack *stacks, struct tw_witness *witness,
                    const uint64_t *packets, int epoll) {
    *calls = (struct calls){.stacks = stacks,
                            .witness = witness,
                            .packets = packets,
                            .epoll = epoll,
                            .version = 4,
                            .process_count = TW_END_COUNT};
    copy_name(calls->processes[TW_CLIENT].name, "client");
    copy_name(calls->processes[TW_SERVER].name, "server");
    calls->processes[TW_SERVER].end = TW_SERVER;
}

void lab_calls_fini(struct calls *calls) {
    while (calls->socket_count > 0) {
        (void)forget_socket(calls, calls->socket_count - 1);
    }
    free(calls->sockets);
    free(calls->pending);
    free(calls->names);
    for (size_t i = 0; i < RECEIVED_KEPT; i++) {
        free(calls->received[i].octets);
    }
    *calls = (struct calls){0};
}
