// SPDX-License-Identifier: MIT
// A scene and the screen that shows it, set up and taken down around each test.
#ifndef TESTS_UNIT_SCREEN_SCENE_H
#define TESTS_UNIT_SCREEN_SCENE_H

#include "scene.h"
#include "screens.h"

static struct scene scene;

// The test sends its own segments, then shows them.
static inline int open_empty_scene(void **state) {
    (void)state;
    scene_open(&scene);
    return 0;
}

static inline void show_scene(void) {
    const struct app_options options = {
        .story = scene.story, .source_name = "mixed.pcap", .utc = true};
    show_whole(&options);
}

static inline int open_mixed_scene(void **state) {
    (void)state;
    scene_open(&scene);
    scene_mixed(&scene);
    tw_tracker_finish(scene.tracker);
    show_scene();
    return 0;
}

static inline int close_scene(void **state) {
    (void)state;
    app_fini(&app);
    scene_close(&scene);
    return 0;
}

// Another one in the middle of a test.
static inline void new_scene(void) {
    app_fini(&app);
    scene_close(&scene);
    scene_open(&scene);
}

// open_scene is the file's own.
#define on_scene(test)       cmocka_unit_test_setup_teardown(test, open_scene, close_scene)
#define on_mixed_scene(test) cmocka_unit_test_setup_teardown(test, open_mixed_scene, close_scene)
#define on_empty_scene(test) cmocka_unit_test_setup_teardown(test, open_empty_scene, close_scene)

#endif
