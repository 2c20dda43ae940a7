// SPDX-License-Identifier: MIT
// tcpwalk lab: a scenario, or free play, on the screen; with --batch a scenario alone, and then all
// that happened.
#include "commands.h"
#include "lab_run.h"
#include "reading.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

// How late SIGINT and SIGTERM may be noticed.
static const tw_time look_every = 200 * TW_MILLISECOND;

static void seen(void *context, size_t tap, tw_time time, const uint8_t *octets, size_t length) {
    struct lab_run *run = context;
    recording_take(&run->recording, tap, time, octets, length); // the screen shows its octets, too
    if (run->pump != NULL && tap == 0) {
        const struct tw_packet packet =
            recording_packet(run->pump->counts.packets + 1, time, octets, length);
        pump_take(run->pump, &packet);
    }
}

// --- the scenario

static volatile sig_atomic_t stopped;

static void stop(int signal) {
    (void)signal;
    stopped = 1;
}

static void stop_on_signals(void) {
    const struct sigaction action = {.sa_handler = stop};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

// To its end, or until it is interrupted.
static enum tw_status play(struct lab_run *run, struct tw_error *error) {
    enum tw_scenario_state state;
    while ((state = tw_scenario_turn(run->scenario, error)) == TW_SCENARIO_RUNS && !stopped) {
        tw_time due = tw_scenario_due(run->scenario), look = tw_lab_now() + look_every;
        bool happened;
        enum tw_status status = tw_lab_wait(run->lab, due < look ? due : look, &happened, error);
        if (status != TW_OK) {
            return status;
        }
    }
    if (state == TW_SCENARIO_RUNS) {
        return tw_fail(error, TW_UNMET, "%s: interrupted", run->name);
    }
    return state == TW_SCENARIO_FAILED ? TW_UNMET : TW_OK;
}

// --- what happened

static enum tw_status report(const struct lab_run *run, const struct tw_witness *witness,
                             struct tw_error *error) {
    const struct settings *settings = run->settings;
    bool json = settings->report.format == TW_FORMAT_JSON;
    struct tw_report *told =
        tw_report_new(json ? TW_REPORT_LIST : TW_REPORT_TRACE, &settings->report, STDOUT_FILENO);
    if (told == NULL) {
        return tw_fail(error, TW_MEMORY, "report: out of memory");
    }
    tw_report_witness(told, witness);
    struct tw_observer observer = tw_report_observer(told);
    struct reading reading;
    enum tw_status status = reading_begin(&reading, settings, &observer, 100, error);
    if (status == TW_OK) {
        reading.pump.report = told;
        recording_feed(&run->recording, &reading.pump);
        status = reading_finish(&reading, told, settings->report.connection != 0, error);
    }
    reading_close(&reading);
    tw_report_free(told);
    return status;
}

static void put_states(const enum tw_state *states, size_t count) {
    for (size_t i = 0; i < count; i++) {
        printf("%s%s", i == 0 ? "" : " > ", tw_state_name(states[i]));
    }
    fputs(count == 0 ? "nothing" : "", stdout);
}

// One end's history, and whether its kernel says the same. The host of an injected segment has
// none.
static void agreement(const struct tw_witness *witness, const struct tw_connection *connection,
                      const struct tw_connection_info *info, enum tw_end end) {
    struct tw_step steps[TW_HISTORY_MAX];
    enum tw_state inferred[TW_HISTORY_MAX], kernel[TW_HISTORY_MAX];
    size_t count = tw_connection_history(connection, end, steps, TW_HISTORY_MAX), said;
    bool known = tw_witness_word(witness, info, end, kernel, TW_HISTORY_MAX, &said);
    count = count < TW_HISTORY_MAX ? count : TW_HISTORY_MAX;
    said = said < TW_HISTORY_MAX ? said : TW_HISTORY_MAX;
    for (size_t i = 0; i < count; i++) {
        inferred[i] = steps[i].state;
    }
    bool agrees = said == count && memcmp(inferred, kernel, count * sizeof *kernel) == 0;
    printf("%llu %s: ", (unsigned long long)info->number, end == TW_CLIENT ? "client" : "server");
    put_states(inferred, count);
    if (!known) {
        puts("; no kernel is at that address");
    } else if (agrees) {
        puts("; the kernel agrees");
    } else {
        fputs("; the kernel says ", stdout);
        put_states(kernel, said);
        putchar('\n');
    }
}

struct comparing {
    const struct lab_run *run;
    const struct tw_witness *witness;
};

static void compare(void *context, const struct tw_connection *connection) {
    const struct comparing *comparing = context;
    uint64_t only = comparing->run->settings->report.connection;
    struct tw_connection_info info;
    tw_connection_read(connection, &info);
    for (enum tw_end end = TW_CLIENT; end < TW_END_COUNT && (only == 0 || only == info.number);
         end++) {
        agreement(comparing->witness, connection, &info, end);
    }
}

// Below a trace: both histories of each connection.
static enum tw_status compare_all(const struct lab_run *run, const struct tw_witness *witness,
                                  struct tw_error *error) {
    struct comparing comparing = {run, witness};
    const struct tw_observer observer = {.context = &comparing, .over = compare};
    struct reading reading;
    enum tw_status status = reading_begin(&reading, run->settings, &observer, 100, error);
    if (status == TW_OK) {
        recording_feed(&run->recording, &reading.pump);
        tw_tracker_finish(reading.pump.tracker);
    }
    reading_close(&reading);
    return status;
}

// Runs the scenario, then tells what came of it, also of one that failed.
static enum tw_status batch(struct lab_run *run, struct tw_error *error) {
    struct tw_lab_view view;
    struct tw_error why = {""};
    enum tw_status played = play(run, &why);
    tw_lab_view_get(run->lab, &view);
    enum tw_status status = report(run, view.witness, error);
    if (status == TW_OK && run->settings->report.format == TW_FORMAT_TEXT) {
        status = compare_all(run, view.witness, error);
    }
    if (played != TW_OK) {
        *error = why;
        status = played;
    }
    return status;
}

// --- all of it

static void wrote(const char *path) {
    fprintf(stderr, "tcpwalk: wrote %s\n", path);
}

static void wrote_quietly(const char *path) {
    (void)path;
}

static enum tw_status record(const struct lab_run *run, struct tw_error *error) {
    const struct settings *settings = run->settings;
    struct tw_lab_view view;
    tw_lab_view_get(run->lab, &view);
    return recording_write(&run->recording, settings->record, run->name, &view,
                           settings->report.detail > 0 ? wrote : wrote_quietly, error);
}

// On the screen segments fly so slowly that one can see them, yet fast enough for a handshake
// within a second, after which a SYN would be sent again. Free play has a delay of its own.
static const tw_time free_play_delay = 400 * TW_MILLISECOND;
static double slowness(const struct settings *settings) {
    enum { ON_SCREEN = 30 };
    return settings->speed > 0                             ? 1 / settings->speed
           : settings->batch || settings->scenario == NULL ? 1
                                                           : ON_SCREEN;
}

static enum tw_status run_lab(struct lab_run *run, struct tw_error *error) {
    const struct settings *settings = run->settings;
    const struct tw_lab_options options = {
        .name = run->name, .context = run, .seen = seen, .slow = slowness(settings)};
    enum tw_status status = TW_OK;
    if (settings->batch) {
        stop_on_signals();
    }
    if (settings->record != NULL) {
        status = recording_prepare(settings->record, error);
    }
    if (status == TW_OK) {
        status = tw_lab_new(&options, &run->lab, error);
    }
    for (enum tw_end end = TW_CLIENT; end < TW_END_COUNT && status == TW_OK && run->script == NULL;
         end++) {
        tw_lab_delay(run->lab, end, free_play_delay);
    }
    if (status == TW_OK && run->script != NULL) {
        run->scenario = tw_scenario_new(run->lab, run->script);
        status = run->scenario != NULL ? TW_OK : tw_fail(error, TW_MEMORY, "lab: out of memory");
    }
    if (status == TW_OK) {
        status = settings->batch ? batch(run, error) : lab_screen(run, error);
    }
    unsigned line;
    if (status == TW_OK && settings->record != NULL && run->scenario != NULL &&
        tw_scenario_statement(run->scenario, &line) != NULL) {
        status = tw_fail(error, TW_UNMET, "%s: left before its end, not recorded", run->name);
    }
    if (status == TW_OK && settings->record != NULL) {
        status = record(run, error);
    }
    return status;
}

enum tw_status cmd_lab(const struct settings *settings, struct tw_error *error) {
    struct lab_run run = {.settings = settings, .name = "lab"};
    enum tw_status status = TW_OK;
    recording_init(&run.recording, memory_left(settings) / 2);
    if (settings->scenario != NULL) {
        status = scenario_load(settings->scenario, &run.script, run.name, error);
    }
    if (status == TW_OK) {
        status = run_lab(&run, error);
    }
    tw_scenario_free(run.scenario);
    tw_lab_free(run.lab);
    tw_script_free(run.script);
    recording_fini(&run.recording);
    return status;
}
