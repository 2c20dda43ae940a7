// SPDX-License-Identifier: MIT
// The user's configuration file, which only what opens the screen reads.
#ifndef TCPWALK_CLI_CONFIG_H
#define TCPWALK_CLI_CONFIG_H

#include "ui/config.h"

#include <stdio.h>

// Reads $XDG_CONFIG_HOME/tcpwalk/config, or ~/.config/tcpwalk/config, gives the actions their keys
// and sets the language. TW_OK, with the defaults, where there is no such file; TW_USAGE with
// "FILE:LINE: WHAT: WHY".
enum tw_status config_read(struct config *config, struct tw_error *error) TW_CHECKED;
// The file with every default.
void config_print(FILE *to);

#endif
