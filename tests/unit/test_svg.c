// SPDX-License-Identifier: MIT
// Proves the picture of a canvas: all that is on it is in it, at its place, in the theme's colours,
// and nothing that is no XML.
#include "noise.h"

#include "ui/svg.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { CELL_WIDTH = 9, MARGIN = 12 };

static struct canvas canvas;
static char *picture;

static int open_canvas(void **state) {
    (void)state;
    return canvas_init(&canvas, 20, 4) ? 0 : 1;
}

static int close_canvas(void **state) {
    (void)state;
    canvas_fini(&canvas);
    free(picture);
    picture = NULL;
    return 0;
}

static void draw(enum theme theme) {
    size_t length;
    free(picture);
    picture = svg_of(&canvas, theme, &length);
    assert_non_null(picture);
    assert_int_equal(strlen(picture), length);
}

static void has(const char *text) {
    if (strstr(picture, text) == NULL)
        fail_msg("'%s' is not in the picture:\n%s", text, picture);
}

static void text_stands_in_its_cells(void **state) {
    (void)state;
    canvas_text(&canvas, canvas_area(&canvas), 3, 1, "SYN <&> \xe5\xb8\xae", ROLE_TEXT);
    draw(THEME_DARK);
    char at[64];
    snprintf(at, sizeof at, "<text x=\"%d\"", MARGIN + 3 * CELL_WIDTH);
    has(at);
    snprintf(at, sizeof at, "textLength=\"%d\"", 3 * CELL_WIDTH);
    has(at);
    has(">SYN<");
    has(">&#x3c;&#x26;&#x3e;<");
    snprintf(at, sizeof at, "textLength=\"%d\"", 2 * CELL_WIDTH); // a wide one takes two
    has(at);
    has(">&#x5e2e;<");
    has("#15181e"); // black
    draw(THEME_LIGHT);
    has("#ffffff");
}

static void lines_are_drawn(void **state) {
    (void)state;
    struct area area = canvas_area(&canvas);
    canvas_put(&canvas, area, 0, 0, 0x2502, ROLE_LIFELINE);
    canvas_put(&canvas, area, 1, 0, 0x2501, ROLE_LIFELINE);
    canvas_put(&canvas, area, 2, 0, 0x256d, ROLE_LIFELINE);
    draw(THEME_DARK);
    has("<path d=\"M16.5 12V21M16.5 21V30\"");
    has("stroke-width=\"2.2\"");
    has("Q");
    assert_null(strstr(picture, "<text"));
}

static void what_is_chosen_is_filled(void **state) {
    (void)state;
    canvas_text(&canvas, canvas_area(&canvas), 0, 2, "[Ladder]", ROLE_CHOSEN);
    draw(THEME_DARK);
    has("<rect x=\"12\" y=\"48\" width=\"72\" height=\"18\" fill=\"#d8dce2\"/>");
    canvas_clear(&canvas);
    canvas_text(&canvas, canvas_area(&canvas), 0, 0, "row", ROLE_TEXT);
    canvas_highlight(&canvas, canvas_area(&canvas), 0);
    draw(THEME_DARK);
    has("width=\"180\" height=\"18\" fill=\"#d8dce2\"/>");
}

static void any_cells_make_xml(void **state) {
    (void)state;
    noise = 1;
    for (int i = 0; i < 2000; i++) {
        noise_next();
        canvas_put(&canvas, canvas_area(&canvas), (int)(noise >> 8) % 20, (int)(noise >> 16) % 4,
                   noise % 7 == 0 ? 0x2500 + noise % 128 : noise % 0x3000,
                   (enum role)(noise % ROLE_COUNT));
    }
    for (int theme = 0; theme < THEME_COUNT; theme++) {
        draw((enum theme)theme);
        int depth = 0;
        for (const char *c = picture; *c != '\0'; c++) {
            depth += *c == '<';
            depth -= *c == '>';
            assert_true(depth == 0 || depth == 1);
            assert_true(*c == '\n' || (*c >= ' ' && *c < 0x7f));
        }
        assert_int_equal(depth, 0);
    }
}

int main(void) {
#define on_canvas(test) cmocka_unit_test_setup_teardown(test, open_canvas, close_canvas)
    const struct CMUnitTest tests[] = {
        on_canvas(text_stands_in_its_cells),
        on_canvas(lines_are_drawn),
        on_canvas(what_is_chosen_is_filled),
        on_canvas(any_cells_make_xml),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
