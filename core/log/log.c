/* log.c - logs of clients and servers, read line by line
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "log/log.h"

#include <string.h>

#include "base/thresholds.h"
#include "base/event.h"
#include "log/text.h"
#include "log/time.h"
#include "log/xml.h"
#include "base/numbers.h"

enum { ID_MIN_LEN = 16, ID_MAX_LEN = 40, SYSTEM_LOOK = 4096, CHUNK_LEN = 4096 };

struct reader {
    struct log *log;
    struct log_clock clock;
    int64_t first, last; /* what may belong to the capture */
    uint32_t line;
    int64_t line_time;       /* of the last line with a stamp */
    enum log_source running; /* source of the last line */
    bool line_outside, has_line;
};

/* --- what lines say -------------------------------------------------------------------------- */

struct phrase {
    const char *words;
    enum log_event event;
};

/* The first one that stands in a line counts. */
static const struct phrase phrases[] = {
    { "CALL_CONNECT_REQUEST", LOG_EVENT_CALL_REQUEST },
    { "CALL_CONNECT_ACK", LOG_EVENT_CALL_ACK },
    { "CALL_CONNECT_NAK", LOG_EVENT_CALL_NAK },
    { "CALL_CONNECTED", LOG_EVENT_CALL_CONNECTED },
    { "CALL_ABORT", LOG_EVENT_CALL_ABORT },
    { "DISCONNECT_ACK", LOG_EVENT_DISCONNECT_ACK },
    { "CALL_DISCONNECT", LOG_EVENT_CALL_DISCONNECT },
    { "TYPE(1):", LOG_EVENT_CALL_REQUEST },
    { "TYPE(2):", LOG_EVENT_CALL_ACK },
    { "TYPE(3):", LOG_EVENT_CALL_NAK },
    { "TYPE(4):", LOG_EVENT_CALL_CONNECTED },
    { "TYPE(5):", LOG_EVENT_CALL_ABORT },
    { "TYPE(6):", LOG_EVENT_CALL_DISCONNECT },
    { "TYPE(7):", LOG_EVENT_DISCONNECT_ACK },
    { "Connection was aborted", LOG_EVENT_CALL_ABORT },
    { "invalid SHA", LOG_EVENT_CALL_CONNECTED },
    { "invalid Compound MAC", LOG_EVENT_CALL_CONNECTED },
    { "Crypto Binding is invalid", LOG_EVENT_CALL_CONNECTED },
    { "Certificate hash mismatch", LOG_EVENT_CALL_CONNECTED },
    { "negotiation timeout", LOG_EVENT_CALL_ABORT },
    { "SSTP_DUPLEX_POST", LOG_EVENT_HTTP_REQUEST },
    { "SSTPCORRELATIONID", LOG_EVENT_HTTP_REQUEST },
    { "[HTTP <HTTP/", LOG_EVENT_HTTP_ANSWER },
    { "Expected HTTP code", LOG_EVENT_HTTP_ANSWER },
    { "HTTP handshake with server", LOG_EVENT_HTTP_ANSWER },
    { "verification failed", LOG_EVENT_TLS },
    { "verify error", LOG_EVENT_TLS },
    { "Verification of server certificate", LOG_EVENT_TLS },
    { "SSL communication", LOG_EVENT_TLS },
    { "new connection from", LOG_EVENT_TCP },
    { "Connected to ", LOG_EVENT_TCP },
    { ") has connected", LOG_EVENT_TCP },
    { "Challenge id=", LOG_EVENT_CHALLENGE },
    { "Response id=", LOG_EVENT_RESPONSE },
    { "AuthReq id=", LOG_EVENT_RESPONSE },
    { "authentication succeeded", LOG_EVENT_AUTH_SUCCESS },
    { "Success id=", LOG_EVENT_AUTH_SUCCESS },
    { "AuthAck id=", LOG_EVENT_AUTH_SUCCESS },
    { "Successfully authenticated", LOG_EVENT_AUTH_SUCCESS },
    { "authentication failed", LOG_EVENT_AUTH_FAILURE },
    { "Authentication failed", LOG_EVENT_AUTH_FAILURE },
    { "Failure id=", LOG_EVENT_AUTH_FAILURE },
    { "AuthNak id=", LOG_EVENT_AUTH_FAILURE },
    { "TermReq", LOG_EVENT_TERMINATE },
    { "LCP terminated by peer", LOG_EVENT_TERMINATE },
    { "remote IP address", LOG_EVENT_NCP },
    { "local IP address", LOG_EVENT_NCP },
    { "no free IPv", LOG_EVENT_NCP },
    { "Unrecoverable", LOG_EVENT_CLOSE },
    { "disconnect by peer", LOG_EVENT_CLOSE },
    { "sstp: disconnected", LOG_EVENT_CLOSE },
    { "Modem hangup", LOG_EVENT_CLOSE },
    { "by the cause", LOG_EVENT_CLOSE },
    { "PPP session", LOG_EVENT_STEP },
    { "Connection Established", LOG_EVENT_STEP },
    { "Connection established", LOG_EVENT_STEP },
    { "session was established for", LOG_EVENT_STEP },
    { "Resolved ", LOG_EVENT_STEP },
    { "Terminating on", LOG_EVENT_STEP },
    { "negotiate authentication", LOG_EVENT_STEP },
    { "Could not determine", LOG_EVENT_STEP },
    { "no echo reply", LOG_EVENT_STEP },
    { "No response to", LOG_EVENT_STEP },
    { "Peer not responding", LOG_EVENT_STEP },
};

static const char *const bad_words[] = {
    "error",   "fail",    "denied", "refused",  "timeout",   "timed out", "abort",
    "expired", "invalid", "reject", "mismatch", "not match", "unable",
};

/* Warnings of every healthy session. */
static const char *const noise[] = {
    "discarding packet",
    "ppposeq",
    "iprange module disabled",
    "Could not remove temporary file",
};

/* A program of a system log is of interest when it speaks of these. */
static const char *const our_words[] = { "sstp", "ppp", "vpn", "ssl", "tls", "radius" };

static bool
has_one_of(const char *text, const char *const *words, size_t num)
{
    char *lower = g_ascii_strdown(text, -1);
    bool found = false;

    for (size_t i = 0; i < num && !found; i++)
        found = strstr(lower, words[i]) != NULL;
    g_free(lower);
    return found;
}

static enum log_event
phrase_event(const char *text)
{
    for (size_t i = 0; i < G_N_ELEMENTS(phrases); i++)
        if (strstr(text, phrases[i].words))
            return phrases[i].event;
    return LOG_EVENT_NONE;
}

/* Options that both sides send each other stand on the wire, with their refusals: no news. */
static bool
is_no_news(const char *text)
{
    for (size_t i = 0; i < G_N_ELEMENTS(noise); i++)
        if (strstr(text, noise[i]))
            return true;
    return strstr(text, " Conf") && strstr(text, " id=");
}

static bool
entry_is_telling(const struct log_entry *entry)
{
    bool ours = entry->source != LOG_FROM_OTHER ||
                has_one_of(entry->text, our_words, G_N_ELEMENTS(our_words));

    if (entry->codes.num > 0 || (ours && entry->event != LOG_EVENT_NONE))
        return true;
    if (!ours || is_no_news(entry->text))
        return false;
    return entry->level >= SEVERITY_WARN ||
           (entry->source != LOG_FROM_WINDOWS &&
            has_one_of(entry->text, bad_words, G_N_ELEMENTS(bad_words)));
}

/* --- correlation id and endpoint ------------------------------------------------------------- */

static size_t
id_len(const char *p)
{
    size_t len = 0;

    while (g_ascii_isxdigit(p[len]) || (len > 0 && p[len] == '-'))
        len++;
    return len >= ID_MIN_LEN && len <= ID_MAX_LEN && memchr(p, '-', len) ? len : 0;
}

/* "SSTPCORRELATIONID: {...}", "CoId={...}", "[.../192.0.2.10:33284]" as sorz writes it. */
static const char *
find_id(const char *text, size_t *len, bool *header)
{
    static const char *const labels[] = { "SSTPCORRELATIONID", "CoId", "CoID", "correlation" };

    *header = false;
    for (size_t i = 0; i < G_N_ELEMENTS(labels); i++) {
        const char *p = strstr(text, labels[i]);
        if (!p)
            continue;
        p += strlen(labels[i]);
        p += strspn(p, " :={");
        *len = id_len(p);
        *header = i == 0;
        if (*len)
            return p;
    }
    for (const char *p = strchr(text, '['); p; p = strchr(p + 1, '[')) {
        *len = id_len(p + 1);
        if (*len && p[1 + *len] == '/')
            return p + 1;
    }
    return NULL;
}

/* "192.0.2.10:58546" */
static size_t
endpoint_len(const char *p)
{
    size_t len = 0;

    for (unsigned dots = 0;; dots++) {
        size_t num = strspn(p + len, "0123456789");
        if (num == 0 || num > 3)
            return 0;
        len += num;
        if (dots == 3)
            break;
        if (p[len++] != '.')
            return 0;
    }
    if (p[len++] != ':')
        return 0;
    size_t port = strspn(p + len, "0123456789");
    return port > 0 && port <= 5 ? len + port : 0;
}

static const char *
find_endpoint(const char *text, size_t *len)
{
    for (const char *p = text; *p; p++) {
        if (!g_ascii_isdigit(*p) || (p > text && (g_ascii_isalnum(p[-1]) || p[-1] == '.')))
            continue;
        *len = endpoint_len(p);
        if (*len)
            return p;
    }
    return NULL;
}

/* --- entries --------------------------------------------------------------------------------- */

static void
count_unparsed(struct reader *reader, uint32_t line)
{
    struct log *log = reader->log;

    if (log->unparsed < LOG_UNPARSED_MAX)
        log->unparsed_lines[log->unparsed] = line;
    log->unparsed++;
}

static void
entry_find_names(struct reader *reader, struct log_entry *entry, const char *raw)
{
    size_t len;
    const char *found = find_id(raw, &len, &entry->id_of_header);

    if (found && !entry->id) {
        char *lower = g_ascii_strdown(found, (gssize)len);
        entry->id = g_string_chunk_insert(reader->log->strings, lower);
        g_free(lower);
    }
    found = find_endpoint(raw, &len);
    if (found)
        entry->endpoint = g_string_chunk_insert_len(reader->log->strings, found, (gssize)len);
}

/* Takes an entry whose time, source and level are known; raw is what it says. */
static void
entry_add(struct reader *reader, struct log_entry *entry, const char *raw)
{
    struct log *log = reader->log;
    char *clean;

    if (log->entries->len == LOG_ENTRIES_MAX) {
        log->dropped++;
        return;
    }
    log_codes_find(&entry->codes, raw, entry->source == LOG_FROM_WINDOWS);
    entry_find_names(reader, entry, raw);
    clean = log_text_clean(raw);
    entry->text = g_string_chunk_insert(log->strings, clean);
    g_free(clean);
    if (entry->event == LOG_EVENT_NONE)
        entry->event = phrase_event(entry->text);
    entry->telling = entry->telling || entry_is_telling(entry);
    g_array_append_vals(log->entries, entry, 1);
}

/* --- lines of text --------------------------------------------------------------------------- */

static enum log_source
source_of_tag(const char *tag, size_t len)
{
    static const struct {
        const char *name;
        enum log_source source;
    } tags[] = {
        { "sstpc", LOG_FROM_SSTPC },         { "nm-sstp", LOG_FROM_SSTPC },
        { "accel-ppp", LOG_FROM_ACCEL },     { "pppd", LOG_FROM_PPPD },
        { "vpnserver", LOG_FROM_SOFTETHER }, { "vpnbridge", LOG_FROM_SOFTETHER },
        { "sstp-server", LOG_FROM_SORZ },    { "sstpd", LOG_FROM_SORZ },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(tags); i++)
        if (len >= strlen(tags[i].name) && g_str_has_prefix(tag, tags[i].name))
            return tags[i].source;
    return LOG_FROM_OTHER;
}

/* "sstpc[827]: ", with or without a host's name in front, steps over a known program. */
static bool
parse_tag(const char **p, enum log_source *source)
{
    static const char tag_chars[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                    "-_./()@";
    const char *word = *p;

    for (int i = 0; i < 2; i++) {
        size_t len = strspn(word, tag_chars);
        const char *end = word + len;
        bool has_pid = *end == '[';
        if (has_pid) {
            end += 1 + strspn(end + 1, "0123456789");
            if (*end++ != ']')
                return false;
        }
        if (len > 0 && *end == ':' && (has_pid || source_of_tag(word, len) != LOG_FROM_OTHER)) {
            *source = source_of_tag(word, len);
            if (*source != LOG_FROM_OTHER)
                *p = end + 1 + strspn(end + 1, " ");
            return true;
        }
        if (len == 0 || *end != ' ')
            return false;
        word = end + strspn(end, " ");
    }
    return false;
}

/* RFC 5424 behind its time: host, program, process, message id, data. */
static bool
parse_5424(const char **p, enum log_source *source)
{
    char **words = g_strsplit(*p, " ", 6);
    bool good = g_strv_length(words) == 6;

    if (good) {
        *source = source_of_tag(words[1], strlen(words[1]));
        *p += strlen(*p) - strlen(words[5]);
    }
    g_strfreev(words);
    return good;
}

/* " info: ", "debug: " of accel-ppp, "INFO: " of Python. */
static bool
parse_level(const char **p, enum severity *level)
{
    static const struct {
        const char *name;
        enum severity level;
    } levels[] = {
        { "emerg:", SEVERITY_ERROR },    { "error:", SEVERITY_ERROR },
        { "warn:", SEVERITY_WARN },      { "info:", SEVERITY_CHAT },
        { "debug:", SEVERITY_CHAT },     { "msg:", SEVERITY_CHAT },
        { "CRITICAL:", SEVERITY_ERROR }, { "ERROR:", SEVERITY_ERROR },
        { "WARNING:", SEVERITY_WARN },   { "INFO:", SEVERITY_CHAT },
        { "DEBUG:", SEVERITY_CHAT },     { "VERBOSE:", SEVERITY_CHAT },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(levels); i++)
        if (g_str_has_prefix(*p, levels[i].name)) {
            *level = levels[i].level;
            *p += strlen(levels[i].name);
            *p += strspn(*p, " ");
            return true;
        }
    return false;
}

static bool
is_softether(const char *text)
{
    static const char *const marks[] = { "\"CID-",           "\"SID-",       "[HUB \"",
                                         "SSTP PPP Session", "TCP Listener", "Virtual Hub",
                                         "SoftEther" };

    for (size_t i = 0; i < G_N_ELEMENTS(marks); i++)
        if (strstr(text, marks[i]))
            return true;
    return false;
}

/* What stands between the stamp and what is said: tells who said it. */
static void
parse_origin(struct reader *reader, struct log_entry *entry, const char *line, const char **p)
{
    if (line[0] == '[') {
        if (parse_level(p, &entry->level))
            entry->source = LOG_FROM_ACCEL;
        if (g_str_has_prefix(*p, ": ")) /* no interface yet */
            *p += 2;
        return;
    }
    if (line[0] == '<' && strstr(line, ">1 ") && parse_5424(p, &entry->source))
        return;
    if (parse_tag(p, &entry->source))
        return;
    if (g_ascii_isupper(**p) && parse_level(p, &entry->level)) {
        entry->source = LOG_FROM_SORZ;
        return;
    }
    /* SoftEther names itself in some lines only. */
    if (is_softether(*p) || (reader->has_line && reader->running == LOG_FROM_SOFTETHER))
        entry->source = LOG_FROM_SOFTETHER;
}

/* Lines of pppd and sstpc to a terminal or a file of their own have no stamp. */
static bool
untimed_source(const struct reader *reader, const char *line, enum log_source *source)
{
    static const char *const begins[] = {
        "sent [",
        "rcvd [",
        "LCP",
        "CHAP ",
        "PAP ",
        "MS-CHAP",
        "EAP",
        "IPCP",
        "using channel ",
        "Using interface ",
        "Connect",
        "Modem hangup",
        "Hangup",
        "Terminating ",
        "local  IP address",
        "remote IP ",
        "Protocol-Reje",
        "Script ",
        "Sent ",
        "No response to ",
        "Serial ",
        "Waiting for ",
        "added resp",
        "response found",
        "Peer ",
        "Plugin ",
        "Serial connect",
        "CCP",
        "Exit.",
        "MPPE",
        "pppd ",
        "Remote message",
        "  script ",
        "Couldn't ",
        "peer ",
        "The remote",
        "primary ",
        "secondary ",
        "No auth",
        "Failed to ",
    };

    if (g_str_has_prefix(line, "**Error")) {
        *source = LOG_FROM_SSTPC;
        return true;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(begins); i++)
        if (g_str_has_prefix(line, begins[i])) {
            *source = LOG_FROM_PPPD;
            return true;
        }
    *source = reader->running;
    return reader->has_line && g_ascii_isspace(line[0]); /* goes on from the line before */
}

/* A line of source whose time cannot belong to the capture. */
static bool
is_outside(struct reader *reader, enum log_source source, int64_t time)
{
    reader->log->sources[source]++;
    reader->line_outside = time < reader->first || time > reader->last;
    reader->log->outside += reader->line_outside;
    return reader->line_outside;
}

static void
entry_set_stamp(struct reader *reader, struct log_entry *entry, const struct log_stamp *stamp)
{
    entry->time = stamp->time;
    entry->precision = stamp->precision;
    reader->line_time = stamp->time;
    reader->log->zone_assumed |= stamp->zone_assumed;
    reader->log->year_assumed |= stamp->year_assumed;
}

static void
parse_line(struct reader *reader, const char *line)
{
    struct log_entry entry = { .line = reader->line, .level = SEVERITY_CHAT };
    struct log_stamp stamp;
    const char *p = line;

    if (log_time_parse(&p, &reader->clock, &stamp)) {
        entry_set_stamp(reader, &entry, &stamp);
        parse_origin(reader, &entry, line, &p);
        reader->running = entry.source;
        reader->has_line = true;
        if (is_outside(reader, entry.source, stamp.time))
            return;
    } else if (untimed_source(reader, line, &entry.source)) {
        entry.time = reader->line_time;
        entry.precision = NS_PER_SECOND;
        entry.after = true;
        reader->log->sources[entry.source]++;
        if (reader->line_outside) {
            reader->log->outside++;
            return;
        }
    } else {
        count_unparsed(reader, reader->line);
        return;
    }
    if (g_str_has_prefix(p, "**Error") || g_str_has_prefix(p, "Error: "))
        entry.level = SEVERITY_ERROR;
    entry_add(reader, &entry, p);
}

/* The text has no NUL but the one at its end. */
static void
parse_lines(struct reader *reader, const char *text, size_t len)
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

/* --- events of Windows ----------------------------------------------------------------------- */

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
event_find_id(struct reader *reader, struct log_entry *entry, const struct log_xml_event *event)
{
    for (unsigned i = 0; i < event->num_fields && !entry->id; i++) {
        const char *field = event->fields[i]->str;
        field += *field == '{';
        size_t len = id_len(field);
        if (!len || (field[len] != '\0' && field[len] != '}'))
            continue;
        char *lower = g_ascii_strdown(field, (gssize)len);
        entry->id = g_string_chunk_insert(reader->log->strings, lower);
        g_free(lower);
    }
}

static void
event_add(struct reader *reader, const struct log_xml_event *event, int64_t time)
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
    entry_add(reader, &entry, raw);
    g_free(raw);
}

static void
parse_event(struct reader *reader, const char *xml, size_t len)
{
    /* wevtutil into a file writes in the code page of the console. */
    char *valid = g_utf8_make_valid(xml, (gssize)len);
    struct log_xml_event event;
    struct log_stamp stamp;

    if (log_xml_parse(&event, valid, strlen(valid))) {
        const char *p = event.time->str;
        if (!log_time_parse(&p, &reader->clock, &stamp))
            count_unparsed(reader, reader->line);
        else if (!is_outside(reader, LOG_FROM_WINDOWS, stamp.time))
            event_add(reader, &event, stamp.time);
    } else {
        count_unparsed(reader, reader->line);
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
static void
parse_events(struct reader *reader, const char *text, size_t len)
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
            count_unparsed(reader, reader->line);
        else
            parse_event(reader, p, (size_t)(closed - p) + strlen(close));
        p = next;
    }
}

/* --- files ----------------------------------------------------------------------------------- */

static bool
is_events(const char *text, size_t len)
{
    size_t look = MIN(len, (size_t)SYSTEM_LOOK);
    const char *p = text;

    while (p < text + look && g_ascii_isspace(*p))
        p++;
    return p < text + look && *p == '<' && !g_ascii_isdigit(p[1]) && find_event(p, text + look);
}

static void
append_unichar(GString *text, gunichar c)
{
    g_string_append_unichar(text, g_unichar_validate(c) && c ? c : '?');
}

static GString *
from_utf16(const uint8_t *data, size_t len, bool big)
{
    GString *text = g_string_sized_new(len / 2);

    for (size_t i = 0; i + 1 < len; i += 2) {
        gunichar c =
            big ? (gunichar)(data[i] << 8 | data[i + 1]) : (gunichar)(data[i + 1] << 8 | data[i]);
        if (c >= 0xd800 && c < 0xdc00 && i + 3 < len) {
            gunichar low = big ? (gunichar)(data[i + 2] << 8 | data[i + 3])
                               : (gunichar)(data[i + 3] << 8 | data[i + 2]);
            if (low >= 0xdc00 && low < 0xe000) {
                c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
                i += 2;
            }
        }
        append_unichar(text, c);
    }
    return text;
}

/* UTF-16 with its mark, or XML in it without one, as wevtutil writes it. */
static bool
is_utf16(const uint8_t *data, size_t len, size_t *mark_len, bool *big)
{
    if (len < 2)
        return false;
    *mark_len =
        (data[0] == 0xff && data[1] == 0xfe) || (data[0] == 0xfe && data[1] == 0xff) ? 2 : 0;
    *big = *mark_len ? data[0] == 0xfe : data[0] == '\0';
    return *mark_len || (data[0] == '<' && data[1] == '\0') || (data[0] == '\0' && data[1] == '<');
}

/* UTF-8, more or less, without NUL and without a mark. */
static GString *
decoded(const uint8_t *data, size_t len)
{
    size_t mark_len;
    bool big;

    if (is_utf16(data, len, &mark_len, &big))
        return from_utf16(data + mark_len, len - mark_len, big);
    if (len >= 3 && memcmp(data, "\357\273\277", 3) == 0) {
        data += 3;
        len -= 3;
    }
    GString *text = g_string_new_len((const char *)data, (gssize)len);
    for (gsize i = 0; i < text->len; i++)
        if (text->str[i] == '\0')
            text->str[i] = ' '; /* sstpc ends its lines in one */
    return text;
}

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
    struct reader reader = { .log = log,
                             .clock = { context->zone, context->first },
                             .first = context->first - reach,
                             .last = context->last + reach,
                             .line_time = LOG_NO_TIME };

    if (is_events(text->str, text->len))
        parse_events(&reader, text->str, text->len);
    else
        parse_lines(&reader, text->str, text->len);
    g_array_sort(log->entries, compare_entries);
    return log;
}

struct log *
log_parse(const char *file, const uint8_t *data, size_t len, const struct log_context *context)
{
    const int64_t any_zone = (int64_t)(LOG_SHIFT_HOURS_MAX + 1) * 3600 * NS_PER_SECOND;
    const int64_t same_zone = TIME_ZONE_STEP_SECONDS * NS_PER_SECOND;
    GString *text = decoded(data, MIN(len, (size_t)LOG_FILE_MAX_LEN));
    struct log *log = parse_within(file, text, context, any_zone);

    if (log->dropped) {
        /* A busy server: with a clock that is right, only what is near is wanted. */
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

const char *
log_source_name(enum log_source source)
{
    static const char *const names[] = {
        [LOG_FROM_OTHER] = "other",         [LOG_FROM_SSTPC] = "sstpc",
        [LOG_FROM_PPPD] = "pppd",           [LOG_FROM_ACCEL] = "accel-ppp",
        [LOG_FROM_SOFTETHER] = "SoftEther", [LOG_FROM_SORZ] = "sstp-server",
        [LOG_FROM_WINDOWS] = "Windows",
    };

    return names[source];
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
