// SPDX-License-Identifier: MIT
// pcap_stats is not asked on Linux: it opens files below /sys for the interface's drops, which a
// process that has given up its rights cannot, takes what it cannot read for 0 and then counts
// backwards through 0; and only where the interface is promiscuous. Packet sockets and rtnetlink
// say both, over descriptors that are open already.
#include "loss.h"

#include <string.h>
#include <unistd.h>

#ifdef __linux__
#include <linux/if_link.h>
#include <linux/if_packet.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

// packet(7): reading the counters sets them to 0. tp_packets holds tp_drops (packet_getsockopt in
// net/packet/af_packet.c). False where it is no packet socket: nflog, usbmon.
static bool ask_kernel(struct tw_loss *loss, int fd) {
    struct tpacket_stats_v3 now = {0};
    socklen_t length = sizeof now;
    if (getsockopt(fd, SOL_PACKET, PACKET_STATISTICS, &now, &length) != 0) {
        return false;
    }
    loss->received += now.tp_packets;
    loss->dropped += now.tp_drops;
    return true;
}

// RTM_GETSTATS: the kernel answers while it is asked, so that there is nothing to wait for. What is
// counted is what libpcap counts, too: no room in the card, or in its driver's queue. Not
// rx_dropped, which has grown where a protocol is not known, and such packets have reached us.
static bool ask_interface(struct tw_loss *loss, uint64_t *missed) {
    struct {
        struct nlmsghdr header;
        struct if_stats_msg stats;
    } request = {
        .header = {.nlmsg_len = NLMSG_LENGTH(sizeof(struct if_stats_msg)),
                   .nlmsg_type = RTM_GETSTATS,
                   .nlmsg_flags = NLM_F_REQUEST},
        .stats = {.ifindex = loss->index, .filter_mask = IFLA_STATS_FILTER_BIT(IFLA_STATS_LINK_64)},
    };
    request.header.nlmsg_seq = ++loss->asked;
    enum { ROOM = 1024, HEAD = NLMSG_LENGTH(sizeof(struct if_stats_msg)) };
    uint8_t answer[ROOM];
    struct nlmsghdr header;
    if (loss->link < 0 || loss->index == 0 ||
        send(loss->link, &request, sizeof request, MSG_DONTWAIT) != (ssize_t)sizeof request) {
        return false;
    }
    ssize_t length;
    do { // what an earlier question left behind is passed over
        length = recv(loss->link, answer, sizeof answer, MSG_DONTWAIT);
        if (length < HEAD) {
            return false;
        }
        memcpy(&header, answer, sizeof header);
    } while (header.nlmsg_seq != loss->asked);
    if (header.nlmsg_type != RTM_NEWSTATS) {
        return false;
    }
    struct nlattr attribute; // one may be there to align the other
    for (size_t at = (size_t)HEAD; at + sizeof attribute <= (size_t)length;
         at += (size_t)NLA_ALIGN(attribute.nla_len)) {
        struct rtnl_link_stats64 counters = {0};
        memcpy(&attribute, answer + at, sizeof attribute);
        if (attribute.nla_len < sizeof attribute || attribute.nla_len > (size_t)length - at) {
            return false;
        }
        if (attribute.nla_type == IFLA_STATS_LINK_64) {
            const size_t octets = attribute.nla_len - sizeof attribute;
            memcpy(&counters, answer + at + sizeof attribute,
                   octets < sizeof counters ? octets : sizeof counters);
            *missed = counters.rx_missed_errors + counters.rx_fifo_errors;
            return true;
        }
    }
    return false;
}

void tw_loss_interface(struct tw_loss *loss) {
    uint64_t now;
    if (ask_interface(loss, &now)) {
        // A driver that was loaded again begins anew.
        loss->dropped_interface += now >= loss->missed ? now - loss->missed : now;
        loss->missed = now;
    }
}

static void open_link(struct tw_loss *loss) {
    loss->link = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
    if (!ask_interface(loss, &loss->missed)) {
        loss->missed = 0;
    }
}
#else
static bool ask_kernel(struct tw_loss *loss, int fd) {
    (void)loss;
    (void)fd;
    return false;
}
static void open_link(struct tw_loss *loss) {
    loss->link = -1;
}
void tw_loss_interface(struct tw_loss *loss) {
    (void)loss; // tw_loss_kernel has asked libpcap
}
#endif

void tw_loss_kernel(struct tw_loss *loss, pcap_t *handle, int fd) {
    struct pcap_stat now;
    if (ask_kernel(loss, fd) || pcap_stats(handle, &now) != 0) {
        return;
    }
    loss->received += now.ps_recv - loss->last[0]; // modulo 2^32
    loss->dropped += now.ps_drop - loss->last[1];
    loss->dropped_interface += now.ps_ifdrop - loss->last[2];
    loss->last[0] = now.ps_recv;
    loss->last[1] = now.ps_drop;
    loss->last[2] = now.ps_ifdrop;
}

void tw_loss_init(struct tw_loss *loss, pcap_t *handle, int fd, unsigned index) {
    *loss = (struct tw_loss){.index = index};
    tw_loss_kernel(loss, handle, fd); // what came before the filter was there
    loss->received = loss->dropped = loss->dropped_interface = 0;
    open_link(loss);
}

void tw_loss_fini(struct tw_loss *loss) {
    if (loss->link >= 0) {
        close(loss->link);
    }
}
