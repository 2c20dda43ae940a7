// SPDX-License-Identifier: MIT
// What several views share: the bottom line, rules, and how states, segments and what a
// kernel says look.
#include "views.h"

#include "../format.h"

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

// The key by which an action is called here; KEY_IS_NONE: by none, other actions have them.
static uint32_t key_here(const struct app *app, enum action action) {
    const char *keys = action_info(action)->keys;
    for (uint32_t key; (key = key_next(&keys)) != KEY_IS_NONE;)
        if (action_of_key(app_context(app), key) == action)
            return key;
    return KEY_IS_NONE;
}

// Whether it stands in the bottom line; help and the way out do so last, and always.
static bool in_keys(const struct app *app, enum action action, bool last) {
    const struct action_info *info = action_info(action);
    bool is_last = action == ACTION_HELP || action == ACTION_BACK || action == ACTION_QUIT ||
                   action == ACTION_WALK_END;
    return info->label != NULL && (info->contexts & app_context(app)) != 0 && is_last == last &&
           key_here(app, action) != KEY_IS_NONE;
}

static int key_width(const struct app *app, enum action action) {
    char key[KEY_TEXT];
    return canvas_text_width(key_text(key_here(app, action), key)) + 1 +
           canvas_text_width(_(action_info(action)->label));
}

enum { KEYS_GAP = 2 };

// Those of the bottom line, up to column `room`; returns the column behind them.
static int draw_some_keys(const struct app *app, struct canvas *canvas, struct area area, int x,
                          int y, int room, bool last) {
    for (unsigned i = ACTION_NONE + 1; i < ACTION_COUNT; i++) {
        enum action action = (enum action)i;
        char key[KEY_TEXT];
        if (!in_keys(app, action, last) || x + key_width(app, action) > room)
            continue;
        canvas_target(canvas, area, x, y, key_width(app, action), TARGET_ACTION, i);
        x = canvas_text(canvas, area, x, y, key_text(key_here(app, action), key), ROLE_KEY) + 1;
        x = canvas_text(canvas, area, x, y, _(action_info(action)->label), ROLE_TEXT) + KEYS_GAP;
    }
    return x;
}

void draw_keys(const struct app *app, struct canvas *canvas, struct area area, int y) {
    int reserved = 0;
    if (app->notice[0] != '\0') {
        canvas_text_elided(canvas, area, 1, y, area.width - 2, app->notice,
                           glyph(app->ascii, GLYPH_ELLIPSIS), ROLE_WARNING);
        return;
    }
    for (unsigned i = ACTION_NONE + 1; i < ACTION_COUNT; i++)
        if (in_keys(app, (enum action)i, true))
            reserved += key_width(app, (enum action)i) + KEYS_GAP;
    int x = draw_some_keys(app, canvas, area, 1, y, area.width - reserved, false);
    draw_some_keys(app, canvas, area, x, y, area.width, true);
}

void draw_prompt(const struct app *app, struct canvas *canvas) {
    static const char *const labels[] = {
        [ASK_NOTHING] = "",
        [ASK_FILTER] = N_("filter: "),
        [ASK_SEARCH] = "/",
        [ASK_PACKET] = N_("packet "),
        [ASK_CAPTURE] = N_("capture filter: "),
        [ASK_LAB] = ": ",
        [ASK_SAVE] = N_("save as "),
        [ASK_RECENT] = N_("save the last seconds, how many: "),
    };
    _Static_assert(TW_COUNT(labels) == QUESTION_COUNT, "every question has its label");
    const char *before = _(labels[app->prompt.question]), *typed = app->prompt.line;
    struct area line = {0, canvas->height - 1, canvas->width, 1};
    int room = line.width - 3 - canvas_text_width(before), width = canvas_text_width(typed);
    for (; width > room; width = canvas_text_width(typed))
        (void)canvas_rune_next(&typed);
    if (app->notice[0] != '\0') { // why it is asked again
        struct area above = {0, canvas->height - 2, canvas->width, 1};
        canvas_fill(canvas, above, ' ', ROLE_TEXT);
        canvas_text_elided(canvas, above, 1, 0, above.width - 2, app->notice,
                           glyph(app->ascii, GLYPH_ELLIPSIS), ROLE_WARNING);
    }
    canvas_fill(canvas, line, ' ', ROLE_TEXT);
    int x = canvas_text(canvas, line, 1, 0, before, ROLE_CHOSEN);
    x = canvas_text(canvas, line, x, 0, typed, ROLE_CHOSEN);
    canvas_text(canvas, line, x, 0, "_", ROLE_CHOSEN);
}

int draw_wrapped(const struct app *app, struct canvas *canvas, struct area area, const char *text,
                 enum role role) {
    enum { MANY = 1000 };
    const struct area nowhere = {0, 0, 0, 0};
    int rows = canvas_text_wrapped(canvas, nowhere, 0, 0, area.width, MANY, text, role);
    if (area.width < 1 || area.height < 1)
        return 0;
    if (rows <= area.height)
        return canvas_text_wrapped(canvas, area, 0, 0, area.width, area.height, text, role);
    struct area most = {area.x, area.y, area.width - 1, area.height};
    canvas_text_wrapped(canvas, most, 0, 0, most.width, most.height, text, role);
    int x = most.width, y = area.height - 1;
    canvas_put(canvas, area, x, y, glyph(app->ascii, GLYPH_ELLIPSIS), role);
    return area.height;
}

void draw_notice(const struct app *app, struct canvas *canvas) {
    enum { MOST = 4 };
    const struct area nowhere = {0, 0, 0, 0};
    int width = canvas->width - 2;
    if (canvas_text_width(app->notice) <= width)
        return;
    int rows = canvas_text_wrapped(canvas, nowhere, 0, 0, width, MOST, app->notice, ROLE_WARNING);
    struct area whole = {0, canvas->height - rows, canvas->width, rows};
    canvas_fill(canvas, whole, ' ', ROLE_TEXT);
    struct area inside = {1, whole.y, width, rows};
    draw_wrapped(app, canvas, inside, app->notice, ROLE_WARNING);
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
    // right, numbers that were asked for behind the length. A window that is closed goes last.
    const bool asked = ladder->absolute;
    bool bare = segment->length == 0 && (segment->flags & (TW_SYN | TW_FIN | TW_RST)) == 0;
    const char *closed = segment->findings >> TW_FINDING_ZERO_WINDOW & 1 ? win : "";
    const char *const parts[][4] = {
        {seq, ack, len, win},
        {bare ? "" : seq, ack, len, bare ? win : closed},
        {bare ? "" : seq, ack, len, closed},
        {bare ? "" : seq, bare ? ack : "", len, closed},
        {asked && !bare ? seq : "", asked && bare ? ack : "", asked ? "" : len, closed},
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

// --- Words side by side

void draw_parts(struct canvas *canvas, struct area area, int y, int gap, const struct phrase *parts,
                size_t count) {
    bool shown[PARTS_MAX] = {false};
    int room = area.width - 2;
    for (int rank = 0; rank < PARTS_MAX; rank++)
        for (size_t i = 0; i < count; i++) {
            int width = canvas_text_width(parts[i].text);
            if (parts[i].rank != rank || width == 0 || width > room)
                continue;
            shown[i] = true;
            room -= width + gap;
        }
    int x = 1;
    for (size_t i = 0; i < count; i++)
        if (shown[i])
            x = canvas_text(canvas, area, x, y, parts[i].text, parts[i].role) + gap;
}

// --- What is missing

void dropped_text(const struct tw_ladder *ladder, char *text, size_t room) {
    char count[FORMAT_TEXT];
    snprintf(text, room,
             n_("%s segment was not kept", "%s segments were not kept", ladder->segments_dropped),
             format_count(ladder->segments_dropped, count));
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
        [TW_TIMER_NONE] = "%s",
        [TW_TIMER_RETRANSMIT] = N_("retransmit in %s"),
        [TW_TIMER_KEEPALIVE] = N_("keepalive in %s"),
        [TW_TIMER_TIME_WAIT] = N_("over in %s"),
        [TW_TIMER_PROBE] = N_("probe in %s"),
    };
    _Static_assert(TW_COUNT(words) == TW_TIMER_COUNT, "every timer has its words");
    bool again = kernel->state == TW_SYN_RECEIVED, orphan = kernel->state == TW_FIN_WAIT_2;
    bool keepalive = kernel->timer == TW_TIMER_KEEPALIVE;
    char time[WORD_TEXT];
    const enum tw_kernel_timer timer = keepalive && again    ? TW_TIMER_RETRANSMIT
                                       : keepalive && orphan ? TW_TIMER_TIME_WAIT
                                                             : kernel->timer;
    snprintf(text, WORD_TEXT, _(words[timer]), short_time(kernel->expires, false, time));
    return text;
}

int kernel_words(const struct tw_kernel_socket *socket, size_t opening,
                 struct kernel_word words[KERNEL_WORDS]) {
    int count = 0;
    if (socket->state == TW_LISTEN) {
        const bool full = socket->receive_queue > socket->send_queue;
        words[count].role = full ? ROLE_WARNING : ROLE_TEXT;
        snprintf(words[count++].text, WORD_TEXT,
                 full ? _("accept queue %u of %u, full") : _("accept queue %u of %u"),
                 (unsigned)socket->receive_queue, (unsigned)socket->send_queue);
        words[count].role = ROLE_TEXT;
        if (opening > 0)
            snprintf(words[count++].text, WORD_TEXT, _("SYN queue %zu"), opening);
        return count;
    }
    // The kernel counts SYN and FIN as an octet each; the state has said them already.
    enum tw_state state = socket->state;
    bool peer_fin = state == TW_CLOSE_WAIT || state == TW_CLOSING || state == TW_LAST_ACK;
    bool own = state == TW_SYN_SENT || state == TW_FIN_WAIT_1 || state == TW_CLOSING ||
               state == TW_LAST_ACK;
    words[count].role = ROLE_SEGMENT_DATA;
    if (socket->receive_queue > peer_fin)
        snprintf(words[count++].text, WORD_TEXT, _("unread %u"),
                 (unsigned)(socket->receive_queue - peer_fin));
    words[count].role = ROLE_SEGMENT_DATA;
    if (socket->send_queue > own)
        snprintf(words[count++].text, WORD_TEXT, _("unacked %u"),
                 (unsigned)(socket->send_queue - own));
    words[count].role = ROLE_FAINT;
    if (socket->timer != TW_TIMER_NONE)
        timer_text(socket, words[count++].text);
    if (socket->retransmits > 0) {
        words[count].role = ROLE_SEGMENT_AGAIN;
        snprintf(words[count++].text, WORD_TEXT, _("sent again %u"), socket->retransmits);
    }
    return count;
}
