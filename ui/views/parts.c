// SPDX-License-Identifier: MIT
// What several views share: the bottom line, rules, and how states, segments and what a
// kernel says look.
#include "views.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum role state_role(enum tw_state state) {
    static const enum role roles[] = {
        [TW_CLOSED] = ROLE_STATE_CLOSED,      [TW_LISTEN] = ROLE_STATE_CLOSED,
        [TW_SYN_SENT] = ROLE_STATE_OPENING,   [TW_SYN_RECEIVED] = ROLE_STATE_OPENING,
        [TW_ESTABLISHED] = ROLE_STATE_OPEN,   [TW_FIN_WAIT_1] = ROLE_STATE_CLOSING,
        [TW_FIN_WAIT_2] = ROLE_STATE_CLOSING, [TW_CLOSE_WAIT] = ROLE_STATE_CLOSING,
        [TW_CLOSING] = ROLE_STATE_CLOSING,    [TW_LAST_ACK] = ROLE_STATE_CLOSING,
        [TW_TIME_WAIT] = ROLE_STATE_WAITING,
    };
    _Static_assert(TW_COUNT(roles) == TW_STATE_COUNT, "every state has its role");
    return roles[state];
}

void draw_rule(const struct app *app, struct canvas *canvas, struct area area, int y) {
    for (int x = 0; x < area.width; x++)
        canvas_put(canvas, area, x, y, glyph(app->ascii, GLYPH_RULE), ROLE_RULE);
}

// One key of the bottom line; returns the column behind it, or `x` where there is no room.
static int draw_key(struct canvas *canvas, struct area area, int x, int y, int room,
                    enum action action) {
    const struct action_info *info = action_info(action);
    char key[16];
    snprintf(key, sizeof key, "%.*s", (int)strcspn(info->keys, " "), info->keys);
    const char *label = _(info->label);
    int width = (int)strlen(key) + 1 + canvas_text_width(label);
    if (key[0] == '\0' || x + width > room)
        return x;
    int after = canvas_text(canvas, area, x, y, key, ROLE_KEY);
    canvas_target(canvas, area, x, y, width, TARGET_ACTION, action);
    return canvas_text(canvas, area, after + 1, y, label, ROLE_TEXT) + 2;
}

void draw_keys(const struct app *app, struct canvas *canvas, struct area area, int y) {
    static const char everywhere[] = "Everywhere"; // help and the way out are always there
    const int reserved = 16;
    int x = 1;
    if (app->notice[0] != '\0') {
        canvas_text_elided(canvas, area, x, y, area.width - 2, app->notice,
                           glyph(app->ascii, GLYPH_ELLIPSIS), ROLE_WARNING);
        return;
    }
    for (int pass = 0; pass < 2; pass++)
        for (unsigned i = ACTION_NONE + 1; i < ACTION_COUNT; i++) {
            const struct action_info *info = action_info((enum action)i);
            bool last = strcmp(info->group, everywhere) == 0;
            if (info->label != NULL && (info->contexts & app_context(app)) != 0 &&
                last == (pass == 1))
                x = draw_key(canvas, area, x, y, area.width - (last ? 0 : reserved),
                             (enum action)i);
        }
}

void draw_prompt(const struct app *app, struct canvas *canvas) {
    static const char *const labels[] = {
        [ASK_NOTHING] = "", [ASK_FILTER] = N_("filter: "),
        [ASK_SEARCH] = "/", [ASK_PACKET] = N_("packet "),
        [ASK_LAB] = ": ",   [ASK_SAVE] = N_("save as "),
    };
    _Static_assert(TW_COUNT(labels) == QUESTION_COUNT, "every question has its label");
    const char *before = _(labels[app->prompt.question]), *typed = app->prompt.line;
    struct area line = {0, canvas->height - 1, canvas->width, 1};
    int room = line.width - 3 - canvas_text_width(before), width = canvas_text_width(typed);
    for (; width > room; width = canvas_text_width(typed))
        (void)canvas_rune_next(&typed);
    canvas_fill(canvas, line, ' ', ROLE_TEXT);
    int x = canvas_text(canvas, line, 1, 0, before, ROLE_CHOSEN);
    x = canvas_text(canvas, line, x, 0, typed, ROLE_CHOSEN);
    canvas_text(canvas, line, x, 0, "_", ROLE_CHOSEN);
}

const char *segment_text(const struct tw_ladder *ladder, const struct tw_story_segment *segment,
                         int room, char text[SEGMENT_TEXT]) {
    char flags[TW_FLAGS_TEXT], seq[24], ack[24] = "", len[24] = "", win[24];
    tw_flags_text(segment->flags, flags);
    snprintf(seq, sizeof seq, " seq %" PRIu32, tw_ladder_seq(ladder, segment));
    if (segment->flags & TW_ACK)
        snprintf(ack, sizeof ack, " ack %" PRIu32, tw_ladder_ack(ladder, segment));
    if (segment->length > 0)
        snprintf(len, sizeof len, " len %" PRIu32, segment->length);
    snprintf(win, sizeof win, " win %" PRIu32, tw_ladder_window(ladder, segment));
    // A bare ACK is told by its number and its window, a FIN by its place: leave out from the
    // right. A window that is closed is left out last.
    bool bare = segment->length == 0 && (segment->flags & (TW_SYN | TW_FIN | TW_RST)) == 0;
    const char *closed = segment->findings >> TW_FINDING_ZERO_WINDOW & 1 ? win : "";
    const char *const parts[][4] = {
        {seq, ack, len, win},
        {bare ? "" : seq, ack, len, bare ? win : closed},
        {bare ? "" : seq, ack, len, closed},
        {bare ? "" : seq, bare ? ack : "", len, closed},
        {"", "", len, closed},
        {"", "", "", closed},
        {"", "", "", ""},
    };
    for (size_t i = 0; i < TW_COUNT(parts); i++) {
        int length = snprintf(text, SEGMENT_TEXT, "%s%s%s%s%s", flags, parts[i][0], parts[i][1],
                              parts[i][2], parts[i][3]);
        if (length <= room)
            break;
    }
    return text;
}

enum role segment_role(const struct tw_story_segment *segment) {
    enum {
        AGAIN = 1 << TW_FINDING_RETRANSMISSION | 1 << TW_FINDING_DUPLICATE |
                1 << TW_FINDING_OUT_OF_ORDER
    };
    if (segment->flags & TW_RST)
        return ROLE_SEGMENT_RST;
    if (segment->findings & AGAIN)
        return ROLE_SEGMENT_AGAIN;
    if (segment->flags & TW_SYN)
        return ROLE_SEGMENT_SYN;
    if (segment->flags & TW_FIN)
        return ROLE_SEGMENT_FIN;
    return segment->length > 0 ? ROLE_SEGMENT_DATA : ROLE_SEGMENT;
}

// --- A kernel's word

const char *short_time(tw_time time, bool delay, char text[WORD_TEXT]) {
    double seconds = time > 0 ? (double)time / (double)TW_SECOND : 0;
    if (delay && seconds < 1)
        snprintf(text, WORD_TEXT, "%.3g ms", seconds * 1000);
    else if (seconds < 9.95)
        snprintf(text, WORD_TEXT, "%.1f s", seconds);
    else if (seconds < 599.5)
        snprintf(text, WORD_TEXT, "%.0f s", seconds);
    else
        snprintf(text, WORD_TEXT, "%.0f min", seconds / 60);
    return text;
}

static const char *timer_text(const struct tw_kernel_socket *kernel, char text[WORD_TEXT]) {
    static const char *const words[] = {
        [TW_TIMER_NONE] = "",
        [TW_TIMER_RETRANSMIT] = "retransmit in",
        [TW_TIMER_KEEPALIVE] = "keepalive in",
        [TW_TIMER_TIME_WAIT] = "over in",
        [TW_TIMER_PROBE] = "probe in",
    };
    _Static_assert(TW_COUNT(words) == TW_TIMER_COUNT, "every timer has its words");
    bool again = kernel->state == TW_SYN_RECEIVED, orphan = kernel->state == TW_FIN_WAIT_2;
    bool keepalive = kernel->timer == TW_TIMER_KEEPALIVE;
    char time[WORD_TEXT];
    snprintf(text, WORD_TEXT, "%s %s",
             keepalive && again    ? words[TW_TIMER_RETRANSMIT]
             : keepalive && orphan ? "over in"
                                   : words[kernel->timer],
             short_time(kernel->expires, false, time));
    return text;
}

int kernel_words(const struct tw_kernel_socket *socket, size_t opening,
                 struct kernel_word words[KERNEL_WORDS]) {
    int count = 0;
    if (socket->state == TW_LISTEN) {
        words[count].role = socket->receive_queue > socket->send_queue ? ROLE_WARNING : ROLE_TEXT;
        snprintf(words[count++].text, WORD_TEXT, "accept queue %" PRIu32 " of %" PRIu32 "%s",
                 socket->receive_queue, socket->send_queue,
                 socket->receive_queue > socket->send_queue ? ", full" : "");
        words[count].role = ROLE_TEXT;
        if (opening > 0)
            snprintf(words[count++].text, WORD_TEXT, "SYN queue %zu", opening);
        return count;
    }
    // The kernel counts SYN and FIN as an octet each; the state has said them already.
    enum tw_state state = socket->state;
    bool peer_fin = state == TW_CLOSE_WAIT || state == TW_CLOSING || state == TW_LAST_ACK;
    bool own = state == TW_SYN_SENT || state == TW_FIN_WAIT_1 || state == TW_CLOSING ||
               state == TW_LAST_ACK;
    words[count].role = ROLE_SEGMENT_DATA;
    if (socket->receive_queue > peer_fin)
        snprintf(words[count++].text, WORD_TEXT, "unread %" PRIu32,
                 socket->receive_queue - peer_fin);
    words[count].role = ROLE_SEGMENT_DATA;
    if (socket->send_queue > own)
        snprintf(words[count++].text, WORD_TEXT, "unacked %" PRIu32, socket->send_queue - own);
    words[count].role = ROLE_FAINT;
    if (socket->timer != TW_TIMER_NONE)
        timer_text(socket, words[count++].text);
    if (socket->retransmits > 0) {
        words[count].role = ROLE_SEGMENT_AGAIN;
        snprintf(words[count++].text, WORD_TEXT, "sent again %u", socket->retransmits);
    }
    return count;
}
