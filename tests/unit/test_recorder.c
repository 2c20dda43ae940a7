// SPDX-License-Identifier: MIT
// Proves that a recording is rotated and named as tcpdump does it, that each file can be read by
// itself at any moment, that nothing is lost while a disk is full for a while, and that what is
// lost is counted and told.
#include "source_captures.h"

#include "tcpwalk/recorder.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

enum { SIZE = 20, STORED = SIZE + 16 }; // of a packet, and in a file
#define DAY (1700000000 * TW_SECOND)    // 2023-11-14 22:13:20 UTC

static struct tw_recorder *recorder;
static struct tw_error said;

static struct tw_recorder_options to(const char *name) {
    return (struct tw_recorder_options){.path = path(name), .begin = TW_NO_TIME, .linktype = RAW};
}

static void begin(const struct tw_recorder_options *options) {
    assert_int_equal(tw_recorder_open(options, &recorder, &said), TW_OK);
}

static void give_size(tw_time time, uint8_t mark, size_t size) {
    const struct tw_packet one = {.time = time,
                                  .octets = frame(0, mark, size),
                                  .captured = (uint32_t)size,
                                  .length = (uint32_t)size + 100,
                                  .linktype = RAW};
    tw_recorder_packet(recorder, &one);
}

static void give(tw_time time, uint8_t mark) {
    give_size(time, mark, SIZE);
}

static void end(enum tw_status status) {
    assert_int_equal(tw_recorder_finish(recorder, &said), status);
    tw_recorder_free(recorder);
    recorder = NULL;
}

// The file of that name holds packets with these marks.
static void assert_holds(const char *name, const char *marks) {
    const char *names[] = {path(name)};
    read_files(names, 1, NULL);
    if (seen.status != TW_OK) {
        fail_msg("%s", seen.error.text);
    }
    assert_int_equal(seen.got, TW_GOT_END);
    assert_marks(marks);
}

static void assert_missing(const char *name) {
    assert_int_not_equal(access(path(name), F_OK), 0);
}

// --- names

static void one_file_takes_all(void **state) {
    (void)state;
    const struct tw_recorder_options options = to("one");
    begin(&options);
    assert_true(tw_recorder_directory(recorder) >= 0);
    assert_holds("one", ""); // a capture from the beginning
    give(DAY, 1);
    give(DAY + 1, 2);
    end(TW_OK);
    assert_holds("one", "12");
    assert_int_equal(seen.packets[1].time, DAY + 1);
    assert_int_equal(seen.packets[1].length, SIZE + 100);
    assert_int_equal(seen.linktype, RAW);
}

static void a_file_that_is_too_large_is_followed_by_numbers(void **state) {
    (void)state;
    struct tw_recorder_options options = to("sized");
    options.size = 24 + STORED; // one packet is just not too much, as it is for tcpdump
    begin(&options);
    for (uint8_t i = 1; i <= 5; i++) {
        give(DAY, i);
    }
    end(TW_OK);
    assert_holds("sized", "12");
    assert_holds("sized1", "34");
    assert_holds("sized2", "5");
    assert_missing("sized3");
}

static void numbers_are_padded_and_begin_again(void **state) {
    (void)state;
    struct tw_recorder_options options = to("ring");
    options.size = 24;
    options.files = 11;
    begin(&options);
    for (uint8_t i = 0; i < 12; i++) {
        give(DAY, (uint8_t)(i % 10));
    }
    end(TW_OK);
    assert_missing("ring");
    assert_missing("ring0");
    assert_holds("ring00", "1"); // was "0"
    assert_holds("ring01", "1");
    assert_holds("ring10", "0");
    assert_missing("ring11");
    // One file alone has no number.
    options = to("single");
    options.size = 24;
    options.files = 1;
    begin(&options);
    give(DAY, 1);
    give(DAY, 2);
    end(TW_OK);
    assert_holds("single", "2");
}

static void a_period_names_its_file(void **state) {
    (void)state;
    struct tw_recorder_options options = to("%H%M%S.pcap");
    options.seconds = 10;
    begin(&options);
    assert_missing("221320.pcap"); // the first packet has yet to say so
    give(DAY, 1);
    give(DAY + 10 * TW_SECOND - 1, 2);
    give(DAY + 10 * TW_SECOND, 3);
    give(DAY + 5 * TW_SECOND, 4);   // late: in the file that is there
    give(DAY + 47 * TW_SECOND, 5);  // two periods without a packet have no file
    give(DAY + 50 * TW_SECOND, 6);  // and do not move those that follow
    give(DAY - 500 * TW_SECOND, 7); // the clock is set back: no file is made for that,
    give(DAY - 490 * TW_SECOND, 8); // and periods are counted from there
    end(TW_OK);
    assert_holds("221320.pcap", "12");
    assert_holds("221330.pcap", "34");
    assert_missing("221340.pcap");
    assert_holds("221400.pcap", "5");
    assert_holds("221410.pcap", "67");
    assert_holds("220510.pcap", "8");
    // Live the name is known at once.
    options = to("live-%S");
    options.seconds = 10;
    options.begin = DAY;
    begin(&options);
    assert_holds("live-20", "");
    end(TW_OK);
}

static void without_a_time_in_its_name_a_period_overwrites_the_last(void **state) {
    (void)state;
    struct tw_recorder_options options = to("same");
    options.seconds = 10;
    begin(&options);
    give(DAY, 1);
    give(DAY + 10 * TW_SECOND, 2);
    end(TW_OK);
    assert_holds("same", "2");
}

static void so_many_periods_and_it_is_over(void **state) {
    (void)state;
    struct tw_recorder_options options = to("over-%S");
    options.seconds = 10;
    options.files = 2;
    begin(&options);
    give(DAY, 1);
    give(DAY + 10 * TW_SECOND, 2);
    tw_recorder_tick(recorder, DAY + 20 * TW_SECOND - 1);
    assert_false(tw_recorder_over(recorder));
    tw_recorder_tick(recorder, DAY + 20 * TW_SECOND); // no packet has to come for that
    assert_true(tw_recorder_over(recorder));
    give(DAY + 20 * TW_SECOND, 3);
    end(TW_OK);
    assert_holds("over-20", "1");
    assert_holds("over-30", "2");
    assert_missing("over-40");
    begin(&options);
    give(DAY, 1);
    give(DAY + 25 * TW_SECOND, 2);
    give(DAY + 30 * TW_SECOND, 3);
    assert_true(tw_recorder_over(recorder));
    end(TW_OK);
}

static void within_a_period_files_are_numbered(void **state) {
    (void)state;
    struct tw_recorder_options options = to("both-%S-");
    options.seconds = 10;
    options.size = 24;
    begin(&options);
    for (uint8_t i = 1; i <= 3; i++) {
        give(DAY, i);
    }
    give(DAY + 10 * TW_SECOND, 4);
    end(TW_OK);
    assert_holds("both-20-", "1");
    assert_holds("both-20-1", "2");
    assert_holds("both-20-2", "3");
    assert_holds("both-30-", "4");
    // With -W, too, as many at most, over and over, and no end.
    options = to("three-%S-");
    options.seconds = 10;
    options.size = 24;
    options.files = 2;
    begin(&options);
    for (uint8_t i = 1; i <= 3; i++) {
        give(DAY, i);
    }
    give(DAY + 10 * TW_SECOND, 4);
    give(DAY + 20 * TW_SECOND, 5);
    give(DAY + 30 * TW_SECOND, 6);
    assert_false(tw_recorder_over(recorder));
    end(TW_OK);
    assert_holds("three-20-0", "3");
    assert_holds("three-20-1", "2");
    assert_holds("three-50-0", "6");
}

static void what_makes_no_sense_is_refused(void **state) {
    (void)state;
    static const struct {
        struct tw_recorder_options options;
        enum tw_status status;
    } rows[] = {
        {{.path = "/nosuch/x", .begin = TW_NO_TIME}, TW_OUTPUT},
        {{.path = "/tmp/", .begin = TW_NO_TIME}, TW_OUTPUT},
        {{.path = "x", .files = 2, .begin = TW_NO_TIME}, TW_USAGE},
        {{.path = "-", .size = 2, .begin = TW_NO_TIME}, TW_USAGE},
        {{.path = "-", .seconds = 2, .begin = TW_NO_TIME}, TW_USAGE},
        {{.path = "%H/x", .seconds = 2, .begin = TW_NO_TIME}, TW_USAGE},
    };
    for (size_t i = 0; i < TW_COUNT(rows); i++) {
        said.text[0] = '\0';
        assert_int_equal(tw_recorder_open(&rows[i].options, &recorder, &said), rows[i].status);
        assert_null(recorder);
        assert_string_not_equal(said.text, "");
    }
}

// --- what is in a file

static void the_first_packet_may_say_of_what_link_type(void **state) {
    (void)state;
    struct tw_recorder_options options = to("typed");
    options.linktype = ETHERNET;
    options.by_packet = true;
    begin(&options);
    give(DAY, 1); // RAW
    struct tw_packet other = {.time = DAY,
                              .octets = frame(0, 2, SIZE),
                              .captured = SIZE,
                              .length = SIZE,
                              .linktype = WLAN};
    tw_recorder_packet(recorder, &other);
    assert_non_null(strstr(tw_recorder_news(recorder), "another link type"));
    assert_null(tw_recorder_news(recorder));
    tw_recorder_packet(recorder, &other);
    assert_null(tw_recorder_news(recorder)); // told once
    end(TW_OUTPUT);
    assert_non_null(strstr(said.text, "2 packets are not recorded"));
    assert_holds("typed", "1");
    assert_int_equal(seen.linktype, RAW);
    begin(&options);
    end(TW_OK);
    assert_holds("typed", "");
    assert_int_equal(seen.linktype, ETHERNET);
}

static void a_time_that_has_no_room_is_told(void **state) {
    (void)state;
    const struct tw_recorder_options options = to("times");
    begin(&options);
    give(DAY, 1);
    give((tw_time)5000000000 * TW_SECOND, 2);
    give(-1, 3);
    give(DAY, 4);
    end(TW_OUTPUT);
    assert_holds("times", "14");
}

// The child records and dies without a word.
static void a_crash_leaves_what_was_written(void **state) {
    (void)state;
    for (int each = 0; each < 2; each++) {
        struct tw_recorder_options options = to("crash");
        options.each = each != 0;
        const pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            const struct timespec wait = {.tv_nsec = 250 * 1000 * 1000};
            if (tw_recorder_open(&options, &recorder, NULL) == TW_OK) {
                give(DAY, 1);
                give(DAY, 2);
                (void)nanosleep(&wait, NULL); // what has waited for so long is due
                tw_recorder_tick(recorder, DAY);
                give(DAY, 3);
            }
            (void)raise(SIGKILL);
            _exit(1);
        }
        int status;
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFSIGNALED(status));
        assert_holds("crash", each != 0 ? "123" : "12");
    }
}

// Packets that come one by one are written several at a time.
static void ticks_do_not_write_each_time(void **state) {
    (void)state;
    enum { MANY = 1000 };
    struct tw_recorder_counts counts;
    struct timespec from, until;
    const struct tw_recorder_options options = to("ticks");
    begin(&options);
    clock_gettime(CLOCK_MONOTONIC, &from);
    uint64_t writes = 0, before = 0;
    for (unsigned i = 0; i < MANY; i++) {
        give(DAY + i, 1);
        tw_recorder_tick(recorder, DAY + i);
        tw_recorder_counts_get(recorder, &counts);
        writes += counts.packets > before;
        before = counts.packets;
    }
    clock_gettime(CLOCK_MONOTONIC, &until);
    const int64_t ms =
        (until.tv_sec - from.tv_sec) * 1000 + (until.tv_nsec - from.tv_nsec) / 1000000;
    assert_true(writes >= 1 && (int64_t)writes <= 2 + ms / 200);
    end(TW_OK);
}

// --- what cannot be written

// A file that may not grow is what a full disk is, down to the part of a packet that still fits.
static void limit(rlim_t octets) {
    struct rlimit most;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &most), 0);
    most.rlim_cur = octets < most.rlim_max ? octets : most.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &most), 0);
}

static void wait_a_try(void) {
    const struct timespec wait = {.tv_sec = 1, .tv_nsec = 10 * 1000 * 1000};
    assert_int_equal(nanosleep(&wait, NULL), 0);
}

static void a_full_disk_is_told_and_tried_again(void **state) {
    (void)state;
    struct tw_recorder_counts counts;
    struct tw_recorder_options options = to("full");
    options.each = true;
    begin(&options);
    limit(24 + STORED + STORED / 2);
    give(DAY, 1);
    assert_null(tw_recorder_news(recorder));
    give(DAY, 2);
    assert_non_null(strstr(tw_recorder_news(recorder), "File too large"));
    give(DAY, 3);
    assert_null(tw_recorder_news(recorder));
    assert_holds("full", "1"); // no half packet
    wait_a_try();
    tw_recorder_tick(recorder, DAY);
    assert_null(tw_recorder_news(recorder)); // still full, and known
    limit(RLIM_INFINITY);
    wait_a_try();
    tw_recorder_tick(recorder, DAY);
    assert_non_null(strstr(tw_recorder_news(recorder), "is written again; 0 packets are missing"));
    assert_holds("full", "123");
    tw_recorder_counts_get(recorder, &counts);
    assert_int_equal(counts.packets, 3);
    assert_int_equal(counts.lost, 0);
    assert_int_equal(counts.octets, 24 + 3 * STORED);
    assert_int_equal(counts.files, 1);
    end(TW_OK);
}

static void what_finds_no_room_is_counted(void **state) {
    (void)state;
    enum { LARGE = 200, MANY = 4000 };
    struct tw_recorder_counts counts;
    const struct tw_recorder_options options = to("lost");
    begin(&options);
    limit(24);
    for (unsigned i = 0; i < MANY; i++) {
        give_size(DAY + i, 1, LARGE);
    }
    tw_recorder_counts_get(recorder, &counts);
    const uint64_t lost = counts.lost;
    assert_int_equal(lost, MANY - 512 * 1024 / (LARGE + 16)); // what waits is bounded
    assert_int_equal(counts.packets, 0);
    assert_non_null(tw_recorder_news(recorder));
    limit(RLIM_INFINITY);
    wait_a_try();
    tw_recorder_tick(recorder, DAY);
    assert_non_null(
        strstr(tw_recorder_news(recorder), "is written again; 1573 packets are missing"));
    give(DAY, 7);
    end(TW_OUTPUT);
    assert_non_null(strstr(said.text, "1573 packets are not recorded: File too large"));
    const char *names[] = {path("lost")};
    read_files(names, 1, NULL);
    assert_int_equal(seen.got, TW_GOT_END);
    assert_int_equal(seen.count, MANY - lost + 1);
}

static void what_waits_goes_into_the_next_file(void **state) {
    (void)state;
    struct tw_recorder_options options = to("next-%S");
    options.seconds = 10;
    options.begin = DAY;
    begin(&options);
    limit(24);
    give(DAY, 1);
    give(DAY, 2);
    give(DAY + 10 * TW_SECOND, 3);
    limit(RLIM_INFINITY);
    end(TW_OK);
    assert_holds("next-20", "");
    assert_holds("next-30", "123");
}

// A ring of files finds room in the oldest one; a file in which nothing could be written has no
// other one behind it.
static void a_full_disk_gets_no_empty_files(void **state) {
    (void)state;
    struct tw_recorder_options options = to("room");
    options.size = 24 + STORED;
    options.each = true;
    begin(&options);
    give(DAY, 1);
    give(DAY, 2);
    limit(24);
    for (uint8_t i = 3; i <= 6; i++) {
        give(DAY, i);
    }
    limit(RLIM_INFINITY);
    end(TW_OK);
    assert_holds("room", "12");
    assert_holds("room1", "3456");
    assert_missing("room2");
}

static void what_cannot_be_written_to_the_end_is_told_by_the_end(void **state) {
    (void)state;
    const struct tw_recorder_options options = to("end");
    begin(&options);
    limit(24);
    give(DAY, 1);
    end(TW_OUTPUT);
    limit(RLIM_INFINITY);
    assert_non_null(strstr(said.text, "end: 1 packet is not recorded: File too large"));
}

// --- log rotation

static void a_file_that_was_moved_is_made_anew(void **state) {
    (void)state;
    const struct tw_recorder_options options = to("moved");
    begin(&options);
    give(DAY, 1);
    tw_recorder_reopen(recorder); // nobody has moved it: nothing is lost
    give(DAY, 2);
    assert_int_equal(rename(path("moved"), path("moved.1")), 0);
    give(DAY, 3);
    tw_recorder_reopen(recorder);
    give(DAY, 4);
    end(TW_OK);
    assert_holds("moved.1", "123");
    assert_holds("moved", "4");
}

// The old file is better than none.
static void a_file_that_cannot_be_made_anew_goes_on(void **state) {
    (void)state;
    const struct tw_recorder_options options = to("kept");
    begin(&options);
    give(DAY, 1);
    assert_int_equal(rename(path("kept"), path("kept.1")), 0);
    assert_int_equal(mkdir(path("kept"), 0700), 0); // stands in the way
    tw_recorder_reopen(recorder);
    assert_non_null(strstr(tw_recorder_news(recorder),
                           "kept: Is a directory; recording goes on in the file that was moved"));
    give(DAY, 2);
    assert_int_equal(rmdir(path("kept")), 0);
    tw_recorder_reopen(recorder);
    give(DAY, 3);
    end(TW_OK);
    assert_holds("kept.1", "12");
    assert_holds("kept", "3");
}

// What the directory is called does not matter once it is open.
static void the_directory_stays_the_same(void **state) {
    (void)state;
    char inside[128], away[128], first[192], second[192];
    snprintf(inside, sizeof inside, "%s", path("inside"));
    snprintf(away, sizeof away, "%s", path("away"));
    snprintf(first, sizeof first, "%s/x", inside);
    assert_int_equal(mkdir(inside, 0700), 0);
    struct tw_recorder_options options = to("unused");
    options.path = first;
    options.size = 24;
    begin(&options);
    assert_int_equal(rename(inside, away), 0);
    give(DAY, 1);
    give(DAY, 2);
    end(TW_OK);
    snprintf(second, sizeof second, "%s/x1", away);
    snprintf(first, sizeof first, "%s/x", away);
    assert_int_equal(unlink(first), 0);
    assert_int_equal(unlink(second), 0);
    assert_int_equal(rmdir(away), 0);
}

// In a folder that cannot be reached any more, by a user who may write into the last part of it.
static void rotates_when_rights_were_given_up(void **state) {
    (void)state;
    enum { NOBODY = 65534 };
    if (geteuid() != 0) {
        skip();
    }
    char theirs[128], name[192];
    snprintf(theirs, sizeof theirs, "%s", path("theirs"));
    assert_int_equal(mkdir(theirs, 0700), 0);
    assert_int_equal(chown(theirs, NOBODY, NOBODY), 0);
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        snprintf(name, sizeof name, "%s/x", theirs);
        struct tw_recorder_options options = to("unused");
        options.path = name;
        options.size = 24;
        bool well = tw_recorder_open(&options, &recorder, NULL) == TW_OK && setgid(NOBODY) == 0 &&
                    setuid(NOBODY) == 0 && access(name, F_OK) != 0;
        for (uint8_t i = 1; i <= 3; i++) {
            give(DAY, i);
        }
        well = tw_recorder_finish(recorder, NULL) == TW_OK && well;
        _exit(well ? 0 : 1);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_holds("theirs/x", "1");
    assert_holds("theirs/x1", "2");
    assert_holds("theirs/x2", "3");
    assert_int_equal(unlink(path("theirs/x")), 0);
    assert_int_equal(unlink(path("theirs/x1")), 0);
    assert_int_equal(unlink(path("theirs/x2")), 0);
    assert_int_equal(rmdir(theirs), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_file_takes_all),
        cmocka_unit_test(a_file_that_is_too_large_is_followed_by_numbers),
        cmocka_unit_test(numbers_are_padded_and_begin_again),
        cmocka_unit_test(a_period_names_its_file),
        cmocka_unit_test(without_a_time_in_its_name_a_period_overwrites_the_last),
        cmocka_unit_test(so_many_periods_and_it_is_over),
        cmocka_unit_test(within_a_period_files_are_numbered),
        cmocka_unit_test(what_makes_no_sense_is_refused),
        cmocka_unit_test(the_first_packet_may_say_of_what_link_type),
        cmocka_unit_test(a_time_that_has_no_room_is_told),
        cmocka_unit_test(a_crash_leaves_what_was_written),
        cmocka_unit_test(ticks_do_not_write_each_time),
        cmocka_unit_test(a_full_disk_is_told_and_tried_again),
        cmocka_unit_test(what_finds_no_room_is_counted),
        cmocka_unit_test(what_waits_goes_into_the_next_file),
        cmocka_unit_test(a_full_disk_gets_no_empty_files),
        cmocka_unit_test(what_cannot_be_written_to_the_end_is_told_by_the_end),
        cmocka_unit_test(a_file_that_was_moved_is_made_anew),
        cmocka_unit_test(a_file_that_cannot_be_made_anew_goes_on),
        cmocka_unit_test(the_directory_stays_the_same),
        cmocka_unit_test(rotates_when_rights_were_given_up),
    };
    setenv("TZ", "UTC", 1);
    tzset();
    (void)signal(SIGXFSZ, SIG_IGN);
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
