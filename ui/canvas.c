// SPDX-License-Identifier: MIT
// Draws on a rectangle of cells: clipped, and with printable characters only.
#include "canvas.h"

#include <stdlib.h>
#include <string.h>

enum { RUNE_LAST = 0x10ffff };

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
    if (width < 0)
        rune = '?';
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
    for (int y = 0; y < area.height; y++) {
        for (int x = 0; x < area.width; x++)
            set(canvas, area, x, y, rune, role);
        canvas_target(canvas, area, 0, y, area.width, TARGET_NONE, 0);
    }
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
    // Written with more octets than it needs, a surrogate, beyond Unicode: each octet for itself.
    if (rune < least[more] || (rune >= 0xd800 && rune < 0xe000) || rune > RUNE_LAST)
        return '?';
    *text += more;
    return canvas_rune_width(rune) < 0 ? '?' : rune;
}

char *canvas_rune_text(uint32_t rune, char text[CANVAS_RUNE_OCTETS + 1]) {
    enum { MORE = 0x80, MORE_BITS = 0x3f, MORE_SHIFT = 6 };
    static const struct {
        uint32_t below;
        unsigned char first;
    } forms[] = {{0x80, 0}, {0x800, 0xc0}, {0x10000, 0xe0}, {0x110000, 0xf0}};
    size_t more = 0;
    while (more + 1 < TW_COUNT(forms) && rune >= forms[more].below)
        more++;
    text[0] = (char)(forms[more].first | rune >> MORE_SHIFT * more);
    for (size_t i = 1; i <= more; i++)
        text[i] = (char)(MORE | (rune >> MORE_SHIFT * (more - i) & MORE_BITS));
    text[more + 1] = '\0';
    return text;
}

char *canvas_as_text(const struct canvas *canvas, size_t *length) {
    size_t cells = (size_t)canvas->width * (size_t)canvas->height, at = 0;
    char *text = malloc(cells * CANVAS_RUNE_OCTETS + (size_t)canvas->height + 1);
    *length = 0;
    if (text == NULL)
        return NULL;
    for (int y = 0; y < canvas->height; y++) {
        const struct cell *row = &canvas->cells[(size_t)y * (size_t)canvas->width];
        size_t end = at; // behind the last one that is no blank
        for (int x = 0; x < canvas->width; x++) {
            char rune[CANVAS_RUNE_OCTETS + 1];
            if (row[x].rune == 0)
                continue;
            size_t octets = strlen(canvas_rune_text(row[x].rune, rune));
            memcpy(text + at, rune, octets);
            at += octets;
            if (row[x].rune != ' ')
                end = at;
        }
        at = end;
        text[at++] = '\n';
    }
    text[at] = '\0';
    *length = at;
    return text;
}

int canvas_rune_width(uint32_t rune) {
    static const struct {
        uint32_t first, last;
        int width;
    } ranges[] = {
#include "widths.h"
    };
    if (rune >= ' ' && rune < 0x7f)
        return 1;
    size_t from = 0, to = TW_COUNT(ranges);
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (rune > ranges[middle].last)
            from = middle + 1;
        else
            to = middle;
    }
    if (from == TW_COUNT(ranges))
        return -1; // beyond Unicode
    return rune >= ranges[from].first ? ranges[from].width : 1;
}

int canvas_text_width(const char *text) {
    int width = 0;
    for (uint32_t rune; (rune = canvas_rune_next(&text)) != 0;)
        width += canvas_rune_width(rune);
    return width;
}
