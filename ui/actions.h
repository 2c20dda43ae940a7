// SPDX-License-Identifier: MIT
// The one table of actions: what can be done, by which keys, where. The key look-up, the help,
// the bottom line and the manual's list of keys are made from it.
#ifndef UI_ACTIONS_H
#define UI_ACTIONS_H

#include "keys.h"

// Where an action can be done.
enum context {
    IN_CONNECTIONS = 1,
    IN_CONNECTION = 2,
    IN_HELP = 4,
    IN_LAB = 8, // with or without a connection: its keys come before those of the connection
    IN_ALL = IN_CONNECTIONS | IN_CONNECTION | IN_HELP | IN_LAB,
    CONTEXT_COUNT = 4,
};

// Identifier, contexts, keys, short label for the bottom line (NULL: not there), group, help.
#define ACTION_LIST(X)                                                                             \
    X(UP, IN_CONNECTIONS | IN_HELP, "Up k", NULL, "Moving", "one row up")                          \
    X(DOWN, IN_CONNECTIONS | IN_HELP, "Down j", NULL, "Moving", "one row down")                    \
    X(PAGE_UP, IN_CONNECTIONS | IN_HELP, "PgUp ^B", NULL, "Moving", "one page up")                 \
    X(PAGE_DOWN, IN_CONNECTIONS | IN_HELP, "PgDn ^F", NULL, "Moving", "one page down")             \
    X(FIRST, IN_ALL, "g Home", NULL, "Moving", "to the first row; before the first event")         \
    X(LAST, IN_ALL, "G End", NULL, "Moving", "to the last row; behind the last event")             \
    X(OPEN, IN_CONNECTIONS, "Enter l Right", "open", "Connections", "open the connection")         \
    X(FILTER, IN_CONNECTIONS, "/", "filter", "Connections",                                        \
      "show only rows with this text, such as time-wait")                                          \
    X(ALL_ROWS, IN_CONNECTIONS, "Esc", NULL, "Connections", "drop the text: show all rows")        \
    X(SORT, IN_CONNECTIONS, "s", "sort", "Connections", "sort by the next column")                 \
    X(REVERSE, IN_CONNECTIONS, "r", NULL, "Connections", "sort the other way round")               \
    X(FLIGHT_UP, IN_LAB, "Up", NULL, "The lab", "the segment above, of those on the wire")         \
    X(FLIGHT_DOWN, IN_LAB, "Down", NULL, "The lab", "the segment below")                           \
    X(DELIVER, IN_LAB, "Enter", "deliver", "The lab", "it lands now")                              \
    X(DROP, IN_LAB, "d", "drop", "The lab", "it is lost")                                          \
    X(DUPLICATE, IN_LAB, "u", NULL, "The lab", "it comes twice")                                   \
    X(OVERTAKE, IN_LAB, "o", NULL, "The lab", "the one behind it overtakes it")                    \
    X(HOLD, IN_LAB, "H", "hold", "The lab", "hold all that the chosen end sends; let it go")       \
    X(AT_CLIENT, IN_LAB, "c", NULL, "The lab", "choose the client, for the keys below")            \
    X(AT_SERVER, IN_LAB, "s", NULL, "The lab", "choose the server")                                \
    X(LISTEN, IN_LAB, "L", NULL, "The lab", "socket(), bind() to port 9734, listen()")             \
    X(CONNECT, IN_LAB, "C", NULL, "The lab", "socket(), connect() to the other end's port 9734")   \
    X(ACCEPT, IN_LAB, "A", NULL, "The lab", "accept()")                                            \
    X(SEND, IN_LAB, "S", NULL, "The lab", "send(); what is sent can be typed over")                \
    X(RECV, IN_LAB, "R", NULL, "The lab", "recv()")                                                \
    X(SHUTDOWN, IN_LAB, "W", NULL, "The lab", "shutdown(SHUT_WR): nothing more to write")          \
    X(CLOSE, IN_LAB, "X", NULL, "The lab", "close()")                                              \
    X(ABORT, IN_LAB, "K", NULL, "The lab", "close() with SO_LINGER 0: a RST, no FIN")              \
    X(CRASH, IN_LAB, "!", NULL, "The lab", "the end forgets all its sockets without a word")       \
    X(INJECT, IN_LAB, "i", NULL, "The lab", "a segment of one's own, to be typed over")            \
    X(TYPE, IN_LAB, ":", "type", "The lab", "any call or statement; ^U: empty line, Up: the last") \
    X(STEP, IN_CONNECTION, "Right l n PgDn Down j", "step", "One connection",                      \
      "to the next segment or state change")                                                       \
    X(STEP_BACK, IN_CONNECTION, "Left h p PgUp Up k", "back", "One connection",                    \
      "to the previous one")                                                                       \
    X(NEXT_STATE, IN_CONNECTION, "]", NULL, "One connection", "to the next state change")          \
    X(PREVIOUS_STATE, IN_CONNECTION, "[", NULL, "One connection", "to the previous one")           \
    X(PAGE_ON, IN_CONNECTION, "} ^F", NULL, "One connection", "one page on")                       \
    X(PAGE_BACK, IN_CONNECTION, "{ ^B", NULL, "One connection", "one page back")                   \
    X(PACKET, IN_CONNECTION, "# :", NULL, "One connection", "to the packet of a number")           \
    X(PLAY, IN_CONNECTION, "Space", "play", "One connection", "play, pause")                       \
    X(FASTER, IN_CONNECTION, "+ =", NULL, "One connection", "play faster")                         \
    X(SLOWER, IN_CONNECTION, "-", NULL, "One connection", "play slower")                           \
    X(EVEN, IN_CONNECTION, "e", "even time", "One connection",                                     \
      "even time (each event takes as long), real time")                                           \
    X(PART, IN_CONNECTION, "Tab S-Tab", "part", "One connection",                                  \
      "ladder or state diagram, where both do not fit")                                            \
    X(NEXT_CONNECTION, IN_CONNECTION, "N", NULL, "One connection", "the next connection")          \
    X(PREVIOUS_CONNECTION, IN_CONNECTION, "P", NULL, "One connection", "the previous connection")  \
    X(HELP, IN_ALL, "? F1", "help", "Everywhere", "this help, and back")                           \
    X(THEME, IN_ALL, "T", NULL, "Everywhere", "the next theme of colours")                         \
    X(REDRAW, IN_ALL, "^L", NULL, "Everywhere", "draw the screen anew")                            \
    X(BACK, IN_CONNECTION | IN_HELP | IN_LAB, "q Esc", "back", "Everywhere", "one view back")      \
    X(QUIT, IN_CONNECTIONS, "q", "quit", "Everywhere", "leave")

enum action {
    ACTION_NONE,
#define X(id, contexts, keys, label, group, help) ACTION_##id,
    ACTION_LIST(X)
#undef X
        ACTION_COUNT
};

struct action_info {
    const char *name; // its identifier: "PAGE_UP"
    unsigned contexts;
    const char *keys;
    const char *label, *group, *help;
};

// `action` is not ACTION_NONE.
const struct action_info *action_info(enum action action);
// ACTION_NONE where the key has no meaning.
// Of several contexts, the first row of the table counts.
enum action action_of_key(unsigned contexts, uint32_t key);

#endif
