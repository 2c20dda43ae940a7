// SPDX-License-Identifier: MIT
// What is drawn, compared with the expected text in tests/screens/NAME.txt; TW_ACCEPT=1 in the
// environment writes these files anew.
#ifndef TESTS_UNIT_SCREENS_H
#define TESTS_UNIT_SCREENS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ui/app.h"

// Where the expected screens are: beside this file's folder.
static inline const char *screen_path(const char *name, char path[1024]) {
    const char *slash = strrchr(__FILE__, '/');
    snprintf(path, 1024, "%.*s/../screens/%s.txt", slash == NULL ? 1 : (int)(slash - __FILE__),
             slash == NULL ? "." : __FILE__, name);
    return path;
}

static inline size_t put_rune(char *to, uint32_t rune) {
    if (rune < 0x80) {
        to[0] = (char)rune;
        return 1;
    }
    if (rune < 0x800) {
        to[0] = (char)(0xc0 | rune >> 6);
        to[1] = (char)(0x80 | (rune & 0x3f));
        return 2;
    }
    to[0] = (char)(0xe0 | rune >> 12);
    to[1] = (char)(0x80 | (rune >> 6 & 0x3f));
    to[2] = (char)(0x80 | (rune & 0x3f));
    return 3;
}

// The canvas as text, blanks at the ends of rows cut off.
static inline char *text_of(const struct canvas *canvas) {
    size_t cells = (size_t)canvas->width * (size_t)canvas->height, at = 0;
    char *text = malloc(cells * 3 + (size_t)canvas->height + 1);
    assert_non_null(text);
    for (int y = 0; y < canvas->height; y++) {
        size_t end = at;
        for (int x = 0; x < canvas->width; x++) {
            uint32_t rune = canvas->cells[y * canvas->width + x].rune;
            if (rune == 0)
                continue;
            at += put_rune(text + at, rune);
            if (rune != ' ')
                end = at;
        }
        at = end;
        text[at++] = '\n';
    }
    text[at] = '\0';
    return text;
}

// What the story needs depends on the machine: the first "21.9 KiB" is "##.# KiB" in the files,
// and so is how many segments it had no room for.
static inline void mask_memory(char *text) {
    static const char *const units[] = {" KiB", " segments not kept"};
    for (size_t i = 0; i < TW_COUNT(units); i++) {
        char *kept = strstr(text, units[i]);
        for (char *c = kept; kept != NULL && c > text && c[-1] != ' '; c--)
            if (c[-1] != '.')
                c[-1] = '#';
    }
}

// As it is drawn now; canvas_fini is the caller's.
static inline void screen_draw(const struct app *app, struct canvas *canvas) {
    assert_true(canvas_init(canvas, app->width, app->height));
    app_draw(app, canvas);
}

// The same as text, which the caller frees.
static inline char *screen_text(const struct app *app) {
    struct canvas canvas;
    screen_draw(app, &canvas);
    char *text = text_of(&canvas);
    canvas_fini(&canvas);
    return text;
}

static inline void expect_screen(const struct app *app, const char *name) {
    char *text = screen_text(app), path[1024];
    bool accept = getenv("TW_ACCEPT") != NULL;
    mask_memory(text);
    FILE *file = fopen(screen_path(name, path), accept ? "w" : "r");
    if (file == NULL)
        fail_msg("%s cannot be opened", path);
    if (accept) {
        fputs(text, file);
    } else {
        char *expected = calloc(1, 1 << 16);
        assert_non_null(expected);
        size_t length = fread(expected, 1, (1 << 16) - 1, file);
        expected[length] = '\0';
        if (strcmp(text, expected) != 0)
            print_message("%s is now:\n%s", name, text);
        assert_string_equal(text, expected);
        free(expected);
    }
    fclose(file);
    free(text);
}

static inline void check_whole(const struct canvas *canvas) {
    for (int y = 0; y < canvas->height; y++)
        for (int x = 0; x < canvas->width; x++) {
            const struct cell *cell = &canvas->cells[y * canvas->width + x];
            assert_true(cell->role < ROLE_COUNT);
            assert_true(cell->rune == 0 ? x > 0 : cell->rune >= ' ');
        }
}

static inline void draw_whole(const struct app *app) {
    struct canvas canvas;
    screen_draw(app, &canvas);
    check_whole(&canvas);
    canvas_fini(&canvas);
}

// Whether a text is on the screen; what is there is told where it is not.
static inline bool screen_has(const struct app *app, const char *text) {
    char *all = screen_text(app);
    bool found = strstr(all, text) != NULL;
    if (!found)
        print_message("\"%s\" is not in\n%s", text, all);
    free(all);
    return found;
}

// The program whose screen a test looks at.
static struct app app;

// With what was read to its end, at the beginning of the clock.
static inline void show_whole(const struct app_options *options) {
    app_init(&app, options);
    app.loading = false;
    app_resize(&app, 80, 24);
    app_tick(&app, 0);
}

#endif
