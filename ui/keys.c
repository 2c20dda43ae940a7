// SPDX-License-Identifier: MIT
// Reads the names of keys as the action table writes them.
#include "keys.h"

#include <string.h>

static const struct {
    const char *name;
    uint32_t key;
} names[] = {
    {"Tab", KEY_IS_TAB},        {"Enter", KEY_IS_ENTER}, {"Esc", KEY_IS_ESC},
    {"Space", KEY_IS_SPACE},    {"Up", KEY_IS_UP},       {"Down", KEY_IS_DOWN},
    {"Left", KEY_IS_LEFT},      {"Right", KEY_IS_RIGHT}, {"PgUp", KEY_IS_PAGE_UP},
    {"PgDn", KEY_IS_PAGE_DOWN}, {"Home", KEY_IS_HOME},   {"End", KEY_IS_END},
    {"S-Tab", KEY_IS_BACK_TAB}, {"F1", KEY_IS_F1},
};

uint32_t key_next(const char **text) {
    const char *word = *text + strspn(*text, " ");
    size_t length = strcspn(word, " ");
    *text = word + length;
    if (length == 0)
        return KEY_IS_NONE;
    if (length == 1)
        return (unsigned char)word[0];
    if (length == 2 && word[0] == '^')
        return (unsigned char)word[1] & 0x1fU;
    for (size_t i = 0; i < TW_COUNT(names); i++)
        if (strlen(names[i].name) == length && memcmp(names[i].name, word, length) == 0)
            return names[i].key;
    return KEY_IS_NONE;
}
