/* log.c - logs of clients and servers: from a file to entries
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "log/log.h"

#include "base/thresholds.h"
#include "base/event.h"
#include "log/decode.h"
#include "log/lines.h"
#include "log/windows.h"

enum { CHUNK_LEN = 4096 };

static gint
compare_entries(gconstpointer a, gconstpointer b)
{
    const struct log_entry *first = a, *second = b;

    if (first->time != second->time)
        return first->time < second->time ? -1 : 1;
    return first->line < second->line ? -1 : first->line > second->line;
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

/* Keeps what is at most reach ns before or behind the capture. */
static struct log *
parse_within(const char *file, const GString *text, const struct log_context *context,
             int64_t reach)
{
    struct log *log = log_new(file);
    struct log_catalogue *catalogue = log_catalogue_new();
    struct log_reader reader = { .log = log,
                                 .catalogue = catalogue,
                                 .clock = { context->zone, context->first, LOG_ORDER_OPEN },
                                 .first = context->alone ? INT64_MIN : context->first - reach,
                                 .last = context->alone ? INT64_MAX : context->last + reach,
                                 .line_time = LOG_NO_TIME };

    reader.clock.order = log_time_order(text->str, text->len, &reader.clock);
    if (log_windows_is(text->str, text->len)) {
        reader.line = 1;
        log_windows_parse(&reader, text->str, text->len);
    } else {
        log_lines_parse(&reader, text->str, text->len);
    }
    log_catalogue_free(catalogue);
    g_array_sort(log->entries, compare_entries);
    return log;
}

static const char evtx_advice[] =
    "an event log of Windows in binary (.evtx); give its text: wevtutil qe FILE.evtx /lf:true "
    "/f:xml > events.xml";

struct log *
log_parse(const char *file, const uint8_t *data, size_t len, const struct log_context *context)
{
    const int64_t any_zone = (int64_t)(LOG_SHIFT_HOURS_MAX + 1) * 3600 * NS_PER_SECOND;
    const int64_t same_zone = TIME_ZONE_STEP_SECONDS * NS_PER_SECOND;
    if (log_windows_is_evtx(data, len))
        return log_unreadable(file, evtx_advice);
    GString *text = log_decode(data, MIN(len, (size_t)LOG_FILE_MAX_LEN));
    struct log *log = parse_within(file, text, context, any_zone);

    if (log->dropped && !context->alone) {
        /* A busy server. If its clock is right, what is near the time of the capture is enough. */
        struct log *nearer = parse_within(file, text, context, same_zone);
        struct log *other = nearer->entries->len ? log : nearer;
        log = nearer->entries->len ? nearer : log;
        log_free(other);
    }
    log->cut = len > LOG_FILE_MAX_LEN;
    log->zone = zone_text(context->zone, context->first);
    g_string_free(text, TRUE);
    return log;
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
