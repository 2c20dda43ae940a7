// SPDX-License-Identifier: MIT
// Folds runs of data: segments of one direction and the acknowledgements of them, in which nothing
// is odd and no state changes, become one row.
#include "ladder.h"

#include <stdlib.h>

enum {
    LEAST = 4,              // a run of fewer segments is not worth it
    UNFOLDED_MAX = 1 << 16, // segments: what is longer stays folded behind them
    ALONE_MAX = 1 << 17,    // segments: of more, both ends' data are folded together
};
static const tw_time pause_most = TW_SECOND; // within a run; a longer one is told as silence

static bool is_copy(const struct tw_story_segment *s) {
    return s->findings == 1 << TW_FINDING_DUPLICATE;
}

static bool is_plain(const struct layout *l, size_t i) {
    const struct tw_story_segment *s = &l->segments[i];
    const struct flight *flight = &l->flights[i];
    return (s->flags & (TW_SYN | TW_FIN | TW_RST | TW_URG | TW_ACK)) == TW_ACK &&
           (s->findings == 0 || is_copy(s)) && s->window != 0 && !flight->turns && !flight->lost;
}

// A run while it grows.
struct growing {
    struct tw_ladder_run run;
    uint32_t count;
    tw_time landed[TW_END_COUNT]; // the last segment that each end has sent
    size_t next;                  // the first moment behind its beginning
};

static struct moment moment_of(const struct layout *l, size_t i) {
    return (struct moment){
        .time = l->flights[i].leaves, .order = (int64_t)i, .kind = TW_ROW_SEGMENT, .step = TW_NONE};
}

static void begin(const struct layout *l, struct growing *g, size_t i) {
    const struct moment first = moment_of(l, i);
    size_t low = 0, high = l->moment_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (ladder_compare(&l->moments[middle], &first) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    *g = (struct growing){.run = {.first = (uint32_t)i, .begun = first.time, .over = first.time},
                          .landed = {INT64_MIN, INT64_MIN},
                          .next = low};
}

static bool fits(const struct layout *l, const struct growing *g, size_t i) {
    const struct tw_story_segment *s = &l->segments[i];
    const struct flight *flight = &l->flights[i];
    const bool same = s->sender == g->run.sender;
    if (!l->mixes && !is_copy(s) &&
        (s->length > 0 ? (g->run.data > 0) != same : (g->run.data > 0) == same))
        return false;
    if (flight->leaves - g->run.over > pause_most || flight->lands < g->landed[s->sender])
        return false;
    if (flight->leaves < g->run.begun)
        return g->next == 0 || l->moments[g->next - 1].time < flight->leaves;
    const struct moment m = moment_of(l, i);
    return g->next == l->moment_count || ladder_compare(&m, &l->moments[g->next]) < 0;
}

static void add(const struct layout *l, struct growing *g, size_t i) {
    const struct tw_story_segment *s = &l->segments[i];
    const struct flight *flight = &l->flights[i];
    struct tw_ladder_run *run = &g->run;
    if (is_copy(s)) {
        run->copies++;
    } else if (s->length > 0) {
        run->both = run->both || (run->data > 0 && s->sender != run->sender);
        if (run->data == 0)
            run->begin = s->seq;
        run->data++;
        run->octets += s->length;
        run->sender = s->sender;
        run->end = s->seq + s->length;
    } else {
        if (run->data == 0 && run->acks == 0)
            run->begin = s->ack;
        run->acks++;
        if (run->data == 0) {
            run->sender = s->sender;
            run->end = s->ack;
        }
    }
    run->last = (uint32_t)i;
    g->count++;
    g->landed[s->sender] = flight->lands;
    if (flight->leaves < run->begun)
        run->begun = flight->leaves;
    if (flight->leaves > run->over)
        run->over = flight->leaves;
}

static bool keep(struct layout *l, const struct tw_ladder_run *run) {
    struct tw_ladder *ladder = l->ladder;
    if (ladder->run_count == l->run_room) {
        l->run_room = l->run_room == 0 ? 64 : 2 * l->run_room;
        struct tw_ladder_run *runs = realloc(ladder->runs, l->run_room * sizeof *runs);
        if (runs == NULL)
            return false;
        ladder->runs = runs;
    }
    ladder->runs[ladder->run_count++] = *run;
    return true;
}

// It may begin with copies: what they are copies of is in the part before.
static bool keep_part(struct layout *l, size_t first, size_t behind, bool folded) {
    struct growing g;
    if (first >= behind)
        return true;
    begin(l, &g, first);
    for (size_t i = first; i < behind; i++)
        add(l, &g, i);
    g.run.folded = folded;
    return keep(l, &g.run);
}

// Folded, or the other way. Of one that is too long to be unfolded a part is.
static bool end(struct layout *l, const struct tw_ladder_options *options, struct growing *g,
                size_t *unfolded) {
    struct tw_ladder_run *run = &g->run;
    const uint32_t *except = NULL;
    for (size_t i = 0; i < options->except_count; i++)
        if (options->except[i] >= run->first && options->except[i] <= run->last)
            except = &options->except[i];
    run->folded = options->fold == (except == NULL);
    const size_t room = UNFOLDED_MAX - *unfolded;
    if (run->folded || g->count <= room) {
        *unfolded += run->folded ? 0 : g->count;
        return keep(l, run);
    }
    *unfolded = UNFOLDED_MAX;
    const size_t first = except != NULL ? *except : run->first;
    const size_t left = (size_t)run->last + 1 - first, part = left < room ? left : room;
    return keep_part(l, run->first, first, true) && keep_part(l, first, first + part, false) &&
           keep_part(l, first + part, (size_t)run->last + 1, true);
}

// False: out of memory, or there are too many segments that stand `alone`.
static bool fold(struct layout *l, const struct tw_ladder_options *options, size_t *alone) {
    struct growing g = {.count = 0};
    size_t unfolded = 0;
    *alone = 0;
    for (size_t i = 0; i <= l->count; i++) {
        const bool plain = i < l->count && is_plain(l, i);
        const bool broken = l->ladder->segments_dropped > 0 && i == l->ladder->gap;
        if (g.count > 0 && (broken || !plain || !fits(l, &g, i))) {
            if (g.count >= LEAST && !end(l, options, &g, &unfolded))
                return false;
            *alone += g.count < LEAST ? g.count : 0;
            g.count = 0;
        }
        if (*alone > ALONE_MAX && !l->mixes)
            return false;
        if (plain && (g.count > 0 || !is_copy(&l->segments[i]))) { // none begins with a copy
            if (g.count == 0)
                begin(l, &g, i);
            add(l, &g, i);
        }
    }
    return true;
}

bool ladder_fold(struct layout *l, const struct tw_ladder_options *options) {
    size_t alone;
    if (fold(l, options, &alone))
        return true;
    if (alone <= ALONE_MAX)
        return false;
    l->ladder->run_count = 0;
    l->mixes = true;
    return fold(l, options, &alone);
}
