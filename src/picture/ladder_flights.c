// SPDX-License-Identifier: MIT
// When each segment left and landed: as a witness says, else as the handshake's round trips and the
// acknowledgements have it.
#include "ladder.h"

// What a segment acknowledges had landed before it left; where the flight times of the handshake
// contradict that, the time between both is halved. `oldest` is the first one that is not yet
// acknowledged.
static void acknowledge(struct layout *l, size_t index, size_t *oldest) {
    const struct tw_story_segment *s = &l->segments[index];
    struct flight *flight = &l->flights[index];
    for (; *oldest < index; (*oldest)++) {
        const struct tw_story_segment *x = &l->segments[*oldest];
        struct flight *flown = &l->flights[*oldest];
        if (x->sender == s->sender)
            continue;
        uint32_t end = x->seq + x->length + ((x->flags & (TW_SYN | TW_FIN)) != 0);
        if (tw_seq_lt(s->ack, end))
            return;
        if (end == x->seq || flown->known || flown->lands <= flight->leaves || s->time < x->time)
            continue;
        flown->lands = x->time + (s->time - x->time) / 2;
        if (flight->leaves < flown->lands)
            flight->leaves = flown->lands;
    }
}

// The true times of a segment, where they are known. One that was injected leaves at the tap.
static bool witnessed(const struct layout *l, const struct tw_story_segment *s,
                      struct flight *flight) {
    const struct tw_witness *witness = l->witness;
    if (witness == NULL || s->packet == 0 || s->packet > witness->flight_count)
        return false;
    const struct tw_witness_flight *true_times = &witness->flights[s->packet - 1];
    flight->known = true;
    flight->lost = true_times->landed == TW_NO_TIME;
    flight->leaves = true_times->left != TW_NO_TIME ? true_times->left : s->time;
    if (!flight->lost)
        flight->lands = true_times->landed;
    if (flight->lands < flight->leaves)
        flight->lands = flight->leaves;
    return true;
}

void ladder_place_flights(struct layout *l) {
    const struct tw_connection_info *info = &l->ladder->info;
    tw_time trip[TW_END_COUNT] = {tw_story_flight(info, TW_CLIENT),
                                  tw_story_flight(info, TW_SERVER)};
    size_t oldest[TW_END_COUNT] = {0, 0};
    tw_time left[TW_END_COUNT] = {INT64_MIN, INT64_MIN}; // when an end's latest segment did
    for (size_t i = 0; i < l->count; i++) {
        const struct tw_story_segment *s = &l->segments[i];
        enum tw_end from = (enum tw_end)s->sender, to = tw_other(from);
        struct flight *flight = &l->flights[i];
        *flight = (struct flight){.leaves = s->time - trip[from], .lands = s->time + trip[to]};
        if (witnessed(l, s, flight)) {
            left[from] = flight->leaves;
            continue;
        }
        // What passed the tap later had left later; it may only have flown faster.
        if (flight->leaves < left[from])
            flight->leaves = left[from] < s->time ? left[from] : s->time;
        if (s->flags & TW_ACK)
            acknowledge(l, i, &oldest[to]);
        left[from] = flight->leaves;
    }
}
