// SPDX-License-Identifier: MIT
// The story: what happened, kept for the screen. An observer of the tracker that remembers, per
// connection, its segments and state changes, so that a view can be drawn for any point in time.
#ifndef TCPWALK_STORY_H
#define TCPWALK_STORY_H

#include "tcpwalk/tracker.h"

// One segment, in 40 octets. Numbers are as on the wire; tw_connection_info's initial_seq and
// scale make them relative, which may be learnt later than the segment.
struct tw_story_segment {
    tw_time time; // when it passed the tap
    uint64_t packet;
    uint32_t seq, ack;
    uint32_t length;
    uint16_t window;
    uint16_t flags;    // enum tw_flag
    uint16_t findings; // bit set of enum tw_finding_kind
    uint8_t sender;    // enum tw_end
};

_Static_assert(TW_FINDING_COUNT <= 16, "tw_story_segment.findings holds them all");

enum { TW_STORY_TAIL = 4 };

// One state change, or one that was taken back, in the order in which the tracker told them.
struct tw_story_change {
    tw_time time;
    uint64_t packet, decided_by;
    bool corrects; // which of the two below
    uint8_t end;   // enum tw_end
    union {
        struct {
            uint8_t from, to, through; // enum tw_state
            uint8_t event, basis;
            bool passes; // by way of `through`
        };
        // Steps taken back and put in their place; the first TW_STORY_TAIL of each are kept.
        struct {
            uint8_t was_count, now_count;
            uint8_t was[TW_STORY_TAIL], now[TW_STORY_TAIL]; // enum tw_state
        };
    };
    union {
        const struct tw_cell *cell;
        const char *why; // of a correction
    };
};

// At most so many of a connection are kept; of more, those in the middle go.
enum { TW_STORY_SEGMENTS_MAX = 1 << 19 };

struct tw_story;
struct tw_story_connection;

struct tw_story *tw_story_new(void) TW_CHECKED; // NULL when out of memory
void tw_story_free(struct tw_story *story);
// The observer that fills the story; give it to tw_tracker_new. Connections that are alive are
// read through the tracker, so it must outlive the story's last reader.
struct tw_observer tw_story_observer(struct tw_story *story);

size_t tw_story_count(const struct tw_story *story); // connections
// By index, in order of first sight. Lent until it is forgotten or the story is freed.
const struct tw_story_connection *tw_story_at(const struct tw_story *story, size_t index);
// The connection as it is now (at its end, when it is over).
void tw_story_info(const struct tw_story_connection *connection, struct tw_connection_info *info);
// The steps that one end took, corrections applied; as tw_connection_history.
size_t tw_story_history(const struct tw_story_connection *connection, enum tw_end end,
                        struct tw_step *steps, size_t room);
// In the order of the capture, and as told. Lent until more is told.
const struct tw_story_segment *tw_story_segments(const struct tw_story_connection *connection,
                                                 size_t *count);
// Those of the connection that were not kept, or not any more. They stood before the segment `gap`
// of those above; where that is their count, behind the last one.
size_t tw_story_segments_dropped(const struct tw_story_connection *connection, size_t *gap);
const struct tw_story_change *tw_story_changes(const struct tw_story_connection *connection,
                                               size_t *count);

// What was seen of the connection, a letter each, in the order in which each was first seen, as
// Zeek's history has them: S SYN, H SYN,ACK, A pure ACK, D data, F FIN, R RST, W zero window,
// T sent again; the client's in upper case, the server's in lower case. Returns `text`.
enum { TW_STORY_LETTERS = 17 };
const char *tw_story_letters(const struct tw_story_connection *connection,
                             char text[TW_STORY_LETTERS]);
// Since when one end is in the state that it is in, by the connection's info; TW_NO_TIME where that
// is not known.
tw_time tw_story_since(const struct tw_story_connection *connection,
                       const struct tw_connection_info *info, enum tw_end end);

// Flight time between the tap and one end: half the handshake's round trip; 0 where not known.
tw_time tw_story_flight(const struct tw_connection_info *info, enum tw_end end);
// Ends of all connections by their state as tw_story_info says it. Ends of which nothing is known
// are not counted.
void tw_story_census(const struct tw_story *story, uint64_t counts[TW_STATE_COUNT]);
uint64_t tw_story_told(const struct tw_story *story); // segments, kept or not
// The clock of the capture: the newest segment's time; TW_NO_TIME before the first one.
tw_time tw_story_now(const struct tw_story *story);
// Grows with whatever is told: where it stands still, so does the picture.
uint64_t tw_story_revision(const struct tw_story *story);

// Octets held, and the most that may be held. Where there is no room, connections that are over
// lose their segments, the oldest first; then those that are alive and have many lose half of them;
// then one has only what is in its room. What is lost there stood in the middle: how a connection
// began is kept, and what happened last. State changes are dropped only where connections are. What
// is dropped for lack of room is counted. 0: the default, 1 GiB.
size_t tw_story_memory(const struct tw_story *story);
void tw_story_limit(struct tw_story *story, size_t octets);
uint64_t tw_story_dropped(const struct tw_story *story);
uint64_t tw_story_connections_dropped(const struct tw_story *story);
// How many connections of those that are there are over, and whether one is.
size_t tw_story_over(const struct tw_story *story);
bool tw_story_is_over(const struct tw_story_connection *connection);
// Whether there will soon be no room for another connection.
bool tw_story_is_full(const struct tw_story *story);
// Makes room by forgetting connections that are over, the oldest first, but for those of which
// `keep` says so; nothing where it is not full. Those that are left move up: `to` has room for as
// many as there are, and is given for each index the one that it is now; TW_STORY_FORGOTTEN: none.
// Returns how many are forgotten.
#define TW_STORY_FORGOTTEN UINT32_MAX
size_t tw_story_forget(struct tw_story *story, bool (*keep)(void *context, size_t index),
                       void *context, uint32_t *to);
uint64_t tw_story_forgotten(const struct tw_story *story); // connections so far

#endif
