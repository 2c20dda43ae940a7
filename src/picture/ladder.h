// SPDX-License-Identifier: MIT
// What the parts of the ladder's layout share while it is built.
#ifndef PICTURE_LADDER_H
#define PICTURE_LADDER_H

#include "tcpwalk/picture.h"

// When a segment left its sender and landed, by the clock of the ends.
struct flight {
    tw_time leaves, lands;
    bool known;  // a witness said so
    bool lost;   // it would have landed at `lands`
    bool turns;  // an end changes its state when it leaves or lands;
    bool turned; // the receiver does, on a row of its own
};

// What becomes a row.
struct moment {
    tw_time time;
    int64_t order; // of what happens at the same time: a segment's index; -1: before all
    uint32_t segment;
    union {
        uint32_t call;
        uint32_t run;
    };
    int16_t step; // of a change, and of the call that is one
    uint8_t kind; // enum tw_row_kind
    uint8_t end;  // of a call
    bool blocks;  // a call that does not return at once
};

struct layout {
    struct tw_ladder *ladder;
    const struct tw_witness *witness; // or NULL
    const struct tw_story_segment *segments;
    size_t count; // of segments
    struct flight *flights;
    int16_t *sent_step; // per segment: the step its sender takes by it
    struct moment *moments;
    size_t moment_count;
    size_t run_room;
    bool mixes; // runs of both ends' data
};

int ladder_compare(const struct moment *a, const struct moment *b);
// Finds the runs, between `moments`, which are in order.
bool ladder_fold(struct layout *l, const struct tw_ladder_options *options) TW_CHECKED;

void ladder_place_flights(struct layout *l);
// The first segment whose packet number is not below `packet`; their count: there is none.
size_t ladder_first_from(const struct layout *l, uint64_t packet);
void ladder_add_steps(struct layout *l, enum tw_end end);
// With a witness: behind the steps, its calls; in order of time, those that return at once become
// one; and when all rows stand, the kernels' states.
void ladder_add_calls(struct layout *l);
void ladder_join_calls(struct layout *l);
void ladder_add_words(struct layout *l, enum tw_end end);
// The first row that is not before `time`, from `row` on.
size_t ladder_row_at(const struct tw_ladder *ladder, size_t row, tw_time time);

#endif
