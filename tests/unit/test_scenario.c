// SPDX-License-Identifier: MIT
// Scenarios on the real stacks: what calls give, when they return, what is told when a scenario
// does not go as it says. Skipped where the lab cannot be opened.
#include "stacks.h"

#include "tcpwalk/lab.h"

#include <stdlib.h>

#define SERVER                                                                                     \
    "server: l = socket()\n"                                                                       \
    "server: bind(l, 9734)\n"                                                                      \
    "server: listen(l, 5)\n"
#define OPEN                                                                                       \
    SERVER "client: c = socket()\n"                                                                \
           "client: connect(c, 9734) = 0\n"                                                        \
           "server: t = accept(l)\n"

// What a scenario left; in a child of the test.
struct played {
    struct tw_lab *lab;
    struct tw_lab_view view;
    struct tw_error error; // where it failed
};

static void play(struct played *played, const char *text) {
    struct tw_script *script;
    const struct tw_lab_options options = {.name = "test"};
    enum tw_status status = tw_script_parse("test", text, strlen(text), &script, &played->error);
    if (status != TW_OK)
        fprintf(stderr, "%s\n", played->error.text);
    REQUIRE(status == TW_OK);
    status = tw_lab_new(&options, &played->lab, &played->error);
    if (status == TW_PERMISSION) {
        printf("skipped: %s\n", played->error.text);
        fflush(NULL);
        _exit(CHILD_SKIPPED);
    }
    REQUIRE(status == TW_OK);
    struct tw_scenario *scenario = tw_scenario_new(played->lab, script);
    REQUIRE(scenario != NULL);
    enum tw_scenario_state state;
    bool happened;
    played->error.text[0] = '\0';
    while ((state = tw_scenario_turn(scenario, &played->error)) == TW_SCENARIO_RUNS)
        REQUIRE(tw_lab_wait(played->lab, tw_scenario_due(scenario), &happened, &played->error) ==
                TW_OK);
    REQUIRE((state == TW_SCENARIO_FAILED) == (played->error.text[0] != '\0'));
    tw_scenario_free(scenario);
    tw_script_free(script);
    tw_lab_view_get(played->lab, &played->view);
}

static void expect_done(const struct played *played) {
    if (played->error.text[0] != '\0')
        fprintf(stderr, "%s\n", played->error.text);
    REQUIRE(played->error.text[0] == '\0');
}

// The last call of that text.
static const struct tw_witness_call *call(const struct played *played, const char *text) {
    const struct tw_witness *w = played->view.witness;
    for (size_t i = w->call_count; i-- > 0;)
        if (strcmp(w->calls[i].text, text) == 0)
            return &w->calls[i];
    fprintf(stderr, "there was no call %s\n", text);
    _exit(CHILD_FAILED);
}

static void expect_result(const struct played *played, const char *text, const char *result) {
    const struct tw_witness_call *made = call(played, text);
    if (made->result == NULL || strcmp(made->result, result) != 0)
        fprintf(stderr, "%s gave %s, not %s\n", text, made->result, result);
    REQUIRE(made->result != NULL && strcmp(made->result, result) == 0);
}

static void expect_failure(const char *text, const char *message) {
    struct played played;
    play(&played, text);
    if (strstr(played.error.text, message) == NULL)
        fprintf(stderr, "'%s' is not '%s'\n", played.error.text, message);
    REQUIRE(strstr(played.error.text, message) != NULL);
    tw_lab_free(played.lab);
}

// --- Calls

static void calls_tell_how_long_they_blocked(unsigned unused) {
    (void)unused;
    struct played played;
    play(&played, "delay 20ms\n" OPEN);
    expect_done(&played);
    tw_time blocked = tw_witness_blocked(call(&played, "connect(c, 10.9.0.2:9734)"));
    // There and back, and not until a third segment has landed.
    REQUIRE(blocked >= 40 * TW_MILLISECOND && blocked < 60 * TW_MILLISECOND);
    expect_result(&played, "accept(l)", "t");
    // accept() belongs to the connection that it gives.
    REQUIRE(call(&played, "accept(l)")->tuple.remote_port ==
            call(&played, "connect(c, 10.9.0.2:9734)")->tuple.local_port);
    tw_lab_free(played.lab);
}

static void a_refused_socket_can_be_used_anew(unsigned unused) {
    (void)unused;
    struct played played;
    play(&played,
         "client: c = socket()\n"
         "client: connect(c, 9734) = -1 ECONNREFUSED\n" SERVER "client: connect(c, 9734) = 0\n"
         "server: t = accept(l)\n"
         "server: d = socket()\n"
         "server: connect(d, 80) = -1 ECONNREFUSED\n"
         "server: listen(d, 5) = 0\n");
    expect_done(&played);
    tw_lab_free(played.lab);
}

static void send_blocks_until_all_is_taken(unsigned unused) {
    (void)unused;
    struct played played;
    play(&played, SERVER "client: c = socket()\n"
                         "client: setsockopt(c, SO_SNDBUF, 4608)\n"
                         "client: connect(c, 9734) = 0\n"
                         "server: t = accept(l)\n"
                         "client: send(c, 60000) ...\n"
                         "wait 1ms\n"
                         "await c = 60000\n"
                         "client: shutdown(c, SHUT_WR)\n"
                         "until t CLOSE-WAIT\n"
                         "server: recv(t, 100000, MSG_PEEK) = 60000\n");
    expect_done(&played);
    REQUIRE(tw_witness_blocked(call(&played, "send(c, 60000 octets)")) > 10 * TW_MILLISECOND);
    tw_lab_free(played.lab);
}

static void a_lingering_close_waits_for_the_ack_of_its_fin(unsigned unused) {
    (void)unused;
    struct played played;
    play(&played, OPEN "client: setsockopt(c, SO_LINGER, 1, 5)\n"
                       "client: close(c) = 0\n"
                       "until client FIN-WAIT-2\n");
    expect_done(&played);
    REQUIRE(tw_witness_blocked(call(&played, "close(c)")) >= 20 * TW_MILLISECOND);
    tw_lab_free(played.lab);
}

static void a_lingering_close_gives_up_in_time(unsigned unused) {
    (void)unused;
    struct played played;
    play(&played, OPEN "client: setsockopt(c, SO_LINGER, 1, 1)\n"
                       "hold client FIN\n"
                       "client: close(c) = 0\n"
                       "until client FIN-WAIT-1\n");
    expect_done(&played);
    tw_time blocked = tw_witness_blocked(call(&played, "close(c)"));
    REQUIRE(blocked >= TW_SECOND && blocked < 2 * TW_SECOND);
    tw_lab_free(played.lab);
}

static void a_forked_process_keeps_the_socket_open(unsigned unused) {
    (void)unused;
    struct played played;
    play(&played, OPEN "server: fork(child)\n"
                       "server: close(t)\n"
                       "wait 60ms\n"
                       "until client ESTABLISHED\n" // no FIN has come
                       "child: exit()\n"
                       "until client CLOSE-WAIT\n");
    expect_done(&played);
    tw_lab_free(played.lab);
}

static void a_crash_makes_no_segment(unsigned unused) {
    (void)unused;
    struct played played;
    play(&played, OPEN "until server ESTABLISHED\n"
                       "server: crash()\n"
                       "until server CLOSED\n"
                       "wait 60ms\n"
                       "until client ESTABLISHED\n");
    expect_done(&played);
    REQUIRE(played.view.packets[0] == 3);
    tw_lab_free(played.lab);
}

static void a_crash_ends_a_blocked_call_without_a_result(unsigned unused) {
    (void)unused;
    struct played played;
    play(&played, OPEN "client: recv(c, 10) ...\n"
                       "client: crash(c)\n");
    expect_done(&played);
    REQUIRE(call(&played, "recv(c, 10)")->result == NULL);
    tw_lab_free(played.lab);
}

static void a_crash_takes_what_no_process_holds(unsigned unused) {
    (void)unused;
    struct played played;
    play(&played, OPEN "client: close(c)\n" // an orphan
                       "until client FIN-WAIT-2\n"
                       "client: crash()\n"
                       "until client CLOSED\n"
                       "wait 60ms\n"
                       "until server CLOSE-WAIT\n" // no RST has come
                       "server: close(t)\n"
                       "until server CLOSED\n"); // by the RST that answers its FIN
    expect_done(&played);
    tw_lab_free(played.lab);
    play(&played, OPEN "client: close(c)\n"
                       "until client FIN-WAIT-2\n"
                       "server: close(t)\n"
                       "until client TIME-WAIT\n"
                       "client: crash()\n"
                       "until client CLOSED\n");
    expect_done(&played);
    tw_lab_free(played.lab);
}

static void a_crash_takes_a_shared_socket_from_all(unsigned unused) {
    (void)unused;
    expect_failure(OPEN "server: fork(p)\n"
                        "server: crash(t)\n"
                        "p: recv(t, 1)\n",
                   "test:9:1: p has no socket 't' open");
}

static void exit_does_not_linger(unsigned unused) {
    (void)unused;
    struct played played;
    play(&played, OPEN "client: setsockopt(c, SO_LINGER, 1, 3)\n"
                       "hold client FIN\n"
                       "client: exit()\n"
                       "until client FIN-WAIT-1 within 100ms\n");
    expect_done(&played);
    REQUIRE(tw_witness_blocked(call(&played, "exit()")) < 100 * TW_MILLISECOND);
    tw_lab_free(played.lab);
}

static void each_recv_keeps_what_it_received(unsigned unused) {
    (void)unused;
    struct played played;
    play(&played, OPEN "client: d = socket()\n"
                       "client: connect(d, 9734) = 0\n"
                       "server: u = accept(l)\n"
                       "server: recv(t, 1) ...\n"
                       "server: recv(u, 1) ...\n"
                       "client: send(c, \"A\")\n"
                       "client: send(d, \"B\")\n"
                       "until client quiet\n"
                       "await t = \"A\"\n"
                       "await u = \"B\"\n");
    expect_done(&played);
    tw_lab_free(played.lab);
}

static void who_waits_longest_is_served_first(unsigned unused) {
    (void)unused;
    struct played played;
    play(&played, OPEN "server: fork(p)\n"
                       "server: recv(t, 1) ...\n"
                       "p: recv(t, 1) ...\n"
                       "client: send(c, \"A\")\n"
                       "until client quiet\n");
    expect_done(&played);
    const struct tw_witness *w = played.view.witness;
    for (size_t i = 0; i < w->call_count; i++)
        if (strcmp(w->calls[i].text, "recv(t, 1)") == 0)
            REQUIRE((w->calls[i].result != NULL) == (strcmp(w->calls[i].process, "server") == 0));
    tw_lab_free(played.lab);
}

static void urgent_data_is_not_waited_for(unsigned unused) {
    (void)unused;
    struct played played;
    play(&played, OPEN "server: recv(t, 1, MSG_OOB) = -1 EINVAL\n");
    expect_done(&played);
    tw_lab_free(played.lab);
}

static void a_copy_that_lands_is_the_packet_that_landed(unsigned unused) {
    (void)unused;
    struct played played;
    play(&played, OPEN "until server ESTABLISHED\n"
                       "hold client DATA\n"
                       "client: send(c, \"x\")\n"
                       "wait 30ms\n" // it has passed the tap
                       "duplicate client DATA\n"
                       "drop client DATA\n"
                       "deliver client DATA\n"
                       "until client quiet\n");
    expect_done(&played);
    REQUIRE(played.view.witness->flights[3].landed != TW_NO_TIME);
    tw_lab_free(played.lab);
}

static void what_comes_when_the_tap_is_off_is_not_compared(unsigned unused) {
    (void)unused;
    struct played played;
    play(&played, OPEN "until server ESTABLISHED\n"
                       "tap off\n"
                       "client: close(c)\n"
                       "until client FIN-WAIT-2\n"
                       "server: close(t)\n"
                       "until client TIME-WAIT\n");
    expect_done(&played);
    const struct tw_witness *w = played.view.witness;
    for (size_t i = 0; i < w->history_count; i++) {
        const struct tw_witness_history *h = &w->histories[i];
        REQUIRE(h->steps[tw_witness_comparable(w, h) - 1].state == TW_ESTABLISHED);
    }
    tw_lab_free(played.lab);
}

static void what_was_not_captured_is_not_compared(unsigned unused) {
    (void)unused;
    struct played played;
    play(&played, "tap off\n" OPEN "until server ESTABLISHED\n"
                  "tap on\n"
                  "client: send(c, \"x\")\n"
                  "until client quiet\n");
    expect_done(&played);
    const struct tw_witness *w = played.view.witness;
    REQUIRE(w->history_count == 2);
    for (size_t i = 0; i < w->history_count; i++) {
        enum tw_state states[2];
        REQUIRE(tw_witness_states(w, &w->histories[i], states, 2) == 1);
        REQUIRE(states[0] == TW_ESTABLISHED);
    }
    tw_lab_free(played.lab);
}

static void listeners_tell_their_queues(unsigned unused) {
    (void)unused;
    struct played played;
    play(&played, SERVER "client: c = socket()\n"
                         "client: connect(c, 9734) = 0\n"
                         "until server ESTABLISHED\n");
    expect_done(&played);
    bool found = false;
    for (size_t i = 0; i < played.view.kernel_count[TW_SERVER]; i++) {
        const struct tw_kernel_socket *s = &played.view.kernel[TW_SERVER][i];
        found |= s->state == TW_LISTEN && s->receive_queue == 1 && s->send_queue == 5;
    }
    REQUIRE(found);
    tw_lab_free(played.lab);
}

static void flights_tell_what_landed(unsigned unused) {
    (void)unused;
    struct played played;
    play(&played, "delay 20ms\n" OPEN "until server ESTABLISHED\n"
                  "drop client DATA\n"
                  "client: send(c, \"x\")\n"
                  "wait 100ms\n"
                  "hold client\n");
    expect_done(&played);
    const struct tw_witness *w = played.view.witness;
    REQUIRE(w->flight_count == 4);
    for (size_t i = 0; i < 3; i++) {
        tw_time flew = w->flights[i].landed - w->flights[i].left;
        REQUIRE(flew >= 20 * TW_MILLISECOND && flew < 30 * TW_MILLISECOND);
    }
    REQUIRE(w->flights[3].landed == TW_NO_TIME);
    tw_lab_free(played.lab);
}

static void what_is_typed_knows_the_sockets_that_are_there(unsigned unused) {
    (void)unused;
    struct played played;
    play(&played, OPEN "server: fork(child)\n");
    expect_done(&played);
    struct tw_script *script;
    static const char *const good[] = {"client: send(c, \"x\")", "child: close(t)",
                                       "inject client c RST seq next", "history t ESTABLISHED"};
    for (size_t i = 0; i < TW_COUNT(good); i++) {
        REQUIRE(tw_script_parse_line(played.lab, "typed", good[i], &script, &played.error) ==
                TW_OK);
        tw_script_free(script);
    }
    REQUIRE(tw_script_parse_line(played.lab, "typed", "client: send(d, 1)", &script,
                                 &played.error) == TW_USAGE);
    REQUIRE(strstr(played.error.text, "made so far are") != NULL);
    tw_lab_free(played.lab);
}

// --- What does not go as it says

static void failures_say_what_was_seen_instead(unsigned unused) {
    (void)unused;
    expect_failure(SERVER "client: c = socket()\n"
                          "drop every client SYN\n"
                          "client: connect(c, 9734) ...\n"
                          "until client ESTABLISHED within 50ms\n",
                   "test:7:1: client is not ESTABLISHED after 0.05 s (client: SYN-SENT; server: "
                   "LISTEN)");
}

static void a_result_that_is_another_one_is_told(unsigned unused) {
    (void)unused;
    expect_failure("client: c = socket()\nclient: connect(c, 9734) = 0\n",
                   "test:2:1: connect(c, 10.9.0.2:9734) gives -1 ECONNREFUSED, not 0");
}

static void a_history_that_is_another_one_is_told(unsigned unused) {
    (void)unused;
    expect_failure(OPEN "history client SYN-SENT ESTABLISHED FIN-WAIT-1\n",
                   "test:7:1: client went through SYN-SENT ESTABLISHED, not SYN-SENT ESTABLISHED "
                   "FIN-WAIT-1");
}

static void what_is_never_held_is_told(unsigned unused) {
    (void)unused;
    expect_failure("deliver client SYN within 50ms\n",
                   "test:1:1: no segment to deliver after 0.05 s (client: no socket; server: no "
                   "socket)");
}

static void a_call_that_blocks_for_ever_is_told(unsigned unused) {
    (void)unused;
    expect_failure(SERVER "server: t = accept(l) within 50ms\n",
                   "test:4:1: accept has not returned after 0.05 s");
}

static void a_sysctl_that_does_not_exist_is_told(unsigned unused) {
    (void)unused;
    expect_failure("sysctl client net.ipv4.tcp_nonsense 1\n", "test:1:1: ");
}

// --- One child each

#define IN_CHILD(body)                                                                             \
    static void test_##body(void **state) {                                                        \
        (void)state;                                                                               \
        in_child(body, 0);                                                                         \
    }
#define EACH(X)                                                                                    \
    X(calls_tell_how_long_they_blocked)                                                            \
    X(a_refused_socket_can_be_used_anew)                                                           \
    X(send_blocks_until_all_is_taken)                                                              \
    X(a_lingering_close_waits_for_the_ack_of_its_fin)                                              \
    X(a_lingering_close_gives_up_in_time)                                                          \
    X(a_forked_process_keeps_the_socket_open)                                                      \
    X(a_crash_makes_no_segment)                                                                    \
    X(a_crash_ends_a_blocked_call_without_a_result)                                                \
    X(a_crash_takes_what_no_process_holds)                                                         \
    X(a_crash_takes_a_shared_socket_from_all)                                                      \
    X(exit_does_not_linger)                                                                        \
    X(each_recv_keeps_what_it_received)                                                            \
    X(who_waits_longest_is_served_first)                                                           \
    X(urgent_data_is_not_waited_for)                                                               \
    X(a_copy_that_lands_is_the_packet_that_landed)                                                 \
    X(what_comes_when_the_tap_is_off_is_not_compared)                                              \
    X(what_was_not_captured_is_not_compared)                                                       \
    X(listeners_tell_their_queues)                                                                 \
    X(flights_tell_what_landed)                                                                    \
    X(what_is_typed_knows_the_sockets_that_are_there)                                              \
    X(failures_say_what_was_seen_instead)                                                          \
    X(a_result_that_is_another_one_is_told)                                                        \
    X(a_history_that_is_another_one_is_told)                                                       \
    X(what_is_never_held_is_told)                                                                  \
    X(a_call_that_blocks_for_ever_is_told)                                                         \
    X(a_sysctl_that_does_not_exist_is_told)
EACH(IN_CHILD)

int main(void) {
    const struct CMUnitTest tests[] = {
#define X(body) cmocka_unit_test(test_##body),
        EACH(X)
#undef X
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
