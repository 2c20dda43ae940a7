// SPDX-License-Identifier: MIT
// Proves the state diagram: the figure in the source is that of RFC 9293 and agrees with the state
// table; what is drawn on it, how one walks over it, and the time that was spent in a state.
#include "scene.h"
#include "screens.h"

#include "ui/ui.h"
#include "ui/views/views.h"

// Figure 5, typed off once more, apart from the source: from, to, event, action.
static const struct {
    enum tw_state from, to;
    const char *label;
} figure_5[] = {
    {TW_CLOSED, TW_LISTEN, "passive OPEN / create TCB"},
    {TW_CLOSED, TW_SYN_SENT, "active OPEN / snd SYN"},
    {TW_LISTEN, TW_CLOSED, "CLOSE / delete TCB"},
    {TW_LISTEN, TW_SYN_RECEIVED, "rcv SYN / snd SYN,ACK"},
    {TW_LISTEN, TW_SYN_SENT, "SEND / snd SYN"},
    {TW_SYN_SENT, TW_CLOSED, "CLOSE / delete TCB"},
    {TW_SYN_SENT, TW_SYN_RECEIVED, "rcv SYN / snd SYN,ACK"},
    {TW_SYN_SENT, TW_ESTABLISHED, "rcv SYN,ACK / snd ACK"},
    {TW_SYN_RECEIVED, TW_LISTEN, "rcv RST / x"},
    {TW_SYN_RECEIVED, TW_ESTABLISHED, "rcv ACK of SYN / x"},
    {TW_SYN_RECEIVED, TW_FIN_WAIT_1, "CLOSE / snd FIN"},
    {TW_ESTABLISHED, TW_FIN_WAIT_1, "CLOSE / snd FIN"},
    {TW_ESTABLISHED, TW_CLOSE_WAIT, "rcv FIN / snd ACK"},
    {TW_FIN_WAIT_1, TW_FIN_WAIT_2, "rcv ACK of FIN / x"},
    {TW_FIN_WAIT_1, TW_CLOSING, "rcv FIN / snd ACK"},
    {TW_FIN_WAIT_2, TW_TIME_WAIT, "rcv FIN / snd ACK"},
    {TW_CLOSING, TW_TIME_WAIT, "rcv ACK of FIN / x"},
    {TW_CLOSE_WAIT, TW_LAST_ACK, "CLOSE / snd FIN"},
    {TW_LAST_ACK, TW_CLOSED, "rcv ACK of FIN / x"},
    {TW_TIME_WAIT, TW_CLOSED, "timeout 2MSL / delete TCB"},
};

static const struct {
    int width, height;
} sizes[] = {{39, 15}, {39, 17}, {45, 30},  {79, 24}, {80, 15},
             {80, 16}, {80, 18}, {121, 27}, {199, 59}};

// --- the figure

static void every_edge_is_there_once(void **state) {
    (void)state;
    assert_int_equal(TW_COUNT(figure_5), TW_DIAGRAM_EDGES);
    for (size_t i = 0; i < TW_COUNT(sizes); i++) {
        struct tw_diagram d;
        tw_diagram_layout(&d, sizes[i].width, sizes[i].height);
        assert_int_equal(d.edge_count, TW_DIAGRAM_EDGES);
        for (size_t e = 0; e < TW_COUNT(figure_5); e++) {
            int found = 0;
            for (size_t k = 0; k < d.edge_count; k++) {
                char text[TW_DIAGRAM_LABEL_TEXT];
                bool same = d.edges[k].from == figure_5[e].from && d.edges[k].to == figure_5[e].to;
                found += same;
                if (same)
                    assert_string_equal(tw_diagram_label(&d.edges[k], text), figure_5[e].label);
            }
            assert_int_equal(found, 1);
        }
    }
}

static void edges_are_cells_of_the_table(void **state) {
    (void)state;
    struct tw_diagram d;
    tw_diagram_layout(&d, 100, 30);
    for (size_t i = 0; i < d.edge_count; i++) {
        const struct tw_cell *cell = tw_state_cell(d.edges[i].from, d.edges[i].event);
        assert_int_equal(cell->kind, TW_GO);
        // A RST before the handshake's end leads back to LISTEN only where the profile says so.
        if (d.edges[i].from != TW_SYN_RECEIVED || d.edges[i].to != TW_LISTEN)
            assert_int_equal(cell->next, d.edges[i].to);
    }
    // And every cell that goes somewhere has a line, but for what ends a connection by force, the
    // beginning of a capture, and the two in one segment that pass ESTABLISHED.
    for (unsigned from = 0; from < TW_STATE_COUNT; from++)
        for (unsigned event = 0; event < TW_EVENT_COUNT; event++) {
            const struct tw_cell *cell = tw_state_cell((enum tw_state)from, (enum tw_event)event);
            if (cell->kind != TW_GO || cell->next == TW_CLOSED || event == TW_EV_JOIN ||
                (from == TW_SYN_RECEIVED && event == TW_EV_RCV_FIN))
                continue;
            assert_non_null(
                tw_diagram_edge(&d, (enum tw_state)from, cell->next, (enum tw_event)event));
        }
    // What ends by force takes no line, though there is one for an end in peace.
    assert_null(tw_diagram_edge(&d, TW_SYN_SENT, TW_CLOSED, TW_EV_RCV_RST));
    assert_null(tw_diagram_edge(&d, TW_TIME_WAIT, TW_CLOSED, TW_EV_RCV_RST));
    assert_null(tw_diagram_edge(&d, TW_ESTABLISHED, TW_CLOSED, TW_EV_RCV_RST));
    assert_non_null(tw_diagram_edge(&d, TW_TIME_WAIT, TW_CLOSED, TW_EV_TIMEOUT_2MSL));
}

enum { GRID_W = 200, GRID_H = 60 };

// Marks cells that nothing else may have; `mark` may cross itself.
static void claim(char grid[GRID_H][GRID_W], int x, int y, int width, int height, int right,
                  char mark) {
    for (; width > 0; width--, x++) {
        assert_in_range(y, 0, height - 1);
        assert_in_range(x, 0, right - 1);
        assert_true(grid[y][x] == 0 || (mark != 0 && grid[y][x] == mark));
        grid[y][x] = mark;
    }
}

static bool touches(const struct tw_diagram_node *node, struct tw_diagram_point p) {
    enum { TOKENS = 2 };
    bool across = p.x >= node->x && p.x < node->x + node->width;
    return p.y == node->y ? p.x == node->x - TOKENS - 1 || p.x == node->x + node->width + TOKENS
                          : across && (p.y == node->y - 1 || p.y == node->y + 1);
}

static void lines_lead_from_state_to_state(void **state) {
    (void)state;
    for (size_t i = 0; i < TW_COUNT(sizes); i++) {
        static char grid[GRID_H][GRID_W];
        memset(grid, 0, sizeof grid);
        int width = sizes[i].width, height = sizes[i].height;
        struct tw_diagram d;
        tw_diagram_layout(&d, width, height);
        assert_true(d.lines);
        assert_true(d.foot + 2 <= height);
        assert_int_equal(d.node_count, TW_DIAGRAM_NODES);
        for (size_t n = 0; n < d.node_count; n++) // with both tokens
            claim(grid, d.nodes[n].x - 2, d.nodes[n].y, d.nodes[n].width + 4, d.foot, width, 'N');
        for (size_t e = 0; e < d.edge_count; e++) {
            const struct tw_diagram_edge *edge = &d.edges[e];
            assert_in_range(edge->point_count, 2, TW_DIAGRAM_POINTS);
            const struct tw_diagram_node *to = tw_diagram_node(&d, edge->to, edge->over);
            struct tw_diagram_point first = edge->points[0],
                                    last = edge->points[edge->point_count - 1];
            assert_true(touches(tw_diagram_node(&d, edge->from, false), first));
            assert_true(touches(to, last));
            assert_int_equal(edge->head, last.y < to->y   ? TW_HEAD_DOWN
                                         : last.y > to->y ? TW_HEAD_UP
                                         : last.x < to->x ? TW_HEAD_RIGHT
                                                          : TW_HEAD_LEFT);
            for (int p = 0; p + 1 < edge->point_count; p++) {
                struct tw_diagram_point a = edge->points[p], b = edge->points[p + 1];
                assert_true(a.x == b.x || a.y == b.y);
                for (;; a.x += (b.x > a.x) - (b.x < a.x), a.y += (b.y > a.y) - (b.y < a.y)) {
                    claim(grid, a.x, a.y, 1, d.foot, width, (char)('a' + e)); // alone in its cells
                    if (a.x == b.x && a.y == b.y)
                        break;
                }
            }
        }
        for (size_t e = 0; e < d.edge_count; e++) {
            char text[TW_DIAGRAM_LABEL_TEXT];
            struct tw_diagram_point at = d.edges[e].label;
            assert_int_equal(d.edges[e].labelled, width >= TW_DIAGRAM_LABELS);
            if (!d.edges[e].labelled)
                continue;
            int length = (int)strlen(tw_diagram_label(&d.edges[e], text));
            for (int x = at.x; x < at.x + length; x++) { // on the line itself, or where nothing is
                assert_true(grid[at.y][x] == 0 || grid[at.y][x] == (char)('a' + e));
                grid[at.y][x] = 'L';
            }
            // Whose label it is can be seen: its own line is beside it.
            char left = grid[at.y][at.x - 1], before = grid[at.y][at.x - 2];
            char right = grid[at.y][at.x + length], behind = grid[at.y][at.x + length + 1];
            char own = (char)('a' + e);
            assert_true(left == own || right == own || (left == 0 && before == own) ||
                        (right == 0 && behind == own));
        }
    }
}

static void too_small_is_a_list(void **state) {
    (void)state;
    for (int width = -1; width < 200; width++)
        for (int height = -1; height < 20; height++) {
            struct tw_diagram d;
            tw_diagram_layout(&d, width, height);
            assert_int_equal(d.lines, width >= TW_DIAGRAM_WIDTH && height >= TW_DIAGRAM_HEIGHT);
            if (d.lines || width < TW_DIAGRAM_LIST_WIDTH || height < TW_DIAGRAM_LIST_HEIGHT)
                continue;
            assert_int_equal(d.node_count, TW_STATE_COUNT);
            for (size_t i = 0; i < d.node_count; i++) {
                const struct tw_diagram_node *n = &d.nodes[i], *next = n + 1;
                assert_true(n->x >= 1 && n->x + n->width < width);
                assert_in_range(n->y, 0, height - 1);
                if (i + 1 < d.node_count && next->y == n->y)
                    assert_true(next->x > n->x + n->width);
            }
        }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_edge_is_there_once),
        cmocka_unit_test(edges_are_cells_of_the_table),
        cmocka_unit_test(lines_lead_from_state_to_state),
        cmocka_unit_test(too_small_is_a_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
