// SPDX-License-Identifier: MIT
// The table of commands and options.
#include "options.h"

#include "ui/theme.h"

#define SCREEN (1U << COMMAND_SCREEN)
#define TRACE  (1U << COMMAND_TRACE)
#define LIST   (1U << COMMAND_LIST)
#define LAB    (1U << COMMAND_LAB)
#define INPUT  (SCREEN | TRACE | LIST)
#define TELLS  (1U << COMMAND_CAPTURES | 1U << COMMAND_INTERFACES)
#define ALL    ((1U << COMMAND_COUNT) - 1)
#define LATER  0U

const struct command_row command_table[COMMAND_COUNT] = {
    [COMMAND_SCREEN] = {"", "[SOURCE...] [FILTER]",
                        N_("the screen (as `trace` when standard output is no terminal)")},
    [COMMAND_TRACE] = {"trace", "SOURCE... [FILTER]", N_("every segment and every state change")},
    [COMMAND_LIST] = {"list", "SOURCE... [FILTER]",
                      N_("one line per connection: states, outcome, counters")},
    [COMMAND_LAB] = {"lab", "[SCENARIO]",
                     N_("two real TCP stacks, joined by a wire that you control (Linux)")},
    [COMMAND_CAPTURES] = {"captures", "", N_("the stored captures")},
    [COMMAND_INTERFACES] = {"interfaces", "", N_("the interfaces that can be attached to")},
    [COMMAND_STATES] = {"states", "", N_("the state table itself")},
};

const struct option_row option_table[OPTION_COUNT] = {
    [OPTION_READ] = {'r', "read", "FILE", VALUES_FILE, INPUT,
                     N_("read a capture file (repeatable); all other words are FILTER")},
    [OPTION_INTERFACE] = {'i', "interface", "IFACE", VALUES_INTERFACE, INPUT,
                          N_("attach to an interface (repeatable); all other words are FILTER")},
    [OPTION_COUNT_PACKETS] = {'c', NULL, "N", VALUES_ANY, INPUT,
                              N_("stop after N packets that pass FILTER")},
    [OPTION_FILTER_FILE] = {'F', NULL, "FILE", VALUES_FILE, INPUT, N_("take FILTER from a file")},
    [OPTION_SNAPLEN] =
        {'s', "snapshot-length", "N", VALUES_ANY, INPUT,
         N_("capture at most N octets of a packet (live; by default the headers, with -w all)")},
    [OPTION_BUFFER] = {'B', "buffer-size", "KIB", VALUES_ANY, INPUT,
                       N_("the kernel's capture buffer (live)")},
    [OPTION_NOT_PROMISCUOUS] = {'p', "no-promiscuous-mode", NULL, VALUES_ANY, INPUT,
                                N_("do not put the interface into promiscuous mode (live)")},
    [OPTION_TIMESTAMP_TYPE] = {'j', "time-stamp-type", "TYPE", VALUES_ANY, INPUT,
                               N_("accepted; the interface's default is used")},
    [OPTION_NO_NAMES] = {'n', "numeric", NULL, VALUES_ANY, INPUT,
                         N_("accepted; names are never looked up (also -nn)")},
    [OPTION_LINE_BUFFERED] = {'l', "line-buffered", NULL, VALUES_ANY, INPUT,
                              N_("accepted; what is known is written before waiting for more")},
    [OPTION_NUMBER] = {'#', "number", NULL, VALUES_ANY, INPUT,
                       N_("accepted; packet numbers are always shown")},
    [OPTION_CHECK_CHECKSUMS] = {0, "check-checksums", NULL, VALUES_ANY, INPUT,
                                N_("ignore segments whose TCP checksum is wrong")},
    [OPTION_PROFILE] = {0, "profile", "NAME", VALUES_PROFILE, INPUT,
                        N_("the stack whose timers and habits are assumed")},
    [OPTION_KEY] = {0, "key", "vlan", VALUES_KEY, INPUT,
                    N_("VLAN tags are part of what tells connections apart")},
    [OPTION_LIMIT_MEMORY] = {0, "limit-memory", "SIZE", VALUES_ANY, INPUT,
                             N_("resident memory to stay within (64M, 2G; 1G by default)")},
    [OPTION_JSON] = {0, "json", NULL, VALUES_ANY, INPUT | LAB,
                     N_("JSON lines (without a command: `trace --json`)")},
    [OPTION_CSV] = {0, "csv", NULL, VALUES_ANY, LIST, N_("comma-separated values with a header")},
    [OPTION_SUMMARY] = {0, "summary", NULL, VALUES_ANY, TRACE | LIST,
                        N_("only counts of packets, states and outcomes")},
    [OPTION_SORT] = {0, "sort", "KEY", VALUES_SORT, LIST,
                     N_("order by a column, rather than as connections end")},
    [OPTION_CONNECTION] = {0, "connection", "N", VALUES_ANY, SCREEN | TRACE | LIST | LAB,
                           N_("only the connection of that number; the screen opens it")},
    [OPTION_STATE] = {0, "state", "NAME", VALUES_STATE, TRACE | LIST,
                      N_("only connections that are or were in that state")},
    [OPTION_FROM] = {0, "from", "TIME", VALUES_ANY, TRACE | LIST,
                     N_("only what is not before: RFC 3339, or +seconds from the first packet")},
    [OPTION_UNTIL] = {0, "until", "TIME", VALUES_ANY, TRACE | LIST, N_("only what is not after")},
    [OPTION_FAIL_EMPTY] = {0, "fail-empty", NULL, VALUES_ANY, TRACE | LIST,
                           N_("exit status 1 where no connection matched")},
    [OPTION_TIME] = {'t', NULL, NULL, VALUES_ANY, TRACE | LAB,
                     N_("no time; -tt since 1970, -ttt since the line before, -tttt with date, "
                        "-ttttt since the first packet")},
    [OPTION_UTC] = {0, "utc", NULL, VALUES_ANY, INPUT | LAB,
                    N_("times in UTC (JSON and CSV always are)")},
    [OPTION_ABSOLUTE] = {'S', "absolute-tcp-sequence-numbers", NULL, VALUES_ANY, TRACE | LAB,
                         N_("sequence numbers as on the wire")},
    [OPTION_VERBOSE] = {'v', "verbose", NULL, VALUES_ANY, TRACE | LIST | LAB,
                        N_("more: proofs, sections and TCP options; whole histories")},
    [OPTION_QUIET] = {'q', "quiet", NULL, VALUES_ANY, TRACE | LIST | LAB | TELLS,
                      N_("less: no explanations, no findings; only names")},
    [OPTION_ASCII] = {0, "ascii", NULL, VALUES_ANY, INPUT | LAB,
                      N_("no other characters than ASCII")},
    [OPTION_LANG] = {0, "lang", "LANGUAGE", VALUES_LANGUAGE, ALL,
                     N_("the language of the screen, of help and of messages; else the locale's")},
    [OPTION_THEME] = {0, "theme", "NAME", VALUES_THEME, SCREEN | LAB, N_("the screen's colours")},
    [OPTION_NO_COLOR] = {0, "no-color", NULL, VALUES_ANY, INPUT | LAB,
                         N_("no colours (also NO_COLOR)")},
    [OPTION_SPEED] = {0, "speed", "X", VALUES_ANY, SCREEN | LAB,
                      N_("speed of the playback, 0.001 to 1000")},
    [OPTION_SCREENSHOT] = {0, "screenshot", "FILE", VALUES_FILE, SCREEN,
                           N_("write what the screen would show as a picture (SVG), and leave")},
    [OPTION_SIZE] = {0, "size", "WxH", VALUES_ANY, SCREEN,
                     N_("columns and rows of that picture (80x24)")},
    [OPTION_KEYS] =
        {0, "keys", "KEYS", VALUES_ANY, SCREEN,
         N_("keys that are pressed before it, as the help writes them: \"Enter ] Tab\"")},
    [OPTION_BATCH] = {0, "batch", NULL, VALUES_ANY, LAB,
                      N_("run SCENARIO without the screen, then print all that happened")},
    [OPTION_RECORD] =
        {0, "record", "DIR", VALUES_FOLDER, LAB,
         N_("write the capture, and beside it the socket calls and the kernels' states")},
    [OPTION_SAVE_DIR] =
        {0, "save-dir", "DIR", VALUES_FOLDER, SCREEN | LAB,
         N_("where the screen saves captures and pictures (the current directory)")},
    [OPTION_WRITE] = {'w', "write", "FILE", VALUES_FILE, INPUT,
                      N_("also record the packets that pass FILTER, as pcap")},
    [OPTION_PACKET_BUFFERED] = {'U', "packet-buffered", NULL, VALUES_ANY, INPUT,
                                N_("-w: write each packet at once (else once a second)")},
    [OPTION_FILE_SIZE] = {'C', NULL, "SIZE", VALUES_ANY, INPUT,
                          N_("-w: begin another file after so many millions of octets")},
    [OPTION_FILE_COUNT] = {'W', NULL, "N", VALUES_ANY, INPUT,
                           N_("-w: of so many files the oldest is overwritten")},
    [OPTION_ROTATE] = {'G', NULL, "SECONDS", VALUES_ANY, INPUT,
                       N_("-w: begin another file after so many seconds; FILE may hold the time as "
                          "strftime writes it")},
    [OPTION_DROP_TO] = {'Z', "relinquish-privileges", "USER", VALUES_ANY, INPUT,
                        N_("after attaching go on as that user (by default: who called sudo, else "
                           "nobody)")},
    [OPTION_LIST_INTERFACES] = {'D', "list-interfaces", NULL, VALUES_ANY, ALL,
                                N_("the same as `interfaces`")},
    [OPTION_HELP] = {'h', "help", NULL, VALUES_ANY, ALL, N_("this help; each command has its own")},
    [OPTION_VERSION] = {0, "version", NULL, VALUES_ANY, ALL, N_("version, and what it can read")},
    [OPTION_PRINT] = {0, "print", "KIND", VALUES_ANY, ALL,
                      N_("print a configuration file with all defaults (config), a completion "
                         "(bash, zsh, fish), the keys")},
    [OPTION_LINK_HEADER] = {'e', NULL, NULL, VALUES_ANY, LATER, NULL},
    [OPTION_HEX] = {'x', NULL, NULL, VALUES_ANY, LATER, NULL},
    [OPTION_HEX_ASCII] = {'X', NULL, NULL, VALUES_ANY, LATER, NULL},
    [OPTION_DATA_ASCII] = {'A', NULL, NULL, VALUES_ANY, LATER, NULL},
    [OPTION_REDACT] = {0, "redact", NULL, VALUES_ANY, LATER, NULL},
    [OPTION_RESOLVE] = {0, "resolve", NULL, VALUES_ANY, LATER, NULL},
};
_Static_assert(TW_COUNT(option_table) == OPTION_COUNT, "each option has a row");

static const char *const themes[] = {
#define X(id, name) [THEME_##id] = name,
    THEME_LIST(X)
#undef X
};
_Static_assert(TW_COUNT(themes) == THEME_COUNT, "each theme has its name");

void option_each_value(enum option_values values, void (*each)(void *context, const char *word),
                       void *context) {
    switch (values) {
    case VALUES_PROFILE:
        for (size_t i = 0; i < tw_profile_count(); i++) {
            each(context, tw_profile_at(i)->name);
        }
        break;
    case VALUES_STATE:
        for (enum tw_state i = 0; i < TW_STATE_COUNT; i++) {
            each(context, tw_state_name(i));
        }
        break;
    case VALUES_SORT:
        for (enum tw_sort i = TW_SORT_NONE + 1; i < TW_SORT_COUNT; i++) {
            each(context, tw_sort_name(i));
        }
        break;
    case VALUES_KEY: each(context, "vlan"); break;
    case VALUES_THEME:
        for (size_t i = 0; i < TW_COUNT(themes); i++) {
            each(context, themes[i]);
        }
        break;
    case VALUES_LANGUAGE:
        for (size_t i = 0; tw_language_at(i) != NULL; i++) {
            each(context, tw_language_at(i));
        }
        break;
    default: break;
    }
}
