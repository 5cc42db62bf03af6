/* command.c - the commands that capture and follow, here and on other machines
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "command.h"

#include <fcntl.h>
#include <netdb.h>
#include <string.h>
#include <unistd.h>

/* Both scripts stand in one line without single quotes and without "!" in front of a word, so that
 * every login shell hands them on to sh as they are. */

/* Runs its arguments until they end or standard input does: the other side of the connection may
 * vanish in any way, and the program is interrupted all the same. More than once, as sh starts it
 * with SIGINT ignored, and the first may come before it has a handler. */
static const char watch[] =
    "exec 3<&0; \"$@\" </dev/null 3<&- & p=$! ; "
    "{ cat <&3; for s in INT INT INT TERM KILL; do kill -$s $p || exit; sleep 1; done; } "
    ">/dev/null 2>&1 & w=$! ; "
    "exec 3<&- </dev/null; wait $p; s=$?; kill $w 2>/dev/null; exit $s";

/* Arguments: tool, interface, filter, snap length, buffer in MiB, "-p" or nothing, sudo command,
 * watch. dumpcap has the right to capture by itself, if at all. Only the machine itself knows as
 * which addresses it sees our ssh, and what its tcpdump can do. */
static const char capture[] =
    "PATH=$PATH:/usr/sbin:/sbin:/usr/local/sbin:/usr/local/bin; export PATH; "
    "tool=$1 interface=$2 filter=$3 snap=$4 buffer=$5 promiscuous=$6 sudo=$7 watch=$8; "
    "command -v $tool >/dev/null || { echo \"$tool: not found\" >&2; exit 127; }; "
    "set -- $SSH_CONNECTION; "
    "if [ $# -ge 2 ]; then own=\"not (tcp port $2 and host ${1%%%*})\"; "
    "if [ -n \"$filter\" ]; then filter=\"($filter) and $own\"; else filter=$own; fi; fi; "
    "if [ $tool = dumpcap ]; then "
    "set -- dumpcap -q -i \"$interface\" -s $snap -B $buffer -w - $promiscuous -f \"$filter\"; "
    "else help=$(tcpdump --help 2>&1); more=; "
    "case $help in *immediate-mode*) more=--immediate-mode;; esac; "
    "case $help$(uname) in *time-stamp-precision*Linux) more=\"$more "
    "--time-stamp-precision=nano\";; esac; "
    "set -- tcpdump -i \"$interface\" -n -U -s $snap -B $((buffer * 1024)) $more $promiscuous "
    "-w - -- \"$filter\"; fi; "
    "exec $sudo sh -c \"$watch\" sstpcap \"$@\"";

static const char list[] =
    "PATH=$PATH:/usr/sbin:/sbin:/usr/local/sbin; "
    "if command -v dumpcap >/dev/null && dumpcap -D 2>/dev/null; then :; else tcpdump -D; fi";

/* Whether ssh may ask at a terminal or through SSH_ASKPASS. */
static bool
can_ask(const struct options *options)
{
    int terminal;

    if (g_getenv("SSH_ASKPASS"))
        return true;
    if (options->extcap || (terminal = open("/dev/tty", O_RDWR | O_CLOEXEC)) < 0)
        return false;
    close(terminal);
    return true;
}

static void
add(GPtrArray *argv, const char *word)
{
    g_ptr_array_add(argv, g_strdup(word));
}

static void
add_option(GPtrArray *argv, const char *option, const char *value)
{
    if (!value)
        return;
    add(argv, option);
    add(argv, value);
}

static char **
finish(GPtrArray *argv)
{
    g_ptr_array_add(argv, NULL);
    return (char **)g_ptr_array_free(argv, FALSE);
}

/* ssh up to the name of the host. The user's options come first, as ssh takes the first of a kind.
 */
static GPtrArray *
ssh_argv(const struct options *options, const struct end *end)
{
    static const char *const ours[] = { "ServerAliveInterval=5", "ServerAliveCountMax=3",
                                        "ClearAllForwardings=yes", "Compression=no" };
    GPtrArray *argv = g_ptr_array_new_with_free_func(g_free);

    add(argv, "ssh");
    add_option(argv, "-F", options->ssh_config);
    for (char **option = options->ssh_options; option && *option; option++)
        add_option(argv, "-o", *option);
    add_option(argv, "-J", options->ssh_jump);
    for (size_t i = 0; i < G_N_ELEMENTS(ours); i++)
        add_option(argv, "-o", ours[i]);
    if (!can_ask(options))
        add_option(argv, "-o", "BatchMode=yes");
    add(argv, "-T");
    add(argv, "-x");
    add(argv, "-a");
    add_option(argv, "-l", end->user);
    add_option(argv, "-p", end->port);
    return argv;
}

/* script with its arguments, run by sh here or there. */
static char **
run_script(const struct options *options, const struct end *end, const char *script,
           const char *const *args)
{
    GPtrArray *argv;
    GString *remote;

    if (!end || end->kind != END_SSH) {
        argv = g_ptr_array_new_with_free_func(g_free);
        add(argv, "sh");
        add(argv, "-c");
        add(argv, script);
        add(argv, "sstpcap");
        for (; args && *args; args++)
            add(argv, *args);
        return finish(argv);
    }
    remote = g_string_new("exec sh -c ");
    char *quoted = g_shell_quote(script);
    g_string_append_printf(remote, "%s sstpcap", quoted);
    g_free(quoted);
    for (; args && *args; args++) {
        quoted = g_shell_quote(*args);
        g_string_append_printf(remote, " %s", quoted);
        g_free(quoted);
    }
    argv = ssh_argv(options, end);
    add(argv, "--");
    add(argv, end->host);
    g_ptr_array_add(argv, g_string_free(remote, FALSE));
    return finish(argv);
}

char **
command_capture(const struct options *options, const struct end *end, const char *filter,
                bool dumpcap)
{
    const struct end_options *wanted = &end->options;
    char *snap_len, *buffer;
    char **argv;

    if (end->kind == END_FILE)
        return NULL;
    if (end->kind == END_COMMAND)
        return run_script(options, NULL, end->target, NULL);
    snap_len = g_strdup_printf("%u", wanted->snap_len);
    buffer = g_strdup_printf("%u", wanted->buffer_mib);
    const char *const args[] = { dumpcap ? "dumpcap" : "tcpdump",
                                 end->target,
                                 filter,
                                 snap_len,
                                 buffer,
                                 wanted->no_promiscuous ? "-p" : "",
                                 wanted->sudo && !dumpcap ? wanted->sudo : "",
                                 watch,
                                 NULL };
    argv = run_script(options, end, capture, args);
    g_free(snap_len);
    g_free(buffer);
    return argv;
}

char **
command_follow(const struct options *options, const struct end *end, const char *path)
{
    static const char follow[] = "sudo=$1 watch=$2; shift 2; "
                                 "exec $sudo sh -c \"$watch\" sstpcap tail -n +1 -F -- \"$@\"";
    const char *sudo = end->options.sudo ? end->options.sudo : "";
    const char *const args[] = { sudo, watch, path, NULL };

    return run_script(options, end, follow, args);
}

char **
command_list(const struct options *options, const struct end *end)
{
    return run_script(options, end, list, NULL);
}

/* The value of a line "word value" of ssh -G. Newly allocated, NULL where it is not there. */
static char *
config_value(const char *config, const char *word)
{
    char **lines = g_strsplit(config, "\n", -1);
    char *value = NULL;

    for (char **line = lines; *line && !value; line++)
        if (g_str_has_prefix(*line, word) && (*line)[strlen(word)] == ' ')
            value = g_strdup(*line + strlen(word) + 1);
    g_strfreev(lines);
    return value;
}

static char *
ssh_config(GPtrArray *argv, const char *host)
{
    char *config = NULL;
    char **words;

    add(argv, "-G");
    add(argv, "--");
    add(argv, host);
    words = finish(argv);
    if (!g_spawn_sync(NULL, words, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL, NULL,
                      NULL, &config, NULL, NULL, NULL))
        config = NULL;
    g_strfreev(words);
    return config;
}

static char *
address_clause(const char *host, const char *port)
{
    struct addrinfo *addresses = NULL;
    const struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
    GString *clause = g_string_new(NULL);
    char text[NI_MAXHOST];

    if (getaddrinfo(host, port, &hints, &addresses) != 0)
        addresses = NULL;
    for (const struct addrinfo *a = addresses; a; a = a->ai_next) {
        if (getnameinfo(a->ai_addr, a->ai_addrlen, text, sizeof text, NULL, 0, NI_NUMERICHOST) != 0)
            continue;
        text[strcspn(text, "%")] = '\0'; /* the zone of a link-local address */
        g_string_append_printf(clause, "%shost %s", clause->len ? " or " : "", text);
    }
    if (addresses)
        freeaddrinfo(addresses);
    if (clause->len) {
        char *whole = g_strdup_printf("not (tcp port %s and (%s))", port, clause->str);
        g_string_assign(clause, whole);
        g_free(whole);
    }
    return g_string_free(clause, clause->len == 0);
}

/* Where ssh really connects to for this end: the first jump host, if there is one. */
static char *
own_ssh_of(const struct options *options, const struct end *end)
{
    char *config = ssh_config(ssh_argv(options, end), end->host);
    char *jump = config ? config_value(config, "proxyjump") : NULL;
    char *clause = NULL;

    if (jump && strcmp(jump, "none") != 0) {
        GPtrArray *argv = g_ptr_array_new_with_free_func(g_free);
        jump[strcspn(jump, ",")] = '\0';
        char *url =
            g_str_has_prefix(jump, "ssh://") ? g_strdup(jump) : g_strconcat("ssh://", jump, NULL);
        add(argv, "ssh");
        add_option(argv, "-F", options->ssh_config);
        g_free(config);
        config = ssh_config(argv, url);
        g_free(url);
    }
    char *host = config ? config_value(config, "hostname") : NULL;
    char *port = config ? config_value(config, "port") : NULL;
    if (host && port)
        clause = address_clause(host, port);
    g_free(host);
    g_free(port);
    g_free(jump);
    g_free(config);
    return clause;
}

char *
command_own_ssh(const struct options *options)
{
    GString *filter = g_string_new(NULL);

    for (guint i = 0; i < options->ends->len; i++) {
        const struct end *end = g_ptr_array_index(options->ends, i);
        char *clause = end->kind == END_SSH ? own_ssh_of(options, end) : NULL;
        if (clause)
            g_string_append_printf(filter, "%s%s", filter->len ? " and " : "", clause);
        g_free(clause);
    }
    return g_string_free(filter, filter->len == 0);
}

char *
command_word(const char *word)
{
    size_t plain = strspn(word, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_-.:/@%+=,");

    return *word && !word[plain] ? g_strdup(word) : g_shell_quote(word);
}
