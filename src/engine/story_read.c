// SPDX-License-Identifier: MIT
// What readers ask of a story: of a connection that is alive the tracker knows it, of one that is
// over its remains do.
#include "story_record.h"

size_t tw_story_count(const struct tw_story *story) {
    return story->count;
}

const struct tw_story_connection *tw_story_at(const struct tw_story *story, size_t index) {
    return story_at(story, index);
}

void tw_story_info(const struct tw_story_connection *connection, struct tw_connection_info *info) {
    if (connection->alive != NULL)
        tw_connection_read(connection->alive, info);
    else if (connection->remains != NULL)
        *info = connection->remains->info;
    else // there was no memory for its remains
        *info = (struct tw_connection_info){.outcome = TW_OUTCOME_UNKNOWN,
                                            .syn_to_synack = TW_NO_TIME,
                                            .synack_to_ack = TW_NO_TIME,
                                            .closed = TW_NO_TIME};
}

size_t tw_story_history(const struct tw_story_connection *connection, enum tw_end end,
                        struct tw_step *steps, size_t room) {
    if (connection->alive != NULL)
        return tw_connection_history(connection->alive, end, steps, room);
    const struct remains *remains = connection->remains;
    if (remains == NULL)
        return 0;
    const struct packed_step *from =
        remains->steps + (end == TW_SERVER ? remains->counts[TW_CLIENT] : 0);
    size_t count = remains->counts[end];
    for (size_t i = 0; i < count && i < room; i++)
        steps[i] = (struct tw_step){
            .packet = from[i].packet,
            .state = (enum tw_state)from[i].state,
            .event = (enum tw_event)from[i].event,
            .basis = (enum tw_basis)from[i].basis,
        };
    return count;
}

const struct tw_story_segment *tw_story_segments(const struct tw_story_connection *connection,
                                                 size_t *count) {
    *count = connection->segment_count;
    return connection->segments;
}

size_t tw_story_segments_dropped(const struct tw_story_connection *connection, size_t *gap) {
    *gap = connection->dropped > 0 ? connection->gap : connection->segment_count;
    return connection->dropped;
}

const struct tw_story_change *tw_story_changes(const struct tw_story_connection *connection,
                                               size_t *count) {
    *count = connection->change_count;
    return connection->changes;
}

// What a history says may be ahead of what was told by a flight; then it is of now.
tw_time tw_story_since(const struct tw_story_connection *connection,
                       const struct tw_connection_info *info, enum tw_end end) {
    const struct tw_end_info *e = &info->end[end];
    if (e->step_count == 0 || info->evicted)
        return TW_NO_TIME;
    return e->state == (connection->told >> 4 * end & 15U) ? connection->changed[end] : info->last;
}

tw_time tw_story_flight(const struct tw_connection_info *info, enum tw_end end) {
    tw_time round_trip = end == TW_CLIENT ? info->synack_to_ack : info->syn_to_synack;
    return round_trip == TW_NO_TIME || round_trip < 0 ? 0 : round_trip / 2;
}

uint64_t tw_story_forgotten(const struct tw_story *story) {
    return story->forgotten;
}

uint64_t tw_story_told(const struct tw_story *story) {
    return story->told;
}

tw_time tw_story_now(const struct tw_story *story) {
    return story->now;
}

uint64_t tw_story_revision(const struct tw_story *story) {
    return story->revision;
}

size_t tw_story_memory(const struct tw_story *story) {
    return story->memory;
}

uint64_t tw_story_dropped(const struct tw_story *story) {
    return story->dropped;
}

uint64_t tw_story_connections_dropped(const struct tw_story *story) {
    return story->connections_dropped;
}
