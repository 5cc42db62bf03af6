/* options.c - the command line of sstpcap
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "options.h"
#include "base/suggest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "output/say.h"

enum {
    SNAP_LEN_DEFAULT = 262144,
    BUFFER_MIB_DEFAULT = 16, /* tcpdump's 2 MiB dropped packets in bursts */
    ENDS_MAX = 16,
    /* Of --watch. */
    MEMORY_MIB_DEFAULT = 256,
    MEMORY_MIB_MIN = 8,
    MEMORY_MIB_MAX = 65536,
    KEEP_MIB_DEFAULT = 1024,
    KEEP_DAYS_DEFAULT = 30,
    KEEP_FILES_DEFAULT = 1000,
};

#define VPN_PORT "443"
/* What the path says of packets that it did not forward. */
#define ICMP_ERRORS "(icmp and (icmp[0] = 3 or icmp[0] = 11)) or (icmp6 and ip6[40] < 128)"

/* How the client finds the server. */
#define LOOKUPS "udp port 53"

static bool
fail(GError **error, const char *format, const char *value)
{
    char *text = g_strdup_printf("%s: '%s'", format, value);

    g_set_error_literal(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, text);
    g_free(text);
    return false;
}

static bool
parse_number(const char *text, uint64_t max, uint64_t *number)
{
    return g_ascii_string_to_unsigned(text, 10, 0, max, number, NULL);
}

enum end_option { OPTION_FILTER, OPTION_SUDO, OPTION_SNAP_LEN, OPTION_BUFFER, OPTION_PROMISCUOUS };
enum { END_OPTIONS = OPTION_PROMISCUOUS + 1 };

/* While the command line is read. */
struct parse {
    struct options *options;
    struct end_options defaults, last; /* in front of the first end; the last of each option */
    unsigned num_given[END_OPTIONS];
    gboolean show_version;
    char *fail_on;
};

static void
set_option(struct end_options *options, enum end_option option, const struct end_options *value)
{
    switch (option) {
    case OPTION_FILTER:
        g_free(options->filter);
        options->filter = g_strdup(value->filter);
        break;
    case OPTION_SUDO:
        g_free(options->sudo);
        options->sudo = g_strdup(value->sudo);
        break;
    case OPTION_SNAP_LEN:
        options->snap_len = value->snap_len;
        break;
    case OPTION_BUFFER:
        options->buffer_mib = value->buffer_mib;
        break;
    case OPTION_PROMISCUOUS:
        options->no_promiscuous = value->no_promiscuous;
        break;
    }
}

/* An option holds for the end before it, or for those that follow. */
static void
give(struct parse *parse, enum end_option option, const struct end_options *value)
{
    GPtrArray *ends = parse->options->ends;

    set_option(ends->len == 0 ? &parse->defaults
                              : &((struct end *)g_ptr_array_index(ends, ends->len - 1))->options,
               option, value);
    set_option(&parse->last, option, value);
    parse->num_given[option]++;
}

/* What is given only once is meant for all. */
static void
spread_options(struct parse *parse)
{
    for (unsigned option = 0; option < END_OPTIONS; option++)
        for (guint i = 0; parse->num_given[option] == 1 && i < parse->options->ends->len; i++) {
            struct end *end = g_ptr_array_index(parse->options->ends, i);
            set_option(&end->options, (enum end_option)option, &parse->last);
        }
}

static gboolean
on_interface(const gchar *name, const gchar *value, gpointer data, GError **error)
{
    struct parse *parse = data;
    GPtrArray *ends = parse->options->ends;
    struct end *end;

    (void)name;
    if (ends->len >= ENDS_MAX)
        return fail(error, "too many ends", value);
    end = end_parse(value, &parse->defaults, error);
    if (!end)
        return FALSE;
    g_ptr_array_add(ends, end);
    return TRUE;
}

static gboolean
on_filter(const gchar *name, const gchar *value, gpointer data, GError **error)
{
    (void)name;
    (void)error;
    give(data, OPTION_FILTER, &(struct end_options){ .filter = (char *)value });
    return TRUE;
}

static gboolean
on_sudo(const gchar *name, const gchar *value, gpointer data, GError **error)
{
    static char sudo[] = "sudo -n";

    (void)name;
    (void)error;
    give(data, OPTION_SUDO, &(struct end_options){ .sudo = value ? (char *)value : sudo });
    return TRUE;
}

static gboolean
on_snap_len(const gchar *name, const gchar *value, gpointer data, GError **error)
{
    uint64_t number;

    (void)name;
    if (!parse_number(value, SNAP_LEN_DEFAULT, &number))
        return fail(error, "a snap length is a number up to 262144", value);
    give(data, OPTION_SNAP_LEN,
         &(struct end_options){ .snap_len = number ? (uint32_t)number : SNAP_LEN_DEFAULT });
    return TRUE;
}

static gboolean
on_buffer(const gchar *name, const gchar *value, gpointer data, GError **error)
{
    uint64_t number;

    (void)name;
    if (!parse_number(value, 1024, &number) || number == 0)
        return fail(error, "a buffer size is 1 to 1024 MiB", value);
    give(data, OPTION_BUFFER, &(struct end_options){ .buffer_mib = (uint32_t)number });
    return TRUE;
}

static gboolean
on_no_promiscuous(const gchar *name, const gchar *value, gpointer data, GError **error)
{
    (void)name;
    (void)value;
    (void)error;
    give(data, OPTION_PROMISCUOUS, &(struct end_options){ .no_promiscuous = true });
    return TRUE;
}

/* "duration:N", as dumpcap has it. The number of value, when it is of this word. */
static bool
condition(const char *value, const char *word, uint64_t *number)
{
    size_t len = strlen(word);

    return strncmp(value, word, len) == 0 && value[len] == ':' &&
           parse_number(value + len + 1, UINT32_MAX, number) && *number > 0;
}

static gboolean
on_stop(const gchar *name, const gchar *value, gpointer data, GError **error)
{
    struct options *options = ((struct parse *)data)->options;
    uint64_t number;

    (void)name;
    if (condition(value, "duration", &number))
        options->stop_s = number;
    else if (condition(value, "filesize", &number))
        options->stop_bytes = number * 1000;
    else if (condition(value, "packets", &number))
        options->stop_packets = number;
    else
        return fail(error, "-a takes duration:SECONDS, filesize:KB or packets:N", value);
    return TRUE;
}

static gboolean
on_next_file(const gchar *name, const gchar *value, gpointer data, GError **error)
{
    struct options *options = ((struct parse *)data)->options;
    uint64_t number;

    (void)name;
    if (condition(value, "duration", &number))
        options->next_s = number;
    else if (condition(value, "filesize", &number))
        options->next_bytes = number * 1000;
    else if (condition(value, "files", &number))
        options->num_files = number;
    else
        return fail(error, "-b takes duration:SECONDS, filesize:KB or files:N", value);
    return TRUE;
}

static gboolean
on_count(const gchar *name, const gchar *value, gpointer data, GError **error)
{
    (void)name;
    if (!parse_number(value, UINT32_MAX, &((struct parse *)data)->options->stop_packets))
        return fail(error, "-c takes a number", value);
    return TRUE;
}

static const char summary[] =
    "Records both ends of a VPN connection at the same time, into one pcapng file.\n"
    "\n"
    "An end is\n"
    "  [NAME=]INTERFACE                            of this machine\n"
    "  [NAME=]ssh://[USER@]HOST[:PORT]/INTERFACE   of another one, by its tcpdump\n"
    "  [NAME=]cmd:COMMAND                          that writes pcap or pcapng\n"
    "  [NAME=]FILE or -                            a capture, a FIFO, standard input";

static const char description[] =
    "Options -f, -s, -B, -p and --sudo hold for all ends when they are given once, else for\n"
    "the end before them. The first end's clock is the reference. Without -f: the VPN's port\n"
    "(443, or that of --server) and ICMP errors, at the first end name lookups (UDP port 53),\n"
    "too; never the ssh connections of sstpcap itself.\n"
    "\n"
    "--diagnose lets sstpdiag judge the recording, also when an end was lost, and has its exit\n"
    "status; without -w the recording is sstp-DATE-TIME.pcapng in this folder.\n"
    "\n"
    "--run starts COMMAND when all ends capture, takes its TLS secrets (it must use a shared\n"
    "OpenSSL, or heed SSLKEYLOGFILE), and stops when it ends.\n"
    "\n"
    "--compare reads captures and records nothing. It decrypts nothing: sstpdiag tells more, "
    "where\n"
    "there are keys. Exit status: 0 nothing found at or above --fail-on, 1 found, 2 wrong usage,\n"
    "3 could not read.\n"
    "\n"
    "--watch writes no capture: it judges sessions while they go on, and --keep DIR has the "
    "packets\n"
    "of those that failed. See docs/recorder.adoc.\n"
    "\n"
    "Exit status of a recording, and of --watch: 0 both ends recorded; 1 one end lost or the file "
    "not whole, what "
    "there is\n"
    "is kept; 2 wrong usage; 3 could not start.\n"
    "\n"
    "Examples:\n"
    "  sstpcap -i client=eth0 -i server=ssh://root@vpn.example.net/ens3 -w case.pcapng\n"
    "  sstpcap -i ssh://lap/wlan0 -i ssh://adm@gw/eth1 --sudo --keylog lap:/tmp/keys -w a.pcapng\n"
    "  sstpcap -i eth0 -i ssh://gw/eth1 -w - | wireshark -k -i -\n"
    "  sstpcap -i eth0 -i ssh://root@vpn.example.net/ens3 --diagnose --run sstpc ...\n"
    "  sstpcap --compare client.pcapng server.pcapng\n"
    "  sstpcap --watch -i eth0 --server vpn.example.net --keep cases";

/* --run takes the rest of the command line, whatever it looks like. */
static void
cut_run(struct options *options, int *argc, char **argv)
{
    for (int i = 1; i < *argc; i++) {
        if (strcmp(argv[i], "--") == 0)
            return;
        if (strcmp(argv[i], "--run") != 0)
            continue;
        options->run = g_strdupv(argv + i + 1);
        argv[i] = NULL;
        *argc = i;
        return;
    }
}

/* Of --watch; the caller's. */
static GOptionEntry *
watch_entries(struct options *options)
{
    const GOptionEntry entries[] = {
        { "watch", 0, 0, G_OPTION_ARG_NONE, &options->watch,
          "Judge sessions as they happen; write no capture", NULL },
        { "keep", 0, 0, G_OPTION_ARG_FILENAME, &options->keep,
          "With --watch: a file in DIR for each session that failed", "DIR" },
        { "keep-all", 0, 0, G_OPTION_ARG_NONE, &options->keep_all,
          "A file for each session that worked, too", NULL },
        { "keep-headers", 0, 0, G_OPTION_ARG_NONE, &options->keep_headers,
          "Keep nothing of what a working tunnel carries", NULL },
        { "keep-size", 0, 0, G_OPTION_ARG_INT, &options->keep_mib,
          "Delete the oldest files beyond so much (1024; 0: never)", "MIB" },
        { "keep-age", 0, 0, G_OPTION_ARG_INT, &options->keep_days,
          "Delete files after so many days (30; 0: never)", "DAYS" },
        { "keep-files", 0, 0, G_OPTION_ARG_INT, &options->keep_files,
          "Delete the oldest beyond so many files (1000; 0: never)", "N" },
        { "memory", 0, 0, G_OPTION_ARG_INT, &options->memory_mib,
          "Memory for sessions that go on and their packets (256)", "MIB" },
        { "log-json", 0, 0, G_OPTION_ARG_FILENAME, &options->log_json,
          "Append a line of JSON for each event; - is standard output", "FILE" },
        { "on-fault", 0, 0, G_OPTION_ARG_STRING, &options->on_fault,
          "Start COMMAND FILE for each session that failed; JSON at its input", "COMMAND" },
        { "prometheus", 0, 0, G_OPTION_ARG_FILENAME, &options->prometheus,
          "Write counts for Prometheus's node exporter", "FILE" },
        { 0 },
    };

    return g_memdup2(entries, sizeof entries);
}

static bool
read_arguments(struct parse *parse, int argc, char **argv, GError **error)
{
    struct options *options = parse->options;
    const GOptionEntry entries[] = {
        { "interface", 'i', 0, G_OPTION_ARG_CALLBACK, on_interface, "An end to capture at", "END" },
        { "write", 'w', 0, G_OPTION_ARG_FILENAME, &options->output,
          "Write to FILE; - is standard output", "FILE" },
        { "filter", 'f', 0, G_OPTION_ARG_CALLBACK, on_filter, "Capture filter, see pcap-filter(7)",
          "FILTER" },
        { "server", 0, 0, G_OPTION_ARG_STRING, &options->server,
          "The VPN server, for the filter that is used without -f", "HOST[:PORT]" },
        { "snapshot-length", 's', 0, G_OPTION_ARG_CALLBACK, on_snap_len,
          "Bytes of each packet (112 keep what pairs connections)", "BYTES" },
        { "buffer-size", 'B', 0, G_OPTION_ARG_CALLBACK, on_buffer, "Kernel buffer (16)", "MIB" },
        { "no-promiscuous-mode", 'p', G_OPTION_FLAG_NO_ARG, G_OPTION_ARG_CALLBACK,
          on_no_promiscuous, "Capture only what the machine itself sends and gets", NULL },
        { "sudo", 0, G_OPTION_FLAG_OPTIONAL_ARG, G_OPTION_ARG_CALLBACK, on_sudo,
          "Capture through sudo -n, or through COMMAND, where it is needed", "COMMAND" },
        { "keylog", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->keylogs,
          "Follow a TLS key log, of this machine or of an end's", "[END:]FILE" },
        { "keylog-all", 0, 0, G_OPTION_ARG_NONE, &options->keylog_all,
          "Keep secrets of connections outside of the capture, too", NULL },
        { "autostop", 'a', 0, G_OPTION_ARG_CALLBACK, on_stop,
          "Stop after duration:S, filesize:KB or packets:N", "CONDITION" },
        { "count", 'c', 0, G_OPTION_ARG_CALLBACK, on_count, "Stop after N packets", "N" },
        { "ring-buffer", 'b', 0, G_OPTION_ARG_CALLBACK, on_next_file,
          "Next file after duration:S or filesize:KB; keep files:N", "CONDITION" },
        { "split", 0, 0, G_OPTION_ARG_NONE, &options->split, "Write a file for each end, too",
          NULL },
        { "no-shift", 0, 0, G_OPTION_ARG_NONE, &options->no_shift,
          "Leave the times of all ends as they were captured", NULL },
        { "diagnose", 0, 0, G_OPTION_ARG_NONE, &options->diagnose,
          "Let sstpdiag judge the recording when it ends", NULL },
        { "no-rewrite", 0, 0, G_OPTION_ARG_NONE, &options->no_rewrite,
          "Leave the file as it was written live", NULL },
        { "ssh-config", 'F', 0, G_OPTION_ARG_FILENAME, &options->ssh_config, "ssh -F", "CONFIG" },
        { "ssh-option", 'o', 0, G_OPTION_ARG_STRING_ARRAY, &options->ssh_options, "ssh -o",
          "OPTION" },
        { "ssh-jump", 'J', 0, G_OPTION_ARG_STRING, &options->ssh_jump, "ssh -J", "HOST" },
        { "list-interfaces", 'D', 0, G_OPTION_ARG_NONE, &options->list,
          "List the interfaces of this machine, or of ssh://HOST", NULL },
        { "compare", 0, 0, G_OPTION_ARG_NONE, &options->compare,
          "Compare the captures of both ends: FILE FILE, or one file of both", NULL },
        { "json", 0, 0, G_OPTION_ARG_NONE, &options->json, "The comparison as JSON", NULL },
        { "fail-on", 0, 0, G_OPTION_ARG_STRING, &parse->fail_on,
          "Severity that makes exit status 1, or a session one to keep: chat, note, warn or error "
          "(the default)",
          "LEVEL" },
        { "install-extcap", 0, 0, G_OPTION_ARG_NONE, &options->install_extcap,
          "Make sstpcap an interface of Wireshark", NULL },
        { "quiet", 'q', 0, G_OPTION_ARG_NONE, &options->quiet, "Only warnings and errors", NULL },
        { "version", 'V', 0, G_OPTION_ARG_NONE, &parse->show_version, "Show the version", NULL },
        { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->rest, NULL,
          "[--run COMMAND [ARGUMENT...]] [--compare FILE...]" },
        { 0 },
    };
    GOptionContext *context = g_option_context_new(NULL);
    GOptionGroup *group = g_option_group_new("sstpcap", "", "", parse, NULL);
    GOptionEntry *of_watch = watch_entries(options);

    g_option_group_add_entries(group, entries);
    g_option_group_add_entries(group, of_watch);
    g_option_context_set_main_group(context, group);
    g_option_context_set_summary(context, summary);
    g_option_context_set_description(context, description);
    bool ok = g_option_context_parse(context, &argc, &argv, error);
    g_option_context_free(context);
    if (!ok)
        suggest_option(error, entries);
    if (!ok)
        suggest_option(error, of_watch);
    g_free(of_watch);
    return ok;
}

/* The same name twice would leave nobody knowing which end is meant. */
static void
make_names_unique(GPtrArray *ends)
{
    for (guint i = 1; i < ends->len; i++) {
        struct end *end = g_ptr_array_index(ends, i);
        for (guint j = 0; j < i; j++) {
            const struct end *other = g_ptr_array_index(ends, j);
            if (strcmp(end->name, other->name) != 0)
                continue;
            char *name = g_strdup_printf("%s-%u", end->name, i + 1);
            g_free(end->name);
            end->name = name;
        }
    }
}

static bool
is_comparison(const struct parse *parse, GError **error)
{
    struct options *options = parse->options;

    if (!options->rest) {
        g_set_error_literal(error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                            "--compare needs the captures to compare");
        return false;
    }
    if (options->ends->len || options->output)
        return fail(error, "--compare records nothing; leave -i and -w out", options->rest[0]);
    return true;
}

static bool
read_fail_on(struct parse *parse, GError **error)
{
    parse->options->fail_on = SEVERITY_ERROR;
    return !parse->fail_on || severity_by_name(parse->fail_on, &parse->options->fail_on) ||
           fail(error, "--fail-on takes chat, note, warn or error", parse->fail_on);
}

/* Was a limit named for the files of --keep? */
static bool
limits_files(const struct options *options)
{
    return options->keep_mib != KEEP_MIB_DEFAULT || options->keep_days != KEEP_DAYS_DEFAULT ||
           options->keep_files != KEEP_FILES_DEFAULT;
}

/* What only makes sense together. NULL: all does. */
static const char *
wrong_watch(const struct options *options)
{
    if (!options->watch)
        return options->keep || options->keep_all || options->keep_headers || options->log_json ||
                       options->prometheus || options->on_fault
                   ? "--keep, --log-json, --prometheus and --on-fault need --watch"
                   : NULL;
    if (options->output || options->split || options->next_s || options->next_bytes ||
        options->diagnose)
        return "--watch writes no capture: leave -w, -b, --split and --diagnose out; --keep DIR "
               "has the files";
    if (!options->keep && (options->keep_all || options->keep_headers || limits_files(options)))
        return "--keep-all, --keep-headers, --keep-size, --keep-age and --keep-files need --keep "
               "DIR";
    if (options->keep_mib < 0 || options->keep_days < 0 || options->keep_files < 0)
        return "--keep-size, --keep-age and --keep-files take numbers from 0";
    return options->memory_mib < MEMORY_MIB_MIN || options->memory_mib > MEMORY_MIB_MAX
               ? "--memory takes 8 to 65536 MiB"
               : NULL;
}

static bool
is_usable(const struct options *options, GError **error)
{
    const char *wrong = NULL;

    if (options->list || options->compare || options->install_extcap)
        return true;
    if (options->rest)
        return fail(error, "an end needs -i in front", options->rest[0]);
    if (options->ends->len == 0)
        wrong = "no end is named: name one by -i END, best both";
    else if (wrong_watch(options))
        wrong = wrong_watch(options);
    else if (options->watch)
        wrong = NULL;
    else if (options->diagnose &&
             (options->next_s || options->next_bytes || g_strcmp0(options->output, "-") == 0))
        wrong = "--diagnose needs one file: -w FILE, without -b";
    else if (!options->output)
        wrong = "no file is named: -w FILE, or -w - for standard output";
    else if (strcmp(options->output, "-") == 0 &&
             (options->split || options->next_s || options->next_bytes))
        wrong = "--split and -b need a file";
    else if (options->num_files && !options->next_s && !options->next_bytes)
        wrong = "-b files:N needs -b duration:S or -b filesize:KB";
    else if (options->run && !options->run[0])
        wrong = "--run needs a command";
    if (wrong)
        g_set_error_literal(error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, wrong);
    return !wrong;
}

/* A key log may be named with its end: "END:FILE". */
static struct inputs *
inputs_of(const struct options *options)
{
    struct inputs *inputs = inputs_new();

    for (guint i = 0; i < options->ends->len; i++) {
        const struct end *end = g_ptr_array_index(options->ends, i);
        if (end->kind == END_FILE)
            inputs_add(inputs, end->target, end->name);
    }
    for (char **keylog = options->keylogs; keylog && *keylog; keylog++) {
        const char *colon = strchr(*keylog, ':');
        inputs_add(inputs, *keylog, *keylog);
        inputs_add(inputs, colon ? colon + 1 : NULL, *keylog);
    }
    return inputs;
}

static char *
name_of_today(void)
{
    GDateTime *now = g_date_time_new_now_local();
    char *name = g_date_time_format(now, "sstp-%Y%m%d-%H%M%S.pcapng");

    g_date_time_unref(now);
    return name;
}

bool
options_parse(struct options *options, int argc, char **argv)
{
    struct parse parse = {
        .options = options,
        .defaults = { .snap_len = SNAP_LEN_DEFAULT, .buffer_mib = BUFFER_MIB_DEFAULT },
    };
    GError *error = NULL;

    *options = (struct options){ .memory_mib = MEMORY_MIB_DEFAULT,
                                 .keep_mib = KEEP_MIB_DEFAULT,
                                 .keep_days = KEEP_DAYS_DEFAULT,
                                 .keep_files = KEEP_FILES_DEFAULT };
    options->ends = g_ptr_array_new_with_free_func((GDestroyNotify)end_free);
    cut_run(options, &argc, argv);
    bool ok = read_arguments(&parse, argc, argv, &error);
    if (ok && parse.show_version) {
        printf("sstpcap %s\n", SSTPDIAG_VERSION);
        exit(EXIT_SUCCESS);
    }
    make_names_unique(options->ends);
    options->inputs = inputs_of(options);
    if (ok && options->diagnose && !options->output)
        options->output = name_of_today();
    spread_options(&parse);
    ok = ok && read_fail_on(&parse, &error) && is_usable(options, &error) &&
         (!options->compare || is_comparison(&parse, &error));
    g_free(parse.fail_on);
    end_options_clear(&parse.defaults);
    end_options_clear(&parse.last);
    if (!ok) {
        say_warning("%s", error->message);
        say_warning("sstpcap --help shows how it is used");
        g_error_free(error);
    }
    return ok;
}

void
options_clear(struct options *options)
{
    g_ptr_array_unref(options->ends);
    g_free(options->output);
    g_free(options->keep);
    g_free(options->log_json);
    g_free(options->prometheus);
    g_free(options->on_fault);
    g_strfreev(options->keylogs);
    g_free(options->server);
    g_free(options->ssh_config);
    g_free(options->ssh_jump);
    g_strfreev(options->ssh_options);
    g_strfreev(options->run);
    g_strfreev(options->rest);
    inputs_free(options->inputs);
    memset(options, 0, sizeof *options);
}

/* "host", "host:port", "[v6]:port". */
static void
split_server(const char *server, char **host, char **port)
{
    const char *last = strrchr(server, ':');

    if (server[0] == '[') {
        const char *close = strchr(server, ']');
        *host = g_strndup(server + 1, close ? (size_t)(close - server - 1) : strlen(server + 1));
        *port = g_strdup(close && close[1] == ':' ? close + 2 : VPN_PORT);
    } else if (last && strchr(server, ':') == last) {
        *host = g_strndup(server, (size_t)(last - server));
        *port = g_strdup(last + 1);
    } else {
        *host = g_strdup(server);
        *port = g_strdup(VPN_PORT);
    }
}

/* Behind NAT the other ends see the server under another address, so that only the first end's
 * filter names it. The client, whose lookups count, is the first end: a server's own would only
 * make the file larger. */
char *
options_filter(const struct options *options, guint index)
{
    const struct end *end = g_ptr_array_index(options->ends, index);
    char *host = NULL, *port = NULL, *filter;

    if (end->options.filter)
        return g_strdup(end->options.filter);
    if (options->server)
        split_server(options->server, &host, &port);
    if (host && index == 0)
        filter =
            g_strdup_printf("(tcp port %s and host %s) or " LOOKUPS " or " ICMP_ERRORS, port, host);
    else
        filter = g_strdup_printf("tcp port %s or %s" ICMP_ERRORS, port ? port : VPN_PORT,
                                 index == 0 ? LOOKUPS " or " : "");
    g_free(host);
    g_free(port);
    return filter;
}

char *
options_output_with(const struct options *options, const char *mark)
{
    const char *path = options->output;
    const char *dot = strrchr(path, '.');
    size_t stem = dot && !strchr(dot, '/') ? (size_t)(dot - path) : strlen(path);

    return g_strdup_printf("%.*s%s%s", (int)stem, path, mark, path + stem);
}
