// SPDX-License-Identifier: MIT
// libFuzzer: scenario scripts. Proves that whatever is read, the parser ends with a script whose
// every text and number is within bounds, or with a message that names the line and column.
#include "lab/script.h"

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static volatile size_t touched; // so that reading is not left out

static void check(bool good) {
    if (!good) {
        abort();
    }
}

static void read_text(const char *text) {
    check(text != NULL);
    touched += strlen(text);
}

static void read_name(const char *name) {
    if (name != NULL) {
        check(name[0] != '\0' && strlen(name) < TW_LAB_NAME);
    }
}

static void read_octets(const char *octets, size_t length) {
    for (size_t i = 0; octets != NULL && i < length; i++) {
        touched += (unsigned char)octets[i];
    }
}

static void read_call(const struct script_statement *s) {
    const struct tw_lab_request *r = &s->call.request;
    check(s->call.expect < SCRIPT_RESULT_COUNT && (!s->call.begin || s->call.expect == 0));
    check((s->call.expect == RESULT_ERROR) == (s->call.error != 0));
    read_name(s->call.socket);
    read_name(r->socket);
    read_name(r->name);
    read_octets(r->octets, r->length);
    read_octets(s->call.octets, s->call.length);
    check(r->call < TW_CALL_COUNT && s->end < TW_END_COUNT);
    check((r->call == TW_CALL_SETSOCKOPT) == (r->sockopt != NULL));
    check((s->kind == SCRIPT_CALL) == (r->process != NULL) || s->kind == SCRIPT_AWAIT);
    check((s->kind == SCRIPT_AWAIT) == (s->call.socket != NULL));
}

static void read_statement(const struct tw_script *script, const struct script_statement *s) {
    read_text(s->text);
    check(s->text >= script->text && s->text[0] != '\0' && s->line > 0 && s->column > 0);
    check(s->end <= SCRIPT_BOTH && s->segments < TW_KIND_COUNT && s->within >= 0);
    switch (s->kind) {
    case SCRIPT_TITLE:
    case SCRIPT_TEACHES: read_text(s->words); break;
    case SCRIPT_IP: check(s->version == 4 || s->version == 6); break;
    case SCRIPT_SYSCTL:
        read_text(s->sysctl.name);
        read_text(s->sysctl.value);
        check(strncmp(s->sysctl.name, "net", 3) == 0 && strstr(s->sysctl.name, "..") == NULL);
        break;
    case SCRIPT_DELAY:
    case SCRIPT_WAIT: check(s->time >= 0); break;
    case SCRIPT_TAP:
        check(s->tap.count <= script->taps && script->taps <= 2);
        for (size_t i = 0; i < s->tap.count; i++) {
            check(s->tap.places[i] >= 0 && s->tap.places[i] <= 1);
        }
        break;
    case SCRIPT_CALL:
    case SCRIPT_AWAIT: read_call(s); break;
    case SCRIPT_INJECT:
        read_name(s->inject.subject.socket);
        check((s->inject.subject.socket == NULL) == (s->inject.injection.tuple.version != 0));
        check(s->inject.injection.from == s->end);
        break;
    case SCRIPT_UNTIL:
        read_name(s->until.subject.socket);
        check(s->until.state < TW_STATE_COUNT && s->until.count > 0);
        break;
    case SCRIPT_HISTORY:
        read_name(s->history.subject.socket);
        check(s->history.count > 0 && s->history.count <= SCRIPT_HISTORY_MAX);
        break;
    default: check(s->kind < SCRIPT_KIND_COUNT);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char name[] = "fuzz.lab";
    struct tw_script *script;
    struct tw_error error = {0};
    enum tw_status status = tw_script_parse(name, (const char *)data, size, &script, &error);
    if (status != TW_OK) {
        unsigned line, column;
        check(status == TW_USAGE && script == NULL);
        check(sscanf(error.text, "fuzz.lab:%u:%u: ", &line, &column) == 2);
        check(line > 0 && column > 0 && strchr(error.text, '\n') == NULL);
        return 0;
    }
    read_text(tw_script_title(script));
    read_text(tw_script_teaches(script));
    for (size_t i = 0; i < script->count; i++) {
        read_statement(script, &script->statements[i]);
    }
    tw_script_free(script);
    return 0;
}
