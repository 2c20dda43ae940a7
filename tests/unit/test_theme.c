// SPDX-License-Identifier: MIT
// Proves that every theme has a look for every role that can be read on the background it is made
// for, and that what is told apart by colour is told apart in mono, too.
#include "tcpwalk/base.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "ui/theme.h"

// Relative luminance (WCAG 2.2) of a colour of the 256: a cube of six steps a side, then greys.
static double luminance(int color) {
    static const int steps[] = {0, 95, 135, 175, 215, 255};
    static const double weights[] = {0.2126, 0.7152, 0.0722};
    enum { CUBE = 16, GREYS = 232 };
    const int cube = color - CUBE;
    const int grey = 8 + 10 * (color - GREYS);
    const int parts[] = {color >= GREYS ? grey : steps[cube / 36 % 6],
                         color >= GREYS ? grey : steps[cube / 6 % 6],
                         color >= GREYS ? grey : steps[cube % 6]};
    double sum = 0;
    assert_true(cube >= 0); // the first 16 look different everywhere
    for (size_t i = 0; i < TW_COUNT(parts); i++) {
        double part = parts[i] / 255.0;
        sum += weights[i] * (part <= 0.04045 ? part / 12.92 : pow((part + 0.055) / 1.055, 2.4));
    }
    return sum;
}

static double contrast(int color, bool light) {
    const double offset = 0.05, ground = light ? 1 : 0;
    double a = luminance(color) + offset, b = ground + offset;
    return a > b ? a / b : b / a;
}

static void themes_are_complete(void **state) {
    (void)state;
    enum theme found;
    assert_int_equal(THEME_COUNT, 6);
    for (unsigned theme = 0; theme < THEME_COUNT; theme++) {
        assert_true(theme_find(theme_name((enum theme)theme), &found));
        assert_int_equal(found, theme);
        for (unsigned role = 0; role < ROLE_COUNT; role++) {
            const struct style *style = theme_style((enum theme)theme, (enum role)role);
            assert_true(style->set);
            assert_in_range(style->color + 1, 0, 256);
            assert_in_range(style->basic + 1, 0, 8);
            assert_int_equal(style->color == -1, style->basic == -1);
            if (theme == THEME_MONO)
                assert_int_equal(style->color, -1);
        }
    }
    assert_false(theme_find("purple", &found));
}

// What may stand back.
static bool is_faint(unsigned role) {
    return role == ROLE_FAINT || role == ROLE_RULE || role == ROLE_NODE || role == ROLE_EDGE;
}

static void colours_can_be_read(void **state) {
    (void)state;
    for (unsigned theme = 0; theme < THEME_COUNT; theme++) {
        bool strong = theme == THEME_HIGH_CONTRAST || theme == THEME_PROJECTOR;
        for (unsigned role = 0; role < ROLE_COUNT; role++) {
            const struct style *style = theme_style((enum theme)theme, (enum role)role);
            if (strong)
                assert_int_equal(style->attributes & ATTR_DIM, 0);
            if (style->color < 0)
                continue;
            double least = strong ? 7 : is_faint(role) ? 3 : 4.5;
            double is = contrast(style->color, theme_is_light((enum theme)theme));
            if (is < least)
                fail_msg("%s, role %u: colour %d has a contrast of %.2f only",
                         theme_name((enum theme)theme), role, style->color, is);
        }
    }
}

// Of eight colours, some cannot be read on black, others not on white.
static void eight_colours_can_be_read(void **state) {
    (void)state;
    enum { BLACK, RED, GREEN, YELLOW, BLUE, MAGENTA, CYAN, WHITE };
    for (unsigned theme = 0; theme < THEME_COUNT; theme++)
        for (unsigned role = 0; role < ROLE_COUNT; role++) {
            int basic = theme_style((enum theme)theme, (enum role)role)->basic;
            if (theme_is_light((enum theme)theme))
                assert_true(basic != WHITE && basic != YELLOW && basic != CYAN);
            else
                assert_true(basic != BLACK && basic != BLUE);
        }
}

static bool same_look(enum theme theme, enum role a, enum role b) {
    const struct style *x = theme_style(theme, a), *y = theme_style(theme, b);
    return x->color == y->color && x->attributes == y->attributes;
}

// Pairs that stand beside each other and have no letter or shape of their own.
static void roles_are_told_apart(void **state) {
    (void)state;
    static const enum role pairs[][2] = {
        {ROLE_TEXT, ROLE_FAINT},         {ROLE_TEXT, ROLE_TITLE},
        {ROLE_CHOSEN, ROLE_HEADING},     {ROLE_CHOSEN, ROLE_TEXT},
        {ROLE_NODE, ROLE_NODE_PAST},     {ROLE_EDGE, ROLE_EDGE_PAST},
        {ROLE_EDGE_PAST, ROLE_EDGE_NOW}, {ROLE_SEGMENT, ROLE_SEGMENT_RST},
        {ROLE_SEGMENT, ROLE_FLYING},     {ROLE_SEGMENT, ROLE_SEGMENT_AGAIN},
        {ROLE_WHY, ROLE_WARNING},        {ROLE_KEY, ROLE_FAINT},
    };
    for (unsigned theme = 0; theme < THEME_COUNT; theme++)
        for (size_t i = 0; i < TW_COUNT(pairs); i++)
            if (same_look((enum theme)theme, pairs[i][0], pairs[i][1]))
                fail_msg("%s: roles %d and %d look the same", theme_name((enum theme)theme),
                         (int)pairs[i][0], (int)pairs[i][1]);
    // With colours, client and server, and the kinds of states.
    static const enum role kinds[] = {ROLE_STATE_OPENING, ROLE_STATE_OPEN, ROLE_STATE_CLOSING,
                                      ROLE_STATE_WAITING, ROLE_STATE_CLOSED};
    for (unsigned theme = 0; theme < THEME_COUNT; theme++) {
        if (theme == THEME_MONO)
            continue;
        assert_false(same_look((enum theme)theme, ROLE_CLIENT, ROLE_SERVER));
        for (size_t a = 0; a < TW_COUNT(kinds); a++)
            for (size_t b = a + 1; b < TW_COUNT(kinds); b++)
                if (same_look((enum theme)theme, kinds[a], kinds[b]))
                    fail_msg("%s: states %zu and %zu look the same", theme_name((enum theme)theme),
                             a, b);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(themes_are_complete),
        cmocka_unit_test(colours_can_be_read),
        cmocka_unit_test(eight_colours_can_be_read),
        cmocka_unit_test(roles_are_told_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
