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
    [GLYPH_ESTIMATE] = {'~', '~'},        [GLYPH_FOUND] = {'!', '!'},
    [GLYPH_CORRECTED] = {'*', '*'},       [GLYPH_ASSUMED] = {'?', '?'},
    [GLYPH_PLAYING] = {0x25b6, '>'},                                         // ▶
    [GLYPH_MARK] = {0x25cf, '*'},                                            // ●
    [GLYPH_PAST] = {0x2501, '='},                                            // ━
    [GLYPH_PAST_CLIENT] = {0x253b, '\''},                                    // ┻
    [GLYPH_PAST_SERVER] = {0x2533, ','},                                     // ┳
    [GLYPH_PAST_BOTH] = {0x254b, ':'},                                       // ╋
    [GLYPH_LINE_CLIENT] = {0x2534, '\''},                                    // ┴
    [GLYPH_LINE_SERVER] = {0x252c, ','},                                     // ┬
    [GLYPH_LINE_BOTH] = {0x253c, ':'},                                       // ┼
    [GLYPH_LINE_CURSOR] = {0x25bc, 'V'},                                     // ▼
    [GLYPH_PAUSED] = {'=', '='},          [GLYPH_SEPARATOR] = {0x00b7, '-'}, // ·
};
_Static_assert(TW_COUNT(glyphs) == GLYPH_COUNT, "every glyph has both its forms");

uint32_t glyph(bool ascii, enum glyph which) {
    return ascii ? (uint32_t)glyphs[which].ascii : glyphs[which].unicode;
}

uint32_t glyph_level(bool ascii, unsigned level) {
    static const char signs[] = " .:-=+*#@";
    static const uint32_t lowest = 0x2581; // ▁, and so on to █
    if (level > LEVEL_MOST)
        level = LEVEL_MOST;
    return ascii || level == 0 ? (uint32_t)signs[level] : lowest + level - 1;
}

uint32_t glyph_joint(bool ascii, unsigned sides) {
    static const uint32_t unicode[GLYPH_JOINTS] = {
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
    sides &= GLYPH_JOINTS - 1U;
    if (!ascii)
        return unicode[sides];
    bool vertical = (sides & (JOIN_UP | JOIN_DOWN)) != 0;
    bool horizontal = (sides & (JOIN_LEFT | JOIN_RIGHT)) != 0;
    return vertical && horizontal ? '+' : vertical ? '|' : horizontal ? '-' : ' ';
}

uint32_t glyph_line(bool ascii, unsigned sides, enum line line) {
    // │ ─ ╯ ╰ ╮ ╭ are glyph_joint's; ┃ ━ ┛ ┗ ┓ ┏, and ║ ═ ╝ ╚ ╗ ╔
    static const struct {
        uint32_t upright, across, up_left, up_right, down_left, down_right;
        char ascii_upright, ascii_across;
    } lines[] = {
        [LINE_HEAVY] = {0x2503, 0x2501, 0x251b, 0x2517, 0x2513, 0x250f, '#', '='},
        [LINE_DOUBLE] = {0x2551, 0x2550, 0x255d, 0x255a, 0x2557, 0x2554, '*', '*'},
    };
    _Static_assert(TW_COUNT(lines) == LINE_COUNT, "every kind of line has its characters");
    if (line == LINE_THIN)
        return glyph_joint(ascii, sides);
    bool upright = (sides & (JOIN_UP | JOIN_DOWN)) != 0;
    bool across = (sides & (JOIN_LEFT | JOIN_RIGHT)) != 0;
    if (ascii)
        return (uint32_t)(upright ? lines[line].ascii_upright : lines[line].ascii_across);
    if (!across)
        return lines[line].upright;
    if (!upright)
        return lines[line].across;
    if (sides & JOIN_UP)
        return sides & JOIN_LEFT ? lines[line].up_left : lines[line].up_right;
    return sides & JOIN_LEFT ? lines[line].down_left : lines[line].down_right;
}

uint32_t glyph_head(bool ascii, unsigned side, enum line line) {
    static const struct {
        uint32_t up, down, left, right;
        char ascii_up, ascii_down;
    } heads[] = {
        [LINE_THIN] = {0x25b3, 0x25bd, 0x25c1, 0x25b7, '^', 'v'},   // △ ▽ ◁ ▷
        [LINE_HEAVY] = {0x25b2, 0x25bc, 0x25c0, 0x25b6, 'A', 'V'},  // ▲ ▼ ◀ ▶
        [LINE_DOUBLE] = {0x21d1, 0x21d3, 0x21d0, 0x21d2, '*', '*'}, // ⇑ ⇓ ⇐ ⇒
    };
    _Static_assert(TW_COUNT(heads) == LINE_COUNT, "every kind of line has its heads");
    if (ascii && (side == JOIN_UP || side == JOIN_DOWN))
        return (uint32_t)(side == JOIN_UP ? heads[line].ascii_up : heads[line].ascii_down);
    if (ascii)
        return side == JOIN_LEFT ? '<' : '>';
    return side == JOIN_UP     ? heads[line].up
           : side == JOIN_DOWN ? heads[line].down
           : side == JOIN_LEFT ? heads[line].left
                               : heads[line].right;
}
