// SPDX-License-Identifier: MIT
// The segment at the cursor: its TCP header as RFC 9293 draws it, its options, its octets.
#include "views.h"

void draw_segment(const struct app *app, struct canvas *canvas, struct area area) {
    (void)app;
    (void)canvas;
    (void)area;
}
