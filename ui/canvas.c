// SPDX-License-Identifier: MIT
// Draws on a rectangle of cells: clipped, and with printable characters only.
#include "canvas.h"

#include <stdlib.h>
#include <string.h>

bool canvas_init(struct canvas *canvas, int width, int height) {
    canvas->width = width < 0 ? 0 : width > CANVAS_MAX ? CANVAS_MAX : width;
    canvas->height = height < 0 ? 0 : height > CANVAS_MAX ? CANVAS_MAX : height;
    size_t count = (size_t)canvas->width * (size_t)canvas->height;
    canvas->cells = calloc(count + 1, sizeof *canvas->cells);
    if (canvas->cells == NULL)
        return false;
    canvas_clear(canvas);
    return true;
}

void canvas_fini(struct canvas *canvas) {
    free(canvas->cells);
    *canvas = (struct canvas){0};
}

struct area canvas_area(const struct canvas *canvas) {
    return (struct area){0, 0, canvas->width, canvas->height};
}

void canvas_clear(struct canvas *canvas) {
    size_t count = (size_t)canvas->width * (size_t)canvas->height;
    for (size_t i = 0; i < count; i++)
        canvas->cells[i] = (struct cell){.rune = ' ', .role = ROLE_TEXT};
}

// The cell at (x, y) of the area, or NULL outside of it or of the canvas.
static struct cell *cell_at(struct canvas *canvas, struct area area, int x, int y) {
    if (x < 0 || y < 0 || x >= area.width || y >= area.height)
        return NULL;
    x += area.x;
    y += area.y;
    if (x < 0 || y < 0 || x >= canvas->width || y >= canvas->height)
        return NULL;
    return &canvas->cells[(size_t)y * (size_t)canvas->width + (size_t)x];
}

// Overwrites one cell; the other half of a wide character that stood there becomes a blank.
static void set(struct canvas *canvas, struct area area, int x, int y, uint32_t rune,
                enum role role) {
    struct cell *cell = cell_at(canvas, area, x, y);
    if (cell == NULL)
        return;
    struct area whole = canvas_area(canvas);
    struct cell *left = cell_at(canvas, whole, area.x + x - 1, area.y + y);
    struct cell *right = cell_at(canvas, whole, area.x + x + 1, area.y + y);
    if (cell->rune == 0 && rune != 0 && left != NULL)
        left->rune = ' ';
    if (right != NULL && right->rune == 0 && canvas_rune_width(rune) < 2)
        right->rune = ' ';
    cell->rune = rune;
    cell->role = (uint8_t)role;
}

void canvas_put(struct canvas *canvas, struct area area, int x, int y, uint32_t rune,
                enum role role) {
    int width = canvas_rune_width(rune);
    if (width == 0)
        return;
    if (width == 2 && cell_at(canvas, area, x + 1, y) == NULL) {
        set(canvas, area, x, y, ' ', role); // half of it would stand outside
        return;
    }
    if (width == 2 && cell_at(canvas, area, x, y) == NULL)
        return;
    if (width == 2) {
        set(canvas, area, x + 1, y, ' ', role);
        set(canvas, area, x, y, rune, role);
        cell_at(canvas, area, x + 1, y)->rune = 0;
        return;
    }
    set(canvas, area, x, y, rune, role);
}

int canvas_text(struct canvas *canvas, struct area area, int x, int y, const char *text,
                enum role role) {
    for (uint32_t rune; (rune = canvas_rune_next(&text)) != 0;) {
        canvas_put(canvas, area, x, y, rune, role);
        x += canvas_rune_width(rune);
    }
    return x;
}

void canvas_text_right(struct canvas *canvas, struct area area, int x, int y, const char *text,
                       enum role role) {
    canvas_text(canvas, area, x - canvas_text_width(text) + 1, y, text, role);
}

void canvas_text_elided(struct canvas *canvas, struct area area, int x, int y, int room,
                        const char *text, uint32_t ellipsis, enum role role) {
    int width = canvas_text_width(text);
    if (room <= 0)
        return;
    if (width <= room) {
        canvas_text(canvas, area, x, y, text, role);
        return;
    }
    int head = (room - 1) / 2, tail = room - 1 - head;
    int column = 0, to = x;
    bool elided = false;
    for (uint32_t rune; (rune = canvas_rune_next(&text)) != 0;) {
        int step = canvas_rune_width(rune);
        if (column + step <= head || column >= width - tail) {
            canvas_put(canvas, area, to, y, rune, role);
            to += step;
        } else if (!elided) {
            canvas_put(canvas, area, to++, y, ellipsis, role);
            elided = true;
        }
        column += step;
    }
}

// Punctuation that does not begin a row.
static bool is_closing(const char *text) {
    static const uint32_t closing[] = {0x3001, 0x3002, 0x300d, 0x300f, 0xff01, 0xff09,
                                       0xff0c, 0xff1a, 0xff1b, 0xff1f, 0x201d};
    uint32_t rune = canvas_rune_next(&text);
    for (size_t i = 0; i < TW_COUNT(closing); i++)
        if (closing[i] == rune)
            return true;
    return false;
}

int canvas_text_wrapped(struct canvas *canvas, struct area area, int x, int y, int width, int rows,
                        const char *text, enum role role) {
    int row = 0, column = 0;
    bool blank = false; // before the next word
    while (*text == ' ')
        text++;
    while (*text != '\0' && row < rows) {
        // One word, and whether it still fits on this row. Wide characters need no blanks between
        // them: each is a word.
        const char *end = text;
        int word = 0;
        while (*end != '\0' && *end != ' ') {
            const char *next = end;
            int one = canvas_rune_width(canvas_rune_next(&next));
            if (one == 2 && word > 0 && !is_closing(end))
                break;
            word += one;
            end = next;
            if (one == 2 && !is_closing(end))
                break;
        }
        int gap = column > 0 && blank ? 1 : 0;
        if (column > 0 && column + gap + word > width) {
            row++;
            column = 0;
            continue;
        }
        column += gap;
        struct area line = {area.x, area.y, x + width < area.width ? x + width : area.width,
                            area.height};
        while (text < end) {
            uint32_t rune = canvas_rune_next(&text);
            canvas_put(canvas, line, x + column, y + row, rune, role);
            column += canvas_rune_width(rune);
        }
        blank = *text == ' ';
        while (*text == ' ')
            text++;
    }
    return row < rows ? row + (column > 0) : rows;
}

void canvas_fill(struct canvas *canvas, struct area area, uint32_t rune, enum role role) {
    for (int y = 0; y < area.height; y++)
        for (int x = 0; x < area.width; x++)
            set(canvas, area, x, y, rune, role);
}

void canvas_target(struct canvas *canvas, struct area area, int x, int y, int width,
                   enum target_kind kind, uint32_t value) {
    for (int i = 0; i < width; i++) {
        struct cell *cell = cell_at(canvas, area, x + i, y);
        if (cell != NULL)
            cell->target = (uint32_t)kind << TARGET_SHIFT | (value & ((1U << TARGET_SHIFT) - 1));
    }
}

void canvas_highlight(struct canvas *canvas, struct area area, int y) {
    for (int x = 0; x < area.width; x++) {
        struct cell *cell = cell_at(canvas, area, x, y);
        if (cell != NULL)
            cell->highlighted = true;
    }
}

uint32_t canvas_rune_next(const char **text) {
    const unsigned char *s = (const unsigned char *)*text;
    if (s[0] == 0)
        return 0;
    *text += 1;
    if (s[0] < 0x80)
        return s[0] < 0x20 || s[0] == 0x7f ? '?' : s[0];
    int more = s[0] >= 0xf0 && s[0] < 0xf5 ? 3 : s[0] >= 0xe0 ? 2 : s[0] >= 0xc2 ? 1 : 0;
    if (more == 0 || s[0] >= 0xf5)
        return '?';
    static const uint32_t least[] = {0, 0x80, 0x800, 0x10000};
    uint32_t rune = s[0] & (0x3fU >> more);
    for (int i = 1; i <= more; i++) {
        if ((s[i] & 0xc0) != 0x80)
            return '?';
        rune = rune << 6 | (s[i] & 0x3fU);
    }
    // Too long, a surrogate, beyond Unicode, a C1 control, or one that turns the writing around.
    if (rune < least[more] || (rune >= 0xd800 && rune < 0xe000) || rune > 0x10ffff || rune < 0xa0 ||
        (rune >= 0x200b && rune <= 0x200f) || (rune >= 0x2028 && rune <= 0x202e) ||
        (rune >= 0x2060 && rune <= 0x206f) || rune == 0xfeff)
        return '?';
    *text += more;
    return rune;
}

// Ranges of East Asian wide and fullwidth characters, and of combining marks; the ones that
// matter for names of files. Unicode Standard Annex 11.
static const struct {
    uint32_t first, last;
    int width;
} ranges[] = {
    {0x0300, 0x036f, 0},   {0x0483, 0x0489, 0},   {0x0591, 0x05bd, 0},   {0x0610, 0x061a, 0},
    {0x064b, 0x065f, 0},   {0x0900, 0x0902, 0},   {0x093c, 0x093c, 0},   {0x0941, 0x0948, 0},
    {0x1100, 0x115f, 2},   {0x1ab0, 0x1aff, 0},   {0x1dc0, 0x1dff, 0},   {0x20d0, 0x20ff, 0},
    {0x2e80, 0x303e, 2},   {0x3041, 0x33ff, 2},   {0x3400, 0x4dbf, 2},   {0x4e00, 0x9fff, 2},
    {0xa000, 0xa4cf, 2},   {0xac00, 0xd7a3, 2},   {0xf900, 0xfaff, 2},   {0xfe00, 0xfe0f, 0},
    {0xfe20, 0xfe2f, 0},   {0xfe30, 0xfe6f, 2},   {0xff00, 0xff60, 2},   {0xffe0, 0xffe6, 2},
    {0x1f300, 0x1f64f, 2}, {0x1f900, 0x1f9ff, 2}, {0x20000, 0x3fffd, 2}, {0xe0100, 0xe01ef, 0},
};

int canvas_rune_width(uint32_t rune) {
    if (rune < 0x300)
        return 1;
    for (size_t i = 0; i < TW_COUNT(ranges) && rune >= ranges[i].first; i++)
        if (rune <= ranges[i].last)
            return ranges[i].width;
    return 1;
}

int canvas_text_width(const char *text) {
    int width = 0;
    for (uint32_t rune; (rune = canvas_rune_next(&text)) != 0;)
        width += canvas_rune_width(rune);
    return width;
}
