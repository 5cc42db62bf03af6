/* log.c - logs of clients and servers: from a file to entries
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "log/log.h"

#include <string.h>

#include "base/thresholds.h"
#include "base/event.h"
#include "log/decode.h"
#include "log/dump.h"
#include "log/lines.h"
#include "log/windows.h"

enum { CHUNK_LEN = 4096, PENDING_MAX_LEN = 4 * 1024 * 1024 };

static gint
compare_entries(gconstpointer a, gconstpointer b)
{
    const struct log_entry *first = a, *second = b;

    if (first->time != second->time)
        return first->time < second->time ? -1 : 1;
    return first->order < second->order ? -1 : first->order > second->order;
}

/* Entries as they stand in the file: journalctl -r, and Event Viewer, have the newest first. */
static void
set_order(GArray *entries)
{
    guint up = 0, down = 0;

    for (guint i = 1; i < entries->len; i++) {
        int64_t before = g_array_index(entries, struct log_entry, i - 1).time;
        int64_t time = g_array_index(entries, struct log_entry, i).time;
        if (before == LOG_NO_TIME || time == LOG_NO_TIME)
            continue;
        up += time > before;
        down += time < before;
    }
    for (guint i = 0; i < entries->len; i++) {
        struct log_entry *entry = &g_array_index(entries, struct log_entry, i);
        entry->order = down > 2 * up ? UINT32_MAX - entry->line : entry->line;
    }
}

/* "UTC+01:00" at the time of the capture. */
static char *
zone_text(GTimeZone *zone, int64_t time)
{
    gint interval = g_time_zone_find_interval(zone, G_TIME_TYPE_UNIVERSAL, time / NS_PER_SECOND);
    gint32 offset = interval < 0 ? 0 : g_time_zone_get_offset(zone, interval);

    if (offset == 0)
        return g_strdup("UTC");
    return g_strdup_printf("UTC%c%02d:%02d", offset < 0 ? '-' : '+', ABS(offset) / 3600,
                           ABS(offset) / 60 % 60);
}

static struct log *
log_new(const char *file)
{
    struct log *log = g_new0(struct log, 1);

    log->file = g_strdup(file);
    log->entries = g_array_new(FALSE, FALSE, sizeof(struct log_entry));
    log->strings = g_string_chunk_new(CHUNK_LEN);
    return log;
}

static const char evtx_advice[] =
    "an event log of Windows in binary (.evtx); give its text: wevtutil qe FILE.evtx /lf:true "
    "/f:xml > events.xml";

/* --- parsing --------------------------------------------------------------------------------- */

struct log_parser {
    struct log *log;
    struct log_catalogue *catalogue;
    struct log_reader reader;
    struct log_lines *lines; /* NULL: events in XML */
    GString *pending;        /* text whose end has not come yet */
    enum log_coding coding;
    bool begun;
    bool in_long_line; /* the rest of a line that was too long is stepped over */
};

struct log_parser *
log_parser_new(const char *file, const struct log_context *context)
{
    const int64_t any_zone = (int64_t)(LOG_SHIFT_HOURS_MAX + 1) * 3600 * NS_PER_SECOND;
    const int64_t same_zone = TIME_ZONE_STEP_SECONDS * NS_PER_SECOND;
    struct log_parser *parser = g_new0(struct log_parser, 1);

    parser->log = log_new(file);
    parser->log->zone = zone_text(context->zone, context->first);
    parser->catalogue = log_catalogue_new();
    parser->pending = g_string_new(NULL);
    parser->reader =
        (struct log_reader){ .log = parser->log,
                             .catalogue = parser->catalogue,
                             .clock = { context->zone, context->first, LOG_ORDER_OPEN },
                             .first = context->alone ? INT64_MIN : context->first - any_zone,
                             .last = context->alone ? INT64_MAX : context->last + any_zone,
                             .near_first = context->alone ? INT64_MIN : context->first - same_zone,
                             .near_last = context->alone ? INT64_MAX : context->last + same_zone,
                             .line_time = LOG_NO_TIME,
                             .dump = context->alone ? log_dump_new() : NULL };
    return parser;
}

/* Sees by the first piece what the file is. */
static void
parser_begin(struct log_parser *parser, const uint8_t *data, size_t len)
{
    struct log_reader *reader = &parser->reader;
    size_t mark_len;

    parser->begun = true;
    if (log_windows_is_evtx(data, len)) {
        parser->log->error = g_strdup(evtx_advice);
        return;
    }
    parser->coding = log_coding_of(data, len, &mark_len);
    log_decode(parser->pending, parser->coding, data + mark_len, len - mark_len);
    reader->clock.order =
        log_time_order(parser->pending->str, parser->pending->len, &reader->clock);
    if (log_windows_is(parser->pending->str, parser->pending->len))
        reader->line = 1;
    else
        parser->lines = log_lines_new(reader);
}

/* Takes so much of what is pending. */
static void
parser_take(struct log_parser *parser, size_t len)
{
    if (parser->lines) {
        log_lines_take(parser->lines, parser->pending->str, len);
    } else {
        char last = parser->pending->str[len];
        parser->pending->str[len] = '\0';
        log_windows_parse(&parser->reader, parser->pending->str, len);
        parser->pending->str[len] = last;
    }
    g_string_erase(parser->pending, 0, (gssize)len);
}

/* Up to where there are whole lines, or whole events. */
static size_t
whole_len(const struct log_parser *parser)
{
    const char *text = parser->pending->str, *newline;

    if (!parser->lines)
        return log_windows_whole(text, parser->pending->len);
    newline = g_strrstr_len(text, (gssize)parser->pending->len, "\n");
    return newline ? (size_t)(newline - text) + 1 : 0;
}

/* Drops the rest of a line that was too long. */
static void
skip_long_line(struct log_parser *parser)
{
    const char *newline = memchr(parser->pending->str, '\n', parser->pending->len);

    g_string_erase(parser->pending, 0,
                   newline ? newline + 1 - parser->pending->str : (gssize)parser->pending->len);
    parser->in_long_line = !newline;
}

void
log_parser_feed(struct log_parser *parser, const uint8_t *data, size_t len)
{
    size_t whole;

    parser->log->has_bytes |= len > 0;
    if (!parser->begun)
        parser_begin(parser, data, len);
    else if (!parser->log->error)
        log_decode(parser->pending, parser->coding, data, len);
    if (parser->in_long_line)
        skip_long_line(parser);
    whole = whole_len(parser);
    if (whole == 0 && parser->pending->len > PENDING_MAX_LEN) {
        whole = parser->pending->len;
        parser->in_long_line = parser->lines != NULL;
    }
    if (whole > 0)
        parser_take(parser, whole);
}

struct log *
log_parser_end(struct log_parser *parser)
{
    struct log *log = parser->log;

    if (parser->begun && !log->error && parser->pending->len > 0)
        parser_take(parser, parser->pending->len);
    g_clear_pointer(&parser->lines, log_lines_free);
    set_order(log->entries);
    g_array_sort(log->entries, compare_entries);
    log_dump_free(parser->reader.dump);
    log_catalogue_free(parser->catalogue);
    g_string_free(parser->pending, TRUE);
    g_free(parser);
    return log;
}

struct log *
log_parse(const char *file, const uint8_t *data, size_t len, const struct log_context *context)
{
    struct log_parser *parser = log_parser_new(file, context);

    log_parser_feed(parser, data, len);
    return log_parser_end(parser);
}

struct log *
log_unreadable(const char *file, const char *error)
{
    struct log *log = log_new(file);

    log->error = g_strdup(error);
    return log;
}

void
log_free(gpointer data)
{
    struct log *log = data;

    g_array_unref(log->entries);
    g_string_chunk_free(log->strings);
    g_free(log->zone);
    g_free(log->error);
    g_free(log->file);
    g_free(log);
}

enum log_source
log_source(const struct log *log)
{
    enum log_source most = LOG_FROM_OTHER;

    for (int source = 0; source < LOG_SOURCE_COUNT; source++)
        if (log->sources[source] > log->sources[most])
            most = (enum log_source)source;
    return most;
}
