// SPDX-License-Identifier: MIT
// Proves that the word which the screen is told follows the sockets of a network of its own: a
// client and a server over its loopback, through the states that only a kernel can know of.
// Skipped where no network can be made.

// clang-format off
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include "cli/kernel_word.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const char *why_not; // there is no network
static struct kernel_word *word;
static struct ui_kernel hooks;

// --- Whose sockets are: of one inode it is known, of one there is no right to see it

static struct {
    uint32_t asked[64], known, hidden;
    size_t count, answered;
    bool busy;
} fake;

static size_t on_names_ask(void *context, const uint32_t *inodes, size_t count) {
    (void)context;
    size_t taken = 0;
    for (; taken < count && !fake.busy && fake.count < TW_COUNT(fake.asked); taken++)
        fake.asked[fake.count++] = inodes[taken];
    return taken;
}

static bool on_names_answer(void *context, struct tw_process *process) {
    (void)context;
    if (fake.answered == fake.count)
        return false;
    const uint32_t inode = fake.asked[fake.answered++];
    *process = (struct tw_process){.inode = inode};
    if (inode == fake.known) {
        process->pid = 1234;
        memcpy(process->name, "sixteen-octets-x", sizeof process->name); // no NUL behind them
    }
    return true;
}

static const struct kernel_names names = {.ask = on_names_ask, .answer = on_names_answer};

// --- The network, and connections in it

static bool make_network(void) {
    struct ifreq loopback = {.ifr_name = "lo", .ifr_flags = IFF_UP};
    if (unshare(CLONE_NEWNET) != 0 && unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0)
        return false;
    const int any = socket(AF_INET, SOCK_DGRAM, 0);
    const bool up = any >= 0 && ioctl(any, SIOCSIFFLAGS, &loopback) == 0;
    close(any);
    return up;
}

static int set_up(void **state) {
    (void)state;
    struct tw_error error;
    static bool tried;
    if (!tried && !make_network())
        why_not = strerror(errno);
    tried = true;
    if (why_not != NULL)
        return 0;
    memset(&fake, 0, sizeof fake);
    assert_int_equal(kernel_word_new(&names, &word, &error), TW_OK);
    hooks = kernel_word_hooks(word);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    kernel_word_free(word);
    word = NULL;
    return 0;
}

static void need_network(void) {
    if (why_not == NULL)
        return;
    print_message("no network of its own: %s\n", why_not);
    skip();
}

static uint16_t port_of(int fd) {
    struct sockaddr_in at;
    socklen_t length = sizeof at;
    assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &length), 0);
    return ntohs(at.sin_port);
}

static int listening(int backlog) {
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    const struct sockaddr_in at = {.sin_family = AF_INET,
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const int small = 4096; // what is not read soon closes the window
    assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small), 0);
    assert_int_equal(bind(fd, (const struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(listen(fd, backlog), 0);
    return fd;
}

static int connecting(uint16_t port, const struct sock_fprog *filter) {
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    const struct sockaddr_in to = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (filter != NULL)
        assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, filter, sizeof *filter), 0);
    const int result = connect(fd, (const struct sockaddr *)&to, sizeof to);
    assert_true(result == 0 || errno == EINPROGRESS);
    return fd;
}

static struct tw_tuple tuple(uint16_t local, uint16_t remote) {
    static const struct tw_address loopback = {{127, 0, 0, 1}};
    return (struct tw_tuple){.local = loopback,
                             .remote = loopback,
                             .local_port = local,
                             .remote_port = remote,
                             .version = 4};
}

static struct ui_kernel_said ask(uint16_t local, uint16_t remote) {
    const struct tw_tuple of = tuple(local, remote);
    struct ui_kernel_said said;
    hooks.turn(hooks.context);
    hooks.ask(hooks.context, &of, &said);
    return said;
}

// Until it is so, at most for some seconds: what a kernel does it does in its own time.
#define UNTIL(condition)                                                                           \
    do {                                                                                           \
        const struct timespec pause = {.tv_nsec = 1000000};                                        \
        int left = 10000;                                                                          \
        while (!(condition) && left-- > 0)                                                         \
            nanosleep(&pause, NULL);                                                               \
        if (left < 0)                                                                              \
            fail_msg("%s: not so in time", #condition);                                            \
    } while (0)

static enum tw_state state_of(uint16_t local, uint16_t remote) {
    const struct ui_kernel_said said = ask(local, remote);
    assert_true(said.local);
    assert_true(said.told);
    return said.socket.state;
}

struct pair {
    int listener, client, server;
    uint16_t port, own; // the server's, the client's
};

static struct pair open_pair(void) {
    struct pair pair = {.listener = listening(5)};
    pair.port = port_of(pair.listener);
    pair.client = connecting(pair.port, NULL);
    pair.own = port_of(pair.client);
    UNTIL((pair.server = accept(pair.listener, NULL, NULL)) >= 0);
    return pair;
}

static void close_pair(struct pair *pair) {
    const int all[] = {pair->client, pair->server, pair->listener};
    for (size_t i = 0; i < TW_COUNT(all); i++)
        if (all[i] >= 0)
            close(all[i]);
}

static uint32_t inode_of(int fd) {
    struct stat about;
    assert_int_equal(fstat(fd, &about), 0);
    return (uint32_t)about.st_ino;
}

// --- What is told

static void open_with_its_queues(void **state) {
    (void)state;
    enum { OCTETS = 300 };
    static const char octets[OCTETS];
    need_network();
    struct pair pair = open_pair();
    assert_int_equal(send(pair.client, octets, OCTETS, 0), OCTETS);
    UNTIL(ask(pair.port, pair.own).socket.receive_queue == OCTETS);
    const struct ui_kernel_said client = ask(pair.own, pair.port);
    assert_int_equal(client.socket.state, TW_ESTABLISHED);
    assert_int_equal(client.socket.inode, inode_of(pair.client));
    assert_true(client.socket.rtt > 0);
    assert_true(client.socket.congestion_window > 0);
    assert_int_equal(client.listener.state, TW_CLOSED);
    assert_true(client.process.user[0] != '\0');
    assert_int_equal(state_of(pair.port, pair.own), TW_ESTABLISHED);
    close_pair(&pair);
}

static void a_full_backlog(void **state) {
    (void)state;
    enum { CLIENTS = 4 };
    need_network();
    const int listener = listening(0);
    const uint16_t port = port_of(listener);
    int clients[CLIENTS];
    clients[0] = connecting(port, NULL);
    // It waits for accept(): no process has it, and who listens is told with it.
    UNTIL(state_of(port, port_of(clients[0])) == TW_ESTABLISHED);
    const struct ui_kernel_said waits = ask(port, port_of(clients[0]));
    assert_int_equal(waits.process.owner, UI_OWNER_NOBODY);
    assert_int_equal(waits.listener.state, TW_LISTEN);
    assert_int_equal(waits.listener.receive_queue, 1);
    assert_int_equal(waits.listener.send_queue, 0);
    assert_true(tw_kernel_full(&waits.listener));
    // More SYNs are passed over: the kernel has nothing of them but who listens.
    for (int i = 1; i < CLIENTS; i++)
        clients[i] = connecting(port, NULL);
    const struct ui_kernel_said none = ask(port, port_of(clients[1]));
    assert_true(none.local && none.told);
    assert_int_equal(none.socket.state, TW_CLOSED);
    assert_int_equal(none.listener.state, TW_LISTEN);
    assert_int_equal(state_of(port_of(clients[1]), port), TW_SYN_SENT);
    for (int i = 0; i < CLIENTS; i++)
        close(clients[i]);
    close(listener);
}

// Clients that are deaf to the SYN,ACK: what the server has of them is a request socket each.
static void request_sockets_are_counted(void **state) {
    (void)state;
    enum { CLIENTS = 3 };
    need_network();
    struct sock_filter nothing = {.code = BPF_RET | BPF_K, .k = 0};
    const struct sock_fprog deaf = {.len = 1, .filter = &nothing};
    const int listener = listening(8);
    const uint16_t port = port_of(listener);
    int clients[CLIENTS];
    for (int i = 0; i < CLIENTS; i++)
        clients[i] = connecting(port, &deaf);
    UNTIL(ask(port, 0).opening == CLIENTS);
    const struct ui_kernel_said request = ask(port, port_of(clients[0]));
    assert_int_equal(request.socket.state, TW_SYN_RECEIVED);
    assert_int_equal(request.socket.timer, TW_TIMER_RETRANSMIT);
    assert_int_equal(request.process.owner, UI_OWNER_NOBODY);
    assert_int_equal(request.listener.state, TW_LISTEN);
    assert_int_equal(request.listener.receive_queue, 0);
    for (int i = 0; i < CLIENTS; i++)
        close(clients[i]);
    close(listener);
}

static void a_fin_behind_a_closed_window(void **state) {
    (void)state;
    static const char octets[1 << 16];
    need_network();
    struct pair pair = open_pair();
    while (send(pair.client, octets, sizeof octets, 0) > 0)
        continue;
    assert_int_equal(errno, EAGAIN);
    close(pair.client);
    pair.client = -1;
    UNTIL(state_of(pair.own, pair.port) == TW_FIN_WAIT_1);
    const struct ui_kernel_said client = ask(pair.own, pair.port);
    assert_true(client.socket.send_queue > sizeof octets);
    assert_int_equal(client.process.owner, UI_OWNER_NOBODY); // an orphan
    UNTIL(ask(pair.own, pair.port).socket.timer != TW_TIMER_NONE);
    assert_int_equal(state_of(pair.port, pair.own), TW_ESTABLISHED); // no FIN has come
    assert_true(ask(pair.port, pair.own).socket.receive_queue > 0);
    close_pair(&pair);
}

static void closed_one_after_the_other(void **state) {
    (void)state;
    need_network();
    struct pair pair = open_pair();
    close(pair.client);
    pair.client = -1;
    UNTIL(state_of(pair.own, pair.port) == TW_FIN_WAIT_2);
    assert_int_equal(ask(pair.own, pair.port).process.owner, UI_OWNER_NOBODY);
    assert_int_equal(state_of(pair.port, pair.own), TW_CLOSE_WAIT);
    close(pair.server);
    pair.server = -1;
    UNTIL(state_of(pair.own, pair.port) == TW_TIME_WAIT);
    const struct ui_kernel_said client = ask(pair.own, pair.port);
    assert_int_equal(client.socket.timer, TW_TIMER_TIME_WAIT);
    assert_in_range(client.socket.expires, TW_SECOND, 60 * TW_SECOND);
    assert_int_equal(client.process.owner, UI_OWNER_NOBODY);
    UNTIL(state_of(pair.port, pair.own) == TW_CLOSED);
    assert_int_equal(ask(pair.port, pair.own).listener.state, TW_LISTEN);
    close(pair.listener);
    pair.listener = -1;
    assert_int_equal(ask(pair.port, pair.own).listener.state, TW_CLOSED);
    close_pair(&pair);
}

static void ends_elsewhere_are_not_told(void **state) {
    (void)state;
    need_network();
    struct tw_tuple far = tuple(80, 1024);
    struct ui_kernel_said said;
    far.local = (struct tw_address){{198, 51, 100, 1}}; // RFC 5737
    hooks.ask(hooks.context, &far, &said);
    assert_false(said.local);
    far.version = 6;
    far.local = (struct tw_address){{0x20, 1, 0xd, 0xb8, [15] = 1}};
    hooks.ask(hooks.context, &far, &said);
    assert_false(said.local);
    // All of 127.0.0.0/8 is this machine.
    far.version = 4;
    far.local = (struct tw_address){{127, 1, 2, 3}};
    hooks.ask(hooks.context, &far, &said);
    assert_true(said.local && said.told);
    assert_int_equal(said.socket.state, TW_CLOSED);
}

// One that is bound to an interface is found only with it.
static void bound_to_an_interface(void **state) {
    (void)state;
    need_network();
    const int listener = listening(1);
    const uint16_t port = port_of(listener);
    const int client = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    const struct sockaddr_in to = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    assert_int_equal(setsockopt(client, SOL_SOCKET, SO_BINDTODEVICE, "lo", 3), 0);
    (void)connect(client, (const struct sockaddr *)&to, sizeof to);
    struct tw_error error; // as at a start: what is bound is looked for then
    kernel_word_free(word);
    assert_int_equal(kernel_word_new(&names, &word, &error), TW_OK);
    hooks = kernel_word_hooks(word);
    assert_int_equal(state_of(port_of(client), port), TW_ESTABLISHED);
    close(client);
    close(listener);
}

static void whose_sockets_are(void **state) {
    (void)state;
    need_network();
    struct pair pair = open_pair();
    fake.known = inode_of(pair.client);
    fake.busy = true;
    assert_int_equal(ask(pair.own, pair.port).process.owner, UI_OWNER_UNKNOWN);
    assert_int_equal(fake.count, 0);
    fake.busy = false; // it is asked again
    assert_int_equal(ask(pair.own, pair.port).process.owner, UI_OWNER_UNKNOWN);
    const struct ui_kernel_said client = ask(pair.own, pair.port);
    assert_int_equal(client.process.owner, UI_OWNER_KNOWN);
    assert_int_equal(client.process.pid, 1234);
    assert_string_equal(client.process.name, "sixteen-octets-");
    // Of the server's there is no right to see it.
    (void)ask(pair.port, pair.own);
    assert_int_equal(ask(pair.port, pair.own).process.owner, UI_OWNER_HIDDEN);
    const size_t asked = fake.count;
    for (int i = 0; i < 100; i++)
        (void)ask(pair.own, pair.port);
    assert_int_equal(fake.count, asked); // what is known is not asked for
    close_pair(&pair);
}

static void nobody_knows_whose(void **state) {
    (void)state;
    struct tw_error error;
    need_network();
    struct pair pair = open_pair();
    kernel_word_free(word);
    assert_int_equal(kernel_word_new(NULL, &word, &error), TW_OK);
    hooks = kernel_word_hooks(word);
    assert_int_equal(ask(pair.own, pair.port).process.owner, UI_OWNER_HIDDEN);
    close_pair(&pair);
}

static tw_time spent(void) {
    struct timespec time; // not what others take meanwhile
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (tw_time)time.tv_sec * TW_SECOND + time.tv_nsec;
}

// Among many sockets no question and no slice takes longer than a key may wait, and all of them
// are gone through though.
static void never_waits(void **state) {
    (void)state;
    enum { MANY = 8000, SECONDS = 3, FREE = 64 };
    static int clients[MANY], servers[MANY];
    static const tw_time most = 10 * TW_MILLISECOND;
    need_network();
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    const int count = limit.rlim_cur > 2 * MANY + FREE ? MANY : (int)(limit.rlim_cur - FREE) / 2;
    struct sock_filter nothing = {.code = BPF_RET | BPF_K, .k = 0};
    const struct sock_fprog deaf = {.len = 1, .filter = &nothing};
    const int listener = listening(FREE);
    const uint16_t port = port_of(listener);
    for (int i = 0; i < count; i++) {
        clients[i] = connecting(port, NULL);
        UNTIL((servers[i] = accept(listener, NULL, NULL)) >= 0);
    }
    const int last = connecting(port, &deaf);
    const uint16_t own = port_of(clients[0]);
    const struct timespec frame = {.tv_nsec = 30 * TW_MILLISECOND};
    tw_time longest = 0, all = spent();
    size_t opening = 0;
    int frames = 0, slow = 0; // the machine may take some for itself
    for (; frames < SECONDS * 30; frames++) {
        const tw_time before = spent();
        (void)ask(port, own);
        opening = ask(port, 0).opening;
        const tw_time took = spent() - before;
        longest = took > longest ? took : longest;
        slow += took >= most;
        nanosleep(&frame, NULL);
    }
    all = spent() - all;
    print_message("%d sockets: at most %.2f ms in a frame, %.2f ms on average\n", 2 * count,
                  (double)longest / 1e6, (double)all / frames / 1e6);
    assert_int_equal(opening, 1);
    assert_in_range(slow, 0, frames / 20);
    for (int i = 0; i < count; i++) {
        close(clients[i]);
        close(servers[i]);
    }
    close(last);
    close(listener);
}

#define PROVE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        PROVE(open_with_its_queues),        PROVE(a_full_backlog),
        PROVE(request_sockets_are_counted), PROVE(a_fin_behind_a_closed_window),
        PROVE(closed_one_after_the_other),  PROVE(ends_elsewhere_are_not_told),
        PROVE(bound_to_an_interface),       PROVE(whose_sockets_are),
        PROVE(nobody_knows_whose),          PROVE(never_waits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
