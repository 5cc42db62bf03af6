/* greeting.c - which service answers where TLS was expected, by its first bytes
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "codec/greeting.h"

#include <string.h>

#include <glib.h>

#include "base/text.h"

/* A row with words wants them in the first line as well; the first row that fits counts. */
static const struct {
    const char *begins;
    size_t len;
    const char *words;
    const char *protocol;
} greetings[] = {
    { "HTTP/", 5, NULL, "HTTP" },         /* RFC 9112 4 */
    { "SSH-", 4, NULL, "SSH" },           /* RFC 4253 4.2 */
    { "220", 3, "SMTP", "SMTP" },         /* RFC 5321 4.2 */
    { "554", 3, "SMTP", "SMTP" },         /* RFC 5321 3.1 */
    { "220", 3, "FTP", "FTP" },           /* RFC 959 5.4 */
    { "220", 3, NULL, "SMTP or FTP" },    /* both */
    { "421", 3, NULL, "SMTP or FTP" },    /* both: too busy */
    { "500", 3, NULL, "SMTP or FTP" },    /* both: the ClientHello is no command */
    { "+OK", 3, NULL, "POP3" },           /* RFC 1939 4 */
    { "-ERR", 4, NULL, "POP3 or Redis" }, /* RFC 1939 3 */
    { "* OK", 4, NULL, "IMAP" },          /* RFC 9051 7.1.1 */
    { "* BYE", 5, NULL, "IMAP" },         /* RFC 9051 7.1.5 */
    { "RFB ", 4, NULL, "VNC" },           /* RFC 6143 7.1.1 */
    { "RTSP/", 5, NULL, "RTSP" },         /* RFC 2326 7 */
    { "SIP/2.0", 7, NULL, "SIP" },        /* RFC 3261 7.2 */
    { "\x03\x00\x00", 3, NULL, "RDP" },   /* RFC 2126 4.3, MS-RDPBCGR 2.2.1.2 */
    { "\xff\xfd", 2, NULL, "Telnet" },    /* RFC 854 */
    { "\xff\xfb", 2, NULL, "Telnet" },    { "<!DOCTYPE", 9, NULL, "HTML" },
    { "<html", 5, NULL, "HTML" },
};

static size_t
line_len(const uint8_t *data, size_t len)
{
    size_t end = 0;

    while (end < MIN(len, (size_t)GREETING_MAX) && data[end] != '\r' && data[end] != '\n')
        end++;
    return end;
}

static bool
line_has(const uint8_t *data, size_t len, const char *words)
{
    return g_strstr_len((const char *)data, (gssize)line_len(data, len), words) != NULL;
}

const char *
greeting_protocol(const uint8_t *data, size_t len)
{
    for (size_t i = 0; i < G_N_ELEMENTS(greetings); i++)
        if (len >= greetings[i].len && memcmp(data, greetings[i].begins, greetings[i].len) == 0 &&
            (!greetings[i].words || line_has(data, len, greetings[i].words)))
            return greetings[i].protocol;
    return NULL;
}

char *
greeting_line(const uint8_t *data, size_t len)
{
    size_t end = line_len(data, len), text = 0;

    for (size_t i = 0; i < end; i++)
        text += g_ascii_isprint((gchar)data[i]);
    if (end == 0 || text * 10 < end * 9)
        return NULL;
    return text_clean(buf_init(data, end));
}
