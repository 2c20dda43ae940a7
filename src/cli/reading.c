// SPDX-License-Identifier: MIT
// Opening, reading to the end, reporting.
#include "reading.h"

#include "rights.h"
#include "signals.h"
#include "stored.h"
#include "words.h"
#include "writing.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#ifdef __APPLE__
#include <sys/random.h> // getentropy, which POSIX 2024 has in unistd.h
#endif

enum { FILTER_MAX = 64 * 1024, SLICE_MS = 100, WAIT_MS = 200, PROGRESS_AFTER_MS = 1000 };
// What a tracker gets at the very least, whatever the memory limit.
#define MEMORY_LEAST ((size_t)1 << 20)
// What libpcap, libseccomp and the helper take that are not there yet when memory is looked at.
enum { AROUND_KIB = 2048 };

// The filter's text, from -F if need be, into `buffer`; '#' begins a comment there. NULL: none.
static enum tw_status filter_text(const struct settings *settings, char buffer[FILTER_MAX],
                                  const char **filter, struct tw_error *error) {
    *filter = settings->filter;
    if (settings->filter_file == NULL) {
        return TW_OK;
    }
    FILE *file = fopen(settings->filter_file, "re");
    if (file == NULL) {
        return tw_fail(error, TW_USAGE, "-F %s: %s", settings->filter_file, strerror(errno));
    }
    size_t length = fread(buffer, 1, FILTER_MAX, file);
    bool failed = ferror(file) != 0;
    fclose(file);
    if (failed || length == FILTER_MAX || memchr(buffer, '\0', length) != NULL) {
        return tw_fail(error, TW_USAGE, "-F %s: not a filter", settings->filter_file);
    }
    buffer[length] = '\0';
    for (char *mark = strchr(buffer, '#'); mark != NULL; mark = strchr(mark, '#')) {
        memset(mark, ' ', strcspn(mark, "\n"));
    }
    *filter = buffer;
    return TW_OK;
}

// The path of a source: a file's own name, or that of the stored capture, in `buffer`.
static const char *source_path(const char *name, char buffer[STORED_PATH_MAX]) {
    struct stat status;
    return strcmp(name, "-") != 0 && stat(name, &status) != 0 &&
                   stored_find(STORED_CAPTURE, name, buffer)
               ? buffer
               : name;
}

static enum tw_status open_files(const struct settings *settings,
                                 const struct tw_source_options *options, struct tw_source **source,
                                 struct tw_error *error) {
    const char *names[SOURCES_MAX];
    char *paths = malloc(settings->source_count * STORED_PATH_MAX); // of the stored captures
    if (paths == NULL) {
        return tw_fail(error, TW_MEMORY, "%s: out of memory", settings_source(settings));
    }
    for (size_t i = 0; i < settings->source_count; i++) {
        names[i] = source_path(settings->sources[i], paths + i * STORED_PATH_MAX);
    }
    enum tw_status result =
        tw_source_open_files(names, settings->source_count, options, source, error);
    free(paths);
    return result;
}

static bool reads_input(const struct settings *settings) {
    for (size_t i = 0; i < settings->source_count; i++) {
        if (strcmp(settings->sources[i], "-") == 0) {
            return true;
        }
    }
    return false;
}

// A filter that begins as a file's name does was meant as one. It has not been found, or, with -r
// or -i, not looked for.
static void explain_filter(const struct settings *settings, struct tw_error *error) {
    static const char end[] = "\": ";
    char word[256];
    const struct tw_error was = *error;
    if (settings->filter == NULL) {
        return;
    }
    size_t length = strcspn(settings->filter, " ");
    snprintf(word, sizeof word, "%.*s", length < sizeof word ? (int)length : 0, settings->filter);
    const char *why = strstr(was.text, end);
    if (why != NULL && word_names_file(word)) {
        bool there = access(word, F_OK) == 0;
        tw_fail(error, TW_USAGE, "filter \"%.200s\": %s, and no filter expression: %s",
                settings->filter,
                there ? _("a file that stands where FILTER does") : _("no such file"),
                why + strlen(end));
    }
}

static enum tw_status open_source(const struct settings *settings, size_t keep,
                                  struct tw_source **source, struct tw_error *error) {
    struct tw_source_options options = {
        .count = settings->count,
        .snaplen = settings->snaplen,
        .buffer_kib = settings->buffer_kib,
        .again = keep > 0,
        .keep = keep,
        .promiscuous = !settings->not_promiscuous,
        .payload = settings->write.path != NULL,
        .nonblocking = settings->interface_count > 0 || reads_input(settings),
    };
    char *buffer = malloc(FILTER_MAX);
    if (buffer == NULL) {
        return tw_fail(error, TW_MEMORY, "filter: out of memory");
    }
    enum tw_status status = filter_text(settings, buffer, &options.filter, error);
    if (status == TW_OK) {
        status = settings->interface_count > 0
                     ? tw_source_open_live(settings->interfaces, settings->interface_count,
                                           &options, source, error)
                     : open_files(settings, &options, source, error);
    }
    free(buffer);
    if (status == TW_USAGE) {
        explain_filter(settings, error);
    }
    return status;
}

// Octets resident now, where /proc tells it; 0 elsewhere.
static size_t resident_now(void) {
    unsigned long pages = 0;
    FILE *file = fopen("/proc/self/statm", "re");
    if (file != NULL) {
        if (fscanf(file, "%*u %lu", &pages) != 1) {
            pages = 0;
        }
        fclose(file);
    }
    return (size_t)pages * (size_t)sysconf(_SC_PAGESIZE);
}

// The most that was ever resident; 0 where the system does not say. On Linux it begins with what
// the parent had before exec, so it is only the second choice.
static size_t resident_most(void) {
#ifdef __APPLE__
    enum { UNIT = 1 };
#else
    enum { UNIT = 1024 };
#endif
    struct rusage usage;
    if (getrusage(RUSAGE_SELF, &usage) != 0 || usage.ru_maxrss <= 0) {
        return 0;
    }
    return (size_t)usage.ru_maxrss * UNIT;
}

// Octets resident before anything has grown; 0 if not known. Looked at once: a second reading fills
// the memory that the first one has left.
static size_t resident(void) {
    static size_t octets;
    if (octets == 0) {
        octets = resident_now();
    }
    if (octets == 0) {
        octets = resident_most();
    }
    return octets;
}

// Without --limit-memory.
enum { LIMIT_DEFAULT = 1 << 30 };

static size_t limit_memory(const struct settings *settings) {
    return settings->limit_memory > 0 ? settings->limit_memory : LIMIT_DEFAULT;
}

// What the kernel puts packets into is the program's memory, too; and what waits for others.
static size_t rings(const struct settings *settings) {
    const size_t each = settings->buffer_kib > 0 ? (size_t)settings->buffer_kib : TW_BUFFER_KIB;
    const size_t queues = settings->interface_count > 1 ? TW_QUEUE_KIB : 0;
    const size_t once = settings->interface_count > 0 ? AROUND_KIB : 0;
    return (settings->interface_count * (each + queues) + once) * 1024;
}

size_t memory_left(const struct settings *settings) {
    size_t now = resident() + rings(settings), limit = limit_memory(settings);
    return limit > now + MEMORY_LEAST ? limit - now : MEMORY_LEAST;
}

// So that nobody who sends can choose where in the tracker's table a connection lies.
static void hash_key(uint64_t key[2]) {
    struct timespec wall, up;
    if (getentropy(key, 2 * sizeof *key) == 0) {
        return;
    }
    // Nothing random: what differs from run to run and is not seen on the wire, mixed as splitmix64
    // does.
    clock_gettime(CLOCK_REALTIME, &wall);
    clock_gettime(CLOCK_MONOTONIC, &up);
    uint64_t seed = (uint64_t)(uintptr_t)&seed ^ (uint64_t)getpid() << 48 ^
                    (uint64_t)wall.tv_sec << 30 ^ (uint64_t)wall.tv_nsec ^
                    (uint64_t)up.tv_sec << 20 ^ (uint64_t)up.tv_nsec << 8;
    for (size_t i = 0; i < 2; i++) {
        seed += UINT64_C(0x9e3779b97f4a7c15);
        uint64_t mixed = (seed ^ seed >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
        mixed = (mixed ^ mixed >> 27) * UINT64_C(0x94d049bb133111eb);
        key[i] = mixed ^ mixed >> 31;
    }
}

enum tw_status reading_check_source(const struct settings *settings, struct tw_error *error) {
    return settings->interface_count > 0 || settings->source_count > 0
               ? TW_OK
               : tw_fail(error, TW_USAGE,
                         "no source: name a file, - for standard input, or -i IFACE");
}

enum tw_status reading_check_link(const struct reading *reading, struct tw_error *error) {
    const struct settings *settings = reading->settings;
    const struct tw_report_counts *counts = &reading->pump.counts;
    int linktype = tw_source_linktype(reading->pump.source);
    if (linktype < 0 || tw_linktype_name(linktype) != NULL ||
        counts->reasons[TW_REASON_LINK_TYPE] != counts->packets) {
        return TW_OK;
    }
    return tw_fail(error, TW_OPEN, "%s: unknown link type %d", settings_source(settings), linktype);
}

// STEM.json of STEM.pcap, STEM.pcap.gz and so on; false if that does not fit.
static bool witness_path(const char *capture, char path[STORED_PATH_MAX]) {
    const char *slash = strrchr(capture, '/');
    const char *dot = strstr(slash != NULL ? slash : capture, ".pcap");
    if (dot == NULL) {
        dot = strrchr(slash != NULL ? slash : capture, '.');
    }
    size_t length = dot != NULL ? (size_t)(dot - capture) : strlen(capture);
    int written = snprintf(path, STORED_PATH_MAX, "%.*s.json", (int)length, capture);
    return length < STORED_PATH_MAX && written > 0 && written < STORED_PATH_MAX;
}

void reading_find_witness(struct reading *reading) {
    const struct settings *settings = reading->settings;
    char buffer[STORED_PATH_MAX], path[STORED_PATH_MAX];
    struct tw_error error;
    if (settings->source_count != 1 || strcmp(settings->sources[0], "-") == 0 ||
        !witness_path(source_path(settings->sources[0], buffer), path) ||
        strcmp(path, settings->sources[0]) == 0) {
        return;
    }
    enum tw_status status = tw_witness_read(path, &reading->witness, &error);
    if (status != TW_OK) {
        reading->witness = NULL;
        if (status != TW_OPEN) {
            fprintf(stderr, "tcpwalk: %s\n", error.text);
        }
    }
}

enum tw_status reading_begin(struct reading *reading, const struct settings *settings,
                             const struct tw_observer *observer, unsigned share,
                             struct tw_error *error) {
    *reading = (struct reading){
        .settings = settings,
        .pump.decoder.check_checksums = settings->check_checksums,
    };
    struct tw_tracker_options options = {
        .profile = settings->profile,
        .key_vlan = settings->key_vlan,
    };
    hash_key(options.hash_key);
    options.memory_limit = memory_left(settings) / 100 * share;
    reading->pump.tracker = tw_tracker_new(&options, observer);
    return reading->pump.tracker != NULL ? TW_OK
                                         : tw_fail(error, TW_MEMORY, "tracker: out of memory");
}

enum tw_status reading_open(struct reading *reading, const struct settings *settings,
                            const struct tw_observer *observer, unsigned share, size_t keep,
                            struct tw_error *error) {
    enum tw_status status = reading_begin(reading, settings, observer, share, error);
    if (status == TW_OK) {
        status = writing_check(settings, error);
    }
    if (status == TW_OK) {
        status = rights_check(settings, error);
    }
    if (status == TW_OK) {
        status = open_source(settings, keep, &reading->pump.source, error);
    }
    if (status == TW_OK && tw_source_is_live(reading->pump.source)) {
        status = reading_check_link(reading, error);
    }
    // Live it is made by who is to go on with it.
    const bool live = status == TW_OK && tw_source_is_live(reading->pump.source);
    if (live) {
        status = tw_guard_as(settings->drop_to, error);
    }
    if (status == TW_OK) {
        status = writing_open(settings, reading->pump.source, &reading->recorder, error);
        reading->pump.recorder = reading->recorder;
    }
    if (live) {
        tw_guard_back();
    }
    if (status != TW_OK) {
        reading_close(reading);
    }
    return status;
}

enum tw_status reading_recorded(struct reading *reading, struct tw_error *error) {
    return reading->recorder != NULL ? tw_recorder_finish(reading->recorder, error) : TW_OK;
}

int reading_recordings(const struct reading *reading) {
    return reading->recorder != NULL ? tw_recorder_directory(reading->recorder) : -1;
}

void reading_close(struct reading *reading) {
    tw_tracker_free(reading->pump.tracker);
    tw_source_free(reading->pump.source);
    tw_recorder_free(reading->recorder);
    tw_witness_free(reading->witness);
    reading->witness = NULL;
    reading->recorder = reading->pump.recorder = NULL;
    reading->pump.tracker = NULL;
    reading->pump.source = NULL;
}

// A line on standard error.
static void remark(const char *format, ...) TW_PRINTF(1, 2);
static void remark(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fputs("tcpwalk: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
}

static void progress(const struct reading *reading, int64_t begun, bool *shown) {
    struct tw_source_counts counts;
    if (clock_ms() - begun < PROGRESS_AFTER_MS || !isatty(STDERR_FILENO) || isatty(STDOUT_FILENO)) {
        return;
    }
    tw_source_counts_get(reading->pump.source, &counts);
    fprintf(stderr, "\r%" PRIu64 " packets", counts.packets);
    if (counts.size > 0) {
        fprintf(stderr, ", %" PRIu64 " %%", counts.octets * 100 / counts.size);
    }
    fputs("\033[K", stderr);
    *shown = true;
}

// That it has begun: nothing else shows it until a packet comes.
static void tell_watching(const struct settings *settings) {
    char names[256];
    settings_interfaces(settings, names, sizeof names);
    if (settings->report.detail >= 0) {
        remark(_("watching %s"), names);
    }
    if (settings->report.detail > 0) {
        remark(_("rights: %s"), tw_guard_told());
    }
}

// What happened to the interfaces meanwhile.
static void tell_news(struct tw_source *source) {
    for (const char *news; (news = tw_source_news(source)) != NULL;) {
        remark("%s", news);
    }
}

// The counters, in one line and in one piece, as others may write there, too.
static void tell_counts(const struct reading *reading) {
    const struct tw_report_counts *counts = &reading->pump.counts;
    struct tw_source_counts source;
    struct tw_tracker_counts tracked;
    struct tw_recorder_counts recorded = {0};
    char line[512];
    tw_source_counts_get(reading->pump.source, &source);
    tw_tracker_counts_get(reading->pump.tracker, &tracked);
    if (reading->recorder != NULL) {
        tw_recorder_counts_get(reading->recorder, &recorded);
    }
    snprintf(line, sizeof line,
             "packets %" PRIu64 ", received %" PRIu64 ", dropped %" PRIu64 ", cut %" PRIu64
             ", decoded %" PRIu64 ", ignored %" PRIu64 ", malformed %" PRIu64
             ", connections %" PRIu64 ", alive %" PRIu64 ", evicted %" PRIu64 ", recorded %" PRIu64
             ", not recorded %" PRIu64,
             counts->packets, source.received, source.dropped, counts->cut, counts->decoded,
             counts->ignored, counts->malformed, tracked.connections, tracked.alive,
             tracked.evicted, recorded.packets, recorded.lost);
    remark("%s", line);
}

// What signals ask for, and what the recorder has to say.
static void attend(struct reading *reading) {
    struct signals_asked asked = signals_asked();
    if (asked.leave) {
        tw_source_stop(reading->pump.source);
    } else if (asked.reopen && reading->recorder != NULL) {
        tw_recorder_reopen(reading->recorder);
    }
    if (asked.tell) {
        tell_counts(reading);
    }
    const char *news = reading->recorder != NULL ? tw_recorder_news(reading->recorder) : NULL;
    if (news != NULL) {
        remark("%s", news);
    }
}

// Pumps until the end, a fault, or until the output cannot be written.
static void read_all(struct reading *reading, struct tw_report *report) {
    int64_t begun = clock_ms();
    bool shown = false, ended = false;
    while (!ended && tw_report_error(report) == 0) {
        switch (pump_run(&reading->pump, SLICE_MS, &reading->fault)) {
        case PUMP_MORE: break;
        case PUMP_WAIT:
            tw_report_flush(report);
            signals_wait(tw_source_fd(reading->pump.source), WAIT_MS);
            break;
        case PUMP_END: ended = true; break;
        case PUMP_FAULT: ended = reading->broken = true; break;
        }
        attend(reading);
        tell_news(reading->pump.source);
        progress(reading, begun, &shown);
    }
    if (shown) {
        fputs("\r\033[K", stderr);
    }
}

static enum tw_status output_status(const struct tw_report *report, struct tw_error *error) {
    int number = tw_report_error(report);
    if (number == 0 || number == EPIPE) { // who closed the pipe has seen enough
        return TW_OK;
    }
    return number == ENOMEM ? tw_fail(error, TW_MEMORY, "report: out of memory")
                            : tw_fail(error, TW_OUTPUT, "standard output: %s", strerror(number));
}

void reading_tell_recorded(const struct reading *reading) {
    struct tw_recorder_counts recorded;
    if (reading->recorder == NULL) {
        return;
    }
    tw_recorder_counts_get(reading->recorder, &recorded);
    if (recorded.files <= 1) {
        remark(n_("%llu packet recorded to %s", "%llu packets recorded to %s", recorded.packets),
               (unsigned long long)recorded.packets, recorded.path);
    } else {
        remark(_("%llu packets recorded to %llu files, the last one %s"),
               (unsigned long long)recorded.packets, (unsigned long long)recorded.files,
               recorded.path);
    }
}

// What a reader of the report should know beside it.
static void remarks(const struct reading *reading, const struct tw_report *report) {
    const struct settings *settings = reading->settings;
    const struct tw_report_counts *counts = &reading->pump.counts;
    bool tells = settings->report.format == TW_FORMAT_TEXT && !settings->summary &&
                 settings->report.detail >= 0;
    if (tells && counts->malformed > 0) {
        fputs("tcpwalk: ", stderr);
        fprintf(stderr, _("%llu packets do not parse:"), (unsigned long long)counts->malformed);
        for (enum tw_reason i = 0; i < TW_REASON_COUNT; i++) {
            if (tw_reason_malformed(i) && counts->reasons[i] > 0) {
                fprintf(stderr, " %s %" PRIu64, tw_reason_text(i), counts->reasons[i]);
            }
        }
        fputc('\n', stderr);
    }
    if (tells) {
        reading_tell_recorded(reading);
    }
    if (tells && counts->dropped > 0) {
        remark(n_("%llu packet was dropped before it could be read",
                  "%llu packets were dropped before they could be read", counts->dropped),
               (unsigned long long)counts->dropped);
    }
    if (tells && counts->clock_back > 0) {
        remark(_("the capture's clock steps back: %llu"), (unsigned long long)counts->clock_back);
    }
    struct tw_tracker_counts tracked;
    tw_tracker_counts_get(reading->pump.tracker, &tracked);
    if (tracked.evicted > 0) {
        remark(_("memory limit of %zu MiB: %llu connections were evicted before they were over"),
               limit_memory(settings) >> 20, (unsigned long long)tracked.evicted);
    }
    if (settings->limit_memory > 0 && resident() == 0) {
        remark(
            _("--limit-memory: the system does not say what the program itself takes, which comes "
              "on top"));
    }
    if (tw_report_sorted_parts(report) > 1) {
        remark(_("--sort: too many connections to hold; sorted in %u parts"),
               tw_report_sorted_parts(report));
    }
}

// Whether only some connections were asked for, by number or state.
static bool selects(const struct settings *settings, const struct tw_report *selected) {
    return settings->report.connection != 0 || settings->report.has_state || selected != NULL;
}

enum tw_status reading_finish(struct reading *reading, struct tw_report *report, bool tells_empty,
                              struct tw_error *error) {
    struct tw_report_counts *counts = &reading->pump.counts;
    struct tw_source_counts source = {0};
    struct tw_error unrecorded;
    enum tw_status recorded = reading_recorded(reading, &unrecorded);
    if (reading->pump.source != NULL && !reading->broken) {
        enum tw_status known = reading_check_link(reading, error);
        if (known != TW_OK) {
            return known;
        }
    }
    tw_tracker_finish(reading->pump.tracker);
    if (reading->pump.source != NULL) {
        tw_source_counts_get(reading->pump.source, &source);
    }
    counts->dropped = source.dropped;
    counts->dropped_interface = source.dropped_interface;
    counts->received = source.received;
    counts->clock_back = source.backward;
    if (reading->recorder != NULL) {
        struct tw_recorder_counts written;
        tw_recorder_counts_get(reading->recorder, &written);
        counts->records = true;
        counts->recorded = written.packets;
        counts->not_recorded = written.lost;
    }
    tw_report_finish(report, counts);
    remarks(reading, report);
    enum tw_status status = output_status(report, error);
    if (status == TW_OK && reading->broken) {
        *error = reading->fault;
        status = TW_BROKEN;
    }
    if (recorded != TW_OK && status == TW_OK) {
        *error = unrecorded;
        status = recorded;
    } else if (recorded != TW_OK) {
        remark("%s", unrecorded.text);
    }
    if (status == TW_OK && reading->pump.lost > 0) {
        status = tw_fail(error, TW_MEMORY, "memory: %llu times there was none for a segment",
                         (unsigned long long)reading->pump.lost);
    }
    if (status == TW_OK && tw_report_matched(report) == 0) {
        if (reading->settings->fail_empty) {
            status = tw_fail(error, TW_UNMET, "%s", "--fail-empty: no connection matched");
        } else if (tells_empty) {
            remark(_("no connection matched"));
        }
    }
    return status;
}

enum tw_status reading_report(const struct settings *settings, enum tw_report_kind kind,
                              const struct tw_report *selected, struct tw_report **keep,
                              struct tw_error *error) {
    bool sorts = settings->report.sort != TW_SORT_NONE;
    struct tw_report *report = tw_report_new(
        kind, &settings->report, writing_to_output(settings) ? STDERR_FILENO : STDOUT_FILENO);
    if (report == NULL) {
        return tw_fail(error, TW_MEMORY, "report: out of memory");
    }
    if (selected != NULL) {
        tw_report_only(report, selected);
    }
    struct tw_observer observer = tw_report_observer(report);
    struct reading reading;
    struct rights rights = {.directory = -1};
    signals_begin();
    enum tw_status status = reading_open(&reading, settings, &observer, sorts ? 50 : 100, 0, error);
    if (status == TW_OK && tw_source_is_live(reading.pump.source)) {
        status = rights_drop(&rights, settings, reading.pump.source, false,
                             reading_recordings(&reading), error);
        if (status != TW_OK) {
            reading_close(&reading);
        } else {
            tell_watching(settings);
        }
    }
    if (status == TW_OK) {
        // Sorted lines are held beside the tracker's connections: each may have half.
        if (sorts) {
            tw_report_sort_limit(report, memory_left(settings) / 2);
        }
        bool stops = settings->interface_count > 0 || reads_input(settings);
        reading.pump.report = report;
        if (kind == TW_REPORT_TRACE || kind == TW_REPORT_LIST) {
            reading_find_witness(&reading);
            tw_report_witness(report, reading.witness);
        }
        if (stops) {
            signals_stop(reading.pump.source);
        }
        read_all(&reading, report);
        status = reading_finish(&reading, report,
                                kind != TW_REPORT_SELECT && selects(settings, selected), error);
        signals_stop(NULL);
        reading_close(&reading);
    }
    rights_fini(&rights);
    signals_end();
    if (keep != NULL) {
        *keep = report;
    } else {
        tw_report_free(report);
    }
    return status;
}
