// SPDX-License-Identifier: MIT
// tcpwalk captures: the stored captures, by name.
#include "commands.h"
#include "stored.h"

static void one(void *context, const struct stored *stored) {
    const struct settings *settings = context;
    if (settings->report.detail < 0) {
        puts(stored->name);
        return;
    }
    printf("%-22s %s\n", stored->name, stored->title);
    if (stored->teaches[0] != '\0') {
        printf("%-22s   %s\n", "", stored->teaches);
    }
}

enum tw_status cmd_captures(const struct settings *settings, struct tw_error *error) {
    (void)error;
    stored_each(one, (void *)settings);
    return TW_OK;
}
