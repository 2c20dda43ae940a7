// SPDX-License-Identifier: MIT
// Proves what the lab looks like on the screen, and what its keys ask of the lab, with a lab that
// is made up: hand-made flights and sockets, and callbacks that write down what they were asked.
// The expected text is in tests/screens/lab-*.txt.
#include "keys.h"
#include "screen_scene.h"

#include "ui/ui.h"
#include "ui/views/views.h"

#include <sys/socket.h>

enum { MOST = 40 };

// The lab that is made up.
static struct {
    struct tw_lab_view view;
    tw_time now;
    struct tw_flight flights[MOST];
    struct tw_lab_socket sockets[MOST];
    struct tw_kernel_socket kernel[TW_END_COUNT][MOST];
    struct tw_witness witness;
    struct tw_witness_call calls[MOST];
    enum tw_call fails; // the call that fails with EADDRINUSE; TW_CALL_COUNT: none
    const char *refusal, *news;
    char asked[4096];
} fake;

static void write_down(const char *format, ...) TW_PRINTF(1, 2);
static void write_down(const char *format, ...) {
    size_t length = strlen(fake.asked);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(fake.asked + length, sizeof fake.asked - length, format, arguments);
    va_end(arguments);
}

static void on_view(void *context, struct tw_lab_view *view, tw_time *now) {
    (void)context;
    *view = fake.view;
    *now = fake.now;
}

static void told(enum tw_end end, const char *text, const char *result, int error) {
    assert_true(fake.witness.call_count < MOST);
    fake.calls[fake.witness.call_count++] =
        (struct tw_witness_call){.end = end, .text = text, .result = result, .error = error};
}

static const char *on_call(void *context, const struct tw_lab_request *request) {
    (void)context;
    static const char *const names[] = {
#define X(id, name) name,
        TW_CALL_LIST(X)
#undef X
    };
    write_down("%s %s(%s", request->process, names[request->call],
               request->socket != NULL ? request->socket : "");
    switch (request->call) {
    case TW_CALL_BIND:
    case TW_CALL_CONNECT: write_down(",%u", request->port); break;
    case TW_CALL_LISTEN:
    case TW_CALL_SHUTDOWN: write_down(",%d", request->value); break;
    case TW_CALL_RECV: write_down(",%zu", request->length); break;
    case TW_CALL_SETSOCKOPT:
        write_down(",%s,%d,%d", request->sockopt->name, request->values[0], request->values[1]);
        break;
    default: break;
    }
    write_down(")%s%s\n", request->name != NULL ? "=" : "",
               request->name != NULL ? request->name : "");
    if (fake.refusal != NULL)
        return fake.refusal;
    bool fails = request->call == fake.fails;
    if (fake.witness.call_count < MOST)
        told(TW_CLIENT, names[request->call], fails ? "-1 EADDRINUSE" : "0", fails ? 98 : 0);
    return NULL;
}

static void on_wire(void *context, enum ui_lab_act act, uint64_t flight) {
    (void)context;
    static const char *const names[] = {"deliver", "drop", "duplicate", "swap"};
    _Static_assert(TW_COUNT(names) == UI_LAB_ACT_COUNT, "every act has its name");
    write_down("%s %d\n", names[act], (int)flight);
}

static void on_hold(void *context, enum tw_end from, bool hold) {
    (void)context;
    write_down("%s %s\n", hold ? "hold" : "release", from == TW_CLIENT ? "client" : "server");
    fake.view.holding[from] = hold;
}

static const char *on_type(void *context, const char *line) {
    (void)context;
    write_down("type %s\n", line);
    return fake.refusal;
}

static const char *on_news(void *context) {
    (void)context;
    const char *news = fake.news;
    fake.news = NULL;
    return news;
}

static const struct ui_lab hooks = {.view = on_view,
                                    .call = on_call,
                                    .wire = on_wire,
                                    .hold = on_hold,
                                    .type = on_type,
                                    .news = on_news};

static const struct tw_address addresses[TW_END_COUNT] = {{{10, 0, 0, 5}}, {{93, 184, 216, 34}}};
static const uint16_t ports[TW_END_COUNT] = {51514, 443};

static struct tw_tuple tuple_of(enum tw_end end) {
    return (struct tw_tuple){.local = addresses[end],
                             .remote = addresses[tw_other(end)],
                             .local_port = ports[end],
                             .remote_port = ports[tw_other(end)],
                             .version = 4};
}

// A socket of an end; its state as the kernel has it, CLOSED: the kernel does not know it.
static struct tw_kernel_socket *has_socket(enum tw_end end, const char *name, enum tw_state state) {
    struct tw_tuple tuple = tuple_of(end);
    if (state == TW_LISTEN) {
        memset(&tuple.local, 0, sizeof tuple.local);
        memset(&tuple.remote, 0, sizeof tuple.remote);
        tuple.remote_port = 0;
    }
    if (name != NULL) {
        struct tw_lab_socket *socket = &fake.sockets[fake.view.socket_count++];
        *socket = (struct tw_lab_socket){.end = end,
                                         .version = 4,
                                         .listening = state == TW_LISTEN,
                                         .pending = TW_LAB_NO_CALL,
                                         .tuple = tuple};
        snprintf(socket->process, sizeof socket->process, end == TW_CLIENT ? "client" : "server");
        snprintf(socket->name, sizeof socket->name, "%s", name);
    }
    struct tw_kernel_socket *kernel = &fake.kernel[end][fake.view.kernel_count[end]];
    if (state != TW_CLOSED)
        fake.view.kernel_count[end]++;
    *kernel =
        (struct tw_kernel_socket){.tuple = tuple, .state = state, .inode = name != NULL ? 4711 : 0};
    return kernel;
}

// The same for a connection from another port of the client's.
static struct tw_kernel_socket *has_other(enum tw_end end, const char *name, enum tw_state state,
                                          uint16_t port) {
    struct tw_kernel_socket *kernel = has_socket(end, name, state);
    uint16_t *own = end == TW_CLIENT ? &kernel->tuple.local_port : &kernel->tuple.remote_port;
    *own = port;
    if (name != NULL)
        fake.sockets[fake.view.socket_count - 1].tuple = kernel->tuple;
    return kernel;
}

// A segment on its way that lands in `ms`; -1: it is held.
static struct tw_flight *flies(enum tw_end from, unsigned flags, uint32_t seq, uint32_t ack,
                               uint32_t length, int ms) {
    struct tw_flight *flight = &fake.flights[fake.view.flight_count++];
    *flight = (struct tw_flight){
        .id = fake.view.flight_count + 2,
        .from = from,
        .lands = ms < 0 ? TW_NO_TIME : fake.now + ms * TW_MILLISECOND,
        .at = ms < 0 ? 0.99 : 1 - ms / 400.0,
        .segment = {.source = addresses[from],
                    .destination = addresses[tw_other(from)],
                    .source_port = ports[from],
                    .destination_port = ports[tw_other(from)],
                    .version = 4,
                    .seq = seq + (from == TW_CLIENT ? CLIENT_ISN : SERVER_ISN),
                    .ack = ack + (from == TW_CLIENT ? SERVER_ISN : CLIENT_ISN),
                    .flags = (uint16_t)flags,
                    .length = length,
                    .window = 64240},
    };
    return flight;
}

static void ticks(void) {
    app_tick(&app, app.now + TW_SECOND);
}

static int open_lab(void **state) {
    (void)state;
    memset(&fake, 0, sizeof fake);
    fake.now = scene_begin;
    fake.fails = TW_CALL_COUNT;
    fake.witness.calls = fake.calls;
    fake.view.witness = &fake.witness;
    fake.view.flights = fake.flights;
    fake.view.sockets = fake.sockets;
    fake.view.tap_on = true;
    for (int end = 0; end < TW_END_COUNT; end++) {
        fake.view.kernel[end] = fake.kernel[end];
        fake.view.delay[end] = 400 * TW_MILLISECOND;
    }
    scene_open(&scene);
    const struct app_options options = {
        .story = scene.story, .source_name = "lab", .lab = &hooks, .utc = true};
    app_init(&app, &options);
    app_resize(&app, 80, 24);
    ticks();
    return 0;
}

static void expect_asked(const char *asked) {
    assert_string_equal(fake.asked, asked);
    fake.asked[0] = '\0';
}

// The client's SYN has landed, the server's SYN,ACK is held.
static void half_open(void) {
    scene_send(&scene, 0, 0, TW_CLIENT, TW_SYN, 0, 0, 0);
    scene_send(&scene, 0, 400000, TW_SERVER, TW_SYN | TW_ACK, 0, 1, 0);
    struct tw_kernel_socket *c = has_socket(TW_CLIENT, "c", TW_SYN_SENT);
    c->timer = TW_TIMER_RETRANSMIT;
    c->expires = 612 * TW_MILLISECOND;
    c->retransmits = 1;
    fake.sockets[0].pending = 0;
    told(TW_CLIENT, "connect(c, 93.184.216.34:443)", NULL, 0);
    struct tw_kernel_socket *s = has_socket(TW_SERVER, "l", TW_LISTEN);
    s->send_queue = 5;
    told(TW_SERVER, "socket()", "l", 0);
    told(TW_SERVER, "bind(l, 443)", "0", 0);
    told(TW_SERVER, "listen(l, 5)", "0", 0);
    struct tw_kernel_socket *request = has_socket(TW_SERVER, NULL, TW_SYN_RECEIVED);
    request->timer = TW_TIMER_KEEPALIVE;
    request->expires = 1300 * TW_MILLISECOND;
    flies(TW_SERVER, TW_SYN | TW_ACK, 0, 1, 0, -1);
    flies(TW_CLIENT, TW_SYN, 0, 0, 0, 130);
    ticks();
}

static void free_play_begins_with_what_to_press(void **state) {
    (void)state;
    assert_int_equal(app.view, VIEW_LAB);
    expect_screen(&app, "lab-begin-80x24");
    app_resize(&app, 40, 12);
    expect_screen(&app, "lab-begin-40x12");
    press("q");
    assert_int_equal(app.view, VIEW_CONNECTIONS);
    press("Enter");
    assert_int_equal(app.view, VIEW_LAB);
}

static void a_handshake_is_held(void **state) {
    (void)state;
    half_open();
    assert_int_equal(app.view, VIEW_CONNECTION);
    assert_true(app_moving(&app));
    expect_screen(&app, "lab-80x24");
    app_resize(&app, 120, 40);
    expect_screen(&app, "lab-120x40");
    app_resize(&app, 80, 24);
    app.ascii = true;
    expect_screen(&app, "lab-ascii-80x24");
    app.ascii = false;
    press("Tab"); // there is no room for both
    expect_screen(&app, "lab-diagram-80x24");
    press("Tab Tab Tab");
    assert_int_equal(app.part, PART_LADDER);
    app_resize(&app, 40, 12);
    press("S-Tab");
    expect_screen(&app, "lab-40x12");
    press("Tab");
    assert_int_equal(app.part, PART_LADDER);
}

static void a_scenario_tells_its_statement(void **state) {
    (void)state;
    fake.view.statement =
        "server: t = accept(s) \033[31m \u8a66\u9a57 # nothing gets to the terminal";
    fake.view.line = 12;
    half_open();
    fake.view.holding[TW_SERVER] = true;
    fake.view.tap_on = false;
    has_other(TW_SERVER, "a", TW_CLOSE_WAIT, 51515)->receive_queue = 17;
    snprintf(fake.sockets[2].process, TW_LAB_NAME, "worker");
    fake.view.delay[TW_CLIENT] = 10 * TW_MILLISECOND;
    fake.flights[0].injected = true;
    fake.flights[1].copy = true;
    fake.news = "backlog: line 14: connect(b, 443) gave 0, not -1 ETIMEDOUT";
    ticks();
    expect_screen(&app, "lab-scenario-80x24");
    press("Left");
    assert_int_equal(app.notice[0], '\0');
}

// Sockets for which there is no room are counted; the one that the keys are about is seen.
static void many_sockets(void **state) {
    (void)state;
    half_open();
    for (int i = 0; i < 12; i++) {
        struct tw_kernel_socket *kernel =
            has_other(TW_SERVER, NULL, TW_TIME_WAIT, (uint16_t)(1000 + i));
        kernel->timer = TW_TIMER_TIME_WAIT;
        kernel->expires = (60 - i) * TW_SECOND;
        flies(TW_CLIENT, TW_PSH | TW_ACK, 1 + (uint32_t)i * 100, 1, 100, 10 * i);
    }
    has_other(TW_SERVER, "t", TW_ESTABLISHED, 51515)->send_queue = 1400;
    press("s Down Down Down Down Down Down Down Down");
    ticks();
    expect_screen(&app, "lab-many-80x24");
}

static void keys_make_calls(void **state) {
    (void)state;
    press("s L");
    expect_asked("server socket()=l\nserver bind(l,9734)\nserver listen(l,5)\n");
    press("c C");
    expect_asked("client socket()=c\nclient connect(c,9734)\n");
    press("A");
    assert_string_equal(app.notice, "client: no socket that listens: L listens");
    press("S");
    assert_string_equal(app.notice, "client: no socket with a connection: C connects one");
    assert_false(app.prompt.question != ASK_NOTHING);
    expect_asked("");
    half_open();
    press("s A");
    expect_asked("server accept(l)=t\n");
    press("R");
    assert_string_equal(app.notice, "server: no socket with a connection: A accepts one");
    press("X"); // nothing else is there to be closed
    expect_asked("server close(l)\n");
    press("c R W X K !");
    expect_asked("client recv(c,1000)\nclient shutdown(c,1)\nclient close(c)\n"
                 "client setsockopt(c,SO_LINGER,1,0)\nclient close(c)\nclient crash()\n");
    press("C"); // the name is taken
    expect_asked("client socket()=c2\nclient connect(c2,9734)\n");
    assert_int_equal(SHUT_WR, 1);
}

// A program whose bind() fails says so and ends.
static void what_fails_is_told(void **state) {
    (void)state;
    fake.fails = TW_CALL_BIND;
    press("L");
    expect_asked("client socket()=l\nclient bind(l,9734)\nclient close(l)\n");
    assert_string_equal(app.notice, "bind = -1 EADDRINUSE");
    fake.refusal = "client: c is blocked in connect()";
    press("C");
    expect_asked("client socket()=c\n");
    assert_string_equal(app.notice, fake.refusal);
}

static void keys_move_the_wire(void **state) {
    (void)state;
    press("Enter");
    expect_asked("");
    assert_string_equal(app.notice, "nothing is on the wire");
    half_open();
    press("Enter Down d u Up o Up o");
    expect_asked("deliver 3\ndrop 4\nduplicate 4\nswap 3\nswap 3\n");
    press("Down");
    fake.view.flight_count = 1; // the chosen one has landed
    press("d s H H");
    expect_asked("drop 3\nhold server\nrelease server\n");
}

static void any_statement_can_be_typed(void **state) {
    (void)state;
    half_open();
    press("S");
    assert_string_equal(app.prompt.line, "client: send(c, \"hello\")");
    expect_screen(&app, "lab-prompt-80x24");
    press("Enter");
    expect_asked("type client: send(c, \"hello\")\n");
    press("i");
    assert_string_equal(app.prompt.line, "inject client c RST seq next");
    press("Esc");
    expect_asked("");
    press(": Up");
    assert_string_equal(app.prompt.line, "client: send(c, \"hello\")");
    press("^U");
    type("a\u00e9\u8a66\U0001F600");
    assert_string_equal(app.prompt.line, "a\u00e9\u8a66\U0001F600");
    app_key(&app, KEY_IS_ERASE);
    app_key(&app, KEY_IS_ERASE);
    assert_string_equal(app.prompt.line, "a\u00e9");
    app_key(&app, 0x9b); // a control character is none that can be typed
    for (int i = 0; i < 300; i++)
        type("\u8a66q");
    assert_true(strlen(app.prompt.line) < sizeof app.prompt.line);
    expect_screen(&app, "lab-long-prompt-80x24");
    press("^U Enter");
    expect_asked("");
    // A call without its process is one of the chosen end's.
    press(":");
    type("send(c, \"a: b\")");
    press("Enter");
    expect_asked("type client: send(c, \"a: b\")\n");
    press(":");
    type("server: close(t)");
    press("Enter");
    expect_asked("type server: close(t)\n");
    fake.refusal = "typed:1:1: 'x' is no statement";
    press(":");
    type("x");
    press("Enter");
    assert_string_equal(app.notice, fake.refusal);
}

// The newest connection is shown, unless one looks at an older one, or back in time.
static void the_newest_connection_is_followed(void **state) {
    (void)state;
    half_open();
    assert_int_equal(app.shown, 0);
    assert_true(playback_follows(&app));
    scene_handshake(&scene, 1, 1000000);
    ticks();
    assert_int_equal(app.shown, 1);
    assert_true(playback_follows(&app));
    press("Left");
    scene_handshake(&scene, 2, 2000000);
    ticks();
    assert_int_equal(app.shown, 1);
    press("N G");
    assert_int_equal(app.shown, 2);
    scene_handshake(&scene, 3, 3000000);
    ticks();
    assert_int_equal(app.shown, 3);
    press("P G");
    scene_handshake(&scene, 4, 4000000);
    ticks();
    assert_int_equal(app.shown, 2);
}

// Where nothing is seen to change, nothing is drawn.
static void a_quiet_lab_is_not_drawn(void **state) {
    (void)state;
    half_open();
    fake.view.flight_count = 1; // a held one
    ticks();
    app.changed = false;
    ticks();
    assert_false(app.changed);
    assert_false(app_moving(&app));
    fake.kernel[TW_CLIENT][0].expires -= 12 * TW_MILLISECOND;
    ticks();
    assert_false(app.changed);
    fake.kernel[TW_CLIENT][0].expires -= TW_MILLISECOND; // 0.6 becomes 0.5
    ticks();
    assert_true(app.changed);
}

static void any_size_draws(void **state) {
    (void)state;
    for (int phase = 0; phase < 2; phase++) {
        for (int part = PART_LADDER; part <= PART_LAB; part++)
            for (int width = 1; width <= 200; width += width < 80 || width > 115 ? 1 : 7)
                for (int height = 1; height <= 60; height += height < 26 ? 1 : 5) {
                    app.part = (enum part)part;
                    app_resize(&app, width, height);
                    draw_whole(&app);
                }
        if (phase == 0)
            half_open();
    }
}

static void any_keys_draw(void **state) {
    (void)state;
    half_open();
    noise = 7;
    for (int i = 0; i < 20000; i++) {
        noise_next();
        if ((noise >> 20) % 7 == 0)
            app_resize(&app, 1 + (int)(noise >> 9) % 200, 1 + (int)(noise >> 17) % 60);
        fake.asked[0] = '\0';
        fake.view.flight_count = (noise >> 11) % 3;
        app_key(&app, (noise >> 5) % 160);
        app_act(&app, (enum action)(1 + (noise >> 8) % (ACTION_COUNT - 1)));
        app_tick(&app, app.now + (tw_time)(noise >> 4) % (2 * TW_SECOND));
        app.quit = false;
        draw_whole(&app);
    }
}

int main(void) {
#define on_lab(test) cmocka_unit_test_setup_teardown(test, open_lab, close_scene)
    const struct CMUnitTest tests[] = {
        on_lab(free_play_begins_with_what_to_press),
        on_lab(a_handshake_is_held),
        on_lab(a_scenario_tells_its_statement),
        on_lab(many_sockets),
        on_lab(keys_make_calls),
        on_lab(what_fails_is_told),
        on_lab(keys_move_the_wire),
        on_lab(any_statement_can_be_typed),
        on_lab(the_newest_connection_is_followed),
        on_lab(a_quiet_lab_is_not_drawn),
        on_lab(any_size_draws),
        on_lab(any_keys_draw),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
