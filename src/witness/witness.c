// SPDX-License-Identifier: MIT
// The witness in memory, and which of its calls and histories belong to a connection.
#include "file.h"

#include <stdlib.h>
#include <string.h>

// What the calls say of one socket. Those made before it had addresses are found by it.
struct tw_witness_socket {
    struct tw_tuple bound, connected; // version 0: not known
    tw_time since;                    // when it was connected, or began to listen
    bool listens;
};

// Room for one more element. NULL: out of memory, or there are TW_WITNESS_MAX.
static void *grown(void *array, size_t count, size_t *room, size_t size) {
    if (count < *room) {
        return array;
    }
    if (count >= TW_WITNESS_MAX) {
        return NULL;
    }
    const size_t more = *room > 0 ? *room * 2 : 16;
    void *larger = realloc(array, more * size);
    if (larger != NULL) {
        *room = more;
    }
    return larger;
}

// A copy that any terminal can show: what is no printable ASCII becomes '?'.
static char *copied(const char *text) {
    char *copy = strndup(text, TEXT_LONGEST);
    for (char *p = copy; p != NULL && *p != '\0'; p++) {
        if (*p < ' ' || *p > '~') {
            *p = '?';
        }
    }
    return copy;
}

struct tw_witness *tw_witness_new(const char *name) {
    struct tw_witness *witness = calloc(1, sizeof *witness);
    if (witness != NULL && (witness->name = copied(name)) == NULL) {
        free(witness);
        return NULL;
    }
    return witness;
}

void tw_witness_free(struct tw_witness *witness) {
    if (witness == NULL) {
        return;
    }
    for (size_t i = 0; i < witness->call_count; i++) {
        free((char *)witness->calls[i].process);
        free((char *)witness->calls[i].text);
        free((char *)witness->calls[i].result);
    }
    for (size_t i = 0; i < witness->history_count; i++) {
        free(witness->histories[i].steps);
    }
    for (size_t i = 0; i < witness->looks_count; i++) {
        free(witness->looks[i].looks);
    }
    free(witness->calls);
    free(witness->histories);
    free(witness->looks);
    free(witness->flights);
    free(witness->sockets);
    free(witness->name);
    free(witness);
}

// --- Filling ------------------------------------------------------------------------------------

static bool connected(const struct tw_tuple *tuple) {
    return tuple->version != 0 && tuple->remote_port != 0;
}

static bool make_room_for_socket(struct tw_witness *witness, uint32_t number) {
    if (number < witness->socket_room) {
        return true;
    }
    if (number > TW_WITNESS_MAX) {
        return false;
    }
    const size_t room = ((size_t)number + 1) * 2;
    struct tw_witness_socket *larger = realloc(witness->sockets, room * sizeof *larger);
    if (larger == NULL) {
        return false;
    }
    memset(larger + witness->socket_room, 0, (room - witness->socket_room) * sizeof *larger);
    witness->sockets = larger;
    witness->socket_room = room;
    return true;
}

static const struct tw_witness_socket *socket_of(const struct tw_witness *witness,
                                                 const struct tw_witness_call *call) {
    return call->socket != 0 ? &witness->sockets[call->socket] : NULL;
}

// Takes from the call, begun or returned, what it says of its socket.
static void learn(struct tw_witness *witness, const struct tw_witness_call *call, tw_time now) {
    struct tw_witness_socket *socket = &witness->sockets[call->socket];
    if (strncmp(call->text, "listen(", 7) == 0 && call->result != NULL && call->error == 0 &&
        !socket->listens) {
        socket->listens = true;
        socket->since = call->begun;
    }
    if (call->tuple.version == 0) {
        return;
    }
    if (!connected(&call->tuple)) {
        socket->bound = call->tuple;
    } else if (!socket->listens && !tw_tuple_equal(&socket->connected, &call->tuple)) {
        // What accept() gives on a listener is not the listener's.
        socket->connected = call->tuple;
        socket->since = now;
    }
}

enum tw_status tw_witness_begin(struct tw_witness *witness, const struct tw_witness_call *call,
                                size_t *index) {
    struct tw_witness_call *calls =
        grown(witness->calls, witness->call_count, &witness->call_room, sizeof *witness->calls);
    if (calls == NULL || (call->socket != 0 && !make_room_for_socket(witness, call->socket))) {
        witness->calls = calls != NULL ? calls : witness->calls;
        return TW_MEMORY;
    }
    witness->calls = calls;
    struct tw_witness_call *made = &calls[witness->call_count];
    *made = *call;
    made->result = NULL;
    made->returned = TW_NO_TIME;
    made->returned_after = 0;
    made->error = 0;
    made->process = copied(call->process);
    made->text = copied(call->text);
    if (made->process == NULL || made->text == NULL) {
        free((char *)made->process);
        free((char *)made->text);
        return TW_MEMORY;
    }
    if (made->socket != 0) {
        learn(witness, made, made->begun);
    }
    *index = witness->call_count++;
    return TW_OK;
}

enum tw_status tw_witness_return(struct tw_witness *witness, size_t index, const char *result,
                                 int error, tw_time returned, uint64_t returned_after,
                                 const struct tw_tuple *tuple) {
    struct tw_witness_call *call = &witness->calls[index];
    char *copy = copied(result);
    if (copy == NULL) {
        return TW_MEMORY;
    }
    free((char *)call->result);
    call->result = copy;
    call->error = error;
    call->returned = returned;
    call->returned_after = returned_after;
    if (tuple != NULL && tuple->version != 0) {
        call->tuple = *tuple;
    }
    if (call->socket != 0) {
        learn(witness, call, returned);
    }
    return TW_OK;
}

enum tw_status tw_witness_history_add(struct tw_witness *witness, enum tw_end end,
                                      const struct tw_tuple *tuple, size_t *index) {
    struct tw_witness_history *histories =
        grown(witness->histories, witness->history_count, &witness->history_room,
              sizeof *witness->histories);
    if (histories == NULL) {
        return TW_MEMORY;
    }
    witness->histories = histories;
    histories[witness->history_count] = (struct tw_witness_history){.end = end, .tuple = *tuple};
    *index = witness->history_count++;
    return TW_OK;
}

enum tw_status tw_witness_step_add(struct tw_witness *witness, size_t history,
                                   const struct tw_witness_step *step) {
    struct tw_witness_history *h = &witness->histories[history];
    struct tw_witness_step *steps = grown(h->steps, h->count, &h->room, sizeof *h->steps);
    if (steps == NULL) {
        return TW_MEMORY;
    }
    h->steps = steps;
    steps[h->count++] = *step;
    return TW_OK;
}

enum tw_status tw_witness_looks_add(struct tw_witness *witness, enum tw_end end,
                                    const struct tw_tuple *tuple, size_t *index) {
    struct tw_witness_looks *looks =
        grown(witness->looks, witness->looks_count, &witness->looks_room, sizeof *witness->looks);
    if (looks == NULL) {
        return TW_MEMORY;
    }
    witness->looks = looks;
    looks[witness->looks_count] = (struct tw_witness_looks){.end = end, .tuple = *tuple};
    *index = witness->looks_count++;
    return TW_OK;
}

enum tw_status tw_witness_look_add(struct tw_witness *witness, size_t looks,
                                   const struct tw_witness_look *look) {
    struct tw_witness_looks *of = &witness->looks[looks];
    struct tw_witness_look *larger = witness->look_total < TW_WITNESS_MAX
                                         ? grown(of->looks, of->count, &of->room, sizeof *larger)
                                         : NULL;
    if (larger == NULL) {
        return TW_MEMORY;
    }
    of->looks = larger;
    larger[of->count++] = *look;
    witness->look_total++;
    return TW_OK;
}

enum tw_status tw_witness_flight_add(struct tw_witness *witness, tw_time left, tw_time landed) {
    struct tw_witness_flight *flights = grown(witness->flights, witness->flight_count,
                                              &witness->flight_room, sizeof *witness->flights);
    if (flights == NULL) {
        return TW_MEMORY;
    }
    witness->flights = flights;
    flights[witness->flight_count++] = (struct tw_witness_flight){.left = left, .landed = landed};
    return TW_OK;
}

// --- Asking -------------------------------------------------------------------------------------

// What a call or a timer did after the last captured packet is not to be known from the capture. A
// call that sends is counted before its segment, so what sent the last one stays.
size_t tw_witness_comparable(const struct tw_witness *witness,
                             const struct tw_witness_history *history) {
    size_t count = history->until > 0 ? history->until : history->count;
    while (count > history->from && history->steps[count - 1].cause != TW_BY_LANDING &&
           history->steps[count - 1].packets >= witness->flight_count) {
        count--;
    }
    return count;
}

size_t tw_witness_states(const struct tw_witness *witness, const struct tw_witness_history *history,
                         enum tw_state *states, size_t room) {
    const size_t end = tw_witness_comparable(witness, history);
    enum tw_state last = TW_CLOSED;
    size_t count = 0;
    for (size_t i = history->from; i < end; i++) {
        if (history->steps[i].state == last) {
            continue;
        }
        last = history->steps[i].state;
        if (count < room) {
            states[count] = last;
        }
        count++;
    }
    return count;
}

// What two spans of time have in common; where that is nothing, how far they are apart, negative.
static tw_time overlap(tw_time first, tw_time last, tw_time other_first, tw_time other_last) {
    const tw_time begin = first > other_first ? first : other_first;
    const tw_time end = last < other_last ? last : other_last;
    tw_time common;
    return __builtin_sub_overflow(end, begin, &common) ? INT64_MIN : common;
}

// Whether the connection was open before that time already: then a SYN that was captured at that
// time is not the one that it began with.
static bool was_open(const struct tw_witness_history *history, tw_time time) {
    for (size_t i = 0; i < history->count && history->steps[i].time < time; i++) {
        enum tw_state state = history->steps[i].state;
        if (state != TW_LISTEN && state != TW_SYN_SENT && state != TW_SYN_RECEIVED) {
            return true;
        }
    }
    return false;
}

// Of the histories of these addresses and ports the one that fits best to a span of time, of those
// that `begin` with it or at any time.
static const struct tw_witness_history *nearest(const struct tw_witness *witness,
                                                const struct tw_tuple *tuple, tw_time first,
                                                tw_time last, bool begin) {
    const struct tw_witness_history *best = NULL;
    tw_time most = INT64_MIN;
    for (size_t i = 0; i < witness->history_count; i++) {
        const struct tw_witness_history *h = &witness->histories[i];
        if (h->count == 0 || !tw_tuple_equal(&h->tuple, tuple) || (begin && was_open(h, first))) {
            continue;
        }
        const tw_time common = overlap(h->steps[0].time, h->steps[h->count - 1].time, first, last);
        if (best == NULL || common > most) {
            best = h;
            most = common;
        }
    }
    return best;
}

static struct tw_tuple tuple_at(const struct tw_connection_info *info, enum tw_end end) {
    const struct tw_end_info *local = &info->end[end], *remote = &info->end[tw_other(end)];
    return (struct tw_tuple){.version = info->version,
                             .local = local->address,
                             .remote = remote->address,
                             .local_port = local->port,
                             .remote_port = remote->port};
}

const struct tw_witness_history *tw_witness_find(const struct tw_witness *witness,
                                                 const struct tw_connection_info *info,
                                                 enum tw_end end) {
    const struct tw_tuple tuple = tuple_at(info, end);
    return nearest(witness, &tuple, info->opened, info->last, !info->midstream);
}

// Whether an address is that of a stack.
static bool is_stack(const struct tw_witness *witness, enum tw_end stack, uint8_t version,
                     const struct tw_address *address) {
    const struct tw_address *own = version == 4 ? &witness->stack4[stack] : &witness->stack6[stack];
    return witness->has_stacks && memcmp(own, address, sizeof *own) == 0;
}

bool tw_witness_word(const struct tw_witness *witness, const struct tw_connection_info *info,
                     enum tw_end end, enum tw_state *states, size_t room, size_t *count) {
    const struct tw_end_info *local = &info->end[end];
    const struct tw_witness_history *history = tw_witness_find(witness, info, end);
    bool stack = history != NULL;
    for (enum tw_end at = TW_CLIENT; at < TW_END_COUNT && !stack; at++) {
        stack = is_stack(witness, at, info->version, &local->address);
    }
    *count = 0;
    if (history != NULL) {
        *count = tw_witness_states(witness, history, states, room);
    } else if (stack && local->resets > 0) {
        if (room > 0) {
            states[0] = TW_CLOSED;
        }
        *count = 1;
    }
    return stack;
}

// Whether a listener there takes what comes for that end. On the unspecified address of IPv6 it
// takes IPv4 too (RFC 3493 3.7).
static bool takes(const struct tw_tuple *listener, const struct tw_tuple *tuple) {
    static const struct tw_address any;
    if (listener->version == 0 || listener->local_port != tuple->local_port) {
        return false;
    }
    return memcmp(&listener->local, &any, sizeof any) == 0
               ? listener->version >= tuple->version
               : listener->version == tuple->version &&
                     memcmp(&listener->local, &tuple->local, sizeof any) == 0;
}

// The last look before that time, or NULL.
static const struct tw_witness_look *look_before(const struct tw_witness_looks *looks,
                                                 tw_time time) {
    size_t low = 0, high = looks->count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (looks->looks[middle].time < time) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low > 0 ? &looks->looks[low - 1] : NULL;
}

// The request sockets of a listener.
static size_t opening_at(const struct tw_witness *witness, const struct tw_witness_looks *listener,
                         tw_time time) {
    size_t count = 0;
    for (size_t i = 0; i < witness->looks_count; i++) {
        const struct tw_witness_looks *looks = &witness->looks[i];
        const struct tw_witness_look *look = look_before(looks, time);
        count += look != NULL && look->state == TW_SYN_RECEIVED && looks->end == listener->end &&
                 takes(&listener->tuple, &looks->tuple);
    }
    return count;
}

const struct tw_witness_look *tw_witness_look_at(const struct tw_witness *witness,
                                                 const struct tw_connection_info *info,
                                                 enum tw_end end, tw_time time, size_t *opening) {
    const struct tw_tuple own = tuple_at(info, end);
    const struct tw_witness_look *last = NULL, *listens = NULL;
    const struct tw_witness_looks *listener = NULL;
    *opening = 0;
    for (size_t i = 0; i < witness->looks_count; i++) {
        const struct tw_witness_looks *looks = &witness->looks[i];
        const struct tw_witness_look *look = look_before(looks, time);
        if (look == NULL) {
            continue;
        }
        if (tw_tuple_equal(&looks->tuple, &own)) {
            last = look; // of the same ports used again the later one
        } else if (look->state == TW_LISTEN && takes(&looks->tuple, &own) &&
                   is_stack(witness, looks->end, own.version, &own.local)) {
            listens = look;
            listener = looks;
        }
    }
    if (listens == NULL || (last != NULL && last->state != TW_CLOSED)) {
        return last;
    }
    *opening = opening_at(witness, listener, time);
    return listens;
}

bool tw_witness_call_at(const struct tw_witness *witness, const struct tw_witness_call *call,
                        const struct tw_connection_info *info, enum tw_end *end, bool *listener) {
    const struct tw_witness_socket *socket = socket_of(witness, call);
    const struct tw_tuple *tuple = &call->tuple;
    tw_time when = call->returned != TW_NO_TIME ? call->returned : call->begun;
    *listener = !connected(tuple) && (socket != NULL ? socket->listens : tuple->version != 0);
    if (socket != NULL && !connected(tuple)) {
        tuple = socket->listens ? &socket->bound : &socket->connected;
    }
    if (socket != NULL && (*listener || tw_tuple_equal(tuple, &socket->connected))) {
        when = socket->since;
    }
    for (enum tw_end at = TW_CLIENT; at < TW_END_COUNT; at++) {
        const struct tw_tuple own = tuple_at(info, at);
        if (!(*listener ? takes(tuple, &own) && when <= info->last : tw_tuple_equal(tuple, &own))) {
            continue;
        }
        // The same ports may have been used again: it must be the same history.
        const struct tw_witness_history *h = tw_witness_find(witness, info, at);
        if (*listener ? h == NULL || h->end == call->end
                      : nearest(witness, tuple, when, when, false) == h) {
            *end = at;
            return true;
        }
    }
    return false;
}

bool tw_witness_call_of(const struct tw_witness *witness, const struct tw_witness_call *call,
                        const struct tw_connection_info *info) {
    enum tw_end end;
    bool listener;
    return tw_witness_call_at(witness, call, info, &end, &listener);
}

tw_time tw_witness_blocked(const struct tw_witness_call *call) {
    return call->returned != TW_NO_TIME && call->returned > call->begun
               ? call->returned - call->begun
               : 0;
}
