// SPDX-License-Identifier: MIT
// Proves every cell of the state table against a second one, written down here from RFC 9293, and
// that states, events and profiles go by their names.
#include "tcpwalk/state.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { STATES = 11, EVENTS = 18 };
_Static_assert((int)TW_STATE_COUNT == STATES && (int)TW_EVENT_COUNT == EVENTS,
               "the table below has them all");

// Column by column the eleven states. A name: the end goes there. "stay": lawful, moves nobody.
// "-": cannot be, or is a fault of somebody: odd.
static const char columns[STATES][4] = {"CLD", "LIS", "SST", "SRC", "EST", "FW1",
                                        "FW2", "CLW", "CLG", "LAK", "TMW"};
static const enum tw_state column_state[STATES] = {
    TW_CLOSED,     TW_LISTEN,     TW_SYN_SENT, TW_SYN_RECEIVED, TW_ESTABLISHED, TW_FIN_WAIT_1,
    TW_FIN_WAIT_2, TW_CLOSE_WAIT, TW_CLOSING,  TW_LAST_ACK,     TW_TIME_WAIT};

static const struct {
    enum tw_event event;
    const char *cells;
} expected[EVENTS] = {
    // clang-format off
    //                        CLD  LIS  SST  SRC  EST  FW1  FW2  CLW  CLG  LAK  TMW
    {TW_EV_JOIN,            " EST  -    -    -    -    -    -    -    -    -    -   "},
    {TW_EV_PASSIVE_OPEN,    " LIS  -    -    -    -    -    -    -    -    -    -   "}, // 3.10.1
    // 3.10.1, also from LISTEN; 3.8.1: sent again while unanswered.
    {TW_EV_SEND_SYN,        " SST  SST  stay stay -    -    -    -    -    -    -   "},
    // 3.10.7.3; again where the handshake's ACK, or our first data, was lost (3.8.1).
    {TW_EV_SEND_SYN_ACK,    " -    -    SRC  stay stay stay -    -    -    -    -   "},
    // 3.10.4 CLOSE; 3.8.1: again until it is acknowledged, and an acknowledgement may be late.
    {TW_EV_SEND_FIN,        " -    -    -    FW1  FW1  stay stay LAK  stay stay stay"},
    // 3.10.5 ABORT, 3.5.2.
    {TW_EV_SEND_RST,        " stay -    CLD  CLD  CLD  CLD  CLD  CLD  CLD  CLD  CLD "},
    // 3.5.2: groups 1 and 2 only, "in all cases the connection remains in the same state".
    {TW_EV_SEND_RST_ANSWER, " stay stay stay stay -    -    -    -    -    -    -   "},
    // 3.10.7.1 RST, 3.10.7.2, 3.10.7.3, 3.10.7.4 fourth; synchronized: RFC 5961 4.2; TIME-WAIT: older.
    {TW_EV_RCV_SYN,         " stay SRC  SRC  stay stay stay stay stay stay stay stay"},
    // 3.10.7.3 fourth; in SYN-RECEIVED its ACK counts (3.10.7.4 fifth, figure 7).
    {TW_EV_RCV_SYN_ACK,     " stay stay EST  EST  stay stay stay stay stay stay stay"},
    {TW_EV_RCV_ACK_OF_SYN,  " stay -    -    EST  -    stay -    -    -    -    -   "}, // fifth
    {TW_EV_RCV_ACK_OF_FIN,  " stay -    -    -    -    FW2  stay -    TMW  CLD  stay"}, // fifth
    // Eighth; "do not process the FIN if the state is CLOSED, LISTEN, or SYN-SENT".
    {TW_EV_RCV_FIN,         " stay stay stay CLW  CLW  CLG  TMW  stay stay stay stay"},
    {TW_EV_RCV_RST,         " stay stay CLD  CLD  CLD  CLD  CLD  CLD  CLD  CLD  CLD "}, // second
    {TW_EV_RCV_RST_REFUSED, " stay stay stay stay stay stay stay stay stay stay stay"}, // RFC 5961 3.2
    {TW_EV_RCV_SYN_REOPEN,  " -    -    -    -    -    -    -    -    -    -    CLD "}, // RFC 6191
    {TW_EV_GIVE_UP,         " -    CLD  CLD  CLD  CLD  CLD  CLD  CLD  CLD  CLD  CLD "}, // 3.8.3
    {TW_EV_TIMEOUT_2MSL,    " -    -    -    -    -    -    -    -    -    -    CLD "}, // 3.10.8
    // 3.9.2.2: soft errors must not abort an open connection (MUST-56).
    {TW_EV_UNREACHABLE,     " stay -    CLD  stay stay stay stay stay stay stay stay"},
    // clang-format on
};

static void every_cell_says_what_the_rfc_says(void **state) {
    (void)state;
    for (size_t i = 0; i < EVENTS; i++) {
        const char *word = expected[i].cells;
        for (size_t column = 0; column < STATES; column++) {
            enum tw_state from = column_state[column];
            word += strspn(word, " ");
            size_t length = strcspn(word, " ");
            const struct tw_cell *cell = tw_state_cell(from, expected[i].event);
            assert_non_null(cell);
            const char *found = cell->kind == TW_ODD ? "-" : cell->kind == TW_STAY ? "stay" : NULL;
            for (size_t next = 0; found == NULL && next < STATES; next++)
                if (column_state[next] == cell->next)
                    found = columns[next];
            if (found == NULL || strlen(found) != length || memcmp(found, word, length) != 0)
                fail_msg("%s in %s: the table says %s, RFC 9293 %.*s",
                         tw_event_name(expected[i].event), tw_state_name(from),
                         found != NULL ? found : "no state at all", (int)length, word);
            word += length;
        }
    }
}

static void every_event_is_expected_once(void **state) {
    (void)state;
    unsigned seen = 0;
    for (size_t i = 0; i < EVENTS; i++)
        seen |= 1U << expected[i].event;
    assert_int_equal(seen, (1U << EVENTS) - 1);
}

// What the screen, the output and docs/states.md read of a cell.
static void every_cell_has_its_sentence(void **state) {
    (void)state;
    for (unsigned from = 0; from < TW_STATE_COUNT; from++)
        for (unsigned event = 0; event < TW_EVENT_COUNT; event++) {
            const struct tw_cell *cell = tw_state_cell((enum tw_state)from, (enum tw_event)event);
            assert_non_null(cell->why);
            assert_non_null(cell->section);
            assert_true(strlen(cell->why) > 5);
            assert_null(strchr(cell->why, '\n'));
            assert_true(cell->why[strlen(cell->why) - 1] != '.');
            bool of_the_rfc = strncmp(cell->section, "3.", 2) == 0;
            assert_true(of_the_rfc || strncmp(cell->section, "RFC ", 4) == 0);
            if (cell->kind != TW_GO) // what moves nobody is no call's return
                assert_null(cell->call);
            else
                assert_true(cell->next != (enum tw_state)from);
        }
}

static void an_odd_cell_is_not_closed(void **state) {
    (void)state;
    const struct tw_cell *cell = tw_state_cell(TW_ESTABLISHED, TW_EV_TIMEOUT_2MSL);
    assert_int_equal(cell->kind, TW_ODD);
    assert_non_null(cell->why);
    // Closing is said, never left out: each way to CLOSED is a cell of its own.
    unsigned ways = 0;
    for (unsigned from = 0; from < TW_STATE_COUNT; from++)
        for (unsigned event = 0; event < TW_EVENT_COUNT; event++) {
            cell = tw_state_cell((enum tw_state)from, (enum tw_event)event);
            ways += cell->kind == TW_GO && cell->next == TW_CLOSED;
        }
    assert_int_equal(ways, 9 + 9 + 1 + 1 + 10 + 1 + 1); // by the rows above
}

static void every_state_can_be_reached_and_left(void **state) {
    (void)state;
    unsigned reached = 1U << TW_CLOSED, leaves = 1U << TW_CLOSED;
    for (unsigned round = 0; round < TW_STATE_COUNT; round++)
        for (unsigned from = 0; from < TW_STATE_COUNT; from++)
            for (unsigned event = 0; event < TW_EVENT_COUNT; event++) {
                const struct tw_cell *cell =
                    tw_state_cell((enum tw_state)from, (enum tw_event)event);
                if (cell->kind != TW_GO)
                    continue;
                if (reached & 1U << from)
                    reached |= 1U << cell->next;
                if (leaves & 1U << cell->next)
                    leaves |= 1U << from;
            }
    assert_int_equal(reached, (1U << TW_STATE_COUNT) - 1);
    assert_int_equal(leaves, (1U << TW_STATE_COUNT) - 1);
}

static void states_go_by_all_their_names(void **unused) {
    (void)unused;
    static const struct {
        const char *text;
        enum tw_state state;
    } names[] = {
        {"CLOSED", TW_CLOSED},
        {"CLOSE", TW_CLOSED}, // Linux
        {"closed", TW_CLOSED},
        {"LISTEN", TW_LISTEN},
        {"Listen", TW_LISTEN},
        {"SYN-SENT", TW_SYN_SENT},
        {"SYN_SENT", TW_SYN_SENT},
        {"syn-sent", TW_SYN_SENT},
        {"SYN-RECEIVED", TW_SYN_RECEIVED},
        {"SYN_RECEIVED", TW_SYN_RECEIVED},
        {"SYN_RECV", TW_SYN_RECEIVED}, // Linux
        {"syn-recv", TW_SYN_RECEIVED}, // ss
        {"SYN_RCVD", TW_SYN_RECEIVED}, // BSD
        {"ESTABLISHED", TW_ESTABLISHED},
        {"FIN-WAIT-1", TW_FIN_WAIT_1},
        {"FIN_WAIT1", TW_FIN_WAIT_1}, // Linux
        {"fin-wait1", TW_FIN_WAIT_1},
        {"FIN_WAIT_1", TW_FIN_WAIT_1}, // BSD
        {"FIN-WAIT-2", TW_FIN_WAIT_2},
        {"fin_wait2", TW_FIN_WAIT_2},
        {"FIN_wait-2", TW_FIN_WAIT_2},
        {"CLOSE-WAIT", TW_CLOSE_WAIT},
        {"CLOSE_WAIT", TW_CLOSE_WAIT},
        {"CLOSING", TW_CLOSING},
        {"LAST-ACK", TW_LAST_ACK},
        {"last_ack", TW_LAST_ACK},
        {"TIME-WAIT", TW_TIME_WAIT},
        {"Time_Wait", TW_TIME_WAIT},
    };
    for (size_t i = 0; i < TW_COUNT(names); i++) {
        enum tw_state state = TW_STATE_COUNT;
        if (!tw_state_parse(names[i].text, &state) || state != names[i].state)
            fail_msg("\"%s\" is not understood as %s", names[i].text,
                     tw_state_name(names[i].state));
    }
    for (unsigned i = 0; i < TW_STATE_COUNT; i++) {
        enum tw_state state;
        assert_true(tw_state_parse(tw_state_name((enum tw_state)i), &state) && state == i);
        assert_true(tw_state_parse(tw_state_linux((enum tw_state)i), &state) && state == i);
        assert_true(tw_state_parse(tw_state_bsd((enum tw_state)i), &state) && state == i);
        assert_true(strlen(tw_state_meaning((enum tw_state)i)) > 10);
    }
}

static void what_is_no_state_is_none(void **unused) {
    (void)unused;
    static const char *const others[] = {
        "",        "SYN",     "FIN-WAIT", "FIN-WAIT-3", "ESTABLISHEDX",
        " CLOSED", "CLOSED ", "CLOSE--",  "TIME  WAIT", "FIN-WAIT-1-",
        "E",       "-",       "0",        "odd"};
    for (size_t i = 0; i < TW_COUNT(others); i++) {
        enum tw_state state = TW_LISTEN;
        if (tw_state_parse(others[i], &state))
            fail_msg("\"%s\" is taken for %s", others[i], tw_state_name(state));
        assert_int_equal(state, TW_LISTEN); // untouched
    }
}

static void events_and_bases_have_names_of_their_own(void **state) {
    (void)state;
    for (unsigned i = 0; i < TW_EVENT_COUNT; i++) {
        const char *name = tw_event_name((enum tw_event)i);
        assert_true(strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(name));
        assert_true(strlen(tw_event_label((enum tw_event)i)) > 0);
        for (unsigned j = 0; j < i; j++)
            assert_string_not_equal(name, tw_event_name((enum tw_event)j));
    }
    assert_string_equal(tw_event_name(TW_EV_SEND_FIN), "send-fin");
    assert_string_equal(tw_basis_name(TW_OBSERVED), "observed");
    assert_string_equal(tw_basis_name(TW_PROVEN), "proven");
    assert_string_equal(tw_basis_name(TW_ASSUMED), "assumed");
    assert_string_equal(tw_basis_name(TW_TIMER), "timer");
}

static void profiles_wait_as_their_stacks_do(void **state) {
    (void)state;
    static const struct {
        const char *name;
        int seconds;
    } profiles[] = {{"linux", 60}, {"rfc", 2 * 120}, {"freebsd", 2 * 30}, {"macos", 2 * 15}};
    for (size_t i = 0; i < TW_COUNT(profiles); i++) {
        const struct tw_profile *profile = tw_profile_find(profiles[i].name);
        assert_non_null(profile);
        assert_true(profile->time_wait == profiles[i].seconds * TW_SECOND);
        assert_int_equal(profile->listener_keeps, strcmp(profile->name, "rfc") == 0);
        assert_non_null(profile->time_wait_source);
    }
    assert_string_equal(tw_profile_at(0)->name, "linux");
    assert_non_null(tw_profile_find("windows"));
    for (size_t i = 0; i < tw_profile_count(); i++)
        assert_ptr_equal(tw_profile_find(tw_profile_at(i)->name), tw_profile_at(i));
    assert_null(tw_profile_find("plan9"));
    assert_null(tw_profile_find(""));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_cell_says_what_the_rfc_says),
        cmocka_unit_test(every_event_is_expected_once),
        cmocka_unit_test(every_cell_has_its_sentence),
        cmocka_unit_test(an_odd_cell_is_not_closed),
        cmocka_unit_test(every_state_can_be_reached_and_left),
        cmocka_unit_test(states_go_by_all_their_names),
        cmocka_unit_test(what_is_no_state_is_none),
        cmocka_unit_test(events_and_bases_have_names_of_their_own),
        cmocka_unit_test(profiles_wait_as_their_stacks_do),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
