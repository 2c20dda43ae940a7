// SPDX-License-Identifier: MIT
// Proves the numbers, options and checksums of segments of one's own.
#include "wire_bench.h"

#include "tcpwalk/decode.h"

enum { LINK_RAW = 101 };

// --- Injected segments --------------------------------------------------------------------------

static tw_time injected_at; // the last one, in ms

static const uint32_t isn[TW_END_COUNT] = {1000, 0xfffffff0}; // the server's wraps

// A segment of the connection with numbers relative to the ISNs; ts 0: without timestamps.
static void say(enum tw_end from, uint16_t flags, uint32_t seq, uint32_t ack, uint32_t length,
                uint32_t ts) {
    struct tw_segment segment = segment_of(from, TW_KIND_ANY);
    segment.flags = flags;
    segment.seq = isn[from] + seq;
    segment.ack = (flags & TW_ACK) != 0 ? isn[tw_other(from)] + ack : 0;
    segment.length = length;
    segment.options = ts != 0 ? TW_OPT_TIMESTAMPS : 0;
    segment.tsval = ts;
    put_segment(from, 0, &segment);
}

static void shake_hands(uint32_t client_ts, uint32_t server_ts) {
    say(TW_CLIENT, TW_SYN, 0, 0, 0, client_ts);
    say(TW_SERVER, TW_SYN | TW_ACK, 0, 1, 0, server_ts);
    say(TW_CLIENT, TW_ACK, 1, 1, 0, server_ts != 0 ? client_ts + 1 : 0);
    say(TW_CLIENT, TW_ACK | TW_PSH, 1, 1, 100, server_ts != 0 ? client_ts + 2 : 0);
    say(TW_SERVER, TW_ACK, 1, 101, 0, server_ts != 0 ? server_ts + 1 : 0);
    turn(10);
    bench.told[bench.length = 0] = '\0';
}

static struct tw_lab_injection injection_of(enum tw_end from, uint16_t flags) {
    return (struct tw_lab_injection){.from = from,
                                     .flags = flags,
                                     .tuple = {.version = bench.version,
                                               .local = lab_address(from, bench.version),
                                               .remote = lab_address(tw_other(from), bench.version),
                                               .local_port = from == TW_CLIENT ? 40000 : 80,
                                               .remote_port = from == TW_CLIENT ? 80 : 40000}};
}

#define AT(v)   ((struct tw_lab_number){.given = true, .value = (v)})
#define NEXT(v) ((struct tw_lab_number){.given = true, .next = true, .value = (v)})

// What landed, decoded with its checksums.
static const struct tw_segment *injected(const struct tw_lab_injection *injection) {
    struct tw_error error = {""};
    injected_at += 100;
    assert_int_equal(wire_inject(bench.wire, injection, injected_at * TW_MILLISECOND, &error),
                     TW_OK);
    turn(injected_at + 10);
    assert_non_null(strstr(bench.told, "landed"));
    bench.told[bench.length = 0] = '\0';
    assert_true(bench.injected);

    static struct tw_segment segment;
    const struct tw_decoder decoder = {.check_checksums = true};
    const uint32_t length = (uint32_t)bench.last_length;
    enum tw_reason reason;
    assert_int_equal(tw_decode(&decoder, LINK_RAW, bench.last, length, length, &segment, &reason),
                     TW_DECODED);
    assert_int_equal(segment.notes, 0);
    if (segment.version == 4) { // RFC 791 3.1: the header's sum is all ones
        uint32_t sum = 0;
        for (size_t i = 0; i < 20; i += 2)
            sum += (uint32_t)bench.last[i] << 8 | bench.last[i + 1];
        assert_int_equal((sum >> 16) + (sum & 0xffff), 0xffff);
    }
    return &segment;
}

static void refused(const struct tw_lab_injection *injection, const char *why) {
    struct tw_error error = {""};
    assert_int_equal(wire_inject(bench.wire, injection, 0, &error), TW_USAGE);
    assert_string_equal(error.text, why);
    assert_int_equal(flying(), 0);
}

TEST(numbers_not_given_are_what_comes_next) {
    for (bench.version = 4; bench.version <= 6; bench.version += 2) {
        shake_hands(0, 0);
        struct tw_lab_injection injection = injection_of(TW_SERVER, TW_ACK | TW_PSH);
        injection.length = 7;
        const struct tw_segment *s = injected(&injection);
        assert_int_equal(s->seq, isn[TW_SERVER] + 1);
        assert_int_equal(s->ack, isn[TW_CLIENT] + 101);
        assert_int_equal(s->window, 0); // as that end has sent last
        assert_int_equal(s->length, 7);
        assert_int_equal(s->options, 0);
        assert_int_equal(s->flags, TW_ACK | TW_PSH);
        assert_int_equal(s->source_port, 80);
        assert_int_equal(bench.last[bench.last_length - 1], 'x');
        assert_int_equal(injected(&injection)->seq, isn[TW_SERVER] + 1); // that stack sent nothing
    }
}

TEST(numbers_are_relative_to_the_isn_or_to_what_comes_next) {
    shake_hands(0, 0);
    struct tw_lab_injection injection = injection_of(TW_CLIENT, TW_ACK);
    injection.seq = AT(0);
    injection.ack = AT(20); // beyond the wrap
    injection.window = AT(0);
    const struct tw_segment *s = injected(&injection);
    assert_int_equal(s->seq, isn[TW_CLIENT]);
    assert_int_equal(s->ack, 4);
    assert_int_equal(s->window, 0);
    injection.seq = NEXT(-1);
    injection.ack = NEXT(10);
    s = injected(&injection);
    assert_int_equal(s->seq, isn[TW_CLIENT] + 100);
    assert_int_equal(s->ack, isn[TW_SERVER] + 11);
    injection.flags = TW_RST | TW_AE; // without ACK it acknowledges nothing
    injection.ack.given = false;
    s = injected(&injection);
    assert_int_equal(s->ack, 0);
    assert_int_equal(s->flags, TW_RST | TW_AE);
}

TEST(a_keepalive_moves_nothing) {
    shake_hands(0, 0);
    say(TW_CLIENT, TW_ACK, 100, 1, 0, 0); // RFC 9293 3.8.4: SND.NXT-1
    const struct tw_lab_injection injection = injection_of(TW_CLIENT, TW_ACK);
    assert_int_equal(injected(&injection)->seq, isn[TW_CLIENT] + 101);
}

TEST(timestamps_are_carried_where_both_syns_had_them) {
    shake_hands(500, 900);
    const struct tw_lab_injection injection = injection_of(TW_CLIENT, TW_RST);
    const struct tw_segment *s = injected(&injection);
    assert_int_equal(s->options, TW_OPT_TIMESTAMPS);
    assert_int_equal(s->tsval, 502);
    assert_int_equal(s->tsecr, 901);
}

TEST(timestamps_are_left_out_where_one_syn_had_none) {
    say(TW_CLIENT, TW_SYN, 0, 0, 0, 500);
    say(TW_SERVER, TW_SYN | TW_ACK, 0, 1, 0, 0);
    const struct tw_lab_injection injection = injection_of(TW_CLIENT, TW_ACK);
    assert_int_equal(injected(&injection)->options, 0);
}

TEST(numbers_of_what_was_never_seen_are_absolute) {
    struct tw_lab_injection injection = injection_of(TW_CLIENT, TW_ACK);
    const struct tw_segment *s = injected(&injection);
    assert_int_equal(s->seq, 0);
    assert_int_equal(s->ack, 0);
    injection.tuple.local_port = 1;
    injection.seq = AT(77);
    injection.ack = AT(-1);
    s = injected(&injection);
    assert_int_equal(s->seq, 77);
    assert_int_equal(s->ack, 0xffffffff);
}

TEST(a_connection_may_be_injected_from_its_first_segment_on) {
    struct tw_lab_injection injection = injection_of(TW_CLIENT, TW_SYN);
    injection.seq = AT(isn[TW_CLIENT]);
    assert_int_equal(injected(&injection)->seq, isn[TW_CLIENT]);
    say(TW_SERVER, TW_SYN | TW_ACK, 0, 1, 0, 0);
    say(TW_CLIENT, TW_RST, 1, 0, 0, 0); // the stack knows nothing of it; that is no number of ours
    injection = injection_of(TW_CLIENT, TW_ACK);
    injection.length = 5;
    const struct tw_segment *s = injected(&injection);
    assert_int_equal(s->seq, isn[TW_CLIENT] + 1);
    assert_int_equal(s->ack, isn[TW_SERVER] + 1);
    assert_int_equal(injected(&injection)->seq, isn[TW_CLIENT] + 6);
}

TEST(ports_that_are_used_again_have_new_numbers) {
    shake_hands(0, 0);
    struct tw_segment syn = segment_of(TW_CLIENT, TW_KIND_SYN);
    syn.seq = 5000;
    put_segment(TW_CLIENT, 20, &syn);
    turn(30);
    struct tw_lab_injection injection = injection_of(TW_CLIENT, TW_ACK);
    assert_int_equal(injected(&injection)->seq, 5001);
    injection = injection_of(TW_SERVER, TW_ACK);
    injection.seq = NEXT(0); // its old ones are forgotten too
    refused(&injection, "inject: seq next: no segment was seen of that end");
    injection.seq.given = false;
    assert_int_equal(injected(&injection)->ack, 5001);
}

TEST(what_cannot_be_injected_is_refused) {
    struct tw_lab_injection injection = injection_of(TW_CLIENT, TW_SYN);
    injection.seq = NEXT(0);
    refused(&injection, "inject: seq next: no segment was seen of that end");
    injection.seq = AT((int64_t)UINT32_MAX + 1);
    refused(&injection, "inject: seq 4294967296: it has 32 bits");
    injection.seq = AT(0);
    injection.ack = NEXT(1);
    refused(&injection, "inject: ack next: no segment was seen of that end");
    injection.ack.given = false;
    injection.window = AT(65536);
    refused(&injection, "inject: window 65536: it goes from 0 to 65535");
    injection.window.given = false;
    injection.length = 1461;
    refused(&injection, "inject: length 1461: a packet has at most 1500 octets");
    injection.length = UINT32_MAX;
    refused(&injection, "inject: length 4294967295: a packet has at most 1500 octets");
    injection.length = 1460;
    assert_int_equal(injected(&injection)->length, 1460);
    injection.tuple.version = 5;
    refused(&injection, "inject: neither IPv4 nor IPv6");
}

TEST(what_is_injected_travels_like_any_other) {
    taps(0.5, -1);
    hold(TW_CLIENT, TW_KIND_RST, true);
    const struct tw_lab_injection injection = injection_of(TW_CLIENT, TW_RST);
    struct tw_error error;
    assert_int_equal(wire_inject(bench.wire, &injection, 0, &error), TW_OK);
    turn(20);
    expect("5 seen0 1");
    assert_true(flight(1)->injected);
    assert_int_equal(flight(1)->left, 0);
    assert_int_equal(flight(1)->segment.flags, TW_RST);
    doom(TW_CLIENT, TW_KIND_RST, TW_FATE_DROP, false);
    expect("20 lost 1");
}

TEST(the_tuple_seen_first_is_forgotten_first) {
    struct tw_segment segment = segment_of(TW_CLIENT, TW_KIND_ACK);
    segment.seq = 50;
    wire_delay(bench.wire, TW_CLIENT, TW_NO_TIME);
    for (unsigned i = 0; i <= FORGE_TUPLES; i++) { // one too many
        segment.source_port = (uint16_t)(1 + i);
        put_segment(TW_CLIENT, 0, &segment);
        assert_true(by_hand(wire_deliver, i + 1, 0));
        bench.told[bench.length = 0] = '\0';
    }
    wire_delay(bench.wire, TW_CLIENT, 0);
    struct tw_lab_injection injection = injection_of(TW_CLIENT, TW_ACK);
    injection.seq = NEXT(0);
    injection.tuple.local_port = 1;
    refused(&injection, "inject: seq next: no segment was seen of that end");
    struct tw_error error;
    injection.tuple.local_port = 2;
    assert_int_equal(wire_inject(bench.wire, &injection, 0, &error), TW_OK);
    injection.tuple.local_port = FORGE_TUPLES + 1;
    assert_int_equal(wire_inject(bench.wire, &injection, 0, &error), TW_OK);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        RUN(numbers_not_given_are_what_comes_next),
        RUN(numbers_are_relative_to_the_isn_or_to_what_comes_next),
        RUN(a_keepalive_moves_nothing),
        RUN(timestamps_are_carried_where_both_syns_had_them),
        RUN(timestamps_are_left_out_where_one_syn_had_none),
        RUN(numbers_of_what_was_never_seen_are_absolute),
        RUN(a_connection_may_be_injected_from_its_first_segment_on),
        RUN(ports_that_are_used_again_have_new_numbers),
        RUN(what_cannot_be_injected_is_refused),
        RUN(what_is_injected_travels_like_any_other),
        RUN(the_tuple_seen_first_is_forgotten_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
