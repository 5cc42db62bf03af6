/* logs.c - reads the logs that a user names
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "logs.h"

#include "files.h"
#include "log/log.h"

static void
take_piece(void *parser, const uint8_t *bytes, size_t len)
{
    log_parser_feed((struct log_parser *)parser, bytes, len);
}

static struct log *
read_log(const char *path, const struct log_context *context)
{
    struct log_parser *parser = log_parser_new(path, context);
    const char *why = file_read_pieces(path, take_piece, parser);
    struct log *log = log_parser_end(parser);

    if (!why)
        return log;
    log_free(log);
    return log_unreadable(path, why);
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
