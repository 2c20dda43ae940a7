// SPDX-License-Identifier: MIT
// What the kernel says of the connections that are seen, while a live source runs: asked after each
// of their segments and once a second. Nothing is asked about what is not on the screen.
#ifndef UI_KERNEL_H
#define UI_KERNEL_H

#include "tcpwalk/kernel.h"
#include "tcpwalk/story.h"

struct app;
struct ui_kernel;      // of ui.h
struct ui_kernel_said; // likewise
struct ui_process;     // likewise
struct kernel_row;
struct kernel_owner;

struct kernel {
    const struct ui_kernel *hooks; // NULL: nobody can be asked
    struct kernel_row *rows;       // a connection each, in the order in which they are seen
    size_t count, room;
    struct kernel_owner *owners; // whose sockets were, by the connections' numbers
    tw_time looked;
    bool both; // connections have had both their ends on this machine
};

void kernel_fini(struct kernel *kernel);
void kernel_tick(struct app *app);
// Whose a socket is has been asked: there is to be another tick soon.
bool kernel_waits(const struct app *app);
// NULL: that end is not of this machine, or its connection is not seen.
const struct ui_kernel_said *kernel_said(const struct app *app, size_t connection, enum tw_end end);
// Whose that end's socket was when that was last known, also when it is gone; NULL: nobody's that
// is known. Of connections that were not seen for long it is forgotten.
const struct ui_process *kernel_owner(const struct app *app, size_t connection, enum tw_end end);
// The kernel's state; LISTEN where it has no socket of the connection, but one that takes such;
// else CLOSED.
enum tw_state kernel_state(const struct ui_kernel_said *said);
// It is another one than the wire shows at that end, as it is now.
bool kernel_differs(const struct tw_connection_info *info, enum tw_end end,
                    const struct ui_kernel_said *said);
// Why it does, else what is remarkable about it; "" for nothing. In English.
const char *kernel_reason(const struct app *app, size_t connection, enum tw_end end);
// For the list: "C FIN-WAIT-1" where it differs, "nginx" or "curl>nginx". Each returns `text`.
enum { KERNEL_TEXT = 64 };
const char *kernel_states_text(const struct app *app, size_t connection, char text[KERNEL_TEXT]);
const char *kernel_process_text(const struct app *app, size_t connection, char text[KERNEL_TEXT]);

#endif
