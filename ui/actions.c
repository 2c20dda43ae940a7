// SPDX-License-Identifier: MIT
// The action table as data, the look-up of keys in it, and other keys for its actions.
#include "actions.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static struct action_info actions[] = {[ACTION_NONE] = {.keys = ""},
#define X(id, in, key_names, line_label, in_group, sentence)                                       \
    [ACTION_##id] = {.name = #id,                                                                  \
                     .contexts = (in),                                                             \
                     .keys = key_names,                                                            \
                     .label = line_label,                                                          \
                     .group = in_group,                                                            \
                     .help = sentence},
                                       ACTION_LIST(X)
#undef X
};
_Static_assert(TW_COUNT(actions) == ACTION_COUNT, "every action has its row");

static const char *const usual_keys[] = {[ACTION_NONE] = "",
#define X(id, in, key_names, line_label, in_group, sentence) [ACTION_##id] = key_names,
                                         ACTION_LIST(X)
#undef X
};

static char bound[ACTION_COUNT][ACTION_KEYS_MAX];

const struct action_info *action_info(enum action action) {
    return &actions[action];
}

const char *action_usual_keys(enum action action) {
    return usual_keys[action];
}

static bool same_group(unsigned a, unsigned b) {
    return strcmp(actions[a].group, actions[b].group) == 0;
}

bool action_begins_group(enum action action) {
    for (unsigned i = ACTION_NONE + 1; i < (unsigned)action; i++)
        if (same_group(i, action))
            return false;
    return true;
}

enum action action_next_in_group(enum action action) {
    for (unsigned i = (unsigned)action + 1; i < ACTION_COUNT; i++)
        if (same_group(i, action))
            return (enum action)i;
    return ACTION_NONE;
}

enum action action_of_key(unsigned contexts, uint32_t key) {
    for (unsigned i = ACTION_NONE + 1; i < ACTION_COUNT; i++) {
        if ((actions[i].contexts & contexts) == 0)
            continue;
        const char *keys = actions[i].keys;
        for (uint32_t one; (one = key_next(&keys)) != KEY_IS_NONE;)
            if (one == key)
                return (enum action)i;
    }
    return ACTION_NONE;
}

bool action_bind(enum action action, const char *keys) {
    if (keys == NULL) {
        actions[action].keys = usual_keys[action];
        return true;
    }
    if (strlen(keys) >= ACTION_KEYS_MAX)
        return false;
    for (const char *rest = keys; rest[strspn(rest, " ")] != '\0';)
        if (key_next(&rest) == KEY_IS_NONE)
            return false;
    snprintf(bound[action], ACTION_KEYS_MAX, "%s", keys);
    actions[action].keys = bound[action];
    return true;
}

// "next-state" is NEXT_STATE.
static bool same_name(const char *name, const char *written) {
    for (; *name != '\0' && *written != '\0'; name++, written++)
        if (strncasecmp(name, *written == '-' ? "_" : written, 1) != 0)
            return false;
    return *name == *written;
}

enum action action_find(const char *name) {
    for (unsigned i = ACTION_NONE + 1; i < ACTION_COUNT; i++)
        if (same_name(actions[i].name, name))
            return (enum action)i;
    return ACTION_NONE;
}
