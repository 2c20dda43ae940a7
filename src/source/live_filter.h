// SPDX-License-Identifier: MIT
// What is captured live when nobody says otherwise.
#ifndef TCPWALK_SOURCE_LIVE_FILTER_H
#define TCPWALK_SOURCE_LIVE_FILTER_H

// By DLT_ value: TW_LIVE_FILTER, or a simpler one that lets more pass.
const char *tw_live_filter_for(int dlt);

#endif
