// SPDX-License-Identifier: MIT
// Proves that what the writer writes is pcap with nanoseconds, octet by octet and as the own reader
// and tcpdump read it, and that what cannot be written is said.
#include "source_captures.h"

static const struct {
    tw_time time;
    uint32_t captured, length;
} rows[] = {
    {TW_SECOND + 1, 20, 20},
    {1700000000 * TW_SECOND + 999999999, 64, 1500},
    {4000000000 * TW_SECOND, 1, 1}, // beyond 2038
};

static const char *write_rows(const char *name) {
    static char at[256];
    struct tw_writer *writer;
    struct tw_error error = {""};
    snprintf(at, sizeof at, "%s", path(name));
    assert_int_equal(tw_writer_open(at, RAW, &writer, &error), TW_OK);
    for (size_t i = 0; i < TW_COUNT(rows); i++) {
        tw_writer_packet(writer, rows[i].time, frame(0, (uint8_t)(i + 1), rows[i].captured),
                         rows[i].captured, rows[i].length);
    }
    assert_int_equal(tw_writer_close(writer, &error), TW_OK);
    return at;
}

static void the_own_reader_reads_it(void **state) {
    (void)state;
    const char *names[] = {write_rows("own.pcap")};
    read_files(names, 1, NULL);
    assert_int_equal(seen.got, TW_GOT_END);
    assert_marks("123");
    for (size_t i = 0; i < TW_COUNT(rows); i++) {
        assert_int_equal(seen.packets[i].time, rows[i].time);
        assert_int_equal(seen.packets[i].captured, rows[i].captured);
        assert_int_equal(seen.packets[i].length, rows[i].length);
        assert_int_equal(seen.packets[i].linktype, RAW);
    }
}

static void the_header_is_the_same_everywhere(void **state) {
    (void)state;
    static const uint8_t expected[24] = {0x4d, 0x3c, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0,  0,
                                         0,    0,    0,    0,    0, 0, 0, 4, 0, 101};
    uint8_t header[24];
    FILE *capture = fopen(write_rows("header.pcap"), "rb");
    assert_non_null(capture);
    assert_int_equal(fread(header, 1, sizeof header, capture), sizeof header);
    fclose(capture);
    assert_memory_equal(header, expected, sizeof header);
}

static void tcpdump_reads_it(void **state) {
    (void)state;
    char command[512], line[256] = "";
    if (system("command -v tcpdump >/dev/null 2>&1") != 0) {
        skip();
    }
    snprintf(command, sizeof command,
             "tcpdump -r %s -tt --nano -c 2 2>&1 | grep -c '^1700000000.999999999 '",
             write_rows("dump.pcap"));
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    assert_non_null(fgets(line, sizeof line, pipe));
    pclose(pipe);
    assert_string_equal(line, "1\n");
}

static void what_cannot_be_written_is_said(void **state) {
    (void)state;
    struct tw_writer *writer;
    struct tw_error error = {""};
    assert_int_equal(tw_writer_open("/nosuch/folder/x.pcap", RAW, &writer, &error), TW_OUTPUT);
    assert_null(writer);
    assert_string_equal(error.text, "/nosuch/folder/x.pcap: No such file or directory");
    // The time of a packet that the format has no room for.
    assert_int_equal(tw_writer_open(path("late.pcap"), RAW, &writer, &error), TW_OK);
    tw_writer_packet(writer, (tw_time)5000000000 * TW_SECOND, frame(0, 1, 20), 20, 20);
    tw_writer_packet(writer, TW_SECOND, frame(0, 1, 20), 20, 20);
    assert_int_equal(tw_writer_close(writer, &error), TW_OUTPUT);
    assert_non_null(strstr(error.text, "late.pcap: "));
    if (access("/dev/full", W_OK) == 0) {
        assert_int_equal(tw_writer_open("/dev/full", RAW, &writer, &error), TW_OK);
        assert_int_equal(tw_writer_close(writer, &error), TW_OUTPUT);
        assert_string_equal(error.text, "/dev/full: No space left on device");
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_own_reader_reads_it),
        cmocka_unit_test(the_header_is_the_same_everywhere),
        cmocka_unit_test(tcpdump_reads_it),
        cmocka_unit_test(what_cannot_be_written_is_said),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
