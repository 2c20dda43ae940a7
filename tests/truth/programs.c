// SPDX-License-Identifier: MIT
// The truth test: runs random socket programs on the lab, several at once, and compares the
// engine's histories with the kernels'. README.md beside this folder says what counts.
#include "programs.h"

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    SKIPPED = 77,
    MANY = 1000,
    TIME_LIMIT = 120,
    JOBS_MAX = 64,
    COUNT_MAX = 1000000,
    PATH = 4096
};

struct settings {
    uint64_t seed;
    unsigned first, count, jobs;
    int mode; // -1: all
    const char *keep;
    bool verbose;
};

// What a worker says of its program; the text for people follows it.
struct outcome {
    bool ran;
    unsigned left_out;              // ends of which nothing is knowable
    unsigned ends, equal;           // of the others
    unsigned whole, whole_equal;    // of those, where all is knowable but a connect() given up
    unsigned reasons[REASON_COUNT]; // why it is not
};

struct job {
    pid_t pid; // 0: none
    int fd;
    unsigned number;
};

// --- A worker: one program in a process of its own

static void print_histories(const char *who, const struct histories *histories, FILE *out) {
    fprintf(out, "  %s", who);
    for (size_t i = 0; i < histories->count; i++) {
        fputs(i > 0 ? " |" : "", out);
        for (size_t j = 0; j < histories->of[i].count; j++) {
            fprintf(out, " %s", tw_state_name(histories->of[i].states[j]));
        }
    }
    fputc('\n', out);
}

static void print_difference(const struct program *p, const struct judgement *j, size_t ports,
                             FILE *out) {
    static const char *const places[PLACE_COUNT] = {"the client's end", "the middle",
                                                    "the server's end"};
    fprintf(out, "DIFFERENT: --seed %llu --mode %s --first %u, %s, tap at %s\n",
            (unsigned long long)p->seed, mode_rules(p->mode)->name, p->number, kind_name(p->kind),
            places[p->place]);
    ladder_print(p, ports, out);
    for (enum tw_end end = TW_CLIENT; end < TW_END_COUNT; end++) {
        const struct verdict *v = &j->ends[ports][end];
        char text[TW_ADDRESS_TEXT];
        fprintf(out, "  %s %s%s%s%s\n", end == TW_CLIENT ? "client" : "server",
                program_address(p, ports, end, text), v->equal || v->left_out ? "" : ", DIFFERENT",
                v->reason != REASON_NONE ? ", not all knowable: " : "", reason_text(v->reason));
        print_histories("  kernel:  ", &v->kernel, out);
        print_histories("  tcpwalk: ", &v->inferred, out);
    }
    fputc('\n', out);
}

static void count_ends(const struct program *p, const struct judgement *j, struct outcome *outcome,
                       FILE *out) {
    for (size_t i = 0; i < p->ports_count; i++) {
        bool different = false;
        for (enum tw_end end = TW_CLIENT; end < TW_END_COUNT; end++) {
            const struct verdict *v = &j->ends[i][end];
            unsigned equal = v->equal ? 1 : 0;
            if (v->left_out) {
                outcome->left_out++;
                continue;
            }
            outcome->ends++;
            outcome->equal += equal;
            different = different || !v->equal;
            if (v->reason == REASON_NONE || v->last_silent) {
                outcome->whole++;
                outcome->whole_equal += equal;
            } else {
                outcome->reasons[v->reason]++;
            }
        }
        if (different) {
            print_difference(p, j, i, out);
        }
    }
}

static enum tw_status run_one(const struct settings *settings, enum mode mode, unsigned number,
                              struct outcome *outcome, FILE *out, struct tw_error *error) {
    enum tw_status status;
    struct judgement judgement;
    struct program *p = program_run(mode, settings->seed, number, &status, error);
    if (p == NULL) {
        return status;
    }
    status = judge(p, &judgement);
    if (status == TW_OK && settings->keep != NULL) {
        char folder[PATH];
        snprintf(folder, sizeof folder, "%s/%s", settings->keep, mode_rules(mode)->name);
        status = keep(p, &judgement, folder, error);
    }
    if (status == TW_OK) {
        count_ends(p, &judgement, outcome, out);
        outcome->ran = true;
    }
    if (status == TW_OK && settings->verbose) {
        fprintf(out, "%s %u: %s, %zu packets, %u of %u equal\n", mode_rules(mode)->name, number,
                kind_name(p->kind), p->captured_count, outcome->equal, outcome->ends);
    }
    program_free(p);
    return status;
}

// Ends the process.
static void work(const struct settings *settings, enum mode mode, unsigned number, int fd) {
    struct outcome outcome = {.ran = false};
    struct tw_error error = {"out of memory"};
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    (void)alarm(TIME_LIMIT);
    if (out == NULL) {
        _exit(1);
    }
    if (run_one(settings, mode, number, &outcome, out, &error) != TW_OK) {
        fprintf(out, "FAILED: --seed %llu --mode %s --first %u: %s\n",
                (unsigned long long)settings->seed, mode_rules(mode)->name, number, error.text);
    }
    FILE *to = fdopen(fd, "w");
    bool written = fclose(out) == 0 && to != NULL && fwrite(&outcome, sizeof outcome, 1, to) == 1 &&
                   fwrite(text, 1, length, to) == length;
    _exit(written && fclose(to) == 0 ? 0 : 1);
}

// --- All of a mode

struct total {
    unsigned broken; // programs that could not be run
    struct outcome sum;
};

static bool begin_job(const struct settings *settings, enum mode mode, unsigned number,
                      struct job *job) {
    fflush(NULL);
    *job = (struct job){.number = number, .fd = memfd_create("truth", MFD_CLOEXEC)};
    if (job->fd >= 0 && (job->pid = fork()) == 0) {
        work(settings, mode, number, job->fd);
    }
    return job->fd >= 0 && job->pid > 0;
}

// Adds up what a worker said; its text is printed.
static void end_job(const struct settings *settings, enum mode mode, struct job *job,
                    struct total *total) {
    struct outcome outcome = {.ran = false};
    char text[4096];
    bool told = pread(job->fd, &outcome, sizeof outcome, 0) == (ssize_t)sizeof outcome;
    ssize_t got;
    if (!told) {
        printf("FAILED: --seed %llu --mode %s --first %u: it took more than %d s, or crashed\n",
               (unsigned long long)settings->seed, mode_rules(mode)->name, job->number, TIME_LIMIT);
    }
    for (off_t at = sizeof outcome; told && (got = pread(job->fd, text, sizeof text, at)) > 0;
         at += got) {
        (void)fwrite(text, 1, (size_t)got, stdout);
    }
    total->broken += outcome.ran ? 0 : 1;
    total->sum.ends += outcome.ends;
    total->sum.equal += outcome.equal;
    total->sum.left_out += outcome.left_out;
    total->sum.whole += outcome.whole;
    total->sum.whole_equal += outcome.whole_equal;
    for (enum reason i = 0; i < REASON_COUNT; i++) {
        total->sum.reasons[i] += outcome.reasons[i];
    }
    close(job->fd);
    *job = (struct job){.pid = 0};
}

static bool run_mode(const struct settings *settings, enum mode mode, struct total *total) {
    struct job jobs[JOBS_MAX] = {{.pid = 0}};
    unsigned next = 0, running = 0;
    bool good = true;
    while (good ? next < settings->count || running > 0 : running > 0) {
        for (unsigned i = 0; good && i < settings->jobs && next < settings->count; i++) {
            if (jobs[i].pid == 0) {
                good = begin_job(settings, mode, settings->first + next++, &jobs[i]);
                running += good ? 1 : 0;
            }
        }
        int status;
        pid_t pid = wait(&status);
        for (unsigned i = 0; i < settings->jobs; i++) {
            if (pid > 0 && jobs[i].pid == pid) {
                end_job(settings, mode, &jobs[i], total);
                running--;
            }
        }
        if (pid < 0 && errno != EINTR) {
            good = false;
            running = 0;
        }
    }
    if (!good) {
        fprintf(stderr, "truth: cannot run more processes: %s\n", strerror(errno));
    }
    return good;
}

// --- The score

// How probable it is that at least `wrong` of `ends` are wrong where each is with `probability`.
static double tail(unsigned ends, unsigned wrong, double probability) {
    double term = 1, below = 0;
    for (unsigned i = 0; i < ends; i++) {
        term *= 1 - probability;
    }
    for (unsigned i = 0; i < wrong; i++) {
        below += term;
        term *= (double)(ends - i) / (i + 1) * probability / (1 - probability);
    }
    return 1 - below;
}

// From MANY ends on the score must reach the demand. Fewer fail where an engine as good as in the
// last long run would do as badly less than once in a hundred such runs.
static bool reached(const struct total *total, const struct mode_rules *rules) {
    unsigned wrong = total->sum.ends - total->sum.equal;
    if (total->sum.ends == 0) {
        return false;
    }
    if (total->sum.ends >= MANY) {
        return (double)total->sum.equal >= rules->demand * total->sum.ends;
    }
    return tail(total->sum.ends, wrong, 1 - rules->reached) >= 0.01;
}

static double percent(unsigned part, unsigned whole) {
    return 100.0 * part / (whole > 0 ? whole : 1);
}

static bool print_score(enum mode mode, const struct total *total) {
    const struct mode_rules *rules = mode_rules(mode);
    const struct outcome *sum = &total->sum;
    printf(
        "%s: %u/%u endpoint histories equal the kernel's (%.1f %%); of those knowable whole %u/%u "
        "(%.1f %%); %u knowable in part",
        rules->name, sum->equal, sum->ends, percent(sum->equal, sum->ends), sum->whole_equal,
        sum->whole, percent(sum->whole_equal, sum->whole), sum->ends - sum->whole);
    const char *before = " (";
    for (enum reason i = REASON_NONE + 1; i < REASON_COUNT; i++) {
        if (sum->reasons[i] > 0) {
            printf("%s%u: %s", before, sum->reasons[i], reason_text(i));
            before = "; ";
        }
    }
    printf("%s; %u not at all\n", sum->ends > sum->whole ? ")" : "", sum->left_out);
    if (total->broken > 0) {
        printf("%s: %u programs could not be run\n", rules->name, total->broken);
    }
    bool enough = reached(total, rules);
    if (!enough && sum->ends >= MANY) {
        printf("%s: FAILED, at least %.1f %% is demanded\n", rules->name, 100 * rules->demand);
    } else if (!enough) {
        printf("%s: FAILED, not one in a hundred runs is as bad where %.1f %% are equal\n",
               rules->name, 100 * rules->reached);
    }
    return enough && total->broken == 0;
}

// --- The program

// Whether a lab can be opened here, tried in a process of its own. The message says why not.
static bool lab_works(struct tw_error *error) {
    int ends[2], status;
    struct tw_error why = {""};
    fflush(NULL);
    if (pipe(ends) != 0) {
        tw_fail(error, TW_OPEN, "pipe: %s", strerror(errno));
        return false;
    }
    pid_t pid = fork();
    if (pid == 0) {
        const struct tw_lab_options options = {.name = "truth"};
        struct tw_lab *lab;
        bool works = tw_lab_new(&options, &lab, &why) == TW_OK;
        (void)!write(ends[1], &why, sizeof why);
        _exit(works ? 0 : 1);
    }
    close(ends[1]);
    if (read(ends[0], error, sizeof *error) != (ssize_t)sizeof *error) {
        tw_fail(error, TW_OPEN, "lab: it crashed");
    }
    close(ends[0]);
    return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) &&
           WEXITSTATUS(status) == 0;
}

static bool make_folder(const char *path) {
    if (mkdir(path, 0777) == 0 || errno == EEXIST) {
        return true;
    }
    fprintf(stderr, "truth: %s: %s\n", path, strerror(errno));
    return false;
}

static bool make_folders(const char *keep) {
    char path[PATH];
    bool made = make_folder(keep);
    for (enum mode mode = 0; mode < MODE_COUNT && made; mode++) {
        snprintf(path, sizeof path, "%s/%s", keep, mode_rules(mode)->name);
        made = make_folder(path);
    }
    return made;
}

static bool number(const char *text, unsigned long long most, unsigned long long *value) {
    char *end;
    errno = 0;
    *value = strtoull(text, &end, 10);
    return errno == 0 && end != text && *end == '\0' && *text != '-' && *value <= most;
}

static bool find_mode(const char *name, int *mode) {
    int i = 0;
    while (i < MODE_COUNT && strcmp(mode_rules((enum mode)i)->name, name) != 0) {
        i++;
    }
    *mode = i;
    return i < MODE_COUNT;
}

static const char usage[] =
    "usage: truth_programs [--mode clean|lossy|hard] [--count N] [--first N] [--seed N] [--jobs N]\n"
    "                      [--keep DIR] [-v]\n"
    "N programs of each mode; the captures and the kernels' word are kept as DIR/MODE/NNNN.*\n";

static bool read_options(int argc, char **argv, struct settings *settings) {
    static const struct option options[] = {
        {"mode", required_argument, NULL, 'm'},  {"count", required_argument, NULL, 'c'},
        {"first", required_argument, NULL, 'f'}, {"seed", required_argument, NULL, 's'},
        {"jobs", required_argument, NULL, 'j'},  {"keep", required_argument, NULL, 'k'},
        {"verbose", no_argument, NULL, 'v'},     {0}};
    bool good = true;
    unsigned long long value = 0;
    for (int option; good && (option = getopt_long(argc, argv, "v", options, NULL)) != -1;) {
        switch (option) {
        case 'm': good = find_mode(optarg, &settings->mode); break;
        case 'c':
            good = number(optarg, COUNT_MAX, &value) && value > 0;
            settings->count = (unsigned)value;
            break;
        case 'f':
            good = number(optarg, COUNT_MAX, &value);
            settings->first = (unsigned)value;
            break;
        case 's':
            good = number(optarg, UINT32_MAX, &value);
            settings->seed = value;
            break;
        case 'j':
            good = number(optarg, JOBS_MAX, &value) && value > 0;
            settings->jobs = (unsigned)value;
            break;
        case 'k': settings->keep = optarg; break;
        case 'v': settings->verbose = true; break;
        default: good = false;
        }
    }
    return good && optind == argc;
}

int main(int argc, char **argv) {
    struct settings settings = {.seed = 1, .count = 30, .jobs = 8, .mode = -1};
    struct tw_error error = {""};
    bool good = true;
    if (!read_options(argc, argv, &settings)) {
        fputs(usage, stderr);
        return TW_USAGE;
    }
    if (!lab_works(&error)) {
        printf("skipped: %s\n", error.text);
        return SKIPPED;
    }
    if (settings.keep != NULL && !make_folders(settings.keep)) {
        return TW_OUTPUT;
    }
    for (enum mode mode = 0; mode < MODE_COUNT; mode++) {
        struct total total = {.broken = 0};
        if (settings.mode < 0 || settings.mode == (int)mode) {
            bool ran = run_mode(&settings, mode, &total);
            good = print_score(mode, &total) && ran && good;
        }
    }
    return good ? 0 : 1;
}
