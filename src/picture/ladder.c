// SPDX-License-Identifier: MIT
// Lays out one connection's story as rows in the order of the two ends' own clocks.
#include "ladder.h"

#include <stdlib.h>
#include <string.h>

enum { ON_ITS_ROW = 1 };
_Static_assert(sizeof(struct tw_ladder_row) <= 32, "there may be millions of rows");
static const tw_time silence_from = TW_SECOND; // a longer pause gets a row of its own

// --- order

// What happens at the same time to the same segment: a call sends it, it leaves, and lands.
static int phase(const struct moment *m) {
    static const int phases[] = {
        [TW_ROW_CALL] = 0,    [TW_ROW_SEGMENT] = 1, [TW_ROW_RUN] = 1,     [TW_ROW_CHANGE] = 2,
        [TW_ROW_LANDING] = 3, [TW_ROW_RETURN] = 4,  [TW_ROW_SILENCE] = 5,
    };
    return phases[m->kind];
}

int ladder_compare(const struct moment *a, const struct moment *b) {
    if (a->time != b->time)
        return a->time < b->time ? -1 : 1;
    if (a->order != b->order)
        return a->order < b->order ? -1 : 1;
    if (phase(a) != phase(b))
        return phase(a) < phase(b) ? -1 : 1;
    if (a->kind == TW_ROW_CALL || a->kind == TW_ROW_RETURN)
        return (a->call > b->call) - (a->call < b->call);
    return (a->step > b->step) - (a->step < b->step);
}

// Merges `count` moments, two ordered parts, `first` of them in the first one.
static void merge(const struct moment *from, size_t first, size_t count, struct moment *to) {
    size_t a = 0, b = first;
    for (size_t i = 0; i < count; i++) {
        bool second = a == first || (b < count && ladder_compare(&from[b], &from[a]) < 0);
        to[i] = from[second ? b++ : a++];
    }
}

// The moments come as a few ordered lists, one behind the other, or nearly so: what is in order is
// left so, and merged.
static bool sort_moments(struct moment *moments, size_t count) {
    size_t *ends = malloc((count + 1) * sizeof *ends);
    struct moment *other = malloc((count + 1) * sizeof *other);
    bool enough = ends != NULL && other != NULL;
    size_t parts = 0;
    for (size_t i = 1; enough && i <= count; i++)
        if (i == count || ladder_compare(&moments[i], &moments[i - 1]) < 0)
            ends[parts++] = i;
    struct moment *from = moments, *to = other;
    while (enough && parts > 1) {
        size_t merged = 0, at = 0;
        for (size_t i = 0; i < parts; i += 2) {
            size_t end = i + 1 < parts ? ends[i + 1] : ends[i];
            merge(&from[at], ends[i] - at, end - at, &to[at]);
            ends[merged++] = at = end;
        }
        parts = merged;
        struct moment *swap = from;
        from = to;
        to = swap;
    }
    if (enough && from != moments)
        memcpy(moments, from, count * sizeof *moments);
    free(ends);
    free(other);
    return enough;
}

// Segments that are not folded leave and land, each end's one after the other; and the runs.
static void add_segments(struct layout *l) {
    struct tw_ladder *ladder = l->ladder;
    for (int pass = 0; pass < 2 * TW_END_COUNT; pass++) {
        const bool lands = pass >= TW_END_COUNT;
        const enum tw_end sender = (enum tw_end)(pass % TW_END_COUNT);
        size_t run = 0;
        for (size_t i = 0; i < l->count; i++) {
            while (run < ladder->run_count &&
                   (!ladder->runs[run].folded || ladder->runs[run].last < i))
                run++;
            if (run < ladder->run_count && i >= ladder->runs[run].first) {
                i = ladder->runs[run].last;
                continue;
            }
            const struct flight *flight = &l->flights[i];
            if ((enum tw_end)l->segments[i].sender != sender ||
                (lands && (flight->lost || flight->turned || flight->lands <= flight->leaves)))
                continue;
            l->moments[l->moment_count++] = (struct moment){
                .time = lands ? flight->lands : flight->leaves,
                .order = (int64_t)i,
                .segment = (uint32_t)i,
                .step = TW_NONE,
                .kind = lands ? TW_ROW_LANDING : TW_ROW_SEGMENT,
            };
        }
    }
    for (size_t i = 0; i < ladder->run_count; i++) {
        const struct tw_ladder_run *run = &ladder->runs[i];
        if (run->folded)
            l->moments[l->moment_count++] = (struct moment){
                .time = run->begun,
                .order = run->first,
                .segment = run->first,
                .run = (uint32_t)i,
                .step = TW_NONE,
                .kind = TW_ROW_RUN,
            };
    }
}

// A landing of which nothing stands between it and its leaving is seen on the segment's own row.
static void join_landings(struct layout *l) {
    size_t kept = 0;
    for (size_t i = 0; i < l->moment_count; i++) {
        const struct moment m = l->moments[i];
        const struct moment *before = kept > 0 ? &l->moments[kept - 1] : NULL;
        if (m.kind != TW_ROW_LANDING || before == NULL || before->kind != TW_ROW_SEGMENT ||
            before->segment != m.segment)
            l->moments[kept++] = m;
    }
    l->moment_count = kept;
}

// --- rows

size_t ladder_row_at(const struct tw_ladder *ladder, size_t row, tw_time time) {
    size_t low = row, high = ladder->row_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (ladder->rows[middle].time < time)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

// A row that is the landing of a segment is where that one's line ends.
static void land(struct layout *l, const struct moment *m, size_t row) {
    struct tw_ladder *ladder = l->ladder;
    if (m->segment == TW_NO_SEGMENT ||
        (m->kind != TW_ROW_LANDING &&
         (m->kind != TW_ROW_CHANGE ||
          ladder->steps[m->step].end == (enum tw_end)l->segments[m->segment].sender)))
        return;
    size_t from = ladder->row_of[m->segment];
    if (from < row && ladder->rows[from].kind == TW_ROW_SEGMENT &&
        ladder->rows[from].lands == (double)from + ON_ITS_ROW)
        ladder->rows[from].lands = (double)row;
}

// Whether this happens by a segment that was dropped, or later.
static bool is_beyond(const struct layout *l, const struct moment *m) {
    const struct tw_ladder *ladder = l->ladder;
    if (ladder->segments_dropped == 0)
        return false;
    if (m->segment != TW_NO_SEGMENT)
        return m->segment >= ladder->gap;
    // One that was told too early is no reason.
    return m->kind == TW_ROW_CHANGE &&
           (ladder->gap == 0 || m->time >= l->flights[ladder->gap - 1].leaves) &&
           (ladder->gap == 0 ||
            ladder->steps[m->step].packet > l->segments[ladder->gap - 1].packet);
}

static void add_rows(struct layout *l) {
    struct tw_ladder *ladder = l->ladder;
    bool told = false;                  // that some were dropped
    size_t blocked[TW_END_COUNT] = {0}; // calls
    uint8_t ends = 0;                   // where there are some
    tw_time over = 0;                   // what was before
    for (size_t i = 0; i < l->moment_count; i++) {
        const struct moment *m = &l->moments[i];
        const bool beyond = !told && is_beyond(l, m);
        if (beyond)
            ladder->dropped_at = ladder->row_count;
        told = told || beyond;
        if (beyond || (i > 0 && m->time - over > silence_from))
            ladder->rows[ladder->row_count++] = (struct tw_ladder_row){
                .time = i > 0 && over < m->time ? over : m->time,
                .segment = TW_NO_SEGMENT,
                .step = TW_NONE,
                .kind = TW_ROW_SILENCE,
                .blocked = ends,
            };
        const size_t at = ladder->row_count++;
        struct tw_ladder_row *row = &ladder->rows[at];
        const struct flight *flight = m->segment != TW_NO_SEGMENT ? &l->flights[m->segment] : NULL;
        bool sent = m->kind == TW_ROW_SEGMENT;
        *row = (struct tw_ladder_row){
            .time = m->time,
            .lands = (double)at + ON_ITS_ROW,
            .segment = m->segment,
            .call = m->call,
            .step = sent ? l->sent_step[m->segment] : m->step,
            .kind = m->kind,
            .end = m->end,
            .blocked = ends,
            .blocks = m->kind == TW_ROW_CALL && m->blocks,
            .known = flight != NULL && flight->known &&
                     (sent || (!flight->lost && flight->lands == m->time)),
            .lost = sent && flight->lost,
        };
        tw_time until = m->kind == TW_ROW_RUN ? ladder->runs[m->run].over : m->time;
        over = i == 0 || until > over ? until : over;
        if (m->kind == TW_ROW_CALL && m->blocks)
            blocked[m->end]++;
        else if (m->kind == TW_ROW_RETURN)
            blocked[m->end]--;
        ends = (uint8_t)((blocked[TW_CLIENT] > 0) << TW_CLIENT | (blocked[TW_SERVER] > 0)
                                                                     << TW_SERVER);
        if (row->step != TW_NONE)
            ladder->steps[row->step].place = (double)at;
        if (sent)
            ladder->row_of[m->segment] = (uint32_t)at;
        else if (m->kind == TW_ROW_RUN)
            for (size_t s = m->segment; s <= ladder->runs[m->run].last; s++)
                ladder->row_of[s] = (uint32_t)at;
        land(l, m, at);
    }
    if (!told)
        ladder->dropped_at = ladder->row_count;
    ladder->begin = ladder->row_count > 0 ? ladder->rows[0].time : 0;
    ladder->end = over;
}

// Steps in order of place, for the look-up of states; rows point at them as before.
static void sort_steps(struct tw_ladder *ladder) {
    for (size_t i = 1; i < ladder->step_count; i++) // insertion: they are two ordered runs
        for (size_t k = i; k > 0 && ladder->steps[k].place < ladder->steps[k - 1].place; k--) {
            struct tw_ladder_step step = ladder->steps[k];
            ladder->steps[k] = ladder->steps[k - 1];
            ladder->steps[k - 1] = step;
        }
    for (size_t i = 0; i < ladder->step_count; i++)
        if (ladder->steps[i].place >= 0)
            ladder->rows[(size_t)ladder->steps[i].place].step = (int16_t)i;
}

// Where the tap is: a witness knows, else the two halves of the handshake's round trip tell.
static double tap_of(const struct tw_ladder *ladder, const struct tw_witness *witness) {
    const struct tw_connection_info *info = &ladder->info;
    if (witness != NULL && witness->flight_count > 0)
        return witness->tap;
    tw_time client = tw_story_flight(info, TW_CLIENT), server = tw_story_flight(info, TW_SERVER);
    return client > 0 && server > 0 ? (double)client / (double)(client + server) : -1;
}

static bool lay_out(struct layout *l, const struct tw_ladder_options *options) {
    struct tw_ladder *ladder = l->ladder;
    const size_t calls = l->witness != NULL ? l->witness->call_count : 0;
    const size_t others = TW_COUNT(ladder->steps) + 2 * calls;
    l->flights = malloc((l->count + 1) * sizeof *l->flights);
    l->sent_step = malloc((l->count + 1) * sizeof *l->sent_step);
    l->moments = malloc(others * sizeof *l->moments);
    ladder->row_of = malloc((l->count + 1) * sizeof *ladder->row_of);
    if (l->flights == NULL || l->sent_step == NULL || l->moments == NULL || ladder->row_of == NULL)
        return false;
    for (size_t i = 0; i < l->count; i++)
        l->sent_step[i] = TW_NONE;
    ladder_place_flights(l);
    for (int end = 0; end < TW_END_COUNT; end++)
        ladder_add_steps(l, (enum tw_end)end);
    ladder_add_calls(l);
    if (!sort_moments(l->moments, l->moment_count) || !ladder_fold(l, options))
        return false;
    size_t most = l->count;
    for (size_t i = 0; i < ladder->run_count; i++)
        if (ladder->runs[i].folded)
            most -= ladder->runs[i].last - ladder->runs[i].first;
    most = others + 2 * most; // each leaves and lands
    struct moment *moments = realloc(l->moments, most * sizeof *moments);
    if (moments == NULL)
        return false;
    l->moments = moments;
    add_segments(l);
    if (!sort_moments(l->moments, l->moment_count))
        return false;
    ladder_join_calls(l);
    join_landings(l);
    ladder->rows = malloc((2 * l->moment_count + 1) * sizeof *ladder->rows);
    if (ladder->rows == NULL)
        return false;
    ladder->segment_count = l->count;
    memset(ladder->row_of, 0xff, l->count * sizeof *ladder->row_of);
    add_rows(l);
    return true;
}

enum tw_status tw_ladder_build(struct tw_ladder *ladder,
                               const struct tw_story_connection *connection,
                               const struct tw_ladder_options *options) {
    tw_ladder_fini(ladder);
    *ladder = (struct tw_ladder){.connection = connection, .absolute = options->absolute};
    tw_story_info(connection, &ladder->info);
    ladder->segments_dropped = tw_story_segments_dropped(connection, &ladder->gap);
    ladder->tap = tap_of(ladder, options->witness);
    struct layout l = {.ladder = ladder, .witness = options->witness};
    l.segments = tw_story_segments(connection, &l.count);
    bool enough = lay_out(&l, options);
    if (enough) {
        sort_steps(ladder);
        ladder->zero = l.count > 0 ? l.flights[0].leaves : ladder->begin;
        for (int end = 0; end < TW_END_COUNT; end++)
            ladder_add_words(&l, (enum tw_end)end);
    }
    free(l.flights);
    free(l.sent_step);
    free(l.moments);
    return enough ? TW_OK : TW_MEMORY;
}

void tw_ladder_fini(struct tw_ladder *ladder) {
    free(ladder->rows);
    free(ladder->runs);
    free(ladder->row_of);
    *ladder = (struct tw_ladder){0};
}

// --- readings

const struct tw_ladder_step *tw_ladder_state(const struct tw_ladder *ladder, enum tw_end end,
                                             double place) {
    for (size_t i = ladder->step_count; i-- > 0;)
        if (ladder->steps[i].end == end && ladder->steps[i].place < place)
            return &ladder->steps[i];
    return NULL;
}

// The last row takes a moment, too, and a run as long as it goes on.
static double last_takes(const struct tw_ladder *ladder) {
    const tw_time time = ladder->end - ladder->rows[ladder->row_count - 1].time;
    return time > TW_MILLISECOND ? (double)time : (double)TW_MILLISECOND;
}

tw_time tw_ladder_time(const struct tw_ladder *ladder, double place) {
    if (ladder->row_count == 0)
        return 0;
    if (place <= 0)
        return ladder->begin;
    size_t row = (size_t)place;
    if (row + 1 >= ladder->row_count) {
        double ahead = place - (double)(ladder->row_count - 1);
        return ladder->rows[ladder->row_count - 1].time + (tw_time)(ahead * last_takes(ladder));
    }
    tw_time from = ladder->rows[row].time, to = ladder->rows[row + 1].time;
    return from + (tw_time)((place - (double)row) * (double)(to - from));
}

double tw_ladder_place(const struct tw_ladder *ladder, tw_time time) {
    if (ladder->row_count == 0 || time <= ladder->begin)
        return 0;
    const tw_time last = ladder->rows[ladder->row_count - 1].time;
    if (time > last) {
        double behind = (double)(time - last) / last_takes(ladder);
        return (double)(ladder->row_count - 1) + (behind < 1 ? behind : 1);
    }
    size_t next = ladder_row_at(ladder, 0, time);
    tw_time from = ladder->rows[next - 1].time, to = ladder->rows[next].time;
    return (double)(next - 1) + (to > from ? (double)(time - from) / (double)(to - from) : 1);
}

double tw_ladder_flown(const struct tw_ladder *ladder, size_t row, double place) {
    double from = (double)row, to = ladder->rows[row].lands;
    if (place <= from)
        return 0;
    return place >= to ? 1 : (place - from) / (to - from);
}

size_t tw_ladder_row_of(const struct tw_ladder *ladder, uint32_t segment) {
    uint32_t row = segment < ladder->segment_count ? ladder->row_of[segment] : TW_NO_SEGMENT;
    return row == TW_NO_SEGMENT ? ladder->row_count : row;
}

const struct tw_ladder_run *tw_ladder_run_of(const struct tw_ladder *ladder, uint32_t segment) {
    size_t low = 0, high = ladder->run_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (ladder->runs[middle].last < segment)
            low = middle + 1;
        else
            high = middle;
    }
    return low < ladder->run_count && ladder->runs[low].first <= segment ? &ladder->runs[low]
                                                                         : NULL;
}

uint32_t tw_ladder_run_told(const struct tw_ladder *ladder, size_t row, double place) {
    const struct tw_ladder_run *run = &ladder->runs[ladder->rows[row].run];
    return (uint32_t)((double)(run->last - run->first + 1) * tw_ladder_flown(ladder, row, place));
}

double tw_ladder_left(const struct tw_ladder *ladder, uint32_t segment) {
    const size_t row = tw_ladder_row_of(ladder, segment);
    if (row >= ladder->row_count)
        return (double)ladder->row_count;
    if (ladder->rows[row].kind != TW_ROW_RUN)
        return (double)row + 1;
    // In the middle between its own leaving and the next one's.
    const struct tw_ladder_run *run = &ladder->runs[ladder->rows[row].run];
    const double all = (double)(run->last - run->first + 1), told = segment - run->first + 1.5;
    const double part = told < all ? told / all : 1;
    return (double)row + part * (ladder->rows[row].lands - (double)row);
}

uint32_t tw_ladder_segment_at(const struct tw_ladder *ladder, size_t row, double place) {
    const struct tw_ladder_row *r = &ladder->rows[row];
    if (r->kind != TW_ROW_RUN)
        return r->segment;
    const uint32_t told = tw_ladder_run_told(ladder, row, place);
    return r->segment + (told > 0 ? told - 1 : 0);
}

uint32_t tw_ladder_seq(const struct tw_ladder *ladder, const struct tw_story_segment *segment) {
    const struct tw_end_info *end = &ladder->info.end[segment->sender];
    return segment->seq - (ladder->absolute ? 0 : end->initial_seq);
}

uint32_t tw_ladder_ack(const struct tw_ladder *ladder, const struct tw_story_segment *segment) {
    const struct tw_end_info *end = &ladder->info.end[tw_other((enum tw_end)segment->sender)];
    return segment->ack - (ladder->absolute ? 0 : end->initial_seq);
}

uint32_t tw_ladder_window(const struct tw_ladder *ladder, const struct tw_story_segment *segment) {
    const struct tw_end_info *end = &ladder->info.end[segment->sender];
    bool scaled = end->scale_known && (segment->flags & TW_SYN) == 0; // RFC 7323 2.2
    return (uint32_t)segment->window << (scaled ? end->scale & 15 : 0);
}
