/* forms_unix.c - lines of system logs, of containers, and of the programs of Linux
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "log/forms.h"

#include <string.h>

/* --- what several forms have ----------------------------------------------------------------- */

bool
log_form_take_level(struct log_line *line, const char *word, size_t len)
{
    static const struct {
        const char *name;
        enum severity level;
    } levels[] = {
        { "emerg", SEVERITY_ERROR },  { "emergency", SEVERITY_ERROR }, { "alert", SEVERITY_ERROR },
        { "crit", SEVERITY_ERROR },   { "critical", SEVERITY_ERROR },  { "err", SEVERITY_ERROR },
        { "error", SEVERITY_ERROR },  { "fatal", SEVERITY_ERROR },     { "panic", SEVERITY_ERROR },
        { "warn", SEVERITY_WARN },    { "warning", SEVERITY_WARN },    { "notice", SEVERITY_CHAT },
        { "info", SEVERITY_CHAT },    { "debug", SEVERITY_CHAT },      { "msg", SEVERITY_CHAT },
        { "verbose", SEVERITY_CHAT }, { "trace", SEVERITY_CHAT },      { "auth", SEVERITY_CHAT },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(levels); i++)
        if (len == strlen(levels[i].name) && g_ascii_strncasecmp(word, levels[i].name, len) == 0) {
            line->level = levels[i].level;
            line->has_level = line->level >= SEVERITY_WARN;
            return true;
        }
    return false;
}

/* " info: ", "debug: " of accel-ppp, "INFO: " of Python. */
static bool
skip_level(struct log_line *line)
{
    size_t len = strcspn(line->said, ": ");

    if (line->said[len] != ':' || !log_form_take_level(line, line->said, len))
        return false;
    line->said += len + 1;
    line->said += strspn(line->said, " ");
    return true;
}

/* "daemon.debug", of which the level counts */
static bool
is_facility(const char *word, size_t len, struct log_line *line)
{
    static const char *const names[] = { "kern",   "user", "mail",     "daemon", "auth",
                                         "syslog", "lpr",  "news",     "uucp",   "authpriv",
                                         "cron",   "ftp",  "security", "local" };
    const char *dot = memchr(word, '.', len);

    if (!dot)
        return false;
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        if (g_str_has_prefix(word, names[i]) && (size_t)(dot - word) <= strlen(names[i]) + 1)
            return log_form_take_level(line, dot + 1, len - (size_t)(dot + 1 - word));
    return false;
}

static size_t
tag_len(const char *p)
{
    static const char chars[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "-_./()@";

    return strspn(p, chars);
}

/* One word that is a program's name: "sstpc[827]: ", or "sstpc: " of one that is known. */
static bool
take_tag(const char **p, struct log_line *line)
{
    size_t len = tag_len(*p);
    const char *end = *p + len;
    bool has_pid = *end == '[';
    uint32_t process = 0;

    if (has_pid) {
        process = (uint32_t)g_ascii_strtoull(end + 1, NULL, 10);
        end += 1 + strspn(end + 1, "0123456789");
        if (*end++ != ']')
            return false;
    }
    if (len == 0 || *end != ':')
        return false;
    enum log_source source = log_source_of_tag(*p, len);
    if (!has_pid && source == LOG_FROM_OTHER)
        return false;
    line->source = source;
    line->process = process;
    if (source != LOG_FROM_OTHER)
        *p = end + 1 + strspn(end + 1, " ");
    return true;
}

bool
log_form_skip_tag(const char **p, struct log_line *line)
{
    const char *word = *p;

    for (int i = 0; i < 3; i++) {
        size_t len = strcspn(word, " ");
        const char *behind = word;
        if (take_tag(&behind, line)) {
            if (line->source != LOG_FROM_OTHER)
                *p = behind;
            return true;
        }
        if (len == 0 || word[len] != ' ' || (tag_len(word) != len && i > 0))
            return false;
        is_facility(word, len, line);
        word += len + strspn(word + len, " ");
    }
    return false;
}

/* NetworkManager writes its own level and time behind the tag: "<warn>  [1795331330.5001] text" */
static void
skip_nm(struct log_line *line)
{
    const char *p = line->said;
    size_t len;

    if (*p != '<')
        return;
    len = strcspn(p + 1, ">");
    if (!p[1 + len] || !log_form_take_level(line, p + 1, len))
        return;
    p += len + 2;
    p += strspn(p, " ");
    if (*p == '[' && g_ascii_isdigit(p[1])) {
        p += strcspn(p, " ");
        p += strspn(p, " ");
    }
    line->said = p;
}

/* What the program itself puts in front of its text. */
static void
skip_own(struct log_line *line)
{
    if (line->source == LOG_FROM_NM)
        skip_nm(line);
    else if (line->source == LOG_FROM_STUNNEL)
        log_form_stunnel(NULL, line);
    else if (line->source == LOG_FROM_ACCEL || line->source == LOG_FROM_SORZ)
        skip_level(line);
    if (g_str_has_prefix(line->said, ": ")) /* accel-ppp has no interface yet */
        line->said += 2;
}

/* --- lines with a stamp ---------------------------------------------------------------------- */

/* Behind "[id name="value" ...][...]" of RFC 5424. */
static const char *
structured_end(const char *p)
{
    bool quoted = false;

    while (*p == '[') {
        for (; *p && (quoted || *p != ']'); p++) {
            if (quoted && *p == '\\' && p[1])
                p++;
            else if (*p == '"')
                quoted = !quoted;
        }
        p += *p == ']';
    }
    return p + strspn(p, " ");
}

bool
log_form_syslog_5424(const struct log_reader *reader, struct log_line *line)
{
    const char *p = line->said, *tag = NULL;

    (void)reader;
    if (!strstr(line->text, ">1 ") || line->text[0] != '<')
        return false;
    for (int word = 0; word < 4; word++) { /* host, program, process, message id */
        size_t len = strcspn(p, " ");
        if (p[len] != ' ')
            return false;
        if (word == 1)
            tag = p;
        p += len + 1;
    }
    p = *p == '[' ? structured_end(p) : *p == '-' ? p + 1 + strspn(p + 1, " ") : p;
    if (g_str_has_prefix(p, "\357\273\277"))
        p += 3;
    line->source = log_source_of_tag(tag, strcspn(tag, " "));
    line->said = p;
    skip_own(line);
    return true;
}

/* OpenWrt's logread has no host: "Sun Nov 22 12:41:50 2026 daemon.debug pppd[811]: text" */
bool
log_form_facility(const struct log_reader *reader, struct log_line *line)
{
    size_t len = strcspn(line->said, " ");
    const char *p = line->said + len + strspn(line->said + len, " ");

    (void)reader;
    if (!is_facility(line->said, len, line))
        return false;
    line->said = p;
    log_form_skip_tag(&line->said, line);
    skip_own(line);
    return true;
}

/* RFC 3164, as syslog and journalctl write it: "Nov 22 12:41:50 host pppd[811]: text" */
bool
log_form_syslog(const struct log_reader *reader, struct log_line *line)
{
    const char *p = line->said;

    (void)reader;
    if (line->stamp.bracket || !log_form_skip_tag(&p, line))
        return false;
    line->said = p;
    skip_own(line);
    return true;
}

/* sstp-server, by the logging of Python: "2026-11-22 12:41:50,123 INFO: text" */
bool
log_form_sorz(const struct log_reader *reader, struct log_line *line)
{
    (void)reader;
    if (!g_ascii_isupper(*line->said) || !g_ascii_isupper(line->said[1]) || !skip_level(line))
        return false;
    line->source = LOG_FROM_SORZ;
    return true;
}

/* accel-ppp: "[2026-11-22 12:41:50]:  info: ppp0: connect: ..." */
bool
log_form_accel(const struct log_reader *reader, struct log_line *line)
{
    (void)reader;
    if (!line->stamp.bracket || !skip_level(line))
        return false;
    line->source = LOG_FROM_ACCEL;
    skip_own(line);
    return true;
}

/* accel-pppd in the foreground and its log_tcp: no level */
bool
log_form_accel_console(const struct log_reader *reader, struct log_line *line)
{
    (void)reader;
    if (!line->stamp.bracket || line->said[0] == '"' || strstr(line->said, "/-1/"))
        return false; /* what servers of HTTP log of each request looks alike */
    line->source = LOG_FROM_ACCEL;
    skip_own(line);
    return true;
}

/* A container's line: its own stamp behind that of docker or of Kubernetes, whose zone is known. */
bool
log_form_container(const struct log_reader *reader, struct log_line *line)
{
    const char *p = line->said;
    struct log_stamp inner;
    struct log_line inner_line;

    if (line->stamp.zone_assumed)
        return false;
    if (g_str_has_prefix(p, "stdout F ") || g_str_has_prefix(p, "stderr F "))
        p += strlen("stdout F ");
    const char *behind = p;
    bool stamped = log_time_parse(&behind, &reader->clock, &inner);
    if ((p == line->said && !stamped) || !log_forms_read(reader, p, &inner_line))
        return p > line->said ? (line->said = p, true) : false;
    inner_line.text = line->text;
    inner_line.stamp = line->stamp;
    inner_line.has_stamp = true;
    inner_line.goes_on = false;
    *line = inner_line;
    return true;
}

/* --- lines without one ----------------------------------------------------------------------- */

/* The first line of an entry of journalctl -o verbose: "Sun 2026-11-22 12:41:50.1 UTC [s=1f;i=2]"
 */
bool
log_form_journal_head(const struct log_reader *reader, struct log_line *line)
{
    (void)reader;
    line->is_head = g_str_has_prefix(line->said, "[s=");
    line->no_entry = line->is_head;
    return line->is_head;
}

/* "-- Logs begin at ...", "-- Reboot --", "-- No entries --"; RouterOS's "Columns: TIME, TOPICS";
 * the line under the names of a table. */
bool
log_form_headline(const struct log_reader *reader, struct log_line *line)
{
    (void)reader;
    line->no_entry = g_str_has_prefix(line->text, "-- ") || line->text[0] == '#' ||
                     g_str_has_prefix(line->text, "Columns: ") ||
                     g_str_has_prefix(line->text, "   ProviderName: ") ||
                     g_str_has_prefix(line->text, "Flags: ") ||
                     line->text[strspn(line->text, " -=\t")] == '\0' ||
                     (strstr(line->text, "TimeCreated ") && strstr(line->text, " Message")) ||
                     (strstr(line->text, "EntryType ") && strstr(line->text, " Message"));
    return line->no_entry;
}

/* sstpc to a terminal. */
bool
log_form_sstpc(const struct log_reader *reader, struct log_line *line)
{
    (void)reader;
    if (!g_str_has_prefix(line->text, "**Error"))
        return false;
    line->source = LOG_FROM_SSTPC;
    return true;
}

bool
log_form_tagged(const struct log_reader *reader, struct log_line *line)
{
    const char *p = line->text;

    (void)reader;
    if (!take_tag(&p, line) || line->source == LOG_FROM_OTHER)
        return false;
    line->said = p;
    skip_own(line);
    return true;
}

/* pppd to a terminal or a file of its own. */
bool
log_form_pppd(const struct log_reader *reader, struct log_line *line)
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
        "local LL ",
        "remote LL ",
    };

    if (reader->running == LOG_FROM_OSC)
        return false;
    for (size_t i = 0; i < G_N_ELEMENTS(begins); i++)
        if (g_str_has_prefix(line->text, begins[i])) {
            const struct log_sentence *sentence =
                log_catalogue_find(reader->catalogue, line->text, LOG_FROM_OTHER);
            line->source =
                sentence && sentence->source != LOG_FROM_OTHER ? sentence->source : LOG_FROM_PPPD;
            return true;
        }
    return false;
}

/* radiusd -X: "(0) Login incorrect", "FreeRADIUS Version 3.2.1" */
bool
log_form_radius_debug(const struct log_reader *reader, struct log_line *line)
{
    size_t digits = *line->text == '(' ? strspn(line->text + 1, "0123456789") : 0;

    (void)reader;
    if (!g_str_has_prefix(line->text, "FreeRADIUS Version ") &&
        !(digits > 0 && g_str_has_prefix(line->text + 1 + digits, ") ")))
        return false;
    line->source = LOG_FROM_RADIUS;
    return true;
}
