// SPDX-License-Identifier: MIT
// Writes numbers, times and outcomes.
#include "format.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

const char *format_seconds(tw_time time, char text[FORMAT_TEXT]) {
    const char *sign = time < 0 ? "-" : "";
    uint64_t all = (uint64_t)(time < 0 ? -time : time);
    uint64_t s = all / TW_SECOND, us = all % TW_SECOND / 1000;
    if (s < 1000)
        snprintf(text, FORMAT_TEXT, "%s%" PRIu64 ".%03" PRIu64 " %03" PRIu64, sign, s, us / 1000,
                 us % 1000);
    else
        snprintf(text, FORMAT_TEXT, "%s%" PRIu64 ":%02" PRIu64 ":%02" PRIu64 ".%03" PRIu64, sign,
                 s / 3600, s / 60 % 60, s % 60, us / 1000);
    return text;
}

const char *format_duration(tw_time time, char text[FORMAT_TEXT]) {
    if (time < 0)
        time = 0;
    double s = (double)time / (double)TW_SECOND;
    if (s < 0.001)
        snprintf(text, FORMAT_TEXT, "%.0f us", s * 1e6);
    else if (s < 1)
        snprintf(text, FORMAT_TEXT, "%.1f ms", s * 1e3);
    else if (s < 60)
        snprintf(text, FORMAT_TEXT, "%.1f s", s);
    else if (s < 3600)
        snprintf(text, FORMAT_TEXT, "%d min %02d s", (int)s / 60, (int)s % 60);
    else
        snprintf(text, FORMAT_TEXT, "%.0f h %02d min", s / 3600 - 0.5, (int)(s / 60) % 60);
    return text;
}

const char *format_octets(uint64_t octets, char text[FORMAT_TEXT]) {
    static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
    double amount = (double)octets;
    size_t unit = 0;
    while (amount >= 1000 && unit + 1 < TW_COUNT(units)) {
        amount /= 1024;
        unit++;
    }
    snprintf(text, FORMAT_TEXT, unit == 0 ? "%.0f %s" : "%.1f %s", amount, units[unit]);
    return text;
}

const char *format_count(uint64_t count, char text[FORMAT_TEXT]) {
    char digits[24];
    int length = snprintf(digits, sizeof digits, "%" PRIu64, count);
    size_t to = 0;
    for (int i = 0; i < length && to + 2 < FORMAT_TEXT; i++) {
        if (i > 0 && (length - i) % 3 == 0)
            text[to++] = ' ';
        text[to++] = digits[i];
    }
    text[to] = '\0';
    return text;
}

const char *format_clock(tw_time time, bool utc, char text[FORMAT_TEXT]) {
    time_t seconds = (time_t)(time / TW_SECOND);
    int us = (int)(time % TW_SECOND / 1000);
    if (us < 0) { // before 1970
        us += 1000000;
        seconds--;
    }
    struct tm parts;
    if ((utc ? gmtime_r(&seconds, &parts) : localtime_r(&seconds, &parts)) == NULL)
        parts = (struct tm){0};
    snprintf(text, FORMAT_TEXT, "%02d:%02d:%02d.%06d", parts.tm_hour, parts.tm_min, parts.tm_sec,
             us);
    return text;
}

const char *format_outcome(const struct tw_connection_info *info, bool brief,
                           char text[FORMAT_TEXT]) {
    // In short the ends are what they are on the state diagram: C and S.
    static const char *const letters[] = {
        [TW_CLOSED_BY_CLIENT] = "C", [TW_CLOSED_BY_SERVER] = "S", [TW_CLOSED_BY_BOTH] = "C+S"};
    const char *by = tw_closer_name(info->closed_by);
    if (by != NULL && brief)
        by = letters[info->closed_by];
    uint64_t tries = info->end[TW_CLIENT].packets;
    switch (info->outcome) {
    case TW_OUTCOME_CLOSED:
    case TW_OUTCOME_RESET:
    case TW_OUTCOME_REFUSED:
        snprintf(text, FORMAT_TEXT, by != NULL ? "%s by %s" : "%s", tw_outcome_name(info->outcome),
                 by);
        break;
    case TW_OUTCOME_NO_ANSWER:
        snprintf(text, FORMAT_TEXT, "no answer, %" PRIu64 "%s%s", tries, brief ? "" : " SYN",
                 brief || tries == 1 ? "" : "s");
        break;
    case TW_OUTCOME_ABORTED_OPEN: snprintf(text, FORMAT_TEXT, "open aborted"); break;
    default: snprintf(text, FORMAT_TEXT, "%s", tw_outcome_name(info->outcome)); break;
    }
    return text;
}
