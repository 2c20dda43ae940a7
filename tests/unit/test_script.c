// SPDX-License-Identifier: MIT
// Proves that every statement of the scenario language is read as docs/lab.md says, that what
// cannot be is told with its line and column, and that each of the document's examples is good.
#include "lab/script.h"
#include "tcpwalk/errnos.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

static struct tw_script *parse(const char *text) {
    struct tw_script *script;
    struct tw_error error = {0};
    if (tw_script_parse("x.lab", text, strlen(text), &script, &error) != TW_OK) {
        fail_msg("%s", error.text);
    }
    return script;
}

#define SOCKETS                                                                                    \
    "client: c = socket()\n"                                                                       \
    "server: l = socket()\n"                                                                       \
    "server: t = accept(l)\n"

// The statement behind SOCKETS; the script is kept until the next one.
static const struct script_statement *one(const char *text) {
    static struct tw_script *kept;
    char whole[2048];
    tw_script_free(kept);
    kept = NULL;
    if (text == NULL) {
        return NULL;
    }
    snprintf(whole, sizeof whole, SOCKETS "%s", text);
    kept = parse(whole);
    assert_true(kept->count >= 4);
    return &kept->statements[kept->count - 1];
}

static void refuse_octets(const char *text, size_t length, const char *message) {
    struct tw_script *script;
    struct tw_error error = {0};
    assert_int_equal(tw_script_parse("x.lab", text, length, &script, &error), TW_USAGE);
    assert_null(script);
    assert_string_equal(error.text, message);
}

static void refuse(const char *text, const char *message) {
    refuse_octets(text, strlen(text), message);
}

// The fourth line is wrong: message from its column on.
static void refuse_one(const char *text, const char *message) {
    char whole[2048], told[512];
    snprintf(whole, sizeof whole, SOCKETS "%s", text);
    snprintf(told, sizeof told, "x.lab:4:%s", message);
    refuse(whole, told);
}

// --- What is read

static void heads(void **state) {
    (void)state;
    struct tw_script *script = parse("\xef\xbb\xbf# a comment\r\n"
                                     "title \"Say \\\"#1\\\" \xc3\xa4\"  # not this\r\n"
                                     "\n"
                                     "\tteaches \"why four\"\n"
                                     "ip 6");
    assert_string_equal(tw_script_title(script), "Say \"#1\" \xc3\xa4");
    assert_string_equal(tw_script_teaches(script), "why four");
    assert_int_equal(tw_script_taps(script), 1);
    assert_int_equal(script->count, 3);
    const struct script_statement *s = script->statements;
    assert_string_equal(s[0].text, "title \"Say \\\"#1\\\" \xc3\xa4\"");
    assert_int_equal(s[0].line, 2);
    assert_int_equal(s[1].line, 4);
    assert_int_equal(s[1].column, 2);
    assert_string_equal(s[2].text, "ip 6");
    assert_int_equal(s[2].version, 6);
    tw_script_free(script);

    script = parse("");
    assert_string_equal(tw_script_title(script), "");
    assert_string_equal(tw_script_teaches(script), "");
    assert_int_equal(script->count, 0);
    tw_script_free(script);
    tw_script_free(NULL);
}

static void settings(void **state) {
    (void)state;
    const struct script_statement *s = one("sysctl server net.ipv4.tcp_syncookies 0 # off");
    assert_int_equal(s->kind, SCRIPT_SYSCTL);
    assert_int_equal(s->end, TW_SERVER);
    assert_string_equal(s->sysctl.name, "net.ipv4.tcp_syncookies");
    assert_string_equal(s->sysctl.value, "0");
    s = one("sysctl net/ipv4/tcp_rmem  4096\t 131072   6291456");
    assert_int_equal(s->end, SCRIPT_BOTH);
    assert_string_equal(s->sysctl.value, "4096 131072 6291456");

    static const struct {
        const char *text;
        tw_time time;
    } times[] = {{"300us", 300000},
                 {"10ms", 10 * TW_MILLISECOND},
                 {"0ms", 0},
                 {"1.5s", 1500 * TW_MILLISECOND},
                 {"0.25m", 15 * TW_SECOND},
                 {"2m", 120 * TW_SECOND},
                 {"1440m", 86400 * TW_SECOND}};
    for (size_t i = 0; i < TW_COUNT(times); i++) {
        char text[64];
        snprintf(text, sizeof text, "wait %s", times[i].text);
        assert_int_equal(one(text)->time, times[i].time);
        assert_int_equal(one(text)->kind, SCRIPT_WAIT);
    }
    s = one("delay 10ms");
    assert_true(s->kind == SCRIPT_DELAY && s->end == SCRIPT_BOTH);
    assert_int_equal(one("delay client 10ms")->end, TW_CLIENT);

    s = one("tap middle");
    assert_true(s->kind == SCRIPT_TAP && s->tap.count == 1 && s->tap.places[0] == 0.5);
    s = one("tap client 0.25");
    assert_true(s->tap.count == 2 && s->tap.places[0] == 0 && s->tap.places[1] == 0.25);
    s = one("tap off");
    assert_true(s->tap.count == 0 && !s->tap.on);
    s = one("tap on");
    assert_true(s->tap.count == 0 && s->tap.on);
    struct tw_script *script = parse("tap client server\ntap off\ntap on\n");
    assert_int_equal(tw_script_taps(script), 2);
    tw_script_free(script);
}

static const struct tw_lab_request *request(const char *text) {
    const struct script_statement *s = one(text);
    assert_int_equal(s->kind, SCRIPT_CALL);
    return &s->call.request;
}

static void calls(void **state) {
    (void)state;
    const struct tw_lab_request *r = request("client: d = socket()");
    assert_int_equal(r->call, TW_CALL_SOCKET);
    assert_string_equal(r->process, "client");
    assert_string_equal(r->name, "d");
    assert_null(r->socket);
    assert_int_equal(one("server:u=accept( l )")->end, TW_SERVER);
    r = request("server:u=accept( l )");
    assert_string_equal(r->name, "u");
    assert_string_equal(r->socket, "l");

    r = request("server: setsockopt(l, TCP_NODELAY, 1)");
    assert_int_equal(r->sockopt->option, TCP_NODELAY);
    assert_int_equal(r->values[0], 1);
    r = request("client: setsockopt(c, SO_LINGER, 1, -5)");
    assert_int_equal(r->sockopt->values, 2);
    assert_int_equal(r->values[1], -5);

    r = request("server: bind(l, 0)");
    assert_true(r->call == TW_CALL_BIND && r->address.version == 0 && r->port == 0);
    assert_int_equal(request("server: listen(l, 128)")->value, 128);
    static const int hows[] = {SHUT_RD, SHUT_WR, SHUT_RDWR};
    assert_int_equal(request("client: shutdown(c, SHUT_RD)")->value, hows[0]);
    assert_int_equal(request("client: shutdown(c, SHUT_WR)")->value, hows[1]);
    assert_int_equal(request("client: shutdown(c, SHUT_RDWR)")->value, hows[2]);
    assert_int_equal(request("client: close(c)")->call, TW_CALL_CLOSE);
    assert_string_equal(request("client: crash(c)")->socket, "c");
    assert_null(request("client: crash()")->socket);

    r = request("server: fork(child)\nchild: close(t)\nchild: exit()");
    assert_int_equal(r->call, TW_CALL_EXIT);
    assert_string_equal(r->process, "child");
    one("server: fork(child)\nchild: exit()\nserver: fork(child)\nchild: recv(t, 1)");
    one("client: close(c)\nclient: c = socket()\nclient: close(c)\nhistory c CLOSED");
}

static void addresses(void **state) {
    (void)state;
    static const struct tw_address v4 = {{10, 9, 0, 77}}, v6 = {{[0] = 0xfd, [15] = 2}};
    static const struct {
        const char *text;
        uint8_t version;
        const struct tw_address *address;
    } all[] = {
        {"client: connect(c, 80)", 0, NULL},          {"client: connect(c, 10.9.0.77, 80)", 4, &v4},
        {"client: connect(c, 10.9.0.77:80)", 4, &v4}, {"client: connect(c, [fd00::2], 80)", 6, &v6},
        {"client: connect(c, fd00::2, 80)", 6, &v6},  {"client: connect(c, [fd00::2]:80)", 6, &v6}};
    for (size_t i = 0; i < TW_COUNT(all); i++) {
        const struct tw_lab_request *r = request(all[i].text);
        assert_int_equal(r->port, 80);
        assert_int_equal(r->address.version, all[i].version);
        if (all[i].address != NULL) {
            assert_memory_equal(&r->address.remote, all[i].address, sizeof v4);
        }
    }
}

static void data(void **state) {
    (void)state;
    const struct tw_lab_request *r =
        request("client: send(c, \"hi # \\r\\n\\t\\\\\\\"\\x00\\xfF\\0\")");
    static const char octets[] = "hi # \r\n\t\\\"\0\xff\0";
    assert_int_equal(r->length, sizeof octets - 1);
    assert_memory_equal(r->octets, octets, sizeof octets - 1);
    r = request("client: send(c, 4000, 0)");
    assert_null(r->octets);
    assert_int_equal(r->length, 4000);
    assert_int_equal(r->flags, 0);
    assert_int_equal(request("client: send(c, 10, MSG_MORE|MSG_OOB)")->flags, MSG_MORE | MSG_OOB);
    r = request("client: send(c, \"\", MSG_FASTOPEN, 9734)");
    assert_true(r->octets != NULL && r->length == 0 && r->port == 9734 && r->address.version == 0);
    r = request("client: send(c, \"x\", MSG_FASTOPEN, [fd00::2]:9734)");
    assert_true(r->flags == MSG_FASTOPEN && r->port == 9734 && r->address.version == 6);
    r = request("server: recv(t, 100, MSG_PEEK)");
    assert_true(r->length == 100 && r->flags == MSG_PEEK);
}

static void results(void **state) {
    (void)state;
    const struct script_statement *s = one("client: connect(c, 80)");
    assert_true(s->call.expect == RESULT_ANY && !s->call.begin && s->within == 0);
    s = one("client: connect(c, 80) ...");
    assert_true(s->call.begin);
    s = one("client: connect(c, 80) = 0 within 2s");
    assert_true(s->call.expect == RESULT_VALUE && s->call.value == 0 && s->within == 2 * TW_SECOND);
    s = one("client: connect(c, 80) = -1 ECONNREFUSED");
    assert_true(s->call.expect == RESULT_ERROR && s->call.error == ECONNREFUSED);
    s = one("server: recv(t, 100) = \"a\\0b\"");
    assert_true(s->call.expect == RESULT_TEXT && s->call.length == 3);
    assert_memory_equal(s->call.octets, "a\0b", 3);
    assert_int_equal(one("server: recv(t, 100) = 5")->call.value, 5);
    s = one("client: connect(c, 80) ...\nawait c = -1 ETIMEDOUT within 200s");
    assert_int_equal(s->kind, SCRIPT_AWAIT);
    assert_string_equal(s->call.socket, "c");
    assert_true(s->call.error == ETIMEDOUT && s->within == 200 * TW_SECOND);
    assert_int_equal(one("server: u = accept(l) ...\nawait l")->call.expect, RESULT_ANY);
    one("server: recv(t, 9) ...\nawait t = \"x\"");
}

static void segments(void **state) {
    (void)state;
    static const struct {
        const char *text;
        enum script_kind kind;
        unsigned end;
        enum tw_kind segments;
        bool every;
    } all[] = {
        {"hold", SCRIPT_HOLD, SCRIPT_BOTH, TW_KIND_ANY, false},
        {"hold client", SCRIPT_HOLD, TW_CLIENT, TW_KIND_ANY, false},
        {"hold server FIN", SCRIPT_HOLD, TW_SERVER, TW_KIND_FIN, false},
        {"release RST", SCRIPT_RELEASE, SCRIPT_BOTH, TW_KIND_RST, false},
        {"deliver server data", SCRIPT_DELIVER, TW_SERVER, TW_KIND_DATA, false},
        {"drop client ACK", SCRIPT_DROP, TW_CLIENT, TW_KIND_ACK, false},
        {"drop every client SYN,ACK", SCRIPT_DROP, TW_CLIENT, TW_KIND_SYN_ACK, true},
        {"duplicate every server syn-ack", SCRIPT_DUPLICATE, TW_SERVER, TW_KIND_SYN_ACK, true},
        {"duplicate client SYN", SCRIPT_DUPLICATE, TW_CLIENT, TW_KIND_SYN, false},
        {"swap client any", SCRIPT_SWAP, TW_CLIENT, TW_KIND_ANY, false},
    };
    for (size_t i = 0; i < TW_COUNT(all); i++) {
        const struct script_statement *s = one(all[i].text);
        assert_int_equal(s->kind, all[i].kind);
        assert_int_equal(s->end, all[i].end);
        assert_int_equal(s->segments, all[i].segments);
        assert_int_equal(s->every, all[i].every);
    }
    assert_int_equal(one("deliver client within 1s")->within, TW_SECOND);
}

static void injections(void **state) {
    (void)state;
    const struct script_statement *s =
        one("inject client t RST seq next+10 ack next length 0 window 100");
    const struct tw_lab_injection *i = &s->inject.injection;
    assert_int_equal(s->kind, SCRIPT_INJECT);
    assert_string_equal(s->inject.subject.socket, "t");
    assert_int_equal(s->inject.subject.end, TW_SERVER);
    assert_true(i->from == TW_CLIENT && i->flags == TW_RST && i->length == 0);
    assert_true(i->seq.given && i->seq.next && i->seq.value == 10);
    assert_true(i->ack.given && i->ack.next && i->ack.value == 0);
    assert_true(i->window.given && !i->window.next && i->window.value == 100);

    i = &one("inject server c SYN,ACK length 7 seq -1")->inject.injection;
    assert_true(i->from == TW_SERVER && i->flags == (TW_SYN | TW_ACK) && i->length == 7);
    assert_true(i->seq.given && !i->seq.next && i->seq.value == -1 && !i->ack.given);
    i = &one("inject server c FIN-ACK seq next-3")->inject.injection;
    assert_true(i->flags == (TW_FIN | TW_ACK) && i->seq.next && i->seq.value == -3);
    assert_int_equal(one("inject server c none")->inject.injection.flags, 0);

    static const struct tw_address stranger = {{10, 9, 0, 50}}, server = {{10, 9, 0, 2}},
                                   server6 = {{[0] = 0xfd, [15] = 2}},
                                   client6 = {{[0] = 0xfd, [15] = 1}};
    s = one("inject client from 10.9.0.50:4001 to 9734 SYN seq 1000");
    i = &s->inject.injection;
    assert_null(s->inject.subject.socket);
    assert_true(i->tuple.version == 4 && i->tuple.local_port == 4001);
    assert_int_equal(i->tuple.remote_port, 9734);
    assert_memory_equal(&i->tuple.local, &stranger, sizeof stranger);
    assert_memory_equal(&i->tuple.remote, &server, sizeof server);
    assert_true(i->seq.given && i->seq.value == 1000);
    i = &one("inject server from 80 to [fd00::1]:4001 ACK")->inject.injection;
    assert_int_equal(i->tuple.version, 6);
    assert_memory_equal(&i->tuple.local, &server6, sizeof server6);
    assert_memory_equal(&i->tuple.remote, &client6, sizeof client6);
    i = &one("ip 6\ninject server from 80 to 4001 ACK")->inject.injection;
    assert_int_equal(i->tuple.version, 6);
}

static void waits(void **state) {
    (void)state;
    const struct script_statement *s = one("until client ESTABLISHED");
    assert_true(s->kind == SCRIPT_UNTIL && s->until.subject.socket == NULL);
    assert_true(s->until.subject.end == TW_CLIENT && s->until.count == 1);
    assert_int_equal(s->until.state, TW_ESTABLISHED);
    s = one("until t close_wait within 2s");
    assert_string_equal(s->until.subject.socket, "t");
    assert_int_equal(s->until.subject.end, TW_SERVER);
    assert_true(s->until.state == TW_CLOSE_WAIT && s->within == 2 * TW_SECOND);
    s = one("until 3 server SYN-RECEIVED");
    assert_true(s->until.count == 3 && s->until.state == TW_SYN_RECEIVED);
    assert_true(one("until client quiet")->until.quiet);

    s = one("history client SYN-SENT ESTABLISHED FIN-WAIT-1 FIN-WAIT-2 TIME-WAIT");
    assert_true(s->kind == SCRIPT_HISTORY && s->history.count == 5);
    assert_int_equal(s->history.states[4], TW_TIME_WAIT);
    s = one("history t LISTEN");
    assert_string_equal(s->history.subject.socket, "t");
    assert_int_equal(s->history.states[0], TW_LISTEN);
}

// --- What is refused

static void mistyped(void **state) {
    (void)state;
    refuse_one("client: shutdwon(c, SHUT_WR)",
               "9: unknown call 'shutdwon': did you mean shutdown?");
    refuse_one("until client ESTABLISHD",
               "14: unknown state 'ESTABLISHD': did you mean ESTABLISHED?");
    refuse_one("client: setsockopt(c, SO_REUSEADR, 1)",
               "23: unknown socket option 'SO_REUSEADR': did you mean SO_REUSEADDR?");
    refuse_one("client: connect(c, 80) = -1 ECONREFUSED",
               "29: unknown errno 'ECONREFUSED': did you mean ECONNREFUSED?");
    refuse_one("client: send(c, 5, MSG_PEEK)",
               "20: unknown flag 'MSG_PEEK': there are 0, MSG_MORE, MSG_OOB, MSG_FASTOPEN");
    refuse_one("client: shutdown(c, WR)",
               "21: unknown way to shut down 'WR': there are SHUT_RD, SHUT_WR, SHUT_RDWR");
    refuse_one("hold client SIN", "13: unknown kind of segment 'SIN': did you mean SYN?");
    refuse_one("hodl client", "1: unknown statement 'hodl': did you mean hold?");
    refuse_one("drop clinet SYN", "6: unknown end 'clinet': did you mean client?");
    refuse_one("clent: close(c)", "1: no process 'clent' here: there are client, server");
    refuse_one("inject client c SYM", "17: unknown flag 'SYM': did you mean SYN?");
    refuse_one("xyzzy",
               "1: unknown statement 'xyzzy': there are title, teaches, ip, sysctl, delay, "
               "tap, await, hold, release, deliver, drop, duplicate, swap, inject, until, "
               "wait, history");
}

static void missing(void **state) {
    (void)state;
    refuse_one("client: connect(c)",
               "18: expected ',' as in connect(SOCKET, [ADDRESS,] PORT), found ')'");
    refuse_one("client: connect(c, )", "20: expected an address, or a port, found ')'");
    refuse_one("client: connect(c, 10.9.0.300, 80)",
               "20: expected an address, or a port, found '10.9.0.300'");
    refuse_one("client: connect(c, 10.9.0.2)",
               "28: expected ', PORT' or ':PORT' behind the address, found ')'");
    refuse_one("client: connect(c, 70000)", "20: expected a port from 1 to 65535, found '70000'");
    refuse_one("client: connect(c, 0)", "20: expected a port from 1 to 65535, found '0'");
    refuse_one("client: close(c",
               "16: expected ')' as in close(SOCKET), found the end of the line");
    refuse_one("client: close()", "15: expected the name of a socket, found ')'");
    refuse_one("client close(c)", "8: expected ':', found 'close'");
    refuse_one("client:", "8: expected a call, found the end of the line");
    refuse_one("client: setsockopt(c, SO_LINGER, 1)",
               "35: SO_LINGER takes two values: on, seconds");
    refuse_one("client: setsockopt(c, TCP_CORK, 1, 2)", "37: TCP_CORK takes one value");
    refuse_one("client: setsockopt(c, TCP_CORK, x)",
               "33: expected a value from -2147483648 to 2147483647, found 'x'");
    refuse_one("client: send(c, \"x\", MSG_FASTOPEN)",
               "34: expected ', [ADDRESS,] PORT' behind MSG_FASTOPEN, found ')'");
    refuse_one("client: send(c, 99999999)",
               "17: expected a number of octets from 0 to 16777216, found '99999999'");
    refuse_one("client: listen(c, -1)", "19: expected a backlog from 0 to 2147483647, found '-1'");
    refuse_one("client: socket()", "9: socket() makes a socket: write NAME = socket()");
    refuse_one("client: d = close(c)", "13: close() makes no socket that could have a name");
    refuse_one("client: connect(c, 80) = -1", "28: expected an errno, found the end of the "
                                              "line");
    refuse_one("client: connect(c, 80) = -2",
               "26: expected a result (-1 and an error's name, or a number) from 0 to 2147483647, "
               "found '-2'");
    refuse_one("client: connect(c, 80) = \"x\"", "26: recv() alone gives a text");
    refuse_one("server: u = accept(l) = 0",
               "25: of a call that makes something, only -1 and an error's name can be expected");
    refuse_one("wait", "5: expected a time such as 10ms, 1.5s or 2m, of 24 hours at most, found "
                       "the end of the line");
    refuse_one("wait 10", "6: expected a time such as 10ms, 1.5s or 2m, of 24 hours at most, found "
                          "'10'");
    refuse_one("wait 25000m", "6: expected a time such as 10ms, 1.5s or 2m, of 24 hours at most, "
                              "found '25000m'");
    refuse_one("ip 5", "4: expected 4 or 6, found '5'");
    refuse_one("tap 1.5",
               "5: expected a place: client, middle, server, or from 0 to 1, found '1.5'");
    refuse_one("sysctl server kernel.hostname x",
               "15: expected a setting below net, such as net.ipv4.tcp_fin_timeout, found "
               "'kernel.hostname'");
    refuse_one("sysctl server net/../kernel/panic 1",
               "15: expected a setting below net, such as net.ipv4.tcp_fin_timeout, found "
               "'net/../kernel/panic'");
    refuse_one("sysctl server net.ipv4.tcp_sack",
               "32: expected a value, found the end of the line");
    refuse_one("inject client SYN", "15: no socket 'SYN' here: made so far are c, l, t");
    refuse_one("inject client c", "16: expected a flag, found the end of the line");
    refuse_one("inject client c ACK seq", "24: expected a number, next, or next+N or next-N, found "
                                          "the end of the line");
    refuse_one("inject client c ACK seq next+-1",
               "25: expected a number, next, or next+N or next-N, found 'next+-1'");
    refuse_one("inject client c ACK seq 1 seq 2", "27: said twice");
    refuse_one("inject client c ACK window 65536",
               "28: expected a window from 0 to 65535, found '65536'");
    refuse_one("inject client c ACK flags 1",
               "21: expected seq, ack, window or length, found 'flags'");
    refuse_one("inject client from 10.9.0.50 to 80 SYN",
               "30: expected ', PORT' or ':PORT' behind the address, found 'to'");
    refuse_one("inject client from 10.9.0.50:1 to [fd00::2]:2 SYN",
               "35: an IPv4 address can send nothing to an IPv6 one");
    refuse_one("history client", "15: expected a state, found the end of the line");
    refuse_one("history client CLOSED CLOSED CLOSED CLOSED CLOSED CLOSED CLOSED CLOSED CLOSED "
               "CLOSED CLOSED CLOSED CLOSED CLOSED CLOSED CLOSED LISTEN",
               "128: more than 16 states");
    refuse_one("until 0 client LISTEN",
               "7: expected a number of sockets from 1 to 4096, found '0'");
    refuse_one("until 2 c LISTEN", "7: 'c' is one socket: count those of client or server");
    refuse_one("until 2 client quiet", "7: an end is quiet, or not: nothing to count");
}

static void misplaced(void **state) {
    (void)state;
    refuse("ip 4\ntitle \"x\"", "x.lab:2:1: title stands before all other statements");
    refuse("title \"x\"\ntitle \"y\"", "x.lab:2:1: a script has one title");
    refuse_one("hold client FIN now", "17: expected the end of the statement, found 'now'");
    refuse_one("client: close(c) \xc3\xa4 x", "18: expected the end of the statement, found "
                                              "'\xc3\xa4'");
    refuse_one("history client LISTEN within 2s", "23: a time limit, where nothing is waited for");
    refuse_one("server: bind(l, 80) within 2s", "21: a time limit, where nothing is waited for");
    refuse_one("client: connect(c, 80) ... within 2s",
               "28: a time limit, where nothing is waited for");
    refuse_one("until client LISTEN within 0s", "28: a time limit is longer than nothing");
    refuse_one("server: bind(l, 80) ...",
               "21: bind() returns at once: '...' is for a call that waits");
    refuse_one("await c", "7: no call on 'c' is to be awaited: none was begun with '...'");
}

static void names(void **state) {
    (void)state;
    refuse("server: close(l)", "x.lab:1:15: no socket 'l' here: none was made so far");
    refuse_one("client: send(d, 1)", "14: no socket 'd' here: made so far are c, l, t");
    refuse_one("server: send(c, 1)",
               "14: 'c' is a socket at the client's end (line 1): server cannot use it");
    refuse_one("server: c = socket()", "9: 'c' is the name of a socket at the other end (line 1)");
    refuse("client: c = socket()\nclient: close(c)\nclient: send(c, 1)",
           "x.lab:3:14: client has no socket 'c' any more: closed in line 2");
    refuse("server: fork(p)\nserver: s = socket()\np: close(s)",
           "x.lab:3:10: p has no socket 's': another process made it in line 2");
    refuse("server: fork(p)\np: exit()\np: exit()",
           "x.lab:3:1: no process 'p' here: there are client, server");
    refuse("server: s = socket()\nserver: crash()\nserver: listen(s, 1)",
           "x.lab:3:16: server has no socket 's' any more: closed in line 2");
    refuse("server: fork(p)\nclient: fork(p)", "x.lab:2:14: there is a process 'p' already");
    refuse("server: fork(server)",
           "x.lab:1:14: 'server' is a word of the language: take another name");
    refuse("client: drop = socket()",
           "x.lab:1:9: 'drop' is a word of the language: take another name");
    refuse("client: 9c = socket()", "x.lab:1:9: '9c': a name begins with a letter");
    refuse("client: n2345678901234567890123456789012 = socket()",
           "x.lab:1:9: 'n2345678901234567890123456789012...': a name has 31 characters at most");
    // A call that fails makes nothing.
    refuse("client: c = socket() = -1 EMFILE\nclient: close(c)",
           "x.lab:2:15: no socket 'c' here: none was made so far");
}

static void octets(void **state) {
    (void)state;
    // Columns count characters.
    refuse("title \"\xc3\xa4\xc3\xb6\" x",
           "x.lab:1:12: expected the end of the statement, found 'x'");
    refuse("title \"a\nb\"", "x.lab:1:7: the text has no closing quote");
    refuse("title \"a\\n\"", "x.lab:1:9: unknown escape: here are \\\\ and \\\" alone");
    refuse_one("client: send(c, \"a\\x4g\")",
               "19: unknown escape: there are \\n \\r \\t \\0 \\\\ \\\" and \\xHH, two hexadecimal "
               "digits");
    refuse("# bell \a", "x.lab:1:8: control character U+0007");
    refuse("# \xc2\x9b", "x.lab:1:3: control character U+009B");
    refuse("# \xe2\x80\xae", "x.lab:1:3: control character U+202E");
    refuse("a\rb", "x.lab:1:2: control character U+000D");
    refuse_octets("ip 4\0", 5, "x.lab:1:5: control character U+0000");
    refuse("\n# \xc3", "x.lab:2:3: octet 0xc3 is no UTF-8");
    refuse("# \xed\xa0\x80", "x.lab:1:3: octet 0xed is no UTF-8");
    refuse("# \xc0\xaf", "x.lab:1:3: octet 0xc0 is no UTF-8");
    refuse("# \xf4\x90\x80\x80", "x.lab:1:3: octet 0xf4 is no UTF-8");
}

static void limits(void **state) {
    (void)state;
    enum { LARGE = (1 << 20) + 1, LINE = 1000, STATEMENTS = 100000, MOST_SOCKETS = 4096 };
    char *text = malloc(LARGE);
    assert_non_null(text);
    memset(text, '#', LARGE);
    refuse_octets(text, LARGE, "x.lab:1:1: the script has 1048577 octets, more than 1048576");
    refuse_octets(text, LINE + 1, "x.lab:1:1001: the line is longer than 1000 octets");
    struct tw_script *script;
    assert_int_equal(tw_script_parse("x", text, LINE, &script, NULL), TW_OK);
    tw_script_free(script);

    for (size_t i = 0; i <= STATEMENTS; i++) {
        memcpy(text + 5 * i, "ip 4\n", 5);
    }
    assert_int_equal(tw_script_parse("x", text, (size_t)5 * STATEMENTS, &script, NULL), TW_OK);
    assert_int_equal(script->count, STATEMENTS);
    tw_script_free(script);
    refuse_octets(text, (size_t)5 * STATEMENTS + 5, "x.lab:100001:1: more than 100000 statements");

    size_t length = 0;
    for (unsigned i = 0; i <= MOST_SOCKETS; i++) {
        length += (size_t)snprintf(text + length, 32, "client:s%u=socket()\n", i);
    }
    refuse_octets(text, length, "x.lab:4097:8: more than 4096 sockets");
    length = 0;
    for (unsigned i = 0; i < TW_LAB_PROCESSES; i++) {
        length += (size_t)snprintf(text + length, 32, "client:fork(p%u)\n", i);
    }
    refuse_octets(text, length, "x.lab:255:13: more than 256 processes");
    free(text);
}

static void errors_and_options(void **state) {
    (void)state;
    int error;
    for (size_t i = 0; tw_errno_at(i) != NULL; i++) {
        assert_true(tw_errno_parse(tw_errno_at(i), &error));
        assert_string_equal(tw_errno_name(error), tw_errno_at(i));
        assert_true(i == 0 || strcmp(tw_errno_at(i - 1), tw_errno_at(i)) < 0);
    }
    assert_string_equal(tw_errno_name(EADDRINUSE), "EADDRINUSE");
    assert_null(tw_errno_name(0));
    assert_null(tw_errno_name(4095));
    assert_false(tw_errno_parse("EVERYTHING", &error));
    assert_int_equal(tw_lab_sockopt_count(), 22);
    assert_null(tw_lab_sockopt_at(22));
    for (size_t i = 0; i < tw_lab_sockopt_count(); i++) {
        const struct tw_lab_sockopt *option = tw_lab_sockopt_at(i);
        assert_int_equal(option->values, strcmp(option->name, "SO_LINGER") == 0 ? 2 : 1);
    }
}

// --- The document

// The document, from where this file lies.
static char *document(void) {
    static const char here[] = "tests/unit/test_script.c";
    enum { ROOM = 1 << 16 };
    char path[4096];
    int root = (int)(sizeof __FILE__ - sizeof here);
    snprintf(path, sizeof path, "%.*sdocs/lab.md", root, __FILE__);
    FILE *file = fopen(path, "r");
    char *text = calloc(1, ROOM);
    assert_non_null(file);
    assert_non_null(text);
    assert_in_range(fread(text, 1, ROOM - 1, file), 1, ROOM - 2);
    fclose(file);
    return text;
}

static void examples(void **state) {
    (void)state;
    static const char fence[] = "```", opening[] = "```lab\n";
    char *text = document(), *at = text;
    unsigned count = 0;
    while ((at = strstr(at, opening)) != NULL) {
        at += sizeof opening - 1;
        char *end = strstr(at, fence);
        assert_non_null(end);
        *end = '\0';
        tw_script_free(parse(at));
        at = end + 1;
        count++;
    }
    assert_true(count >= 4);
    free(text);
}

static void all_is_told(void **state) {
    (void)state;
    char *text = document();
    for (size_t i = 0; i < tw_lab_sockopt_count(); i++) {
        assert_non_null(strstr(text, tw_lab_sockopt_at(i)->name));
    }
    for (unsigned i = 0; i < TW_KIND_COUNT; i++) {
        assert_non_null(strstr(text, tw_kind_name((enum tw_kind)i)));
    }
    for (unsigned i = 0; i < TW_CALL_COUNT; i++) {
        char form[TW_LAB_NAME];
        snprintf(form, sizeof form, "%s(", tw_call_name((enum tw_call)i));
        assert_non_null(strstr(text, form));
    }
    free(text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(heads),    cmocka_unit_test(settings),
        cmocka_unit_test(calls),    cmocka_unit_test(addresses),
        cmocka_unit_test(data),     cmocka_unit_test(results),
        cmocka_unit_test(segments), cmocka_unit_test(injections),
        cmocka_unit_test(waits),    cmocka_unit_test(mistyped),
        cmocka_unit_test(missing),  cmocka_unit_test(misplaced),
        cmocka_unit_test(names),    cmocka_unit_test(octets),
        cmocka_unit_test(limits),   cmocka_unit_test(errors_and_options),
        cmocka_unit_test(examples), cmocka_unit_test(all_is_told),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    (void)one(NULL);
    return failed;
}
