// SPDX-License-Identifier: MIT
// Proves that a screen that stays on for ever keeps what one looks at: cursor, marks, sorted and
// filtered rows and the open connection are those of the same connections, whatever is forgotten.
#include "screen_scene.h"

#include "ui/list_rows.h"

enum { LIMIT = 400000, MANY = 4000 };

static unsigned sent;

static int open_scene(void **state) {
    (void)state;
    scene_open(&scene);
    tw_story_limit(scene.story, LIMIT);
    sent = 0;
    const struct app_options options = {
        .story = scene.story, .source_name = "lo", .utc = true, .endless = true};
    app_init(&app, &options);
    app_resize(&app, 80, 24);
    return 0;
}

static void tick(void) {
    do
        app_tick(&app, app.now + TW_SECOND);
    while (app_busy(&app));
}

// Connections that take each another time, and are over at once.
static void send(unsigned count) {
    for (; count > 0; count--, sent++) {
        const int64_t us = (int64_t)sent * 1000000;
        scene_handshake(&scene, sent, us);
        scene_send(&scene, sent, us + 100000 + sent * 7919 % 500000, TW_SERVER, TW_RST | TW_ACK, 1,
                   1, 0);
    }
}

static uint64_t number_of(size_t connection) {
    struct tw_connection_info info;
    tw_story_info(tw_story_at(scene.story, connection), &info);
    return info.number;
}

static uint64_t number_at_cursor(void) {
    return number_of(list_connection(&app, app.list.cursor));
}

static void press(const char *keys) {
    for (uint32_t key; (key = key_next(&keys)) != KEY_IS_NONE;)
        app_key(&app, key);
    tick();
}

// All rows that there should be, each once, in their order.
static void expect_rows(void) {
    size_t matching = 0;
    struct sort_key before = {0};
    for (size_t i = 0; i < tw_story_count(scene.story); i++)
        matching += list_matches(&app, &app.list.query, i);
    assert_int_equal(list_count(&app), matching);
    for (size_t row = 0; row < matching; row++) {
        const size_t connection = list_connection(&app, row);
        assert_true(connection < tw_story_count(scene.story));
        assert_true(list_matches(&app, &app.list.query, connection));
        const struct sort_key key = sort_key_of(&app, connection, app.list.sort);
        if (row > 0)
            assert_true(key.high > before.high ||
                        (key.high == before.high && key.connection > before.connection));
        before = key;
        assert_int_equal(list_rows_of(&app, connection), row);
    }
}

// The cursor and the marks are on connections that are not forgotten, as they are marked.
static void stay(const char *keys) {
    send(100);
    tick();
    press(keys);
    press("Down Down Down Space Down Space");
    app.list.cursor--;
    const uint64_t at = number_at_cursor(), first = tw_story_forgotten(scene.story);
    uint64_t marked[2], times = 0;
    size_t next = 0;
    for (int i = 0; i < 2; i++, next++)
        marked[i] = number_of(next = list_next_marked(&app, next));
    while (sent < MANY) {
        const uint64_t forgotten = tw_story_forgotten(scene.story);
        send(10);
        tick();
        if (tw_story_forgotten(scene.story) == forgotten)
            continue;
        times++;
        expect_rows();
        assert_int_equal(number_at_cursor(), at);
        assert_int_equal(list_marked_count(&app), 2);
        next = 0;
        for (int i = 0; i < 2; i++, next++)
            assert_int_equal(number_of(next = list_next_marked(&app, next)), marked[i]);
    }
    assert_true(times > 5 && tw_story_forgotten(scene.story) > first);
    assert_int_equal(tw_story_connections_dropped(scene.story), 0);
    assert_true(tw_story_memory(scene.story) <= LIMIT);
}

static void by_number(void **state) {
    (void)state;
    stay("");
}

static void sorted(void **state) {
    (void)state;
    press("s s s s s s");
    assert_int_equal(app.list.sort, SORT_DURATION);
    stay("");
}

static void filtered(void **state) {
    (void)state;
    press("f");
    for (const char *c = "port:51514-51600|52000-60000"; *c != '\0'; c++)
        app_key(&app, (uint32_t)*c);
    press("Enter");
    stay("");
}

static void filtered_and_sorted(void **state) {
    (void)state;
    press("s s s s s s");
    filtered(state);
}

// Where nothing holds it the cursor goes on with the rows that are left; the newest is followed.
static void follows(void **state) {
    (void)state;
    send(50);
    tick();
    press("F");
    while (sent < MANY) {
        send(20);
        tick();
        assert_int_equal(number_at_cursor(), sent);
    }
    press("F g");
    while (sent < 2 * MANY) {
        send(20);
        tick();
        assert_int_equal(app.list.cursor, 0);
    }
    expect_rows();
}

// The connection that is open is not forgotten, and nothing of it moves.
static void what_is_open_stays(void **state) {
    (void)state;
    send(50);
    tick();
    press("Down Down Enter ] ]");
    assert_int_equal(app.view, VIEW_CONNECTION);
    const uint64_t number = number_of(app.shown);
    const double place = app.playback.place;
    const struct tw_story_connection *connection = app.ladder.connection;
    while (sent < MANY) {
        send(20);
        tick();
        assert_int_equal(number_of(app.shown), number);
        assert_ptr_equal(app.ladder.connection, connection);
        assert_true(app.playback.place == place);
    }
    assert_true(tw_story_forgotten(scene.story) > 0);
}

// Else in a flood, in which something is forgotten all the time, it would never end.
static void filtering_goes_on(void **state) {
    (void)state;
    while (!tw_story_is_full(scene.story))
        send(10);
    list_filter(&app, "port:51514-51600|52000-60000");
    list_rows_choose(&app, false);
    struct slice slice = {.left = (int)tw_story_count(scene.story) * 9 / 10};
    assert_false(list_rows_work(&app, &slice));
    const size_t examined = app.list.filtering.examined;
    app_forget(&app);
    const uint64_t forgotten = tw_story_forgotten(scene.story);
    assert_true(forgotten > 0 && forgotten < examined); // the oldest
    assert_true(app.list.filtering.on);
    assert_int_equal(app.list.filtering.examined, examined - forgotten);
    tick();
    expect_rows();
}

// Who looks for what is over looks at all: there must be some of it, and not only what is marked.
static void a_few_are_not_looked_for(void **state) {
    (void)state;
    unsigned closed = 0;
    for (; !tw_story_is_full(scene.story); sent++)
        scene_handshake(&scene, sent, (int64_t)sent * 1000);
    const int64_t us = (int64_t)sent * 1000;
    while (closed < sent / 128)
        scene_send(&scene, closed++, us, TW_SERVER, TW_RST | TW_ACK, 1, 1, 0);
    scene_send(&scene, sent - 1, us + 600000000, TW_CLIENT, TW_PSH | TW_ACK, 1, 1, 1);
    tick();
    assert_int_equal(tw_story_over(scene.story), closed);
    assert_int_equal(tw_story_forgotten(scene.story), 0);
    while (closed < sent / 32)
        scene_send(&scene, closed++, us + 600000000, TW_SERVER, TW_RST | TW_ACK, 1, 1, 0);
    scene_send(&scene, sent - 1, us + 1200000000, TW_CLIENT, TW_PSH | TW_ACK, 2, 1, 1);
    tick();
    assert_int_equal(tw_story_forgotten(scene.story), closed);
    assert_int_equal(tw_story_over(scene.story), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        on_scene(by_number),         on_scene(sorted),
        on_scene(filtered),          on_scene(filtered_and_sorted),
        on_scene(follows),           on_scene(what_is_open_stays),
        on_scene(filtering_goes_on), on_scene(a_few_are_not_looked_for)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
