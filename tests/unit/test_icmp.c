// SPDX-License-Identifier: MIT
// "Destination unreachable" for a SYN ends the opening; for anything else it changes nothing
// (RFC 9293 3.9.2.2), and what it quotes is no segment.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// cmocka wants the four above before itself.
#include <cmocka.h>
#include <string.h>

#include "tcpwalk/decode.h"
#include "tcpwalk/tracker.h"

enum { LINKTYPE_RAW = 101, CLIENT_PORT = 1111, SERVER_PORT = 80, ISS = 100 };

static const uint8_t syn[] = {
    0x45, 0,    0, 40, 0, 0, 0x40, 0,   64, 6, 0, 0, 10,   0, 0,    1,    10, 0, 0, 2, // IPv4
    0x04, 0x57, 0, 80, 0, 0, 0,    ISS, 0,  0, 0, 0, 0x50, 2, 0xfa, 0xf0, 0,  0, 0, 0,
};

// An ICMP message around the first 28 octets of `syn`. Returns its length.
static uint32_t error_about_syn(uint8_t packet[64], uint8_t type, uint8_t code) {
    const uint8_t outer[] = {0x45, 0, 0,  56, 0, 0, 0,    0,    64, 1, 0, 0, 10, 0,
                             0,    9, 10, 0,  0, 1, type, code, 0,  0, 0, 0, 0,  0};
    memcpy(packet, outer, sizeof outer);
    memcpy(packet + sizeof outer, syn, 28);
    return sizeof outer + 28;
}

static enum tw_decoded decode(const uint8_t *packet, uint32_t length, struct tw_segment *segment) {
    const struct tw_decoder decoder = {0};
    enum tw_reason reason;
    enum tw_decoded decoded =
        tw_decode(&decoder, LINKTYPE_RAW, packet, length, length, segment, &reason);
    assert_int_equal(decoded, tw_reason_outcome(reason));
    return decoded;
}

static void unreachable_gives_what_it_quotes(void **state) {
    (void)state;
    uint8_t packet[64];
    struct tw_segment s;
    assert_int_equal(decode(packet, error_about_syn(packet, 3, 1), &s), TW_UNREACHABLE);
    assert_int_equal(s.source_port, CLIENT_PORT);
    assert_int_equal(s.destination_port, SERVER_PORT);
    assert_int_equal(s.seq, ISS);
    assert_int_equal(s.flags, 0);
    assert_memory_equal(s.source.octets, syn + 12, 4);
}

static void other_messages_are_ignored(void **state) {
    (void)state;
    uint8_t packet[64];
    struct tw_segment s;
    uint32_t length = error_about_syn(packet, 3, 4); // fragmentation needed
    assert_int_equal(decode(packet, length, &s), TW_IGNORED);
    length = error_about_syn(packet, 11, 0); // time exceeded
    assert_int_equal(decode(packet, length, &s), TW_IGNORED);
    length = error_about_syn(packet, 3, 1);
    for (uint32_t cut = 21; cut < length; cut++) { // whatever is missing of the quotation
        packet[3] = (uint8_t)cut;
        assert_int_not_equal(decode(packet, cut, &s), TW_UNREACHABLE);
    }
}

// The client's history after a SYN, then `more` of the peer, then the error.
struct end {
    size_t count;
    struct tw_step steps[TW_HISTORY_MAX];
};

static void remember(void *context, const struct tw_connection *c) {
    struct end *end = context;
    end->count = tw_connection_history(c, TW_CLIENT, end->steps, TW_HISTORY_MAX);
}

static struct end client_after(uint32_t quoted_seq, bool answered) {
    struct end end = {0};
    const struct tw_tracker_options options = {0};
    const struct tw_observer observer = {.context = &end, .over = remember};
    struct tw_tracker *tracker = tw_tracker_new(&options, &observer);
    assert_non_null(tracker);
    struct tw_segment s;
    assert_int_equal(decode(syn, sizeof syn, &s), TW_DECODED);
    s.time = TW_SECOND;
    s.packet = 1;
    assert_int_equal(tw_tracker_feed(tracker, &s, 1), TW_OK);
    if (answered) {
        struct tw_segment answer = s;
        answer.source = s.destination;
        answer.destination = s.source;
        answer.source_port = SERVER_PORT;
        answer.destination_port = CLIENT_PORT;
        answer.flags = TW_SYN | TW_ACK;
        answer.ack = ISS + 1;
        answer.packet = 2;
        assert_int_equal(tw_tracker_feed(tracker, &answer, 1), TW_OK);
    }
    uint8_t packet[64];
    assert_int_equal(decode(packet, error_about_syn(packet, 3, 1), &s), TW_UNREACHABLE);
    s.time = 2 * TW_SECOND;
    s.packet = 3;
    s.seq = quoted_seq;
    tw_tracker_unreachable(tracker, &s);
    tw_tracker_finish(tracker);
    tw_tracker_free(tracker);
    return end;
}

static void it_ends_syn_sent(void **state) {
    (void)state;
    struct end client = client_after(ISS, false);
    assert_int_equal(client.count, 2);
    assert_int_equal(client.steps[1].state, TW_CLOSED);
    assert_int_equal(client.steps[1].event, TW_EV_UNREACHABLE);
    assert_int_equal(client.steps[1].packet, 3);
}

static void it_ends_nothing_else(void **state) {
    (void)state;
    assert_int_equal(client_after(ISS + 7, false).count, 1); // another's SYN
    struct end client = client_after(ISS, true);
    assert_int_equal(client.steps[client.count - 1].state, TW_ESTABLISHED);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unreachable_gives_what_it_quotes),
        cmocka_unit_test(other_messages_are_ignored),
        cmocka_unit_test(it_ends_syn_sent),
        cmocka_unit_test(it_ends_nothing_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
