// SPDX-License-Identifier: MIT
// The start screen: what there is to open, as one list with a heading for each group.
#ifndef UI_START_H
#define UI_START_H

#include "ui.h"

#include "actions.h"

struct app;

// A row of the list. Only items can be under the cursor.
enum start_row_kind { START_HEADING, START_ITEM, START_EMPTY };
struct start_row {
    enum start_row_kind kind;
    enum ui_start_group group;
    size_t item; // or, of a heading, how many items are below it
};

struct start {
    const struct ui_start *hooks; // NULL: there is none
    size_t cursor;                // item, or UI_NOTHING
    size_t top;                   // row
    char filter[UI_START_FILTER], search[UI_START_FILTER];
    struct start_row *rows;
    size_t row_count;
    bool searching;    // something to go to is being typed,
    size_t origin;     // and this is where the cursor was before
    tw_time refreshed; // when the interfaces were looked at last
    bool chosen;       // the item at the cursor is to be opened
};

enum {
    START_HEAD = 2,        // rows above the list
    START_BESIDE = 100,    // from this width on what is told of an item stands beside the list
    START_GROUP = 1 << 20, // a TARGET_ROW that only goes to a group is this and the group,
};                         // any other one an item

void start_init(struct app *app, const struct ui_start *hooks);
void start_fini(struct start *start);
void start_act(struct app *app, enum action action);
// What is shown has all words of the filter; while it is typed, too.
void start_filter(struct app *app, const char *filter);
// Goes to the next item that has this, from where the cursor was when the typing began.
void start_search(struct app *app, const char *text);
// A click on, or the wheel over, the row that a TARGET_ROW has named.
void start_click(struct app *app, const struct mouse *mouse, uint32_t row);
// The language is another one.
void start_retell(struct app *app);
void start_tick(struct app *app);
// When there is to be a tick although nothing happens; TW_NO_TIME: never.
tw_time start_due(const struct app *app);

// How the view is divided: rows of the list; rows below it for the item, 0 where they stand beside.
int start_page(const struct app *app);
int start_below(const struct app *app);
// The items of a group that are shown.
size_t start_group_count(const struct start *start, enum ui_start_group group);

#endif
