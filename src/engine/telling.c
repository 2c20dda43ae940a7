// SPDX-License-Identifier: MIT
// Telling an observer what changed in the histories: the difference between two folds.
#include "telling.h"

#include <stdlib.h>
#include <string.h>

#include "landing.h"

void telling_fini(struct telling *t) {
    free(t->heap);
}

// --- Landings that are due later ----------------------------------------------------------------

static bool push(struct telling *t, struct due due) {
    if (t->count == t->room) {
        size_t room = t->room == 0 ? 64 : t->room * 2;
        struct due *heap = realloc(t->heap, room * sizeof *heap);
        if (heap == NULL)
            return false;
        t->heap = heap;
        t->room = room;
    }
    size_t i = t->count++;
    for (; i > 0 && t->heap[(i - 1) / 2].time > due.time; i = (i - 1) / 2)
        t->heap[i] = t->heap[(i - 1) / 2];
    t->heap[i] = due;
    return true;
}

bool telling_next(struct telling *t, tw_time now, struct due *due) {
    if (t->count == 0 || t->heap[0].time > now)
        return false;
    *due = t->heap[0];
    struct due last = t->heap[--t->count];
    size_t i = 0;
    for (;;) {
        size_t child = 2 * i + 1;
        if (child + 1 < t->count && t->heap[child + 1].time < t->heap[child].time)
            child++;
        if (child >= t->count || t->heap[child].time >= last.time)
            break;
        t->heap[i] = t->heap[child];
        i = child;
    }
    t->heap[i] = last;
    return true;
}

// --- Differences --------------------------------------------------------------------------------

void telling_remember(struct telling *t, const struct tw_connection *c) {
    for (unsigned end = 0; end < TW_END_COUNT; end++) {
        const struct endpoint *e = &c->end[end];
        t->before[end].count = e->told;
        t->before[end].dropped = e->steps_dropped;
        memcpy(t->before[end].steps, endpoint_steps(e), e->told * sizeof(struct packed_step));
        for (size_t i = 0; i < STEPS_MAX; i++)
            t->times[end][i] = TW_NO_TIME;
    }
}

static enum tw_state middle_of(enum tw_state from) {
    return from == TW_SYN_RECEIVED ? TW_ESTABLISHED : TW_FIN_WAIT_2;
}

// Caused by a segment that landed; the other events are the end's own, its user's or its timers'.
static bool is_landing(const struct packed_step *step) {
    switch ((enum tw_event)step->event) {
    case TW_EV_RCV_SYN:
    case TW_EV_RCV_SYN_ACK:
    case TW_EV_RCV_ACK_OF_SYN:
    case TW_EV_RCV_ACK_OF_FIN:
    case TW_EV_RCV_FIN:
    case TW_EV_RCV_RST:
    case TW_EV_RCV_SYN_REOPEN: return true;
    default: return false;
    }
}

// The packet that decided a step: a segment of the end's own decides itself.
static uint64_t decided_by(const struct packed_step *step, uint64_t packet) {
    if (step->basis != TW_OBSERVED && step->basis != TW_PROVEN)
        return 0;
    return is_landing(step) || step->event == TW_EV_PASSIVE_OPEN ? packet : step->packet;
}

static void tell_transition(const struct telling *t, const struct tw_connection *c, enum tw_end end,
                            size_t index, uint64_t packet) {
    const struct packed_step *steps = endpoint_steps(&c->end[end]), *step = &steps[index];
    enum tw_basis basis = (enum tw_basis)step->basis;
    struct tw_transition transition = {
        .end = end,
        .from = index > 0 ? (enum tw_state)steps[index - 1].state : TW_CLOSED,
        .to = (enum tw_state)step->state,
        .passes = step->passed,
        .event = (enum tw_event)step->event,
        .basis = basis,
        .packet = step->packet,
        .decided_by = decided_by(step, packet),
        .time = t->times[end][index] != TW_NO_TIME      ? t->times[end][index]
                : packet != 0 && step->packet == packet ? t->seen
                                                        : t->now,
    };
    enum tw_state before = transition.from;
    if (transition.passes)
        before = transition.through = middle_of(transition.from);
    transition.cell = tw_state_cell(before, transition.event);
    bool moves = transition.from != transition.to; // not: all that is known is that nobody is there
    if (moves && t->observer.transition != NULL)
        t->observer.transition(t->observer.context, c, &transition);
}

// When an assumed step lands that is not yet placed: TW_NO_TIME where it is told at once,
// INT64_MAX where only a proof can tell.
static tw_time due_time(const struct tw_connection *c, enum tw_end end,
                        const struct packed_step *step) {
    const struct endpoint *e = &c->end[end];
    if (step->basis != TW_ASSUMED || !is_landing(step) || step < endpoint_steps(e) + e->settled)
        return TW_NO_TIME;
    for (size_t i = e->placed; i < e->flight_count; i++) {
        const struct flight *f = &e->flights[i];
        if (f->kind != ARRIVAL || f->packet != step->packet)
            continue;
        tw_time trip = landing_round_trip(c, end);
        if (trip != TW_NO_TIME)
            return f->time + trip / 2;
        // Without a flight time a landing waits for its proof; a RST will never have one.
        return f->rst ? f->time + LANDING_PATIENCE : INT64_MAX;
    }
    return TW_NO_TIME;
}

static bool has_reset(const struct packed_step *steps, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (steps[i].event == TW_EV_SEND_RST)
            return true;
    return false;
}

// `count` steps from `now` on stand where `was` stood.
static const char *correction_why(const struct packed_step *was, const struct packed_step *now,
                                  size_t count) {
    if (was->event == TW_EV_SEND_SYN && count == 0)
        return N_("taken back: the end goes on in its old connection, so it did not send this SYN");
    if (was->event == TW_EV_SEND_RST && !has_reset(now, count))
        return N_("taken back: the end goes on, so it did not send this RST");
    if (was->state == TW_CLOSED && was->event == TW_EV_RCV_RST)
        return N_("taken back: the end went on, so the RST had not reached it or was not accepted");
    if (was->event == TW_EV_RCV_FIN || was->state == TW_CLOSE_WAIT)
        return N_("taken back: the end had not received the FIN when it sent this");
    if (count > 0 && now->event == TW_EV_SEND_FIN)
        return N_("taken back: the end had sent its FIN before, and the capture missed it");
    return N_("taken back: the end had not received the segment when it sent this");
}

// The steps from `from` on that no flight still on its way has caused.
static size_t placed_count(const struct tw_connection *c, enum tw_end end, size_t from) {
    const struct endpoint *e = &c->end[end];
    while (from < e->step_count && due_time(c, end, &endpoint_steps(e)[from]) == TW_NO_TIME)
        from++;
    return from;
}

static size_t due_count(const struct tw_connection *c, enum tw_end end, size_t from, tw_time now,
                        bool all, tw_time *next) {
    const struct endpoint *e = &c->end[end];
    size_t count = from;
    for (; count < e->step_count; count++) {
        *next = due_time(c, end, &endpoint_steps(e)[count]);
        if (!all && *next > now)
            return count;
    }
    *next = INT64_MAX;
    return count;
}

static bool tell_end(struct telling *t, struct tw_connection *c, enum tw_end end, uint64_t packet,
                     tw_time now, bool all) {
    struct endpoint *e = &c->end[end];
    const struct packed_step *old = t->before[end].steps, *steps = endpoint_steps(e);
    size_t told = t->before[end].count, same = 0;
    tw_time next;
    if (e->steps_dropped != t->before[end].dropped) {
        // The middle of the history went, and the places with it: only what was added is told.
        if (told == 0 || old[told - 1].packet != steps[e->step_count - 1].packet)
            tell_transition(t, c, end, e->step_count - 1, packet);
        e->told = (uint8_t)e->step_count;
        return true;
    }
    while (same < told && same < e->step_count && old[same].state == steps[same].state) {
        if (old[same].basis == TW_ASSUMED && steps[same].basis == TW_PROVEN &&
            steps[same].packet < packet && t->observer.proof != NULL)
            t->observer.proof(t->observer.context, c, end, packet, now, steps[same].packet);
        same++;
    }
    size_t due = due_count(c, end, same, now, all, &next);
    size_t next_told = same;
    if (same < told) {
        next_told = placed_count(c, end, same);
        if (next_told > due)
            next_told = due;
        enum tw_state was[STEPS_MAX], is[STEPS_MAX];
        // That an end was CLOSED at first was no transition, so there is nothing to take back.
        size_t from = same == 0 && old[0].state == TW_CLOSED ? 1 : same;
        for (size_t i = from; i < told; i++)
            was[i - from] = (enum tw_state)old[i].state;
        for (size_t i = same; i < next_told; i++)
            is[i - same] = (enum tw_state)steps[i].state;
        struct tw_correction correction = {
            .end = end,
            .was_count = told - from,
            .now_count = next_told - same,
            .was = was,
            .now = is,
            .packet = packet,
            .time = now,
            .why = correction_why(&old[same], &steps[same], next_told - same),
        };
        if (correction.was_count == 0)
            next_told = same; // nothing that was told is taken back
        else if (t->observer.correction != NULL)
            t->observer.correction(t->observer.context, c, &correction);
    }
    for (size_t i = next_told; i < due; i++)
        tell_transition(t, c, end, i, packet);
    e->told = (uint8_t)due;
    if (next == INT64_MAX || e->due)
        return true;
    e->due = push(t, (struct due){next, c->number, c->id, end});
    return e->due;
}

bool telling_tell(struct telling *t, struct tw_connection *c, uint64_t packet, tw_time now,
                  bool all) {
    t->now = now;
    bool done = tell_end(t, c, TW_CLIENT, packet, now, all);
    return (c->self || tell_end(t, c, TW_SERVER, packet, now, all)) && done;
}
