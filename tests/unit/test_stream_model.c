// SPDX-License-Identifier: MIT
// Proves the stream against a model that keeps every octet: segments at random, in any order, again
// and as lies; rows found going down and up; slices that give what a whole does.
#include "octets.h"

#include "ui/pieces.h"
#include "ui/views/views.h"

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
    screen_draw(&app, &canvas);
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
        show_stream();
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
        show_stream();
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
    octets_show(true);
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

// Behind segments that were not kept numbers may have gone on by more than half their space; what
// is sent again from there on is below them all the same.
static void beyond_what_was_dropped(void **state) {
    (void)state;
    const uint32_t gibibyte = 1U << 30;
    const struct tw_end_info end = {.initial_seq = 4000000000U, .initial_known = true};
    struct pieces p = {0};
    pieces_begin(&p, &end);
    struct tw_story_segment segment = {.seq = end.initial_seq + 1, .length = gibibyte};
    for (segment.packet = 1; segment.packet <= 3; segment.packet++, segment.seq += gibibyte)
        pieces_add(&p, &segment, true);
    pieces_jump(&p);
    segment.seq += 3 * gibibyte; // the fourth to the sixth
    segment.length = 100;
    pieces_add(&p, &segment, true);
    assert_int_equal(p.copy_count, 0);
    assert_int_equal(p.count, 4);
    assert_int_equal(piece_at(&p, 3), 6 * (int64_t)gibibyte);
    assert_int_equal(piece_gap(&p, 3), 3 * (int64_t)gibibyte);
    segment.seq += 100;
    segment.packet++;
    pieces_add(&p, &segment, true);
    assert_int_equal(piece_at(&p, 4), 6 * (int64_t)gibibyte + 100);
    pieces_jump(&p);
    segment.packet++; // the same again
    pieces_add(&p, &segment, true);
    assert_int_equal(p.copy_count, 1);
    assert_int_equal(p.copies[0].at, 6 * (int64_t)gibibyte + 100);
    pieces_fini(&p);
}

// Numbers that jump by half their space make a stream of terabytes: each place is found at once.
static void forged_numbers(void **state) {
    (void)state;
    enum { COUNT = 4000, JUMP = INT32_MAX - 7 };
    struct pieces p = {0};
    const struct tw_end_info sender = {.initial_known = true, .initial_seq = UINT32_MAX};
    pieces_begin(&p, &sender);
    for (uint32_t i = 0; i < COUNT; i++) {
        const struct tw_story_segment segment = {
            .packet = i + 1, .seq = i * (uint32_t)JUMP, .length = 8, .flags = TW_ACK};
        pieces_add(&p, &segment, false);
        assert_int_equal(pieces_place(&p, &segment), i * (int64_t)JUMP);
    }
    for (uint32_t i = 0; i < COUNT; i += 7) {
        const struct tw_story_segment segment = {
            .packet = i + 1, .seq = i * (uint32_t)JUMP, .length = 8, .flags = TW_ACK};
        assert_int_equal(pieces_place(&p, &segment), i * (int64_t)JUMP);
    }
    pieces_fini(&p);
}

// Whatever is sent and pressed, at any place and size, what is drawn is whole.
static void any_keys_any_size(void **state) {
    (void)state;
    static const char keys[] = "xXgGjk{}nNa";
    octets_close();
    for (int round = 0; round < 30; round++) {
        srand((unsigned)round);
        octets_open();
        if (round % 2)
            octets_handshake();
        for (int i = 0; i < 40; i++) {
            uint8_t octet[64];
            for (size_t j = 0; j < sizeof octet; j++)
                octet[j] = (uint8_t)rand();
            octets.shape.snaplen = below(3) ? 0 : 40 + (uint32_t)below(40);
            unsigned flags = below(8) ? TW_ACK : (unsigned)rand() & (TW_ACK | TW_FIN | TW_RST);
            octets_send(30000 + i * 1000, (enum tw_end)below(2), flags, (uint32_t)below(300) - 20,
                        (uint32_t)below(300), octet, (size_t)below(64));
        }
        show_stream();
        for (int i = 0; i < 60; i++) {
            app_resize(&app, 40 + below(100), 12 + below(40));
            if (app.view == VIEW_CONNECTION)
                playback_to_place(&app, below((int)app.ladder.row_count + 1));
            if (below(4) == 0) {
                app_key(&app, '/');
                app_key(&app, (uint32_t)('a' + below(26)));
                app_key(&app, KEY_IS_ENTER);
            }
            app_key(&app, (uint8_t)keys[below((int)sizeof keys - 1)]);
            app_tick(&app, app.now + 1);
            no_controls();
        }
        if (round < 29) {
            app_fini(&app);
            octets_close();
        }
    }
}

// Where nothing is known of the begin, there is nothing to miss before a FIN.
static void only_a_fin(void **state) {
    (void)state;
    struct tw_end_info end = {.initial_seq = 1000};
    const struct tw_story_segment fin = {.seq = 1006, .flags = TW_FIN | TW_ACK, .packet = 1};
    struct pieces p = {0};
    pieces_begin(&p, &end);
    pieces_add(&p, &fin, false);
    assert_int_equal(pieces_shown(&p), 0);
    end.initial_known = true;
    pieces_begin(&p, &end);
    pieces_add(&p, &fin, false);
    assert_int_equal(pieces_shown(&p), 1);
    assert_int_equal(piece_gap(&p, 0), 0);
    assert_int_equal(piece_end(&p, 0), 5);
    pieces_fini(&p);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(as_the_model_says),
        TEST(rows_up_and_down),
        TEST(slices_are_the_whole),
        TEST(backwards),
        TEST(any_keys_any_size),
        cmocka_unit_test(beyond_four_gibibytes),
        cmocka_unit_test(beyond_what_was_dropped),
        cmocka_unit_test(only_a_fin),
        cmocka_unit_test(forged_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
