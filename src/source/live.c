// SPDX-License-Identifier: MIT
// Attaching to an interface, and the list of those that there are.
#include "live.h"

#include "filter.h"
#include "input.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { SNAPLEN = 262144, TIMEOUT_MS = 100 };

static enum tw_status refuse_permission(const char *interface, struct tw_error *error) {
    char path[256]; // of the program itself: setcap takes no symbolic link
    const ssize_t length = readlink("/proc/self/exe", path, sizeof path);
    const bool known = length > 0 && (size_t)length < sizeof path;
    return tw_fail(error, TW_PERMISSION,
                   "%s: no permission to capture; use sudo, join a group that may capture, or give "
                   "the program the right once: sudo setcap cap_net_raw+ep %.*s",
                   interface, known ? (int)length : 4, known ? path : "PATH");
}

// Says that there is no such interface and which there are; TW_OK where it is there after all.
static enum tw_status refuse_unknown(const char *name, struct tw_error *error) {
    char names[256] = "", text[PCAP_ERRBUF_SIZE];
    size_t used = 0;
    bool there = if_nametoindex(name) != 0;
    pcap_if_t *all = NULL;
    if (pcap_findalldevs(&all, text) != 0) {
        all = NULL;
    }
    for (const pcap_if_t *one = all; one != NULL; one = one->next) {
        there = there || strcmp(one->name, name) == 0;
        const int wrote =
            snprintf(names + used, sizeof names - used, "%s%s", used > 0 ? ", " : "", one->name);
        if (wrote < 0 || (size_t)wrote >= sizeof names - used) {
            names[used] = '\0'; // whole names only
            break;
        }
        used += (size_t)wrote;
    }
    pcap_freealldevs(all);
    return there ? TW_OK
                 : tw_fail(error, TW_OPEN, "%s: no such interface%s%s", name,
                           used > 0 ? "; there are " : "", names);
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

static enum tw_status set_filter(struct tw_live *live, const char *expression,
                                 struct tw_error *error) {
    enum { OPTIMIZE = 1 };
    char text[PCAP_ERRBUF_SIZE];
    bpf_u_int32 network, mask;
    struct bpf_program code;
    if (expression == NULL || *expression == '\0') {
        return TW_OK;
    }
    if (pcap_lookupnet(live->name, &network, &mask, text) != 0) {
        mask = PCAP_NETMASK_UNKNOWN;
    }
    if (pcap_compile(live->handle, &code, expression, OPTIMIZE, mask) != 0) {
        return tw_filter_refuse(expression, pcap_geterr(live->handle), error);
    }
    const int result = pcap_setfilter(live->handle, &code);
    pcap_freecode(&code);
    return result == 0 ? TW_OK
                       : tw_fail(error, TW_OPEN, "%s: %s", live->name, pcap_geterr(live->handle));
}

enum tw_status tw_live_init(struct tw_live *live, const char *interface,
                            const struct tw_source_options *options, struct tw_error *error) {
    char text[PCAP_ERRBUF_SIZE] = "";
    *live = (struct tw_live){.fd = -1, .last = TW_NO_TIME};
    live->name = strdup(interface);
    live->handle = pcap_create(interface, text);
    if (live->name == NULL || live->handle == NULL) {
        return live->name == NULL ? tw_fail(error, TW_MEMORY, "%s: out of memory", interface)
                                  : tw_fail(error, TW_OPEN, "%s: %s", interface, text);
    }
    pcap_t *handle = live->handle;
    pcap_set_snaplen(handle, options->snaplen > 0 ? options->snaplen : SNAPLEN);
    pcap_set_promisc(handle, options->promiscuous);
    pcap_set_immediate_mode(handle, 1);
    pcap_set_timeout(handle, TIMEOUT_MS);
    pcap_set_tstamp_precision(handle, PCAP_TSTAMP_PRECISION_NANO);
    if (options->buffer_kib > 0) {
        enum { KIB = 1024 };
        const int most = INT32_MAX / KIB;
        pcap_set_buffer_size(handle,
                             (options->buffer_kib < most ? options->buffer_kib : most) * KIB);
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
    const enum tw_status status = set_filter(live, options->filter, error);
    if (status != TW_OK) {
        return status;
    }
    // Waiting is ours, as it has to end when the source is stopped.
    if (pcap_setnonblock(handle, 1, text) != 0) {
        return tw_fail(error, TW_OPEN, "%s: %s", interface, text);
    }
    live->fd = pcap_get_selectable_fd(handle);
    live->linktype = tw_linktype_of_dlt(pcap_datalink(handle));
    live->unit =
        pcap_get_tstamp_precision(handle) == PCAP_TSTAMP_PRECISION_NANO ? 1 : TW_SECOND / 1000000;
    return TW_OK;
}

// Whether the interface was taken down; libpcap would wait silently until it is up again.
static bool went_down(const struct tw_live *live) {
    struct ifreq request = {0};
    if (strlen(live->name) >= sizeof request.ifr_name) {
        return false;
    }
    memcpy(request.ifr_name, live->name, strlen(live->name));
    return live->fd >= 0 && ioctl(live->fd, SIOCGIFFLAGS, &request) == 0 &&
           (request.ifr_flags & IFF_UP) == 0;
}

static enum tw_got broke_off(const struct tw_live *live, const char *why, struct tw_error *error) {
    tw_input_broke_off(error, live->name, why, live->packets);
    return TW_GOT_FAULT;
}

enum tw_got tw_live_next(struct tw_live *live, bool nonblocking, const atomic_bool *stop,
                         struct tw_packet *packet, struct tw_error *error) {
    struct pcap_pkthdr *header;
    const u_char *octets;
    for (;;) {
        errno = 0;
        const int result = pcap_next_ex(live->handle, &header, &octets);
        if (result > 0) {
            break;
        }
        // To libpcap's netlink devices (nflog) it is an error that there is nothing.
        if (result < 0 && errno != EAGAIN) {
            return broke_off(live, pcap_geterr(live->handle), error);
        }
        if (went_down(live)) {
            return broke_off(live, "the interface went down", error);
        }
        if (nonblocking || atomic_load_explicit(stop, memory_order_relaxed)) {
            return TW_GOT_NOTHING;
        }
        (void)tw_input_wait(live->fd, nonblocking);
    }
    *packet = (struct tw_packet){
        .time = header->ts.tv_sec * TW_SECOND + header->ts.tv_usec * live->unit,
        .octets = octets,
        .captured = header->caplen,
        .length = header->len,
        .linktype = live->linktype,
    };
    live->packets++;
    live->octets += header->caplen;
    live->backward += packet->time < live->last;
    live->last = packet->time;
    return TW_GOT_PACKET;
}

uint64_t tw_live_dropped(const struct tw_live *live) {
    struct pcap_stat stat;
    return pcap_stats(live->handle, &stat) == 0 ? (uint64_t)stat.ps_drop + stat.ps_ifdrop : 0;
}

void tw_live_fini(struct tw_live *live) {
    if (live->handle != NULL) {
        pcap_close(live->handle);
    }
    free(live->name);
}

static void list_addresses(const pcap_if_t *one, char *text, size_t room) {
    size_t used = 0;
    text[0] = '\0';
    for (const pcap_addr_t *at = one->addresses; at != NULL; at = at->next) {
        char address[INET6_ADDRSTRLEN];
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
        const void *octets = NULL;
        if (at->addr != NULL && at->addr->sa_family == AF_INET) {
            memcpy(&v4, at->addr, sizeof v4);
            octets = &v4.sin_addr;
        } else if (at->addr != NULL && at->addr->sa_family == AF_INET6) {
            memcpy(&v6, at->addr, sizeof v6);
            octets = &v6.sin6_addr;
        }
        if (octets == NULL ||
            inet_ntop(at->addr->sa_family, octets, address, sizeof address) == NULL) {
            continue;
        }
        const int wrote = snprintf(text + used, room - used, "%s%s", used > 0 ? ", " : "", address);
        if (wrote < 0 || (size_t)wrote >= room - used) {
            text[used] = '\0';
            return;
        }
        used += (size_t)wrote;
    }
}

enum tw_status tw_interfaces(void (*each)(void *context, const struct tw_interface *interface),
                             void *context, struct tw_error *error) {
    char text[PCAP_ERRBUF_SIZE], addresses[512];
    pcap_if_t *all = NULL;
    if (pcap_findalldevs(&all, text) != 0) {
        return tw_fail(error, TW_OPEN, "interfaces: %s", text);
    }
    for (const pcap_if_t *one = all; one != NULL; one = one->next) {
        list_addresses(one, addresses, sizeof addresses);
        const struct tw_interface interface = {
            .name = one->name,
            .description = one->description != NULL ? one->description : "",
            .addresses = addresses,
            .up = (one->flags & PCAP_IF_UP) != 0,
            .running = (one->flags & PCAP_IF_RUNNING) != 0,
            .loopback = (one->flags & PCAP_IF_LOOPBACK) != 0,
        };
        each(context, &interface);
    }
    pcap_freealldevs(all);
    return TW_OK;
}
