/* reader.c - where one stands in a log while it is read, and adding entries to it
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "log/reader.h"

#include <string.h>

#include "log/dump.h"
#include "log/meaning.h"
#include "log/names.h"
#include "log/text.h"

enum { EXAMPLE_CHARS_MAX = 80 };

/* The beginning of a line that nobody understood. */
static const char *
example(struct log *log, const char *text)
{
    char *line = g_strndup(text, LOG_LINE_MAX_LEN), *clean = log_text_clean(line);
    const char *kept;

    if (g_utf8_strlen(clean, -1) > EXAMPLE_CHARS_MAX)
        memcpy(g_utf8_offset_to_pointer(clean, EXAMPLE_CHARS_MAX - 3), "...", sizeof "...");
    kept = g_string_chunk_insert(log->strings, clean);
    g_free(clean);
    g_free(line);
    return kept;
}

void
log_reader_count_unparsed(struct log_reader *reader, const char *text)
{
    struct log *log = reader->log;

    if (log->unparsed == 0)
        log->unparsed_text = example(log, text);
    if (log->unparsed < LOG_UNPARSED_MAX)
        log->unparsed_lines[log->unparsed] = reader->line;
    log->unparsed++;
}

void
log_reader_note_stamp(struct log_reader *reader, const struct log_stamp *stamp)
{
    reader->log->zone_assumed |= stamp->zone_assumed;
    reader->log->year_assumed |= stamp->year_assumed;
    reader->log->date_assumed |= stamp->date_assumed;
}

bool
log_reader_is_outside(struct log_reader *reader, enum log_source source, int64_t time)
{
    reader->log->sources[source]++;
    reader->line_outside = time < reader->first || time > reader->last;
    reader->log->outside += reader->line_outside;
    return reader->line_outside;
}

void
log_reader_set_id(struct log_reader *reader, struct log_entry *entry, const char *id, size_t len)
{
    char *lower = g_ascii_strdown(id, (gssize)len);

    entry->id = g_string_chunk_insert(reader->log->strings, lower);
    g_free(lower);
}

static void
entry_find_names(struct log_reader *reader, struct log_entry *entry, const char *raw)
{
    size_t len;
    const char *found = log_names_find_id(raw, &len, &entry->id_of_header);

    if (found && !entry->id)
        log_reader_set_id(reader, entry, found, len);
    found = log_names_find_endpoint(raw, &len);
    if (found)
        entry->endpoint = g_string_chunk_insert_len(reader->log->strings, found, (gssize)len);
    len = log_dump_channel(entry->source, raw);
    if (len)
        entry->channel = g_string_chunk_insert_len(reader->log->strings, raw, (gssize)len);
}

static bool
is_near(const struct log_reader *reader, const struct log_entry *entry)
{
    return entry->time >= reader->near_first && entry->time <= reader->near_last;
}

/* Keeps of the entries those that are near, and those without a time. */
static void
drop_far(struct log_reader *reader)
{
    struct log *log = reader->log;
    guint kept = 0;

    for (guint i = 0; i < log->entries->len; i++) {
        const struct log_entry *entry = &g_array_index(log->entries, struct log_entry, i);
        if (entry->time == LOG_NO_TIME || is_near(reader, entry))
            g_array_index(log->entries, struct log_entry, kept++) = *entry;
    }
    log->outside += log->entries->len - kept + log->dropped;
    log->dropped = 0;
    g_array_set_size(log->entries, kept);
    reader->first = reader->near_first;
    reader->last = reader->near_last;
    reader->narrow = true;
}

/* A busy server. If its clock is right, what is near the time of the capture is enough: as soon as
 * there is any, it alone is kept. False: there is no room for this entry. */
static bool
has_room(struct log_reader *reader, const struct log_entry *entry)
{
    struct log *log = reader->log;
    bool near = is_near(reader, entry);

    if (log->entries->len < LOG_ENTRIES_MAX)
        return true;
    for (guint i = 0; !reader->full && i < log->entries->len && !near; i++)
        near = is_near(reader, &g_array_index(log->entries, struct log_entry, i));
    reader->full = true;
    if (near && !reader->narrow)
        drop_far(reader);
    if (reader->narrow && !is_near(reader, entry)) {
        log->outside++;
        return false;
    }
    if (log->entries->len < LOG_ENTRIES_MAX)
        return true;
    log->dropped++;
    return false;
}

void
log_reader_add(struct log_reader *reader, struct log_entry *entry, const char *raw)
{
    struct log *log = reader->log;
    char *clean;

    if (!has_room(reader, entry))
        return;
    log_codes_find(&entry->codes, raw, entry->source == LOG_FROM_WINDOWS);
    entry_find_names(reader, entry, raw);
    if (reader->dump)
        log_dump_read(reader->dump, log, entry, raw);
    clean = log_text_clean(raw);
    entry->text = g_string_chunk_insert(log->strings, clean);
    g_free(clean);
    log_meaning_judge(reader->catalogue, entry);
    g_array_append_vals(log->entries, entry, 1);
}
