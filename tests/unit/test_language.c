// SPDX-License-Identifier: MIT
// Proves the look-up of translations: languages by name and by locale, texts that have none, plural
// forms, and messages of errors. That every text has a translation is for scripts/po.sh.
#include "tcpwalk/base.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static int english(void **state) {
    (void)state;
    return tw_language_set("en") ? 0 : 1;
}

static void a_language_is_found_by_its_names(void **state) {
    (void)state;
    static const char *const chinese[] = {"zh", "zh_CN", "zh_CN.UTF-8", "zh-Hans", "zh@any"};
    for (size_t i = 0; i < TW_COUNT(chinese); i++) {
        assert_true(tw_language_set("en"));
        assert_true(tw_language_set(chinese[i]));
        assert_string_equal(tw_language(), "zh");
    }
    static const char *const none[] = {"", "C", "POSIX", "z", "zhx", "de_DE.UTF-8", "C.UTF-8"};
    for (size_t i = 0; i < TW_COUNT(none); i++) {
        assert_false(tw_language_set(none[i]));
        assert_string_equal(tw_language(), "zh"); // nothing has changed
    }
    assert_string_equal(tw_language_at(0), "en");
    assert_string_equal(tw_language_at(1), "zh");
    assert_null(tw_language_at(2));
}

static void texts_are_translated(void **state) {
    (void)state;
    assert_string_equal(_("help"), "help");
    assert_true(tw_language_set("zh"));
    assert_string_equal(_("help"), "帮助");
    assert_string_equal(_("no program has this text"), "no program has this text");
    assert_string_equal(_(""), ""); // not the catalogue's header
    assert_string_equal(n_("no text", "no texts", 1), "no text");
    assert_string_equal(n_("no text", "no texts", 2), "no texts");
}

static void errors_are_told_in_the_language(void **state) {
    (void)state;
    struct tw_error error;
    assert_int_equal(tw_fail(&error, TW_MEMORY, "%s: out of memory", "x"), TW_MEMORY);
    assert_string_equal(error.text, "x: out of memory");
    assert_true(tw_language_set("zh"));
    assert_int_equal(tw_fail(&error, TW_MEMORY, "%s: out of memory", "x"), TW_MEMORY);
    assert_string_equal(error.text, "x: 内存不足");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_language_is_found_by_its_names, english),
        cmocka_unit_test_setup(texts_are_translated, english),
        cmocka_unit_test_setup(errors_are_told_in_the_language, english),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
