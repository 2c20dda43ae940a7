// SPDX-License-Identifier: MIT
// The list of connections: cursor, search, marks and what the mouse does there.
#include "app.h"

#include "columns.h"
#include "list_rows.h"
#include "views/views.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WHEEL_ROWS = 3, MARK_BITS = 64 };

void list_fini(struct list *list) {
    list_rows_fini(list);
    free(list->marks);
}

size_t list_count(const struct app *app) {
    return list_rows_count(app);
}

size_t list_connection(const struct app *app, size_t row) {
    return list_rows_connection(app, row);
}

int list_page(const struct app *app) {
    int rows = app->height - connections_frame(app);
    return rows > 1 ? rows : 1;
}

// --- What a row says

void list_info(const struct app *app, size_t connection, struct tw_connection_info *info) {
    tw_story_info(tw_story_at(app->story, connection), info);
    moment_info(app, connection, info);
}

bool list_whole(const struct app *app, size_t connection) {
    struct tw_connection_info info;
    if (!app->moment.set)
        return true;
    tw_story_info(tw_story_at(app->story, connection), &info);
    return info.last <= app->moment.time;
}

void list_census(const struct app *app, uint64_t counts[TW_STATE_COUNT]) {
    if (app->moment.set)
        moment_census(app, counts);
    else
        tw_story_census(app->story, counts);
}

// As the capture ends or is now, whatever moment is shown.
static tw_time stays_long(const struct app *app, const struct tw_connection_info *info,
                          size_t connection, enum tw_end end) {
    const tw_time usual[TW_STATE_COUNT] = {
        [TW_SYN_RECEIVED] = 10 * TW_SECOND,
        [TW_FIN_WAIT_2] = 60 * TW_SECOND,
        [TW_CLOSE_WAIT] = 60 * TW_SECOND,
        [TW_TIME_WAIT] = app->profile->time_wait,
    };
    tw_time most = usual[info->end[end].state];
    if (most == 0)
        return 0;
    tw_time since = tw_story_since(tw_story_at(app->story, connection), info, end);
    tw_time stayed = since == TW_NO_TIME ? 0 : tw_story_now(app->story) - since;
    return stayed > most ? stayed : 0;
}

tw_time list_long(const struct app *app, const struct tw_connection_info *info, size_t connection,
                  enum tw_end end) {
    return app->moment.set ? 0 : stays_long(app, info, connection, end);
}

tw_time list_waits(const struct app *app, const struct tw_connection_info *info,
                   size_t connection) {
    tw_time client = list_long(app, info, connection, TW_CLIENT);
    tw_time server = list_long(app, info, connection, TW_SERVER);
    return client > server ? client : server;
}

tw_time list_rtt(const struct tw_connection_info *info) {
    if (info->syn_to_synack == TW_NO_TIME || info->synack_to_ack == TW_NO_TIME)
        return -1;
    return info->syn_to_synack + info->synack_to_ack;
}

bool list_matches(const struct app *app, const struct query *query, size_t connection) {
    struct tw_connection_info info;
    struct query_subject subject = {.connection = tw_story_at(app->story, connection),
                                    .info = &info};
    if (app->moment.set && connection >= moment_visible(app))
        return false; // it had not begun
    list_info(app, connection, &info);
    for (unsigned end = 0; end < TW_END_COUNT; end++) {
        subject.state[end] = info.end[end].state;
        subject.known[end] = info.end[end].step_count > 0;
    }
    subject.then = app->moment.set;
    if (subject.then)
        moment_been(app, connection, subject.been);
    return query_match(query, &subject);
}

// --- Marks

bool list_marked(const struct app *app, size_t connection) {
    const struct list *list = &app->list;
    size_t word = connection / MARK_BITS;
    return word < list->mark_words && (list->marks[word] >> connection % MARK_BITS & 1) != 0;
}

size_t list_marked_count(const struct app *app) {
    return app->list.mark_count;
}

size_t list_next_marked(const struct app *app, size_t from) {
    const struct list *list = &app->list;
    for (size_t i = from; i / MARK_BITS < list->mark_words; i++) {
        uint64_t rest = list->marks[i / MARK_BITS] >> i % MARK_BITS;
        if (rest & 1)
            return i;
        if (rest == 0)
            i |= MARK_BITS - 1; // none in this word
    }
    return LIST_NONE;
}

static uint64_t bit_of(size_t connection) {
    return (uint64_t)1 << connection % MARK_BITS;
}

// Room for the marks of so many connections.
static bool room_for_marks(struct app *app, size_t connections) {
    struct list *list = &app->list;
    size_t words = connections / MARK_BITS + 1;
    if (words <= list->mark_words)
        return true;
    words *= 2;
    uint64_t *marks = realloc(list->marks, words * sizeof *marks);
    if (marks == NULL) {
        app_say(app, "%s", _("out of memory: nothing was marked"));
        return false;
    }
    memset(marks + list->mark_words, 0, (words - list->mark_words) * sizeof *marks);
    list->marks = marks;
    list->mark_words = words;
    return true;
}

static void mark(struct list *list, size_t connection, bool on) {
    uint64_t *word = &list->marks[connection / MARK_BITS];
    if (((*word & bit_of(connection)) != 0) == on)
        return;
    *word ^= bit_of(connection);
    list->mark_count = on ? list->mark_count + 1 : list->mark_count - 1;
}

// All rows, or none of them where all are marked.
static void mark_all(struct app *app) {
    struct list *list = &app->list;
    const size_t count = list_rows_count(app);
    size_t marked = 0;
    if (!room_for_marks(app, tw_story_count(app->story)))
        return;
    for (size_t row = 0; row < count; row++)
        marked += list_marked(app, list_rows_connection(app, row));
    for (size_t row = 0; row < count; row++)
        mark(list, list_rows_connection(app, row), marked < count);
}

static void mark_row(struct app *app) {
    struct list *list = &app->list;
    if (list->cursor >= list_rows_count(app))
        return;
    size_t connection = list_rows_connection(app, list->cursor);
    if (room_for_marks(app, connection + 1))
        mark(list, connection, !list_marked(app, connection));
    list->cursor++;
}

// --- The cursor

static size_t newest_row(const struct app *app) {
    size_t count = list_rows_count(app);
    return list_rows_flipped(&app->list) || count == 0 ? 0 : count - 1;
}

// Keeps the cursor on a row, and the row on the screen.
static void clamp(struct app *app) {
    struct list *list = &app->list;
    size_t count = list_rows_count(app), page = (size_t)list_page(app);
    if (list->cursor >= count)
        list->cursor = count > 0 ? count - 1 : 0;
    if (list->top > list->cursor)
        list->top = list->cursor;
    if (list->cursor >= list->top + page)
        list->top = list->cursor - page + 1;
    if (list->top + page > count)
        list->top = count > page ? count - page : 0;
}

void list_go(struct app *app, size_t row) {
    struct list *list = &app->list;
    list->cursor = row;
    app->changed = true;
    clamp(app);
    list->follow = list->follow && list->cursor == newest_row(app);
}

static void follow(struct app *app) {
    struct list *list = &app->list;
    list->follow = !list->follow;
    if (!list->follow)
        return;
    if (list->sort != SORT_NUMBER) {
        list->sort = SORT_NUMBER;
        list_rows_sort(app);
        app_say(app, "%s", _("by number again, to follow the newest"));
    }
    list->cursor = newest_row(app);
}

// --- Filter

void list_filter(struct app *app, const char *filter) {
    struct list *list = &app->list;
    if (strcmp(list->filter, filter) == 0)
        return;
    struct query query;
    snprintf(list->filter, sizeof list->filter, "%s", filter);
    list->fault[0] = '\0';
    app->changed = true;
    if (!query_parse(filter, &query, list->fault, sizeof list->fault))
        return;
    bool narrow = list->query.count > 0 && query_narrows(&query, &list->query);
    list->query = query;
    list_rows_choose(app, narrow);
    list_tick(app);
}

static void filter_state(struct app *app, enum tw_state state) {
    char filter[SEARCH_MAX];
    snprintf(filter, sizeof filter, "state:%s", tw_state_name(state));
    list_filter(app, strcmp(filter, app->list.filter) == 0 ? "" : filter);
}

// The next state that there is, behind the one that is chosen; behind the last one all.
static void filter_next_state(struct app *app) {
    static const char key[] = "state:";
    uint64_t counts[TW_STATE_COUNT];
    enum tw_state state;
    unsigned next = 0;
    if (strncmp(app->list.filter, key, strlen(key)) == 0 &&
        tw_state_parse(app->list.filter + strlen(key), &state))
        next = (unsigned)state + 1;
    list_census(app, counts);
    while (next < TW_STATE_COUNT && counts[next] == 0)
        next++;
    if (next < TW_STATE_COUNT)
        filter_state(app, (enum tw_state)next);
    else
        list_filter(app, "");
}

// --- Search

static void seek(struct app *app, size_t from, bool back) {
    struct list_searching *s = &app->list.searching;
    s->at = from;
    s->left = list_rows_count(app);
    s->back = back;
    s->on = true;
    s->missed = false;
    list_tick(app);
}

// Where the cursor was when the search began.
static size_t origin_row(const struct app *app) {
    size_t row = list_rows_of(app, app->list.searching.origin);
    return row < list_rows_count(app) ? row : 0;
}

static void go_back(struct app *app) {
    struct list *list = &app->list;
    size_t row = origin_row(app), offset = list->searching.origin_offset;
    list->top = row > offset ? row - offset : 0;
    list_go(app, row);
}

// A slice of looking; true when it is over.
static bool search_work(struct app *app, struct slice *slice) {
    struct list *list = &app->list;
    struct list_searching *s = &list->searching;
    size_t count = list_rows_count(app);
    for (; s->left > 0 && count > 0; s->left--) {
        if (slice_over(slice, 1))
            return false;
        if (s->at >= count)
            s->at = s->back ? count - 1 : 0;
        if (list_matches(app, &s->query, list_rows_connection(app, s->at))) {
            s->on = false;
            list_go(app, s->at);
            return true;
        }
        s->at = !s->back ? s->at + 1 : s->at > 0 ? s->at - 1 : count - 1;
    }
    s->on = false;
    s->missed = true;
    if (s->asked)
        go_back(app);
    else
        app_say(app, _("no row has %s"), list->search);
    app->changed = true;
    return true;
}

static void search_next(struct app *app, bool back) {
    struct list *list = &app->list;
    size_t count = list_rows_count(app);
    if (list->search[0] == '\0') {
        app_say(app, "%s", _("nothing to look for yet: / asks"));
        return;
    }
    if (!query_parse(list->search, &list->searching.query, list->search_fault,
                     sizeof list->search_fault)) {
        app_say(app, "%s", list->search_fault);
        list->search_fault[0] = '\0';
        return;
    }
    if (count > 0)
        seek(app, back ? (list->cursor > 0 ? list->cursor - 1 : count - 1) : list->cursor + 1,
             back);
}

static void search_answered(struct app *app, const char *text) {
    struct list *list = &app->list;
    struct list_searching *s = &list->searching;
    const bool asked = s->asked;
    s->asked = false;
    list->search_fault[0] = '\0';
    if (text[0] != '\0')
        snprintf(list->search, sizeof list->search, "%s", text);
    if (text[0] == '\0' || !asked)
        search_next(app, false);
    else if (s->missed)
        app_say(app, _("no row has %s"), text);
    s->missed = false;
}

void list_search(struct app *app, const char *text, bool answered) {
    struct list *list = &app->list;
    struct list_searching *s = &list->searching;
    app->changed = true;
    if (answered) {
        search_answered(app, text);
        return;
    }
    if (!s->asked) {
        s->asked = true;
        s->origin = list->cursor < list_rows_count(app) ? list_rows_connection(app, list->cursor)
                                                        : LIST_NONE;
        s->origin_offset = list->cursor - list->top;
    }
    s->on = s->missed = false;
    list->search_fault[0] = '\0';
    if (text[0] == '\0') {
        s->asked = false;
        go_back(app);
    } else if (query_parse(text, &s->query, list->search_fault, sizeof list->search_fault)) {
        seek(app, origin_row(app), false);
    }
}

// --- The sweep

static bool measure_work(struct app *app, struct slice *slice) {
    struct list *list = &app->list;
    struct list_sweep *sweep = &list->sweep;
    for (; sweep->measured < tw_story_count(app->story); sweep->measured++) {
        if (slice_over(slice, 1))
            return false;
        struct tw_connection_info info;
        tw_story_info(tw_story_at(app->story, sweep->measured), &info);
        for (int end = 0; end < TW_END_COUNT; end++) {
            char text[TW_ADDRESS_TEXT];
            const struct tw_end_info *e = &info.end[end];
            int width = (int)strlen(tw_address_text(info.version, &e->address, e->port, text));
            if (width > list->address_width[end]) {
                list->address_width[end] = width;
                app->changed = true;
            }
        }
    }
    return true;
}

static bool sweep_due(const struct app *app) {
    const struct list_sweep *sweep = &app->list.sweep;
    tw_time pause = 3 * (sweep->ended - sweep->begun);
    if (app->loading && pause < TW_SECOND)
        pause = TW_SECOND;
    return !sweep->on && sweep->revision != tw_story_revision(app->story) &&
           app->now - sweep->ended >= pause;
}

static void sweep_begin(struct app *app) {
    struct list_sweep *sweep = &app->list.sweep;
    *sweep = (struct list_sweep){.on = true,
                                 .measured = sweep->measured,
                                 .ended = sweep->ended,
                                 .begun = app->now,
                                 .revision = tw_story_revision(app->story)};
}

// Counts the ends that have stayed for long.
static void sweep_work(struct app *app, struct slice *slice) {
    struct list *list = &app->list;
    struct list_sweep *sweep = &list->sweep;
    for (; sweep->at < tw_story_count(app->story); sweep->at++) {
        if (slice_over(slice, 1))
            return;
        struct tw_connection_info info;
        tw_story_info(tw_story_at(app->story, sweep->at), &info);
        for (unsigned end = 0; end < TW_END_COUNT; end++)
            if (stays_long(app, &info, sweep->at, (enum tw_end)end) > 0)
                sweep->longs[info.end[end].state]++;
    }
    if (memcmp(list->longs, sweep->longs, sizeof list->longs) != 0)
        app->changed = true;
    memcpy(list->longs, sweep->longs, sizeof list->longs);
    sweep->on = false;
    sweep->ended = app->now;
}

// --- Forgetting

static void forget_marks(struct list *list, const uint32_t *to, size_t count) {
    const size_t last = list->mark_words * MARK_BITS < count ? list->mark_words * MARK_BITS : count;
    for (size_t i = 0; i < last; i++) { // a new place is never behind the old one
        const bool marked = (list->marks[i / MARK_BITS] & bit_of(i)) != 0;
        mark(list, i, false);
        if (marked)
            mark(list, to[i], true);
    }
}

static size_t kept_before(const uint32_t *to, size_t count, size_t end) {
    size_t kept = 0;
    for (size_t i = 0; i < count && i < end; i++)
        kept += to[i] != TW_STORY_FORGOTTEN;
    return kept;
}

void list_forget(struct app *app, const uint32_t *to, size_t count, size_t at) {
    struct list *list = &app->list;
    struct list_searching *s = &list->searching;
    const size_t offset = list->cursor - list->top;
    forget_marks(list, to, count);
    list->sweep.measured = kept_before(to, count, list->sweep.measured);
    list->sweep.at = kept_before(to, count, list->sweep.at);
    list_rows_forget(app, to, count);
    // Where its connection is gone the cursor is on the next one.
    const size_t row =
        at != LIST_NONE ? list_rows_of(app, kept_before(to, count, at)) : list->cursor;
    list->cursor = row;
    list->top = row > offset ? row - offset : 0;
    list->seen = list_rows_count(app);
    s->origin = s->origin < count ? kept_before(to, count, s->origin) : LIST_NONE;
    s->at = list->cursor;
    s->left = list->seen;
    clamp(app);
}

// --- Ticks

bool list_busy(const struct app *app) {
    const struct list_sweep *sweep = &app->list.sweep;
    return app->list.searching.on || list_rows_busy(app) ||
           sweep->measured < tw_story_count(app->story) || sweep->on || sweep_due(app);
}

const char *list_work(const struct app *app, int *progress) {
    const struct list *list = &app->list;
    const struct sorting *sorting = &list->sorting;
    const struct list_filtering *f = &list->filtering;
    size_t count = f->shown ? f->source.count : list->rows.count;
    if (!f->narrow)
        count = tw_story_count(app->story);
    *progress = 0;
    if (list->searching.on)
        return N_("searching");
    if (f->on && !f->patient) {
        *progress = count > 0 ? (int)(f->examined * 100 / count) : 0;
        return N_("filtering %d %%");
    }
    if (sorting->on && !sorting->patient) {
        *progress = sorting->total > 0 ? (int)(sorting->done * 100 / sorting->total) : 0;
        return N_("sorting %d %%");
    }
    return NULL;
}

// Where the newest is on top, rows move down when others come; the cursor goes with its own.
static void move_with_rows(struct app *app) {
    struct list *list = &app->list;
    size_t count = list_rows_count(app);
    if (count > list->seen && list_rows_flipped(list) && list->cursor > 0 && !list->follow &&
        !list->chosen) {
        list->cursor += count - list->seen;
        list->top += count - list->seen;
    }
    if (count != list->seen)
        app->changed = true;
    list->seen = count;
}

void list_tick(struct app *app) {
    struct list *list = &app->list;
    struct slice slice = slice_begin();
    move_with_rows(app);
    bool idle = !list->searching.on || search_work(app, &slice);
    idle = idle && measure_work(app, &slice);
    idle = idle && list_rows_work(app, &slice);
    if (idle && sweep_due(app))
        sweep_begin(app);
    if (idle && list->sweep.on)
        sweep_work(app, &slice);
    list->seen = list_rows_count(app);
    if (list->follow)
        list->cursor = newest_row(app);
    clamp(app);
}

// --- Actions

static void sort_by(struct app *app, enum sort sort) {
    struct list *list = &app->list;
    list->sort = sort;
    list->follow = list->follow && sort == SORT_NUMBER;
    list_rows_sort(app);
    list_tick(app);
}

static void reverse(struct app *app) {
    struct list *list = &app->list;
    list->reverse = !list->reverse;
    list->cursor = list->top = 0;
    if (list->sort != SORT_NUMBER)
        sort_by(app, list->sort);
    else if (list->follow)
        list->cursor = newest_row(app);
}

static void scroll_columns(struct app *app, int by) {
    struct list *list = &app->list;
    int last = columns_last_scroll(app);
    list->scrolled += by;
    if (list->scrolled > last)
        list->scrolled = last;
    if (list->scrolled < 0)
        list->scrolled = 0;
}

static void open_row(struct app *app) {
    if (list_rows_count(app) > 0)
        playback_open(app, list_rows_connection(app, app->list.cursor));
    else if (app->lab.hooks != NULL)
        app->view = VIEW_LAB;
}

void list_act(struct app *app, enum action action) {
    struct list *list = &app->list;
    size_t count = list_rows_count(app), page = (size_t)list_page(app);
    switch (action) {
    case ACTION_UP: list->cursor -= list->cursor > 0; break;
    case ACTION_DOWN: list->cursor += list->cursor + 1 < count; break;
    case ACTION_PAGE_UP: list->cursor -= list->cursor < page ? list->cursor : page; break;
    case ACTION_PAGE_DOWN: list->cursor += page; break;
    case ACTION_FIRST: list->cursor = 0; break;
    case ACTION_LAST: list->cursor = count; break;
    case ACTION_OPEN: open_row(app); break;
    case ACTION_ALL_ROWS: list_filter(app, ""); break;
    case ACTION_BY_STATE: filter_next_state(app); break;
    case ACTION_FIND_NEXT: search_next(app, false); break;
    case ACTION_FIND_PREVIOUS: search_next(app, true); break;
    case ACTION_SORT: sort_by(app, (enum sort)((list->sort + 1) % SORT_COUNT)); break;
    case ACTION_REVERSE: reverse(app); break;
    case ACTION_COLUMNS_LEFT: scroll_columns(app, -1); break;
    case ACTION_COLUMNS_RIGHT: scroll_columns(app, 1); break;
    case ACTION_FOLLOW: follow(app); break;
    case ACTION_MARK: mark_row(app); break;
    case ACTION_MARK_ALL: mark_all(app); break;
    default: break;
    }
    clamp(app);
    list->follow = list->follow && list->cursor == newest_row(app);
}

// The rows under the mouse move, and the cursor stays on one that is seen.
static void turn_wheel(struct app *app, bool down) {
    struct list *list = &app->list;
    size_t page = (size_t)list_page(app), count = list_rows_count(app);
    size_t last = count > page ? count - page : 0;
    if (down)
        list->top = list->top + WHEEL_ROWS < last ? list->top + WHEEL_ROWS : last;
    else
        list->top -= list->top < WHEEL_ROWS ? list->top : WHEEL_ROWS;
    size_t row = list->cursor;
    if (row < list->top)
        row = list->top;
    if (row >= list->top + page)
        row = list->top + page - 1;
    list_go(app, row);
}

void list_click(struct app *app, const struct mouse *mouse, enum target_kind kind, uint32_t value) {
    struct list *list = &app->list;
    app->changed = true;
    if (mouse->kind == MOUSE_WHEEL_UP || mouse->kind == MOUSE_WHEEL_DOWN) {
        turn_wheel(app, mouse->kind == MOUSE_WHEEL_DOWN);
        return;
    }
    const bool press = mouse->kind == MOUSE_PRESS;
    if (kind == TARGET_ROW && value < list_rows_count(app)) {
        list_go(app, value);
        if (mouse->kind == MOUSE_DOUBLE)
            list_act(app, ACTION_OPEN);
    } else if (kind == TARGET_SORT && press && value < SORT_COUNT) {
        if (list->sort == (enum sort)value)
            list_act(app, ACTION_REVERSE);
        else
            sort_by(app, (enum sort)value);
    } else if (kind == TARGET_CENSUS && press && value < TW_STATE_COUNT) {
        filter_state(app, (enum tw_state)value);
    }
}
