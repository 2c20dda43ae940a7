// SPDX-License-Identifier: MIT
// The packet of the segment at the cursor, taken apart: its TCP header, options and octets.
#ifndef UI_HEADER_H
#define UI_HEADER_H

#include "tcpwalk/story.h"

struct app;

// More than the largest terminal has room for is not kept.
enum { HEADER_OCTETS = 16 * 1024, HEADER_FIXED = 20, HEADER_WHY = 160 };

// Whether the checksum is right can be said of a whole packet only, and one that is not right is no
// fault of the wire where it was captured before the network card filled it in.
enum header_checksum {
    CHECKSUM_RIGHT,
    CHECKSUM_BEGUN,  // the sum of the pseudo-header alone: the card was to do the rest
    CHECKSUM_OTHER,  // neither
    CHECKSUM_CUT,    // octets are missing, of the packet
    CHECKSUM_PIECES, // or in other fragments
    CHECKSUM_LENGTH, // or it is not known how many there are
    CHECKSUM_COUNT
};

struct header {
    uint64_t packet;      // whose it is; 0: none was asked for yet
    bool there;           // its octets were to be had
    char why[HEADER_WHY]; // why not
    // The following where they were.
    int linktype;
    struct tw_segment segment;
    enum header_checksum checksum;
    uint32_t whole;    // octets of header and payload, as sent
    uint32_t captured; // of them
    uint32_t kept;     // of those, here:
    uint8_t octets[HEADER_OCTETS];
};

// One option, or what was found where one should be.
enum { OPTION_TEXT = 160, OPTIONS_MAX = 40 };
struct header_option {
    uint8_t kind;
    uint8_t at, length; // its octets, from the TCP header's begin
    bool malformed;
    char text[OPTION_TEXT];
};

// The segment at the cursor: the one that left or landed last. NULL: none yet.
const struct tw_story_segment *cursor_segment(const struct app *app);
// Fetches its packet when it is another one than before.
void header_tick(struct app *app);
// The header of a segment at the cursor, or NULL where it has not been fetched.
const struct header *header_of(const struct app *app, const struct tw_story_segment *segment);
void header_read(struct header *header, int linktype, const uint8_t *octets, uint32_t captured,
                 uint32_t length);
// Its options in order; `base` is what the numbers of the other end are relative to.
size_t header_options(const struct header *header, uint32_t base,
                      struct header_option options[OPTIONS_MAX]);

#endif
