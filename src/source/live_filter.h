// SPDX-License-Identifier: MIT
// What is captured live when nobody says otherwise.
#ifndef TCPWALK_SOURCE_LIVE_FILTER_H
#define TCPWALK_SOURCE_LIVE_FILTER_H

#include <stddef.h>

// TW_LIVE_FILTER, then the simpler ones for link types that it does not compile for; the last one
// lets everything pass and compiles always. NULL behind it.
const char *tw_live_filter_at(size_t index);

#endif
