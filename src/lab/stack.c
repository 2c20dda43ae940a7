// SPDX-License-Identifier: MIT
// Two network namespaces made ready: settings, device, addresses; packets out of them and into
// them.
#include "stack.h"

#include "link.h"
#include "namespace.h"
#include "veth.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

// Above those of devices that some kernels put into every namespace (tunl0, sit0).
enum { LOOPBACK_INDEX = 1, WIRE_INDEX = 1000 };
static const char wire[] = "wire";

static const struct {
    struct tw_address version4, version6;
} addresses[] = {
    [TW_CLIENT] = {{{10, 9, 0, 1}}, {{0xfd, [15] = 1}}},
    [TW_SERVER] = {{{10, 9, 0, 2}}, {{0xfd, [15] = 2}}},
};
_Static_assert(TW_COUNT(addresses) == TW_END_COUNT, "both ends have some");

#define SYS_NET  "/proc/sys/net/"
#define SYS_IPV6 SYS_NET "ipv6/conf/"

// What every stack begins with, whatever the host's own settings are. A kernel may lack some.
static const struct setting {
    const char *path, *value;
} settings[] = {
    {SYS_NET "ipv4/ip_forward", "0"},
    {SYS_NET "ipv4/conf/all/rp_filter", "0"}, // sources may be made up
    {SYS_NET "ipv4/conf/default/rp_filter", "0"},
    {SYS_NET "ipv4/tcp_no_metrics_save", "1"},        // one connection learns nothing from another
    {SYS_NET "ipv4/tcp_congestion_control", "reno"},  // every kernel has it, and it never paces
    {SYS_NET "ipv4/tcp_rmem", "4096 131072 6291456"}, // Linux's own; they make the window scale
    {SYS_NET "ipv4/tcp_wmem", "4096 16384 4194304"},
    // The wire carries TCP alone, so nothing else is to be said on it.
    {SYS_IPV6 "all/disable_ipv6", "0"},
    {SYS_IPV6 "default/disable_ipv6", "0"},
    {SYS_IPV6 "default/accept_dad", "0"},
    {SYS_IPV6 "default/accept_ra", "0"},
    {SYS_IPV6 "default/autoconf", "0"},
    {SYS_IPV6 "default/router_solicitations", "0"},
    {SYS_IPV6 "default/addr_gen_mode", "1"}, // IN6_ADDR_GEN_MODE_NONE: no link-local address
};

// For the namespaces made afterwards: a table of connections of their own (Linux 6.1), which
// sock_diag walks in microseconds, where it walks that of the whole machine in milliseconds.
static const struct setting small_table = {SYS_NET "ipv4/tcp_child_ehash_entries", "4096"};

static enum tw_status set(const struct setting *setting, struct tw_error *error) {
    if (namespace_write(setting->path, setting->value) || errno == ENOENT)
        return TW_OK;
    return tw_fail(error, errno == EROFS ? TW_PERMISSION : TW_OPEN, "lab: %s: %s%s", setting->path,
                   strerror(errno),
                   errno == EROFS ? "; run it outside of the container, or start that with "
                                    "--security-opt systempaths=unconfined"
                                  : "");
}

static int tun_open(void) {
    const unsigned index = WIRE_INDEX;
    struct ifreq request = {.ifr_flags = IFF_TUN | IFF_NO_PI};
    memcpy(request.ifr_name, wire, sizeof wire);
    const int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (fd >= 0 && (ioctl(fd, TUNSETIFINDEX, &index) != 0 || ioctl(fd, TUNSETIFF, &request) != 0 ||
                    !link_up_bare(index, STACK_MTU))) {
        const int why = errno;
        close(fd);
        errno = why;
        return -1;
    }
    return fd;
}

static const char *tun_advice(int why) {
    switch (why) {
    case EACCES: return "sudo chmod 666 /dev/net/tun";
    case EPERM: return "a container is started with --device /dev/net/tun";
    default: return "sudo modprobe tun; a container is started with --device /dev/net/tun";
    }
}

// `ways`: of enum stack_way.
static enum tw_status device_open(struct stack *stack, unsigned ways, struct tw_error *error) {
    int tun = EOPNOTSUPP, veth = EOPNOTSUPP;
    if ((ways & STACK_TUN) != 0) {
        stack->device = tun_open();
        tun = errno;
    }
    if (stack->device < 0 && (ways & STACK_VETH) != 0) {
        stack->device = veth_open(wire, WIRE_INDEX, STACK_MTU);
        stack->packet = true;
        veth = errno;
    }
    if (stack->device >= 0)
        return TW_OK;
    return tw_fail(error, tun == EACCES || tun == EPERM ? TW_PERMISSION : TW_OPEN,
                   "lab: no device for a stack: /dev/net/tun: %s (%s); nor a veth pair: %s (sudo "
                   "modprobe veth)",
                   strerror(tun), tun_advice(tun), strerror(veth));
}

// Both addresses with their prefixes, so that all others of them are on the wire too.
static bool addresses_add(const struct stack *stack) {
    enum { PREFIX4 = 24, PREFIX6 = 64 };
    const bool without6 = access(SYS_IPV6, F_OK) != 0; // the kernel has no IPv6, or not now
    return link_up(LOOPBACK_INDEX) && link_address(WIRE_INDEX, 4, &stack->address4, PREFIX4) &&
           (without6 || (link_address(WIRE_INDEX, 6, &stack->address6, PREFIX6) &&
                         link_local6(WIRE_INDEX, &stack->address6)));
}

// In the network namespace that the thread is in, which is new.
static enum tw_status furnish(struct stack *stack, unsigned ways, struct tw_error *error) {
    enum tw_status status = TW_OK;
    for (size_t i = 0; i < TW_COUNT(settings) && status == TW_OK; i++)
        status = set(&settings[i], error);
    if (status == TW_OK)
        status = device_open(stack, ways, error);
    if (status == TW_OK && !addresses_add(stack))
        status = tw_fail(error, TW_OPEN, "lab: a stack's addresses: %s", strerror(errno));
    if (status == TW_OK)
        status = tw_kernel_open(&stack->kernel, error);
    return status;
}

static enum tw_status no_handle(struct tw_error *error) {
    return tw_fail(error, TW_OPEN, "lab: /proc/thread-self/ns/net: %s", strerror(errno));
}

static enum tw_status stack_open(struct stack *stack, unsigned ways, struct tw_error *error) {
    const int home = namespace_get();
    if (home < 0)
        return no_handle(error);
    enum tw_status status = namespace_new(error);
    if (status == TW_OK) {
        stack->namespace_fd = namespace_get();
        status = stack->namespace_fd < 0 ? no_handle(error) : furnish(stack, ways, error);
    }
    namespace_leave(home);
    return status;
}

enum tw_status stacks_open_by(struct stack stacks[TW_END_COUNT], unsigned ways,
                              struct tw_error *error) {
    for (size_t i = 0; i < TW_END_COUNT; i++)
        stacks[i] = (struct stack){.namespace_fd = -1,
                                   .device = -1,
                                   .address4 = addresses[i].version4,
                                   .address6 = addresses[i].version6};
    // The thread's own first: one in which nothing ever happens.
    enum tw_status status = namespace_new(error);
    if (status == TW_OK)
        status = set(&small_table, error);
    for (size_t i = 0; i < TW_END_COUNT && status == TW_OK; i++)
        status = stack_open(&stacks[i], ways, error);
    return status;
}

enum tw_status stacks_open(struct stack stacks[TW_END_COUNT], struct tw_error *error) {
    return stacks_open_by(stacks, STACK_TUN | STACK_VETH, error);
}

void stacks_close(struct stack stacks[TW_END_COUNT]) {
    for (size_t i = 0; i < TW_END_COUNT; i++) {
        tw_kernel_free(stacks[i].kernel);
        stacks[i].kernel = NULL;
        int *const fds[] = {&stacks[i].device, &stacks[i].namespace_fd};
        for (size_t k = 0; k < TW_COUNT(fds); k++) {
            if (*fds[k] >= 0)
                close(*fds[k]);
            *fds[k] = -1;
        }
    }
}

int stack_socket(const struct stack *stack, int version) {
    const int home = namespace_enter(stack->namespace_fd);
    if (home < 0)
        return -1;
    const int fd = socket(version == 4 ? AF_INET : AF_INET6,
                          SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
    namespace_leave(home);
    return fd;
}

// The path of a setting below /proc/sys/net. Dots part the words unless slashes do (sysctl(8)).
// False for a name that cannot be one, or that leads elsewhere.
static bool setting_path(const char *name, char *path, size_t room) {
    const int length = snprintf(path, room, "/proc/sys/%s", name);
    if (length < 0 || (size_t)length >= room)
        return false;
    if (strchr(name, '/') == NULL)
        for (char *at = path; *at != '\0'; at++)
            if (*at == '.')
                *at = '/';
    return strncmp(path, SYS_NET, strlen(SYS_NET)) == 0 && strstr(path, "//") == NULL &&
           strstr(path, "/.") == NULL;
}

enum tw_status stack_sysctl(const struct stack *stack, const char *name, const char *value,
                            struct tw_error *error) {
    char path[256];
    if (!setting_path(name, path, sizeof path))
        return tw_fail(error, TW_USAGE, "%s: not the name of a setting below net", name);
    const int home = namespace_enter(stack->namespace_fd);
    if (home < 0)
        return tw_fail(error, TW_OPEN, "%s: %s", name, strerror(errno));
    const bool well = *value != '\0' && namespace_write(path, value);
    const int why = *value != '\0' ? errno : EINVAL;
    const bool known = access(path, F_OK) == 0;
    namespace_leave(home);
    if (well)
        return TW_OK;
    if (!known || why == EISDIR)
        return tw_fail(error, TW_USAGE, "%s: no such setting in a stack of this kernel", name);
    switch (why) {
    case EACCES:
    case EPERM:
    case EROFS: return tw_fail(error, TW_PERMISSION, "%s: may not be set for a stack alone", name);
    default: return tw_fail(error, TW_USAGE, "%s: cannot be '%s': %s", name, value, strerror(why));
    }
}

ptrdiff_t stack_take(const struct stack *stack, uint8_t *octets, size_t room) {
    for (;;) {
        const ssize_t got = read(stack->device, octets, room);
        if (got < 0)
            return errno == EAGAIN ? 0 : -1;
        const int version = got == 0 ? 0 : octets[0] >> 4;
        if (version == 4 || version == 6)
            return got;
    }
}

bool stack_land(const struct stack *stack, const uint8_t *octets, size_t length) {
    if (length == 0 || length > STACK_MTU) {
        errno = EMSGSIZE;
        return false;
    }
    return stack->packet ? veth_land(stack->device, WIRE_INDEX, octets, length)
                         : write(stack->device, octets, length) == (ssize_t)length;
}
