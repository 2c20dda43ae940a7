// SPDX-License-Identifier: MIT
// tcpwalk states: the state table itself, as docs/states.md.
#include "commands.h"

static void cell(enum tw_state state, enum tw_event event) {
    const struct tw_cell *row = tw_state_cell(state, event);
    if (row->kind == TW_ODD) {
        return;
    }
    printf("| `%s` | %s | %s | %s | %s |\n", tw_event_name(event),
           row->kind == TW_GO ? tw_state_name(row->next) : _("stays"), row->call ? row->call : "",
           row->section ? row->section : "", row->why ? _(row->why) : "");
}

static void state_table(void) {
    puts(_("# The state table\n\n"
           "What each of the eleven states of RFC 9293 does with each thing that can happen to an "
           "end.\nAn event that is not in a state's table is odd there: it is reported by name and "
           "moves nobody.\nThis page is the output of `tcpwalk states`.\n\n"
           "| state | Linux | BSD | meaning |\n|---|---|---|---|"));
    for (enum tw_state i = 0; i < TW_STATE_COUNT; i++) {
        printf("| %s | %s | %s | %s |\n", tw_state_name(i), tw_state_linux(i), tw_state_bsd(i),
               _(tw_state_meaning(i)));
    }
    for (enum tw_state i = 0; i < TW_STATE_COUNT; i++) {
        printf("\n## %s\n\n%s\n|---|---|---|---|---|\n", tw_state_name(i),
               _("| event | next state | socket call | section | why |"));
        for (enum tw_event j = 0; j < TW_EVENT_COUNT; j++) {
            cell(i, j);
        }
    }
}

static void profiles(void) {
    puts(_("\n# The profiles\n\nHow long TIME-WAIT lasts, by `--profile`.\n\n"
           "| profile | stack | TIME-WAIT | source |\n|---|---|---|---|"));
    for (size_t i = 0; i < tw_profile_count(); i++) {
        const struct tw_profile *profile = tw_profile_at(i);
        printf("| `%s` | %s | %d s | %s |\n", profile->name, _(profile->title),
               (int)(profile->time_wait / TW_SECOND),
               profile->time_wait_source ? _(profile->time_wait_source) : "");
    }
}

enum tw_status cmd_states(const struct settings *settings, struct tw_error *error) {
    (void)settings;
    (void)error;
    state_table();
    profiles();
    return TW_OK;
}
