/* logs.c - reads the logs that a user names
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "sstpdiag.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

#include "log.h"

enum { READ_BLOCK = 65536 };

/* Up to one byte more than is wanted of a log. NULL, with errno, when it cannot be read. */
static GByteArray *
read_file(const char *path)
{
    GByteArray *bytes = g_byte_array_new();
    uint8_t *block;
    size_t got;
    FILE *file = g_fopen(path, "rb");

    if (!file) {
        g_byte_array_unref(bytes);
        return NULL;
    }
    block = g_malloc(READ_BLOCK);
    while (bytes->len <= LOG_FILE_MAX_LEN && (got = fread(block, 1, READ_BLOCK, file)) > 0)
        g_byte_array_append(bytes, block, (unsigned)got);
    int error = ferror(file) ? errno : 0;
    g_free(block);
    fclose(file);
    if (!error)
        return bytes;
    g_byte_array_unref(bytes);
    errno = error;
    return NULL;
}

static struct log *
read_log(const char *path, const struct log_context *context)
{
    GByteArray *bytes;
    struct log *result;

    /* Reading from a pipe might never end. */
    if (g_file_test(path, G_FILE_TEST_EXISTS) && !g_file_test(path, G_FILE_TEST_IS_REGULAR))
        return log_unreadable(path, "not a regular file");
    bytes = read_file(path);
    if (!bytes)
        return log_unreadable(path, g_strerror(errno));
    result = log_parse(path, bytes->data, bytes->len, context);
    g_byte_array_unref(bytes);
    return result;
}

GPtrArray *
logs_read(const struct engine *engine, const GPtrArray *paths)
{
    GPtrArray *logs = g_ptr_array_new_with_free_func(log_free);
    struct log_context context = { .first = engine_first(engine).time,
                                   .last = engine_last(engine).time };

    if (paths->len == 0)
        return logs;
    context.zone = g_time_zone_new_local();
    for (unsigned i = 0; i < paths->len; i++)
        g_ptr_array_add(logs, read_log((const char *)g_ptr_array_index(paths, i), &context));
    g_time_zone_unref(context.zone);
    return logs;
}
