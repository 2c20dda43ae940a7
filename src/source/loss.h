// SPDX-License-Identifier: MIT
// What was lost before it reached us, counted in 64 bits: the system's counters have 32, and wrap
// while one stays attached for days.
#ifndef TCPWALK_SOURCE_LOSS_H
#define TCPWALK_SOURCE_LOSS_H

#include "tcpwalk/base.h"

#include <pcap/pcap.h>

struct tw_loss {
    uint64_t received, dropped; // by the kernel; the former holds the latter
    uint64_t dropped_interface; // in the interface or its driver: the kernel has never seen them
    uint32_t last[3];           // libpcap's counters when they were last read
    int link;                   // a netlink socket, or -1
    unsigned index;             // of the interface; 0: none
    uint64_t missed;            // what the interface said last
    uint32_t asked;             // so many times
};

// From now on.
void tw_loss_init(struct tw_loss *loss, pcap_t *handle, int fd, unsigned index);
// What the kernel has received and dropped since: one system call.
void tw_loss_kernel(struct tw_loss *loss, pcap_t *handle, int fd);
// What the interface has.
void tw_loss_interface(struct tw_loss *loss);
void tw_loss_fini(struct tw_loss *loss);

#endif
