// SPDX-License-Identifier: MIT
// The story: what happened, kept for the screen. An observer of the tracker that remembers, per
// connection, its segments and state changes, so that a view can be drawn for any point in time.
#ifndef TCPWALK_STORY_H
#define TCPWALK_STORY_H

#include "tcpwalk/tracker.h"

// One segment as the ladder shows it.
struct tw_story_segment {
    tw_time time;          // when it passed the tap
    uint64_t packet;
    uint32_t seq, ack;     // relative
    uint32_t length;
    uint32_t window;       // scaled where the scale is known
    uint16_t flags;        // enum tw_flag
    uint8_t sender;        // enum tw_end
    uint8_t findings;      // bit set of the first eight enum tw_finding_kind
};

// One event of a connection, in the order in which the tracker told them.
enum tw_story_kind { TW_STORY_SEGMENT, TW_STORY_TRANSITION, TW_STORY_CORRECTION };
struct tw_story_event {
    enum tw_story_kind kind;
    tw_time time;
    union {
        struct tw_story_segment segment;
        struct tw_transition transition;
        // Steps of `end` taken back (was) and put in their place (now), at most four of each.
        struct {
            enum tw_end end;
            uint8_t was_count, now_count;
            uint8_t was[4], now[4]; // enum tw_state
            uint64_t packet;
            const char *why;
        } correction;
    };
};

struct tw_story;
struct tw_story_connection;

struct tw_story *tw_story_new(void) TW_CHECKED; // NULL when out of memory
void tw_story_free(struct tw_story *story);
// The observer that fills the story; give it to tw_tracker_new.
struct tw_observer tw_story_observer(struct tw_story *story);
// The tracker that feeds the story, so that connections still alive can be read. Lent.
void tw_story_attach(struct tw_story *story, const struct tw_tracker *tracker);

size_t tw_story_count(const struct tw_story *story); // connections
// By index, in order of first sight. Lent until the story is freed; grows as more is told.
const struct tw_story_connection *tw_story_at(const struct tw_story *story, size_t index);
// The connection as it is now (at its end, when it is over).
const struct tw_connection_info *tw_story_info(const struct tw_story_connection *connection);
size_t tw_story_events(const struct tw_story_connection *connection);
const struct tw_story_event *tw_story_event(const struct tw_story_connection *connection,
                                            size_t index);
// Flight time between the tap and one end: half the handshake's round trip; 0 where not known.
tw_time tw_story_flight(const struct tw_story_connection *connection, enum tw_end end);
// Octets held, and segments not kept because of `tw_story_limit`.
size_t tw_story_memory(const struct tw_story *story);
void tw_story_limit(struct tw_story *story, size_t octets);
uint64_t tw_story_dropped(const struct tw_story *story);

#endif
