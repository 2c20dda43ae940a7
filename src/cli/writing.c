// SPDX-License-Identifier: MIT
// Opening what is recorded while it is watched.
#include "writing.h"

#include <string.h>
#include <sys/stat.h>
#include <time.h>

enum tw_status writing_check(const struct settings *settings, struct tw_error *error) {
    if (settings->write.path == NULL) {
        const char *option = settings->write.size > 0      ? "-C"
                             : settings->write.files > 0   ? "-W"
                             : settings->write.seconds > 0 ? "-G"
                                                           : NULL;
        return option == NULL ? TW_OK
                              : tw_fail(error, TW_USAGE, "%s: has no sense without -w", option);
    }
    if (writing_to_output(settings) && !(settings->command == COMMAND_LIST && settings->summary)) {
        return tw_fail(error, TW_USAGE,
                       "-w -: standard output is taken; only tcpwalk list --summary leaves it to "
                       "the recording, and writes to standard error itself");
    }
    return TW_OK;
}

// That a file would be emptied before it is read.
static enum tw_status check_sources(const struct settings *settings, struct tw_error *error) {
    struct stat written, read;
    if (stat(settings->write.path, &written) != 0 || !S_ISREG(written.st_mode)) {
        return TW_OK;
    }
    for (size_t i = 0; i < settings->source_count; i++) {
        if (stat(settings->sources[i], &read) == 0 && read.st_dev == written.st_dev &&
            read.st_ino == written.st_ino) {
            return tw_fail(error, TW_USAGE, "-w %s: is what is read", settings->write.path);
        }
    }
    return TW_OK;
}

enum tw_status writing_open(const struct settings *settings, const struct tw_source *source,
                            struct tw_recorder **recorder, struct tw_error *error) {
    const bool live = tw_source_is_live(source);
    *recorder = NULL;
    if (settings->write.path == NULL) {
        return TW_OK;
    }
    enum tw_status status = check_sources(settings, error);
    if (status != TW_OK) {
        return status;
    }
    const struct tw_recorder_options options = {
        .path = settings->write.path,
        .size = settings->write.size,
        .files = settings->write.files,
        .seconds = settings->write.seconds,
        .each = settings->write.each,
        .begin = live ? (tw_time)time(NULL) * TW_SECOND : TW_NO_TIME,
        .linktype = tw_source_linktype(source),
        .by_packet = !live,
    };
    return tw_recorder_open(&options, recorder, error);
}
