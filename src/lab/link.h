// SPDX-License-Identifier: MIT
// Links and addresses by rtnetlink (rtnetlink(7)), in the network namespace that the thread is in.
#ifndef TCPWALK_LAB_LINK_H
#define TCPWALK_LAB_LINK_H

#include "tcpwalk/segment.h"

enum { LINK_ADDRESS = 6 }; // octets of an Ethernet address

struct link_end {
    const char *name;
    unsigned index;
    uint8_t address[LINK_ADDRESS];
};

// All are false with errno.
bool link_veth(const struct link_end *one, const struct link_end *other) TW_CHECKED;
bool link_up(unsigned index) TW_CHECKED;
// Up, with that MTU, without ARP and neighbour discovery, and without a queue: what is sent leaves
// at once, whatever net.core.default_qdisc is (fq would pace it).
bool link_up_bare(unsigned index, unsigned mtu) TW_CHECKED;
bool link_address(unsigned index, int version, const struct tw_address *address,
                  uint8_t prefix) TW_CHECKED;
// The route by which IPv6 packets to that address are for this host. The kernel makes it too, but
// only when a work queue comes to it, even without duplicate address detection (addrconf_dad_work).
bool link_local6(unsigned index, const struct tw_address *address) TW_CHECKED;
// What is sent has whole checksums and no more than MTU octets; checksums of what lands are looked
// at.
bool link_no_offload(const char *name) TW_CHECKED;

#endif
