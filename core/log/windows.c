/* windows.c - a log of Windows: events in XML
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "log/windows.h"

#include <string.h>

#include "log/xml.h"

enum { LOOK_LEN = 4096 /* of a text, for its first event */ };

static void
parse_event(struct log_reader *reader, const char *xml, size_t len)
{
    /* wevtutil into a file writes in the code page of the console. */
    char *valid = g_utf8_make_valid(xml, (gssize)len);
    struct log_record *record = log_record_new();

    if (!log_xml_parse(record, valid, strlen(valid)) || !log_record_take(reader, record))
        log_reader_count_unparsed(reader, valid);
    log_record_free(record);
    g_free(valid);
}

/* Next "<Event" that is that element's begin. */
const char *
log_windows_find(const char *p, const char *end)
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

    for (const char *p = log_windows_find(text, end); p;) {
        const char *next = log_windows_find(p + 1, end);
        reader->line += count_lines(done, p);
        done = p;
        reader->log->lines++;
        if (closed && closed <= p)
            closed = g_strstr_len(p, end - p, close);
        if (!closed || (next && next < closed) || closed - p > LOG_XML_EVENT_MAX_LEN)
            log_reader_count_unparsed(reader, p);
        else
            parse_event(reader, p, (size_t)(closed - p) + strlen(close));
        p = next;
    }
    reader->line += count_lines(done, end);
}

size_t
log_windows_whole(const char *text, size_t len)
{
    static const char close[] = "</Event>";
    const char *last = g_strrstr_len(text, (gssize)len, close);

    return last ? (size_t)(last - text) + strlen(close) : 0;
}

bool
log_windows_is(const char *text, size_t len)
{
    size_t look = MIN(len, (size_t)LOOK_LEN);
    const char *p = text;

    while (p < text + look && g_ascii_isspace(*p))
        p++;
    return p < text + look && *p == '<' && !g_ascii_isdigit(p[1]) &&
           log_windows_find(p, text + look);
}

bool
log_windows_is_evtx(const uint8_t *data, size_t len)
{
    static const char mark[] = "ElfFile"; /* and a NUL */

    return len >= sizeof mark && memcmp(data, mark, sizeof mark) == 0;
}
