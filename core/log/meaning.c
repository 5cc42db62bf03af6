/* meaning.c - what the text of a log entry says
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "log/meaning.h"

#include <string.h>

/* What sentences that the catalogue does not know have in them when something is wrong. */
static const char *const bad_words[] = {
    "error",     "fail",      "denied",   "refused",     "timeout", "timed out",
    "abort",     "could not", "expired",  "invalid",     "reject",  "mismatch",
    "not match", "unable",    "couldn't", "cannot",      "can't",   "missing",
    "unexp",     "not found", "no free",  "not respond",
};

/* A program of a system log is of interest when it speaks of these. */
static const char *const our_words[] = { "sstp", "ppp", "vpn", "ssl", "tls", "radius" };

/* Programs of other things whose words are like ours: "srv sshd[1234]: ...", "srv postfix/smtpd: ".
 */
static const char *const foreign_programs[] = {
    "sshd",    "postfix", "dovecot",  "exim",   "charon", "strongswan", "pluto",   "openvpn",
    "ovpn",    "sudo",    "cron",     "CRON",   "named",  "smbd",       "nmbd",    "vsftpd",
    "proftpd", "xrdp",    "fail2ban", "mysqld", "slapd",  "sssd",       "apache2", "wpa_supplicant",
};

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

/* Configure-Requests and their answers, as pppd and accel-ppp show them, stand on the wire, too. */
static bool
is_no_news(const char *text)
{
    return strstr(text, " Conf") && strstr(text, " id=");
}

static enum severity
weight_level(enum log_weight weight)
{
    static const enum severity levels[] = {
        [LOG_CHATTER] = SEVERITY_CHAT, [LOG_STEP] = SEVERITY_CHAT,   [LOG_NOTED] = SEVERITY_WARN,
        [LOG_WRONG] = SEVERITY_ERROR,  [LOG_CAUSE] = SEVERITY_ERROR,
    };

    return levels[weight];
}

/* Where the log has no level, the catalogue has; else the words. */
static void
judge_level(struct log_entry *entry)
{
    if (entry->has_level)
        return;
    if (entry->sentence)
        entry->level = MAX(entry->level, weight_level(entry->sentence->weight));
    else if (entry->source != LOG_FROM_OTHER && entry->source != LOG_FROM_WINDOWS &&
             !is_no_news(entry->text) &&
             has_one_of(entry->text, bad_words, G_N_ELEMENTS(bad_words)))
        entry->level = MAX(entry->level, SEVERITY_WARN);
}

/* Of programs that are known all is told but chatter, of others what is wrong with a VPN. */
static bool
is_telling(const struct log_entry *entry)
{
    bool known = entry->sentence != NULL;

    if (entry->codes.num > 0)
        return true;
    if (known && entry->sentence->weight == LOG_CHATTER)
        return false;
    if (entry->source == LOG_FROM_WINDOWS)
        return known || entry->level >= SEVERITY_WARN;
    if (entry->source != LOG_FROM_OTHER)
        return known || !is_no_news(entry->text);
    return has_one_of(entry->text, our_words, G_N_ELEMENTS(our_words)) &&
           (known || entry->level >= SEVERITY_WARN ||
            has_one_of(entry->text, bad_words, G_N_ELEMENTS(bad_words)));
}

const char *
log_meaning_foreign(const struct log_entry *entry)
{
    const char *head = entry->text;

    if (entry->source != LOG_FROM_OTHER)
        return NULL;
    /* The program's name is the first word, or stands behind the host's. */
    for (unsigned word = 0; word < 2; word++) {
        for (size_t i = 0; i < G_N_ELEMENTS(foreign_programs); i++)
            if (g_str_has_prefix(head, foreign_programs[i]) &&
                strcspn(head, "[:/-") < strcspn(head, " "))
                return foreign_programs[i];
        head += strcspn(head, " ");
        head += strspn(head, " ");
    }
    return NULL;
}

void
log_meaning_judge(const struct log_catalogue *catalogue, struct log_entry *entry)
{
    if (log_meaning_foreign(entry)) {
        entry->codes.num = 0;
        return;
    }
    entry->sentence = log_catalogue_find(catalogue, entry->text, entry->source);
    if (entry->sentence && entry->event == LOG_EVENT_NONE)
        entry->event = entry->sentence->event;
    judge_level(entry);
    entry->telling = entry->telling || is_telling(entry);
}
