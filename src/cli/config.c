// SPDX-License-Identifier: MIT
// Finds the configuration file, reads it, and says what is wrong with it.
#include "config.h"

#include "speech.h"
#include "words.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum { SIZE_MOST = 65536 };

// False: there is no place for it. An XDG_CONFIG_HOME that is no absolute path is to be ignored
// (XDG Base Directory Specification).
static bool find_path(char path[PATH_MAX]) {
    const char *xdg = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
    int length = -1;
    if (xdg != NULL && xdg[0] == '/') {
        length = snprintf(path, PATH_MAX, "%s/tcpwalk/config", xdg);
    } else if (home != NULL && home[0] != '\0') {
        length = snprintf(path, PATH_MAX, "%s/.config/tcpwalk/config", home);
    }
    return length > 0 && length < PATH_MAX;
}

static void offer(void *context, const char *name) {
    nearest_offer(context, name);
}

static enum tw_status wrong(const char *path, const struct config_problem *problem,
                            struct tw_error *error) {
    struct nearest nearest;
    char near[NEAREST_TEXT];
    nearest_init(&nearest, problem->word);
    config_each_name(problem->names, offer, &nearest);
    return tw_fail(error, TW_USAGE, "%s:%u: %s%s", path, problem->line, problem->text,
                   nearest_text(&nearest, near));
}

static enum tw_status take(FILE *file, const char *path, struct config *config,
                           struct tw_error *error) {
    struct config_problem problem;
    enum tw_status status = TW_OK;
    char *text = malloc(SIZE_MOST + 1);
    if (text == NULL) {
        return tw_fail(error, TW_MEMORY, "%s: out of memory", path);
    }
    errno = 0;
    size_t length = fread(text, 1, SIZE_MOST + 1, file);
    if (ferror(file)) {
        status = tw_fail(error, TW_USAGE, "%s: %s", path, strerror(errno));
    } else if (length > SIZE_MOST) {
        status = tw_fail(error, TW_USAGE, "%s: longer than %d octets", path, SIZE_MOST);
    } else if (!config_parse(config, text, length, &problem)) {
        status = wrong(path, &problem, error);
    }
    free(text);
    return status;
}

enum tw_status config_read(struct config *config, struct tw_error *error) {
    char path[PATH_MAX];
    config_init(config);
    if (find_path(path)) {
        FILE *file = fopen(path, "re");
        enum tw_status status = TW_OK;
        if (file != NULL) {
            status = take(file, path, config, error);
            fclose(file);
        } else if (errno != ENOENT && errno != ENOTDIR) {
            status = tw_fail(error, TW_USAGE, "%s: %s", path, strerror(errno));
        }
        if (status != TW_OK) {
            return status;
        }
    }
    config_bind(config);
    if (strcmp(config->language, "auto") != 0) {
        speech_prefer(config->language);
    }
    return TW_OK;
}

static void put(void *context, const char *text) {
    fputs(text, context);
}

void config_print(FILE *to) {
    struct config config;
    config_init(&config);
    config_write(&config, put, to);
}
