// SPDX-License-Identifier: MIT
// The output buffer and its formats.
#include "out.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

enum { BUFFER_ROOM = 64 * OUT_RESERVE_MAX, NUMBER_TEXT = 20 };

bool out_init(struct out *out, int fd) {
    *out = (struct out){.fd = fd, .room = BUFFER_ROOM, .second = INT64_MIN};
    out->data = malloc(out->room);
    return out->data != NULL;
}

void out_fini(struct out *out) {
    free(out->data);
    out->data = NULL;
}

void out_flush(struct out *out) {
    const char *data = out->data;
    size_t left = out->used;
    if (out->fd < 0) {
        return;
    }
    while (left > 0 && out->error == 0) {
        ssize_t written = write(out->fd, data, left);
        if (written >= 0) {
            data += written;
            left -= (size_t)written;
        } else if (errno != EINTR) {
            out->error = errno;
        }
    }
    out->used = 0;
}

void out_make_room(struct out *out, size_t length) {
    if (out->fd >= 0) {
        out_flush(out);
        return;
    }
    if (length <= out->room - out->used) {
        return;
    }
    char *data = out->room > SIZE_MAX / 2 ? NULL : realloc(out->data, out->room * 2);
    if (data == NULL) {
        out->error = ENOMEM;
        out->used = 0; // the line is lost; the caller sees the error
        return;
    }
    out->data = data;
    out->room *= 2;
}

void out_octets(struct out *out, const char *text, size_t length) {
    while (TW_UNLIKELY(length > OUT_RESERVE_MAX)) {
        memcpy(out_reserve(out, OUT_RESERVE_MAX), text, OUT_RESERVE_MAX);
        out->used += OUT_RESERVE_MAX;
        text += OUT_RESERVE_MAX;
        length -= OUT_RESERVE_MAX;
    }
    memcpy(out_reserve(out, length), text, length);
    out->used += length;
}

// Writes the digits so that they end before `end`; returns where they begin.
static char *digits(char *end, uint64_t number) {
    do {
        *--end = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    return end;
}

void out_number(struct out *out, uint64_t number) {
    out_number_right(out, number, 0);
}

void out_number_right(struct out *out, uint64_t number, size_t width) {
    char text[NUMBER_TEXT];
    char *begin = digits(text + sizeof text, number);
    size_t length = (size_t)(text + sizeof text - begin);
    if (length < width) {
        out_spaces(out, width - length);
    }
    out_octets(out, begin, length);
}

void out_text_left(struct out *out, const char *text, size_t width) {
    size_t length = strlen(text);
    out_octets(out, text, length);
    out_spaces(out, length < width ? width - length : 1);
}

void out_spaces(struct out *out, size_t count) {
    memset(out_reserve(out, count), ' ', count);
    out->used += count;
}

// The absolute value, for INT64_MIN too.
static uint64_t magnitude(tw_time time) {
    return time < 0 ? 0 - (uint64_t)time : (uint64_t)time;
}

// A point and `count` digits of `nanoseconds`.
static void fraction(struct out *out, uint64_t nanoseconds, unsigned count) {
    char *text = out_reserve(out, 10);
    text[0] = '.';
    for (unsigned i = 9; i > 0; i--) {
        text[i] = (char)('0' + nanoseconds % 10);
        nanoseconds /= 10;
    }
    out->used += count + 1;
}

void out_seconds_fixed(struct out *out, tw_time time, unsigned decimals) {
    uint64_t value = magnitude(time);
    if (time < 0) {
        out_char(out, '-');
    }
    out_number(out, value / (uint64_t)TW_SECOND);
    fraction(out, value % (uint64_t)TW_SECOND, decimals);
}

void out_seconds(struct out *out, tw_time duration) {
    uint64_t rest = magnitude(duration) % (uint64_t)TW_SECOND;
    unsigned decimals = 9;
    if (rest == 0) {
        if (duration < 0) {
            out_char(out, '-');
        }
        out_number(out, magnitude(duration) / (uint64_t)TW_SECOND);
        return;
    }
    while (rest % 10 == 0) {
        rest /= 10;
        decimals--;
    }
    out_seconds_fixed(out, duration, decimals);
}

// Two digits.
static void pair(char *text, unsigned value) {
    text[0] = (char)('0' + value / 10 % 10);
    text[1] = (char)('0' + value % 10);
}

// The civil date of a day counted from 1970-01-01: years that begin in March put the leap day last.
static void date_of(struct out *out, int64_t second) {
    int64_t day = second / 86400, rest = second % 86400;
    if (rest < 0) {
        rest += 86400;
        day--;
    }
    day += 719468; // from 0000-03-01
    int64_t era = (day >= 0 ? day : day - 146096) / 146097;
    unsigned in_era = (unsigned)(day - era * 146097);
    unsigned year = (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
    unsigned in_year = in_era - (365 * year + year / 4 - year / 100);
    unsigned month = (5 * in_year + 2) / 153;
    unsigned in_month = in_year - (153 * month + 2) / 5 + 1;
    unsigned civil = (unsigned)((int64_t)year + era * 400) + (month >= 10 ? 1 : 0);
    month += month < 10 ? 3 : (unsigned)-9;
    memcpy(out->date, "0000-00-00T00:00:00", sizeof out->date);
    pair(out->date, civil / 100);
    pair(out->date + 2, civil % 100);
    pair(out->date + 5, month);
    pair(out->date + 8, in_month);
    pair(out->date + 11, (unsigned)(rest / 3600));
    pair(out->date + 14, (unsigned)(rest / 60 % 60));
    pair(out->date + 17, (unsigned)(rest % 60));
    out->second = second;
}

void out_utc(struct out *out, tw_time time) {
    int64_t second = time / TW_SECOND, rest = time % TW_SECOND;
    if (rest < 0) {
        rest += TW_SECOND;
        second--;
    }
    if (second != out->second) {
        date_of(out, second);
    }
    out_octets(out, out->date, sizeof out->date - 1);
    fraction(out, (uint64_t)rest, 9);
    out_char(out, 'Z');
}

void out_json(struct out *out, const char *text) {
    static const char hex[] = "0123456789abcdef";
    out_char(out, '"');
    // All that is written so is ours or a name: UTF-8 is told apart from its lead octet.
    for (const unsigned char *p = (const unsigned char *)text; *p != '\0'; p++) {
        unsigned code = *p;
        if (code >= 0x20 && code < 0x7f && code != '"' && code != '\\') {
            out_char(out, (char)code);
            continue;
        }
        unsigned more = code >= 0xf0 ? 3 : code >= 0xe0 ? 2 : code >= 0xc0 ? 1 : 0;
        code &= code < 0x80 ? 0x7f : 0x3fU >> more;
        for (; more > 0 && (p[1] & 0xc0) == 0x80; more--) {
            code = code << 6 | (*++p & 0x3f);
        }
        unsigned units[2] = {code, 0};
        if (code >= 0x10000) { // a surrogate pair
            units[0] = 0xd800 + (((code - 0x10000) >> 10) & 0x3ff);
            units[1] = 0xdc00 + ((code - 0x10000) & 0x3ff);
        }
        for (unsigned i = 0; i < 2 && (i == 0 || units[i] != 0); i++) {
            char escape[] = {'\\',
                             'u',
                             hex[units[i] >> 12 & 15],
                             hex[units[i] >> 8 & 15],
                             hex[units[i] >> 4 & 15],
                             hex[units[i] & 15]};
            out_octets(out, escape, sizeof escape);
        }
    }
    out_char(out, '"');
}
