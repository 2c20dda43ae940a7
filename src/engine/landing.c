// SPDX-License-Identifier: MIT
// The landing rule: what one end's segment says about what had reached it when it was sent.
//
// An end has received every octet below the ACK number that it sends; so what takes sequence
// numbers is proven or disproved exactly. Pure acknowledgements take none: they are judged by the
// timestamp that comes back (RFC 7323 4.3), by what the end could not have sent otherwise, and,
// where all that is silent, by the clock.
#include "landing.h"

enum verdict { LANDED, NOT_YET, UNKNOWN, TURNED_AWAY };

enum { DURATION_IN_MICROSECONDS = 1U << 31 };

uint32_t duration_pack(tw_time duration) {
    if (duration < 0)
        return 0;
    if (duration < DURATION_IN_MICROSECONDS - 1)
        return (uint32_t)duration + 1;
    tw_time microseconds = duration / 1000;
    if (microseconds >= DURATION_IN_MICROSECONDS - 1)
        return 0;
    return (uint32_t)microseconds | DURATION_IN_MICROSECONDS;
}

tw_time duration_unpack(uint32_t packed) {
    if (packed == 0)
        return TW_NO_TIME;
    if (packed & DURATION_IN_MICROSECONDS)
        return (tw_time)(packed & ~DURATION_IN_MICROSECONDS) * 1000;
    return (tw_time)packed - 1;
}

tw_time landing_round_trip(const struct tw_connection *c, enum tw_end end) {
    return duration_unpack(end == TW_SERVER ? c->syn_to_synack : c->synack_to_ack);
}

// The end's acknowledgement or timestamp is below one seen from it: it was overtaken on its way.
static bool is_old_news(const struct endpoint *e, const struct tw_segment *s) {
    if (e->ts_seen && (s->options & TW_OPT_TIMESTAMPS) && tw_seq_lt(s->tsval, e->tsval))
        return true;
    return e->ack_seen && (s->flags & TW_ACK) && tw_seq_lt(s->ack, e->acked);
}

// Takes sequence numbers that its receiver acknowledges.
static bool takes_numbers(const struct flight *f) {
    return f->end != f->seq && !f->rst;
}

static bool by_clock(const struct tw_connection *c, enum tw_end end, const struct flight *f,
                     tw_time sent) {
    tw_time trip = landing_round_trip(c, end);
    return trip == TW_NO_TIME || sent - f->time > trip;
}

// A timestamp that the end would have taken over, had the segment landed before (RFC 7323 4.3:
// SEG.SEQ <= Last.ACK.sent).
static enum verdict judge_by_timestamp(const struct endpoint *e, const struct flight *f,
                                       const struct tw_segment *s) {
    if (!f->has_ts || !(s->options & TW_OPT_TIMESTAMPS) || !(s->flags & TW_ACK))
        return UNKNOWN;
    if (tw_seq_lt(f->tsval, s->tsecr))
        return LANDED;
    if (f->tsval == s->tsecr)
        return f->newest_ts ? LANDED : UNKNOWN;
    return e->ack_seen && tw_seq_le(f->seq, e->acked) ? NOT_YET : UNKNOWN;
}

// What the judging of all flights has in common.
struct judgement {
    struct store *store;
    struct tw_connection *c;
    struct endpoint *e;
    const struct endpoint *peer;
    enum tw_end end;
    enum tw_state state; // after the placed flights
    const struct tw_segment *s;
    bool old;
};

// In SYN-SENT a SYN is answered by SYN,ACK (3.10.7.3). An end that answers with a bare ACK has got
// the peer's SYN,ACK first, unless it tells by D-SACK (RFC 2883) that the SYN's octet came twice.
static bool came_second(const struct judgement *j, const struct flight *syn) {
    const struct tw_segment *s = j->s;
    if ((s->flags & (TW_SYN | TW_FIN | TW_RST)) || s->length > 0 || j->e->synack_sent ||
        !j->peer->synack_sent)
        return false;
    if (syn->has_ts && syn->tsval == s->tsecr)
        return false;
    return !((s->options & TW_OPT_SACK) && s->sack_count > 0 && s->sack[0].left == syn->seq);
}

// A listener's SYN-RECEIVED sends nothing before the handshake's third segment; unless its SYN,ACK
// has taken the SYN's data, then it may (RFC 7413 4.2).
static bool waits_for_ack(const struct endpoint *e, const struct endpoint *peer) {
    return e->synack_sent && !e->syn_sent && !tw_seq_lt(peer->iss + 1, e->acked);
}

// An ACK number above the only thing the peer has sent, its SYN, is of another connection.
static bool is_stray(const struct endpoint *peer, const struct tw_segment *s) {
    return endpoint_has_only_syn(peer) && tw_seq_lt(peer->nxt, s->ack);
}

static enum verdict judge(const struct judgement *j, const struct flight *f) {
    const struct tw_segment *s = j->s;
    bool reset = (s->flags & TW_RST) != 0, has_ack = (s->flags & TW_ACK) != 0;
    bool opening = j->state == TW_CLOSED || j->state == TW_LISTEN || j->state == TW_SYN_SENT;
    if (reset && has_ack && opening && f->syn && !f->has_ack) // 3.10.7.1: a SYN that met no
        return f->end == s->ack ? TURNED_AWAY : NOT_YET; // listener, or an end that had given up
    if (j->state == TW_SYN_SENT && f->syn && !f->has_ack && came_second(j, f))
        return NOT_YET;
    if (f->rst || !has_ack) // whoever speaks on has not been reset
        return reset ? UNKNOWN : NOT_YET;
    // In a simultaneous open the number of the SYN,ACK was acknowledged with the peer's bare SYN
    // already, and proves nothing more.
    if (takes_numbers(f) && !(f->syn && f->has_ack && j->peer->syn_sent))
        return tw_seq_le(f->end, s->ack) && !is_stray(j->peer, s) ? LANDED : NOT_YET;
    if (j->state == TW_SYN_SENT && f->syn && !f->has_ts && !reset && !(s->flags & TW_SYN))
        return tw_seq_le(f->end, s->ack) ? LANDED : NOT_YET; // what else would it acknowledge so
    if (s->flags & TW_SYN)
        return NOT_YET; // the SYN,ACK again: its acknowledgement had not arrived
    if (j->state == TW_SYN_RECEIVED && waits_for_ack(j->e, j->peer) && !reset)
        return LANDED; // 3.10.7.4: nothing else leaves a passive SYN-RECEIVED
    enum verdict verdict = judge_by_timestamp(j->e, f, s);
    if (verdict == UNKNOWN && (s->flags & TW_FIN) && j->e->fin_seen && !j->old)
        return NOT_YET; // the FIN again
    return verdict;
}

// --- Copies of one segment ----------------------------------------------------------------------

static bool same_octets(const struct flight *a, const struct flight *b) {
    return a->kind == b->kind && a->seq == b->seq && a->end == b->end && a->syn == b->syn &&
           a->fin == b->fin && a->rst == b->rst && (!a->syn || a->has_ack == b->has_ack);
}

// Of the copies of flight `index` that are on their way the one that the segment answers: that
// with the newest timestamp not above the echoed one, else the first that is not overdue.
static size_t answered_copy(const struct endpoint *e, size_t index, const struct tw_segment *s) {
    size_t best = index;
    for (size_t i = index + 1; i < e->flight_count; i++) {
        const struct flight *f = &e->flights[i], *b = &e->flights[best];
        if (!same_octets(f, b))
            continue;
        if (f->has_ts && (s->options & TW_OPT_TIMESTAMPS)) {
            if (tw_seq_le(f->tsval, s->tsecr) && tw_seq_lt(b->tsval, f->tsval))
                best = i;
        } else if (b->fate == OVERDUE && f->fate != OVERDUE)
            best = i;
    }
    return best;
}

// One copy has landed: of the others only a newer acknowledgement is left to land.
static void forget_copies(struct store *store, struct endpoint *e, const struct flight *landed) {
    for (size_t i = e->flight_count; i-- > e->placed;) {
        struct flight *f = &e->flights[i];
        if (f->kind != ARRIVAL || !takes_numbers(f) || !same_octets(f, landed))
            continue;
        if (f->has_ack && landed->has_ack && tw_seq_lt(landed->ack, f->ack)) {
            f->seq = f->end;
            f->fin = 0;
        } else
            endpoint_remove(store, e, i);
    }
}

// --- Judging ------------------------------------------------------------------------------------

static void land(struct store *store, struct endpoint *e, size_t index, enum fate fate) {
    endpoint_place(e, index, fate);
    if (fate != PROVEN)
        return;
    struct flight landed = e->flights[e->placed - 1];
    if (takes_numbers(&landed))
        forget_copies(store, e, &landed);
}

uint32_t landing_lag(const struct tw_segment *s) {
    return (uint32_t)(s->time / TW_MILLISECOND) - s->tsval;
}

// When the segment would have passed the tap had it come as fast as the fastest from its end:
// its timestamp tells how long it took.
static tw_time undelayed(const struct endpoint *e, const struct tw_segment *s) {
    if (!e->ts_seen || !(s->options & TW_OPT_TIMESTAMPS))
        return s->time;
    uint32_t delay = landing_lag(s) - e->lag;
    return delay < 1000 ? s->time - delay * TW_MILLISECOND : s->time;
}

// Whether a segment passed the tap so long ago that its receiver, had it come, would have spoken
// otherwise.
static bool is_overdue(const struct judgement *j, const struct flight *f) {
    tw_time trip = landing_round_trip(j->c, j->end);
    tw_time patience = trip == TW_NO_TIME ? LANDING_PATIENCE : 2 * trip + 5 * TW_MILLISECOND;
    return undelayed(j->e, j->s) - f->time > patience;
}

// The end was gone when this SYN came. Had anything of the peer's opened it before, it would have
// answered; what came behind met nobody either.
static void turn_away_all(struct store *store, struct endpoint *e) {
    while (e->placed < e->flight_count)
        land(store, e, e->placed, REFUSED);
}

// Lands, in order, what has landed; what its sender sent earlier has landed with it.
static void land_all(const struct judgement *j) {
    struct store *store = j->store;
    struct endpoint *e = j->e;
    uint64_t last = 0;
    for (size_t i = e->placed; i < e->flight_count; i++)
        if (judge(j, &e->flights[i]) == LANDED)
            last = e->flights[i].packet;
    for (size_t i = e->placed; i < e->flight_count;) {
        const struct flight *f = &e->flights[i];
        enum verdict verdict = judge(j, f);
        if (verdict == LANDED && (takes_numbers(f) ? answered_copy(e, i, j->s) != i
                                                   : f->fate == OVERDUE && f->packet < last))
            endpoint_remove(store, e, i); // a later copy is the one that landed first
        else if (verdict == LANDED)
            land(store, e, i, PROVEN);
        else if (verdict == TURNED_AWAY)
            turn_away_all(store, e);
        else if (verdict == UNKNOWN && !f->rst && f->fate != OVERDUE && f->packet < last)
            land(store, e, i, PROVEN);
        else {
            i++;
            continue;
        }
        i = e->placed;
    }
}

static void judge_all(const struct judgement *j) {
    struct endpoint *e = j->e;
    land_all(j);
    bool moves = (j->s->flags & (TW_FIN | TW_RST)) != 0;
    for (size_t i = e->placed; i < e->flight_count; i++) {
        struct flight *f = &e->flights[i];
        enum verdict verdict = judge(j, f);
        if (verdict == UNKNOWN && moves && !f->rst && by_clock(j->c, j->end, f, j->s->time))
            land(j->store, e, i, ASSUMED);
        else if (verdict == NOT_YET && !j->old && is_overdue(j, f))
            f->fate = OVERDUE;
    }
}

// Where there is a connection a pure ACK is answered by no RST (3.10.7.4; RFC 1122 4.2.2.13: what
// is, is new data). So one that had come before its end first reset, by a bare RST that answers
// data with the same ACK number, is not what a further RST answers: that is a copy.
static bool had_come_before_data(const struct endpoint *e, size_t index) {
    const struct flight *f = &e->flights[index];
    size_t reset = index + 1;
    while (reset < e->placed && !(e->flights[reset].kind == SENT && e->flights[reset].rst))
        reset++;
    if (takes_numbers(f) || reset >= e->placed || e->flights[reset].has_ack)
        return false;
    for (size_t i = reset + 1; i < e->flight_count; i++) {
        const struct flight *data = &e->flights[i];
        if (data->kind == ARRIVAL && data->fate == REFUSED && takes_numbers(data) &&
            data->ack == f->ack && data->packet > f->packet)
            return true;
    }
    return false;
}

// A bare RST answers one segment and carries its ACK number as SEQ: what had passed before the
// first such segment had landed, and of several such segments the last were refused, one for each
// RST. Returns whether the end is closed; otherwise it answered a bad acknowledgement.
static bool judge_bare_reset(struct tw_connection *c, enum tw_end end, const struct tw_segment *s) {
    struct endpoint *e = &c->end[end];
    enum tw_state state = endpoint_placed_state(c, end);
    bool opening = state == TW_SYN_SENT || state == TW_SYN_RECEIVED;
    if (opening && !(tw_seq_lt(e->iss, s->seq) && tw_seq_le(s->seq, e->nxt)))
        return false;
    size_t first = e->flight_count, refused = e->flight_count;
    for (size_t i = 0; i < e->flight_count; i++) {
        const struct flight *f = &e->flights[i];
        if (f->kind != ARRIVAL || !f->has_ack || f->ack != s->seq || f->rst || f->fate == PROVEN ||
            f->fate == REFUSED || had_come_before_data(e, i))
            continue;
        if (first == e->flight_count)
            first = i;
        refused = i;
    }
    if (refused == e->flight_count)
        return true;
    if (state == TW_SYN_SENT || (state == TW_SYN_RECEIVED && e->syn_sent)) {
        // It had given up before any of them came: a SYN,ACK that lands there is acknowledged.
        for (size_t i = first; i <= refused; i++)
            if (e->flights[i].kind == ARRIVAL && e->flights[i].ack == s->seq)
                e->flights[i].fate = REFUSED;
        return true;
    }
    e->flights[refused].fate = REFUSED;
    for (size_t i = e->placed; i <= refused && i < e->flight_count; i++)
        if (e->flights[i].kind == ARRIVAL && !e->flights[i].rst && e->flights[i].fate != REFUSED)
            endpoint_place(e, i, i < first ? PROVEN : ASSUMED);
    return true;
}

// --- The segment's own place --------------------------------------------------------------------

struct flight flight_of(const struct tw_segment *s, enum flight_kind kind) {
    return (struct flight){
        .time = s->time,
        .packet = s->packet & 0xffffffffffff,
        .kind = kind,
        .fin = (s->flags & TW_FIN) != 0,
        .syn = (s->flags & TW_SYN) != 0,
        .rst = (s->flags & TW_RST) != 0,
        .has_ack = (s->flags & TW_ACK) != 0,
        .has_ts = (s->options & TW_OPT_TIMESTAMPS) != 0,
        .seq = s->seq,
        // A SYN,ACK may acknowledge the SYN without its data (RFC 7413 4.2).
        .end = (s->flags & TW_RST)   ? s->seq
               : (s->flags & TW_SYN) ? s->seq + 1
                                     : tw_segment_end(s),
        .ack = s->ack,
        .tsval = s->tsval,
    };
}

// A bare ACK carries SND.NXT: above all that was seen, something was sent that the tap did not
// see, and it may have been the FIN. Its place is before the peer's FIN, if this ACK is the first
// to acknowledge that.
static bool mark_unseen(struct store *store, struct tw_connection *c, enum tw_end end,
                        const struct tw_segment *s) {
    struct endpoint *e = &c->end[end];
    struct flight hint = flight_of(s, UNSEEN);
    size_t at = e->placed;
    for (size_t i = 0; i < e->flight_count; i++)
        if (e->flights[i].kind == UNSEEN && e->flights[i].seq == hint.seq)
            return true;
        else if (i < e->placed && e->flights[i].kind == ARRIVAL && e->flights[i].fin &&
                 at == e->placed)
            at = i;
    return endpoint_put(store, c, end, at, &hint);
}

static void forget_filled(struct store *store, struct endpoint *e) {
    for (size_t i = e->flight_count; i-- > 0;)
        if (e->flights[i].kind == UNSEEN && tw_seq_le(e->flights[i].seq, e->contig))
            endpoint_remove(store, e, i);
}

// What was only overtaken by the marked segment was sent before. Not so what acknowledges octets
// that the peer sent behind it, what has a later timestamp, what comes later than any other could
// be overtaken, or, by its end's timestamp clock, clearly later than without delay.
bool landing_goes_on(const struct endpoint *e, const struct flight *mark,
                     const struct tw_segment *s) {
    const tw_time doubt = 20 * TW_MILLISECOND; // of the clock: how far the fastest was delayed too
    bool timed = e->ts_seen && (s->options & TW_OPT_TIMESTAMPS);
    if (mark->marks && (s->flags & TW_ACK) && tw_seq_lt(mark->end, s->ack))
        return true;
    if (timed && mark->has_ts && tw_seq_lt(mark->tsval, s->tsval))
        return true;
    return s->time - mark->time > LANDING_PATIENCE ||
           (timed && undelayed(e, s) - mark->time > doubt);
}

// Whether a RST that an end had sent before is not its own: it goes on; or it sends, not overtaken,
// new data at or above the RST's SEQ.
static bool is_forged(const struct endpoint *e, const struct flight *reset,
                      const struct tw_segment *s) {
    if (landing_goes_on(e, reset, s))
        return true;
    if ((s->length == 0 && !(s->flags & TW_FIN)) || tw_seq_lt(s->seq, reset->seq))
        return false;
    return undelayed(e, s) > reset->time;
}

// Its receiver may have believed it; not where the RST is outside of what that takes before the end
// has sent this.
static void refuse_forged(struct store *store, struct tw_connection *c, enum tw_end receiver,
                          uint64_t packet) {
    struct endpoint *to = &c->end[receiver];
    enum tw_event event;
    for (size_t i = to->flight_count; i-- > to->placed && endpoint_state(to) != TW_CLOSED;)
        if (to->flights[i].kind == ARRIVAL && to->flights[i].packet == packet) {
            (void)endpoint_probe(c, receiver, &to->flights[i], &event);
            if (event == TW_EV_RCV_RST_REFUSED)
                endpoint_remove(store, to, i);
        }
}

// An end that goes on after "its" RST has not sent it: somebody between has.
static void forget_forged(struct store *store, struct tw_connection *c, enum tw_end end,
                          const struct tw_segment *s) {
    struct endpoint *e = &c->end[end];
    for (size_t i = e->placed; i-- > 0;) {
        const struct flight *f = &e->flights[i];
        if (f->kind == SENT && f->syn)
            return; // what it reset before it opened anew, it may well have reset
        if (f->kind == SENT && f->rst && !f->answer && is_forged(e, f, s)) {
            if (!c->self)
                refuse_forged(store, c, tw_other(end), f->packet);
            endpoint_remove(store, e, i);
            endpoint_lift(e); // what it had put in its place, or refused
        }
    }
}

// A RST's SEQ is its sender's SND.NXT, or what the peer acknowledges; nobody resets his own
// connection with a number far from both.
static bool is_wild(const struct endpoint *e, const struct endpoint *peer,
                    const struct tw_segment *s) {
    const uint32_t far = 1U << 20;
    uint32_t low = peer->ack_seen ? peer->acked : e->nxt;
    return e->seen && s->seq - (low - 1) > far + (e->nxt - low) &&
           !(s->seq == 0 && (s->flags & TW_ACK)); // 3.5.2: no connection
}

static bool place_sent(struct store *store, struct tw_connection *c, enum tw_end end,
                       const struct tw_segment *s, bool old, bool answer) {
    struct endpoint *e = &c->end[end];
    struct flight sent = flight_of(s, SENT);
    sent.answer = answer;
    // A window that was closed may have held the FIN back since before the peer's came.
    if (sent.fin && c->end[peer_of(c, end)].window_closed &&
        endpoint_placed_state(c, end) == TW_CLOSE_WAIT)
        sent.fate = ASSUMED;
    if (sent.syn && !sent.has_ack && !e->syn_sent && e->iss_known && e->iss == sent.seq) {
        endpoint_was_active(e, s->packet);
        return true;
    }
    bool copy = sent.syn && !sent.has_ack && e->syn_sent && sent.has_ts && e->ts_seen &&
                !tw_seq_lt(e->tsval, sent.tsval); // the same SYN twice on the wire, not sent again
    if (copy)
        return true;
    if (e->flight_count == 0 && !sent.rst)
        return endpoint_settle(store, c, end, &sent);
    if (sent.fin)
        for (size_t i = 0; i < e->placed; i++)
            if (e->flights[i].kind == UNSEEN && e->flights[i].seq == sent.end) {
                e->flights[i] = sent; // it had been sent before and was lost before the tap
                return true;
            }
    size_t at = e->placed;
    bool before_reset = sent.fin || (sent.syn && sent.has_ack && e->synack_sent);
    if (before_reset) // a closed end sends neither: its RST has overtaken it
        while (at > 0 && e->flights[at - 1].kind == SENT && e->flights[at - 1].rst)
            at--;
    if (old && sent.has_ack) // overtaken: before what it does not acknowledge
        while (at > 0 && e->flights[at - 1].kind == ARRIVAL && takes_numbers(&e->flights[at - 1]) &&
               tw_seq_lt(sent.ack, e->flights[at - 1].end))
            at--;
    if (sent.rst && c->end[peer_of(c, end)].seen) {
        sent.end = c->end[peer_of(c, end)].nxt;
        sent.marks = 1;
    }
    return endpoint_put(store, c, end, at, &sent);
}

// --- What must have been, though the tap did not see it ------------------------------------------

// The peer of which nothing was ever seen does what its end's behaviour says, assumed throughout.
static bool assume_peer(struct store *store, struct tw_connection *c, enum tw_end peer,
                        const struct tw_segment *s, uint16_t flags) {
    struct endpoint *e = &c->end[peer];
    struct flight sent = flight_of(s, SENT);
    sent.seq = s->ack - 1;
    sent.end = s->ack;
    sent.ack = s->seq;
    sent.fate = ASSUMED;
    sent.syn = (flags & TW_SYN) != 0;
    sent.fin = (flags & TW_FIN) != 0;
    if (sent.syn) {
        e->iss = s->ack - 1;
        e->nxt = e->contig = s->ack;
    } else {
        e->fin_seen = 1;
        e->fin = s->ack - 1;
        while (e->placed < e->flight_count)
            endpoint_place(e, e->placed, ASSUMED);
    }
    return endpoint_put(store, c, peer, e->placed, &sent);
}

// An end past SYN-SENT or SYN-RECEIVED has got what leads there, though the tap has not; and one
// that has closed and acknowledges a single octet more of a peer that is never seen got its FIN.
static bool infer_unseen(struct store *store, struct tw_connection *c, enum tw_end end,
                         const struct tw_segment *s) {
    struct endpoint *e = &c->end[end];
    const struct endpoint *peer = &c->end[peer_of(c, end)];
    enum tw_state state = endpoint_placed_state(c, end);
    bool silent = peer->packets == 0;
    struct flight unseen = flight_of(s, ARRIVAL);
    unseen.fate = PROVEN;
    unseen.fin = unseen.rst = 0;
    unseen.has_ts = 0;
    unseen.seq = unseen.end = s->ack;
    unseen.ack = s->seq;
    if (state == TW_SYN_SENT && e->iss_known) {
        unseen.syn = 1;
        unseen.seq = s->ack - 1;
        unseen.ack = e->iss + 1;
        return endpoint_put(store, c, end, e->placed, &unseen) &&
               (!silent || assume_peer(store, c, peer_of(c, end), s, TW_SYN));
    }
    // A bare ACK may answer a strange segment (RFC 5961) even in SYN-RECEIVED.
    if (state == TW_SYN_RECEIVED && waits_for_ack(e, peer) &&
        (silent || s->length > 0 || (s->flags & TW_FIN))) {
        unseen.ack = e->iss + 1;
        return endpoint_put(store, c, end, e->placed, &unseen);
    }
    if ((state == TW_FIN_WAIT_1 || state == TW_FIN_WAIT_2) && silent && !peer->fin_seen &&
        e->ack_seen && s->ack == e->acked + 1 && s->length == 0) {
        unseen.fin = 1;
        unseen.fate = ASSUMED;
        unseen.seq = e->acked;
        unseen.ack = e->fin + 1;
        return endpoint_put(store, c, end, e->placed, &unseen) &&
               assume_peer(store, c, peer_of(c, end), s, TW_FIN);
    }
    return true;
}

bool landing_judge(struct store *store, struct tw_connection *c, enum tw_end end,
                   const struct tw_segment *s, struct landing *landing) {
    struct endpoint *e = &c->end[end];
    bool old = is_old_news(e, s);
    bool reset = (s->flags & TW_RST) != 0, has_ack = (s->flags & TW_ACK) != 0;
    *landing = (struct landing){.old = old};
    if (e->flight_count > 0)
        forget_filled(store, e);
    if (reset && !has_ack)
        landing->answer = !judge_bare_reset(c, end, s);
    else if (e->flight_count > 0) {
        if (!reset && !(s->flags & TW_SYN))
            forget_forged(store, c, end, s);
        judge_all(&(struct judgement){store, c, e, &c->end[peer_of(c, end)], end,
                                      endpoint_placed_state(c, end), s, old});
    }
    if (reset && is_wild(e, &c->end[peer_of(c, end)], s))
        landing->answer = true;
    if (has_ack && !reset && !(s->flags & TW_SYN) && !old && !c->self &&
        !infer_unseen(store, c, end, s))
        return false;
    bool bare = !(s->flags & (TW_SYN | TW_FIN | TW_RST)) && s->length == 0;
    return !bare || !e->seen || old || !tw_seq_lt(e->contig, s->seq) ||
           (e->fin_seen && s->seq == e->fin + 1) || mark_unseen(store, c, end, s);
}

bool landing_place(struct store *store, struct tw_connection *c, enum tw_end end,
                   const struct tw_segment *s, const struct landing *landing) {
    bool again = (s->flags & TW_FIN) && c->end[end].fin_seen;
    if ((s->flags & (TW_SYN | TW_RST)) || ((s->flags & TW_FIN) && !again))
        return place_sent(store, c, end, s, landing->old, landing->answer);
    return true;
}

void landing_refuse(struct endpoint *e) {
    for (size_t i = e->placed; i < e->flight_count; i++)
        e->flights[i].fate = OVERDUE;
}

bool landing_launch(struct store *store, struct tw_connection *c, enum tw_end sender,
                    enum tw_end receiver, const struct tw_segment *s) {
    struct endpoint *to = &c->end[receiver];
    const struct endpoint *from = &c->end[sender];
    bool control = (s->flags & (TW_SYN | TW_FIN | TW_RST)) != 0;
    enum tw_state state = endpoint_state(to);
    bool known = to->step_count > 0 || to->flight_count > 0;
    if (!control &&
        (!known || state == TW_ESTABLISHED || state == TW_CLOSE_WAIT || state == TW_TIME_WAIT ||
         state == TW_CLOSED || state == TW_LISTEN) &&
        to->flight_count == 0)
        return true;
    if (!known && !(s->flags & TW_SYN))
        return true;
    struct flight f = flight_of(s, ARRIVAL);
    // What lies below RCV.NXT is not processed again (3.10.7.4, first: check sequence number); of a
    // probe one below, the acknowledgement counts.
    if (!f.rst && !f.syn && to->ack_seen && tw_seq_lt(f.end + 1, to->acked))
        return true;
    f.newest_ts = f.has_ts && (!from->ts_seen || tw_seq_lt(from->tsval, f.tsval));
    return endpoint_launch(store, c, receiver, &f);
}
