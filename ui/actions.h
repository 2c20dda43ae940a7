// SPDX-License-Identifier: MIT
// The one table of actions: what can be done, by which keys, where. The key look-up, the help,
// the bottom line, the configuration file and the manual's list of keys are made from it.
#ifndef UI_ACTIONS_H
#define UI_ACTIONS_H

#include "keys.h"

// Where an action can be done.
enum context {
    IN_START = 1 << 0,
    IN_CONNECTIONS = 1 << 1,
    IN_CONNECTION = 1 << 2,
    IN_HELP = 1 << 3,
    IN_LAB = 1 << 4,  // with or without a connection: its keys come before those of the connection
    IN_WALK = 1 << 5, // walking over the state diagram: before those of the connection
    IN_STREAM = 1 << 6, // the part that shows the octets: before those of the connection
    IN_BREAKS = 1 << 7, // choosing where playback stops
    IN_LISTS = IN_START | IN_CONNECTIONS | IN_HELP | IN_BREAKS, // what has rows and a cursor
    IN_ALL = (1 << 8) - 1,
    CONTEXT_COUNT = 8,
};

// Identifier, contexts, keys, short label for the bottom line (NULL: not there), group, help. Of
// several contexts the first row of the table counts.
#define ACTION_LIST(X)                                                                             \
    X(UP, IN_LISTS, "Up k", NULL, N_("Moving"), N_("one row up"))                                  \
    X(DOWN, IN_LISTS, "Down j", NULL, N_("Moving"), N_("one row down"))                            \
    X(PAGE_UP, IN_LISTS, "PgUp ^B", NULL, N_("Moving"), N_("one page up"))                         \
    X(PAGE_DOWN, IN_LISTS, "PgDn ^F", NULL, N_("Moving"), N_("one page down"))                     \
    X(STREAM_UP, IN_STREAM, "Up k", NULL, N_("The stream"), N_("one row up"))                      \
    X(STREAM_DOWN, IN_STREAM, "Down j", NULL, N_("The stream"), N_("one row down"))                \
    X(STREAM_PAGE_UP, IN_STREAM, "{ ^B", NULL, N_("The stream"), N_("one page up"))                \
    X(STREAM_PAGE_DOWN, IN_STREAM, "} ^F", NULL, N_("The stream"), N_("one page down"))            \
    X(STREAM_SIDE, IN_STREAM, "x", N_("direction"), N_("The stream"),                              \
      N_("what the client sent, what the server sent, or both"))                                   \
    X(STREAM_HEX, IN_STREAM, "X", N_("hex"), N_("The stream"), N_("as text or in hexadecimal"))    \
    X(WALK_UP, IN_WALK, "Up k", NULL, N_("The state diagram"), N_("to the state above"))           \
    X(WALK_DOWN, IN_WALK, "Down j", NULL, N_("The state diagram"), N_("to the state below"))       \
    X(WALK_LEFT, IN_WALK, "Left h", NULL, N_("The state diagram"), N_("to the state on the left")) \
    X(WALK_RIGHT, IN_WALK, "Right l", NULL, N_("The state diagram"),                               \
      N_("to the state on the right"))                                                             \
    X(WALK_END, IN_WALK, "v Esc q", N_("back"), N_("The state diagram"), N_("stop walking"))       \
    X(FIRST, IN_ALL, "g Home", NULL, N_("Moving"), N_("to the first row; before the first event")) \
    X(LAST, IN_ALL, "G End", NULL, N_("Moving"), N_("to the last row; behind the last event"))     \
    X(START_NEXT, IN_START, "Tab", N_("next group"), N_("Moving"), N_("the next group"))           \
    X(START_PREVIOUS, IN_START, "S-Tab", NULL, N_("Moving"), N_("the previous group"))             \
    X(OPEN, IN_START | IN_CONNECTIONS, "Enter l", N_("open it"), N_("Connections"),                \
      N_("open what the cursor is on"))                                                            \
    X(FILTER, IN_START | IN_CONNECTIONS, "f &", N_("filter"), N_("Connections"),                   \
      N_("only some rows: text, client:, server:, port:, state:, was:, outcome:, -not, or|or"))    \
    X(SEARCH, IN_START | IN_CONNECTIONS | IN_STREAM, "/", N_("search"), N_("Connections"),         \
      N_("go to the next row that has this"))                                                      \
    X(FIND_NEXT, IN_START | IN_CONNECTIONS | IN_STREAM, "n", NULL, N_("Connections"),              \
      N_("to the next row that has it"))                                                           \
    X(FIND_PREVIOUS, IN_START | IN_CONNECTIONS | IN_STREAM, "N", NULL, N_("Connections"),          \
      N_("to the previous one"))                                                                   \
    X(ALL_ROWS, IN_START | IN_CONNECTIONS, "Esc", NULL, N_("Connections"),                         \
      N_("drop the filter; back to how all ended"))                                                \
    X(BY_STATE, IN_CONNECTIONS, "t", NULL, N_("Connections"),                                      \
      N_("only ends in one state: the next one that there is"))                                    \
    X(SORT, IN_CONNECTIONS, "s", N_("sort"), N_("Connections"), N_("sort by the next column"))     \
    X(REVERSE, IN_CONNECTIONS, "r", NULL, N_("Connections"), N_("sort the other way round"))       \
    X(COLUMNS_LEFT, IN_CONNECTIONS, "Left h", NULL, N_("Connections"), N_("columns to the left"))  \
    X(COLUMNS_RIGHT, IN_CONNECTIONS, "Right", NULL, N_("Connections"),                             \
      N_("columns for which there is no room"))                                                    \
    X(FOLLOW, IN_CONNECTIONS, "F", NULL, N_("Connections"),                                        \
      N_("stay at the newest one, while more come"))                                               \
    X(CAPTURE_FILTER, IN_CONNECTIONS, "B", NULL, N_("Connections"),                                \
      N_("live: capture with another filter (BPF, as in tcpdump)"))                                \
    X(MARK, IN_CONNECTIONS, "Space", N_("mark"), N_("Connections"), N_("mark, or take it back"))   \
    X(MARK_ALL, IN_CONNECTIONS, "*", NULL, N_("Connections"),                                      \
      N_("mark all rows that are shown, or none"))                                                 \
    X(PLAY_ALL, IN_CONNECTIONS, "p", N_("play"), N_("Connections"),                                \
      N_("play the whole capture: list and census show that moment"))                              \
    X(STEP_ALL, IN_CONNECTIONS, "> .", NULL, N_("Connections"),                                    \
      N_("to the next state change of any connection"))                                            \
    X(STEP_ALL_BACK, IN_CONNECTIONS, "< ,", NULL, N_("Connections"), N_("to the previous one"))    \
    X(FLIGHT_UP, IN_LAB, "Up", NULL, N_("The lab"), N_("the segment above, of those on the wire")) \
    X(FLIGHT_DOWN, IN_LAB, "Down", NULL, N_("The lab"), N_("the segment below"))                   \
    X(DELIVER, IN_LAB, "Enter", N_("deliver"), N_("The lab"), N_("it lands now"))                  \
    X(DROP, IN_LAB, "d", N_("drop"), N_("The lab"), N_("it is lost"))                              \
    X(DUPLICATE, IN_LAB, "u", NULL, N_("The lab"), N_("it comes twice"))                           \
    X(OVERTAKE, IN_LAB, "o", NULL, N_("The lab"), N_("the one behind it overtakes it"))            \
    X(HOLD, IN_LAB, "H", N_("hold"), N_("The lab"),                                                \
      N_("hold all that the chosen end sends; let it go"))                                         \
    X(AT_CLIENT, IN_LAB, "c", NULL, N_("The lab"), N_("choose the client, for the keys below"))    \
    X(AT_SERVER, IN_LAB, "s", NULL, N_("The lab"), N_("choose the server"))                        \
    X(LISTEN, IN_LAB, "L", NULL, N_("The lab"), N_("socket(), bind() to port 9734, listen()"))     \
    X(CONNECT, IN_LAB, "C", NULL, N_("The lab"),                                                   \
      N_("socket(), connect() to the other end's port 9734"))                                      \
    X(ACCEPT, IN_LAB, "A", NULL, N_("The lab"), N_("accept()"))                                    \
    X(SEND, IN_LAB, "S", NULL, N_("The lab"), N_("send(); what is sent can be typed over"))        \
    X(RECV, IN_LAB, "R", NULL, N_("The lab"), N_("recv()"))                                        \
    X(SHUTDOWN, IN_LAB, "W", NULL, N_("The lab"), N_("shutdown(SHUT_WR): nothing more to write"))  \
    X(CLOSE, IN_LAB, "X", NULL, N_("The lab"), N_("close()"))                                      \
    X(ABORT, IN_LAB, "K", NULL, N_("The lab"), N_("close() with SO_LINGER 0: a RST, no FIN"))      \
    X(CRASH, IN_LAB, "!", NULL, N_("The lab"),                                                     \
      N_("the end forgets all its sockets without a word"))                                        \
    X(INJECT, IN_LAB, "i", NULL, N_("The lab"), N_("a segment of one's own, to be typed over"))    \
    X(TYPE, IN_LAB, ":", N_("type"), N_("The lab"),                                                \
      N_("any call or statement; ^U: empty line, Up: the last"))                                   \
    X(STEP, IN_CONNECTION, "Right l n PgDn Down j", N_("step"), N_("One connection"),              \
      N_("to the next segment or state change"))                                                   \
    X(STEP_BACK, IN_CONNECTION, "Left h p PgUp Up k", N_("back"), N_("One connection"),            \
      N_("to the previous one"))                                                                   \
    X(NEXT_STATE, IN_CONNECTION, "]", NULL, N_("One connection"), N_("to the next state change"))  \
    X(PREVIOUS_STATE, IN_CONNECTION, "[", NULL, N_("One connection"), N_("to the previous one"))   \
    X(PAGE_ON, IN_CONNECTION, "} ^F", NULL, N_("One connection"), N_("one page on"))               \
    X(PAGE_BACK, IN_CONNECTION, "{ ^B", NULL, N_("One connection"), N_("one page back"))           \
    X(PACKET, IN_CONNECTION, "# :", NULL, N_("One connection"), N_("to the packet of a number"))   \
    X(SEEK, IN_CONNECTION, "0 1 2 3 4 5 6 7 8 9", NULL, N_("One connection"),                      \
      N_("to that tenth of the time line"))                                                        \
    X(PLAY, IN_CONNECTION, "Space", N_("play"), N_("One connection"), N_("play, pause"))           \
    X(FASTER, IN_CONNECTION | IN_CONNECTIONS, "+ =", NULL, N_("One connection"),                   \
      N_("play faster"))                                                                           \
    X(SLOWER, IN_CONNECTION | IN_CONNECTIONS, "-", NULL, N_("One connection"), N_("play slower"))  \
    X(EVEN, IN_CONNECTION | IN_CONNECTIONS, "e", N_("even time"), N_("One connection"),            \
      N_("even time (each event takes as long), real time"))                                       \
    X(LOOP, IN_CONNECTION | IN_CONNECTIONS, "O", NULL, N_("One connection"),                       \
      N_("play again and again, or once"))                                                         \
    X(BREAKS, IN_CONNECTION | IN_CONNECTIONS | IN_BREAKS, "b", NULL, N_("One connection"),         \
      N_("states and findings at which playback stops"))                                           \
    X(PART, IN_CONNECTION | IN_LAB, "Tab", N_("part"), N_("One connection"),                       \
      N_("the next part: ladder, state diagram, segment, stream"))                                 \
    X(PART_BACK, IN_CONNECTION | IN_LAB, "S-Tab", NULL, N_("One connection"),                      \
      N_("the previous part"))                                                                     \
    X(ALONE, IN_CONNECTION, "f", NULL, N_("One connection"),                                       \
      N_("the chosen part alone, or beside the ladder where there is room"))                       \
    X(WALK, IN_CONNECTION, "v", NULL, N_("One connection"),                                        \
      N_("walk over the state diagram: what each state means, time spent in it"))                  \
    X(SELECT, IN_CONNECTION, "m", NULL, N_("One connection"),                                      \
      N_("measure from here: the time to where the cursor goes"))                                  \
    X(FOLD, IN_CONNECTION, "z", NULL, N_("One connection"),                                        \
      N_("unfold the run of data at the cursor, or fold it"))                                      \
    X(FOLD_ALL, IN_CONNECTION, "Z", NULL, N_("One connection"),                                    \
      N_("unfold all runs, or fold them"))                                                         \
    X(ABSOLUTE, IN_CONNECTION, "a", NULL, N_("One connection"),                                    \
      N_("sequence numbers as on the wire, or from 0"))                                            \
    X(NEXT_CONNECTION, IN_CONNECTION, "N", NULL, N_("One connection"), N_("the next connection"))  \
    X(PREVIOUS_CONNECTION, IN_CONNECTION, "P", NULL, N_("One connection"),                         \
      N_("the previous connection"))                                                               \
    X(TOGGLE, IN_BREAKS, "Space Enter x", N_("switch"), N_("Breakpoints"),                         \
      N_("stop there, or not"))                                                                    \
    X(CLEAR, IN_BREAKS, "c", N_("none"), N_("Breakpoints"), N_("stop nowhere"))                    \
    X(SAVE, IN_CONNECTION | IN_CONNECTIONS, "w", N_("save"), N_("Everywhere"),                     \
      N_("save as pcap: the marked connections, or this one"))                                     \
    X(SAVE_RECENT, IN_CONNECTION | IN_CONNECTIONS, "W", NULL, N_("Everywhere"),                    \
      N_("save as pcap what was captured in the last seconds"))                                    \
    X(PICTURE, IN_ALL, "^P", NULL, N_("Everywhere"), N_("save what is seen as a picture (SVG)"))   \
    X(COPY, IN_ALL, "y", NULL, N_("Everywhere"),                                                   \
      N_("copy what is seen, as text, to the terminal's clipboard (OSC 52)"))                      \
    X(MOUSE, IN_ALL, "M", NULL, N_("Everywhere"),                                                  \
      N_("mouse on, or off, so that the terminal selects text"))                                   \
    X(THEME, IN_ALL, "T", NULL, N_("Everywhere"), N_("the next theme of colours"))                 \
    X(LANGUAGE, IN_ALL, "^G", NULL, N_("Everywhere"), N_("the next language"))                     \
    X(HELP, IN_ALL, "? F1", N_("help"), N_("Everywhere"), N_("this help, and back"))               \
    X(REDRAW, IN_ALL, "^L", NULL, N_("Everywhere"), N_("draw the screen anew"))                    \
    X(BACK, IN_CONNECTION | IN_HELP | IN_LAB | IN_BREAKS, "q Esc", N_("back"), N_("Everywhere"),   \
      N_("one view back"))                                                                         \
    X(QUIT, IN_START | IN_CONNECTIONS, "q", N_("quit"), N_("Everywhere"), N_("leave"))

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
    const char *keys;                 // as bound now
    const char *label, *group, *help; // in English
};

// `action` is not ACTION_NONE.
const struct action_info *action_info(enum action action);
const char *action_usual_keys(enum action action); // those of the table
// Whether it is the first of its group, so that a group can be told at once, wherever its
// rows stand.
bool action_begins_group(enum action action);
// The next one behind it in its group, or ACTION_NONE.
enum action action_next_in_group(enum action action);
// ACTION_NONE where the key has no meaning.
enum action action_of_key(unsigned contexts, uint32_t key);
enum { ACTION_KEYS_MAX = 64 }; // octets of the keys of one action, as text
// Gives an action other keys, for the whole process; the text is copied. False: a key in
// it is not known, or it is too long; then nothing has changed. NULL: those of the table.
bool action_bind(enum action action, const char *keys) TW_CHECKED;
// By name, as in the table, in any case, '-' for '_'; ACTION_NONE: there is none.
enum action action_find(const char *name);

#endif
