/* options.c - the command line of sstpprobe
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "options.h"
#include "base/suggest.h"

#include <string.h>

#include "client/call.h"

enum {
    PORT = 443,
    PROXY_PORT = 8080,
    TIMEOUT_SECONDS = 120,
    TIMEOUT_MIN = 5,
    TIMEOUT_MAX = 120,
    PATIENCE_MIN = 3,
    REPEAT_MAX = 10000,
    IDLE_MAX_MINUTES = 24 * 60,
};

/* While the command line is read. */
struct parse {
    gboolean v4, v6, json, quiet, version, write_keys, no_trials, check, retry_refused;
    char *warning, *critical, *proxy, *fail_on, *methods, *inner, **rest;
    int timeout, patience, repeat;
    double idle;
};

static bool
fail(GError **error, const char *what, const char *value)
{
    g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "%s: '%s'", what, value);
    return false;
}

/* NAME, NAME:PORT, [ADDRESS]:PORT or an address. */
static bool
parse_server(struct options *options, const char *text, GError **error)
{
    GSocketConnectable *server;

    if (g_hostname_is_ip_address(text)) {
        options->name = g_strdup(text);
        options->port = PORT;
        return true;
    }
    server = g_network_address_parse(text, PORT, NULL);
    if (!server)
        return fail(error, "not a server", text);
    options->name = g_strdup(g_network_address_get_hostname(G_NETWORK_ADDRESS(server)));
    options->port = g_network_address_get_port(G_NETWORK_ADDRESS(server));
    g_object_unref(server);
    if (options->port == 0 || *options->name == '\0' || strpbrk(options->name, " \t\r\n/"))
        return fail(error, "not a server", text);
    return true;
}

char *
options_target(const char *name, uint16_t port)
{
    const bool v6 = strchr(name, ':') != NULL;

    return g_strdup_printf("%s%s%s:%u", v6 ? "[" : "", name, v6 ? "]" : "", port);
}

/* HOST or [ADDRESS]; the port is the server's. */
static bool
check_connect_to(struct options *options, GError **error)
{
    char *host = options->connect_to;
    const size_t len = host ? strlen(host) : 0;

    if (len > 2 && host[0] == '[' && host[len - 1] == ']') {
        options->connect_to = g_strndup(host + 1, len - 2);
        g_free(host);
    }
    if (options->connect_to && strchr(options->connect_to, ':') &&
        !g_hostname_is_ip_address(options->connect_to))
        return fail(error, "--connect-to is a name or an address; the port stands with the server",
                    options->connect_to);
    return true;
}

/* --- proxy ------------------------------------------------------------------------------------ */

/* no_proxy: names and their ends, with commas between; "*" is all. */
static bool
is_excepted(const char *name)
{
    const char *list = g_getenv("no_proxy") ? g_getenv("no_proxy") : g_getenv("NO_PROXY");
    char **words = g_strsplit_set(list ? list : "", ", ", -1);
    bool excepted = false;

    for (char **word = words; *word; word++) {
        const char *end = **word == '.' ? *word + 1 : *word;
        const size_t len = strlen(end), name_len = strlen(name);
        excepted |= strcmp(end, "*") == 0 || (len > 0 && name_len >= len &&
                                              g_ascii_strcasecmp(name + name_len - len, end) == 0 &&
                                              (name_len == len || name[name_len - len - 1] == '.'));
    }
    g_strfreev(words);
    return excepted;
}

/* http://HOST:PORT/, HOST:PORT. A login in it is left out: SSTP clients know none for proxies. */
static bool
take_proxy(struct options *options, const char *text, const char *by, GError **error)
{
    const char *scheme = strstr(text, "://"), *behind = scheme ? scheme + 3 : text;
    const char *at = strrchr(behind, '@');
    char *host = g_strdup(at ? at + 1 : behind);
    GSocketConnectable *server;

    host[strcspn(host, "/")] = '\0';
    server = scheme && !g_str_has_prefix(text, "http://")
                 ? NULL
                 : g_network_address_parse(host, PROXY_PORT, NULL);
    g_free(host);
    if (!server)
        return fail(error, "a proxy is http://HOST:PORT; see", by);
    options->proxy_name = g_strdup(g_network_address_get_hostname(G_NETWORK_ADDRESS(server)));
    options->dial_port = g_network_address_get_port(G_NETWORK_ADDRESS(server));
    options->proxy = options_target(options->proxy_name, options->dial_port);
    options->proxy_by = by;
    g_object_unref(server);
    return true;
}

static bool
choose_proxy(struct options *options, const char *given, GError **error)
{
    static const char *const names[] = { "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY" };

    options->dial_port = options->port;
    if (given && strchr(given, '@'))
        return fail(error, "a login of a proxy is not used, and others see it here", "--proxy");
    if (given)
        return strcmp(given, "none") == 0 || take_proxy(options, given, "--proxy", error);
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        const char *value = g_getenv(names[i]);
        if (value && *value && !options->connect_to && !is_excepted(options->name))
            return take_proxy(options, value, names[i], error);
    }
    return true;
}

/* --- limits ----------------------------------------------------------------------------------- */

/* "cert=30,time=5". */
static bool
parse_limits(struct limits *limits, const char *text, GError **error)
{
    static const char *const known[] = { "time", "rtt", "cert", "inner_mtu", NULL };
    char **words = g_strsplit(text ? text : "", ",", -1);
    bool good = true;

    for (char **word = words; good && *word; word++) {
        char *equals = strchr(*word, '='), *end = NULL;
        good = equals && limits->num < LIMITS_MAX;
        if (!good)
            break;
        *equals = '\0';
        limits->limit[limits->num].value = g_ascii_strtod(equals + 1, &end);
        good = g_strv_contains(known, *word) && end != equals + 1 && *end == '\0';
        limits->limit[limits->num++].name = g_strdup(*word);
    }
    g_strfreev(words);
    return good || fail(error, "limits are time, rtt, cert, inner_mtu, as in cert=30,time=5", text);
}

const double *
limits_find(const struct limits *limits, const char *name)
{
    for (unsigned i = 0; i < limits->num; i++)
        if (strcmp(limits->limit[i].name, name) == 0)
            return &limits->limit[i].value;
    return NULL;
}

static void
limits_clear(struct limits *limits)
{
    for (unsigned i = 0; i < limits->num; i++)
        g_free(limits->limit[i].name);
}

static bool
check_monitoring(struct options *options, const struct parse *parse, GError **error)
{
    const bool limited = parse->warning || parse->critical;

    options->check = parse->check;
    options->retry_refused = parse->retry_refused;
    options->repeat = (unsigned)CLAMP(parse->repeat, 1, REPEAT_MAX);
    if (limited && !options->check)
        return fail(error, "--warning and --critical need", "--check");
    if (options->check && options->json)
        return fail(error, "only one of --check and --json", "--json");
    if (parse->repeat != (int)options->repeat)
        return fail(error, "--repeat is 1 to 10000", "--repeat");
    if (options->repeat > 1 && options->write)
        return fail(error, "each walk would write over the one before", "--write");
    if (options->repeat > 1 && options->user && !options->password_file)
        return fail(error, "--repeat with --user needs", "--password-file");
    return parse_limits(&options->warning, parse->warning, error) &&
           parse_limits(&options->critical, parse->critical, error);
}

const char *
options_user(const struct options *options)
{
    return options->withheld ? NULL : options->user;
}

static bool
check_resolvers(const struct options *options, GError **error)
{
    for (char **resolver = options->resolvers; resolver && *resolver; resolver++)
        if (!g_hostname_is_ip_address(*resolver))
            return fail(error, "--resolver is an address", *resolver);
    return true;
}

/* --- the rest --------------------------------------------------------------------------------- */

static bool
parse_methods(struct options *options, const char *text, GError **error)
{
    char **words = g_strsplit(text, ",", -1);
    bool good = true;

    options->methods = 0;
    for (char **word = words; good && *word; word++) {
        enum method method = METHOD_NONE;
        good = method_by_word(*word, &method) || fail(error, "no method of this client", *word);
        options->methods |= good ? 1U << method : 0;
    }
    g_strfreev(words);
    return good;
}

/* NULL: as it is. */
static bool
parse_fail_on(struct options *options, const char *word)
{
    enum severity severity;

    if (!word)
        return true;
    if (strcmp(word, "never") == 0)
        options->fail_on = FAIL_ON_NEVER;
    else if (severity_by_name(word, &severity))
        options->fail_on = (int)severity;
    else
        return false;
    return true;
}

static bool
check_certificates(struct options *options, const struct parse *parse, GError **error)
{
    if ((options->client_key || options->key_password_file) && !options->client_cert)
        return fail(error, "a key needs --client-cert", "--client-key");
    if (options->client_cert && !options->user)
        return fail(error, "a certificate needs --user, the name that EAP gives", "--client-cert");
    /* What is given is to be used, also where a server would take something else. */
    if (options->client_cert && !parse->methods)
        options->methods = 1U << METHOD_EAP;
    return !options->expect || expect_parse(options->expect, options->expect_sha256, error);
}

/* HOST, HOST:PORT, [ADDRESS]:PORT. */
static bool
check_inner(struct options *options, const char *text, GError **error)
{
    GSocketConnectable *host;

    if ((text || options->exec) && !options->user)
        return fail(error, "what is in the tunnel needs --user", text ? text : "--exec");
    if (!text)
        return true;
    host = g_network_address_parse(text, 0, NULL);
    if (!host || strpbrk(text, " \t\r\n/")) {
        g_clear_object(&host);
        return fail(error, "--inner-host is HOST or HOST:PORT", text);
    }
    options->inner_host = g_strdup(g_network_address_get_hostname(G_NETWORK_ADDRESS(host)));
    options->inner_port = g_network_address_get_port(G_NETWORK_ADDRESS(host));
    g_object_unref(host);
    return true;
}

static bool
check(struct options *options, const struct parse *parse, GError **error)
{
    if (parse->v4 && parse->v6)
        return fail(error, "only one of -4 and -6", "-6");
    if (parse->timeout < TIMEOUT_MIN || parse->timeout > TIMEOUT_MAX)
        return fail(error, "--timeout is 5 to 120 seconds", "--timeout");
    if (parse->patience < PATIENCE_MIN || parse->patience > parse->timeout)
        return fail(error, "--patience is at least 3 seconds and no more than --timeout",
                    "--patience");
    if (options->tls_version && strcmp(options->tls_version, "1.2") != 0 &&
        strcmp(options->tls_version, "1.3") != 0)
        return fail(error, "--tls is 1.2 or 1.3", options->tls_version);
    if (!parse_fail_on(options, parse->fail_on))
        return fail(error, "--fail-on is chat, note, warn, error or never", parse->fail_on);
    if (!options->user && (options->password_file || options->password_fd >= 0))
        return fail(error, "a password needs --user", "--password-file");
    if (parse->idle < 0 || parse->idle > IDLE_MAX_MINUTES)
        return fail(error, "--idle is at most a day, in minutes", "--idle");
    if (options->idle && !options->user)
        return fail(error, "a tunnel to stay in needs --user", "--idle");
    if (options->write_keys && !options->write && !options->record)
        return fail(error, "--write-keys needs --write or --record", "--write-keys");
    if (options->record_server && !options->record)
        return fail(error, "--record-server needs --record", "--record-server");
    return (!parse->methods || parse_methods(options, parse->methods, error)) &&
           check_certificates(options, parse, error) && check_inner(options, parse->inner, error);
}

static bool
settle(struct options *options, const struct parse *parse, GError **error)
{
    options->family = parse->v4 ? LOOKUP_IPV4 : parse->v6 ? LOOKUP_IPV6 : LOOKUP_ANY;
    options->json = parse->json;
    options->quiet = parse->quiet;
    options->show_version = parse->version;
    options->write_keys = parse->write_keys;
    options->trials = !parse->no_trials;
    if (options->show_version)
        return true;
    if (!parse->rest || !parse->rest[0] || parse->rest[1]) {
        g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, "one server is wanted");
        return false;
    }
    options->timeout = (unsigned)MAX(parse->timeout, 0);
    options->patience = (unsigned)MAX(parse->patience, 0);
    options->idle = (unsigned)(CLAMP(parse->idle, 0, IDLE_MAX_MINUTES) * 60);
    return check(options, parse, error) && parse_server(options, parse->rest[0], error) &&
           check_connect_to(options, error) && check_resolvers(options, error) &&
           check_monitoring(options, parse, error) && choose_proxy(options, parse->proxy, error);
}

static bool
parse_words(const GOptionEntry *entries, int argc, char **argv, GError **error)
{
    GOptionContext *context = g_option_context_new("SERVER[:PORT]");

    g_option_context_set_summary(context, "Tries an SSTP connection step by step and says where, "
                                          "and why, it does not work.");
    g_option_context_set_description(
        context,
        "Exit status: 0 nothing found at or above --fail-on, 1 found, 2 wrong usage, 3 could not "
        "run. With\n--check: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN.\n\n"
        "Examples:\n"
        "  sstpprobe vpn.example.com\n"
        "  sstpprobe -u alice vpn.example.com\n"
        "  sstpprobe -u alice -p secret.txt --html probe.html --write probe.pcapng "
        "vpn.example.com\n"
        "  sstpprobe --check --prometheus /var/lib/node/sstp.prom vpn.example.com");
    g_option_context_add_main_entries(context, entries, NULL);
    const bool good = g_option_context_parse(context, &argc, &argv, error);
    if (!good)
        suggest_option(error, entries);
    g_option_context_free(context);
    return good;
}

static bool
parse_options(struct options *options, struct parse *parse, int argc, char **argv, GError **error)
{
    const GOptionEntry entries[] = {
        { "user", 'u', 0, G_OPTION_ARG_STRING, &options->user,
          "Log in as this user; without it the probe ends after LCP", "NAME" },
        { "password-file", 'p', 0, G_OPTION_ARG_FILENAME, &options->password_file,
          "Password: the first line of it; without it the terminal is asked", "FILE" },
        { "password-fd", 0, 0, G_OPTION_ARG_INT, &options->password_fd,
          "Password: the first line of this descriptor", "N" },
        { "auth", 0, 0, G_OPTION_ARG_STRING, &parse->methods,
          "Methods that may be used (mschapv2,eap,chap-md5,pap)", "LIST" },
        { "client-cert", 0, 0, G_OPTION_ARG_FILENAME, &options->client_cert,
          "Log in by this certificate (EAP-TLS), PEM", "FILE" },
        { "client-key", 0, 0, G_OPTION_ARG_FILENAME, &options->client_key,
          "Its key, where that is another file, PEM", "FILE" },
        { "key-password-file", 0, 0, G_OPTION_ARG_FILENAME, &options->key_password_file,
          "Passphrase of the key: the first line of it", "FILE" },
        { "expect-cert", 0, 0, G_OPTION_ARG_STRING, &options->expect,
          "The server's certificate is this one: SHA-256, or a file of it", "SHA256|FILE" },
        { "ca", 0, 0, G_OPTION_ARG_FILENAME, &options->ca,
          "Trust these, PEM, in place of what this host trusts", "FILE" },
        { "tls", 0, 0, G_OPTION_ARG_STRING, &options->tls_version, "Offer this version alone",
          "1.2|1.3" },
        { "connect-to", 0, 0, G_OPTION_ARG_STRING, &options->connect_to,
          "Connect to this address or name instead", "HOST" },
        { "proxy", 0, 0, G_OPTION_ARG_STRING, &parse->proxy,
          "Go through this HTTP proxy; none: through no proxy, whatever https_proxy says",
          "HOST:PORT|none" },
        { "resolver", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->resolvers,
          "Ask this resolver, too", "ADDRESS" },
        { "no-trials", 0, 0, G_OPTION_ARG_NONE, &parse->no_trials,
          "One connection, and no further ones where it fails", NULL },
        { "ipv4", '4', 0, G_OPTION_ARG_NONE, &parse->v4, "IPv4 alone", NULL },
        { "ipv6", '6', 0, G_OPTION_ARG_NONE, &parse->v6, "IPv6 alone", NULL },
        { "inner-host", 0, 0, G_OPTION_ARG_STRING, &parse->inner,
          "Reach this host in the tunnel: name, ping, port, sizes", "HOST[:PORT]" },
        { "exec", 0, 0, G_OPTION_ARG_STRING, &options->exec,
          "Run this command in the tunnel, which this host does not see", "COMMAND" },
        { "write", 'w', 0, G_OPTION_ARG_FILENAME, &options->write,
          "Write packets and TLS secrets, pcapng", "FILE" },
        { "write-keys", 0, 0, G_OPTION_ARG_NONE, &parse->write_keys,
          "Write the secrets also where a password can be read with them (PAP)", NULL },
        { "json", 0, 0, G_OPTION_ARG_NONE, &parse->json, "Report as JSON", NULL },
        { "html", 0, 0, G_OPTION_ARG_FILENAME, &options->html,
          "Write a page with steps, ladder and plots, too", "FILE" },
        { "record", 0, 0, G_OPTION_ARG_FILENAME, &options->record,
          "Let sstpcap record the wire meanwhile, and put the TLS secrets in", "FILE" },
        { "record-server", 0, 0, G_OPTION_ARG_STRING, &options->record_server,
          "Record the server's end as well", "ssh://[USER@]HOST/INTERFACE" },
        { "check", 0, 0, G_OPTION_ARG_NONE, &parse->check,
          "One line and exit status for a monitoring system (0 OK, 1, 2, 3 UNKNOWN)", NULL },
        { "warning", 0, 0, G_OPTION_ARG_STRING, &parse->warning,
          "Limits of --check: cert (days), inner_mtu at least, time, rtt (seconds) at most",
          "NAME=N,..." },
        { "critical", 0, 0, G_OPTION_ARG_STRING, &parse->critical, "The same for CRITICAL",
          "NAME=N,..." },
        { "prometheus", 0, 0, G_OPTION_ARG_FILENAME, &options->prometheus,
          "Write a file for Prometheus's textfile collector", "FILE" },
        { "repeat", 0, 0, G_OPTION_ARG_INT, &parse->repeat, "Walk so often, once a minute", "N" },
        { "retry-refused", 0, 0, G_OPTION_ARG_NONE, &parse->retry_refused,
          "Log in though this password was refused before", NULL },
        { "fail-on", 0, 0, G_OPTION_ARG_STRING, &parse->fail_on,
          "Exit status 1 from this severity on (error)", "LEVEL" },
        { "timeout", 0, 0, G_OPTION_ARG_INT, &parse->timeout, "Longest time of all (120)",
          "SECONDS" },
        { "patience", 0, 0, G_OPTION_ARG_INT, &parse->patience, "Longest time of a step (15)",
          "SECONDS" },
        { "idle", 0, 0, G_OPTION_ARG_DOUBLE, &parse->idle,
          "Stay so long without a word of ours, then ask whether the tunnel is still there",
          "MINUTES" },
        { "quiet", 'q', 0, G_OPTION_ARG_NONE, &parse->quiet, "No progress", NULL },
        { "version", 'V', 0, G_OPTION_ARG_NONE, &parse->version, "Show the version", NULL },
        { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, &parse->rest, NULL, NULL },
        { 0 },
    };

    return parse_words(entries, argc, argv, error);
}

bool
options_parse(struct options *options, int argc, char **argv, GError **error)
{
    struct parse parse = { .timeout = TIMEOUT_SECONDS,
                           .patience = CALL_PATIENCE_SECONDS,
                           .repeat = 1 };

    *options =
        (struct options){ .password_fd = -1, .methods = METHODS_KNOWN, .fail_on = SEVERITY_ERROR };
    const bool good =
        parse_options(options, &parse, argc, argv, error) && settle(options, &parse, error);
    g_strfreev(parse.rest);
    g_free(parse.fail_on);
    g_free(parse.methods);
    g_free(parse.inner);
    g_free(parse.proxy);
    g_free(parse.warning);
    g_free(parse.critical);
    return good;
}

void
options_clear(struct options *options)
{
    g_free(options->name);
    g_free(options->connect_to);
    g_free(options->proxy);
    g_free(options->proxy_name);
    g_strfreev(options->resolvers);
    g_free(options->user);
    g_free(options->password_file);
    g_free(options->client_cert);
    g_free(options->client_key);
    g_free(options->key_password_file);
    g_free(options->expect);
    g_free(options->inner_host);
    g_free(options->exec);
    g_free(options->ca);
    g_free(options->tls_version);
    g_free(options->write);
    g_free(options->html);
    g_free(options->record);
    g_free(options->record_server);
    g_free(options->prometheus);
    g_free(options->withheld);
    limits_clear(&options->warning);
    limits_clear(&options->critical);
}
