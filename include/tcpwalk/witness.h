// SPDX-License-Identifier: MIT
// The witness: what the two stacks of a lab said themselves while a capture was made. Socket calls
// with their results, the states that the kernel reported, its queues and timers, and when each
// captured packet left its sender and landed. Written as JSON beside the capture (NAME.json beside
// NAME.pcap).
#ifndef TCPWALK_WITNESS_H
#define TCPWALK_WITNESS_H

#include "tcpwalk/connection.h"
#include "tcpwalk/kernel.h"

// One socket call. Texts are owned by the witness.
struct tw_witness_call {
    uint32_t socket;                      // the same number: the same socket; 0: none
    enum tw_end end;                      // at which stack
    const char *process;                  // "client", "server", or the name of a forked one
    const char *text;                     // "connect(c, 10.9.0.2:9734)"
    const char *result;                   // "0", "5", "-1 ECONNREFUSED"; NULL: it has not returned
    int error;                            // errno, or 0
    tw_time begun, returned;              // by the host's clock; TW_NO_TIME: it has not returned
    uint64_t begun_after, returned_after; // packets captured by then
    struct tw_tuple tuple;                // of its socket as far as known; version 0: none
};

// What made the kernel change a state.
enum tw_witness_cause { TW_BY_CALL, TW_BY_LANDING, TW_BY_TIMER, TW_WITNESS_CAUSE_COUNT };

// A state that the kernel reported, when it was first seen. `packets` were captured before what
// caused it.
struct tw_witness_step {
    enum tw_state state;
    enum tw_witness_cause cause;
    tw_time time;
    uint64_t packets;
};

// The history of one socket at one stack: from LISTEN (a passive opener), SYN-SENT or SYN-RECEIVED
// on, no leading CLOSED. The same ports used again are another history.
struct tw_witness_history {
    enum tw_end end;
    struct tw_tuple tuple;
    struct tw_witness_step *steps;
    size_t count, room;
    size_t from;  // steps before this one were left behind while the tap was off: not comparable
    size_t until; // so are those from this one on, taken after it went off; 0: there are none
};

// What a look at a socket told, where more had changed since the one before than that its timer
// had run on. As in struct tw_kernel_socket; CLOSED: the kernel does not know it any more.
struct tw_witness_look {
    tw_time time;
    uint64_t packets; // captured by then
    tw_time expires;  // from `time` on
    uint32_t receive_queue, send_queue, retransmits;
    enum tw_state state;
    enum tw_kernel_timer timer;
};

// All that was told of one socket, a listener (remote port 0) too. The same ports used again are
// another.
struct tw_witness_looks {
    enum tw_end end;
    struct tw_tuple tuple;
    struct tw_witness_look *looks;
    size_t count, room;
};

// A captured packet's true times at the ends; TW_NO_TIME for `landed`: it was lost behind the tap.
// TW_NO_TIME for `left`: it was injected.
struct tw_witness_flight {
    tw_time left, landed;
    bool flying; // it is on its way yet; in a file none is
};

struct tw_witness {
    char *name;      // of the scenario
    bool has_stacks; // the addresses of the two stacks are known:
    struct tw_address stack4[TW_END_COUNT], stack6[TW_END_COUNT];
    double tap;                           // its place: 0 client's end ... 1 server's end
    struct tw_witness_call *calls;        // in order of their beginning
    struct tw_witness_history *histories; // in order of their first step
    struct tw_witness_looks *looks;       // in order of the first one
    struct tw_witness_flight *flights;    // of packet i + 1
    size_t call_count, history_count, looks_count, flight_count;
    size_t call_room, history_room, looks_room, flight_room;
    size_t look_total;                 // of all sockets
    struct tw_witness_socket *sockets; // what the calls say of each socket, by its number
    size_t socket_room;
};

struct tw_witness *tw_witness_new(const char *name) TW_CHECKED; // NULL when out of memory
void tw_witness_free(struct tw_witness *witness);

// Filling it; all texts are copied. TW_MEMORY, also beyond TW_WITNESS_MAX of anything.
enum { TW_WITNESS_MAX = 1 << 20 };
enum tw_status tw_witness_begin(struct tw_witness *witness, const struct tw_witness_call *call,
                                size_t *index) TW_CHECKED; // result and returned are not looked at
// `tuple` replaces that of the beginning, unless NULL or its version is 0. accept() has that of the
// socket it gives: it belongs to that connection, not to all of the listener.
enum tw_status tw_witness_return(struct tw_witness *witness, size_t index, const char *result,
                                 int error, tw_time returned, uint64_t returned_after,
                                 const struct tw_tuple *tuple) TW_CHECKED;
enum tw_status tw_witness_history_add(struct tw_witness *witness, enum tw_end end,
                                      const struct tw_tuple *tuple, size_t *index) TW_CHECKED;
enum tw_status tw_witness_step_add(struct tw_witness *witness, size_t history,
                                   const struct tw_witness_step *step) TW_CHECKED;
enum tw_status tw_witness_looks_add(struct tw_witness *witness, enum tw_end end,
                                    const struct tw_tuple *tuple, size_t *index) TW_CHECKED;
enum tw_status tw_witness_look_add(struct tw_witness *witness, size_t looks,
                                   const struct tw_witness_look *look) TW_CHECKED;
// The next captured packet.
enum tw_status tw_witness_flight_add(struct tw_witness *witness, tw_time left,
                                     tw_time landed) TW_CHECKED;

// Up to which step (from `from` on) a history counts when it is compared with what was inferred
// from the capture: the last one by the last captured packet or its landing (interface.md:
// "kernel").
size_t tw_witness_comparable(const struct tw_witness *witness,
                             const struct tw_witness_history *history);
// The states of a history, told as an end's own are, so that agreement is equality: what counts by
// the above, no leading CLOSED, each once when it was entered. Copies at most `room`, returns how
// many there are.
size_t tw_witness_states(const struct tw_witness *witness, const struct tw_witness_history *history,
                         enum tw_state *states, size_t room);
// The history of one end of a connection, or NULL: of those with its addresses and ports at that
// end, the one that overlaps most with the connection's time.
const struct tw_witness_history *tw_witness_find(const struct tw_witness *witness,
                                                 const struct tw_connection_info *info,
                                                 enum tw_end end);
// What the kernel of one end says of a connection, as tw_witness_states; false where that end is
// none of the two stacks, so that no kernel says anything. A stack that has had no socket for it
// says nothing, or CLOSED if it has answered by RST.
bool tw_witness_word(const struct tw_witness *witness, const struct tw_connection_info *info,
                     enum tw_end end, enum tw_state *states, size_t room, size_t *count) TW_CHECKED;
// What the kernel of one end told last before `time` of the connection's socket; while there is
// none, of the listener that waits for it, with how many others it has that are `opening` (its SYN
// queue). NULL: of neither anything.
const struct tw_witness_look *tw_witness_look_at(const struct tw_witness *witness,
                                                 const struct tw_connection_info *info,
                                                 enum tw_end end, tw_time time, size_t *opening);
// Whether a call belongs to the connection: it was made on its socket, or on the listener that it
// came from.
bool tw_witness_call_of(const struct tw_witness *witness, const struct tw_witness_call *call,
                        const struct tw_connection_info *info);
// The same, and at which of the connection's ends it was made (its client may be the lab's server),
// and whether on the listener, so that it may belong to other connections too.
bool tw_witness_call_at(const struct tw_witness *witness, const struct tw_witness_call *call,
                        const struct tw_connection_info *info, enum tw_end *end, bool *listener);
// How long the call took; 0 where that is not known.
tw_time tw_witness_blocked(const struct tw_witness_call *call);

// TW_OUTPUT.
enum tw_status tw_witness_write(const struct tw_witness *witness, const char *path,
                                struct tw_error *error) TW_CHECKED;
// TW_OPEN (no such file, or no witness), TW_BROKEN (it does not parse), TW_MEMORY. The file is not
// trusted.
enum tw_status tw_witness_read(const char *path, struct tw_witness **witness,
                               struct tw_error *error) TW_CHECKED;

#endif
