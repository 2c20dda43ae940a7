// SPDX-License-Identifier: MIT
// Words from the user.
#include "words.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// Digits at *at; false where there are none or they are too many.
static bool digits(const char **at, uint64_t *number) {
    const char *p = *at;
    *number = 0;
    for (; is_digit(*p); p++) {
        if (*number > (UINT64_MAX - 9) / 10) {
            return false;
        }
        *number = *number * 10 + (uint64_t)(*p - '0');
    }
    bool some = p != *at;
    *at = p;
    return some;
}

bool word_number(const char *word, uint64_t *number) {
    return digits(&word, number) && *word == '\0';
}

bool word_size(const char *word, size_t *size) {
    static const char units[] = "KMG";
    uint64_t number;
    if (!digits(&word, &number)) {
        return false;
    }
    if (*word != '\0') {
        const char *unit = strchr(units, toupper((unsigned char)*word));
        if (unit == NULL || word[1] != '\0') {
            return false;
        }
        unsigned shift = 10 * (unsigned)(unit - units + 1);
        if (number > UINT64_MAX >> shift) {
            return false;
        }
        number <<= shift;
    }
    *size = (size_t)number;
    return number <= SIZE_MAX;
}

bool word_names_file(const char *word) {
    static const char *const endings[] = {".pcap", ".pcapng", ".cap", ".gz", ".xz", ".zst"};
    size_t length = strlen(word);
    bool found = strchr(word, '/') != NULL;
    for (size_t i = 0; i < TW_COUNT(endings) && !found; i++) {
        size_t ending = strlen(endings[i]);
        found = length > ending && strcmp(word + length - ending, endings[i]) == 0;
    }
    return found;
}

// ".123" as nanoseconds; further digits are dropped.
static bool fraction(const char **at, tw_time *nanoseconds) {
    *nanoseconds = 0;
    if (**at != '.') {
        return true;
    }
    tw_time unit = TW_SECOND / 10;
    const char *p = *at + 1;
    for (; is_digit(*p); p++, unit /= 10) {
        *nanoseconds += unit * (*p - '0');
    }
    bool some = p != *at + 1;
    *at = p;
    return some;
}

// Exactly `count` digits of a value within limits, and then `then` (0: anything).
static bool field(const char **at, unsigned count, int least, int most, char then, int *value) {
    const char *p = *at;
    *value = 0;
    for (unsigned i = 0; i < count; i++, p++) {
        if (!is_digit(*p)) {
            return false;
        }
        *value = *value * 10 + (*p - '0');
    }
    if (then != 0 && *p++ != then) {
        return false;
    }
    *at = p;
    return *value >= least && *value <= most;
}

static bool offset(const char **at, int *seconds) {
    int sign = **at == '-' ? -1 : 1, hours, minutes;
    if (**at == 'Z' || **at == 'z') {
        *seconds = 0;
        ++*at;
        return true;
    }
    if (**at != '+' && **at != '-') {
        return false;
    }
    ++*at;
    if (!field(at, 2, 0, 23, ':', &hours) || !field(at, 2, 0, 59, 0, &minutes)) {
        return false;
    }
    *seconds = sign * (hours * 3600 + minutes * 60);
    return true;
}

bool word_moment(const char *word, bool utc, struct tw_moment *moment) {
    static const uint64_t seconds_max = (uint64_t)(INT64_MAX / TW_SECOND) - 1;
    struct tm parts = {.tm_isdst = -1};
    tw_time rest;
    *moment = (struct tw_moment){.set = true};
    if (*word == '+') {
        uint64_t seconds;
        word++;
        if (!digits(&word, &seconds) || seconds > seconds_max / 4 || !fraction(&word, &rest)) {
            return false;
        }
        moment->relative = true;
        moment->time = (tw_time)seconds * TW_SECOND + rest;
        return *word == '\0';
    }
    if (!field(&word, 4, 1970, 2261, '-', &parts.tm_year) ||
        !field(&word, 2, 1, 12, '-', &parts.tm_mon) || !field(&word, 2, 1, 31, 0, &parts.tm_mday) ||
        *word == '\0' || strchr("Tt ", *word) == NULL) {
        return false;
    }
    word++;
    if (!field(&word, 2, 0, 23, ':', &parts.tm_hour) ||
        !field(&word, 2, 0, 59, ':', &parts.tm_min) || !field(&word, 2, 0, 60, 0, &parts.tm_sec) ||
        !fraction(&word, &rest)) {
        return false;
    }
    parts.tm_year -= 1900;
    parts.tm_mon -= 1;
    int east = 0;
    bool local = *word == '\0' && !utc;
    if (*word != '\0' && !offset(&word, &east)) {
        return false;
    }
    time_t second = local ? mktime(&parts) : timegm(&parts);
    moment->time = ((tw_time)second - east) * TW_SECOND + rest;
    return *word == '\0';
}

// Levenshtein's distance, case aside; names longer than the row count as far away.
static unsigned distance(const char *a, const char *b) {
    enum { ROW = 64 };
    unsigned row[ROW];
    size_t length = strlen(b);
    if (length >= ROW || strlen(a) >= ROW) {
        return ROW;
    }
    for (size_t j = 0; j <= length; j++) {
        row[j] = (unsigned)j;
    }
    for (size_t i = 1; a[i - 1] != '\0'; i++) {
        unsigned corner = row[0];
        row[0] = (unsigned)i;
        for (size_t j = 1; j <= length; j++) {
            bool same = tolower((unsigned char)a[i - 1]) == tolower((unsigned char)b[j - 1]);
            unsigned best = corner + (same ? 0 : 1);
            corner = row[j];
            if (row[j] + 1 < best) {
                best = row[j] + 1;
            }
            if (row[j - 1] + 1 < best) {
                best = row[j - 1] + 1;
            }
            row[j] = best;
        }
    }
    return row[length];
}

void nearest_init(struct nearest *nearest, const char *word) {
    *nearest = (struct nearest){.word = word};
}

void nearest_offer(struct nearest *nearest, const char *name) {
    size_t length = strlen(nearest->word);
    unsigned far = distance(nearest->word, name);
    if (length >= 3 && strncasecmp(nearest->word, name, length) == 0) {
        far = 1; // the beginning of a name
    }
    if (far > 1 + length / 4 || strlen(name) >= sizeof nearest->best[0].name) {
        return;
    }
    size_t at = nearest->count;
    while (at > 0 && nearest->best[at - 1].distance > far) {
        at--;
    }
    if (at == TW_COUNT(nearest->best)) {
        return;
    }
    size_t kept = nearest->count < TW_COUNT(nearest->best) ? nearest->count : nearest->count - 1;
    memmove(&nearest->best[at + 1], &nearest->best[at], (kept - at) * sizeof nearest->best[0]);
    snprintf(nearest->best[at].name, sizeof nearest->best[at].name, "%s", name);
    nearest->best[at].distance = far;
    nearest->count = kept + 1;
}

const char *nearest_text(const struct nearest *nearest, char text[NEAREST_TEXT]) {
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < nearest->count; i++) {
        int length = snprintf(text + used, NEAREST_TEXT - used, "%s%s",
                              i == 0 ? _("; nearest: ") : ", ", nearest->best[i].name);
        if (length < 0 || (size_t)length >= NEAREST_TEXT - used) {
            break;
        }
        used += (size_t)length;
    }
    return text;
}
