// SPDX-License-Identifier: MIT
// Reading with large reads of whatever is there, never waiting for a full buffer. Not mapped: a
// file cut down while it is mapped would end the program.
#include "input.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

// Larger is not faster, and many files may be open. What is read of a place that was sought may be
// a single packet.
enum { ROOM = 64 * 1024, SHARED_ROOM = 16 * 1024 };

static enum tw_status refuse(struct tw_error *error, const char *name, int number) {
    if (number == EACCES || number == EPERM) {
        return tw_fail(error, TW_PERMISSION,
                       "%s: permission denied; let its owner chmod it, join its group or use sudo",
                       name);
    }
    return tw_fail(error, TW_OPEN, "%s: %s", name,
                   number == ENOENT ? "no such file" : strerror(number));
}

static tw_time time_changed(const struct stat *status) {
#ifdef __APPLE__
    const struct timespec *at = &status->st_mtimespec;
#else
    const struct timespec *at = &status->st_mtim;
#endif
    return (tw_time)at->tv_sec * TW_SECOND + at->tv_nsec;
}

enum tw_status tw_input_init(struct tw_input *input, const char *name, bool nonblocking,
                             const atomic_bool *stop, struct tw_error *error) {
    enum { SHOWN_MAX = 200 }; // of a name, so that the message behind it is not cut
    const bool standard = strcmp(name, "-") == 0;
    const size_t length = strlen(name), hidden = length > SHOWN_MAX ? length - SHOWN_MAX : 0;
    *input = (struct tw_input){.fd = -1, .nonblocking = nonblocking, .stop = stop};
    input->name = strdup(standard ? "standard input" : name + hidden);
    input->room = ROOM;
    input->window = malloc(input->room);
    if (input->name == NULL || input->window == NULL) {
        return tw_fail(error, TW_MEMORY, "%s: out of memory", name);
    }
    input->fd = standard ? STDIN_FILENO : open(name, O_RDONLY | O_CLOEXEC);
    struct stat status;
    if (input->fd < 0 || fstat(input->fd, &status) != 0) {
        return refuse(error, input->name, errno);
    }
    if (S_ISDIR(status.st_mode)) {
        return tw_fail(error, TW_OPEN, "%s: is a directory", input->name);
    }
    if (isatty(input->fd)) {
        return tw_fail(error, TW_OPEN, "%s: is a terminal; a capture comes from a file or a pipe",
                       input->name);
    }
    input->regular = S_ISREG(status.st_mode);
    if (input->regular) {
        const off_t base = lseek(input->fd, 0, SEEK_CUR); // standard input may be read in part
        input->size = (uint64_t)status.st_size;
        input->base = base > 0 ? (uint64_t)base : 0;
        input->changed = time_changed(&status);
    }
    return TW_OK;
}

bool tw_input_changed(const struct tw_input *input) {
    struct stat status;
    if (fstat(input->fd, &status) != 0) {
        return true;
    }
    const uint64_t size = (uint64_t)status.st_size;
    return size < input->base + input->octets ||
           (size == input->size && time_changed(&status) != input->changed);
}

bool tw_input_share(struct tw_input *input, const struct tw_input *of) {
    *input = (struct tw_input){.fd = of->fd,
                               .regular = true,
                               .shared = true,
                               .base = of->base,
                               .detected = true,
                               .stop = of->stop,
                               .room = SHARED_ROOM};
    input->name = strdup(of->name);
    input->window = malloc(input->room);
    return input->name != NULL && input->window != NULL;
}

void tw_input_seek(struct tw_input *input, uint64_t place) {
    input->start = input->end = 0;
    input->octets = place;
    input->fd_ended = false;
    input->state = TW_SUPPLY_READY;
    input->why = NULL;
}

void tw_input_fini(struct tw_input *input) {
    if (input->unpacker != NULL) {
        input->unpacker->free(input->unpacker);
    }
    if (input->fd > STDIN_FILENO && !input->shared) {
        close(input->fd);
    }
    free(input->packed);
    free(input->window);
    free(input->name);
}

// A signal that stops the source also ends the poll, unless it came just before it.
bool tw_input_wait(int fd, bool nonblocking) {
    enum { WAIT_MS = 200 };
    struct pollfd pollfd = {.fd = fd, .events = POLLIN};
    return poll(&pollfd, 1, nonblocking ? 0 : WAIT_MS) > 0;
}

void tw_input_broke_off(struct tw_error *error, const char *name, const char *why,
                        uint64_t packets) {
    (void)tw_fail(error, TW_BROKEN,
                  n_("%s: %s; %llu packet was good", "%s: %s; %llu packets were good", packets),
                  name, why, (unsigned long long)packets);
}

static enum tw_supply fail(struct tw_input *input, const char *why) {
    input->why = why;
    return TW_SUPPLY_FAULT;
}

// One read of what is there. READY with *got > 0, else END, LATER or FAULT.
static enum tw_supply read_some(struct tw_input *input, uint8_t *to, size_t room, size_t *got) {
    while (!input->fd_ended) {
        if (!input->regular && !tw_input_wait(input->fd, input->nonblocking)) {
            if (input->nonblocking || atomic_load_explicit(input->stop, memory_order_relaxed)) {
                return TW_SUPPLY_LATER;
            }
            continue;
        }
        if (input->shared && room > input->limit - input->octets) {
            room = (size_t)(input->limit - input->octets);
        }
        const ssize_t result =
            input->shared ? pread(input->fd, to, room, (off_t)(input->base + input->octets))
                          : read(input->fd, to, room);
        if (result > 0) {
            *got = (size_t)result;
            input->octets += *got;
            return TW_SUPPLY_READY;
        }
        input->fd_ended = result == 0;
        if (result < 0 && errno != EINTR && errno != EAGAIN) {
            return fail(input, strerror(errno));
        }
    }
    return TW_SUPPLY_END;
}

static enum tw_supply read_plain(struct tw_input *input) {
    size_t got = 0;
    const enum tw_supply supply =
        read_some(input, input->window + input->end, input->room - input->end, &got);
    input->end += got;
    return supply;
}

static enum tw_supply read_packed(struct tw_input *input) {
    while (input->why == NULL) {
        bool whole = false;
        struct tw_unpack unpack = {
            .in = input->packed + input->packed_start,
            .in_left = input->packed_end - input->packed_start,
            .in_ends = input->fd_ended,
            .out = input->window + input->end,
            .out_left = input->room - input->end,
        };
        input->why = input->unpacker->step(input->unpacker, &unpack, &whole);
        const size_t got = (size_t)(unpack.out - (input->window + input->end));
        input->packed_start = input->packed_end - unpack.in_left;
        input->end += got;
        if (got > 0) {
            return TW_SUPPLY_READY; // good, even where damage was found behind it
        }
        if (input->why != NULL || input->packed_start < input->packed_end) {
            continue;
        }
        if (unpack.in_ends) {
            return whole ? TW_SUPPLY_END : fail(input, "the compressed data is cut");
        }
        size_t more = 0;
        const enum tw_supply supply = read_some(input, input->packed, input->packed_room, &more);
        if (supply != TW_SUPPLY_READY && supply != TW_SUPPLY_END) {
            return supply;
        }
        input->packed_start = 0;
        input->packed_end = more;
    }
    return TW_SUPPLY_FAULT;
}

// Room for `octets` octets at `start`, and for a good deal more to be read. Grows by doubling, and
// only when it is full of what was really read: a length that lies costs no memory.
static bool make_room(struct tw_input *input, size_t octets) {
    const size_t left = tw_input_left(input);
    if (input->start > 0) {
        memmove(input->window, tw_input_octets(input), left);
        input->start = 0;
        input->end = left;
    }
    if (left == input->room && octets > left) {
        uint8_t *window = realloc(input->window, 2 * input->room);
        if (window == NULL) {
            return false;
        }
        input->window = window;
        input->room *= 2;
    }
    return true;
}

enum tw_supply tw_input_fill(struct tw_input *input, size_t octets) {
    while (tw_input_left(input) < octets) {
        if (input->state != TW_SUPPLY_READY) {
            return input->state;
        }
        if (!make_room(input, octets)) {
            return input->state = fail(input, "out of memory");
        }
        const enum tw_supply supply =
            input->unpacker != NULL ? read_packed(input) : read_plain(input);
        if (supply == TW_SUPPLY_LATER) {
            return supply;
        }
        input->state = supply;
    }
    return TW_SUPPLY_READY;
}

enum tw_supply tw_input_begin(struct tw_input *input) {
    enum tw_supply supply = TW_SUPPLY_READY;
    if (input->detected) {
        return supply;
    }
    supply = tw_input_need(input, TW_PACKING_MAGIC_MAX);
    if (supply == TW_SUPPLY_LATER || supply == TW_SUPPLY_FAULT) {
        return supply;
    }
    input->detected = true;
    const struct tw_packing *packing =
        tw_packing_detect(tw_input_octets(input), tw_input_left(input));
    if (packing == NULL) {
        return TW_SUPPLY_READY;
    }
    // What was read so far becomes the packed octets.
    input->packed = input->window;
    input->packed_start = input->start;
    input->packed_end = input->end;
    input->packed_room = input->room;
    input->start = input->end = 0;
    input->room = ROOM;
    input->window = malloc(input->room);
    input->unpacker = tw_unpacker_new(packing, &input->why);
    if (input->window == NULL || input->unpacker == NULL) {
        input->room = 0;
        return input->state = TW_SUPPLY_FAULT;
    }
    input->state = TW_SUPPLY_READY;
    return TW_SUPPLY_READY;
}
