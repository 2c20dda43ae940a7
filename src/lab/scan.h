// SPDX-License-Identifier: MIT
// A script's text line by line and word by word, and messages that name the place in it.
#ifndef TCPWALK_LAB_SCAN_H
#define TCPWALK_LAB_SCAN_H

#include "tcpwalk/base.h"

enum { SCAN_LINE_MAX = 1000 }; // octets

// Everything here that returns false has written the message, except where it says otherwise.
struct scan {
    const char *name;             // what messages call the script
    const char *text, *next;      // all of it, and the lines that have not been read
    const char *stop;             // where it ends
    char *words;                  // as much room again: what is kept of a word lies where it was
    const char *line;             // the line that is read
    const char *begin, *at, *end; // its statement, without comment and outer blanks
    unsigned number;              // of the line, from 1
    struct tw_error *error;
};

struct word {
    const char *at;
    size_t length; // 0: there is none
};

// A table of names: NULL behind the last.
typedef const char *scan_table(size_t index);

// "NAME:LINE:COLUMN: ..." for the place `at` of the line; always false.
bool scan_fail(struct scan *scan, const char *at, const char *format, ...) TW_PRINTF(3, 4);
// "expected WHAT, found ..." for what comes next.
bool scan_expected(struct scan *scan, const char *what);
// "unknown WHAT 'word': did you mean ...?", or what there is; `what` is "a WHAT".
bool scan_unknown(struct scan *scan, const char *what, struct word word, scan_table *table);
// The column, counted in characters from 1.
unsigned scan_column(const struct scan *scan, const char *at);

// The next line; its octets are checked. Only while `next` is before `stop`.
bool scan_line(struct scan *scan) TW_CHECKED;
// Whether nothing comes any more. Blanks are passed over, as by all below.
bool scan_over(struct scan *scan);

// The next word: letters, digits, '_' and what is in `also`. _peek leaves it where it is.
struct word scan_peek(struct scan *scan, const char *also);
struct word scan_word(struct scan *scan, const char *also);
bool scan_same(struct word word, const char *text);
// A word for good: as long as `words`.
const char *scan_keep(struct scan *scan, struct word word);
// Takes it if it comes next; no message.
bool scan_keyword(struct scan *scan, const char *keyword);
bool scan_mark(struct scan *scan, const char *mark);
// Takes what has to come next.
bool scan_need(struct scan *scan, const char *mark) TW_CHECKED;
// The next word's index in the table of `what`, "a call".
bool scan_pick(struct scan *scan, const char *what, scan_table *table, size_t *index) TW_CHECKED;
// "a port" and its limits.
bool scan_number(struct scan *scan, const char *what, int64_t least, int64_t most,
                 int64_t *number) TW_CHECKED;
bool scan_digits(struct word word, int64_t *number); // "-12"; no message
// "10ms", "1.5s".
bool scan_time(struct scan *scan, tw_time *time) TW_CHECKED;
// A quoted text, for good. `octets`: with escapes for any octet; else it is to be read by people.
bool scan_string(struct scan *scan, bool octets, const char **string, size_t *length) TW_CHECKED;

#endif
