// SPDX-License-Identifier: MIT
// Proves what holds for every view at every size, in every language, with either set of characters
// and in every theme: nothing is drawn outside, no wide character is cut, no control octet gets in,
// and the states can be read.
#include "scene.h"
#include "screens.h"

#include "ui/ui.h"
#include "ui/views/views.h"

static struct scene scene;

// What the views are drawn from, and how one gets there.
static const struct {
    const char *name, *keys;
    bool states; // all eleven are on it from 80x24 on
} shown[] = {
    {"connections", "", false},
    {"a filter", "f t i m e Enter", false},
    {"a prompt", "/ 4 4 3", false},
    {"before all", "Enter", false},
    {"the ladder", "Down Enter ] ] ] ] ]", false},
    {"in flight", "Down Enter ] ] ] n", false},
    {"the diagram", "Down Enter ] ] ] ] ] Tab", true},
    {"walking", "Down Enter ] ] ] ] ] v", true},
    {"the segment", "Enter ] ] Tab Tab", false},
    {"the stream", "Enter G Tab Tab Tab", false},
    {"measuring", "Enter ] m ] ]", false},
    {"breakpoints", "Enter b", false},
    {"help", "?", false},
    {"the end of the help", "? G", false},
    {"the end", "Enter G", false},
};

static const struct {
    int width, height;
} sizes[] = {{80, 24}, {120, 40}, {160, 45}, {60, 15}, {40, 12}, {20, 5}, {1, 1}, {200, 60}};

static int open_scene(void **state) {
    (void)state;
    scene_open(&scene);
    scene_mixed(&scene);
    tw_tracker_finish(scene.tracker);
    return 0;
}

static int close_scene(void **state) {
    (void)state;
    scene_close(&scene);
    return tw_language_set("en") ? 0 : 1;
}

static void press(const char *keys) {
    for (uint32_t key; (key = key_next(&keys)) != KEY_IS_NONE;) {
        app_key(&app, key);
        if (*keys != '\0')
            app_tick(&app, app.now + TW_SECOND);
    }
    app_tick(&app, app.now + 100 * TW_MILLISECOND);
}

static void open_app(bool ascii, enum theme theme, int width, int height, const char *keys) {
    const struct app_options options = {.story = scene.story,
                                        .source_name = "mixed.pcap",
                                        .filter = "tcp port 443",
                                        .utc = true,
                                        .ascii = ascii,
                                        .colors = theme != THEME_MONO,
                                        .theme = theme};
    app_init(&app, &options);
    app.loading = false;
    app_resize(&app, 80, 24); // so that the same keys lead to the same place
    app_tick(&app, TW_SECOND);
    press(keys);
    app_resize(&app, width, height);
    app_tick(&app, app.now);
}

// Every cell is a character that a terminal shows in as many cells as it has here.
static void check_cells(const struct canvas *canvas, bool ascii, const char *where) {
    for (int y = 0; y < canvas->height; y++)
        for (int x = 0; x < canvas->width; x++) {
            const struct cell *cell = &canvas->cells[y * canvas->width + x];
            const struct cell *next = x + 1 < canvas->width ? cell + 1 : NULL;
            const bool control = cell->rune != 0 && (cell->rune < ' ' || cell->rune == 0x7f ||
                                                     (cell->rune >= 0x80 && cell->rune < 0xa0));
            const bool wide = cell->rune != 0 && canvas_rune_width(cell->rune) == 2;
            const bool half = cell->rune == 0 && (x == 0 || canvas_rune_width(cell[-1].rune) != 2);
            if (control || cell->role >= ROLE_COUNT || half ||
                (wide && (next == NULL || next->rune != 0)))
                fail_msg("%s: the cell at %d,%d is %x", where, x, y, (unsigned)cell->rune);
            if (ascii && cell->rune > 0x7e)
                fail_msg("%s: %x at %d,%d is not ASCII", where, (unsigned)cell->rune, x, y);
        }
}

// The present states of a connection stand whole above it.
static void check_ends(const char *text, const char *where) {
    const char *row = strchr(text, '\n') + 1;
    for (int end = 0; end < TW_END_COUNT; end++) {
        const struct tw_ladder_step *step =
            tw_ladder_state(&app.ladder, (enum tw_end)end, app.playback.place);
        const char *name = tw_state_name(step != NULL ? step->to : TW_CLOSED);
        const char *found = strstr(row, name);
        if (found == NULL || found > strchr(row, '\n'))
            fail_msg("%s: %s is not readable in\n%s", where, name, text);
    }
}

static void check_states(const char *text, const char *where) {
    for (unsigned i = 0; i < TW_STATE_COUNT; i++)
        if (strstr(text, tw_state_name((enum tw_state)i)) == NULL)
            fail_msg("%s: %s is not readable in\n%s", where, tw_state_name((enum tw_state)i), text);
}

static void check(size_t view, size_t size, bool ascii, const char *language, enum theme theme) {
    char where[200];
    const int width = sizes[size].width, height = sizes[size].height;
    snprintf(where, sizeof where, "%s at %dx%d, %s, %s, %s", shown[view].name, width, height,
             ascii ? "ASCII" : "UTF-8", language, theme_name(theme));
    assert_true(tw_language_set(language));
    open_app(ascii, theme, width, height, shown[view].keys);
    struct canvas canvas;
    screen_draw(&app, &canvas);
    // Where text is ASCII alone, the program speaks English.
    check_cells(&canvas, ascii && strcmp(language, "en") == 0, where);
    char *text = text_of(&canvas);
    if (app.view == VIEW_CONNECTION && width >= LEAST_WIDTH && height >= LEAST_HEIGHT)
        check_ends(text, where);
    if (shown[view].states && width >= 80 && height >= 24)
        check_states(text, where);
    free(text);
    canvas_fini(&canvas);
    app_fini(&app);
}

static void every_view_at_every_size(void **state) {
    (void)state;
    for (size_t view = 0; view < TW_COUNT(shown); view++)
        for (size_t size = 0; size < TW_COUNT(sizes); size++)
            for (size_t language = 0; tw_language_at(language) != NULL; language++)
                for (int ascii = 0; ascii < 2; ascii++)
                    for (int theme = 0; theme < THEME_COUNT; theme++)
                        check(view, size, ascii != 0, tw_language_at(language), (enum theme)theme);
}

// Without colours and marks of its own the picture is the same in every theme.
static void themes_change_no_character(void **state) {
    (void)state;
    for (size_t view = 0; view < TW_COUNT(shown); view++) {
        char *first = NULL;
        for (int theme = 0; theme < THEME_COUNT; theme++) {
            open_app(false, (enum theme)theme, 120, 40, shown[view].keys);
            char *text = screen_text(&app);
            if (first != NULL)
                assert_string_equal(text, first);
            else
                first = text;
            if (text != first)
                free(text);
            app_fini(&app);
        }
        free(first);
    }
}

// In the middle of everything: each key of the way is followed by another size.
static void resizing_in_the_middle_of_everything(void **state) {
    (void)state;
    for (size_t view = 0; view < TW_COUNT(shown); view++) {
        open_app(false, THEME_DARK, 80, 24, "");
        const char *keys = shown[view].keys;
        size_t size = view;
        for (uint32_t key; (key = key_next(&keys)) != KEY_IS_NONE; size++) {
            app_key(&app, key);
            app_tick(&app, app.now + 10 * TW_MILLISECOND); // what it began is not over
            app_resize(&app, sizes[size % TW_COUNT(sizes)].width,
                       sizes[size % TW_COUNT(sizes)].height);
            struct canvas canvas;
            screen_draw(&app, &canvas);
            check_cells(&canvas, false, shown[view].name);
            canvas_fini(&canvas);
        }
        app_fini(&app);
    }
}

// The same story in Chinese, one view of each kind.
static void chinese(void **state) {
    (void)state;
    static const struct {
        const char *name, *keys;
        int width, height;
    } views[] = {
        {"zh-connections-80x24", "", 80, 24},
        {"zh-ladder-80x24", "Down Enter ] ] ] ] ]", 80, 24},
        {"zh-ladder-120x40", "Down Enter ] ] ] ] ]", 120, 40},
        {"zh-help-80x24", "?", 80, 24},
        {"zh-breaks-80x24", "Enter b", 80, 24},
        {"zh-walk-80x24", "Down Enter ] ] ] ] ] v", 80, 24},
        {"zh-ladder-40x12", "Down Enter ] ] ] ] ]", 40, 12},
    };
    assert_true(tw_language_set("zh"));
    for (size_t i = 0; i < TW_COUNT(views); i++) {
        open_app(false, THEME_DARK, views[i].width, views[i].height, views[i].keys);
        expect_screen(&app, views[i].name);
        app_fini(&app);
    }
}

int main(void) {
#define on_scene(test) cmocka_unit_test_setup_teardown(test, open_scene, close_scene)
    const struct CMUnitTest tests[] = {
        on_scene(every_view_at_every_size),
        on_scene(themes_change_no_character),
        on_scene(resizing_in_the_middle_of_everything),
        on_scene(chinese),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
