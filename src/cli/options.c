// SPDX-License-Identifier: MIT
// Parsing: options may stand anywhere before "--"; the words between are command, sources, filter.
#include "options.h"

#include "speech.h"
#include "stored.h"
#include "ui/canvas.h"
#include "ui/ui.h"
#include "words.h"

#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct parse {
    int count, at;
    char **words;
    struct settings *settings;
    struct tw_error *error;
    const char *plain[1024]; // words that are no options, in order
    size_t plain_count;
    size_t dashes; // how many of them stood before "--"
    bool seen[OPTION_COUNT], by_letter[OPTION_COUNT];
    enum command asked; // before it became trace for want of a terminal
    unsigned times;     // of -t
    const char *from, *until;
    bool interfaces; // -D
};

// What the program itself takes, and a little to work with.
#define LIMIT_MEMORY_LEAST ((size_t)4 << 20)

static const char *const later_commands[] = {"show", "expect", "lesson"};

// An option as the user wrote it: "--json", "-c".
static const char *spelled(const struct parse *parse, enum option_id id, char text[64]) {
    const struct option_row *row = &option_table[id];
    if (row->name != NULL && !parse->by_letter[id]) {
        snprintf(text, 64, "--%s", row->name);
    } else {
        snprintf(text, 64, "-%c", row->letter);
    }
    return text;
}

static enum tw_status bad_value(struct parse *parse, enum option_id id, const char *value,
                                const char *why) {
    char name[64];
    return tw_fail(parse->error, TW_USAGE, "%s %s: %s", spelled(parse, id, name), value, why);
}

static void offer(void *context, const char *word) {
    nearest_offer(context, word);
}

// The words that may stand there, the nearest first.
struct choices {
    const struct nearest *nearest;
    char text[320];
    size_t used;
};

static void choose(struct choices *choices, const char *word) {
    size_t room = sizeof choices->text - choices->used;
    int length =
        snprintf(choices->text + choices->used, room, "%s%s", choices->used > 0 ? ", " : "", word);
    if (length > 0 && (size_t)length < room) {
        choices->used += (size_t)length;
    }
    choices->text[choices->used] = '\0'; // whole words only
}

static void choose_other(void *context, const char *word) {
    struct choices *choices = context;
    for (size_t i = 0; i < choices->nearest->count; i++) {
        if (strcmp(choices->nearest->best[i].name, word) == 0) {
            return;
        }
    }
    choose(choices, word);
}

static enum tw_status unknown_value(struct parse *parse, enum option_id id, const char *value,
                                    const char *what) {
    const struct option_row *row = &option_table[id];
    struct nearest nearest;
    struct choices choices = {.nearest = &nearest};
    char name[64];
    nearest_init(&nearest, value);
    option_each_value(row->values, offer, &nearest);
    for (size_t i = 0; i < nearest.count; i++) {
        choose(&choices, nearest.best[i].name);
    }
    option_each_value(row->values, choose_other, &choices);
    if (word_names_file(value)) { // the value itself was forgotten
        return tw_fail(parse->error, TW_USAGE, "%s: %s is expected before %s; known: %s",
                       spelled(parse, id, name), row->value, value, choices.text);
    }
    return tw_fail(parse->error, TW_USAGE, "%s %s: no such %s; known: %s", spelled(parse, id, name),
                   value, what, choices.text);
}

static enum tw_status take_number(struct parse *parse, enum option_id id, const char *value,
                                  uint64_t least, uint64_t most, uint64_t *number) {
    if (!word_number(value, number) || *number < least || *number > most) {
        return bad_value(parse, id, value, _("not a number that is possible here"));
    }
    return TW_OK;
}

static enum tw_status take_int(struct parse *parse, enum option_id id, const char *value,
                               int *result) {
    uint64_t number = 0;
    enum tw_status status = take_number(parse, id, value, 0, INT32_MAX / 1024, &number);
    *result = (int)number;
    return status;
}

// Millions of octets, or with a unit (K, M, G) what that is elsewhere.
static enum tw_status take_file_size(struct parse *parse, const char *value) {
    uint64_t number = 0;
    size_t octets = 0;
    if (word_number(value, &number) && number >= 1 && number <= UINT32_MAX) {
        parse->settings->write.size = number * 1000000;
        return TW_OK;
    }
    if (!word_size(value, &octets) || octets == 0) {
        return bad_value(parse, OPTION_FILE_SIZE, value, _("not a size, such as 64M or 2G"));
    }
    parse->settings->write.size = octets;
    return TW_OK;
}

static enum tw_status take_sort(struct parse *parse, const char *value) {
    for (enum tw_sort i = TW_SORT_NONE + 1; i < TW_SORT_COUNT; i++) {
        if (strcmp(value, tw_sort_name(i)) == 0) {
            parse->settings->report.sort = i;
            return TW_OK;
        }
    }
    return unknown_value(parse, OPTION_SORT, value, _("key"));
}

static enum tw_status take_source(struct parse *parse, const char *name) {
    struct settings *settings = parse->settings;
    if (settings->source_count == SOURCES_MAX) {
        return tw_fail(parse->error, TW_USAGE, "%s: more than %d sources", name, SOURCES_MAX);
    }
    settings->sources[settings->source_count++] = name;
    return TW_OK;
}

static enum tw_status take_interface(struct parse *parse, const char *name) {
    struct settings *settings = parse->settings;
    if (settings->interface_count == TW_INTERFACES_MAX) {
        return tw_fail(parse->error, TW_USAGE, "-i %s: more than %d interfaces", name,
                       TW_INTERFACES_MAX);
    }
    settings->interfaces[settings->interface_count++] = name;
    return TW_OK;
}

static enum tw_status take_speed(struct parse *parse, const char *value) {
    char *end;
    parse->settings->speed = strtod(value, &end);
    if (end == value || *end != '\0' ||
        !(parse->settings->speed >= 0.001 && parse->settings->speed <= 1000)) {
        return bad_value(parse, OPTION_SPEED, value, _("not a number from 0.001 to 1000"));
    }
    return TW_OK;
}

// "80x24"
static enum tw_status take_size(struct parse *parse, const char *value) {
    struct settings *settings = parse->settings;
    char width[16];
    uint64_t columns = 0, rows = 0;
    size_t length = strcspn(value, "x");
    snprintf(width, sizeof width, "%.*s", length < sizeof width ? (int)length : 0, value);
    if (value[length] == '\0' || !word_number(width, &columns) ||
        !word_number(value + length + 1, &rows) || columns < 1 || rows < 1 ||
        columns > CANVAS_MAX || rows > CANVAS_MAX) {
        return bad_value(parse, OPTION_SIZE, value, _("not a size such as 80x24"));
    }
    if (columns < UI_LEAST_WIDTH || rows < UI_LEAST_HEIGHT) {
        return bad_value(parse, OPTION_SIZE, value, _("too small: 40x12 at least"));
    }
    settings->width = (int)columns;
    settings->height = (int)rows;
    return TW_OK;
}

// Stores one option. `value` is NULL for those that take none.
static enum tw_status take(struct parse *parse, enum option_id id, const char *value) {
    struct settings *settings = parse->settings;
    struct tw_report_options *report = &settings->report;
    parse->seen[id] = true;
    switch (id) {
    case OPTION_READ: return take_source(parse, value);
    case OPTION_INTERFACE: return take_interface(parse, value);
    case OPTION_COUNT_PACKETS:
        return take_number(parse, id, value, 1, UINT64_MAX, &settings->count);
    case OPTION_FILTER_FILE: settings->filter_file = value; break;
    case OPTION_SNAPLEN: return take_int(parse, id, value, &settings->snaplen);
    case OPTION_BUFFER: return take_int(parse, id, value, &settings->buffer_kib);
    case OPTION_NOT_PROMISCUOUS: settings->not_promiscuous = true; break;
    case OPTION_CHECK_CHECKSUMS: settings->check_checksums = true; break;
    case OPTION_PROFILE:
        settings->profile = tw_profile_find(value);
        return settings->profile != NULL ? TW_OK : unknown_value(parse, id, value, _("profile"));
    case OPTION_KEY:
        settings->key_vlan = strcmp(value, "vlan") == 0;
        return settings->key_vlan ? TW_OK : unknown_value(parse, id, value, _("key"));
    case OPTION_LIMIT_MEMORY:
        if (!word_size(value, &settings->limit_memory)) {
            return bad_value(parse, id, value, _("not a size, such as 64M or 2G"));
        }
        if (settings->limit_memory < LIMIT_MEMORY_LEAST) {
            return bad_value(parse, id, value,
                             _("too small: 4M at least (without a unit: octets)"));
        }
        break;
    case OPTION_JSON: report->format = TW_FORMAT_JSON; break;
    case OPTION_CSV: report->format = TW_FORMAT_CSV; break;
    case OPTION_SUMMARY: settings->summary = true; break;
    case OPTION_SORT: return take_sort(parse, value);
    case OPTION_CONNECTION:
        return take_number(parse, id, value, 1, UINT64_MAX, &report->connection);
    case OPTION_STATE:
        report->has_state = true;
        return tw_state_parse(value, &report->state) ? TW_OK
                                                     : unknown_value(parse, id, value, _("state"));
    case OPTION_FROM: parse->from = value; break;
    case OPTION_UNTIL: parse->until = value; break;
    case OPTION_FAIL_EMPTY: settings->fail_empty = true; break;
    case OPTION_TIME:
        if (++parse->times >= TW_STAMP_COUNT) {
            return tw_fail(parse->error, TW_USAGE, "-t: at most five times");
        }
        report->stamp = (enum tw_stamp)parse->times;
        break;
    case OPTION_UTC: report->utc = true; break;
    case OPTION_ABSOLUTE: report->absolute = true; break;
    case OPTION_VERBOSE: report->detail = 1; break;
    case OPTION_QUIET: report->detail = -1; break;
    case OPTION_ASCII: settings->ascii = true; break;
    case OPTION_THEME:
        settings->theme = value;
        return ui_theme_known(value) ? TW_OK : unknown_value(parse, id, value, _("theme"));
    case OPTION_LANG:
        return speech_known(value) ? TW_OK : unknown_value(parse, id, value, _("language"));
    case OPTION_SCREENSHOT: settings->screenshot = value; break;
    case OPTION_SIZE: return take_size(parse, value);
    case OPTION_KEYS: settings->keys = value; break;
    case OPTION_NO_COLOR: settings->no_color = true; break;
    case OPTION_SPEED: return take_speed(parse, value);
    case OPTION_BATCH: settings->batch = true; break;
    case OPTION_RECORD: settings->record = value; break;
    case OPTION_SAVE_DIR: settings->save_dir = value; break;
    case OPTION_WRITE: settings->write.path = value; break;
    case OPTION_PACKET_BUFFERED: settings->write.each = true; break;
    case OPTION_FILE_SIZE: return take_file_size(parse, value);
    case OPTION_FILE_COUNT:
        return take_number(parse, id, value, 1, 1000000, &settings->write.files);
    case OPTION_ROTATE:
        return take_number(parse, id, value, 1, 1000000000, &settings->write.seconds);
    case OPTION_DROP_TO: settings->drop_to = value; break;
    case OPTION_LIST_INTERFACES: parse->interfaces = true; break;
    case OPTION_HELP: settings->help = true; break;
    case OPTION_VERSION: settings->version = true; break;
    case OPTION_PRINT: settings->print = value; break;
    default: break; // what is accepted, and changes nothing
    }
    return TW_OK;
}

static enum tw_status take_row(struct parse *parse, enum option_id id, const char *value) {
    char name[64];
    if (option_table[id].commands == 0) {
        return tw_fail(parse->error, TW_USAGE, "%s: not in this release", spelled(parse, id, name));
    }
    if (option_table[id].value == NULL) {
        return value == NULL ? take(parse, id, NULL)
                             : bad_value(parse, id, value, _("takes no value"));
    }
    if (value == NULL && parse->at < parse->count) {
        value = parse->words[parse->at++];
    }
    if (value == NULL) {
        return tw_fail(parse->error, TW_USAGE, "%s: needs a value: %s", spelled(parse, id, name),
                       option_table[id].value);
    }
    return take(parse, id, value);
}

static enum tw_status take_long(struct parse *parse, const char *word) {
    size_t length = strcspn(word, "=");
    const char *value = word[length] == '=' ? word + length + 1 : NULL;
    struct nearest nearest;
    char near[NEAREST_TEXT], name[64], known[64];
    snprintf(name, sizeof name, "%.*s", (int)(length < sizeof name ? length : sizeof name - 1),
             word);
    nearest_init(&nearest, name);
    for (enum option_id id = 0; id < OPTION_COUNT; id++) {
        if (option_table[id].name == NULL) {
            continue;
        }
        snprintf(known, sizeof known, "--%s", option_table[id].name);
        if (strcmp(known, name) == 0) {
            parse->by_letter[id] = false;
            return take_row(parse, id, value);
        }
        if (option_table[id].help != NULL) {
            nearest_offer(&nearest, known);
        }
    }
    return tw_fail(parse->error, TW_USAGE, "%s: no such option%s; see tcpwalk --help", name,
                   nearest_text(&nearest, near));
}

// "-nnr file", "-c10".
static enum tw_status take_letters(struct parse *parse, const char *word) {
    for (; *word != '\0'; word++) {
        enum option_id id = 0;
        while (id < OPTION_COUNT && option_table[id].letter != *word) {
            id++;
        }
        if (id == OPTION_COUNT) {
            return tw_fail(parse->error, TW_USAGE, "-%c: no such option; see tcpwalk --help",
                           *word);
        }
        parse->by_letter[id] = true;
        bool joined = option_table[id].value != NULL && word[1] != '\0';
        enum tw_status status = take_row(parse, id, joined ? word + 1 : NULL);
        if (status != TW_OK || joined) {
            return status;
        }
    }
    return TW_OK;
}

static enum tw_status take_words(struct parse *parse) {
    bool options = true;
    parse->dashes = SIZE_MAX;
    while (parse->at < parse->count) {
        const char *word = parse->words[parse->at++];
        enum tw_status status = TW_OK;
        if (options && strcmp(word, "--") == 0) {
            options = false;
            parse->dashes = parse->plain_count;
        } else if (options && word[0] == '-' && word[1] == '-') {
            status = take_long(parse, word);
        } else if (options && word[0] == '-' && word[1] != '\0') {
            status = take_letters(parse, word + 1);
        } else if (parse->plain_count == TW_COUNT(parse->plain)) {
            status = tw_fail(parse->error, TW_USAGE, "%s: too many words; see -F", word);
        } else {
            parse->plain[parse->plain_count++] = word;
        }
        if (status != TW_OK) {
            return status;
        }
    }
    if (parse->dashes == SIZE_MAX) {
        parse->dashes = parse->plain_count;
    }
    return TW_OK;
}

static bool find_command(const char *word, enum command *command) {
    for (enum command i = COMMAND_SCREEN + 1; i < COMMAND_COUNT; i++) {
        if (strcmp(word, command_table[i].name) == 0) {
            *command = i;
            return true;
        }
    }
    return false;
}

// help, help COMMAND
static enum tw_status take_help(struct parse *parse) {
    const char *word = parse->plain_count > 1 ? parse->plain[1] : NULL;
    parse->settings->help = true;
    return word == NULL || find_command(word, &parse->settings->command)
               ? TW_OK
               : tw_fail(parse->error, TW_USAGE, "help %s: no such command; see tcpwalk --help",
                         word);
}

// The first word, if it is a command's name. Returns how many words that takes.
static enum tw_status take_command(struct parse *parse, size_t *taken) {
    *taken = 0;
    if (parse->interfaces) {
        parse->settings->command = COMMAND_INTERFACES;
        return TW_OK;
    }
    if (parse->dashes == 0) {
        return TW_OK;
    }
    if (find_command(parse->plain[0], &parse->settings->command)) {
        *taken = 1;
        return TW_OK;
    }
    if (strcmp(parse->plain[0], "help") == 0) {
        return take_help(parse);
    }
    for (size_t i = 0; i < TW_COUNT(later_commands); i++) {
        if (strcmp(parse->plain[0], later_commands[i]) == 0) {
            return tw_fail(parse->error, TW_USAGE, "%s: this command comes in a later release",
                           later_commands[i]);
        }
    }
    return TW_OK;
}

static bool is_source(const char *word) {
    struct stat status;
    char path[STORED_PATH_MAX];
    return strcmp(word, "-") == 0 || stat(word, &status) == 0 ||
           stored_find(STORED_CAPTURE, word, path);
}

static enum tw_status no_source(struct parse *parse, const char *word) {
    struct nearest nearest;
    char near[NEAREST_TEXT];
    if (if_nametoindex(word) != 0 || strcmp(word, "any") == 0) {
        return tw_fail(parse->error, TW_OPEN,
                       "%s: no such file or stored capture; the interface is watched by -i %s",
                       word, word);
    }
    nearest_init(&nearest, word);
    stored_nearest(STORED_CAPTURE, &nearest);
    if (parse->asked == COMMAND_SCREEN) {
        for (enum command i = COMMAND_SCREEN + 1; i < COMMAND_COUNT; i++) {
            nearest_offer(&nearest, command_table[i].name);
        }
    }
    return tw_fail(parse->error, TW_OPEN, "%s: no such file or stored capture%s", word,
                   nearest_text(&nearest, near));
}

static enum tw_status take_filter(struct parse *parse, size_t first) {
    size_t length = 1;
    for (size_t i = first; i < parse->plain_count; i++) {
        length += strlen(parse->plain[i]) + 1;
    }
    if (first >= parse->plain_count) {
        return TW_OK;
    }
    if (parse->settings->filter_file != NULL) {
        return tw_fail(parse->error, TW_USAGE, "-F %s: there is a filter on the command line too",
                       parse->settings->filter_file);
    }
    char *text = malloc(length), *at = text;
    if (text == NULL) {
        return tw_fail(parse->error, TW_MEMORY, "filter: out of memory");
    }
    for (size_t i = first; i < parse->plain_count; i++) {
        at = stpcpy(at, parse->plain[i]);
        *at++ = i + 1 < parse->plain_count ? ' ' : '\0';
    }
    parse->settings->filter = text;
    return TW_OK;
}

static enum tw_status take_sources(struct parse *parse, size_t first) {
    struct settings *settings = parse->settings;
    bool named = parse->seen[OPTION_READ] || parse->seen[OPTION_INTERFACE];
    if (settings->interface_count > 0 && settings->source_count > 0) {
        return tw_fail(parse->error, TW_USAGE, "-i %s: -r %s is given too", settings->interfaces[0],
                       settings->sources[0]);
    }
    for (size_t i = 0; i < settings->source_count; i++) {
        if (!is_source(settings->sources[i])) {
            return no_source(parse, settings->sources[i]);
        }
    }
    for (; !named && first < parse->dashes; first++) {
        if (!is_source(parse->plain[first])) {
            if (settings->source_count == 0) {
                return no_source(parse, parse->plain[first]);
            }
            break;
        }
        enum tw_status status = take_source(parse, parse->plain[first]);
        if (status != TW_OK) {
            return status;
        }
    }
    return take_filter(parse, first);
}

// The lab takes options for its screen and options for what --batch prints. -v is for both.
static enum tw_status check_lab(struct parse *parse) {
    const struct settings *settings = parse->settings;
    char name[64];
    for (enum option_id id = 0; id < OPTION_COUNT; id++) {
        bool screen = option_for(id, COMMAND_SCREEN), text = option_for(id, COMMAND_TRACE);
        if (parse->seen[id] && id != OPTION_VERBOSE && screen != text &&
            screen == settings->batch) {
            return tw_fail(parse->error, TW_USAGE, "%s: has no sense with lab %s --batch",
                           spelled(parse, id, name), settings->batch ? "and" : "without");
        }
    }
    return settings->batch && settings->scenario == NULL
               ? tw_fail(parse->error, TW_USAGE,
                         "no scenario: --batch and --json need one, by name or path")
               : TW_OK;
}

// Its word is the scenario. Where that is given, no terminal means no screen, as elsewhere.
static enum tw_status take_scenario(struct parse *parse, size_t first) {
    struct settings *settings = parse->settings;
    if (parse->plain_count > first + 1) {
        return tw_fail(parse->error, TW_USAGE, "%s: one scenario at a time",
                       parse->plain[first + 1]);
    }
    if (parse->plain_count > first) {
        settings->scenario = parse->plain[first];
        settings->batch |= !isatty(STDOUT_FILENO);
    }
    settings->batch |= parse->seen[OPTION_JSON];
    return check_lab(parse);
}

// Options that the command does not take are named, not ignored.
static enum tw_status check_options(struct parse *parse) {
    enum command command = parse->settings->command;
    char name[64];
    for (enum option_id id = 0; id < OPTION_COUNT; id++) {
        if (parse->seen[id] && !option_for(id, command) && !option_for(id, parse->asked)) {
            return command == COMMAND_SCREEN
                       ? tw_fail(parse->error, TW_USAGE, "%s: has no sense on the screen%s",
                                 spelled(parse, id, name),
                                 option_for(id, COMMAND_TRACE)  ? "; see tcpwalk trace"
                                 : option_for(id, COMMAND_LIST) ? "; see tcpwalk list"
                                                                : "")
                       : tw_fail(parse->error, TW_USAGE, "%s: has no sense with %s",
                                 spelled(parse, id, name), command_table[command].name);
        }
    }
    if (parse->seen[OPTION_CSV] && (parse->seen[OPTION_JSON] || parse->seen[OPTION_SUMMARY])) {
        return tw_fail(parse->error, TW_USAGE, "--csv: has no sense with %s",
                       parse->seen[OPTION_JSON] ? "--json" : "--summary");
    }
    if (parse->seen[OPTION_SCREENSHOT] && parse->seen[OPTION_INTERFACE]) {
        return tw_fail(parse->error, TW_USAGE,
                       "--screenshot: has no sense with -i, which does not end");
    }
    static const enum option_id of_pictures[] = {OPTION_SIZE, OPTION_KEYS};
    for (size_t i = 0; i < TW_COUNT(of_pictures); i++) {
        if (parse->seen[of_pictures[i]] && !parse->seen[OPTION_SCREENSHOT]) {
            return tw_fail(parse->error, TW_USAGE, "%s: has no sense without --screenshot",
                           spelled(parse, of_pictures[i], name));
        }
    }
    if (parse->seen[OPTION_SUMMARY] && parse->seen[OPTION_SORT]) {
        return tw_fail(parse->error, TW_USAGE, "--sort: has no sense with --summary");
    }
    return TW_OK;
}

static enum tw_status take_moments(struct parse *parse) {
    struct tw_report_options *report = &parse->settings->report;
    const char *why = _("not a time: RFC 3339, or +seconds from the first packet");
    if (parse->from != NULL && !word_moment(parse->from, report->utc, &report->from)) {
        return bad_value(parse, OPTION_FROM, parse->from, why);
    }
    if (parse->until != NULL && !word_moment(parse->until, report->utc, &report->until)) {
        return bad_value(parse, OPTION_UNTIL, parse->until, why);
    }
    return TW_OK;
}

enum tw_status settings_parse(int count, char **words, struct settings *settings,
                              struct tw_error *error) {
    struct parse parse = {
        .count = count, .at = 1, .words = words, .settings = settings, .error = error};
    size_t first;
    *settings = (struct settings){.profile = tw_profile_at(0)};
    enum tw_status status = take_words(&parse);
    if (status == TW_OK) {
        status = take_command(&parse, &first);
    }
    if (status != TW_OK || settings->help || settings->version || settings->print != NULL) {
        return status;
    }
    parse.asked = settings->command;
    bool picture = settings->screenshot != NULL;
    if (parse.asked == COMMAND_SCREEN &&
        ((!isatty(STDOUT_FILENO) && !picture) || parse.seen[OPTION_JSON])) {
        settings->command = COMMAND_TRACE;
    }
    status = check_options(&parse);
    if (status == TW_OK) {
        status = take_moments(&parse);
    }
    if (status != TW_OK) {
        return status;
    }
    if (settings->command == COMMAND_LAB) {
        return take_scenario(&parse, first);
    }
    if (settings->command > COMMAND_LIST) {
        return first == parse.plain_count
                   ? TW_OK
                   : tw_fail(error, TW_USAGE, "%s: %s takes no words", parse.plain[first],
                             command_table[settings->command].name);
    }
    return take_sources(&parse, first);
}

void settings_fini(struct settings *settings) {
    free(settings->filter);
    settings->filter = NULL;
}

void settings_interfaces(const struct settings *settings, char *text, size_t room) {
    size_t length = 0;
    text[0] = '\0';
    for (size_t i = 0; i < settings->interface_count && length < room; i++) {
        length += (size_t)snprintf(text + length, room - length, i > 0 ? ", %s" : "%s",
                                   settings->interfaces[i]);
    }
}

const char *settings_source(const struct settings *settings) {
    if (settings->interface_count > 0) {
        return settings->interfaces[0];
    }
    return strcmp(settings->sources[0], "-") == 0 ? _("standard input") : settings->sources[0];
}
