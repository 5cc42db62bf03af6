/* target.c - files that are written: never one that is read
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "target.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool
fail(GError **error, const char *path, const char *why)
{
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "%s: %s", path, why);
    return false;
}

static bool
is_at(const struct stat *status, const char *path)
{
    struct stat other;

    return path && stat(path, &other) == 0 && status->st_dev == other.st_dev &&
           status->st_ino == other.st_ino;
}

static bool
is_among(const struct stat *status, char **paths)
{
    for (; paths && *paths; paths++)
        if (is_at(status, *paths))
            return true;
    return false;
}

static bool
check(const struct options *options, const char *path, const struct stat *status, GError **error)
{
    if (!S_ISREG(status->st_mode))
        return fail(error, path, "is no regular file, and is not written to");
    if (is_among(status, options->files) || is_among(status, options->keylogs) ||
        is_among(status, options->logs) || is_at(status, options->credentials))
        return fail(error, path, "is one of the files that are read; name another one to write");
    return true;
}

bool
target_check(const struct options *options, const char *path, GError **error)
{
    struct stat status;

    return stat(path, &status) != 0 || check(options, path, &status, error);
}

int
target_open(const struct options *options, const char *path, GError **error)
{
    struct stat status;
    /* Opening a FIFO would wait, opening a device may do anything. */
    if (!target_check(options, path, error))
        return -1;
    int fd = open(path, O_RDWR | O_CREAT | O_NONBLOCK | O_CLOEXEC, 0644);

    if (fd >= 0 && fstat(fd, &status) == 0) {
        if (check(options, path, &status, error))
            return fd;
    } else {
        fail(error, path, g_strerror(errno));
    }
    if (fd >= 0)
        close(fd);
    return -1;
}

static bool
write_all(int fd, const char *text, size_t len)
{
    while (len > 0) {
        ssize_t n = write(fd, text, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        text += n;
        len -= (size_t)n;
    }
    return true;
}

bool
target_write(const struct options *options, const char *path, const char *text, GError **error)
{
    int fd = target_open(options, path, error);

    if (fd < 0)
        return false;
    bool good = ftruncate(fd, 0) == 0 && write_all(fd, text, strlen(text)) && fsync(fd) == 0;
    int why = errno;
    if (close(fd) != 0 && good) {
        good = false;
        why = errno;
    }
    return good || fail(error, path, g_strerror(why));
}
