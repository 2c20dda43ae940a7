// SPDX-License-Identifier: MIT
// tcpwalk --print catalogue: captures/catalogue.tsv as it should be. Titles come from the scenario
// scripts, packets and states from the captures.
#include "commands.h"
#include "longest.h"
#include "scenario.h"
#include "stored.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

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
    struct longest longest;
    struct tw_script *script = NULL;
    char path[STORED_PATH_MAX], name[SCENARIO_NAME];
    printing->status = longest_read(stored->path, &longest, printing->error);
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
    printf("\t%" PRIu64 "\t%s\t%s\t%" PRIu64 "\n", longest.packets, longest.states[TW_CLIENT],
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
