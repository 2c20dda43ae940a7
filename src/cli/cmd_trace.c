// SPDX-License-Identifier: MIT
// tcpwalk trace: every segment and every state change.
#include "commands.h"
#include "reading.h"

#include <sys/stat.h>

// With --state it must be known beforehand which connections will be in it: the files are read
// twice.
static enum tw_status trace_selected(const struct settings *settings, struct tw_error *error) {
    struct tw_report *selected = NULL;
    struct stat status;
    if (settings->interface_count > 0) {
        return tw_fail(error, TW_USAGE, "--state: a trace of it needs files, which are read twice");
    }
    for (size_t i = 0; i < settings->source_count; i++) {
        // A stored capture has no path of its name, and is a file.
        if (stat(settings->sources[i], &status) == 0
                ? !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode)
                : settings->sources[i][0] == '-') {
            return tw_fail(error, TW_USAGE,
                           "--state: a trace of it reads twice, and cannot from %s",
                           settings->sources[i]);
        }
    }
    struct settings second = *settings;
    second.fail_empty = false;
    second.write.path = NULL; // what passes is recorded once
    enum tw_status result = reading_report(&second, TW_REPORT_SELECT, NULL, &selected, error);
    if (result == TW_OK || result == TW_BROKEN) {
        second.report.has_state = false;
        second.fail_empty = settings->fail_empty;
        second.write = settings->write;
        result = reading_report(&second, TW_REPORT_TRACE, selected, NULL, error);
    }
    tw_report_free(selected);
    return result;
}

enum tw_status cmd_trace(const struct settings *settings, struct tw_error *error) {
    enum tw_status status = reading_check_source(settings, error);
    if (status != TW_OK) {
        return status;
    }
    if (settings->summary) {
        return reading_report(settings, TW_REPORT_SUMMARY, NULL, NULL, error);
    }
    if (settings->report.has_state) {
        return trace_selected(settings, error);
    }
    return reading_report(settings, TW_REPORT_TRACE, NULL, NULL, error);
}
