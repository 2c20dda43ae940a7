// SPDX-License-Identifier: MIT
// tcpwalk interfaces: what can be attached to, and how much passes there now.
//
//     eth0             running        12 packets/s    3.4 KiB/s  192.0.2.7, 2001:db8::7
//     any              running        12 packets/s    3.4 KiB/s  Pseudo-device that captures on ...
//     nflog            down                                      Linux netfilter log (NFLOG) ...
#include "commands.h"
#include "pump.h"
#include "tcpwalk/source.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

enum { MEASURE_MS = 300, PACKETS_WIDTH = 20, OCTETS_WIDTH = 12 };

struct counter {
    char *name;
    // Received and sent, on a loopback interface only the former, as each packet is both; after two
    // looks: between them.
    uint64_t packets, octets;
    bool loopback, seen; // both times
};

struct rates {
    const struct settings *settings;
    struct counter *counters;
    size_t count;
    bool second; // look
    int64_t begun, ms;
};

static struct counter *counter_of(const struct rates *rates, const char *name) {
    for (size_t i = 0; i < rates->count; i++) {
        if (strcmp(rates->counters[i].name, name) == 0) {
            return &rates->counters[i];
        }
    }
    return NULL;
}

static struct counter *counter_add(struct rates *rates, const char *name) {
    struct counter *more = realloc(rates->counters, (rates->count + 1) * sizeof *more);
    char *copy = more != NULL ? strdup(name) : NULL;
    rates->counters = more != NULL ? more : rates->counters;
    if (copy == NULL) {
        return NULL; // told without a rate
    }
    rates->counters[rates->count] = (struct counter){.name = copy};
    return &rates->counters[rates->count++];
}

static void add(void *context, const struct tw_interface *interface) {
    struct counter *counter = counter_add(context, interface->name);
    if (counter != NULL) {
        counter->loopback = interface->loopback;
    }
}

static void look(void *context, const struct tw_interface_traffic *one) {
    const struct rates *rates = context;
    struct counter *counter = counter_of(rates, one->name);
    if (counter == NULL) {
        return;
    }
    const uint64_t packets = one->received_packets + (counter->loopback ? 0 : one->sent_packets);
    const uint64_t octets = one->received_octets + (counter->loopback ? 0 : one->sent_octets);
    counter->seen = rates->second && packets >= counter->packets && octets >= counter->octets;
    counter->packets = packets - counter->packets;
    counter->octets = octets - counter->octets;
}

static enum tw_status measure(struct rates *rates, struct tw_error *error) {
    const enum tw_status status = tw_interfaces(add, rates, error);
    rates->begun = clock_ms();
    tw_interfaces_traffic(look, rates);
    (void)poll(NULL, 0, MEASURE_MS);
    rates->second = true;
    tw_interfaces_traffic(look, rates);
    rates->ms = clock_ms() - rates->begun;
    return status;
}

// "    12 packets/s    3.4 KiB/s", or as much space where the system does not say.
static void print_rate(const struct rates *rates, const char *name) {
    static const char *const units[] = {N_("%.0f B/s"), N_("%.1f KiB/s"), N_("%.1f MiB/s"),
                                        N_("%.1f GiB/s")};
    const struct counter *counter = counter_of(rates, name);
    struct counter all = {0};
    if (strcmp(name, "any") == 0) {
        for (size_t i = 0; i < rates->count; i++) {
            all.seen = all.seen || rates->counters[i].seen;
            all.packets += rates->counters[i].seen ? rates->counters[i].packets : 0;
            all.octets += rates->counters[i].seen ? rates->counters[i].octets : 0;
        }
        counter = &all;
    }
    char text[2][64] = {"", ""};
    if (counter != NULL && counter->seen && rates->ms > 0) {
        const uint64_t ms = (uint64_t)rates->ms;
        const uint64_t packets = (counter->packets * 1000 + ms / 2) / ms;
        double octets = (double)counter->octets * 1000 / (double)ms;
        size_t unit = 0;
        for (; octets >= 1024 && unit + 1 < TW_COUNT(units); unit++) {
            octets /= 1024;
        }
        snprintf(text[0], sizeof text[0], n_("%llu packet/s", "%llu packets/s", packets),
                 (unsigned long long)packets);
        snprintf(text[1], sizeof text[1], tw_text(units[unit]), octets);
    }
    printf(" %*s %*s", PACKETS_WIDTH, text[0], OCTETS_WIDTH, text[1]);
}

static void one(void *context, const struct tw_interface *interface) {
    const struct rates *rates = context;
    const char *description = interface->description ? interface->description : "";
    const char *addresses = interface->addresses ? interface->addresses : "";
    const char *status = interface->running ? "running" : interface->up ? "up" : "down";
    const char *between = addresses[0] != '\0' && description[0] != '\0' ? "  " : "";
    if (rates->settings->report.detail < 0) {
        puts(interface->name);
        return;
    }
    printf("%-16s %-8s", interface->name, status);
    print_rate(rates, interface->name);
    printf("  %s%s%s\n", addresses, between, description);
}

enum tw_status cmd_interfaces(const struct settings *settings, struct tw_error *error) {
    struct rates rates = {.settings = settings};
    enum tw_status status = settings->report.detail >= 0 ? measure(&rates, error) : TW_OK;
    if (status == TW_OK) {
        status = tw_interfaces(one, &rates, error);
    }
    for (size_t i = 0; i < rates.count; i++) {
        free(rates.counters[i].name);
    }
    free(rates.counters);
    return status;
}
