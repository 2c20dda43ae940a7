// SPDX-License-Identifier: MIT
// The steps of one end on the ladder: when each of its history happened, and where it stands.
#include "ladder.h"

size_t ladder_first_from(const struct layout *l, uint64_t packet) {
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
    size_t low = ladder_first_from(l, packet);
    return packet != 0 && low < l->count && l->segments[low].packet == packet ? (uint32_t)low
                                                                              : TW_NO_SEGMENT;
}

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
    size_t before = ladder_first_from(l, step->packet);
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
        if (!flown->known && flown->lands > steps[i].time)
            flown->lands = steps[i].time > flown->leaves ? steps[i].time : flown->leaves;
    }
}

void ladder_add_steps(struct layout *l, enum tw_end end) {
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
    if (earliest > ladder->info.opened && ladder->segments_dropped > 0)
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
            l->flights[segment].turns = true;
            order = segment;
            continue;
        }
        if (segment != TW_NO_SEGMENT && (int64_t)segment > order)
            order = segment;
        if (segment != TW_NO_SEGMENT) {
            l->flights[segment].turns = true;
            if (l->segments[segment].sender != end)
                l->flights[segment].turned = true;
        }
        if (l->count == 0) // no segment was kept
            order = (int64_t)(steps[i].packet < UINT32_MAX ? steps[i].packet : UINT32_MAX);
        else if (segment == TW_NO_SEGMENT && !steps[i].timed) { // its segment was not
            const int64_t before = (int64_t)ladder_first_from(l, steps[i].packet) - 1;
            order = before > order ? before : order;
        }
        l->moments[l->moment_count++] = (struct moment){.time = steps[i].time,
                                                        .order = order < 0 ? 0 : order,
                                                        .segment = segment,
                                                        .step = index,
                                                        .kind = TW_ROW_CHANGE};
    }
    ladder->step_count += count;
}
