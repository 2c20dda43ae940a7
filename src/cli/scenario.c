// SPDX-License-Identifier: MIT
// Scenario scripts: found, read, parsed.
#include "scenario.h"

#include "stored.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { SCRIPT_MAX = 1 << 20 };
static const char ending[] = ".lab";

// The file's name without folder and ending.
static void name_of(const char *path, char name[SCENARIO_NAME]) {
    const char *slash = strrchr(path, '/');
    const char *base = slash != NULL ? slash + 1 : path;
    size_t length = strlen(base), tail = strlen(ending);
    if (length > tail && strcmp(base + length - tail, ending) == 0) {
        length -= tail;
    }
    snprintf(name, SCENARIO_NAME, "%.*s", (int)(length < SCENARIO_NAME ? length : 0), base);
}

static bool is_path(const char *word) {
    struct stat status;
    size_t length = strlen(word), tail = strlen(ending);
    return strchr(word, '/') != NULL ||
           (length > tail && strcmp(word + length - tail, ending) == 0) ||
           (stat(word, &status) == 0 && S_ISREG(status.st_mode));
}

static enum tw_status not_there(const char *word, const char *name, const char *why,
                                struct tw_error *error) {
    struct nearest nearest;
    char near[NEAREST_TEXT];
    nearest_init(&nearest, name);
    stored_nearest(STORED_SCENARIO, &nearest);
    return tw_fail(error, TW_OPEN, "%s: %s%s", word, why, nearest_text(&nearest, near));
}

static enum tw_status parse_file(FILE *file, const char *called, struct tw_script **script,
                                 struct tw_error *error) {
    char *text = malloc(SCRIPT_MAX);
    if (text == NULL) {
        return tw_fail(error, TW_MEMORY, "%s: out of memory", called);
    }
    errno = 0;
    size_t length = fread(text, 1, SCRIPT_MAX, file);
    enum tw_status status = TW_OK;
    if (ferror(file) != 0) {
        status = tw_fail(error, TW_OPEN, "%s: %s", called, strerror(errno));
    } else if (length == SCRIPT_MAX) {
        status = tw_fail(error, TW_USAGE, "%s: too long for a script", called);
    } else {
        status = tw_script_parse(called, text, length, script, error);
    }
    free(text);
    return status;
}

enum tw_status scenario_load(const char *word, struct tw_script **script, char name[SCENARIO_NAME],
                             struct tw_error *error) {
    char stored[STORED_PATH_MAX];
    const char *path = word, *called = word;
    name_of(word, name);
    if (name[0] == '\0') {
        return tw_fail(error, TW_OPEN, "%s: no name of a scenario", word);
    }
    if (!is_path(word)) {
        if (!stored_find(STORED_SCENARIO, word, stored)) {
            return not_there(word, name, _("no such scenario"), error);
        }
        path = stored;
        called = strrchr(stored, '/') + 1;
    }
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        return errno == ENOENT ? not_there(word, name, _("no such file"), error)
                               : tw_fail(error, TW_OPEN, "%s: %s", word, strerror(errno));
    }
    enum tw_status status = parse_file(file, called, script, error);
    fclose(file);
    return status;
}
