// SPDX-License-Identifier: MIT
// The state diagram with both ends as tokens on it, the way so far, and the edge taken last.
//
//                 CLOSED
//             .----' '----.
//          LISTEN     SYN-SENT
//              SYN-RECEIVED
//           C>ESTABLISHED<S
//        FIN-WAIT-1      CLOSE-WAIT
//   FIN-WAIT-2  CLOSING   LAST-ACK
//         TIME-WAIT        CLOSED
#include "views.h"

#include <string.h>

enum { SIDE_MAX = 100 };

// How often each edge was taken so far; the last one is marked.
struct way {
    bool taken[TW_STATE_COUNT][TW_STATE_COUNT];
    bool visited[TW_STATE_COUNT];
    bool over[TW_END_COUNT]; // CLOSED after something, not before
    const struct tw_ladder_step *now[TW_END_COUNT], *last;
};

static void walk(const struct app *app, struct way *way) {
    *way = (struct way){0};
    const struct tw_ladder *ladder = &app->ladder;
    for (size_t i = 0; i < ladder->step_count; i++) {
        const struct tw_ladder_step *step = &ladder->steps[i];
        if (step->place >= app->playback.place && step->place >= 0)
            break;
        enum tw_state from = step->from;
        if (step->passes) {
            way->taken[from][step->through] = true;
            way->visited[step->through] = true;
            from = step->through;
        }
        way->taken[from][step->to] = true;
        way->visited[step->to] = true;
        way->now[step->end] = step;
        way->over[step->end] = step->to == TW_CLOSED && step->from != TW_CLOSED;
        if (step->place >= 0)
            way->last = step;
    }
}

// Lines meet in cells, so all are added up first and drawn as joints then.
struct lines {
    int width, height;
    uint8_t sides[SIDE_MAX * SIDE_MAX];
    uint8_t role[SIDE_MAX * SIDE_MAX];
};

static void add_sides(struct lines *lines, int x, int y, unsigned sides, enum role role) {
    if (x < 0 || y < 0 || x >= lines->width || y >= lines->height)
        return;
    size_t at = (size_t)y * SIDE_MAX + (size_t)x;
    lines->sides[at] = (uint8_t)(lines->sides[at] | sides);
    if (role > lines->role[at])
        lines->role[at] = (uint8_t)role;
}

static void add_edge(struct lines *lines, const struct tw_diagram_edge *edge, enum role role) {
    for (int i = 0; i + 1 < edge->point_count; i++) {
        struct tw_diagram_point a = edge->points[i], b = edge->points[i + 1];
        while (a.x != b.x || a.y != b.y) {
            int dx = (b.x > a.x) - (b.x < a.x), dy = dx != 0 ? 0 : (b.y > a.y) - (b.y < a.y);
            unsigned out = dx > 0 ? JOIN_RIGHT : dx < 0 ? JOIN_LEFT : dy > 0 ? JOIN_DOWN : JOIN_UP;
            unsigned in = dx > 0 ? JOIN_LEFT : dx < 0 ? JOIN_RIGHT : dy > 0 ? JOIN_UP : JOIN_DOWN;
            add_sides(lines, a.x, a.y, out, role);
            a.x += dx;
            a.y += dy;
            add_sides(lines, a.x, a.y, in, role);
        }
    }
}

static bool same_edge(const struct tw_diagram_edge *edge, const struct tw_ladder_step *step) {
    if (step == NULL || edge->to != (step->passes ? step->through : step->to))
        return step != NULL && step->passes && edge->from == step->through && edge->to == step->to;
    return edge->from == step->from;
}

static enum role edge_role(const struct tw_diagram_edge *edge, const struct way *way) {
    if (same_edge(edge, way->last))
        return ROLE_EDGE_NOW;
    return way->taken[edge->from][edge->to] ? ROLE_EDGE_PAST : ROLE_EDGE;
}

static void draw_edges(const struct app *app, struct canvas *canvas, struct area area,
                       const struct tw_diagram *diagram, const struct way *way) {
    static const enum glyph heads[] = {[TW_HEAD_DOWN] = GLYPH_HEAD_DOWN,
                                       [TW_HEAD_LEFT] = GLYPH_HEAD_LEFT,
                                       [TW_HEAD_RIGHT] = GLYPH_HEAD_RIGHT};
    struct lines lines = {.width = area.width < SIDE_MAX ? area.width : SIDE_MAX,
                          .height = area.height < SIDE_MAX ? area.height : SIDE_MAX};
    for (size_t i = 0; i < diagram->edge_count; i++) {
        const struct tw_diagram_edge *edge = &diagram->edges[i];
        enum role role = edge_role(edge, way);
        add_edge(&lines, edge, role);
        // Where a line begins it comes out of its node.
        struct tw_diagram_point from = edge->points[0], next = edge->points[1];
        if (next.y != from.y || next.x == from.x)
            add_sides(&lines, from.x, from.y, JOIN_UP, role);
        else if (from.y == tw_diagram_node(diagram, edge->from, false)->y)
            add_sides(&lines, from.x, from.y, next.x > from.x ? JOIN_LEFT : JOIN_RIGHT, role);
        else
            add_sides(&lines, from.x, from.y, JOIN_UP, role);
    }
    for (int y = 0; y < lines.height; y++)
        for (int x = 0; x < lines.width; x++) {
            size_t at = (size_t)y * SIDE_MAX + (size_t)x;
            if (lines.sides[at] != 0)
                canvas_put(canvas, area, x, y, glyph_joint(app->ascii, lines.sides[at]),
                           (enum role)lines.role[at]);
        }
    for (size_t i = 0; i < diagram->edge_count; i++) {
        const struct tw_diagram_edge *edge = &diagram->edges[i];
        struct tw_diagram_point end = edge->points[edge->point_count - 1];
        enum role role = edge_role(edge, way);
        canvas_put(canvas, area, end.x, end.y, glyph(app->ascii, heads[edge->head]), role);
        if (!edge->labelled)
            continue;
        enum role label = role == ROLE_EDGE ? ROLE_FAINT : role;
        const char *text = tw_event_label(edge->event);
        if (edge->label_left)
            canvas_text_right(canvas, area, edge->label.x, edge->label.y, text, label);
        else
            canvas_text(canvas, area, edge->label.x, edge->label.y, text, label);
    }
}

static void draw_node(const struct app *app, struct canvas *canvas, struct area area,
                      const struct tw_diagram_node *node, const struct way *way, bool brief) {
    bool first = node->state == TW_CLOSED && !node->over;
    bool visited = first ? way->last != NULL : way->visited[node->state];
    bool client = false, server = false;
    for (int end = 0; end < TW_END_COUNT; end++) {
        enum tw_state state = way->now[end] != NULL ? way->now[end]->to : TW_CLOSED;
        bool known = app->ladder.info.end[end].step_count > 0;
        bool here = known && state == node->state &&
                    (brief || state != TW_CLOSED || way->over[end] == node->over);
        *(end == TW_CLIENT ? &client : &server) = here;
    }
    bool here = client || server;
    canvas_text(canvas, area, node->x, node->y, tw_state_name(node->state),
                here      ? state_role(node->state)
                : visited ? ROLE_NODE_PAST
                          : ROLE_NODE);
    int behind = node->x + node->width;
    if (client) {
        if (!brief)
            canvas_put(canvas, area, node->x - 2, node->y, 'C', ROLE_CLIENT);
        canvas_put(canvas, area, node->x - 1, node->y, glyph(app->ascii, GLYPH_TOKEN_RIGHT),
                   ROLE_CLIENT);
    }
    if (server) {
        canvas_put(canvas, area, behind, node->y, glyph(app->ascii, GLYPH_TOKEN_LEFT), ROLE_SERVER);
        if (!brief)
            canvas_put(canvas, area, behind + 1, node->y, 'S', ROLE_SERVER);
    }
}

// All states with the ends' marks, where there is no room for lines. In columns: opening, the end
// that closes first, the other one.
static void draw_states(const struct app *app, struct canvas *canvas, struct area area) {
    enum { COLUMNS = 3, ROWS = 4 };
    static const struct {
        enum tw_state states[ROWS];
        int count, width; // of the widest name
    } columns[COLUMNS] = {
        {{TW_CLOSED, TW_LISTEN, TW_SYN_SENT, TW_SYN_RECEIVED}, 4, 12},
        {{TW_ESTABLISHED, TW_FIN_WAIT_1, TW_FIN_WAIT_2, TW_CLOSING}, 4, 11},
        {{TW_CLOSE_WAIT, TW_LAST_ACK, TW_TIME_WAIT}, 3, 10},
    };
    struct way way;
    walk(app, &way);
    int x = 1, y = area.height > ROWS ? (area.height - ROWS) / 2 : 0;
    for (int i = 0; i < COLUMNS; i++) {
        for (int row = 0; row < columns[i].count; row++) {
            struct tw_diagram_node node = {.state = columns[i].states[row], .x = x, .y = y + row};
            node.width = (int)strlen(tw_state_name(node.state));
            for (int end = 0; end < TW_END_COUNT; end++) // CLOSED stands once here
                node.over = node.over || (node.state == TW_CLOSED && way.over[end]);
            draw_node(app, canvas, area, &node, &way, true);
        }
        x += columns[i].width + 2 + (area.width > 50 ? 3 : 0);
    }
}

void draw_diagram(const struct app *app, struct canvas *canvas, struct area area) {
    if (area.width < TW_DIAGRAM_WIDTH || area.height < TW_DIAGRAM_HEIGHT) {
        draw_states(app, canvas, area);
        return;
    }
    struct tw_diagram diagram;
    struct way way;
    tw_diagram_layout(&diagram, area.width, area.height);
    walk(app, &way);
    draw_edges(app, canvas, area, &diagram, &way);
    for (size_t i = 0; i < diagram.node_count; i++)
        draw_node(app, canvas, area, &diagram.nodes[i], &way, false);
}
