// SPDX-License-Identifier: MIT
// Proves what the screen stands on: drawing is clipped and takes only printable characters, each
// as wide as terminals have it; ASCII is ASCII, and no key means two things in one place.
#include "noise.h"

#include "tcpwalk/base.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include <cmocka.h>

#include "ui/actions.h"
#include "ui/canvas.h"
#include "ui/copy.h"
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

// What a terminal obeys, hides, or reads from right to left.
static bool is_dangerous(uint32_t rune) {
    return rune < ' ' || (rune >= 0x7f && rune < 0xa0) || rune == 0xad || rune == 0x61c ||
           (rune >= 0x200b && rune <= 0x200f) || (rune >= 0x2028 && rune <= 0x202e) ||
           (rune >= 0x2060 && rune <= 0x206f) || (rune >= 0xd800 && rune <= 0xf8ff) ||
           rune == 0xfeff || (rune >= 0xfff9 && rune <= 0xfffb) || (rune & 0xfffe) == 0xfffe ||
           (rune >= 0xfdd0 && rune <= 0xfdef) || (rune >= 0xe0000 && rune < 0xe0100) ||
           rune >= 0xf0000;
}

static void check_cells(const struct canvas *canvas) {
    for (int y = 0; y < canvas->height; y++)
        for (int x = 0; x < canvas->width; x++) {
            uint32_t rune = rune_at(canvas, x, y);
            if (rune == 0) {
                assert_true(x > 0 && canvas_rune_width(rune_at(canvas, x - 1, y)) == 2);
                continue;
            }
            assert_false(is_dangerous(rune));
            assert_in_range(canvas_rune_width(rune), 1, 2);
            if (canvas_rune_width(rune) == 2) // it has both its halves
                assert_true(x + 1 < canvas->width && rune_at(canvas, x + 1, y) == 0);
        }
}

// Half of it octets as they come, half of it characters of all of Unicode, and beyond.
static void random_text(char *text, size_t room) {
    size_t at = 0;
    while (at + CANVAS_RUNE_OCTETS < room) {
        if (random_below(2) == 0) {
            text[at++] = (char)(1 + random_below(255));
            continue;
        }
        char rune[CANVAS_RUNE_OCTETS + 1];
        uint32_t below = random_below(3) == 0 ? 0x110000 : 0x3100;
        size_t octets = strlen(canvas_rune_text(1 + random_below(below), rune));
        memcpy(text + at, rune, octets);
        at += octets;
    }
    text[at] = '\0';
}

static void whatever_is_drawn_is_printable(void **state) {
    (void)state;
    struct canvas canvas;
    noise = 1;
    assert_true(canvas_init(&canvas, 37, 7));
    struct area all = canvas_area(&canvas), inner = {3, 1, 20, 5};
    for (int i = 0; i < 3000; i++) {
        char text[80];
        random_text(text, 8 + random_below(sizeof text - 8));
        int x = (int)random_below(50) - 10, y = (int)random_below(9) - 1;
        int room = (int)random_below(40);
        canvas_text(&canvas, inner, x, y, text, ROLE_TEXT);
        canvas_text_right(&canvas, all, x, y, text, ROLE_TEXT);
        canvas_text_elided(&canvas, all, x, y, room, text, '~', ROLE_TEXT);
        int rows = canvas_text_wrapped(&canvas, inner, x, y, room, 3, text, ROLE_TEXT);
        assert_in_range(rows, 0, 3);
        canvas_put(&canvas, all, x, y, random_below(1 << 24), ROLE_TEXT);
        check_cells(&canvas);
        size_t length;
        char *copied = canvas_as_text(&canvas, &length);
        assert_non_null(copied);
        assert_int_equal(strlen(copied), length);
        for (const char *rest = copied; *rest != '\0';) {
            const char *before = rest;
            uint32_t rune = canvas_rune_next(&rest);
            assert_true(*before == '\n' || *before == '?' || rune != '?');
        }
        free(copied);
    }
    canvas_fini(&canvas);
}

static void every_character_is_drawn_or_not(void **state) {
    (void)state;
    for (uint32_t rune = 1; rune < 0x110100; rune++) {
        if (is_dangerous(rune))
            assert_int_equal(canvas_rune_width(rune), -1);
        if (rune >= 0x110000 || canvas_rune_width(rune) < 0)
            continue;
        char text[CANVAS_RUNE_OCTETS + 1];
        const char *rest = canvas_rune_text(rune, text);
        assert_int_equal(canvas_rune_next(&rest), rune);
        assert_int_equal(*rest, '\0');
    }
    static const struct {
        uint32_t rune;
        int width;
    } some[] = {{'a', 1},     {0xe9, 1},   {0x301, 0},  {0x4e2d, 2}, {0xff21, 2},  {0xff71, 1},
                {0xac00, 2},  {0x1100, 2}, {0x1161, 0}, {0x3000, 2}, {0x5d0, 1},   {0xe31, 0},
                {0x1f600, 2}, {0x231a, 2}, {0x2764, 1}, {0xfe0f, 0}, {0x200d, -1}, {0x1f3fb, 2},
                {0x20000, 2}, {0x2500, 1}, {0x25b6, 1}, {0x2026, 1}, {0xe000, -1}, {0x378, -1},
                {0x1fae8, 2}}; // the last one came with Unicode 15
    for (size_t i = 0; i < TW_COUNT(some); i++)
        assert_int_equal(canvas_rune_width(some[i].rune), some[i].width);
}

// The C library's widths are what curses goes by. Where both know a character they agree, but for
// what is listed: glibc takes these for wide, as fonts for Chinese have them, Unicode 15 does not.
// The terminal shows a '?' there (term.c).
static void widths_are_those_of_the_library(void **state) {
    (void)state;
#ifdef __GLIBC__
    static const struct { uint32_t first, last; } differ[] = {{0x3248, 0x324f}, {0x4dc0, 0x4dff}};
    if (setlocale(LC_CTYPE, "C.UTF-8") == NULL)
        skip();
    for (uint32_t rune = 1; rune < 0x110000; rune++) {
        int theirs = wcwidth((wchar_t)rune), ours = canvas_rune_width(rune);
        bool listed = false;
        for (size_t i = 0; i < TW_COUNT(differ); i++)
            listed = listed || (rune >= differ[i].first && rune <= differ[i].last);
        if (theirs >= 0 && ours >= 0 && theirs != ours && !listed)
            fail_msg("U+%04X: %d here, %d in the library", (unsigned)rune, ours, theirs);
    }
    setlocale(LC_CTYPE, "C");
#else
    skip();
#endif
}

static void expect_row(const struct canvas *canvas, int y, const char *expected) {
    for (int x = 0; x < canvas->width; x++)
        if (rune_at(canvas, x, y) != 0)
            assert_int_equal(rune_at(canvas, x, y),
                             *expected == '\0' ? ' ' : canvas_rune_next(&expected));
}

// Chinese has no blanks: any two characters may be parted, but punctuation does not begin a row.
static void chinese_is_wrapped(void **state) {
    (void)state;
    struct canvas canvas;
    assert_true(canvas_init(&canvas, 12, 4));
    struct area all = canvas_area(&canvas);
    assert_int_equal(
        canvas_text_wrapped(&canvas, all, 1, 0, 9, 4, "客户端关闭。等待 FIN 到达", ROLE_TEXT), 3);
    expect_row(&canvas, 0, " 客户端关");
    expect_row(&canvas, 1, " 闭。等待");
    expect_row(&canvas, 2, " FIN 到达");
    canvas_clear(&canvas);
    canvas_text_right(&canvas, all, 11, 0, "状态a", ROLE_TEXT); // 5 columns, up to the last one
    expect_row(&canvas, 0, "       状态a");
    canvas_text_elided(&canvas, all, 0, 1, 6, "状态转换图", '~', ROLE_TEXT); // no half of one
    expect_row(&canvas, 1, "状~图");
    canvas_fini(&canvas);
}

static void the_picture_is_copied_as_text(void **state) {
    (void)state;
    struct canvas canvas;
    size_t length;
    assert_true(canvas_init(&canvas, 8, 3));
    canvas_text(&canvas, canvas_area(&canvas), 1, 0, "ab  ", ROLE_TEXT);
    canvas_text(&canvas, canvas_area(&canvas), 0, 2, "中 ▶", ROLE_TEXT);
    char *text = canvas_as_text(&canvas, &length);
    assert_non_null(text);
    assert_string_equal(text, " ab\n\n中 ▶\n");
    assert_int_equal(length, strlen(text));
    free(text);
    canvas_fini(&canvas);
    // RFC 4648, section 10.
    static const char *const vectors[][2] = {{"", ""},
                                             {"f", "Zg=="},
                                             {"fo", "Zm8="},
                                             {"foo", "Zm9v"},
                                             {"foob", "Zm9vYg=="},
                                             {"fooba", "Zm9vYmE="},
                                             {"foobar", "Zm9vYmFy"},
                                             {"\xff\xfe\xfb", "//77"}};
    for (size_t i = 0; i < TW_COUNT(vectors); i++) {
        char *coded = copy_base64(vectors[i][0], strlen(vectors[i][0]), &length);
        assert_non_null(coded);
        assert_string_equal(coded, vectors[i][1]);
        assert_int_equal(length, strlen(coded));
        free(coded);
    }
    // What is too long is cut before the character that does not fit.
    char *most = malloc(COPY_MAX + 3);
    assert_non_null(most);
    memset(most, 'x', COPY_MAX);
    memcpy(most + COPY_MAX - 1, "\xe4\xb8\xad", 4);
    assert_int_equal(copy_fit(most, COPY_MAX + 2), COPY_MAX - 1);
    assert_int_equal(copy_fit(most, COPY_MAX - 1), COPY_MAX - 1);
    free(most);
}

static void keys_have_names(void **state) {
    (void)state;
    static const char *const good[] = {"a",     "é",     "中",        "?",      "#",      "=",
                                       "^L",    "Left",  "Tab",       "S-Tab",  "Enter",  "Esc",
                                       "Space", "Up",    "Backspace", "Insert", "Delete", "F1",
                                       "F12",   "Alt-x", "Alt-Enter", "Alt-^L", "PgDn",   "Home"};
    static const char *const bad[] = {"^@",   "^C",   "^z",       "^\\",  "F0",     "F13",
                                      "F1x",  "ab",   "up",       "Alt-", "Alt-Up", "Alt-F1",
                                      "\x80", "\x07", "\xc2\x9b", "^1",   "Alt-Esc"};
    for (size_t i = 0; i < TW_COUNT(good); i++) {
        char text[KEY_TEXT];
        const char *rest = good[i];
        uint32_t key = key_next(&rest), again;
        assert_int_not_equal(key, KEY_IS_NONE);
        assert_int_equal(*rest, '\0');
        assert_string_equal(key_text(key, text), good[i]);
        rest = text;
        again = key_next(&rest);
        assert_int_equal(again, key);
    }
    for (size_t i = 0; i < TW_COUNT(bad); i++) {
        const char *rest = bad[i];
        if (key_next(&rest) != KEY_IS_NONE)
            fail_msg("%s is taken for a key", bad[i]);
        assert_int_equal(*rest, '\0');
    }
    const char *tab = "^I ^M ^H ^[";
    assert_int_equal(key_next(&tab), KEY_IS_TAB);
    assert_int_equal(key_next(&tab), KEY_IS_ENTER);
    assert_int_equal(key_next(&tab), KEY_IS_ERASE);
    assert_int_equal(key_next(&tab), KEY_IS_ESC);
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
    assert_string_equal(format_octets(1023948, text), "999.9 KiB");
    assert_string_equal(format_octets(1023949, text), "1.0 MiB"); // not 1000.0 KiB
    assert_string_equal(format_count(1234567, text), "1 234 567");
    assert_string_equal(format_count(12, text), "12");
    assert_string_equal(format_brief(9999, text), "9 999");
    assert_string_equal(format_brief(10000, text), "10.0k");
    assert_string_equal(format_brief(999499, text), "999k");
    assert_string_equal(format_brief(999500, text), "1.00M");
    assert_string_equal(format_brief(8668332, text), "8.67M");
    assert_string_equal(format_brief(UINT64_MAX, text), "18.4E");
    assert_string_equal(format_clock(1700000000 * TW_SECOND + 1000, true, text), "22:13:20.000001");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(drawing_is_clipped),
        cmocka_unit_test(wide_characters_stay_whole),
        cmocka_unit_test(only_printable_characters_get_in),
        cmocka_unit_test(whatever_is_drawn_is_printable),
        cmocka_unit_test(every_character_is_drawn_or_not),
        cmocka_unit_test(widths_are_those_of_the_library),
        cmocka_unit_test(chinese_is_wrapped),
        cmocka_unit_test(the_picture_is_copied_as_text),
        cmocka_unit_test(keys_have_names),
        cmocka_unit_test(long_texts_are_elided),
        cmocka_unit_test(ascii_is_ascii),
        cmocka_unit_test(no_key_means_two_things),
        cmocka_unit_test(numbers_are_readable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
