// SPDX-License-Identifier: MIT
// libFuzzer: configuration files. Proves that whatever is read ends in settings that can be written
// and read again, or in a message that names a line and has nothing that a terminal obeys.
#include "ui/canvas.h"
#include "ui/config.h"

#include <stdlib.h>
#include <string.h>

enum { WRITTEN_MAX = 1 << 17 };

static struct {
    char text[WRITTEN_MAX];
    size_t length;
} written;

static void check(bool good) {
    if (!good) {
        abort();
    }
}

static void put(void *context, const char *text) {
    (void)context;
    size_t length = strlen(text);
    check(written.length + length < sizeof written.text);
    memcpy(written.text + written.length, text, length);
    written.length += length;
}

static void check_printable(const char *text) {
    while (*text != '\0') {
        const char *before = text;
        check(canvas_rune_next(&text) != '?' || *before == '?');
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static struct config config, again;
    struct config_problem problem;
    config_init(&config);
    if (!config_parse(&config, (const char *)data, size, &problem)) {
        check(problem.line > 0 && problem.text[0] != '\0');
        check_printable(problem.text);
        check_printable(problem.word);
        return 0;
    }
    written.length = 0;
    config_write(&config, put, NULL);
    config_init(&again);
    check(config_parse(&again, written.text, written.length, &problem));
    check(again.theme == config.theme && strcmp(again.language, config.language) == 0);
    check(again.mouse == config.mouse && again.ascii == config.ascii && again.utc == config.utc);
    check(again.even == config.even);
    check(memcmp(again.break_state, config.break_state, sizeof config.break_state) == 0);
    check(memcmp(again.break_finding, config.break_finding, sizeof config.break_finding) == 0);
    check(memcmp(again.bound, config.bound, sizeof config.bound) == 0);
    for (unsigned i = ACTION_NONE + 1; i < ACTION_COUNT; i++) {
        check(strcmp(again.keys[i], config.keys[i]) == 0);
    }
    return 0;
}
