// SPDX-License-Identifier: MIT
// The eleven states of RFC 9293, the events that can happen to an end, and the table of both.
// The table is the heart: the caption on the screen, `why` in the output, the edges of the diagram
// and docs/states.md are all readings of its cells.
#ifndef TCPWALK_STATE_H
#define TCPWALK_STATE_H

#include "tcpwalk/base.h"

// RFC 9293 section 3.3.2: name, name in Linux (ss, /proc), name in BSD (netstat), what it means.
#define TW_STATE_LIST(X)                                                                           \
    X(CLOSED, "CLOSED", "CLOSE", "CLOSED", N_("no connection at all"))                             \
    X(LISTEN, "LISTEN", "LISTEN", "LISTEN", N_("waiting for anyone's connection request"))         \
    X(SYN_SENT, "SYN-SENT", "SYN_SENT", "SYN_SENT",                                                \
      N_("asked for a connection, waiting for the matching request"))                              \
    X(SYN_RECEIVED, "SYN-RECEIVED", "SYN_RECV", "SYN_RCVD",                                        \
      N_("both requests have been sent, waiting for the acknowledgement of ours"))                 \
    X(ESTABLISHED, "ESTABLISHED", "ESTABLISHED", "ESTABLISHED", N_("open: data can go both ways")) \
    X(FIN_WAIT_1, "FIN-WAIT-1", "FIN_WAIT1", "FIN_WAIT_1",                                         \
      N_("we have closed; waiting for the acknowledgement of our FIN, or the peer's FIN"))         \
    X(FIN_WAIT_2, "FIN-WAIT-2", "FIN_WAIT2", "FIN_WAIT_2",                                         \
      N_("our FIN is acknowledged; waiting for the peer's FIN, for as long as it likes"))          \
    X(CLOSE_WAIT, "CLOSE-WAIT", "CLOSE_WAIT", "CLOSE_WAIT",                                        \
      N_("the peer has closed; waiting for our own program to close"))                             \
    X(CLOSING, "CLOSING", "CLOSING", "CLOSING",                                                    \
      N_("both have closed at once; waiting for the acknowledgement of our FIN"))                  \
    X(LAST_ACK, "LAST-ACK", "LAST_ACK", "LAST_ACK",                                                \
      N_("the peer closed first, then we; waiting for the acknowledgement of our FIN"))            \
    X(TIME_WAIT, "TIME-WAIT", "TIME_WAIT", "TIME_WAIT",                                            \
      N_("all is acknowledged; waiting twice the maximum segment lifetime: "                       \
         "stragglers die, and the last ACK can be sent again"))

enum tw_state {
#define X(id, rfc, linux_name, bsd, meaning) TW_##id,
    TW_STATE_LIST(X)
#undef X
        TW_STATE_COUNT
};

// What can happen to one end: what its user does, what it sends, what lands at it, its timers.
// Identifier, name in JSON ("rule"), short label for diagrams.
#define TW_EVENT_LIST(X)                                                                           \
    X(JOIN, "join", N_("capture begins"))                                                          \
    X(PASSIVE_OPEN, "passive-open", "listen()")                                                    \
    X(SEND_SYN, "send-syn", "connect() / snd SYN")                                                 \
    X(SEND_SYN_ACK, "send-syn-ack", "snd SYN,ACK")                                                 \
    X(SEND_FIN, "send-fin", "close() / snd FIN")                                                   \
    X(SEND_RST, "send-rst", "abort / snd RST")                                                     \
    X(SEND_RST_ANSWER, "send-rst-answer", "snd RST")                                               \
    X(RCV_SYN, "rcv-syn", "rcv SYN / snd SYN,ACK")                                                 \
    X(RCV_SYN_ACK, "rcv-syn-ack", "rcv SYN,ACK / snd ACK")                                         \
    X(RCV_ACK_OF_SYN, "rcv-ack-of-syn", "rcv ACK of SYN")                                          \
    X(RCV_ACK_OF_FIN, "rcv-ack-of-fin", "rcv ACK of FIN")                                          \
    X(RCV_FIN, "rcv-fin", "rcv FIN / snd ACK")                                                     \
    X(RCV_RST, "rcv-rst", "rcv RST")                                                               \
    X(RCV_RST_REFUSED, "rcv-rst-refused", "rcv RST outside / ignored")                             \
    X(RCV_SYN_REOPEN, "rcv-syn-reopen", "rcv newer SYN")                                           \
    X(GIVE_UP, "give-up", N_("given up"))                                                          \
    X(TIMEOUT_2MSL, "timeout-2msl", "timeout 2MSL")                                                \
    X(UNREACHABLE, "unreachable", "ICMP unreachable")

enum tw_event {
#define X(id, name, label) TW_EV_##id,
    TW_EVENT_LIST(X)
#undef X
        TW_EVENT_COUNT
};

// An empty cell is ODD: reported by name, and it moves nobody.
enum tw_cell_kind { TW_ODD, TW_STAY, TW_GO };

struct tw_cell {
    enum tw_cell_kind kind;
    enum tw_state next;  // for TW_GO
    const char *why;     // one sentence
    const char *section; // of RFC 9293, or "RFC 5961 3.2" where it is another's
    const char *call;    // the socket call this is or ends ("close", "connect returns"), or NULL
};

// How sure a step is (design: the landing rule).
enum tw_basis {
    TW_OBSERVED, // the end's own segment was seen: at this time at the latest
    TW_PROVEN,   // a later segment of the end shows that what moved it had landed
    TW_ASSUMED,  // nothing says otherwise
    TW_TIMER,    // a timer of the profile ran out on the packet clock
    TW_BASIS_COUNT
};

// What differs between stacks. `time_wait` is 2MSL.
struct tw_profile {
    const char *name, *title;
    tw_time time_wait;
    bool listener_keeps; // a passive SYN-RECEIVED that is reset goes to LISTEN (RFC 3.5.3)
    const char *time_wait_source;
};

const char *tw_state_name(enum tw_state state);    // "FIN-WAIT-1"
const char *tw_state_linux(enum tw_state state);   // "FIN_WAIT1"
const char *tw_state_bsd(enum tw_state state);     // "FIN_WAIT_1"
const char *tw_state_meaning(enum tw_state state); // one sentence
// Accepts any spelling, in any case, '-' or '_'. Returns false for no state.
bool tw_state_parse(const char *text, enum tw_state *state);
const char *tw_event_name(enum tw_event event);  // "send-fin"
const char *tw_event_label(enum tw_event event); // "close() / snd FIN"
const char *tw_basis_name(enum tw_basis basis);  // "observed"
// Never NULL: an empty cell is lent as one of kind TW_ODD.
const struct tw_cell *tw_state_cell(enum tw_state state, enum tw_event event);

size_t tw_profile_count(void);
const struct tw_profile *tw_profile_at(size_t index);       // 0 is the default, linux
const struct tw_profile *tw_profile_find(const char *name); // NULL if there is none

#endif
