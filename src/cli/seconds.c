// SPDX-License-Identifier: MIT
// A ring of seconds.
#include "seconds.h"

// Of `count`, the one that is `back` before the newest.
static const struct second *second_at(const struct seconds *seconds, size_t back) {
    return &seconds->at[(seconds->next + SECONDS_MAX - 1 - back) % SECONDS_MAX];
}

void seconds_note(struct seconds *seconds, tw_time time, uint64_t number, uint64_t before) {
    seconds->last = number;
    if (seconds->count == 0 || time > seconds->newest) {
        seconds->newest = time;
    }
    if (seconds->count > 0 && time < second_at(seconds, 0)->begin + TW_SECOND) {
        return;
    }
    seconds->at[seconds->next] =
        (struct second){.begin = time - time % TW_SECOND, .number = number, .before = before};
    seconds->next = (seconds->next + 1) % SECONDS_MAX;
    seconds->count += seconds->count < SECONDS_MAX;
}

const struct second *seconds_find(const struct seconds *seconds, tw_time since) {
    const struct second *found = NULL;
    if (seconds->count == 0 || seconds->newest < since) {
        return NULL;
    }
    for (size_t back = 0; back < seconds->count; back++) {
        const struct second *second = second_at(seconds, back);
        if (found != NULL && second->begin + TW_SECOND <= since) {
            break;
        }
        found = second;
    }
    return found;
}
