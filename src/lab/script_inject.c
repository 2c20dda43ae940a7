// SPDX-License-Identifier: MIT
// Reads segments of one's own: "inject client c RST seq next+10",
// "inject client from 10.9.0.50:4001 to 9734 SYN seq 1000".
#include "addresses.h"
#include "parse.h"

#include <string.h>

// What fits into an IPv6 packet of 1500 octets beside both headers.
enum { DATA_MAX = 1440 };

static const struct {
    const char *name;
    uint16_t flag;
} flags[] = {{"SYN", TW_SYN}, {"FIN", TW_FIN}, {"RST", TW_RST}, {"PSH", TW_PSH}, {"ACK", TW_ACK},
             {"URG", TW_URG}, {"ECE", TW_ECE}, {"CWR", TW_CWR}, {"none", 0}};

static const char *flag_at(size_t index) {
    return index < TW_COUNT(flags) ? flags[index].name : NULL;
}

// FLAG[,FLAG...]
static bool read_flags(struct scan *scan, uint16_t *set) {
    do {
        size_t index;
        if (!scan_pick(scan, "a flag", flag_at, &index)) {
            return false;
        }
        *set |= flags[index].flag;
    } while (scan_mark(scan, ",") || scan_mark(scan, "-"));
    return true;
}

// 17, -1, next, next+10
static bool read_relative(struct scan *scan, struct tw_lab_number *number) {
    struct word word = scan_peek(scan, "+-"), value = word;
    static const size_t next = sizeof "next" - 1;
    *number = (struct tw_lab_number){.given = true};
    if (word.length >= next && memcmp(word.at, "next", next) == 0) {
        number->next = true;
        value.at += next;
        value.length -= next;
        bool plus = value.length > 1 && *value.at == '+' && value.at[1] != '-';
        if (value.length > 0 && (plus || *value.at == '-')) {
            value.at += plus;
            value.length -= plus;
        } else if (value.length == 0) {
            scan->at += word.length;
            return true;
        }
    }
    if (!scan_digits(value, &number->value) || number->value > UINT32_MAX ||
        number->value < -(int64_t)UINT32_MAX) {
        return scan_expected(scan, "a number, next, or next+N or next-N");
    }
    scan->at += word.length;
    return true;
}

// seq N, ack N, window N, length N, in any order, each once.
static bool read_numbers(struct scan *scan, struct tw_lab_injection *injection) {
    int64_t number;
    for (bool length = false; !scan_over(scan);) {
        const char *at = scan->at;
        struct tw_lab_number *relative = scan_keyword(scan, "seq")      ? &injection->seq
                                         : scan_keyword(scan, "ack")    ? &injection->ack
                                         : scan_keyword(scan, "window") ? &injection->window
                                                                        : NULL;
        bool again = relative != NULL ? relative->given : length;
        if (relative == NULL && !scan_keyword(scan, "length")) {
            return scan_expected(scan, "seq, ack, window or length");
        }
        if (again) {
            return scan_fail(scan, at, "said twice");
        }
        if (relative == &injection->window) {
            if (!scan_number(scan, "a window", 0, UINT16_MAX, &relative->value)) {
                return false;
            }
            relative->given = true;
        } else if (relative != NULL) {
            if (!read_relative(scan, relative)) {
                return false;
            }
        } else if (!scan_number(scan, "a length", 0, DATA_MAX, &number)) {
            return false;
        } else {
            injection->length = (uint32_t)number;
            length = true;
        }
    }
    return true;
}

// from [ADDRESS:]PORT to [ADDRESS:]PORT; the addresses that are not given are those of the ends.
static bool read_tuple(struct parser *p, struct tw_lab_injection *injection) {
    struct scan *scan = &p->scan;
    struct tw_tuple from = {0}, to = {0}, *tuple = &injection->tuple;
    const char *at;
    if (!script_address(scan, 0, &from, &tuple->local_port)) {
        return false;
    }
    if (!scan_keyword(scan, "to")) {
        return scan_expected(scan, "'to', and an address or port");
    }
    (void)scan_over(scan);
    at = scan->at;
    if (!script_address(scan, 0, &to, &tuple->remote_port)) {
        return false;
    }
    if (from.version != 0 && to.version != 0 && from.version != to.version) {
        return scan_fail(scan, at, "an IPv%d address can send nothing to an IPv%d one",
                         from.version, to.version);
    }
    tuple->version = from.version != 0 ? from.version
                     : to.version != 0 ? to.version
                                       : (uint8_t)p->version;
    tuple->local = from.version != 0 ? from.remote : lab_address(injection->from, tuple->version);
    tuple->remote =
        to.version != 0 ? to.remote : lab_address(tw_other(injection->from), tuple->version);
    return true;
}

bool script_inject(struct parser *p, struct script_statement *s) {
    struct scan *scan = &p->scan;
    struct tw_lab_injection *injection = &s->inject.injection;
    if (!script_end(scan, &s->end)) {
        return false;
    }
    injection->from = (enum tw_end)s->end;
    if (scan_keyword(scan, "from")) {
        if (!read_tuple(p, injection)) {
            return false;
        }
    } else {
        struct named_socket *socket;
        if (scan_peek(scan, "").length == 0) {
            return scan_expected(scan, "the name of a socket, or 'from'");
        }
        if (!names_socket(&p->names, scan, &socket)) {
            return false;
        }
        s->inject.subject = (struct script_subject){socket->name, socket->end};
    }
    return read_flags(scan, &injection->flags) && read_numbers(scan, injection);
}
