// SPDX-License-Identifier: MIT
// What the system has counted on its interfaces; no permission is needed for that.
#include "tcpwalk/source.h"

#ifdef __linux__

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
#include <sys/socket.h>

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
