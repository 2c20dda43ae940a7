// SPDX-License-Identifier: MIT
// The tracker: finds or makes the connection of each segment, tells what happened, and lets go of
// what is over.
#include "tcpwalk/tracker.h"

#include <stdlib.h>
#include <string.h>

#include "connection.h"
#include "ending.h"
#include "eviction.h"
#include "incarnation.h"
#include "key.h"
#include "landing.h"
#include "recent.h"
#include "table.h"
#include "telling.h"

enum { BATCH = 32 };

struct tw_tracker {
    struct tw_tracker_options options;
    const struct tw_profile *profile;
    struct telling telling;
    struct table table;
    struct pool pool[2]; // IPv4, IPv6
    struct store store;
    struct eviction eviction;
    tw_time now;
    tw_time lost; // when the capture lost something last; TW_NO_TIME: never
    struct recent recent;
    struct tw_tracker_counts counts; // of what is over; what is alive is counted when asked for
    struct ending ending;
    bool short_of_memory;
};

// --- Records ------------------------------------------------------------------------------------

static struct tw_connection *at(const struct tw_tracker *t, uint32_t id) {
    return pool_at(&t->pool[(id & POOL_SECOND_KIND) != 0], id);
}

static uint32_t hash_of(const void *context, uint32_t id) {
    return at(context, id)->hash;
}

struct tw_tracker *tw_tracker_new(const struct tw_tracker_options *options,
                                  const struct tw_observer *observer) {
    struct tw_tracker *t = calloc(1, sizeof *t);
    if (t == NULL || !table_init(&t->table, hash_of, t)) {
        free(t);
        return NULL;
    }
    t->options = *options;
    t->profile = options->profile != NULL ? options->profile : tw_profile_at(0);
    if (observer != NULL)
        t->telling.observer = *observer;
    pool_init(&t->pool[0], sizeof(struct tw_connection) + 2 * 4, 0);
    pool_init(&t->pool[1], sizeof(struct tw_connection) + 2 * 16, POOL_SECOND_KIND);
    eviction_init(&t->eviction, t->pool);
    t->now = t->lost = TW_NO_TIME;
    return t;
}

uint64_t tw_tracker_evicted(const struct tw_tracker *t) {
    return t->counts.evicted;
}

void tw_tracker_free(struct tw_tracker *t) {
    if (t == NULL)
        return;
    pool_fini(&t->pool[0]);
    pool_fini(&t->pool[1]);
    store_fini(&t->store);
    table_fini(&t->table);
    telling_fini(&t->telling);
    ending_fini(&t->ending);
    free(t);
}

static bool in_time_wait(const struct endpoint *e) {
    return endpoint_state(e) == TW_TIME_WAIT;
}

// --- The end of a connection --------------------------------------------------------------------

static void tell(struct tw_tracker *t, struct tw_connection *c, uint64_t packet, bool all) {
    if (telling_wanted(&t->telling) && !telling_tell(&t->telling, c, packet, t->now, all))
        t->short_of_memory = true;
}

// Remembers what was told of a connection, and computes its landings anew.
static void remember(struct tw_tracker *t, struct tw_connection *c) {
    if (!telling_wanted(&t->telling))
        return;
    telling_remember(&t->telling, c);
    for (unsigned end = 0; end < TW_END_COUNT; end++)
        if (!endpoint_fold(&t->store, c, (enum tw_end)end, t->now, t->telling.times[end]))
            t->short_of_memory = true;
}

// An end becomes CLOSED without a segment that says so: by the timer of TIME-WAIT, because its
// ports are used again, or because the other end has taken a new connection in its place.
static void close_end(struct tw_tracker *t, struct tw_connection *c, enum tw_end end,
                      enum tw_event event, enum tw_basis basis, uint64_t packet, tw_time when) {
    struct endpoint *e = &c->end[end];
    endpoint_close(&t->store, e);
    remember(t, c);
    if (!endpoint_step(&t->store, e, TW_CLOSED, event, basis, packet))
        t->short_of_memory = true;
    else
        t->telling.times[end][e->step_count - 1] = when;
    tell(t, c, packet, false);
}

static void leave_time_wait(struct tw_tracker *t, struct tw_connection *c, enum tw_event event,
                            enum tw_basis basis, uint64_t packet, tw_time when) {
    remember(t, c);
    tell(t, c, packet, false);
    for (unsigned end = 0; end < TW_END_COUNT; end++)
        if (in_time_wait(&c->end[end]))
            close_end(t, c, (enum tw_end)end, event, basis, packet, when);
    if (connection_is_finished(c))
        c->last_to_closed = duration_pack(when - c->last);
}

// The other end has answered a newer connection on the same ports: this one is no more.
static void give_up(struct tw_tracker *t, struct tw_connection *c, const struct tw_segment *s) {
    for (unsigned end = 0; end < (c->self ? 1U : TW_END_COUNT); end++) {
        enum tw_state state = endpoint_state(&c->end[end]);
        if (c->end[end].step_count > 0 && tw_state_cell(state, TW_EV_GIVE_UP)->kind == TW_GO)
            close_end(t, c, (enum tw_end)end, TW_EV_GIVE_UP, TW_ASSUMED, s->packet, s->time);
    }
}

static void count(struct tw_tracker_counts *counts, const struct tw_connection *c,
                  const struct tw_connection_info *info) {
    counts->outcomes[info->outcome]++;
    for (unsigned end = 0; end < (c->self ? 1U : TW_END_COUNT); end++)
        if (info->end[end].step_count > 0)
            counts->states[info->end[end].state]++;
}

// An older incarnation goes before its newer one, which is in the table under the same hash.
static void unlink_previous(struct tw_tracker *t, const struct tw_connection *c) {
    struct table_cursor cursor = {table_bucket(&t->table, c->hash), 0};
    uint32_t id;
    while ((id = table_next(&t->table, c->hash, &cursor)) != NO_ID)
        if (at(t, id)->previous == c->id)
            at(t, id)->previous = NO_ID;
}

// In the order of their numbers: what was taken back goes behind the connection that lived on.
static void forget(struct tw_tracker *t, struct tw_connection *c) {
    uint32_t behind = NO_ID;
    if (c->previous != NO_ID && at(t, c->previous)->taken_back && !c->taken_back)
        behind = c->previous;
    else if (c->previous != NO_ID)
        forget(t, at(t, c->previous));
    eviction_leave(&t->eviction, c);
    if (c->in_table)
        table_remove(&t->table, c->hash, c->id);
    else
        unlink_previous(t, c);
    remember(t, c);
    tell(t, c, 0, true);
    if (c->last_to_closed == 0 && connection_is_finished(c) && !connection_in_time_wait(c))
        c->last_to_closed = duration_pack(0);
    struct tw_connection_info info;
    tw_connection_read(c, &info);
    count(&t->counts, c, &info);
    if (t->telling.observer.over != NULL)
        t->telling.observer.over(t->telling.observer.context, c);
    connection_fini(&t->store, c);
    pool_give(&t->pool[c->ipv6], c);
    t->counts.alive--;
    if (behind != NO_ID)
        forget(t, at(t, behind));
}

// The one that has been closed, or in TIME-WAIT, for longest.
static struct tw_connection *oldest_finished(const struct tw_tracker *t, bool ipv6) {
    struct tw_connection *closed = eviction_oldest(&t->eviction, ipv6, QUEUE_CLOSED),
                         *waits = eviction_oldest(&t->eviction, ipv6, QUEUE_TIME_WAIT);
    if (closed == NULL || waits == NULL)
        return closed != NULL ? closed : waits;
    return closed->last <= waits->last ? closed : waits;
}

static void expire(struct tw_tracker *t, bool ipv6) {
    struct tw_connection *c;
    while ((c = oldest_finished(t, ipv6)) != NULL) {
        if (t->now - c->last < t->profile->time_wait)
            return;
        if (connection_in_time_wait(c))
            leave_time_wait(t, c, TW_EV_TIMEOUT_2MSL, TW_TIMER, 0, c->last + t->profile->time_wait);
        if (connection_is_finished(c))
            forget(t, c);
        else // the other end still waits for what the capture has missed
            eviction_leave(&t->eviction, c);
    }
}

static void tell_due(struct tw_tracker *t) {
    struct due due;
    while (telling_next(&t->telling, t->now, &due)) {
        struct tw_connection *c = at(t, due.id);
        if (c->number != due.number)
            continue;
        c->end[due.end].due = 0;
        remember(t, c);
        tell(t, c, 0, false);
    }
}

void tw_tracker_advance(struct tw_tracker *t, tw_time now) {
    if (now <= t->now) {
        // A step back beyond all disorder of packets: the clock was set, and is followed.
        const tw_time step = 10 * TW_SECOND;
        if (TW_UNLIKELY(now < t->now - step))
            t->now = now;
        return;
    }
    t->now = now;
    tell_due(t);
    expire(t, false);
    expire(t, true);
}

// --- Memory -------------------------------------------------------------------------------------

static size_t memory_of(const struct tw_tracker *t) {
    return pool_memory(&t->pool[0]) + pool_memory(&t->pool[1]) + table_memory(&t->table) +
           t->store.memory + t->telling.room * sizeof *t->telling.heap;
}

// Whether the pool has a free record, or may take more memory: all together up to the limit, and
// each of the two an eighth of it in any case, as what one holds the other cannot use.
static bool has_room(const struct tw_tracker *t, const struct pool *p) {
    size_t limit = t->options.memory_limit;
    size_t chunk = POOL_CHUNK * p->record_size;
    return limit == 0 || pool_has_room(p) || memory_of(t) + chunk <= limit ||
           pool_memory(p) + chunk <= limit / 8;
}

static void make_room(struct tw_tracker *t, bool ipv6) {
    if (has_room(t, &t->pool[ipv6]))
        return;
    struct tw_connection *c = eviction_choose(&t->eviction, ipv6, t->now);
    if (c == NULL)
        return;
    c->evicted = 1;
    t->counts.evicted++;
    forget(t, c);
}

// --- Finding ------------------------------------------------------------------------------------

static struct tw_connection *find(const struct tw_tracker *t, const struct key *key,
                                  const struct tw_segment *s, enum tw_end *sender) {
    struct table_cursor cursor = {table_bucket(&t->table, key->hash), 0};
    uint32_t id;
    while ((id = table_next(&t->table, key->hash, &cursor)) != NO_ID) {
        struct tw_connection *c = at(t, id);
        *sender = key_sender(c, key, s);
        if (*sender != TW_END_COUNT)
            return c;
    }
    return NULL;
}

// --- Making -------------------------------------------------------------------------------------

static struct tw_connection *make(struct tw_tracker *t, const struct key *key,
                                  const struct tw_segment *s, enum tw_end sender) {
    make_room(t, s->version != 4);
    struct tw_connection *c = pool_take(&t->pool[s->version != 4]);
    if (c == NULL || !table_insert(&t->table, key->hash, c->id)) {
        if (c != NULL)
            pool_give(&t->pool[s->version != 4], c);
        t->short_of_memory = true;
        return NULL;
    }
    size_t length = key_address_length(s);
    c->number = ++t->counts.connections;
    t->counts.alive++;
    c->hash = key->hash;
    c->in_table = 1;
    c->previous = c->newer = c->older = NO_ID;
    c->ipv6 = s->version != 4;
    c->vlan = (uint16_t)(key->vlan & NO_VLAN);
    c->self = key->self;
    c->listener_keeps = t->profile->listener_keeps;
    c->port[sender] = s->source_port;
    c->port[1 - sender] = s->destination_port;
    memcpy(c->address + sender * length, s->source.octets, length);
    memcpy(c->address + (1 - sender) * length, s->destination.octets, length);
    if (!connection_begin(&t->store, c, sender, s))
        t->short_of_memory = true;
    return c;
}

// --- Incarnations -------------------------------------------------------------------------------

// A SYN into a live connection, whatever its SEQ (RFC 5961 section 4).
static void tell_challenge(struct tw_tracker *t, const struct tw_connection *old,
                           const struct tw_segment *s) {
    const struct tw_observer *o = &t->telling.observer;
    enum tw_end sender = old->port[TW_CLIENT] == s->source_port ? TW_CLIENT : TW_SERVER;
    if (o->finding != NULL)
        o->finding(o->context, old,
                   &(struct tw_finding){.kind = TW_FINDING_CHALLENGE,
                                        .end = sender,
                                        .packet = s->packet,
                                        .time = s->time,
                                        .state = endpoint_state(&old->end[1 - sender]),
                                        .event = TW_EV_RCV_SYN});
}

// The old connection stays beside the new one until that is answered: its other end may still live
// in it, and what is on its way may still be about it.
static struct tw_connection *begin_anew(struct tw_tracker *t, const struct key *key,
                                        struct tw_connection *old, enum tw_end sender,
                                        const struct tw_segment *s) {
    if (old->previous != NO_ID && !at(t, old->previous)->taken_back) {
        struct tw_connection *oldest = at(t, old->previous);
        old->previous = NO_ID;
        forget(t, oldest);
    }
    if (connection_is_finished(old) && connection_in_time_wait(old) &&
        (!in_time_wait(&old->end[1 - sender]) || incarnation_is_newer(&old->end[sender], s)))
        leave_time_wait(t, old, TW_EV_RCV_SYN_REOPEN, TW_ASSUMED, s->packet, s->time);
    if (!connection_is_finished(old))
        tell_challenge(t, old, s);
    table_remove(&t->table, old->hash, old->id);
    old->in_table = 0;
    uint64_t number = old->number;
    struct tw_connection *c = make(t, key, s, TW_CLIENT);
    if (old->number != number)
        return c; // it was the one to make room
    if (c != NULL) {
        c->previous = old->id;
        // For incarnation_goes_on; the server's own numbers begin with its answer.
        c->end[TW_SERVER].nxt = old->end[1 - sender].nxt;
    } else
        forget(t, old);
    return c;
}

// So that SYN was not that end's: the older connection is the only one again, and the newer one has
// nothing but the SYN. It is told as over behind the older one.
static void take_back(struct tw_tracker *t, struct tw_connection *c, struct tw_connection *old,
                      uint64_t packet) {
    enum { MOST = 16 };
    unsigned count = 0;
    for (uint32_t id = old->previous; id != NO_ID; id = at(t, id)->previous)
        count++;
    if (count >= MOST)
        return; // memory is bounded: they stay side by side
    if (!table_insert(&t->table, old->hash, old->id)) {
        t->short_of_memory = true;
        return;
    }
    table_remove(&t->table, c->hash, c->id);
    eviction_leave(&t->eviction, c);
    old->in_table = 1;
    c->in_table = 0;
    c->taken_back = 1;
    c->previous = old->previous;
    old->previous = c->id;
    remember(t, c);
    endpoint_forget(&t->store, &c->end[TW_CLIENT]);
    endpoint_forget(&t->store, &c->end[TW_SERVER]);
    tell(t, c, packet, false);
}

// The connection of a segment, where there is more than one; `strange` becomes the newer one if the
// segment shows that to be nobody's.
static struct tw_connection *choose(struct tw_tracker *t, struct tw_connection *c,
                                    enum tw_end *sender, const struct key *key,
                                    const struct tw_segment *s, struct tw_connection **strange) {
    struct tw_connection *previous = at(t, c->previous);
    if (previous->taken_back)
        return c;
    if (!c->end[TW_SERVER].synack_sent && incarnation_fits_previous(c, *sender, s)) {
        if (*sender == TW_SERVER) { // it answers for the old one: the SYN was not taken
            remember(t, c);
            landing_refuse(&c->end[TW_SERVER]);
            if (!endpoint_fold(&t->store, c, TW_SERVER, t->now, NULL))
                t->short_of_memory = true;
            tell(t, c, s->packet, false);
            *sender = key_sender(previous, key, s);
        } else {
            *sender = key_sender(previous, key, s);
            if (incarnation_goes_on(c, previous, *sender, s))
                *strange = c;
        }
        return previous;
    }
    if ((s->flags & (TW_SYN | TW_ACK)) == (TW_SYN | TW_ACK)) {
        give_up(t, previous, s); // the other end has taken the new one
        forget(t, previous);
    }
    return c;
}

// --- Feeding ------------------------------------------------------------------------------------

void tw_tracker_lost(struct tw_tracker *t) {
    t->lost = t->now;
}

static void tell_findings(struct tw_tracker *t, const struct tw_connection *c, enum tw_end sender,
                          const struct tw_segment *s, const struct connection_effect *effect) {
    const struct tw_observer *o = &t->telling.observer;
    for (unsigned kind = 0; kind < TW_FINDING_COUNT; kind++)
        if (effect->findings & 1U << kind)
            o->finding(o->context, c,
                       &(struct tw_finding){.kind = (enum tw_finding_kind)kind,
                                            .end = sender,
                                            .packet = s->packet,
                                            .time = s->time,
                                            .state = effect->odd_state,
                                            .event = effect->odd_event});
}

// What is missing of a connection was lost by the capture, if that has lost something since the
// connection's last segment, or just before: then the other end may have spoken since.
static void judge_loss(const struct tw_tracker *t, struct tw_connection *c, tw_time before,
                       tw_time now, struct connection_effect *effect) {
    static const tw_time just = TW_SECOND;
    enum { MISSING = 1U << TW_FINDING_GAP | 1U << TW_FINDING_ACKED_UNSEEN };
    if ((effect->findings & MISSING) == 0 || t->lost == TW_NO_TIME ||
        (before > t->lost && now - t->lost > just))
        return;
    c->lost = 1;
    effect->findings |= 1U << TW_FINDING_CAPTURE_LOSS;
}

static void walk(struct tw_tracker *t, struct tw_connection *c, enum tw_end sender,
                 const struct tw_segment *s, bool duplicate) {
    struct connection_effect effect = {.duplicate = duplicate,
                                       .wanted = t->telling.observer.finding != NULL};
    bool plain = connection_is_plain(c, sender, s);
    bool telling = telling_wanted(&t->telling) && !plain;
    if (telling) {
        telling_remember(&t->telling, c);
        effect.times[TW_CLIENT] = t->telling.times[TW_CLIENT];
        effect.times[TW_SERVER] = t->telling.times[TW_SERVER];
    }
    const tw_time before = c->last;
    if (!connection_segment(&t->store, c, sender, s, &effect))
        t->short_of_memory = true;
    judge_loss(t, c, before, s->time, &effect);
    const struct tw_observer *o = &t->telling.observer;
    if (o->segment != NULL)
        o->segment(o->context, c, sender, s);
    if (o->finding != NULL && effect.findings != 0)
        tell_findings(t, c, sender, s, &effect);
    t->telling.seen = s->time;
    if (telling)
        tell(t, c, s->packet, false);
    if (!plain)
        eviction_place(&t->eviction, c);
}

static void feed_one(struct tw_tracker *t, const struct tw_segment *s, const struct key *key,
                     uint32_t likely) {
    t->counts.segments++;
    if (t->now == TW_NO_TIME)
        t->now = s->time;
    tw_tracker_advance(t, s->time);
    bool duplicate = recent_seen(&t->recent, s, key->hash);
    enum tw_end sender = TW_END_COUNT;
    struct tw_connection *c = NULL, *strange = NULL;
    if (likely != NO_ID && (c = at(t, likely))->in_table)
        sender = key_sender(c, key, s);
    if (sender == TW_END_COUNT)
        c = find(t, key, s, &sender);
    if (TW_UNLIKELY(c == NULL)) {
        sender = (s->flags & (TW_SYN | TW_ACK)) == (TW_SYN | TW_ACK) ? TW_SERVER : TW_CLIENT;
        c = make(t, key, s, sender);
    } else if (TW_UNLIKELY((s->flags & (TW_SYN | TW_ACK | TW_RST)) == TW_SYN) &&
               incarnation_begins_anew(c, sender, s)) {
        c = begin_anew(t, key, c, sender, s);
        sender = TW_CLIENT;
    } else if (TW_UNLIKELY(c->previous != NO_ID))
        c = choose(t, c, &sender, key, s, &strange);
    if (c != NULL)
        walk(t, c, sender, s, duplicate);
    if (TW_UNLIKELY(strange != NULL))
        take_back(t, strange, c, s->packet);
}

// The table and the records are far larger than any cache: fetch for a whole batch first what each
// segment will need, so that the memory answers while others are waited for.
static void feed_batch(struct tw_tracker *t, const struct tw_segment *segments, size_t count) {
    struct key keys[BATCH];
    uint32_t likely[BATCH];
    for (size_t i = 0; i < count; i++) {
        keys[i] = key_of(&segments[i], t->options.key_vlan, t->options.hash_key);
        __builtin_prefetch(table_bucket(&t->table, keys[i].hash));
    }
    for (size_t i = 0; i < count; i++) {
        struct table_cursor cursor = {table_bucket(&t->table, keys[i].hash), 0};
        likely[i] = table_next(&t->table, keys[i].hash, &cursor);
        if (likely[i] == NO_ID)
            continue;
        const char *record = (const char *)at(t, likely[i]);
        for (size_t line = 0; line < sizeof(struct tw_connection); line += 64)
            __builtin_prefetch(record + line, 1);
    }
    for (size_t i = 0; i < count; i++)
        feed_one(t, &segments[i], &keys[i], likely[i]);
}

void tw_tracker_unreachable(struct tw_tracker *t, const struct tw_segment *quoted) {
    struct key key = key_of(quoted, t->options.key_vlan, t->options.hash_key);
    enum tw_end sender;
    struct tw_connection *c = find(t, &key, quoted, &sender);
    if (c == NULL)
        return;
    const struct endpoint *e = &c->end[sender];
    if (e->step_count == 0 || endpoint_state(e) != TW_SYN_SENT || e->iss != quoted->seq)
        return;
    close_end(t, c, sender, TW_EV_UNREACHABLE, TW_ASSUMED, quoted->packet, quoted->time);
    eviction_place(&t->eviction, c);
}

enum tw_status tw_tracker_feed(struct tw_tracker *t, const struct tw_segment *segments,
                               size_t count) {
    t->short_of_memory = false;
    for (size_t done = 0; done < count; done += BATCH)
        feed_batch(t, segments + done, count - done < BATCH ? count - done : BATCH);
    return t->short_of_memory ? TW_MEMORY : TW_OK;
}

// Without memory to sort them: in the order of the records.
static void forget_all(struct tw_tracker *t) {
    for (unsigned kind = 0; kind < TW_COUNT(t->pool); kind++)
        for (uint32_t i = 0; i < t->pool[kind].count; i++) {
            struct tw_connection *c = pool_at(&t->pool[kind], i);
            if (c->number != 0 && c->in_table)
                forget(t, c);
        }
}

bool tw_tracker_finish_some(struct tw_tracker *t, size_t count) {
    enum { RECORDS = 16 }; // looked at in the time in which one is told
    struct ending *ending = &t->ending;
    if (!ending_gather(ending, t->pool, t->counts.alive,
                       count < SIZE_MAX / RECORDS ? count * RECORDS : SIZE_MAX)) {
        if (ending->heap == NULL)
            forget_all(t);
        return ending->heap != NULL;
    }
    struct tw_connection *c;
    for (; count > 0 && (c = ending_next(ending, t->pool)) != NULL; count--)
        forget(t, c);
    return ending->heap != NULL;
}

void tw_tracker_finish(struct tw_tracker *t) {
    while (tw_tracker_finish_some(t, SIZE_MAX))
        ;
}

void tw_tracker_counts_get(const struct tw_tracker *t, struct tw_tracker_counts *counts) {
    *counts = t->counts;
    counts->memory = memory_of(t);
    for (unsigned k = 0; k < 2; k++)
        for (uint32_t i = 0; i < t->pool[k].count; i++) {
            const struct tw_connection *c = pool_at(&t->pool[k], i);
            struct tw_connection_info info;
            if (c->number == 0)
                continue;
            tw_connection_read(c, &info);
            count(counts, c, &info);
        }
}

static const struct {
    const char *name, *text;
} findings[] = {
#define X(id, finding_name, finding_text) [TW_FINDING_##id] = {finding_name, finding_text},
    TW_FINDING_LIST(X)
#undef X
};
_Static_assert(TW_COUNT(findings) == TW_FINDING_COUNT, "every finding has its name");

const char *tw_finding_name(enum tw_finding_kind kind) {
    return findings[kind].name;
}
const char *tw_finding_text(enum tw_finding_kind kind) {
    return findings[kind].text;
}
