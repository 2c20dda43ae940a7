// SPDX-License-Identifier: MIT
// Proves what the segment panel shows of packets made by hand: the header as the RFC draws it,
// every kind of option, what is malformed, what was cut, and what is said where there are no
// octets.
#include "octets.h"

#include "ui/views/views.h"

// Shows the segment part with the cursor on a packet.
static void show(uint64_t packet, bool with_files) {
    tw_tracker_finish(octets.scene.tracker);
    octets_show(with_files);
    app.part = PART_SEGMENT;
    playback_to_packet(&app, packet);
    app_tick(&app, TW_SECOND);
}

static const uint8_t syn_options[] = {2,    4,    5, 0xb4, 4, 2, 8, 10, 0, 1,
                                      0xe2, 0x40, 0, 0,    0, 0, 1, 3,  3, 7};
static const uint8_t plain_options[] = {1, 1, 8, 10, 0, 1, 0xe2, 0x54, 0, 9, 0xfb, 0xf1};

// A handshake with the options of today, then a question and its answer.
static void talk(void) {
    octets.shape.options = syn_options;
    octets.shape.option_count = sizeof syn_options;
    octets.shape.window = 64240;
    octets_send(0, TW_CLIENT, TW_SYN, 0, 0, NULL, 0);
    octets_send(20000, TW_SERVER, TW_SYN | TW_ACK, 0, 1, NULL, 0);
    octets.shape.options = plain_options;
    octets.shape.option_count = sizeof plain_options;
    octets.shape.window = 502;
    octets_send(22000, TW_CLIENT, TW_ACK, 1, 1, NULL, 0);
    octets_say(30000, TW_CLIENT, 1, 1, "GET / HTTP/1.1\r\nHost: example.org\r\n\r\n");
    octets_say(51000, TW_SERVER, 1, 38,
               "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 80\r\n\r\n"
               "0123456789012345678901234567890123456789\n"
               "abcdefghijklmnopqrstuvwxyzabcdefghijklmn");
}

static void header_as_drawn(void **state) {
    (void)state;
    talk();
    show(1, true);
    expect_screen(&app, "segment-syn-80x24");
    playback_to_packet(&app, 5);
    app_tick(&app, app.now);
    expect_screen(&app, "segment-data-80x24");
    app.ascii = true;
    expect_screen(&app, "segment-data-ascii-80x24");
    app.ascii = false;
    app.theme = THEME_MONO;
    expect_screen(&app, "segment-data-80x24"); // the same, whatever the colours
    app_resize(&app, 120, 40);
    app_tick(&app, app.now);
    expect_screen(&app, "segment-data-120x40");
    app_resize(&app, 80, 50);
    app_tick(&app, app.now);
    expect_screen(&app, "segment-data-80x50");
    app_resize(&app, 80, 19);
    app_tick(&app, app.now);
    expect_screen(&app, "segment-data-80x19");
    app_resize(&app, 60, 20);
    app_tick(&app, app.now);
    expect_screen(&app, "segment-data-60x20");
    app_resize(&app, 40, 12);
    app_tick(&app, app.now);
    expect_screen(&app, "segment-data-40x12");
}

// Sends one segment with these options and looks at it on a screen with much room.
static void look_at(const uint8_t *options, size_t count, uint32_t snaplen) {
    octets_handshake();
    octets.shape.options = options;
    octets.shape.option_count = count;
    octets.shape.snaplen = snaplen;
    octets_say(30000, TW_CLIENT, 1, 1, "hello");
    show(4, true);
    app_resize(&app, 80, 60);
    app_tick(&app, app.now);
}

#define LOOK_AT(snaplen, ...)                                                                      \
    do {                                                                                           \
        static const uint8_t given[] = {__VA_ARGS__};                                              \
        look_at(given, sizeof given, snaplen);                                                     \
    } while (false)

static void options_of_every_kind(void **state) {
    (void)state;
    LOOK_AT(0, 2, 4, 0x05, 0xb4, 3, 3, 15, 1, 4, 2, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2, 1, 1, 28, 4,
            0x80, 5, 30, 3, 0x10, 34, 6, 0xab, 0xcd, 0xef, 0x01, 0, 0, 0);
    expect_seen("MSS 1460 ");
    expect_seen("window scale 15: taken as 14, times 16384 ");
    expect_seen("SACK permitted ");
    expect_seen("timestamps 1, echo 2  ");
    expect_seen("NOP    ");
    expect_seen("user timeout 5 min ");
    expect_seen("MPTCP MP_JOIN ");
    expect_seen("Fast Open cookie ab cd ef 01 ");
    expect_seen("end      ");
    expect_unseen("malformed");
}

static void rarer_options(void **state) {
    (void)state;
    LOOK_AT(0, 254, 8, 0xf9, 0x89, 1, 2, 3, 4, 254, 4, 0x12, 0x34, 34, 2, 29, 4, 1, 2, 77, 5, 9, 8,
            7, 174, 5, 1, 2, 3, 28, 4, 0, 9);
    expect_seen("Fast Open cookie 01 02 03 04 ");
    expect_seen("kind 254: 12 34 ");
    expect_seen("Fast Open: asks for a cookie ");
    expect_seen("TCP-AO 01 02 ");
    expect_seen("kind 77: 09 08 07 ");
    expect_seen("AccECN 01 02 03 ");
    expect_seen("user timeout 9 s ");
}

static void blocks_are_relative(void **state) {
    (void)state;
    // The server's numbers, as it is the client that acknowledges: 5101 to 5201 is 101 to 201.
    LOOK_AT(0, 1, 1, 5, 18, 0, 0, 0x13, 0xed, 0, 0, 0x14, 0x51, 0, 0, 0x15, 0x19, 0, 0, 0x15, 0x7d);
    expect_seen(" SACK 101-201 401-501 ");
}

static void blocks_that_came_twice(void **state) {
    (void)state;
    LOOK_AT(0, 1, 1, 5, 18, 0, 0, 0x13, 0xed, 0, 0, 0x14, 0x51, 0, 0, 0x13, 0xed, 0, 0, 0x15, 0x7d);
    expect_seen(" D-SACK 101-201 101-501 ");
}

static void malformed_options(void **state) {
    (void)state;
    LOOK_AT(0, 2, 3, 5, 3, 4, 1, 2, 5, 9, 1, 2, 3, 4, 5, 6, 7, 30, 2, 8, 11);
    expect_seen("MSS: malformed, 3 octets long ");
    expect_seen("window scale: malformed, 4 octets long ");
    expect_seen("SACK: malformed, 9 octets long ");
    expect_seen("MPTCP: malformed, 2 octets long ");
    expect_seen("kind 8: malformed, leaves the header ");
}

static void option_without_length(void **state) {
    (void)state;
    LOOK_AT(0, 1, 1, 77, 1);
    expect_seen("kind 77: malformed, 1 octets long ");
}

static void option_at_the_very_end(void **state) {
    (void)state;
    LOOK_AT(0, 1, 1, 1, 77);
    expect_seen("kind 77: malformed, leaves the header ");
}

static void options_cut(void **state) {
    (void)state;
    LOOK_AT(46, 2, 4, 0x05, 0xb4, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2, 1, 1);
    expect_seen("MSS 1460 ");
    expect_seen("kind 8: not captured whole ");
    expect_seen("26 of 41 octets were captured");
    expect_seen("checksum not judged: the packet was not captured whole");
    expect_unseen("malformed");
    expect_unseen("data   0000");
}

static void header_cut(void **state) {
    (void)state;
    LOOK_AT(34, 1, 1, 1, 1);
    expect_seen("14 of 29 octets were captured");
    expect_seen("Window ? ");
    expect_seen("Checksum ?");
    expect_seen("Urgent Pointer ?");
}

static void data_cut(void **state) {
    (void)state;
    LOOK_AT(46, 1, 1, 1, 1);
    expect_seen("26 of 29 octets were captured");
    expect_seen("data   0000 68 65 ");
    expect_unseen("68 65 6c");
}

static void checksums(void **state) {
    (void)state;
    octets_handshake();
    octets.shape.sum = SUM_BEGUN;
    octets_say(30000, TW_CLIENT, 1, 1, "hello");
    octets.shape.sum = SUM_OTHER;
    octets_say(31000, TW_CLIENT, 6, 1, "again");
    show(3, true);
    expect_seen(" right ");
    playback_to_packet(&app, 4);
    app_tick(&app, app.now);
    expect_screen(&app, "segment-offload-80x24");
    playback_to_packet(&app, 5);
    app_tick(&app, app.now);
    expect_seen(", not judged ");
    expect_seen("checksum does not match: not judged, may be offload");
}

static void over_ipv6(void **state) {
    (void)state;
    octets.shape.version = 6;
    octets.shape.reserved = 5;
    octets.shape.urgent = 7;
    octets_handshake();
    octets_send(30000, TW_CLIENT, TW_ACK | TW_URG | TW_AE | TW_ECE, 1, 1, "urgent!", 7);
    show(4, true);
    expect_screen(&app, "segment-ipv6-80x24");
    app_resize(&app, 132, 50);
    app_tick(&app, app.now);
    expect_screen(&app, "segment-ipv6-132x50");
}

static void without_octets(void **state) {
    (void)state;
    talk();
    free(octets.packets[4].at);
    octets.packets[4].at = NULL;
    show(5, true);
    expect_screen(&app, "segment-gone-80x24");
    app.files = NULL;
    playback_to_packet(&app, 4);
    app_tick(&app, app.now);
    expect_seen("no octets: the packets were not kept");
    app_resize(&app, 40, 12);
    playback_to_packet(&app, 5);
    app_tick(&app, app.now);
    expect_screen(&app, "segment-gone-40x12");
}

static void before_the_first(void **state) {
    (void)state;
    talk();
    show(1, true);
    app_act(&app, ACTION_FIRST);
    app_tick(&app, app.now);
    expect_seen("No segment has been sent yet: a step goes to the first one.");
}

// A packet is asked for once, and only while it is looked at.
static void asked_once(void **state) {
    (void)state;
    talk();
    show(3, true);
    size_t asked = octets.asked;
    for (int i = 0; i < 5; i++)
        app_tick(&app, app.now + i);
    (void)seen();
    assert_int_equal(octets.asked, asked);
    app.part = PART_LADDER;
    playback_to_packet(&app, 4);
    app_tick(&app, app.now);
    assert_int_equal(octets.asked, asked);
}

// Whatever the options are, and whatever the size, what is drawn is whole.
static void any_options_any_size(void **state) {
    (void)state;
    uint8_t options[40];
    srand(1);
    octets_handshake();
    for (int i = 0; i < 200; i++) {
        for (size_t at = 0; at < sizeof options; at++)
            options[at] = (uint8_t)(rand() % 3 == 0 ? rand() : rand() % 12);
        octets.shape.options = options;
        octets.shape.option_count = (size_t)(rand() % 11) * 4;
        octets.shape.snaplen = rand() % 2 ? 0 : 34 + (uint32_t)rand() % 60;
        octets_send(30000 + i * 10, TW_CLIENT, (unsigned)rand() & 0x1f0, 1, 1, options, 40);
    }
    show(1, true);
    for (uint64_t packet = 1; packet <= octets.count; packet++) {
        app_resize(&app, 40 + rand() % 140, 12 + rand() % 60);
        app.ascii = rand() % 2 != 0;
        playback_to_packet(&app, packet);
        app_tick(&app, app.now);
        (void)seen();
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(header_as_drawn),
        TEST(options_of_every_kind),
        TEST(rarer_options),
        TEST(blocks_are_relative),
        TEST(blocks_that_came_twice),
        TEST(malformed_options),
        TEST(option_without_length),
        TEST(option_at_the_very_end),
        TEST(options_cut),
        TEST(header_cut),
        TEST(data_cut),
        TEST(checksums),
        TEST(over_ipv6),
        TEST(without_octets),
        TEST(before_the_first),
        TEST(asked_once),
        TEST(any_options_any_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
