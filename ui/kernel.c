// SPDX-License-Identifier: MIT
// Which sockets the kernel is asked about, and when.
#include "kernel.h"

#include "app.h"
#include "ui.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Between two looks at the screen's rows; and at one row of which nothing was captured.
static const tw_time frame = 30 * TW_MILLISECOND, at_rest = TW_SECOND,
                     soon = 100 * TW_MILLISECOND; // where an answer is on its way

struct kernel_row {
    size_t connection;
    uint64_t segments;   // when it was asked about
    tw_time seen, asked; // first, and last
    struct ui_kernel_said said[TW_END_COUNT];
};

// The next one in the same place takes it.
enum { OWNERS = 1024 };
struct kernel_owner {
    uint64_t number; // the connection's; 0: nobody's
    struct ui_process process[TW_END_COUNT];
};

void kernel_fini(struct kernel *kernel) {
    free(kernel->owners);
    free(kernel->rows);
}

static uint64_t segments_of(const struct tw_connection_info *info) {
    return info->end[TW_CLIENT].packets + info->end[TW_SERVER].packets;
}

static bool same_process(const struct ui_process *a, const struct ui_process *b) {
    return a->owner == b->owner && a->pid == b->pid && strcmp(a->name, b->name) == 0;
}

// As it is written: where two are the same, so is the picture.
static bool same(const struct ui_kernel_said *a, const struct ui_kernel_said *b) {
    const tw_time tenth = TW_SECOND / 10;
    const struct tw_kernel_socket *x = &a->socket, *y = &b->socket;
    return a->local == b->local && a->told == b->told && x->state == y->state &&
           x->receive_queue == y->receive_queue && x->send_queue == y->send_queue &&
           x->timer == y->timer && x->expires / tenth == y->expires / tenth &&
           x->retransmits == y->retransmits && x->inode == y->inode && x->rtt == y->rtt &&
           x->congestion_window == y->congestion_window && a->listener.state == b->listener.state &&
           a->listener.receive_queue == b->listener.receive_queue &&
           a->listener.send_queue == b->listener.send_queue && a->opening == b->opening &&
           same_process(&a->process, &b->process) && same_process(&a->server, &b->server);
}

static void remember(struct kernel *kernel, uint64_t number, enum tw_end end,
                     const struct ui_process *process) {
    if (process->owner != UI_OWNER_KNOWN)
        return;
    if (kernel->owners == NULL)
        kernel->owners = calloc(OWNERS, sizeof *kernel->owners);
    if (kernel->owners == NULL)
        return; // it is known as long as the socket is there
    struct kernel_owner *owner = &kernel->owners[number % OWNERS];
    if (owner->number != number)
        *owner = (struct kernel_owner){.number = number};
    owner->process[end] = *process;
}

const struct ui_process *kernel_owner(const struct app *app, size_t connection, enum tw_end end) {
    struct tw_connection_info info;
    if (app->kernel.owners == NULL)
        return NULL;
    tw_story_info(tw_story_at(app->story, connection), &info);
    const struct kernel_owner *owner = &app->kernel.owners[info.number % OWNERS];
    return owner->number == info.number && owner->process[end].owner == UI_OWNER_KNOWN
               ? &owner->process[end]
               : NULL;
}

static void ask(struct app *app, struct kernel_row *row, const struct tw_connection_info *info) {
    const struct ui_kernel *hooks = app->kernel.hooks;
    for (int i = 0; i < TW_END_COUNT; i++) {
        const struct tw_end_info *own = &info->end[i],
                                 *other = &info->end[tw_other((enum tw_end)i)];
        const struct tw_tuple tuple = {.local = own->address,
                                       .remote = other->address,
                                       .local_port = own->port,
                                       .remote_port = other->port,
                                       .version = info->version};
        struct ui_kernel_said said = {.local = false};
        hooks->ask(hooks->context, &tuple, &said);
        app->changed = app->changed || !same(&said, &row->said[i]);
        row->said[i] = said;
        remember(&app->kernel, info->number, (enum tw_end)i, &said.process);
    }
    app->kernel.both =
        app->kernel.both || (row->said[TW_CLIENT].local && row->said[TW_SERVER].local);
    row->segments = segments_of(info);
    row->asked = app->now;
}

// Whose a socket is, is known soon or not at all.
static bool waits(const struct app *app, const struct kernel_row *row) {
    bool unknown = false;
    for (int i = 0; i < TW_END_COUNT; i++) {
        const struct ui_kernel_said *said = &row->said[i];
        unknown = unknown ||
                  (said->told &&
                   ((said->socket.state != TW_CLOSED && said->process.owner == UI_OWNER_UNKNOWN) ||
                    (said->listener.state == TW_LISTEN && said->server.owner == UI_OWNER_UNKNOWN)));
    }
    return unknown && app->now - row->seen < at_rest;
}

bool kernel_waits(const struct app *app) {
    for (size_t i = 0; i < app->kernel.count; i++)
        if (waits(app, &app->kernel.rows[i]))
            return true;
    return false;
}

static bool is_due(const struct app *app, const struct kernel_row *row,
                   const struct tw_connection_info *info) {
    const tw_time rest = waits(app, row) ? soon : at_rest;
    return row->segments != segments_of(info) || app->now - row->asked >= rest;
}

static const struct kernel_row *find(const struct kernel *kernel, size_t connection, size_t near) {
    if (near < kernel->count && kernel->rows[near].connection == connection)
        return &kernel->rows[near];
    for (size_t i = 0; i < kernel->count; i++)
        if (kernel->rows[i].connection == connection)
            return &kernel->rows[i];
    return NULL;
}

// The connections that are seen: so many from a row of the list on, or the one that is shown.
static size_t seen(const struct app *app, size_t *first) {
    *first = app->list.top;
    if (app->view == VIEW_CONNECTION)
        return 1;
    if (app->view != VIEW_CONNECTIONS || app->moment.set)
        return 0;
    const size_t count = list_count(app), page = (size_t)list_page(app);
    const size_t left = count > *first ? count - *first : 0;
    return left < page ? left : page;
}

void kernel_tick(struct app *app) {
    struct kernel *kernel = &app->kernel;
    size_t first;
    const size_t count = kernel->hooks != NULL && app->loading ? seen(app, &first) : 0;
    if (count == 0) {
        kernel->count = 0;
        return;
    }
    // At once where something else is seen than before.
    const size_t at_first = app->view == VIEW_CONNECTION ? app->shown : list_connection(app, first);
    const bool moved = kernel->count != count || kernel->rows[0].connection != at_first;
    if (!moved && app->now - kernel->looked < frame)
        return;
    kernel->looked = app->now;
    struct kernel_row *rows = calloc(count, sizeof *rows);
    if (rows == NULL)
        return; // with what was known before
    kernel->hooks->turn(kernel->hooks->context);
    for (size_t i = 0; i < count; i++) {
        struct tw_connection_info info;
        const size_t connection =
            app->view == VIEW_CONNECTION ? app->shown : list_connection(app, first + i);
        const struct kernel_row *known = find(kernel, connection, i);
        tw_story_info(tw_story_at(app->story, connection), &info);
        rows[i] = known != NULL ? *known : (struct kernel_row){.seen = app->now};
        rows[i].connection = connection;
        if (known == NULL || is_due(app, known, &info))
            ask(app, &rows[i], &info);
    }
    free(kernel->rows);
    kernel->rows = rows;
    kernel->count = count;
}

const struct ui_kernel_said *kernel_said(const struct app *app, size_t connection,
                                         enum tw_end end) {
    const struct kernel_row *row = find(&app->kernel, connection, SIZE_MAX);
    return row != NULL && row->said[end].local ? &row->said[end] : NULL;
}

enum tw_state kernel_state(const struct ui_kernel_said *said) {
    return said->socket.state == TW_CLOSED ? said->listener.state : said->socket.state;
}

bool kernel_differs(const struct tw_connection_info *info, enum tw_end end,
                    const struct ui_kernel_said *said) {
    const enum tw_state wire = info->end[end].state, kernel = kernel_state(said);
    // Who listens has no socket of the connection yet, or none any more.
    return said->told && info->end[end].step_count > 0 && wire != kernel &&
           !(wire == TW_CLOSED && kernel == TW_LISTEN);
}

// What the wire shows of an end, as it is now.
static void wire_of(const struct app *app, size_t connection, const struct tw_connection_info *info,
                    enum tw_end end, struct tw_kernel_wire *wire) {
    const struct tw_story_connection *c = tw_story_at(app->story, connection);
    struct tw_step steps[TW_HISTORY_MAX];
    size_t count = tw_story_history(c, end, steps, TW_HISTORY_MAX), kept;
    const struct tw_story_segment *segments = tw_story_segments(c, &kept);
    *wire = (struct tw_kernel_wire){.state = info->end[end].state};
    if (count > TW_HISTORY_MAX)
        count = TW_HISTORY_MAX;
    if (count > 1) {
        wire->before = steps[count - 2].state;
        wire->passive = wire->before == TW_LISTEN;
        wire->assumed = steps[count - 1].basis == TW_ASSUMED;
    }
    for (size_t i = kept; i-- > 0;)
        if (segments[i].sender == tw_other(end)) {
            wire->window_closed = segments[i].window == 0 && (segments[i].flags & TW_RST) == 0;
            break;
        }
}

const char *kernel_reason(const struct app *app, size_t connection, enum tw_end end) {
    const struct ui_kernel_said *said = kernel_said(app, connection, end);
    struct tw_connection_info info;
    struct tw_kernel_wire wire;
    tw_story_info(tw_story_at(app->story, connection), &info);
    if (said == NULL || !said->told)
        return "";
    const struct tw_kernel_socket *socket =
        said->socket.state != TW_CLOSED ? &said->socket : &said->listener;
    wire_of(app, connection, &info, end, &wire);
    const char *reason = tw_kernel_difference(&wire, socket->state != TW_CLOSED ? socket : NULL,
                                              tw_kernel_full(&said->listener));
    return reason[0] != '\0' ? reason : tw_kernel_remark(socket);
}

const char *kernel_states_text(const struct app *app, size_t connection, char text[KERNEL_TEXT]) {
    struct tw_connection_info info;
    size_t length = 0;
    tw_story_info(tw_story_at(app->story, connection), &info);
    text[0] = '\0';
    for (int end = 0; end < TW_END_COUNT; end++) {
        const struct ui_kernel_said *said = kernel_said(app, connection, (enum tw_end)end);
        if (said == NULL || !kernel_differs(&info, (enum tw_end)end, said))
            continue;
        length +=
            (size_t)snprintf(text + length, KERNEL_TEXT - length, "%s%c %s", length > 0 ? " " : "",
                             end == TW_CLIENT ? 'C' : 'S', tw_state_name(kernel_state(said)));
    }
    return text;
}

// The name of whose an end's socket is, or was, or who takes connections there; else why there is
// none.
static const char *owner_text(const struct app *app, size_t connection, enum tw_end end,
                              bool *known) {
    const struct ui_kernel_said *said = kernel_said(app, connection, end);
    const struct ui_process *last = kernel_owner(app, connection, end);
    const bool told = said != NULL && said->told;
    *known = *known || last != NULL;
    if (last != NULL)
        return last->name;
    if (told && said->listener.state == TW_LISTEN && said->server.owner == UI_OWNER_KNOWN) {
        *known = true;
        return said->server.name;
    }
    return !told || said->socket.state == TW_CLOSED ? ""
           : said->process.owner == UI_OWNER_HIDDEN ? _("not shown")
           : said->socket.state == TW_TIME_WAIT     ? "" // nobody's now; before, who knows
           : said->process.owner == UI_OWNER_NOBODY ? _("no process")
                                                    : "";
}

const char *kernel_process_text(const struct app *app, size_t connection, char text[KERNEL_TEXT]) {
    bool known = false;
    const char *client = owner_text(app, connection, TW_CLIENT, &known),
               *server = owner_text(app, connection, TW_SERVER, &known);
    // Whose end a single one is, too.
    snprintf(text, KERNEL_TEXT, "%s%s%s", client,
             known || (client[0] != '\0' && server[0] != '\0') ? ">" : "", server);
    return text;
}
