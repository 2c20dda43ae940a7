// SPDX-License-Identifier: MIT
// Compares what the engine makes of the capture with what the kernels said, and says of which ends
// no observer at the tap's place could have known.
#include "programs.h"

#include "tcpwalk/decode.h"
#include "tcpwalk/tracker.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum { LINKTYPE_RAW = 101, INFERRED_MAX = 64 };

// --- What the engine infers

// A connection that the engine found.
struct inferred {
    uint64_t number;
    size_t ports;
    struct history ends[TW_END_COUNT]; // by who is who in the program
};
struct listener {
    const struct program *program;
    struct inferred *found;
    size_t count;
};

static void append(struct history *history, enum tw_state state) {
    if (history->count < HISTORY_MAX) {
        history->states[history->count++] = state;
    }
}

// Who the engine takes for the client need not be it: the port tells.
static bool identify(const struct program *p, const struct tw_connection_info *info, size_t *ports,
                     enum tw_end *client) {
    for (enum tw_end end = TW_CLIENT; end < TW_END_COUNT; end++) {
        for (size_t i = 0; i < p->ports_count; i++) {
            if (info->end[end].port == p->client_ports[i] &&
                info->end[tw_other(end)].port == p->server_port) {
                *ports = i;
                *client = end;
                return true;
            }
        }
    }
    return false;
}

static void over(void *context, const struct tw_connection *connection) {
    struct listener *listener = context;
    struct tw_connection_info info;
    size_t ports;
    enum tw_end client;
    tw_connection_read(connection, &info);
    if (listener->count == INFERRED_MAX || !identify(listener->program, &info, &ports, &client)) {
        return;
    }
    struct inferred *inferred = &listener->found[listener->count++];
    *inferred = (struct inferred){.number = info.number, .ports = ports};
    for (enum tw_end end = TW_CLIENT; end < TW_END_COUNT; end++) {
        struct tw_step steps[TW_HISTORY_MAX];
        size_t count = tw_connection_history(
            connection, end == TW_CLIENT ? client : tw_other(client), steps, TW_HISTORY_MAX);
        for (size_t i = 0; i < count && i < TW_HISTORY_MAX; i++) {
            append(&inferred->ends[end], steps[i].state);
        }
    }
}

static int by_number(const void *left, const void *right) {
    const struct inferred *a = left, *b = right;
    return (a->number > b->number) - (a->number < b->number);
}

static bool feed(struct tw_tracker *tracker, const struct captured *captured, uint64_t packet) {
    const struct tw_decoder decoder = {.check_checksums = false};
    struct tw_segment segment;
    enum tw_reason reason;
    uint32_t length = (uint32_t)captured->length;
    if (tw_decode(&decoder, LINKTYPE_RAW, captured->octets, length, length, &segment, &reason) !=
        TW_DECODED) {
        return true;
    }
    segment.time = captured->time;
    segment.packet = packet;
    segment.interface = 0;
    return tw_tracker_feed(tracker, &segment, 1) == TW_OK;
}

static enum tw_status infer(const struct program *p, struct inferred *found, size_t *count) {
    struct listener listener = {.program = p, .found = found};
    const struct tw_observer observer = {.context = &listener, .over = over};
    const struct tw_tracker_options options = {.hash_key = {p->seed, p->number}};
    struct tw_tracker *tracker = tw_tracker_new(&options, &observer);
    bool fed = tracker != NULL;
    for (size_t i = 0; i < p->captured_count && fed; i++) {
        fed = feed(tracker, &p->captured[i], i + 1);
    }
    if (fed && p->captured_count > 0) {
        tw_tracker_advance(tracker, p->captured[p->captured_count - 1].time);
    }
    if (fed) {
        tw_tracker_finish(tracker);
    }
    tw_tracker_free(tracker);
    qsort(found, listener.count, sizeof *found, by_number);
    *count = listener.count;
    return fed ? TW_OK : TW_MEMORY;
}

// --- Equality

// Without a leading CLOSED, each state once when it is entered.
static struct history collapse(const struct history *history) {
    struct history out = {.count = 0};
    for (size_t i = 0; i < history->count; i++) {
        enum tw_state state = history->states[i];
        bool again = out.count > 0 && out.states[out.count - 1] == state;
        bool leading = out.count == 0 && state == TW_CLOSED;
        if (!again && !leading) {
            append(&out, state);
        }
    }
    return out;
}

// A step that one segment takes through a middle state may be told with or without that state.
static struct history through(const struct history *history) {
    static const struct {
        enum tw_state from, to, middle;
    } passes[] = {{TW_SYN_RECEIVED, TW_CLOSE_WAIT, TW_ESTABLISHED},
                  {TW_SYN_RECEIVED, TW_FIN_WAIT_1, TW_ESTABLISHED},
                  {TW_FIN_WAIT_1, TW_TIME_WAIT, TW_FIN_WAIT_2},
                  {TW_FIN_WAIT_1, TW_CLOSED, TW_FIN_WAIT_2}};
    struct history out = {.count = 0};
    for (size_t i = 0; i < history->count; i++) {
        for (size_t j = 0; i > 0 && j < TW_COUNT(passes); j++) {
            if (history->states[i - 1] == passes[j].from && history->states[i] == passes[j].to) {
                append(&out, passes[j].middle);
            }
        }
        append(&out, history->states[i]);
    }
    return out;
}

// Several connections on one pair of ports are compared as one history, without what lies between
// them: the listener, and all CLOSED but the last.
static struct history several(const struct history *history) {
    struct history kept = {.count = 0}, out = {.count = 0};
    for (size_t i = 0; i < history->count; i++) {
        if (history->states[i] != TW_LISTEN) {
            append(&kept, history->states[i]);
        }
    }
    for (size_t i = 0; i < kept.count; i++) {
        bool between = kept.states[i] == TW_CLOSED && i + 1 < kept.count;
        bool again = out.count > 0 && out.states[out.count - 1] == kept.states[i];
        if (!between && !again) {
            append(&out, kept.states[i]);
        }
    }
    return out;
}

static bool same(const struct history *a, const struct history *b) {
    return a->count == b->count && memcmp(a->states, b->states, a->count * sizeof *a->states) == 0;
}

static bool equal(const struct verdict *v) {
    struct history kernel = through(&v->kernel), inferred = through(&v->inferred);
    if (same(&v->kernel, &v->inferred) ||
        (same(&kernel, &inferred) && v->inferred.count >= v->kernel.count)) {
        return true;
    }
    struct history without_last = v->kernel;
    without_last.count -= without_last.count > 0 ? 1 : 0;
    return v->last_silent && same(&v->inferred, &without_last);
}

// --- What cannot be known

// One end of a pair of ports.
struct end_of {
    const struct program *program;
    size_t ports;
    enum tw_end end;
    const struct change *last; // its last change of state, NULL: none
};

static bool is_mine(const struct end_of *e, const struct packet *packet) {
    return packet->ports == e->ports && packet->from == e->end;
}

static bool is_for_me(const struct end_of *e, const struct packet *packet) {
    return packet->ports == e->ports && packet->from != e->end;
}

// Whether the tap saw something that this end sent in a step, or later.
static bool seen_since(const struct end_of *e, unsigned step) {
    for (size_t i = 0; i < e->program->packet_count; i++) {
        const struct packet *packet = &e->program->packets[i];
        if (is_mine(e, packet) && packet->sent_step >= step && packet->tap > 0) {
            return true;
        }
    }
    return false;
}

static bool seen_ever(const struct end_of *e) {
    return seen_since(e, 0);
}

// Of what the end sent nothing passed the tap but RSTs, which any closed port sends, though it sent
// something else; or nothing passed the tap at all, or it is open whether that landed.
static bool unseen(const struct end_of *e) {
    bool more_lost = false, any_for_me = false, undelivered = false;
    for (size_t i = 0; i < e->program->packet_count; i++) {
        const struct packet *packet = &e->program->packets[i];
        bool refusal = (packet->segment.flags & TW_RST) != 0;
        if (is_mine(e, packet) && !refusal && packet->tap > 0) {
            return false;
        }
        more_lost = more_lost || (is_mine(e, packet) && !refusal);
        if (is_for_me(e, packet) && packet->tap > 0) {
            any_for_me = true;
            undelivered = undelivered || packet->fate != FATE_LANDED;
        }
    }
    return more_lost || (!seen_ever(e) && (!any_for_me || undelivered));
}

static bool last_silent(const struct end_of *e) {
    return e->last != NULL && e->last->cause != TW_BY_LANDING && !seen_since(e, e->last->step);
}

// A connect() that was given up: that last step may be told or not.
static bool gave_up_silently(const struct end_of *e) {
    return last_silent(e) && e->last->before == TW_SYN_SENT && seen_ever(e);
}

// A call or a timer made the last step, and the tap saw nothing from this end since.
static bool no_trace(const struct end_of *e) {
    return last_silent(e) && !gave_up_silently(e);
}

// A segment made the last step, and the tap saw nothing of what the end sent in answer, or since.
static bool answer_lost(const struct end_of *e) {
    if (e->last == NULL || e->last->cause != TW_BY_LANDING || seen_since(e, e->last->step)) {
        return false;
    }
    for (size_t i = 0; i < e->program->packet_count; i++) {
        const struct packet *packet = &e->program->packets[i];
        if (is_mine(e, packet) && packet->sent_step == e->last->step) {
            return true;
        }
    }
    return false;
}

static bool copy_landed(const struct program *p, const struct packet *packet) {
    for (size_t i = 0; i < p->packet_count; i++) {
        if (p->packets[i].original == packet->original && p->packets[i].fate == FATE_LANDED) {
            return true;
        }
    }
    return false;
}

static bool passed_after(const struct end_of *e, const struct packet *other) {
    for (size_t i = 0; i < e->program->packet_count; i++) {
        const struct packet *packet = &e->program->packets[i];
        if (is_mine(e, packet) && packet->tap > 0 && packet->tap_step > other->tap_step) {
            return true;
        }
    }
    return false;
}

// Whether an acknowledgement moves the end in its last state, or in the one in which a RST met it.
static bool waits_for_ack(const struct end_of *e) {
    const unsigned waiting = 1U << TW_SYN_SENT | 1U << TW_SYN_RECEIVED | 1U << TW_FIN_WAIT_1 |
                             1U << TW_CLOSING | 1U << TW_LAST_ACK;
    bool reset = e->last->state == TW_CLOSED && e->last->cause == TW_BY_LANDING;
    return (waiting >> (reset ? e->last->before : e->last->state) & 1U) != 0;
}

// A segment that could have moved the end passed the tap, never landed, and the tap saw nothing
// from the end after it.
static bool undelivered(const struct end_of *e) {
    for (size_t i = 0; e->last != NULL && i < e->program->packet_count; i++) {
        const struct packet *packet = &e->program->packets[i];
        bool moves = (packet->segment.flags & (TW_SYN | TW_FIN | TW_RST)) != 0 || waits_for_ack(e);
        if (is_for_me(e, packet) && packet->tap > 0 && moves && !copy_landed(e->program, packet) &&
            !passed_after(e, packet)) {
            return true;
        }
    }
    return false;
}

// A connect() was given up, and a SYN,ACK passed the tap to which it saw no answer: the ACK of a
// connection that opened may as well have been lost.
static bool given_up(const struct end_of *e) {
    for (size_t i = 0; gave_up_silently(e) && i < e->program->packet_count; i++) {
        const struct packet *packet = &e->program->packets[i];
        if (is_for_me(e, packet) && packet->tap > 0 && !passed_after(e, packet) &&
            (packet->segment.flags & (TW_SYN | TW_ACK)) == (TW_SYN | TW_ACK)) {
            return true;
        }
    }
    return false;
}

// When the end was CLOSED after a change, in steps.
static unsigned closed_after(const struct end_of *e, const struct change *change) {
    const struct program *p = e->program;
    for (const struct change *c = change; c < p->changes + p->change_count; c++) {
        if (c->end == e->end && c->ports == e->ports && c->state == TW_CLOSED) {
            return c->step;
        }
    }
    return UINT_MAX;
}

// Whether the tap saw the FIN of a close between two steps, or a number beyond it from either end.
static bool fin_told(const struct end_of *e, unsigned from, unsigned to) {
    const struct program *p = e->program;
    bool sent = false;
    uint32_t beyond = 0;
    for (size_t i = 0; i < p->packet_count; i++) {
        const struct packet *packet = &p->packets[i];
        if (is_mine(e, packet) && (packet->segment.flags & TW_FIN) != 0 &&
            packet->sent_step >= from && packet->sent_step <= to) {
            sent = true;
            beyond = tw_segment_end(&packet->segment);
        }
    }
    for (size_t i = 0; sent && i < p->packet_count; i++) {
        const struct packet *packet = &p->packets[i];
        const struct tw_segment *s = &packet->segment;
        bool seen = packet->tap > 0 && packet->sent_step >= from && packet->sent_step <= to;
        bool shows = is_mine(e, packet) ? tw_segment_end(s) == beyond
                                        : is_for_me(e, packet) && s->ack == beyond;
        if (seen && shows) {
            return true;
        }
    }
    return false;
}

// The end closed, but its FIN was never seen, nor a number beyond it: it was lost before the tap
// each time, or was never sent because data stood before it.
static bool fin_untold(const struct end_of *e) {
    for (size_t i = 0; i < e->program->change_count; i++) {
        const struct change *c = &e->program->changes[i];
        if (c->end == e->end && c->ports == e->ports &&
            (c->state == TW_FIN_WAIT_1 || c->state == TW_LAST_ACK) &&
            !fin_told(e, c->step, closed_after(e, c))) {
            return true;
        }
    }
    return false;
}

const char *reason_text(enum reason reason) {
    static const char *const texts[] = {[REASON_NONE] = "",
#define X(id, text, function) [REASON_##id] = text,
                                        REASON_LIST(X)
#undef X
    };
    _Static_assert(TW_COUNT(texts) == REASON_COUNT, "each reason has its text");
    return texts[reason];
}

static enum reason reason_of(const struct end_of *e) {
    static bool (*const functions[])(const struct end_of *) = {
#define X(id, text, function) [REASON_##id] = function,
        REASON_LIST(X)
#undef X
    };
    enum reason reason = REASON_NONE;
    for (enum reason i = REASON_NONE + 1; i < REASON_COUNT && reason == REASON_NONE; i++) {
        reason = functions[i](e) ? i : REASON_NONE;
    }
    return reason;
}

// --- Both together

static struct verdict judge_end(const struct program *p, size_t ports, enum tw_end end,
                                const struct inferred *found, size_t count) {
    struct end_of e = {.program = p, .ports = ports, .end = end};
    struct history kernel = {.count = 0}, inferred = {.count = 0};
    struct verdict v = {.reason = REASON_NONE};
    for (size_t i = 0; i < p->change_count; i++) {
        if (p->changes[i].ports == ports && p->changes[i].end == end) {
            append(&kernel, p->changes[i].state);
            e.last = &p->changes[i];
        }
    }
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; found[i].ports == ports && j < found[i].ends[end].count; j++) {
            append(&inferred, found[i].ends[end].states[j]);
        }
    }
    v.kernel = collapse(&kernel);
    v.inferred = collapse(&inferred);
    if (p->mode == MODE_HARD) {
        v.kernel = through(&v.kernel);
        v.kernel = several(&v.kernel);
        v.inferred = through(&v.inferred);
        v.inferred = several(&v.inferred);
    }
    v.last_silent = gave_up_silently(&e);
    v.reason = reason_of(&e);
    v.equal = equal(&v);
    return v;
}

enum tw_status judge(const struct program *program, struct judgement *judgement) {
    struct inferred *found = calloc(INFERRED_MAX, sizeof *found);
    size_t count = 0;
    enum tw_status status = found != NULL ? infer(program, found, &count) : TW_MEMORY;
    for (size_t i = 0; i < program->ports_count && status == TW_OK; i++) {
        for (enum tw_end end = TW_CLIENT; end < TW_END_COUNT; end++) {
            judgement->ends[i][end] = judge_end(program, i, end, found, count);
        }
    }
    free(found);
    return status;
}
