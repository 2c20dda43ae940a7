// SPDX-License-Identifier: MIT
// Keys: a code point, or one of the named ones beyond Unicode, with or without Alt.
#ifndef UI_KEYS_H
#define UI_KEYS_H

#include "tcpwalk/base.h"

enum key {
    KEY_IS_NONE = 0,
    KEY_IS_TAB = 9,
    KEY_IS_ENTER = 13,
    KEY_IS_ESC = 27,
    KEY_IS_SPACE = 32,
    KEY_IS_ERASE = 127, // Backspace
    KEY_IS_UP = 0x110000,
    KEY_IS_DOWN,
    KEY_IS_LEFT,
    KEY_IS_RIGHT,
    KEY_IS_PAGE_UP,
    KEY_IS_PAGE_DOWN,
    KEY_IS_HOME,
    KEY_IS_END,
    KEY_IS_INSERT,
    KEY_IS_DELETE,
    KEY_IS_BACK_TAB,
    KEY_IS_F1,
    KEY_IS_F12 = KEY_IS_F1 + 11, // those between follow each other
    KEY_IS_MOUSE,                // something was done with the mouse
    KEY_WITH_ALT = 0x200000,     // added to a key that came behind an Esc at once
    KEY_PASTED = 0x400000,       // added to a character that was pasted, not typed
};

enum mouse_kind { MOUSE_PRESS, MOUSE_DOUBLE, MOUSE_WHEEL_UP, MOUSE_WHEEL_DOWN };
struct mouse {
    enum mouse_kind kind;
    int x, y; // cell
};

// Takes the first of several keys written as "Up k ^L Alt-x F12"; KEY_IS_NONE at the end of the
// text, and for what is no key: *text then stands behind that word.
uint32_t key_next(const char **text);
enum { KEY_TEXT = 24 };
// As key_next reads it. Returns `text`.
const char *key_text(uint32_t key, char text[KEY_TEXT]);

#endif
