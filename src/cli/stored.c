// SPDX-License-Identifier: MIT
// What is stored: $TCPWALK_CAPTURES, then the installed ones (beside the program, wherever it
// was put, or where it was meant to go), then the source tree's.
#include "stored.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PLACES = 4, ENDINGS = 6, LINE_MAX_OCTETS = 8192 };

static const char *const endings[STORED_KIND_COUNT][ENDINGS] = {
    [STORED_CAPTURE] = {".pcap", ".pcapng", ".pcap.gz", ".pcap.xz", ".pcap.zst", ".pcapng.gz"},
    [STORED_SCENARIO] = {".lab"},
};

// The running program's own path, where the system tells it: Linux, the BSDs with a /proc.
static bool own_path(char path[STORED_PATH_MAX]) {
    static const char *const links[] = {"/proc/self/exe", "/proc/curproc/file"};
    for (size_t i = 0; i < TW_COUNT(links); i++) {
        ssize_t length = readlink(links[i], path, STORED_PATH_MAX - 1);
        if (length > 0) {
            path[length] = '\0';
            return true;
        }
    }
    return false;
}

// The share directory of the prefix that the running program stands in; NULL if not known.
static const char *beside_program(void) {
    static char path[STORED_PATH_MAX];
    if (path[0] == '\0') {
        char own[STORED_PATH_MAX];
        if (!own_path(own)) {
            return NULL;
        }
        for (int up = 0; up < 2; up++) { // the program's name, and bin
            char *slash = strrchr(own, '/');
            if (slash == NULL) {
                return NULL;
            }
            *slash = '\0';
        }
        int length = snprintf(path, sizeof path, "%s/%s", own, TW_SHARED_CAPTURES);
        if (length < 0 || (size_t)length >= sizeof path) {
            path[0] = '\0';
            return NULL;
        }
    }
    return path;
}

static const char *place(size_t index) {
    const char *const places[PLACES] = {getenv("TCPWALK_CAPTURES"), beside_program(),
                                        TW_INSTALLED_CAPTURES, TW_SOURCE_CAPTURES};
    return places[index];
}

static bool find_in(enum stored_kind kind, const char *directory, const char *name,
                    char path[STORED_PATH_MAX]) {
    struct stat status;
    for (size_t i = 0; i < ENDINGS && endings[kind][i] != NULL; i++) {
        int length = snprintf(path, STORED_PATH_MAX, "%s/%s%s", directory, name, endings[kind][i]);
        if (length > 0 && length < STORED_PATH_MAX && stat(path, &status) == 0 &&
            S_ISREG(status.st_mode)) {
            return true;
        }
    }
    return false;
}

bool stored_find(enum stored_kind kind, const char *name, char path[STORED_PATH_MAX]) {
    if (name[0] == '\0' || name[0] == '.' || strchr(name, '/') != NULL) {
        return false;
    }
    for (size_t i = 0; i < PLACES; i++) {
        if (place(i) != NULL && find_in(kind, place(i), name, path)) {
            return true;
        }
    }
    return false;
}

struct telling {
    enum stored_kind kind;
    void (*each)(void *context, const struct stored *stored);
    void *context;
};

// Tells what is called so if it is there, and if `directory` is the first place that has it.
static void tell(const struct telling *telling, const char *directory, struct stored stored) {
    char path[STORED_PATH_MAX];
    size_t length = strlen(directory);
    if (stored_find(telling->kind, stored.name, path) && strncmp(path, directory, length) == 0 &&
        path[length] == '/' && strchr(path + length + 1, '/') == NULL) {
        stored.path = path;
        telling->each(telling->context, &stored);
    }
}

static const char *column(char **rest) {
    const char *text = strsep(rest, "\t");
    return text != NULL ? text : "";
}

// Tells what the catalogue has; or, with `wanted`, only says whether that name is in it.
static bool catalogue(const char *directory, const struct telling *telling, const char *wanted) {
    char path[STORED_PATH_MAX], line[LINE_MAX_OCTETS];
    snprintf(path, sizeof path, "%s/catalogue.tsv", directory);
    FILE *file = fopen(path, "re");
    bool found = false;
    if (file == NULL) {
        return false;
    }
    while (!found && fgets(line, sizeof line, file) != NULL) {
        struct stored stored = {.path = NULL};
        char *rest = line;
        line[strcspn(line, "\n")] = '\0';
#define X(id, text) stored.id = column(&rest);
        STORED_COLUMN_LIST(X)
#undef X
        if (stored.name[0] == '#' || stored.name[0] == '\0') {
            continue;
        }
        if (wanted != NULL) {
            found = strcmp(stored.name, wanted) == 0;
        } else {
            tell(telling, directory, stored);
        }
    }
    fclose(file);
    return found;
}

// The length of a file's name without its ending; 0 for files of another kind.
static size_t stem(enum stored_kind kind, const char *file) {
    size_t length = strlen(file);
    for (size_t i = 0; i < ENDINGS && endings[kind][i] != NULL && file[0] != '.'; i++) {
        size_t ending = strlen(endings[kind][i]);
        if (length > ending && strcmp(file + length - ending, endings[kind][i]) == 0) {
            return length - ending;
        }
    }
    return 0;
}

static void uncatalogued(const char *directory, const struct telling *telling) {
    struct dirent **entries;
    int count = scandir(directory, &entries, NULL, alphasort);
    for (int i = 0; i < count; i++) {
        size_t length = stem(telling->kind, entries[i]->d_name);
        entries[i]->d_name[length] = '\0';
        if (length > 0 && !catalogue(directory, NULL, entries[i]->d_name)) {
            struct stored stored = {.path = NULL};
#define X(id, text) stored.id = "";
            STORED_COLUMN_LIST(X)
#undef X
            stored.name = entries[i]->d_name;
            tell(telling, directory, stored);
        }
        free(entries[i]);
    }
    if (count >= 0) {
        free(entries);
    }
}

void stored_each(enum stored_kind kind, void (*each)(void *context, const struct stored *stored),
                 void *context) {
    const struct telling telling = {kind, each, context};
    for (size_t i = 0; i < PLACES; i++) {
        bool told = place(i) == NULL;
        for (size_t j = 0; j < i && !told; j++) {
            told = place(j) != NULL && strcmp(place(i), place(j)) == 0;
        }
        if (!told) {
            catalogue(place(i), &telling, NULL);
            uncatalogued(place(i), &telling);
        }
    }
}

const char *stored_counts(const struct stored *stored, char text[STORED_COUNTS]) {
    unsigned long long packets = strtoull(stored->packets, NULL, 10);
    unsigned long long connections = strtoull(stored->connections, NULL, 10);
    text[0] = '\0';
    if (connections > 1) {
        snprintf(text, STORED_COUNTS,
                 _("%llu packets in %llu connections; the states of the longest:"), packets,
                 connections);
    } else if (packets > 0) {
        snprintf(text, STORED_COUNTS, n_("%llu packet", "%llu packets", packets), packets);
    }
    return text;
}

static void offer(void *context, const struct stored *stored) {
    nearest_offer(context, stored->name);
}

void stored_nearest(enum stored_kind kind, struct nearest *nearest) {
    stored_each(kind, offer, nearest);
}
