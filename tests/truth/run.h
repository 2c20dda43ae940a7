// SPDX-License-Identifier: MIT
// A program while it runs: for program.c, which makes the calls, and path.c, which moves segments.
#ifndef TESTS_TRUTH_RUN_H
#define TESTS_TRUTH_RUN_H

#include "programs.h"

enum { QUEUE_MAX = 512, HISTORIES_MAX = 64 };

// The two parts of a segment's way.
enum part { BEFORE_TAP, BEHIND_TAP, PART_COUNT };

struct queue {
    size_t packets[QUEUE_MAX];
    size_t count;
};

struct run {
    struct program *program;
    struct tw_lab *lab;
    uint64_t dice;
    unsigned step;
    char label[LABEL];                // of this step
    size_t steps_seen[HISTORIES_MAX]; // of each of the witness's histories
    struct queue queues[TW_END_COUNT][PART_COUNT];
    enum tw_status status; // the first failure, and why
    struct tw_error error;
};

// The dice (splitmix64).
uint64_t roll(struct run *run);
size_t below(struct run *run, size_t count);
bool chance(struct run *run, double probability);

// Notes that the run failed, unless it had; always false.
bool run_fail(struct run *run, enum tw_status status, const char *format, ...) TW_PRINTF(3, 4);
void note_event(struct run *run, enum event_kind kind, size_t index);
// The pair of ports that an end's tuple belongs to; PORTS_MAX: none of the program's.
size_t find_ports(const struct program *program, enum tw_end end, const struct tw_tuple *tuple);
// Notes what the kernels and their stacks have done since, and sends new segments on their way.
void absorb(struct run *run);
// The next segment of a queue that is not empty goes on: to the tap, or into the other stack.
void advance(struct run *run, enum tw_end from, enum part part);
// As struct tw_lab_options wants it.
void path_seen(void *context, size_t tap, tw_time time, const uint8_t *octets, size_t length);
// Where the tap is on the way from the client to the server.
double path_tap(enum place place);

#endif
