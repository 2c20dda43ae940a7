// SPDX-License-Identifier: MIT
// Packets of plain files, read again by their numbers while the files are being read. The files are
// those that were opened, also where others have taken their names meanwhile.
#ifndef TCPWALK_SOURCE_AGAIN_H
#define TCPWALK_SOURCE_AGAIN_H

#include "index.h"

struct tw_again {
    struct tw_merge merge; // readers of its own, at `number`
    uint64_t number;       // the packet that is lent; 0: none
};

// Whether all the files can be read again: plain ones that are no pipes.
bool tw_again_possible(const struct tw_merge *merge) TW_CHECKED;
// A packet that `merge` has given before, lent until the next one. Upwards from the last one it is
// read on, without seeking. TW_UNMET: it cannot be found; TW_BROKEN: it is not there any more;
// TW_MEMORY.
enum tw_status tw_again_packet(struct tw_again *again, const struct tw_index *index,
                               const struct tw_merge *merge, uint64_t number,
                               struct tw_packet *packet, struct tw_error *error) TW_CHECKED;
void tw_again_fini(struct tw_again *again);

#endif
