// SPDX-License-Identifier: MIT
// One connection: what each of its segments changes in the numbers and histories of both ends.
#include "connection.h"

#include <string.h>

#include "landing.h"

enum { // Wireshark's tcp.completeness
    COMPLETE_SYN = 1,
    COMPLETE_SYN_ACK = 2,
    COMPLETE_ACK = 4,
    COMPLETE_DATA = 8,
    COMPLETE_FIN = 16,
    COMPLETE_RST = 32,
};

static void note(struct connection_effect *effect, enum tw_finding_kind kind) {
    effect->findings |= 1U << kind;
}

// --- The numbers --------------------------------------------------------------------------------

// A keepalive probe, or Linux's probe of a closed window: one octet below SND.NXT, at most one
// octet long. No retransmission, no hole, no FIN.
static bool is_probe(const struct endpoint *e, const struct tw_segment *s) {
    return e->seen && !(s->flags & (TW_SYN | TW_FIN | TW_RST)) && s->length <= 1 &&
           s->seq + 1 == e->nxt && e->contig == e->nxt;
}

// Keeps the highest octet without a hole, and where the last island beyond a hole begins.
static void take_octets(struct endpoint *e, const struct tw_segment *s,
                        struct connection_effect *effect) {
    uint32_t start = s->seq, end = tw_segment_end(s);
    if (e->fin_seen && tw_seq_lt(e->fin + 1, end))
        end = e->fin + 1; // text after FIN is ignored (3.10.7.4)
    if (tw_seq_le(end, start))
        return;
    bool fresh = tw_seq_lt(e->nxt, end);
    if (!fresh && !effect->duplicate) {
        if (e->hole && tw_seq_le(e->contig, start) && tw_seq_lt(start, e->island))
            note(effect, TW_FINDING_OUT_OF_ORDER);
        else if (!(s->flags & TW_SYN) || ((s->flags & TW_ACK) ? e->synack_again : e->syn_again)) {
            e->retransmissions++; // a SYN and a SYN,ACK of one end are not the same again
            note(effect, TW_FINDING_RETRANSMISSION);
        }
    }
    if (tw_seq_le(start, e->contig)) {
        if (tw_seq_lt(e->contig, end))
            e->contig = end;
        if (e->hole && tw_seq_le(e->island, e->contig)) {
            e->contig = tw_seq_max(e->contig, e->nxt);
            e->hole = 0;
        }
    } else {
        if (!e->hole || tw_seq_lt(e->nxt, start)) {
            e->island = start;
            note(effect, TW_FINDING_GAP);
        } else if (tw_seq_lt(start, e->island) && tw_seq_le(e->island, end))
            e->island = start;
        e->hole = 1;
    }
    if (fresh)
        e->nxt = end;
}

// The peer has received all below its ACK number, whether the tap saw it or not.
static void take_acknowledgement(struct endpoint *e, struct endpoint *peer, uint32_t ack,
                                 struct connection_effect *effect) {
    enum tw_state state = endpoint_state(peer);
    if (endpoint_has_only_syn(peer) && tw_seq_lt(peer->nxt, ack) &&
        (state == TW_SYN_SENT || state == TW_SYN_RECEIVED))
        return; // it has sent nothing else: an acknowledgement of another connection
    if (!e->ack_seen || tw_seq_lt(e->acked, ack)) {
        e->acked = ack;
        e->ack_seen = 1;
    }
    if (!peer->seen && !peer->based) {
        peer->iss = ack - 1; // what relative numbers are based on
        peer->based = 1;
    }
    if (!peer->seen || !tw_seq_lt(peer->contig, ack))
        return;
    if (tw_seq_lt(peer->nxt, ack)) {
        note(effect, TW_FINDING_ACKED_UNSEEN);
        peer->nxt = ack;
    }
    peer->contig = ack;
    if (peer->hole && tw_seq_le(peer->island, ack)) {
        peer->contig = peer->nxt;
        peer->hole = 0;
    }
}

static void begin_numbers(struct endpoint *e, const struct tw_segment *s) {
    e->seen = 1;
    e->hole = 0;
    e->iss_known = (s->flags & TW_SYN) != 0;
    if (e->iss_known)
        e->iss = s->seq;
    else if (!e->based)
        e->iss = s->seq - 1;
    e->based = 1;
    e->nxt = e->contig = s->seq;
}

static void take_options(struct endpoint *e, const struct tw_segment *s) {
    if (s->options & TW_OPT_TIMESTAMPS) {
        uint32_t lag = landing_lag(s);
        if (!e->ts_seen || tw_seq_lt(lag, e->lag))
            e->lag = lag;
        else
            e->lag += (lag - e->lag) / 8; // follow a clock of another rate
        if (!e->ts_seen || tw_seq_lt(e->tsval, s->tsval))
            e->tsval = s->tsval;
        e->ts_seen = 1;
    }
    if (s->flags & TW_SYN) {
        e->scale_known = 1;
        e->scale = ((s->options & TW_OPT_SCALE) == 0 ? NO_SCALE
                    : s->scale > 14                  ? 14U
                                                     : s->scale) &
                   0xfU;
    }
}

static void take_handshake(struct tw_connection *c, enum tw_end sender,
                           const struct tw_segment *s) {
    struct endpoint *e = &c->end[sender];
    const struct endpoint *peer = &c->end[peer_of(c, sender)];
    bool syn = (s->flags & TW_SYN) != 0, ack = (s->flags & TW_ACK) != 0;
    if (syn && !ack) {
        e->syn_again = e->syn_sent;
        e->syn_sent = 1;
    } else if (syn) {
        e->synack_again = e->synack_sent;
        e->synack_sent = 1;
        if (peer->syn_sent && !e->syn_sent && !peer->syn_again && !e->synack_again &&
            sender == TW_SERVER)
            c->syn_to_synack = duration_pack(s->time - c->opened);
    } else if (ack && sender == TW_CLIENT && peer->synack_sent && !peer->synack_again &&
               !peer->syn_sent && c->synack_to_ack == 0 && c->syn_to_synack != 0 &&
               !(s->flags & TW_RST))
        c->synack_to_ack = duration_pack(s->time - c->opened - duration_unpack(c->syn_to_synack));
}

static void take_completeness(struct tw_connection *c, const struct tw_segment *s) {
    unsigned bits = 0;
    if (s->flags & TW_SYN)
        bits |= (s->flags & TW_ACK) ? COMPLETE_SYN_ACK : COMPLETE_SYN;
    else if ((s->flags & (TW_ACK | TW_RST)) == TW_ACK)
        bits |= COMPLETE_ACK;
    if (s->length > 0)
        bits |= COMPLETE_DATA;
    if (s->flags & TW_FIN)
        bits |= COMPLETE_FIN;
    if (s->flags & TW_RST)
        bits |= COMPLETE_RST;
    c->completeness |= bits & 0x3f;
}

static void take(struct tw_connection *c, enum tw_end sender, const struct tw_segment *s,
                 struct connection_effect *effect) {
    struct endpoint *e = &c->end[sender], *peer = &c->end[peer_of(c, sender)];
    bool reset = (s->flags & TW_RST) != 0;
    if (effect->duplicate)
        note(effect, TW_FINDING_DUPLICATE);
    e->packets++;
    e->bytes += s->length;
    take_completeness(c, s);
    bool names_iss = (s->flags & TW_SYN) && !e->iss_known; // whatever stray numbers came before
    if (names_iss || (!e->seen && !(reset && !(s->flags & TW_ACK)) && !(reset && s->seq == 0)))
        begin_numbers(e, s);
    if (reset) {
        e->resets++;
        e->rst_seen = 1;
        if (!e->fin_seen && !peer->rst_cut)
            e->rst_cut = 1;
        if (!(s->flags & TW_ACK))
            return; // its SEQ is the peer's ACK number
    }
    if (!effect->duplicate) // a copy of the tap's is no SYN that was sent again
        take_handshake(c, sender, s);
    if (is_probe(e, s))
        note(effect, peer->no_room ? TW_FINDING_WINDOW_PROBE : TW_FINDING_KEEPALIVE);
    else if (!reset)
        take_octets(e, s, effect);
    if ((s->flags & TW_FIN) && !reset) {
        if (!e->fin_seen && c->first_fin == 0)
            c->first_fin = sender == TW_CLIENT ? 1 : 2;
        if (!e->fin_seen)
            e->fin = tw_segment_end(s) - 1;
        e->fin_seen = 1;
    }
    if (s->flags & TW_ACK)
        take_acknowledgement(e, peer, s->ack, effect);
    take_options(e, s);
    if (s->notes & TW_NOTE_OPTIONS_MALFORMED)
        note(effect, TW_FINDING_OPTIONS);
    if (s->window == 0 && !(s->flags & (TW_SYN | TW_RST))) {
        note(effect, TW_FINDING_ZERO_WINDOW);
        e->window_closed = 1;
    }
    if ((s->flags & TW_ACK) && !reset && s->ack == e->acked) // not from an overtaken one (SND.WL2)
        e->no_room = s->window == 0;
    if (s->length > 0)
        peer->window_closed = 0; // nothing was held back that it would not have sent now
    if (s->flags &
        TW_ACK) // a block above the ACK number: something is missing there; below: D-SACK
        e->sacks = (s->options & TW_OPT_SACK) && s->sack_count > 0 &&
                   tw_seq_lt(s->ack, s->sack[0].left) && s->ack == e->acked;
}

// --- The walk -----------------------------------------------------------------------------------

bool connection_begin(struct store *store, struct tw_connection *c, enum tw_end sender,
                      const struct tw_segment *s) {
    c->opened = c->last = s->time;
    struct endpoint *e = &c->end[sender], *peer = &c->end[peer_of(c, sender)];
    if (s->flags & TW_RST) {
        c->reset_first = 1;
        return true;
    }
    if ((s->flags & (TW_SYN | TW_ACK)) == (TW_SYN | TW_ACK)) {
        // The SYN was not seen; its sequence number is one below what is acknowledged.
        peer->iss = s->ack - 1;
        peer->nxt = peer->contig = s->ack;
        peer->seen = peer->iss_known = peer->based = 1;
        return endpoint_step(store, peer, TW_SYN_SENT, TW_EV_SEND_SYN, TW_ASSUMED, s->packet);
    }
    if (s->flags & TW_SYN)
        return true;
    c->midstream = 1;
    return endpoint_step(store, e, TW_ESTABLISHED, TW_EV_JOIN, TW_ASSUMED, s->packet) &&
           (e == peer ||
            endpoint_step(store, peer, TW_ESTABLISHED, TW_EV_JOIN, TW_ASSUMED, s->packet));
}

bool connection_is_plain(const struct tw_connection *c, enum tw_end sender,
                         const struct tw_segment *s) {
    const struct endpoint *e = &c->end[sender], *peer = &c->end[peer_of(c, sender)];
    return (s->flags & (TW_SYN | TW_FIN | TW_RST)) == 0 && e->seen && e->flight_count == 0 &&
           peer->flight_count == 0 && endpoint_state(e) == TW_ESTABLISHED &&
           endpoint_state(peer) == TW_ESTABLISHED && !e->hole && !tw_seq_lt(e->contig, s->seq);
}

// A FIN that waited above missing data is processed when that has come.
static void release_fin(struct endpoint *receiver, uint32_t from, uint32_t to, tw_time now) {
    for (size_t i = receiver->placed; i < receiver->flight_count; i++) {
        struct flight *f = &receiver->flights[i];
        if (f->kind == ARRIVAL && f->fin && tw_seq_lt(from, f->end - 1) &&
            tw_seq_le(f->end - 1, to) && f->time < now)
            f->time = now;
    }
}

// --- What is not to be believed -----------------------------------------------------------------

// How far a segment may be above what is known to have been sent: the receiver's window, seen as it
// is in the acknowledging segment, at least that of a SYN.
static uint32_t window_of(const struct endpoint *e, const struct tw_segment *s) {
    return ((uint32_t)s->window << (e->scale_known && e->scale != NO_SCALE ? e->scale : 0)) +
           (1U << 16);
}

static bool has_wild_ack(const struct tw_connection *c, enum tw_end sender,
                         const struct tw_segment *s) {
    const struct endpoint *e = &c->end[sender], *peer = &c->end[peer_of(c, sender)];
    enum tw_state state = endpoint_state(peer);
    bool opening = state == TW_SYN_SENT || state == TW_SYN_RECEIVED; // answers such an ACK by RST
    return (s->flags & (TW_ACK | TW_SYN)) == TW_ACK && peer->seen && !opening &&
           tw_seq_lt(peer->nxt + window_of(e, s), s->ack);
}

// A FIN that was sent again is the same FIN; one far outside of the window is nobody's.
static bool has_wild_fin(const struct tw_connection *c, enum tw_end sender,
                         const struct tw_segment *s) {
    const struct endpoint *e = &c->end[sender], *peer = &c->end[peer_of(c, sender)];
    const uint32_t far = 1U << 30; // the largest window (RFC 7323 2.3)
    uint32_t fin = s->seq + s->length;
    if (!(s->flags & TW_FIN) || !e->seen)
        return false;
    if (e->fin_seen)
        return fin != e->fin;
    return (peer->ack_seen && tw_seq_lt(fin, peer->acked)) || tw_seq_lt(e->nxt + far, fin);
}

static bool is_sound(const struct tw_connection *c, enum tw_end sender,
                     const struct tw_segment *s) {
    if ((s->flags & (TW_SYN | TW_FIN)) == (TW_SYN | TW_FIN) ||
        (s->flags & (TW_SYN | TW_RST)) == (TW_SYN | TW_RST))
        return false;
    return !has_wild_ack(c, sender, s) && !has_wild_fin(c, sender, s);
}

// Takes away what its receiver would not process: the SYN beside a RST and the FIN beside a SYN
// (the order of 3.10.7.4), an ACK of what was never sent, a FIN that cannot be this one's.
static void check(struct tw_connection *c, enum tw_end sender, struct tw_segment *s) {
    if (s->flags & TW_FIN)
        c->completeness |= COMPLETE_FIN;
    if (s->flags & TW_RST)
        s->flags &= (uint16_t)~TW_SYN;
    if (has_wild_fin(c, sender, s) || (s->flags & TW_SYN))
        s->flags &= (uint16_t)~TW_FIN;
    if (has_wild_ack(c, sender, s))
        s->flags &= (uint16_t)~TW_ACK;
}

// Only RSTs were seen so far, and now somebody goes on: the capture began inside a connection, and
// the RSTs had ended nothing.
static bool forget_reset(struct store *store, struct tw_connection *c, const struct tw_segment *s) {
    c->reset_first = 0;
    c->midstream = 1;
    for (unsigned end = 0; end < (c->self ? 1U : TW_END_COUNT); end++) {
        struct endpoint *e = &c->end[end];
        endpoint_forget(store, e);
        e->rst_seen = e->rst_cut = 0;
        if (!endpoint_step(store, e, TW_ESTABLISHED, TW_EV_JOIN, TW_ASSUMED, s->packet))
            return false;
    }
    return true;
}

static void probe(const struct tw_connection *c, enum tw_end where, const struct flight *f,
                  struct connection_effect *effect) {
    enum tw_event event;
    enum tw_cell_kind kind = endpoint_probe(c, where, f, &event);
    enum tw_state state = endpoint_state(&c->end[where]);
    if (event == TW_EV_RCV_RST_REFUSED)
        note(effect, TW_FINDING_RST_REFUSED);
    if (event == TW_EV_RCV_SYN && kind == TW_STAY && state != TW_CLOSED && state != TW_LISTEN &&
        state != TW_SYN_RECEIVED)
        note(effect, TW_FINDING_CHALLENGE);
    if (kind != TW_ODD)
        return;
    note(effect, TW_FINDING_ODD);
    effect->odd_state = state;
    effect->odd_event = event;
}

// What the table says of a segment at its sender, where its arrivals have been judged. A SYN that
// comes late or twice, and a FIN that its end's own RST has overtaken, are lawful.
static void probe_sent(const struct tw_connection *c, enum tw_end sender,
                       const struct tw_segment *s, struct connection_effect *effect) {
    const struct endpoint *e = &c->end[sender];
    bool late_syn = (s->flags & (TW_SYN | TW_ACK)) == TW_SYN && e->iss_known && e->iss == s->seq;
    bool late_fin = (s->flags & TW_FIN) && e->rst_seen;
    struct flight f = flight_of(s, SENT);
    if (!(s->flags & TW_RST) && !late_syn && !late_fin)
        probe(c, sender, &f, effect);
}

static void probe_arrival(const struct tw_connection *c, enum tw_end receiver,
                          const struct tw_segment *s, struct connection_effect *effect) {
    struct flight f = flight_of(s, ARRIVAL);
    if (c->end[receiver].step_count > 0)
        probe(c, receiver, &f, effect);
}

// Judges what had reached the sender, then puts the segment in its place at both ends.
static bool walk(struct store *store, struct tw_connection *c, enum tw_end sender,
                 const struct tw_segment *s, struct connection_effect *effect) {
    enum tw_end receiver = peer_of(c, sender);
    struct landing landing;
    if (!landing_judge(store, c, sender, s, &landing))
        return false;
    if (effect->wanted && (s->flags & (TW_SYN | TW_FIN | TW_RST))) {
        probe_sent(c, sender, s, effect);
        probe_arrival(c, receiver, s, effect);
    }
    return landing_place(store, c, sender, s, &landing) &&
           landing_launch(store, c, sender, receiver, s);
}

bool connection_segment(struct store *store, struct tw_connection *c, enum tw_end sender,
                        const struct tw_segment *s, struct connection_effect *effect) {
    enum tw_end receiver = peer_of(c, sender);
    effect->findings = 0;
    struct tw_segment checked;
    if (TW_UNLIKELY(!is_sound(c, sender, s))) {
        checked = *s;
        check(c, sender, &checked);
        s = &checked;
    }
    if (TW_UNLIKELY(c->reset_first) && !(s->flags & (TW_SYN | TW_RST)) &&
        !forget_reset(store, c, s))
        return false;
    if (TW_UNLIKELY(s->time < c->last))
        note(effect, TW_FINDING_CLOCK_BACK);
    if (TW_LIKELY(connection_is_plain(c, sender, s))) {
        take(c, sender, s, effect);
        c->last = s->time > c->last ? s->time : c->last;
        return true;
    }
    uint32_t contig = c->end[sender].contig;
    bool done = effect->duplicate || walk(store, c, sender, s, effect);
    take(c, sender, s, effect);
    if (contig != c->end[sender].contig)
        release_fin(&c->end[receiver], contig, c->end[sender].contig, s->time);
    c->last = s->time > c->last ? s->time : c->last;
    return endpoint_fold(store, c, sender, s->time, effect->times[sender]) &&
           (receiver == sender ||
            endpoint_fold(store, c, receiver, s->time, effect->times[receiver])) &&
           done;
}

// An end that is over: CLOSED, in TIME-WAIT, or back in LISTEN (--profile rfc).
static bool is_over(const struct endpoint *e) {
    enum tw_state state = endpoint_state(e);
    return e->step_count > 0 && (state == TW_CLOSED || state == TW_TIME_WAIT || state == TW_LISTEN);
}

bool connection_is_finished(const struct tw_connection *c) {
    const struct endpoint *client = &c->end[TW_CLIENT], *server = &c->end[peer_of(c, TW_CLIENT)];
    return is_over(client) && is_over(server);
}

void connection_fini(struct store *store, struct tw_connection *c) {
    endpoint_fini(store, &c->end[TW_CLIENT]);
    endpoint_fini(store, &c->end[TW_SERVER]);
}

// --- Reading ------------------------------------------------------------------------------------

static const char *const outcome_names[] = {
#define X(id, name) [TW_OUTCOME_##id] = name,
    TW_OUTCOME_LIST(X)
#undef X
};
const char *tw_outcome_name(enum tw_outcome outcome) {
    return outcome_names[outcome];
}
const char *tw_closer_name(enum tw_closer closer) {
    static const char *const names[] = {
        [TW_CLOSED_BY_NOBODY] = NULL,
        [TW_CLOSED_BY_CLIENT] = "client",
        [TW_CLOSED_BY_SERVER] = "server",
        [TW_CLOSED_BY_BOTH] = "both",
    };
    return names[closer];
}

static bool entered(const struct endpoint *e, enum tw_state state) {
    for (size_t i = 0; i < e->step_count; i++)
        if (endpoint_steps(e)[i].state == state)
            return true;
    return false;
}

static bool ended_by(const struct endpoint *e, enum tw_event event) {
    return e->step_count > 0 && endpoint_steps(e)[e->step_count - 1].event == event &&
           endpoint_state(e) == TW_CLOSED;
}

static void read_outcome(const struct tw_connection *c, struct tw_connection_info *info) {
    const struct endpoint *client = &c->end[TW_CLIENT];
    const struct endpoint *server = &c->end[peer_of(c, TW_CLIENT)];
    bool opened = entered(client, TW_ESTABLISHED) || entered(server, TW_ESTABLISHED) ||
                  entered(client, TW_FIN_WAIT_1) || entered(server, TW_FIN_WAIT_1) ||
                  entered(client, TW_CLOSE_WAIT) || entered(server, TW_CLOSE_WAIT);
    bool client_reset = ended_by(client, TW_EV_RCV_RST),
         server_reset = ended_by(server, TW_EV_RCV_RST);
    bool client_resets = ended_by(client, TW_EV_SEND_RST),
         server_resets = ended_by(server, TW_EV_SEND_RST);
    bool any = client_reset || server_reset || client_resets || server_resets;
    bool both_fins = client->fin_seen && server->fin_seen;
    info->closed_by = TW_CLOSED_BY_NOBODY;
    if (any && opened) {
        info->outcome = TW_OUTCOME_RESET;
        info->closed_by = client_resets || (server_reset && !server_resets) ? TW_CLOSED_BY_CLIENT
                                                                            : TW_CLOSED_BY_SERVER;
        if (client_resets && server_resets) // the first; the other only answered
            info->closed_by = endpoint_steps(client)[client->step_count - 1].packet <
                                      endpoint_steps(server)[server->step_count - 1].packet
                                  ? TW_CLOSED_BY_CLIENT
                                  : TW_CLOSED_BY_SERVER;
    } else if (both_fins) {
        info->outcome = TW_OUTCOME_CLOSED;
        if (entered(client, TW_FIN_WAIT_1) && entered(server, TW_FIN_WAIT_1))
            info->closed_by = TW_CLOSED_BY_BOTH;
        else if (entered(client, TW_LAST_ACK))
            info->closed_by = TW_CLOSED_BY_SERVER;
        else if (entered(server, TW_LAST_ACK))
            info->closed_by = TW_CLOSED_BY_CLIENT;
        else
            info->closed_by = c->first_fin == 1 ? TW_CLOSED_BY_CLIENT : TW_CLOSED_BY_SERVER;
    } else if (client_reset && server->rst_seen && !server->synack_sent) {
        info->outcome = TW_OUTCOME_REFUSED;
        info->closed_by = TW_CLOSED_BY_SERVER;
    } else if (client->syn_sent &&
               (client_resets || server_reset || (client->rst_seen && !opened) ||
                ended_by(client, TW_EV_GIVE_UP) || ended_by(client, TW_EV_UNREACHABLE))) {
        info->outcome = TW_OUTCOME_ABORTED_OPEN;
    } else if ((endpoint_state(client) == TW_SYN_SENT || c->taken_back) && server->packets == 0)
        info->outcome = TW_OUTCOME_NO_ANSWER;
    else
        info->outcome = (c->midstream || c->reset_first) && !client->fin_seen && !server->fin_seen
                            ? TW_OUTCOME_UNKNOWN
                            : TW_OUTCOME_OPEN;
    if (info->outcome == TW_OUTCOME_OPEN)
        info->closed_by = c->first_fin == 1   ? TW_CLOSED_BY_CLIENT
                          : c->first_fin == 2 ? TW_CLOSED_BY_SERVER
                                              : TW_CLOSED_BY_NOBODY;
}

static void read_end(const struct tw_connection *c, enum tw_end end, struct tw_end_info *info) {
    const struct endpoint *e = &c->end[end];
    size_t length = c->ipv6 ? 16 : 4;
    *info = (struct tw_end_info){
        .port = c->port[end],
        .packets = e->packets,
        .bytes = e->bytes,
        .retransmissions = e->retransmissions,
        .resets = e->resets,
    };
    memcpy(info->address.octets, c->address + end * length, length);
    if (c->self)
        e = &c->end[TW_CLIENT];
    const struct endpoint *peer = &c->end[peer_of(c, end)];
    bool known = e->scale_known && peer->scale_known;
    bool scaled = known && e->scale != NO_SCALE && peer->scale != NO_SCALE; // RFC 7323 2.2
    info->state = endpoint_state(e);
    info->step_count = e->step_count;
    info->steps_dropped = e->steps_dropped;
    info->initial_seq = e->iss;
    info->initial_known = e->iss_known;
    info->scale = scaled ? (uint8_t)e->scale : 0;
    info->scale_known = known;
}

uint64_t tw_connection_number(const struct tw_connection *c) {
    return c->number;
}

void tw_connection_read(const struct tw_connection *c, struct tw_connection_info *info) {
    *info = (struct tw_connection_info){
        .number = c->number,
        .version = c->ipv6 ? 6 : 4,
        .self = c->self,
        .midstream = c->midstream,
        .lost = c->lost,
        .evicted = c->evicted,
        .opened = c->opened,
        .last = c->last,
        .closed =
            c->last_to_closed == 0 ? TW_NO_TIME : c->last + duration_unpack(c->last_to_closed),
        .syn_to_synack = duration_unpack(c->syn_to_synack),
        .synack_to_ack = duration_unpack(c->synack_to_ack),
        .wireshark_completeness = c->completeness,
    };
    read_end(c, TW_CLIENT, &info->end[TW_CLIENT]);
    read_end(c, TW_SERVER, &info->end[TW_SERVER]);
    read_outcome(c, info);
    info->zeek = dialect_zeek(c);
    info->conntrack = dialect_conntrack(c);
}

size_t tw_connection_history(const struct tw_connection *c, enum tw_end end, struct tw_step *steps,
                             size_t room) {
    const struct endpoint *e = &c->end[c->self ? TW_CLIENT : end];
    const struct packed_step *from = endpoint_steps(e);
    for (size_t i = 0; i < e->step_count && i < room; i++)
        steps[i] = (struct tw_step){from[i].packet, (enum tw_state)from[i].state,
                                    (enum tw_event)from[i].event, (enum tw_basis)from[i].basis};
    return e->step_count;
}
