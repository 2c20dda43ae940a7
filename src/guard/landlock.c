// SPDX-License-Identifier: MIT
// Files: all that is not allowed here is refused (landlock(7); the kernel's
// Documentation/userspace-api/landlock.rst).
#include "guard.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>
#if __has_include(<linux/landlock.h>) // the kernel's headers are of 5.13 or newer
#include <linux/landlock.h>

// What later versions have handled, as the headers may be older than the kernel.
enum {
    REFER_SINCE = 2,
    TRUNCATE_SINCE = 3,
    NETWORK_SINCE = 4,
    DEVICES_SINCE = 5,
    SCOPES_SINCE = 6,
};
#define BASE_RIGHTS    (UINT64_C(0x1fff)) // LANDLOCK_ACCESS_FS_EXECUTE to _MAKE_SYM
#define RIGHT_REFER    (UINT64_C(1) << 13)
#define RIGHT_TRUNCATE (UINT64_C(1) << 14)
#define RIGHT_DEVICES  (UINT64_C(1) << 15) // ioctl of devices
#define NETWORK_RIGHTS (UINT64_C(0x3))     // bind and connect, TCP
#define SCOPES         (UINT64_C(0x3))     // abstract sockets; signals to others

// struct landlock_ruleset_attr as of version 6; a kernel is told only as much as it knows.
struct ruleset {
    uint64_t files, network, scopes;
};

// What is opened after the drop, for reading. Names of services and protocols in a filter that is
// typed later; libpcap asks the C library for them. All else that a running tcpwalk reads it has
// opened before: the C library's tables of the locale, zone and terminal, its configuration, the
// interfaces, the files of the start screen (which is another process).
static const char *const readable[] = {
    "/etc/nsswitch.conf",
    "/etc/services",
    "/etc/protocols",
};

int guard_landlock_version(void) {
    const long version =
        syscall(SYS_landlock_create_ruleset, NULL, (size_t)0, LANDLOCK_CREATE_RULESET_VERSION);
    return version > 0 ? (int)version : 0;
}

static int allow(int ruleset, int place, uint64_t rights) {
    const struct landlock_path_beneath_attr beneath = {.allowed_access = rights,
                                                       .parent_fd = place};
    return syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &beneath, 0U) == 0
               ? 0
               : errno;
}

// What is not there cannot be opened, either.
static int allow_reading(int ruleset) {
    int why = 0;
    for (size_t i = 0; i < TW_COUNT(readable) && why == 0; i++) {
        const int place = open(readable[i], O_PATH | O_CLOEXEC);
        if (place >= 0) {
            why = allow(ruleset, place, LANDLOCK_ACCESS_FS_READ_FILE);
            close(place);
        }
    }
    return why;
}

int guard_landlock(const int *directories, size_t count) {
    const int version = guard_landlock_version();
    const struct ruleset handled = {
        .files = BASE_RIGHTS | (version >= REFER_SINCE ? RIGHT_REFER : 0) |
                 (version >= TRUNCATE_SINCE ? RIGHT_TRUNCATE : 0) |
                 (version >= DEVICES_SINCE ? RIGHT_DEVICES : 0),
        .network = NETWORK_RIGHTS,
        .scopes = SCOPES,
    };
    const size_t size = version >= SCOPES_SINCE    ? sizeof handled
                        : version >= NETWORK_SINCE ? offsetof(struct ruleset, scopes)
                                                   : offsetof(struct ruleset, network);
    const int ruleset = (int)syscall(SYS_landlock_create_ruleset, &handled, size, 0U);
    if (ruleset < 0) {
        return errno;
    }
    int why = allow_reading(ruleset);
    for (size_t i = 0; i < count && why == 0; i++) {
        if (directories[i] < 0) {
            continue;
        }
        // A file is made, written, and put under another name in the same folder.
        why = allow(ruleset, directories[i],
                    LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG |
                        LANDLOCK_ACCESS_FS_REMOVE_FILE | (handled.files & RIGHT_TRUNCATE));
    }
    if (why == 0 && syscall(SYS_landlock_restrict_self, ruleset, 0U) != 0) {
        why = errno;
    }
    close(ruleset);
    return why;
}

#else
int guard_landlock_version(void) {
    return 0;
}

int guard_landlock(const int *directories, size_t count) {
    (void)directories;
    (void)count;
    return 0;
}
#endif
