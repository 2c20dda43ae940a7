// SPDX-License-Identifier: MIT
// The pump.
#include "pump.h"

#include <time.h>

// How many packets are read between two looks at the clock.
enum { LOOK_EVERY = 512 };
// Live, the tracker's clock stays this far behind, as the kernel hands packets over in blocks, of
// several interfaces not all at the same time.
#define LIVE_LAG (100 * TW_MILLISECOND)
// A step back beyond all disorder of packets: the clock was set, and is followed as the tracker
// does.
#define CLOCK_STEP (10 * TW_SECOND)

int64_t clock_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static tw_time clock_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (tw_time)now.tv_sec * TW_SECOND + now.tv_nsec;
}

void pump_flush(struct pump *pump) {
    if (pump->pending > 0 && tw_tracker_feed(pump->tracker, pump->batch, pump->pending) != TW_OK) {
        pump->lost++;
    }
    pump->pending = 0;
}

// Whether snaplen has cut what TCP's header says, or all of it.
static bool headers_cut(const struct tw_packet *packet, enum tw_decoded decoded,
                        const struct tw_segment *segment) {
    return packet->captured < packet->length &&
           (decoded == TW_MALFORMED ||
            (decoded == TW_DECODED && (segment->notes & TW_NOTE_HEADER_CUT) != 0));
}

void pump_take(struct pump *pump, const struct tw_packet *packet) {
    enum tw_reason reason;
    if (!pump->begun) {
        pump->begun = true;
        pump->last = packet->time;
        if (pump->report != NULL) {
            tw_report_origin(pump->report, packet->time);
        }
    }
    if (pump->seconds != NULL) {
        seconds_note(pump->seconds, packet->time, packet->number, pump->counts.packets);
    }
    if (TW_UNLIKELY(packet->gap > 0)) { // the kernel had to drop some before this one
        pump_flush(pump);
        tw_tracker_lost(pump->tracker);
    }
    struct tw_segment *segment = &pump->batch[pump->pending];
    pump->counts.packets++;
    enum tw_decoded decoded = tw_decode(&pump->decoder, packet->linktype, packet->octets,
                                        packet->captured, packet->length, segment, &reason);
    pump->counts.reasons[reason]++;
    pump->counts.cut += headers_cut(packet, decoded, segment);
    switch (decoded) {
    case TW_DECODED:
        pump->counts.decoded++;
        segment->time = packet->time;
        segment->packet = packet->number;
        segment->interface = packet->interface;
        if (++pump->pending == PUMP_BATCH) {
            pump_flush(pump);
        }
        break;
    case TW_IGNORED: pump->counts.ignored++; break;
    case TW_UNREACHABLE:
        pump->counts.ignored++;
        pump_flush(pump); // so that the order is that of the packets
        segment->time = packet->time;
        segment->packet = packet->number;
        tw_tracker_unreachable(pump->tracker, segment);
        break;
    case TW_MALFORMED:
        pump->counts.malformed++;
        if (pump->report != NULL) {
            pump_flush(pump); // so that the order is that of the packets
            tw_report_malformed(pump->report, packet->number, packet->time, reason);
        }
        return; // its time is not trusted either
    }
    if (packet->time > pump->last || packet->time < pump->last - CLOCK_STEP) {
        pump->last = packet->time;
    }
}

// Records a packet, where that is wanted; false: all that was wanted is.
static bool record(struct pump *pump, const struct tw_packet *packet) {
    if (pump->recorder == NULL) {
        return true;
    }
    tw_recorder_packet(pump->recorder, packet);
    return !tw_recorder_over(pump->recorder);
}

// What the clock brings. Live it goes on where nothing comes. While there is more to read, what has
// not been read may be older than it: then the packets are the clock, as they are of a file.
static void advance(struct pump *pump, bool waits) {
    tw_time now = pump->last;
    if (waits && tw_source_is_live(pump->source)) {
        now = clock_now() - LIVE_LAG;
    } else if (!pump->begun) {
        return;
    }
    tw_tracker_advance(pump->tracker, now);
    if (pump->recorder != NULL) {
        tw_recorder_tick(pump->recorder, now);
    }
}

enum pump_state pump_run(struct pump *pump, int budget_ms, struct tw_error *error) {
    int64_t until = clock_ms() + budget_ms;
    enum pump_state state = PUMP_MORE;
    for (unsigned n = 1; state == PUMP_MORE; n++) {
        struct tw_packet packet;
        switch (tw_source_next(pump->source, &packet, error)) {
        case TW_GOT_PACKET:
            if (record(pump, &packet)) {
                pump_take(pump, &packet);
            } else {
                state = PUMP_END;
            }
            break;
        case TW_GOT_NOTHING: state = PUMP_WAIT; break;
        case TW_GOT_END: state = PUMP_END; break;
        case TW_GOT_FAULT: state = PUMP_FAULT; break;
        }
        if (n % LOOK_EVERY == 0 && clock_ms() >= until) {
            break;
        }
    }
    pump_flush(pump);
    advance(pump, state == PUMP_WAIT);
    bool over = pump->recorder != NULL && tw_recorder_over(pump->recorder);
    return over && state != PUMP_FAULT ? PUMP_END : state;
}
