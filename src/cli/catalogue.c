// SPDX-License-Identifier: MIT
// tcpwalk --print catalogue: captures/catalogue.tsv as it should be. Titles come from the scenario
// scripts, packets and states from the captures.
#include "commands.h"
#include "reading.h"
#include "scenario.h"
#include "stored.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { STATES_TEXT = 1024, SLICE_MS = 100 };

// The connection that passes most states, of those so far.
struct longest {
    uint64_t connections;
    size_t count;
    char states[TW_END_COUNT][STATES_TEXT];
};

static void join(const struct tw_step *steps, size_t count, char text[STATES_TEXT]) {
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < count && used < STATES_TEXT; i++) {
        used += (size_t)snprintf(text + used, STATES_TEXT - used, "%s%s", i == 0 ? "" : ">",
                                 tw_state_name(steps[i].state));
    }
}

static void over(void *context, const struct tw_connection *connection) {
    struct longest *longest = context;
    struct tw_step steps[TW_END_COUNT][TW_HISTORY_MAX];
    size_t count[TW_END_COUNT];
    for (enum tw_end end = TW_CLIENT; end < TW_END_COUNT; end++) {
        count[end] = tw_connection_history(connection, end, steps[end], TW_HISTORY_MAX);
        count[end] = count[end] < TW_HISTORY_MAX ? count[end] : TW_HISTORY_MAX;
    }
    longest->connections++;
    if (count[TW_CLIENT] + count[TW_SERVER] <= longest->count) {
        return;
    }
    longest->count = count[TW_CLIENT] + count[TW_SERVER];
    for (enum tw_end end = TW_CLIENT; end < TW_END_COUNT; end++) {
        join(steps[end], count[end], longest->states[end]);
    }
}

static enum tw_status read_capture(const char *path, struct longest *longest, uint64_t *packets,
                                   struct tw_error *error) {
    const struct settings settings = {
        .sources = {path}, .source_count = 1, .profile = tw_profile_at(0)};
    const struct tw_observer observer = {.context = longest, .over = over};
    struct reading reading;
    enum tw_status status = reading_open(&reading, &settings, &observer, 100, 0, error);
    if (status != TW_OK) {
        return status;
    }
    enum pump_state state;
    do {
        state = pump_run(&reading.pump, SLICE_MS, error);
    } while (state == PUMP_MORE);
    tw_tracker_finish(reading.pump.tracker);
    *packets = reading.pump.counts.packets;
    reading_close(&reading);
    return state == PUMP_END ? TW_OK : TW_BROKEN;
}

// The scenario of a capture: that of its name, or of NAME where it is NAME.client. False: none.
static bool find_script(const char *capture, const char *directory, char path[STORED_PATH_MAX]) {
    size_t length = strlen(capture);
    const char *dot = strrchr(capture, '.');
    for (int i = 0; i < 2; i++) {
        int written =
            snprintf(path, STORED_PATH_MAX, "%s/%.*s.lab", directory, (int)length, capture);
        FILE *file = written > 0 && written < STORED_PATH_MAX ? fopen(path, "re") : NULL;
        if (file != NULL) {
            fclose(file);
            return true;
        }
        length = dot != NULL ? (size_t)(dot - capture) : length;
    }
    return false;
}

// A column's text: blanks for what would end it.
static void put(const char *text) {
    for (; *text != '\0'; text++) {
        putchar(*text == '\t' || *text == '\n' ? ' ' : *text);
    }
}

struct printing {
    const char *directory;
    enum tw_status status;
    struct tw_error *error;
};

static void print_row(struct printing *printing, const struct stored *stored) {
    struct longest longest = {.connections = 0};
    struct tw_script *script = NULL;
    uint64_t packets = 0;
    char path[STORED_PATH_MAX], name[SCENARIO_NAME];
    printing->status = read_capture(stored->path, &longest, &packets, printing->error);
    if (printing->status == TW_OK && find_script(stored->name, printing->directory, path)) {
        printing->status = scenario_load(path, &script, name, printing->error);
    }
    if (printing->status != TW_OK) {
        return;
    }
    printf("%s\t", stored->name);
    put(script != NULL ? tw_script_title(script) : stored->title);
    putchar('\t');
    put(script != NULL ? tw_script_teaches(script) : stored->teaches);
    printf("\t%" PRIu64 "\t%s\t%s\t%" PRIu64 "\n", packets, longest.states[TW_CLIENT],
           longest.states[TW_SERVER], longest.connections);
    tw_script_free(script);
}

static void one(void *context, const struct stored *stored) {
    struct printing *printing = context;
    size_t length = strlen(printing->directory);
    if (printing->status == TW_OK && strncmp(stored->path, printing->directory, length) == 0 &&
        stored->path[length] == '/') {
        print_row(printing, stored);
    }
}

enum tw_status catalogue_print(struct tw_error *error) {
    struct printing printing = {.directory = getenv("TCPWALK_CAPTURES"), .error = error};
    if (printing.directory == NULL) {
        return tw_fail(error, TW_USAGE, "%s", "--print catalogue: of $TCPWALK_CAPTURES, not set");
    }
    const char *between = "# ";
#define X(id, text)                                                                                \
    printf("%s%s", between, text);                                                                 \
    between = "\t";
    STORED_COLUMN_LIST(X)
#undef X
    putchar('\n');
    stored_each(STORED_CAPTURE, one, &printing);
    return printing.status;
}
