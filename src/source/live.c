// SPDX-License-Identifier: MIT
// Attaching to one interface, and staying attached.
#include "live.h"

#include "filter.h"
#include "live_filter.h"

#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>
#ifdef __linux__
#include <linux/if_packet.h>
#include <sys/socket.h>
#endif

enum {
    SNAPLEN = 262144,
    // How long the kernel may keep a block of packets that is not full (TPACKET_V3): what a segment
    // waits for at most before it is told. Shorter ones would waste the ring, of which even a block
    // with one packet takes 256 KiB.
    TIMEOUT_MS = 10,
    KIB = 1024,
};
// Stamps are taken on several processors: less disorder than this is none of the clock's.
#define CLOCK_STEP (100 * TW_MILLISECOND)

static enum tw_status refuse_permission(const char *interface, struct tw_error *error) {
    char path[256]; // of the program itself: setcap takes no symbolic link
    const ssize_t length = readlink("/proc/self/exe", path, sizeof path);
    const bool known = length > 0 && (size_t)length < sizeof path;
    return tw_fail(error, TW_PERMISSION,
                   "%s: no permission to capture; use sudo, join a group that may capture, or give "
                   "the program the right once: sudo setcap cap_net_raw+ep %.*s",
                   interface, known ? (int)length : 4, known ? path : "PATH");
}

// The interfaces that there are, while one is looked for.
struct search {
    const char *name;
    bool there;
    char names[256];
    size_t used;
};

static void compare(void *context, const struct tw_interface *interface) {
    struct search *search = context;
    char *end = search->names + search->used;
    const size_t room = sizeof search->names - search->used;
    const int wrote = snprintf(end, room, "%s%s", search->used > 0 ? ", " : "", interface->name);
    search->there = search->there || strcmp(interface->name, search->name) == 0;
    if (wrote < 0 || (size_t)wrote >= room) {
        *end = '\0'; // whole names only
    } else {
        search->used += (size_t)wrote;
    }
}

// Says that there is no such interface and which there are; TW_OK where it is there after all.
static enum tw_status refuse_unknown(const char *name, struct tw_error *error) {
    struct search search = {.name = name, .there = if_nametoindex(name) != 0};
    struct tw_error untold;
    if (tw_interfaces(compare, &search, &untold) != TW_OK || search.used == 0) {
        return search.there ? TW_OK : tw_fail(error, TW_OPEN, "%s: no such interface", name);
    }
    return search.there
               ? TW_OK
               : tw_fail(error, TW_OPEN, "%s: no such interface; there are %s", name, search.names);
}

// What a failed pcap_activate means.
static enum tw_status refuse(const struct tw_live *live, int result, struct tw_error *error) {
    switch (result) {
    case PCAP_ERROR_NO_SUCH_DEVICE:
    case PCAP_ERROR_PERM_DENIED: // is said of unknown interfaces as well
    case PCAP_ERROR_PROMISC_PERM_DENIED:
        if (refuse_unknown(live->name, error) != TW_OK) {
            return TW_OPEN;
        }
        if (result != PCAP_ERROR_NO_SUCH_DEVICE) {
            return refuse_permission(live->name, error);
        }
        break;
    default: break;
    }
    const char *text = pcap_geterr(live->handle);
    return tw_fail(error, TW_OPEN, "%s: %s", live->name,
                   result == PCAP_ERROR && *text != '\0' ? text : pcap_statustostr(result));
}

static tw_time clock_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec * TW_SECOND + now.tv_nsec;
}

// Any socket serves for asking; what the handle is bound to does not matter.
static bool is_loopback(const struct tw_live *live) {
    struct ifreq request = {0};
    if (live->index == 0 || strlen(live->name) >= sizeof request.ifr_name) {
        return false;
    }
    memcpy(request.ifr_name, live->name, strlen(live->name));
    return ioctl(live->fd, SIOCGIFFLAGS, &request) == 0 && (request.ifr_flags & IFF_LOOPBACK) != 0;
}

// What is sent to a loopback interface passes the socket twice, and libpcap throws away that it was
// sent. The kernel can do so before it takes room in the ring and is counted as received: at that
// interface by an option (Linux 4.20), among all of them by the filter.
static void ignore_sent_twice(struct tw_live *live) {
    if (pcap_datalink(live->handle) == DLT_LINUX_SLL2) {
        live->loopback = if_nametoindex("lo");
    }
#ifdef PACKET_IGNORE_OUTGOING
    const int yes = 1;
    if (is_loopback(live)) {
        (void)setsockopt(live->fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &yes, sizeof yes);
    }
#endif
}

static bool compiles_as_is(const struct tw_live *live, const char *filter,
                           struct bpf_program *code) {
    enum { OPTIMIZE = 1 };
    return pcap_compile(live->handle, code, filter, OPTIMIZE, live->netmask) == 0;
}

static bool compiles(const struct tw_live *live, const char *filter, struct bpf_program *code) {
    // By itself first, so that an error is told of the user's own words.
    if (!compiles_as_is(live, filter, code)) {
        return false;
    }
    enum { ROOM = 64 }; // for what is put before it
    struct bpf_program once;
    const size_t room = strlen(filter) + ROOM;
    char *text = live->loopback != 0 ? malloc(room) : NULL;
    if (text != NULL) {
        snprintf(text, room, "not (ifindex %u and outbound)%s%s%s", live->loopback,
                 *filter != '\0' ? " and (" : "", filter, *filter != '\0' ? ")" : "");
        if (compiles_as_is(live, text, &once)) {
            pcap_freecode(code);
            *code = once;
        }
        free(text);
    }
    return true;
}

enum tw_status tw_live_compile(struct tw_live *live, const char *filter, struct bpf_program *code,
                               struct tw_error *error) {
    if (filter != NULL) {
        return compiles(live, filter, code)
                   ? TW_OK
                   : tw_filter_refuse(filter, pcap_geterr(live->handle), error);
    }
    return compiles(live, tw_live_filter_for(pcap_datalink(live->handle)), code) ||
                   compiles(live, "", code)
               ? TW_OK
               : tw_fail(error, TW_OPEN, "%s: %s", live->name, pcap_geterr(live->handle));
}

enum tw_status tw_live_filter(struct tw_live *live, struct bpf_program *code,
                              struct tw_error *error) {
    return pcap_setfilter(live->handle, code) == 0
               ? TW_OK
               : tw_fail(error, TW_OPEN, "%s: %s", live->name, pcap_geterr(live->handle));
}

static enum tw_status set_filter(struct tw_live *live, const char *filter, struct tw_error *error) {
    struct bpf_program code;
    enum tw_status status = tw_live_compile(live, filter, &code, error);
    if (status == TW_OK) {
        status = tw_live_filter(live, &code, error);
        pcap_freecode(&code);
    }
    return status;
}

static void configure(pcap_t *handle, const struct tw_source_options *options) {
    const int most = INT32_MAX / KIB;
    const int buffer = options->buffer_kib > 0 ? options->buffer_kib : TW_BUFFER_KIB;
    const int snaplen = options->payload ? SNAPLEN : TW_SNAPLEN_HEADERS;
    pcap_set_snaplen(handle, options->snaplen > 0 ? options->snaplen : snaplen);
    pcap_set_promisc(handle, options->promiscuous);
    pcap_set_timeout(handle, TIMEOUT_MS);
    pcap_set_tstamp_precision(handle, PCAP_TSTAMP_PRECISION_NANO);
    pcap_set_buffer_size(handle, (buffer < most ? buffer : most) * KIB);
}

enum tw_status tw_live_init(struct tw_live *live, const char *interface,
                            const struct tw_source_options *options, const char *filter,
                            struct tw_error *error) {
    char text[PCAP_ERRBUF_SIZE] = "";
    *live = (struct tw_live){.fd = -1, .last = TW_NO_TIME, .loss.link = -1};
    live->name = strdup(interface);
    live->handle = pcap_create(interface, text);
    if (live->name == NULL || live->handle == NULL) {
        return live->name == NULL ? tw_fail(error, TW_MEMORY, "%s: out of memory", interface)
                                  : tw_fail(error, TW_OPEN, "%s: %s", interface, text);
    }
    pcap_t *handle = live->handle;
    configure(handle, options);
    live->index = if_nametoindex(interface);
    bpf_u_int32 network; // asked for now, as it takes a socket of its own
    if (pcap_lookupnet(interface, &network, &live->netmask, text) != 0) {
        live->netmask = PCAP_NETMASK_UNKNOWN;
    }
    const int result = pcap_activate(handle);
    if (result < 0) { // above 0 are warnings
        return refuse(live, result, error);
    }
    // The second version of the cooked header names the interface of each packet; only "any" has
    // it.
    if (pcap_datalink(handle) == DLT_LINUX_SLL) {
        (void)pcap_set_datalink(handle, DLT_LINUX_SLL2);
    }
    live->fd = pcap_get_selectable_fd(handle);
    ignore_sent_twice(live);
    const enum tw_status status = set_filter(live, filter, error);
    if (status != TW_OK) {
        return status;
    }
    // Waiting is the source's, which has several to wait for, and may be stopped.
    if (pcap_setnonblock(handle, 1, text) != 0) {
        return tw_fail(error, TW_OPEN, "%s: %s", interface, text);
    }
    live->linktype = tw_linktype_of_dlt(pcap_datalink(handle));
    live->unit =
        pcap_get_tstamp_precision(handle) == PCAP_TSTAMP_PRECISION_NANO ? 1 : TW_SECOND / 1000000;
    tw_loss_init(&live->loss, handle, live->fd, live->index);
    live->looked = clock_now();
    return TW_OK;
}

enum tw_live_state tw_live_ask(struct tw_live *live) {
    if (live->index == 0) {
        return live->state; // "any" is always there
    }
#ifdef __linux__ // elsewhere libpcap says it, when it reads
    // By its index: its name may have been changed.
    struct ifreq request = {.ifr_ifindex = (int)live->index};
    if (ioctl(live->fd, SIOCGIFNAME, &request) != 0) {
        return live->state = errno == ENODEV ? TW_LIVE_GONE : live->state;
    }
    if (ioctl(live->fd, SIOCGIFFLAGS, &request) == 0) {
        live->state = (request.ifr_flags & IFF_UP) != 0 ? TW_LIVE_UP : TW_LIVE_DOWN;
    }
#endif
    return live->state;
}

enum tw_got tw_live_next(struct tw_live *live, struct tw_packet *packet, const char **why) {
    struct pcap_pkthdr *header;
    const u_char *octets;
    errno = 0;
    const int result = pcap_next_ex(live->handle, &header, &octets);
    if (TW_UNLIKELY(result <= 0)) {
        // To libpcap's netlink devices (nflog) it is an error that there is nothing. Some of its
        // versions say, once, that an interface went down; going on is all that it takes.
        if (result == 0 || errno == EAGAIN || tw_live_ask(live) != TW_LIVE_UP) {
            return TW_GOT_NOTHING;
        }
        *why = pcap_geterr(live->handle);
        return TW_GOT_FAULT;
    }
    *packet = (struct tw_packet){
        .time = header->ts.tv_sec * TW_SECOND + header->ts.tv_usec * live->unit,
        .octets = octets,
        .captured = header->caplen,
        .length = header->len,
        .linktype = live->linktype,
    };
    if (TW_UNLIKELY(live->gap > 0) && packet->time >= live->gap_from) {
        packet->gap = live->gap;
        live->gap = 0;
    }
    live->packets++;
    live->octets += header->caplen;
    live->cut += header->caplen < header->len;
    live->backward += live->last != TW_NO_TIME && packet->time < live->last - CLOCK_STEP;
    live->last = packet->time;
    return TW_GOT_PACKET;
}

void tw_live_look(struct tw_live *live) {
    const uint64_t before = live->loss.dropped;
    const tw_time now = clock_now();
    tw_loss_kernel(&live->loss, live->handle, live->fd);
    if (live->loss.dropped > before) {
        if (live->gap == 0) {
            live->gap_from = live->looked;
        }
        live->gap += live->loss.dropped - before;
    }
    live->looked = now;
}

void tw_live_fini(struct tw_live *live) {
    tw_loss_fini(&live->loss);
    if (live->handle != NULL) {
        pcap_close(live->handle);
    }
    free(live->name);
}
