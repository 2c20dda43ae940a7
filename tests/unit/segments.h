// SPDX-License-Identifier: MIT
// A small language for segments seen by a tap, and for what a tracker makes of them. Every test
// that uses it also proves that what was told is the history in the end (watch.h).
//
// One segment a line:  "MS END FLAGS SEQ[+LENGTH] [ACK] [OPTION=VALUE ...]"
//   see("0 C S 0", "10 S SA 0 1", "30 C A 1+100 1 ts=7/3");
// END is C or S (the two ends of `tap`), FLAGS of S F R P A; SEQ and ACK are relative to the ISNs,
// so the first data octet is 1; ACK is there if A is. Options: ts=TSVAL/TSECR, win=, id=, ttl=,
// sack=LEFT-RIGHT, vlan=, scale=, bad=1 (options that do not parse). Packets count from 1.
//
// One history:  "SYN-SENT o1, ESTABLISHED p2, CLOSED t": states with basis (observed, proven,
// assumed, timer; ? for any) and packet.
#ifndef TESTS_UNIT_SEGMENTS_H
#define TESTS_UNIT_SEGMENTS_H

#include "tests/unit/watch.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { TAP_OVER_MAX = 64, TAP_TEXT = 8192 };

struct tap_over {
    struct tw_connection_info info;
    struct tw_step steps[TW_END_COUNT][TW_HISTORY_MAX];
};

static struct tap {
    struct tw_tracker_options options; // set before the first segment, if at all
    uint32_t isn[TW_END_COUNT];
    uint16_t port[TW_END_COUNT];
    uint8_t address[TW_END_COUNT]; // the last octet
    uint8_t version;
    struct tw_tracker *tracker;
    struct watch watch;
    uint64_t packet;
    bool finished;
    uint64_t over_order[TAP_OVER_MAX], overs;
    struct tap_over over[TAP_OVER_MAX]; // by number
    unsigned findings[TW_FINDING_COUNT];
    char told[TAP_TEXT]; // since the last look
    size_t told_length;
} tap;

static const tw_time tap_begin = 1700000000 * TW_SECOND;

// Client 20 ms from the tap and back, server 10 ms; the next packet is number 4.
#define HANDSHAKE "0 C S 0", "10 S SA 0 1", "30 C A 1 1"

#define TEST(name) static void name(void **unused_state __attribute__((unused)))
#define RUN(name)  cmocka_unit_test_setup_teardown(name, tap_open, tap_close)

// --- Telling ------------------------------------------------------------------------------------

static void tap_note(const char *format, ...) TW_PRINTF(1, 2);
static void tap_note(const char *format, ...) {
    va_list values;
    va_start(values, format);
    size_t room = sizeof tap.told - tap.told_length;
    int written = vsnprintf(tap.told + tap.told_length, room, format, values);
    va_end(values);
    if (written > 0)
        tap.told_length += (size_t)written < room ? (size_t)written : room - 1;
}

static char tap_end_letter(enum tw_end end) {
    return end == TW_CLIENT ? 'C' : 'S';
}

static void tap_segment(void *context, const struct tw_connection *c, enum tw_end sender,
                        const struct tw_segment *s) {
    watch_segment(context, c, sender, s);
    tap_note("#%" PRIu64 "\n", s->packet);
}

static void tap_transition(void *context, const struct tw_connection *c,
                           const struct tw_transition *t) {
    watch_transition(context, c, t);
    tap_note("%c %s>", tap_end_letter(t->end), tw_state_name(t->from));
    if (t->passes)
        tap_note("(%s)>", tw_state_name(t->through));
    tap_note("%s %c%" PRIu64 " by %" PRIu64 " at %" PRId64 "\n", tw_state_name(t->to),
             tw_basis_name(t->basis)[0], t->packet, t->decided_by,
             (t->time - tap_begin) / TW_MILLISECOND);
}

static void tap_proof(void *context, const struct tw_connection *c, enum tw_end end,
                      uint64_t packet, tw_time time, uint64_t proves) {
    watch_proof(context, c, end, packet, time, proves);
    tap_note("%c proves %" PRIu64 "\n", tap_end_letter(end), proves);
}

static void tap_correction(void *context, const struct tw_connection *c,
                           const struct tw_correction *k) {
    watch_correction(context, c, k);
    tap_note("%c takes back", tap_end_letter(k->end));
    for (size_t i = 0; i < k->was_count; i++)
        tap_note(" %s", tw_state_name(k->was[i]));
    tap_note(" for");
    for (size_t i = 0; i < k->now_count; i++)
        tap_note(" %s", tw_state_name(k->now[i]));
    tap_note("\n");
}

static void tap_finding(void *context, const struct tw_connection *c,
                        const struct tw_finding *finding) {
    watch_finding(context, c, finding);
    tap.findings[finding->kind]++;
}

static void tap_over(void *context, const struct tw_connection *c) {
    watch_over(context, c);
    struct tw_connection_info info;
    tw_connection_read(c, &info);
    tap_note("over %" PRIu64 "\n", info.number);
    if (info.number >= TAP_OVER_MAX || tap.overs >= TAP_OVER_MAX)
        return;
    tap.over_order[tap.overs++] = info.number;
    struct tap_over *over = &tap.over[info.number];
    over->info = info;
    tw_connection_history(c, TW_CLIENT, over->steps[TW_CLIENT], TW_HISTORY_MAX);
    tw_connection_history(c, TW_SERVER, over->steps[TW_SERVER], TW_HISTORY_MAX);
}

static void tap_fault(const char *what, uint64_t connection, uint64_t packet) {
    fail_msg("connection %" PRIu64 ", packet %" PRIu64 ": %s", connection, packet, what);
}

// --- Open and close -----------------------------------------------------------------------------

static int tap_open(void **state) {
    (void)state;
    memset(&tap, 0, sizeof tap);
    tap.options.hash_key[0] = 1;
    tap.isn[TW_CLIENT] = 1000;
    tap.isn[TW_SERVER] = 500000;
    tap.port[TW_CLIENT] = 40000;
    tap.port[TW_SERVER] = 80;
    tap.address[TW_CLIENT] = 1;
    tap.address[TW_SERVER] = 2;
    tap.version = 4;
    return 0;
}

static void tap_need(void) {
    if (tap.tracker != NULL)
        return;
    tap.watch = (struct watch){.fault = tap_fault, .vlan = tap.options.key_vlan};
    tap.watch.latest = tap_begin;
    const struct tw_observer observer = {&tap.watch,     tap_segment, tap_transition, tap_proof,
                                         tap_correction, tap_finding, tap_over};
    tap.tracker = tw_tracker_new(&tap.options, &observer);
    assert_non_null(tap.tracker);
}

// The end of input; `ends` and `about` bring it about by themselves.
static void end_of_input(void) {
    tap_need();
    if (tap.finished)
        return;
    tap.finished = true;
    tw_tracker_finish(tap.tracker);
    watch_finish(&tap.watch, tap.tracker);
}

static int tap_close(void **state) {
    (void)state;
    end_of_input();
    tw_tracker_free(tap.tracker);
    watch_fini(&tap.watch);
    return 0;
}

// The clock goes to `ms` without a segment.
static inline void wait_until(int64_t ms) {
    tap_need();
    tap.watch.latest = tap_begin + ms * TW_MILLISECOND;
    tw_tracker_advance(tap.tracker, tap.watch.latest);
}

// --- Segments -----------------------------------------------------------------------------------

static struct tw_address tap_address(enum tw_end end) {
    struct tw_address address = {{10, 0, 0, tap.address[end]}};
    if (tap.version == 6)
        address = (struct tw_address){{0x20, 0x01, 0x0d, 0xb8, [15] = tap.address[end]}};
    return address;
}

static bool tap_option(struct tw_segment *s, uint32_t peer_isn, const char *name,
                       unsigned long first, unsigned long second) {
    if (strcmp(name, "ts") == 0) {
        s->options |= TW_OPT_TIMESTAMPS;
        s->tsval = (uint32_t)first;
        s->tsecr = (uint32_t)second;
    } else if (strcmp(name, "sack") == 0) {
        s->options |= TW_OPT_SACK;
        s->sack[s->sack_count].left = (uint32_t)first + peer_isn;
        s->sack[s->sack_count++].right = (uint32_t)second + peer_isn;
    } else if (strcmp(name, "win") == 0)
        s->window = (uint16_t)first;
    else if (strcmp(name, "id") == 0)
        s->ip_id = (uint16_t)first;
    else if (strcmp(name, "ttl") == 0)
        s->ttl = (uint8_t)first;
    else if (strcmp(name, "vlan") == 0)
        s->vlan[0] = (uint16_t)first;
    else if (strcmp(name, "scale") == 0) {
        s->options |= TW_OPT_SCALE;
        s->scale = (uint8_t)first;
    } else if (strcmp(name, "bad") == 0)
        s->notes |= TW_NOTE_OPTIONS_MALFORMED;
    else
        return false;
    return true;
}

static struct tw_segment tap_parse(const char *line) {
    struct tw_segment s = {.version = tap.version,
                           .ttl = 64,
                           .window = 64240,
                           .vlan = {0xffff, 0xffff},
                           .packet = ++tap.packet};
    char end = 0, flags[8] = "";
    long long ms = 0, seq = 0;
    int at = 0;
    if (sscanf(line, "%lld %c %7s %lld%n", &ms, &end, flags, &seq, &at) != 4)
        fail_msg("no segment: \"%s\"", line);
    static const struct {
        char letter;
        uint16_t flag;
    } letters[] = {{'S', TW_SYN}, {'F', TW_FIN}, {'R', TW_RST}, {'P', TW_PSH}, {'A', TW_ACK}};
    for (size_t i = 0; i < TW_COUNT(letters); i++)
        if (strchr(flags, letters[i].letter) != NULL)
            s.flags |= letters[i].flag;
    enum tw_end sender = end == 'C' ? TW_CLIENT : TW_SERVER;
    uint32_t isn = tap.isn[sender], peer_isn = tap.isn[tw_other(sender)];
    s.time = tap_begin + ms * TW_MILLISECOND;
    s.source = tap_address(sender);
    s.destination = tap_address(tw_other(sender));
    s.source_port = tap.port[sender];
    s.destination_port = tap.port[tw_other(sender)];
    s.seq = (uint32_t)seq + isn;
    const char *rest = line + at;
    long long number;
    if (sscanf(rest, "+%lld%n", &number, &at) == 1) {
        s.length = (uint32_t)number;
        rest += at;
    }
    if (s.flags & TW_ACK) {
        if (sscanf(rest, "%lld%n", &number, &at) != 1)
            fail_msg("an ACK without number: \"%s\"", line);
        s.ack = (uint32_t)number + peer_isn;
        rest += at;
    }
    char name[8];
    unsigned long first, second = 0;
    while (sscanf(rest, " %7[a-z]=%lu%n", name, &first, &at) == 2) {
        rest += at;
        if (sscanf(rest, "%*1[/-]%lu%n", &second, &at) == 1)
            rest += at;
        if (!tap_option(&s, peer_isn, name, first, second))
            fail_msg("unknown option %s: \"%s\"", name, line);
    }
    if (rest[strspn(rest, " ")] != '\0')
        fail_msg("what is \"%s\"?", rest);
    return s;
}

static void tap_see(const char *const *lines) {
    tap_need();
    for (; *lines != NULL; lines++) {
        struct tw_segment s = tap_parse(*lines);
        watch_packet(&tap.watch, s.packet, s.time);
        assert_int_equal(tw_tracker_feed(tap.tracker, &s, 1), TW_OK);
    }
}
#define see(...) tap_see((const char *const[]){__VA_ARGS__, NULL})

// --- What came of it ----------------------------------------------------------------------------

static const struct tw_connection_info *about(uint64_t number) {
    end_of_input();
    assert_true(number < TAP_OVER_MAX);
    if (tap.over[number].info.number != number)
        fail_msg("there was no connection %" PRIu64, number);
    return &tap.over[number].info;
}

static void tap_history(uint64_t number, enum tw_end end, char *text, size_t room) {
    const struct tap_over *over = &tap.over[number];
    size_t count = over->info.end[end].step_count, length = 0;
    text[0] = '\0';
    for (size_t i = 0; i < count && length < room; i++) {
        const struct tw_step *step = &over->steps[end][i];
        int written =
            step->packet > 0
                ? snprintf(text + length, room - length, "%s%s %c%" PRIu64, i > 0 ? ", " : "",
                           tw_state_name(step->state), tw_basis_name(step->basis)[0], step->packet)
                : snprintf(text + length, room - length, "%s%s %c", i > 0 ? ", " : "",
                           tw_state_name(step->state), tw_basis_name(step->basis)[0]);
        length += (size_t)written;
    }
}

static bool tap_fits(const char *text, const char *pattern) {
    for (; *text != '\0' && *pattern != '\0'; text++, pattern++)
        if (*text != *pattern && *pattern != '?')
            return false;
    return *text == *pattern;
}

static inline void history(uint64_t number, enum tw_end end, const char *expected) {
    (void)about(number);
    char text[4096];
    tap_history(number, end, text, sizeof text);
    if (!tap_fits(text, expected))
        fail_msg("connection %" PRIu64 ", %s:\n  is       %s\n  expected %s", number,
                 end == TW_CLIENT ? "client" : "server", text, expected);
}

// Both histories of a connection.
static inline void ends(uint64_t number, const char *client, const char *server) {
    history(number, TW_CLIENT, client);
    history(number, TW_SERVER, server);
}

// What was told since the last `told` or `hush`, a line each.
static inline void hush(void) {
    tap.told_length = 0;
    tap.told[0] = '\0';
}
static inline void told(const char *expected) {
    if (strcmp(tap.told, expected) != 0)
        fail_msg("was told:\n%sexpected:\n%s", tap.told, expected);
    hush();
}

#endif
