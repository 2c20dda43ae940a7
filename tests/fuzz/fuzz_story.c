// SPDX-License-Identifier: MIT
// libFuzzer: the whole way, from the octets of packets to what the tracker tells. Proves that
// whatever comes, transitions chain, corrections take back what was told, every connection is over
// once, the end of input is reached, and all counts add up (tests/unit/watch.h).
// Input: one octet of options, then packets of link type RAW, each behind four octets: length
// (little-endian), milliseconds since the one before, and a set of notes on it. Seeds: tests/fuzz/
// seeds.py FOLDER CAPTURE...
#include "tcpwalk/decode.h"
#include "tcpwalk/story.h"
#include "tests/unit/watch.h"

enum { LINKTYPE_RAW = 101, HEAD = 4, TIGHT = 64 * 1024 };
enum { PROFILES = 0x07, VLAN = 0x08, LIMITED = 0x10, STORY = 0x20 };    // options
enum { LATER = 0x01, BACKWARD = 0x02, SILENCE = 0x04, ADVANCE = 0x08 }; // notes

static void fault(const char *what, uint64_t connection, uint64_t packet) {
    fprintf(stderr, "connection %llu, packet %llu: %s\n", (unsigned long long)connection,
            (unsigned long long)packet, what);
    abort();
}

static tw_time moved(tw_time now, unsigned delta, unsigned notes) {
    tw_time step = (tw_time)delta * TW_MILLISECOND;
    if (notes & LATER)
        step *= 1000;
    if (notes & SILENCE)
        step += 61 * TW_SECOND;
    return notes & BACKWARD ? now - step : now + step;
}

static void feed(struct tw_tracker *tracker, struct watch *watch, const uint8_t *p,
                 const uint8_t *end) {
    const struct tw_decoder decoder = {0};
    tw_time now = 1700000000 * TW_SECOND;
    while (end - p >= HEAD) {
        unsigned length = p[0] | (unsigned)(p[1] & 0x7) << 8, notes = p[3];
        now = moved(now, p[2], notes);
        p += HEAD;
        if (length > end - p)
            length = (unsigned)(end - p);
        struct tw_segment segment;
        enum tw_reason reason;
        watch_packet(watch, watch->packet + 1, now);
        if (tw_decode(&decoder, LINKTYPE_RAW, p, length, length, &segment, &reason) == TW_DECODED) {
            segment.time = now;
            segment.packet = watch->packet;
            segment.interface = 0;
            if (tw_tracker_feed(tracker, &segment, 1) != TW_OK)
                abort();
        } else if (notes & ADVANCE)
            tw_tracker_advance(tracker, now);
        p += length;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 1)
        return 0;
    const struct tw_tracker_options options = {
        .profile = tw_profile_at((data[0] & PROFILES) % tw_profile_count()),
        .key_vlan = (data[0] & VLAN) != 0,
        .memory_limit = data[0] & LIMITED ? TIGHT : 0,
        .hash_key = {data[0], 1},
    };
    struct watch watch = {.fault = fault, .vlan = options.key_vlan};
    struct tw_story *story = data[0] & STORY ? tw_story_new() : NULL;
    const struct tw_observer observer =
        story != NULL ? tw_story_observer(story) : watch_observer(&watch);
    struct tw_tracker *tracker = tw_tracker_new(&options, &observer);
    if (tracker == NULL)
        abort();
    feed(tracker, &watch, data + 1, data + size);
    tw_tracker_finish(tracker);
    if (story == NULL)
        watch_finish(&watch, tracker);
    watch_fini(&watch);
    tw_story_free(story);
    tw_tracker_free(tracker);
    return 0;
}
