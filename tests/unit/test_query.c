// SPDX-License-Identifier: MIT
// Proves the language in which connections are asked for: what matches, what is wrong, and when a
// query can only match what one before it did.
#include "noise.h"
#include "scene.h"

#include "ui/query.h"

static struct scene scene;

static int open_scene(void **state) {
    (void)state;
    scene_open(&scene);
    scene_mixed(&scene);
    // A seventh one, over IPv6, refused.
    for (unsigned back = 0; back < 2; back++) {
        struct tw_segment s = {
            .time = scene_begin + 6 * TW_SECOND + back * TW_MILLISECOND,
            .packet = ++scene.packet,
            .version = 6,
            .ack = back ? CLIENT_ISN + 1 : 0,
            .seq = back ? 0 : CLIENT_ISN,
            .flags = back ? TW_RST | TW_ACK : TW_SYN,
            .vlan = {0xffff, 0xffff},
        };
        const struct tw_address ends[] = {{{0x20, 1, 0xd, 0xb8, [15] = 1}},
                                          {{0x20, 1, 0xd, 0xb8, [15] = 2}}};
        s.source = ends[back];
        s.destination = ends[!back];
        s.source_port = back ? 8080 : 40000;
        s.destination_port = back ? 40000 : 8080;
        assert_int_equal(tw_tracker_feed(scene.tracker, &s, 1), TW_OK);
    }
    tw_tracker_finish(scene.tracker);
    return 0;
}

static int close_scene(void **state) {
    (void)state;
    scene_close(&scene);
    return 0;
}

// The numbers of the connections that match, as digits.
static const char *matching(const char *text, char numbers[16]) {
    static struct query query;
    char fault[120];
    if (!query_parse(text, &query, fault, sizeof fault))
        return "?";
    size_t length = 0;
    for (size_t i = 0; i < tw_story_count(scene.story); i++) {
        struct tw_connection_info info;
        struct query_subject subject = {.connection = tw_story_at(scene.story, i), .info = &info};
        tw_story_info(subject.connection, &info);
        for (unsigned end = 0; end < TW_END_COUNT; end++) {
            subject.state[end] = info.end[end].state;
            subject.known[end] = info.end[end].step_count > 0;
        }
        if (query_match(&query, &subject))
            numbers[length++] = (char)('1' + i);
    }
    numbers[length] = '\0';
    return numbers;
}

// 1 closed by client, TIME-WAIT and CLOSED   2 closed by both at once, TIME-WAIT
// 3 refused   4 no answer, 5 SYNs   5 open   6 reset by server   7 refused, IPv6
static void what_matches(void **state) {
    (void)state;
    static const struct {
        const char *query, *numbers;
    } cases[] = {
        {"", "1234567"},
        {"  ", "1234567"},
        // Text: addresses with ports, states in any spelling, outcomes, histories.
        {"10.0.0.5", "123456"},
        {"51514", "1"},
        {"2001:DB8", "7"},
        {"[2001:db8::2]:8080", "7"},
        {"time-wait", "12"},
        {"Time_Wait", "12"},
        {"TIME", "12"},
        {"syn_sent", "4"},
        {"reset", "6"},
        {"no-answer", "4"},
        {"syns", "4"},
        {"REFUSED", "37"},
        {"shadd", "1"},
        {"nothing-of-it", ""},
        // All words must match; one value of a word must; none of a negated word may.
        {"10.0.0.5 time", "12"},
        {"refused|reset", "367"},
        {"-time", "34567"},
        {"-time|refused", "456"},
        {"-10.0.0.5 -reset", "7"},
        {"time -51515", "1"},
        // Ports.
        {"port:443", "123456"},
        {"port:51514", "1"},
        {"port:51514|51516", "13"},
        {"port:51515-51517", "234"},
        {"port:51518-", "56"},
        {"port:-443", "123456"},
        {"PORT:8080", "7"},
        {"-port:443", "7"},
        {"port:4", ""},
        // Addresses: whole, with a port, by bits, by their beginning.
        {"addr:10.0.0.5", "123456"},
        {"addr:10.0.0.50", ""},
        {"addr:10.0.0.5:51516", "3"},
        {"addr:10.0.0.", "123456"},
        {"addr:10.", "123456"},
        {"addr:1.", ""},
        {"addr:10.0.0", "123456"},
        {"addr:93", "123456"},
        {"addr:10.0.0.0/8", "123456"},
        {"addr:10.0.0.4/31", "123456"},
        {"addr:10.0.0.6/31", ""},
        {"addr:0.0.0.0/0", "123456"},
        {"addr:2001:db8::/32", "7"},
        {"addr:2001:db8::2/127", "7"},
        {"addr:2001:db8::1", "7"},
        {"addr:[2001:db8::1]:40000", "7"},
        {"addr:[2001:db8::1]:8080", ""},
        {"addr:[10.0.0.5]:51516", ""},
        {"addr:2001:db8::1:40000", ""}, // an address, too
        {"addr:2001:db", "7"},
        {"addr:[2001", "7"},
        {"client:93.184.216.34", ""},
        {"server:93.184.216.34", "123456"},
        {"client:10.0.0.5", "123456"},
        {"server:443", "123456"},
        {"client:443", ""},
        {"client:51514", "1"},
        // States now, states that were.
        {"state:time-wait", "12"},
        {"state:TIME_WAIT", "12"},
        {"state:ti", "12"},
        {"state:closed", "1367"},
        {"state:clos", "1367"},
        {"was:closing", "2"},
        {"was:fin", "12"},
        {"was:syn-received", "1256"},
        {"was:fin_wait_2", "1"},
        {"was:established -state:established", "126"},
        {"state:established|syn-sent", "45"},
        {"state:established|outcome:reset", "56"},
        // Outcomes.
        {"outcome:reset", "6"},
        {"outcome:re", "367"},
        {"outcome:closed", "12"},
        {"outcome:no", "4"},
        {"outcome:open", "5"},
        // What is still being typed does not matter yet.
        {"state:", "1234567"},
        {"-", "1234567"},
        {"-state:", "1234567"},
        {"time|", "12"},
        {"port:443|", "123456"},
        {"addr:10.0.0.5/", "123456"},
        {"dead:beef", ""},
    };
    for (size_t i = 0; i < TW_COUNT(cases); i++) {
        char numbers[16];
        if (strcmp(matching(cases[i].query, numbers), cases[i].numbers) != 0)
            fail_msg("%s matches %s, not %s", cases[i].query, numbers, cases[i].numbers);
    }
}

// How many SYNs were not answered is no text of all such connections.
static void numbers_are_of_addresses(void **state) {
    (void)state;
    static const char *const texts[] = {"1", "2", "5"};
    struct tw_connection_info info;
    const struct query_subject subject = {.connection = tw_story_at(scene.story, 3), .info = &info};
    tw_story_info(subject.connection, &info);
    assert_int_equal(info.outcome, TW_OUTCOME_NO_ANSWER);
    info.end[TW_CLIENT].address = info.end[TW_SERVER].address = (struct tw_address){{10, 0, 0, 3}};
    info.end[TW_CLIENT].port = info.end[TW_SERVER].port = 443;
    for (size_t i = 0; i < TW_COUNT(texts); i++) {
        struct query query;
        char fault[120];
        assert_true(query_parse(texts[i], &query, fault, sizeof fault));
        assert_int_equal(query_match(&query, &subject), i == 0); // 10.0.0.3
    }
}

static void what_is_wrong(void **state) {
    (void)state;
    static const struct {
        const char *query, *fault;
    } cases[] = {
        {"state:foo", "state:foo: no such state"},
        {"time State:Foo", "state:foo: no such state"},
        {"was:", NULL},
        {"was:x", "was:x: no such state"},
        {"outcome:won", "outcome:won: no such outcome; there are open closed reset refused "
                        "no-answer aborted-open unknown"},
        {"port:http", "port:http: no such port"},
        {"port:65536", "port:65536: no such port"},
        {"port:99999999999", "port:99999999999: no such port"},
        {"port:1-x", "port:1-x: no such port"},
        {"port:443|x", "port:443|x: no such port"},
        {"addr:host", "addr:host: no such address"},
        {"addr:10.0.0.0/33", "addr:10.0.0.0/33: no such address"},
        {"addr:2001:db8::/129", "addr:2001:db8::/129: no such address"},
        {"client:x", "client:x: no such address"},
        {"server:99999", "server:99999: no such address"},
        {"prot:80", "prot:80: not known; there are port: addr: client: server: state: was: "
                    "outcome:"},
        {"a b c d e f g h i j k l m n o p q r s t u v w x y z a b c d e f", NULL},
        {"a b c d e f g h i j k l m n o p q r s t u v w x y z a b c d e f g", "too many words"},
    };
    for (size_t i = 0; i < TW_COUNT(cases); i++) {
        struct query query = {.count = 77};
        char fault[120] = "";
        bool right = query_parse(cases[i].query, &query, fault, sizeof fault);
        assert_int_equal(right, cases[i].fault == NULL);
        if (cases[i].fault == NULL)
            continue;
        assert_string_equal(fault, cases[i].fault);
        assert_int_equal(query.count, 77); // as it was
    }
    char longest[2 * QUERY_TEXT_MAX], fault[20];
    struct query query;
    memset(longest, 'x', sizeof longest);
    longest[sizeof longest - 1] = '\0';
    assert_false(query_parse(longest, &query, fault, sizeof fault));
    longest[QUERY_TEXT_MAX - 1] = '\0';
    assert_true(query_parse(longest, &query, fault, sizeof fault));
}

static void when_it_narrows(void **state) {
    (void)state;
    static const struct {
        const char *before, *after;
        bool narrows;
    } cases[] = {
        {"10", "10.", true},
        {"10.", "10", false},
        {"10", "110", true},
        {"10", "10 time", true},
        {"10", "time 10", true},
        {"10 time", "10", false},
        {"state:ti", "state:ti 10", true},
        {"state:c", "state:cl", false}, // not by its text: state:close is not within state:closed
        {"port:4", "port:44", false},
        {"-10", "-10.0", false},
        {"10|20", "10|20|30", false},
        {"10", "10|20", false},
        {"10|20", "10|20 x", true},
        {"", "10", true},
        {"10", "", false},
    };
    for (size_t i = 0; i < TW_COUNT(cases); i++) {
        static struct query before, after;
        char fault[120];
        assert_true(query_parse(cases[i].before, &before, fault, sizeof fault));
        assert_true(query_parse(cases[i].after, &after, fault, sizeof fault));
        if (query_narrows(&after, &before) != cases[i].narrows)
            fail_msg("'%s' after '%s'", cases[i].after, cases[i].before);
        // And where it says so, nothing new matches.
        char ours[16], theirs[16];
        matching(cases[i].after, ours);
        matching(cases[i].before, theirs);
        for (const char *c = ours; cases[i].narrows && *c != '\0'; c++)
            assert_non_null(strchr(theirs, *c));
    }
}

// Whatever is typed is read or refused, and never more than it is.
static void any_text_is_read(void **state) {
    (void)state;
    static const char letters[] = "ab1.:/|-[]sptwor_0f \x80\xff";
    noise = 5;
    for (int i = 0; i < 5000; i++) {
        static struct query query;
        char text[40], fault[120] = "", numbers[16];
        size_t length = (noise >> 20) % (sizeof text - 1);
        for (size_t k = 0; k < length; k++) {
            noise_next();
            text[k] = letters[(noise >> 16) % (sizeof letters - 1)];
        }
        noise_next();
        text[length] = '\0';
        if (query_parse(text, &query, fault, sizeof fault))
            matching(text, numbers);
        else
            assert_int_not_equal(fault[0], '\0');
    }
}

int main(void) {
#define on_scene(test) cmocka_unit_test_setup_teardown(test, open_scene, close_scene)
    const struct CMUnitTest tests[] = {
        on_scene(what_matches),    on_scene(what_is_wrong),    on_scene(numbers_are_of_addresses),
        on_scene(when_it_narrows), on_scene(any_text_is_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
