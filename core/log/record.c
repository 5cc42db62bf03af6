/* record.c - an event of Windows, in whatever way it was written down
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "log/record.h"

#include <stdlib.h>
#include <string.h>

#include "base/event.h"
#include "base/numbers.h"
#include "log/names.h"

struct log_record *
log_record_new(void)
{
    struct log_record *record = g_new0(struct log_record, 1);

    record->provider = g_string_new(NULL);
    record->id = g_string_new(NULL);
    record->level = g_string_new(NULL);
    record->time = g_string_new(NULL);
    record->message = g_string_new(NULL);
    return record;
}

void
log_record_free(struct log_record *record)
{
    GString *const strings[] = { record->provider, record->id, record->level, record->time,
                                 record->message };

    for (size_t i = 0; i < G_N_ELEMENTS(strings); i++)
        g_string_free(strings[i], TRUE);
    for (unsigned i = 0; i < record->num_fields; i++)
        g_string_free(record->fields[i], TRUE);
    g_free(record);
}

void
log_record_set(GString *string, const char *value)
{
    if (value && string->len == 0)
        g_string_append_len(string, value,
                            (gssize)MIN(strlen(value), (size_t)LOG_RECORD_TEXT_MAX_LEN));
}

GString *
log_record_field(struct log_record *record)
{
    if (record->num_fields == LOG_RECORD_FIELDS_MAX)
        return NULL;
    record->fields[record->num_fields] = g_string_new(NULL);
    return record->fields[record->num_fields++];
}

GString *
log_record_field_named(struct log_record *record, const char *name)
{
    GString *field = log_record_field(record);

    record->nps = true;
    if (field)
        g_string_append_printf(field, "%s=", name);
    return field;
}

bool
log_record_put(struct log_record *record, const char *name, const char *value)
{
    const struct {
        const char *names;
        GString *into;
    } parts[] = {
        { " TimeCreated TimeGenerated Date DateandTime Logged SystemTime ", record->time },
        { " ProviderName Source Provider ", record->provider },
        { " Id EventID EventId InstanceId InstanceID ", record->id },
        { " LevelDisplayName Level EntryType ", record->level },
        { " Message Description ", record->message },
    };
    char *padded;
    bool known = false;

    if (!*value)
        return false;
    padded = g_strdup_printf(" %s ", name);
    for (char *p = padded + 1, *q = p;; p++) { /* "Event ID" and "EventID" are the same */
        if (*p != ' ' || p[1] == '\0')
            *q++ = *p;
        if (!*p)
            break;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(parts) && !known; i++)
        if (strstr(parts[i].names, padded)) {
            log_record_set(parts[i].into, value);
            known = true;
        }
    g_free(padded);
    return known;
}

bool
log_record_nps_knows(const char *name)
{
    static const char *const names[] = { "Packet-Type",         "Reason-Code",
                                         "User-Name",           "NP-Policy-Name",
                                         "Authentication-Type", "Client-IP-Address",
                                         "Client-Friendly-Name" };

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

bool
log_record_is_stamp(const struct log_reader *reader, const char *text)
{
    struct log_stamp stamp;

    return log_time_parse(&text, &reader->clock, &stamp) && *text == '\0';
}

bool
log_record_is_id(const char *text)
{
    enum { ID_DIGITS_MAX = 5 };
    size_t len = strspn(text, "0123456789");

    return len > 0 && len <= ID_DIGITS_MAX && text[len] == '\0';
}

bool
log_record_is_event(const struct log_record *record)
{
    return record->time->len > 0 &&
           (record->provider->len > 0 || record->id->len > 0 || record->nps);
}

/* --- to a line of the log -------------------------------------------------------------------- */

static const char *
provider_short(const char *provider)
{
    static const char prefix[] = "Microsoft-Windows-";

    return g_str_has_prefix(provider, prefix) ? provider + strlen(prefix) : provider;
}

/* Events of dialling are numbered from 20220 on, whatever else is lost of them. */
static const char *
provider_name(const struct log_record *record)
{
    guint64 id = g_ascii_strtoull(record->id->str, NULL, 10);

    if (record->nps)
        return "NPS";
    if (record->provider->len)
        return provider_short(record->provider->str);
    return id >= 20220 && id < 20300 ? "RasClient" : "Windows";
}

static bool
provider_is_ours(const char *provider)
{
    static const char *const names[] = { "RasSstp",      "RasClient", "RemoteAccess", "Rasman",
                                         "RasManServer", "Schannel",  "NPS" };

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        if (g_ascii_strcasecmp(provider, names[i]) == 0)
            return true;
    return false;
}

static const char *
event_meaning(const char *provider, const char *id)
{
    uint32_t number = (uint32_t)g_ascii_strtoull(id, NULL, 10);

    if (g_ascii_strcasecmp(provider, "RasSstp") == 0)
        return rassstp_event_text(number);
    if (g_ascii_strcasecmp(provider, "RasClient") == 0)
        return rasclient_event_text(number);
    return NULL;
}

/* "RasClient 20227 (the connection failed): message", or the fields where there is none. */
static char *
raw_text(const struct log_record *record, const char *provider)
{
    const char *meaning = event_meaning(provider, record->id->str);
    GString *raw = g_string_new(provider);

    if (record->id->len)
        g_string_append_printf(raw, " %s", record->id->str);
    if (meaning)
        g_string_append_printf(raw, " (%s)", meaning);
    if (record->message->len)
        g_string_append_printf(raw, ": %s", record->message->str);
    for (unsigned i = 0; i < record->num_fields && record->message->len == 0; i++)
        g_string_append_printf(raw, "%s%s", i ? "; " : ": ", record->fields[i]->str);
    if (raw->len > LOG_LINE_MAX_LEN)
        g_string_truncate(raw, LOG_LINE_MAX_LEN);
    return g_string_free(raw, FALSE);
}

/* 1 to 3 as Windows numbers them, or a word as Event Viewer of some languages shows it. */
static enum severity
record_level(const struct log_record *record, bool *known)
{
    static const char errors[] =
        " error critical fehler kritisch erreur critique erro errore critico "
        "crítico критический ошибка błąd krytyczny fout kritiek fel chyba hiba "
        "hata fejl feil virhe 错误 严重 錯誤 エラー 重大 오류 위험 failureaudit ";
    static const char warnings[] = " warning warnung avertissement advertencia aviso avviso "
                                   "предупреждение ostrzeżenie waarschuwing varning upozornění "
                                   "figyelmeztetés uyarı advarsel varoitus 警告 경고 ";
    guint64 number = g_ascii_strtoull(record->level->str, NULL, 10);
    char *lower = g_utf8_strdown(record->level->str, (gssize)record->level->len);
    char *padded = g_strdup_printf(" %s ", g_strstrip(lower));
    bool word = strlen(padded) > 2 && !strchr(lower, ' ');
    enum severity level = SEVERITY_CHAT;

    if (number == 1 || number == 2 || (word && strstr(errors, padded)))
        level = SEVERITY_ERROR;
    else if (number == 3 || (word && strstr(warnings, padded)))
        level = SEVERITY_WARN;
    *known = level >= SEVERITY_WARN;
    g_free(padded);
    g_free(lower);
    return level;
}

/* The first field of Ras events is the id, in braces. */
static void
find_id(struct log_reader *reader, struct log_entry *entry, const struct log_record *record)
{
    for (unsigned i = 0; i < record->num_fields && !entry->id; i++) {
        const char *field = record->fields[i]->str;
        field += *field == '{';
        size_t len = log_names_id_len(field);
        if (!len || (field[len] != '\0' && field[len] != '}'))
            continue;
        log_reader_set_id(reader, entry, field, len);
    }
}

static void
find_codes(struct log_entry *entry, const struct log_record *record, const char *provider)
{
    for (unsigned i = 0; i < record->num_fields; i++)
        log_codes_field(&entry->codes, record->fields[i]->str);
    if (g_ascii_strcasecmp(provider, "RasClient") == 0 && entry->codes.num == 0)
        log_codes_last(&entry->codes, record->message->str);
}

static void
add(struct log_reader *reader, const struct log_record *record, const struct log_stamp *stamp)
{
    const char *provider = provider_name(record);
    struct log_entry entry = { .line = reader->line,
                               .time = stamp->time,
                               .precision = stamp->precision,
                               .source = LOG_FROM_WINDOWS };
    char *raw = raw_text(record, provider);

    entry.level = record_level(record, &entry.has_level);
    if (provider_is_ours(provider)) {
        entry.telling = true;
        find_codes(&entry, record, provider);
        find_id(reader, &entry, record);
        entry.id_of_ras = g_ascii_strcasecmp(provider, "RasSstp") != 0;
    } else if (entry.level >= SEVERITY_WARN) {
        entry.level = SEVERITY_NOTE; /* of something else */
    }
    log_reader_add(reader, &entry, raw);
    g_free(raw);
}

/* "/Date(1795331330500)/" of PowerShell's JSON */
static bool
json_date(const char *text, struct log_stamp *stamp)
{
    static const char begin[] = "/Date(";
    const char *p = strstr(text, begin);
    gint64 ms = p ? g_ascii_strtoll(p + strlen(begin), NULL, 10) : 0;

    if (ms <= 0 || ms > INT64_MAX / (NS_PER_SECOND / 1000))
        return false;
    *stamp = log_time_of_epoch(ms * (NS_PER_SECOND / 1000), NS_PER_SECOND / 1000);
    return true;
}

bool
log_record_take(struct log_reader *reader, const struct log_record *record)
{
    const char *p = record->time->str;
    struct log_stamp stamp;

    if (!json_date(p, &stamp) && !log_time_parse(&p, &reader->clock, &stamp))
        return false;
    log_reader_note_stamp(reader, &stamp);
    if (!log_reader_is_outside(reader, LOG_FROM_WINDOWS, stamp.time))
        add(reader, record, &stamp);
    return true;
}
