// SPDX-License-Identifier: MIT
// Proves that connections are saved as they were captured, packet for packet, and that nothing half
// is left where saving is stopped or fails; that what is missing is told; that no name is taken
// twice.
#include "keys.h"
#include "source_captures.h"

#include "cli/files.h"
#include "cli/pump.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

// --- a screen over a source

static struct tw_source *source;
static struct tw_story *story;
static struct pump pump;
static struct files files;
static int place; // of the files that are saved
static struct ui_files hooks;

static void open_screen(const char *const *names, size_t count, size_t keep, size_t story_limit) {
    const struct tw_source_options options = {.again = true, .keep = keep};
    struct tw_error error = {""};
    if (tw_source_open_files(names, count, &options, &source, &error) != TW_OK)
        fail_msg("%s", error.text);
    story = tw_story_new();
    assert_non_null(story);
    tw_story_limit(story, story_limit);
    const struct tw_observer observer = tw_story_observer(story);
    const struct tw_tracker_options tracker = {.hash_key = {1, 2}};
    pump = (struct pump){.source = source, .tracker = tw_tracker_new(&tracker, &observer)};
    assert_non_null(pump.tracker);
    while (pump_run(&pump, 1000, &error) == PUMP_MORE) {
    }
    tw_tracker_finish(pump.tracker);
    files = (struct files){.source = source, .place = place};
    hooks = files_hooks(&files);
    const struct app_options app_options = {
        .story = story, .files = &hooks, .source_name = names[0], .utc = true};
    show_whole(&app_options);
}

static void open_one(const char *name) {
    open_screen(&name, 1, 1 << 20, 0);
}

static void close_screen(void) {
    app_fini(&app);
    files_fini(&files);
    tw_source_free(source);
    tw_tracker_free(pump.tracker);
    tw_story_free(story);
}

static void type_name(const char *name) {
    app_key(&app, 0x15); // ^U
    type(name);
    press("Enter");
}

static void save_as(const char *name) {
    press("w");
    assert_int_equal(app.prompt.question, ASK_SAVE);
    type_name(name);
    for (int i = 0; i < 100000 && app.save.running; i++)
        app_tick(&app, 0);
    assert_false(app.save.running);
}

static void assert_notice(const char *text) {
    if (strstr(app.notice, text) == NULL)
        fail_msg("\"%s\" is not in \"%s\"", text, app.notice);
}

// Files in the folder, hidden ones too.
static size_t file_count(void) {
    size_t count = 0;
    DIR *all = opendir(folder);
    assert_non_null(all);
    for (struct dirent *one; (one = readdir(all)) != NULL;)
        count += strcmp(one->d_name, ".") != 0 && strcmp(one->d_name, "..") != 0;
    closedir(all);
    return count;
}

// --- captures made here

// An IPv4 packet of a TCP segment, of `which` connection; RAW.
static const uint8_t *segment(unsigned which, bool client, unsigned flags, uint32_t seq,
                              uint32_t ack) {
    static uint8_t at[40];
    const unsigned ports[] = {40000 + which, 80};
    memset(at, 0, sizeof at);
    at[0] = 0x45;
    at[3] = sizeof at;
    at[8] = 64;
    at[9] = 6;
    memcpy(at + 12,
           client ? (uint8_t[]){10, 0, 0, 1, 10, 0, 0, 2} : (uint8_t[]){10, 0, 0, 2, 10, 0, 0, 1},
           8);
    for (int i = 0; i < 2; i++) {
        at[20 + 2 * i] = (uint8_t)(ports[client ? i : 1 - i] >> 8);
        at[21 + 2 * i] = (uint8_t)ports[client ? i : 1 - i];
    }
    for (int i = 0; i < 4; i++) {
        at[24 + i] = (uint8_t)(seq >> (24 - 8 * i));
        at[28 + i] = (uint8_t)(ack >> (24 - 8 * i));
    }
    at[32] = 0x50;
    at[33] = (uint8_t)flags;
    at[34] = 0xff;
    return at;
}

static void put_segment(struct octets *to, uint32_t micro, const uint8_t *octets) {
    put32(to, 1700000000 + micro / 1000000);
    put32(to, micro % 1000000);
    put32(to, 40);
    put32(to, 40);
    put(to, octets, 40);
}

// Two connections whose segments take turns, `count` of each.
static const char *two_connections(const char *name, uint32_t linktype, unsigned first,
                                   unsigned count) {
    struct octets *capture = fresh(false);
    pcap_header(capture, MICRO, 2, 4, linktype);
    for (unsigned n = 0; n < count; n++) {
        for (unsigned which = first; which < first + 2; which++) {
            const bool client = n != 1;
            put_segment(capture, 1000 * n + which,
                        segment(which, client,
                                n == 0   ? 2
                                : n == 1 ? 0x12
                                         : 0x10,
                                (client ? 1000U : 5000U) + (n > 1),
                                n == 0   ? 0
                                : client ? 5001
                                         : 1001));
        }
    }
    return file(name, capture->at, capture->count);
}

// --- what was saved

static const struct tw_story_segment *segments_of(size_t connection, size_t *count) {
    return tw_story_segments(tw_story_at(story, connection), count);
}

// The file holds those packets of the source, in order, each as it was.
static void assert_holds(const char *name, const uint64_t *numbers, size_t count) {
    struct tw_source *saved;
    struct tw_packet packet, again;
    struct tw_error error = {""};
    const char *at = name[0] == '/' ? name : path(name);
    assert_int_equal(tw_source_open_files(&at, 1, NULL, &saved, &error), TW_OK);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(tw_source_next(saved, &packet, &error), TW_GOT_PACKET);
        assert_int_equal(tw_source_again(source, numbers[i], &again, &error), TW_OK);
        assert_int_equal(packet.time, again.time);
        assert_int_equal(packet.captured, again.captured);
        assert_int_equal(packet.length, again.length);
        assert_int_equal(packet.linktype, again.linktype);
        assert_memory_equal(packet.octets, again.octets, packet.captured);
    }
    assert_int_equal(tw_source_next(saved, &packet, &error), TW_GOT_END);
    tw_source_free(saved);
}

static void assert_holds_connection(const char *name, size_t connection) {
    size_t count;
    const struct tw_story_segment *segments = segments_of(connection, &count);
    uint64_t *numbers = calloc(count + 1, sizeof *numbers);
    assert_non_null(numbers);
    for (size_t i = 0; i < count; i++)
        numbers[i] = segments[i].packet;
    assert_holds(name, numbers, count);
    free(numbers);
}

// What `list --json` says of one connection, but for the numbers of connection and packets.
static char *told(const char *name, uint64_t connection) {
    const struct tw_report_options options = {.format = TW_FORMAT_JSON, .connection = connection};
    const struct tw_tracker_options tracker = {.hash_key = {1, 2}};
    struct tw_error error = {""};
    char line[8192] = "";
    FILE *out = tmpfile();
    assert_non_null(out);
    struct tw_report *report = tw_report_new(TW_REPORT_LIST, &options, fileno(out));
    assert_non_null(report);
    const struct tw_observer observer = tw_report_observer(report);
    struct pump reading = {.report = report, .tracker = tw_tracker_new(&tracker, &observer)};
    assert_non_null(reading.tracker);
    assert_int_equal(tw_source_open_files(&name, 1, NULL, &reading.source, &error), TW_OK);
    while (pump_run(&reading, 1000, &error) == PUMP_MORE) {
    }
    tw_tracker_finish(reading.tracker);
    tw_report_finish(report, &reading.counts);
    rewind(out);
    assert_non_null(fgets(line, sizeof line, out));
    fclose(out);
    tw_tracker_free(reading.tracker);
    tw_report_free(report);
    tw_source_free(reading.source);
    static const char *const numbers[] = {"\"connection\":", "\"entered\":["};
    for (size_t i = 0; i < TW_COUNT(numbers); i++) {
        for (char *at = line; (at = strstr(at, numbers[i])) != NULL;) {
            at += strlen(numbers[i]);
            memmove(at, at + strspn(at, "0123456789,"), strlen(at + strspn(at, "0123456789,")) + 1);
        }
    }
    return strdup(line);
}

// Whether the same addresses and ports are used by another connection, which then says how this one
// ended.
static bool used_again(size_t connection) {
    struct tw_connection_info info, other;
    tw_story_info(tw_story_at(story, connection), &info);
    for (size_t i = 0; i < tw_story_count(story); i++) {
        tw_story_info(tw_story_at(story, i), &other);
        if (i != connection && info.end[0].port == other.end[0].port &&
            info.end[1].port == other.end[1].port) {
            return true;
        }
    }
    return false;
}

// --- tests

static void every_connection_of_every_stored_capture(void **state) {
    (void)state;
    char directory[1024];
    const char *slash = strrchr(__FILE__, '/');
    snprintf(directory, sizeof directory, "%.*s/../../captures", (int)(slash - __FILE__), __FILE__);
    DIR *all = opendir(directory);
    assert_non_null(all);
    size_t saved = 0, compared = 0;
    for (struct dirent *one; (one = readdir(all)) != NULL;) {
        char name[2048];
        snprintf(name, sizeof name, "%s/%s", directory, one->d_name);
        if (strstr(one->d_name, ".pcap") == NULL)
            continue;
        open_one(name);
        for (size_t i = 0; i < tw_story_count(story); i++, saved++) {
            press("Enter");
            save_as("one.pcap");
            assert_notice("to one.pcap");
            assert_holds_connection("one.pcap", i);
            if (!used_again(i)) {
                char *before = told(name, i + 1), *after = told(path("one.pcap"), 1);
                assert_string_equal(before, after);
                free(before);
                free(after);
                compared++;
            }
            assert_int_equal(unlink(path("one.pcap")), 0);
            press("Esc Down");
        }
        close_screen();
    }
    closedir(all);
    assert_true(saved > 40 && compared > 40);
}

// Those that are marked, in the order of their packets.
static void marked_connections(void **state) {
    (void)state;
    enum { EACH = 700 };
    open_one(two_connections("two.pcap", RAW, 0, EACH));
    assert_int_equal(tw_story_count(story), 2);
    press("Space Space w");
    assert_string_equal(app.prompt.line, "two-marked.pcap");
    press("Esc");
    save_as("marked.pcap");
    assert_notice("1400 packets saved to marked.pcap");
    static uint64_t numbers[2 * EACH];
    for (size_t i = 0; i < TW_COUNT(numbers); i++)
        numbers[i] = i + 1;
    assert_holds("marked.pcap", numbers, TW_COUNT(numbers));
    press("Enter w"); // that which is shown, whatever is marked
    assert_string_equal(app.prompt.line, "two-connection-2.pcap");
    press("Esc");
    save_as("shown.pcap");
    assert_holds_connection("shown.pcap", 1);
    close_screen();
}

// What is saved is what was asked about, also where the cursor is on another one by then.
static void what_was_asked_about(void **state) {
    (void)state;
    open_one(two_connections("asked.pcap", RAW, 0, 5));
    press("w");
    assert_string_equal(app.prompt.line, "asked-connection-1.pcap");
    list_go(&app, 1);
    press("Enter");
    for (int i = 0; i < 10 && app.save.running; i++)
        app_tick(&app, 0);
    assert_holds_connection("asked-connection-1.pcap", 0);
    close_screen();
}

// A file has one link type: the first packet's. The others are told.
static void two_link_types(void **state) {
    (void)state;
    enum { IPV4_ONLY = 228 };
    const char *names[] = {two_connections("raw.pcap", RAW, 0, 5),
                           two_connections("ipv4.pcap", IPV4_ONLY, 2, 4)};
    open_screen(names, 2, 0, 0);
    assert_int_equal(tw_story_count(story), 4);
    press("Space Space Space Space");
    save_as("types.pcap");
    assert_notice("10 packets saved to types.pcap; 8 missing: packet ");
    assert_notice("of another link type than the first one");
    close_screen();
}

static void stopped(void **state) {
    (void)state;
    open_one(two_connections("long.pcap", RAW, 0, 3000));
    const size_t before = file_count();
    press("w");
    type_name("stopped.pcap");
    for (int i = 0; i < 4; i++)
        app_tick(&app, 0);
    assert_true(app.save.running && app.save.written > 0 && app.save.written < 3000);
    assert_true(app_busy(&app));
    assert_notice("saving stopped.pcap: ");
    assert_int_equal(file_count(), before + 1);
    app_act(&app, ACTION_PICTURE); // which does not disturb it
    assert_notice("picture saved to tcpwalk.svg");
    assert_int_equal(unlink(path("tcpwalk.svg")), 0);
    app_tick(&app, 0);
    assert_true(app.save.running && app.save.skipped == 0);
    press("w"); // one at a time
    assert_notice("something is being saved");
    press("Esc");
    assert_notice("nothing is saved: stopped");
    assert_false(app.save.running || app_busy(&app));
    assert_int_equal(file_count(), before);
    // Left in the middle.
    press("w");
    type_name("left.pcap");
    for (int i = 0; i < 4; i++)
        app_tick(&app, 0);
    assert_true(app.save.running);
    close_screen();
    assert_int_equal(file_count(), before);
}

static void no_room_on_the_disk(void **state) {
    (void)state;
    open_one(two_connections("large.pcap", RAW, 0, 3000));
    const size_t before = file_count();
    struct rlimit limit, was;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &was), 0);
    limit = was;
    limit.rlim_cur = 100000;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    save_as("full.pcap");
    assert_notice("nothing is saved: full.pcap: File too large");
    assert_int_equal(file_count(), before);
    limit.rlim_cur = 1000;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    app_act(&app, ACTION_PICTURE);
    assert_notice("no picture: tcpwalk.svg: File too large");
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &was), 0);
    assert_int_equal(file_count(), before);
    save_as("full.pcap"); // there is room again
    assert_notice("3000 packets saved to full.pcap");
    close_screen();
}

static void a_name_that_is_taken(void **state) {
    (void)state;
    open_one(two_connections("again.pcap", RAW, 0, 300));
    const size_t before = file_count();
    app.source_name = "again.pcap";
    press("w");
    type_name("again.pcap");
    assert_false(app.save.running);
    expect_screen(&app, "save-taken-80x24");
    assert_int_equal(app.prompt.question, ASK_SAVE);
    assert_string_equal(app.prompt.line, "again.pcap");
    assert_int_equal(file_count(), before);
    press("Esc");
    // It is taken while it is saved.
    press("w");
    type_name("late.pcap");
    app_tick(&app, 0);
    assert_true(app.save.running);
    (void)file("late.pcap", "mine", 4);
    for (int i = 0; i < 100 && app.save.running; i++)
        app_tick(&app, 0);
    assert_notice("late.pcap is there already");
    assert_int_equal(file_count(), before + 1);
    struct stat status;
    assert_int_equal(stat(path("late.pcap"), &status), 0);
    assert_int_equal(status.st_size, 4);
    assert_int_equal(unlink(path("late.pcap")), 0);
    close_screen();
}

static void names_that_cannot_be(void **state) {
    (void)state;
    open_one(two_connections("names.pcap", RAW, 0, 3));
    const size_t before = file_count();
    const struct {
        const char *name, *why;
    } rows[] = {
        {"nowhere/x.pcap", "nowhere/x.pcap: No such file or directory"},
        {"here/", "Is a directory"},
        {".", "is there already"},
    };
    for (size_t i = 0; i < TW_COUNT(rows); i++) {
        press("w");
        type_name(rows[i].name);
        assert_false(app.save.running);
        assert_notice(rows[i].why);
        press("Esc");
    }
    assert_int_equal(file_count(), before);
    press("w");
    type_name(""); // nothing is asked for
    assert_int_equal(app.prompt.question, ASK_NOTHING);
    const char *absolute = path("absolute.pcap");
    save_as(absolute);
    assert_notice("3 packets saved to /");
    assert_holds_connection(absolute, 0);
    close_screen();
}

// What the memory for packets had no room for is missing, and told.
static void from_a_pipe(void **state) {
    (void)state;
    const char *whole = two_connections("whole.pcap", RAW, 0, 400), *name = path("pipe");
    static uint8_t octets[100000];
    FILE *from = fopen(whole, "rb");
    assert_non_null(from);
    const size_t count = fread(octets, 1, sizeof octets, from);
    fclose(from);
    assert_int_equal(mkfifo(name, 0600), 0);
    const int hold = open(name, O_RDWR);
    assert_true(hold >= 0);
    assert_int_equal(fcntl(hold, F_SETFL, O_NONBLOCK), 0);
    assert_int_equal(write(hold, octets, count), count);
    const struct tw_source_options options = {.again = true, .keep = 20000, .count = 800};
    struct tw_error error;
    struct tw_source *piped;
    assert_int_equal(tw_source_open_files(&name, 1, &options, &piped, &error), TW_OK);
    open_one(whole); // for the story, of the same packets
    struct tw_packet packet;
    while (tw_source_next(piped, &packet, &error) == TW_GOT_PACKET) {
    }
    files.source = piped;
    save_as("some.pcap");
    assert_notice(" packets saved to some.pcap; ");
    assert_notice(" missing: packet ");
    assert_true(app.save.written > 50 && app.save.written + app.save.skipped == 400);
    // The newest are there.
    uint64_t numbers[400];
    for (uint64_t i = 0; i < app.save.written; i++)
        numbers[i] = 1 + 2 * (400 - app.save.written + i);
    assert_holds("some.pcap", numbers, app.save.written);
    tw_source_free(piped);
    close(hold);
    files.source = source;
    close_screen();
}

static void segments_that_the_story_dropped(void **state) {
    (void)state;
    const char *name = two_connections("dropped.pcap", RAW, 0, 3000);
    open_screen(&name, 1, 0, 70000);
    size_t gap;
    const size_t dropped = tw_story_segments_dropped(tw_story_at(story, 0), &gap);
    assert_true(dropped > 0 && dropped < 3000);
    save_as("rest.pcap");
    char expected[200];
    snprintf(expected, sizeof expected,
             "%zu packets saved to rest.pcap; %zu missing: the segments were not kept",
             3000 - dropped, dropped);
    assert_notice(expected);
    assert_holds_connection("rest.pcap", 0);
    close_screen();
}

static void pictures(void **state) {
    (void)state;
    open_one(two_connections("seen.pcap", RAW, 0, 3));
    static const char *const names[] = {"tcpwalk.svg", "tcpwalk-2.svg", "tcpwalk-3.svg"};
    for (size_t i = 0; i < TW_COUNT(names); i++) {
        char expected[64], begin[8] = "";
        app_act(&app, ACTION_PICTURE);
        snprintf(expected, sizeof expected, "picture saved to %s", names[i]);
        assert_string_equal(app.notice, expected);
        app.notice[0] = '\0';
        FILE *picture = fopen(path(names[i]), "rb");
        assert_non_null(picture);
        assert_int_equal(fread(begin, 1, 4, picture), 4);
        assert_string_equal(begin, "<svg");
        fclose(picture);
    }
    close_screen();
}

static void names_that_are_offered(void **state) {
    (void)state;
    static const struct {
        const char *source, *offered;
    } rows[] = {
        {"captures/handshake.pcap.gz", "handshake-connection-1.pcap"},
        {"a b\tc.pcapng and 2 more", "a-b-c-connection-1.pcap"},
        {"-", "tcpwalk-connection-1.pcap"},
        {"lab: fast-open", "lab-fast-open-connection-1.pcap"},
        {"/x/.pcap", "pcap-connection-1.pcap"},
        {"trace.dmp", "trace-connection-1.pcap"},
        {"eth0", "eth0-connection-1.pcap"},
    };
    open_one(two_connections("offered.pcap", RAW, 0, 3));
    for (size_t i = 0; i < TW_COUNT(rows); i++) {
        app.source_name = rows[i].source;
        press("w");
        assert_string_equal(app.prompt.line, rows[i].offered);
        press("Esc");
    }
    app.source_name = "offered.pcap";
    press("w");
    expect_screen(&app, "save-prompt-80x24");
    app_resize(&app, 40, 12);
    expect_screen(&app, "save-prompt-40x12");
    press("Esc");
    app.files = NULL;
    press("w");
    assert_notice("there is nothing to save");
    close_screen();
}

// The lab's packets are in its recording, until that is full.
static void of_the_lab(void **state) {
    (void)state;
    struct recording recording;
    recording_init(&recording, 256 * sizeof(struct recorded) + 64 * 1024);
    for (unsigned n = 0; n < 300; n++)
        recording_take(&recording, 0, n * TW_SECOND, segment(n, true, 2, n, 0), 40);
    assert_true(recording.lost > 0);
    struct files lab = {.recording = &recording, .place = place};
    const struct ui_files of = files_hooks(&lab);
    const char *why = NULL;
    for (unsigned n = 0; n < 256; n++) {
        const struct tw_packet *packet = of.packet(of.context, n + 1, &why);
        assert_non_null(packet);
        assert_int_equal(packet->number, n + 1);
        assert_int_equal(packet->time, n * TW_SECOND);
        assert_memory_equal(packet->octets, segment(n, true, 2, n, 0), 40);
    }
    assert_null(of.packet(of.context, 257, &why));
    assert_string_equal(why, "packet 257: not kept, the memory for packets is full");
    assert_null(of.packet(of.context, 0, &why));
    assert_null(of.save_begin(of.context, "lab.pcap"));
    assert_int_equal(of.save_packet(of.context, 2, TW_NO_TIME, &why), UI_SAVED);
    assert_int_equal(of.save_packet(of.context, 257, TW_NO_TIME, &why), UI_SKIPPED);
    assert_null(of.save_end(of.context, true));
    assert_int_equal(access(path("lab.pcap"), F_OK), 0);
    recording_fini(&recording);
}

static int make_place(void **state) {
    const int failed = make_folder(state);
    place = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return failed != 0 || place < 0;
}

static int remove_place(void **state) {
    close(place);
    return remove_folder(state);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_connection_of_every_stored_capture),
        cmocka_unit_test(marked_connections),
        cmocka_unit_test(what_was_asked_about),
        cmocka_unit_test(two_link_types),
        cmocka_unit_test(stopped),
        cmocka_unit_test(no_room_on_the_disk),
        cmocka_unit_test(a_name_that_is_taken),
        cmocka_unit_test(names_that_cannot_be),
        cmocka_unit_test(from_a_pipe),
        cmocka_unit_test(segments_that_the_story_dropped),
        cmocka_unit_test(pictures),
        cmocka_unit_test(names_that_are_offered),
        cmocka_unit_test(of_the_lab),
    };
    return cmocka_run_group_tests(tests, make_place, remove_place);
}
