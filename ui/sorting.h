// SPDX-License-Identifier: MIT
// Sorts a list by slices: keys, short runs, then merges of twice as many each time. Equal ones stay
// in the order of their numbers, also where the greatest comes first.
#ifndef UI_SORTING_H
#define UI_SORTING_H

#include "tcpwalk/story.h"

#include "slice.h"

struct app;

// Compared from left to right.
struct sort_key {
    uint64_t high, low;
    uint32_t rest;
    uint32_t connection;
};

// By what a list is sorted; the key for it goes through them in this order, that of the columns.
enum sort {
    SORT_NUMBER,
    SORT_CLIENT,
    SORT_CLIENT_STATE,
    SORT_SERVER,
    SORT_SERVER_STATE,
    SORT_OUTCOME,
    SORT_DURATION,
    SORT_SEGMENTS,
    SORT_OCTETS,
    SORT_RTT,
    SORT_LETTERS,
    SORT_WAITS,
    SORT_OPENED,
    SORT_COUNT
};

struct sorting {
    bool on;
    bool patient; // nobody asked for it: what has changed is put in order
    enum sort by;
    bool reverse; // the greatest first
    struct sort_key *from, *to;
    uint32_t *order; // the result
    size_t count;
    size_t keyed, run; // how many have their key, stand in a sorted run
    size_t width;      // of the runs that are merged
    size_t merged, left, left_end, right, right_end; // of this pass
    size_t taken;                                    // of the result
    size_t done, total;                              // for the progress
};

// What the connection is sorted by.
struct sort_key sort_key_of(const struct app *app, size_t connection, enum sort by);
// Of the first `count` connections; false: there is no memory for it.
bool sorting_begin(struct sorting *sorting, enum sort by, bool reverse, size_t count,
                   bool patient) TW_CHECKED;
// True once `order` is ready; it is the caller's then.
bool sorting_work(const struct app *app, struct sorting *sorting, struct slice *slice) TW_CHECKED;
void sorting_stop(struct sorting *sorting);

#endif
