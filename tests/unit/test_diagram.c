// SPDX-License-Identifier: MIT
// Proves the state diagram: the figure in the source is that of RFC 9293 and agrees with the state
// table; what is drawn on it, how one walks over it, and the time that was spent in a state.
#include "keys.h"
#include "screen_scene.h"

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

// What is behind, and what happens, is told by shape, in ASCII too.
static void kinds_of_line_look_different(void **state) {
    (void)state;
    static const unsigned pairs[] = {
        JOIN_UP | JOIN_DOWN,  JOIN_LEFT | JOIN_RIGHT, JOIN_UP | JOIN_LEFT,
        JOIN_UP | JOIN_RIGHT, JOIN_DOWN | JOIN_LEFT,  JOIN_DOWN | JOIN_RIGHT,
    };
    static const unsigned sides[] = {JOIN_UP, JOIN_DOWN, JOIN_LEFT, JOIN_RIGHT};
    for (int ascii = 0; ascii < 2; ascii++)
        for (int a = LINE_THIN; a < LINE_COUNT; a++)
            for (int b = LINE_THIN; b < LINE_COUNT; b++) {
                for (size_t i = 0; i < TW_COUNT(pairs); i++) {
                    uint32_t one = glyph_line(ascii != 0, pairs[i], (enum line)a);
                    uint32_t other = glyph_line(ascii != 0, pairs[i], (enum line)b);
                    assert_int_equal(one == other, a == b);
                    assert_int_equal(canvas_rune_width(one), 1);
                    assert_true(!ascii || one < 0x7f);
                }
                for (size_t i = 0; i < TW_COUNT(sides); i++) { // across, the line says it
                    uint32_t one = glyph_head(ascii != 0, sides[i], (enum line)a);
                    uint32_t other = glyph_head(ascii != 0, sides[i], (enum line)b);
                    if (!ascii || sides[i] == JOIN_UP || sides[i] == JOIN_DOWN)
                        assert_int_equal(one == other, a == b);
                    assert_int_equal(canvas_rune_width(one), 1);
                    assert_true(!ascii || one < 0x7f);
                }
            }
}

// --- on the screen

// Opens connection `number` of what was sent, its diagram shown, at the end.
static void begin(uint64_t number) {
    tw_tracker_finish(scene.tracker);
    const struct app_options options = {
        .story = scene.story, .source_name = "scene.pcap", .connection = number, .utc = true};
    app_init(&app, &options);
    app.loading = false;
    app_tick(&app, 0);
    assert_int_equal(app.view, VIEW_CONNECTION);
    press("G");
    app.part = PART_DIAGRAM;
}

// To the moment `us` microseconds after the first segment was captured.
static void at(int64_t us) {
    size_t count;
    const tw_time begin = tw_story_segments(app.ladder.connection, &count)[0].time;
    playback_to_place(&app, tw_ladder_place(&app.ladder, begin + us * 1000));
}

static enum role role_at(int x, int y) {
    struct canvas canvas;
    screen_draw(&app, &canvas);
    enum role role = (enum role)canvas.cells[y * canvas.width + x].role;
    canvas_fini(&canvas);
    return role;
}

static bool seen(const char *text) {
    return screen_has(&app, text);
}

// A folded run begins it anew as well as a segment does.
static void time_wait_is_begun_anew_by_a_run(void **state) {
    (void)state;
    scene_close_by_client(&scene, 0, 0);
    for (int i = 0; i < 6; i++)
        scene_send(&scene, 0, 200000 + i * 900000, TW_CLIENT, TW_ACK, 102, 1402, 0);
    begin(1);
    assert_int_equal(app.ladder.run_count, 1);
    assert_true(seen(" 60 s of 60 s"));
}

static void the_way_is_drawn(void **state) {
    (void)state;
    scene_close_by_client(&scene, 0, 0);
    begin(1);
    press("[ [ ["); // the second FIN has left
    expect_screen(&app, "diagram-80x24");
    app.ascii = true;
    expect_screen(&app, "diagram-ascii-80x24");
    app.ascii = false;
    app_resize(&app, 120, 40);
    expect_screen(&app, "diagram-120x40");
    app_resize(&app, 160, 45);
    expect_screen(&app, "diagram-160x45");
    app_resize(&app, 60, 24);
    expect_screen(&app, "diagram-60x24");
    app_resize(&app, 60, 15);
    expect_screen(&app, "diagram-60x15");
    app_resize(&app, 40, 12);
    expect_screen(&app, "diagram-40x12");
}

// A segment that acknowledges the FIN and is one: the figure's note 2.
static void two_edges_by_one_segment(void **state) {
    (void)state;
    scene_handshake(&scene, 0, 0);
    scene_send(&scene, 0, 30000, TW_CLIENT, TW_FIN | TW_ACK, 1, 1, 0);
    scene_send(&scene, 0, 51000, TW_SERVER, TW_FIN | TW_ACK, 1, 2, 0);
    scene_send(&scene, 0, 53000, TW_CLIENT, TW_ACK, 2, 2, 0);
    begin(1);
    at(52500); // it has landed at the client
    assert_true(seen("C rcv ACK of FIN + rcv FIN / snd ACK  FIN-WAIT-1 \u2192 TIME-WAIT"));
    assert_true(seen("\u255a\u2550\u2550rcv FIN / snd ACK\u2550\u2550\u2550\u21d2"));
    assert_true(seen("\u21d3 rcv ACK of FIN / x"));
}

static void a_reset_is_never_silent(void **state) {
    (void)state;
    scene_mixed(&scene);
    begin(6);
    expect_screen(&app, "diagram-reset-80x24");
    app_resize(&app, 120, 24);
    expect_screen(&app, "diagram-reset-120x24");
    app_resize(&app, 60, 15);
    assert_true(seen("rcv RST  ESTABLISHED \u21e2 CLOSED"));
    app_resize(&app, 80, 24);
    press("q");
    app_fini(&app);
    begin(3);
    assert_true(seen("C rcv RST  SYN-SENT \u21e2 CLOSED"));
    assert_true(seen("\u00d7SYN-SENT"));
    press("[");
    assert_true(seen("S abort / snd RST  CLOSED\n"));
    press("G");
    // It has not closed: that edge of the figure was not taken.
    assert_true(seen("\u25b3\u2500\u2500\u2500CLOSE / delete TCB\u2500\u2500\u2500\u2500\u256e"));
}

// Colours say no more than shapes: without them the edge taken last is bold, and double.
static void roles_say_what_is_lit(void **state) {
    (void)state;
    scene_simultaneous_close(&scene, 0, 0);
    begin(1);
    struct tw_diagram d;
    struct area area = part_area(&app);
    tw_diagram_layout(&d, area.width, area.height);
    press("[ [");
    const struct tw_ladder_step *last = NULL;
    for (size_t i = 0; i < app.ladder.step_count; i++)
        if (app.ladder.steps[i].place < app.playback.place)
            last = &app.ladder.steps[i];
    assert_non_null(last);
    const struct tw_diagram_edge *edge = tw_diagram_edge(&d, last->from, last->to, last->event);
    assert_non_null(edge);
    assert_int_equal(role_at(area.x + edge->points[0].x, area.y + edge->points[0].y),
                     ROLE_EDGE_NOW);
    edge = tw_diagram_edge(&d, TW_CLOSED, TW_SYN_SENT, TW_EV_SEND_SYN);
    assert_int_equal(role_at(area.x + edge->points[0].x, area.y + edge->points[0].y),
                     ROLE_EDGE_PAST);
    edge = tw_diagram_edge(&d, TW_CLOSE_WAIT, TW_LAST_ACK, TW_EV_SEND_FIN);
    assert_int_equal(role_at(area.x + edge->points[0].x, area.y + edge->points[0].y), ROLE_EDGE);
}

// While the row of a step goes by its end is on the edge, as far as the row has gone.
static void an_end_goes_along_its_edge(void **state) {
    (void)state;
    scene_close_by_client(&scene, 0, 0);
    begin(1);
    for (size_t i = 0; i < app.ladder.step_count; i++) {
        const struct tw_ladder_step *step = &app.ladder.steps[i];
        if (step->end != TW_CLIENT || step->to != TW_FIN_WAIT_1)
            continue;
        playback_to_place(&app, step->place + 0.5);
        expect_screen(&app, "diagram-gliding-80x24");
        playback_to_place(&app, step->place + 1);
        assert_true(seen("C\u25b8FIN-WAIT-1"));
        return;
    }
    fail();
}

// --- alone, or beside the ladder

static void alone_where_it_would_be_beside(void **state) {
    (void)state;
    scene_close_by_client(&scene, 0, 0);
    begin(1);
    app_resize(&app, 120, 40);
    const int beside = part_area(&app).width;
    assert_true(beside < 120);
    press("f");
    assert_int_equal(part_area(&app).width, 120);
    assert_true(seen("rcv SYN")); // the edges have their labels there
    press("f");
    assert_int_equal(part_area(&app).width, beside);
    app_resize(&app, 80, 24);
    press("f");
    assert_true(seen("no room for the ladder beside another part"));
}

// --- TIME-WAIT's ring

static void time_wait_is_counted_down(void **state) {
    (void)state;
    scene_close_by_client(&scene, 0, 0);
    scene_handshake(&scene, 1, 100000000); // the clock goes on
    begin(1);
    assert_int_equal(app.ladder.steps[app.ladder.step_count - 1].event, TW_EV_TIMEOUT_2MSL);
    enum { LAST = 93000 }; // its last segment
    static const struct {
        int64_t us;
        const char *text, *ascii;
    } moments[] = {
        {LAST + 2000000, "C \u25cf 58 s of 60 s, Linux", "C (####) 58 s of 60 s, Linux"},
        {LAST + 15000000, "C \u25d5 45 s of 60 s, Linux", "C (###-) 45 s of 60 s, Linux"},
        {LAST + 31000000, "C \u25d1 29 s of 60 s, Linux", "C (##--) 29 s of 60 s, Linux"},
        {LAST + 50500000, "C \u25d4 9.5 s of 60 s, Linux", "C (#---) 9.5 s of 60 s, Linux"},
    };
    for (size_t i = 0; i < TW_COUNT(moments); i++) {
        at(moments[i].us);
        app.ascii = false;
        assert_true(seen(moments[i].text));
        app.ascii = true;
        assert_true(seen(moments[i].ascii));
    }
    app.ascii = false;
    at(LAST + 31000000);
    expect_screen(&app, "diagram-time-wait-80x24");
    app_resize(&app, 60, 15);
    assert_true(seen("C \u25d1 29 s of 60 s, Linux"));
    app_resize(&app, 80, 24);
    press("G");
    assert_true(seen("timeout 2MSL / delete TCB"));
    assert_true(seen("C\u25b8CLOSED\u25c2S"));
}

static void both_ends_wait(void **state) {
    (void)state;
    scene_simultaneous_close(&scene, 0, 0);
    begin(1);
    assert_true(seen("C \u25cf 60 s  S \u25cf 60 s of 60 s, Linux"));
    app.profile = tw_profile_find("windows");
    assert_true(seen("C \u25cf 120 s  S \u25cf 120 s of 120 s, Windows"));
    app_resize(&app, 60, 24); // the narrow figure
    assert_true(seen("C \u25cf 120 s  S \u25cf 120 s of 120 s"));
}

// What the kernel itself said of its timer is better than the profile.
static void the_kernel_knows_the_ring(void **state) {
    (void)state;
    scene_close_by_client(&scene, 0, 0);
    begin(1);
    struct tw_witness *witness = tw_witness_new("close");
    assert_non_null(witness);
    const struct tw_connection_info *info = &app.ladder.info;
    const struct tw_tuple tuple = {
        .version = info->version,
        .local = info->end[TW_CLIENT].address,
        .remote = info->end[TW_SERVER].address,
        .local_port = info->end[TW_CLIENT].port,
        .remote_port = info->end[TW_SERVER].port,
    };
    const struct tw_witness_look look = {
        .state = TW_TIME_WAIT,
        .timer = TW_TIMER_TIME_WAIT,
        .time = scene_begin + 92 * TW_MILLISECOND,
        .expires = 17 * TW_SECOND,
    };
    size_t index;
    assert_int_equal(tw_witness_looks_add(witness, TW_CLIENT, &tuple, &index), TW_OK);
    assert_int_equal(tw_witness_look_add(witness, index, &look), TW_OK);
    app.witness = witness;
    assert_true(seen("C \u25d1 17 s of 60 s, by its kernel"));
    app.witness = NULL;
    tw_witness_free(witness);
}

// A live capture's clock goes on where its segments end.
static void the_ring_runs_live(void **state) {
    (void)state;
    scene_close_by_client(&scene, 0, 0);
    const struct app_options options = {.story = scene.story,
                                        .connection = 1,
                                        .live = true,
                                        .epoch = scene_begin + 93 * TW_MILLISECOND};
    app_init(&app, &options);
    app_tick(&app, 0);
    tw_tracker_advance(scene.tracker, scene_begin + 10 * TW_SECOND);
    app_tick(&app, 10 * TW_SECOND);
    press("G");
    app.part = PART_DIAGRAM;
    app_tick(&app, 20 * TW_SECOND);
    assert_true(seen("C \u25d5 40 s of 60 s, Linux"));
    app.changed = false;
    app_tick(&app, 20 * TW_SECOND + 100 * TW_MILLISECOND);
    assert_false(app.changed); // nothing to be seen has changed
    app_tick(&app, 21 * TW_SECOND);
    assert_true(app.changed);
    assert_true(seen("C \u25d5 39 s of 60 s, Linux"));
}

// --- walking

static void walking_reaches_every_state(void **state) {
    (void)state;
    static const enum action keys[] = {ACTION_WALK_UP, ACTION_WALK_DOWN, ACTION_WALK_LEFT,
                                       ACTION_WALK_RIGHT};
    static const int terminals[][2] = {{80, 24}, {120, 40}, {170, 60}, {60, 24},
                                       {60, 15}, {40, 12},  {44, 14},  {100, 50}};
    scene_close_by_client(&scene, 0, 0);
    begin(1);
    for (size_t size = 0; size < TW_COUNT(terminals); size++) {
        app_resize(&app, terminals[size][0], terminals[size][1]);
        press("v");
        struct tw_diagram d;
        struct area area = part_area(&app);
        tw_diagram_layout(&d, area.width, area.height);
        for (size_t from = 0; from < d.node_count; from++) {
            bool reached[TW_DIAGRAM_NODES] = {false};
            size_t queue[TW_DIAGRAM_NODES], length = 0;
            queue[length++] = from;
            reached[from] = true;
            for (size_t at = 0; at < length; at++)
                for (size_t k = 0; k < TW_COUNT(keys); k++) {
                    const struct tw_diagram_node *node = &d.nodes[queue[at]];
                    walk_to(&app, node->state, node->over);
                    app_act(&app, keys[k]);
                    size_t to =
                        (size_t)(tw_diagram_node(&d, app.walk.state, app.walk.over) - d.nodes);
                    if (!reached[to])
                        queue[length++] = to;
                    reached[to] = true;
                }
            assert_int_equal(length, d.node_count);
        }
        press("v");
        assert_false(app.walk.on);
    }
}

static void walking_comes_and_goes(void **state) {
    (void)state;
    scene_close_by_client(&scene, 0, 0);
    begin(1);
    app.part = PART_LADDER;
    double place = app.playback.place;
    press("v");
    assert_int_equal(app.part, PART_DIAGRAM);
    assert_int_equal(app.walk.state, TW_CLOSED);
    assert_true(app.walk.over);
    press("Up");
    assert_int_equal(app.walk.state, TW_LAST_ACK);
    press("h h");
    assert_int_equal(app.walk.state, TW_FIN_WAIT_2);
    press("k l");
    assert_int_equal(app.walk.state, TW_CLOSE_WAIT);
    assert_true(app.playback.place == place);
    press("["); // stepping goes on
    assert_true(app.playback.place < place);
    press("Tab"); // elsewhere: the keys are that part's again
    assert_false((app_context(&app) & IN_WALK) != 0);
    press("v");
    assert_int_equal(app.part, PART_DIAGRAM);
    press("Esc");
    assert_int_equal(app.view, VIEW_CONNECTION);
    assert_int_equal(app.part, PART_SEGMENT); // where one came from
    press("v q q");
    assert_int_equal(app.view, VIEW_CONNECTIONS);
}

static void each_state_is_explained(void **state) {
    (void)state;
    scene_close_by_client(&scene, 0, 0);
    begin(1);
    press("v");
    walk_to(&app, TW_FIN_WAIT_2, false);
    expect_screen(&app, "diagram-walk-80x24");
    app_resize(&app, 120, 40);
    expect_screen(&app, "diagram-walk-120x40");
    app_resize(&app, 60, 15);
    expect_screen(&app, "diagram-walk-60x15");
    app_resize(&app, 40, 12);
    expect_screen(&app, "diagram-walk-40x12");
    app_resize(&app, 120, 40);
    for (unsigned i = 0; i < TW_STATE_COUNT; i++) { // with every way out, and its reason
        walk_to(&app, (enum tw_state)i, false);
        assert_true(seen(tw_state_meaning((enum tw_state)i)));
        for (unsigned event = 0; event < TW_EVENT_COUNT; event++) {
            const struct tw_cell *cell = tw_state_cell((enum tw_state)i, (enum tw_event)event);
            char text[200];
            snprintf(text, sizeof text, "%s  %s: %.40s", tw_state_name(cell->next),
                     tw_event_label((enum tw_event)event), cell->why);
            if (cell->kind == TW_GO)
                assert_true(seen(text));
        }
    }
}

static void any_size_draws(void **state) {
    (void)state;
    scene_simultaneous_close(&scene, 0, 0);
    begin(1);
    for (int walking = 0; walking < 2; walking++) {
        for (int width = 1; width <= 200; width += width < 45 || width > 115 ? 1 : 7)
            for (int height = 1; height <= 60; height += height < 26 ? 1 : 5) {
                app_resize(&app, width, height);
                if (walking)
                    walk_to(&app, (enum tw_state)(height % TW_STATE_COUNT), width % 2 == 0);
                playback_to_place(&app, (double)(width % 50) / 49 * (double)app.ladder.row_count);
                draw_whole(&app);
            }
    }
}

static void clicks_mean_states(void **state) {
    (void)state;
    scene_close_by_client(&scene, 0, 0);
    begin(1);
    struct canvas canvas;
    screen_draw(&app, &canvas);
    unsigned found = 0, over = 0;
    for (int i = 0; i < canvas.width * canvas.height; i++) {
        uint32_t target = canvas.cells[i].target, value = target & ((1U << TARGET_SHIFT) - 1);
        if (target >> TARGET_SHIFT != TARGET_STATE)
            continue;
        over += (value & TARGET_OVER) != 0;
        found |= 1U << (value & ~(uint32_t)TARGET_OVER);
    }
    assert_int_equal(found, (1U << TW_STATE_COUNT) - 1);
    assert_int_equal(over, strlen("CLOSED"));
    canvas_fini(&canvas);
}

static void time_spent_sums_up(void **state) {
    (void)state;
    scene_close_by_client(&scene, 0, 0);
    scene_handshake(&scene, 1, 100000000);
    begin(1);
    for (int end = 0; end < TW_END_COUNT; end++) {
        tw_time sum = 0, first = TW_NO_TIME;
        for (size_t i = app.ladder.step_count; i-- > 0;)
            if (app.ladder.steps[i].end == (enum tw_end)end)
                first = app.ladder.steps[i].time;
        for (unsigned i = 0; i < TW_STATE_COUNT; i++)
            sum += walk_stay(&app, (enum tw_end)end, (enum tw_state)i).time;
        assert_int_equal(sum, app.ladder.end - first);
    }
    struct stay stay = walk_stay(&app, TW_CLIENT, TW_SYN_SENT);
    assert_int_equal(stay.visits, 1);
    assert_int_equal(stay.time, 22 * TW_MILLISECOND); // 20 at the tap, 1 ms away
    assert_false(stay.still || stay.before || stay.passed);
    assert_int_equal(walk_stay(&app, TW_CLIENT, TW_LAST_ACK).visits, 0);
    assert_true(walk_stay(&app, TW_SERVER, TW_LISTEN).before);
    stay = walk_stay(&app, TW_CLIENT, TW_TIME_WAIT);
    assert_in_range(stay.time, 60 * TW_SECOND - 10 * TW_MILLISECOND,
                    60 * TW_SECOND + 10 * TW_MILLISECOND);
    stay = walk_stay(&app, TW_SERVER, TW_CLOSED);
    assert_true(stay.still);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_edge_is_there_once),
        cmocka_unit_test(edges_are_cells_of_the_table),
        cmocka_unit_test(lines_lead_from_state_to_state),
        cmocka_unit_test(too_small_is_a_list),
        cmocka_unit_test(kinds_of_line_look_different),
        on_empty_scene(the_way_is_drawn),
        on_empty_scene(time_wait_is_begun_anew_by_a_run),
        on_empty_scene(two_edges_by_one_segment),
        on_empty_scene(a_reset_is_never_silent),
        on_empty_scene(roles_say_what_is_lit),
        on_empty_scene(an_end_goes_along_its_edge),
        on_empty_scene(alone_where_it_would_be_beside),
        on_empty_scene(time_wait_is_counted_down),
        on_empty_scene(both_ends_wait),
        on_empty_scene(the_kernel_knows_the_ring),
        on_empty_scene(the_ring_runs_live),
        on_empty_scene(any_size_draws),
        on_empty_scene(walking_reaches_every_state),
        on_empty_scene(walking_comes_and_goes),
        on_empty_scene(each_state_is_explained),
        on_empty_scene(clicks_mean_states),
        on_empty_scene(time_spent_sums_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
