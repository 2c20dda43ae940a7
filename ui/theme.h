// SPDX-License-Identifier: MIT
// Themes: for every theme and every role that a cell can have, how it looks. Roles are named by
// their meaning, so that a theme can change the look and never the meaning.
#ifndef UI_THEME_H
#define UI_THEME_H

#include "tcpwalk/base.h"

enum role {
    ROLE_TEXT,
    ROLE_FAINT,   // secondary text, and what has not happened yet
    ROLE_TITLE,   // the first row
    ROLE_HEADING, // names of columns, tabs that are not chosen
    ROLE_CHOSEN,  // the chosen tab
    ROLE_RULE,    // lines between parts
    ROLE_KEY,     // a key in the bottom line and in the help
    ROLE_CLIENT,  // the client's token and address
    ROLE_SERVER,
    ROLE_STATE_CLOSED, // CLOSED, LISTEN
    ROLE_STATE_OPENING,
    ROLE_STATE_OPEN,
    ROLE_STATE_CLOSING,
    ROLE_STATE_WAITING, // TIME-WAIT
    ROLE_LIFELINE,
    ROLE_SEGMENT,
    ROLE_SEGMENT_SYN,
    ROLE_SEGMENT_FIN,
    ROLE_SEGMENT_RST,
    ROLE_SEGMENT_DATA,
    ROLE_SEGMENT_AGAIN, // sent or captured again, out of order
    ROLE_FLYING,        // a segment on its way
    ROLE_NODE,          // of the state diagram: not visited
    ROLE_NODE_PAST,     // visited
    ROLE_EDGE,
    ROLE_EDGE_PAST,
    ROLE_EDGE_NOW, // the edge taken last
    ROLE_WHY,
    ROLE_PROOF,   // section and basis
    ROLE_WARNING, // corrections, findings, what was dropped
    ROLE_COUNT
};

#define THEME_LIST(X)                                                                              \
    X(DARK, "dark")                                                                                \
    X(LIGHT, "light")                                                                              \
    X(HIGH_CONTRAST, "high-contrast")                                                              \
    X(COLOUR_BLIND, "colour-blind")                                                                \
    X(MONO, "mono")

enum theme {
#define X(id, name) THEME_##id,
    THEME_LIST(X)
#undef X
        THEME_COUNT
};

enum attribute { ATTR_PLAIN, ATTR_BOLD = 1, ATTR_DIM = 2, ATTR_REVERSE = 4, ATTR_UNDERLINE = 8 };

struct style {
    int16_t color; // of 256, or -1: the terminal's own
    int16_t basic; // the same where there are only eight
    uint8_t attributes;
    bool set; // so that a role that was forgotten is found
};

const struct style *theme_style(enum theme theme, enum role role);
bool theme_on_white(enum theme theme); // it is made for a white background, not a black one
const char *theme_name(enum theme theme);
bool theme_find(const char *name, enum theme *theme) TW_CHECKED;

#endif
