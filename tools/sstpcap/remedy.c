/* remedy.c - what to do about what ssh, sudo, tcpdump and dumpcap complain of
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "remedy.h"

#include "command.h"

#include <string.h>

/* Advice for an end of this machine and for one of another. %H is the host as the user knows it, %C
 * what ssh takes to get there, %L the same behind ssh://, %U the user there, %I the interface. */
static const struct remedy {
    const char *part; /* of the line */
    const char *here, *there;
} remedies[] = {
    { "Permission denied (", NULL,
      "ssh offers no key that %H accepts: check user and key with \"ssh %C\", load the key with "
      "ssh-add, or start sstpcap in a terminal to be asked for the password" },
    { "Host key verification failed", NULL,
      "the key of %H is not known or has changed: connect once with \"ssh %C\" and compare it" },
    { "Could not resolve hostname", NULL, "check the name, or add it to ~/.ssh/config" },
    { "Connection refused", NULL, "no ssh server listens there: ssh://USER@HOST:PORT/INTERFACE" },
    { "Connection timed out", NULL,
      "check address and firewall, or go through a jump host with -J" },
    { "a password is required", "run sudo once before, or start sstpcap as root",
      "let sudo on %H ask for none (\"%U ALL=(root) NOPASSWD: /bin/sh\" in sudoers), or let "
      "tcpdump "
      "capture without it: setcap cap_net_raw,cap_net_admin=eip $(which tcpdump)" },
    { "not in the sudoers", "start sstpcap as root", "ask who administers %H" },
    { "permission to capture",
      "dpkg-reconfigure wireshark-common and join the group wireshark, or use --sudo",
      "add --sudo, or log in as root" },
    { "permission to perform this capture", "use --sudo", "add --sudo, or log in as root" },
    { "Operation not permitted", "use --sudo, or start sstpcap as root",
      "add --sudo, or log in as root" },
    { "tcpdump: not found", "install tcpdump or Wireshark's dumpcap", "install tcpdump on %H" },
    { "No such device", "sstpcap -D lists the interfaces",
      "sstpcap -D ssh://%L lists its interfaces" },
    { "There is no device", "sstpcap -D lists the interfaces",
      "sstpcap -D ssh://%L lists its interfaces" },
    { "syntax error", "the filter is wrong: see pcap-filter(7)",
      "the filter is wrong: see pcap-filter(7)" },
    { "isn't a valid capture filter", "the filter is wrong: see pcap-filter(7)", NULL },
    { "unknown host", "use the address in place of the name in -f or --server",
      "%H cannot resolve the name: use its address in -f or --server" },
    { "is not up", "ip link set %I up", "ip link set %I up, on %H" },
};

static char *
replace(char *text, const char *word, const char *by)
{
    char **parts = g_strsplit(text, word, -1);
    char *replaced = g_strjoinv(by, parts);

    g_strfreev(parts);
    g_free(text);
    return replaced;
}

/* Takes by, too. */
static char *
replace_made(char *text, const char *word, char *by)
{
    char *replaced = replace(text, word, by);

    g_free(by);
    return replaced;
}

/* "user@host", quoted where a shell needs that. */
static char *
login_of(const struct end *end)
{
    char *login = end->user ? g_strconcat(end->user, "@", end->host, NULL) : g_strdup(end->host);
    char *quoted = command_word(login);

    g_free(login);
    return quoted;
}

/* "user@host:port", as it stands behind ssh://. */
static char *
url_of(const struct end *end)
{
    bool v6 = end->host && strchr(end->host, ':');

    return g_strdup_printf("%s%s%s%s%s%s%s", end->user ? end->user : "", end->user ? "@" : "",
                           v6 ? "[" : "", end->host ? end->host : "", v6 ? "]" : "",
                           end->port ? ":" : "", end->port ? end->port : "");
}

char *
remedy_for(const struct end *end, const char *line)
{
    for (size_t i = 0; line && i < G_N_ELEMENTS(remedies); i++) {
        const char *advice = end->kind == END_SSH ? remedies[i].there : remedies[i].here;
        if (!advice || !strstr(line, remedies[i].part))
            continue;
        char *there = end->host ? login_of(end) : g_strdup("this machine");
        char *interface = command_word(end->target);
        char *text = replace(g_strdup(advice), "%H", there);
        text = replace_made(text, "%C",
                            end->port ? g_strdup_printf("-p %s %s", end->port, there)
                                      : g_strdup(there));
        text = replace_made(text, "%L", url_of(end));
        text = replace(text, "%U", end->user ? end->user : g_get_user_name());
        text = replace(text, "%I", interface);
        g_free(interface);
        g_free(there);
        return text;
    }
    return NULL;
}
