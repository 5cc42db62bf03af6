/* windows.c - a log of Windows: events in XML
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "log/windows.h"

#include <string.h>

#include "base/event.h"
#include "base/numbers.h"
#include "log/names.h"
#include "log/xml.h"

enum { LOOK_LEN = 4096 /* of a text, for its first event */ };

static const char *
provider_short(const char *provider)
{
    static const char prefix[] = "Microsoft-Windows-";

    return g_str_has_prefix(provider, prefix) ? provider + strlen(prefix) : provider;
}

static bool
provider_is_ours(const char *provider)
{
    static const char *const names[] = { "RasSstp", "RasClient",    "RemoteAccess",
                                         "Rasman",  "RasManServer", "Schannel" };

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
event_raw_text(const struct log_xml_event *event, const char *provider)
{
    const char *meaning = event_meaning(provider, event->id->str);
    GString *raw = g_string_new(NULL);

    g_string_append_printf(raw, "%s %s", provider, event->id->str);
    if (meaning)
        g_string_append_printf(raw, " (%s)", meaning);
    if (event->message->len)
        g_string_append_printf(raw, ": %s", event->message->str);
    for (unsigned i = 0; i < event->num_fields && event->message->len == 0; i++)
        g_string_append_printf(raw, "%s%s", i ? "; " : ": ", event->fields[i]->str);
    return g_string_free(raw, FALSE);
}

/* The first field of Ras events is the id, in braces. */
static void
event_find_id(struct log_reader *reader, struct log_entry *entry, const struct log_xml_event *event)
{
    for (unsigned i = 0; i < event->num_fields && !entry->id; i++) {
        const char *field = event->fields[i]->str;
        field += *field == '{';
        size_t len = log_names_id_len(field);
        if (!len || (field[len] != '\0' && field[len] != '}'))
            continue;
        log_reader_set_id(reader, entry, field, len);
    }
}

static void
event_add(struct log_reader *reader, const struct log_xml_event *event, int64_t time)
{
    const char *provider = provider_short(event->provider->str);
    struct log_entry entry = { .line = reader->line,
                               .time = time,
                               .precision = NS_PER_SECOND / 1000,
                               .source = LOG_FROM_WINDOWS,
                               .level = SEVERITY_CHAT };
    guint64 level = g_ascii_strtoull(event->level->str, NULL, 10);
    char *raw = event_raw_text(event, provider);

    if (level == 1 || level == 2)
        entry.level = SEVERITY_ERROR;
    else if (level == 3)
        entry.level = SEVERITY_WARN;
    if (provider_is_ours(provider)) {
        entry.telling = true;
        for (unsigned i = 0; i < event->num_fields; i++)
            log_codes_field(&entry.codes, event->fields[i]->str);
        event_find_id(reader, &entry, event);
        entry.id_of_ras = g_ascii_strcasecmp(provider, "RasSstp") != 0;
    } else if (entry.level >= SEVERITY_WARN) {
        entry.level = SEVERITY_NOTE; /* of something else */
    }
    log_reader_add(reader, &entry, raw);
    g_free(raw);
}

static void
parse_event(struct log_reader *reader, const char *xml, size_t len)
{
    /* wevtutil into a file writes in the code page of the console. */
    char *valid = g_utf8_make_valid(xml, (gssize)len);
    struct log_xml_event event;
    struct log_stamp stamp;

    if (log_xml_parse(&event, valid, strlen(valid))) {
        const char *p = event.time->str;
        if (!log_time_parse(&p, &reader->clock, &stamp))
            log_reader_count_unparsed(reader);
        else if (!log_reader_is_outside(reader, LOG_FROM_WINDOWS, stamp.time))
            event_add(reader, &event, stamp.time);
    } else {
        log_reader_count_unparsed(reader);
    }
    log_xml_clear(&event);
    g_free(valid);
}

/* Next "<Event" that is that element's begin. */
static const char *
find_event(const char *p, const char *end)
{
    static const char tag[] = "<Event";

    while (p < end && (p = g_strstr_len(p, end - p, tag))) {
        if (p[strlen(tag)] == '>' || g_ascii_isspace(p[strlen(tag)]))
            return p;
        p++;
    }
    return NULL;
}

static uint32_t
count_lines(const char *from, const char *to)
{
    uint32_t num = 0;

    for (; from < to; from++)
        num += *from == '\n';
    return num;
}

/* Each event is parsed by itself: what one has wrong costs no other, and exports of wevtutil have
 * no element around them. */
void
log_windows_parse(struct log_reader *reader, const char *text, size_t len)
{
    static const char close[] = "</Event>";
    const char *end = text + len, *done = text, *closed = text;

    reader->line = 1;
    for (const char *p = find_event(text, end); p;) {
        const char *next = find_event(p + 1, end);
        reader->line += count_lines(done, p);
        done = p;
        reader->log->lines++;
        if (closed && closed <= p)
            closed = g_strstr_len(p, end - p, close);
        if (!closed || (next && next < closed) || closed - p > LOG_XML_EVENT_MAX_LEN)
            log_reader_count_unparsed(reader);
        else
            parse_event(reader, p, (size_t)(closed - p) + strlen(close));
        p = next;
    }
}

bool
log_windows_is(const char *text, size_t len)
{
    size_t look = MIN(len, (size_t)LOOK_LEN);
    const char *p = text;

    while (p < text + look && g_ascii_isspace(*p))
        p++;
    return p < text + look && *p == '<' && !g_ascii_isdigit(p[1]) && find_event(p, text + look);
}
