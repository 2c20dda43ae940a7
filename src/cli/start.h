// SPDX-License-Identifier: MIT
// The start screen: tcpwalk alone at a terminal.
#ifndef TCPWALK_CLI_START_H
#define TCPWALK_CLI_START_H

#include "options.h"

// Shows what there is to open, opens what is chosen, and comes back, until the user leaves; or
// writes the picture of it that --screenshot asks for. TW_OPEN where there is no terminal that
// could show it, TW_MEMORY, and what screen_picture returns.
enum tw_status start_screen(const struct settings *settings, struct tw_error *error) TW_CHECKED;

#endif
