// SPDX-License-Identifier: MIT
// A script's text line by line and word by word, and messages that name the place in it.
#include "scan.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum { QUOTED_MAX = 40, LIST_MAX = 160, NAME_MAX_DISTANCE = 32 };

// --- Characters

// The length of the UTF-8 character at `p` (RFC 3629 section 4), 0 where there is none.
static size_t character(const char *p, const char *end, uint32_t *code) {
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    uint8_t first = (uint8_t)*p;
    size_t length = first < 0x80 ? 1 : first < 0xc0 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    if (length == 0 || first >= 0xf8 || length > (size_t)(end - p)) {
        return 0;
    }
    *code = length == 1 ? first : first & (0x7fU >> length);
    for (size_t i = 1; i < length; i++) {
        if (((uint8_t)p[i] & 0xc0) != 0x80) {
            return 0;
        }
        *code = *code << 6 | ((uint8_t)p[i] & 0x3fU);
    }
    bool good = *code >= least[length] && *code <= 0x10ffff && (*code < 0xd800 || *code > 0xdfff);
    return good ? length : 0;
}

// What a terminal might obey, or what shows a line in another order than it is read (UAX 9).
static bool is_control(uint32_t code) {
    return (code < ' ' && code != '\t') || (code >= 0x7f && code < 0xa0) ||
           (code >= 0x2028 && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
}

static bool is_blank(char c) {
    return c == ' ' || c == '\t';
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static bool in_word(char c, const char *also) {
    return isalnum((unsigned char)c) || c == '_' || (c != '\0' && strchr(also, c) != NULL);
}

// --- Messages

unsigned scan_column(const struct scan *scan, const char *at) {
    unsigned column = 1;
    for (const char *p = scan->line; p < at; p++) {
        column += ((uint8_t)*p & 0xc0) != 0x80; // octets that go on with a character do not count
    }
    return column;
}

bool scan_fail(struct scan *scan, const char *at, const char *format, ...) {
    char text[sizeof scan->error->text];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    (void)tw_fail(scan->error, TW_USAGE, "%s:%u:%u: %s", scan->name, scan->number,
                  scan_column(scan, at), text);
    return false;
}

static int shown(size_t length) {
    return length < QUOTED_MAX ? (int)length : QUOTED_MAX;
}

bool scan_expected(struct scan *scan, const char *what) {
    if (scan_over(scan)) {
        return scan_fail(scan, scan->at, "expected %s, found the end of the line", what);
    }
    uint32_t code;
    struct word word = scan_peek(scan, ".:+-/");
    size_t length = word.length > 0 ? word.length : character(scan->at, scan->end, &code);
    return scan_fail(scan, scan->at, "expected %s, found '%.*s'", what, shown(length), scan->at);
}

// Levenshtein's distance, case aside.
static size_t distance(struct word word, const char *name) {
    size_t row[NAME_MAX_DISTANCE + 1];
    size_t length = strlen(name);
    if (word.length > NAME_MAX_DISTANCE || length > NAME_MAX_DISTANCE) {
        return SIZE_MAX;
    }
    for (size_t j = 0; j <= length; j++) {
        row[j] = j;
    }
    for (size_t i = 1; i <= word.length; i++) {
        size_t corner = row[0];
        row[0] = i;
        for (size_t j = 1; j <= length; j++) {
            bool same =
                toupper((unsigned char)word.at[i - 1]) == toupper((unsigned char)name[j - 1]);
            size_t best = corner + (same ? 0 : 1);
            corner = row[j];
            best = row[j] + 1 < best ? row[j] + 1 : best;
            row[j] = row[j - 1] + 1 < best ? row[j - 1] + 1 : best;
        }
    }
    return row[length];
}

static const char *nearest(struct word word, scan_table *table) {
    const char *best = NULL;
    size_t least = 2 + word.length / 4; // as far away is no nearest one
    for (size_t i = 0; table(i) != NULL; i++) {
        size_t far = distance(word, table(i));
        if (far < least) {
            least = far;
            best = table(i);
        }
    }
    return best;
}

bool scan_unknown(struct scan *scan, const char *what, struct word word, scan_table *table) {
    const char *article = strchr(what, ' ');
    what = article != NULL ? article + 1 : what;
    const char *best = nearest(word, table);
    if (best != NULL) {
        return scan_fail(scan, word.at, "unknown %s '%.*s': did you mean %s?", what,
                         shown(word.length), word.at, best);
    }
    char list[LIST_MAX + NAME_MAX_DISTANCE] = "";
    size_t used = 0;
    for (size_t i = 0; table(i) != NULL && used < LIST_MAX; i++) {
        int length = snprintf(list + used, sizeof list - used, "%s%s", i > 0 ? ", " : "", table(i));
        used += length > 0 ? (size_t)length : 0;
    }
    return scan_fail(scan, word.at, "unknown %s '%.*s': there are %s%s", what, shown(word.length),
                     word.at, list, used < LIST_MAX ? "" : ", ...");
}

// --- Lines

// Sets where the statement begins and ends: a '#' outside of a quoted text ends it.
static void trim(struct scan *scan, const char *stop) {
    const char *p = scan->line;
    for (bool quoted = false; p < stop && (quoted || *p != '#'); p++) {
        if (quoted && *p == '\\' && stop - p > 1) {
            p++;
        } else if (*p == '"') {
            quoted = !quoted;
        }
    }
    scan->begin = scan->line;
    scan->end = p;
    while (scan->begin < scan->end && is_blank(*scan->begin)) {
        scan->begin++;
    }
    while (scan->end > scan->begin && is_blank(scan->end[-1])) {
        scan->end--;
    }
    scan->at = scan->begin;
}

bool scan_line(struct scan *scan) {
    scan->line = scan->next;
    scan->number++;
    const char *feed = memchr(scan->line, '\n', (size_t)(scan->stop - scan->line));
    const char *stop = feed != NULL ? feed : scan->stop;
    scan->next = feed != NULL ? feed + 1 : scan->stop;
    if (feed != NULL && stop > scan->line && stop[-1] == '\r') {
        stop--;
    }
    for (const char *p = scan->line; p < stop;) {
        uint32_t code;
        size_t length = character(p, stop, &code);
        if (length == 0) {
            return scan_fail(scan, p, "octet 0x%02x is no UTF-8", (unsigned)(uint8_t)*p);
        }
        if (is_control(code)) {
            return scan_fail(scan, p, "control character U+%04X", (unsigned)code);
        }
        if (p + length - scan->line > SCAN_LINE_MAX) {
            return scan_fail(scan, p, "the line is longer than %d octets", SCAN_LINE_MAX);
        }
        p += length;
    }
    trim(scan, stop);
    return true;
}

bool scan_over(struct scan *scan) {
    while (scan->at < scan->end && is_blank(*scan->at)) {
        scan->at++;
    }
    return scan->at == scan->end;
}

// --- Words

struct word scan_peek(struct scan *scan, const char *also) {
    struct word word = {.at = scan->at};
    if (!scan_over(scan)) {
        word.at = scan->at;
        while (word.at + word.length < scan->end && in_word(word.at[word.length], also)) {
            word.length++;
        }
    }
    return word;
}

struct word scan_word(struct scan *scan, const char *also) {
    struct word word = scan_peek(scan, also);
    scan->at += word.length;
    return word;
}

bool scan_same(struct word word, const char *text) {
    return strlen(text) == word.length && memcmp(text, word.at, word.length) == 0;
}

const char *scan_keep(struct scan *scan, struct word word) {
    char *kept = scan->words + (word.at - scan->text);
    memcpy(kept, word.at, word.length);
    kept[word.length] = '\0';
    return kept;
}

bool scan_keyword(struct scan *scan, const char *keyword) {
    struct word word = scan_peek(scan, "");
    if (!scan_same(word, keyword)) {
        return false;
    }
    scan->at += word.length;
    return true;
}

bool scan_mark(struct scan *scan, const char *mark) {
    size_t length = strlen(mark);
    if (scan_over(scan) || length > (size_t)(scan->end - scan->at) ||
        memcmp(scan->at, mark, length) != 0) {
        return false;
    }
    scan->at += length;
    return true;
}

bool scan_need(struct scan *scan, const char *mark) {
    char what[8];
    snprintf(what, sizeof what, "'%s'", mark);
    return scan_mark(scan, mark) || scan_expected(scan, what);
}

bool scan_pick(struct scan *scan, const char *what, scan_table *table, size_t *index) {
    struct word word = scan_peek(scan, "");
    if (word.length == 0) {
        return scan_expected(scan, what);
    }
    for (size_t i = 0; table(i) != NULL; i++) {
        if (scan_same(word, table(i))) {
            *index = i;
            scan->at += word.length;
            return true;
        }
    }
    return scan_unknown(scan, what, word, table);
}

// --- Numbers

bool scan_digits(struct word word, int64_t *number) {
    enum { DIGITS_MAX = 18 }; // so many always fit
    bool minus = word.length > 0 && *word.at == '-';
    size_t i = minus ? 1 : 0;
    *number = 0;
    if (word.length == i || word.length - i > DIGITS_MAX) {
        return false;
    }
    for (; i < word.length; i++) {
        if (!is_digit(word.at[i])) {
            return false;
        }
        *number = *number * 10 + (word.at[i] - '0');
    }
    *number = minus ? -*number : *number;
    return true;
}

bool scan_number(struct scan *scan, const char *what, int64_t least, int64_t most,
                 int64_t *number) {
    struct word word = scan_peek(scan, "+-.:");
    if (!scan_digits(word, number) || *number < least || *number > most) {
        char wanted[LIST_MAX];
        snprintf(wanted, sizeof wanted, "%s from %lld to %lld", what, (long long)least,
                 (long long)most);
        return scan_expected(scan, wanted);
    }
    scan->at += word.length;
    return true;
}

bool scan_time(struct scan *scan, tw_time *time) {
    static const struct {
        const char *name;
        tw_time length;
    } units[] = {{"us", TW_MILLISECOND / 1000},
                 {"ms", TW_MILLISECOND},
                 {"s", TW_SECOND},
                 {"m", 60 * TW_SECOND}};
    enum { DIGITS_MAX = 9 };
    const tw_time longest = TW_SECOND * 60 * 60 * 24;
    struct word word = scan_peek(scan, ".");
    struct word rest = word;
    int64_t value = 0, scale = 1;
    size_t digits = 0;
    for (bool point = false; rest.length > 0; rest.at++, rest.length--) {
        if (is_digit(*rest.at) && digits < DIGITS_MAX) {
            value = value * 10 + (*rest.at - '0');
            scale *= point ? 10 : 1;
            digits++;
        } else if (*rest.at == '.' && !point && digits > 0) {
            point = true;
        } else {
            break;
        }
    }
    for (size_t i = 0; i < TW_COUNT(units) && digits > 0; i++) {
        // In two steps: nine digits of minutes do not fit when multiplied at once.
        if (scan_same(rest, units[i].name) && value / scale <= longest / units[i].length) {
            *time = value / scale * units[i].length + value % scale * units[i].length / scale;
            if (*time <= longest) {
                scan->at += word.length;
                return true;
            }
        }
    }
    return scan_expected(scan, "a time such as 10ms, 1.5s or 2m, of 24 hours at most");
}

// --- Quoted texts

static int hex(char c) {
    return is_digit(c)                  ? c - '0'
           : isxdigit((unsigned char)c) ? tolower((unsigned char)c) - 'a' + 10
                                        : -1;
}

// What stands behind a backslash; the octet, or -1.
static int escape(struct scan *scan, bool octets) {
    static const char letters[] = "nrt0\\\"", meanings[] = "\n\r\t\0\\\"";
    char c = *scan->at++;
    if (octets && c == 'x' && scan->end - scan->at >= 2) {
        int high = hex(scan->at[0]), low = hex(scan->at[1]);
        scan->at += 2;
        return high < 0 || low < 0 ? -1 : 16 * high + low;
    }
    const char *found = memchr(letters, c, sizeof letters - 1);
    bool readable = c == '\\' || c == '"';
    return found == NULL || (!octets && !readable) ? -1 : meanings[found - letters];
}

bool scan_string(struct scan *scan, bool octets, const char **string, size_t *length) {
    if (!scan_mark(scan, "\"")) {
        return scan_expected(scan, "a text in double quotes");
    }
    const char *opening = scan->at - 1;
    char *out = scan->words + (scan->at - scan->text);
    *string = out;
    while (scan->at < scan->end && *scan->at != '"') {
        const char *at = scan->at++;
        int octet = (uint8_t)*at;
        if (octet == '\\') {
            octet = scan->at < scan->end ? escape(scan, octets) : -1;
            if (octet < 0) {
                return scan_fail(scan, at,
                                 octets ? "unknown escape: there are \\n \\r \\t \\0 \\\\ \\\" "
                                          "and \\xHH, two hexadecimal digits"
                                        : "unknown escape: here are \\\\ and \\\" alone");
            }
        }
        *out++ = (char)octet;
    }
    if (!scan_mark(scan, "\"")) {
        return scan_fail(scan, opening, "the text has no closing quote");
    }
    *length = (size_t)(out - *string);
    *out = '\0'; // in place of the closing quote, or before it
    return true;
}
