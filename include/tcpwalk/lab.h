// SPDX-License-Identifier: MIT
// The lab: two real TCP stacks, client and server, each in a network namespace of its own, joined
// by a wire that is ours. Linux only. One thread; nothing here waits, except tw_lab_wait.
#ifndef TCPWALK_LAB_H
#define TCPWALK_LAB_H

#include "tcpwalk/kernel.h"
#include "tcpwalk/witness.h"

// --- The wire

// Kinds of segments, as scripts and keys name them.
#define TW_KIND_LIST(X)                                                                            \
    X(ANY, "any", "any segment")                                                                   \
    X(SYN, "SYN", "a SYN without ACK")                                                             \
    X(SYN_ACK, "SYN,ACK", "a SYN with ACK")                                                        \
    X(ACK, "ACK", "a bare ACK: no data, no SYN, FIN or RST")                                       \
    X(DATA, "DATA", "with data, with or without FIN, but no SYN or RST")                           \
    X(FIN, "FIN", "with FIN, with or without data")                                                \
    X(RST, "RST", "with RST")

enum tw_kind {
#define X(id, name, help) TW_KIND_##id,
    TW_KIND_LIST(X)
#undef X
        TW_KIND_COUNT
};

// A segment on its way. It moves from 0, its sender's end, to 1, where it lands; a hold stops it
// just before 1 (so that all taps but one at the receiver's end have seen it).
struct tw_flight {
    uint64_t id; // from 1, in order of leaving
    enum tw_end from;
    tw_time left;      // by the host's clock
    tw_time lands;     // when it is due; TW_NO_TIME: it is held
    double at;         // how far it had come when it was last moved
    bool copy;         // a duplicate, made by the wire
    uint64_t original; // of a copy: the flight that it is like; else its own id
    bool injected;
    struct tw_segment segment; // decoded; time and packet are not set
    uint8_t *octets;           // the IP packet; owned by the wire
    size_t length;
};

// Flags and numbers of a segment of one's own. `from` is the end that it claims to be from; numbers
// are relative to the connection as the wire has seen it: 0 is the ISN (SYN), 1 the first octet,
// and `next` what that end would send next, or acknowledge next.
struct tw_lab_number {
    bool given, next;
    int64_t value; // added to the ISN, or to what comes next
};
struct tw_lab_injection {
    enum tw_end from;
    struct tw_tuple tuple;                 // as `from` sees it; need not be a connection
    uint16_t flags;                        // enum tw_flag
    struct tw_lab_number seq, ack, window; // not given: next, next, that end's last
    uint32_t length;                       // octets of data
};

// --- Calls

#define TW_CALL_LIST(X)                                                                            \
    X(SOCKET, "socket")                                                                            \
    X(SETSOCKOPT, "setsockopt")                                                                    \
    X(BIND, "bind")                                                                                \
    X(LISTEN, "listen")                                                                            \
    X(CONNECT, "connect")                                                                          \
    X(ACCEPT, "accept")                                                                            \
    X(SEND, "send")                                                                                \
    X(RECV, "recv")                                                                                \
    X(SHUTDOWN, "shutdown")                                                                        \
    X(CLOSE, "close")                                                                              \
    X(FORK, "fork")                                                                                \
    X(EXIT, "exit")                                                                                \
    X(CRASH, "crash")

enum tw_call {
#define X(id, name) TW_CALL_##id,
    TW_CALL_LIST(X)
#undef X
        TW_CALL_COUNT
};

const char *tw_call_name(enum tw_call call);

// The options that setsockopt() takes here, by their names in C.
struct tw_lab_sockopt {
    const char *name;
    int level, option;
    unsigned values; // 1; SO_LINGER has 2: on, seconds
};
size_t tw_lab_sockopt_count(void);
const struct tw_lab_sockopt *tw_lab_sockopt_at(size_t index);

enum { TW_LAB_NAME = 32, TW_LAB_SOCKETS = 4096, TW_LAB_PROCESSES = 256 };

// A call to be made. Texts and octets are lent until tw_lab_call returns.
//   s = socket()             name
//   setsockopt(s, OPT, V..)  socket, sockopt, values
//   bind(s, [ADDRESS,] PORT) socket, address (version 0: its own end's), port
//   listen(s, BACKLOG)       socket, value
//   connect(s, [ADDRESS,] PORT)  socket, address (version 0: the other end's), port
//   t = accept(s)            name, socket
//   send(s, DATA, FLAGS)     socket, octets (NULL: `length` times 'x'), length, flags
//   recv(s, N, FLAGS)        socket, length, flags
//   shutdown(s, HOW)         socket, value
//   close(s)                 socket
//   fork(P)                  name: a process at the same end that has the same sockets
//   exit()                   all its sockets are closed
//   crash(s), crash()        the socket, or all that the end's kernel has, forgotten without a word
struct tw_lab_request {
    const char *process; // "client", "server", or a forked one
    enum tw_call call;
    const char *socket; // NULL where the call has none
    const char *name;   // of what is made: a socket, a process
    const struct tw_lab_sockopt *sockopt;
    int values[2];
    struct tw_tuple address; // remote: address and version; version 0: not given
    uint16_t port;
    int value; // backlog, SHUT_RD, SHUT_WR, SHUT_RDWR
    const char *octets;
    size_t length;
    int flags; // MSG_PEEK, MSG_MORE, MSG_OOB, MSG_FASTOPEN (send with address and port)
};

// --- What can be looked at

// A descriptor of one process.
struct tw_lab_socket {
    char process[TW_LAB_NAME], name[TW_LAB_NAME];
    enum tw_end end;
    int fd;
    int version;
    bool listening;
    size_t pending;        // index of the call that it is blocked in, or TW_LAB_NO_CALL
    struct tw_tuple tuple; // version 0: none yet
};
#define TW_LAB_NO_CALL SIZE_MAX

// All is lent, and good until something is done to the lab or it is waited for.
struct tw_lab_view {
    const struct tw_flight *flights; // in order of leaving, but for swaps; copies behind theirs
    size_t flight_count;
    const struct tw_lab_socket *sockets;
    size_t socket_count;
    const struct tw_kernel_socket *kernel[TW_END_COUNT]; // the kernel's word of last
    size_t kernel_count[TW_END_COUNT];
    const struct tw_witness *witness;
    bool holding[TW_END_COUNT]; // whatever that end sends is held
    bool tap_on;
    tw_time delay[TW_END_COUNT];
    double tap[2];
    size_t tap_count;
    uint64_t packets[2];   // captured at each tap
    const char *statement; // of the scenario that runs, as written, or NULL
    unsigned line;
};

// --- The lab

struct tw_lab_options {
    const char *name; // of the scenario, for the witness
    // A packet passed a tap (0, or 1 where there are two): an IP packet, link type RAW.
    void *context;
    void (*seen)(void *context, size_t tap, tw_time time, const uint8_t *octets, size_t length);
    double slow; // delays are stretched by this; 0: 1
};

struct tw_lab;

// The calling thread is in a network namespace of its own from then on, where that was needed in a
// user namespace, too; both stay when the lab is freed.
enum tw_status tw_lab_new(const struct tw_lab_options *options, struct tw_lab **lab,
                          struct tw_error *error) TW_CHECKED;
void tw_lab_free(struct tw_lab *lab);
void tw_lab_view_get(const struct tw_lab *lab, struct tw_lab_view *view);

// Something to poll for reading: then, or when it was asked to, tw_lab_turn has something to do.
int tw_lab_fd(const struct tw_lab *lab);
// Does what is due: takes what the stacks sent, moves the wire, ends calls, asks the kernels.
enum tw_status tw_lab_turn(struct tw_lab *lab, struct tw_error *error) TW_CHECKED;
// Turns until `until` (by tw_lab_now), or until something has happened; true if it has.
enum tw_status tw_lab_wait(struct tw_lab *lab, tw_time until, bool *happened,
                           struct tw_error *error) TW_CHECKED;
// The time of day, as it was when first asked and gone forward since: what all times here are.
tw_time tw_lab_now(void);

// Settings. Version 4 or 6 holds for sockets made later.
void tw_lab_version(struct tw_lab *lab, int version);
enum tw_status tw_lab_sysctl(struct tw_lab *lab, enum tw_end end, const char *name,
                             const char *value, struct tw_error *error) TW_CHECKED;
void tw_lab_delay(struct tw_lab *lab, enum tw_end from, tw_time delay);
// One or two taps, by their place: 0 the client's end ... 1 the server's end.
void tw_lab_taps(struct tw_lab *lab, const double *places, size_t count);
void tw_lab_tap_on(struct tw_lab *lab, bool on);

// Begins a call. TW_USAGE when it makes no sense: an unknown process or socket, one that is blocked
// in another call. What the kernel says of it is no error: it is the result, in the witness's call
// `*index`, which may come later.
enum tw_status tw_lab_call(struct tw_lab *lab, const struct tw_lab_request *request, size_t *index,
                           struct tw_error *error) TW_CHECKED;
// What a recv() received: lent until the next call, and kept for the last few only.
const char *tw_lab_received(const struct tw_lab *lab, size_t call, size_t *length);

// The wire. False where there is no such flight.
bool tw_lab_deliver(struct tw_lab *lab, uint64_t id);
bool tw_lab_drop(struct tw_lab *lab, uint64_t id);
bool tw_lab_duplicate(struct tw_lab *lab, uint64_t id);       // both are then on their way
bool tw_lab_swap(struct tw_lab *lab, uint64_t id);            // with the next one from the same end
bool tw_lab_move(struct tw_lab *lab, uint64_t id, double at); // and hold it there
void tw_lab_hold(struct tw_lab *lab, enum tw_end from, enum tw_kind kind, bool hold);
enum tw_status tw_lab_inject(struct tw_lab *lab, const struct tw_lab_injection *injection,
                             struct tw_error *error) TW_CHECKED;
// The next segment of that kind from that end, on its way now or to come, is dropped, duplicated or
// changes place with the one behind it; `every`: all of them from now on.
enum tw_lab_fate { TW_FATE_DROP, TW_FATE_DUPLICATE, TW_FATE_SWAP, TW_FATE_COUNT };
void tw_lab_doom(struct tw_lab *lab, enum tw_end from, enum tw_kind kind, enum tw_lab_fate fate,
                 bool every);
bool tw_kind_matches(enum tw_kind kind, const struct tw_segment *segment);
const char *tw_kind_name(enum tw_kind kind);

// --- Scenarios

struct tw_script;

// `name` is what messages call it. TW_USAGE with "NAME:LINE:COLUMN: what is wrong". The text is
// copied.
enum tw_status tw_script_parse(const char *name, const char *text, size_t length,
                               struct tw_script **script, struct tw_error *error) TW_CHECKED;
// One statement as typed, on a lab as it is now: the sockets that it has open are known. A call is
// only begun: nobody waits for it.
enum tw_status tw_script_parse_line(const struct tw_lab *lab, const char *name, const char *line,
                                    struct tw_script **script, struct tw_error *error) TW_CHECKED;
void tw_script_free(struct tw_script *script);
const char *tw_script_title(const struct tw_script *script);   // "" where it has none
const char *tw_script_teaches(const struct tw_script *script); // ""
size_t tw_script_taps(const struct tw_script *script);         // 1 or 2

enum tw_scenario_state { TW_SCENARIO_RUNS, TW_SCENARIO_DONE, TW_SCENARIO_FAILED };
struct tw_scenario;

// The script is lent. NULL when out of memory.
struct tw_scenario *tw_scenario_new(struct tw_lab *lab, const struct tw_script *script) TW_CHECKED;
void tw_scenario_free(struct tw_scenario *scenario);
// Goes on as far as it can without waiting; after tw_lab_turn or tw_lab_wait it may go further.
// FAILED with *error: a wait that took too long, a result or history that is not as expected.
enum tw_scenario_state tw_scenario_turn(struct tw_scenario *scenario, struct tw_error *error);
// When it has to be turned again even if nothing happens.
tw_time tw_scenario_due(const struct tw_scenario *scenario);
// The statement that it is at, as written, and its line.
const char *tw_scenario_statement(const struct tw_scenario *scenario, unsigned *line);

#endif
