// SPDX-License-Identifier: MIT
// Proves that recent files are kept in order, whatever they are called and wherever they are to be
// kept, and that nothing about them can fail; and that traffic on an interface is counted.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/recent.h"
#include "cli/traffic.h"
#include "tcpwalk/source.h"

static char folder[64];

static int make_folder(void **state) {
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/tcpwalk-recent.XXXXXX");
    assert_non_null(mkdtemp(folder));
    assert_int_equal(setenv("XDG_STATE_HOME", folder, 1), 0);
    assert_int_equal(unsetenv("HOME"), 0);
    assert_int_equal(chdir(folder), 0);
    return 0;
}

static int remove_folder(void **state) {
    (void)state;
    char command[128];
    assert_int_equal(chdir("/"), 0);
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command); // NOLINT: the name is ours
}

static void put(const char *path, const char *text) {
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

// The names, without the folder, separated by '|'.
static void expect(const char *names) {
    struct recent recent;
    char text[4096] = "";
    recent_read(&recent);
    for (size_t i = 0; i < recent.count; i++) {
        size_t used = strlen(text), length = strlen(folder);
        assert_int_equal(strncmp(recent.paths[i], folder, length), 0);
        snprintf(text + used, sizeof text - used, "%s%s", i > 0 ? "|" : "",
                 recent.paths[i] + length + 1);
    }
    recent_fini(&recent);
    assert_string_equal(text, names);
}

static void newest_first_and_once(void **state) {
    (void)state;
    expect("");
    put("a.pcap", "");
    put("b.pcap", "");
    recent_add("a.pcap");
    expect("a.pcap");
    recent_add("b.pcap");
    expect("b.pcap|a.pcap");
    recent_add("./a.pcap");
    expect("a.pcap|b.pcap");
    struct stat status;
    assert_int_equal(stat("tcpwalk/recent", &status), 0);
    assert_int_equal(status.st_mode & 07777, 0600);
    assert_int_equal(stat("tcpwalk", &status), 0);
    assert_int_equal(status.st_mode & 07777, 0700);
    // Nothing is left of how it was written.
    assert_int_equal(unlink("tcpwalk/recent"), 0);
    assert_int_equal(rmdir("tcpwalk"), 0);
}

static void no_more_than_twenty(void **state) {
    (void)state;
    for (int i = 0; i < RECENT_MAX + 5; i++) {
        char name[16];
        snprintf(name, sizeof name, "%d", i);
        put(name, "");
        recent_add(name);
    }
    expect("24|23|22|21|20|19|18|17|16|15|14|13|12|11|10|9|8|7|6|5");
}

static void hostile_names(void **state) {
    (void)state;
    static const char *const names[] = {"two\nlines", "\x1b[31mred", "back\\slash\\x41",
                                        " ",          "\x7f",        "\xff\xfe",
                                        "三次握手",   "-",           "\r"};
    char all[256] = "", line[64];
    for (size_t i = 0; i < TW_COUNT(names); i++) {
        char was[256];
        char path[128];
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        put(path, "");
        recent_add(path);
        snprintf(was, sizeof was, "%s", all);
        snprintf(all, sizeof all, "%s%s%.200s", names[i], i > 0 ? "|" : "", was);
    }
    expect(all);
    assert_string_equal(recent_escape("a\nb\\\x1b\x7f", line, sizeof line),
                        "a\\x0ab\\x5c\\x1b\\x7f");
    assert_string_equal(recent_escape("abc\n", line, 7), "abc");
}

static void what_nobody_wrote(void **state) {
    (void)state;
    put("a", "");
    recent_add("a");
    char text[512];
    // Neither relative, nor escaped wrongly, nor cut off, nor empty; each but the last one ends.
    snprintf(text, sizeof text, "%s/a\nb\n\n%s/c\\x0\n%s/d\\n\n%s/e\\x00f\n%s/g\n%s/no-end", folder,
             folder, folder, folder, folder, folder);
    put("tcpwalk/recent", text);
    expect("a|g");
    // A line longer than any path is not taken for two.
    FILE *file = fopen("tcpwalk/recent", "w");
    assert_non_null(file);
    for (int i = 0; i < 40000; i++)
        fputs("/x", file);
    fprintf(file, "\n%s/a\n", folder);
    fclose(file);
    expect("a");
    // Nothing is waited for.
    assert_int_equal(unlink("tcpwalk/recent"), 0);
    assert_int_equal(mkfifo("tcpwalk/recent", 0600), 0);
    expect("");
    recent_add("a");
    expect("a");
}

static void only_what_is_a_file(void **state) {
    (void)state;
    assert_int_equal(mkfifo("pipe", 0600), 0);
    recent_add("pipe");
    recent_add(".");
    recent_add("/dev/null");
    recent_add("nothing");
    recent_add("");
    expect("");
}

static void wherever_it_is_to_be_kept(void **state) {
    (void)state;
    char home[128];
    put("a", "");
    // Below a home, all of it is made.
    assert_int_equal(setenv("HOME", folder, 1), 0);
    assert_int_equal(setenv("XDG_STATE_HOME", "relative", 1), 0);
    recent_add("a");
    expect("a");
    assert_int_equal(access(".local/state/tcpwalk/recent", F_OK), 0);
    assert_int_not_equal(access("relative", F_OK), 0);
    // Nowhere.
    assert_int_equal(unsetenv("HOME"), 0);
    recent_add("a");
    expect("");
    // Where something else stands in the way, or a folder cannot be.
    snprintf(home, sizeof home, "%s/a", folder);
    assert_int_equal(setenv("XDG_STATE_HOME", home, 1), 0);
    recent_add("a");
    expect("");
    assert_int_equal(setenv("XDG_STATE_HOME", "/proc/nothing/here", 1), 0);
    recent_add("a");
    expect("");
    // A folder that is not there yet.
    snprintf(home, sizeof home, "%s/new", folder);
    assert_int_equal(setenv("XDG_STATE_HOME", home, 1), 0);
    recent_add("a");
    expect("a");
    // Of somebody else: only root can try that.
    snprintf(home, sizeof home, "%s/other", folder);
    assert_int_equal(mkdir(home, 0755), 0);
    assert_int_equal(setenv("XDG_STATE_HOME", home, 1), 0);
    if (geteuid() == 0 && chown(home, 65534, 65534) == 0) {
        recent_add("a");
        expect("");
    }
}

// --- Traffic

static void find_lo(void *context, const struct tw_interface_traffic *traffic) {
    if (strcmp(traffic->name, "lo") == 0)
        *(struct tw_interface_traffic *)context = *traffic;
}

static void traffic_is_counted(void **state) {
    (void)state;
    enum { DATAGRAMS = 10, OCTETS = 100 };
    struct tw_interface_traffic before = {.name = NULL}, after = {.name = NULL};
    struct sockaddr_in own = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof own;
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    tw_interfaces_traffic(find_lo, &before);
    if (before.name == NULL || bind(fd, (struct sockaddr *)&own, length) != 0)
        skip(); // no loopback interface, or it is down
    assert_int_equal(getsockname(fd, (struct sockaddr *)&own, &length), 0);
    for (int i = 0; i < DATAGRAMS; i++) {
        char octets[OCTETS] = {0};
        assert_int_equal(sendto(fd, octets, sizeof octets, 0, (struct sockaddr *)&own, length),
                         OCTETS);
        assert_int_equal(recv(fd, octets, sizeof octets, 0), OCTETS);
    }
    close(fd);
    tw_interfaces_traffic(find_lo, &after);
    assert_true(after.received_packets >= before.received_packets + DATAGRAMS);
    assert_true(after.sent_packets >= before.sent_packets + DATAGRAMS);
    assert_true(after.received_octets >= before.received_octets + DATAGRAMS * OCTETS);
    assert_true(after.sent_octets >= before.sent_octets + DATAGRAMS * OCTETS);
}

static void traffic_is_smoothed_and_stops(void **state) {
    (void)state;
    struct traffic traffic = {0};
    const struct ui_activity *activity = &traffic.activity;
    tw_time now = 1000 * TW_SECOND;
    // What was counted before the first look says nothing.
    assert_false(traffic_take(&traffic, 1000000, 9000000, now));
    assert_false(traffic_take(&traffic, 1000000, 9000000, now += TW_SECOND));
    assert_true(activity->packets == 0 && activity->levels[UI_START_LEVELS - 1] == 0);
    assert_true(traffic_take(&traffic, 1000100, 9040000, now += TW_SECOND));
    assert_true(activity->packets == 50 && activity->octets == 20000);
    assert_int_equal(activity->levels[UI_START_LEVELS - 1], 5);
    // The same rate over two seconds, as while nobody looked.
    assert_true(traffic_take(&traffic, 1000300, 9120000, now += 2 * TW_SECOND));
    assert_true(activity->packets == 75);
    assert_int_equal(activity->levels[UI_START_LEVELS - 2], 5);
    // Then nothing more: soon there is nothing to be drawn.
    int looks = 0;
    while (traffic_take(&traffic, 1000300, 9120000, now += TW_SECOND) && looks < 100)
        looks++;
    assert_in_range(looks, UI_START_LEVELS, 12);
    assert_true(activity->packets == 0 && activity->octets == 0);
    assert_int_equal(activity->levels[0], 0);
    // Counters that begin again are no traffic; a flood is the most that is told.
    assert_false(traffic_take(&traffic, 5, 50, now += TW_SECOND));
    assert_true(activity->packets == 0);
    assert_true(traffic_take(&traffic, UINT64_MAX, UINT64_MAX, now + TW_SECOND));
    assert_int_equal(activity->levels[UI_START_LEVELS - 1], 8);
}

int main(void) {
#define in_folder(test) cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)
    const struct CMUnitTest tests[] = {
        in_folder(newest_first_and_once),
        in_folder(no_more_than_twenty),
        in_folder(hostile_names),
        in_folder(what_nobody_wrote),
        in_folder(only_what_is_a_file),
        in_folder(wherever_it_is_to_be_kept),
        cmocka_unit_test(traffic_is_counted),
        cmocka_unit_test(traffic_is_smoothed_and_stops),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
