// SPDX-License-Identifier: MIT
// Asks one stack's kernel for its sockets after every step, and writes down how their states
// change, and their queues and timers.
#ifndef TCPWALK_LAB_WATCH_H
#define TCPWALK_LAB_WATCH_H

#include "stack.h"

#include "tcpwalk/lab.h"

struct watched; // a socket that the kernel knows, and what is written down of it

struct watch {
    enum tw_end end;
    struct tw_kernel *kernel;         // lent
    struct tw_witness *witness;       // lent
    struct tw_kernel_socket *sockets; // as of the last look
    size_t count, room;
    tw_time looked, took; // when, and how long that took
    struct watched *watched;
    size_t watched_count, watched_room;
    size_t told; // of them in this look: they come first
    bool short_of_memory;
};

void watch_init(struct watch *watch, enum tw_end end, struct tw_kernel *kernel,
                struct tw_witness *witness);
void watch_fini(struct watch *watch);
// Looks. What has changed since the last look is put down to `cause`, before which `packets` had
// been captured. *changed is set where a state is another one; else it is left.
enum tw_status watch_look(struct watch *watch, enum tw_witness_cause cause, uint64_t packets,
                          bool *changed, struct tw_error *error) TW_CHECKED;
// What happens from now on is not captured: histories are compared up to here.
void watch_end_here(struct watch *watch);
// What happened so far was not captured: histories are compared from here on.
void watch_begin_here(struct watch *watch);
// The newest history with that tuple; NULL: none.
const struct tw_witness_history *watch_history(const struct watch *watch,
                                               const struct tw_tuple *tuple);

#endif
