// SPDX-License-Identifier: MIT
// What the screens of a capture and of the lab have in common.
#ifndef TCPWALK_CLI_SCREEN_H
#define TCPWALK_CLI_SCREEN_H

#include "options.h"
#include "ui/ui.h"

// Of what the command line says of the screen, without source and story.
struct ui_options screen_options(const struct settings *settings);
// Writes the picture that --screenshot asks for. `feed` may be NULL. TW_USAGE, TW_MEMORY,
// TW_OUTPUT.
enum tw_status screen_picture(const struct settings *settings, const struct ui_options *options,
                              const struct ui_feed *feed, struct tw_error *error) TW_CHECKED;

#endif
