// SPDX-License-Identifier: MIT
// The device of a stack where no TUN is to be had: a veth pair, both ends in the stack's namespace.
#ifndef TCPWALK_LAB_VETH_H
#define TCPWALK_LAB_VETH_H

#include "tcpwalk/base.h"

// Makes and ups a pair with the indices `index` and the one above, the former called `name`. Gives
// a packet socket that yields what the stack sends through the one end at the moment when it is
// sent, and puts what is to land into the other: IP packets, without an Ethernet header. Or -1 with
// errno.
int veth_open(const char *name, unsigned index, unsigned mtu) TW_CHECKED;
// Returns when the stack has dealt with the packet. False with errno.
bool veth_land(int device, unsigned index, const uint8_t *octets, size_t length) TW_CHECKED;

#endif
