// SPDX-License-Identifier: MIT
// How much of what an end went through an observer at the tap's place could know, whatever its
// rules. Looks only at what passed the tap and what became of it, never at what the engine said.
#include "judge.h"

#include <limits.h>
#include <stdint.h>

// --- Packets

static bool is_mine(const struct incarnation *in, const struct packet *packet) {
    return packet->ports == in->ports && packet->from == in->end &&
           packet->sent_step >= in->begin && packet->sent_step < in->until;
}

static bool is_for_me(const struct incarnation *in, const struct packet *packet) {
    return packet->ports == in->ports && packet->from != in->end;
}

// It passed the tap while this was the end's incarnation.
static bool passed_for_me(const struct incarnation *in, const struct packet *packet) {
    return is_for_me(in, packet) && packet->tap > 0 && packet->tap_step >= in->begin &&
           packet->tap_step < in->until;
}

// Whether the tap saw something that this end sent in a step, or later.
static bool seen_since(const struct incarnation *in, unsigned step) {
    for (size_t i = 0; i < in->program->packet_count; i++) {
        const struct packet *packet = &in->program->packets[i];
        if (is_mine(in, packet) && packet->sent_step >= step && packet->tap > 0) {
            return true;
        }
    }
    return false;
}

static bool passed_after(const struct incarnation *in, const struct packet *other) {
    for (size_t i = 0; i < in->program->packet_count; i++) {
        const struct packet *packet = &in->program->packets[i];
        if (is_mine(in, packet) && packet->tap > 0 && packet->tap_step > other->tap_step) {
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

// Whether a segment acknowledges the last SYN or FIN that the end had sent when it passed the tap.
static bool covers(const struct incarnation *in, const struct packet *ack) {
    bool sent = false;
    uint32_t end = 0;
    for (size_t i = 0; i < in->program->packet_count; i++) {
        const struct packet *packet = &in->program->packets[i];
        if (is_mine(in, packet) && (packet->segment.flags & (TW_SYN | TW_FIN)) != 0 &&
            packet->sent_step < ack->tap_step) {
            uint32_t its = tw_segment_end(&packet->segment);
            end = !sent || (int32_t)(its - end) > 0 ? its : end;
            sent = true;
        }
    }
    return sent && (ack->segment.flags & TW_ACK) != 0 && (int32_t)(ack->segment.ack - end) >= 0;
}

// --- Landings

// What a landing does to an end, by any of the flags; ACK: of its SYN or FIN.
static const struct {
    enum tw_state from, to;
    uint16_t flags;
} landings[] = {
    {TW_CLOSED, TW_LISTEN, TW_SYN},
    {TW_LISTEN, TW_SYN_RECEIVED, TW_SYN},
    {TW_SYN_SENT, TW_SYN_RECEIVED, TW_SYN},
    {TW_SYN_SENT, TW_ESTABLISHED, TW_SYN},
    {TW_SYN_SENT, TW_CLOSED, TW_RST},
    {TW_SYN_RECEIVED, TW_ESTABLISHED, TW_ACK},
    {TW_SYN_RECEIVED, TW_CLOSE_WAIT, TW_FIN},
    {TW_SYN_RECEIVED, TW_CLOSED, TW_RST},
    {TW_ESTABLISHED, TW_CLOSE_WAIT, TW_FIN},
    {TW_ESTABLISHED, TW_CLOSED, TW_RST},
    {TW_FIN_WAIT_1, TW_FIN_WAIT_2, TW_ACK},
    {TW_FIN_WAIT_1, TW_CLOSING, TW_FIN},
    {TW_FIN_WAIT_1, TW_TIME_WAIT, TW_FIN},
    {TW_FIN_WAIT_1, TW_CLOSED, TW_RST},
    {TW_FIN_WAIT_2, TW_TIME_WAIT, TW_FIN},
    {TW_FIN_WAIT_2, TW_CLOSED, TW_RST},
    {TW_CLOSE_WAIT, TW_CLOSED, TW_RST},
    {TW_CLOSING, TW_TIME_WAIT, TW_ACK},
    {TW_CLOSING, TW_CLOSED, TW_RST},
    {TW_LAST_ACK, TW_CLOSED, TW_ACK | TW_RST},
    {TW_TIME_WAIT, TW_CLOSED, TW_SYN | TW_RST},
};

static bool moves_by(const struct incarnation *in, const struct packet *packet, size_t landing) {
    uint16_t flags = landings[landing].flags & packet->segment.flags;
    return (flags & ~TW_ACK) != 0 || (flags != 0 && covers(in, packet));
}

static bool moves(const struct incarnation *in, const struct packet *packet, enum tw_state state) {
    for (size_t i = 0; i < TW_COUNT(landings); i++) {
        if (landings[i].from == state && moves_by(in, packet, i)) {
            return true;
        }
    }
    return false;
}

static bool reset_seen(const struct incarnation *in, unsigned step) {
    for (size_t i = 0; i < in->program->packet_count; i++) {
        const struct packet *packet = &in->program->packets[i];
        if (is_mine(in, packet) && packet->tap > 0 && packet->sent_step >= step &&
            (packet->segment.flags & TW_RST) != 0) {
            return true;
        }
    }
    return false;
}

bool incarnation_may_go(const struct incarnation *in, size_t since, enum tw_state from,
                        enum tw_state to) {
    unsigned step = since > 0 ? in->changes[since - 1]->step : in->begin;
    if (to == TW_CLOSED && (!in->last || reset_seen(in, step))) {
        return true; // who opens again or resets is CLOSED, whatever it was
    }
    for (size_t i = 0; i < TW_COUNT(landings); i++) {
        for (size_t j = 0;
             landings[i].from == from && landings[i].to == to && j < in->program->packet_count;
             j++) {
            const struct packet *packet = &in->program->packets[j];
            bool before = packet->fate == FATE_LANDED && packet->landed_step < step;
            if (passed_for_me(in, packet) && !before && moves_by(in, packet, i)) {
                return true;
            }
        }
    }
    return false;
}

bool incarnation_passes(const struct incarnation *in, size_t index, enum tw_state *middle) {
    static const struct {
        enum tw_state from, to, middle;
    } passes[] = {{TW_SYN_RECEIVED, TW_CLOSE_WAIT, TW_ESTABLISHED},
                  {TW_SYN_RECEIVED, TW_FIN_WAIT_1, TW_ESTABLISHED},
                  {TW_FIN_WAIT_1, TW_TIME_WAIT, TW_FIN_WAIT_2},
                  {TW_FIN_WAIT_1, TW_CLOSED, TW_FIN_WAIT_2}};
    size_t pass = 0;
    while (pass < TW_COUNT(passes) &&
           (index == 0 || in->kernel.states[index - 1] != passes[pass].from ||
            in->kernel.states[index] != passes[pass].to)) {
        pass++;
    }
    if (pass == TW_COUNT(passes) || in->changes[index]->cause != TW_BY_LANDING) {
        return false;
    }
    *middle = passes[pass].middle;
    for (size_t i = 0; i < in->program->packet_count; i++) {
        const struct packet *packet = &in->program->packets[i];
        // A RST is looked at before its ACK (RFC 9293 3.10.7.4, tcp_validate_incoming).
        if (is_for_me(in, packet) && packet->fate == FATE_LANDED &&
            packet->landed_step == in->changes[index]->step &&
            (packet->segment.flags & TW_RST) == 0 && covers(in, packet)) {
            return true;
        }
    }
    return false;
}

// --- What cannot be known: the index of the first state that cannot

// Nothing of it passed the tap but RSTs, which any closed port sends.
static size_t unseen(const struct incarnation *in) {
    for (size_t i = 0; i < in->program->packet_count; i++) {
        const struct packet *packet = &in->program->packets[i];
        if (is_mine(in, packet) && packet->tap > 0 && (packet->segment.flags & TW_RST) == 0) {
            return SIZE_MAX;
        }
    }
    return 0;
}

// A RST that an end sends in SYN-SENT as well as in CLOSED: in answer to an ACK of anything but its
// SYN (RFC 9293 3.10.7.1, 3.10.7.3).
static bool refuses_stray(const struct incarnation *in, const struct packet *rst) {
    if ((rst->segment.flags & (TW_RST | TW_ACK)) != TW_RST) {
        return false;
    }
    for (size_t i = 0; i < in->program->packet_count; i++) {
        const struct packet *packet = &in->program->packets[i];
        if (is_mine(in, packet) && (packet->segment.flags & TW_SYN) != 0 &&
            tw_segment_end(&packet->segment) == rst->segment.seq) {
            return false;
        }
    }
    return true;
}

// Whether the tap saw a sign of a state since the end entered it.
static bool left_trace(const struct incarnation *in, size_t index) {
    bool gave_up = index > 0 && in->kernel.states[index - 1] == TW_SYN_SENT;
    for (size_t i = 0; i < in->program->packet_count; i++) {
        const struct packet *packet = &in->program->packets[i];
        if (is_mine(in, packet) && packet->tap > 0 &&
            packet->sent_step >= in->changes[index]->step &&
            !(gave_up && refuses_stray(in, packet))) {
            return true;
        }
    }
    return false;
}

// A call or a timer made the step, and the tap saw no sign of it since.
static size_t no_trace(const struct incarnation *in) {
    for (size_t i = 0; i < in->kernel.count; i++) {
        if (in->changes[i]->cause != TW_BY_LANDING && !left_trace(in, i)) {
            return i;
        }
    }
    return SIZE_MAX;
}

// Whether the end sent something in answer to what took it into a state: at once, but the ACK of a
// FIN may be delayed.
static bool answered(const struct incarnation *in, size_t index) {
    unsigned step = in->changes[index]->step;
    enum tw_state state = in->kernel.states[index];
    bool fin = state == TW_CLOSE_WAIT || state == TW_CLOSING || state == TW_TIME_WAIT;
    for (size_t i = 0; i < in->program->packet_count; i++) {
        const struct packet *packet = &in->program->packets[i];
        if (is_mine(in, packet) && packet->sent_step >= step &&
            (fin || packet->sent_step == step)) {
            return true;
        }
    }
    return false;
}

// A segment made the step, and the tap saw nothing of what the end sent in answer, or since.
static size_t answer_lost(const struct incarnation *in) {
    for (size_t i = 0; i < in->kernel.count; i++) {
        if (in->changes[i]->cause == TW_BY_LANDING && answered(in, i) &&
            !seen_since(in, in->changes[i]->step)) {
            return i;
        }
    }
    return SIZE_MAX;
}

// The state behind the first one, of those that the end was in after a segment passed the tap, in
// which it could have moved the end.
static size_t movable(const struct incarnation *in, const struct packet *packet) {
    for (size_t i = 0; i < in->kernel.count; i++) {
        bool left = i + 1 < in->kernel.count && in->changes[i + 1]->step < packet->tap_step;
        if (!left && moves(in, packet, in->kernel.states[i])) {
            return i + 1;
        }
    }
    return SIZE_MAX;
}

// A segment that could have moved the end passed the tap, neither it nor a copy landed, and the tap
// saw nothing from the end after it.
static size_t undelivered(const struct incarnation *in) {
    size_t first = SIZE_MAX;
    for (size_t i = 0; i < in->program->packet_count; i++) {
        const struct packet *packet = &in->program->packets[i];
        if (passed_for_me(in, packet) && !copy_landed(in->program, packet) &&
            !passed_after(in, packet)) {
            size_t index = movable(in, packet);
            first = index < first ? index : first;
        }
    }
    return first;
}

// When the end was CLOSED, in steps.
static unsigned closed_in(const struct incarnation *in) {
    size_t last = in->kernel.count - 1;
    return in->kernel.states[last] == TW_CLOSED ? in->changes[last]->step : in->until;
}

// Whether the tap saw the FIN of a close, or a number beyond it from either end, before CLOSED.
static bool fin_told(const struct incarnation *in, unsigned from) {
    const struct program *p = in->program;
    bool sent = false;
    uint32_t beyond = 0;
    unsigned to = closed_in(in);
    for (size_t i = 0; i < p->packet_count; i++) {
        const struct packet *packet = &p->packets[i];
        if (is_mine(in, packet) && (packet->segment.flags & TW_FIN) != 0 &&
            packet->sent_step >= from && packet->sent_step <= to) {
            sent = true;
            beyond = tw_segment_end(&packet->segment);
        }
    }
    for (size_t i = 0; sent && i < p->packet_count; i++) {
        const struct packet *packet = &p->packets[i];
        const struct tw_segment *s = &packet->segment;
        bool seen = packet->tap > 0 && packet->sent_step >= from && packet->sent_step <= to;
        bool shows = is_mine(in, packet) ? tw_segment_end(s) == beyond
                                         : is_for_me(in, packet) && s->ack == beyond;
        if (seen && shows) {
            return true;
        }
    }
    return false;
}

// The end closed, but its FIN was never seen, nor a number beyond it: it was lost before the tap
// each time, or was never sent because data stood before it.
static size_t fin_untold(const struct incarnation *in) {
    for (size_t i = 0; i < in->kernel.count; i++) {
        bool closes = in->kernel.states[i] == TW_FIN_WAIT_1 || in->kernel.states[i] == TW_LAST_ACK;
        if (closes && !fin_told(in, in->changes[i]->step)) {
            return i;
        }
    }
    return SIZE_MAX;
}

static void set_knowable(struct incarnation *in) {
    static size_t (*const functions[])(const struct incarnation *) = {
#define X(id, text, function) [REASON_##id] = function,
        REASON_LIST(X)
#undef X
    };
    in->knowable = in->kernel.count;
    in->reason = REASON_NONE;
    for (enum reason reason = REASON_NONE + 1; reason < REASON_COUNT; reason++) {
        size_t index = functions[reason](in);
        bool sooner = in->reason == REASON_NONE ? index <= in->knowable : index < in->knowable;
        if (sooner) {
            in->knowable = index;
            in->reason = reason;
        }
    }
}

// --- Of an end

size_t incarnations_find(const struct program *program, size_t ports, enum tw_end end,
                         struct incarnation *list) {
    size_t count = 0, of = 0;
    for (size_t i = 0; i < program->change_count; i++) {
        const struct change *change = &program->changes[i];
        if (change->ports != ports || change->end != end) {
            continue;
        }
        if (count == 0 || change->history != of) {
            if (count == INCARNATIONS_MAX) {
                break;
            }
            list[count] = (struct incarnation){.program = program,
                                               .ports = ports,
                                               .end = end,
                                               .begin = count > 0 ? change->step : 0};
            count++;
            of = change->history;
        }
        struct incarnation *in = &list[count - 1];
        if (history_add(&in->kernel, change->state)) {
            in->changes[in->kernel.count - 1] = change;
        }
    }
    for (size_t i = 0; i < count; i++) {
        list[i].last = i + 1 == count;
        list[i].until = list[i].last ? UINT_MAX : list[i + 1].begin;
        set_knowable(&list[i]);
    }
    return count;
}

// All that an end sent and was sent, as if it were one incarnation.
static struct incarnation whole(const struct program *program, size_t ports, enum tw_end end) {
    return (struct incarnation){
        .program = program, .ports = ports, .end = end, .until = UINT_MAX, .last = true};
}

bool end_unseen(const struct program *program, size_t ports, enum tw_end end) {
    const struct incarnation all = whole(program, ports, end);
    bool any_for_me = false, lost = false;
    for (size_t i = 0; i < program->packet_count; i++) {
        const struct packet *packet = &program->packets[i];
        if (passed_for_me(&all, packet)) {
            any_for_me = true;
            lost = lost || packet->fate != FATE_LANDED;
        }
    }
    return !seen_since(&all, 0) && (!any_for_me || lost);
}

bool end_may_open(const struct program *program, size_t ports, enum tw_end end) {
    const struct incarnation all = whole(program, ports, end);
    for (size_t i = 0; i < program->packet_count; i++) {
        const struct packet *packet = &program->packets[i];
        if (passed_for_me(&all, packet) && (packet->segment.flags & TW_SYN) != 0 &&
            !copy_landed(program, packet) && !passed_after(&all, packet)) {
            return true;
        }
    }
    return false;
}

bool incarnation_gave_up(const struct incarnation *in) {
    bool gave_up = in->reason == REASON_NO_TRACE && in->knowable > 0 &&
                   in->kernel.states[in->knowable - 1] == TW_SYN_SENT &&
                   in->kernel.states[in->knowable] == TW_CLOSED;
    for (size_t i = 0; i < in->program->packet_count && gave_up; i++) {
        const struct packet *packet = &in->program->packets[i];
        gave_up = !passed_for_me(in, packet) || (packet->segment.flags & TW_SYN) == 0 ||
                  passed_after(in, packet);
    }
    return gave_up;
}
