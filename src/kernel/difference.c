// SPDX-License-Identifier: MIT
// Why the kernel's word is not what the wire shows.
#include "tcpwalk/kernel.h"

static const char *const timer_names[] = {
    [TW_TIMER_NONE] = "none",           [TW_TIMER_RETRANSMIT] = "retransmit",
    [TW_TIMER_KEEPALIVE] = "keepalive", [TW_TIMER_TIME_WAIT] = "time-wait",
    [TW_TIMER_PROBE] = "probe",
};
_Static_assert(TW_COUNT(timer_names) == TW_TIMER_COUNT, "a name for each timer");

const char *tw_kernel_timer_name(enum tw_kernel_timer timer) {
    return timer_names[timer];
}

bool tw_kernel_full(const struct tw_kernel_socket *listener) {
    return listener->state == TW_LISTEN && listener->receive_queue > listener->send_queue;
}

// The kernel has no socket where the wire shows an end.
static const char *none(const struct tw_kernel_wire *wire, bool full) {
    static const char *const reasons[] = {
        [TW_CLOSED] = "",
        [TW_LISTEN] = N_("the kernel has no such socket any more"),
        [TW_SYN_SENT] = N_("given up: the kernel has no such socket any more"),
        // tcp_conn_request() with a full SYN queue and tcp_syncookies.
        [TW_SYN_RECEIVED] = N_("no request socket: SYN cookies, or it was given up"),
        [TW_ESTABLISHED] = N_("the kernel has no such socket any more"),
        [TW_FIN_WAIT_1] = N_("orphan given up: the kernel has no such socket any more"),
        // tcp_fin_timeout (Documentation/networking/ip-sysctl.rst).
        [TW_FIN_WAIT_2] = N_("orphan given up: tcp_fin_timeout is over"),
        [TW_CLOSE_WAIT] = N_("the kernel has no such socket any more"),
        [TW_CLOSING] = N_("orphan given up: the kernel has no such socket any more"),
        [TW_LAST_ACK] = N_("its FIN is acknowledged or given up: it was not captured"),
        [TW_TIME_WAIT] = N_("let go: the wire's TIME-WAIT ends by the profile's clock"),
    };
    _Static_assert(TW_COUNT(reasons) == TW_STATE_COUNT, "each state has its reason");
    if (wire->state == TW_SYN_RECEIVED && full)
        return N_("no request socket: the accept queue is full, SYNs are dropped");
    return reasons[wire->state];
}

// How far on its way a connection is: nothing leads back.
static int progress(enum tw_state state) {
    static const int steps[] = {
        [TW_LISTEN] = 0,     [TW_SYN_SENT] = 1,   [TW_SYN_RECEIVED] = 2, [TW_ESTABLISHED] = 3,
        [TW_FIN_WAIT_1] = 4, [TW_CLOSE_WAIT] = 4, [TW_FIN_WAIT_2] = 5,   [TW_CLOSING] = 5,
        [TW_LAST_ACK] = 5,   [TW_TIME_WAIT] = 6,  [TW_CLOSED] = 7,
    };
    _Static_assert(TW_COUNT(steps) == TW_STATE_COUNT, "each state has its place");
    return steps[state];
}

// It has sent a FIN by its own account, and not by that of the wire.
static bool fin_waits(enum tw_state kernel, enum tw_state wire) {
    return (kernel == TW_FIN_WAIT_1 && (wire == TW_ESTABLISHED || wire == TW_SYN_RECEIVED)) ||
           ((kernel == TW_LAST_ACK || kernel == TW_CLOSING) && wire == TW_CLOSE_WAIT);
}

const char *tw_kernel_difference(const struct tw_kernel_wire *wire,
                                 const struct tw_kernel_socket *socket, bool full) {
    if (socket == NULL)
        return none(wire, full);
    const enum tw_state kernel = socket->state;
    if (kernel == wire->state) {
        if (kernel != TW_SYN_RECEIVED || !wire->passive)
            return "";
        // tcp_v4_syn_recv_sock(): the request socket stays, and its SYN,ACK is sent again.
        return full ? N_("request socket: the accept queue is full, its ACK is passed over")
                    : N_("request socket: SYN_RECV (NEW_SYN_RECV)");
    }
    if (fin_waits(kernel, wire->state))
        return wire->window_closed ? N_("its FIN is queued: the peer's window is closed")
                                   : N_("its FIN is queued, not yet on the wire");
    if (kernel == TW_LISTEN) // another socket than the connection's, that has none yet or any more
        return wire->assumed && wire->before == TW_LISTEN ? N_("only assumed: it has not moved")
                                                          : none(wire, tw_kernel_full(socket));
    if (kernel == TW_SYN_RECEIVED && full)
        return N_("request socket: the accept queue is full, its ACK is passed over");
    if (kernel == TW_SYN_SENT && wire->state == TW_CLOSED)
        return N_("its SYN is not yet on the wire");
    if (wire->assumed && kernel == wire->before)
        return N_("only assumed: it has not moved");
    if (kernel == TW_TIME_WAIT && wire->state == TW_CLOSED)
        return N_("still in TIME-WAIT: the profile's clock is faster");
    return progress(kernel) > progress(wire->state)
               ? N_("ahead of the wire: what moved it was not captured")
               : N_("it has not moved: what was captured has not landed");
}

const char *tw_kernel_remark(const struct tw_kernel_socket *socket) {
    const bool nobodys = socket->inode == 0;
    switch (socket->state) {
    case TW_LISTEN:
        return tw_kernel_full(socket)
                   ? N_("the accept queue is full: SYNs and last ACKs are passed over")
                   : "";
    case TW_ESTABLISHED:
        if (nobodys)
            return N_("in the accept queue: no process has it yet");
        return socket->receive_queue > 0 ? N_("data has come that its process has not read") : "";
    case TW_CLOSE_WAIT:
        if (nobodys)
            return N_("in the accept queue: no process has it yet");
        return socket->receive_queue > 1 ? N_("data has come that its process has not read")
                                         : N_("the peer has closed, its process has not");
    // include/net/inet_timewait_sock.h: what is left of a socket, FIN-WAIT-2 of an orphan, too.
    case TW_FIN_WAIT_2:
        return nobodys ? N_("orphan: a mini socket, without process and queues") : "";
    case TW_TIME_WAIT: return N_("a mini socket, without process and queues");
    case TW_FIN_WAIT_1:
    case TW_CLOSING:
    case TW_LAST_ACK: return nobodys ? N_("orphan: its process has closed it") : "";
    default: return "";
    }
}
