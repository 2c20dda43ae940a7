// SPDX-License-Identifier: MIT
// Lays out the state diagram of RFC 9293, figure 5: opening above, open in the middle, the active
// close on the left and the passive one on the right.
//
//                 CLOSED
//          LISTEN        SYN-SENT
//              SYN-RECEIVED
//              ESTABLISHED
//        FIN-WAIT-1      CLOSE-WAIT
//   FIN-WAIT-2  CLOSING   LAST-ACK
//         TIME-WAIT        CLOSED
#include "tcpwalk/picture.h"

#include <string.h>

enum { LEVELS = 7, NARROW = 0, WIDE = 1, TOKEN_ROOM = 2, GAP_MAX = 3 };

// Centre column of each node in the narrow and the wide picture, and its level.
static const struct {
    enum tw_state state;
    bool over;
    int level, centre[2];
} places[] = {
    {TW_CLOSED, false, 0, {19, 38}},      {TW_LISTEN, false, 1, {8, 16}},
    {TW_SYN_SENT, false, 1, {30, 60}},    {TW_SYN_RECEIVED, false, 2, {19, 38}},
    {TW_ESTABLISHED, false, 3, {19, 38}}, {TW_FIN_WAIT_1, false, 4, {13, 27}},
    {TW_CLOSE_WAIT, false, 4, {32, 60}},  {TW_FIN_WAIT_2, false, 5, {7, 16}},
    {TW_CLOSING, false, 5, {20, 39}},     {TW_LAST_ACK, false, 5, {32, 60}},
    {TW_TIME_WAIT, false, 6, {13, 27}},   {TW_CLOSED, true, 6, {32, 60}},
};
_Static_assert(TW_COUNT(places) == TW_DIAGRAM_NODES, "every state has its place, CLOSED two");

// How an edge leaves and enters: below or beside its node, `dx` columns from the centre. Of
// several events that take the same way one is named.
enum side { BELOW, ABOVE, LEFT, RIGHT };
enum label { NO_LABEL, LABEL_LEFT, LABEL_RIGHT }; // beside the line, above the node it goes to
static const struct {
    enum tw_state from, to;
    enum tw_event event;
    enum side out, in;
    int out_dx, in_dx;
    enum label label;
} routes[] = {
    {TW_CLOSED, TW_LISTEN, TW_EV_PASSIVE_OPEN, LEFT, ABOVE, 0, 0, LABEL_RIGHT},
    {TW_CLOSED, TW_SYN_SENT, TW_EV_SEND_SYN, RIGHT, ABOVE, 0, 0, LABEL_LEFT},
    {TW_LISTEN, TW_SYN_SENT, TW_EV_SEND_SYN, RIGHT, LEFT, 0, 0, NO_LABEL},
    {TW_LISTEN, TW_SYN_RECEIVED, TW_EV_RCV_SYN, BELOW, ABOVE, 0, -2, LABEL_LEFT},
    {TW_SYN_SENT, TW_SYN_RECEIVED, TW_EV_RCV_SYN, BELOW, ABOVE, -2, 2, LABEL_RIGHT},
    {TW_SYN_SENT, TW_ESTABLISHED, TW_EV_RCV_SYN_ACK, BELOW, RIGHT, 4, 0, LABEL_LEFT},
    {TW_SYN_RECEIVED, TW_ESTABLISHED, TW_EV_RCV_ACK_OF_SYN, BELOW, ABOVE, 0, 0, LABEL_LEFT},
    {TW_SYN_RECEIVED, TW_FIN_WAIT_1, TW_EV_SEND_FIN, LEFT, LEFT, 0, 0, NO_LABEL},
    {TW_ESTABLISHED, TW_FIN_WAIT_1, TW_EV_SEND_FIN, BELOW, ABOVE, -3, 0, LABEL_RIGHT},
    {TW_ESTABLISHED, TW_CLOSE_WAIT, TW_EV_RCV_FIN, BELOW, ABOVE, 3, 0, LABEL_RIGHT},
    {TW_FIN_WAIT_1, TW_FIN_WAIT_2, TW_EV_RCV_ACK_OF_FIN, BELOW, ABOVE, -3, 0, LABEL_LEFT},
    {TW_FIN_WAIT_1, TW_CLOSING, TW_EV_RCV_FIN, BELOW, ABOVE, 2, 0, LABEL_RIGHT},
    {TW_FIN_WAIT_2, TW_TIME_WAIT, TW_EV_RCV_FIN, BELOW, ABOVE, 0, -2, LABEL_LEFT},
    {TW_CLOSING, TW_TIME_WAIT, TW_EV_RCV_ACK_OF_FIN, BELOW, ABOVE, 0, 2, LABEL_RIGHT},
    {TW_TIME_WAIT, TW_CLOSED, TW_EV_TIMEOUT_2MSL, RIGHT, LEFT, 0, 0, LABEL_LEFT},
    {TW_CLOSE_WAIT, TW_LAST_ACK, TW_EV_SEND_FIN, BELOW, ABOVE, 0, 0, LABEL_RIGHT},
    {TW_LAST_ACK, TW_CLOSED, TW_EV_RCV_ACK_OF_FIN, BELOW, ABOVE, 0, 0, LABEL_RIGHT},
};
_Static_assert(TW_COUNT(routes) <= TW_DIAGRAM_EDGES, "there is room for every edge");

// Rows between the levels: one at least, then more where labels need it most.
static void spread(int height, int top[LEVELS]) {
    static const int order[] = {3, 4, 5, 1, 0, 2};
    int gaps[LEVELS - 1] = {0};
    int spare = height - LEVELS;
    for (int round = 0; round < GAP_MAX; round++)
        for (size_t i = 0; i < TW_COUNT(order) && spare > 0; i++, spare--)
            gaps[order[i]]++;
    top[0] = spare > 0 ? spare / 2 : 0; // centred
    for (int level = 1; level < LEVELS; level++)
        top[level] = top[level - 1] + 1 + gaps[level - 1];
}

static int centre_of(const struct tw_diagram_node *node) {
    return node->x + node->width / 2;
}

// Where a line meets a node's side.
static struct tw_diagram_point meet(const struct tw_diagram_node *node, enum side side, int dx) {
    switch (side) {
    case BELOW: return (struct tw_diagram_point){centre_of(node) + dx, node->y + 1};
    case ABOVE: return (struct tw_diagram_point){centre_of(node) + dx, node->y - 1};
    case LEFT: return (struct tw_diagram_point){node->x - TOKEN_ROOM - 1, node->y};
    default: return (struct tw_diagram_point){node->x + node->width + TOKEN_ROOM, node->y};
    }
}

static void add_edge(struct tw_diagram *diagram, size_t route, bool wide) {
    enum tw_state from = routes[route].from, to = routes[route].to;
    bool over = to == TW_CLOSED;
    const struct tw_diagram_node *a = tw_diagram_node(diagram, from, false);
    const struct tw_diagram_node *b = tw_diagram_node(diagram, to, over);
    struct tw_diagram_edge *edge = &diagram->edges[diagram->edge_count];
    *edge = (struct tw_diagram_edge){.from = from, .to = to, .event = routes[route].event};
    diagram->edge_count++;
    enum side out = routes[route].out, in = routes[route].in;
    struct tw_diagram_point start = meet(a, out, routes[route].out_dx);
    struct tw_diagram_point end = meet(b, in, routes[route].in_dx);
    edge->points[edge->point_count++] = start;
    if (out == LEFT && in == LEFT) { // around, on the outside
        int outside = end.x - TOKEN_ROOM;
        edge->points[edge->point_count++] = (struct tw_diagram_point){outside, start.y};
        edge->points[edge->point_count++] = (struct tw_diagram_point){outside, end.y};
    } else if (in == ABOVE && start.x != end.x) { // across first, then down
        edge->points[edge->point_count++] = (struct tw_diagram_point){end.x, start.y};
    } else if (out == BELOW && in != ABOVE) { // down first
        edge->points[edge->point_count++] = (struct tw_diagram_point){start.x, end.y};
    }
    edge->points[edge->point_count++] = end;
    edge->head = in == ABOVE ? TW_HEAD_DOWN : in == LEFT ? TW_HEAD_RIGHT : TW_HEAD_LEFT;

    // The row above the node it goes to is free for a label, unless the line runs across there.
    enum { LABEL_DX = 2 };
    bool left = routes[route].label == LABEL_LEFT, beside = out == RIGHT && in == LEFT;
    int row = b->y - 1, line = in == RIGHT ? start.x : beside ? centre_of(b) : end.x;
    bool across = in == ABOVE && start.x != end.x && start.y == row;
    edge->labelled = wide && !across && routes[route].label != NO_LABEL;
    edge->label_left = left;
    edge->label = (struct tw_diagram_point){left ? line - LABEL_DX : line + LABEL_DX, row};
}

void tw_diagram_layout(struct tw_diagram *diagram, int width, int height) {
    *diagram = (struct tw_diagram){.node_count = TW_DIAGRAM_NODES};
    bool wide = width >= TW_DIAGRAM_LABELS;
    int own_width = wide ? TW_DIAGRAM_LABELS : TW_DIAGRAM_WIDTH;
    int margin = width > own_width ? (width - own_width) / 2 : 0;
    int top[LEVELS];
    spread(height, top);
    for (size_t i = 0; i < TW_COUNT(places); i++) {
        int name = (int)strlen(tw_state_name(places[i].state));
        int centre = places[i].centre[wide ? WIDE : NARROW];
        diagram->nodes[i] = (struct tw_diagram_node){
            .state = places[i].state,
            .over = places[i].over,
            .x = margin + centre - name / 2,
            .y = top[places[i].level],
            .width = name,
        };
    }
    if (width < TW_DIAGRAM_WIDTH || height < TW_DIAGRAM_HEIGHT)
        return;
    for (size_t i = 0; i < TW_COUNT(routes); i++)
        add_edge(diagram, i, wide);
}

const struct tw_diagram_node *tw_diagram_node(const struct tw_diagram *diagram, enum tw_state state,
                                              bool over) {
    for (size_t i = 0; i < diagram->node_count; i++)
        if (diagram->nodes[i].state == state &&
            (state != TW_CLOSED || diagram->nodes[i].over == over))
            return &diagram->nodes[i];
    return &diagram->nodes[0];
}

const struct tw_diagram_edge *tw_diagram_edge(const struct tw_diagram *diagram, enum tw_state from,
                                              enum tw_state to) {
    for (size_t i = 0; i < diagram->edge_count; i++)
        if (diagram->edges[i].from == from && diagram->edges[i].to == to)
            return &diagram->edges[i];
    return NULL;
}
