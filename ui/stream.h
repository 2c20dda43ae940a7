// SPDX-License-Identifier: MIT
// The stream: the octets that the two ends sent each other, in order, as text or in hexadecimal.
// Nothing is kept of it but an index and the page that is seen: a tick brings the index on, fetches
// what is needed, and lays the page out, so that drawing only reads.
#ifndef UI_STREAM_H
#define UI_STREAM_H

#include "actions.h"
#include "header.h"
#include "pieces.h"
#include "prompt.h"

struct app;

enum stream_side { STREAM_BOTH, STREAM_CLIENT, STREAM_SERVER, STREAM_SIDE_COUNT };

// An octet, or the begin of what is missing there.
struct stream_place {
    int64_t at; // in what the end sent
    uint8_t end;
};

enum stream_kind {
    STREAM_OCTETS,
    STREAM_GAP,  // not captured
    STREAM_CUT,  // of a packet that was captured in part
    STREAM_GONE, // of a packet whose octets are not to be had
};

// How octets look, and rows that have any of these.
enum {
    LOOK_ESCAPED = 1, // written in other letters
    LOOK_LATER = 2,   // sent after the playback's place
    LOOK_CURRENT = 4, // of the segment at the cursor
    LOOK_FOUND = 8,
    LOOK_DIFFERS = 16, // sent again with other octets
};

struct stream_cell {
    uint32_t rune; // in hexadecimal: the octet
    uint8_t looks;
};

struct stream_row {
    struct stream_place from;
    int64_t to;
    uint8_t kind; // enum stream_kind
    uint8_t looks;
    size_t cell; // the first one, of the page's
    int cells;
};

struct stream_page {
    int width, height; // of the text
    bool hex;          // its cells are octets
    bool last;         // there is nothing below it
    struct stream_row *rows;
    int row_count, row_room;
    struct stream_cell *cells;
    size_t cell_count, cell_room;
    char why[HEADER_WHY]; // octets of a packet are not there
    uint64_t differs;     // packet that has other octets than a row of it; 0: none
};

// A packet's payload, as captured.
struct stream_payload {
    uint64_t packet, used;
    uint8_t *octets; // NULL: they are not to be had
    uint32_t length;
};
enum { STREAM_PAYLOADS = 8 };

struct stream_search {
    uint8_t octets[PROMPT_MAX];
    size_t length; // 0: nothing is looked for
    bool answered; // Enter was pressed
    bool running, failed, back;
    struct stream_place origin; // where typing began
    struct stream_place at;     // its piece is looked at next,
    bool entire;                // all of it, else what is behind the place, or before it,
    bool beyond;                // and not what begins there
    uint64_t left;              // pieces to be looked at
    bool found;
    struct stream_place match;
};

enum stream_go { STREAM_STAY, STREAM_FIRST, STREAM_LAST };

struct stream {
    enum stream_side side;
    bool hex;
    // The index, of one connection.
    const struct tw_story_connection *connection;
    struct pieces pieces[TW_END_COUNT];
    size_t taken, dropped; // segments; and those that were not kept
    bool whole;            // all that there are have been taken
    struct stream_payload payloads[STREAM_PAYLOADS];
    uint64_t fetches;
    // Where it is, and where it is to go with the next tick.
    bool placed;
    struct stream_place top;
    int scroll;
    enum stream_go go;
    bool show; // to be seen, wherever the page is:
    struct stream_place shown;
    uint64_t followed;           // the packet at the cursor that was gone to
    uint64_t sent[TW_END_COUNT]; // the last packet that each end has sent by now
    struct stream_place current; // octets of the segment at the cursor: from here
    int64_t current_to;
    struct stream_search search;
    struct stream_page page;
};

void stream_fini(struct stream *stream);
void stream_act(struct app *app, enum action action);
void stream_wheel(struct app *app, int rows);
// To the segment that brought the octets of a row of the page.
void stream_click(struct app *app, uint32_t row);
// While it is typed, and when it was `answered`; an empty text ends the search.
void stream_search(struct app *app, const char *text, bool answered);
void stream_tick(struct app *app);
bool stream_busy(const struct app *app);
// Columns before the text, of an area so wide.
int stream_gutter(int width);
// Octets a row in hexadecimal.
int stream_hex_columns(int width);

#endif
