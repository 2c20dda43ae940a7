// SPDX-License-Identifier: MIT
// Proves that the stream shows what was sent: in order, whatever the order of the segments was,
// escaped, with what is missing told; against a model that keeps every octet. Then search, and that
// slices give what a whole does.
#include "octets.h"

#include "ui/pieces.h"
#include "ui/views/views.h"

static struct app app;
static uint32_t sent[TW_END_COUNT]; // octets, by what `say` has said

static int open_octets(void **state) {
    (void)state;
    octets_open();
    sent[TW_CLIENT] = sent[TW_SERVER] = 0;
    return 0;
}

static int close_octets(void **state) {
    (void)state;
    app_fini(&app);
    octets_close();
    return 0;
}

static void settle(void) {
    do
        app_tick(&app, app.now + TW_SECOND);
    while (stream_busy(&app));
    app_tick(&app, app.now + TW_SECOND);
}

// Shows the stream, behind the last event.
static void show(void) {
    tw_tracker_finish(octets.scene.tracker);
    octets_show(&app, true);
    app.part = PART_STREAM;
    playback_to_place(&app, 1e9);
    settle();
}

static void press(const char *keys) {
    for (uint32_t key; (key = key_next(&keys)) != KEY_IS_NONE;)
        app_key(&app, key);
    settle();
}

static char drawn[1 << 20];

static const char *seen(void) {
    struct canvas canvas;
    assert_true(canvas_init(&canvas, app.width, app.height));
    app_draw(&app, &canvas);
    check_whole(&canvas);
    char *text = text_of(&canvas);
    snprintf(drawn, sizeof drawn, "%s", text);
    free(text);
    canvas_fini(&canvas);
    return drawn;
}

static void expect_seen(const char *text) {
    if (strstr(seen(), text) == NULL)
        fail_msg("\"%s\" is not in\n%s", text, drawn);
}

static void expect_unseen(const char *text) {
    if (strstr(seen(), text) != NULL)
        fail_msg("\"%s\" is in\n%s", text, drawn);
}

static void say(int64_t us, enum tw_end end, const char *text) {
    octets_say(us, end, 1 + sent[end], 1 + sent[tw_other(end)], text);
    sent[end] += (uint32_t)strlen(text);
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
    uint32_t client = 1 + sent[TW_CLIENT], server = 1 + sent[TW_SERVER];
    octets_send(70000, TW_SERVER, TW_FIN | TW_ACK, server, client, "bye\n", 4);
    octets_send(80000, TW_CLIENT, TW_FIN | TW_ACK, client, server + 5, NULL, 0);
}

static void as_text_and_hex(void **state) {
    (void)state;
    talk();
    show();
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
    show();
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
    show();
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
    show();
    app_fini(&app);
    octets_show(&app, false);
    app.part = PART_STREAM;
    settle();
    expect_seen("[37 octets: the packets were not kept]");
}

static void no_octets(void **state) {
    (void)state;
    octets_handshake();
    show();
    expect_seen("No octets were sent.");
}

// The numbers of a reset that refuses are before all that could be sent.
static void refused(void **state) {
    (void)state;
    octets_send(0, TW_CLIENT, TW_SYN, 0, 0, NULL, 0);
    octets_send(20000, TW_SERVER, TW_RST | TW_ACK, (uint32_t)-SERVER_ISN, 1, NULL, 0);
    show();
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
    show();
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
    show();
    expect_seen(" C         1 early and late!\n");
}

static void without_a_beginning(void **state) {
    (void)state;
    octets_say(0, TW_CLIENT, 1001, 1, "in the middle");
    octets_say(1000, TW_SERVER, 501, 1014, "of something");
    octets_say(2000, TW_CLIENT, 991, 501, "and before");
    show();
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
    show();
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
    show();
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
    show();
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
        octets_send(30500 + i * 1000, TW_SERVER, TW_ACK, 1, 1 + sent[TW_CLIENT], NULL, 0);
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
    show();
    assert_true(canvas_init(&canvas, app.width, app.height));
    app_draw(&app, &canvas);
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
    show();
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
    show();
    expect_seen("C         1 \xe4\xbd\xa0|\n");
}

// --- Search

static void search(void **state) {
    (void)state;
    talk();
    show();
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
    show();
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
    show();
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

// --- Against a model that keeps every octet

enum { MODEL = 600, SEGMENTS = 60 };

// What one end sends, and which packet brought each octet first.
static struct {
    uint8_t octet[MODEL];
    uint64_t packet[MODEL]; // 0: none
    bool lied[MODEL];       // a later one had another octet there
} model[TW_END_COUNT];

static int below(int limit) {
    return rand() % limit;
}

// Octets of all kinds, with lines and characters in them.
static void fill(uint8_t *octet, bool plain) {
    static const char *const parts[] = {
        "\n", "\r\n", "\xe4\xbd\xa0",    "\xc3\xa9", "ab", "\x1b[", "\xff", "\xe2\x80\xae",
        "x",  " ",    "\xf0\x9f\x98\x80"};
    for (int at = 0; at < MODEL;) {
        const char *part = plain ? "q" : parts[below(TW_COUNT(parts))];
        for (; *part != '\0' && at < MODEL; part++)
            octet[at++] = plain ? (uint8_t)('a' + below(26)) : (uint8_t)*part;
    }
}

// Segments at random: some again, some never, in any order within a window that moves on; with
// `lies`, what comes again is sometimes something else. `after` each of them, if it is given.
static void send_at_random(bool plain, bool lies, void (*after)(void)) {
    memset(model, 0, sizeof model);
    for (int end = 0; end < TW_END_COUNT; end++) {
        fill(model[end].octet, plain);
        octets.isn[end] = rand() % 2 ? UINT32_MAX - (uint32_t)below(MODEL) : (uint32_t)rand();
    }
    octets_handshake();
    for (int i = 0; i < SEGMENTS; i++) {
        enum tw_end end = (enum tw_end)below(2);
        int begin = i * MODEL / SEGMENTS + below(120) - 60, length = 1 + below(40);
        begin = begin < 0 ? 0 : begin;
        if (begin + length > MODEL)
            continue;
        uint8_t octet[MODEL];
        memcpy(octet, model[end].octet + begin, (size_t)length);
        int lie = begin + below(length);
        if (lies && model[end].packet[lie] != 0) {
            octet[lie - begin] ^= 1;
            model[end].lied[lie] = true;
        }
        octets_send(30000 + i * 1000, end, TW_ACK, 1 + (uint32_t)begin, 1, octet, (size_t)length);
        if (after != NULL)
            after();
        const struct tw_story_segment *segments;
        size_t count;
        segments = tw_story_segments(tw_story_at(octets.scene.story, 0), &count);
        if (segments[count - 1].findings & 1 << TW_FINDING_KEEPALIVE) {
            model[end].lied[lie] = false;
            continue;
        }
        for (int at = begin; at < begin + length; at++)
            if (model[end].packet[at] == 0)
                model[end].packet[at] = octets.count;
    }
}

// The octets as they are shown one after the other: "C" or "S", offset; '?' where one is missing.
struct told {
    uint8_t end;
    int at;
};

// An octet was delivered when it and all before it that ever came were there.
static size_t model_told(struct told *told) {
    uint64_t due[TW_END_COUNT] = {0};
    int at[TW_END_COUNT] = {0};
    size_t count = 0;
    for (;;) {
        int best = -1;
        for (int end = 0; end < TW_END_COUNT; end++) {
            if (app.stream.side != STREAM_BOTH && end != (int)app.stream.side - 1)
                continue;
            while (at[end] < MODEL && model[end].packet[at[end]] == 0)
                at[end]++;
            if (at[end] == MODEL)
                continue;
            uint64_t packet = model[end].packet[at[end]];
            due[end] = packet > due[end] ? packet : due[end];
            if (best < 0 || due[end] < due[best])
                best = end;
        }
        if (best < 0)
            return count;
        told[count++] = (struct told){(uint8_t)best, at[best]++};
    }
}

static void compare_with_model(void) {
    static struct told told[TW_END_COUNT * MODEL];
    size_t count = model_told(told), at = 0;
    const struct stream_page *page = &app.stream.page;
    assert_true(page->row_count < page->height); // all of it is seen
    for (int i = 0; i < page->row_count; i++) {
        const struct stream_row *row = &page->rows[i];
        if (row->kind != STREAM_OCTETS) {
            assert_int_equal(row->kind, STREAM_GAP);
            for (int64_t o = row->from.at; o < row->to; o++)
                assert_int_equal(model[row->from.end].packet[o], 0);
            continue;
        }
        for (int64_t o = row->from.at; o < row->to; o++, at++) {
            assert_true(at < count);
            assert_int_equal(told[at].end, row->from.end);
            assert_int_equal(told[at].at, o);
        }
        for (int j = 0; page->hex && j < row->cells; j++)
            assert_int_equal(page->cells[row->cell + (size_t)j].rune,
                             model[row->from.end].octet[row->from.at + j]);
    }
    assert_int_equal(at, count);
}

// Nothing that acts on a terminal is ever in a cell.
static void no_controls(void) {
    struct canvas canvas;
    assert_true(canvas_init(&canvas, app.width, app.height));
    app_draw(&app, &canvas);
    check_whole(&canvas);
    for (int i = 0; i < canvas.width * canvas.height; i++) {
        uint32_t rune = canvas.cells[i].rune;
        assert_false(rune > 0 && rune < 0x20);
        assert_false(rune >= 0x7f && rune < 0xa0);
        assert_false((rune >= 0x200b && rune <= 0x200f) || (rune >= 0x2028 && rune <= 0x202e));
        assert_false((rune >= 0x2066 && rune <= 0x2069) || rune == 0x61c || rune == 0xfeff);
    }
    canvas_fini(&canvas);
}

static void as_the_model_says(void **state) {
    (void)state;
    octets_close(); // opened anew for each round
    for (int round = 0; round < 20; round++) {
        srand((unsigned)round);
        octets_open();
        send_at_random(round % 3 == 0, false, NULL);
        show();
        expect_unseen("other octets");
        for (int i = 0; i < 6; i++) {
            app_resize(&app, 60 + below(60), 900);
            app.stream.side = (enum stream_side)(i % STREAM_SIDE_COUNT);
            app.stream.hex = i >= STREAM_SIDE_COUNT;
            app.ascii = below(2) != 0;
            settle();
            press("g");
            compare_with_model();
            no_controls();
        }
        if (round < 19) {
            app_fini(&app);
            octets_close();
        }
    }
}

// Going down and going up again passes the same rows, whatever the width is.
static void rows_up_and_down(void **state) {
    (void)state;
    octets_close();
    for (int round = 0; round < 15; round++) {
        static struct stream_place places[4000];
        int count = 0;
        srand((unsigned)round);
        octets_open();
        octets.shape.snaplen = round % 4 == 0 ? 60 : 0;
        send_at_random(false, false, NULL);
        for (int i = 0; i < 3; i++) { // a line without an end
            static uint8_t same[5000];
            memset(same, i == 1 ? 0xa9 : 'm', sizeof same);
            octets_send(900000 + i * 1000, TW_SERVER, TW_ACK, 700 + 5000 * (uint32_t)i, 1, same,
                        sizeof same);
        }
        show();
        app_resize(&app, 40 + below(60), 24);
        app.stream.hex = round % 5 == 0;
        app.stream.side = (enum stream_side)below(STREAM_SIDE_COUNT);
        settle();
        press("g");
        struct stream_place last = {0, TW_END_COUNT};
        for (;;) {
            struct stream_place top = app.stream.top;
            if (last.end == top.end && last.at == top.at)
                break;
            assert_true(count < (int)TW_COUNT(places));
            places[count++] = last = top;
            app_key(&app, 'j');
            app_tick(&app, app.now + 1);
        }
        for (int i = count - 1; i >= 0; i--) {
            assert_int_equal(app.stream.top.end, places[i].end);
            assert_int_equal(app.stream.top.at, places[i].at);
            app_key(&app, 'k');
            app_tick(&app, app.now + 1);
        }
        no_controls();
        if (round < 14) {
            app_fini(&app);
            octets_close();
        }
    }
}

static void tick(void) {
    if (app.view == VIEW_CONNECTION)
        app_tick(&app, app.now + TW_SECOND);
}

// Brought on with every segment, the index is what it is when it is made at once. What lied is
// found, and nothing else.
static void slices_are_the_whole(void **state) {
    (void)state;
    octets_close();
    for (int round = 0; round < 20; round++) {
        srand((unsigned)round);
        octets_open();
        const struct app_options options = {
            .story = octets.scene.story, .files = &octets_files, .connection = 1};
        app_init(&app, &options);
        app.part = PART_STREAM;
        send_at_random(true, true, round % 2 ? tick : NULL);
        settle();
        assert_int_equal(app.view, VIEW_CONNECTION);
        struct tw_connection_info info;
        size_t all;
        const struct tw_story_connection *connection = tw_story_at(octets.scene.story, 0);
        const struct tw_story_segment *segments = tw_story_segments(connection, &all);
        tw_story_info(connection, &info);
        for (int end = 0; end < TW_END_COUNT; end++) {
            const struct pieces *p = &app.stream.pieces[end];
            struct pieces whole = {0};
            pieces_begin(&whole, &info.end[end]);
            for (size_t i = 0; i < all; i++)
                if (segments[i].sender == end)
                    pieces_add(&whole, &segments[i], false);
            assert_int_equal(whole.count, p->count);
            assert_int_equal(whole.total, p->total);
            for (size_t i = 0; i < p->count; i++) {
                assert_int_equal(whole.piece[i].at, p->piece[i].at);
                assert_int_equal(whole.piece[i].packet, p->piece[i].packet);
                assert_int_equal(whole.piece[i].due, p->piece[i].due);
            }
            pieces_fini(&whole);
            for (int at = 0; at < MODEL; at++)
                if (model[end].lied[at])
                    assert_non_null(pieces_difference(p, at));
            for (size_t i = 0; i < p->difference_count; i++) {
                assert_true(model[end].lied[p->differences[i].at]);
                assert_true(model[end].lied[p->differences[i].to - 1]);
            }
        }
        if (round < 19) {
            app_fini(&app);
            octets_close();
        }
    }
}

// Segments that come backwards cost most; the index is brought on all the same, a bit a tick.
static void backwards(void **state) {
    (void)state;
    enum { COUNT = 2000 };
    octets_handshake();
    for (int i = COUNT; i > 0; i--)
        octets_send(30000 + (COUNT - i) * 10, TW_CLIENT, TW_ACK, (uint32_t)i, 1, "x", 1);
    tw_tracker_finish(octets.scene.tracker);
    octets_show(&app, true);
    app.part = PART_STREAM;
    app_tick(&app, TW_SECOND);
    assert_true(app.stream.taken < COUNT);
    assert_true(stream_busy(&app));
    settle();
    assert_int_equal(app.stream.pieces[TW_CLIENT].count, COUNT);
    expect_seen("xxxxxx");
}

// 5 GiB in pieces of 1 GiB: a number stands for two octets, the time tells which.
static void beyond_four_gibibytes(void **state) {
    (void)state;
    const uint32_t gibibyte = 1U << 30;
    const struct tw_end_info end = {.initial_seq = 4000000000U, .initial_known = true};
    struct pieces p = {0};
    pieces_begin(&p, &end);
    struct tw_story_segment segment = {.seq = end.initial_seq + 1, .length = gibibyte};
    for (segment.packet = 1; segment.packet <= 5; segment.packet++, segment.seq += gibibyte)
        pieces_add(&p, &segment, true);
    assert_int_equal(p.count, 5);
    assert_int_equal(p.total, 5 * (uint64_t)gibibyte);
    assert_int_equal(p.copy_count, 0);
    segment = (struct tw_story_segment){.seq = end.initial_seq + 11, .length = 5, .packet = 1};
    assert_int_equal(pieces_place(&p, &segment), 10);
    segment.packet = 5;
    assert_int_equal(pieces_place(&p, &segment), 4 * (int64_t)gibibyte + 10);
    pieces_fini(&p);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_octets, close_octets)

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
        TEST(as_the_model_says),
        TEST(rows_up_and_down),
        TEST(slices_are_the_whole),
        TEST(backwards),
        cmocka_unit_test(beyond_four_gibibytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
