// SPDX-License-Identifier: MIT
// The start screen's rows, its cursor, filter and search, and what is chosen.
#include "app.h"

#include "views/views.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const tw_time refresh_pause = TW_SECOND;

// --- Rows

int start_below(const struct app *app) {
    enum { TALL = 20, NARROW = 60 };
    if (app->width >= START_BESIDE)
        return 0;
    return app->height >= TALL ? 4 : app->width < NARROW ? 3 : 2;
}

int start_page(const struct app *app) {
    enum { KEYS = 1, RULED = 14 };
    int rule = start_below(app) > 0 && app->height >= RULED;
    int rows = app->height - START_HEAD - KEYS - rule - start_below(app);
    return rows > 1 ? rows : 1;
}

size_t start_group_count(const struct start *start, enum ui_start_group group) {
    for (size_t i = 0; i < start->row_count; i++)
        if (start->rows[i].kind == START_HEADING && start->rows[i].group == group)
            return start->rows[i].item;
    return 0;
}

// Whether what is told of the item has all words of `text`, in any case.
static bool has_words(const struct ui_start_item *item, const char *text) {
    char word[UI_START_FILTER];
    for (text += strspn(text, " "); *text != '\0'; text += strspn(text, " ")) {
        size_t length = strcspn(text, " ");
        snprintf(word, sizeof word, "%.*s", (int)length, text);
        if (strcasestr(item->name, word) == NULL && strcasestr(item->title, word) == NULL &&
            strcasestr(item->detail, word) == NULL)
            return false;
        text += length;
    }
    return true;
}

static void add_row(struct start *start, struct start_row row) {
    start->rows[start->row_count++] = row;
}

// One group's rows. While there is a filter, a group without a match is left out.
static void add_group(struct start *start, enum ui_start_group group) {
    const struct ui_start *hooks = start->hooks;
    size_t heading = start->row_count, count = 0;
    add_row(start, (struct start_row){START_HEADING, group, 0});
    for (size_t i = 0; i < hooks->count; i++)
        if (hooks->items[i].group == group && has_words(&hooks->items[i], start->filter)) {
            add_row(start, (struct start_row){START_ITEM, group, i});
            count++;
        }
    start->rows[heading].item = count;
    if (count > 0)
        return;
    if (start->filter[0] == '\0' && hooks->why_empty[group] != NULL)
        add_row(start, (struct start_row){START_EMPTY, group, UI_NOTHING});
    else
        start->row_count = heading;
}

// The nearest row of an item from `row` on, in one direction; or `row_count`.
static size_t item_row(const struct start *start, size_t row, bool down) {
    while (row < start->row_count && start->rows[row].kind != START_ITEM)
        row += down ? 1 : (size_t)-1;
    return row < start->row_count ? row : start->row_count;
}

static size_t cursor_at(const struct start *start) {
    for (size_t i = 0; i < start->row_count && start->cursor != UI_NOTHING; i++)
        if (start->rows[i].kind == START_ITEM && start->rows[i].item == start->cursor)
            return i;
    return start->row_count;
}

// Keeps the cursor on a row and the row on the screen, with what stands around it: the heading
// above a group's first item, and what follows the last one.
static void clamp(struct app *app) {
    struct start *start = &app->start;
    size_t page = (size_t)start_page(app), row = cursor_at(start);
    if (row == start->row_count)
        row = item_row(start, 0, true);
    if (row == start->row_count) {
        start->cursor = UI_NOTHING;
        start->top = 0;
        return;
    }
    start->cursor = start->rows[row].item;
    size_t first = row, last = row;
    while (first > 0 && start->rows[first - 1].kind != START_ITEM)
        first--;
    if (item_row(start, row + 1, true) == start->row_count)
        last = start->row_count - 1;
    if (last >= start->top + page)
        start->top = last - page + 1;
    if (start->top > first)
        start->top = first;
    if (row >= start->top + page)
        start->top = row - page + 1;
    if (start->top + page > start->row_count)
        start->top = start->row_count > page ? start->row_count - page : 0;
}

static void build(struct app *app) {
    struct start *start = &app->start;
    start->row_count = 0;
    for (int group = 0; start->rows != NULL && group < UI_START_GROUP_COUNT; group++)
        add_group(start, (enum ui_start_group)group);
    clamp(app);
}

// Room for all rows that there may be; NULL: nothing is shown.
static struct start_row *rows_for(const struct ui_start *hooks) {
    enum { OTHERS = 2 * UI_START_GROUP_COUNT }; // headings, and why a group is empty
    return calloc(hooks->count + OTHERS, sizeof(struct start_row));
}

void start_init(struct app *app, const struct ui_start *hooks) {
    struct start *start = &app->start;
    *start = (struct start){.hooks = hooks, .cursor = UI_NOTHING, .refreshed = TW_NO_TIME};
    if (hooks == NULL)
        return;
    start->rows = rows_for(hooks);
    start->cursor = hooks->place.cursor;
    start->top = hooks->place.top;
    snprintf(start->filter, sizeof start->filter, "%s", hooks->place.filter);
    build(app);
}

void start_fini(struct start *start) {
    free(start->rows);
}

void start_retell(struct app *app) {
    struct start *start = &app->start;
    if (start->hooks->retell == NULL)
        return;
    start->cursor = start->hooks->retell(start->hooks->context, start->cursor);
    free(start->rows); // there may be more items now
    start->rows = rows_for(start->hooks);
    start->refreshed = TW_NO_TIME;
    build(app);
}

// --- Keys

static void go_to_row(struct app *app, size_t row) {
    struct start *start = &app->start;
    if (row < start->row_count)
        start->cursor = start->rows[row].item;
    clamp(app);
}

// By that many rows, or as far as there are items.
static void move(struct app *app, size_t by, bool down) {
    struct start *start = &app->start;
    size_t row = cursor_at(start), last = start->row_count - 1;
    if (row > last)
        return;
    size_t wanted = down ? (by < last - row ? row + by : last) : (by < row ? row - by : 0);
    size_t to = item_row(start, wanted, down);
    if (to == start->row_count)
        to = item_row(start, wanted, !down);
    go_to_row(app, to);
}

// To the first item of a group, which then begins at the top.
static void go_to_group(struct app *app, enum ui_start_group group) {
    struct start *start = &app->start;
    for (size_t i = 0; i < start->row_count; i++)
        if (start->rows[i].kind == START_ITEM && start->rows[i].group == group) {
            start->top = i - 1;
            go_to_row(app, i);
            return;
        }
}

// The next group that has items, round and round.
static void next_group(struct app *app, int by) {
    const struct start *start = &app->start;
    size_t row = cursor_at(start);
    if (row == start->row_count)
        return;
    int group = (int)start->rows[row].group;
    do
        group = (group + by + UI_START_GROUP_COUNT) % UI_START_GROUP_COUNT;
    while (start_group_count(start, (enum ui_start_group)group) == 0);
    go_to_group(app, (enum ui_start_group)group);
}

// The next row from `row` on that has what is searched for, round and round; or `row_count`.
static size_t find(const struct start *start, size_t row, bool down) {
    for (size_t i = 0; i < start->row_count; i++) {
        if (start->rows[row].kind == START_ITEM &&
            has_words(&start->hooks->items[start->rows[row].item], start->search))
            return row;
        row = (row + (down ? 1 : start->row_count - 1)) % start->row_count;
    }
    return start->row_count;
}

static void find_again(struct app *app, bool down) {
    struct start *start = &app->start;
    size_t row = cursor_at(start), count = start->row_count;
    if (start->search[0] == '\0' || row == count) {
        app_say(app, "%s", _("nothing to search for yet: / asks for it"));
        return;
    }
    size_t to = find(start, (row + (down ? 1 : count - 1)) % count, down);
    if (to == count)
        app_say(app, _("nothing here has \"%s\""), start->search);
    go_to_row(app, to);
}

void start_act(struct app *app, enum action action) {
    struct start *start = &app->start;
    size_t page = (size_t)start_page(app);
    switch (action) {
    case ACTION_UP: move(app, 1, false); break;
    case ACTION_DOWN: move(app, 1, true); break;
    case ACTION_PAGE_UP: move(app, page, false); break;
    case ACTION_PAGE_DOWN: move(app, page, true); break;
    case ACTION_FIRST: move(app, start->row_count, false); break;
    case ACTION_LAST: move(app, start->row_count, true); break;
    case ACTION_START_NEXT: next_group(app, 1); break;
    case ACTION_START_PREVIOUS: next_group(app, -1); break;
    case ACTION_FIND_NEXT: find_again(app, true); break;
    case ACTION_FIND_PREVIOUS: find_again(app, false); break;
    case ACTION_ALL_ROWS: start_filter(app, ""); break;
    case ACTION_OPEN: start->chosen = app->quit = start->cursor != UI_NOTHING; break;
    default: clamp(app); break;
    }
}

void start_filter(struct app *app, const char *filter) {
    struct start *start = &app->start;
    if (strcmp(start->filter, filter) == 0)
        return;
    snprintf(start->filter, sizeof start->filter, "%s", filter);
    app->changed = true;
    build(app);
}

void start_search(struct app *app, const char *text) {
    struct start *start = &app->start;
    bool over = app->prompt.question == ASK_NOTHING;
    if (!start->searching)
        start->origin = cursor_at(start);
    start->searching = !over;
    snprintf(start->search, sizeof start->search, "%s", text);
    if (start->origin == start->row_count)
        return;
    size_t to = text[0] == '\0' ? start->origin : find(start, start->origin, true);
    if (to == start->row_count && over)
        app_say(app, _("nothing here has \"%s\""), text);
    go_to_row(app, to == start->row_count ? start->origin : to);
    app->changed = true;
}

void start_click(struct app *app, const struct mouse *mouse, uint32_t row) {
    enum { WHEEL_ROWS = 3 };
    struct start *start = &app->start;
    app->changed = true;
    if (mouse->kind == MOUSE_WHEEL_UP || mouse->kind == MOUSE_WHEEL_DOWN) {
        move(app, WHEEL_ROWS, mouse->kind == MOUSE_WHEEL_DOWN);
    } else if (row >= START_GROUP) {
        go_to_group(app, (enum ui_start_group)(row - START_GROUP));
    } else if (row < start->hooks->count) {
        start->cursor = row;
        clamp(app);
        if (mouse->kind == MOUSE_DOUBLE)
            start_act(app, ACTION_OPEN);
    }
}

// --- The clock

// Something whose activity is told is on the screen.
static bool shows_activity(const struct app *app) {
    const struct start *start = &app->start;
    size_t page = (size_t)start_page(app);
    for (size_t i = start->top; i < start->row_count && i < start->top + page; i++)
        if (start->rows[i].kind == START_ITEM &&
            start->hooks->items[start->rows[i].item].activity != NULL)
            return app->view == VIEW_START;
    return false;
}

tw_time start_due(const struct app *app) {
    const struct start *start = &app->start;
    if (start->hooks == NULL || !shows_activity(app))
        return TW_NO_TIME;
    return start->refreshed == TW_NO_TIME ? app->now : start->refreshed + refresh_pause;
}

void start_tick(struct app *app) {
    tw_time due = start_due(app);
    if (due == TW_NO_TIME || app->now < due)
        return;
    app->start.refreshed = app->now;
    if (app->start.hooks->refresh(app->start.hooks->context))
        app->changed = true;
}
