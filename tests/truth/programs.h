// SPDX-License-Identifier: MIT
// Random socket programs on the lab: what one did and what came of it, for those who judge it, draw
// it and keep it.
#ifndef TESTS_TRUTH_PROGRAMS_H
#define TESTS_TRUTH_PROGRAMS_H

#include "tcpwalk/lab.h"

#include <stdio.h>

// Name, share of segments that are lost, share of histories that must equal the kernel's, share
// that did in the last long run.
#define MODE_LIST(X)                                                                               \
    X(CLEAN, "clean", 0.0, 0.995, 0.998)                                                           \
    X(LOSSY, "lossy", 0.15, 0.95, 0.97)                                                            \
    X(HARD, "hard", 0.05, 0.97, 0.99)

enum mode {
#define X(id, name, loss, demand, reached) MODE_##id,
    MODE_LIST(X)
#undef X
        MODE_COUNT
};
struct mode_rules {
    const char *name;
    double loss, demand, reached;
};
const struct mode_rules *mode_rules(enum mode mode);

enum kind { KIND_SERVER, KIND_REFUSED, KIND_SIMULTANEOUS, KIND_COUNT };
const char *kind_name(enum kind kind);

// Where the tap is.
enum place { PLACE_CLIENT, PLACE_MIDDLE, PLACE_SERVER, PLACE_COUNT };

enum {
    PORTS_MAX = 4,       // pairs of ports in one program
    CONNECTIONS_MAX = 4, // at once and one after another
    PACKETS_MAX = 4096,
    CHANGES_MAX = 512,
    EVENTS_MAX = 16384,
    CALLS_MAX = 1024,
    LABEL = 80,
};

// What became of a segment.
enum fate { FATE_FLIES, FATE_LOST_BEFORE, FATE_LOST_BEHIND, FATE_LANDED };

// A segment as it was sent, or the wire's copy of one. Steps count the moves of the program.
struct packet {
    uint64_t flight; // the wire's name for it
    size_t original; // index of what it is a copy of, or its own
    enum tw_end from;
    size_t ports; // index of its pair of ports
    struct tw_segment segment;
    enum fate fate;
    unsigned tap; // its number in the capture, 0: it did not pass the tap
    unsigned sent_step, tap_step, landed_step;
    tw_time sent, passed, landed;
};

// The kernel moved an end of a pair of ports into `state`.
struct change {
    enum tw_end end;
    size_t ports;
    size_t history; // of the witness: the same of one socket
    enum tw_state state;
    enum tw_witness_cause cause;
    unsigned step, captured; // packets captured by then
    tw_time time;
    char label[LABEL]; // what the program did
};

// What happened, in order.
enum event_kind { EVENT_CALL, EVENT_CHANGE, EVENT_SENT, EVENT_LANDED };
struct event {
    enum event_kind kind;
    size_t index; // in calls, changes or packets
};
struct call {
    enum tw_end end;
    size_t ports; // PORTS_MAX: not known
    tw_time time;
    char text[LABEL];
};

struct captured {
    tw_time time;
    uint8_t *octets;
    size_t length;
};

struct program {
    enum mode mode;
    uint64_t seed;
    unsigned number;
    enum kind kind;
    enum place place;
    int version;
    uint16_t server_port;
    uint16_t client_ports[PORTS_MAX];
    size_t ports_count;
    struct packet packets[PACKETS_MAX];
    struct change changes[CHANGES_MAX];
    struct event events[EVENTS_MAX];
    struct call calls[CALLS_MAX];
    struct captured captured[PACKETS_MAX];
    size_t packet_count, change_count, event_count, call_count, captured_count;
};

// Runs one on a lab of its own. What it did depends on mode, seed and number alone, but for what
// the kernels choose (ISNs, the time that things take). NULL with *status and *error.
struct program *program_run(enum mode mode, uint64_t seed, unsigned number, enum tw_status *status,
                            struct tw_error *error) TW_CHECKED;
void program_free(struct program *program);
// Address and port of one end of a pair of ports.
const char *program_address(const struct program *program, size_t ports, enum tw_end end,
                            char text[TW_ADDRESS_TEXT]);

// --- Judging

// Why no observer at the tap's place could know more of an end (tests/README.md). A function says
// which state is the first that none could.
#define REASON_LIST(X)                                                                             \
    X(UNSEEN, "nothing of it was seen", unseen)                                                    \
    X(NO_TRACE, "its last call left no trace", no_trace)                                           \
    X(ANSWER_LOST, "what its last step sent was lost", answer_lost)                                \
    X(UNDELIVERED, "lost behind the tap at the end", undelivered)                                  \
    X(FIN_UNTOLD, "its FIN was never seen", fin_untold)

enum reason {
    REASON_NONE,
#define X(id, text, function) REASON_##id,
    REASON_LIST(X)
#undef X
        REASON_COUNT
};
const char *reason_text(enum reason reason);

enum { HISTORY_MAX = 64, INCARNATIONS_MAX = 16 };
struct history {
    enum tw_state states[HISTORY_MAX];
    size_t count;
};

// One after another on one pair of ports.
struct histories {
    struct history of[INCARNATIONS_MAX];
    size_t count;
};

struct verdict {
    struct histories kernel, inferred; // as they are compared
    enum reason reason;                // NONE: all is knowable
    bool last_silent; // all is but for the last step, a connect() given up without a trace
    bool left_out;    // nothing is knowable
    bool equal;       // as far as it is knowable
};
// Both ends of all pairs of ports.
struct judgement {
    struct verdict ends[PORTS_MAX][TW_END_COUNT];
};
// TW_MEMORY.
enum tw_status judge(const struct program *program, struct judgement *judgement) TW_CHECKED;

// --- Telling

// What really happened as a ladder in text, one line an event, for one pair of ports.
void ladder_print(const struct program *program, size_t ports, FILE *out);
// NNNN.pcap and NNNN.json in the folder.
enum tw_status keep(const struct program *program, const struct judgement *judgement,
                    const char *folder, struct tw_error *error) TW_CHECKED;

#endif
