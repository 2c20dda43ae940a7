// SPDX-License-Identifier: MIT
// One end: its flights and the fold of them over the state table, which is its history.
#ifndef TW_ENGINE_ENDPOINT_H
#define TW_ENGINE_ENDPOINT_H

#include "record.h"
#include "store.h"

// The end at which the arrivals come from `end`: the other, or itself on a self-connect.
static inline enum tw_end peer_of(const struct tw_connection *c, enum tw_end end) {
    return c->self ? end : tw_other(end);
}

static inline const struct packed_step *endpoint_steps(const struct endpoint *e) {
    return e->outgrown ? e->more : e->steps;
}
// It has sent its SYN, and nothing behind it has been seen.
static inline bool endpoint_has_only_syn(const struct endpoint *e) {
    return e->iss_known && e->nxt == e->iss + 1;
}
// The last state of the history, CLOSED where nothing is known.
static inline enum tw_state endpoint_state(const struct endpoint *e) {
    return e->step_count == 0 ? TW_CLOSED
                              : (enum tw_state)endpoint_steps(e)[e->step_count - 1].state;
}

// Adds a flight: among the placed ones at `index`, or behind all as one on its way. What is oldest
// and matters least makes room when the list is full. Returns false when out of memory.
bool endpoint_put(struct store *store, struct tw_connection *c, enum tw_end end, size_t index,
                  const struct flight *flight) TW_CHECKED;
bool endpoint_launch(struct store *store, struct tw_connection *c, enum tw_end end,
                     const struct flight *flight) TW_CHECKED;
void endpoint_remove(struct store *store, struct endpoint *e, size_t index);
// Moves flight `index` to the end of the placed ones.
void endpoint_place(struct endpoint *e, size_t index, enum fate fate);
// Takes what was placed last by assumption, or as refused, back among those on their way, and
// nothing there is refused any more.
void endpoint_lift(struct endpoint *e);
// Adds a step that no flight stands for (what must have been before the capture began).
bool endpoint_step(struct store *store, struct endpoint *e, enum tw_state state,
                   enum tw_event event, enum tw_basis basis, uint64_t packet) TW_CHECKED;
// The end's own SYN comes late, overtaken by its SYN,ACK (then it had not listened, it opened too)
// or by the peer's: its SYN-SENT was assumed and is now observed.
void endpoint_was_active(struct endpoint *e, uint64_t packet);
// The state after the placed flights alone: where the end was at its last own segment.
enum tw_state endpoint_placed_state(const struct tw_connection *c, enum tw_end end);
// Folds the flights over the settled steps anew; what is beyond doubt is settled and forgotten.
// `times`, if not NULL, has room for STEPS_MAX and receives when each step behind the settled ones
// happened at its end: of sending, or of landing at half the round trip, not later than `now`.
bool endpoint_fold(struct store *store, struct tw_connection *c, enum tw_end end, tw_time now,
                   tw_time *times) TW_CHECKED;
// What the table says of one more flight in the end's present state: the kind of the last cell it
// meets, and its event (TW_EVENT_COUNT where it meets none). Changes nothing.
enum tw_cell_kind endpoint_probe(const struct tw_connection *c, enum tw_end end,
                                 const struct flight *f, enum tw_event *event);
// Takes a segment of the end's own at once: nothing is on its way that could change its meaning.
bool endpoint_settle(struct store *store, struct tw_connection *c, enum tw_end end,
                     const struct flight *sent) TW_CHECKED;
// Forgets the flights: the history stands as it is.
void endpoint_close(struct store *store, struct endpoint *e);
// Forgets the flights and the history: nothing is known of the end.
void endpoint_forget(struct store *store, struct endpoint *e);
void endpoint_fini(struct store *store, struct endpoint *e);

#endif
