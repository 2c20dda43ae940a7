// SPDX-License-Identifier: MIT
// Where packets come from: capture files (plain, compressed, several merged), standard input,
// interfaces; and where they go. The only room that knows libpcap.
#ifndef TCPWALK_SOURCE_H
#define TCPWALK_SOURCE_H

#include "tcpwalk/base.h"

struct tw_packet {
    uint64_t number; // from 1, over all packets of the source, in merged order
    tw_time time;
    const uint8_t *octets; // lent until the next tw_source_next
    uint32_t captured;
    uint32_t length;    // on the wire; never less than captured
    int linktype;       // LINKTYPE_ value
    uint32_t interface; // live: which of those that were named, from 0
    // Live: so many packets of this interface the kernel had to drop, and they are missing before
    // this one: at the earliest right before it, as its counters are not read between all packets.
    uint64_t gap;
};

enum tw_got {
    TW_GOT_PACKET,
    TW_GOT_NOTHING, // live or a pipe: nothing there now, poll tw_source_fd
    TW_GOT_END,     // end of input, of the packet count, or after tw_source_stop
    TW_GOT_FAULT,   // the input broke off; *error says how and after how many good packets
};

struct tw_source_options {
    const char *filter; // pcap-filter expression or NULL; applied after counting for files, and in
                        // the kernel live, where NULL is TW_LIVE_FILTER
    uint64_t count;     // stop after this many packets that pass the filter; 0: no limit
    int snaplen;        // live; 0: TW_SNAPLEN_HEADERS, or the whole packet with `payload`
    bool payload;       // live: the packets' data is wanted, too
    int buffer_kib;     // live; 0: the default
    bool promiscuous;   // live
    bool nonblocking;   // a pipe or interface gives TW_GOT_NOTHING rather than wait
    bool again;         // tw_source_again is going to be used
    size_t keep;        // for that: octets of packets kept in memory that cannot be read again
};

struct tw_source_counts {
    uint64_t packets;  // read so far, before the filter
    uint64_t received; // live: by the kernel for us; for files what they hold; and all dropped
    uint64_t dropped;  // by kernel and interface, live; pcapng's statistics blocks, else 0
    uint64_t dropped_interface; // of these by the interface or its driver
    uint64_t cut;               // captured in part
    uint64_t octets;            // read of the input, compressed octets where it is compressed
    uint64_t size;              // of all files together in octets, 0 where not known
    uint64_t backward;          // times that the clock stepped back
};

// Live, when nobody says otherwise: what may hold TCP, in all that the decoder opens, and the ICMP
// errors that quote it; and so much of each packet.
extern const char TW_LIVE_FILTER[];
enum { TW_SNAPLEN_HEADERS = 320, TW_BUFFER_KIB = 8192, TW_INTERFACES_MAX = 16 };
// Memory of each of several interfaces for what waits for the others.
enum { TW_QUEUE_KIB = 4096 };

struct tw_source;

// Opens files ("-" is standard input), merged in time order where there are several. Nothing is
// read to the end. With `nonblocking` a pipe's first octets are not waited for: what is wrong with
// them is then told by tw_source_next, as a fault. On failure *source is NULL and *error says which
// name and why: TW_OPEN, TW_PERMISSION, TW_USAGE (the filter), TW_MEMORY.
enum tw_status tw_source_open_files(const char *const *names, size_t count,
                                    const struct tw_source_options *options,
                                    struct tw_source **source, struct tw_error *error) TW_CHECKED;
// Attaches to interfaces, 1 to TW_INTERFACES_MAX of them, each once; several on Linux only. One
// that is taken down is waited for; the source breaks off when all have been removed. TW_OPEN,
// TW_PERMISSION (the message says the three ways to get it), TW_USAGE, TW_MEMORY.
enum tw_status tw_source_open_live(const char *const *interfaces, size_t count,
                                   const struct tw_source_options *options,
                                   struct tw_source **source, struct tw_error *error) TW_CHECKED;
// Live: another filter from now on, on all interfaces or on none; NULL: the default one. What the
// kernel holds already and would not pass is not given any more. TW_USAGE: it does not compile, and
// the one before goes on.
enum tw_status tw_source_refilter(struct tw_source *source, const char *filter,
                                  struct tw_error *error) TW_CHECKED;
// What happened to an interface since it was last asked ("eth0: went down", "eth0: is up again"),
// one after the other; NULL: nothing more. Lent until the next call.
const char *tw_source_news(struct tw_source *source);
// The interfaces that are not there now ("eth0 is down, tun0 was removed"), into `text`; "": all
// are.
void tw_source_absent(const struct tw_source *source, char *text, size_t room);
enum tw_got tw_source_next(struct tw_source *source, struct tw_packet *packet,
                           struct tw_error *error) TW_CHECKED;
// A packet that was read, by its number, whether it passed the filter or not. Lent until the next
// tw_source_again or tw_source_next. Plain files are read again, without disturbing what is read of
// them otherwise; of all other sources the packets that passed the filter are kept, the newest in
// `keep` octets. TW_UNMET: it was not read, or is not kept; TW_BROKEN: the file was changed
// meanwhile, or cannot be read; TW_MEMORY.
enum tw_status tw_source_again(struct tw_source *source, uint64_t number, struct tw_packet *packet,
                               struct tw_error *error) TW_CHECKED;
// Whether packets are kept in memory for that, so that `keep` octets of it may be in use.
bool tw_source_keeps(const struct tw_source *source);
// Of what is kept: the number of the oldest one, and how many are not there any more. 1 and 0 where
// nothing needs to be kept.
void tw_source_kept(const struct tw_source *source, uint64_t *oldest, uint64_t *forgotten);
// Whether a packet that was had again had passed the filter.
bool tw_source_passed(struct tw_source *source, const struct tw_packet *packet) TW_CHECKED;
// Something to poll for reading, or -1 where tw_source_next has something without waiting.
int tw_source_fd(const struct tw_source *source);
// Whether it has to be waited for, maybe for ever: an interface, a pipe.
bool tw_source_waits(const struct tw_source *source);
// Live: what the packets come through, TW_INTERFACES_MAX at most; returns how many.
size_t tw_source_sockets(const struct tw_source *source, int sockets[TW_INTERFACES_MAX]);
bool tw_source_is_live(const struct tw_source *source);
// Link type of the first file's (first) interface, or -1 where it is not known yet.
int tw_source_linktype(const struct tw_source *source);
// May be called from a signal handler, `source` may be NULL: the next tw_source_next gives
// TW_GOT_END; live when all that had passed by then was given.
void tw_source_stop(struct tw_source *source);
void tw_source_counts_get(struct tw_source *source, struct tw_source_counts *counts);
void tw_source_free(struct tw_source *source);

// One interface that can be attached to; strings are lent until the next call.
struct tw_interface {
    const char *name, *description, *addresses;
    bool up, running, loopback;
};
enum tw_status tw_interfaces(void (*each)(void *context, const struct tw_interface *interface),
                             void *context, struct tw_error *error) TW_CHECKED;
// What an interface has received and sent since the system counts it; `name` is lent until the next
// call. On a loopback interface each packet is both.
struct tw_interface_traffic {
    const char *name;
    uint64_t received_packets, received_octets, sent_packets, sent_octets;
};
// Tells that of all interfaces of which the system says it; of none where it does not.
void tw_interfaces_traffic(void (*each)(void *context, const struct tw_interface_traffic *traffic),
                           void *context);

// Writes a capture file: pcap with nanoseconds. What could not be written is told by the close.
struct tw_writer;
// TW_OUTPUT, TW_MEMORY; then *writer is NULL. A file that is there is overwritten.
enum tw_status tw_writer_open(const char *path, int linktype, struct tw_writer **writer,
                              struct tw_error *error) TW_CHECKED;
// Writes to a file that is open, and empty; it is the writer's then, whatever is returned. `name`
// is for messages.
enum tw_status tw_writer_take(int file, const char *name, int linktype, struct tw_writer **writer,
                              struct tw_error *error) TW_CHECKED;
void tw_writer_packet(struct tw_writer *writer, tw_time time, const uint8_t *octets,
                      uint32_t captured, uint32_t length);
// Something could not be written, so that there is no use in going on.
bool tw_writer_failed(const struct tw_writer *writer) TW_CHECKED;
enum tw_status tw_writer_close(struct tw_writer *writer, struct tw_error *error) TW_CHECKED;

// "libpcap version 1.10.3; zlib, liblzma, libzstd" - what this build can read.
const char *tw_source_features(void);

#endif
