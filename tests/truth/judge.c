// SPDX-License-Identifier: MIT
// Compares what the engine makes of the capture with what the kernels said.
#include "judge.h"

#include <stdlib.h>

const char *reason_text(enum reason reason) {
    static const char *const texts[] = {[REASON_NONE] = "",
#define X(id, text, function) [REASON_##id] = text,
                                        REASON_LIST(X)
#undef X
    };
    _Static_assert(TW_COUNT(texts) == REASON_COUNT, "each reason has its text");
    return texts[reason];
}

bool history_add(struct history *history, enum tw_state state) {
    enum tw_state before = history->count > 0 ? history->states[history->count - 1] : TW_CLOSED;
    bool adds = state != before && history->count < HISTORY_MAX;
    if (adds) {
        history->states[history->count++] = state;
    }
    return adds;
}

// Whether one incarnation as told is what the kernel said as far as it is knowable, and beyond that
// nothing but what the kernel said or what passed the tap could have done.
static bool fits(const struct incarnation *in, const struct history *told) {
    size_t same = 0, i = 0;
    for (enum tw_state middle; same < in->kernel.count && i < told->count; i++) {
        if (told->states[i] == in->kernel.states[same]) {
            same++;
        } else if (!incarnation_passes(in, same, &middle) || told->states[i] != middle) {
            break;
        }
    }
    if (in->reason == REASON_UNSEEN) {
        return true;
    }
    bool good = same >= in->knowable && (in->reason != REASON_NONE || i == told->count);
    for (; i < told->count && good; i++) {
        good =
            incarnation_may_go(in, same, i > 0 ? told->states[i - 1] : TW_CLOSED, told->states[i]);
    }
    return good;
}

// Incarnation by incarnation. One of which nothing was seen may be told or not, and one that a lost
// SYN may have begun too.
static bool equal(const struct incarnation *kernel, size_t kernel_count, const struct history *told,
                  size_t told_count, bool may_open) {
    if (kernel_count == 0) {
        return told_count == 0 || (told_count == 1 && may_open);
    }
    if (told_count > 0 && fits(kernel, told) &&
        equal(kernel + 1, kernel_count - 1, told + 1, told_count - 1, may_open)) {
        return true;
    }
    return kernel->reason == REASON_UNSEEN &&
           equal(kernel + 1, kernel_count - 1, told, told_count, may_open);
}

// What is said of one end, over all connections that the engine found on its ports.
static void collect(const struct inferred *found, size_t count, size_t ports, enum tw_end end,
                    struct histories *told) {
    for (size_t i = 0; i < count; i++) {
        if (found[i].ports == ports && found[i].ends[end].count > 0 &&
            told->count < INCARNATIONS_MAX) {
            told->of[told->count++] = found[i].ends[end];
        }
    }
}

static void judge_end(const struct program *p, size_t ports, enum tw_end end,
                      const struct inferred *found, size_t count, struct verdict *v) {
    struct incarnation list[INCARNATIONS_MAX];
    *v = (struct verdict){.reason = REASON_NONE};
    v->kernel.count = incarnations_find(p, ports, end, list);
    collect(found, count, ports, end, &v->inferred);
    v->left_out = true;
    for (size_t i = 0; i < v->kernel.count; i++) {
        v->kernel.of[i] = list[i].kernel;
        v->reason = v->reason == REASON_NONE ? list[i].reason : v->reason;
        v->left_out = v->left_out && list[i].reason == REASON_UNSEEN;
    }
    if (v->kernel.count == 0) {
        v->left_out = end_unseen(p, ports, end);
        v->reason = v->left_out ? REASON_UNSEEN : REASON_NONE;
    } else {
        const struct incarnation *last = &list[v->kernel.count - 1];
        v->last_silent = incarnation_gave_up(last);
        for (size_t i = 0; i + 1 < v->kernel.count; i++) {
            v->last_silent = v->last_silent && list[i].reason == REASON_NONE;
        }
    }
    v->equal = equal(list, v->kernel.count, v->inferred.of, v->inferred.count,
                     end_may_open(p, ports, end));
}

enum tw_status judge(const struct program *program, struct judgement *judgement) {
    struct inferred *found = calloc(INFERRED_MAX, sizeof *found);
    size_t count = 0;
    enum tw_status status = found != NULL ? infer(program, found, &count) : TW_MEMORY;
    for (size_t i = 0; i < program->ports_count && status == TW_OK; i++) {
        for (enum tw_end end = TW_CLIENT; end < TW_END_COUNT; end++) {
            judge_end(program, i, end, found, count, &judgement->ends[i][end]);
        }
    }
    free(found);
    return status;
}
