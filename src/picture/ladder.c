// SPDX-License-Identifier: MIT
// Lays out one connection's story as rows in the order of the two ends' own clocks.
#include "ladder.h"

#include <stdlib.h>

enum { SEGMENTS_MAX = 1 << 20 };
static const tw_time silence_from = TW_SECOND; // a longer pause gets a row of its own

// --- rows

static int by_time(const void *a, const void *b) {
    const struct moment *x = a, *y = b;
    if (x->time != y->time)
        return x->time < y->time ? -1 : 1;
    if (x->order != y->order)
        return x->order < y->order ? -1 : 1;
    int phase = (x->kind == TW_ROW_RETURN) - (x->kind == TW_ROW_CALL);
    int other = (y->kind == TW_ROW_RETURN) - (y->kind == TW_ROW_CALL);
    if (phase != other)
        return phase < other ? -1 : 1;
    if (phase != 0)
        return (x->call > y->call) - (x->call < y->call);
    return (x->step > y->step) - (x->step < y->step);
}

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

static void add_rows(struct layout *l) {
    struct tw_ladder *ladder = l->ladder;
    size_t blocked[TW_END_COUNT] = {0}; // calls
    uint8_t ends = 0;                   // where there are some
    for (size_t i = 0; i < l->moment_count; i++) {
        const struct moment *m = &l->moments[i];
        if (i > 0 && m->time - l->moments[i - 1].time > silence_from)
            ladder->rows[ladder->row_count++] = (struct tw_ladder_row){
                .time = l->moments[i - 1].time,
                .segment = TW_NO_SEGMENT,
                .step = TW_NONE,
                .kind = TW_ROW_SILENCE,
                .blocked = ends,
            };
        struct tw_ladder_row *row = &ladder->rows[ladder->row_count];
        const struct flight *flight = m->segment != TW_NO_SEGMENT ? &l->flights[m->segment] : NULL;
        bool sent = m->kind == TW_ROW_SEGMENT;
        *row = (struct tw_ladder_row){
            .time = m->time,
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
        if (m->kind == TW_ROW_CALL && m->blocks)
            blocked[m->end]++;
        else if (m->kind == TW_ROW_RETURN)
            blocked[m->end]--;
        ends = (uint8_t)((blocked[TW_CLIENT] > 0) << TW_CLIENT | (blocked[TW_SERVER] > 0)
                                                                     << TW_SERVER);
        if (row->step != TW_NONE)
            ladder->steps[row->step].place = (double)ladder->row_count;
        ladder->row_count++;
    }
    for (size_t i = 0; i < ladder->row_count; i++) {
        struct tw_ladder_row *row = &ladder->rows[i];
        if (row->kind != TW_ROW_SEGMENT)
            continue;
        // It lands on its own row unless something else happens while it flies.
        tw_time lands = l->flights[row->segment].lands;
        size_t next = ladder_row_at(ladder, i + 1, lands);
        bool seen = next < ladder->row_count && ladder->rows[next].time == lands;
        while (!seen && next > i + 1 && ladder->rows[next - 1].kind == TW_ROW_SILENCE)
            next--;
        row->lands = (double)next;
    }
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

enum tw_status tw_ladder_build(struct tw_ladder *ladder,
                               const struct tw_story_connection *connection,
                               const struct tw_witness *witness) {
    free(ladder->rows);
    *ladder = (struct tw_ladder){.connection = connection};
    tw_story_info(connection, &ladder->info);
    ladder->segments_dropped = tw_story_segments_dropped(connection);
    struct layout l = {.ladder = ladder, .witness = witness};
    l.segments = tw_story_segments(connection, &l.count);
    if (l.count > SEGMENTS_MAX) {
        ladder->segments_left_out = l.count - SEGMENTS_MAX;
        l.count = SEGMENTS_MAX;
    }
    size_t most =
        l.count + TW_COUNT(ladder->steps) + 2 * (witness != NULL ? witness->call_count : 0);
    l.flights = malloc((l.count + 1) * sizeof *l.flights);
    l.sent_step = malloc((l.count + 1) * sizeof *l.sent_step);
    l.moments = malloc(most * sizeof *l.moments);
    ladder->rows = malloc(2 * most * sizeof *ladder->rows);
    bool enough =
        l.flights != NULL && l.sent_step != NULL && l.moments != NULL && ladder->rows != NULL;
    if (enough) {
        for (size_t i = 0; i < l.count; i++)
            l.sent_step[i] = TW_NONE;
        ladder_place_flights(&l);
        for (int end = 0; end < TW_END_COUNT; end++)
            ladder_add_steps(&l, (enum tw_end)end);
        ladder_add_calls(&l);
        for (size_t i = 0; i < l.count; i++)
            l.moments[l.moment_count++] = (struct moment){.time = l.flights[i].leaves,
                                                          .order = (int64_t)i,
                                                          .segment = (uint32_t)i,
                                                          .step = TW_NONE,
                                                          .kind = TW_ROW_SEGMENT};
        qsort(l.moments, l.moment_count, sizeof *l.moments, by_time);
        ladder_join_calls(&l);
        add_rows(&l);
        sort_steps(ladder);
        if (ladder->row_count > 0) {
            ladder->begin = ladder->rows[0].time;
            ladder->end = ladder->rows[ladder->row_count - 1].time;
        }
        ladder->zero = l.count == 0         ? ladder->begin
                       : l.flights[0].known ? l.flights[0].leaves
                                            : l.segments[0].time;
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

tw_time tw_ladder_time(const struct tw_ladder *ladder, double place) {
    if (ladder->row_count == 0)
        return 0;
    if (place <= 0)
        return ladder->begin;
    size_t row = (size_t)place;
    if (row + 1 >= ladder->row_count) // the last row takes a moment, too
        return ladder->end + (tw_time)((place - (double)(ladder->row_count - 1)) * 1e6);
    tw_time from = ladder->rows[row].time, to = ladder->rows[row + 1].time;
    return from + (tw_time)((place - (double)row) * (double)(to - from));
}

double tw_ladder_place(const struct tw_ladder *ladder, tw_time time) {
    if (ladder->row_count == 0 || time <= ladder->begin)
        return 0;
    if (time > ladder->end) {
        double behind = (double)(time - ladder->end) / 1e6;
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

uint32_t tw_ladder_seq(const struct tw_ladder *ladder, const struct tw_story_segment *segment) {
    return segment->seq - ladder->info.end[segment->sender].initial_seq;
}

uint32_t tw_ladder_ack(const struct tw_ladder *ladder, const struct tw_story_segment *segment) {
    return segment->ack - ladder->info.end[tw_other((enum tw_end)segment->sender)].initial_seq;
}

uint32_t tw_ladder_window(const struct tw_ladder *ladder, const struct tw_story_segment *segment) {
    const struct tw_end_info *end = &ladder->info.end[segment->sender];
    bool scaled = end->scale_known && (segment->flags & TW_SYN) == 0; // RFC 7323 2.2
    return (uint32_t)segment->window << (scaled ? end->scale & 15 : 0);
}
