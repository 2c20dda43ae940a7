// SPDX-License-Identifier: MIT
// Keeps what the tracker tells: per connection its segments and state changes, and, once it is
// over, its last information and histories. Where memory runs short, connections that are over
// lose their segments first, the oldest before the others; then those that are alive lose what
// stood in the middle.
#include "story_record.h"

#include <stdlib.h>
#include <string.h>

enum {
    ROOM_STEP = 4, // most connections are short: up to ROOM_SHORT their arrays grow by steps
    ROOM_SHORT = 16,
    USUAL_STEPS = 12, // of both ends
    LOOK_AHEAD = 256, // how many connections are looked at to find one that can give room, alive
    LARGE = 1024,     // room for segments, of one that can while it is alive
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
    for (size_t i = 0; i < story->block_count; i++)
        free(story->blocks[i]);
    free(story->blocks);
    free(story->order);
    free(story);
}

// --- room

static void set_segment_room(struct tw_story *story, struct tw_story_connection *c,
                             struct tw_story_segment *segments, size_t room) {
    const bool alive = c->alive != NULL;
    story->memory += room * sizeof *segments - c->segment_room * sizeof *segments;
    story->segment_memory += room * sizeof *segments - c->segment_room * sizeof *segments;
    story->large += (size_t)(alive && room >= LARGE) - (size_t)(alive && c->segment_room >= LARGE);
    c->segments = segments;
    c->segment_room = (uint32_t)room;
}

// Of the connection that has been over for longest.
static void drop_segments(struct tw_story *story) {
    struct tw_story_connection *c = story->over;
    story->over = c->next_over;
    free(c->segments);
    set_segment_room(story, c, NULL, 0);
    story->dropped += c->segment_count;
    c->dropped += c->segment_count;
    c->segment_count = c->gap = 0;
}

// Drops segments in the middle, so that those that are left and some new ones go into `room`.
// Returns how many.
static size_t thin(struct tw_story_connection *c, size_t room) {
    const size_t head = c->dropped > 0 && c->gap < room / 2 ? c->gap : room / 2;
    const size_t tail = (room - head) / 2;
    if (c->segment_count <= head + tail)
        return 0;
    const size_t dropped = c->segment_count - head - tail;
    memmove(&c->segments[head], &c->segments[head + dropped], tail * sizeof *c->segments);
    c->segment_count -= (uint32_t)dropped;
    c->dropped += dropped;
    c->gap = (uint32_t)head;
    return dropped;
}

static bool halve(struct tw_story *story, struct tw_story_connection *c) {
    const size_t room = c->segment_room / 2;
    story->dropped += thin(c, room);
    struct tw_story_segment *segments = realloc(c->segments, room * sizeof *segments);
    if (segments != NULL)
        set_segment_room(story, c, segments, room);
    return segments != NULL;
}

// Makes some room for segments, of which there are to be `room` (0: for something else); false:
// nothing nearby can give any. What is alive gives way only to what is to be no larger.
static bool give_way(struct tw_story *story, size_t room) {
    struct tw_story_connection *largest = NULL;
    if (story->over != NULL) {
        drop_segments(story);
        return true;
    }
    for (int i = 0; i < LOOK_AHEAD && story->large > 0; i++) {
        if (story->next >= story->count)
            story->next = 0;
        struct tw_story_connection *c = story_at(story, story->next++);
        if (c->segment_room >= LARGE && c->segment_room >= room &&
            (largest == NULL || c->segment_room > largest->segment_room))
            largest = c;
    }
    return largest != NULL && halve(story, largest);
}

// How much of the limit, in eighths, may be held for a new one to be kept: of all but segments, or
// of `segments` where these are more than 0. What is left over for changes is for the connections
// that are there already.
enum share { CONNECTIONS = 6, CHANGES = 8, SEGMENTS = 6 };

static bool has_room(struct tw_story *story, size_t octets, enum share share, size_t segments) {
    size_t most = story->limit / 8 * (size_t)share;
    if (segments == 0 && story->memory - story->segment_memory + octets > most)
        return false;
    while (story->memory + octets > story->limit ||
           (segments > 0 && story->segment_memory + octets > most))
        if (!give_way(story, segments))
            return false;
    return true;
}

// Arrays grow by steps, then they double.
static size_t larger(size_t room) {
    return room < ROOM_SHORT ? room + ROOM_STEP : 2 * room;
}

// Room for one more segment: by a larger array, else at the cost of those in the middle.
static bool room_for_segment(struct tw_story *story, struct tw_story_connection *c) {
    if (c->segment_count < c->segment_room)
        return true;
    const bool most = c->segment_room >= TW_STORY_SEGMENTS_MAX;
    const size_t room = larger(c->segment_room);
    const size_t octets = (room - c->segment_room) * sizeof *c->segments;
    if (!most && has_room(story, octets, SEGMENTS, room)) {
        struct tw_story_segment *segments = realloc(c->segments, room * sizeof *segments);
        if (segments != NULL) {
            set_segment_room(story, c, segments, room);
            return true;
        }
    }
    const size_t dropped = thin(c, c->segment_room);
    story->dropped += most ? 0 : dropped;
    return dropped > 0;
}

static bool room_for_change(struct tw_story *story, struct tw_story_connection *c) {
    if (c->change_count < c->change_room)
        return true;
    const size_t room = larger(c->change_room);
    const size_t octets = (room - c->change_room) * sizeof *c->changes;
    if (!has_room(story, octets, CHANGES, 0))
        return false;
    struct tw_story_change *changes = realloc(c->changes, room * sizeof *changes);
    if (changes == NULL)
        return false;
    story->memory += octets;
    c->changes = changes;
    c->change_room = (uint32_t)room;
    return true;
}

static size_t remains_size(size_t steps) {
    return sizeof(struct remains) + steps * sizeof(struct packed_step);
}

// An array of pointers that is full doubles.
static bool grow(struct tw_story *story, struct tw_story_connection ***items, size_t count,
                 size_t *room) {
    if (count < *room)
        return true;
    const size_t more = *room == 0 ? BLOCK_SIZE : 2 * *room;
    if (!has_room(story, (more - *room) * sizeof **items, CONNECTIONS, 0))
        return false;
    void *grown = realloc(*items, more * sizeof **items);
    if (grown == NULL)
        return false;
    story->memory += (more - *room) * sizeof **items;
    *items = grown;
    *room = more;
    return true;
}

static bool add_block(struct tw_story *story) {
    const size_t octets = BLOCK_SIZE * sizeof **story->blocks;
    if (!grow(story, &story->blocks, story->block_count, &story->block_room) ||
        !has_room(story, octets, CONNECTIONS, 0))
        return false;
    struct tw_story_connection *block = malloc(octets);
    if (block == NULL)
        return false;
    story->memory += octets;
    story->blocks[story->block_count++] = block;
    for (size_t i = BLOCK_SIZE; i-- > 0; story->unused = &block[i])
        block[i].next_unused = story->unused;
    return true;
}

// What will remain of a connection is set aside at once.
static struct tw_story_connection *add(struct tw_story *story) {
    if (!has_room(story, remains_size(USUAL_STEPS), CONNECTIONS, 0) ||
        !grow(story, &story->order, story->count, &story->order_room) ||
        (story->unused == NULL && !add_block(story)))
        return NULL;
    struct tw_story_connection *c = story->unused;
    story->unused = c->next_unused;
    *c = (struct tw_story_connection){.alive = NULL};
    story->memory += remains_size(USUAL_STEPS);
    story->order[story->count++] = c;
    return c;
}

// The story of a connection that was told of before. They are in order of their numbers, so that it
// stands where its number says, or as much before that as there was no room for.
static struct tw_story_connection *find(const struct tw_story *story, uint64_t number) {
    struct tw_story_connection *lately = story->lately[number % LATELY];
    if (lately != NULL && lately->number == number)
        return lately;
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
    if (number <= story->newest) {
        struct tw_story_connection *c = find(story, number);
        if (c != NULL)
            story->lately[number % LATELY] = c;
        return c;
    }
    story->missing += number - story->newest - 1;
    story->newest = number;
    struct tw_story_connection *c = add(story);
    if (c == NULL) {
        story->connections_dropped++;
        story->missing++;
        return NULL;
    }
    story->lately[number % LATELY] = c;
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
    if (!room_for_segment(story, c)) {
        if (c->dropped++ == 0)
            c->gap = c->segment_count;
        story->dropped++;
        return;
    }
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
    if (!room_for_change(story, c)) {
        story->dropped++;
        return;
    }
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

// Gives back the room that will not be needed any more.
static void trim(struct tw_story *story, struct tw_story_connection *c) {
    if (c->segment_count < c->segment_room) {
        struct tw_story_segment *segments =
            realloc(c->segments, c->segment_count * sizeof *segments);
        if (segments != NULL)
            set_segment_room(story, c, segments, c->segment_count);
    }
    if (c->change_count < c->change_room) {
        struct tw_story_change *changes = realloc(c->changes, c->change_count * sizeof *changes);
        if (changes != NULL) {
            story->memory -= (c->change_room - c->change_count) * sizeof *changes;
            c->changes = changes;
            c->change_room = c->change_count;
        }
    }
}

static void told_over(void *context, const struct tw_connection *connection) {
    struct tw_story *story = context;
    struct tw_story_connection *c = of(story, connection);
    story->revision++;
    if (c == NULL)
        return;
    trim(story, c);
    story->large -= c->segment_room >= LARGE;
    c->alive = NULL;
    story->over_count++;
    if (c->segments != NULL) {
        *(story->over != NULL ? &story->last_over->next_over : &story->over) = c;
        story->last_over = c;
    }
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

// --- forgetting

// More than this of all but segments leaves no room for connections.
static size_t others_most(const struct tw_story *story) {
    return story->limit / 8 * CONNECTIONS;
}

size_t tw_story_over(const struct tw_story *story) {
    return story->over_count;
}

bool tw_story_is_over(const struct tw_story_connection *connection) {
    return connection->alive == NULL;
}

bool tw_story_is_full(const struct tw_story *story) {
    enum { SPARE = 16 };
    return story->memory - story->segment_memory > others_most(story) - story->limit / SPARE;
}

static void forget(struct tw_story *story, struct tw_story_connection *c) {
    for (unsigned end = 0; end < TW_END_COUNT; end++)
        if (c->known & 1U << end)
            story->census[c->state[end]]--;
    free(c->segments);
    set_segment_room(story, c, NULL, 0);
    free(c->changes);
    story->memory -= c->change_room * sizeof *c->changes;
    if (c->remains == NULL)
        story->memory -= remains_size(USUAL_STEPS);
    else
        story->memory -=
            remains_size(c->remains->counts[TW_CLIENT] + c->remains->counts[TW_SERVER]);
    free(c->remains);
    story->over_count--;
    c->number = 0;
    c->next_unused = story->unused;
    story->unused = c;
}

// Those that can give room are those that are left.
static void drop_forgotten(struct tw_story *story) {
    struct tw_story_connection **link = &story->over, *c = story->over;
    for (story->last_over = NULL; c != NULL; c = c->next_over)
        if (c->number != 0) {
            *link = story->last_over = c;
            link = &c->next_over;
        }
    *link = NULL;
}

size_t tw_story_forget(struct tw_story *story, bool (*keep)(void *context, size_t index),
                       void *context, uint32_t *to) {
    enum { SPARE = 8 };
    const size_t before = story->count, most = others_most(story) - story->limit / SPARE;
    if (!tw_story_is_full(story))
        return 0;
    count_touched(story);
    story->count = 0;
    for (size_t i = 0; i < before; i++) {
        struct tw_story_connection *c = story->order[i];
        if (c->alive == NULL && story->memory - story->segment_memory > most && !keep(context, i)) {
            forget(story, c);
            to[i] = TW_STORY_FORGOTTEN;
        } else {
            to[i] = (uint32_t)story->count;
            story->order[story->count++] = c;
        }
    }
    drop_forgotten(story);
    memset(story->lately, 0, sizeof story->lately);
    story->missing += before - story->count;
    story->forgotten += before - story->count;
    story->revision += before > story->count;
    return before - story->count;
}

void tw_story_limit(struct tw_story *story, size_t octets) {
    story->limit = octets == 0 ? default_limit : octets;
}
