// SPDX-License-Identifier: MIT
// Writes a witness as JSON that people can read too: a call, a history, the looks at a socket, a
// flight a line.
#include "file.h"

#include "tcpwalk/errnos.h"

#include <arpa/inet.h>
#include <errno.h>
#include <jansson.h>
#include <string.h>

// Compact; nine digits are all that a duration has.
enum { DUMP = JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(9) };

// Takes the value over.
static bool dumped(json_t *value, FILE *to) {
    const bool done = value != NULL && json_dumpf(value, to, DUMP) == 0;
    json_decref(value);
    return done;
}

static json_t *time_or_null(tw_time time) {
    char text[TIME_TEXT];
    return time != TW_NO_TIME ? json_string(time_text(time, text)) : json_null();
}

// The texts of a tuple's ends, or NULL where it has none.
struct addresses {
    char text[TW_END_COUNT][TW_ADDRESS_TEXT];
    const char *local, *remote;
};

static void addresses_of(struct addresses *addresses, const struct tw_tuple *t) {
    addresses->local = addresses->remote = NULL;
    if (t->version != 0) {
        addresses->local =
            tw_address_text(t->version, &t->local, t->local_port, addresses->text[0]);
        addresses->remote =
            tw_address_text(t->version, &t->remote, t->remote_port, addresses->text[1]);
    }
}

// A name; the number where it has none.
static json_t *errno_or_null(int error) {
    const char *name = tw_errno_name(error);
    return error == 0 ? json_null() : name != NULL ? json_string(name) : json_integer(error);
}

static json_t *call_at(const struct tw_witness *witness, size_t index) {
    const struct tw_witness_call *call = &witness->calls[index];
    json_t *blocked = json_null(), *returned_after = json_null();
    struct addresses addresses;
    addresses_of(&addresses, &call->tuple);
    if (call->returned != TW_NO_TIME) {
        blocked = json_real((double)tw_witness_blocked(call) / (double)TW_SECOND);
        returned_after = json_integer((json_int_t)call->returned_after);
    }
    return json_pack("{s:s,s:s,s:I,s:s,s:s?,s:o,s:o,s:o,s:o,s:[I,o],s:s?,s:s?}", "end",
                     end_words[call->end], "process", call->process, "socket",
                     (json_int_t)call->socket, "call", call->text, "result", call->result, "errno",
                     errno_or_null(call->error), "begun", time_or_null(call->begun), "returned",
                     time_or_null(call->returned), "blocked", blocked, "after",
                     (json_int_t)call->begun_after, returned_after, "local", addresses.local,
                     "remote", addresses.remote);
}

static json_t *history_at(const struct tw_witness *witness, size_t index) {
    const struct tw_witness_history *h = &witness->histories[index];
    struct addresses addresses;
    addresses_of(&addresses, &h->tuple);
    json_t *states = json_array();
    for (size_t i = 0; i < h->count; i++) {
        const struct tw_witness_step *step = &h->steps[i];
        json_t *one = json_pack("[s,I,s,o]", tw_state_name(step->state), (json_int_t)step->packets,
                                cause_words[step->cause], time_or_null(step->time));
        if (json_array_append_new(states, one) != 0) {
            json_decref(states);
            return NULL;
        }
    }
    json_t *history =
        json_pack("{s:s,s:s?,s:s?,s:I,s:o}", "end", end_words[h->end], "local", addresses.local,
                  "remote", addresses.remote, "from", (json_int_t)h->from, "states", states);
    if (history != NULL && h->until > 0) {
        (void)json_object_set_new(history, "until", json_integer((json_int_t)h->until));
    }
    return history;
}

// What a timer says is left out where none runs.
static json_t *look_json(const struct tw_witness_look *look) {
    json_t *one = json_pack("[I,o,s,I,I]", (json_int_t)look->packets, time_or_null(look->time),
                            tw_state_name(look->state), (json_int_t)look->receive_queue,
                            (json_int_t)look->send_queue);
    if (one == NULL || look->timer == TW_TIMER_NONE) {
        return one;
    }
    json_t *timer =
        json_pack("[s,f,I]", timer_words[look->timer], (double)look->expires / (double)TW_SECOND,
                  (json_int_t)look->retransmits);
    const bool whole = timer != NULL && json_array_extend(one, timer) == 0;
    json_decref(timer);
    if (!whole) {
        json_decref(one);
    }
    return whole ? one : NULL;
}

static json_t *looks_at(const struct tw_witness *witness, size_t index) {
    const struct tw_witness_looks *of = &witness->looks[index];
    struct addresses addresses;
    addresses_of(&addresses, &of->tuple);
    json_t *looks = json_array();
    for (size_t i = 0; i < of->count; i++) {
        if (json_array_append_new(looks, look_json(&of->looks[i])) != 0) {
            json_decref(looks);
            return NULL;
        }
    }
    return json_pack("{s:s,s:s?,s:s?,s:o}", "end", end_words[of->end], "local", addresses.local,
                     "remote", addresses.remote, "looks", looks);
}

static json_t *flight_at(const struct tw_witness *witness, size_t index) {
    const struct tw_witness_flight *flight = &witness->flights[index];
    return json_pack("[o,o]", time_or_null(flight->left), time_or_null(flight->landed));
}

static bool list(FILE *to, const char *name, const struct tw_witness *witness, size_t count,
                 json_t *(*at)(const struct tw_witness *witness, size_t index)) {
    fprintf(to, ",\n\"%s\":[", name);
    for (size_t i = 0; i < count; i++) {
        fputs(i > 0 ? ",\n" : "\n", to);
        if (!dumped(at(witness, i), to)) {
            return false;
        }
    }
    return fputs(count > 0 ? "\n]" : "]", to) >= 0;
}

static json_t *stacks_of(const struct tw_witness *witness) {
    char text[TW_END_COUNT][2][INET6_ADDRSTRLEN];
    for (enum tw_end end = TW_CLIENT; end < TW_END_COUNT; end++) {
        (void)inet_ntop(AF_INET, &witness->stack4[end], text[end][0], sizeof text[end][0]);
        (void)inet_ntop(AF_INET6, &witness->stack6[end], text[end][1], sizeof text[end][1]);
    }
    return json_pack("{s:[s,s],s:[s,s]}", end_words[TW_CLIENT], text[TW_CLIENT][0],
                     text[TW_CLIENT][1], end_words[TW_SERVER], text[TW_SERVER][0],
                     text[TW_SERVER][1]);
}

bool witness_print(const struct tw_witness *witness, FILE *to) {
    fputs("{\"tcpwalk\":\"lab\",\"scenario\":", to);
    if (!dumped(json_string(witness->name), to)) {
        return false;
    }
    if (witness->has_stacks) {
        fputs(",\"stacks\":", to);
        if (!dumped(stacks_of(witness), to)) {
            return false;
        }
    }
    fputs(",\"tap\":", to);
    if (!dumped(json_real(witness->tap), to)) {
        return false;
    }
    fprintf(to, ",\"packets\":%zu", witness->flight_count);
    return list(to, "calls", witness, witness->call_count, call_at) &&
           list(to, "kernel", witness, witness->history_count, history_at) &&
           (witness->looks_count == 0 ||
            list(to, "looks", witness, witness->looks_count, looks_at)) &&
           list(to, "flights", witness, witness->flight_count, flight_at) &&
           fputs("}\n", to) >= 0 && fflush(to) == 0 && ferror(to) == 0;
}

enum tw_status tw_witness_write(const struct tw_witness *witness, const char *path,
                                struct tw_error *error) {
    FILE *to = fopen(path, "we");
    if (to == NULL) {
        return tw_fail(error, TW_OUTPUT, "%s: %s", path, strerror(errno));
    }
    errno = 0;
    const bool written = witness_print(witness, to);
    const int why = errno;
    const bool readable = ftell(to) <= FILE_LARGEST;
    if (fclose(to) != 0 && written) {
        return tw_fail(error, TW_OUTPUT, "%s: %s", path, strerror(errno));
    }
    if (written && !readable) {
        return tw_fail(error, TW_OUTPUT, "%s: larger than the %d MiB that are read again", path,
                       FILE_LARGEST >> 20);
    }
    return written ? TW_OK : tw_fail(error, TW_OUTPUT, "%s: %s", path, strerror(why));
}
