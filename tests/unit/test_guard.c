// SPDX-License-Identifier: MIT
// Proves what is left of a process's rights after tw_guard_drop: each is tried in a child, which
// says by its exit status or by the signal that ended it what came of it. What needs root is
// skipped without.
#include "tcpwalk/guard.h"
#include "tcpwalk/kernel.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <pcap.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { ENDS_WELL = 0, NOT_DROPPED = 255, NO_USE = 254, SIGNAL = 1000 };

static char folder[] = "/tmp/tcpwalk-guard-XXXXXX";
static int place;

static bool is_root(void) {
    return geteuid() == 0;
}

// What a child that has dropped its rights says of `try`: the number that it returns (0 to 253), or
// SIGNAL and the number of the signal that ended it.
static int says(const char *user, int (*try)(void)) {
    int how = 0;
    fflush(NULL);
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        const struct tw_guard_options options = {.user = user, .directories = {place, -1}};
        struct tw_error error = {""};
        signal(SIGSYS, SIG_DFL); // of the test's own framework
        const int loud = dup(STDERR_FILENO), quiet = open("/dev/null", O_WRONLY | O_CLOEXEC);
        dup2(quiet, STDERR_FILENO); // what it says when it is killed
        if (tw_guard_drop(&options, &error) != TW_OK) {
            dprintf(loud, "%s\n", error.text);
            _exit(NOT_DROPPED);
        }
        _exit(try());
    }
    assert_int_equal(waitpid(child, &how, 0), child);
    if (WIFSIGNALED(how))
        return SIGNAL + WTERMSIG(how);
    assert_int_not_equal(WEXITSTATUS(how), NOT_DROPPED);
    return WEXITSTATUS(how);
}

static int result_of(int result) {
    return result >= 0 ? 0 : errno;
}

// --- files

static int reads_shadow(void) {
    return result_of(open("/etc/shadow", O_RDONLY | O_CLOEXEC));
}

static int reads_passwd(void) {
    return result_of(open("/etc/passwd", O_RDONLY | O_CLOEXEC));
}

static int writes_passwd(void) {
    return result_of(open("/etc/passwd", O_WRONLY | O_CLOEXEC));
}

static int reads_itself(void) {
    return result_of(open("/proc/self/status", O_RDONLY | O_CLOEXEC));
}

static int lists_root(void) {
    return result_of(open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

static int makes_elsewhere(void) {
    return result_of(open("/tmp/tcpwalk-guard-elsewhere", O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
}

static int makes_above(void) {
    return result_of(openat(place, "../tcpwalk-guard-above", O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
}

static int reads_services(void) {
    return result_of(open("/etc/services", O_RDONLY | O_CLOEXEC));
}

// As a capture is saved: made, written, linked, and the first name removed; then another is put
// over it, as a rotation does.
static int saves(void) {
    const int file = openat(place, "one", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0 || write(file, "1", 1) != 1 || close(file) != 0)
        return errno;
    if (linkat(place, "one", place, "two", 0) != 0 || unlinkat(place, "one", 0) != 0)
        return errno;
    const int again = openat(place, "two", O_WRONLY | O_TRUNC | O_CLOEXEC);
    if (again < 0 || close(again) != 0 || renameat(place, "two", place, "three") != 0)
        return errno;
    return result_of(unlinkat(place, "three", 0));
}

static void files(void **state) {
    (void)state;
    chmod(folder, 0777);
    assert_int_equal(says(NULL, saves), 0);
    assert_int_equal(says(NULL, reads_shadow), EACCES);
    assert_int_equal(says(NULL, writes_passwd), EACCES);
    if (strstr(tw_guard_told(), "Landlock") == NULL) {
        print_message("no Landlock here: files that anyone may read are not tried\n");
        return;
    }
    assert_int_equal(says(NULL, reads_passwd), EACCES);
    assert_int_equal(says(NULL, reads_itself), EACCES);
    assert_int_equal(says(NULL, lists_root), EACCES);
    assert_int_equal(says(NULL, makes_elsewhere), EACCES);
    assert_int_equal(says(NULL, makes_above), EACCES);
    assert_int_equal(access("/tmp/tcpwalk-guard-elsewhere", F_OK), -1);
    assert_int_equal(says(NULL, reads_services), 0);
}

// --- system calls

static int makes_socket(void) {
    return result_of(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
}

static int makes_packet_socket(void) {
    return result_of(socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0));
}

static int makes_netlink_socket(void) {
    return result_of(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, 0));
}

static int forks(void) {
    const pid_t child = fork();
    if (child == 0)
        _exit(0);
    return result_of(child);
}

static int executes(void) {
    char name[] = "/bin/true", *words[] = {name, NULL};
    return result_of(execv(name, words));
}

static int traces(void) {
    return result_of((int)ptrace(PTRACE_TRACEME, 0, NULL, NULL));
}

static int mounts(void) {
    return result_of((int)syscall(SYS_mount, "none", "/tmp", "tmpfs", 0, NULL));
}

static int asks_for_bpf(void) {
    return result_of((int)syscall(SYS_bpf, 0, NULL, 0));
}

static int binds(void) {
    return result_of(bind(STDIN_FILENO, NULL, 0));
}

static int makes_code(void) {
    void *memory =
        mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return memory != MAP_FAILED ? 0 : errno;
}

static int types_for_the_user(void) {
    return result_of(ioctl(STDIN_FILENO, TIOCSTI, "x"));
}

static int kills_its_parent(void) {
    return result_of(kill(getppid(), SIGWINCH));
}

static int asks_the_size(void) {
    struct winsize size;
    const int result = ioctl(STDIN_FILENO, TIOCGWINSZ, &size);
    return result == 0 || errno == ENOTTY ? 0 : errno;
}

static int works_on(void) {
    void *memory = malloc(16 << 20);
    const bool good = memory != NULL && isatty(STDIN_FILENO) >= 0 && getppid() > 0;
    free(memory);
    return good ? raise(SIGWINCH) : NO_USE;
}

static void calls(void **state) {
    (void)state;
    if (strstr(tw_guard_told(), "seccomp") == NULL)
        skip();
    assert_int_equal(says(NULL, works_on), 0);
    assert_int_equal(says(NULL, asks_the_size), 0);
    assert_int_equal(says(NULL, makes_socket), EPERM);
    assert_int_equal(says(NULL, makes_packet_socket), EPERM);
    assert_int_equal(says(NULL, makes_netlink_socket), EPERM);
    assert_int_equal(says(NULL, forks), EPERM);
    assert_int_equal(says(NULL, makes_code), EPERM);
    assert_int_equal(says(NULL, types_for_the_user), EPERM);
    assert_int_equal(says(NULL, kills_its_parent), EPERM);
    assert_int_equal(says(NULL, executes), SIGNAL + SIGSYS);
    assert_int_equal(says(NULL, traces), SIGNAL + SIGSYS);
    assert_int_equal(says(NULL, mounts), SIGNAL + SIGSYS);
    assert_int_equal(says(NULL, asks_for_bpf), SIGNAL + SIGSYS);
    assert_int_equal(says(NULL, binds), SIGNAL + SIGSYS);
}

// Why it has ended is told.
static void ending(void **state) {
    (void)state;
    int ends[2], how;
    char text[256] = "";
    if (strstr(tw_guard_told(), "seccomp") == NULL)
        skip();
    assert_int_equal(pipe(ends), 0);
    const pid_t child = fork();
    if (child == 0) {
        const struct tw_guard_options options = {.directories = {-1, -1}};
        struct tw_error error;
        signal(SIGSYS, SIG_DFL);
        dup2(ends[1], STDERR_FILENO);
        _exit(tw_guard_drop(&options, &error) == TW_OK ? executes() : NOT_DROPPED);
    }
    close(ends[1]);
    assert_true(read(ends[0], text, sizeof text - 1) > 0);
    close(ends[0]);
    assert_string_equal(
        text, "tcpwalk: ended: it made a system call that it has no business with (seccomp)\n");
    assert_int_equal(waitpid(child, &how, 0), child);
    assert_true(WIFSIGNALED(how) && WTERMSIG(how) == SIGSYS);
}

// --- users

static int is_nobody(void) {
    return getuid() == 65534 && geteuid() == 65534 && getgid() == 65534 ? 0 : NO_USE;
}

static int is_caller(void) {
    return getuid() == 1 && geteuid() == 1 && getgid() == 2 && getegid() == 2 ? 0 : NO_USE;
}

static int is_daemon(void) {
    return getuid() == 1 && getgid() == 1 ? 0 : NO_USE;
}

static int becomes_root(void) {
    return result_of(setresuid(0, 0, 0));
}

static int has_told(void) {
    const char *told = tw_guard_told();
    return strncmp(told, "user nobody, no capabilities", 28) == 0 ? 0 : NO_USE;
}

static enum tw_status status_of(const char *user, struct tw_error *error) {
    const char *name;
    return tw_guard_user(user, &name, error);
}

static void users(void **state) {
    (void)state;
    struct tw_error error = {""};
    assert_int_equal(status_of("nosuchuser", &error), TW_PERMISSION);
    assert_string_equal(error.text, "-Z nosuchuser: no such user");
    if (!is_root())
        skip();
    unsetenv("SUDO_UID");
    unsetenv("SUDO_GID");
    assert_int_equal(says(NULL, is_nobody), 0);
    assert_int_equal(says(NULL, has_told), 0);
    assert_int_equal(says(NULL, becomes_root), EPERM);
    assert_int_equal(says("daemon", is_daemon), 0);
    setenv("SUDO_UID", "1", 1);
    setenv("SUDO_GID", "2", 1);
    assert_int_equal(says(NULL, is_caller), 0);
    assert_int_equal(says("daemon", is_daemon), 0); // -Z comes first
    setenv("SUDO_UID", "0", 1);
    assert_int_equal(says(NULL, is_nobody), 0);
    static const char *const wrong[] = {
        "", "x", "-1", "1 ", "1x", "4294967295", "4294967297", "99999999999999999999", "123456789"};
    for (size_t i = 0; i < TW_COUNT(wrong); i++) {
        setenv("SUDO_UID", wrong[i], 1);
        assert_int_equal(status_of(NULL, &error), TW_PERMISSION);
    }
    setenv("SUDO_UID", "1", 1);
    unsetenv("SUDO_GID");
    assert_int_equal(status_of(NULL, &error), TW_PERMISSION);
    unsetenv("SUDO_UID");
}

// What is made for a while as another user is that user's, and only where that user may.
static void as_another(void **state) {
    (void)state;
    struct stat status;
    struct tw_error error = {""};
    if (!is_root())
        skip();
    assert_int_equal(fchmod(place, 0777), 0);
    assert_int_equal(tw_guard_as("daemon", &error), TW_OK);
    const int file = openat(place, "own", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    const int hidden = open("/etc/shadow", O_RDONLY | O_CLOEXEC);
    tw_guard_back();
    assert_int_equal(geteuid(), 0);
    assert_int_equal(getegid(), getgid());
    assert_true(file >= 0 && hidden < 0);
    assert_int_equal(fstat(file, &status), 0);
    assert_int_equal(status.st_uid, 1);
    close(file);
    assert_int_equal(fchmod(place, 0755), 0);
    assert_int_equal(tw_guard_as("daemon", &error), TW_OK);
    assert_int_equal(openat(place, "none", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600), -1);
    tw_guard_back();
    assert_int_equal(tw_guard_as(NULL, &error), TW_OK); // nobody, as nobody was named
    assert_int_equal(geteuid(), 0);
    tw_guard_back();
    assert_int_equal(unlinkat(place, "own", 0), 0);
}

// --- filters

static int compiles(const char *expression) {
    struct bpf_program code;
    pcap_t *dead = pcap_open_dead(DLT_EN10MB, 65535);
    if (dead == NULL)
        return NO_USE;
    const int result = pcap_compile(dead, &code, expression, 1, 0);
    if (result == 0)
        pcap_freecode(&code);
    pcap_close(dead);
    return result == 0 ? 0 : NO_USE;
}

static int compiles_names(void) {
    return compiles("(port http or port domain) and tcp and not ip proto ospf");
}

static int compiles_host(void) {
    return compiles("host example.org");
}

// A name that is in a table is known; one that would have to be asked for is refused at once.
static void filters(void **state) {
    (void)state;
    if (compiles_names() != 0)
        skip(); // there is no such table here
    assert_int_equal(says(NULL, compiles_names), 0);
    assert_int_equal(says(NULL, compiles_host), NO_USE);
}

// --- a device that is open

enum { DOMAIN = 53, PATIENCE_MS = 10000, CANNOT = 77 };

static int to_itself = -1; // sends to port 53 of a network of its own
static pcap_t *device;

static bool open_network(void) {
    char text[PCAP_ERRBUF_SIZE];
    struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP};
    struct sockaddr_in own = {.sin_family = AF_INET,
                              .sin_port = htons(DOMAIN),
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (unshare(CLONE_NEWNET) != 0)
        return false;
    to_itself = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    device = pcap_create("lo", text);
    return to_itself >= 0 && ioctl(to_itself, SIOCSIFFLAGS, &request) == 0 &&
           bind(to_itself, (const struct sockaddr *)&own, sizeof own) == 0 &&
           connect(to_itself, (const struct sockaddr *)&own, sizeof own) == 0 && device != NULL &&
           pcap_set_immediate_mode(device, 1) == 0 && pcap_activate(device) == 0 &&
           pcap_setnonblock(device, 1, text) == 0;
}

static bool refilter(const char *expression) {
    struct bpf_program code;
    const bool good = pcap_compile(device, &code, expression, 1, PCAP_NETMASK_UNKNOWN) == 0 &&
                      pcap_setfilter(device, &code) == 0;
    return good;
}

// Sends an octet, and waits for the packet that holds it.
static bool captures(char octet) {
    struct pcap_pkthdr *header;
    const u_char *octets;
    if (send(to_itself, &octet, 1, 0) != 1)
        return false;
    struct pollfd wait = {.fd = pcap_get_selectable_fd(device), .events = POLLIN};
    while (poll(&wait, 1, PATIENCE_MS) == 1)
        while (pcap_next_ex(device, &header, &octets) == 1)
            if (octets[header->caplen - 1] == octet)
                return true;
    return false;
}

static int refilters(void) {
    struct pcap_stat counts;
    if (!captures('a'))
        return 1;
    if (!refilter("tcp"))
        return 2;
    if (send(to_itself, "b", 1, 0) != 1)
        return 3;
    if (!refilter("udp port domain"))
        return 4;
    struct pcap_pkthdr *header;
    const u_char *octets;
    if (pcap_next_ex(device, &header, &octets) !=
        0) // what the first one kept away, or what it left
        return 5;
    if (!captures('c'))
        return 6;
    if (pcap_stats(device, &counts) != 0 || counts.ps_drop != 0)
        return 7;
    // Through the device nothing can be sent, in no way and by no other name.
    static const uint8_t frame[60];
    struct iovec part = {.iov_base = (void *)(uintptr_t)frame, .iov_len = sizeof frame};
    const struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    const int tap = pcap_fileno(device);
    const bool mute = pcap_inject(device, frame, sizeof frame) < 0 && errno == EPERM &&
                      write(tap, frame, sizeof frame) < 0 && errno == EPERM &&
                      writev(tap, &part, 1) < 0 && errno == EPERM &&
                      sendmsg(tap, &message, 0) < 0 && errno == EPERM && dup(tap) < 0 &&
                      errno == EPERM && fcntl(tap, F_DUPFD_CLOEXEC, 0) < 0 && errno == EPERM;
    return mute ? 0 : 8;
}

static int opens_and_refilters(void) {
    int how = 0;
    const pid_t child = fork();
    if (child == 0) {
        struct tw_error error = {""};
        if (!open_network())
            _exit(CANNOT);
        const int tap = pcap_fileno(device);
        const struct tw_guard_options options = {
            .directories = {-1, -1}, .sockets = &tap, .socket_count = 1, .refilters = true};
        signal(SIGSYS, SIG_DFL);
        _exit(tw_guard_drop(&options, &error) == TW_OK ? refilters() : NOT_DROPPED);
    }
    return waitpid(child, &how, 0) == child && WIFEXITED(how) ? WEXITSTATUS(how) : SIGNAL;
}

// A device that was open goes on, and is given another filter.
static void capturing(void **state) {
    (void)state;
    const int result = opens_and_refilters();
    if (result == CANNOT)
        skip();
    assert_int_equal(result, 0);
}

// --- the kernel's word

static struct tw_kernel *kernel;

static void count(void *context, const struct tw_kernel_socket *socket) {
    (void)socket;
    ++*(int *)context;
}

static int asks_the_kernel(void) {
    struct tw_error error;
    int sockets = 0;
    return tw_kernel_sockets(kernel, 4, 1U << TW_LISTEN, count, &sockets, &error) == TW_OK &&
                   sockets > 0
               ? 0
               : NO_USE;
}

static void kernels_word(void **state) {
    (void)state;
    struct tw_error error;
    const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(listen(listener, 1), 0);
    if (tw_kernel_open(&kernel, &error) != TW_OK)
        skip();
    assert_int_equal(says(NULL, asks_the_kernel), 0);
    tw_kernel_free(kernel);
    close(listener);
}

static int make_folder(void **state) {
    (void)state;
    if (mkdtemp(folder) == NULL)
        return -1;
    place = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return place < 0;
}

static int remove_folder(void **state) {
    (void)state;
    close(place);
    return rmdir(folder);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files),     cmocka_unit_test(calls),        cmocka_unit_test(ending),
        cmocka_unit_test(users),     cmocka_unit_test(as_another),   cmocka_unit_test(filters),
        cmocka_unit_test(capturing), cmocka_unit_test(kernels_word),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
