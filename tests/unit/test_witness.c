// SPDX-License-Identifier: MIT
// Proves that a witness is read as it was written, that what is wrong in its file is refused by
// name, and what a trace and a list make of it.
// The witness is golden/witness.json, made by hand for golden/witness.pcap, a four-way close; what
// is expected stands in golden/expected. `test_witness --accept` takes what it prints now: read it
// first.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tcpwalk/errnos.h"
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
    assert_string_equal(tw_errno_name(witness->calls[6].error), "EADDRINUSE");
    assert_null(witness->calls[10].result);
    assert_int_equal(tw_witness_blocked(&witness->calls[10]), 0);
    assert_int_equal(witness->histories[1].steps[4].state, TW_LAST_ACK);
    assert_int_equal(witness->looks_count, 3);
    assert_int_equal(witness->look_total, 14);
    assert_int_equal(witness->looks[0].tuple.remote_port, 0);
    assert_int_equal(witness->looks[0].looks[1].receive_queue, 1);
    assert_int_equal(witness->looks[0].looks[1].send_queue, 5);
    const struct tw_witness_look *close = &witness->looks[1].looks[2];
    assert_int_equal(close->packets, 3);
    assert_int_equal(close->time, witness->histories[0].steps[2].time);
    assert_int_equal(close->state, TW_FIN_WAIT_1);
    assert_int_equal(close->send_queue, 1);
    assert_int_equal(close->timer, TW_TIMER_RETRANSMIT);
    assert_int_equal(close->expires, 256 * TW_MILLISECOND);
    assert_int_equal(witness->looks[2].looks[1].timer, TW_TIMER_NONE);
    tw_witness_free(witness);
}

// Files of before there were looks are read, too.
static void needs_no_looks(void **state) {
    (void)state;
    char *text = contents(WITNESS), *looks = strstr(text, "\"looks\":[\n");
    struct tw_witness *witness;
    struct tw_error error;
    assert_non_null(looks);
    looks[1] = 'x';
    assert_int_equal(witness_parse("w", text, strlen(text), &witness, &error), TW_OK);
    assert_int_equal(witness->looks_count, 0);
    free(text);
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
                   "w: calls, kernel, looks and flights must be lists");
    refuses_change("\"looks\":[\n", "\"looks\":7,\"x\":[",
                   "w: calls, kernel, looks and flights must be lists");
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
                   "w: kernel[0]: \"states\" is no list, or \"from\" or \"until\" not in it");
    refuses_change("\"looks\":[[0,", "\"looks\":[[8,",
                   "w: looks[0]: a count of packets that the capture does not have");
    refuses_change("\"looks\":[[0,", "\"looks\":[[5,",
                   "w: looks[0]: its looks are not in order of packets");
    refuses_change("\"LISTEN\",1,5", "\"LISTENS\",1,5",
                   "w: looks[0]: a state that RFC 9293 does not know");
    refuses_change("\"LISTEN\",1,5", "\"LISTEN\",-1,5",
                   "w: looks[0]: a count that is out of range");
    refuses_change("\"LISTEN\",1,5", "\"LISTEN\",1,4294967296",
                   "w: looks[0]: a count that is out of range");
    refuses_change("\"LISTEN\",1,5", "\"LISTEN\",1", "w: looks[0]: ");
    refuses_change("\"LISTEN\",1,5", "\"LISTEN\",1,5,\"probe\"", "w: looks[0]: ");
    refuses_change("\"retransmit\",1.0", "\"none\",1.0",
                   "w: looks[1]: a timer that Linux does not have");
    refuses_change("\"retransmit\",1.0", "\"luck\",1.0",
                   "w: looks[1]: a timer that Linux does not have");
    refuses_change("\"retransmit\",1.0", "\"retransmit\",-1.0",
                   "w: looks[1]: a timer's time is out of range");
    refuses_change("\"retransmit\",1.0", "\"retransmit\",1e7",
                   "w: looks[1]: a timer's time is out of range");
    refuses_change("\"retransmit\",1.0,0", "\"retransmit\",1.0,-1",
                   "w: looks[1]: a count that is out of range");
    refuses_change("\"looks\":[[0,", "\"looks\":7,\"x\":[[0,", "w: looks[0]: \"looks\" is no list");
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
    const struct tw_witness_call call = {.process = "client", .text = long_text};
    size_t index;
    assert_int_equal(tw_witness_begin(witness, &call, &index), TW_OK);
    assert_int_equal(strlen(witness->calls[index].text), TEXT_LONGEST);
    tw_witness_free(witness);
}

static void is_bounded(void **state) {
    (void)state;
    struct tw_witness *witness = tw_witness_new("test");
    assert_non_null(witness);
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
    // Looks are counted together, whatever sockets they are at.
    const struct tw_tuple none = {.version = 0};
    const struct tw_witness_look look = {.time = 1};
    for (size_t i = 0; i < TW_WITNESS_MAX; i++) {
        if (i % (TW_WITNESS_MAX / 2) == 0) {
            assert_int_equal(tw_witness_looks_add(witness, TW_CLIENT, &none, &index), TW_OK);
        }
        assert_int_equal(tw_witness_look_add(witness, index, &look), TW_OK);
    }
    assert_int_equal(tw_witness_look_add(witness, index, &look), TW_MEMORY);
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
        cmocka_unit_test(needs_no_looks),
        cmocka_unit_test(refuses_what_is_no_witness),
        cmocka_unit_test(refuses_what_is_wrong),
        cmocka_unit_test(makes_texts_plain),
        cmocka_unit_test(is_bounded),
        cmocka_unit_test(tells_calls_and_kernel),
        cmocka_unit_test(tells_only_calls_that_are_asked_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
