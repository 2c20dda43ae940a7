// SPDX-License-Identifier: MIT
// The stream of octets, escaped.
#include "views.h"

void draw_stream(const struct app *app, struct canvas *canvas, struct area area) {
    (void)app;
    (void)canvas;
    (void)area;
}
