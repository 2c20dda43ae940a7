// SPDX-License-Identifier: MIT
// What is given up, in parts. Each returns 0 or errno's number, or tells what there is of it.
#ifndef TCPWALK_GUARD_GUARD_H
#define TCPWALK_GUARD_GUARD_H

#include "tcpwalk/guard.h"

#include <sys/types.h>

// The capabilities that are kept, as bits; 0: none.
int guard_bounding_clear(uint64_t kept);   // before the user is changed: needs CAP_SETPCAP
int guard_capabilities_set(uint64_t kept); // permitted and effective; none inheritable, ambient
// Whether there are none, which leaves the ambient set empty, too (capabilities(7)).
bool guard_capabilities_none(void) TW_CHECKED;
int guard_no_new_privileges(void);

// Whether both are somebody in our user namespace.
bool guard_is_mapped(uid_t uid, gid_t gid) TW_CHECKED;

// The ABI's version, 0: the kernel has it not.
int guard_landlock_version(void);
// Files may be made beneath the directories (-1: none), and read where a table says so.
int guard_landlock(const int *directories, size_t count);

// Of a running tcpwalk; of the namer.
int guard_calls(const struct tw_guard_options *options);
int guard_calls_namer(void);
const char *guard_calls_library(void); // "libseccomp 2.5.4"; NULL: there is none
bool guard_calls_known(void);          // whether the kernel filters

#endif
