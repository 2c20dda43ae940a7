// SPDX-License-Identifier: MIT
// The order in which rights are given up: what is needed later is opened first.
#include "rights.h"

#include "stored.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <string.h>
#include <unistd.h>

#ifndef O_PATH
#define O_PATH O_RDONLY // where the system has no descriptor that is only a place
#endif

static bool is_file(const char *path) {
    return path != NULL && strcmp(path, "-") != 0;
}

static enum tw_status open_folder(const char *folder, int *directory, struct tw_error *error) {
    *directory = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
    return *directory >= 0 ? TW_OK : tw_fail(error, TW_OUTPUT, "%s: %s", folder, strerror(errno));
}

// Where that file is.
static enum tw_status open_folder_of(const char *file, int *directory, struct tw_error *error) {
    char path[STORED_PATH_MAX];
    snprintf(path, sizeof path, "%s", file);
    return open_folder(dirname(path), directory, error);
}

enum tw_status rights_directory(const struct settings *settings, int *directory,
                                struct tw_error *error) {
    if (settings->save_dir != NULL || !is_file(settings->write.path)) {
        return open_folder(settings->save_dir != NULL ? settings->save_dir : ".", directory, error);
    }
    return open_folder_of(settings->write.path, directory, error);
}

// Files that follow the first one are made by whose rights are left, so that root must say who that
// is, before a file is touched.
static enum tw_status check_rotation(const struct settings *settings, const char *user,
                                     struct tw_error *error) {
    int directory;
    if (user == NULL || !is_file(settings->write.path) ||
        (settings->write.size == 0 && settings->write.seconds == 0)) {
        return TW_OK;
    }
    enum tw_status status = open_folder_of(settings->write.path, &directory, error);
    if (status != TW_OK) {
        return status;
    }
    if (!tw_guard_may_make(settings->drop_to, directory)) {
        status =
            tw_fail(error, TW_PERMISSION,
                    "-C, -G: the user \"%s\" is to make the next files there, and may not; name "
                    "one who may by -Z USER",
                    user);
    }
    close(directory);
    return status;
}

enum tw_status rights_check(const struct settings *settings, struct tw_error *error) {
    const char *user;
    enum tw_status status = TW_OK;
    if (settings->interface_count > 0) {
        status = tw_guard_user(settings->drop_to, &user, error);
        status = status == TW_OK ? check_rotation(settings, user, error) : status;
    }
    return status;
}

void rights_start_namer(struct rights *rights) {
    struct tw_error ignored;
    (void)!tw_namer_start(&rights->namer, &ignored);
}

enum tw_status rights_drop(struct rights *rights, const struct settings *settings,
                           const struct tw_source *source, bool refilters, int recordings,
                           struct tw_error *error) {
    int sockets[TW_INTERFACES_MAX];
    enum tw_status status = rights_directory(settings, &rights->directory, error);
    if (status == TW_OK) {
        status = tw_guard_user(settings->drop_to, &rights->user, error);
    }
    if (status == TW_OK) {
        const struct tw_guard_options options = {
            .user = settings->drop_to,
            .directories = {rights->directory, recordings},
            .sockets = sockets,
            .socket_count = tw_source_sockets(source, sockets),
            .refilters = refilters,
        };
        status = tw_guard_drop(&options, error);
    }
    return status;
}

void rights_fini(struct rights *rights) {
    tw_namer_stop(rights->namer);
    if (rights->directory >= 0) {
        close(rights->directory);
    }
    *rights = (struct rights){.directory = -1};
}
