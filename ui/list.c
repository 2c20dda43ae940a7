// SPDX-License-Identifier: MIT
// The list of connections: cursor, search and order. A million rows are looked at a few thousand
// at a time; without a search and in their own order they need no memory at all.
#include "app.h"

#include "format.h"
#include "views/views.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SCAN_STEP = 4096 };
static const tw_time sort_pause = TW_SECOND; // while the input is read

static bool own_order(const struct list *list) {
    return list->filter[0] == '\0' && list->sort == SORT_NUMBER;
}

size_t list_count(const struct app *app) {
    return own_order(&app->list) ? tw_story_count(app->story) : app->list.row_count;
}

size_t list_connection(const struct app *app, size_t row) {
    const struct list *list = &app->list;
    if (list->reverse)
        row = list_count(app) - 1 - row;
    return own_order(list) ? row : list->rows[row];
}

bool list_busy(const struct app *app) {
    return app->list.scanned < tw_story_count(app->story);
}

int list_page(const struct app *app) {
    int rows = app->height - CONNECTIONS_FRAME;
    return rows > 1 ? rows : 1;
}

static bool contains(const char *text, const char *part) {
    for (; *text != '\0'; text++) {
        size_t i = 0;
        while (part[i] != '\0' &&
               tolower((unsigned char)text[i]) == tolower((unsigned char)part[i]))
            i++;
        if (part[i] == '\0')
            return true;
    }
    return false;
}

static bool matches(const struct tw_connection_info *info, const char *search) {
    char text[FORMAT_TEXT];
    if (contains(format_outcome(info, false, text), search))
        return true;
    for (int end = 0; end < TW_END_COUNT; end++) {
        const struct tw_end_info *e = &info->end[end];
        char address[TW_ADDRESS_TEXT];
        if (contains(tw_address_text(info->version, &e->address, e->port, address), search) ||
            (e->step_count > 0 && contains(tw_state_name(e->state), search)))
            return true;
    }
    return false;
}

static void add_row(struct list *list, uint32_t connection) {
    if (list->row_count == list->row_room) {
        size_t room = list->row_room == 0 ? 256 : list->row_room * 2;
        uint32_t *rows = realloc(list->rows, room * sizeof *rows);
        if (rows == NULL)
            return; // a row less is shown
        list->rows = rows;
        list->row_room = room;
    }
    list->rows[list->row_count++] = connection;
}

struct keyed {
    int64_t key;
    uint32_t connection;
};

static int by_key(const void *a, const void *b) {
    const struct keyed *x = a, *y = b;
    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    return (x->connection > y->connection) - (x->connection < y->connection);
}

static int64_t key_of(const struct tw_connection_info *info, enum sort sort) {
    const struct tw_end_info *c = &info->end[TW_CLIENT], *s = &info->end[TW_SERVER];
    switch (sort) {
    case SORT_CLIENT_STATE: return c->step_count == 0 ? -1 : (int64_t)c->state;
    case SORT_SERVER_STATE: return s->step_count == 0 ? -1 : (int64_t)s->state;
    case SORT_OUTCOME: return (int64_t)info->outcome * 8 + (int64_t)info->closed_by;
    case SORT_DURATION: return info->last - info->opened;
    case SORT_SEGMENTS: return (int64_t)(c->packets + s->packets);
    case SORT_OCTETS: return (int64_t)(c->bytes + s->bytes);
    default: return 0;
    }
}

static void sort_rows(struct app *app) {
    struct list *list = &app->list;
    if (list->sort != SORT_NUMBER && list->row_count > 0) {
        struct keyed *keyed = malloc(list->row_count * sizeof *keyed);
        if (keyed == NULL)
            return;
        for (size_t i = 0; i < list->row_count; i++) {
            struct tw_connection_info info;
            tw_story_info(tw_story_at(app->story, list->rows[i]), &info);
            keyed[i] = (struct keyed){key_of(&info, list->sort), list->rows[i]};
        }
        qsort(keyed, list->row_count, sizeof *keyed, by_key);
        for (size_t i = 0; i < list->row_count; i++)
            list->rows[i] = keyed[i].connection;
        free(keyed);
    }
    list->sorted = list->row_count;
    list->sorted_at = app->now;
}

// Search or order have changed: all rows are looked at anew.
static void start_over(struct app *app) {
    struct list *list = &app->list;
    list->row_count = list->scanned = list->sorted = 0;
    list->cursor = list->top = 0;
    list->sorted_at = app->now - sort_pause;
    list_tick(app);
}

// Keeps the cursor on a row, and the row on the screen.
static void clamp(struct app *app) {
    struct list *list = &app->list;
    size_t count = list_count(app), page = (size_t)list_page(app);
    if (list->cursor >= count)
        list->cursor = count > 0 ? count - 1 : 0;
    if (list->top > list->cursor)
        list->top = list->cursor;
    if (list->cursor >= list->top + page)
        list->top = list->cursor - page + 1;
    if (list->top + page > count)
        list->top = count > page ? count - page : 0;
}

void list_tick(struct app *app) {
    struct list *list = &app->list;
    size_t count = tw_story_count(app->story), step = 0;
    for (; list->scanned < count && step < SCAN_STEP; list->scanned++, step++) {
        struct tw_connection_info info;
        tw_story_info(tw_story_at(app->story, list->scanned), &info);
        for (int end = 0; end < TW_END_COUNT; end++) {
            char text[TW_ADDRESS_TEXT];
            const struct tw_end_info *e = &info.end[end];
            int width = (int)strlen(tw_address_text(info.version, &e->address, e->port, text));
            if (width > list->address_width[end])
                list->address_width[end] = width;
        }
        if (!own_order(list) && (list->filter[0] == '\0' || matches(&info, list->filter)))
            add_row(list, (uint32_t)list->scanned);
    }
    if (step > 0)
        app->changed = true;
    bool patient = list_busy(app) || app->loading;
    if (list->sorted < list->row_count && (!patient || app->now - list->sorted_at >= sort_pause))
        sort_rows(app);
    clamp(app);
}

bool list_marked(const struct app *app, size_t connection) {
    return connection < app->list.mark_room && app->list.marks[connection];
}

size_t list_marked_count(const struct app *app) {
    return app->list.marked;
}

size_t list_next_marked(const struct app *app, size_t from) {
    while (from < app->list.mark_room && !app->list.marks[from])
        from++;
    return from < app->list.mark_room ? from : SIZE_MAX;
}

static void mark(struct list *list, size_t connection) {
    if (connection >= list->mark_room) {
        const size_t room = connection + connection / 2 + 64;
        bool *marks = realloc(list->marks, room * sizeof *marks);
        if (marks == NULL)
            return;
        memset(marks + list->mark_room, 0, (room - list->mark_room) * sizeof *marks);
        list->marks = marks;
        list->mark_room = room;
    }
    list->marks[connection] = !list->marks[connection];
    if (list->marks[connection])
        list->marked++;
    else
        list->marked--;
}

void list_act(struct app *app, enum action action) {
    struct list *list = &app->list;
    size_t count = list_count(app), page = (size_t)list_page(app);
    switch (action) {
    case ACTION_UP: list->cursor -= list->cursor > 0; break;
    case ACTION_DOWN: list->cursor += list->cursor + 1 < count; break;
    case ACTION_PAGE_UP: list->cursor -= list->cursor < page ? list->cursor : page; break;
    case ACTION_PAGE_DOWN: list->cursor += page; break;
    case ACTION_FIRST: list->cursor = 0; break;
    case ACTION_LAST: list->cursor = count; break;
    case ACTION_OPEN:
        if (count > 0)
            playback_open(app, list_connection(app, list->cursor));
        else if (app->lab.hooks != NULL)
            app->view = VIEW_LAB;
        break;
    case ACTION_MARK:
        if (count > 0)
            mark(list, list_connection(app, list->cursor));
        list->cursor += list->cursor + 1 < count;
        break;
    case ACTION_ALL_ROWS: list_filter(app, ""); break;
    case ACTION_SORT:
        list->sort = (enum sort)((list->sort + 1) % SORT_COUNT);
        start_over(app);
        break;
    case ACTION_REVERSE:
        list->reverse = !list->reverse;
        list->cursor = 0;
        break;
    default: break;
    }
    clamp(app);
}

void list_filter(struct app *app, const char *filter) {
    if (strcmp(app->list.filter, filter) == 0)
        return;
    snprintf(app->list.filter, sizeof app->list.filter, "%s", filter);
    app->changed = true;
    start_over(app);
}

void list_search(struct app *app, const char *text, bool answered) {
    (void)app;
    (void)text;
    (void)answered;
}

void list_go(struct app *app, size_t row) {
    app->list.cursor = row;
    app->changed = true;
    clamp(app);
}

void list_fini(struct list *list) {
    free(list->rows);
    free(list->marks);
}
