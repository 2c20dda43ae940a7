// SPDX-License-Identifier: MIT
// The start screen: what there is to open.
#include "views.h"

void view_start(const struct app *app, struct canvas *canvas) {
    draw_keys(app, canvas, canvas_area(canvas), canvas->height - 1);
}
