// SPDX-License-Identifier: MIT
// Whom to become, and becoming it for good; then all else that is to be given up, in the one order
// in which that works.
#include "guard.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <netdb.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { NAME_ROOM = 64, NUMBER_ROOM = 24 };

// A user to become.
struct user {
    bool other; // than we are
    bool asked; // by -Z, or by sudo: all groups of that user are taken, else none
    uid_t uid;
    gid_t gid;
    char name[NAME_ROOM];
};

static struct {
    bool dropped, calls;
    int landlock;
    char name[NAME_ROOM];
} in_force;

// --- Whom

// A whole decimal number that an identity can be; (uid_t)-1 means none (setresuid(2)).
static bool read_number(const char *text, uint32_t *number) {
    uint64_t value = 0;
    size_t length = strspn(text, "0123456789");
    if (length == 0 || length > 10 || text[length] != '\0') {
        return false;
    }
    for (const char *digit = text; *digit != '\0'; digit++) {
        value = value * 10 + (uint64_t)(*digit - '0');
    }
    *number = (uint32_t)value;
    return value < UINT32_MAX;
}

// Whether the identity exists in our user namespace; its map (user_namespaces(7)) has lines of
// first inside, first outside, how many.
static bool is_mapped(const char *path, uint32_t identity) {
    char line[128];
    FILE *file = fopen(path, "re");
    bool found = file == NULL; // another system, or no /proc: all are
    while (file != NULL && !found && fgets(line, sizeof line, file) != NULL) {
        unsigned long inside, outside, many;
        found = sscanf(line, "%lu %lu %lu", &inside, &outside, &many) == 3 && identity >= inside &&
                identity - inside < many;
    }
    if (file != NULL) {
        fclose(file);
    }
    return found;
}

bool guard_is_mapped(uid_t uid, gid_t gid) {
    return is_mapped("/proc/self/uid_map", uid) && is_mapped("/proc/self/gid_map", gid);
}

static void take(struct user *user, const struct passwd *entry, gid_t gid) {
    user->other = true;
    user->uid = entry->pw_uid;
    user->gid = gid;
    snprintf(user->name, sizeof user->name, "%s", entry->pw_name);
}

// Who called sudo, as it says; false where nobody did. Root is nobody to go back to.
static enum tw_status find_caller(struct user *user, bool *found, struct tw_error *error) {
    const char *uid_text = getenv("SUDO_UID"), *gid_text = getenv("SUDO_GID");
    uint32_t uid = 0, gid = 0;
    *found = false;
    if (uid_text == NULL) {
        return TW_OK;
    }
    if (!read_number(uid_text, &uid) || gid_text == NULL || !read_number(gid_text, &gid)) {
        return tw_fail(error, TW_PERMISSION,
                       "SUDO_UID, SUDO_GID: not a user's and a group's number");
    }
    if (uid == 0) {
        return TW_OK;
    }
    const struct passwd *entry = getpwuid(uid);
    if (entry == NULL || getgrgid(gid) == NULL) {
        return tw_fail(error, TW_PERMISSION, "SUDO_UID, SUDO_GID: no such user or group");
    }
    take(user, entry, gid);
    user->asked = *found = true;
    return TW_OK;
}

static enum tw_status find_user(const char *name, struct user *user, struct tw_error *error) {
    *user = (struct user){.asked = name != NULL};
    if (name != NULL) {
        const struct passwd *entry = getpwnam(name);
        if (entry == NULL) {
            return tw_fail(error, TW_PERMISSION, "-Z %s: no such user", name);
        }
        if (geteuid() != 0 && (entry->pw_uid != geteuid() || entry->pw_uid != getuid())) {
            return tw_fail(error, TW_PERMISSION, "-Z %s: only root can become another user", name);
        }
        take(user, entry, entry->pw_gid);
        user->other = geteuid() == 0;
        return TW_OK;
    }
    if (geteuid() != 0) {
        return TW_OK;
    }
    bool found;
    const enum tw_status status = find_caller(user, &found, error);
    if (status != TW_OK) {
        return status;
    }
    if (!found) {
        const struct passwd *entry = getpwnam("nobody");
        if (entry == NULL) {
            return tw_fail(error, TW_PERMISSION, "no user \"nobody\": name another one by -Z USER");
        }
        take(user, entry, entry->pw_gid);
    }
    // Root of a user namespace of its own has nobody else there, and is nobody outside: it stays.
    user->other = guard_is_mapped(user->uid, user->gid);
    return TW_OK;
}

enum tw_status tw_guard_user(const char *user, const char **name, struct tw_error *error) {
    static char told[NAME_ROOM];
    struct user whom;
    *name = NULL;
    const enum tw_status status = find_user(user, &whom, error);
    if (status == TW_OK && whom.other) {
        snprintf(told, sizeof told, "%s", whom.name);
        *name = told;
    }
    return status;
}

// --- Becoming

static int take_groups(const struct user *user) {
#ifdef __linux__
    return user->asked ? initgroups(user->name, user->gid) : setgroups(0, NULL);
#else
    return user->asked ? initgroups(user->name, (int)user->gid) : setgroups(1, &user->gid);
#endif
}

// The groups that root had, while another user's are in force.
static struct {
    bool entered;
    gid_t groups[256];
    int count;
} before;

// For a while.
static int enter(const struct user *user) {
    before.count = getgroups((int)TW_COUNT(before.groups), before.groups);
    before.entered = true;
    if (before.count >= 0 && take_groups(user) == 0 && setegid(user->gid) == 0 &&
        seteuid(user->uid) == 0) {
        return 0;
    }
    const int why = errno;
    tw_guard_back();
    return why;
}

enum tw_status tw_guard_as(const char *user, struct tw_error *error) {
    struct user whom;
    const enum tw_status status = find_user(user, &whom, error);
    if (status != TW_OK || !whom.other || !whom.asked) {
        return status;
    }
    const int why = enter(&whom);
    return why == 0 ? TW_OK
                    : tw_fail(error, TW_PERMISSION, "becoming %s: %s", whom.name, strerror(why));
}

void tw_guard_back(void) {
    if (before.entered) {
        before.entered = false;
        // Root's own are always to be had again; if not, it has fewer rights.
        (void)!seteuid(0);
        (void)!setegid(getgid());
        (void)!setgroups((size_t)(before.count > 0 ? before.count : 0), before.groups);
    }
}

bool tw_guard_may_make(const char *user, int directory) {
    struct user whom;
    struct tw_error untold;
    if (find_user(user, &whom, &untold) != TW_OK || (whom.other && enter(&whom) != 0)) {
        return false;
    }
    const bool may = faccessat(directory, ".", W_OK | X_OK, AT_EACCESS) == 0;
    tw_guard_back();
    return may;
}

#ifdef __linux__
static int become(const struct user *user) {
    uid_t uids[3];
    gid_t gids[3];
    if (take_groups(user) != 0 || setresgid(user->gid, user->gid, user->gid) != 0 ||
        setresuid(user->uid, user->uid, user->uid) != 0) {
        return errno;
    }
    if (getresuid(&uids[0], &uids[1], &uids[2]) != 0 ||
        getresgid(&gids[0], &gids[1], &gids[2]) != 0) {
        return errno;
    }
    for (size_t i = 0; i < TW_COUNT(uids); i++) {
        if (uids[i] != user->uid || gids[i] != user->gid) {
            return EPERM;
        }
    }
    return 0;
}
#else
static int become(const struct user *user) {
    return take_groups(user) != 0 || setgid(user->gid) != 0 || setuid(user->uid) != 0 ? errno : 0;
}
#endif

// Whether root could be become again. It is tried: that is what somebody else would do.
static bool is_way_back(const struct user *user) {
    return user->other && user->uid != 0 && (setuid(0) == 0 || seteuid(0) == 0 || setgid(0) == 0);
}

// What the C library reads when it is first needed: the zone of local times, and the names of
// services and protocols that a filter typed later may have. The calls make it load what it looks
// them up with; the tables themselves stay readable (landlock.c).
static void read_ahead(void) {
    tzset();
    (void)getservbyname("http", "tcp");
    (void)getprotobyname("tcp");
}

static enum tw_status refused(struct tw_error *error, const char *what, int why) {
    return tw_fail(error, TW_OPEN, "giving up rights: %s: %s", what, strerror(why));
}

enum tw_status tw_guard_drop(const struct tw_guard_options *options, struct tw_error *error) {
    struct user user;
    const enum tw_status status = find_user(options->user, &user, error);
    int why;
    if (status != TW_OK) {
        return status;
    }
    read_ahead();
    if ((why = guard_bounding_clear(0)) != 0) {
        return refused(error, "bounding set", why);
    }
    if (user.other && (why = become(&user)) != 0) {
        return tw_fail(error, TW_PERMISSION, "becoming %s: %s", user.name, strerror(why));
    }
    if ((why = guard_capabilities_set(0)) != 0 || !guard_capabilities_none()) {
        return refused(error, "capabilities", why != 0 ? why : EPERM);
    }
    if (is_way_back(&user)) {
        return refused(error, user.name, EPERM);
    }
    if ((why = guard_no_new_privileges()) != 0) {
        return refused(error, "no_new_privs", why);
    }
    in_force.landlock = guard_landlock_version();
    if (in_force.landlock > 0 &&
        (why = guard_landlock(options->directories, TW_COUNT(options->directories))) != 0) {
        return refused(error, "Landlock", why);
    }
    in_force.calls = guard_calls_known();
    if (in_force.calls && (why = guard_calls(options)) != 0) {
        return refused(error, "seccomp", why);
    }
    in_force.dropped = true;
    snprintf(in_force.name, sizeof in_force.name, "%s", user.other ? user.name : "");
    return TW_OK;
}

// --- Telling

const char *tw_guard_told(void) {
    static char told[160];
    char landlock[NUMBER_ROOM] = "";
    const char *library = guard_calls_library();
    const int version = in_force.dropped ? in_force.landlock : guard_landlock_version();
    if (version > 0) {
        snprintf(landlock, sizeof landlock, "Landlock %d", version);
    }
    if (in_force.dropped) {
        char user[NAME_ROOM + NUMBER_ROOM] = "";
        if (in_force.name[0] != '\0') {
            snprintf(user, sizeof user, _("user %s, "), in_force.name);
        }
        snprintf(told, sizeof told, "%s%s%s%s%s", user, _("no capabilities"),
                 version > 0 ? ", " : "", landlock, in_force.calls ? ", seccomp" : "");
    } else {
        snprintf(told, sizeof told, "%s%s%s%s%s", landlock,
                 version > 0 && library != NULL ? ", " : "", library != NULL ? "seccomp (" : "",
                 library != NULL ? library : "", library != NULL ? ")" : "");
    }
    return told;
}

#if defined(__SANITIZE_ADDRESS__) && defined(__linux__)
// The leak checker's own question (lsan_interface.h): it stops the process's threads by ptrace from
// another process, which is what has been given up.
int __lsan_is_turned_off(void);
int __lsan_is_turned_off(void) {
    return in_force.dropped;
}
#endif
