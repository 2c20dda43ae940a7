// SPDX-License-Identifier: MIT
// Names of the errors that socket calls give: those that socket(7), tcp(7), ip(7) and the pages of
// the calls name.
#include "tcpwalk/errnos.h"

#include "tcpwalk/base.h"

#include <errno.h>
#include <string.h>

// EWOULDBLOCK is EAGAIN, ENOTSUP is EOPNOTSUPP: each number has one name.
static const struct {
    int error;
    const char *name;
} errors[] = {
#define E(name)                                                                                    \
    { name, #name }
    E(EACCES),      E(EADDRINUSE),   E(EADDRNOTAVAIL), E(EAFNOSUPPORT),    E(EAGAIN),
    E(EALREADY),    E(EBADF),        E(EBUSY),         E(ECONNABORTED),    E(ECONNREFUSED),
    E(ECONNRESET),  E(EDESTADDRREQ), E(EDOM),          E(EEXIST),          E(EFAULT),
    E(EHOSTDOWN),   E(EHOSTUNREACH), E(EINPROGRESS),   E(EINTR),           E(EINVAL),
    E(EIO),         E(EISCONN),      E(EMFILE),        E(EMSGSIZE),        E(ENETDOWN),
    E(ENETUNREACH), E(ENFILE),       E(ENOBUFS),       E(ENODEV),          E(ENOENT),
    E(ENOMEM),      E(ENOPROTOOPT),  E(ENOTCONN),      E(ENOTSOCK),        E(EOPNOTSUPP),
    E(EPERM),       E(EPIPE),        E(EPROTO),        E(EPROTONOSUPPORT), E(EPROTOTYPE),
    E(ERANGE),      E(ETIMEDOUT),
#undef E
};

const char *tw_errno_name(int error) {
    for (size_t i = 0; i < TW_COUNT(errors); i++) {
        if (errors[i].error == error) {
            return errors[i].name;
        }
    }
    return NULL;
}

bool tw_errno_parse(const char *name, int *error) {
    for (size_t i = 0; i < TW_COUNT(errors); i++) {
        if (strcmp(errors[i].name, name) == 0) {
            *error = errors[i].error;
            return true;
        }
    }
    return false;
}

const char *tw_errno_at(size_t index) {
    return index < TW_COUNT(errors) ? errors[index].name : NULL;
}
