// SPDX-License-Identifier: MIT
// System calls: what is not named here is refused. Names, not numbers, so that the table is the
// same on every machine; what one of them does not have (open on aarch64) is passed over.
#include "guard.h"

#include <asm/termbits.h> // before sys/ioctl.h: TCGETS2 has a struct in it
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/if_packet.h>
#include <linux/seccomp.h>
#include <linux/sockios.h>
#include <seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

// Of both processes: memory, time, signals to itself, what is open, the end.
static const char *const common[] = {
    "read",
    "write",
    "readv",
    "writev",
    "close",
    "lseek",
    "_llseek",
    "fstat",
    "fstat64",
    "newfstatat",
    "fstatat64",
    "statx",
    "poll",
    "ppoll",
    "ppoll_time64",
    "recvfrom",
    "recvmsg",
    "sendto",
    "brk",
    "munmap",
    "mremap",
    "madvise",
    "futex",
    "futex_time64",
    "set_robust_list",
    "rseq",
    "getrandom",
    "clock_gettime",
    "clock_gettime64",
    "clock_getres",
    "clock_nanosleep",
    "clock_nanosleep_time64",
    "nanosleep",
    "gettimeofday",
    "time",
    "rt_sigaction",
    "rt_sigprocmask",
    "rt_sigreturn",
    "sigreturn",
    "sigaltstack",
    "restart_syscall",
    "getpid",
    "gettid",
    "exit",
    "exit_group",
};

// Of tcpwalk. Which files it may open Landlock says, else what its user may.
static const char *const running[] = {
    "open",
    "openat",
    "stat",
    "stat64",
    "lstat",
    "lstat64",
    "access",
    "faccessat",
    "faccessat2",
    "readlink",
    "readlinkat",
    "getcwd",
    "pread64",
    "pwrite64",
    "preadv",
    "pwritev",
    "ftruncate",
    "ftruncate64",
    "fsync",
    "fdatasync",
    "fallocate",
    "fadvise64",
    "fstatfs",
    "fstatfs64",
    "link",
    "linkat",
    "unlink",
    "unlinkat",
    "rename",
    "renameat",
    "renameat2",
    "select",
    "_newselect",
    "pselect6",
    "pselect6_time64",
    "epoll_ctl",
    "epoll_wait",
    "epoll_pwait",
    "timerfd_settime",
    "timerfd_settime64",
    "rt_sigpending",
    "rt_sigtimedwait",
    "rt_sigsuspend",
    "getppid",
    "getuid",
    "geteuid",
    "getgid",
    "getegid",
    "getpgrp",
    "getpgid",
    "getsid",
    "getrusage",
    "getrlimit",
    "ugetrlimit",
    "uname",
    "sysinfo",
    "sched_yield",
    "sched_getaffinity",
    "wait4", // for the namer's end
};

static const char *const naming[] = {"getdents64", "readlinkat"};

// By which octets leave a socket. Another descriptor for it, where these would be allowed, is not
// to be had: there is no dup, and no sendmsg that would send one to ourselves.
static const char *const sending[] = {"write", "writev", "sendto"};

// What nothing in tcpwalk ever asks for: who does is not tcpwalk any more, and is ended by SIGSYS,
// unless it has a handler for that; the call is refused in any case. All else that is not
// allowed only fails (EPERM), such as the sockets that the C library would make to ask a name
// service when a filter has a name in it that is in no table.
static const char *const deadly[] = {
    "execve",
    "execveat",
    "ptrace",
    "process_vm_readv",
    "process_vm_writev",
    "process_madvise",
    "pidfd_getfd",
    "bind",
    "connect",
    "listen",
    "accept",
    "accept4",
    "mount",
    "umount2",
    "move_mount",
    "open_tree",
    "fsopen",
    "fsmount",
    "pivot_root",
    "chroot",
    "setns",
    "unshare",
    "bpf",
    "perf_event_open",
    "userfaultfd",
    "io_uring_setup",
    "open_by_handle_at",
    "keyctl",
    "add_key",
    "request_key",
    "init_module",
    "finit_module",
    "delete_module",
    "kexec_load",
    "kexec_file_load",
    "reboot",
    "swapon",
    "swapoff",
    "acct",
    "quotactl",
    "settimeofday",
    "clock_settime",
    "clock_adjtime",
    "adjtimex",
    "sethostname",
    "setdomainname",
    "iopl",
    "ioperm",
    "personality",
};

// The terminal's mode and size; how much is there to be read; whether an interface is there and up.
// Not among them: TIOCSTI, which types for the user.
static const unsigned long devices[] = {
    TCGETS,  TCSETS,  TCSETSW,  TCSETSF,  TIOCGWINSZ,   TIOCGPGRP,    FIONREAD,
    FIONBIO, TCSBRK,  TCXONC,   TCFLSH,   SIOCGIFFLAGS, SIOCGIFINDEX, SIOCGIFNAME,
#ifdef TCGETS2
    TCGETS2, TCSETS2, TCSETSW2, TCSETSF2,
#endif
};

// Of a descriptor: flags, but no other number for the same.
static const int controls[] = {F_GETFD, F_SETFD, F_GETFL, F_SETFL};

// Another filter for the device that is open (pcap_setfilter); and what is said of it.
static const int set_options[] = {SO_ATTACH_FILTER, SO_DETACH_FILTER};

static int add(scmp_filter_ctx filter, uint32_t action, const char *const *names, size_t count) {
    int result = 0;
    for (size_t i = 0; i < count && result == 0; i++) {
        const int number = seccomp_syscall_resolve_name(names[i]);
        if (number != __NR_SCMP_ERROR) { // the library is older than the call
            result = seccomp_rule_add_array(filter, action, number, 0, NULL);
        }
    }
    return result;
}

static int add_when(scmp_filter_ctx filter, int number, unsigned count,
                    const struct scmp_arg_cmp *conditions) {
    return seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, number, count, conditions);
}

// An argument of 32 bits, whatever the caller has put above them.
static struct scmp_arg_cmp word(unsigned argument, uint32_t value) {
    return (struct scmp_arg_cmp){argument, SCMP_CMP_MASKED_EQ, UINT32_MAX, value};
}

static struct scmp_arg_cmp without(unsigned argument, uint32_t bits) {
    return (struct scmp_arg_cmp){argument, SCMP_CMP_MASKED_EQ, bits, 0};
}

// Memory that is not for code.
static int add_memory(scmp_filter_ctx filter) {
    static const char *const names[] = {"mmap", "mmap2", "mprotect"};
    const struct scmp_arg_cmp data = without(2, PROT_EXEC);
    int result = 0;
    for (size_t i = 0; i < TW_COUNT(names) && result == 0; i++) {
        result = add_when(filter, seccomp_syscall_resolve_name(names[i]), 1, &data);
    }
    return result;
}

// Signals to the process itself, as raise and abort send them.
static int add_signals(scmp_filter_ctx filter) {
    const struct scmp_arg_cmp self = word(0, (uint32_t)getpid());
    const int result = add_when(filter, SCMP_SYS(tgkill), 1, &self);
    return result == 0 ? add_when(filter, SCMP_SYS(kill), 1, &self) : result;
}

static int add_controls(scmp_filter_ctx filter) {
    static const char *const names[] = {"fcntl", "fcntl64"};
    int result = 0;
    for (size_t i = 0; i < TW_COUNT(names) * TW_COUNT(controls) && result == 0; i++) {
        const int number = seccomp_syscall_resolve_name(names[i % TW_COUNT(names)]);
        const struct scmp_arg_cmp control = word(1, (uint32_t)controls[i / TW_COUNT(names)]);
        result = number != __NR_SCMP_ERROR ? add_when(filter, number, 1, &control) : 0;
    }
    return result;
}

static int add_running(scmp_filter_ctx filter, const struct tw_guard_options *options) {
    const size_t settable = options->refilters ? TW_COUNT(set_options) : 0;
    int result = add(filter, SCMP_ACT_ALLOW, running, TW_COUNT(running));
    for (size_t i = 0; i < TW_COUNT(devices) && result == 0; i++) {
        const struct scmp_arg_cmp request = word(1, (uint32_t)devices[i]);
        result = add_when(filter, SCMP_SYS(ioctl), 1, &request);
    }
    for (size_t i = 0; i < settable && result == 0; i++) {
        const struct scmp_arg_cmp option[] = {word(1, SOL_SOCKET),
                                              word(2, (uint32_t)set_options[i])};
        result = add_when(filter, SCMP_SYS(setsockopt), TW_COUNT(option), option);
    }
    static const int levels[] = {SOL_SOCKET, SOL_PACKET};
    for (size_t i = 0; i < TW_COUNT(levels) && result == 0; i++) {
        const struct scmp_arg_cmp level = word(1, (uint32_t)levels[i]);
        result = add_when(filter, SCMP_SYS(getsockopt), 1, &level);
    }
    const struct scmp_arg_cmp asks = {2, SCMP_CMP_EQ, 0, 0}; // no new limit
    return result == 0 ? add_when(filter, SCMP_SYS(prlimit64), 1, &asks) : result;
}

static int add_naming(scmp_filter_ctx filter, const struct tw_guard_options *options) {
    (void)options;
    const struct scmp_arg_cmp reads = without(2, O_ACCMODE | O_CREAT | O_TRUNC);
    const int result = add(filter, SCMP_ACT_ALLOW, naming, TW_COUNT(naming));
    return result == 0 ? add_when(filter, SCMP_SYS(openat), 1, &reads) : result;
}

// A filter of its own, before the other one: of a call that is allowed for some descriptors and
// not for others a list of what is allowed cannot say the latter.
static int load_silence(const int *sockets, size_t count) {
    scmp_filter_ctx filter = count > 0 ? seccomp_init(SCMP_ACT_ALLOW) : NULL;
    if (filter == NULL) {
        return count > 0 ? ENOMEM : 0;
    }
    int result = 0;
    for (size_t i = 0; i < count * TW_COUNT(sending) && result == 0; i++) {
        const int number = seccomp_syscall_resolve_name(sending[i % TW_COUNT(sending)]);
        const struct scmp_arg_cmp socket = word(0, (uint32_t)sockets[i / TW_COUNT(sending)]);
        result = seccomp_rule_add_array(filter, SCMP_ACT_ERRNO(EPERM), number, 1, &socket);
    }
    if (result == 0) {
        result = seccomp_load(filter);
    }
    seccomp_release(filter);
    return -result;
}

static int load(int (*more)(scmp_filter_ctx filter, const struct tw_guard_options *options),
                const struct tw_guard_options *options) {
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    if (filter == NULL) {
        return ENOMEM;
    }
    // Another machine's calls on this one (x32, i386) would have other numbers.
    int result = seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
    if (result == 0) {
        enum { BINARY_TREE = 2 };
        (void)seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, BINARY_TREE); // since 2.5
        result = add(filter, SCMP_ACT_ALLOW, common, TW_COUNT(common));
    }
    if (result == 0) {
        result = add_memory(filter);
    }
    if (result == 0) {
        result = add_signals(filter);
    }
    if (result == 0) {
        result = add_controls(filter);
    }
    if (result == 0) {
        result = more(filter, options);
    }
    if (result == 0) {
        result = add(filter, SCMP_ACT_TRAP, deadly, TW_COUNT(deadly));
    }
    if (result == 0) {
        result = seccomp_load(filter);
    }
    seccomp_release(filter);
    return -result;
}

static char refusal[160];
static size_t refusal_length;

// Only what is safe in a handler; then the signal ends the process (SA_RESETHAND).
static void on_refusal(int number) {
    const ssize_t ignored = write(STDERR_FILENO, refusal, refusal_length);
    (void)ignored;
    raise(number);
}

// Where the screen is open its own handler gives the terminal back, and stays.
static void tell_refusal(void) {
    struct sigaction found, action = {.sa_handler = on_refusal, .sa_flags = (int)SA_RESETHAND};
    const int length =
        snprintf(refusal, sizeof refusal, "tcpwalk: %s\n",
                 _("ended: it made a system call that it has no business with (seccomp)"));
    refusal_length = length < 0                        ? 0
                     : (size_t)length < sizeof refusal ? (size_t)length
                                                       : sizeof refusal - 1;
    sigemptyset(&action.sa_mask);
    if (sigaction(SIGSYS, NULL, &found) == 0 && found.sa_handler == SIG_DFL) {
        sigaction(SIGSYS, &action, NULL);
    }
}

int guard_calls(const struct tw_guard_options *options) {
    tell_refusal();
    const int why = load_silence(options->sockets, options->socket_count);
    return why == 0 ? load(add_running, options) : why;
}

int guard_calls_namer(void) {
    return load(add_naming, NULL);
}

const char *guard_calls_library(void) {
    static char told[32];
    const struct scmp_version *version = seccomp_version();
    snprintf(told, sizeof told, "libseccomp %u.%u.%u", version->major, version->minor,
             version->micro);
    return told;
}

// EINVAL: CONFIG_SECCOMP_FILTER is not there; a filter that is nowhere is EFAULT.
bool guard_calls_known(void) {
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, NULL, 0, 0) != 0 && errno == EFAULT;
}
