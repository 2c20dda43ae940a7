// SPDX-License-Identifier: MIT
// Lays out one connection's story as rows in the order of the two ends' own clocks.
#include "tcpwalk/picture.h"

#include <stdlib.h>
#include <string.h>

enum { SEGMENTS_MAX = 1 << 20 };
static const tw_time silence_from = TW_SECOND; // a longer pause gets a row of its own

// When a segment left its sender and landed, by the clock of the ends.
struct flight {
    tw_time leaves, lands;
};

// What becomes a row.
struct moment {
    tw_time time;
    uint32_t order; // of what happens at the same time: a segment's index
    uint32_t segment;
    int16_t step; // TW_NONE: the segment leaves; its landings come after that
};

struct layout {
    struct tw_ladder *ladder;
    const struct tw_story_segment *segments;
    size_t count; // of segments
    struct flight *flights;
    int16_t *sent_step; // per segment: the step its sender takes by it
    struct moment *moments;
    size_t moment_count;
};

// --- when segments left and landed

// What a segment acknowledges had landed before it left; where the flight times of the handshake
// contradict that, the time between both is halved. `oldest` is the first one that is not yet
// acknowledged.
static void acknowledge(struct layout *l, size_t index, size_t *oldest) {
    const struct tw_story_segment *s = &l->segments[index];
    struct flight *flight = &l->flights[index];
    for (; *oldest < index; (*oldest)++) {
        const struct tw_story_segment *x = &l->segments[*oldest];
        struct flight *flown = &l->flights[*oldest];
        if (x->sender == s->sender)
            continue;
        uint32_t end = x->seq + x->length + ((x->flags & (TW_SYN | TW_FIN)) != 0);
        if (tw_seq_lt(s->ack, end))
            return;
        if (end == x->seq || flown->lands <= flight->leaves || s->time < x->time)
            continue;
        flown->lands = x->time + (s->time - x->time) / 2;
        if (flight->leaves < flown->lands)
            flight->leaves = flown->lands;
    }
}

static void place_flights(struct layout *l) {
    const struct tw_connection_info *info = &l->ladder->info;
    tw_time trip[TW_END_COUNT] = {tw_story_flight(info, TW_CLIENT),
                                  tw_story_flight(info, TW_SERVER)};
    size_t oldest[TW_END_COUNT] = {0, 0};
    tw_time left[TW_END_COUNT] = {INT64_MIN, INT64_MIN}; // when an end's latest segment did
    for (size_t i = 0; i < l->count; i++) {
        const struct tw_story_segment *s = &l->segments[i];
        enum tw_end from = (enum tw_end)s->sender, to = tw_other(from);
        struct flight *flight = &l->flights[i];
        *flight = (struct flight){s->time - trip[from], s->time + trip[to]};
        // What passed the tap later had left later; it may only have flown faster.
        if (flight->leaves < left[from])
            flight->leaves = left[from] < s->time ? left[from] : s->time;
        if (s->flags & TW_ACK)
            acknowledge(l, i, &oldest[to]);
        left[from] = flight->leaves;
    }
}

// The first segment whose packet number is not below `packet`.
static size_t first_from(const struct layout *l, uint64_t packet) {
    size_t low = 0, high = l->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (l->segments[middle].packet < packet)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

// The segment of a packet number, or TW_NO_SEGMENT.
static uint32_t segment_of(const struct layout *l, uint64_t packet) {
    size_t low = first_from(l, packet);
    return packet != 0 && low < l->count && l->segments[low].packet == packet ? (uint32_t)low
                                                                              : TW_NO_SEGMENT;
}

// --- the steps of one end

// For each step of a history the change that told it, or the correction that put it there. What
// was told is played again on a stack; where the ends of stack and history agree, they belong
// together.
static void match_changes(const struct tw_ladder *ladder, enum tw_end end,
                          const struct tw_step *history, size_t count,
                          const struct tw_story_change **told) {
    enum { STACK = 2 * TW_HISTORY_MAX };
    struct {
        const struct tw_story_change *change;
        enum tw_state state;
    } stack[STACK];
    size_t height = 0, change_count;
    const struct tw_story_change *changes = tw_story_changes(ladder->connection, &change_count);
    for (size_t i = 0; i < change_count; i++) {
        const struct tw_story_change *c = &changes[i];
        if (c->end != end)
            continue;
        if (c->corrects)
            height = c->was_count < height ? height - c->was_count : 0;
        size_t more = c->corrects ? c->now_count : 1;
        if (height + more > STACK)
            height = 0; // longer than a history may be: what is older is not needed
        for (size_t k = 0; k < more; k++) {
            stack[height].change = c;
            stack[height++].state = (enum tw_state)(c->corrects ? c->now[k] : c->to);
        }
    }
    for (size_t k = 1; k <= count && k <= height; k++) {
        if (stack[height - k].state != history[count - k].state)
            break;
        told[count - k] = stack[height - k].change;
    }
}

// Whether a step happened because the end itself sent something.
static bool by_sending(enum tw_event event) {
    return event == TW_EV_SEND_SYN || event == TW_EV_SEND_SYN_ACK || event == TW_EV_SEND_FIN ||
           event == TW_EV_SEND_RST || event == TW_EV_SEND_RST_ANSWER;
}

static void fill_step(struct tw_ladder_step *step, const struct tw_step *taken,
                      const struct tw_story_change *told) {
    step->packet = taken->packet;
    step->to = taken->state;
    step->event = taken->event;
    step->basis = taken->basis;
    step->time = TW_NO_TIME;
    if (told != NULL && told->corrects) {
        step->correction = told;
        step->time = told->time;
    } else if (told != NULL) {
        step->decided_by = told->decided_by;
        step->passes = told->passes;
        step->through = (enum tw_state)told->through;
        step->time = told->time;
    }
    step->cell = tw_state_cell(step->passes ? step->through : step->from, step->event);
}

// When a step happened: when its segment left, or landed; a timer's as the tracker told it.
static tw_time step_time(struct layout *l, const struct tw_ladder_step *step, uint32_t segment,
                         tw_time earliest) {
    size_t before = first_from(l, step->packet);
    if (segment == TW_NO_SEGMENT && step->timed)
        return step->time;
    if (segment == TW_NO_SEGMENT) // neither was kept: behind the segments that were before
        return before == 0 ? earliest : l->flights[before - 1].lands;
    if (by_sending(step->event) && l->segments[segment].sender == step->end)
        return l->flights[segment].leaves;
    return l->flights[segment].lands;
}

// The history is the truth: an end's steps follow one another, so a landing is no later than
// what the end sent afterwards, and nothing is earlier than what was before.
static void order_steps(struct layout *l, struct tw_ladder_step *steps, const uint32_t *segments,
                        size_t count) {
    tw_time cap = INT64_MAX;
    for (size_t i = count; i-- > 0;) {
        if (steps[i].timed && steps[i].place >= 0 && by_sending(steps[i].event) &&
            steps[i].time < cap)
            cap = steps[i].time;
        else if (steps[i].time > cap)
            steps[i].time = cap;
    }
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && steps[i].time < steps[i - 1].time)
            steps[i].time = steps[i - 1].time;
        if (segments[i] == TW_NO_SEGMENT || by_sending(steps[i].event))
            continue;
        struct flight *flown = &l->flights[segments[i]];
        if (flown->lands > steps[i].time)
            flown->lands = steps[i].time > flown->leaves ? steps[i].time : flown->leaves;
    }
}

static void add_steps(struct layout *l, enum tw_end end) {
    struct tw_ladder *ladder = l->ladder;
    struct tw_step history[TW_HISTORY_MAX];
    const struct tw_story_change *told[TW_HISTORY_MAX] = {NULL};
    uint32_t segments[TW_HISTORY_MAX];
    size_t count = tw_story_history(ladder->connection, end, history, TW_HISTORY_MAX);
    if (count > TW_HISTORY_MAX)
        count = TW_HISTORY_MAX;
    match_changes(ladder, end, history, count, told);
    struct tw_ladder_step *steps = &ladder->steps[ladder->step_count];
    tw_time earliest = l->count > 0 ? l->flights[0].leaves : ladder->info.opened;
    if (earliest > ladder->info.opened && tw_story_segments_dropped(ladder->connection) > 0)
        earliest = ladder->info.opened;
    for (size_t i = 0; i < count; i++) {
        struct tw_ladder_step *step = &steps[i];
        *step = (struct tw_ladder_step){
            .end = end, .from = i > 0 ? history[i - 1].state : TW_CLOSED, .through = TW_CLOSED};
        fill_step(step, &history[i], told[i]);
        segments[i] = segment_of(l, step->packet);
        // Where a connection stood before its first segment is where the ladder begins.
        if (i == 0 && (step->event == TW_EV_JOIN || step->event == TW_EV_PASSIVE_OPEN)) {
            step->place = -1;
            step->time = earliest;
            segments[i] = TW_NO_SEGMENT;
        } else {
            step->timed = segments[i] != TW_NO_SEGMENT || step->time != TW_NO_TIME;
            step->time = step_time(l, step, segments[i], earliest);
        }
    }
    order_steps(l, steps, segments, count);
    // What happens at the same time is ordered by the segments; each step goes behind the one
    // before it. A step by sending belongs to its segment's row, if it can stand there.
    int64_t order = -1;
    for (size_t i = 0; i < count; i++) {
        int16_t index = (int16_t)(ladder->step_count + i);
        uint32_t segment = segments[i];
        if (steps[i].place < 0)
            continue;
        if (segment != TW_NO_SEGMENT && (int64_t)segment > order && by_sending(steps[i].event) &&
            l->segments[segment].sender == end && l->sent_step[segment] == TW_NONE &&
            l->flights[segment].leaves == steps[i].time) {
            l->sent_step[segment] = index;
            order = segment;
            continue;
        }
        if (segment != TW_NO_SEGMENT && (int64_t)segment > order)
            order = segment;
        if (l->count == 0) // no segment was kept
            order = (int64_t)(steps[i].packet < UINT32_MAX ? steps[i].packet : UINT32_MAX);
        l->moments[l->moment_count++] =
            (struct moment){steps[i].time, order < 0 ? 0 : (uint32_t)order, segment, index};
    }
    ladder->step_count += count;
}

// --- rows

static int by_time(const void *a, const void *b) {
    const struct moment *x = a, *y = b;
    if (x->time != y->time)
        return x->time < y->time ? -1 : 1;
    if (x->order != y->order)
        return x->order < y->order ? -1 : 1;
    return (x->step > y->step) - (x->step < y->step);
}

// The first row that is not before `time`, from `row` on.
static size_t row_at(const struct tw_ladder *ladder, size_t row, tw_time time) {
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
    for (size_t i = 0; i < l->moment_count; i++) {
        const struct moment *m = &l->moments[i];
        if (i > 0 && m->time - l->moments[i - 1].time > silence_from)
            ladder->rows[ladder->row_count++] = (struct tw_ladder_row){
                .time = l->moments[i - 1].time,
                .segment = TW_NO_SEGMENT,
                .step = TW_NONE,
                .kind = TW_ROW_SILENCE,
            };
        struct tw_ladder_row *row = &ladder->rows[ladder->row_count];
        *row = (struct tw_ladder_row){
            .time = m->time,
            .segment = m->segment,
            .step = m->step == TW_NONE ? l->sent_step[m->segment] : m->step,
            .kind = m->step == TW_NONE ? TW_ROW_SEGMENT : TW_ROW_CHANGE,
        };
        if (row->step != TW_NONE)
            ladder->steps[row->step].place = (double)ladder->row_count;
        ladder->row_count++;
    }
    for (size_t i = 0; i < ladder->row_count; i++) {
        struct tw_ladder_row *row = &ladder->rows[i];
        if (row->kind != TW_ROW_SEGMENT)
            continue;
        // It lands on its own row unless something else happens while it flies.
        size_t next = row_at(ladder, i + 1, l->flights[row->segment].lands);
        while (next > i + 1 && ladder->rows[next - 1].kind == TW_ROW_SILENCE)
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
                               const struct tw_story_connection *connection) {
    free(ladder->rows);
    *ladder = (struct tw_ladder){.connection = connection};
    tw_story_info(connection, &ladder->info);
    ladder->segments_dropped = tw_story_segments_dropped(connection);
    struct layout l = {.ladder = ladder};
    l.segments = tw_story_segments(connection, &l.count);
    if (l.count > SEGMENTS_MAX) {
        ladder->segments_left_out = l.count - SEGMENTS_MAX;
        l.count = SEGMENTS_MAX;
    }
    size_t most = l.count + TW_COUNT(ladder->steps);
    l.flights = malloc((l.count + 1) * sizeof *l.flights);
    l.sent_step = malloc((l.count + 1) * sizeof *l.sent_step);
    l.moments = malloc(most * sizeof *l.moments);
    ladder->rows = malloc(2 * most * sizeof *ladder->rows);
    bool enough =
        l.flights != NULL && l.sent_step != NULL && l.moments != NULL && ladder->rows != NULL;
    if (enough) {
        for (size_t i = 0; i < l.count; i++)
            l.sent_step[i] = TW_NONE;
        place_flights(&l);
        for (int end = 0; end < TW_END_COUNT; end++)
            add_steps(&l, (enum tw_end)end);
        for (size_t i = 0; i < l.count; i++)
            l.moments[l.moment_count++] =
                (struct moment){l.flights[i].leaves, (uint32_t)i, (uint32_t)i, TW_NONE};
        qsort(l.moments, l.moment_count, sizeof *l.moments, by_time);
        add_rows(&l);
        sort_steps(ladder);
        if (ladder->row_count > 0) {
            ladder->begin = ladder->rows[0].time;
            ladder->end = ladder->rows[ladder->row_count - 1].time;
        }
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
    size_t next = row_at(ladder, 0, time);
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
