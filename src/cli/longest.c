// SPDX-License-Identifier: MIT
// Reads a capture for the one connection that passes most states.
#include "longest.h"

#include "reading.h"

enum { SLICE_MS = 100 };

static void join(const struct tw_step *steps, size_t count, char text[LONGEST_TEXT]) {
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < count && used < LONGEST_TEXT; i++) {
        used += (size_t)snprintf(text + used, LONGEST_TEXT - used, "%s%s", i == 0 ? "" : ">",
                                 tw_state_name(steps[i].state));
    }
}

static void over(void *context, const struct tw_connection *connection) {
    struct longest *longest = context;
    struct tw_step steps[TW_END_COUNT][TW_HISTORY_MAX];
    struct tw_connection_info info;
    size_t count[TW_END_COUNT];
    for (enum tw_end end = TW_CLIENT; end < TW_END_COUNT; end++) {
        count[end] = tw_connection_history(connection, end, steps[end], TW_HISTORY_MAX);
        count[end] = count[end] < TW_HISTORY_MAX ? count[end] : TW_HISTORY_MAX;
    }
    longest->connections++;
    if (count[TW_CLIENT] + count[TW_SERVER] <= longest->count) {
        return;
    }
    tw_connection_read(connection, &info);
    longest->number = info.number;
    longest->count = count[TW_CLIENT] + count[TW_SERVER];
    for (enum tw_end end = TW_CLIENT; end < TW_END_COUNT; end++) {
        join(steps[end], count[end], longest->states[end]);
    }
}

enum tw_status longest_read(const char *name, struct longest *longest, struct tw_error *error) {
    const struct settings settings = {
        .sources = {name}, .source_count = 1, .profile = tw_profile_at(0)};
    const struct tw_observer observer = {.context = longest, .over = over};
    struct reading reading;
    *longest = (struct longest){0};
    enum tw_status status = reading_open(&reading, &settings, &observer, 100, 0, error);
    if (status != TW_OK) {
        return status;
    }
    enum pump_state state;
    do {
        state = pump_run(&reading.pump, SLICE_MS, error);
    } while (state == PUMP_MORE);
    tw_tracker_finish(reading.pump.tracker);
    longest->packets = reading.pump.counts.packets;
    reading_close(&reading);
    return state == PUMP_END ? TW_OK : TW_BROKEN;
}
