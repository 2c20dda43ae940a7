// SPDX-License-Identifier: MIT
// Proves that a source never waits for more than the next packet (pipes, standard input, stop),
// that it says what cannot be opened and why, and that a live interface is traced.
#include "source_captures.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef TW_HAVE_ZLIB
#include <zlib.h>
#endif

// --- Pipes and stop ---

static struct tw_source *stopped;
static void on_alarm(int number) {
    (void)number;
    tw_source_stop(stopped);
}

static void stopped_while_waiting(void **state) {
    (void)state;
    const char *name = path("stopped");
    assert_int_equal(mkfifo(name, 0600), 0);
    const int keep = open(name, O_RDWR); // so that opening it does not wait
    struct octets *capture = fresh(false);
    three_packets(capture);
    assert_int_equal(write(keep, capture->at, capture->count - 1), capture->count - 1);
    assert_int_equal(tw_source_open_files(&name, 1, NULL, &stopped, NULL), TW_OK);
    struct sigaction action = {.sa_handler = on_alarm, .sa_flags = SA_RESTART}, before;
    sigaction(SIGALRM, &action, &before);
    setitimer(ITIMER_REAL, &(struct itimerval){.it_value.tv_usec = 20000}, NULL);
    seen = (struct seen){0};
    take(stopped);
    sigaction(SIGALRM, &before, NULL);
    assert_int_equal(seen.got, TW_GOT_END);
    assert_marks("12");
    assert_int_equal(seen.counts.size, 0);
    tw_source_free(stopped);
    close(keep);
}

static int standard_input;

// A pipe whose reading end is standard input; gives its writing end.
static int pipe_open(void) {
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    standard_input = dup(STDIN_FILENO);
    assert_int_equal(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
    close(ends[0]);
    return ends[1];
}

static void pipe_close(void) {
    dup2(standard_input, STDIN_FILENO);
    close(standard_input);
}

// Fed octet by octet, without waiting: of three packets the nth is there as soon as, and where the
// octets are plain not before, ends[n] octets are.
static void feed(const uint8_t *octets, size_t count, const size_t *ends, bool plain) {
    const int writer = pipe_open();
    const char *name = "-";
    const struct tw_source_options options = {.nonblocking = true, .filter = "ip or arp"};
    struct tw_source *source;
    assert_int_equal(tw_source_open_files(&name, 1, &options, &source, NULL), TW_OK);
    assert_int_equal(tw_source_fd(source), STDIN_FILENO);
    assert_int_equal(tw_source_linktype(source), -1);
    seen = (struct seen){0};
    for (size_t i = 1; i <= count; i++) {
        take(source);
        assert_int_equal(seen.got, TW_GOT_NOTHING);
        assert_int_equal(write(writer, octets + i - 1, 1), 1);
        take(source);
        const size_t due = (size_t)(i >= ends[0]) + (i >= ends[1]) + (i >= ends[2]);
        assert_true(plain ? seen.count == due : seen.count >= due);
    }
    assert_marks("123");
    close(writer);
    take(source);
    assert_int_equal(seen.got, TW_GOT_END);
    tw_source_free(source);
    pipe_close();
}

static void fed_slowly(void **state) {
    (void)state;
    struct octets *capture = fresh(false);
    three_packets(capture);
    feed(capture->at, capture->count, (const size_t[]){100, 177, 255}, true);
    capture = fresh(true);
    size_t ends[3];
    section(capture, true);
    interface(capture, ETHERNET, 0, -1, 0);
    for (uint8_t i = 1; i <= 3; i++) {
        packet(capture, ENHANCED, 0, i, IPV4, i, 20U + i);
        ends[i - 1] = capture->count;
    }
    feed(capture->at, capture->count, ends, true);
}

// gzip that is flushed behind each packet, as a live writer does.
static void fed_slowly_packed(void **state) {
    (void)state;
#ifdef TW_HAVE_ZLIB
    static uint8_t packed[ROOM];
    const size_t plain[] = {100, 177, 255};
    size_t ends[3], done = 0;
    struct octets *capture = fresh(false);
    three_packets(capture);
    z_stream stream = {0};
    assert_int_equal(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, 0), Z_OK);
    stream.next_out = packed;
    stream.avail_out = sizeof packed;
    for (size_t i = 0; i < 3; i++) {
        stream.next_in = (z_const Bytef *)capture->at + done;
        stream.avail_in = (uInt)(plain[i] - done);
        assert_true(deflate(&stream, i == 2 ? Z_FINISH : Z_SYNC_FLUSH) >= Z_OK);
        done = plain[i];
        ends[i] = stream.total_out;
    }
    feed(packed, stream.total_out, ends, false);
    deflateEnd(&stream);
#else
    print_message("zlib is not in this build: not tested\n");
#endif
}

// The writer goes on only when the reader has its packet: a reader that waits for more than the
// packet would wait for ever, until the alarm.
static void waited_for(void **state) {
    (void)state;
    int go[2];
    assert_int_equal(pipe(go), 0);
    const int writer = pipe_open();
    const pid_t child = fork();
    if (child == 0) {
        struct octets *capture = fresh(false);
        three_packets(capture);
        const size_t ends[] = {100, 177, 255};
        char octet;
        for (size_t i = 0, at = 0; i < 3; i++) {
            for (; at < ends[i]; at++) {
                if (write(writer, capture->at + at, 1) != 1) {
                    _exit(1);
                }
            }
            if (read(go[0], &octet, 1) != 1) {
                _exit(1);
            }
        }
        _exit(0);
    }
    close(writer);
    alarm(20);
    const char *name = "-";
    struct tw_source *source;
    struct tw_packet one;
    assert_int_equal(tw_source_open_files(&name, 1, NULL, &source, NULL), TW_OK);
    for (int i = 1; i <= 3; i++) {
        assert_int_equal(tw_source_next(source, &one, NULL), TW_GOT_PACKET);
        assert_int_equal(one.octets[one.captured - 1], i);
        assert_int_equal(write(go[1], "", 1), 1);
    }
    assert_int_equal(tw_source_next(source, &one, NULL), TW_GOT_END);
    alarm(0);
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    tw_source_free(source);
    close(go[0]);
    close(go[1]);
    pipe_close();
}

// --- What cannot be opened -----------------------------------------------------------------------

static void refused(void **state) {
    (void)state;
    const char *name = path("nowhere");
    read_files(&name, 1, NULL);
    assert_refused(TW_OPEN, "/nowhere: no such file");
    name = folder;
    read_files(&name, 1, NULL);
    assert_refused(TW_OPEN, ": is a directory");
    name = "/dev/null";
    read_files(&name, 1, NULL);
    assert_refused(TW_OPEN, "/dev/null: empty input");
    read_octets("#!/bin/sh", 9);
    assert_refused(TW_OPEN, "/one: not a capture file (magic 23 21 2f 62)");
    read_octets("\n\r\r\n\n\n\n\n\n\n\n\n\n", 12);
    assert_refused(TW_OPEN, "not a capture file");
    const char *twice[] = {"-", "-"};
    const int writer = pipe_open();
    struct octets *capture = fresh(false);
    three_packets(capture);
    assert_int_equal(write(writer, capture->at, capture->count), capture->count);
    read_files(twice, 2, NULL);
    assert_refused(TW_OPEN, "standard input: is given twice");
    close(writer);
    pipe_close();
}

static void without_permission(void **state) {
    (void)state;
    enum { NOBODY = 65534 };
    const char *name = file("secret", "", 0);
    assert_int_equal(chmod(name, 0), 0);
    if (geteuid() == 0 && seteuid(NOBODY) != 0) {
        skip();
    }
    read_files(&name, 1, NULL);
    assert_refused(TW_PERMISSION, "/secret: permission denied");
    struct tw_source *source;
    enum tw_status status = tw_source_open_live(
        (const char *[]){"lo"}, 1, &(struct tw_source_options){0}, &source, &seen.error);
    if (status == TW_PERMISSION) {
        assert_said("lo: no permission to capture");
        assert_said("sudo");
        assert_said("group");
        assert_said("setcap cap_net_raw+ep");
    }
    tw_source_free(source);
    status = tw_source_open_live((const char *[]){"nonsuch0"}, 1, &(struct tw_source_options){0},
                                 &source, &seen.error);
    assert_int_equal(status, TW_OPEN);
    assert_said("nonsuch0: no such interface");
    if (getuid() == 0) {
        assert_int_equal(seteuid(0), 0);
    }
}

// --- Live ----------------------------------------------------------------------------------------

static void live_on_loopback(void **state) {
    (void)state;
    const int udp = socket(AF_INET, SOCK_DGRAM, 0);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof to;
    if (udp < 0 || bind(udp, (struct sockaddr *)&to, length) != 0 ||
        getsockname(udp, (struct sockaddr *)&to, &length) != 0) {
        print_message("no loopback: not tested\n");
        skip();
    }
    char filter[64];
    snprintf(filter, sizeof filter, "udp dst port %u", ntohs(to.sin_port));
    const struct tw_source_options options = {.filter = filter, .count = 2};
    struct tw_source *source;
    struct tw_error error;
    if (tw_source_open_live((const char *[]){"lo"}, 1, &options, &source, &error) != TW_OK) {
        print_message("%s: not tested\n", error.text);
        close(udp);
        skip();
    }
    assert_true(tw_source_is_live(source));
    assert_true(tw_source_fd(source) >= 0);
    for (uint8_t mark = 1; mark <= 2; mark++) {
        assert_int_equal(sendto(udp, &mark, 1, 0, (struct sockaddr *)&to, length), 1);
    }
    alarm(20);
    seen = (struct seen){0};
    take(source);
    alarm(0);
    assert_int_equal(seen.got, TW_GOT_END);
    assert_marks("12");
    assert_int_equal(seen.linktype, ETHERNET);
    assert_int_equal(seen.packets[1].number, 2);
    assert_true(seen.packets[1].time >= seen.packets[0].time);
    tw_source_free(source);
    close(udp);
    const struct tw_source_options idle = {.filter = filter, .nonblocking = true};
    assert_int_equal(tw_source_open_live((const char *[]){"lo"}, 1, &idle, &source, &error), TW_OK);
    assert_non_null(source);
    struct tw_packet one;
    assert_int_equal(tw_source_next(source, &one, &error), TW_GOT_NOTHING);
    tw_source_stop(source);
    enum tw_got got;
    alarm(20);
    do // until the kernel would have handed over what had passed
        got = tw_source_next(source, &one, &error);
    while (got == TW_GOT_NOTHING);
    alarm(0);
    assert_int_equal(got, TW_GOT_END);
    tw_source_free(source);
    const struct tw_source_options wrong = {.filter = "tpc"};
    assert_int_equal(tw_source_open_live((const char *[]){"lo"}, 1, &wrong, &source, &error),
                     TW_USAGE);
}

static void look(void *context, const struct tw_interface *one) {
    bool *found = context;
    if (strcmp(one->name, "lo") == 0) {
        *found = true;
        assert_true(one->loopback);
        assert_true(!one->up || strstr(one->addresses, "127.0.0.1") != NULL);
    }
}

static void interfaces_listed(void **state) {
    (void)state;
    bool found = false;
    struct tw_error error;
    assert_int_equal(tw_interfaces(look, &found, &error), TW_OK);
    if (!found) {
        print_message("no interface lo: not tested\n");
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stopped_while_waiting),
        cmocka_unit_test(fed_slowly),
        cmocka_unit_test(fed_slowly_packed),
        cmocka_unit_test(waited_for),
        cmocka_unit_test(refused),
        cmocka_unit_test(without_permission),
        cmocka_unit_test(live_on_loopback),
        cmocka_unit_test(interfaces_listed),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
