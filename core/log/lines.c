/* lines.c - a log of text, line by line
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "log/lines.h"

#include <string.h>

#include "base/event.h"
#include "log/blocks.h"
#include "log/csv.h"
#include "log/forms.h"

static void
set_stamp(struct log_reader *reader, struct log_entry *entry, const struct log_line *line)
{
    entry->time = line->stamp.time;
    entry->precision = line->stamp.precision;
    reader->line_time = line->stamp.time;
    reader->running = line->source;
    reader->has_line = true;
    log_reader_note_stamp(reader, &line->stamp);
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
take_entry(struct log_reader *reader, const struct log_line *line)
{
    struct log_entry entry = { .line = reader->line,
                               .source = line->source,
                               .process = line->process,
                               .carrier = line->carrier,
                               .level = line->level,
                               .has_level = line->has_level };

    reader->log->lines++;
    if (line->has_stamp) {
        set_stamp(reader, &entry, line);
        log_reader_is_outside(reader, entry.source, entry.time);
    } else {
        set_stamp_of_before(reader, &entry);
        if (line->source != LOG_FROM_OTHER) {
            reader->running = line->source;
            reader->has_line = true;
        }
    }
    if (reader->line_outside)
        return;
    if (g_str_has_prefix(line->said, "**Error") || g_str_has_prefix(line->said, "Error: "))
        entry.level = SEVERITY_ERROR;
    log_reader_add(reader, &entry, line->said);
}

/* A line within JSON or the journal's fields, whose time these have. */
static void
take_inner(struct log_reader *reader, const char *text, enum log_source source,
           const struct log_stamp *stamp, enum severity level)
{
    char *cut = g_strndup(text, LOG_LINE_MAX_LEN);
    struct log_line line;

    if (!log_forms_read(reader, cut, &line) || line.no_entry)
        line = (struct log_line){ .text = cut, .said = cut };
    if (line.source == LOG_FROM_OTHER || line.goes_on)
        line.source = source;
    line.stamp = *stamp;
    line.has_stamp = true;
    line.level = MAX(line.level, level);
    line.has_level |= level >= SEVERITY_WARN;
    take_entry(reader, &line);
    g_free(cut);
}

static void
take_line(struct log_reader *reader, struct log_blocks *blocks, const char *text)
{
    struct log_line line;
    bool empty = text[strspn(text, " \t")] == '\0';
    bool known = !empty && log_forms_read(reader, text, &line);

    if (known && line.no_entry) {
        log_blocks_end(blocks);
        reader->has_head = line.is_head;
        reader->head = line.stamp;
        return;
    }
    if (log_blocks_take(blocks, text, known ? &line : NULL) || empty)
        return;
    log_blocks_end(blocks);
    if (known) {
        take_entry(reader, &line);
    } else if (text[strspn(text, " \t[],")] != '\0' && text[strspn(text, " \t")] != '<') {
        reader->log->lines++;
        log_reader_count_unparsed(reader, text);
    }
}

/* Behind an escape sequence of a terminal that begins at p: "ESC [ 1 ; 31 m". */
static const char *
escape_end(const char *p, const char *end)
{
    p++;
    if (p < end && *p == '[')
        for (p++; p < end && strchr("0123456789;?", *p) && *p;)
            p++;
    return MIN(p + 1, end);
}

/* The line without colours, and without what cuts it into pieces: the end of DOS, and blanks that
 * are none of ASCII. */
static void
set_line(GString *line, const char *p, size_t len)
{
    const char *end = p + MIN(len, (size_t)LOG_LINE_MAX_LEN);

    g_string_truncate(line, 0);
    while (p < end) {
        size_t plain = 0;
        while (p + plain < end && p[plain] != '\033' && p[plain] != '\302')
            plain++;
        g_string_append_len(line, p, (gssize)plain);
        p += plain;
        if (p < end && *p == '\033') {
            p = escape_end(p, end);
        } else if (p < end) {
            bool blank = p + 1 < end && p[1] == '\240';
            g_string_append_c(line, blank ? ' ' : *p);
            p += blank ? 2 : 1;
        }
    }
    if (line->len && line->str[line->len - 1] == '\r')
        g_string_truncate(line, line->len - 1);
}

struct log_lines {
    struct log_reader *reader;
    struct log_blocks *blocks;
    GString *line;
};

struct log_lines *
log_lines_new(struct log_reader *reader)
{
    struct log_lines *lines = g_new0(struct log_lines, 1);

    lines->reader = reader;
    lines->blocks = log_blocks_new(reader, take_inner);
    lines->line = g_string_sized_new(LOG_LINE_MAX_LEN);
    return lines;
}

void
log_lines_take(struct log_lines *lines, const char *text, size_t len)
{
    for (const char *p = text, *end = text + len; p < end;) {
        const char *newline = memchr(p, '\n', (size_t)(end - p));
        size_t line_len = (size_t)((newline ? newline : end) - p);
        lines->reader->line++;
        set_line(lines->line, p, line_len);
        take_line(lines->reader, lines->blocks, lines->line->str);
        p += line_len + 1;
    }
}

void
log_lines_free(struct log_lines *lines)
{
    log_blocks_end(lines->blocks);
    log_blocks_free(lines->blocks);
    g_clear_pointer(&lines->reader->csv, log_csv_free);
    g_string_free(lines->line, TRUE);
    g_free(lines);
}
