// SPDX-License-Identifier: MIT
// The program: reads the command line, runs the command, says how it ended.
#include "commands.h"
#include "speech.h"
#include "tcpwalk/guard.h"
#include "tcpwalk/source.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

static enum tw_status (*const commands[COMMAND_COUNT])(const struct settings *settings,
                                                       struct tw_error *error) = {
    [COMMAND_SCREEN] = cmd_screen,     [COMMAND_TRACE] = cmd_trace,
    [COMMAND_LIST] = cmd_list,         [COMMAND_LAB] = cmd_lab,
    [COMMAND_CAPTURES] = cmd_captures, [COMMAND_INTERFACES] = cmd_interfaces,
    [COMMAND_STATES] = cmd_states,
};
_Static_assert(TW_COUNT(commands) == COMMAND_COUNT, "each command has its function");

static enum tw_status run(const struct settings *settings, struct tw_error *error) {
    if (settings->help) {
        help_print(settings->command, stdout);
        return TW_OK;
    }
    if (settings->version) {
        const char *guard = tw_guard_told();
        printf("tcpwalk %s\n%s\n%s%s", TW_VERSION, tw_source_features(), guard,
               guard[0] != '\0' ? "\n" : "");
        return TW_OK;
    }
    if (settings->print != NULL && strcmp(settings->print, "catalogue") == 0) {
        return catalogue_print(error);
    }
    if (settings->print != NULL) {
        return completion_print(settings->print, stdout)
                   ? TW_OK
                   : tw_fail(error, TW_USAGE,
                             "--print %s: bash, zsh, fish, man, keys, names, scenarios, config or "
                             "catalogue",
                             settings->print);
    }
    return commands[settings->command](settings, error);
}

// Whether the screen is opened, which alone has a configuration.
static bool has_screen(const struct settings *settings) {
    bool only_told = settings->help || settings->version || settings->print != NULL;
    return !only_told && (settings->command == COMMAND_SCREEN ||
                          (settings->command == COMMAND_LAB && !settings->batch));
}

// What the commands wrote through stdio must be out, too.
static enum tw_status close_output(enum tw_status status, struct tw_error *error) {
    errno = 0;
    bool failed = fflush(stdout) != 0 || ferror(stdout) != 0;
    if (!failed || errno == EPIPE || status != TW_OK) {
        return status;
    }
    return tw_fail(error, TW_OUTPUT, "standard output: %s", strerror(errno != 0 ? errno : EIO));
}

int main(int count, char **words) {
    struct settings settings;
    struct tw_error error = {""};
    speech_begin(count, words);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGUSR1, SIG_IGN); // a screen tells all the time what that one asks for
    signal(SIGXFSZ, SIG_IGN); // a file that may not grow is told, as a full disk is
    enum tw_status status = settings_parse(count, words, &settings, &error);
    if (status == TW_OK && has_screen(&settings)) {
        status = config_read(&settings.config, &error);
    }
    if (settings.ascii || settings.config.ascii) {
        speech_ascii();
    }
    if (status == TW_OK) {
        status = run(&settings, &error);
    }
    status = close_output(status, &error);
    settings_fini(&settings);
    if (error.text[0] != '\0' && status != TW_OK) {
        fprintf(stderr, "tcpwalk: %s\n", error.text);
    }
    return (int)status;
}
