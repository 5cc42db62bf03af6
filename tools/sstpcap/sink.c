/* sink.c - where the capture goes: a file, or a pipe with a reader of its own pace
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "sink.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib-unix.h>

#include "codec/pcapng.h"

struct sink {
    int fd;
    char *path; /* NULL: standard output */
    bool is_file;
    bool untouched; /* a file of which nothing was written yet: what it held is still there */
    bool failed;
    int error;           /* errno of the failure; EPIPE: the reader is gone */
    GByteArray *pending; /* whole blocks but for the first, of which a part may be written */
    size_t first_done;   /* bytes of pending that are written */
    uint64_t written;    /* to this file */
    guint watch;         /* for room in the pipe */
};

struct sink *
sink_new(void)
{
    struct sink *sink = g_new0(struct sink, 1);

    sink->fd = -1;
    sink->failed = true; /* until a file is taken */
    return sink;
}

void
sink_free(struct sink *sink)
{
    sink_close(sink);
    g_free(sink);
}

/* From now on everything fails. */
static bool
fail_open(struct sink *sink, const char *path, GError **error)
{
    sink->failed = true;
    sink->error = errno;
    g_set_error(error, G_FILE_ERROR, (gint)g_file_error_from_errno(errno), "%s: %s", path,
                g_strerror(errno));
    return false;
}

static bool
take(struct sink *sink, int fd, const char *path, GError **error)
{
    struct stat status;

    memset(sink, 0, sizeof *sink);
    sink->fd = fd;
    sink->path = g_strdup(path);
    sink->pending = g_byte_array_new();
    if (fd < 0 || fstat(fd, &status) != 0)
        return fail_open(sink, path ? path : "standard output", error);
    sink->is_file = S_ISREG(status.st_mode) && path;
    sink->untouched = sink->is_file;
    if (!sink->is_file)
        g_unix_set_fd_nonblocking(fd, TRUE, NULL);
    return true;
}

bool
sink_take(struct sink *sink, int fd, const char *path, GError **error)
{
    return take(sink, fd, path, error);
}

bool
sink_take_stdout(struct sink *sink, GError **error)
{
    return take(sink, STDOUT_FILENO, NULL, error);
}

void
sink_append(struct sink *sink, const uint8_t *block, size_t len)
{
    if (!sink->failed)
        g_byte_array_append(sink->pending, block, (guint)len);
}

static gboolean
on_room(gint fd, GIOCondition condition, gpointer data)
{
    struct sink *sink = data;

    (void)fd;
    (void)condition;
    sink->watch = 0;
    sink_flush(sink);
    return G_SOURCE_REMOVE;
}

/* Of the block at this place; *type is its type. */
static size_t
block_at(const struct sink *sink, size_t at, uint32_t *type)
{
    uint32_t head[2];

    memcpy(head, sink->pending->data + at, sizeof head);
    *type = GUINT32_FROM_LE(head[0]);
    return GUINT32_FROM_LE(head[1]);
}

/* Bytes of the blocks that are written to their end. */
static size_t
whole_blocks(const struct sink *sink)
{
    size_t whole = 0, len;
    uint32_t type;

    while (whole < sink->first_done &&
           (len = block_at(sink, whole, &type)) <= sink->first_done - whole)
        whole += len;
    return whole;
}

/* What a full disk leaves is cut back to whole blocks. */
static void
fail(struct sink *sink, int error)
{
    sink->failed = true;
    sink->error = error;
    if (!sink->is_file)
        return;
    size_t whole = whole_blocks(sink);
    sink->written -= sink->first_done - whole;
    if (ftruncate(sink->fd, (off_t)sink->written) == 0)
        lseek(sink->fd, (off_t)sink->written, SEEK_SET);
}

/* Forgets written blocks, except for one that is written in part: a failure looks for its
 * beginning. */
static void
forget_written(struct sink *sink)
{
    size_t whole;

    if (sink->first_done == sink->pending->len) {
        g_byte_array_set_size(sink->pending, 0);
        sink->first_done = 0;
    } else if (!sink->is_file && sink->first_done > SINK_PENDING_MAX / 4) {
        whole = whole_blocks(sink);
        g_byte_array_remove_range(sink->pending, 0, (guint)whole);
        sink->first_done -= whole;
    }
}

/* Secrets may come: what others could read is taken from them, where it is ours. */
static bool
empty_file(struct sink *sink)
{
    struct stat status;

    sink->untouched = false;
    if (ftruncate(sink->fd, 0) != 0 || fstat(sink->fd, &status) != 0)
        return false;
    return (status.st_mode & (S_IRWXG | S_IRWXO)) == 0 || status.st_uid != geteuid() ||
           fchmod(sink->fd, S_IRUSR | S_IWUSR) == 0;
}

bool
sink_flush(struct sink *sink)
{
    if (!sink->failed && sink->untouched && sink->pending->len && !empty_file(sink))
        fail(sink, errno);
    while (!sink->failed && sink->first_done < sink->pending->len) {
        ssize_t n = write(sink->fd, sink->pending->data + sink->first_done,
                          sink->pending->len - sink->first_done);
        if (n > 0) {
            sink->first_done += (size_t)n;
            sink->written += (size_t)n;
        } else if (n < 0 && errno == EAGAIN) {
            break;
        } else if (n == 0 || errno != EINTR) {
            fail(sink, n == 0 ? EIO : errno);
        }
    }
    if (sink->pending)
        forget_written(sink);
    if (!sink->failed && sink->pending->len && !sink->watch)
        sink->watch = g_unix_fd_add(sink->fd, G_IO_OUT | G_IO_ERR, on_room, sink);
    return !sink->failed;
}

bool
sink_drain(struct sink *sink, int timeout_ms)
{
    struct pollfd room = { .fd = sink->fd, .events = POLLOUT };
    int64_t until = g_get_monotonic_time() + timeout_ms * INT64_C(1000);

    while (sink_flush(sink) && sink->pending->len) {
        int64_t left = (until - g_get_monotonic_time()) / 1000;
        if (left <= 0 || poll(&room, 1, (int)left) < 0)
            return false;
    }
    return !sink->failed;
}

bool
sink_sync(struct sink *sink)
{
    if (!sink->failed && sink->is_file && !sink->untouched && fsync(sink->fd) != 0)
        fail(sink, errno);
    return !sink->failed;
}

bool
sink_close(struct sink *sink)
{
    int error = sink->failed ? sink->error : 0;

    if (sink->watch)
        g_source_remove(sink->watch);
    if (sink->pending)
        g_byte_array_unref(sink->pending);
    if (sink->path && sink->fd >= 0 && close(sink->fd) != 0 && !error)
        error = errno;
    g_free(sink->path);
    memset(sink, 0, sizeof *sink);
    sink->fd = -1;
    sink->failed = true;
    sink->error = error;
    errno = error;
    return error == 0;
}

bool
sink_is_file(const struct sink *sink)
{
    return sink->is_file;
}

int
sink_error(const struct sink *sink)
{
    return sink->failed ? sink->error : 0;
}

size_t
sink_waiting(const struct sink *sink)
{
    return sink->pending ? sink->pending->len - sink->first_done : 0;
}

uint64_t
sink_packets_left(const struct sink *sink)
{
    size_t at = sink->pending ? whole_blocks(sink) : 0;
    uint64_t num = 0;
    uint32_t type;

    while (sink->pending && at < sink->pending->len) {
        at += block_at(sink, at, &type);
        num += type == PCAPNG_PACKET;
    }
    return num;
}

uint64_t
sink_written(const struct sink *sink)
{
    return sink->written;
}
