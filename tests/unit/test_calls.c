// SPDX-License-Identifier: MIT
// Proves what a witness adds to the ladder and to the screen: segments at their true times, socket
// calls in their order, lost segments, and the kernels' states; with a witness made by hand.
#include "ladders.h"
#include "noise.h"
#include "scene.h"
#include "screens.h"

#include <errno.h>

#include "ui/ui.h"
#include "ui/views/views.h"

static struct scene scene;
static struct tw_witness *witness;
static struct tw_ladder ladder;

static int open_scene(void **state) {
    (void)state;
    scene_open(&scene);
    witness = tw_witness_new("by hand");
    assert_non_null(witness);
    ladder = (struct tw_ladder){0};
    return 0;
}

static int close_scene(void **state) {
    (void)state;
    tw_ladder_fini(&ladder);
    tw_witness_free(witness);
    scene_close(&scene);
    return 0;
}

static void build(void) {
    assert_int_equal(tw_ladder_build(&ladder, tw_story_at(scene.story, 0),
                                     &(struct tw_ladder_options){.witness = witness}),
                     TW_OK);
    check_ladder(&ladder);
}

// --- a witness by hand; times are in microseconds from the scene's beginning

static tw_time at(int64_t us) {
    return scene_begin + us * 1000;
}

enum { C = 1, L = 2, T = 3 }; // sockets: the client's, the listener, what it accepts

static struct tw_tuple tuple_of(uint32_t socket) {
    const struct tw_address client = {{10, 0, 0, 5}}, server = {{93, 184, 216, 34}};
    if (socket == C)
        return (struct tw_tuple){client, server, 51514, 443, 4};
    if (socket == T)
        return (struct tw_tuple){server, client, 443, 51514, 4};
    return (struct tw_tuple){.local = server, .local_port = 443, .version = 4};
}

enum { NEVER = -1 };

// A call on a socket when `packets` were captured; `result` NULL: it has not returned.
static void call(uint32_t socket, const char *text, int64_t begun, uint64_t packets,
                 const char *result, int64_t returned, uint64_t packets_then) {
    enum tw_end end = socket == C ? TW_CLIENT : TW_SERVER;
    const struct tw_witness_call c = {.socket = socket,
                                      .end = end,
                                      .process = end == TW_CLIENT ? "client" : "server",
                                      .text = text,
                                      .begun = at(begun),
                                      .returned = TW_NO_TIME,
                                      .begun_after = packets,
                                      .tuple = tuple_of(socket)};
    size_t index;
    assert_int_equal(tw_witness_begin(witness, &c, &index), TW_OK);
    if (result == NULL)
        return;
    int error = strstr(result, "ECONNREFUSED") != NULL ? ECONNREFUSED : 0;
    assert_int_equal(
        tw_witness_return(witness, index, result, error, at(returned), packets_then, NULL), TW_OK);
}

// The tap is 1 ms from the client and 10 ms from the server, as in the scene.
static void flight(enum tw_end from, int64_t tap, bool lands) {
    int64_t before = from == TW_CLIENT ? 1000 : 10000, behind = 11000 - before;
    assert_int_equal(
        tw_witness_flight_add(witness, at(tap - before), lands ? at(tap + behind) : TW_NO_TIME),
        TW_OK);
}

static void history(uint32_t socket, size_t *index) {
    const struct tw_tuple tuple = tuple_of(socket);
    enum tw_end end = socket == C ? TW_CLIENT : TW_SERVER;
    assert_int_equal(tw_witness_history_add(witness, end, &tuple, index), TW_OK);
}

static void step(size_t of, enum tw_state state, enum tw_witness_cause cause, int64_t us,
                 uint64_t packets) {
    const struct tw_witness_step s = {state, cause, at(us), packets};
    assert_int_equal(tw_witness_step_add(witness, of, &s), TW_OK);
}

static size_t looks_at(uint32_t socket) {
    const struct tw_tuple tuple = tuple_of(socket);
    enum tw_end end = socket == C ? TW_CLIENT : TW_SERVER;
    size_t index;
    assert_int_equal(tw_witness_looks_add(witness, end, &tuple, &index), TW_OK);
    return index;
}

// With a retransmission timer where it expires in some milliseconds.
static void look(size_t of, enum tw_state state, int64_t us, uint32_t receive, uint32_t send,
                 int64_t expires_ms) {
    enum tw_kernel_timer timer = expires_ms == 0         ? TW_TIMER_NONE
                                 : state == TW_TIME_WAIT ? TW_TIMER_TIME_WAIT
                                                         : TW_TIMER_RETRANSMIT;
    const struct tw_witness_look l = {.time = at(us),
                                      .expires = expires_ms * TW_MILLISECOND,
                                      .receive_queue = receive,
                                      .send_queue = send,
                                      .state = state,
                                      .timer = timer};
    assert_int_equal(tw_witness_look_add(witness, of, &l), TW_OK);
}

// Queues and timers of scene_close_by_client.
static void look_on(void) {
    size_t listener = looks_at(L), client = looks_at(C), server = looks_at(T);
    witness->has_stacks = true;
    witness->stack4[TW_CLIENT] = tuple_of(C).local;
    witness->stack4[TW_SERVER] = tuple_of(T).local;
    look(listener, TW_LISTEN, -1580, 0, 5, 0);
    look(client, TW_SYN_SENT, -1040, 0, 1, 1000);
    look(client, TW_ESTABLISHED, 21050, 0, 0, 0);
    look(client, TW_ESTABLISHED, 28970, 0, 100, 204);
    look(client, TW_ESTABLISHED, 52110, 1400, 0, 0);
    look(client, TW_ESTABLISHED, 52130, 400, 0, 0);
    look(client, TW_FIN_WAIT_1, 58940, 400, 1, 256);
    look(client, TW_FIN_WAIT_2, 82040, 0, 0, 0);
    look(client, TW_TIME_WAIT, 91040, 0, 0, 60000);
    look(client, TW_CLOSED, 60091000, 0, 0, 0);
    look(server, TW_SYN_RECEIVED, 10080, 0, 0, 1000);
    look(server, TW_ESTABLISHED, 32040, 0, 0, 0);
    look(server, TW_ESTABLISHED, 40030, 100, 0, 0);
    look(server, TW_ESTABLISHED, 40050, 0, 0, 0);
    look(server, TW_ESTABLISHED, 40940, 0, 1400, 222);
    look(server, TW_CLOSE_WAIT, 70060, 1, 0, 0);
    look(server, TW_LAST_ACK, 79850, 1, 1, 256);
    look(server, TW_CLOSED, 103050, 0, 0, 0);
}

// scene_close_by_client as the programs and the kernels saw it.
static void close_by_client(void) {
    scene_close_by_client(&scene, 0, 0);
    tw_tracker_finish(scene.tracker);
    static const struct {
        enum tw_end from;
        int64_t tap;
    } flown[] = {{TW_CLIENT, 0},     {TW_SERVER, 20000}, {TW_CLIENT, 22000},
                 {TW_CLIENT, 30000}, {TW_SERVER, 51000}, {TW_CLIENT, 60000},
                 {TW_SERVER, 81000}, {TW_SERVER, 90000}, {TW_CLIENT, 93000}};
    for (size_t i = 0; i < TW_COUNT(flown); i++)
        flight(flown[i].from, flown[i].tap, true);
    call(L, "bind(l, 93.184.216.34:443)", -1700, 0, "0", -1690, 0);
    call(L, "listen(l, 5)", -1600, 0, "0", -1590, 0);
    call(L, "accept(l)", -1500, 0, "t", 32050, 3);
    call(C, "connect(c, 93.184.216.34:443)", -1050, 0, "0", 21060, 2);
    call(C, "send(c, \"GET /index.html\\r\\n\")", 28950, 3, "100", 28960, 3);
    call(T, "recv(t, 1000)", 32100, 3, "100 \"GET /index.html\\r\\n\"", 40040, 4);
    call(T, "send(t, 1400 octets)", 40900, 4, "1400", 40930, 4);
    call(C, "recv(c, 1000)", 52100, 5, "1000 \"HTTP/1.1 200 OK\\r\\n\"...", 52120, 5);
    call(C, "close(c)", 58900, 5, "0", 58910, 5);
    call(T, "close(t)", 79800, 7, "0", 79820, 7);
    size_t client, server;
    history(C, &client);
    step(client, TW_SYN_SENT, TW_BY_CALL, -1040, 0);
    step(client, TW_ESTABLISHED, TW_BY_LANDING, 21050, 2);
    step(client, TW_FIN_WAIT_1, TW_BY_CALL, 58940, 5);
    step(client, TW_FIN_WAIT_2, TW_BY_LANDING, 82040, 7);
    step(client, TW_TIME_WAIT, TW_BY_LANDING, 91040, 8);
    step(client, TW_CLOSED, TW_BY_TIMER, 60091000, 9);
    history(T, &server);
    step(server, TW_LISTEN, TW_BY_LANDING, 10080, 1);
    step(server, TW_SYN_RECEIVED, TW_BY_LANDING, 10080, 1);
    step(server, TW_ESTABLISHED, TW_BY_LANDING, 32040, 3);
    step(server, TW_CLOSE_WAIT, TW_BY_LANDING, 70060, 6);
    step(server, TW_LAST_ACK, TW_BY_CALL, 79850, 7);
    step(server, TW_CLOSED, TW_BY_LANDING, 103050, 9);
    look_on();
}

// --- the geometry

// "C1+:SYN-SENT" the client's first segment leaves, "c" a change by landing, "connect{" a call that
// blocks, "}connect" its return, "send" one that returns at once; '!' lost.
static const char *told(void) {
    static char text[2000];
    size_t used = 0, count;
    const struct tw_story_segment *segments = tw_story_segments(ladder.connection, &count);
    text[0] = '\0';
    for (size_t i = 0; i < ladder.row_count && used < sizeof text; i++) {
        const struct tw_ladder_row *row = &ladder.rows[i];
        const char *state = row->step != TW_NONE ? tw_state_name(ladder.steps[row->step].to) : "";
        const char *colon = row->step != TW_NONE ? ":" : "";
        char *to = text + used;
        size_t room = sizeof text - used;
        bool calls = row->kind == TW_ROW_CALL || row->kind == TW_ROW_RETURN;
        const char *call_text = calls ? witness->calls[row->call].text : "";
        int name = (int)strcspn(call_text, "(");
        if (row->kind == TW_ROW_SILENCE)
            used += (size_t)snprintf(to, room, "... ");
        else if (row->kind == TW_ROW_LANDING)
            used += (size_t)snprintf(to, room, "%s ",
                                     segments[row->segment].sender == TW_CLIENT ? "s" : "c");
        else if (row->kind == TW_ROW_SEGMENT)
            used += (size_t)snprintf(to, room, "%c%d%s%s%s ",
                                     segments[row->segment].sender == TW_CLIENT ? 'C' : 'S',
                                     (int)row->segment + 1, row->lost ? "!" : "", colon, state);
        else if (row->kind == TW_ROW_CHANGE)
            used += (size_t)snprintf(to, room, "%s%s%s ",
                                     ladder.steps[row->step].end == TW_CLIENT ? "c" : "s", colon,
                                     state);
        else if (row->kind == TW_ROW_CALL)
            used += (size_t)snprintf(to, room, "%.*s%s%s%s ", name, call_text,
                                     row->blocks ? "{" : "", colon, state);
        else
            used += (size_t)snprintf(to, room, "}%.*s ", name, call_text);
    }
    return text;
}

static void calls_stand_where_they_were_made(void **state) {
    (void)state;
    close_by_client();
    build();
    assert_string_equal(
        told(), "bind listen:LISTEN accept{ connect{ C1:SYN-SENT s:SYN-RECEIVED S2 c:ESTABLISHED "
                "C3 }connect send C4 s:ESTABLISHED }accept recv{ s }recv send S5 recv close "
                "C6:FIN-WAIT-1 s:CLOSE-WAIT S7 close S8:LAST-ACK c:FIN-WAIT-2 c:TIME-WAIT C9 "
                "s:CLOSED ");
    // The server is nowhere before listen(), and a call is blocked between its two rows only.
    assert_null(tw_ladder_state(&ladder, TW_SERVER, 1));
    assert_int_equal(tw_ladder_state(&ladder, TW_SERVER, 2)->to, TW_LISTEN);
    unsigned blocked = 0;
    for (size_t i = 0; i < ladder.row_count; i++) {
        const struct tw_ladder_row *row = &ladder.rows[i];
        assert_int_equal(row->blocked, blocked);
        if (row->kind == TW_ROW_RETURN || row->blocks)
            blocked ^= 1U << row->end;
    }
    assert_int_equal(blocked, 0);
    assert_true(ladder.zero == at(-1000));
}

static void segments_fly_at_their_true_times(void **state) {
    (void)state;
    close_by_client();
    // The fifth was held at the server's end for half a second: it comes when all else is over.
    witness->flights[4] = (struct tw_witness_flight){.left = at(41000), .landed = at(541000)};
    witness->flights[5].left = TW_NO_TIME; // injected: it leaves where it is seen
    build();
    for (size_t i = 0; i < ladder.row_count; i++) {
        const struct tw_ladder_row *row = &ladder.rows[i];
        if (row->kind != TW_ROW_SEGMENT)
            continue;
        assert_true(row->known && !row->lost);
        if (row->segment == 4)
            assert_true(row->time == at(41000) && row->lands == (double)ladder.row_count - 1);
        if (row->segment == 5)
            assert_true(row->time == at(60000));
    }
}

static void lost_segments_are_marked(void **state) {
    (void)state;
    for (int i = 0; i < 3; i++) { // two SYNs are lost behind the tap
        scene_send(&scene, 0, i * 1000000, TW_CLIENT, TW_SYN, 0, 0, 0);
        flight(TW_CLIENT, i * 1000000, i == 2);
    }
    scene_send(&scene, 0, 2020000, TW_SERVER, TW_SYN | TW_ACK, 0, 1, 0); // not in the witness
    call(C, "connect(c, 93.184.216.34:443)", -1200, 0, NULL, NEVER, 0);
    build();
    static const char expected[] = "connect{ C1!:SYN-SENT ";
    assert_memory_equal(told(), expected, sizeof expected - 1);
    size_t lost = 0, known = 0;
    for (size_t i = 0; i < ladder.row_count; i++) {
        const struct tw_ladder_row *row = &ladder.rows[i];
        lost += row->lost;
        known += row->kind == TW_ROW_SEGMENT && row->known;
        assert_int_equal(row->blocked, i == 0 ? 0 : 1U << TW_CLIENT); // it never returns
    }
    assert_int_equal(lost, 2);
    assert_int_equal(known, 3);
}

// All at the same time: what was captured before tells the order.
static void ties_are_broken_by_the_capture(void **state) {
    (void)state;
    scene_handshake(&scene, 0, 0);
    for (int i = 0; i < 3; i++)
        assert_int_equal(tw_witness_flight_add(witness, at(0), at(0)), TW_OK);
    call(L, "listen(l, 5)", -1, 0, "0", 0, 0);
    call(L, "accept(l)", 0, 0, "t", 1, 3);
    call(C, "connect(c, 93.184.216.34:443)", 0, 0, "0", 1, 2);
    witness->calls[1].returned = witness->calls[2].returned = at(0) + 1;
    for (size_t i = 1; i < 3; i++)
        witness->flights[i].left = witness->flights[i].landed = at(0) + 1;
    build();
    assert_string_equal(told(), "listen:LISTEN accept{ connect{ C1:SYN-SENT s:SYN-RECEIVED S2 "
                                "c:ESTABLISHED }connect C3 s:ESTABLISHED }accept ");
}

static void a_call_that_takes_long_blocks(void **state) {
    (void)state;
    scene_send(&scene, 0, 0, TW_CLIENT, TW_SYN, 0, 0, 0);
    call(C, "socket()", -5000000, 0, "c", -4999000, 0); // 1 ms
    call(C, "bind(c, 10.0.0.5:51514)", -4998000, 0, "0", -4996999, 0);
    build();
    assert_string_equal(told(), "socket bind{ }bind ... C1:SYN-SENT ");
}

static void kernels_speak_where_it_happened(void **state) {
    (void)state;
    close_by_client();
    build();
    enum tw_state said;
    assert_false(tw_ladder_kernel(&ladder, TW_CLIENT, 3, &said));
    size_t differs = 0;
    for (size_t row = 0; row < ladder.row_count; row++)
        for (int end = 0; end < TW_END_COUNT; end++) {
            double place = (double)row + 1;
            const struct tw_ladder_step *shown = tw_ladder_state(&ladder, (enum tw_end)end, place);
            if (!tw_ladder_kernel(&ladder, (enum tw_end)end, place, &said))
                continue;
            if (shown != NULL && shown->to == said)
                continue;
            // Only between the call that moves the kernel and the segment that it sends.
            differs++;
            assert_int_equal(ladder.rows[row].kind, TW_ROW_CALL);
            assert_int_equal(ladder.rows[row].end, end);
        }
    assert_int_equal(differs, 3); // connect, close, close
    // What the timer does long after the last row is not on the ladder.
    assert_true(tw_ladder_kernel(&ladder, TW_CLIENT, (double)ladder.row_count, &said));
    assert_int_equal(said, TW_TIME_WAIT);
    assert_true(tw_ladder_kernel(&ladder, TW_SERVER, (double)ladder.row_count, &said));
    assert_int_equal(said, TW_CLOSED);
}

// What is told at a row is what was told before the next one, and the time left there.
static void queues_and_timers_stand_where_they_were(void **state) {
    (void)state;
    close_by_client();
    build();
    tw_time left;
    size_t opening, closed = 0;
    const double end = (double)ladder.row_count;
    for (int i = 0; i < TW_END_COUNT; i++)
        for (size_t row = 0; row < ladder.row_count; row++) {
            enum tw_state said;
            double place = (double)row + 1;
            const struct tw_witness_look *l = tw_ladder_look(&ladder, witness, (enum tw_end)i,
                                                             place, TW_NO_TIME, &left, &opening);
            assert_true(l == NULL || left <= l->expires);
            if (tw_ladder_kernel(&ladder, (enum tw_end)i, place, &said)) {
                assert_non_null(l);
                assert_int_equal(l->state, said == TW_CLOSED ? TW_LISTEN : said);
                closed += said == TW_CLOSED;
            }
        }
    assert_int_equal(closed, 1);
    // Before the first row, and by the clock of what goes on.
    assert_null(tw_ladder_look(&ladder, witness, TW_CLIENT, 0, TW_NO_TIME, &left, &opening));
    assert_int_equal(
        tw_ladder_look(&ladder, witness, TW_CLIENT, end, TW_NO_TIME, &left, &opening)->state,
        TW_TIME_WAIT);
    assert_true(left > 59900 * TW_MILLISECOND && left < 60000 * TW_MILLISECOND);
    witness->looks[1].count--; // it is not over yet
    tw_ladder_look(&ladder, witness, TW_CLIENT, end, at(10091040), &left, &opening);
    assert_true(left == 50 * TW_SECOND);
    tw_ladder_look(&ladder, witness, TW_CLIENT, end, at(90091040), &left, &opening);
    assert_true(left == 0);
}

// Deterministic noise: whatever a witness says, the ladder is whole.
static void any_witness_gives_a_ladder(void **state) {
    (void)state;
    static const char *const texts[] = {"listen(l, 1)", "x", "", "close(c)"};
    close_by_client();
    for (int round = 0; round < 200; round++) {
        tw_witness_free(witness);
        witness = tw_witness_new("noise");
        assert_non_null(witness);
        for (uint32_t i = 0, count = random_below(12); i < count; i++) {
            int64_t left = random_below(100000), landed = random_below(2500000);
            assert_int_equal(tw_witness_flight_add(witness,
                                                   random_below(5) == 0 ? TW_NO_TIME : at(left),
                                                   random_below(5) == 0 ? TW_NO_TIME : at(landed)),
                             TW_OK);
        }
        int64_t begun = 0;
        for (uint32_t i = 0, count = random_below(20); i < count; i++) {
            begun += random_below(20) * 1000;
            int64_t returned = begun - 1000 + random_below(100) * 100;
            call(1 + random_below(3), texts[random_below(4)], begun, random_below(12),
                 random_below(4) == 0 ? NULL : "0", returned, random_below(12));
        }
        size_t index;
        history(C, &index);
        for (uint32_t i = 0, count = random_below(100); i < count; i++)
            step(index, (enum tw_state)(random_below(TW_STATE_COUNT)),
                 (enum tw_witness_cause)(random_below(3)), random_below(120000), random_below(12));
        size_t of = looks_at(1 + random_below(3));
        for (uint32_t i = 0, count = random_below(20); i < count; i++)
            look(of, (enum tw_state)(random_below(TW_STATE_COUNT)), random_below(120000),
                 random_below(3), random_below(3), random_below(300));
        build();
        for (double place = -1; place < (double)ladder.row_count + 2; place += 0.5) {
            tw_time left;
            size_t opening;
            (void)tw_ladder_look(&ladder, witness, (enum tw_end)random_below(2), place,
                                 random_below(2) == 0 ? TW_NO_TIME : at(50000), &left, &opening);
            assert_true(left >= 0 && left <= 300 * TW_MILLISECOND);
        }
        double last = -1;
        for (size_t i = 0; i < ladder.word_count; i++) {
            assert_true(ladder.words[i].place >= last);
            last = ladder.words[i].place;
        }
    }
}

// --- the screen

static int open_screen(void **state) {
    open_scene(state);
    close_by_client();
    const struct app_options options = {.story = scene.story,
                                        .witness = witness,
                                        .source_name = "by-hand.pcap",
                                        .utc = true,
                                        .connection = 1};
    show_whole(&options);
    return 0;
}

static int close_screen(void **state) {
    app_fini(&app);
    return close_scene(state);
}

// Each step is over when the next begins.
static void take_steps(int steps) {
    for (int i = 0; i < steps; i++)
        app_act(&app, ACTION_STEP);
    app_tick(&app, app.now + TW_SECOND);
}

static void calls_on_the_screen(void **state) {
    (void)state;
    take_steps(10); // connect() returns
    expect_screen(&app, "calls-80x24");
    app_resize(&app, 120, 40);
    expect_screen(&app, "calls-120x40");
    app_resize(&app, 40, 12);
    app.ascii = true;
    expect_screen(&app, "calls-ascii-40x12");
}

static void kernel_before_the_wire(void **state) {
    (void)state;
    take_steps(20); // close(): the kernel is in FIN-WAIT-1, the wire has not seen it
    app.ascii = true;
    expect_screen(&app, "calls-close-ascii-80x24");
}

static void steps_stop_at_calls(void **state) {
    (void)state;
    take_steps(1);
    assert_true(app.playback.place == 1);
    take_steps(3);
    assert_int_equal(app.ladder.rows[3].kind, TW_ROW_CALL);
    assert_true(app.playback.place == 4);
    app_act(&app, ACTION_STEP_BACK);
    assert_true(app.playback.place == 3);
    app_act(&app, ACTION_NEXT_STATE); // SYN-SENT; no stop at connect()
    assert_int_equal(app.ladder.rows[(size_t)app.playback.place - 1].kind, TW_ROW_SEGMENT);
}

static void a_witness_that_grows_is_followed(void **state) {
    (void)state;
    app.loading = true;
    app_tick(&app, 10 * TW_SECOND);
    size_t rows = app.ladder.row_count;
    call(C, "recv(c, 1000)", 110000, 9, NULL, NEVER, 0);
    app_tick(&app, 20 * TW_SECOND);
    assert_int_equal(app.ladder.row_count, rows + 1);
    assert_true(app.ladder.rows[rows].blocks);
}

static void lost_on_the_screen(void **state) {
    (void)state;
    witness->flights[4].landed = witness->flights[8].landed = TW_NO_TIME;
    witness->histories[1].count--; // the last ACK does not come
    app_act(&app, ACTION_BACK);
    app_act(&app, ACTION_OPEN);
    app_act(&app, ACTION_LAST);
    app_tick(&app, app.now + TW_SECOND);
    expect_screen(&app, "calls-lost-80x24");
}

// On the time line, which shows what is to come, too, or elsewhere.
static bool shows(uint32_t rune, bool line) {
    struct canvas canvas;
    bool found = false;
    screen_draw(&app, &canvas);
    for (int i = 0; i < canvas.width * canvas.height; i++)
        found = found || (canvas.cells[i].rune == rune &&
                          (canvas.cells[i].target >> TARGET_SHIFT == TARGET_TIME) == line);
    canvas_fini(&canvas);
    return found;
}

// What has not landed because the lab holds it is still on its way.
static void held_is_not_lost(void **state) {
    (void)state;
    uint32_t mark = glyph(app.ascii, GLYPH_LOST);
    witness->flights[8].landed = TW_NO_TIME;
    app_act(&app, ACTION_BACK);
    app_act(&app, ACTION_OPEN);
    app_act(&app, ACTION_LAST);
    app_tick(&app, app.now + TW_SECOND);
    assert_true(shows(mark, false) && shows(mark, true));
    static const struct ui_lab hooks; // drawing asks nothing of it
    witness->flights[8].flying = true;
    const struct tw_flight held = {
        .left = witness->flights[8].left,
        .lands = TW_NO_TIME,
        .at = 0.9,
        .segment = {.seq = CLIENT_ISN + 102, .ack = SERVER_ISN + 1402, .flags = TW_ACK}};
    app.lab.hooks = &hooks;
    app.lab.view = (struct tw_lab_view){.flights = &held, .flight_count = 1, .witness = witness};
    assert_false(shows(mark, false));
    app.lab.hooks = NULL;
    app_act(&app, ACTION_FIRST); // nor when one looks back
    assert_false(shows(mark, false));
    app_act(&app, ACTION_BACK);
    app_act(&app, ACTION_OPEN);
    assert_false(shows(mark, true));
}

static void any_size_draws(void **state) {
    (void)state;
    for (int steps = 0; steps < 28; steps++, take_steps(1))
        for (int width = 1; width <= 200; width += width < 75 ? 7 : 13)
            for (int height = 1; height <= 60; height += height < 26 ? 1 : 5) {
                app_resize(&app, width, height);
                draw_whole(&app);
            }
}

int main(void) {
#define on_scene(test)  cmocka_unit_test_setup_teardown(test, open_scene, close_scene)
#define on_screen(test) cmocka_unit_test_setup_teardown(test, open_screen, close_screen)
    const struct CMUnitTest tests[] = {
        on_scene(calls_stand_where_they_were_made),
        on_scene(segments_fly_at_their_true_times),
        on_scene(lost_segments_are_marked),
        on_scene(ties_are_broken_by_the_capture),
        on_scene(a_call_that_takes_long_blocks),
        on_scene(kernels_speak_where_it_happened),
        on_scene(queues_and_timers_stand_where_they_were),
        on_scene(any_witness_gives_a_ladder),
        on_screen(calls_on_the_screen),
        on_screen(kernel_before_the_wire),
        on_screen(steps_stop_at_calls),
        on_screen(a_witness_that_grows_is_followed),
        on_screen(lost_on_the_screen),
        on_screen(held_is_not_lost),
        on_screen(any_size_draws),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
