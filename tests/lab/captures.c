// SPDX-License-Identifier: MIT
// What stored captures must be: each one's inferred histories equal those that the kernels reported
// while it was recorded, and recordings of the same scenarios have the same histories.
// usage: captures DIR        agreement with the kernels, all states are passed through
//        captures DIR AGAIN  and what is in AGAIN has the same histories as in DIR
#include "tcpwalk/decode.h"
#include "tcpwalk/source.h"
#include "tcpwalk/tracker.h"
#include "tcpwalk/witness.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATH_ROOM = 1024, TEXT_ROOM = 8192 };

struct run {
    const char *name;
    struct tw_witness *witness;
    char histories[TEXT_ROOM]; // of all connections, in order, as text
    unsigned compared, wrong;
    bool *passed; // by end and state
};

static void append(char *text, const char *more) {
    size_t used = strlen(text);
    snprintf(text + used, TEXT_ROOM - used, "%s", more);
}

// False where no kernel says anything: an address that no stack has.
static bool kernel_text(const struct tw_witness *witness, const struct tw_connection_info *info,
                        enum tw_end end, char *text) {
    enum tw_state states[TW_HISTORY_MAX];
    size_t count;
    text[0] = '\0';
    bool said = tw_witness_word(witness, info, end, states, TW_HISTORY_MAX, &count);
    for (size_t i = 0; i < count && i < TW_HISTORY_MAX; i++) {
        append(text, i > 0 ? ">" : "");
        append(text, tw_state_name(states[i]));
    }
    return said;
}

static void over(void *context, const struct tw_connection *connection) {
    struct run *run = context;
    struct tw_connection_info info;
    tw_connection_read(connection, &info);
    for (enum tw_end end = TW_CLIENT; end < TW_END_COUNT; end++) {
        struct tw_step steps[TW_HISTORY_MAX];
        char inferred[TEXT_ROOM] = "", kernel[TEXT_ROOM];
        size_t count = tw_connection_history(connection, end, steps, TW_HISTORY_MAX);
        for (size_t i = 0; i < count && i < TW_HISTORY_MAX; i++) {
            append(inferred, i > 0 ? ">" : "");
            append(inferred, tw_state_name(steps[i].state));
            run->passed[end * TW_STATE_COUNT + steps[i].state] = true;
        }
        append(run->histories, inferred);
        append(run->histories, end == TW_CLIENT ? " | " : "\n");
        if (!kernel_text(run->witness, &info, end, kernel)) {
            continue;
        }
        run->compared++;
        if (strcmp(kernel, inferred) != 0) {
            run->wrong++;
            printf("%s: connection %llu, %s: kernel %s, inferred %s\n", run->name,
                   (unsigned long long)info.number, end == TW_CLIENT ? "client" : "server", kernel,
                   inferred);
        }
    }
}

static bool read_capture(struct run *run, const char *pcap, struct tw_error *error) {
    const struct tw_source_options none = {0};
    const struct tw_tracker_options options = {.hash_key = {1, 2}};
    const struct tw_observer observer = {.context = run, .over = over};
    const struct tw_decoder decoder = {0};
    struct tw_source *source;
    if (tw_source_open_files(&pcap, 1, &none, &source, error) != TW_OK) {
        return false;
    }
    struct tw_tracker *tracker = tw_tracker_new(&options, &observer);
    struct tw_packet packet;
    enum tw_got got = TW_GOT_FAULT;
    while (tracker != NULL && (got = tw_source_next(source, &packet, error)) == TW_GOT_PACKET) {
        struct tw_segment segment;
        enum tw_reason reason;
        if (tw_decode(&decoder, packet.linktype, packet.octets, packet.captured, packet.length,
                      &segment, &reason) == TW_DECODED) {
            segment.time = packet.time;
            segment.packet = packet.number;
            segment.interface = packet.interface;
            if (tw_tracker_feed(tracker, &segment, 1) != TW_OK) {
                got = TW_GOT_FAULT;
            }
        }
    }
    if (tracker != NULL) {
        tw_tracker_finish(tracker);
    }
    tw_tracker_free(tracker);
    tw_source_free(source);
    return got == TW_GOT_END;
}

// Reads DIR/NAME.pcap and DIR/NAME.json. False, with a message, when that fails.
static bool run_one(struct run *run, const char *directory, const char *name) {
    char pcap[PATH_ROOM], json[PATH_ROOM];
    struct tw_error error = {""};
    snprintf(pcap, sizeof pcap, "%s/%s.pcap", directory, name);
    snprintf(json, sizeof json, "%s/%s.json", directory, name);
    run->name = name;
    run->histories[0] = '\0';
    bool good = tw_witness_read(json, &run->witness, &error) == TW_OK;
    if (good) {
        good = read_capture(run, pcap, &error);
        tw_witness_free(run->witness);
    }
    if (!good) {
        printf("%s: %s\n", name, error.text);
    }
    return good;
}

static int is_script(const struct dirent *entry) {
    size_t length = strlen(entry->d_name);
    return length > 4 && strcmp(entry->d_name + length - 4, ".lab") == 0;
}

static bool is_there(const char *directory, const char *name) {
    char path[PATH_ROOM];
    snprintf(path, sizeof path, "%s/%s.pcap", directory, name);
    FILE *file = fopen(path, "rb");
    if (file != NULL) {
        fclose(file);
    }
    return file != NULL;
}

int main(int count, char **words) {
    if (count < 2) {
        return 2;
    }
    bool passed[TW_END_COUNT * TW_STATE_COUNT] = {false};
    bool unused[TW_END_COUNT * TW_STATE_COUNT];
    struct run stored = {.passed = passed}, again = {.passed = unused};
    struct dirent **entries;
    int entry_count = scandir(words[1], &entries, is_script, alphasort);
    unsigned wrong = entry_count <= 0, recorded_again = 0;
    for (int i = 0; i < entry_count; i++) {
        char name[PATH_ROOM];
        snprintf(name, sizeof name, "%.*s", (int)strlen(entries[i]->d_name) - 4,
                 entries[i]->d_name);
        free(entries[i]);
        wrong += !run_one(&stored, words[1], name);
        if (count > 2 && is_there(words[2], name)) {
            recorded_again++;
            bool good = run_one(&again, words[2], name);
            bool same = strcmp(stored.histories, again.histories) == 0;
            if (good && !same) {
                printf("%s: stored\n%sand recorded again\n%s", name, stored.histories,
                       again.histories);
            }
            wrong += !good || !same;
        }
    }
    if (entry_count >= 0) {
        free(entries);
    }
    // A client cannot be in LISTEN: it is who sends the SYN.
    for (unsigned i = 0; i < TW_COUNT(passed); i++) {
        if (!passed[i] && i != TW_CLIENT * TW_STATE_COUNT + TW_LISTEN) {
            printf("no stored capture passes through %s at the %s\n",
                   tw_state_name((enum tw_state)(i % TW_STATE_COUNT)),
                   i < TW_STATE_COUNT ? "client" : "server");
            wrong++;
        }
    }
    wrong += stored.wrong + again.wrong + (stored.compared == 0);
    wrong += count > 2 && recorded_again == 0; // nothing recorded would be nothing tested
    printf("%d scenarios, %u histories compared with the kernels', %u wrong", entry_count,
           stored.compared + again.compared, stored.wrong + again.wrong);
    printf(count > 2 ? "; %u recorded again\n" : "\n", recorded_again);
    return wrong != 0;
}
