// SPDX-License-Identifier: MIT
// Which rows the list has, and in which order: chosen and sorted by slices, while what was there
// stays to be seen.
#ifndef UI_LIST_ROWS_H
#define UI_LIST_ROWS_H

#include "slice.h"

#include <stdbool.h>
#include <stddef.h>

struct app;
struct list;

void list_rows_fini(struct list *list);
// By number the other way round needs no sorting either: the last one is the first row.
bool list_rows_flipped(const struct list *list);
size_t list_rows_count(const struct app *app);
size_t list_rows_connection(const struct app *app, size_t row);
// The row of a connection; the number of rows where it has none.
size_t list_rows_of(const struct app *app, size_t connection);
// The list's query has changed; `narrow`: what is not shown now cannot match.
void list_rows_choose(struct app *app, bool narrow);
// The list's sort has changed.
void list_rows_sort(struct app *app);
// As list_forget.
void list_rows_forget(struct app *app, const uint32_t *to, size_t count);
// Goes on with what is to be done; true when all is.
bool list_rows_work(struct app *app, struct slice *slice);
// There is something to be done, or will be soon.
bool list_rows_busy(const struct app *app);

#endif
