// SPDX-License-Identifier: MIT
// What every room may use: status codes, the caller's message buffer, the user's language, time,
// sequence numbers.
#ifndef TCPWALK_BASE_H
#define TCPWALK_BASE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define TW_CHECKED               __attribute__((warn_unused_result))
#define TW_PRINTF(string, first) __attribute__((format(printf, string, first)))
#define TW_FORMAT(string)        __attribute__((format_arg(string)))
#define TW_LIKELY(x)             __builtin_expect(!!(x), 1)
#define TW_UNLIKELY(x)           __builtin_expect(!!(x), 0)
#else
#define TW_CHECKED
#define TW_PRINTF(string, first)
#define TW_FORMAT(string)
#define TW_LIKELY(x)   (x)
#define TW_UNLIKELY(x) (x)
#endif

#define TW_COUNT(array) (sizeof(array) / sizeof *(array))

// How an operation ended. The numbers are the program's exit status.
#define TW_STATUS_LIST(X)                                                                          \
    X(OK, 0, "done")                                                                               \
    X(UNMET, 1, "an expectation was not met, or nothing matched")                                  \
    X(USAGE, 2, "unknown option, profile, state or theme, or a filter that does not compile")      \
    X(OPEN, 3, "the source cannot be opened")                                                      \
    X(BROKEN, 4, "the input broke off")                                                            \
    X(PERMISSION, 5, "no permission")                                                              \
    X(OUTPUT, 6, "the output could not be written")                                                \
    X(MEMORY, 7, "out of memory")

enum tw_status {
#define X(name, number, text) TW_##name = number,
    TW_STATUS_LIST(X)
#undef X
};

// A message for the user, owned by the caller. One line, no newline, shaped "WHAT: WHY".
struct tw_error {
    char text[512];
};

// Writes the message (cut to fit) and returns `status`, so that a failing function can say
// `return tw_fail(error, TW_OPEN, "%s: %s", name, why);`. `error` may be NULL. The format is told
// in the user's language.
enum tw_status tw_fail(struct tw_error *error, enum tw_status status, const char *format, ...)
    TW_PRINTF(3, 4);

// --- The user's language
//
// Texts stand in the source in English, marked for GNU gettext's tools; src/po/LANGUAGE.po holds
// their translations, which are compiled into the program. Names of states, options, calls and what
// is for programs to read are not translated.

// The text in the language that was set, or as it is where that has none. Lent for ever.
const char *tw_text(const char *english) TW_FORMAT(1);
// One form for 1, another for all other numbers, in English; as the language has it.
const char *tw_texts(const char *one, const char *many, uint64_t count) TW_FORMAT(1) TW_FORMAT(2);
#define _(text)              tw_text(text)
#define n_(one, many, count) tw_texts(one, many, count)
#define N_(text)             text // translated where it is shown

// "en", "zh", or a locale's name such as "zh_CN.UTF-8"; false where there is no translation for it,
// then nothing has changed. To be set before other threads are there.
bool tw_language_set(const char *name) TW_CHECKED;
const char *tw_language(void); // "en", "zh"
// By index, from 0, "en"; NULL behind the last one.
const char *tw_language_at(size_t index);

// Nanoseconds since 1970-01-01 00:00:00 UTC; also used for differences.
typedef int64_t tw_time;
#define TW_SECOND      ((tw_time)1000000000)
#define TW_MILLISECOND ((tw_time)1000000)
#define TW_NO_TIME     INT64_MIN

// Sequence number comparison modulo 2^32 (RFC 9293 section 3.4).
static inline bool tw_seq_lt(uint32_t a, uint32_t b) {
    return (int32_t)(a - b) < 0;
}
static inline bool tw_seq_le(uint32_t a, uint32_t b) {
    return (int32_t)(a - b) <= 0;
}
static inline uint32_t tw_seq_max(uint32_t a, uint32_t b) {
    return tw_seq_lt(a, b) ? b : a;
}

#endif
