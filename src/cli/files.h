// SPDX-License-Identifier: MIT
// The screen's files: the packets of its input, again, and the captures and pictures that it
// writes.
#ifndef TCPWALK_CLI_FILES_H
#define TCPWALK_CLI_FILES_H

#include "recording.h"
#include "stored.h"
#include "ui/ui.h"

// A file that is being written, under another name.
struct new_file {
    int place; // where they are looked for
    char path[STORED_PATH_MAX], temporary[STORED_PATH_MAX];
    int file; // while nobody else has it
};

struct files {
    struct tw_source *source;          // whose packets these are, or
    const struct recording *recording; // of the lab
    const struct seconds *seconds;     // of these packets, or NULL
    int place;                         // the directory for saved files, open; or AT_FDCWD
    const char *user;              // as whom they are made, where that is somebody else; or NULL
    struct tw_packet packet;       // that was had last
    struct new_file saved;         // the capture that is being saved,
    char name[STORED_PATH_MAX];    // as it was asked for
    struct tw_writer *writer;      // or NULL
    int linktype;                  // of its packets
    char written[STORED_PATH_MAX]; // name of the last picture
    struct tw_error error;
};

// The hooks of the screen, on `files`, of which source or recording, place and user are set.
struct ui_files files_hooks(struct files *files);
// Gives up what was not saved to its end.
void files_fini(struct files *files);

#endif
