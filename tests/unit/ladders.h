// SPDX-License-Identifier: MIT
// What holds for every ladder.
#ifndef TESTS_UNIT_LADDERS_H
#define TESTS_UNIT_LADDERS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tcpwalk/picture.h"

// Rows in order of time, an end's steps one after another.
static inline void check_ladder(const struct tw_ladder *ladder) {
    for (size_t i = 0; i < ladder->row_count; i++) {
        const struct tw_ladder_row *row = &ladder->rows[i];
        if (i > 0)
            assert_true(row->time >= ladder->rows[i - 1].time);
        if (row->kind == TW_ROW_SEGMENT) {
            assert_true(row->lands > (double)i && row->lands <= (double)ladder->row_count);
            assert_true(tw_ladder_flown(ladder, i, (double)i) == 0);
            assert_true(tw_ladder_flown(ladder, i, row->lands) == 1);
        }
        if (row->kind == TW_ROW_SILENCE)
            assert_true(i + 1 < ladder->row_count);
        if (row->step != TW_NONE)
            assert_true(ladder->steps[row->step].place == (double)i);
    }
    for (int end = 0; end < TW_END_COUNT; end++) {
        const struct tw_ladder_step *last = NULL;
        for (size_t i = 0; i < ladder->step_count; i++) {
            const struct tw_ladder_step *step = &ladder->steps[i];
            assert_non_null(step->cell);
            if (step->end != (enum tw_end)end)
                continue;
            if (last != NULL) {
                assert_int_equal(step->from, last->to);
                assert_true(step->place > last->place || last->place < 0);
            }
            last = step;
        }
    }
    for (double place = 0; place < (double)ladder->row_count; place += 0.25) {
        double again = tw_ladder_place(ladder, tw_ladder_time(ladder, place));
        assert_true(tw_ladder_time(ladder, again) == tw_ladder_time(ladder, place));
    }
}

#endif
