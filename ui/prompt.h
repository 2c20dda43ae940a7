// SPDX-License-Identifier: MIT
// The line at the bottom in which something is typed: one editor for all that is asked.
#ifndef UI_PROMPT_H
#define UI_PROMPT_H

#include "keys.h"

enum question {
    ASK_NOTHING,
    ASK_FILTER,  // which connections are shown
    ASK_SEARCH,  // text to go to, in the list or the stream
    ASK_CAPTURE, // what is captured from now on
    ASK_PACKET,  // number of a packet to go to
    ASK_LAB,     // a statement of the lab's language
    ASK_SAVE,    // name of a file
    ASK_RECENT,  // how many of the last seconds are to be saved
    QUESTION_COUNT
};

enum { PROMPT_MAX = 256 }; // octets of UTF-8 with the one that ends it

struct prompt {
    enum question question; // ASK_NOTHING: there is none
    char line[PROMPT_MAX];
    char last[QUESTION_COUNT][PROMPT_MAX]; // what was answered last
};

enum prompt_result {
    PROMPT_SAME,
    PROMPT_CHANGED,  // the line has
    PROMPT_ANSWERED, // Enter; the question is over, the line is the answer
    PROMPT_LEFT,     // Esc
};

// Asks, with a line to be typed over.
void prompt_ask(struct prompt *prompt, enum question question, const char *line);
// Any character, Backspace, ^U (empties the line), Up (what was answered last), Enter, Esc.
enum prompt_result prompt_key(struct prompt *prompt, uint32_t key);

#endif
