// SPDX-License-Identifier: MIT
// Words from the user: numbers, sizes, points in time, and the nearest names of a mistyped one.
#ifndef TCPWALK_CLI_WORDS_H
#define TCPWALK_CLI_WORDS_H

#include "tcpwalk/report.h"

bool word_number(const char *word, uint64_t *number) TW_CHECKED;
// "64M": K, M and G are powers of 1024.
bool word_size(const char *word, size_t *size) TW_CHECKED;
// RFC 3339, or "+seconds" from the first packet. Without an offset it is local time, or UTC.
bool word_moment(const char *word, bool utc, struct tw_moment *moment) TW_CHECKED;
// Whether it looks like a path: has a slash, or the ending of a capture.
bool word_names_file(const char *word) TW_CHECKED;

// The names nearest to a word, of all that were offered.
struct nearest {
    const char *word;
    struct {
        char name[64];
        unsigned distance;
    } best[3];
    size_t count;
};
void nearest_init(struct nearest *nearest, const char *word);
void nearest_offer(struct nearest *nearest, const char *name);
enum { NEAREST_TEXT = 256 };
// "; nearest: a, b" or "". Returns `text`.
const char *nearest_text(const struct nearest *nearest, char text[NEAREST_TEXT]);

#endif
