// SPDX-License-Identifier: MIT
// Kinds of segments.
#include "tcpwalk/lab.h"

static const char *const names[] = {
#define X(id, name, help) [TW_KIND_##id] = name,
    TW_KIND_LIST(X)
#undef X
};
_Static_assert(TW_COUNT(names) == TW_KIND_COUNT, "a name for each kind");

const char *tw_kind_name(enum tw_kind kind) {
    return names[kind];
}

bool tw_kind_matches(enum tw_kind kind, const struct tw_segment *segment) {
    const uint16_t flags = segment->flags;
    switch (kind) {
    case TW_KIND_ANY: return true;
    case TW_KIND_SYN: return (flags & (TW_SYN | TW_ACK)) == TW_SYN;
    case TW_KIND_SYN_ACK: return (flags & (TW_SYN | TW_ACK)) == (TW_SYN | TW_ACK);
    case TW_KIND_ACK:
        return (flags & (TW_ACK | TW_SYN | TW_FIN | TW_RST)) == TW_ACK && segment->length == 0;
    case TW_KIND_DATA: return segment->length > 0 && (flags & (TW_SYN | TW_RST)) == 0;
    case TW_KIND_FIN: return (flags & TW_FIN) != 0;
    case TW_KIND_RST: return (flags & TW_RST) != 0;
    case TW_KIND_COUNT: break;
    }
    return false;
}
