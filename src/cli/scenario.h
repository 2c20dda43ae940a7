// SPDX-License-Identifier: MIT
// Scenario scripts, by the name of a stored one or by path.
#ifndef TCPWALK_CLI_SCENARIO_H
#define TCPWALK_CLI_SCENARIO_H

#include "tcpwalk/lab.h"

enum { SCENARIO_NAME = 128 };

// Finds, reads and parses; `name` is the file's without ".lab". A word with '/' or ".lab" is a
// path, and so is that of a file that is there. TW_OPEN (with the nearest names), TW_USAGE,
// TW_MEMORY.
enum tw_status scenario_load(const char *word, struct tw_script **script, char name[SCENARIO_NAME],
                             struct tw_error *error) TW_CHECKED;

#endif
