// SPDX-License-Identifier: MIT
// One end: its flights and the fold of them over the state table, which is its history.
//
// There is no undo log: the history is a pure function of the settled steps and the flights, and
// a correction is the difference between two folds.
#include "endpoint.h"

#include "landing.h"

#include <string.h>

_Static_assert(sizeof(struct flight) == STORE_UNIT, "a flight is one unit of the store");
enum { HISTORY_CLASS = 4 };
_Static_assert(STEPS_MAX * sizeof(struct packed_step) == STORE_UNIT << HISTORY_CLASS,
               "an outgrown history is a block of the store");

// The store's class of a block of so many flights, a power of two.
static unsigned class_of(unsigned flights) {
    unsigned size_class = 0;
    while (1U << size_class < flights)
        size_class++;
    return size_class;
}

static bool room_for_one(struct store *store, struct endpoint *e) {
    if (e->flight_count < e->flight_room)
        return true;
    unsigned room = e->flight_room == 0 ? 1 : e->flight_room * 2U;
    struct flight *flights = store_take(store, class_of(room));
    if (flights == NULL)
        return false;
    if (e->flight_room > 0) {
        memcpy(flights, e->flights, e->flight_count * sizeof *flights);
        store_give(store, e->flights, class_of(e->flight_room));
    }
    e->flights = flights;
    e->flight_room = (uint8_t)room;
    return true;
}

// What may go when the list is full: of those on their way the newest plain one (what it says, one
// before it or one behind it says too), else one that is overdue. NO_FLIGHT where there is neither.
enum { NO_FLIGHT = FLIGHTS_MAX };

static size_t least_wanted(const struct endpoint *e) {
    size_t overdue = NO_FLIGHT;
    for (size_t i = e->flight_count; i-- > e->placed;) {
        const struct flight *f = &e->flights[i];
        if (!f->syn && !f->fin && !f->rst)
            return i;
        if (f->fate == OVERDUE && !f->fin)
            overdue = i;
    }
    return overdue;
}

static bool insert(struct store *store, struct endpoint *e, size_t index,
                   const struct flight *flight) {
    if (!room_for_one(store, e))
        return false;
    memmove(&e->flights[index + 1], &e->flights[index],
            (e->flight_count - index) * sizeof *e->flights);
    e->flights[index] = *flight;
    e->flight_count++;
    return true;
}

// Returns where `index` has gone. Without anything on its way to let go of, the first flight is
// settled as it stands.
static size_t make_room(struct store *store, struct tw_connection *c, enum tw_end end,
                        size_t index) {
    struct endpoint *e = &c->end[end];
    if (e->flight_count < FLIGHTS_MAX)
        return index;
    size_t victim = least_wanted(e);
    if (victim == NO_FLIGHT) {
        victim = 0;
        struct flight first = e->flights[0];
        if (!endpoint_settle(store, c, end, &first))
            return index;
    }
    endpoint_remove(store, e, victim);
    return victim < index ? index - 1 : index;
}

bool endpoint_put(struct store *store, struct tw_connection *c, enum tw_end end, size_t index,
                  const struct flight *flight) {
    struct endpoint *e = &c->end[end];
    if (!insert(store, e, make_room(store, c, end, index), flight))
        return false;
    e->placed++;
    return true;
}

bool endpoint_launch(struct store *store, struct tw_connection *c, enum tw_end end,
                     const struct flight *flight) {
    make_room(store, c, end, 0);
    return insert(store, &c->end[end], c->end[end].flight_count, flight);
}

static void release(struct store *store, struct endpoint *e) {
    if (e->flight_room > 0)
        store_give(store, e->flights, class_of(e->flight_room));
    e->flights = NULL;
    e->flight_count = e->flight_room = e->placed = 0;
}

void endpoint_remove(struct store *store, struct endpoint *e, size_t index) {
    e->flight_count--;
    memmove(&e->flights[index], &e->flights[index + 1],
            (e->flight_count - index) * sizeof *e->flights);
    if (index < e->placed)
        e->placed--;
    if (e->flight_count == 0)
        release(store, e);
}

void endpoint_place(struct endpoint *e, size_t index, enum fate fate) {
    struct flight flight = e->flights[index];
    flight.fate = fate;
    memmove(&e->flights[e->placed + 1], &e->flights[e->placed],
            (index - e->placed) * sizeof *e->flights);
    e->flights[e->placed++] = flight;
}

void endpoint_lift(struct endpoint *e) {
    while (e->placed > 0 && e->flights[e->placed - 1].kind == ARRIVAL &&
           (e->flights[e->placed - 1].fate == ASSUMED || e->flights[e->placed - 1].fate == REFUSED))
        e->flights[--e->placed].fate = IN_FLIGHT;
    for (size_t i = e->placed; i < e->flight_count; i++)
        if (e->flights[i].fate == REFUSED)
            e->flights[i].fate = IN_FLIGHT;
}

void endpoint_close(struct store *store, struct endpoint *e) {
    release(store, e);
    e->settled = e->step_count;
}

void endpoint_forget(struct store *store, struct endpoint *e) {
    endpoint_close(store, e);
    e->step_count = e->settled = 0;
}

void endpoint_fini(struct store *store, struct endpoint *e) {
    endpoint_close(store, e);
    if (e->outgrown)
        store_give(store, e->more, HISTORY_CLASS);
}

static struct packed_step *steps_of(struct endpoint *e) {
    return e->outgrown ? e->more : e->steps;
}

// A history outgrows its place in the record only in odd connections: then it moves out, whole.
static bool append(struct store *store, struct endpoint *e, struct packed_step step) {
    if (e->step_count == INLINE_STEPS && !e->outgrown) {
        struct packed_step *more = store_take(store, HISTORY_CLASS);
        if (more == NULL)
            return false;
        memcpy(more, e->steps, sizeof e->steps);
        e->more = more;
        e->outgrown = 1;
    }
    struct packed_step *steps = steps_of(e);
    if (e->step_count == STEPS_MAX) { // the middle goes, the first and the last steps stay
        size_t half = STEPS_MAX / 2;
        memmove(&steps[half], &steps[half + 1], (STEPS_MAX - half - 1) * sizeof *steps);
        e->step_count--;
        if (e->settled > half)
            e->settled--;
        if (e->steps_dropped < UINT8_MAX)
            e->steps_dropped++;
    }
    steps[e->step_count++] = step;
    return true;
}

bool endpoint_step(struct store *store, struct endpoint *e, enum tw_state state,
                   enum tw_event event, enum tw_basis basis, uint64_t packet) {
    bool done = append(store, e,
                       (struct packed_step){.packet = packet & 0xffffffffffff,
                                            .state = state & 0xf,
                                            .event = event & 0x3f,
                                            .basis = basis & 0x3});
    e->settled = e->step_count;
    return done;
}

void endpoint_was_active(struct endpoint *e, uint64_t packet) {
    struct packed_step *first = steps_of(e);
    if (e->settled > 0 && (first->state == TW_LISTEN || first->state == TW_SYN_SENT))
        *first = (struct packed_step){.packet = packet & 0xffffffffffff,
                                      .state = TW_SYN_SENT,
                                      .event = TW_EV_SEND_SYN,
                                      .basis = TW_OBSERVED};
}

// --- The walk: one flight at a time through the table -------------------------------------------

struct walk {
    struct store *store;
    const struct endpoint *end, *peer;
    enum tw_state state;
    bool known;            // anything at all is known of this end
    bool failed;           // out of memory
    struct endpoint *into; // where the steps go, or NULL
    bool listener_keeps;   // of the profile
    enum tw_event event;   // the last that happened, and what the table said of it
    enum tw_cell_kind kind;
    uint64_t landed_by; // packet that caused the last step, if it was an arrival
    tw_time now, trip;
    tw_time sent;   // when the end's last segment so far was seen
    tw_time *times; // by step, or NULL
};

static void enter(struct walk *w, enum tw_state state, enum tw_event event, enum tw_basis basis,
                  const struct flight *f) {
    bool same_segment = f->kind == ARRIVAL && w->landed_by == f->packet &&
                        (w->state == TW_FIN_WAIT_2 || w->state == TW_ESTABLISHED);
    w->known = true;
    w->state = state;
    w->landed_by = f->kind == ARRIVAL && event != TW_EV_PASSIVE_OPEN ? f->packet : 0;
    if (w->into == NULL)
        return;
    struct packed_step step = {.packet = f->packet,
                               .state = state & 0xf,
                               .event = event & 0x3f,
                               .basis = basis & 0x3,
                               .passed = same_segment};
    struct endpoint *e = w->into;
    if (same_segment && e->step_count > e->settled) // one step, through the state between
        steps_of(e)[e->step_count - 1] = step;
    else if (!append(w->store, e, step))
        w->failed = true;
    if (w->times == NULL || e->step_count == 0)
        return;
    tw_time at = f->time;
    if (f->kind == ARRIVAL && w->trip != TW_NO_TIME)
        at += w->trip / 2;
    if (f->kind == ARRIVAL && (f->fate == PROVEN || f->fate == ASSUMED) && at > w->now)
        at = w->now;
    if (at < w->sent) // what was sent before went before
        at = w->sent;
    w->times[e->step_count - 1] = at;
}

static void happen(struct walk *w, enum tw_event event, enum tw_basis basis,
                   const struct flight *f) {
    const struct tw_cell *cell = tw_state_cell(w->state, event);
    w->event = event;
    w->kind = cell->kind;
    if (cell->kind == TW_GO && w->listener_keeps && event == TW_EV_RCV_RST &&
        w->state == TW_SYN_RECEIVED && !w->end->syn_sent)
        enter(w, TW_LISTEN, event, basis, f); // 3.5.3; with sockets the listener is another one
    else if (cell->kind == TW_GO)
        enter(w, cell->next, event, basis, f);
    else if (!w->known && (event == TW_EV_SEND_RST || event == TW_EV_SEND_RST_ANSWER))
        enter(w, TW_CLOSED, event, basis, f); // all that is known of it: nobody is there
}

static void walk_send(struct walk *w, const struct flight *f) {
    enum tw_basis basis = f->fate == ASSUMED ? TW_ASSUMED : TW_OBSERVED;
    if (f->rst) {
        happen(w, f->answer ? TW_EV_SEND_RST_ANSWER : TW_EV_SEND_RST, basis, f);
        return;
    }
    if (f->syn && f->has_ack) {
        if (!w->known || w->state == TW_CLOSED) { // the SYN was not seen, or refused at first
            happen(w, TW_EV_PASSIVE_OPEN, basis == TW_ASSUMED ? basis : TW_PROVEN, f);
            happen(w, TW_EV_RCV_SYN, basis, f);
        }
        happen(w, TW_EV_SEND_SYN_ACK, basis, f);
    } else if (f->syn)
        happen(w, TW_EV_SEND_SYN, basis, f);
    if (f->fin)
        happen(w, TW_EV_SEND_FIN, basis, f);
}

// RFC 5961 3.2: exactly at RCV.NXT; what has passed the tap in order may have landed or not.
// Linux also takes one below in the states behind a FIN (tcp_reset_check, net/ipv4/tcp_input.c).
static bool reset_accepted(const struct walk *w, const struct flight *f) {
    uint32_t low = w->end->ack_seen ? w->end->acked : w->peer->contig;
    uint32_t high = tw_seq_max(low, w->peer->contig);
    switch (w->state) {
    case TW_SYN_SENT:
        return f->has_ack && tw_seq_lt(w->end->iss, f->ack) && tw_seq_le(f->ack, w->end->nxt);
    case TW_CLOSE_WAIT:
    case TW_LAST_ACK:
    case TW_CLOSING: low--; break;
    default: break;
    }
    if (w->peer->hole && w->end->sacks && f->seq == w->peer->nxt)
        return true; // Linux takes the right edge of its own SACK too
    return f->fate == PROVEN || (tw_seq_le(low, f->seq) && tw_seq_le(f->seq, high));
}

static void walk_arrival(struct walk *w, const struct flight *f, enum tw_basis basis) {
    const struct endpoint *e = w->end;
    if (f->rst) {
        if (w->known)
            happen(w, reset_accepted(w, f) ? TW_EV_RCV_RST : TW_EV_RCV_RST_REFUSED, basis, f);
        return;
    }
    bool acks_syn = f->has_ack && tw_seq_lt(e->iss, f->ack) && tw_seq_le(f->ack, e->nxt);
    if (f->syn && !f->has_ack) {
        if (!w->known || w->state == TW_CLOSED) {
            if (f->fate != PROVEN)
                return; // LISTEN is claimed only where a SYN,ACK shows it
            happen(w, TW_EV_PASSIVE_OPEN, TW_PROVEN, f);
            basis = TW_OBSERVED; // by the SYN,ACK
        }
        happen(w, TW_EV_RCV_SYN, basis, f);
    } else if (f->syn && acks_syn)
        happen(w, TW_EV_RCV_SYN_ACK, basis, f);
    if (!w->known)
        return;
    if (!f->syn && acks_syn && w->state == TW_SYN_RECEIVED)
        happen(w, TW_EV_RCV_ACK_OF_SYN, basis, f);
    if (f->has_ack && e->fin_seen && tw_seq_lt(e->fin, f->ack) &&
        (w->state == TW_FIN_WAIT_1 || w->state == TW_CLOSING || w->state == TW_LAST_ACK))
        happen(w, TW_EV_RCV_ACK_OF_FIN, basis, f);
    // A FIN above missing data waits (3.10.7.4: it is processed in its turn); a SACK over it says
    // that it has come and waits.
    if (f->fin && (f->fate == PROVEN || (!e->sacks && tw_seq_le(f->end - 1, w->peer->contig)) ||
                   (e->ack_seen && tw_seq_le(f->end - 1, e->acked))))
        happen(w, TW_EV_RCV_FIN, basis, f);
}

static void walk_one(struct walk *w, const struct flight *f) {
    if (f->kind == SENT) {
        w->sent = f->time;
        walk_send(w, f);
    } else if (f->kind == ARRIVAL)
        switch ((enum fate)f->fate) {
        case PROVEN: walk_arrival(w, f, TW_PROVEN); break;
        case ASSUMED:
        case IN_FLIGHT: walk_arrival(w, f, TW_ASSUMED); break;
        case OVERDUE:
        case REFUSED: break;
        }
}

static struct walk walk_begin(const struct tw_connection *c, enum tw_end end) {
    const struct endpoint *e = &c->end[end];
    return (struct walk){
        .end = e,
        .peer = &c->end[peer_of(c, end)],
        .listener_keeps = c->listener_keeps,
        .sent = TW_NO_TIME,
        .known = e->settled > 0,
        .state =
            e->settled > 0 ? (enum tw_state)endpoint_steps(e)[e->settled - 1].state : TW_CLOSED,
    };
}

enum tw_state endpoint_placed_state(const struct tw_connection *c, enum tw_end end) {
    struct walk w = walk_begin(c, end);
    for (size_t i = 0; i < c->end[end].placed; i++)
        walk_one(&w, &c->end[end].flights[i]);
    return w.state;
}

bool endpoint_settle(struct store *store, struct tw_connection *c, enum tw_end end,
                     const struct flight *sent) {
    struct walk w = walk_begin(c, end);
    w.store = store;
    w.into = &c->end[end];
    w.into->step_count = w.into->settled; // what was folded behind them is folded anew
    walk_one(&w, sent);
    c->end[end].settled = c->end[end].step_count;
    return !w.failed;
}

enum tw_cell_kind endpoint_probe(const struct tw_connection *c, enum tw_end end,
                                 const struct flight *f, enum tw_event *event) {
    struct walk w = walk_begin(c, end);
    if (f->kind == SENT) { // what is only assumed to have landed says nothing of what it sends
        w.known = w.known || w.end->placed > 0;
        w.state = endpoint_placed_state(c, end);
    } else {
        w.known = w.end->step_count > 0;
        w.state = endpoint_state(w.end);
    }
    w.kind = TW_STAY;
    w.event = TW_EVENT_COUNT;
    walk_one(&w, f);
    *event = w.event;
    return w.kind;
}

// A flight is beyond doubt when nothing that may still come can move it.
static bool beyond_doubt(const struct flight *f) {
    return (f->kind == SENT && !f->rst) || (f->kind == ARRIVAL && f->fate == PROVEN && !f->rst);
}

bool endpoint_fold(struct store *store, struct tw_connection *c, enum tw_end end, tw_time now,
                   tw_time *times) {
    struct endpoint *e = &c->end[end];
    struct walk w = walk_begin(c, end);
    w.store = store;
    w.into = e;
    w.now = now;
    w.times = times;
    w.trip = times != NULL ? landing_round_trip(c, end) : TW_NO_TIME;
    e->step_count = e->settled;
    size_t done = 0;
    while (done < e->placed && beyond_doubt(&e->flights[done])) {
        walk_one(&w, &e->flights[done++]);
        // One segment's two steps are one: settle behind it only.
        e->settled = e->step_count;
    }
    for (size_t i = done; i < e->flight_count; i++)
        walk_one(&w, &e->flights[i]);
    if (done > 0) {
        e->flight_count = (uint8_t)(e->flight_count - done);
        e->placed = (uint8_t)(e->placed - done);
        memmove(e->flights, e->flights + done, e->flight_count * sizeof *e->flights);
        if (e->flight_count == 0)
            endpoint_close(store, e);
    }
    return !w.failed;
}
