// SPDX-License-Identifier: MIT
// Measures the screen as its user has it: the program in a terminal of 120x40, opened on a capture.
// How long until there are rows; while the file is read, how long every key takes to be answered;
// how much memory it takes; what an animation costs, and what idling costs.
// usage: bench_screen PROGRAM CAPTURE ADDRESS    ADDRESS: text that the first row has
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { TAIL = 1 << 16, PATIENCE_MS = 120000, STEP_MS = 40 };

static struct terminal {
    int fd;
    pid_t pid;
    char text[TAIL + 1]; // what was shown last, without escape sequences
    size_t length, octets;
    int escape; // within one
} terminal;

static double now_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1000 + (double)now.tv_nsec / 1e6;
}

static void take(const char *octets, size_t count) {
    struct terminal *t = &terminal;
    enum { NO, BEGUN, CSI };
    for (size_t i = 0; i < count; i++) {
        const char c = octets[i];
        if (t->escape == BEGUN)
            t->escape = c == '[' ? CSI : NO;
        else if (t->escape == CSI)
            t->escape = c >= '@' && c <= '~' ? NO : CSI;
        else if (c == '\033')
            t->escape = BEGUN;
        else if (t->length < TAIL)
            t->text[t->length++] = c;
    }
    t->text[t->length] = '\0';
    t->octets += count;
}

// Reads what comes within `ms`; false: the program has gone.
static bool pump(int ms) {
    struct pollfd file = {.fd = terminal.fd, .events = POLLIN};
    char octets[1 << 15];
    if (poll(&file, 1, ms) <= 0)
        return true;
    const ssize_t count = read(terminal.fd, octets, sizeof octets);
    if (count <= 0)
        return false;
    take(octets, (size_t)count);
    return true;
}

static void forget(void) {
    terminal.length = 0;
    terminal.text[0] = '\0';
}

static void fail(const char *what) {
    fprintf(stderr, "bench_screen: %s; shown last: %.2000s\n", what, terminal.text);
    kill(terminal.pid, SIGKILL);
    exit(1);
}

// Milliseconds until the text is shown.
static double until(const char *text) {
    const double begin = now_ms();
    while (strstr(terminal.text, text) == NULL) {
        if (!pump(10) || now_ms() - begin > PATIENCE_MS)
            fail(text);
    }
    return now_ms() - begin;
}

static void press(const char *keys) {
    if (write(terminal.fd, keys, strlen(keys)) != (ssize_t)strlen(keys))
        fail("a key");
}

// Milliseconds from a key until its answer.
static double answer(const char *key, const char *text) {
    while (pump(0) && poll(&(struct pollfd){.fd = terminal.fd, .events = POLLIN}, 1, 0) > 0)
        ;
    forget();
    press(key);
    return until(text);
}

static void rest(int ms) {
    for (const double end = now_ms() + ms; now_ms() < end;)
        if (!pump(10))
            fail("it ended");
}

// Seconds of processor time so far.
static double used(void) {
    char path[64], line[1024];
    unsigned long user = 0, system = 0;
    snprintf(path, sizeof path, "/proc/%d/stat", (int)terminal.pid);
    FILE *file = fopen(path, "r");
    if (file == NULL || fgets(line, sizeof line, file) == NULL)
        fail("/proc");
    fclose(file);
    if (sscanf(strrchr(line, ')') + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu",
               &user, &system) != 2)
        fail("/proc");
    return (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
}

static double peak_mib(void) {
    char path[64], line[256];
    unsigned long kib = 0;
    snprintf(path, sizeof path, "/proc/%d/status", (int)terminal.pid);
    FILE *file = fopen(path, "r");
    while (file != NULL && fgets(line, sizeof line, file) != NULL)
        if (sscanf(line, "VmHWM: %lu", &kib) == 1)
            break;
    if (file != NULL)
        fclose(file);
    return (double)kib / 1024;
}

// The worst answer while the file is read, and how many keys were asked. What a key does is over
// when the next one is answered, so each is followed at once by one whose answer cannot be mistaken
// for the progress that is drawn in any case.
static double worst_while_reading(unsigned *asked, double *mean) {
    static const char *const keys[] = {"G",      "g",    "s", "r",    "\033[6~",
                                       "f443\r", "\033", "t", "\033", "F"};
    double worst = 0, sum = 0;
    *asked = 0;
    for (size_t i = 0;; i = (i + 1) % (sizeof keys / sizeof *keys)) {
        rest(STEP_MS);
        forget();
        press(keys[i]);
        if (strcmp(keys[i], "\033") == 0)
            rest(2 * STEP_MS); // alone, and not the beginning of another key
        const double ms = answer("?", "Moving");
        worst = ms > worst ? ms : worst;
        sum += ms;
        ++*asked;
        forget();
        press("q");
        rest(3 * STEP_MS);
        rest(300); // progress is drawn ten times a second, as long as there is any
        if (strstr(terminal.text, " %") == NULL)
            break;
    }
    *mean = sum / *asked;
    return worst;
}

static void animate(void) {
    enum { MS = 5000, IDLE_MS = 3000 };
    forget();
    press("\033"); // no filter, no help
    rest(300);
    press("g");
    rest(300);
    press("\r");
    (void)until("even time");
    press("O"); // again and again
    rest(100);
    press(" ");
    rest(500);
    double cpu = used();
    size_t octets = terminal.octets;
    rest(MS);
    printf("%-14s %5.1f %% of a core, %5.1f KB/s to the terminal\n", "animation",
           (used() - cpu) * 100000 / MS, (double)(terminal.octets - octets) / MS);
    press(" ");
    rest(500);
    cpu = used();
    octets = terminal.octets;
    rest(IDLE_MS);
    printf("%-14s %5.1f %% of a core, %5.1f KB/s to the terminal\n", "idle",
           (used() - cpu) * 100000 / IDLE_MS, (double)(terminal.octets - octets) / IDLE_MS);
}

int main(int count, char **words) {
    if (count != 4) {
        fprintf(stderr, "usage: bench_screen PROGRAM CAPTURE ADDRESS\n");
        return 2;
    }
    struct winsize size = {.ws_row = 40, .ws_col = 120};
    setenv("TERM", "xterm-256color", 1);
    setenv("LC_ALL", "C.UTF-8", 1);
    setenv("XDG_CONFIG_HOME", "/nonexistent", 1);
    setenv("XDG_STATE_HOME", "/nonexistent", 1);
    const double begin = now_ms();
    terminal.pid = forkpty(&terminal.fd, NULL, NULL, &size);
    if (terminal.pid == 0) {
        execl(words[1], words[1], words[2], (char *)NULL);
        _exit(127);
    }
    (void)until(words[3]);
    printf("%-14s %5.0f ms\n", "first rows", now_ms() - begin);
    unsigned asked;
    double mean;
    const double worst = worst_while_reading(&asked, &mean);
    struct stat status;
    const double file = stat(words[2], &status) == 0 ? (double)status.st_size / 1048576 : 0;
    printf("%-14s %5.0f ms at worst, %.0f ms on average, of %u keys\n", "while reading", worst,
           mean, asked);
    printf("%-14s %5.0f MiB, %.2f times the file of %.0f MiB\n", "memory", peak_mib(),
           peak_mib() / file, file);
    animate();
    kill(terminal.pid, SIGKILL);
    (void)waitpid(terminal.pid, NULL, 0);
    return 0;
}
