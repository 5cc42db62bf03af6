/* files.c - reads the files that a user names
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "files.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <stdio.h>

/* NULL, or why the file cannot be read. */
static const char *
open_file(const char *path, FILE **file, uint64_t *size)
{
    GStatBuf status;

    if (g_stat(path, &status) != 0)
        return g_strerror(errno);
    /* Reading from a pipe might never end. */
    if (!S_ISREG(status.st_mode))
        return "not a regular file";
    *file = g_fopen(path, "rb");
    if (!*file)
        return g_strerror(errno);
    /* A buffer of the C library would keep what is read. */
    setvbuf(*file, NULL, _IONBF, 0);
    *size = (uint64_t)status.st_size;
    return NULL;
}

const char *
file_read(const char *path, size_t max, uint8_t **bytes, size_t *len)
{
    uint64_t file_size = 0;
    FILE *file = NULL;
    const char *why = open_file(path, &file, &file_size);

    if (why || !file)
        return why;
    size_t size = (size_t)MIN(file_size, max);
    *bytes = g_malloc(size + 1);
    *len = fread(*bytes, 1, size, file);
    if (ferror(file)) {
        why = g_strerror(errno);
        g_free(*bytes);
    }
    fclose(file);
    return why;
}

const char *
file_read_pieces(const char *path, file_piece *take, void *data)
{
    enum { PIECE_LEN = 1024 * 1024 };
    uint64_t size = 0;
    FILE *file = NULL;
    const char *why = open_file(path, &file, &size);
    uint8_t *piece;
    size_t len;

    if (why || !file)
        return why;
    piece = g_malloc(PIECE_LEN);
    while (!why && (len = fread(piece, 1, PIECE_LEN, file)) > 0)
        take(data, piece, len);
    if (ferror(file))
        why = g_strerror(errno);
    g_free(piece);
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
