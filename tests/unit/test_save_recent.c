// SPDX-License-Identifier: MIT
// Proves that what was captured last is saved from files and from what is kept of a pipe: all of it
// that passed the filter and nothing else, and that what is not kept any more is counted.
#include "keys.h"
#include "source_captures.h"

#include "cli/files.h"
#include "cli/pump.h"

#include <sys/stat.h>

static struct {
    struct tw_source *source;
    struct tw_story *story;
    struct pump pump;
    struct seconds seconds;
    struct files files;
    struct ui_files hooks;
    int pipe;  // -1: a file
    int place; // for saved files
} input;

enum { PACKETS = 100, FIRST = 1000000, LENGTH = 100 };

// A packet each half second, every fifth of which is ARP; the last one is at 49.5 s.
static const char *many(const char *name) {
    struct octets *capture = fresh(false);
    pcap_header(capture, MICRO, 2, 4, ETHERNET);
    for (uint32_t i = 0; i < PACKETS; i++) {
        pcap_packet(capture, FIRST + i / 2, i % 2 * 500000, i % 5 == 4 ? ARP : IPV4,
                    (uint8_t)(i + 1), LENGTH);
    }
    return file(name, capture->at, capture->count);
}

static void open_screen(const char *name, const char *filter, size_t keep) {
    const struct tw_source_options options = {
        .filter = filter, .again = true, .keep = keep, .nonblocking = keep > 0};
    const struct tw_tracker_options tracker = {.hash_key = {1, 2}};
    struct tw_error error = {""};
    if (tw_source_open_files(&name, 1, &options, &input.source, &error) != TW_OK)
        fail_msg("%s", error.text);
    input.story = tw_story_new();
    assert_non_null(input.story);
    const struct tw_observer observer = tw_story_observer(input.story);
    input.seconds = (struct seconds){.count = 0};
    input.pump = (struct pump){.source = input.source,
                               .tracker = tw_tracker_new(&tracker, &observer),
                               .seconds = &input.seconds};
    assert_non_null(input.pump.tracker);
    while (pump_run(&input.pump, 1000, &error) == PUMP_MORE) {
    }
    input.place = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_true(input.place >= 0);
    input.files =
        (struct files){.source = input.source, .seconds = &input.seconds, .place = input.place};
    input.hooks = files_hooks(&input.files);
    const struct app_options app_options = {
        .story = input.story, .files = &input.hooks, .source_name = name, .utc = true};
    show_whole(&app_options);
}

// The same through a pipe, of which so many octets are kept.
static void open_pipe(const char *name, const char *filter, size_t keep) {
    static uint8_t octets[PACKETS * (LENGTH + 16) + 24];
    const char *at = path("pipe");
    FILE *from = fopen(many(name), "rb");
    assert_non_null(from);
    assert_int_equal(fread(octets, 1, sizeof octets, from), sizeof octets);
    fclose(from);
    (void)unlink(at);
    assert_int_equal(mkfifo(at, 0600), 0);
    input.pipe = open(at, O_RDWR);
    assert_true(input.pipe >= 0);
    assert_int_equal(write(input.pipe, octets, sizeof octets), sizeof octets);
    open_screen(at, filter, keep);
}

static void close_screen(void) {
    app_fini(&app);
    files_fini(&input.files);
    close(input.place);
    tw_source_free(input.source);
    tw_tracker_free(input.pump.tracker);
    tw_story_free(input.story);
    if (input.pipe >= 0)
        close(input.pipe);
    input.pipe = -1;
}

static void answer(const char *seconds) {
    app_key(&app, 0x15); // ^U
    for (; *seconds != '\0'; seconds++)
        app_key(&app, (unsigned char)*seconds);
    press("Enter");
}

static void save_last(const char *seconds) {
    press("W");
    assert_int_equal(app.prompt.question, ASK_RECENT);
    answer(seconds);
    assert_int_equal(app.prompt.question, ASK_SAVE);
    press("Enter");
    for (int i = 0; i < 1000 && app.save.running; i++)
        app_tick(&app, 0);
    assert_false(app.save.running);
}

static void assert_notice(const char *text) {
    if (strcmp(app.notice, text) != 0)
        fail_msg("\"%s\" is not \"%s\"", text, app.notice);
}

// The file holds all packets from that one on, in order, without ARP if it is not wanted.
static void assert_from(const char *name, unsigned first, bool arp) {
    const struct tw_source_options options = {.count = 0};
    const char *at = path(name);
    struct tw_source *saved;
    struct tw_packet packet;
    assert_int_equal(tw_source_open_files(&at, 1, &options, &saved, NULL), TW_OK);
    for (unsigned i = first; i < PACKETS; i++) {
        if (i % 5 != 4 || arp) {
            assert_int_equal(tw_source_next(saved, &packet, NULL), TW_GOT_PACKET);
            assert_int_equal(packet.octets[packet.captured - 1], i + 1);
            assert_int_equal(packet.time, (FIRST * 2 + (tw_time)i) * TW_SECOND / 2);
        }
    }
    assert_int_equal(tw_source_next(saved, &packet, NULL), TW_GOT_END);
    tw_source_free(saved);
}

static void of_a_file(void **state) {
    (void)state;
    open_screen(many("many.pcap"), NULL, 0);
    press("W");
    assert_string_equal(app.prompt.line, "60");
    answer("10");
    assert_string_equal(app.prompt.line, "many-last-10s.pcap");
    press("Esc");
    save_last("10");
    assert_notice("22 packets saved to many-last-10s.pcap"); // whole seconds
    assert_from("many-last-10s.pcap", PACKETS - 22, true);
    press("W");
    assert_string_equal(app.prompt.line, "10"); // as it was answered last
    press("Esc");
    save_last("3600");
    assert_notice("100 packets saved to many-last-3600s.pcap");
    assert_from("many-last-3600s.pcap", 0, true);
    // One connection, or the marked ones, are saved as before.
    press("w");
    assert_notice("there is nothing to save");
    close_screen();
}

static void of_a_file_with_a_filter(void **state) {
    (void)state;
    open_screen(many("filtered.pcap"), "ip", 0);
    save_last("10");
    assert_notice("17 packets saved to filtered-last-10s.pcap");
    assert_from("filtered-last-10s.pcap", PACKETS - 22, false);
    close_screen();
}

static void of_a_pipe(void **state) {
    (void)state;
    open_pipe("whole", NULL, 1 << 20);
    save_last("10");
    assert_notice("22 packets saved to pipe-last-10s.pcap");
    assert_from("pipe-last-10s.pcap", PACKETS - 22, true);
    close_screen();
}

// How many packets are kept.
static unsigned kept(void) {
    unsigned count = 0;
    struct tw_packet packet;
    for (uint64_t i = 1; i <= PACKETS; i++)
        count += tw_source_again(input.source, i, &packet, NULL) == TW_OK;
    return count;
}

static void what_is_not_kept_any_more(void **state) {
    (void)state;
    char expected[200];
    open_pipe("short", NULL, 8000);
    const unsigned some = kept();
    assert_true(some > 10 && some < PACKETS - 10);
    save_last("20");
    snprintf(expected, sizeof expected,
             "%u packets saved to pipe-last-20s.pcap; %u missing: the memory for packets is full",
             some, 42 - some);
    assert_true(some < 42);
    assert_notice(expected);
    assert_from("pipe-last-20s.pcap", PACKETS - some, true);
    // What is kept is all that is asked for: nothing is missing.
    save_last("2");
    assert_notice("6 packets saved to pipe-last-2s.pcap");
    close_screen();
}

// What the filter left out is not missing.
static void of_a_pipe_with_a_filter(void **state) {
    (void)state;
    char expected[200];
    open_pipe("some", "ip", 8000);
    const unsigned some = kept();
    assert_true(some > 10 && some < 70);
    save_last("3600");
    snprintf(expected, sizeof expected,
             "%u packets saved to pipe-last-3600s.pcap; %u missing: the memory for packets is full",
             some, 80 - some);
    assert_notice(expected);
    save_last("4");
    assert_notice("8 packets saved to pipe-last-4s.pcap");
    assert_from("pipe-last-4s.pcap", PACKETS - 10, false);
    close_screen();
}

static void no_number_of_seconds(void **state) {
    static const char *const wrong[] = {"0", "3601", "-1", "1.5", "x", "", "99999999999999999999"};
    (void)state;
    open_screen(many("wrong.pcap"), NULL, 0);
    press("W");
    for (size_t i = 0; i < TW_COUNT(wrong); i++) {
        char expected[200];
        answer(wrong[i]);
        snprintf(expected, sizeof expected, "%s: not a number from 1 to 3600", wrong[i]);
        assert_notice(expected);
        assert_int_equal(app.prompt.question, ASK_RECENT);
    }
    press("Esc");
    assert_int_equal(app.prompt.question, ASK_NOTHING);
    close_screen();
}

// --- the places of seconds

static struct seconds seconds;

static void assert_found(tw_time since, uint64_t number) {
    const struct second *found = seconds_find(&seconds, since);
    assert_non_null(found);
    assert_int_equal(found->number, number);
}

static void seconds_are_found(void **state) {
    (void)state;
    seconds = (struct seconds){.count = 0};
    assert_null(seconds_find(&seconds, 0));
    seconds_note(&seconds, 10 * TW_SECOND + 1, 1, 0);
    seconds_note(&seconds, 11 * TW_SECOND - 1, 2, 1);
    seconds_note(&seconds, 14 * TW_SECOND, 7, 5); // the filter left out some
    assert_found(0, 1);
    assert_found(11 * TW_SECOND - 1, 1);
    assert_found(11 * TW_SECOND, 7);
    assert_found(14 * TW_SECOND, 7);
    assert_int_equal(seconds_find(&seconds, 14 * TW_SECOND)->before, 5);
    assert_null(seconds_find(&seconds, 14 * TW_SECOND + 1));
    // The clock is set back: what comes then is found, with what there is before it.
    seconds_note(&seconds, 3 * TW_SECOND, 8, 6);
    assert_int_equal(seconds.last, 8);
    assert_found(3 * TW_SECOND, 1);
}

static void seconds_are_bounded(void **state) {
    (void)state;
    seconds = (struct seconds){.count = 0};
    for (uint64_t i = 0; i < 10000; i++)
        seconds_note(&seconds, (tw_time)i * TW_SECOND, i + 1, i);
    assert_found(9999 * TW_SECOND, 10000);
    assert_found(9000 * TW_SECOND, 9001);
    assert_found((10000 - SECONDS_MAX) * TW_SECOND, 10001 - SECONDS_MAX);
    assert_found(0, 10001 - SECONDS_MAX); // older ones are not known
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_a_file),
        cmocka_unit_test(of_a_file_with_a_filter),
        cmocka_unit_test(of_a_pipe),
        cmocka_unit_test(what_is_not_kept_any_more),
        cmocka_unit_test(of_a_pipe_with_a_filter),
        cmocka_unit_test(no_number_of_seconds),
        cmocka_unit_test(seconds_are_found),
        cmocka_unit_test(seconds_are_bounded),
    };
    input.pipe = -1;
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
