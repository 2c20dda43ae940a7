// SPDX-License-Identifier: MIT
// Reads and writes the configuration. What is wrong is told, never passed over: a setting that does
// nothing is looked for long.
#include "config.h"

#include "canvas.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_MOST = 1000, NAME_TEXT = 40 };
static const double speed_least = 0.001, speed_most = 1000;

void config_init(struct config *config) {
    *config = (struct config){
        .theme = THEME_DARK, .language = "auto", .mouse = true, .even = true, .speed = 1};
    for (unsigned i = ACTION_NONE + 1; i < ACTION_COUNT; i++)
        snprintf(config->keys[i], ACTION_KEYS_MAX, "%s", action_usual_keys((enum action)i));
}

// --- What is wrong

static void copy_printable(char *to, size_t room, const char *text) {
    size_t used = 0;
    for (uint32_t rune; (rune = canvas_rune_next(&text)) != 0;) {
        char octets[CANVAS_RUNE_OCTETS + 1];
        size_t length = strlen(canvas_rune_text(rune, octets));
        if (used + length >= room)
            break;
        memcpy(to + used, octets, length);
        used += length;
    }
    to[used] = '\0';
}

static bool wrong(struct config_problem *problem, const char *what, const char *why) {
    char shown[CONFIG_WORD];
    copy_printable(shown, sizeof shown, what);
    snprintf(problem->text, sizeof problem->text, "%s: %s", shown, why);
    return false;
}

static bool unknown(struct config_problem *problem, enum config_names names, const char *word) {
    static const char *const whys[] = {
        [CONFIG_NO_NAMES] = "",
        [CONFIG_SETTINGS] = N_("no such setting"),
        [CONFIG_ACTIONS] = N_("no such action"),
        [CONFIG_THEMES] = N_("no such theme"),
        [CONFIG_LANGUAGES] = N_("no such language"),
        [CONFIG_BREAKS] = N_("no such state or finding"),
    };
    _Static_assert(TW_COUNT(whys) == CONFIG_NAMES_COUNT, "every kind of names has its words");
    problem->names = names;
    copy_printable(problem->word, sizeof problem->word, word);
    return wrong(problem, word, _(whys[names]));
}

// --- One setting each: how it is taken from its value, and what its value is

typedef bool take_setting(struct config *config, const char *value, struct config_problem *problem);
typedef void value_text(const struct config *config, char *text, size_t room);

static bool take_switch(bool *to, const char *value, struct config_problem *problem) {
    *to = strcmp(value, "on") == 0;
    return *to || strcmp(value, "off") == 0 || wrong(problem, value, _("neither on nor off"));
}

static void switch_text(bool on, char *text, size_t room) {
    snprintf(text, room, "%s", on ? "on" : "off");
}

#define SWITCH(name)                                                                               \
    static bool take_##name(struct config *config, const char *value,                              \
                            struct config_problem *problem) {                                      \
        return take_switch(&config->name, value, problem);                                         \
    }                                                                                              \
    static void name##_text(const struct config *config, char *text, size_t room) {                \
        switch_text(config->name, text, room);                                                     \
    }
SWITCH(mouse)
SWITCH(ascii)
SWITCH(utc)
SWITCH(even)
#undef SWITCH

static bool take_theme(struct config *config, const char *value, struct config_problem *problem) {
    return theme_find(value, &config->theme) || unknown(problem, CONFIG_THEMES, value);
}

static void theme_text(const struct config *config, char *text, size_t room) {
    snprintf(text, room, "%s", theme_name(config->theme));
}

static bool take_language(struct config *config, const char *value,
                          struct config_problem *problem) {
    bool known = strcmp(value, "auto") == 0;
    for (size_t i = 0; !known && tw_language_at(i) != NULL; i++)
        known = strcmp(value, tw_language_at(i)) == 0;
    if (!known)
        return unknown(problem, CONFIG_LANGUAGES, value);
    snprintf(config->language, sizeof config->language, "%s", value);
    return true;
}

static void language_text(const struct config *config, char *text, size_t room) {
    snprintf(text, room, "%s", config->language);
}

static bool take_speed(struct config *config, const char *value, struct config_problem *problem) {
    char *end;
    double speed = strtod(value, &end);
    if (end == value || *end != '\0' || !(speed >= speed_least && speed <= speed_most))
        return wrong(problem, value, _("not a number from 0.001 to 1000"));
    config->speed = speed;
    return true;
}

static void speed_text(const struct config *config, char *text, size_t room) {
    snprintf(text, room, "%g", config->speed);
}

static bool take_break(struct config *config, const char *value, struct config_problem *problem) {
    static const char between[] = " ,";
    while (*(value += strspn(value, between)) != '\0') {
        char name[CONFIG_WORD];
        size_t length = strcspn(value, between);
        enum tw_state state;
        bool found = false;
        snprintf(name, sizeof name, "%.*s", (int)length, value);
        for (unsigned i = 0; i < TW_FINDING_COUNT && length < sizeof name; i++)
            if (strcmp(name, tw_finding_name((enum tw_finding_kind)i)) == 0)
                config->break_finding[i] = found = true;
        if (!found && (length >= sizeof name || !tw_state_parse(name, &state)))
            return unknown(problem, CONFIG_BREAKS, name);
        if (!found)
            config->break_state[state] = true;
        value += length;
    }
    return true;
}

static void append(char *text, size_t room, const char *word) {
    size_t used = strlen(text);
    snprintf(text + used, room - used, "%s%s", used > 0 ? ", " : "", word);
}

static void break_text(const struct config *config, char *text, size_t room) {
    text[0] = '\0';
    for (unsigned i = 0; i < TW_STATE_COUNT; i++)
        if (config->break_state[i])
            append(text, room, tw_state_name((enum tw_state)i));
    for (unsigned i = 0; i < TW_FINDING_COUNT; i++)
        if (config->break_finding[i])
            append(text, room, tw_finding_name((enum tw_finding_kind)i));
}

static const struct {
    const char *name;
    take_setting *take;
    value_text *text;
    enum config_names values;
    const char *help;
} settings[] = {
    {"theme", take_theme, theme_text, CONFIG_THEMES,
     N_("The colours (--theme). Without colours, or with NO_COLOR, it is mono.")},
    {"language", take_language, language_text, CONFIG_LANGUAGES,
     N_("The language of the screen; auto: as the locale says.")},
    {"mouse", take_mouse, mouse_text, CONFIG_NO_NAMES,
     N_("Take the mouse from the terminal, which then selects text only with Shift.")},
    {"ascii", take_ascii, ascii_text, CONFIG_NO_NAMES,
     N_("Draw with ASCII alone (--ascii); off: as the locale says.")},
    {"utc", take_utc, utc_text, CONFIG_NO_NAMES,
     N_("Times of day in UTC (--utc), else local time.")},
    {"even-time", take_even, even_text, CONFIG_NO_NAMES,
     N_("Playback: each event takes as long; off: real time.")},
    {"speed", take_speed, speed_text, CONFIG_NO_NAMES,
     N_("Playback: its speed at the beginning (--speed), from 0.001 to 1000.")},
    {"break", take_break, break_text, CONFIG_BREAKS,
     N_("Playback stops at these states and findings; may be given again, for more of them.")},
};

// --- Keys

// A word that is no key, or is too much.
static bool check_keys(const char *value, struct config_problem *problem) {
    if (strlen(value) >= ACTION_KEYS_MAX)
        return wrong(problem, value, _("too many keys"));
    for (const char *rest = value; rest[strspn(rest, " ")] != '\0';) {
        char word[CONFIG_WORD];
        const char *begin = rest + strspn(rest, " ");
        if (key_next(&rest) == KEY_IS_NONE) {
            snprintf(word, sizeof word, "%.*s", (int)(rest - begin), begin);
            return wrong(problem, word,
                         _("not a key that can be had; such are x, ^X, Alt-x, F12, PgDn, S-Tab"));
        }
    }
    return true;
}

static bool take_keys(struct config *config, const char *name, const char *value,
                      unsigned lines[ACTION_COUNT], unsigned line, struct config_problem *problem) {
    enum action action = action_find(name);
    if (action == ACTION_NONE)
        return unknown(problem, CONFIG_ACTIONS, name);
    if (!check_keys(value, problem))
        return false;
    snprintf(config->keys[action], ACTION_KEYS_MAX, "%s", value);
    config->bound[action] = strcmp(value, action_usual_keys(action)) != 0;
    lines[action] = line;
    return true;
}

// As the file has it: "next-state".
static const char *action_text(enum action action, char text[NAME_TEXT]) {
    const char *name = action_info(action)->name;
    size_t i = 0;
    for (; name[i] != '\0' && i + 1 < NAME_TEXT; i++)
        text[i] = name[i] == '_' ? '-' : (char)tolower((unsigned char)name[i]);
    text[i] = '\0';
    return text;
}

static bool has_key(const char *keys, uint32_t key) {
    for (uint32_t one; (one = key_next(&keys)) != KEY_IS_NONE;)
        if (one == key)
            return true;
    return false;
}

static bool clash(const struct config *config, enum action a, enum action b,
                  struct config_problem *problem) {
    const char *keys = config->keys[a];
    for (uint32_t key; (key = key_next(&keys)) != KEY_IS_NONE;) {
        char name[KEY_TEXT], one[NAME_TEXT], other[NAME_TEXT], why[3 * NAME_TEXT];
        if (!has_key(config->keys[b], key))
            continue;
        snprintf(why, sizeof why, _("in one place it is the key of %s and of %s"),
                 action_text(a, one), action_text(b, other));
        return !wrong(problem, key_text(key, name), why);
    }
    return false;
}

// Whether a key means two things in one place.
static bool check_clashes(const struct config *config, const unsigned lines[ACTION_COUNT],
                          struct config_problem *problem) {
    for (unsigned a = ACTION_NONE + 1; a < ACTION_COUNT; a++)
        for (unsigned b = a + 1; b < ACTION_COUNT; b++) {
            unsigned places =
                action_info((enum action)a)->contexts & action_info((enum action)b)->contexts;
            if (places != 0 && (config->bound[a] || config->bound[b]) &&
                clash(config, (enum action)a, (enum action)b, problem)) {
                problem->line = lines[a] > lines[b] ? lines[a] : lines[b];
                return false;
            }
        }
    return true;
}

void config_bind(const struct config *config) {
    for (unsigned i = ACTION_NONE + 1; i < ACTION_COUNT; i++)
        if (!action_bind((enum action)i, config->bound[i] ? config->keys[i] : NULL))
            continue; // config_parse has checked them
}

// --- Lines

// Cuts blanks off both ends.
static char *trimmed(char *text) {
    size_t length = strlen(text);
    while (length > 0 && text[length - 1] == ' ')
        text[--length] = '\0';
    return text + strspn(text, " ");
}

static bool take_setting_line(struct config *config, const char *name, const char *value,
                              struct config_problem *problem) {
    for (size_t i = 0; i < TW_COUNT(settings); i++)
        if (strcmp(name, settings[i].name) == 0)
            return settings[i].take(config, value, problem);
    return unknown(problem, CONFIG_SETTINGS, name);
}

static bool take_line(struct config *config, char *line, unsigned lines[ACTION_COUNT],
                      struct config_problem *problem) {
    static const char key[] = "key ";
    for (char *c = line; *c != '\0'; c++)
        if (*c == '\t' || *c == '\r')
            *c = ' ';
    line = trimmed(line);
    if (*line == '\0' || *line == '#')
        return true;
    char *equals = strchr(line, '=');
    if (equals == NULL)
        return wrong(problem, line, _("no '=' behind the name"));
    *equals = '\0';
    char *name = trimmed(line), *value = trimmed(equals + 1);
    if (strncmp(name, key, sizeof key - 1) == 0)
        return take_keys(config, trimmed(name + sizeof key - 1), value, lines, problem->line,
                         problem);
    return take_setting_line(config, name, value, problem);
}

bool config_parse(struct config *config, const char *text, size_t length,
                  struct config_problem *problem) {
    unsigned lines[ACTION_COUNT] = {0};
    *problem = (struct config_problem){.line = 1};
    for (size_t at = 0; at < length; problem->line++) {
        const char *end = memchr(text + at, '\n', length - at);
        size_t octets = end != NULL ? (size_t)(end - text) - at : length - at;
        char line[LINE_MOST + 1];
        if (octets > LINE_MOST)
            return wrong(problem, _("the line"), _("too long"));
        if (memchr(text + at, '\0', octets) != NULL)
            return wrong(problem, _("the line"), _("not text"));
        memcpy(line, text + at, octets);
        line[octets] = '\0';
        if (!take_line(config, line, lines, problem))
            return false;
        at += octets + 1;
    }
    return check_clashes(config, lines, problem);
}

// --- The text

void config_each_name(enum config_names names, void (*each)(void *context, const char *name),
                      void *context) {
    char text[NAME_TEXT];
    switch (names) {
    case CONFIG_SETTINGS:
        for (size_t i = 0; i < TW_COUNT(settings); i++)
            each(context, settings[i].name);
        break;
    case CONFIG_ACTIONS:
        for (unsigned i = ACTION_NONE + 1; i < ACTION_COUNT; i++)
            each(context, action_text((enum action)i, text));
        break;
    case CONFIG_THEMES:
        for (unsigned i = 0; i < THEME_COUNT; i++)
            each(context, theme_name((enum theme)i));
        break;
    case CONFIG_LANGUAGES:
        each(context, "auto");
        for (size_t i = 0; tw_language_at(i) != NULL; i++)
            each(context, tw_language_at(i));
        break;
    case CONFIG_BREAKS:
        for (unsigned i = 0; i < TW_STATE_COUNT; i++)
            each(context, tw_state_name((enum tw_state)i));
        for (unsigned i = 0; i < TW_FINDING_COUNT; i++)
            each(context, tw_finding_name((enum tw_finding_kind)i));
        break;
    case CONFIG_NO_NAMES:
    case CONFIG_NAMES_COUNT: break;
    }
}

void config_each_setting(const struct config *config,
                         void (*each)(void *context, const char *name, const char *value,
                                      const char *help, enum config_names names),
                         void *context) {
    for (size_t i = 0; i < TW_COUNT(settings); i++) {
        char text[2 * LINE_MOST];
        settings[i].text(config, text, sizeof text);
        each(context, settings[i].name, text, settings[i].help, settings[i].values);
    }
}

struct writer {
    void (*put)(void *context, const char *text);
    void *context;
    int column;
};

// One of several names in a comment, broken into lines.
static void put_name(void *context, const char *name) {
    enum { WIDTH = 80 };
    static const char begin[] = "#   ";
    struct writer *to = context;
    int length = (int)strlen(name);
    if (to->column > 0 && to->column + 2 + length > WIDTH) {
        to->put(to->context, ",\n");
        to->column = 0;
    }
    to->put(to->context, to->column == 0 ? begin : ", ");
    to->put(to->context, name);
    to->column += length + (to->column == 0 ? (int)sizeof begin - 1 : 2);
}

static void put_line(struct writer *to, const char *before, const char *text, const char *value) {
    to->put(to->context, before);
    to->put(to->context, text);
    if (value != NULL) {
        to->put(to->context, value[0] != '\0' ? " = " : " =");
        to->put(to->context, value);
    }
    to->put(to->context, "\n");
}

// Where an action can be done.
static void put_places(struct writer *to, unsigned contexts) {
    static const char *const places[] = {
        N_("start screen"), N_("connections"),   N_("one connection"), N_("help"),
        N_("lab"),          N_("state diagram"), N_("stream"),         N_("breakpoints")};
    _Static_assert(TW_COUNT(places) == CONTEXT_COUNT, "every context has its name");
    const char *before = " (";
    if (contexts == IN_ALL) {
        to->put(to->context, _(" (everywhere)\n"));
        return;
    }
    for (unsigned i = 0; i < CONTEXT_COUNT; i++)
        if ((contexts & 1U << i) != 0) {
            to->put(to->context, before);
            to->put(to->context, _(places[i]));
            before = ", ";
        }
    to->put(to->context, ")\n");
}

static void put_setting(void *context, const char *name, const char *value, const char *help,
                        enum config_names names) {
    struct writer *to = context;
    put_line(to, "\n# ", _(help), NULL);
    to->column = 0;
    config_each_name(names, put_name, to);
    if (to->column > 0)
        to->put(to->context, "\n");
    put_line(to, "", name, value);
}

static void put_action(const struct config *config, enum action action, struct writer *to) {
    const struct action_info *info = action_info(action);
    char name[NAME_TEXT];
    to->put(to->context, "# ");
    to->put(to->context, _(info->help));
    put_places(to, info->contexts);
    put_line(to, "key ", action_text(action, name), config->keys[action]);
}

void config_write(const struct config *config, void (*put)(void *context, const char *text),
                  void *context) {
    static const char head[] = N_(
        "# The configuration of tcpwalk's screen, each setting with its default: to be saved as\n"
        "# $XDG_CONFIG_HOME/tcpwalk/config (~/.config/tcpwalk/config) and edited. What is left out\n"
        "# stays as it is here; options of the command line come before it.\n");
    static const char keys[] = N_(
        "\n# Keys: key ACTION = KEYS, several with blanks between them, none for no key.\n"
        "# Their names are the character itself, ^X, Alt-x, F1 to F12, and\n"
        "#   Space, Tab, S-Tab, Enter, Esc, Backspace, Insert, Delete,\n"
        "#   Up, Down, Left, Right, PgUp, PgDn, Home, End.\n"
        "# In one place a key has one meaning. Those of the lab, the state diagram and the stream\n"
        "# come before those of the connection.\n");
    struct writer to = {put, context, 0};
    put(context, _(head));
    config_each_setting(config, put_setting, &to);
    put(context, _(keys));
    for (unsigned i = ACTION_NONE + 1; i < ACTION_COUNT; i++)
        if (action_begins_group((enum action)i)) {
            put_line(&to, "\n# --- ", _(action_info((enum action)i)->group), NULL);
            for (enum action a = (enum action)i; a != ACTION_NONE; a = action_next_in_group(a))
                put_action(config, a, &to);
        }
}
