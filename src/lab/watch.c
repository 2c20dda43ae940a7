// SPDX-License-Identifier: MIT
// The kernel's states, step by step: each look is compared with the one before.
#include "watch.h"

#include <stdlib.h>
#include <string.h>

struct watched {
    struct tw_tuple tuple;
    enum tw_state state;
    uint32_t inode;
    size_t history;
    bool seen; // in this look
};

void watch_init(struct watch *watch, enum tw_end end, struct tw_kernel *kernel,
                struct tw_witness *witness) {
    *watch = (struct watch){.end = end, .kernel = kernel, .witness = witness};
}

void watch_fini(struct watch *watch) {
    free(watch->sockets);
    free(watch->watched);
    *watch = (struct watch){0};
}

static bool same_tuple(const struct tw_tuple *a, const struct tw_tuple *b) {
    return a->version == b->version && a->local_port == b->local_port &&
           a->remote_port == b->remote_port && memcmp(&a->local, &b->local, sizeof a->local) == 0 &&
           memcmp(&a->remote, &b->remote, sizeof a->remote) == 0;
}

static void take(void *context, const struct tw_kernel_socket *socket) {
    struct watch *watch = context;
    if (watch->count == watch->room) {
        size_t room = watch->room > 0 ? 2 * watch->room : 16;
        struct tw_kernel_socket *grown = realloc(watch->sockets, room * sizeof *grown);
        if (grown == NULL) {
            watch->short_of_memory = true;
            return;
        }
        watch->sockets = grown;
        watch->room = room;
    }
    watch->sockets[watch->count++] = *socket;
}

static bool listening(const struct watch *watch, const struct tw_tuple *tuple) {
    for (size_t i = 0; i < watch->count; i++) {
        const struct tw_kernel_socket *s = &watch->sockets[i];
        if (s->state == TW_LISTEN && s->tuple.local_port == tuple->local_port) {
            return true;
        }
    }
    return false;
}

static enum tw_status step(struct watch *watch, const struct watched *w, enum tw_state state,
                           enum tw_witness_cause cause, uint64_t packets) {
    const struct tw_witness_step entered = {
        .state = state, .cause = cause, .time = tw_lab_now(), .packets = packets};
    return tw_witness_step_add(watch->witness, w->history, &entered);
}

static enum tw_status begin(struct watch *watch, struct watched *w,
                            const struct tw_kernel_socket *socket, enum tw_witness_cause cause,
                            uint64_t packets) {
    w->tuple = socket->tuple;
    w->state = socket->state;
    w->inode = socket->inode;
    w->seen = true;
    enum tw_status status =
        tw_witness_history_add(watch->witness, watch->end, &socket->tuple, &w->history);
    if (status == TW_OK && socket->state != TW_SYN_SENT && listening(watch, &socket->tuple)) {
        status = step(watch, w, TW_LISTEN, cause, packets);
    }
    return status == TW_OK ? step(watch, w, socket->state, cause, packets) : status;
}

// A SYN-SENT or SYN-RECEIVED that does not follow from the state before is another connection with
// the same addresses and ports.
static bool another(const struct watched *w, const struct tw_kernel_socket *socket) {
    if (socket->state == TW_SYN_SENT) {
        return w->state != TW_SYN_SENT || w->inode != socket->inode;
    }
    return socket->state == TW_SYN_RECEIVED && w->state != TW_SYN_RECEIVED &&
           w->state != TW_SYN_SENT;
}

static struct watched *find(struct watch *watch, const struct tw_tuple *tuple) {
    for (size_t i = 0; i < watch->watched_count; i++) {
        if (same_tuple(&watch->watched[i].tuple, tuple)) {
            return &watch->watched[i];
        }
    }
    return NULL;
}

static struct watched *add(struct watch *watch) {
    if (watch->watched_count == watch->watched_room) {
        size_t room = watch->watched_room > 0 ? 2 * watch->watched_room : 16;
        struct watched *grown = realloc(watch->watched, room * sizeof *grown);
        if (grown == NULL) {
            return NULL;
        }
        watch->watched = grown;
        watch->watched_room = room;
    }
    return &watch->watched[watch->watched_count++];
}

static enum tw_status compare(struct watch *watch, const struct tw_kernel_socket *socket,
                              enum tw_witness_cause cause, uint64_t packets, bool *changed) {
    struct watched *w = find(watch, &socket->tuple);
    enum tw_status status = TW_OK;
    if (w == NULL) {
        *changed = true;
        w = add(watch);
        return w != NULL ? begin(watch, w, socket, cause, packets) : TW_MEMORY;
    }
    // A request socket may stand beside the TIME-WAIT that it replaces.
    if (w->seen && (socket->state == TW_TIME_WAIT || socket->state == w->state)) {
        return TW_OK;
    }
    w->seen = true;
    if (another(w, socket)) {
        *changed = true;
        status = step(watch, w, TW_CLOSED, cause, packets);
        return status == TW_OK ? begin(watch, w, socket, cause, packets) : status;
    }
    w->inode = socket->inode;
    if (w->state != socket->state) {
        *changed = true;
        w->state = socket->state;
        status = step(watch, w, socket->state, cause, packets);
    }
    return status;
}

enum tw_status watch_look(struct watch *watch, enum tw_witness_cause cause, uint64_t packets,
                          bool *changed, struct tw_error *error) {
    watch->count = 0;
    watch->short_of_memory = false;
    enum tw_status status = tw_kernel_sockets(watch->kernel, 0, ~0U, take, watch, error);
    if (status != TW_OK) {
        return status;
    }
    for (size_t i = 0; i < watch->watched_count; i++) {
        watch->watched[i].seen = false;
    }
    for (size_t i = 0; i < watch->count && status == TW_OK; i++) {
        if (watch->sockets[i].state != TW_LISTEN) {
            status = compare(watch, &watch->sockets[i], cause, packets, changed);
        }
    }
    // What the kernel does not know any more is CLOSED.
    size_t kept = 0;
    for (size_t i = 0; i < watch->watched_count; i++) {
        const struct watched w = watch->watched[i];
        if (w.seen) {
            watch->watched[kept++] = w;
        } else if (status == TW_OK) {
            *changed = true;
            status = step(watch, &w, TW_CLOSED, cause, packets);
        }
    }
    watch->watched_count = kept;
    if (status != TW_OK || watch->short_of_memory) {
        return tw_fail(error, TW_MEMORY, "lab: out of memory for the kernel's states");
    }
    return TW_OK;
}

void watch_begin_here(struct watch *watch) {
    for (size_t i = 0; i < watch->watched_count; i++) {
        struct tw_witness_history *h = &watch->witness->histories[watch->watched[i].history];
        h->from = h->count - 1;
        if (h->from > 0 && h->steps[h->from - 1].state == TW_LISTEN) {
            h->from--; // LISTEN and what follows are entered by the same segment
        }
    }
}

const struct tw_witness_history *watch_history(const struct watch *watch,
                                               const struct tw_tuple *tuple) {
    for (size_t i = watch->witness->history_count; i-- > 0;) {
        const struct tw_witness_history *h = &watch->witness->histories[i];
        if (h->end == watch->end && same_tuple(&h->tuple, tuple)) {
            return h;
        }
    }
    return NULL;
}
