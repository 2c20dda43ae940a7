// SPDX-License-Identifier: MIT
// Reads a scenario script: one statement a line. docs/lab.md tells the language.
#include "parse.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum {
    TEXT_MAX = 1 << 20,
    STATEMENTS_MAX = 100000,
};

// --- Words

static const char *end_at(size_t index) {
    static const char *const names[] = {"client", "server"};
    return index < TW_COUNT(names) ? names[index] : NULL;
}

static const char *kind_at(size_t index) {
    return index < TW_KIND_COUNT ? tw_kind_name((enum tw_kind)index) : NULL;
}

static const char *state_at(size_t index) {
    return index < TW_STATE_COUNT ? tw_state_name((enum tw_state)index) : NULL;
}

bool script_end(struct scan *scan, unsigned *end) {
    size_t index;
    if (!scan_pick(scan, "an end", end_at, &index)) {
        return false;
    }
    *end = (unsigned)index;
    return true;
}

// An end if one comes next; else both are meant.
static void read_ends(struct scan *scan, unsigned *end) {
    *end = scan_keyword(scan, "client")   ? TW_CLIENT
           : scan_keyword(scan, "server") ? TW_SERVER
                                          : SCRIPT_BOTH;
}

// Case aside, "SYN-ACK" for "SYN,ACK".
static bool same_kind(struct word word, const char *name) {
    size_t length = strlen(name);
    for (size_t i = 0; i < length && length == word.length; i++) {
        int c = word.at[i] == '-' ? ',' : toupper((unsigned char)word.at[i]);
        if (c != toupper((unsigned char)name[i])) {
            return false;
        }
    }
    return length == word.length;
}

// [KIND], and nothing else but a time limit.
static bool read_kind(struct scan *scan, enum tw_kind *kind) {
    struct word word = scan_peek(scan, ",-");
    if (word.length == 0 || scan_same(word, "within")) {
        return true;
    }
    for (size_t i = 0; kind_at(i) != NULL; i++) {
        if (same_kind(word, kind_at(i))) {
            *kind = (enum tw_kind)i;
            scan->at += word.length;
            return true;
        }
    }
    return scan_unknown(scan, "a kind of segment", word, kind_at);
}

static bool read_state(struct scan *scan, enum tw_state *state) {
    char text[TW_LAB_NAME] = "";
    struct word word = scan_peek(scan, "-");
    if (word.length == 0) {
        return scan_expected(scan, "a state");
    }
    if (word.length < sizeof text) {
        memcpy(text, word.at, word.length);
    }
    if (!tw_state_parse(text, state)) {
        return scan_unknown(scan, "a state", word, state_at);
    }
    scan->at += word.length;
    return true;
}

// An end, or a socket by its name.
static bool read_subject(struct parser *p, struct script_statement *s,
                         struct script_subject *subject) {
    read_ends(&p->scan, &s->end);
    if (s->end == SCRIPT_BOTH) {
        struct named_socket *socket;
        if (!names_socket(&p->names, &p->scan, &socket)) {
            return false;
        }
        subject->socket = socket->name;
        s->end = socket->end;
    }
    subject->end = (enum tw_end)s->end;
    return true;
}

// --- Statements: what stands behind the first word

static bool read_words(struct parser *p, struct script_statement *s) {
    bool title = s->kind == SCRIPT_TITLE;
    const char **words = title ? &p->script->title : &p->script->teaches;
    const char *name = title ? "title" : "teaches";
    size_t length;
    if (p->begun) {
        return scan_fail(&p->scan, p->scan.begin, "%s stands before all other statements", name);
    }
    if (*words != NULL) {
        return scan_fail(&p->scan, p->scan.begin, "a script has one %s", name);
    }
    bool good = scan_string(&p->scan, false, &s->words, &length);
    *words = s->words;
    return good;
}

static bool read_ip(struct parser *p, struct script_statement *s) {
    int64_t number;
    struct scan *scan = &p->scan;
    struct word word = scan_peek(scan, "");
    if (!scan_digits(word, &number) || (number != 4 && number != 6)) {
        return scan_expected(scan, "4 or 6");
    }
    scan->at += word.length;
    s->version = p->version = (int)number;
    return true;
}

// A name below net, with no part that is empty: no way to other files leads from it.
static bool is_sysctl(struct word word) {
    bool part = false;
    for (size_t i = 0; i < word.length; i++) {
        char c = word.at[i];
        bool between = c == '.' || c == '/';
        if (between ? !part : !isalnum((unsigned char)c) && c != '_' && c != '-') {
            return false;
        }
        part = !between;
    }
    return part && word.length > 4 && memcmp(word.at, "net", 3) == 0 &&
           (word.at[3] == '.' || word.at[3] == '/');
}

static struct word until_blank(struct scan *scan) {
    struct word word = {.at = scan->at};
    if (!scan_over(scan)) {
        word.at = scan->at;
        while (scan->at < scan->end && *scan->at != ' ' && *scan->at != '\t') {
            scan->at++;
        }
        word.length = (size_t)(scan->at - word.at);
    }
    return word;
}

static bool read_sysctl(struct parser *p, struct script_statement *s) {
    struct scan *scan = &p->scan;
    read_ends(scan, &s->end);
    struct word name = until_blank(scan);
    if (!is_sysctl(name)) {
        scan->at = name.at;
        return scan_expected(scan, "a setting below net, such as net.ipv4.tcp_fin_timeout");
    }
    s->sysctl.name = scan_keep(scan, name);
    struct word word = until_blank(scan);
    if (word.length == 0) {
        return scan_expected(scan, "a value");
    }
    char *value = scan->words + (word.at - scan->text), *out = value;
    for (; word.length > 0; word = until_blank(scan)) {
        if (out != value) {
            *out++ = ' ';
        }
        memcpy(out, word.at, word.length);
        out += word.length;
    }
    *out = '\0';
    s->sysctl.value = value;
    return true;
}

static bool read_delay(struct parser *p, struct script_statement *s) {
    read_ends(&p->scan, &s->end);
    return scan_time(&p->scan, &s->time);
}

static bool read_wait(struct parser *p, struct script_statement *s) {
    return scan_time(&p->scan, &s->time);
}

// client, middle, server, or a number from 0 to 1.
static bool read_place(struct scan *scan, double *place) {
    static const struct {
        const char *name;
        double place;
    } places[] = {{"client", 0}, {"middle", 0.5}, {"server", 1}};
    for (size_t i = 0; i < TW_COUNT(places); i++) {
        if (scan_keyword(scan, places[i].name)) {
            *place = places[i].place;
            return true;
        }
    }
    struct word word = scan_peek(scan, ".");
    double unit = 1, number = 0;
    bool point = false, good = word.length > 0;
    for (size_t i = 0; i < word.length && good; i++) {
        char c = word.at[i];
        if (c == '.') {
            good = !point && i > 0 && i + 1 < word.length;
            point = true;
            continue;
        }
        good = isdigit((unsigned char)c);
        unit /= point ? 10 : 1;
        number = point ? number + unit * (c - '0') : number * 10 + (c - '0');
    }
    if (!good || number > 1) {
        return scan_expected(scan, "a place: client, middle, server, or from 0 to 1");
    }
    scan->at += word.length;
    *place = number;
    return true;
}

static bool read_tap(struct parser *p, struct script_statement *s) {
    s->tap.on = scan_keyword(&p->scan, "on");
    if (s->tap.on || scan_keyword(&p->scan, "off")) {
        return true;
    }
    do {
        if (!read_place(&p->scan, &s->tap.places[s->tap.count])) {
            return false;
        }
        s->tap.count++;
    } while (s->tap.count < TW_COUNT(s->tap.places) && !scan_over(&p->scan));
    if (s->tap.count > p->script->taps) {
        p->script->taps = s->tap.count;
    }
    return true;
}

// [client|server] [KIND]
static bool read_segments(struct parser *p, struct script_statement *s) {
    read_ends(&p->scan, &s->end);
    return read_kind(&p->scan, &s->segments);
}

// [every] client|server [KIND]
static bool read_fate(struct parser *p, struct script_statement *s) {
    s->every = s->kind != SCRIPT_SWAP && scan_keyword(&p->scan, "every");
    return script_end(&p->scan, &s->end) && read_kind(&p->scan, &s->segments);
}

// [COUNT] SUBJECT STATE, or SUBJECT quiet
static bool read_until(struct parser *p, struct script_statement *s) {
    struct scan *scan = &p->scan;
    int64_t count = 1;
    struct word word = scan_peek(scan, "");
    const char *at = word.at;
    bool counted = word.length > 0 && isdigit((unsigned char)*word.at);
    if (counted && !scan_number(scan, "a number of sockets", 1, TW_LAB_SOCKETS, &count)) {
        return false;
    }
    s->until.count = (unsigned)count;
    if (!read_subject(p, s, &s->until.subject)) {
        return false;
    }
    if (counted && s->until.subject.socket != NULL) {
        return scan_fail(scan, at, "'%s' is one socket: count those of client or server",
                         s->until.subject.socket);
    }
    s->until.quiet = scan_keyword(scan, "quiet");
    if (counted && s->until.quiet) {
        return scan_fail(scan, at, "an end is quiet, or not: nothing to count");
    }
    return s->until.quiet || read_state(scan, &s->until.state);
}

static bool read_history(struct parser *p, struct script_statement *s) {
    struct scan *scan = &p->scan;
    if (!read_subject(p, s, &s->history.subject)) {
        return false;
    }
    do {
        if (s->history.count == SCRIPT_HISTORY_MAX) {
            (void)scan_over(scan);
            return scan_fail(scan, scan->at, "more than %d states", SCRIPT_HISTORY_MAX);
        }
        if (!read_state(scan, &s->history.states[s->history.count])) {
            return false;
        }
        s->history.count++;
    } while (!scan_over(scan) && !scan_same(scan_peek(scan, ""), "within"));
    return true;
}

// --- Lines

static const struct {
    const char *word;
    bool (*read)(struct parser *parser, struct script_statement *statement);
    enum script_kind kind;
    bool waits;
} statements[] = {
    {"title", read_words, SCRIPT_TITLE, false},
    {"teaches", read_words, SCRIPT_TEACHES, false},
    {"ip", read_ip, SCRIPT_IP, false},
    {"sysctl", read_sysctl, SCRIPT_SYSCTL, false},
    {"delay", read_delay, SCRIPT_DELAY, false},
    {"tap", read_tap, SCRIPT_TAP, false},
    {"await", script_await, SCRIPT_AWAIT, true},
    {"hold", read_segments, SCRIPT_HOLD, false},
    {"release", read_segments, SCRIPT_RELEASE, false},
    {"deliver", read_segments, SCRIPT_DELIVER, true},
    {"drop", read_fate, SCRIPT_DROP, false},
    {"duplicate", read_fate, SCRIPT_DUPLICATE, false},
    {"swap", read_fate, SCRIPT_SWAP, false},
    {"inject", script_inject, SCRIPT_INJECT, false},
    {"until", read_until, SCRIPT_UNTIL, true},
    {"wait", read_wait, SCRIPT_WAIT, false},
    {"history", read_history, SCRIPT_HISTORY, false},
};
_Static_assert(TW_COUNT(statements) == SCRIPT_KIND_COUNT - 1, "a word for each, but for calls");

const char *script_word_at(size_t index) {
    return index < TW_COUNT(statements) ? statements[index].word : NULL;
}

static bool read_within(struct scan *scan, struct script_statement *s, bool waits) {
    (void)scan_over(scan);
    const char *at = scan->at;
    if (!scan_keyword(scan, "within")) {
        return true;
    }
    if (!waits) {
        return scan_fail(scan, at, "a time limit, where nothing is waited for");
    }
    (void)scan_over(scan);
    at = scan->at;
    return scan_time(scan, &s->within) &&
           (s->within > 0 || scan_fail(scan, at, "a time limit is longer than nothing"));
}

static bool read_statement(struct parser *p, struct script_statement *s) {
    struct scan *scan = &p->scan;
    struct word word = scan_word(scan, "");
    size_t index;
    bool waits;
    if (word.length > 0 && scan_mark(scan, ":")) {
        s->kind = SCRIPT_CALL;
        if (!names_process(&p->names, scan, word, &index) || !script_call(p, s, index)) {
            return false;
        }
        waits = !s->call.begin && script_call_waits(s->call.request.call);
    } else if (names_is_process(&p->names, word)) {
        return scan_need(scan, ":");
    } else {
        scan->at = word.at;
        if (!scan_pick(scan, "a statement", script_word_at, &index)) {
            return false;
        }
        s->kind = statements[index].kind;
        if (!statements[index].read(p, s)) {
            return false;
        }
        waits = statements[index].waits;
    }
    if (!read_within(scan, s, waits)) {
        return false;
    }
    p->begun = p->begun || (s->kind != SCRIPT_TITLE && s->kind != SCRIPT_TEACHES);
    return scan_over(scan) || scan_expected(scan, "the end of the statement");
}

static enum tw_status next_statement(struct tw_script *script, size_t *room,
                                     struct script_statement **statement) {
    if (script->count == *room) {
        size_t wanted = *room > 0 ? 2 * *room : 64;
        struct script_statement *grown = realloc(script->statements, wanted * sizeof *grown);
        if (grown == NULL) {
            return TW_MEMORY;
        }
        script->statements = grown;
        *room = wanted;
    }
    *statement = &script->statements[script->count++];
    return TW_OK;
}

static enum tw_status read_script(struct parser *p, struct tw_error *error) {
    struct scan *scan = &p->scan;
    struct tw_script *script = p->script;
    size_t room = 0;
    while (scan->next < scan->stop) {
        if (!scan_line(scan)) {
            return TW_USAGE;
        }
        if (scan_over(scan)) {
            continue;
        }
        if (script->count == STATEMENTS_MAX) {
            (void)scan_fail(scan, scan->begin, "more than %d statements", STATEMENTS_MAX);
            return TW_USAGE;
        }
        struct script_statement *s;
        if (next_statement(script, &room, &s) != TW_OK) {
            return tw_fail(error, TW_MEMORY, "%s: out of memory", script->name);
        }
        *s = (struct script_statement){.text = scan->begin,
                                       .line = scan->number,
                                       .column = scan_column(scan, scan->begin),
                                       .end = SCRIPT_BOTH};
        if (!read_statement(p, s)) {
            return TW_USAGE;
        }
        script->text[scan->end - scan->text] = '\0'; // lines behind it do not need that octet
    }
    return TW_OK;
}

static struct tw_script *script_new(const char *name, const char *text, size_t length,
                                    size_t known) {
    struct tw_script *script = calloc(1, sizeof *script);
    if (script == NULL) {
        return NULL;
    }
    script->name = strdup(name);
    script->text = malloc(length + 1);
    script->words = calloc(1, length + 1);
    script->taps = 1;
    script->known = calloc(2 * known + 1, sizeof *script->known);
    if (script->name == NULL || script->text == NULL || script->words == NULL ||
        script->known == NULL) {
        tw_script_free(script);
        return NULL;
    }
    if (length > 0) {
        memcpy(script->text, text, length);
    }
    script->text[length] = '\0';
    return script;
}

static enum tw_status parse(const char *name, const char *text, size_t length,
                            const struct tw_lab_view *known, struct tw_script **script,
                            struct tw_error *error) {
    *script = NULL;
    if (length > TEXT_MAX) {
        return tw_fail(error, TW_USAGE, "%s:1:1: the script has %zu octets, more than %d", name,
                       length, TEXT_MAX);
    }
    struct parser *p = calloc(1, sizeof *p);
    struct tw_script *made =
        p != NULL ? script_new(name, text, length, known != NULL ? known->socket_count : 0) : NULL;
    enum tw_status status = TW_MEMORY;
    if (made == NULL) {
        (void)tw_fail(error, status, "%s: out of memory", name);
    } else {
        static const char mark[] = "\xef\xbb\xbf"; // which some editors put before UTF-8
        bool marked = length >= 3 && memcmp(text, mark, 3) == 0;
        p->scan = (struct scan){.name = made->name,
                                .text = made->text,
                                .next = made->text + (marked ? 3 : 0),
                                .stop = made->text + length,
                                .words = made->words,
                                .error = error};
        p->script = made;
        p->version = 4;
        names_init(&p->names);
        if (known != NULL) {
            names_know(&p->names, known, made->known);
        }
        status = read_script(p, error);
    }
    free(p);
    if (status != TW_OK) {
        tw_script_free(made);
    } else {
        *script = made;
    }
    return status;
}

enum tw_status tw_script_parse(const char *name, const char *text, size_t length,
                               struct tw_script **script, struct tw_error *error) {
    return parse(name, text, length, NULL, script, error);
}

enum tw_status tw_script_parse_line(const struct tw_lab *lab, const char *name, const char *line,
                                    struct tw_script **script, struct tw_error *error) {
    struct tw_lab_view view;
    tw_lab_view_get(lab, &view);
    enum tw_status status = parse(name, line, strlen(line), &view, script, error);
    for (size_t i = 0; status == TW_OK && i < (*script)->count; i++) {
        (*script)->statements[i].call.begin |= (*script)->statements[i].kind == SCRIPT_CALL;
    }
    return status;
}

void tw_script_free(struct tw_script *script) {
    if (script != NULL) {
        free(script->name);
        free(script->text);
        free(script->words);
        free(script->known);
        free(script->statements);
        free(script);
    }
}

const char *tw_script_title(const struct tw_script *script) {
    return script->title != NULL ? script->title : "";
}

const char *tw_script_teaches(const struct tw_script *script) {
    return script->teaches != NULL ? script->teaches : "";
}

size_t tw_script_taps(const struct tw_script *script) {
    return script->taps;
}
