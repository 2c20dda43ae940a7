// SPDX-License-Identifier: MIT
// Packets from an interface of this machine, through libpcap.
#ifndef TCPWALK_SOURCE_LIVE_H
#define TCPWALK_SOURCE_LIVE_H

#include "loss.h"

#include "tcpwalk/source.h"

#include <pcap/pcap.h>

enum tw_live_state {
    TW_LIVE_UP,
    TW_LIVE_DOWN, // taken down: what passes when it is up again comes on the same handle
    TW_LIVE_GONE, // removed
};

struct tw_live {
    pcap_t *handle;
    char *name;
    int fd;
    unsigned index;    // of the interface; 0: it has none, as "any"
    unsigned loopback; // the one whose packets come twice among all; 0: none do
    bpf_u_int32 netmask;
    int linktype;
    tw_time unit; // nanoseconds of one unit of the fraction
    enum tw_live_state state;
    struct tw_loss loss;
    uint64_t packets, octets, cut, backward;
    tw_time last;

    uint64_t gap;     // packets dropped that no packet has told yet,
    tw_time gap_from; // from when on,
    tw_time looked;   // and when the counters were last looked at
};

// As tw_source_open_live, of one; `filter` as for tw_live_filter.
enum tw_status tw_live_init(struct tw_live *live, const char *interface,
                            const struct tw_source_options *options, const char *filter,
                            struct tw_error *error) TW_CHECKED;
// The program of a filter for this interface; NULL is the default filter. To be freed with
// pcap_freecode. TW_USAGE.
enum tw_status tw_live_compile(struct tw_live *live, const char *filter, struct bpf_program *code,
                               struct tw_error *error) TW_CHECKED;
enum tw_status tw_live_filter(struct tw_live *live, struct bpf_program *code,
                              struct tw_error *error) TW_CHECKED;
// Never waits. *packet is lent until the next call for this interface. TW_GOT_FAULT: `why` says.
enum tw_got tw_live_next(struct tw_live *live, struct tw_packet *packet,
                         const char **why) TW_CHECKED;
// Reads the kernel's counters: what was dropped since the last time is told with the next packet
// that can have come behind it.
void tw_live_look(struct tw_live *live);
// Whether the interface is up, down or gone; `live->state` is that from now on.
enum tw_live_state tw_live_ask(struct tw_live *live);
void tw_live_fini(struct tw_live *live);

#endif
