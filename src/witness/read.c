// SPDX-License-Identifier: MIT
// Reads a witness. The file is not trusted: every type, number and name is looked at.
#include "file.h"

#include "tcpwalk/errnos.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

// Where it is in the file, and what has come of it.
struct reader {
    const char *name, *list;
    size_t index;
    struct tw_witness *witness;
    struct tw_error *error;
    enum tw_status status;
};

// Always false, so that a failing function can return it.
static bool broken(struct reader *r, const char *why) {
    r->status = tw_fail(r->error, TW_BROKEN, "%s: %s[%zu]: %s", r->name, r->list, r->index, why);
    return false;
}

static bool fits(struct reader *r, enum tw_status status) {
    if (status != TW_OK) {
        r->status = tw_fail(r->error, status, "%s: out of memory, or more than %d of its %s",
                            r->name, TW_WITNESS_MAX, r->list);
    }
    return status == TW_OK;
}

// The index of a word, or `count`.
static unsigned word_of(const char *word, const char *const *words, unsigned count) {
    unsigned i = 0;
    while (i < count && strcmp(word, words[i]) != 0) {
        i++;
    }
    return i;
}

static bool read_end(struct reader *r, const char *word, enum tw_end *end) {
    *end = (enum tw_end)word_of(word, end_words, TW_END_COUNT);
    return *end < TW_END_COUNT || broken(r, "\"end\" is neither client nor server");
}

static bool read_time(struct reader *r, const json_t *value, bool may_be_null, tw_time *time) {
    *time = TW_NO_TIME;
    return (may_be_null && json_is_null(value)) ||
           (json_is_string(value) && time_parse(json_string_value(value), time)) ||
           broken(r, "no time, such as \"2026-01-31T23:59:59.000000000Z\"");
}

static bool read_packets(struct reader *r, json_int_t value, uint64_t *packets) {
    *packets = (uint64_t)value;
    return (value >= 0 && *packets <= r->witness->flight_count) ||
           broken(r, "a count of packets that the capture does not have");
}

// Null and null, or an address and a port each, of one version.
static bool read_tuple(struct reader *r, const json_t *local, const json_t *remote,
                       struct tw_tuple *tuple) {
    *tuple = (struct tw_tuple){0};
    if (json_is_null(local) && json_is_null(remote)) {
        return true;
    }
    uint8_t version;
    return (json_is_string(local) && json_is_string(remote) &&
            address_parse(json_string_value(local), &tuple->version, &tuple->local,
                          &tuple->local_port) &&
            address_parse(json_string_value(remote), &version, &tuple->remote,
                          &tuple->remote_port) &&
            version == tuple->version) ||
           broken(r, "\"local\" and \"remote\" are no addresses, such as \"10.9.0.1:40000\"");
}

static bool read_errno(struct reader *r, const json_t *value, int *error) {
    *error = 0;
    if (json_is_string(value)) {
        (void)tw_errno_parse(json_string_value(value), error);
    } else if (json_is_integer(value) && json_integer_value(value) > 0 &&
               json_integer_value(value) <= 4095) { // MAX_ERRNO in Linux's include/linux/err.h
        *error = (int)json_integer_value(value);
    }
    return *error != 0 || json_is_null(value) || broken(r, "\"errno\" is not known");
}

static bool read_return(struct reader *r, const json_t *result, const json_t *error, tw_time when,
                        const json_t *after, const struct tw_tuple *tuple, size_t index) {
    int number;
    uint64_t packets;
    if (when == TW_NO_TIME) {
        return (json_is_null(result) && json_is_null(error) && json_is_null(after)) ||
               broken(r, "a result, but no time of its return");
    }
    if (!json_is_string(result) || !text_is_plain(json_string_value(result))) {
        return broken(r, "\"result\" is no plain text");
    }
    if (!json_is_integer(after)) {
        return broken(r, "\"after\" does not say how many packets came before its return");
    }
    if (!read_errno(r, error, &number) || !read_packets(r, json_integer_value(after), &packets)) {
        return false;
    }
    if (packets < r->witness->calls[index].begun_after) {
        return broken(r, "it returned before it began");
    }
    return fits(r, tw_witness_return(r->witness, index, json_string_value(result), number, when,
                                     packets, tuple));
}

static bool read_call(struct reader *r, json_t *value) {
    json_error_t why;
    const char *end;
    json_t *result, *error, *begun, *returned, *after, *local, *remote;
    json_int_t socket, before;
    struct tw_witness_call call = {0};
    struct tw_tuple tuple;
    tw_time when;
    if (json_unpack_ex(value, &why, 0, "{s:s,s:s,s:I,s:s,s:o,s:o,s:o,s:o,s:[I,o!],s:o,s:o}", "end",
                       &end, "process", &call.process, "socket", &socket, "call", &call.text,
                       "result", &result, "errno", &error, "begun", &begun, "returned", &returned,
                       "after", &before, &after, "local", &local, "remote", &remote) != 0) {
        return broken(r, why.text);
    }
    if (socket < 0 || socket > TW_WITNESS_MAX) {
        return broken(r, "\"socket\" is out of range");
    }
    if (!text_is_plain(call.process) || !text_is_plain(call.text)) {
        return broken(r, "\"process\" or \"call\" is no plain text");
    }
    call.socket = (uint32_t)socket;
    if (!read_end(r, end, &call.end) || !read_time(r, begun, false, &call.begun) ||
        !read_time(r, returned, true, &when) || !read_packets(r, before, &call.begun_after) ||
        !read_tuple(r, local, remote, &tuple)) {
        return false;
    }
    if (when == TW_NO_TIME) {
        call.tuple = tuple; // else it is what was known when it returned
    }
    const struct tw_witness *w = r->witness;
    if (w->call_count > 0 && call.begun_after < w->calls[w->call_count - 1].begun_after) {
        return broken(r, "it is not in order of its beginning");
    }
    size_t index;
    return fits(r, tw_witness_begin(r->witness, &call, &index)) &&
           read_return(r, result, error, when, after, &tuple, index);
}

// As the state's name is written.
static bool read_state(struct reader *r, const char *name, enum tw_state *state) {
    return (tw_state_parse(name, state) && strcmp(tw_state_name(*state), name) == 0) ||
           broken(r, "a state that RFC 9293 does not know");
}

static bool read_step(struct reader *r, json_t *value, size_t index) {
    json_error_t why;
    const char *state, *cause;
    json_int_t packets;
    json_t *time;
    struct tw_witness_step step;
    if (json_unpack_ex(value, &why, 0, "[s,I,s,o!]", &state, &packets, &cause, &time) != 0) {
        return broken(r, why.text);
    }
    step.cause = (enum tw_witness_cause)word_of(cause, cause_words, TW_WITNESS_CAUSE_COUNT);
    if (step.cause == TW_WITNESS_CAUSE_COUNT) {
        return broken(r, "a cause that is neither call, landing nor timer");
    }
    if (!read_state(r, state, &step.state) || !read_packets(r, packets, &step.packets) ||
        !read_time(r, time, false, &step.time)) {
        return false;
    }
    const struct tw_witness_history *h = &r->witness->histories[index];
    if (h->count > 0 && step.packets < h->steps[h->count - 1].packets) {
        return broken(r, "its states are not in order of packets");
    }
    return fits(r, tw_witness_step_add(r->witness, index, &step));
}

static bool read_history(struct reader *r, json_t *value) {
    json_error_t why;
    const char *word;
    json_t *local, *remote, *states;
    json_int_t from, until = 0;
    enum tw_end end;
    struct tw_tuple tuple;
    size_t index;
    if (json_unpack_ex(value, &why, 0, "{s:s,s:o,s:o,s:I,s?I,s:o}", "end", &word, "local", &local,
                       "remote", &remote, "from", &from, "until", &until, "states", &states) != 0) {
        return broken(r, why.text);
    }
    if (!json_is_array(states) || from < 0 || until < 0 ||
        (uint64_t)from > json_array_size(states) || (uint64_t)until > json_array_size(states)) {
        return broken(r, "\"states\" is no list, or \"from\" or \"until\" not in it");
    }
    if (!read_end(r, word, &end) || !read_tuple(r, local, remote, &tuple) ||
        !fits(r, tw_witness_history_add(r->witness, end, &tuple, &index))) {
        return false;
    }
    for (size_t i = 0; i < json_array_size(states); i++) {
        if (!read_step(r, json_array_get(states, i), index)) {
            return false;
        }
    }
    r->witness->histories[index].from = (size_t)from;
    r->witness->histories[index].until = (size_t)until;
    return true;
}

static bool read_count(struct reader *r, json_int_t value, uint32_t *count) {
    *count = (uint32_t)value;
    return (value >= 0 && value <= UINT32_MAX) || broken(r, "a count that is out of range");
}

// "retransmit", in how many seconds, how often so far; nothing where no timer runs.
static bool read_timer(struct reader *r, const char *word, double seconds, json_int_t retransmits,
                       struct tw_witness_look *look) {
    static const double seconds_most = 5e6; // sock_diag has milliseconds in 32 bits
    look->timer = (enum tw_kernel_timer)word_of(word, timer_words, TW_TIMER_COUNT);
    if (look->timer == TW_TIMER_NONE || look->timer == TW_TIMER_COUNT) {
        return broken(r, "a timer that Linux does not have");
    }
    if (!(seconds >= 0 && seconds <= seconds_most)) {
        return broken(r, "a timer's time is out of range");
    }
    look->expires = (tw_time)(seconds * (double)TW_SECOND + 0.5);
    return read_count(r, retransmits, &look->retransmits);
}

static bool read_look(struct reader *r, json_t *value, size_t index) {
    json_error_t why;
    const char *state, *timer = NULL;
    json_int_t packets, receive, send, retransmits = 0;
    json_t *time;
    double seconds = 0;
    struct tw_witness_look look = {.timer = TW_TIMER_NONE};
    const bool has_timer = json_array_size(value) != 5;
    if (json_unpack_ex(value, &why, 0, has_timer ? "[I,o,s,I,I,s,F,I!]" : "[I,o,s,I,I!]", &packets,
                       &time, &state, &receive, &send, &timer, &seconds, &retransmits) != 0) {
        return broken(r, why.text);
    }
    if (!read_packets(r, packets, &look.packets) || !read_time(r, time, false, &look.time) ||
        !read_state(r, state, &look.state) || !read_count(r, receive, &look.receive_queue) ||
        !read_count(r, send, &look.send_queue) ||
        (has_timer && !read_timer(r, timer, seconds, retransmits, &look))) {
        return false;
    }
    const struct tw_witness_looks *of = &r->witness->looks[index];
    if (of->count > 0 && look.packets < of->looks[of->count - 1].packets) {
        return broken(r, "its looks are not in order of packets");
    }
    return fits(r, tw_witness_look_add(r->witness, index, &look));
}

static bool read_looks(struct reader *r, json_t *value) {
    json_error_t why;
    const char *word;
    json_t *local, *remote, *looks;
    enum tw_end end;
    struct tw_tuple tuple;
    size_t index;
    if (json_unpack_ex(value, &why, 0, "{s:s,s:o,s:o,s:o}", "end", &word, "local", &local, "remote",
                       &remote, "looks", &looks) != 0) {
        return broken(r, why.text);
    }
    if (!json_is_array(looks)) {
        return broken(r, "\"looks\" is no list");
    }
    if (!read_end(r, word, &end) || !read_tuple(r, local, remote, &tuple) ||
        !fits(r, tw_witness_looks_add(r->witness, end, &tuple, &index))) {
        return false;
    }
    for (size_t i = 0; i < json_array_size(looks); i++) {
        if (!read_look(r, json_array_get(looks, i), index)) {
            return false;
        }
    }
    return true;
}

static bool read_flight(struct reader *r, json_t *value) {
    json_error_t why;
    json_t *left, *landed;
    struct tw_witness_flight flight;
    if (json_unpack_ex(value, &why, 0, "[o,o!]", &left, &landed) != 0) {
        return broken(r, why.text);
    }
    return read_time(r, left, true, &flight.left) && read_time(r, landed, true, &flight.landed) &&
           fits(r, tw_witness_flight_add(r->witness, flight.left, flight.landed));
}

static bool read_list(struct reader *r, const char *name, json_t *list,
                      bool (*one)(struct reader *r, json_t *value)) {
    r->list = name;
    for (r->index = 0; r->index < json_array_size(list); r->index++) {
        if (!one(r, json_array_get(list, r->index))) {
            return false;
        }
    }
    return true;
}

// The addresses of the two stacks: {"client":["10.9.0.1","fd00::1"],"server":[...]}
static bool read_stacks(struct reader *r, json_t *value) {
    const char *text[TW_END_COUNT][2];
    struct tw_witness *w = r->witness;
    json_error_t why;
    if (json_unpack_ex(value, &why, 0, "{s:[s,s],s:[s,s]}", end_words[TW_CLIENT],
                       &text[TW_CLIENT][0], &text[TW_CLIENT][1], end_words[TW_SERVER],
                       &text[TW_SERVER][0], &text[TW_SERVER][1]) != 0) {
        return broken(r, why.text);
    }
    for (enum tw_end end = TW_CLIENT; end < TW_END_COUNT; end++) {
        if (inet_pton(AF_INET, text[end][0], &w->stack4[end]) != 1 ||
            inet_pton(AF_INET6, text[end][1], &w->stack6[end]) != 1) {
            return broken(r, "no address of a stack");
        }
    }
    w->has_stacks = true;
    return true;
}

static enum tw_status read_root(struct reader *r, json_t *root) {
    json_error_t why;
    const char *scenario;
    double tap;
    json_int_t packets;
    json_t *stacks = NULL, *calls, *kernel, *looks = NULL, *flights;
    if (json_unpack_ex(root, &why, 0, "{s:s,s?o,s:F,s:I,s:o,s:o,s?o,s:o}", "scenario", &scenario,
                       "stacks", &stacks, "tap", &tap, "packets", &packets, "calls", &calls,
                       "kernel", &kernel, "looks", &looks, "flights", &flights) != 0) {
        return tw_fail(r->error, TW_BROKEN, "%s: %s", r->name, why.text);
    }
    if (!json_is_array(calls) || !json_is_array(kernel) || !json_is_array(flights) ||
        (looks != NULL && !json_is_array(looks))) {
        return tw_fail(r->error, TW_BROKEN, "%s: calls, kernel, looks and flights must be lists",
                       r->name);
    }
    if (!text_is_plain(scenario)) {
        return tw_fail(r->error, TW_BROKEN, "%s: \"scenario\" is no plain text", r->name);
    }
    if (!(tap >= 0 && tap <= 1)) {
        return tw_fail(r->error, TW_BROKEN, "%s: \"tap\" is no place from 0 to 1", r->name);
    }
    if (packets < 0 || (uint64_t)packets != json_array_size(flights)) {
        return tw_fail(r->error, TW_BROKEN, "%s: %lld packets, but %zu flights", r->name,
                       (long long)packets, json_array_size(flights));
    }
    r->witness = tw_witness_new(scenario);
    if (r->witness == NULL) {
        return tw_fail(r->error, TW_MEMORY, "%s: out of memory", r->name);
    }
    r->witness->tap = tap;
    // Flights first: they say how many packets there are.
    const bool whole =
        (stacks == NULL || read_stacks(r, stacks)) &&
        read_list(r, "flights", flights, read_flight) && read_list(r, "calls", calls, read_call) &&
        read_list(r, "kernel", kernel, read_history) && read_list(r, "looks", looks, read_looks);
    return whole ? TW_OK : r->status;
}

// The parser's words may quote the file.
static enum tw_status no_json(const char *name, json_error_t *why, struct tw_error *error) {
    if (json_error_code(why) == json_error_out_of_memory) {
        return tw_fail(error, TW_MEMORY, "%s: out of memory", name);
    }
    for (char *p = why->text; *p != '\0'; p++) {
        if (*p < ' ' || *p > '~') {
            *p = '?';
        }
    }
    return tw_fail(error, TW_BROKEN, "%s: line %d, column %d: %s", name, why->line, why->column,
                   why->text);
}

enum tw_status witness_parse(const char *name, const char *text, size_t length,
                             struct tw_witness **witness, struct tw_error *error) {
    json_error_t why;
    struct reader r = {.name = name, .error = error};
    *witness = NULL;
    json_t *root = json_loadb(text, length, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &why);
    if (root == NULL) {
        return no_json(name, &why, error);
    }
    const char *kind = json_string_value(json_object_get(root, "tcpwalk"));
    r.status = kind != NULL && strcmp(kind, "lab") == 0
                   ? read_root(&r, root)
                   : tw_fail(error, TW_OPEN, "%s: not written by tcpwalk's lab", name);
    json_decref(root);
    if (r.status == TW_OK) {
        *witness = r.witness;
    } else {
        tw_witness_free(r.witness);
    }
    return r.status;
}

// All octets of the file, whose length is known.
static bool read_all(int fd, char *text, size_t length) {
    for (size_t done = 0; done < length;) {
        const ssize_t got = read(fd, text + done, length - done);
        if (got > 0) {
            done += (size_t)got;
        } else if (got == 0 || errno != EINTR) {
            errno = got == 0 ? EIO : errno; // it became shorter
            return false;
        }
    }
    return true;
}

enum tw_status tw_witness_read(const char *path, struct tw_witness **witness,
                               struct tw_error *error) {
    struct stat status;
    enum tw_status result;
    char *text = NULL;
    *witness = NULL;
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); // a FIFO is not waited for
    if (fd < 0 || fstat(fd, &status) != 0) {
        result = tw_fail(error, TW_OPEN, "%s: %s", path, strerror(errno));
    } else if (!S_ISREG(status.st_mode)) {
        result = tw_fail(error, TW_OPEN, "%s: not a file", path);
    } else if (status.st_size > FILE_LARGEST) {
        result = tw_fail(error, TW_BROKEN, "%s: larger than %d MiB", path, FILE_LARGEST >> 20);
    } else if ((text = malloc((size_t)status.st_size + 1)) == NULL) {
        result = tw_fail(error, TW_MEMORY, "%s: out of memory", path);
    } else if (!read_all(fd, text, (size_t)status.st_size)) {
        result = tw_fail(error, TW_BROKEN, "%s: %s", path, strerror(errno));
    } else {
        result = witness_parse(path, text, (size_t)status.st_size, witness, error);
    }
    if (fd >= 0) {
        close(fd);
    }
    free(text);
    return result;
}
