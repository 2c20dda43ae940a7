// SPDX-License-Identifier: MIT
// Processes, their descriptors, and what names mean.
#include "programs.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

enum { NAMES_MAX = 65536 };

void copy_name(char to[TW_LAB_NAME], const char *from) {
    snprintf(to, TW_LAB_NAME, "%s", from);
}

struct process *find_process(struct calls *calls, const char *name) {
    for (size_t i = 0; name != NULL && i < calls->process_count; i++) {
        if (strcmp(calls->processes[i].name, name) == 0) {
            return &calls->processes[i];
        }
    }
    return NULL;
}

bool lab_calls_process(const struct calls *calls, const char *name, enum tw_end *end) {
    const struct process *process = find_process((struct calls *)calls, name);
    if (process != NULL) {
        *end = process->end;
    }
    return process != NULL;
}

size_t find_socket(const struct calls *calls, const char *process, const char *name) {
    for (size_t i = calls->socket_count; name != NULL && i-- > 0;) {
        const struct tw_lab_socket *s = &calls->sockets[i];
        if (strcmp(s->name, name) == 0 && strcmp(s->process, process) == 0) {
            return i;
        }
    }
    return NO_SOCKET;
}

const struct socket_name *lab_calls_name(const struct calls *calls, const char *name) {
    for (size_t i = calls->name_count; i-- > 0;) {
        if (strcmp(calls->names[i].name, name) == 0) {
            return &calls->names[i];
        }
    }
    return NULL;
}

// What one socket is connected to is known to all that have it.
static void learn(struct calls *calls, size_t socket, const struct tw_tuple *tuple) {
    uint32_t number = calls->pending[socket].socket;
    for (size_t i = 0; i < calls->socket_count; i++) {
        if (calls->pending[i].socket == number) {
            calls->sockets[i].tuple = *tuple;
        }
    }
    for (size_t i = 0; i < calls->name_count; i++) {
        if (calls->names[i].socket == number) {
            calls->names[i].tuple = *tuple;
        }
    }
}

static bool grow(void **array, size_t *room, size_t count, size_t size) {
    if (count < *room) {
        return true;
    }
    size_t wanted = *room > 0 ? 2 * *room : 16;
    void *grown = realloc(*array, wanted * size);
    if (grown != NULL) {
        *array = grown;
        *room = wanted;
    }
    return grown != NULL;
}

bool remember(struct calls *calls, const char *name, enum tw_end end, uint32_t socket) {
    if (calls->name_count >= NAMES_MAX ||
        !grow((void **)&calls->names, &calls->name_room, calls->name_count, sizeof *calls->names)) {
        return false;
    }
    struct socket_name *n = &calls->names[calls->name_count++];
    *n = (struct socket_name){.end = end, .socket = socket};
    copy_name(n->name, name);
    return true;
}

size_t add_socket(struct calls *calls, const struct process *process, const char *name, int fd,
                  uint32_t number) {
    bool room = calls->socket_count < TW_LAB_SOCKETS;
    if (room && calls->socket_count == calls->socket_room) {
        size_t pending_room = calls->socket_room;
        room = grow((void **)&calls->pending, &pending_room, calls->socket_count,
                    sizeof *calls->pending) &&
               grow((void **)&calls->sockets, &calls->socket_room, calls->socket_count,
                    sizeof *calls->sockets);
    }
    if (!room) {
        close(fd);
        errno = EMFILE;
        return NO_SOCKET;
    }
    size_t index = calls->socket_count++;
    struct tw_lab_socket *s = &calls->sockets[index];
    *s = (struct tw_lab_socket){
        .end = process->end, .fd = fd, .pending = TW_LAB_NO_CALL, .version = calls->version};
    copy_name(s->process, process->name);
    copy_name(s->name, name);
    calls->pending[index] = (struct pending){.index = TW_LAB_NO_CALL, .socket = number};
    return index;
}

void unblock(struct calls *calls, size_t socket) {
    if (calls->pending[socket].index != TW_LAB_NO_CALL && calls->sockets[socket].fd >= 0) {
        (void)epoll_ctl(calls->epoll, EPOLL_CTL_DEL, calls->sockets[socket].fd, NULL);
    }
    free(calls->pending[socket].octets);
    calls->pending[socket].octets = NULL;
    calls->pending[socket].index = TW_LAB_NO_CALL;
    calls->sockets[socket].pending = TW_LAB_NO_CALL;
}

int forget_socket(struct calls *calls, size_t socket) {
    unblock(calls, socket);
    int fd = calls->sockets[socket].fd;
    struct linger linger = {0};
    socklen_t length = sizeof linger;
    if (fd >= 0 && getsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, &length) == 0 &&
        linger.l_onoff != 0 && linger.l_linger > 0) {
        linger.l_onoff = 0; // the wire must go on meanwhile: the kernel does not get to wait
        (void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
    }
    int result = fd >= 0 ? close(fd) : 0;
    calls->socket_count--;
    memmove(&calls->sockets[socket], &calls->sockets[socket + 1],
            (calls->socket_count - socket) * sizeof *calls->sockets);
    memmove(&calls->pending[socket], &calls->pending[socket + 1],
            (calls->socket_count - socket) * sizeof *calls->pending);
    return result;
}

bool shared(const struct calls *calls, size_t socket) {
    for (size_t i = 0; i < calls->socket_count; i++) {
        if (i != socket && calls->pending[i].socket == calls->pending[socket].socket) {
            return true;
        }
    }
    return false;
}

// --- addresses

socklen_t to_sockaddr(const struct tw_tuple *address, struct sockaddr_storage *to) {
    *to = (struct sockaddr_storage){0};
    if (address->version == 4) {
        struct sockaddr_in *in = (struct sockaddr_in *)to;
        in->sin_family = AF_INET;
        in->sin_port = htons(address->remote_port);
        memcpy(&in->sin_addr, &address->remote, sizeof in->sin_addr);
        return sizeof *in;
    }
    struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)to;
    in6->sin6_family = AF_INET6;
    in6->sin6_port = htons(address->remote_port);
    memcpy(&in6->sin6_addr, &address->remote, sizeof in6->sin6_addr);
    return sizeof *in6;
}

// The version; an IPv4-mapped IPv6 address is IPv4, as the kernel's word has it.
static uint8_t from_sockaddr(const struct sockaddr_storage *from, struct tw_address *address,
                             uint16_t *port) {
    *address = (struct tw_address){0};
    if (from->ss_family == AF_INET) {
        const struct sockaddr_in *in = (const struct sockaddr_in *)from;
        memcpy(address, &in->sin_addr, sizeof in->sin_addr);
        *port = ntohs(in->sin_port);
        return 4;
    }
    const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)from;
    bool mapped = IN6_IS_ADDR_V4MAPPED(&in6->sin6_addr);
    memcpy(address, in6->sin6_addr.s6_addr + (mapped ? 12 : 0), mapped ? 4 : sizeof *address);
    *port = ntohs(in6->sin6_port);
    return mapped ? 4 : 6;
}

struct tw_tuple target(const struct calls *calls, const struct tw_lab_request *r, enum tw_end end,
                       int version) {
    struct tw_tuple to = {.version = (uint8_t)version, .remote_port = r->port};
    const struct stack *stack = &calls->stacks[end];
    to.remote = version == 4 ? stack->address4 : stack->address6;
    if (r->address.version != 0) {
        to.version = r->address.version;
        to.remote = r->address.remote;
    }
    return to;
}

void ask_addresses(struct calls *calls, size_t socket, const struct tw_tuple *remote) {
    struct tw_lab_socket *s = &calls->sockets[socket];
    struct tw_tuple tuple = s->tuple;
    struct sockaddr_storage storage;
    socklen_t length = sizeof storage;
    if (s->fd < 0 || getsockname(s->fd, (struct sockaddr *)&storage, &length) != 0) {
        return;
    }
    tuple.version = from_sockaddr(&storage, &tuple.local, &tuple.local_port);
    if (remote != NULL) {
        tuple.remote = remote->remote;
        tuple.remote_port = remote->remote_port;
    }
    length = sizeof storage;
    if (getpeername(s->fd, (struct sockaddr *)&storage, &length) == 0) {
        (void)from_sockaddr(&storage, &tuple.remote, &tuple.remote_port);
    }
    if (tuple.local_port != 0) {
        learn(calls, socket, &tuple);
    }
}
