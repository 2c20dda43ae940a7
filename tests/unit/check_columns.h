// SPDX-License-Identifier: MIT
// Every column of the list can be seen by scrolling, and what is seen fits.
#ifndef TESTS_UNIT_CHECK_COLUMNS_H
#define TESTS_UNIT_CHECK_COLUMNS_H

#include "screens.h"

#include "ui/columns.h"

static inline void check_columns(void) {
    for (int width = 40; width <= 220; width++) {
        bool seen[COLUMN_COUNT] = {false};
        app_resize(&app, width, 24);
        for (app.list.scrolled = 0; app.list.scrolled <= columns_last_scroll(&app);
             app.list.scrolled++) {
            struct columns fitted = columns_fit(&app, width);
            int all = 1;
            for (int i = 0; i < COLUMN_COUNT; i++) {
                seen[i] = seen[i] || fitted.widths[i] > 0;
                assert_true(fitted.widths[i] >= 0);
                all += fitted.widths[i] > 0 ? fitted.widths[i] + COLUMN_GAP : 0;
            }
            assert_true(all <= width);
            assert_true(fitted.widths[COLUMN_NUMBER] > 0);
        }
        for (int i = 0; i < COLUMN_COUNT; i++)
            assert_int_equal(seen[i], columns_have(&app, (enum column)i));
    }
}

#endif
