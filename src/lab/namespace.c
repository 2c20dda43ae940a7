// SPDX-License-Identifier: MIT
// Network namespaces without root (user_namespaces(7)), and the reasons why a system refuses them.
#include "namespace.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

bool namespace_write(const char *path, const char *text) {
    const int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    const size_t length = strlen(text);
    const ssize_t wrote = write(fd, text, length);
    const int why = wrote < 0 ? errno : EIO;
    close(fd);
    errno = why;
    return wrote == (ssize_t)length;
}

// The number in a file of /proc behind `label`, or -1.
static long number_in(const char *path, const char *label) {
    char text[4096] = "";
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    const ssize_t got = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
    if (fd >= 0)
        close(fd);
    const char *found = got <= 0 ? NULL : strstr(text, label);
    return found == NULL ? -1 : strtol(found + strlen(label), NULL, 10);
}

static enum tw_status refuse_apparmor(struct tw_error *error) {
    char path[256]; // of the program itself
    const ssize_t length = readlink("/proc/self/exe", path, sizeof path);
    const bool known = length > 0 && (size_t)length < sizeof path;
    return tw_fail(error, TW_PERMISSION,
                   "lab: AppArmor restricts user namespaces: run it with sudo, or sudo sysctl "
                   "kernel.apparmor_restrict_unprivileged_userns=0, or put into "
                   "/etc/apparmor.d/tcpwalk: abi <abi/4.0>, profile tcpwalk %.*s "
                   "flags=(unconfined) { userns, }",
                   known ? (int)length : 4, known ? path : "PATH");
}

// Why no network namespace was granted. `what` was refused with errno `why`, to `user`.
static enum tw_status refuse(const char *what, int why, uid_t user, struct tw_error *error) {
    enum { SECCOMP_FILTER = 2 };
    switch (why) {
    case EINVAL: // what unshare() says of namespaces that are not built in
    case ENOSYS:
        return tw_fail(error, TW_PERMISSION,
                       "lab: this kernel grants no %s: run it with sudo, or on a kernel with "
                       "CONFIG_USER_NS and CONFIG_NET_NS",
                       what);
    case ENOSPC: // limits of namespaces(7)
    case EUSERS:
        return tw_fail(error, TW_PERMISSION,
                       "lab: the limit of %ss is 0 or reached: sudo sysctl "
                       "user.max_user_namespaces=15000 user.max_net_namespaces=15000",
                       what);
    case EPERM:
    case EACCES: break;
    default: return tw_fail(error, TW_OPEN, "lab: no %s: %s", what, strerror(why));
    }
    if (user != 0 && number_in("/proc/sys/kernel/unprivileged_userns_clone", "") == 0)
        return tw_fail(error, TW_PERMISSION,
                       "lab: only root may make namespaces on this system: run it with sudo, or "
                       "sudo sysctl kernel.unprivileged_userns_clone=1");
    if (user != 0 && number_in("/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "") == 1)
        return refuse_apparmor(error);
    if (number_in("/proc/self/status", "\nSeccomp:") == SECCOMP_FILTER)
        return tw_fail(error, TW_PERMISSION,
                       "lab: a seccomp filter forbids namespaces, as those of containers do: run "
                       "it outside, or start the container with --security-opt seccomp=unconfined "
                       "--security-opt systempaths=unconfined");
    return tw_fail(error, TW_PERMISSION, "lab: no %s: %s: %s", what, strerror(why),
                   user != 0 ? "run it with sudo"
                             : "root lacks CAP_SYS_ADMIN here; run it outside of the container, or "
                               "start that with --privileged");
}

// A user namespace in which the process is root, and nobody else is anybody.
static enum tw_status user_namespace(struct tw_error *error) {
    static const char what[] = "user namespace";
    const uid_t user = geteuid();
    const gid_t group = getegid();
    if (unshare(CLONE_NEWUSER) != 0)
        return refuse(what, errno, user, error);
    // /proc/self belongs to root where the program has file capabilities (proc(5)); those are gone.
    (void)prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
    char users[32], groups[32];
    snprintf(users, sizeof users, "0 %lu 1", (unsigned long)user);
    snprintf(groups, sizeof groups, "0 %lu 1", (unsigned long)group);
    // Without "deny" nobody may write a gid_map; before Linux 3.19 there was no such file.
    if ((!namespace_write("/proc/self/setgroups", "deny") && errno != ENOENT) ||
        !namespace_write("/proc/self/uid_map", users) ||
        !namespace_write("/proc/self/gid_map", groups))
        return refuse(what, errno, user, error);
    return TW_OK;
}

enum tw_status namespace_new(struct tw_error *error) {
    const uid_t user = geteuid();
    if (unshare(CLONE_NEWNET) == 0)
        return TW_OK;
    if (errno == EPERM) {
        const enum tw_status status = user_namespace(error);
        if (status != TW_OK)
            return status;
        if (unshare(CLONE_NEWNET) == 0)
            return TW_OK;
    }
    return refuse("network namespace", errno, user, error);
}

int namespace_get(void) {
    return open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
}

int namespace_enter(int namespace_fd) {
    const int home = namespace_get();
    if (home >= 0 && setns(namespace_fd, CLONE_NEWNET) != 0) {
        const int why = errno;
        close(home);
        errno = why;
        return -1;
    }
    return home;
}

void namespace_leave(int home) {
    const int why = errno;
    (void)setns(home, CLONE_NEWNET); // it was there before
    close(home);
    errno = why;
}
