// SPDX-License-Identifier: MIT
// Gathers the steps of all ladders. Connections come in order of first sight, and none of their
// changes is shown before that: so what waits in a heap and is earlier than the latest connection
// is next in order, and the whole is sorted while it is gathered, a slice at a time. Every so many
// changes the census is kept; any other one is a short walk from there.
#include "changes.h"

#include "tcpwalk/picture.h"

#include <stdlib.h>
#include <string.h>

enum {
    FIRST_ROOM = 1024,
    CENSUS_EVERY = 1024,  // changes
    CONNECTION_WORK = 32, // as much as so many segments
};

// What a change is, beside its time, in two octets.
struct kind {
    uint16_t end : 1, known : 1, passes : 1, from : 4, to : 4,
        through : 4; // `known`: was in `from`
};
_Static_assert(TW_STATE_COUNT <= 16, "a state fits");
// With its places in the heap and in the order.
enum { CHANGE_OCTETS = sizeof(tw_time) + sizeof(struct kind) + 2 * sizeof(uint32_t) };

struct changes {
    const struct tw_story *story;
    const struct tw_witness *witness;
    uint64_t revision;
    size_t connections, looked; // there are, have been looked at
    uint32_t *first;            // of each connection's changes; those of one stand together
    tw_time *begun;
    tw_time *times; // of the changes, as they were found
    struct kind *kinds;
    size_t count, room, most;
    uint32_t *order; // of time
    size_t ordered;
    uint32_t *heap; // those that are not yet in order, the earliest first
    size_t waiting;
    uint32_t (*censuses)[TW_STATE_COUNT]; // behind each CENSUS_EVERY in order
    uint32_t census[TW_STATE_COUNT];
    tw_time end;
    struct tw_ladder ladder;
};

struct changes *changes_new(const struct tw_story *story, const struct tw_witness *witness,
                            size_t octets) {
    struct changes *c = calloc(1, sizeof *c);
    if (c == NULL)
        return NULL;
    c->story = story;
    c->witness = witness;
    c->most = octets / CHANGE_OCTETS < UINT32_MAX ? octets / CHANGE_OCTETS : UINT32_MAX;
    c->revision = tw_story_revision(story);
    c->connections = tw_story_count(story);
    c->first = malloc((c->connections + 1) * sizeof *c->first);
    c->begun = malloc((c->connections + 1) * sizeof *c->begun);
    if (c->first == NULL || c->begun == NULL) {
        changes_free(c);
        return NULL;
    }
    return c;
}

void changes_free(struct changes *c) {
    if (c == NULL)
        return;
    free(c->first);
    free(c->begun);
    free(c->times);
    free(c->kinds);
    free(c->order);
    free(c->heap);
    free(c->censuses);
    tw_ladder_fini(&c->ladder);
    free(c);
}

static bool resize(void **items, size_t count, size_t size) {
    void *resized = realloc(*items, count * size);
    if (resized != NULL)
        *items = resized;
    return resized != NULL;
}

static bool make_room(struct changes *c) {
    size_t room = c->room == 0 ? FIRST_ROOM : c->room * 2;
    room = room < c->most ? room : c->most;
    if (room == c->room)
        return false;
    bool done = resize((void **)&c->times, room, sizeof *c->times) &&
                resize((void **)&c->kinds, room, sizeof *c->kinds) &&
                resize((void **)&c->order, room, sizeof *c->order) &&
                resize((void **)&c->heap, room, sizeof *c->heap) &&
                resize((void **)&c->censuses, room / CENSUS_EVERY + 1, sizeof *c->censuses);
    if (done)
        c->room = room;
    return done;
}

// --- the heap

static bool earlier(const struct changes *c, uint32_t a, uint32_t b) {
    return c->times[a] != c->times[b] ? c->times[a] < c->times[b] : a < b;
}

static void push(struct changes *c, uint32_t change) {
    size_t at = c->waiting++;
    for (size_t up; at > 0 && earlier(c, change, c->heap[up = (at - 1) / 2]); at = up)
        c->heap[at] = c->heap[up];
    c->heap[at] = change;
}

static uint32_t pop(struct changes *c) {
    uint32_t top = c->heap[0], last = c->heap[--c->waiting];
    size_t at = 0;
    for (size_t down; (down = 2 * at + 1) < c->waiting; at = down) {
        if (down + 1 < c->waiting && earlier(c, c->heap[down + 1], c->heap[down]))
            down++;
        if (!earlier(c, c->heap[down], last))
            break;
        c->heap[at] = c->heap[down];
    }
    c->heap[at] = last;
    return top;
}

// --- gathering

static void apply(const struct kind *kind, uint32_t census[TW_STATE_COUNT]) {
    if (kind->known)
        census[kind->from]--;
    census[kind->to]++;
}

static void put_in_order(struct changes *c) {
    uint32_t next = pop(c);
    if (c->ordered % CENSUS_EVERY == 0)
        memcpy(c->censuses[c->ordered / CENSUS_EVERY], c->census, sizeof c->census);
    apply(&c->kinds[next], c->census);
    c->order[c->ordered++] = next;
}

// The ladder says when a connection's steps were: what is shown here is what is shown there.
static enum changes_status look_at(struct changes *c, size_t *work) {
    struct tw_ladder *ladder = &c->ladder;
    const struct tw_ladder_options options = {.witness = c->witness};
    if (tw_ladder_build(ladder, tw_story_at(c->story, c->looked), &options) != TW_OK)
        return CHANGES_TOO_MANY;
    const struct tw_connection_info *info = &ladder->info;
    tw_time begun = info->opened;
    if (c->looked > 0 && begun < c->begun[c->looked - 1])
        begun = c->begun[c->looked - 1]; // a capture's clock may step back
    c->begun[c->looked] = begun;
    c->first[c->looked] = (uint32_t)c->count;
    if (c->end < begun || c->looked == 0)
        c->end = begun;
    if (c->end < info->last)
        c->end = info->last;
    bool known[TW_END_COUNT] = {false};
    for (size_t i = 0; i < ladder->step_count; i++) {
        const struct tw_ladder_step *step = &ladder->steps[i];
        tw_time time = step->place < 0 ? begun : ladder->rows[(size_t)step->place].time;
        if (c->count == c->room && !make_room(c))
            return CHANGES_TOO_MANY;
        c->times[c->count] = time < begun ? begun : time;
        c->kinds[c->count] = (struct kind){.end = step->end & 1U,
                                           .known = known[step->end],
                                           .passes = step->passes,
                                           .from = step->from & 15U,
                                           .to = step->to & 15U,
                                           .through = step->through & 15U};
        known[step->end] = true;
        if (c->end < c->times[c->count])
            c->end = c->times[c->count];
        push(c, (uint32_t)c->count++);
    }
    *work += CONNECTION_WORK + ladder->row_count;
    c->first[++c->looked] = (uint32_t)c->count;
    return CHANGES_MORE;
}

enum changes_status changes_look(struct changes *c, size_t work) {
    for (size_t done = 0; done < work;) {
        bool rest = c->looked == c->connections;
        if (rest && c->waiting == 0) {
            free(c->heap);
            c->heap = NULL;
            tw_ladder_fini(&c->ladder);
            return CHANGES_ALL;
        }
        if (c->waiting > 0 && (rest || c->times[c->heap[0]] < c->begun[c->looked - 1])) {
            put_in_order(c);
            done++;
        } else if (look_at(c, &done) == CHANGES_TOO_MANY) {
            return CHANGES_TOO_MANY;
        }
    }
    return CHANGES_MORE;
}

int changes_progress(const struct changes *c) {
    return c->connections == 0 ? 100 : (int)(100 * (double)c->looked / (double)c->connections);
}

// --- readings

uint64_t changes_revision(const struct changes *c) {
    return c->revision;
}

size_t changes_count(const struct changes *c) {
    return c->count;
}

tw_time changes_begin(const struct changes *c) {
    return c->connections > 0 ? c->begun[0] : 0;
}

tw_time changes_end(const struct changes *c) {
    return c->end;
}

size_t changes_by(const struct changes *c, tw_time time) {
    size_t low = 0, high = c->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (c->times[c->order[middle]] <= time)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

tw_time changes_time(const struct changes *c, size_t at) {
    return at < c->count ? c->times[c->order[at]] : c->end;
}

size_t changes_begun(const struct changes *c, tw_time time) {
    size_t low = 0, high = c->connections;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (c->begun[middle] <= time)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

tw_time changes_begun_at(const struct changes *c, size_t connection) {
    return connection < c->connections ? c->begun[connection] : c->end;
}

struct change changes_at(const struct changes *c, size_t at) {
    uint32_t change = c->order[at];
    size_t low = 0, high = c->connections; // the last one whose first change is not behind it
    while (low + 1 < high) {
        size_t middle = low + (high - low) / 2;
        if (c->first[middle] <= change)
            low = middle;
        else
            high = middle;
    }
    return (struct change){.time = c->times[change],
                           .connection = low,
                           .end = (enum tw_end)c->kinds[change].end,
                           .to = (enum tw_state)c->kinds[change].to,
                           .through = (enum tw_state)c->kinds[change].through,
                           .passes = c->kinds[change].passes};
}

static bool is_into(const struct kind *kind, const bool states[TW_STATE_COUNT]) {
    return states[kind->to] || (kind->passes && states[kind->through]);
}

size_t changes_find(const struct changes *c, size_t at, size_t end,
                    const bool states[TW_STATE_COUNT]) {
    bool any = false;
    for (unsigned i = 0; i < TW_STATE_COUNT; i++)
        any = any || states[i];
    while (any && at < end && !is_into(&c->kinds[c->order[at]], states))
        at++;
    return any ? at : end;
}

enum tw_state changes_state(const struct changes *c, size_t connection, enum tw_end end,
                            tw_time time, bool *known) {
    enum tw_state state = TW_CLOSED;
    *known = false;
    if (connection >= c->connections)
        return state;
    for (size_t i = c->first[connection]; i < c->first[connection + 1]; i++)
        if (c->kinds[i].end == (unsigned)end && c->times[i] <= time) {
            state = (enum tw_state)c->kinds[i].to;
            *known = true;
        }
    return state;
}

uint32_t changes_been(const struct changes *c, size_t connection, enum tw_end end, tw_time time) {
    uint32_t been = 0;
    if (connection >= c->connections)
        return been;
    for (size_t i = c->first[connection]; i < c->first[connection + 1]; i++) {
        const struct kind *kind = &c->kinds[i];
        if (kind->end == (unsigned)end && c->times[i] <= time)
            been |= 1U << kind->to | (kind->passes ? 1U << kind->through : 0);
    }
    return been;
}

void changes_census(const struct changes *c, size_t count, uint64_t counts[TW_STATE_COUNT]) {
    uint32_t census[TW_STATE_COUNT] = {0};
    size_t kept = count == 0 ? 0 : (count - 1) / CENSUS_EVERY;
    if (count > 0)
        memcpy(census, c->censuses[kept], sizeof census);
    for (size_t i = kept * CENSUS_EVERY; i < count; i++)
        apply(&c->kinds[c->order[i]], census);
    for (unsigned i = 0; i < TW_STATE_COUNT; i++)
        counts[i] = census[i];
}
