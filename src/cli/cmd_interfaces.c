// SPDX-License-Identifier: MIT
// tcpwalk interfaces: what can be attached to.
#include "commands.h"
#include "tcpwalk/source.h"

static void one(void *context, const struct tw_interface *interface) {
    const struct settings *settings = context;
    const char *description = interface->description ? interface->description : "";
    const char *addresses = interface->addresses ? interface->addresses : "";
    const char *status = interface->running ? "running" : interface->up ? "up" : "down";
    const char *between = addresses[0] != '\0' && description[0] != '\0' ? "  " : "";
    if (settings->report.detail < 0) {
        puts(interface->name);
    } else {
        printf("%-16s %-8s %s%s%s\n", interface->name, status, addresses, between, description);
    }
}

enum tw_status cmd_interfaces(const struct settings *settings, struct tw_error *error) {
    return tw_interfaces(one, (void *)settings, error);
}
