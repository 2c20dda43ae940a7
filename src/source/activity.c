// SPDX-License-Identifier: MIT
// What the system has counted on its interfaces; no permission is needed for that.
#include "tcpwalk/source.h"

#ifdef __linux__

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { LINE_MAX_OCTETS = 512 };

// "  eth0: octets packets errs drop fifo frame compressed multicast octets packets ..."
static bool parse(char *line, struct tw_interface_traffic *traffic) {
    char *name = line + strspn(line, " "), *colon = strchr(name, ':');
    if (colon == NULL) {
        return false; // the headings
    }
    *colon = '\0';
    traffic->name = name;
    enum { NUMBERS = 4 };
    return sscanf(colon + 1, "%" SCNu64 "%" SCNu64 "%*s%*s%*s%*s%*s%*s%" SCNu64 "%" SCNu64,
                  &traffic->received_octets, &traffic->received_packets, &traffic->sent_octets,
                  &traffic->sent_packets) == NUMBERS;
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
