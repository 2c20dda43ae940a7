// SPDX-License-Identifier: MIT
// What -w and its companions ask for.
#ifndef TCPWALK_CLI_WRITING_H
#define TCPWALK_CLI_WRITING_H

#include "options.h"
#include "tcpwalk/recorder.h"

// Whether the command's own output goes to standard error, as the recording takes its place.
static inline bool writing_to_output(const struct settings *settings) {
    return settings->write.path != NULL && settings->write.path[0] == '-' &&
           settings->write.path[1] == '\0';
}
// What makes no sense is refused before anything is opened. TW_USAGE.
enum tw_status writing_check(const struct settings *settings, struct tw_error *error) TW_CHECKED;
// The recorder of what `source` gives; NULL where there is no -w. As tw_recorder_open, and TW_USAGE
// where the file is also read.
enum tw_status writing_open(const struct settings *settings, const struct tw_source *source,
                            struct tw_recorder **recorder, struct tw_error *error) TW_CHECKED;

#endif
