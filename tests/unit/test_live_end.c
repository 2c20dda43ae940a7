// SPDX-License-Identifier: MIT
// Proves what becomes of a live source when its interfaces go down, are renamed or removed, and
// when it is stopped: all that had passed by then is given first. In a network namespace of its
// own.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "live_net.h"

static const struct tw_source_options plain = {0};

static void down_and_up(void **state) {
    NEED_NET();
    struct tw_source *source = attach("a1", NULL, &plain);
    struct tw_packet packet;
    struct tw_error error;
    assert_int_equal(run("ip link set a1 down"), 0);
    assert_int_equal(await_news(source, "a1: went down", &error), TW_GOT_NOTHING);
    // Waiting is not busy.
    (void)poll(&(struct pollfd){.fd = tw_source_fd(source), .events = POLLIN}, 1, 0);
    assert_int_equal(tw_source_next(source, &packet, &error), TW_GOT_NOTHING);
    assert_int_equal(poll(&(struct pollfd){.fd = tw_source_fd(source), .events = POLLIN}, 1, 100),
                     0);
    assert_int_equal(run("ip link set a1 up"), 0);
    assert_int_equal(await_news(source, "a1: is up again", &error), TW_GOT_NOTHING);
    pair_ready("a0", "a1");
    const int a = sender_open("a0");
    send_frame(a, 6, 1, 0, 0);
    await_packet(source, &packet);
    assert_int_equal(mark_of(&packet), 1);
    assert_null(tw_source_news(source));
    tw_source_free(source);
    close(a);
}

static void renamed(void **state) {
    NEED_NET();
    pair_make("c0", "c1");
    struct tw_source *source = attach("c1", NULL, &plain);
    const int c = sender_open("c0");
    struct tw_packet packet;
    struct tw_error error;
    const bool possible = run("ip link set c1 name c9 2>/dev/null") == 0; // while it is up
    if (possible) {
        (void)usleep(150000); // it is asked for ten times a second
        assert_int_equal(tw_source_next(source, &packet, &error), TW_GOT_NOTHING);
        assert_null(tw_source_news(source));
        send_frame(c, 6, 1, 0, 0);
        await_packet(source, &packet);
    }
    assert_int_equal(run("ip link del c0"), 0);
    assert_int_equal(await_news(source, "c1: was removed", &error), TW_GOT_FAULT);
    tw_source_free(source);
    close(c);
    if (!possible) {
        print_message("this kernel does not rename an interface that is up: not tested\n");
        skip();
    }
}

// Twenty packets of c1, held back as d1 might have older ones.
static struct tw_source *held_back(int *sender, unsigned *taken) {
    enum { SENT = 20 };
    pair_make("c0", "c1");
    pair_make("d0", "d1");
    struct tw_source *source = attach("c1", "d1", &plain);
    struct tw_packet packet;
    struct tw_error error;
    *sender = sender_open("c0"); // to be closed later: it takes as long as holding back does
    for (uint16_t i = 0; i < SENT; i++) {
        send_frame(*sender, 6, i, 0, 0);
    }
    // Until the kernel has handed them over. Where this takes too long none is held back any more.
    (void)usleep(12000);
    *taken = tw_source_next(source, &packet, &error) == TW_GOT_PACKET;
    return source;
}

static enum tw_got take_all(struct tw_source *source, unsigned *taken, struct tw_error *error) {
    struct tw_packet packet;
    enum tw_got got = TW_GOT_NOTHING;
    for (const int64_t end = now_ms() + PATIENCE_MS; now_ms() < end;
         *taken += got == TW_GOT_PACKET) {
        got = tw_source_next(source, &packet, error);
        if (got == TW_GOT_END || got == TW_GOT_FAULT)
            return got;
    }
    return got;
}

static void what_is_held_back_comes_before_the_end(void **state) {
    NEED_NET();
    int sender;
    unsigned taken;
    struct tw_source *source = held_back(&sender, &taken);
    struct tw_error error;
    assert_int_equal(run("ip link del c0 && ip link del d0"), 0);
    assert_int_equal(take_all(source, &taken, &error), TW_GOT_FAULT);
    assert_int_equal(taken, 20);
    assert_string_equal(error.text, "c1: the interface was removed; 20 packets were good");
    tw_source_free(source);
    close(sender);
}

static void what_is_held_back_comes_when_stopped(void **state) {
    NEED_NET();
    int sender;
    unsigned taken;
    struct tw_source *source = held_back(&sender, &taken);
    struct tw_error error;
    tw_source_stop(source);
    assert_int_equal(take_all(source, &taken, &error), TW_GOT_END);
    assert_int_equal(taken, 20);
    tw_source_free(source);
    close(sender);
    assert_int_equal(run("ip link del c0 && ip link del d0"), 0);
}

static void what_is_ahead_comes_when_stopped(void **state) {
    NEED_NET();
    const struct tw_source_options options = {.again = true, .keep = 1 << 20};
    struct tw_source *source = attach("a1", NULL, &options);
    const int a = sender_open("a0");
    struct tw_packet packet;
    struct tw_error error;
    unsigned taken = 1;
    for (uint16_t i = 0; i < 20; i++) {
        send_frame(a, 6, i, 0, 0);
    }
    (void)usleep(50000);
    await_packet(source, &packet);
    tw_source_stop(source);
    assert_int_equal(take_all(source, &taken, &error), TW_GOT_END);
    assert_int_equal(taken, 20);
    tw_source_free(source);
    close(a);
}

// What has passed by then is in a block that the kernel has not handed over yet.
static void what_passed_before_the_stop_comes(void **state) {
    NEED_NET();
    struct tw_source *source = attach("a1", NULL, &plain);
    const int a = sender_open("a0");
    struct tw_error error;
    unsigned taken = 0;
    for (uint16_t i = 0; i < 20; i++) {
        send_frame(a, 6, i, 0, 0);
    }
    tw_source_stop(source);
    assert_int_equal(take_all(source, &taken, &error), TW_GOT_END);
    assert_int_equal(taken, 20);
    tw_source_free(source);
    close(a);
}

// What passed last is in a block that the kernel has not handed over yet.
static void what_passed_last_comes_before_the_end(void **state) {
    NEED_NET();
    for (unsigned round = 0; round < 5; round++) {
        pair_make("c0", "c1");
        struct tw_source *source = attach("c1", NULL, &plain);
        const int c = sender_open("c0");
        struct tw_error error;
        unsigned taken = 0;
        for (uint16_t i = 0; i < 20; i++) {
            send_frame(c, 6, i, 0, 0);
        }
        assert_int_equal(run("ip link del c0"), 0);
        assert_int_equal(take_all(source, &taken, &error), TW_GOT_FAULT);
        assert_int_equal(taken, 20);
        tw_source_free(source);
        close(c);
    }
}

static void what_is_not_there(void **state) {
    NEED_NET();
    pair_make("c0", "c1");
    pair_make("d0", "d1");
    struct tw_source *source = attach("c1", "d1", &plain);
    struct tw_error error;
    char text[64];
    tw_source_absent(source, text, sizeof text);
    assert_string_equal(text, "");
    assert_int_equal(run("ip link set c1 down && ip link del d0"), 0);
    assert_int_equal(await_news(source, "c1: went down", &error), TW_GOT_NOTHING);
    assert_int_equal(await_news(source, "d1: was removed", &error), TW_GOT_NOTHING);
    tw_source_absent(source, text, sizeof text);
    assert_string_equal(text, "c1 is down, d1 was removed");
    tw_source_absent(source, text, 8);
    assert_string_equal(text, "c1 is d");
    tw_source_free(source);
    assert_int_equal(run("ip link del c0"), 0);
}

static void removed_alone(void **state) {
    NEED_NET();
    pair_make("c0", "c1");
    struct tw_source *source = attach("c1", NULL, &plain);
    const int c = sender_open("c0");
    struct tw_packet packet;
    struct tw_error error;
    send_frame(c, 6, 1, 0, 0);
    await_packet(source, &packet);
    send_frame(c, 6, 2, 0, 0); // is in the ring and not lost
    (void)usleep(50000);
    assert_int_equal(run("ip link del c0"), 0);
    await_packet(source, &packet);
    assert_int_equal(mark_of(&packet), 2);
    assert_int_equal(await_news(source, "c1: was removed", &error), TW_GOT_FAULT);
    assert_string_equal(error.text, "c1: the interface was removed; 2 packets were good");
    assert_int_equal(tw_source_next(source, &packet, &error), TW_GOT_END);
    tw_source_free(source);
    close(c);
}

static void removed_among_others(void **state) {
    NEED_NET();
    pair_make("c0", "c1");
    pair_make("d0", "d1");
    struct tw_source *source = attach("d1", "c1", &plain);
    const int d = sender_open("d0");
    int c = sender_open("c0");
    struct tw_packet packet;
    struct tw_error error;
    struct tw_source_counts counts;
    send_frame(c, 6, 1, 0, 0);
    await_packet(source, &packet);
    close(c);
    assert_int_equal(run("ip link del c0"), 0);
    assert_int_equal(await_news(source, "c1: was removed", &error), TW_GOT_NOTHING);
    send_frame(d, 6, 2, 0, 0);
    await_packet(source, &packet);
    assert_int_equal(packet.interface, 0);
    // One of the same name is another one, for which nobody asked.
    assert_int_equal(tw_source_refilter(source, "udp", &error), TW_OK);
    pair_make("c0", "c1");
    c = sender_open("c0");
    send_frame(c, 17, 3, 0, 0);
    send_frame(d, 6, 4, 0, 0);
    send_frame(d, 17, 5, 0, 0);
    await_packet(source, &packet);
    assert_int_equal(packet.interface, 0);
    assert_int_equal(mark_of(&packet), 5);
    tw_source_counts_get(source, &counts);
    assert_int_equal(counts.packets, 3);
    assert_int_equal(counts.received, 3);
    // The end counts what came before, too.
    assert_int_equal(run("ip link del c0 && ip link del d0"), 0);
    assert_int_equal(await_news(source, "d1: was removed", &error), TW_GOT_FAULT);
    assert_non_null(strstr(error.text, "3 packets were good"));
    tw_source_free(source);
    close(d);
    close(c);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(down_and_up),
        cmocka_unit_test(renamed),
        cmocka_unit_test(what_is_held_back_comes_before_the_end),
        cmocka_unit_test(what_is_held_back_comes_when_stopped),
        cmocka_unit_test(what_is_ahead_comes_when_stopped),
        cmocka_unit_test(what_passed_before_the_stop_comes),
        cmocka_unit_test(what_passed_last_comes_before_the_end),
        cmocka_unit_test(what_is_not_there),
        cmocka_unit_test(removed_alone),
        cmocka_unit_test(removed_among_others),
    };
    return cmocka_run_group_tests(tests, net_open, NULL);
}
