// SPDX-License-Identifier: MIT
// Queues through the records, and a clock's hand over those that are in none.
#include "eviction.h"

#include "connection.h"
#include "table.h"

void eviction_init(struct eviction *e, const struct pool pool[2]) {
    *e = (struct eviction){.pool = pool};
    for (unsigned i = 0; i < QUEUE_COUNT; i++)
        e->queue[0][i] = e->queue[1][i] = (struct queue){NO_ID, NO_ID, 0};
}

static struct tw_connection *at(const struct eviction *e, const struct tw_connection *c,
                                uint32_t id) {
    return pool_at(&e->pool[c->ipv6], id);
}

void eviction_leave(struct eviction *e, struct tw_connection *c) {
    if (c->queue == QUEUE_NONE)
        return;
    struct queue *q = &e->queue[c->ipv6][c->queue];
    *(c->older == NO_ID ? &q->oldest : &at(e, c, c->older)->newer) = c->newer;
    *(c->newer == NO_ID ? &q->newest : &at(e, c, c->newer)->older) = c->older;
    q->count--;
    c->queue = QUEUE_NONE;
}

static enum queue_kind kind_of(const struct tw_connection *c) {
    const struct endpoint *client = &c->end[TW_CLIENT], *server = &c->end[TW_SERVER];
    // Whoever answers SYNs that were made up waits for the handshake's last segment in vain.
    const bool unanswered = endpoint_state(server) == TW_SYN_RECEIVED;
    if (endpoint_state(client) == TW_ESTABLISHED && !unanswered)
        return QUEUE_NONE;
    if (connection_in_time_wait(c))
        return QUEUE_TIME_WAIT;
    if (connection_is_finished(c))
        return QUEUE_CLOSED;
    // Opened by one end only, or nothing but a RST of one: kept for the same again, not for long
    // when memory is short.
    bool half = unanswered || endpoint_state(client) == TW_SYN_SENT ||
                client->step_count * server->step_count == 0;
    return half ? QUEUE_HALF_OPEN : QUEUE_NONE;
}

void eviction_place(struct eviction *e, struct tw_connection *c) {
    const enum queue_kind kind = kind_of(c);
    struct queue *q = &e->queue[c->ipv6][kind];
    if (c->queue == kind && (kind == QUEUE_HALF_OPEN || q->newest == c->id))
        return;
    eviction_leave(e, c);
    if (kind == QUEUE_NONE)
        return;
    c->queue = kind & 0x3;
    c->older = q->newest;
    c->newer = NO_ID;
    *(q->newest == NO_ID ? &q->oldest : &at(e, c, q->newest)->newer) = c->id;
    q->newest = c->id;
    q->count++;
}

struct tw_connection *eviction_oldest(const struct eviction *e, bool ipv6, enum queue_kind kind) {
    const uint32_t id = e->queue[ipv6][kind].oldest;
    return id != NO_ID ? pool_at(&e->pool[ipv6], id) : NULL;
}

// The least busy of the next few connections, as a clock's hand passes them.
static struct tw_connection *least_busy(struct eviction *e, bool ipv6) {
    enum { LOOK_AT = 64 };
    const struct pool *p = &e->pool[ipv6];
    struct tw_connection *least = NULL;
    for (unsigned i = 0; i < LOOK_AT && p->count > 0; i++) {
        e->hand[ipv6] = e->hand[ipv6] + 1 >= p->count ? 0 : e->hand[ipv6] + 1;
        struct tw_connection *c = pool_at(p, e->hand[ipv6]);
        if (c->number != 0 && c->in_table && (least == NULL || c->last < least->last))
            least = c;
    }
    return least;
}

struct tw_connection *eviction_choose(struct eviction *e, bool ipv6, tw_time now) {
    static const tw_time settles = TW_SECOND; // of what has closed: something may follow it
    const bool flood = e->queue[ipv6][QUEUE_HALF_OPEN].count > e->pool[ipv6].count / 2;
    struct tw_connection *c = eviction_oldest(e, ipv6, QUEUE_CLOSED);
    if (c != NULL && flood && now - c->last < settles)
        c = NULL;
    if (c == NULL && !flood)
        c = eviction_oldest(e, ipv6, QUEUE_TIME_WAIT);
    if (c == NULL)
        c = eviction_oldest(e, ipv6, QUEUE_HALF_OPEN);
    return c != NULL ? c : least_busy(e, ipv6);
}
