// SPDX-License-Identifier: MIT
// The kernel's own word for the screen, while a live source runs: single sockets are asked about
// when the screen shows them; what no single question tells is read in slices.
#ifndef TCPWALK_CLI_KERNEL_WORD_H
#define TCPWALK_CLI_KERNEL_WORD_H

#include "tcpwalk/guard.h"

#include "ui/ui.h"

// Who knows whose a socket is, as a namer does (tw_namer_ask, tw_namer_answer): `ask` says how many
// it has taken. Without it nobody knows.
struct kernel_names {
    void *context;
    size_t (*ask)(void *context, const uint32_t *inodes, size_t count);
    bool (*answer)(void *context, struct tw_process *process);
};

struct kernel_word;

// To be opened before rights are given up: from then on it sends and receives on what is open, and
// opens nothing. `names` may be NULL. TW_OPEN: the system does not tell; TW_MEMORY.
enum tw_status kernel_word_new(const struct kernel_names *names, struct kernel_word **word,
                               struct tw_error *error) TW_CHECKED;
void kernel_word_free(struct kernel_word *word);
struct ui_kernel kernel_word_hooks(struct kernel_word *word);

#endif
