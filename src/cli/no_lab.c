// SPDX-License-Identifier: MIT
// In place of the lab where there is none: it needs Linux's network namespaces.
#include "commands.h"

static enum tw_status missing(struct tw_error *error) {
    return tw_fail(error, TW_OPEN, "%s", "lab: the lab needs Linux");
}

enum tw_status cmd_lab(const struct settings *settings, struct tw_error *error) {
    (void)settings;
    return missing(error);
}

enum tw_status catalogue_print(struct tw_error *error) {
    return missing(error);
}
