// SPDX-License-Identifier: MIT
// Asks the kernel for its TCP sockets, for all or for one: sock_diag (net/ipv4/inet_diag.c) through
// libmnl.
#include "tcpwalk/kernel.h"

#include <arpa/inet.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/inet_diag.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/tcp.h>
#include <stdlib.h>
#include <string.h>

// Of include/net/tcp_states.h, which user space does not have.
enum linux_state {
    LINUX_ESTABLISHED = 1,
    LINUX_SYN_SENT,
    LINUX_SYN_RECV,
    LINUX_FIN_WAIT1,
    LINUX_FIN_WAIT2,
    LINUX_TIME_WAIT,
    LINUX_CLOSE,
    LINUX_CLOSE_WAIT,
    LINUX_LAST_ACK,
    LINUX_LISTEN,
    LINUX_CLOSING,
    LINUX_NEW_SYN_RECV, // a request socket
    LINUX_STATE_COUNT
};

static const enum tw_state state_of[] = {
    [0] = TW_CLOSED, // none
    [LINUX_ESTABLISHED] = TW_ESTABLISHED,
    [LINUX_SYN_SENT] = TW_SYN_SENT,
    [LINUX_SYN_RECV] = TW_SYN_RECEIVED,
    [LINUX_FIN_WAIT1] = TW_FIN_WAIT_1,
    [LINUX_FIN_WAIT2] = TW_FIN_WAIT_2,
    [LINUX_TIME_WAIT] = TW_TIME_WAIT,
    [LINUX_CLOSE] = TW_CLOSED,
    [LINUX_CLOSE_WAIT] = TW_CLOSE_WAIT,
    [LINUX_LAST_ACK] = TW_LAST_ACK,
    [LINUX_LISTEN] = TW_LISTEN,
    [LINUX_CLOSING] = TW_CLOSING,
    [LINUX_NEW_SYN_RECV] = TW_SYN_RECEIVED,
};
_Static_assert(TW_COUNT(state_of) == LINUX_STATE_COUNT, "a state for each of Linux's");

enum {
    BUFFER = 32768,        // the kernel fills no more of one (netlink_recvmsg)
    ANSWER = 4096,         // to a single question: one socket, one route
    SOCKETS_MAX = 1 << 20, // that are told at once
    TRIES = 16             // of a dump that others change meanwhile
};

struct tw_kernel {
    struct mnl_socket *netlink;
    // For single questions, which may come while a dump is read: of sockets and of routes.
    struct mnl_socket *single, *routes;
    unsigned sequence, asked; // the last one of `netlink`, of the two others
    // A dump that is read in parts: its family, 0 when there is none, and what it is for.
    uint8_t family;
    uint32_t states;
    // What a dump has told: handed on when all of it is there and consistent.
    struct tw_kernel_socket *sockets;
    size_t count, room;
    _Alignas(struct nlmsghdr) uint8_t buffer[BUFFER];
    _Alignas(struct nlmsghdr) uint8_t answer[ANSWER];
};

static struct mnl_socket *opened(int bus) {
    struct mnl_socket *netlink = mnl_socket_open2(bus, SOCK_CLOEXEC);
    if (netlink == NULL || mnl_socket_bind(netlink, 0, MNL_SOCKET_AUTOPID) == 0)
        return netlink;
    const int why = errno;
    (void)mnl_socket_close(netlink);
    errno = why;
    return NULL;
}

enum tw_status tw_kernel_open(struct tw_kernel **kernel, struct tw_error *error) {
    *kernel = NULL;
    struct tw_kernel *made = calloc(1, sizeof *made);
    if (made == NULL)
        return tw_fail(error, TW_MEMORY, "sock_diag: out of memory");
    made->netlink = opened(NETLINK_SOCK_DIAG);
    made->single = made->netlink != NULL ? opened(NETLINK_SOCK_DIAG) : NULL;
    made->routes = made->single != NULL ? opened(NETLINK_ROUTE) : NULL;
    if (made->routes == NULL) {
        const int why = errno;
        tw_kernel_free(made);
        return tw_fail(error, TW_OPEN, "sock_diag: %s", strerror(why));
    }
    *kernel = made;
    return TW_OK;
}

void tw_kernel_free(struct tw_kernel *kernel) {
    if (kernel == NULL)
        return;
    struct mnl_socket *const all[] = {kernel->netlink, kernel->single, kernel->routes};
    for (size_t i = 0; i < TW_COUNT(all); i++)
        if (all[i] != NULL)
            (void)mnl_socket_close(all[i]);
    free(kernel->sockets);
    free(kernel);
}

// RFC 4291 2.5.5.2
static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

static struct tw_address address_of(const uint8_t *octets, int version) {
    struct tw_address address = {0};
    memcpy(address.octets, octets, version == 4 ? 4 : sizeof address.octets);
    return address;
}

static struct tw_tuple tuple_of(const struct inet_diag_msg *told) {
    const uint8_t *local = (const uint8_t *)told->id.idiag_src;
    const uint8_t *remote = (const uint8_t *)told->id.idiag_dst;
    uint8_t version = told->idiag_family == AF_INET ? 4 : 6;
    // IPv4 through a socket of IPv6. That of a listener has no remote address, but zeros alone.
    if (version == 6 && memcmp(local, mapped, sizeof mapped) == 0) {
        version = 4;
        local += sizeof mapped;
        remote += sizeof mapped;
    }
    return (struct tw_tuple){
        .local = address_of(local, version),
        .remote = address_of(remote, version),
        .local_port = ntohs(told->id.idiag_sport),
        .remote_port = ntohs(told->id.idiag_dport),
        .version = version,
    };
}

// INET_DIAG_INFO into `info`: as much of it as both know.
static int find_info(const struct nlattr *attribute, void *info) {
    if (mnl_attr_get_type(attribute) == INET_DIAG_INFO) {
        const size_t told = mnl_attr_get_payload_len(attribute);
        const size_t room = sizeof(struct tcp_info);
        memcpy(info, mnl_attr_get_payload(attribute), told < room ? told : room);
    }
    return MNL_CB_OK;
}

// One socket; false: it is none that we tell.
static bool socket_of(const struct nlmsghdr *message, struct tw_kernel_socket *socket) {
    if (mnl_nlmsg_get_payload_len(message) < sizeof(struct inet_diag_msg))
        return false;
    const struct inet_diag_msg *told = mnl_nlmsg_get_payload(message);
    if (told->idiag_state >= LINUX_STATE_COUNT || state_of[told->idiag_state] == TW_CLOSED)
        return false;
    struct tcp_info info = {0};
    (void)mnl_attr_parse(message, sizeof *told, find_info, &info);
    *socket = (struct tw_kernel_socket){
        .tuple = tuple_of(told),
        .state = state_of[told->idiag_state],
        .receive_queue = told->idiag_rqueue,
        .send_queue = told->idiag_wqueue,
        .timer = told->idiag_timer < TW_TIMER_COUNT ? (enum tw_kernel_timer)told->idiag_timer
                                                    : TW_TIMER_NONE,
        .expires = told->idiag_expires * TW_MILLISECOND,
        .retransmits = told->idiag_retrans,
        .inode = told->idiag_inode,
        .uid = told->idiag_uid,
        .interface = told->id.idiag_if,
        .rtt = info.tcpi_rtt * (TW_SECOND / 1000000),
        .rto = info.tcpi_rto * (TW_SECOND / 1000000),
        .congestion_window = info.tcpi_snd_cwnd,
    };
    return true;
}

// One socket, if it is one that was asked for. False when out of memory.
static bool keep(struct tw_kernel *kernel, const struct nlmsghdr *message, int version) {
    struct tw_kernel_socket socket;
    if (!socket_of(message, &socket) || (version != 0 && socket.tuple.version != version))
        return true;
    if (kernel->count == kernel->room) {
        const size_t room = kernel->room == 0 ? 64 : 2 * kernel->room;
        struct tw_kernel_socket *more =
            room > SOCKETS_MAX ? NULL : realloc(kernel->sockets, room * sizeof *more);
        if (more == NULL)
            return false;
        kernel->sockets = more;
        kernel->room = room;
    }
    kernel->sockets[kernel->count++] = socket;
    return true;
}

// errno of an answer that ends a dump (NLMSG_DONE carries one too), 0 where all went well.
static int verdict(const struct nlmsghdr *message) {
    int code = 0;
    if (mnl_nlmsg_get_payload_len(message) >= sizeof code)
        memcpy(&code, mnl_nlmsg_get_payload(message), sizeof code);
    else if (message->nlmsg_type == NLMSG_ERROR)
        code = -EBADMSG;
    return code < 0 ? -code : 0;
}

// Reads what was asked for to its end, a dump or an acknowledgement. 0, or an errno: EINTR means
// that it is not consistent.
static int read_answer(struct tw_kernel *kernel, int version) {
    int result = 0;
    for (;;) {
        const ssize_t got = mnl_socket_recvfrom(kernel->netlink, kernel->buffer, BUFFER);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return errno;
        int left = (int)got;
        const struct nlmsghdr *message = (const struct nlmsghdr *)kernel->buffer;
        for (; mnl_nlmsg_ok(message, left); message = mnl_nlmsg_next(message, &left)) {
            if (message->nlmsg_seq != kernel->sequence)
                continue; // the rest of an earlier dump
            if ((message->nlmsg_flags & NLM_F_DUMP_INTR) != 0)
                result = EINTR;
            if (message->nlmsg_type == NLMSG_DONE || message->nlmsg_type == NLMSG_ERROR) {
                const int code = verdict(message);
                return code != 0 ? code : result;
            }
            if (message->nlmsg_type == SOCK_DIAG_BY_FAMILY && result == 0 &&
                !keep(kernel, message, version))
                result = ENOMEM; // but read on: the kernel begins no other dump before the end
        }
    }
}

// 0, or an errno. What comes of it is to be read then.
static int ask_all(struct tw_kernel *kernel, uint8_t family, uint32_t states, bool info) {
    struct nlmsghdr *header = mnl_nlmsg_put_header(kernel->buffer);
    header->nlmsg_type = SOCK_DIAG_BY_FAMILY;
    header->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
    header->nlmsg_seq = ++kernel->sequence;
    struct inet_diag_req_v2 *ask = mnl_nlmsg_put_extra_header(header, sizeof *ask);
    ask->sdiag_family = family;
    ask->sdiag_protocol = IPPROTO_TCP;
    ask->idiag_ext = info ? 1 << (INET_DIAG_INFO - 1) : 0;
    ask->idiag_states = states;
    return mnl_socket_sendto(kernel->netlink, header, header->nlmsg_len) < 0 ? errno : 0;
}

static int dump(struct tw_kernel *kernel, uint8_t family, uint32_t states, int version) {
    const int refused = ask_all(kernel, family, states, true);
    return refused != 0 ? refused : read_answer(kernel, version);
}

static uint32_t linux_states_of(unsigned states) {
    uint32_t linux_states = 0;
    for (unsigned i = 1; i < LINUX_STATE_COUNT; i++)
        if (state_of[i] != TW_CLOSED && (states & 1U << state_of[i]) != 0)
            linux_states |= 1U << i;
    return linux_states;
}

enum tw_status tw_kernel_sockets(struct tw_kernel *kernel, int version, unsigned states,
                                 void (*each)(void *context, const struct tw_kernel_socket *socket),
                                 void *context, struct tw_error *error) {
    const uint32_t linux_states = linux_states_of(states);
    int result = EINTR;
    for (int i = 0; i < TRIES && result == EINTR && linux_states != 0; i++) {
        kernel->count = 0;
        // IPv4 may be spoken by sockets of both families.
        result = version == 6 ? 0 : dump(kernel, AF_INET, linux_states, version);
        if (result == 0)
            result = dump(kernel, AF_INET6, linux_states, version);
    }
    if (linux_states == 0)
        return TW_OK;
    if (result == ENOMEM)
        return tw_fail(error, TW_MEMORY, "sock_diag: out of memory for %zu sockets", kernel->count);
    if (result != 0)
        return tw_fail(error, TW_OPEN, "sock_diag: %s",
                       result == EINTR ? "the sockets change faster than they are told"
                                       : strerror(result));
    for (size_t i = 0; i < kernel->count; i++)
        each(context, &kernel->sockets[i]);
    return TW_OK;
}

// --- Without waiting. The kernel has answered when sendto returns (netlink_unicast_kernel), and
// goes on with a dump in recvmsg (netlink_dump): what is not there then will not come.

static ssize_t read_now(const struct mnl_socket *netlink, uint8_t *buffer, size_t room) {
    ssize_t got;
    do
        got = recv(mnl_socket_get_fd(netlink), buffer, room, MSG_DONTWAIT);
    while (got < 0 && errno == EINTR);
    return got;
}

bool tw_kernel_some(struct tw_kernel *kernel,
                    void (*each)(void *context, const struct tw_kernel_socket *socket),
                    void *context) {
    const ssize_t got = kernel->family != 0 ? read_now(kernel->netlink, kernel->buffer, BUFFER) : 0;
    bool ended = got <= 0;
    int left = ended ? 0 : (int)got;
    const struct nlmsghdr *message = (const struct nlmsghdr *)kernel->buffer;
    for (; mnl_nlmsg_ok(message, left); message = mnl_nlmsg_next(message, &left)) {
        struct tw_kernel_socket socket;
        if (message->nlmsg_seq != kernel->sequence)
            continue; // the rest of an earlier dump
        ended = ended || message->nlmsg_type == NLMSG_DONE || message->nlmsg_type == NLMSG_ERROR;
        if (message->nlmsg_type == SOCK_DIAG_BY_FAMILY && each != NULL &&
            socket_of(message, &socket))
            each(context, &socket);
    }
    if (!ended)
        return true;
    kernel->family = got > 0 && kernel->family == AF_INET ? AF_INET6 : 0;
    if (kernel->family != 0 && ask_all(kernel, kernel->family, kernel->states, false) != 0)
        kernel->family = 0;
    return kernel->family != 0;
}

bool tw_kernel_begin(struct tw_kernel *kernel, unsigned states) {
    // Before the end of one dump the kernel begins no other (EBUSY).
    while (tw_kernel_some(kernel, NULL, NULL))
        continue;
    kernel->states = linux_states_of(states);
    kernel->family = AF_INET;
    if (ask_all(kernel, kernel->family, kernel->states, false) != 0)
        kernel->family = 0;
    return kernel->family != 0;
}

// Asks one thing. Returns what is said, lent until the next question; NULL: nothing, *code says
// why.
static const struct nlmsghdr *ask_one(struct tw_kernel *kernel, const struct mnl_socket *netlink,
                                      struct nlmsghdr *header, int *code) {
    header->nlmsg_flags = NLM_F_REQUEST;
    header->nlmsg_seq = ++kernel->asked;
    *code = EAGAIN;
    if (mnl_socket_sendto(netlink, header, header->nlmsg_len) < 0)
        return NULL;
    for (ssize_t got; (got = read_now(netlink, kernel->answer, ANSWER)) > 0;) {
        const struct nlmsghdr *message = (const struct nlmsghdr *)kernel->answer;
        if (!mnl_nlmsg_ok(message, (int)got) || message->nlmsg_seq != kernel->asked)
            continue; // to an earlier question
        if (message->nlmsg_type != NLMSG_ERROR)
            return message;
        *code = verdict(message);
        return NULL;
    }
    return NULL;
}

static void put_tuple(struct inet_diag_req_v2 *ask, const struct tw_tuple *tuple) {
    ask->sdiag_family = tuple->version == 4 ? AF_INET : AF_INET6;
    ask->sdiag_protocol = IPPROTO_TCP;
    ask->id.idiag_sport = htons(tuple->local_port);
    ask->id.idiag_dport = htons(tuple->remote_port);
    memcpy(ask->id.idiag_src, &tuple->local, sizeof ask->id.idiag_src);
    memcpy(ask->id.idiag_dst, &tuple->remote, sizeof ask->id.idiag_dst);
    ask->id.idiag_cookie[0] = ask->id.idiag_cookie[1] = INET_DIAG_NOCOOKIE;
}

enum tw_kernel_found tw_kernel_find(struct tw_kernel *kernel, const struct tw_tuple *tuple,
                                    uint32_t interface, struct tw_kernel_socket *socket) {
    struct nlmsghdr *header = mnl_nlmsg_put_header(kernel->answer);
    header->nlmsg_type = SOCK_DIAG_BY_FAMILY;
    struct inet_diag_req_v2 *ask = mnl_nlmsg_put_extra_header(header, sizeof *ask);
    put_tuple(ask, tuple);
    ask->id.idiag_if = interface;
    ask->idiag_ext = 1 << (INET_DIAG_INFO - 1);
    ask->idiag_states = ~0U;
    int code;
    const struct nlmsghdr *message = ask_one(kernel, kernel->single, header, &code);
    if (message == NULL)
        return code == ENOENT ? TW_KERNEL_NONE : TW_KERNEL_UNKNOWN;
    // Where there is no such connection the kernel looks for who listens (inet_lookup).
    const bool told = socket_of(message, socket) &&
                      (socket->state == TW_LISTEN || tw_tuple_equal(&socket->tuple, tuple));
    return told ? TW_KERNEL_FOUND : TW_KERNEL_NONE;
}

// As `ip route get` asks: it knows whole networks that are local, too (127.0.0.0/8), and needs no
// lock that others hold for long (RTNL_FLAG_DOIT_UNLOCKED).
bool tw_kernel_local(struct tw_kernel *kernel, uint8_t version, const struct tw_address *address) {
    struct nlmsghdr *header = mnl_nlmsg_put_header(kernel->answer);
    header->nlmsg_type = RTM_GETROUTE;
    struct rtmsg *ask = mnl_nlmsg_put_extra_header(header, sizeof *ask);
    const size_t length = version == 4 ? 4 : sizeof address->octets;
    ask->rtm_family = version == 4 ? AF_INET : AF_INET6;
    ask->rtm_dst_len = (unsigned char)(8 * length);
    mnl_attr_put(header, RTA_DST, length, address->octets);
    int code;
    const struct nlmsghdr *message = ask_one(kernel, kernel->routes, header, &code);
    if (message == NULL || mnl_nlmsg_get_payload_len(message) < sizeof *ask)
        return false;
    return ((const struct rtmsg *)mnl_nlmsg_get_payload(message))->rtm_type == RTN_LOCAL;
}

bool tw_kernel_destroy(struct tw_kernel *kernel, const struct tw_kernel_socket *socket) {
    struct nlmsghdr *header = mnl_nlmsg_put_header(kernel->buffer);
    header->nlmsg_type = SOCK_DESTROY;
    header->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
    header->nlmsg_seq = ++kernel->sequence;
    struct inet_diag_req_v2 *ask = mnl_nlmsg_put_extra_header(header, sizeof *ask);
    put_tuple(ask, &socket->tuple);
    if (mnl_socket_sendto(kernel->netlink, header, header->nlmsg_len) < 0)
        return false;
    errno = read_answer(kernel, 0);
    return errno == 0;
}
