// SPDX-License-Identifier: MIT
// A run of the lab: what `tcpwalk lab` works with, on the screen and without.
#ifndef TCPWALK_CLI_LAB_RUN_H
#define TCPWALK_CLI_LAB_RUN_H

#include "options.h"
#include "recording.h"
#include "scenario.h"

struct lab_run {
    const struct settings *settings;
    char name[SCENARIO_NAME];     // of the scenario, or "lab"
    struct tw_script *script;     // NULL: free play
    struct tw_scenario *scenario; // the same
    struct tw_lab *lab;
    struct recording recording;
    struct pump *pump; // that is given each packet at once, or NULL
};

// Shows the lab until the user leaves. TW_UNMET with *error where the scenario failed.
enum tw_status lab_screen(struct lab_run *run, struct tw_error *error) TW_CHECKED;

#endif
