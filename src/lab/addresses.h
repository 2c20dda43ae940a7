// SPDX-License-Identifier: MIT
// The addresses of the two ends of the lab: 10.9.0.1 and fd00::1, 10.9.0.2 and fd00::2.
#ifndef TCPWALK_LAB_ADDRESSES_H
#define TCPWALK_LAB_ADDRESSES_H

#include "tcpwalk/connection.h"

// `version` 4 or 6.
static inline struct tw_address lab_address(enum tw_end end, int version) {
    const uint8_t host = end == TW_CLIENT ? 1 : 2;
    return version == 4 ? (struct tw_address){{10, 9, 0, host}}
                        : (struct tw_address){{[0] = 0xfd, [15] = host}};
}

#endif
