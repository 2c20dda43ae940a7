// SPDX-License-Identifier: MIT
// The commands, one file each. Each returns the program's exit status, with *error where it is not
// TW_OK; its output goes to standard output.
#ifndef TCPWALK_CLI_COMMANDS_H
#define TCPWALK_CLI_COMMANDS_H

#include "options.h"

enum tw_status cmd_screen(const struct settings *settings, struct tw_error *error) TW_CHECKED;
enum tw_status cmd_trace(const struct settings *settings, struct tw_error *error) TW_CHECKED;
enum tw_status cmd_list(const struct settings *settings, struct tw_error *error) TW_CHECKED;
enum tw_status cmd_lab(const struct settings *settings, struct tw_error *error) TW_CHECKED;
enum tw_status cmd_captures(const struct settings *settings, struct tw_error *error) TW_CHECKED;
enum tw_status cmd_interfaces(const struct settings *settings, struct tw_error *error) TW_CHECKED;
enum tw_status cmd_states(const struct settings *settings, struct tw_error *error) TW_CHECKED;

// Hidden: the catalogue of the captures in $TCPWALK_CAPTURES as it should be, made of the captures
// and their scenario scripts.
enum tw_status catalogue_print(struct tw_error *error) TW_CHECKED;

#endif
