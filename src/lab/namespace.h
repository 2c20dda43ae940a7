// SPDX-License-Identifier: MIT
// Network namespaces of the calling thread's own, in a user namespace where that is needed.
#ifndef TCPWALK_LAB_NAMESPACE_H
#define TCPWALK_LAB_NAMESPACE_H

#include "tcpwalk/base.h"

// Moves the thread into a new network namespace, before that into a new user namespace where the
// system grants it no other way. The process stays who it is to files. TW_PERMISSION or TW_OPEN;
// the message says why and what to do.
enum tw_status namespace_new(struct tw_error *error) TW_CHECKED;
int namespace_get(void) TW_CHECKED; // of the network namespace that the thread is in, or -1

// Visits a network namespace: what is opened meanwhile belongs to it. Gives what namespace_leave
// takes to go back, or -1 with errno.
int namespace_enter(int namespace_fd) TW_CHECKED;
void namespace_leave(int home); // keeps errno

// Writes all of a file of /proc at once. False with errno.
bool namespace_write(const char *path, const char *text) TW_CHECKED;

#endif
