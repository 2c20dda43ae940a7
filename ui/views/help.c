// SPDX-License-Identifier: MIT
// The help: the action table, and what the marks mean.
//
//  tcpwalk  help                                  1-21 of 41, Down and Up scroll
//
//  Moving
//    Up k            one row up
//    PgDn ^F         one page down
//  Everywhere
//    ? F1            this help, and back
//
//  ? help  q back
#include "views.h"

#include <stdio.h>
#include <string.h>

static const char *const groups[] = {"Moving",     "Connections",       "One connection",
                                     "The stream", "The state diagram", "Breakpoints",
                                     "The lab",    "Everywhere"};

static const char *const legend[] = {
    N_("C> and <S point at the states of client and server. Ladder and diagram"),
    N_("stand at the same moment. Arrows are segments, numbers are relative."),
    N_("?   assumed: nothing on the wire says so, and nothing says otherwise"),
    N_("*   corrected: assumed differently first, then taken back"),
    N_("~   an estimate: when a segment landed, by half the handshake's round trip;"),
    N_("    the times of segments are the capture's own, when they passed the tap"),
    N_("=== or dashes in an arrow: sent again, captured twice, or out of order"),
    N_("The diagram: the way so far is heavy (= #), what happened last double (*),"),
    N_("x stands where an end left by force: no line of RFC 9293's figure 5."),
    N_("observed: the end's own segment shows it.  proven: a later one does."),
    N_("timer: a timer of the stack ran out on the capture's clock."),
    N_("full: at the memory limit the arrows of connections that are over are"),
    N_("dropped, the oldest first; then new ones. States and counters are kept."),
    N_("following: at the end (G), while more is read, the ladder stays at the end."),
    N_("The state is where each end is by RFC 9293, not what its kernel reports."),
};

// What one row of the help says; the rows are counted in one place, here.
static bool help_row(int wanted, const char **heading, const struct action_info **action,
                     const char **line) {
    int row = 0;
    *heading = *line = NULL;
    *action = NULL;
    for (size_t g = 0; g < TW_COUNT(groups); g++) {
        if (row++ == wanted) {
            *heading = groups[g];
            return true;
        }
        for (unsigned i = ACTION_NONE + 1; i < ACTION_COUNT; i++) {
            const struct action_info *info = action_info((enum action)i);
            if (strcmp(info->group, groups[g]) != 0)
                continue;
            if (row++ == wanted) {
                *action = info;
                return true;
            }
        }
    }
    if (row++ == wanted) {
        *heading = N_("What the marks mean");
        return true;
    }
    for (size_t i = 0; i < TW_COUNT(legend); i++)
        if (row++ == wanted) {
            *line = legend[i];
            return true;
        }
    return false;
}

int help_height(void) {
    const char *heading, *line;
    const struct action_info *action;
    int rows = 0;
    while (help_row(rows, &heading, &action, &line))
        rows++;
    return rows;
}

void view_help(const struct app *app, struct canvas *canvas) {
    enum { KEYS_AT = 3, TEXT_AT = 27 };
    struct area area = canvas_area(canvas);
    int page = area.height - HELP_FRAME, height = help_height();
    int text_at = area.width < 60 ? 20 : TEXT_AT;
    canvas_text(canvas, area, canvas_text(canvas, area, 1, 0, "tcpwalk", ROLE_TITLE) + 2, 0,
                _("help"), ROLE_TEXT);
    char range[48];
    int to = app->help_top + page < height ? app->help_top + page : height;
    snprintf(range, sizeof range, "%d-%d of %d%s", app->help_top + 1, to, height,
             height > page ? ", Down and Up scroll" : "");
    canvas_text_right(canvas, area, area.width - 2, 0, range, ROLE_FAINT);
    for (int y = 0; y < page; y++) {
        const char *heading, *line;
        const struct action_info *action;
        if (!help_row(app->help_top + y, &heading, &action, &line))
            break;
        if (heading != NULL)
            canvas_text(canvas, area, 1, y + 1, _(heading), ROLE_TITLE);
        if (line != NULL)
            canvas_text(canvas, area, KEYS_AT, y + 1, _(line), ROLE_TEXT);
        if (action != NULL) {
            struct area keys = {0, 0, text_at - 1, area.height};
            canvas_text(canvas, keys, KEYS_AT, y + 1, action->keys, ROLE_KEY);
            canvas_text(canvas, area, text_at, y + 1, _(action->help), ROLE_TEXT);
        }
    }
    draw_keys(app, canvas, area, area.height - 1);
}
