// SPDX-License-Identifier: MIT
// Proves that numbers, sizes and points in time are read as the manual says, and that a mistyped
// word is told its nearest names.
#include "cli/words.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

static void numbers(void **state) {
    (void)state;
    uint64_t number;
    assert_true(word_number("0", &number) && number == 0);
    assert_true(word_number("18446744073709551609", &number) && number == UINT64_MAX - 6);
    static const char *const wrong[] = {"", "-1", "+1", "1x", " 1", "99999999999999999999999"};
    for (size_t i = 0; i < TW_COUNT(wrong); i++) {
        assert_false(word_number(wrong[i], &number));
    }
}

static void sizes(void **state) {
    (void)state;
    size_t size;
    assert_true(word_size("4096", &size) && size == 4096);
    assert_true(word_size("64K", &size) && size == 65536);
    assert_true(word_size("64m", &size) && size == (size_t)64 << 20);
    assert_true(word_size("2G", &size) && size == (size_t)2 << 30);
    static const char *const wrong[] = {"", "G", "5X", "5MB", "1.5G", "99999999999G"};
    for (size_t i = 0; i < TW_COUNT(wrong); i++) {
        assert_false(word_size(wrong[i], &size));
    }
}

static void moment_is(const char *word, bool utc, bool relative, tw_time time) {
    struct tw_moment moment;
    assert_true(word_moment(word, utc, &moment));
    assert_true(moment.set);
    assert_int_equal(moment.relative, relative);
    assert_int_equal(moment.time, time);
}

static void moments(void **state) {
    (void)state;
    static const tw_time noon = 1767268800 * TW_SECOND; // 2026-01-01 12:00:00 UTC
    moment_is("2026-01-01T12:00:00Z", false, false, noon);
    moment_is("2026-01-01t12:00:00.000000001z", false, false, noon + 1);
    moment_is("2026-01-01 13:30:00+01:30", false, false, noon);
    moment_is("2026-01-01T07:00:00.5-05:00", false, false, noon + TW_SECOND / 2);
    moment_is("2026-01-01T12:00:00", true, false, noon);
    moment_is("+0", false, true, 0);
    moment_is("+1.25", false, true, TW_SECOND + TW_SECOND / 4);
    setenv("TZ", "IST-5:30", 1);
    tzset();
    moment_is("2026-01-01T17:30:00", false, false, noon);
    static const char *const wrong[] = {"",
                                        "+",
                                        "+x",
                                        "+1.",
                                        "yesterday",
                                        "2026-01-01",
                                        "2026-13-01T00:00:00Z",
                                        "2026-01-01T24:00:00Z",
                                        "2026-01-01T00:00:00X",
                                        "2026-01-01T00:00:00Zz",
                                        "2026-1-1T00:00:00Z",
                                        "+99999999999999999999",
                                        "2026-01-01T00:00:00+1:00"};
    for (size_t i = 0; i < TW_COUNT(wrong); i++) {
        struct tw_moment moment;
        assert_false(word_moment(wrong[i], false, &moment));
    }
}

static void nearest_names(void **state) {
    (void)state;
    static const char *const names[] = {"three-way-handshake", "four-way-close", "abort",
                                        "simultaneous-open", "simultaneous-close"};
    static const struct {
        const char *word, *text;
    } rows[] = {
        {"simultaneous-clos", "; nearest: simultaneous-close, simultaneous-open"},
        {"simul", "; nearest: simultaneous-open, simultaneous-close"},
        {"ABROT", "; nearest: abort"},
        {"something-else", ""},
        {"", ""},
    };
    for (size_t i = 0; i < TW_COUNT(rows); i++) {
        struct nearest nearest;
        char text[NEAREST_TEXT];
        nearest_init(&nearest, rows[i].word);
        for (size_t j = 0; j < TW_COUNT(names); j++) {
            nearest_offer(&nearest, names[j]);
        }
        assert_string_equal(nearest_text(&nearest, text), rows[i].text);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers),
        cmocka_unit_test(sizes),
        cmocka_unit_test(moments),
        cmocka_unit_test(nearest_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
