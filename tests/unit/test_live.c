// SPDX-License-Identifier: MIT
// Proves that a live source watches several interfaces as one, in the order of time and without
// waiting for those that are quiet; that a new filter holds from the moment it is set, on all or on
// none; and that what is lost or cut is counted to the last packet. In a network namespace of its
// own.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "live_net.h"

#include "source/loss.h"

static const struct tw_source_options plain = {0};

static void several_interfaces(void **state) {
    NEED_NET();
    enum { ROUNDS = 50 };
    struct tw_source *source = attach("a1", "b1", &plain);
    const int a = sender_open("a0"), b = sender_open("b0");
    struct tw_packet packet;
    // The other one is quiet.
    send_frame(b, 6, 7, 0, 0);
    await_packet(source, &packet);
    assert_int_equal(packet.interface, 1);
    assert_int_equal(mark_of(&packet), 7);
    for (uint16_t i = 0; i < ROUNDS; i++) {
        send_frame(i % 3 == 0 ? b : a, 6, i, 0, 0);
    }
    // All blocks of both are there when the first ones have waited long enough in the kernel.
    (void)usleep(50000);
    for (uint16_t i = 0; i < ROUNDS; i++) {
        await_packet(source, &packet);
        assert_int_equal(mark_of(&packet), i);
        assert_int_equal(packet.interface, i % 3 == 0 ? 1 : 0);
        assert_int_equal(packet.number, i + 2);
    }
    struct tw_source_counts counts;
    tw_source_counts_get(source, &counts);
    assert_int_equal(counts.packets, ROUNDS + 1);
    assert_int_equal(counts.received, ROUNDS + 1);
    assert_int_equal(counts.dropped, 0);
    tw_source_free(source);
    close(a);
    close(b);
}

// The kernel hands over what has come in blocks, of each interface at other times.
static void in_the_order_of_time(void **state) {
    NEED_NET();
    struct tw_source *source = attach("a1", "b1", &plain);
    const int a = sender_open("a0"), b = sender_open("b0");
    struct tw_packet packet;
    struct tw_error error;
    tw_time last = 0;
    unsigned sent = 0, given = 0;
    for (const int64_t end = now_ms() + 300; now_ms() < end; sent++) {
        send_frame(sent % 3 == 0 ? a : b, 6, 1, 0, 0);
        (void)usleep(300);
        for (; tw_source_next(source, &packet, &error) == TW_GOT_PACKET; given++) {
            assert_true(packet.time >= last);
            last = packet.time;
        }
    }
    assert_true(given > 0);
    for (; given < sent; given++) {
        await_packet(source, &packet);
        assert_true(packet.time >= last);
        last = packet.time;
    }
    tw_source_free(source);
    close(a);
    close(b);
}

static void different_link_types(void **state) {
    NEED_NET();
    enum { ETHERNET = 1, COOKED_2 = 276 };
    struct tw_source *source = attach("any", "a1", &plain);
    const int a = sender_open("a0");
    unsigned seen[2] = {0};
    send_frame(a, 6, 1, 0, 0);
    // At both ends of the pair among "any", and at a1.
    for (unsigned i = 0; i < 3; i++) {
        struct tw_packet packet;
        await_packet(source, &packet);
        assert_true(packet.interface < 2);
        assert_int_equal(packet.linktype, packet.interface == 0 ? COOKED_2 : ETHERNET);
        seen[packet.interface]++;
    }
    assert_int_equal(seen[0], 2);
    assert_int_equal(seen[1], 1);
    tw_source_free(source);
    close(a);
}

// What is sent to loopback passes a socket twice: it comes, and is counted, once, with the default
// filter, another, and one that lets all pass.
static void loopback_comes_once(void **state) {
    NEED_NET();
    struct tw_source *source = attach("any", "lo", &plain);
    struct tw_error error;
    const int lo = sender_open("lo");
    static const char *const filters[] = {"tcp or udp", ""};
    for (uint16_t i = 0; i <= TW_COUNT(filters); i++) {
        struct tw_source_counts counts;
        bool seen[2] = {false};
        send_frame(lo, 6, i, 0, 0);
        for (unsigned k = 0; k < TW_COUNT(seen); k++) {
            struct tw_packet packet;
            await_packet(source, &packet);
            assert_false(seen[packet.interface]);
            seen[packet.interface] = true;
        }
        tw_source_counts_get(source, &counts);
        assert_int_equal(counts.packets, 2 * (i + 1));
        assert_int_equal(counts.received, 2 * (i + 1));
        if (i < TW_COUNT(filters)) {
            assert_int_equal(tw_source_refilter(source, filters[i], &error), TW_OK);
        }
    }
    // What is wrong with a filter is told of what was typed.
    assert_int_equal(tw_source_refilter(source, "tcp) or (udp", &error), TW_USAGE);
    assert_null(strstr(error.text, "outbound"));
    tw_source_free(source);
    close(lo);
}

static void refused(void **state) {
    NEED_NET();
    struct tw_source *source;
    struct tw_error error;
    const char *const twice[] = {"a1", "lo", "a1"};
    assert_int_equal(tw_source_open_live(twice, 3, &plain, &source, &error), TW_OPEN);
    assert_string_equal(error.text, "a1: is given twice");
    assert_int_equal(run("ip link property add dev a1 altname another"), 0);
    const char *const other_name[] = {"a1", "another"};
    assert_int_equal(tw_source_open_live(other_name, 2, &plain, &source, &error), TW_OPEN);
    assert_string_equal(error.text, "another: is given twice");
    const char *const missing[] = {"a1", "nonsuch0"};
    assert_int_equal(tw_source_open_live(missing, 2, &plain, &source, &error), TW_OPEN);
    assert_non_null(strstr(error.text, "nonsuch0: no such interface"));
    assert_int_equal(tw_source_open_live(missing, 0, &plain, &source, &error), TW_OPEN);
    const char *many[TW_INTERFACES_MAX + 1];
    for (size_t i = 0; i < TW_COUNT(many); i++) {
        many[i] = "lo";
    }
    assert_int_equal(tw_source_open_live(many, TW_COUNT(many), &plain, &source, &error), TW_OPEN);
    assert_non_null(strstr(error.text, "more than 16"));
}

static void tags(void **state) {
    NEED_NET();
    struct tw_source *source = attach("a1", NULL, &plain);
    const int a = sender_open("a0");
    struct tw_packet packet;
    for (uint16_t i = 0; i < 4; i++) {
        send_frame(a, 17, 100, i, 0); // three tags pass whole, whatever is behind them
        send_frame(a, 6, i, i, 0);
    }
    for (uint16_t i = 0; i < 4; i++) {
        await_packet(source, &packet);
        if (i == 3 && mark_of(&packet) == 100) {
            await_packet(source, &packet);
        }
        assert_int_equal(mark_of(&packet), i);
        assert_int_equal(packet.length, 14 + 4 * i + 40);
    }
    tw_source_free(source);
    close(a);
}

static void snaplen(void **state) {
    NEED_NET();
    static const struct {
        struct tw_source_options options;
        uint32_t captured;
    } cases[] = {
        {{0}, TW_SNAPLEN_HEADERS},
        {{.payload = true}, 14 + 40 + 1000},
        {{.payload = true, .snaplen = 100}, 100},
        {{.snaplen = 60}, 60},
    };
    const int a = sender_open("a0");
    for (size_t i = 0; i < TW_COUNT(cases); i++) {
        struct tw_source *source = attach("a1", NULL, &cases[i].options);
        struct tw_source_counts counts;
        struct tw_packet packet;
        send_frame(a, 6, 1, 0, 1000);
        await_packet(source, &packet);
        assert_int_equal(packet.length, 14 + 40 + 1000);
        assert_int_equal(packet.captured, cases[i].captured);
        tw_source_counts_get(source, &counts);
        assert_int_equal(counts.cut, cases[i].captured < packet.length);
        tw_source_free(source);
    }
    close(a);
}

// --- Filters -------------------------------------------------------------------------------------

static void another_filter(void **state) {
    NEED_NET();
    enum { MANY = 100 };
    const struct tw_source_options options = {.filter = "udp"};
    struct tw_source *source = attach("a1", "b1", &options);
    const int a = sender_open("a0"), b = sender_open("b0");
    struct tw_packet packet;
    struct tw_error error;
    for (uint16_t i = 0; i < MANY; i++) {
        send_frame(i % 2 == 0 ? a : b, 17, i, 0, 0);
    }
    (void)usleep(50000);           // all are in the rings of both
    await_packet(source, &packet); // so that of the other one a packet is read, too
    assert_int_equal(tw_source_refilter(source, "tcp", &error), TW_OK);
    send_frame(a, 17, 1, 0, 0);
    send_frame(b, 6, 500, 0, 0);
    await_packet(source, &packet);
    assert_int_equal(mark_of(&packet), 500);
    assert_int_equal(tw_source_refilter(source, "tcp and (", &error), TW_USAGE);
    assert_non_null(strstr(error.text, "filter \"tcp and (\""));
    send_frame(a, 17, 2, 0, 0);
    send_frame(a, 6, 501, 0, 0);
    await_packet(source, &packet);
    assert_int_equal(mark_of(&packet), 501);
    // The default one.
    assert_int_equal(tw_source_refilter(source, NULL, &error), TW_OK);
    send_frame(b, 17, 3, 0, 0);
    send_frame(b, 6, 502, 2, 0);
    await_packet(source, &packet);
    assert_int_equal(mark_of(&packet), 502);
    tw_source_free(source);
    close(a);
    close(b);
}

// It compiles for one of two link types: none has it.
static void another_filter_of_one(void **state) {
    NEED_NET();
    const struct tw_source_options options = {.filter = "udp"};
    struct tw_source *source = attach("a1", "any", &options);
    const int a = sender_open("a0");
    struct tw_packet packet;
    struct tw_error error;
    assert_int_equal(tw_source_refilter(source, "vlan and tcp", &error), TW_USAGE);
    assert_non_null(strstr(error.text, "no VLAN support"));
    send_frame(a, 6, 1, 1, 0);
    send_frame(a, 17, 2, 0, 0);
    for (unsigned i = 0; i < 3; i++) {
        await_packet(source, &packet);
        assert_int_equal(packet.length, packet.interface == 0 ? 14 + 28 : 20 + 28);
    }
    tw_source_free(source);
    close(a);
}

// --- Loss ----------------------------------------------------------------------------------------

// What is made of each packet takes as long as several take to come: they are read ahead, in their
// order, and nothing is lost though the kernel's ring is small.
static void read_ahead(void **state) {
    NEED_NET();
    enum { MANY = 6000, EACH = 4 };
    const struct tw_source_options options = {.buffer_kib = 2048, .again = true, .keep = 8 << 20};
    struct tw_source *source = attach("a1", NULL, &options);
    const int a = sender_open("a0");
    struct tw_packet packet;
    struct tw_source_counts counts;
    struct tw_error error;
    uint64_t given = 0;
    int last = -1;
    for (uint16_t sent = 0; sent < MANY * EACH;) {
        for (unsigned i = 0; i < EACH; i++) {
            send_frame(a, 6, sent++, 0, 0);
        }
        await_packet(source, &packet);
        assert_int_equal(packet.number, ++given);
        assert_true(mark_of(&packet) > last);
        last = mark_of(&packet);
    }
    assert_int_equal(tw_source_fd(source), -1); // there is something without waiting
    (void)usleep(50000);
    for (; tw_source_next(source, &packet, &error) == TW_GOT_PACKET; given++) {
        assert_true(mark_of(&packet) > last);
        last = mark_of(&packet);
    }
    assert_true(tw_source_fd(source) >= 0);
    tw_source_counts_get(source, &counts);
    assert_int_equal(counts.dropped, 0);
    assert_int_equal(counts.received, given);
    assert_int_equal(tw_source_again(source, 17, &packet, &error), TW_OK);
    assert_int_equal(packet.number, 17);
    tw_source_free(source);
    close(a);
}

// Only so many of them: then the kernel's ring fills, and what is lost is told at its place.
static void read_ahead_is_bounded(void **state) {
    NEED_NET();
    enum { MANY = 20000 };
    const struct tw_source_options options = {.buffer_kib = 1, .again = true, .keep = 256 << 10};
    struct tw_source *source = attach("a1", NULL, &options);
    const int a = sender_open("a0");
    struct tw_packet packet;
    struct tw_source_counts counts;
    uint64_t given = 0, gaps = 0;
    send_frame(a, 6, 0, 0, 0);
    await_packet(source, &packet);
    for (uint16_t i = 1; i < MANY; i++) {
        send_frame(a, 6, i, 0, 0);
    }
    (void)usleep(50000);
    struct tw_error error;
    for (uint64_t last = 0; tw_source_next(source, &packet, &error) == TW_GOT_PACKET;) {
        assert_true(mark_of(&packet) > last);
        last = mark_of(&packet);
        gaps += packet.gap;
        given++;
    }
    tw_source_counts_get(source, &counts);
    assert_true(counts.dropped > 0 && gaps <= counts.dropped);
    assert_int_equal(given + counts.dropped, MANY - 1);
    tw_source_free(source);
    close(a);
}

// What was read ahead has to pass a filter that is set meanwhile.
static void another_filter_for_what_is_ahead(void **state) {
    NEED_NET();
    const struct tw_source_options options = {.filter = "udp", .again = true, .keep = 1 << 20};
    struct tw_source *source = attach("a1", NULL, &options);
    const int a = sender_open("a0");
    struct tw_packet packet;
    struct tw_error error;
    for (uint16_t i = 0; i < 100; i++) {
        send_frame(a, 17, i, 0, 0);
    }
    (void)usleep(50000);
    await_packet(source, &packet);
    assert_int_equal(tw_source_fd(source), -1);
    assert_int_equal(tw_source_refilter(source, "tcp or udp port 50", &error), TW_OK);
    send_frame(a, 6, 500, 0, 0);
    await_packet(source, &packet);
    assert_int_equal(mark_of(&packet), 50);
    await_packet(source, &packet);
    assert_int_equal(mark_of(&packet), 500);
    // Of what was read it is not known where it went.
    send_frame(a, 6, 501, 0, 0);
    send_frame(a, 6, 502, 0, 0);
    (void)usleep(50000);
    await_packet(source, &packet);
    assert_int_equal(tw_source_refilter(source, "outbound", &error), TW_OK);
    await_packet(source, &packet);
    assert_int_equal(mark_of(&packet), 502);
    tw_source_free(source);
    close(a);
}

static void losses_counted(void **state) {
    NEED_NET();
    enum { MANY = 30000 };
    const struct tw_source_options options = {.buffer_kib = 1, .payload = true};
    struct tw_source *source = attach("a1", NULL, &options);
    const int a = sender_open("a0");
    uint8_t octets[FRAME_ROOM];
    const size_t length = frame(octets, 6, 1, 0, 1000);
    struct tw_source_counts counts;
    for (unsigned i = 0; i < MANY; i++) {
        assert_int_equal(send(a, octets, length, 0), length);
    }
    (void)usleep(50000); // until the last block is there
    struct tw_packet packet;
    struct tw_error error;
    uint64_t read = 0, gaps = 0;
    while (tw_source_next(source, &packet, &error) == TW_GOT_PACKET) {
        read++;
        gaps += packet.gap;
    }
    tw_source_counts_get(source, &counts);
    assert_int_equal(counts.packets, read);
    assert_int_equal(counts.received, MANY);
    assert_true(counts.dropped > 0);
    assert_int_equal(counts.dropped, MANY - read);
    assert_int_equal(counts.dropped_interface, 0);
    // What comes then has them before it.
    send_frame(a, 6, 2, 0, 0);
    await_packet(source, &packet);
    assert_int_equal(mark_of(&packet), 2);
    assert_int_equal(gaps + packet.gap, counts.dropped);
    // Said once, and the counts stay.
    send_frame(a, 6, 3, 0, 0);
    await_packet(source, &packet);
    assert_int_equal(packet.gap, 0);
    const uint64_t dropped = counts.dropped;
    tw_source_counts_get(source, &counts);
    assert_int_equal(counts.dropped, dropped);
    assert_int_equal(counts.received, MANY + 2);
    tw_source_free(source);
    close(a);
}

// What the interface itself has lost is asked of the system: a counter that begins anew is taken
// from there, and one that is not told any more stays as it was.
static void interface_counted(void **state) {
    NEED_NET();
    struct tw_loss loss;
    pcap_t *dead = pcap_open_dead(DLT_EN10MB, 64);
    tw_loss_init(&loss, dead, -1, if_nametoindex("a1"));
    assert_int_equal(loss.missed, 0);
    assert_int_equal(loss.dropped_interface, 0);
    loss.missed = 5; // as before its driver was loaded again
    tw_loss_interface(&loss);
    assert_int_equal(loss.missed, 0);
    assert_int_equal(loss.dropped_interface, 0);
    loss.index = 0x7ffffff0; // there is none
    loss.missed = 5;
    tw_loss_interface(&loss);
    assert_int_equal(loss.missed, 5);
    assert_int_equal(loss.dropped_interface, 0);
    // That answer is not taken for the next one's.
    loss.index = if_nametoindex("lo");
    tw_loss_interface(&loss);
    assert_int_equal(loss.missed, 0);
    tw_loss_fini(&loss);
    pcap_close(dead);
}

// --- Interfaces that come and go -----------------------------------------------------------------

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(several_interfaces),
        cmocka_unit_test(in_the_order_of_time),
        cmocka_unit_test(different_link_types),
        cmocka_unit_test(loopback_comes_once),
        cmocka_unit_test(refused),
        cmocka_unit_test(tags),
        cmocka_unit_test(snaplen),
        cmocka_unit_test(another_filter),
        cmocka_unit_test(another_filter_of_one),
        cmocka_unit_test(read_ahead),
        cmocka_unit_test(read_ahead_is_bounded),
        cmocka_unit_test(another_filter_for_what_is_ahead),
        cmocka_unit_test(losses_counted),
        cmocka_unit_test(interface_counted),
    };
    return cmocka_run_group_tests(tests, net_open, NULL);
}
