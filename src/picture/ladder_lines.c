// SPDX-License-Identifier: MIT
// The lines of the ladder's segments: from which row to which, and how they go down in cells.
//
//   |-- SYN seq 0 ------.             |   from
//   |                   '---.   .-----|   `-- the steps: one column down to the next row each,
//   |                     .-'XX-'     |       those to the right and those to the left apart
//   |<--------------------'   '------>|   to
#include "tcpwalk/picture.h"

// Columns of the steps: every fourth one, those to the left two beside.
enum { APART = 4, LEFT_AT = 2 };

bool tw_ladder_line(const struct tw_ladder *ladder, size_t row, struct tw_ladder_line *line) {
    const struct tw_ladder_row *at = &ladder->rows[row];
    if (at->segment == TW_NO_SEGMENT || at->kind == TW_ROW_RUN)
        return false;
    const size_t from = tw_ladder_row_of(ladder, at->segment);
    if (from >= ladder->row_count || ladder->rows[from].kind != TW_ROW_SEGMENT)
        return false;
    size_t count;
    const struct tw_story_segment *segments = tw_story_segments(ladder->connection, &count);
    if (at->segment >= count)
        return false;
    const uint8_t sender = segments[at->segment].sender;
    *line = (struct tw_ladder_line){.from = from, .to = from, .right = sender == TW_CLIENT};
    const size_t lands = (size_t)ladder->rows[from].lands;
    if (!ladder->rows[from].lost && lands < ladder->row_count &&
        ladder->rows[lands].segment == at->segment &&
        (ladder->rows[lands].kind == TW_ROW_LANDING ||
         (ladder->rows[lands].kind == TW_ROW_CHANGE &&
          ladder->steps[ladder->rows[lands].step].end != (enum tw_end)sender)))
        line->to = lands;
    return row == line->from || row == line->to;
}

int tw_ladder_bend_from(const struct tw_ladder_line *line, int least) {
    const int at = line->right ? 0 : LEFT_AT;
    if (line->right)
        return least + (APART - (least - at) % APART) % APART;
    const int over = ((least - at) % APART + APART) % APART;
    return least - over;
}

int tw_ladder_bend(const struct tw_ladder_line *line, size_t row, int width) {
    const double part = (double)(row + 1) / (double)(line->to - line->from + 1);
    const double x = (line->right ? part : 1 - part) * (double)(width - 1);
    return tw_ladder_bend_from(line, (int)(x + (line->right ? 0 : 0.5)));
}
