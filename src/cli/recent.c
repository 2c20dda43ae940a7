// SPDX-License-Identifier: MIT
// The recent files, a line each. Nothing here is ever a reason to fail: it is only a convenience.
#include "recent.h"

#include "stored.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ESCAPE_LENGTH = 4, LINE_ROOM = ESCAPE_LENGTH * STORED_PATH_MAX + 2, LINES_MOST = 1000 };

static const char digits[] = "0123456789abcdef";

char *recent_escape(const char *path, char *text, size_t room) {
    size_t used = 0;
    for (; *path != '\0' && used + ESCAPE_LENGTH < room; path++) {
        unsigned char octet = (unsigned char)*path;
        if (octet >= ' ' && octet != 0x7f && octet != '\\') {
            text[used++] = *path;
            continue;
        }
        const char escape[ESCAPE_LENGTH] = {'\\', 'x', digits[octet >> 4], digits[octet & 0xf]};
        memcpy(text + used, escape, ESCAPE_LENGTH);
        used += ESCAPE_LENGTH;
    }
    text[used] = '\0';
    return text;
}

// Back in place; false for what recent_escape cannot have written.
static bool unescape(char *line) {
    char *to = line;
    for (const char *from = line; *from != '\0';) {
        if (*from != '\\') {
            *to++ = *from++;
            continue;
        }
        const char *high = from[1] == 'x' && from[2] != '\0' ? strchr(digits, from[2]) : NULL;
        const char *low = high != NULL && from[3] != '\0' ? strchr(digits, from[3]) : NULL;
        unsigned octet =
            low != NULL ? (unsigned)(high - digits) << 4 | (unsigned)(low - digits) : 0;
        if (octet == 0) {
            return false;
        }
        *to++ = (char)octet;
        from += ESCAPE_LENGTH;
    }
    *to = '\0';
    return line[0] == '/';
}

// The user's own folder that must be there; false if there is none. As root for somebody else, whom
// $HOME still names, nothing of theirs is made root's.
static bool is_own(const char *path) {
    struct stat status;
    return path[0] == '/' && stat(path, &status) == 0 && S_ISDIR(status.st_mode) &&
           status.st_uid == geteuid();
}

// The folder of the state, made with the ones above it if `make`.
static bool state_folder(char path[STORED_PATH_MAX], bool make) {
    const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
    // The XDG Base Directory Specification: what is not absolute is to be ignored.
    bool named = state != NULL && state[0] == '/';
    const char *base = named ? state : home;
    static const char *const below[] = {"/.local", "/state", "/tcpwalk"};
    if (base == NULL || base[0] != '/') {
        return false;
    }
    if (named && make && mkdir(base, S_IRWXU) != 0 && errno != EEXIST) {
        return false;
    }
    int length = snprintf(path, STORED_PATH_MAX, "%s", base);
    if (length < 0 || length >= STORED_PATH_MAX || (make && !is_own(base))) {
        return false;
    }
    for (size_t i = named ? TW_COUNT(below) - 1 : 0; i < TW_COUNT(below); i++) {
        size_t used = strlen(path);
        if (used + strlen(below[i]) >= STORED_PATH_MAX) {
            return false;
        }
        snprintf(path + used, STORED_PATH_MAX - used, "%s", below[i]);
        if (make && mkdir(path, S_IRWXU) != 0 && errno != EEXIST) {
            return false;
        }
    }
    return true;
}

static bool in_folder(const char *folder, const char *name, char path[STORED_PATH_MAX]) {
    int length = snprintf(path, STORED_PATH_MAX, "%s/%s", folder, name);
    return length > 0 && length < STORED_PATH_MAX;
}

static bool has(const struct recent *recent, const char *path) {
    for (size_t i = 0; i < recent->count; i++) {
        if (strcmp(recent->paths[i], path) == 0) {
            return true;
        }
    }
    return false;
}

static void append(struct recent *recent, const char *path) {
    if (recent->count < RECENT_MAX && !has(recent, path)) {
        char *copy = strdup(path);
        if (copy != NULL) {
            recent->paths[recent->count++] = copy;
        }
    }
}

// The file of that name, if it is a regular one: another could make us wait.
static FILE *open_regular(const char *path) {
    struct stat status;
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    FILE *file =
        fd >= 0 && fstat(fd, &status) == 0 && S_ISREG(status.st_mode) ? fdopen(fd, "r") : NULL;
    if (fd >= 0 && file == NULL) {
        close(fd);
    }
    return file;
}

void recent_read(struct recent *recent) {
    char folder[STORED_PATH_MAX], path[STORED_PATH_MAX], line[LINE_ROOM];
    *recent = (struct recent){0};
    FILE *file = state_folder(folder, false) && in_folder(folder, "recent", path)
                     ? open_regular(path)
                     : NULL;
    bool whole = true; // the line before this piece has ended
    for (int i = 0; file != NULL && i < LINES_MOST && fgets(line, sizeof line, file) != NULL; i++) {
        size_t length = strcspn(line, "\n");
        bool ends = line[length] == '\n';
        line[length] = '\0';
        if (whole && ends && unescape(line)) {
            append(recent, line);
        }
        whole = ends;
    }
    if (file != NULL) {
        fclose(file);
    }
}

void recent_fini(struct recent *recent) {
    for (size_t i = 0; i < recent->count; i++) {
        free(recent->paths[i]);
    }
    recent->count = 0;
}

static bool write_all(int fd, const struct recent *recent) {
    char line[LINE_ROOM];
    FILE *file = fdopen(fd, "w");
    if (file == NULL) {
        close(fd);
        return false;
    }
    for (size_t i = 0; i < recent->count; i++) {
        fprintf(file, "%s\n", recent_escape(recent->paths[i], line, sizeof line));
    }
    bool good = ferror(file) == 0;
    return fclose(file) == 0 && good;
}

static void replace(const struct recent *recent) {
    char folder[STORED_PATH_MAX], path[STORED_PATH_MAX], made[STORED_PATH_MAX];
    if (!state_folder(folder, true) || !in_folder(folder, "recent", path) ||
        !in_folder(folder, "recent.XXXXXX", made)) {
        return;
    }
    int fd = mkstemp(made); // 0600
    if (fd >= 0 && (!write_all(fd, recent) || rename(made, path) != 0)) {
        unlink(made);
    }
}

void recent_add(const char *file) {
    struct stat status;
    char *path = realpath(file, NULL);
    if (path != NULL && stat(path, &status) == 0 && S_ISREG(status.st_mode)) {
        struct recent before, after = {0};
        recent_read(&before);
        append(&after, path);
        for (size_t i = 0; i < before.count; i++) {
            append(&after, before.paths[i]);
        }
        replace(&after);
        recent_fini(&before);
        recent_fini(&after);
    }
    free(path);
}
