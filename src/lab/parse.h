// SPDX-License-Identifier: MIT
// What the parts of the script parser share: script.c reads statements, script_call.c calls,
// script_inject.c segments of one's own.
#ifndef TCPWALK_LAB_PARSE_H
#define TCPWALK_LAB_PARSE_H

#include "names.h"
#include "script.h"

struct parser {
    struct scan scan;
    struct names names;
    struct tw_script *script;
    bool begun; // a statement behind title and teaches was read
    int version;
};

// All that return false have written the message.
// What stands behind "process:".
bool script_call(struct parser *parser, struct script_statement *statement,
                 size_t process) TW_CHECKED;
// What stands behind "await".
bool script_await(struct parser *parser, struct script_statement *statement) TW_CHECKED;
// What stands behind "inject".
bool script_inject(struct parser *parser, struct script_statement *statement) TW_CHECKED;
// "client" or "server".
bool script_end(struct scan *scan, unsigned *end) TW_CHECKED;
// [ADDRESS,] PORT or [ADDRESS:]PORT; the version is left where there is no address.
bool script_address(struct scan *scan, int64_t least_port, struct tw_tuple *address,
                    uint16_t *port) TW_CHECKED;
// The words with which statements begin, for scan_pick.
const char *script_word_at(size_t index);
// Whether a call waits for something, so that it can be begun with `...` or have a time limit.
bool script_call_waits(enum tw_call call);

#endif
