// SPDX-License-Identifier: MIT
// Packets wait in a buffer and are written whole: after a write that fails, the file is cut behind
// the last whole one. What is waiting belongs to no file, so that it can go into the next one.
#include "tcpwalk/recorder.h"

#include "pcap_write.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { BUFFER = 512 * 1024, ETHERNET = 1 };
_Static_assert(TW_PCAP_PACKET_HEADER + TW_PCAP_SNAPLEN <= BUFFER, "any packet fits");

// How long a packet waits to be written, and how long one that could not be.
#define WRITE_AFTER (TW_SECOND / 5)
#define TRY_AFTER   TW_SECOND

#ifndef O_PATH // with it a directory needs not be readable
#define O_PATH O_RDONLY
#endif

struct tw_recorder {
    struct tw_recorder_options options; // its path is `path`
    char *path;
    const char *name;         // the last part of it
    int directory;            // of the others; -1: standard output
    int file;                 // -1: there is none now
    bool regular;             // it can be cut
    bool headed;              // its header is written
    uint64_t length;          // of it, whole packets
    char current[PATH_MAX];   // its path, and
    const char *current_name; // the last part of that; NULL: it has yet to be told by a time
    int linktype;             // -1: not known yet
    tw_time begun;            // of the present period
    uint64_t periods;         // that are over
    uint64_t number;          // of the file, within its period
    uint8_t *waiting;
    size_t used, waiting_packets;
    tw_time written; // the last time that something was, or could not be, by a clock that goes on
    bool over, failing;
    bool left; // who read standard output has
    bool finished;
    bool passed_over;      // a packet that no file can hold, which is told once
    int error;             // errno of what failed last; 0: a packet that no pcap file can hold
    uint64_t lost_at_fail; // so many had been lost when it began to fail
    struct tw_recorder_counts counts;
    bool has_news;
    struct tw_error news, told;
};

static tw_time clock_up(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (tw_time)now.tv_sec * TW_SECOND + now.tv_nsec;
}

static bool is_standard(const struct tw_recorder *recorder) {
    return recorder->directory < 0;
}

static const char *spelled(const struct tw_recorder *recorder) {
    return is_standard(recorder) ? _("standard output") : recorder->current;
}

// --- names

static int digits(uint64_t most) {
    int count = 0;
    for (; most > 0; most /= 10) {
        count++;
    }
    return count;
}

// Names the file that begins now, as tcpdump would: by the period's begin, and behind that by the
// number in it, of as many digits as the last one has. False with errno.
static bool name_file(struct tw_recorder *recorder) {
    const struct tw_recorder_options *options = &recorder->options;
    const size_t folder = (size_t)(recorder->name - recorder->path);
    char *name = recorder->current + folder, *end = recorder->current + sizeof recorder->current;
    recorder->current_name = name;
    memcpy(recorder->current, recorder->path, folder);
    if (options->seconds > 0) {
        const time_t seconds = (time_t)(recorder->begun / TW_SECOND);
        struct tm time;
        errno = EINVAL; // strftime does not say whether the name is empty or too long
        if (localtime_r(&seconds, &time) == NULL ||
            strftime(name, (size_t)(end - name), recorder->name, &time) == 0) {
            return false;
        }
    } else {
        memcpy(name, recorder->name, strlen(recorder->name) + 1); // as long as the path, which fits
    }
    const int width = options->files > 0 ? digits(options->files - 1) : 0;
    if (options->size > 0 && (recorder->number > 0 || width > 0)) {
        name += strlen(name);
        const int length = snprintf(name, (size_t)(end - name), "%0*llu", width > 0 ? width : 1,
                                    (unsigned long long)recorder->number);
        if (length < 0 || length >= end - name) {
            errno = ENAMETOOLONG;
            return false;
        }
    }
    return true;
}

// --- writing

static void tell(struct tw_recorder *recorder, const char *format, ...) TW_PRINTF(2, 3);
static void tell(struct tw_recorder *recorder, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(recorder->news.text, sizeof recorder->news.text, format, arguments);
    va_end(arguments);
    recorder->has_news = true;
}

// The next file, the next tick or never may do better.
static void fail(struct tw_recorder *recorder, int why) {
    recorder->error = why;
    if (is_standard(recorder) && why == EPIPE) { // who closed the pipe has seen enough
        recorder->over = recorder->left = true;
        return;
    }
    if (!recorder->failing) {
        recorder->failing = true;
        recorder->lost_at_fail = recorder->counts.lost;
        tell(recorder,
             recorder->regular || recorder->file < 0
                 ? _("%s: %s; it is tried again every second, and watching goes on")
                 : _("%s: %s; nothing is recorded any more, and watching goes on"),
             spelled(recorder), strerror(why));
    }
}

static void succeed(struct tw_recorder *recorder) {
    if (recorder->failing) {
        const unsigned long long lost = recorder->counts.lost - recorder->lost_at_fail;
        recorder->failing = false;
        tell(recorder,
             n_("%s: is written again; %llu packet is missing",
                "%s: is written again; %llu packets are missing", lost),
             spelled(recorder), lost);
    }
}

// Writes as much as can be, *done octets; 0, or errno.
static int write_all(int file, const uint8_t *octets, size_t length, size_t *done) {
    for (*done = 0; *done < length;) {
        const ssize_t wrote = write(file, octets + *done, length - *done);
        if (wrote >= 0) {
            *done += (size_t)wrote;
        } else if (errno == EAGAIN) { // somebody else has made the pipe so
            struct pollfd room = {.fd = file, .events = POLLOUT};
            (void)poll(&room, 1, -1);
        } else if (errno != EINTR) {
            return errno;
        }
    }
    return 0;
}

// Cuts the file behind its last whole packet; false: that cannot be.
static bool cut(const struct tw_recorder *recorder) {
    const off_t end = (off_t)recorder->length;
    return recorder->regular && ftruncate(recorder->file, end) == 0 &&
           lseek(recorder->file, end, SEEK_SET) == end;
}

// How many octets of those that wait, at most `limit`, are whole packets, and how many these are.
static size_t whole(const struct tw_recorder *recorder, size_t limit, size_t *packets) {
    size_t at = 0;
    for (*packets = 0; at < limit; ++*packets) {
        const uint8_t *captured = recorder->waiting + at + 8;
        const size_t size =
            TW_PCAP_PACKET_HEADER + ((size_t)captured[0] | (size_t)captured[1] << 8 |
                                     (size_t)captured[2] << 16 | (size_t)captured[3] << 24);
        if (size > limit - at) {
            break;
        }
        at += size;
    }
    return at;
}

static void shift(struct tw_recorder *recorder, size_t octets, size_t packets) {
    recorder->length += octets;
    recorder->counts.octets += octets;
    recorder->counts.packets += packets;
    recorder->waiting_packets -= packets;
    recorder->used -= octets;
    memmove(recorder->waiting, recorder->waiting + octets, recorder->used);
}

static bool write_header(struct tw_recorder *recorder) {
    uint8_t header[TW_PCAP_FILE_HEADER];
    size_t done;
    if (recorder->headed || recorder->linktype < 0) {
        return true;
    }
    tw_pcap_put_file(header, recorder->linktype);
    const int why = write_all(recorder->file, header, sizeof header, &done);
    if (why != 0) {
        (void)cut(recorder);
        fail(recorder, why);
        return false;
    }
    recorder->headed = true;
    recorder->length = sizeof header;
    recorder->counts.octets += sizeof header;
    return true;
}

// -1 with errno.
static int make_file(const struct tw_recorder *recorder) {
    return openat(recorder->directory, recorder->current_name,
                  O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
}

static void begin_file(struct tw_recorder *recorder, int file) {
    struct stat status;
    recorder->file = file;
    recorder->headed = false;
    recorder->length = 0;
    recorder->regular = fstat(file, &status) == 0 && S_ISREG(status.st_mode);
    recorder->counts.files++;
}

static void open_file(struct tw_recorder *recorder) {
    const int file = make_file(recorder);
    if (file < 0) {
        fail(recorder, errno);
    } else {
        begin_file(recorder, file);
    }
}

// Writes all that waits; false: not all of it could be.
static bool write_waiting(struct tw_recorder *recorder) {
    recorder->written = clock_up();
    if (recorder->left || recorder->finished ||
        (recorder->file >= 0 && recorder->failing && !recorder->regular)) {
        return false;
    }
    if (recorder->file < 0 && recorder->current_name != NULL) {
        open_file(recorder);
    }
    if (recorder->file < 0 || !write_header(recorder)) {
        return false;
    }
    size_t done, packets = recorder->waiting_packets;
    const int why = write_all(recorder->file, recorder->waiting, recorder->used, &done);
    if (why == 0) {
        shift(recorder, done, packets);
        succeed(recorder);
        return true;
    }
    done = whole(recorder, done, &packets);
    shift(recorder, done, packets);
    (void)cut(recorder);
    fail(recorder, why);
    return false;
}

static void close_file(struct tw_recorder *recorder) {
    if (recorder->file >= 0 && !is_standard(recorder) && close(recorder->file) != 0) {
        fail(recorder, errno); // some file systems tell only then
    }
    recorder->file = -1;
}

// Ends the present file and begins the one that number and period name.
static void next_file(struct tw_recorder *recorder) {
    (void)write_waiting(recorder);
    close_file(recorder);
    if (!name_file(recorder)) {
        const int why = errno;
        recorder->current_name = NULL;
        fail(recorder, why);
        return;
    }
    open_file(recorder);
    (void)(recorder->file >= 0 && write_header(recorder));
}

// --- rotating

static tw_time period(const struct tw_recorder *recorder) {
    const uint64_t most = INT64_MAX / TW_SECOND;
    return (tw_time)(recorder->options.seconds < most ? recorder->options.seconds : most) *
           TW_SECOND;
}

// Whether there is no file after the present period.
static bool is_last(const struct tw_recorder *recorder) {
    const struct tw_recorder_options *options = &recorder->options;
    return options->size == 0 && options->files > 0 && recorder->periods + 1 >= options->files;
}

// A period is counted from the one before, not from the packet that comes behind it: files of an
// hour begin at the same minute for ever. Those in which nothing came have no file.
static void turn(struct tw_recorder *recorder, tw_time now) {
    const tw_time length = period(recorder);
    if (recorder->begun == TW_NO_TIME) {
        recorder->begun = now;
        next_file(recorder);
    }
    if (now < recorder->begun) {
        if (recorder->begun - now > length) { // the clock was set back
            recorder->begun = now;
        }
        return;
    }
    if (now - recorder->begun < length) {
        return;
    }
    if (is_last(recorder)) {
        recorder->over = true;
        return;
    }
    recorder->periods++;
    recorder->begun += (now - recorder->begun) / length * length;
    recorder->number = 0;
    next_file(recorder);
}

static void turn_by_size(struct tw_recorder *recorder) {
    const struct tw_recorder_options *options = &recorder->options;
    // A file in which nothing could be written needs none after it.
    if (options->size > 0 && recorder->length + recorder->used > options->size &&
        (recorder->length > TW_PCAP_FILE_HEADER || !recorder->failing)) {
        recorder->number++;
        if (options->files > 0 && recorder->number >= options->files) {
            recorder->number = 0;
        }
        next_file(recorder);
    }
}

// --- all of it

static enum tw_status check(const struct tw_recorder_options *options, struct tw_error *error) {
    const char *slash = strrchr(options->path, '/'), *percent = strchr(options->path, '%');
    if (options->files > 0 && options->size == 0 && options->seconds == 0) {
        return tw_fail(error, TW_USAGE, "-W: needs -C or -G, which say when a file is full");
    }
    if (options->seconds > 0 && percent != NULL && slash != NULL && percent < slash) {
        return tw_fail(error, TW_USAGE,
                       "-w %s: the folder stays the same; only the file's name may hold the time",
                       options->path);
    }
    if (strcmp(options->path, "-") != 0) {
        return strlen(options->path) < PATH_MAX
                   ? TW_OK
                   : tw_fail(error, TW_OUTPUT, "%s: %s", options->path, strerror(ENAMETOOLONG));
    }
    if (options->size > 0 || options->seconds > 0) {
        return tw_fail(error, TW_USAGE, "-w -: standard output has no files to change");
    }
    return isatty(STDOUT_FILENO) ? tw_fail(error, TW_USAGE,
                                           "-w -: standard output is a terminal; give it a file, "
                                           "or a pipe to a program")
                                 : TW_OK;
}

// The directory, and the first file where its name is known.
static int open_first(struct tw_recorder *recorder) {
    const char *slash = strrchr(recorder->path, '/');
    if (strcmp(recorder->path, "-") == 0) {
        recorder->file = STDOUT_FILENO;
        recorder->counts.files = 1;
        return 0; // it may hold something else already, so it is never cut
    }
    recorder->name = slash != NULL ? slash + 1 : recorder->path;
    snprintf(recorder->current, sizeof recorder->current, "%.*s",
             slash != NULL ? (int)(slash - recorder->path) + 1 : 1,
             slash != NULL ? recorder->path : ".");
    recorder->directory = open(recorder->current, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (recorder->directory < 0) {
        return errno;
    }
    snprintf(recorder->current, sizeof recorder->current, "%s", recorder->path);
    if (recorder->options.seconds == 0 || recorder->begun != TW_NO_TIME) {
        if (!name_file(recorder)) {
            return errno;
        }
        open_file(recorder);
        return recorder->file >= 0 ? 0 : recorder->error;
    }
    return 0;
}

enum tw_status tw_recorder_open(const struct tw_recorder_options *options,
                                struct tw_recorder **recorder, struct tw_error *error) {
    *recorder = NULL;
    enum tw_status status = check(options, error);
    if (status != TW_OK) {
        return status;
    }
    struct tw_recorder *made = calloc(1, sizeof *made);
    if (made != NULL) {
        *made = (struct tw_recorder){.options = *options,
                                     .path = strdup(options->path),
                                     .waiting = malloc(BUFFER),
                                     .directory = -1,
                                     .file = -1,
                                     .linktype = options->by_packet ? -1 : options->linktype,
                                     .begun = options->begin};
    }
    if (made == NULL || made->path == NULL || made->waiting == NULL) {
        tw_recorder_free(made);
        return tw_fail(error, TW_MEMORY, "%s: out of memory", options->path);
    }
    const int why = open_first(made);
    if (why != 0) {
        status = tw_fail(error, TW_OUTPUT, "%s: %s", made->current, strerror(why));
        tw_recorder_free(made);
        return status;
    }
    // A disk that is full already is told as one that gets full.
    (void)(made->file >= 0 && write_header(made));
    *recorder = made;
    return TW_OK;
}

int tw_recorder_directory(const struct tw_recorder *recorder) {
    return recorder->directory;
}

// A packet that no file of ours can hold, whatever the disk says.
static void pass_over(struct tw_recorder *recorder, const char *why) {
    recorder->counts.lost++;
    if (!recorder->passed_over) {
        recorder->passed_over = true;
        tell(recorder, "%s: %s", spelled(recorder), why);
    }
}

void tw_recorder_packet(struct tw_recorder *recorder, const struct tw_packet *packet) {
    const uint32_t captured =
        packet->captured < TW_PCAP_SNAPLEN ? packet->captured : TW_PCAP_SNAPLEN;
    const size_t size = TW_PCAP_PACKET_HEADER + (size_t)captured;
    if (recorder->linktype < 0) {
        recorder->linktype = packet->linktype;
    }
    if (recorder->options.seconds > 0 && !recorder->over) {
        turn(recorder, packet->time);
    }
    if (recorder->over) {
        return;
    }
    if (packet->linktype != recorder->linktype) {
        pass_over(recorder, _("a packet of another link type than the first one is left out"));
        return;
    }
    if (!tw_pcap_has_time(packet->time)) {
        pass_over(recorder, _("a packet whose time a pcap file cannot tell is left out"));
        return;
    }
    turn_by_size(recorder);
    if (size > BUFFER - recorder->used && !recorder->failing) {
        (void)write_waiting(recorder);
    }
    if (size > BUFFER - recorder->used) {
        recorder->counts.lost++;
        return;
    }
    uint8_t *to = recorder->waiting + recorder->used;
    tw_pcap_put_packet(to, packet->time, captured, packet->length);
    if (captured > 0) {
        memcpy(to + TW_PCAP_PACKET_HEADER, packet->octets, captured);
    }
    recorder->used += size;
    recorder->waiting_packets++;
    if (recorder->options.each && !recorder->failing) {
        (void)write_waiting(recorder);
    }
}

void tw_recorder_tick(struct tw_recorder *recorder, tw_time now) {
    const tw_time patience = recorder->failing ? TRY_AFTER : WRITE_AFTER;
    if (recorder->options.seconds > 0 && recorder->begun != TW_NO_TIME && is_last(recorder) &&
        now - recorder->begun >= period(recorder)) {
        recorder->over = true;
    }
    if ((recorder->used > 0 || recorder->failing) && clock_up() - recorder->written >= patience) {
        (void)write_waiting(recorder);
    }
}

bool tw_recorder_over(const struct tw_recorder *recorder) {
    return recorder->over;
}

void tw_recorder_reopen(struct tw_recorder *recorder) {
    struct stat ours, theirs;
    if (is_standard(recorder) || recorder->current_name == NULL || recorder->finished) {
        return;
    }
    (void)write_waiting(recorder);
    if (recorder->file >= 0 && fstat(recorder->file, &ours) == 0 &&
        fstatat(recorder->directory, recorder->current_name, &theirs, 0) == 0 &&
        ours.st_dev == theirs.st_dev && ours.st_ino == theirs.st_ino) {
        return; // nobody has moved it: to make it anew would lose what it holds
    }
    // The new one first: who we are by now may not be let make it, and the old one is better than
    // none.
    const int file = make_file(recorder);
    if (file >= 0) {
        close_file(recorder);
        begin_file(recorder, file);
        (void)write_header(recorder);
    } else if (recorder->file < 0) {
        fail(recorder, errno);
    } else {
        tell(recorder, _("%s: %s; recording goes on in the file that was moved"), spelled(recorder),
             strerror(errno));
    }
}

void tw_recorder_counts_get(const struct tw_recorder *recorder, struct tw_recorder_counts *counts) {
    *counts = recorder->counts;
    counts->path = spelled(recorder);
}

const char *tw_recorder_news(struct tw_recorder *recorder) {
    if (!recorder->has_news) {
        return NULL;
    }
    recorder->has_news = false;
    recorder->told = recorder->news;
    return recorder->told.text;
}

enum tw_status tw_recorder_finish(struct tw_recorder *recorder, struct tw_error *error) {
    // A capture without packets is one all the same, though nobody may have said of what.
    if (recorder->linktype < 0) {
        const int known = recorder->options.linktype;
        recorder->linktype = known < 0 ? ETHERNET : known;
    }
    (void)write_waiting(recorder);
    close_file(recorder);
    recorder->over = recorder->finished = true;
    recorder->counts.lost += recorder->left ? 0 : recorder->waiting_packets;
    recorder->used = recorder->waiting_packets = 0;
    if (recorder->counts.lost == 0 && !recorder->failing) {
        return TW_OK;
    }
    const unsigned long long lost = recorder->counts.lost;
    return tw_fail(
        error, TW_OUTPUT,
        n_("%s: %llu packet is not recorded: %s", "%s: %llu packets are not recorded: %s", lost),
        spelled(recorder), lost,
        recorder->error != 0 ? strerror(recorder->error) : _("a pcap file cannot hold such"));
}

void tw_recorder_free(struct tw_recorder *recorder) {
    if (recorder == NULL) {
        return;
    }
    if (recorder->file >= 0 && recorder->file != STDOUT_FILENO) {
        close(recorder->file);
    }
    if (recorder->directory >= 0) {
        close(recorder->directory);
    }
    free(recorder->path);
    free(recorder->waiting);
    free(recorder);
}
