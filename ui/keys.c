// SPDX-License-Identifier: MIT
// The names of keys, as the action table and the configuration file write them.
#include "keys.h"

#include "canvas.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CONTROL = 0x1f, BACKSPACE = 8, DIGITS = 10, F_KEYS = KEY_IS_F12 - KEY_IS_F1 + 1 };

static const struct {
    const char *name;
    uint32_t key;
} names[] = {
    {"Tab", KEY_IS_TAB},        {"Enter", KEY_IS_ENTER},     {"Esc", KEY_IS_ESC},
    {"Space", KEY_IS_SPACE},    {"Backspace", KEY_IS_ERASE}, {"Up", KEY_IS_UP},
    {"Down", KEY_IS_DOWN},      {"Left", KEY_IS_LEFT},       {"Right", KEY_IS_RIGHT},
    {"PgUp", KEY_IS_PAGE_UP},   {"PgDn", KEY_IS_PAGE_DOWN},  {"Home", KEY_IS_HOME},
    {"End", KEY_IS_END},        {"Insert", KEY_IS_INSERT},   {"Delete", KEY_IS_DELETE},
    {"S-Tab", KEY_IS_BACK_TAB},
};

static const char alt[] = "Alt-";
enum { ALT_LENGTH = sizeof alt - 1 };

// "^L"; KEY_IS_NONE for what the terminal keeps to itself (it stops, goes on, ends the program).
static uint32_t control(char letter) {
    const uint32_t key = (unsigned char)letter & CONTROL;
    const bool is_control = (letter >= '@' && letter <= '_') || (letter >= 'a' && letter <= 'z');
    if (!is_control || strchr("CQSZ\\", letter >= 'a' ? letter - 'a' + 'A' : letter) != NULL)
        return KEY_IS_NONE;
    return key == BACKSPACE ? KEY_IS_ERASE : key == '\n' ? KEY_IS_ENTER : key;
}

static uint32_t named(const char *word, size_t length) {
    const char *rest = word;
    if (length == 2 && word[0] == '^')
        return control(word[1]);
    uint32_t rune = canvas_rune_next(&rest);
    if ((size_t)(rest - word) == length && (rune != '?' || word[0] == '?'))
        return rune;
    if ((length == 2 || length == 3) && word[0] == 'F' && word[1] >= '1' && word[1] <= '9') {
        char *end;
        unsigned long number = strtoul(word + 1, &end, DIGITS);
        if (end == word + length && number <= F_KEYS)
            return KEY_IS_F1 + (uint32_t)number - 1;
    }
    for (size_t i = 0; i < TW_COUNT(names); i++)
        if (strlen(names[i].name) == length && memcmp(names[i].name, word, length) == 0)
            return names[i].key;
    return KEY_IS_NONE;
}

uint32_t key_next(const char **text) {
    const char *word = *text + strspn(*text, " ");
    size_t length = strcspn(word, " ");
    *text = word + length;
    if (length == 0)
        return KEY_IS_NONE;
    if (length <= ALT_LENGTH || memcmp(word, alt, ALT_LENGTH) != 0)
        return named(word, length);
    uint32_t key = named(word + ALT_LENGTH, length - ALT_LENGTH);
    // A key of several octets begins with an Esc itself: Alt adds nothing that could be told.
    return key == KEY_IS_NONE || key == KEY_IS_ESC || key >= KEY_IS_UP ? KEY_IS_NONE
                                                                       : key | KEY_WITH_ALT;
}

const char *key_text(uint32_t key, char text[KEY_TEXT]) {
    const char *before = key & KEY_WITH_ALT ? alt : "";
    key &= ~(uint32_t)KEY_WITH_ALT;
    for (size_t i = 0; i < TW_COUNT(names); i++)
        if (names[i].key == key) {
            snprintf(text, KEY_TEXT, "%s%s", before, names[i].name);
            return text;
        }
    if (key >= KEY_IS_F1 && key <= KEY_IS_F12)
        snprintf(text, KEY_TEXT, "F%u", (unsigned)(key - KEY_IS_F1 + 1));
    else if (key < ' ')
        snprintf(text, KEY_TEXT, "%s^%c", before, (char)(key | '@'));
    else
        snprintf(text, KEY_TEXT, "%s%.*s", before, CANVAS_RUNE_OCTETS,
                 canvas_rune_text(key, (char[CANVAS_RUNE_OCTETS + 1]){""}));
    return text;
}
