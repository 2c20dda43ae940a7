// SPDX-License-Identifier: MIT
// A source: files merged in time order, or an interface; counting, filter, limit and stop.
#include "tcpwalk/source.h"

#include "again.h"
#include "filter.h"
#include "ring.h"
#include "watch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct tw_source {
    struct tw_source_options options; // its filter is not used; it is in `filter`
    atomic_bool stop;
    bool is_live;
    uint64_t number, given; // of the packet that was read last, and given last
    // Up to the one they had been given when the filter was set, up to the other they had been
    // read.
    uint64_t given_before, refiltered;
    uint64_t gap; // packets dropped before one that did not pass another filter
    uint64_t passed;
    tw_time stopped;   // when that was seen first; 0: not
    enum tw_got state; // why reading ended, or TW_GOT_NOTHING, TW_GOT_PACKET: it goes on
    struct tw_error fault;
    struct tw_watch watch;

    struct tw_filter filter;
    struct tw_merge merge;
    struct tw_index index; // of files that can be read again
    struct tw_again again;
    struct tw_ring ring; // of what cannot
    unsigned since;      // packets given since it was filled
    bool is_held;        // a packet that was read, and is not in the ring yet
    struct tw_packet held;
};

static struct tw_source *source_new(const struct tw_source_options *options) {
    struct tw_source *source = calloc(1, sizeof *source);
    if (source != NULL && options != NULL) {
        source->options = *options;
    }
    return source;
}

// A filter is refused where it compiles for none of the link types that are known by now, or, where
// none is known, neither for Ethernet nor for 802.11. Of a link type for which it does not compile
// no packet passes.
static enum tw_status check_filter(struct tw_source *source, struct tw_error *error) {
    static const int usual[] = {DLT_EN10MB, DLT_IEEE802_11_RADIO};
    enum tw_status status = TW_OK;
    bool known = false;
    for (size_t i = 0; i < source->merge.reader_count; i++) {
        const int linktype = source->merge.readers[i].linktype;
        if (linktype >= 0) {
            status = tw_filter_compile(&source->filter, linktype, known ? NULL : error);
            known = true;
            if (status == TW_OK) {
                return status;
            }
        }
    }
    for (size_t i = 0; !known && i < TW_COUNT(usual); i++) {
        status = tw_filter_compile(&source->filter, usual[i], i > 0 ? NULL : error);
        if (status == TW_OK) {
            return status;
        }
    }
    return status;
}

static enum tw_status open_reader(struct tw_source *source, const char *name,
                                  struct tw_error *error) {
    struct tw_reader *reader = &source->merge.readers[source->merge.reader_count++];
    reader->linktype = -1;
    reader->interfaces = &source->merge.interfaces;
    const enum tw_status status =
        tw_input_init(&reader->input, name, source->options.nonblocking, &source->stop, error);
    if (status != TW_OK) {
        return status;
    }
    return tw_reader_begin(reader) == TW_GOT_FAULT
               ? tw_fail(error, TW_OPEN, "%s: %s", reader->input.name, reader->why)
               : TW_OK;
}

static enum tw_status open_files(struct tw_source *source, const char *const *names, size_t count,
                                 const char *filter, struct tw_error *error) {
    enum tw_status status = tw_filter_init(&source->filter, filter, error);
    if (status != TW_OK) {
        return status;
    }
    if (!tw_merge_init(&source->merge, count)) {
        return tw_fail(error, TW_MEMORY, "%s: out of memory", names[0]);
    }
    bool standard = false;
    for (size_t i = 0; i < count; i++) {
        const bool is_standard = strcmp(names[i], "-") == 0;
        if (is_standard && standard) {
            return tw_fail(error, TW_OPEN, "standard input: is given twice");
        }
        standard = standard || is_standard;
        status = open_reader(source, names[i], error);
        if (status != TW_OK) {
            return status;
        }
    }
    return check_filter(source, error);
}

enum tw_status tw_source_open_files(const char *const *names, size_t count,
                                    const struct tw_source_options *options,
                                    struct tw_source **source, struct tw_error *error) {
    *source = NULL;
    if (count == 0) {
        return tw_fail(error, TW_OPEN, "source: no file is given");
    }
    struct tw_source *opened = source_new(options);
    if (opened == NULL) {
        return tw_fail(error, TW_MEMORY, "%s: out of memory", names[0]);
    }
    const enum tw_status status = open_files(opened, names, count, opened->options.filter, error);
    opened->options.filter = NULL;
    if (status != TW_OK) {
        tw_source_free(opened);
        return status;
    }
    if (opened->options.again && tw_again_possible(&opened->merge)) {
        tw_index_init(&opened->index, count);
    } else if (opened->options.again) {
        opened->ring.limit = opened->options.keep;
    }
    *source = opened;
    return TW_OK;
}

enum tw_status tw_source_open_live(const char *const *interfaces, size_t count,
                                   const struct tw_source_options *options,
                                   struct tw_source **source, struct tw_error *error) {
    *source = NULL;
    struct tw_source *opened = source_new(options);
    if (opened == NULL) {
        return tw_fail(error, TW_MEMORY, "source: out of memory");
    }
    opened->is_live = true;
    const enum tw_status status =
        tw_watch_init(&opened->watch, interfaces, count, &opened->options, error);
    opened->options.filter = NULL;
    if (status != TW_OK) {
        tw_source_free(opened);
        return status;
    }
    opened->ring.limit = opened->options.again ? opened->options.keep : 0;
    *source = opened;
    return TW_OK;
}

void tw_source_free(struct tw_source *source) {
    if (source == NULL) {
        return;
    }
    tw_ring_fini(&source->ring);
    tw_again_fini(&source->again);
    tw_index_fini(&source->index);
    tw_merge_fini(&source->merge);
    tw_filter_fini(&source->filter);
    tw_watch_fini(&source->watch);
    free(source);
}

static void tell_faults(const struct tw_source *source, struct tw_error *error) {
    if (source->merge.faults > 1) {
        (void)tw_fail(error, TW_BROKEN, "%s; %zu more broke off", source->merge.first.text,
                      source->merge.faults - 1);
    } else {
        (void)tw_fail(error, TW_BROKEN, "%s", source->merge.first.text);
    }
}

// The next packet that passes the filter, lent until the next call; else how it stands, which stays
// so when it is over.
static enum tw_got read_one(struct tw_source *source, struct tw_packet *packet) {
    while (source->state == TW_GOT_PACKET || source->state == TW_GOT_NOTHING) {
        source->state = source->is_live
                            ? tw_watch_next(&source->watch, &source->stop, packet, &source->fault)
                            : tw_merge_next(&source->merge, packet);
        if (TW_LIKELY(source->state == TW_GOT_PACKET)) {
            packet->number = ++source->number;
            if (TW_UNLIKELY(source->number == source->index.due)) {
                tw_index_note(&source->index, &source->merge);
            }
            if (tw_filter_passes(&source->filter, packet)) {
                return TW_GOT_PACKET;
            }
        } else if (source->state == TW_GOT_NOTHING &&
                   (source->options.nonblocking ||
                    atomic_load_explicit(&source->stop, memory_order_relaxed))) {
            return TW_GOT_NOTHING;
        } else if (source->state == TW_GOT_FAULT && !source->is_live) {
            tell_faults(source, &source->fault);
        }
    }
    return source->state;
}

// Moves what has come into the ring. What the kernel keeps is little, and what does not fit there
// is lost, however short a time nobody looked; so it is emptied before anything is made of a
// packet.
static void read_ahead(struct tw_source *source) {
    enum { MOST = 16384 }; // some milliseconds
    for (unsigned i = 0; i < MOST; i++) {
        if (!source->is_held && read_one(source, &source->held) != TW_GOT_PACKET) {
            return;
        }
        source->is_held = !tw_ring_keep(&source->ring, &source->held);
        if (source->is_held || !source->options.nonblocking) {
            return;
        }
    }
}

// What was read before another filter was set has to pass that one.
static bool passes_now(struct tw_source *source, const struct tw_packet *packet) {
    return packet->number > source->refiltered || tw_watch_wants(&source->watch, packet);
}

// What was moved into memory, in its turn.
static bool give_kept(struct tw_source *source, struct tw_packet *packet) {
    bool given = tw_ring_give(&source->ring, packet);
    if (!given && source->is_held) { // it fits nowhere
        source->is_held = false;
        source->ring.lost++;
        *packet = source->held;
        given = true;
    }
    return given;
}

static enum tw_got next_kept(struct tw_source *source, struct tw_packet *packet, bool reads) {
    enum { EACH = 64 }; // much shorter than any ring of the kernel's takes to fill
    if (reads && (source->ring.next == NULL || ++source->since >= EACH)) {
        source->since = 0;
        read_ahead(source);
    }
    while (give_kept(source, packet)) {
        packet->gap += source->gap;
        source->gap = 0;
        if (passes_now(source, packet)) {
            return TW_GOT_PACKET;
        }
        source->gap = packet->gap;
    }
    return source->state == TW_GOT_PACKET ? TW_GOT_NOTHING : source->state;
}

// Stopped: nothing more is read, and what was is given.
static enum tw_got next_left(struct tw_source *source, struct tw_packet *packet) {
    if (source->ring.limit > 0 && next_kept(source, packet, false) == TW_GOT_PACKET) {
        return TW_GOT_PACKET;
    }
    if (!source->is_live || !tw_watch_left(&source->watch, packet)) {
        return TW_GOT_END;
    }
    packet->number = ++source->number;
    return TW_GOT_PACKET;
}

// Whether a stop is in force: live what has passed by then is still to be handed over.
static bool is_stopped(struct tw_source *source) {
    if (TW_LIKELY(!atomic_load_explicit(&source->stop, memory_order_relaxed))) {
        return false;
    }
    struct timespec up;
    clock_gettime(CLOCK_MONOTONIC, &up);
    const tw_time now = up.tv_sec * TW_SECOND + up.tv_nsec;
    source->stopped = source->stopped != 0 ? source->stopped : now;
    return !source->is_live || now - source->stopped >= TW_HAND_OVER;
}

enum tw_got tw_source_next(struct tw_source *source, struct tw_packet *packet,
                           struct tw_error *error) {
    const uint64_t most = source->options.count != 0 ? source->options.count : UINT64_MAX;
    enum tw_got got;
    if (source->passed == most) {
        return TW_GOT_END;
    }
    do {
        got = TW_UNLIKELY(is_stopped(source)) ? next_left(source, packet)
              : source->ring.limit > 0        ? next_kept(source, packet, true)
                                              : read_one(source, packet);
    } while (got == TW_GOT_NOTHING && !source->options.nonblocking); // stopped while waiting
    if (TW_LIKELY(got == TW_GOT_PACKET)) {
        source->passed++;
        source->given = packet->number;
    } else if (got == TW_GOT_FAULT) {
        *error = source->fault;
        source->state = TW_GOT_END; // it is told once
    }
    return got;
}

enum tw_status tw_source_again(struct tw_source *source, uint64_t number, struct tw_packet *packet,
                               struct tw_error *error) {
    if (number == 0 || number > source->number) {
        return tw_fail(error, TW_UNMET, "packet %llu: has not been read",
                       (unsigned long long)number);
    }
    if (source->index.width > 0) {
        const enum tw_status status =
            tw_again_packet(&source->again, &source->index, &source->merge, number, packet, error);
        packet->number = number;
        return status;
    }
    if (tw_ring_find(&source->ring, number, packet)) {
        return TW_OK;
    }
    return tw_fail(error, TW_UNMET,
                   source->ring.lost > 0
                       ? N_("packet %llu: not kept, the memory for packets is full")
                       : N_("packet %llu: not kept, the filter left it out"),
                   (unsigned long long)number);
}

bool tw_source_keeps(const struct tw_source *source) {
    return source->ring.limit > 0;
}

void tw_source_kept(const struct tw_source *source, uint64_t *oldest, uint64_t *forgotten) {
    *oldest = tw_ring_oldest(&source->ring);
    *forgotten = source->ring.lost;
}

bool tw_source_passed(struct tw_source *source, const struct tw_packet *packet) {
    if (!source->is_live) {
        return tw_filter_passes(&source->filter, packet);
    }
    return packet->number <= source->given_before || passes_now(source, packet);
}

static int waits_for(const struct tw_source *source) {
    if (source->is_live) {
        return source->watch.fd;
    }
    // What is waited for: the reader that is asked next, or else any that may have to be.
    const struct tw_reader *next = source->merge.asked < source->merge.reader_count
                                       ? &source->merge.readers[source->merge.asked]
                                   : source->merge.heap_count > 0 ? source->merge.heap[0]
                                                                  : NULL;
    if (next != NULL && !next->input.regular) {
        return next->input.fd;
    }
    for (size_t i = 0; i < source->merge.reader_count; i++) {
        if (!source->merge.readers[i].input.regular) {
            return source->merge.readers[i].input.fd;
        }
    }
    return -1;
}

int tw_source_fd(const struct tw_source *source) {
    const bool ahead = source->ring.next != NULL || source->is_held;
    return ahead || (source->ring.limit > 0 && source->state != TW_GOT_NOTHING) ? -1
                                                                                : waits_for(source);
}

bool tw_source_waits(const struct tw_source *source) {
    return waits_for(source) >= 0;
}

size_t tw_source_sockets(const struct tw_source *source, int sockets[TW_INTERFACES_MAX]) {
    const size_t count = source->is_live ? source->watch.count : 0;
    for (size_t i = 0; i < count; i++) {
        sockets[i] = source->watch.one[i].live.fd;
    }
    return count;
}

bool tw_source_is_live(const struct tw_source *source) {
    return source->is_live;
}

int tw_source_linktype(const struct tw_source *source) {
    return source->is_live ? source->watch.one[0].live.linktype : source->merge.readers[0].linktype;
}

enum tw_status tw_source_refilter(struct tw_source *source, const char *filter,
                                  struct tw_error *error) {
    if (!source->is_live) {
        return tw_fail(error, TW_USAGE, "filter: a file's is not changed");
    }
    const enum tw_status status = tw_watch_refilter(&source->watch, filter, error);
    if (status == TW_OK) {
        source->refiltered = source->number;
        source->given_before = source->given;
    }
    return status;
}

const char *tw_source_news(struct tw_source *source) {
    return source->is_live ? tw_watch_news(&source->watch) : NULL;
}

void tw_source_absent(const struct tw_source *source, char *text, size_t room) {
    text[0] = '\0';
    if (source->is_live) {
        tw_watch_absent(&source->watch, text, room);
    }
}

void tw_source_stop(struct tw_source *source) {
    if (source != NULL)
        atomic_store_explicit(&source->stop, true, memory_order_relaxed);
}

void tw_source_counts_get(struct tw_source *source, struct tw_source_counts *counts) {
    *counts = (struct tw_source_counts){.packets = source->number};
    if (source->is_live) {
        tw_watch_counts(&source->watch, counts);
        return;
    }
    bool sized = true;
    for (size_t i = 0; i < source->merge.reader_count; i++) {
        const struct tw_reader *reader = &source->merge.readers[i];
        counts->dropped += reader->dropped;
        counts->octets += reader->input.octets;
        counts->size += reader->input.size;
        counts->backward += reader->backward;
        sized = sized && reader->input.regular;
    }
    counts->size = sized ? counts->size : 0;
    counts->received = counts->packets + counts->dropped;
}

const char *tw_source_features(void) {
    static char text[128];
    const char *version = pcap_lib_version(), *libraries = tw_unpack_libraries();
    const char *details = strstr(version, " (");
    const size_t length = details != NULL ? (size_t)(details - version) : strlen(version);
    snprintf(text, sizeof text, "%.*s%s%s", (int)length, version, libraries != NULL ? "; " : "",
             libraries != NULL ? libraries : "");
    return text;
}
