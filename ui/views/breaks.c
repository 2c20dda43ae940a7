// SPDX-License-Identifier: MIT
// Where playback stops: states and findings.
#include "views.h"

void view_breaks(const struct app *app, struct canvas *canvas) {
    draw_keys(app, canvas, canvas_area(canvas), canvas->height - 1);
}
