// SPDX-License-Identifier: MIT
// The programs at both ends: processes, their sockets, and the calls that they make. A call that
// blocks is one on a non-blocking socket that is tried again until it does not say EAGAIN.
#ifndef TCPWALK_LAB_CALLS_H
#define TCPWALK_LAB_CALLS_H

#include "stack.h"

#include "tcpwalk/lab.h"

struct process {
    char name[TW_LAB_NAME];
    enum tw_end end;
};

// What a name meant last: it can be asked after its socket was closed.
struct socket_name {
    char name[TW_LAB_NAME];
    enum tw_end end;
    uint32_t socket;
    struct tw_tuple tuple;
};

// What a recv() gave; `call` is its index in the witness.
struct received {
    char *octets;
    size_t length, call;
};
enum { RECEIVED_KEPT = 64 };

struct calls {
    const struct stack *stacks; // lent
    struct tw_witness *witness; // lent
    const uint64_t *packets;    // captured so far
    struct process processes[TW_LAB_PROCESSES];
    size_t process_count;
    struct tw_lab_socket *sockets;
    struct pending *pending; // beside each
    size_t socket_count, socket_room;
    struct socket_name *names;
    size_t name_count, name_room;
    uint32_t socket_number; // given last
    int epoll;              // lent; sockets that are blocked are in it
    int version;
    struct received received[RECEIVED_KEPT]; // by the last recv()s, in a ring
    size_t received_count;
};

void lab_calls_init(struct calls *calls, const struct stack *stacks, struct tw_witness *witness,
                    const uint64_t *packets, int epoll);
void lab_calls_fini(struct calls *calls); // closes all sockets
// As tw_lab_call.
enum tw_status lab_calls_begin(struct calls *calls, const struct tw_lab_request *request,
                               size_t *index, struct tw_error *error) TW_CHECKED;
// Tries again what is blocked; *returned is set where a call returned, else left. `kernel` is what
// the kernels said last: a lingering close() waits for what they say.
enum tw_status lab_calls_turn(struct calls *calls, const struct tw_lab_view *kernel,
                              bool *returned) TW_CHECKED;
// What a name means now, or meant last; NULL: nothing.
const struct socket_name *lab_calls_name(const struct calls *calls, const char *name);
// The end of a process; false: there is none of that name.
bool lab_calls_process(const struct calls *calls, const char *name, enum tw_end *end);

#endif
