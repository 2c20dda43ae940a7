// SPDX-License-Identifier: MIT
// Proves what the kernel's word looks like beside what the wire shows, and when the kernel is
// asked, with a kernel that is made up. The expected text is in tests/screens/kernel-*.txt.
#include "check_columns.h"
#include "screen_scene.h"

#include "ui/ui.h"
#include "ui/views/views.h"

enum { MOST = 40 };

// The kernel that is made up: what it says of each end of each connection, by the client's port.
static struct {
    struct ui_kernel_said said[MOST][TW_END_COUNT];
    unsigned asked[MOST], turns;
} fake;

static const struct tw_address client_address = {{10, 0, 0, 5}};

static void on_ask(void *context, const struct tw_tuple *tuple, struct ui_kernel_said *said) {
    (void)context;
    const bool client = memcmp(&tuple->local, &client_address, sizeof client_address) == 0;
    const unsigned which = (client ? tuple->local_port : tuple->remote_port) - 51514U;
    assert_true(which < MOST);
    assert_int_equal(client ? tuple->remote_port : tuple->local_port, 443);
    *said = fake.said[which][client ? TW_CLIENT : TW_SERVER];
    fake.asked[which]++;
}

static void on_turn(void *context) {
    (void)context;
    fake.turns++;
}

static const struct ui_kernel hooks = {.ask = on_ask, .turn = on_turn};

static struct ui_kernel_said *has(unsigned which, enum tw_end end, enum tw_state state,
                                  const char *process) {
    struct ui_kernel_said *said = &fake.said[which][end];
    *said = (struct ui_kernel_said){.local = true, .told = true, .process = {.user = "alice"}};
    said->socket.state = state;
    said->process.owner = process != NULL ? UI_OWNER_KNOWN : UI_OWNER_NOBODY;
    said->socket.inode = process != NULL ? 4711 : 0;
    said->process.pid = process != NULL ? 1234 : 0;
    snprintf(said->process.name, sizeof said->process.name, "%s", process != NULL ? process : "");
    return said;
}

static void tick(tw_time by) {
    app_tick(&app, app.now + by);
}

static int open_scene(void **state) {
    (void)state;
    memset(&fake, 0, sizeof fake);
    scene_open(&scene);
    scene_mixed(&scene);
    const struct app_options options = {
        .story = scene.story, .kernel = &hooks, .live = true, .source_name = "eth0", .utc = true};
    app_init(&app, &options);
    // 1: closed by the client; 4: only SYNs; 5: open; 6: reset.
    has(0, TW_CLIENT, TW_TIME_WAIT, NULL)->socket.timer = TW_TIMER_TIME_WAIT;
    fake.said[0][TW_CLIENT].socket.expires = 50 * TW_SECOND;
    struct ui_kernel_said *asks = has(3, TW_CLIENT, TW_SYN_SENT, "curl");
    asks->socket.timer = TW_TIMER_RETRANSMIT;
    asks->socket.expires = 4 * TW_SECOND;
    asks->socket.retransmits = 4;
    struct ui_kernel_said *open = has(4, TW_CLIENT, TW_FIN_WAIT_1, NULL);
    open->socket.send_queue = 4001;
    open->socket.timer = TW_TIMER_PROBE;
    open->socket.expires = 800 * TW_MILLISECOND;
    open->socket.rtt = 10200000;
    open->socket.congestion_window = 10;
    has(5, TW_CLIENT, TW_CLOSED, NULL);
    return 0;
}

static void open_connection(unsigned which) {
    app.view = VIEW_CONNECTIONS;
    list_go(&app, which);
    app_act(&app, ACTION_OPEN);
    tick(TW_SECOND);
    app_act(&app, ACTION_LAST);
    tick(TW_SECOND);
}

// --- What it looks like

static void in_the_list(void **state) {
    (void)state;
    has(1, TW_CLIENT, TW_FIN_WAIT_2, "a-long-name-15c");
    fake.said[3][TW_CLIENT].process.owner = UI_OWNER_HIDDEN;
    tick(TW_SECOND);
    expect_screen(&app, "kernel-list-80x24");
    app_resize(&app, 120, 40);
    tick(TW_SECOND);
    expect_screen(&app, "kernel-list-120x40");
    app_resize(&app, 40, 12);
    tick(TW_SECOND);
    expect_screen(&app, "kernel-list-40x12");
}

// Every column can be seen at every width, the kernel's two as well.
static void columns_scroll(void **state) {
    (void)state;
    tick(TW_SECOND);
    for (int i = 0; i < COLUMN_COUNT; i++)
        assert_true(columns_have(&app, (enum column)i));
    check_columns();
}

static void one_end(void **state) {
    (void)state;
    open_connection(4);
    expect_screen(&app, "kernel-one-end-80x24");
    app_resize(&app, 120, 40);
    tick(TW_SECOND);
    expect_screen(&app, "kernel-one-end-120x40");
    app.ascii = true;
    app_resize(&app, 80, 24);
    tick(TW_SECOND);
    expect_screen(&app, "kernel-one-end-ascii-80x24");
    app_resize(&app, 40, 12);
    tick(TW_SECOND);
    expect_screen(&app, "kernel-one-end-ascii-40x12");
    // The diagram is seen whole, with one row for the kernel.
    app.ascii = false;
    app_resize(&app, 80, 24);
    app.part = PART_DIAGRAM;
    tick(TW_SECOND);
    expect_screen(&app, "kernel-diagram-80x24");
}

static void both_ends(void **state) {
    (void)state;
    struct ui_kernel_said *server = has(4, TW_SERVER, TW_ESTABLISHED, "nginx");
    server->socket.receive_queue = 4000;
    open_connection(4);
    expect_screen(&app, "kernel-both-80x24");
    app_resize(&app, 120, 40);
    tick(TW_SECOND);
    expect_screen(&app, "kernel-both-120x40");
    app_resize(&app, 40, 12);
    tick(TW_SECOND);
    expect_screen(&app, "kernel-both-40x12");
}

static void a_full_listener(void **state) {
    (void)state;
    struct ui_kernel_said *server = has(3, TW_SERVER, TW_CLOSED, NULL);
    server->listener =
        (struct tw_kernel_socket){.state = TW_LISTEN, .receive_queue = 2, .send_queue = 1};
    server->opening = 3;
    open_connection(3);
    assert_true(screen_has(&app, "S LISTEN accept queue 2 of 1, full, SYN queue 3"));
    assert_true(screen_has(&app, "S the accept queue is full: SYNs and last ACKs are passed over"));
}

static void whose_it_is(void **state) {
    (void)state;
    struct ui_kernel_said *client = &fake.said[4][TW_CLIENT];
    has(4, TW_CLIENT, TW_ESTABLISHED, "curl");
    open_connection(4);
    assert_true(screen_has(&app, "C ESTABLISHED curl 1234, user alice"));
    client->process.owner = UI_OWNER_HIDDEN;
    tick(TW_SECOND);
    assert_true(screen_has(&app, "C ESTABLISHED no right to see whose, user alice"));
    client->process.owner = UI_OWNER_NOBODY;
    client->socket.inode = 0;
    tick(TW_SECOND);
    assert_true(screen_has(&app, "C ESTABLISHED no process"));
    assert_true(screen_has(&app, "in the accept queue: no process has it yet"));
    assert_true(screen_has(&app, "no process, was curl 1234"));
    // What stands there may be anything: the canvas lets no control through.
    snprintf(client->process.name, sizeof client->process.name, "\033[2J\xff%%s\n");
    client->process.owner = UI_OWNER_KNOWN;
    tick(TW_SECOND);
    assert_true(screen_has(&app, "?[2J?%s? 1234"));
    client->told = false; // it could not be asked
    tick(TW_SECOND);
    assert_true(screen_has(&app, "kernel  C -"));
}

// Who has reset it is asked when it is over.
static void whose_it_was(void **state) {
    (void)state;
    struct ui_kernel_said *server = has(4, TW_SERVER, TW_ESTABLISHED, "httpd");
    open_connection(4);
    *server = (struct ui_kernel_said){.local = true, .told = true};
    server->listener.state = TW_LISTEN;
    server->server = (struct ui_process){.owner = UI_OWNER_KNOWN, .pid = 99, .name = "inetd"};
    tick(TW_SECOND);
    assert_true(screen_has(&app, "S LISTEN"));
    assert_true(screen_has(&app, "was httpd 1234"));
    assert_true(screen_has(&app, "inetd 99"));
    app_act(&app, ACTION_BACK);
    char text[KERNEL_TEXT];
    assert_string_equal(kernel_process_text(&app, 4, text), "no process>httpd");
    app.loading = false; // the interface is gone
    tick(TW_SECOND);
    assert_string_equal(kernel_process_text(&app, 4, text), ">httpd");
}

// Nobody has accepted it: who could is named.
static void who_listens(void **state) {
    (void)state;
    struct ui_kernel_said *server = has(4, TW_SERVER, TW_CLOSED, NULL);
    server->listener.state = TW_LISTEN;
    server->server = (struct ui_process){.owner = UI_OWNER_KNOWN, .pid = 99, .name = "inetd"};
    tick(TW_SECOND);
    char text[KERNEL_TEXT];
    assert_string_equal(kernel_process_text(&app, 4, text), "no process>inetd");
}

static void what_has_been_is_marked_so(void **state) {
    (void)state;
    open_connection(4);
    assert_true(screen_has(&app, " kernel  C FIN-WAIT-1"));
    app_act(&app, ACTION_FIRST);
    tick(TW_SECOND);
    assert_true(screen_has(&app, " kernel now  C FIN-WAIT-1"));
}

// Nothing of another machine: the screen is as it is without a kernel.
static void no_end_is_of_this_machine(void **state) {
    (void)state;
    open_connection(1);
    assert_int_equal(kernel_height(&app), 0);
    assert_int_equal(why_height(&app), WHY_HEIGHT);
}

static void any_size_draws(void **state) {
    (void)state;
    has(4, TW_SERVER, TW_ESTABLISHED, "nginx");
    open_connection(4);
    for (int view = VIEW_CONNECTIONS; view <= VIEW_CONNECTION; view++)
        for (int part = PART_LADDER; part < PART_COUNT; part++)
            for (int width = 1; width <= 200; width += width < 45 || width > 115 ? 3 : 7)
                for (int height = 1; height <= 60; height += height < 26 ? 1 : 5) {
                    app.view = (enum view)view;
                    app.part = (enum part)part;
                    app_resize(&app, width, height);
                    tick(TW_SECOND / 10);
                    draw_whole(&app);
                }
}

// --- When it is asked

// After each segment with the next frame, else once a second, two questions each.
static void asked_as_things_happen(void **state) {
    (void)state;
    open_connection(4);
    memset(fake.asked, 0, sizeof fake.asked);
    for (int i = 0; i < 20; i++)
        tick(TW_SECOND / 100);
    assert_int_equal(fake.asked[4], 0);
    scene_send(&scene, 4, 6000000, TW_CLIENT, TW_PSH | TW_ACK, 4001, 1, 100);
    tick(TW_SECOND / 20);
    assert_int_equal(fake.asked[4], 2);
    for (int i = 0; i < 10; i++)
        tick(TW_SECOND / 10);
    assert_int_equal(fake.asked[4], 4);
    for (unsigned i = 0; i < MOST; i++)
        assert_true(i == 4 || fake.asked[i] == 0); // of nothing that is not seen
    // However fast they come: no more than a frame shows.
    memset(fake.asked, 0, sizeof fake.asked);
    for (int i = 0; i < 1000; i++) {
        scene_send(&scene, 4, 7000000 + i, TW_SERVER, TW_ACK, 1, 4101, 0);
        tick(TW_MILLISECOND);
    }
    assert_in_range(fake.asked[4], 20, 2 * 1000 / 30 + 2);
}

static void asked_only_of_rows_that_are_seen(void **state) {
    (void)state;
    for (unsigned i = 6; i < MOST; i++)
        scene_handshake(&scene, i, 6000000 + (int64_t)i * 100000);
    app_act(&app, ACTION_FIRST);
    tick(TW_SECOND);
    memset(fake.asked, 0, sizeof fake.asked);
    tick(TW_SECOND);
    const size_t first = app.list.top, page = (size_t)list_page(&app);
    assert_true(page < MOST);
    for (unsigned i = 0; i < MOST; i++)
        assert_int_equal(fake.asked[i], i >= first && i < first + page ? 2 : 0);
    // Other rows are asked about when they come into sight, not a second later.
    app_act(&app, ACTION_LAST);
    tick(TW_MILLISECOND);
    assert_int_equal(fake.asked[MOST - 1], 2);
    // Under help, and of a moment that is over, nothing is.
    memset(&fake.asked, 0, sizeof fake.asked);
    const unsigned turns = fake.turns;
    app_act(&app, ACTION_HELP);
    tick(2 * TW_SECOND);
    app_act(&app, ACTION_BACK);
    app.moment.set = true;
    app.moment.time = scene_begin + TW_SECOND;
    tick(2 * TW_SECOND);
    app.moment.set = false;
    app.loading = false; // the watch is over
    tick(2 * TW_SECOND);
    for (unsigned i = 0; i < MOST; i++)
        assert_int_equal(fake.asked[i], 0);
    assert_int_equal(fake.turns, turns);
}

// What is on its way is asked for again soon, but not for ever.
static void asked_again_whose_it_is(void **state) {
    (void)state;
    has(4, TW_CLIENT, TW_ESTABLISHED, "curl")->process.owner = UI_OWNER_UNKNOWN;
    app.view = VIEW_CONNECTIONS;
    list_go(&app, 4);
    app_act(&app, ACTION_OPEN);
    tick(TW_MILLISECOND);
    assert_true(kernel_waits(&app));
    memset(fake.asked, 0, sizeof fake.asked);
    tick(TW_SECOND / 10);
    assert_int_equal(fake.asked[4], 2);
    assert_true(kernel_waits(&app));
    for (int i = 0; i < 20; i++)
        tick(TW_SECOND / 10);
    assert_false(kernel_waits(&app));
    memset(fake.asked, 0, sizeof fake.asked);
    for (int i = 0; i < 30; i++)
        tick(TW_SECOND / 10);
    assert_int_equal(fake.asked[4], 2 * 3);
}

// Where the answer is the same nothing is drawn anew.
static void drawn_when_it_says_something_else(void **state) {
    (void)state;
    open_connection(4);
    app.changed = false;
    tick(2 * TW_SECOND);
    assert_false(app.changed);
    fake.said[4][TW_CLIENT].socket.send_queue++;
    tick(2 * TW_SECOND);
    assert_true(app.changed);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        on_scene(in_the_list),
        on_scene(columns_scroll),
        on_scene(one_end),
        on_scene(both_ends),
        on_scene(a_full_listener),
        on_scene(whose_it_is),
        on_scene(whose_it_was),
        on_scene(who_listens),
        on_scene(what_has_been_is_marked_so),
        on_scene(no_end_is_of_this_machine),
        on_scene(any_size_draws),
        on_scene(asked_as_things_happen),
        on_scene(asked_only_of_rows_that_are_seen),
        on_scene(asked_again_whose_it_is),
        on_scene(drawn_when_it_says_something_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
