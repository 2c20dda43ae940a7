// SPDX-License-Identifier: MIT
// What the screens of a capture and of the lab have in common.
#ifndef TCPWALK_CLI_SCREEN_H
#define TCPWALK_CLI_SCREEN_H

#include "options.h"
#include "ui/ui.h"

// Of what the command line says of the screen, without source and story.
struct ui_options screen_options(const struct settings *settings);

#endif
