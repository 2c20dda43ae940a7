// SPDX-License-Identifier: MIT
// The kernel's own word: the TCP sockets of one network namespace as sock_diag tells them (Linux,
// linux/inet_diag.h, net/ipv4/inet_diag.c). No privilege is needed.
#ifndef TCPWALK_KERNEL_H
#define TCPWALK_KERNEL_H

#include "tcpwalk/segment.h"
#include "tcpwalk/state.h"

// idiag_timer of struct inet_diag_msg.
enum tw_kernel_timer {
    TW_TIMER_NONE,
    TW_TIMER_RETRANSMIT, // also of a request socket's SYN,ACK
    TW_TIMER_KEEPALIVE,  // also FIN-WAIT-2 of an orphan
    TW_TIMER_TIME_WAIT,
    TW_TIMER_PROBE, // zero-window probe
    TW_TIMER_COUNT
};

struct tw_kernel_socket {
    struct tw_tuple tuple; // an IPv4-mapped IPv6 address is given as IPv4
    enum tw_state state;   // TCP_NEW_SYN_RECV is SYN-RECEIVED
    // LISTEN: connections that wait for accept(), and how many may. Else octets received and not
    // read, and octets sent and not acknowledged or not sent yet.
    uint32_t receive_queue, send_queue;
    enum tw_kernel_timer timer;
    tw_time expires; // until the timer runs out
    unsigned retransmits;
    uint32_t inode, uid; // inode 0: no process has it (orphan, TIME-WAIT, request socket)
    uint32_t interface;  // that it is bound to; 0: to none
    // From struct tcp_info; 0 where the kernel does not tell.
    tw_time rtt, rto;
    uint32_t congestion_window; // segments
};
const char *tw_kernel_timer_name(enum tw_kernel_timer timer); // "retransmit", "none" ...

struct tw_kernel;

// Asks the network namespace that the calling thread is in now, whichever it enters later.
enum tw_status tw_kernel_open(struct tw_kernel **kernel, struct tw_error *error) TW_CHECKED;
void tw_kernel_free(struct tw_kernel *kernel);
// Tells every TCP socket over IP version 4 or 6, or both (0), that is in one of the states (bit
// 1 << enum tw_state; request sockets are in SYN-RECEIVED). CLOSED sockets are not told: the
// kernel does not know them. TW_OPEN with errno's text when the kernel refuses.
enum tw_status tw_kernel_sockets(struct tw_kernel *kernel, int version, unsigned states,
                                 void (*each)(void *context, const struct tw_kernel_socket *socket),
                                 void *context, struct tw_error *error) TW_CHECKED;
// The same without waiting, some at a time. Begins to tell all sockets; what an earlier one had
// left is passed over. False: the kernel refuses.
bool tw_kernel_begin(struct tw_kernel *kernel, unsigned states) TW_CHECKED;
// Tells as many as the kernel hands over at once, some hundred; false: those were the last ones.
bool tw_kernel_some(struct tw_kernel *kernel,
                    void (*each)(void *context, const struct tw_kernel_socket *socket),
                    void *context) TW_CHECKED;
// One socket, by its addresses and ports and by the interface that it is bound to, or 0; never
// waits. Where there is none, but one listens for it, that one is told. NONE: neither.
enum tw_kernel_found { TW_KERNEL_FOUND, TW_KERNEL_NONE, TW_KERNEL_UNKNOWN };
enum tw_kernel_found tw_kernel_find(struct tw_kernel *kernel, const struct tw_tuple *tuple,
                                    uint32_t interface, struct tw_kernel_socket *socket) TW_CHECKED;
// Whether what is sent to the address stays on this machine; never waits.
bool tw_kernel_local(struct tw_kernel *kernel, uint8_t version, const struct tw_address *address);
// Destroys a socket that was told, whoever has it (SOCK_DESTROY, Linux 4.5; net/ipv4/tcp.c,
// tcp_abort): an open connection sends a RST. False with errno: no right to, or it is gone.
bool tw_kernel_destroy(struct tw_kernel *kernel, const struct tw_kernel_socket *socket);

// --- Beside what the wire shows. Of use without Linux, too, as it asks nobody.

struct tw_kernel_wire {
    enum tw_state state; // that the end is in by what was captured
    bool passive;        // it came from LISTEN, directly
    bool assumed;        // nothing proves it: it may still be in `before`
    enum tw_state before;
    bool window_closed; // the other end has no room
};
// Why the kernel says something else than the wire shows, or calls it by another name: one sentence
// in English, marked for translation; "" where there is nothing to say. `socket` NULL: the kernel
// has none. `full`: the accept queue of who listens for it is.
const char *tw_kernel_difference(const struct tw_kernel_wire *wire,
                                 const struct tw_kernel_socket *socket, bool full);
// What is remarkable about a socket though both agree: not accepted, not read, no process's.
const char *tw_kernel_remark(const struct tw_kernel_socket *socket);
// More connections wait for accept() than may (tcp_v4_syn_recv_sock, sk_acceptq_is_full).
bool tw_kernel_full(const struct tw_kernel_socket *listener);

#endif
