// SPDX-License-Identifier: MIT
// All state changes of all connections in order of time, so that any moment of the whole capture
// can be shown: which connections there were, each end's state, how many ends were in each state.
#ifndef UI_CHANGES_H
#define UI_CHANGES_H

#include "tcpwalk/story.h"
#include "tcpwalk/witness.h"

struct changes;

// One of them: at `time` this end of the connection enters `to`, by way of `through` if it passes.
struct change {
    tw_time time;
    size_t connection;
    enum tw_end end;
    enum tw_state to, through;
    bool passes;
};

enum changes_status { CHANGES_MORE, CHANGES_ALL, CHANGES_TOO_MANY };

// For the connections that there are now, in at most so many octets for the changes. NULL: out of
// memory.
struct changes *changes_new(const struct tw_story *story, const struct tw_witness *witness,
                            size_t octets) TW_CHECKED;
void changes_free(struct changes *changes);
// Looks at some more connections, by about that many segments and changes.
enum changes_status changes_look(struct changes *changes, size_t work) TW_CHECKED;
int changes_progress(const struct changes *changes); // percent

// What follows is for when all have been looked at.
uint64_t changes_revision(const struct changes *changes); // of the story, when they began
size_t changes_count(const struct changes *changes);
tw_time changes_begin(const struct changes *changes); // of the first connection
tw_time changes_end(const struct changes *changes);   // of the last change, or the last segment
// How many there are up to `time`, that one included; and one of them, by this number.
size_t changes_by(const struct changes *changes, tw_time time);
tw_time changes_time(const struct changes *changes,
                     size_t at); // of the last one for what is behind
struct change changes_at(const struct changes *changes, size_t at);
// The first one from `at` on that is into one of the states, or through it; `end`: none before that
// one is.
size_t changes_find(const struct changes *changes, size_t at, size_t end,
                    const bool states[TW_STATE_COUNT]);
// How many connections have begun by `time`: those, as they come in order of first sight.
size_t changes_begun(const struct changes *changes, tw_time time);
tw_time changes_begun_at(const struct changes *changes, size_t connection);
// The state of an end at `time`; `known`: it had one.
enum tw_state changes_state(const struct changes *changes, size_t connection, enum tw_end end,
                            tw_time time, bool *known);
// The states that the end has been in by then, a bit each.
uint32_t changes_been(const struct changes *changes, size_t connection, enum tw_end end,
                      tw_time time);
// How many ends are in each state behind the first `count` changes.
void changes_census(const struct changes *changes, size_t count, uint64_t counts[TW_STATE_COUNT]);

#endif
