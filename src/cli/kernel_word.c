// SPDX-License-Identifier: MIT
// What the kernel says of the sockets that the screen shows. A socket costs one question of some
// microseconds. All of them are gone through only while somebody wants to know what no single
// question tells: how many request sockets a listener has, and to which interfaces sockets are
// bound (without that interface they are not found); in slices, once a second at most.
#include "kernel_word.h"

#include "pump.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    PORTS = 65536,
    INTERFACES = 32, // that sockets are bound to
    USERS = 1024,    // of /etc/passwd; others are told by their number
    PROCESSES = 4096,
    WANTED = 256,     // asked for at once
    SLICE_MS = 2,     // for going through all sockets
    EVERY_MS = 1000,  // how often that is done, where a listener is seen,
    REST_MS = 10000,  // and where a socket is not found
    AGAIN_MS = 10000, // how long a process's name is believed
};

struct user {
    uint32_t uid;
    char name[UI_USER];
};

// By the socket's inode; another one in the same place takes it.
struct known {
    struct tw_process process;
    bool asked, answered;
    int64_t since; // by clock_ms
};

struct kernel_word {
    struct tw_kernel *kernel;
    struct kernel_names names;
    struct known known[PROCESSES];
    struct user *users;
    size_t user_count;
    // What going through all sockets has told; while it is done, what it has told so far.
    bool going, wants_opening, wants_bound;
    int64_t begun, looked;      // for request sockets, for those that are bound
    uint32_t opening[2][PORTS]; // request sockets by local port
    int told;                   // which of the two is whole
    uint32_t interfaces[INTERFACES];
    size_t interface_count;
};

// --- Whose it is

static void read_users(struct kernel_word *word) {
    FILE *file = fopen("/etc/passwd", "re");
    word->users = calloc(USERS, sizeof *word->users);
    const struct passwd *entry;
    while (file != NULL && word->users != NULL && word->user_count < USERS &&
           (entry = fgetpwent(file)) != NULL) {
        struct user *user = &word->users[word->user_count++];
        user->uid = entry->pw_uid;
        snprintf(user->name, sizeof user->name, "%s", entry->pw_name);
    }
    if (file != NULL)
        fclose(file);
}

static void put_user(const struct kernel_word *word, uint32_t uid, char name[UI_USER]) {
    snprintf(name, UI_USER, "%lu", (unsigned long)uid);
    for (size_t i = 0; i < word->user_count; i++)
        if (word->users[i].uid == uid) {
            snprintf(name, UI_USER, "%s", word->users[i].name);
            return;
        }
}

static struct known *place_of(struct kernel_word *word, uint32_t inode) {
    return &word->known[inode % PROCESSES];
}

static void take_answers(struct kernel_word *word) {
    struct tw_process process;
    while (word->names.answer != NULL && word->names.answer(word->names.context, &process)) {
        struct known *known = place_of(word, process.inode);
        if (known->process.inode != process.inode)
            continue; // another one is asked about there now
        known->process = process;
        known->answered = true;
        known->since = clock_ms();
    }
}

static struct ui_process owner_of(struct kernel_word *word, const struct tw_kernel_socket *socket) {
    const uint32_t inode = socket->inode;
    struct known *known = place_of(word, inode);
    struct ui_process owner = {.owner = inode == 0                ? UI_OWNER_NOBODY
                                        : word->names.ask == NULL ? UI_OWNER_HIDDEN
                                                                  : UI_OWNER_UNKNOWN};
    put_user(word, socket->uid, owner.user);
    if (owner.owner != UI_OWNER_UNKNOWN)
        return owner;
    if (known->process.inode != inode)
        *known = (struct known){.process = {.inode = inode}};
    if ((!known->asked || clock_ms() - known->since > AGAIN_MS) &&
        word->names.ask(word->names.context, &inode, 1) == 1) {
        known->asked = true;
        known->since = clock_ms();
    }
    if (!known->answered)
        return owner;
    owner.owner = known->process.pid > 0 ? UI_OWNER_KNOWN : UI_OWNER_HIDDEN;
    owner.pid = known->process.pid;
    snprintf(owner.name, sizeof owner.name, "%.*s", (int)sizeof known->process.name,
             known->process.name);
    return owner;
}
_Static_assert((int)UI_PROCESS == (int)TW_PROCESS_NAME, "a name has room");

// --- All sockets

static void on_socket(void *context, const struct tw_kernel_socket *socket) {
    struct kernel_word *word = context;
    if (socket->state == TW_SYN_RECEIVED && socket->inode == 0)
        word->opening[!word->told][socket->tuple.local_port]++;
    for (size_t i = 0; i < word->interface_count; i++)
        if (word->interfaces[i] == socket->interface)
            return;
    if (socket->interface != 0 && word->interface_count < INTERFACES)
        word->interfaces[word->interface_count++] = socket->interface;
}

// Request sockets alone cost the kernel a tenth of what all do, as it hands over so few.
static void begin(struct kernel_word *word) {
    const unsigned states = word->wants_bound ? ~0U : 1U << TW_SYN_RECEIVED;
    word->begun = clock_ms();
    if (word->wants_bound)
        word->looked = word->begun;
    word->wants_opening = word->wants_bound = false;
    memset(word->opening[!word->told], 0, sizeof word->opening[0]);
    word->going = tw_kernel_begin(word->kernel, states);
}

static void go_on(struct kernel_word *word) {
    word->going = tw_kernel_some(word->kernel, on_socket, word);
    if (!word->going)
        word->told = !word->told;
}

static void turn(void *context) {
    struct kernel_word *word = context;
    const int64_t now = clock_ms();
    take_answers(word);
    const bool wanted = word->wants_opening || word->wants_bound;
    if (!word->going && wanted && now - word->begun >= EVERY_MS)
        begin(word);
    while (word->going && clock_ms() - now < SLICE_MS)
        go_on(word);
}

// --- One of them

static enum tw_kernel_found find(struct kernel_word *word, const struct tw_tuple *tuple,
                                 struct tw_kernel_socket *socket) {
    enum tw_kernel_found found = tw_kernel_find(word->kernel, tuple, 0, socket);
    for (size_t i = 0; i < word->interface_count; i++) {
        struct tw_kernel_socket bound;
        if (found == TW_KERNEL_UNKNOWN || (found == TW_KERNEL_FOUND && socket->state != TW_LISTEN))
            break;
        const enum tw_kernel_found there =
            tw_kernel_find(word->kernel, tuple, word->interfaces[i], &bound);
        if (there == TW_KERNEL_FOUND && (found == TW_KERNEL_NONE || bound.state != TW_LISTEN)) {
            found = there;
            *socket = bound;
        }
    }
    return found;
}

// Who takes connections there, as asked without a remote end.
static void find_listener(struct kernel_word *word, const struct tw_tuple *tuple,
                          struct tw_kernel_socket *listener) {
    struct tw_tuple any = *tuple;
    any.remote = (struct tw_address){{0}};
    any.remote_port = 0;
    if (find(word, &any, listener) != TW_KERNEL_FOUND || listener->state != TW_LISTEN)
        *listener = (struct tw_kernel_socket){.state = TW_CLOSED};
}

static void ask(void *context, const struct tw_tuple *tuple, struct ui_kernel_said *said) {
    struct kernel_word *word = context;
    struct tw_kernel_socket *socket = &said->socket;
    *said = (struct ui_kernel_said){
        .local = tw_kernel_local(word->kernel, tuple->version, &tuple->local)};
    if (!said->local)
        return;
    const enum tw_kernel_found found = find(word, tuple, socket);
    const bool listens = found == TW_KERNEL_FOUND && socket->state == TW_LISTEN;
    const bool none = found == TW_KERNEL_NONE || listens;
    if (listens)
        said->listener = *socket;
    if (none)
        *socket = (struct tw_kernel_socket){.tuple = *tuple, .state = TW_CLOSED};
    said->told = found != TW_KERNEL_UNKNOWN;
    if (none && clock_ms() - word->looked >= REST_MS)
        word->wants_bound = true; // to an interface, maybe, that none was bound to before
    if (!none && found == TW_KERNEL_FOUND) {
        said->process = owner_of(word, socket);
        if (socket->inode == 0 && socket->state >= TW_SYN_RECEIVED && socket->state != TW_TIME_WAIT)
            find_listener(word, tuple, &said->listener);
    }
    if (said->listener.state == TW_LISTEN) {
        said->server = owner_of(word, &said->listener);
        said->opening = word->opening[word->told][tuple->local_port];
        word->wants_opening = true;
    }
}

// --- All of it

enum tw_status kernel_word_new(const struct kernel_names *names, struct kernel_word **word,
                               struct tw_error *error) {
    *word = NULL;
    struct kernel_word *made = calloc(1, sizeof *made);
    if (made == NULL)
        return tw_fail(error, TW_MEMORY, "sock_diag: out of memory");
    const enum tw_status status = tw_kernel_open(&made->kernel, error);
    if (status != TW_OK) {
        kernel_word_free(made);
        return status;
    }
    if (names != NULL)
        made->names = *names;
    read_users(made);
    made->wants_bound = true;
    begin(made);
    while (made->going) // nobody waits for a key yet
        go_on(made);
    *word = made;
    return TW_OK;
}

void kernel_word_free(struct kernel_word *word) {
    if (word == NULL)
        return;
    tw_kernel_free(word->kernel);
    free(word->users);
    free(word);
}

struct ui_kernel kernel_word_hooks(struct kernel_word *word) {
    return (struct ui_kernel){.context = word, .ask = ask, .turn = turn};
}
