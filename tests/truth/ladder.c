// SPDX-License-Identifier: MIT
// What really happened in a program, as a ladder in text: the client at the left, the server at the
// right, one line an event. A segment is sN at its sender and where it lands, #N in the capture.
#include "programs.h"

enum { SERVER_COLUMN = 64, LINE = 256 };

// What numbers are relative to: the first of each kind that an end sent.
struct origin {
    bool seq_known, stamp_known;
    uint32_t seq, stamp;
};
struct ladder {
    const struct program *program;
    size_t ports;
    tw_time begin;
    struct origin origins[TW_END_COUNT];
    FILE *out;
};

static double milliseconds(const struct ladder *l, tw_time time) {
    return (double)(time - l->begin) / (double)TW_MILLISECOND;
}

static void line(const struct ladder *l, tw_time time, enum tw_end end, const char *text) {
    fprintf(l->out, "  %9.2f  %*s%s\n", milliseconds(l, time), end == TW_CLIENT ? 0 : SERVER_COLUMN,
            "", text);
}

static void find_origins(struct ladder *l) {
    for (size_t i = 0; i < l->program->packet_count; i++) {
        const struct packet *packet = &l->program->packets[i];
        struct origin *origin = &l->origins[packet->from];
        if (packet->ports != l->ports) {
            continue;
        }
        if ((packet->segment.flags & TW_SYN) != 0 && !origin->seq_known) {
            origin->seq_known = true;
            origin->seq = packet->segment.seq;
        }
        if ((packet->segment.options & TW_OPT_TIMESTAMPS) != 0 && !origin->stamp_known) {
            origin->stamp_known = true;
            origin->stamp = packet->segment.tsval;
        }
    }
}

static void say_way(const struct packet *packet, char *text, size_t room) {
    static const char *const fates[] = {[FATE_FLIES] = "never landed",
                                        [FATE_LOST_BEFORE] = "lost before the tap",
                                        [FATE_LOST_BEHIND] = "lost behind the tap",
                                        [FATE_LANDED] = ""};
    const char *fate = fates[packet->fate];
    if (packet->tap > 0) {
        snprintf(text, room, "#%u%s%s", packet->tap, fate[0] != '\0' ? ", " : "", fate);
    } else {
        snprintf(text, room, "%s", fate);
    }
}

static void say_segment(const struct ladder *l, const struct packet *packet, char *text,
                        size_t room) {
    const struct tw_segment *s = &packet->segment;
    const struct origin *mine = &l->origins[packet->from];
    const struct origin *theirs = &l->origins[tw_other(packet->from)];
    char flags[TW_FLAGS_TEXT];
    int used =
        snprintf(text, room, "%s seq %u", tw_flags_text(s->flags, flags), s->seq - mine->seq);
    if ((s->flags & TW_ACK) != 0) {
        used += snprintf(text + used, room - (size_t)used, " ack %u", s->ack - theirs->seq);
    }
    if (s->length > 0) {
        used += snprintf(text + used, room - (size_t)used, " len %u", s->length);
    }
    for (unsigned i = 0; i < s->sack_count && i < TW_SACK_MAX; i++) {
        used += snprintf(text + used, room - (size_t)used, " sack %u-%u",
                         s->sack[i].left - theirs->seq, s->sack[i].right - theirs->seq);
    }
    if ((s->options & TW_OPT_TIMESTAMPS) != 0) {
        used += snprintf(text + used, room - (size_t)used, " ts %u", s->tsval - mine->stamp);
        if (s->tsecr != 0) {
            snprintf(text + used, room - (size_t)used, "/%u", s->tsecr - theirs->stamp);
        }
    }
}

static void print_call(const struct ladder *l, const struct call *call) {
    if (call->ports == l->ports || call->ports == PORTS_MAX) {
        line(l, call->time, call->end, call->text);
    }
}

static void print_sent(const struct ladder *l, size_t index) {
    const struct packet *packet = &l->program->packets[index];
    char segment[LINE], way[LINE / 4], text[2 * LINE];
    if (packet->ports != l->ports) {
        return;
    }
    say_segment(l, packet, segment, sizeof segment);
    say_way(packet, way, sizeof way);
    if (packet->original != index) {
        snprintf(text, sizeof text, "s%zu, copy of s%zu  (%s)", index + 1, packet->original + 1,
                 way);
    } else {
        snprintf(text, sizeof text, "s%zu %s %s  (%s)", index + 1,
                 packet->from == TW_CLIENT ? "-->" : "<--", segment, way);
    }
    line(l, packet->sent, packet->from, text);
}

static void print_landed(const struct ladder *l, size_t index) {
    const struct packet *packet = &l->program->packets[index];
    char text[LINE / 4];
    if (packet->ports == l->ports) {
        snprintf(text, sizeof text, "s%zu lands", index + 1);
        line(l, packet->landed, tw_other(packet->from), text);
    }
}

static void print_change(const struct ladder *l, const struct change *change) {
    static const char *const causes[TW_WITNESS_CAUSE_COUNT] = {"", "", " (timer)"};
    char text[LINE / 4];
    if (change->ports == l->ports) {
        snprintf(text, sizeof text, "== %s%s", tw_state_name(change->state), causes[change->cause]);
        line(l, change->time, change->end, text);
    }
}

void ladder_print(const struct program *program, size_t ports, FILE *out) {
    struct ladder l = {.program = program, .ports = ports, .out = out};
    l.begin = program->call_count > 0 ? program->calls[0].time : 0;
    find_origins(&l);
    fprintf(out, "         ms  %-*s%s\n", SERVER_COLUMN, "client", "server");
    for (size_t i = 0; i < program->event_count; i++) {
        const struct event *event = &program->events[i];
        switch (event->kind) {
        case EVENT_CALL: print_call(&l, &program->calls[event->index]); break;
        case EVENT_CHANGE: print_change(&l, &program->changes[event->index]); break;
        case EVENT_SENT: print_sent(&l, event->index); break;
        case EVENT_LANDED: print_landed(&l, event->index); break;
        }
    }
}
