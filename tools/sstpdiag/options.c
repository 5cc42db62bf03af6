/* options.c - what the user asks for on the command line
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "options.h"

#include <string.h>

#include "base/suggest.h"
#include "captures.h"
#include "report/report.h"

enum { JOBS_MAX = 256, TIMEOUT_SECONDS = 3600 };

static const char summary[] =
    "Tells from packets why an SSTP VPN does not work. FILE is a capture of any kind\n"
    "that Wireshark reads; two captures of the same connection, from both ends, are\n"
    "told by their content and judged together. A folder is searched for captures,\n"
    "each of which gets a line of JSON, or on a terminal a row of a table. Without\n"
    "FILE the captures of this folder are judged. FILE may be - (standard input).";

static const char description[] =
    "Exit status: 0 nothing at or above --fail-on (error) was found, 1 something was\n"
    "(a session that failed is an error, one that is inconclusive a warning),\n"
    "2 wrong usage, 3 a capture could not be judged.\n"
    "\n"
    "Examples:\n"
    "  sstpdiag client.pcapng\n"
    "  sstpdiag --keylog keys.txt --html report.html client.pcapng server.pcapng\n"
    "  sstpdiag --server vpn.example.com client.pcapng\n"
    "  sstpdiag --jobs 4 --output reports.jsonl /var/captures\n";

static bool
level_of(const char *word, int *level)
{
    enum severity severity;

    if (severity_by_name(word, &severity)) {
        *level = severity;
        return true;
    }
    *level = FAIL_NEVER;
    return strcmp(word, "never") == 0;
}

static bool G_GNUC_PRINTF(2, 3) fail(GError **error, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    *error = g_error_new_valist(G_OPTION_ERROR, G_OPTION_ERROR_FAILED, format, args);
    va_end(args);
    return false;
}

/* What stands between "https://" and the path of an address as browsers show it. */
static char *
without_scheme(const char *server)
{
    static const char *const schemes[] = { "https://", "http://", "sstp://" };

    for (size_t i = 0; i < G_N_ELEMENTS(schemes); i++)
        if (g_ascii_strncasecmp(server, schemes[i], strlen(schemes[i])) == 0) {
            server += strlen(schemes[i]);
            return g_strndup(server, strcspn(server, "/?#"));
        }
    return g_strdup(server);
}

/* HOST, HOST:PORT, [V6], [V6]:PORT or V6; it becomes a part of a preference. */
static bool
is_server(const char *server)
{
    const char *colon = strrchr(server, ':'), *bracket = strrchr(server, ']');
    guint64 port;

    if (!*server || *server == ':' || strpbrk(server, ", \t\r\n;\"/"))
        return false;
    if (!colon || colon < bracket || (!bracket && strchr(server, ':') != colon))
        return true;
    return g_ascii_string_to_unsigned(colon + 1, 10, 1, 65535, &port, NULL);
}

static bool
options_check(struct options *options, GError **error)
{
    if (options->version || options->explain)
        return true;
    if (!options->files && !options->logs)
        return fail(error, "no capture and no log is named, and there is no capture in this "
                           "folder. Name one: sstpdiag FILE. Record one: sudo sstpcap -i any -w "
                           "vpn.pcapng. Without a capture a log will do: sstpdiag --log FILE");
    if (options->max_sessions < 0)
        return fail(error, "--max-sessions takes a number of sessions");
    if (!options->files && (options->html || options->output || options->jobs))
        return fail(error, "--html, --output and --jobs need a capture");
    if (options->jobs < 0 || options->jobs > JOBS_MAX)
        return fail(error, "--jobs takes a number from 1 to %d", JOBS_MAX);
    if (options->timeout < 0)
        return fail(error, "--timeout takes a number of seconds");
    if (options_are_for_many(options) && options->redact)
        return fail(error,
                    "--redact is for one or a few captures, not folders, --jobs or --output");
    if (options->redacted_logs && !options->logs)
        return fail(error, "--redacted-logs needs --log");
    if (options->retry && !options->output)
        return fail(error, "--retry needs --output");
    if (options->files && g_strv_length(options->files) > 1 &&
        g_strv_contains((const char *const *)options->files, OPTIONS_STANDARD_INPUT))
        return fail(error, "standard input (-) is a capture by itself, without others");
    for (char **server = options->servers; server && *server; server++) {
        char *bare = without_scheme(*server);
        g_free(*server);
        *server = bare;
        if (!is_server(bare))
            return fail(error, "--server takes HOST or HOST:PORT, not \"%s\"", bare);
    }
    return true;
}

static struct inputs *
inputs_of(const struct options *options)
{
    struct inputs *inputs = inputs_new();

    inputs_add_all(inputs, options->files);
    inputs_add_all(inputs, options->keylogs);
    inputs_add_all(inputs, options->logs);
    inputs_add(inputs, options->credentials, NULL);
    return inputs;
}

bool
options_parse(struct options *options, int *argc, char ***argv, GError **error)
{
    char *fail_on = NULL;
    gboolean json = FALSE, separate = FALSE, all_log_lines = FALSE, retry = FALSE, version = FALSE,
             require = FALSE, all = FALSE, verbose = FALSE, redact = FALSE;

    *options = (struct options){ .timeout = TIMEOUT_SECONDS, .max_sessions = REPORT_SESSIONS };
    const GOptionEntry entries[] = {
        { "keylog", 'k', 0, G_OPTION_ARG_FILENAME_ARRAY, &options->keylogs,
          "TLS keys (SSLKEYLOGFILE); repeatable", "FILE" },
        { "rsa-key", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options->rsa_keys,
          "The server's private key, PEM; repeatable", "FILE" },
        { "server", 's', 0, G_OPTION_ARG_STRING_ARRAY, &options->servers,
          "A server whose connections fail early; repeatable", "HOST[:PORT]" },
        { "credentials", 0, 0, G_OPTION_ARG_FILENAME, &options->credentials,
          "User names and passwords to check with", "FILE" },
        { "log", 'l', 0, G_OPTION_ARG_FILENAME_ARRAY, &options->logs,
          "A log of client or server; repeatable", "FILE" },
        { "all-log-lines", 0, 0, G_OPTION_ARG_NONE, &all_log_lines,
          "Show every line of a log, chatter too", NULL },
        { "verbose", 'v', 0, G_OPTION_ARG_NONE, &verbose,
          "Tell in full what is as it should be, too", NULL },
        { "max-sessions", 0, 0, G_OPTION_ARG_INT, &options->max_sessions,
          "Tell the N worst one by one (200; 0: all)", "N" },
        { "all", 0, 0, G_OPTION_ARG_NONE, &all, "Tell all sessions one by one", NULL },
        { "explain", 0, 0, G_OPTION_ARG_STRING, &options->explain,
          "Tell what a code or a finding means", "CODE" },
        { "json", 'j', 0, G_OPTION_ARG_NONE, &json, "A line of JSON for each capture", NULL },
        { "html", 0, 0, G_OPTION_ARG_FILENAME, &options->html,
          "Write a page with ladder and plots, too", "FILE" },
        { "redact", 0, 0, G_OPTION_ARG_NONE, &redact, "Stand-ins for addresses, names and hashes",
          NULL },
        { "redacted-logs", 0, 0, G_OPTION_ARG_FILENAME, &options->redacted_logs,
          "Write such copies of the logs into DIR", "DIR" },
        { "separate", 0, 0, G_OPTION_ARG_NONE, &separate, "Do not join captures of one connection",
          NULL },
        { "fail-on", 0, 0, G_OPTION_ARG_STRING, &fail_on,
          "Exit 1 from chat, note, warn, error or never on", "LEVEL" },
        { "require-session", 0, 0, G_OPTION_ARG_NONE, &require,
          "Exit 1 where no SSTP session is found, too", NULL },
        { "jobs", 0, 0, G_OPTION_ARG_INT, &options->jobs, "Judge many captures, N at a time", "N" },
        { "output", 'o', 0, G_OPTION_ARG_FILENAME, &options->output,
          "Append lines to FILE, skip captures in it", "FILE" },
        { "retry", 0, 0, G_OPTION_ARG_NONE, &retry, "Do not skip what could not be judged", NULL },
        { "timeout", 0, 0, G_OPTION_ARG_INT, &options->timeout,
          "Give up one of many (3600; 0 never)", "SECONDS" },
        { "tshark", 0, 0, G_OPTION_ARG_FILENAME, &options->tshark, "The tshark to run", "PROGRAM" },
        { "plugins", 0, 0, G_OPTION_ARG_FILENAME, &options->plugins,
          "Folder with X.Y/epan/sstpdiag.so", "DIR" },
        { "version", 'V', 0, G_OPTION_ARG_NONE, &version, "Print the version", NULL },
        { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options->files, NULL, NULL },
        { NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
    };
    GOptionContext *context = g_option_context_new("FILE...");
    g_option_context_set_summary(context, summary);
    g_option_context_set_description(context, description);
    g_option_context_add_main_entries(context, entries, NULL);
    bool good = g_option_context_parse(context, argc, argv, error);
    g_option_context_free(context);
    if (!good)
        suggest_option(error, entries);

    options->json = json;
    options->separate = separate;
    options->all_log_lines = all_log_lines;
    options->verbose = verbose;
    options->redact = redact || options->redacted_logs;
    options->retry = retry;
    options->version = version;
    options->require_session = require;
    if (all)
        options->max_sessions = 0;
    options->fail_on = SEVERITY_ERROR;
    if (good && fail_on && !level_of(fail_on, &options->fail_on))
        good = fail(error, "--fail-on takes chat, note, warn, error or never, not \"%s\"", fail_on);
    g_free(fail_on);
    if (good && !options->files && !options->logs && !options->version && !options->explain)
        options->files = captures_here();
    options->inputs = inputs_of(options);
    return good && options_check(options, error);
}

void
options_clear(struct options *options)
{
    g_strfreev(options->files);
    g_strfreev(options->keylogs);
    g_strfreev(options->rsa_keys);
    g_strfreev(options->servers);
    g_strfreev(options->logs);
    g_free(options->explain);
    g_free(options->credentials);
    g_free(options->html);
    g_free(options->redacted_logs);
    g_free(options->output);
    g_free(options->tshark);
    g_free(options->plugins);
    inputs_free(options->inputs);
}

bool
options_are_for_many(const struct options *options)
{
    if (options->jobs || options->output)
        return true;
    for (char **file = options->files; file && *file; file++)
        if (g_file_test(*file, G_FILE_TEST_IS_DIR))
            return true;
    return false;
}

enum exit_status
options_exit_status(const struct options *options, int severity, bool has_session)
{
    return severity >= options->fail_on || (options->require_session && !has_session) ? EXIT_FOUND
                                                                                      : EXIT_QUIET;
}
