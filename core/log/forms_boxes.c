/* forms_boxes.c - lines of routers, servers of other systems, and what stands in front of them
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "log/forms.h"

#include <string.h>

#include "base/event.h"

enum { ACCESS_HEAD_MAX = 100 };

/* --- RouterOS -------------------------------------------------------------------------------- */

/* What carries PPP, where a topic names it; else what was known before. */
static const char *
topic_carrier(const char *word, size_t len, const char *before)
{
    static const struct {
        const char *topic, *carrier;
    } carriers[] = {
        { "sstp", "SSTP" }, { "pppoe", "PPPoE" },  { "l2tp", "L2TP" },
        { "pptp", "PPTP" }, { "ovpn", "OpenVPN" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(carriers); i++)
        if (len == strlen(carriers[i].topic) && strncmp(word, carriers[i].topic, len) == 0)
            return carriers[i].carrier;
    return before;
}

/* Length of "sstp,ppp,info": words of small letters with commas between, one of them a level or a
 * topic that no other program has. Sets the level. 0: there is none. */
static size_t
topics_len(const char *p, struct log_line *line)
{
    size_t len = strspn(p, "abcdefghijklmnopqrstuvwxyz0123456789,!-");
    struct log_line level = *line;
    bool known = false;

    if (!memchr(p, ',', len) || (p[len] != ' ' && p[len] != '\0' && p[len] != ':'))
        return 0;
    for (size_t i = 0; i < len;) {
        size_t word = i;
        while (i < len && p[i] != ',')
            i++;
        level.carrier = topic_carrier(p + word, i - word, level.carrier);
        known |= log_form_take_level(&level, p + word, i - word) ||
                 (i - word == strlen("packet") && strncmp(p + word, "packet", i - word) == 0);
        i++;
    }
    if (!known)
        return 0;
    line->level = level.level;
    line->has_level = level.has_level;
    line->carrier = level.carrier;
    return len;
}

/* "nov/22/2026 12:41:50 sstp,ppp,info text"; to a syslog server with a host in front, or the text
 * behind a colon */
bool
log_form_mikrotik(const struct log_reader *reader, struct log_line *line)
{
    const char *p = line->said;
    size_t len;

    (void)reader;
    for (int word = 0; word < 3; word++) {
        len = topics_len(p, line);
        if (len) {
            line->source = LOG_FROM_MIKROTIK;
            p += len;
            line->said = p + strspn(p, ": ");
            return true;
        }
        len = strcspn(p, " ");
        if (!p[len])
            return false;
        p += len + strspn(p + len, " ");
    }
    return false;
}

/* "CEF:0|MikroTik|RB|7.16|1|sstp,ppp,info|Low|dvchost=r1 msg=text" behind the head of syslog */
bool
log_form_mikrotik_cef(const struct log_reader *reader, struct log_line *line)
{
    const char *p = strstr(line->said, "CEF:"), *text = strstr(line->said, "msg=");

    (void)reader;
    if (!p || !text || !strstr(p, "MikroTik"))
        return false;
    for (; p && p < text; p = strchr(p, '|')) {
        p += *p == '|';
        struct log_line level = *line;
        size_t len = strspn(p, "abcdefghijklmnopqrstuvwxyz0123456789,!-");
        if (p[len] == '|' && memchr(p, ',', len)) {
            char *word = g_strdup_printf("%.*s ", (int)len, p);
            if (topics_len(word, &level))
                *line = level;
            g_free(word);
        }
    }
    line->source = LOG_FROM_MIKROTIK;
    line->said = text + strlen("msg=");
    return true;
}

/* print detail and print terse: "0 time=nov/22/2026 12:41:50 topics=sstp,info message="text"" */
bool
log_form_mikrotik_fields(const struct log_reader *reader, struct log_line *line)
{
    const char *time = strstr(line->text, "time="), *topics = strstr(line->text, "topics=");
    const char *text = strstr(line->text, "message=");
    size_t len;

    if (!time || !topics || time > topics || (text && topics > text))
        return false;
    time += strlen("time=");
    time += *time == '"';
    topics += strlen("topics=");
    if (!log_time_parse(&time, &reader->clock, &line->stamp))
        return false;
    len = topics_len(topics, line);
    line->has_stamp = true;
    line->source = len || strstr(topics, ",") ? LOG_FROM_MIKROTIK : LOG_FROM_OTHER;
    line->is_head = line->no_entry = !text; /* print detail has the text in the next line */
    line->said = text ? text + strlen("message=") : line->text;
    return true;
}

/* The second line of print detail: "   message="text"" */
bool
log_form_mikrotik_message(const struct log_reader *reader, struct log_line *line)
{
    const char *p = line->text + strspn(line->text, " ");

    if (!reader->has_head || !g_str_has_prefix(p, "message="))
        return false;
    line->has_stamp = true;
    line->stamp = reader->head;
    line->source = LOG_FROM_MIKROTIK;
    line->said = p + strlen("message=");
    return true;
}

/* An access log: "192.0.2.1 - - [22/Nov/2026:12:41:50 +0000] "GET / HTTP/1.1" 400", and HAProxy's
 */
bool
log_form_access(const struct log_reader *reader, struct log_line *line)
{
    const char *p = strchr(line->text, '[');

    if (!p || p - line->text > ACCESS_HEAD_MAX || !g_ascii_isxdigit(line->text[0]) ||
        !log_time_parse(&p, &reader->clock, &line->stamp) || line->stamp.zone_assumed)
        return false;
    line->has_stamp = true;
    line->source = LOG_FROM_NGINX;
    return true;
}

/* --- clients and servers of other systems ---------------------------------------------------- */

/* Open SSTP Client of Android: "[2026-11-22 12:41:50.123] CHAP: ERR_TIMEOUT". accel-ppp in the
 * foreground writes stamps alike. */
bool
log_form_osc(const struct log_reader *reader, struct log_line *line)
{
    if (!line->stamp.bracket || line->stamp.precision == NS_PER_SECOND)
        return false;
    if (!strstr(line->said, "ERR_") && !strstr(line->said, "VPN connection") &&
        !g_str_has_prefix(line->said, "Reconnect") && reader->running != LOG_FROM_OSC)
        return false;
    line->source = LOG_FROM_OSC;
    return true;
}

static bool
is_softether(const char *text)
{
    static const char *const marks[] = {
        "\"CID-",      "\"SID-",    "[HUB \"",     "SSTP PPP Session",       "TCP Listener",
        "Virtual Hub", "SoftEther", "PPP Session", "VPN Connection Setting", "VPN Server",
        "VPN Client",  "VPN Bridge"
    };

    for (size_t i = 0; i < G_N_ELEMENTS(marks); i++)
        if (strstr(text, marks[i]))
            return true;
    return false;
}

/* "2026-11-22 12:41:50.123 [HUB "VPN"] text". It names itself in some lines only. */
bool
log_form_softether(const struct log_reader *reader, struct log_line *line)
{
    if (line->stamp.bracket ||
        (!is_softether(line->said) && !(reader->has_line && reader->running == LOG_FROM_SOFTETHER)))
        return false;
    line->source = LOG_FROM_SOFTETHER;
    return true;
}

/* --- what stands in front of a server -------------------------------------------------------- */

/* "[error] 9#9: *1 text" */
bool
log_form_nginx(const struct log_reader *reader, struct log_line *line)
{
    const char *p = line->said;
    size_t len;

    (void)reader;
    if (*p != '[')
        return false;
    len = strcspn(p + 1, "]");
    if (!g_str_has_prefix(p + 1 + len, "] ") || !g_ascii_isdigit(p[len + 3]) || !strchr(p, '#') ||
        !log_form_take_level(line, p + 1, len))
        return false;
    p += len + 3;
    const char *text = strstr(p, ": ");
    line->said = text ? text + 2 : p;
    line->source = LOG_FROM_NGINX;
    return true;
}

/* "LOG3[0]: text" */
bool
log_form_stunnel(const struct log_reader *reader, struct log_line *line)
{
    const char *p = line->said;
    const char *text = strstr(p, "]: ");

    (void)reader;
    if (!g_str_has_prefix(p, "LOG") || !g_ascii_isdigit(p[3]) || p[4] != '[' || !text)
        return false;
    line->level = p[3] <= '3' ? SEVERITY_ERROR : p[3] == '4' ? SEVERITY_WARN : SEVERITY_CHAT;
    line->has_level = p[3] <= '4';
    line->said = text + 3;
    line->source = LOG_FROM_STUNNEL;
    return true;
}

/* ": Auth: (0) text" behind the stamp, of which the first colon may be gone with it */
bool
log_form_radius(const struct log_reader *reader, struct log_line *line)
{
    const char *p = line->said + strspn(line->said, ": ");
    size_t len = strcspn(p, ": ");

    (void)reader;
    if (p == line->said || p[len] != ':' || line->stamp.bracket ||
        !log_form_take_level(line, p, len))
        return false;
    line->said = p + len + 1 + strspn(p + len + 1, " ");
    line->source = LOG_FROM_RADIUS;
    return true;
}
