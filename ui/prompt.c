// SPDX-License-Identifier: MIT
// Edits the line that is typed. Control characters never get into it.
#include "prompt.h"

#include <stdio.h>
#include <string.h>

enum { CTRL_U = 0x15, C1_LAST = 0x9f, UTF8_MORE = 0x80 };

void prompt_ask(struct prompt *prompt, enum question question, const char *line) {
    prompt->question = question;
    snprintf(prompt->line, sizeof prompt->line, "%s", line);
}

// One code point in UTF-8; returns its octets.
static size_t put_rune(uint32_t rune, char text[4]) {
    static const struct {
        uint32_t below;
        unsigned char first;
    } forms[] = {{0x80, 0}, {0x800, 0xc0}, {0x10000, 0xe0}, {0x110000, 0xf0}};
    size_t more = 0;
    while (rune >= forms[more].below)
        more++;
    text[0] = (char)(forms[more].first | rune >> 6 * more);
    for (size_t i = 1; i <= more; i++)
        text[i] = (char)(UTF8_MORE | (rune >> 6 * (more - i) & 0x3f));
    return more + 1;
}

enum prompt_result prompt_key(struct prompt *prompt, uint32_t key) {
    char *line = prompt->line;
    size_t length = strlen(line);
    if (key == KEY_IS_ENTER) {
        snprintf(prompt->last[prompt->question], PROMPT_MAX, "%s", line);
        prompt->question = ASK_NOTHING;
        return PROMPT_ANSWERED;
    }
    if (key == KEY_IS_ESC) {
        prompt->question = ASK_NOTHING;
        return PROMPT_LEFT;
    }
    if (key == CTRL_U) {
        line[0] = '\0';
    } else if (key == KEY_IS_UP) {
        snprintf(line, PROMPT_MAX, "%s", prompt->last[prompt->question]);
    } else if (key == KEY_IS_ERASE) {
        while (length > 0 && ((unsigned char)line[--length] & 0xc0) == UTF8_MORE)
            ;
        line[length] = '\0';
    } else if (key >= ' ' && key < KEY_IS_UP && (key < KEY_IS_ERASE || key > C1_LAST)) {
        char rune[4];
        const size_t octets = put_rune(key, rune);
        if (length + octets >= PROMPT_MAX)
            return PROMPT_SAME;
        memcpy(line + length, rune, octets);
        line[length + octets] = '\0';
    } else {
        return PROMPT_SAME;
    }
    return PROMPT_CHANGED;
}
