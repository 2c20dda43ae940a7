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

enum tw_status rights_directory(const struct settings *settings, int *directory,
                                struct tw_error *error) {
    char path[STORED_PATH_MAX];
    const char *folder = settings->save_dir;
    if (folder == NULL && is_file(settings->write.path)) {
        snprintf(path, sizeof path, "%s", settings->write.path);
        folder = dirname(path);
    }
    if (folder == NULL) {
        folder = ".";
    }
    *directory = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
    return *directory >= 0 ? TW_OK : tw_fail(error, TW_OUTPUT, "%s: %s", folder, strerror(errno));
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
    enum tw_status status = rights_directory(settings, &directory, error);
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

// The file that -w has made is the user's, who is to open it again; but nobody's are everybody's.
static enum tw_status hand_over(const struct settings *settings, int directory, const char *user,
                                struct tw_error *error) {
    if (!is_file(settings->write.path) || user == NULL) {
        return TW_OK;
    }
    const bool nobody = settings->drop_to == NULL && strcmp(user, "nobody") == 0;
    const char *slash = strrchr(settings->write.path, '/');
    const char *name = slash != NULL ? slash + 1 : settings->write.path;
    struct tw_error ignored; // -G: the first file has another name
    if (!nobody && faccessat(directory, name, F_OK, 0) == 0 &&
        tw_guard_give(settings->drop_to, directory, name, &ignored) != TW_OK) {
        *error = ignored;
        return TW_OUTPUT;
    }
    return TW_OK;
}

enum tw_status rights_drop(struct rights *rights, const struct settings *settings, bool names,
                           struct tw_error *error) {
    *rights = (struct rights){.directory = -1};
    enum tw_status status = rights_directory(settings, &rights->directory, error);
    if (status == TW_OK) {
        status = tw_guard_user(settings->drop_to, &rights->user, error);
    }
    if (status == TW_OK) {
        status = hand_over(settings, rights->directory, rights->user, error);
    }
    if (status == TW_OK && names) {
        // Without it everything is there but the names.
        struct tw_error ignored;
        (void)!tw_namer_start(&rights->namer, &ignored);
    }
    if (status == TW_OK) {
        const struct tw_guard_options options = {.user = settings->drop_to,
                                                 .directory = rights->directory};
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
