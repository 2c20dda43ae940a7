// SPDX-License-Identifier: MIT
// Octets of a segment in hexadecimal and as text, those of its header apart from its data.
//
//  header 0000 c9 3a 01 bb 00 00 03 e9 00 00 13 89 50 18 01 f6 .:..........P...
//  header 0010 3f ff 00 00                                     ?...
//  data   0000 68 65 6c 6c 6f                                  hello
#include "views.h"

#include <inttypes.h>
#include <stdio.h>

enum { MARGIN = 1, LABEL = 12, LETTER = 2, HEX = 3, TEXT = 80 };

struct dump {
    struct canvas *canvas;
    struct area area;
    const struct header *header;
    int label;        // columns
    uint32_t columns; // octets a row
    int row, rows;    // the next one, and how many may be used
};

static int rows_for(const struct dump *d, uint32_t from, uint32_t to) {
    return to > from ? (int)((to - from + d->columns - 1) / d->columns) : 0;
}

// As many words of four octets a row as there is room for.
static void lay_out(struct dump *d) {
    const uint32_t word = 4, least = 8, most = 16;
    uint32_t room = d->area.width > 0 ? (uint32_t)d->area.width : 0;
    d->label = LABEL;
    d->columns = most;
    while (d->columns > least && MARGIN + LABEL + (HEX + 1) * d->columns + 1 > room)
        d->columns -= word;
    if (MARGIN + LABEL + (HEX + 1) * d->columns + 1 > room)
        d->label = LETTER;
}

// Header and data are told by a word or a letter, whatever the colours are.
static void draw_label(const struct dump *d, uint32_t offset, bool data) {
    char text[TEXT];
    if (d->label == LETTER) {
        canvas_put(d->canvas, d->area, MARGIN, d->row, data ? 'd' : 'h', ROLE_FAINT);
        return;
    }
    canvas_text(d->canvas, d->area, MARGIN, d->row, data ? _("data") : _("header"), ROLE_FAINT);
    snprintf(text, sizeof text, "%04" PRIx32, offset);
    canvas_text_right(d->canvas, d->area, MARGIN + LABEL - 2, d->row, text, ROLE_FAINT);
}

// The octets [from, to); returns the first one for which there was no room, or `to`.
static uint32_t draw_octets(struct dump *d, uint32_t from, uint32_t to, bool data) {
    enum role role = data ? ROLE_SEGMENT_DATA : ROLE_TEXT;
    uint32_t begin = data ? d->header->segment.header_length : 0;
    int hex = MARGIN + d->label, plain = hex + HEX * (int)d->columns;
    while (from < to && d->rows > 0) {
        draw_label(d, from - begin, data);
        for (uint32_t i = 0; i < d->columns && from < to; i++, from++) {
            char text[TEXT];
            uint8_t octet = d->header->octets[from];
            bool shown = octet >= ' ' && octet < 0x7f;
            snprintf(text, sizeof text, "%02x", octet);
            canvas_text(d->canvas, d->area, hex + HEX * (int)i, d->row, text, role);
            canvas_put(d->canvas, d->area, plain + (int)i, d->row, shown ? octet : '.',
                       shown ? role : ROLE_FAINT);
        }
        d->row++;
        d->rows--;
    }
    return from;
}

void draw_dump(const struct header *header, bool elsewhere, struct canvas *canvas,
               struct area area) {
    struct dump d = {.canvas = canvas, .area = area, .header = header, .rows = area.height};
    if (area.height <= 0)
        return;
    lay_out(&d);
    uint32_t split = header->segment.header_length, from = 0;
    if (split > header->kept)
        split = header->kept;
    int data = rows_for(&d, split, header->captured);
    if (elsewhere && rows_for(&d, 0, split) + data > area.height)
        from = data > 0 || split < HEADER_FIXED ? split : HEADER_FIXED;
    bool all = rows_for(&d, from, split) + data <= area.height;
    d.rows -= !all; // for what is left out
    uint32_t shown = draw_octets(&d, from, split, false);
    if (shown == split)
        shown = draw_octets(&d, split, header->kept, true);
    if (all)
        return;
    char text[TEXT];
    uint32_t left = header->captured - shown;
    snprintf(text, sizeof text, n_("and %u more octet", "and %u more octets", left),
             (unsigned)left);
    canvas_text(canvas, area, MARGIN, area.height - 1, text, ROLE_FAINT);
}
