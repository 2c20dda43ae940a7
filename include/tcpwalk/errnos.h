// SPDX-License-Identifier: MIT
// Names of the errors that socket calls give.
#ifndef TCPWALK_ERRNOS_H
#define TCPWALK_ERRNOS_H

#include <stdbool.h>
#include <stddef.h>

// "ECONNREFUSED"; NULL for a number that has no name here: print the number.
const char *tw_errno_name(int error);
bool tw_errno_parse(const char *name, int *error);
// All names, in alphabetical order; NULL behind the last.
const char *tw_errno_at(size_t index);

#endif
