// SPDX-License-Identifier: MIT
// A canvas as a picture (SVG 1.1): what the terminal would show, cell by cell.
#ifndef UI_SVG_H
#define UI_SVG_H

#include "canvas.h"

// The picture as text, to be freed; NULL when out of memory. Colours are those that the theme has
// where there are 256, on the background that it is made for.
char *svg_of(const struct canvas *canvas, enum theme theme, size_t *length) TW_CHECKED;

#endif
