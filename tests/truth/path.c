// SPDX-License-Identifier: MIT
// The way of the segments: to the tap, past it and into the other stack, and what is lost, copied
// and overtaken on it. The wire moves nothing by itself; each move is the program's.
#include "run.h"

#include <stdlib.h>
#include <string.h>

#define COPIED   0.03
#define OVERTAKE 0.15

// Just inside the ends, so that a segment can be lost between its sender and the tap.
double path_tap(enum place place) {
    static const double places[PLACE_COUNT] = {0.01, 0.5, 0.99};
    return places[place];
}

static double just_behind_tap(const struct run *run, enum tw_end from) {
    double tap = path_tap(run->program->place);
    return (from == TW_CLIENT ? tap : 1 - tap) + 0.001;
}

// Whether the tap is at that end.
static bool tap_at(const struct run *run, enum tw_end end) {
    return run->program->place == (end == TW_CLIENT ? PLACE_CLIENT : PLACE_SERVER);
}

void path_seen(void *context, size_t tap, tw_time time, const uint8_t *octets, size_t length) {
    struct run *run = context;
    struct program *p = run->program;
    (void)tap;
    uint8_t *copy = malloc(length);
    if (copy == NULL || p->captured_count == PACKETS_MAX) {
        free(copy);
        run_fail(run, TW_MEMORY, "the capture has no room for more packets");
        return;
    }
    memcpy(copy, octets, length);
    p->captured[p->captured_count++] = (struct captured){time, copy, length};
}

static bool known(const struct program *p, uint64_t flight) {
    size_t i = p->packet_count;
    while (i > 0 && p->packets[i - 1].flight != flight) {
        i--;
    }
    return i > 0;
}

static size_t add_packet(struct run *run, const struct packet *packet) {
    struct program *p = run->program;
    if (p->packet_count == PACKETS_MAX) {
        run_fail(run, TW_MEMORY, "more than %d segments", PACKETS_MAX);
        return PACKETS_MAX - 1;
    }
    p->packets[p->packet_count] = *packet;
    return p->packet_count++;
}

static void drop(struct run *run, struct packet *packet, enum fate fate) {
    packet->fate = fate;
    if (!tw_lab_drop(run->lab, packet->flight)) {
        run_fail(run, TW_UNMET, "a segment to be dropped is not on the wire");
    }
}

static void queue_add(struct run *run, enum tw_end from, enum part part, size_t packet) {
    struct queue *queue = &run->queues[from][part];
    if (queue->count == QUEUE_MAX) {
        run_fail(run, TW_MEMORY, "more than %d segments on their way", QUEUE_MAX);
        return;
    }
    queue->packets[queue->count++] = packet;
}

// The wire's copy of a segment waits behind it.
static void copy(struct run *run, size_t index, enum part part) {
    struct program *p = run->program;
    struct tw_lab_view view;
    if (!tw_lab_duplicate(run->lab, p->packets[index].flight)) {
        run_fail(run, TW_UNMET, "a segment to be copied is not on the wire");
        return;
    }
    tw_lab_view_get(run->lab, &view);
    struct packet copied = p->packets[index];
    copied.sent = tw_lab_now();
    for (size_t i = 0; i < view.flight_count; i++) {
        if (view.flights[i].copy && !known(p, view.flights[i].id)) {
            copied.flight = view.flights[i].id;
        }
    }
    size_t made = add_packet(run, &copied);
    note_event(run, EVENT_SENT, made);
    queue_add(run, copied.from, part, made);
}

// A segment comes to a part of its way: half of the loss is before the tap, half behind it.
static void enter(struct run *run, size_t index, enum part part) {
    struct packet *packet = &run->program->packets[index];
    const struct mode_rules *rules = mode_rules(run->program->mode);
    if (chance(run, rules->loss / 2)) {
        drop(run, packet, part == BEFORE_TAP ? FATE_LOST_BEFORE : FATE_LOST_BEHIND);
        return;
    }
    queue_add(run, packet->from, part, index);
    // No way is left on which a copy could be made where the tap is at the receiver.
    bool arrived = part == BEHIND_TAP && tap_at(run, tw_other(packet->from));
    if (rules->loss > 0 && !arrived && chance(run, COPIED)) {
        copy(run, index, part);
    }
}

static void pass_tap(struct run *run, size_t index) {
    struct program *p = run->program;
    struct packet *packet = &p->packets[index];
    size_t before = p->captured_count;
    bool moved = tw_lab_move(run->lab, packet->flight, just_behind_tap(run, packet->from));
    if (!moved || p->captured_count != before + 1) {
        run_fail(run, TW_UNMET, "a segment that passed the tap was captured %zu times",
                 p->captured_count - before);
        return;
    }
    packet->tap = (unsigned)p->captured_count;
    packet->tap_step = run->step;
    packet->passed = p->captured[before].time;
    enter(run, index, BEHIND_TAP);
}

static void land(struct run *run, size_t index) {
    struct packet *packet = &run->program->packets[index];
    packet->fate = FATE_LANDED;
    packet->landed_step = run->step;
    packet->landed = tw_lab_now();
    note_event(run, EVENT_LANDED, index);
    if (!tw_lab_deliver(run->lab, packet->flight)) {
        run_fail(run, TW_UNMET, "a segment to be delivered is not on the wire");
    }
    absorb(run);
}

static size_t queue_take(struct queue *queue, size_t at) {
    size_t packet = queue->packets[at];
    queue->count--;
    memmove(&queue->packets[at], &queue->packets[at + 1],
            (queue->count - at) * sizeof *queue->packets);
    return packet;
}

void advance(struct run *run, enum tw_end from, enum part part) {
    struct queue *queue = &run->queues[from][part];
    bool overtakes = mode_rules(run->program->mode)->loss > 0 && queue->count > 1;
    size_t index =
        queue_take(queue, overtakes && chance(run, OVERTAKE) ? below(run, queue->count) : 0);
    if (part == BEHIND_TAP) {
        land(run, index);
        return;
    }
    pass_tap(run, index);
    struct queue *behind = &run->queues[from][BEHIND_TAP];
    if (tap_at(run, tw_other(from)) && behind->count > 0 &&
        behind->packets[behind->count - 1] == index) {
        behind->count--; // the tap is at the receiver: it lands at once
        land(run, index);
    }
}

size_t find_ports(const struct program *program, enum tw_end end, const struct tw_tuple *tuple) {
    uint16_t client = end == TW_CLIENT ? tuple->local_port : tuple->remote_port;
    for (size_t i = 0; i < program->ports_count; i++) {
        if (program->client_ports[i] == client) {
            return i;
        }
    }
    return PORTS_MAX;
}

// A stack has sent a segment. Where the tap is at that end, it passes it at once, if at all.
static void sent(struct run *run, const struct tw_flight *flight) {
    struct program *p = run->program;
    const struct tw_segment *s = &flight->segment;
    const struct tw_tuple tuple = {.local_port = s->source_port,
                                   .remote_port = s->destination_port};
    const struct packet packet = {
        .flight = flight->id,
        .original = p->packet_count,
        .from = flight->from,
        .ports = find_ports(p, flight->from, &tuple),
        .segment = flight->segment,
        .sent_step = run->step,
        .sent = flight->left,
    };
    if (packet.ports == PORTS_MAX) {
        run_fail(run, TW_UNMET, "a segment of a port that is none of the program's");
        return;
    }
    size_t index = add_packet(run, &packet);
    note_event(run, EVENT_SENT, index);
    if (!tap_at(run, packet.from)) {
        enter(run, index, BEFORE_TAP);
    } else if (chance(run, mode_rules(p->mode)->loss / 2)) {
        drop(run, &p->packets[index], FATE_LOST_BEFORE);
    } else {
        pass_tap(run, index);
    }
}

static void note_change(struct run *run, const struct tw_witness_history *h, size_t history,
                        const struct tw_witness_step *step) {
    struct program *p = run->program;
    size_t ports = find_ports(p, h->end, &h->tuple);
    if (ports == PORTS_MAX) {
        return;
    }
    if (p->change_count == CHANGES_MAX) {
        run_fail(run, TW_MEMORY, "more than %d changes of state", CHANGES_MAX);
        return;
    }
    struct change *change = &p->changes[p->change_count];
    *change = (struct change){.end = h->end,
                              .ports = ports,
                              .history = history,
                              .state = step->state,
                              .cause = step->cause,
                              .step = run->step,
                              .captured = (unsigned)p->captured_count,
                              .time = step->time};
    memcpy(change->label, run->label, sizeof change->label);
    note_event(run, EVENT_CHANGE, p->change_count++);
}

static void absorb_changes(struct run *run) {
    struct tw_lab_view view;
    tw_lab_view_get(run->lab, &view);
    if (view.witness->history_count > HISTORIES_MAX) {
        run_fail(run, TW_MEMORY, "more than %d histories", HISTORIES_MAX);
        return;
    }
    for (size_t i = 0; i < view.witness->history_count; i++) {
        const struct tw_witness_history *h = &view.witness->histories[i];
        for (size_t *seen = &run->steps_seen[i]; *seen < h->count; ++*seen) {
            note_change(run, h, i, &h->steps[*seen]);
        }
    }
}

void absorb(struct run *run) {
    absorb_changes(run);
    while (run->status == TW_OK) {
        struct tw_lab_view view;
        tw_lab_view_get(run->lab, &view);
        const struct tw_flight *next = NULL;
        for (size_t i = 0; i < view.flight_count && next == NULL; i++) {
            next = known(run->program, view.flights[i].id) ? NULL : &view.flights[i];
        }
        if (next == NULL) {
            return;
        }
        sent(run, next);
    }
}
