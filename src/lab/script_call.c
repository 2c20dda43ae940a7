// SPDX-License-Identifier: MIT
// Reads calls and what is expected of them: "t = accept(l)", "recv(t, 100, MSG_PEEK) = 5",
// "await c = -1 ETIMEDOUT".
#include "parse.h"
#include "tcpwalk/errnos.h"

#include <arpa/inet.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

enum { PORT_MAX = 65535, OCTETS_MAX = 16 << 20 };

enum gives { GIVES_NUMBER, GIVES_NAME, GIVES_DATA };

static const struct {
    const char *arguments; // NULL: none
    bool waits;
    bool named; // "NAME = CALL(...)"
    enum gives gives;
} calls[] = {
    [TW_CALL_SOCKET] = {.named = true, .gives = GIVES_NAME},
    [TW_CALL_SETSOCKOPT] = {.arguments = "SOCKET, OPTION, VALUE"},
    [TW_CALL_BIND] = {.arguments = "SOCKET, [ADDRESS,] PORT"},
    [TW_CALL_LISTEN] = {.arguments = "SOCKET, BACKLOG"},
    [TW_CALL_CONNECT] = {.arguments = "SOCKET, [ADDRESS,] PORT", .waits = true},
    [TW_CALL_ACCEPT] = {.arguments = "SOCKET", .waits = true, .named = true, .gives = GIVES_NAME},
    [TW_CALL_SEND] = {.arguments = "SOCKET, DATA[, FLAGS]", .waits = true},
    [TW_CALL_RECV] = {.arguments = "SOCKET, LENGTH[, FLAGS]", .waits = true, .gives = GIVES_DATA},
    [TW_CALL_SHUTDOWN] = {.arguments = "SOCKET, HOW"},
    [TW_CALL_CLOSE] = {.arguments = "SOCKET", .waits = true}, // with SO_LINGER
    [TW_CALL_FORK] = {.arguments = "PROCESS", .gives = GIVES_NAME},
    [TW_CALL_EXIT] = {0},
    [TW_CALL_CRASH] = {.arguments = "[SOCKET]"},
};
_Static_assert(TW_COUNT(calls) == TW_CALL_COUNT, "each call has its shape");

bool script_call_waits(enum tw_call call) {
    return calls[call].waits;
}

// --- Tables of names

static const char *call_at(size_t index) {
    return index < TW_CALL_COUNT ? tw_call_name((enum tw_call)index) : NULL;
}

static const char *option_at(size_t index) {
    const struct tw_lab_sockopt *option = tw_lab_sockopt_at(index);
    return option != NULL ? option->name : NULL;
}

struct constant {
    const char *name;
    int value;
};

static const struct constant hows[] = {
    {"SHUT_RD", SHUT_RD}, {"SHUT_WR", SHUT_WR}, {"SHUT_RDWR", SHUT_RDWR}};
static const struct constant send_flags[] = {
    {"0", 0}, {"MSG_MORE", MSG_MORE}, {"MSG_OOB", MSG_OOB}, {"MSG_FASTOPEN", MSG_FASTOPEN}};
static const struct constant recv_flags[] = {
    {"0", 0}, {"MSG_PEEK", MSG_PEEK}, {"MSG_OOB", MSG_OOB}};

static const char *how_at(size_t index) {
    return index < TW_COUNT(hows) ? hows[index].name : NULL;
}

static const char *send_flag_at(size_t index) {
    return index < TW_COUNT(send_flags) ? send_flags[index].name : NULL;
}

static const char *recv_flag_at(size_t index) {
    return index < TW_COUNT(recv_flags) ? recv_flags[index].name : NULL;
}

// Words that mean something where a name could stand, beside those of statements and calls.
static bool is_reserved(struct word word) {
    static const char *const others[] = {"client", "middle", "server", "from", "every", "within"};
    for (size_t i = 0; i < TW_COUNT(others); i++) {
        if (scan_same(word, others[i])) {
            return true;
        }
    }
    for (size_t i = 0; call_at(i) != NULL; i++) {
        if (scan_same(word, call_at(i))) {
            return true;
        }
    }
    for (size_t i = 0; script_word_at(i) != NULL; i++) {
        if (scan_same(word, script_word_at(i))) {
            return true;
        }
    }
    return false;
}

// A name that is given.
static bool new_name(struct scan *scan, const char *what, const char **name) {
    struct word word = scan_peek(scan, "");
    *name = NULL;
    if (word.length == 0) {
        return scan_expected(scan, what);
    }
    if (word.length >= TW_LAB_NAME) {
        return scan_fail(scan, word.at, "'%.*s...': a name has %d characters at most", TW_LAB_NAME,
                         word.at, TW_LAB_NAME - 1);
    }
    if (*word.at >= '0' && *word.at <= '9') {
        return scan_fail(scan, word.at, "'%.*s': a name begins with a letter", (int)word.length,
                         word.at);
    }
    if (is_reserved(word)) {
        return scan_fail(scan, word.at, "'%.*s' is a word of the language: take another name",
                         (int)word.length, word.at);
    }
    scan->at += word.length;
    *name = scan_keep(scan, word);
    return true;
}

// --- Arguments

// "10.9.0.2", "fd00::2", "[fd00::2]".
static bool address_of(struct word word, struct tw_tuple *address) {
    char text[INET6_ADDRSTRLEN];
    if (word.length > 2 && word.at[0] == '[' && word.at[word.length - 1] == ']') {
        word.at++;
        word.length -= 2;
    }
    if (word.length >= sizeof text) {
        return false;
    }
    memcpy(text, word.at, word.length);
    text[word.length] = '\0';
    address->version = memchr(text, ':', word.length) != NULL ? 6 : 4;
    address->remote = (struct tw_address){0};
    return inet_pton(address->version == 6 ? AF_INET6 : AF_INET, text, &address->remote) == 1;
}

// Cuts ":PORT" off an address: behind ']', or the only colon.
static bool cut_port(struct word *word) {
    const char *end = word->at + word->length;
    const char *first = memchr(word->at, ':', word->length);
    const char *last = memrchr(word->at, ':', word->length);
    if (last == NULL || (first != last && last[-1] != ']')) {
        return false;
    }
    word->length -= (size_t)(end - last);
    return true;
}

bool script_address(struct scan *scan, int64_t least_port, struct tw_tuple *address,
                    uint16_t *port) {
    struct word word = scan_peek(scan, ".:[]");
    int64_t number;
    if (!scan_digits(word, &number)) {
        bool with_port = cut_port(&word);
        if (!address_of(word, address)) {
            return scan_expected(scan, "an address, or a port");
        }
        scan->at += word.length;
        if (!scan_mark(scan, with_port ? ":" : ",")) {
            return scan_expected(scan, "', PORT' or ':PORT' behind the address");
        }
    }
    if (!scan_number(scan, "a port", least_port, PORT_MAX, &number)) {
        return false;
    }
    *port = (uint16_t)number;
    return true;
}

enum { FORM_MAX = 64 };

// "NAME = accept(SOCKET)"
static const char *form(enum tw_call call, char text[FORM_MAX]) {
    const char *arguments = calls[call].arguments != NULL ? calls[call].arguments : "";
    snprintf(text, FORM_MAX, "%s%s(%s)", calls[call].named ? "NAME = " : "", tw_call_name(call),
             arguments);
    return text;
}

// A mark of the call's form.
static bool need(struct scan *scan, const char *mark, enum tw_call call) {
    char text[FORM_MAX], what[FORM_MAX + 16];
    snprintf(what, sizeof what, "'%s' as in %s", mark, form(call, text));
    return scan_mark(scan, mark) || scan_expected(scan, what);
}

static bool flags_of(struct scan *scan, scan_table *table, const struct constant *constants,
                     int *flags) {
    if (!scan_mark(scan, ",")) {
        return true;
    }
    do {
        size_t index;
        if (!scan_pick(scan, "a flag", table, &index)) {
            return false;
        }
        *flags |= constants[index].value;
    } while (scan_mark(scan, "|"));
    return true;
}

static bool read_length(struct scan *scan, size_t *length) {
    int64_t number;
    if (!scan_number(scan, "a number of octets", 0, OCTETS_MAX, &number)) {
        return false;
    }
    *length = (size_t)number;
    return true;
}

static bool read_setsockopt(struct scan *scan, struct tw_lab_request *request) {
    size_t index;
    if (!need(scan, ",", request->call) || !scan_pick(scan, "a socket option", option_at, &index)) {
        return false;
    }
    request->sockopt = tw_lab_sockopt_at(index);
    const unsigned wanted = request->sockopt->values;
    unsigned count = 0;
    for (; scan_mark(scan, ","); count++) {
        int64_t value;
        if (!scan_number(scan, "a value", INT_MIN, INT_MAX, &value)) {
            return false;
        }
        if (count < wanted) {
            request->values[count] = (int)value;
        }
    }
    return count == wanted || scan_fail(scan, scan->at, "%s takes %s", request->sockopt->name,
                                        wanted == 2 ? "two values: on, seconds" : "one value");
}

static bool read_send(struct scan *scan, struct tw_lab_request *request) {
    if (!need(scan, ",", request->call)) {
        return false;
    }
    bool data = scan_peek(scan, "").length > 0
                    ? read_length(scan, &request->length)
                    : scan_string(scan, true, &request->octets, &request->length);
    if (!data || !flags_of(scan, send_flag_at, send_flags, &request->flags)) {
        return false;
    }
    // As sendto(): what it sends goes with a SYN to that address.
    if ((request->flags & MSG_FASTOPEN) == 0) {
        return true;
    }
    if (!scan_mark(scan, ",")) {
        return scan_expected(scan, "', [ADDRESS,] PORT' behind MSG_FASTOPEN");
    }
    return script_address(scan, 1, &request->address, &request->port);
}

// What stands behind the first argument, the socket.
static bool read_arguments(struct scan *scan, struct tw_lab_request *request) {
    int64_t number = 0;
    size_t index;
    switch (request->call) {
    case TW_CALL_SETSOCKOPT: return read_setsockopt(scan, request);
    case TW_CALL_BIND:
        return need(scan, ",", request->call) &&
               script_address(scan, 0, &request->address, &request->port);
    case TW_CALL_CONNECT:
        return need(scan, ",", request->call) &&
               script_address(scan, 1, &request->address, &request->port);
    case TW_CALL_LISTEN:
        if (!need(scan, ",", request->call) ||
            !scan_number(scan, "a backlog", 0, INT_MAX, &number)) {
            return false;
        }
        request->value = (int)number;
        return true;
    case TW_CALL_SEND: return read_send(scan, request);
    case TW_CALL_RECV:
        return need(scan, ",", request->call) && read_length(scan, &request->length) &&
               flags_of(scan, recv_flag_at, recv_flags, &request->flags);
    case TW_CALL_SHUTDOWN:
        if (!need(scan, ",", request->call) ||
            !scan_pick(scan, "a way to shut down", how_at, &index)) {
            return false;
        }
        request->value = hows[index].value;
        return true;
    default: return true;
    }
}

// --- What is expected

static bool read_error(struct scan *scan, struct script_statement *s) {
    size_t index;
    if (!scan_pick(scan, "an errno", tw_errno_at, &index)) {
        return false;
    }
    s->call.expect = RESULT_ERROR;
    return tw_errno_parse(tw_errno_at(index), &s->call.error);
}

static bool read_result(struct scan *scan, enum gives gives, struct script_statement *s) {
    int64_t minus;
    (void)scan_over(scan);
    const char *at = scan->at;
    if (scan_digits(scan_peek(scan, "-"), &minus) && minus == -1) {
        (void)scan_word(scan, "-");
        return read_error(scan, s);
    }
    if (gives == GIVES_NAME) {
        return scan_fail(scan, at,
                         "of a call that makes something, only -1 and an error's name "
                         "can be expected");
    }
    if (scan_mark(scan, "\"")) {
        scan->at = at;
        if (gives != GIVES_DATA) {
            return scan_fail(scan, at, "recv() alone gives a text");
        }
        s->call.expect = RESULT_TEXT;
        return scan_string(scan, true, &s->call.octets, &s->call.length);
    }
    s->call.expect = RESULT_VALUE;
    return scan_number(scan, "a result (-1 and an error's name, or a number)", 0, INT_MAX,
                       &s->call.value);
}

// --- Calls

static bool read_call_name(struct scan *scan, struct tw_lab_request *request, const char **at) {
    struct word first = scan_peek(scan, "");
    size_t call;
    *at = first.at;
    scan->at += first.length;
    bool named = first.length > 0 && scan_mark(scan, "=");
    scan->at = first.at;
    if (named && (!new_name(scan, "a name", &request->name) || !scan_need(scan, "="))) {
        return false;
    }
    (void)scan_over(scan);
    const char *callee = scan->at;
    if (!scan_pick(scan, "a call", call_at, &call)) {
        return false;
    }
    request->call = (enum tw_call)call;
    if (named == calls[call].named) {
        return true;
    }
    if (named) {
        return scan_fail(scan, callee, "%s() makes no socket that could have a name",
                         call_at(call));
    }
    char text[FORM_MAX];
    return scan_fail(scan, callee, "%s() makes a socket: write %s", call_at(call),
                     form(request->call, text));
}

// What the call does to the names that the script can use.
static bool take_effect(struct parser *p, const struct script_statement *s, size_t process,
                        const struct named_socket *socket, const char *at) {
    const struct tw_lab_request *request = &s->call.request;
    unsigned line = p->scan.number;
    if (s->call.expect == RESULT_ERROR && request->name != NULL) {
        return true; // nothing is made
    }
    switch (request->call) {
    case TW_CALL_SOCKET:
    case TW_CALL_ACCEPT: return names_make(&p->names, &p->scan, process, request->name, at);
    case TW_CALL_CLOSE: names_close(&p->names, process, socket, line); break;
    case TW_CALL_FORK: return names_fork(&p->names, &p->scan, process, request->name, at);
    case TW_CALL_EXIT: names_exit(&p->names, process, line); break;
    case TW_CALL_CRASH:
        if (socket != NULL) {
            names_close(&p->names, process, socket, line);
        } else {
            names_crash(&p->names, p->names.processes[process].end, line);
        }
        break;
    default: break;
    }
    return true;
}

static bool has_socket(struct scan *scan, enum tw_call call) {
    bool none = call == TW_CALL_SOCKET || call == TW_CALL_FORK || call == TW_CALL_EXIT;
    if (call == TW_CALL_CRASH) {
        const char *at = scan->at;
        none = scan_mark(scan, ")");
        scan->at = at;
    }
    return !none;
}

bool script_call(struct parser *p, struct script_statement *s, size_t process) {
    struct scan *scan = &p->scan;
    struct tw_lab_request *request = &s->call.request;
    struct named_socket *socket = NULL;
    const char *at;
    s->end = p->names.processes[process].end;
    request->process = p->names.processes[process].name;
    if (!read_call_name(scan, request, &at) || !need(scan, "(", request->call)) {
        return false;
    }
    if (has_socket(scan, request->call)) {
        if (!names_open(&p->names, scan, process, &socket)) {
            return false;
        }
        request->socket = socket->name;
    } else if (request->call == TW_CALL_FORK) {
        (void)scan_over(scan);
        at = scan->at;
        if (!new_name(scan, "the name of the new process", &request->name)) {
            return false;
        }
    }
    if (!read_arguments(scan, request) || !need(scan, ")", request->call)) {
        return false;
    }
    (void)scan_over(scan);
    const char *behind = scan->at;
    if (scan_mark(scan, "=")) {
        if (!read_result(scan, calls[request->call].gives, s)) {
            return false;
        }
    } else if (scan_mark(scan, "...")) {
        if (socket == NULL || !calls[request->call].waits) {
            return scan_fail(scan, behind, "%s() returns at once: '...' is for a call that waits",
                             tw_call_name(request->call));
        }
        s->call.begin = true;
        socket->begun = true;
        socket->call = request->call;
    }
    return take_effect(p, s, process, socket, at);
}

bool script_await(struct parser *p, struct script_statement *s) {
    struct named_socket *socket;
    if (!names_socket(&p->names, &p->scan, &socket)) {
        return false;
    }
    if (!socket->begun) {
        return scan_fail(&p->scan, p->scan.at - socket->length,
                         "no call on '%s' is to be awaited: none was begun with '...'",
                         socket->name);
    }
    socket->begun = false;
    s->end = socket->end;
    s->call.socket = socket->name;
    return !scan_mark(&p->scan, "=") || read_result(&p->scan, calls[socket->call].gives, s);
}
