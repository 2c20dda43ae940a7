// SPDX-License-Identifier: MIT
// tcpwalk list: one line per connection, or only the counts of all.
#include "commands.h"
#include "reading.h"

enum tw_status cmd_list(const struct settings *settings, struct tw_error *error) {
    if (settings->interface == NULL && settings->source_count == 0) {
        return tw_fail(error, TW_USAGE,
                       "list: no source; name a file, a stored capture or -i IFACE");
    }
    return reading_report(settings, settings->summary ? TW_REPORT_SUMMARY : TW_REPORT_LIST, NULL,
                          NULL, error);
}
