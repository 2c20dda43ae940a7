// SPDX-License-Identifier: MIT
// What a user does at the screen that is tested.
#ifndef TESTS_UNIT_KEYS_H
#define TESTS_UNIT_KEYS_H

#include "screens.h"

// Keys by their names, with blanks between them.
static inline void press(const char *keys) {
    for (uint32_t key; (key = key_next(&keys)) != KEY_IS_NONE;)
        app_key(&app, key);
}

static inline void type(const char *text) {
    for (uint32_t rune; (rune = canvas_rune_next(&text)) != 0;)
        app_key(&app, rune);
}

// Until there is nothing left to do; the clock goes on.
static inline void rest(void) {
    do
        app_tick(&app, app.now + TW_MILLISECOND);
    while (app_busy(&app));
}

#endif
