// SPDX-License-Identifier: MIT
// Proves that a witness is read as it was written, that what is wrong in its file is refused by
// name, that calls and histories find their connection, and what a trace and a list make of them.
// The witness is golden/witness.json, made by hand for golden/witness.pcap, a four-way close; what
// is expected stands in golden/expected. `test_witness --accept` takes what it prints now: read it
// first.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tcpwalk/report.h"
#include "tcpwalk/source.h"
#include "witness/file.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define GOLDEN  TW_SOURCE_CAPTURES "/../tests/golden/"
#define WITNESS GOLDEN "witness.json"
#define CAPTURE GOLDEN "witness.pcap"

static bool accepting;

// The whole file, with a terminating zero; "" where there is none.
static char *contents(const char *path) {
    FILE *file = fopen(path, "rb");
    char *text = NULL;
    size_t room = 0;
    ssize_t length = file != NULL ? getdelim(&text, &room, '\0', file) : -1;
    if (file != NULL) {
        fclose(file);
    }
    if (length < 0) {
        free(text);
        text = calloc(1, 1);
    }
    assert_non_null(text);
    return text;
}

static struct tw_witness *witness_read(void) {
    struct tw_witness *witness;
    struct tw_error error;
    assert_int_equal(tw_witness_read(WITNESS, &witness, &error), TW_OK);
    return witness;
}

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

// --- The file

static void is_written_as_read(void **state) {
    (void)state;
    char path[] = "/tmp/test_witness_XXXXXX";
    const int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    struct tw_witness *witness = witness_read();
    struct tw_error error;
    assert_int_equal(tw_witness_write(witness, path, &error), TW_OK);
    char *before = contents(WITNESS), *after = contents(path);
    assert_string_equal(before, after);
    assert_true(strlen(before) > 0);
    free(before);
    free(after);
    unlink(path);
    assert_int_equal(tw_witness_write(witness, "/dev/full", &error), TW_OUTPUT);
    assert_string_equal(error.text, "/dev/full: No space left on device");
    assert_int_equal(tw_witness_write(witness, "/nowhere/at.json", &error), TW_OUTPUT);
    tw_witness_free(witness);
}

static void says_what_it_read(void **state) {
    (void)state;
    struct tw_witness *witness = witness_read();
    assert_string_equal(witness->name, "four-way-close");
    assert_int_equal(witness->call_count, 13);
    assert_int_equal(witness->history_count, 2);
    assert_int_equal(witness->flight_count, 7);
    const struct tw_witness_call *connect = &witness->calls[8];
    assert_string_equal(connect->text, "connect(c, 10.9.0.2:8624)");
    assert_int_equal(connect->end, TW_CLIENT);
    assert_int_equal(connect->returned_after, 2);
    assert_int_equal(connect->tuple.local_port, 22538);
    assert_int_equal(tw_witness_blocked(connect), 56500000);
    assert_string_equal(tw_witness_errno(witness->calls[6].error), "EADDRINUSE");
    assert_null(witness->calls[10].result);
    assert_int_equal(tw_witness_blocked(&witness->calls[10]), 0);
    assert_int_equal(witness->histories[1].steps[4].state, TW_LAST_ACK);
    tw_witness_free(witness);
}

// `why` is what the message begins with: the rest may be the JSON library's own words.
static void refuses(enum tw_status status, const char *text, const char *why) {
    struct tw_witness *witness;
    struct tw_error error = {0};
    const enum tw_status got = witness_parse("w", text, strlen(text), &witness, &error);
    if (strncmp(error.text, why, strlen(why)) != 0) {
        fail_msg("\"%s\" does not begin with \"%s\"", error.text, why);
    }
    assert_int_equal(got, status);
    assert_null(witness);
}

static void refuses_what_is_no_witness(void **state) {
    (void)state;
    struct tw_witness *witness;
    struct tw_error error;
    assert_int_equal(tw_witness_read("/nowhere", &witness, &error), TW_OPEN);
    assert_string_equal(error.text, "/nowhere: No such file or directory");
    assert_int_equal(tw_witness_read("/tmp", &witness, &error), TW_OPEN);
    refuses(TW_BROKEN, "", "w: line 1, column ");
    refuses(TW_BROKEN, "{\"a\":\1}", "w: line 1, column ");
    refuses(TW_OPEN, "{}", "w: not written by tcpwalk's lab");
    refuses(TW_OPEN, "[1]", "w: not written by tcpwalk's lab");
    refuses(TW_OPEN, "{\"tcpwalk\":1}", "w: not written by tcpwalk's lab");
    refuses(TW_BROKEN, "{\"tcpwalk\":\"lab\"}", "w: ");
    // Deeply nested: the parser gives up, not the stack.
    char deep[100001];
    memset(deep, '[', sizeof deep - 1);
    deep[sizeof deep - 1] = '\0';
    assert_int_equal(witness_parse("w", deep, sizeof deep - 1, &witness, &error), TW_BROKEN);
}

// The stored witness with one thing in it exchanged.
static void refuses_change(const char *from, const char *to, const char *why) {
    char *text = contents(WITNESS), *at = strstr(text, from), *changed;
    assert_non_null(at);
    *at = '\0';
    assert_true(asprintf(&changed, "%s%s%s", text, to, at + strlen(from)) > 0);
    refuses(TW_BROKEN, changed, why);
    free(changed);
    free(text);
}

static void refuses_what_is_wrong(void **state) {
    (void)state;
    static const char no_time[] =
        "w: calls[0]: no time, such as \"2026-01-31T23:59:59.000000000Z\"";
    static const char no_address[] =
        "w: calls[2]: \"local\" and \"remote\" are no addresses, such as \"10.9.0.1:40000\"";
    refuses_change("\"tap\":0.1", "\"tap\":1.1", "w: \"tap\" is no place from 0 to 1");
    refuses_change("\"tap\":0.1", "\"tap\":\"0\"", "w: ");
    refuses_change("\"packets\":7", "\"packets\":8", "w: 8 packets, but 7 flights");
    refuses_change("\"packets\":7", "\"packets\":-7", "w: -7 packets, but 7 flights");
    refuses_change("\"calls\":[", "\"calls\":7,\"x\":[",
                   "w: calls, kernel and flights must be lists");
    refuses_change("44.100000000Z", "44.1Z", no_time);
    refuses_change("2026-11-21T03:12:44.100000000Z", "2026-11-31T03:12:44.100000000Z", no_time);
    refuses_change("2026-11-21T03:12:44.100000000Z", "1969-12-31T03:12:44.100000000Z", no_time);
    refuses_change("2026-11-21T03:12:44.100000000Z", "2262-12-31T03:12:44.100000000Z", no_time);
    refuses_change("2026-11-21T03:12:44.100000000Z", "2026-11-21T03:12:44.10000000xZ", no_time);
    refuses_change("10.9.0.2:8624\",\"remote", "10.9.0.02:8624\",\"remote", no_address);
    refuses_change("10.9.0.2:8624\",\"remote", "10.9.0.2:65536\",\"remote", no_address);
    refuses_change("10.9.0.2:8624\",\"remote", "10.9.0.2\",\"remote", no_address);
    refuses_change("10.9.0.2:8624\",\"remote", "[]:1\",\"remote", no_address);
    refuses_change("10.9.0.2:8624\",\"remote", "[::1]:1\",\"remote", no_address);
    refuses_change("\"result\":\"s\"", "\"result\":null",
                   "w: calls[0]: \"result\" is no plain text");
    refuses_change("\"result\":\"s\"", "\"result\":\"\\u001b\"",
                   "w: calls[0]: \"result\" is no plain text");
    refuses_change("socket()", "socket()\\n",
                   "w: calls[0]: \"process\" or \"call\" is no plain text");
    refuses_change("\"EADDRINUSE\"", "\"ENONSENSE\"", "w: calls[6]: \"errno\" is not known");
    refuses_change("\"EADDRINUSE\"", "-1", "w: calls[6]: \"errno\" is not known");
    refuses_change("\"socket\":1", "\"socket\":-1", "w: calls[0]: \"socket\" is out of range");
    refuses_change("\"socket\":1", "\"socket\":4294967295",
                   "w: calls[0]: \"socket\" is out of range");
    refuses_change("[0,0]", "[0,8]",
                   "w: calls[0]: a count of packets that the capture does not have");
    refuses_change("[3,4]", "[3,2]", "w: calls[9]: it returned before it began");
    refuses_change("[0,0]", "[0,null]",
                   "w: calls[0]: \"after\" does not say how many packets came before its return");
    refuses_change("[3,4]", "[3,4,5]", "w: calls[9]: ");
    refuses_change("[3,null]", "[2,null]", "w: calls[10]: it is not in order of its beginning");
    refuses_change("\"begun\":", "\"begin\":", "w: calls[0]: ");
    refuses_change("\"tap\":", "\"packets\":", "w: line 1, column ");
    refuses_change("\"end\":\"server\"", "\"end\":\"both\"",
                   "w: calls[0]: \"end\" is neither client nor server");
    refuses_change("SYN-SENT", "SYN_SENT", "w: kernel[0]: a state that RFC 9293 does not know");
    refuses_change("\"landing\"", "\"luck\"",
                   "w: kernel[0]: a cause that is neither call, landing nor timer");
    refuses_change("\"SYN-SENT\",0", "\"SYN-SENT\",4",
                   "w: kernel[0]: its states are not in order of packets");
    refuses_change("\"from\":0", "\"from\":9",
                   "w: kernel[0]: \"states\" is no list, or \"from\" not in it");
}

static void makes_texts_plain(void **state) {
    (void)state;
    char long_text[3 * TEXT_LONGEST];
    memset(long_text, 'x', sizeof long_text);
    long_text[sizeof long_text - 1] = '\0';
    struct tw_witness *witness = tw_witness_new("pr\xc3\xbc"
                                                "fung\x1b");
    assert_non_null(witness);
    assert_string_equal(witness->name, "pr??fung?");
    const size_t index = add_call(witness, 0, long_text, 1, NULL);
    assert_int_equal(strlen(witness->calls[index].text), TEXT_LONGEST);
    tw_witness_free(witness);
}

static void is_bounded(void **state) {
    (void)state;
    struct tw_witness *witness = empty();
    for (size_t i = 0; i < TW_WITNESS_MAX; i++) {
        assert_int_equal(tw_witness_flight_add(witness, 1, 2), TW_OK);
    }
    assert_int_equal(tw_witness_flight_add(witness, 1, 2), TW_MEMORY);
    witness->flight_count /= 4; // some 17 MiB
    char path[] = "/tmp/test_witness_XXXXXX";
    const int fd = mkstemp(path);
    struct tw_error error;
    struct tw_witness *again;
    assert_true(fd >= 0);
    assert_int_equal(tw_witness_write(witness, path, &error), TW_OUTPUT);
    assert_non_null(strstr(error.text, ": larger than the 16 MiB that are read again"));
    assert_int_equal(tw_witness_read(path, &again, &error), TW_BROKEN);
    assert_non_null(strstr(error.text, ": larger than 16 MiB"));
    close(fd);
    unlink(path);
    const struct tw_witness_call call = {
        .socket = TW_WITNESS_MAX + 1, .process = "client", .text = "socket()"};
    size_t index;
    assert_int_equal(tw_witness_begin(witness, &call, &index), TW_MEMORY);
    tw_witness_free(witness);
}

// --- Questions

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
    const size_t accepts = add_call(witness, 2, "accept(s)", 80, &listener_tuple);
    assert_int_equal(tw_witness_return(witness, accepts, "t", 0, 130, 3, &server_tuple), TW_OK);
    const size_t waits = add_call(witness, 2, "accept(s)", 140, &listener_tuple);
    const size_t reads = add_call(witness, 3, "recv(t, 1)", 150, &server_tuple);
    // Others: without a socket, on one that came to nothing, on a listener of later.
    const size_t forks = add_call(witness, 0, "fork(p)", 160, NULL);
    const size_t fails = add_call(witness, 4, "bind(u, 80)", 170, NULL);
    const size_t later = add_call(witness, 5, "listen(v, 5)", 900, &listener_tuple);
    const struct tw_connection_info info = connection(100, 200);
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

// --- The reports

static void feed(struct tw_report *report, struct tw_tracker *tracker) {
    static const char *const names[] = {CAPTURE};
    static const struct tw_decoder decoder;
    struct tw_source *source;
    struct tw_packet packet;
    struct tw_error error;
    assert_int_equal(tw_source_open_files(names, 1, NULL, &source, &error), TW_OK);
    while (tw_source_next(source, &packet, &error) == TW_GOT_PACKET) {
        struct tw_segment segment;
        enum tw_reason reason;
        if (packet.number == 1) {
            tw_report_origin(report, packet.time);
        }
        assert_int_equal(tw_decode(&decoder, packet.linktype, packet.octets, packet.captured,
                                   packet.length, &segment, &reason),
                         TW_DECODED);
        segment.time = packet.time;
        segment.packet = packet.number;
        assert_int_equal(tw_tracker_feed(tracker, &segment, 1), TW_OK);
    }
    tw_source_free(source);
}

// What the report prints of the capture is what the file says.
static void prints(const char *name, enum tw_report_kind kind, struct tw_report_options options,
                   const struct tw_witness *witness) {
    static char path[sizeof GOLDEN + 100], text[1 << 16];
    snprintf(path, sizeof path, GOLDEN "expected/%s.out", name);
    FILE *file = tmpfile();
    assert_non_null(file);
    options.utc = true;
    struct tw_report *report = tw_report_new(kind, &options, fileno(file));
    assert_non_null(report);
    tw_report_witness(report, witness);
    const struct tw_observer observer = tw_report_observer(report);
    const struct tw_tracker_options how = {.hash_key = {1, 2}};
    struct tw_tracker *tracker = tw_tracker_new(&how, &observer);
    assert_non_null(tracker);
    feed(report, tracker);
    tw_tracker_finish(tracker);
    tw_report_finish(report, &(struct tw_report_counts){0});
    assert_int_equal(tw_report_error(report), 0);
    tw_tracker_free(tracker);
    tw_report_free(report);
    rewind(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    if (accepting) {
        FILE *to = fopen(path, "wb");
        assert_non_null(to);
        assert_true(fputs(text, to) >= 0);
        fclose(to);
    }
    char *expected = contents(path);
    assert_string_equal(text, expected);
    free(expected);
}

static void tells_calls_and_kernel(void **state) {
    (void)state;
    const struct tw_report_options text = {0}, json = {.format = TW_FORMAT_JSON},
                                   verbose = {.detail = 1};
    struct tw_witness *witness = witness_read();
    prints("witness-trace", TW_REPORT_TRACE, text, witness);
    prints("witness-json-trace", TW_REPORT_TRACE, json, witness);
    prints("witness-json-list", TW_REPORT_LIST, json, witness);
    prints("witness-list", TW_REPORT_LIST, verbose, witness);
    // The client says that it closed after the server had, and knew of no LISTEN.
    witness->histories[0].steps[3].state = TW_CLOSING;
    witness->histories[1].from = 1;
    prints("witness-list-differs", TW_REPORT_LIST, verbose, witness);
    // It has nothing of the server's end.
    witness->histories[1].tuple.local_port++;
    prints("witness-json-one-end", TW_REPORT_LIST, json, witness);
    tw_witness_free(witness);
}

static void tells_only_calls_that_are_asked_for(void **state) {
    (void)state;
    const struct tw_report_options quiet = {.detail = -1}, other = {.connection = 2},
                                   only = {.connection = 1},
                                   window = {.from = {true, true, 60 * TW_MILLISECOND},
                                             .until = {true, true, 80 * TW_MILLISECOND}};
    struct tw_witness *witness = witness_read();
    prints("witness-quiet", TW_REPORT_TRACE, quiet, witness);
    prints("witness-other", TW_REPORT_TRACE, other, witness);
    prints("witness-only", TW_REPORT_TRACE, only, witness);
    prints("witness-window", TW_REPORT_TRACE, window, witness);
    tw_witness_free(witness);
}

int main(int count, char **words) {
    accepting = count > 1 && strcmp(words[1], "--accept") == 0;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_written_as_read),
        cmocka_unit_test(says_what_it_read),
        cmocka_unit_test(refuses_what_is_no_witness),
        cmocka_unit_test(refuses_what_is_wrong),
        cmocka_unit_test(makes_texts_plain),
        cmocka_unit_test(is_bounded),
        cmocka_unit_test(compares_up_to_the_last_packet),
        cmocka_unit_test(tells_states_as_an_end_does),
        cmocka_unit_test(finds_the_history_of_that_time),
        cmocka_unit_test(finds_the_calls_of_a_connection),
        cmocka_unit_test(tells_calls_of_reused_ports_apart),
        cmocka_unit_test(tells_calls_and_kernel),
        cmocka_unit_test(tells_only_calls_that_are_asked_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
