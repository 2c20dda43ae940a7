// SPDX-License-Identifier: MIT
// Runs what the start screen opens in a child: the lab leaves its process in another network, where
// no interface could be opened afterwards; and what a big capture took is given back as a whole.
#include "apart.h"

#include "ui/ui.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif
#include <sys/wait.h>
#include <unistd.h>

static void note(int number) {
    (void)number; // it has come to sigwait, or waits for it
}

_Noreturn static void tell(struct apart *how, pid_t parent,
                           enum tw_status (*command)(const struct settings *settings,
                                                     struct tw_error *error),
                           const struct settings *settings) {
    struct settings own = *settings;
#ifdef __linux__
    // What cannot be passed on, as SIGKILL, must not leave us with a terminal that is the shell's.
    prctl(PR_SET_PDEATHSIG, SIGHUP);
    if (getppid() != parent) {
        raise(SIGHUP);
    }
#endif
    how->config = settings->config;
    own.kept = &how->config;
    how->status = command(&own, &how->error);
    if (getppid() != parent) {
        ui_release(); // nobody else will
    }
    how->ended = ui_ended();
    snprintf(how->language, sizeof how->language, "%s", tw_language());
    how->told = true;
    _exit(EXIT_SUCCESS);
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
    int ended = 0;
    struct apart *shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE,
                                MAP_SHARED | MAP_ANONYMOUS, -1, 0); // all zero
    const pid_t parent = getpid();
    const pid_t child = shared != MAP_FAILED ? fork() : -1;
    if (child == 0) { // does not come back
        tell(shared, parent, command, settings);
    }
    if (child < 0) {
        how->status = tw_fail(&how->error, TW_MEMORY, "no other process: %s", strerror(errno));
    } else {
        const bool asked = wait_for(child, awaited, &ended);
        *how = *shared;
        if (!how->told) {
            ui_lost();
            how->status =
                tw_fail(&how->error, TW_BROKEN, "ended by a crash: %s",
                        WIFSIGNALED(ended) ? strsignal(WTERMSIG(ended)) : _("no reason is known"));
        }
        how->ended = how->ended || asked;
    }
    if (shared != MAP_FAILED) {
        munmap(shared, sizeof *shared);
    }
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
