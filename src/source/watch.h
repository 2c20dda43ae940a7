// SPDX-License-Identifier: MIT
// Several interfaces watched as one source: the packet with the least time of those that are there,
// one descriptor to wait for, and what becomes of the interfaces meanwhile.
#ifndef TCPWALK_SOURCE_WATCH_H
#define TCPWALK_SOURCE_WATCH_H

#include "filter.h"
#include "live.h"
#include "ring.h"

#include <stdatomic.h>

// How long the kernel may keep a packet from us (its blocks are handed over each 10 ms), and some
// more.
#define TW_HAND_OVER (25 * TW_MILLISECOND)

enum { TW_WATCH_NEWS = 16, TW_WATCH_NEWS_ROOM = 160 };

struct tw_watch {
    struct tw_watched {
        struct tw_live live;
        struct tw_packet packet; // the next one, where it has one
        bool pending;
        struct tw_ring queue; // of several: what was read, and is not given yet
        bool is_held;         // a packet that was read, and is not in the queue yet
        struct tw_packet held;
        const char *why;          // it cannot be read any more; NULL: it can
        int64_t gone_ms;          // when it was seen to be removed; 0: it is there
        uint64_t gap;             // packets dropped before one that did not pass another filter
        uint64_t refiltered;      // up to this one they were read before the filter was set
        int64_t asked_at;         // the tick at which it was asked last
        enum tw_live_state known; // what was made of its state so far
    } one[TW_INTERFACES_MAX];
    size_t count;
    struct tw_source_options options;
    char *filter;           // NULL: the default one
    struct tw_filter sieve; // the same, for what was read before; the default one passes all
    int fd;                 // to wait for; of several an epoll set,
    int timer;              // and in it a timer for a packet that is held back; -1: none
    unsigned since_look;    // packets given since all counters were read
    int64_t asked_ms;

    struct {
        uint8_t watched, what;
    } news[TW_WATCH_NEWS]; // not told yet; the oldest are forgotten first
    size_t news_first, news_count;
    char text[TW_WATCH_NEWS_ROOM];
};

// As tw_source_open_live. To be ended with tw_watch_fini whatever is returned.
enum tw_status tw_watch_init(struct tw_watch *watch, const char *const *interfaces, size_t count,
                             const struct tw_source_options *options,
                             struct tw_error *error) TW_CHECKED;
// Waits unless that is not wanted, or `stop` is set.
enum tw_got tw_watch_next(struct tw_watch *watch, const atomic_bool *stop, struct tw_packet *packet,
                          struct tw_error *error) TW_CHECKED;
enum tw_status tw_watch_refilter(struct tw_watch *watch, const char *filter,
                                 struct tw_error *error) TW_CHECKED;
// What was read and not given yet, without reading more or waiting; false: nothing is left.
bool tw_watch_left(struct tw_watch *watch, struct tw_packet *packet) TW_CHECKED;
// Whether a packet that was read before that passes the filter, too. The default one passes all.
bool tw_watch_wants(struct tw_watch *watch, const struct tw_packet *packet) TW_CHECKED;
// As tw_source_absent.
void tw_watch_absent(const struct tw_watch *watch, char *text, size_t room);
const char *tw_watch_news(struct tw_watch *watch);
void tw_watch_counts(struct tw_watch *watch, struct tw_source_counts *counts);
void tw_watch_fini(struct tw_watch *watch);

#endif
