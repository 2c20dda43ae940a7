// SPDX-License-Identifier: MIT
// The same connection in other tools' words: Zeek's conn_state and conntrack's state.
#include "connection.h"

const char *dialect_zeek(const struct tw_connection *c, const struct tw_connection_info *info) {
    const struct endpoint *client = &c->end[TW_CLIENT], *server = &c->end[TW_SERVER];
    (void)info;
    bool opened = client->syn_sent && (server->synack_sent || server->syn_sent);
    if (c->midstream)
        return "OTH";
    if (!client->syn_sent && server->synack_sent) {
        if (server->rst_seen)
            return "RSTRH";
        return server->fin_seen ? "SHR" : "OTH";
    }
    if (!opened) {
        if (server->rst_seen)
            return "REJ";
        if (client->rst_seen)
            return "RSTOS0";
        return client->fin_seen ? "SH" : client->syn_sent ? "S0" : "OTH";
    }
    if (client->rst_seen)
        return "RSTO";
    if (server->rst_seen)
        return "RSTR";
    if (client->fin_seen && server->fin_seen)
        return "SF";
    return client->fin_seen ? "S2" : server->fin_seen ? "S3" : "S1";
}

// One state for both directions, as net/netfilter/nf_conntrack_proto_tcp.c names them.
const char *dialect_conntrack(const struct tw_connection *c,
                              const struct tw_connection_info *info) {
    enum tw_state client = info->end[TW_CLIENT].state, server = info->end[TW_SERVER].state;
    const struct endpoint *a = &c->end[TW_CLIENT], *b = &c->end[TW_SERVER];
    if (a->rst_seen || b->rst_seen)
        return "CLOSE";
    if (client == TW_SYN_SENT)
        return b->packets > 0 && b->syn_sent ? "SYN_SENT2"
               : b->synack_sent              ? "SYN_RECV"
                                             : "SYN_SENT";
    if (a->fin_seen && b->fin_seen)
        return client == TW_LAST_ACK || server == TW_LAST_ACK ? "LAST_ACK" : "TIME_WAIT";
    if (a->fin_seen || b->fin_seen)
        return client == TW_CLOSE_WAIT || server == TW_CLOSE_WAIT ? "CLOSE_WAIT" : "FIN_WAIT";
    return server == TW_SYN_RECEIVED ? "SYN_RECV" : "ESTABLISHED";
}
