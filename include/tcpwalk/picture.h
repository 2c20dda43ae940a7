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
    TW_ROW_LANDING, // a segment lands and changes no state, but something happened while it flew
    TW_ROW_SILENCE, // nothing happens for a while
    TW_ROW_CALL,    // a program calls its socket, and the call blocks; or it returns at once
    TW_ROW_RETURN,  // a call that blocked returns
    TW_ROW_RUN,     // data and its acknowledgements, folded: nothing is odd, no state changes
};

enum { TW_NONE = -1 };

struct tw_ladder_row {
    tw_time time;     // when it begins, by the clock of the ends
    double lands;     // segment: the place where it lands; run: where it is over
    uint32_t segment; // index in the story's segments: of a run the first one, of a landing and a
                      // change their cause; TW_NO_SEGMENT: none
    union {
        uint32_t call; // call, return: index in the witness's calls
        uint32_t run;  // run: index in runs
    };
    int16_t step;    // index in steps, or TW_NONE
    uint8_t kind;    // enum tw_row_kind
    uint8_t end;     // call, return: enum tw_end
    uint8_t blocked; // ends (bit 1 << enum tw_end) where a call is blocked when the row begins
    bool blocks;     // call: it does not return on this row
    bool known;      // segment, change by one: its time is the witness's, not an estimate
    bool lost;       // segment: behind the tap
};
#define TW_NO_SEGMENT UINT32_MAX

// What can be folded: segments that follow one another in the story. Numbers are as on the wire.
struct tw_ladder_run {
    tw_time begun, over;  // when its first one left, and its last one
    uint32_t first, last; // segments of the story
    uint32_t data, acks;  // how many
    uint32_t copies;      // of them, captured again
    uint64_t octets;      // of the data
    uint32_t begin, end;  // sequence numbers of the data; without data, what is acknowledged
    uint8_t sender;       // enum tw_end: of the data, without any of the acknowledgements
    bool both;            // data of both ends: only where there would be too many rows else
    bool folded;          // else its segments have rows of their own
};

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
    struct tw_ladder_run *runs; // in the story's order
    size_t run_count;
    uint32_t *row_of; // of each segment: the row on which it leaves
    size_t segment_count;
    struct tw_ladder_step steps[TW_END_COUNT * TW_HISTORY_MAX]; // in order of place
    size_t step_count;
    struct tw_ladder_word words[TW_END_COUNT * TW_HISTORY_MAX]; // each end's in order of place
    size_t word_count;
    tw_time begin, end;      // of the first row and the last; of a run there, when it is over
    tw_time zero;            // what times are counted from: when the first segment left
    double tap;              // its place: 0 client's end ... 1 server's end; -1: not known
    bool absolute;           // numbers are told as on the wire
    size_t segments_dropped; // that the story did not keep: their arrows are missing
    size_t gap;              // the segment before which they stood
    size_t dropped_at;       // row of silence in which they are; row_count: behind the last one
};

struct tw_ladder_options {
    const struct tw_witness
        *witness;           // or NULL: segments stand at their true times, calls at theirs
    bool fold;              // runs of data
    const uint32_t *except; // segments: runs with one of them are the other way
    size_t except_count;
    bool absolute;
};

// Lays the connection's story out anew; the ladder holds no part of the story but lends it.
enum tw_status tw_ladder_build(struct tw_ladder *ladder,
                               const struct tw_story_connection *connection,
                               const struct tw_ladder_options *options) TW_CHECKED;
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
// The row on which a segment leaves, alone or within a run; row_count: it is not on the ladder.
size_t tw_ladder_row_of(const struct tw_ladder *ladder, uint32_t segment);
// The run that a segment belongs to, folded or not; NULL: none.
const struct tw_ladder_run *tw_ladder_run_of(const struct tw_ladder *ladder, uint32_t segment);
// How many of the segments of a run's row have left at `place`.
uint32_t tw_ladder_run_told(const struct tw_ladder *ladder, size_t row, double place);
// The place behind which a segment has left; row_count: it is not on the ladder.
double tw_ladder_left(const struct tw_ladder *ladder, uint32_t segment);
// The segment that a row is about at `place`: of a run the last one that has left.
uint32_t tw_ladder_segment_at(const struct tw_ladder *ladder, size_t row, double place);

// A segment's line: it leaves its sender's lifeline on the row `from` and meets its receiver's on
// `to`. It is level (`from` is `to`) where nothing else happens while it flies.
struct tw_ladder_line {
    size_t from, to;
    bool right; // from the client to the server
};
// `row` is a segment's, or that of its landing; false: there is no line.
bool tw_ladder_line(const struct tw_ladder *ladder, size_t row, struct tw_ladder_line *line);
// In a lane of `width` cells a line goes from row to row by steps. The cell of the step down from
// the row `from + row`: lines to the right and to the left never step in the same column, so that
// where two of them cross there is room to see it.
int tw_ladder_bend(const struct tw_ladder_line *line, size_t row, int width);
// The nearest such cell from `least` on in the line's direction.
int tw_ladder_bend_from(const struct tw_ladder_line *line, int least);

// Sequence number of a segment and the number it acknowledges: relative where that makes sense, or
// as on the wire, as the ladder's options say.
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
