/* csv.c - rows of commas, semicolons or tabs: Event Viewer, PowerShell, NPS
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "log/csv.h"

#include <string.h>

#include "base/event.h"

enum { FIELDS_MAX = 64, STAMP_FIELDS_MAX = 40, NPS_REASON_COLUMN = 25, HEADLINE_WORDS_MIN = 4 };

/* Names of the columns. */
struct log_csv {
    char **names;
};

void
log_csv_free(struct log_csv *csv)
{
    if (!csv)
        return;
    g_strfreev(csv->names);
    g_free(csv);
}

bool
log_csv_is_open(const char *text)
{
    bool open = false;

    for (; *text; text++)
        open ^= *text == '"';
    return open;
}

static char
separator_of(const char *line)
{
    unsigned commas = 0, semicolons = 0, tabs = 0;
    bool quoted = false;

    for (; *line; line++) {
        quoted ^= *line == '"';
        commas += !quoted && *line == ',';
        semicolons += !quoted && *line == ';';
        tabs += !quoted && *line == '\t';
    }
    if (tabs > commas && tabs > semicolons)
        return '\t';
    return semicolons > commas ? ';' : ',';
}

/* Fields of a row without their quotes. */
static GPtrArray *
split(const char *row, char separator)
{
    GPtrArray *fields = g_ptr_array_new_with_free_func(g_free);
    GString *field = g_string_new(NULL);
    bool quoted = false;

    for (; *row && fields->len < FIELDS_MAX; row++) {
        if (*row == '"' && quoted && row[1] == '"')
            g_string_append_c(field, *row++);
        else if (*row == '"')
            quoted = !quoted;
        else if (*row == separator && !quoted) {
            g_ptr_array_add(fields, g_strstrip(g_strdup(field->str)));
            g_string_truncate(field, 0);
        } else {
            g_string_append_c(field, *row);
        }
    }
    g_ptr_array_add(fields, g_strstrip(g_string_free(field, FALSE)));
    return fields;
}

static const char *
field_at(const GPtrArray *fields, guint i)
{
    return i < fields->len ? g_ptr_array_index(fields, i) : "";
}

/* "Level,Date and Time,Source,Event ID,Task Category": names that are known, or, as the first line
 * of all, words of any language. */
static bool
is_headline(const struct log_reader *reader, const GPtrArray *fields)
{
    struct log_record *record = log_record_new();
    unsigned known = 0, words = 0;

    for (guint i = 0; i < fields->len; i++) {
        const char *field = g_ptr_array_index(fields, i);
        known += log_record_put(record, field, "x");
        words += *field != '\0' && !strpbrk(field, "0123456789=:[]{}<>");
    }
    log_record_free(record);
    return known >= 3 || (reader->log->lines == 0 && !reader->has_line &&
                          words >= HEADLINE_WORDS_MIN && words == fields->len);
}

/* "11/22/2026,12:41:50" at i? */
static bool
is_nps_date(const struct log_reader *reader, const GPtrArray *fields, guint i)
{
    char *both = g_strdup_printf("%s %s", field_at(fields, i), field_at(fields, i + 1));
    bool is = g_ascii_isdigit(*both) && log_record_is_stamp(reader, both);

    g_free(both);
    return is && strlen(field_at(fields, i)) <= strlen("11/22/2026");
}

/* --- rows ------------------------------------------------------------------------------------ */

/* By the names of the columns. */
static void
by_names(struct log_record *record, const struct log_csv *csv, const GPtrArray *fields)
{
    for (guint i = 0; csv && csv->names[i]; i++)
        log_record_put(record, csv->names[i], field_at(fields, i));
}

/* In any language by position: a level, a time, a source, a number, ... , the text at the end. */
static void
by_position(const struct log_reader *reader, struct log_record *record, const GPtrArray *fields)
{
    guint time = 0, id;

    while (time < fields->len && !log_record_is_stamp(reader, field_at(fields, time)))
        time++;
    for (id = time + 1; id < fields->len && !log_record_is_id(field_at(fields, id));)
        id++;
    if (id >= fields->len)
        return;
    log_record_set(record->time, field_at(fields, time));
    log_record_set(record->id, field_at(fields, id));
    if (id > time + 1)
        log_record_set(record->provider, field_at(fields, time + 1));
    if (time > 0)
        log_record_set(record->level, field_at(fields, time - 1));
    else if (id + 1 < fields->len - 1)
        log_record_set(record->level, field_at(fields, id + 1));
    log_record_set(record->message, field_at(fields, fields->len - 1));
}

static void
nps_field(struct log_record *record, const char *name, const char *value)
{
    GString *field = *value ? log_record_field_named(record, name) : NULL;

    if (field)
        g_string_append(field, value);
}

/* Attributes of the older format follow in pairs: number, value. */
static void
nps_pairs(struct log_record *record, const GPtrArray *fields)
{
    static const struct {
        const char *number, *name;
    } attributes[] = { { "4136", "Packet-Type" },
                       { "4142", "Reason-Code" },
                       { "4149", "NP-Policy-Name" },
                       { "4127", "Authentication-Type" },
                       { "4128", "Client-Friendly-Name" } };

    for (guint i = 6; i + 1 < fields->len; i += 2)
        for (size_t j = 0; j < G_N_ELEMENTS(attributes); j++)
            if (strcmp(field_at(fields, i), attributes[j].number) == 0)
                nps_field(record, attributes[j].name, field_at(fields, i + 1));
}

/* The log of the Network Policy Server: "SERVER","IAS",11/22/2026,12:41:50,3,... with columns that
 * are fixed, or 192.0.2.1,alice,11/22/2026,12:41:50,IAS,SERVER, and pairs. */
static bool
nps_row(const struct log_reader *reader, struct log_record *record, const GPtrArray *fields)
{
    if (fields->len < 7 || !is_nps_date(reader, fields, 2))
        return false;
    g_string_printf(record->time, "%s %s", field_at(fields, 2), field_at(fields, 3));
    record->nps = true;
    if (log_record_is_id(field_at(fields, 4))) {
        nps_field(record, "Packet-Type", field_at(fields, 4));
        nps_field(record, "User-Name", field_at(fields, 5));
        nps_field(record, "NP-Policy-Name", field_at(fields, NPS_REASON_COLUMN - 1));
        nps_field(record, "Reason-Code", field_at(fields, NPS_REASON_COLUMN));
    } else {
        nps_field(record, "User-Name", field_at(fields, 1));
        nps_pairs(record, fields);
    }
    return true;
}

bool
log_csv_begins(const struct log_reader *reader, const char *line)
{
    char separator = separator_of(line);
    const char *second = strchr(line, separator);
    GPtrArray *fields;
    bool begins = false;

    if (!second || !strchr(second + 1, separator))
        return false;
    if (reader->csv)
        return true;
    if (second - line > STAMP_FIELDS_MAX)
        return false;
    fields = split(line, separator);
    for (guint i = 0; i < MIN(fields->len, 3) && !begins; i++)
        begins = log_record_is_stamp(reader, field_at(fields, i)) && fields->len >= 3;
    begins = begins || is_nps_date(reader, fields, 2) || is_headline(reader, fields);
    g_ptr_array_unref(fields);
    return begins;
}

bool
log_csv_take(struct log_reader *reader, const char *row)
{
    GPtrArray *fields = split(row, separator_of(row));
    struct log_record *record;
    bool taken = true;

    if (is_headline(reader, fields)) {
        log_csv_free(reader->csv);
        reader->csv = g_new0(struct log_csv, 1);
        g_ptr_array_add(fields, NULL);
        reader->csv->names = (char **)g_ptr_array_free(fields, FALSE);
        return true;
    }
    record = log_record_new();
    if (!nps_row(reader, record, fields)) {
        by_names(record, reader->csv, fields);
        if (!log_record_is_event(record))
            by_position(reader, record, fields);
    }
    taken = log_record_is_event(record) && log_record_take(reader, record);
    if (taken)
        reader->log->lines++;
    log_record_free(record);
    g_ptr_array_unref(fields);
    return taken;
}
