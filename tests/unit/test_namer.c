// SPDX-License-Identifier: MIT
// Proves that the namer tells whose a socket is, also after its parent has given up all rights;
// that what it cannot know has no process; that each question has one answer, however many there
// are; and that it has no more rights than it needs and ends with its parent.
#include "tcpwalk/guard.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { PATIENCE_MS = 10000 };

static struct tw_namer *namer;

static uint32_t inode_of(int file) {
    struct stat status;
    assert_int_equal(fstat(file, &status), 0);
    return (uint32_t)status.st_ino;
}

static bool wait_answer(struct tw_process *process) {
    while (!tw_namer_answer(namer, process)) {
        struct pollfd wait = {.fd = tw_namer_fd(namer), .events = POLLIN};
        if (wait.fd < 0 || poll(&wait, 1, PATIENCE_MS) != 1)
            return false;
    }
    return true;
}

static struct tw_process asked(uint32_t inode) {
    struct tw_process process;
    assert_int_equal(tw_namer_ask(namer, &inode, 1), 1);
    assert_true(wait_answer(&process));
    assert_int_equal(process.inode, inode);
    return process;
}

static int begin(void **state) {
    (void)state;
    struct tw_error error = {""};
    const enum tw_status status = tw_namer_start(&namer, &error);
    if (status != TW_OK)
        fprintf(stderr, "%s\n", error.text);
    return status != TW_OK;
}

static int end(void **state) {
    (void)state;
    tw_namer_stop(namer);
    namer = NULL;
    return 0;
}

static void own_sockets(void **state) {
    (void)state;
    prctl(PR_SET_NAME, "a (name", 0, 0, 0);
    for (int i = 0; i < 3; i++) {
        const int one = socket(AF_INET, SOCK_STREAM, 0); // made after the namer's first walk
        const struct tw_process process = asked(inode_of(one));
        assert_int_equal(process.pid, getpid());
        assert_string_equal(process.name, "a (name");
        const uint32_t inode = process.inode;
        close(one);
        assert_int_equal(asked(inode).inode, inode);
    }
}

static void nobodys(void **state) {
    (void)state;
    assert_int_equal(asked(0).pid, 0);
    assert_int_equal(asked(UINT32_MAX).pid, 0);
    assert_string_equal(asked(UINT32_MAX).name, "");
}

// Neither the questions nor their answers fill up so that one is lost or the asker waits.
static void many(void **state) {
    (void)state;
    enum { COUNT = 1200 };
    static uint32_t inodes[COUNT];
    static bool answered[COUNT + 1];
    for (uint32_t i = 0; i < COUNT; i++)
        inodes[i] = UINT32_MAX - i;
    size_t sent = 0, got = 0, refused = 0;
    while (got < COUNT) {
        struct tw_process process;
        const size_t taken = tw_namer_ask(namer, inodes + sent, COUNT - sent);
        sent += taken;
        refused += sent < COUNT;
        assert_true(wait_answer(&process));
        do {
            const uint32_t at = UINT32_MAX - process.inode;
            assert_true(at < COUNT && !answered[at]);
            answered[at] = true;
            got++;
        } while (tw_namer_answer(namer, &process));
    }
    assert_true(refused > 0); // there is an end to what it takes
}

// --- its rights

// A line of /proc/PID/status of the namer, found as our only child.
static bool find_child(pid_t *child) {
    char path[64];
    snprintf(path, sizeof path, "/proc/self/task/%ld/children", (long)getpid());
    FILE *file = fopen(path, "re");
    long pid = 0;
    const bool found = file != NULL && fscanf(file, "%ld", &pid) == 1;
    if (file != NULL)
        fclose(file);
    *child = (pid_t)pid;
    return found;
}

static bool status_says(pid_t pid, const char *wanted) {
    char path[64], line[256];
    snprintf(path, sizeof path, "/proc/%ld/status", (long)pid);
    FILE *file = fopen(path, "re");
    bool found = false;
    while (file != NULL && !found && fgets(line, sizeof line, file) != NULL)
        found = strncmp(line, wanted, strlen(wanted)) == 0;
    if (file != NULL)
        fclose(file);
    return found;
}

static void few_rights(void **state) {
    (void)state;
    pid_t child;
    if (!find_child(&child))
        skip();
    (void)asked(0); // it has begun to work
    assert_true(status_says(child, "NoNewPrivs:\t1"));
    assert_true(status_says(child, "CapBnd:\t0000000000000000") || geteuid() != 0);
    if (strstr(tw_guard_told(), "seccomp") != NULL)
        assert_true(status_says(child, "Seccomp:\t2"));
    if (geteuid() == 0) {
        assert_true(status_says(child, "Uid:\t65534\t65534\t65534\t65534"));
        assert_true(status_says(child, "CapPrm:\t0000000000080004"));
        assert_true(status_says(child, "CapInh:\t0000000000000000"));
    } else {
        assert_true(status_says(child, "CapPrm:\t0000000000000000"));
    }
}

static void after_the_drop(void **state) {
    (void)state;
    int how = 0;
    const pid_t child = fork();
    if (child == 0) {
        struct tw_error error = {""};
        const struct tw_guard_options options = {.directories = {-1, -1}};
        if (tw_namer_start(&namer, &error) != TW_OK)
            _exit(1);
        const int one = socket(AF_INET, SOCK_STREAM, 0);
        const uint32_t inode = inode_of(one);
        struct tw_process process;
        if (tw_guard_drop(&options, &error) != TW_OK)
            _exit(2);
        if (tw_namer_ask(namer, &inode, 1) != 1 || !wait_answer(&process))
            _exit(3);
        // Who is not root's has no right to see what is another's, and we are another's now.
        const bool known = process.pid == getpid() || process.pid == 0;
        tw_namer_stop(namer);
        _exit(known ? process.pid > 0 ? 0 : 4 : 5);
    }
    assert_int_equal(waitpid(child, &how, 0), child);
    assert_true(WIFEXITED(how));
    if (geteuid() == 0)
        assert_int_equal(WEXITSTATUS(how), 0);
    else
        assert_in_range(WEXITSTATUS(how), 0, 4);
}

// Its parent is killed: it is gone, too, and with it the other end of a pipe that it had.
static void ends_with_its_parent(void **state) {
    (void)state;
    int ends[2], how;
    assert_int_equal(pipe(ends), 0);
    const pid_t child = fork();
    if (child == 0) {
        pid_t grandchild = 0;
        struct tw_error error;
        close(ends[0]);
        if (tw_namer_start(&namer, &error) != TW_OK || asked(0).pid != 0 ||
            !find_child(&grandchild))
            grandchild = 0;
        (void)!write(ends[1], &grandchild, sizeof grandchild);
        raise(SIGKILL);
    }
    close(ends[1]);
    pid_t grandchild = 0;
    assert_int_equal(read(ends[0], &grandchild, sizeof grandchild), sizeof grandchild);
    // The pipe's other end is closed when both are gone, or the namer has not kept it.
    char nothing;
    assert_int_equal(read(ends[0], &nothing, 1), 0);
    close(ends[0]);
    waitpid(child, &how, 0);
    if (grandchild == 0)
        skip();
    for (int i = 0; i < 1000 && kill(grandchild, 0) == 0 && !status_says(grandchild, "State:\tZ");
         i++)
        usleep(10000);
    assert_true(kill(grandchild, 0) != 0 || status_says(grandchild, "State:\tZ"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(own_sockets, begin, end),
        cmocka_unit_test_setup_teardown(nobodys, begin, end),
        cmocka_unit_test_setup_teardown(many, begin, end),
        cmocka_unit_test_setup_teardown(few_rights, begin, end),
        cmocka_unit_test(after_the_drop),
        cmocka_unit_test(ends_with_its_parent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
