// SPDX-License-Identifier: MIT
// The twin tables of characters: what Unicode draws, ASCII says too.
#include "glyphs.h"

#include "tcpwalk/base.h"

static const struct {
    uint32_t unicode;
    char ascii;
} glyphs[] = {
    [GLYPH_RULE] = {0x2500, '-'},        // ─
    [GLYPH_LIFELINE] = {0x2502, '|'},    // │
    [GLYPH_BLOCKED] = {0x2551, ':'},     // ║
    [GLYPH_LOST] = {0x00d7, 'x'},        // ×
    [GLYPH_DIFFERS] = {0x2260, '!'},     // ≠
    [GLYPH_SHAFT] = {0x2500, '-'},       // ─
    [GLYPH_SHAFT_AGAIN] = {0x254c, '='}, // ╌
    [GLYPH_SHAFT_LATE] = {0x2508, '~'},  // ┈
    [GLYPH_SHAFT_COPY] = {0x2505, '"'},  // ┅
    [GLYPH_SHAFT_RUN] = {0x2550, '#'},   // ═
    [GLYPH_DOWN_RIGHT] = {0x2572, '\\'}, // ╲
    [GLYPH_DOWN_LEFT] = {0x2571, '/'},   // ╱
    [GLYPH_CROSSING] = {0x2573, 'X'},    // ╳
    [GLYPH_TAP] = {0x250a, ':'},         // ┊
    [GLYPH_TRAIL] = {0x00b7, '.'},       // ·
    [GLYPH_HEAD_RIGHT] = {0x25b6, '>'},  // ▶
    [GLYPH_HEAD_LEFT] = {0x25c0, '<'},   // ◀
    [GLYPH_HEAD_UP] = {0x25b2, '^'},     // ▲
    [GLYPH_HEAD_DOWN] = {0x25bc, 'v'},   // ▼
    [GLYPH_TOKEN_RIGHT] = {0x25b8, '>'}, // ▸
    [GLYPH_TOKEN_LEFT] = {0x25c2, '<'},  // ◂
    [GLYPH_CURSOR] = {0x25b8, '>'},      // ▸
    [GLYPH_ELLIPSIS] = {0x2026, '~'},    // …
    [GLYPH_CORRECTED] = {'*', '*'},      [GLYPH_ASSUMED] = {'?', '?'},
    [GLYPH_PLAYING] = {0x25b6, '>'},                                        // ▶
    [GLYPH_FOUND] = {'!', '!'},          [GLYPH_MARK] = {0x25cf, '*'},      // ●
    [GLYPH_PAUSED] = {'=', '='},         [GLYPH_SEPARATOR] = {0x00b7, '-'}, // ·
};
_Static_assert(TW_COUNT(glyphs) == GLYPH_COUNT, "every glyph has both its forms");

uint32_t glyph(bool ascii, enum glyph which) {
    return ascii ? (uint32_t)glyphs[which].ascii : glyphs[which].unicode;
}

uint32_t glyph_joint(bool ascii, unsigned sides) {
    static const uint32_t unicode[16] = {
        [0] = ' ',
        [JOIN_UP] = 0x2502,
        [JOIN_DOWN] = 0x2502,
        [JOIN_UP | JOIN_DOWN] = 0x2502, // │
        [JOIN_LEFT] = 0x2500,
        [JOIN_RIGHT] = 0x2500,
        [JOIN_LEFT | JOIN_RIGHT] = 0x2500,                       // ─
        [JOIN_UP | JOIN_LEFT] = 0x256f,                          // ╯
        [JOIN_UP | JOIN_RIGHT] = 0x2570,                         // ╰
        [JOIN_DOWN | JOIN_LEFT] = 0x256e,                        // ╮
        [JOIN_DOWN | JOIN_RIGHT] = 0x256d,                       // ╭
        [JOIN_UP | JOIN_DOWN | JOIN_LEFT] = 0x2524,              // ┤
        [JOIN_UP | JOIN_DOWN | JOIN_RIGHT] = 0x251c,             // ├
        [JOIN_DOWN | JOIN_LEFT | JOIN_RIGHT] = 0x252c,           // ┬
        [JOIN_UP | JOIN_LEFT | JOIN_RIGHT] = 0x2534,             // ┴
        [JOIN_UP | JOIN_DOWN | JOIN_LEFT | JOIN_RIGHT] = 0x253c, // ┼
    };
    sides &= 15U;
    if (!ascii)
        return unicode[sides];
    bool vertical = (sides & (JOIN_UP | JOIN_DOWN)) != 0;
    bool horizontal = (sides & (JOIN_LEFT | JOIN_RIGHT)) != 0;
    return vertical && horizontal ? '+' : vertical ? '|' : horizontal ? '-' : ' ';
}
