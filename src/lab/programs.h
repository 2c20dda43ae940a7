// SPDX-License-Identifier: MIT
// The programs' processes, sockets and names, for calls.c.
#ifndef TCPWALK_LAB_PROGRAMS_H
#define TCPWALK_LAB_PROGRAMS_H

#include "calls.h"

#include <sys/socket.h>

enum { CALL_TEXT = 256, NO_SOCKET = TW_LAB_SOCKETS };

// What a blocked call still has to do.
struct pending {
    enum tw_call call;
    size_t index;           // in the witness; TW_LAB_NO_CALL: none is blocked
    char name[TW_LAB_NAME]; // accept(): of the new socket
    char *octets;           // send(): what is to be sent; recv(): room
    size_t length, done;    // octets
    int flags;
    bool connecting; // send() with MSG_FASTOPEN that waits for the handshake
    tw_time lingers; // close(): until then at most
    uint32_t socket; // the number in the witness
};

struct process *find_process(struct calls *calls, const char *name);
// The newest socket of that name that a process has, or NO_SOCKET.
size_t find_socket(const struct calls *calls, const char *process, const char *name);
// The descriptor `fd` is the process's from now on. NO_SOCKET with errno, and closed, when there is
// no room.
size_t add_socket(struct calls *calls, const struct process *process, const char *name, int fd,
                  uint32_t number);
// Closes the descriptor; the result of close().
int forget_socket(struct calls *calls, size_t socket);
// The name means that socket from now on. False when there is no room.
bool remember(struct calls *calls, const char *name, enum tw_end end, uint32_t socket);
// Another descriptor is the same socket's.
bool shared(const struct calls *calls, size_t socket);
// It is not blocked any more.
void unblock(struct calls *calls, size_t socket);
void copy_name(char to[TW_LAB_NAME], const char *from);

socklen_t to_sockaddr(const struct tw_tuple *remote, struct sockaddr_storage *to);
// The address that a request means: the one given, or that of `end`.
struct tw_tuple target(const struct calls *calls, const struct tw_lab_request *request,
                       enum tw_end end, int version);
// Asks the socket for its own addresses; `remote` is what it was told to connect to, or NULL.
void ask_addresses(struct calls *calls, size_t socket, const struct tw_tuple *remote);

// "hello\r\n" in quotes, as C writes it; cut where it is long.
void call_quote(const char *octets, size_t length, char *text, size_t room);
void call_text(const struct tw_lab_request *request, const struct tw_tuple *address, char *text,
               size_t room);

#endif
