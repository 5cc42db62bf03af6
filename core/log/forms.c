/* forms.c - the forms of log lines: how time is written, and who wrote the line
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "log/forms.h"

#include <string.h>

enum { PREFIXES_MAX = 4, PREFIX_MAX_LEN = 80 };

/* --- what people leave in front of a line ---------------------------------------------------- */

/* "> ", "| ", "  ", "- " */
static const char *
strip_quote(const char *p)
{
    const char *q = p;

    if (*q == '>' || *q == '|' || *q == '-' || *q == '*')
        q++;
    if (*q != ' ' && *q != '\t' && !(q > p && *p == '>'))
        return NULL;
    q += strspn(q, " \t");
    return q > p ? q : NULL;
}

/* "12:", "12-", "  12  " of grep -n, cat -n */
static const char *
strip_number(const char *p)
{
    size_t len = strspn(p, "0123456789");

    if (len == 0 || len > 7 || !p[len] || !strchr(":-) \t", p[len]))
        return NULL;
    return p + len + 1;
}

/* "var/log/syslog:", "accel-ppp.log-" of grep; "web-1  | " of compose */
static const char *
strip_name(const char *p)
{
    size_t len = strcspn(p, ": \t|");

    if (len == 0 || len > PREFIX_MAX_LEN)
        return NULL;
    if (p[len] == ':')
        return p + len + 1;
    const char *q = p + len + strspn(p + len, " \t");
    return q[0] == '|' && (q[1] == ' ' || q[1] == '\0') ? q + 1 + strspn(q + 1, " ") : NULL;
}

/* "[pod/web/sstp] ", "[2416] ", "[  12.345678] " */
static const char *
strip_bracket(const char *p)
{
    size_t len = *p == '[' ? strcspn(p, "]") : 0;

    if (len == 0 || len > PREFIX_MAX_LEN || p[len] != ']' || p[len + 1] != ' ')
        return NULL;
    return p + len + 1 + strspn(p + len + 1, " ");
}

const char *
log_forms_strip(const char *text)
{
    const char *p = strip_quote(text);

    p = p ? p : strip_bracket(text);
    p = p ? p : strip_number(text);
    return p ? p : strip_name(text);
}

/* --- the table ------------------------------------------------------------------------------- */

/* A stamp, and nobody knows whose. */
static bool
form_stamped(const struct log_reader *reader, struct log_line *line)
{
    (void)reader;
    return *line->said != '\0';
}

/* Goes on from the line before: it begins with blanks, or that program's texts have several lines.
 */
static bool
form_continued(const struct log_reader *reader, struct log_line *line)
{
    if (!reader->has_line || (!g_ascii_isspace(line->text[0]) && reader->running != LOG_FROM_OSC))
        return false;
    line->source = reader->running;
    line->goes_on = true;
    return true;
}

/* A sentence of the catalogue without anything around it, as journalctl -o cat prints it. */
static bool
form_sentence(const struct log_reader *reader, struct log_line *line)
{
    const struct log_sentence *sentence =
        log_catalogue_find(reader->catalogue, line->text, LOG_FROM_OTHER);

    if (!sentence)
        return false;
    line->source = sentence->source != LOG_FROM_OTHER ? sentence->source : reader->running;
    return true;
}

static const struct log_form forms[] = {
    { "journalctl, headline", "-- Journal begins at Sun 2026-11-22 07:00:00 UTC. --", false,
      log_form_headline },
    { "RouterOS, print detail and terse",
      " 0 time=nov/22/2026 12:41:50 topics=sstp,ppp,info message=\"x\"", false,
      log_form_mikrotik_fields },
    { "journalctl -o verbose, first line", "Sun 2026-11-22 12:41:50.1 UTC [s=1f;i=2]", true,
      log_form_journal_head },
    { "syslog, RFC 5424", "<30>1 2026-11-22T12:41:50Z gw pppd 811 - - x", true,
      log_form_syslog_5424 },
    { "RouterOS, CEF", "<30>Nov 22 12:41:50 r1 CEF:0|MikroTik|RB|7.16|1|sstp,info|Low|msg=x", true,
      log_form_mikrotik_cef },
    { "RouterOS", "nov/22/2026 12:41:50 sstp,ppp,info sstp-out1: x", true, log_form_mikrotik },
    { "RAS tracing of Windows", "[2416] 11-22 12:41:50:123: x", true, log_form_tracing },
    { "stunnel", "2026.11.22 12:41:50 LOG3[0]: x", true, log_form_stunnel },
    { "nginx", "2026/11/22 12:41:50 [error] 9#9: *1 x", true, log_form_nginx },
    { "FreeRADIUS", "Sun Nov 22 12:41:50 2026 : Auth: (0) x", true, log_form_radius },
    { "docker, Kubernetes", "2026-11-22T12:41:50.1Z stdout F 2026-11-22 12:41:50,1 INFO: x", true,
      log_form_container },
    { "logread", "Sun Nov 22 12:41:50 2026 daemon.debug pppd[811]: x", true, log_form_facility },
    { "syslog, journalctl", "Nov 22 12:41:50 gw pppd[811]: x", true, log_form_syslog },
    { "Get-WinEvent, table", "11/22/2026 12:41:50 PM  20227 Error  x", true,
      log_form_winevent_table },
    { "Get-EventLog, table", " 1234 Nov 22 12:41  Error  RasClient  20227 x", true,
      log_form_eventlog_table },
    { "accel-ppp", "[2026-11-22 12:41:50]:  info: ppp0: x", true, log_form_accel },
    { "Open SSTP Client", "[2026-11-22 12:41:50.123] CHAP: ERR_TIMEOUT", true, log_form_osc },
    { "accel-ppp, foreground", "[2026-11-22 12:41:50.123] ppp0: x", true, log_form_accel_console },
    { "sstp-server", "2026-11-22 12:41:50,123 INFO: x", true, log_form_sorz },
    { "SoftEther", "2026-11-22 12:41:50.123 [HUB \"VPN\"] x", true, log_form_softether },
    { "any, with a time", "2026-11-22 12:41:50 x", true, form_stamped },
    { "RouterOS, print detail, second line", "   message=\"x\"", false, log_form_mikrotik_message },
    { "access log", "192.0.2.1 - - [22/Nov/2026:12:41:50 +0000] \"GET / HTTP/1.1\" 400 1", false,
      log_form_access },
    { "sstpc, its end", "**Error: x, (-1)", false, log_form_sstpc },
    { "syslog without its time", "pppd[811]: x", false, log_form_tagged },
    { "pppd, logfile", "rcvd [LCP ConfAck id=0x1]", false, log_form_pppd },
    { "radiusd -X", "(0) Login incorrect", false, log_form_radius_debug },
    { "RasClient, the description alone",
      "CoId={C9AFC471-E5D8-2C69-4071-81DB12345678}: The error code returned on failure is 691.",
      false, log_form_rasclient },
    { "any, without a time", "Failed to obtain the MPPE keys", false, form_sentence },
    { "goes on", "\tat x", false, form_continued },
};

const struct log_form *
log_forms(size_t *num)
{
    *num = G_N_ELEMENTS(forms);
    return forms;
}

/* --- reading --------------------------------------------------------------------------------- */

/* "<27>" of syslog says how bad it is. */
static void
take_priority(struct log_line *line)
{
    enum { LEVELS = 8, ERR = 3, WARNING = 4 };
    const char *p = line->text;

    if (*p != '<' || !g_ascii_isdigit(p[1]))
        return;
    guint64 level = g_ascii_strtoull(p + 1, NULL, 10) % LEVELS;
    line->level = level <= ERR ? SEVERITY_ERROR : level == WARNING ? SEVERITY_WARN : SEVERITY_CHAT;
    line->has_level = level <= WARNING;
}

static bool
read_stamped(const struct log_reader *reader, const char *text, struct log_line *line)
{
    *line = (struct log_line){ .text = text, .said = text, .level = SEVERITY_CHAT };
    if (!log_time_parse(&line->said, &reader->clock, &line->stamp))
        return false;
    line->has_stamp = true;
    take_priority(line);
    for (size_t i = 0; i < G_N_ELEMENTS(forms); i++)
        if (forms[i].stamped && forms[i].read(reader, line))
            return true;
    return false;
}

static bool
read_unstamped(const struct log_reader *reader, const char *text, struct log_line *line)
{
    for (size_t i = 0; i < G_N_ELEMENTS(forms); i++) {
        *line = (struct log_line){ .text = text, .said = text, .level = SEVERITY_CHAT };
        if (!forms[i].stamped && forms[i].read(reader, line))
            return true;
    }
    return false;
}

bool
log_forms_read(const struct log_reader *reader, const char *text, struct log_line *line)
{
    const char *stripped = text, *said;
    int prefixes = 0;

    do {
        if (read_stamped(reader, stripped, line))
            return true;
        stripped = log_forms_strip(stripped);
    } while (stripped && *stripped && ++prefixes <= PREFIXES_MAX);
    if (read_unstamped(reader, text, line))
        return true;
    said = strip_quote(text);
    return said && *said && read_unstamped(reader, said, line);
}
