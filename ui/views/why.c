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
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { NARROW = 60 };

static const char *end_name(enum tw_end end) {
    return end == TW_CLIENT ? _("client") : _("server");
}

static enum role end_role(enum tw_end end) {
    return end == TW_CLIENT ? ROLE_CLIENT : ROLE_SERVER;
}

// A text on the rule, with a blank on either side; returns the column behind it.
static int on_rule(struct canvas *canvas, struct area area, int x, const char *text,
                   enum role role) {
    canvas_put(canvas, area, x, 0, ' ', role);
    x = canvas_text(canvas, area, x + 1, 0, text, role);
    canvas_put(canvas, area, x, 0, ' ', role);
    return x + 1;
}

// --- what the clock says, at the right end of the rule

enum { WORDS_MAX = 3, WORDS_TEXT = 120 };
struct words {
    char text[WORDS_TEXT], brief[WORDS_TEXT]; // the same where there is little room
};

// From the place that was chosen to the cursor.
static void measured(const struct app *app, struct words *words) {
    const struct tw_ladder *ladder = &app->ladder;
    char time[FORMAT_TEXT];
    size_t count, row = app->measured_from > 0 ? (size_t)ceil(app->measured_from) - 1 : SIZE_MAX;
    const struct tw_story_segment *segments = tw_story_segments(ladder->connection, &count);
    format_seconds(playback_time(app, app->playback.place) - playback_time(app, app->measured_from),
                   time);
    if (row < ladder->row_count && ladder->rows[row].segment < count)
        snprintf(words->text, WORDS_TEXT, _("%s s from packet %llu"), time,
                 (unsigned long long)segments[ladder->rows[row].segment].packet);
    else
        snprintf(words->text, WORDS_TEXT, _("%s s from the mark"), time);
    snprintf(words->brief, WORDS_TEXT, _("%s s"), time);
}

static bool time_wait(const struct app *app, struct words *words) {
    if (app->lab.hooks != NULL)
        return false; // the kernel says it itself
    tw_time least = 0, time;
    bool waits = false;
    for (int end = 0; end < TW_END_COUNT; end++)
        if (playback_time_wait(app, (enum tw_end)end, &time)) {
            waits = true;
            if (time > 0 && (least == 0 || time < least))
                least = time;
        }
    if (!waits)
        return false;
    char left[WORD_TEXT], all[WORD_TEXT];
    short_time(least, false, left);
    snprintf(all, sizeof all, "%.0f s", (double)app->profile->time_wait / (double)TW_SECOND);
    if (least == 0) { // behind the end of the capture, where no step says so
        snprintf(words->text, WORDS_TEXT, _("TIME-WAIT is over after %s: CLOSED"), all);
        snprintf(words->brief, WORDS_TEXT, "%s", _("over: CLOSED"));
        return true;
    }
    snprintf(words->text, WORDS_TEXT, _("TIME-WAIT over in %s, %s: %s"), left, app->profile->name,
             all);
    snprintf(words->brief, WORDS_TEXT, _("over in %s"), left);
    return true;
}

// In real time, how long until something happens, where that takes long enough to be read.
static bool next_event(const struct app *app, struct words *words) {
    const struct tw_ladder *ladder = &app->ladder;
    size_t row = (size_t)app->playback.place;
    if (app->playback.even || row + 1 >= ladder->row_count)
        return false;
    bool silence = ladder->rows[row].kind == TW_ROW_SILENCE && row != ladder->dropped_at;
    tw_time next = ladder->rows[row + 1].time, least = TW_SECOND / 2;
    if (!silence && (double)(next - ladder->rows[row].time) < (double)least * app->playback.speed)
        return false;
    char left[WORD_TEXT];
    short_time(next - tw_ladder_time(ladder, app->playback.place), false, left);
    snprintf(words->text, WORDS_TEXT, silence ? _("silence, %s left") : _("next in %s"), left);
    snprintf(words->brief, WORDS_TEXT, "%s", words->text);
    return true;
}

// Returns how many columns are left on the rule for what stands at its left, which needs `least`.
static int draw_words(const struct app *app, struct canvas *canvas, struct area area, int least) {
    enum { AROUND = 4 };
    struct words words[WORDS_MAX];
    int count = 0, all = 0, right = area.width;
    if (app->measuring)
        measured(app, &words[count++]);
    count += time_wait(app, &words[count]);
    count += next_event(app, &words[count]);
    for (int i = 0; i < count; i++)
        all += canvas_text_width(words[i].text) + AROUND;
    bool brief = area.width - all < least;
    for (int i = 0; i < count; i++) {
        const char *text = brief ? words[i].brief : words[i].text;
        int width = canvas_text_width(text) + AROUND;
        if (right - width < least)
            break;
        right -= width;
        on_rule(canvas, area, right + 1, text, ROLE_CHOSEN);
    }
    return right;
}

// The packet of the row at the cursor, on the rule above.
static void draw_packet(const struct app *app, struct canvas *canvas, struct area area,
                        const struct tw_story_segment *segment, bool landed) {
    enum { SEGMENT_LEAST = 12 };
    char before[96], after[FORMAT_TEXT + 32], clock[FORMAT_TEXT], what[SEGMENT_TEXT];
    bool narrow = area.width < NARROW, client = segment->sender == TW_CLIENT;
    const struct tw_witness *witness = app->witness;
    bool injected = witness != NULL && segment->packet <= witness->flight_count &&
                    segment->packet > 0 && witness->flights[segment->packet - 1].left == TW_NO_TIME;
    if (narrow)
        snprintf(before, sizeof before, "%" PRIu64 " %s", segment->packet,
                 end_name((enum tw_end)segment->sender));
    else
        snprintf(before, sizeof before,
                 client ? _("packet %llu from client") : _("packet %llu from server"),
                 (unsigned long long)segment->packet);
    size_t length = strlen(before);
    snprintf(before + length, sizeof before - length, "%s%s%s%s", injected ? ", " : "",
             injected ? _("injected") : "", landed ? ", " : "", landed ? _("landed") : "");
    snprintf(after, sizeof after, _("captured %s"), format_clock(segment->time, app->utc, clock));
    int room = area.width - 8 - canvas_text_width(before), more = canvas_text_width(after) + 2;
    bool has_after = !narrow && room - more >= SEGMENT_LEAST;
    int x = on_rule(canvas, area, 2, before, ROLE_FAINT);
    segment_text(&app->ladder, segment, has_after ? room - more : room, what);
    x = on_rule(canvas, area, x, what, ROLE_TEXT);
    if (has_after)
        on_rule(canvas, area, x, after, ROLE_FAINT);
}

static int put_state(struct canvas *canvas, struct area area, int x, int y, enum tw_state state) {
    return canvas_text(canvas, area, x, y, tw_state_name(state), state_role(state));
}

static void draw_step(const struct app *app, struct canvas *canvas, struct area area,
                      const struct tw_ladder_step *step) {
    int x = canvas_text(canvas, area, 1, 1, end_name(step->end), end_role(step->end));
    const char *to = app->ascii ? " -> " : " \u2192 "; // not the mark of the cursor
    x = put_state(canvas, area, x + 2, 1, step->from);
    x = canvas_text(canvas, area, x, 1, to, ROLE_TEXT);
    if (step->passes) {
        x = put_state(canvas, area, x, 1, step->through);
        x = canvas_text(canvas, area, x, 1, to, ROLE_TEXT);
    }
    x = put_state(canvas, area, x, 1, step->to) + 3;
    char proof[200], basis[120];
    const char *section = step->cell->section != NULL ? step->cell->section : "";
    snprintf(basis, sizeof basis, "%s", _(tw_basis_name(step->basis)));
    if (step->decided_by != 0 && step->decided_by != step->packet)
        snprintf(basis, sizeof basis, _("%s by packet %llu"), _(tw_basis_name(step->basis)),
                 (unsigned long long)step->decided_by);
    snprintf(proof, sizeof proof, "%s%s  %s", strncmp(section, "RFC", 3) == 0 ? "" : "RFC 9293 ",
             section, basis);
    int at = area.width - 1 - canvas_text_width(proof);
    const char *label = _(tw_event_label(step->event));
    if (x + canvas_text_width(label) + 2 <= at)
        canvas_text(canvas, area, x, 1, label, ROLE_FAINT);
    if (at >= x)
        canvas_text(canvas, area, at, 1, proof, ROLE_PROOF);
    char why[400];
    const char *call = step->cell->call, *rule = step->cell->why != NULL ? _(step->cell->why) : "";
    snprintf(why, sizeof why, call != NULL ? "%s  [%s]" : "%s", rule, call);
    int y = 2 + canvas_text_wrapped(canvas, area, 1, 2, area.width - 2, 2, why, ROLE_WHY);
    const struct tw_story_change *correction = step->correction;
    if (correction == NULL)
        return;
    char was[96] = "";
    size_t length = 0;
    for (int i = 0; i < correction->was_count && length < sizeof was; i++)
        length += (size_t)snprintf(was + length, sizeof was - length, "%s%s", i > 0 ? ", " : "",
                                   tw_state_name((enum tw_state)correction->was[i]));
    const char *reason = correction->why != NULL ? _(correction->why) : _("taken back");
    snprintf(why, sizeof why, was[0] != '\0' ? _("* %s (%s)") : "* %s", reason, was);
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
        snprintf(text, sizeof text, "%s", _(cell->why));
    else if (segment->length > 0)
        snprintf(text, sizeof text,
                 n_("it sends %llu octet", "it sends %llu octets", segment->length),
                 (unsigned long long)segment->length);
    else
        snprintf(text, sizeof text, "%s",
                 controls ? _("it sends this without a change of state")
                          : _("it acknowledges what it has received"));
    int x = canvas_text(canvas, area, 1, 1, end_name(end), end_role(end));
    x = canvas_text(canvas, area, x + 2, 1, _("stays"), ROLE_FAINT);
    put_state(canvas, area, x + 1, 1, state);
    int y = 2 + canvas_text_wrapped(canvas, area, 1, 2, area.width - 2, 1, text, ROLE_WHY);
    for (unsigned i = 0; i < TW_FINDING_COUNT && y < area.height; i++) {
        if ((segment->findings & 1U << i) == 0)
            continue;
        snprintf(text, sizeof text, "%s: %s", tw_finding_name((enum tw_finding_kind)i),
                 _(tw_finding_text((enum tw_finding_kind)i)));
        canvas_text(canvas, area, 1, y++, text, ROLE_WARNING);
    }
}

// A run of data that is folded.
static void draw_run(const struct app *app, struct canvas *canvas, struct area area,
                     const struct tw_ladder_row *row) {
    const struct tw_ladder_run *run = &app->ladder.runs[row->run];
    enum tw_end end = (enum tw_end)run->sender;
    char octets[FORMAT_TEXT], text[400];
    format_octets(run->octets, octets);
    if (run->both)
        snprintf(text, sizeof text,
                 _("both ends send data: %u segments, %s, and %u acknowledgements"), run->data,
                 octets, run->acks);
    else
        snprintf(text, sizeof text,
                 n_("a run of data: %u segments, %s, and %u acknowledgement of the other end",
                    "a run of data: %u segments, %s, and %u acknowledgements of the other end",
                    run->acks),
                 run->data, octets, run->acks);
    int x = 1;
    if (!run->both)
        x = canvas_text(canvas, area, x, 1, end_name(end), end_role(end)) + 2;
    snprintf(octets, sizeof octets, "%.8s", action_info(ACTION_FOLD)->keys);
    char hint[FORMAT_TEXT + 64];
    snprintf(hint, sizeof hint, _("%s unfolds it"), octets);
    canvas_text(canvas, area, x, 1, hint, ROLE_FAINT);
    canvas_text_wrapped(canvas, area, 1, 2, area.width - 2, 2, text, ROLE_WHY);
}

// --- socket calls

// What a call is for, by its name.
static const char *call_meaning(const char *text) {
    static const struct {
        const char *name, *meaning;
    } meanings[] = {
        {"socket", N_("makes a socket; nothing of it is on the wire")},
        {"setsockopt", N_("sets an option of the socket")},
        {"bind", N_("gives the socket an address and a port of its own")},
        {"listen", N_("from here on the kernel answers SYNs to this port")},
        {"connect", N_("sends a SYN, and waits until it is answered")},
        {"accept", N_("takes a connection whose handshake is over, and waits for one")},
        {"send", N_("hands octets to the kernel, which sends them when it may")},
        {"recv", N_("takes octets that have arrived, and waits for some; 0: the peer has closed")},
        {"shutdown", N_("closes one direction: behind what is still to be sent goes a FIN")},
        {"close", N_("gives the socket up: a FIN goes behind what is still to be sent; a RST where "
                     "data was not read, or SO_LINGER is 0")},
        {"fork", N_("makes a process that has the same sockets")},
        {"exit", N_("ends the process: its sockets are closed")},
        {"crash", N_("the end forgets the connection, without a word on the wire")},
    };
    size_t length = strcspn(text, "(");
    for (size_t i = 0; i < TW_COUNT(meanings); i++)
        if (strlen(meanings[i].name) == length && strncmp(meanings[i].name, text, length) == 0)
            return meanings[i].meaning;
    return "";
}

static void draw_call(const struct app *app, struct canvas *canvas, struct area area,
                      struct area rule, const struct tw_ladder_row *row) {
    const struct tw_witness_call *call = &app->witness->calls[row->call];
    enum tw_end end = (enum tw_end)row->end;
    bool returns = row->kind == TW_ROW_RETURN, narrow = area.width < NARROW;
    char clock[FORMAT_TEXT], took[FORMAT_TEXT], text[400];
    format_duration(tw_witness_blocked(call), took);
    format_clock(row->time, app->utc, clock);
    if (returns && narrow)
        snprintf(text, sizeof text, _("returned, was blocked for %s"), took);
    else if (returns)
        snprintf(text, sizeof text, _("returned %s, was blocked for %s"), clock, took);
    else if (!row->blocks)
        snprintf(text, sizeof text,
                 narrow ? _("called, returns at once") : _("called %s, returns at once"), clock);
    else if (call->returned == TW_NO_TIME)
        snprintf(text, sizeof text,
                 narrow ? _("called, has not returned") : _("called %s, has not returned"), clock);
    else if (narrow)
        snprintf(text, sizeof text, _("called, blocks for %s"), took);
    else
        snprintf(text, sizeof text, _("called %s, blocks for %s"), clock, took);
    on_rule(canvas, rule, 2, text, ROLE_FAINT);
    int x = canvas_text(canvas, area, 1, 1, call->process, end_role(end)) + 2;
    const char *result = row->blocks ? NULL : call->result;
    snprintf(text, sizeof text, "%s%s%s", call->text, result != NULL ? " = " : "",
             result != NULL ? result : "");
    canvas_text_elided(canvas, area, x, 1, area.width - 1 - x, text,
                       glyph(app->ascii, GLYPH_ELLIPSIS), ROLE_TEXT);
    bool failed = result != NULL && call->error != 0;
    canvas_text_wrapped(canvas, area, 1, 2, area.width - 2, 2,
                        failed ? strerror(call->error) : _(call_meaning(call->text)),
                        failed ? ROLE_WARNING : ROLE_WHY);
}

// --- the kernels' word

// Why a kernel says something else than what is shown, or calls it by another name; or "".
static const char *reason_of(enum tw_state kernel, const struct tw_ladder_step *shown) {
    const struct tw_kernel_socket socket = {.state = kernel};
    struct tw_kernel_wire wire = {.state = TW_CLOSED};
    if (shown != NULL)
        wire = (struct tw_kernel_wire){.state = shown->to,
                                       .passive = shown->from == TW_LISTEN,
                                       .assumed = shown->basis == TW_ASSUMED,
                                       .before = shown->from};
    return _(tw_kernel_difference(&wire, kernel != TW_CLOSED ? &socket : NULL, false));
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
    said->reason = reason_of(said->state, shown);
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
    int x = canvas_text(canvas, area, 1, y, _("kernel"), ROLE_FAINT) + gap, room = area.width - x;
    struct said said[TW_END_COUNT];
    for (int i = 0; i < TW_END_COUNT; i++) {
        ask_kernel(app, (enum tw_end)i, &said[i]);
        room -= said_width(&said[i], gap);
    }
    const struct said *told = &said[TW_CLIENT], *other = &said[TW_SERVER];
    if (told->reason[0] == '\0' || (other->differs && !told->differs))
        told = other;
    const char *reason = told->reason;
    int wish = canvas_text_width(reason), reserved = told->differs && wish < room ? wish : -gap;
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
    char text[200]; // or as much of it as makes sense
    snprintf(text, sizeof text, "%s", reason);
    if (canvas_text_width(text) > area.width - x - 1)
        text[strcspn(text, ":")] = '\0';
    if (canvas_text_width(text) <= area.width - x - 1)
        canvas_text(canvas, area, x, y, text, ROLE_WHY);
}

int why_height(const struct app *app) {
    return walk_seen(app) ? walk_height(app)
                          : WHY_HEIGHT + (app->witness != NULL) + kernel_height(app);
}

void draw_why(const struct app *app, struct canvas *canvas, struct area area) {
    const struct tw_ladder *ladder = &app->ladder;
    draw_rule(app, canvas, area, 0);
    if (walk_seen(app)) {
        draw_walk(app, canvas, area);
        return;
    }
    if (app->witness != NULL) {
        area.height--;
        draw_kernel(app, canvas, (struct area){area.x, area.y, area.width, area.height + 1},
                    area.height);
    }
    if (kernel_height(app) > 0) {
        area.height -= kernel_height(app);
        draw_kernel_now(
            app, canvas,
            (struct area){area.x, area.y + area.height, area.width, kernel_height(app)});
    }
    int64_t at = cursor_row(app);
    if (ladder->row_count == 0) {
        canvas_text(canvas, area, 1, 1, _("nothing was kept of this connection"), ROLE_WARNING);
        return;
    }
    if (at < 0) {
        canvas_text_wrapped(canvas, area, 1, 1, area.width - 2, 3,
                            _("Before the first segment. Space plays, Right and Left step, G goes "
                              "to the end."),
                            ROLE_WHY);
        return;
    }
    const struct tw_ladder_row *row = &ladder->rows[at];
    size_t count;
    const struct tw_story_segment *segments = tw_story_segments(ladder->connection, &count);
    const struct tw_story_segment *segment =
        row->segment < count
            ? &segments[tw_ladder_segment_at(ladder, (size_t)at, app->playback.place)]
            : NULL;
    int least = row->kind == TW_ROW_SILENCE ? 0 : area.width / 2;
    int left = draw_words(app, canvas, area, least);
    struct area rule = {area.x, area.y, left < area.width ? left + 1 : left, 1}; // with the blank
    if (segment != NULL)
        draw_packet(app, canvas, rule, segment,
                    row->kind == TW_ROW_CHANGE || row->kind == TW_ROW_LANDING);
    if (row->kind == TW_ROW_CALL || row->kind == TW_ROW_RETURN) {
        draw_call(app, canvas, area, rule, row);
    } else if (row->kind == TW_ROW_RUN) {
        draw_run(app, canvas, area, row);
    } else if (row->step != TW_NONE) {
        draw_step(app, canvas, area, &ladder->steps[row->step]);
    } else if (segment != NULL) {
        draw_sent(app, canvas, area, segment);
    } else {
        char text[FORMAT_TEXT + 80], lasts[FORMAT_TEXT];
        tw_time until = (size_t)at + 1 < ladder->row_count ? ladder->rows[at + 1].time : row->time;
        if ((size_t)at == ladder->dropped_at)
            dropped_text(ladder, text, sizeof text);
        else
            snprintf(text, sizeof text, _("nothing happens for %s"),
                     format_duration(until - row->time, lasts));
        canvas_text(canvas, area, 1, 1, text, ROLE_FAINT);
    }
}
