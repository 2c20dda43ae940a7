// SPDX-License-Identifier: MIT
// Segments seen lately, to know one that was captured twice.
#include "recent.h"

bool recent_seen(struct recent *recent, const struct tw_segment *s, uint32_t hash) {
    const tw_time soon = 10 * TW_MILLISECOND;
    uint64_t mark = ((uint64_t)hash << 32 | s->seq) * 0x9e3779b97f4a7c15;
    mark = (mark ^ mark >> 29 ^ ((uint64_t)s->ack << 32 | s->tsval)) * 0xbf58476d1ce4e5b9;
    mark = (mark ^ mark >> 32 ^ ((uint64_t)s->length << 40 | (uint64_t)s->flags << 28) ^
            ((uint64_t)s->window << 16 | s->ip_id)) *
           0x94d049bb133111eb;
    size_t place = mark % RECENT_COUNT;
    bool same = recent->segment[place].mark == mark && s->time - recent->segment[place].time < soon;
    recent->segment[place].mark = mark;
    recent->segment[place].time = s->time;
    // Without an ID two equal bare ACKs, or RSTs, may well be two.
    return same && (s->length > 0 || s->ip_id != 0 || (s->flags & (TW_SYN | TW_FIN)));
}
