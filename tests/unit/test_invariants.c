// SPDX-License-Identifier: MIT
// Proves on each stored capture, on those of the golden tests, and on those that lie beside the
// repository in ../shared/truth where that is there:
// - that sequence numbers may begin anywhere, and segments be handed over in any portions;
// - that what was told, corrections applied, is the history, and a sender's step has the time of
//   its segment (the witness of watch.h);
// - that `list` and `trace` say the same of each connection;
// - that a SYN and RSTs of nobody's into a connection whose end goes on change no history.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <unistd.h>

#include "tcpwalk/report.h"
#include "tcpwalk/source.h"
#include "watch.h"

static const char *const folders[] = {"", "/../tests/golden", "/../../shared/truth/clean",
                                      "/../../shared/truth/lossy", "/../../shared/truth/hard"};

// Words or octets, as many as come.
struct record {
    size_t count, room;
    uint64_t *word;
};

struct capture {
    struct tw_segment *segment;
    size_t count;
};

static void *grown(void *old, size_t count, size_t *room, size_t size) {
    if (count < *room) {
        return old;
    }
    *room = *room * 2 + 64;
    void *more = realloc(old, *room * size);
    assert_non_null(more);
    return more;
}

static void note(struct record *record, uint64_t word) {
    record->word = grown(record->word, record->count, &record->room, sizeof *record->word);
    record->word[record->count++] = word;
}

static struct capture load(const char *path) {
    const struct tw_source_options options = {0};
    const struct tw_decoder decoder = {0};
    struct capture capture = {0};
    struct tw_source *source;
    struct tw_packet packet;
    struct tw_error error = {""};
    size_t room = 0;
    if (tw_source_open_files(&path, 1, &options, &source, &error) != TW_OK) {
        fail_msg("%s", error.text);
    }
    while (tw_source_next(source, &packet, &error) == TW_GOT_PACKET) {
        enum tw_reason reason;
        capture.segment = grown(capture.segment, capture.count, &room, sizeof *capture.segment);
        struct tw_segment *segment = &capture.segment[capture.count];
        if (tw_decode(&decoder, packet.linktype, packet.octets, packet.captured, packet.length,
                      segment, &reason) == TW_DECODED) {
            segment->time = packet.time;
            segment->packet = packet.number;
            segment->interface = packet.interface;
            capture.count++;
        }
    }
    tw_source_free(source);
    return capture;
}

// Feeds all, `portion` segments at once, the clock being moved after each; to the end.
static struct tw_tracker *fed(const struct capture *capture, const struct tw_observer *observer,
                              size_t portion) {
    const struct tw_tracker_options options = {0};
    struct tw_tracker *tracker = tw_tracker_new(&options, observer);
    tw_time now = 0;
    assert_non_null(tracker);
    for (size_t i = 0; i < capture->count; i += portion) {
        size_t count = capture->count - i < portion ? capture->count - i : portion;
        assert_int_equal(tw_tracker_feed(tracker, capture->segment + i, count), TW_OK);
        for (size_t j = i; j < i + count; j++) {
            now = capture->segment[j].time > now ? capture->segment[j].time : now;
        }
        tw_tracker_advance(tracker, now);
    }
    tw_tracker_finish(tracker);
    return tracker;
}

static void note_over(void *context, const struct tw_connection *connection) {
    struct record *record = context;
    struct tw_connection_info info;
    tw_connection_read(connection, &info);
    note(record, info.number);
    note(record, info.outcome);
    note(record, info.closed_by);
    for (enum tw_end end = TW_CLIENT; end < TW_END_COUNT; end++) {
        struct tw_step steps[TW_HISTORY_MAX];
        size_t count = tw_connection_history(connection, end, steps, TW_HISTORY_MAX);
        note(record, count);
        note(record, info.end[end].retransmissions);
        for (size_t i = 0; i < count && i < TW_HISTORY_MAX; i++) {
            note(record, steps[i].state);
            note(record, steps[i].event);
            note(record, steps[i].basis);
            note(record, steps[i].packet);
        }
    }
}

static struct record histories(const struct capture *capture, size_t portion) {
    struct record record = {0};
    const struct tw_observer observer = {.context = &record, .over = note_over};
    tw_tracker_free(fed(capture, &observer, portion));
    return record;
}

static void same_histories(const struct capture *capture, size_t portion,
                           const struct record *expected) {
    struct record record = histories(capture, portion);
    assert_int_equal(record.count, expected->count);
    assert_memory_equal(record.word, expected->word, record.count * sizeof *record.word);
    free(record.word);
}

// Which of the two directions, by the addresses alone; a self-connect has one.
static bool downward(const struct tw_segment *segment) {
    int order = memcmp(&segment->source, &segment->destination, sizeof segment->source);
    return order != 0 ? order > 0 : segment->source_port > segment->destination_port;
}

static bool upward(const struct tw_segment *segment) {
    int order = memcmp(&segment->source, &segment->destination, sizeof segment->source);
    return order != 0 ? order < 0 : segment->source_port < segment->destination_port;
}

// Moves the numbers of both directions, each by its own amount.
static void shift(struct capture *capture, uint32_t up, uint32_t down) {
    for (size_t i = 0; i < capture->count; i++) {
        struct tw_segment *segment = &capture->segment[i];
        uint32_t peer = upward(segment) ? down : up;
        // A RST that answers what has no ACK has SEQ 0, which is in nobody's space (3.10.7.1).
        if (segment->seq != 0 || (segment->flags & (TW_RST | TW_ACK)) != (TW_RST | TW_ACK)) {
            segment->seq += downward(segment) ? down : up;
        }
        segment->ack += segment->flags & TW_ACK ? peer : 0;
        for (size_t j = 0; j < segment->sack_count; j++) {
            segment->sack[j].left += peer;
            segment->sack[j].right += peer;
        }
    }
}

static void numbers_may_begin_anywhere(void **state) {
    static const uint32_t half = UINT32_C(1) << 31;
    struct capture capture = load(*state);
    struct record expected = histories(&capture, capture.count);
    shift(&capture, half, half);
    same_histories(&capture, capture.count, &expected);
    shift(&capture, 0, half); // against what they were: one direction alone
    same_histories(&capture, capture.count, &expected);
    shift(&capture, UINT32_C(0xfffffff0), 3);
    same_histories(&capture, capture.count, &expected);
    free(expected.word);
    free(capture.segment);
}

static void portions_change_nothing(void **state) {
    struct capture capture = load(*state);
    struct record expected = histories(&capture, capture.count);
    same_histories(&capture, 1, &expected);
    same_histories(&capture, 7, &expected);
    free(expected.word);
    free(capture.segment);
}

static void witness_fault(const char *what, uint64_t connection, uint64_t packet) {
    fail_msg("connection %llu, packet %llu: %s", (unsigned long long)connection,
             (unsigned long long)packet, what);
}

static bool sends(enum tw_event event) {
    return event == TW_EV_SEND_SYN || event == TW_EV_SEND_SYN_ACK || event == TW_EV_SEND_FIN ||
           event == TW_EV_SEND_RST || event == TW_EV_SEND_RST_ANSWER;
}

static void witness_transition(void *context, const struct tw_connection *connection,
                               const struct tw_transition *step) {
    struct watch *watch = context;
    struct tw_connection_info info;
    watch_transition(watch, connection, step);
    tw_connection_read(connection, &info);
    watch_must(watch, !sends(step->event) || step->time == watch->times[step->packet],
               "a sender's step has another time than its segment", info.number);
}

static void told_is_history(void **state) {
    struct capture capture = load(*state);
    struct watch watch = {.fault = witness_fault};
    struct tw_observer observer = watch_observer(&watch);
    const struct tw_tracker_options options = {0};
    observer.transition = witness_transition;
    struct tw_tracker *tracker = tw_tracker_new(&options, &observer);
    assert_non_null(tracker);
    for (size_t i = 0; i < capture.count; i++) {
        watch_packet(&watch, capture.segment[i].packet, capture.segment[i].time);
        assert_int_equal(tw_tracker_feed(tracker, &capture.segment[i], 1), TW_OK);
    }
    tw_tracker_finish(tracker);
    watch_finish(&watch, tracker);
    tw_tracker_free(tracker);
    watch_fini(&watch);
    free(capture.segment);
}

static FILE *reported(const struct capture *capture, enum tw_report_kind kind) {
    const struct tw_report_options options = {.format = TW_FORMAT_JSON};
    const struct tw_report_counts counts = {0};
    FILE *file = tmpfile();
    assert_non_null(file);
    struct tw_report *report = tw_report_new(kind, &options, fileno(file));
    assert_non_null(report);
    struct tw_observer observer = tw_report_observer(report);
    tw_tracker_free(fed(capture, &observer, capture->count));
    tw_report_finish(report, &counts);
    assert_int_equal(tw_report_error(report), 0);
    tw_report_free(report);
    rewind(file);
    return file;
}

// The next connection's line; NULL at the end.
static char *next(FILE *file, char **line, size_t *room) {
    static const char begin[] = "{\"event\":\"connection\",";
    while (getline(line, room, file) >= 0) {
        if (strncmp(*line, begin, sizeof begin - 1) == 0) {
            return *line;
        }
    }
    return NULL;
}

static void list_and_trace_agree(void **state) {
    struct capture capture = load(*state);
    FILE *list = reported(&capture, TW_REPORT_LIST), *trace = reported(&capture, TW_REPORT_TRACE);
    char *listed = NULL, *traced = NULL;
    size_t room[2] = {0, 0};
    while (next(list, &listed, &room[0]) != NULL) {
        assert_non_null(next(trace, &traced, &room[1]));
        assert_string_equal(listed, traced);
    }
    assert_null(next(trace, &traced, &room[1]));
    free(listed);
    free(traced);
    fclose(list);
    fclose(trace);
    free(capture.segment);
}

// --- Segments that are not the end's own --------------------------------------------------------

// What became of each connection that has a history: a stranger's SYN has none.
static void note_states(void *context, const struct tw_connection *connection) {
    struct record *record = context;
    struct tw_connection_info info;
    tw_connection_read(connection, &info);
    if (info.end[TW_CLIENT].step_count + info.end[TW_SERVER].step_count == 0) {
        return;
    }
    note(record, info.outcome);
    note(record, info.closed_by);
    for (enum tw_end end = TW_CLIENT; end < TW_END_COUNT; end++) {
        struct tw_step steps[TW_HISTORY_MAX];
        size_t count = tw_connection_history(connection, end, steps, TW_HISTORY_MAX);
        note(record, count);
        for (size_t i = 0; i < count && i < TW_HISTORY_MAX; i++) {
            note(record, steps[i].state);
        }
    }
}

static struct record states(const struct capture *capture) {
    struct record record = {0};
    const struct tw_observer observer = {.context = &record, .over = note_states};
    tw_tracker_free(fed(capture, &observer, capture->count));
    return record;
}

static bool is_answer(const struct tw_segment *a, const struct tw_segment *b) {
    return a->source_port == b->destination_port && a->destination_port == b->source_port &&
           memcmp(&a->source, &b->destination, sizeof a->source) == 0 &&
           memcmp(&a->destination, &b->source, sizeof a->destination) == 0;
}

// Whether the receiver of the data at `at` acknowledges it, in order, as the next it sends; `next`
// is its SND.NXT there.
static bool is_taken(const struct capture *capture, size_t at, uint32_t *next) {
    const struct tw_segment *data = &capture->segment[at];
    if (data->length == 0 || (data->flags & (TW_SYN | TW_FIN | TW_RST | TW_ACK)) != TW_ACK) {
        return false;
    }
    bool known = false;
    for (size_t i = 0; i < at; i++) {
        const struct tw_segment *segment = &capture->segment[i];
        bool own = is_answer(segment, data);
        if (!own && !is_answer(data, segment) && segment->source_port == data->source_port &&
            !tw_seq_lt(segment->seq, data->seq)) {
            return false; // sent before
        }
        known = known || own;
        *next = own ? tw_segment_end(segment) : *next;
    }
    for (size_t i = at + 1; i < capture->count && known; i++) {
        const struct tw_segment *segment = &capture->segment[i];
        if (is_answer(segment, data)) {
            return (segment->flags & (TW_SYN | TW_RST | TW_ACK)) == TW_ACK &&
                   segment->seq == *next && segment->ack == tw_segment_end(data);
        }
    }
    return false;
}

static void insert(struct capture *capture, size_t at, struct tw_segment segment, uint32_t seq,
                   uint16_t flags) {
    memmove(capture->segment + at + 1, capture->segment + at,
            (capture->count - at) * sizeof *capture->segment);
    segment.seq = seq;
    segment.flags = flags;
    segment.packet = capture->segment[at + 1].packet - 1;
    capture->segment[at] = segment;
    capture->count++;
}

// Before the data at `at`, a SYN and two RSTs that claim to be from its receiver.
static struct capture with_strangers(const struct capture *capture, size_t at, uint32_t next) {
    struct capture more = {.count = capture->count};
    more.segment = calloc(capture->count + 3, sizeof *more.segment);
    assert_non_null(more.segment);
    memcpy(more.segment, capture->segment, capture->count * sizeof *more.segment);
    for (size_t i = 0; i < more.count; i++) {
        more.segment[i].packet *= 4;
    }
    const struct tw_segment *data = &capture->segment[at];
    const struct tw_segment stranger = {
        .time = data->time,
        .source = data->destination,
        .destination = data->source,
        .source_port = data->destination_port,
        .destination_port = data->source_port,
        .version = data->version,
        .ttl = 64,
        .interface = data->interface,
        .vlan = {data->vlan[0], data->vlan[1]},
    };
    insert(&more, at, stranger, next + 10, TW_RST);
    more.segment[at].packet--;
    insert(&more, at, stranger, next - 1000, TW_RST);
    more.segment[at].packet--;
    insert(&more, at, stranger, next + 1006, TW_SYN);
    return more;
}

static void strangers_change_nothing(void **state) {
    struct capture capture = load(*state);
    struct record expected = states(&capture);
    for (size_t i = 0; i < capture.count; i++) {
        uint32_t next = 0;
        if (!is_taken(&capture, i, &next)) {
            continue;
        }
        struct capture more = with_strangers(&capture, i, next);
        struct record record = states(&more);
        if (record.count != expected.count ||
            memcmp(record.word, expected.word, record.count * sizeof *record.word) != 0) {
            fail_msg("before packet %zu", i + 1);
        }
        free(record.word);
        free(more.segment);
    }
    free(expected.word);
    free(capture.segment);
}

static const struct {
    const char *name;
    void (*proof)(void **state);
} proofs[] = {
    {"numbers may begin anywhere", numbers_may_begin_anywhere},
    {"portions change nothing", portions_change_nothing},
    {"what was told is the history", told_is_history},
    {"list and trace agree", list_and_trace_agree},
    {"strangers change nothing", strangers_change_nothing},
};

static bool is_capture(const char *name) {
    const char *ending = strrchr(name, '.');
    return name[0] != '.' && ending != NULL && strcmp(ending, ".pcap") == 0;
}

// All proofs of each capture of a folder; a folder that is not there has none.
static void add_folder(const char *folder, struct CMUnitTest **tests, size_t *count, size_t *room) {
    struct dirent **entries;
    int found = scandir(folder, &entries, NULL, alphasort);
    for (int i = 0; i < found; i++) {
        for (size_t j = 0; j < TW_COUNT(proofs) && is_capture(entries[i]->d_name); j++) {
            char *name = NULL, *path = NULL;
            *tests = grown(*tests, *count, room, sizeof **tests);
            if (asprintf(&path, "%s/%s", folder, entries[i]->d_name) < 0 ||
                asprintf(&name, "%s: %s", path, proofs[j].name) < 0) {
                abort();
            }
            (*tests)[(*count)++] = (struct CMUnitTest){
                .name = name, .test_func = proofs[j].proof, .initial_state = path};
        }
        free(entries[i]);
    }
    if (found >= 0) {
        free(entries);
    }
}

int main(void) {
    struct CMUnitTest *tests = NULL;
    size_t count = 0, room = 0;
    for (size_t i = 0; i < TW_COUNT(folders); i++) {
        char folder[4096];
        snprintf(folder, sizeof folder, "%s%s", TW_SOURCE_CAPTURES, folders[i]);
        add_folder(folder, &tests, &count, &room);
    }
    int failed = _cmocka_run_group_tests("captures", tests, count, NULL, NULL);
    for (size_t i = 0; i < count; i++) {
        free((void *)tests[i].name);
        free(tests[i].initial_state);
    }
    free(tests);
    return failed;
}
