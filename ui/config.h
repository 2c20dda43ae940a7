// SPDX-License-Identifier: MIT
// The configuration file: lines of "name = value" and "key ACTION = KEYS". Here it is text that
// becomes settings, and settings that become a text which documents each of them.
#ifndef UI_CONFIG_H
#define UI_CONFIG_H

#include "tcpwalk/tracker.h"

#include "actions.h"
#include "theme.h"

enum { CONFIG_WORD = 64 }; // octets of one name, with the one that ends it

struct config {
    enum theme theme;
    char language[CONFIG_WORD]; // "auto", or one that there is
    bool mouse, ascii, utc, even;
    double speed;
    bool break_state[TW_STATE_COUNT], break_finding[TW_FINDING_COUNT];
    bool bound[ACTION_COUNT]; // to other keys than those of the table
    char keys[ACTION_COUNT][ACTION_KEYS_MAX];
};

// Of which names a word is none.
enum config_names {
    CONFIG_NO_NAMES,
    CONFIG_SETTINGS,
    CONFIG_ACTIONS,
    CONFIG_THEMES,
    CONFIG_LANGUAGES,
    CONFIG_BREAKS,
    CONFIG_NAMES_COUNT
};

struct config_problem {
    unsigned line;
    char text[256]; // "WHAT: WHY", nothing in it that a terminal would obey
    char word[CONFIG_WORD];
    enum config_names names;
};

void config_init(struct config *config); // every default
// Takes a file's text on top of what is there. False: *problem is the first one.
bool config_parse(struct config *config, const char *text, size_t length,
                  struct config_problem *problem) TW_CHECKED;
// The whole file, told in pieces.
void config_write(const struct config *config, void (*put)(void *context, const char *text),
                  void *context);
// The settings but for the keys, each with its value in `config`; of `names` its value is one.
void config_each_setting(const struct config *config,
                         void (*each)(void *context, const char *name, const char *value,
                                      const char *help, enum config_names names),
                         void *context);
// Gives the actions their keys, for the whole process.
void config_bind(const struct config *config);
void config_each_name(enum config_names names, void (*each)(void *context, const char *name),
                      void *context);

#endif
