/* secrets.c - TLS keys that the user gives, and those inside captures
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "secrets.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <gio/gunixoutputstream.h>

#include "codec/pcapread.h"
#include "base/wipe.h"

enum {
    BLOCK_HEADER_LEN = 8,
    BLOCK_MIN_LEN = 12,      /* a section's byte order is within */
    SECRETS_HEADER_LEN = 16, /* of the block, type and length of the secrets */
};
static const uint8_t gzip_magic[] = { 0x1f, 0x8b };

static bool
fd_write(int fd, const void *data, size_t len, GError **error)
{
    const uint8_t *p = data;

    while (len > 0) {
        ssize_t n = write(fd, p, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            g_set_error_literal(error, G_IO_ERROR, g_io_error_from_errno(errno), g_strerror(errno));
            return false;
        }
        p += n;
        len -= (size_t)n;
    }
    return true;
}

bool
secrets_add_file(int fd, const char *path, GError **error)
{
    char *text;
    gsize len;

    if (!g_file_get_contents(path, &text, &len, error))
        return false;
    bool good = fd_write(fd, text, len, error) && fd_write(fd, "\n", 1, error);
    wipe(text, len);
    g_free(text);
    return good;
}

/* --- a capture, block by block --------------------------------------------------------------- */

struct copy {
    GInputStream *in;
    GOutputStream *out;
    int fd; /* for secrets */
    bool swapped;
};

static uint32_t
number(const struct copy *copy, const uint8_t *bytes)
{
    uint32_t value;

    memcpy(&value, bytes, sizeof value);
    return copy->swapped ? GUINT32_SWAP_LE_BE(value) : value;
}

/* The rest as it is, behind what was read of it. */
static bool
copy_rest(struct copy *copy, const uint8_t *head, size_t len, GError **error)
{
    return g_output_stream_write_all(copy->out, head, len, NULL, NULL, error) &&
           g_output_stream_splice(copy->out, copy->in, G_OUTPUT_STREAM_SPLICE_NONE, NULL, error) >=
               0;
}

static bool
take_secrets(const struct copy *copy, const uint8_t *block, size_t len, GError **error)
{
    if (len < SECRETS_HEADER_LEN + 4 || number(copy, block + 8) != PCAPNG_SECRETS_TLS)
        return true;
    size_t room = len - SECRETS_HEADER_LEN - 4, said = number(copy, block + 12);
    return fd_write(copy->fd, block + SECRETS_HEADER_LEN, MIN(room, said), error) &&
           fd_write(copy->fd, "\n", 1, error);
}

/* A whole block of len bytes, of which got are there. */
static bool
copy_block(struct copy *copy, uint8_t *block, size_t got, size_t len, GError **error)
{
    gsize more;

    if (!g_input_stream_read_all(copy->in, block + got, len - got, &more, NULL, error))
        return false;
    /* Cut short: whoever reads it will say so. */
    if (got + more == len && number(copy, block) == PCAPNG_SECRETS)
        return take_secrets(copy, block, len, error);
    return g_output_stream_write_all(copy->out, block, got + more, NULL, NULL, error);
}

/* A section tells its byte order behind its header. */
static bool
section_begin(struct copy *copy, const uint8_t *head)
{
    copy->swapped = false;
    copy->swapped = number(copy, head + BLOCK_HEADER_LEN) != PCAPNG_ORDER_MAGIC;
    return number(copy, head + BLOCK_HEADER_LEN) == PCAPNG_ORDER_MAGIC;
}

static bool
copy_blocks(struct copy *copy, GError **error)
{
    uint8_t head[BLOCK_MIN_LEN];
    bool begun = false; /* it is pcapng */
    gsize got;

    for (;;) {
        if (!g_input_stream_read_all(copy->in, head, sizeof head, &got, NULL, error))
            return false;
        if (got < sizeof head)
            return copy_rest(copy, head, got, error);
        if (number(copy, head) == PCAPNG_SECTION)
            begun = section_begin(copy, head);
        if (!begun)
            return copy_rest(copy, head, got, error);
        size_t len = number(copy, head + 4);
        if (len < BLOCK_MIN_LEN || len > PCAPREAD_BLOCK_MAX_LEN || len % 4)
            return copy_rest(copy, head, got, error);
        uint8_t *block = g_malloc(len);
        memcpy(block, head, got);
        bool good = copy_block(copy, block, got, len, error);
        wipe(block, len);
        g_free(block);
        if (!good)
            return false;
    }
}

bool
secrets_copy(GInputStream *in, GOutputStream *out, int fd, GError **error)
{
    struct copy copy = { .in = in, .out = out, .fd = fd };

    return copy_blocks(&copy, error);
}

static GInputStream *
open_plain(const char *path, GError **error)
{
    GFile *file = g_file_new_for_path(path);
    GInputStream *in = G_INPUT_STREAM(g_file_read(file, NULL, error));
    uint8_t head[sizeof gzip_magic];
    gsize got;

    g_object_unref(file);
    if (!in)
        return NULL;
    if (!g_input_stream_read_all(in, head, sizeof head, &got, NULL, error) ||
        !g_seekable_seek(G_SEEKABLE(in), 0, G_SEEK_SET, NULL, error)) {
        g_object_unref(in);
        return NULL;
    }
    if (got < sizeof head || memcmp(head, gzip_magic, sizeof head) != 0)
        return in;
    GConverter *gunzip = G_CONVERTER(g_zlib_decompressor_new(G_ZLIB_COMPRESSOR_FORMAT_GZIP));
    GInputStream *plain = g_converter_input_stream_new(in, gunzip);
    g_object_unref(gunzip);
    g_object_unref(in);
    return plain;
}

bool
secrets_take_out(const char *from, int to, int fd, GError **error)
{
    GInputStream *in = open_plain(from, error);

    if (!in)
        return false;
    GOutputStream *out = g_unix_output_stream_new(to, FALSE);
    bool good = secrets_copy(in, out, fd, error) && g_output_stream_close(out, NULL, error);
    g_object_unref(in);
    g_object_unref(out);
    return good;
}
