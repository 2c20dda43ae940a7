// SPDX-License-Identifier: MIT
// The namer: a process of its own that reads /proc and says whose a socket is. It knows no packets,
// takes numbers only, and can do nothing but read.
//
// A walk through /proc/PID/fd notes every socket that it comes by; its table answers until it is
// old, and what it does not have is answered when the next walk is over. Walks take no more than a
// small part of the time, whatever they are asked and however many processes there are; those whose
// sockets were asked for before are looked at first.
#include "guard.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <linux/capability.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    SOCKETS_MAX = 1 << 16, // of a walk; those beyond it are nobody's
    TABLE_SIZE = 2 * SOCKETS_MAX,
    WAITING_MAX = 1024, // questions
    FRESH_MS = 2000,    // so long a walk's table answers
    SHARE = 33,         // of the time that passes walks may take one part in so many
    SAVED_MS = 500,     // and what they did not take, up to this
    USUAL_MAX = 32,     // processes whose sockets were asked for
    PATH_ROOM = 64,
};

struct tw_namer {
    int socket;
    pid_t child;
    bool gone; // it has ended, for whatever reason
};

struct walk {
    DIR *processes; // NULL: none is under way
    int64_t begun, ended;
    size_t count;
    struct tw_process *table, *before; // of this walk and the last one; open addressing, inode 0:
                                       // free
};

struct namer {
    int socket;
    struct walk walk;
    uint32_t waiting[WAITING_MAX];
    size_t waiting_count, waiting_old; // those that had come when the walk began
    int32_t usual[USUAL_MAX];          // processes that are looked at first; 0: none
    size_t usual_next;
    int64_t used_until; // up to when the share is used up; never far in the past
};

static int64_t clock_ns(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return now.tv_sec * TW_SECOND + now.tv_nsec;
}

// --- The table

static struct tw_process *place(struct tw_process *table, uint32_t inode) {
    uint32_t at = inode * UINT32_C(2654435761) % TABLE_SIZE;
    while (table[at].inode != 0 && table[at].inode != inode) {
        at = (at + 1) % TABLE_SIZE;
    }
    return &table[at];
}

static void note(struct walk *walk, uint32_t inode, const struct tw_process *owner) {
    struct tw_process *to = place(walk->table, inode);
    if (to->inode == 0 && walk->count < SOCKETS_MAX) {
        *to = *owner;
        to->inode = inode;
        walk->count++;
    }
}

// --- Walking

// A process's name, as it calls itself.
static void read_name(int process, char name[TW_PROCESS_NAME]) {
    const int file = openat(process, "comm", O_RDONLY | O_CLOEXEC);
    const ssize_t length = file >= 0 ? read(file, name, TW_PROCESS_NAME - 1) : 0;
    name[length > 0 ? length : 0] = '\0';
    name[strcspn(name, "\n")] = '\0';
    if (file >= 0) {
        close(file);
    }
}

// The inode of the socket that a link names, "socket:[12345]"; 0: it is something else.
static uint32_t read_inode(int files, const char *name) {
    static const char begin[] = "socket:[";
    char target[PATH_ROOM];
    const ssize_t length = readlinkat(files, name, target, sizeof target - 1);
    if (length <= (ssize_t)sizeof begin - 1 || strncmp(target, begin, sizeof begin - 1) != 0) {
        return 0;
    }
    target[length] = '\0';
    return (uint32_t)strtoul(target + sizeof begin - 1, NULL, 10);
}

// Of a process that is gone, or not ours to see, nothing is noted.
static void visit(struct walk *walk, const char *pid) {
    struct tw_process owner = {.pid = (int32_t)strtol(pid, NULL, 10)};
    const int process = openat(dirfd(walk->processes), pid, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const int files = process >= 0 ? openat(process, "fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    DIR *all = files >= 0 ? fdopendir(files) : NULL;
    bool named = false;
    for (const struct dirent *one; all != NULL && (one = readdir(all)) != NULL;) {
        const uint32_t inode =
            isdigit((unsigned char)one->d_name[0]) ? read_inode(files, one->d_name) : 0;
        if (inode != 0) {
            if (!named) {
                read_name(process, owner.name);
                named = true;
            }
            note(walk, inode, &owner);
        }
    }
    if (all != NULL) {
        closedir(all);
    } else if (files >= 0) {
        close(files);
    }
    if (process >= 0) {
        close(process);
    }
}

// One process further; false at the end.
static bool walk_on(struct walk *walk) {
    const struct dirent *one = readdir(walk->processes);
    if (one != NULL && isdigit((unsigned char)one->d_name[0])) {
        visit(walk, one->d_name);
    }
    return one != NULL;
}

// --- Asking and answering

// Whose sockets were asked for: where the next one is likely to be found.
static void prefer(struct namer *namer, int32_t pid) {
    for (size_t i = 0; i < USUAL_MAX; i++) {
        if (namer->usual[i] == pid) {
            return;
        }
    }
    namer->usual[namer->usual_next] = pid;
    namer->usual_next = (namer->usual_next + 1) % USUAL_MAX;
}

// From a walk's table. False where the socket is not in it, and `last` does not say that this is
// the answer, too.
static bool answer_from(struct namer *namer, struct tw_process *table, uint32_t inode, bool last) {
    const struct tw_process none = {.inode = inode};
    const struct tw_process *found = inode != 0 ? place(table, inode) : &none;
    const bool has = inode == 0 || found->inode == inode;
    if (has && found->pid > 0) {
        prefer(namer, found->pid);
    }
    if (has || last) {
        (void)send(namer->socket, has ? found : &none, sizeof none, MSG_NOSIGNAL);
    }
    return has || last;
}

// Answers what waits and was found meanwhile; at the walk's end, also what had come before it
// began.
static void settle(struct namer *namer, bool ended) {
    size_t left = 0, old = 0;
    for (size_t i = 0; i < namer->waiting_count; i++) {
        const uint32_t inode = namer->waiting[i];
        const bool was = i < namer->waiting_old;
        if (!answer_from(namer, namer->walk.table, inode, ended && was)) {
            old += was;
            namer->waiting[left++] = inode;
        }
    }
    namer->waiting_count = left;
    namer->waiting_old = old;
}

static void begin_walk(struct namer *namer) {
    struct walk *walk = &namer->walk;
    char pid[PATH_ROOM];
    rewinddir(walk->processes);
    memset(walk->table, 0, TABLE_SIZE * sizeof *walk->table);
    walk->count = 0;
    walk->begun = clock_ns(CLOCK_MONOTONIC);
    namer->waiting_old = namer->waiting_count;
    for (size_t i = 0; i < USUAL_MAX; i++) {
        if (namer->usual[i] > 0) {
            snprintf(pid, sizeof pid, "%ld", (long)namer->usual[i]);
            visit(walk, pid);
        }
    }
}

// What it has found answers for a while, also where it was broken off since nobody waits any more.
static void end_walk(struct walk *walk) {
    struct tw_process *table = walk->table;
    walk->table = walk->before;
    walk->before = table;
    walk->ended = walk->begun;
    walk->begun = TW_NO_TIME;
}

// A question, if there is one; false: there will be none any more.
static bool hear(struct namer *namer) {
    uint32_t inode;
    const ssize_t length = recv(namer->socket, &inode, sizeof inode, MSG_DONTWAIT);
    if (length < 0) {
        return errno == EAGAIN || errno == EINTR;
    }
    if (length != sizeof inode) {
        return false;
    }
    const bool fresh = namer->walk.ended != TW_NO_TIME &&
                       clock_ns(CLOCK_MONOTONIC) - namer->walk.ended < FRESH_MS * TW_MILLISECOND;
    if (!fresh || !answer_from(namer, namer->walk.before, inode, false)) {
        namer->waiting[namer->waiting_count++] = inode;
    }
    return true;
}

// Walks for a moment, and says until when that was enough.
static void work(struct namer *namer) {
    const int64_t now = clock_ns(CLOCK_MONOTONIC), before = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
    const int64_t slice = 5 * TW_MILLISECOND;
    if (namer->walk.begun == TW_NO_TIME) {
        begin_walk(namer);
    }
    bool more = true;
    int64_t took = 0;
    settle(namer, false);
    while (more && namer->waiting_count > 0 && took < slice) {
        more = walk_on(&namer->walk);
        took = clock_ns(CLOCK_PROCESS_CPUTIME_ID) - before;
    }
    settle(namer, !more);
    if (!more || namer->waiting_count == 0) {
        end_walk(&namer->walk);
    }
    took = clock_ns(CLOCK_PROCESS_CPUTIME_ID) - before;
    const int64_t earliest = now - SAVED_MS * TW_MILLISECOND * SHARE;
    namer->used_until =
        (namer->used_until > earliest ? namer->used_until : earliest) + took * SHARE;
}

static void serve(struct namer *namer) {
    for (;;) {
        const bool busy = namer->waiting_count > 0;
        const int64_t rest = namer->used_until - clock_ns(CLOCK_MONOTONIC);
        struct pollfd wait = {.fd = namer->socket};
        // Where there is no more room for questions they wait in the socket, which then is full.
        wait.events = namer->waiting_count < WAITING_MAX ? POLLIN : 0;
        const int64_t pause = rest <= 0 ? 0 : rest / TW_MILLISECOND + 1;
        (void)poll(&wait, 1, busy ? (int)pause : -1);
        if ((wait.revents & POLLIN) != 0 ? !hear(namer)
                                         : (wait.revents & (POLLHUP | POLLERR)) != 0) {
            return;
        }
        if (wait.revents == 0 && busy && namer->used_until <= clock_ns(CLOCK_MONOTONIC)) {
            work(namer);
        }
    }
}

// --- The process

// What it was forked with goes, but these two.
static void close_others(int one, int other) {
    const unsigned low = (unsigned)(one < other ? one : other);
    const unsigned high = (unsigned)(one < other ? other : one);
    const struct {
        unsigned first, last;
    } gaps[] = {{0, low - 1}, {low + 1, high - 1}, {high + 1, UINT_MAX}};
    for (size_t i = 0; i < TW_COUNT(gaps); i++) {
        const unsigned first = gaps[i].first, last = gaps[i].last;
        if (first > last || (i == 0 && low == 0) ||
            syscall(SYS_close_range, first, last, 0U) == 0) {
            continue;
        }
        // Before Linux 5.9.
        const long most = sysconf(_SC_OPEN_MAX);
        for (unsigned file = first; file <= last && (long)file < most; file++) {
            close((int)file);
        }
    }
}

static void forget_signals(void) {
    sigset_t none;
    for (int number = 1; number < NSIG; number++) {
        (void)signal(number, SIG_DFL);
    }
    // What the keys send is for those who have the terminal; we end when tcpwalk does.
    (void)signal(SIGINT, SIG_IGN);
    (void)signal(SIGQUIT, SIG_IGN);
    (void)signal(SIGTERM, SIG_IGN);
    (void)signal(SIGHUP, SIG_IGN);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

// Root of a user namespace of its own, where there is nobody else, stays who it is.
static bool become_nobody(void) {
    const struct passwd *nobody = geteuid() == 0 ? getpwnam("nobody") : NULL;
    if (geteuid() != 0 || (nobody != NULL && !guard_is_mapped(nobody->pw_uid, nobody->pw_gid))) {
        return true;
    }
    return nobody != NULL && prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) == 0 && setgroups(0, NULL) == 0 &&
           setresgid(nobody->pw_gid, nobody->pw_gid, nobody->pw_gid) == 0 &&
           setresuid(nobody->pw_uid, nobody->pw_uid, nobody->pw_uid) == 0 &&
           prctl(PR_SET_KEEPCAPS, 0, 0, 0, 0) == 0;
}

// Becomes nobody, with two rights left: to see whose files are open (PTRACE_MODE_READ,
// fs/proc/base.c) and to look into folders that are not its own. With these it could read any file,
// if its calls were not few and its words not numbers. No Landlock: within it the files of no
// process outside could be seen (security/landlock/task.c).
static bool give_up_rights(void) {
    const uint64_t kept = UINT64_C(1) << CAP_SYS_PTRACE | UINT64_C(1) << CAP_DAC_READ_SEARCH;
    return guard_bounding_clear(0) == 0 && become_nobody() && guard_capabilities_set(kept) == 0 &&
           guard_no_new_privileges() == 0;
}

static int run(int socket, pid_t parent) {
    static struct namer namer;
    namer = (struct namer){.socket = socket, .walk = {.begun = TW_NO_TIME, .ended = TW_NO_TIME}};
    struct walk *walk = &namer.walk;
    walk->processes = opendir("/proc");
    walk->table = calloc(TABLE_SIZE, sizeof *walk->table);
    walk->before = calloc(TABLE_SIZE, sizeof *walk->before);
    if (walk->processes == NULL || walk->table == NULL || walk->before == NULL) {
        return EXIT_FAILURE;
    }
    forget_signals();
    (void)prctl(PR_SET_NAME, "tcpwalk-names", 0, 0, 0);
    const bool given_up = give_up_rights();
    // Set last: it is forgotten when the user changes.
    if (!given_up || prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0 || getppid() != parent) {
        return EXIT_FAILURE;
    }
    close_others(socket, dirfd(walk->processes));
    if (guard_calls_known() && guard_calls_namer() != 0) {
        return EXIT_FAILURE;
    }
    serve(&namer);
    return EXIT_SUCCESS;
}

enum tw_status tw_namer_start(struct tw_namer **namer, struct tw_error *error) {
    int ends[2];
    *namer = NULL;
    if (access("/proc/self/fd", R_OK) != 0) {
        return tw_fail(error, TW_UNMET, "/proc: %s", strerror(errno));
    }
    struct tw_namer *new = malloc(sizeof *new);
    if (new == NULL || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
        free(new);
        return tw_fail(error, TW_MEMORY, "%s", N_("no helper for the names of processes"));
    }
    const pid_t parent = getpid();
    new->child = fork();
    if (new->child == 0) {
        close(ends[0]);
        _exit(run(ends[1], parent));
    }
    close(ends[1]);
    if (new->child < 0) {
        close(ends[0]);
        free(new);
        return tw_fail(error, TW_MEMORY, "no other process: %s", strerror(errno));
    }
    new->socket = ends[0];
    new->gone = false;
    *namer = new;
    return TW_OK;
}

void tw_namer_stop(struct tw_namer *namer) {
    if (namer != NULL) {
        close(namer->socket); // which ends it
        while (waitpid(namer->child, NULL, 0) < 0 && errno == EINTR) {
        }
        free(namer);
    }
}

size_t tw_namer_ask(struct tw_namer *namer, const uint32_t *inodes, size_t count) {
    size_t taken = 0;
    while (taken < count && send(namer->socket, &inodes[taken], sizeof inodes[taken],
                                 MSG_DONTWAIT | MSG_NOSIGNAL) == sizeof inodes[taken]) {
        taken++;
    }
    return taken;
}

bool tw_namer_answer(struct tw_namer *namer, struct tw_process *process) {
    const ssize_t length = recv(namer->socket, process, sizeof *process, MSG_DONTWAIT);
    namer->gone = namer->gone || length == 0;
    return length == sizeof *process && process->pid >= 0 &&
           memchr(process->name, '\0', sizeof process->name) != NULL;
}

int tw_namer_fd(const struct tw_namer *namer) {
    return namer->gone ? -1 : namer->socket;
}
