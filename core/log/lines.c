/* lines.c - a log of text, line by line
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "log/lines.h"

#include <string.h>

#include "base/event.h"
#include "log/forms.h"

static void
set_stamp(struct log_reader *reader, struct log_entry *entry, const struct log_line *line)
{
    entry->time = line->stamp.time;
    entry->precision = line->stamp.precision;
    reader->line_time = line->stamp.time;
    reader->running = line->source;
    reader->has_line = true;
    reader->log->zone_assumed |= line->stamp.zone_assumed;
    reader->log->year_assumed |= line->stamp.year_assumed;
}

/* The time of the line before, and no better than to the second. */
static void
set_stamp_of_before(struct log_reader *reader, struct log_entry *entry)
{
    entry->time = reader->line_time;
    entry->precision = NS_PER_SECOND;
    entry->after = true;
    reader->log->sources[entry->source]++;
    reader->log->outside += reader->line_outside;
}

static void
parse_line(struct log_reader *reader, const char *text)
{
    struct log_line line;

    if (!log_forms_read(reader, text, &line)) {
        log_reader_count_unparsed(reader);
        return;
    }
    struct log_entry entry = { .line = reader->line, .source = line.source, .level = line.level };
    if (line.has_stamp) {
        set_stamp(reader, &entry, &line);
        log_reader_is_outside(reader, entry.source, entry.time);
    } else {
        set_stamp_of_before(reader, &entry);
    }
    if (reader->line_outside)
        return;
    if (g_str_has_prefix(line.said, "**Error") || g_str_has_prefix(line.said, "Error: "))
        entry.level = SEVERITY_ERROR;
    log_reader_add(reader, &entry, line.said);
}

void
log_lines_parse(struct log_reader *reader, const char *text, size_t len)
{
    GString *line = g_string_sized_new(LOG_LINE_MAX_LEN);

    for (const char *p = text, *end = text + len; p < end;) {
        const char *newline = memchr(p, '\n', (size_t)(end - p));
        size_t line_len = (size_t)((newline ? newline : end) - p);
        reader->line++;
        g_string_truncate(line, 0);
        g_string_append_len(line, p, (gssize)MIN(line_len, LOG_LINE_MAX_LEN));
        if (line->len && line->str[line->len - 1] == '\r')
            g_string_truncate(line, line->len - 1);
        if (line->str[strspn(line->str, " \t")]) {
            reader->log->lines++;
            parse_line(reader, line->str);
        }
        p += line_len + 1;
    }
    g_string_free(line, TRUE);
}
