// SPDX-License-Identifier: MIT
// What a user does at the screen that is tested.
#ifndef TESTS_UNIT_KEYS_H
#define TESTS_UNIT_KEYS_H

#include "noise.h"
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

// Any action, what is asked answered anyhow, one time in `resizes` at another size.
static inline void random_action(unsigned resizes) {
    noise_next();
    if ((noise >> 20) % resizes == 0)
        app_resize(&app, 1 + (int)(noise >> 9) % 200, 1 + (int)(noise >> 17) % 60);
    app_act(&app, (enum action)(1 + (noise >> 8) % (ACTION_COUNT - 1)));
    if (app.prompt.question != ASK_NOTHING)
        app_key(&app, (noise >> 16) % 3 == 0 ? KEY_IS_ENTER : 'a' + (noise >> 24) % 26);
    app_tick(&app, app.now + (tw_time)(noise >> 4) % (2 * TW_SECOND));
    app.quit = false;
}

// Until there is nothing left to do; the clock goes on.
static inline void rest(void) {
    do
        app_tick(&app, app.now + TW_MILLISECOND);
    while (app_busy(&app));
}

#endif
