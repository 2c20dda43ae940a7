// SPDX-License-Identifier: MIT
// Keeps what the tracker tells: per connection its segments and state changes, and, once it is
// over, its last information and histories. Where memory runs short, connections that are over
// lose their segments first, the oldest before the others.
#include "story_record.h"

#include <stdlib.h>
#include <string.h>

enum {
    ROOM_STEP = 4, // most connections are short: up to ROOM_SHORT their arrays grow by steps
    ROOM_SHORT = 16,
    USUAL_STEPS = 12, // of both ends
    LOOK_AHEAD = 256, // how many connections are looked at to find one that is over
};
static const size_t default_limit = (size_t)1 << 30;

struct tw_story *tw_story_new(void) {
    struct tw_story *story = calloc(1, sizeof *story);
    if (story == NULL)
        return NULL;
    story->limit = default_limit;
    story->now = TW_NO_TIME;
    story->memory = sizeof *story;
    return story;
}

void tw_story_free(struct tw_story *story) {
    if (story == NULL)
        return;
    for (size_t i = 0; i < story->count; i++) {
        struct tw_story_connection *c = story_at(story, i);
        free(c->remains);
        free(c->segments);
        free(c->changes);
    }
    for (size_t i = 0; i < story->count; i += BLOCK_SIZE)
        free(story->blocks[i >> BLOCK_SHIFT]);
    free(story->blocks);
    free(story);
}

// --- room

// Drops the segments of a connection that is over; false: there was none nearby.
static bool drop_segments(struct tw_story *story) {
    for (int i = 0; i < LOOK_AHEAD && story->over > 0; i++) {
        if (story->next_over >= story->count)
            story->next_over = 0;
        struct tw_story_connection *c = story_at(story, story->next_over++);
        if (c->alive != NULL || c->segments == NULL)
            continue;
        free(c->segments);
        c->segments = NULL;
        story->memory -= c->segment_count * sizeof *c->segments;
        story->segment_memory -= c->segment_count * sizeof *c->segments;
        story->dropped += c->segment_count;
        c->dropped += (uint32_t)c->segment_count;
        c->segment_count = 0;
        story->over--;
        return true;
    }
    return false;
}

// How much of the limit, in eighths, may be held for a new one to be kept: of all but segments, or
// of segments. What is left over for changes is for the connections that are there already.
enum share { CONNECTIONS = 6, CHANGES = 8, SEGMENTS = 6 };

static bool has_room(struct tw_story *story, size_t octets, enum share share, bool segments) {
    size_t most = story->limit / 8 * (size_t)share;
    if (!segments && story->memory - story->segment_memory + octets > most)
        return false;
    while (story->memory + octets > story->limit ||
           (segments && story->segment_memory + octets > most))
        if (!drop_segments(story))
            return false;
    return true;
}

// Makes room for one more item behind `count`. Arrays grow by steps, then double at powers of two.
// NULL: no room.
static void *room_for(struct tw_story *story, void *items, size_t count, size_t size,
                      bool segments) {
    bool full = count < ROOM_SHORT ? count % ROOM_STEP == 0 : (count & (count - 1)) == 0;
    if (!full)
        return items;
    size_t more = count < ROOM_SHORT ? ROOM_STEP : count;
    if (!has_room(story, more * size, segments ? SEGMENTS : CHANGES, segments))
        return NULL;
    void *grown = realloc(items, (count + more) * size);
    if (grown == NULL)
        return NULL;
    story->memory += more * size;
    story->segment_memory += segments ? more * size : 0;
    return grown;
}

static size_t remains_size(size_t steps) {
    return sizeof(struct remains) + steps * sizeof(struct packed_step);
}

// What will remain of a connection is set aside at once.
static struct tw_story_connection *add(struct tw_story *story) {
    if (!has_room(story, remains_size(USUAL_STEPS), CONNECTIONS, false))
        return NULL;
    size_t block = story->count >> BLOCK_SHIFT;
    if ((story->count & (BLOCK_SIZE - 1)) == 0) {
        size_t octets = BLOCK_SIZE * sizeof(struct tw_story_connection);
        if (!has_room(story, octets, CONNECTIONS, false))
            return NULL;
        if (block == story->block_room) {
            size_t room = block == 0 ? 64 : block * 2;
            void *blocks = realloc(story->blocks, room * sizeof *story->blocks);
            if (blocks == NULL)
                return NULL;
            story->memory += (room - block) * sizeof *story->blocks;
            story->blocks = blocks;
            story->block_room = room;
        }
        story->blocks[block] = calloc(BLOCK_SIZE, sizeof **story->blocks);
        if (story->blocks[block] == NULL)
            return NULL;
        story->memory += octets;
    }
    story->memory += remains_size(USUAL_STEPS);
    return story_at(story, story->count++);
}

// The story of a connection that was told of before. They are in order of their numbers, so that it
// stands where its number says, or as much before that as there was no room for.
static struct tw_story_connection *find(const struct tw_story *story, uint64_t number) {
    size_t high = number < story->count ? (size_t)number : story->count;
    size_t low = number > story->missing ? (size_t)(number - story->missing - 1) : 0;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        struct tw_story_connection *c = story_at(story, middle);
        if (c->number == number)
            return c;
        if (c->number < number)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

// The story of a connection, begun if it is new; NULL: there was no room for it.
static struct tw_story_connection *of(struct tw_story *story, const struct tw_connection *told) {
    const uint64_t number = tw_connection_number(told);
    if (number <= story->newest)
        return find(story, number);
    story->missing += number - story->newest - 1;
    story->newest = number;
    struct tw_story_connection *c = add(story);
    if (c == NULL) {
        story->connections_dropped++;
        story->missing++;
        return NULL;
    }
    c->alive = told;
    c->number = number;
    c->changed[TW_CLIENT] = c->changed[TW_SERVER] = TW_NO_TIME;
    return c;
}

// Counts the ends by the states that the list shows: those of their histories, which may be
// ahead of what was told, as landings are told when they are due.
static void count_states(uint64_t census[TW_STATE_COUNT], struct tw_story_connection *c) {
    struct tw_connection_info info;
    tw_story_info(c, &info);
    unsigned known = 0;
    for (unsigned end = 0; end < TW_END_COUNT; end++) {
        if (c->known & 1U << end)
            census[c->state[end]]--;
        if (info.end[end].step_count == 0)
            continue;
        known |= 1U << end;
        c->state[end] = (uint8_t)info.end[end].state;
        census[c->state[end]]++;
    }
    c->known = known & 3U;
}

static void count_touched(struct tw_story *story) {
    for (size_t i = 0; i < story->touched_count; i++) {
        count_states(story->census, story->touched[i]);
        story->touched[i]->touched = false;
    }
    story->touched_count = 0;
}

static void touch(struct tw_story *story, struct tw_story_connection *c) {
    if (c->touched)
        return;
    if (story->touched_count == TOUCHED_MAX)
        count_touched(story);
    c->touched = true;
    story->touched[story->touched_count++] = c;
}

void tw_story_census(const struct tw_story *story, uint64_t counts[TW_STATE_COUNT]) {
    memcpy(counts, story->census, sizeof story->census);
    for (size_t i = 0; i < story->touched_count; i++) {
        struct tw_story_connection as_counted = *story->touched[i];
        count_states(counts, &as_counted);
    }
}

// --- what the tracker tells

// A clock that is set back is followed; what was only captured out of order is not.
static void move_clock(struct tw_story *story, tw_time time) {
    static const tw_time back = 10 * TW_SECOND;
    if (story->now == TW_NO_TIME || time > story->now || time < story->now - back)
        story->now = time;
}

// An end was told to have entered a state.
static void enter(struct tw_story_connection *c, enum tw_end end, unsigned state, tw_time time) {
    unsigned shift = 4U * end;
    c->told = (uint8_t)((c->told & ~(15U << shift)) | state << shift);
    c->changed[end] = time;
}

static void told_segment(void *context, const struct tw_connection *connection, enum tw_end sender,
                         const struct tw_segment *segment) {
    struct tw_story *story = context;
    story->told++;
    story->revision++;
    move_clock(story, segment->time);
    struct tw_story_connection *c = of(story, connection);
    if (c == NULL) {
        story->dropped++;
        return;
    }
    touch(story, c);
    story_letters_segment(c, sender, segment);
    void *items = room_for(story, c->segments, c->segment_count, sizeof *c->segments, true);
    if (items == NULL) {
        story->dropped++;
        c->dropped++;
        return;
    }
    c->segments = items;
    c->segments[c->segment_count++] = (struct tw_story_segment){
        .time = segment->time,
        .packet = segment->packet,
        .seq = segment->seq,
        .ack = segment->ack,
        .length = segment->length,
        .window = segment->window,
        .flags = segment->flags,
        .sender = (uint8_t)sender,
    };
}

static void add_change(struct tw_story *story, struct tw_story_connection *c,
                       const struct tw_story_change *change) {
    void *items = room_for(story, c->changes, c->change_count, sizeof *c->changes, false);
    if (items == NULL) {
        story->dropped++;
        return;
    }
    c->changes = items;
    c->changes[c->change_count++] = *change;
}

static void told_transition(void *context, const struct tw_connection *connection,
                            const struct tw_transition *t) {
    struct tw_story *story = context;
    struct tw_story_connection *c = of(story, connection);
    story->revision++;
    if (c == NULL)
        return;
    touch(story, c);
    struct tw_story_change change = {
        .time = t->time,
        .packet = t->packet,
        .decided_by = t->decided_by,
        .end = (uint8_t)t->end,
        .cell = t->cell,
    };
    change.from = (uint8_t)t->from;
    change.to = (uint8_t)t->to;
    change.through = (uint8_t)t->through;
    change.event = (uint8_t)t->event;
    change.basis = (uint8_t)t->basis;
    change.passes = t->passes;
    enter(c, t->end, (unsigned)t->to, t->time);
    add_change(story, c, &change);
}

static uint8_t copy_tail(uint8_t *tail, const enum tw_state *states, size_t count) {
    size_t kept = count < TW_STORY_TAIL ? count : TW_STORY_TAIL;
    for (size_t i = 0; i < kept; i++)
        tail[i] = (uint8_t)states[i];
    return (uint8_t)kept;
}

static void told_correction(void *context, const struct tw_connection *connection,
                            const struct tw_correction *correction) {
    struct tw_story *story = context;
    struct tw_story_connection *c = of(story, connection);
    story->revision++;
    if (c == NULL)
        return;
    touch(story, c);
    struct tw_story_change change = {
        .time = correction->time,
        .packet = correction->packet,
        .corrects = true,
        .end = (uint8_t)correction->end,
        .why = correction->why,
    };
    change.was_count = copy_tail(change.was, correction->was, correction->was_count);
    change.now_count = copy_tail(change.now, correction->now, correction->now_count);
    if (correction->now_count > 0)
        enter(c, correction->end, (unsigned)correction->now[correction->now_count - 1],
              correction->time);
    add_change(story, c, &change);
}

// A finding is told with its segment or soon after it.
static void told_finding(void *context, const struct tw_connection *connection,
                         const struct tw_finding *finding) {
    enum { LOOK_BACK = 32 };
    struct tw_story *story = context;
    struct tw_story_connection *c = of(story, connection);
    story->revision++;
    if (c == NULL)
        return;
    if (finding->kind == TW_FINDING_RETRANSMISSION)
        story_letters_again(c, finding->end);
    size_t last = c->segment_count > LOOK_BACK ? c->segment_count - LOOK_BACK : 0;
    for (size_t i = c->segment_count; i > last; i--)
        if (c->segments[i - 1].packet == finding->packet) {
            c->segments[i - 1].findings |= (uint16_t)(1U << finding->kind);
            return;
        }
}

static struct remains *bury(const struct tw_connection *connection) {
    struct tw_step steps[TW_END_COUNT][TW_HISTORY_MAX];
    size_t counts[TW_END_COUNT];
    for (int end = 0; end < TW_END_COUNT; end++) {
        size_t count =
            tw_connection_history(connection, (enum tw_end)end, steps[end], TW_HISTORY_MAX);
        counts[end] = count < TW_HISTORY_MAX ? count : TW_HISTORY_MAX;
    }
    size_t total = counts[TW_CLIENT] + counts[TW_SERVER];
    struct remains *remains = malloc(remains_size(total));
    if (remains == NULL)
        return NULL;
    tw_connection_read(connection, &remains->info);
    struct packed_step *to = remains->steps;
    for (int end = 0; end < TW_END_COUNT; end++) {
        remains->counts[end] = counts[end];
        for (size_t i = 0; i < counts[end]; i++) {
            const struct tw_step *s = &steps[end][i];
            *to++ = (struct packed_step){
                .packet = s->packet & 0xffffffffffffU,
                .state = s->state & 15U,
                .event = s->event & 255U,
                .basis = s->basis & 15U,
            };
        }
    }
    return remains;
}

// Gives back the room that an array will not need any more.
static void *trim(struct tw_story *story, void *items, size_t count, size_t size, bool segments) {
    size_t room = (count + ROOM_STEP - 1) / ROOM_STEP * ROOM_STEP;
    if (count > ROOM_SHORT)
        for (room = ROOM_SHORT; room < count;)
            room *= 2;
    if (items == NULL || room == count)
        return items;
    void *trimmed = realloc(items, count * size);
    if (trimmed == NULL)
        return items;
    story->memory -= (room - count) * size;
    story->segment_memory -= segments ? (room - count) * size : 0;
    return trimmed;
}

static void told_over(void *context, const struct tw_connection *connection) {
    struct tw_story *story = context;
    struct tw_story_connection *c = of(story, connection);
    story->revision++;
    if (c == NULL)
        return;
    c->alive = NULL;
    c->segments = trim(story, c->segments, c->segment_count, sizeof *c->segments, true);
    c->changes = trim(story, c->changes, c->change_count, sizeof *c->changes, false);
    story->over += c->segments != NULL;
    c->remains = bury(connection);
    if (c->remains == NULL)
        return;
    touch(story, c);
    story->memory += remains_size(c->remains->counts[TW_CLIENT] + c->remains->counts[TW_SERVER]);
    story->memory -= remains_size(USUAL_STEPS);
}

struct tw_observer tw_story_observer(struct tw_story *story) {
    return (struct tw_observer){
        .context = story,
        .segment = told_segment,
        .transition = told_transition,
        .correction = told_correction,
        .finding = told_finding,
        .over = told_over,
    };
}

void tw_story_limit(struct tw_story *story, size_t octets) {
    story->limit = octets == 0 ? default_limit : octets;
}
