// SPDX-License-Identifier: MIT
// The command line: one table of options, from which parsing, help, the manual's section and the
// completions are made.
#ifndef TCPWALK_CLI_OPTIONS_H
#define TCPWALK_CLI_OPTIONS_H

#include "tcpwalk/report.h"
#include "tcpwalk/source.h"

#include "config.h"

#include <stdio.h>

enum command {
    COMMAND_SCREEN, // no word: the screen, or trace where standard output is no terminal
    COMMAND_TRACE,
    COMMAND_LIST,
    COMMAND_LAB,
    COMMAND_CAPTURES,
    COMMAND_INTERFACES,
    COMMAND_STATES,
    COMMAND_COUNT
};

struct command_row {
    const char *name;  // "" for the screen
    const char *words; // what follows the options, for the usage line
    const char *help;  // one sentence
};
extern const struct command_row command_table[COMMAND_COUNT];

enum option_id {
    OPTION_READ,
    OPTION_INTERFACE,
    OPTION_COUNT_PACKETS,
    OPTION_FILTER_FILE,
    OPTION_SNAPLEN,
    OPTION_BUFFER,
    OPTION_NOT_PROMISCUOUS,
    OPTION_TIMESTAMP_TYPE,
    OPTION_NO_NAMES,
    OPTION_LINE_BUFFERED,
    OPTION_NUMBER,
    OPTION_CHECK_CHECKSUMS,
    OPTION_PROFILE,
    OPTION_KEY,
    OPTION_LIMIT_MEMORY,
    OPTION_JSON,
    OPTION_CSV,
    OPTION_SUMMARY,
    OPTION_SORT,
    OPTION_CONNECTION,
    OPTION_STATE,
    OPTION_FROM,
    OPTION_UNTIL,
    OPTION_FAIL_EMPTY,
    OPTION_TIME,
    OPTION_UTC,
    OPTION_ABSOLUTE,
    OPTION_VERBOSE,
    OPTION_QUIET,
    OPTION_ASCII,
    OPTION_LANG,
    OPTION_THEME,
    OPTION_NO_COLOR,
    OPTION_SPEED,
    OPTION_SCREENSHOT,
    OPTION_SIZE,
    OPTION_KEYS,
    OPTION_BATCH,
    OPTION_RECORD,
    OPTION_SAVE_DIR,
    OPTION_WRITE,
    OPTION_PACKET_BUFFERED,
    OPTION_FILE_SIZE,
    OPTION_FILE_COUNT,
    OPTION_ROTATE,
    OPTION_DROP_TO,
    OPTION_LIST_INTERFACES,
    OPTION_HELP,
    OPTION_VERSION,
    OPTION_PRINT,
    // Named, so that nobody has to wonder whether they were ignored.
    OPTION_LINK_HEADER,
    OPTION_HEX,
    OPTION_HEX_ASCII,
    OPTION_DATA_ASCII,
    OPTION_REDACT,
    OPTION_RESOLVE,
    OPTION_COUNT
};

// What an option's value may be, for completions.
enum option_values {
    VALUES_ANY,
    VALUES_FILE,
    VALUES_FOLDER,
    VALUES_INTERFACE,
    VALUES_PROFILE,
    VALUES_STATE,
    VALUES_SORT,
    VALUES_KEY,
    VALUES_THEME,
    VALUES_LANGUAGE,
    VALUES_COUNT
};

struct option_row {
    char letter;       // 0: none
    const char *name;  // without "--"; NULL: none
    const char *value; // what follows it, or NULL
    enum option_values values;
    unsigned commands; // bit set of those that take it; 0: none in this release
    const char *help;  // one phrase; NULL: not shown
};
extern const struct option_row option_table[OPTION_COUNT];
static inline bool option_for(enum option_id id, enum command command) {
    return (option_table[id].commands >> command & 1) != 0;
}
// Tells the words that may follow an option of that kind, where they are a fixed set.
void option_each_value(enum option_values values, void (*each)(void *context, const char *word),
                       void *context);

enum { SOURCES_MAX = 64 };

// What the command line says.
struct settings {
    enum command command;
    bool help, version;
    const char *print;                // hidden: a kind of completion_print
    const char *sources[SOURCES_MAX]; // as named
    size_t source_count;
    const char *interfaces[TW_INTERFACES_MAX];
    size_t interface_count;
    struct {
        const char *path; // -w; NULL: nothing is recorded
        uint64_t size;    // -C: octets of a file, 0: no limit
        uint64_t files;   // -W: how many, 0: no limit
        uint64_t seconds; // -G: of a file, 0: no limit
        bool each;        // -U: flushed behind each packet
    } write;
    const char *drop_to;  // -Z: a user, or NULL
    const char *scenario; // of the lab: a stored one's name or a path; NULL: free play
    bool batch;
    const char *record;   // a directory
    const char *save_dir; // for what the screen saves; NULL: the current directory
    char *filter;         // joined, or NULL; owned
    const char *filter_file;
    uint64_t count;
    int snaplen, buffer_kib;
    bool not_promiscuous;
    bool summary, fail_empty, check_checksums, key_vlan, ascii, no_color;
    const char *theme;
    const char *screenshot, *keys; // a file; what is pressed before, as the help writes keys
    int width, height;             // of it; 0: 80x24
    double speed;
    size_t limit_memory;
    const struct tw_profile *profile;
    struct tw_report_options report;
    const char *greeting; // of the start screen's lessons: told at once; or NULL
    struct config config; // of the screen, where there is one; the command line comes before it
    struct config *kept;  // for the next screen: this one, as the user has changed it; or NULL
};

// Fills `settings`, which settings_fini must free whatever is returned. TW_USAGE, or TW_OPEN for a
// source that does not exist. The words must live as long as the settings.
enum tw_status settings_parse(int count, char **words, struct settings *settings,
                              struct tw_error *error) TW_CHECKED;
void settings_fini(struct settings *settings);
// What is read, or the first of it, by a name for messages.
const char *settings_source(const struct settings *settings);
// All interfaces, "eth0, lo"; "": none. What has no room is cut.
void settings_interfaces(const struct settings *settings, char *text, size_t room);

void help_print(enum command command, FILE *to);
// "bash", "zsh", "fish": a completion script; "man", "keys", "settings": the manual's sections on
// options, on keys and on the configuration; "names": all names that JSON may hold as values;
// "scenarios": names of the stored scenarios; "config": the configuration file with every default.
// False for another.
bool completion_print(const char *kind, FILE *to) TW_CHECKED;

#endif
