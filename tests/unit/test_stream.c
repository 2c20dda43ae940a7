// SPDX-License-Identifier: MIT
// Proves that the stream shows what was sent: in order, whatever the order of the segments was,
// escaped, with what is missing told; and that it follows the cursor, and finds what is searched
// for.
#include "octets.h"

#include "ui/views/views.h"

static void say(int64_t us, enum tw_end end, const char *text) {
    octets_say(us, end, 1 + octets.said[end], 1 + octets.said[tw_other(end)], text);
    octets.said[end] += (uint32_t)strlen(text);
}

static void talk(void) {
    octets_handshake();
    say(30000, TW_CLIENT, "GET / HTTP/1.1\r\nHost: example.org\r\n\r\n");
    say(51000, TW_SERVER,
        "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
        "<p>na\xc3\xafve caf\xc3\xa9, \xe4\xbd\xa0\xe5\xa5\xbd\x1b[2J\xff\xc2\x9b</p>\n");
    say(60000, TW_CLIENT,
        "and a longer line, which has no end for quite a while, so that it has to go on in the "
        "next row, and even on\t!");
    uint32_t client = 1 + octets.said[TW_CLIENT], server = 1 + octets.said[TW_SERVER];
    octets_send(70000, TW_SERVER, TW_FIN | TW_ACK, server, client, "bye\n", 4);
    octets_send(80000, TW_CLIENT, TW_FIN | TW_ACK, client, server + 5, NULL, 0);
}

static void as_text_and_hex(void **state) {
    (void)state;
    talk();
    show_stream();
    expect_screen(&app, "stream-text-80x24");
    press("X");
    expect_screen(&app, "stream-hex-80x24");
    press("X x");
    expect_screen(&app, "stream-client-80x24");
    press("x x");
    app.ascii = true;
    settle();
    expect_screen(&app, "stream-text-ascii-80x24");
    app.ascii = false;
    app_resize(&app, 120, 40);
    settle();
    expect_screen(&app, "stream-text-120x40");
    press("X");
    expect_screen(&app, "stream-hex-120x40");
    app_resize(&app, 40, 12);
    settle();
    expect_screen(&app, "stream-hex-40x12");
    press("X");
    expect_screen(&app, "stream-text-40x12");
}

// --- In order

static void what_comes_again(void **state) {
    (void)state;
    octets_handshake();
    octets_say(30000, TW_CLIENT, 1, 1, "abcdef");
    octets_say(31000, TW_CLIENT, 13, 1, "mnopqr"); // before what is missing between them
    octets_say(32000, TW_CLIENT, 4, 1, "deXghi");  // three again, one of them another
    octets_say(33000, TW_CLIENT, 1, 1, "abcdefghijklmnopqrst");
    octets_say(34000, TW_SERVER, 1, 21, "yes");
    show_stream();
    expect_seen("≠C         1 abcdefghijklmnopqrst\n");
    expect_seen("packet 6 has other octets here");
    press("X");
    expect_seen("61 62 63 64 65 66 67 68 69 6a 6b 6c 6d 6e 6f 70");
}

static void what_is_missing(void **state) {
    (void)state;
    octets_handshake();
    octets_say(30000, TW_CLIENT, 11, 1, "behind a gap");
    octets.shape.snaplen = 45;
    octets_say(31000, TW_CLIENT, 23, 1, "only a part of it");
    octets.shape.snaplen = 0;
    octets_say(32000, TW_CLIENT, 40, 1, "all of it");
    octets_say(33000, TW_SERVER, 1, 49, "gone");
    octets_send(34000, TW_CLIENT, TW_FIN | TW_ACK, 1049, 5, NULL, 0);
    free(octets.packets[6].at);
    octets.packets[6].at = NULL;
    show_stream();
    expect_screen(&app, "stream-missing-80x24");
    press("G");
    expect_screen(&app, "stream-missing-80x24");
    app_resize(&app, 40, 12);
    settle();
    press("G");
    expect_seen("[1 000 octets were not captured]");
    press("g");
    expect_seen("[10 octets were not captured]");
}

static void without_files(void **state) {
    (void)state;
    talk();
    show_stream();
    app_fini(&app);
    octets_show(false);
    app.part = PART_STREAM;
    settle();
    expect_seen("[37 octets: the packets were not kept]");
}

static void no_octets(void **state) {
    (void)state;
    octets_handshake();
    show_stream();
    expect_seen("No octets were sent.");
    press("/ x");
    settle();
    assert_false(app.stream.search.running);
    expect_seen("not found");
}

// The numbers of a reset that refuses are before all that could be sent.
static void refused(void **state) {
    (void)state;
    octets_send(0, TW_CLIENT, TW_SYN, 0, 0, NULL, 0);
    octets_send(20000, TW_SERVER, TW_RST | TW_ACK, (uint32_t)-SERVER_ISN, 1, NULL, 0);
    show_stream();
    playback_to_packet(&app, 2);
    settle();
    expect_seen("No octets were sent.");
}

static void what_is_no_data(void **state) {
    (void)state;
    octets_handshake();
    octets_say(30000, TW_CLIENT, 1, 1, "question");
    octets_send(31000, TW_CLIENT, TW_ACK, 8, 1, "\0", 1); // a keepalive
    octets_send(32000, TW_CLIENT, TW_FIN | TW_ACK, 9, 1, NULL, 0);
    octets_say(33000, TW_CLIENT, 9, 1, "behind the FIN");
    octets_send(34000, TW_SERVER, TW_RST | TW_ACK, 1, 10, "said by a RST", 13);
    show_stream();
    expect_seen("  C         1 question\n");
    expect_unseen("behind the FIN");
    expect_unseen("said by a RST");
    expect_unseen("other octets");
}

static void data_in_the_syn(void **state) {
    (void)state;
    octets_send(0, TW_CLIENT, TW_SYN, 0, 0, "early ", 6);
    octets_send(20000, TW_SERVER, TW_SYN | TW_ACK, 0, 7, NULL, 0);
    octets_say(22000, TW_CLIENT, 7, 1, "and late");
    octets_send(23000, TW_CLIENT, TW_ACK | TW_URG | TW_PSH, 15, 1, "!", 1);
    show_stream();
    expect_seen(" C         1 early and late!\n");
}

static void without_a_beginning(void **state) {
    (void)state;
    octets_say(0, TW_CLIENT, 1001, 1, "in the middle");
    octets_say(1000, TW_SERVER, 501, 1014, "of something");
    octets_say(2000, TW_CLIENT, 991, 501, "and before");
    show_stream();
    expect_seen("▸ C        -9 and before\n  C         1 in the middle\n");
    expect_seen("  S       501 of something\n");
}

static void numbers_go_round(void **state) {
    (void)state;
    octets.isn[TW_CLIENT] = UINT32_MAX - 5;
    octets_handshake();
    octets_say(30000, TW_CLIENT, 1, 1, "four");
    octets_say(31000, TW_CLIENT, 5, 1, "round it goes\n");
    octets_say(32000, TW_CLIENT, 1, 1, "fourround");
    octets_say(33000, TW_CLIENT, 19, 1, "on\n");
    show_stream();
    expect_seen("  C         1 fourround it goes\\n\n");
    expect_seen(" C        19 on\\n\n");
    press("a");
    expect_seen(" C        13 on\\n\n");
    expect_unseen("other octets");
}

// --- What is seen of it

static void what_was_sent_by_now(void **state) {
    (void)state;
    talk();
    show_stream();
    playback_to_packet(&app, 4);
    settle();
    expect_screen(&app, "stream-cursor-80x24");
    playback_to_packet(&app, 5);
    settle();
    expect_seen("▸ S         1 HTTP/1.1 200 OK\\r\\n");
    expect_seen("  c        38 and a longer line");
}

// The current segment is gone to once; scrolling away from it is respected.
static void follows_the_cursor(void **state) {
    (void)state;
    octets_handshake();
    for (int i = 0; i < 60; i++) {
        char text[32];
        snprintf(text, sizeof text, "line number %d\n", i);
        say(30000 + i * 1000, TW_CLIENT, text);
    }
    show_stream();
    playback_to_packet(&app, 4);
    settle();
    expect_seen("▸ C         1 line number 0\\n");
    expect_unseen("line number 20");
    playback_to_packet(&app, 44);
    settle();
    expect_seen("line number 40\\n");
    expect_unseen("line number 30\\n");
    press("g");
    expect_seen("line number 0\\n");
    expect_unseen("line number 40\\n");
    press("Down Down Down Up");
    expect_seen("line number 2\\n");
    expect_unseen("line number 1\\n");
    press("}");
    expect_seen("line number 16\\n");
    expect_unseen("line number 15\\n");
    press("{ { {");
    expect_seen("line number 0\\n");
    press("G");
    expect_seen("line number 59\\n");
    expect_seen("line number 45\\n");
    expect_unseen("line number 44\\n");
    stream_wheel(&app, -3);
    settle();
    expect_seen("line number 42\\n");
    expect_unseen("line number 57\\n");
}

// While more comes, who is at the end stays there, and who is not is left alone.
static void stays_at_the_end(void **state) {
    (void)state;
    const struct app_options options = {
        .story = octets.scene.story, .files = &octets_files, .connection = 1};
    octets_handshake();
    app_init(&app, &options);
    app.part = PART_STREAM;
    settle();
    playback_to_place(&app, 1e9);
    for (int i = 0; i < 60; i++) {
        char text[32];
        snprintf(text, sizeof text, "line number %d\n", i);
        say(30000 + i * 1000, TW_CLIENT, text);
        octets_send(30500 + i * 1000, TW_SERVER, TW_ACK, 1, 1 + octets.said[TW_CLIENT], NULL, 0);
        if (i == 40)
            press("g");
        settle();
        assert_true(app.stream.page.last == (i < 40));
    }
    expect_seen("line number 0\\n");
    press("G");
    expect_seen("line number 59\\n");
}

// A click on octets goes to the segment that brought them.
static void clicks(void **state) {
    (void)state;
    enum { HEAD = 2 }; // rows above the part
    struct canvas canvas;
    talk();
    show_stream();
    screen_draw(&app, &canvas);
    app_mouse(&app, &canvas, &(struct mouse){.kind = MOUSE_PRESS, .x = 20, .y = HEAD + 4});
    settle();
    assert_int_equal(cursor_segment(&app)->packet, 5);
    app_mouse(&app, &canvas, &(struct mouse){.kind = MOUSE_PRESS, .x = 2, .y = HEAD});
    settle();
    assert_int_equal(app.stream.side, STREAM_CLIENT);
    app_mouse(&app, &canvas, &(struct mouse){.kind = MOUSE_PRESS, .x = 77, .y = HEAD});
    settle();
    assert_true(app.stream.hex);
    stream_click(&app, 1000); // no row any more
    canvas_fini(&canvas);
}

static void escapes(void **state) {
    (void)state;
    octets_handshake();
    say(30000, TW_CLIENT,
        "a\x1b[31mb\x9b"
        "c\xc2\x85"
        "d\x07\x7f\\\n");
    say(31000, TW_CLIENT,
        "\xe2\x80\xae"
        "rtl\xe2\x81\xa6\xd8\x9c\xef\xbb\xbf\xe2\x80\x8b\n");
    say(32000, TW_CLIENT, "\xc0\xaf\xed\xa0\x80\xf4\x90\x80\x80\xe4\xbd\n");
    say(33000, TW_CLIENT, "e\xcc\x81 \xf0\x9f\x98\x80 \xd7\xa9 \xc2\xad\xf3\xa0\x80\x81\n");
    show_stream();
    expect_seen("a\\x1b[31mb\\x9bc\\xc2\\x85d\\x07\\x7f\\\\\\n\n");
    expect_seen("\\xe2\\x80\\xaertl\\xe2\\x81\\xa6\\xd8\\x9c\\xef\\xbb\\xbf\\xe2\\x80\\x8b\\n\n");
    expect_seen("\\xc0\\xaf\\xed\\xa0\\x80\\xf4\\x90\\x80\\x80\\xe4\\xbd\\n\n");
    expect_seen("e\\xcc\\x81 ");
    expect_seen(" \xd7\xa9 \\xc2\\xad\\xf3\\xa0\\x80\\x81\\n\n");
}

// A character that two segments share.
static void character_in_two_pieces(void **state) {
    (void)state;
    octets_handshake();
    say(30000, TW_CLIENT, "\xe4\xbd");
    say(31000, TW_CLIENT, "\xa0|");
    show_stream();
    expect_seen("C         1 \xe4\xbd\xa0|\n");
}

// --- Search

static void search(void **state) {
    (void)state;
    talk();
    show_stream();
    press("/ h o s t Enter");
    expect_seen(" /C        17 Host: example.org\\r\\n");
    press("/ 2 0 0 Space o k Enter");
    expect_seen(" /S         1 HTTP/1.1 200 OK\\r\\n");
    press("/ x y z");
    assert_true(app.stream.search.failed);
    press("Enter");
    expect_seen("not found");
    press("/ \\ x f f \\ x c 2 Enter");
    expect_seen(" /S        60 ");
    press("/ \\ n < Enter");
    expect_seen(" /S        58 \\r\\n");
    expect_seen(" /S        60 ");
    press("/ h t t p Enter"); // in the request, twice in the answer
    expect_seen(" /C         1 GET");
    press("n");
    expect_seen(" /S         1 HTTP");
    press("n");
    expect_seen(" /C         1 GET");
    press("N");
    expect_seen(" /S         1 HTTP");
    press("x"); // the client only
    press("n");
    expect_seen(" /C         1 GET");
    press("n");
    expect_seen(" /C         1 GET");
    press("/ a Esc");
    expect_unseen(" /C ");
    press("n");
    expect_seen("nothing has been searched for yet");
}

// From any place, in either direction, all matches come round, also where they lie across packets.
static void search_goes_round(void **state) {
    (void)state;
    octets_handshake();
    for (int i = 0; i < 50; i++) {
        say(30000 + i * 1000, TW_CLIENT, i % 10 == 9 ? "xxne" : "xxxx");
        say(30500 + i * 1000, TW_SERVER, i % 10 == 0 ? "edno" : "yyyy");
        if (i % 10 == 9)
            say(30700 + i * 1000, TW_CLIENT, "EDle\n");
    }
    show_stream();
    press("g");
    press("/ n e e d l e Enter");
    int64_t first = app.stream.search.match.at;
    assert_int_equal(first, 9 * 4 + 2);
    for (int64_t i = 1; i <= 5; i++) {
        press("n");
        assert_int_equal(app.stream.search.match.at, first + i % 5 * 45);
    }
    for (int64_t i = 4; i >= 0; i--) {
        press("N");
        assert_int_equal(app.stream.search.match.at, first + i * 45);
    }
}

static void search_is_bounded(void **state) {
    (void)state;
    octets_handshake();
    for (int i = 0; i < 3000; i++)
        say(30000 + i * 1000, TW_CLIENT, "nothing here\n");
    show_stream();
    size_t asked = octets.asked;
    app_key(&app, '/');
    app_key(&app, '?');
    app_tick(&app, app.now + 1);
    assert_true(stream_busy(&app));
    assert_true(app_busy(&app));
    assert_true(octets.asked - asked < 1500);
    settle();
    assert_true(app.stream.search.failed);
    assert_false(app_busy(&app));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(as_text_and_hex),
        TEST(what_comes_again),
        TEST(what_is_missing),
        TEST(without_files),
        TEST(no_octets),
        TEST(refused),
        TEST(what_is_no_data),
        TEST(data_in_the_syn),
        TEST(without_a_beginning),
        TEST(numbers_go_round),
        TEST(what_was_sent_by_now),
        TEST(follows_the_cursor),
        TEST(stays_at_the_end),
        TEST(clicks),
        TEST(escapes),
        TEST(character_in_two_pieces),
        TEST(search),
        TEST(search_goes_round),
        TEST(search_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
