// SPDX-License-Identifier: MIT
// The terminal: shows a canvas, gives keys. Behind it is curses, which nobody else knows.
#ifndef UI_TERM_H
#define UI_TERM_H

#include "canvas.h"
#include "keys.h"

// Takes the terminal over; keys come from standard input, or from /dev/tty where that is none.
enum tw_status term_open(struct tw_error *error) TW_CHECKED;
// Gives it back as it was; may be called twice.
void term_close(void);
// Whether it has colours at all.
bool term_colors(void);
void term_theme(enum theme theme);
// Sends what differs from what was shown last; all of it, if `anew`.
void term_present(const struct canvas *canvas, bool anew);
// The next key, or KEY_IS_NONE when none is waiting. KEY_IS_MOUSE: *mouse says what. A character
// right behind an Esc has KEY_WITH_ALT; whether it was typed so, or is two keys, nobody can tell.
// Of what is pasted, characters come with KEY_PASTED.
uint32_t term_key(struct mouse *mouse);
// Takes the mouse from the terminal, or gives it back, so that it selects text. False: it has none.
bool term_mouse(bool on) TW_CHECKED;
// Gives text to the terminal's clipboard (OSC 52); it does not say whether it takes it. Returns how
// many octets were sent: there is a limit (copy_fit).
size_t term_copy(const char *text, size_t length);
int term_fd(void); // readable when a key is waiting
// Asks the terminal for its size.
void term_size(int *width, int *height);
// Around a stop of the whole process (Ctrl-Z): modes as found, and ours again.
void term_leave(void);
void term_return(void);

#endif
