// SPDX-License-Identifier: MIT
// Writes numbers, times and outcomes.
#include "format.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

const char *format_seconds(tw_time time, char text[FORMAT_TEXT]) {
    const char *sign = time < 0 ? "-" : "";
    uint64_t all = time < 0 ? 0 - (uint64_t)time : (uint64_t)time;
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
    int64_t minutes = time / (60 * TW_SECOND), hours = minutes / 60;
    // Limits are such that nothing is rounded up to 1000 us or 1000 ms.
    if (s < 0.0009995)
        snprintf(text, FORMAT_TEXT, "%.0f us", s * 1e6);
    else if (s < 0.99995)
        snprintf(text, FORMAT_TEXT, "%.1f ms", s * 1e3);
    else if (s < 60)
        snprintf(text, FORMAT_TEXT, "%.1f s", s);
    else if (hours == 0)
        snprintf(text, FORMAT_TEXT, "%d min %02d s", (int)s / 60, (int)s % 60);
    else if (hours < 100)
        snprintf(text, FORMAT_TEXT, "%d h %02d min", (int)hours, (int)(minutes % 60));
    else
        snprintf(text, FORMAT_TEXT, "%" PRId64 " d %02d h", hours / 24, (int)(hours % 24));
    return text;
}

const char *format_wait(tw_time time, char text[FORMAT_TEXT]) {
    static const struct {
        int64_t seconds;
        const char *name;
    } units[] = {{86400, "d"}, {3600, "h"}, {60, "min"}, {1, "s"}};
    int64_t seconds = time / TW_SECOND;
    size_t i = 0;
    while (i + 1 < TW_COUNT(units) && seconds < 2 * units[i].seconds)
        i++;
    snprintf(text, FORMAT_TEXT, "%" PRId64 " %s", seconds / units[i].seconds, units[i].name);
    return text;
}

const char *format_octets(uint64_t octets, char text[FORMAT_TEXT]) {
    static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
    double amount = (double)octets;
    size_t unit = 0;
    while (amount >= 999.95 && unit + 1 < TW_COUNT(units)) {
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

const char *format_brief(uint64_t count, char text[FORMAT_TEXT]) {
    static const char units[] = "kMGTPE";
    double rest = (double)count;
    size_t unit = 0;
    if (count < 10000)
        return format_count(count, text);
    for (rest /= 1000; rest >= 999.5; rest /= 1000)
        unit++;
    snprintf(text, FORMAT_TEXT, "%.*f%c",
             rest < 9.995   ? 2
             : rest < 99.95 ? 1
                            : 0,
             rest, units[unit]);
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

// In short the ends are what they are on the state diagram: C and S.
static const struct {
    const char *whole, *brief;
} closings[][TW_CLOSED_BY_BOTH + 1] = {
    {{N_("closed"), N_("closed")},
     {N_("closed by client"), N_("closed by C")},
     {N_("closed by server"), N_("closed by S")},
     {N_("closed by both"), N_("closed by C+S")}},
    {{N_("reset"), N_("reset")},
     {N_("reset by client"), N_("reset by C")},
     {N_("reset by server"), N_("reset by S")},
     {N_("reset by both"), N_("reset by C+S")}},
    {{N_("refused"), N_("refused")},
     {N_("refused by client"), N_("refused by C")},
     {N_("refused by server"), N_("refused by S")},
     {N_("refused by both"), N_("refused")}},
};

static const char *closing(int which, const struct tw_connection_info *info, bool brief,
                           char text[FORMAT_TEXT]) {
    const char *whole = closings[which][info->closed_by].whole;
    snprintf(text, FORMAT_TEXT, "%s", _(brief ? closings[which][info->closed_by].brief : whole));
    return text;
}

const char *format_outcome(const struct tw_connection_info *info, bool brief,
                           char text[FORMAT_TEXT]) {
    const unsigned long long tries = info->end[TW_CLIENT].packets;
    const char *words = "";
    switch (info->outcome) {
    case TW_OUTCOME_CLOSED: return closing(0, info, brief, text);
    case TW_OUTCOME_RESET: return closing(1, info, brief, text);
    case TW_OUTCOME_REFUSED: return closing(2, info, brief, text);
    case TW_OUTCOME_NO_ANSWER:
        snprintf(text, FORMAT_TEXT,
                 brief ? _("no answer, %llu")
                       : n_("no answer, %llu SYN", "no answer, %llu SYNs", tries),
                 tries);
        return text;
    case TW_OUTCOME_ABORTED_OPEN: words = _("open aborted"); break;
    case TW_OUTCOME_OPEN: words = _("open"); break;
    case TW_OUTCOME_UNKNOWN: words = _("unknown"); break;
    case TW_OUTCOME_COUNT: break;
    }
    snprintf(text, FORMAT_TEXT, "%s", words);
    return text;
}
