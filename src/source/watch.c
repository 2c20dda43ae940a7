// SPDX-License-Identifier: MIT
// Watching interfaces.
#include "watch.h"

#include "input.h"

#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/epoll.h>
#include <sys/timerfd.h>
#endif

enum {
    // While packets come the kernel's counters are read once for so many of them.
    LOOK_EVERY = 1024,
    ASK_MS = 100, // between two looks at what became of the interfaces
};

enum { WENT_DOWN, CAME_UP, REMOVED, NEWS_COUNT };
static const char *const news_text[NEWS_COUNT] = {
    [WENT_DOWN] = N_("%s: went down"),
    [CAME_UP] = N_("%s: is up again"),
    [REMOVED] = N_("%s: was removed"),
};

static int64_t clock_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

// Where one interface has packets, those that had none are asked again when this has moved, every
// few milliseconds: asking is a system call, reading what is mapped is not.
static int64_t tick(void) {
#ifdef CLOCK_MONOTONIC_COARSE
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    return (int64_t)now.tv_sec * TW_SECOND + now.tv_nsec;
#else
    return clock_ms();
#endif
}

static void tell(struct tw_watch *watch, const struct tw_watched *one, unsigned what) {
    if (watch->news_count == TW_WATCH_NEWS) {
        watch->news_first = (watch->news_first + 1) % TW_WATCH_NEWS;
        watch->news_count--;
    }
    const size_t place = (watch->news_first + watch->news_count++) % TW_WATCH_NEWS;
    watch->news[place].watched = (uint8_t)(one - watch->one);
    watch->news[place].what = (uint8_t)what;
}

const char *tw_watch_news(struct tw_watch *watch) {
    if (watch->news_count == 0) {
        return NULL;
    }
    const size_t place = watch->news_first;
    watch->news_first = (watch->news_first + 1) % TW_WATCH_NEWS;
    watch->news_count--;
    snprintf(watch->text, sizeof watch->text, tw_text(news_text[watch->news[place].what]),
             watch->one[watch->news[place].watched].live.name);
    return watch->text;
}

void tw_watch_absent(const struct tw_watch *watch, char *text, size_t room) {
    size_t used = 0;
    for (size_t i = 0; i < watch->count && used < room; i++) {
        const struct tw_watched *one = &watch->one[i];
        if (one->known != TW_LIVE_UP) {
            used += (size_t)snprintf(text + used, room - used,
                                     one->known == TW_LIVE_GONE ? _("%s%s was removed")
                                                                : _("%s%s is down"),
                                     used > 0 ? ", " : "", one->live.name);
        }
    }
}

// --- Attaching -----------------------------------------------------------------------------------

#ifdef __linux__
// Told once, when something comes: what is held back is there all the time.
static bool add(const struct tw_watch *watch, int fd) {
    struct epoll_event event = {.events = EPOLLIN | EPOLLET};
    return epoll_ctl(watch->fd, EPOLL_CTL_ADD, fd, &event) == 0;
}
static bool gather(struct tw_watch *watch, const struct tw_watched *one) {
    if (watch->count == 1) {
        watch->fd = one->live.fd;
        return true;
    }
    if (watch->fd < 0) {
        watch->fd = epoll_create1(EPOLL_CLOEXEC);
        watch->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
        if (watch->fd < 0 || watch->timer < 0 || !add(watch, watch->timer)) {
            return false;
        }
    }
    return add(watch, one->live.fd);
}
static void leave_out(const struct tw_watch *watch, const struct tw_watched *one) {
    (void)epoll_ctl(watch->fd, EPOLL_CTL_DEL, one->live.fd, NULL);
}
// To be called before looking whether there is something, so that what comes meanwhile is told.
static void take_notice(const struct tw_watch *watch) {
    struct epoll_event events[TW_INTERFACES_MAX + 1];
    (void)epoll_wait(watch->fd, events, TW_COUNT(events), 0);
}
static void wake_after(const struct tw_watch *watch, tw_time after) {
    const struct itimerspec once = {
        .it_value = {.tv_sec = after / TW_SECOND, .tv_nsec = after % TW_SECOND}};
    (void)timerfd_settime(watch->timer, 0, &once, NULL);
}
#else
static bool gather(struct tw_watch *watch, const struct tw_watched *one) {
    watch->fd = one->live.fd;
    return true;
}
static void leave_out(const struct tw_watch *watch, const struct tw_watched *one) {
    (void)watch;
    (void)one;
}
static void take_notice(const struct tw_watch *watch) {
    (void)watch;
}
static void wake_after(const struct tw_watch *watch, tw_time after) {
    (void)watch;
    (void)after;
}
#endif

static bool given_twice(const char *const *interfaces, size_t at) {
    const unsigned index = if_nametoindex(interfaces[at]);
    for (size_t i = 0; i < at; i++) {
        // By another name it is the same one, too.
        if (strcmp(interfaces[i], interfaces[at]) == 0 ||
            (index != 0 && if_nametoindex(interfaces[i]) == index)) {
            return true;
        }
    }
    return false;
}

static enum tw_status check(const char *const *interfaces, size_t count, struct tw_error *error) {
    if (count == 0) {
        return tw_fail(error, TW_OPEN, "source: no interface is given");
    }
    if (count > TW_INTERFACES_MAX) {
        return tw_fail(error, TW_OPEN, "%s: more than %d interfaces", interfaces[TW_INTERFACES_MAX],
                       (int)TW_INTERFACES_MAX);
    }
#ifndef __linux__
    if (count > 1) {
        return tw_fail(error, TW_OPEN, "%s: several interfaces are watched on Linux only",
                       interfaces[1]);
    }
#endif
    for (size_t i = 1; i < count; i++) {
        if (given_twice(interfaces, i)) {
            return tw_fail(error, TW_OPEN, "%s: is given twice", interfaces[i]);
        }
    }
    return TW_OK;
}

enum tw_status tw_watch_init(struct tw_watch *watch, const char *const *interfaces, size_t count,
                             const struct tw_source_options *options, struct tw_error *error) {
    *watch = (struct tw_watch){.fd = -1, .timer = -1, .options = *options};
    enum tw_status status = check(interfaces, count, error);
    if (status != TW_OK) {
        return status;
    }
    watch->options.filter = NULL;
    if (options->filter != NULL && (watch->filter = strdup(options->filter)) == NULL) {
        return tw_fail(error, TW_MEMORY, "filter: out of memory");
    }
    watch->count = count;
    for (size_t i = 0; i < TW_COUNT(watch->one); i++) {
        watch->one[i].live.fd = watch->one[i].live.loss.link = -1;
        watch->one[i].queue.limit = (size_t)TW_QUEUE_KIB * 1024;
    }
    for (size_t i = 0; i < count && status == TW_OK; i++) {
        struct tw_watched *one = &watch->one[i];
        status = tw_live_init(&one->live, interfaces[i], options, watch->filter, error);
        if (status == TW_OK && !gather(watch, one)) {
            status = tw_fail(error, TW_OPEN, "%s: %s", interfaces[i], strerror(errno));
        }
    }
    return status;
}

void tw_watch_fini(struct tw_watch *watch) {
    if (watch->count > 1 && watch->fd >= 0) {
        close(watch->fd);
    }
    if (watch->count > 1 && watch->timer >= 0) {
        close(watch->timer);
    }
    for (size_t i = 0; i < watch->count; i++) {
        tw_ring_fini(&watch->one[i].queue);
        tw_live_fini(&watch->one[i].live);
    }
    tw_filter_fini(&watch->sieve);
    free(watch->filter);
}

// --- What becomes of the interfaces --------------------------------------------------------------

static void ask(struct tw_watch *watch) {
    const int64_t now = clock_ms();
    if (now < watch->asked_ms + ASK_MS) {
        return;
    }
    watch->asked_ms = now;
    for (size_t i = 0; i < watch->count; i++) {
        struct tw_watched *one = &watch->one[i];
        if (one->known == TW_LIVE_GONE) {
            continue; // one of its name that comes later is another one
        }
        const enum tw_live_state is = tw_live_ask(&one->live);
        if (is == one->known) {
            continue;
        }
        // What passed last is still to be handed over.
        if (is == TW_LIVE_GONE && one->gone_ms == 0) {
            one->gone_ms = now;
        }
        if (is == TW_LIVE_GONE && now - one->gone_ms < TW_HAND_OVER / TW_MILLISECOND) {
            watch->asked_ms = now - ASK_MS + TW_HAND_OVER / TW_MILLISECOND;
            continue;
        }
        one->known = is;
        tell(watch, one, is == TW_LIVE_GONE ? REMOVED : is == TW_LIVE_DOWN ? WENT_DOWN : CAME_UP);
        if (is == TW_LIVE_GONE && watch->count > 1) {
            leave_out(watch, one);
        }
    }
}

// And nothing is left of them.
static bool all_gone(const struct tw_watch *watch) {
    for (size_t i = 0; i < watch->count; i++) {
        const struct tw_watched *one = &watch->one[i];
        if (one->known != TW_LIVE_GONE || one->pending || one->is_held || one->queue.next != NULL) {
            return false;
        }
    }
    return true;
}

// --- Packets -------------------------------------------------------------------------------------

static void look(struct tw_watch *watch) {
    watch->since_look = 0;
    for (size_t i = 0; i < watch->count; i++) {
        tw_live_look(&watch->one[i].live);
    }
}

static enum tw_got broke_off(const struct tw_watch *watch, const struct tw_watched *one,
                             const char *why, struct tw_error *error) {
    uint64_t packets = 0;
    for (size_t i = 0; i < watch->count; i++) {
        packets += watch->one[i].live.packets;
    }
    tw_input_broke_off(error, one->live.name, why, packets);
    return TW_GOT_FAULT;
}

// Moves what has come into the queue, so that the kernel's ring does not fill while a packet is
// held back.
static void fill(struct tw_watched *one) {
    for (;;) {
        if (one->is_held) {
            one->is_held = !tw_ring_keep(&one->queue, &one->held);
            if (one->is_held) {
                return;
            }
            one->pending = false; // it may be the one that was lent
        }
        if (tw_live_next(&one->live, &one->held, &one->why) != TW_GOT_PACKET) {
            return;
        }
        one->held.number = one->live.packets; // until it is given
        one->is_held = true;
    }
}

static void take(struct tw_watched *one) {
    struct tw_packet ignored;
    one->pending = false;
    if (!tw_ring_give(&one->queue, &ignored)) {
        one->is_held = false;
    }
}

// Looks at the next one that passes the filter as it is now.
static void look_at_next(struct tw_watch *watch, struct tw_watched *one) {
    for (;;) {
        const bool queued = tw_ring_peek(&one->queue, &one->packet);
        one->pending = queued || one->is_held;
        if (!queued && one->is_held) {
            one->packet = one->held;
        }
        if (!one->pending || one->packet.number > one->refiltered ||
            tw_watch_wants(watch, &one->packet)) {
            return;
        }
        one->gap += one->packet.gap;
        take(one);
    }
}

// The interface with the least time of those that have a packet; NULL: none has.
static struct tw_watched *first_pending(struct tw_watch *watch) {
    struct tw_watched *least = NULL;
    for (size_t i = 0; i < watch->count; i++) {
        struct tw_watched *one = &watch->one[i];
        if (!one->pending) {
            look_at_next(watch, one);
            one->packet.interface = (uint32_t)i;
        }
        if (one->pending && (least == NULL || one->packet.time < least->packet.time)) {
            least = one;
        }
    }
    return least;
}

// Of several: sees to it that all that have a packet have one pending; *least is the first of
// these. `all`: also those that were asked a moment ago.
static enum tw_got gather_packets(struct tw_watch *watch, bool all, struct tw_watched **least,
                                  struct tw_error *error) {
    const int64_t now = tick();
    for (size_t i = 0; i < watch->count; i++) {
        struct tw_watched *one = &watch->one[i];
        if (one->known != TW_LIVE_GONE && one->why == NULL && (all || one->asked_at != now)) {
            one->asked_at = now;
            fill(one);
        }
    }
    *least = first_pending(watch);
    if (*least != NULL) {
        return TW_GOT_PACKET;
    }
    for (size_t i = 0; i < watch->count; i++) { // not before all was given
        if (watch->one[i].why != NULL) {
            return broke_off(watch, &watch->one[i], watch->one[i].why, error);
        }
    }
    return TW_GOT_NOTHING;
}

// For how long a packet is to be held back, as an older one may still come from those that have
// none; 0: not at all.
static tw_time hold_back(const struct tw_watch *watch, const struct tw_watched *least) {
    bool all = true;
    for (size_t i = 0; i < watch->count; i++) {
        const struct tw_watched *one = &watch->one[i];
        all = all && (one->pending || one->known != TW_LIVE_UP || one->why != NULL);
    }
    if (all || least->is_held) { // there is no more room
        return 0;
    }
    struct timespec wall;
    clock_gettime(CLOCK_REALTIME, &wall);
    const tw_time old = wall.tv_sec * TW_SECOND + wall.tv_nsec - least->packet.time;
    return old >= 0 && old < TW_HAND_OVER ? TW_HAND_OVER - old : 0; // else the clock was set
}

static void give(struct tw_watched *one, struct tw_packet *packet) {
    *packet = one->packet;
    packet->gap += one->gap;
    one->gap = 0;
    take(one);
}

static enum tw_got next_of_several(struct tw_watch *watch, struct tw_packet *packet,
                                   struct tw_error *error) {
    struct tw_watched *least;
    enum tw_got got = gather_packets(watch, false, &least, error);
    tw_time hold = got == TW_GOT_PACKET ? hold_back(watch, least) : 0;
    if (got == TW_GOT_NOTHING || hold > 0) {
        take_notice(watch);
        got = gather_packets(watch, true, &least, error);
        hold = got == TW_GOT_PACKET ? hold_back(watch, least) : 0;
    }
    if (hold > 0) {
        wake_after(watch, hold);
        return TW_GOT_NOTHING;
    }
    if (got == TW_GOT_PACKET) {
        give(least, packet);
    }
    return got;
}

bool tw_watch_left(struct tw_watch *watch, struct tw_packet *packet) {
    struct tw_watched *least = watch->count > 1 ? first_pending(watch) : NULL; // one has no queue
    if (least != NULL) {
        give(least, packet);
    }
    return least != NULL;
}

static enum tw_got next_of_one(struct tw_watch *watch, struct tw_packet *packet,
                               struct tw_error *error) {
    const char *why = NULL;
    const enum tw_got got = tw_live_next(&watch->one->live, packet, &why);
    packet->interface = 0;
    return got == TW_GOT_FAULT ? broke_off(watch, watch->one, why, error) : got;
}

enum tw_got tw_watch_next(struct tw_watch *watch, const atomic_bool *stop, struct tw_packet *packet,
                          struct tw_error *error) {
    for (;;) {
        const enum tw_got got = watch->count == 1 ? next_of_one(watch, packet, error)
                                                  : next_of_several(watch, packet, error);
        if (TW_LIKELY(got == TW_GOT_PACKET)) {
            if (TW_UNLIKELY(++watch->since_look == LOOK_EVERY)) {
                look(watch);
            }
            return got;
        }
        if (got == TW_GOT_FAULT) {
            return got;
        }
        if (watch->since_look > 0) {
            look(watch);
        }
        ask(watch);
        if (all_gone(watch)) {
            return broke_off(watch, &watch->one[0], _("the interface was removed"), error);
        }
        if (watch->options.nonblocking || atomic_load_explicit(stop, memory_order_relaxed)) {
            return got;
        }
        (void)tw_input_wait(watch->fd, false);
    }
}

void tw_watch_counts(struct tw_watch *watch, struct tw_source_counts *counts) {
    for (size_t i = 0; i < watch->count; i++) {
        struct tw_live *live = &watch->one[i].live;
        tw_live_look(live);
        tw_loss_interface(&live->loss);
        counts->received += live->loss.received;
        counts->dropped += live->loss.dropped + live->loss.dropped_interface;
        counts->dropped_interface += live->loss.dropped_interface;
        counts->cut += live->cut;
        counts->octets += live->octets;
        counts->backward += live->backward;
    }
}

// --- Another filter ------------------------------------------------------------------------------

bool tw_watch_wants(struct tw_watch *watch, const struct tw_packet *packet) {
    return !tw_filter_rejects(&watch->sieve, packet);
}

static enum tw_status set_all(struct tw_watch *watch, const char *filter, struct tw_error *error) {
    struct bpf_program codes[TW_INTERFACES_MAX];
    size_t compiled = 0, set = 0;
    enum tw_status status = TW_OK;
    for (; compiled < watch->count && status == TW_OK; compiled += status == TW_OK) {
        status = tw_live_compile(&watch->one[compiled].live, filter, &codes[compiled], error);
    }
    for (; set < watch->count && status == TW_OK; set += status == TW_OK) {
        if (watch->one[set].live.state != TW_LIVE_GONE) {
            status = tw_live_filter(&watch->one[set].live, &codes[set], error);
        }
    }
    for (size_t i = 0; i < compiled; i++) {
        pcap_freecode(&codes[i]);
    }
    // One refused what it had compiled: those before it get back what they had.
    for (size_t i = 0; i < set && status != TW_OK; i++) {
        struct bpf_program code;
        enum tw_status back = tw_live_compile(&watch->one[i].live, watch->filter, &code, NULL);
        if (back == TW_OK) {
            back = tw_live_filter(&watch->one[i].live, &code, NULL);
            pcap_freecode(&code);
        }
    }
    return status;
}

enum tw_status tw_watch_refilter(struct tw_watch *watch, const char *filter,
                                 struct tw_error *error) {
    struct tw_filter sieve;
    char *copy = filter != NULL ? strdup(filter) : NULL;
    if (filter != NULL && copy == NULL) {
        return tw_fail(error, TW_MEMORY, "filter: out of memory");
    }
    enum tw_status status = tw_filter_init(&sieve, filter, error);
    status = status == TW_OK ? set_all(watch, filter, error) : status;
    if (status != TW_OK) {
        tw_filter_fini(&sieve);
        free(copy);
        return status;
    }
    free(watch->filter);
    tw_filter_fini(&watch->sieve);
    watch->filter = copy;
    watch->sieve = sieve;
    // libpcap runs it itself over what the kernel had let pass into its ring before.
    for (size_t i = 0; i < watch->count; i++) {
        watch->one[i].refiltered = watch->one[i].live.packets;
        watch->one[i].pending = false; // and looked at once more
    }
    return TW_OK;
}
