// SPDX-License-Identifier: MIT
// Segments seen lately, to know one that was captured twice (SPAN, `any`, several interfaces).
#ifndef TW_ENGINE_RECENT_H
#define TW_ENGINE_RECENT_H

#include "tcpwalk/segment.h"

enum { RECENT_COUNT = 1024 };

struct recent {
    struct {
        uint64_t mark;
        tw_time time;
    } segment[RECENT_COUNT];
};

// Whether the segment, of a connection with that hash, was seen a moment ago; remembers it. Equal
// throughout, timestamps too, within 10 ms; a lower TTL, other tags or another interface do not
// matter.
bool recent_seen(struct recent *recent, const struct tw_segment *s, uint32_t hash);

#endif
