// SPDX-License-Identifier: MIT
// Draws a canvas as SVG. Lines are drawn as lines, not as characters, so that they meet whatever
// the font; all other text is held to the grid of the cells.
#include "svg.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CELL_WIDTH = 9, CELL_HEIGHT = 18, BASELINE = 14, FONT_SIZE = 15, MARGIN = 12 };

struct look {
    unsigned color, ground; // 0xrrggbb
    bool bold, underline, filled;
};

static const unsigned dark_ground = 0x15181e, dark_text = 0xd8dce2, light_ground = 0xffffff,
                      light_text = 0x1c1e21;

// xterm's palette of 256: 16 colours, a cube of 6 x 6 x 6, 24 greys.
static unsigned palette(int color) {
    static const unsigned basic[16] = {0x000000, 0xcd3131, 0x0dbc79, 0xe5e510, 0x2472c8, 0xbc3fbc,
                                       0x11a8cd, 0xe5e5e5, 0x666666, 0xf14c4c, 0x23d18b, 0xf5f543,
                                       0x3b8eea, 0xd670d6, 0x29b8db, 0xffffff};
    static const unsigned levels[6] = {0, 0x5f, 0x87, 0xaf, 0xd7, 0xff};
    enum { CUBE = 16, GREYS = 232, SIDE = 6 };
    if (color < CUBE)
        return basic[color];
    if (color >= GREYS)
        return (unsigned)(8 + 10 * (color - GREYS)) * 0x010101U;
    const int at = color - CUBE;
    return levels[at / SIDE / SIDE] << 16 | levels[at / SIDE % SIDE] << 8 | levels[at % SIDE];
}

static struct look look_of(const struct cell *cell, enum theme theme) {
    const struct style *style = theme_style(theme, (enum role)cell->role);
    const bool white = theme_on_white(theme);
    const unsigned ground = white ? light_ground : dark_ground;
    unsigned text = style->color >= 0 ? palette(style->color) : white ? light_text : dark_text;
    if ((style->attributes & ATTR_DIM) != 0 && style->color < 0)
        text = white ? 0x6a6d72 : 0x8b9098;
    const bool reverse = ((style->attributes & ATTR_REVERSE) != 0) != cell->highlighted;
    return (struct look){.color = reverse ? ground : text,
                         .ground = reverse ? text : ground,
                         .bold = (style->attributes & ATTR_BOLD) != 0,
                         .underline = (style->attributes & ATTR_UNDERLINE) != 0,
                         .filled = reverse};
}

static bool same_look(const struct look *a, const struct look *b) {
    return a->color == b->color && a->ground == b->ground && a->bold == b->bold &&
           a->underline == b->underline && a->filled == b->filled;
}

// --- lines

// The sides of its cell that a line character joins; 0: it is none of those that are drawn.
struct line {
    uint32_t rune;
    unsigned sides;
    bool heavy, twofold, dashed, round;
};
enum { UP = 1, DOWN = 2, LEFT = 4, RIGHT = 8 };
static const struct line lines[] = {
    {0x2500, LEFT | RIGHT, false, false, false, false},
    {0x2501, LEFT | RIGHT, true, false, false, false},
    {0x2502, UP | DOWN, false, false, false, false},
    {0x2503, UP | DOWN, true, false, false, false},
    {0x2504, LEFT | RIGHT, false, false, true, false},
    {0x2506, UP | DOWN, false, false, true, false},
    {0x2508, LEFT | RIGHT, false, false, true, false},
    {0x250a, UP | DOWN, false, false, true, false},
    {0x250c, DOWN | RIGHT, false, false, false, false},
    {0x250f, DOWN | RIGHT, true, false, false, false},
    {0x2510, DOWN | LEFT, false, false, false, false},
    {0x2513, DOWN | LEFT, true, false, false, false},
    {0x2514, UP | RIGHT, false, false, false, false},
    {0x2517, UP | RIGHT, true, false, false, false},
    {0x2518, UP | LEFT, false, false, false, false},
    {0x251b, UP | LEFT, true, false, false, false},
    {0x251c, UP | DOWN | RIGHT, false, false, false, false},
    {0x2523, UP | DOWN | RIGHT, true, false, false, false},
    {0x2524, UP | DOWN | LEFT, false, false, false, false},
    {0x252b, UP | DOWN | LEFT, true, false, false, false},
    {0x252c, DOWN | LEFT | RIGHT, false, false, false, false},
    {0x2533, DOWN | LEFT | RIGHT, true, false, false, false},
    {0x2534, UP | LEFT | RIGHT, false, false, false, false},
    {0x253b, UP | LEFT | RIGHT, true, false, false, false},
    {0x253c, UP | DOWN | LEFT | RIGHT, false, false, false, false},
    {0x254b, UP | DOWN | LEFT | RIGHT, true, false, false, false},
    {0x254c, LEFT | RIGHT, false, false, true, false},
    {0x254e, UP | DOWN, false, false, true, false},
    {0x2550, LEFT | RIGHT, false, true, false, false},
    {0x2551, UP | DOWN, false, true, false, false},
    {0x256d, DOWN | RIGHT, false, false, false, true},
    {0x256e, DOWN | LEFT, false, false, false, true},
    {0x256f, UP | LEFT, false, false, false, true},
    {0x2570, UP | RIGHT, false, false, false, true},
};

static const struct line *line_of(uint32_t rune) {
    for (size_t i = 0; i < TW_COUNT(lines) && lines[i].rune <= rune; i++)
        if (lines[i].rune == rune)
            return &lines[i];
    return NULL;
}

static void draw_line(FILE *to, const struct line *line, int x, int y, const struct look *look) {
    const double middle_x = x + CELL_WIDTH / 2.0, middle_y = y + CELL_HEIGHT / 2.0;
    const double shift = line->twofold ? 2 : 0;
    fprintf(to, "<path d=\"");
    for (int pass = 0; pass <= (line->twofold ? 1 : 0); pass++) {
        const double cx = middle_x + (pass == 0 ? -shift : shift),
                     cy = middle_y + (pass == 0 ? -shift : shift);
        const bool across = (line->sides & (LEFT | RIGHT)) != 0;
        const double at_x = line->twofold && across ? middle_x : cx,
                     at_y = line->twofold && !across ? middle_y : cy;
        if (line->round) {
            const double ex = line->sides & LEFT ? x : x + CELL_WIDTH,
                         ey = line->sides & UP ? y : y + CELL_HEIGHT;
            fprintf(to, "M%g %gQ%g %g %g %g", at_x, ey, at_x, at_y, ex, at_y);
            continue;
        }
        if (line->sides & UP)
            fprintf(to, "M%g %dV%g", at_x, y, at_y);
        if (line->sides & DOWN)
            fprintf(to, "M%g %gV%d", at_x, at_y, y + CELL_HEIGHT);
        if (line->sides & LEFT)
            fprintf(to, "M%d %gH%g", x, at_y, at_x);
        if (line->sides & RIGHT)
            fprintf(to, "M%g %gH%d", at_x, at_y, x + CELL_WIDTH);
    }
    fprintf(to, "\" fill=\"none\" stroke=\"#%06x\" stroke-width=\"%g\"%s/>\n", look->color,
            line->heavy || look->bold ? 2.2 : 1.2, line->dashed ? " stroke-dasharray=\"3 2\"" : "");
}

// --- text

static void put_rune(FILE *to, uint32_t rune) {
    if (rune == '<' || rune == '>' || rune == '&' || rune >= 0x80)
        fprintf(to, "&#x%x;", (unsigned)rune);
    else
        fputc((int)rune, to);
}

// Cells of one row from `x` on that look alike; returns the column behind them.
static int draw_run(FILE *to, const struct canvas *canvas, enum theme theme, int x, int y) {
    const struct cell *row = &canvas->cells[(size_t)y * (size_t)canvas->width];
    const struct look look = look_of(&row[x], theme);
    const int left = MARGIN + x * CELL_WIDTH, top = MARGIN + y * CELL_HEIGHT;
    int end = x, last = x; // behind the last one that is no blank
    bool text = false;
    for (; end < canvas->width; end++) {
        const struct look other = look_of(&row[end], theme);
        if (row[end].rune != 0 && !same_look(&look, &other))
            break;
        if (row[end].rune != ' ' && row[end].rune != 0 && line_of(row[end].rune) == NULL)
            text = true;
        last = row[end].rune != ' ' ? end + 1 : last;
    }
    if (look.filled)
        fprintf(to, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"#%06x\"/>\n", left,
                top, (end - x) * CELL_WIDTH, CELL_HEIGHT, look.ground);
    for (int i = x; i < last; i++) {
        const struct line *line = line_of(row[i].rune);
        if (line != NULL)
            draw_line(to, line, MARGIN + i * CELL_WIDTH, top, &look);
    }
    for (int i = x; text && i < last;) { // words between blanks and lines
        if (row[i].rune == ' ' || row[i].rune == 0 || line_of(row[i].rune) != NULL) {
            i++;
            continue;
        }
        int behind = i;
        while (behind < last && row[behind].rune != ' ' && line_of(row[behind].rune) == NULL)
            behind++;
        fprintf(to,
                "<text x=\"%d\" y=\"%d\" textLength=\"%d\" lengthAdjust=\"spacingAndGlyphs\" "
                "fill=\"#%06x\"%s%s>",
                MARGIN + i * CELL_WIDTH, top + BASELINE, (behind - i) * CELL_WIDTH, look.color,
                look.bold ? " font-weight=\"bold\"" : "",
                look.underline ? " text-decoration=\"underline\"" : "");
        for (; i < behind; i++)
            if (row[i].rune != 0)
                put_rune(to, row[i].rune);
        fputs("</text>\n", to);
    }
    return end;
}

char *svg_of(const struct canvas *canvas, enum theme theme, size_t *length) {
    char *text = NULL;
    FILE *to = open_memstream(&text, length);
    if (to == NULL)
        return NULL;
    const int width = 2 * MARGIN + canvas->width * CELL_WIDTH,
              height = 2 * MARGIN + canvas->height * CELL_HEIGHT;
    fprintf(
        to,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" "
        "viewBox=\"0 0 %d %d\">\n<rect width=\"%d\" height=\"%d\" rx=\"8\" fill=\"#%06x\"/>\n"
        "<g font-family=\"'DejaVu Sans Mono','Noto Sans Mono CJK SC',Menlo,Consolas,monospace\" "
        "font-size=\"%d\" xml:space=\"preserve\">\n",
        width, height, width, height, width, height,
        theme_on_white(theme) ? light_ground : dark_ground, FONT_SIZE);
    for (int y = 0; y < canvas->height; y++)
        for (int x = 0; x < canvas->width;)
            x = draw_run(to, canvas, theme, x, y);
    fputs("</g>\n</svg>\n", to);
    if (fclose(to) != 0) {
        free(text);
        return NULL;
    }
    return text;
}
