// SPDX-License-Identifier: MIT
// Proves the start screen: how it looks, its cursor, filter and search, what is chosen, and that it
// is drawn again only where something has changed.
#include "keys.h"

#include "ui/views/views.h"

static struct ui_activity traffic[2];

static const struct ui_start_item items[] = {
    {.group = UI_START_CAPTURES,
     .name = "three-way-handshake",
     .title = "Three-way handshake",
     .detail = "connect() returns at the second segment, accept() at the third; what socket, bind "
               "and listen do before",
     .states = {"SYN-SENT>ESTABLISHED", "LISTEN>SYN-RECEIVED>ESTABLISHED"},
     .counts = "3 packets"},
    {.group = UI_START_CAPTURES,
     .name = "four-way-close",
     .title = "Four-way close",
     .detail = "FIN-WAIT-1, FIN-WAIT-2 and TIME-WAIT against CLOSE-WAIT and LAST-ACK, and why it "
               "takes four segments",
     .states = {"SYN-SENT>ESTABLISHED>FIN-WAIT-1>FIN-WAIT-2>TIME-WAIT",
                "LISTEN>SYN-RECEIVED>ESTABLISHED>CLOSE-WAIT>LAST-ACK>CLOSED"},
     .counts = "7 packets"},
    {.group = UI_START_CAPTURES,
     .name = "lost-syn",
     .title = "A SYN is lost",
     .detail = "how often, and when, a SYN is sent again",
     .states = {"SYN-SENT>ESTABLISHED>FIN-WAIT-1>FIN-WAIT-2>TIME-WAIT>CLOSED>SYN-SENT>CLOSED",
                "LISTEN>SYN-RECEIVED>ESTABLISHED>FIN-WAIT-1>FIN-WAIT-2>TIME-WAIT"},
     .counts = "5 packets"},
    {.group = UI_START_CAPTURES, .name = "mine", .title = "", .detail = ""},
    {.group = UI_START_LESSONS,
     .name = "four-way-close",
     .title = "FIN-WAIT-1, FIN-WAIT-2 and TIME-WAIT against CLOSE-WAIT and LAST-ACK, and why it "
              "takes four segments",
     .detail = "FIN-WAIT-1, FIN-WAIT-2 and TIME-WAIT against CLOSE-WAIT and LAST-ACK, and why it "
               "takes four segments",
     .states = {"SYN-SENT>ESTABLISHED>FIN-WAIT-1>FIN-WAIT-2>TIME-WAIT",
                "LISTEN>SYN-RECEIVED>ESTABLISHED>CLOSE-WAIT>LAST-ACK>CLOSED"}},
    {.group = UI_START_LESSONS,
     .name = "lost-syn",
     .title = "how often, and when, a SYN is sent again",
     .detail = "how often, and when, a SYN is sent again"},
    {.group = UI_START_LAB,
     .name = "free play",
     .title = "two real TCP stacks, every call a key",
     .detail = "Nothing happens by itself: listen, connect, send and close by keys."},
    {.group = UI_START_LAB, .name = "four-way-close", .title = "Four-way close", .detail = ""},
    {.group = UI_START_INTERFACES,
     .name = "eth0",
     .title = "running  192.0.2.7, 2001:db8::7",
     .detail = "Opens what goes through this interface from now on.",
     .activity = &traffic[0]},
    {.group = UI_START_INTERFACES,
     .name = "lo",
     .title = "running  127.0.0.1, ::1",
     .detail = "",
     .activity = &traffic[1]},
    {.group = UI_START_INTERFACES, .name = "any", .title = "", .detail = ""},
};

static struct ui_start hooks;
static size_t refreshes;
static bool busy; // the next refresh finds something new

static bool refresh(void *context) {
    assert_ptr_equal(context, &hooks);
    refreshes++;
    if (!busy)
        return false;
    traffic[0] = (struct ui_activity){12.4, 3.4 * 1024 * 1024, {0, 1, 2, 3, 4, 5, 6, 8}};
    return true;
}

static int open_start(void **state) {
    (void)state;
    hooks = (struct ui_start){.context = &hooks,
                              .items = items,
                              .count = TW_COUNT(items),
                              .refresh = refresh,
                              .why_empty[UI_START_RECENT] = "no recent files yet"};
    memset(traffic, 0, sizeof traffic);
    refreshes = 0;
    busy = false;
    const struct app_options options = {.start = &hooks};
    app_init(&app, &options);
    app_resize(&app, 80, 24);
    return 0;
}

static int close_start(void **state) {
    (void)state;
    app_fini(&app);
    return 0;
}

static const char *at(void) {
    return app.start.cursor == UI_NOTHING ? "nothing" : items[app.start.cursor].name;
}

static void looks(void **state) {
    (void)state;
    expect_screen(&app, "start-80x24");
    press("Down Down");
    expect_screen(&app, "start-long-states-80x24");
    press("Up");
    app_resize(&app, 120, 40);
    busy = true;
    app_tick(&app, TW_SECOND);
    expect_screen(&app, "start-120x40");
    app_resize(&app, 60, 15);
    expect_screen(&app, "start-60x15");
    app_resize(&app, 40, 12);
    expect_screen(&app, "start-40x12");
    app_resize(&app, 39, 12);
    expect_screen(&app, "too-small");
}

static void looks_in_ascii(void **state) {
    (void)state;
    app.ascii = true;
    busy = true;
    press("Tab Tab Tab");
    app_tick(&app, TW_SECOND);
    expect_screen(&app, "start-interfaces-ascii-80x24");
    app_resize(&app, 60, 15);
    expect_screen(&app, "start-interfaces-ascii-60x15");
    app_resize(&app, 40, 12);
    expect_screen(&app, "start-interfaces-ascii-40x12");
    app_resize(&app, 160, 30);
    expect_screen(&app, "start-interfaces-ascii-160x30");
}

// Without colours the cursor is a sign, too, and the group is in brackets.
static void tells_all_in_mono(void **state) {
    (void)state;
    assert_int_equal(app.theme, THEME_MONO);
    press("Tab");
    assert_true(screen_has(&app, "[Lessons 2]"));
    assert_true(screen_has(&app, "▸ four-way-close"));
}

static void goes_from_group_to_group(void **state) {
    (void)state;
    static const char *const firsts[] = {"four-way-close", "free play", "eth0",
                                         "three-way-handshake"}; // Recent is empty
    for (size_t i = 0; i < TW_COUNT(firsts); i++) {
        press("Tab");
        assert_string_equal(at(), firsts[i]);
    }
    press("S-Tab");
    assert_string_equal(at(), "eth0");
    press("Down");
    press("S-Tab");
    assert_string_equal(at(), "free play");
}

static void cursor_stays_on_items_and_on_the_screen(void **state) {
    (void)state;
    app_resize(&app, 80, 15); // 9 rows
    for (size_t i = 0; i < TW_COUNT(items); i++, press("Down")) {
        assert_int_equal(app.start.cursor, i);
        size_t row = app.start.top;
        while (app.start.rows[row].kind != START_ITEM || app.start.rows[row].item != i)
            row++;
        assert_true(row < app.start.top + 9);
    }
    // At the end what is below the last item is seen, too; at the beginning the heading.
    assert_int_equal(app.start.top + 9, app.start.row_count);
    press("Down");
    assert_int_equal(app.start.cursor, TW_COUNT(items) - 1);
    press("PgUp");
    assert_string_equal(at(), "mine");
    press("PgUp PgUp");
    assert_int_equal(app.start.cursor, 0);
    assert_int_equal(app.start.top, 0);
    press("G");
    assert_string_equal(at(), "any");
    press("g PgDn");
    assert_int_equal(app.start.cursor, 7);
    app_resize(&app, 80, 12);
    assert_int_equal(app.start.cursor, 7);
}

static void filter_wants_all_words(void **state) {
    (void)state;
    press("f c l o s e");
    assert_string_equal(at(), "four-way-close");
    press("Space F O U R Enter");
    expect_screen(&app, "start-filter-80x24");
    app_resize(&app, 40, 12);
    expect_screen(&app, "start-filter-40x12");
    press("Down Down Down Down");
    assert_int_equal(app.start.cursor, 7);
    press("f ^U n o t h i n g");
    assert_string_equal(at(), "free play"); // by its detail
    press("x");
    assert_int_equal(app.start.cursor, UI_NOTHING);
    press("Enter");
    app_resize(&app, 80, 24);
    expect_screen(&app, "start-no-match-80x24");
    press("Enter");
    assert_false(app.quit);
    press("Tab Down PgUp G n / a Enter Esc");
    assert_int_equal(app.start.filter[0], '\0');
    assert_int_equal(app.start.cursor, 0);
}

static void search_goes_there(void **state) {
    (void)state;
    press("Down / s y n");
    assert_int_equal(app.start.cursor, 2);
    press("Esc");
    assert_int_equal(app.start.cursor, 1);
    press("/ s y n Enter");
    assert_int_equal(app.start.cursor, 2);
    press("n");
    assert_int_equal(app.start.cursor, 5);
    press("n");
    assert_int_equal(app.start.cursor, 2);
    press("N");
    assert_int_equal(app.start.cursor, 5);
    press("/ q q q Enter");
    assert_int_equal(app.start.cursor, 5);
    assert_string_equal(app.notice, "nothing here has \"qqq\"");
}

static void enter_chooses_and_q_does_not(void **state) {
    (void)state;
    press("q");
    assert_true(app.quit);
    assert_false(app.start.chosen);
    app.quit = false;
    press("Down ? Enter");
    assert_false(app.quit);
    press("? Enter");
    assert_true(app.quit);
    assert_true(app.start.chosen);
    assert_int_equal(app.start.cursor, 1);
}

static void clicks(void **state) {
    (void)state;
    struct canvas canvas;
    screen_draw(&app, &canvas);
    uint32_t second = canvas.cells[4 * 80 + 10].target, lab = canvas.cells[1 * 80 + 30].target;
    assert_int_equal(second >> TARGET_SHIFT, TARGET_ROW);
    assert_int_equal(lab >> TARGET_SHIFT, TARGET_ROW);
    const uint32_t value = (1U << TARGET_SHIFT) - 1;
    struct mouse mouse = {MOUSE_PRESS, 0, 0};
    start_click(&app, &mouse, second & value);
    assert_int_equal(app.start.cursor, 1);
    assert_false(app.quit);
    start_click(&app, &mouse, lab & value);
    assert_string_equal(at(), "free play");
    mouse.kind = MOUSE_WHEEL_UP;
    start_click(&app, &mouse, 0);
    assert_int_equal(app.start.cursor, 4);
    mouse.kind = MOUSE_WHEEL_DOWN;
    start_click(&app, &mouse, 0);
    assert_int_equal(app.start.cursor, 6);
    mouse.kind = MOUSE_PRESS;
    start_click(&app, &mouse, TW_COUNT(items)); // of a picture that is gone
    assert_int_equal(app.start.cursor, 6);
    mouse.kind = MOUSE_DOUBLE;
    start_click(&app, &mouse, 2);
    assert_true(app.quit && app.start.chosen);
    assert_int_equal(app.start.cursor, 2);
    canvas_fini(&canvas);
}

static void interfaces_are_looked_at_only_while_seen(void **state) {
    (void)state;
    app_resize(&app, 80, 15);
    app_tick(&app, TW_SECOND);
    assert_int_equal(refreshes, 0);
    assert_true(start_due(&app) == TW_NO_TIME);
    press("G");
    app_tick(&app, TW_SECOND);
    assert_int_equal(refreshes, 1);
    assert_true(start_due(&app) == 2 * TW_SECOND);
    // Nothing new: nothing is drawn.
    app.changed = false;
    app_tick(&app, 2 * TW_SECOND - 1);
    assert_int_equal(refreshes, 1);
    app_tick(&app, 2 * TW_SECOND);
    assert_int_equal(refreshes, 2);
    assert_false(app.changed);
    busy = true;
    app_tick(&app, 3 * TW_SECOND);
    assert_true(app.changed);
    press("?");
    assert_true(start_due(&app) == TW_NO_TIME);
}

static void comes_back_where_it_was(void **state) {
    (void)state;
    hooks.place.cursor = 5;
    hooks.place.top = 4;
    snprintf(hooks.place.filter, sizeof hooks.place.filter, "syn");
    hooks.notice = "/var/tmp/a-capture-of-last-week/with-a-long-name.pcap: no such file or stored "
                   "capture, and no way to say so in fewer words";
    const struct app_options options = {.start = &hooks};
    app_fini(&app);
    app_init(&app, &options);
    app_resize(&app, 80, 24);
    assert_int_equal(app.start.cursor, 5);
    expect_screen(&app, "start-notice-80x24");
    press("Up");
    assert_int_equal(app.start.cursor, 2);
    assert_int_equal(app.notice[0], '\0');
    app_fini(&app);
    hooks.place.cursor = 4000; // something that is gone
    app_init(&app, &options);
    assert_int_equal(app.start.cursor, 2);
}

// One item more, in front, and all that is told of it in another language.
static size_t retell(void *context, size_t item) {
    static struct ui_start_item more[TW_COUNT(items) + 1] = {
        {.group = UI_START_CAPTURES, .name = "new", .title = "三次握手", .detail = ""}};
    assert_ptr_equal(context, &hooks);
    memcpy(more + 1, items, sizeof items);
    hooks.items = more;
    hooks.count = TW_COUNT(more);
    return item + 1;
}

static void another_language_tells_all_again(void **state) {
    (void)state;
    hooks.retell = retell;
    press("Down");
    const char *name = items[app.start.cursor].name;
    const size_t rows = app.start.row_count;
    press("^G");
    assert_string_equal(tw_language(), "zh");
    assert_true(app.anew);
    assert_int_equal(app.start.row_count, rows + 1);
    assert_string_equal(hooks.items[app.start.cursor].name, name);
    assert_true(tw_language_set("en"));
    // Where it could not be shown, there is none.
    app.english = true;
    press("^G");
    assert_string_equal(tw_language(), "en");
    assert_non_null(strstr(app.notice, "only English"));
}

static void wide_characters(void **state) {
    (void)state;
    static const struct ui_start_item wide[] = {
        {.group = UI_START_RECENT,
         .name = "三次握手和四次挥手的抓包文件再来一次一次.pcap",
         .title = "12.3 MiB, 状态状态状态状态状态状态状态状态状态状态状态状态状态状态状态",
         .detail = "/home/我/三次握手和四次挥手的抓包文件/再来一次一次/三次握手和四次挥手.pcap"},
        {.group = UI_START_RECENT,
         .name = "a\\x0ab.pcap",
         .title = "1 B",
         .detail = "/tmp/\x1b[31mnever as it is.pcap"}};
    app_fini(&app);
    hooks = (struct ui_start){.items = wide,
                              .count = TW_COUNT(wide),
                              .why_empty[UI_START_CAPTURES] = "none is stored",
                              .why_empty[UI_START_LAB] = "the lab needs Linux"};
    const struct app_options options = {.start = &hooks};
    app_init(&app, &options);
    app_resize(&app, 40, 12);
    expect_screen(&app, "start-wide-40x12");
    press("Down");
    app_resize(&app, 100, 16);
    expect_screen(&app, "start-wide-100x16");
}

static void any_size_and_any_keys_draw(void **state) {
    (void)state;
    noise = 7;
    busy = true;
    for (int i = 0; i < 8000; i++) {
        random_action(3);
        draw_whole(&app);
    }
}

int main(void) {
#define on_start(test) cmocka_unit_test_setup_teardown(test, open_start, close_start)
    const struct CMUnitTest tests[] = {
        on_start(looks),
        on_start(looks_in_ascii),
        on_start(tells_all_in_mono),
        on_start(goes_from_group_to_group),
        on_start(cursor_stays_on_items_and_on_the_screen),
        on_start(filter_wants_all_words),
        on_start(search_goes_there),
        on_start(enter_chooses_and_q_does_not),
        on_start(clicks),
        on_start(interfaces_are_looked_at_only_while_seen),
        on_start(comes_back_where_it_was),
        on_start(another_language_tells_all_again),
        on_start(wide_characters),
        on_start(any_size_and_any_keys_draw),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
