// SPDX-License-Identifier: MIT
// Whether a segment is about a connection, a newer one on the same ports, or an older one.
#include "incarnation.h"

#include "landing.h"

bool incarnation_begins_anew(const struct tw_connection *c, enum tw_end sender,
                             const struct tw_segment *s) {
    const struct endpoint *e = &c->end[sender], *peer = &c->end[1 - sender];
    if (e->iss_known && e->iss == s->seq)
        return false;
    if (c->self)
        return true;
    bool crossing = !e->seen && peer->syn_sent && !peer->synack_sent;
    return !crossing;
}

bool incarnation_is_newer(const struct endpoint *e, const struct tw_segment *s) {
    if (e->ts_seen && (s->options & TW_OPT_TIMESTAMPS) && s->tsval != e->tsval)
        return tw_seq_lt(e->tsval, s->tsval);
    return tw_seq_lt(e->nxt, s->seq);
}

bool incarnation_fits_previous(const struct tw_connection *c, enum tw_end sender,
                               const struct tw_segment *s) {
    const struct endpoint *client = &c->end[TW_CLIENT];
    if (s->flags & TW_SYN)
        return (s->flags & TW_ACK) && s->ack != client->iss + 1;
    if (sender == TW_SERVER)
        return (s->flags & (TW_RST | TW_ACK)) != (TW_RST | TW_ACK) || s->ack != client->iss + 1;
    return s->seq != client->iss + 1;
}

bool incarnation_goes_on(const struct tw_connection *c, const struct tw_connection *old,
                         enum tw_end sender, const struct tw_segment *s) {
    const struct endpoint *e = &old->end[sender], *peer = &old->end[1 - sender];
    const struct endpoint *client = &c->end[TW_CLIENT], *server = &c->end[TW_SERVER];
    const uint32_t window = 1U << 16;
    if ((s->flags & (TW_SYN | TW_RST | TW_ACK)) != TW_ACK || server->packets > 0 || !e->seen ||
        !peer->seen)
        return false;
    uint32_t low = peer->ack_seen ? peer->acked : e->iss;
    bool fits = tw_seq_le(low - 1, s->seq) && tw_seq_le(s->seq, e->nxt + window) &&
                (!e->ack_seen || tw_seq_le(e->acked, s->ack)) && tw_seq_le(s->ack, peer->nxt);
    struct flight syn = {.time = c->opened,
                         .has_ts = client->ts_seen,
                         .tsval = client->tsval,
                         .marks = 1,
                         .end = server->nxt};
    return fits && landing_goes_on(e, &syn, s);
}
