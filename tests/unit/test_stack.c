// SPDX-License-Identifier: MIT
// Proves that both stacks are real and whole, by TUN and by veth alike: a connection made by moving
// packets by hand, states as the kernel tells them after each, checksums and sizes of all that
// comes out, silence where nothing is to be said; settings; what is said where the system refuses.
#include "stacks.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

enum { PORT = 9734, ROOM = 65536, FLAGS = 13 };

struct packet {
    uint8_t octets[ROOM];
    size_t length;
};

// --- Packets

static uint32_t sum(const uint8_t *octets, size_t length, uint32_t from) {
    for (size_t i = 0; i < length; i++)
        from += (uint32_t)octets[i] << (i % 2 == 0 ? 8 : 0);
    while (from >> 16 != 0)
        from = (from & 0xffff) + (from >> 16);
    return from;
}

static uint8_t *tcp_of(struct packet *packet) {
    uint8_t *const ip = packet->octets;
    return ip + (ip[0] >> 4 == 4 ? (ip[0] & 15) * 4 : 40);
}

// The checksum of the TCP segment and its pseudo header, 0 where it is right (RFC 9293 3.1).
static uint32_t tcp_sum(struct packet *packet) {
    const uint8_t *ip = packet->octets, *tcp = tcp_of(packet);
    const size_t length = packet->length - (size_t)(tcp - ip);
    const bool four = ip[0] >> 4 == 4;
    const uint32_t pseudo =
        sum(ip + (four ? 12 : 8), four ? 8 : 32, (uint32_t)(length + IPPROTO_TCP));
    return sum(tcp, length, pseudo) ^ 0xffff;
}

static void require_whole(struct packet *packet, int version) {
    const uint8_t *ip = packet->octets;
    REQUIRE(ip[0] >> 4 == version);
    REQUIRE(packet->length <= STACK_MTU);
    const size_t told =
        version == 4 ? (size_t)(ip[2] << 8 | ip[3]) : (size_t)(ip[4] << 8 | ip[5]) + 40;
    REQUIRE(told == packet->length);
    REQUIRE((version == 4 ? ip[9] : ip[6]) == IPPROTO_TCP);
    REQUIRE(version == 6 || sum(ip, (ip[0] & 15U) * 4U, 0) == 0xffff);
    REQUIRE(tcp_sum(packet) == 0);
}

static bool take(const struct stack *stack, struct packet *packet) {
    const ptrdiff_t got = stack_take(stack, packet->octets, sizeof packet->octets);
    REQUIRE(got >= 0);
    packet->length = (size_t)got;
    return got > 0;
}

// Until one of them has sent something: acknowledgements may be delayed (tcp_delack_timer).
static void await(const struct stack *one, const struct stack *other) {
    enum { LONG_MS = 5000 };
    struct pollfd fds[] = {{.fd = one->device, .events = POLLIN},
                           {.fd = other->device, .events = POLLIN}};
    REQUIRE(poll(fds, TW_COUNT(fds), LONG_MS) > 0);
}

// Takes the one packet that there is, with those flags.
static void take_one(const struct stack *stack, struct packet *packet, int version,
                     unsigned flags) {
    static struct packet more;
    REQUIRE(take(stack, packet));
    require_whole(packet, version);
    REQUIRE(tcp_of(packet)[FLAGS] == flags);
    REQUIRE(!take(stack, &more));
}

static void land(const struct stack *stack, const struct packet *packet) {
    REQUIRE(stack_land(stack, packet->octets, packet->length));
}

static void require_silence(const struct stack stacks[TW_END_COUNT]) {
    static struct packet packet;
    for (int end = 0; end < TW_END_COUNT; end++)
        REQUIRE(!take(&stacks[end], &packet));
}

// --- Sockets

struct place {
    union {
        struct sockaddr any;
        struct sockaddr_in four;
        struct sockaddr_in6 six;
    };
    socklen_t length;
};

static struct place place(int version, const struct tw_address *address, uint16_t port) {
    struct place made = {0};
    if (version == 4) {
        made.four = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(port)};
        memcpy(&made.four.sin_addr, address->octets, 4);
        made.length = sizeof made.four;
    } else {
        made.six = (struct sockaddr_in6){.sin6_family = AF_INET6, .sin6_port = htons(port)};
        memcpy(&made.six.sin6_addr, address->octets, 16);
        made.length = sizeof made.six;
    }
    return made;
}

static const struct tw_address *address_of(const struct stack *stack, int version) {
    return version == 4 ? &stack->address4 : &stack->address6;
}

static int listening(const struct stack *stack, int version) {
    const struct place at = place(version, address_of(stack, version), PORT);
    const int fd = stack_socket(stack, version);
    REQUIRE(fd >= 0);
    REQUIRE(bind(fd, &at.any, at.length) == 0);
    REQUIRE(listen(fd, 4) == 0);
    return fd;
}

static int connecting(const struct stack *stack, int version, const struct tw_address *address) {
    const struct place to = place(version, address, PORT);
    const int fd = stack_socket(stack, version);
    REQUIRE(fd >= 0);
    REQUIRE(connect(fd, &to.any, to.length) == -1 && errno == EINPROGRESS);
    return fd;
}

// --- What the kernel says

struct told {
    struct tw_kernel_socket last;
    unsigned count;
};

static void on_socket(void *context, const struct tw_kernel_socket *socket) {
    struct told *told = context;
    told->last = *socket;
    told->count++;
}

// The one socket that is not in LISTEN is in this state; CLOSED: there is none.
static struct tw_kernel_socket require_state(const struct stack *stack, int version,
                                             enum tw_state state) {
    struct tw_error error;
    struct told told = {0};
    const unsigned all = (1U << TW_STATE_COUNT) - 1;
    REQUIRE(tw_kernel_sockets(stack->kernel, version, all & ~(1U << TW_LISTEN), on_socket, &told,
                              &error) == TW_OK);
    REQUIRE(told.count == (state != TW_CLOSED));
    if (told.count != 0 && told.last.state != state)
        fprintf(stderr, "state %d, not %d\n", told.last.state, state);
    REQUIRE(told.count == 0 || told.last.state == state);
    REQUIRE(told.count == 0 || told.last.tuple.version == version);
    return told.last;
}

// --- A whole connection

// Sends `total` octets, moves all packets there and back until all has arrived, reads and compares
// it. Gives the packets.
static size_t pump(struct stack stacks[TW_END_COUNT], int version, int writer, int reader,
                   size_t total) {
    enum { DATA = 200000 };
    static struct packet packet;
    static uint8_t data[DATA], octets[ROOM];
    size_t packets = 0, sent = 0, arrived = 0;
    REQUIRE(total <= sizeof data);
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (uint8_t)(i * 7 % 251);
    while (arrived < total) {
        const size_t before = packets;
        ssize_t got = sent == total ? 0 : send(writer, data + sent, total - sent, 0);
        sent += got > 0 ? (size_t)got : 0;
        for (int end = 0; end < TW_END_COUNT; end++) {
            while (take(&stacks[end], &packet)) {
                require_whole(&packet, version);
                land(&stacks[tw_other((enum tw_end)end)], &packet);
                packets++;
            }
        }
        while ((got = recv(reader, octets, sizeof octets, 0)) > 0) {
            REQUIRE((size_t)got <= total - arrived);
            REQUIRE(memcmp(octets, data + arrived, (size_t)got) == 0);
            arrived += (size_t)got;
        }
        if (packets == before && arrived < total)
            await(&stacks[TW_CLIENT], &stacks[TW_SERVER]);
    }
    return packets;
}

static void exchange(struct stack stacks[TW_END_COUNT], int version) {
    enum { DATA = 200000, BACKLOG = 4 };
    static struct packet packet;
    const struct stack *client = &stacks[TW_CLIENT], *server = &stacks[TW_SERVER];
    require_silence(stacks);
    const int listener = listening(server, version);
    const int one = connecting(client, version, address_of(server, version));
    struct tw_kernel_socket told = require_state(client, version, TW_SYN_SENT);
    REQUIRE(told.timer == TW_TIMER_RETRANSMIT && told.expires > 0 && told.expires <= TW_SECOND);
    REQUIRE(told.tuple.remote_port == PORT && told.inode != 0);
    REQUIRE(memcmp(&told.tuple.local, address_of(client, version), sizeof told.tuple.local) == 0);
    REQUIRE(memcmp(&told.tuple.remote, address_of(server, version), sizeof told.tuple.local) == 0);

    take_one(client, &packet, version, TW_SYN);
    require_state(server, version, TW_CLOSED);
    land(server, &packet);
    told = require_state(server, version, TW_SYN_RECEIVED);
    REQUIRE(told.timer == TW_TIMER_RETRANSMIT && told.inode == 0 && told.retransmits == 0);
    take_one(server, &packet, version, TW_SYN | TW_ACK);
    land(client, &packet);
    require_state(client, version, TW_ESTABLISHED);
    take_one(client, &packet, version, TW_ACK);
    land(server, &packet);
    told = require_state(server, version, TW_ESTABLISHED);
    REQUIRE(told.inode == 0 && told.congestion_window > 0 && told.rto > 0);

    struct tw_error error;
    struct told listeners = {0};
    REQUIRE(tw_kernel_sockets(server->kernel, version, 1U << TW_LISTEN, on_socket, &listeners,
                              &error) == TW_OK);
    REQUIRE(listeners.count == 1 && listeners.last.receive_queue == 1);
    REQUIRE(listeners.last.send_queue == BACKLOG && listeners.last.tuple.remote_port == 0);
    const int other = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    REQUIRE(other >= 0);
    require_silence(stacks);

    // One octet waits at the one end until it is acknowledged, at the other until it is read.
    REQUIRE(send(other, "x", 1, 0) == 1);
    REQUIRE(require_state(server, version, TW_ESTABLISHED).send_queue == 1);
    take_one(server, &packet, version, TW_PSH | TW_ACK);
    land(client, &packet);
    REQUIRE(require_state(client, version, TW_ESTABLISHED).receive_queue == 1);
    uint8_t octet;
    REQUIRE(recv(one, &octet, 1, 0) == 1);

    REQUIRE(pump(stacks, version, one, other, DATA) > DATA / STACK_MTU);
    REQUIRE(require_state(client, version, TW_ESTABLISHED).rtt > 0);

    // What is still to be said about that: the acknowledgement of the last octets.
    while (require_state(client, version, TW_ESTABLISHED).send_queue != 0) {
        await(server, server);
        while (take(server, &packet))
            land(client, &packet);
    }
    REQUIRE(shutdown(one, SHUT_WR) == 0);
    require_state(client, version, TW_FIN_WAIT_1);
    take_one(client, &packet, version, TW_FIN | TW_ACK);
    land(server, &packet);
    require_state(server, version, TW_CLOSE_WAIT);
    await(server, server);
    take_one(server, &packet, version, TW_ACK);
    land(client, &packet);
    require_state(client, version, TW_FIN_WAIT_2);
    close(other);
    require_state(server, version, TW_LAST_ACK);
    take_one(server, &packet, version, TW_FIN | TW_ACK);
    land(client, &packet);
    told = require_state(client, version, TW_TIME_WAIT);
    REQUIRE(told.timer == TW_TIMER_TIME_WAIT && told.expires > 50 * TW_SECOND && told.inode == 0);
    take_one(client, &packet, version, TW_ACK);
    land(server, &packet);
    require_state(server, version, TW_CLOSED);
    close(one);
    close(listener);
    require_silence(stacks);
}

static bool without_ipv6(void) {
    return access("/proc/sys/net/ipv6/conf", F_OK) != 0;
}

static void connection(unsigned ways) {
    struct stack stacks[TW_END_COUNT];
    open_stacks(stacks, ways);
    REQUIRE(stacks[TW_CLIENT].packet == (ways == STACK_VETH));
    if (!without_ipv6())
        exchange(stacks, 6); // first: IPv6 too is ready when the stacks are open
    exchange(stacks, 4);
    stacks_close(stacks);
}

// --- What lands

static void strangers_of(struct stack stacks[TW_END_COUNT], int version) {
    static struct packet packet, answer;
    const struct stack *client = &stacks[TW_CLIENT], *server = &stacks[TW_SERVER];
    const int listener = listening(server, version);
    // Whoever has an address of the wire's is asked by the wire.
    struct tw_address nobody = *address_of(client, version);
    const size_t last = version == 4 ? 3 : 15, source = version == 4 ? 12 : 8;
    nobody.octets[last] = 77;
    const int fd = connecting(client, version, &nobody);
    take_one(client, &packet, version, TW_SYN);
    REQUIRE(packet.octets[(version == 4 ? 16 : 24) + last] == 77);
    close(fd);
    // And nobody's source is answered by the wire: the same SYN the other way round.
    memcpy(packet.octets + source, nobody.octets, last + 1);
    memcpy(packet.octets + source + last + 1, address_of(server, version)->octets, last + 1);
    packet.octets[10] = version == 4 ? 0 : packet.octets[10];
    packet.octets[11] = version == 4 ? 0 : packet.octets[11];
    if (version == 4) {
        const uint32_t header = sum(packet.octets, 20, 0) ^ 0xffff;
        packet.octets[10] = (uint8_t)(header >> 8);
        packet.octets[11] = (uint8_t)header;
    }
    uint8_t *const checksum = tcp_of(&packet) + 16;
    checksum[0] = checksum[1] = 0;
    const uint32_t right = tcp_sum(&packet);
    // A wrong checksum is as if nothing had come.
    checksum[0] = (uint8_t)(right >> 8);
    checksum[1] = (uint8_t)(right ^ 1);
    land(server, &packet);
    REQUIRE(!take(server, &answer));
    checksum[1] = (uint8_t)right;
    land(server, &packet);
    take_one(server, &answer, version, TW_SYN | TW_ACK);
    REQUIRE(memcmp(answer.octets + source + last + 1, nobody.octets, last + 1) == 0);
    close(listener);
    while (take(server, &answer))
        continue;
}

static void strangers(unsigned ways) {
    struct stack stacks[TW_END_COUNT];
    static const uint8_t nonsense[STACK_MTU + 1] = {0x45};
    open_stacks(stacks, ways);
    strangers_of(stacks, 4);
    if (!without_ipv6())
        strangers_of(stacks, 6);
    // Whatever lands, the stack decides.
    REQUIRE(stack_land(&stacks[TW_SERVER], nonsense, 40));
    REQUIRE(!stack_land(&stacks[TW_SERVER], nonsense, 0) && errno == EMSGSIZE);
    REQUIRE(!stack_land(&stacks[TW_SERVER], nonsense, sizeof nonsense) && errno == EMSGSIZE);
    require_silence(stacks);
    stacks_close(stacks);
}

// --- Settings

static void settings(unsigned ways) {
    enum { TTL = 8, HOPS = 77 };
    static struct packet packet;
    static const struct {
        const char *name, *value;
        enum tw_status status;
        const char *says;
    } cases[] = {
        {"net.ipv4.ip_default_ttl", "77", TW_OK, ""},
        {"net/ipv4/tcp_rmem", "4096 65536 131072", TW_OK, ""},
        {"net/ipv4/conf/wire/rp_filter", "0", TW_OK, ""},
        {"net.ipv4.tcp_fin_timeot", "1", TW_USAGE,
         "net.ipv4.tcp_fin_timeot: no such setting in a stack of this kernel"},
        {"net.ipv4", "1", TW_USAGE, "net.ipv4: no such setting in a stack of this kernel"},
        {"net.ipv4.ip_default_ttl", "many", TW_USAGE,
         "net.ipv4.ip_default_ttl: cannot be 'many': Invalid argument"},
        {"net.ipv4.tcp_congestion_control", "none", TW_USAGE,
         "net.ipv4.tcp_congestion_control: cannot be 'none': No such file or directory"},
        {"net.ipv4.ip_default_ttl", "", TW_USAGE,
         "net.ipv4.ip_default_ttl: cannot be '': Invalid argument"},
        {"kernel.hostname", "x", TW_USAGE, "kernel.hostname: not the name of a setting below net"},
        {"net/../kernel/hostname", "x", TW_USAGE,
         "net/../kernel/hostname: not the name of a setting below net"},
        {"net/ipv4/../../kernel/hostname", "x", TW_USAGE,
         "net/ipv4/../../kernel/hostname: not the name of a setting below net"},
        {"net..kernel", "x", TW_USAGE, "net..kernel: not the name of a setting below net"},
        {"", "x", TW_USAGE, ": not the name of a setting below net"},
    };
    struct stack stacks[TW_END_COUNT];
    open_stacks(stacks, ways);
    for (size_t i = 0; i < TW_COUNT(cases); i++) {
        struct tw_error error = {""};
        const enum tw_status status =
            stack_sysctl(&stacks[TW_CLIENT], cases[i].name, cases[i].value, &error);
        if (status != cases[i].status || strcmp(error.text, cases[i].says) != 0)
            fprintf(stderr, "%s: %d \"%s\"\n", cases[i].name, status, error.text);
        REQUIRE(status == cases[i].status && strcmp(error.text, cases[i].says) == 0);
    }
    // It holds for that stack, and for no other.
    close(connecting(&stacks[TW_CLIENT], 4, &stacks[TW_SERVER].address4));
    take_one(&stacks[TW_CLIENT], &packet, 4, TW_SYN);
    REQUIRE(packet.octets[TTL] == HOPS);
    close(connecting(&stacks[TW_SERVER], 4, &stacks[TW_CLIENT].address4));
    take_one(&stacks[TW_SERVER], &packet, 4, TW_SYN);
    REQUIRE(packet.octets[TTL] != HOPS);
    stacks_close(stacks);
}

// --- The process

static ino_t network(void) {
    struct stat about;
    REQUIRE(stat("/proc/thread-self/ns/net", &about) == 0);
    return about.st_ino;
}

static unsigned open_files(void) {
    unsigned count = 0;
    for (int fd = 0; fd < 256; fd++)
        count += fcntl(fd, F_GETFD) >= 0;
    return count;
}

static void process(unsigned ways) {
    char name[] = "/tmp/test_stack.XXXXXX";
    const uid_t user = geteuid();
    const ino_t before = network();
    const unsigned files = open_files();
    struct stack stacks[TW_END_COUNT];
    open_stacks(stacks, ways);
    // In a namespace of its own, which is neither stack's, and back there after each visit.
    const ino_t home = network();
    REQUIRE(home != before);
    for (int end = 0; end < TW_END_COUNT; end++) {
        struct stat about;
        REQUIRE(fstat(stacks[end].namespace_fd, &about) == 0);
        REQUIRE(about.st_ino != home && about.st_ino != before);
        close(stack_socket(&stacks[end], 4));
        REQUIRE(network() == home);
    }
    // Files are still written, and belong to whom they would have belonged to.
    const int fd = mkstemp(name);
    struct stat about;
    REQUIRE(fd >= 0 && write(fd, "x", 1) == 1 && fstat(fd, &about) == 0);
    REQUIRE(about.st_uid == geteuid());
    REQUIRE(geteuid() == user || geteuid() == 0);
    close(fd);
    unlink(name);
    // Nothing stays open, and closing twice is no harm. Others can be had in the same process.
    stacks_close(stacks);
    stacks_close(stacks);
    REQUIRE(open_files() == files);
    open_stacks(stacks, ways);
    exchange(stacks, 4);
    stacks_close(stacks);
}

// --- Where the system refuses

static void require_refusal(enum tw_status status, unsigned ways, const char *says) {
    struct stack stacks[TW_END_COUNT];
    struct tw_error error = {""};
    const enum tw_status was = stacks_open_by(stacks, ways, &error);
    if (was != status || strstr(error.text, says) == NULL)
        fprintf(stderr, "%d \"%s\"\n", was, error.text);
    REQUIRE(was == status && strstr(error.text, says) != NULL);
    REQUIRE(strchr(error.text, '\n') == NULL);
    stacks_close(stacks);
}

static void forbid_unshare(void) {
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_unshare, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    const struct sock_fprog filter = {.len = TW_COUNT(code), .filter = code};
    REQUIRE(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
    REQUIRE(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0);
}

static void refused_by_seccomp(unsigned ways) {
    struct stack stacks[TW_END_COUNT];
    open_stacks(stacks, ways); // skips where other reasons come first
    stacks_close(stacks);
    forbid_unshare();
    require_refusal(TW_PERMISSION, ways, "seccomp");
}

static void refused_by_limit(unsigned ways) {
    struct stack stacks[TW_END_COUNT];
    open_stacks(stacks, ways);
    stacks_close(stacks);
    if (geteuid() == 0 && unshare(CLONE_NEWUSER) != 0)
        _exit(CHILD_SKIPPED);
    // The limit of a user namespace of its own, so that nobody else is touched.
    FILE *file = fopen("/proc/sys/user/max_net_namespaces", "w");
    if (file == NULL)
        _exit(CHILD_SKIPPED);
    fputs("0", file);
    if (fclose(file) != 0)
        _exit(CHILD_SKIPPED);
    require_refusal(TW_PERMISSION, ways, "lab: the limit of network namespaces is 0 or reached");
}

static void refused_without_device(unsigned ways) {
    struct stack stacks[TW_END_COUNT];
    open_stacks(stacks, STACK_TUN | STACK_VETH);
    stacks_close(stacks);
    require_refusal(TW_OPEN, ways, "lab: no device for a stack: /dev/net/tun: ");
}

// --- All of them

static void connection_by_tun(void **state) {
    (void)state;
    in_child(connection, STACK_TUN);
}
static void connection_by_veth(void **state) {
    (void)state;
    in_child(connection, STACK_VETH);
}
static void strangers_by_tun(void **state) {
    (void)state;
    in_child(strangers, STACK_TUN);
}
static void strangers_by_veth(void **state) {
    (void)state;
    in_child(strangers, STACK_VETH);
}
static void settings_are_a_stacks_own(void **state) {
    (void)state;
    in_child(settings, STACK_TUN | STACK_VETH);
}
static void process_stays_itself(void **state) {
    (void)state;
    in_child(process, STACK_TUN | STACK_VETH);
}
static void seccomp_is_named(void **state) {
    (void)state;
    in_child(refused_by_seccomp, STACK_TUN | STACK_VETH);
}
static void limit_is_named(void **state) {
    (void)state;
    in_child(refused_by_limit, STACK_TUN | STACK_VETH);
}
static void both_devices_are_named(void **state) {
    (void)state;
    in_child(refused_without_device, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(connection_by_tun),         cmocka_unit_test(connection_by_veth),
        cmocka_unit_test(strangers_by_tun),          cmocka_unit_test(strangers_by_veth),
        cmocka_unit_test(settings_are_a_stacks_own), cmocka_unit_test(process_stays_itself),
        cmocka_unit_test(seccomp_is_named),          cmocka_unit_test(limit_is_named),
        cmocka_unit_test(both_devices_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
