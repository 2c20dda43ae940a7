// SPDX-License-Identifier: MIT
// Reads a query once, into bit sets and binary addresses, so that a million connections can be
// asked; and asks them.
#include "query.h"

#include "format.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BOTH_ENDS = 1 << TW_CLIENT | 1 << TW_SERVER, CLOSERS = 4, PORT_MAX = 65535 };
_Static_assert(TW_OUTCOME_COUNT *CLOSERS <= 32 && TW_STATE_COUNT <= 32, "they fit a bit set");

static const struct key {
    const char *name;
    enum query_kind kind;
    uint8_t ends;
} keys[] = {
    {"port", QUERY_PORT, BOTH_ENDS},           {"addr", QUERY_ADDRESS, BOTH_ENDS},
    {"client", QUERY_ADDRESS, 1 << TW_CLIENT}, {"server", QUERY_ADDRESS, 1 << TW_SERVER},
    {"state", QUERY_STATE, BOTH_ENDS},         {"was", QUERY_WAS, BOTH_ENDS},
    {"outcome", QUERY_OUTCOME, BOTH_ENDS},
};
static const struct key no_key = {"", QUERY_TEXT, BOTH_ENDS};

// A piece of the text that is read.
struct piece {
    const char *at;
    size_t length;
};

// --- Text

// The characters of a state's name are the same in any spelling.
static int plain(char c) {
    return c == '_' ? '-' : tolower((unsigned char)c);
}

static bool begins(const char *text, struct piece with) {
    for (size_t i = 0; i < with.length; i++)
        if (text[i] == '\0' || plain(text[i]) != plain(with.at[i]))
            return false;
    return true;
}

static bool contains(const char *text, struct piece part) {
    for (; *text != '\0'; text++)
        if (begins(text, part))
            return true;
    return part.length == 0;
}

static bool all_of(struct piece piece, const char *set) {
    for (size_t i = 0; i < piece.length; i++)
        if (strchr(set, piece.at[i]) == NULL)
            return false;
    return true;
}

static bool copy_piece(struct piece piece, char *to, size_t room) {
    if (piece.length >= room)
        return false;
    memcpy(to, piece.at, piece.length);
    to[piece.length] = '\0';
    return true;
}

typedef bool compare(const char *text, struct piece with);

// States of which a spelling is like this. One whose name is just this is meant alone.
static uint32_t states_like(struct piece text, compare *like) {
    uint32_t states = 0;
    for (unsigned i = 0; i < TW_STATE_COUNT; i++) {
        enum tw_state state = (enum tw_state)i;
        const char *const spellings[] = {tw_state_name(state), tw_state_linux(state),
                                         tw_state_bsd(state)};
        if (like == begins && begins(spellings[0], text) && strlen(spellings[0]) == text.length)
            return 1U << i;
        for (size_t k = 0; k < TW_COUNT(spellings); k++)
            states |= like(spellings[k], text) ? 1U << i : 0;
    }
    return states;
}

static unsigned outcome_bit(enum tw_outcome outcome, enum tw_closer closer) {
    return (unsigned)outcome * CLOSERS + (unsigned)closer;
}

static uint32_t outcomes_like(struct piece text, compare *like) {
    uint32_t outcomes = 0;
    for (unsigned outcome = 0; outcome < TW_OUTCOME_COUNT; outcome++)
        for (unsigned closer = 0; closer < CLOSERS; closer++) {
            const struct tw_connection_info info = {.outcome = (enum tw_outcome)outcome,
                                                    .closed_by = (enum tw_closer)closer,
                                                    .end[TW_CLIENT].packets = 2};
            char shown[FORMAT_TEXT];
            format_outcome(&info, false, shown);
            char *tries = strchr(shown, '2'); // how many SYNs is each connection's own
            if (tries != NULL)
                *tries = '\1';
            const char *by = tw_closer_name(info.closed_by);
            if (like(tw_outcome_name(info.outcome), text) || like(shown, text) ||
                (by != NULL && like(by, text)))
                outcomes |= 1U << outcome_bit(info.outcome, info.closed_by);
        }
    return outcomes;
}

// --- Reading one value: each returns false where there is no such thing

static bool read_number(struct piece digits, unsigned long most, unsigned long *number) {
    char text[8];
    if (digits.length == 0 || !all_of(digits, "0123456789") ||
        !copy_piece(digits, text, sizeof text))
        return false;
    *number = strtoul(text, NULL, 10);
    return *number <= most;
}

static bool read_ports(struct piece value, struct query_part *part) {
    const char *dash = memchr(value.at, '-', value.length);
    struct piece low = value, high = value;
    if (dash != NULL) {
        low.length = (size_t)(dash - value.at);
        high = (struct piece){dash + 1, value.length - low.length - 1};
    }
    unsigned long first = 0, last = PORT_MAX;
    bool range = dash != NULL;
    if ((!(range && low.length == 0) && !read_number(low, PORT_MAX, &first)) ||
        (!(range && high.length == 0) && !read_number(high, PORT_MAX, &last)))
        return false;
    part->low = (uint16_t)first;
    part->high = (uint16_t)last;
    return true;
}

static bool read_whole_address(struct piece value, struct query_part *part) {
    char text[INET6_ADDRSTRLEN];
    if (!copy_piece(value, text, sizeof text))
        return false;
    part->version = 4;
    if (inet_pton(AF_INET, text, part->bits.octets) != 1) {
        part->version = 6;
        if (inet_pton(AF_INET6, text, part->bits.octets) != 1)
            return false;
    }
    part->prefix = part->version == 4 ? 32 : 128;
    return true;
}

// "10.0.0.": whole octets, so that they are compared as such.
static bool read_octets(struct piece value, struct query_part *part) {
    char text[INET_ADDRSTRLEN];
    size_t dots = 0;
    for (size_t i = 0; i < value.length; i++)
        dots += value.at[i] == '.';
    if (dots == 0 || dots > 3 || value.at[value.length - 1] != '.' ||
        !copy_piece(value, text, sizeof text))
        return false;
    static const char *const rest[] = {"", "0.0.0", "0.0", "0"};
    size_t length = value.length;
    if (length + strlen(rest[dots]) >= sizeof text)
        return false;
    memcpy(text + length, rest[dots], strlen(rest[dots]) + 1);
    if (!read_whole_address((struct piece){text, strlen(text)}, part))
        return false;
    part->prefix = (uint8_t)(dots * 8);
    return true;
}

static bool read_prefix(struct piece value, struct query_part *part) {
    const char *slash = memchr(value.at, '/', value.length);
    if (slash == NULL)
        return false;
    struct piece address = {value.at, (size_t)(slash - value.at)};
    struct piece bits = {slash + 1, value.length - address.length - 1};
    unsigned long prefix;
    if (!read_whole_address(address, part))
        return false;
    if (bits.length == 0) // still to be typed
        return true;
    if (!read_number(bits, part->prefix, &prefix))
        return false;
    part->prefix = (uint8_t)prefix;
    return true;
}

static bool read_with_port(struct piece value, struct query_part *part) {
    const char *colon = value.at + value.length;
    while (colon > value.at && *--colon != ':')
        ;
    struct piece address = {value.at, (size_t)(colon - value.at)};
    struct piece port = {colon + 1, value.length - address.length - 1};
    bool brackets =
        address.length > 2 && address.at[0] == '[' && address.at[address.length - 1] == ']';
    if (brackets)
        address = (struct piece){address.at + 1, address.length - 2};
    unsigned long number;
    if (*colon != ':' || !read_whole_address(address, part) || (part->version == 6) != brackets ||
        !read_number(port, PORT_MAX, &number))
        return false;
    part->port = true;
    part->low = part->high = (uint16_t)number;
    return true;
}

static bool read_address(struct piece value, struct query_part *part) {
    bool one_end = part->ends != BOTH_ENDS;
    if (one_end && all_of(value, "0123456789")) {
        part->kind = QUERY_PORT;
        return read_ports(value, part);
    }
    if (read_whole_address(value, part) || read_octets(value, part) || read_prefix(value, part) ||
        read_with_port(value, part))
        return true;
    part->kind = QUERY_ADDRESS_TEXT;
    return all_of(value, "0123456789abcdef.:[]");
}

enum { OUTCOMES_TEXT = 96 };
static const char *outcome_names(char text[OUTCOMES_TEXT]) {
    size_t length = 0;
    for (unsigned i = 0; i < TW_OUTCOME_COUNT && length < OUTCOMES_TEXT; i++)
        length += (size_t)snprintf(text + length, OUTCOMES_TEXT - length, i > 0 ? " %s" : "%s",
                                   tw_outcome_name((enum tw_outcome)i));
    return text;
}

// The value of a part whose kind is that of its key. Returns what it is called if there is none
// such, or NULL.
static const char *read_value(struct piece value, struct query_part *part) {
    switch (part->kind) {
    case QUERY_PORT: return read_ports(value, part) ? NULL : N_("%.*s: no such port");
    case QUERY_ADDRESS:
    case QUERY_ADDRESS_TEXT: return read_address(value, part) ? NULL : N_("%.*s: no such address");
    case QUERY_STATE:
    case QUERY_WAS:
        part->states = states_like(value, begins);
        return part->states != 0 ? NULL : N_("%.*s: no such state");
    case QUERY_OUTCOME:
        part->outcomes = outcomes_like(value, begins);
        return part->outcomes != 0 ? NULL : N_("%.*s: no such outcome; there are %s");
    case QUERY_TEXT: break;
    }
    part->states = states_like(value, contains);
    part->outcomes = outcomes_like(value, contains);
    part->address = all_of(value, "0123456789abcdef.:[]");
    return NULL;
}

// --- Reading words

// Takes a key off the value; an unknown one is told apart from an IPv6 address by its letters.
static bool take_key(struct piece *value, const struct key **key) {
    const char *colon = memchr(value->at, ':', value->length);
    if (colon == NULL || colon == value->at)
        return true;
    struct piece name = {value->at, (size_t)(colon - value->at)};
    for (size_t i = 0; i < TW_COUNT(keys); i++)
        if (strlen(keys[i].name) == name.length && begins(keys[i].name, name)) {
            *key = &keys[i];
            *value = (struct piece){colon + 1, value->length - name.length - 1};
            return true;
        }
    return !all_of(name, "abcdefghijklmnopqrstuvwxyz") || all_of(name, "abcdef");
}

static bool read_word(struct piece word, struct query *query, char *fault, size_t room) {
    struct piece rest = word;
    bool negated = rest.length > 0 && rest.at[0] == '-', again = false;
    rest.at += negated;
    rest.length -= negated;
    const struct key *key = &no_key;
    while (rest.length > 0) {
        const char *bar = memchr(rest.at, '|', rest.length);
        struct piece value = {rest.at, bar != NULL ? (size_t)(bar - rest.at) : rest.length};
        rest.at += value.length + (bar != NULL);
        rest.length -= value.length + (bar != NULL);
        if (!take_key(&value, &key)) {
            snprintf(fault, room,
                     _("%.*s: not known; there are port: addr: client: server: state: was: "
                       "outcome:"),
                     (int)word.length, word.at);
            return false;
        }
        if (value.length == 0) // still to be typed
            continue;
        if (query->count == QUERY_PARTS_MAX) {
            snprintf(fault, room, "%s", _("too many words"));
            return false;
        }
        struct query_part part = {
            .kind = key->kind,
            .negated = negated,
            .again = again,
            .ends = key->ends,
            .at = (uint16_t)(value.at - query->text),
            .length = (uint16_t)value.length,
            .word = (uint16_t)(word.at - query->text),
            .word_length = (uint16_t)word.length,
        };
        const char *wrong = read_value(value, &part);
        if (wrong != NULL) {
            char names[OUTCOMES_TEXT];
            snprintf(fault, room, _(wrong), (int)word.length, word.at, outcome_names(names));
            return false;
        }
        query->parts[query->count++] = part;
        again = true;
    }
    return true;
}

bool query_parse(const char *text, struct query *query, char *fault, size_t room) {
    struct query read = {.count = 0};
    if (strlen(text) >= sizeof read.text) {
        snprintf(fault, room, "%s", _("too many words"));
        return false;
    }
    for (size_t i = 0; text[i] != '\0'; i++)
        read.text[i] = (char)tolower((unsigned char)text[i]);
    for (const char *at = read.text; *(at += strspn(at, " ")) != '\0';) {
        struct piece word = {at, strcspn(at, " ")};
        at += word.length;
        if (!read_word(word, &read, fault, room))
            return false;
    }
    *query = read;
    return true;
}

// --- Asking

static bool same_bits(const struct tw_address *a, const struct tw_address *b, unsigned prefix) {
    unsigned whole = prefix / 8, rest = prefix % 8;
    if (memcmp(a->octets, b->octets, whole) != 0)
        return false;
    return rest == 0 || (a->octets[whole] ^ b->octets[whole]) >> (8 - rest) == 0;
}

static bool was_in(const struct query_subject *subject, enum tw_end end, uint32_t states) {
    struct tw_step steps[TW_HISTORY_MAX];
    if (subject->then)
        return (subject->been[end] & states) != 0;
    size_t count = tw_story_history(subject->connection, end, steps, TW_HISTORY_MAX);
    for (size_t i = 0; i < count && i < TW_HISTORY_MAX; i++)
        if (states & 1U << steps[i].state)
            return true;
    return false;
}

static bool end_matches(const struct query_part *part, struct piece text,
                        const struct query_subject *subject, enum tw_end end) {
    const struct tw_connection_info *info = subject->info;
    const struct tw_end_info *e = &info->end[end];
    char address[TW_ADDRESS_TEXT];
    switch (part->kind) {
    case QUERY_PORT: return e->port >= part->low && e->port <= part->high;
    case QUERY_ADDRESS:
        return info->version == part->version &&
               same_bits(&e->address, &part->bits, part->prefix) &&
               (!part->port || e->port == part->low);
    case QUERY_ADDRESS_TEXT:
        tw_address_text(info->version, &e->address, e->port, address);
        return begins(address + (address[0] == '[' && text.at[0] != '['), text);
    case QUERY_STATE: return subject->known[end] && (part->states & 1U << subject->state[end]) != 0;
    case QUERY_WAS: return was_in(subject, end, part->states);
    case QUERY_OUTCOME: return false; // of no end
    case QUERY_TEXT: break;
    }
    if (subject->known[end] && (part->states & 1U << subject->state[end]) != 0)
        return true;
    return part->address &&
           contains(tw_address_text(info->version, &e->address, e->port, address), text);
}

static bool part_matches(const struct query *query, const struct query_part *part,
                         const struct query_subject *subject) {
    const struct tw_connection_info *info = subject->info;
    struct piece text = {query->text + part->at, part->length};
    if (part->outcomes & 1U << outcome_bit(info->outcome, info->closed_by))
        return true;
    for (unsigned end = 0; end < TW_END_COUNT; end++)
        if ((part->ends & 1U << end) && end_matches(part, text, subject, (enum tw_end)end))
            return true;
    char letters[TW_STORY_LETTERS];
    return part->kind == QUERY_TEXT && text.length < TW_STORY_LETTERS &&
           contains(tw_story_letters(subject->connection, letters), text);
}

bool query_match(const struct query *query, const struct query_subject *subject) {
    for (size_t i = 0; i < query->count;) {
        const bool negated = query->parts[i].negated;
        bool any = false;
        do
            any = any || part_matches(query, &query->parts[i], subject);
        while (++i < query->count && query->parts[i].again);
        if (any == negated)
            return false;
    }
    return true;
}

// --- Narrowing

static struct piece word_of(const struct query *query, size_t part) {
    return (struct piece){query->text + query->parts[part].word, query->parts[part].word_length};
}

static bool is_single_text(const struct query *query, size_t i) {
    const struct query_part *part = &query->parts[i];
    bool alone = i + 1 == query->count || !query->parts[i + 1].again;
    return part->kind == QUERY_TEXT && !part->negated && !part->again && alone;
}

// Whatever has the longer text has the shorter one within it, too; else the words are the same.
static bool implies(const struct query *query, size_t i, const struct query *before, size_t k) {
    struct piece ours = word_of(query, i), theirs = word_of(before, k);
    if (ours.length == theirs.length && memcmp(ours.at, theirs.at, ours.length) == 0)
        return true;
    if (!is_single_text(query, i) || !is_single_text(before, k))
        return false;
    for (size_t at = 0; at + theirs.length <= ours.length; at++)
        if (memcmp(ours.at + at, theirs.at, theirs.length) == 0)
            return true;
    return false;
}

bool query_narrows(const struct query *query, const struct query *before) {
    for (size_t k = 0; k < before->count; k++) {
        bool kept = false;
        for (size_t i = 0; i < query->count && !kept; i++)
            kept = implies(query, i, before, k);
        if (!kept)
            return false;
    }
    return true;
}
