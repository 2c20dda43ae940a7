// SPDX-License-Identifier: MIT
// Puts what one end sent in order: which octet of its stream stands in which packet. It knows
// segments only, no octets; those are fetched when they are looked at.
#ifndef UI_PIECES_H
#define UI_PIECES_H

#include "tcpwalk/story.h"

// What one segment added to the stream. Offsets count from the octet behind the SYN or, where that
// was not seen, from the first one seen; then they may be negative.
struct piece {
    int64_t at;
    uint64_t packet;
    uint64_t due; // the packet with which it and all before it were there: order of delivery
    uint32_t length;
    uint32_t skip; // octets of the packet's payload before it
};

// Octets that came again: the first copy is the stream, the other one is compared with it.
struct copy {
    int64_t at;
    uint64_t packet;
    uint32_t length, skip;
};

// Where a later copy has other octets, from the first one to the last one.
struct difference {
    int64_t at, to;
    uint64_t packet;
};

enum { DIFFERENCES_MAX = 1024 };

struct pieces {
    struct piece *piece; // in order of offset, without overlaps
    size_t count, room;
    struct copy *copies;
    size_t copy_count, copy_room, compared; // so many of them have been
    struct difference *differences;
    size_t difference_count; // found; the first DIFFERENCES_MAX are kept
    uint32_t base;           // sequence number of offset 0
    bool known;              // ISS was seen
    bool jumps;              // any number of octets may be missing before the next segment
    bool finished;
    int64_t fin;         // where the FIN stands
    uint64_t fin_packet; // which packet it is in
    uint64_t total;      // octets in the pieces
    uint64_t moved;      // pieces that had to make room: what adding has cost
    bool starved;        // memory ran out: pieces are missing
};

void pieces_fini(struct pieces *pieces);
void pieces_begin(struct pieces *pieces, const struct tw_end_info *sender);
// Takes the next segment of its end, in order of the capture. Copies are kept only if `compare`.
void pieces_add(struct pieces *pieces, const struct tw_story_segment *segment, bool compare);
// Segments are missing before the next one.
void pieces_jump(struct pieces *pieces);
// Notes that a copy has other octets from `at` up to `to`.
void pieces_differ(struct pieces *pieces, int64_t at, int64_t to, uint64_t packet);
// The difference that an octet is in, or NULL.
const struct difference *pieces_difference(const struct pieces *pieces, int64_t at);
// Where the octets of a segment stand in the stream.
int64_t pieces_place(const struct pieces *pieces, const struct tw_story_segment *segment);

// What is shown one after the other: the pieces and, where octets are missing before the FIN, an
// empty one behind them.
size_t pieces_shown(const struct pieces *pieces);
int64_t piece_at(const struct pieces *pieces, size_t index);
int64_t piece_end(const struct pieces *pieces, size_t index);
uint64_t piece_due(const struct pieces *pieces, size_t index);
// Where octets are missing before a piece, if any are; else where it begins.
int64_t piece_gap(const struct pieces *pieces, size_t index);
// The piece that holds the octet, or the next one behind a gap; pieces_shown(): none.
size_t piece_find(const struct pieces *pieces, int64_t at);
// The first one that was there later than with this packet.
size_t piece_after(const struct pieces *pieces, uint64_t packet);

#endif
