// SPDX-License-Identifier: MIT
// Puts segments in order: pieces without overlaps, by offset. Segments come nearly in order, so
// that most are added at the end.
#include "pieces.h"

#include <stdlib.h>
#include <string.h>

void pieces_fini(struct pieces *pieces) {
    free(pieces->piece);
    free(pieces->copies);
    free(pieces->differences);
    *pieces = (struct pieces){0};
}

void pieces_begin(struct pieces *pieces, const struct tw_end_info *sender) {
    pieces_fini(pieces);
    pieces->base = sender->initial_seq + 1;
    pieces->known = sender->initial_known;
}

// Room for one more of `size` octets.
static bool reserve(void **all, size_t count, size_t *room, size_t size) {
    enum { LEAST = 64 };
    if (count < *room)
        return true;
    size_t more = *room == 0 ? LEAST : *room * 2;
    void *grown = realloc(*all, more * size);
    if (grown == NULL)
        return false;
    *all = grown;
    *room = more;
    return true;
}

static int64_t end_of(const struct piece *piece) {
    return piece->at + piece->length;
}

// --- Reading

static int64_t last_end(const struct pieces *p) {
    return p->count > 0 ? end_of(&p->piece[p->count - 1]) : 0;
}

size_t pieces_shown(const struct pieces *p) {
    bool begun = p->count > 0 || p->known;
    return p->count + (begun && p->finished && p->fin > last_end(p));
}

int64_t piece_at(const struct pieces *p, size_t index) {
    return index < p->count ? p->piece[index].at : p->fin;
}

int64_t piece_end(const struct pieces *p, size_t index) {
    return index < p->count ? end_of(&p->piece[index]) : p->fin;
}

uint64_t piece_due(const struct pieces *p, size_t index) {
    if (index < p->count)
        return p->piece[index].due;
    uint64_t last = p->count > 0 ? p->piece[p->count - 1].due : 0;
    return p->fin_packet > last ? p->fin_packet : last;
}

int64_t piece_gap(const struct pieces *p, size_t index) {
    if (index > 0)
        return piece_end(p, index - 1);
    int64_t at = piece_at(p, 0);
    return p->known && at > 0 ? 0 : at;
}

// The first piece that ends behind `at`.
static size_t first_behind(const struct pieces *p, int64_t at) {
    size_t low = 0, high = p->count;
    if (high == 0 || at >= end_of(&p->piece[high - 1]))
        return high;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (end_of(&p->piece[middle]) > at)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

size_t piece_find(const struct pieces *p, int64_t at) {
    size_t index = first_behind(p, at);
    return index == p->count && at >= p->fin ? pieces_shown(p) : index;
}

size_t piece_after(const struct pieces *p, uint64_t packet) {
    size_t low = 0, high = pieces_shown(p);
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (piece_due(p, middle) > packet)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

// --- Sequence numbers

// The octet behind a SYN has the next number (RFC 9293 3.4).
static uint32_t first_octet(const struct tw_story_segment *segment) {
    return segment->seq + ((segment->flags & TW_SYN) != 0 ? 1U : 0U);
}

// The offset next to `near` that has this sequence number.
static int64_t unwrapped(const struct pieces *p, uint32_t seq, int64_t near) {
    return near + (int32_t)(seq - (p->base + (uint32_t)near));
}

static uint64_t apart(uint64_t a, uint64_t b) {
    return a > b ? a - b : b - a;
}

// Beyond 4 GiB a number stands for several octets: the one that was sent at about that time. Where
// there are very many of them, as only forged numbers make, it is the nearest to what was delivered
// then.
int64_t pieces_place(const struct pieces *p, const struct tw_story_segment *segment) {
    enum { ROUNDS_MAX = 1024 };
    const int64_t round = (int64_t)1 << 32;
    if (p->count > 0 && last_end(p) / round > ROUNDS_MAX) {
        const size_t then = piece_after(p, segment->packet > 0 ? segment->packet - 1 : 0);
        return unwrapped(p, first_octet(segment),
                         p->piece[then < p->count ? then : p->count - 1].at);
    }
    int64_t best = unwrapped(p, first_octet(segment), 0);
    uint64_t least = UINT64_MAX;
    for (int64_t at = best; p->count > 0 && at < last_end(p); at += round) {
        size_t index = first_behind(p, at);
        uint64_t distance = apart(p->piece[index].packet, segment->packet);
        if (distance < least) {
            least = distance;
            best = at;
        }
    }
    return best;
}

// --- Adding

// A piece before the one at `index`; what follows was there no earlier than it. But what was sent
// before the capture began had been there, whenever it was sent again.
static void insert(struct pieces *p, size_t index, struct piece piece) {
    void *all = p->piece;
    if (!reserve(&all, p->count, &p->room, sizeof *p->piece)) {
        p->starved = true;
        return;
    }
    p->piece = all;
    memmove(&p->piece[index + 1], &p->piece[index], (p->count - index) * sizeof *p->piece);
    piece.due = piece.packet;
    if (index > 0 && p->piece[index - 1].due > piece.due)
        piece.due = p->piece[index - 1].due;
    if (!p->known && piece.at < 0 && index < p->count)
        piece.due = p->piece[index + 1].due;
    p->piece[index] = piece;
    p->count++;
    p->total += piece.length;
    p->moved += p->count - 1 - index;
    for (size_t i = index + 1; i < p->count && p->piece[i].due < piece.due; i++)
        p->piece[i].due = piece.due;
}

static void add_copy(struct pieces *p, struct copy copy) {
    void *all = p->copies;
    if (p->compared == p->copy_count)
        p->compared = p->copy_count = 0;
    if (!reserve(&all, p->copy_count, &p->copy_room, sizeof *p->copies))
        return; // one comparison less
    p->copies = all;
    p->copies[p->copy_count++] = copy;
}

// The octets [at, end) of a packet, those of its payload from `skip` on: the first copy wins.
static void add(struct pieces *p, int64_t at, int64_t end, uint64_t packet, uint32_t skip,
                bool compare) {
    for (size_t i = first_behind(p, at); at < end; i++) {
        int64_t until = i < p->count && p->piece[i].at < end ? p->piece[i].at : end;
        if (at < until) {
            uint32_t length = (uint32_t)(until - at);
            size_t before = p->count;
            insert(p, i,
                   (struct piece){.at = at, .packet = packet, .length = length, .skip = skip});
            i += p->count - before;
            at = until;
            skip += length;
        }
        if (at >= end || i >= p->count)
            break;
        until = end_of(&p->piece[i]) < end ? end_of(&p->piece[i]) : end;
        if (compare)
            add_copy(p, (struct copy){at, packet, (uint32_t)(until - at), skip});
        skip += (uint32_t)(until - at);
        at = until;
    }
}

// A reset's octets are no part of the stream (RFC 9293 3.5.3 allows it some), nor is the octet of a
// keepalive; a SYN that is not the connection's own was refused.
static bool belongs(const struct pieces *p, const struct tw_story_segment *segment) {
    if ((segment->flags & TW_RST) != 0 || (segment->findings & 1 << TW_FINDING_KEEPALIVE) != 0)
        return false;
    return (segment->flags & TW_SYN) == 0 || !p->known || first_octet(segment) == p->base;
}

void pieces_jump(struct pieces *p) {
    p->jumps = true;
}

// Behind a jump numbers have gone on, by up to nearly their whole space; what was sent again is
// below the last one by a window, and none in use is larger than this.
static int64_t behind_jump(const struct pieces *p, uint32_t seq) {
    static const uint32_t window = UINT32_C(1) << 28;
    const int64_t near = last_end(p);
    const uint32_t ahead = seq - (p->base + (uint32_t)near);
    return near + ahead - (ahead >= UINT32_MAX - window ? INT64_C(1) << 32 : 0);
}

void pieces_add(struct pieces *p, const struct tw_story_segment *segment, bool compare) {
    bool fin = (segment->flags & TW_FIN) != 0;
    if ((segment->length == 0 && !fin) || !belongs(p, segment))
        return;
    const uint32_t first = first_octet(segment);
    int64_t at = p->jumps ? behind_jump(p, first) : unwrapped(p, first, last_end(p));
    int64_t end = at + segment->length;
    p->jumps = false;
    if (fin && !p->finished && end >= last_end(p)) {
        p->finished = true;
        p->fin = end;
        p->fin_packet = segment->packet;
    }
    uint32_t skip = 0;
    if (p->known && at < 0) {
        skip = (uint32_t)-at;
        at = 0;
    }
    if (p->finished && end > p->fin)
        end = p->fin; // what is behind a FIN is no data
    bool same = (segment->findings & 1 << TW_FINDING_DUPLICATE) != 0;
    if (at < end)
        add(p, at, end, segment->packet, skip, compare && !same);
}

// --- Differences

void pieces_differ(struct pieces *p, int64_t at, int64_t to, uint64_t packet) {
    if (p->differences == NULL)
        p->differences = malloc(DIFFERENCES_MAX * sizeof *p->differences);
    if (p->differences != NULL && p->difference_count < DIFFERENCES_MAX)
        p->differences[p->difference_count] = (struct difference){at, to, packet};
    p->difference_count++;
}

const struct difference *pieces_difference(const struct pieces *p, int64_t at) {
    size_t count = p->difference_count < DIFFERENCES_MAX ? p->difference_count : DIFFERENCES_MAX;
    for (size_t i = 0; i < count && p->differences != NULL; i++)
        if (at >= p->differences[i].at && at < p->differences[i].to)
            return &p->differences[i];
    return NULL;
}
