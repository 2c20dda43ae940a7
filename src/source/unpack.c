// SPDX-License-Identifier: MIT
// gzip, xz and zstd, each where its library is there, behind one step function. Memory is bounded
// whatever the input says: a decompression bomb costs time only.
#include "unpack.h"

#include "tcpwalk/base.h"

#include <stdlib.h>
#include <string.h>

#ifdef TW_HAVE_ZLIB
#include <zlib.h>
#endif
#ifdef TW_HAVE_LZMA
#include <lzma.h>
#endif
#ifdef TW_HAVE_ZSTD
#include <zstd.h>
#include <zstd_errors.h>
#endif

#define DAMAGED      "the compressed data is damaged"
#define LARGE_WINDOW "compressed with a window of more than 128 MiB"
static const char no_memory[] = "out of memory";

#ifdef TW_HAVE_ZLIB
struct gzip {
    struct tw_unpacker unpacker;
    z_stream stream;
    bool between; // members
};

// A member after a member is unpacked as if they were one; padding with zeros between and after
// them is skipped, as gzip does (RFC 1952 section 2.2).
static const char *gzip_step(struct tw_unpacker *unpacker, struct tw_unpack *unpack, bool *whole) {
    struct gzip *self = (struct gzip *)unpacker;
    int result = Z_OK;
    while (result == Z_OK) {
        while (self->between && unpack->in_left > 0 && *unpack->in == 0) {
            unpack->in++;
            unpack->in_left--;
        }
        if (unpack->in_left == 0 && self->between) {
            break;
        }
        self->stream.next_in = (z_const Bytef *)unpack->in;
        self->stream.avail_in = (uInt)unpack->in_left;
        self->stream.next_out = unpack->out;
        self->stream.avail_out = (uInt)unpack->out_left;
        self->between = false;
        result = inflate(&self->stream, Z_NO_FLUSH);
        unpack->in = self->stream.next_in;
        unpack->in_left = self->stream.avail_in;
        unpack->out = self->stream.next_out;
        unpack->out_left = self->stream.avail_out;
        if (result == Z_STREAM_END) {
            self->between = true;
            result = inflateReset(&self->stream);
        }
    }
    *whole = self->between;
    if (result == Z_MEM_ERROR) {
        return no_memory;
    }
    return result == Z_OK || result == Z_BUF_ERROR ? NULL : DAMAGED;
}

static void gzip_free(struct tw_unpacker *unpacker) {
    inflateEnd(&((struct gzip *)unpacker)->stream);
    free(unpacker);
}

static struct tw_unpacker *gzip_new(void) {
    enum { WINDOW_BITS = 15, GZIP_ONLY = 16 };
    struct gzip *self = calloc(1, sizeof *self);
    if (self == NULL || inflateInit2(&self->stream, WINDOW_BITS + GZIP_ONLY) != Z_OK) {
        free(self);
        return NULL;
    }
    self->unpacker = (struct tw_unpacker){gzip_step, gzip_free};
    return &self->unpacker;
}
#define GZIP_NEW gzip_new
#else
#define GZIP_NEW NULL
#endif

#ifdef TW_HAVE_LZMA
struct xz {
    struct tw_unpacker unpacker;
    lzma_stream stream;
    bool whole;
};

static const char *xz_step(struct tw_unpacker *unpacker, struct tw_unpack *unpack, bool *whole) {
    struct xz *self = (struct xz *)unpacker;
    lzma_ret result = LZMA_OK;
    self->stream.next_in = unpack->in;
    self->stream.avail_in = unpack->in_left;
    self->stream.next_out = unpack->out;
    self->stream.avail_out = unpack->out_left;
    if (!self->whole) {
        result = lzma_code(&self->stream, unpack->in_ends ? LZMA_FINISH : LZMA_RUN);
    }
    unpack->in = self->stream.next_in;
    unpack->in_left = self->stream.avail_in;
    unpack->out = self->stream.next_out;
    unpack->out_left = self->stream.avail_out;
    self->whole |= result == LZMA_STREAM_END;
    *whole = self->whole;
    switch (result) {
    case LZMA_OK:
    case LZMA_STREAM_END:
    case LZMA_BUF_ERROR: return NULL; // no progress: more input is needed
    case LZMA_MEM_ERROR: return no_memory;
    case LZMA_MEMLIMIT_ERROR: return LARGE_WINDOW;
    case LZMA_OPTIONS_ERROR: return "compressed in a way that this liblzma does not know";
    default: return DAMAGED;
    }
}

static void xz_free(struct tw_unpacker *unpacker) {
    lzma_end(&((struct xz *)unpacker)->stream);
    free(unpacker);
}

static struct tw_unpacker *xz_new(void) {
    const uint64_t memory_limit = UINT64_C(130) << 20; // `xz -9` needs 65 MiB
    struct xz *self = calloc(1, sizeof *self);
    if (self == NULL ||
        lzma_stream_decoder(&self->stream, memory_limit, LZMA_CONCATENATED) != LZMA_OK) {
        free(self);
        return NULL;
    }
    self->unpacker = (struct tw_unpacker){xz_step, xz_free};
    return &self->unpacker;
}
#define XZ_NEW xz_new
#else
#define XZ_NEW NULL
#endif

#ifdef TW_HAVE_ZSTD
struct zstd {
    struct tw_unpacker unpacker;
    ZSTD_DStream *stream;
    bool between; // frames
};

// libzstd bounds the window itself (128 MiB) and goes on to the next frame by itself.
static const char *zstd_step(struct tw_unpacker *unpacker, struct tw_unpack *unpack, bool *whole) {
    struct zstd *self = (struct zstd *)unpacker;
    ZSTD_inBuffer in = {unpack->in, unpack->in_left, 0};
    ZSTD_outBuffer out = {unpack->out, unpack->out_left, 0};
    size_t result = 0;
    // Called between frames without input it would begin a frame.
    if (in.size > 0 || !self->between) {
        result = ZSTD_decompressStream(self->stream, &out, &in);
        self->between = result == 0;
    }
    unpack->in += in.pos;
    unpack->in_left -= in.pos;
    unpack->out += out.pos;
    unpack->out_left -= out.pos;
    *whole = self->between;
    switch (ZSTD_getErrorCode(result)) {
    case ZSTD_error_no_error: return NULL;
    case ZSTD_error_memory_allocation: return no_memory;
    case ZSTD_error_frameParameter_windowTooLarge: return LARGE_WINDOW;
    default: return DAMAGED;
    }
}

static void zstd_free(struct tw_unpacker *unpacker) {
    ZSTD_freeDStream(((struct zstd *)unpacker)->stream);
    free(unpacker);
}

static struct tw_unpacker *zstd_new(void) {
    struct zstd *self = calloc(1, sizeof *self);
    if (self == NULL || (self->stream = ZSTD_createDStream()) == NULL) {
        free(self);
        return NULL;
    }
    self->unpacker = (struct tw_unpacker){zstd_step, zstd_free};
    return &self->unpacker;
}
#define ZSTD_NEW zstd_new
#else
#define ZSTD_NEW NULL
#endif

struct tw_packing {
    const char *magic;
    size_t length;
    const char *lacking; // what to say where `start` is NULL
    struct tw_unpacker *(*start)(void);
};

#define PACKING(magic, lacking, start)                                                             \
    { magic, sizeof magic - 1, lacking, start }
#define LACKS(name, library) "compressed with " name ", and this build lacks " library
#define UNREADABLE(name)     "compressed with " name ", which is not read here; unpack it first"

static const struct tw_packing packings[] = {
    PACKING("\x1f\x8b", LACKS("gzip", "zlib"), GZIP_NEW),
    PACKING("\xfd\x37zXZ\0", LACKS("xz", "liblzma"), XZ_NEW),
    PACKING("\x28\xb5\x2f\xfd", LACKS("zstd", "libzstd"), ZSTD_NEW),
    PACKING("BZh", UNREADABLE("bzip2"), NULL),
    PACKING("\x04\x22\x4d\x18", UNREADABLE("lz4"), NULL),
};
// What zstd skips, such as pzstd's first frame: 0x184D2A50 to 5F, little-endian (RFC 8878 3.1.2).
static const struct tw_packing zstd_skippable =
    PACKING("\x50\x2a\x4d\x18", LACKS("zstd", "libzstd"), ZSTD_NEW);

const struct tw_packing *tw_packing_detect(const uint8_t *octets, size_t count) {
    for (size_t i = 0; i < TW_COUNT(packings); i++) {
        if (count >= packings[i].length &&
            memcmp(octets, packings[i].magic, packings[i].length) == 0) {
            return &packings[i];
        }
    }
    if (count >= zstd_skippable.length && (octets[0] & 0xf0) == 0x50 &&
        memcmp(octets + 1, zstd_skippable.magic + 1, zstd_skippable.length - 1) == 0) {
        return &zstd_skippable;
    }
    return NULL;
}

struct tw_unpacker *tw_unpacker_new(const struct tw_packing *packing, const char **why) {
    struct tw_unpacker *unpacker = packing->start != NULL ? packing->start() : NULL;
    if (unpacker == NULL) {
        *why = packing->start != NULL ? no_memory : packing->lacking;
    }
    return unpacker;
}

const char *tw_unpack_libraries(void) {
    static const char list[] = ""
#ifdef TW_HAVE_ZLIB
                               ", zlib"
#endif
#ifdef TW_HAVE_LZMA
                               ", liblzma"
#endif
#ifdef TW_HAVE_ZSTD
                               ", libzstd"
#endif
        ;
    return sizeof list > 1 ? list + 2 : NULL;
}
