// SPDX-License-Identifier: MIT
// tcpwalk captures: what is stored, what it teaches, which states it passes.
#include "commands.h"
#include "stored.h"

#include <string.h>

enum { NAME_WIDTH = 24 };

// One end's states, joined as the catalogue does: "client  SYN-SENT > ESTABLISHED".
static void states(const char *end, const char *joined) {
    if (joined[0] == '\0') {
        return;
    }
    printf("%-*s   %s ", NAME_WIDTH, "", end);
    for (const char *between = " "; *joined != '\0'; between = " > ") {
        size_t length = strcspn(joined, ">");
        printf("%s%.*s", between, (int)length, joined);
        joined += length + (joined[length] == '>' ? 1 : 0);
    }
    putchar('\n');
}

static void counts(const struct stored *stored) {
    if (stored->packets[0] == '\0') {
        return;
    }
    char text[STORED_COUNTS];
    printf("%-*s   %s\n", NAME_WIDTH, "", stored_counts(stored, text));
}

static void one(void *context, const struct stored *stored) {
    const struct settings *settings = context;
    if (settings->report.detail < 0) {
        puts(stored->name);
        return;
    }
    printf("%-*s %s\n", NAME_WIDTH, stored->name, _(stored->title));
    if (stored->teaches[0] != '\0') {
        printf("%-*s   %s\n", NAME_WIDTH, "", _(stored->teaches));
    }
    counts(stored);
    states("client", stored->client);
    states("server", stored->server);
}

enum tw_status cmd_captures(const struct settings *settings, struct tw_error *error) {
    (void)error;
    stored_each(STORED_CAPTURE, one, (void *)settings);
    return TW_OK;
}
