// SPDX-License-Identifier: MIT
// Proves that the configuration that is printed is the one that holds, that each setting is taken,
// and that what is wrong is told with its line, and with the names that may have been meant.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "cli/config.h"
#include "cli/speech.h"
#include "ui/app.h"

enum { TEXT_MAX = 65536 };

struct written {
    char text[TEXT_MAX];
    size_t length;
};

static void put(void *context, const char *text) {
    struct written *to = context;
    size_t length = strlen(text);
    assert_true(to->length + length < sizeof to->text);
    memcpy(to->text + to->length, text, length + 1);
    to->length += length;
}

static void assert_parsed(struct config *config, const char *text, size_t length) {
    struct config_problem problem;
    if (!config_parse(config, text, length, &problem))
        fail_msg("line %u: %s", problem.line, problem.text);
}

static void assert_same(const struct config *a, const struct config *b) {
    assert_int_equal(a->theme, b->theme);
    assert_string_equal(a->language, b->language);
    assert_true(a->mouse == b->mouse && a->ascii == b->ascii && a->utc == b->utc);
    assert_true(a->even == b->even && a->speed == b->speed);
    assert_memory_equal(a->break_state, b->break_state, sizeof a->break_state);
    assert_memory_equal(a->break_finding, b->break_finding, sizeof a->break_finding);
    assert_memory_equal(a->bound, b->bound, sizeof a->bound);
    for (unsigned i = ACTION_NONE + 1; i < ACTION_COUNT; i++)
        assert_string_equal(a->keys[i], b->keys[i]);
}

static void what_is_printed_changes_nothing(void **state) {
    (void)state;
    static struct written written;
    static struct config before, after;
    written.length = 0;
    config_init(&before);
    config_write(&before, put, &written);
    config_init(&after);
    assert_parsed(&after, written.text, written.length);
    assert_same(&before, &after);
    for (unsigned i = ACTION_NONE + 1; i < ACTION_COUNT; i++) {
        assert_false(after.bound[i]);
        // Each action is there, with its help.
        assert_non_null(strstr(written.text, action_info((enum action)i)->help));
    }
    for (unsigned i = 0; i < THEME_COUNT; i++)
        assert_non_null(strstr(written.text, theme_name((enum theme)i)));
    // No row is so long that an editor breaks it.
    size_t row = 0;
    for (size_t i = 0; i < written.length; i++) {
        row = written.text[i] == '\n' ? 0 : row + 1;
        assert_true(row <= 120);
    }
}

static const char every_setting[] = "\t# all but the defaults\r\n"
                                    "theme = projector\r\n"
                                    "\n"
                                    "  language=zh\n"
                                    "mouse =off\n"
                                    "ascii= on\n"
                                    "utc = on\n"
                                    "even-time = off\n"
                                    "speed = 0.25\n"
                                    "break = CLOSING, TIME-WAIT\n"
                                    "break = retransmission\n"
                                    "key faster = F2\t=\n"
                                    "key  NEXT_STATE =\n"
                                    "key Help = F12 Alt-h";

static void each_setting_is_taken(void **state) {
    (void)state;
    static struct config config, again;
    static struct written written;
    config_init(&config);
    assert_parsed(&config, every_setting, strlen(every_setting));
    assert_int_equal(config.theme, THEME_PROJECTOR);
    assert_string_equal(config.language, "zh");
    assert_true(!config.mouse && config.ascii && config.utc && !config.even);
    assert_true(config.speed == 0.25);
    for (unsigned i = 0; i < TW_STATE_COUNT; i++)
        assert_int_equal(config.break_state[i], i == TW_CLOSING || i == TW_TIME_WAIT);
    for (unsigned i = 0; i < TW_FINDING_COUNT; i++)
        assert_int_equal(config.break_finding[i], i == TW_FINDING_RETRANSMISSION);
    assert_string_equal(config.keys[ACTION_FASTER], "F2 =");
    assert_string_equal(config.keys[ACTION_NEXT_STATE], "");
    assert_string_equal(config.keys[ACTION_HELP], "F12 Alt-h");
    assert_true(config.bound[ACTION_FASTER] && !config.bound[ACTION_SLOWER]);
    // And the same comes out of what is written of it.
    written.length = 0;
    config_write(&config, put, &written);
    config_init(&again);
    assert_parsed(&again, written.text, written.length);
    assert_same(&config, &again);
}

static void keys_are_bound(void **state) {
    (void)state;
    static struct config config;
    config_init(&config);
    assert_parsed(&config, every_setting, strlen(every_setting));
    config_bind(&config);
    assert_int_equal(action_of_key(IN_CONNECTION, KEY_IS_F1 + 1), ACTION_FASTER);
    assert_int_equal(action_of_key(IN_CONNECTION, '+'), ACTION_NONE);
    assert_int_equal(action_of_key(IN_CONNECTION, ']'), ACTION_NONE);
    assert_int_equal(action_of_key(IN_CONNECTION, 'h' | KEY_WITH_ALT), ACTION_HELP);
    config_init(&config);
    config_bind(&config); // as it was
    assert_int_equal(action_of_key(IN_CONNECTION, '+'), ACTION_FASTER);
    assert_int_equal(action_of_key(IN_CONNECTION, ']'), ACTION_NEXT_STATE);
    assert_int_equal(action_of_key(IN_CONNECTION, '?'), ACTION_HELP);
}

static void wrong_lines_are_told(void **state) {
    (void)state;
    static const struct {
        const char *text;
        unsigned line;
        const char *told;
        enum config_names names;
    } cases[] = {
        {"\n# x\ncolour = dark\n", 3, "colour: no such setting", CONFIG_SETTINGS},
        {"theme = purple", 1, "purple: no such theme", CONFIG_THEMES},
        {"language = klingon", 1, "klingon: no such language", CONFIG_LANGUAGES},
        {"mouse = yes", 1, "yes: neither on nor off", CONFIG_NO_NAMES},
        {"mouse =", 1, ": neither on nor off", CONFIG_NO_NAMES},
        {"speed = 0", 1, "0: not a number from 0.001 to 1000", CONFIG_NO_NAMES},
        {"speed = nan", 1, "nan: not a number from 0.001 to 1000", CONFIG_NO_NAMES},
        {"speed = 2x", 1, "2x: not a number from 0.001 to 1000", CONFIG_NO_NAMES},
        {"break = CLOSING, OPENING", 1, "OPENING: no such state or finding", CONFIG_BREAKS},
        {"theme dark", 1, "theme dark: no '=' behind the name", CONFIG_NO_NAMES},
        {"key fly = x", 1, "fly: no such action", CONFIG_ACTIONS},
        {"key = x", 1, "key: no such setting", CONFIG_SETTINGS},
        {"key faster = + Ctrl-x", 1,
         "Ctrl-x: not a key that can be had; such are x, ^X, Alt-x, F12, PgDn, S-Tab",
         CONFIG_NO_NAMES},
        {"key faster = ^Z", 1,
         "^Z: not a key that can be had; such are x, ^X, Alt-x, F12, PgDn, S-Tab", CONFIG_NO_NAMES},
        {"mouse = on\nkey faster = -\nutc = on\n", 2,
         "-: in one place it is the key of faster and of slower", CONFIG_NO_NAMES},
        {"key theme = F5\nkey mouse = F5", 2,
         "F5: in one place it is the key of mouse and of theme", CONFIG_NO_NAMES},
        {"\x1b[31m = x", 1, "?[31m: no such setting", CONFIG_SETTINGS},
    };
    for (size_t i = 0; i < TW_COUNT(cases); i++) {
        static struct config config;
        struct config_problem problem;
        config_init(&config);
        assert_false(config_parse(&config, cases[i].text, strlen(cases[i].text), &problem));
        assert_string_equal(problem.text, cases[i].told);
        assert_int_equal(problem.line, cases[i].line);
        assert_int_equal(problem.names, cases[i].names);
    }
    // A key may go to another action when the one that had it gives it up, in any order of lines.
    static struct config config;
    static const char exchanged[] = "key faster = -\nkey slower = +";
    config_init(&config);
    assert_parsed(&config, exchanged, strlen(exchanged));
    // What is no text, and lines without end.
    struct config_problem problem;
    static char large[4096];
    assert_false(config_parse(&config, "a\0b", 3, &problem));
    assert_string_equal(problem.text, "the line: not text");
    memset(large, 'x', sizeof large);
    assert_false(config_parse(&config, large, sizeof large, &problem));
    assert_string_equal(problem.text, "the line: too long");
    snprintf(large, sizeof large, "key faster = ");
    for (int i = 0; i < 40; i++)
        strncat(large, "+ ", sizeof large - strlen(large) - 1);
    assert_false(config_parse(&config, large, strlen(large), &problem));
    assert_non_null(strstr(problem.text, "too many keys"));
}

// --- The file

static char folder[] = "/tmp/tcpwalk-config-XXXXXX";

static void write_file(const char *text) {
    char path[64];
    snprintf(path, sizeof path, "%s/tcpwalk", folder);
    mkdir(path, 0700);
    snprintf(path, sizeof path, "%s/tcpwalk/config", folder);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

static int make_folder(void **state) {
    (void)state;
    unsetenv("LC_ALL");
    unsetenv("LC_MESSAGES");
    unsetenv("LANG");
    return mkdtemp(folder) == NULL || setenv("XDG_CONFIG_HOME", folder, 1) != 0;
}

static int remove_folder(void **state) {
    (void)state;
    char path[64];
    snprintf(path, sizeof path, "%s/tcpwalk/config", folder);
    unlink(path);
    snprintf(path, sizeof path, "%s/tcpwalk", folder);
    rmdir(path);
    return rmdir(folder);
}

static void the_file_is_read(void **state) {
    (void)state;
    static struct config config;
    struct tw_error error = {""};
    char expected[256];
    assert_int_equal(config_read(&config, &error), TW_OK); // there is none
    assert_int_equal(config.theme, THEME_DARK);
    write_file("theme = light\nlanguage = zh\n");
    assert_int_equal(config_read(&config, &error), TW_OK);
    assert_int_equal(config.theme, THEME_LIGHT);
    assert_string_equal(tw_language(), "zh");
    write_file("language = en\n");
    assert_int_equal(config_read(&config, &error), TW_OK);
    assert_string_equal(tw_language(), "en");
    assert_int_equal(config.theme, THEME_DARK);
    write_file("language = zh\n");
    speech_begin(3, (char *[]){"tcpwalk", "--lang", "en"}); // goes before the file
    assert_int_equal(config_read(&config, &error), TW_OK);
    assert_string_equal(tw_language(), "en");
    speech_begin(1, (char *[]){"tcpwalk"});
    write_file("language = auto\n");
    assert_int_equal(config_read(&config, &error), TW_OK);
    assert_string_equal(tw_language(), "en"); // as the locale's was
    write_file("\ntheme = drak\n");
    assert_int_equal(config_read(&config, &error), TW_USAGE);
    snprintf(expected, sizeof expected, "%s/tcpwalk/config:2: drak: no such theme; nearest: dark",
             folder);
    assert_string_equal(error.text, expected);
    write_file("key nxt-state = F5\n");
    assert_int_equal(config_read(&config, &error), TW_USAGE);
    assert_non_null(strstr(error.text, "nxt-state: no such action; nearest: next-state"));
    // A place that is none is not looked into.
    assert_int_equal(setenv("XDG_CONFIG_HOME", "relative", 1), 0);
    assert_int_equal(setenv("HOME", "/nonexistent", 1), 0);
    assert_int_equal(config_read(&config, &error), TW_OK);
    assert_int_equal(setenv("XDG_CONFIG_HOME", folder, 1), 0);
}

static void the_screen_begins_so(void **state) {
    (void)state;
    static struct config config;
    static struct app app;
    struct tw_story *story = tw_story_new();
    assert_non_null(story);
    config_init(&config);
    assert_parsed(&config, every_setting, strlen(every_setting));
    const struct app_options options = {.story = story, .config = &config};
    app_init(&app, &options);
    assert_false(app.playback.even);
    assert_true(app.playback.break_state[TW_CLOSING]);
    assert_true(app.playback.break_finding[TW_FINDING_RETRANSMISSION]);
    assert_false(app.playback.break_state[TW_LISTEN]);
    app_fini(&app);
    tw_story_free(story);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_printed_changes_nothing),
        cmocka_unit_test(each_setting_is_taken),
        cmocka_unit_test(keys_are_bound),
        cmocka_unit_test(wrong_lines_are_told),
        cmocka_unit_test(the_file_is_read),
        cmocka_unit_test(the_screen_begins_so),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
