// SPDX-License-Identifier: MIT
// Proves that each pair of what a kernel says and what the wire shows has its sentence, and which.

// clang-format off
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include "tcpwalk/kernel.h"

#include <string.h>

// How each sentence begins, or is called in the table below.
static const struct {
    char letter;
    const char *begins;
} sentences[] = {
    {'=', ""},
    {'#', "the kernel has no such socket any more"},
    {'u', "given up: the kernel has no such socket"},
    {'c', "no request socket: SYN cookies"},
    {'o', "orphan given up: the kernel"},
    {'f', "orphan given up: tcp_fin_timeout"},
    {'a', "its FIN is acknowledged or given up"},
    {'l', "let go: the wire's TIME-WAIT"},
    {'s', "its SYN is not yet on the wire"},
    {'q', "its FIN is queued, not yet on the wire"},
    {'t', "still in TIME-WAIT: the profile's clock"},
    {'>', "ahead of the wire"},
    {'<', "it has not moved"},
};

static const char *begins(char letter) {
    for (size_t i = 0; i < TW_COUNT(sentences); i++)
        if (sentences[i].letter == letter)
            return sentences[i].begins;
    fail_msg("no sentence is called %c", letter);
    return "";
}

static void expect(const struct tw_kernel_wire *wire, const struct tw_kernel_socket *socket,
                   bool full, const char *begin) {
    const char *text = tw_kernel_difference(wire, socket, full);
    if (begin[0] == '\0' ? text[0] != '\0' : strncmp(text, begin, strlen(begin)) != 0)
        fail_msg("kernel %s, wire %s: \"%s\"", socket != NULL ? tw_state_name(socket->state) : "-",
                 tw_state_name(wire->state), text);
}

// Rows: the kernel's state, CLOSED where it has no socket. Columns: the wire's, in order of
// enum tw_state: CLOSED LISTEN SYN-SENT SYN-RECEIVED ESTABLISHED FIN-WAIT-1 FIN-WAIT-2 CLOSE-WAIT
// CLOSING LAST-ACK TIME-WAIT.
static const char *const table[] = {
    [TW_CLOSED] = "=#uc#of#oal",      [TW_LISTEN] = "==uc#of#oal",
    [TW_SYN_SENT] = "s>=<<<<<<<<",    [TW_SYN_RECEIVED] = "<>>=<<<<<<<",
    [TW_ESTABLISHED] = "<>>>=<<<<<<", [TW_FIN_WAIT_1] = "<>>qq=<<<<<",
    [TW_FIN_WAIT_2] = "<>>>>>=><<<",  [TW_CLOSE_WAIT] = "<>>>><<=<<<",
    [TW_CLOSING] = "<>>>>><q=<<",     [TW_LAST_ACK] = "<>>>>><q<=<",
    [TW_TIME_WAIT] = "t>>>>>>>>>=",
};
_Static_assert(TW_COUNT(table) == TW_STATE_COUNT, "a row for each state");

static void every_pair(void **state) {
    (void)state;
    for (unsigned kernel = 0; kernel < TW_STATE_COUNT; kernel++) {
        assert_int_equal(strlen(table[kernel]), TW_STATE_COUNT);
        for (unsigned wire = 0; wire < TW_STATE_COUNT; wire++) {
            const struct tw_kernel_wire shown = {.state = (enum tw_state)wire};
            const struct tw_kernel_socket socket = {.state = (enum tw_state)kernel};
            expect(&shown, kernel == TW_CLOSED ? NULL : &socket, false,
                   begins(table[kernel][wire]));
        }
    }
}

static void a_fin_behind_a_closed_window(void **state) {
    (void)state;
    static const enum tw_state pairs[][2] = {{TW_FIN_WAIT_1, TW_ESTABLISHED},
                                             {TW_FIN_WAIT_1, TW_SYN_RECEIVED},
                                             {TW_LAST_ACK, TW_CLOSE_WAIT},
                                             {TW_CLOSING, TW_CLOSE_WAIT}};
    for (size_t i = 0; i < TW_COUNT(pairs); i++) {
        const struct tw_kernel_socket socket = {.state = pairs[i][0]};
        struct tw_kernel_wire wire = {.state = pairs[i][1], .window_closed = true};
        expect(&wire, &socket, false, "its FIN is queued: the peer's window is closed");
        // Though what the wire shows is only assumed.
        wire.assumed = true;
        wire.before = TW_SYN_RECEIVED;
        expect(&wire, &socket, false, "its FIN is queued: the peer's window is closed");
    }
}

static void request_sockets(void **state) {
    (void)state;
    const struct tw_kernel_socket request = {.state = TW_SYN_RECEIVED};
    const struct tw_kernel_wire passive = {.state = TW_SYN_RECEIVED, .passive = true},
                                active = {.state = TW_SYN_RECEIVED},
                                open = {.state = TW_ESTABLISHED,
                                        .assumed = true,
                                        .before = TW_SYN_RECEIVED};
    expect(&passive, &request, false, "request socket: SYN_RECV");
    expect(&active, &request, false, ""); // of a simultaneous open it is a socket of its own
    expect(&passive, &request, true, "request socket: the accept queue is full");
    expect(&open, &request, false, "only assumed: it has not moved");
    expect(&open, &request, true, "request socket: the accept queue is full");
    expect(&passive, NULL, true, "no request socket: the accept queue is full");
    const struct tw_kernel_socket full = {.state = TW_LISTEN, .receive_queue = 2, .send_queue = 1};
    expect(&passive, &full, true, "no request socket: the accept queue is full");
    const struct tw_kernel_wire assumed = {
        .state = TW_SYN_RECEIVED, .assumed = true, .before = TW_LISTEN};
    expect(&assumed, &(struct tw_kernel_socket){.state = TW_LISTEN}, false, "only assumed");
}

static void what_is_only_assumed(void **state) {
    (void)state;
    const struct tw_kernel_socket socket = {.state = TW_FIN_WAIT_1};
    struct tw_kernel_wire wire = {.state = TW_FIN_WAIT_2, .assumed = true, .before = TW_FIN_WAIT_1};
    expect(&wire, &socket, false, "only assumed: it has not moved");
    wire.assumed = false;
    expect(&wire, &socket, false, "it has not moved: what was captured has not landed");
}

static void remarks(void **state) {
    (void)state;
    static const struct {
        struct tw_kernel_socket socket;
        const char *text;
    } all[] = {
        {{.state = TW_CLOSED}, ""},
        {{.state = TW_LISTEN, .receive_queue = 5, .send_queue = 5}, ""},
        {{.state = TW_LISTEN, .receive_queue = 6, .send_queue = 5},
         "the accept queue is full: SYNs and last ACKs are passed over"},
        {{.state = TW_SYN_SENT, .inode = 7}, ""},
        {{.state = TW_SYN_RECEIVED}, ""},
        {{.state = TW_ESTABLISHED, .inode = 7}, ""},
        {{.state = TW_ESTABLISHED, .inode = 7, .receive_queue = 1},
         "data has come that its process has not read"},
        {{.state = TW_ESTABLISHED, .receive_queue = 1},
         "in the accept queue: no process has it yet"},
        {{.state = TW_CLOSE_WAIT, .receive_queue = 1},
         "in the accept queue: no process has it yet"},
        // The peer's FIN counts as an octet (tcp_fin, net/ipv4/tcp_input.c).
        {{.state = TW_CLOSE_WAIT, .inode = 7, .receive_queue = 1},
         "the peer has closed, its process has not"},
        {{.state = TW_CLOSE_WAIT, .inode = 7, .receive_queue = 2},
         "data has come that its process has not read"},
        {{.state = TW_FIN_WAIT_1, .inode = 7}, ""},
        {{.state = TW_FIN_WAIT_1}, "orphan: its process has closed it"},
        {{.state = TW_FIN_WAIT_2, .inode = 7}, ""},
        {{.state = TW_FIN_WAIT_2}, "orphan: a mini socket, without process and queues"},
        {{.state = TW_CLOSING}, "orphan: its process has closed it"},
        {{.state = TW_LAST_ACK}, "orphan: its process has closed it"},
        {{.state = TW_LAST_ACK, .inode = 7}, ""},
        {{.state = TW_TIME_WAIT}, "a mini socket, without process and queues"},
    };
    for (size_t i = 0; i < TW_COUNT(all); i++)
        assert_string_equal(tw_kernel_remark(&all[i].socket), all[i].text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_pair),      cmocka_unit_test(a_fin_behind_a_closed_window),
        cmocka_unit_test(request_sockets), cmocka_unit_test(what_is_only_assumed),
        cmocka_unit_test(remarks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
