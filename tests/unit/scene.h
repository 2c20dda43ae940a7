// SPDX-License-Identifier: MIT
// A scene for tests: hand-made segments through the real tracker into a story.
#ifndef TESTS_UNIT_SCENE_H
#define TESTS_UNIT_SCENE_H

#include "tcpwalk/story.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

struct scene {
    struct tw_story *story;
    struct tw_tracker *tracker;
    uint64_t packet;
};

static const tw_time scene_begin = 1700000000 * TW_SECOND; // 2023-11-14 22:13:20 UTC

static inline void scene_open(struct scene *scene) {
    scene->packet = 0;
    scene->story = tw_story_new();
    assert_non_null(scene->story);
    struct tw_observer observer = tw_story_observer(scene->story);
    const struct tw_tracker_options options = {.hash_key = {1, 2}};
    scene->tracker = tw_tracker_new(&options, &observer);
    assert_non_null(scene->tracker);
}

static inline void scene_close(struct scene *scene) {
    tw_story_free(scene->story);
    tw_tracker_free(scene->tracker);
}

enum { CLIENT_ISN = 1000, SERVER_ISN = 5000 };

// One segment of connection `which` at `us` microseconds; seq and ack are relative.
static inline void scene_send(struct scene *scene, unsigned which, int64_t us, enum tw_end sender,
                              unsigned flags, uint32_t seq, uint32_t ack, uint32_t length) {
    bool client = sender == TW_CLIENT;
    struct tw_segment s = {
        .time = scene_begin + us * 1000,
        .packet = ++scene->packet,
        .version = 4,
        .ttl = 64,
        .seq = seq + (client ? CLIENT_ISN : SERVER_ISN),
        .ack = flags & TW_ACK ? ack + (client ? SERVER_ISN : CLIENT_ISN) : 0,
        .length = length,
        .flags = (uint16_t)flags,
        .window = 64240,
        .vlan = {0xffff, 0xffff},
    };
    const struct tw_address ends[TW_END_COUNT] = {{{10, 0, 0, 5}}, {{93, 184, 216, 34}}};
    const uint16_t ports[TW_END_COUNT] = {(uint16_t)(51514 + which % 10000),
                                          (uint16_t)(443 + which / 10000)};
    s.source = ends[sender];
    s.destination = ends[tw_other(sender)];
    s.source_port = ports[sender];
    s.destination_port = ports[tw_other(sender)];
    assert_int_equal(tw_tracker_feed(scene->tracker, &s, 1), TW_OK);
}

// The tap is at the client's side: 1 ms to the client, 10 ms to the server.
static inline void scene_handshake(struct scene *scene, unsigned which, int64_t us) {
    scene_send(scene, which, us, TW_CLIENT, TW_SYN, 0, 0, 0);
    scene_send(scene, which, us + 20000, TW_SERVER, TW_SYN | TW_ACK, 0, 1, 0);
    scene_send(scene, which, us + 22000, TW_CLIENT, TW_ACK, 1, 1, 0);
}

// The client asks, the server answers, the client closes first.
static inline void scene_close_by_client(struct scene *scene, unsigned which, int64_t us) {
    scene_handshake(scene, which, us);
    scene_send(scene, which, us + 30000, TW_CLIENT, TW_PSH | TW_ACK, 1, 1, 100);
    scene_send(scene, which, us + 51000, TW_SERVER, TW_PSH | TW_ACK, 1, 101, 1400);
    scene_send(scene, which, us + 60000, TW_CLIENT, TW_FIN | TW_ACK, 101, 1401, 0);
    scene_send(scene, which, us + 81000, TW_SERVER, TW_ACK, 1401, 102, 0);
    scene_send(scene, which, us + 90000, TW_SERVER, TW_FIN | TW_ACK, 1401, 102, 0);
    scene_send(scene, which, us + 93000, TW_CLIENT, TW_ACK, 102, 1402, 0);
}

// The same with some more acknowledgements at the end: 29 segments.
static inline void scene_long(struct scene *scene, unsigned which, int64_t us) {
    scene_close_by_client(scene, which, us);
    for (int i = 0; i < 20; i++)
        scene_send(scene, which, us + 94000 + i, TW_CLIENT, TW_ACK, 102, 1402, 0);
}

// Both FINs cross: FIN-WAIT-1, CLOSING, TIME-WAIT at both ends.
static inline void scene_simultaneous_close(struct scene *scene, unsigned which, int64_t us) {
    scene_handshake(scene, which, us);
    scene_send(scene, which, us + 50000, TW_CLIENT, TW_FIN | TW_ACK, 1, 1, 0);
    scene_send(scene, which, us + 64000, TW_SERVER, TW_FIN | TW_ACK, 1, 1, 0);
    scene_send(scene, which, us + 66000, TW_CLIENT, TW_ACK, 2, 2, 0);
    scene_send(scene, which, us + 72000, TW_SERVER, TW_ACK, 2, 2, 0);
}

// One of each kind, so that a list has something to say.
static inline void scene_mixed(struct scene *scene) {
    scene_close_by_client(scene, 0, 0);
    scene_simultaneous_close(scene, 1, 200000);
    scene_send(scene, 2, 400000, TW_CLIENT, TW_SYN, 0, 0, 0);
    scene_send(scene, 2, 420000, TW_SERVER, TW_RST | TW_ACK, (uint32_t)-SERVER_ISN, 1, 0);
    for (int i = 0; i < 5; i++)
        scene_send(scene, 3, 500000 + i * 1000000, TW_CLIENT, TW_SYN, 0, 0, 0);
    scene_handshake(scene, 4, 5000000);
    scene_send(scene, 4, 5100000, TW_CLIENT, TW_PSH | TW_ACK, 1, 1, 4000);
    scene_handshake(scene, 5, 5200000);
    scene_send(scene, 5, 5300000, TW_SERVER, TW_RST | TW_ACK, 1, 1, 0);
}

#endif
