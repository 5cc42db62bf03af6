/* logs.c - reads the logs that a user names
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "logs.h"

#include "files.h"
#include "log/log.h"

static struct log *
read_log(const char *path, const struct log_context *context)
{
    uint8_t *bytes;
    size_t len;
    /* One byte more than is wanted, to see that it is too long. */
    const char *why = file_read(path, (size_t)LOG_FILE_MAX_LEN + 1, &bytes, &len);

    if (why)
        return log_unreadable(path, why);
    struct log *result = log_parse(path, bytes, len, context);
    g_free(bytes);
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
