// SPDX-License-Identifier: MIT
// Smooths counters to rates that can be read, and to levels that can be compared.
#include "traffic.h"

#include <string.h>

// Packets a second, on a scale of half decades: one packet and a full line are both to be seen.
static uint8_t level_of(double rate) {
    static const double from[] = {0, 0.5, 3, 10, 30, 100, 300, 1000, 10000};
    uint8_t level = 0;
    while (level + 1U < TW_COUNT(from) && rate >= from[level + 1]) {
        level++;
    }
    return level;
}

bool traffic_take(struct traffic *traffic, uint64_t packets, uint64_t octets, tw_time now) {
    struct ui_activity *activity = &traffic->activity;
    const struct ui_activity was = *activity;
    const struct traffic last = *traffic;
    double seconds = (double)(now - last.at) / (double)TW_SECOND;
    traffic->counted = true;
    traffic->packets = packets;
    traffic->octets = octets;
    traffic->at = now;
    // Counters begin again when an interface does.
    if (!last.counted || packets < last.packets || octets < last.octets || seconds <= 0) {
        return false;
    }
    // Half of it is what was. What has stopped is soon nothing, and then stays so.
    double rate = (double)(packets - last.packets) / seconds;
    bool over = packets == last.packets && was.packets < 1;
    activity->packets = over ? 0 : (was.packets + rate) / 2;
    activity->octets = over ? 0 : (was.octets + (double)(octets - last.octets) / seconds) / 2;
    memmove(activity->levels, activity->levels + 1, sizeof activity->levels - 1);
    activity->levels[UI_START_LEVELS - 1] = level_of(rate);
    return was.packets > 0 || activity->packets > 0 ||
           memcmp(was.levels, activity->levels, sizeof was.levels) != 0;
}
