// SPDX-License-Identifier: MIT
// libFuzzer: segments made of a few octets each, so that small changes make other connections
// rather than other headers. Proves the same of the tracker as fuzz_story does, and that the
// histories do not depend on who listens.
// Input: one octet of options, then eight octets a segment: flags, who and which ports, SEQ, ACK
// and length relative to the sender's own course, time, timestamp.
#include "tests/unit/watch.h"

enum { RECORD = 8, TIGHT = 64 * 1024, SEGMENTS_MAX = 4096 };
enum { PROFILES = 0x07, VLAN = 0x08, LIMITED = 0x10, WRAP = 0x20 }; // options
enum { SERVER = 0x01, PORT = 0x06, SELF = 0x08, TIMED = 0x10, SACKED = 0x20, CLOSED_WINDOW = 0x40 };

static void fault(const char *what, uint64_t connection, uint64_t packet) {
    fprintf(stderr, "connection %llu, packet %llu: %s\n", (unsigned long long)connection,
            (unsigned long long)packet, what);
    abort();
}

// Small numbers mean themselves, so that both ends meet; the rest lies far away.
static uint32_t number(uint8_t octet) {
    return octet < 0xe0 ? octet : (uint32_t)octet << 24;
}

static struct tw_segment segment_of(const uint8_t *p, uint32_t isn, tw_time *now) {
    const uint8_t who = p[1];
    struct tw_segment s = {
        .version = who & 0x80 ? 6 : 4,
        .ttl = 64,
        .flags = p[0],
        .length = p[4] >> 4,
        .window = who & CLOSED_WINDOW ? 0 : 1000,
        .vlan = {(uint16_t)(p[4] & 1), 0xffff},
        .seq = isn + number(p[2]),
        .ack = isn + 77 + number(p[3]),
    };
    const bool server = (who & SERVER) != 0;
    if (server) {
        s.seq += 77;
        s.ack -= 77;
    }
    s.source = (struct tw_address){{10, 0, 0, server ? 2 : 1}};
    s.destination = (struct tw_address){{10, 0, 0, server ? 1 : 2}};
    const uint16_t ports[2] = {(uint16_t)(1000 + (who & PORT)), 80};
    s.source_port = ports[server];
    s.destination_port = ports[!server];
    if (who & SELF) {
        s.destination = s.source;
        s.destination_port = s.source_port;
    }
    if (who & TIMED) {
        s.options |= TW_OPT_TIMESTAMPS;
        s.tsval = p[6];
        s.tsecr = p[7];
    }
    if (who & SACKED) {
        s.options |= TW_OPT_SACK;
        s.sack_count = 1;
        s.sack[0].left = s.ack + p[6];
        s.sack[0].right = s.sack[0].left + p[7];
    }
    *now += p[5] < 0xc0   ? p[5] * TW_MILLISECOND
            : p[5] < 0xf8 ? (p[5] - 0xbf) * TW_SECOND
                          : -(tw_time)(p[5] - 0xf7) * TW_SECOND;
    s.time = *now;
    return s;
}

// What became of all connections, in one number.
struct digest {
    struct watch watch; // first: the watch's own functions take it for theirs
    uint64_t histories;
};

static void mix(uint64_t *digest, uint64_t value) {
    *digest = (*digest ^ value) * 0x9e3779b97f4a7c15U;
    *digest ^= *digest >> 29;
}

static void digest_over(void *context, const struct tw_connection *c) {
    uint64_t *digest = &((struct digest *)context)->histories;
    struct tw_connection_info info;
    tw_connection_read(c, &info);
    mix(digest, info.number);
    mix(digest, info.outcome * 16U + info.closed_by);
    for (unsigned end = 0; end < TW_END_COUNT; end++) {
        struct tw_step steps[TW_HISTORY_MAX];
        size_t count = tw_connection_history(c, (enum tw_end)end, steps, TW_HISTORY_MAX);
        for (size_t i = 0; i < count; i++)
            mix(digest, steps[i].packet << 16 | steps[i].state << 8 | steps[i].basis);
        mix(digest, info.end[end].packets << 32 | info.end[end].retransmissions);
    }
}

static void watched_over(void *context, const struct tw_connection *c) {
    watch_over(context, c);
    digest_over(context, c);
}

// Walks the segments past a tracker. `batch` at a time.
static void walk(const struct tw_tracker_options *options, const struct tw_observer *observer,
                 const struct tw_segment *segments, size_t count, size_t batch,
                 struct watch *watch) {
    struct tw_tracker *tracker = tw_tracker_new(options, observer);
    if (tracker == NULL)
        abort();
    for (size_t i = 0; i < count; i += batch) {
        if (watch != NULL)
            watch_packet(watch, segments[i].packet, segments[i].time);
        if (tw_tracker_feed(tracker, &segments[i], count - i < batch ? count - i : batch) != TW_OK)
            abort();
    }
    tw_tracker_finish(tracker);
    if (watch != NULL)
        watch_finish(watch, tracker);
    tw_tracker_free(tracker);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static struct tw_segment segments[SEGMENTS_MAX];
    if (size < 1)
        return 0;
    const struct tw_tracker_options options = {
        .profile = tw_profile_at((data[0] & PROFILES) % tw_profile_count()),
        .key_vlan = (data[0] & VLAN) != 0,
        .memory_limit = data[0] & LIMITED ? TIGHT : 0,
        .hash_key = {data[0], 1},
    };
    const uint32_t isn = data[0] & WRAP ? UINT32_MAX - 40 : 1000;
    tw_time now = 1700000000 * TW_SECOND;
    size_t count = 0;
    for (size_t at = 1; size - at >= RECORD && count < SEGMENTS_MAX; at += RECORD) {
        segments[count] = segment_of(data + at, isn, &now);
        segments[count].packet = count + 1;
        count++;
    }
    struct digest watched = {.watch = {.fault = fault, .vlan = options.key_vlan}}, alone = {0};
    struct tw_observer observer = watch_observer(&watched.watch);
    observer.over = watched_over;
    walk(&options, &observer, segments, count, 1, &watched.watch);
    watch_fini(&watched.watch);
    // Without anyone to tell, and in batches, the same must come of it.
    const struct tw_observer silent = {.context = &alone, .over = digest_over};
    walk(&options, &silent, segments, count, 50, NULL);
    if (options.memory_limit == 0 && watched.histories != alone.histories)
        fault("what is told changes what is true", 0, 0);
    return 0;
}
