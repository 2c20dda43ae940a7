// SPDX-License-Identifier: MIT
// The language in which connections are asked for, in filter and search.
//
//   QUERY  words, all of which must match:   10.0.0.5 state:time-wait -port:22
//   WORD   [-] [KEY:] VALUE {| [KEY:] VALUE}  one of the values must match; with - none may
//   KEY    none            text in an address with its port, a state, the outcome, the history
//          port            443, 1000-2000: of either end
//          addr            10.0.0.5, 10.0.0.5:443, 10.0.0.0/8, the beginning of one: 10.0.0.
//          client, server  the same of that end; a number alone is its port
//          state           a state that an end is in; its beginning is enough, in any spelling
//          was             a state that an end has been in
//          outcome         closed, reset, refused, ...; its beginning is enough
//
// A value without a key has that of the one before it: port:80|443. A key whose value is still to
// be typed matches all. Upper and lower case are the same, and so are - and _ in a state.
#ifndef UI_QUERY_H
#define UI_QUERY_H

#include "tcpwalk/story.h"

enum { QUERY_TEXT_MAX = 256, QUERY_PARTS_MAX = 32 };

enum query_kind {
    QUERY_TEXT,
    QUERY_PORT,
    QUERY_ADDRESS,      // by its first bits
    QUERY_ADDRESS_TEXT, // by its first characters
    QUERY_STATE,
    QUERY_WAS,
    QUERY_OUTCOME,
};

// One value.
struct query_part {
    enum query_kind kind;
    bool negated;
    bool again;              // another value of the word before it
    bool address;            // of a text: it may stand in an address
    bool port;               // of an address: its port counts, too
    uint8_t ends;            // which ends are looked at, a bit each
    uint8_t version, prefix; // of an address: how many of its bits count
    uint16_t low, high;      // ports
    struct tw_address bits;
    uint32_t states, outcomes;  // bit sets; of a text, those that have it
    uint16_t at, length;        // of a text, in that of the query
    uint16_t word, word_length; // where the whole word stands there
};

struct query {
    struct query_part parts[QUERY_PARTS_MAX];
    size_t count;              // 0: matches all
    char text[QUERY_TEXT_MAX]; // in lower case
};

// What is asked about.
struct query_subject {
    const struct tw_story_connection *connection;
    const struct tw_connection_info *info;
    enum tw_state state[TW_END_COUNT]; // as it is shown
    bool known[TW_END_COUNT];
    bool then;                   // it is shown as it was at a moment; then what counts is
    uint32_t been[TW_END_COUNT]; // the states that each end had been in, a bit each
};

// False: `fault` says what is wrong, in the user's language; the query has not changed.
bool query_parse(const char *text, struct query *query, char *fault, size_t room) TW_CHECKED;
bool query_match(const struct query *query, const struct query_subject *subject);
// Whatever `query` matches is matched by `before`, too.
bool query_narrows(const struct query *query, const struct query *before);

#endif
