// SPDX-License-Identifier: MIT
// The landing rule: what one end's segment says about what had reached it when it was sent.
#ifndef TW_ENGINE_LANDING_H
#define TW_ENGINE_LANDING_H

#include "endpoint.h"

// What judging a segment has found out about the segment itself.
struct landing {
    bool old;    // overtaken on its way: it proves, and disproves nothing
    bool answer; // a RST that answers a bad acknowledgement, or is not the end's own: it moves
                 // nobody
};

// Judges all that is on its way to `end` by a segment that `end` has just sent. To be called before
// the endpoint's own numbers take the segment in. Returns false when out of memory.
bool landing_judge(struct store *store, struct tw_connection *c, enum tw_end end,
                   const struct tw_segment *sent, struct landing *landing) TW_CHECKED;
// Puts the judged segment itself in its place among them, if it can move its sender.
bool landing_place(struct store *store, struct tw_connection *c, enum tw_end end,
                   const struct tw_segment *sent, const struct landing *landing) TW_CHECKED;
// What is on its way to the end so far does not count unless something proves it.
void landing_refuse(struct endpoint *e);
// Puts the segment on its way to `receiver`, where it can matter there.
bool landing_launch(struct store *store, struct tw_connection *c, enum tw_end sender,
                    enum tw_end receiver, const struct tw_segment *sent) TW_CHECKED;
// Whether an end goes on: it has sent this segment after the marked one had passed the tap.
bool landing_goes_on(const struct endpoint *e, const struct flight *mark,
                     const struct tw_segment *sent);
// A segment as a flight, SENT or an ARRIVAL.
struct flight flight_of(const struct tw_segment *s, enum flight_kind kind);
// Round trip between the tap and one end, from the handshake; TW_NO_TIME where not known.
tw_time landing_round_trip(const struct tw_connection *c, enum tw_end end);

// Our clock minus the sender's timestamp clock, in milliseconds, modulo 2^32: Linux, FreeBSD and
// macOS count timestamps in milliseconds.
uint32_t landing_lag(const struct tw_segment *sent);

// How long an end of unknown distance may speak as if a segment had not come.
#define LANDING_PATIENCE (200 * TW_MILLISECOND)

// Durations are kept in four octets: nanoseconds up to two seconds, microseconds beyond.
uint32_t duration_pack(tw_time duration);
tw_time duration_unpack(uint32_t packed); // TW_NO_TIME where not known

#endif
