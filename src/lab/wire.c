// SPDX-License-Identifier: MIT
// The wire. Flights stand in one row, in the order in which they land if nothing else decides.
// Each moves by itself to just before 1, where it arrives when it is `due`; whether and when it
// then lands is settled anew after every command (settle).
#include "wire.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "addresses.h"
#include "flight.h"
#include "forge.h"
#include "tcpwalk/decode.h"

enum { LINKTYPE_RAW = 101, PACKET_MAX = 65575, ROOM_LEAST = 64 };

static const tw_time DELAY_MAX = INT64_MAX / 4; // so that sums of times cannot overflow

struct wire {
    struct wire_events events;
    struct flight **flights;
    struct tw_flight *lent; // room for all of them, for wire_flights
    size_t count, room;
    uint64_t last_id;
    tw_time now, told; // the latest that was told to us, and by us
    tw_time delay[TW_END_COUNT];
    double places[WIRE_TAPS];
    size_t tap_count;
    bool tap_on;
    bool hold[TW_END_COUNT][TW_KIND_COUNT];
    bool released; // one of them was, since the time was last told
    struct doom {
        bool every;
        unsigned next; // so many
    } doom[TW_END_COUNT][TW_FATE_COUNT][TW_KIND_COUNT];
    struct forge_memory memory;
};

struct wire *wire_new(const struct wire_events *events) {
    struct wire *w = calloc(1, sizeof *w);
    if (w == NULL)
        return NULL;
    w->events = *events;
    w->now = w->told = INT64_MIN;
    w->tap_on = true;
    return w;
}

void wire_free(struct wire *w) {
    if (w == NULL)
        return;
    for (size_t i = 0; i < w->count; i++)
        flight_free(w->flights[i]);
    free(w->flights);
    free(w->lent);
    free(w);
}

// --- The row

static size_t index_of(const struct wire *w, uint64_t id) {
    size_t i = 0;
    while (i < w->count && w->flights[i]->shown.id != id)
        i++;
    return i;
}

static struct flight *find(const struct wire *w, uint64_t id) {
    const size_t i = index_of(w, id);
    return i < w->count ? w->flights[i] : NULL;
}

static bool make_room(struct wire *w) {
    if (w->count < w->room)
        return true;
    if (w->count == WIRE_FLIGHTS_MAX)
        return false;
    const size_t room = w->room == 0 ? ROOM_LEAST : w->room * 2;
    struct flight **flights = realloc(w->flights, room * sizeof(struct flight *));
    if (flights == NULL)
        return false;
    w->flights = flights;
    struct tw_flight *lent = realloc(w->lent, room * sizeof *lent);
    if (lent == NULL)
        return false;
    w->lent = lent;
    w->room = room;
    return true;
}

// A flight like `model`, at `index` of the row. NULL when out of memory.
static struct flight *insert(struct wire *w, size_t index, const struct flight *model,
                             const uint8_t *octets) {
    struct flight *f = make_room(w) ? flight_new(model, octets) : NULL;
    if (f == NULL)
        return NULL;
    f->shown.id = ++w->last_id;
    if (!f->shown.copy)
        f->shown.original = f->shown.id;
    memmove(w->flights + index + 1, w->flights + index,
            (w->count - index) * sizeof(struct flight *));
    w->flights[index] = f;
    w->count++;
    return f;
}

// --- Holds

static bool rule_holds(const struct wire *w, const struct flight *f) {
    for (enum tw_kind kind = 0; kind < TW_KIND_COUNT; kind++) {
        if (w->hold[f->shown.from][kind] && tw_kind_matches(kind, &f->shown.segment))
            return true;
    }
    return false;
}

// What is doomed never lands, so nothing holds it. One that comes after another stands behind it
// in the row, hence is settled later.
static bool stopped(const struct wire *w, const struct flight *f) {
    if (f->still || f->waits || (!flight_doomed(f) && rule_holds(w, f)))
        return true;
    const struct flight *before = f->after != 0 ? find(w, f->after) : NULL;
    return before != NULL && before->shown.lands == TW_NO_TIME;
}

// Who is held, and when what is held no longer lands: in order of leaving, and not in the past.
// From `index` of the row on. `released`: nobody said what time it is.
static void settle(struct wire *w, size_t index, bool released) {
    for (size_t i = index; i < w->count; i++) {
        struct flight *f = w->flights[i];
        if (stopped(w, f)) {
            f->shown.lands = TW_NO_TIME;
        } else if (f->shown.lands == TW_NO_TIME) {
            f->shown.lands = flight_later(f->due, w->now);
            f->released = released;
            w->released |= released;
        }
    }
}

static void release_by(struct wire *w, tw_time now) {
    for (size_t i = 0; w->released && i < w->count; i++) {
        struct flight *f = w->flights[i];
        if (f->released && f->shown.lands != TW_NO_TIME)
            f->shown.lands = flight_later(f->shown.lands, now);
        f->released = false;
    }
    w->released = false;
}

static void tell_time(struct wire *w, tw_time now) {
    release_by(w, now);
    w->now = flight_later(w->now, now);
}

// --- Moving

// How far a tap is from the flight's sender.
static double tap_at(const struct wire *w, size_t tap, enum tw_end from) {
    return from == TW_CLIENT ? w->places[tap] : 1 - w->places[tap];
}

// The first tap on its way that it has not passed, or w->tap_count.
static size_t next_tap(const struct wire *w, const struct flight *f) {
    size_t next = w->tap_count;
    for (size_t i = 0; i < w->tap_count; i++) {
        if ((f->passed & 1U << i) == 0 &&
            (next == w->tap_count || tap_at(w, i, f->shown.from) < tap_at(w, next, f->shown.from)))
            next = i;
    }
    return next;
}

static tw_time tell(struct wire *w, tw_time time) {
    w->told = flight_later(w->told, time);
    return w->told;
}

static void see(struct wire *w, struct flight *f, size_t tap, tw_time time) {
    f->passed |= (uint8_t)(1U << tap);
    if (w->tap_on)
        w->events.seen(w->events.context, tap, tell(w, time), &f->shown);
}

// Past all taps that it comes by until `now`, and on to `at` then.
static void pass(struct wire *w, struct flight *f, double at, tw_time now) {
    for (;;) {
        const size_t tap = next_tap(w, f);
        if (tap == w->tap_count)
            return;
        const double place = tap_at(w, tap, f->shown.from);
        const tw_time by_itself = flight_passes(f, place);
        if (by_itself > now && place > at)
            return;
        see(w, f, tap, by_itself < now ? by_itself : now);
    }
}

// It leaves the wire, and is told of.
static void end(struct wire *w, struct flight *f, tw_time now,
                void (*what)(void *context, tw_time time, const struct tw_flight *flight)) {
    const size_t index = index_of(w, f->shown.id);
    w->count--;
    memmove(w->flights + index, w->flights + index + 1,
            (w->count - index) * sizeof(struct flight *));
    for (size_t i = index; i < w->count; i++) {
        if (w->flights[i]->after == f->shown.id) {
            w->flights[i]->after = 0;
            settle(w, 0, false);
        }
    }
    what(w->events.context, tell(w, now), &f->shown);
    flight_free(f);
}

static void land(struct wire *w, struct flight *f, tw_time now) {
    const struct tw_address there = lab_address(tw_other(f->shown.from), f->shown.segment.version);
    const bool known = memcmp(&f->shown.segment.destination, &there, sizeof there) == 0;
    pass(w, f, 1, now);
    f->shown.at = 1;
    end(w, f, now, known ? w->events.landed : w->events.lost);
}

static void lose(struct wire *w, struct flight *f, tw_time now) {
    pass(w, f, 0, now);
    f->shown.at = flight_at(f, now);
    end(w, f, now, w->events.lost);
}

// --- Copies and changed places

// It goes right behind `next`, which was the next one behind it. Has to be settled.
static void fall_behind(struct wire *w, struct flight *f, struct flight *next, tw_time now) {
    const size_t first = index_of(w, f->shown.id), second = index_of(w, next->shown.id);
    memmove(w->flights + first, w->flights + first + 1, (second - first) * sizeof(struct flight *));
    w->flights[second] = f;
    f->waits = false;
    f->after = next->shown.id;
    if (next->after == f->shown.id)
        next->after = 0;
    next->struck |= 1U << TW_FATE_SWAP;
    const tw_time a = f->shown.lands, b = next->shown.lands;
    if (a != TW_NO_TIME && b != TW_NO_TIME) {
        flight_retime(next, a < b ? a : b, now);
        flight_retime(f, flight_later(a, b), now);
    } else {
        flight_retime(f, flight_later(f->due, next->due), now);
    }
}

static void swap(struct wire *w, struct flight *f, tw_time now) {
    size_t next = index_of(w, f->shown.id) + 1;
    while (next < w->count && w->flights[next]->shown.from != f->shown.from)
        next++;
    if (next < w->count)
        fall_behind(w, f, w->flights[next], now);
    else
        f->waits = true;
    f->struck |= 1U << TW_FATE_SWAP;
    settle(w, 0, false);
}

// --- Fates

// Whether there is a rule for it; one for the next is used up, the narrowest first.
static bool strikes(struct wire *w, struct flight *f, enum tw_lab_fate fate) {
    if ((f->struck & 1U << fate) != 0)
        return false;
    for (unsigned kind = TW_KIND_COUNT; kind-- > 0;) {
        struct doom *doom = &w->doom[f->shown.from][fate][kind];
        if ((doom->every || doom->next > 0) && tw_kind_matches(kind, &f->shown.segment)) {
            if (!doom->every)
                doom->next--;
            f->struck |= (uint8_t)(1U << fate);
            return true;
        }
    }
    return false;
}

// A copy has not left its end, so only what drops strikes it. False when out of memory.
static bool copy(struct wire *w, const struct flight *f) {
    struct flight model = *f;
    model.shown.copy = true;
    model.shown.original = f->shown.original;
    model.struck &= (uint8_t) ~(1U << TW_FATE_DROP);
    struct flight *c = insert(w, index_of(w, f->shown.id) + 1, &model, f->shown.octets);
    if (c == NULL)
        return false;
    const bool dropped = strikes(w, c, TW_FATE_DROP);
    settle(w, 0, false);
    if (dropped && c->shown.lands == TW_NO_TIME)
        lose(w, c, w->now);
    return true;
}

static struct flight *struck(struct wire *w, enum tw_end from, enum tw_lab_fate fate) {
    for (size_t i = 0; i < w->count; i++) {
        if (w->flights[i]->shown.from == from && strikes(w, w->flights[i], fate))
            return w->flights[i];
    }
    return NULL;
}

void wire_doom(struct wire *w, enum tw_end from, enum tw_kind kind, enum tw_lab_fate fate,
               bool every) {
    struct doom *doom = &w->doom[from][fate][kind];
    if (every)
        doom->every = true;
    else if (doom->next < UINT_MAX)
        doom->next++;
    struct flight *f;
    while ((f = struck(w, from, fate)) != NULL) {
        switch (fate) {
        case TW_FATE_DROP:
            if (f->shown.lands == TW_NO_TIME)
                lose(w, f, w->now);
            break;
        case TW_FATE_DUPLICATE: (void)copy(w, f); break; // without memory it stays alone
        case TW_FATE_SWAP: swap(w, f, w->now); break;
        case TW_FATE_COUNT: break;
        }
    }
}

// --- What is put in

static void leave(struct wire *w, struct flight *f) {
    const enum tw_end from = f->shown.from;
    size_t index = w->count - 1; // its own
    for (size_t i = index; i-- > 0;) {
        struct flight *before = w->flights[i];
        if (before->shown.from == from && !before->waits)
            break; // only the last ones from an end can wait
        if (before->shown.from == from) {
            fall_behind(w, before, f, f->shown.left);
            index--;
        }
    }
    const bool dropped = strikes(w, f, TW_FATE_DROP);
    const bool twice = strikes(w, f, TW_FATE_DUPLICATE);
    f->waits = !dropped && strikes(w, f, TW_FATE_SWAP);
    settle(w, index, false);
    for (size_t tap = 0; tap < w->tap_count; tap++) {
        if (tap_at(w, tap, from) <= 0)
            see(w, f, tap, f->shown.left);
    }
    if (twice)
        (void)copy(w, f); // without memory it stays alone
    if (dropped && f->shown.lands == TW_NO_TIME)
        lose(w, f, f->shown.left);
}

// Held or not, what one end sends comes to the end of the path in order of leaving.
static tw_time due(const struct wire *w, enum tw_end from, tw_time left) {
    const tw_time due = left + w->delay[from];
    for (size_t i = w->count; i-- > 0;) {
        const struct flight *f = w->flights[i];
        if (f->shown.from == from && !f->still)
            return flight_later(due, flight_later(f->due, f->shown.lands));
    }
    return due;
}

static enum tw_status carry(struct wire *w, enum tw_end from, tw_time now, const uint8_t *octets,
                            size_t length, bool injected) {
    static const struct tw_decoder decoder = {0};
    static const uint8_t not_carried =
        TW_NOTE_TUNNEL | TW_NOTE_FIRST_FRAGMENT | TW_NOTE_CUT | TW_NOTE_HEADER_CUT;
    struct flight model = {.shown = {.from = from, .lands = TW_NO_TIME, .injected = injected}};
    struct tw_segment *segment = &model.shown.segment;
    enum tw_reason reason;
    if (length > PACKET_MAX || tw_decode(&decoder, LINKTYPE_RAW, octets, (uint32_t)length,
                                         (uint32_t)length, segment, &reason) != TW_DECODED)
        return TW_OK;
    if ((segment->notes & not_carried) != 0)
        return TW_OK;

    tell_time(w, now);
    model.shown.left = model.since = flight_later(now, w->told);
    model.shown.length = length;
    model.still = w->delay[from] == TW_NO_TIME;
    model.due = model.still ? model.shown.left : due(w, from, model.shown.left);
    struct flight *f = insert(w, w->count, &model, octets);
    if (f == NULL)
        return TW_MEMORY;
    forge_remember(&w->memory, from, segment, injected);
    leave(w, f);
    return TW_OK;
}

enum tw_status wire_put(struct wire *w, enum tw_end from, tw_time now, const uint8_t *octets,
                        size_t length) {
    return carry(w, from, now, octets, length, false);
}

enum tw_status wire_inject(struct wire *w, const struct tw_lab_injection *injection, tw_time now,
                           struct tw_error *error) {
    struct tw_segment segment;
    uint8_t octets[STACK_MTU];
    enum tw_status status = forge_injection(&w->memory, injection, &segment, error);
    if (status != TW_OK)
        return status;
    const size_t length = forge_packet(&segment, octets);
    if (length == 0)
        return tw_fail(error, TW_USAGE, "inject: length %u: a packet has at most %d octets",
                       (unsigned)segment.length, STACK_MTU);
    status = carry(w, injection->from, now, octets, length, true);
    return status == TW_OK ? TW_OK
                           : tw_fail(error, status, "inject: no memory, or %d segments on the wire",
                                     WIRE_FLIGHTS_MAX);
}

// --- Time

// The first in the row of those with the earliest event; NULL when there is none.
static struct flight *earliest(const struct wire *w, tw_time *time) {
    struct flight *first = NULL;
    *time = FLIGHT_NEVER;
    for (size_t i = 0; i < w->count; i++) {
        struct flight *f = w->flights[i];
        const size_t tap = next_tap(w, f);
        tw_time t = f->shown.lands == TW_NO_TIME ? FLIGHT_NEVER : f->shown.lands;
        if (tap < w->tap_count) {
            const tw_time by_itself = flight_passes(f, tap_at(w, tap, f->shown.from));
            t = by_itself < t ? by_itself : t;
        }
        if (t < *time) {
            *time = t;
            first = f;
        }
    }
    return first;
}

void wire_turn(struct wire *w, tw_time now) {
    release_by(w, now);
    for (;;) {
        tw_time time;
        struct flight *f = earliest(w, &time);
        if (f == NULL || time > now)
            break;
        if (time != f->shown.lands)
            pass(w, f, 0, time);
        else if (flight_doomed(f))
            lose(w, f, time);
        else
            land(w, f, time);
    }
    w->now = flight_later(w->now, now);
    for (size_t i = 0; i < w->count; i++) {
        struct flight *f = w->flights[i];
        const double at = flight_at(f, now);
        f->shown.at = at > f->shown.at ? at : f->shown.at;
    }
}

tw_time wire_due(const struct wire *w) {
    tw_time time;
    (void)earliest(w, &time);
    return time;
}

// --- By hand

const struct tw_flight *wire_flights(const struct wire *w, size_t *count) {
    for (size_t i = 0; i < w->count; i++)
        w->lent[i] = w->flights[i]->shown;
    *count = w->count;
    return w->lent;
}

static struct flight *take(struct wire *w, uint64_t id, tw_time now) {
    tell_time(w, now);
    return find(w, id);
}

bool wire_deliver(struct wire *w, uint64_t id, tw_time now) {
    struct flight *f = take(w, id, now);
    if (f != NULL)
        land(w, f, now);
    return f != NULL;
}

bool wire_drop(struct wire *w, uint64_t id, tw_time now) {
    struct flight *f = take(w, id, now);
    if (f != NULL)
        lose(w, f, now);
    return f != NULL;
}

bool wire_duplicate(struct wire *w, uint64_t id, tw_time now) {
    const struct flight *f = take(w, id, now);
    return f != NULL && copy(w, f);
}

bool wire_swap(struct wire *w, uint64_t id, tw_time now) {
    struct flight *f = take(w, id, now);
    if (f == NULL)
        return false;
    swap(w, f, now);
    return true;
}

bool wire_move(struct wire *w, uint64_t id, double at, tw_time now) {
    struct flight *f = take(w, id, now);
    if (f == NULL)
        return false;
    if (at >= 1) {
        land(w, f, now);
        return true;
    }
    const double here = flight_at(f, now);
    pass(w, f, at, now);
    f->shown.at = at > here ? at : here;
    f->still = true;
    settle(w, 0, false);
    return true;
}

// --- Settings

void wire_delay(struct wire *w, enum tw_end from, tw_time delay) {
    if (delay != TW_NO_TIME)
        delay = delay < 0 ? 0 : delay > DELAY_MAX ? DELAY_MAX : delay;
    w->delay[from] = delay;
}

tw_time wire_delay_get(const struct wire *w, enum tw_end from) {
    return w->delay[from];
}

void wire_taps(struct wire *w, const double *places, size_t count) {
    count = count < WIRE_TAPS ? count : WIRE_TAPS;
    for (size_t tap = 0; tap < count; tap++) {
        const double place = !(places[tap] > 0) ? 0 : places[tap] < 1 ? places[tap] : 1;
        const bool moved = tap >= w->tap_count || place < w->places[tap] || place > w->places[tap];
        w->places[tap] = place;
        for (size_t i = 0; moved && i < w->count; i++) {
            struct flight *f = w->flights[i];
            if (tap_at(w, tap, f->shown.from) <= f->shown.at)
                f->passed |= (uint8_t)(1U << tap);
        }
    }
    w->tap_count = count;
}

void wire_tap_on(struct wire *w, bool on) {
    w->tap_on = on;
}

void wire_hold(struct wire *w, enum tw_end from, enum tw_kind kind, bool hold) {
    if (hold || kind != TW_KIND_ANY)
        w->hold[from][kind] = hold;
    else
        memset(w->hold[from], 0, sizeof w->hold[from]);
    settle(w, 0, true);
}

bool wire_holding(const struct wire *w, enum tw_end from) {
    return w->hold[from][TW_KIND_ANY];
}
