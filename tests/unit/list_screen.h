// SPDX-License-Identifier: MIT
// The list of connections on the screen: the mixed scene, and what its rows and lines say.
#ifndef TESTS_UNIT_LIST_SCREEN_H
#define TESTS_UNIT_LIST_SCREEN_H

#include "keys.h"
#include "screen_scene.h"

#include "ui/views/views.h"

static inline int open_scene(void **state) {
    (void)state;
    scene_open(&scene);
    scene_mixed(&scene);
    const struct app_options options = {
        .story = scene.story, .source_name = "mixed.pcap", .filter = "tcp port 443", .utc = true};
    app_init(&app, &options);
    app_resize(&app, 80, 24);
    app_tick(&app, TW_SECOND);
    tw_tracker_finish(scene.tracker);
    app.loading = false;
    app_tick(&app, 2 * TW_SECOND);
    return 0;
}

// The numbers of the connections, row by row.
static inline const char *rows(void) {
    static char text[256];
    size_t length = 0;
    text[0] = '\0';
    for (size_t i = 0; i < list_count(&app) && length + 8 < sizeof text; i++)
        length += (size_t)snprintf(text + length, sizeof text - length, "%s%zu", i > 0 ? " " : "",
                                   list_connection(&app, i) + 1);
    return text;
}

// The text of one row of the screen.
static inline const char *line(int y) {
    static char text[1024];
    struct canvas canvas;
    size_t length = 0;
    screen_draw(&app, &canvas);
    for (int x = 0; x < app.width; x++)
        if (canvas.cells[y * app.width + x].rune != 0)
            length += put_rune(text + length, canvas.cells[y * app.width + x].rune);
    text[length] = '\0';
    canvas_fini(&canvas);
    return text;
}

static inline void expect_in(const char *text, const char *part) {
    if (strstr(text, part) == NULL)
        fail_msg("'%s' is not in '%s'", part, text);
}

static inline void expect_not_in(const char *text, const char *part) {
    if (strstr(text, part) != NULL)
        fail_msg("'%s' is in '%s'", part, text);
}

static inline const char *sorted_by(enum sort sort) {
    while (app.list.sort != sort)
        press("s");
    rest();
    return rows();
}

#endif
