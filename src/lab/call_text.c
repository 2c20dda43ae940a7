// SPDX-License-Identifier: MIT
// Socket calls as they are written: connect(c, 10.9.0.2:9734).
#include "programs.h"

#include <stdio.h>
#include <sys/socket.h>

enum { QUOTED_OCTETS = 24 };

const char *tw_call_name(enum tw_call call) {
    static const char *const names[] = {
#define X(id, name) [TW_CALL_##id] = name,
        TW_CALL_LIST(X)
#undef X
    };
    _Static_assert(TW_COUNT(names) == TW_CALL_COUNT, "each call has its name");
    return names[call];
}

void call_quote(const char *octets, size_t length, char *text, size_t room) {
    size_t shown = length < QUOTED_OCTETS ? length : QUOTED_OCTETS;
    size_t used = 0;
    text[used++] = '"';
    for (size_t i = 0; i < shown && used + 10 < room; i++) {
        unsigned char c = (unsigned char)octets[i];
        const char *escape = c == '\r' ? "\\r" : c == '\n' ? "\\n" : c == '\t' ? "\\t" : NULL;
        if (escape == NULL && (c == '"' || c == '\\')) {
            text[used++] = '\\';
            text[used++] = (char)c;
        } else if (escape != NULL) {
            used += (size_t)snprintf(text + used, room - used, "%s", escape);
        } else if (c < ' ' || c >= 0x7f) {
            used += (size_t)snprintf(text + used, room - used, "\\x%02x", c);
        } else {
            text[used++] = (char)c;
        }
    }
    snprintf(text + used, room - used, "\"%s", shown < length ? "..." : "");
}

// ", MSG_PEEK | MSG_OOB"; empty without any.
static const char *flags_text(int flags, char text[CALL_TEXT / 4]) {
    static const struct {
        int flag;
        const char *name;
    } names[] = {{MSG_PEEK, "MSG_PEEK"},
                 {MSG_MORE, "MSG_MORE"},
                 {MSG_OOB, "MSG_OOB"},
                 {MSG_FASTOPEN, "MSG_FASTOPEN"}};
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < TW_COUNT(names); i++) {
        if (flags & names[i].flag) {
            used += (size_t)snprintf(text + used, CALL_TEXT / 4 - used, "%s%s",
                                     used == 0 ? ", " : " | ", names[i].name);
        }
    }
    return text;
}

static const char *how_text(int how) {
    return how == SHUT_RD ? "SHUT_RD" : how == SHUT_WR ? "SHUT_WR" : "SHUT_RDWR";
}

void call_text(const struct tw_lab_request *r, const struct tw_tuple *address, char *text,
               size_t room) {
    const char *name = tw_call_name(r->call), *s = r->socket != NULL ? r->socket : "";
    char there[TW_ADDRESS_TEXT] = "", data[CALL_TEXT / 2], flags[CALL_TEXT / 4];
    if (address->version != 0) {
        tw_address_text(address->version, &address->remote, address->remote_port, there);
    }
    switch (r->call) {
    case TW_CALL_SETSOCKOPT:
        if (r->sockopt->values == 2) {
            snprintf(text, room, "%s(%s, %s, %d, %d)", name, s, r->sockopt->name, r->values[0],
                     r->values[1]);
        } else {
            snprintf(text, room, "%s(%s, %s, %d)", name, s, r->sockopt->name, r->values[0]);
        }
        break;
    case TW_CALL_BIND:
    case TW_CALL_CONNECT: snprintf(text, room, "%s(%s, %s)", name, s, there); break;
    case TW_CALL_LISTEN: snprintf(text, room, "%s(%s, %d)", name, s, r->value); break;
    case TW_CALL_SEND:
        if (r->octets != NULL) {
            call_quote(r->octets, r->length, data, sizeof data);
        } else {
            snprintf(data, sizeof data, "%zu octets", r->length);
        }
        snprintf(text, room, "%s(%s, %s%s%s%s)", name, s, data, flags_text(r->flags, flags),
                 there[0] != '\0' ? ", " : "", there);
        break;
    case TW_CALL_RECV:
        snprintf(text, room, "%s(%s, %zu%s)", name, s, r->length, flags_text(r->flags, flags));
        break;
    case TW_CALL_SHUTDOWN: snprintf(text, room, "%s(%s, %s)", name, s, how_text(r->value)); break;
    default: snprintf(text, room, "%s(%s)", name, s);
    }
}
