// SPDX-License-Identifier: MIT
// The list of connections: which rows there are, in which order, where the cursor is, what is
// marked.
#ifndef UI_LIST_H
#define UI_LIST_H

#include "tcpwalk/story.h"

#include "actions.h"
#include "canvas.h"
#include "query.h"
#include "sorting.h"

struct app;

enum { SEARCH_MAX = QUERY_TEXT_MAX, LIST_FAULT_MAX = 120 };
#define LIST_NONE SIZE_MAX // no connection

// Connections by their index.
struct list_rows {
    uint32_t *at;
    size_t count, room;
};

// Filtering by slices, into rows of its own; what was asked for is shown from a page on.
struct list_filtering {
    bool on;
    bool patient; // nobody asked for it: what has changed is looked at again
    bool shown;   // its rows are those of the list
    bool narrow;  // only what was shown before can match: `source`, once that is not shown
    struct list_rows found, source;
    size_t examined;
};

// Looking for a row by slices.
struct list_searching {
    bool on;
    bool asked;                   // it is being typed; the cursor was on `origin`, a connection
    bool missed;                  // no row has it
    bool back;                    // upwards
    size_t origin, origin_offset; // and so many rows below the first one
    size_t at, left;              // the row to be looked at, how many are
    struct query query;
};

// All connections again and again, a slice at a time: how wide the addresses are, which ends have
// waited for long.
struct list_sweep {
    size_t measured, at;
    uint64_t revision; // of the story, when it began
    bool on;
    tw_time begun, ended;
    uint64_t longs[TW_STATE_COUNT];
};

struct list {
    size_t cursor, top; // rows
    bool follow;        // the cursor stays on the newest connection
    int scrolled;       // columns that are out of sight on the left
    // What was typed; what is wrong with it; and the last that was right.
    char filter[SEARCH_MAX], fault[LIST_FAULT_MAX];
    struct query query;
    char search[SEARCH_MAX], search_fault[LIST_FAULT_MAX];
    enum sort sort; // as asked for
    bool reverse;
    enum sort sorted_by;    // as shown; by number needs no `order`
    struct list_rows order; // of all connections but those that came later
    bool chosen;            // `rows` are shown, not all
    struct list_rows rows;
    size_t examined; // how many of the order have been looked at for them
    // When order and rows were begun: what there was, which moment; when that was, and how long to
    // leave them alone after they were done.
    uint64_t revision;
    tw_time moment, begun, renewed, pause;
    size_t seen; // connections at the last tick
    struct sorting sorting;
    struct list_filtering filtering;
    struct list_searching searching;
    struct list_sweep sweep;
    uint64_t longs[TW_STATE_COUNT];  // ends that have stayed for long, as of the last sweep
    int address_width[TW_END_COUNT]; // of the widest address so far
    uint64_t *marks;                 // a bit a connection
    size_t mark_words, mark_count;
};

void list_fini(struct list *list);
// Rows of the list, and the connection on one of them.
size_t list_count(const struct app *app);
size_t list_connection(const struct app *app, size_t row);
void list_act(struct app *app, enum action action);
// While it is typed, too. What is wrong with it is said at once; the rows stay as they were then.
void list_filter(struct app *app, const char *filter);
// Goes to the next row that matches, from where the cursor was; back there without a text. Once it
// is answered, it is what is looked for.
void list_search(struct app *app, const char *text, bool answered);
// The story has forgotten some: `to` has, for each of the `count` connections that there were,
// which it is now. The cursor was on the connection `at`, LIST_NONE: on none.
void list_forget(struct app *app, const uint32_t *to, size_t count, size_t at);
// Goes to a row: the cursor is on it, and it is seen.
void list_go(struct app *app, size_t row);
// The mouse, on what the list has put there.
void list_click(struct app *app, const struct mouse *mouse, enum target_kind kind, uint32_t value);
void list_tick(struct app *app);
// There is work left for the next tick.
bool list_busy(const struct app *app);
int list_page(const struct app *app); // rows that are visible
// What is being done for the user: per cent, and its name, NULL: nothing is.
const char *list_work(const struct app *app, int *progress);

// Marked connections, by their index.
bool list_marked(const struct app *app, size_t connection);
size_t list_marked_count(const struct app *app);
// The first one that is marked, from `from` on; LIST_NONE: there is none.
size_t list_next_marked(const struct app *app, size_t from);

// What the list tells of a connection, and what the census counts: as all ended, or is now; with a
// moment of the capture, as it was then.
void list_info(const struct app *app, size_t connection, struct tw_connection_info *info);
// Segments, octets and history are counted for the whole only: false where less of it is shown.
bool list_whole(const struct app *app, size_t connection);
void list_census(const struct app *app, uint64_t counts[TW_STATE_COUNT]);
// How long one end has stayed in a state that is to be left soon; 0: no longer than is usual. And
// the longest of both.
tw_time list_long(const struct app *app, const struct tw_connection_info *info, size_t connection,
                  enum tw_end end);
tw_time list_waits(const struct app *app, const struct tw_connection_info *info, size_t connection);
// Whether a connection is what is asked for, as it is shown.
bool list_matches(const struct app *app, const struct query *query, size_t connection);
// The handshake's round trip between both ends, -1 where it was not seen.
tw_time list_rtt(const struct tw_connection_info *info);

#endif
