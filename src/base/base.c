// SPDX-License-Identifier: MIT
// The caller's message buffer.
#include "tcpwalk/base.h"

#include <stdio.h>

enum tw_status tw_fail(struct tw_error *error, enum tw_status status, const char *format, ...) {
    if (error != NULL) {
        va_list arguments;
        va_start(arguments, format);
        vsnprintf(error->text, sizeof error->text, tw_text(format), arguments);
        va_end(arguments);
    }
    return status;
}
