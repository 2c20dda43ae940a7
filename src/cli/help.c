// SPDX-License-Identifier: MIT
// What is made of the option table: help, the manual's section, the completions.
#include "options.h"

#include "stored.h"
#include "ui/actions.h"
#include "ui/canvas.h"

#include <string.h>

static void usage(enum command command, const char *before, FILE *to) {
    const struct command_row *row = &command_table[command];
    fprintf(to, "%stcpwalk %s%s%s%s%s\n", before, row->name, row->name[0] ? " " : "",
            _("[options]"), row->words[0] ? " " : "", row->words);
}

// "-r, --read FILE"
static void spelling(const struct option_row *row, char text[64]) {
    char letter[8] = "", name[48] = "";
    if (row->letter != 0) {
        snprintf(letter, sizeof letter, "-%c", row->letter);
    }
    if (row->name != NULL) {
        snprintf(name, sizeof name, "--%s", row->name);
    }
    snprintf(text, 64, "%s%s%s%s%s", letter, letter[0] && name[0] ? ", " : "", name,
             row->value ? " " : "", row->value ? row->value : "");
}

// An option's help with its values.
struct text {
    char octets[1024];
    unsigned count; // of values
};

struct list {
    FILE *to;
    const char *before, *between;
    unsigned count;
};

static void list_word(void *context, const char *word) {
    struct list *list = context;
    fprintf(list->to, "%s%s", list->count++ == 0 ? list->before : list->between, word);
}

// "...: a, b, c" where the values are a fixed set.
static void values(const struct option_row *row, FILE *to, const char *before,
                   const char *between) {
    struct list list = {to, before, between, 0};
    option_each_value(row->values, list_word, &list);
}

// Octets of the text that fit on a row: up to a blank, or between two wide characters.
static size_t row_length(const char *text, int width) {
    const char *at = text, *end = text;
    int column = 0;
    for (uint32_t rune; *at != '\0' && column <= width;) {
        const char *next = at;
        rune = canvas_rune_next(&next);
        if (at > text && (rune == ' ' || canvas_rune_width(rune) == 2))
            end = at;
        column += canvas_rune_width(rune);
        at = next;
    }
    if (column <= width || end == text)
        end = at;
    return (size_t)(end - text);
}

// Words broken at 100 columns, in the column where an option's help stands.
static void wrapped(const char *text, FILE *to) {
    enum { INDENT = 37, WIDTH = 100 };
    for (bool first = true; *text != '\0'; first = false) {
        const size_t length = row_length(text, WIDTH - INDENT);
        fprintf(to, "%*s%.*s\n", first ? 0 : INDENT, "", (int)length, text);
        text += length + strspn(text + length, " ");
    }
}

static void append(void *context, const char *word) {
    struct text *text = context;
    size_t used = strlen(text->octets);
    snprintf(text->octets + used, sizeof text->octets - used, "%s%s",
             text->count++ == 0 ? ": " : ", ", word);
}

static void options(enum command command, FILE *to) {
    for (enum option_id id = 0; id < OPTION_COUNT; id++) {
        const struct option_row *row = &option_table[id];
        char text[64];
        if (row->help == NULL || !option_for(id, command)) {
            continue;
        }
        spelling(row, text);
        fprintf(to, row->letter ? "  %-34s " : "      %-30s ", text);
        struct text help = {.count = 0};
        snprintf(help.octets, sizeof help.octets, "%s", _(row->help));
        option_each_value(row->values, append, &help);
        wrapped(help.octets, to);
    }
}

void help_print(enum command command, FILE *to) {
    if (command != COMMAND_SCREEN) {
        usage(command, _("usage: "), to);
        fprintf(to, "%s\n\n", _(command_table[command].help));
        options(command, to);
        return;
    }
    for (enum command i = 0; i < COMMAND_COUNT; i++) {
        usage(i, i == 0 ? _("usage: ") : "       ", to);
    }
    fprintf(to, "\n%s\n\n",
            _("TCP connections walking through their states: both ends, all eleven of RFC 9293."));
    for (enum command i = 0; i < COMMAND_COUNT; i++) {
        fprintf(to, "  %-12s %s\n", command_table[i].name[0] ? command_table[i].name : _("(none)"),
                _(command_table[i].help));
    }
    fprintf(to, "\n%s\n\n",
            _("SOURCE is a capture file (pcap, pcapng; also .gz, .xz, .zst), the name of a stored "
              "capture, or -\nfor standard input. FILTER is a pcap-filter expression."));
    options(command, to);
    fprintf(to, "\n%s\n", _("Each command has its own options: tcpwalk trace --help."));
}

// Hyphens of names must be minus signs for the manual, and a caret no accent.
static void roff(const char *text, FILE *to) {
    for (; *text != '\0'; text++) {
        fputs(*text == '-'    ? "\\-"
              : *text == '\\' ? "\\e"
              : *text == '^'  ? "\\(ha"
                              : (char[]){*text, '\0'},
              to);
    }
}

static void takers(enum option_id id, FILE *to) {
    const char *comma = "";
    for (enum command i = 0; i < COMMAND_COUNT; i++) {
        if (option_for(id, i)) {
            fprintf(to, "%s%s", comma, command_table[i].name[0] ? command_table[i].name : "screen");
            comma = ", ";
        }
    }
}

static void manual(FILE *to) {
    for (enum option_id id = 0; id < OPTION_COUNT; id++) {
        const struct option_row *row = &option_table[id];
        char text[64];
        if (row->help == NULL) {
            continue;
        }
        spelling(row, text);
        fputs(".TP\n.B ", to);
        roff(text, to);
        fputc('\n', to);
        roff(row->help, to);
        values(row, to, ": ", ", ");
        fputs("\n(", to);
        takers(id, to);
        fputs(")\n", to);
    }
}

static void manual_key(enum action action, FILE *to) {
    fputs(".TP\n.B ", to);
    for (const char *key = action_info(action)->keys; *key != '\0';) {
        char text[16];
        size_t length = strcspn(key, " ");
        snprintf(text, sizeof text, "%.*s", (int)length, key);
        roff(text, to);
        key += length + strspn(key + length, " ");
        fputs(*key != '\0' ? ", " : "\n", to);
    }
    roff(action_info(action)->help, to);
    fputc('\n', to);
}

static void manual_keys(FILE *to) {
    for (unsigned i = ACTION_NONE + 1; i < ACTION_COUNT; i++) {
        if (action_begins_group((enum action)i)) {
            fprintf(to, ".SS %s\n", action_info((enum action)i)->group);
            for (enum action a = (enum action)i; a != ACTION_NONE; a = action_next_in_group(a)) {
                manual_key(a, to);
            }
        }
    }
}

static void manual_value(void *context, const char *name) {
    struct list *list = context;
    fputs(list->count++ == 0 ? list->before : list->between, list->to);
    roff(name, list->to);
}

static void manual_setting(void *context, const char *name, const char *value, const char *help,
                           enum config_names names) {
    struct list list = {context, "\nKnown: ", ", ", 0};
    fputs(".TP\n.B ", context);
    roff(name, context);
    fputs(value[0] != '\0' ? " = " : " =", context);
    roff(value, context);
    fputc('\n', context);
    roff(help, context);
    config_each_name(names, manual_value, &list);
    fputc('\n', context);
}

static void manual_settings(FILE *to) {
    struct config config;
    config_init(&config);
    config_each_setting(&config, manual_setting, to);
}

// All names that the output for programs may hold as values, to be compared with its description.
static void names(FILE *to) {
    for (enum tw_state i = 0; i < TW_STATE_COUNT; i++) {
        fprintf(to, "%s\n", tw_state_name(i));
    }
    for (enum tw_event i = 0; i < TW_EVENT_COUNT; i++) {
        fprintf(to, "%s\n", tw_event_name(i));
    }
    for (enum tw_basis i = 0; i < TW_BASIS_COUNT; i++) {
        fprintf(to, "%s\n", tw_basis_name(i));
    }
    for (enum tw_outcome i = 0; i < TW_OUTCOME_COUNT; i++) {
        fprintf(to, "%s\n", tw_outcome_name(i));
    }
    for (enum tw_closer i = TW_CLOSED_BY_CLIENT; i <= TW_CLOSED_BY_BOTH; i++) {
        fprintf(to, "%s\n", tw_closer_name(i));
    }
    for (enum tw_finding_kind i = 0; i < TW_FINDING_COUNT; i++) {
        fprintf(to, "%s\n", tw_finding_name(i));
    }
    for (enum tw_reason i = TW_REASON_NONE + 1; i < TW_REASON_COUNT; i++) {
        fprintf(to, "%s\n", tw_reason_text(i));
    }
    for (enum tw_state state = 0; state < TW_STATE_COUNT; state++) {
        for (enum tw_event event = 0; event < TW_EVENT_COUNT; event++) {
            const struct tw_cell *cell = tw_state_cell(state, event);
            if (cell->kind == TW_GO) {
                fprintf(to, "%s\n%s%s", cell->section, cell->call != NULL ? cell->call : "",
                        cell->call != NULL ? "\n" : "");
            }
        }
    }
}

static void stored_name(void *context, const struct stored *stored) {
    fprintf(context, "%s\n", stored->name);
}

static void scenarios(FILE *to) {
    stored_each(STORED_SCENARIO, stored_name, to);
}

static void command_words(FILE *to) {
    for (enum command i = COMMAND_SCREEN + 1; i < COMMAND_COUNT; i++) {
        fprintf(to, "%s%s", i == COMMAND_SCREEN + 1 ? "" : " ", command_table[i].name);
    }
}

static void bash(FILE *to) {
    fputs("# bash completion for tcpwalk, made by tcpwalk --print bash\n"
          "_tcpwalk() {\n"
          "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} IFS=$'\\n'\n"
          "    case $prev in\n",
          to);
    for (enum option_id id = 0; id < OPTION_COUNT; id++) {
        const struct option_row *row = &option_table[id];
        if (row->help == NULL || row->value == NULL) {
            continue;
        }
        fprintf(to, "    %s%.1s%s%s%s) ", row->letter ? "-" : "", (char[]){row->letter, '\0'},
                row->letter && row->name ? "|" : "", row->name ? "--" : "",
                row->name ? row->name : "");
        if (row->values == VALUES_FILE) {
            fputs("COMPREPLY=($(compgen -f -- \"$cur\"))", to);
        } else if (row->values == VALUES_FOLDER) {
            fputs("COMPREPLY=($(compgen -d -- \"$cur\"))", to);
        } else if (row->values == VALUES_INTERFACE) {
            fputs("COMPREPLY=($(compgen -W \"$(tcpwalk interfaces -q 2>/dev/null)\" -- \"$cur\"))",
                  to);
        } else if (row->values != VALUES_ANY) {
            fputs("COMPREPLY=($(compgen -W $'", to);
            values(row, to, "", "\\n");
            fputs("' -- \"$cur\"))", to);
        } else {
            fputs("COMPREPLY=()", to);
        }
        fputs("; return;;\n", to);
    }
    fputs("    esac\n"
          "    if [[ $cur == -* ]]; then\n"
          "        COMPREPLY=($(compgen -W $'",
          to);
    const char *line = "";
    for (enum option_id id = 0; id < OPTION_COUNT; id++) {
        const struct option_row *row = &option_table[id];
        if (row->help != NULL) {
            fprintf(to, "%s%s", line, row->name ? "--" : "-");
            fprintf(to, "%s", row->name ? row->name : (char[]){row->letter, '\0'});
            line = "\\n";
        }
    }
    fputs("' -- \"$cur\"))\n"
          "        return\n"
          "    fi\n"
          "    local stored='captures -q'\n"
          "    [[ ${COMP_WORDS[1]} == lab ]] && stored='--print scenarios'\n"
          "    COMPREPLY=($(compgen -f -- \"$cur\")"
          " $(compgen -W \"$(eval tcpwalk $stored 2>/dev/null)\" -- \"$cur\"))\n"
          "    if [[ $COMP_CWORD -eq 1 ]]; then\n"
          "        IFS=$' \\n'\n"
          "        COMPREPLY+=($(compgen -W '",
          to);
    command_words(to);
    fputs("' -- \"$cur\"))\n"
          "    fi\n"
          "}\n"
          "complete -o filenames -F _tcpwalk tcpwalk\n",
          to);
}

// Within single quotes and brackets of zsh's _arguments.
static void zsh_text(const char *text, FILE *to) {
    for (; *text != '\0'; text++) {
        if (strchr("[]:\\", *text) != NULL) {
            fputc('\\', to);
        }
        fputs(*text == '\'' ? "'\\''" : (char[]){*text, '\0'}, to);
    }
}

static void zsh_value(const struct option_row *row, FILE *to) {
    if (row->value == NULL) {
        return;
    }
    fprintf(to, ":%s:", row->value);
    if (row->values == VALUES_FILE) {
        fputs("_files", to);
    } else if (row->values == VALUES_FOLDER) {
        fputs("_files -/", to);
    } else if (row->values == VALUES_INTERFACE) {
        fputs("($(tcpwalk interfaces -q 2>/dev/null))", to);
    } else if (row->values != VALUES_ANY) {
        fputc('(', to);
        values(row, to, "", " ");
        fputc(')', to);
    }
}

static void zsh(FILE *to) {
    fputs("#compdef tcpwalk\n"
          "# zsh completion for tcpwalk, made by tcpwalk --print zsh\n"
          "_tcpwalk_word() {\n"
          "    local -a words_known\n"
          "    (( CURRENT == 2 )) && words_known+=(",
          to);
    command_words(to);
    fputs(")\n"
          "    if [[ ${words[2]} == lab ]]; then\n"
          "        words_known+=($(tcpwalk --print scenarios 2>/dev/null))\n"
          "    else\n"
          "        words_known+=($(tcpwalk captures -q 2>/dev/null))\n"
          "    fi\n"
          "    compadd -a words_known\n"
          "    _files\n"
          "}\n"
          "_arguments -s",
          to);
    for (enum option_id id = 0; id < OPTION_COUNT; id++) {
        const struct option_row *row = &option_table[id];
        if (row->help == NULL) {
            continue;
        }
        if (row->letter != 0) {
            fprintf(to, " \\\n    '*-%c%s[", row->letter, row->value ? "+" : "");
            zsh_text(row->help, to);
            fputc(']', to);
            zsh_value(row, to);
            fputc('\'', to);
        }
        if (row->name != NULL) {
            fprintf(to, " \\\n    '*--%s%s[", row->name, row->value ? "=" : "");
            zsh_text(row->help, to);
            fputc(']', to);
            zsh_value(row, to);
            fputc('\'', to);
        }
    }
    fputs(" \\\n    '*:word:_tcpwalk_word'\n", to);
}

static void fish_text(const char *text, FILE *to) {
    fputc('\'', to);
    for (; *text != '\0'; text++) {
        fputs(*text == '\'' ? "\\'" : *text == '\\' ? "\\\\" : (char[]){*text, '\0'}, to);
    }
    fputc('\'', to);
}

static void fish(FILE *to) {
    fputs("# fish completion for tcpwalk, made by tcpwalk --print fish\n", to);
    for (enum command i = COMMAND_SCREEN + 1; i < COMMAND_COUNT; i++) {
        fprintf(to, "complete -c tcpwalk -n __fish_use_subcommand -a %s -d ",
                command_table[i].name);
        fish_text(command_table[i].help, to);
        fputc('\n', to);
    }
    fputs("complete -c tcpwalk -n 'not __fish_seen_subcommand_from lab'"
          " -a '(tcpwalk captures -q 2>/dev/null)'\n"
          "complete -c tcpwalk -n '__fish_seen_subcommand_from lab'"
          " -a '(tcpwalk --print scenarios 2>/dev/null)'\n",
          to);
    for (enum option_id id = 0; id < OPTION_COUNT; id++) {
        const struct option_row *row = &option_table[id];
        if (row->help == NULL) {
            continue;
        }
        fputs("complete -c tcpwalk", to);
        if (row->letter != 0) {
            fprintf(to, " -s '%c'", row->letter);
        }
        if (row->name != NULL) {
            fprintf(to, " -l %s", row->name);
        }
        if (row->value != NULL) {
            fputs(" -r", to);
        }
        if (row->values == VALUES_FOLDER) {
            fputs(" -f -a '(__fish_complete_directories)'", to);
        } else if (row->values == VALUES_INTERFACE) {
            fputs(" -f -a '(tcpwalk interfaces -q 2>/dev/null)'", to);
        } else if (row->values != VALUES_ANY && row->values != VALUES_FILE) {
            fputs(" -f -a '", to);
            values(row, to, "", " ");
            fputc('\'', to);
        }
        fputs(" -d ", to);
        fish_text(row->help, to);
        fputc('\n', to);
    }
}

bool completion_print(const char *kind, FILE *to) {
    static const struct {
        const char *name;
        void (*print)(FILE *to);
    } kinds[] = {{"bash", bash},
                 {"zsh", zsh},
                 {"fish", fish},
                 {"man", manual},
                 {"keys", manual_keys},
                 {"names", names},
                 {"scenarios", scenarios},
                 {"config", config_print},
                 {"settings", manual_settings}};
    for (size_t i = 0; i < TW_COUNT(kinds); i++) {
        if (strcmp(kind, kinds[i].name) == 0) {
            kinds[i].print(to);
            return true;
        }
    }
    return false;
}
