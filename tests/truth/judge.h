// SPDX-License-Identifier: MIT
// What the engine infers, what can be known, and what is compared: between the files that judge.
#ifndef TESTS_TRUTH_JUDGE_H
#define TESTS_TRUTH_JUDGE_H

#include "programs.h"

// --- infer.c

enum { INFERRED_MAX = PORTS_MAX * INCARNATIONS_MAX };

// A connection that the engine found.
struct inferred {
    uint64_t number;
    size_t ports;
    struct history ends[TW_END_COUNT]; // by who is who in the program
};
// All of them, in the order of their numbers; `found` has room for INFERRED_MAX. TW_MEMORY.
enum tw_status infer(const struct program *program, struct inferred *found,
                     size_t *count) TW_CHECKED;

// --- judge.c

// Each state once when it is entered, no leading CLOSED. False where it adds nothing.
bool history_add(struct history *history, enum tw_state state);

// --- knowable.c

// What one socket of an end of a pair of ports went through, by the kernel.
struct incarnation {
    const struct program *program;
    size_t ports;
    enum tw_end end;
    unsigned begin, until; // steps of the program: before `until` it was this one
    bool last;
    struct history kernel;
    const struct change *changes[HISTORY_MAX]; // that entered its states
    size_t knowable;                           // of its states, from the first on
    enum reason reason;                        // why not more of them
};
// Those of an end, oldest first; at most INCARNATIONS_MAX.
size_t incarnations_find(const struct program *program, size_t ports, enum tw_end end,
                         struct incarnation *list);
// Whether the step into a state led through another one: one segment took the end through both
// (README.md).
bool incarnation_passes(const struct incarnation *in, size_t index, enum tw_state *middle);
// Whether a segment that passed the tap could have moved the end so, once it had entered the state
// `since` for good.
bool incarnation_may_go(const struct incarnation *in, size_t since, enum tw_state from,
                        enum tw_state to);
// Whether a connect() was given up without a word, and no SYN,ACK passed the tap since its SYN.
bool incarnation_gave_up(const struct incarnation *in);
// Whether it is open if an end was never in any state: nothing of it passed the tap, and of what
// was for it nothing did either, or something that did never landed.
bool end_unseen(const struct program *program, size_t ports, enum tw_end end);
// Whether a SYN that never landed could have begun another incarnation.
bool end_may_open(const struct program *program, size_t ports, enum tw_end end);

#endif
