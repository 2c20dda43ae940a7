// SPDX-License-Identifier: MIT
// A pcap-filter expression over packets of several link types, and libpcap's numbers for these.
#ifndef TCPWALK_SOURCE_FILTER_H
#define TCPWALK_SOURCE_FILTER_H

#include "tcpwalk/source.h"

#include <pcap/pcap.h>

enum { TW_FILTER_PROGRAMS = 8 };

// The expression compiled for the link types met last.
struct tw_filter {
    char *expression; // NULL: everything passes
    struct tw_filter_program {
        int linktype;
        bool usable; // it compiles for this link type; otherwise none of its packets passes
        bool live;   // it asks what only the kernel knows: the direction, the interface
        struct bpf_program code;
    } programs[TW_FILTER_PROGRAMS];
    size_t count, oldest, current;
};

// TW_MEMORY. `expression` may be NULL or empty.
enum tw_status tw_filter_init(struct tw_filter *filter, const char *expression,
                              struct tw_error *error) TW_CHECKED;
// Compiles for a link type; TW_USAGE with a message where that fails.
enum tw_status tw_filter_compile(struct tw_filter *filter, int linktype,
                                 struct tw_error *error) TW_CHECKED;
bool tw_filter_passes(struct tw_filter *filter, const struct tw_packet *packet) TW_CHECKED;
// Whether it can be asked about a packet that was captured before it was set, and that does not
// pass.
bool tw_filter_rejects(struct tw_filter *filter, const struct tw_packet *packet) TW_CHECKED;
void tw_filter_fini(struct tw_filter *filter);

// The message about an expression that libpcap refuses; TW_USAGE.
enum tw_status tw_filter_refuse(const char *expression, const char *why, struct tw_error *error);

// Between a file's link type and this platform's DLT_ value.
int tw_linktype_of_dlt(int dlt);
int tw_dlt_of_linktype(int linktype);

#endif
