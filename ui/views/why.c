// SPDX-License-Identifier: MIT
// The why lines: what just happened, by which rule, how sure that is.
//
//  -- packet 5 from server, landed  FIN,ACK seq 1 ack 1  captured 12:00:01.022871 ---
//  client  FIN-WAIT-1 > CLOSING   rcv FIN / snd ACK          RFC 9293 3.10.7.4  proven
//  the peer's FIN crosses ours: both close at once
//  * taken back CLOSE-WAIT: the end had not received the FIN when it sent this
#include "views.h"

#include "../format.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { NARROW = 60 };

// The packet of the row at the cursor, on the rule above.
static void draw_packet(const struct app *app, struct canvas *canvas, struct area area,
                        const struct tw_story_segment *segment, bool landed) {
    char before[64], after[FORMAT_TEXT + 16], clock[FORMAT_TEXT], what[SEGMENT_TEXT];
    bool narrow = area.width < NARROW;
    snprintf(before, sizeof before,
             narrow ? " %" PRIu64 " %s%s " : " packet %" PRIu64 " from %s%s ", segment->packet,
             segment->sender == TW_CLIENT ? "client" : "server", landed ? ", landed" : "");
    snprintf(after, sizeof after, " captured %s ", format_clock(segment->time, app->utc, clock));
    int room = area.width - 6 - (int)strlen(before) - (narrow ? 0 : (int)strlen(after));
    int x = canvas_text(canvas, area, 2, 0, before, ROLE_FAINT) + 1;
    canvas_put(canvas, area, x - 1, 0, ' ', ROLE_FAINT);
    x = canvas_text(canvas, area, x, 0, segment_text(&app->ladder, segment, room, what), ROLE_TEXT);
    canvas_put(canvas, area, x, 0, ' ', ROLE_FAINT);
    if (!narrow)
        canvas_text(canvas, area, x + 1, 0, after, ROLE_FAINT);
}

static int put_state(struct canvas *canvas, struct area area, int x, int y, enum tw_state state) {
    return canvas_text(canvas, area, x, y, tw_state_name(state), state_role(state));
}

static void draw_step(const struct app *app, struct canvas *canvas, struct area area,
                      const struct tw_ladder_step *step) {
    bool client = step->end == TW_CLIENT;
    int x = canvas_text(canvas, area, 1, 1, client ? "client" : "server",
                        client ? ROLE_CLIENT : ROLE_SERVER);
    const char *to = app->ascii ? " -> " : " \u2192 "; // not the mark of the cursor
    x = put_state(canvas, area, x + 2, 1, step->from);
    x = canvas_text(canvas, area, x, 1, to, ROLE_TEXT);
    if (step->passes) {
        x = put_state(canvas, area, x, 1, step->through);
        x = canvas_text(canvas, area, x, 1, to, ROLE_TEXT);
    }
    x = put_state(canvas, area, x, 1, step->to) + 3;
    char proof[160];
    const char *section = step->cell->section != NULL ? step->cell->section : "";
    snprintf(proof, sizeof proof, "%s%s  %s", strncmp(section, "RFC", 3) == 0 ? "" : "RFC 9293 ",
             section, tw_basis_name(step->basis));
    if (step->decided_by != 0 && step->decided_by != step->packet) {
        size_t end = strlen(proof);
        snprintf(proof + end, sizeof proof - end, " by packet %" PRIu64, step->decided_by);
    }
    int width = (int)strlen(proof), at = area.width - 1 - width;
    const char *label = tw_event_label(step->event);
    if (x + (int)strlen(label) + 2 <= at)
        canvas_text(canvas, area, x, 1, label, ROLE_FAINT);
    if (at >= x)
        canvas_text(canvas, area, at, 1, proof, ROLE_PROOF);
    char why[400];
    const char *call = step->cell->call;
    snprintf(why, sizeof why, "%s%s%s%s", step->cell->why != NULL ? step->cell->why : "",
             call != NULL ? "  [" : "", call != NULL ? call : "", call != NULL ? "]" : "");
    int y = 2 + canvas_text_wrapped(canvas, area, 1, 2, area.width - 2, 2, why, ROLE_WHY);
    const struct tw_story_change *correction = step->correction;
    if (correction == NULL)
        return;
    // The engine's sentence begins with "taken back:"; what was taken back goes in between.
    static const char prefix[] = "taken back";
    const char *reason = correction->why != NULL ? correction->why : prefix;
    size_t length = (size_t)snprintf(why, sizeof why, "* %s", prefix);
    for (int i = 0; i < correction->was_count && i < TW_STORY_TAIL && length < sizeof why; i++)
        length += (size_t)snprintf(why + length, sizeof why - length, " %s",
                                   tw_state_name((enum tw_state)correction->was[i]));
    if (strncmp(reason, prefix, sizeof prefix - 1) == 0)
        reason += sizeof prefix - 1;
    if (length < sizeof why)
        snprintf(why + length, sizeof why - length, "%s", reason);
    canvas_text_wrapped(canvas, area, 1, y, area.width - 2, area.height - y, why, ROLE_WARNING);
}

// What a segment does at its sender, where it changes no state there.
static void draw_segment(const struct app *app, struct canvas *canvas, struct area area,
                         const struct tw_story_segment *segment) {
    enum tw_end end = (enum tw_end)segment->sender;
    const struct tw_ladder_step *step = tw_ladder_state(&app->ladder, end, app->playback.place);
    enum tw_state state = step != NULL ? step->to : TW_CLOSED;
    enum tw_event event = segment->flags & TW_RST   ? TW_EV_SEND_RST
                          : segment->flags & TW_FIN ? TW_EV_SEND_FIN
                          : segment->flags & TW_ACK ? TW_EV_SEND_SYN_ACK
                                                    : TW_EV_SEND_SYN;
    const struct tw_cell *cell = tw_state_cell(state, event);
    bool controls = (segment->flags & (TW_SYN | TW_FIN | TW_RST)) != 0;
    char text[400];
    if (controls && cell->kind == TW_STAY)
        snprintf(text, sizeof text, "%s", cell->why);
    else if (segment->length > 0)
        snprintf(text, sizeof text, "it sends %" PRIu32 " octet%s", segment->length,
                 segment->length == 1 ? "" : "s");
    else
        snprintf(text, sizeof text,
                 controls ? "it sends this without a change of state"
                          : "it acknowledges what it has received");
    int x = canvas_text(canvas, area, 1, 1, end == TW_CLIENT ? "client" : "server",
                        end == TW_CLIENT ? ROLE_CLIENT : ROLE_SERVER);
    x = canvas_text(canvas, area, x + 2, 1, "stays", ROLE_FAINT);
    put_state(canvas, area, x + 1, 1, state);
    int y = 2 + canvas_text_wrapped(canvas, area, 1, 2, area.width - 2, 1, text, ROLE_WHY);
    for (unsigned i = 0; i < TW_FINDING_COUNT && y < area.height; i++) {
        if ((segment->findings & 1U << i) == 0)
            continue;
        snprintf(text, sizeof text, "%s: %s", tw_finding_name((enum tw_finding_kind)i),
                 tw_finding_text((enum tw_finding_kind)i));
        canvas_text(canvas, area, 1, y++, text, ROLE_WARNING);
    }
}

void draw_why(const struct app *app, struct canvas *canvas, struct area area) {
    const struct tw_ladder *ladder = &app->ladder;
    draw_rule(app, canvas, area, 0);
    int64_t at = cursor_row(app);
    if (ladder->row_count == 0) {
        canvas_text(canvas, area, 1, 1, "nothing was kept of this connection", ROLE_WARNING);
        return;
    }
    if (at < 0) {
        canvas_text_wrapped(canvas, area, 1, 1, area.width - 2, 3,
                            "Before the first segment. Space plays, Right and Left step, G goes "
                            "to the end.",
                            ROLE_WHY);
        return;
    }
    const struct tw_ladder_row *row = &ladder->rows[at];
    size_t count;
    const struct tw_story_segment *segments = tw_story_segments(ladder->connection, &count);
    const struct tw_story_segment *segment =
        row->segment != TW_NO_SEGMENT && row->segment < count ? &segments[row->segment] : NULL;
    if (segment != NULL)
        draw_packet(app, canvas, area, segment, row->kind == TW_ROW_CHANGE);
    if (row->step != TW_NONE)
        draw_step(app, canvas, area, &ladder->steps[row->step]);
    else if (segment != NULL)
        draw_segment(app, canvas, area, segment);
    else
        canvas_text(canvas, area, 1, 1, "nothing happens for a while", ROLE_FAINT);
}
