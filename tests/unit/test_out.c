// SPDX-License-Identifier: MIT
// Proves that the report's formats are exact: times, durations, numbers, JSON strings; and that a
// failed write is kept as the error.
#include "report/out.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

static struct out out;

static int begin(void **state) {
    (void)state;
    return out_init(&out, -1) ? 0 : -1;
}

static int end(void **state) {
    (void)state;
    out_fini(&out);
    return 0;
}

static void is(const char *text) {
    out_char(&out, '\0');
    assert_string_equal(out.data, text);
    out.used = 0;
}

static void times(void **state) {
    (void)state;
    out_utc(&out, 0);
    is("1970-01-01T00:00:00.000000000Z");
    out_utc(&out, -1);
    is("1969-12-31T23:59:59.999999999Z");
    out_utc(&out, 951782400 * TW_SECOND + 1); // a leap day of a century that has one
    is("2000-02-29T00:00:00.000000001Z");
    out_utc(&out, INT64_MAX);
    is("2262-04-11T23:47:16.854775807Z");
    out_utc(&out, TW_NO_TIME);
    is("1677-09-21T00:12:43.145224192Z");
    // Every day of two centuries, as the C library has it.
    for (int64_t day = -36525; day < 36525; day++) {
        time_t second = (time_t)(day * 86400 + 86399);
        struct tm parts;
        char text[40];
        assert_non_null(gmtime_r(&second, &parts));
        strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S.000000000Z", &parts);
        out_utc(&out, second * TW_SECOND);
        is(text);
    }
}

static void durations(void **state) {
    (void)state;
    static const struct {
        tw_time time;
        const char *text;
    } rows[] = {
        {0, "0"},
        {1, "0.000000001"},
        {613 * TW_MILLISECOND, "0.613"},
        {60 * TW_SECOND, "60"},
        {-10 * TW_MILLISECOND, "-0.01"},
        {-TW_SECOND, "-1"},
        {INT64_MAX, "9223372036.854775807"},
        {INT64_MIN, "-9223372036.854775808"},
    };
    for (size_t i = 0; i < TW_COUNT(rows); i++) {
        out_seconds(&out, rows[i].time);
        is(rows[i].text);
    }
    out_seconds_fixed(&out, 1234567890, 6);
    is("1.234567");
}

static void numbers(void **state) {
    (void)state;
    out_number(&out, UINT64_MAX);
    is("18446744073709551615");
    out_number_right(&out, 42, 6);
    is("    42");
    out_number_right(&out, 1234567, 6);
    is("1234567");
    out_text_left(&out, "abc", 5);
    is("abc  ");
    out_text_left(&out, "abcde", 5);
    is("abcde ");
}

static void strings(void **state) {
    (void)state;
    out_json(&out, "plain, with 'quotes' and /");
    is("\"plain, with 'quotes' and /\"");
    out_json(&out, "\"\\\n\x7f");
    is("\"\\u0022\\u005c\\u000a\\u007f\"");
    out_json(&out, "\xc3\xa9\xe2\x86\x92\xf0\x9f\x98\x80");
    is("\"\\u00e9\\u2192\\ud83d\\ude00\"");
    out_json(&out, "\xe2\x86"); // cut off
    is("\"\\u0086\"");
}

static void growth(void **state) {
    (void)state;
    char large[3 * OUT_RESERVE_MAX + 5];
    memset(large, 'x', sizeof large);
    for (int i = 0; i < 100; i++) {
        out_octets(&out, large, sizeof large);
    }
    assert_int_equal(out.used, 100 * sizeof large);
    assert_int_equal(out.error, 0);
}

static void full_disk(void **state) {
    (void)state;
    struct out full;
    int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
    if (fd < 0) {
        skip();
    }
    assert_true(out_init(&full, fd));
    OUT_LITERAL(&full, "lost");
    out_flush(&full);
    assert_int_equal(full.error, ENOSPC);
    out_fini(&full);
    close(fd);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(times, begin, end),
        cmocka_unit_test_setup_teardown(durations, begin, end),
        cmocka_unit_test_setup_teardown(numbers, begin, end),
        cmocka_unit_test_setup_teardown(strings, begin, end),
        cmocka_unit_test_setup_teardown(growth, begin, end),
        cmocka_unit_test(full_disk),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
