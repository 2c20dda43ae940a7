// SPDX-License-Identifier: MIT
// The processes and sockets that a script has made by a given statement.
#include "names.h"

#include <stdio.h>
#include <string.h>

enum { LIST_MAX = 160 };

void names_init(struct names *names) {
    *names = (struct names){.process_count = TW_END_COUNT};
    names->processes[TW_CLIENT].name = "client";
    names->processes[TW_SERVER].name = "server";
    names->processes[TW_SERVER].end = TW_SERVER;
}

// Adds a name to "a, b"; one that does not fit any more is left out.
static void list(char text[LIST_MAX], const char *name) {
    size_t used = strlen(text);
    if (used + strlen(name) + sizeof ", " <= LIST_MAX) {
        snprintf(text + used, LIST_MAX - used, "%s%s", used > 0 ? ", " : "", name);
    }
}

static int quoted(struct word word) {
    return word.length < TW_LAB_NAME ? (int)word.length : TW_LAB_NAME;
}

// --- Processes

bool names_process(const struct names *names, struct scan *scan, struct word word,
                   size_t *process) {
    char all[LIST_MAX] = "";
    for (size_t i = 0; i < names->process_count; i++) {
        const char *name = names->processes[i].name;
        if (name != NULL && scan_same(word, name)) {
            *process = i;
            return true;
        }
        if (name != NULL) {
            list(all, name);
        }
    }
    return scan_fail(scan, word.at, "no process '%.*s' here: there are %s", quoted(word), word.at,
                     all);
}

bool names_is_process(const struct names *names, struct word word) {
    bool found = false;
    for (size_t i = 0; i < names->process_count && !found; i++) {
        found = names->processes[i].name != NULL && scan_same(word, names->processes[i].name);
    }
    return found;
}

static void add_open(struct names *names, size_t process, size_t socket) {
    names->open[names->open_count].process = (uint16_t)process;
    names->open[names->open_count].socket = (uint16_t)socket;
    names->open_count++;
}

bool names_fork(struct names *names, struct scan *scan, size_t parent, const char *name,
                const char *at) {
    size_t slot = names->process_count;
    for (size_t i = 0; i < names->process_count; i++) {
        if (names->processes[i].name == NULL) {
            slot = i;
        } else if (strcmp(names->processes[i].name, name) == 0) {
            return scan_fail(scan, at, "there is a process '%s' already", name);
        }
    }
    size_t inherited = 0, count = names->open_count;
    for (size_t i = 0; i < count; i++) {
        inherited += names->open[i].process == parent;
    }
    if (slot == TW_LAB_PROCESSES) {
        return scan_fail(scan, at, "more than %d processes", TW_LAB_PROCESSES);
    }
    if (inherited > TW_LAB_SOCKETS - count) {
        return scan_fail(scan, at, "more than %d sockets open in all processes", TW_LAB_SOCKETS);
    }
    names->processes[slot].name = name;
    names->processes[slot].end = names->processes[parent].end;
    names->process_count += slot == names->process_count;
    for (size_t i = 0; i < count; i++) {
        if (names->open[i].process == parent) {
            add_open(names, slot, names->open[i].socket);
        }
    }
    return true;
}

// --- Sockets

static struct named_socket *find(struct names *names, struct word word) {
    for (size_t i = names->socket_count; i-- > 0;) {
        struct named_socket *s = &names->sockets[i];
        if (s->length == word.length && memcmp(s->name, word.at, word.length) == 0) {
            return s;
        }
    }
    return NULL;
}

bool names_socket(struct names *names, struct scan *scan, struct named_socket **socket) {
    struct word word = scan_peek(scan, "");
    *socket = NULL;
    if (word.length == 0) {
        (void)scan_expected(scan, "the name of a socket");
        return false;
    }
    *socket = find(names, word);
    if (*socket != NULL) {
        scan->at += word.length;
        return true;
    }
    char all[LIST_MAX] = "";
    for (size_t i = 0; i < names->socket_count; i++) {
        list(all, names->sockets[i].name);
    }
    (void)scan_fail(scan, word.at, "no socket '%.*s' here: %s%s", quoted(word), word.at,
                    names->socket_count == 0   ? "none was made so far"
                    : names->socket_count == 1 ? "made so far is "
                                               : "made so far are ",
                    all);
    return false;
}

// The descriptor, the newest of that name; open_count: none.
static size_t find_open(const struct names *names, size_t process, size_t socket) {
    for (size_t i = names->open_count; i-- > 0;) {
        if (names->open[i].socket == socket && names->open[i].process == process) {
            return i;
        }
    }
    return names->open_count;
}

bool names_open(struct names *names, struct scan *scan, size_t process,
                struct named_socket **socket) {
    if (!names_socket(names, scan, socket)) {
        return false;
    }
    const struct named_socket *s = *socket;
    const char *at = scan->at - s->length, *who = names->processes[process].name;
    if (s->end != names->processes[process].end) {
        return scan_fail(scan, at, "'%s' is a socket at the %s's end (line %u): %s cannot use it",
                         s->name, s->end == TW_CLIENT ? "client" : "server", s->made, who);
    }
    if (find_open(names, process, (size_t)(s - names->sockets)) < names->open_count) {
        return true;
    }
    if (s->closed > 0) {
        return scan_fail(scan, at, "%s has no socket '%s' any more: closed in line %u", who,
                         s->name, s->closed);
    }
    return scan_fail(scan, at, "%s has no socket '%s': another process made it in line %u", who,
                     s->name, s->made);
}

bool names_make(struct names *names, struct scan *scan, size_t process, const char *name,
                const char *at) {
    enum tw_end end = names->processes[process].end;
    const struct word word = {name, strlen(name)};
    struct named_socket *s = find(names, word);
    if (s != NULL && s->end != end) {
        return scan_fail(scan, at, "'%s' is the name of a socket at the other end (line %u)", name,
                         s->made);
    }
    if (names->open_count == TW_LAB_SOCKETS ||
        (s == NULL && names->socket_count == TW_LAB_SOCKETS)) {
        return scan_fail(scan, at, "more than %d sockets", TW_LAB_SOCKETS);
    }
    if (s == NULL) {
        s = &names->sockets[names->socket_count++];
        *s = (struct named_socket){.name = name, .length = word.length, .end = end};
    }
    s->made = scan->number;
    add_open(names, process, (size_t)(s - names->sockets));
    return true;
}

static size_t known_process(struct names *names, const char *name, enum tw_end end) {
    size_t i = 0;
    while (i < names->process_count && strcmp(names->processes[i].name, name) != 0) {
        i++;
    }
    if (i == names->process_count) {
        names->processes[i].name = name;
        names->processes[i].end = end;
        names->process_count++;
    }
    return i;
}

void names_know(struct names *names, const struct tw_lab_view *view, char (*room)[TW_LAB_NAME]) {
    for (size_t i = 0; i < view->socket_count; i++) {
        const struct tw_lab_socket *known = &view->sockets[i];
        const struct word word = {known->name, strlen(known->name)};
        struct named_socket *s = find(names, word);
        if (s == NULL) {
            memcpy(room[2 * i], known->name, TW_LAB_NAME);
            s = &names->sockets[names->socket_count++];
            *s = (struct named_socket){
                .name = room[2 * i], .length = word.length, .end = known->end, .made = 1};
        }
        memcpy(room[2 * i + 1], known->process, TW_LAB_NAME);
        add_open(names, known_process(names, room[2 * i + 1], known->end),
                 (size_t)(s - names->sockets));
    }
}

void names_close(struct names *names, size_t process, const struct named_socket *socket,
                 unsigned line) {
    size_t socket_index = (size_t)(socket - names->sockets);
    size_t open = find_open(names, process, socket_index);
    if (open < names->open_count) {
        names->sockets[socket_index].closed = line;
        names->open_count--;
        memmove(&names->open[open], &names->open[open + 1],
                (names->open_count - open) * sizeof names->open[0]);
    }
}

enum { NO_PROCESS = TW_LAB_PROCESSES, NO_END = TW_END_COUNT };

// All descriptors of a process, or of an end.
static void close_all(struct names *names, size_t process, unsigned end, unsigned line) {
    size_t kept = 0;
    for (size_t i = 0; i < names->open_count; i++) {
        size_t owner = names->open[i].process;
        if (owner == process || names->processes[owner].end == end) {
            names->sockets[names->open[i].socket].closed = line;
        } else {
            names->open[kept++] = names->open[i];
        }
    }
    names->open_count = kept;
}

void names_exit(struct names *names, size_t process, unsigned line) {
    close_all(names, process, NO_END, line);
    if (process >= TW_END_COUNT) { // the first of each end can go on
        names->processes[process].name = NULL;
    }
}

void names_crash(struct names *names, enum tw_end end, unsigned line) {
    close_all(names, NO_PROCESS, end, line);
}
