// SPDX-License-Identifier: MIT
// A scenario script, parsed: statements in order, each with its place in the text. docs/lab.md
// tells the language; script.c reads it, scenario.c runs it.
#ifndef TCPWALK_LAB_SCRIPT_H
#define TCPWALK_LAB_SCRIPT_H

#include "tcpwalk/lab.h"

enum script_kind {
    SCRIPT_TITLE,   // title "TEXT"                      (only before all others)
    SCRIPT_TEACHES, // teaches "TEXT"                    (the same)
    SCRIPT_IP,      // ip 4 | ip 6
    SCRIPT_SYSCTL,  // sysctl client NAME VALUE...
    SCRIPT_DELAY,   // delay [client|server] 10ms        one way, of what that end sends
    SCRIPT_TAP,     // tap client|middle|server|0.25 [and a second]; tap on; tap off
    SCRIPT_CALL,    // client: connect(c, 9734) = 0      the process before the colon
    SCRIPT_AWAIT,   // await c = -1 ETIMEDOUT            a call that was begun with `...` returns
    SCRIPT_HOLD,    // hold [client|server] [KIND]
    SCRIPT_RELEASE, // release [client|server] [KIND]    hold no more; what is held goes on
    SCRIPT_DELIVER, // deliver client [KIND]             the next held one; waits until there is one
    SCRIPT_DROP,    // drop [every] client [KIND]
    SCRIPT_DUPLICATE, // duplicate [every] client [KIND]
    SCRIPT_SWAP,      // swap client [KIND]
    SCRIPT_INJECT,    // inject client c SYN seq next+10 ack next length 0 window 100
    SCRIPT_UNTIL,     // until client ESTABLISHED; until c CLOSE-WAIT; until 3 server SYN-RECEIVED;
                      // until client quiet
    SCRIPT_WAIT,      // wait 100ms
    SCRIPT_HISTORY,   // history client SYN-SENT ESTABLISHED ...
    SCRIPT_KIND_COUNT
};

// What a call is expected to give.
enum script_result {
    RESULT_ANY,   // nothing said
    RESULT_VALUE, // = 5
    RESULT_ERROR, // = -1 ECONNREFUSED
    RESULT_TEXT,  // = "hello": what recv() gives
    SCRIPT_RESULT_COUNT
};

enum { SCRIPT_HISTORY_MAX = 16, SCRIPT_BOTH = TW_END_COUNT };

// Whom a statement is about: an end, or a socket by name.
struct script_subject {
    const char *socket; // NULL: the end
    enum tw_end end;
};

// Texts are owned by the script.
struct script_statement {
    enum script_kind kind;
    unsigned line, column;
    const char *text;      // as written, without comment and outer blanks
    unsigned end;          // enum tw_end, or SCRIPT_BOTH
    enum tw_kind segments; // of hold, release, deliver, drop, duplicate, swap
    bool every;
    tw_time within; // how long may be waited for it: `within 2s` behind the statement; 0: not said
    union {
        const char *words; // title, teaches
        int version;       // ip
        struct {
            const char *name, *value; // values joined by one blank
        } sysctl;
        tw_time time; // delay, wait
        struct {
            double places[2];
            size_t count; // 0: on or off
            bool on;
        } tap;
        struct {
            struct tw_lab_request request; // call
            const char *socket;            // await: the socket that is blocked
            enum script_result expect;
            int64_t value;
            int error;
            const char *octets;
            size_t length;
            bool begin; // `...`: it is not waited for
        } call;         // call, await
        struct {
            struct script_subject subject;     // whose connection; the socket may be NULL:
            struct tw_lab_injection injection; // then the tuple says all
        } inject;
        struct {
            struct script_subject subject;
            unsigned count; // of sockets in that state, at least; 1 unless said
            bool quiet;     // nothing is on its way from that end, nothing will be sent again
            enum tw_state state;
        } until;
        struct {
            struct script_subject subject;
            enum tw_state states[SCRIPT_HISTORY_MAX];
            size_t count;
        } history;
    };
};

struct tw_script {
    char *name, *text;
    struct script_statement *statements;
    size_t count;
    const char *title, *teaches;
    size_t taps;
    char (*known)[TW_LAB_NAME]; // names of a lab that was there before
    char *words; // names and data, cut out of a copy of the text: all texts point into either
};

#endif
