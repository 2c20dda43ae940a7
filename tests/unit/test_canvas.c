// SPDX-License-Identifier: MIT
// Proves what the screen stands on: drawing is clipped and takes only printable characters, every
// theme has a look for every role, ASCII is ASCII, and no key means two things in one place.
#include "tcpwalk/base.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "ui/actions.h"
#include "ui/canvas.h"
#include "ui/format.h"
#include "ui/glyphs.h"

static uint32_t rune_at(const struct canvas *canvas, int x, int y) {
    return canvas->cells[(size_t)y * (size_t)canvas->width + (size_t)x].rune;
}

static void drawing_is_clipped(void **state) {
    (void)state;
    struct canvas canvas;
    assert_true(canvas_init(&canvas, 10, 3));
    struct area all = canvas_area(&canvas), inner = {2, 1, 4, 1};
    canvas_text(&canvas, all, -2, 0, "abcdefghijklmnop", ROLE_TEXT);
    canvas_text(&canvas, all, 0, -1, "x", ROLE_TEXT);
    canvas_text(&canvas, all, 0, 3, "x", ROLE_TEXT);
    canvas_text(&canvas, inner, 0, 0, "12345678", ROLE_TEXT);
    canvas_text(&canvas, inner, 0, 1, "x", ROLE_TEXT);
    assert_int_equal(rune_at(&canvas, 0, 0), 'c');
    assert_int_equal(rune_at(&canvas, 9, 0), 'l');
    assert_int_equal(rune_at(&canvas, 1, 1), ' ');
    assert_int_equal(rune_at(&canvas, 2, 1), '1');
    assert_int_equal(rune_at(&canvas, 5, 1), '4');
    assert_int_equal(rune_at(&canvas, 6, 1), ' ');
    assert_int_equal(rune_at(&canvas, 2, 2), ' ');
    // A row that was marked is not marked for ever.
    canvas_highlight(&canvas, all, 1);
    assert_true(canvas.cells[10].highlighted && !canvas.cells[9].highlighted);
    canvas_clear(&canvas);
    assert_false(canvas.cells[10].highlighted);
    canvas_fini(&canvas);
}

static void wide_characters_stay_whole(void **state) {
    (void)state;
    struct canvas canvas;
    assert_true(canvas_init(&canvas, 5, 1));
    struct area all = canvas_area(&canvas);
    canvas_text(&canvas, all, 0, 0, "\xe6\xb1\x89\xe5\xad\x97\xe6\xb1\x89", ROLE_TEXT); // 6 columns
    assert_int_equal(rune_at(&canvas, 0, 0), 0x6c49);
    assert_int_equal(rune_at(&canvas, 1, 0), 0);
    assert_int_equal(rune_at(&canvas, 4, 0), ' '); // half of it has no place
    canvas_put(&canvas, all, 1, 0, 'x', ROLE_TEXT);
    assert_int_equal(rune_at(&canvas, 0, 0), ' '); // its other half is gone
    canvas_put(&canvas, all, 2, 0, 'y', ROLE_TEXT);
    assert_int_equal(rune_at(&canvas, 3, 0), ' ');
    canvas_text(&canvas, all, 0, 0, "e\xcc\x81z", ROLE_TEXT); // a combining accent is left out
    assert_int_equal(rune_at(&canvas, 1, 0), 'z');
    canvas_fini(&canvas);
}

static void only_printable_characters_get_in(void **state) {
    (void)state;
    struct canvas canvas;
    assert_true(canvas_init(&canvas, 40, 1));
    canvas_text(&canvas, canvas_area(&canvas), 0, 0,
                "a\x1b[31m\x07\x7f\xc2\x9b\xff\xc0\xaf\xe2\x80\xae\xed\xa0\x80\xf4\x90\x80\x80\xe6",
                ROLE_TEXT);
    for (int x = 0; x < canvas.width; x++) {
        uint32_t rune = rune_at(&canvas, x, 0);
        assert_true(rune >= ' ' && rune < 0x7f);
    }
    canvas_fini(&canvas);
}

static void long_texts_are_elided(void **state) {
    (void)state;
    struct canvas canvas;
    assert_true(canvas_init(&canvas, 20, 2));
    struct area all = canvas_area(&canvas);
    canvas_text_elided(&canvas, all, 0, 0, 9, "[2001:db8::1]:443", '~', ROLE_TEXT);
    static const char expected[] = "[200~:443 ";
    for (int x = 0; x < 10; x++)
        assert_int_equal(rune_at(&canvas, x, 0), expected[x]);
    assert_int_equal(
        canvas_text_wrapped(&canvas, all, 0, 0, 20, 2, "one two three four five", ROLE_TEXT), 2);
    assert_int_equal(rune_at(&canvas, 0, 1), 'f');
    assert_int_equal(canvas_text_wrapped(&canvas, all, 0, 0, 20, 2, "", ROLE_TEXT), 0);
    canvas_fini(&canvas);
}

static void themes_are_complete(void **state) {
    (void)state;
    for (unsigned theme = 0; theme < THEME_COUNT; theme++) {
        enum theme found;
        assert_true(theme_find(theme_name((enum theme)theme), &found));
        assert_int_equal(found, theme);
        for (unsigned role = 0; role < ROLE_COUNT; role++) {
            const struct style *style = theme_style((enum theme)theme, (enum role)role);
            assert_true(style->set);
            assert_in_range(style->color + 1, 0, 256);
            assert_in_range(style->basic + 1, 0, 8);
            if (theme == THEME_MONO)
                assert_true(style->color == -1 && style->basic == -1);
        }
    }
    enum theme theme;
    assert_false(theme_find("purple", &theme));
}

static void ascii_is_ascii(void **state) {
    (void)state;
    for (unsigned i = 0; i < GLYPH_COUNT; i++) {
        assert_in_range(glyph(true, (enum glyph)i), '!', '~');
        assert_int_equal(canvas_rune_width(glyph(false, (enum glyph)i)), 1);
    }
    for (unsigned sides = 0; sides < 16; sides++) {
        assert_in_range(glyph_joint(true, sides), ' ', '~');
        assert_int_not_equal(glyph_joint(false, sides), 0);
    }
}

static void no_key_means_two_things(void **state) {
    (void)state;
    for (unsigned a = ACTION_NONE + 1; a < ACTION_COUNT; a++) {
        const struct action_info *info = action_info((enum action)a);
        assert_true(info->help != NULL && info->group != NULL && info->contexts != 0);
        const char *keys = info->keys;
        int count = 0;
        for (uint32_t key; (key = key_next(&keys)) != KEY_IS_NONE; count++)
            for (size_t c = 0; c < CONTEXT_COUNT; c++)
                if (info->contexts & 1U << c)
                    assert_int_equal(action_of_key(1U << c, key), a);
        assert_true(count > 0);
        assert_int_equal(*keys, '\0'); // every name of a key is known
    }
    assert_int_equal(action_of_key(IN_CONNECTIONS, 'Q'), ACTION_NONE);
}

static void numbers_are_readable(void **state) {
    (void)state;
    char text[FORMAT_TEXT];
    assert_string_equal(format_seconds(22871000, text), "0.022 871");
    assert_string_equal(format_seconds(-22871000, text), "-0.022 871");
    assert_string_equal(format_seconds(3723 * TW_SECOND + 456789000, text), "1:02:03.456");
    assert_string_equal(format_duration(22900000, text), "22.9 ms");
    assert_string_equal(format_duration(75 * TW_SECOND, text), "1 min 15 s");
    assert_string_equal(format_duration(7500 * TW_SECOND, text), "2 h 05 min");
    assert_string_equal(format_octets(999, text), "999 B");
    assert_string_equal(format_octets(12600, text), "12.3 KiB");
    assert_string_equal(format_count(1234567, text), "1 234 567");
    assert_string_equal(format_count(12, text), "12");
    assert_string_equal(format_clock(1700000000 * TW_SECOND + 1000, true, text), "22:13:20.000001");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(drawing_is_clipped),
        cmocka_unit_test(wide_characters_stay_whole),
        cmocka_unit_test(only_printable_characters_get_in),
        cmocka_unit_test(long_texts_are_elided),
        cmocka_unit_test(themes_are_complete),
        cmocka_unit_test(ascii_is_ascii),
        cmocka_unit_test(no_key_means_two_things),
        cmocka_unit_test(numbers_are_readable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
