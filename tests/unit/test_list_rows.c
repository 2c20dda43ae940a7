// SPDX-License-Identifier: MIT
// Proves which connections the list shows, and in what order: sorted, filtered, searched, renewed
// as they change; and that work done by slices comes to the same as work done at once.
#include "list_screen.h"

#include "ui/list_rows.h"

// --- Order

static void every_order(void **state) {
    (void)state;
    static const char *const expected[] = {
        [SORT_NUMBER] = "1 2 3 4 5 6",       [SORT_CLIENT] = "1 2 3 4 5 6",
        [SORT_CLIENT_STATE] = "3 6 4 5 1 2", [SORT_SERVER] = "1 2 3 4 5 6",
        [SORT_SERVER_STATE] = "4 1 3 6 5 2", [SORT_OUTCOME] = "5 1 2 6 3 4",
        [SORT_DURATION] = "3 2 1 5 6 4",     [SORT_SEGMENTS] = "3 5 6 4 2 1",
        [SORT_OCTETS] = "2 3 4 6 1 5",       [SORT_RTT] = "3 4 1 2 5 6",
        [SORT_LETTERS] = "4 5 1 2 6 3",      [SORT_WAITS] = "1 2 3 4 5 6",
        [SORT_OPENED] = "1 2 3 4 5 6",
    };
    _Static_assert(TW_COUNT(expected) == SORT_COUNT, "every order is tried");
    for (unsigned sort = 1; sort <= SORT_COUNT; sort++)
        assert_string_equal(sorted_by((enum sort)(sort % SORT_COUNT)), expected[sort % SORT_COUNT]);
    sorted_by(SORT_DURATION);
    expect_in(line(2), "client");
    press("r");
    assert_string_equal(rows(), "4 5 6 1 2 3");
    press("Right Right Right Right");
    expect_in(line(2), "duration▼");
    press("r");
    expect_in(line(2), "duration▲");
    // What is chosen is in that order, too.
    press("f");
    type("outcome:reset|closed");
    press("Enter");
    assert_string_equal(rows(), "2 1 6");
    press("Esc");
    assert_string_equal(rows(), "3 2 1 5 6 4");
}

static void mixed_up(struct scene *many, unsigned count) {
    noise = 3;
    for (unsigned i = 0; i < count; i++) {
        noise_next();
        int64_t us = (int64_t)i * 100;
        unsigned which = (i * 7919) % 10000;
        scene_send(many, which, us, TW_CLIENT, TW_SYN, 0, 0, 0);
        if ((noise >> 20) % 4 == 0)
            continue;
        scene_send(many, which, us + (noise >> 16) % 90, TW_SERVER, TW_SYN | TW_ACK, 0, 1, 0);
        scene_send(many, which, us + 95, TW_CLIENT, TW_ACK, 1, 1, 0);
        if ((noise >> 22) % 3 == 0)
            scene_send(many, which, us + 99, TW_CLIENT, TW_ACK | TW_PSH, 1, 1, (noise >> 18) % 999);
        if ((noise >> 24) % 3 == 0)
            scene_send(many, which, us + 99, TW_SERVER, TW_ACK | TW_FIN, 1, 1, 0);
    }
}

static int by_keys(const void *a, const void *b) {
    const struct sort_key *x = a, *y = b;
    const uint64_t ours[] = {x->high, x->low, x->rest, x->connection},
                   theirs[] = {y->high, y->low, y->rest, y->connection};
    for (size_t i = 0; i < TW_COUNT(ours); i++)
        if (ours[i] != theirs[i])
            return ours[i] < theirs[i] ? -1 : 1;
    return 0;
}

// However it is cut into slices, the order is that of qsort.
static void slices_sort_as_qsort_does(void **state) {
    (void)state;
    static const size_t counts[] = {0, 1, 2, 255, 256, 257, 1000, 3000};
    struct scene many;
    scene_open(&many);
    mixed_up(&many, 3000);
    const struct app_options options = {.story = many.story};
    struct app other;
    app_init(&other, &options);
    struct sort_key *keys = malloc(3000 * sizeof *keys);
    assert_non_null(keys);
    for (unsigned sort = 1; sort < SORT_COUNT; sort++)
        for (size_t k = 0; k < TW_COUNT(counts); k++) {
            struct sorting sorting = {.on = false};
            const size_t count = counts[k];
            size_t slices = 0;
            const bool reverse = k % 2 == 1;
            for (size_t i = 0; i < count; i++) {
                keys[i] = sort_key_of(&other, i, (enum sort)sort);
                if (reverse)
                    keys[i] = (struct sort_key){~keys[i].high, ~keys[i].low, ~keys[i].rest,
                                                keys[i].connection};
            }
            qsort(keys, count, sizeof *keys, by_keys);
            assert_true(sorting_begin(&sorting, (enum sort)sort, reverse, count, false));
            for (bool ready = false; !ready; slices++) {
                struct slice slice = {.end = 0, .left = (int)(slices % 50) + 128};
                ready = sorting_work(&other, &sorting, &slice);
                assert_true(slices < 100000);
            }
            assert_true(count < 1000 || slices > 10);
            assert_int_equal(sorting.done, sorting.total);
            for (size_t i = 0; i < count; i++)
                assert_int_equal(sorting.order[i], keys[i].connection);
            sorting_stop(&sorting);
        }
    free(keys);
    app_fini(&other);
    scene_close(&many);
}

// What was there stays to be seen until all is in the new order; how far it is stands above.
static void old_order_until_the_new_one_is_ready(void **state) {
    (void)state;
    mixed_up(&scene, 9000);
    const struct app_options options = {.story = scene.story, .source_name = "many"};
    app_init(&app, &options);
    app.loading = false;
    app_resize(&app, 80, 24);
    rest();
    struct list *list = &app.list;
    list->sort = SORT_OCTETS;
    assert_true(sorting_begin(&list->sorting, SORT_OCTETS, false, 9000, false));
    struct slice slice = {.end = 0, .left = 7000};
    assert_false(sorting_work(&app, &list->sorting, &slice));
    assert_int_equal(list_connection(&app, 0), 0);
    assert_int_equal(list_connection(&app, 8999), 8999);
    expect_in(line(0), "sorting ");
    assert_true(app_busy(&app));
    rest();
    expect_not_in(line(0), "sorting ");
    uint64_t before = 0;
    for (size_t row = 0; row < list_count(&app); row++) {
        struct sort_key key = sort_key_of(&app, list_connection(&app, row), SORT_OCTETS);
        assert_true(key.high >= before);
        before = key.high;
    }
    // The same while a filter is looked for: its first page is shown at once.
    press("s s s s s");
    rest();
    press("f");
    type("syn-sent");
    rest();
    size_t count = list_count(&app);
    assert_true(count > 1000 && count < 9000);
    press("Enter Esc");
    rest();
    assert_int_equal(list_count(&app), 9000);
}

// --- Filter

static void filter_as_it_is_typed(void **state) {
    (void)state;
    press("f");
    expect_screen(&app, "list-examples-80x24");
    type("state:e");
    assert_string_equal(rows(), "5");
    type("x");
    assert_string_equal(rows(), "5"); // the last that was right
    expect_screen(&app, "list-fault-80x24");
    app_resize(&app, 40, 12);
    expect_screen(&app, "list-fault-40x12");
    app_resize(&app, 80, 24);
    app_key(&app, KEY_IS_ERASE);
    expect_in(line(1), "filter: state:e ");
    expect_in(line(1), "1 of 6 connections");
    press("Enter");
    assert_string_equal(rows(), "5");
    press("&");
    type(" nothing");
    press("Enter");
    assert_int_equal(list_count(&app), 0);
    expect_screen(&app, "list-none-80x24");
    press("Enter"); // opens nothing
    assert_int_equal(app.view, VIEW_CONNECTIONS);
    press("Esc");
    assert_string_equal(rows(), "1 2 3 4 5 6");
}

// Rows as they are chosen by slices; true: some were shown before all were known.
static bool choose_in_slices(const char *text, bool narrow) {
    char fault[LIST_FAULT_MAX];
    bool early = false;
    assert_true(query_parse(text, &app.list.query, fault, sizeof fault));
    list_rows_choose(&app, narrow);
    for (bool done = false; !done;) {
        struct slice slice = {.end = 0, .left = 200};
        size_t before = list_count(&app);
        done = list_rows_work(&app, &slice);
        early = early || (!done && list_count(&app) != before);
        if (list_count(&app) > 0)
            (void)list_connection(&app, list_count(&app) - 1);
    }
    return early;
}

// By slices, narrowed or not, in any order, the rows are those of one look at all connections.
static void slices_choose_as_one_look_does(void **state) {
    (void)state;
    static const struct {
        const char *text;
        bool narrow;
    } steps[] = {{"1", false},           {"15", true},
                 {"155", true},          {"155 established", true},
                 {"established", false}, {"established -fin", true}};
    struct scene many;
    scene_open(&many);
    mixed_up(&many, 3000);
    const struct app_options options = {.story = many.story};
    for (int order = 0; order < 4; order++) {
        bool early = false;
        app_init(&app, &options);
        app.loading = false;
        rest();
        if (order & 1)
            press("r");
        if (order & 2)
            sorted_by(SORT_OCTETS);
        uint32_t all[3000];
        for (size_t i = 0; i < 3000; i++)
            all[i] = (uint32_t)list_connection(&app, i);
        for (size_t k = 0; k < TW_COUNT(steps); k++) {
            early = choose_in_slices(steps[k].text, steps[k].narrow) || early;
            size_t row = 0;
            for (size_t i = 0; i < 3000; i++)
                if (list_matches(&app, &app.list.query, all[i]))
                    assert_int_equal(list_connection(&app, row++), all[i]);
            assert_true(row > 0);
            assert_int_equal(list_count(&app), row);
        }
        assert_true(early || order == 1); // where the last one is on top all must be known first
        app_fini(&app);
    }
    scene_close(&many);
}

// Typing letter by letter comes to the same as asking at once.
static void narrowing_is_the_same(void **state) {
    (void)state;
    static const char *const texts[] = {"time-wait",       "10.0.0.5:51516", "closed -51514",
                                        "-reset port:443", "refused|reset",  "state:closed 10"};
    for (size_t i = 0; i < TW_COUNT(texts); i++)
        for (int sorted = 0; sorted < 2; sorted++) {
            char once[256];
            sorted_by(sorted ? SORT_SEGMENTS : SORT_NUMBER);
            list_filter(&app, texts[i]);
            rest();
            snprintf(once, sizeof once, "%s", rows());
            press("Esc f");
            type(texts[i]);
            press("Enter");
            rest();
            assert_string_equal(rows(), once);
            press("Esc");
        }
}

static void by_state(void **state) {
    (void)state;
    static const char *const filters[] = {"state:CLOSED", "state:SYN-SENT", "state:ESTABLISHED",
                                          "state:TIME-WAIT", ""};
    for (size_t i = 0; i < TW_COUNT(filters); i++) {
        press("t");
        assert_string_equal(app.list.filter, filters[i]);
    }
    assert_int_equal(list_count(&app), 6);
}

// What a connection has become while its capture is read is looked at again.
static void rows_are_renewed(void **state) {
    (void)state;
    for (unsigned i = 0; i < 3; i++)
        scene_handshake(&scene, i, i * 1000);
    const struct app_options options = {.story = scene.story};
    app_init(&app, &options);
    app_tick(&app, TW_SECOND);
    press("f");
    type("state:fin-wait-1|syn-sent");
    press("Enter");
    scene_send(&scene, 0, 40000, TW_CLIENT, TW_ACK, 1, 1, 0);
    app_tick(&app, 2 * TW_SECOND);
    assert_int_equal(list_count(&app), 0);
    scene_send(&scene, 1, 50000, TW_CLIENT, TW_FIN | TW_ACK, 1, 1, 0);
    scene_send(&scene, 3, 60000, TW_CLIENT, TW_SYN, 0, 0, 0); // a new one is there at once
    app_tick(&app, 2 * TW_SECOND + TW_MILLISECOND);
    assert_string_equal(rows(), "4");
    app_tick(&app, 4 * TW_SECOND);
    assert_string_equal(rows(), "2 4");
    // Likewise what it is sorted by; the cursor stays on its connection.
    press("Esc");
    while (app.list.sort != SORT_OCTETS)
        press("s");
    press("Down Down");
    assert_string_equal(rows(), "1 2 3 4");
    scene_send(&scene, 0, 70000, TW_CLIENT, TW_PSH | TW_ACK, 1, 1, 100);
    app_tick(&app, 4 * TW_SECOND + TW_MILLISECOND);
    assert_string_equal(rows(), "1 2 3 4");
    app_tick(&app, 8 * TW_SECOND);
    assert_string_equal(rows(), "2 3 4 1");
    assert_int_equal(app.list.cursor, 1);
}

// --- Search

static void search(void **state) {
    (void)state;
    press("Down /");
    type("reset");
    assert_int_equal(app.list.cursor, 5);
    press("Esc"); // back
    assert_int_equal(app.list.cursor, 1);
    press("/");
    type("time");
    assert_int_equal(app.list.cursor, 1);
    type("x");
    assert_int_equal(app.list.cursor, 1);
    expect_in(line(1), "no row has it");
    app_key(&app, KEY_IS_ERASE);
    press("Enter");
    assert_int_equal(app.list.cursor, 1);
    press("n");
    assert_int_equal(app.list.cursor, 0); // from the end to the beginning
    press("n");
    assert_int_equal(app.list.cursor, 1);
    press("N N");
    assert_int_equal(app.list.cursor, 1);
    press("N");
    assert_int_equal(app.list.cursor, 0);
    press("/");
    type("state:x");
    expect_in(line(1), "state:x: no such state");
    app_key(&app, KEY_IS_ERASE);
    type("syn-s");
    assert_int_equal(app.list.cursor, 3);
    press("Enter g n");
    assert_int_equal(app.list.cursor, 3);
    press("g / Enter"); // the same again
    assert_int_equal(app.list.cursor, 3);
    press("/");
    type("nothing-like-it");
    press("Enter");
    assert_string_equal(app.notice, "no row has nothing-like-it");
    assert_int_equal(app.list.cursor, 3);
    assert_int_equal(list_count(&app), 6); // nothing was filtered
}

static void search_before_any(void **state) {
    (void)state;
    press("n");
    assert_string_equal(app.notice, "nothing to look for yet: / asks");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        on_scene(every_order),
        cmocka_unit_test(slices_sort_as_qsort_does),
        on_empty_scene(old_order_until_the_new_one_is_ready),
        on_scene(filter_as_it_is_typed),
        cmocka_unit_test(slices_choose_as_one_look_does),
        on_scene(narrowing_is_the_same),
        on_scene(by_state),
        on_empty_scene(rows_are_renewed),
        on_scene(search),
        on_scene(search_before_any),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
