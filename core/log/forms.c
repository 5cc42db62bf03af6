/* forms.c - the forms of log lines: how time is written, and who wrote the line
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "log/forms.h"

#include <string.h>

/* A new form is a line of the table at the end and a function. That function is called behind the
 * stamp; it sets what it knows and moves line->said on, or returns false and leaves both alone. */

/* --- what several forms have ----------------------------------------------------------------- */

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
skip_tag(const char **p, enum log_source *source)
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

/* " info: ", "debug: " of accel-ppp, "INFO: " of Python. */
static bool
skip_level(const char **p, enum severity *level)
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

/* --- lines with a stamp ---------------------------------------------------------------------- */

/* accel-ppp: "[2026-11-22 12:41:50]:  info: ppp0: connect: ..." */
static bool
form_accel(const struct log_reader *reader, struct log_line *line)
{
    (void)reader;
    if (skip_level(&line->said, &line->level))
        line->source = LOG_FROM_ACCEL;
    if (g_str_has_prefix(line->said, ": ")) /* no interface yet */
        line->said += 2;
    return true;
}

/* RFC 5424, of which time has been read: "<30>1 2026-11-22T12:41:50Z host program process id data
 * text" */
static bool
form_syslog_5424(const struct log_reader *reader, struct log_line *line)
{
    char **words;
    bool good;

    (void)reader;
    if (!strstr(line->text, ">1 "))
        return false;
    words = g_strsplit(line->said, " ", 6);
    good = g_strv_length(words) == 6;
    if (good) {
        line->source = source_of_tag(words[1], strlen(words[1]));
        line->said += strlen(line->said) - strlen(words[5]);
    }
    g_strfreev(words);
    return good;
}

/* RFC 3164, as syslog and journalctl write it: "Nov 22 12:41:50 host pppd[811]: text" */
static bool
form_syslog(const struct log_reader *reader, struct log_line *line)
{
    (void)reader;
    return skip_tag(&line->said, &line->source);
}

/* sstp-server, by the logging of Python: "2026-11-22 12:41:50,123 INFO: text" */
static bool
form_sorz(const struct log_reader *reader, struct log_line *line)
{
    (void)reader;
    if (!g_ascii_isupper(*line->said) || !skip_level(&line->said, &line->level))
        return false;
    line->source = LOG_FROM_SORZ;
    return true;
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

/* "2026-11-22 12:41:50.123 [HUB "VPN"] text". It names itself in some lines only. */
static bool
form_softether(const struct log_reader *reader, struct log_line *line)
{
    if (!is_softether(line->said) && !(reader->has_line && reader->running == LOG_FROM_SOFTETHER))
        return false;
    line->source = LOG_FROM_SOFTETHER;
    return true;
}

/* A stamp, and nobody knows whose. */
static bool
form_stamped(const struct log_reader *reader, struct log_line *line)
{
    (void)reader;
    (void)line;
    return true;
}

/* --- lines without one ----------------------------------------------------------------------- */

/* sstpc to a terminal. */
static bool
form_sstpc(const struct log_reader *reader, struct log_line *line)
{
    (void)reader;
    line->source = LOG_FROM_SSTPC;
    return true;
}

/* pppd to a terminal or a file of its own. */
static bool
form_pppd(const struct log_reader *reader, struct log_line *line)
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

    (void)reader;
    for (size_t i = 0; i < G_N_ELEMENTS(begins); i++)
        if (g_str_has_prefix(line->text, begins[i])) {
            line->source = LOG_FROM_PPPD;
            return true;
        }
    return false;
}

/* Goes on from the line before. */
static bool
form_continued(const struct log_reader *reader, struct log_line *line)
{
    if (!reader->has_line || !g_ascii_isspace(line->text[0]))
        return false;
    line->source = reader->running;
    return true;
}

/* --- the table ------------------------------------------------------------------------------- */

/* In the order in which they are tried. */
static const struct form {
    const char *begins; /* the line does so; "": it may begin with anything */
    bool (*stamp)(const char **line, const struct log_clock *clock, struct log_stamp *stamp);
    bool (*read)(const struct log_reader *reader, struct log_line *line);
} forms[] = {
    { "[", log_time_parse, form_accel },    { "<", log_time_parse, form_syslog_5424 },
    { "", log_time_parse, form_syslog },    { "", log_time_parse, form_sorz },
    { "", log_time_parse, form_softether }, { "", log_time_parse, form_stamped },
    { "**Error", NULL, form_sstpc },        { "", NULL, form_pppd },
    { "", NULL, form_continued },
};

/* Reads the stamp of a line in this form. False: it has none, or not this one. */
static bool
form_fits(const struct form *form, const struct log_clock *clock, struct log_line *line)
{
    line->said = line->text;
    line->has_stamp = form->stamp != NULL;
    return !form->stamp || form->stamp(&line->said, clock, &line->stamp);
}

bool
log_forms_read(const struct log_reader *reader, const char *text, struct log_line *line)
{
    bool fits = false;

    *line = (struct log_line){ .text = text, .level = SEVERITY_CHAT };
    for (size_t i = 0; i < G_N_ELEMENTS(forms); i++) {
        if (i == 0 || forms[i].stamp != forms[i - 1].stamp)
            fits = form_fits(&forms[i], &reader->clock, line);
        if (fits && g_str_has_prefix(text, forms[i].begins) && forms[i].read(reader, line))
            return true;
    }
    return false;
}
