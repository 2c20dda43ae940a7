// SPDX-License-Identifier: MIT
// The kernel's word on its sockets, step by step: each look is compared with the one before.
#include "watch.h"

#include <stdlib.h>
#include <string.h>

struct watched {
    struct tw_tuple tuple;
    enum tw_state state;
    uint32_t inode;
    size_t history; // no_history: a listener
    size_t looks;
};

static const size_t no_history = SIZE_MAX;
// A timer that would run out that much earlier or later has been set anew: more than what a look
// takes, and the kernel's clock is coarse.
static const tw_time set_anew = 50 * TW_MILLISECOND;

void watch_init(struct watch *watch, enum tw_end end, struct tw_kernel *kernel,
                struct tw_witness *witness) {
    *watch = (struct watch){.end = end, .kernel = kernel, .witness = witness};
}

void watch_fini(struct watch *watch) {
    free(watch->sockets);
    free(watch->watched);
    *watch = (struct watch){0};
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
        .state = state, .cause = cause, .time = watch->looked, .packets = packets};
    if (w->history == no_history) {
        return TW_OK;
    }
    return tw_witness_step_add(watch->witness, w->history, &entered);
}

// Whether a look tells nothing but that a timer has run on, or is due.
static bool nothing_new(const struct tw_witness_look *before, const struct tw_witness_look *look) {
    const tw_time later = look->time + look->expires - (before->time + before->expires);
    return look->state == before->state && look->receive_queue == before->receive_queue &&
           look->send_queue == before->send_queue && look->timer == before->timer &&
           look->retransmits == before->retransmits &&
           (look->expires == 0 || (later < set_anew && later > -set_anew));
}

static enum tw_status note(struct watch *watch, const struct watched *w,
                           const struct tw_kernel_socket *socket, uint64_t packets) {
    const struct tw_witness_looks *looks = &watch->witness->looks[w->looks];
    const struct tw_witness_look look = {.time = watch->looked,
                                         .packets = packets,
                                         .expires = socket->expires,
                                         .receive_queue = socket->receive_queue,
                                         .send_queue = socket->send_queue,
                                         .retransmits = socket->retransmits,
                                         .state = socket->state,
                                         .timer = socket->timer};
    if (looks->count > 0 && nothing_new(&looks->looks[looks->count - 1], &look)) {
        return TW_OK;
    }
    return tw_witness_look_add(watch->witness, w->looks, &look);
}

// The kernel does not know it any more.
static enum tw_status over(struct watch *watch, const struct watched *w,
                           enum tw_witness_cause cause, uint64_t packets) {
    const struct tw_kernel_socket none = {.state = TW_CLOSED};
    enum tw_status status = step(watch, w, TW_CLOSED, cause, packets);
    return status == TW_OK ? note(watch, w, &none, packets) : status;
}

static enum tw_status begin(struct watch *watch, struct watched *w,
                            const struct tw_kernel_socket *socket, enum tw_witness_cause cause,
                            uint64_t packets) {
    *w = (struct watched){.tuple = socket->tuple,
                          .state = socket->state,
                          .inode = socket->inode,
                          .history = no_history};
    enum tw_status status =
        tw_witness_looks_add(watch->witness, watch->end, &socket->tuple, &w->looks);
    if (status == TW_OK) {
        status = note(watch, w, socket, packets);
    }
    if (status != TW_OK || socket->state == TW_LISTEN) {
        return status;
    }
    status = tw_witness_history_add(watch->witness, watch->end, &socket->tuple, &w->history);
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

// Those watched stand in the order in which the kernel told them last, and it tells them in much
// the same order again: the one that is told now is most often the next. Brought to the place
// behind those that have been told before it, with room made for one that is new.
static struct watched *place(struct watch *watch, const struct tw_tuple *tuple, bool *is_new) {
    size_t at = watch->told, found = at;
    while (found < watch->watched_count && !tw_tuple_equal(&watch->watched[found].tuple, tuple)) {
        found++;
    }
    *is_new = found == watch->watched_count;
    if (*is_new && watch->watched_count == watch->watched_room) {
        size_t room = watch->watched_room > 0 ? 2 * watch->watched_room : 16;
        struct watched *grown = realloc(watch->watched, room * sizeof *grown);
        if (grown == NULL) {
            return NULL;
        }
        watch->watched = grown;
        watch->watched_room = room;
    }
    watch->watched_count += *is_new;
    struct watched moved = watch->watched[found]; // not yet anything, where it is new
    memmove(&watch->watched[at + 1], &watch->watched[at], (found - at) * sizeof moved);
    watch->watched[at] = moved;
    watch->told++;
    return &watch->watched[at];
}

// One that was told before in this look.
static struct watched *told_already(const struct watch *watch, const struct tw_tuple *tuple) {
    for (size_t i = 0; i < watch->told; i++) {
        if (tw_tuple_equal(&watch->watched[i].tuple, tuple)) {
            return &watch->watched[i];
        }
    }
    return NULL;
}

static enum tw_status compare(struct watch *watch, const struct tw_kernel_socket *socket,
                              enum tw_witness_cause cause, uint64_t packets, bool *changed) {
    bool is_new = false;
    enum tw_status status = TW_OK;
    bool next = watch->told < watch->watched_count &&
                tw_tuple_equal(&watch->watched[watch->told].tuple, &socket->tuple);
    struct watched *w = next ? NULL : told_already(watch, &socket->tuple);
    // A request socket may stand beside the TIME-WAIT that it replaces.
    if (w != NULL && (socket->state == TW_TIME_WAIT || socket->state == w->state)) {
        return TW_OK;
    }
    w = w != NULL ? w : place(watch, &socket->tuple, &is_new);
    if (w == NULL) {
        return TW_MEMORY;
    }
    if (is_new) {
        *changed = true;
        return begin(watch, w, socket, cause, packets);
    }
    if (another(w, socket)) {
        *changed = true;
        status = over(watch, w, cause, packets);
        return status == TW_OK ? begin(watch, w, socket, cause, packets) : status;
    }
    w->inode = socket->inode;
    if (w->state != socket->state) {
        *changed = true;
        w->state = socket->state;
        status = step(watch, w, socket->state, cause, packets);
    }
    return status == TW_OK ? note(watch, w, socket, packets) : status;
}

enum tw_status watch_look(struct watch *watch, enum tw_witness_cause cause, uint64_t packets,
                          bool *changed, struct tw_error *error) {
    watch->count = 0;
    watch->short_of_memory = false;
    tw_time begun = tw_lab_now();
    enum tw_status status = tw_kernel_sockets(watch->kernel, 0, ~0U, take, watch, error);
    if (status != TW_OK) {
        return status;
    }
    watch->looked = tw_lab_now();
    watch->took = watch->looked - begun;
    watch->told = 0;
    for (size_t i = 0; i < watch->count && status == TW_OK; i++) {
        status = compare(watch, &watch->sockets[i], cause, packets, changed);
    }
    // What the kernel does not know any more is CLOSED.
    for (size_t i = watch->told; i < watch->watched_count && status == TW_OK; i++) {
        *changed = true;
        status = over(watch, &watch->watched[i], cause, packets);
    }
    watch->watched_count = watch->told;
    if (status != TW_OK || watch->short_of_memory) {
        return tw_fail(error, TW_MEMORY, "lab: out of memory for the kernel's states");
    }
    return TW_OK;
}

void watch_end_here(struct watch *watch) {
    for (size_t i = 0; i < watch->watched_count; i++) {
        if (watch->watched[i].history != no_history) {
            struct tw_witness_history *h = &watch->witness->histories[watch->watched[i].history];
            h->until = h->count;
        }
    }
}

void watch_begin_here(struct watch *watch) {
    for (size_t i = 0; i < watch->watched_count; i++) {
        if (watch->watched[i].history == no_history) {
            continue;
        }
        struct tw_witness_history *h = &watch->witness->histories[watch->watched[i].history];
        h->from = h->count - 1;
        h->until = 0;
        if (h->from > 0 && h->steps[h->from - 1].state == TW_LISTEN) {
            h->from--; // LISTEN and what follows are entered by the same segment
        }
    }
}

const struct tw_witness_history *watch_history(const struct watch *watch,
                                               const struct tw_tuple *tuple) {
    for (size_t i = watch->witness->history_count; i-- > 0;) {
        const struct tw_witness_history *h = &watch->witness->histories[i];
        if (h->end == watch->end && tw_tuple_equal(&h->tuple, tuple)) {
            return h;
        }
    }
    return NULL;
}
