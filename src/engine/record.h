// SPDX-License-Identifier: MIT
// The engine's own record of a connection. Half a million of them are held at once, so fields are
// packed by hand: an IPv4 connection with its whole history takes some 350 octets.
#ifndef TW_ENGINE_RECORD_H
#define TW_ENGINE_RECORD_H

#include "tcpwalk/connection.h"

enum { NO_VLAN = 0x1fff, NO_SCALE = 15 }; // NO_SCALE: its SYN did not offer the option
enum { INLINE_STEPS = 6, STEPS_MAX = TW_HISTORY_MAX, FLIGHTS_MAX = 16 };

// One entry of a history in eight octets.
struct packed_step {
    uint64_t packet : 48, state : 4, event : 6, basis : 2;
    uint64_t passed : 1; // came through FIN-WAIT-2 or ESTABLISHED by the same segment
};
_Static_assert(TW_STATE_COUNT <= 16 && TW_EVENT_COUNT <= 64 && TW_BASIS_COUNT <= 4, "bit fields");

// What is known of the landing of an arrival; a send has none.
enum fate {
    IN_FLIGHT, // nothing said yet: assumed to land after all that its receiver has sent
    OVERDUE,   // its receiver sent later as if it had never come: lost, or refused
    ASSUMED,   // placed before a send by the clock alone; a send: inferred, not seen
    PROVEN,    // placed before a send that shows it had landed
    REFUSED,   // it landed where there was no connection: a RST answered it
};

// Something that happened, or may yet happen, at one end: a segment it sent, a segment that is on
// its way to it, or a hint of a send that the tap did not see.
enum flight_kind { SENT, ARRIVAL, UNSEEN };
struct flight {
    tw_time time; // of passing the tap
    uint64_t packet : 48, kind : 2, fate : 3;
    uint64_t fin : 1, syn : 1, rst : 1, has_ack : 1, has_ts : 1, newest_ts : 1, answer : 1;
    uint64_t marks : 1; // of what an end may go on after: `end` is what its peer had sent by then
    uint32_t seq, end, ack, tsval;
};

// One end. The history is `step_count` steps, of which the first `settled` are beyond doubt;
// the rest are the fold of the flights over them: first `placed` of these in an order that is
// known, then those still on their way.
struct endpoint {
    struct flight *flights;
    union {
        struct packed_step steps[INLINE_STEPS];
        struct packed_step *more; // the whole history, once it has outgrown `steps`
    };
    uint64_t bytes;
    uint64_t packets : 48, step_count : 8, settled : 8;
    uint64_t retransmissions : 48, flight_count : 8, flight_room : 8;
    uint64_t resets : 48, placed : 8, told : 8;
    uint32_t iss;    // initial sequence number, or first seen minus one
    uint32_t nxt;    // highest SEG.SEQ + SEG.LEN seen: SND.NXT
    uint32_t contig; // without a hole up to here, as far as seen or acknowledged
    uint32_t island; // with a hole: where the last octets seen beyond it begin
    uint32_t acked;  // highest ACK number sent: RCV.NXT as it says itself
    uint32_t fin;    // sequence number of its FIN
    uint32_t tsval;
    uint32_t lag; // milliseconds between its timestamp clock and ours, at the least
    uint32_t scale : 4, scale_known : 1, seen : 1, iss_known : 1, fin_seen : 1, ack_seen : 1,
        ts_seen : 1, syn_sent : 1, synack_sent : 1, syn_again : 1, synack_again : 1, hole : 1,
        outgrown : 1, based : 1, rst_seen : 1, rst_cut : 1, due : 1, sacks : 1, window_closed : 1,
        no_room : 1, // the window that it offered last is closed
        steps_dropped : 8;
};

struct tw_connection {
    uint64_t number;
    tw_time opened, last;
    uint32_t hash, id;     // of the key; its own place in the pool
    uint32_t newer, older; // neighbours in the queue of finished or half-open connections
    // Or NO_ID: an earlier incarnation on the same key that still lives; or a later one that was
    // taken back, which is over behind this one.
    uint32_t previous;
    uint32_t syn_to_synack, synack_to_ack, last_to_closed; // packed durations, 0: not known
    uint16_t port[TW_END_COUNT];
    uint16_t vlan : 13, reset_first : 1, taken_back : 1, lost : 1; // vlan: 12 bits, or NO_VLAN
    uint8_t completeness : 6, queue : 2;
    uint8_t ipv6 : 1, self : 1, midstream : 1, evicted : 1, in_table : 1, first_fin : 2,
        listener_keeps : 1;
    struct endpoint end[TW_END_COUNT];
    // Four octets each for IPv4, sixteen for IPv6; client first.
    uint8_t address[];
};
_Static_assert(sizeof(struct tw_connection) == 320, "half a million of these are held at once");

#endif
