// SPDX-License-Identifier: MIT
// What a story holds: known to the files that fill it and that read it.
#ifndef TW_ENGINE_STORY_RECORD_H
#define TW_ENGINE_STORY_RECORD_H

#include "tcpwalk/story.h"

// A step in eight octets.
struct packed_step {
    uint64_t packet : 48, state : 4, event : 8, basis : 4;
};
_Static_assert(TW_STATE_COUNT <= 16 && TW_EVENT_COUNT <= 256 && TW_BASIS_COUNT <= 16, "they fit");

// What remains of a connection that the tracker has freed.
struct remains {
    struct tw_connection_info info;
    size_t counts[TW_END_COUNT];
    struct packed_step steps[]; // the client's, then the server's
};

struct tw_story_connection {
    const struct tw_connection *alive; // lent by the tracker; NULL when it is over
    union {
        struct remains *remains; // NULL while it is alive
        struct tw_story_connection *next_unused;
    };
    struct tw_story_connection *next_over; // in the order in which they were over
    struct tw_story_segment *segments;
    struct tw_story_change *changes;
    uint64_t number;
    uint32_t segment_count, segment_room, change_count, change_room;
    uint64_t dropped; // segments;
    uint32_t gap;     // they stood before this one
    // As counted by the census; and that this is to be looked at again.
    uint8_t known : 2, touched : 1, letter_count : 5;
    uint8_t state[TW_END_COUNT];
    uint8_t told;                  // the states that the ends were last told to enter: two nibbles
    uint64_t letters;              // as story_letters.c has them
    tw_time changed[TW_END_COUNT]; // when that was
};
_Static_assert(TW_STATE_COUNT <= 16, "a state fits a nibble");

enum {
    BLOCK_SIZE = 256, // connections are allocated by the block, so that they never move
    TOUCHED_MAX = 1024,
    LATELY = 1024,
};

struct tw_story {
    struct tw_story_connection **order; // by their numbers
    size_t count, order_room;
    struct tw_story_connection **blocks, *unused;
    size_t block_count, block_room;
    struct tw_story_connection *lately[LATELY]; // that were told of last, by their numbers
    uint64_t newest;                            // number of the last connection that was told of
    uint64_t missing;                           // numbers up to that one that have no story
    size_t memory, segment_memory, limit;
    uint64_t told, revision, dropped, connections_dropped, forgotten;
    tw_time now; // the newest segment's
    uint64_t census[TW_STATE_COUNT];
    // Connections told of since they were counted.
    struct tw_story_connection *touched[TOUCHED_MAX];
    size_t touched_count;
    // What can give room: connections that are over and have segments, the oldest first; those that
    // are alive and have many, and where to look for one.
    struct tw_story_connection *over, *last_over;
    size_t over_count; // also of those that have none to give
    size_t large, next;
};

static inline struct tw_story_connection *story_at(const struct tw_story *story, size_t index) {
    return story->order[index];
}

// The letters of what a segment is, and of one that was sent again.
void story_letters_segment(struct tw_story_connection *connection, enum tw_end sender,
                           const struct tw_segment *segment);
void story_letters_again(struct tw_story_connection *connection, enum tw_end sender);

#endif
