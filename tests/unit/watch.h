// SPDX-License-Identifier: MIT
// A witness for tests and fuzzing: an observer that believes nothing but what it is told, and holds
// the tracker to it: transitions chain, corrections take back what was told, each connection is
// over once, and at the end what was told is the history. (A history too long to be kept whole is
// told no corrections across its missing middle, and is not compared.)
#ifndef TESTS_UNIT_WATCH_H
#define TESTS_UNIT_WATCH_H

#include "tcpwalk/tracker.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WATCH_STEPS = 4096 };

struct watched {
    bool known, over;
    bool early; // something was told before its time: only the end may do so
    struct tw_address address[TW_END_COUNT];
    uint16_t port[TW_END_COUNT];
    uint8_t version;
    uint64_t segments;
    size_t count[TW_END_COUNT];
    uint8_t *states[TW_END_COUNT]; // as told, corrections applied
};

struct watch {
    struct watched *connections; // by number
    size_t room;
    bool vlan;                        // of the key: ends are no key by themselves
    uint64_t packet, segments, overs; // the last fed; fed; told as over
    uint64_t ends[TW_STATE_COUNT], outcomes[TW_OUTCOME_COUNT], evicted;
    tw_time latest;    // of the clock
    bool stepped_back; // the clock, once
    tw_time *times;    // by packet
    size_t time_room;
    void (*fault)(const char *what, uint64_t connection, uint64_t packet);
};

// Before a packet is fed.
static inline void watch_packet(struct watch *w, uint64_t packet, tw_time time) {
    if (packet >= w->time_room) {
        w->time_room = packet * 2 + 16;
        w->times = realloc(w->times, w->time_room * sizeof *w->times);
        if (w->times == NULL)
            abort();
    }
    w->packet = packet;
    w->times[packet] = time;
    w->stepped_back = w->stepped_back || time < w->latest;
    if (time > w->latest)
        w->latest = time;
}

static inline void watch_must(const struct watch *w, bool holds, const char *what,
                              uint64_t connection) {
    if (!holds)
        w->fault(what, connection, w->packet);
}

static inline struct watched *watch_of(struct watch *w, const struct tw_connection *c,
                                       struct tw_connection_info *info) {
    tw_connection_read(c, info);
    if (info->number >= w->room) {
        size_t room = info->number * 2 + 16;
        struct watched *more = realloc(w->connections, room * sizeof *more);
        if (more == NULL)
            abort();
        memset(more + w->room, 0, (room - w->room) * sizeof *more);
        w->connections = more;
        w->room = room;
    }
    struct watched *it = &w->connections[info->number];
    watch_must(w, info->number > 0 && !it->over, "something is told after the end", info->number);
    if (!it->known) {
        it->known = true;
        it->version = info->version;
        for (unsigned end = 0; end < TW_END_COUNT; end++) {
            it->address[end] = info->end[end].address;
            it->port[end] = info->end[end].port;
            it->states[end] = malloc(WATCH_STEPS);
            if (it->states[end] == NULL)
                abort();
        }
    }
    return it;
}

static inline void watch_segment(void *context, const struct tw_connection *c, enum tw_end sender,
                                 const struct tw_segment *s) {
    struct watch *w = context;
    struct tw_connection_info info;
    struct watched *it = watch_of(w, c, &info);
    watch_must(w, !it->early, "a landing was told before its time", info.number);
    it->segments++;
    w->segments++;
    watch_must(w, s->packet == w->packet, "a segment is told late or twice", info.number);
    watch_must(w,
               it->port[sender] == s->source_port && it->port[1 - sender] == s->destination_port &&
                   memcmp(&it->address[sender], &s->source, sizeof s->source) == 0,
               "a segment is told of another's connection", info.number);
}

static inline void watch_transition(void *context, const struct tw_connection *c,
                                    const struct tw_transition *t) {
    struct watch *w = context;
    struct tw_connection_info info;
    struct watched *it = watch_of(w, c, &info);
    size_t *count = &it->count[t->end];
    enum tw_state last = *count > 0 ? (enum tw_state)it->states[t->end][*count - 1] : TW_CLOSED;
    watch_must(w, t->from == last || info.end[t->end].steps_dropped > 0,
               "a transition begins where the last one did not end", info.number);
    watch_must(w, *count < WATCH_STEPS, "there is no end of transitions", info.number);
    enum tw_state before = t->passes ? t->through : t->from;
    watch_must(w, t->cell == tw_state_cell(before, t->event), "another cell than its own is lent",
               info.number);
    watch_must(w,
               (t->cell->kind == TW_GO && t->cell->next == t->to) ||
                   (t->event == TW_EV_RCV_RST && t->to == TW_LISTEN), // profile rfc
               "a transition that is not in the table", info.number);
    watch_must(w, t->packet <= w->packet && t->decided_by <= w->packet,
               "caused by what comes later", info.number);
    watch_must(w, (t->packet == 0) == (t->basis == TW_TIMER), "a timer has no packet, others have",
               info.number);
    watch_must(w, (t->decided_by == 0) == (t->basis == TW_ASSUMED || t->basis == TW_TIMER),
               "what is observed or proven was decided by a packet, what is assumed by none",
               info.number);
    watch_must(w, w->stepped_back || t->packet == 0 || t->time >= w->times[t->packet],
               "a step was taken before its cause was seen", info.number);
    it->early = it->early || t->time > w->latest;
    it->states[t->end][(*count)++] = (uint8_t)t->to;
}

// An end of which only a RST was seen begins in CLOSED; that is no change, and not told as one.
static inline size_t watch_untold(enum tw_state first) {
    return first == TW_CLOSED ? 1 : 0;
}

static inline void watch_correction(void *context, const struct tw_connection *c,
                                    const struct tw_correction *k) {
    struct watch *w = context;
    struct tw_connection_info info;
    struct watched *it = watch_of(w, c, &info);
    size_t *count = &it->count[k->end];
    if (info.end[k->end].steps_dropped > 0)
        return;
    watch_must(w, k->was_count > 0, "nothing is taken back", info.number);
    watch_must(w, k->was_count <= *count, "what was never told is taken back", info.number);
    *count -= k->was_count;
    uint8_t *tail = it->states[k->end] + *count;
    for (size_t i = 0; i < k->was_count; i++)
        watch_must(w, tail[i] == k->was[i], "something else is taken back than was told",
                   info.number);
    size_t from = *count == 0 && k->now_count > 0 ? watch_untold(k->now[0]) : 0;
    watch_must(w, k->now_count < WATCH_STEPS - *count, "there is no end of corrections",
               info.number);
    for (size_t i = from; i < k->now_count; i++)
        it->states[k->end][(*count)++] = (uint8_t)k->now[i];
    watch_must(w, k->why != NULL && k->packet <= w->packet, "a correction without a reason",
               info.number);
}

static inline void watch_proof(void *context, const struct tw_connection *c, enum tw_end end,
                               uint64_t packet, tw_time time, uint64_t proves) {
    struct watch *w = context;
    struct tw_connection_info info;
    (void)watch_of(w, c, &info);
    watch_must(w, packet == w->packet && proves < packet && proves > 0 && time <= w->latest,
               "a proof comes with the packet that proves what came before", info.number);
    watch_must(w, end < TW_END_COUNT, "a proof of nobody", info.number);
}

static inline void watch_finding(void *context, const struct tw_connection *c,
                                 const struct tw_finding *finding) {
    struct watch *w = context;
    struct tw_connection_info info;
    (void)watch_of(w, c, &info);
    watch_must(w, finding->kind < TW_FINDING_COUNT && finding->packet == w->packet,
               "a finding of no kind, or of another packet", info.number);
}

static inline bool watch_same(const struct watched *it, enum tw_end end,
                              const struct tw_step *steps, size_t count) {
    size_t untold = count > 0 ? watch_untold(steps[0].state) : 0;
    if (it->count[end] != count - untold)
        return false;
    for (size_t i = untold; i < count; i++)
        if (it->states[end][i - untold] != steps[i].state)
            return false;
    return true;
}

static inline bool watch_same_ends(const struct watched *a, const struct watched *b) {
    for (unsigned turn = 0; turn < 2; turn++)
        if (a->version == b->version && a->port[0] == b->port[turn] &&
            a->port[1] == b->port[1 - turn] &&
            memcmp(&a->address[0], &b->address[turn], sizeof a->address[0]) == 0 &&
            memcmp(&a->address[1], &b->address[1 - turn], sizeof a->address[1]) == 0)
            return true;
    return false;
}

static inline void watch_over(void *context, const struct tw_connection *c) {
    struct watch *w = context;
    struct tw_connection_info info;
    struct watched *it = watch_of(w, c, &info);
    it->over = true;
    w->overs++;
    for (uint64_t i = 1; !w->vlan && i < info.number; i++)
        watch_must(w, w->connections[i].over || !watch_same_ends(it, &w->connections[i]),
                   "a connection is over before an earlier one on its ports", info.number);
    w->outcomes[info.outcome]++;
    w->evicted += info.evicted;
    watch_must(w, info.end[0].packets + info.end[1].packets == it->segments,
               "segments do not add up", info.number);
    watch_must(w,
               info.opened <= info.last && (info.closed == TW_NO_TIME || info.closed >= info.last),
               "opened, last and closed are out of order", info.number);
    for (unsigned i = 0; i < (info.self ? 1U : TW_END_COUNT); i++) {
        struct tw_step steps[TW_HISTORY_MAX];
        enum tw_end end = (enum tw_end)i;
        size_t count = tw_connection_history(c, end, steps, TW_HISTORY_MAX);
        watch_must(w, count == info.end[i].step_count && count <= TW_HISTORY_MAX,
                   "a history is longer than it may be", info.number);
        watch_must(w, info.end[i].steps_dropped > 0 || watch_same(it, end, steps, count),
                   "the history is not what was told", info.number);
        watch_must(w, info.end[i].state == (count > 0 ? steps[count - 1].state : TW_CLOSED),
                   "the state is not the history's last", info.number);
        if (count > 0)
            w->ends[info.end[i].state]++;
    }
}

static inline struct tw_observer watch_observer(struct watch *w) {
    return (struct tw_observer){.context = w,
                                .segment = watch_segment,
                                .transition = watch_transition,
                                .proof = watch_proof,
                                .correction = watch_correction,
                                .finding = watch_finding,
                                .over = watch_over};
}

// After tw_tracker_finish: everything was told once, and the counts say so.
static inline void watch_finish(const struct watch *w, const struct tw_tracker *tracker) {
    struct tw_tracker_counts counts;
    tw_tracker_counts_get(tracker, &counts);
    watch_must(w, counts.alive == 0, "connections outlive the end of input", 0);
    watch_must(w, counts.segments == w->segments, "segments were lost", 0);
    watch_must(w, counts.connections == w->overs, "connections were lost", 0);
    watch_must(w, counts.evicted == w->evicted, "evictions were not told", 0);
    watch_must(w, memcmp(counts.states, w->ends, sizeof w->ends) == 0, "the census is wrong", 0);
    watch_must(w, memcmp(counts.outcomes, w->outcomes, sizeof w->outcomes) == 0,
               "the census of outcomes is wrong", 0);
}

static inline void watch_fini(struct watch *w) {
    for (size_t i = 0; i < w->room; i++)
        for (unsigned end = 0; end < TW_END_COUNT; end++)
            free(w->connections[i].states[end]);
    free(w->connections);
    free(w->times);
}

#endif
