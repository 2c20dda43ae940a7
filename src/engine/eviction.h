// SPDX-License-Identifier: MIT
// Which connection goes when memory is short: closed ones first, then those in TIME-WAIT, then the
// oldest half-open one, then one that is quiet. In a flood, when most are half-open, these go
// before what has only just closed, and before TIME-WAIT is over.
#ifndef TW_ENGINE_EVICTION_H
#define TW_ENGINE_EVICTION_H

#include "pool.h"

// Connections that may go first, in order of their last segment.
enum queue_kind { QUEUE_NONE, QUEUE_CLOSED, QUEUE_TIME_WAIT, QUEUE_HALF_OPEN, QUEUE_COUNT };
struct queue {
    uint32_t oldest, newest;
    size_t count;
};

struct eviction {
    const struct pool *pool; // two, IPv4 and IPv6, which are the tracker's
    struct queue queue[2][QUEUE_COUNT];
    uint32_t hand[2]; // of the clock that looks for the least busy connection
};

void eviction_init(struct eviction *e, const struct pool pool[2]);
// Queues a connection, or not, as its states are now. To be called when they may have changed.
void eviction_place(struct eviction *e, struct tw_connection *c);
void eviction_leave(struct eviction *e, struct tw_connection *c);
// The one whose last segment is the oldest; NULL: there is none.
struct tw_connection *eviction_oldest(const struct eviction *e, bool ipv6,
                                      enum queue_kind kind) TW_CHECKED;
// The one that is to go now; NULL: there is none.
struct tw_connection *eviction_choose(struct eviction *e, bool ipv6, tw_time now) TW_CHECKED;

#endif
