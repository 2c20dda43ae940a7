// SPDX-License-Identifier: MIT
// Proves that any packet that was read is had again by its number, octet for octet: of every stored
// capture, of all formats, of several files merged, and while the files are still being read; that
// memory is bounded where packets have to be kept; and that a file which has changed is told.
#include "source_captures.h"

#include <sys/stat.h>
#include <sys/wait.h>

#ifdef TW_HAVE_ZLIB
#include <zlib.h>
#endif

// --- what was read the first time

enum { FIRST_MAX = 200000 };

static struct first {
    struct tw_packet packet;
    uint8_t *octets;
} firsts[FIRST_MAX];
static size_t first_count;

static void forget(void) {
    for (size_t i = 0; i < first_count; i++) {
        free(firsts[i].octets);
    }
    first_count = 0;
}

static bool read_one(struct tw_source *source) {
    struct tw_packet packet;
    if (tw_source_next(source, &packet, &seen.error) != TW_GOT_PACKET) {
        return false;
    }
    assert_true(first_count < FIRST_MAX);
    struct first *first = &firsts[first_count++];
    first->packet = packet;
    first->octets = malloc(packet.captured + 1);
    assert_non_null(first->octets);
    memcpy(first->octets, packet.octets, packet.captured);
    return true;
}

static void assert_same(struct tw_source *source, const struct first *first) {
    struct tw_packet packet;
    struct tw_error error = {""};
    if (tw_source_again(source, first->packet.number, &packet, &error) != TW_OK) {
        fail_msg("packet %llu: %s", (unsigned long long)first->packet.number, error.text);
    }
    assert_int_equal(packet.number, first->packet.number);
    assert_int_equal(packet.time, first->packet.time);
    assert_int_equal(packet.captured, first->packet.captured);
    assert_int_equal(packet.length, first->packet.length);
    assert_int_equal(packet.linktype, first->packet.linktype);
    assert_int_equal(packet.interface, first->packet.interface);
    assert_memory_equal(packet.octets, first->octets, packet.captured);
}

// Always the same numbers (Knuth's MMIX).
static uint64_t random_state;
static size_t random_below(size_t bound) {
    random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (size_t)(random_state >> 33) % bound;
}

static void assert_all_same(struct tw_source *source) {
    for (size_t i = 0; i < first_count; i++) {
        assert_same(source, &firsts[i]); // upwards
    }
    for (size_t i = 0; i < first_count; i++) {
        assert_same(source, &firsts[first_count - 1 - i]);
    }
    for (size_t i = 0; i < first_count; i++) {
        assert_same(source, &firsts[random_below(first_count)]);
    }
}

static struct tw_source *open_again(const char *const *names, size_t count, const char *filter,
                                    size_t keep) {
    const struct tw_source_options options = {.filter = filter, .again = true, .keep = keep};
    struct tw_source *source;
    struct tw_error error = {""};
    forget();
    if (tw_source_open_files(names, count, &options, &source, &error) != TW_OK) {
        fail_msg("%s", error.text);
    }
    return source;
}

static void read_and_compare(const char *const *names, size_t count) {
    enum { KEEP = 1 << 24 };
    struct tw_source *source = open_again(names, count, NULL, KEEP);
    while (read_one(source)) {
        // While it is read on, what was read is had again.
        assert_same(source, &firsts[random_below(first_count)]);
    }
    assert_all_same(source);
    struct tw_packet packet;
    struct tw_error error;
    assert_int_equal(tw_source_again(source, 0, &packet, &error), TW_UNMET);
    assert_int_equal(tw_source_again(source, first_count + 1, &packet, &error), TW_UNMET);
    tw_source_free(source);
    forget();
}

static void read_octets_and_compare(const char *name, const struct octets *octets) {
    const char *at = file(name, octets->at, octets->count);
    read_and_compare(&at, 1);
}

// --- stored captures

static void captures_in(const char *where) {
    char directory[1024];
    const char *slash = strrchr(__FILE__, '/');
    snprintf(directory, sizeof directory, "%.*s/../../%s", (int)(slash - __FILE__), __FILE__,
             where);
    DIR *all = opendir(directory);
    assert_non_null(all);
    size_t found = 0;
    for (struct dirent *one; (one = readdir(all)) != NULL;) {
        if (strstr(one->d_name, ".pcap") != NULL) {
            char name[2048];
            snprintf(name, sizeof name, "%s/%s", directory, one->d_name);
            const char *at = name;
            read_and_compare(&at, 1);
            found++;
        }
    }
    closedir(all);
    assert_true(found > 0);
}

static void stored_captures(void **state) {
    (void)state;
    captures_in("captures");
    captures_in("tests/golden/captures");
}

// --- formats

static void pcap_of_any_kind(void **state) {
    (void)state;
    static const uint32_t magics[] = {MICRO, NANO, LONG};
    for (size_t i = 0; i < 2 * TW_COUNT(magics); i++) {
        const uint32_t magic = magics[i / 2];
        struct octets *capture = fresh(i % 2 != 0);
        pcap_header(capture, magic, 2, 4, ETHERNET);
        for (uint32_t n = 0; n < 1000; n++) {
            const uint32_t length = 14 + n % 200;
            put32(capture, 1000 + n);
            put32(capture, n);
            put32(capture, length);
            put32(capture, n % 3 == 0 ? 1500 : length);
            put_number(capture, 0, magic == LONG ? 8 : 0);
            put(capture, frame(IPV4, (uint8_t)n, length), length);
        }
        read_octets_and_compare("kind", capture);
    }
}

// A thousand sections in either byte order, whose interfaces differ, are described late, and whose
// packets may have no time.
static void pcapng_sections(void **state) {
    (void)state;
    struct octets *capture = fresh(false);
    for (unsigned n = 0; n < 1000; n++) {
        section(capture, n % 3 == 0);
        interface(capture, n % 2 == 0 ? ETHERNET : RAW, n % 5 == 0 ? 40 : 0, n % 4 == 0 ? 9 : -1,
                  0);
        packet(capture, ENHANCED, 0, 5000000 + n, IPV4, (uint8_t)n, 20 + n % 100);
        packet(capture, SIMPLE, 0, 0, IPV4, (uint8_t)n, 60);
        interface(capture, WLAN, 0, 3, 7);
        packet(capture, OBSOLETE, 1, 7000 + n, IPV4, (uint8_t)(n + 1), 30);
        packet(capture, ENHANCED, 0, 5000000 + n, IPV4, (uint8_t)n, 21);
    }
    read_octets_and_compare("sections", capture);
}

// One section, two interfaces, and a third one in the middle.
static void pcapng_interfaces(void **state) {
    (void)state;
    struct octets *capture = fresh(false);
    section(capture, false);
    interface(capture, ETHERNET, 0, -1, 0);
    interface(capture, RAW, 0, 9, 0);
    for (unsigned n = 0; n < 3000; n++) {
        if (n == 1501) {
            interface(capture, WLAN, 0, 3, 0);
        }
        packet(capture, n % 7 == 0 ? SIMPLE : ENHANCED, n % (n > 1501 ? 3 : 2), 5000 + n, IPV4,
               (uint8_t)n, 40);
    }
    read_octets_and_compare("interfaces", capture);
}

// More tables of interfaces than are kept: those packets cannot be had that lie behind.
static void more_interfaces_than_are_kept(void **state) {
    (void)state;
    enum { SECTIONS = 400, INTERFACES = 250, PACKETS = 64 };
    const char *name = path("tables");
    FILE *out = fopen(name, "wb");
    assert_non_null(out);
    for (unsigned n = 0; n < SECTIONS; n++) {
        struct octets *capture = fresh(false);
        section(capture, false);
        for (unsigned i = 0; i < INTERFACES; i++) {
            interface(capture, RAW, n, -1, 0);
        }
        for (unsigned i = 0; i < PACKETS; i++) {
            packet(capture, ENHANCED, i, n, IPV4, (uint8_t)i, 20);
        }
        assert_int_equal(fwrite(capture->at, 1, capture->count, out), capture->count);
    }
    assert_int_equal(fclose(out), 0);
    struct tw_source *source = open_again(&name, 1, NULL, 0);
    while (read_one(source)) {
    }
    assert_int_equal(first_count, SECTIONS * PACKETS);
    struct tw_packet packet;
    struct tw_error error = {""};
    size_t had = 0;
    while (had < first_count && tw_source_again(source, had + 1, &packet, &error) == TW_OK) {
        assert_same(source, &firsts[had++]);
    }
    assert_int_equal(had, 65536 / (INTERFACES + 1) * PACKETS);
    assert_non_null(strstr(error.text, "too many interfaces"));
    assert_same(source, &firsts[had - 1]);
    tw_source_free(source);
}

// A clock that steps back, and at the end a packet that is cut: those before it are had.
static void steps_and_cut(void **state) {
    (void)state;
    struct octets *capture = fresh(false);
    pcap_header(capture, MICRO, 2, 4, ETHERNET);
    for (uint32_t n = 0; n < 500; n++) {
        pcap_packet(capture, n < 250 ? 9000 + n : 1000 + n, 0, IPV4, (uint8_t)n, 60);
    }
    capture->count -= 10;
    read_octets_and_compare("steps", capture);
}

// --- several files

// Equal times, clocks that step back, files that end early or break off, pcapng beside pcap.
static void merged(void **state) {
    (void)state;
    static const char *const names[] = {"merged.0", "merged.1", "merged.2"};
    const char *paths[TW_COUNT(names)];
    for (size_t f = 0; f < TW_COUNT(names); f++) {
        struct octets *capture = fresh(f == 1);
        if (f == 2) {
            section(capture, true);
            interface(capture, RAW, 0, 6, 0);
        } else {
            pcap_header(capture, MICRO, 2, 4, ETHERNET);
        }
        for (uint32_t n = 0; n < 400 + 300 * f; n++) {
            const uint32_t second = n % 97 == 50 ? n - 40 : n;
            if (f == 2 && n % 100 == 30) {
                interface(capture, WLAN, 0, 6, 0);
            }
            if (f == 2) {
                packet(capture, ENHANCED, n % 100 > 30 ? n / 100 : 0, second * UINT64_C(1000000),
                       IPV4, (uint8_t)n, 50);
            } else {
                pcap_packet(capture, second, 0, IPV4, (uint8_t)n, 60 + (uint32_t)f);
            }
        }
        capture->count -= f == 1 ? 3 : 0;
        paths[f] = file(names[f], capture->at, capture->count);
    }
    read_and_compare(paths, 2);
    read_and_compare(paths, 3);
}

// Packets that the filter drops are counted, and can be had as well.
static void filtered(void **state) {
    (void)state;
    struct octets *capture = fresh(false);
    three_packets(capture);
    const char *name = file("filtered", capture->at, capture->count);
    struct tw_source *source = open_again(&name, 1, "ip", 0);
    while (read_one(source)) {
    }
    assert_int_equal(first_count, 2);
    assert_int_equal(firsts[1].packet.number, 3);
    assert_all_same(source);
    struct tw_packet packet;
    assert_int_equal(tw_source_again(source, 2, &packet, NULL), TW_OK);
    assert_int_equal(packet.captured, 61);
    tw_source_free(source);
}

// So many packets that the places are noted further and further apart.
static void many(void **state) {
    (void)state;
    enum { FILES = 64 };
    const char *names[FILES];
    struct octets *capture = fresh(false);
    for (unsigned f = 0; f < FILES; f++) {
        char name[16];
        capture->count = 0;
        pcap_header(capture, MICRO, 2, 4, RAW);
        for (uint32_t n = 0; n < 2000; n++) {
            pcap_packet(capture, n, f % 3, 0, (uint8_t)(n + f), 20);
        }
        snprintf(name, sizeof name, "many.%u", f);
        static char all[FILES][64];
        snprintf(all[f], sizeof all[f], "%s", file(name, capture->at, capture->count));
        names[f] = all[f];
    }
    struct tw_source *source = open_again(names, FILES, NULL, 0);
    while (read_one(source)) {
    }
    assert_int_equal(first_count, FILES * 2000);
    for (size_t i = 0; i < 2000; i++) {
        assert_same(source, &firsts[random_below(first_count)]);
    }
    for (size_t i = 0; i < first_count; i += 1 + random_below(700)) {
        assert_same(source, &firsts[i]);
    }
    tw_source_free(source);
    forget();
}

// --- what cannot be read again

#ifdef TW_HAVE_ZLIB
// Compressed, and so kept; also where a plain file is merged with it.
static void compressed(void **state) {
    (void)state;
    struct octets *capture = fresh(false);
    three_packets(capture);
    gzFile packed = gzopen(path("packed.gz"), "wb");
    assert_non_null(packed);
    assert_int_equal(gzwrite(packed, capture->at, (unsigned)capture->count), capture->count);
    assert_int_equal(gzclose(packed), Z_OK);
    const char *names[] = {path("packed.gz"), file("plain", capture->at, capture->count)};
    read_and_compare(names, 1);
    read_and_compare(names, 2);
}
#endif

// A pipe of packets whose octets need ten times what there is room for: the newest are there.
static void a_pipe_with_a_small_ring(void **state) {
    (void)state;
    enum { KEEP = 100 * 1024, COUNT = 8000 };
    static const unsigned kinds[] = {IPV4, ARP};
    struct octets *capture = fresh(false);
    pcap_header(capture, MICRO, 2, 4, ETHERNET);
    for (uint32_t n = 0; n < COUNT; n++) {
        pcap_packet(capture, n, 0, kinds[n % 2], (uint8_t)n, 60 + n % 50);
    }
    const char *name = path("pipe");
    assert_int_equal(mkfifo(name, 0600), 0);
    const pid_t writer = fork();
    assert_true(writer >= 0);
    if (writer == 0) {
        const int to = open(name, O_WRONLY);
        for (size_t at = 0; at < capture->count;) {
            const ssize_t wrote = write(to, capture->at + at, capture->count - at);
            if (wrote <= 0) {
                _exit(1);
            }
            at += (size_t)wrote;
        }
        _exit(0);
    }
    struct tw_source *source = open_again(&name, 1, "ip", KEEP);
    while (read_one(source)) {
        assert_same(source, &firsts[first_count - 1]);
    }
    int status;
    assert_int_equal(waitpid(writer, &status, 0), writer);
    assert_int_equal(status, 0);
    assert_int_equal(first_count, COUNT / 2);
    struct tw_packet packet;
    struct tw_error error = {""};
    size_t kept = 0;
    for (size_t i = 0; i < first_count; i++) {
        if (tw_source_again(source, firsts[i].packet.number, &packet, &error) == TW_OK) {
            kept += packet.captured;
            assert_same(source, &firsts[i]);
        } else {
            assert_int_equal(kept, 0); // the oldest are gone, and no others
        }
    }
    assert_true(kept > KEEP / 3 && kept < KEEP);
    assert_int_equal(tw_source_again(source, 1, &packet, &error), TW_UNMET);
    assert_string_equal(error.text, "packet 1: not kept, the memory for packets is full");
    for (size_t i = 0; i < 1000; i++) {
        assert_same(source, &firsts[first_count - 1 - random_below(300)]);
    }
    tw_source_free(source);
}

// What is larger than all the room is not kept, and what the filter left out neither.
static void kept_or_not(void **state) {
    (void)state;
    const char *name = path("small");
    assert_int_equal(mkfifo(name, 0600), 0);
    struct octets *capture = fresh(false);
    three_packets(capture);
    const int hold = open(name, O_RDWR); // so that nobody waits
    assert_true(hold >= 0);
    assert_int_equal(write(hold, capture->at, capture->count), capture->count);
    const struct tw_source_options options = {
        .filter = "ip", .again = true, .keep = 4096, .nonblocking = true};
    struct tw_source *source;
    struct tw_packet packet;
    struct tw_error error = {""};
    forget();
    assert_int_equal(tw_source_open_files(&name, 1, &options, &source, &error), TW_OK);
    while (read_one(source)) {
    }
    assert_int_equal(first_count, 2);
    assert_all_same(source);
    assert_int_equal(tw_source_again(source, 2, &packet, &error), TW_UNMET);
    assert_string_equal(error.text, "packet 2: not kept, the filter left it out");
    tw_source_free(source);
    close(hold);
}

// --- files that change

static struct tw_source *read_of(const char *name, unsigned packets) {
    struct octets *capture = fresh(false);
    pcap_header(capture, MICRO, 2, 4, ETHERNET);
    for (uint32_t n = 0; n < packets; n++) {
        pcap_packet(capture, n, 0, IPV4, (uint8_t)n, 100);
    }
    const char *at = file(name, capture->at, capture->count);
    struct tw_source *source = open_again(&at, 1, NULL, 0);
    while (read_one(source)) {
    }
    assert_int_equal(first_count, packets);
    return source;
}

static void assert_changed(struct tw_source *source, uint64_t number) {
    struct tw_packet packet;
    struct tw_error error = {""};
    assert_int_equal(tw_source_again(source, number, &packet, &error), TW_BROKEN);
    assert_non_null(strstr(error.text, "has changed since it was read"));
}

static void a_file_that_was_cut(void **state) {
    (void)state;
    struct tw_source *source = read_of("cut", 2000);
    assert_same(source, &firsts[1999]);
    assert_int_equal(truncate(path("cut"), 24 + 116 * 1000), 0);
    assert_changed(source, 2000);
    assert_changed(source, 500);
    assert_int_equal(truncate(path("cut"), 0), 0);
    assert_changed(source, 1);
    tw_source_free(source);
}

static void a_file_that_was_written_over(void **state) {
    (void)state;
    struct tw_source *source = read_of("over", 2000);
    FILE *over = fopen(path("over"), "r+b");
    assert_non_null(over);
    static uint8_t other[24 + 116 * 3000];
    memset(other, 0x7f, sizeof other);
    assert_int_equal(fwrite(other, 1, sizeof other, over), sizeof other); // it is longer now
    fclose(over);
    assert_changed(source, 700);
    assert_changed(source, 1);
    tw_source_free(source);
}

// Something is still writing it: what was read stays what it was.
static void a_file_that_grows(void **state) {
    (void)state;
    struct tw_source *source = read_of("grows", 2000);
    FILE *more = fopen(path("grows"), "ab");
    assert_non_null(more);
    struct octets *capture = fresh(false);
    pcap_packet(capture, 1, 0, IPV4, 1, 100);
    assert_int_equal(fwrite(capture->at, 1, capture->count, more), capture->count);
    fclose(more);
    assert_all_same(source);
    tw_source_free(source);
}

// Another file has taken the name: the one that was opened is still there.
static void a_file_that_was_replaced(void **state) {
    (void)state;
    struct tw_source *source = read_of("replaced", 2000);
    assert_int_equal(unlink(path("replaced")), 0);
    (void)file("replaced", "other", 5);
    assert_all_same(source);
    tw_source_free(source);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stored_captures),
        cmocka_unit_test(pcap_of_any_kind),
        cmocka_unit_test(pcapng_sections),
        cmocka_unit_test(pcapng_interfaces),
        cmocka_unit_test(more_interfaces_than_are_kept),
        cmocka_unit_test(steps_and_cut),
        cmocka_unit_test(merged),
        cmocka_unit_test(filtered),
        cmocka_unit_test(many),
#ifdef TW_HAVE_ZLIB
        cmocka_unit_test(compressed),
#endif
        cmocka_unit_test(a_pipe_with_a_small_ring),
        cmocka_unit_test(kept_or_not),
        cmocka_unit_test(a_file_that_was_cut),
        cmocka_unit_test(a_file_that_was_written_over),
        cmocka_unit_test(a_file_that_grows),
        cmocka_unit_test(a_file_that_was_replaced),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
