// SPDX-License-Identifier: MIT
// How each role looks in each theme. The background is always the terminal's own; what matters
// has a letter, a shape or a place as well, so that mono tells the same.
#include "theme.h"

#include <string.h>

#define look(color_of_256, color_of_8, attribute)                                                  \
    { .color = (color_of_256), .basic = (color_of_8), .attributes = (attribute), .set = true }
#define plain look(-1, -1, ATTR_PLAIN)

enum { BLACK, RED, GREEN, YELLOW, BLUE, MAGENTA, CYAN, WHITE };

static const struct style styles[][ROLE_COUNT] =
    {
        [THEME_DARK] =
            {
                [ROLE_TEXT] = plain,
                [ROLE_FAINT] = look(244, WHITE, ATTR_DIM),
                [ROLE_TITLE] = look(-1, -1, ATTR_BOLD),
                [ROLE_HEADING] = look(246, WHITE, ATTR_PLAIN),
                [ROLE_CHOSEN] = look(-1, -1, ATTR_REVERSE | ATTR_BOLD),
                [ROLE_RULE] = look(240, WHITE, ATTR_DIM),
                [ROLE_KEY] = look(80, CYAN, ATTR_BOLD),
                [ROLE_CLIENT] = look(75, CYAN, ATTR_BOLD),
                [ROLE_SERVER] = look(215, YELLOW, ATTR_BOLD),
                [ROLE_STATE_CLOSED] = look(246, WHITE, ATTR_PLAIN),
                [ROLE_STATE_OPENING] = look(221, YELLOW, ATTR_PLAIN),
                [ROLE_STATE_OPEN] = look(114, GREEN, ATTR_PLAIN),
                [ROLE_STATE_CLOSING] = look(209, RED, ATTR_PLAIN),
                [ROLE_STATE_WAITING] = look(176, MAGENTA, ATTR_PLAIN),
                [ROLE_LIFELINE] = look(244, WHITE, ATTR_PLAIN),
                [ROLE_SEGMENT] = look(250, WHITE, ATTR_PLAIN),
                [ROLE_SEGMENT_SYN] = look(221, YELLOW, ATTR_PLAIN),
                [ROLE_SEGMENT_FIN] = look(209, RED, ATTR_PLAIN),
                [ROLE_SEGMENT_RST] = look(203, RED, ATTR_BOLD),
                [ROLE_SEGMENT_DATA] = look(114, GREEN, ATTR_PLAIN),
                [ROLE_SEGMENT_AGAIN] = look(176, MAGENTA, ATTR_PLAIN),
                [ROLE_FLYING] = look(231, WHITE, ATTR_BOLD),
                [ROLE_NODE] = look(244, WHITE, ATTR_DIM),
                [ROLE_NODE_PAST] = plain,
                [ROLE_EDGE] = look(240, WHITE, ATTR_DIM),
                [ROLE_EDGE_PAST] = look(250, WHITE, ATTR_PLAIN),
                [ROLE_EDGE_NOW] = look(231, WHITE, ATTR_BOLD),
                [ROLE_WHY] = plain,
                [ROLE_PROOF] = look(80, CYAN, ATTR_PLAIN),
                [ROLE_WARNING] = look(215, YELLOW, ATTR_BOLD),
            },
        [THEME_LIGHT] =
            {
                [ROLE_TEXT] = plain,
                [ROLE_FAINT] = look(245, BLACK, ATTR_DIM),
                [ROLE_TITLE] = look(-1, -1, ATTR_BOLD),
                [ROLE_HEADING] = look(240, BLACK, ATTR_PLAIN),
                [ROLE_CHOSEN] = look(-1, -1, ATTR_REVERSE | ATTR_BOLD),
                [ROLE_RULE] = look(250, BLACK, ATTR_DIM),
                [ROLE_KEY] = look(25, BLUE, ATTR_BOLD),
                [ROLE_CLIENT] = look(25, BLUE, ATTR_BOLD),
                [ROLE_SERVER] = look(130, RED, ATTR_BOLD),
                [ROLE_STATE_CLOSED] = look(240, BLACK, ATTR_PLAIN),
                [ROLE_STATE_OPENING] = look(94, BLUE, ATTR_PLAIN),
                [ROLE_STATE_OPEN] = look(28, GREEN, ATTR_PLAIN),
                [ROLE_STATE_CLOSING] = look(160, RED, ATTR_PLAIN),
                [ROLE_STATE_WAITING] = look(90, MAGENTA, ATTR_PLAIN),
                [ROLE_LIFELINE] = look(240, BLACK, ATTR_PLAIN),
                [ROLE_SEGMENT] = look(236, BLACK, ATTR_PLAIN),
                [ROLE_SEGMENT_SYN] = look(94, BLUE, ATTR_PLAIN),
                [ROLE_SEGMENT_FIN] = look(160, RED, ATTR_PLAIN),
                [ROLE_SEGMENT_RST] = look(160, RED, ATTR_BOLD),
                [ROLE_SEGMENT_DATA] = look(28, GREEN, ATTR_PLAIN),
                [ROLE_SEGMENT_AGAIN] = look(90, MAGENTA, ATTR_PLAIN),
                [ROLE_FLYING] = look(16, BLACK, ATTR_BOLD),
                [ROLE_NODE] = look(245, BLACK, ATTR_DIM),
                [ROLE_NODE_PAST] = plain,
                [ROLE_EDGE] = look(250, BLACK, ATTR_DIM),
                [ROLE_EDGE_PAST] = look(236, BLACK, ATTR_PLAIN),
                [ROLE_EDGE_NOW] = look(16, BLACK, ATTR_BOLD),
                [ROLE_WHY] = plain,
                [ROLE_PROOF] = look(25, BLUE, ATTR_PLAIN),
                [ROLE_WARNING] = look(130, RED, ATTR_BOLD),
            },
        [THEME_HIGH_CONTRAST] =
            {
                [ROLE_TEXT] = look(-1, -1, ATTR_BOLD),
                [ROLE_FAINT] = plain,
                [ROLE_TITLE] = look(-1, -1, ATTR_BOLD | ATTR_REVERSE),
                [ROLE_HEADING] = look(-1, -1, ATTR_BOLD | ATTR_UNDERLINE),
                [ROLE_CHOSEN] = look(-1, -1, ATTR_BOLD | ATTR_REVERSE),
                [ROLE_RULE] = look(-1, -1, ATTR_BOLD),
                [ROLE_KEY] = look(51, CYAN, ATTR_BOLD),
                [ROLE_CLIENT] = look(51, CYAN, ATTR_BOLD),
                [ROLE_SERVER] = look(226, YELLOW, ATTR_BOLD),
                [ROLE_STATE_CLOSED] = look(-1, -1, ATTR_BOLD),
                [ROLE_STATE_OPENING] = look(226, YELLOW, ATTR_BOLD),
                [ROLE_STATE_OPEN] = look(46, GREEN, ATTR_BOLD),
                [ROLE_STATE_CLOSING] = look(226, YELLOW, ATTR_BOLD),
                [ROLE_STATE_WAITING] = look(201, MAGENTA, ATTR_BOLD),
                [ROLE_LIFELINE] = look(-1, -1, ATTR_BOLD),
                [ROLE_SEGMENT] = look(-1, -1, ATTR_BOLD),
                [ROLE_SEGMENT_SYN] = look(226, YELLOW, ATTR_BOLD),
                [ROLE_SEGMENT_FIN] = look(226, YELLOW, ATTR_BOLD),
                [ROLE_SEGMENT_RST] = look(-1, -1, ATTR_BOLD | ATTR_REVERSE),
                [ROLE_SEGMENT_DATA] = look(46, GREEN, ATTR_BOLD),
                [ROLE_SEGMENT_AGAIN] = look(201, MAGENTA, ATTR_BOLD),
                [ROLE_FLYING] = look(-1, -1, ATTR_BOLD | ATTR_REVERSE),
                [ROLE_NODE] = plain,
                [ROLE_NODE_PAST] = look(-1, -1, ATTR_BOLD),
                [ROLE_EDGE] = plain,
                [ROLE_EDGE_PAST] = look(-1, -1, ATTR_BOLD),
                [ROLE_EDGE_NOW] = look(226, YELLOW, ATTR_BOLD),
                [ROLE_WHY] = look(-1, -1, ATTR_BOLD),
                [ROLE_PROOF] = look(51, CYAN, ATTR_BOLD),
                [ROLE_WARNING] = look(226, YELLOW, ATTR_BOLD | ATTR_REVERSE),
            },
        // Blue and orange, and light against dark: told apart with any kind of colour vision.
        [THEME_COLOUR_BLIND] =
            {
                [ROLE_TEXT] = plain,
                [ROLE_FAINT] = look(243, WHITE, ATTR_DIM),
                [ROLE_TITLE] = look(-1, -1, ATTR_BOLD),
                [ROLE_HEADING] = look(246, WHITE, ATTR_PLAIN),
                [ROLE_CHOSEN] = look(-1, -1, ATTR_REVERSE | ATTR_BOLD),
                [ROLE_RULE] = look(240, WHITE, ATTR_DIM),
                [ROLE_KEY] = look(-1, -1, ATTR_BOLD),
                [ROLE_CLIENT] = look(75, BLUE, ATTR_BOLD),
                [ROLE_SERVER] = look(214, YELLOW, ATTR_BOLD),
                [ROLE_STATE_CLOSED] = look(246, WHITE, ATTR_PLAIN),
                [ROLE_STATE_OPENING] = look(229, WHITE, ATTR_UNDERLINE),
                [ROLE_STATE_OPEN] = look(75, BLUE, ATTR_PLAIN),
                [ROLE_STATE_CLOSING] = look(214, YELLOW, ATTR_PLAIN),
                [ROLE_STATE_WAITING] = look(214, YELLOW, ATTR_UNDERLINE),
                [ROLE_LIFELINE] = look(244, WHITE, ATTR_PLAIN),
                [ROLE_SEGMENT] = look(250, WHITE, ATTR_PLAIN),
                [ROLE_SEGMENT_SYN] = look(229, WHITE, ATTR_BOLD),
                [ROLE_SEGMENT_FIN] = look(214, YELLOW, ATTR_PLAIN),
                [ROLE_SEGMENT_RST] = look(214, YELLOW, ATTR_BOLD | ATTR_REVERSE),
                [ROLE_SEGMENT_DATA] = look(75, BLUE, ATTR_PLAIN),
                [ROLE_SEGMENT_AGAIN] = look(214, YELLOW, ATTR_UNDERLINE),
                [ROLE_FLYING] = look(231, WHITE, ATTR_BOLD),
                [ROLE_NODE] = look(243, WHITE, ATTR_DIM),
                [ROLE_NODE_PAST] = plain,
                [ROLE_EDGE] = look(240, WHITE, ATTR_DIM),
                [ROLE_EDGE_PAST] = look(250, WHITE, ATTR_PLAIN),
                [ROLE_EDGE_NOW] = look(231, WHITE, ATTR_BOLD),
                [ROLE_WHY] = plain,
                [ROLE_PROOF] = look(75, BLUE, ATTR_PLAIN),
                [ROLE_WARNING] = look(214, YELLOW, ATTR_BOLD),
            },
        [THEME_MONO] =
            {
                [ROLE_TEXT] = plain,
                [ROLE_FAINT] = look(-1, -1, ATTR_DIM),
                [ROLE_TITLE] = look(-1, -1, ATTR_BOLD),
                [ROLE_HEADING] = look(-1, -1, ATTR_UNDERLINE),
                [ROLE_CHOSEN] = look(-1, -1, ATTR_REVERSE),
                [ROLE_RULE] = look(-1, -1, ATTR_DIM),
                [ROLE_KEY] = look(-1, -1, ATTR_BOLD),
                [ROLE_CLIENT] = look(-1, -1, ATTR_BOLD),
                [ROLE_SERVER] = look(-1, -1, ATTR_BOLD),
                [ROLE_STATE_CLOSED] = plain,
                [ROLE_STATE_OPENING] = plain,
                [ROLE_STATE_OPEN] = plain,
                [ROLE_STATE_CLOSING] = plain,
                [ROLE_STATE_WAITING] = plain,
                [ROLE_LIFELINE] = plain,
                [ROLE_SEGMENT] = plain,
                [ROLE_SEGMENT_SYN] = plain,
                [ROLE_SEGMENT_FIN] = plain,
                [ROLE_SEGMENT_RST] = look(-1, -1, ATTR_BOLD),
                [ROLE_SEGMENT_DATA] = plain,
                [ROLE_SEGMENT_AGAIN] = look(-1, -1, ATTR_UNDERLINE),
                [ROLE_FLYING] = look(-1, -1, ATTR_BOLD),
                [ROLE_NODE] = look(-1, -1, ATTR_DIM),
                [ROLE_NODE_PAST] = plain,
                [ROLE_EDGE] = look(-1, -1, ATTR_DIM),
                [ROLE_EDGE_PAST] = plain,
                [ROLE_EDGE_NOW] = look(-1, -1, ATTR_BOLD),
                [ROLE_WHY] = plain,
                [ROLE_PROOF] = plain,
                [ROLE_WARNING] = look(-1, -1, ATTR_BOLD),
            },
};
_Static_assert(TW_COUNT(styles) == THEME_COUNT, "every theme has its looks");

static const char *const names[] = {
#define X(id, name) [THEME_##id] = name,
    THEME_LIST(X)
#undef X
};
_Static_assert(TW_COUNT(names) == THEME_COUNT, "every theme has its name");

const struct style *theme_style(enum theme theme, enum role role) {
    return &styles[theme][role];
}

bool theme_on_white(enum theme theme) {
    return theme == THEME_LIGHT;
}

const char *theme_name(enum theme theme) {
    return names[theme];
}

bool theme_find(const char *name, enum theme *theme) {
    for (unsigned i = 0; i < THEME_COUNT; i++)
        if (strcmp(name, names[i]) == 0) {
            *theme = (enum theme)i;
            return true;
        }
    return false;
}
