// SPDX-License-Identifier: MIT
// Walks over the state diagram by keys, and says how long an end was in a state.
#include "app.h"

#include "views/views.h"

#include <limits.h>
#include <stdlib.h>

bool walk_seen(const struct app *app) {
    return app->walk.on && app->view == VIEW_CONNECTION && app->part == PART_DIAGRAM;
}

void walk_to(struct app *app, enum tw_state state, bool over) {
    struct walk *walk = &app->walk;
    if (!walk_seen(app))
        walk->came_by = app->part;
    walk->on = true;
    walk->state = state;
    walk->over = state == TW_CLOSED && over;
    app->part = PART_DIAGRAM;
    app->changed = true;
}

// Begins where something happened last.
static void begin(struct app *app) {
    const struct tw_ladder_step *last = NULL;
    for (size_t i = 0; i < app->ladder.step_count; i++) {
        const struct tw_ladder_step *step = &app->ladder.steps[i];
        if (step->place < 0 || step->place < app->playback.place)
            last = step;
    }
    walk_to(app, last != NULL ? last->to : TW_CLOSED, last != NULL && last->from != TW_CLOSED);
}

static int middle(const struct tw_diagram_node *node) {
    return 2 * node->x + node->width;
}

// How far `to` is from `from` in a direction; INT_MAX: it does not lie there. Up and down it is the
// next row that counts, then the column; left and right the nearest row, then the column.
static int distance(const struct tw_diagram_node *from, const struct tw_diagram_node *to, int dx,
                    int dy) {
    enum { ROW = 10000 }; // more than any column
    int across = middle(to) - middle(from), down = to->y - from->y;
    if (dy != 0 ? down * dy <= 0 : across * dx <= 0)
        return INT_MAX;
    return abs(down) * ROW + abs(across);
}

static void move(struct app *app, int dx, int dy) {
    struct tw_diagram diagram;
    struct area area = part_area(app);
    tw_diagram_layout(&diagram, area.width, area.height);
    const struct tw_diagram_node *from = tw_diagram_node(&diagram, app->walk.state, app->walk.over);
    const struct tw_diagram_node *nearest = NULL;
    for (size_t i = 0; i < diagram.node_count; i++) {
        const struct tw_diagram_node *to = &diagram.nodes[i];
        int far = distance(from, to, dx, dy);
        if (far < INT_MAX && (nearest == NULL || far < distance(from, nearest, dx, dy)))
            nearest = to;
    }
    if (nearest != NULL)
        walk_to(app, nearest->state, nearest->over);
}

void walk_act(struct app *app, enum action action) {
    switch (action) {
    case ACTION_WALK: begin(app); break;
    case ACTION_WALK_END:
        app->walk.on = false;
        app->part = (enum part)app->walk.came_by;
        break;
    case ACTION_WALK_UP: move(app, 0, -1); break;
    case ACTION_WALK_DOWN: move(app, 0, 1); break;
    case ACTION_WALK_LEFT: move(app, -1, 0); break;
    case ACTION_WALK_RIGHT: move(app, 1, 0); break;
    default: break;
    }
}

void walk_tick(struct app *app) {
    tw_time second = app_clock(app) / TW_SECOND;
    if (second == app->walk.second || !playback_follows(app))
        return;
    app->walk.second = second;
    for (int end = 0; end < TW_END_COUNT; end++) {
        const struct tw_ladder_step *step =
            tw_ladder_state(&app->ladder, (enum tw_end)end, app->playback.place);
        app->changed = app->changed || (step != NULL && step->to == TW_TIME_WAIT);
    }
}

// --- the time spent

static const struct tw_ladder_step *next_step(const struct tw_ladder *ladder, size_t from,
                                              enum tw_end end) {
    for (size_t i = from; i < ladder->step_count; i++)
        if (ladder->steps[i].end == end)
            return &ladder->steps[i];
    return NULL;
}

struct stay walk_stay(const struct app *app, enum tw_end end, enum tw_state state) {
    const struct tw_ladder *ladder = &app->ladder;
    struct stay stay = {0};
    tw_time now = app_clock(app) != TW_NO_TIME ? app_clock(app) : ladder->end;
    for (size_t i = 0; i < ladder->step_count; i++) {
        const struct tw_ladder_step *step = &ladder->steps[i];
        if (step->end != end)
            continue;
        stay.passed = stay.passed || (step->passes && step->through == state);
        if (step->to != state)
            continue;
        const struct tw_ladder_step *next = next_step(ladder, i + 1, end);
        tw_time until = next != NULL ? next->time : now;
        stay.visits++;
        stay.time += until > step->time ? until - step->time : 0;
        stay.before = stay.before || step->place < 0;
        stay.still = stay.still || next == NULL;
        stay.assumed = stay.assumed || step->basis == TW_ASSUMED ||
                       (next != NULL && next->basis == TW_ASSUMED);
    }
    return stay;
}
