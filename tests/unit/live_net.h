// SPDX-License-Identifier: MIT
// For the tests of live sources: a network namespace of their own with two veth pairs, frames sent
// into one end and awaited at the other. Included after cmocka.h.
#ifndef TCPWALK_TEST_LIVE_NET_H
#define TCPWALK_TEST_LIVE_NET_H

#include "tcpwalk/source.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { PATIENCE_MS = 5000, FRAME_ROOM = 2048 };

static bool have_net;

static inline int run(const char *command) {
    return system(command);
}

static inline int sender_open(const char *interface) {
    const int fd = socket(AF_PACKET, SOCK_RAW, 0);
    const struct sockaddr_ll to = {.sll_family = AF_PACKET,
                                   .sll_ifindex = (int)if_nametoindex(interface)};
    assert_true(fd >= 0);
    assert_int_equal(bind(fd, (const struct sockaddr *)&to, sizeof to), 0);
    return fd;
}

// Waits until what is sent into one end arrives at the other: a pair that was just set up drops at
// first. Frames of no known type, which no filter here lets pass.
static inline void pair_ready(const char *from, const char *to) {
    static const uint8_t unknown[60] = {[12] = 0x99, [13] = 0x99};
    const int in = socket(AF_PACKET, SOCK_RAW, htons(0x9999)), out = sender_open(from);
    const struct sockaddr_ll at = {.sll_family = AF_PACKET,
                                   .sll_protocol = htons(0x9999),
                                   .sll_ifindex = (int)if_nametoindex(to)};
    assert_true(in >= 0 && bind(in, (const struct sockaddr *)&at, sizeof at) == 0);
    for (unsigned tries = PATIENCE_MS / 10;; tries--) {
        assert_true(tries > 0);
        if (send(out, unknown, sizeof unknown, 0) > 0 &&
            poll(&(struct pollfd){.fd = in, .events = POLLIN}, 1, 10) > 0)
            break;
    }
    close(in);
    close(out);
}

static inline void pair_make(const char *one, const char *other) {
    char command[256];
    snprintf(command, sizeof command,
             "ip link add %s type veth peer name %s && ip link set %s up && ip link set %s up", one,
             other, one, other);
    assert_int_equal(run(command), 0);
    pair_ready(one, other);
}

// a0 - a1 and b0 - b1, all up and silent.
static inline int net_open(void **state) {
    (void)state;
    if (unshare(CLONE_NEWNET) != 0 || run("ip link set lo up 2>/dev/null") != 0) {
        print_message("no network namespace, or no ip(8), is to be had: not tested\n");
        return 0;
    }
    const int silent = open("/proc/sys/net/ipv6/conf/default/disable_ipv6", O_WRONLY);
    if (silent >= 0) {
        if (write(silent, "1", 1) != 1) // no neighbour discovery between ours
            print_message("IPv6 stays on\n");
        close(silent);
    }
    pair_make("a0", "a1");
    pair_make("b0", "b1");
    have_net = true;
    return 0;
}

// An Ethernet frame with IPv4: TCP (6) or UDP (17) from port `mark`, behind `tags` VLAN tags.
static inline size_t frame(uint8_t octets[FRAME_ROOM], uint8_t protocol, uint16_t mark,
                           unsigned tags, size_t data) {
    static const uint8_t addresses[12] = {0x02, 0, 0, 0, 0, 2, 0x02, 0, 0, 0, 0, 1};
    const size_t header = protocol == 6 ? 20 : 8, total = 20 + header + data;
    uint8_t *at = octets;
    memset(octets, 0, FRAME_ROOM);
    memcpy(at, addresses, sizeof addresses);
    at += sizeof addresses;
    for (unsigned i = 0; i < tags; i++, at += 4)
        memcpy(at, "\x81\x00\x00\x64", 4);
    memcpy(at, "\x08\x00\x45", 3);
    at += 2;
    at[2] = (uint8_t)(total >> 8);
    at[3] = (uint8_t)total;
    at[8] = 64;
    at[9] = protocol;
    memcpy(at + 12, "\x0a\x00\x00\x01\x0a\x00\x00\x02", 8);
    at += 20;
    at[0] = (uint8_t)(mark >> 8);
    at[1] = (uint8_t)mark;
    at[3] = 80;
    if (protocol == 6) {
        at[12] = 0x50;
        at[13] = 0x10;
    } else {
        at[4] = (uint8_t)((header + data) >> 8);
        at[5] = (uint8_t)(header + data);
    }
    return (size_t)(at - octets) + header + data;
}

static inline void send_frame(int fd, uint8_t protocol, uint16_t mark, unsigned tags, size_t data) {
    uint8_t octets[FRAME_ROOM];
    const size_t length = frame(octets, protocol, mark, tags, data);
    assert_int_equal(send(fd, octets, length, 0), length);
}

static inline uint16_t mark_of(const struct tw_packet *packet) {
    const uint8_t *at = packet->octets + 12;
    while (at[0] == 0x81)
        at += 4;
    return (uint16_t)(at[22] << 8 | at[23]);
}

static inline int64_t now_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

// The next packet, which must come.
static inline void await_packet(struct tw_source *source, struct tw_packet *packet) {
    struct tw_error error;
    for (const int64_t end = now_ms() + PATIENCE_MS; now_ms() < end;) {
        const enum tw_got got = tw_source_next(source, packet, &error);
        if (got == TW_GOT_PACKET)
            return;
        assert_int_equal(got, TW_GOT_NOTHING);
        (void)poll(&(struct pollfd){.fd = tw_source_fd(source), .events = POLLIN}, 1, 50);
    }
    fail_msg("no packet came");
}

// Nothing but what is awaited by then; returns how the source ended, if it did.
static inline enum tw_got await_news(struct tw_source *source, const char *text,
                                     struct tw_error *error) {
    struct tw_packet packet;
    for (const int64_t end = now_ms() + PATIENCE_MS; now_ms() < end;) {
        const enum tw_got got = tw_source_next(source, &packet, error);
        const char *news = tw_source_news(source);
        if (news != NULL) {
            assert_string_equal(news, text);
            return got;
        }
        if (got != TW_GOT_NOTHING)
            return got;
        (void)poll(&(struct pollfd){.fd = tw_source_fd(source), .events = POLLIN}, 1, 50);
    }
    fail_msg("not told: %s", text);
    return TW_GOT_NOTHING;
}

static inline struct tw_source *attach(const char *first, const char *second,
                                       const struct tw_source_options *options) {
    const char *const names[] = {first, second};
    struct tw_source *source;
    struct tw_error error;
    struct tw_source_options nonblocking = *options;
    nonblocking.nonblocking = true;
    if (tw_source_open_live(names, second != NULL ? 2 : 1, &nonblocking, &source, &error) != TW_OK)
        fail_msg("%s", error.text);
    return source;
}

#define NEED_NET()                                                                                 \
    do {                                                                                           \
        (void)state;                                                                               \
        if (!have_net)                                                                             \
            skip();                                                                                \
    } while (0)

#endif
