// SPDX-License-Identifier: MIT
// What holds for every ladder.
#ifndef TESTS_UNIT_LADDERS_H
#define TESTS_UNIT_LADDERS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tcpwalk/picture.h"

// Every segment is on one row, alone or within one run.
static inline void check_segments(const struct tw_ladder *ladder) {
    size_t seen = 0;
    for (size_t i = 0; i < ladder->row_count; i++) {
        const struct tw_ladder_row *row = &ladder->rows[i];
        if (row->kind == TW_ROW_SEGMENT) {
            assert_int_equal(tw_ladder_row_of(ladder, row->segment), i);
            seen++;
        } else if (row->kind == TW_ROW_RUN) {
            const struct tw_ladder_run *run = &ladder->runs[row->run];
            assert_true(run->folded);
            assert_int_equal(run->first, row->segment);
            assert_int_equal(run->last - run->first + 1, run->data + run->acks + run->copies);
            assert_true(run->over >= run->begun && run->begun == row->time);
            for (uint32_t s = run->first; s <= run->last; s++) {
                assert_int_equal(tw_ladder_row_of(ladder, s), i);
                assert_ptr_equal(tw_ladder_run_of(ladder, s), run);
            }
            seen += run->last - run->first + 1;
        }
    }
    assert_int_equal(seen, ladder->segment_count);
    assert_int_equal(tw_ladder_row_of(ladder, (uint32_t)ladder->segment_count), ladder->row_count);
}

// Every landing is the end of a line, and a line steps down in order, inside its lane.
static inline void check_lines(const struct tw_ladder *ladder) {
    enum { STEEP = 40 };
    for (size_t i = 0; i < ladder->row_count; i++) {
        struct tw_ladder_line line;
        const struct tw_ladder_row *row = &ladder->rows[i];
        const bool found = tw_ladder_line(ladder, i, &line);
        if (row->kind == TW_ROW_SEGMENT || row->kind == TW_ROW_LANDING)
            assert_true(found);
        if (!found)
            continue;
        assert_true(i == line.from || i == line.to);
        assert_true(line.from <= line.to && line.to < ladder->row_count);
        assert_int_equal(ladder->rows[line.from].kind, TW_ROW_SEGMENT);
        assert_true(line.to == line.from || ladder->rows[line.from].lands == (double)line.to);
        for (int width = 12; width < 100; width += 11)
            for (size_t j = 0, at = 0; j < line.to - line.from && line.to - line.from < STEEP;
                 j++) {
                const int x = tw_ladder_bend(&line, j, width);
                const int from_sender = line.right ? x : width - 1 - x;
                assert_true(from_sender >= (int)at && from_sender < width + 4);
                assert_int_equal(((x % 4) + 4) % 4, line.right ? 0 : 2);
                at = (size_t)from_sender;
            }
    }
}

// Rows in order of time, an end's steps one after another.
static inline void check_ladder(const struct tw_ladder *ladder) {
    check_segments(ladder);
    check_lines(ladder);
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
    tw_time before = ladder->begin;
    for (double place = 0; place < (double)ladder->row_count; place += 0.25) {
        assert_true(tw_ladder_time(ladder, place) >= before);
        before = tw_ladder_time(ladder, place);
        double again = tw_ladder_place(ladder, tw_ladder_time(ladder, place));
        assert_true(tw_ladder_time(ladder, again) == tw_ladder_time(ladder, place));
    }
}

#endif
