// SPDX-License-Identifier: MIT
// The witness as JSON: what its writer and its reader share.
#ifndef TCPWALK_WITNESS_FILE_H
#define TCPWALK_WITNESS_FILE_H

#include "tcpwalk/witness.h"

#include <stdio.h>

enum {
    FILE_LARGEST = 16 << 20, // octets: some 100,000 packets. Parsed, JSON takes up to 50 times that
    TEXT_LONGEST = 1000,     // of a name, a call, a result; more is cut
    TIME_TEXT = 31,          // "2026-01-31T23:59:59.000000000Z"
};

extern const char *const end_words[TW_END_COUNT];             // "client", "server"
extern const char *const cause_words[TW_WITNESS_CAUSE_COUNT]; // "call", "landing", "timer"
extern const char *const timer_words[TW_TIMER_COUNT];         // as tw_kernel_timer_name

// RFC 3339, UTC, nine decimals, from 1970 on. Returns `text`.
const char *time_text(tw_time time, char text[TIME_TEXT]);
// Only what time_text writes.
bool time_parse(const char *text, tw_time *time);
// Only what tw_address_text writes.
bool address_parse(const char *text, uint8_t *version, struct tw_address *address, uint16_t *port);
// Printable ASCII of at most TEXT_LONGEST octets: what is kept of a text.
bool text_is_plain(const char *text);

// False when it could not be written (errno), or out of memory.
bool witness_print(const struct tw_witness *witness, FILE *to) TW_CHECKED;
// `name` is what messages call it.
enum tw_status witness_parse(const char *name, const char *text, size_t length,
                             struct tw_witness **witness, struct tw_error *error) TW_CHECKED;

#endif
