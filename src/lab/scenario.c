// SPDX-License-Identifier: MIT
// Runs a script on a lab: each statement is done at once, or tried again until it is, or too late.
#include "inside.h"
#include "programs.h"
#include "script.h"

#include "tcpwalk/errnos.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SEEN_MAX = 320 };
static const tw_time default_limit = 5 * TW_SECOND;
// How much longer at most is waited on a wire that is slowed down.
static const tw_time slowed_limit = 15 * TW_SECOND, slowed_wait = 2 * TW_SECOND;

// A call that was begun with `...`.
struct begun {
    const char *socket; // lent by the script
    size_t index;       // in the witness
};

struct tw_scenario {
    struct tw_lab *lab;             // lent
    const struct tw_script *script; // lent
    size_t at;                      // statement
    tw_time since;                  // when it was come to; TW_NO_TIME: not yet
    size_t call;                    // of a call that is waited for
    uint64_t last_flight;           // at the end of the script: what left up to then lands yet
    struct begun *begun;
    size_t begun_count, begun_room;
};

// How a statement went.
enum progress { PROGRESS_DONE, PROGRESS_WAITS, PROGRESS_FAILED };

static enum progress fail_at(const struct tw_scenario *scenario, struct tw_error *error,
                             const char *format, ...) TW_PRINTF(3, 4);
static enum progress fail_at(const struct tw_scenario *scenario, struct tw_error *error,
                             const char *format, ...) {
    const struct script_statement *s = &scenario->script->statements[scenario->at];
    char what[sizeof error->text / 2 + SEEN_MAX / 2];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    (void)tw_fail(error, TW_UNMET, "%s:%u:%u: %s", scenario->script->name, s->line, s->column,
                  what);
    return PROGRESS_FAILED;
}

// "lab: WHY" of a part of the lab, told with the statement's place.
static enum progress result_of(const struct tw_scenario *scenario, enum tw_status status,
                               struct tw_error *error) {
    if (status == TW_OK) {
        return PROGRESS_DONE;
    }
    const struct tw_error why = *error;
    const char *text = strncmp(why.text, "lab: ", 5) == 0 ? why.text + 5 : why.text;
    return fail_at(scenario, error, "%s", text);
}

// On a wire that is slowed down all takes longer, and the kernels' timers follow it in part.
static tw_time deadline(const struct tw_scenario *scenario, const struct script_statement *s) {
    double slow = scenario->lab->options.slow;
    tw_time limit = s->within > 0 ? s->within : default_limit;
    if (s->kind != SCRIPT_WAIT) {
        return scenario->since + limit + (slow > 1 ? slowed_limit : 0);
    }
    tw_time longer = slow > 1 ? (tw_time)((double)s->time * (slow - 1)) : 0;
    return scenario->since + s->time + (longer < slowed_wait ? longer : slowed_wait);
}

// --- what is seen

static const char *end_name(enum tw_end end) {
    return end == TW_CLIENT ? "client" : "server";
}

static const char *subject_name(const struct script_subject *subject) {
    return subject->socket != NULL ? subject->socket : end_name(subject->end);
}

// The kernel's state of one socket by its name.
static enum tw_state state_of(const struct tw_lab_view *view, const struct socket_name *name) {
    for (size_t i = 0; i < view->kernel_count[name->end]; i++) {
        if (tw_tuple_equal(&view->kernel[name->end][i].tuple, &name->tuple)) {
            return view->kernel[name->end][i].state;
        }
    }
    return TW_CLOSED;
}

// Sockets of an end that are in a state. CLOSED are connections that have been.
static size_t count_in_state(const struct tw_lab_view *view, enum tw_end end, enum tw_state state) {
    size_t count = 0;
    if (state == TW_CLOSED) {
        for (size_t i = 0; i < view->witness->history_count; i++) {
            const struct tw_witness_history *h = &view->witness->histories[i];
            count += h->end == end && h->steps[h->count - 1].state == TW_CLOSED;
        }
        return count;
    }
    for (size_t i = 0; i < view->kernel_count[end]; i++) {
        count += view->kernel[end][i].state == state;
    }
    return count;
}

// Nothing of that end is on its way, and it has nothing to send again.
static bool is_quiet(const struct tw_lab_view *view, enum tw_end end) {
    for (size_t i = 0; i < view->flight_count; i++) {
        if (view->flights[i].from == end) {
            return false;
        }
    }
    for (size_t i = 0; i < view->kernel_count[end]; i++) {
        enum tw_kernel_timer timer = view->kernel[end][i].timer;
        if (timer == TW_TIMER_RETRANSMIT || timer == TW_TIMER_PROBE) {
            return false;
        }
    }
    return true;
}

static void append(char *text, size_t room, const char *format, ...) TW_PRINTF(3, 4);
static void append(char *text, size_t room, const char *format, ...) {
    size_t used = strlen(text);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text + used, room - used, format, arguments);
    va_end(arguments);
}

// "client is in SYN-SENT, server in LISTEN; held: SYN from client"
static void what_is_seen(const struct tw_lab_view *view, char *text, size_t room) {
    text[0] = '\0';
    for (enum tw_end end = TW_CLIENT; end < TW_END_COUNT; end++) {
        append(text, room, "%s%s: ", end == TW_CLIENT ? "" : "; ", end_name(end));
        bool some = false;
        for (enum tw_state state = TW_LISTEN; state < TW_STATE_COUNT; state++) {
            size_t count = count_in_state(view, end, state);
            if (count == 0) {
                continue;
            }
            append(text, room, "%s%s", some ? ", " : "", tw_state_name(state));
            if (count > 1) {
                append(text, room, " (%zu)", count);
            }
            some = true;
        }
        if (!some) {
            append(text, room, "no socket");
        }
    }
    for (size_t i = 0; i < view->flight_count && i < 3; i++) {
        char flags[TW_FLAGS_TEXT];
        const struct tw_flight *f = &view->flights[i];
        append(text, room, "%s%s from %s", i == 0 ? "; on the wire: " : ", ",
               tw_flags_text(f->segment.flags, flags), end_name(f->from));
        append(text, room, "%s", f->lands == TW_NO_TIME ? " (held)" : "");
    }
}

// --- calls

static enum progress check_result(const struct tw_scenario *scenario, size_t index,
                                  struct tw_error *error) {
    const struct script_statement *s = &scenario->script->statements[scenario->at];
    const struct tw_witness_call *call = &scenario->lab->witness->calls[index];
    bool met = true;
    switch (s->call.expect) {
    case RESULT_VALUE:
        met = call->error == 0 && strtoll(call->result, NULL, 10) == s->call.value;
        break;
    case RESULT_ERROR: met = call->error == s->call.error; break;
    case RESULT_TEXT: {
        size_t length;
        const char *octets = tw_lab_received(scenario->lab, index, &length);
        met = call->error == 0 && length == s->call.length &&
              memcmp(octets, s->call.octets, length) == 0;
        break;
    }
    default: break;
    }
    char wanted[CALL_TEXT];
    if (s->call.expect == RESULT_TEXT) {
        call_quote(s->call.octets, s->call.length, wanted, sizeof wanted);
    } else if (s->call.expect == RESULT_ERROR) {
        snprintf(wanted, sizeof wanted, "-1 %s", tw_errno_name(s->call.error));
    } else {
        snprintf(wanted, sizeof wanted, "%" PRId64, s->call.value);
    }
    return met ? PROGRESS_DONE
               : fail_at(scenario, error, "%s gives %s, not %s", call->text, call->result, wanted);
}

static enum progress wait_for_call(const struct tw_scenario *scenario, size_t index,
                                   struct tw_error *error) {
    return scenario->lab->witness->calls[index].result == NULL
               ? PROGRESS_WAITS
               : check_result(scenario, index, error);
}

static bool note_begun(struct tw_scenario *scenario, const char *socket, size_t index) {
    if (scenario->begun_count == scenario->begun_room) {
        size_t room = scenario->begun_room > 0 ? 2 * scenario->begun_room : 8;
        struct begun *grown = realloc(scenario->begun, room * sizeof *grown);
        if (grown == NULL) {
            return false;
        }
        scenario->begun = grown;
        scenario->begun_room = room;
    }
    scenario->begun[scenario->begun_count++] = (struct begun){socket, index};
    return true;
}

static enum progress run_call(struct tw_scenario *scenario, const struct script_statement *s,
                              struct tw_error *error) {
    if (scenario->call != TW_LAB_NO_CALL) {
        return wait_for_call(scenario, scenario->call, error);
    }
    size_t index;
    enum tw_status status = tw_lab_call(scenario->lab, &s->call.request, &index, error);
    if (status != TW_OK) {
        return result_of(scenario, status, error);
    }
    if (s->call.begin) {
        bool noted =
            s->call.request.socket == NULL || note_begun(scenario, s->call.request.socket, index);
        return noted ? PROGRESS_DONE : fail_at(scenario, error, "out of memory");
    }
    scenario->call = index;
    return wait_for_call(scenario, index, error);
}

static enum progress run_await(const struct tw_scenario *scenario, const struct script_statement *s,
                               struct tw_error *error) {
    for (size_t i = scenario->begun_count; i-- > 0;) {
        if (strcmp(scenario->begun[i].socket, s->call.socket) == 0) {
            return wait_for_call(scenario, scenario->begun[i].index, error);
        }
    }
    return fail_at(scenario, error, "no call on %s was begun with `...`", s->call.socket);
}

// --- the wire

static enum progress run_deliver(const struct tw_scenario *scenario,
                                 const struct script_statement *s) {
    struct tw_lab_view view;
    tw_lab_view_get(scenario->lab, &view);
    for (size_t i = 0; i < view.flight_count; i++) {
        const struct tw_flight *f = &view.flights[i];
        if (f->lands == TW_NO_TIME && (s->end == SCRIPT_BOTH || f->from == s->end) &&
            tw_kind_matches(s->segments, &f->segment)) {
            (void)tw_lab_deliver(scenario->lab, f->id);
            return PROGRESS_DONE;
        }
    }
    return PROGRESS_WAITS;
}

// Calls one of the lab's functions for the end that is meant, or for both.
static enum progress for_ends(const struct tw_scenario *scenario,
                              const struct script_statement *s) {
    for (enum tw_end end = TW_CLIENT; end < TW_END_COUNT; end++) {
        if (s->end != SCRIPT_BOTH && s->end != end) {
            continue;
        }
        switch (s->kind) {
        case SCRIPT_DELAY: tw_lab_delay(scenario->lab, end, s->time); break;
        case SCRIPT_HOLD: tw_lab_hold(scenario->lab, end, s->segments, true); break;
        case SCRIPT_RELEASE: tw_lab_hold(scenario->lab, end, s->segments, false); break;
        default: {
            enum tw_lab_fate fate = s->kind == SCRIPT_DROP        ? TW_FATE_DROP
                                    : s->kind == SCRIPT_DUPLICATE ? TW_FATE_DUPLICATE
                                                                  : TW_FATE_SWAP;
            tw_lab_doom(scenario->lab, end, s->segments, fate, s->every);
        }
        }
    }
    return PROGRESS_DONE;
}

static enum progress run_inject(const struct tw_scenario *scenario,
                                const struct script_statement *s, struct tw_error *error) {
    struct tw_lab_injection injection = s->inject.injection;
    const char *socket = s->inject.subject.socket;
    if (socket != NULL) {
        const struct socket_name *name = lab_calls_name(&scenario->lab->calls, socket);
        if (name == NULL || name->tuple.version == 0 || name->tuple.remote_port == 0) {
            return fail_at(scenario, error, "%s has no connection yet", socket);
        }
        const struct tw_tuple own = name->tuple;
        injection.tuple = own;
        if (name->end != injection.from) { // seen from the other end
            injection.tuple.local = own.remote;
            injection.tuple.local_port = own.remote_port;
            injection.tuple.remote = own.local;
            injection.tuple.remote_port = own.local_port;
        }
    } else {
        const struct stack *to = &scenario->lab->stacks[tw_other(injection.from)];
        static const struct tw_address unset;
        if (memcmp(&injection.tuple.remote, &unset, sizeof unset) == 0) {
            injection.tuple.remote = injection.tuple.version == 4 ? to->address4 : to->address6;
        }
    }
    return result_of(scenario, tw_lab_inject(scenario->lab, &injection, error), error);
}

// --- states

static enum progress run_until(const struct tw_scenario *scenario, const struct script_statement *s,
                               struct tw_error *error) {
    struct tw_lab_view view;
    tw_lab_view_get(scenario->lab, &view);
    const struct script_subject *subject = &s->until.subject;
    bool met;
    if (subject->socket != NULL) {
        const struct socket_name *name = lab_calls_name(&scenario->lab->calls, subject->socket);
        if (name == NULL) {
            return fail_at(scenario, error, "there is no socket %s", subject->socket);
        }
        met = s->until.quiet ? is_quiet(&view, name->end) : state_of(&view, name) == s->until.state;
    } else {
        met = s->until.quiet ? is_quiet(&view, subject->end)
                             : count_in_state(&view, subject->end, s->until.state) >=
                                   (s->until.count > 0 ? s->until.count : 1);
    }
    return met ? PROGRESS_DONE : PROGRESS_WAITS;
}

// The only connection of an end, or that of a socket.
static const struct tw_witness_history *history_of(const struct tw_scenario *scenario,
                                                   const struct script_subject *subject,
                                                   size_t *count) {
    const struct tw_lab *lab = scenario->lab;
    *count = 0;
    if (subject->socket != NULL) {
        const struct socket_name *name = lab_calls_name(&lab->calls, subject->socket);
        const struct tw_witness_history *history =
            name != NULL ? watch_history(&lab->watch[name->end], &name->tuple) : NULL;
        *count = history != NULL;
        return history;
    }
    const struct tw_witness_history *found = NULL;
    for (size_t i = 0; i < lab->witness->history_count; i++) {
        const struct tw_witness_history *history = &lab->witness->histories[i];
        if (history->end == subject->end) {
            found = history;
            ++*count;
        }
    }
    return found;
}

static enum progress run_history(const struct tw_scenario *scenario,
                                 const struct script_statement *s, struct tw_error *error) {
    size_t count;
    const char *who = subject_name(&s->history.subject);
    const struct tw_witness_history *history = history_of(scenario, &s->history.subject, &count);
    if (history == NULL) {
        return fail_at(scenario, error, "%s has no connection", who);
    }
    if (count > 1) {
        return fail_at(scenario, error, "%s has %zu connections: name a socket", who, count);
    }
    bool met = history->count == s->history.count;
    char seen[SEEN_MAX] = "";
    for (size_t i = 0; i < history->count; i++) {
        met = met && history->steps[i].state == s->history.states[i];
        append(seen, sizeof seen, "%s%s", i > 0 ? " " : "", tw_state_name(history->steps[i].state));
    }
    char wanted[SEEN_MAX] = "";
    for (size_t i = 0; i < s->history.count; i++) {
        append(wanted, sizeof wanted, "%s%s", i > 0 ? " " : "",
               tw_state_name(s->history.states[i]));
    }
    return met ? PROGRESS_DONE
               : fail_at(scenario, error, "%s went through %s, not %s", who, seen, wanted);
}

// --- statements

static enum progress run_sysctl(const struct tw_scenario *scenario,
                                const struct script_statement *s, struct tw_error *error) {
    enum tw_status status = TW_OK;
    for (enum tw_end end = TW_CLIENT; end < TW_END_COUNT && status == TW_OK; end++) {
        if (s->end == SCRIPT_BOTH || s->end == end) {
            status = tw_lab_sysctl(scenario->lab, end, s->sysctl.name, s->sysctl.value, error);
        }
    }
    return result_of(scenario, status, error);
}

static enum progress run(struct tw_scenario *scenario, const struct script_statement *s,
                         struct tw_error *error) {
    switch (s->kind) {
    case SCRIPT_TITLE:
    case SCRIPT_TEACHES: return PROGRESS_DONE;
    case SCRIPT_IP: tw_lab_version(scenario->lab, s->version); return PROGRESS_DONE;
    case SCRIPT_SYSCTL: return run_sysctl(scenario, s, error);
    case SCRIPT_TAP:
        if (s->tap.count > 0) {
            tw_lab_taps(scenario->lab, s->tap.places, s->tap.count);
        } else {
            tw_lab_tap_on(scenario->lab, s->tap.on);
        }
        return PROGRESS_DONE;
    case SCRIPT_CALL: return run_call(scenario, s, error);
    case SCRIPT_AWAIT: return run_await(scenario, s, error);
    case SCRIPT_DELIVER: return run_deliver(scenario, s);
    case SCRIPT_INJECT: return run_inject(scenario, s, error);
    case SCRIPT_UNTIL: return run_until(scenario, s, error);
    case SCRIPT_WAIT: return tw_lab_now() >= deadline(scenario, s) ? PROGRESS_DONE : PROGRESS_WAITS;
    case SCRIPT_HISTORY: return run_history(scenario, s, error);
    default: return for_ends(scenario, s);
    }
}

static enum progress too_late(const struct tw_scenario *scenario, const struct script_statement *s,
                              struct tw_error *error) {
    struct tw_lab_view view;
    char seen[SEEN_MAX];
    tw_lab_view_get(scenario->lab, &view);
    what_is_seen(&view, seen, sizeof seen);
    double seconds = (double)(deadline(scenario, s) - scenario->since) / (double)TW_SECOND;
    switch (s->kind) {
    case SCRIPT_UNTIL:
        return fail_at(scenario, error, "%s is not %s after %g s (%s)",
                       subject_name(&s->until.subject),
                       s->until.quiet ? "quiet" : tw_state_name(s->until.state), seconds, seen);
    case SCRIPT_DELIVER:
        return fail_at(scenario, error, "no segment to deliver after %g s (%s)", seconds, seen);
    default:
        return fail_at(scenario, error, "%s has not returned after %g s (%s)",
                       s->kind == SCRIPT_AWAIT ? s->call.socket
                                               : tw_call_name(s->call.request.call),
                       seconds, seen);
    }
}

// At the end of the script what is on its way, and not held, lands yet.
static bool settled(struct tw_scenario *scenario) {
    struct tw_lab_view view;
    tw_lab_view_get(scenario->lab, &view);
    if (scenario->last_flight == 0) {
        scenario->last_flight = 1;
        for (size_t i = 0; i < view.flight_count; i++) {
            uint64_t id = view.flights[i].id;
            scenario->last_flight = id > scenario->last_flight ? id : scenario->last_flight;
        }
    }
    for (size_t i = 0; i < view.flight_count; i++) {
        if (view.flights[i].id <= scenario->last_flight && view.flights[i].lands != TW_NO_TIME) {
            return false;
        }
    }
    return true;
}

enum tw_scenario_state tw_scenario_turn(struct tw_scenario *scenario, struct tw_error *error) {
    while (scenario->at < scenario->script->count) {
        const struct script_statement *s = &scenario->script->statements[scenario->at];
        if (scenario->since == TW_NO_TIME) {
            scenario->since = tw_lab_now();
            scenario->call = TW_LAB_NO_CALL;
        }
        enum progress progress = run(scenario, s, error);
        if (progress == PROGRESS_WAITS && s->kind != SCRIPT_WAIT &&
            tw_lab_now() >= deadline(scenario, s)) {
            progress = too_late(scenario, s, error);
        }
        if (progress != PROGRESS_DONE) {
            return progress == PROGRESS_WAITS ? TW_SCENARIO_RUNS : TW_SCENARIO_FAILED;
        }
        scenario->at++;
        scenario->since = TW_NO_TIME;
    }
    return settled(scenario) ? TW_SCENARIO_DONE : TW_SCENARIO_RUNS;
}

tw_time tw_scenario_due(const struct tw_scenario *scenario) {
    if (scenario->at == scenario->script->count || scenario->since == TW_NO_TIME) {
        return tw_lab_now() + default_limit;
    }
    return deadline(scenario, &scenario->script->statements[scenario->at]);
}

const char *tw_scenario_statement(const struct tw_scenario *scenario, unsigned *line) {
    if (scenario->at == scenario->script->count) {
        *line = 0;
        return NULL;
    }
    const struct script_statement *s = &scenario->script->statements[scenario->at];
    *line = s->line;
    return s->text;
}

struct tw_scenario *tw_scenario_new(struct tw_lab *lab, const struct tw_script *script) {
    struct tw_scenario *scenario = calloc(1, sizeof *scenario);
    if (scenario != NULL) {
        *scenario = (struct tw_scenario){
            .lab = lab, .script = script, .since = TW_NO_TIME, .call = TW_LAB_NO_CALL};
    }
    return scenario;
}

void tw_scenario_free(struct tw_scenario *scenario) {
    if (scenario != NULL) {
        free(scenario->begun);
        free(scenario);
    }
}
