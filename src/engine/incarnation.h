// SPDX-License-Identifier: MIT
// Whether a segment is about a connection, a newer one on the same ports, or an older one.
#ifndef TW_ENGINE_INCARNATION_H
#define TW_ENGINE_INCARNATION_H

#include "record.h"

// A SYN without ACK that cannot belong to the connection: neither its own again, nor the other
// half of a simultaneous open.
bool incarnation_begins_anew(const struct tw_connection *c, enum tw_end sender,
                             const struct tw_segment *s);
// RFC 6191 section 2, RFC 9293 3.10.7.4: may this SYN take the place of a connection in TIME-WAIT?
bool incarnation_is_newer(const struct endpoint *e, const struct tw_segment *s);
// With a newer incarnation `c` that has not been answered yet, what is not about its SYN is about
// the older one.
bool incarnation_fits_previous(const struct tw_connection *c, enum tw_end sender,
                               const struct tw_segment *s);
// Whether the end that is said to have sent the SYN of `c` goes on in the older connection, in
// which it is `sender`.
bool incarnation_goes_on(const struct tw_connection *c, const struct tw_connection *old,
                         enum tw_end sender, const struct tw_segment *s);

#endif
