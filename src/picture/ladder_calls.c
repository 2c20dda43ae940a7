// SPDX-License-Identifier: MIT
// What a witness adds to the ladder: the socket calls as rows, and what the kernels say themselves.
#include "ladder.h"

#include <math.h>
#include <string.h>

static const tw_time at_once = TW_MILLISECOND; // a call that returns by then may stand on one row
// By then the kernel has been asked for what a row has changed, and no timer has run out.
static const tw_time look_takes = 50 * TW_MILLISECOND;

// The step that a listen() is: the end stood in LISTEN before its first segment. Or TW_NONE.
static int16_t listening(const struct layout *l, enum tw_end end,
                         const struct tw_witness_call *call) {
    int16_t step = TW_NONE;
    if (strncmp(call->text, "listen(", strlen("listen(")) != 0 || call->error != 0)
        return TW_NONE;
    for (size_t i = 0; i < l->ladder->step_count; i++) {
        const struct tw_ladder_step *s = &l->ladder->steps[i];
        if (s->end != end)
            continue;
        if (s->place >= 0 || s->event != TW_EV_PASSIVE_OPEN)
            return call->begun < s->time ? step : TW_NONE;
        step = (int16_t)i;
    }
    return step;
}

void ladder_add_calls(struct layout *l) {
    const struct tw_witness *witness = l->witness;
    struct moment *listens[TW_END_COUNT] = {NULL}; // the last one counts
    for (size_t i = 0; witness != NULL && i < witness->call_count; i++) {
        const struct tw_witness_call *call = &witness->calls[i];
        enum tw_end end;
        bool listener;
        if (!tw_witness_call_at(witness, call, &l->ladder->info, &end, &listener))
            continue;
        // At the same time a call comes before what it sends, and returns behind what landed.
        struct moment *begun = &l->moments[l->moment_count++];
        *begun = (struct moment){
            .time = call->begun,
            .order = (int64_t)ladder_first_from(l, call->begun_after + 1),
            .segment = TW_NO_SEGMENT,
            .call = (uint32_t)i,
            .step = TW_NONE,
            .kind = TW_ROW_CALL,
            .end = (uint8_t)end,
            .blocks = call->returned == TW_NO_TIME || call->returned > call->begun,
        };
        if (listening(l, end, call) != TW_NONE)
            listens[end] = begun;
        if (call->returned == TW_NO_TIME || !begun->blocks)
            continue;
        struct moment *returned = &l->moments[l->moment_count++];
        *returned = *begun;
        returned->time = call->returned;
        returned->order = (int64_t)ladder_first_from(l, call->returned_after + 1) - 1;
        returned->kind = TW_ROW_RETURN;
    }
    for (int end = 0; end < TW_END_COUNT; end++) {
        struct moment *m = listens[end];
        if (m == NULL)
            continue;
        m->step = listening(l, (enum tw_end)end, &witness->calls[m->call]);
        l->ladder->steps[m->step].time = m->time;
        l->ladder->steps[m->step].timed = true;
    }
}

void ladder_join_calls(struct layout *l) {
    size_t kept = 0;
    for (size_t i = 0; i < l->moment_count; i++) {
        const struct moment m = l->moments[i];
        struct moment *before = kept > 0 ? &l->moments[kept - 1] : NULL;
        if (m.kind == TW_ROW_RETURN && before != NULL && before->kind == TW_ROW_CALL &&
            before->call == m.call && m.time - before->time <= at_once)
            before->blocks = false;
        else
            l->moments[kept++] = m;
    }
    l->moment_count = kept;
}

// --- the kernels' states

// The row of that time which is the call, or the change that the segment's landing is.
static size_t row_of(const struct layout *l, tw_time time, uint32_t call, uint32_t segment,
                     enum tw_end end) {
    const struct tw_ladder *ladder = l->ladder;
    size_t row = ladder_row_at(ladder, 0, time);
    for (; row < ladder->row_count && ladder->rows[row].time == time; row++) {
        const struct tw_ladder_row *r = &ladder->rows[row];
        if (segment == TW_NO_SEGMENT ? r->kind == TW_ROW_CALL && r->call == call
                                     : r->kind == TW_ROW_CHANGE && r->segment == segment &&
                                           ladder->steps[r->step].end == end)
            return row;
    }
    return ladder->row_count;
}

// The segment that landed last at `end` by `time`, or TW_NO_SEGMENT.
static uint32_t landed_by(const struct layout *l, enum tw_end end, tw_time time) {
    uint32_t last = TW_NO_SEGMENT;
    for (size_t i = 0; i < l->count; i++) {
        const struct flight *flight = &l->flights[i];
        if (l->segments[i].sender != end && flight->known && !flight->lost &&
            flight->lands <= time &&
            (last == TW_NO_SEGMENT || flight->lands >= l->flights[last].lands))
            last = (uint32_t)i;
    }
    return last;
}

// A kernel is asked a moment after what changed its state, so its word stands where that happened.
static double word_place(const struct layout *l, const struct tw_witness_history *history,
                         const struct tw_witness_step *step, enum tw_end end) {
    const struct tw_ladder *ladder = l->ladder;
    tw_time time = step->time;
    size_t row = ladder->row_count;
    uint32_t segment = TW_NO_SEGMENT;
    if (step->cause == TW_BY_LANDING && (segment = landed_by(l, end, time)) != TW_NO_SEGMENT) {
        time = l->flights[segment].lands;
        row = row_of(l, time, 0, segment, end);
    } else if (step->cause == TW_BY_CALL) {
        const struct tw_witness_call *calls = l->witness->calls;
        size_t call = l->witness->call_count;
        while (call > 0 && (calls[call - 1].end != history->end || calls[call - 1].begun > time))
            call--;
        if (call > 0) {
            time = calls[call - 1].begun;
            row = row_of(l, time, (uint32_t)(call - 1), TW_NO_SEGMENT, end);
        }
    }
    if (row < ladder->row_count)
        return (double)row;
    // Between two rows; what happens by itself behind the last one is not on the ladder.
    if (time > ladder->end && segment == TW_NO_SEGMENT)
        return (double)ladder->row_count;
    return (double)ladder_row_at(ladder, 0, time) - 0.5;
}

void ladder_add_words(struct layout *l, enum tw_end end) {
    struct tw_ladder *ladder = l->ladder;
    const struct tw_witness_history *history =
        l->witness != NULL ? tw_witness_find(l->witness, &ladder->info, end) : NULL;
    if (history == NULL)
        return;
    double last = -1;
    size_t first = history->count > TW_HISTORY_MAX ? history->count - TW_HISTORY_MAX : 0;
    for (size_t i = first; i < history->count; i++) {
        double place = word_place(l, history, &history->steps[i], end);
        last = place > last ? place : last;
        ladder->words[ladder->word_count++] =
            (struct tw_ladder_word){.place = last, .end = end, .state = history->steps[i].state};
    }
}

bool tw_ladder_kernel(const struct tw_ladder *ladder, enum tw_end end, double place,
                      enum tw_state *state) {
    bool said = false;
    for (size_t i = 0; i < ladder->word_count; i++)
        if (ladder->words[i].end == end && ladder->words[i].place < place) {
            *state = ladder->words[i].state;
            said = true;
        }
    return said;
}

// Until when what is told belongs to a row: until a later one begins.
static tw_time row_ends(const struct tw_ladder *ladder, size_t row) {
    const tw_time time = ladder->rows[row].time;
    size_t next = row + 1;
    while (next < ladder->row_count && ladder->rows[next].time == time &&
           ladder->rows[next].kind != TW_ROW_SILENCE)
        next++;
    return next < ladder->row_count && ladder->rows[next].time > time ? ladder->rows[next].time
                                                                      : time + look_takes;
}

const struct tw_witness_look *tw_ladder_look(const struct tw_ladder *ladder,
                                             const struct tw_witness *witness, enum tw_end end,
                                             double place, tw_time now, tw_time *left,
                                             size_t *opening) {
    tw_time time = ladder->begin, until = ladder->begin;
    if (place > 0 && ladder->row_count > 0) {
        size_t row = (size_t)ceil(place) - 1;
        row = row < ladder->row_count ? row : ladder->row_count - 1;
        const bool goes_on = now != TW_NO_TIME && row + 1 == ladder->row_count;
        time = goes_on ? now : ladder->rows[row].time;
        until = goes_on ? INT64_MAX : row_ends(ladder, row);
    }
    const struct tw_witness_look *look =
        tw_witness_look_at(witness, &ladder->info, end, until, opening);
    *left = 0;
    if (look != NULL && look->timer != TW_TIMER_NONE) {
        const tw_time passed = time > look->time ? time - look->time : 0;
        *left = look->expires > passed ? look->expires - passed : 0;
    }
    return look;
}
