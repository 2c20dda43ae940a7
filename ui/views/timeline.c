// SPDX-License-Identifier: MIT
// The time line: the whole connection in one row.
#include "views.h"

void draw_timeline(const struct app *app, struct canvas *canvas, struct area area) {
    (void)app;
    (void)canvas;
    (void)area;
}
