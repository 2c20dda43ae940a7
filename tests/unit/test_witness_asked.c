// SPDX-License-Identifier: MIT
// Proves that the calls, histories and looks of a witness find their connection, and how histories
// are told; with a witness made by hand.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tcpwalk/witness.h"

#include <stdio.h>
#include <string.h>

static const struct tw_tuple client_tuple = {.local = {{10, 9, 0, 1}},
                                             .remote = {{10, 9, 0, 2}},
                                             .local_port = 40000,
                                             .remote_port = 80,
                                             .version = 4};
static const struct tw_tuple server_tuple = {.local = {{10, 9, 0, 2}},
                                             .remote = {{10, 9, 0, 1}},
                                             .local_port = 80,
                                             .remote_port = 40000,
                                             .version = 4};
static const struct tw_tuple no_tuple;
static const struct tw_tuple listener_tuple = {.local_port = 80, .version = 4};

static struct tw_witness *empty(void) {
    struct tw_witness *witness = tw_witness_new("test");
    assert_non_null(witness);
    return witness;
}

static size_t add_call(struct tw_witness *witness, uint32_t socket, const char *text, tw_time begun,
                       const struct tw_tuple *tuple) {
    const struct tw_witness_call call = {.socket = socket,
                                         .end = TW_CLIENT,
                                         .process = "client",
                                         .text = text,
                                         .begun = begun,
                                         .tuple = tuple != NULL ? *tuple : no_tuple};
    size_t index;
    assert_int_equal(tw_witness_begin(witness, &call, &index), TW_OK);
    return index;
}

static size_t add_history(struct tw_witness *witness, const struct tw_tuple *tuple, tw_time first,
                          tw_time last) {
    size_t index;
    assert_int_equal(tw_witness_history_add(witness, TW_CLIENT, tuple, &index), TW_OK);
    const struct tw_witness_step steps[] = {{TW_SYN_SENT, TW_BY_CALL, first, 0},
                                            {TW_CLOSED, TW_BY_LANDING, last, 0}};
    for (size_t i = 0; i < TW_COUNT(steps); i++) {
        assert_int_equal(tw_witness_step_add(witness, index, &steps[i]), TW_OK);
    }
    return index;
}

static struct tw_connection_info connection(tw_time opened, tw_time last) {
    return (struct tw_connection_info){
        .number = 1,
        .version = 4,
        .end = {[TW_CLIENT] = {.address = client_tuple.local, .port = client_tuple.local_port},
                [TW_SERVER] = {.address = server_tuple.local, .port = server_tuple.local_port}},
        .opened = opened,
        .last = last,
    };
}

// What a call or a timer did behind the last packet does not count; what the last packet's landing
// did does, and all that came before that.
static void compares_up_to_the_last_packet(void **state) {
    (void)state;
    struct tw_witness *witness = empty();
    struct tw_witness_step steps[] = {{TW_SYN_SENT, TW_BY_CALL, 1, 0},
                                      {TW_ESTABLISHED, TW_BY_LANDING, 2, 2},
                                      {TW_FIN_WAIT_1, TW_BY_CALL, 3, 2},
                                      {TW_CLOSED, TW_BY_TIMER, 4, 3}};
    size_t index;
    assert_int_equal(tw_witness_history_add(witness, TW_CLIENT, &client_tuple, &index), TW_OK);
    for (size_t i = 0; i < TW_COUNT(steps); i++) {
        assert_int_equal(tw_witness_step_add(witness, index, &steps[i]), TW_OK);
    }
    struct tw_witness_history *history = &witness->histories[index];
    const size_t expected[] = {2, 2, 2, 3, 4}; // by how many packets there are
    for (size_t packets = 0; packets < TW_COUNT(expected); packets++) {
        witness->flight_count = packets;
        assert_int_equal(tw_witness_comparable(witness, history), expected[packets]);
    }
    // A step by a landing keeps what came before it.
    witness->flight_count = 3;
    history->steps[2].packets = 3;
    history->steps[3].cause = TW_BY_LANDING;
    assert_int_equal(tw_witness_comparable(witness, history), 4);
    // What was left behind before the tap was on is not cut.
    history->steps[3].cause = TW_BY_TIMER;
    history->from = 3;
    assert_int_equal(tw_witness_comparable(witness, history), 3);
    witness->flight_count = 0;
    tw_witness_free(witness);
}

static void tells_states_as_an_end_does(void **state) {
    (void)state;
    struct tw_witness *witness = empty();
    const size_t index = add_history(witness, &client_tuple, 1, 2);
    const struct tw_witness_step again = {TW_CLOSED, TW_BY_LANDING, 3, 0};
    assert_int_equal(tw_witness_step_add(witness, index, &again), TW_OK);
    struct tw_witness_history *history = &witness->histories[index];
    enum tw_state states[2];
    assert_int_equal(tw_witness_states(witness, history, states, 2), 2);
    assert_int_equal(states[0], TW_SYN_SENT);
    assert_int_equal(states[1], TW_CLOSED);
    assert_int_equal(tw_witness_states(witness, history, states, 1), 2);
    history->from = 1;
    assert_int_equal(tw_witness_states(witness, history, states, 2), 0);
    tw_witness_free(witness);
}

static void finds_the_history_of_that_time(void **state) {
    (void)state;
    struct tw_witness *witness = empty();
    add_history(witness, &client_tuple, 100, 200);
    add_history(witness, &client_tuple, 300, 400);
    add_history(witness, &server_tuple, 110, 190);
    const struct tw_connection_info first = connection(105, 195), second = connection(290, 350),
                                    syn = connection(500, 600);
    struct tw_connection_info later = syn;
    later.midstream = true;
    const struct tw_witness_history *h = witness->histories;
    assert_ptr_equal(tw_witness_find(witness, &first, TW_CLIENT), &h[0]);
    assert_ptr_equal(tw_witness_find(witness, &second, TW_CLIENT), &h[1]);
    assert_ptr_equal(tw_witness_find(witness, &later, TW_CLIENT), &h[1]);
    // A SYN into a connection that is there already, or has been, is not what it began with.
    assert_null(tw_witness_find(witness, &syn, TW_CLIENT));
    assert_ptr_equal(tw_witness_find(witness, &first, TW_SERVER), &h[2]);
    struct tw_connection_info elsewhere = first;
    elsewhere.end[TW_SERVER].address.octets[3] = 9;
    assert_null(tw_witness_find(witness, &elsewhere, TW_CLIENT));
    // Whom the tracker calls client may be the lab's server.
    struct tw_connection_info turned = first;
    turned.end[TW_CLIENT] = first.end[TW_SERVER];
    turned.end[TW_SERVER] = first.end[TW_CLIENT];
    assert_ptr_equal(tw_witness_find(witness, &turned, TW_CLIENT), &h[2]);
    // No time makes the arithmetic go over.
    const struct tw_connection_info ever = connection(INT64_MIN, INT64_MIN + 1);
    assert_non_null(tw_witness_find(witness, &ever, TW_CLIENT));
    tw_witness_free(witness);
}

// A socket of a stack, and how its state was seen at two times.
static void add_looks(struct tw_witness *witness, enum tw_end end, const struct tw_tuple *tuple,
                      tw_time first, enum tw_state state, tw_time second, enum tw_state then) {
    const struct tw_witness_look looks[] = {{.time = first, .state = state},
                                            {.time = second, .state = then}};
    size_t index;
    assert_int_equal(tw_witness_looks_add(witness, end, tuple, &index), TW_OK);
    for (size_t i = 0; i < TW_COUNT(looks); i++) {
        assert_int_equal(tw_witness_look_add(witness, index, &looks[i]), TW_OK);
    }
}

// "ESTABLISHED", "LISTEN 2" with two that are opening, or "nothing".
static const char *look_at(const struct tw_witness *witness, const struct tw_connection_info *info,
                           enum tw_end end, tw_time time) {
    static char text[40];
    size_t opening;
    const struct tw_witness_look *look = tw_witness_look_at(witness, info, end, time, &opening);
    if (look == NULL) {
        return "nothing";
    }
    snprintf(text, sizeof text, opening > 0 ? "%s %zu" : "%s", tw_state_name(look->state), opening);
    return text;
}

static void finds_the_last_look(void **state) {
    (void)state;
    struct tw_witness *witness = empty();
    struct tw_tuple other = server_tuple, elsewhere = listener_tuple;
    other.remote_port++;
    elsewhere.local_port++;
    witness->has_stacks = true;
    witness->stack4[TW_CLIENT] = client_tuple.local;
    witness->stack4[TW_SERVER] = server_tuple.local;
    add_looks(witness, TW_SERVER, &listener_tuple, 10, TW_LISTEN, 500, TW_CLOSED);
    add_looks(witness, TW_CLIENT, &listener_tuple, 10, TW_LISTEN, 500, TW_CLOSED);
    add_looks(witness, TW_SERVER, &elsewhere, 10, TW_LISTEN, 500, TW_CLOSED);
    add_looks(witness, TW_CLIENT, &client_tuple, 20, TW_SYN_SENT, 40, TW_ESTABLISHED);
    add_looks(witness, TW_SERVER, &other, 25, TW_SYN_RECEIVED, 60, TW_ESTABLISHED);
    add_looks(witness, TW_SERVER, &server_tuple, 30, TW_SYN_RECEIVED, 50, TW_CLOSED);
    add_looks(witness, TW_SERVER, &server_tuple, 70, TW_TIME_WAIT, 80, TW_CLOSED);
    const struct tw_connection_info info = connection(20, 60);
    assert_string_equal(look_at(witness, &info, TW_CLIENT, 20), "nothing");
    assert_string_equal(look_at(witness, &info, TW_CLIENT, 21), "SYN-SENT");
    assert_string_equal(look_at(witness, &info, TW_CLIENT, 40), "SYN-SENT");
    assert_string_equal(look_at(witness, &info, TW_CLIENT, INT64_MAX), "ESTABLISHED");
    assert_string_equal(look_at(witness, &info, TW_SERVER, 10), "nothing");
    assert_string_equal(look_at(witness, &info, TW_SERVER, 11), "LISTEN");
    assert_string_equal(look_at(witness, &info, TW_SERVER, 30), "LISTEN 1");
    assert_string_equal(look_at(witness, &info, TW_SERVER, 31), "SYN-RECEIVED");
    // It is gone: again the listener is what is there, until the ports are used again.
    assert_string_equal(look_at(witness, &info, TW_SERVER, 51), "LISTEN 1");
    assert_string_equal(look_at(witness, &info, TW_SERVER, 61), "LISTEN");
    assert_string_equal(look_at(witness, &info, TW_SERVER, 71), "TIME-WAIT");
    assert_string_equal(look_at(witness, &info, TW_SERVER, 501), "CLOSED");
    // No stack there: no listener.
    struct tw_connection_info strange = info;
    strange.end[TW_SERVER].address.octets[3] = 9;
    assert_string_equal(look_at(witness, &strange, TW_SERVER, 400), "nothing");
    tw_witness_free(witness);
}

static void is(const struct tw_witness *witness, size_t call, const struct tw_connection_info *info,
               const char *whose) {
    enum tw_end end = TW_END_COUNT;
    bool listener = false;
    const bool of = tw_witness_call_at(witness, &witness->calls[call], info, &end, &listener);
    const char *got = !of                ? "nobody"
                      : listener         ? "listener"
                      : end == TW_CLIENT ? "client"
                                         : "server";
    assert_string_equal(got, whose);
    assert_int_equal(tw_witness_call_of(witness, &witness->calls[call], info), of);
}

static void finds_the_calls_of_a_connection(void **state) {
    (void)state;
    struct tw_witness *witness = empty();
    add_history(witness, &client_tuple, 100, 200);
    // A client's socket: what was called before it had a port is found by its number.
    const size_t made = add_call(witness, 1, "socket()", 50, NULL);
    const size_t connects = add_call(witness, 1, "connect(c, 10.9.0.2:80)", 90, NULL);
    assert_int_equal(tw_witness_return(witness, connects, "0", 0, 120, 2, &client_tuple), TW_OK);
    // A listener's calls are of all its connections, what it accepts of one.
    const size_t bound = add_call(witness, 2, "bind(s, 80)", 60, NULL);
    assert_int_equal(tw_witness_return(witness, bound, "0", 0, 61, 0, &listener_tuple), TW_OK);
    const size_t listens = add_call(witness, 2, "listen(s, 5)", 70, &listener_tuple);
    assert_int_equal(tw_witness_return(witness, listens, "0", 0, 71, 0, NULL), TW_OK);
    const size_t accepts = add_call(witness, 2, "accept(s)", 80, &listener_tuple);
    assert_int_equal(tw_witness_return(witness, accepts, "t", 0, 130, 3, &server_tuple), TW_OK);
    const size_t waits = add_call(witness, 2, "accept(s)", 140, &listener_tuple);
    const size_t reads = add_call(witness, 3, "recv(t, 1)", 150, &server_tuple);
    // Others: without a socket, on one that came to nothing, on a listener of later.
    const size_t forks = add_call(witness, 0, "fork(p)", 160, NULL);
    const size_t fails = add_call(witness, 4, "bind(u, 80)", 170, NULL);
    const size_t later = add_call(witness, 5, "listen(v, 5)", 900, &listener_tuple);
    assert_int_equal(tw_witness_return(witness, later, "0", 0, 901, 0, NULL), TW_OK);
    // One that was not let listen is no listener.
    const size_t refused = add_call(witness, 6, "listen(w, 5)", 75, &listener_tuple);
    assert_int_equal(tw_witness_return(witness, refused, "-1 EADDRINUSE", 98, 76, 0, NULL), TW_OK);
    const struct tw_connection_info info = connection(100, 200);
    is(witness, refused, &info, "nobody");
    is(witness, made, &info, "client");
    is(witness, connects, &info, "client");
    is(witness, bound, &info, "listener");
    is(witness, listens, &info, "listener");
    is(witness, accepts, &info, "server");
    is(witness, waits, &info, "listener");
    is(witness, reads, &info, "server");
    is(witness, forks, &info, "nobody");
    is(witness, fails, &info, "nobody");
    is(witness, later, &info, "nobody");
    struct tw_connection_info other = info; // another client of the same listener
    other.end[TW_CLIENT].port++;
    is(witness, made, &other, "nobody");
    is(witness, listens, &other, "listener");
    is(witness, accepts, &other, "nobody");
    is(witness, reads, &other, "nobody");
    tw_witness_free(witness);
}

static void tells_calls_of_reused_ports_apart(void **state) {
    (void)state;
    struct tw_witness *witness = empty();
    add_history(witness, &client_tuple, 100, 300); // its TIME-WAIT ends when it is opened again
    add_history(witness, &client_tuple, 301, 400);
    size_t calls[4];
    for (size_t i = 0; i < 2; i++) {
        const tw_time begun = 90 + 205 * (tw_time)i;
        calls[2 * i] = add_call(witness, (uint32_t)i + 1, "socket()", begun - 5, NULL);
        calls[2 * i + 1] = add_call(witness, (uint32_t)i + 1, "connect(c, 80)", begun, NULL);
        assert_int_equal(
            tw_witness_return(witness, calls[2 * i + 1], "0", 0, begun + 30, 2, &client_tuple),
            TW_OK);
    }
    const size_t closes = add_call(witness, 1, "close(c)", 350, &client_tuple); // long since dead
    const struct tw_connection_info first = connection(100, 200), second = connection(302, 350);
    for (size_t i = 0; i < TW_COUNT(calls); i++) {
        is(witness, calls[i], &first, i < 2 ? "client" : "nobody");
        is(witness, calls[i], &second, i < 2 ? "nobody" : "client");
    }
    is(witness, closes, &first, "client");
    is(witness, closes, &second, "nobody");
    tw_witness_free(witness);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(compares_up_to_the_last_packet),
        cmocka_unit_test(tells_states_as_an_end_does),
        cmocka_unit_test(finds_the_history_of_that_time),
        cmocka_unit_test(finds_the_last_look),
        cmocka_unit_test(finds_the_calls_of_a_connection),
        cmocka_unit_test(tells_calls_of_reused_ports_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
