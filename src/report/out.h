// SPDX-License-Identifier: MIT
// A large output buffer with the few formats that reports need; no locale, no printf.
#ifndef TCPWALK_REPORT_OUT_H
#define TCPWALK_REPORT_OUT_H

#include "tcpwalk/base.h"

#include <string.h>

// Writes to `fd`; with fd -1 it only collects, and grows. The first error is kept, and everything
// after it is dropped.
struct out {
    int fd, error;
    char *data;
    size_t used, room;
    int64_t second; // the date text below is of this second
    char date[20];  // "2026-01-31T23:59:59"
};

// What one call of out_reserve may ask for; a line of text never needs more.
enum { OUT_RESERVE_MAX = 4096 };

bool out_init(struct out *out, int fd) TW_CHECKED;
void out_fini(struct out *out);
void out_flush(struct out *out);
// Makes room for `length` more octets (at most OUT_RESERVE_MAX) that stand together.
void out_make_room(struct out *out, size_t length);

static inline char *out_reserve(struct out *out, size_t length) {
    if (TW_UNLIKELY(length > out->room - out->used)) {
        out_make_room(out, length);
    }
    return out->data + out->used;
}

void out_octets(struct out *out, const char *text, size_t length);
static inline void out_char(struct out *out, char c) {
    *out_reserve(out, 1) = c;
    out->used++;
}
static inline void out_text(struct out *out, const char *text) {
    out_octets(out, text, strlen(text));
}
#define OUT_LITERAL(out, literal) out_octets((out), "" literal, sizeof(literal) - 1)

void out_number(struct out *out, uint64_t number);
// Right-aligned in `width` columns.
void out_number_right(struct out *out, uint64_t number, size_t width);
// `text` and then spaces up to `width` columns; at least one space.
void out_text_left(struct out *out, const char *text, size_t width);
void out_spaces(struct out *out, size_t count);
// Seconds with up to nine decimals, without trailing zeros.
void out_seconds(struct out *out, tw_time duration);
// Seconds with exactly `decimals` decimals.
void out_seconds_fixed(struct out *out, tw_time time, unsigned decimals);
// "2026-01-31T23:59:59.000000000Z"
void out_utc(struct out *out, tw_time time);
// A quoted JSON string, everything but printable ASCII escaped.
void out_json(struct out *out, const char *text);

#endif
