// SPDX-License-Identifier: MIT
// The same connection in other tools' words: Zeek's conn_state and conntrack's state.
#include "connection.h"

// Zeek's own words for one end (src/analyzer/protocol/tcp/TCP_Endpoint.h), as far as conn_state
// asks for them. A RST of an end that had sent its FIN before changes nothing there.
enum zeek_state { INACTIVE, PARTIAL, OPENING, ESTABLISHED, CLOSED, RESET };

static enum zeek_state zeek_state(const struct tw_connection *c, enum tw_end end) {
    const struct endpoint *e = &c->end[end], *peer = &c->end[peer_of(c, end)];
    bool answered = (e->synack_sent && (peer->syn_sent || peer->packets > 0)) ||
                    (peer->synack_sent && e->packets > 0);
    if (e->packets == 0)
        return INACTIVE; // whatever is assumed of it
    if (e->rst_cut)
        return RESET;
    if (e->fin_seen)
        return CLOSED;
    if (answered)
        return ESTABLISHED;
    if (e->syn_sent || e->synack_sent)
        return OPENING;
    return PARTIAL;
}

// As scripts/base/protocols/conn/main.zeek explains conn_state.
const char *dialect_zeek(const struct tw_connection *c) {
    const struct endpoint *client = &c->end[TW_CLIENT];
    enum zeek_state orig = zeek_state(c, TW_CLIENT), resp = zeek_state(c, TW_SERVER);
    if (orig == RESET)
        return resp != INACTIVE ? "RSTO" : client->syn_sent ? "RSTOS0" : "OTH";
    if (resp == RESET)
        return orig == OPENING ? "REJ" : orig == INACTIVE || orig == PARTIAL ? "RSTRH" : "RSTR";
    if (orig == CLOSED)
        return resp == CLOSED ? "SF" : resp == INACTIVE ? "SH" : "S2";
    if (resp == CLOSED)
        return orig == INACTIVE ? "SHR" : "S3";
    if (orig == ESTABLISHED && resp == ESTABLISHED)
        return "S1";
    return orig == OPENING ? "S0" : "OTH";
}

// One state for both directions, as net/netfilter/nf_conntrack_proto_tcp.c names them.
const char *dialect_conntrack(const struct tw_connection *c) {
    const struct endpoint *a = &c->end[TW_CLIENT], *b = &c->end[peer_of(c, TW_CLIENT)];
    enum tw_state client = endpoint_state(a), server = endpoint_state(b);
    if (a->rst_seen || b->rst_seen)
        return "CLOSE";
    if (client == TW_SYN_SENT || c->taken_back)
        return b->packets > 0 && b->syn_sent ? "SYN_SENT2"
               : b->synack_sent              ? "SYN_RECV"
                                             : "SYN_SENT";
    if (a->fin_seen && b->fin_seen)
        return client == TW_LAST_ACK || server == TW_LAST_ACK ? "LAST_ACK" : "TIME_WAIT";
    if (a->fin_seen || b->fin_seen)
        return client == TW_CLOSE_WAIT || server == TW_CLOSE_WAIT ? "CLOSE_WAIT" : "FIN_WAIT";
    return server == TW_SYN_RECEIVED ? "SYN_RECV" : "ESTABLISHED";
}
