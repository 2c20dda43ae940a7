// SPDX-License-Identifier: MIT
// Packets from an interface of this machine, through libpcap.
#ifndef TCPWALK_SOURCE_LIVE_H
#define TCPWALK_SOURCE_LIVE_H

#include "tcpwalk/source.h"

#include <pcap/pcap.h>
#include <stdatomic.h>

struct tw_live {
    pcap_t *handle;
    char *name;
    int fd;
    int linktype;
    tw_time unit; // nanoseconds of one unit of the fraction
    uint64_t packets, octets, backward;
    tw_time last;
};

// As tw_source_open_live.
enum tw_status tw_live_init(struct tw_live *live, const char *interface,
                            const struct tw_source_options *options,
                            struct tw_error *error) TW_CHECKED;
enum tw_got tw_live_next(struct tw_live *live, bool nonblocking, const atomic_bool *stop,
                         struct tw_packet *packet, struct tw_error *error) TW_CHECKED;
uint64_t tw_live_dropped(const struct tw_live *live);
void tw_live_fini(struct tw_live *live);

#endif
