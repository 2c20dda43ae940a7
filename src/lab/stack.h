// SPDX-License-Identifier: MIT
// One TCP stack of the lab: a network namespace with one device, through which all that the stack
// sends comes out here as IP packets, and what is put in lands in it.
#ifndef TCPWALK_LAB_STACK_H
#define TCPWALK_LAB_STACK_H

#include "tcpwalk/connection.h"
#include "tcpwalk/kernel.h"

enum { STACK_MTU = 1500 };

struct stack {
    int namespace_fd; // -1: not open
    int device;       // readable when the stack has sent something; non-blocking
    bool packet;      // the device is a packet socket on a veth pair, not a TUN
    struct tw_kernel *kernel;
    struct tw_address address4, address6; // its own: 10.9.0.1 and fd00::1, 10.9.0.2 and fd00::2
};

// Both stacks: a user namespace where that is needed, then two network namespaces, each with lo and
// a TUN device `wire` (one end of a veth pair with a packet socket where /dev/net/tun may not be
// opened), addresses and routes. Nothing else on the machine is touched, and all is gone when
// the process ends. The calling thread stays in a network namespace of its own. TW_PERMISSION or
// TW_OPEN; the message says what to do.
enum tw_status stacks_open(struct stack stacks[TW_END_COUNT], struct tw_error *error) TW_CHECKED;
// The same with a device of one of these kinds only, the first first.
enum stack_way { STACK_TUN = 1, STACK_VETH = 2 };
enum tw_status stacks_open_by(struct stack stacks[TW_END_COUNT], unsigned ways,
                              struct tw_error *error) TW_CHECKED;
void stacks_close(struct stack stacks[TW_END_COUNT]); // also after a failure

// A TCP socket of that stack for version 4 or 6, non-blocking, close-on-exec; -1 with errno.
int stack_socket(const struct stack *stack, int version) TW_CHECKED;
// "net.ipv4.tcp_fin_timeout" or "net/ipv4/tcp_fin_timeout". TW_USAGE for one that does not exist,
// TW_PERMISSION for one that may not be set in a namespace (the message names it).
enum tw_status stack_sysctl(const struct stack *stack, const char *name, const char *value,
                            struct tw_error *error) TW_CHECKED;
// The next packet that the stack has sent, IPv4 or IPv6; its length, 0: none now, -1 with errno.
// Checksums are whole, no segment is larger than the MTU allows.
ptrdiff_t stack_take(const struct stack *stack, uint8_t *octets, size_t room) TW_CHECKED;
// Lands a packet; what the stack sends at once in answer can be taken when it returns. False with
// errno.
bool stack_land(const struct stack *stack, const uint8_t *octets, size_t length) TW_CHECKED;

#endif
