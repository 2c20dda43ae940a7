// SPDX-License-Identifier: MIT
// The state diagram with both ends as tokens on it, the way so far, and the edge taken last; below
// it how long TIME-WAIT goes on, and what the edge is.
//
//       .-passive OPEN / create TCB-  CLOSED  --active OPEN / snd SYN---.
//       V  .----CLOSE / delete TCB-----^  ^---CLOSE / delete TCB----.   V
//      LISTEN  -----------------SEND / snd SYN----------------->  SYN-SENT
//      ...
//  FIN-WAIT-2                  CLOSING                               LAST-ACK
//     |          rcv ACK of FIN / x V                   rcv ACK of FIN / x V
//     '==rcv FIN / snd ACK===>C>TIME-WAIT  -timeout 2MSL / delete TCB->  CLOSED
//                      C (##--) 47 s of 60 s, Linux
//                         C rcv FIN / snd ACK
#include "views.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CAPTION_TEXT = 200, STEP_EDGES = 2, TOKEN = 2 };

// What both ends have done up to the present place; what happened last is lit.
struct way {
    bool taken[TW_DIAGRAM_EDGES], lit[TW_DIAGRAM_EDGES], visited[TW_STATE_COUNT];
    bool jumped[TW_END_COUNT][TW_STATE_COUNT]; // left a state by no line of the figure
    bool over[TW_END_COUNT];                   // CLOSED: where it ends
    bool gliding[TW_END_COUNT];                // it is on its way along the lines
    const struct tw_ladder_step *now[TW_END_COUNT], *last;
};

// The lines that a step takes, in their order; NULL: it has none there.
static void step_edges(const struct tw_diagram *diagram, const struct tw_ladder_step *step,
                       const struct tw_diagram_edge *edges[STEP_EDGES]) {
    edges[0] =
        step->passes ? tw_diagram_edge(diagram, step->from, step->through, step->event) : NULL;
    edges[1] =
        tw_diagram_edge(diagram, step->passes ? step->through : step->from, step->to, step->event);
}

static void follow(const struct app *app, const struct tw_diagram *diagram, struct way *way) {
    *way = (struct way){0};
    const struct tw_ladder *ladder = &app->ladder;
    const struct tw_diagram_edge *edges[STEP_EDGES];
    for (size_t i = 0; i < ladder->step_count; i++) {
        const struct tw_ladder_step *step = &ladder->steps[i];
        if (step->place >= app->playback.place && step->place >= 0)
            break;
        step_edges(diagram, step, edges);
        for (size_t k = 0; k < STEP_EDGES; k++)
            if (edges[k] != NULL)
                way->taken[edges[k] - diagram->edges] = way->visited[edges[k]->to] = true;
        way->visited[step->to] = true;
        if (edges[1] == NULL)
            way->jumped[step->end][step->from] = step->from != TW_CLOSED;
        way->over[step->end] = edges[1] != NULL ? edges[1]->over : step->from != TW_CLOSED;
        way->now[step->end] = step;
        if (step->place >= 0)
            way->last = step;
    }
    if (way->last == NULL)
        return;
    step_edges(diagram, way->last, edges);
    for (size_t k = 0; k < STEP_EDGES; k++)
        if (edges[k] != NULL)
            way->lit[edges[k] - diagram->edges] = true;
    // While the row of the step goes by, its end goes along the line.
    way->gliding[way->last->end] =
        diagram->lines && edges[1] != NULL && app->playback.place < way->last->place + 1;
}

// --- lines

static unsigned side_to(struct tw_diagram_point from, struct tw_diagram_point to) {
    return to.x > from.x   ? JOIN_RIGHT
           : to.x < from.x ? JOIN_LEFT
           : to.y > from.y ? JOIN_DOWN
           : to.y < from.y ? JOIN_UP
                           : 0;
}

// Where a line begins it comes out of its state.
static unsigned side_to_node(const struct tw_diagram_node *node, struct tw_diagram_point at) {
    if (at.y != node->y)
        return at.y > node->y ? JOIN_UP : JOIN_DOWN;
    return at.x > node->x ? JOIN_LEFT : JOIN_RIGHT;
}

static void draw_edge(const struct app *app, struct canvas *canvas, struct area area,
                      const struct tw_diagram *diagram, const struct tw_diagram_edge *edge,
                      enum line line, enum role role) {
    static const unsigned heads[] = {
        [TW_HEAD_DOWN] = JOIN_DOWN,
        [TW_HEAD_UP] = JOIN_UP,
        [TW_HEAD_LEFT] = JOIN_LEFT,
        [TW_HEAD_RIGHT] = JOIN_RIGHT,
    };
    struct tw_diagram_point at = edge->points[0];
    unsigned before = side_to_node(tw_diagram_node(diagram, edge->from, false), at);
    for (int i = 1; i < edge->point_count;) {
        unsigned ahead = side_to(at, edge->points[i]);
        if (ahead == 0) {
            i++;
            continue;
        }
        canvas_put(canvas, area, at.x, at.y, glyph_line(app->ascii, before | ahead, line), role);
        at.x += (ahead == JOIN_RIGHT) - (ahead == JOIN_LEFT);
        at.y += (ahead == JOIN_DOWN) - (ahead == JOIN_UP);
        before = ahead == JOIN_RIGHT  ? JOIN_LEFT
                 : ahead == JOIN_LEFT ? JOIN_RIGHT
                 : ahead == JOIN_DOWN ? JOIN_UP
                                      : JOIN_DOWN;
    }
    canvas_put(canvas, area, at.x, at.y, glyph_head(app->ascii, heads[edge->head], line), role);
    char text[TW_DIAGRAM_LABEL_TEXT];
    if (edge->labelled)
        canvas_text(canvas, area, edge->label.x, edge->label.y, tw_diagram_label(edge, text),
                    line == LINE_THIN ? ROLE_FAINT : role);
}

static int cells_of(const struct tw_diagram_edge *edge) {
    int cells = 1;
    for (int i = 1; i < edge->point_count; i++)
        cells += abs(edge->points[i].x - edge->points[i - 1].x) +
                 abs(edge->points[i].y - edge->points[i - 1].y);
    return cells;
}

static struct tw_diagram_point cell_at(const struct tw_diagram_edge *edge, int cell) {
    struct tw_diagram_point at = edge->points[0];
    for (int i = 1; i < edge->point_count && cell > 0; i++)
        for (; cell > 0 && side_to(at, edge->points[i]) != 0; cell--) {
            unsigned ahead = side_to(at, edge->points[i]);
            at.x += (ahead == JOIN_RIGHT) - (ahead == JOIN_LEFT);
            at.y += (ahead == JOIN_DOWN) - (ahead == JOIN_UP);
        }
    return at;
}

// An end on its way, as far along its lines as its row has gone by.
static void draw_gliding(const struct app *app, struct canvas *canvas, struct area area,
                         const struct tw_diagram *diagram, const struct way *way) {
    if (way->last == NULL || !way->gliding[way->last->end])
        return;
    const struct tw_diagram_edge *edges[STEP_EDGES];
    step_edges(diagram, way->last, edges);
    int first = edges[0] != NULL ? cells_of(edges[0]) : 0, second = cells_of(edges[1]);
    int cell = (int)((app->playback.place - way->last->place) * (first + second));
    struct tw_diagram_point at =
        cell < first ? cell_at(edges[0], cell) : cell_at(edges[1], cell - first);
    canvas_put(canvas, area, at.x, at.y, way->last->end == TW_CLIENT ? 'C' : 'S', ROLE_CHOSEN);
}

// --- states

static bool is_at(const struct app *app, const struct tw_diagram *diagram, const struct way *way,
                  enum tw_end end, const struct tw_diagram_node *node) {
    if (app->ladder.info.end[end].step_count == 0 || way->gliding[end])
        return false; // nothing is ever known of it, or it is between two states
    enum tw_state state = way->now[end] != NULL ? way->now[end]->to : TW_CLOSED;
    return node == tw_diagram_node(diagram, state, way->over[end]);
}

// A state that was left by force has a mark at the end's side; an end that is in it covers that.
static void draw_marks(const struct app *app, struct canvas *canvas, struct area area,
                       const struct tw_diagram_node *node, const struct way *way) {
    if (node->over)
        return;
    uint32_t mark = glyph(app->ascii, GLYPH_LOST);
    if (way->jumped[TW_CLIENT][node->state])
        canvas_put(canvas, area, node->x - 1, node->y, mark, ROLE_CLIENT);
    if (way->jumped[TW_SERVER][node->state])
        canvas_put(canvas, area, node->x + node->width, node->y, mark, ROLE_SERVER);
}

static void draw_node(const struct app *app, struct canvas *canvas, struct area area,
                      const struct tw_diagram *diagram, const struct tw_diagram_node *node,
                      const struct way *way) {
    bool client = is_at(app, diagram, way, TW_CLIENT, node);
    bool server = is_at(app, diagram, way, TW_SERVER, node);
    bool begins = node->state == TW_CLOSED && !node->over;
    bool visited = way->visited[node->state] || (begins && way->last != NULL);
    bool looked_at =
        walk_seen(app) && node == tw_diagram_node(diagram, app->walk.state, app->walk.over);
    enum role role = looked_at          ? ROLE_CHOSEN
                     : client || server ? state_role(node->state)
                     : visited          ? ROLE_NODE_PAST
                                        : ROLE_NODE;
    int behind = node->x + node->width;
    canvas_text(canvas, area, node->x, node->y, tw_state_name(node->state), role);
    canvas_target(canvas, area, node->x, node->y, node->width, TARGET_STATE,
                  (uint32_t)node->state | (node->over ? TARGET_OVER : 0));
    if (client && diagram->lines)
        canvas_put(canvas, area, node->x - TOKEN, node->y, 'C', ROLE_CLIENT);
    if (server && diagram->lines)
        canvas_put(canvas, area, behind + 1, node->y, 'S', ROLE_SERVER);
    if (client)
        canvas_put(canvas, area, node->x - 1, node->y, glyph(app->ascii, GLYPH_TOKEN_RIGHT),
                   ROLE_CLIENT);
    if (server)
        canvas_put(canvas, area, behind, node->y, glyph(app->ascii, GLYPH_TOKEN_LEFT), ROLE_SERVER);
    // The frame takes the places of the tokens' points, not of their letters.
    if (looked_at && (!client || diagram->lines))
        canvas_put(canvas, area, node->x - 1, node->y, '[', ROLE_CHOSEN);
    if (looked_at && (!server || diagram->lines))
        canvas_put(canvas, area, behind, node->y, ']', ROLE_CHOSEN);
}

// --- the foot: TIME-WAIT's countdown, and what happened last

// How long an end stays in TIME-WAIT, at the present place; false: it is not in it. By its kernel's
// word where there is one.
static bool waits(const struct app *app, const struct way *way, enum tw_end end, tw_time *left,
                  bool *kernel) {
    const struct tw_ladder_step *step = way->now[end];
    if (step == NULL || step->to != TW_TIME_WAIT)
        return false;
    size_t opening;
    const struct tw_witness_look *look =
        app->witness == NULL ? NULL
                             : tw_ladder_look(&app->ladder, app->witness, end, app->playback.place,
                                              app_clock(app), left, &opening);
    *kernel = look != NULL && look->state == TW_TIME_WAIT && look->timer == TW_TIMER_TIME_WAIT;
    if (*kernel)
        return true;
    return playback_time_wait(app, end, left);
}

// How much of a ring is left; in ASCII a bar.
static const char *ring(bool ascii, tw_time left, tw_time whole) {
    enum { PARTS = 4 };
    static const char *const rings[] = {"\u25cb", "\u25d4", "\u25d1", "\u25d5", "\u25cf"};
    static const char *const bars[] = {"(----)", "(#---)", "(##--)", "(###-)", "(####)"};
    _Static_assert(TW_COUNT(rings) == PARTS + 1 && TW_COUNT(bars) == PARTS + 1, "by quarters");
    size_t part = (size_t)((left * PARTS + whole - 1) / whole);
    return (ascii ? bars : rings)[part < PARTS ? part : PARTS];
}

// "C ring 47 s  S ring 12 s of 60 s, Linux", about `centre`; false: no end waits.
static bool draw_ring(const struct app *app, struct canvas *canvas, struct area area,
                      const struct way *way, int centre, int y) {
    tw_time whole = app->profile->time_wait, left;
    int letters[TW_END_COUNT] = {TW_NONE, TW_NONE}; // their columns in the list of both
    bool kernels = true, kernel;
    char list[CAPTION_TEXT] = "", text[2 * CAPTION_TEXT], time[WORD_TEXT];
    for (int end = 0; end < TW_END_COUNT; end++) {
        if (!waits(app, way, (enum tw_end)end, &left, &kernel))
            continue;
        size_t length = strlen(list);
        kernels = kernels && kernel;
        letters[end] = length > 0 ? canvas_text_width(list) + 2 : 0;
        snprintf(list + length, sizeof list - length, "%s%s %s %s", length > 0 ? "  " : "",
                 end == TW_CLIENT ? "C" : "S", ring(app->ascii, left, whole),
                 short_time(left, false, time));
    }
    if (list[0] == '\0')
        return false;
    short_time(whole, false, time);
    if (kernels)
        snprintf(text, sizeof text, _("%s of %s, by its kernel"), list, time);
    else
        snprintf(text, sizeof text, _("%s of %s, %s"), list, time, app->profile->title);
    if (canvas_text_width(text) > area.width)
        snprintf(text, sizeof text, _("%s of %s"), list, time);
    int x = centre - canvas_text_width(text) / 2, most = area.width - canvas_text_width(text) - 1;
    x = x > most ? most : x;
    x = x < 1 ? 1 : x;
    canvas_text(canvas, area, x, y, text, ROLE_STATE_WAITING);
    char *at = strstr(text, list); // wherever the language puts it
    if (at == NULL)
        return true;
    *at = '\0';
    x += canvas_text_width(text);
    if (letters[TW_CLIENT] != TW_NONE)
        canvas_put(canvas, area, x + letters[TW_CLIENT], y, 'C', ROLE_CLIENT);
    if (letters[TW_SERVER] != TW_NONE)
        canvas_put(canvas, area, x + letters[TW_SERVER], y, 'S', ROLE_SERVER);
    return true;
}

// What the step is in the figure's words; true: it has no line there, then in the table's.
static bool step_text(const struct app *app, const struct tw_diagram *diagram,
                      const struct tw_ladder_step *step, int room, char text[CAPTION_TEXT]) {
    const struct tw_diagram_edge *edges[STEP_EDGES];
    step_edges(diagram, step, edges);
    bool jumps = edges[1] == NULL;
    char what[CAPTION_TEXT / 2], label[TW_DIAGRAM_LABEL_TEXT];
    snprintf(what, sizeof what, "%s%s%s", edges[0] != NULL ? edges[0]->what : "",
             edges[0] != NULL ? " + " : "",
             jumps ? _(tw_event_label(step->event)) : tw_diagram_label(edges[1], label));
    const char *arrow = jumps ? (app->ascii ? "~>" : "\u21e2") : app->ascii ? "->" : "\u2192";
    const char *from = tw_state_name(step->from), *to = tw_state_name(step->to);
    if (step->from == step->to) // it answers where there is no connection
        snprintf(text, CAPTION_TEXT, "%s  %s", what, to);
    else
        snprintf(text, CAPTION_TEXT, "%s  %s %s %s", what, from, arrow, to);
    if (canvas_text_width(text) > room && jumps)
        snprintf(text, CAPTION_TEXT, "%s %s %s", what, arrow, to);
    else if (canvas_text_width(text) > room)
        snprintf(text, CAPTION_TEXT, "%s", what);
    return jumps;
}

static void draw_caption(const struct app *app, struct canvas *canvas, struct area area,
                         const struct tw_diagram *diagram, const struct way *way, int y) {
    if (way->last == NULL)
        return;
    char text[CAPTION_TEXT];
    bool client = way->last->end == TW_CLIENT;
    bool jumps = step_text(app, diagram, way->last, area.width - TOKEN - 1, text);
    int width = TOKEN + canvas_text_width(text);
    int x = diagram->lines ? (area.width - width) / 2 : 1;
    canvas_text(canvas, area, x, y, client ? "C" : "S", client ? ROLE_CLIENT : ROLE_SERVER);
    canvas_text(canvas, area, x + TOKEN, y, text, jumps ? ROLE_WARNING : ROLE_EDGE_NOW);
}

void draw_diagram(const struct app *app, struct canvas *canvas, struct area area) {
    struct tw_diagram diagram;
    struct way way;
    tw_diagram_layout(&diagram, area.width, area.height);
    follow(app, &diagram, &way);
    for (size_t i = 0; i < diagram.edge_count && diagram.lines; i++)
        draw_edge(app, canvas, area, &diagram, &diagram.edges[i],
                  way.lit[i]     ? LINE_DOUBLE
                  : way.taken[i] ? LINE_HEAVY
                                 : LINE_THIN,
                  way.lit[i]     ? ROLE_EDGE_NOW
                  : way.taken[i] ? ROLE_EDGE_PAST
                                 : ROLE_EDGE);
    for (size_t i = 0; i < diagram.node_count; i++)
        draw_marks(app, canvas, area, &diagram.nodes[i], &way);
    for (size_t i = 0; i < diagram.node_count; i++)
        draw_node(app, canvas, area, &diagram, &diagram.nodes[i], &way);
    draw_gliding(app, canvas, area, &diagram, &way);
    const struct tw_diagram_node *waiting = tw_diagram_node(&diagram, TW_TIME_WAIT, false);
    int centre = diagram.lines ? waiting->x + waiting->width / 2 : 0;
    bool rings = draw_ring(app, canvas, area, &way, centre, diagram.foot);
    if (!rings || diagram.foot + 1 < area.height)
        draw_caption(app, canvas, area, &diagram, &way,
                     diagram.foot + 1 < area.height ? diagram.foot + 1 : diagram.foot);
}
