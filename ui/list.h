// SPDX-License-Identifier: MIT
// The list of connections: which rows there are, in which order, where the cursor is, what is
// marked.
#ifndef UI_LIST_H
#define UI_LIST_H

#include "tcpwalk/story.h"

#include "actions.h"

struct app;

// By what the list is sorted; the key for it goes through them in this order.
enum sort {
    SORT_NUMBER,
    SORT_CLIENT_STATE,
    SORT_SERVER_STATE,
    SORT_OUTCOME,
    SORT_DURATION,
    SORT_SEGMENTS,
    SORT_OCTETS,
    SORT_COUNT
};

enum { SEARCH_MAX = 256 };

struct list {
    size_t cursor, top; // rows
    char filter[SEARCH_MAX];
    enum sort sort;
    bool reverse;
    uint32_t *rows; // connections in order, where it is not just their own
    size_t row_count, row_room;
    size_t scanned;                  // connections that have been looked at
    size_t sorted;                   // rows that are in order
    tw_time sorted_at;               // when that was
    int address_width[TW_END_COUNT]; // of the widest address so far
    bool *marks;                     // of connections
    size_t mark_room, marked;        // and how many of them are set
};

void list_fini(struct list *list);
// Rows of the list, and the connection on one of them.
size_t list_count(const struct app *app);
size_t list_connection(const struct app *app, size_t row);
void list_act(struct app *app, enum action action);
void list_filter(struct app *app, const char *filter); // while it is typed, too
// Goes to the next row that matches, from the cursor on; behind it, if `answered`.
void list_search(struct app *app, const char *text, bool answered);
// Goes to a row: the cursor is on it, and it is seen.
void list_go(struct app *app, size_t row);
void list_tick(struct app *app);
// More connections wait to be looked at.
bool list_busy(const struct app *app);
// Marked connections: whether one is, how many are, and the first from `from` on, SIZE_MAX if none.
bool list_marked(const struct app *app, size_t connection);
size_t list_marked_count(const struct app *app);
size_t list_next_marked(const struct app *app, size_t from);
int list_page(const struct app *app); // rows that are visible

#endif
