// SPDX-License-Identifier: MIT
// libFuzzer: any octets as a witness's file. Proves that what is wrong is refused in one line, that
// what is taken is written so that it is read again as the same, and that all questions about it
// have an answer.
#include "witness/file.h"

#include <stdlib.h>
#include <string.h>

static void must(bool holds) {
    if (!holds)
        abort();
}

static void must_explain(const struct tw_error *error) {
    const size_t length = strnlen(error->text, sizeof error->text);
    must(length > 0 && length < sizeof error->text);
    for (size_t i = 0; i < length; i++)
        must(error->text[i] >= ' ' && error->text[i] <= '~');
}

static char *printed(const struct tw_witness *witness, size_t *length) {
    char *text = NULL;
    FILE *to = open_memstream(&text, length);
    must(to != NULL && witness_print(witness, to));
    must(fclose(to) == 0);
    return text;
}

static struct tw_connection_info info_of(const struct tw_tuple *tuple, tw_time when) {
    return (struct tw_connection_info){
        .version = tuple->version,
        .end = {[TW_CLIENT] = {.address = tuple->local, .port = tuple->local_port},
                [TW_SERVER] = {.address = tuple->remote, .port = tuple->remote_port}},
        .opened = when,
        .last = when,
    };
}

// Of each history and each socket as a connection.
static void ask(const struct tw_witness *witness) {
    for (size_t i = 0; i < witness->looks_count; i++) {
        const struct tw_witness_looks *of = &witness->looks[i];
        const struct tw_connection_info info = info_of(&of->tuple, 0);
        size_t opening;
        const struct tw_witness_look *look =
            tw_witness_look_at(witness, &info, TW_CLIENT, INT64_MAX, &opening);
        must(of->count == 0 || of->tuple.version == 0 || look != NULL);
        must(opening == 0 || look->state == TW_LISTEN);
        for (size_t j = 0; j < of->count; j++)
            must(of->looks[j].expires >= 0 && of->looks[j].timer < TW_TIMER_COUNT);
    }
    for (size_t i = 0; i < witness->history_count; i++) {
        const struct tw_witness_history *h = &witness->histories[i];
        const size_t count = tw_witness_comparable(witness, h);
        must(count >= h->from && count <= h->count);
        const tw_time when = h->count > 0 ? h->steps[0].time : 0;
        const struct tw_connection_info info = info_of(&h->tuple, when);
        must(h->count == 0 || h->tuple.version == 0 ||
             tw_witness_find(witness, &info, TW_CLIENT) != NULL);
        for (size_t j = 0; j < witness->call_count; j++) {
            enum tw_end end = TW_END_COUNT;
            bool listener;
            if (tw_witness_call_at(witness, &witness->calls[j], &info, &end, &listener))
                must(end < TW_END_COUNT);
            must(tw_witness_blocked(&witness->calls[j]) >= 0);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct tw_witness *witness, *again;
    struct tw_error error = {0};
    const enum tw_status status = witness_parse("w", (const char *)data, size, &witness, &error);
    if (status != TW_OK) {
        must(status == TW_OPEN || status == TW_BROKEN || status == TW_MEMORY);
        must(witness == NULL);
        must_explain(&error);
        return 0;
    }
    ask(witness);
    size_t length, same;
    char *text = printed(witness, &length);
    must(witness_parse("again", text, length, &again, &error) == TW_OK);
    char *other = printed(again, &same);
    must(same == length && memcmp(text, other, length) == 0);
    free(text);
    free(other);
    tw_witness_free(witness);
    tw_witness_free(again);
    return 0;
}
