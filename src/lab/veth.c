// SPDX-License-Identifier: MIT
// A veth pair used like a TUN. Taking happens where a packet socket sees outgoing packets
// (dev_queue_xmit_nit in net/core/dev.c), that is within the send itself; landing goes by the
// receive backlog of the CPU, and is waited for.
#include "veth.h"

#include "link.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/membarrier.h>
#include <linux/sockios.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

// The end of the stack is addressed by what lands. What it sends is addressed to itself, as there
// is no ARP (arp_constructor, ndisc_constructor), and so is of no concern to the other end.
static const uint8_t near_address[LINK_ADDRESS] = {2, 0, 0, 0, 0, 1};
static const uint8_t far_address[LINK_ADDRESS] = {2, 0, 0, 0, 0, 2};
_Static_assert((int)LINK_ADDRESS == ETH_ALEN, "these are Ethernet addresses");

static bool make_pair(const char *name, unsigned index, unsigned mtu) {
    struct link_end near = {.name = name, .index = index};
    struct link_end far = {.name = "outlet", .index = index + 1};
    memcpy(near.address, near_address, LINK_ADDRESS);
    memcpy(far.address, far_address, LINK_ADDRESS);
    // The stack's end last: when it goes up it has a carrier, and may send from then on.
    return link_veth(&near, &far) && link_no_offload(name) && link_up(far.index) &&
           link_up_bare(near.index, mtu);
}

static struct sockaddr_ll place(unsigned index, unsigned protocol) {
    return (struct sockaddr_ll){.sll_family = AF_PACKET,
                                .sll_protocol = htons((uint16_t)protocol),
                                .sll_ifindex = (int)index};
}

static bool tap(int fd, unsigned index) {
    enum { ROOM = 8 << 20, ALL = 0xffff };
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_B | BPF_ABS, (uint32_t)(SKF_AD_OFF + SKF_AD_PKTTYPE)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PACKET_OUTGOING, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, ALL),
        BPF_STMT(BPF_RET | BPF_K, 0),
    };
    const struct sock_fprog filter = {.len = TW_COUNT(code), .filter = code};
    const struct sockaddr_ll at = place(index, ETH_P_ALL);
    const int room = ROOM, on = 1;
    // As much as the system allows; that is a matter of how much may be under way at once.
    if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room) != 0)
        (void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
    // Without a queue, which the kernel readies only some time after the carrier (link_watch.c).
    return setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &on, sizeof on) == 0 &&
           setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof filter) == 0 &&
           bind(fd, (const struct sockaddr *)&at, sizeof at) == 0;
}

int veth_open(const char *name, unsigned index, unsigned mtu) {
    if (!make_pair(name, index, mtu))
        return -1;
    const int fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd >= 0 && !tap(fd, index)) {
        const int why = errno;
        close(fd);
        errno = why;
        return -1;
    }
    return fd;
}

// What was sent is ours until IP has received it, which is within the send unless ksoftirqd is busy
// on this CPU. Then it may be that another CPU is still at it: that ends with RCU's grace period.
static void wait_received(int device) {
    enum { TRIES = 100000 };
    int queued = 0;
    for (int i = 0; i < TRIES; i++) {
        if (ioctl(device, SIOCOUTQ, &queued) != 0 || queued == 0) {
            if (i > 0)
                (void)syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0);
            return;
        }
        (void)sched_yield();
    }
}

bool veth_land(int device, unsigned index, const uint8_t *octets, size_t length) {
    struct sockaddr_ll to = place(index + 1, octets[0] >> 4 == 6 ? ETH_P_IPV6 : ETH_P_IP);
    to.sll_halen = LINK_ADDRESS;
    memcpy(to.sll_addr, near_address, LINK_ADDRESS);
    if (sendto(device, octets, length, 0, (const struct sockaddr *)&to, sizeof to) < 0)
        return false;
    wait_received(device);
    return true;
}
