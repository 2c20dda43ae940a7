// SPDX-License-Identifier: MIT
// The lab: turns the stacks, the wire, the programs and the kernels' word, one step after another.
#include "inside.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

enum { PACKET_MAX = 65536 };
// The kernels are asked at least this often, as their timers run without a word.
static const tw_time look_every = 20 * TW_MILLISECOND;
// and again before something is done, unless they just were; where there are so many sockets that a
// look takes long, less often.
static const tw_time look_again = TW_MILLISECOND / 2;
enum { LOOK_SHARE = 4 };
static const tw_time default_delay = 10 * TW_MILLISECOND;

static tw_time clock_now(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return (tw_time)now.tv_sec * TW_SECOND + now.tv_nsec;
}

// How far the time of day was ahead of the clock that only goes forward when it was first asked:
// the time of day may be set while the lab runs, and must not stop the wire.
static tw_time ahead(void) {
    static tw_time difference;
    if (difference == 0) {
        difference = clock_now(CLOCK_REALTIME) - clock_now(CLOCK_MONOTONIC);
    }
    return difference;
}

tw_time tw_lab_now(void) {
    return clock_now(CLOCK_MONOTONIC) + ahead();
}

static void fail(struct tw_lab *lab, enum tw_status status) {
    if (lab->failed == TW_OK) {
        lab->failed = status;
    }
}

// --- between stacks and wire

static void look(struct tw_lab *lab, enum tw_end end, enum tw_witness_cause cause,
                 uint64_t packets) {
    fail(lab, watch_look(&lab->watch[end], cause, packets, &lab->happened, &lab->why));
}

// What a stack has done by itself is not to be put down to what is done next.
static void look_before(struct tw_lab *lab, enum tw_end end) {
    const struct watch *watch = &lab->watch[end];
    tw_time pause = LOOK_SHARE * watch->took;
    if (tw_lab_now() - watch->looked > (pause > look_again ? pause : look_again)) {
        look(lab, end, TW_BY_TIMER, lab->packets[0]);
    }
}

// What a stack has sent is put on the wire.
static void drain(struct tw_lab *lab, enum tw_end end) {
    uint8_t octets[PACKET_MAX];
    ptrdiff_t length;
    while ((length = stack_take(&lab->stacks[end], octets, sizeof octets)) > 0) {
        enum tw_status status = wire_put(lab->wire, end, tw_lab_now(), octets, (size_t)length);
        if (status != TW_OK) {
            fail(lab, tw_fail(&lab->why, status, "lab: the wire has no room for more segments"));
        }
        lab->happened = true;
    }
    if (length < 0) {
        fail(lab, tw_fail(&lab->why, TW_OPEN, "lab: reading from a stack: %s", strerror(errno)));
    }
}

static void seen(void *context, size_t tap, tw_time time, const struct tw_flight *flight) {
    struct tw_lab *lab = context;
    lab->packets[tap]++;
    lab->happened = true;
    if (lab->options.seen != NULL) {
        lab->options.seen(lab->options.context, tap, time, flight->octets, flight->length);
    }
    if (tap != 0) {
        return;
    }
    size_t packet = lab->witness->flight_count;
    if (packet == lab->captured_room) {
        size_t room = packet > 0 ? 2 * packet : 64;
        uint64_t *grown = realloc(lab->captured, room * sizeof *grown);
        if (grown == NULL) {
            fail(lab, tw_fail(&lab->why, TW_MEMORY, "lab: out of memory"));
            return;
        }
        lab->captured = grown;
        lab->captured_room = room;
    }
    lab->captured[packet] = flight->id;
    enum tw_status status = tw_witness_flight_add(
        lab->witness, flight->injected ? TW_NO_TIME : flight->left, TW_NO_TIME);
    if (status != TW_OK) {
        fail(lab, tw_fail(&lab->why, status, "lab: out of memory"));
        return;
    }
    lab->witness->flights[packet].flying = true;
}

// The packet that a flight was captured as; a copy that the tap has not seen is like its original.
// NULL: it was not captured.
static struct tw_witness_flight *packet_of(struct tw_lab *lab, const struct tw_flight *flight) {
    struct tw_witness *w = lab->witness;
    for (size_t i = w->flight_count; i-- > 0;) {
        if (lab->captured[i] == flight->id) {
            return &w->flights[i];
        }
    }
    for (size_t i = w->flight_count; flight->copy && i-- > 0;) {
        if (lab->captured[i] == flight->original && w->flights[i].landed == TW_NO_TIME) {
            return &w->flights[i];
        }
    }
    return NULL;
}

static void landed(void *context, tw_time time, const struct tw_flight *flight) {
    struct tw_lab *lab = context;
    enum tw_end to = tw_other(flight->from);
    struct tw_witness_flight *packet = packet_of(lab, flight);
    (void)time; // when it was due; what counts is when it is done
    lab->happened = true;
    drain(lab, to);
    look_before(lab, to);
    if (packet != NULL) {
        packet->landed = tw_lab_now();
        packet->flying = false;
    }
    if (!stack_land(&lab->stacks[to], flight->octets, flight->length)) {
        fail(lab, tw_fail(&lab->why, TW_OPEN, "lab: writing to a stack: %s", strerror(errno)));
    }
    look(lab, to, TW_BY_LANDING, lab->packets[0]);
    if (packet != NULL && !lab->tap_on) {
        watch_end_here(&lab->watch[to]); // it had been captured before the tap went off
    }
    drain(lab, to);
}

static void lost(void *context, tw_time time, const struct tw_flight *flight) {
    struct tw_lab *lab = context;
    struct tw_witness_flight *packet = packet_of(lab, flight);
    (void)time;
    if (packet != NULL) {
        packet->flying = false;
    }
    lab->happened = true;
}

// --- turning

static void arm(const struct tw_lab *lab, tw_time until) {
    tw_time due = wire_due(lab->wire), now = tw_lab_now();
    due = due < now + look_every ? due : now + look_every;
    due = due < until ? due : until;
    due = (due > now ? due : now + 1) - ahead(); // a time that has passed arms nothing
    const struct itimerspec at = {
        .it_value = {.tv_sec = (time_t)(due / TW_SECOND), .tv_nsec = (long)(due % TW_SECOND)}};
    (void)timerfd_settime(lab->timer, TFD_TIMER_ABSTIME, &at, NULL);
}

enum tw_status tw_lab_turn(struct tw_lab *lab, struct tw_error *error) {
    uint64_t expirations;
    (void)!read(lab->timer, &expirations, sizeof expirations);
    for (enum tw_end end = TW_CLIENT; end < TW_END_COUNT; end++) {
        drain(lab, end);
        look_before(lab, end);
    }
    wire_turn(lab->wire, tw_lab_now());
    struct tw_lab_view view;
    tw_lab_view_get(lab, &view);
    fail(lab, lab_calls_turn(&lab->calls, &view, &lab->happened));
    for (enum tw_end end = TW_CLIENT; end < TW_END_COUNT; end++) {
        drain(lab, end); // what went on by a call that goes on: send(), recv()
    }
    arm(lab, INT64_MAX);
    if (lab->failed == TW_OK) {
        return TW_OK;
    }
    return tw_fail(error, lab->failed, "%s",
                   lab->why.text[0] != '\0' ? lab->why.text : "lab: out of memory");
}

enum tw_status tw_lab_wait(struct tw_lab *lab, tw_time until, bool *happened,
                           struct tw_error *error) {
    for (;;) {
        enum tw_status status = tw_lab_turn(lab, error);
        *happened = lab->happened;
        lab->happened = false;
        if (status != TW_OK || *happened || tw_lab_now() >= until) {
            return status;
        }
        arm(lab, until);
        struct epoll_event event;
        if (epoll_wait(lab->epoll, &event, 1, -1) < 0) {
            // A signal: the caller looks whether it is to go on.
            return errno == EINTR ? TW_OK
                                  : tw_fail(error, TW_OPEN, "lab: epoll: %s", strerror(errno));
        }
    }
}

int tw_lab_fd(const struct tw_lab *lab) {
    return lab->epoll;
}

// --- settings

void tw_lab_version(struct tw_lab *lab, int version) {
    lab->calls.version = version;
}

enum tw_status tw_lab_sysctl(struct tw_lab *lab, enum tw_end end, const char *name,
                             const char *value, struct tw_error *error) {
    return stack_sysctl(&lab->stacks[end], name, value, error);
}

void tw_lab_delay(struct tw_lab *lab, enum tw_end from, tw_time delay) {
    double slow = lab->options.slow > 0 ? lab->options.slow : 1;
    wire_delay(lab->wire, from, delay == TW_NO_TIME ? delay : (tw_time)((double)delay * slow));
}

void tw_lab_taps(struct tw_lab *lab, const double *places, size_t count) {
    lab->tap_count = count < WIRE_TAPS ? count : WIRE_TAPS;
    memcpy(lab->taps, places, lab->tap_count * sizeof *places);
    wire_taps(lab->wire, lab->taps, lab->tap_count);
    lab->witness->tap = lab->taps[0];
}

void tw_lab_tap_on(struct tw_lab *lab, bool on) {
    for (enum tw_end end = TW_CLIENT; end < TW_END_COUNT && on != lab->tap_on; end++) {
        (on ? watch_begin_here : watch_end_here)(&lab->watch[end]);
    }
    lab->tap_on = on;
    wire_tap_on(lab->wire, on);
}

// --- calls

enum tw_status tw_lab_call(struct tw_lab *lab, const struct tw_lab_request *request, size_t *index,
                           struct tw_error *error) {
    for (enum tw_end end = TW_CLIENT; end < TW_END_COUNT; end++) {
        drain(lab, end);
        look_before(lab, end);
    }
    uint64_t before = lab->packets[0];
    enum tw_end end = TW_CLIENT;
    (void)lab_calls_process(&lab->calls, request->process, &end);
    enum tw_status status = lab_calls_begin(&lab->calls, request, index, error);
    look(lab, end, TW_BY_CALL, before);
    drain(lab, end);
    arm(lab, INT64_MAX);
    lab->happened = true;
    return status;
}

const char *tw_lab_received(const struct tw_lab *lab, size_t call, size_t *length) {
    *length = 0;
    for (size_t i = 0; i < RECEIVED_KEPT; i++) {
        const struct received *r = &lab->calls.received[i];
        if (r->octets != NULL && r->call == call) {
            *length = r->length;
            return r->octets;
        }
    }
    return "";
}

// --- the wire

static bool moved(struct tw_lab *lab, bool done) {
    arm(lab, INT64_MAX);
    return done;
}

bool tw_lab_deliver(struct tw_lab *lab, uint64_t id) {
    return moved(lab, wire_deliver(lab->wire, id, tw_lab_now()));
}

bool tw_lab_drop(struct tw_lab *lab, uint64_t id) {
    return moved(lab, wire_drop(lab->wire, id, tw_lab_now()));
}

bool tw_lab_duplicate(struct tw_lab *lab, uint64_t id) {
    return moved(lab, wire_duplicate(lab->wire, id, tw_lab_now()));
}

bool tw_lab_swap(struct tw_lab *lab, uint64_t id) {
    return moved(lab, wire_swap(lab->wire, id, tw_lab_now()));
}

bool tw_lab_move(struct tw_lab *lab, uint64_t id, double at) {
    return moved(lab, wire_move(lab->wire, id, at, tw_lab_now()));
}

void tw_lab_hold(struct tw_lab *lab, enum tw_end from, enum tw_kind kind, bool hold) {
    wire_hold(lab->wire, from, kind, hold);
    (void)moved(lab, true);
}

void tw_lab_doom(struct tw_lab *lab, enum tw_end from, enum tw_kind kind, enum tw_lab_fate fate,
                 bool every) {
    wire_doom(lab->wire, from, kind, fate, every);
    (void)moved(lab, true);
}

enum tw_status tw_lab_inject(struct tw_lab *lab, const struct tw_lab_injection *injection,
                             struct tw_error *error) {
    enum tw_status status = wire_inject(lab->wire, injection, tw_lab_now(), error);
    (void)moved(lab, true);
    return status;
}

// --- beginning, looking, end

void tw_lab_view_get(const struct tw_lab *lab, struct tw_lab_view *view) {
    *view = (struct tw_lab_view){.sockets = lab->calls.sockets,
                                 .socket_count = lab->calls.socket_count,
                                 .witness = lab->witness,
                                 .tap_on = lab->tap_on,
                                 .tap_count = lab->tap_count};
    view->flights = wire_flights(lab->wire, &view->flight_count);
    for (enum tw_end end = TW_CLIENT; end < TW_END_COUNT; end++) {
        view->kernel[end] = lab->watch[end].sockets;
        view->kernel_count[end] = lab->watch[end].count;
        view->holding[end] = wire_holding(lab->wire, end);
        view->delay[end] = wire_delay_get(lab->wire, end);
    }
    for (size_t i = 0; i < WIRE_TAPS; i++) {
        view->tap[i] = lab->taps[i];
        view->packets[i] = lab->packets[i];
    }
}

static enum tw_status open_parts(struct tw_lab *lab, struct tw_error *error) {
    const struct wire_events events = {
        .context = lab, .seen = seen, .landed = landed, .lost = lost};
    lab->witness = tw_witness_new(lab->options.name != NULL ? lab->options.name : "");
    lab->wire = wire_new(&events);
    lab->epoll = epoll_create1(EPOLL_CLOEXEC);
    lab->timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    if (lab->witness == NULL || lab->wire == NULL || lab->epoll < 0 || lab->timer < 0) {
        return tw_fail(error, TW_MEMORY, "lab: out of memory or of descriptors");
    }
    struct epoll_event event = {.events = EPOLLIN};
    (void)epoll_ctl(lab->epoll, EPOLL_CTL_ADD, lab->timer, &event);
    enum tw_status status = stacks_open(lab->stacks, error);
    for (enum tw_end end = TW_CLIENT; end < TW_END_COUNT && status == TW_OK; end++) {
        lab->witness->stack4[end] = lab->stacks[end].address4;
        lab->witness->stack6[end] = lab->stacks[end].address6;
        lab->witness->has_stacks = true;
        (void)epoll_ctl(lab->epoll, EPOLL_CTL_ADD, lab->stacks[end].device, &event);
        watch_init(&lab->watch[end], end, lab->stacks[end].kernel, lab->witness);
        tw_lab_delay(lab, end, default_delay);
    }
    lab_calls_init(&lab->calls, lab->stacks, lab->witness, &lab->packets[0], lab->epoll);
    return status;
}

enum tw_status tw_lab_new(const struct tw_lab_options *options, struct tw_lab **result,
                          struct tw_error *error) {
    *result = NULL;
    struct tw_lab *lab = calloc(1, sizeof *lab);
    if (lab == NULL) {
        return tw_fail(error, TW_MEMORY, "lab: out of memory");
    }
    lab->options = *options;
    lab->epoll = lab->timer = -1;
    for (enum tw_end end = TW_CLIENT; end < TW_END_COUNT; end++) {
        lab->stacks[end] = (struct stack){.namespace_fd = -1, .device = -1};
    }
    enum tw_status status = open_parts(lab, error);
    if (status != TW_OK) {
        tw_lab_free(lab);
        return status;
    }
    const double middle = 0.5;
    tw_lab_taps(lab, &middle, 1);
    tw_lab_tap_on(lab, true);
    arm(lab, INT64_MAX);
    *result = lab;
    return TW_OK;
}

void tw_lab_free(struct tw_lab *lab) {
    if (lab == NULL) {
        return;
    }
    lab_calls_fini(&lab->calls);
    for (enum tw_end end = TW_CLIENT; end < TW_END_COUNT; end++) {
        watch_fini(&lab->watch[end]);
    }
    stacks_close(lab->stacks);
    wire_free(lab->wire);
    tw_witness_free(lab->witness);
    free(lab->captured);
    if (lab->epoll >= 0) {
        close(lab->epoll);
    }
    if (lab->timer >= 0) {
        close(lab->timer);
    }
    free(lab);
}
