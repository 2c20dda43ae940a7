// SPDX-License-Identifier: MIT
// What interfaces there are, and what the system has counted on them.
#include "tcpwalk/source.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

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

// libpcap lists also what TCP never passes: Bluetooth, USB, D-Bus, nfqueue.
static bool may_carry_tcp(const char *name) {
#ifdef __linux__
    return if_nametoindex(name) != 0 || strcmp(name, "any") == 0 || strcmp(name, "nflog") == 0;
#else
    (void)name;
    return true;
#endif
}

enum tw_status tw_interfaces(void (*each)(void *context, const struct tw_interface *interface),
                             void *context, struct tw_error *error) {
    char text[PCAP_ERRBUF_SIZE], addresses[512];
    pcap_if_t *all = NULL;
    if (pcap_findalldevs(&all, text) != 0) {
        return tw_fail(error, TW_OPEN, "interfaces: %s", text);
    }
    for (const pcap_if_t *one = all; one != NULL; one = one->next) {
        if (!may_carry_tcp(one->name)) {
            continue;
        }
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

// --- Traffic: no permission is needed to see it

#ifdef __linux__

enum { LINE_MAX_OCTETS = 512 };

// "  eth0: octets packets errs drop fifo frame compressed multicast octets packets ..."
static bool parse(char *line, struct tw_interface_traffic *traffic) {
    uint64_t *const columns[] = {&traffic->received_octets,
                                 &traffic->received_packets, [8] = &traffic->sent_octets,
                                 &traffic->sent_packets};
    char *name = line + strspn(line, " "), *colon = strchr(name, ':');
    if (colon == NULL) {
        return false; // the headings
    }
    *colon = '\0';
    traffic->name = name;
    char *at = colon + 1;
    for (size_t i = 0; i < TW_COUNT(columns); i++) {
        char *end;
        unsigned long long number = strtoull(at, &end, 10);
        if (end == at) {
            return false;
        }
        if (columns[i] != NULL) {
            *columns[i] = number;
        }
        at = end;
    }
    return true;
}

void tw_interfaces_traffic(void (*each)(void *context, const struct tw_interface_traffic *traffic),
                           void *context) {
    // One file for all of them, and those of our own network namespace, unlike /sys.
    FILE *file = fopen("/proc/net/dev", "re");
    char line[LINE_MAX_OCTETS];
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        struct tw_interface_traffic traffic;
        if (parse(line, &traffic)) {
            each(context, &traffic);
        }
    }
    if (file != NULL) {
        fclose(file);
    }
}

#else

#include <ifaddrs.h>
#include <net/if.h>

void tw_interfaces_traffic(void (*each)(void *context, const struct tw_interface_traffic *traffic),
                           void *context) {
#ifdef AF_LINK // the BSDs and macOS: counters come with the link's address
    struct ifaddrs *all = NULL;
    if (getifaddrs(&all) != 0) {
        return;
    }
    for (const struct ifaddrs *one = all; one != NULL; one = one->ifa_next) {
        const struct if_data *data = one->ifa_data;
        if (one->ifa_addr == NULL || one->ifa_addr->sa_family != AF_LINK || data == NULL) {
            continue;
        }
        const struct tw_interface_traffic traffic = {.name = one->ifa_name,
                                                     .received_packets = data->ifi_ipackets,
                                                     .received_octets = data->ifi_ibytes,
                                                     .sent_packets = data->ifi_opackets,
                                                     .sent_octets = data->ifi_obytes};
        each(context, &traffic);
    }
    freeifaddrs(all);
#else
    (void)each;
    (void)context;
#endif
}

#endif
