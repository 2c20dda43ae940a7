// SPDX-License-Identifier: MIT
// Lays out the state diagram of RFC 9293, figure 5. The figure stands here as it is drawn, once
// with its labels and once without; its lines are followed from state to state, and where there is
// more room its rows are moved apart.
#include "tcpwalk/picture.h"

#include <stdio.h>
#include <string.h>

enum { ROWS = 13, LEVELS = 7, FOOT = 2, GAP_MAX = 3, TOKEN_ROOM = 2 };
_Static_assert(ROWS == 2 * LEVELS - 1, "every second row has states, the others lines only");
_Static_assert(TW_DIAGRAM_HEIGHT == ROWS + FOOT, "the least height is that of the figures");

// Lines bend at . (downwards) and ' (upwards) and end in V, ^, < or >. They touch their state above
// or below, or keep two cells away beside it, for the tokens. A label stands on its line, or
// beside it with a blank in between.
struct figure {
    int width;
    const char *rows[ROWS];
};
static const struct figure labelled = {
    TW_DIAGRAM_LABELS,
    {
        "       .-passive OPEN / create TCB-  CLOSED  --active OPEN / snd SYN---.",
        "       V  .----CLOSE / delete TCB-----^  ^---CLOSE / delete TCB----.   V",
        "      LISTEN  -----------------SEND / snd SYN----------------->  SYN-SENT",
        "       ^  '--rcv SYN / snd SYN,ACK--V     V-rcv SYN / snd SYN,ACK--'   |",
        "       '------rcv RST / x-------  SYN-RECEIVED                         |",
        "    .--------CLOSE / snd FIN--------'   V rcv ACK of SYN / x           |",
        "    |                             ESTABLISHED  <-rcv SYN,ACK / snd ACK-'",
        "    V    V-----CLOSE / snd FIN------'     '-------rcv FIN / snd ACK-------V",
        "  FIN-WAIT-1  --rcv FIN / snd ACK--.                                CLOSE-WAIT",
        "     V rcv ACK of FIN / x          V                      CLOSE / snd FIN V",
        "  FIN-WAIT-2                    CLOSING                               LAST-ACK",
        "     |          rcv ACK of FIN / x V                   rcv ACK of FIN / x V",
        "     '--rcv FIN / snd ACK--->  TIME-WAIT  -timeout 2MSL / delete TCB->  CLOSED",
    },
};
static const struct figure bare = {
    TW_DIAGRAM_WIDTH,
    {
        "      .-------  CLOSED  ----------.",
        "      V  .-------^  ^---------.   V",
        "     LISTEN  ------------>  SYN-SENT",
        "      ^  '-------V   V--------'   |",
        "      '----  SYN-RECEIVED         |",
        "   .------------'  V              |",
        "   |          ESTABLISHED  <------'",
        "   V    V-------'     '---------V",
        "  FIN-WAIT-1  -----.       CLOSE-WAIT",
        "     V             V            V",
        "  FIN-WAIT-2    CLOSING     LAST-ACK",
        "     |             V             V",
        "     '------>  TIME-WAIT  -->  CLOSED",
    },
};

static const struct {
    enum tw_state from, to;
    bool over;
    enum tw_event event;
    const char *what, *action;
} edges[] = {
    {TW_CLOSED, TW_LISTEN, false, TW_EV_PASSIVE_OPEN, "passive OPEN", "create TCB"},
    {TW_CLOSED, TW_SYN_SENT, false, TW_EV_SEND_SYN, "active OPEN", "snd SYN"},
    {TW_LISTEN, TW_CLOSED, false, TW_EV_GIVE_UP, "CLOSE", "delete TCB"},
    {TW_LISTEN, TW_SYN_RECEIVED, false, TW_EV_RCV_SYN, "rcv SYN", "snd SYN,ACK"},
    {TW_LISTEN, TW_SYN_SENT, false, TW_EV_SEND_SYN, "SEND", "snd SYN"},
    {TW_SYN_SENT, TW_CLOSED, false, TW_EV_GIVE_UP, "CLOSE", "delete TCB"},
    {TW_SYN_SENT, TW_SYN_RECEIVED, false, TW_EV_RCV_SYN, "rcv SYN", "snd SYN,ACK"},
    {TW_SYN_SENT, TW_ESTABLISHED, false, TW_EV_RCV_SYN_ACK, "rcv SYN,ACK", "snd ACK"},
    {TW_SYN_RECEIVED, TW_LISTEN, false, TW_EV_RCV_RST, "rcv RST", "x"},
    {TW_SYN_RECEIVED, TW_ESTABLISHED, false, TW_EV_RCV_ACK_OF_SYN, "rcv ACK of SYN", "x"},
    {TW_SYN_RECEIVED, TW_FIN_WAIT_1, false, TW_EV_SEND_FIN, "CLOSE", "snd FIN"},
    {TW_ESTABLISHED, TW_FIN_WAIT_1, false, TW_EV_SEND_FIN, "CLOSE", "snd FIN"},
    {TW_ESTABLISHED, TW_CLOSE_WAIT, false, TW_EV_RCV_FIN, "rcv FIN", "snd ACK"},
    {TW_FIN_WAIT_1, TW_FIN_WAIT_2, false, TW_EV_RCV_ACK_OF_FIN, "rcv ACK of FIN", "x"},
    {TW_FIN_WAIT_1, TW_CLOSING, false, TW_EV_RCV_FIN, "rcv FIN", "snd ACK"},
    {TW_FIN_WAIT_2, TW_TIME_WAIT, false, TW_EV_RCV_FIN, "rcv FIN", "snd ACK"},
    {TW_CLOSING, TW_TIME_WAIT, false, TW_EV_RCV_ACK_OF_FIN, "rcv ACK of FIN", "x"},
    {TW_CLOSE_WAIT, TW_LAST_ACK, false, TW_EV_SEND_FIN, "CLOSE", "snd FIN"},
    {TW_LAST_ACK, TW_CLOSED, true, TW_EV_RCV_ACK_OF_FIN, "rcv ACK of FIN", "x"},
    {TW_TIME_WAIT, TW_CLOSED, true, TW_EV_TIMEOUT_2MSL, "timeout 2MSL", "delete TCB"},
};
_Static_assert(TW_COUNT(edges) == TW_DIAGRAM_EDGES, "all edges of the figure");

// --- reading a figure

static char letter(const struct figure *figure, int x, int y) {
    if (y < 0 || y >= ROWS || x < 0 || x >= (int)strlen(figure->rows[y]))
        return ' ';
    return figure->rows[y][x];
}

static bool add_node(struct tw_diagram *diagram, const struct figure *figure, enum tw_state state,
                     bool over) {
    const char *name = tw_state_name(state);
    for (int i = 0; i < ROWS; i++) {
        int y = over ? ROWS - 1 - i : i; // CLOSED: from above, or from below
        const char *at = strstr(figure->rows[y], name);
        if (at == NULL)
            continue;
        diagram->nodes[diagram->node_count++] =
            (struct tw_diagram_node){.state = state,
                                     .over = over,
                                     .x = (int)(at - figure->rows[y]),
                                     .y = y,
                                     .width = (int)strlen(name)};
        return true;
    }
    return false;
}

static bool is_head(char c, enum tw_diagram_head *head) {
    static const char heads[] = {
        [TW_HEAD_DOWN] = 'V', [TW_HEAD_UP] = '^', [TW_HEAD_LEFT] = '<', [TW_HEAD_RIGHT] = '>'};
    for (size_t i = 0; i < sizeof heads; i++)
        if (heads[i] == c) {
            *head = (enum tw_diagram_head)i;
            return true;
        }
    return false;
}

// The node that a head at (x, y) touches.
static const struct tw_diagram_node *touched(const struct tw_diagram *diagram,
                                             enum tw_diagram_head head, int x, int y) {
    for (size_t i = 0; i < diagram->node_count; i++) {
        const struct tw_diagram_node *n = &diagram->nodes[i];
        bool across = x >= n->x && x < n->x + n->width;
        if ((head == TW_HEAD_DOWN && across && y + 1 == n->y) ||
            (head == TW_HEAD_UP && across && y - 1 == n->y) ||
            (head == TW_HEAD_LEFT && y == n->y && x == n->x + n->width + TOKEN_ROOM) ||
            (head == TW_HEAD_RIGHT && y == n->y && x == n->x - TOKEN_ROOM - 1))
            return n;
    }
    return NULL;
}

// Follows the line that begins at (x, y) in direction (dx, dy) to its head. False: there is none.
static bool follow(const struct figure *figure, int x, int y, int dx, int dy,
                   struct tw_diagram_edge *line) {
    *line = (struct tw_diagram_edge){.points = {{x, y}}, .point_count = 1};
    while (!is_head(letter(figure, x, y), &line->head)) {
        char c = letter(figure, x, y);
        if (c == '.' || c == '\'') {
            if (line->points[line->point_count - 1].x != x ||
                line->points[line->point_count - 1].y != y)
                line->points[line->point_count++] = (struct tw_diagram_point){x, y};
            bool turns_across = dx == 0;
            dx = !turns_across ? 0 : letter(figure, x + 1, y) == '-' ? 1 : -1;
            dy = turns_across ? 0 : c == '.' ? 1 : -1;
        } else if (c != '-' && c != '|' && !line->labelled) {
            line->labelled = true;
            line->label = (struct tw_diagram_point){x, y};
            while (dx < 0 && line->label.x > 0 && letter(figure, line->label.x - 1, y) != '-')
                line->label.x--; // it is read from its end
        }
        x += dx;
        y += dy;
        if (x < 0 || y < 0 || x >= figure->width || y >= ROWS ||
            line->point_count == TW_DIAGRAM_POINTS)
            return false;
    }
    line->points[line->point_count++] = (struct tw_diagram_point){x, y};
    return true;
}

// A label beside a line's upright parts.
static void find_label(const struct figure *figure, struct tw_diagram_edge *edge) {
    char text[TW_DIAGRAM_LABEL_TEXT];
    size_t length = strlen(tw_diagram_label(edge, text));
    for (int i = 0; i + 1 < edge->point_count; i++) {
        struct tw_diagram_point a = edge->points[i], b = edge->points[i + 1];
        for (int y = a.y < b.y ? a.y : b.y; y <= a.y || y <= b.y; y++) {
            const int begins[] = {a.x + TOKEN_ROOM, a.x - 1 - (int)length};
            for (size_t side = 0; side < TW_COUNT(begins) && a.x == b.x; side++)
                if (begins[side] >= 0 && begins[side] < (int)strlen(figure->rows[y]) &&
                    strncmp(figure->rows[y] + begins[side], text, length) == 0) {
                    edge->labelled = true;
                    edge->label = (struct tw_diagram_point){begins[side], y};
                }
        }
    }
}

static void add_line(struct tw_diagram *diagram, const struct figure *figure,
                     const struct tw_diagram_node *from, int x, int y, int dx, int dy) {
    struct tw_diagram_edge line;
    if (!follow(figure, x, y, dx, dy, &line))
        return;
    struct tw_diagram_point end = line.points[line.point_count - 1];
    const struct tw_diagram_node *to = touched(diagram, line.head, end.x, end.y);
    for (size_t i = 0; i < TW_COUNT(edges); i++) {
        struct tw_diagram_edge *edge = &diagram->edges[i];
        if (to == NULL || edge->from != from->state || edge->to != to->state ||
            edge->over != to->over)
            continue;
        memcpy(edge->points, line.points, sizeof edge->points);
        edge->point_count = line.point_count;
        edge->head = line.head;
        edge->labelled = line.labelled;
        edge->label = line.label;
        if (!edge->labelled)
            find_label(figure, edge);
    }
}

// Lines begin above, below or beside a node, where there is no head.
static void add_lines(struct tw_diagram *diagram, const struct figure *figure,
                      const struct tw_diagram_node *node) {
    for (int x = node->x; x < node->x + node->width; x++) {
        char above = letter(figure, x, node->y - 1), below = letter(figure, x, node->y + 1);
        if (above == '.')
            add_line(diagram, figure, node, x, node->y - 1, 0, -1);
        if (below == '\'' || below == '|' || below == 'V')
            add_line(diagram, figure, node, x, node->y + 1, 0, 1);
    }
    int left = node->x - TOKEN_ROOM - 1, right = node->x + node->width + TOKEN_ROOM;
    if (letter(figure, left, node->y) == '-')
        add_line(diagram, figure, node, left, node->y, -1, 0);
    if (letter(figure, right, node->y) == '-')
        add_line(diagram, figure, node, right, node->y, 1, 0);
}

static void read_figure(struct tw_diagram *diagram, const struct figure *figure) {
    for (unsigned state = 0; state < TW_STATE_COUNT; state++)
        if (!add_node(diagram, figure, (enum tw_state)state, false))
            return;
    if (!add_node(diagram, figure, TW_CLOSED, true))
        return;
    for (size_t i = 0; i < diagram->node_count; i++)
        add_lines(diagram, figure, &diagram->nodes[i]);
}

// --- fitting it

// Where each row of the figure goes: rows without states are as high as there is room for, those
// with labels beside lines first, and what is left stands around.
static void spread(int height, int to[ROWS]) {
    static const int order[] = {3, 2, 4, 5, 1, 0};
    int gaps[LEVELS - 1] = {0}, spare = height - TW_DIAGRAM_HEIGHT;
    for (int round = 0; round < GAP_MAX; round++)
        for (size_t i = 0; i < TW_COUNT(order) && spare > 0; i++, spare--)
            gaps[order[i]]++;
    int y = spare > 0 ? spare / 2 : 0;
    for (int level = 0; level < LEVELS; level++) {
        to[2 * level] = y;
        if (level == LEVELS - 1)
            return;
        to[2 * level + 1] = y + 1 + gaps[level] / 2;
        y += 2 + gaps[level];
    }
}

// Moves a line with its rows; its ends stay beside their states, which have not moved yet.
static void move_line(const struct tw_diagram *diagram, struct tw_diagram_edge *edge,
                      const int to[ROWS], int margin) {
    struct tw_diagram_point points[TW_DIAGRAM_POINTS];
    int count = 0, last = edge->point_count - 1;
    for (int i = 0; i <= last; i++) {
        struct tw_diagram_point p = edge->points[i];
        const struct tw_diagram_node *node = i == 0 ? tw_diagram_node(diagram, edge->from, false)
                                             : i == last
                                                 ? tw_diagram_node(diagram, edge->to, edge->over)
                                                 : NULL;
        struct tw_diagram_point moved = {p.x + margin, to[p.y]}, end = moved;
        if (node != NULL && p.y != node->y)
            end.y = to[node->y] + (p.y > node->y ? 1 : -1);
        if (i == last && count < TW_DIAGRAM_POINTS - 1 && moved.y != end.y)
            points[count++] = moved;
        points[count++] = end;
        if (i == 0 && moved.y != end.y)
            points[count++] = moved;
    }
    memcpy(edge->points, points, sizeof points);
    edge->point_count = count;
    edge->label.x += margin;
    edge->label.y = edge->labelled ? to[edge->label.y] : 0;
}

static void fit_figure(struct tw_diagram *diagram, const struct figure *figure, int width,
                       int height) {
    int to[ROWS], margin = (width - figure->width) / 2;
    read_figure(diagram, figure);
    spread(height, to);
    for (size_t i = 0; i < diagram->edge_count; i++)
        move_line(diagram, &diagram->edges[i], to, margin);
    for (size_t i = 0; i < diagram->node_count; i++) {
        diagram->nodes[i].x += margin;
        diagram->nodes[i].y = to[diagram->nodes[i].y];
    }
    diagram->lines = true;
    diagram->foot = to[ROWS - 1] + 1;
}

// The list, each name with a cell for a token at either side: opening, open, closing.
//
//   CLOSED  LISTEN  SYN-SENT  SYN-RECEIVED
//   ESTABLISHED  FIN-WAIT-1  FIN-WAIT-2
//   CLOSE-WAIT LAST-ACK CLOSING  TIME-WAIT
//
// In 40 columns the first three of the last row share theirs: no connection has its server in the
// left and its client in the right one of such a pair.
static void fit_list(struct tw_diagram *diagram, int width, int height) {
    enum { COLUMNS = 4, GAP_LEAST = 1, GAP_MOST = 6, UNSHARED = TW_DIAGRAM_LIST_WIDTH + 2 };
    static const struct {
        enum tw_state states[COLUMNS];
        int count;
    } rows[TW_DIAGRAM_LIST_HEIGHT] = {
        {{TW_CLOSED, TW_LISTEN, TW_SYN_SENT, TW_SYN_RECEIVED}, COLUMNS},
        {{TW_ESTABLISHED, TW_FIN_WAIT_1, TW_FIN_WAIT_2}, COLUMNS - 1},
        {{TW_CLOSE_WAIT, TW_LAST_ACK, TW_CLOSING, TW_TIME_WAIT}, COLUMNS},
    };
    int more = (width - UNSHARED) / (COLUMNS - 1), spare = height - TW_DIAGRAM_LIST_HEIGHT;
    int gap = more < 0 ? 0 : more > GAP_MOST ? GAP_MOST : more;
    int top = spare > FOOT ? (spare - FOOT) / 2 : 0;
    for (int row = 0; row < TW_DIAGRAM_LIST_HEIGHT; row++) {
        int x = 1;
        for (int i = 0; i < rows[row].count; i++) {
            enum tw_state state = rows[row].states[i];
            bool shares = gap == 0 && (state == TW_CLOSE_WAIT || state == TW_LAST_ACK);
            struct tw_diagram_node *node = &diagram->nodes[diagram->node_count++];
            *node = (struct tw_diagram_node){
                .state = state, .x = x, .y = top + row, .width = (int)strlen(tw_state_name(state))};
            x += node->width + (shares ? GAP_LEAST : 2 * GAP_LEAST + gap);
        }
    }
    diagram->foot = top + TW_DIAGRAM_LIST_HEIGHT + (spare > FOOT);
}

void tw_diagram_layout(struct tw_diagram *diagram, int width, int height) {
    *diagram = (struct tw_diagram){.edge_count = TW_COUNT(edges)};
    for (size_t i = 0; i < TW_COUNT(edges); i++)
        diagram->edges[i] = (struct tw_diagram_edge){.from = edges[i].from,
                                                     .to = edges[i].to,
                                                     .over = edges[i].over,
                                                     .event = edges[i].event,
                                                     .what = edges[i].what,
                                                     .action = edges[i].action};
    if (width < TW_DIAGRAM_WIDTH || height < TW_DIAGRAM_HEIGHT)
        fit_list(diagram, width, height);
    else
        fit_figure(diagram, width < TW_DIAGRAM_LABELS ? &bare : &labelled, width, height);
}

const struct tw_diagram_node *tw_diagram_node(const struct tw_diagram *diagram, enum tw_state state,
                                              bool over) {
    const struct tw_diagram_node *found = &diagram->nodes[0];
    for (size_t i = 0; i < diagram->node_count; i++)
        if (diagram->nodes[i].state == state &&
            (found->state != state || diagram->nodes[i].over == over))
            found = &diagram->nodes[i];
    return found;
}

const struct tw_diagram_edge *tw_diagram_edge(const struct tw_diagram *diagram, enum tw_state from,
                                              enum tw_state to, enum tw_event event) {
    for (size_t i = 0; i < diagram->edge_count; i++) {
        const struct tw_diagram_edge *edge = &diagram->edges[i];
        if (edge->from == from && edge->to == to && (to != TW_CLOSED || edge->event == event))
            return edge;
    }
    return NULL;
}

const char *tw_diagram_label(const struct tw_diagram_edge *edge, char text[TW_DIAGRAM_LABEL_TEXT]) {
    snprintf(text, TW_DIAGRAM_LABEL_TEXT, "%s / %s", edge->what, edge->action);
    return text;
}
