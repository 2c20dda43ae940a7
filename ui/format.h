// SPDX-License-Identifier: MIT
// Numbers, times and outcomes as the views write them.
#ifndef UI_FORMAT_H
#define UI_FORMAT_H

#include "tcpwalk/connection.h"

enum { FORMAT_TEXT = 40 };

// Each returns `text`.
const char *format_seconds(tw_time time, char text[FORMAT_TEXT]); // "0.022 871", "1:02:03.456"
const char *format_duration(tw_time time,
                            char text[FORMAT_TEXT]);           // "22.9 ms", "12.3 s", "2 h 5 min"
const char *format_wait(tw_time time, char text[FORMAT_TEXT]); // "45 s", "12 min", "3 h", "2 d"
const char *format_octets(uint64_t octets, char text[FORMAT_TEXT]); // "12.3 KiB"
const char *format_count(uint64_t count, char text[FORMAT_TEXT]);   // "1 234 567"
// In three digits from ten thousand on: "12.3k", "8.67M".
const char *format_brief(uint64_t count, char text[FORMAT_TEXT]);
const char *format_clock(tw_time time, bool utc, char text[FORMAT_TEXT]); // "12:34:56.789012"
// "closed by client", "no answer, 5 SYNs"; where it is to be short, "closed by C", "no answer, 5".
enum { OUTCOME_WIDTH = 18, OUTCOME_BRIEF = 13 }; // of both forms, mostly
const char *format_outcome(const struct tw_connection_info *info, bool brief,
                           char text[FORMAT_TEXT]);

#endif
