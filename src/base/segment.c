// SPDX-License-Identifier: MIT
// A segment's control bits and addresses as text.
#include "tcpwalk/segment.h"

#include <string.h>

// These write at `out` and return where they ended, without a terminating zero.
static char *word(char *out, const char *text) {
    while (*text != '\0')
        *out++ = *text++;
    return out;
}

const char *tw_flags_text(uint16_t flags, char text[TW_FLAGS_TEXT]) {
    static const struct {
        uint16_t flag;
        char name[4];
    } names[] = {
        {TW_SYN, "SYN"}, {TW_FIN, "FIN"}, {TW_RST, "RST"}, {TW_PSH, "PSH"}, {TW_ACK, "ACK"},
        {TW_URG, "URG"}, {TW_ECE, "ECE"}, {TW_CWR, "CWR"}, {TW_AE, "AE"},
    };
    _Static_assert(TW_COUNT(names) * 4 <= TW_FLAGS_TEXT, "all flags at once fit");
    char *out = text;
    for (size_t i = 0; i < TW_COUNT(names); i++) {
        if ((flags & names[i].flag) == 0)
            continue;
        if (out != text)
            *out++ = ',';
        out = word(out, names[i].name);
    }
    if (out == text)
        out = word(out, "none");
    *out = '\0';
    return text;
}

static char *number(char *out, unsigned value) {
    char digits[10];
    size_t count = 0;
    do {
        digits[count++] = (char)('0' + value % 10);
        value /= 10;
    } while (value != 0);
    while (count > 0)
        *out++ = digits[--count];
    return out;
}

static char *dotted(char *out, const uint8_t octets[4]) {
    for (int i = 0; i < 4; i++) {
        if (i > 0)
            *out++ = '.';
        out = number(out, octets[i]);
    }
    return out;
}

// Lower case, no leading zeros: RFC 5952 4.1 and 4.3.
static char *hex(char *out, unsigned value) {
    int shift = 12;
    while (shift > 0 && value >> shift == 0)
        shift -= 4;
    for (; shift >= 0; shift -= 4)
        *out++ = "0123456789abcdef"[value >> shift & 0xf];
    return out;
}

static char *colons(char *out, const uint8_t octets[16]) {
    enum { GROUPS = 8 };
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
    if (memcmp(octets, mapped, sizeof mapped) == 0) // RFC 5952 5
        return dotted(word(out, "::ffff:"), octets + 12);
    unsigned group[GROUPS];
    for (size_t i = 0; i < GROUPS; i++)
        group[i] = (unsigned)(octets[2 * i] << 8 | octets[2 * i + 1]);
    // RFC 5952 4.2: the longest run of zeros, the first of equals, never a single one.
    int best = GROUPS, longest = 1;
    for (int i = 0, run = 0; i < GROUPS; i++) {
        run = group[i] == 0 ? run + 1 : 0;
        if (run > longest) {
            longest = run;
            best = i + 1 - run;
        }
    }
    for (int i = 0; i < GROUPS; i++) {
        if (i == best) {
            *out++ = ':', *out++ = ':';
            i += longest - 1;
            continue;
        }
        if (i > 0 && out[-1] != ':')
            *out++ = ':';
        out = hex(out, group[i]);
    }
    return out;
}

const char *tw_address_text(uint8_t version, const struct tw_address *address, uint16_t port,
                            char text[TW_ADDRESS_TEXT]) {
    char *out = text;
    if (version == 4) {
        out = dotted(out, address->octets);
    } else {
        *out++ = '[';
        out = colons(out, address->octets);
        *out++ = ']';
    }
    *out++ = ':';
    out = number(out, port);
    *out = '\0';
    return text;
}

bool tw_tuple_equal(const struct tw_tuple *a, const struct tw_tuple *b) {
    return a->version != 0 && a->version == b->version && a->local_port == b->local_port &&
           a->remote_port == b->remote_port && memcmp(&a->local, &b->local, sizeof a->local) == 0 &&
           memcmp(&a->remote, &b->remote, sizeof a->remote) == 0;
}
