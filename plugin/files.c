/* files.c - reads the files that a user names
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "files.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <stdio.h>

const char *
file_read(const char *path, size_t max, uint8_t **bytes, size_t *len)
{
    const char *why = NULL;
    GStatBuf status;

    if (g_stat(path, &status) != 0)
        return g_strerror(errno);
    /* Reading from a pipe might never end. */
    if (!S_ISREG(status.st_mode))
        return "not a regular file";
    FILE *file = g_fopen(path, "rb");
    if (!file)
        return g_strerror(errno);
    /* A buffer of the C library would keep what is read. */
    setvbuf(file, NULL, _IONBF, 0);
    size_t size = (size_t)MIN((uint64_t)status.st_size, max);
    *bytes = g_malloc(size + 1);
    *len = fread(*bytes, 1, size, file);
    if (ferror(file)) {
        why = g_strerror(errno);
        g_free(*bytes);
    }
    fclose(file);
    return why;
}

bool
file_is_exposed(const char *path)
{
#ifdef G_OS_UNIX
    GStatBuf status;

    return g_stat(path, &status) == 0 && (status.st_mode & S_IROTH);
#else
    (void)path;
    return false;
#endif
}
