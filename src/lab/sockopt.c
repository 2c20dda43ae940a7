// SPDX-License-Identifier: MIT
// The options that setsockopt() takes in the lab: socket(7), tcp(7), ipv6(7).
#include "tcpwalk/lab.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

static const struct tw_lab_sockopt options[] = {
#define SOCKET(option)                                                                             \
    { #option, SOL_SOCKET, option, 1 }
#define TCP(option)                                                                                \
    { #option, IPPROTO_TCP, option, 1 }
    SOCKET(SO_REUSEADDR),  SOCKET(SO_REUSEPORT),
    SOCKET(SO_KEEPALIVE),  {"SO_LINGER", SOL_SOCKET, SO_LINGER, 2}, // struct linger: on, seconds
    SOCKET(SO_RCVBUF),     SOCKET(SO_SNDBUF),
    SOCKET(SO_OOBINLINE),  TCP(TCP_NODELAY),
    TCP(TCP_CORK),         TCP(TCP_KEEPIDLE),
    TCP(TCP_KEEPINTVL),    TCP(TCP_KEEPCNT),
    TCP(TCP_FASTOPEN),     TCP(TCP_FASTOPEN_CONNECT),
    TCP(TCP_DEFER_ACCEPT), TCP(TCP_MAXSEG),
    TCP(TCP_LINGER2),      TCP(TCP_USER_TIMEOUT),
    TCP(TCP_SYNCNT),       TCP(TCP_QUICKACK),
    TCP(TCP_WINDOW_CLAMP), {"IPV6_V6ONLY", IPPROTO_IPV6, IPV6_V6ONLY, 1},
#undef SOCKET
#undef TCP
};

size_t tw_lab_sockopt_count(void) {
    return TW_COUNT(options);
}

const struct tw_lab_sockopt *tw_lab_sockopt_at(size_t index) {
    return index < TW_COUNT(options) ? &options[index] : NULL;
}
