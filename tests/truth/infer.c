// SPDX-License-Identifier: MIT
// What the engine makes of a program's capture.
#include "judge.h"

#include "tcpwalk/decode.h"
#include "tcpwalk/tracker.h"

#include <stdlib.h>

enum { LINKTYPE_RAW = 101 };

struct listener {
    const struct program *program;
    struct inferred *found;
    size_t count;
};

// Who the engine takes for the client need not be it: the port tells.
static bool identify(const struct program *p, const struct tw_connection_info *info, size_t *ports,
                     enum tw_end *client) {
    for (enum tw_end end = TW_CLIENT; end < TW_END_COUNT; end++) {
        for (size_t i = 0; i < p->ports_count; i++) {
            if (info->end[end].port == p->client_ports[i] &&
                info->end[tw_other(end)].port == p->server_port) {
                *ports = i;
                *client = end;
                return true;
            }
        }
    }
    return false;
}

static void over(void *context, const struct tw_connection *connection) {
    struct listener *listener = context;
    struct tw_connection_info info;
    size_t ports;
    enum tw_end client;
    tw_connection_read(connection, &info);
    if (listener->count == INFERRED_MAX || !identify(listener->program, &info, &ports, &client)) {
        return;
    }
    struct inferred *inferred = &listener->found[listener->count++];
    *inferred = (struct inferred){.number = info.number, .ports = ports};
    for (enum tw_end end = TW_CLIENT; end < TW_END_COUNT; end++) {
        struct tw_step steps[TW_HISTORY_MAX];
        size_t count = tw_connection_history(
            connection, end == TW_CLIENT ? client : tw_other(client), steps, TW_HISTORY_MAX);
        for (size_t i = 0; i < count && i < TW_HISTORY_MAX; i++) {
            (void)history_add(&inferred->ends[end], steps[i].state);
        }
    }
}

static int by_number(const void *left, const void *right) {
    const struct inferred *a = left, *b = right;
    return (a->number > b->number) - (a->number < b->number);
}

static bool feed(struct tw_tracker *tracker, const struct captured *captured, uint64_t packet) {
    const struct tw_decoder decoder = {.check_checksums = false};
    struct tw_segment segment;
    enum tw_reason reason;
    uint32_t length = (uint32_t)captured->length;
    if (tw_decode(&decoder, LINKTYPE_RAW, captured->octets, length, length, &segment, &reason) !=
        TW_DECODED) {
        return true;
    }
    segment.time = captured->time;
    segment.packet = packet;
    segment.interface = 0;
    return tw_tracker_feed(tracker, &segment, 1) == TW_OK;
}

enum tw_status infer(const struct program *p, struct inferred *found, size_t *count) {
    struct listener listener = {.program = p, .found = found};
    const struct tw_observer observer = {.context = &listener, .over = over};
    const struct tw_tracker_options options = {.hash_key = {p->seed, p->number}};
    struct tw_tracker *tracker = tw_tracker_new(&options, &observer);
    bool fed = tracker != NULL;
    for (size_t i = 0; i < p->captured_count && fed; i++) {
        fed = feed(tracker, &p->captured[i], i + 1);
    }
    if (fed && p->captured_count > 0) {
        tw_tracker_advance(tracker, p->captured[p->captured_count - 1].time);
    }
    if (fed) {
        tw_tracker_finish(tracker);
    }
    tw_tracker_free(tracker);
    qsort(found, listener.count, sizeof *found, by_number);
    *count = listener.count;
    return fed ? TW_OK : TW_MEMORY;
}
