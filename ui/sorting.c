// SPDX-License-Identifier: MIT
// Merge sort that can be left at any step and gone on with.
#include "sorting.h"

#include "app.h"

#include <stdlib.h>
#include <string.h>

enum { RUN = 256, RUN_STEPS = 128 };

// --- Keys

static uint64_t big_endian(const uint8_t octets[8]) {
    uint64_t value = 0;
    for (int i = 0; i < 8; i++)
        value = value << 8 | octets[i];
    return value;
}

// IPv4 before IPv6, each by its octets, then by port.
static struct sort_key address_key(const struct tw_connection_info *info, enum tw_end end) {
    const struct tw_end_info *e = &info->end[end];
    const bool six = info->version == 6;
    return (struct sort_key){
        .high = six ? big_endian(e->address.octets) : 0,
        .low = six ? big_endian(e->address.octets + 8) : big_endian(e->address.octets) >> 32,
        .rest = (six ? 1U << 16 : 0) | e->port,
    };
}

static uint64_t state_key(const struct tw_end_info *end) {
    return end->step_count > 0 ? (uint64_t)end->state + 1 : 0;
}

static struct sort_key letters_key(const struct tw_story_connection *connection) {
    uint8_t text[TW_STORY_LETTERS + 7] = {0};
    char letters[TW_STORY_LETTERS];
    memcpy(text, letters, strlen(tw_story_letters(connection, letters)));
    return (struct sort_key){.high = big_endian(text), .low = big_endian(text + 8)};
}

struct sort_key sort_key_of(const struct app *app, size_t connection, enum sort by) {
    struct tw_connection_info info;
    const struct tw_story_connection *c = tw_story_at(app->story, connection);
    struct sort_key key = {0};
    list_info(app, connection, &info);
    const bool whole = list_whole(app, connection);
    switch (by) {
    case SORT_CLIENT: key = address_key(&info, TW_CLIENT); break;
    case SORT_SERVER: key = address_key(&info, TW_SERVER); break;
    case SORT_CLIENT_STATE: key.high = state_key(&info.end[TW_CLIENT]); break;
    case SORT_SERVER_STATE: key.high = state_key(&info.end[TW_SERVER]); break;
    case SORT_OUTCOME:
        key.high = (uint64_t)info.outcome;
        key.low = (uint64_t)info.closed_by;
        key.rest = info.outcome == TW_OUTCOME_NO_ANSWER ? (uint32_t)info.end[TW_CLIENT].packets : 0;
        break;
    case SORT_DURATION: key.high = (uint64_t)(info.last - info.opened); break;
    case SORT_SEGMENTS:
        key.high = whole ? info.end[TW_CLIENT].packets + info.end[TW_SERVER].packets : 0;
        break;
    case SORT_OCTETS: // behind those that are not known yet
        key.high = whole ? info.end[TW_CLIENT].bytes + info.end[TW_SERVER].bytes + 1 : 0;
        break;
    case SORT_RTT: key.high = (uint64_t)(list_rtt(&info) + 1); break;
    case SORT_LETTERS:
        if (whole)
            key = letters_key(c);
        break;
    case SORT_WAITS: key.high = (uint64_t)list_waits(app, &info, connection); break;
    case SORT_OPENED: key.high = (uint64_t)info.opened ^ (uint64_t)1 << 63; break; // signed
    case SORT_NUMBER:
    case SORT_COUNT: break;
    }
    key.connection = (uint32_t)connection;
    return key;
}

static int compare(const void *a, const void *b) {
    const struct sort_key *x = a, *y = b;
    if (x->high != y->high)
        return x->high < y->high ? -1 : 1;
    if (x->low != y->low)
        return x->low < y->low ? -1 : 1;
    if (x->rest != y->rest)
        return x->rest < y->rest ? -1 : 1;
    return (x->connection > y->connection) - (x->connection < y->connection);
}

// --- Slices

void sorting_stop(struct sorting *sorting) {
    free(sorting->from);
    free(sorting->to);
    free(sorting->order);
    *sorting = (struct sorting){.on = false};
}

bool sorting_begin(struct sorting *sorting, enum sort by, bool reverse, size_t count,
                   bool patient) {
    sorting_stop(sorting);
    size_t passes = 0;
    for (size_t width = RUN; width < count; width *= 2)
        passes++;
    size_t room = count > 0 ? count : 1;
    *sorting = (struct sorting){
        .on = true,
        .patient = patient,
        .by = by,
        .reverse = reverse,
        .from = malloc(room * sizeof *sorting->from),
        .to = malloc(room * sizeof *sorting->to),
        .order = malloc(room * sizeof *sorting->order),
        .count = count,
        .width = RUN,
        .total = count * (passes + 3), // with the keys, the runs and what is taken
    };
    if (sorting->from != NULL && sorting->to != NULL && sorting->order != NULL)
        return true;
    sorting_stop(sorting);
    return false;
}

static bool make_keys(const struct app *app, struct sorting *s, struct slice *slice) {
    for (; s->keyed < s->count; s->keyed++, s->done++) {
        if (slice_over(slice, 1))
            return false;
        struct sort_key key = sort_key_of(app, s->keyed, s->by);
        if (s->reverse)
            key = (struct sort_key){~key.high, ~key.low, ~key.rest, key.connection};
        s->from[s->keyed] = key;
    }
    return true;
}

static bool make_runs(struct sorting *s, struct slice *slice) {
    while (s->run < s->count) {
        if (slice_over(slice, RUN_STEPS))
            return false;
        size_t left = s->count - s->run, length = left < RUN ? left : RUN;
        qsort(s->from + s->run, length, sizeof *s->from, compare);
        s->run += length;
        s->done += length;
    }
    return true;
}

// The next two runs of this pass; the second may be short or not there.
static void next_pair(struct sorting *s) {
    size_t rest = s->count - s->merged;
    s->left = s->merged;
    s->left_end = s->left + (rest < s->width ? rest : s->width);
    rest = s->count - s->left_end;
    s->right = s->left_end;
    s->right_end = s->right + (rest < s->width ? rest : s->width);
}

static bool merge_runs(struct sorting *s, struct slice *slice) {
    enum { AT_ONCE = 64 };
    while (s->width < s->count) {
        while (s->merged < s->count) {
            if (s->merged % AT_ONCE == 0 && slice_over(slice, AT_ONCE / 8))
                return false;
            if (s->left == s->left_end && s->right == s->right_end)
                next_pair(s);
            bool left =
                s->right == s->right_end ||
                (s->left < s->left_end && compare(&s->from[s->left], &s->from[s->right]) < 0);
            s->to[s->merged++] = s->from[left ? s->left++ : s->right++];
            s->done++;
        }
        struct sort_key *from = s->from;
        s->from = s->to;
        s->to = from;
        s->width *= 2;
        s->merged = s->left = s->left_end = s->right = s->right_end = 0;
    }
    return true;
}

static bool take_order(struct sorting *s, struct slice *slice) {
    enum { AT_ONCE = 64 };
    for (; s->taken < s->count; s->taken++, s->done++) {
        if (s->taken % AT_ONCE == 0 && slice_over(slice, AT_ONCE / 16))
            return false;
        s->order[s->taken] = s->from[s->taken].connection;
    }
    return true;
}

bool sorting_work(const struct app *app, struct sorting *sorting, struct slice *slice) {
    return make_keys(app, sorting, slice) && make_runs(sorting, slice) &&
           merge_runs(sorting, slice) && take_order(sorting, slice);
}
