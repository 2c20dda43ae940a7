// SPDX-License-Identifier: MIT
// The action table as data, and the look-up of keys in it.
#include "actions.h"

static const struct action_info actions[] = {[ACTION_NONE] = {.keys = ""},
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

const struct action_info *action_info(enum action action) {
    return &actions[action];
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
