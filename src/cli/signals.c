// SPDX-License-Identifier: MIT
// Handlers note what is asked, the loop does it.
#include "signals.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t hung_up, told, stopped;
static struct tw_source *volatile stoppable;
static int terminal = -1; // of the process, or -1

static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGUSR1};
static struct sigaction before[TW_COUNT(signals)];

static void on_signal(int number) {
    switch (number) {
    case SIGHUP: hung_up = 1; break;
    case SIGUSR1: told = 1; break;
    default:
        stopped = 1;
        tw_source_stop(stoppable);
        break;
    }
}

static void take(int number) {
    struct sigaction action = {.sa_handler = on_signal};
    sigemptyset(&action.sa_mask);
    sigaction(number, &action, NULL);
}

void signals_begin(void) {
    hung_up = told = stopped = 0;
    for (size_t i = 0; i < TW_COUNT(signals); i++) {
        sigaction(signals[i], NULL, &before[i]);
        // nohup: the terminal may go away
        if (signals[i] == SIGHUP && before[i].sa_handler != SIG_IGN) {
            terminal = open("/dev/tty", O_RDONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
        }
    }
    take(SIGHUP);
    take(SIGUSR1);
}

void signals_stop(struct tw_source *source) {
    stoppable = source;
    take(SIGINT);
    take(SIGTERM);
}

void signals_end(void) {
    for (size_t i = 0; i < TW_COUNT(signals); i++) {
        sigaction(signals[i], &before[i], NULL);
    }
    stoppable = NULL;
    if (terminal >= 0) {
        close(terminal);
    }
    terminal = -1;
}

void signals_wait(int descriptor, int milliseconds) {
    struct pollfd wait = {.fd = descriptor, .events = POLLIN};
    const struct timespec limit = {milliseconds / 1000, (long)(milliseconds % 1000) * 1000000};
    sigset_t ours, others;
    sigemptyset(&ours);
    for (size_t i = 0; i < TW_COUNT(signals); i++) {
        sigaddset(&ours, signals[i]);
    }
    sigprocmask(SIG_BLOCK, &ours, &others);
    if (!hung_up && !told && !stopped) {
        (void)ppoll(&wait, 1, &limit, &others);
    }
    sigprocmask(SIG_SETMASK, &others, NULL);
}

// The kernel sends SIGHUP when a terminal goes away, and so do shells to what they have started.
static bool terminal_gone(void) {
    struct pollfd look = {.fd = terminal};
    return terminal >= 0 && poll(&look, 1, 0) > 0 && (look.revents & (POLLHUP | POLLERR)) != 0;
}

struct signals_asked signals_asked(void) {
    struct signals_asked asked = {.reopen = hung_up != 0, .tell = told != 0};
    if (asked.reopen) {
        hung_up = 0;
        asked.leave = terminal_gone();
    }
    if (asked.tell) {
        told = 0;
    }
    return asked;
}
