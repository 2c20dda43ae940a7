// SPDX-License-Identifier: MIT
// Writes under another name, which is then taken; nothing half is ever found under a name that was
// asked for, and nothing that was there is written over.
#include "files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NUMBERS_MAX = 10000 }; // of one name

// --- packets

static const struct tw_packet *packet(void *context, uint64_t number, const char **why) {
    struct files *files = context;
    if (files->recording != NULL) {
        if (recording_packet_at(files->recording, number, &files->packet)) {
            return &files->packet;
        }
        (void)tw_fail(&files->error, TW_UNMET,
                      N_("packet %llu: not kept, the memory for packets is full"),
                      (unsigned long long)number);
    } else if (tw_source_again(files->source, number, &files->packet, &files->error) == TW_OK) {
        return &files->packet;
    }
    *why = files->error.text;
    return NULL;
}

static bool recent(void *context, tw_time now, tw_time span, struct ui_recent *to) {
    const struct files *files = context;
    uint64_t oldest = 1, forgotten = 0;
    if (files->seconds == NULL || files->seconds->count == 0) {
        return false;
    }
    tw_time since = (now != TW_NO_TIME ? now : files->seconds->newest) - span;
    since -= since > 0 ? since % TW_SECOND : 0; // seconds are what is known of those that are gone
    const struct second *begin = seconds_find(files->seconds, since);
    if (begin == NULL) {
        return false;
    }
    if (files->source != NULL) {
        tw_source_kept(files->source, &oldest, &forgotten);
    }
    *to = (struct ui_recent){
        .first = begin->number > oldest ? begin->number : oldest,
        .last = files->seconds->last,
        .since = since,
        .missing = forgotten > begin->before ? forgotten - begin->before : 0,
    };
    return true;
}

// Whether a packet is not among what was captured last: it is too old, or the filter left it out;
// then a source that keeps packets has not kept it.
static bool is_other(struct files *files, uint64_t number, const struct tw_packet *one,
                     tw_time since) {
    uint64_t oldest = 1, forgotten = 0;
    if (one != NULL) {
        return one->time < since ||
               (files->source != NULL && !tw_source_passed(files->source, one));
    }
    if (files->source != NULL) {
        tw_source_kept(files->source, &oldest, &forgotten);
    }
    return files->source != NULL && tw_source_keeps(files->source) && number >= oldest;
}

// --- names

// Where a file of that name is to be; false where there cannot be one. Names are looked for from
// the directory's descriptor, which stays of use when the way to it may not be walked any more.
static bool find_place(const struct files *files, const char *name, struct new_file *new) {
    const int length = snprintf(new->path, sizeof new->path, "%s", name);
    new->place = files->place;
    errno = length <= 0                          ? ENOENT
            : (size_t)length >= sizeof new->path ? ENAMETOOLONG
            : new->path[length - 1] == '/'       ? EISDIR
                                                 : 0;
    return errno == 0;
}

// Makes a file in the same folder, by a name that nobody else has, and no longer than it must be.
static bool make_temporary(struct new_file *new) {
    const char *slash = strrchr(new->path, '/');
    const int folder = slash != NULL ? (int)(slash - new->path) + 1 : 0;
    for (int i = 0; i < NUMBERS_MAX; i++) {
        const int length = snprintf(new->temporary, sizeof new->temporary, "%.*s.tcpwalk-%ld-%d",
                                    folder, new->path, (long)getpid(), i);
        errno = ENAMETOOLONG;
        const int file =
            length < 0 || (size_t)length >= sizeof new->temporary
                ? -1
                : openat(new->place, new->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (file >= 0) {
            new->file = file;
            return true;
        }
        if (errno != EEXIST) {
            break;
        }
    }
    new->temporary[0] = '\0';
    return false;
}

// Removes what was written.
static void give_up(struct new_file *new) {
    if (new->temporary[0] != '\0') {
        if (new->file >= 0) {
            close(new->file);
        }
        unlinkat(new->place, new->temporary, 0);
        new->temporary[0] = '\0';
    }
}

// Gives what was written its name, unless there is something by that name. 0, or errno.
static int take_name(struct new_file *new) {
    // Not every file system has links. There the name is taken first by an empty file, over which
    // ours is put, which takes long where ours is large.
    if (linkat(new->place, new->temporary, new->place, new->path, 0) == 0) {
        give_up(new); // of its two names only the temporary one goes
        return 0;
    }
    if (errno == EEXIST) {
        return errno;
    }
    const int file = openat(new->place, new->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (file < 0) {
        return errno;
    }
    close(file);
    if (renameat(new->place, new->temporary, new->place, new->path) != 0) {
        const int why = errno;
        unlinkat(new->place, new->path, 0);
        return why;
    }
    new->temporary[0] = '\0';
    return 0;
}

static const char *refuse(struct files *files, const char *name, int why) {
    if (why == EEXIST) {
        (void)tw_fail(&files->error, TW_OUTPUT, N_("%s is there already; another name?"), name);
    } else if (files->user != NULL && (why == EACCES || why == EPERM)) {
        (void)tw_fail(&files->error, TW_OUTPUT,
                      N_("%s: %s as user %s; start with --save-dir DIR or -Z USER"), name,
                      strerror(why), files->user);
    } else {
        (void)tw_fail(&files->error, TW_OUTPUT, "%s: %s", name, strerror(why));
    }
    return files->error.text;
}

// --- captures

static const char *save_begin(void *context, const char *path) {
    struct files *files = context;
    struct stat status;
    files_fini(files);
    snprintf(files->name, sizeof files->name, "%s", path);
    if (!find_place(files, path, &files->saved)) {
        return refuse(files, path, errno);
    }
    if (fstatat(files->place, files->saved.path, &status, AT_SYMLINK_NOFOLLOW) == 0) {
        return refuse(files, path, EEXIST);
    }
    return make_temporary(&files->saved) ? NULL : refuse(files, path, errno);
}

static enum tw_status close_writer(struct files *files) {
    const enum tw_status status = tw_writer_close(files->writer, &files->error);
    files->writer = NULL;
    return status;
}

static enum ui_saved save_packet(void *context, uint64_t number, tw_time since, const char **why) {
    struct files *files = context;
    const struct tw_packet *one = packet(context, number, why);
    *why = files->error.text;
    if (since != TW_NO_TIME && is_other(files, number, one, since)) {
        return UI_LEFT_OUT;
    }
    if (one == NULL) {
        return UI_SKIPPED;
    }
    if (files->writer == NULL) {
        const int file = files->saved.file;
        files->saved.file = -1;
        if (tw_writer_take(file, files->name, one->linktype, &files->writer, &files->error) !=
            TW_OK) {
            give_up(&files->saved);
            return UI_FAILED;
        }
        files->linktype = one->linktype;
    }
    if (one->linktype != files->linktype) {
        (void)tw_fail(&files->error, TW_OUTPUT,
                      N_("packet %llu: of another link type than the first one"),
                      (unsigned long long)number);
        return UI_SKIPPED;
    }
    if (one->time < 0 || one->time / TW_SECOND > UINT32_MAX) {
        (void)tw_fail(&files->error, TW_OUTPUT, N_("packet %llu: a pcap file cannot tell its time"),
                      (unsigned long long)number);
        return UI_SKIPPED;
    }
    tw_writer_packet(files->writer, one->time, one->octets, one->captured, one->length);
    if (tw_writer_failed(files->writer) && close_writer(files) != TW_OK) {
        give_up(&files->saved);
        return UI_FAILED;
    }
    return UI_SAVED;
}

static const char *save_end(void *context, bool keep) {
    struct files *files = context;
    enum tw_status status = TW_OK;
    int why = 0;
    if (files->writer != NULL) {
        status = close_writer(files);
    } else {
        keep = false; // no packet, no link type, no file
    }
    if (keep && status == TW_OK) {
        why = take_name(&files->saved);
    }
    give_up(&files->saved);
    if (!keep) {
        return NULL;
    }
    return status != TW_OK ? files->error.text : why != 0 ? refuse(files, files->name, why) : NULL;
}

// --- pictures

static bool write_all(struct new_file *new, const char *octets, size_t length) {
    while (length > 0) {
        const ssize_t wrote = write(new->file, octets, length);
        if (wrote < 0 && errno != EINTR) {
            return false;
        }
        octets += wrote > 0 ? wrote : 0;
        length -= wrote > 0 ? (size_t)wrote : 0;
    }
    const int file = new->file;
    new->file = -1;
    return close(file) == 0;
}

// The same name with a number before its ending.
static void number_name(const char *name, int number, char numbered[STORED_PATH_MAX]) {
    const char *slash = strrchr(name, '/'), *dot = strrchr(slash != NULL ? slash : name, '.');
    const size_t stem = dot != NULL ? (size_t)(dot - name) : strlen(name);
    snprintf(numbered, STORED_PATH_MAX, "%.*s-%d%s", (int)stem, name, number,
             dot != NULL ? dot : "");
}

static const char *write_file(void *context, const char **name, const char *octets, size_t length) {
    struct files *files = context;
    struct new_file new;
    const char *asked = *name;
    snprintf(files->written, sizeof files->written, "%s", asked);
    *name = files->written;
    if (!find_place(files, asked, &new) || !make_temporary(&new)) {
        return refuse(files, files->written, errno);
    }
    int why = write_all(&new, octets, length) ? take_name(&new) : errno;
    for (int number = 2; why == EEXIST && number < NUMBERS_MAX; number++) {
        number_name(asked, number, files->written);
        why = find_place(files, files->written, &new) ? take_name(&new) : errno;
    }
    give_up(&new);
    return why != 0 ? refuse(files, files->written, why) : NULL;
}

// --- all of it

struct ui_files files_hooks(struct files *files) {
    return (struct ui_files){.context = files,
                             .packet = packet,
                             .save_begin = save_begin,
                             .save_packet = save_packet,
                             .save_end = save_end,
                             .recent = recent,
                             .write = write_file};
}

void files_fini(struct files *files) {
    (void)save_end(files, false);
}
