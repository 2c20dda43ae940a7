// SPDX-License-Identifier: MIT
// Two real stacks for tests: opening changes the process, so each test has a child of its own.
#ifndef STACKS_H
#define STACKS_H

// clang-format off
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include "lab/stack.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CHILD_FAILED = 1, CHILD_SKIPPED = 77 };

// In a child cmocka's assertions would go on with the next test.
#define REQUIRE(condition)                                                                         \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: %s does not hold (errno: %s)\n", __FILE__, __LINE__,           \
                    #condition, strerror(errno));                                                  \
            _exit(CHILD_FAILED);                                                                   \
        }                                                                                          \
    } while (0)

// Runs `body` in a child; skips where that says so.
static inline void in_child(void (*body)(unsigned ways), unsigned ways) {
    fflush(NULL);
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        body(ways);
        fflush(NULL);
        _exit(0);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    if (WEXITSTATUS(status) == CHILD_SKIPPED)
        skip();
    assert_int_equal(WEXITSTATUS(status), 0);
}

// In a child: both stacks, or a skipped test and the reason.
static inline void open_stacks(struct stack stacks[TW_END_COUNT], unsigned ways) {
    struct tw_error error;
    if (stacks_open_by(stacks, ways, &error) == TW_OK)
        return;
    printf("skipped: %s\n", error.text);
    fflush(NULL);
    _exit(CHILD_SKIPPED);
}

#endif
