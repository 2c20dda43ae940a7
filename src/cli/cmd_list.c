// SPDX-License-Identifier: MIT
// tcpwalk list: one line per connection, or only the counts of all.
#include "commands.h"
#include "reading.h"

enum tw_status cmd_list(const struct settings *settings, struct tw_error *error) {
    enum tw_status status = reading_check_source(settings, error);
    if (status != TW_OK) {
        return status;
    }
    return reading_report(settings, settings->summary ? TW_REPORT_SUMMARY : TW_REPORT_LIST, NULL,
                          NULL, error);
}
