// SPDX-License-Identifier: MIT
// Keeps a program's capture, and beside it what the kernels said, as JSON that another
// implementation of the comparison can read.
#include "programs.h"

#include "tcpwalk/source.h"

#include <errno.h>
#include <string.h>

enum { LINKTYPE_RAW = 101, PATH = 4096 };

static enum tw_status keep_capture(const struct program *p, const char *path,
                                   struct tw_error *error) {
    struct tw_writer *writer;
    enum tw_status status = tw_writer_open(path, LINKTYPE_RAW, &writer, error);
    if (status != TW_OK) {
        return status;
    }
    for (size_t i = 0; i < p->captured_count; i++) {
        const struct captured *c = &p->captured[i];
        tw_writer_packet(writer, c->time, c->octets, (uint32_t)c->length, (uint32_t)c->length);
    }
    return tw_writer_close(writer, error);
}

// "10.9.0.1:1234", in the hard mode with the other end's behind it.
static void write_key(const struct program *p, size_t ports, enum tw_end end, FILE *out) {
    char text[TW_ADDRESS_TEXT];
    fprintf(out, "\"%s", program_address(p, ports, end, text));
    if (p->mode == MODE_HARD) {
        fprintf(out, " %s", program_address(p, ports, tw_other(end), text));
    }
    fputc('"', out);
}

// Labels are the lab's own texts: printable, without quotes.
static void write_history(const struct program *p, size_t ports, enum tw_end end, FILE *out) {
    const char *comma = "";
    write_key(p, ports, end, out);
    fputs(": [", out);
    for (size_t i = 0; i < p->change_count; i++) {
        const struct change *c = &p->changes[i];
        if (c->ports == ports && c->end == end) {
            fprintf(out, "%s[\"%s\", %u, \"%s\"]", comma, tw_state_name(c->state), c->captured,
                    c->label);
            comma = ", ";
        }
    }
    fputc(']', out);
}

static void write_lost(const struct program *p, FILE *out) {
    const char *comma = "";
    fputs("\"lost\": [", out);
    for (size_t i = 0; i < p->packet_count; i++) {
        const struct packet *packet = &p->packets[i];
        if (packet->fate == FATE_LOST_BEFORE || packet->fate == FATE_LOST_BEHIND) {
            fprintf(out, "%s[\"%s\", %d]", comma,
                    packet->fate == FATE_LOST_BEFORE ? "lost-before" : "lost-after", packet->from);
            comma = ", ";
        }
    }
    fputs("], ", out);
}

enum list { LIST_UNKNOWABLE, LIST_LAST_SILENT, LIST_WHY };

static void write_list(const struct program *p, const struct judgement *j, enum list list,
                       FILE *out) {
    const char *comma = "";
    for (size_t i = 0; i < p->ports_count; i++) {
        for (enum tw_end end = TW_CLIENT; end < TW_END_COUNT; end++) {
            const struct verdict *v = &j->ends[i][end];
            bool unknowable = v->reason != REASON_NONE && !v->last_silent;
            if (list == LIST_LAST_SILENT ? v->last_silent : unknowable) {
                fputs(comma, out);
                write_key(p, i, end, out);
                if (list == LIST_WHY) {
                    fprintf(out, ": \"%s\"", reason_text(v->reason));
                }
                comma = ", ";
            }
        }
    }
}

static void write_json(const struct program *p, const struct judgement *j, FILE *out) {
    static const char *const places[PLACE_COUNT] = {"a", "mid", "b"};
    const char *comma = "";
    fprintf(out, "{\"kind\": \"%s\", \"tap\": \"%s\", \"loss\": %g, \"packets\": %zu, ",
            kind_name(p->kind), places[p->place], mode_rules(p->mode)->loss, p->captured_count);
    write_lost(p, out);
    fputs("\"ends\": {", out);
    for (size_t i = 0; i < p->ports_count; i++) {
        for (enum tw_end end = TW_CLIENT; end < TW_END_COUNT; end++) {
            fputs(comma, out);
            write_history(p, i, end, out);
            comma = ", ";
        }
    }
    fputs("}, \"unknowable\": [", out);
    write_list(p, j, LIST_UNKNOWABLE, out);
    fputs("], \"last_step_silent\": [", out);
    write_list(p, j, LIST_LAST_SILENT, out);
    fputs("], \"why\": {", out);
    write_list(p, j, LIST_WHY, out);
    fprintf(out, "}, \"hard\": %s}\n", p->mode == MODE_HARD ? "true" : "false");
}

enum tw_status keep(const struct program *program, const struct judgement *judgement,
                    const char *folder, struct tw_error *error) {
    char path[PATH];
    snprintf(path, sizeof path, "%s/%04u.pcap", folder, program->number);
    enum tw_status status = keep_capture(program, path, error);
    if (status != TW_OK) {
        return status;
    }
    snprintf(path, sizeof path, "%s/%04u.json", folder, program->number);
    FILE *out = fopen(path, "w");
    if (out == NULL) {
        return tw_fail(error, TW_OUTPUT, "%s: %s", path, strerror(errno));
    }
    write_json(program, judgement, out);
    bool failed = ferror(out) != 0;
    failed = fclose(out) != 0 || failed;
    return failed ? tw_fail(error, TW_OUTPUT, "%s: not written", path) : TW_OK;
}
