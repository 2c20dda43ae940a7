// SPDX-License-Identifier: MIT
// Proves that the kernel's word is told as it is: sockets over this host's loopback, by state and
// IP version, with queues, timers and owners. Needs no privilege.

// clang-format off
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include "tcpwalk/kernel.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ALL = (1 << TW_STATE_COUNT) - 1, ALIVE = 1 << TW_LISTEN | 1 << TW_ESTABLISHED, BACKLOG = 7 };

// --- Asking

// An address of loopback that no other test and no other run uses: what those left in TIME-WAIT is
// not ours.
static struct tw_address own4;

static int choose_address(void **state) {
    (void)state;
    enum { TESTS = 16 };
    static uint32_t test;
    const uint32_t number = (uint32_t)getpid() * TESTS + ++test % TESTS;
    own4 = (struct tw_address){
        {127, (uint8_t)(number >> 16), (uint8_t)(number >> 8), (uint8_t)number}};
    return 0;
}

struct asked {
    uint16_t port; // those with this port at either end
    bool local;    // or only those with it at their own
    struct tw_kernel_socket found;
    unsigned count;
};

static void on_socket(void *context, const struct tw_kernel_socket *socket) {
    struct asked *asked = context;
    const struct tw_tuple *tuple = &socket->tuple;
    if (tuple->version == 4 && memcmp(&tuple->local, &own4, sizeof own4) != 0)
        return;
    if (tuple->local_port != asked->port && (asked->local || tuple->remote_port != asked->port))
        return;
    asked->found = *socket;
    asked->count++;
}

static struct asked ask(int version, unsigned states, uint16_t port, bool local) {
    static struct tw_kernel *kernel; // asked again and again, as in use
    struct asked asked = {.port = port, .local = local};
    struct tw_error error = {""};
    if (kernel == NULL)
        assert_int_equal(tw_kernel_open(&kernel, &error), TW_OK);
    assert_int_equal(tw_kernel_sockets(kernel, version, states, on_socket, &asked, &error), TW_OK);
    return asked;
}

// --- Connections over loopback

union place {
    struct sockaddr any;
    struct sockaddr_in four;
    struct sockaddr_in6 six;
};

static uint16_t port_of(int fd) {
    union place at;
    socklen_t length = sizeof at;
    assert_int_equal(getsockname(fd, &at.any, &length), 0);
    return ntohs(at.any.sa_family == AF_INET ? at.four.sin_port : at.six.sin6_port);
}

// A listener at that address with a port of the kernel's choice; -1 where there is no such IP.
static int listening(union place at) {
    const int fd = socket(at.any.sa_family, SOCK_STREAM, 0);
    if (fd < 0 || bind(fd, &at.any, sizeof at) != 0) {
        close(fd);
        return -1;
    }
    assert_int_equal(listen(fd, BACKLOG), 0);
    return fd;
}

static int connected(union place to, uint16_t port) {
    const int fd = socket(to.any.sa_family, SOCK_STREAM, 0);
    if (to.any.sa_family == AF_INET) // from where it goes to
        assert_int_equal(bind(fd, &to.any, sizeof to), 0);
    if (to.any.sa_family == AF_INET)
        to.four.sin_port = htons(port);
    else
        to.six.sin6_port = htons(port);
    assert_int_equal(connect(fd, &to.any, sizeof to), 0);
    return fd;
}

static const union place loopback6 = {
    .six = {.sin6_family = AF_INET6, .sin6_addr = {{{[15] = 1}}}}};
static const union place any6 = {.six = {.sin6_family = AF_INET6}};
static const struct tw_address told6 = {{[15] = 1}}, none = {{0}};

static union place loopback4(void) {
    union place at = {.four = {.sin_family = AF_INET}};
    memcpy(&at.four.sin_addr, own4.octets, sizeof at.four.sin_addr);
    return at;
}

// By RST: nothing stays in TIME-WAIT.
static void abort_connection(int fd) {
    const struct linger reset = {.l_onoff = 1};
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    close(fd);
}

static void assert_address(const struct tw_address *address, const struct tw_address *expected) {
    assert_memory_equal(address, expected, sizeof *address);
}

static ino_t inode_of(int fd) {
    struct stat about;
    assert_int_equal(fstat(fd, &about), 0);
    return about.st_ino;
}

// --- What is told

static void a_listener_and_who_waits(void **state) {
    (void)state;
    const int listener = listening(loopback4());
    assert_true(listener >= 0);
    const uint16_t port = port_of(listener);
    struct asked asked = ask(0, 1U << TW_LISTEN, port, false);
    assert_int_equal(asked.count, 1);
    assert_int_equal(asked.found.state, TW_LISTEN);
    assert_int_equal(asked.found.tuple.version, 4);
    assert_address(&asked.found.tuple.local, &own4);
    assert_address(&asked.found.tuple.remote, &none);
    assert_int_equal(asked.found.tuple.local_port, port);
    assert_int_equal(asked.found.tuple.remote_port, 0);
    assert_int_equal(asked.found.receive_queue, 0);
    assert_int_equal(asked.found.send_queue, BACKLOG);
    assert_int_equal(asked.found.timer, TW_TIMER_NONE);
    assert_int_equal(asked.found.inode, inode_of(listener));
    assert_int_equal(asked.found.uid, geteuid());
    const int one = connected(loopback4(), port), two = connected(loopback4(), port);
    asked = ask(4, 1U << TW_LISTEN, port, false);
    assert_int_equal(asked.count, 1);
    assert_int_equal(asked.found.receive_queue, 2);
    // Nobody has accepted them, so no process has them.
    asked = ask(4, 1U << TW_ESTABLISHED, port, true);
    assert_int_equal(asked.count, 2);
    assert_int_equal(asked.found.inode, 0);
    close(one);
    close(two);
    close(listener);
    assert_int_equal(ask(0, 1U << TW_LISTEN, port, false).count, 0);
}

static void queues_timers_and_measures(void **state) {
    (void)state;
    enum { IDLE = 1000, OCTETS = 300 };
    static const uint8_t octets[OCTETS];
    const int listener = listening(loopback4());
    const uint16_t port = port_of(listener);
    const int client = connected(loopback4(), port), server = accept(listener, NULL, NULL);
    const int on = 1, idle = IDLE;
    assert_int_equal(setsockopt(client, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof idle), 0);
    assert_int_equal(setsockopt(client, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on), 0);
    const struct asked asked = ask(4, 1U << TW_ESTABLISHED, port_of(client), true);
    assert_int_equal(asked.count, 1);
    assert_int_equal(asked.found.timer, TW_TIMER_KEEPALIVE);
    assert_true(asked.found.expires > (IDLE - 10) * TW_SECOND);
    assert_true(asked.found.expires <= (IDLE + 10) * TW_SECOND);
    assert_int_equal(asked.found.inode, inode_of(client));
    assert_int_equal(asked.found.tuple.remote_port, port);
    assert_address(&asked.found.tuple.remote, &own4);
    assert_true(asked.found.rtt > 0 && asked.found.rtt < TW_SECOND);
    assert_true(asked.found.rto >= TW_MILLISECOND);
    assert_true(asked.found.congestion_window > 0);
    assert_int_equal(send(client, octets, sizeof octets, 0), sizeof octets);
    assert_int_equal(recv(server, &(char){0}, 1, MSG_PEEK), 1); // they have landed
    assert_int_equal(ask(4, ALL & ~(1 << TW_LISTEN), port, true).found.receive_queue, OCTETS);
    close(client);
    close(server);
    close(listener);
}

static void only_the_states_asked_for(void **state) {
    (void)state;
    const int listener = listening(loopback4());
    const uint16_t port = port_of(listener);
    const int client = connected(loopback4(), port), server = accept(listener, NULL, NULL);
    const uint16_t own = port_of(client);
    shutdown(client, SHUT_WR);
    char octet;
    assert_int_equal(recv(server, &octet, 1, 0), 0); // so that the FIN has landed
    static const unsigned client_closes = 1U << TW_FIN_WAIT_1 | 1U << TW_FIN_WAIT_2;
    assert_int_equal(ask(4, client_closes, own, true).count, 1);
    assert_int_equal(ask(4, 1U << TW_CLOSE_WAIT, own, false).count, 1);
    assert_int_equal(ask(4, 1U << TW_CLOSE_WAIT, own, true).count, 0);
    assert_int_equal(ask(4, ALL & ~(client_closes | 1U << TW_CLOSE_WAIT), own, false).count, 0);
    assert_int_equal(ask(4, 1U << TW_CLOSED, port, false).count, 0);
    assert_int_equal(ask(4, 0, port, false).count, 0);
    close(server);
    assert_int_equal(recv(client, &octet, 1, 0), 0);
    const struct asked asked = ask(4, 1U << TW_TIME_WAIT, own, true);
    assert_int_equal(asked.count, 1);
    assert_int_equal(asked.found.timer, TW_TIMER_TIME_WAIT);
    assert_true(asked.found.expires > 0);
    assert_int_equal(asked.found.inode, 0);
    close(client);
    close(listener);
}

static void mapped_addresses_are_ipv4(void **state) {
    (void)state;
    const int listener = listening(any6);
    if (listener < 0)
        skip();
    const uint16_t port = port_of(listener);
    const int client = connected(loopback4(), port), server = accept(listener, NULL, NULL);
    // The listener itself speaks IPv6 as well.
    assert_int_equal(ask(6, ALIVE, port, false).count, 1);
    assert_int_equal(ask(6, ALIVE, port, false).found.state, TW_LISTEN);
    const struct asked asked = ask(4, ALL, port, true);
    assert_int_equal(asked.count, 1);
    assert_int_equal(asked.found.state, TW_ESTABLISHED);
    assert_int_equal(asked.found.tuple.version, 4);
    assert_address(&asked.found.tuple.local, &own4);
    assert_address(&asked.found.tuple.remote, &own4);
    assert_int_equal(asked.found.inode, inode_of(server));
    assert_int_equal(ask(0, ALIVE, port, false).count, 3);
    // In TIME-WAIT it is so too.
    close(server);
    char octet;
    assert_int_equal(recv(client, &octet, 1, 0), 0);
    close(client);
    assert_int_equal(ask(4, 1U << TW_TIME_WAIT, port, true).count, 1);
    close(listener);
}

static void ipv6_alone(void **state) {
    (void)state;
    const int listener = listening(loopback6);
    if (listener < 0)
        skip();
    const uint16_t port = port_of(listener);
    const int client = connected(loopback6, port), server = accept(listener, NULL, NULL);
    assert_int_equal(ask(4, ALL, port, false).count, 0);
    const struct asked asked = ask(6, 1U << TW_ESTABLISHED, port, true);
    assert_int_equal(asked.count, 1);
    assert_int_equal(asked.found.tuple.version, 6);
    assert_address(&asked.found.tuple.local, &told6);
    assert_address(&asked.found.tuple.remote, &told6);
    assert_int_equal(asked.found.tuple.remote_port, port_of(client));
    abort_connection(client);
    close(server);
    close(listener);
}

static void all_of_many(void **state) {
    (void)state;
    enum { MANY = 400, AGAIN = 20 }; // far more than one message of the kernel holds
    static int clients[MANY], servers[MANY];
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    if (limit.rlim_max < 2 * MANY + 64)
        skip();
    const int listener = listening(loopback4());
    const uint16_t port = port_of(listener);
    for (size_t i = 0; i < MANY; i++) {
        clients[i] = connected(loopback4(), port);
        servers[i] = accept(listener, NULL, NULL);
        assert_true(servers[i] >= 0);
    }
    for (int i = 0; i < AGAIN; i++) {
        assert_int_equal(ask(0, ALIVE, port, true).count, MANY + 1);
        assert_int_equal(ask(0, ALIVE, port, false).count, 2 * MANY + 1);
    }
    for (size_t i = 0; i < MANY; i++) {
        abort_connection(clients[i]);
        close(servers[i]);
    }
    close(listener);
}

// --- Without waiting

static struct tw_kernel *opened(void) {
    struct tw_kernel *kernel = NULL;
    struct tw_error error = {""};
    assert_int_equal(tw_kernel_open(&kernel, &error), TW_OK);
    return kernel;
}

static void in_parts(void **state) {
    (void)state;
    enum { MANY = 400 };
    static int clients[MANY], servers[MANY];
    const int listener = listening(loopback4());
    const uint16_t port = port_of(listener);
    for (size_t i = 0; i < MANY; i++) {
        clients[i] = connected(loopback4(), port);
        servers[i] = accept(listener, NULL, NULL);
        if (servers[i] < 0)
            skip(); // not so many files
    }
    struct tw_kernel *kernel = opened();
    struct asked asked = {.port = port, .local = true};
    // One that was not read to its end is passed over, wherever that was.
    assert_true(tw_kernel_begin(kernel, ALIVE));
    assert_true(tw_kernel_begin(kernel, ALIVE));
    assert_true(tw_kernel_some(kernel, on_socket, &(struct asked){.port = port}));
    assert_true(tw_kernel_begin(kernel, ALIVE));
    unsigned parts = 1, most = 0;
    for (bool more = true; more; parts++) {
        const unsigned before = asked.count;
        more = tw_kernel_some(kernel, on_socket, &asked);
        most = asked.count - before > most ? asked.count - before : most;
    }
    assert_int_equal(asked.count, MANY + 1);
    assert_true(parts > 2 && most < MANY);
    assert_false(tw_kernel_some(kernel, on_socket, &asked)); // there was nothing left
    assert_int_equal(asked.count, MANY + 1);
    tw_kernel_free(kernel);
    for (size_t i = 0; i < MANY; i++) {
        abort_connection(clients[i]);
        close(servers[i]);
    }
    close(listener);
}

// Finds the socket of the connection with these ports, from `local` on.
static enum tw_kernel_found find(uint8_t version, const struct tw_address *at, uint16_t local,
                                 uint16_t remote, struct tw_kernel_socket *socket) {
    static struct tw_kernel *kernel;
    const struct tw_tuple tuple = {.local = *at,
                                   .remote = *at,
                                   .local_port = local,
                                   .remote_port = remote,
                                   .version = version};
    if (kernel == NULL)
        kernel = opened();
    return tw_kernel_find(kernel, &tuple, 0, socket);
}

static void one_alone(void **state) {
    (void)state;
    const int listener = listening(loopback4());
    const uint16_t port = port_of(listener);
    const int client = connected(loopback4(), port), server = accept(listener, NULL, NULL);
    const uint16_t own = port_of(client);
    struct tw_kernel_socket told;
    assert_int_equal(find(4, &own4, own, port, &told), TW_KERNEL_FOUND);
    assert_int_equal(told.state, TW_ESTABLISHED);
    assert_int_equal(told.inode, inode_of(client));
    assert_true(told.rtt > 0 && told.congestion_window > 0);
    assert_int_equal(find(4, &own4, port, own, &told), TW_KERNEL_FOUND);
    assert_int_equal(told.inode, inode_of(server));
    // Where there is no such connection: who listens, or nobody.
    assert_int_equal(find(4, &own4, port, 1, &told), TW_KERNEL_FOUND);
    assert_int_equal(told.state, TW_LISTEN);
    assert_int_equal(told.inode, inode_of(listener));
    assert_int_equal(find(4, &own4, own, 1, &told), TW_KERNEL_NONE);
    abort_connection(client);
    close(server);
    close(listener);
    assert_int_equal(find(4, &own4, port, own, &told), TW_KERNEL_NONE);
}

static void one_of_ipv6(void **state) {
    (void)state;
    const int listener = listening(any6);
    if (listener < 0)
        skip();
    const uint16_t port = port_of(listener);
    const int four = connected(loopback4(), port), six = connected(loopback6, port);
    struct tw_kernel_socket told;
    // IPv4 through a socket of IPv6 is found as what it is on the wire.
    assert_int_equal(find(4, &own4, port, port_of(four), &told), TW_KERNEL_FOUND);
    assert_int_equal(told.state, TW_ESTABLISHED);
    assert_int_equal(told.tuple.version, 4);
    assert_int_equal(find(6, &told6, port, port_of(six), &told), TW_KERNEL_FOUND);
    assert_int_equal(told.state, TW_ESTABLISHED);
    assert_int_equal(told.tuple.version, 6);
    assert_int_equal(find(4, &own4, port, 1, &told), TW_KERNEL_FOUND);
    assert_int_equal(told.state, TW_LISTEN);
    close(four);
    close(six);
    close(listener);
}

static void what_is_local(void **state) {
    (void)state;
    struct tw_kernel *kernel = opened();
    const struct tw_address far4 = {{198, 51, 100, 1}}, // RFC 5737
        far6 = {{0x20, 1, 0xd, 0xb8, [15] = 1}};        // RFC 3849
    assert_true(tw_kernel_local(kernel, 4, &own4));
    assert_false(tw_kernel_local(kernel, 4, &far4));
    assert_false(tw_kernel_local(kernel, 6, &far6));
    tw_kernel_free(kernel);
}

static void refused(void **state) {
    (void)state;
    struct tw_kernel *kernel = NULL;
    struct tw_error error = {""};
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &(struct rlimit){0, limit.rlim_max}), 0);
    const enum tw_status status = tw_kernel_open(&kernel, &error);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
    assert_int_equal(status, TW_OPEN);
    assert_null(kernel);
    assert_string_equal(error.text, "sock_diag: Too many open files");
    tw_kernel_free(NULL);
}

static void timers_have_names(void **state) {
    (void)state;
    static const char *const names[] = {"none", "retransmit", "keepalive", "time-wait", "probe"};
    assert_int_equal(TW_COUNT(names), TW_TIMER_COUNT);
    for (int timer = 0; timer < TW_TIMER_COUNT; timer++)
        assert_string_equal(tw_kernel_timer_name((enum tw_kernel_timer)timer), names[timer]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_listener_and_who_waits, choose_address),
        cmocka_unit_test_setup(queues_timers_and_measures, choose_address),
        cmocka_unit_test_setup(only_the_states_asked_for, choose_address),
        cmocka_unit_test_setup(mapped_addresses_are_ipv4, choose_address),
        cmocka_unit_test_setup(ipv6_alone, choose_address),
        cmocka_unit_test_setup(all_of_many, choose_address),
        cmocka_unit_test_setup(in_parts, choose_address),
        cmocka_unit_test_setup(one_alone, choose_address),
        cmocka_unit_test_setup(one_of_ipv6, choose_address),
        cmocka_unit_test_setup(what_is_local, choose_address),
        cmocka_unit_test_setup(refused, choose_address),
        cmocka_unit_test_setup(timers_have_names, choose_address),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
