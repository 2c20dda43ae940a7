// SPDX-License-Identifier: MIT
// Runs what the start screen opens in a child: the lab leaves its process in another network, where
// no interface could be opened afterwards; and what a big capture took is given back as a whole.
#include "apart.h"

#include "ui/ui.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void note(int number) {
    (void)number; // it has come to sigwait, or waits for it
}

static void tell(int to,
                 enum tw_status (*command)(const struct settings *settings, struct tw_error *error),
                 const struct settings *settings) {
    struct apart how = {.status = TW_OK};
    how.status = command(settings, &how.error);
    how.ended = ui_ended();
    how.mouse = ui_mouse();
    snprintf(how.theme, sizeof how.theme, "%s", ui_theme());
    snprintf(how.language, sizeof how.language, "%s", tw_language());
    // Smaller than what a pipe holds: never waited for, and whole or not at all.
    ssize_t written = write(to, &how, sizeof how);
    _exit(written == (ssize_t)sizeof how ? EXIT_SUCCESS : EXIT_FAILURE);
}

// Waits for the child's end, and passes on to it what is meant to end us. Returns whether there was
// such a signal.
static bool wait_for(pid_t child, const sigset_t *awaited, int *how) {
    bool asked = false;
    for (;;) {
        pid_t ready = waitpid(child, how, WNOHANG | WUNTRACED);
        if (ready < 0 && errno != EINTR) {
            *how = 0;
            return asked;
        }
        if (ready == child && WIFSTOPPED(*how)) {
            raise(SIGSTOP); // Ctrl-Z was for both; whoever continues us continues it as well
            kill(child, SIGCONT);
            continue;
        }
        if (ready == child) {
            break;
        }
        int number = 0;
        if (sigwait(awaited, &number) == 0 && number != SIGCHLD) {
            asked = true;
            kill(child, number);
        }
    }
    // Ctrl-C is for both: it is not to end us later, when the terminal has been given back.
    static const int ends[] = {SIGINT, SIGTERM, SIGHUP};
    for (size_t i = 0; i < TW_COUNT(ends); i++) {
        sigset_t pending, one;
        int number;
        sigemptyset(&one);
        sigaddset(&one, ends[i]);
        if (sigpending(&pending) == 0 && sigismember(&pending, ends[i]) == 1) {
            asked = sigwait(&one, &number) == 0 || asked;
        }
    }
    return asked;
}

static void run(enum tw_status (*command)(const struct settings *settings, struct tw_error *error),
                const struct settings *settings, const sigset_t *awaited, struct apart *how) {
    int ends[2], ended = 0;
    if (pipe(ends) != 0) {
        how->status = tw_fail(&how->error, TW_MEMORY, "no other process: %s", strerror(errno));
        return;
    }
    pid_t child = fork();
    if (child == 0) {
        close(ends[0]);
        tell(ends[1], command, settings);
    }
    close(ends[1]);
    if (child < 0) {
        how->status = tw_fail(&how->error, TW_MEMORY, "no other process: %s", strerror(errno));
    } else {
        bool asked = wait_for(child, awaited, &ended);
        if (read(ends[0], how, sizeof *how) != (ssize_t)sizeof *how) {
            *how = (struct apart){.status = TW_BROKEN};
            ui_lost();
            (void)tw_fail(&how->error, TW_BROKEN, "ended by a crash: %s",
                          WIFSIGNALED(ended) ? strsignal(WTERMSIG(ended)) : "no reason is known");
        }
        how->ended = how->ended || asked;
    }
    close(ends[0]);
}

void apart_run(enum tw_status (*command)(const struct settings *settings, struct tw_error *error),
               const struct settings *settings, struct apart *how) {
    sigset_t awaited, before;
    sigemptyset(&awaited);
    sigaddset(&awaited, SIGCHLD);
    sigaddset(&awaited, SIGINT);
    sigaddset(&awaited, SIGTERM);
    sigaddset(&awaited, SIGHUP);
    *how = (struct apart){.status = TW_OK};
    // What is ignored, as SIGCHLD is at first, may never come to sigwait.
    struct sigaction noting = {.sa_handler = note}, was;
    sigemptyset(&noting.sa_mask);
    sigaction(SIGCHLD, &noting, &was);
    sigprocmask(SIG_BLOCK, &awaited, &before);
    run(command, settings, &awaited, how);
    sigprocmask(SIG_SETMASK, &before, NULL);
    sigaction(SIGCHLD, &was, NULL);
}
