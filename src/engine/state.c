// SPDX-License-Identifier: MIT
// The state table of RFC 9293: eleven states by what can happen to an end, and nothing else.
//
// Three kinds of cells: go() changes the state, stay() is lawful and changes nothing, and a cell
// that is not there is odd: it is reported by name and moves nobody. A segment is a short ordered
// list of these events (RFC 9293 section 3.10.7.4: sequence check, RST, SYN, ACK, text, FIN), so a
// FIN that also acknowledges ours is two of them, and no cell needs to know of pairs.
#include "tcpwalk/state.h"

#include <ctype.h>
#include <string.h>

#define go(to, rfc, user, sentence)                                                                \
    { .kind = TW_GO, .next = TW_##to, .section = (rfc), .call = (user), .why = (sentence) }
#define stay(rfc, sentence)                                                                        \
    { .kind = TW_STAY, .section = (rfc), .why = (sentence) }

// What RFC 9293 3.10.7.4 and RFC 5961 say for all synchronized states but TIME-WAIT.
// clang-format off
#define SYNCHRONIZED                                                                               \
    [TW_EV_RCV_SYN] = stay("RFC 5961 4.2",                                                         \
        "a SYN into a live connection: a challenge ACK is the answer"),                            \
    [TW_EV_RCV_SYN_ACK] = stay("RFC 5961 4.2", "the SYN,ACK again: it is acknowledged again"),     \
    [TW_EV_RCV_RST_REFUSED] = stay("RFC 5961 3.2",                                                 \
        "this RST is not at the expected octet: refused; inside the window it is challenged"),     \
    [TW_EV_UNREACHABLE] = stay("3.9.2.2", "a soft error: it is ignored")

static const struct tw_cell table[TW_STATE_COUNT][TW_EVENT_COUNT] = {
    [TW_CLOSED] = {
        [TW_EV_JOIN] = go(ESTABLISHED, "3.3.2", NULL,
            "the capture begins inside this connection: it was open before"),
        [TW_EV_PASSIVE_OPEN] = go(LISTEN, "3.10.1", "listen",
            "it answered a SYN, so a program was listening on this port"),
        [TW_EV_SEND_SYN] = go(SYN_SENT, "3.10.1", "connect",
            "connect() sends a SYN and waits for the answer"),
        [TW_EV_SEND_RST] = stay("3.5.2", "there is no connection here: a segment is answered by a RST"),
        [TW_EV_SEND_RST_ANSWER] = stay("3.5.2",
            "there is no connection here: a segment is answered by a RST"),
        [TW_EV_RCV_SYN] = stay("3.10.7.1", "nobody listens here: the SYN is answered by a RST"),
        [TW_EV_RCV_SYN_ACK] = stay("3.10.7.1",
            "there is no connection here: the SYN,ACK is answered by a RST"),
        [TW_EV_RCV_ACK_OF_SYN] = stay("3.10.7.1", "there is no connection here: a RST is the answer"),
        [TW_EV_RCV_ACK_OF_FIN] = stay("3.10.7.1", "there is no connection here: a RST is the answer"),
        [TW_EV_RCV_FIN] = stay("3.10.7.1", "a FIN is not processed where there is no connection"),
        [TW_EV_RCV_RST] = stay("3.10.7.1", "a RST is dropped where there is no connection"),
        [TW_EV_RCV_RST_REFUSED] = stay("3.10.7.1", "a RST is dropped where there is no connection"),
        [TW_EV_UNREACHABLE] = stay("3.9.2.2", "there is no connection here"),
    },
    [TW_LISTEN] = {
        [TW_EV_SEND_SYN] = go(SYN_SENT, "3.10.1", "connect",
            "the listening end opens the connection itself"),
        [TW_EV_RCV_SYN] = go(SYN_RECEIVED, "3.10.7.2", NULL,
            "the SYN asks for a connection: the kernel answers with SYN,ACK, accept() still waits"),
        [TW_EV_RCV_RST] = stay("3.10.7.2", "a listener ignores a RST"),
        [TW_EV_RCV_RST_REFUSED] = stay("3.10.7.2", "a listener ignores a RST"),
        [TW_EV_RCV_FIN] = stay("3.10.7.2", "a FIN is not processed in LISTEN"),
        [TW_EV_RCV_SYN_ACK] = stay("3.10.7.2", "an acknowledgement to a listener is answered by a RST"),
        [TW_EV_SEND_RST_ANSWER] = stay("3.10.7.2", "an acknowledgement to a listener is answered by a RST"),
        [TW_EV_GIVE_UP] = go(CLOSED, "3.10.4", "close", "the listener was closed"),
    },
    [TW_SYN_SENT] = {
        [TW_EV_SEND_SYN] = stay("3.8.1", "no answer yet: the SYN is sent again"),
        [TW_EV_SEND_SYN_ACK] = go(SYN_RECEIVED, "3.10.7.3", NULL,
            "it answers the peer's SYN while its own is out: a simultaneous open"),
        [TW_EV_RCV_SYN] = go(SYN_RECEIVED, "3.10.7.3", NULL,
            "the peer's SYN crosses ours: a simultaneous open"),
        [TW_EV_RCV_SYN_ACK] = go(ESTABLISHED, "3.10.7.3", "connect returns",
            "the SYN,ACK acknowledges our SYN: connect() returns here"),
        [TW_EV_RCV_RST] = go(CLOSED, "3.10.7.3", "connect gets ECONNREFUSED",
            "the RST acknowledges our SYN: the connection is refused"),
        [TW_EV_RCV_RST_REFUSED] = stay("3.10.7.3", "this RST does not acknowledge our SYN: dropped"),
        [TW_EV_RCV_FIN] = stay("3.10.7.3", "a FIN is not processed in SYN-SENT"),
        [TW_EV_SEND_RST] = go(CLOSED, "3.10.5", "close",
            "the opener had given up: the answer to its SYN meets no connection"),
        [TW_EV_SEND_RST_ANSWER] = stay("3.10.7.3",
            "an acknowledgement that is not of our SYN is answered by a RST"),
        [TW_EV_GIVE_UP] = go(CLOSED, "3.10.4", "close",
            "the opener gave up; nothing on the wire says when"),
        [TW_EV_UNREACHABLE] = go(CLOSED, "3.9.2.2", "connect gets EHOSTUNREACH",
            "a router says that the peer cannot be reached"),
    },
    [TW_SYN_RECEIVED] = {
        [TW_EV_SEND_SYN] = stay("3.8.1", "the SYN is sent again"),
        [TW_EV_SEND_SYN_ACK] = stay("3.8.1", "the SYN,ACK, or the same again: its acknowledgement is awaited"),
        [TW_EV_RCV_SYN] = stay("3.10.7.4", "the same SYN again: the SYN,ACK is sent again"),
        [TW_EV_RCV_SYN_ACK] = go(ESTABLISHED, "3.10.7.4", "connect returns",
            "the peer's SYN,ACK acknowledges our SYN: both opened at once"),
        [TW_EV_RCV_ACK_OF_SYN] = go(ESTABLISHED, "3.10.7.4", "accept returns",
            "our SYN is acknowledged: the connection is open, accept() can return"),
        [TW_EV_RCV_FIN] = go(CLOSE_WAIT, "3.10.7.4", "read returns 0",
            "the peer has nothing more to send: read() returns 0"),
        [TW_EV_SEND_FIN] = go(FIN_WAIT_1, "3.10.4", "close",
            "closed before the handshake was complete here: its FIN goes out at once"),
        [TW_EV_RCV_RST] = go(CLOSED, "3.10.7.4", NULL,
            "the RST ends the attempt; a listener stays in LISTEN"),
        [TW_EV_RCV_RST_REFUSED] = stay("RFC 5961 3.2", "this RST is not at the expected octet: refused"),
        [TW_EV_SEND_RST] = go(CLOSED, "3.10.5", "close", "the attempt is aborted"),
        [TW_EV_SEND_RST_ANSWER] = stay("3.10.7.4", "a bad acknowledgement is answered by a RST"),
        [TW_EV_GIVE_UP] = go(CLOSED, "3.8.3", NULL,
            "the handshake was never completed; nothing on the wire says when it was given up"),
        [TW_EV_UNREACHABLE] = stay("3.9.2.2", "a soft error: the SYN,ACK is sent again"),
    },
    [TW_ESTABLISHED] = {
        SYNCHRONIZED,
        [TW_EV_SEND_SYN_ACK] = stay("3.8.1", "the SYN,ACK again: the handshake's ACK had not arrived, or waits"),
        [TW_EV_SEND_FIN] = go(FIN_WAIT_1, "3.10.4", "close",
            "close() or shutdown() sends a FIN: nothing more will be sent"),
        [TW_EV_RCV_FIN] = go(CLOSE_WAIT, "3.10.7.4", "read returns 0",
            "the peer has nothing more to send: read() returns 0, our program should close too"),
        [TW_EV_RCV_RST] = go(CLOSED, "3.10.7.4", "read gets ECONNRESET",
            "the peer reset the connection: all is dropped at once"),
        [TW_EV_SEND_RST] = go(CLOSED, "3.10.5", "close",
            "the connection is aborted: unread data, SO_LINGER 0, or no connection any more"),
        [TW_EV_GIVE_UP] = go(CLOSED, "3.8.3", NULL, "the connection was forgotten; nothing on the wire says when"),
    },
    [TW_FIN_WAIT_1] = {
        SYNCHRONIZED,
        [TW_EV_SEND_SYN_ACK] = stay("3.8.1", "the SYN,ACK again"),
        [TW_EV_SEND_FIN] = stay("3.8.1", "the FIN is sent again"),
        [TW_EV_RCV_ACK_OF_SYN] = stay("3.10.7.4", "our SYN is acknowledged; our FIN is not yet"),
        [TW_EV_RCV_ACK_OF_FIN] = go(FIN_WAIT_2, "3.10.7.4", NULL,
            "our FIN is acknowledged: this direction is closed, the peer may go on sending"),
        [TW_EV_RCV_FIN] = go(CLOSING, "3.10.7.4", NULL,
            "the peer's FIN crosses ours: both close at once"),
        [TW_EV_RCV_RST] = go(CLOSED, "3.10.7.4", "read gets ECONNRESET", "the peer reset the connection"),
        [TW_EV_SEND_RST] = go(CLOSED, "3.10.5", "close",
            "aborted after the FIN: unread data, data after close(), or no connection any more"),
        [TW_EV_GIVE_UP] = go(CLOSED, "3.8.3", NULL, "the FIN was never acknowledged: given up"),
    },
    [TW_FIN_WAIT_2] = {
        SYNCHRONIZED,
        [TW_EV_SEND_FIN] = stay("3.8.1", "the FIN again: its acknowledgement was late"),
        [TW_EV_RCV_ACK_OF_FIN] = stay("3.10.7.4", "our FIN is acknowledged again"),
        [TW_EV_RCV_FIN] = go(TIME_WAIT, "3.10.7.4", "read returns 0",
            "the peer closes too: its FIN is acknowledged, and we wait twice the segment lifetime"),
        [TW_EV_RCV_RST] = go(CLOSED, "3.10.7.4", "read gets ECONNRESET", "the peer reset the connection"),
        [TW_EV_SEND_RST] = go(CLOSED, "3.10.5", "close",
            "nobody reads here any more: what the peer still sends is answered by a RST"),
        [TW_EV_GIVE_UP] = go(CLOSED, "3.8.3", NULL, "the peer's FIN never came: the kernel gave up waiting"),
    },
    [TW_CLOSE_WAIT] = {
        SYNCHRONIZED,
        [TW_EV_SEND_FIN] = go(LAST_ACK, "3.10.4", "close",
            "our program closes too: the second FIN"),
        [TW_EV_RCV_FIN] = stay("3.10.7.4", "the same FIN again: it is acknowledged again"),
        [TW_EV_RCV_RST] = go(CLOSED, "3.10.7.4", "write gets EPIPE", "the peer reset the connection"),
        [TW_EV_SEND_RST] = go(CLOSED, "3.10.5", "close", "the connection is aborted instead of closed"),
        [TW_EV_GIVE_UP] = go(CLOSED, "3.8.3", NULL, "the connection was forgotten; nothing on the wire says when"),
    },
    [TW_CLOSING] = {
        SYNCHRONIZED,
        [TW_EV_SEND_FIN] = stay("3.8.1", "the FIN is sent again"),
        [TW_EV_RCV_ACK_OF_FIN] = go(TIME_WAIT, "3.10.7.4", NULL,
            "our FIN is acknowledged: after a simultaneous close both ends wait twice the segment lifetime"),
        [TW_EV_RCV_FIN] = stay("3.10.7.4", "the same FIN again: it is acknowledged again"),
        [TW_EV_RCV_RST] = go(CLOSED, "3.10.7.4", NULL, "a RST ends the waiting"),
        [TW_EV_SEND_RST] = go(CLOSED, "3.10.5", "close", "aborted, or no connection any more"),
        [TW_EV_GIVE_UP] = go(CLOSED, "3.8.3", NULL, "our FIN was never acknowledged: given up"),
    },
    [TW_LAST_ACK] = {
        SYNCHRONIZED,
        [TW_EV_SEND_FIN] = stay("3.8.1", "the FIN is sent again"),
        [TW_EV_RCV_ACK_OF_FIN] = go(CLOSED, "3.10.7.4", NULL,
            "our FIN is acknowledged: nothing is left of the connection here"),
        [TW_EV_RCV_FIN] = stay("3.10.7.4", "the same FIN again: it is acknowledged again"),
        [TW_EV_RCV_RST] = go(CLOSED, "3.10.7.4", NULL, "a RST ends the waiting"),
        [TW_EV_SEND_RST] = go(CLOSED, "3.10.5", "close", "aborted, or no connection any more"),
        [TW_EV_GIVE_UP] = go(CLOSED, "3.8.3", NULL, "our FIN was never acknowledged: given up"),
    },
    [TW_TIME_WAIT] = {
        [TW_EV_SEND_FIN] = stay("3.8.1", "the FIN again: its acknowledgement was late"),
        [TW_EV_RCV_SYN] = stay("3.10.7.4", "an older SYN: it is acknowledged, not accepted (RFC 6191)"),
        [TW_EV_RCV_SYN_ACK] = stay("RFC 5961 4.2", "the SYN,ACK again: it is acknowledged again"),
        [TW_EV_RCV_ACK_OF_FIN] = stay("3.10.7.4", "our FIN is acknowledged again"),
        [TW_EV_RCV_FIN] = stay("3.10.7.4",
            "the FIN again: the last ACK was lost, it is sent again and the waiting starts anew"),
        [TW_EV_RCV_RST] = go(CLOSED, "RFC 1337", NULL,
            "an exact RST ends TIME-WAIT early (assassination, unless the stack prevents it)"),
        [TW_EV_RCV_RST_REFUSED] = stay("RFC 5961 3.2", "this RST is not at the expected octet: refused"),
        [TW_EV_RCV_SYN_REOPEN] = go(CLOSED, "3.10.7.4", NULL,
            "a newer SYN on the same ports: the old connection makes room for it (RFC 6191)"),
        [TW_EV_SEND_RST] = go(CLOSED, "3.10.5", NULL, "nothing is left of the connection here: a RST says so"),
        [TW_EV_GIVE_UP] = go(CLOSED, "3.10.8", NULL, "the waiting ended early; nothing on the wire says why"),
        [TW_EV_TIMEOUT_2MSL] = go(CLOSED, "3.10.8", NULL,
            "twice the maximum segment lifetime is over: the ports are free again"),
        [TW_EV_UNREACHABLE] = stay("3.9.2.2", "ignored"),
    },
};
// clang-format on

static const struct tw_cell odd_cell = {
    .kind = TW_ODD,
    .why = "nothing in the table fits: it moves nobody",
    .section = "3.10.7",
};

const struct tw_cell *tw_state_cell(enum tw_state state, enum tw_event event) {
    const struct tw_cell *cell = &table[state][event];
    return cell->kind == TW_ODD ? &odd_cell : cell;
}

static const struct {
    const char *rfc, *linux_name, *bsd, *meaning;
} names[] = {
#define X(id, rfc_name, linux_spelling, bsd_spelling, text)                                        \
    [TW_##id] = {rfc_name, linux_spelling, bsd_spelling, text},
    TW_STATE_LIST(X)
#undef X
};
_Static_assert(TW_COUNT(names) == TW_STATE_COUNT, "every state has its names");

const char *tw_state_name(enum tw_state state) {
    return names[state].rfc;
}
const char *tw_state_linux(enum tw_state state) {
    return names[state].linux_name;
}
const char *tw_state_bsd(enum tw_state state) {
    return names[state].bsd;
}
const char *tw_state_meaning(enum tw_state state) {
    return names[state].meaning;
}

static bool same_name(const char *a, const char *b) {
    for (; *a != '\0' && *b != '\0'; a++, b++) {
        int x = *a == '_' ? '-' : toupper((unsigned char)*a);
        int y = *b == '_' ? '-' : toupper((unsigned char)*b);
        if (x != y)
            return false;
    }
    return *a == *b;
}

bool tw_state_parse(const char *text, enum tw_state *state) {
    for (unsigned i = 0; i < TW_STATE_COUNT; i++)
        if (same_name(text, names[i].rfc) || same_name(text, names[i].linux_name) ||
            same_name(text, names[i].bsd)) {
            *state = (enum tw_state)i;
            return true;
        }
    return false;
}

static const struct {
    const char *name, *label;
} events[] = {
#define X(id, event_name, event_label) [TW_EV_##id] = {event_name, event_label},
    TW_EVENT_LIST(X)
#undef X
};
_Static_assert(TW_COUNT(events) == TW_EVENT_COUNT, "every event has its names");

const char *tw_event_name(enum tw_event event) {
    return events[event].name;
}
const char *tw_event_label(enum tw_event event) {
    return events[event].label;
}

static const char *const basis_names[] = {
    [TW_OBSERVED] = N_("observed"),
    [TW_PROVEN] = N_("proven"),
    [TW_ASSUMED] = N_("assumed"),
    [TW_TIMER] = N_("timer"),
};
_Static_assert(TW_COUNT(basis_names) == TW_BASIS_COUNT, "every basis has its name");

const char *tw_basis_name(enum tw_basis basis) {
    return basis_names[basis];
}

static const struct tw_profile profiles[] = {
    {"linux", "Linux", 60 * TW_SECOND, false, "TCP_TIMEWAIT_LEN, include/net/tcp.h"},
    {"rfc", "RFC 9293", 240 * TW_SECOND, true, N_("2 MSL of two minutes, section 3.4.2")},
    {"freebsd", "FreeBSD", 60 * TW_SECOND, false, "2 x net.inet.tcp.msl of 30 s"},
    {"macos", "macOS", 30 * TW_SECOND, false, "2 x net.inet.tcp.msl of 15 s"},
    {"windows", "Windows", 120 * TW_SECOND, false, "TcpTimedWaitDelay"},
};

size_t tw_profile_count(void) {
    return TW_COUNT(profiles);
}
const struct tw_profile *tw_profile_at(size_t index) {
    return &profiles[index];
}
const struct tw_profile *tw_profile_find(const char *name) {
    for (size_t i = 0; i < TW_COUNT(profiles); i++)
        if (strcmp(profiles[i].name, name) == 0)
            return &profiles[i];
    return NULL;
}
