// SPDX-License-Identifier: MIT
// Capabilities (capabilities(7)), by the system calls themselves: it takes three.
#include "guard.h"

#include <errno.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define BIT(capability) (UINT64_C(1) << (capability))
enum { CAPABILITIES = 64, HALF = 32, HALVES = _LINUX_CAPABILITY_U32S_3 };

static int get(struct __user_cap_data_struct data[HALVES]) {
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    return syscall(SYS_capget, &header, data) == 0 ? 0 : errno;
}

int guard_bounding_clear(uint64_t kept) {
    struct __user_cap_data_struct data[HALVES];
    const int why = get(data);
    if (why != 0) {
        return why;
    }
    // Without the right nothing can be taken from this set, and no_new_privs says that nothing is
    // ever gained by it.
    if ((data[0].effective & BIT(CAP_SETPCAP)) == 0) {
        return 0;
    }
    for (int i = 0; i < CAPABILITIES; i++) {
        const int there = prctl(PR_CAPBSET_READ, i, 0, 0, 0); // below 0: the kernel has no more
        if (there > 0 && (kept & BIT(i)) == 0 && prctl(PR_CAPBSET_DROP, i, 0, 0, 0) != 0) {
            return errno;
        }
    }
    return 0;
}

int guard_capabilities_set(uint64_t kept) {
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[HALVES];
    const int why = get(data);
    if (why != 0) {
        return why;
    }
    // EINVAL: before Linux 4.3 there is no ambient set.
    if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) != 0 && errno != EINVAL) {
        return errno;
    }
    for (size_t i = 0; i < HALVES; i++) {
        data[i].permitted &= (uint32_t)(kept >> i * HALF);
        data[i].effective = data[i].permitted;
        data[i].inheritable = 0;
    }
    return syscall(SYS_capset, &header, data) == 0 ? 0 : errno;
}

bool guard_capabilities_none(void) {
    struct __user_cap_data_struct data[HALVES];
    if (get(data) != 0) {
        return false;
    }
    uint32_t any = 0;
    for (size_t i = 0; i < HALVES; i++) {
        any |= data[i].permitted | data[i].effective | data[i].inheritable;
    }
    return any == 0;
}

int guard_no_new_privileges(void) {
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 ? 0 : errno;
}
