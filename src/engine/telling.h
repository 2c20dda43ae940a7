// SPDX-License-Identifier: MIT
// Telling an observer what changed in the histories: the difference between two folds.
#ifndef TW_ENGINE_TELLING_H
#define TW_ENGINE_TELLING_H

#include "connection.h"

// A landing that is due at a later time.
struct due {
    tw_time time;
    uint64_t number; // of the connection: its record may have passed to another since
    uint32_t id;
    enum tw_end end;
};
struct telling {
    struct tw_observer observer;
    struct due *heap; // the earliest first
    size_t count, room;
    tw_time now;
    tw_time seen;                           // time of the segment that is being told
    tw_time times[TW_END_COUNT][STEPS_MAX]; // of the steps of the last fold
    struct {
        size_t count, dropped;
        struct packed_step steps[STEPS_MAX];
    } before[TW_END_COUNT]; // what had been told
};

// Whether anyone listens to histories at all; without, nothing below needs to be called.
static inline bool telling_wanted(const struct telling *t) {
    return t->observer.transition != NULL || t->observer.correction != NULL;
}
void telling_remember(struct telling *t, const struct tw_connection *c);
// After the fold for segment `packet` at `now`: corrections, proofs and transitions that are due.
// `all` tells what is still on its way as well (end of input).
bool telling_tell(struct telling *t, struct tw_connection *c, uint64_t packet, tw_time now,
                  bool all) TW_CHECKED;
// The next landing due by `now`, or false. What it names may be gone.
bool telling_next(struct telling *t, tw_time now, struct due *due);
void telling_fini(struct telling *t);

#endif
