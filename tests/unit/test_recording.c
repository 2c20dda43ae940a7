// SPDX-License-Identifier: MIT
// Proves that a recording keeps what fits into its limit and says what does not, that its files are
// named by the taps' places, and that where one cannot be written none is left.
#include "source_captures.h"

#include "cli/recording.h"

#include <sys/stat.h>

static char written[4][512];
static size_t written_count;

static void note(const char *at) {
    assert_true(written_count < TW_COUNT(written));
    snprintf(written[written_count++], sizeof written[0], "%s", at);
}

static enum tw_status write_recording(const struct recording *recording, size_t taps,
                                      const double *places, struct tw_error *error) {
    struct tw_witness *witness = tw_witness_new("x");
    struct tw_lab_view view = {.witness = witness, .tap_count = taps};
    assert_non_null(witness);
    memcpy(view.tap, places, taps * sizeof *places);
    written_count = 0;
    enum tw_status status = recording_write(recording, folder, "x", &view, note, error);
    tw_witness_free(witness);
    return status;
}

static size_t files_left(void) {
    size_t count = 0;
    DIR *directory = opendir(folder);
    assert_non_null(directory);
    for (const struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    }
    closedir(directory);
    return count;
}

static void remove_written(void) {
    for (size_t i = 0; i < written_count; i++) {
        assert_int_equal(unlink(written[i]), 0);
    }
}

static void what_was_taken_is_written(void **state) {
    (void)state;
    struct recording recording;
    recording_init(&recording, 1 << 24);
    for (unsigned i = 0; i < 1000; i++) { // so that it grows
        recording_take(&recording, 0, i * TW_MILLISECOND, frame(0, (uint8_t)(i % 10), 100), 100);
    }
    assert_int_equal(write_recording(&recording, 1, (const double[]){0.5}, NULL), TW_OK);
    assert_int_equal(written_count, 2);
    assert_string_equal(written[0], path("x.pcap"));
    assert_string_equal(written[1], path("x.json"));
    const char *names[] = {written[0]};
    read_files(names, 1, NULL);
    assert_int_equal(seen.got, TW_GOT_END);
    assert_int_equal(seen.count, 1000);
    assert_int_equal(seen.marks[9], 9);
    assert_int_equal(seen.packets[31].time, 31 * TW_MILLISECOND);
    remove_written();
    assert_int_equal(files_left(), 0);
    recording_fini(&recording);
}

static void taps_are_named_by_their_places(void **state) {
    (void)state;
    static const struct {
        double places[2];
        const char *names[3];
    } rows[] = {
        {{0, 1}, {"x.client.pcap", "x.server.pcap", "x.client.json"}},
        {{0.25, 1}, {"x.tap0.25.pcap", "x.server.pcap", "x.tap0.25.json"}},
    };
    struct recording recording;
    recording_init(&recording, 1 << 24);
    recording_take(&recording, 0, 1, frame(0, 1, 20), 20);
    recording_take(&recording, 1, 2, frame(0, 2, 20), 20);
    for (size_t i = 0; i < TW_COUNT(rows); i++) {
        assert_int_equal(write_recording(&recording, 2, rows[i].places, NULL), TW_OK);
        assert_int_equal(written_count, 3);
        for (size_t j = 0; j < 3; j++) {
            assert_string_equal(written[j], path(rows[i].names[j]));
        }
        const char *second[] = {written[1]};
        read_files(second, 1, NULL);
        assert_marks("2");
        remove_written();
    }
    recording_fini(&recording);
}

static void the_limit_is_kept_and_said(void **state) {
    (void)state;
    enum { LIMIT = 1 << 20, PACKETS = 10000 };
    static const uint8_t octets[1000];
    struct recording recording;
    struct tw_error error = {""};
    recording_init(&recording, LIMIT);
    for (unsigned i = 0; i < PACKETS; i++) {
        recording_take(&recording, i % 2, i, octets, sizeof octets);
    }
    const struct recorded_tap *taps = recording.taps;
    size_t held = 0;
    for (size_t i = 0; i < RECORDING_TAPS; i++) {
        held += taps[i].size + taps[i].room * sizeof *taps[i].packets;
    }
    assert_true(held <= LIMIT);
    assert_true(held > LIMIT / 2);
    assert_true(recording.lost > 0);
    assert_int_equal(taps[0].count + taps[1].count + recording.lost, PACKETS);
    assert_int_equal(write_recording(&recording, 1, (const double[]){0.5}, &error), TW_MEMORY);
    assert_non_null(strstr(error.text, "packets did not fit into memory"));
    assert_int_equal(files_left(), 0);
    recording_fini(&recording);
}

static void where_one_cannot_be_written_none_is(void **state) {
    (void)state;
    struct recording recording;
    struct tw_error error = {""};
    recording_init(&recording, 1 << 20);
    recording_take(&recording, 0, -1, frame(0, 1, 20), 20); // the format has no such time
    assert_int_equal(write_recording(&recording, 1, (const double[]){0.5}, &error), TW_OUTPUT);
    assert_int_equal(written_count, 0);
    assert_int_equal(files_left(), 0);
    recording_fini(&recording);
}

static void a_directory_is_refused_before_anything_runs(void **state) {
    (void)state;
    struct tw_error error = {""};
    assert_int_equal(recording_prepare(path("new"), &error), TW_OK);
    assert_int_equal(recording_prepare(path("new/"), &error), TW_OK);
    assert_int_not_equal(rmdir(path("new")), 0); // it is made when there is something to write
    assert_int_equal(recording_prepare("new", &error), TW_OK);
    assert_int_equal(recording_prepare("/", &error), access("/", W_OK) == 0 ? TW_OK : TW_OUTPUT);
    assert_int_equal(recording_prepare(path("no/such"), &error), TW_OUTPUT);
    const char *plain = file("plain", "", 0);
    assert_int_equal(recording_prepare(plain, &error), TW_OUTPUT);
    assert_non_null(strstr(error.text, "Not a directory"));
    assert_int_equal(unlink(plain), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_taken_is_written),
        cmocka_unit_test(taps_are_named_by_their_places),
        cmocka_unit_test(the_limit_is_kept_and_said),
        cmocka_unit_test(where_one_cannot_be_written_none_is),
        cmocka_unit_test(a_directory_is_refused_before_anything_runs),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
