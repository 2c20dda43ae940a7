// SPDX-License-Identifier: MIT
// In place of kernel_word.c where there is no sock_diag.
#include "kernel_word.h"

enum tw_status kernel_word_new(const struct kernel_names *names, struct kernel_word **word,
                               struct tw_error *error) {
    (void)names;
    *word = NULL;
    return tw_fail(error, TW_OPEN, "%s", "the kernel's own word: only Linux tells it (sock_diag)");
}

void kernel_word_free(struct kernel_word *word) {
    (void)word;
}

struct ui_kernel kernel_word_hooks(struct kernel_word *word) {
    (void)word;
    return (struct ui_kernel){.context = NULL};
}
