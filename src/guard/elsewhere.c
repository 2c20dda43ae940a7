// SPDX-License-Identifier: MIT
// Where the system is not Linux, there is only the user to be given up.
#include "guard.h"

int guard_bounding_clear(uint64_t kept) {
    (void)kept;
    return 0;
}

int guard_capabilities_set(uint64_t kept) {
    (void)kept;
    return 0;
}

bool guard_capabilities_none(void) {
    return true;
}

int guard_no_new_privileges(void) {
    return 0;
}

int guard_landlock_version(void) {
    return 0;
}

int guard_landlock(const int *directories, size_t count) {
    (void)directories;
    (void)count;
    return 0;
}

int guard_calls(const struct tw_guard_options *options) {
    (void)options;
    return 0;
}

const char *guard_calls_library(void) {
    return NULL;
}

bool guard_calls_known(void) {
    return false;
}

enum tw_status tw_namer_start(struct tw_namer **namer, struct tw_error *error) {
    *namer = NULL;
    return tw_fail(error, TW_UNMET, "%s", N_("whose a socket is: only Linux tells"));
}

void tw_namer_stop(struct tw_namer *namer) {
    (void)namer;
}

size_t tw_namer_ask(struct tw_namer *namer, const uint32_t *inodes, size_t count) {
    (void)namer;
    (void)inodes;
    (void)count;
    return 0;
}

bool tw_namer_answer(struct tw_namer *namer, struct tw_process *process) {
    (void)namer;
    (void)process;
    return false;
}

int tw_namer_fd(const struct tw_namer *namer) {
    (void)namer;
    return -1;
}
