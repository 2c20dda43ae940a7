// SPDX-License-Identifier: MIT
// The order is of all connections; the rows are those of it that match. Without a query and by
// number neither needs any memory. What connections have become meanwhile is looked at again
// patiently: the more work that is, the less often.
#include "list_rows.h"

#include "app.h"

#include <stdlib.h>

static const tw_time while_reading = TW_SECOND; // rows stay at least so long where they are
enum { REST = 3 };                              // times as long as the work took

static bool add(struct list_rows *rows, uint32_t connection) {
    if (rows->count == rows->room) {
        size_t room = rows->room == 0 ? 256 : rows->room * 2;
        uint32_t *at = realloc(rows->at, room * sizeof *at);
        if (at == NULL)
            return false;
        rows->at = at;
        rows->room = room;
    }
    rows->at[rows->count++] = connection;
    return true;
}

static void drop(struct list_rows *rows) {
    free(rows->at);
    *rows = (struct list_rows){.at = NULL};
}

void list_rows_fini(struct list *list) {
    drop(&list->order);
    drop(&list->rows);
    drop(&list->filtering.found);
    drop(&list->filtering.source);
    sorting_stop(&list->sorting);
}

// The connections in their order; behind it those that came later.
static uint32_t in_order(const struct list *list, size_t i) {
    return i < list->order.count ? list->order.at[i] : (uint32_t)i;
}

bool list_rows_flipped(const struct list *list) {
    return list->reverse && list->sorted_by == SORT_NUMBER;
}

// At a moment only connections that had begun have a row: of those in their own order the first
// ones.
static size_t begun_by_then(const struct app *app) {
    const struct list *list = &app->list;
    const size_t visible = moment_visible(app);
    size_t low = 0, high = list->rows.count;
    if (!list->chosen)
        return list->sorted_by == SORT_NUMBER ? visible : tw_story_count(app->story);
    while (low < high && list->sorted_by == SORT_NUMBER) {
        const size_t middle = low + (high - low) / 2;
        if (list->rows.at[middle] < visible)
            low = middle + 1;
        else
            high = middle;
    }
    return high;
}

size_t list_rows_count(const struct app *app) {
    if (app->moment.set)
        return begun_by_then(app);
    return app->list.chosen ? app->list.rows.count : tw_story_count(app->story);
}

size_t list_rows_connection(const struct app *app, size_t row) {
    const struct list *list = &app->list;
    if (list_rows_flipped(list))
        row = list_rows_count(app) - 1 - row;
    return list->chosen ? list->rows.at[row] : in_order(list, row);
}

size_t list_rows_of(const struct app *app, size_t connection) {
    const struct list *list = &app->list;
    const struct list_rows *rows = list->chosen ? &list->rows : &list->order;
    size_t count = list_rows_count(app), i = 0;
    while (i < rows->count && rows->at[i] != connection)
        i++;
    if (i == rows->count) {
        if (list->chosen || connection >= count)
            return count;
        i = connection;
    }
    return list_rows_flipped(list) ? count - 1 - i : i;
}

// The rows are others now. Who asked for that begins at the top; else the cursor stays on its
// connection, unless it is seen to be on the first row anyhow.
static void settle(struct app *app, bool patient, size_t connection) {
    struct list *list = &app->list;
    size_t offset = list->cursor - list->top, count = list_rows_count(app);
    app->changed = true;
    list->seen = count;
    if (!patient) {
        list->cursor = list->top = 0;
    } else if ((list->cursor > 0 || app->view != VIEW_CONNECTIONS) && connection != LIST_NONE) {
        size_t row = list_rows_of(app, connection);
        if (row < count) {
            list->cursor = row;
            list->top = row > offset ? row - offset : 0;
        }
    }
    list->searching.at = list->cursor; // if it is looking, then anew
    list->searching.left = count;
}

static size_t at_cursor(const struct app *app) {
    return app->list.cursor < list_rows_count(app) ? list_rows_connection(app, app->list.cursor)
                                                   : LIST_NONE;
}

// --- Choosing

// Rows that were found become those of the list.
static void show_found(struct app *app) {
    struct list *list = &app->list;
    struct list_filtering *f = &list->filtering;
    size_t connection = at_cursor(app);
    if (f->narrow)
        f->source = list->rows;
    else
        free(list->rows.at);
    list->rows = f->found;
    f->found = (struct list_rows){.at = NULL};
    f->shown = list->chosen = true;
    settle(app, f->patient, connection);
}

static void stop_choosing(struct list *list) {
    drop(&list->filtering.found);
    drop(&list->filtering.source);
    list->filtering = (struct list_filtering){.on = false};
}

// Not all connections have a row, or not the first ones in their own order.
static bool chooses(const struct app *app) {
    const struct list *list = &app->list;
    return list->query.count > 0 || (app->moment.set && list->sort != SORT_NUMBER);
}

static void choose(struct app *app, bool narrow, bool patient) {
    struct list *list = &app->list;
    // Rows of which only the first were there cannot be narrowed.
    narrow = narrow && list->chosen && !list->filtering.on;
    stop_choosing(list);
    if (chooses(app)) {
        list->filtering = (struct list_filtering){.on = true, .narrow = narrow, .patient = patient};
        return;
    }
    size_t connection = at_cursor(app);
    bool changed = list->chosen;
    drop(&list->rows);
    list->chosen = false;
    if (changed)
        settle(app, true, connection);
}

static tw_time moment_of(const struct app *app) {
    return app->moment.set ? app->moment.time : TW_NO_TIME;
}

// What there is now is what order and rows are made of.
static void begin(struct app *app) {
    struct list *list = &app->list;
    list->begun = app->now;
    list->revision = tw_story_revision(app->story);
    list->moment = moment_of(app);
}

void list_rows_choose(struct app *app, bool narrow) {
    struct list *list = &app->list;
    choose(app, narrow, false);
    if (list->sort == SORT_NUMBER && !list->filtering.narrow)
        begin(app);
}

static void tell_memory(struct app *app) {
    app_say(app, "%s", _("out of memory: some rows are missing"));
}

// Where the other end of the list is shown first, half of the rows are of no use.
static bool page_found(const struct app *app) {
    const struct list_filtering *f = &app->list.filtering;
    return !f->patient && !list_rows_flipped(&app->list) &&
           f->found.count >= (size_t)list_page(app);
}

// What is examined, in its order.
static uint32_t candidate(const struct list *list, size_t i) {
    const struct list_filtering *f = &list->filtering;
    return !f->narrow ? in_order(list, i) : f->shown ? f->source.at[i] : list->rows.at[i];
}

static bool filter_work(struct app *app, struct slice *slice) {
    struct list *list = &app->list;
    struct list_filtering *f = &list->filtering;
    size_t count =
        f->narrow ? (f->shown ? f->source.count : list->rows.count) : tw_story_count(app->story);
    for (; f->examined < count; f->examined++) {
        if (slice_over(slice, 1))
            return false;
        const uint32_t connection = candidate(list, f->examined);
        if (!list_matches(app, &list->query, connection))
            continue;
        app->changed = true;
        if (!add(f->shown ? &list->rows : &f->found, connection)) {
            tell_memory(app);
            break;
        }
        if (!f->shown && page_found(app))
            show_found(app);
    }
    if (!f->shown)
        show_found(app);
    if (!f->narrow)
        list->examined = f->examined;
    stop_choosing(list);
    return true;
}

// Those that have come since.
static bool extend_work(struct app *app, struct slice *slice) {
    struct list *list = &app->list;
    for (; list->examined < tw_story_count(app->story); list->examined++) {
        if (slice_over(slice, 1))
            return false;
        uint32_t connection = in_order(list, list->examined);
        if (!list_matches(app, &list->query, connection))
            continue;
        app->changed = true;
        if (!add(&list->rows, connection)) {
            tell_memory(app);
        } else if (list_rows_flipped(list) && list->cursor > 0 && !list->follow) {
            list->cursor++; // it comes on top of them
            list->top++;
        }
    }
    return true;
}

// --- Sorting

static void sort(struct app *app, bool patient) {
    struct list *list = &app->list;
    if (list->sort == SORT_NUMBER) {
        size_t connection = at_cursor(app);
        sorting_stop(&list->sorting);
        drop(&list->order);
        list->sorted_by = SORT_NUMBER;
        settle(app, patient, connection);
        choose(app, false, patient);
        return;
    }
    if (sorting_begin(&list->sorting, list->sort, list->reverse, tw_story_count(app->story),
                      patient))
        return;
    list->sort = list->sorted_by;
    app_say(app, "%s", _("out of memory: the list cannot be sorted"));
}

void list_rows_sort(struct app *app) {
    begin(app);
    sort(app, false);
}

static void show_order(struct app *app) {
    struct list *list = &app->list;
    const bool patient = list->sorting.patient;
    const size_t connection = at_cursor(app), count = list->sorting.count;
    drop(&list->order);
    list->order = (struct list_rows){list->sorting.order, count, count};
    list->sorting.order = NULL;
    list->sorted_by = list->sorting.by;
    sorting_stop(&list->sorting);
    if (chooses(app) || list->chosen)
        choose(app, false, patient && (!list->filtering.on || list->filtering.patient));
    else
        settle(app, patient, connection);
}

// --- Forgetting

static void move(struct list_rows *rows, const uint32_t *to) {
    size_t kept = 0;
    for (size_t i = 0; i < rows->count; i++)
        if (to[rows->at[i]] != TW_STORY_FORGOTTEN)
            rows->at[kept++] = to[rows->at[i]];
    rows->count = kept;
}

// Choosing goes on where it was: in a flood something is forgotten all the time. Sorting is begun
// anew.
void list_rows_forget(struct app *app, const uint32_t *to, size_t count) {
    struct list *list = &app->list;
    struct list_filtering *f = &list->filtering;
    size_t examined = 0, chosen_of = 0;
    for (size_t i = 0; i < list->examined && i < count; i++)
        examined += to[in_order(list, i)] != TW_STORY_FORGOTTEN;
    for (size_t i = 0; i < f->examined; i++)
        chosen_of += to[candidate(list, i)] != TW_STORY_FORGOTTEN;
    list->examined = examined;
    f->examined = chosen_of;
    move(&list->order, to);
    move(&list->rows, to);
    move(&f->found, to);
    move(&f->source, to);
    if (list->sorting.on) {
        const bool patient = f->on ? f->patient : list->sorting.patient;
        stop_choosing(list);
        sort(app, patient);
    }
}

// --- Work

// What is shown may not be true any more.
static bool is_stale(const struct app *app) {
    const struct list *list = &app->list;
    return (list->sort != SORT_NUMBER || list->query.count > 0) &&
           (list->revision != tw_story_revision(app->story) || list->moment != moment_of(app));
}

static bool is_working(const struct list *list) {
    return list->sorting.on || list->filtering.on;
}

static bool is_due(const struct app *app) {
    const struct list *list = &app->list;
    tw_time pause = list->pause;
    if (app->loading && list->moment == moment_of(app) && pause < while_reading)
        pause = while_reading;
    return app->now - list->renewed >= pause;
}

static void renew(struct app *app) {
    struct list *list = &app->list;
    begin(app);
    if (list->sort != SORT_NUMBER)
        sort(app, true);
    else
        choose(app, false, true);
}

// What is stale rests for a while; what moves brings the next tick anyway.
bool list_rows_busy(const struct app *app) {
    const struct list *list = &app->list;
    return is_working(list) || (list->chosen && list->examined < tw_story_count(app->story)) ||
           (is_stale(app) && !app->loading && (is_due(app) || !app_moving(app)));
}

bool list_rows_work(struct app *app, struct slice *slice) {
    struct list *list = &app->list;
    if (!is_working(list) && is_stale(app) && is_due(app))
        renew(app);
    bool worked = is_working(list);
    if (list->filtering.on && !filter_work(app, slice))
        return false;
    if (list->sorting.on) {
        if (!list->sorting.patient)
            app->changed = true; // its progress
        if (!sorting_work(app, &list->sorting, slice))
            return false;
        show_order(app);
        if (list->filtering.on && !filter_work(app, slice))
            return false;
    }
    if (worked) {
        list->renewed = app->now;
        list->pause = REST * (app->now - list->begun);
    }
    return !list->chosen || extend_work(app, slice);
}
