// SPDX-License-Identifier: MIT
// The why lines: what just happened, by which rule, how sure that is.
//
//  -- packet 5 from server, landed  FIN,ACK seq 1 ack 1  captured 12:00:01.022871 ---
//  client  FIN-WAIT-1 > CLOSING   rcv FIN / snd ACK          RFC 9293 3.10.7.4  proven
//  the peer's FIN crosses ours: both close at once
//  * taken back CLOSE-WAIT: the end had not received the FIN when it sent this
//  kernel  C FIN-WAIT-1 unacked 1, retransmit in 0.2 s  S ESTABLISHED unread 100
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
    const struct tw_witness *witness = app->witness;
    bool injected = witness != NULL && segment->packet <= witness->flight_count &&
                    segment->packet > 0 && witness->flights[segment->packet - 1].left == TW_NO_TIME;
    snprintf(before, sizeof before,
             narrow ? " %" PRIu64 " %s%s%s " : " packet %" PRIu64 " from %s%s%s ", segment->packet,
             segment->sender == TW_CLIENT ? "client" : "server", injected ? ", injected" : "",
             landed ? ", landed" : "");
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
static void draw_sent(const struct app *app, struct canvas *canvas, struct area area,
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

// --- socket calls

// What a call is for, by its name.
static const char *call_meaning(const char *text) {
    static const struct {
        const char *name, *meaning;
    } meanings[] = {
        {"socket", "makes a socket; nothing of it is on the wire"},
        {"setsockopt", "sets an option of the socket"},
        {"bind", "gives the socket an address and a port of its own"},
        {"listen", "from here on the kernel answers SYNs to this port"},
        {"connect", "sends a SYN, and waits until it is answered"},
        {"accept", "takes a connection whose handshake is over, and waits for one"},
        {"send", "hands octets to the kernel, which sends them when it may"},
        {"recv", "takes octets that have arrived, and waits for some; 0: the peer has closed"},
        {"shutdown", "closes one direction: behind what is still to be sent goes a FIN"},
        {"close", "gives the socket up: a FIN goes behind what is still to be sent; a RST where "
                  "data was not read, or SO_LINGER is 0"},
        {"fork", "makes a process that has the same sockets"},
        {"exit", "ends the process: its sockets are closed"},
        {"crash", "the end forgets the connection, without a word on the wire"},
    };
    size_t length = strcspn(text, "(");
    for (size_t i = 0; i < TW_COUNT(meanings); i++)
        if (strlen(meanings[i].name) == length && strncmp(meanings[i].name, text, length) == 0)
            return meanings[i].meaning;
    return "";
}

static void draw_call(const struct app *app, struct canvas *canvas, struct area area,
                      const struct tw_ladder_row *row) {
    const struct tw_witness_call *call = &app->witness->calls[row->call];
    bool client = row->end == TW_CLIENT, returns = row->kind == TW_ROW_RETURN;
    bool narrow = area.width < NARROW;
    char clock[FORMAT_TEXT], duration[FORMAT_TEXT], text[400];
    format_duration(tw_witness_blocked(call), duration);
    snprintf(text, sizeof text, " %s%s%s, %s%s ", returns ? "returned" : "called",
             narrow ? "" : " ", narrow ? "" : format_clock(row->time, app->utc, clock),
             returns                        ? "was blocked for "
             : !row->blocks                 ? "returns at once"
             : call->returned == TW_NO_TIME ? "has not returned"
                                            : "blocks for ",
             returns || (row->blocks && call->returned != TW_NO_TIME) ? duration : "");
    canvas_text(canvas, area, 2, 0, text, ROLE_FAINT);
    int x = canvas_text(canvas, area, 1, 1, call->process, client ? ROLE_CLIENT : ROLE_SERVER) + 2;
    const char *result = row->blocks ? NULL : call->result;
    snprintf(text, sizeof text, "%s%s%s", call->text, result != NULL ? " = " : "",
             result != NULL ? result : "");
    canvas_text_elided(canvas, area, x, 1, area.width - 1 - x, text,
                       glyph(app->ascii, GLYPH_ELLIPSIS), ROLE_TEXT);
    bool failed = result != NULL && call->error != 0;
    canvas_text_wrapped(canvas, area, 1, 2, area.width - 2, 2,
                        failed ? strerror(call->error) : call_meaning(call->text),
                        failed ? ROLE_WARNING : ROLE_WHY);
}

// --- the kernels' word

// Why a kernel says something else than what is shown, or calls it by another name; or "".
static const char *kernel_reason(enum tw_state kernel, const struct tw_ladder_step *shown) {
    enum tw_state state = shown != NULL ? shown->to : TW_CLOSED;
    if (kernel == state)
        return kernel == TW_SYN_RECEIVED && shown->from == TW_LISTEN
                   ? "request socket: SYN_RECV (NEW_SYN_RECV)"
                   : "";
    if ((kernel == TW_FIN_WAIT_1 && (state == TW_ESTABLISHED || state == TW_SYN_RECEIVED)) ||
        (kernel == TW_LAST_ACK && state == TW_CLOSE_WAIT))
        return "its FIN is queued, not yet on the wire";
    if (kernel == TW_SYN_SENT && state == TW_CLOSED)
        return "its SYN is not yet on the wire";
    if (shown != NULL && shown->basis == TW_ASSUMED && kernel == shown->from)
        return "only assumed: it has not moved";
    if (kernel == TW_CLOSED)
        return "the kernel has no such socket any more";
    return "";
}

// What the kernel of one end says at this moment.
struct said {
    bool anything, differs; // from what is shown
    enum tw_state state;
    const char *reason;
    struct kernel_word words[KERNEL_WORDS];
    int count; // of words, as far as there is room
};

static void ask_kernel(const struct app *app, enum tw_end end, struct said *said) {
    const struct tw_ladder *ladder = &app->ladder;
    double place = app->playback.place;
    tw_time left, now = app->lab.hooks != NULL ? app->lab.now : TW_NO_TIME;
    size_t opening;
    const struct tw_witness_look *look =
        tw_ladder_look(ladder, app->witness, end, place, now, &left, &opening);
    *said = (struct said){.reason = ""};
    said->anything = tw_ladder_kernel(ladder, end, place, &said->state);
    // At the end of what happens live it is what the kernel says now.
    bool live = now != TW_NO_TIME && place >= (double)ladder->row_count;
    if (live && look != NULL && look->state != TW_LISTEN) {
        said->anything = true;
        said->state = look->state;
    }
    const struct tw_ladder_step *shown = tw_ladder_state(ladder, end, place);
    if (said->anything) {
        said->differs = said->state != (shown != NULL ? shown->to : TW_CLOSED);
    } else if (look != NULL && look->state == TW_LISTEN) {
        said->anything = true;
        said->state = TW_LISTEN; // another socket than the connection's, where that is over
        said->differs = shown != NULL && shown->to != TW_LISTEN && shown->to != TW_CLOSED;
    } else {
        return;
    }
    said->reason = kernel_reason(said->state, shown);
    if (look == NULL || look->state != said->state)
        return; // it has not been asked yet
    const struct tw_kernel_socket socket = {.state = look->state,
                                            .receive_queue = look->receive_queue,
                                            .send_queue = look->send_queue,
                                            .timer = look->timer,
                                            .expires = left,
                                            .retransmits = look->retransmits};
    said->count = kernel_words(&socket, opening, said->words);
}

// How much of the row one end takes, without its words: "C SYN-SENT !  ".
static int said_width(const struct said *said, int gap) {
    int width = 2 + gap + (said->anything ? (int)strlen(tw_state_name(said->state)) : 1);
    return width + (said->differs ? gap : 0);
}

static int draw_said(const struct app *app, struct canvas *canvas, struct area area, int x, int y,
                     enum tw_end end, const struct said *said, int gap) {
    x = canvas_text(canvas, area, x, y, end == TW_CLIENT ? "C " : "S ",
                    end == TW_CLIENT ? ROLE_CLIENT : ROLE_SERVER);
    if (!said->anything)
        return canvas_text(canvas, area, x, y, "-", ROLE_FAINT) + gap;
    x = put_state(canvas, area, x, y, said->state);
    if (said->differs) {
        canvas_put(canvas, area, x + gap - 1, y, glyph(app->ascii, GLYPH_DIFFERS), ROLE_WARNING);
        x += gap;
    }
    for (int i = 0; i < said->count; i++) {
        x = canvas_text(canvas, area, x, y, i == 0 ? " " : ", ", ROLE_FAINT);
        x = canvas_text(canvas, area, x, y, said->words[i].text, said->words[i].role);
    }
    return x + gap;
}

// The kernels' states, marked where others are shown, and why; and as much of what else they say
// as there is room for: first one word of each, then the second ones.
static void draw_kernel(const struct app *app, struct canvas *canvas, struct area area, int y) {
    int gap = area.width < NARROW ? 1 : 2;
    int x = canvas_text(canvas, area, 1, y, "kernel", ROLE_FAINT) + gap, room = area.width - x;
    struct said said[TW_END_COUNT];
    for (int i = 0; i < TW_END_COUNT; i++) {
        ask_kernel(app, (enum tw_end)i, &said[i]);
        room -= said_width(&said[i], gap);
    }
    const struct said *told = &said[TW_CLIENT], *other = &said[TW_SERVER];
    if (told->reason[0] == '\0' || (other->differs && !told->differs))
        told = other;
    const char *reason = told->reason;
    int reserved = told->differs && (int)strlen(reason) < room ? (int)strlen(reason) : -gap;
    for (int i = 0; i < TW_END_COUNT * KERNEL_WORDS; i++) {
        struct said *of = &said[i % TW_END_COUNT];
        int rank = i / TW_END_COUNT, width = rank == 0 ? 1 : 2;
        if (rank >= of->count)
            continue;
        width += canvas_text_width(of->words[rank].text);
        if (width > room - reserved)
            of->count = rank;
        else
            room -= width;
    }
    for (int i = 0; i < TW_END_COUNT; i++)
        x = draw_said(app, canvas, area, x, y, (enum tw_end)i, &said[i], gap);
    char text[64]; // or as much of it as makes sense
    int length = (int)strlen(reason), room_left = area.width - x - 1;
    length = length <= room_left ? length : (int)strcspn(reason, ":");
    snprintf(text, sizeof text, "%.*s", length <= room_left ? length : 0, reason);
    canvas_text(canvas, area, x, y, text, ROLE_WHY);
}

int why_height(const struct app *app) {
    return WHY_HEIGHT + (app->witness != NULL);
}

void draw_why(const struct app *app, struct canvas *canvas, struct area area) {
    const struct tw_ladder *ladder = &app->ladder;
    draw_rule(app, canvas, area, 0);
    if (app->witness != NULL) {
        area.height--;
        draw_kernel(app, canvas, (struct area){area.x, area.y, area.width, area.height + 1},
                    area.height);
    }
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
        draw_packet(app, canvas, area, segment,
                    row->kind == TW_ROW_CHANGE || row->kind == TW_ROW_LANDING);
    if (row->kind == TW_ROW_CALL || row->kind == TW_ROW_RETURN)
        draw_call(app, canvas, area, row);
    else if (row->step != TW_NONE)
        draw_step(app, canvas, area, &ladder->steps[row->step]);
    else if (segment != NULL)
        draw_sent(app, canvas, area, segment);
    else
        canvas_text(canvas, area, 1, 1, "nothing happens for a while", ROLE_FAINT);
}
