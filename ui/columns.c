// SPDX-License-Identifier: MIT
// States and what happened stand whole; addresses are shortened for that. The rest comes where
// there is room, and else by scrolling: then every column has the room that it needs.
#include "columns.h"

#include "app.h"
#include "format.h"
#include "views/views.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
    STATE_WIDTH = 12,
    PROCESS_WIDTH = 16,
    ADDRESS_LEAST = 8,
    NUMBER_LEAST = 3,
    GAP = COLUMN_GAP
};

static const struct {
    struct column_info info;
    int width; // in English; addresses and numbers have their own
} columns[] = {
    [COLUMN_NUMBER] = {{"#", N_("number"), true, SORT_NUMBER}, 0},
    [COLUMN_CLIENT] = {{N_("client"), N_("client's address"), false, SORT_CLIENT}, 0},
    [COLUMN_CLIENT_STATE] = {{N_("state"), N_("client's state"), false, SORT_CLIENT_STATE},
                             STATE_WIDTH},
    [COLUMN_SERVER] = {{N_("server"), N_("server's address"), false, SORT_SERVER}, 0},
    [COLUMN_SERVER_STATE] = {{N_("state"), N_("server's state"), false, SORT_SERVER_STATE},
                             STATE_WIDTH},
    [COLUMN_OUTCOME] = {{N_("outcome"), N_("outcome"), false, SORT_OUTCOME}, OUTCOME_WIDTH},
    [COLUMN_DURATION] = {{N_("duration"), N_("duration"), true, SORT_DURATION}, 11},
    [COLUMN_SEGMENTS] = {{N_("segments"), N_("segments"), true, SORT_SEGMENTS}, 9},
    [COLUMN_OCTETS] = {{N_("bytes"), N_("bytes"), true, SORT_OCTETS}, 9},
    [COLUMN_RTT] = {{N_("RTT"), N_("RTT"), true, SORT_RTT}, 8},
    [COLUMN_LETTERS] = {{N_("history"), N_("history"), false, SORT_LETTERS}, TW_STORY_LETTERS - 1},
    [COLUMN_WAITS] = {{N_("waits"), N_("wait"), true, SORT_WAITS}, 7},
    [COLUMN_OPENED] = {{N_("began"), N_("beginning"), true, SORT_OPENED}, 15},
    [COLUMN_PROCESS] = {{N_("process"), N_("process"), false, SORT_COUNT}, PROCESS_WIDTH},
    [COLUMN_KERNEL] = {{N_("kernel"), N_("kernel's states"), false, SORT_COUNT}, STATE_WIDTH + 2},
};
_Static_assert(TW_COUNT(columns) == COLUMN_COUNT, "every column has its heading");

const struct column_info *column_info(enum column column) {
    return &columns[column].info;
}

bool columns_have(const struct app *app, enum column column) {
    return app->kernel.hooks != NULL || (column != COLUMN_PROCESS && column != COLUMN_KERNEL);
}

static int greater(int a, int b) {
    return a > b ? a : b;
}

// The width that a column needs; beside its heading there is room for the sign of the order.
static int natural(const struct app *app, enum column column) {
    int heading = canvas_text_width(_(columns[column].info.heading)) + 1;
    int width = columns[column].width;
    if (column == COLUMN_CLIENT)
        width = greater(app->list.address_width[TW_CLIENT], ADDRESS_LEAST);
    if (column == COLUMN_SERVER)
        width = greater(app->list.address_width[TW_SERVER], ADDRESS_LEAST);
    if (column == COLUMN_PROCESS && app->kernel.both)
        width += PROCESS_WIDTH / 2;
    if (column == COLUMN_NUMBER) { // the mark stands before it
        char digits[FORMAT_TEXT];
        struct tw_connection_info last = {0};
        if (tw_story_count(app->story) > 0)
            tw_story_info(tw_story_at(app->story, tw_story_count(app->story) - 1), &last);
        width = greater(snprintf(digits, sizeof digits, "%" PRIu64, last.number) + 1, NUMBER_LEAST);
    }
    return greater(heading, width);
}

// Widths of the two addresses in `room`: as much as they need, or fair shares.
static void fit_addresses(const struct app *app, int room, int widths[COLUMN_COUNT]) {
    int client = natural(app, COLUMN_CLIENT), server = natural(app, COLUMN_SERVER);
    if (client + server > room) {
        int half = room / 2;
        if (client < half)
            server = room - client;
        else if (server < half)
            client = room - server;
        else
            client = half, server = room - half;
    }
    widths[COLUMN_CLIENT] = client;
    widths[COLUMN_SERVER] = server;
}

// What matters most, then the others as long as there is room.
static void fit_first(const struct app *app, int room, int widths[COLUMN_COUNT]) {
    int states = 2 * (natural(app, COLUMN_CLIENT_STATE) + GAP);
    int brief =
        greater(natural(app, COLUMN_OUTCOME) - OUTCOME_WIDTH + OUTCOME_BRIEF, OUTCOME_BRIEF) + GAP;
    const int least = 2 * (ADDRESS_LEAST + GAP);
    widths[COLUMN_CLIENT_STATE] = widths[COLUMN_SERVER_STATE] = states / 2 - GAP;
    room -= states;
    if (room < least) { // one address only: the port tells them apart
        widths[COLUMN_CLIENT] = greater(room - GAP, 1);
        return;
    }
    bool outcome = room >= least + brief;
    fit_addresses(app, room - 2 * GAP - (outcome ? brief : 0), widths);
    room -= widths[COLUMN_CLIENT] + widths[COLUMN_SERVER] + 2 * GAP;
    if (!outcome)
        return;
    widths[COLUMN_OUTCOME] = brief - GAP;
    room -= brief;
    for (int i = 0; i < COLUMN_COUNT - COLUMN_OUTCOME - 1; i++) { // the kernel's word first
        static const int kernels = COLUMN_COUNT - COLUMN_PROCESS;
        const enum column column =
            (enum column)(i < kernels ? COLUMN_PROCESS + i : COLUMN_OUTCOME + 1 + i - kernels);
        int width = natural(app, column);
        if (!columns_have(app, column))
            continue;
        if (room < width + GAP)
            break;
        widths[column] = width;
        room -= width + GAP;
    }
    // It is told in full where no column has to go for that.
    int more = natural(app, COLUMN_OUTCOME) - widths[COLUMN_OUTCOME];
    widths[COLUMN_OUTCOME] += room < more ? room : more;
}

static struct columns fit(const struct app *app, int width, int scrolled) {
    struct columns fitted = {.left = scrolled > 0};
    int *widths = fitted.widths;
    widths[COLUMN_NUMBER] = natural(app, COLUMN_NUMBER);
    int room = width - 1 - widths[COLUMN_NUMBER] - GAP;
    if (scrolled == 0)
        fit_first(app, room, widths);
    else
        for (int i = COLUMN_NUMBER + 1 + scrolled; i < COLUMN_COUNT && room > GAP; i++) {
            int wish = natural(app, (enum column)i) + GAP;
            if (!columns_have(app, (enum column)i))
                continue;
            if (wish > room && i > COLUMN_NUMBER + 1 + scrolled)
                break;
            widths[i] = (wish < room ? wish : room) - GAP;
            room -= wish;
        }
    for (int i = COLUMN_NUMBER + 1 + scrolled; i < COLUMN_COUNT; i++)
        fitted.right = fitted.right || (widths[i] == 0 && columns_have(app, (enum column)i));
    return fitted;
}

int columns_last_scroll(const struct app *app) {
    int scrolled = 0;
    while (scrolled < COLUMN_COUNT - 2 && fit(app, app->width, scrolled).right)
        scrolled++;
    return scrolled;
}

struct columns columns_fit(const struct app *app, int width) {
    int last = app->list.scrolled > 0 ? columns_last_scroll(app) : 0;
    return fit(app, width, app->list.scrolled < last ? app->list.scrolled : last);
}

static const char *state_text(const struct column_row *row, enum tw_end end) {
    const struct tw_end_info *e = &row->info.end[end];
    return e->step_count > 0 ? tw_state_name(e->state) : "";
}

const char *column_text(const struct app *app, const struct column_row *row, enum column column,
                        int width, char text[COLUMN_TEXT]) {
    const struct tw_connection_info *info = &row->info;
    const struct tw_end_info *c = &info->end[TW_CLIENT], *s = &info->end[TW_SERVER];
    const struct tw_story_connection *connection = tw_story_at(app->story, row->connection);
    tw_time time;
    if (!row->whole &&
        (column == COLUMN_SEGMENTS || column == COLUMN_OCTETS || column == COLUMN_LETTERS))
        return "";
    switch (column) {
    case COLUMN_NUMBER: snprintf(text, COLUMN_TEXT, "%" PRIu64, info->number); return text;
    case COLUMN_CLIENT: return tw_address_text(info->version, &c->address, c->port, text);
    case COLUMN_CLIENT_STATE: return state_text(row, TW_CLIENT);
    case COLUMN_SERVER: return tw_address_text(info->version, &s->address, s->port, text);
    case COLUMN_SERVER_STATE: return state_text(row, TW_SERVER);
    case COLUMN_OUTCOME: return format_outcome(info, width < natural(app, COLUMN_OUTCOME), text);
    case COLUMN_DURATION: return format_duration(info->last - info->opened, text);
    case COLUMN_SEGMENTS: return format_count(c->packets + s->packets, text);
    case COLUMN_OCTETS: return format_octets(c->bytes + s->bytes, text);
    case COLUMN_RTT: time = list_rtt(info); return time < 0 ? "" : format_duration(time, text);
    case COLUMN_LETTERS: return tw_story_letters(connection, text);
    case COLUMN_WAITS:
        time = list_waits(app, info, row->connection);
        return time == 0 ? "" : format_wait(time, text);
    case COLUMN_OPENED: return format_clock(info->opened, app->utc, text);
    case COLUMN_PROCESS: return kernel_process_text(app, row->connection, text);
    case COLUMN_KERNEL: return kernel_states_text(app, row->connection, text);
    case COLUMN_COUNT: break;
    }
    return "";
}
_Static_assert((int)FORMAT_TEXT <= (int)COLUMN_TEXT && (int)TW_ADDRESS_TEXT <= (int)COLUMN_TEXT &&
                   (int)TW_STORY_LETTERS <= (int)COLUMN_TEXT &&
                   (int)KERNEL_TEXT <= (int)COLUMN_TEXT,
               "a cell's text holds each");

enum role column_role(const struct column_row *row, enum column column) {
    const enum tw_outcome outcome = row->info.outcome;
    switch (column) {
    case COLUMN_CLIENT_STATE: return state_role(row->info.end[TW_CLIENT].state);
    case COLUMN_SERVER_STATE: return state_role(row->info.end[TW_SERVER].state);
    case COLUMN_OUTCOME:
        return outcome == TW_OUTCOME_CLOSED || outcome == TW_OUTCOME_OPEN ? ROLE_TEXT
                                                                          : ROLE_WARNING;
    case COLUMN_CLIENT:
    case COLUMN_SERVER:
    case COLUMN_LETTERS: return ROLE_TEXT;
    case COLUMN_WAITS:
    case COLUMN_KERNEL: return ROLE_WARNING;
    default: return ROLE_FAINT;
    }
}
