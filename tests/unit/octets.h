// SPDX-License-Identifier: MIT
// A scene whose segments have octets: packets made by hand, through the decoder and the tracker
// into a story, and given to the screen as the files of a capture give them.
#ifndef TESTS_UNIT_OCTETS_H
#define TESTS_UNIT_OCTETS_H

#include "scene.h"
#include "screens.h"

#include "tcpwalk/decode.h"

#include "ui/ui.h"

enum { OCTETS_PACKETS = 4096, LINKTYPE_RAW = 101 };
enum sum { SUM_RIGHT, SUM_BEGUN, SUM_OTHER };

// What the next packets are like.
struct octets_shape {
    int version;      // 4 or 6
    enum sum sum;     // what stands in the checksum
    uint32_t snaplen; // 0: whole
    const uint8_t *options;
    size_t option_count; // octets of them, a multiple of 4
    unsigned window;
    unsigned reserved, urgent;
};

static struct octets {
    struct scene scene;
    struct octets_shape shape;
    struct {
        uint8_t *at;
        uint32_t captured, length;
    } packets[OCTETS_PACKETS];
    size_t count;
    uint32_t isn[TW_END_COUNT];
    uint32_t said[TW_END_COUNT]; // octets, for a test that counts them
    size_t asked;                // how often a packet was asked for
    struct tw_packet lent;
} octets;

static inline void octets_open(void) {
    octets =
        (struct octets){.shape = {.version = 4, .window = 502}, .isn = {CLIENT_ISN, SERVER_ISN}};
    scene_open(&octets.scene);
}

static inline void octets_close(void) {
    for (size_t i = 0; i < octets.count; i++)
        free(octets.packets[i].at);
    scene_close(&octets.scene);
}

static inline void octets_put(uint8_t *to, uint32_t value, int count) {
    for (int i = 0; i < count; i++)
        to[i] = (uint8_t)(value >> 8 * (count - 1 - i));
}

static inline uint64_t octets_sum(const uint8_t *at, size_t count) {
    uint64_t sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += i % 2 == 0 ? (uint64_t)at[i] << 8 : at[i];
    return sum;
}

static inline uint16_t octets_fold(uint64_t sum) {
    while (sum > 0xffff)
        sum = (sum >> 16) + (sum & 0xffff);
    return (uint16_t)sum;
}

// An IP packet around a TCP header at `tcp` of `length` octets; returns the whole length.
static inline size_t octets_wrap(uint8_t *packet, enum tw_end sender, size_t length) {
    static const uint8_t four[TW_END_COUNT][4] = {{10, 0, 0, 5}, {93, 184, 216, 34}};
    bool old = octets.shape.version == 4;
    size_t ip = old ? 20 : 40, size = old ? 4 : 16;
    uint8_t *source = packet + (old ? 12 : 8), *tcp = packet + ip;
    if (old) {
        packet[0] = 0x45;
        octets_put(packet + 2, (uint32_t)(ip + length), 2);
        octets_put(packet + 4, (uint32_t)octets.count + 1, 2);
        packet[8] = 64;
        packet[9] = 6;
        memcpy(source, four[sender], 4);
        memcpy(source + 4, four[tw_other(sender)], 4);
    } else {
        packet[0] = 0x60;
        octets_put(packet + 4, (uint32_t)length, 2);
        packet[6] = 6;
        packet[7] = 64;
        for (int i = 0; i < 2; i++) {
            octets_put(source + 16 * i, 0x20010db8, 4);
            source[16 * i + 15] = (uint8_t)(1 + (i == 0 ? sender : tw_other(sender)));
        }
    }
    uint64_t begun = octets_sum(source, 2 * size) + 6 + length;
    uint16_t right = (uint16_t)~octets_fold(begun + octets_sum(tcp, length));
    octets_put(tcp + 16,
               octets.shape.sum == SUM_RIGHT   ? right
               : octets.shape.sum == SUM_BEGUN ? octets_fold(begun)
                                               : right ^ 0x1111U,
               2);
    return ip + length;
}

// One segment at `us` microseconds; seq and ack are relative to the ISNs.
static inline void octets_send(int64_t us, enum tw_end sender, unsigned flags, uint32_t seq,
                               uint32_t ack, const void *payload, size_t count) {
    const struct octets_shape *shape = &octets.shape;
    size_t header = 20 + shape->option_count;
    uint8_t *packet = calloc(1, 60 + header + count + 1);
    assert_non_null(packet);
    assert_true(octets.count < OCTETS_PACKETS);
    uint8_t *tcp = packet + (shape->version == 4 ? 20 : 40);
    octets_put(tcp, sender == TW_CLIENT ? 51514 : 443, 2);
    octets_put(tcp + 2, sender == TW_CLIENT ? 443 : 51514, 2);
    octets_put(tcp + 4, seq + octets.isn[sender], 4);
    octets_put(tcp + 8, flags & TW_ACK ? ack + octets.isn[tw_other(sender)] : 0, 4);
    octets_put(tcp + 12, (uint32_t)(header / 4) << 12 | shape->reserved << 9 | flags, 2);
    octets_put(tcp + 14, shape->window, 2);
    octets_put(tcp + 18, shape->urgent, 2);
    if (shape->option_count > 0)
        memcpy(tcp + 20, shape->options, shape->option_count);
    if (count > 0)
        memcpy(tcp + header, payload, count);
    uint32_t length = (uint32_t)octets_wrap(packet, sender, header + count), captured = length;
    if (shape->snaplen > 0 && captured > shape->snaplen)
        captured = shape->snaplen;
    octets.packets[octets.count].at = packet;
    octets.packets[octets.count].captured = captured;
    octets.packets[octets.count++].length = length;
    struct tw_segment segment;
    enum tw_reason reason;
    const struct tw_decoder decoder = {0};
    assert_int_equal(tw_decode(&decoder, LINKTYPE_RAW, packet, captured, length, &segment, &reason),
                     TW_DECODED);
    segment.time = scene_begin + us * 1000;
    segment.packet = octets.count;
    assert_int_equal(tw_tracker_feed(octets.scene.tracker, &segment, 1), TW_OK);
}

static inline void octets_say(int64_t us, enum tw_end sender, uint32_t seq, uint32_t ack,
                              const char *text) {
    octets_send(us, sender, TW_PSH | TW_ACK, seq, ack, text, strlen(text));
}

static inline void octets_handshake(void) {
    octets_send(0, TW_CLIENT, TW_SYN, 0, 0, NULL, 0);
    octets_send(20000, TW_SERVER, TW_SYN | TW_ACK, 0, 1, NULL, 0);
    octets_send(22000, TW_CLIENT, TW_ACK, 1, 1, NULL, 0);
}

static inline const struct tw_packet *octets_packet(void *context, uint64_t number,
                                                    const char **why) {
    (void)context;
    octets.asked++;
    if (number == 0 || number > octets.count || octets.packets[number - 1].at == NULL) {
        *why = "kept only where there was room";
        return NULL;
    }
    // As a file's reader does it: what was lent before is overwritten.
    static uint8_t *lent;
    free(lent);
    lent = malloc(octets.packets[number - 1].captured + 1);
    assert_non_null(lent);
    memcpy(lent, octets.packets[number - 1].at, octets.packets[number - 1].captured);
    octets.lent = (struct tw_packet){.number = number,
                                     .octets = lent,
                                     .captured = octets.packets[number - 1].captured,
                                     .length = octets.packets[number - 1].length,
                                     .linktype = LINKTYPE_RAW};
    return &octets.lent;
}

static const struct ui_files octets_files = {.packet = octets_packet};

// --- The screen of a test

static inline int open_octets(void **state) {
    (void)state;
    octets_open();
    return 0;
}

static inline int close_octets(void **state) {
    (void)state;
    app_fini(&app);
    octets_close();
    return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_octets, close_octets)

// The one connection, opened.
static inline void octets_show(bool with_files) {
    const struct app_options options = {.story = octets.scene.story,
                                        .files = with_files ? &octets_files : NULL,
                                        .source_name = "octets.pcap",
                                        .utc = true,
                                        .connection = 1};
    show_whole(&options);
    assert_int_equal(app.view, VIEW_CONNECTION);
}

// What is drawn now, as text.
static inline const char *seen(void) {
    static char drawn[1 << 20];
    struct canvas canvas;
    screen_draw(&app, &canvas);
    check_whole(&canvas);
    char *text = text_of(&canvas);
    snprintf(drawn, sizeof drawn, "%s", text);
    free(text);
    canvas_fini(&canvas);
    return drawn;
}

static inline void expect_seen(const char *text) {
    const char *all = seen();
    if (strstr(all, text) == NULL)
        fail_msg("\"%s\" is not in\n%s", text, all);
}

static inline void expect_unseen(const char *text) {
    const char *all = seen();
    if (strstr(all, text) != NULL)
        fail_msg("\"%s\" is in\n%s", text, all);
}

// --- The stream

// Ticks until nothing is left to be done.
static inline void settle(void) {
    do
        app_tick(&app, app.now + TW_SECOND);
    while (stream_busy(&app));
    app_tick(&app, app.now + TW_SECOND);
}

static inline void press(const char *keys) {
    for (uint32_t key; (key = key_next(&keys)) != KEY_IS_NONE;)
        app_key(&app, key);
    settle();
}

// The stream, behind the last event.
static inline void show_stream(void) {
    tw_tracker_finish(octets.scene.tracker);
    octets_show(true);
    app.part = PART_STREAM;
    playback_to_place(&app, 1e9);
    settle();
}

#endif
