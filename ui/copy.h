// SPDX-License-Identifier: MIT
// What goes to the terminal's clipboard: how much of a text, and how it is coded.
#ifndef UI_COPY_H
#define UI_COPY_H

#include "tcpwalk/base.h"

// Octets of a text that terminals take: coded and framed, some 100 000, at which several stop.
enum { COPY_MAX = 74994 };

// How many octets of a text in UTF-8 are sent: all, or what fits, never half a character.
size_t copy_fit(const char *text, size_t length);
// RFC 4648, section 4. To be freed; NULL: there is no memory.
char *copy_base64(const char *octets, size_t length, size_t *coded);

#endif
