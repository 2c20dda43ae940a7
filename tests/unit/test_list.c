// SPDX-License-Identifier: MIT
// Proves how the list of connections looks and what is done on its rows: its columns, marks, the
// newest that is followed, how long ends have waited, the census and the mouse.
#include "check_columns.h"
#include "list_screen.h"

// --- Columns

static void all_sizes(void **state) {
    (void)state;
    press("Down Space");
    expect_screen(&app, "list-80x24");
    app_resize(&app, 120, 40);
    expect_screen(&app, "list-120x40");
    app_resize(&app, 200, 24);
    expect_screen(&app, "list-200x24");
    app_resize(&app, 60, 15);
    expect_screen(&app, "list-60x15");
    app_resize(&app, 40, 12);
    expect_screen(&app, "list-40x12");
    app.ascii = true;
    expect_screen(&app, "list-ascii-40x12");
    app_resize(&app, 80, 24);
    expect_screen(&app, "list-ascii-80x24");
}

// Every column can be seen at every width, and scrolling ends where the last one is.
static void columns_scroll(void **state) {
    (void)state;
    press("Right");
    expect_screen(&app, "list-scrolled-80x24");
    for (int i = 0; i < COLUMN_COUNT; i++)
        press("Right");
    expect_screen(&app, "list-scrolled-end-80x24");
    int last = app.list.scrolled;
    assert_int_equal(last, columns_last_scroll(&app));
    press("Left");
    assert_int_equal(app.list.scrolled, last - 1);
    check_columns();
    app.list.scrolled = 0;
    app_resize(&app, 220, 24);
    assert_false(columns_fit(&app, 220).right);
}

static void in_chinese(void **state) {
    (void)state;
    assert_true(tw_language_set("zh"));
    for (int width = 40; width <= 200; width++) {
        app_resize(&app, width, 24);
        draw_whole(&app);
    }
    assert_true(tw_language_set("en"));
}

static void letters_and_round_trips(void **state) {
    (void)state;
    static const struct {
        const char *letters;
        tw_time rtt;
    } expected[] = {
        {"ShADdFaf", 22 * TW_MILLISECOND}, {"ShAFfa", 22 * TW_MILLISECOND}, {"Sr", -1}, {"ST", -1},
        {"ShAD", 22 * TW_MILLISECOND},     {"ShAr", 22 * TW_MILLISECOND},
    };
    for (size_t i = 0; i < TW_COUNT(expected); i++) {
        char text[TW_STORY_LETTERS];
        struct tw_connection_info info;
        const struct tw_story_connection *c = tw_story_at(scene.story, i);
        tw_story_info(c, &info);
        assert_string_equal(tw_story_letters(c, text), expected[i].letters);
        assert_int_equal(list_rtt(&info), expected[i].rtt);
    }
}

// All letters of both ends, each once.
static void every_letter(void **state) {
    (void)state;
    struct scene other;
    scene_open(&other);
    scene_handshake(&other, 0, 0);
    for (unsigned end = 0; end < TW_END_COUNT; end++) {
        enum tw_end sender = (enum tw_end)end;
        scene_send(&other, 0, 30000, sender, TW_ACK | TW_PSH, 1, 1, 10);
        scene_send(&other, 0, 31000, sender, TW_ACK, 11, 1, 0);
        scene_send(&other, 0, 350000, sender, TW_ACK | TW_PSH, 1, 1, 10);
        scene_send(&other, 0, 360000, sender, TW_ACK | TW_FIN, 11, 1, 0);
        scene_send(&other, 0, 370000, sender, TW_RST, 12, 0, 0);
    }
    char text[TW_STORY_LETTERS];
    assert_string_equal(tw_story_letters(tw_story_at(other.story, 0), text), "ShADTFRdatfr");
    scene_close(&other);
}

// --- Marks

static void marks(void **state) {
    (void)state;
    assert_int_equal(list_next_marked(&app, 0), LIST_NONE);
    press("Down Space Space");
    assert_int_equal(app.list.cursor, 3);
    assert_int_equal(list_marked_count(&app), 2);
    assert_false(list_marked(&app, 0));
    assert_true(list_marked(&app, 1) && list_marked(&app, 2));
    assert_int_equal(list_next_marked(&app, 0), 1);
    assert_int_equal(list_next_marked(&app, 2), 2);
    assert_int_equal(list_next_marked(&app, 3), LIST_NONE);
    expect_in(line(1), "2 marked");
    press("Up Space");
    assert_int_equal(list_marked_count(&app), 1);
    press("*");
    assert_int_equal(list_marked_count(&app), 6);
    assert_false(list_marked(&app, 6)); // that is not there yet
    press("*");
    assert_int_equal(list_marked_count(&app), 0);
    // Of the rows that are shown; the others keep theirs.
    press("Space f");
    type("time");
    press("Enter *");
    assert_int_equal(list_marked_count(&app), 3);
    press("* Esc");
    assert_int_equal(list_marked_count(&app), 1);
    // They stay on their connections in any order.
    assert_int_equal(list_next_marked(&app, 0), 3);
    press("r G Space");
    assert_int_equal(list_next_marked(&app, 0), 0);
    assert_int_equal(list_next_marked(&app, 1), 3);
}

// Every connection once, across words of the bit set.
static void marks_of_many(void **state) {
    (void)state;
    for (unsigned i = 0; i < 300; i++)
        scene_send(&scene, i, i, TW_CLIENT, TW_SYN, 0, 0, 0);
    const struct app_options options = {.story = scene.story};
    app_init(&app, &options);
    rest();
    press("*");
    size_t count = 0;
    for (size_t i = 0; (i = list_next_marked(&app, i)) != LIST_NONE; i++)
        assert_int_equal(i, count++);
    assert_int_equal(count, 300);
    press("* f");
    type("51577|51578|51700|51813");
    press("Enter *");
    static const size_t expected[] = {63, 64, 186, 299, LIST_NONE};
    size_t at = 0;
    for (size_t i = 0; i < TW_COUNT(expected); i++, at++)
        assert_int_equal(at = list_next_marked(&app, at), expected[i]);
}

// --- Following

static void the_newest_is_followed(void **state) {
    (void)state;
    for (unsigned i = 0; i < 40; i++)
        scene_handshake(&scene, i, i * 1000);
    const struct app_options options = {.story = scene.story, .source_name = "eth0"};
    app_init(&app, &options);
    app_tick(&app, TW_SECOND);
    press("F");
    assert_int_equal(app.list.cursor, 39);
    expect_screen(&app, "list-follow-80x24");
    scene_handshake(&scene, 40, 50000);
    app_tick(&app, 2 * TW_SECOND);
    assert_int_equal(app.list.cursor, 40);
    press("Up");
    assert_false(app.list.follow);
    scene_handshake(&scene, 41, 60000);
    app_tick(&app, 3 * TW_SECOND);
    assert_int_equal(app.list.cursor, 39);
    // With the newest on top; who looks at another one keeps it under the cursor.
    press("r F");
    scene_handshake(&scene, 42, 70000);
    app_tick(&app, 4 * TW_SECOND);
    assert_int_equal(app.list.cursor, 0);
    assert_int_equal(list_connection(&app, 0), 42);
    press("Down Down");
    assert_false(app.list.follow);
    size_t connection = list_connection(&app, app.list.cursor);
    scene_handshake(&scene, 43, 80000);
    app_tick(&app, 5 * TW_SECOND);
    assert_int_equal(list_connection(&app, app.list.cursor), connection);
    // Of what is chosen.
    press("r f");
    type("established");
    press("Enter F");
    scene_handshake(&scene, 44, 90000);
    scene_send(&scene, 45, 91000, TW_CLIENT, TW_SYN, 0, 0, 0);
    app_tick(&app, 6 * TW_SECOND);
    assert_int_equal(list_connection(&app, app.list.cursor), 44);
    // In another order there is no newest row.
    press("Esc s");
    rest();
    press("F");
    assert_int_equal(app.list.sort, SORT_NUMBER);
    assert_int_equal(list_connection(&app, app.list.cursor), 45);
}

// Who follows the newest and goes back from it stays there.
static void back_from_the_newest(void **state) {
    (void)state;
    for (unsigned i = 0; i < 5; i++)
        scene_handshake(&scene, i, i * 1000);
    const struct app_options options = {.story = scene.story, .source_name = "eth0"};
    app_init(&app, &options);
    app_tick(&app, TW_SECOND);
    press("F Enter");
    assert_int_equal(app.shown, 4);
    scene_handshake(&scene, 5, 5000); // the cursor of the list goes on
    app_tick(&app, 2 * TW_SECOND);
    assert_int_equal(app.list.cursor, 5);
    press("P");
    assert_int_equal(app.shown, 3);
    app_tick(&app, 3 * TW_SECOND);
    press("P");
    assert_int_equal(app.shown, 2);
    app_tick(&app, 4 * TW_SECOND);
    press("N");
    assert_int_equal(app.shown, 3);
    app_tick(&app, 5 * TW_SECOND);
    press("q");
    assert_int_equal(list_connection(&app, app.list.cursor), 3);
}

// A connection is opened by its number, also where some before it were not kept, or said not to be.
static void opened_by_its_number(void **state) {
    (void)state;
    tw_story_limit(scene.story, 120000);
    unsigned sent = 0;
    for (; tw_story_connections_dropped(scene.story) == 0; sent++)
        scene_handshake(&scene, sent, sent * 1000);
    tw_story_limit(scene.story, 0);
    scene_handshake(&scene, sent, sent * 1000);
    const size_t last = tw_story_count(scene.story) - 1;
    struct app_options options = {.story = scene.story, .connection = sent + 1};
    assert_int_equal(last, sent - 1);
    app_init(&app, &options);
    rest();
    assert_int_equal(app.view, VIEW_CONNECTION);
    assert_int_equal(app.shown, last);
    app_fini(&app);
    options.connection = sent;
    app_init(&app, &options);
    rest();
    assert_int_equal(app.view, VIEW_CONNECTIONS);
    assert_non_null(strstr(app.notice, "there is no connection "));
    app_fini(&app);
    options.connection = sent + 2;
    app_init(&app, &options);
    rest();
    assert_string_equal(app.notice, ""); // it may still come
    app.loading = false;
    rest();
    assert_non_null(strstr(app.notice, "there is no connection "));
}

// --- Census

static void who_waits_for_long(void **state) {
    (void)state;
    // The client has closed, the server never does.
    scene_handshake(&scene, 0, 0);
    scene_send(&scene, 0, 100000, TW_CLIENT, TW_FIN | TW_ACK, 1, 1, 0);
    scene_send(&scene, 0, 121000, TW_SERVER, TW_ACK, 1, 2, 0);
    // The handshake's third segment does not come.
    scene_send(&scene, 1, 200000, TW_CLIENT, TW_SYN, 0, 0, 0);
    scene_send(&scene, 1, 210000, TW_SERVER, TW_SYN | TW_ACK, 0, 1, 0);
    scene_handshake(&scene, 2, 300000);
    const struct app_options options = {
        .story = scene.story, .source_name = "old.pcap", .utc = true};
    app_init(&app, &options);
    rest();
    expect_not_in(line(3), "!");
    scene_send(&scene, 2, 15 * 1000000, TW_CLIENT, TW_PSH | TW_ACK, 1, 1, 10);
    app_tick(&app, 10 * TW_SECOND);
    rest();
    expect_in(line(4), "SYN-RECEIVED!");
    expect_not_in(line(3), "!");
    scene_send(&scene, 2, 12 * 60 * 1000000, TW_CLIENT, TW_PSH | TW_ACK, 11, 1, 10);
    app.loading = false;
    app_tick(&app, 20 * TW_SECOND);
    rest();
    expect_in(line(3), "FIN-WAIT-2!");
    expect_in(line(3), "CLOSE-WAIT!");
    expect_screen(&app, "list-waits-80x24");
    app_resize(&app, 200, 24);
    expect_screen(&app, "list-waits-200x24");
    app_resize(&app, 40, 12);
    expect_screen(&app, "list-waits-40x12");
    // Who waits longest can be found by sorting.
    app_resize(&app, 80, 24);
    sorted_by(SORT_WAITS);
    press("r");
    assert_int_equal(list_connection(&app, 2), 2);
}

// TIME-WAIT that begins again and again.
static void time_wait_beyond_its_time(void **state) {
    (void)state;
    scene_close_by_client(&scene, 0, 0);
    const struct app_options options = {.story = scene.story};
    app_init(&app, &options);
    for (int i = 1; i <= 3; i++) {
        rest();
        expect_not_in(line(3), "TIME-WAIT!");
        scene_send(&scene, 0, i * 25000000, TW_SERVER, TW_FIN | TW_ACK, 1401, 102, 0);
        app_tick(&app, app.now + 2 * TW_SECOND);
    }
    rest();
    expect_in(line(3), "TIME-WAIT!");
}

static void the_census_says_all(void **state) {
    (void)state;
    uint64_t counts[TW_STATE_COUNT], rows_say[TW_STATE_COUNT] = {0};
    list_census(&app, counts);
    for (size_t i = 0; i < tw_story_count(scene.story); i++)
        for (unsigned end = 0; end < TW_END_COUNT; end++) {
            struct tw_connection_info info;
            list_info(&app, i, &info);
            rows_say[info.end[end].state] += info.end[end].step_count > 0;
        }
    assert_memory_equal(counts, rows_say, sizeof counts);
    for (int width = 80; width <= 200; width += 40) {
        char all[2048];
        app_resize(&app, width, 24);
        snprintf(all, sizeof all, "%s", line(21));
        size_t length = strlen(all);
        snprintf(all + length, sizeof all - length, "%s", line(22));
        for (unsigned i = 0; i < TW_STATE_COUNT; i++)
            expect_in(all, tw_state_name((enum tw_state)i));
    }
}

// --- The mouse

// Clicks at the first place that means this.
static void click(enum mouse_kind how, enum target_kind kind, uint32_t value) {
    struct canvas canvas;
    screen_draw(&app, &canvas);
    bool found = false;
    for (int i = 0; i < canvas.width * canvas.height && !found; i++)
        found = canvas.cells[i].target == ((uint32_t)kind << TARGET_SHIFT | value);
    canvas_fini(&canvas);
    assert_true(found);
    list_click(&app, &(struct mouse){.kind = how}, kind, value);
    rest();
}

static void the_mouse(void **state) {
    (void)state;
    click(MOUSE_PRESS, TARGET_ROW, 3);
    assert_int_equal(app.list.cursor, 3);
    click(MOUSE_PRESS, TARGET_SORT, SORT_SERVER_STATE);
    assert_int_equal(app.list.sort, SORT_SERVER_STATE);
    assert_string_equal(rows(), "4 1 3 6 5 2");
    click(MOUSE_PRESS, TARGET_SORT, SORT_SERVER_STATE);
    assert_string_equal(rows(), "2 5 1 3 6 4");
    click(MOUSE_PRESS, TARGET_SORT, SORT_NUMBER);
    click(MOUSE_PRESS, TARGET_SORT, SORT_NUMBER);
    click(MOUSE_PRESS, TARGET_CENSUS, TW_TIME_WAIT);
    assert_string_equal(app.list.filter, "state:TIME-WAIT");
    click(MOUSE_PRESS, TARGET_CENSUS, TW_TIME_WAIT);
    assert_int_equal(list_count(&app), 6);
    click(MOUSE_DOUBLE, TARGET_ROW, 1);
    assert_int_equal(app.view, VIEW_CONNECTION);
    assert_int_equal(app.shown, 1);
}

static void the_wheel(void **state) {
    (void)state;
    app_resize(&app, 40, 12);
    for (unsigned i = 10; i < 30; i++)
        scene_send(&scene, i, 7000000 + i, TW_CLIENT, TW_SYN, 0, 0, 0);
    rest();
    const struct mouse down = {.kind = MOUSE_WHEEL_DOWN}, up = {.kind = MOUSE_WHEEL_UP};
    list_click(&app, &down, TARGET_NONE, 0);
    assert_int_equal(app.list.top, 3);
    assert_int_equal(app.list.cursor, 3);
    for (int i = 0; i < 20; i++)
        list_click(&app, &down, TARGET_NONE, 0);
    assert_int_equal(app.list.top + (size_t)list_page(&app), list_count(&app));
    list_click(&app, &up, TARGET_NONE, 0);
    assert_int_equal(app.list.top + (size_t)list_page(&app) + 3, list_count(&app));
    for (int i = 0; i < 20; i++)
        list_click(&app, &up, TARGET_NONE, 0);
    assert_int_equal(app.list.top, 0);
    // What is not there any more is no harm.
    list_click(&app, &(struct mouse){.kind = MOUSE_DOUBLE}, TARGET_ROW, 1000);
    list_click(&app, &(struct mouse){.kind = MOUSE_PRESS}, TARGET_SORT, SORT_COUNT);
    assert_int_equal(app.view, VIEW_CONNECTIONS);
}

// --- Nothing

static void nothing_is_explained(void **state) {
    (void)state;
    const struct app_options options = {.story = scene.story, .source_name = "empty.pcap"},
                             filtered = {.story = scene.story, .filter = "udp"};
    app_init(&app, &options);
    rest();
    expect_in(line(4), "No TCP segment has come yet.");
    app.loading = false;
    expect_screen(&app, "list-empty-80x24");
    press("s r F * Space n t Right g G");
    app_fini(&app);
    app_init(&app, &filtered);
    app.loading = false;
    rest();
    expect_in(line(4), "No TCP segment passes the filter 'udp'.");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        on_scene(all_sizes),
        on_scene(columns_scroll),
        on_scene(in_chinese),
        on_scene(letters_and_round_trips),
        cmocka_unit_test(every_letter),
        on_scene(marks),
        on_empty_scene(marks_of_many),
        on_empty_scene(the_newest_is_followed),
        on_empty_scene(back_from_the_newest),
        on_empty_scene(opened_by_its_number),
        on_empty_scene(who_waits_for_long),
        on_empty_scene(time_wait_beyond_its_time),
        on_scene(the_census_says_all),
        on_scene(the_mouse),
        on_scene(the_wheel),
        on_empty_scene(nothing_is_explained),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
