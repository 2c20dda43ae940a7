// SPDX-License-Identifier: MIT
// Pictures as geometry, without any output: the ladder of one connection as rows in time, and the
// state diagram as nodes and edges on a grid. Screen, text and vector pictures draw the same.
#ifndef TCPWALK_PICTURE_H
#define TCPWALK_PICTURE_H

#include "tcpwalk/story.h"
#include "tcpwalk/witness.h"

// --- The ladder
//
// Both ends' states and all segments in one order of time, that of the ends, not of the tap: a
// segment left its sender one flight time before it passed the tap, and lands one after. Each row
// is one thing that happens. A *place* is a moment in this order: at place r row r is about to
// happen, at r + 1 it has. The picture is a function of the place alone; a clock only moves it.

enum tw_row_kind {
    TW_ROW_SEGMENT, // a segment leaves; its sender may change its state by that
    TW_ROW_CHANGE,  // an end changes its state: a segment landed, or a timer ran out
    TW_ROW_SILENCE, // nothing happens for a while
    TW_ROW_CALL,    // a program calls its socket, and the call blocks; or it returns at once
    TW_ROW_RETURN,  // a call that blocked returns
};

enum { TW_NONE = -1 };

struct tw_ladder_row {
    tw_time time;     // when it begins, by the clock of the ends
    double lands;     // segment: the place where it lands
    uint32_t segment; // index in the story's segments; of the change's cause, TW_NO_SEGMENT: none
    uint32_t call;    // call, return: index in the witness's calls
    int16_t step;     // index in steps, or TW_NONE
    uint8_t kind;     // enum tw_row_kind
    uint8_t end;      // call, return: enum tw_end
    uint8_t blocked;  // ends (bit 1 << enum tw_end) where a call is blocked when the row begins
    bool blocks;      // call: it does not return on this row
    bool known;       // segment, change by one: its time is the witness's, not an estimate
    bool lost;        // segment: behind the tap; it would have landed at `lands`, as far as known
};
#define TW_NO_SEGMENT UINT32_MAX

// A state that one end enters, in its final history: corrections are applied.
struct tw_ladder_step {
    double place; // behind this place the end is in `to`; -1: from the beginning
    tw_time time;
    bool timed;                  // it is known when; else its place is by the packets' order
    uint64_t packet, decided_by; // 0: none
    enum tw_end end;
    enum tw_state from, to;
    bool passes; // by way of `through`
    enum tw_state through;
    enum tw_event event;
    enum tw_basis basis;
    const struct tw_cell *cell;               // never NULL
    const struct tw_story_change *correction; // that put this step in its place, or NULL
};

// A state that the kernel of one end reported; behind this place it is that.
struct tw_ladder_word {
    double place;
    enum tw_end end;
    enum tw_state state;
};

struct tw_ladder {
    const struct tw_story_connection *connection;
    struct tw_connection_info info;
    struct tw_ladder_row *rows;
    size_t row_count;
    struct tw_ladder_step steps[TW_END_COUNT * TW_HISTORY_MAX]; // in order of place
    size_t step_count;
    struct tw_ladder_word words[TW_END_COUNT * TW_HISTORY_MAX]; // each end's in order of place
    size_t word_count;
    tw_time begin, end;       // of the first and the last row
    tw_time zero;             // what times are counted from: the first segment, as it is shown
    size_t segments_left_out; // beyond what a ladder shows
    size_t segments_dropped;  // that the story did not keep: their arrows are missing
};

// Lays the connection's story out anew; the ladder holds no part of the story but lends it. With a
// witness (else NULL) segments stand at their true times, and the calls at theirs.
enum tw_status tw_ladder_build(struct tw_ladder *ladder,
                               const struct tw_story_connection *connection,
                               const struct tw_witness *witness) TW_CHECKED;
void tw_ladder_fini(struct tw_ladder *ladder);
// The last step of `end` at `place`, or NULL before anything is known of it.
const struct tw_ladder_step *tw_ladder_state(const struct tw_ladder *ladder, enum tw_end end,
                                             double place);
// What the kernel of `end` said at `place`; false: nothing, or nothing yet.
bool tw_ladder_kernel(const struct tw_ladder *ladder, enum tw_end end, double place,
                      enum tw_state *state);
// What the kernel of `end` told last at `place`, as tw_witness_look_at, and how long its timer has
// `left` there: since the row began, or the look was taken. Behind the last row of what goes on,
// the time is `now`; else that is TW_NO_TIME.
const struct tw_witness_look *tw_ladder_look(const struct tw_ladder *ladder,
                                             const struct tw_witness *witness, enum tw_end end,
                                             double place, tw_time now, tw_time *left,
                                             size_t *opening);
// Between place and time on the clock of the ends: straight lines between the rows.
tw_time tw_ladder_time(const struct tw_ladder *ladder, double place);
double tw_ladder_place(const struct tw_ladder *ladder, tw_time time);
// How far the segment of a row has come at `place`: 0 has not left, 1 has landed.
double tw_ladder_flown(const struct tw_ladder *ladder, size_t row, double place);
// Sequence number of a segment and the number it acknowledges, relative where that makes sense.
uint32_t tw_ladder_seq(const struct tw_ladder *ladder, const struct tw_story_segment *segment);
uint32_t tw_ladder_ack(const struct tw_ladder *ladder, const struct tw_story_segment *segment);
uint32_t tw_ladder_window(const struct tw_ladder *ladder, const struct tw_story_segment *segment);

// --- The state diagram, after figure 5 of RFC 9293

enum { TW_DIAGRAM_NODES = TW_STATE_COUNT + 1, TW_DIAGRAM_EDGES = 20, TW_DIAGRAM_POINTS = 6 };

struct tw_diagram_point {
    int x, y;
};

// A state's name, one cell a letter; the cells beside it are left to the tokens. CLOSED stands
// twice: where a connection begins, and where it is over. In the plain list it stands once.
struct tw_diagram_node {
    enum tw_state state;
    bool over;
    int x, y, width; // of the name
};

// A line from one node to another, from cell to cell, across or down; the arrow's head is on its
// last point. No two lines share a cell. Where there is no room for lines there are no points.
enum tw_diagram_head { TW_HEAD_DOWN, TW_HEAD_UP, TW_HEAD_LEFT, TW_HEAD_RIGHT };
struct tw_diagram_edge {
    enum tw_state from, to;
    bool over;                 // to the CLOSED where it is over
    enum tw_event event;       // one that takes this way
    const char *what, *action; // as the figure has it: "rcv FIN", "snd ACK"; "x": no action
    struct tw_diagram_point points[TW_DIAGRAM_POINTS];
    int point_count;
    enum tw_diagram_head head;
    bool labelled;                 // "rcv FIN / snd ACK" begins at `label`, beside the line or
    struct tw_diagram_point label; // on it
};

struct tw_diagram {
    struct tw_diagram_node nodes[TW_DIAGRAM_NODES];
    size_t node_count;
    struct tw_diagram_edge edges[TW_DIAGRAM_EDGES]; // all of the figure
    size_t edge_count;
    bool lines; // else it is a plain list of the states
    int foot;   // the first of the rows that are left below it, for what is said about it
};

// Least size of the figure, with two rows for its foot; from which width on it is labelled; and of
// the list.
enum {
    TW_DIAGRAM_WIDTH = 39,
    TW_DIAGRAM_HEIGHT = 15,
    TW_DIAGRAM_LABELS = 80,
    TW_DIAGRAM_LIST_WIDTH = 40,
    TW_DIAGRAM_LIST_HEIGHT = 3
};
enum { TW_DIAGRAM_LABEL_TEXT = 40 };

// Fits the diagram into width x height cells; where it is too small it is the list, cut.
void tw_diagram_layout(struct tw_diagram *diagram, int width, int height);
// The node of a state; CLOSED is where it begins or, if `over`, where it ends.
const struct tw_diagram_node *tw_diagram_node(const struct tw_diagram *diagram, enum tw_state state,
                                              bool over);
// The edge that a change of state takes, or NULL: what ends a connection by force, or begins in
// the midst of one, has no line in the figure.
const struct tw_diagram_edge *tw_diagram_edge(const struct tw_diagram *diagram, enum tw_state from,
                                              enum tw_state to, enum tw_event event);
// "rcv FIN / snd ACK"
const char *tw_diagram_label(const struct tw_diagram_edge *edge, char text[TW_DIAGRAM_LABEL_TEXT]);

#endif
