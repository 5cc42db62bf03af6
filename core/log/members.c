/* members.c - a line of a log as names and values: JSON, and fields of the journal
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "log/members.h"

#include <string.h>

#include "base/event.h"
#include "log/forms.h"
#include "log/record.h"

static const int64_t ns_per_us = NS_PER_SECOND / 1000000;

/* The first of these members that there is; NULL. names ends in NULL. */
static const char *
first_of(GHashTable *members, const char *const *names)
{
    const char *value = NULL;

    for (; *names && !value; names++)
        value = g_hash_table_lookup(members, *names);
    return value;
}

static bool
journal_time(GHashTable *members, struct log_stamp *stamp)
{
    static const char *const names[] = { "__REALTIME_TIMESTAMP", "_SOURCE_REALTIME_TIMESTAMP",
                                         NULL };
    const char *text = first_of(members, names);
    gint64 us = text ? g_ascii_strtoll(text, NULL, 10) : 0;

    if (us <= 0 || us > INT64_MAX / ns_per_us)
        return false;
    *stamp = log_time_of_epoch(us * ns_per_us, ns_per_us);
    return true;
}

static bool
member_time(const struct log_reader *reader, GHashTable *members, struct log_stamp *stamp)
{
    static const char *const names[] = { "time", "ts", "timestamp", "@timestamp", "Time", NULL };
    const char *text = first_of(members, names);

    return text && log_time_parse(&text, &reader->clock, stamp);
}

static enum severity
member_level(GHashTable *members)
{
    static const char *const names[] = { "PRIORITY", "level", "severity", "lvl", NULL };
    const char *text = first_of(members, names);
    struct log_line line = { .level = SEVERITY_CHAT };

    if (!text)
        return SEVERITY_CHAT;
    if (g_ascii_isdigit(*text) && text[1] == '\0')
        return *text <= '3' ? SEVERITY_ERROR : *text == '4' ? SEVERITY_WARN : SEVERITY_CHAT;
    log_form_take_level(&line, text, strlen(text));
    return line.level;
}

static enum log_source
member_source(GHashTable *members)
{
    static const char *const names[] = { "SYSLOG_IDENTIFIER", "_COMM", "app", "logger", NULL };
    const char *text = first_of(members, names);

    if (text && g_str_has_prefix(text, "http."))
        return LOG_FROM_CADDY;
    return text ? log_source_of_tag(text, strlen(text)) : LOG_FROM_OTHER;
}

static void
put_member(gpointer name, gpointer value, gpointer record)
{
    log_record_put(record, name, value);
}

static bool
is_windows(GHashTable *members)
{
    static const char *const names[] = { "TimeCreated", "TimeGenerated", NULL };

    return first_of(members, names) != NULL;
}

/* "/Date(1796029509000)/", milliseconds, as the JSON of PowerShell 5 has it; *text stays empty for
 * another form. */
static void
put_microsoft_date(struct log_record *record, const char *text)
{
    static const char begin[] = "/Date(";
    gint64 ms =
        text && g_str_has_prefix(text, begin) ? g_ascii_strtoll(text + strlen(begin), NULL, 10) : 0;
    GDateTime *time = ms > 0 ? g_date_time_new_from_unix_utc(ms / 1000) : NULL;

    if (!time)
        return;
    char *day = g_date_time_format(time, "%Y-%m-%dT%H:%M:%S");
    g_string_printf(record->time, "%s.%03dZ", day, (int)(ms % 1000));
    g_free(day);
    g_date_time_unref(time);
}

static bool
take_windows(struct log_reader *reader, GHashTable *members)
{
    struct log_record *record = log_record_new();
    bool taken;

    put_microsoft_date(record, g_hash_table_lookup(members, "TimeCreated"));

    /* Both names of the level are there in full exports: the number is the surer one. */
    log_record_put(record, "ProviderName",
                   first_of(members, (const char *const[]){ "ProviderName", "Source", NULL })
                       ? first_of(members, (const char *const[]){ "ProviderName", "Source", NULL })
                       : "");
    g_hash_table_foreach(members, put_member, record);
    taken = log_record_is_event(record) && log_record_take(reader, record);
    if (taken)
        reader->log->lines++;
    log_record_free(record);
    return taken;
}

/* The text, and what stands beside it as the reason. */
static char *
member_text(GHashTable *members)
{
    static const char *const names[] = { "MESSAGE", "log", "msg", "message", NULL };
    const char *text = first_of(members, names), *error = g_hash_table_lookup(members, "error");

    if (!text && !error)
        return NULL;
    if (!error)
        return g_strchomp(g_strdup(text));
    return text ? g_strdup_printf("%s: %s", text, error) : g_strdup(error);
}

bool
log_members_take(struct log_reader *reader, GHashTable *members, const struct log_stamp *stamp,
                 log_take_line *take_line)
{
    struct log_stamp own;
    char *text;

    if (is_windows(members))
        return take_windows(reader, members);
    text = member_text(members);
    if (!text)
        return false;
    if (journal_time(members, &own) || member_time(reader, members, &own))
        stamp = &own;
    if (stamp)
        take_line(reader, text, member_source(members), stamp, member_level(members));
    g_free(text);
    return stamp != NULL;
}
